package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.ArrayList;
import java.util.List;

/** Demands and acquisitions of made-up clients: mostly sensible ones at few names. */
final class DemandMaker {
  /** Used in modes, mostly. */
  static final List<String> NAMES = List.of("a", "a/b", "a/b/c", "a/d", "d", "e");

  /** What owners who wait for each other in circles need. */
  private static final List<String> APART = List.of("d", "e", "f", "g", "h");

  /** What owners need who have something below a lock and wait for more there. */
  private static final List<String> BELOW = List.of("a", "a/b", "a/d", "e");

  /** What guards files. */
  private static final List<String> OF_FILES =
      List.of("files", "files/f", "files/f", "files/g", "e");

  /** Used as semaphores, mostly. */
  private static final List<String> SEMAPHORES = List.of("a/p", "p");

  /** Exclusive and shared locks mostly: what users have. */
  private static final List<LockMode> MODES =
      List.of(
          LockMode.LOCK_MODE_X,
          LockMode.LOCK_MODE_X,
          LockMode.LOCK_MODE_X,
          LockMode.LOCK_MODE_X,
          LockMode.LOCK_MODE_S,
          LockMode.LOCK_MODE_S,
          LockMode.LOCK_MODE_S,
          LockMode.LOCK_MODE_SIX,
          LockMode.LOCK_MODE_IX,
          LockMode.LOCK_MODE_IX,
          LockMode.LOCK_MODE_IS,
          LockMode.LOCK_MODE_NL);

  /** The fourth is cut in the middle of a surrogate pair when only its first 64 chars are told. */
  private static final List<String> BAD_NAMES =
      List.of(
          "",
          "/a",
          "a//b",
          "x".repeat(63) + "\uD83D\uDE00\u0001",
          "a/",
          "a\tb",
          "x".repeat(513),
          "\u00E9".repeat(257),
          "x/".repeat(32) + "x");

  private final Dice dice;
  private final Mix mix;
  private final List<String> names;
  private final List<LockMode> modes;
  private final int limit;

  DemandMaker(Dice dice, Mix mix) {
    this.dice = dice;
    this.mix = mix;
    this.names = dice.oneIn(5) ? List.of(dice.oneOf(NAMES)) : severalNames();
    this.modes = dice.oneIn(4) ? MODES.subList(0, 1 + dice.below(6)) : MODES;
    this.limit = 1 + dice.below(4);
  }

  private List<String> severalNames() {
    if (mix.writeFile() > 0) {
      return OF_FILES;
    }
    return mix.crowded() ? dice.oneOf(List.of(NAMES, APART, BELOW)) : NAMES;
  }

  Demand demand() {
    if (dice.percent(mix.permitsPercent())) {
      return permits(dice.oneIn(60) ? dice.oneOf(names) : dice.oneOf(SEMAPHORES));
    }
    String lock = dice.oneIn(60) ? dice.oneOf(SEMAPHORES) : dice.oneOf(names);
    return Demand.newBuilder().setLock(lock).setMode(dice.oneOf(modes)).build();
  }

  private Demand permits(String lock) {
    int ofLimit = dice.oneIn(25) ? limit + 1 : limit;
    return Demand.newBuilder()
        .setLock(lock)
        .setPermits(mix.crowded() && dice.percent(70) ? 1 : 1 + dice.below(ofLimit))
        .setLimit(ofLimit)
        .build();
  }

  /** Another mode, or another number of permits, mostly of the same kind. */
  Demand other(Demand old) {
    if (dice.oneIn(30)) {
      return demand();
    }
    if (old.getPermits() > 0 != dice.oneIn(40)) {
      int ofLimit = old.getLimit() == 0 ? limit : old.getLimit();
      return Demand.newBuilder()
          .setLock(old.getLock())
          .setPermits(1 + dice.below(ofLimit))
          .setLimit(dice.oneIn(30) ? ofLimit + 1 : ofLimit)
          .build();
    }
    return Demand.newBuilder().setLock(old.getLock()).setMode(dice.oneOf(modes)).build();
  }

  Acquire acquire() {
    Acquire.Builder acquire =
        Acquire.newBuilder()
            .setOwner(owner())
            .setWaitMillis(waitMillis())
            .setPriority(priority())
            .addAllDemands(demands());
    if (dice.percent(mix.leasePercent())) {
      acquire.setLeaseMillis(dice.oneIn(40) ? Long.MAX_VALUE : dice.between(1, 400));
    }
    if (dice.percent(mix.reservedPercent())) {
      acquire.setAtLeastMillis(dice.between(0, 300));
    }
    if (dice.percent(mix.reservedPercent())) {
      acquire.setLockDelayMillis(dice.between(0, 300)).setGated(dice.oneIn(3));
    }
    if (dice.oneIn(8)) {
      acquire.setQueueLengthMax((int) dice.between(1, 3));
    }
    return acquire.build();
  }

  private List<Demand> demands() {
    List<Demand> demands = new ArrayList<>();
    int count = dice.percent(mix.severalPercent()) ? 1 + dice.below(4) : 1;
    for (int i = 0; i < count; i++) {
      demands.add(demand());
    }
    return demands;
  }

  long waitMillis() {
    if (!dice.percent(mix.waitPercent())) {
      return 0;
    }
    int draw = dice.below(100);
    if (draw < 55) {
      return -1;
    }
    return draw < 58 ? Long.MAX_VALUE : dice.between(1, 400);
  }

  int priority() {
    return dice.percent(mix.priorityPercent()) ? (int) dice.between(-2, 2) : 0;
  }

  String owner() {
    return "t" + dice.between(1, mix.ownersPerSession());
  }

  Acquire badAcquire() {
    Acquire.Builder acquire = acquire().toBuilder();
    return switch (dice.below(14)) {
      case 0 -> acquire.setOwner("").build();
      case 1 -> acquire.setOwner("\u00E9".repeat(65)).build();
      case 2 -> acquire.clearDemands().build();
      case 3 -> withDemands(acquire, 65).build();
      case 4 ->
          acquire
              .addDemands(Demand.newBuilder().setLock("e").setModeValue((int) dice.between(0, 9)))
              .build();
      case 5 -> acquire.setLeaseMillis(-1).build();
      case 6 -> withDemands(acquire, 64).setOwner("\u00E9".repeat(64)).build();
      case 7 -> acquire.setAtLeastMillis(dice.oneIn(2) ? -1 : 86_400_001).build();
      case 8 -> acquire.setLockDelayMillis(dice.oneIn(2) ? -1 : 86_400_001).build();
      case 9 -> acquire.addDemands(malformed()).build();
      case 10 -> acquire.addDemands(permits("p")).addDemands(permits("p")).build();
      case 11 -> acquire.addDemands(permits("p/q")).addDemands(permits("p")).build();
      default ->
          acquire
              .addDemands(
                  Demand.newBuilder().setLock(dice.oneOf(BAD_NAMES)).setMode(dice.oneOf(modes)))
              .build();
    };
  }

  /** Neither a mode nor so many permits of so many. */
  Demand malformed() {
    Demand.Builder demand = demand().toBuilder().setLock("e");
    return switch (dice.below(5)) {
      case 0 -> demand.clearMode().setPermits(0).setLimit(3).build();
      case 1 -> demand.clearMode().setPermits(4).setLimit(3).build();
      case 2 -> demand.clearMode().setPermits(-1).setLimit(-1).build();
      case 3 -> demand.setMode(LockMode.LOCK_MODE_S).setPermits(1).build();
      default -> demand.setMode(LockMode.LOCK_MODE_S).setLimit(1).build();
    };
  }

  private static Acquire.Builder withDemands(Acquire.Builder acquire, int count) {
    Demand last = Demand.newBuilder().setLock("e").setMode(LockMode.LOCK_MODE_S).build();
    while (acquire.getDemandsCount() < count) {
      acquire.addDemands(last);
    }
    return acquire;
  }
}
