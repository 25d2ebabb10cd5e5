package dev.holdfast.replication.snapshot;

import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.SnapshotImage;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A snapshot's content on disk: a magic number, the content, and a trailer with its length and
 * SHA-256.
 *
 * <p>The engine copies such a file from node to node and back into a restarted node without ever
 * looking at what it copied, so the replica must not be given it before {@link #verify} has read it
 * once from end to end.
 */
public final class SnapshotFile {
  private static final long HEAD_MAGIC = 0x48464c_4b534e_3031L; // "HFLKSN01"
  private static final long TAIL_MAGIC = 0x48464c_4b454e_3031L; // "HFLKEN01"
  private static final int DIGEST_BYTES = 32;
  private static final int HEAD_BYTES = Long.BYTES;
  private static final int TAIL_BYTES = Long.BYTES + DIGEST_BYTES + Long.BYTES;
  private static final int BUFFER_BYTES = 128 << 10;

  private SnapshotFile() {}

  /**
   * Writes an image and forces it to the disk.
   *
   * @return the bytes of the file
   */
  public static long write(Path file, SnapshotImage image) throws IOException {
    MessageDigest digest = sha256();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      OutputStream raw = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
      DataOutputStream framed = new DataOutputStream(raw);
      framed.writeLong(HEAD_MAGIC);
      CountingStream content = new CountingStream(new DigestOutputStream(raw, digest));
      image.writeTo(content);
      framed.writeLong(content.count);
      framed.write(digest.digest());
      framed.writeLong(TAIL_MAGIC);
      framed.flush();
      channel.force(true);
      return channel.size();
    }
  }

  /**
   * Reads the whole file and compares it with its trailer, and sees to it that it is on the disk.
   *
   * @throws DataRefusedException if anything differs; names the file
   */
  public static void verify(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // A file that came from another node was written by the engine, which does not force it.
      channel.force(true);
      long contentBytes = channel.size() - HEAD_BYTES - TAIL_BYTES;
      if (contentBytes < 0) {
        throw damaged(file, "it has only " + channel.size() + " bytes");
      }
      verify(file, Channels.newInputStream(channel), contentBytes);
    }
  }

  private static void verify(Path file, InputStream raw, long contentBytes) throws IOException {
    DataInputStream in = new DataInputStream(raw);
    if (in.readLong() != HEAD_MAGIC) {
      throw damaged(file, "it does not start like a snapshot");
    }
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (long left = contentBytes; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw damaged(file, "it ends early");
      }
      digest.update(buffer, 0, read);
      left -= read;
    }
    long recordedBytes = in.readLong();
    byte[] recordedDigest = in.readNBytes(DIGEST_BYTES);
    if (recordedBytes != contentBytes || in.readLong() != TAIL_MAGIC) {
      throw damaged(file, "its trailer does not fit its length of " + contentBytes + " bytes");
    }
    if (!Arrays.equals(recordedDigest, digest.digest())) {
      throw damaged(file, "the checksum of its " + contentBytes + " bytes differs");
    }
  }

  /** Opens the content of a verified file. */
  public static InputStream open(Path file) throws IOException {
    long contentBytes = Files.size(file) - HEAD_BYTES - TAIL_BYTES;
    InputStream raw = Files.newInputStream(file);
    try {
      raw.skipNBytes(HEAD_BYTES);
      return new ContentStream(raw, contentBytes);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static DataRefusedException damaged(Path file, String what) {
    return new DataRefusedException(
        "The snapshot "
            + file
            + " is damaged: "
            + what
            + ". It was not loaded. If the other nodes are well, move this node's data directory"
            + " away, start it with an empty one and replace it in the cluster; otherwise restore a"
            + " backup.");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new UncheckedIOException(new IOException("this Java has no SHA-256", e));
    }
  }

  private static final class CountingStream extends OutputStream {
    private final OutputStream out;
    private long count;

    CountingStream(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count += length;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }
  }

  /** Ends before the trailer. */
  private static final class ContentStream extends InputStream {
    private final InputStream in;
    private long left;

    ContentStream(InputStream in, long bytes) {
      this.in = new BufferedInputStream(in, BUFFER_BYTES);
      this.left = bytes;
    }

    @Override
    public int read() throws IOException {
      int b = left > 0 ? in.read() : -1;
      if (b >= 0) {
        left--;
      }
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left <= 0 && length > 0) {
        return -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(read, 0);
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
