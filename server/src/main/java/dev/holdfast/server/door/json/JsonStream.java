package dev.holdfast.server.door.json;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/**
 * Finds JSON objects in a stream that has nothing between them, or white space. It only looks at
 * braces outside of strings; whether what it finds is JSON is for a parser to say.
 *
 * <p>What is no object does not end the stream: bytes before an opening brace are one piece of
 * nonsense up to the next brace, line break, or end of what was read; a control character inside a
 * string, which JSON forbids, ends the object as nonsense too, so that a forgotten quote does not
 * swallow the requests after the line; and an object that is too long is read to its end and not
 * kept.
 */
public final class JsonStream {
  /** A piece of the stream. */
  public sealed interface Piece {
    /** What may be a JSON object. */
    record Text(ByteString bytes) implements Piece {}

    /** What is none, and why. */
    record Nonsense(String problem) implements Piece {}
  }

  private static final String NO_OBJECT = "a request is a JSON object";

  private final int bytesMax;
  private final Consumer<Piece> receiver;
  private final ByteArrayOutputStream object = new ByteArrayOutputStream(256);
  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean tooLong;
  private boolean inNonsense;

  /**
   * An empty stream.
   *
   * @param bytesMax most bytes of an object
   */
  public JsonStream(int bytesMax, Consumer<Piece> receiver) {
    this.bytesMax = bytesMax;
    this.receiver = receiver;
  }

  /** What one read brought. */
  public void add(byte[] bytes) {
    for (byte each : bytes) {
      if (depth > 0) {
        inside(each);
      } else {
        between(each);
      }
    }
    if (depth == 0) {
      endNonsense();
    }
  }

  /** Whether an object has begun that has not ended. */
  public boolean isOpen() {
    return depth > 0;
  }

  /** The rest of an object that has begun will not come. */
  public void cutOff() {
    if (isOpen()) {
      end(new Piece.Nonsense("the JSON object is not complete"));
    }
  }

  private void between(byte next) {
    if (next == '{') {
      endNonsense();
      depth = 1;
      keep(next);
    } else if (next == '\n' || next == '\r') {
      endNonsense();
    } else if (next != ' ' && next != '\t') {
      inNonsense = true;
    }
  }

  private void endNonsense() {
    if (inNonsense) {
      inNonsense = false;
      receiver.accept(new Piece.Nonsense(NO_OBJECT));
    }
  }

  private void inside(byte next) {
    keep(next);
    if (inString) {
      insideString(next);
    } else if (next == '"') {
      inString = true;
    } else if (next == '{') {
      depth++;
    } else if (next == '}' && --depth == 0) {
      end(
          tooLong
              ? new Piece.Nonsense("the request is longer than " + bytesMax + " bytes")
              : new Piece.Text(ByteString.copyFrom(object.toByteArray())));
    }
  }

  private void insideString(byte next) {
    if (next >= 0 && next < ' ') {
      end(new Piece.Nonsense("a JSON string has no control characters"));
    } else if (escaped) {
      escaped = false;
    } else if (next == '\\') {
      escaped = true;
    } else if (next == '"') {
      inString = false;
    }
  }

  private void keep(byte next) {
    if (object.size() >= bytesMax) {
      tooLong = true;
      object.reset();
    }
    if (!tooLong) {
      object.write(next);
    }
  }

  private void end(Piece piece) {
    object.reset();
    depth = 0;
    inString = false;
    escaped = false;
    tooLong = false;
    receiver.accept(piece);
  }
}
