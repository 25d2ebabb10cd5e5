package dev.holdfast.server.door.tcp;

import dev.holdfast.server.door.traffic.DoorTraffic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between a socket and the state machine of its connection. */
final class SocketHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOGGER = LoggerFactory.getLogger(SocketHandler.class);

  private final TcpDoor.Wire wire;
  private final ChannelGroup open;
  private final int connectionsMax;
  private final DoorTraffic traffic;
  private String peer = "unknown";
  private @Nullable Connection connection;
  private boolean wantsMore = true;

  SocketHandler(TcpDoor.Wire wire, ChannelGroup open, int connectionsMax, DoorTraffic traffic) {
    this.wire = wire;
    this.open = open;
    this.connectionsMax = connectionsMax;
    this.traffic = traffic;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    peer = peerOf(context);
    if (open.size() >= connectionsMax) {
      LOGGER.warn("connection_refused peer={} open={}: as many as may", peer, open.size());
      ChannelFuture _ = context.close();
      return;
    }
    open.add(context.channel());
    traffic.opened(peer);
    connection = wire.open(new SocketLink(context.channel()));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      ByteBuf buffer = (ByteBuf) message;
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
      if (connection != null) {
        connection.onBytes(bytes);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent && connection != null) {
      connection.onInputEnd();
    }
  }

  /** A client that does not read its answers is not read either. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    context.channel().config().setAutoRead(wantsMore && context.channel().isWritable());
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    Connection gone = connection;
    connection = null;
    if (gone != null) {
      traffic.closed(peer);
      gone.onClosed();
    }
  }

  /**
   * A connection that breaks is nothing special; anything else is a bug, of that connection only.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable problem) {
    if (problem instanceof IOException) {
      LOGGER.debug("connection_broken peer={}", peer, problem);
    } else {
      LOGGER.error("connection_failed peer={}", peer, problem);
    }
    ChannelFuture _ = context.close();
  }

  private static String peerOf(ChannelHandlerContext context) {
    SocketAddress address = context.channel().remoteAddress();
    if (!(address instanceof InetSocketAddress inet)) {
      return "unknown";
    }
    String host = inet.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
  }

  private final class SocketLink implements Link {
    private final Channel channel;

    SocketLink(Channel channel) {
      this.channel = channel;
    }

    @Override
    public void send(byte[] bytes) {
      ChannelFuture _ = channel.writeAndFlush(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
    }

    @Override
    public void close() {
      ChannelFuture _ =
          channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void read(boolean more) {
      wantsMore = more;
      channel.config().setAutoRead(more && channel.isWritable());
    }

    @Override
    public void requested() {
      traffic.requested();
    }

    @Override
    public String peer() {
      return peer;
    }
  }
}
