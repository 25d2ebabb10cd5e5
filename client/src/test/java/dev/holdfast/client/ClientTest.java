package dev.holdfast.client;

import dev.holdfast.client.fake.LiveCluster;
import java.time.Duration;
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

  @AfterEach
  void closeAll() {
    cluster.freeze(false);
    holdfast.close();
    cluster.close();
  }
}
