package dev.holdfast.cli.demo.fencing;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.fencing.InMemoryFencingGate;
import dev.holdfast.fencing.StaleTokenException;
import dev.holdfast.fencing.http.FencingFilter;
import dev.holdfast.fencing.http.RequestGate;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A small service of HTTP that keeps an account: GET reads the balance, PUT writes one under the
 * token of its header. Requests are dealt with one after the other, by one thread.
 */
final class AccountService implements AutoCloseable {
  static final int WRITTEN = 200;

  private static final String PATH = "/account";

  private final Account account;
  private final HttpServer server;

  /**
   * Starts it on a free port.
   *
   * @param account closed together with it
   * @param filtered whether a gate stands before the service
   */
  AccountService(Account account, boolean filtered) throws IOException {
    this.account = account;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    HttpContext context = server.createContext(PATH, this::answer);
    if (filtered) {
      context
          .getFilters()
          .add(FencingFilter.of(new InMemoryFencingGate(), FencingFilter::pathOfWrites));
    }
    server.start();
  }

  /** Where it is. */
  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = exchange.getRequestMethod().equals("PUT") ? write(exchange) : WRITTEN;
      byte[] body = Long.toString(account.balance()).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private int write(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String token = exchange.getRequestHeaders().getFirst(RequestGate.DEFAULT_HEADER);
    try {
      account.write(Long.parseLong(body), Long.parseLong(token));
      return WRITTEN;
    } catch (StaleTokenException e) {
      return RequestGate.STALE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the account was written");
    }
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    account.close();
  }

  /** Somebody who talks to the service. */
  record Client(String address, HttpClient http) {
    Client(String address) {
      this(address, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    long balance() throws IOException, InterruptedException {
      return Long.parseLong(send(request().GET()).body());
    }

    /** Returns the status of the answer. */
    int put(long balance, long token) throws IOException, InterruptedException {
      return send(request()
              .PUT(HttpRequest.BodyPublishers.ofString(Long.toString(balance)))
              .header(RequestGate.DEFAULT_HEADER, Long.toString(token)))
          .statusCode();
    }

    private HttpRequest.Builder request() {
      return HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> send(HttpRequest.Builder request)
        throws IOException, InterruptedException {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
