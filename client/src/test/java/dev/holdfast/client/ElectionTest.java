package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What becomes of candidacies whose candidate does not wait. */
class ElectionTest extends ClientTest {
  private final Election election = holdfast.election("jobs/leader");

  @Test
  void candidacy_that_times_out_is_taken_back() throws Exception {
    Leadership first = election.campaign();
    CompletableFuture<Leadership> second =
        election.campaignAsync().orTimeout(20, TimeUnit.MILLISECONDS);
    assertThatThrownBy(second::get).hasCauseInstanceOf(TimeoutException.class);
    await().until(() -> waitingCount() == 0);
    first.resign();
    assertThat(grantCount()).isZero();
  }

  @Test
  void candidacy_that_is_cancelled_is_taken_back() throws Exception {
    Leadership first = election.campaign();
    CompletableFuture<Leadership> second = election.campaignAsync();
    await().until(() -> waitingCount() == 1);
    second.cancel(false);
    await().until(() -> waitingCount() == 0);
    first.resign();
    assertThat(grantCount()).isZero();
  }

  @Test
  void candidacy_fails_with_the_exception_itself() throws Exception {
    election.campaign();
    CompletableFuture<Throwable> failure;
    try (Holdfast other = client().connect()) {
      failure = other.election("jobs/leader").campaignAsync().handle((none, thrown) -> thrown);
    }
    assertThat(failure.get(5, TimeUnit.SECONDS)).isInstanceOf(SessionExpiredException.class);
  }
}
