package dev.holdfast.server.ownership;

import com.google.protobuf.ByteString;
import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.history.chain.ChainLink;
import dev.holdfast.history.chain.ChainReader;
import dev.holdfast.history.chain.ChainWriter;
import dev.holdfast.history.chain.DamagedChainException;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.OwnersBetweenRequest;
import dev.holdfast.protocol.v1.OwnersReply;
import dev.holdfast.protocol.v1.OwnershipFrame;
import dev.holdfast.protocol.v1.OwnershipGap;
import dev.holdfast.protocol.v1.OwnershipPoint;
import dev.holdfast.protocol.v1.OwnershipSpan;
import dev.holdfast.protocol.v1.VerifyOwnershipReply;
import dev.holdfast.server.node.MapView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Answers questions about the past from a node's files. All methods read the files from one end to
 * the other and wait for the disk; any thread may call them.
 */
public final class OwnershipReader {
  private static final int OWNERS_BY_DEFAULT = 1_000;
  private static final int OWNERS_MAX = 10_000;
  private static final long FLUSH_PATIENCE_MILLIS = 5_000;

  private final OwnershipRecorder recorder;
  private final MapView map;

  /** A reader of what a recorder writes. */
  public OwnershipReader(OwnershipRecorder recorder, MapView map) {
    this.recorder = recorder;
    this.map = map;
  }

  /**
   * Who held a lock at a point.
   *
   * @throws IOException if the files cannot be read, or are damaged
   */
  public OwnersReply.Builder ownersAt(String lock, OwnershipPoint at) throws IOException {
    Spans spans = new Spans(lock);
    int watched = at.hasWallMillis() ? spans.watchFor(at) : -1;
    gather(spans, lock);
    long revision = watched < 0 ? at.getRevision() : spans.revisionAt(watched);
    return reply(spans, revision, revision, OWNERS_MAX);
  }

  /**
   * Who held a lock at any moment between two points, the latest first.
   *
   * @throws IOException if the files cannot be read, or are damaged
   */
  public OwnersReply.Builder ownersBetween(OwnersBetweenRequest request) throws IOException {
    Spans spans = new Spans(request.getLock());
    OwnershipPoint from = request.getFrom();
    OwnershipPoint to = request.getTo();
    int watchedFrom = from.hasWallMillis() ? spans.watchFor(from) : -1;
    int watchedTo = to.hasWallMillis() ? spans.watchFor(to) : -1;
    gather(spans, request.getLock());
    long known = spans.stretches().isEmpty() ? 1 : spans.stretches().get(0).from();
    long first =
        watchedFrom >= 0
            ? spans.revisionAt(watchedFrom)
            : from.hasRevision() ? from.getRevision() : known;
    long last =
        watchedTo >= 0
            ? spans.revisionAt(watchedTo)
            : to.hasRevision() ? to.getRevision() : spans.last();
    int limit =
        request.getLimit() == 0 ? OWNERS_BY_DEFAULT : Math.min(request.getLimit(), OWNERS_MAX);
    return reply(spans, first, last, limit);
  }

  private void gather(Spans spans, String lock) throws IOException {
    // The map first: whoever it shows and gives up before the files are read has an end there.
    List<OwnershipSpan> holders = map.read(machine -> holders(machine, lock));
    long applied = map.read(LockStateMachine::revision);
    flush();
    read(RecordVisitor.of(spans));
    spans.finish(applied, holders);
  }

  private static List<OwnershipSpan> holders(LockStateMachine machine, String lock) {
    LockInfo info = machine.lock(lock, 0);
    List<OwnershipSpan> spans = new ArrayList<>();
    if (info == null) {
      return spans;
    }
    for (GrantInfo grant : info.holders()) {
      SessionInfo session = machine.session(grant.sessionId());
      OwnershipSpan.Builder span =
          OwnershipSpan.newBuilder()
              .setToken(grant.token())
              .setSessionId(grant.sessionId())
              .setOwner(grant.owner())
              .setLabel(session == null ? "" : session.label())
              .setFromRevision(grant.token());
      for (Demand demand : grant.demands()) {
        if (demand.getLock().equals(lock)) {
          spans.add(span.setDemand(demand).build());
        }
      }
    }
    return spans;
  }

  private void flush() throws IOException {
    if (recorder.failure() != null) {
      return; // what was written before is told all the same
    }
    try {
      recorder.flush(false).get(FLUSH_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException("the ownership history cannot be written", e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(
          "the disk has not kept up for 5 seconds; ask again, or another node", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private ChainLink read(ChainReader.Visitor visitor) throws IOException {
    while (true) {
      ChainWriter.View view = recorder.view();
      List<FileChannel> files = new ArrayList<>();
      try {
        // Once open, a file can be read to its end even if it is dropped meanwhile.
        for (ChainWriter.Piece piece : view.pieces()) {
          files.add(FileChannel.open(piece.file(), StandardOpenOption.READ));
        }
        ChainReader reader = new ChainReader(view.begins(), visitor);
        for (int i = 0; i < files.size(); i++) {
          ChainWriter.Piece piece = view.pieces().get(i);
          reader.read(new Part(Channels.newInputStream(files.get(i)), piece.bytes()), piece.file());
        }
        return reader.last();
      } catch (NoSuchFileException e) {
        if (recorder.view().equals(view)) {
          throw e;
        }
      } finally {
        for (FileChannel file : files) {
          file.close();
        }
      }
    }
  }

  private OwnersReply.Builder reply(Spans spans, long from, long to, int limit) {
    OwnersReply.Builder reply = OwnersReply.newBuilder().setFromRevision(from).setToRevision(to);
    List<OwnershipSpan> owners = new ArrayList<>();
    for (OwnershipSpan.Builder span : spans.spans()) {
      boolean begunLater = span.getFromRevision() > to;
      boolean endedBefore = span.getUntilRevision() != 0 && span.getUntilRevision() <= from;
      if (!begunLater && !endedBefore) {
        owners.add(span.build());
      }
    }
    owners.sort(Comparator.comparingLong(OwnershipSpan::getFromRevision).reversed());
    reply.addAllOwners(owners.subList(0, Math.min(limit, owners.size())));
    reply.setMore(owners.size() > limit);
    Knowledge knowledge = Knowledge.of(spans, from, to);
    reply.setComplete(knowledge.missing().isEmpty()).setMissing(knowledge.missing());
    reply.addAllGaps(knowledge.gaps());
    if (!spans.stretches().isEmpty()) {
      reply.setKnownFromRevision(spans.stretches().get(0).from()).setKnownToRevision(spans.last());
    }
    String failure = recorder.failure();
    if (failure != null) {
      reply.setComplete(false).setMissing(failure);
    }
    return reply;
  }

  /**
   * Proves all files.
   *
   * @return whether the chain is whole, and how long it is
   * @throws IOException if the files cannot be read
   */
  public VerifyOwnershipReply.Builder verify() throws IOException {
    flush();
    VerifyOwnershipReply.Builder reply = VerifyOwnershipReply.newBuilder();
    Spans spans = new Spans("");
    long applied = map.read(LockStateMachine::revision);
    long begins = recorder.view().begins().number();
    try {
      ChainLink last = read(RecordVisitor.of(spans));
      spans.finish(applied, List.of());
      reply
          .setWhole(true)
          .setRecords(last.number() - begins)
          .setFirstRecord(begins + 1)
          .setLastHash(ByteString.fromHex(last.hash()));
      if (!spans.stretches().isEmpty()) {
        reply
            .setKnownFromRevision(spans.stretches().get(0).from())
            .setKnownToRevision(spans.last());
      }
      for (OwnershipGap gap : spans.gaps()) {
        reply.addGaps(gap);
      }
    } catch (DamagedChainException e) {
      reply.setWhole(false).setProblem(String.valueOf(e.getMessage()));
    }
    return reply;
  }

  /**
   * Hands on all records.
   *
   * @throws IOException if the files cannot be read, or are damaged
   */
  public void export(Consumer<OwnershipFrame> to) throws IOException {
    flush();
    boolean[] first = {true};
    read(
        (number, head, bytes, hash) -> {
          OwnershipFrame.Builder frame =
              OwnershipFrame.newBuilder()
                  .setNumber(number)
                  .setRecord(ByteString.copyFrom(bytes))
                  .setHash(ByteString.copyFrom(hash))
                  .setHead(head != null);
          if (first[0] && head != null) {
            frame.setPreviousHash(ByteString.fromHex(head.before().hash()));
          }
          first[0] = false;
          to.accept(frame.build());
        });
  }

  /** The first bytes of a file that goes on. */
  private static final class Part extends InputStream {
    private final InputStream in;
    private long left;

    Part(InputStream in, long bytes) {
      this.in = in;
      left = bytes;
    }

    @Override
    public int read() throws IOException {
      int read = left > 0 ? in.read() : -1;
      left--;
      return read;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int read = left > 0 ? in.read(to, offset, (int) Math.min(length, left)) : -1;
      left -= Math.max(read, 0);
      return read;
    }
  }
}
