package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.LockSummary;
import dev.holdfast.client.Mode;
import dev.holdfast.client.PreemptResult;
import dev.holdfast.client.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Grants that were acknowledged and are kept until the end, so that every one of them can be looked
 * for after whatever has happened. For one thread, unless it says otherwise.
 */
final class Acknowledged {
  /** Longer than any outage of a probe. */
  private static final Duration TTL = Duration.ofMinutes(10);

  private static final String PREFIX = "kept/";

  private final RealCluster cluster;
  private final Holdfast client;
  private final Map<String, LockGrant> kept = new TreeMap<>();
  private int batches;

  Acknowledged(RealCluster cluster) {
    this.cluster = cluster;
    this.client = cluster.client(Holdfast.builder().endpoints(cluster.endpoints()).sessionTtl(TTL));
  }

  int count() {
    return kept.size();
  }

  /** Takes so many more locks, all at once, and returns when every one is acknowledged. */
  void keep(int more) {
    String batch = PREFIX + batches++ + "/";
    Map<String, CompletableFuture<PreemptResult>> asked = new TreeMap<>();
    for (int i = 0; i < more; i++) {
      String lock = batch + i;
      asked.put(lock, client.async().preempt(AcquireRequest.of(lock, Mode.X)));
    }
    asked.forEach((lock, answer) -> note(lock, granted(answer)));
  }

  /** The same, one after the other. */
  void keepOneByOne(int more) {
    for (int i = 0; i < more; i++) {
      keep(1);
    }
  }

  /** Takes many locks with long names in few requests: so much goes into the log and the map. */
  void keepBulky(int requests) {
    String batch = PREFIX + batches++ + "/";
    List<CompletableFuture<PreemptResult>> asked = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      List<String> locks = bulky(batch + i);
      AcquireRequest request = AcquireRequest.of(locks.get(0), Mode.X);
      for (String lock : locks.subList(1, locks.size())) {
        request = request.and(lock, Mode.X);
      }
      asked.add(client.async().preempt(request));
    }
    for (CompletableFuture<PreemptResult> answer : asked) {
      LockGrant grant = granted(answer);
      grant.demands().forEach(demand -> note(demand.lock(), grant));
    }
  }

  /** Names of locks that are 30 KiB together. */
  static List<String> bulky(String prefix) {
    List<String> locks = new ArrayList<>();
    for (int i = 0; i < AcquireRequest.DEMANDS_MAX; i++) {
      locks.add(prefix + "/" + i + "-" + "x".repeat(460));
    }
    return locks;
  }

  private static LockGrant granted(CompletableFuture<PreemptResult> answer) {
    PreemptResult result =
        answer.orTimeout(RealCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    if (result instanceof PreemptResult.Refused(Refusal refusal)) {
      throw new AssertionError("nobody else wants it, and still it was refused: " + refusal);
    }
    return result.grant().orElseThrow();
  }

  private void note(String lock, LockGrant grant) {
    kept.put(lock, grant);
  }

  /** Everything that was acknowledged is held, by the same session under the same token. */
  void requireAllHeld() {
    Map<String, LockHolder> holders = new TreeMap<>();
    for (LockSummary lock : cluster.admin().allLocks(PREFIX, Consistency.LINEARIZABLE)) {
      if (!lock.holders().isEmpty()) {
        holders.put(lock.lock(), lock.holders().get(0));
      }
    }
    kept.forEach(
        (lock, grant) -> {
          LockHolder holder = holders.get(lock);
          if (holder == null) {
            throw new AssertionError("nobody holds " + lock + ", acknowledged as " + grant);
          }
          assertThat(holder.token()).as(lock).isEqualTo(grant.token().value());
          assertThat(holder.sessionId()).as(lock).isEqualTo(grant.sessionId().value());
          assertThat(grant.isHeld()).as("what the client thinks of %s", lock).isTrue();
        });
    requireTokensOnce();
  }

  private void requireTokensOnce() {
    List<LockGrant> grants = kept.values().stream().distinct().toList();
    assertThat(grants.stream().map(LockGrant::token).distinct().count())
        .as("different tokens of %s grants", grants.size())
        .isEqualTo(grants.size());
  }
}
