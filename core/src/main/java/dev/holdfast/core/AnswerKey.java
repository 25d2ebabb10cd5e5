package dev.holdfast.core;

/** Names a stored answer. Answers of a session follow each other in the order of their numbers. */
record AnswerKey(long sessionId, long sequence) implements Comparable<AnswerKey> {
  @Override
  public int compareTo(AnswerKey other) {
    return sessionId != other.sessionId
        ? Long.compare(sessionId, other.sessionId)
        : Long.compare(sequence, other.sequence);
  }
}
