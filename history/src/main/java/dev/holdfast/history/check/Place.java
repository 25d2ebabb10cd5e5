package dev.holdfast.history.check;

import dev.holdfast.history.Demand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that takes a place at locks: a grant, a waiting request, a stretch of holding. */
abstract class Place {
  /** What orders places: a token or a ticket. */
  final long id;

  final OwnerKey owner;

  /** The line that tells of it. */
  final LocatedLine at;

  private List<Demand> demands;
  private List<Need> needs;

  Place(long id, OwnerKey owner, List<Demand> demands, LocatedLine at) {
    this.id = id;
    this.owner = owner;
    this.demands = demands;
    this.needs = Need.of(demands);
    this.at = at;
  }

  final List<Demand> demands() {
    return demands;
  }

  final List<Need> needs() {
    return needs;
  }

  /** It has something else from now on; not while it stands in a {@link LockTable}. */
  final void change(List<Demand> to) {
    demands = to;
    needs = Need.of(to);
  }

  /** What it needs at a lock; null if nothing. */
  final @Nullable Need needAt(String lock) {
    for (Need need : needs) {
      if (need.lock().equals(lock)) {
        return need;
      }
    }
    return null;
  }
}
