package dev.holdfast.verification.simulation;

/** placeholder */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    long from = Long.parseLong(arguments[0]);
    long to = Long.parseLong(arguments[1]);
    int lines = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0;
    long start = System.nanoTime();
    long events = 0;
    long millis = 0;
    int bad = 0;
    for (long seed = from; seed < to; seed++) {
      Simulation.Report report = Simulation.run(seed, lines);
      events += report.events();
      millis += report.simulatedMillis();
      if (!report.isGood()) {
        bad++;
        report.lines().forEach(System.out::println);
        System.out.println("seed " + seed + ": " + report.failure());
      }
    }
    System.out.printf(
        "%d seeds, %d bad, %d events, %.1f s simulated, %.1f s%n",
        to - from, bad, events, millis / 1e3, (System.nanoTime() - start) / 1e9);
  }
}
