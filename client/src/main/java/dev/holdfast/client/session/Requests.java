package dev.holdfast.client.session;

import dev.holdfast.client.session.Call.Purpose;
import dev.holdfast.client.session.Call.Stage;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Granted;
import dev.holdfast.protocol.v1.QueueNews;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a session, from the moment at which somebody makes them to their final answer, each
 * executed once.
 *
 * <p>A call gets its number when it is first sent. Until its final answer is here it is
 * <em>open</em>, and it is sent again over every new stream; the cluster knows numbers that it has
 * seen and answers them from memory. An answer that has arrived is acknowledged with the next
 * frame, and the cluster forgets it.
 *
 * <p>A call that is taken back (its caller's time is over, or the caller was interrupted) stays
 * open as a {@code Cancel} of the same number. If it was granted in the meantime, the grant is
 * released. Until that is done its owner is busy: the cluster allows an owner one waiting request,
 * so the owner's next one is held back here.
 */
final class Requests {
  /**
   * Most numbers that are sent and neither answered nor placed in a queue. Fewer than the 1,024
   * answers that the cluster keeps for a session; those that wait in queues do not count, or they
   * could keep out the very request that their holder needs to go on.
   */
  static final int UNANSWERED_MAX = 500;

  /** Most calls that wait here because of {@link #UNANSWERED_MAX}, or for a node. */
  static final int WAITING_MAX = 20_000;

  /** Frames stay under 64 KiB and one request more. */
  private static final int FRAME_BYTES_AIM = 64 * 1024;

  private static final int FRAME_REQUESTS_MAX = 256;

  private final Lease lease;
  private final Timers timers;
  private final Grants grants;
  private final RetryPolicy retry;
  private final RandomGenerator random;
  private final SessionObserver observer;

  private final LinkedHashMap<Long, Call> open = new LinkedHashMap<>();
  private final Map<Long, Call> settledDoubts = new HashMap<>();
  private final Owners owners = new Owners();
  private final Outbox outbox = new Outbox();
  private final ReceivedNumbers received = new ReceivedNumbers();
  private final Set<Call> backingOff = new LinkedHashSet<>();
  private long lastSequence;
  private int unanswered;

  Requests(
      Lease lease,
      Timers timers,
      Grants grants,
      RetryPolicy retry,
      RandomGenerator random,
      SessionObserver observer) {
    this.lease = lease;
    this.timers = timers;
    this.grants = grants;
    this.retry = retry;
    this.random = random;
    this.observer = observer;
  }

  void submit(Call call) {
    call.action = grants.follow(call.action);
    Call takenBack = null;
    if (call.action instanceof Action.ReleaseGrant release) {
      grants.giveBack(release.token()); // a release is never taken back, so it is as good as done
      takenBack = owners.conversionTakenBack(release.token());
    }
    if (call.deadlineNanos != Call.NEVER) {
      call.timer = timers.schedule(call.deadlineNanos, () -> late(call));
    }
    if (takenBack != null) {
      call.stage = Stage.HELD_BACK;
      takenBack.parked.add(call); // which token to release, the conversion's answer will tell
      return;
    }
    if (call.isUrgent()) {
      outbox.add(call);
      return;
    }
    if (outbox.freshCount() + owners.heldBackCount() >= WAITING_MAX) {
      String detail =
          "this client has " + WAITING_MAX + " requests waiting to be sent; make fewer at a time";
      finish(call, refusedHere(RefusalReason.TOO_MANY_REQUESTS, detail));
      return;
    }
    hold(call);
  }

  /** The caller has left: nothing is delivered any more, and what the call did is undone. */
  void abandon(Call call) {
    if (call.stage == Stage.DONE) {
      return;
    }
    cancelTimer(call);
    if (call.sequence == 0 && !call.isUrgent()) {
      call.stage = Stage.DONE;
      owners.forget(call);
      outbox.forget(call);
    } else {
      takeBack(call);
    }
  }

  /**
   * Finds out for somebody what became of a call in doubt; false if there is none of that number.
   */
  boolean resolve(long sequence, Call.Resolver resolver) {
    Call settled = settledDoubts.remove(sequence);
    if (settled != null && settled.settled != null) {
      cancelTimer(settled);
      handOver(settled.settled, resolver);
      return true;
    }
    Call call = open.get(sequence);
    if (call == null || !call.doubt || call.resolver != null) {
      return false;
    }
    cancelTimer(call);
    call.resolver = resolver;
    return true;
  }

  /** Nobody wants to know any more what became of a call in doubt. */
  void abandonDoubt(long sequence) {
    Call settled = settledDoubts.remove(sequence);
    if (settled != null && settled.settled != null) {
      cancelTimer(settled);
      undo(settled.settled);
    }
    Call call = open.get(sequence);
    if (call != null && call.doubt) {
      cancelTimer(call);
      call.resolver = null;
      call.doubt = false;
      takeBack(call);
    }
  }

  void answered(long sequence, Answer answer) {
    Call call = open.get(sequence);
    if (call == null) {
      return; // a repetition of an answer that is here already
    }
    switch (answer.getResultCase()) {
      case QUEUED -> call.ticket = answer.getQueued().getTicket();
      case GRANTED, RELEASED, REFUSED, HANDED_OVER, DONE, APPENDED ->
          observer.requestAnswered(SentRequest.of(call), answer);
      case RESULT_NOT_SET -> {
        // Below.
      }
    }
    switch (answer.getResultCase()) {
      case QUEUED -> {
        if (call.purpose == Purpose.DO) {
          stage(call, Stage.PLACED);
        }
      }
      case GRANTED -> settle(call, granted(call, answer.getGranted()));
      case RELEASED -> settle(call, new CallResult.Released());
      case REFUSED -> {
        if (!maybeTryAgain(call, answer)) {
          settle(call, new CallResult.Refused(answer.getRefused()));
        }
      }
      case HANDED_OVER -> settle(call, handedOver(call, answer.getHandedOver().getToken()));
      case DONE -> settle(call, new CallResult.Done());
      case APPENDED -> settle(call, Wire.appended(answer.getAppended()));
      case RESULT_NOT_SET -> {
        // A word of a newer node: what it means is not known, so the call stays open.
      }
    }
  }

  /** A node tells where a request stands. */
  void newsArrived(QueueNews news) {
    Call call = open.get(news.getSequence());
    if (call != null && call.news != null && call.purpose == Purpose.DO) {
      call.news.accept(news);
    }
  }

  /** A new stream begins: whatever is open is sent again, oldest first. */
  void streamBegins() {
    received.tellAgain();
    unanswered = 0;
    outbox.forgetNumbered();
    for (Call call : open.values()) {
      if (call.stage != Stage.HELD_BACK) {
        call.enqueued = false;
        call.stage = Stage.WAITING;
        outbox.add(call);
      }
    }
  }

  /**
   * Sends those again that should have been answered long ago; a node knows numbers that it has
   * seen.
   */
  void sendAgainBefore(long sentBeforeNanos) {
    for (Call call : open.values()) {
      if (call.stage == Stage.SENT && call.lastSentNanos < sentBeforeNanos) {
        outbox.add(call);
      }
    }
  }

  /** Whether there is anything to fill a frame with. */
  boolean hasWork() {
    return outbox.hasWork(unanswered < UNANSWERED_MAX);
  }

  /** Whether a node owes answers. */
  boolean awaitsAnswers() {
    return unanswered > 0;
  }

  /** Whether the node does not know yet which answers have arrived. */
  boolean hasAcknowledgement() {
    return received.changed();
  }

  /** Puts in as much as a frame takes. */
  void fill(ClientFrame.Builder frame) {
    if (received.changed()) {
      frame.setAcknowledged(received.take());
    }
    int bytes = 0;
    while (bytes < FRAME_BYTES_AIM && frame.getRequestsCount() < FRAME_REQUESTS_MAX) {
      Call call = outbox.next(unanswered < UNANSWERED_MAX);
      if (call == null) {
        return;
      }
      if (call.stage == Stage.DONE) {
        continue;
      }
      if (call.action instanceof Action.AskRevocation ask && !maybeFindWaiting(call, ask)) {
        continue;
      }
      number(call);
      if (call.request == null) {
        call.request = Wire.request(call, lease.nowNanos());
      }
      bytes += call.request.getSerializedSize();
      frame.addRequests(call.request);
      if (call.news != null && call.purpose == Purpose.DO) {
        frame.getQueueNewsBuilder().addSequences(call.sequence);
      }
      call.lastSentNanos = lease.nowNanos();
      stage(call, Stage.SENT);
    }
  }

  /** The session is over: so is everything. */
  void endAll(CallResult.SessionOver over) {
    open.values().forEach(call -> observer.requestUnanswered(SentRequest.of(call)));
    List<Call> all = new ArrayList<>(open.values());
    all.addAll(outbox.drain());
    all.addAll(owners.drain());
    all.addAll(backingOff);
    List.copyOf(all).forEach(call -> all.addAll(call.parked));
    open.clear();
    backingOff.clear();
    owners.clear();
    settledDoubts.clear();
    unanswered = 0;
    for (Call call : all) {
      if (call.stage != Stage.DONE) {
        call.stage = Stage.DONE;
        finish(call, over);
      }
    }
  }

  /**
   * Releases a grant that nobody has; {@code then} says who its owner's next request has been
   * waiting for.
   */
  private void giveBack(HeldGrant grant, @Nullable Call then) {
    grant.markReleased();
    submit(
        new Call(new Action.ReleaseGrant(grant.token()), Call.NEVER, Call.WhenLate.DOUBT) {
          @Override
          protected boolean deliver(CallResult result) {
            if (then != null) {
              freeOwner(then);
            }
            return true;
          }
        });
  }

  private void late(Call call) {
    call.timer = null;
    boolean sent = call.sequence != 0;
    if (!sent && !call.isUrgent()) {
      owners.forget(call);
      outbox.forget(call);
      call.stage = Stage.DONE;
      call.deliver(new CallResult.TimedOut(false));
      return;
    }
    if (call.whenLate == Call.WhenLate.UNDO) {
      call.deliver(new CallResult.TimedOut(true));
      takeBack(call);
      return;
    }
    number(call);
    call.doubt = call.deliver(new CallResult.Unknown(call.sequence));
    if (!call.doubt) {
      takeBack(call);
    } else if (!call.isUrgent()) {
      say(call, Purpose.RESOLVE);
      forgetDoubtLater(call);
    }
  }

  private void forgetDoubtLater(Call call) {
    call.timer =
        timers.schedule(lease.nowNanos() + lease.ttlNanos(), () -> abandonDoubt(call.sequence));
  }

  /** Undoes a call that was sent: a release goes on, everything else is cancelled. */
  private void takeBack(Call call) {
    call.abandoned = true;
    if (call.action instanceof Action.ReleaseGrant) {
      return;
    }
    owners.takesBack(call);
    say(call, Purpose.CANCEL);
  }

  private void say(Call call, Purpose purpose) {
    if (call.purpose == purpose) {
      return;
    }
    call.purpose = purpose;
    call.request = null;
    call.enqueued =
        false; // if it is in a queue for what was to be said before, this one comes first
    stage(call, Stage.WAITING);
    outbox.add(call);
  }

  private void hold(Call call) {
    if (!owners.maybeHoldBack(call)) {
      call.stage = Stage.WAITING;
      outbox.add(call);
    }
  }

  private void freeOwner(Call takenBack) {
    for (Call call : owners.free(takenBack)) {
      call.action = grants.follow(call.action);
      hold(call);
    }
  }

  private void number(Call call) {
    if (call.sequence == 0) {
      call.sequence = ++lastSequence;
      call.firstSentNanos = lease.nowNanos();
      call.firstSentWallOffsetMillis = lease.wallOffsetMillis();
      if (call.attempts == 0) {
        call.firstAttemptNanos = call.firstSentNanos;
      }
      open.put(call.sequence, call);
      grants.changeSent(call.action, call.firstSentNanos);
    }
  }

  private void stage(Call call, Stage stage) {
    if (call.stage == Stage.SENT) {
      unanswered--;
    }
    if (stage == Stage.SENT) {
      unanswered++;
    }
    call.stage = stage;
  }

  private CallResult handedOver(Call call, long token) {
    if (call.action instanceof Action.HandOverGrant handOver) {
      grants.handedOver(handOver.token());
    }
    return new CallResult.HandedOver(token);
  }

  private CallResult granted(Call call, Granted granted) {
    if (call.action instanceof Action.ConvertGrant convert) {
      return grants.converted(convert, granted.getToken(), granted.getExpiresAtMillis());
    }
    String owner;
    List<Demand> demands;
    long leaseMillis;
    if (call.action instanceof Action.AcquireLocks acquire) {
      owner = acquire.owner();
      demands = acquire.demands();
      leaseMillis = acquire.leaseMillis();
    } else if (call.action instanceof Action.ExtendGrant extend) {
      owner = extend.owner();
      demands = extend.demands();
      leaseMillis = extend.leaseMillis();
      grants.extended(extend.token(), !call.abandoned && !call.doubt);
    } else {
      throw new IllegalStateException(
          "what brings no grant was answered with one: " + call.sequence);
    }
    HeldGrant grant =
        new HeldGrant(lease, granted.getToken(), owner, demands, granted.getExpiresAtMillis());
    grants.add(
        grant,
        lease.fixedLeaseEnd(
            call.firstSentNanos,
            call.firstSentWallOffsetMillis,
            leaseMillis,
            grant.expiresAtMillis()));
    return new CallResult.Granted(grant);
  }

  /**
   * A node that had no room has not executed the request, and has seen to it that nobody will under
   * this number; the next attempt gets a number of its own.
   */
  private boolean maybeTryAgain(Call call, Answer answer) {
    RefusalReason reason = answer.getRefused().getReason();
    if (!Wire.isTransient(reason) || call.purpose != Purpose.DO) {
      return false;
    }
    call.attempts++;
    boolean exhausted =
        call.attempts >= retry.attemptsMax()
            || lease.nowNanos() - call.firstAttemptNanos > retry.totalMax().toNanos();
    if (exhausted && !call.isUrgent() && Wire.isOverload(reason)) {
      return false;
    }
    grants.changeRefused(call.action, false);
    stage(call, Stage.BACKING_OFF);
    open.remove(call.sequence);
    received.add(call.sequence);
    call.sequence = 0;
    call.request = null;
    backingOff.add(call);
    long atNanos = lease.nowNanos() + retry.delayNanos(call.attempts, random);
    timers.schedule(atNanos, () -> tryAgain(call));
    return true;
  }

  private void tryAgain(Call call) {
    backingOff.remove(call);
    if (call.stage == Stage.BACKING_OFF) {
      hold(call);
    }
  }

  /** The final answer is here. */
  private void settle(Call call, CallResult result) {
    stage(call, Stage.DONE);
    open.remove(call.sequence);
    received.add(call.sequence);
    if (call.action instanceof Action.ReleaseGrant release) {
      grants.remove(release.token());
    } else if (result instanceof CallResult.Refused) {
      grants.changeRefused(call.action, isStale(result));
    }
    if (call.abandoned) {
      cancelTimer(call);
      undo(result, call);
      unpark(call);
    } else if (call.doubt && call.resolver == null) {
      call.settled = result;
      settledDoubts.put(call.sequence, call);
      if (call.timer == null) {
        forgetDoubtLater(call);
      }
    } else {
      finish(call, result);
    }
  }

  private void unpark(Call conversion) {
    for (Call release : conversion.parked) {
      release.action = grants.follow(release.action);
      release.stage = Stage.WAITING;
      outbox.add(release);
    }
    conversion.parked.clear();
  }

  /** Nobody has what a call brought. */
  void undo(CallResult result) {
    undo(result, null);
  }

  /** The same; {@code then} says whose owner has been waiting for it. */
  private void undo(CallResult result, @Nullable Call then) {
    if (result instanceof CallResult.Granted granted) {
      giveBack(granted.grant(), then);
      return;
    }
    if (result instanceof CallResult.Converted converted && converted.isReplaced()) {
      if (!grants.continueAs(converted.before(), converted.grant())) {
        giveBack(converted.grant(), then);
        return;
      }
      convertBack(converted.grant(), converted.before().granted());
    }
    if (then != null) {
      freeOwner(then);
    }
  }

  private void convertBack(HeldGrant grant, List<Demand> demands) {
    Action back =
        new Action.ConvertGrant(
            grant.owner(), grant.granted(), demands, grant.token(), Action.Patience.NONE, 0);
    submit(
        new Call(back, Call.NEVER, Call.WhenLate.DOUBT) {
          @Override
          protected boolean deliver(CallResult unused) {
            return true;
          }
        });
  }

  /**
   * The first request of this session that waits for the lock; without one there is nothing to ask.
   */
  private boolean maybeFindWaiting(Call call, Action.AskRevocation ask) {
    if (call.waitingSequence != 0) {
      return true;
    }
    for (Call waiting : open.values()) {
      if (waiting.stage == Stage.PLACED && Wire.wants(waiting.action, ask.lock())) {
        call.waitingSequence = waiting.sequence;
        return true;
      }
    }
    finish(
        call,
        refusedHere(
            RefusalReason.NOT_WAITING, "no request of this client waits for '" + ask.lock() + "'"));
    return false;
  }

  private static boolean isStale(CallResult result) {
    return result instanceof CallResult.Refused refused
        && refused.refused().getReason() == RefusalReason.STALE_TOKEN;
  }

  private void finish(Call call, CallResult result) {
    call.stage = Stage.DONE;
    cancelTimer(call);
    Call.Resolver resolver = call.resolver;
    if (resolver != null) {
      handOver(result, resolver);
    } else if (!call.abandoned && !call.doubt && !call.deliver(result)) {
      undo(result);
    }
  }

  private void handOver(CallResult result, Call.Resolver resolver) {
    if (!resolver.resolved(result)) {
      undo(result);
    }
  }

  private void cancelTimer(Call call) {
    if (call.timer != null) {
      timers.cancel(call.timer);
      call.timer = null;
    }
  }

  private static CallResult refusedHere(RefusalReason reason, String detail) {
    return new CallResult.Refused(Refused.newBuilder().setReason(reason).setDetail(detail).build());
  }
}
