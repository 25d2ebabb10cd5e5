package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Table.Segment;
import dev.holdfast.protocol.log.v1.AnswerRecord;
import dev.holdfast.protocol.log.v1.ClientEndRecord;
import dev.holdfast.protocol.log.v1.ClientOperationRecord;
import dev.holdfast.protocol.log.v1.OperationRecord;
import dev.holdfast.protocol.log.v1.PassingRecord;
import dev.holdfast.protocol.log.v1.SnapshotHeader;
import dev.holdfast.protocol.log.v1.SnapshotRecord;
import dev.holdfast.protocol.log.v1.SnapshotTrailer;
import dev.holdfast.protocol.log.v1.ValueRecord;
import dev.holdfast.protocol.v1.Answer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Turns the state into records and back, and into a hash. */
final class Snapshots {
  private static final int FORMAT = 4;

  private Snapshots() {}

  /** One table of the state, and how a row of it is written. */
  private static final class Section<K, V> {
    private final @Nullable Segment<K, V>[] segments;
    private final RowWriter<K, V> writer;
    private final RowWriter<K, V> hashedAs;

    Section(@Nullable Segment<K, V>[] segments, RowWriter<K, V> writer) {
      this(segments, writer, writer);
    }

    Section(@Nullable Segment<K, V>[] segments, RowWriter<K, V> writer, RowWriter<K, V> hashedAs) {
      this.segments = segments;
      this.writer = writer;
      this.hashedAs = hashedAs;
    }

    Iterator<SnapshotRecord> records(int index) {
      Segment<K, V> segment = segments[index];
      if (segment == null) {
        return Collections.emptyIterator();
      }
      Iterator<Map.Entry<K, V>> rows = segment.rows.entrySet().iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public SnapshotRecord next() {
          Map.Entry<K, V> row = rows.next();
          return writer.write(row.getKey(), row.getValue());
        }
      };
    }

    /** The hash of a segment's rows; null when it has none. */
    byte @Nullable [] hash(int index) {
      Segment<K, V> segment = segments[index];
      if (segment == null || segment.rows.isEmpty()) {
        return null;
      }
      byte[] known = segment.hash;
      if (known == null) {
        MessageDigest digest = sha256();
        for (Map.Entry<K, V> row : segment.rows.entrySet()) {
          byte[] bytes = hashedAs.write(row.getKey(), row.getValue()).toByteArray();
          digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
          digest.update(bytes);
        }
        known = digest.digest();
        segment.hash = known;
      }
      return known;
    }
  }

  private interface RowWriter<K, V> {
    SnapshotRecord write(K key, V row);
  }

  private static List<Section<?, ?>> sections(State state, boolean frozen) {
    return List.of(
        new Section<>(
            frozen ? state.sessions.freeze() : state.sessions.live(),
            (id, row) -> SnapshotRecord.newBuilder().setSession(row.toRecord()).build()),
        new Section<>(
            frozen ? state.answers.freeze() : state.answers.live(), Snapshots::answerRecord),
        new Section<>(
            frozen ? state.grants.freeze() : state.grants.live(),
            (token, row) -> SnapshotRecord.newBuilder().setGrant(row.toRecord()).build()),
        new Section<>(
            frozen ? state.waiting.freeze() : state.waiting.live(),
            (ticket, row) -> SnapshotRecord.newBuilder().setWaiting(row.toRecord()).build()),
        new Section<>(
            frozen ? state.operations.freeze() : state.operations.live(),
            Snapshots::operationRecord),
        new Section<>(
            frozen ? state.reservations.freeze() : state.reservations.live(),
            (token, row) -> SnapshotRecord.newBuilder().setReservation(row.toRecord()).build()),
        new Section<>(frozen ? state.values.freeze() : state.values.live(), Snapshots::valueRecord),
        new Section<>(
            frozen ? state.passings.freeze() : state.passings.live(),
            (key, row) -> SnapshotRecord.newBuilder().setPassing(passingRecord(row)).build()),
        new Section<>(
            frozen ? state.deadlocks.freeze() : state.deadlocks.live(),
            (key, row) -> SnapshotRecord.newBuilder().setDeadlock(row).build()),
        new Section<>(
            frozen ? state.clientOperations.freeze() : state.clientOperations.live(),
            Snapshots::clientOperationRecord),
        new Section<>(
            frozen ? state.files.rows.freeze() : state.files.rows.live(),
            (name, row) -> SnapshotRecord.newBuilder().setFile(row.toRecord()).build()),
        new Section<>(
            frozen ? state.files.chunks.freeze() : state.files.chunks.live(),
            (key, row) -> SnapshotRecord.newBuilder().setFileChunk(row.toRecord(key)).build(),
            (key, row) ->
                SnapshotRecord.newBuilder().setFileChunk(row.toHashedRecord(key)).build()),
        new Section<>(
            frozen ? state.clientEnds.freeze() : state.clientEnds.live(),
            Snapshots::clientEndRecord));
  }

  private static SnapshotRecord answerRecord(AnswerKey key, Answer answer) {
    return SnapshotRecord.newBuilder()
        .setAnswer(
            AnswerRecord.newBuilder()
                .setSessionId(key.sessionId())
                .setSequence(key.sequence())
                .setAnswer(answer))
        .build();
  }

  private static SnapshotRecord operationRecord(Long order, Operation operation) {
    return SnapshotRecord.newBuilder()
        .setOperation(
            OperationRecord.newBuilder()
                .setOrder(order)
                .setOperationId(operation.id())
                .setAnswer(operation.answer()))
        .build();
  }

  private static SnapshotRecord clientOperationRecord(AnswerKey key, ByteString operationId) {
    return SnapshotRecord.newBuilder()
        .setClientOperation(
            ClientOperationRecord.newBuilder()
                .setSessionId(key.sessionId())
                .setSequence(key.sequence())
                .setOperationId(operationId))
        .build();
  }

  private static SnapshotRecord clientEndRecord(Long revision, ByteString client) {
    return SnapshotRecord.newBuilder()
        .setClientEnd(ClientEndRecord.newBuilder().setRevision(revision).setClient(client))
        .build();
  }

  private static SnapshotRecord valueRecord(String lock, LockValue value) {
    return SnapshotRecord.newBuilder()
        .setValue(
            ValueRecord.newBuilder()
                .setLock(lock)
                .setValue(value.value())
                .setValid(value.valid())
                .setToken(value.token())
                .setRevision(value.revision()))
        .build();
  }

  private static PassingRecord passingRecord(Passing row) {
    return PassingRecord.newBuilder().setTicket(row.ticket()).setPassed(row.passed()).build();
  }

  private static SnapshotHeader header(State state) {
    return SnapshotHeader.newBuilder()
        .setFormat(FORMAT)
        .setRevision(state.revision)
        .setMapRevision(state.mapRevision)
        .setClockMillis(state.clockMillis)
        .build();
  }

  static StateImage imageOf(State state) {
    return new Image(header(state), sections(state, true));
  }

  static byte[] hashOf(State state) {
    return hash(header(state), sections(state, false));
  }

  private static byte[] hash(SnapshotHeader header, List<Section<?, ?>> sections) {
    MessageDigest digest = sha256();
    digest.update(header.toByteArray());
    for (int section = 0; section < sections.size(); section++) {
      for (int index = 0; index < Table.SEGMENTS; index++) {
        byte[] hash = sections.get(section).hash(index);
        if (hash != null) {
          digest.update(
              ByteBuffer.allocate(2 * Integer.BYTES).putInt(section).putInt(index).array());
          digest.update(hash);
        }
      }
    }
    return digest.digest();
  }

  /** The segments of all tables at one revision. */
  private record Image(SnapshotHeader header, List<Section<?, ?>> sections) implements StateImage {
    @Override
    public long revision() {
      return header.getRevision();
    }

    @Override
    public Iterator<SnapshotRecord> records() {
      return new Records(header, sections, hash(header, sections));
    }
  }

  /**
   * A header, the rows and a trailer, which tells how many records came before it. Each is made
   * when it is asked for: all of them at once would need as much memory as the state.
   */
  private static final class Records implements Iterator<SnapshotRecord> {
    private final List<Section<?, ?>> sections;
    private final byte[] hash;
    private Iterator<SnapshotRecord> rows;

    /** Of all segments of all sections, the one after that of {@link #rows}. */
    private int next;

    private long count;
    private boolean done;

    Records(SnapshotHeader header, List<Section<?, ?>> sections, byte[] hash) {
      this.sections = sections;
      this.hash = hash;
      this.rows = List.of(SnapshotRecord.newBuilder().setHeader(header).build()).iterator();
    }

    @Override
    public boolean hasNext() {
      return !done;
    }

    @Override
    public SnapshotRecord next() {
      while (!rows.hasNext() && next < sections.size() * Table.SEGMENTS) {
        rows = sections.get(next / Table.SEGMENTS).records(next % Table.SEGMENTS);
        next++;
      }
      if (rows.hasNext()) {
        count++;
        return rows.next();
      }
      if (done) {
        throw new NoSuchElementException("the trailer was the last record");
      }
      done = true;
      SnapshotTrailer.Builder trailer =
          SnapshotTrailer.newBuilder().setRecords(count).setStateHash(ByteString.copyFrom(hash));
      return SnapshotRecord.newBuilder().setTrailer(trailer).build();
    }
  }

  static State read(Iterator<SnapshotRecord> records) {
    try {
      return readAll(records);
    } catch (NullPointerException | IllegalStateException e) {
      // A row that refers to a session, or a queue, that is not there.
      throw new IllegalArgumentException("the snapshot contradicts itself: " + e.getMessage(), e);
    }
  }

  private static State readAll(Iterator<SnapshotRecord> records) {
    State state = new State();
    // Waiting requests can only be parked when every grant is in place.
    List<Waiting> waiting = new ArrayList<>();
    long count = 0;
    while (records.hasNext()) {
      SnapshotRecord each = records.next();
      if (count == 0 && !each.hasHeader()) {
        throw new IllegalArgumentException("the snapshot does not begin with a header");
      }
      if (each.hasTrailer()) {
        waiting.stream().sorted((a, b) -> Long.compare(a.ticket(), b.ticket())).forEach(state::add);
        requireIntact(state, each.getTrailer(), count, records.hasNext());
        return state;
      }
      readRow(state, each, waiting);
      count++;
    }
    throw new IllegalArgumentException(
        "the snapshot ends after " + count + " records, without its trailer");
  }

  private static void readRow(State state, SnapshotRecord each, List<Waiting> waiting) {
    switch (each.getKindCase()) {
      case HEADER -> readHeader(state, each.getHeader());
      case SESSION -> state.add(Session.of(each.getSession()));
      case ANSWER -> {
        AnswerRecord row = each.getAnswer();
        state.load(new AnswerKey(row.getSessionId(), row.getSequence()), row.getAnswer());
      }
      case GRANT -> state.add(Grant.of(each.getGrant()));
      case WAITING -> waiting.add(Waiting.of(each.getWaiting()));
      case OPERATION -> {
        OperationRecord row = each.getOperation();
        state.remember(row.getOrder(), new Operation(row.getOperationId(), row.getAnswer()));
      }
      case RESERVATION -> state.add(Reservation.of(each.getReservation()));
      case VALUE -> {
        ValueRecord row = each.getValue();
        state.setValue(
            row.getLock(),
            new LockValue(row.getValue(), row.getValid(), row.getToken(), row.getRevision()));
      }
      case PASSING -> {
        PassingRecord row = each.getPassing();
        state.load(new Passing(row.getTicket(), row.getPassed()));
      }
      case DEADLOCK -> state.remember(each.getDeadlock());
      case CLIENT_OPERATION -> {
        ClientOperationRecord row = each.getClientOperation();
        state.number(new AnswerKey(row.getSessionId(), row.getSequence()), row.getOperationId());
      }
      case FILE -> state.files.put(GuardedFile.of(each.getFile()));
      case FILE_CHUNK -> state.files.load(each.getFileChunk());
      case CLIENT_END ->
          state.rememberEnd(each.getClientEnd().getClient(), each.getClientEnd().getRevision());
      case TRAILER, KIND_NOT_SET ->
          throw new IllegalArgumentException(
              "the snapshot has a record of a kind that this version does not know");
    }
  }

  private static void readHeader(State state, SnapshotHeader header) {
    if (header.getFormat() != FORMAT) {
      throw new IllegalArgumentException(
          "the snapshot has format " + header.getFormat() + ", this version reads " + FORMAT);
    }
    state.revision = header.getRevision();
    state.mapRevision = header.getMapRevision();
    state.clockMillis = header.getClockMillis();
  }

  private static void requireIntact(
      State state, SnapshotTrailer trailer, long count, boolean more) {
    if (trailer.getRecords() != count || more) {
      throw new IllegalArgumentException(
          "the snapshot has other than the " + trailer.getRecords() + " records that it tells of");
    }
    if (!Arrays.equals(trailer.getStateHash().toByteArray(), hashOf(state))) {
      throw new IllegalArgumentException("the snapshot's content does not match its hash");
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
