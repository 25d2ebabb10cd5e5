package dev.holdfast.verification.model;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.Applied;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.StateImage;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.SnapshotRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One seed: a made-up log, applied by core and by a model, with snapshots on the way. */
final class SeedRun {
  private static final int ENTRIES = 40;

  private final EntryMaker maker;
  private final SideBySide pair;
  private final Dice dice;
  private final @Nullable List<String> trace;
  private final LockStateMachine core = new LockStateMachine();
  private @Nullable LockStateMachine restored;
  private @Nullable StateImage olderImage;
  private final List<LogEntry> log = new ArrayList<>();
  private List<SnapshotRecord> olderRecords = List.of();

  private final Tally tally;

  private SeedRun(long seed, LockModel model, Tally tally, @Nullable List<String> trace) {
    this.maker = new EntryMaker(seed);
    this.dice = new Dice(~seed);
    this.pair = new SideBySide(core, model);
    this.tally = tally;
    this.trace = trace;
  }

  /** Runs a seed; on failure runs it again with its trace in the error, and as short as it goes. */
  static void check(long seed, Supplier<LockModel> model, Tally tally) {
    SeedRun run = new SeedRun(seed, model.get(), tally, null);
    try {
      run.run();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          "seed "
              + seed
              + " failed: "
              + failure
              + "\nrepeat it with -Dholdfast.seed="
              + seed
              + "\n"
              + traceOf(seed, model)
              + "\nas short as it goes:\n"
              + SmallestLog.of(run.log, model),
          failure);
    }
  }

  /** Whether the model of this seed is found to differ from core. */
  static boolean findsDifference(long seed, Supplier<LockModel> model) {
    try {
      new SeedRun(seed, model.get(), new Tally(), null).run();
      return false;
    } catch (SideBySide.DifferenceFound found) {
      return true;
    }
  }

  /**
   * What happens in a seed, one line for a command or an outcome, up to its failure if it fails.
   */
  static String traceOf(long seed, Supplier<LockModel> model) {
    List<String> lines = new ArrayList<>();
    try {
      new SeedRun(seed, model.get(), new Tally(), lines).run();
    } catch (AssertionError | RuntimeException failure) {
      lines.add("! " + failure);
    }
    return String.join("\n", lines);
  }

  private void run() {
    for (int i = 0; i < ENTRIES; i++) {
      LogEntry entry = maker.next();
      log.add(entry);
      tell(trace, entry);
      SideBySide.Step step = pair.apply(entry);
      tell(trace, step);
      tally.count(step.outcomes(), step.applied().events());
      maker.learn(step.outcomes(), pair.sessionIds(), pair.tokens());
      applyToRestored(entry, step.applied());
      if (dice.oneIn(8)) {
        pair.compareLookups();
        pair.requireNoConflictingGrants();
        pair.requireLimitsKept();
      }
      if (dice.oneIn(40)) {
        takeSnapshot();
      }
    }
    takeSnapshot();
  }

  private void applyToRestored(LogEntry entry, Applied applied) {
    if (restored != null) {
      require(applied.equals(restored.apply(entry)), "a restored machine went another way");
    }
  }

  private void takeSnapshot() {
    if (trace != null) {
      trace.add("  snapshot at revision " + core.revision());
    }
    List<SnapshotRecord> records = listOf(core.image().records());
    require(records.equals(listOf(core.image().records())), "two snapshots differ");
    if (restored != null) {
      require(
          records.equals(listOf(restored.image().records())),
          "a snapshot of a restored machine differs");
    }
    // An image taken earlier still tells what was true then.
    require(
        olderImage == null || olderRecords.equals(listOf(olderImage.records())),
        "an image changed while entries were applied");
    olderImage = core.image();
    olderRecords = records;
    restored = LockStateMachine.restore(parsed(records).iterator());
    require(
        Arrays.equals(core.stateHash(), Objects.requireNonNull(restored).stateHash()),
        "state hash of a restored machine");
    pair.compareLookups();
    pair.requireNoConflictingGrants();
    pair.requireLimitsKept();
  }

  /** Through bytes and back, as a snapshot goes. */
  private static List<SnapshotRecord> parsed(List<SnapshotRecord> records) {
    return records.stream().map(SeedRun::throughBytes).toList();
  }

  private static SnapshotRecord throughBytes(SnapshotRecord snapshotRecord) {
    try {
      return SnapshotRecord.parseFrom(snapshotRecord.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a snapshot record cannot be read back", e);
    }
  }

  private static List<SnapshotRecord> listOf(Iterator<SnapshotRecord> records) {
    List<SnapshotRecord> list = new ArrayList<>();
    records.forEachRemaining(list::add);
    return list;
  }

  static void tell(@Nullable List<String> trace, LogEntry entry) {
    if (trace != null) {
      trace.add("entry, clock " + entry.getClockMillis());
      entry.getCommandsList().forEach(command -> trace.add("  > " + TraceLine.of(command)));
    }
  }

  static void tell(@Nullable List<String> trace, SideBySide.Step step) {
    if (trace != null) {
      step.applied().events().forEach(event -> trace.add("  * " + TraceLine.of(event)));
      step.outcomes().forEach(outcome -> trace.add("  < " + TraceLine.of(outcome)));
    }
  }

  private static void require(boolean condition, String rule) {
    if (!condition) {
      throw new AssertionError(rule);
    }
  }
}
