package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotWriter;
import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.disk.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's snapshots, with a checksum of what the engine notes of each: behind which entry the
 * log goes on, of which term that is, and who the members were.
 *
 * <p>The engine believes these notes as they stand on the disk. With a flipped bit in the index it
 * skips entries that were acknowledged, or applies some twice, and it takes a snapshot without
 * notes for none. So the checksum is written before a snapshot gets its name, and compared before
 * the engine reads the notes.
 */
final class VerifiedSnapshotStorage extends LocalSnapshotStorage {
  private static final Logger log = LoggerFactory.getLogger(VerifiedSnapshotStorage.class);

  static final String NOTES = "__raft_snapshot_meta";
  static final String CHECKSUM = NOTES + ".crc32c";

  private final Path folder;
  private final RaftOptions raftOptions;
  private final StartRefusal refusal;

  VerifiedSnapshotStorage(
      String uri, @Nullable String temporaryUri, RaftOptions raftOptions, StartRefusal refusal) {
    super(uri, temporaryUri, raftOptions);
    this.folder = Path.of(uri);
    this.raftOptions = raftOptions;
    this.refusal = refusal;
  }

  @Override
  public boolean init(@Nullable Void options) {
    if (!super.init(null)) {
      return false;
    }
    long last = getLastSnapshotIndex();
    return last == 0 || isSound(SnapshotFolders.of(folder, last));
  }

  @Override
  public @Nullable SnapshotReader open() {
    SnapshotReader reader = super.open();
    if (reader == null || isSound(Path.of(reader.getPath()))) {
      return reader;
    }
    try {
      reader.close();
    } catch (IOException e) {
      log.debug("A refused snapshot was not closed", e);
    }
    return null;
  }

  private boolean isSound(Path snapshot) {
    try {
      verify(snapshot);
      return true;
    } catch (IOException e) {
      log.error("The notes of a snapshot are refused", e);
      refusal.refuse(e);
      return false;
    }
  }

  private static void verify(Path snapshot) throws IOException {
    Path notes = snapshot.resolve(NOTES);
    Path checksum = snapshot.resolve(CHECKSUM);
    try {
      if (!Arrays.equals(checksum(notes), Files.readAllBytes(checksum))) {
        throw damaged(notes, "its checksum differs from that in " + checksum);
      }
    } catch (NoSuchFileException e) {
      throw damaged(notes, e.getFile() + " is missing");
    }
  }

  private static byte[] checksum(Path notes) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(Files.readAllBytes(notes));
    return ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
  }

  private static DataRefusedException damaged(Path notes, String what) {
    return new DataRefusedException(
        "What the engine noted of a snapshot in "
            + notes
            + " is damaged: "
            + what
            + ". The snapshot was not loaded. If the other nodes are well, move this node's data"
            + " directory away, start it with an empty one and replace it in the cluster; otherwise"
            + " restore a backup.");
  }

  @Override
  public @Nullable SnapshotWriter create() {
    return create(true);
  }

  @Override
  public @Nullable SnapshotWriter create(boolean fromEmpty) {
    SnapshotWriter plain = super.create(fromEmpty);
    if (plain == null) {
      return null;
    }
    NotingWriter writer = new NotingWriter(plain.getPath());
    return writer.init(null) ? writer : null;
  }

  /** Writes the checksum whenever the notes are written. */
  private final class NotingWriter extends LocalSnapshotWriter {
    NotingWriter(String path) {
      super(path, VerifiedSnapshotStorage.this, raftOptions);
    }

    @Override
    public boolean sync() throws IOException {
      if (!super.sync()) {
        return false;
      }
      Path snapshot = Path.of(getPath());
      DurableFile.replace(
          snapshot.resolve(CHECKSUM), ByteBuffer.wrap(checksum(snapshot.resolve(NOTES))));
      return true;
    }
  }
}
