package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Convert;
import dev.holdfast.protocol.v1.DeleteFile;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.HandOver;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.RequestRevocation;
import dev.holdfast.protocol.v1.Resolve;
import dev.holdfast.protocol.v1.SetValue;
import java.util.List;

/** Requests of made-up clients: mostly sensible ones, and every kind of nonsense. */
final class RequestMaker {
  private final Dice dice;
  private final Mix mix;
  private final DemandMaker demands;

  /** Of all sessions, the latest last. */
  private final List<HeldToken> tokens;

  private final List<SessionScript> sessions;

  RequestMaker(Dice dice, Mix mix, List<HeldToken> tokens, List<SessionScript> sessions) {
    this.dice = dice;
    this.mix = mix;
    this.demands = new DemandMaker(dice, mix);
    this.tokens = tokens;
    this.sessions = sessions;
  }

  /** Something with a new number. */
  Request next(SessionScript session) {
    Mix.Action action = mix.action(dice);
    if (action == Mix.Action.ABOUT_ANOTHER) {
      return aboutAnother(session);
    }
    if (action == Mix.Action.NONSENSE) {
      return nonsense(session);
    }
    Request.Builder request = Request.newBuilder().setSequence(session.newSequence());
    return switch (action) {
      case ACQUIRE ->
          request
              .setAcquire(
                  dice.oneIn(mix.crowded() ? 300 : 25) ? demands.badAcquire() : demands.acquire())
              .build();
      case RELEASE -> request.setRelease(Release.newBuilder().setToken(token(session))).build();
      case EXTEND -> request.setExtend(extend(session)).build();
      case CONVERT -> request.setConvert(convert(session)).build();
      case HAND_OVER -> request.setHandOver(handOver(session)).build();
      case SET_VALUE -> request.setSetValue(setValue(session)).build();
      case WRITE_FILE -> writeFile(request, session).build();
      case REVOCATION -> request.setRequestRevocation(revocation(session)).build();
      case ABOUT_ANOTHER, NONSENSE -> throw new AssertionError(action);
    };
  }

  private Extend extend(SessionScript session) {
    boolean one = mix.writeFile() > 0 && !session.current.isEmpty() && !dice.oneIn(5);
    return Extend.newBuilder()
        .setToken(one ? dice.oneOf(session.current).token() : token(session))
        .setLeaseMillis(dice.oneIn(8) ? dice.between(-1, 0) : dice.between(1, 400))
        .build();
  }

  private Convert convert(SessionScript session) {
    HeldToken held = held(session);
    Convert.Builder convert =
        Convert.newBuilder()
            .setToken(held.token())
            .setWaitMillis(demands.waitMillis())
            .setPriority(demands.priority());
    if (dice.oneIn(40)) {
      return dice.oneIn(2) ? convert.build() : convert.addDemands(demands.malformed()).build();
    }
    convert.addDemands(demands.other(dice.oneOf(held.demands())));
    while (dice.oneIn(3)) {
      convert.addDemands(demands.other(dice.oneOf(held.demands())));
    }
    return convert.build();
  }

  private HandOver handOver(SessionScript session) {
    return HandOver.newBuilder()
        .setToken(token(session))
        .setToSessionId(
            dice.oneIn(30)
                ? dice.between(-1, 40)
                : sessions.get(sessions.size() - 1 - dice.below(Math.min(4, sessions.size())))
                    .sessionId)
        .setToOwner(dice.oneIn(40) ? "" : demands.owner())
        .build();
  }

  private SetValue setValue(SessionScript session) {
    HeldToken held = held(session);
    String lock = dice.oneIn(30) ? "e" : dice.oneOf(held.demands()).getLock();
    SetValue.Builder setValue = SetValue.newBuilder().setToken(held.token()).setLock(lock);
    if (dice.oneIn(4)) {
      setValue.setRemove(true);
    }
    ByteString value = ByteString.copyFromUtf8("v" + dice.below(1_000));
    ByteString tooLong = ByteString.copyFrom(new byte[4_096 + dice.below(2)]);
    return setValue.setValue(dice.oneIn(30) ? tooLong : value).build();
  }

  private Request.Builder writeFile(Request.Builder request, SessionScript session) {
    HeldToken held =
        session.current.isEmpty() || dice.oneIn(8) ? held(session) : dice.oneOf(session.current);
    String file = dice.oneIn(30) ? dice.oneOf(List.of("", "a/b", "..", "h")) : fileOf(held);
    if (dice.oneIn(15)) {
      return request.setDeleteFile(DeleteFile.newBuilder().setToken(held.token()).setFile(file));
    }
    ByteString some = ByteString.copyFromUtf8("d" + dice.below(1_000));
    // More than a piece of core's, now and then; and too much.
    ByteString data =
        dice.oneIn(20)
            ? ByteString.copyFrom(
                new byte[dice.oneOf(List.of(0, 60_000, 65_536, 140_000, 1_048_577))])
            : some;
    return request.setAppendFile(
        AppendFile.newBuilder()
            .setToken(held.token())
            .setFile(file)
            .setData(data)
            .setRollBack(dice.percent(80)));
  }

  private String fileOf(HeldToken held) {
    String lock = dice.oneOf(held.demands()).getLock();
    return lock.startsWith("files/") && !dice.oneIn(10)
        ? lock.substring("files/".length())
        : dice.oneOf(List.of("f", "g"));
  }

  private RequestRevocation revocation(SessionScript session) {
    long waiting =
        session.waiting.isEmpty() || dice.oneIn(20) ? dice.between(0, 20) : session.waiting.last();
    return RequestRevocation.newBuilder()
        .setToken(
            tokens.isEmpty() || dice.oneIn(20)
                ? dice.between(0, 40)
                : tokens.get(tokens.size() - 1 - dice.below(Math.min(5, tokens.size()))).token())
        .setWaitingSequence(waiting)
        .setDetail(dice.oneIn(30) ? "x".repeat(256 + dice.below(2)) : "please")
        .build();
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
      case 1 ->
          Request.newBuilder()
              .setSequence(dice.between(-1, 0))
              .setAcquire(demands.acquire())
              .build();
      // A number that was used for something else, perhaps.
      default ->
          Request.newBuilder()
              .setSequence(dice.between(1, session.newestSequence() + 1))
              .setAcquire(demands.acquire())
              .build();
    };
  }

  private long token(SessionScript session) {
    return dice.oneIn(mix.crowded() ? 100 : 12) ? dice.between(-1, 60) : held(session).token();
  }

  /** Mostly one of the session's own latest, or of those that it still has. */
  private HeldToken held(SessionScript session) {
    if (!session.current.isEmpty() && (mix.crowded() || dice.oneIn(3))) {
      return dice.oneOf(session.current);
    }
    if (session.tokens.isEmpty() || dice.oneIn(20)) {
      return tokens.isEmpty()
          ? new HeldToken(dice.between(-1, 60), List.of(anyDemand()))
          : dice.oneOf(tokens);
    }
    int newest = session.tokens.size() - 1;
    return session.tokens.get((int) dice.between(Math.max(0, newest - 2), newest));
  }

  private Demand anyDemand() {
    return demands.demand();
  }
}
