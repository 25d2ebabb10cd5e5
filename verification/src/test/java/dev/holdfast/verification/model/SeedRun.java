package dev.holdfast.verification.model;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.Applied;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.StateImage;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.SnapshotRecord;
import dev.holdfast.protocol.v1.Answer;
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
  private final List<Answer> answers = new ArrayList<>();
  private List<SnapshotRecord> olderRecords = List.of();

  private SeedRun(long seed, LockModel model, @Nullable List<String> trace) {
    this.maker = new EntryMaker(seed);
    this.dice = new Dice(~seed);
    this.pair = new SideBySide(core, model);
    this.trace = trace;
  }

  /** Runs a seed; on failure runs it again with its trace in the error. */
  static void check(long seed, Supplier<LockModel> model) {
    try {
      new SeedRun(seed, model.get(), null).run();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          "seed "
              + seed
              + " failed: "
              + failure.getMessage()
              + "\nrepeat it with -Dholdfast.seed="
              + seed
              + "\n"
              + traceOf(seed, model),
          failure);
    }
  }

  /** Whether the model of this seed is found to differ from core. */
  static boolean findsDifference(long seed, Supplier<LockModel> model) {
    try {
      new SeedRun(seed, model.get(), null).run();
      return false;
    } catch (SideBySide.DifferenceFound found) {
      return true;
    }
  }

  /** The answers that core gives in a seed. */
  static List<Answer> answersIn(long seed) {
    SeedRun run = new SeedRun(seed, new LockModel(), null);
    run.run();
    return run.answers;
  }

  /**
   * What happens in a seed, one line for a command or an outcome, up to its failure if it fails.
   */
  static String traceOf(long seed, Supplier<LockModel> model) {
    List<String> lines = new ArrayList<>();
    try {
      new SeedRun(seed, model.get(), lines).run();
    } catch (AssertionError | RuntimeException failure) {
      lines.add("! " + failure);
    }
    return String.join("\n", lines);
  }

  private void run() {
    for (int i = 0; i < ENTRIES; i++) {
      LogEntry entry = maker.next();
      tell(entry);
      SideBySide.Step step = pair.apply(entry);
      tell(step);
      collect(step.outcomes());
      maker.learn(step.outcomes(), pair.sessionIds());
      applyToRestored(entry, step.applied());
      if (dice.oneIn(40)) {
        takeSnapshot();
      }
    }
    pair.compareLookups();
    pair.requireNoConflictingGrants();
    takeSnapshot();
  }

  private void collect(List<ModelOutcome> outcomes) {
    for (ModelOutcome outcome : outcomes) {
      switch (outcome) {
        case ModelOutcome.Answered answered -> answers.add(answered.answer());
        case ModelOutcome.OpenRefused refused -> answers.add(refused.answer());
        case ModelOutcome.Operated operated -> answers.add(operated.answer());
        case ModelOutcome.Opened opened -> {}
        case ModelOutcome.Renewed renewed -> {}
        case ModelOutcome.Closed closed -> {}
      }
    }
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

  private void tell(LogEntry entry) {
    if (trace != null) {
      trace.add("entry, clock " + entry.getClockMillis());
      entry.getCommandsList().forEach(command -> trace.add("  > " + TraceLine.of(command)));
    }
  }

  private void tell(SideBySide.Step step) {
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
