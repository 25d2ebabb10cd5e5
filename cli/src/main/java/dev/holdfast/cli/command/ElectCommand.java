package dev.holdfast.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cli.child.LockedRun;
import dev.holdfast.cli.child.SignalSource;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Demand;
import dev.holdfast.client.ElectionListener;
import dev.holdfast.client.HoldfastException;
import dev.holdfast.client.Leader;
import dev.holdfast.client.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Leads, or tells who does. */
@Command(
    name = "elect",
    description = {
      "Stands in an election, and runs a command while it leads; or tells who leads, and every change of it (--observe).",
      "",
      "Candidates lead one after the other, in the order in which they came. The command finds its fencing token in "
          + "HOLDFAST_FENCE and the election's name in HOLDFAST_LOCK; it is ended when the leadership is lost, as under "
          + "holdfast lock, and the next candidate leads when it has ended.",
      "",
      "Exit code: the command's own; 69 no node reached, 76 leadership lost while the command ran, 77 refused."
    },
    footer = {
      "",
      "Example: holdfast elect jobs/leader --value 10.0.0.7:8080 -- ./run-jobs.sh",
      "         holdfast elect jobs/leader --observe"
    })
final class ElectCommand implements Callable<Integer> {
  private static final int VALUE_BYTES_MAX = 4_096;

  private final Invocation invocation;
  private final LockCommand.LockerMaker lockers;
  private final SignalSource signals;

  @Mixin private NameArgument name = new NameArgument();

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "-- COMMAND",
      description = "What the leader runs, with its arguments; put -- before it.")
  private List<String> command = List.of();

  @Option(
      names = "--value",
      paramLabel = "V",
      description = "What the leader proclaims to those who observe; at most 4096 bytes.")
  private @Nullable String value;

  @Option(names = "--observe", description = "Tell who leads, and every change, until ended (^C).")
  private boolean observe;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "With --observe: end after so many lines (default: never).")
  private @Nullable Long count;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description =
          "After a crash of the leader's machine the next one leads after so long: 1s to 10m (default: 10s).")
  private Duration ttl = Duration.ofSeconds(10);

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      description =
          "How long the command may take to end when the leadership is lost (default: 5s).")
  private Duration grace = Duration.ofSeconds(5);

  ElectCommand(Invocation invocation, LockCommand.LockerMaker lockers, SignalSource signals) {
    this.invocation = invocation;
    this.lockers = lockers;
    this.signals = signals;
  }

  @Override
  public Integer call() {
    requireSense();
    return observe ? observe() : lead();
  }

  private void requireSense() {
    boolean both = observe ? value != null || !command.isEmpty() : count != null;
    boolean neither = !observe && command.isEmpty();
    if (both || neither || (count != null && count < 1)) {
      throw new Failure(
          ExitCode.USAGE,
          "either lead, with a command and perhaps --value, or --observe, perhaps with --count",
          "holdfast elect NAME -- COMMAND, or holdfast elect NAME --observe");
    }
    if (value != null && value.getBytes(UTF_8).length > VALUE_BYTES_MAX) {
      throw new Failure(
          ExitCode.USAGE,
          "the value has more than " + VALUE_BYTES_MAX + " bytes",
          "proclaim where the rest can be found");
    }
  }

  private int lead() {
    AcquireRequest request =
        new AcquireRequest(List.of(new Demand(name.value(), Mode.X)), "candidate", null, null);
    ClientLocker.Settings settings =
        new ClientLocker.Settings(
            invocation.endpoints(),
            request,
            ttl,
            invocation.globals().timeout(),
            CommandLabel.of(command),
            invocation.tls(),
            value);
    return new LockedRun(name.value(), command, grace, invocation.screen(), signals)
        .run(lockers.make(settings, new WaitLine(invocation.screen())));
  }

  private int observe() {
    try (Cluster cluster = invocation.connect()) {
      Teller teller =
          new Teller(
              invocation.screen(), invocation.json(), count == null ? Long.MAX_VALUE : count);
      cluster.observe(name.value(), teller);
      teller.telling.awaitStart(
          invocation.globals().timeout().toMillis(), () -> "no node told who leads");
      teller.telling.awaitEnd();
    }
    return ExitCode.OK.number();
  }

  /** Writes each state of the election on a line. */
  private static final class Teller implements ElectionListener {
    private final Screen screen;
    private final boolean json;
    private final Telling telling = new Telling();
    private long left;

    Teller(Screen screen, boolean json, long count) {
      this.screen = screen;
      this.json = json;
      this.left = count;
    }

    @Override
    public void changed(Optional<Leader> leader) {
      telling.begin();
      if (left == 0) {
        return;
      }
      if (json) {
        try (Json line = Json.line(screen)) {
          write(line, leader.orElse(null));
        }
      } else {
        screen.line(leader.map(each -> Text.printable(each.toString())).orElse("nobody leads"));
      }
      left--;
      if (left == 0 || screen.out().checkError()) {
        telling.end();
      }
    }

    private static void write(Json json, @Nullable Leader leader) {
      json.startObject();
      json.field("leads", leader != null);
      json.field("token", leader == null ? null : leader.token().value());
      json.field("session", leader == null ? null : leader.session().value());
      json.field("owner", leader == null ? null : leader.owner());
      json.field("value", leader == null ? null : leader.text().orElse(null));
      json.endObject();
    }

    @Override
    public void ended(@Nullable HoldfastException problem) {
      telling.ended(problem);
    }
  }
}
