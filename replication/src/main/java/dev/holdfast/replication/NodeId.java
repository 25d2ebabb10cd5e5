package dev.holdfast.replication;

import java.util.regex.Pattern;

/**
 * The stable name of a node in its cluster, such as {@code n1}.
 *
 * @param value 1 to 32 characters of {@code [a-z0-9-]}, the first of them no hyphen
 */
public record NodeId(String value) implements Comparable<NodeId> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  public NodeId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a node id is 1 to 32 characters of a-z, 0-9 and -, not starting with -: " + value);
    }
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
