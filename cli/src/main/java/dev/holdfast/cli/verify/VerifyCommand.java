package dev.holdfast.cli.verify;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.FileProblem;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.history.check.CheckerSettings;
import dev.holdfast.history.check.HistoryChecker;
import dev.holdfast.history.check.Violation;
import dev.holdfast.history.file.HistoryReader;
import dev.holdfast.history.file.UnreadableHistoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks recorded runs. */
@Command(
    name = "verify",
    description = {
      "Checks a recorded run: mutual exclusion, order of arrival, tokens, exactly-once, leases, linearizability.",
      "",
      "Give it all files of the run at once: those of the clients and those of the nodes. A folder stands for the .jsonl files "
          + "in it. What clients did not learn is resolved from the nodes' files; what cannot be checked because something is "
          + "missing is said, and never counted as broken."
    },
    footer = {
      "",
      "Example: holdfast bench W2 --start --history run && holdfast verify run",
      "Exit code: 0 no rule is broken; 79 a rule is broken; 65 a file is no history."
    })
public final class VerifyCommand implements Callable<Integer> {
  private final Screen screen;
  private final BooleanSupplier json;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Recordings, or folders of them.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--clock-tolerance",
      paramLabel = "PART",
      description =
          "By which part the clocks of clients and nodes may differ in rate (default: 0.01).")
  private double clockTolerance = CheckerSettings.DEFAULT.rateTolerance();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most violations to show of each rule; all are counted (default: 10).")
  private int limit = 10;

  /**
   * Not yet running.
   *
   * @param screen where to write
   * @param json whether to write JSON
   */
  public VerifyCommand(Screen screen, BooleanSupplier json) {
    this.screen = screen;
    this.json = json;
  }

  @Override
  public Integer call() {
    HistoryChecker checker = new HistoryChecker(settings());
    List<Path> all = expanded();
    read(all, checker);
    List<Violation> violations = checker.finish();
    if (json.getAsBoolean()) {
      try (Json writer = new Json(screen)) {
        VerifyReport.json(writer, checker.summary(), violations);
      }
    } else {
      VerifyReport.table(screen, checker.summary(), violations);
    }
    return (violations.isEmpty() ? ExitCode.OK : ExitCode.RULE_BROKEN).number();
  }

  private CheckerSettings settings() {
    try {
      return new CheckerSettings(clockTolerance, limit);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE, String.valueOf(e.getMessage()), "see: holdfast verify --help", e);
    }
  }

  private List<Path> expanded() {
    List<Path> all = new ArrayList<>();
    for (Path file : files) {
      if (!Files.isDirectory(file)) {
        all.add(file);
        continue;
      }
      try (Stream<Path> inside = Files.list(file)) {
        all.addAll(inside.filter(each -> each.toString().endsWith(".jsonl")).sorted().toList());
      } catch (IOException e) {
        throw unreadable(file + " cannot be read: " + FileProblem.of(e), e);
      }
    }
    if (all.isEmpty()) {
      throw unreadable("there is no .jsonl file in " + files, null);
    }
    return all;
  }

  private void read(List<Path> all, HistoryChecker checker) {
    try (Progress progress = Progress.of(screen, all)) {
      for (Path file : all) {
        HistoryReader.read(file, checker::add, progress::within);
        progress.done(file);
      }
    } catch (UnreadableHistoryException e) {
      throw unreadable(String.valueOf(e.getMessage()), e);
    } catch (NoSuchFileException e) {
      throw unreadable("there is no file " + e.getFile(), e);
    } catch (IOException e) {
      throw unreadable("a recording cannot be read: " + e, e);
    }
  }

  private static Failure unreadable(
      String message, @org.jspecify.annotations.Nullable Exception cause) {
    String next =
        "name files that a client (HoldfastBuilder.history), a node (the key history) or holdfast bench --history wrote";
    return cause == null
        ? new Failure(ExitCode.UNREADABLE, message, next)
        : new Failure(ExitCode.UNREADABLE, message, next, cause);
  }
}
