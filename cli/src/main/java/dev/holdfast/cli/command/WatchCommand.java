package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.HoldfastException;
import dev.holdfast.client.LockEvent;
import dev.holdfast.client.WatchListener;
import dev.holdfast.client.WatchTarget;
import dev.holdfast.protocol.LockName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What happens to locks, as it happens. */
@Command(
    name = "watch",
    description = {
      "Tells what happens to a lock, or to everything below a name, until it is ended (^C).",
      "",
      "Every event is told once, in the order of revisions, also when the node is lost: the watch goes on at another "
          + "one. If events may have been missed, 'resync' is told instead, with the revision up to which; then look at "
          + "the present state, for instance with holdfast check."
    },
    footer = {
      "",
      "Example: holdfast watch orders/42",
      "         holdfast watch --prefix orders -o json | jq .event"
    })
final class WatchCommand implements Runnable {
  private final Invocation invocation;

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The lock.")
  private @Nullable LockName name;

  @Option(
      names = "--prefix",
      paramLabel = "P",
      description = "Watch the lock P and everything below it; '' for all locks.")
  private @Nullable String prefix;

  @Option(
      names = "--from",
      paramLabel = "REV",
      description = "Begin with the events of this revision (default: with those to come).")
  private long from;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End after so many events (default: never).")
  private long count = Long.MAX_VALUE;

  WatchCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    WatchTarget target = target();
    if (from < 0 || count < 1) {
      throw usage("--from is a revision, and --count is 1 or more", "see: holdfast watch --help");
    }
    try (Cluster cluster = invocation.connect()) {
      Teller teller = new Teller(invocation.screen(), invocation.json(), target, count);
      cluster.watch(target, from, teller);
      teller.telling.awaitStart(invocation.globals().timeout().toMillis(), teller::problem);
      teller.telling.awaitEnd();
    }
  }

  private WatchTarget target() {
    LockName lock = name;
    String below = prefix;
    if ((lock == null) == (below == null)) {
      throw usage(
          "say what to watch: either one lock's name or --prefix",
          "holdfast watch NAME, or holdfast watch --prefix P ('' for all locks)");
    }
    try {
      return lock != null
          ? WatchTarget.lock(lock.value())
          : WatchTarget.below(String.valueOf(below));
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE, String.valueOf(e.getMessage()), "--prefix is a path: a/b", e);
    }
  }

  private static Failure usage(String message, String next) {
    return new Failure(ExitCode.USAGE, message, next);
  }

  /** Writes what the watch tells, on the watch's own thread. */
  private static final class Teller implements WatchListener {
    private final Screen screen;
    private final boolean json;
    private final WatchTarget target;
    private final Telling telling = new Telling();
    private volatile String lastProblem = "no node answered";
    private long left;

    Teller(Screen screen, boolean json, WatchTarget target, long count) {
      this.screen = screen;
      this.json = json;
      this.target = target;
      this.left = count;
    }

    @Override
    public void started(long revision) {
      screen.message(
          "holdfast: watching "
              + Text.printable(target.toString())
              + " after revision "
              + revision);
      telling.begin();
    }

    @Override
    public void happened(LockEvent event) {
      if (left == 0) {
        return;
      }
      if (json) {
        try (Json line = Json.line(screen)) {
          EventJson.write(line, event);
        }
      } else {
        screen.line(EventLines.line(event));
      }
      told();
    }

    @Override
    public void resync(long revision) {
      if (json) {
        try (Json line = Json.line(screen)) {
          line.startObject().field("event", "resync").field("revision", revision).endObject();
        }
      } else {
        screen.line(
            EventLines.line(revision, "resync", "events may have been missed up to here: look"));
      }
      if (screen.out().checkError()) {
        telling.end();
      }
    }

    private void told() {
      left--;
      // Whoever reads may have seen enough, as `head` has.
      if (left == 0 || screen.out().checkError()) {
        telling.end();
      }
    }

    @Override
    public void disturbed(String why) {
      lastProblem = why;
      if (telling.hasBegun() && screen.outIsTerminal()) {
        screen.message("holdfast: " + Text.printable(why) + "; going on elsewhere");
      }
    }

    @Override
    public void ended(@Nullable HoldfastException problem) {
      telling.ended(problem);
    }

    private String problem() {
      return "no node took the watch in: " + Text.printable(lastProblem);
    }
  }
}
