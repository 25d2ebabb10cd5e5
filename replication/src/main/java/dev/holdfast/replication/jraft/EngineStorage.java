package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.core.DefaultJRaftServiceFactory;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import com.alipay.sofa.jraft.util.StorageOptionsFactory;
import java.nio.file.Path;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.RocksDB;
import org.rocksdb.WALRecoveryMode;

/**
 * Makes a node's storages: the log in RocksDB, tuned for a log that snapshots keep short, and the
 * votes in a file of our own.
 */
final class EngineStorage extends DefaultJRaftServiceFactory {
  private static final long MEMTABLE_BYTES = 16L << 20;

  private static boolean tuned;

  private final StartRefusal refusal;

  EngineStorage(StartRefusal refusal) {
    this.refusal = refusal;
    tune();
  }

  /** The engine keeps these options in a table of the process. */
  private static synchronized void tune() {
    if (tuned) {
      return;
    }
    RocksDB.loadLibrary();
    StorageOptionsFactory.registerRocksDBOptions(RocksDBLogStorage.class, options());
    StorageOptionsFactory.registerRocksDBColumnFamilyOptions(
        RocksDBLogStorage.class, familyOptions());
    tuned = true;
  }

  /**
   * The recovery mode matters most: RocksDB's default silently forgets everything behind the first
   * damaged record; this one forgives only a record that was not written to its end.
   */
  private static DBOptions options() {
    return new DBOptions()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        .setParanoidChecks(true)
        .setMaxTotalWalSize(4 * MEMTABLE_BYTES)
        .setMaxOpenFiles(128)
        .setMaxBackgroundJobs(2)
        .setKeepLogFileNum(2)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        // Both would write to the disk of an idle node.
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  private static ColumnFamilyOptions familyOptions() {
    return new ColumnFamilyOptions()
        .setWriteBufferSize(MEMTABLE_BYTES)
        .setMaxWriteBufferNumber(3)
        .setTargetFileSizeBase(MEMTABLE_BYTES)
        .setMaxBytesForLevelBase(8 * MEMTABLE_BYTES)
        .setLevel0FileNumCompactionTrigger(8)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setForceConsistencyChecks(true);
  }

  @Override
  public LogStorage createLogStorage(String uri, RaftOptions options) {
    return new VerifiedLogStorage(uri, options, refusal);
  }

  @Override
  public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
    return new VoteFile(Path.of(uri), refusal);
  }
}
