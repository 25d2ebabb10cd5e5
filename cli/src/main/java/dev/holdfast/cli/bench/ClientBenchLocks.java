package dev.holdfast.cli.bench;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.ClientTls;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastBuilder;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import dev.holdfast.protocol.FencingToken;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The real service, through the client library's asynchronous door: one session or several. */
final class ClientBenchLocks implements BenchLocks, AutoCloseable {
  private final List<Holdfast> clients = new ArrayList<>();
  private final List<AcquireRequest> requests = new ArrayList<>();

  /**
   * Opens the sessions; the first begins at the first endpoint, the second at the second, and so
   * on.
   *
   * @param tls how connections are encrypted; null if they are not
   * @param history the folder into which each session records; null if none does
   */
  ClientBenchLocks(
      List<String> endpoints,
      BenchSettings settings,
      @Nullable ClientTls tls,
      @Nullable Path history) {
    boolean opened = false;
    try {
      for (int i = 0; i < settings.clients(); i++) {
        HoldfastBuilder client =
            Holdfast.builder()
                .endpoints(rotated(endpoints, i))
                .endpointsInOrder()
                // Workers never wait, so their steps need no thread of their own.
                .callbackExecutor(Runnable::run)
                .label("holdfast bench " + settings.workload() + " client " + i);
        if (tls != null) {
          client.tls(tls);
        }
        if (history != null) {
          client.history(history.resolve("client-" + (i + 1) + ".jsonl"));
        }
        clients.add(client.connect());
      }
      for (int worker = 0; worker < settings.workers(); worker++) {
        requests.add(
            AcquireRequest.of(lockOf(settings.workload(), worker), Mode.X)
                .owner("worker-" + worker));
      }
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  @Override
  public CompletableFuture<Long> acquire(int worker) {
    return client(worker).async().acquire(requests.get(worker)).thenApply(ClientBenchLocks::token);
  }

  @Override
  public CompletableFuture<Void> release(int worker, long token) {
    return client(worker).async().release(new FencingToken(token));
  }

  @Override
  public void close() {
    clients.forEach(Holdfast::close);
  }

  private Holdfast client(int worker) {
    return clients.get(worker % clients.size());
  }

  private static long token(LockGrant grant) {
    return grant.token().value();
  }

  private static String lockOf(Workload workload, int worker) {
    return switch (workload) {
      case W1 -> "bench/own/" + worker;
      case W2 -> "bench/shared";
    };
  }

  private static String rotated(List<String> endpoints, int by) {
    List<String> rotated = new ArrayList<>();
    for (int i = 0; i < endpoints.size(); i++) {
      rotated.add(endpoints.get((i + by) % endpoints.size()));
    }
    return String.join(",", rotated);
  }
}
