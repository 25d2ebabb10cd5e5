package dev.holdfast.core;

/** What a session has in the map besides its own row. Derived from the other tables. */
final class SessionContents {
  /** The session's row as it is now. */
  Session session;

  final Numbered<Grant> grantsByToken = new Numbered<>();
  final Numbered<Waiting> waitingBySequence = new Numbered<>();
  int storedAnswers;

  /** Locks held or waited for by name, each counted as often as it is; conversions do not count. */
  int locks;

  SessionContents(Session session) {
    this.session = session;
  }
}
