package dev.holdfast.history.check;

import dev.holdfast.history.Demand;
import java.util.List;

/** A request in the queues. */
final class Waiting extends Place {
  /** The grant that it converts; 0 if none. */
  long converts;

  final RequestKey request;

  /** How far it is known to wait, if nothing is known of its end. */
  long knownUntil;

  boolean ends;

  Waiting(long ticket, OwnerKey owner, List<Demand> demands, LocatedLine at, RequestKey request) {
    super(ticket, owner, demands, at);
    this.request = request;
    this.knownUntil = ticket;
  }

  long ticket() {
    return id;
  }
}
