package dev.holdfast.verification.simulation;

import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;

/** What a worker wants locks for. */
interface Errand {
  /** The locks that it wants next, in the order of names. */
  List<Demand> demands();

  /** How long it wants to have them; 0 for as long as its session lives. */
  long leaseMillis();

  /** How long it means to hold what it has got. */
  long holdNanos();

  /** It has a grant, and means to hold it for so long. */
  void begins(HeldGrant grant, long forNanos);

  /** Whether something that it has asked for has no result yet. */
  boolean isWaiting();
}
