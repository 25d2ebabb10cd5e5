package dev.holdfast.server.node;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.CloseSession;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.RenewSession;
import dev.holdfast.server.node.Waiting.OwnCommand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Renews and ends the sessions of clients that know none. Both are said of a session's number and
 * not of its client, so that one that arrives late cannot be taken for one about a later session.
 */
final class ClientSessions {
  private static final class Renewing {
    final ByteString client;
    final Consumer<Boolean> hears;
    final long giveUpNanos;

    /** Of what was sent last; 0 if nothing was. */
    long sessionId;

    @Nullable CommandKey sent;
    boolean told;

    Renewing(ByteString client, Consumer<Boolean> hears, long giveUpNanos) {
      this.client = client;
      this.hears = hears;
      this.giveUpNanos = giveUpNanos;
    }

    void tell(boolean alive) {
      if (!told) {
        told = true;
        hears.accept(alive);
      }
    }
  }

  /** A session is being ended: commands asked for before come first, and later ones wait. */
  private static final class Ending {
    final ByteString client;
    final Set<CommandKey> before;
    final long giveUpNanos;
    final List<Runnable> done = new ArrayList<>();
    final List<Runnable> afterwards = new ArrayList<>();

    /** 0 until the session was looked up. */
    long sessionId;

    boolean looking;

    Ending(ByteString client, Set<CommandKey> before, long giveUpNanos) {
      this.client = client;
      this.before = before;
      this.giveUpNanos = giveUpNanos;
    }

    void tellDone() {
      List.copyOf(done).forEach(Runnable::run);
      done.clear();
    }
  }

  private final Proposer proposer;
  private final ReadBarrier barrier;
  private final MapView map;
  private final NanoClock nanos;
  private final RandomGenerator random;
  private final Map<CommandKey, Renewing> renewals = new HashMap<>();
  private final ArrayDeque<Renewing> renewalPatience = new ArrayDeque<>();

  /** What was asked for last, by client, and is not done: all before it is done with it. */
  private final Map<ByteString, Renewing> latest = new HashMap<>();

  private final Map<ByteString, Ending> endings = new HashMap<>();
  private List<Renewing> toLookUp = new ArrayList<>();

  ClientSessions(
      Proposer proposer,
      ReadBarrier barrier,
      MapView map,
      NanoClock nanos,
      RandomGenerator random) {
    this.proposer = proposer;
    this.barrier = barrier;
    this.map = map;
    this.nanos = nanos;
    this.random = random;
  }

  // Renewals

  void renew(ByteString client, Consumer<Boolean> hears) {
    Renewing renewing = new Renewing(client, hears, nanos.nanoTime() + ClientDesk.PATIENCE_NANOS);
    renewalPatience.add(renewing);
    Renewing before = latest.put(client, renewing);
    if (before != null && before.told) {
      withdraw(before);
    }
    afterEnding(
        client,
        () -> {
          Long sessionId = sessionOf(client);
          if (sessionId == null) {
            // It may have been opened at another node a moment ago.
            toLookUp.add(renewing);
          } else {
            send(renewing, sessionId);
          }
        });
  }

  /**
   * Nobody waits for it, and a later one does the same: it is not sent again. Doors ask every third
   * of a TTL, so without a leader they would pile up for ever.
   */
  private void withdraw(Renewing renewing) {
    if (renewing.sent != null && renewals.remove(renewing.sent, renewing)) {
      proposer.settle(renewing.sent);
    }
  }

  private @Nullable Long sessionOf(ByteString client) {
    return map.read(machine -> machine.sessionOfClient(client));
  }

  private void send(Renewing renewing, long sessionId) {
    long nonce = 1 + (random.nextLong() >>> 1);
    CommandKey key = CommandKey.renewal(sessionId, nonce);
    renewing.sessionId = sessionId;
    renewing.sent = key;
    renewals.put(key, renewing);
    proposer.submit(
        Command.newBuilder()
            .setRenew(RenewSession.newBuilder().setSessionId(sessionId).setNonce(nonce))
            .build());
  }

  void onRenewed(long sessionId, long nonce, boolean alive) {
    Renewing renewing =
        renewals.isEmpty() ? null : renewals.remove(CommandKey.renewal(sessionId, nonce));
    if (renewing == null) {
      return;
    }
    if (alive) {
      finish(renewing, true);
    } else {
      // There may be a later session.
      toLookUp.add(renewing);
    }
  }

  private void finish(Renewing renewing, boolean alive) {
    latest.remove(renewing.client, renewing);
    renewing.tell(alive);
  }

  private void lookUp(Renewing renewing) {
    if (renewing.told) {
      finish(renewing, false);
      return;
    }
    barrier.await(
        passage -> {
          Long sessionId = sessionOf(renewing.client);
          switch (passage) {
            case PASSED -> {
              if (sessionId == null) {
                finish(renewing, false);
              } else {
                send(renewing, sessionId);
              }
            }
            case NO_LEADER, OVERLOADED -> toLookUp.add(renewing);
          }
        });
  }

  // Ends

  void end(ByteString client, Runnable done) {
    Ending running = endings.get(client);
    if (running != null && !running.afterwards.isEmpty()) {
      running.afterwards.add(() -> end(client, done));
      return;
    }
    if (running == null) {
      Set<CommandKey> before = new HashSet<>();
      for (OwnCommand own : proposer.pending()) {
        if (own.command().getClientOperation().getClient().equals(client)) {
          before.add(own.key());
        }
      }
      running = new Ending(client, before, nanos.nanoTime() + ClientDesk.PATIENCE_NANOS);
      endings.put(client, running);
    }
    running.done.add(done);
  }

  /** Runs something at once, or when the end of the client's session is through. */
  void afterEnding(ByteString client, Runnable action) {
    Ending ending = endings.get(client);
    if (ending == null) {
      action.run();
    } else {
      ending.afterwards.add(action);
    }
  }

  private void goOn(Ending ending) {
    ending.before.removeIf(key -> !proposer.isPending(key));
    if (ending.before.isEmpty() && ending.sessionId == 0 && !ending.looking) {
      ending.looking = true;
      barrier.await(
          passage -> {
            ending.looking = false;
            switch (passage) {
              case PASSED -> close(ending);
              case NO_LEADER, OVERLOADED -> {
                // Looked at again when something else has happened.
              }
            }
          });
    }
  }

  private void close(Ending ending) {
    Long sessionId = sessionOf(ending.client);
    if (sessionId == null) {
      finish(ending);
      return;
    }
    ending.sessionId = sessionId;
    proposer.submit(
        Command.newBuilder().setClose(CloseSession.newBuilder().setSessionId(sessionId)).build());
  }

  private void finish(Ending ending) {
    endings.remove(ending.client);
    ending.tellDone();
    ending.afterwards.forEach(Runnable::run);
  }

  void onSessionEnded(long sessionId) {
    for (Ending ending : List.copyOf(endings.values())) {
      if (ending.sessionId == sessionId) {
        finish(ending);
      }
    }
  }

  // Both

  void onRestored() {
    for (Map.Entry<CommandKey, Renewing> each : List.copyOf(renewals.entrySet())) {
      if (isGone(each.getValue().sessionId)) {
        renewals.remove(each.getKey());
        toLookUp.add(each.getValue());
      }
    }
    for (Ending ending : List.copyOf(endings.values())) {
      if (ending.sessionId != 0 && isGone(ending.sessionId)) {
        finish(ending);
      }
    }
  }

  private boolean isGone(long sessionId) {
    return map.read(machine -> machine.session(sessionId)) == null;
  }

  void settle(long nowNanos) {
    List.copyOf(endings.values()).forEach(this::goOn);
    List<Renewing> now = toLookUp;
    toLookUp = new ArrayList<>();
    now.forEach(this::lookUp);
    for (Ending ending : List.copyOf(endings.values())) {
      if (nowNanos - ending.giveUpNanos >= 0) {
        ending.tellDone();
      }
    }
    for (Renewing first = renewalPatience.peek();
        first != null && (first.told || nowNanos - first.giveUpNanos >= 0);
        first = renewalPatience.peek()) {
      renewalPatience.remove();
      first.tell(false);
      if (latest.get(first.client) != first) {
        withdraw(first);
      }
    }
  }

  long nanosUntilDue(long nowNanos) {
    Renewing first = renewalPatience.peek();
    long due = first == null ? Long.MAX_VALUE : first.giveUpNanos - nowNanos;
    for (Ending ending : endings.values()) {
      if (!ending.done.isEmpty()) {
        due = Math.min(due, ending.giveUpNanos - nowNanos);
      }
    }
    return Math.max(0, due);
  }
}
