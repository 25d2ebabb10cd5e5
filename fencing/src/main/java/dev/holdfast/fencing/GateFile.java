package dev.holdfast.fencing;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file in which a gate keeps its tokens. Whoever reads or replaces it holds the gate file's
 * lock.
 *
 * <p>The file is never changed, only replaced: the new content goes to a temporary file beside it,
 * which is forced to the disk, then renamed, then the folder is forced to the disk. So at any
 * moment the file is whole, and a file that is not whole is damage and not the trace of a crash;
 * there is no torn tail that would have to be told from a lost one. A temporary file that a crash
 * left behind was never acted upon, and the next change overwrites it.
 *
 * <p>Bytes are written through streams, for an interrupt would close a channel in the middle.
 */
final class GateFile {
  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  private final Path file;
  private final Path temporaryFile;

  GateFile(Path file) {
    this.file = file;
    this.temporaryFile = file.resolveSibling(file.getFileName() + ".new");
  }

  Path path() {
    return file;
  }

  /** The number of the content that is in the file: each change has the next one. */
  long readGeneration() throws IOException {
    try (InputStream in = new FileInputStream(file.toFile())) {
      return GateContent.decodeGeneration(file, in.readNBytes(GateContent.HEADER_BYTES));
    }
  }

  /**
   * Reads what is in the file, and forces the folder to the disk before anybody acts on it: the
   * process that renamed the file may have died before it could.
   */
  GateContent read() throws IOException {
    byte[] bytes;
    try (InputStream in = new FileInputStream(file.toFile())) {
      bytes = in.readAllBytes();
    }
    GateContent content = GateContent.decode(file, bytes);
    forceFolder();
    return content;
  }

  /** Replaces the file. When this returns, the new content outlives any crash. */
  void replace(GateContent content) throws IOException {
    try (FileOutputStream out = new FileOutputStream(temporaryFile.toFile())) {
      out.write(content.encode());
      out.getFD().sync();
    }
    Files.move(temporaryFile, file, StandardCopyOption.ATOMIC_MOVE);
    forceFolder();
  }

  /** Makes a rename last. Windows has no such call and needs none. */
  private void forceFolder() throws IOException {
    if (WINDOWS) {
      return;
    }
    boolean interrupted = false;
    try {
      while (true) {
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
          folder.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          // Half-way is the wrong place to stop; the interrupt is kept for whoever waits next.
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
