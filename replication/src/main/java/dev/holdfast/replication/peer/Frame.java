package dev.holdfast.replication.peer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The unit on a stream, an array that is written once: kind (1 byte), id (8), type (4), body.
 *
 * <p>The id pairs an answer with its request; the type says what the body is, and belongs to those
 * who send it.
 */
public final class Frame {
  /** Bytes before the body. */
  public static final int HEADER_BYTES = 13;

  static final byte GREETING = 0;
  static final byte REQUEST = 1;
  static final byte RESPONSE = 2;

  /** The answer to a request that could not be handled; the body is a text. */
  static final byte FAILURE = 3;

  static final byte PING = 4;
  static final byte PONG = 5;
  static final byte MESSAGE = 6;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private Frame() {}

  /** A frame whose body, from {@link #HEADER_BYTES} on, is to be filled in. */
  public static byte[] allocate(int type, int bodyBytes) {
    byte[] frame = new byte[HEADER_BYTES + bodyBytes];
    INT.set(frame, 9, type);
    return frame;
  }

  /** A frame with a copy of the body. */
  public static byte[] of(int type, byte[] body) {
    byte[] frame = allocate(type, body.length);
    System.arraycopy(body, 0, frame, HEADER_BYTES, body.length);
    return frame;
  }

  static byte[] address(byte[] frame, byte kind, long id) {
    frame[0] = kind;
    LONG.set(frame, 1, id);
    return frame;
  }

  static byte kind(byte[] frame) {
    return frame[0];
  }

  static long id(byte[] frame) {
    return (long) LONG.get(frame, 1);
  }

  /** What the body is. */
  public static int type(byte[] frame) {
    return (int) INT.get(frame, 9);
  }

  /** A copy of the body. */
  public static byte[] body(byte[] frame) {
    byte[] body = new byte[frame.length - HEADER_BYTES];
    System.arraycopy(frame, HEADER_BYTES, body, 0, body.length);
    return body;
  }
}
