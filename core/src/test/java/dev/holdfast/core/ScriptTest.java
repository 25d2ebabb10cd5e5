package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.v1.RefusalReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the scripts and compares what they print with what is written in them. After a change that
 * was meant, and only then, {@code -Dholdfast.bless=true} writes the new output into the scripts.
 */
class ScriptTest {
  private static final Path SCRIPTS = Path.of("src/test/resources/scripts");

  /** Refusals that the machine itself never gives: those of nodes. */
  private static final Set<RefusalReason> NOT_FROM_CORE =
      EnumSet.of(
          RefusalReason.REFUSAL_UNSPECIFIED,
          RefusalReason.UNRECOGNIZED,
          RefusalReason.BEHIND,
          RefusalReason.OVERLOADED,
          RefusalReason.NO_LEADER,
          RefusalReason.FRAME_TOO_LARGE,
          RefusalReason.NODE_STOPPING,
          RefusalReason.SESSION_CLOSED,
          RefusalReason.TOO_MANY_WATCHERS,
          // Those need thousands of commands: LimitsTest.
          RefusalReason.TOO_MANY_ANSWERS,
          RefusalReason.TOO_MANY_RESERVATIONS,
          RefusalReason.TOO_MANY_VALUES,
          RefusalReason.FILE_QUOTA_EXCEEDED,
          RefusalReason.TOO_MANY_REQUESTS,
          RefusalReason.TOO_MANY_SESSIONS);

  @ParameterizedTest
  @MethodSource("scripts")
  void script_prints_what_is_written_in_it(Path file) throws IOException {
    String written = Files.readString(file);
    String printed = run(written);
    if (Boolean.getBoolean("holdfast.bless")) {
      Files.writeString(file, printed);
    }
    assertThat(printed).isEqualTo(written);
  }

  @Test
  void every_refusal_of_the_machine_occurs_in_a_script() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path file : scripts().toList()) {
      all.append(Files.readString(file));
    }
    for (RefusalReason reason : RefusalReason.values()) {
      if (!NOT_FROM_CORE.contains(reason)) {
        assertThat(all.toString()).as("scripts").contains(" " + reason.name());
      }
    }
  }

  static Stream<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      return files.sorted().toList().stream();
    }
  }

  /**
   * Output stands below its command, behind "> "; everything else but comments and empty lines is a
   * command.
   */
  private static String run(String text) {
    Script script = new Script();
    StringBuilder printed = new StringBuilder();
    for (String line : List.of(text.split("\n"))) {
      if (line.startsWith("> ")) {
        continue;
      }
      printed.append(line).append('\n');
      if (!line.isBlank() && !line.startsWith("#")) {
        script.run(line).lines().forEach(each -> printed.append("> ").append(each).append('\n'));
      }
    }
    return printed.toString();
  }
}
