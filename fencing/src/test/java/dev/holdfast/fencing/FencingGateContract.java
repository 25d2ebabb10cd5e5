package dev.holdfast.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every gate does. */
@Timeout(60)
abstract class FencingGateContract {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** The gate under test, the same one during a test. */
  abstract FencingGate gate();

  @AfterEach
  void stop_threads() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void first_token_is_admitted_whatever_it_is() throws Exception {
    assertThat(gate().highestToken("orders")).isEmpty();

    gate().admit("orders", Long.MAX_VALUE);

    assertThat(gate().highestToken("orders")).hasValue(Long.MAX_VALUE);
  }

  @Test
  void equal_and_higher_tokens_are_admitted() throws Exception {
    gate().admit("orders", 33);
    gate().admit("orders", 33);
    gate().admit("orders", 34);

    assertThat(gate().highestToken("orders")).hasValue(34);
  }

  @Test
  void lower_token_is_refused_and_changes_nothing() throws Exception {
    gate().admit("orders", 34);

    assertThatExceptionOfType(StaleTokenException.class)
        .isThrownBy(() -> gate().admit("orders", 33))
        .withMessageContaining("'orders'")
        .withMessageContaining("33")
        .withMessageContaining("34")
        .satisfies(
            refusal -> {
              assertThat(refusal.resource()).isEqualTo("orders");
              assertThat(refusal.token()).isEqualTo(33);
              assertThat(refusal.highestToken()).isEqualTo(34);
            });
    assertThat(gate().highestToken("orders")).hasValue(34);
  }

  @Test
  void resources_know_nothing_of_each_other() throws Exception {
    gate().admit("orders", 34);
    gate().admit("customers", 1);

    assertThat(gate().highestToken("customers")).hasValue(1);
    assertThat(gate().highestToken("orders/1")).isEmpty();
  }

  @Test
  void admitted_write_runs_and_its_result_is_returned() throws Exception {
    assertThat(gate().<String, RuntimeException>write("orders", 1, () -> "written"))
        .isEqualTo("written");
  }

  @Test
  void stale_write_does_not_run() throws Exception {
    gate().admit("orders", 2);
    AtomicBoolean ran = new AtomicBoolean();

    assertThatExceptionOfType(StaleTokenException.class)
        .isThrownBy(() -> gate().write("orders", 1, () -> ran.getAndSet(true)));

    assertThat(ran).isFalse();
  }

  @Test
  void token_of_a_failed_write_stays_remembered() throws Exception {
    IOException failure = new IOException("disk full");

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> gate().write("orders", 5, () -> fail(failure)))
        .isSameAs(failure);

    assertThat(gate().highestToken("orders")).hasValue(5);
    gate().admit("orders", 5);
  }

  private static boolean fail(IOException failure) throws IOException {
    throw failure;
  }

  @Test
  void write_keeps_a_higher_token_waiting_until_it_has_ended() throws Exception {
    List<String> order = new ArrayList<>();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Future<Boolean> first =
        threads.submit(
            () ->
                gate()
                    .<Boolean, InterruptedException>write(
                        "orders",
                        1,
                        () -> {
                          inside.countDown();
                          mayEnd.await();
                          return order.add("first");
                        }));
    inside.await();
    Thread second = new Thread(() -> admitQuietly("orders", 2, () -> order.add("second")));
    second.start();
    awaitWaiting(second);
    assertThat(gate().highestToken("orders")).hasValue(1);

    mayEnd.countDown();
    first.get();
    second.join();

    assertThat(order).containsExactly("first", "second");
    assertThat(gate().highestToken("orders")).hasValue(2);
  }

  private void admitQuietly(String resource, long token, Runnable then) {
    try {
      gate().admit(resource, token);
      then.run();
    } catch (StaleTokenException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns when the thread is waiting for something, or fails by the test's time limit. */
  static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void writes_to_two_resources_run_at_the_same_time() throws Exception {
    CountDownLatch bothInside = new CountDownLatch(2);
    List<Future<Boolean>> writes = new ArrayList<>();
    for (String resource : List.of("orders", "customers")) {
      writes.add(
          threads.submit(
              () ->
                  gate()
                      .<Boolean, InterruptedException>write(
                          resource,
                          1,
                          () -> {
                            bothInside.countDown();
                            return bothInside.await(30, TimeUnit.SECONDS);
                          })));
    }
    for (Future<Boolean> write : writes) {
      assertThat(write.get()).isTrue();
    }
  }

  @Test
  void many_threads_never_write_at_once_nor_out_of_order() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    List<Long> written = new ArrayList<>();
    List<Future<Integer>> writers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      long first = i + 1L;
      writers.add(threads.submit(() -> writeSome(first, inside, written)));
    }
    int accepted = 0;
    for (Future<Integer> writer : writers) {
      accepted += writer.get();
    }
    assertThat(written).hasSize(accepted).isSorted();
  }

  private int writeSome(long first, AtomicInteger inside, List<Long> written) throws Exception {
    int accepted = 0;
    for (long token = first; token <= 80; token += 8) {
      long tokenNow = token;
      try {
        gate()
            .<Boolean, RuntimeException>write(
                "orders",
                token,
                () -> {
                  assertThat(inside.incrementAndGet()).isEqualTo(1);
                  written.add(tokenNow);
                  return inside.decrementAndGet() == 0;
                });
        accepted++;
      } catch (StaleTokenException e) {
        assertThat(e.highestToken()).isGreaterThan(token);
      }
    }
    return accepted;
  }

  @Test
  void waiting_ends_with_an_interrupt() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Future<Boolean> first =
        threads.submit(
            () ->
                gate()
                    .<Boolean, InterruptedException>write(
                        "orders",
                        1,
                        () -> {
                          inside.countDown();
                          mayEnd.await();
                          return true;
                        }));
    inside.await();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread second =
        new Thread(
            () -> {
              try {
                gate().admit("orders", 2);
              } catch (InterruptedException e) {
                interrupted.set(true);
              } catch (StaleTokenException e) {
                throw new AssertionError(e);
              }
            });
    second.start();
    awaitWaiting(second);
    second.interrupt();
    second.join();

    assertThat(interrupted).isTrue();
    assertThat(gate().highestToken("orders")).hasValue(1);
    mayEnd.countDown();
    assertThat(first.get()).isTrue();
    gate().admit("orders", 3);
  }

  @Test
  void interrupt_inside_a_write_is_the_writes_own_affair() throws Exception {
    gate()
        .<@org.jspecify.annotations.Nullable Void, RuntimeException>write(
            "orders",
            1,
            () -> {
              Thread.currentThread().interrupt();
              return null;
            });

    assertThat(Thread.interrupted()).isTrue();
    gate().admit("orders", 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders", "customers"})
  void guarded_write_must_not_use_its_gate(String inner) throws Exception {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                gate()
                    .<Boolean, Exception>write(
                        "orders",
                        1,
                        () -> {
                          gate().admit(inner, 1);
                          return true;
                        }))
        .withMessageContaining("must not use the gate that guards it");

    gate().admit("orders", 1);
  }

  @Test
  void bad_arguments_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gate().admit("orders", 0))
        .withMessageContaining("not 0");
    assertThatIllegalArgumentException().isThrownBy(() -> gate().admit("orders", -1));
    assertThatIllegalArgumentException().isThrownBy(() -> gate().admit("", 1));
    assertThatIllegalArgumentException().isThrownBy(() -> gate().highestToken(""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gate().admit("half a pair \ud83d", 1))
        .withMessageContaining("surrogates");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gate().admit("é".repeat(512) + "x", 1))
        .withMessageContaining("1024")
        .withMessageContaining("1025");
  }

  @Test
  void names_may_be_as_long_and_as_strange_as_allowed() throws Exception {
    for (String name : List.of("é".repeat(512), " ", "a\u0000b", "\ud83d\udd12", "\n", "../..")) {
      gate().admit(name, 7);
      assertThat(gate().highestToken(name)).hasValue(7);
    }
  }
}
