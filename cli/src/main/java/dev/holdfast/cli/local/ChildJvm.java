package dev.holdfast.cli.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another process of this very program: the same Java, the same class path. */
public final class ChildJvm {
  private static final String MAIN = "dev.holdfast.cli.Main";

  private ChildJvm() {}

  /** What the process is to be good at. */
  public enum Tuning {
    /** Starts soon and spends little on compiling: for processes that live for seconds. */
    QUICK_START,
    /** Becomes fast and stays so: for processes under load, with the settings of a real node. */
    LONG_RUN;

    private List<String> options() {
      return switch (this) {
        case QUICK_START -> List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1");
        case LONG_RUN ->
            List.of(
                "-XX:+UseG1GC",
                "-Xms64m",
                "-Xmx512m",
                "-XX:MaxGCPauseMillis=50",
                "-XX:CompileThresholdScaling=0.2",
                "-XX:G1ConcRefinementThreads=0",
                "-XX:-UsePerfData");
      };
    }
  }

  /**
   * Prepares a process. It does not inherit this program's own environment variables ({@code
   * HOLDFAST_...}), which would configure it by accident.
   *
   * @param tuning what it is to be good at
   * @param args its command line
   */
  public static ProcessBuilder prepare(Tuning tuning, List<String> args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.addAll(tuning.options());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(MAIN);
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
    return builder;
  }
}
