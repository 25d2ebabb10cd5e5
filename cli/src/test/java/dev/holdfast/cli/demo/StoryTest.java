package dev.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StoryTest {
  private final StringWriter out = new StringWriter();
  private final Screen screen =
      new Screen(new PrintWriter(out, true), new PrintWriter(new StringWriter()), false, false);
  private final AtomicLong nowNanos = new AtomicLong();

  private void tell(Story story) {
    story.step("Begin");
    story.say("something happens");
    nowNanos.addAndGet(1_500_000_000L);
    story.expect(true, "it is so");
    story.step("Go on");
    story.expectQuietly(true, "nobody needs to read this");
    nowNanos.addAndGet(20_000_000L);
    story.endStep();
  }

  @Test
  void steps_are_numbered_and_timed() {
    Story story = new Story(screen, false, nowNanos::get);
    tell(story);
    assertThat(out)
        .hasToString(
            """

             1  Begin
                something happens
                ok  it is so
                (1.5s)

             2  Go on
                (20ms)
            """);
    assertThat(story.checks()).isEqualTo(2);
    assertThat(story.tookMillis()).isEqualTo(1_520);
  }

  @Test
  void an_expectation_that_is_not_met_ends_the_story() {
    Story story = new Story(screen, false, nowNanos::get);
    story.step("Begin");
    assertThatThrownBy(() -> story.expect(false, "the lock is held"))
        .isInstanceOf(DemoFailedException.class)
        .hasMessage("the lock is held");
    assertThatThrownBy(() -> story.expectQuietly(false, "the other lock is held"))
        .isInstanceOf(DemoFailedException.class);
    assertThat(story.currentStep()).isEqualTo("step 1 (Begin)");
  }

  @Test
  void the_same_in_json_at_the_end() {
    Story story = new Story(screen, true, nowNanos::get);
    tell(story);
    assertThat(out.toString()).isEmpty();
    try (Json json = new Json(screen)) {
      json.startObject();
      story.writeTo(json);
      json.endObject();
    }
    assertThat(out.toString().replaceAll("\\s+", ""))
        .startsWith(
            "{\"steps\":[{\"number\":1,\"title\":\"Begin\",\"took_ms\":1500,\"told\":[\"somethinghappens\"],\"checked\":[\"itisso\"]}");
  }
}
