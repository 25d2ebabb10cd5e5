package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import dev.holdfast.replication.DataRefusedException;
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

  VerifiedLogStorage(String path, RaftOptions options, StartRefusal refusal) {
    super(path, options);
    this.path = path;
    this.refusal = refusal;
  }

  @Override
  public boolean init(LogStorageOptions options) {
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
    log.debug("Verified the log {} from entry {} to {}", path, first, last);
    return true;
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
