package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.FileName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at the files, for whoever may look at the machine. */
public final class FileReads {
  private final State state;

  FileReads(State state) {
    this.state = state;
  }

  /** A file; null if there is none of that name. */
  public @Nullable FileInfo file(String name) {
    return state.files.get(name) == null && !FileName.isDefault(name)
        ? null
        : state.files.info(name);
  }

  /**
   * The files whose names begin with a prefix, in the order of names.
   *
   * @param after only names greater than this one
   * @param limit most files to list
   */
  public List<FileInfo> list(String prefix, String after, int limit) {
    return state.files.list(prefix, after, limit);
  }

  /**
   * The bytes of a file from an offset on.
   *
   * @param offset 0 or more
   * @param limit most bytes to read
   * @return empty past the file's end, or when there is no such file
   */
  public ByteString read(String name, long offset, int limit) {
    return state.files.read(name, offset, limit);
  }

  /** Bytes of all files together. */
  public long bytes() {
    return state.files.bytes();
  }
}
