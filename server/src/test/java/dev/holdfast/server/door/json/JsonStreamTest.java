package dev.holdfast.server.door.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.holdfast.server.door.json.JsonStream.Piece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonStreamTest {
  private static final String NONSENSE = "?";

  private final List<String> pieces = new ArrayList<>();
  private final JsonStream stream = new JsonStream(100, this::onPiece);

  private void onPiece(Piece piece) {
    pieces.add(
        switch (piece) {
          case Piece.Text text -> text.bytes().toStringUtf8();
          case Piece.Nonsense _ -> NONSENSE;
        });
  }

  private List<String> read(String... reads) {
    pieces.clear();
    for (String each : reads) {
      stream.add(each.getBytes(StandardCharsets.UTF_8));
    }
    return List.copyOf(pieces);
  }

  /** S0-21. */
  @Test
  void objects_are_found_whatever_is_between_them() {
    assertThat(read("{}{\"a\":{}} \n\t {\"b\":1}"))
        .containsExactly("{}", "{\"a\":{}}", "{\"b\":1}");
    assertThat(read("{\"a\":", "{\"", "}", "\"", ":1}", "}")).containsExactly("{\"a\":{\"}\":1}}");
    assertThat(read("{\"\\\"}\":\"\\\\\"}")).containsExactly("{\"\\\"}\":\"\\\\\"}");
    assertThat(read(" \r\n ")).isEmpty();
  }

  /** S0-16. */
  @Test
  void nonsense_ends_at_a_brace_a_line_or_a_read() {
    assertThat(read("abc{}")).containsExactly(NONSENSE, "{}");
    assertThat(read("abc\ndef\n{}")).containsExactly(NONSENSE, NONSENSE, "{}");
    assertThat(read("abc", "def", "{}")).containsExactly(NONSENSE, NONSENSE, "{}");
    assertThat(read("}{}")).containsExactly(NONSENSE, "{}");
    assertThat(read("{\"a\": \"b\n", "{}")).containsExactly(NONSENSE, "{}");
  }

  /** S0-16. */
  @Test
  void an_object_that_is_too_long_is_skipped_to_its_end() {
    String longest = "{\"" + "a".repeat(95) + "\"}";
    assertThat(longest).hasSize(99);
    assertThat(read(longest, "{\"" + "a".repeat(96) + "\"}")).hasSize(2).doesNotContain(NONSENSE);
    assertThat(read("{\"" + "a".repeat(97) + "\"}", "{}")).containsExactly(NONSENSE, "{}");
    assertThat(read("{\"" + "a".repeat(1_000_000) + "{}\"", "}{}")).containsExactly(NONSENSE, "{}");
  }

  /** S0-16. */
  @Test
  void half_an_object_can_be_cut_off() {
    assertThat(read("{\"a")).isEmpty();
    assertThat(stream.isOpen()).isTrue();
    stream.cutOff();
    stream.cutOff();
    assertThat(pieces).containsExactly(NONSENSE);
    assertThat(read("{}")).containsExactly("{}");
  }

  /** However a stream of objects is cut into reads, it is the same objects. */
  @Test
  void random_cuts_change_nothing() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("JsonStreamTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      List<String> objects = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        objects.add(object(random, 3));
      }
      List<String> reads = new ArrayList<>();
      String all = String.join(random.nextBoolean() ? "" : " ", objects);
      for (int at = 0; at < all.length(); ) {
        int end = Math.min(all.length(), at + 1 + random.nextInt(20));
        reads.add(all.substring(at, end));
        at = end;
      }
      assertThat(read(reads.toArray(new String[0]))).as("seed " + seed).isEqualTo(objects);
    }
  }

  private static String object(Random random, int depth) {
    String key = List.of("a", "{", "}", "\\\"", "\\\\", "", "[").get(random.nextInt(7));
    String value =
        depth > 0 && random.nextBoolean() ? object(random, depth - 1) : "\"" + key + "\"";
    return "{\"" + key + "\":" + value + "}";
  }

  @Test
  void texts_are_quoted_as_python_does() {
    assertThat(PythonJson.quote("a\"\\/\n\r\t\b\f\u0001~\u007Fé😀"))
        .isEqualTo("\"a\\\"\\\\/\\n\\r\\t\\b\\f\\u0001~\\u007f\\u00e9\\ud83d\\ude00\"");
  }

  @Test
  void fields_are_read_or_the_problem_is_named() throws Exception {
    JsonRequest request =
        JsonRequest.parse(
            ByteString.copyFromUtf8("{\"a\": \"b\", \"n\": 1, \"o\": {\"c\": \"d\"}}"));
    assertThat(request.requireText("a")).isEqualTo("b");
    assertThat(request.text("n")).isNull();
    assertThat(request.object("o").requireText("c")).isEqualTo("d");
    assertThat(request.object("a").text("c")).isNull();
    assertThatThrownBy(() -> request.requireText("x")).hasMessage("Missing field: x");
    assertThatThrownBy(() -> request.requireText("n")).hasMessage("n is not a string");
    assertThatThrownBy(() -> JsonRequest.parse(ByteString.copyFromUtf8("{\"a\":}")))
        .hasMessage("Malformed JSON");
    assertThatThrownBy(
            () ->
                JsonRequest.parse(
                    ByteString.copyFrom(new byte[] {'{', '"', (byte) 0xFF, '"', '}'})))
        .hasMessage("Malformed JSON");
  }
}
