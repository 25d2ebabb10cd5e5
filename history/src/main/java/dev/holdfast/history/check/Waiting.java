package dev.holdfast.history.check;

import java.util.List;

/** A request in the queues. */
final class Waiting extends Place {
  final RequestKey request;

  /** How far it is known to wait, if nothing is known of its end. */
  long knownUntil;

  boolean ends;

  Waiting(long ticket, OwnerKey owner, List<Need> needs, LocatedLine at, RequestKey request) {
    super(ticket, owner, needs, at);
    this.request = request;
    this.knownUntil = ticket;
  }

  long ticket() {
    return id;
  }
}
