package dev.holdfast.cli.terminal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What is wrong with a file, in words: the message of many an exception is only its name. */
public final class FileProblem {
  private FileProblem() {}

  /**
   * The reason, without the file's name.
   *
   * @param problem why a file cannot be read or written
   */
  public static String of(IOException problem) {
    return switch (problem) {
      case NoSuchFileException _ -> "no such file or folder";
      case FileAlreadyExistsException _ -> "it exists already";
      case NotDirectoryException _ -> "no such folder";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException named when named.getReason() != null -> named.getReason();
      default -> String.valueOf(problem.getMessage());
    };
  }
}
