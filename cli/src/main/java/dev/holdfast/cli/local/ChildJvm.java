package dev.holdfast.cli.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another process of this very program: the same Java, the same class path. */
public final class ChildJvm {
  private static final String MAIN = "dev.holdfast.cli.Main";

  private ChildJvm() {}

  /**
   * Prepares one that runs for long and under load, with half a gigabyte of heap. It does not inherit this program's own
   * environment variables ({@code HOLDFAST_...}), which would configure it by accident.
   *
   * @param args its command line
   */
  public static ProcessBuilder server(List<String> args) {
    return builder(List.of("-XX:+UseG1GC", "-Xms64m", "-Xmx512m", "-XX:MaxGCPauseMillis=50"), args);
  }

  /**
   * Prepares one that soon ends, with a small heap.
   *
   * @param args its command line
   */
  public static ProcessBuilder client(List<String> args) {
    return builder(List.of("-XX:+UseSerialGC", "-Xmx128m", "-XX:TieredStopAtLevel=1"), args);
  }

  private static ProcessBuilder builder(List<String> options, List<String> args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(MAIN);
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
    return builder;
  }
}
