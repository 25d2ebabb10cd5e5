package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/** A client's life at the cluster, with the answers that it has not yet acknowledged. */
public final class ModelSession {
  /** "A session's stored answers are bounded by 4,096." */
  static final int ANSWERS_KEPT_MAX = 4_096;

  /** "If the acknowledged numbers are then in more than 4,096 ranges". */
  static final int RANGES_MAX = 4_096;

  final long id;
  final OpenSession opened;
  final NavigableMap<Long, Answer> storedAnswers = new TreeMap<>();
  long deadlineMillis;

  /** Of a client that asks by operation ids: those that are remembered, the oldest first. */
  final List<Taken> operations = new ArrayList<>();

  /** How many operations were numbered. */
  long operationsTaken;

  /** An operation has this number. */
  record Taken(ByteString operationId, long sequence) {}

  /** The acknowledged numbers: ascending, with at least one number between two ranges. */
  private List<Range> acknowledged = new ArrayList<>();

  private record Range(long from, long to) {
    boolean includes(long number) {
      return from <= number && number <= to;
    }
  }

  ModelSession(long id, OpenSession opened) {
    this.id = id;
    this.opened = opened;
  }

  /** "Nobody can attach to it: there is no secret." */
  boolean asksByOperations() {
    return opened.getSecretHash().isEmpty();
  }

  /** The session's number: the revision at which it was opened. */
  public long id() {
    return id;
  }

  /** The hash of the session's secret. */
  public ByteString secretHash() {
    return opened.getSecretHash();
  }

  /** The UUID that the client made for itself. */
  public String clientId() {
    return opened.getClientId();
  }

  /** Host, pid, user, program. */
  public String label() {
    return opened.getLabel();
  }

  /** How long the session lives without a renewal. */
  public long ttlMillis() {
    return opened.getTtlMillis();
  }

  /** When the session ends on the cluster clock, unless renewed. */
  public long deadlineMillis() {
    return deadlineMillis;
  }

  /** The final answers that are kept, by the session's numbers. */
  public SortedMap<Long, Answer> storedAnswers() {
    return new TreeMap<>(storedAnswers);
  }

  /** "One that would make more than 4,096 ranges is not heeded." */
  void acknowledge(Acknowledged told) {
    List<Range> before = acknowledged;
    List<Range> more = new ArrayList<>(List.of(new Range(1, Math.max(1, told.getBelow()) - 1)));
    for (int i = 0; i + 1 < told.getRangesCount(); i += 2) {
      more.add(new Range(Math.max(1, told.getRanges(i)), told.getRanges(i + 1)));
    }
    acknowledge(more);
    if (rangesAboveTheFirstGap() > RANGES_MAX) {
      acknowledged = before;
    }
    acknowledged.forEach(this::forgetAnswers);
  }

  boolean isAcknowledged(long sequence) {
    return acknowledged.stream().anyMatch(range -> range.includes(sequence));
  }

  /** "When one more is stored, that of the smallest number is dropped". */
  void store(long sequence, Answer answer) {
    storedAnswers.put(sequence, answer);
    if (storedAnswers.size() > ANSWERS_KEPT_MAX) {
      acknowledge(storedAnswers.firstKey(), storedAnswers.firstKey());
      if (rangesAboveTheFirstGap() > RANGES_MAX) {
        closeLowestGap();
      }
    }
  }

  private void closeLowestGap() {
    if (acknowledged.getFirst().from() > 1) {
      acknowledge(1, acknowledged.getFirst().to());
    } else {
      acknowledge(1, acknowledged.get(1).to());
    }
  }

  private long rangesAboveTheFirstGap() {
    return acknowledged.stream().filter(range -> range.from() > 1).count();
  }

  /** "A forgotten operation's number counts as acknowledged." */
  void acknowledge(long sequence) {
    acknowledge(sequence, sequence);
  }

  private void acknowledge(long from, long to) {
    acknowledge(List.of(new Range(from, to)));
    forgetAnswers(new Range(from, to));
  }

  private void forgetAnswers(Range range) {
    storedAnswers.subMap(range.from(), true, range.to(), true).clear();
  }

  private void acknowledge(List<Range> more) {
    List<Range> all = new ArrayList<>(acknowledged);
    more.stream().filter(range -> range.from() <= range.to()).forEach(all::add);
    all.sort(Comparator.comparingLong(Range::from));
    List<Range> joined = new ArrayList<>();
    for (Range range : all) {
      if (!joined.isEmpty() && range.from() - 1 <= joined.getLast().to()) {
        Range last = joined.removeLast();
        joined.add(new Range(last.from(), Math.max(last.to(), range.to())));
      } else {
        joined.add(range);
      }
    }
    acknowledged = joined;
  }
}
