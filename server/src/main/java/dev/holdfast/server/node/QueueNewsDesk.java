package dev.holdfast.server.node;

import dev.holdfast.core.Event;
import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.QueueReads;
import dev.holdfast.core.WaitEdge;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.QueueNews;
import dev.holdfast.protocol.v1.QueueNewsWish;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells those who wait and wish it where they stand. Nothing of this is in the log: the desk looks
 * at this node's own map when something has changed in a line in which somebody wants news, and
 * tells whoever has not been told so yet. As long as nobody wants any, nothing is looked at.
 *
 * <p>The first places of a line are told every change at once, farther ones once a second; a line
 * that changes all the time is looked at only so often. See {@link QueueNewsLimits}.
 */
final class QueueNewsDesk {
  /** With more lines, one who left is noticed when they are looked at for another reason. */
  private static final int LINES_SEARCHED_MAX = 64;

  private final MapView map;
  private final Streams streams;
  private final PendingAnswers pending;
  private final NanoClock nanos;
  private final QueueNewsLimits limits;

  private final Map<NewsWish.Key, NewsWish> wishes = new HashMap<>();
  private final Map<Long, Integer> perSession = new HashMap<>();

  /** Asked for, and not in a queue yet as far as this node knows. */
  private final Set<NewsWish.Key> unplaced = new LinkedHashSet<>();

  private final Map<String, NewsLine> lines = new LinkedHashMap<>();

  /** Those that changed, in the order in which they did. */
  private final Set<NewsLine> changed = new LinkedHashSet<>();

  private long nextRoundNanos;
  private int newsLeft;

  QueueNewsDesk(
      MapView map,
      Streams streams,
      PendingAnswers pending,
      NanoClock nanos,
      QueueNewsLimits limits) {
    this.map = map;
    this.streams = streams;
    this.pending = pending;
    this.nanos = nanos;
    this.limits = limits;
    this.nextRoundNanos = nanos.nanoTime();
  }

  /** A session wants news, or no more. After the requests of the same frame. */
  void onWish(SessionStream stream, QueueNewsWish wish) {
    for (long sequence : wish.getNoMoreList()) {
      remove(new NewsWish.Key(stream.sessionId, sequence));
    }
    for (long sequence : wish.getSequencesList()) {
      add(stream, sequence);
    }
  }

  private void add(SessionStream stream, long sequence) {
    NewsWish.Key key = new NewsWish.Key(stream.sessionId, sequence);
    NewsWish known = wishes.get(key);
    if (known != null) {
      known.tellAgain(stream);
      known.places.forEach(place -> change(place.line));
      return;
    }
    if (!pending.isExpected(stream.sessionId, sequence)) {
      return;
    }
    if (wishes.size() >= limits.wishes()
        || perSession.getOrDefault(stream.sessionId, 0) >= limits.wishesPerSession()) {
      streams
          .frame(stream)
          .addQueueNews(QueueNews.newBuilder().setSequence(sequence).setDeclined(true));
      return;
    }
    wishes.put(key, new NewsWish(key, stream));
    perSession.merge(stream.sessionId, 1, Integer::sum);
    List<String> locks = map.read(machine -> machine.queues().locksOf(stream.sessionId, sequence));
    if (locks.isEmpty()) {
      unplaced.add(key);
    } else {
      place(key, locks);
    }
  }

  private void place(NewsWish.Key key, List<String> locks) {
    NewsWish wish = wishes.get(key);
    if (wish == null) {
      return;
    }
    for (String lock : locks) {
      NewsLine line =
          lines.computeIfAbsent(lock, name -> new NewsLine(name, limits, nanos.nanoTime()));
      line.wishes.add(wish);
      wish.places.add(new NewsWish.Place(line));
      change(line);
    }
  }

  private void remove(NewsWish.Key key) {
    NewsWish wish = wishes.remove(key);
    if (wish == null) {
      return;
    }
    unplaced.remove(key);
    perSession.computeIfPresent(key.sessionId(), (_, count) -> count == 1 ? null : count - 1);
    for (NewsWish.Place place : wish.places) {
      place.line.wishes.remove(wish);
      if (place.line.wishes.isEmpty()) {
        lines.remove(place.line.lock);
        changed.remove(place.line);
      }
    }
  }

  /** A request has an answer. */
  void onAnswer(long sessionId, long sequence, Answer answer) {
    if (!wishes.isEmpty() && !answer.hasQueued()) {
      remove(new NewsWish.Key(sessionId, sequence));
    }
  }

  /** The map has applied an entry. */
  void onApplied(AppliedEntry entry) {
    if (wishes.isEmpty()) {
      return;
    }
    long clockMillis = entry.applied().clockMillis();
    Set<NewsLine> served = new LinkedHashSet<>();
    for (Event event : entry.applied().events()) {
      switch (event) {
        case Event.RequestQueued queued -> onQueued(queued);
        case Event.RequestLeft left -> onLeft(left);
        case Event.LockGranted granted -> onGranted(granted, served, clockMillis);
        case Event.LockReleased released -> change(released.demands());
        case Event.LockConverted converted -> change(converted.before());
        case Event.ReservationEnded ended -> change(ended.demands());
        case Event.SessionOpened _,
            Event.SessionEnded _,
            Event.RequestPassed _,
            Event.DeadlockFound _,
            Event.LockValueChanged _,
            Event.FileAppended _,
            Event.FileRolledBack _,
            Event.FileDeleted _,
            Event.RevocationRequested _ -> {
          // No place changes by it.
        }
      }
    }
    for (NewsLine line : served) {
      line.turns.passed(line.servedInEntry, clockMillis);
      line.servedInEntry = 0;
    }
  }

  private void onQueued(Event.RequestQueued queued) {
    NewsWish.Key key = new NewsWish.Key(queued.sessionId(), queued.sequence());
    if (unplaced.remove(key)) {
      place(key, queued.demands().stream().map(Demand::getLock).toList());
    }
    change(queued.demands());
  }

  /** The event does not say what it waited for. */
  private void onLeft(Event.RequestLeft left) {
    remove(new NewsWish.Key(left.sessionId(), left.sequence()));
    if (lines.size() <= LINES_SEARCHED_MAX) {
      lines.values().forEach(this::change);
    }
  }

  private void onGranted(Event.LockGranted granted, Set<NewsLine> served, long clockMillis) {
    boolean waited = granted.waitedMillis() > 0 || granted.revision() > granted.ticket() + 1;
    for (Demand demand : granted.demands()) {
      NewsLine line = lines.get(demand.getLock());
      if (line == null) {
        continue;
      }
      change(line);
      if (granted.cause() != Event.GrantCause.REQUESTED) {
        continue;
      }
      if (waited) {
        line.servedInEntry++;
        served.add(line);
      } else {
        line.turns.began(clockMillis);
      }
    }
  }

  private void change(List<Demand> demands) {
    for (Demand demand : demands) {
      NewsLine line = lines.get(demand.getLock());
      if (line != null) {
        change(line);
      }
    }
  }

  private void change(NewsLine line) {
    line.changed();
    changed.add(line);
  }

  /** The map was replaced by that of a snapshot: whoever still waits is told where. */
  void onRestored() {
    for (NewsLine line : lines.values()) {
      line.turns.forgetBeginning();
      change(line);
    }
    for (NewsWish.Key key : List.copyOf(unplaced)) {
      List<String> locks =
          map.read(machine -> machine.queues().locksOf(key.sessionId(), key.sequence()));
      if (!locks.isEmpty()) {
        unplaced.remove(key);
        place(key, locks);
      }
    }
  }

  /** Says what is due to be said. */
  void settle(long nowNanos) {
    if (changed.isEmpty() || nowNanos - nextRoundNanos < 0) {
      return;
    }
    newsLeft = limits.newsPerRound();
    Iterator<NewsLine> each = List.copyOf(changed).iterator();
    while (newsLeft > 0 && each.hasNext()) {
      NewsLine line = each.next();
      int places = line.placesDue(nowNanos);
      if (places > 0) {
        look(line, places);
        if (newsLeft > 0) {
          line.looked(places, nowNanos);
        }
        if (!line.isChanged()) {
          changed.remove(line);
        }
      }
    }
    if (newsLeft <= 0) {
      nextRoundNanos = nowNanos + limits.roundNanos();
    }
  }

  /** Nanoseconds until {@link #settle} has something to do. */
  long nanosUntilDue(long nowNanos) {
    long due = Long.MAX_VALUE;
    for (NewsLine line : changed) {
      due = Math.min(due, line.nanosUntilDue(nowNanos));
      if (due <= 0) {
        break;
      }
    }
    return due == Long.MAX_VALUE ? due : Math.max(due, nextRoundNanos - nowNanos);
  }

  private void look(NewsLine line, int places) {
    List<QueueNews.Builder> news = new ArrayList<>();
    List<NewsWish> whose = new ArrayList<>();
    map.<Boolean>read(
        machine -> {
          QueueReads.Line seen = machine.queues().at(line.lock, places);
          if (seen != null) {
            if (seen.holder() != null) {
              line.turns.heldSince(seen.holder().grantedAtMillis());
            }
            gather(line, seen, machine, news, whose);
          }
          return true;
        });
    for (int i = 0; i < news.size(); i++) {
      NewsWish wish = whose.get(i);
      if (wish.stream.isAttached()) {
        streams.frame(wish.stream).addQueueNews(news.get(i));
      } else {
        remove(wish.key);
      }
    }
  }

  private void gather(
      NewsLine line,
      QueueReads.Line seen,
      LockStateMachine machine,
      List<QueueNews.Builder> news,
      List<NewsWish> whose) {
    long token = seen.holder() == null ? 0 : seen.holder().token();
    for (int i = 0; i < seen.waiters().size() && newsLeft > 0; i++) {
      QueueReads.Waiter waiter = seen.waiters().get(i);
      NewsWish wish = wishes.get(new NewsWish.Key(waiter.sessionId(), waiter.sequence()));
      int position = i + 1;
      if (wish != null
          && wish.isAt(line, position)
          && wish.isNews(line.lock, position, seen.length(), token)) {
        newsLeft--;
        whose.add(wish);
        news.add(news(line, seen, machine, wish, position));
      }
    }
  }

  private static QueueNews.Builder news(
      NewsLine line, QueueReads.Line seen, LockStateMachine machine, NewsWish wish, int position) {
    QueueNews.Builder news =
        QueueNews.newBuilder()
            .setSequence(wish.key.sequence())
            .setLock(line.lock)
            .setPosition(position)
            .setQueueLength(seen.length())
            .setHolders(seen.holders())
            .setHeldMillis(-1)
            .setRevision(machine.revision());
    GrantInfo holder = seen.holder();
    if (holder != null) {
      news.setHolder(holder(line.lock, holder, seen.holderLabel()))
          .setHeldMillis(Math.max(0, machine.clockMillis() - holder.grantedAtMillis()));
    } else {
      // Somebody above, below or before.
      machine.waits().why(wish.key.sessionId(), wish.key.sequence(), 1).stream()
          .findFirst()
          .ifPresent(edge -> news.setHolder(holder(edge)));
    }
    long estimateMillis = line.turns.estimateMillis(position, machine.clockMillis());
    return estimateMillis < 0 ? news : news.setEstimateMillis(estimateMillis);
  }

  private static Holder holder(String lock, GrantInfo grant, String label) {
    Holder.Builder holder =
        Holder.newBuilder()
            .setSessionId(grant.sessionId())
            .setOwner(grant.owner())
            .setToken(grant.token())
            .setLabel(label);
    for (Demand demand : grant.demands()) {
      if (demand.getLock().equals(lock)) {
        holder.setMode(demand.getMode()).setPermits(demand.getPermits());
      }
    }
    return holder.build();
  }

  private static Holder holder(WaitEdge edge) {
    return Holder.newBuilder()
        .setSessionId(edge.bySessionId())
        .setOwner(edge.byOwner())
        .setToken(edge.byToken())
        .setMode(edge.byMode())
        .setPermits(edge.byPermits())
        .setLabel(edge.byLabel())
        .build();
  }

  /** How many requests are told news; for tests. */
  int count() {
    return wishes.size();
  }
}
