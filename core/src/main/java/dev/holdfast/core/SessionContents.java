package dev.holdfast.core;

import com.google.protobuf.ByteString;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a session has in the map besides its own row. Derived from the other tables. */
final class SessionContents {
  /** The session's row as it is now. */
  Session session;

  final Numbered<Grant> grantsByToken = new Numbered<>();
  final Numbered<Waiting> waitingBySequence = new Numbered<>();
  int storedAnswers;

  /** Locks held or waited for by name, each counted as often as it is; conversions do not count. */
  int locks;

  /** The numbers of the operations that are remembered; null if it does not ask by such. */
  final @Nullable TreeMap<ByteString, Long> operations;

  /** The number of the latest operation; 0 if there was none. */
  long lastOperation;

  SessionContents(Session session) {
    this.session = session;
    this.operations =
        session.asksByOperations()
            ? new TreeMap<>(ByteString.unsignedLexicographicalComparator())
            : null;
  }
}
