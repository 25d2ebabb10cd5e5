package dev.holdfast.fencing.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.holdfast.fencing.FencingGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Fencing for the JDK's own HTTP server:
 *
 * <pre>{@code
 * context.getFilters().add(FencingFilter.of(gate, FencingFilter::pathOfWrites));
 * }</pre>
 *
 * <p>Statuses of refusals are told at {@link RequestGate}. Put it behind whatever decides who may
 * write: a token says that a lock is held, not by whom.
 *
 * <p>Immutable, for any number of threads.
 */
public final class FencingFilter extends Filter {
  private final RequestGate gate;
  private final Function<HttpExchange, Optional<String>> resource;

  private FencingFilter(RequestGate gate, Function<HttpExchange, Optional<String>> resource) {
    this.gate = gate;
    this.resource = resource;
  }

  /**
   * With the header {@value RequestGate#DEFAULT_HEADER}.
   *
   * @param gate remembers the tokens
   * @param resource what a request writes, named as {@link FencingGate} wants it; empty if the
   *     request needs no token, as one that only reads. What it throws reaches the server
   */
  public static FencingFilter of(
      FencingGate gate, Function<HttpExchange, Optional<String>> resource) {
    return of(gate, RequestGate.DEFAULT_HEADER, resource);
  }

  /**
   * With another header.
   *
   * @param gate remembers the tokens
   * @param header the name of the header
   * @param resource what a request writes; empty if it needs no token
   */
  public static FencingFilter of(
      FencingGate gate, String header, Function<HttpExchange, Optional<String>> resource) {
    return new FencingFilter(new RequestGate(gate, header), resource);
  }

  /**
   * The path of a request, for resources that are paths; empty for GET, HEAD and OPTIONS.
   *
   * @param request a request
   */
  public static Optional<String> pathOfWrites(HttpExchange request) {
    return switch (request.getRequestMethod()) {
      case "GET", "HEAD", "OPTIONS" -> Optional.empty();
      default -> Optional.of(request.getRequestURI().getPath());
    };
  }

  @Override
  public String description() {
    return "refuses requests whose " + gate.header() + " is stale";
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    Optional<String> name = resource.apply(exchange);
    if (name.isEmpty()) {
      chain.doFilter(exchange);
      return;
    }
    List<String> values = exchange.getRequestHeaders().getOrDefault(gate.header(), List.of());
    gate.<RuntimeException>pass(
        name.get(),
        values,
        () -> chain.doFilter(exchange),
        (status, text) -> refuse(exchange, status, text));
  }

  private static void refuse(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(status, -1);
        return;
      }
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
