package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.EnumOutter.ErrorType;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.disk.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The term and the vote of a node, with a checksum: a flipped bit in the engine's own file would be
 * taken for another term or another vote.
 *
 * <p>A new content is written beside the old one, forced to the disk, and renamed over it. Called
 * under the engine's lock only.
 */
final class VoteFile implements RaftMetaStorage {
  private static final Logger log = LoggerFactory.getLogger(VoteFile.class);
  private static final int MAGIC = 0x48465654; // "HFVT"

  private final Path file;
  private final StartRefusal refusal;
  private @Nullable NodeImpl node;
  private long term;
  private PeerId votedFor = PeerId.emptyPeer();
  private long savedTerm = -1;
  private PeerId savedVote = PeerId.emptyPeer();

  VoteFile(Path folder, StartRefusal refusal) {
    this.file = folder.resolve("vote");
    this.refusal = refusal;
  }

  @Override
  public boolean init(RaftMetaStorageOptions options) {
    node = options.getNode();
    try {
      load();
      return true;
    } catch (IOException e) {
      refusal.refuse(e);
      return false;
    }
  }

  private void load() throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return; // has never voted
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < 2 * Integer.BYTES + Long.BYTES
        || in.getInt() != MAGIC
        || in.getInt() != checksum(bytes)) {
      throw new DataRefusedException(
          "The vote in "
              + file
              + " is damaged. A node must not forget its votes: move its data directory away, start"
              + " it with an empty one and replace it in the cluster.");
    }
    term = in.getLong();
    String vote = StandardCharsets.US_ASCII.decode(in).toString();
    if (!vote.isEmpty() && !votedFor.parse(vote)) {
      throw new DataRefusedException("The vote in " + file + " names no peer: " + vote);
    }
    savedTerm = term;
    savedVote = votedFor.copy();
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    int start = 2 * Integer.BYTES;
    crc.update(bytes, start, bytes.length - start);
    return (int) crc.getValue();
  }

  private boolean save() {
    if (term == savedTerm && votedFor.equals(savedVote)) {
      return true;
    }
    byte[] vote =
        votedFor.isEmpty() ? new byte[0] : votedFor.toString().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(2 * Integer.BYTES + Long.BYTES + vote.length);
    out.putInt(MAGIC).putInt(0).putLong(term).put(vote);
    out.putInt(Integer.BYTES, checksum(out.array()));
    try {
      DurableFile.replace(file, out.flip());
      savedTerm = term;
      savedVote = votedFor.copy();
      return true;
    } catch (IOException e) {
      log.error("The vote could not be written to {}", file, e);
      NodeImpl current = node;
      if (current != null) {
        current.onError(
            new RaftException(
                ErrorType.ERROR_TYPE_META, RaftError.EIO, "the vote was not written to " + file));
      }
      return false;
    }
  }

  @Override
  public void shutdown() {
    save();
  }

  @Override
  public boolean setTerm(long newTerm) {
    term = newTerm;
    return save();
  }

  @Override
  public long getTerm() {
    return term;
  }

  @Override
  public boolean setVotedFor(PeerId peer) {
    votedFor = peer.copy();
    return save();
  }

  @Override
  public PeerId getVotedFor() {
    return votedFor.copy();
  }

  @Override
  public boolean setTermAndVotedFor(long newTerm, PeerId peer) {
    term = newTerm;
    votedFor = peer.copy();
    return save();
  }
}
