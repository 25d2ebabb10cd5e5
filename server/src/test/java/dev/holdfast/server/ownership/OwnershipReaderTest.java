package dev.holdfast.server.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Applied;
import dev.holdfast.core.Event;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.history.chain.ChainSettings;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.OwnersBetweenRequest;
import dev.holdfast.protocol.v1.OwnersReply;
import dev.holdfast.protocol.v1.OwnershipPoint;
import dev.holdfast.protocol.v1.OwnershipSpan;
import dev.holdfast.server.node.MapView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who held what at which revision, against what really happened. */
final class OwnershipReaderTest {
  private static final long SEED = Long.getLong("holdfast.seed", 1);
  private static final long WALL = 1_700_000_000_000L;

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private long wallMillis = WALL;

  /** A map that follows the run, one entry after the other. */
  private static final class Follower implements MapView {
    private final LockStateMachine machine = new LockStateMachine();

    @Override
    public <T extends @Nullable Object> T read(Function<LockStateMachine, T> query) {
      return query.apply(machine);
    }
  }

  /** By revision: who holds what from then on, as text. */
  private static NavigableMap<Long, Map<Long, String>> statesOf(Run run, String lock) {
    TreeMap<Long, Map<Long, String>> states = new TreeMap<>();
    TreeMap<Long, String> held = new TreeMap<>();
    states.put(0L, Map.of());
    for (Applied applied : run.applied) {
      for (Event event : applied.events()) {
        if (event instanceof Event.LockReleased released) {
          held.remove(released.token());
        } else if (event instanceof Event.LockGranted granted) {
          put(
              held,
              granted.revision(),
              granted.sessionId(),
              granted.owner(),
              granted.demands(),
              lock);
        } else if (event instanceof Event.LockConverted converted) {
          held.remove(converted.token());
          put(
              held,
              converted.token(),
              converted.sessionId(),
              converted.owner(),
              converted.demands(),
              lock);
        } else {
          continue;
        }
        states.put(event.revision(), new TreeMap<>(held));
      }
    }
    return states;
  }

  private static void put(
      Map<Long, String> held,
      long token,
      long session,
      String owner,
      List<Demand> demands,
      String lock) {
    for (Demand demand : demands) {
      if (demand.getLock().equals(lock)) {
        held.put(token, session + " " + owner + " " + demand.getMode() + " " + demand.getPermits());
      }
    }
  }

  private static Map<Long, String> told(OwnersReply.Builder reply) {
    Map<Long, String> told = new TreeMap<>();
    for (OwnershipSpan span : reply.getOwnersList()) {
      told.put(
          span.getToken(),
          span.getSessionId()
              + " "
              + span.getOwner()
              + " "
              + span.getDemand().getMode()
              + " "
              + span.getDemand().getPermits());
    }
    return told;
  }

  private OwnershipRecorder recorder(long bytesMax, long segmentBytesMax) throws IOException {
    OwnershipRecorder recorder =
        new OwnershipRecorder(
            new ChainSettings(folder, "n1", bytesMax, segmentBytesMax),
            () -> wallMillis,
            OwnershipRecorder.QUEUED_MAX);
    recorder.open();
    return recorder;
  }

  private void follow(OwnershipRecorder recorder, Follower map, Run run, int from, int to) {
    for (int i = from; i < to; i++) {
      wallMillis++;
      recorder.onApplied(Run.apply(map.machine, run.log.get(i), i + 1));
    }
  }

  private static OwnershipPoint at(long revision) {
    return OwnershipPoint.newBuilder().setRevision(revision).build();
  }

  @Test
  void owners_at_any_revision_are_those_of_the_run_over_10_000_grants() throws IOException {
    Run run = new Run(SEED).untilGrants(10_000);
    Follower map = new Follower();
    try (OwnershipRecorder recorder = recorder(64 << 20, 1 << 18)) {
      follow(recorder, map, run, 0, run.log.size());
      OwnershipReader reader = new OwnershipReader(recorder, map);
      for (String lock : Run.LOCKS) {
        NavigableMap<Long, Map<Long, String>> states = statesOf(run, lock);
        for (int i = 0; i < 40; i++) {
          long revision = random.nextLong(run.machine.revision() + 1);
          OwnersReply.Builder reply = reader.ownersAt(lock, at(revision));
          assertThat(told(reply))
              .as("%s at %d, -Dholdfast.seed=%d", lock, revision, SEED)
              .isEqualTo(states.floorEntry(revision).getValue());
          assertThat(reply.getComplete()).isTrue();
        }
        requireEverySpan(reader, lock, states);
      }
    }
  }

  /** The list between two points has every owner of every revision in it, and no other. */
  private static void requireEverySpan(
      OwnershipReader reader, String lock, NavigableMap<Long, Map<Long, String>> states)
      throws IOException {
    OwnersReply.Builder all =
        reader.ownersBetween(
            OwnersBetweenRequest.newBuilder().setLock(lock).setLimit(10_000).build());
    assertThat(all.getMore()).isFalse();
    TreeMap<Long, Map<Long, String>> rebuilt = new TreeMap<>();
    rebuilt.put(0L, Map.of());
    List<OwnershipSpan> spans = new ArrayList<>(all.getOwnersList());
    for (long revision : states.keySet()) {
      Map<Long, String> held = new TreeMap<>();
      OwnersReply.Builder then = OwnersReply.newBuilder();
      for (OwnershipSpan span : spans) {
        boolean holds =
            span.getFromRevision() <= revision
                && (span.getUntilRevision() == 0 || span.getUntilRevision() > revision);
        if (holds) {
          then.addOwners(span);
        }
      }
      held.putAll(told(then));
      rebuilt.put(revision, held);
    }
    assertThat(rebuilt).isEqualTo(states);
  }

  @Test
  void owners_at_a_time_of_day_are_those_of_the_last_step_before_it() throws IOException {
    Run run = new Run(SEED).untilGrants(300);
    Follower map = new Follower();
    try (OwnershipRecorder recorder = recorder(1 << 20, 1 << 16)) {
      follow(recorder, map, run, 0, run.log.size());
      OwnershipReader reader = new OwnershipReader(recorder, map);
      for (int entry = 0; entry < run.applied.size(); entry += 7) {
        long revision = run.applied.get(entry).revision();
        OwnershipPoint time = OwnershipPoint.newBuilder().setWallMillis(WALL + entry + 1).build();
        OwnersReply.Builder reply = reader.ownersAt("a", time);
        assertThat(told(reply)).isEqualTo(statesOf(run, "a").floorEntry(revision).getValue());
        assertThat(reply.getComplete()).isTrue();
      }
    }
  }

  @Test
  void owners_are_known_behind_what_was_dropped_though_their_beginning_is_not() throws IOException {
    Run run = new Run(SEED).untilGrants(800);
    Follower map = new Follower();
    try (OwnershipRecorder recorder = recorder(20_000, 4_000)) {
      follow(recorder, map, run, 0, run.log.size());
      OwnershipReader reader = new OwnershipReader(recorder, map);
      long known = reader.ownersAt("a", at(run.machine.revision())).getKnownFromRevision();
      assertThat(known).isGreaterThan(1);
      for (String lock : Run.LOCKS) {
        NavigableMap<Long, Map<Long, String>> states = statesOf(run, lock);
        for (long revision = known; revision <= run.machine.revision(); revision += 11) {
          OwnersReply.Builder reply = reader.ownersAt(lock, at(revision));
          assertThat(told(reply))
              .as("%s at %d, -Dholdfast.seed=%d", lock, revision, SEED)
              .isEqualTo(states.floorEntry(revision).getValue());
          assertThat(reply.getComplete()).isTrue();
        }
      }
      OwnersReply.Builder before = reader.ownersAt("a", at(known - 1));
      assertThat(before.getComplete()).isFalse();
      assertThat(before.getMissing()).contains("begins at revision " + known);
    }
  }

  @Test
  void what_a_gap_may_hide_is_said_and_nothing_wrong_is_told() throws IOException {
    Run run = new Run(SEED).untilGrants(200);
    Follower map = new Follower();
    int third = run.log.size() / 3;
    long reached = run.applied.get(third - 1).revision();
    long restored = run.applied.get(2 * third - 1).revision();
    try (OwnershipRecorder recorder = recorder(1 << 20, 1 << 16)) {
      follow(recorder, map, run, 0, third);
      for (int i = third; i < 2 * third; i++) {
        map.machine.apply(run.log.get(i));
      }
      recorder.onRestored(map.machine.revision(), map.machine.clockMillis(), map);
      follow(recorder, map, run, 2 * third, run.log.size());
      OwnershipReader reader = new OwnershipReader(recorder, map);
      for (String lock : Run.LOCKS) {
        NavigableMap<Long, Map<Long, String>> states = statesOf(run, lock);
        for (long revision = 1; revision <= run.machine.revision(); revision += 3) {
          OwnersReply.Builder reply = reader.ownersAt(lock, at(revision));
          boolean inGap = revision > reached && revision <= restored;
          assertThat(reply.getComplete()).as("at %d", revision).isEqualTo(!inGap);
          if (!inGap) {
            assertThat(told(reply)).isEqualTo(states.floorEntry(revision).getValue());
          } else {
            assertThat(reply.getMissing()).contains("loaded a snapshot");
            assertThat(reply.getGapsList()).hasSize(1);
          }
        }
      }
    }
  }

  @Test
  void what_is_not_applied_yet_is_no_answer() throws IOException {
    try (OwnershipRecorder recorder = recorder(1 << 20, 1 << 16)) {
      OwnersReply.Builder reply =
          new OwnershipReader(recorder, new Follower()).ownersAt("a", at(99));
      assertThat(reply.getComplete()).isFalse();
      assertThat(reply.getMissing()).contains("not applied revision 99 yet");
    }
  }
}
