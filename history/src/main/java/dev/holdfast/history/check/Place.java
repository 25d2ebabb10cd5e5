package dev.holdfast.history.check;

import java.util.List;

/** Something that takes a place at locks: a grant, a waiting request, a stretch of holding. */
abstract class Place {
  /** What orders places: a token or a ticket. */
  final long id;

  final OwnerKey owner;
  final List<Need> needs;

  /** The line that tells of it. */
  final LocatedLine at;

  Place(long id, OwnerKey owner, List<Need> needs, LocatedLine at) {
    this.id = id;
    this.owner = owner;
    this.needs = needs;
    this.at = at;
  }

  /** Whether it asks for a lock by name. */
  final boolean names(String lock) {
    for (Need need : needs) {
      if (need.explicit() && need.lock().equals(lock)) {
        return true;
      }
    }
    return false;
  }
}
