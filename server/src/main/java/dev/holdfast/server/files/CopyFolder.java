package dev.holdfast.server.files;

import dev.holdfast.protocol.FileName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folder with the copies. Only plain files of this folder are ever written to: a symbolic link,
 * a folder, a device, a pipe or a file with a second name is refused, and not followed. For one
 * thread.
 */
final class CopyFolder {
  private final Path folder;

  CopyFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder if it is not there.
   *
   * @throws IOException if something else stands there, or the disk fails
   */
  void make() throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
        && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new RefusedEntryException(folder + " is not a folder");
    }
    Files.createDirectories(folder);
  }

  /** The names of what is in the folder. */
  List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /**
   * Opens a copy; makes it if it is not there.
   *
   * @throws RefusedEntryException if something else stands there
   */
  FileChannel open(String name) throws IOException {
    Path path = pathOf(name);
    requirePlain(path);
    try {
      return FileChannel.open(
          path,
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);
    } catch (FileSystemException e) {
      // It may have become something else since it was looked at.
      requirePlain(path);
      throw e;
    }
  }

  /**
   * Removes a copy, if there is one.
   *
   * @throws RefusedEntryException if something else stands there
   */
  void delete(String name) throws IOException {
    Path path = pathOf(name);
    requirePlain(path);
    Files.deleteIfExists(path);
  }

  /** Makes what is in a copy from an offset on equal to {@code bytes}; tells if it was not. */
  static boolean write(FileChannel channel, long offset, ByteBuffer bytes) throws IOException {
    if (isEqual(channel, offset, bytes)) {
      return false;
    }
    ByteBuffer left = bytes.duplicate();
    long at = offset;
    while (left.hasRemaining()) {
      at += channel.write(left, at);
    }
    return true;
  }

  private static boolean isEqual(FileChannel channel, long offset, ByteBuffer bytes)
      throws IOException {
    if (channel.size() < offset + bytes.remaining()) {
      return false;
    }
    ByteBuffer there = ByteBuffer.allocate(bytes.remaining());
    while (there.hasRemaining()) {
      if (channel.read(there, offset + there.position()) < 0) {
        return false;
      }
    }
    return there.flip().equals(bytes);
  }

  /** The machine has let the name in, so it has one segment; better safe than elsewhere. */
  private Path pathOf(String name) throws RefusedEntryException {
    String problem = FileName.structuralProblemWith(name);
    Path path = problem == null ? resolved(name) : folder;
    if (problem != null || !folder.equals(path.getParent())) {
      throw new RefusedEntryException("no file of the folder can be called so: " + problem);
    }
    return path;
  }

  /** Under the locale C, which a service has unless told otherwise, names are ASCII. */
  private Path resolved(String name) throws RefusedEntryException {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      RefusedEntryException refused =
          new RefusedEntryException(
              "this process can have no such name in its locale ("
                  + System.getProperty("sun.jnu.encoding")
                  + "); start the node with LANG=C.UTF-8");
      refused.initCause(e);
      throw refused;
    }
  }

  private static void requirePlain(Path path) throws IOException {
    String problem = problemWith(path);
    if (problem != null) {
      throw new RefusedEntryException(problem);
    }
  }

  private static @Nullable String problemWith(Path path) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException absent) {
      return null;
    }
    if (attributes.isSymbolicLink()) {
      return "it is a symbolic link";
    }
    if (!attributes.isRegularFile()) {
      return attributes.isDirectory() ? "it is a folder" : "it is a device, a pipe or a socket";
    }
    boolean counted = path.getFileSystem().supportedFileAttributeViews().contains("unix");
    return counted && !Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS).equals(1)
        ? "it has a second name (a hard link)"
        : null;
  }
}
