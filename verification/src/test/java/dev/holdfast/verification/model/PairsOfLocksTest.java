package dev.holdfast.verification.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event;
import dev.holdfast.core.LockInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * "Such requests cannot deadlock with each other": 16 clients want pairs of locks, each pair in one
 * request and in an order of its own, and hold nothing while they wait. Core and the model go side
 * by side.
 */
final class PairsOfLocksTest {
  private static final int CLIENTS = 16;
  private static final int PAIRS_EACH = Integer.getInteger("holdfast.pairs", 1_000);
  private static final int LOCKS = 12;

  private final LockStateMachine core = new LockStateMachine();
  private final SideBySide pair = new SideBySide(core, new LockModel());
  private final Dice dice = new Dice(Long.getLong("holdfast.seed", 16));
  private final List<Client> clients = new ArrayList<>();

  /** One that wants a pair, waits for it, holds it, gives it back, and wants the next. */
  private static final class Client {
    final long sessionId;
    long sequence;
    long token;
    boolean waits;
    int pairsHeld;

    Client(long sessionId) {
      this.sessionId = sessionId;
    }

    boolean isDone() {
      return pairsHeld == PAIRS_EACH && token == 0;
    }
  }

  @Test
  void sixteen_clients_with_random_pairs_neither_deadlock_nor_hold_half_a_pair() {
    open();
    int entries = 0;
    while (!clients.stream().allMatch(Client::isDone)) {
      List<Client> able = clients.stream().filter(c -> !c.waits && !c.isDone()).toList();
      assertThat(able).as("nobody can go on after %s entries", entries).isNotEmpty();
      go(dice.oneOf(able));
      entries++;
    }
    System.out.println(
        CLIENTS + " clients had " + PAIRS_EACH + " pairs each in " + entries + " entries");
    assertThat(core.deadlocks()).isEmpty();
    assertThat(core.lockCount()).isZero();
  }

  private void open() {
    for (int i = 1; i <= CLIENTS; i++) {
      ByteString nonce = ByteString.copyFrom(ByteBuffer.allocate(16).putLong(i).putLong(i).flip());
      OpenSession open =
          OpenSession.newBuilder()
              .setNonce(nonce)
              .setSecretHash(nonce.concat(nonce))
              .setTtlMillis(86_400_000)
              .build();
      pair.apply(entry(Command.newBuilder().setOpen(open).build()));
      clients.add(new Client(core.revision()));
    }
  }

  private void go(Client client) {
    Request.Builder request = Request.newBuilder().setSequence(++client.sequence);
    if (client.token != 0) {
      request.setRelease(Release.newBuilder().setToken(client.token));
      client.token = 0;
    } else {
      request.setAcquire(pairOfLocks());
    }
    SessionRequest command =
        SessionRequest.newBuilder()
            .setSessionId(client.sessionId)
            .setRequest(request)
            .setAcknowledged(Acknowledged.newBuilder().setBelow(client.sequence))
            .build();
    SideBySide.Step step = pair.apply(entry(Command.newBuilder().setRequest(command).build()));
    step.applied().events().forEach(this::read);
    requireWholePairs();
  }

  private Acquire pairOfLocks() {
    int one = dice.below(LOCKS);
    int other = (one + 1 + dice.below(LOCKS - 1)) % LOCKS;
    return Acquire.newBuilder()
        .setOwner("t")
        .setWaitMillis(-1)
        .addDemands(demand(one))
        .addDemands(demand(other))
        .build();
  }

  private Demand demand(int lock) {
    return Demand.newBuilder()
        .setLock("lock" + lock)
        .setMode(dice.oneIn(4) ? LockMode.LOCK_MODE_S : LockMode.LOCK_MODE_X)
        .build();
  }

  private void read(Event event) {
    for (Client client : clients) {
      if (event instanceof Event.RequestQueued queued && queued.sessionId() == client.sessionId) {
        client.waits = true;
      }
      if (event instanceof Event.LockGranted granted && granted.sessionId() == client.sessionId) {
        client.waits = false;
        client.token = granted.revision();
        client.pairsHeld++;
      }
    }
    assertThat(event).isNotInstanceOfAny(Event.DeadlockFound.class, Event.RequestLeft.class);
  }

  private void requireWholePairs() {
    TreeMap<Long, Integer> locksByToken = new TreeMap<>();
    for (LockInfo lock : core.locks("", "", 1_000)) {
      lock.holders().forEach(holder -> locksByToken.merge(holder.token(), 1, Integer::sum));
    }
    assertThat(locksByToken.values()).allMatch(locks -> locks == 2);
  }

  private static LogEntry entry(Command command) {
    return LogEntry.newBuilder().setClockMillis(5).addCommands(command).build();
  }
}
