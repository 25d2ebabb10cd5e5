package dev.holdfast.server;

import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.jraft.JRaftLogFactory;
import dev.holdfast.server.config.ConfigException;
import dev.holdfast.server.config.ConfigLoader;
import dev.holdfast.server.config.ResolvedConfig;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a node as a process, until it is asked to stop or something goes wrong. */
public final class Main {
  private static final String USAGE =
      """
      usage: holdfast server [--config FILE] [--set key=value]...

        --config FILE    a YAML file; without one: a cluster of one node on the loopback interface
        --set key=value  overrides one key, such as --set node.id=n2; may be repeated
        --version        prints the version
        --help           prints this

      All keys are in docs/configuration.md. HOLDFAST_... variables override the file.
      """;

  private static final long STOP_MILLIS_MAX = 4_500;
  private static final long READY_POLL_MILLIS = 100;

  private static final AtomicBoolean ENDING = new AtomicBoolean();

  private Main() {}

  private record Arguments(@Nullable Path config, List<String> settings) {}

  /** Does not return: the process ends with an {@link ExitCode}. */
  public static void main(String[] args) {
    List<String> given = Arrays.asList(args);
    if (given.contains("--help") || given.contains("-h")) {
      System.out.print(USAGE);
      return;
    }
    if (given.contains("--version")) {
      System.out.println("holdfast " + Version.current());
      return;
    }
    Arguments arguments = parse(given);
    if (arguments == null) {
      System.err.print(USAGE);
      System.exit(ExitCode.USAGE.number());
    } else {
      System.exit(run(arguments).number());
    }
  }

  private static @Nullable Arguments parse(List<String> args) {
    Path config = null;
    List<String> settings = new ArrayList<>();
    for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
      String option = rest.next();
      boolean hasValue = rest.hasNext();
      switch (option) {
        case "--config" -> {
          if (!hasValue || config != null) {
            return complain("--config takes one file, once");
          }
          config = Path.of(rest.next());
        }
        case "--set" -> {
          if (!hasValue) {
            return complain("--set takes key=value");
          }
          settings.add(rest.next());
        }
        default -> {
          return complain("'" + option + "' is not an option");
        }
      }
    }
    return new Arguments(config, settings);
  }

  private static @Nullable Arguments complain(String problem) {
    System.err.println("holdfast server: " + problem);
    return null;
  }

  private static ExitCode run(Arguments arguments) {
    PrintStream err = System.err;
    ConfigLoader loader = new ConfigLoader(System.getenv());
    ResolvedConfig config;
    try {
      config = loader.load(arguments.config(), arguments.settings());
    } catch (ConfigException e) {
      err.println("holdfast server: " + e.getMessage());
      return ExitCode.CONFIGURATION;
    }
    LogSetup.apply(config.config().log(), config.nodeId().value());
    Logger logger = LoggerFactory.getLogger(Main.class);
    loader.warnings().forEach(warning -> logger.warn("configuration_warning {}", warning));
    Server server = new Server(config, new JRaftLogFactory(), Main::onFatal);
    try {
      server.start();
    } catch (StartException e) {
      if (e.exitCode() == ExitCode.BUG) {
        logger.error("start_failed", e);
      } else {
        logger.debug("start_failed", e);
      }
      err.println("holdfast server: " + e.getMessage());
      return e.exitCode();
    }
    CountDownLatch stopped = stopOnSignal(server);
    err.println(startLine(config));
    awaitReady(server, config, err, stopped);
    awaitEnd(stopped);
    return ExitCode.STOPPED;
  }

  private static String startLine(ResolvedConfig config) {
    return "holdfast %s: node %s of cluster %s, clients at %s, peers at %s, data in %s"
        .formatted(
            Version.current(),
            config.nodeId(),
            config.config().cluster(),
            config.clientBind(),
            config.peerBind(),
            config.data());
  }

  private static void awaitReady(
      Server server, ResolvedConfig config, PrintStream err, CountDownLatch stopped) {
    try {
      while (!server.isReady()) {
        if (stopped.await(READY_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    LogStatus status = server.node().recentStatus();
    err.println(
        "ready: node %s is a member of %d, leader %s, term %d"
            .formatted(config.nodeId(), status.members().size(), status.leader(), status.term()));
    warnOfOtherMembers(config, status.members());
  }

  /** Somebody who changes the list of nodes and nothing happens must not look for the reason. */
  private static void warnOfOtherMembers(ResolvedConfig config, List<Member> members) {
    Set<String> configured = new TreeSet<>();
    config.config().nodes().forEach(entry -> configured.add(entry.id()));
    Set<String> actual = new TreeSet<>();
    members.forEach(member -> actual.add(member.id().value()));
    if (!configured.isEmpty() && !configured.equals(actual)) {
      LoggerFactory.getLogger(Main.class)
          .warn(
              "nodes_not_used configured={} members={}: nodes only says how a cluster begins;"
                  + " members are changed by holdfast cluster add, remove and replace",
              configured,
              actual);
    }
  }

  private static void awaitEnd(CountDownLatch stopped) {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * SIGTERM and SIGINT begin the shutdown of the virtual machine. It would end with 128 plus the
   * signal's number; the hook stops the node and then ends the process itself, with 0.
   */
  private static CountDownLatch stopOnSignal(Server server) {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook =
        Thread.ofPlatform()
            .name("holdfast-stop")
            .unstarted(
                () -> {
                  if (ENDING.compareAndSet(false, true)) {
                    stopInTime(server);
                    stopped.countDown();
                    Runtime.getRuntime().halt(ExitCode.STOPPED.number());
                  }
                });
    Runtime.getRuntime().addShutdownHook(hook);
    return stopped;
  }

  private static void stopInTime(Server server) {
    Thread stopping = Thread.ofPlatform().daemon().name("holdfast-stopping").start(server::stop);
    try {
      if (!stopping.join(java.time.Duration.ofMillis(STOP_MILLIS_MAX))) {
        LoggerFactory.getLogger(Main.class)
            .warn("stop_cut_short after_millis={}: what was acknowledged is safe", STOP_MILLIS_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The node is of no use any more: nothing is handed over or closed that could wait. */
  private static void onFatal(ExitCode code, String message, @Nullable Throwable cause) {
    if (code == ExitCode.STOPPED) {
      LoggerFactory.getLogger(Main.class).info("stop_asked {}", message);
      System.exit(code.number());
    }
    if (ENDING.compareAndSet(false, true)) {
      Logger logger = LoggerFactory.getLogger(Main.class);
      if (code == ExitCode.DISK_FAILED
          || code == ExitCode.DATA_REFUSED
          || code == ExitCode.NODE_ID_IN_USE) {
        logger.error("node_failed code={} number={} {}", code, code.number(), message);
      } else {
        logger.error("node_failed code={} number={} {}", code, code.number(), message, cause);
      }
      System.err.println("holdfast server: " + message);
      Runtime.getRuntime().halt(code.number());
    }
  }
}
