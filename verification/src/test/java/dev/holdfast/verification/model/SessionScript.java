package dev.holdfast.verification.model;

import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What a made-up client knows of its session: its numbers, what it sent, what it was told. */
final class SessionScript {
  final long sessionId;

  /** Everything that was ever sent, for repeats. */
  final List<Request> sent = new ArrayList<>();

  /** Made, but not on its way yet: overtaken by later ones. */
  final List<Request> delayed = new ArrayList<>();

  /** Of grants, whether still current or not. */
  final List<HeldToken> tokens = new ArrayList<>();

  /** Those that are still current. */
  List<HeldToken> current = List.of();

  /** Numbers of requests that were last heard of as waiting. */
  final TreeSet<Long> waiting = new TreeSet<>();

  /** What was asked for by operation ids, for repeats and cancels; the last is the latest. */
  final List<ClientOperation> operations = new ArrayList<>();

  private final TreeSet<Long> answered = new TreeSet<>();
  private long nextSequence = 1;

  SessionScript(long sessionId) {
    this.sessionId = sessionId;
  }

  long newSequence() {
    return nextSequence++;
  }

  long newestSequence() {
    return nextSequence - 1;
  }

  void learnAnswer(long sequence) {
    answered.add(sequence);
    waiting.remove(sequence);
  }

  /** The first request that was sent with a number. */
  Optional<Request> sentAs(long sequence) {
    return sent.stream().filter(request -> request.getSequence() == sequence).findFirst();
  }

  /** Some of the answers that arrived, as a client reports them: a low watermark and ranges. */
  Acknowledged acknowledgement(Dice dice) {
    long firstMissing = 1;
    while (answered.contains(firstMissing)) {
      firstMissing++;
    }
    Acknowledged.Builder acknowledged =
        Acknowledged.newBuilder()
            .setBelow(dice.between(Math.max(0, firstMissing - 3), firstMissing));
    long from = 0;
    for (long sequence = firstMissing + 1; sequence <= newestSequence() + 1; sequence++) {
      boolean tell = answered.contains(sequence) && !dice.oneIn(4);
      if (tell && from == 0) {
        from = sequence;
      } else if (!tell && from != 0) {
        acknowledged.addRanges(from).addRanges(sequence - 1);
        from = 0;
      }
    }
    return acknowledged.build();
  }
}
