package dev.holdfast.fencing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Gates in several processes on one file, and what {@code kill -9} leaves. */
@Timeout(120)
final class FileFencingGateProcessTest {
  @TempDir Path folder;
  private Path file;
  private Path guarded;
  private long seed;

  @BeforeEach
  void create_gate(TestReporter reporter) throws Exception {
    seed = Long.getLong("holdfast.seed", System.nanoTime());
    reporter.publishEntry("holdfast.seed", Long.toString(seed));
    file = folder.resolve("gate");
    guarded = Files.createFile(folder.resolve("guarded"));
    FileFencingGate.create(file).close();
  }

  @Test
  void two_processes_never_write_at_once_nor_out_of_order() throws Exception {
    List<Process> writers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      writers.add(GateWriter.start(file, guarded, 150, seed + i));
    }
    int accepted = 0;
    for (Process writer : writers) {
      try (BufferedReader lines = writer.inputReader()) {
        accepted += (int) lines.lines().filter(line -> !line.equals(GateWriter.STALE)).count();
      }
      assertThat(writer.waitFor()).isZero();
    }

    List<Long> written = Files.readAllLines(guarded).stream().map(Long::valueOf).toList();
    assertThat(written).as("seed %d", seed).hasSize(accepted).isSorted();
    assertThat(accepted).isPositive();
    try (FileFencingGate gate = FileFencingGate.open(file)) {
      assertThat(gate.highestToken("guarded")).hasValue(written.get(written.size() - 1));
    }
  }

  @Test
  void no_admitted_token_is_lost_by_kill_9() throws Exception {
    Random random = new Random(seed);
    for (int round = 0; round < 12; round++) {
      long highestPrinted = writeAndKillAfter(random.nextInt(40), random.nextLong());
      try (FileFencingGate gate = FileFencingGate.open(file)) {
        long highest = gate.highestToken("guarded").orElse(0);
        assertThat(highest)
            .as("round %d of seed %d", round, seed)
            .isGreaterThanOrEqualTo(highestPrinted);
        gate.admit("guarded", highest + 1);
      }
    }
  }

  /**
   * Kills a writer after it has printed some tokens; returns the highest of all that it printed.
   */
  private long writeAndKillAfter(int tokens, long writerSeed) throws Exception {
    Files.write(guarded, new byte[0]);
    Process writer = GateWriter.start(file, guarded, 100_000, writerSeed);
    long highest = 0;
    try (BufferedReader lines = writer.inputReader()) {
      int seen = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.equals(GateWriter.STALE)) {
          highest = Math.max(highest, Long.parseLong(line));
        }
        if (seen++ == tokens) {
          writer.toHandle().destroyForcibly(); // leaves what it has printed to be read
        }
      }
    }
    assertThat(writer.waitFor()).as("killed, not failed").isEqualTo(128 + 9);
    return highest;
  }

  @Test
  void lock_of_a_killed_process_is_free() throws Exception {
    Process writer = GateWriter.start(file, guarded, 100_000, seed);
    try (BufferedReader lines = writer.inputReader();
        FileFencingGate gate = FileFencingGate.open(file)) {
      assertThat(lines.readLine()).isNotNull();
      writer.destroyForcibly().waitFor();

      gate.admit("guarded", Long.MAX_VALUE);
    }
  }
}
