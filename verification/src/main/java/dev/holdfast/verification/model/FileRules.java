package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.FileName;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.DeleteFile;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files: appended to by whoever holds their lock, and cut off again after an unclean end. */
class FileRules {
  private static final int APPEND_BYTES_MAX = 1_048_576;
  private static final long BYTES_MAX = 67_108_864;
  private static final int FILES_MAX = 10_000;

  private final LockModel model;
  private final ModelState state;

  FileRules(LockModel model) {
    this.model = model;
    this.state = model.state;
  }

  final void append(ModelSession session, long sequence, AppendFile append) {
    Refused broken = brokenRule(session, append.getToken(), append.getFile());
    if (broken == null) {
      broken = tooMuch(append);
    }
    if (broken != null) {
      model.requests.refuse(session, sequence, broken);
      return;
    }
    ModelFile before = state.file(append.getFile());
    ModelFile file = before == null ? empty(append.getFile()) : before;
    int length = file.data().size();
    ModelFile after =
        new ModelFile(
            file.name(),
            file.data().concat(append.getData()),
            append.getToken(),
            state.revision,
            append.getRollBack() ? append.getToken() : 0,
            append.getRollBack() ? openFrom(file, append.getToken()) : 0);
    state.put(after);
    model.tell(
        new ModelEvent.FileAppended(
            state.revision, file.name(), length, append.getData(), append.getToken()));
    model.requests.answerAndStore(
        session, sequence, ModelAnswers.appended(length, after.data().size(), state.revision));
  }

  private static ModelFile empty(String name) {
    return new ModelFile(name, ByteString.EMPTY, 0, 0, 0, 0);
  }

  /** "All that the grant has appended in a row, as long as all of it is to be rolled back." */
  int openFrom(ModelFile file, long token) {
    return file.openToken() == token ? file.openOffset() : file.data().size();
  }

  final void delete(ModelSession session, long sequence, DeleteFile delete) {
    Refused broken = brokenRule(session, delete.getToken(), delete.getFile());
    if (broken != null) {
      model.requests.refuse(session, sequence, broken);
      return;
    }
    if (state.files.removeIf(file -> file.name().equals(delete.getFile()))) {
      model.tell(new ModelEvent.FileDeleted(state.revision, delete.getFile(), delete.getToken()));
    }
    model.requests.answerAndStore(session, sequence, ModelAnswers.done(state.revision));
  }

  private @Nullable Refused brokenRule(ModelSession session, long token, String name) {
    Refused notOwn = model.requests.notOwn(session, token);
    if (notOwn != null) {
      return notOwn;
    }
    if (FileName.structuralProblemWith(name) != null) {
      return ModelAnswers.because(RefusalReason.INVALID_FILE_NAME);
    }
    ModelGrant grant = model.requests.grant(token);
    if (guards(grant, name)) {
      return null;
    }
    boolean holdsAny = grant.named("files/" + name) != null || grant.named("files") != null;
    return ModelAnswers.because(
        holdsAny ? RefusalReason.MODE_TOO_WEAK : RefusalReason.NOT_HOLDER, "files/" + name);
  }

  /** "The file's lock in X or SIX, or the lock above all files in X." */
  boolean guards(ModelGrant grant, String name) {
    ModelNeed own = grant.named("files/" + name);
    ModelNeed above = grant.named("files");
    return (own != null && GrantEnding.mayChangeValue(own))
        || (above != null && above.mode() == LockMode.LOCK_MODE_X);
  }

  private @Nullable Refused tooMuch(AppendFile append) {
    if (append.getData().size() > APPEND_BYTES_MAX) {
      return ModelAnswers.because(RefusalReason.APPEND_TOO_LARGE);
    }
    long bytes = state.files.stream().mapToLong(file -> file.data().size()).sum();
    boolean oneTooMany = state.file(append.getFile()) == null && state.files.size() >= FILES_MAX;
    return oneTooMany || bytes + append.getData().size() > BYTES_MAX
        ? ModelAnswers.because(RefusalReason.FILE_QUOTA_EXCEEDED)
        : null;
  }

  /** "An unclean end cuts off what is open; any other settles it, unless the grant goes on." */
  final void ended(ModelGrant grant, ModelEvent.GrantEnd end) {
    if (end == ModelEvent.GrantEnd.EXTENDED || end == ModelEvent.GrantEnd.CONVERTED) {
      return;
    }
    for (ModelFile file : List.copyOf(state.files)) {
      if (file.openToken() != grant.token()) {
        continue;
      }
      if (end.isUnclean()) {
        rollBack(file);
      } else {
        state.put(file.openedBy(0));
      }
    }
  }

  private void rollBack(ModelFile file) {
    state.put(
        new ModelFile(
            file.name(),
            file.data().substring(0, file.openOffset()),
            file.token(),
            state.revision,
            0,
            0));
    model.tell(
        new ModelEvent.FileRolledBack(
            state.revision, file.name(), file.openOffset(), file.openToken()));
  }

  /** "It goes on under the new token; what the grant does not guard any more is settled." */
  void changed(long tokenBefore, ModelGrant grant) {
    for (ModelFile file : List.copyOf(state.files)) {
      if (file.openToken() == tokenBefore) {
        state.put(file.openedBy(guards(grant, file.name()) ? grant.token() : 0));
      }
    }
  }
}
