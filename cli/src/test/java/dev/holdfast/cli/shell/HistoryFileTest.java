package dev.holdfast.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {
  @TempDir private Path folder;

  @Test
  void it_is_where_the_user_keeps_state() {
    assertThat(HistoryFile.in(folder.resolve("state").toString(), "/nowhere"))
        .isEqualTo(folder.resolve("state/holdfast/shell_history"));
    assertThat(HistoryFile.in("", folder.toString()))
        .isEqualTo(folder.resolve(".local/state/holdfast/shell_history"));
    assertThat(HistoryFile.in("relative", folder.toString()))
        .isEqualTo(HistoryFile.in("", folder.toString()));
  }

  @Test
  void without_a_place_there_is_none() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    assertThat(HistoryFile.in(file.toString(), "/nowhere")).isNull();
  }
}
