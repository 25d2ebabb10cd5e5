package dev.holdfast.replication.jraft;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import dev.holdfast.replication.peer.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The engine's protobuf messages as frames. A message's type is the hash of its class name; the
 * engine registers all of its messages when its classes are loaded, and two that share a hash fail
 * there.
 */
final class EngineMessages {
  private static final Map<Integer, Message> PROTOTYPES = new ConcurrentHashMap<>();

  private EngineMessages() {}

  static void register(String className, Message prototype) {
    Message other = PROTOTYPES.putIfAbsent(className.hashCode(), prototype);
    if (other != null && !other.getClass().equals(prototype.getClass())) {
      throw new IllegalStateException(
          className + " and " + other.getClass() + " have the same type number");
    }
  }

  static byte[] toFrame(Message message) {
    int bytes = message.getSerializedSize();
    byte[] frame = Frame.allocate(message.getClass().getName().hashCode(), bytes);
    try {
      message.writeTo(CodedOutputStream.newInstance(frame, Frame.HEADER_BYTES, bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("a message of known size did not fit", e);
    }
    return frame;
  }

  static Message fromFrame(byte[] frame) throws IOException {
    Message prototype = PROTOTYPES.get(Frame.type(frame));
    if (prototype == null) {
      throw new IOException("unknown type of message: " + Frame.type(frame));
    }
    return prototype
        .getParserForType()
        .parseFrom(frame, Frame.HEADER_BYTES, frame.length - Frame.HEADER_BYTES);
  }
}
