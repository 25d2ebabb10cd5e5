package dev.holdfast.protocol;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name of a lock: a path of segments apart by {@code /}, 1 to 512 bytes of UTF-8 in Unicode's
 * normal form C, without control characters, unpaired surrogates and empty segments, at most 32
 * segments deep.
 *
 * @param value the whole path
 */
public record LockName(String value) implements Comparable<LockName> {
  /** Most bytes of UTF-8 in a name. */
  public static final int BYTES_MAX = 512;

  /** Most segments in a name. */
  public static final int DEPTH_MAX = 32;

  /**
   * Refuses anything that is not a lock's name.
   *
   * @throws IllegalArgumentException saying which rule is broken
   */
  public LockName {
    String problem = problemWith(value);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  /**
   * What is wrong with a would-be name, or null if it is a name.
   *
   * @param name any text
   */
  public static @Nullable String problemWith(String name) {
    String problem = structuralProblemWith(name);
    if (problem == null && !isAscii(name) && !Normalizer.isNormalized(name, Normalizer.Form.NFC)) {
      return "the lock name is not in Unicode normal form C; normalise it before you use it";
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
      return "the lock name is empty";
    }
    if (Utf8.isLonger(name, BYTES_MAX)) {
      return "the lock name is longer than " + BYTES_MAX + " bytes";
    }
    int depth = 1;
    int segmentStart = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '/') {
        if (i == segmentStart) {
          return "the lock name has an empty segment at character " + i + " (a '/' too many)";
        }
        segmentStart = i + 1;
        depth++;
      } else if (Character.isISOControl(c)) {
        return "the lock name has a control character at " + i;
      } else if (Character.isSurrogate(c)) {
        if (!isPairAt(name, i)) {
          return "the lock name has half a surrogate pair at character " + i;
        }
        i++;
      }
    }
    if (segmentStart == name.length()) {
      return "the lock name ends with '/'";
    }
    return depth > DEPTH_MAX ? "the lock name has more than " + DEPTH_MAX + " segments" : null;
  }

  /** The names of the locks above this one, the root first; empty for a name of one segment. */
  public List<String> ancestors() {
    return ancestorsOf(value);
  }

  /**
   * The names of the locks above a well-formed name, the root first.
   *
   * @param name a well-formed name
   */
  public static List<String> ancestorsOf(String name) {
    int slash = name.indexOf('/');
    if (slash < 0) {
      return List.of();
    }
    List<String> ancestors = new ArrayList<>();
    for (; slash >= 0; slash = name.indexOf('/', slash + 1)) {
      ancestors.add(name.substring(0, slash));
    }
    return ancestors;
  }

  @Override
  public int compareTo(LockName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }

  private static boolean isPairAt(String name, int i) {
    return Character.isHighSurrogate(name.charAt(i))
        && i + 1 < name.length()
        && Character.isLowSurrogate(name.charAt(i + 1));
  }

  private static boolean isAscii(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
