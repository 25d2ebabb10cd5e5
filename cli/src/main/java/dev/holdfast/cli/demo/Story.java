package dev.holdfast.cli.demo;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Screen.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Tells a demonstration step by step, as it happens, with the time that each step took. For one
 * thread.
 */
public final class Story {
  private static final String INDENT = "    ";

  private final Screen screen;
  private final boolean silent;
  private final LongSupplier nanoClock;
  private final long beganNanos;
  private final List<Step> steps = new ArrayList<>();

  /** One step with what was told and checked in it. */
  private static final class Step {
    final String title;
    final long beganNanos;
    final List<String> sentences = new ArrayList<>();
    final List<String> checked = new ArrayList<>();
    long tookMillis;

    Step(String title, long beganNanos) {
      this.title = title;
      this.beganNanos = beganNanos;
    }
  }

  /**
   * A story that has not begun.
   *
   * @param screen where it is told
   * @param silent nothing is told as it happens; {@link #writeTo} tells all of it at the end
   * @param nanoClock the time
   */
  Story(Screen screen, boolean silent, LongSupplier nanoClock) {
    this.screen = screen;
    this.silent = silent;
    this.nanoClock = nanoClock;
    this.beganNanos = nanoClock.getAsLong();
  }

  /**
   * Ends the step before and begins the next.
   *
   * @param title what happens in it
   */
  public void step(String title) {
    endStep();
    steps.add(new Step(title, nanoClock.getAsLong()));
    show("");
    show(screen.styled(Style.BOLD, "%2d  %s".formatted(steps.size(), title)));
  }

  /**
   * A sentence about what happens.
   *
   * @param sentence without a full stop
   */
  public void say(String sentence) {
    steps.getLast().sentences.add(sentence);
    show(INDENT + sentence);
  }

  /**
   * Something that must be so.
   *
   * @param truth whether it is
   * @param expectation the sentence that is true then
   * @throws DemoFailedException if it is not so
   */
  public void expect(boolean truth, String expectation) {
    if (!truth) {
      throw new DemoFailedException(expectation);
    }
    steps.getLast().checked.add(expectation);
    show(INDENT + screen.styled(Style.GREEN, "ok") + "  " + expectation);
  }

  /**
   * Something that must be so, but is told only if it is not.
   *
   * @param truth whether it is
   * @param expectation the sentence that is true then
   */
  public void expectQuietly(boolean truth, String expectation) {
    if (!truth) {
      throw new DemoFailedException(expectation);
    }
    steps.getLast().checked.add(expectation);
  }

  /** Ends the last step. */
  void endStep() {
    if (!steps.isEmpty() && steps.getLast().tookMillis == 0) {
      Step last = steps.getLast();
      last.tookMillis = Math.max(1, (nanoClock.getAsLong() - last.beganNanos) / 1_000_000);
      show(INDENT + screen.styled(Style.FAINT, "(" + Durations.format(last.tookMillis) + ")"));
    }
  }

  /**
   * A line outside the steps.
   *
   * @param line one line
   */
  public void show(String line) {
    if (!silent) {
      screen.line(line);
      screen.out().flush();
    }
  }

  /** How many expectations were checked. */
  int checks() {
    return steps.stream().mapToInt(step -> step.checked.size()).sum();
  }

  /** How long it has taken so far. */
  long tookMillis() {
    return (nanoClock.getAsLong() - beganNanos) / 1_000_000;
  }

  /** The title of the step that is being told. */
  String currentStep() {
    return steps.isEmpty()
        ? "the beginning"
        : "step " + steps.size() + " (" + steps.getLast().title + ")";
  }

  /** Writes the field {@code steps}. */
  void writeTo(Json json) {
    json.name("steps").startArray();
    int number = 0;
    for (Step step : steps) {
      json.startObject()
          .field("number", ++number)
          .field("title", step.title)
          .field("took_ms", step.tookMillis);
      writeList(json, "told", step.sentences);
      writeList(json, "checked", step.checked);
      json.endObject();
    }
    json.endArray();
  }

  private static void writeList(Json json, String field, List<String> sentences) {
    json.name(field).startArray();
    sentences.forEach(json::value);
    json.endArray();
  }
}
