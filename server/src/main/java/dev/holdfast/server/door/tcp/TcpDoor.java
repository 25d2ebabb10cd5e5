package dev.holdfast.server.door.tcp;

import static jdk.net.ExtendedSocketOptions.TCP_KEEPCOUNT;
import static jdk.net.ExtendedSocketOptions.TCP_KEEPIDLE;
import static jdk.net.ExtendedSocketOptions.TCP_KEEPINTERVAL;

import dev.holdfast.server.door.Door;
import dev.holdfast.server.door.DoorLoop;
import dev.holdfast.server.door.DoorSite;
import dev.holdfast.server.door.traffic.DoorTraffic;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A port on which every connection is a state machine of a wire; one thread for all of them. */
public final class TcpDoor implements Door {
  private static final int BACKLOG = 1_024;

  /**
   * A client whose machine or network is gone holds its locks until that is noticed; the system
   * would ask after two hours. So it is noticed after 25 s.
   */
  private static final int SILENCE_SECONDS = 10;

  private static final int ASK_AGAIN_SECONDS = 5;
  private static final int ASK_TIMES = 3;

  /** Makes the state machine of a new connection. */
  @FunctionalInterface
  public interface Wire {
    /** Called on the door's thread. */
    Connection open(Link link);
  }

  /** Makes a wire when the thread is there on which it will live. */
  @FunctionalInterface
  public interface WireMaker {
    Wire make(DoorLoop loop);
  }

  private final String name;
  private final DoorSite site;
  private final int connectionsMax;
  private final WireMaker maker;
  private final DoorTraffic traffic;
  private @Nullable EventLoopGroup group;
  private @Nullable ChannelGroup channels;
  private @Nullable Channel listening;

  /**
   * A door that is not open yet.
   *
   * @param connectionsMax most connections at a time; one more is closed at once
   */
  public TcpDoor(String name, DoorSite site, int connectionsMax, WireMaker maker) {
    this.name = name;
    this.site = site;
    this.connectionsMax = connectionsMax;
    this.maker = maker;
    this.traffic = new DoorTraffic(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String address() {
    return site.address().toString();
  }

  @Override
  public DoorTraffic traffic() {
    return traffic;
  }

  @Override
  public void start() throws IOException {
    EventLoopGroup threads =
        new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("holdfast-" + name + "-" + site.node(), true),
            NioIoHandler.newFactory());
    group = threads;
    EventLoop loop = threads.next();
    ChannelGroup open = new DefaultChannelGroup(loop);
    channels = open;
    Wire wire = maker.make(new OnEventLoop(loop));
    ChannelFuture bound =
        new ServerBootstrap()
            .group(threads)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(NioChannelOption.of(TCP_KEEPIDLE), SILENCE_SECONDS)
            .childOption(NioChannelOption.of(TCP_KEEPINTERVAL), ASK_AGAIN_SECONDS)
            .childOption(NioChannelOption.of(TCP_KEEPCOUNT), ASK_TIMES)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(new SocketHandler(wire, open, connectionsMax, traffic));
                  }
                })
            .bind(new InetSocketAddress(site.address().host(), site.address().port()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      stop(0);
      throw new IOException(name + " door: " + bound.cause().getMessage(), bound.cause());
    }
    listening = bound.channel();
  }

  @Override
  public void stop(long patienceMillis) {
    if (listening != null) {
      listening.close().awaitUninterruptibly(patienceMillis);
    }
    if (channels != null) {
      channels.close().awaitUninterruptibly(patienceMillis);
    }
    if (group != null) {
      Future<?> _ = group.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
    }
  }

  /** The door's thread, as its state machines see it. */
  private record OnEventLoop(EventLoop loop) implements DoorLoop {
    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }

    @Override
    public Runnable after(long millis, Runnable task) {
      var scheduled = loop.schedule(task, millis, TimeUnit.MILLISECONDS);
      return () -> scheduled.cancel(false);
    }
  }
}
