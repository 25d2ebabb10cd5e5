package dev.holdfast.core;

import static dev.holdfast.core.RequestRules.refused;

import dev.holdfast.core.Event.FileAppended;
import dev.holdfast.core.Event.FileDeleted;
import dev.holdfast.core.Event.FileRolledBack;
import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.protocol.FileName;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.DeleteFile;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import org.jspecify.annotations.Nullable;

/**
 * Files that only the holder of their lock may write to. The grant is looked at in the same step in
 * which the bytes are added, so there is no moment in which a holder who has lost it can write.
 *
 * <p>What was appended with {@code roll_back} is open: it stands at the file's end, all by one
 * grant, and is cut off when that grant ends uncleanly. It is settled, and stays, when the grant
 * ends otherwise, is handed over, or loses the file's lock by a conversion, and when anything else
 * is appended after it. An extension or another conversion leaves it open under the new token. So
 * there is one mark in a file, and nobody's bytes but the grant's own stand behind it.
 */
final class GuardedFiles {
  private final State state;
  private final Steps steps;

  GuardedFiles(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
  }

  /** Appends by a grant of the session itself, or tells why not. */
  Answer append(Grant grant, AppendFile command, long revision) {
    String name = command.getFile();
    Refused.Builder broken = brokenRule(grant, name);
    if (broken == null) {
      broken = brokenBound(command);
    }
    if (broken != null) {
      return Answers.refused(broken, revision);
    }
    GuardedFile before = state.files.get(name);
    long offset = before == null ? 0 : before.length();
    long openFrom =
        before != null && before.openToken() == grant.token() ? before.openOffset() : offset;
    GuardedFile after =
        new GuardedFile(
            name,
            offset + command.getData().size(),
            grant.token(),
            revision,
            command.getRollBack() ? grant.token() : 0,
            command.getRollBack() ? openFrom : 0);
    state.files.append(after, command.getData());
    steps.report(new FileAppended(revision, name, offset, command.getData(), grant.token()));
    return Answers.appended(offset, after.length(), revision);
  }

  /** Removes a file by a grant of the session itself, or tells why not. */
  Answer delete(Grant grant, DeleteFile command, long revision) {
    String name = command.getFile();
    Refused.Builder broken = brokenRule(grant, name);
    if (broken != null) {
      return Answers.refused(broken, revision);
    }
    if (state.files.get(name) != null) {
      state.files.remove(name);
      steps.report(new FileDeleted(revision, name, grant.token()));
    }
    return Answers.done(revision);
  }

  private static Refused.@Nullable Builder brokenRule(Grant grant, String name) {
    if (FileName.structuralProblemWith(name) != null) {
      return refused(RefusalReason.INVALID_FILE_NAME);
    }
    String lock = FileName.lockOf(name);
    if (guards(grant, name)) {
      return null;
    }
    boolean holds = grant.demandFor(lock) != null || grant.demandFor(FileName.ROOT_LOCK) != null;
    return refused(holds ? RefusalReason.MODE_TOO_WEAK : RefusalReason.NOT_HOLDER).setLock(lock);
  }

  /**
   * Whether a grant keeps everybody else from writing to a file, and from reading under its lock.
   */
  private static boolean guards(Grant grant, String name) {
    Demand own = grant.demandFor(FileName.lockOf(name));
    Demand root = grant.demandFor(FileName.ROOT_LOCK);
    return (own != null && Modes.mayWriteValue(own.getModeValue()))
        || (root != null && root.getMode() == LockMode.LOCK_MODE_X);
  }

  private Refused.@Nullable Builder brokenBound(AppendFile command) {
    if (command.getData().size() > Limits.APPEND_BYTES_MAX) {
      return refused(RefusalReason.APPEND_TOO_LARGE);
    }
    boolean isNew = state.files.get(command.getFile()) == null;
    return (isNew && state.files.count() >= Limits.FILES_MAX)
            || state.files.bytes() + command.getData().size() > Limits.FILE_BYTES_MAX
        ? refused(RefusalReason.FILE_QUOTA_EXCEEDED)
        : null;
  }

  /** A grant is out of the map, and, if replaced, not yet followed by the next. */
  void ended(Grant grant, GrantEnd end, long revision) {
    if (!state.files.hasOpen() || end == GrantEnd.EXTENDED || end == GrantEnd.CONVERTED) {
      return;
    }
    for (String name : state.files.openedBy(grant.token())) {
      GuardedFile file = state.files.existing(name);
      if (!end.isUnclean()) {
        state.files.put(file.openedBy(0));
      } else {
        GuardedFile shorter = file.rolledBack(revision);
        state.files.cut(shorter);
        steps.report(new FileRolledBack(revision, name, shorter.length(), grant.token()));
      }
    }
  }

  /** A grant has come in the place of one with another token, or has less than before. */
  void changed(long tokenBefore, Grant grant) {
    if (!state.files.hasOpen()) {
      return;
    }
    for (String name : state.files.openedBy(tokenBefore)) {
      GuardedFile file = state.files.existing(name);
      state.files.put(file.openedBy(guards(grant, name) ? grant.token() : 0));
    }
  }
}
