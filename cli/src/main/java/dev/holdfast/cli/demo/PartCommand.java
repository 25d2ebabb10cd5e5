package dev.holdfast.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The process behind an {@link Actor}. */
@Command(name = PartCommand.COMMAND, hidden = true, description = "A part of a demonstration.")
public final class PartCommand implements Callable<Integer> {
  static final String COMMAND = "demo-part";

  private final BufferedReader orders;
  private final PrintWriter answers;

  @Parameters(index = "0")
  private String demo = "";

  @Parameters(index = "1")
  private String label = "";

  @Parameters(index = "2")
  private String endpoints = "";

  @Parameters(index = "3")
  private long ttlMillis;

  @Parameters(index = "4")
  private Path folder = Path.of("");

  @Parameters(index = "5..*")
  private List<String> words = new ArrayList<>();

  /**
   * Not yet running.
   *
   * @param orders one order a line
   * @param answers one answer a line
   */
  public PartCommand(BufferedReader orders, PrintWriter answers) {
    this.orders = orders;
    this.answers = answers;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Demos.named(demo)
        .act(
            new Part(
                label, endpoints, Duration.ofMillis(ttlMillis), folder, words, orders, answers));
    return 0;
  }
}
