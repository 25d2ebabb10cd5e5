package dev.holdfast.history.check;

import dev.holdfast.history.Demand;
import dev.holdfast.history.NodeLine.GrantKind;
import dev.holdfast.history.NodeLine.LockReleased;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A grant, known from a node or, where no node tells, from the client that was answered. */
final class Grant extends Place {
  /** What {@link #ticket} is when it is not known. */
  static final long NO_TICKET = 0;

  /** The request; null if the line does not say. */
  final @Nullable RequestKey request;

  final long ticket;

  /** On the cluster clock; 0 when kept alive with the session; -1 when not known. */
  final long expiresAtMillis;

  final GrantKind how;
  final boolean toldByNode;

  /** The grant in whose place it came; 0 if none, or nobody tells. */
  long replaces;

  /** How far it is known to be held like that, if nothing is known of its end. */
  long knownUntil;

  /**
   * Whether it may have become less behind {@link #knownUntil} without anybody telling, so that a
   * known end says nothing of what was held until then.
   */
  boolean mayShrinkUnseen;

  /** How a node says that it ended. */
  @Nullable LockReleased end;

  /** The line that tells of its end. */
  @Nullable LocatedLine endAt;

  Grant(
      long token,
      OwnerKey owner,
      List<Demand> demands,
      LocatedLine at,
      @Nullable RequestKey request,
      long ticket,
      long expiresAtMillis,
      GrantKind how,
      boolean toldByNode) {
    super(token, owner, demands, at);
    this.request = request;
    this.ticket = ticket;
    this.expiresAtMillis = expiresAtMillis;
    this.how = how;
    this.toldByNode = toldByNode;
    this.knownUntil = token;
  }

  long token() {
    return id;
  }
}
