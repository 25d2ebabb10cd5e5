package dev.holdfast.replication.peer;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The gRPC methods of the peer port. Both are streams of {@link Frame}s in both directions. */
final class PeerMethods {
  static final String SERVICE = "holdfast.Peer";

  /** The engine's requests; kept apart so that messages never delay a heartbeat. */
  static final MethodDescriptor<byte[], byte[]> ENGINE = stream("engine");

  /** The server's messages, and questions outside of the engine. */
  static final MethodDescriptor<byte[], byte[]> MESSAGES = stream("messages");

  /** A frame holds one append (half a MiB and one entry) or one message. */
  static final int FRAME_BYTES_MAX = 64 << 20;

  private PeerMethods() {}

  private static MethodDescriptor<byte[], byte[]> stream(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Bytes())
        .build();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] frame) {
      return new FrameStream(frame);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        byte[] frame = stream.readAllBytes();
        if (frame.length < Frame.HEADER_BYTES) {
          throw new IOException("a frame of " + frame.length + " bytes has no header");
        }
        return frame;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Tells gRPC the length, which saves it a copy. */
  private static final class FrameStream extends ByteArrayInputStream implements KnownLength {
    FrameStream(byte[] frame) {
      super(frame);
    }
  }
}
