package dev.holdfast.fencing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.fencing.FencingGate;
import dev.holdfast.fencing.InMemoryFencingGate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class FencingFilterTest extends FencedServerContract {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @SuppressWarnings("NullAway.Init")
  private HttpServer server;

  @Override
  protected int start(FencingGate gate, String header, Handler handler) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    HttpContext context = server.createContext("/", exchange -> answer(exchange, handler));
    context.getFilters().add(FencingFilter.of(gate, header, FencingFilter::pathOfWrites));
    server.start();
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, Handler handler) throws IOException {
    handler.handle(exchange.getRequestURI().getPath());
    byte[] body = "done".getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  protected void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void the_header_may_be_named_and_not_anyhow() {
    FencingGate gate = new InMemoryFencingGate();
    assertThat(FencingFilter.of(gate, request -> Optional.empty()).description())
        .contains("Fencing-Token");
    for (String name : List.of("", "a b", "a:b", "\n")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FencingFilter.of(gate, name, request -> Optional.empty()));
    }
  }
}
