package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import dev.holdfast.replication.DataRefusedException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's log, read from end to end before it is used.
 *
 * <p>The engine's own start skips a configuration entry that it cannot decode, with a warning, and
 * meets a damaged entry only when it is applied or sent. A log that has a gap or an entry whose
 * checksum is wrong is refused here instead. Snapshots keep the log short, so this takes less time
 * than replaying it.
 */
final class VerifiedLogStorage extends RocksDBLogStorage {
  private static final Logger log = LoggerFactory.getLogger(VerifiedLogStorage.class);

  private final String path;
  private final StartRefusal refusal;
  private volatile long lastIndex;

  VerifiedLogStorage(String path, RaftOptions options, StartRefusal refusal) {
    super(path, options);
    this.path = path;
    this.refusal = refusal;
  }

  @Override
  public boolean init(LogStorageOptions options) {
    try {
      requireRights(Path.of(path));
    } catch (IOException e) {
      refusal.refuse(e);
      return false;
    }
    WalCheck.Damage damage = WalCheck.findDamage(path);
    if (damage != null) {
      refusal.refuse(damaged(damage.toString()));
      return false;
    }
    boolean opened = super.init(options);
    if (!opened) {
      refusal.refuse(damaged("RocksDB does not open it; its message is in the log above"));
    }
    return opened;
  }

  /** RocksDB does not open what it has no right to, and so do we, but it is not damaged. */
  private static void requireRights(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (!Files.isReadable(file)) {
          throw new AccessDeniedException(file.toString());
        }
      }
    }
    Path lock = folder.resolve("LOCK");
    if (!Files.isWritable(folder) || (Files.exists(lock) && !Files.isWritable(lock))) {
      throw new AccessDeniedException(folder.toString());
    }
  }

  @Override
  protected boolean onInitLoaded() {
    long first = getFirstLogIndex();
    long last = getLastLogIndex();
    for (long index = first; index <= last; index++) {
      LogEntry entry = getEntry(index);
      String fault = fault(entry, index);
      if (fault != null) {
        refusal.refuse(damaged("entry " + index + " of " + first + ".." + last + " " + fault));
        return false;
      }
    }
    lastIndex = last;
    log.debug("Verified the log {} from entry {} to {}", path, first, last);
    return true;
  }

  @Override
  public boolean appendEntry(LogEntry entry) {
    boolean appended = isNext(entry) && super.appendEntry(entry);
    if (appended) {
      lastIndex = entry.getId().getIndex();
    }
    return appended;
  }

  @Override
  public int appendEntries(List<LogEntry> entries) {
    if (entries.isEmpty() || !isNext(entries.getFirst())) {
      return 0;
    }
    int appended = super.appendEntries(entries);
    if (appended == entries.size()) {
      lastIndex = entries.getLast().getId().getIndex();
    }
    return appended;
  }

  /**
   * The engine does not remove an entry that was applied here when the leader has another in its
   * place: it only logs an error, and writes the leader's entries over it. Raft does not let that
   * come about; a disk that was put back to an earlier state does.
   */
  private boolean isNext(LogEntry entry) {
    long index = entry.getId().getIndex();
    if (index > lastIndex) {
      return true;
    }
    refusal.refuse(
        new DataRefusedException(
            "The leader has other entries from "
                + index
                + " on than this node, which has applied its own. Nodes must have come back with an"
                + " older copy of their data and forgotten what they had acknowledged. Compare the"
                + " nodes' maps before anything else: what only this one has is in "
                + path
                + ". To go on with what the others have, move this node's data directory away,"
                + " start it with an empty one and replace it in the cluster."));
    return false;
  }

  @Override
  public boolean truncateSuffix(long lastIndexKept) {
    boolean truncated = super.truncateSuffix(lastIndexKept);
    if (truncated) {
      lastIndex = Math.min(lastIndex, lastIndexKept);
    }
    return truncated;
  }

  @Override
  public boolean reset(long nextLogIndex) {
    boolean reset = super.reset(nextLogIndex);
    if (reset) {
      // The engine keeps one entry at the next index, to know where its log begins.
      lastIndex = nextLogIndex - 1;
    }
    return reset;
  }

  private static @Nullable String fault(@Nullable LogEntry entry, long index) {
    if (entry == null) {
      return "is missing or cannot be read";
    }
    if (entry.getId().getIndex() != index) {
      return "calls itself " + entry.getId().getIndex();
    }
    return entry.isCorrupted() ? "has a wrong checksum" : null;
  }

  private DataRefusedException damaged(String what) {
    return new DataRefusedException(
        "The log in "
            + path
            + " is damaged: "
            + what
            + ". It was not used. If the other nodes are well, move this node's data directory"
            + " away, start it with an empty one and replace it in the cluster; otherwise restore a"
            + " backup.");
  }
}
