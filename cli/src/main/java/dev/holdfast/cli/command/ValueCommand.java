package dev.holdfast.cli.command;

import dev.holdfast.cli.child.HeldLock;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockValue;
import dev.holdfast.client.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The value that is kept with a lock. */
@Command(
    name = "value",
    description = {
      "Shows, sets or removes the value that is kept with a lock.",
      "",
      "To set and to remove hold the lock for that moment, so nobody else may hold it. A value is marked as not valid when "
          + "a holder that could have changed it ended uncleanly."
    })
final class ValueCommand implements Callable<Integer> {
  private final Invocation invocation;

  ValueCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    throw new Failure(
        ExitCode.USAGE,
        "say what to do with the value",
        "holdfast value get NAME, holdfast value set NAME TEXT, holdfast value rm NAME");
  }

  @Command(
      name = "get",
      description =
          "Writes the value to stdout, as it is, and a line feed; on a terminal with control characters escaped.",
      footer = {"", "Example: holdfast value get jobs/last"})
  void get(@Mixin NameArgument name, @Mixin ReadOptions read) {
    LockCheck check;
    try (Cluster cluster = invocation.connect()) {
      check = cluster.check(name.value(), read.consistency(), 0);
    }
    LockValue value = check.value();
    invocation.show(
        json -> {
          json.startObject().field("lock", check.lock()).field("exists", value != null);
          json.field("text", value == null ? null : text(value));
          json.field("hex", value == null ? null : HexFormat.of().formatHex(value.toByteArray()));
          json.field("valid", value == null ? null : value.valid());
          json.field("token", value == null ? null : value.token());
          json.field("revision", value == null ? null : value.revision());
          Views.writeRead(json, check.info());
          json.endObject();
        },
        screen -> {
          if (value == null) {
            screen.message("'" + Text.printable(check.lock()) + "' has no value");
            return;
          }
          screen.line(screen.outIsTerminal() ? Text.printable(text(value)) : text(value));
          if (!value.valid()) {
            screen.message(
                "the value is not valid: a holder that could have changed it ended uncleanly at"
                    + " revision "
                    + value.revision());
          }
        });
  }

  private static String text(LockValue value) {
    return new String(value.toByteArray(), StandardCharsets.UTF_8);
  }

  @Command(
      name = "set",
      description = "Keeps a text of at most 4,096 bytes with the lock.",
      footer = {"", "Example: holdfast value set jobs/last 4711"})
  void set(
      @Mixin NameArgument name,
      @Parameters(index = "1", paramLabel = "TEXT", description = "The value.") String text,
      @Option(
              names = "--wait",
              paramLabel = "DURATION",
              description = "Wait for the lock so long at most (default: not at all).")
          @Nullable Duration wait) {
    change(name.value(), text.getBytes(StandardCharsets.UTF_8), wait);
  }

  @Command(
      name = "rm",
      description = "Removes the value; no effect if there is none.",
      footer = {"", "Example: holdfast value rm jobs/last"})
  void rm(
      @Mixin NameArgument name,
      @Option(
              names = "--wait",
              paramLabel = "DURATION",
              description = "Wait for the lock so long at most (default: not at all).")
          @Nullable Duration wait) {
    change(name.value(), null, wait);
  }

  private void change(String lock, byte @Nullable [] value, @Nullable Duration wait) {
    AcquireRequest request =
        AcquireRequest.of(lock, Mode.X).waitAtMost(wait == null ? Duration.ZERO : wait);
    ClientLocker.Settings settings =
        new ClientLocker.Settings(
            invocation.endpoints(),
            request,
            Duration.ofSeconds(10),
            invocation.globals().timeout(),
            CommandLabel.of(List.of("holdfast", "value")),
            invocation.tls(),
            null);
    long token;
    try {
      ClientLocker.Held held =
          new ClientLocker(settings, new WaitLine(invocation.screen())).acquire();
      token = held.token();
      try {
        held.setValue(lock, value);
      } finally {
        HeldLock.Releasing _ = held.release();
      }
    } catch (InterruptedException e) {
      throw new Failure(ExitCode.UNAVAILABLE, "interrupted", "see: holdfast value get NAME", e);
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), "shorten the value", e);
    }
    long under = token;
    invocation.show(
        json -> {
          json.startObject().field("lock", lock).field("token", under);
          json.field("exists", value != null).endObject();
        },
        screen ->
            screen.message(
                (value == null ? "removed the value of '" : "set the value of '")
                    + Text.printable(lock)
                    + "' under token "
                    + under));
  }
}
