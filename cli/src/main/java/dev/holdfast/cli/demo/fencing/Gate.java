package dev.holdfast.cli.demo.fencing;

import java.util.Locale;

/** Where an account lies, and what guards it there. */
enum Gate {
  /** A filter before a service. */
  HTTP(
      "in the memory of a service",
      "behind a filter that remembers the tokens of requests (FencingFilter)"),
  /** A gate in the service that keeps the account. */
  MEMORY(
      "in the memory of a service",
      "which writes it through a gate beside it (InMemoryFencingGate)"),
  /** A gate for files. */
  FILE("in a file of a service", "which writes it through a gate for files (FileFencingGate)"),
  /** A gate in the database. */
  JDBC(
      "in a database of a service",
      "which admits the token in the transaction of the write (JdbcFencingGate)"),
  /** The cluster itself. */
  CLUSTER("in a file of the cluster", "which admits appends under the lock's present token only");

  private final String place;
  private final String guard;

  Gate(String place, String guard) {
    this.place = place;
    this.guard = guard;
  }

  /** Where the account is kept, as words behind "is kept". */
  String place() {
    return place;
  }

  /** What guards it, as words behind {@link #place}. */
  String guard() {
    return guard;
  }

  /** The word of the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
