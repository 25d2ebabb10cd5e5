package dev.holdfast.fencing.jdbc;

import dev.holdfast.fencing.StaleTokenException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A gate in a database, for what is written to the same database: the token is admitted in the
 * caller's own transaction.
 *
 * <pre>{@code
 * connection.setAutoCommit(false);
 * gate.admit(connection, "orders/42", token); // StaleTokenException: roll back, nothing was written
 * ... any statements ...
 * connection.commit();
 * }</pre>
 *
 * <p>An admitted token locks the row of its resource until the transaction ends, so that a later
 * holder's transaction waits, and what is written and the token under which it was written are
 * committed together or not at all. A token that is rolled back is forgotten with the writes that
 * it admitted. The statements are
 *
 * <pre>{@code
 * UPDATE holdfast_fencing SET token = ? WHERE resource = ? AND token <= ?
 * SELECT token FROM holdfast_fencing WHERE resource = ?
 * INSERT INTO holdfast_fencing (resource, token) VALUES (?, ?)
 * }</pre>
 *
 * <p>the second and third only if the first changed nothing. A table of one's own can do without
 * this class, with a column for the token: {@code UPDATE orders SET state = ?, fence = ? WHERE id =
 * ? AND fence <= ?}; a count of 0 says that the token is stale, or the row is not there.
 *
 * <p>Rows are never deleted: a resource that is forgotten admits any token. The isolation is to be
 * {@code READ COMMITTED} or stricter. Where a stricter one ends the transaction because of another
 * one ({@link SQLException#getSQLState} 40001), roll back and begin again, as for any other
 * statement.
 *
 * <p>Immutable, for any number of threads; a connection is for one thread.
 */
public final class JdbcFencingGate {
  /** The table, unless another is named. */
  public static final String DEFAULT_TABLE = "holdfast_fencing";

  /** Most characters in the name of a resource, so that every database can have a key of them. */
  public static final int RESOURCE_LENGTH_MAX = 255;

  private static final Pattern TABLE =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");
  private static final String INTEGRITY_CLASS = "23";
  private static final long FIRST_USE_NANOS_MAX = 10_000_000_000L;
  private static final long PAUSE_NANOS = 2_000_000;

  private final String table;

  private JdbcFencingGate(String table) {
    if (!TABLE.matcher(table).matches()) {
      throw new IllegalArgumentException(
          "the name of a table is letters, digits and '_', with one '.' after a schema, not '"
              + table
              + "'");
    }
    this.table = table;
  }

  /** A gate that keeps its tokens in the table {@value #DEFAULT_TABLE}. */
  public static JdbcFencingGate create() {
    return new JdbcFencingGate(DEFAULT_TABLE);
  }

  /**
   * A gate that keeps its tokens in another table.
   *
   * @param table letters, digits and underscores; a schema and a full stop may come before
   */
  public static JdbcFencingGate inTable(String table) {
    return new JdbcFencingGate(table);
  }

  /** The statement that makes the table, for those who keep such statements in one place. */
  public String createTableSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (resource VARCHAR("
        + RESOURCE_LENGTH_MAX
        + ") NOT NULL PRIMARY KEY, token BIGINT NOT NULL)";
  }

  /**
   * Makes the table if it is not there. Many databases commit the open transaction before they do.
   *
   * @param connection a connection that may create tables
   * @throws SQLException the database refused
   */
  public void createTable(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(createTableSql());
    }
  }

  /**
   * Admits a token in the open transaction, or refuses it. Waits for other transactions that have
   * admitted a token for this resource and have not ended, as long as the database lets it; at the
   * first use of a resource, where a database may refuse a second row at once instead of waiting,
   * for up to 10 s, or until interrupted (the flag stays set).
   *
   * @param connection with an open transaction, that is without auto-commit; not committed here
   * @param resource 1 to {@value #RESOURCE_LENGTH_MAX} characters, as the database compares them
   * @param token the fencing token of the grant under which is written, 1 or more
   * @throws StaleTokenException a higher token has been committed; the caller has lost its lock and
   *     is to roll back
   * @throws SQLException the database cannot tell; roll back. A {@link SQLTransientException} is
   *     worth another try
   * @throws IllegalStateException the connection commits every statement by itself, and so would
   *     let later holders in between the check and the write
   */
  public void admit(Connection connection, String resource, long token)
      throws StaleTokenException, SQLException {
    requireArguments(resource, token);
    if (connection.getAutoCommit()) {
      throw new IllegalStateException(
          "the connection commits every statement by itself, so the check would be over before the write: setAutoCommit(false) first");
    }
    long giveUpAtNanos = System.nanoTime() + FIRST_USE_NANOS_MAX;
    do {
      if (raise(connection, resource, token)) {
        return;
      }
      OptionalLong highest = highestToken(connection, resource);
      if (highest.isPresent() && highest.getAsLong() > token) {
        throw new StaleTokenException(resource, token, highest.getAsLong());
      }
      if (highest.isEmpty() && insert(connection, resource, token)) {
        return;
      }
      // Somebody else has made the row in the meantime. Some databases wait here until that is
      // committed; for the others:
      LockSupport.parkNanos(PAUSE_NANOS);
    } while (System.nanoTime() < giveUpAtNanos && !Thread.currentThread().isInterrupted());
    throw new SQLTransientException(
        "this transaction does not see the token of '"
            + resource
            + "' as it is now; roll back and try again, in READ COMMITTED if possible");
  }

  /**
   * The highest token of a resource, as the transaction sees it. For people and tests: {@link
   * #admit} decides.
   *
   * @param connection any connection to the database
   * @param resource as in {@link #admit}
   * @return nothing if the resource was never seen
   * @throws SQLException the database cannot tell
   */
  public OptionalLong highestToken(Connection connection, String resource) throws SQLException {
    requireArguments(resource, 1);
    try (PreparedStatement select =
        connection.prepareStatement("SELECT token FROM " + table + " WHERE resource = ?")) {
      select.setString(1, resource);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  private boolean raise(Connection connection, String resource, long token) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE " + table + " SET token = ? WHERE resource = ? AND token <= ?")) {
      update.setLong(1, token);
      update.setString(2, resource);
      update.setLong(3, token);
      return update.executeUpdate() > 0;
    }
  }

  /** False if somebody else was faster; the transaction is then as it was before. */
  private boolean insert(Connection connection, String resource, long token) throws SQLException {
    // Some databases spoil the whole transaction with a statement that failed.
    Savepoint before = connection.setSavepoint();
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO " + table + " (resource, token) VALUES (?, ?)")) {
      insert.setString(1, resource);
      insert.setLong(2, token);
      insert.executeUpdate();
      return true;
    } catch (SQLException e) {
      String state = e.getSQLState();
      if (state == null || !state.startsWith(INTEGRITY_CLASS)) {
        throw e;
      }
      connection.rollback(before);
      return false;
    }
  }

  private static void requireArguments(String resource, long token) {
    if (token < 1) {
      throw new IllegalArgumentException("a fencing token is 1 or more, not " + token);
    }
    if (resource.isEmpty() || resource.length() > RESOURCE_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "the name of a resource has 1 to %d characters, not %d"
              .formatted(RESOURCE_LENGTH_MAX, resource.length()));
    }
  }
}
