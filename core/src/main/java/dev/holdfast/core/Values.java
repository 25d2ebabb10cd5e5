package dev.holdfast.core;

import dev.holdfast.core.Event.LockValueChanged;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.SetValue;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What holders leave with locks. */
final class Values {
  private final State state;
  private final Steps steps;

  Values(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
  }

  /**
   * Sets or removes a value by a grant of the session itself; tells which rule is broken, if one
   * is.
   */
  @Nullable RefusalReason set(Grant grant, SetValue command, long revision) {
    String lock = command.getLock();
    RefusalReason broken = brokenRule(grant, command);
    if (broken != null) {
      return broken;
    }
    if (!command.getRemove()) {
      state.setValue(lock, new LockValue(command.getValue(), true, grant.token(), revision));
      state.mapRevision = revision;
      steps.report(new LockValueChanged(revision, lock, command.getValue(), true, grant.token()));
    } else if (state.values.get(lock) != null) {
      state.removeValue(lock);
      state.mapRevision = revision;
      steps.report(new LockValueChanged(revision, lock, null, false, grant.token()));
    }
    return null;
  }

  private @Nullable RefusalReason brokenRule(Grant grant, SetValue command) {
    String lock = command.getLock();
    if (!grant.names(lock)
        || (!command.getRemove() && command.getValue().size() > Limits.VALUE_BYTES_MAX)) {
      return RefusalReason.INVALID_REQUEST;
    }
    if (!Modes.mayWriteValue(Objects.requireNonNull(grant.demandFor(lock)).getModeValue())) {
      return RefusalReason.MODE_TOO_WEAK;
    }
    boolean isNew = !command.getRemove() && state.values.get(lock) == null;
    return isNew && state.values.size() >= Limits.VALUES_MAX ? RefusalReason.TOO_MANY_VALUES : null;
  }
}
