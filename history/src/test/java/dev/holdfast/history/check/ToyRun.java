package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine;
import dev.holdfast.history.ClientLine.Action;
import dev.holdfast.history.ClientLine.Consistency;
import dev.holdfast.history.ClientLine.HoldingEnd;
import dev.holdfast.history.Demand;
import dev.holdfast.history.HistoryLine;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A made-up run of clients against a {@link ToyService}, from one seed, with everything that a
 * history may contain: requests that wait, time out, are cancelled, get lost with or without their
 * effect, arrive twice; sessions that are renewed, closed and left to expire; fixed leases; reads;
 * a second node that lags, and is started anew.
 */
final class ToyRun {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long TTL_MILLIS = 1_000;
  private static final List<String> LOCKS = List.of("a", "a/b", "a/c", "d");
  private static final String SEMAPHORE = "p";
  private static final List<LockMode> MODES =
      List.of(LockMode.X, LockMode.X, LockMode.X, LockMode.S, LockMode.IX, LockMode.SIX);

  /** A request of a client, on its way there or back. */
  private static final class Call {
    final ToyService.Request request;
    final Action action;
    final long token;

    /** What it is about; null if it asks for something new. */
    final @Nullable Hold hold;

    final long invokedNanos;
    boolean losesAnswer;
    long ticket;
    @Nullable Answer answer;

    Call(ToyService.Request request, Action action, @Nullable Hold hold, long invokedNanos) {
      this.request = request;
      this.action = action;
      this.hold = hold;
      this.token = hold == null ? 0 : hold.token;
      this.invokedNanos = invokedNanos;
    }
  }

  /** What a client holds. */
  private record Hold(long token, String owner, Demand demand, long fromNanos, long untilNanos) {}

  private static final class Client {
    final String name;
    long session;
    long sequence;
    long certainUntilNanos;
    final TreeMap<Long, Hold> holds = new TreeMap<>();

    Client(String name) {
      this.name = name;
    }
  }

  private final Random random;
  private final List<HistoryLine> lines = new ArrayList<>();
  private final List<HistoryLine> behind = new ArrayList<>();
  private final Map<RequestKey, Call> calls = new HashMap<>();
  private final List<Call> under = new ArrayList<>();
  private final List<Call> over = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final ToyService service = new ToyService(this::applied, this::answered);
  private long nowNanos = 5 * NANOS_PER_MILLI;

  private ToyRun(long seed) {
    random = new Random(seed);
  }

  static List<HistoryLine> of(long seed, int steps) {
    ToyRun run = new ToyRun(seed);
    run.lines.add(new NodeLine.Began("n1", 0, 0, 0));
    run.behind.add(new NodeLine.Began("n2", 0, 0, 0));
    for (int i = 0; i < 3; i++) {
      run.clients.add(new Client("client-" + i));
    }
    for (int i = 0; i < steps; i++) {
      run.step();
    }
    run.end();
    return run.lines;
  }

  private void step() {
    nowNanos += 1 + random.nextLong(20 * NANOS_PER_MILLI);
    Client client = clients.get(random.nextInt(clients.size()));
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> acquire(client);
      case 3, 4 -> giveBack(client);
      case 5, 6, 7 -> arrive();
      case 8, 9 -> hear();
      case 10 -> renewOrRead(client);
      default -> catchUpOrEnd(client);
    }
    for (Client each : clients) {
      if (each.session != 0 && nowNanos >= each.certainUntilNanos) {
        loseAll(each, HoldingEnd.SESSION_LOST);
        each.session = 0;
      }
    }
  }

  private boolean opens(Client client) {
    if (client.session != 0) {
      return true;
    }
    long invoked = nowNanos;
    nowNanos += NANOS_PER_MILLI;
    expireDue(List.of());
    client.session = service.open(client.name, TTL_MILLIS);
    client.sequence = 0;
    nowNanos += NANOS_PER_MILLI;
    renewedAt(client, invoked);
    lines.add(
        new ClientLine.SessionOpened(
            client.session, client.name, TTL_MILLIS, "n1", invoked, nowNanos));
    return false;
  }

  private void renewedAt(Client client, long sentNanos) {
    client.certainUntilNanos = sentNanos + TTL_MILLIS * NANOS_PER_MILLI * 98 / 100;
  }

  private void acquire(Client client) {
    if (!opens(client)) {
      return;
    }
    Demand demand =
        random.nextInt(6) == 0
            ? Demand.permits(SEMAPHORE, 1 + random.nextInt(2), 3)
            : new Demand(
                LOCKS.get(random.nextInt(LOCKS.size())), MODES.get(random.nextInt(MODES.size())));
    boolean preempts = random.nextInt(4) == 0;
    long wait = preempts ? 0 : random.nextInt(4) == 0 ? 50 : -1;
    long lease = random.nextInt(5) == 0 ? 100 + random.nextInt(200) : 0;
    String owner = "t" + random.nextInt(2);
    ask(client, preempts ? Action.PREEMPT : Action.ACQUIRE, owner, demand, wait, lease, null);
  }

  private void ask(
      Client client,
      Action action,
      String owner,
      Demand demand,
      long wait,
      long lease,
      @Nullable Hold hold) {
    ToyService.Request request =
        new ToyService.Request(client.session, ++client.sequence, owner, demand, wait, lease);
    Call call = new Call(request, action, hold, nowNanos);
    calls.put(new RequestKey(request.session(), request.sequence()), call);
    under.add(call);
    if (random.nextInt(8) == 0) {
      under.add(call); // arrives twice
    }
    if (random.nextInt(15) == 0) {
      under.remove(call); // gets lost
    }
    call.losesAnswer = random.nextInt(15) == 0;
  }

  private void giveBack(Client client) {
    if (client.session == 0 || client.holds.isEmpty()) {
      return;
    }
    Hold hold = client.holds.firstEntry().getValue();
    boolean extendable = hold.untilNanos != Long.MAX_VALUE && random.nextBoolean();
    stopHolding(client, hold, HoldingEnd.GIVEN_BACK);
    Demand less = lessThan(hold.demand);
    if (random.nextInt(5) == 0 && less != null) {
      ask(client, Action.CONVERT, hold.owner, less, 0, 0, hold);
      return;
    }
    if (random.nextInt(8) == 0) {
      ask(client, Action.HAND_OVER, hold.owner, hold.demand, 0, 0, hold);
      return;
    }
    ask(
        client,
        extendable ? Action.EXTEND : Action.RELEASE,
        hold.owner,
        hold.demand,
        0,
        extendable ? 100 : 0,
        hold);
  }

  private static @Nullable Demand lessThan(Demand demand) {
    return switch (demand.mode()) {
      case X -> new Demand(demand.lock(), LockMode.S);
      case S -> new Demand(demand.lock(), LockMode.IS);
      case PERMITS ->
          demand.permits() > 1 ? Demand.permits(demand.lock(), 1, demand.limit()) : null;
      case NL, IS, IX, SIX -> null;
    };
  }

  /** A request arrives at the service. */
  private void arrive() {
    if (under.isEmpty()) {
      return;
    }
    Call call = under.remove(random.nextInt(under.size()));
    expireDue(List.of());
    ToyService.Request request = call.request;
    switch (call.action) {
      case RELEASE -> service.release(request.session(), request.sequence(), call.token);
      case CONVERT ->
          service.convert(request.session(), request.sequence(), call.token, request.demand());
      case HAND_OVER ->
          service.handOver(
              request.session(),
              request.sequence(),
              call.token,
              clients.get(random.nextInt(clients.size())).session);
      case EXTEND ->
          service.extend(request.session(), request.sequence(), call.token, request.leaseMillis());
      default -> {
        boolean cancels = random.nextInt(12) == 0;
        if (cancels) {
          service.cancel(request.session(), request.sequence());
        } else if (!isQueued(call)) {
          service.acquire(request);
        }
      }
    }
  }

  private boolean isQueued(Call call) {
    return call.ticket != 0;
  }

  private void expireDue(List<Long> renewed) {
    service.advance(nowNanos / NANOS_PER_MILLI, renewed);
  }

  private void answered(RequestKey key, Answer answer) {
    Call call = calls.get(key);
    if (call == null) {
      return;
    }
    if (answer instanceof Answer.Queued queued) {
      call.ticket = queued.ticket();
    } else if (call.answer == null) {
      call.answer = answer;
      if (!call.losesAnswer) {
        over.add(call);
      }
    }
  }

  /** An answer arrives at its client. */
  private void hear() {
    if (over.isEmpty()) {
      return;
    }
    Call call = over.remove(random.nextInt(over.size()));
    record(call, call.answer == null ? new Answer.Unknown() : call.answer);
    Client client = ofSession(call.request.session());
    if (client == null || !(call.answer instanceof Answer.Granted granted)) {
      return;
    }
    Hold before = call.action == Action.CONVERT ? call.hold : null;
    long until =
        before != null
            ? before.untilNanos
            : granted.expiresAtMillis() == 0
                ? Long.MAX_VALUE
                : call.invokedNanos + call.request.leaseMillis() * NANOS_PER_MILLI * 98 / 100;
    if (nowNanos < until && call.action != Action.EXTEND) {
      client.holds.put(
          granted.token(),
          new Hold(granted.token(), call.request.owner(), call.request.demand(), nowNanos, until));
    }
  }

  private @Nullable Client ofSession(long session) {
    return clients.stream().filter(each -> each.session == session).findFirst().orElse(null);
  }

  private void record(Call call, Answer answer) {
    boolean takes =
        call.action == Action.ACQUIRE
            || call.action == Action.PREEMPT
            || call.action == Action.CONVERT;
    calls.remove(new RequestKey(call.request.session(), call.request.sequence()));
    lines.add(
        new ClientLine.Operation(
            call.request.session(),
            call.request.sequence(),
            call.action,
            takes ? call.request.owner() : "",
            takes ? List.of(call.request.demand()) : List.of(),
            call.token,
            call.request.waitMillis(),
            call.request.leaseMillis(),
            call.ticket,
            answer instanceof Answer.Unknown ? "" : "n1",
            call.invokedNanos,
            nowNanos,
            answer));
  }

  private void stopHolding(Client client, Hold hold, HoldingEnd end) {
    client.holds.remove(hold.token);
    long until = Math.min(Math.min(nowNanos, hold.untilNanos), client.certainUntilNanos);
    lines.add(
        new ClientLine.Holding(
            client.session,
            hold.owner,
            hold.token,
            List.of(hold.demand),
            hold.fromNanos,
            Math.max(hold.fromNanos, until),
            end));
  }

  private void loseAll(Client client, HoldingEnd end) {
    List.copyOf(client.holds.values()).forEach(hold -> stopHolding(client, hold, end));
  }

  private void renewOrRead(Client client) {
    if (client.session != 0 && random.nextInt(3) > 0) {
      long sent = nowNanos;
      nowNanos += random.nextLong(2 * NANOS_PER_MILLI);
      expireDue(List.of(client.session));
      if (service.isOpen(client.session)) {
        nowNanos += random.nextLong(2 * NANOS_PER_MILLI);
        renewedAt(client, sent);
        lines.add(
            new ClientLine.SessionRenewed(client.session, sent, nowNanos, service.clockMillis()));
      }
      return;
    }
    long asked = nowNanos++;
    String lock = LOCKS.get(random.nextInt(LOCKS.size()));
    lines.add(
        new ClientLine.LockRead(
            client.name,
            client.session,
            lock,
            random.nextBoolean() ? Consistency.LINEARIZABLE : Consistency.LOCAL,
            service.revision(),
            service.holders(lock),
            "n1",
            asked,
            ++nowNanos));
  }

  private void catchUpOrEnd(Client client) {
    if (random.nextInt(20) == 0 && client.session != 0) {
      loseAll(client, HoldingEnd.SESSION_CLOSED);
      nowNanos += NANOS_PER_MILLI;
      expireDue(List.of());
      if (service.isOpen(client.session)) {
        service.close(client.session);
      }
      client.session = 0;
    } else if (random.nextInt(10) == 0) {
      // The second node is started anew and applies everything again.
      List<HistoryLine> all = new ArrayList<>();
      all.add(new NodeLine.Began("n2", 0, 0, nowNanos));
      for (HistoryLine line : lines) {
        if (line instanceof NodeLine.Applied applied
            && line instanceof NodeLine.Began == false
            && applied.node().equals("n1")) {
          all.add(applied.toldBy("n2", nowNanos));
        }
      }
      behind.clear();
      behind.addAll(all);
    } else {
      int many = random.nextInt(behind.size() + 1);
      for (HistoryLine line : behind.subList(0, many)) {
        lines.add(line instanceof NodeLine.Applied applied ? applied.toldBy("n2", nowNanos) : line);
      }
      behind.subList(0, many).clear();
    }
  }

  private void applied(NodeLine.Applied line) {
    lines.add(line.toldBy("n1", nowNanos));
    behind.add(line);
  }

  private void end() {
    for (Client client : clients) {
      loseAll(client, HoldingEnd.STILL_HELD);
    }
    for (Call call : new java.util.LinkedHashSet<>(calls.values())) {
      record(call, new Answer.Unknown());
    }
    for (HistoryLine line : behind) {
      lines.add(line instanceof NodeLine.Applied applied ? applied.toldBy("n2", nowNanos) : line);
    }
    lines.add(new NodeLine.Reached("n1", service.revision(), service.clockMillis(), nowNanos));
    lines.add(new NodeLine.Reached("n2", service.revision(), service.clockMillis(), nowNanos));
  }
}
