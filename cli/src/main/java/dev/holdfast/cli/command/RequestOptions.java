package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Demand;
import dev.holdfast.client.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is wanted of a lock, and on which terms. */
public final class RequestOptions {
  /** Nine digits always fit into an int. */
  private static final Pattern PERMITS = Pattern.compile("(\\d{1,9})/(\\d{1,9})");

  @Option(
      names = "--shared",
      description = "Hold it together with others who say --shared (a read lock).")
  private boolean shared;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "Hold it in this mode: X (default), S (the same as --shared), SIX, IX, IS, NL; the last four are for "
              + "trees of names.")
  private @Nullable Mode mode;

  @Option(
      names = "--semaphore",
      paramLabel = "PERMITS/LIMIT",
      description = "NAME is a semaphore of LIMIT permits; hold so many of them.")
  private String semaphore = "";

  @Option(
      names = "--and",
      paramLabel = "NAME",
      description =
          "And this lock, in the same mode and the same request: all or none are granted. May be said again.")
  private List<String> others = List.of();

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      description = "Wait so long at most, in the order of arrival (default: without limit).")
  private @Nullable Duration wait;

  @Option(names = "--try", description = "Do not wait at all.")
  private boolean tryOnly;

  @Option(
      names = "--lease",
      paramLabel = "DURATION",
      description =
          "The lock ends by itself so long after the grant, however long the command takes (default: with the command).")
  private @Nullable Duration lease;

  @Option(
      names = "--at-least",
      paramLabel = "DURATION",
      description =
          "Nobody else gets the lock until so long after the grant, even if the command ends before.")
  private Duration atLeast = Duration.ZERO;

  @Option(
      names = "--lock-delay",
      paramLabel = "DURATION",
      description =
          "Nobody else gets the lock for so long if it is lost: what the command has begun can come to an end.")
  private Duration lockDelay = Duration.ZERO;

  @Option(
      names = "--gated",
      description =
          "What the lock protects refuses old fencing tokens, so no lock delay is needed.")
  private boolean gated;

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "In a deadlock the request with the lowest number is refused (default: 0).")
  private int priority;

  /** The defaults, until a command line is parsed. */
  public RequestOptions() {}

  /**
   * The request for a lock.
   *
   * @param name the lock that the command is about
   * @throws Failure the options contradict each other, or a value is out of range
   */
  public AcquireRequest request(String name) {
    if (tryOnly && wait != null) {
      throw usage(
          "--try and --wait contradict each other",
          "--try does not wait at all; leave one of them out");
    }
    int kinds = (shared ? 1 : 0) + (mode == null ? 0 : 1) + (semaphore.isEmpty() ? 0 : 1);
    if (kinds > 1) {
      throw usage(
          "--shared, --mode and --semaphore contradict each other",
          "leave all but one of them out");
    }
    List<Demand> demands = new ArrayList<>();
    try {
      demands.add(demand(name));
      others.forEach(other -> demands.add(demand(other)));
      return new AcquireRequest(
          demands,
          "lock",
          tryOnly ? Duration.ZERO : wait,
          lease,
          atLeast,
          lockDelay,
          gated,
          priority);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE, String.valueOf(e.getMessage()), "see: holdfast lock --help", e);
    }
  }

  private Demand demand(String name) {
    if (semaphore.isEmpty()) {
      Mode wanted = mode == null ? Mode.X : mode;
      return new Demand(name, shared ? Mode.S : wanted);
    }
    Matcher parts = PERMITS.matcher(semaphore);
    if (parts.matches()) {
      int permits = Integer.parseInt(parts.group(1));
      int limit = Integer.parseInt(parts.group(2));
      if (permits >= 1 && permits <= limit) {
        return Demand.permits(name, permits, limit);
      }
    }
    throw usage(
        "'" + semaphore + "' in --semaphore is not PERMITS/LIMIT, with 1 to LIMIT permits",
        "write for instance --semaphore 1/5: one of five permits");
  }

  private static Failure usage(String message, String next) {
    return new Failure(ExitCode.USAGE, message, next);
  }
}
