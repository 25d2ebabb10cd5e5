package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.Resolve;
import java.util.List;

/** Requests of made-up clients: mostly sensible ones at few names, and every kind of nonsense. */
final class RequestMaker {
  static final List<String> NAMES = List.of("a", "a/b", "a/b/c", "a/d", "d", "e");

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
  private final List<String> names;
  private final List<LockMode> modes;

  RequestMaker(Dice dice) {
    this.dice = dice;
    this.names = dice.oneIn(4) ? List.of(dice.oneOf(NAMES)) : NAMES;
    this.modes = dice.oneIn(4) ? MODES.subList(0, 1 + dice.below(6)) : MODES;
  }

  /** Something with a new number. */
  Request next(SessionScript session) {
    int draw = dice.below(100);
    if (draw < 55) {
      return Request.newBuilder()
          .setSequence(session.newSequence())
          .setAcquire(dice.oneIn(25) ? badAcquire() : acquire())
          .build();
    }
    if (draw < 78) {
      return Request.newBuilder()
          .setSequence(session.newSequence())
          .setRelease(Release.newBuilder().setToken(token(session)))
          .build();
    }
    if (draw < 85) {
      return Request.newBuilder()
          .setSequence(session.newSequence())
          .setExtend(
              Extend.newBuilder()
                  .setToken(token(session))
                  .setLeaseMillis(dice.oneIn(8) ? dice.between(-1, 0) : dice.between(1, 400)))
          .build();
    }
    return draw < 97 ? aboutAnother(session) : nonsense(session);
  }

  /** Cancel and resolve carry the number that they are about, sent or yet to come. */
  private Request aboutAnother(SessionScript session) {
    Request.Builder request = Request.newBuilder();
    if (dice.oneIn(5)) {
      request.setSequence(session.newSequence());
    } else {
      long newest = session.newestSequence();
      request.setSequence(dice.between(Math.max(1, newest - 6), newest + 1));
    }
    return dice.percent(65)
        ? request.setCancel(Cancel.getDefaultInstance()).build()
        : request.setResolve(Resolve.getDefaultInstance()).build();
  }

  private Request nonsense(SessionScript session) {
    return switch (dice.below(3)) {
      case 0 -> Request.newBuilder().setSequence(session.newSequence()).build();
      case 1 -> Request.newBuilder().setSequence(dice.between(-1, 0)).setAcquire(acquire()).build();
      // A number that was used for something else, perhaps.
      default ->
          Request.newBuilder()
              .setSequence(dice.between(1, session.newestSequence() + 1))
              .setAcquire(acquire())
              .build();
    };
  }

  private long token(SessionScript session) {
    if (session.tokens.isEmpty() || dice.oneIn(12)) {
      return dice.between(-1, 60);
    }
    int newest = session.tokens.size() - 1;
    return session.tokens.get((int) dice.between(Math.max(0, newest - 3), newest));
  }

  private Acquire acquire() {
    Acquire.Builder acquire = Acquire.newBuilder().setOwner(owner()).setWaitMillis(waitMillis());
    int demands = dice.percent(65) ? 1 : 1 + dice.below(4);
    for (int i = 0; i < demands; i++) {
      acquire.addDemands(Demand.newBuilder().setLock(dice.oneOf(names)).setMode(dice.oneOf(modes)));
    }
    if (dice.percent(35)) {
      acquire.setLeaseMillis(dice.oneIn(40) ? Long.MAX_VALUE : dice.between(1, 400));
    }
    if (dice.oneIn(8)) {
      acquire.setQueueLengthMax((int) dice.between(1, 3));
    }
    return acquire.build();
  }

  private long waitMillis() {
    int draw = dice.below(100);
    if (draw < 30) {
      return 0;
    }
    if (draw < 60) {
      return -1;
    }
    return draw < 62 ? Long.MAX_VALUE : dice.between(1, 400);
  }

  private String owner() {
    return "t" + dice.between(1, 3);
  }

  private Acquire badAcquire() {
    Acquire.Builder acquire = acquire().toBuilder();
    return switch (dice.below(9)) {
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
      default ->
          acquire
              .addDemands(
                  Demand.newBuilder().setLock(dice.oneOf(BAD_NAMES)).setMode(dice.oneOf(modes)))
              .build();
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
