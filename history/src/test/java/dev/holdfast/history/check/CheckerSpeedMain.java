package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine;
import dev.holdfast.history.Demand;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine;
import dev.holdfast.history.file.HistoryReader;
import dev.holdfast.history.file.HistoryWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures how long it takes to read and check a long run: {@code CheckerSpeedMain OPERATIONS
 * FOLDER}. Sixteen sessions queue for locks below one another and hand them on; three nodes tell.
 */
final class CheckerSpeedMain {
  private static final int SESSIONS = 16;
  private static final int LOCKS = 100;
  private static final long STEP_NANOS = 10_000;

  private CheckerSpeedMain() {}

  public static void main(String[] args) throws IOException {
    long operations = Long.parseLong(args[0]);
    Path folder = Files.createDirectories(Path.of(args[1]));
    long started = System.nanoTime();
    for (String recorder : List.of("n1", "n2", "n3", "clients")) {
      write(folder.resolve(recorder + ".jsonl"), recorder, operations);
    }
    System.out.printf("written: %.1f s%n", seconds(started));
    started = System.nanoTime();
    HistoryChecker checker = new HistoryChecker();
    long bytes = 0;
    for (String recorder : List.of("n1", "n2", "n3", "clients")) {
      Path file = folder.resolve(recorder + ".jsonl");
      HistoryReader.read(file, checker::add, read -> {});
      bytes += Files.size(file);
    }
    System.out.printf("read %d MB: %.1f s%n", bytes >> 20, seconds(started));
    long read = System.nanoTime();
    List<Violation> found = checker.finish();
    System.out.printf("checked: %.1f s; heap %d MB%n", seconds(read), heapMegabytes());
    System.out.println(checker.summary());
    found.forEach(System.out::println);
  }

  private static void write(Path file, String recorder, long operations) throws IOException {
    Files.deleteIfExists(file);
    try (HistoryWriter writer =
        HistoryWriter.open(file, recorder, trouble -> System.out.println(trouble))) {
      boolean client = recorder.equals("clients");
      if (!client) {
        writer.write(new NodeLine.Began(recorder, 0, 0, 0));
      }
      long revision = 0;
      for (long pair = 0; pair < operations / 2; pair++) {
        long session = 1 + pair % SESSIONS;
        Demand demand = new Demand("orders/" + pair % LOCKS, LockMode.X);
        long ticket = ++revision;
        long token = ++revision;
        long released = ++revision;
        long sequence = 1 + 2 * (pair / SESSIONS);
        if (client) {
          operation(writer, session, sequence, demand, token, token);
          operation(writer, session, sequence + 1, demand, token, released);
        } else {
          grant(writer, recorder, session, sequence, demand, ticket, token, released);
        }
        while (pair % 10_000 == 9_999 && writer.buffered() > 1_000) {
          Thread.onSpinWait();
        }
      }
    }
  }

  private static void grant(
      HistoryWriter writer,
      String node,
      long session,
      long sequence,
      Demand demand,
      long ticket,
      long token,
      long released) {
    writer.write(
        new NodeLine.LockGranted(
            node,
            token,
            token / 100,
            token * STEP_NANOS,
            ticket,
            session,
            sequence,
            "t",
            List.of(demand),
            0,
            NodeLine.GrantKind.ACQUIRED));
    writer.write(
        new NodeLine.LockReleased(
            node,
            released,
            released / 100,
            released * STEP_NANOS,
            token,
            session,
            sequence + 1,
            session,
            NodeLine.GrantEnd.RELEASED));
  }

  private static void operation(
      HistoryWriter writer, long session, long sequence, Demand demand, long token, long revision) {
    boolean releases = revision != token;
    long applied = revision * STEP_NANOS;
    writer.write(
        new ClientLine.Operation(
            session,
            sequence,
            releases ? ClientLine.Action.RELEASE : ClientLine.Action.ACQUIRE,
            releases ? "" : "t",
            releases ? List.of() : List.of(demand),
            releases ? token : 0,
            releases ? 0 : -1,
            0,
            0,
            "n1",
            applied - (releases ? 1 : STEP_NANOS + 1),
            applied + 1,
            releases ? new Answer.Released(revision) : new Answer.Granted(token, 0)));
    if (releases) {
      writer.write(
          new ClientLine.Holding(
              session,
              "t",
              token,
              List.of(demand),
              token * STEP_NANOS + 1,
              applied - 2,
              ClientLine.HoldingEnd.GIVEN_BACK));
    }
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }

  private static long heapMegabytes() {
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
  }
}
