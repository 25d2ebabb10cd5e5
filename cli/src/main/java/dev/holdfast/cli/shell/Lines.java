package dev.holdfast.cli.shell;

import dev.holdfast.cli.terminal.Screen;
import org.jspecify.annotations.Nullable;

/** Where a shell's lines come from, and where it writes. */
interface Lines extends AutoCloseable {
  /**
   * The next line; blocks.
   *
   * @param prompt what asks for it
   * @return the line without its end; empty if it was cleared (^C); null at the end of the input
   */
  @Nullable String next(String prompt);

  /** Where commands write. */
  Screen screen();

  /** Whether a person types: then there are prompts, and a line may be cleared. */
  boolean interactive();

  /**
   * A line for a person at once, above the prompt if there is one; from any thread.
   *
   * @param line one line
   */
  void announce(String line);

  /**
   * The prompt that is shown, if one is, ought to read otherwise; from any thread.
   *
   * @param prompt the new one
   */
  void changePrompt(String prompt);

  /**
   * What to do at ^C while no line is read; until then, the process ends.
   *
   * @param action called on any thread
   */
  void onInterrupt(Runnable action);

  @Override
  void close();
}
