package dev.holdfast.replication.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A node's data directory, held by this process alone until it is closed.
 *
 * <pre>
 * node.json    whose data this is
 * LOCK         locked while a process uses the directory
 * log/entries  the log
 * log/votes    the term and the vote
 * snapshots/   snapshots
 * files/       what the server keeps
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
  private static final String RECORD = "node.json";

  private final Path root;
  private final FileChannel lockChannel;
  private NodeRecord record;

  private DataDirectory(Path root, FileChannel lockChannel, NodeRecord record) {
    this.root = root;
    this.lockChannel = lockChannel;
    this.record = record;
  }

  /**
   * Takes the directory, making it if need be.
   *
   * @throws DataRefusedException if it is another node's, damaged, or used by another process
   * @throws IOException if the disk fails
   */
  public static DataDirectory open(Path root, String cluster, NodeId node) throws IOException {
    Files.createDirectories(root);
    FileChannel channel = lock(root);
    try {
      NodeRecord record = readOrCreate(root, cluster, node);
      for (String folder : new String[] {"log/entries", "log/votes", "snapshots", "files"}) {
        Files.createDirectories(root.resolve(folder));
      }
      return new DataDirectory(root, channel, record);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    Path file = root.resolve("LOCK");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very process, which is as bad: lock stays null.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new DataRefusedException(
          "The data directory "
              + root
              + " is used by another process, which holds "
              + file
              + ". Stop that process, or give this node a directory of its own.");
    }
    return channel;
  }

  private static NodeRecord readOrCreate(Path root, String cluster, NodeId node)
      throws IOException {
    Path file = root.resolve(RECORD);
    NodeRecord record = read(file);
    if (record == null) {
      requireEmpty(root);
      NodeRecord fresh = NodeRecord.fresh(cluster, node.value(), UUID.randomUUID().toString());
      write(root, fresh);
      return fresh;
    }
    if (!record.cluster().equals(cluster) || !record.node().equals(node.value())) {
      throw new DataRefusedException(
          "%s belongs to node '%s' of cluster '%s', but this is node '%s' of cluster '%s'."
                  .formatted(file, record.node(), record.cluster(), node, cluster)
              + " Start that node here, or give this one a directory of its own.");
    }
    if (record.participated()) {
      requireMemory(file, root.resolve("log/votes"), "vote", "its votes are", "votes");
      requireMemory(
          file, root.resolve("log/entries"), ".log", "its log is", "acknowledged entries");
    }
    return record;
  }

  /** What a node promised must be there; the log has a file of its own kind from its start on. */
  private static void requireMemory(
      Path record, Path folder, String ending, String what, String promises) throws IOException {
    if (!hasFiles(folder, ending)) {
      throw new DataRefusedException(
          ("%s says that this node has taken part in its cluster, but %s missing in %s. A node must"
                  + " not forget its %s: put the files back, or move the whole directory away,"
                  + " start with an empty one and replace this node in the cluster.")
              .formatted(record, what, folder, promises));
    }
  }

  private static @Nullable NodeRecord read(Path file) throws IOException {
    try {
      NodeRecord record = mapper().readValue(Files.readString(file), NodeRecord.class);
      if (record == null) {
        throw damaged(file, null);
      }
      if (record.format() != NodeRecord.FORMAT) {
        throw new DataRefusedException(
            file + " has format " + record.format() + "; this release reads " + NodeRecord.FORMAT);
      }
      return record;
    } catch (NoSuchFileException e) {
      return null;
    } catch (JacksonException | CharacterCodingException e) {
      throw damaged(file, e);
    }
  }

  private static DataRefusedException damaged(Path file, @Nullable Exception cause) {
    return new DataRefusedException(
        file
            + " is damaged: it is not what a node writes. Put it back from a backup, or move the"
            + " whole directory away, start with an empty one and replace this node in the"
            + " cluster.",
        cause);
  }

  private static void requireEmpty(Path root) throws IOException {
    if (hasFiles(root.resolve("log")) || hasFiles(root.resolve("snapshots"))) {
      throw new DataRefusedException(
          root
              + " holds a log or snapshots but no "
              + RECORD
              + ", so it is not known whose they are. Put that file back, or move the whole"
              + " directory away.");
    }
  }

  private static boolean hasFiles(Path folder) throws IOException {
    return hasFiles(folder, "");
  }

  private static boolean hasFiles(Path folder, String ending) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(ending) && Files.isRegularFile(file));
    }
  }

  private static void write(Path root, NodeRecord record) throws IOException {
    String content = mapper().writeValueAsString(record) + "\n";
    DurableFile.replace(root.resolve(RECORD), ByteBuffer.wrap(content.getBytes(UTF_8)));
  }

  /** Every field must be there, under its name: what is missing would be read as "not yet". */
  private static JsonMapper mapper() {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .build();
  }

  /** Whose data this is. */
  public synchronized NodeRecord record() {
    return record;
  }

  /** Replaces the record; it is on the disk when this returns. */
  public synchronized void update(NodeRecord newRecord) throws IOException {
    write(root, newRecord);
    record = newRecord;
  }

  /** Notes, once, that the node's votes and log exist from now on. */
  public synchronized void noteParticipation() throws IOException {
    if (!record.participated()) {
      update(record.asParticipant());
    }
  }

  public Path root() {
    return root;
  }

  public Path entries() {
    return root.resolve("log/entries");
  }

  public Path votes() {
    return root.resolve("log/votes");
  }

  public Path snapshots() {
    return root.resolve("snapshots");
  }

  /** Lets go of the directory. */
  @Override
  public void close() {
    try {
      lockChannel.close();
    } catch (IOException e) {
      // The lock ends with the process at the latest.
      throw new UncheckedIOException(e);
    }
  }
}
