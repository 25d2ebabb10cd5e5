package dev.holdfast.server.door.w2;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/**
 * Finds commands in a stream that has nothing certain between them. A line break ends a command,
 * also one with a carriage return before it; what is left at the end of a read is a command when
 * nothing has come after it for a while, which is for the caller to say. Empty commands are none.
 */
final class TextStream {
  /**
   * A command.
   *
   * @param bytes without the line break; empty if it is too long
   * @param tooLong whether it was longer than it may be
   */
  record Command(ByteString bytes, boolean tooLong) {}

  private final int bytesMax;
  private final Consumer<Command> receiver;
  private final ByteArrayOutputStream command = new ByteArrayOutputStream(128);
  private boolean tooLong;

  TextStream(int bytesMax, Consumer<Command> receiver) {
    this.bytesMax = bytesMax;
    this.receiver = receiver;
  }

  void add(byte[] bytes) {
    for (byte each : bytes) {
      if (each == '\n') {
        end();
      } else if (command.size() >= bytesMax) {
        tooLong = true;
      } else {
        command.write(each);
      }
    }
  }

  /** Whether something has come after the last command. */
  boolean isOpen() {
    return command.size() > 0;
  }

  /** What has come after the last command is one. */
  void end() {
    byte[] bytes = command.toByteArray();
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == '\r') {
      length--;
    }
    command.reset();
    if (tooLong) {
      tooLong = false;
      receiver.accept(new Command(ByteString.EMPTY, true));
    } else if (length > 0) {
      receiver.accept(new Command(ByteString.copyFrom(bytes, 0, length), false));
    }
  }
}
