package dev.holdfast.verification.model;

import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a log on which core and model differ shorter, as long as they differ in the same thing:
 * commands are replaced by ones that do nothing and take a revision all the same, so that the
 * numbers of the others stay.
 */
final class SmallestLog {
  private static final Command NOTHING = Command.getDefaultInstance();

  private final Supplier<LockModel> model;
  private final String difference;

  private SmallestLog(Supplier<LockModel> model, String difference) {
    this.model = model;
    this.difference = difference;
  }

  /** What is left of a log, as a trace; the log's whole trace if it does not fail when replayed. */
  static String of(List<LogEntry> log, Supplier<LockModel> model) {
    String difference = differenceIn(log, model, null);
    if (difference == null) {
      return "(the difference needs more than the log: a snapshot or a look-up)";
    }
    SmallestLog smallest = new SmallestLog(model, difference);
    List<LogEntry> shorter = new ArrayList<>(log);
    boolean again = true;
    while (again) {
      again = smallest.dropCommands(shorter) || smallest.dropEntries(shorter);
    }
    List<String> lines = new ArrayList<>();
    lines.add("! " + differenceIn(shorter, model, lines));
    return String.join("\n", lines);
  }

  private boolean dropCommands(List<LogEntry> log) {
    boolean dropped = false;
    for (int i = 0; i < log.size(); i++) {
      for (int j = 0; j < log.get(i).getCommandsCount(); j++) {
        LogEntry before = log.get(i);
        if (!before.getCommands(j).equals(NOTHING)) {
          log.set(i, before.toBuilder().setCommands(j, NOTHING).build());
          if (stillDiffers(log)) {
            dropped = true;
          } else {
            log.set(i, before);
          }
        }
      }
    }
    return dropped;
  }

  private boolean dropEntries(List<LogEntry> log) {
    boolean dropped = false;
    for (int i = log.size() - 1; i >= 0; i--) {
      LogEntry entry = log.remove(i);
      if (stillDiffers(log)) {
        dropped = true;
      } else {
        log.add(i, entry);
      }
    }
    return dropped;
  }

  private boolean stillDiffers(List<LogEntry> log) {
    return difference.equals(differenceIn(log, model, null));
  }

  /** The first line of what differs; null if nothing does. */
  private static @Nullable String differenceIn(
      List<LogEntry> log, Supplier<LockModel> model, @Nullable List<String> trace) {
    SideBySide pair = new SideBySide(new LockStateMachine(), model.get());
    try {
      for (LogEntry entry : log) {
        SeedRun.tell(trace, entry);
        SideBySide.Step step = pair.apply(entry);
        SeedRun.tell(trace, step);
      }
      return null;
    } catch (AssertionError | RuntimeException failure) {
      String message = String.valueOf(failure);
      return trace != null || !message.contains("\n")
          ? message
          : message.substring(0, message.indexOf('\n'));
    }
  }
}
