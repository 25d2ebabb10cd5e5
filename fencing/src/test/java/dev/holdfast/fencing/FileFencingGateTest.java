package dev.holdfast.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileFencingGateTest extends FencingGateContract {
  @TempDir Path folder;
  private Path file;
  private FileFencingGate gate;

  @BeforeEach
  void create_gate() throws IOException {
    file = folder.resolve("gate");
    gate = FileFencingGate.create(file);
  }

  @AfterEach
  void close_gate() {
    gate.close();
  }

  @Override
  FencingGate gate() {
    return gate;
  }

  @Test
  void tokens_survive_closing_and_opening() throws Exception {
    gate.admit("orders", 34);
    gate.admit("customers", 5);
    gate.close();
    gate = FileFencingGate.open(file);

    assertThat(gate.highestToken("orders")).hasValue(34);
    assertThat(gate.highestToken("customers")).hasValue(5);
    assertThatExceptionOfType(StaleTokenException.class).isThrownBy(() -> gate.admit("orders", 33));
  }

  @Test
  void two_gates_on_a_file_see_each_others_tokens() throws Exception {
    try (FileFencingGate other = FileFencingGate.open(file)) {
      for (long token = 1; token < 20; token += 2) {
        gate.admit("orders", token);
        other.admit("orders", token + 1);
        long stale = token;
        assertThatExceptionOfType(StaleTokenException.class)
            .isThrownBy(() -> gate.admit("orders", stale));
      }
      assertThat(gate.highestToken("orders")).isEqualTo(other.highestToken("orders"));
    }
  }

  @Test
  void two_gates_on_a_file_are_one_gate_for_a_guarded_write() throws Exception {
    try (FileFencingGate other = FileFencingGate.open(file)) {
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  gate.<Boolean, Exception>write(
                      "orders",
                      1,
                      () -> {
                        other.admit("orders", 2);
                        return true;
                      }));
    }
  }

  @Test
  void closing_one_gate_leaves_the_locks_of_the_other() throws Exception {
    FileFencingGate other = FileFencingGate.open(file);
    gate.<Boolean, RuntimeException>write(
        "orders",
        1,
        () -> {
          other.close();
          return true;
        });
    gate.admit("orders", 2);
  }

  @Test
  void gate_closed_by_its_own_write_ends_it_undisturbed() throws Exception {
    boolean written =
        gate.<Boolean, RuntimeException>write(
            "orders",
            1,
            () -> {
              gate.close();
              return true;
            });

    assertThat(written).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(() -> gate.admit("orders", 2))
        .withMessageContaining("closed");
    assertThatIllegalStateException().isThrownBy(() -> gate.highestToken("orders"));
    gate = FileFencingGate.open(file);
    assertThat(gate.highestToken("orders")).hasValue(1);
  }

  @Test
  void symbolic_link_leads_to_the_same_gate() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    try (FileFencingGate other = FileFencingGate.open(link)) {
      other.admit("orders", 9);
    }
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(gate.highestToken("orders")).hasValue(9);
  }

  @Test
  void creating_over_a_gate_is_refused() throws Exception {
    gate.admit("orders", 3);

    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> FileFencingGate.create(file));

    assertThat(gate.highestToken("orders")).hasValue(3);
  }

  @Test
  void opening_what_is_not_there_is_refused_and_makes_nothing() {
    Path missing = folder.resolve("missing");

    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> FileFencingGate.open(missing))
        .withMessageContaining("there is no gate");

    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("gate", "gate.lock");
  }

  @Test
  void open_or_create_does_either() throws Exception {
    Path other = folder.resolve("other");
    try (FileFencingGate made = FileFencingGate.openOrCreate(other)) {
      made.admit("orders", 4);
    }
    try (FileFencingGate opened = FileFencingGate.openOrCreate(other)) {
      assertThat(opened.highestToken("orders")).hasValue(4);
    }
  }

  @Test
  void path_without_a_file_name_is_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> FileFencingGate.create(Path.of("/")));
  }

  @Test
  void vanished_file_is_refused_and_not_made_anew() throws Exception {
    gate.admit("orders", 3);
    Files.delete(file);

    assertThatExceptionOfType(GateUnavailableException.class)
        .isThrownBy(() -> gate.admit("orders", 4))
        .withMessageContaining(file.toString())
        .withMessageContaining("do not create the gate anew");

    assertThat(file).doesNotExist();
  }

  @Test
  void file_made_anew_is_not_taken_for_the_old_one() throws Exception {
    gate.admit("orders", 3);
    Files.delete(file);
    try (FileFencingGate anew = FileFencingGate.create(file)) {
      anew.admit("customers", 8);
    }

    assertThat(gate.highestToken("customers")).hasValue(8);
    assertThat(gate.highestToken("orders")).isEmpty();
  }

  @Test
  void replaced_lock_file_is_noticed() throws Exception {
    Path lockFile = folder.resolve("gate.lock");
    Files.move(lockFile, folder.resolve("gate.lock.old"));

    assertThatExceptionOfType(GateUnavailableException.class)
        .isThrownBy(() -> gate.admit("orders", 1))
        .withMessageContaining("removed or replaced");
    Files.createFile(lockFile);
    assertThatExceptionOfType(GateUnavailableException.class)
        .isThrownBy(() -> gate.admit("orders", 1))
        .withMessageContaining("removed or replaced");
    assertThatExceptionOfType(GateUnavailableException.class)
        .isThrownBy(() -> gate.highestToken("orders"));

    Files.move(
        folder.resolve("gate.lock.old"),
        lockFile,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    gate.admit("orders", 1);
  }

  @Test
  void write_does_not_run_if_its_token_cannot_be_kept() throws Exception {
    Files.createDirectory(folder.resolve("gate.new"));

    assertThatExceptionOfType(GateUnavailableException.class)
        .isThrownBy(() -> gate.write("orders", 1, () -> Files.createFile(folder.resolve("x"))));

    assertThat(folder.resolve("x")).doesNotExist();
    Files.delete(folder.resolve("gate.new"));
    gate.admit("orders", 1);
  }

  @Test
  void gate_holds_a_bounded_number_of_resources() throws Exception {
    TreeMap<String, Long> tokens = new TreeMap<>();
    for (int i = 0; i < GateContent.RESOURCES_MAX; i++) {
      tokens.put("resource-" + i, 1L);
    }
    Path full = folder.resolve("full");
    Files.write(full, new GateContent(1, tokens).encode());
    try (FileFencingGate other = FileFencingGate.open(full)) {
      assertThatExceptionOfType(GateUnavailableException.class)
          .isThrownBy(() -> other.admit("one too many", 1))
          .withMessageContaining("16384")
          .withMessageContaining("second gate");
      other.admit("resource-7", 2);
      assertThat(other.highestToken("resource-7")).hasValue(2);
    }
  }

  @Test
  void interrupted_caller_is_told_so_and_nobody_loses_a_lock() throws Exception {
    try (FileFencingGate other = FileFencingGate.open(file)) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedException.class)
          .isThrownBy(() -> other.admit("orders", 1));
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> FileFencingGate.open(file))
          .withMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
    gate.admit("orders", 2);
  }
}
