package dev.holdfast.cli.demo;

import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a process that plays a part was given, and how it talks with the stage: orders come in on
 * stdin, answers go out on stdout, a line each. For one thread.
 */
public final class Part {
  private final String label;
  private final String endpoints;
  private final Duration ttl;
  private final Path folder;
  private final List<String> words;
  private final BufferedReader orders;
  private final PrintWriter answers;

  Part(
      String label,
      String endpoints,
      Duration ttl,
      Path folder,
      List<String> words,
      BufferedReader orders,
      PrintWriter answers) {
    this.label = label;
    this.endpoints = endpoints;
    this.ttl = ttl;
    this.folder = folder;
    this.words = List.copyOf(words);
    this.orders = orders;
    this.answers = answers;
  }

  /** Who this is. */
  public String label() {
    return label;
  }

  /** The folder for files of the demonstration. */
  public Path folder() {
    return folder;
  }

  /** What else it was told at its start. */
  public List<String> words() {
    return words;
  }

  /** Where the nodes are: host:port, apart by commas. */
  public String endpoints() {
    return endpoints;
  }

  /** The session TTL that it was told to use. */
  public Duration ttl() {
    return ttl;
  }

  /** A client of the cluster under this part's name, to be closed by the part. */
  public Holdfast connect() {
    return builder().connect();
  }

  /** The same, not connected yet. */
  public HoldfastBuilder builder() {
    return Holdfast.builder()
        .endpoints(endpoints)
        .sessionTtl(ttl)
        .label(label)
        .openTimeout(Stage.START_PATIENCE);
  }

  /**
   * Tells the stage something.
   *
   * @param line one line
   */
  public void tell(String line) {
    synchronized (answers) {
      answers.println(line);
      answers.flush();
    }
  }

  /**
   * Waits for the next order.
   *
   * @return null when the stage has gone, and it is time to end
   * @throws IOException it cannot be read
   */
  public @Nullable String order() throws IOException {
    return orders.readLine();
  }
}
