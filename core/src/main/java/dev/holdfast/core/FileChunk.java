package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.FileChunkRecord;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a piece of a file. Immutable; an append puts another one in the place of the last,
 * so that a hash of the state costs the pieces that have changed.
 */
final class FileChunk {
  /** Bytes of every piece but the last. */
  static final int BYTES = 65_536;

  private final ByteString data;

  /** Computed when asked for. Volatile: an image is read by another thread than the machine's. */
  private volatile @Nullable ByteString hash;

  FileChunk(ByteString data) {
    this.data = data;
  }

  ByteString data() {
    return data;
  }

  FileChunkRecord toRecord(FileChunkKey key) {
    return FileChunkRecord.newBuilder()
        .setFile(key.file())
        .setIndex(key.index())
        .setData(data)
        .build();
  }

  /** What stands for this piece in the hash of the state. */
  FileChunkRecord toHashedRecord(FileChunkKey key) {
    ByteString known = hash;
    if (known == null) {
      MessageDigest digest = Snapshots.sha256();
      data.asReadOnlyByteBufferList().forEach(digest::update);
      known = ByteString.copyFrom(digest.digest());
      hash = known;
    }
    return FileChunkRecord.newBuilder()
        .setFile(key.file())
        .setIndex(key.index())
        .setSha256(Objects.requireNonNull(known))
        .build();
  }
}
