package dev.holdfast.server.door;

import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.LockValue;
import dev.holdfast.core.ReservationInfo;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.core.WaitingInfo;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.GrantView;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.LockValueView;
import dev.holdfast.protocol.v1.LockView;
import dev.holdfast.protocol.v1.ReservationView;
import dev.holdfast.protocol.v1.SessionView;
import dev.holdfast.protocol.v1.WaitingView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells what is in a map in the words of the wire. To be used while nothing is applied. */
public final class MapViews {
  private final LockStateMachine machine;

  public MapViews(LockStateMachine machine) {
    this.machine = machine;
  }

  /** A lock with its holders and the length of its queue. */
  public LockView lock(LockInfo lock) {
    return LockView.newBuilder()
        .setLock(lock.name())
        .addAllHolders(holders(lock))
        .setHolderCount(lock.holderCount())
        .setQueueLength(lock.queueLength())
        .addAllReservations(reservations(lock))
        .build();
  }

  /** For whom nobody else can have the lock yet. */
  public List<ReservationView> reservations(LockInfo lock) {
    List<ReservationView> reservations = new ArrayList<>(lock.reservations().size());
    for (ReservationInfo reservation : lock.reservations()) {
      Demand demand = demandOf(lock.name(), reservation.demands());
      reservations.add(
          ReservationView.newBuilder()
              .setLock(lock.name())
              .setToken(reservation.token())
              .setSessionId(reservation.sessionId())
              .setOwner(reservation.owner())
              .setMode(demand.getMode())
              .setPermits(demand.getPermits())
              .setLeftMillis(Math.max(0, reservation.untilMillis() - machine.clockMillis()))
              .build());
    }
    return reservations;
  }

  /** What a holder has left with a lock; null if nothing. */
  public static @Nullable LockValueView value(LockInfo lock) {
    LockValue value = lock.value();
    return value == null
        ? null
        : LockValueView.newBuilder()
            .setValue(value.value())
            .setValid(value.valid())
            .setToken(value.token())
            .setRevision(value.revision())
            .build();
  }

  /** Who holds a lock. */
  public List<GrantView> holders(LockInfo lock) {
    List<GrantView> holders = new ArrayList<>(lock.holders().size());
    for (GrantInfo grant : lock.holders()) {
      holders.add(grant(lock.name(), grant));
    }
    return holders;
  }

  /** Who waits for a lock, the next one first. */
  public List<WaitingView> queue(LockInfo lock) {
    List<WaitingView> queue = new ArrayList<>(lock.queue().size());
    for (WaitingInfo waiting : lock.queue()) {
      queue.add(waiting(lock.name(), waiting, queue.size() + 1));
    }
    return queue;
  }

  /** A grant, as seen from one of its locks. */
  public GrantView grant(String lock, GrantInfo grant) {
    SessionInfo session = machine.session(grant.sessionId());
    long now = machine.clockMillis();
    GrantView.Builder view =
        GrantView.newBuilder()
            .setLock(lock)
            .setHolder(
                Holder.newBuilder()
                    .setSessionId(grant.sessionId())
                    .setOwner(grant.owner())
                    .setToken(grant.token())
                    .setMode(demandOf(lock, grant.demands()).getMode())
                    .setPermits(demandOf(lock, grant.demands()).getPermits())
                    .setLabel(label(session)))
            .setHeldMillis(Math.max(0, now - grant.grantedAtMillis()))
            .setLeaseLeftMillis(
                grant.expiresAtMillis() == 0 ? -1 : Math.max(0, grant.expiresAtMillis() - now));
    if (session != null) {
      view.setClientId(session.clientId())
          .setSessionLeftMillis(Math.max(0, session.deadlineMillis() - now));
    }
    return view.build();
  }

  private WaitingView waiting(String lock, WaitingInfo waiting, int position) {
    return WaitingView.newBuilder()
        .setLock(lock)
        .setSessionId(waiting.sessionId())
        .setOwner(waiting.owner())
        .setLabel(label(machine.session(waiting.sessionId())))
        .setMode(demandOf(lock, waiting.demands()).getMode())
        .setPermits(demandOf(lock, waiting.demands()).getPermits())
        .setTicket(waiting.ticket())
        .setWaitedMillis(Math.max(0, machine.clockMillis() - waiting.queuedAtMillis()))
        .setPosition(position)
        .build();
  }

  /** A session. */
  public SessionView session(SessionInfo session) {
    return SessionView.newBuilder()
        .setSessionId(session.sessionId())
        .setClientId(session.clientId())
        .setLabel(session.label())
        .setTtlMillis(session.ttlMillis())
        .setLeftMillis(Math.max(0, session.deadlineMillis() - machine.clockMillis()))
        .setGrants(session.grants())
        .setWaiting(session.waiting())
        .build();
  }

  private static String label(@Nullable SessionInfo session) {
    return session == null ? "" : session.label();
  }

  private static Demand demandOf(String lock, List<Demand> demands) {
    for (Demand demand : demands) {
      if (demand.getLock().equals(lock)) {
        return demand;
      }
    }
    return Demand.getDefaultInstance();
  }
}
