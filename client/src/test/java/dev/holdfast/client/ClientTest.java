package dev.holdfast.client;

import dev.holdfast.client.fake.LiveCluster;
import dev.holdfast.protocol.FencingToken;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A cluster in memory and clients of it, closed after each test. */
abstract class ClientTest {
  final LiveCluster cluster = new LiveCluster();
  final Holdfast holdfast = client().connect();

  HoldfastBuilder client() {
    return Holdfast.builder()
        .endpoints("a:1,b:1")
        .sessionTtl(Duration.ofSeconds(5))
        .requestTimeout(Duration.ofSeconds(5))
        .network(cluster.network());
  }

  int grantCount() {
    return cluster.ask(each -> each.grants().size());
  }

  int waitingCount() {
    return cluster.ask(each -> each.waitingCount());
  }

  /** What a future has, or will have soon. */
  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(5, TimeUnit.SECONDS);
  }

  /** An operator takes a grant away. */
  void forceRelease(FencingToken token) {
    cluster.ask(
        each -> {
          each.forceRelease(token.value(), "ada");
          return 0;
        });
  }

  @AfterEach
  void closeAll() {
    cluster.freeze(false);
    holdfast.close();
    cluster.close();
  }
}
