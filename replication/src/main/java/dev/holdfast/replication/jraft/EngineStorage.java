package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.core.DefaultJRaftServiceFactory;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import com.alipay.sofa.jraft.util.StorageOptionsFactory;
import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.RocksDB;
import org.rocksdb.WALRecoveryMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a node's storages: the log in RocksDB, tuned for a log that snapshots keep short, the votes
 * in a file of our own, and the engine's snapshots with a checksum beside its notes.
 */
final class EngineStorage extends DefaultJRaftServiceFactory {
  private static final Logger log = LoggerFactory.getLogger(EngineStorage.class);

  private static final long MEMTABLE_BYTES = 16L << 20;

  private static boolean tuned;

  private final StartRefusal refusal;

  EngineStorage(StartRefusal refusal) {
    this.refusal = refusal;
    tune();
  }

  /**
   * Loads what of the log is no Java.
   *
   * @throws IOException if that cannot be unpacked or may not be run; says what to do
   */
  static void requireNativeLibrary() throws IOException {
    try {
      RocksDB.loadLibrary();
    } catch (LinkageError | RuntimeException e) {
      log.debug("No native library", e);
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      // Without a cause: this is the line that is to be read.
      throw new IOException(
          "its native library cannot be loaded ("
              + root
              + "). It is unpacked into the folder for temporary files, "
              + System.getProperty("java.io.tmpdir")
              + ", in which this user must be allowed to write files and to run them (no noexec);"
              + " name another folder with -Djava.io.tmpdir=FOLDER");
    }
  }

  /** The engine keeps these options in a table of the process. */
  private static synchronized void tune() {
    if (tuned) {
      return;
    }
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
  public SnapshotStorage createSnapshotStorage(NodeOptions options) {
    return new VerifiedSnapshotStorage(
        options.getSnapshotUri(), options.getSnapshotTempUri(), options.getRaftOptions(), refusal);
  }

  @Override
  public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
    return new VoteFile(Path.of(uri), refusal);
  }
}
