package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.RequestRevocation;
import dev.holdfast.protocol.v1.SetValue;
import org.jspecify.annotations.Nullable;

/** What else is asked of a grant: release, extend, set_value, request_revocation. */
final class HolderRequests {
  static final int VALUE_BYTES_MAX = 4_096;
  static final int VALUES_MAX = 16_384;
  static final int DETAIL_LENGTH_MAX = 256;

  private final SessionRequests requests;
  private final LockModel model;
  private final ModelState state;

  HolderRequests(SessionRequests requests) {
    this.requests = requests;
    this.model = requests.model;
    this.state = requests.state;
  }

  void release(ModelSession session, long sequence, long token) {
    Refused notOwn = requests.notOwn(session, token);
    if (notOwn != null) {
      requests.refuse(session, sequence, notOwn);
      return;
    }
    model.ending.end(requests.grant(token), ModelEvent.GrantEnd.RELEASED);
    requests.answerAndStore(session, sequence, ModelAnswers.released(state.revision));
  }

  void extend(ModelSession session, long sequence, Extend extend) {
    Refused notOwn = requests.notOwn(session, extend.getToken());
    if (notOwn != null) {
      requests.refuse(session, sequence, notOwn);
    } else if (extend.getLeaseMillis() <= 0) {
      requests.refuse(session, sequence, ModelAnswers.because(RefusalReason.INVALID_REQUEST));
    } else if (!requests.grant(extend.getToken()).isFixedLease()) {
      requests.refuse(session, sequence, ModelAnswers.because(RefusalReason.NOT_FIXED_LEASE));
    } else {
      ModelGrant extended = extended(requests.grant(extend.getToken()), extend.getLeaseMillis());
      requests.answerAndStore(session, sequence, ModelAnswers.granted(extended, extended.token()));
    }
  }

  /** "An extended grant ends at the command's revision." */
  private ModelGrant extended(ModelGrant old, long leaseMillis) {
    model.ending.end(old, ModelEvent.GrantEnd.EXTENDED);
    long token = state.nextRevision();
    ModelGrant extended =
        new ModelGrant(
            token,
            old.owner(),
            old.demands(),
            old.needs(),
            old.ticket(),
            old.grantedAtMillis(),
            ModelState.after(state.clockMillis, leaseMillis),
            old.atLeastUntilMillis(),
            old.lockDelayMillis(),
            old.gated());
    state.grants.add(extended);
    state.mapChanged();
    state.waiting.replaceAll(
        request -> request.convertsNow() == old.token() ? request.converting(token) : request);
    model.tell(
        new ModelEvent.LockGranted(
            token,
            extended.ticket(),
            extended.owner(),
            extended.demands(),
            0,
            extended.expiresAtMillis(),
            ModelEvent.GrantCause.EXTENDED,
            old.token()));
    model.files.changed(old.token(), extended);
    return extended;
  }

  void setValue(ModelSession session, long sequence, SetValue setValue) {
    Refused broken = brokenRule(session, setValue);
    if (broken != null) {
      requests.refuse(session, sequence, broken);
      return;
    }
    String lock = setValue.getLock();
    boolean hadOne = state.value(lock).isPresent();
    if (!setValue.getRemove()) {
      state.mapChanged();
      state.put(
          new ModelValue(lock, setValue.getValue(), true, setValue.getToken(), state.revision));
      model.tell(
          new ModelEvent.LockValueChanged(
              state.revision, lock, setValue.getValue(), true, setValue.getToken()));
    } else if (hadOne) {
      state.mapChanged();
      state.values.removeIf(value -> value.lock().equals(lock));
      model.tell(
          new ModelEvent.LockValueChanged(state.revision, lock, null, false, setValue.getToken()));
    }
    requests.answerAndStore(session, sequence, ModelAnswers.done(state.revision));
  }

  private @Nullable Refused brokenRule(ModelSession session, SetValue setValue) {
    Refused notOwn = requests.notOwn(session, setValue.getToken());
    if (notOwn != null) {
      return notOwn;
    }
    ModelNeed held = requests.grant(setValue.getToken()).named(setValue.getLock());
    if (held == null || (!setValue.getRemove() && setValue.getValue().size() > VALUE_BYTES_MAX)) {
      return ModelAnswers.because(RefusalReason.INVALID_REQUEST);
    }
    if (!GrantEnding.mayChangeValue(held)) {
      return ModelAnswers.because(RefusalReason.MODE_TOO_WEAK);
    }
    boolean addsOne = !setValue.getRemove() && state.value(setValue.getLock()).isEmpty();
    return addsOne && state.values.size() >= VALUES_MAX
        ? ModelAnswers.because(RefusalReason.TOO_MANY_VALUES)
        : null;
  }

  void requestRevocation(ModelSession session, long sequence, RequestRevocation asked) {
    ModelGrant grant = state.grant(asked.getToken());
    if (asked.getDetail().length() > DETAIL_LENGTH_MAX) {
      requests.refuse(session, sequence, ModelAnswers.because(RefusalReason.INVALID_REQUEST));
    } else if (grant == null) {
      requests.refuse(session, sequence, ModelAnswers.because(RefusalReason.STALE_TOKEN));
    } else if (!isWaitedFor(grant, session, asked.getWaitingSequence())) {
      requests.refuse(session, sequence, ModelAnswers.because(RefusalReason.NOT_WAITING));
    } else {
      model.tell(
          new ModelEvent.RevocationRequested(
              state.revision, grant.token(), grant.sessionId(), session.id, "", asked.getDetail()));
      requests.answerAndStore(session, sequence, ModelAnswers.done(state.revision));
    }
  }

  private boolean isWaitedFor(ModelGrant grant, ModelSession session, long waitingSequence) {
    return state.waitingOf(session.id).stream()
        .filter(request -> request.sequence() == waitingSequence)
        .flatMap(request -> model.rules.obstacles(request).stream())
        .anyMatch(
            obstacle ->
                obstacle instanceof GrantRules.Obstacle.Held held
                    && held.grant().token() == grant.token());
  }
}
