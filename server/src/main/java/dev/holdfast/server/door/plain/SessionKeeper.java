package dev.holdfast.server.door.plain;

import dev.holdfast.server.door.DoorClient;
import dev.holdfast.server.door.DoorClients;
import dev.holdfast.server.door.DoorLoop;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps the sessions of clients that never renew them: a third of the way through the TTL, again
 * and again, while a connection is open that spoke for the client, and once more at the end of the
 * last one. What is left after that is the client's idle lease.
 */
public final class SessionKeeper {
  private final DoorClients clients;
  private final DoorLoop loop;
  private final PlainLocks locks;
  private final Map<String, Kept> byKey = new HashMap<>();

  public SessionKeeper(DoorClients clients, DoorLoop loop, PlainLocks locks) {
    this.clients = clients;
    this.loop = loop;
    this.locks = locks;
  }

  /** A connection speaks for a client. */
  public void join(DoorClient client) {
    Kept kept = byKey.get(client.key());
    if (kept == null) {
      kept = new Kept(client);
      byKey.put(client.key(), kept);
      locks.keep(client);
      kept.renewLater();
    }
    kept.connections++;
  }

  /** A connection that spoke for a client is gone. */
  public void leave(DoorClient client) {
    Kept kept = byKey.get(client.key());
    if (kept != null && --kept.connections == 0) {
      byKey.remove(client.key());
      kept.cancel.run();
      locks.leave(client);
      clients.renew(client, _ -> {});
    }
  }

  /** How many clients are kept. */
  public int size() {
    return byKey.size();
  }

  private final class Kept {
    private final DoorClient client;
    private int connections;
    private Runnable cancel = () -> {};

    Kept(DoorClient client) {
      this.client = client;
    }

    void renewLater() {
      cancel = loop.after(Math.max(1, client.ttlMillis() / 3), this::renew);
    }

    /** Without waiting for the answer: a leader that is slow must not cost the renewal after it. */
    private void renew() {
      clients.renew(client, _ -> {});
      locks.undoLeftOver(client);
      renewLater();
    }
  }
}
