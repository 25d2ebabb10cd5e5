package dev.holdfast.cli.terminal;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** One JSON value, written to stdout piece by piece. Field names are snake_case and stable. */
public final class Json implements AutoCloseable {
  private final JsonGenerator generator;
  private final PrintWriter out;

  /**
   * Starts to write.
   *
   * @param screen its stdout gets the value and a line feed
   */
  public Json(Screen screen) {
    this(screen, pretty());
  }

  private Json(Screen screen, ObjectWriteContext layout) {
    out = screen.out();
    generator = new JsonFactory().createGenerator(layout, new OpenWriter(out));
  }

  /**
   * Starts to write a value on a line of its own, for values that come one by one.
   *
   * @param screen its stdout gets the value and a line feed
   */
  public static Json line(Screen screen) {
    return new Json(screen, ObjectWriteContext.empty());
  }

  /**
   * Opens an object.
   *
   * @return this
   */
  public Json startObject() {
    generator.writeStartObject();
    return this;
  }

  /**
   * Closes the object that is open.
   *
   * @return this
   */
  public Json endObject() {
    generator.writeEndObject();
    return this;
  }

  /**
   * Opens an array.
   *
   * @return this
   */
  public Json startArray() {
    generator.writeStartArray();
    return this;
  }

  /**
   * Closes the array that is open.
   *
   * @return this
   */
  public Json endArray() {
    generator.writeEndArray();
    return this;
  }

  /**
   * Writes a field's name; its value follows.
   *
   * @param field the name
   * @return this
   */
  public Json name(String field) {
    generator.writeName(field);
    return this;
  }

  /**
   * Writes a field.
   *
   * @param field the name
   * @param value a String, Boolean, Integer, Long, Double or null
   * @return this
   */
  public Json field(String field, @Nullable Object value) {
    generator.writeName(field);
    return value(value);
  }

  /**
   * Writes a value.
   *
   * @param value a String, Boolean, Integer, Long, Double or null
   * @return this
   */
  public Json value(@Nullable Object value) {
    switch (value) {
      case null -> generator.writeNull();
      case String text -> generator.writeString(text);
      case Boolean truth -> generator.writeBoolean(truth);
      case Integer number -> generator.writeNumber(number);
      case Long number -> generator.writeNumber(number);
      case Double number -> generator.writeNumber(number);
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    }
    return this;
  }

  /** Ends the value with a line feed. Stdout stays open. */
  @Override
  public void close() {
    generator.close();
    out.println();
    out.flush();
  }

  private static ObjectWriteContext pretty() {
    return new ObjectWriteContext.Base() {
      @Override
      public DefaultPrettyPrinter getPrettyPrinter() {
        return new DefaultPrettyPrinter();
      }
    };
  }

  /** The generator closes what it writes to; stdout must outlive it. */
  private static final class OpenWriter extends java.io.FilterWriter {
    OpenWriter(PrintWriter out) {
      super(out);
    }

    @Override
    public void close() {
      ((PrintWriter) out).flush();
    }
  }
}
