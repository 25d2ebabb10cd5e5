package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Convert;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** "convert" of the page on the lock model. */
final class Converting {
  private final SessionRequests requests;
  private final LockModel model;
  private final ModelState state;
  private final Acquiring acquiring;

  Converting(SessionRequests requests) {
    this.requests = requests;
    this.model = requests.model;
    this.state = requests.state;
    this.acquiring = new Acquiring(requests);
  }

  void convert(ModelSession session, long sequence, Convert convert) {
    Refused notOwn = requests.notOwn(session, convert.getToken());
    Refused broken =
        notOwn != null ? notOwn : brokenRule(requests.grant(convert.getToken()), convert);
    if (broken != null) {
      requests.refuse(session, sequence, broken);
      return;
    }
    ModelGrant grant = requests.grant(convert.getToken());
    ModelRequest conversion = conversion(grant, sequence, convert);
    if (requests.isDownwards(grant, conversion)) {
      convertDown(session, sequence, grant, conversion);
    } else if (model.rules.isGrantable(conversion)) {
      requests.grant(conversion);
    } else if (convert.getWaitMillis() == 0) {
      requests.refuse(session, sequence, model.rules.inTheWayOf(conversion));
    } else {
      acquiring.beginToWait(session, conversion);
    }
  }

  /** Rules 2 to 4. */
  private @Nullable Refused brokenRule(ModelGrant grant, Convert convert) {
    if (convert.getDemandsCount() == 0
        || convert.getDemandsCount() > Acquiring.DEMANDS_MAX
        || !convert.getDemandsList().stream().allMatch(NeedRules::isWellFormed)) {
      return ModelAnswers.because(RefusalReason.INVALID_REQUEST);
    }
    Optional<Refused> alreadyWaiting = acquiring.alreadyWaiting(grant.owner());
    if (alreadyWaiting.isPresent()) {
      return alreadyWaiting.get();
    }
    List<String> earlier = new ArrayList<>();
    for (Demand demand : convert.getDemandsList()) {
      ModelNeed held = grant.named(demand.getLock());
      if (held == null || earlier.contains(demand.getLock())) {
        return ModelAnswers.because(
            RefusalReason.INVALID_REQUEST, Acquiring.beginning(demand.getLock()));
      }
      if (held.isPermits() != ModelNeed.of(demand).isPermits()) {
        return ModelAnswers.because(RefusalReason.KIND_MISMATCH, demand.getLock());
      }
      if (held.limit() != demand.getLimit()) {
        return ModelAnswers.because(RefusalReason.LIMIT_MISMATCH, demand.getLock());
      }
      earlier.add(demand.getLock());
    }
    return null;
  }

  /** "The new demands are the grant's with these in place." */
  private ModelRequest conversion(ModelGrant grant, long sequence, Convert convert) {
    List<Demand> demands = new ArrayList<>();
    for (Demand old : grant.demands()) {
      demands.add(
          convert.getDemandsList().stream()
              .filter(demand -> demand.getLock().equals(old.getLock()))
              .findFirst()
              .map(demand -> ModelNeed.of(demand).at(demand.getLock()))
              .orElse(old));
    }
    return new ModelRequest(
        state.revision,
        grant.owner(),
        sequence,
        List.copyOf(demands),
        model.needs.effective(demands),
        state.clockMillis,
        acquiring.waitUntilMillis(convert.getWaitMillis()),
        ModelTerms.NONE,
        convert.getPriority(),
        grant.token(),
        grant.token());
  }

  /** "The grant changes in place in the command's step; token, ticket, lease stay." */
  private void convertDown(
      ModelSession session, long sequence, ModelGrant grant, ModelRequest conversion) {
    ModelGrant less =
        new ModelGrant(
            grant.token(),
            grant.owner(),
            conversion.demands(),
            conversion.needs(),
            grant.ticket(),
            grant.grantedAtMillis(),
            grant.expiresAtMillis(),
            grant.atLeastUntilMillis(),
            grant.lockDelayMillis(),
            grant.gated());
    if (!less.equals(grant)) {
      state.grants.set(state.grants.indexOf(grant), less);
      state.mapChanged();
      model.tell(
          new ModelEvent.LockConverted(
              state.revision, grant.token(), grant.owner(), grant.demands(), less.demands()));
      model.files.changed(grant.token(), less);
    }
    requests.answerAndStore(session, sequence, ModelAnswers.granted(less, state.revision));
  }

  /**
   * "The grant's step ends the old grant and adds the new one: ticket of the conversion; start,
   * lease, at-least and lock delay of the old grant as they are then."
   */
  ModelGrant converted(ModelRequest conversion) {
    ModelGrant old = requests.grant(conversion.convertsNow());
    long token = requests.tokenOfConverted(old);
    model.ending.end(old, ModelEvent.GrantEnd.CONVERTED);
    ModelGrant grant =
        new ModelGrant(
            token,
            old.owner(),
            conversion.demands(),
            conversion.needs(),
            conversion.ticket(),
            old.grantedAtMillis(),
            old.expiresAtMillis(),
            old.atLeastUntilMillis(),
            old.lockDelayMillis(),
            old.gated());
    state.grants.add(grant);
    state.mapChanged();
    model.tell(
        new ModelEvent.LockGranted(
            token,
            grant.ticket(),
            grant.owner(),
            grant.demands(),
            state.clockMillis - conversion.queuedAtMillis(),
            grant.expiresAtMillis(),
            ModelEvent.GrantCause.CONVERTED,
            old.token()));
    model.files.changed(old.token(), grant);
    return grant;
  }
}
