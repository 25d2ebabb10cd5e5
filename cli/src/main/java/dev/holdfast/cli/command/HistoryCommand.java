package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.PastOwner;
import dev.holdfast.client.PastOwners;
import dev.holdfast.client.PastPoint;
import dev.holdfast.protocol.LockName;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who held a lock in the past. */
@Command(
    name = "history",
    description = {
      "Tells who held a lock in the past: at a point, or between two.",
      "",
      "A point is a revision (4711) or a time (2026-11-26T14:05:00 in this machine's time zone, 2026-11-26T13:05:00Z, or "
          + "14:05:00 of today). Every node answers from a record of its own, of bounded size; if something is missing in it, "
          + "that is said, with the other nodes to ask, and the exit code is 1. 'history verify' shows that nobody changed the "
          + "record; a lock that is called verify or export is named behind a --."
    },
    footer = {
      "",
      "Example: holdfast history orders/42 --at 14:05:00",
      "         holdfast history orders/42 --from 2026-11-26T00:00:00Z -o json"
    })
final class HistoryCommand implements Callable<Integer> {
  private static final ZoneId ZONE = ZoneId.systemDefault();

  private static final Columns<PastOwner> OWNERS =
      new Columns<PastOwner>()
          .number("token", "TOKEN", PastOwner::token)
          .text("mode", "MODE", HistoryCommand::modeOf)
          .number("session", "SESSION", PastOwner::sessionId)
          .text("owner", "OWNER", PastOwner::owner)
          .number("from_revision", "FROM", PastOwner::fromRevision)
          .text("from", "FROM (TIME)", owner -> PastTime.shown(owner.fromWallMillis(), ZONE))
          .number("until_revision", "UNTIL", owner -> orUnknown(owner.untilRevision()))
          .text("until", "UNTIL (TIME)", owner -> PastTime.shown(owner.untilWallMillis(), ZONE))
          .text("end", "END", owner -> owner.end().toLowerCase(Locale.ROOT))
          .text("label", "LABEL", PastOwner::label)
          .jsonNumber("from_wall_ms", owner -> orUnknown(owner.fromWallMillis()))
          .jsonNumber("until_wall_ms", owner -> orUnknown(owner.untilWallMillis()))
          .jsonNumber("from_clock_ms", owner -> orUnknown(owner.fromClockMillis()))
          .jsonNumber("until_clock_ms", owner -> orUnknown(owner.untilClockMillis()))
          .jsonOnly("permits", PastOwner::permits)
          .jsonOnly("limit", PastOwner::limit)
          .jsonOnly("operator", PastOwner::operator)
          .jsonOnly("reason", PastOwner::reason);

  static final Columns<PastOwners.Gap> GAPS =
      new Columns<PastOwners.Gap>()
          .number("from_revision", "FROM", PastOwners.Gap::fromRevision)
          .number("to_revision", "TO", PastOwners.Gap::toRevision)
          .text("why", "WHY", gap -> gap.why().toLowerCase(Locale.ROOT));

  private final Invocation invocation;

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The lock.")
  private @Nullable LockName name;

  @Option(names = "--at", paramLabel = "POINT", description = "Who held it then.")
  private @Nullable String at;

  @Option(
      names = "--from",
      paramLabel = "POINT",
      description = "Begin there (default: as far back as is known).")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "POINT", description = "End there (default: now).")
  private @Nullable String to;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most owners to list, the latest first (default: 100, at most 10000).")
  private int limit = 100;

  HistoryCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    LockName lock = name;
    if (lock == null) {
      throw usage("say which lock: holdfast history NAME");
    }
    if (at != null && (from != null || to != null)) {
      throw usage("--at is one point; --from and --to are two: give the one or the others");
    }
    if (limit < 1 || limit > 10_000) {
      throw usage("--limit is 1 to 10000");
    }
    PastPoint point = point("--at", at);
    PastPoint first = point("--from", from);
    PastPoint last = point("--to", to);
    if (first != null && last != null && isBehind(first, last)) {
      throw usage("--from is after --to");
    }
    PastOwners owners;
    try (Cluster cluster = invocation.connect()) {
      owners =
          point != null
              ? cluster.history().ownersAt(lock.value(), point)
              : cluster.history().ownersBetween(lock.value(), first, last, limit);
    }
    invocation.show(json -> json(json, lock, owners), screen -> table(screen, lock, owners));
    if (!owners.complete()) {
      tellMissing(owners);
    }
    return (owners.complete() ? ExitCode.OK : ExitCode.FAILED).number();
  }

  private @Nullable PastPoint point(String option, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return PastTime.parse(text, Instant.now(), ZONE);
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, option + ": " + e.getMessage(), PastTime.HOW, e);
    }
  }

  /** False if one is a revision and the other a time: only a node could tell. */
  private static boolean isBehind(PastPoint first, PastPoint last) {
    return last.revision() >= 0
        ? first.revision() > last.revision()
        : first.wallMillis() > last.wallMillis();
  }

  private static Failure usage(String message) {
    return new Failure(ExitCode.USAGE, message, "see: holdfast history --help");
  }

  private void tellMissing(PastOwners owners) {
    Screen screen = invocation.screen();
    screen.message("holdfast: not complete: " + Text.printable(owners.missing()));
    if (!owners.otherEndpoints().isEmpty()) {
      screen.message(
          "  next: ask another node: --endpoints "
              + Text.printable(String.join(" or ", owners.otherEndpoints())));
    }
  }

  private static void json(Json json, LockName lock, PastOwners owners) {
    json.startObject()
        .field("lock", lock.value())
        .field("node", owners.nodeId())
        .field("from_revision", owners.fromRevision())
        .field("to_revision", owners.toRevision())
        .field("complete", owners.complete())
        .field("missing", owners.missing());
    OWNERS.writeArray(json.name("owners"), owners.owners());
    json.field("more", owners.more());
    GAPS.writeArray(json.name("gaps"), owners.gaps());
    json.field("known_from_revision", owners.knownFromRevision())
        .field("known_to_revision", owners.knownToRevision())
        .name("other_endpoints")
        .startArray();
    owners.otherEndpoints().forEach(json::value);
    json.endArray().endObject();
  }

  private void table(Screen screen, LockName lock, PastOwners owners) {
    boolean point = at != null;
    String when =
        point
            ? "at revision " + owners.toRevision()
            : "from revision " + owners.fromRevision() + " to " + owners.toRevision();
    if (owners.owners().isEmpty()) {
      String nobody = owners.complete() ? "nobody held " : "nobody is known to have held ";
      screen.message(
          nobody + Text.printable(lock.value()) + " " + when + ", says node " + owners.nodeId());
      return;
    }
    OWNERS.table(owners.owners(), screen).forEach(screen::line);
    screen.message(when + ", by the record of node " + owners.nodeId());
    if (owners.more()) {
      screen.message("there are more: raise --limit, or narrow --from and --to");
    }
  }

  private static long orUnknown(long value) {
    return value == 0 ? -1 : value;
  }

  private static String modeOf(PastOwner owner) {
    return owner.mode().isEmpty() ? Views.how(null, owner.permits()) : owner.mode();
  }
}
