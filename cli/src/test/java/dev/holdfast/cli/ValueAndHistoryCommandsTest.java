package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValueAndHistoryCommandsTest {
  private static Ran run(String... args) {
    return Ran.of(new FakeCluster(), args);
  }

  private static String compact(String json) {
    return json.replaceAll("\\s+", "");
  }

  @Test
  void an_export_that_fails_leaves_no_file(@TempDir Path folder) {
    Path file = folder.resolve("kept.jsonl");
    assertThat(run("history", "export", file.toString()).exitCode()).isEqualTo(70);
    assertThat(file).doesNotExist();
  }

  @Test
  void what_is_wrong_with_a_file_is_said(@TempDir Path folder) throws IOException {
    Path taken = Files.writeString(folder.resolve("taken"), "");
    assertThat(run("history", "export", taken.toString()).err())
        .startsWith("holdfast: " + taken + " cannot be written: it exists already\n");
    Path missing = folder.resolve("missing");
    assertThat(run("history", "verify", missing.toString()).err())
        .startsWith("holdfast: " + missing + " cannot be read: no such file or folder\n");
    Ran local = run("history", "verify", "--local", missing.toString());
    assertThat(local.exitCode()).isEqualTo(65);
    assertThat(local.err())
        .startsWith("holdfast: " + missing + " cannot be read: no such folder\n");
  }

  @Test
  void a_value_is_written_as_it_is() {
    assertThat(run("value", "get", "config").out()).isEqualTo("{\"path\":\n \"C:\\\\temp\"}\n");
    assertThat(compact(run("value", "get", "config", "-o", "json").out()))
        .startsWith("{\"lock\":\"config\",\"exists\":true,\"text\":");
    assertThat(run("value", "get", "free")).isEqualTo(new Ran(0, "", "'free' has no value\n"));
    assertThat(compact(run("value", "get", "free", "-o", "json").out()))
        .startsWith(
            "{\"lock\":\"free\",\"exists\":false,\"text\":null,\"hex\":null,\"valid\":null,"
                + "\"token\":null,\"revision\":null,\"read\":");
  }
}
