package dev.holdfast.server.node;

import static dev.holdfast.server.node.RefusalDetail.refused;

import dev.holdfast.protocol.FileName;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.Convert;
import dev.holdfast.protocol.v1.DeleteFile;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.HandOver;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.RequestRevocation;
import dev.holdfast.protocol.v1.SetValue;
import org.jspecify.annotations.Nullable;

/** The rules of form for what a session can ask about its grants, with words for a person. */
final class RequestForms {
  private static final int VALUE_BYTES_MAX = 4_096;
  private static final int APPEND_BYTES_MAX = 1_048_576;
  private static final int DETAIL_LENGTH_MAX = 256;
  private static final long RESERVED_MILLIS_MAX = 86_400_000;

  private RequestForms() {}

  /** What is wrong with a demand but its name, or null. */
  static @Nullable Refused problemWith(Demand demand) {
    if (demand.getPermits() == 0 && demand.getLimit() == 0) {
      return demand.getMode() == LockMode.LOCK_MODE_UNSPECIFIED
              || demand.getMode() == LockMode.UNRECOGNIZED
          ? Admission.invalid(
              "a demand has no mode that this node knows; send one, such as LOCK_MODE_X, or"
                  + " permits and a limit")
          : null;
    }
    if (demand.getMode() != LockMode.LOCK_MODE_UNSPECIFIED) {
      return Admission.invalid("a demand has a mode and permits; send one of the two");
    }
    return demand.getPermits() < 1 || demand.getPermits() > demand.getLimit()
        ? Admission.invalid(
            "a demand is for "
                + demand.getPermits()
                + " permits of "
                + demand.getLimit()
                + "; send at least 1 and no more than the limit")
        : null;
  }

  static @Nullable Refused problemWithReservations(Acquire acquire) {
    if (isReservable(acquire.getAtLeastMillis()) && isReservable(acquire.getLockDelayMillis())) {
      return null;
    }
    return Admission.invalid(
        "acquire.at_least_millis and acquire.lock_delay_millis are 0 to " + RESERVED_MILLIS_MAX);
  }

  private static boolean isReservable(long millis) {
    return millis >= 0 && millis <= RESERVED_MILLIS_MAX;
  }

  static @Nullable Refused problemWith(Convert convert) {
    if (convert.getDemandsCount() < 1 || convert.getDemandsCount() > Admission.DEMANDS_MAX) {
      return Admission.invalid(
          "convert has "
              + convert.getDemandsCount()
              + " demands; send 1 to "
              + Admission.DEMANDS_MAX);
    }
    for (Demand demand : convert.getDemandsList()) {
      Refused problem = problemWith(demand);
      if (problem != null) {
        return problem;
      }
    }
    return Admission.problemWithToken("convert", convert.getToken());
  }

  static @Nullable Refused problemWith(HandOver handOver) {
    int ownerBytes = Admission.utf8Length(handOver.getToOwner());
    if (ownerBytes < 1 || ownerBytes > Admission.OWNER_BYTES_MAX) {
      return Admission.invalid(
          "hand_over.to_owner is "
              + ownerBytes
              + " bytes; it has 1 to "
              + Admission.OWNER_BYTES_MAX);
    }
    return handOver.getToSessionId() < 1
        ? Admission.invalid("hand_over.to_session_id is missing; send the receiver's session id")
        : Admission.problemWithToken("hand_over", handOver.getToken());
  }

  static @Nullable Refused problemWith(SetValue setValue) {
    return setValue.getValue().size() > VALUE_BYTES_MAX
        ? Admission.invalid(
            "set_value.value is "
                + setValue.getValue().size()
                + " bytes; a lock's value has at most "
                + VALUE_BYTES_MAX)
        : Admission.problemWithToken("set_value", setValue.getToken());
  }

  static @Nullable Refused problemWith(AppendFile append) {
    if (append.getData().size() > APPEND_BYTES_MAX) {
      return refused(
          RefusalReason.APPEND_TOO_LARGE,
          "append_file.data is "
              + append.getData().size()
              + " bytes; append at most "
              + APPEND_BYTES_MAX
              + " at a time");
    }
    Refused problem = problemWithFile(append.getFile());
    return problem == null ? Admission.problemWithToken("append_file", append.getToken()) : problem;
  }

  static @Nullable Refused problemWith(DeleteFile delete) {
    Refused problem = problemWithFile(delete.getFile());
    return problem == null ? Admission.problemWithToken("delete_file", delete.getToken()) : problem;
  }

  private static @Nullable Refused problemWithFile(String name) {
    String problem = FileName.problemWith(name);
    return problem == null ? null : refused(RefusalReason.INVALID_FILE_NAME, problem);
  }

  static @Nullable Refused problemWith(RequestRevocation revocation) {
    return revocation.getDetail().length() > DETAIL_LENGTH_MAX
        ? Admission.invalid(
            "request_revocation.detail is longer than " + DETAIL_LENGTH_MAX + " characters")
        : Admission.problemWithToken("request_revocation", revocation.getToken());
  }
}
