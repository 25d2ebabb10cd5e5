package dev.holdfast.client;

import dev.holdfast.client.grpc.GrpcNetwork;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The watches of one client that are not over; closed together with it. */
final class Watches implements AutoCloseable {
  private final List<String> endpoints;
  private final GrpcNetwork network;
  private final Set<Watch> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Watches(List<String> endpoints, GrpcNetwork network) {
    this.endpoints = endpoints;
    this.network = network;
  }

  Watch begin(WatchTarget target, long fromRevision, WatchListener listener) {
    if (fromRevision < 0) {
      throw new IllegalArgumentException(
          "a watch begins at revision 1 or later, or at 0 for now, not at " + fromRevision);
    }
    if (closed) {
      throw new IllegalStateException("this client is closed; a watch of it would hear of nothing");
    }
    Watch watch = new Watch(target, fromRevision, listener, endpoints, network, open::remove);
    open.add(watch);
    watch.start();
    if (closed) {
      watch.close(); // whoever has closed the others may not have seen it
    }
    return watch;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(Watch::close);
  }
}
