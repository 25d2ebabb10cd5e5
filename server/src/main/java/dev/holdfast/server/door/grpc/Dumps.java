package dev.holdfast.server.door.grpc;

import dev.holdfast.core.StateImage;
import dev.holdfast.protocol.log.v1.GrantRecord;
import dev.holdfast.protocol.log.v1.SessionRecord;
import dev.holdfast.protocol.log.v1.SnapshotHeader;
import dev.holdfast.protocol.log.v1.SnapshotRecord;
import dev.holdfast.protocol.v1.Consistency;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.DumpChunk;
import dev.holdfast.protocol.v1.DumpRequest;
import dev.holdfast.protocol.v1.GrantView;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.ReadLabel;
import dev.holdfast.server.host.NodeHost;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Tells who holds what on this node, all of it as of one revision, in the order of names and then
 * of tokens, without holding up anybody: it reads a copy, and writes no faster than the caller
 * reads.
 */
final class Dumps {
  private static final int GRANTS_PER_CHUNK = 500;

  private final NodeHost node;
  private final Reads reads;

  Dumps(NodeHost node, Reads reads) {
    this.node = node;
    this.reads = reads;
  }

  void answer(DumpRequest request, StreamObserver<DumpChunk> caller) {
    Chunks chunks = new Chunks((ServerCallStreamObserver<DumpChunk>) caller);
    chunks.caller.setOnReadyHandler(chunks::write);
    chunks.caller.setOnCancelHandler(chunks::cancel);
    reads.whenAllowed(
        request.getConsistency(), 0, caller, () -> chunks.begin(request.getConsistency()));
  }

  private final class Chunks {
    final ServerCallStreamObserver<DumpChunk> caller;
    private Iterator<DumpChunk> chunks = List.<DumpChunk>of().iterator();
    private boolean begun;

    Chunks(ServerCallStreamObserver<DumpChunk> caller) {
      this.caller = caller;
    }

    synchronized void begin(Consistency consistency) {
      chunks = chunksOf(node.image(), consistency).iterator();
      begun = true;
      write();
    }

    synchronized void cancel() {
      begun = false;
    }

    synchronized void write() {
      while (begun && caller.isReady()) {
        if (!chunks.hasNext()) {
          begun = false;
          caller.onCompleted();
          return;
        }
        caller.onNext(chunks.next());
      }
    }
  }

  private List<DumpChunk> chunksOf(StateImage image, Consistency consistency) {
    Map<Long, SessionRecord> sessions = new HashMap<>();
    List<GrantView> grants = new ArrayList<>();
    SnapshotHeader header = SnapshotHeader.getDefaultInstance();
    for (Iterator<SnapshotRecord> records = image.records(); records.hasNext(); ) {
      SnapshotRecord record = records.next();
      switch (record.getKindCase()) {
        case HEADER -> header = record.getHeader();
        case SESSION -> sessions.put(record.getSession().getSessionId(), record.getSession());
        case GRANT -> addViews(grants, record.getGrant(), sessions, header.getClockMillis());
        case ANSWER, WAITING, OPERATION, TRAILER, KIND_NOT_SET -> {
          // Not part of who holds what.
        }
        case RESERVATION,
            VALUE,
            PASSING,
            DEADLOCK,
            CLIENT_OPERATION,
            FILE,
            FILE_CHUNK,
            CLIENT_END -> {
          // Nor these.
        }
      }
    }
    grants.sort(
        Comparator.comparing(GrantView::getLock)
            .thenComparingLong(grant -> grant.getHolder().getToken()));
    ReadLabel label =
        node.map().read(machine -> reads.label(consistency, machine)).toBuilder()
            .setRevision(header.getRevision())
            .setClockMillis(header.getClockMillis())
            .build();
    List<DumpChunk> chunks = new ArrayList<>();
    for (int from = 0; from == 0 || from < grants.size(); from += GRANTS_PER_CHUNK) {
      chunks.add(
          DumpChunk.newBuilder()
              .setLabel(label)
              .addAllHolders(grants.subList(from, Math.min(grants.size(), from + GRANTS_PER_CHUNK)))
              .build());
    }
    return chunks;
  }

  private static void addViews(
      List<GrantView> grants, GrantRecord grant, Map<Long, SessionRecord> sessions, long now) {
    SessionRecord session =
        sessions.getOrDefault(grant.getSessionId(), SessionRecord.getDefaultInstance());
    long expires = grant.getExpiresAtMillis();
    for (Demand demand : grant.getDemandsList()) {
      grants.add(
          GrantView.newBuilder()
              .setLock(demand.getLock())
              .setHolder(
                  Holder.newBuilder()
                      .setSessionId(grant.getSessionId())
                      .setOwner(grant.getOwner())
                      .setToken(grant.getToken())
                      .setMode(demand.getMode())
                      .setPermits(demand.getPermits())
                      .setLabel(session.getLabel()))
              .setClientId(session.getClientId())
              .setHeldMillis(Math.max(0, now - grant.getGrantedAtMillis()))
              .setLeaseLeftMillis(expires == 0 ? -1 : Math.max(0, expires - now))
              .setSessionLeftMillis(Math.max(0, session.getDeadlineMillis() - now))
              .build());
    }
  }
}
