package dev.holdfast.core;

/** What a session has in the map besides its own row. Derived from the other tables. */
final class SessionContents {
  final Numbered<Grant> grantsByToken = new Numbered<>();
  final Numbered<Waiting> waitingBySequence = new Numbered<>();
  int storedAnswers;

  /** Locks held or waited for by name, each counted as often as it is. */
  int locks;
}
