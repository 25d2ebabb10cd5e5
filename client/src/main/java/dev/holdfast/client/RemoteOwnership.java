package dev.holdfast.client;

import dev.holdfast.client.UnaryCalls.Kind;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.ExportOwnershipRequest;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.OwnersAtRequest;
import dev.holdfast.protocol.v1.OwnersBetweenRequest;
import dev.holdfast.protocol.v1.OwnersReply;
import dev.holdfast.protocol.v1.OwnershipFrame;
import dev.holdfast.protocol.v1.OwnershipGap;
import dev.holdfast.protocol.v1.OwnershipGrpc;
import dev.holdfast.protocol.v1.OwnershipPoint;
import dev.holdfast.protocol.v1.OwnershipSpan;
import dev.holdfast.protocol.v1.VerifyOwnershipReply;
import dev.holdfast.protocol.v1.VerifyOwnershipRequest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks nodes who held what. */
final class RemoteOwnership implements OwnershipHistory {
  private static final int OWNERS_MAX = 10_000;

  private final UnaryCalls calls;

  RemoteOwnership(UnaryCalls calls) {
    this.calls = calls;
  }

  @Override
  public PastOwners ownersAt(String lock, PastPoint at) {
    OwnersAtRequest question =
        OwnersAtRequest.newBuilder().setLock(requireName(lock)).setAt(point(at)).build();
    return owners(calls.anywhere(Kind.QUESTION, OwnershipGrpc.getOwnersAtMethod(), question));
  }

  @Override
  public PastOwners ownersBetween(
      String lock, @Nullable PastPoint from, @Nullable PastPoint to, int limit) {
    if (limit < 1 || limit > OWNERS_MAX) {
      throw new IllegalArgumentException("limit is 1 to " + OWNERS_MAX + ", not " + limit);
    }
    OwnersBetweenRequest.Builder question =
        OwnersBetweenRequest.newBuilder().setLock(requireName(lock)).setLimit(limit);
    if (from != null) {
      question.setFrom(point(from));
    }
    if (to != null) {
      question.setTo(point(to));
    }
    return owners(
        calls.anywhere(Kind.QUESTION, OwnershipGrpc.getOwnersBetweenMethod(), question.build()));
  }

  @Override
  public OwnershipProof prove(String endpoint) {
    String address = EndpointList.parse(endpoint).get(0);
    VerifyOwnershipReply reply =
        calls.at(
            address,
            Kind.QUESTION,
            OwnershipGrpc.getVerifyOwnershipMethod(),
            VerifyOwnershipRequest.getDefaultInstance());
    return new OwnershipProof(
        reply.getNodeId(),
        reply.getWhole(),
        reply.getRecords(),
        reply.getFirstRecord(),
        HexFormat.of().formatHex(reply.getLastHash().toByteArray()),
        reply.getProblem(),
        reply.getKnownFromRevision(),
        reply.getKnownToRevision(),
        gaps(reply.getGapsList()));
  }

  @Override
  public void export(String endpoint, Consumer<ExportedRecord> records) {
    String address = EndpointList.parse(endpoint).get(0);
    calls.parts(
        address,
        OwnershipGrpc.getExportOwnershipMethod(),
        ExportOwnershipRequest.getDefaultInstance(),
        frame -> records.accept(exported(frame)));
  }

  private static ExportedRecord exported(OwnershipFrame frame) {
    return new ExportedRecord(
        frame.getNumber(),
        Base64.getEncoder().encodeToString(frame.getRecord().toByteArray()),
        HexFormat.of().formatHex(frame.getHash().toByteArray()),
        HexFormat.of().formatHex(frame.getPreviousHash().toByteArray()),
        frame.getHead());
  }

  private static String requireName(String lock) {
    String problem = LockName.problemWith(lock);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return lock;
  }

  private static OwnershipPoint point(PastPoint point) {
    OwnershipPoint.Builder wire = OwnershipPoint.newBuilder();
    return (point.revision() >= 0
            ? wire.setRevision(point.revision())
            : wire.setWallMillis(point.wallMillis()))
        .build();
  }

  private static PastOwners owners(OwnersReply reply) {
    return new PastOwners(
        reply.getNodeId(),
        reply.getOwnersList().stream().map(RemoteOwnership::owner).toList(),
        reply.getMore(),
        reply.getFromRevision(),
        reply.getToRevision(),
        reply.getComplete(),
        reply.getMissing(),
        gaps(reply.getGapsList()),
        reply.getKnownFromRevision(),
        reply.getKnownToRevision(),
        reply.getOtherEndpointsList());
  }

  private static List<PastOwners.Gap> gaps(List<OwnershipGap> gaps) {
    return gaps.stream()
        .map(
            gap ->
                new PastOwners.Gap(gap.getFromRevision(), gap.getToRevision(), gap.getWhy().name()))
        .toList();
  }

  private static PastOwner owner(OwnershipSpan span) {
    Demand demand = span.getDemand();
    return new PastOwner(
        span.getToken(),
        span.getSessionId(),
        span.getOwner(),
        span.getLabel(),
        modeOf(demand.getMode()),
        demand.getPermits(),
        demand.getLimit(),
        span.getFromRevision(),
        span.getFromClockMillis(),
        span.getFromWallMillis(),
        span.getUntilRevision(),
        span.getUntilClockMillis(),
        span.getUntilWallMillis(),
        span.getEnd(),
        span.getOperator(),
        span.getReason());
  }

  private static String modeOf(LockMode mode) {
    return switch (mode) {
      case LOCK_MODE_NL -> "NL";
      case LOCK_MODE_IS -> "IS";
      case LOCK_MODE_IX -> "IX";
      case LOCK_MODE_S -> "S";
      case LOCK_MODE_SIX -> "SIX";
      case LOCK_MODE_X -> "X";
      case LOCK_MODE_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }
}
