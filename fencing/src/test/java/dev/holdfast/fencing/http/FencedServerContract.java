package dev.holdfast.fencing.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fencing.FencingGate;
import dev.holdfast.fencing.GateUnavailableException;
import dev.holdfast.fencing.GuardedWrite;
import dev.holdfast.fencing.InMemoryFencingGate;
import dev.holdfast.fencing.StaleTokenException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every filter does, over a real socket. The resource is the path; GET needs no token. */
@Timeout(60)
public abstract class FencedServerContract {
  private static final String HEADER = "X-Fence";

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final AtomicBoolean gateIsBroken = new AtomicBoolean();
  private final CountDownLatch slowIsInside = new CountDownLatch(1);
  private final CountDownLatch slowMayEnd = new CountDownLatch(1);
  private int port;

  /** What the server does with a request that was let through; answers with the body "done". */
  protected interface Handler {
    /** Handles the request. */
    void handle(String path) throws IOException;
  }

  /** Starts a server of loopback with the filter before the handler; its port. */
  protected abstract int start(FencingGate gate, String header, Handler handler) throws Exception;

  /** Stops it. */
  protected abstract void stop() throws Exception;

  @BeforeEach
  void start_server() throws Exception {
    port = start(new BreakableGate(), HEADER, this::handle);
  }

  @AfterEach
  void stop_server() throws Exception {
    slowMayEnd.countDown();
    stop();
  }

  private void handle(String path) throws IOException {
    switch (path) {
      case "/slow" -> {
        slowIsInside.countDown();
        try {
          slowMayEnd.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      case "/throws" -> throw new IllegalArgumentException("the handler's own affair");
      default -> handled.add(path);
    }
  }

  private final class BreakableGate implements FencingGate {
    private final InMemoryFencingGate tokens = new InMemoryFencingGate();

    @Override
    public void admit(String resource, long token)
        throws StaleTokenException, InterruptedException {
      tokens.admit(resource, token);
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T write(
        String resource, long token, GuardedWrite<T, E> write)
        throws StaleTokenException, InterruptedException, E {
      if (gateIsBroken.get()) {
        throw new GateUnavailableException("the disk is full", null);
      }
      return tokens.write(resource, token, write);
    }

    @Override
    public OptionalLong highestToken(String resource) {
      return tokens.highestToken(resource);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .POST(HttpRequest.BodyPublishers.ofString("body"));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, long token) throws Exception {
    return send(request(path).header(HEADER, Long.toString(token)));
  }

  @Test
  void equal_and_higher_tokens_pass() throws Exception {
    for (long token : new long[] {33, 33, 34, Long.MAX_VALUE}) {
      HttpResponse<String> response = post("/orders", token);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("done");
    }
    assertThat(handled).hasSize(4);
  }

  @Test
  void a_lower_token_is_refused_with_412_and_not_handled() throws Exception {
    post("/orders", 34);
    handled.clear();

    HttpResponse<String> response = post("/orders", 33);

    assertThat(response.statusCode()).isEqualTo(412);
    assertThat(response.body()).contains("33").contains("34").endsWith("holder.\n");
    assertThat(handled).isEmpty();
    assertThat(post("/customers", 33).statusCode()).isEqualTo(200);
  }

  @Test
  void a_missing_token_is_refused_with_428() throws Exception {
    HttpResponse<String> response = send(request("/orders").header("Fencing-Token", "7"));

    assertThat(response.statusCode()).isEqualTo(428);
    assertThat(response.body()).contains(HEADER);
    assertThat(handled).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "+1", "1.0", "0x10", "12 13", "9223372036854775808"})
  void what_is_no_token_is_refused_with_400(String value) throws Exception {
    HttpResponse<String> response = send(request("/orders").header(HEADER, value));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(handled).isEmpty();
  }

  @Test
  void two_tokens_are_refused_with_400() throws Exception {
    assertThat(send(request("/orders").header(HEADER, "7").header(HEADER, "8")).statusCode())
        .isEqualTo(400);
  }

  @Test
  void a_resource_of_impossible_name_is_refused_with_400() throws Exception {
    assertThat(post("/" + "x".repeat(1024), 7).statusCode()).isEqualTo(400);
  }

  @Test
  void the_name_of_the_header_is_deaf_to_case() throws Exception {
    post("/orders", 34);
    assertThat(send(request("/orders").header("x-fENCE", "33")).statusCode()).isEqualTo(412);
  }

  @Test
  void what_needs_no_token_passes_without() throws Exception {
    assertThat(send(request("/orders").GET()).statusCode()).isEqualTo(200);
    assertThat(handled).containsExactly("/orders");
  }

  @Test
  void a_gate_that_cannot_tell_is_503() throws Exception {
    gateIsBroken.set(true);
    assertThat(post("/orders", 7).statusCode()).isEqualTo(503);
    assertThat(handled).isEmpty();
  }

  @Test
  void a_later_token_waits_until_the_request_under_the_earlier_one_was_handled() throws Exception {
    CompletableFuture<HttpResponse<String>> first =
        client.sendAsync(
            request("/slow").header(HEADER, "33").build(), HttpResponse.BodyHandlers.ofString());
    slowIsInside.await();
    CompletableFuture<HttpResponse<String>> second =
        client.sendAsync(
            request("/slow").header(HEADER, "34").build(), HttpResponse.BodyHandlers.ofString());
    assertThat(post("/orders", 1).statusCode()).isEqualTo(200);
    assertThat(second).isNotDone();

    slowMayEnd.countDown();

    assertThat(first.get().statusCode()).isEqualTo(200);
    assertThat(second.get().statusCode()).isEqualTo(200);
    assertThat(post("/slow", 33).statusCode()).isEqualTo(412);
  }

  @Test
  void what_the_handler_throws_is_not_taken_for_a_bad_request() throws Exception {
    int status;
    try {
      status = post("/throws", 7).statusCode();
    } catch (IOException closedWithoutAnAnswer) {
      status = 500;
    }
    assertThat(status).isEqualTo(500);
    assertThat(post("/throws", 6).statusCode()).as("the token was remembered").isEqualTo(412);
  }
}
