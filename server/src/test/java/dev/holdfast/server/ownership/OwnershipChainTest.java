package dev.holdfast.server.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Applied;
import dev.holdfast.core.Event;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.history.chain.ChainFolder;
import dev.holdfast.history.chain.ChainLink;
import dev.holdfast.history.chain.ChainSettings;
import dev.holdfast.history.chain.DamagedChainException;
import dev.holdfast.protocol.v1.OwnershipGap;
import dev.holdfast.protocol.v1.OwnershipRecord;
import dev.holdfast.server.node.MapView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chain of records: nothing that was applied is missing from it, and nothing of it can be
 * changed unnoticed. {@code -Dholdfast.seed=N} runs another seed.
 */
final class OwnershipChainTest {
  private static final long SEED = Long.getLong("holdfast.seed", 1);

  @TempDir Path folder;

  private final Random random = new Random(SEED);

  @Test
  void every_event_of_a_grant_is_in_the_file_once_and_in_order() throws IOException {
    Run run = new Run(SEED).untilGrants(500);
    record(run, settings(1 << 20, 1 << 16));
    assertThat(told(records())).isEqualTo(expected(run));
  }

  @Test
  void any_byte_that_is_changed_is_found() throws IOException {
    Run run = new Run(SEED).untilGrants(12);
    record(run, settings(1 << 20, 1_024));
    assertThat(ChainFolder.files(folder)).hasSizeGreaterThan(1);
    List<Path> all = new ArrayList<>(ChainFolder.files(folder));
    all.add(folder.resolve("anchor"));
    for (Path file : all) {
      byte[] whole = Files.readAllBytes(file);
      for (int i = 0; i < whole.length; i++) {
        byte[] changed = whole.clone();
        changed[i] ^= (byte) (1 + random.nextInt(255));
        Files.write(file, changed);
        assertThatThrownBy(this::records)
            .as("byte %d of %s, -Dholdfast.seed=%d", i, file.getFileName(), SEED)
            .isInstanceOf(DamagedChainException.class)
            .hasMessageContaining("offset");
      }
      Files.write(file, whole);
    }
    records();
  }

  @Test
  void a_file_that_is_taken_away_is_missed() throws IOException {
    record(new Run(SEED).untilGrants(60), settings(1 << 20, 1_024));
    for (Path file : ChainFolder.files(folder)) {
      byte[] whole = Files.readAllBytes(file);
      Files.delete(file);
      assertThatThrownBy(this::records).isInstanceOf(DamagedChainException.class);
      Files.write(file, whole);
    }
    records();
  }

  @Test
  void damage_is_refused_when_the_node_starts_and_a_torn_tail_is_cut_off() throws IOException {
    ChainSettings settings = settings(1 << 20, 1 << 16);
    record(new Run(SEED).untilGrants(40), settings);
    Path file = ChainFolder.files(folder).get(0);
    byte[] whole = Files.readAllBytes(file);
    byte[] changed = whole.clone();
    changed[whole.length / 2] ^= 1;
    Files.write(file, changed);
    OwnershipRecorder recorder = new OwnershipRecorder(settings);
    assertThatThrownBy(recorder::open)
        .isInstanceOf(DamagedChainException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("offset");
    Files.write(file, whole);
  }

  /** As after kill -9: the process dies with what it had not written, the log is applied again. */
  @Test
  void whatever_a_crash_leaves_of_the_file_is_completed_by_the_log() throws IOException {
    for (int round = 0; round < 40; round++) {
      try (Stream<Path> files = Files.list(folder)) {
        files.forEach(OwnershipChainTest::delete);
      }
      Run run = new Run(SEED + round).untilGrants(60);
      ChainSettings settings = settings(1 << 20, 4_096);
      int applied = 1 + random.nextInt(run.log.size());
      try (OwnershipRecorder recorder = new OwnershipRecorder(settings)) {
        recorder.open();
        apply(recorder, new LockStateMachine(), run, 0, applied);
      }
      tear();
      try (OwnershipRecorder recorder = new OwnershipRecorder(settings)) {
        recorder.open();
        apply(recorder, new LockStateMachine(), run, 0, run.log.size());
      }
      assertThat(told(records())).as("-Dholdfast.seed=%d", SEED + round).isEqualTo(expected(run));
    }
  }

  /** As after kill -9 between the making of a file and its first write. */
  @Test
  void a_file_that_was_begun_and_is_empty_is_no_damage_later() throws IOException {
    Run run = new Run(SEED).untilGrants(120);
    ChainSettings settings = settings(1 << 20, 4_096);
    try (OwnershipRecorder recorder = new OwnershipRecorder(settings)) {
      recorder.open();
      apply(recorder, new LockStateMachine(), run, 0, run.log.size() / 2);
    }
    long last = ChainFolder.verify(folder, (_, _, _, _) -> {}).last().number();
    Files.createFile(folder.resolve("%016d.chain".formatted(last + 1)));
    try (OwnershipRecorder recorder = new OwnershipRecorder(settings)) {
      recorder.open();
      apply(recorder, new LockStateMachine(), run, 0, run.log.size());
    }
    assertThat(told(records())).isEqualTo(expected(run));
    try (OwnershipRecorder recorder = new OwnershipRecorder(settings)) {
      recorder.open();
    }
  }

  /** Cuts the end off the last file, and tells the anchor that it was never synced. */
  private void tear() throws IOException {
    List<Path> files = ChainFolder.files(folder);
    Path anchor = folder.resolve("anchor");
    List<String> lines = Files.readAllLines(anchor);
    Files.writeString(anchor, lines.get(0) + "\nsynced " + ChainLink.NONE + "\n");
    if (files.isEmpty()) {
      return;
    }
    Path last = files.get(files.size() - 1);
    byte[] whole = Files.readAllBytes(last);
    int length = random.nextInt(whole.length + 1);
    byte[] torn = java.util.Arrays.copyOf(whole, length);
    if (random.nextInt(4) == 0) {
      torn = java.util.Arrays.copyOf(torn, length + 100); // zeros that were never written over
    }
    Files.write(last, torn);
  }

  @Test
  void steps_that_a_snapshot_skipped_are_a_gap_that_says_so() throws IOException {
    Run run = new Run(SEED).untilGrants(30);
    ChainSettings settings = settings(1 << 20, 1 << 16);
    long reached = run.applied.get(10).revision();
    try (OwnershipRecorder recorder = new OwnershipRecorder(settings)) {
      recorder.open();
      apply(recorder, new LockStateMachine(), run, 0, 11);
      recorder.onRestored(run.machine.revision(), run.machine.clockMillis(), viewOf(run));
    }
    List<OwnershipRecord> gaps = records().stream().filter(OwnershipRecord::hasGap).toList();
    assertThat(gaps).hasSize(1);
    assertThat(gaps.get(0).getGap())
        .isEqualTo(
            OwnershipGap.newBuilder()
                .setFromRevision(reached + 1)
                .setToRevision(run.machine.revision())
                .setWhy(OwnershipGap.Why.SNAPSHOT_LOADED)
                .build());
  }

  @Test
  void a_restart_from_a_snapshot_that_was_synced_before_leaves_no_gap() throws IOException {
    Run run = new Run(SEED).untilGrants(30);
    ChainSettings settings = settings(1 << 20, 1 << 16);
    try (OwnershipRecorder recorder = new OwnershipRecorder(settings)) {
      recorder.open();
      apply(recorder, new LockStateMachine(), run, 0, run.log.size());
      recorder.sync();
    }
    try (OwnershipRecorder recorder = new OwnershipRecorder(settings)) {
      recorder.open();
      recorder.onRestored(run.machine.revision(), run.machine.clockMillis(), viewOf(run));
    }
    assertThat(records()).noneMatch(OwnershipRecord::hasGap);
    assertThat(told(records())).isEqualTo(expected(run));
  }

  @Test
  void the_oldest_files_go_and_the_chain_stays_whole() throws IOException {
    Run run = new Run(SEED).untilGrants(800);
    record(run, settings(20_000, 4_000));
    List<OwnershipRecord> left = records();
    List<String> all = expected(run);
    List<String> told = told(left);
    assertThat(told).isNotEmpty().hasSizeLessThan(all.size());
    assertThat(told).isEqualTo(all.subList(all.size() - told.size(), all.size()));
    long bytes = 0;
    for (Path file : ChainFolder.files(folder)) {
      bytes += Files.size(file);
    }
    assertThat(bytes).isLessThan(25_000);
  }

  // How it is done.

  private ChainSettings settings(long bytesMax, long segmentBytesMax) {
    return new ChainSettings(folder, "n1", bytesMax, segmentBytesMax);
  }

  private static void record(Run run, ChainSettings settings) throws IOException {
    try (OwnershipRecorder recorder = new OwnershipRecorder(settings)) {
      recorder.open();
      apply(recorder, new LockStateMachine(), run, 0, run.log.size());
    }
  }

  private static void apply(
      OwnershipRecorder recorder, LockStateMachine map, Run run, int from, int to) {
    for (int i = from; i < to; i++) {
      recorder.onApplied(Run.apply(map, run.log.get(i), i + 1));
    }
  }

  private static MapView viewOf(Run run) {
    return new MapView() {
      @Override
      public <T extends @Nullable Object> T read(Function<LockStateMachine, T> query) {
        return query.apply(run.machine);
      }
    };
  }

  private List<OwnershipRecord> records() throws IOException {
    List<OwnershipRecord> records = new ArrayList<>();
    ChainFolder.verify(
        folder,
        (number, head, bytes, hash) -> {
          if (head == null) {
            records.add(RecordVisitor.parse(number, bytes));
          }
        });
    return records;
  }

  private static List<String> told(List<OwnershipRecord> records) {
    List<String> told = new ArrayList<>();
    for (OwnershipRecord record : records) {
      switch (record.getPartCase()) {
        case TAKEN ->
            told.add(
                "%d taken %d %s %s"
                    .formatted(
                        record.getRevision(),
                        record.getTaken().getSessionId(),
                        record.getTaken().getOwner(),
                        record.getTaken().getLabel()));
        case CHANGED ->
            told.add(
                "%d changed %d %s"
                    .formatted(
                        record.getRevision(),
                        record.getChanged().getToken(),
                        record.getChanged().getLabel()));
        case ENDED ->
            told.add(
                "%d ended %d %s %s %s"
                    .formatted(
                        record.getRevision(),
                        record.getEnded().getToken(),
                        record.getEnded().getOwner(),
                        record.getEnded().getEnd(),
                        record.getEnded().getLabel()));
        case GAP, REACHED, PART_NOT_SET -> {}
      }
    }
    return told;
  }

  private static List<String> expected(Run run) {
    java.util.Map<Long, String> labels = new java.util.HashMap<>();
    List<String> told = new ArrayList<>();
    for (Applied applied : run.applied) {
      for (Event event : applied.events()) {
        if (event instanceof Event.SessionOpened opened) {
          labels.put(opened.sessionId(), opened.label());
        } else if (event instanceof Event.LockGranted e) {
          told.add(
              "%d taken %d %s %s"
                  .formatted(e.revision(), e.sessionId(), e.owner(), labels.get(e.sessionId())));
        } else if (event instanceof Event.LockConverted e) {
          told.add(
              "%d changed %d %s".formatted(e.revision(), e.token(), labels.get(e.sessionId())));
        } else if (event instanceof Event.LockReleased e) {
          told.add(
              "%d ended %d %s %s %s"
                  .formatted(
                      e.revision(), e.token(), e.owner(), e.end(), labels.get(e.sessionId())));
        }
      }
    }
    return told;
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
