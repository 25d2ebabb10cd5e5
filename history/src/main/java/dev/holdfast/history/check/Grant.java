package dev.holdfast.history.check;

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

  /** How far it is known to be held, if nothing is known of its end. */
  long knownUntil;

  /** How a node says that it ended. */
  @Nullable LockReleased end;

  /** The line that tells of its end. */
  @Nullable LocatedLine endAt;

  Grant(
      long token,
      OwnerKey owner,
      List<Need> needs,
      LocatedLine at,
      @Nullable RequestKey request,
      long ticket,
      long expiresAtMillis,
      GrantKind how,
      boolean toldByNode) {
    super(token, owner, needs, at);
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
