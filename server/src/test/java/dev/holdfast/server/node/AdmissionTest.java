package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.Resolve;
import dev.holdfast.protocol.v1.ResumeSessionFrame;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final ByteString SIXTEEN = ByteString.copyFrom(new byte[16]);

  private final Admission admission =
      new Admission(new AdmissionLimits(1 << 20, 4, 10, 8, 77, 1_000, 600_000, 10));

  private static OpenSessionFrame.Builder open() {
    return OpenSessionFrame.newBuilder()
        .setNonce(SIXTEEN)
        .setSecret(SIXTEEN)
        .setClientId("00000000-0000-0000-0000-000000000001")
        .setTtlMillis(10_000);
  }

  private static Acquire.Builder acquire(String lock) {
    return Acquire.newBuilder()
        .setOwner("me")
        .addDemands(Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X));
  }

  private static Request request(Acquire.Builder acquire) {
    return Request.newBuilder().setSequence(1).setAcquire(acquire).build();
  }

  private void refusesOpen(OpenSessionFrame.Builder open, String what) {
    Refused refused = Objects.requireNonNull(admission.problemWith(open.build()));
    assertThat(refused.getReason()).isEqualTo(RefusalReason.INVALID_REQUEST);
    assertThat(refused.getDetail()).contains(what);
  }

  private static void refuses(Request request, RefusalReason reason, String what) {
    Refused refused = Objects.requireNonNull(Admission.problemWith(request));
    assertThat(refused.getReason()).isEqualTo(reason);
    assertThat(refused.getDetail()).contains(what);
  }

  @Test
  void sessions_are_opened_with_everything_in_its_place() {
    assertThat(admission.problemWith(open().build())).isNull();
    refusesOpen(open().setNonce(ByteString.EMPTY), "16 random bytes");
    refusesOpen(open().setSecret(ByteString.copyFromUtf8("short")), "16 random bytes");
    refusesOpen(open().setClientId("me"), "not a UUID");
    refusesOpen(open().setLabel("\u00e9".repeat(129)), "256 bytes");
    refusesOpen(open().setTtlMillis(999), "1000 to 600000");
    refusesOpen(open().setTtlMillis(600_001), "1000 to 600000");
    refusesOpen(open().setLocksMax(-1), "send 0");
    refusesOpen(open().setLocksMax(1_000_001), "1000000 at most");
    assertThat(admission.problemWith(open().setLabel("\u00e9".repeat(128)).build())).isNull();
  }

  @Test
  void sessions_are_resumed_by_number_and_secret() {
    ResumeSessionFrame.Builder resume =
        ResumeSessionFrame.newBuilder().setSessionId(7).setSecret(SIXTEEN);
    assertThat(Admission.problemWith(resume.build())).isNull();
    assertThat(Admission.problemWith(resume.setSessionId(0).build())).isNotNull();
    assertThat(Admission.problemWith(resume.setSessionId(7).clearSecret().build())).isNotNull();
  }

  @Test
  void requests_are_checked_field_by_field() {
    assertThat(Admission.problemWith(request(acquire("a/b")))).isNull();
    RefusalReason invalid = RefusalReason.INVALID_REQUEST;
    refuses(request(acquire("a")).toBuilder().setSequence(0).build(), invalid, "from 1");
    refuses(Request.newBuilder().setSequence(1).build(), invalid, "no action");
    refuses(request(acquire("a").setOwner("")), invalid, "1 to 128");
    refuses(request(acquire("a").setOwner("x".repeat(129))), invalid, "1 to 128");
    refuses(request(acquire("a").clearDemands()), invalid, "1 to 64");
    refuses(request(acquire("a").setLeaseMillis(-1)), invalid, "lease_millis");
    refuses(request(acquire("a").addDemands(Demand.newBuilder().setLock("b"))), invalid, "no mode");
    refuses(
        request(acquire("a").addDemands(Demand.newBuilder().setLock("b").setModeValue(99))),
        invalid,
        "no mode");
    Acquire.Builder many = Acquire.newBuilder().setOwner("me");
    for (int i = 0; i < 65; i++) {
      many.addDemands(Demand.newBuilder().setLock("l" + i).setMode(LockMode.LOCK_MODE_S));
    }
    refuses(request(many), invalid, "65 demands");
    refuses(request(acquire("a//b")), RefusalReason.INVALID_NAME, "empty segment");
    refuses(request(acquire("e\u0301")), RefusalReason.INVALID_NAME, "normal form");
    refuses(
        Request.newBuilder().setSequence(1).setRelease(Release.newBuilder()).build(),
        invalid,
        "release.token");
    refuses(
        Request.newBuilder().setSequence(1).setExtend(Extend.newBuilder().setToken(1)).build(),
        invalid,
        "lease_millis");
  }

  @Test
  void acknowledged_ranges_ascend() {
    assertThat(Admission.problemWith(acknowledged(5))).isNull();
    assertThat(Admission.problemWith(acknowledged(5, 7, 7, 9, 12))).isNull();
    assertThat(Admission.problemWith(acknowledged(5, 7))).isNotNull();
    assertThat(Admission.problemWith(acknowledged(5, 4, 6))).isNotNull();
    assertThat(Admission.problemWith(acknowledged(5, 9, 7))).isNotNull();
    assertThat(Admission.problemWith(acknowledged(5, 7, 9, 9, 10))).isNotNull();
    assertThat(Admission.problemWith(acknowledged(-1))).isNotNull();
  }

  private static Acknowledged acknowledged(long below, long... ranges) {
    Acknowledged.Builder acknowledged = Acknowledged.newBuilder().setBelow(below);
    for (long each : ranges) {
      acknowledged.addRanges(each);
    }
    return acknowledged.build();
  }

  @Test
  void limits_hold_for_what_asks_and_never_for_what_gives_back() {
    Request acquire = request(acquire("a"));
    assertThat(admission.overload(acquire, 3, 7, 1L << 40)).isNull();
    assertThat(admission.overload(acquire, 4, 0, 0)).isEqualTo(RefusalReason.TOO_MANY_REQUESTS);
    assertThat(admission.overload(acquire, 0, 8, 0)).isEqualTo(RefusalReason.OVERLOADED);
    Request.Builder other = Request.newBuilder().setSequence(1);
    assertThat(gives(other.setRelease(Release.getDefaultInstance()))).isNull();
    assertThat(gives(other.setCancel(Cancel.getDefaultInstance()))).isNull();
    assertThat(gives(other.setResolve(Resolve.getDefaultInstance()))).isNull();
  }

  private @Nullable RefusalReason gives(Request.Builder request) {
    return admission.overload(request.build(), 99, 99, 1L << 40);
  }

  @Test
  void an_append_is_let_in_while_less_than_32_MiB_wait() {
    Request append =
        Request.newBuilder().setSequence(1).setAppendFile(AppendFile.getDefaultInstance()).build();
    assertThat(admission.overload(append, 0, 0, 33_554_431)).isNull();
    assertThat(admission.overload(append, 0, 0, 33_554_432)).isEqualTo(RefusalReason.OVERLOADED);
  }

  @Test
  void the_nodes_limit_on_the_queue_goes_into_the_log() {
    Request stamped = admission.stamped(request(acquire("a").setQueueLengthMax(1_000_000)));
    assertThat(stamped.getAcquire().getQueueLengthMax()).isEqualTo(77);
  }
}
