package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.RequestId;
import dev.holdfast.client.WaitChain;
import dev.holdfast.client.WaitInfo;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.SessionId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Why somebody waits. */
@Command(
    name = "why",
    description = {
      "Tells why a request waits: who is in its way, who is in the way of that one, and so on to the root.",
      "",
      "Name a lock, for the first one that waits for it (or, with --who, the first whose session's label contains a "
          + "text or whose owner key it is), or a request by its session and number, as `holdfast waits` shows them."
    },
    footer = {"", "Examples: holdfast why orders/42    holdfast why 495/7"})
final class WhyCommand implements Runnable {
  private static final Pattern REQUEST = Pattern.compile("([1-9][0-9]{0,17})/([1-9][0-9]{0,17})");

  private final Invocation invocation;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "LOCK|SESSION/REQUEST",
      description = "The lock that somebody waits for, or the request that waits.")
  private @Nullable String subject;

  @Option(
      names = "--lock",
      paramLabel = "NAME",
      description = "The lock, if its name looks like a request's.")
  private @Nullable LockName lock;

  @Option(
      names = "--who",
      paramLabel = "TEXT",
      description = "Of those who wait for the lock: an owner key, or a part of a session's label.")
  private String who = "";

  @Mixin private ReadOptions read = new ReadOptions();

  WhyCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  /** What was asked about; one of the two. */
  private record Subject(@Nullable RequestId request, String lock) {
    String sentence() {
      return request == null
          ? "nobody waits for '" + Text.printable(lock) + "'"
          : "request "
              + request.sequence()
              + " of session "
              + request.sessionId().value()
              + " does not wait";
    }
  }

  @Override
  public void run() {
    Subject about = subject();
    WaitChain chain;
    try (Cluster cluster = invocation.connect()) {
      chain =
          about.request == null
              ? cluster.waits().why(about.lock, who, read.consistency())
              : cluster.waits().why(about.request, read.consistency());
    }
    invocation.show(json -> write(json, chain), screen -> table(screen, about, chain));
  }

  private Subject subject() {
    if ((lock == null) == (subject == null)) {
      throw new Failure(
          ExitCode.USAGE,
          lock == null ? "name what to look at" : "--lock and a name contradict each other",
          "holdfast why LOCK, or holdfast why SESSION/REQUEST");
    }
    if (lock != null) {
      return new Subject(null, lock.value());
    }
    String text = String.valueOf(subject);
    Matcher numbers = REQUEST.matcher(text);
    if (!numbers.matches()) {
      return new Subject(null, requireName(text));
    }
    if (!who.isEmpty()) {
      throw new Failure(
          ExitCode.USAGE,
          "'" + text + "' is a request, and --who chooses among those who wait for a lock",
          "if it is a lock's name: holdfast why --lock " + text + " --who ...");
    }
    return new Subject(
        new RequestId(
            new SessionId(Long.parseLong(numbers.group(1))), Long.parseLong(numbers.group(2))),
        "");
  }

  private static String requireName(String text) {
    String problem = LockName.problemWith(text);
    if (problem != null) {
      throw new Failure(
          ExitCode.USAGE,
          problem + ": '" + Text.printable(text) + "'",
          "name a lock, or a request as SESSION/REQUEST");
    }
    return text;
  }

  private static void write(Json json, WaitChain chain) {
    json.startObject();
    WaitWords.WAITS.writeArray(json.name("hops"), chain.hops());
    json.field("end", Views.lower(chain.end())).name("root");
    if (chain.end() == WaitChain.End.HOLDER) {
      WaitInfo last = chain.hops().getLast();
      json.startObject()
          .field("session", last.bySessionId())
          .field("owner", last.byOwner())
          .field("label", last.byLabel())
          .field("token", last.byToken())
          .endObject();
    } else {
      json.value(null);
    }
    json.field("matches", chain.matches());
    Views.writeRead(json, chain.info());
    json.endObject();
  }

  private void table(Screen screen, Subject about, WaitChain chain) {
    if (chain.hops().isEmpty()) {
      screen.message(
          about.sentence()
              + (about.request == null
                  ? (who.isEmpty() ? "" : " as '" + Text.printable(who) + "'")
                  : " (it may have been answered)"));
      return;
    }
    for (int i = 0; i < chain.hops().size(); i++) {
      screen.line((i + 1) + "  " + sentence(chain.hops().get(i)));
    }
    screen.line(chain.hops().size() + 1 + "  " + root(chain));
    if (chain.matches() > 1) {
      screen.message(
          "this is the first of "
              + chain.matches()
              + " who wait for '"
              + Text.printable(about.lock)
              + "'; for another one: --who TEXT, or SESSION/REQUEST");
    }
  }

  private static String sentence(WaitInfo wait) {
    return WaitWords.who(wait.owner(), wait.request().sessionId().value(), wait.label())
        + " has waited "
        + Durations.format(wait.waitedMillis())
        + " for "
        + WaitWords.form(wait.wantedMode(), wait.wantedPermits())
        + " on '"
        + Text.printable(wait.lock())
        + "', "
        + inTheWay(wait);
  }

  private static String inTheWay(WaitInfo wait) {
    String as = WaitWords.form(wait.byMode(), wait.byPermits());
    return switch (wait.kind()) {
      case HELD ->
          "held as " + as + " by session " + wait.bySessionId() + " under token " + wait.byToken();
      case RESERVED -> "reserved as " + as + " since the grant " + wait.byToken() + " ended";
      case QUEUED -> "behind an earlier request for " + as + " of session " + wait.bySessionId();
    };
  }

  private static String root(WaitChain chain) {
    WaitInfo last = chain.hops().getLast();
    String who = WaitWords.who(last.byOwner(), last.bySessionId(), last.byLabel());
    return switch (chain.end()) {
      case HOLDER, NOT_WAITING -> "root: " + who + " waits for nothing";
      case RESERVATION -> "root: a reservation left by " + who + ", which ends by itself";
      case CIRCLE ->
          who + " is told above already; it is no deadlock, as permits of others would do as well";
      case CUT -> "the chain goes on at " + who;
    };
  }
}
