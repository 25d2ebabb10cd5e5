package dev.holdfast.client;

import dev.holdfast.client.grpc.GrpcNetwork;
import dev.holdfast.client.session.Network;
import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.client.session.SessionSettings;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a client. Every method checks its argument and returns this builder. For one thread
 * at a time.
 */
public final class HoldfastBuilder {
  private static final int LABEL_BYTES_MAX = 256;
  private static final Duration DAY = Duration.ofDays(1);
  private static final AtomicInteger LAST_CLIENT = new AtomicInteger();

  private List<String> endpoints = List.of();
  private boolean inOrder;
  private String label = defaultLabel();
  private @Nullable UUID clientId;
  private Duration sessionTtl = Duration.ofSeconds(10);
  private RetryPolicy retry = RetryPolicy.DEFAULT;
  private Duration connectTimeout = Duration.ofSeconds(2);
  private Duration openTimeout = Duration.ofSeconds(15);
  private Duration requestTimeout = Duration.ofSeconds(10);
  private Duration closeTimeout = Duration.ofSeconds(2);
  private int locksMax;
  private @Nullable Executor callbackExecutor;
  private @Nullable Network network;
  private @Nullable Path history;
  private @Nullable ClientTls tls;

  HoldfastBuilder() {}

  /**
   * Where nodes are: host:port, several apart by commas; without a port, {@value
   * Holdfast#DEFAULT_PORT}.
   */
  public HoldfastBuilder endpoints(String list) {
    endpoints = EndpointList.parse(list);
    return this;
  }

  /** Tries the endpoints in the order given, instead of beginning anywhere. */
  public HoldfastBuilder endpointsInOrder() {
    inOrder = true;
    return this;
  }

  /**
   * What the session says about itself to people, at most 256 bytes; by default host, pid, user and
   * program.
   */
  public HoldfastBuilder label(String text) {
    if (text.getBytes(StandardCharsets.UTF_8).length > LABEL_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a label has at most " + LABEL_BYTES_MAX + " bytes: " + text);
    }
    label = text;
    return this;
  }

  /** The client's UUID; by default made by {@link ClientId#create}. */
  public HoldfastBuilder clientId(UUID id) {
    clientId = id;
    return this;
  }

  /** How long the session outlives its last renewal: 100 ms to 1 day, by default 10 s. */
  public HoldfastBuilder sessionTtl(Duration ttl) {
    sessionTtl = within("sessionTtl", ttl, Duration.ofMillis(100), DAY);
    return this;
  }

  /** Back-off for connecting and for overload. */
  public HoldfastBuilder retry(RetryPolicy policy) {
    retry = policy;
    return this;
  }

  /**
   * How long one endpoint may take to attach a session before the next is tried: 10 ms to 1 min, by
   * default 2 s.
   */
  public HoldfastBuilder connectTimeout(Duration timeout) {
    connectTimeout =
        within("connectTimeout", timeout, Duration.ofMillis(10), Duration.ofMinutes(1));
    return this;
  }

  /** How long {@link #connect} waits for a session, 10 ms to 1 day, by default 15 s. */
  public HoldfastBuilder openTimeout(Duration timeout) {
    openTimeout = within("openTimeout", timeout, Duration.ofMillis(10), DAY);
    return this;
  }

  /**
   * How long a caller waits for an answer that ought to come at once: 1 ms to 1 day, by default 10
   * s.
   */
  public HoldfastBuilder requestTimeout(Duration timeout) {
    requestTimeout = within("requestTimeout", timeout, Duration.ofMillis(1), DAY);
    return this;
  }

  /** How long {@link Holdfast#close} may take: 0 to 1 min, by default 2 s. */
  public HoldfastBuilder closeTimeout(Duration timeout) {
    closeTimeout = within("closeTimeout", timeout, Duration.ZERO, Duration.ofMinutes(1));
    return this;
  }

  /**
   * Most locks that the session may hold and wait for, 1 to 1,000,000; 0 for the cluster's own
   * limit.
   */
  public HoldfastBuilder locksMax(int locks) {
    if (locks < 0 || locks > 1_000_000) {
      throw new IllegalArgumentException("locksMax must be 0 to 1,000,000, not " + locks);
    }
    locksMax = locks;
    return this;
  }

  /**
   * Where futures are completed and listeners told; by default a thread of this client, in order.
   * An executor that runs them on the calling thread ({@code Runnable::run}) runs them on the
   * session's thread: they must not block, and blocking calls of this library are refused there.
   * One that refuses a task has it run on the calling thread all the same.
   */
  public HoldfastBuilder callbackExecutor(Executor executor) {
    callbackExecutor = executor;
    return this;
  }

  /**
   * Speaks TLS to the nodes; by default connections are not encrypted. The files are read by {@link
   * #build}, which throws {@link IllegalArgumentException} if one of them cannot be used.
   *
   * @param settings whom to trust, and what to show of oneself
   */
  public HoldfastBuilder tls(ClientTls settings) {
    tls = settings;
    return this;
  }

  /**
   * Records what this client asks, is told and holds, for {@code holdfast verify}; by default
   * nothing is recorded. The file is written beside the work, by a thread of its own: what does not
   * fit into its buffer is left out, and the file says so. {@link Holdfast#close} writes what is
   * left.
   *
   * @param file of this client alone; written behind what it holds already
   */
  public HoldfastBuilder history(Path file) {
    history = file;
    return this;
  }

  /**
   * A client that opens its session with the first call that needs one. Does not block, except for
   * opening the file of {@link #history}.
   *
   * @throws UncheckedIOException if that file cannot be written
   */
  public Holdfast build() {
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException(
          "say where the nodes are, for instance endpoints(\"127.0.0.1:5470\")");
    }
    int number = LAST_CLIENT.incrementAndGet();
    UUID id = clientId == null ? ClientId.create() : clientId;
    SessionSettings settings =
        new SessionSettings(
            endpoints,
            inOrder,
            id.toString(),
            label,
            sessionTtl.toMillis(),
            locksMax,
            retry,
            connectTimeout.toMillis());
    SslContext encryption = HoldfastAdmin.encryption(tls);
    Path file = history;
    ClientHistory recording = file == null ? null : ClientHistory.open(file, id, label);
    Callbacks callbacks = new Callbacks(callbackExecutor, "holdfast-callback-" + number);
    Network other = network;
    if (other != null) {
      return new Holdfast(
          keeper(settings, other, callbacks, recording), id, endpoints, requestTimeout, null);
    }
    GrpcNetwork grpc = new GrpcNetwork("holdfast-session-" + number, encryption);
    return new Holdfast(
        keeper(settings, grpc, callbacks, recording), id, endpoints, requestTimeout, grpc);
  }

  private SessionKeeper keeper(
      SessionSettings settings,
      Network used,
      Callbacks callbacks,
      @Nullable ClientHistory recording) {
    return new SessionKeeper(settings, used, callbacks, requestTimeout, closeTimeout, recording);
  }

  /**
   * A client with an open session.
   *
   * @throws UnavailableException if no node gave it one within the open time-out, or the thread was
   *     interrupted, whose flag is set then
   * @throws OverloadedException if nodes refused it as the last word
   * @throws LockRefusedException if the cluster refuses such a session at all
   */
  public Holdfast connect() {
    Holdfast holdfast = build();
    try {
      holdfast.awaitOpen(openTimeout);
      return holdfast;
    } catch (HoldfastException failed) {
      holdfast.close();
      throw failed;
    }
  }

  /** Sessions over something else than gRPC: for tests. */
  HoldfastBuilder network(Network other) {
    network = other;
    return this;
  }

  private static Duration within(String what, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          what + " must be " + least + " to " + most + ", not " + value);
    }
    return value;
  }

  private static String defaultLabel() {
    String program = System.getProperty("sun.java.command", "java").split(" ", 2)[0];
    String text =
        ClientId.host()
            + " pid "
            + ProcessHandle.current().pid()
            + " "
            + ClientId.user()
            + " "
            + program;
    return text.length() <= 80 ? text : text.substring(0, 80);
  }
}
