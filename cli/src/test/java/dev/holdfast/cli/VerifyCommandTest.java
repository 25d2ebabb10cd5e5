package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.terminal.Screen;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VerifyCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void overlapping_holders_are_named_with_file_and_line() throws IOException {
    Path alice = file("alice.jsonl", holding(1, 4, 5, 40));
    Path bob = file("bob.jsonl", holding(2, 9, 38, 60));
    assertThat(run("verify", alice.toString(), bob.toString())).isEqualTo(79);
    assertThat(out.toString())
        .contains("HOLDINGS_OVERLAP: 'worker' of session 1 (token 4")
        .contains("'worker' of session 2 (token 9")
        .contains("alice.jsonl:2\n", "bob.jsonl:2\n");
    assertThat(err.toString()).contains("broken: 1 times, 1 rule");
  }

  @Test
  void a_folder_stands_for_its_recordings() throws IOException {
    file("alice.jsonl", holding(1, 4, 5, 37));
    file("bob.jsonl", holding(2, 9, 38, 60));
    file("notes.txt", "no recording");
    assertThat(run("verify", folder.toString())).isZero();
    assertThat(out.toString()).contains("HOLDINGS_OVERLAP", "RECORDINGS");
    assertThat(err.toString()).contains("no rule is broken", "not checked: no node was recorded");
  }

  @Test
  void json_has_everything() throws IOException {
    file("alice.jsonl", holding(1, 4, 5, 40), holding(2, 9, 38, 60));
    assertThat(run("verify", "-o", "json", folder.toString())).isEqualTo(79);
    assertThat(out.toString().replaceAll("\\s+", ""))
        .contains("\"ok\":false", "\"recordings\":1,\"lines\":3")
        .contains("{\"rule\":\"HOLDINGS_OVERLAP\",\"checked\":4,\"broken\":1}")
        .contains("\"number\":2,\"kind\":\"holding\"}")
        .contains("\"unchecked\":[");
  }

  @Test
  void what_cannot_be_read_is_65_with_file_and_line() throws IOException {
    Path bad = file("bad.jsonl", "{\"line\":\"holding\"}");
    assertThat(run("verify", bad.toString())).isEqualTo(65);
    assertThat(err.toString()).contains("bad.jsonl:2: 'session' is missing", "next: name files");
    assertThat(run("verify", folder.resolve("none.jsonl").toString())).isEqualTo(65);
    assertThat(err.toString()).contains("there is no file");
    assertThat(run("verify", Files.createDirectory(folder.resolve("empty")).toString()))
        .isEqualTo(65);
    assertThat(err.toString()).contains("there is no .jsonl file");
    assertThat(run("verify", "--limit", "0", bad.toString())).isEqualTo(64);
  }

  private int run(String... args) {
    Screen screen = new Screen(new PrintWriter(out), new PrintWriter(err), false, false);
    int exitCode = CommandTree.of(screen, Map.of()).execute(args);
    screen.out().flush();
    screen.err().flush();
    return exitCode;
  }

  private Path file(String name, String... lines) throws IOException {
    String header =
        "{\"line\":\"header\",\"format\":1,\"recorder\":\"%s\",\"clock\":\"c\",\"startedAtNanos\":0,\"startedAtWallMillis\":0}"
            .formatted(name);
    return Files.writeString(
        folder.resolve(name), header + "\n" + String.join("\n", List.of(lines)) + "\n");
  }

  private static String holding(long session, long token, long from, long until) {
    return "{\"line\":\"holding\",\"session\":%d,\"owner\":\"worker\",\"token\":%d,\"demands\":[[\"orders/42\",\"X\"]],"
            .formatted(session, token)
        + "\"fromNanos\":%d,\"untilNanos\":%d,\"end\":\"given_back\"}".formatted(from, until);
  }
}
