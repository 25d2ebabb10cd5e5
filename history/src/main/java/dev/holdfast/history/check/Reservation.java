package dev.holdfast.history.check;

import dev.holdfast.history.Demand;
import java.util.List;

/** What is kept from everybody after its grant has ended; its id is the grant's token. */
final class Reservation extends Place {
  final long untilMillis;

  Reservation(long token, List<Demand> demands, LocatedLine at, long untilMillis) {
    super(token, new OwnerKey(0, "reservation of token " + token), demands, at);
    this.untilMillis = untilMillis;
  }
}
