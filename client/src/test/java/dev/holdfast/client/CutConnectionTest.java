package dev.holdfast.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.fake.LiveCluster;
import dev.holdfast.client.fake.LoopbackNode;
import dev.holdfast.client.fake.TcpProxy;
import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.protocol.FencingToken;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The connection breaks at every byte of an acquisition, on its way there and of its answer. The
 * caller is told granted, not granted or unknown; what is unknown is resolved into one of the two;
 * and whoever leaves leaves nothing behind.
 */
class CutConnectionTest {
  /** More bytes than a request or its answer has. */
  private static final int OFFSETS_MAX = 400;

  private final LiveCluster cluster = new LiveCluster(List.of());
  private final LoopbackNode node = LoopbackNode.of(cluster, "a");
  private final TcpProxy proxy = new TcpProxy(node.port());
  private final Holdfast holdfast = client(Duration.ofMillis(40));

  private Holdfast client(Duration requestTimeout) {
    return Holdfast.builder()
        .endpoints(proxy.endpoint())
        .sessionTtl(Duration.ofSeconds(20)) // renewals are no part of what is cut
        .requestTimeout(requestTimeout)
        .closeTimeout(Duration.ofMillis(500))
        .retry(
            new RetryPolicy(
                Duration.ofMillis(2), 2, Duration.ofMillis(10), 0.5, 10, Duration.ofSeconds(10)))
        .connect();
  }

  @AfterEach
  void closeAll() throws Exception {
    proxy.refuse(false);
    holdfast.close();
    proxy.close();
    node.close();
    cluster.close();
  }

  private void cutAt(int offset, boolean toNode) {
    proxy.forgetCut();
    if (toNode) {
      proxy.cutPresentAfterSending(offset);
    } else {
      proxy.cutPresentAfter(offset);
    }
  }

  private void requireNothingLeft(int offset) {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        cluster.<String>ask(
                            each -> each.grants() + ", waiting: " + each.waitingCount()))
                    .as("what is left after a cut at byte %s", offset)
                    .isEqualTo("[], waiting: 0"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Execution(ExecutionMode.CONCURRENT)
  void cut_at_every_byte_is_resolved_into_granted_or_not(boolean toNode) throws Exception {
    int cuts = 0;
    int unknown = 0;
    for (int offset = 1; offset <= OFFSETS_MAX; offset++) {
      cutAt(offset, toNode);
      proxy.refuse(true); // nobody comes back before the caller's time is over
      CompletableFuture<PreemptResult> asked =
          holdfast.async().preempt(AcquireRequest.of("x", Mode.X));
      LockGrant grant = null;
      try {
        grant = granted(asked.get(5, TimeUnit.SECONDS));
        proxy.refuse(false);
      } catch (ExecutionException failed) {
        proxy.refuse(false);
        if (failed.getCause() instanceof UnavailableException) {
          requireNothingLeft(offset); // it never left, which is as definite
          continue;
        }
        assertThat(failed).hasCauseInstanceOf(OutcomeUnknownException.class);
        unknown++;
        RequestId id =
            requireNonNull(
                ((OutcomeUnknownException) requireNonNull(failed.getCause())).requestId());
        Resolution resolution = holdfast.async().resolve(id).get(5, TimeUnit.SECONDS);
        if (resolution instanceof Resolution.Granted held) {
          grant = held.grant();
        } else {
          assertThat(resolution).as("byte %s", offset).isInstanceOf(Resolution.NotApplied.class);
        }
      }
      boolean cut = proxy.wasCut();
      if (grant != null) {
        long token = grant.token().value();
        assertThat(grant.isHeld()).as("byte %s", offset).isTrue();
        assertThat(cluster.<Boolean>ask(each -> each.isCurrent(token))).isTrue();
        var _ = grant.releaseAsync();
      }
      requireNothingLeft(offset);
      if (!cut) {
        break; // everything had passed before
      }
      cuts++;
    }
    assertThat(cuts).isBetween(20, OFFSETS_MAX - 1);
    assertThat(unknown).isGreaterThan(10);
  }

  private static LockGrant granted(PreemptResult result) {
    if (result instanceof PreemptResult.Granted granted) {
      return granted.value();
    }
    throw new AssertionError("nobody else is here: " + result);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Execution(ExecutionMode.CONCURRENT)
  void caller_who_leaves_after_a_cut_at_any_byte_leaves_nothing(boolean toNode) throws Exception {
    int cuts = 0;
    for (int offset = 1; offset <= OFFSETS_MAX; offset++) {
      LockGrant first =
          holdfast.async().acquire(AcquireRequest.of("x", Mode.X)).get(5, TimeUnit.SECONDS);
      cutAt(offset, toNode);
      CompletableFuture<LockGrant> second =
          holdfast.async().acquire(AcquireRequest.of("x", Mode.X));
      await().until(() -> proxy.wasCut() || cluster.ask(each -> each.waitingCount()) == 1);
      second.cancel(true);
      var _ = first.releaseAsync();
      requireNothingLeft(offset);
      if (!proxy.wasCut()) {
        break;
      }
      cuts++;
    }
    assertThat(cuts).isBetween(20, OFFSETS_MAX - 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Execution(ExecutionMode.CONCURRENT)
  void callers_who_leave_while_the_connection_breaks_leave_nothing(boolean toNode)
      throws Exception {
    for (int offset = 1; offset <= 120; offset++) {
      cutAt(offset, toNode);
      CompletableFuture<LockGrant> first = holdfast.async().acquire(AcquireRequest.of("x", Mode.X));
      CompletableFuture<LockGrant> second =
          holdfast.async().acquire(AcquireRequest.of("x", Mode.X));
      if (offset % 2 == 0) {
        leave(first);
      } else {
        var _ = first.get(5, TimeUnit.SECONDS).releaseAsync();
      }
      leave(second);
      requireNothingLeft(offset);
    }
  }

  /** Leaves, or gives back what came just before. */
  private static void leave(CompletableFuture<LockGrant> asked) throws Exception {
    if (!asked.cancel(true)) {
      var _ = asked.get().releaseAsync();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void conversions_and_hand_over_go_over_sockets() throws Exception {
    try (Holdfast receiver = Holdfast.connect(node.endpoint())) {
      LockGrant reader = holdfast.async().acquire(AcquireRequest.of("x", Mode.S)).get();
      LockGrant writer = reader.convert(Conversion.to("x", Mode.X));
      assertThat(writer.token()).isGreaterThan(reader.token());
      CompletableFuture<LockGrant> awaited = receiver.receive("next");
      FencingToken token = writer.handOver(receiver.session().id().orElseThrow(), "next");
      LockGrant there = awaited.get(5, TimeUnit.SECONDS);
      assertThat(there.isHeld()).isTrue();
      assertThat(there.token()).isEqualTo(token);
      there.setValue("x", new byte[] {1});
      there.release();
      HoldfastSemaphore pool = receiver.semaphore("pool", 2);
      try (LockGrant one = pool.acquire();
          LockGrant both = receiver.lockTree("t").write("a").acquire()) {
        assertThat(one.isHeld() && both.isHeld()).isTrue();
      }
    }
    requireNothingLeft(0);
  }
}
