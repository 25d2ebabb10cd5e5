package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.replication.DataRefusedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;

class DamagedLogTest {
  @TempDir Path disks;

  @Test
  void flipped_byte_anywhere_in_old_records_is_refused() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      fill(cluster);
      cluster.stop(1);
      Path wal = largest(cluster.disk(1), ".log");
      int size = (int) Files.size(wal);
      // Headers, lengths and data of different records; not the last one, which is the tail.
      for (int offset = 4; offset < size * 3 / 4; offset += size / 23) {
        int at = offset;
        flip(wal, at);
        assertThatThrownBy(() -> cluster.start(1))
            .as("byte %d of %d", at, size)
            .isInstanceOf(DataRefusedException.class)
            .hasMessageContaining("damaged");
        flip(wal, at);
      }
      cluster.start(1);
      cluster.commit("after");
      assertThat(cluster.node(1).replica().entries()).hasSize(201).endsWith("after");
    }
  }

  @Test
  void torn_tail_is_repaired() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      fill(cluster);
      cluster.stop(1);
      Path wal = largest(cluster.disk(1), ".log");
      try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "rw")) {
        file.setLength(file.length() - 3);
      }
      cluster.start(1);
      cluster.commit("after");
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 199; i++) {
        expected.add("entry number " + i);
      }
      expected.add("after");
      assertThat(cluster.node(1).replica().entries()).isEqualTo(expected);
    }
  }

  /** RocksDB begins a new log then, without a word; what was acknowledged would be forgotten. */
  @Test
  void log_that_is_gone_is_refused() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      fill(cluster);
      cluster.stop(1);
      Path wal = largest(cluster.disk(1), ".log");
      Path aside = disks.resolve("aside");
      Files.move(wal, aside);
      assertThatThrownBy(() -> cluster.start(1))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageContaining("log is missing in " + cluster.disk(1).resolve("log/entries"));
      Files.move(aside, wal);
      cluster.start(1);
      cluster.commit("after");
      assertThat(cluster.node(1).replica().entries()).hasSize(201).endsWith("after");
      cluster.stop(1);
      cluster.start(1); // a log whose entries have gone into a table
      cluster.commit("at last");
    }
  }

  @Test
  void flipped_byte_in_a_table_is_refused() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      fill(cluster);
      cluster.stop(1);
      cluster.start(1); // moves what is in the write-ahead log into a table
      cluster.awaitLeader();
      cluster.stop(1);
      Path table = largest(cluster.disk(1), ".sst");
      flip(table, 300);
      assertThatThrownBy(() -> cluster.start(1))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageContaining("damaged");
    }
  }

  @Test
  void flipped_byte_in_the_vote_is_refused() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      cluster.commit("a");
      cluster.stop(1);
      flip(cluster.disk(1).resolve("log/votes/vote"), 12);
      assertThatThrownBy(() -> cluster.start(1))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageContaining("vote");
    }
  }

  @Test
  void wrong_length_is_overlooked_by_rocksdb_and_refused_by_us() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      fill(cluster);
      cluster.stop(1);
      Path wal = largest(cluster.disk(1), ".log");
      List<Integer> records = records(wal);
      setLengthBeyondTheEnd(wal, records.get(records.size() / 2));

      Path copy = Files.createDirectory(disks.resolve("copy"));
      try (Stream<Path> files = Files.list(wal.resolveSibling("."))) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
      // This is why WalCheck exists: half of the acknowledged entries are gone, without a word.
      assertThat(lastIndexThatRocksDbSees(copy)).isBetween(50L, 150L);
      assertThatThrownBy(() -> cluster.start(1))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageContaining("intact records behind it");
    }
  }

  @Test
  void wrong_length_of_the_very_last_record_cannot_be_told_from_a_torn_tail() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      fill(cluster);
      cluster.stop(1);
      Path wal = largest(cluster.disk(1), ".log");
      List<Integer> records = records(wal);
      setLengthBeyondTheEnd(wal, records.get(records.size() - 1));
      cluster.start(1);
      cluster.commit("after");
      assertThat(cluster.node(1).replica().entries())
          .hasSize(200)
          .endsWith("entry number 198", "after");
    }
  }

  /** Where the records of a write-ahead log of one block begin. */
  private static List<Integer> records(Path wal) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(wal)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.limit()).as("one block").isLessThan(32 << 10);
    List<Integer> records = new ArrayList<>();
    for (int at = 0; at < bytes.limit(); at += 7 + (bytes.getShort(at + 4) & 0xffff)) {
      records.add(at);
    }
    return records;
  }

  private static void setLengthBeyondTheEnd(Path wal, int record) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(wal.toFile(), "rw")) {
      bytes.seek(record + 5);
      bytes.write(0x7f);
    }
  }

  private static long lastIndexThatRocksDbSees(Path folder) throws RocksDBException {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (ColumnFamilyOptions family = new ColumnFamilyOptions().useFixedLengthPrefixExtractor(8);
        DBOptions options =
            new DBOptions().setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords);
        ReadOptions everything = new ReadOptions().setTotalOrderSeek(true);
        RocksDB db =
            RocksDB.open(
                options,
                folder.toString(),
                List.of(
                    new ColumnFamilyDescriptor(
                        "Configuration".getBytes(StandardCharsets.UTF_8), family),
                    new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, family)),
                handles);
        RocksIterator entries = db.newIterator(handles.get(1), everything)) {
      entries.seekToLast();
      assertThat(entries.isValid()).isTrue();
      return ByteBuffer.wrap(entries.key()).getLong();
    }
  }

  private static void fill(TestCluster cluster) {
    for (int i = 0; i < 200; i++) {
      cluster.commit("entry number " + i);
    }
  }

  private static void flip(Path file, int at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 0x10);
    }
  }

  private static Path largest(Path disk, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(disk.resolve("log/entries"))) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow();
    }
  }
}
