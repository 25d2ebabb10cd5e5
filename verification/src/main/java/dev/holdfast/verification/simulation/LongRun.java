package dev.holdfast.verification.simulation;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Runs seeds in blocks, several at a time, and writes a line for each block that is done, so that a
 * run of hours can be ended at any time and goes on where it was.
 *
 * <p>The file begins with a number that depends on what the product does with the first seeds: the
 * results of another version are not added to.
 */
final class LongRun {
  private static final int BLOCK = 100;
  private static final String HEADER = "# holdfast simulation, version ";
  private static final double MILLIS_PER_HOUR = 3_600_000;

  /**
   * What came of a run so far.
   *
   * @param seeds how many were run
   * @param events how many things happened in them
   * @param simulatedMillis how much time passed in them
   * @param grants how many locks were granted
   * @param leaderships how often a leader took over
   * @param failures how many seeds broke a rule
   */
  record Total(
      long seeds, long events, long simulatedMillis, long grants, long leaderships, long failures) {
    static final Total NONE = new Total(0, 0, 0, 0, 0, 0);

    Total plus(Total other) {
      return new Total(
          seeds + other.seeds,
          events + other.events,
          simulatedMillis + other.simulatedMillis,
          grants + other.grants,
          leaderships + other.leaderships,
          failures + other.failures);
    }

    Total plus(Simulation.Report report) {
      return plus(
          new Total(
              1,
              report.events(),
              report.simulatedMillis(),
              report.grants(),
              report.leaderships(),
              report.isGood() ? 0 : 1));
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d seeds, %,d events, %,.1f cluster-hours, %,d grants, %,d changes of the leader,"
              + " %,d failures",
          seeds,
          events,
          simulatedMillis / MILLIS_PER_HOUR,
          grants,
          leaderships,
          failures);
    }

    private String toLine(long from) {
      return String.join(
          "\t",
          List.of(
              Long.toString(from),
              Long.toString(seeds),
              Long.toString(events),
              Long.toString(simulatedMillis),
              Long.toString(grants),
              Long.toString(leaderships),
              Long.toString(failures)));
    }

    private static Total ofLine(String[] cells) {
      return new Total(
          Long.parseLong(cells[1]),
          Long.parseLong(cells[2]),
          Long.parseLong(cells[3]),
          Long.parseLong(cells[4]),
          Long.parseLong(cells[5]),
          Long.parseLong(cells[6]));
    }
  }

  private final Path file;
  private final PrintWriter news;
  private final Map<Long, Total> done = new HashMap<>();

  LongRun(Path file, PrintWriter news) {
    this.file = file;
    this.news = news;
  }

  Total run(long from, long count, int threads) throws IOException, InterruptedException {
    open();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (long block = from; block < from + count; block += BLOCK) {
        long first = block;
        if (!done.containsKey(first)) {
          pool.execute(() -> runBlock(first, Math.min(BLOCK, from + count - first)));
        }
      }
      pool.shutdown();
      while (!pool.awaitTermination(30, TimeUnit.SECONDS)) {
        news.println(total(from, count));
        news.flush();
      }
    } finally {
      pool.shutdownNow();
    }
    return total(from, count);
  }

  private synchronized Total total(long from, long count) {
    return done.entrySet().stream()
        .filter(block -> block.getKey() >= from && block.getKey() < from + count)
        .map(Map.Entry::getValue)
        .reduce(Total.NONE, Total::plus);
  }

  private void open() throws IOException {
    String header = HEADER + Long.toHexString(version());
    if (!Files.exists(file)) {
      Files.writeString(file, header + "\n");
      return;
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.get(0).equals(header)) {
      throw new IOException(
          file + " holds the results of another version; name another file, or delete it");
    }
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split("\t", -1);
      if (cells.length == 7) {
        done.put(Long.parseLong(cells[0]), Total.ofLine(cells));
      }
    }
  }

  private static long version() {
    long version = 0;
    for (long seed = 1; seed <= 5; seed++) {
      version = 31 * version + Simulation.run(seed).traceHash();
    }
    return version;
  }

  private void runBlock(long from, long count) {
    Total total = Total.NONE;
    List<String> failures = new ArrayList<>();
    for (long seed = from; seed < from + count; seed++) {
      Simulation.Report report = Simulation.run(seed);
      total = total.plus(report);
      if (!report.isGood()) {
        failures.add(Wording.of(report));
      }
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
    record(from, total, failures);
  }

  private synchronized void record(long from, Total total, List<String> failures) {
    failures.forEach(news::println);
    news.flush();
    done.put(from, total);
    try {
      Files.writeString(file, total.toLine(from) + "\n", StandardOpenOption.APPEND);
    } catch (IOException e) {
      news.println(file + " cannot be written, so this block will be run again: " + e);
      news.flush();
    }
  }
}
