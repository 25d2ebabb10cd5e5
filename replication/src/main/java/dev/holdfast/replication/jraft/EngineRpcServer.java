package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.rpc.impl.ConnectionClosedEventListener;
import com.google.protobuf.Message;
import dev.holdfast.replication.peer.InboundStream;
import dev.holdfast.replication.peer.RequestHandler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's processors behind the streams of the peer port.
 *
 * <p>Appends and heartbeats run on the stream's own thread, one after another as they arrived: the
 * engine numbers its answers in that order. Everything else (votes, snapshots, read indexes) may
 * wait for locks and goes to the pool.
 */
final class EngineRpcServer implements RpcServer, RequestHandler {
  private static final Logger log = LoggerFactory.getLogger(EngineRpcServer.class);

  private final Map<Class<?>, RpcProcessor<Message>> processors = new ConcurrentHashMap<>();
  private final List<ConnectionClosedEventListener> closedListeners = new CopyOnWriteArrayList<>();
  private final Executor pool;
  private final Runnable onWordOfLeader;

  /**
   * A server without processors.
   *
   * @param pool runs what need not be ordered; has a queue
   * @param onWordOfLeader called when this node has accepted an append or a heartbeat
   */
  EngineRpcServer(Executor pool, Runnable onWordOfLeader) {
    this.pool = pool;
    this.onWordOfLeader = onWordOfLeader;
  }

  @Override
  public boolean init(@Nullable Void options) {
    return true;
  }

  @Override
  public void shutdown() {
    // The port belongs to the node's transport.
  }

  @Override
  public void registerConnectionClosedEventListener(ConnectionClosedEventListener listener) {
    closedListeners.add(listener);
  }

  @Override
  @SuppressWarnings("unchecked")
  public void registerProcessor(RpcProcessor<?> processor) {
    try {
      processors.put(Class.forName(processor.interest()), (RpcProcessor<Message>) processor);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public int boundPort() {
    throw new UnsupportedOperationException("the transport knows its port");
  }

  @Override
  public boolean isStarted() {
    return true;
  }

  @Override
  public void onRequest(InboundStream stream, byte[] frame) {
    Message request;
    try {
      request = EngineMessages.fromFrame(frame);
    } catch (IOException e) {
      stream.fail(frame, String.valueOf(e.getMessage()));
      return;
    }
    RpcProcessor<Message> processor = processors.get(request.getClass());
    if (processor == null) {
      stream.fail(frame, "not served: " + request.getClass().getSimpleName());
    } else if (request instanceof AppendEntriesRequest || request instanceof PingRequest) {
      handle(processor, request, stream, frame);
    } else {
      try {
        pool.execute(() -> handle(processor, request, stream, frame));
      } catch (RejectedExecutionException e) {
        stream.fail(frame, "this node stops");
      }
    }
  }

  private void handle(
      RpcProcessor<Message> processor, Message request, InboundStream stream, byte[] frame) {
    try {
      processor.handleRequest(new Context(stream, frame), request);
    } catch (RuntimeException e) {
      log.error("The engine failed to handle a {}", request.getClass().getSimpleName(), e);
      stream.fail(frame, String.valueOf(e));
    }
  }

  @Override
  public void onClosed(InboundStream stream) {
    EngineConnection connection = new EngineConnection(stream);
    closedListeners.forEach(listener -> listener.onClosed(name(stream), connection));
  }

  private static String name(InboundStream stream) {
    return stream.toString();
  }

  private final class Context implements RpcContext {
    private final InboundStream stream;
    private final byte[] request;

    Context(InboundStream stream, byte[] request) {
      this.stream = stream;
      this.request = request;
    }

    @Override
    public void sendResponse(Object response) {
      if (response instanceof AppendEntriesResponse answer && answer.getSuccess()) {
        onWordOfLeader.run();
      }
      stream.respond(request, EngineMessages.toFrame((Message) response));
    }

    @Override
    public Connection getConnection() {
      return new EngineConnection(stream);
    }

    @Override
    public String getRemoteAddress() {
      return name(stream);
    }
  }

  /** A stream as the engine sees it; all that it keeps is kept with the stream. */
  private record EngineConnection(InboundStream stream) implements Connection {
    @Override
    public @Nullable Object getAttribute(String key) {
      return stream.attributes().get(key);
    }

    @Override
    public void setAttribute(String key, Object value) {
      stream.attributes().put(key, value);
    }

    @Override
    public @Nullable Object setAttributeIfAbsent(String key, Object value) {
      return stream.attributes().putIfAbsent(key, value);
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
