package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.Demand;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine;
import dev.holdfast.history.NodeLine.GrantEnd;
import dev.holdfast.history.NodeLine.GrantKind;
import dev.holdfast.history.NodeLine.QueueExit;
import dev.holdfast.history.NodeLine.SessionEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lock service that is slow, obvious and right: lists, and a look at all of them at every step.
 * It tells what it does in the words of a node's recording, and answers requests.
 */
final class ToyService {
  /** The table of modes, as in the documents: a row and a column for each of IS IX S SIX X. */
  private static final String COMPATIBLE = "yyyyn" + "yynnn" + "ynynn" + "ynnnn" + "nnnnn";

  /** The lock that stays reserved for so long after its holder has vanished. */
  static final String DELAYED = "d";

  private static final long DELAY_MILLIS = 150;

  private static final List<LockMode> MODES =
      List.of(LockMode.IS, LockMode.IX, LockMode.S, LockMode.SIX, LockMode.X);

  record Request(
      long session,
      long sequence,
      String owner,
      Demand demand,
      long waitMillis,
      long leaseMillis) {}

  private record Held(long token, long ticket, Request request, long expiresAtMillis) {}

  /** What is kept from everybody after its holder has vanished. */
  private record Reserved(long token, Request request, long untilMillis) {}

  private record Queue(long ticket, Request request, long untilMillis) {}

  private static final class Session {
    final long ttlMillis;
    long deadlineMillis;

    Session(long ttlMillis) {
      this.ttlMillis = ttlMillis;
    }
  }

  private final Consumer<NodeLine.Applied> lines;
  private final BiConsumer<RequestKey, Answer> answers;
  private final Map<Long, Session> sessions = new TreeMap<>();
  private final Map<Long, Held> held = new TreeMap<>();
  private final Map<Long, Queue> queue = new TreeMap<>();
  private final Map<Long, Reserved> reserved = new TreeMap<>();
  private final Map<RequestKey, Answer> answered = new java.util.HashMap<>();
  private long revision;
  private long clockMillis;

  /**
   * @param lines hears what is applied, by node ""
   * @param answers hears what is answered, {@code Queued} included
   */
  ToyService(Consumer<NodeLine.Applied> lines, BiConsumer<RequestKey, Answer> answers) {
    this.lines = lines;
    this.answers = answers;
  }

  long revision() {
    return revision;
  }

  long clockMillis() {
    return clockMillis;
  }

  boolean isOpen(long session) {
    return sessions.containsKey(session);
  }

  boolean waits(long session, String owner) {
    return queue.values().stream()
        .anyMatch(each -> each.request.session == session && each.request.owner.equals(owner));
  }

  List<Long> holders(String lock) {
    return held.values().stream()
        .filter(each -> each.request.demand.lock().equals(lock))
        .map(Held::token)
        .toList();
  }

  /** The clock goes on, and what is due ends. */
  void advance(long millis, List<Long> renewedFirst) {
    clockMillis = Math.max(clockMillis, millis);
    for (long session : renewedFirst) {
      revision++;
      renew(session);
    }
    for (Map.Entry<Long, Session> entry : List.copyOf(sessions.entrySet())) {
      if (entry.getValue().deadlineMillis <= clockMillis) {
        revision++;
        end(entry.getKey(), SessionEnd.EXPIRED);
      }
    }
    for (Held each : List.copyOf(held.values())) {
      if (each.expiresAtMillis != 0 && each.expiresAtMillis <= clockMillis) {
        revision++;
        release(each, 0, 0, GrantEnd.LEASE_EXPIRED);
        grantWaiting();
      }
    }
    for (Reserved each : List.copyOf(reserved.values())) {
      if (each.untilMillis <= clockMillis) {
        revision++;
        reserved.remove(each.token);
        lines.accept(new NodeLine.ReservationEnded("", revision, clockMillis, 0, each.token, ""));
        grantWaiting();
      }
    }
    for (Queue each : List.copyOf(queue.values())) {
      if (each.untilMillis <= clockMillis && queue.containsKey(each.ticket)) {
        revision++;
        leave(each, QueueExit.TIMED_OUT);
        answer(each.request, new Answer.Refused("WAIT_TIMED_OUT", revision));
        grantWaiting();
      }
    }
  }

  private void renew(long session) {
    Session known = sessions.get(session);
    if (known != null) {
      known.deadlineMillis = clockMillis + known.ttlMillis;
    }
  }

  long open(String client, long ttlMillis) {
    long id = ++revision;
    Session session = new Session(ttlMillis);
    session.deadlineMillis = clockMillis + ttlMillis;
    sessions.put(id, session);
    lines.accept(new NodeLine.SessionBegan("", id, clockMillis, 0, id, client, ttlMillis));
    return id;
  }

  void close(long session) {
    revision++;
    end(session, SessionEnd.CLOSED);
  }

  private void end(long session, SessionEnd end) {
    GrantEnd grantEnd =
        end == SessionEnd.CLOSED ? GrantEnd.SESSION_CLOSED : GrantEnd.SESSION_EXPIRED;
    List.copyOf(queue.values()).stream()
        .filter(each -> each.request.session == session)
        .forEach(each -> leave(each, QueueExit.SESSION_ENDED));
    List.copyOf(held.values()).stream()
        .filter(each -> each.request.session == session)
        .forEach(each -> release(each, 0, 0, grantEnd));
    sessions.remove(session);
    lines.accept(new NodeLine.SessionEnded("", revision, clockMillis, 0, session, end));
    grantWaiting();
  }

  private boolean repeats(long session, long sequence) {
    revision++;
    Answer known = answered.get(new RequestKey(session, sequence));
    if (known == null || !sessions.containsKey(session)) {
      return !sessions.containsKey(session);
    }
    answers.accept(new RequestKey(session, sequence), known);
    lines.accept(
        new NodeLine.RequestAnswered("", revision, clockMillis, 0, session, sequence, known));
    return true;
  }

  void acquire(Request request) {
    if (repeats(request.session, request.sequence)) {
      return;
    }
    renew(request.session);
    long ticket = revision;
    if (waits(request.session, request.owner)) {
      refuse(request, "ALREADY_WAITING");
    } else if (held.values().stream().anyMatch(each -> sameHolder(each.request, request))) {
      refuse(request, "ALREADY_HELD");
    } else if (!isBlocked(request, ticket)) {
      grant(request, ticket, GrantKind.ACQUIRED);
    } else if (request.waitMillis == 0) {
      refuse(request, "HELD_BY_ANOTHER");
    } else {
      long until = request.waitMillis < 0 ? Long.MAX_VALUE : clockMillis + request.waitMillis;
      queue.put(ticket, new Queue(ticket, request, until));
      lines.accept(
          new NodeLine.RequestQueued(
              "",
              ticket,
              clockMillis,
              0,
              request.session,
              request.sequence,
              request.owner,
              List.of(request.demand)));
      answers.accept(new RequestKey(request.session, request.sequence), new Answer.Queued(ticket));
    }
  }

  private static boolean sameHolder(Request one, Request other) {
    return one.session == other.session
        && one.owner.equals(other.owner)
        && one.demand.lock().equals(other.demand.lock());
  }

  void release(long session, long sequence, long token) {
    if (repeats(session, sequence)) {
      return;
    }
    renew(session);
    Held grant = held.get(token);
    Request request = new Request(session, sequence, "", new Demand("", LockMode.NL), 0, 0);
    if (grant == null || grant.request.session != session) {
      refuse(request, grant == null ? "STALE_TOKEN" : "NOT_HOLDER");
      return;
    }
    release(grant, sequence, session, GrantEnd.RELEASED);
    answer(request, new Answer.Released(revision));
    grantWaiting();
  }

  void extend(long session, long sequence, long token, long leaseMillis) {
    if (repeats(session, sequence)) {
      return;
    }
    renew(session);
    Held grant = held.get(token);
    Request request = new Request(session, sequence, "", new Demand("", LockMode.NL), 0, 0);
    if (grant == null || grant.request.session != session) {
      refuse(request, "STALE_TOKEN");
      return;
    }
    release(grant, sequence, session, GrantEnd.EXTENDED);
    Request again =
        new Request(session, sequence, grant.request.owner, grant.request.demand, 0, leaseMillis);
    grant(again, grant.ticket, GrantKind.EXTENDED);
  }

  /** Leaves a grant with less than it has. */
  void convert(long session, long sequence, long token, Demand less) {
    if (repeats(session, sequence)) {
      return;
    }
    renew(session);
    Held grant = held.get(token);
    Request request = new Request(session, sequence, "", less, 0, 0);
    if (grant == null || grant.request.session != session) {
      refuse(request, grant == null ? "STALE_TOKEN" : "NOT_HOLDER");
      return;
    }
    Request before = grant.request;
    Request after =
        new Request(
            before.session,
            before.sequence,
            before.owner,
            less,
            before.waitMillis,
            before.leaseMillis);
    held.put(token, new Held(token, grant.ticket, after, grant.expiresAtMillis));
    lines.accept(
        new NodeLine.LockConverted(
            "", revision, clockMillis, 0, token, session, sequence, List.of(less)));
    answer(request, new Answer.Granted(token, grant.expiresAtMillis, revision));
    grantWaiting();
  }

  /** Gives a grant to another session, ahead of the queue. */
  void handOver(long session, long sequence, long token, long to) {
    if (repeats(session, sequence)) {
      return;
    }
    renew(session);
    Held grant = held.get(token);
    Request request = new Request(session, sequence, "", new Demand("", LockMode.NL), 0, 0);
    if (grant == null || grant.request.session != session) {
      refuse(request, grant == null ? "STALE_TOKEN" : "NOT_HOLDER");
      return;
    }
    Request receiver = new Request(to, 0, "h", grant.request.demand, 0, grant.request.leaseMillis);
    held.remove(token);
    boolean stands =
        held.values().stream().noneMatch(each -> sameHolder(each.request, receiver))
            && !isBlocked(receiver, 0);
    held.put(token, grant);
    if (!sessions.containsKey(to) || !stands) {
      refuse(request, "HELD_BY_ANOTHER");
      return;
    }
    long ticket = revision;
    long next = ++revision;
    release(grant, sequence, session, GrantEnd.HANDED_OVER);
    held.put(next, new Held(next, ticket, receiver, grant.expiresAtMillis));
    lines.accept(
        new NodeLine.LockGranted(
            "",
            next,
            clockMillis,
            0,
            ticket,
            to,
            0,
            "h",
            List.of(receiver.demand),
            grant.expiresAtMillis,
            GrantKind.HANDED_OVER,
            token));
    answer(request, new Answer.HandedOver(next));
    grantWaiting();
  }

  void cancel(long session, long sequence) {
    Queue waiting = null;
    for (Queue each : queue.values()) {
      if (each.request.session == session && each.request.sequence == sequence) {
        waiting = each;
      }
    }
    if (repeats(session, sequence)) {
      return;
    }
    renew(session);
    if (waiting == null) {
      refuse(new Request(session, sequence, "", new Demand("", LockMode.NL), 0, 0), "CANCELLED");
      return;
    }
    leave(waiting, QueueExit.CANCELLED);
    answer(waiting.request, new Answer.Refused("CANCELLED", revision));
    grantWaiting();
  }

  private void grant(Request request, long ticket, GrantKind how) {
    long token = ++revision;
    long expires = request.leaseMillis == 0 ? 0 : clockMillis + request.leaseMillis;
    held.put(token, new Held(token, ticket, request, expires));
    lines.accept(
        new NodeLine.LockGranted(
            "",
            token,
            clockMillis,
            0,
            ticket,
            request.session,
            request.sequence,
            request.owner,
            List.of(request.demand),
            expires,
            how));
    answer(request, new Answer.Granted(token, expires));
  }

  private void refuse(Request request, String reason) {
    Answer answer = new Answer.Refused(reason, revision);
    lines.accept(
        new NodeLine.RequestAnswered(
            "", revision, clockMillis, 0, request.session, request.sequence, answer));
    answer(request, answer);
  }

  private void answer(Request request, Answer answer) {
    RequestKey key = new RequestKey(request.session, request.sequence);
    answered.put(key, answer);
    answers.accept(key, answer);
  }

  private void release(Held grant, long sequence, long by, GrantEnd end) {
    held.remove(grant.token);
    boolean vanished = end == GrantEnd.LEASE_EXPIRED || end == GrantEnd.SESSION_EXPIRED;
    boolean delays = vanished && grant.request.demand.lock().equals(DELAYED);
    long until = delays ? clockMillis + DELAY_MILLIS : 0;
    if (delays) {
      reserved.put(grant.token, new Reserved(grant.token, grant.request, until));
    }
    lines.accept(
        new NodeLine.LockReleased(
            "",
            revision,
            clockMillis,
            0,
            grant.token,
            grant.request.session,
            sequence,
            by,
            end,
            until));
  }

  private void leave(Queue waiting, QueueExit exit) {
    queue.remove(waiting.ticket);
    lines.accept(
        new NodeLine.RequestLeft(
            "",
            revision,
            clockMillis,
            0,
            waiting.ticket,
            waiting.request.session,
            waiting.request.sequence,
            exit));
  }

  private void grantWaiting() {
    for (Queue next = firstUnblocked(); next != null; next = firstUnblocked()) {
      queue.remove(next.ticket);
      grant(next.request, next.ticket, GrantKind.ACQUIRED);
    }
  }

  private @Nullable Queue firstUnblocked() {
    for (Queue each : queue.values()) {
      if (!isBlocked(each.request, each.ticket)) {
        return each;
      }
    }
    return null;
  }

  private boolean isBlocked(Request request, long ticket) {
    if (request.demand.mode() == LockMode.PERMITS) {
      return lacksPermits(request, ticket);
    }
    if (reserved.values().stream().anyMatch(each -> excludes(each.request, request))) {
      return true;
    }
    for (Map.Entry<String, LockMode> need : needs(request).entrySet()) {
      if (isCovered(request, need.getKey(), need.getValue())) {
        continue;
      }
      List<Request> before = new ArrayList<>();
      held.values().forEach(each -> before.add(each.request));
      queue.values().stream()
          .filter(each -> each.ticket < ticket)
          .forEach(each -> before.add(each.request));
      for (Request other : before) {
        boolean own = other.session == request.session && other.owner.equals(request.owner);
        LockMode mode = needs(other).get(need.getKey());
        if (!own && mode != null && !compatible(mode, need.getValue())) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean lacksPermits(Request request, long ticket) {
    int taken = request.demand.permits();
    for (Held each : held.values()) {
      if (each.request.demand.lock().equals(request.demand.lock())) {
        taken += each.request.demand.permits();
      }
    }
    return taken > request.demand.limit()
        || queue.values().stream()
            .anyMatch(
                each ->
                    each.ticket < ticket
                        && each.request.demand.lock().equals(request.demand.lock())
                        && !sameOwner(each.request, request));
  }

  private static boolean sameOwner(Request one, Request other) {
    return one.session == other.session && one.owner.equals(other.owner);
  }

  private static boolean excludes(Request one, Request other) {
    Map<String, LockMode> needs = needs(one);
    return needs(other).entrySet().stream()
        .anyMatch(
            need ->
                needs.containsKey(need.getKey())
                    && !compatible(needs.get(need.getKey()), need.getValue()));
  }

  private boolean isCovered(Request request, String lock, LockMode mode) {
    for (Held each : held.values()) {
      boolean own =
          each.request.session == request.session && each.request.owner.equals(request.owner);
      LockMode has = needs(each.request).get(lock);
      boolean enough =
          has == mode
              || has == LockMode.X
              || (mode == LockMode.IS && has != null)
              || (mode == LockMode.IX && has == LockMode.SIX)
              || (mode == LockMode.S && has == LockMode.SIX);
      if (own && enough) {
        return true;
      }
    }
    return false;
  }

  private static Map<String, LockMode> needs(Request request) {
    Map<String, LockMode> needs = new TreeMap<>();
    String lock = request.demand.lock();
    LockMode mode = request.demand.mode();
    boolean shares = mode == LockMode.S || mode == LockMode.IS;
    for (int slash = lock.indexOf('/'); slash >= 0; slash = lock.indexOf('/', slash + 1)) {
      needs.put(lock.substring(0, slash), shares ? LockMode.IS : LockMode.IX);
    }
    needs.put(lock, mode);
    return needs;
  }

  private static boolean compatible(LockMode one, LockMode other) {
    return COMPATIBLE.charAt(MODES.indexOf(one) * MODES.size() + MODES.indexOf(other)) == 'y';
  }
}
