package dev.holdfast.server.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.replication.PeerAddress;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Answers {@code GET /metrics} and nothing else, on threads of its own. */
final class MetricsServer {
  private static final String PATH = "/metrics";
  private static final int THREADS = 2;
  private static final int WAITING_MAX = 64;
  private static final int BACKLOG = 16;

  /** Whoever begins a request and does not end it takes a thread for so long. */
  private static final String REQUEST_SECONDS_MAX = "10";

  private final String nodeId;
  private final PeerAddress address;
  private final PrometheusRegistry registry;
  private @Nullable HttpServer server;
  private @Nullable ThreadPoolExecutor threads;

  MetricsServer(String nodeId, PeerAddress address, PrometheusRegistry registry) {
    this.nodeId = nodeId;
    this.address = address;
    this.registry = registry;
  }

  void start() throws IOException {
    boundRequests();
    HttpServer bound =
        HttpServer.create(new InetSocketAddress(address.host(), address.port()), BACKLOG);
    ThreadPoolExecutor pool = threads();
    threads = pool;
    bound.setExecutor(pool);
    bound.createContext("/", new OnlyMetrics(new MetricsHandler(registry)));
    bound.start();
    server = bound;
  }

  void stop() {
    if (server != null) {
      server.stop(0);
    }
    if (threads != null) {
      threads.shutdownNow();
    }
  }

  /** The JDK's server reads its bounds from these, and has none if nobody sets them. */
  private static void boundRequests() {
    setIfAbsent("sun.net.httpserver.maxReqTime", REQUEST_SECONDS_MAX);
    setIfAbsent("sun.net.httpserver.maxRspTime", REQUEST_SECONDS_MAX);
    setIfAbsent("jdk.httpserver.maxConnections", Integer.toString(WAITING_MAX));
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private ThreadPoolExecutor threads() {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        THREADS,
        THREADS,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(WAITING_MAX),
        task ->
            Thread.ofPlatform()
                .daemon()
                .name("holdfast-metrics-" + nodeId + "-" + number.incrementAndGet())
                .unstarted(task));
  }

  /** The JDK's server takes a path for all that begins with it. */
  private record OnlyMetrics(HttpHandler metrics) implements HttpHandler {
    @Override
    public void handle(HttpExchange exchange) throws IOException {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        refuse(exchange, 404, "there is nothing here; the metrics are at " + PATH + "\n");
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        refuse(exchange, 405, "metrics can only be read; ask with GET\n");
      } else {
        metrics.handle(exchange);
      }
    }

    private static void refuse(HttpExchange exchange, int status, String text) throws IOException {
      try (exchange) {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }
}
