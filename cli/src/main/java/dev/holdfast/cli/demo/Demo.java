package dev.holdfast.cli.demo;

import dev.holdfast.cli.terminal.ExitCode;
import java.io.IOException;
import java.util.List;

/**
 * One demonstration. Found by {@link java.util.ServiceLoader}: it is a public class with a
 * constructor without parameters, named in {@code META-INF/services}. Its fields with picocli's
 * {@code @Option} are the options behind its name on the command line; they are set before anything
 * else is asked.
 */
public interface Demo {
  /** The word for the command line. */
  String name();

  /** Other words for it. */
  default List<String> aliases() {
    return List.of();
  }

  /** What it shows, one line. */
  String title();

  /** What somebody has seen in the end, a line each; told if every expectation was met. */
  List<String> lessons();

  /**
   * Looks at its options, before anything is started.
   *
   * @throws dev.holdfast.cli.terminal.Failure they cannot be, or something for them is missing
   */
  default void requireOptions() {}

  /** How many nodes it needs. */
  default int nodes() {
    return 3;
  }

  /** Whether it needs nodes that record what they apply, into the folder {@code history}. */
  default boolean recorded() {
    return false;
  }

  /**
   * Plays it, on the calling thread.
   *
   * @param stage whatever it needs; what it gets there is ended by the caller
   * @return how the command ends: {@link ExitCode#OK}, unless there is something to be shown by it
   * @throws DemoFailedException something is not as it must be
   * @throws InterruptedException interrupted
   * @throws IOException its own files cannot be read or written
   */
  ExitCode play(Stage stage) throws InterruptedException, IOException;

  /**
   * Plays a part in a process of its own, started by {@link Stage#actor}; the process ends with the
   * return.
   *
   * @param part what the part was given, and how to talk with the stage
   * @throws InterruptedException interrupted
   * @throws IOException files or the stage cannot be reached
   */
  default void act(Part part) throws InterruptedException, IOException {
    throw new IllegalStateException(name() + " has no part '" + part.label() + "'");
  }
}
