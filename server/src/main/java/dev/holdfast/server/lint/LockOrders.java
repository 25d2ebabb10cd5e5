package dev.holdfast.server.lint;

import dev.holdfast.core.Applied;
import dev.holdfast.core.Event;
import dev.holdfast.core.Event.GrantCause;
import dev.holdfast.core.NeedInfo;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in which orders locks were taken: what an owner had when it asked for something else
 * that it was ready to wait for. Told of applied entries, one after the other; for one thread.
 *
 * <p>Locks of one request are asked for together and have no order among themselves. A preempt
 * waits for nobody, so that nothing is remembered of what it asks for; what it gets counts as held
 * from then on. A lock that is handed over was not asked for by its receiver.
 *
 * <p>Whatever exceeds a limit is left out and counted.
 */
public final class LockOrders {
  private static final int GUARDS_MAX = 16;

  private final LintLimits limits;
  private final LongFunction<String> labels;
  private final Map<Long, Held> byToken = new HashMap<>();

  /** By owner the grants in the order in which they came. */
  private final Map<OwnerName, TreeMap<Long, Held>> byOwner = new HashMap<>();

  /** The order that was seen the longest ago comes first. */
  private final LinkedHashMap<Order.Key, Order> orders = new LinkedHashMap<>(16, 0.75f, true);

  private long sinceRevision;
  private int gaps;
  private long ordersForgotten;
  private long grantsPassedOver;

  private record OwnerName(long sessionId, String owner) {}

  /** A grant that is followed. What it means for other locks is looked up when it matters. */
  private record Held(OwnerName owner, List<Demand> demands) {}

  /** The entry at hand, and which of its grants waited for nobody; looked up when it matters. */
  private static final class Entry {
    private final Applied applied;
    private final LogEntry commands;
    private @Nullable Set<Long> unwaiting;

    Entry(Applied applied, LogEntry commands) {
      this.applied = applied;
      this.commands = commands;
    }

    boolean isPreempted(long token) {
      if (unwaiting == null) {
        unwaiting = unwaitingTokens();
      }
      return unwaiting.contains(token);
    }

    private Set<Long> unwaitingTokens() {
      record Asked(long sessionId, long sequence) {}
      Set<Asked> numbers = new HashSet<>();
      for (Command command : commands.getCommandsList()) {
        Request request = command.getRequest().getRequest();
        boolean preempts =
            (request.hasAcquire() && request.getAcquire().getWaitMillis() == 0)
                || (request.hasConvert() && request.getConvert().getWaitMillis() == 0);
        if (preempts) {
          numbers.add(new Asked(command.getRequest().getSessionId(), request.getSequence()));
        }
      }
      Set<Long> tokens = new HashSet<>();
      for (Outcome outcome : applied.outcomes()) {
        if (outcome instanceof Outcome.Answered answered
            && answered.answer().hasGranted()
            && numbers.contains(new Asked(answered.sessionId(), answered.sequence()))) {
          tokens.add(answered.answer().getGranted().getToken());
        }
      }
      return tokens;
    }
  }

  /**
   * Nothing is known yet.
   *
   * @param labels tells what a session says about itself; empty if it is gone
   */
  public LockOrders(LintLimits limits, LongFunction<String> labels) {
    this.limits = limits;
    this.labels = labels;
  }

  /** The map has applied an entry. */
  public void onApplied(Applied applied, LogEntry commands) {
    Entry entry = new Entry(applied, commands);
    for (Event event : applied.events()) {
      if (sinceRevision == 0) {
        sinceRevision = event.revision();
      }
      switch (event) {
        case Event.LockGranted granted -> onGranted(granted, entry);
        case Event.LockReleased released -> {
          // What another grant replaces goes when that comes.
          if (!released.end().isReplacement()) {
            forget(released.token());
          }
        }
        case Event.LockConverted converted -> onConverted(converted);
        case Event.RequestQueued queued -> onQueued(queued, applied.clockMillis());
        case Event.SessionOpened _,
            Event.SessionEnded _,
            Event.RequestPassed _,
            Event.DeadlockFound _,
            Event.RequestLeft _,
            Event.ReservationEnded _,
            Event.LockValueChanged _,
            Event.FileAppended _,
            Event.FileRolledBack _,
            Event.FileDeleted _,
            Event.RevocationRequested _ -> {
          // Nobody has more or less, or waits.
        }
      }
    }
  }

  /**
   * The map was replaced by that of a snapshot. What happened in between is not known, so nobody
   * counts as a holder whose grant is not seen from now on.
   */
  public void onRestored(long revision) {
    if (sinceRevision == 0) {
      sinceRevision = revision + 1;
    } else {
      gaps++;
    }
    byToken.clear();
    byOwner.clear();
  }

  private void onQueued(Event.RequestQueued queued, long clockMillis) {
    OwnerName owner = new OwnerName(queued.sessionId(), queued.owner());
    TreeMap<Long, Held> held = byOwner.get(owner);
    if (held != null) {
      observe(owner, held, queued.demands(), queued.revision(), clockMillis);
    }
  }

  private void onGranted(Event.LockGranted granted, Entry entry) {
    OwnerName owner = new OwnerName(granted.sessionId(), granted.owner());
    boolean asked =
        granted.cause() == GrantCause.REQUESTED || granted.cause() == GrantCause.CONVERTED;
    TreeMap<Long, Held> held = byOwner.get(owner);
    // Those that had to wait were looked at when they began to.
    if (asked && held != null && granted.waitedMillis() == 0 && isNew(granted)) {
      if (!entry.isPreempted(granted.revision())) {
        observe(owner, held, granted.demands(), granted.revision(), entry.applied.clockMillis());
      }
    }
    if (granted.replacedToken() != 0) {
      forget(granted.replacedToken());
    }
    remember(granted.revision(), new Held(owner, granted.demands()));
  }

  /** Granted by the very command that asked; its ticket is the command's revision. */
  private static boolean isNew(Event.LockGranted granted) {
    return granted.revision() == granted.ticket() + 1;
  }

  private void onConverted(Event.LockConverted converted) {
    Held old = byToken.get(converted.token());
    if (old != null) {
      forget(converted.token());
      remember(converted.token(), new Held(old.owner, converted.demands()));
    }
  }

  private void remember(long token, Held grant) {
    if (byToken.size() >= limits.grants()) {
      grantsPassedOver++;
      return;
    }
    byToken.put(token, grant);
    byOwner.computeIfAbsent(grant.owner, _ -> new TreeMap<>()).put(token, grant);
  }

  private void forget(long token) {
    Held grant = byToken.remove(token);
    TreeMap<Long, Held> held = grant == null ? null : byOwner.get(grant.owner);
    if (grant != null && held != null) {
      held.remove(token);
      if (held.isEmpty()) {
        byOwner.remove(grant.owner);
      }
    }
  }

  private void observe(
      OwnerName owner,
      NavigableMap<Long, Held> grants,
      List<Demand> demands,
      long revision,
      long clockMillis) {
    Map<String, NeedInfo> held = latestHeld(grants);
    List<NeedInfo> wanted = new ArrayList<>();
    for (NeedInfo need : NeedInfo.of(demands)) {
      NeedInfo had = held.get(need.lock());
      if (had == null || !had.covers(need)) {
        wanted.add(need);
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    Order.Witness witness =
        new Order.Witness(
            owner.sessionId, owner.owner, labels.apply(owner.sessionId), revision, clockMillis);
    int left = limits.pairsPerRequest();
    for (NeedInfo had : held.values()) {
      List<NeedInfo> guards = others(held, had);
      for (NeedInfo want : wanted) {
        if (left-- > 0) {
          add(had, want, guards, witness);
        } else {
          ordersForgotten++;
        }
      }
    }
  }

  /** What an owner has, joined lock by lock; not more than is looked at, the latest grants. */
  private Map<String, NeedInfo> latestHeld(NavigableMap<Long, Held> grants) {
    Map<String, NeedInfo> held = new TreeMap<>();
    for (Held grant : grants.descendingMap().values()) {
      for (NeedInfo need : NeedInfo.of(grant.demands)) {
        if (held.size() >= limits.heldPerOwner() && !held.containsKey(need.lock())) {
          return held;
        }
        held.merge(need.lock(), need, NeedInfo::with);
      }
    }
    return held;
  }

  private static List<NeedInfo> others(Map<String, NeedInfo> held, NeedInfo one) {
    return held.values().stream()
        .filter(each -> !each.lock().equals(one.lock()))
        .limit(GUARDS_MAX)
        .toList();
  }

  private void add(NeedInfo had, NeedInfo want, List<NeedInfo> guards, Order.Witness witness) {
    Order.Key key = new Order.Key(had, want);
    Order known = orders.get(key);
    if (known != null) {
      List<NeedInfo> both = known.guards().stream().filter(guards::contains).toList();
      orders.put(key, new Order(had, want, both, known.first(), witness, known.times() + 1));
      return;
    }
    orders.put(key, new Order(had, want, guards, witness, witness, 1));
    if (orders.size() > limits.orders()) {
      orders.pollFirstEntry();
      ordersForgotten++;
    }
  }

  /**
   * What is remembered, in the order in which it was seen last.
   *
   * @param sinceRevision from which on events were seen, but for the gaps; 0 if none was
   * @param gaps how often revisions were passed over
   * @param ordersForgotten for want of room
   * @param grantsPassedOver for want of room
   */
  public record Seen(
      List<Order> orders,
      long sinceRevision,
      int gaps,
      long ordersForgotten,
      long grantsPassedOver) {}

  /** A copy that may be read anywhere, later. */
  public Seen seen() {
    return new Seen(
        List.copyOf(orders.values()), sinceRevision, gaps, ordersForgotten, grantsPassedOver);
  }
}
