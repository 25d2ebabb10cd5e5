package dev.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demonstration itself, on real processes. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class LedgerDemoSystemTest {
  @Test
  void every_expectation_is_met() {
    PlayedDemo played = PlayedDemo.alone();

    played.succeeded();
    assertThat(played.out())
        .contains("a new leader, ")
        .contains("alice still holds the lock, under the same token")
        .contains("refused by the gate")
        .contains("all three nodes have the same state")
        .contains("every acknowledged booking exactly once")
        .contains("expectations were met");
  }
}
