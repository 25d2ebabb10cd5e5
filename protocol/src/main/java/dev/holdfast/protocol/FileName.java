package dev.holdfast.protocol;

import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/**
 * The name of a file of the cluster: one segment, 1 to 255 bytes of UTF-8 in Unicode's normal form
 * C, without {@code /}, control characters and unpaired surrogates, and neither {@code .} nor
 * {@code ..}. So it names one entry of one folder, wherever it is used.
 *
 * @param value the whole name
 */
public record FileName(String value) implements Comparable<FileName> {
  /** Most bytes of UTF-8 in a name. */
  public static final int BYTES_MAX = 255;

  /** The lock above the locks of all files. */
  public static final String ROOT_LOCK = "files";

  /** How many files there are without anybody having written to them. */
  public static final int DEFAULT_FILES = 100;

  private static final String DEFAULT_PREFIX = "file_";

  /**
   * Refuses anything that is not a file's name.
   *
   * @throws IllegalArgumentException saying which rule is broken
   */
  public FileName {
    String problem = problemWith(value);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  /**
   * One of the files that are there from the beginning: {@code file_0} to {@code file_99}.
   *
   * @param number 0 to 99
   */
  public static String ofDefault(int number) {
    return DEFAULT_PREFIX + number;
  }

  /**
   * Whether a file is there from the beginning.
   *
   * @param name any text
   */
  public static boolean isDefault(String name) {
    if (!name.startsWith(DEFAULT_PREFIX) || name.length() > DEFAULT_PREFIX.length() + 2) {
      return false;
    }
    String number = name.substring(DEFAULT_PREFIX.length());
    boolean isCanonical = number.length() == 1 || !number.startsWith("0");
    return !number.isEmpty() && isCanonical && number.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /**
   * The name of the lock that guards a file.
   *
   * @param name a file's name
   */
  public static String lockOf(String name) {
    return ROOT_LOCK + "/" + name;
  }

  /**
   * What is wrong with a would-be name, or null if it is a name.
   *
   * @param name any text
   */
  public static @Nullable String problemWith(String name) {
    String problem = structuralProblemWith(name);
    if (problem == null && !Normalizer.isNormalized(name, Normalizer.Form.NFC)) {
      return "the file name is not in Unicode normal form C; normalise it before you use it";
    }
    return problem;
  }

  /**
   * As {@link #problemWith}, without the rule about Unicode's normal form, whose tables differ
   * between versions of the JDK: what every node must decide alike is decided by this one.
   *
   * @param name any text
   */
  public static @Nullable String structuralProblemWith(String name) {
    if (name.isEmpty()) {
      return "the file name is empty";
    }
    if (Utf8.isLonger(name, BYTES_MAX)) {
      return "the file name is longer than " + BYTES_MAX + " bytes";
    }
    if (name.equals(".") || name.equals("..")) {
      return "the file name is '" + name + "', which names a folder";
    }
    if (name.indexOf('/') >= 0) {
      return "the file name has a '/'; files have no folders";
    }
    // The lock's name is the file's name with a prefix, so what is left is the same for both.
    return LockName.structuralProblemWith(name) == null
        ? null
        : "the file name has a control character or half a surrogate pair";
  }

  @Override
  public int compareTo(FileName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
