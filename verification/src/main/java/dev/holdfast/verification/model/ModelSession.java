package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A client's life at the cluster, with the answers that it has not yet acknowledged. */
public final class ModelSession {
  final long id;
  final OpenSession opened;
  final SortedMap<Long, Answer> storedAnswers = new TreeMap<>();
  long deadlineMillis;

  /** Every acknowledgement ever received: what they say together is acknowledged. */
  private final List<Acknowledged> acknowledgements = new ArrayList<>();

  ModelSession(long id, OpenSession opened) {
    this.id = id;
    this.opened = opened;
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

  void acknowledge(Acknowledged acknowledged) {
    acknowledgements.add(acknowledged);
    storedAnswers.keySet().removeIf(this::isAcknowledged);
  }

  boolean isAcknowledged(long sequence) {
    return acknowledgements.stream().anyMatch(acknowledged -> includes(acknowledged, sequence));
  }

  private static boolean includes(Acknowledged acknowledged, long sequence) {
    if (sequence < acknowledged.getBelow()) {
      return true;
    }
    for (int i = 0; i + 1 < acknowledged.getRangesCount(); i += 2) {
      if (acknowledged.getRanges(i) <= sequence && sequence <= acknowledged.getRanges(i + 1)) {
        return true;
      }
    }
    return false;
  }
}
