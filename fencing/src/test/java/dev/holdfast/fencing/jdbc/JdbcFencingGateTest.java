package dev.holdfast.fencing.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.holdfast.fencing.StaleTokenException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On H2, with a database file, so that what is committed is what a restart finds. */
@Timeout(60)
final class JdbcFencingGateTest {
  @TempDir Path folder;
  private final JdbcFencingGate gate = JdbcFencingGate.create();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicReference<@Nullable Thread> worker = new AtomicReference<>();
  private final List<Connection> connections = new ArrayList<>();

  @BeforeEach
  void create_table() throws SQLException {
    gate.createTable(open());
  }

  @AfterEach
  void stop() throws SQLException, InterruptedException {
    threads.shutdownNow();
    for (Connection connection : connections) {
      connection.close();
    }
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  /** A connection with an open transaction; the database is closed with the last one. */
  private Connection open() throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            "jdbc:h2:file:" + folder.resolve("database") + ";LOCK_TIMEOUT=20000");
    connection.setAutoCommit(false);
    connections.add(connection);
    return connection;
  }

  private void admitAndCommit(String resource, long token) throws Exception {
    try (Connection connection = open()) {
      gate.admit(connection, resource, token);
      connection.commit();
    }
  }

  @Test
  void equal_and_higher_tokens_are_admitted_and_lower_ones_refused() throws Exception {
    admitAndCommit("orders", 33);
    admitAndCommit("orders", 33);
    admitAndCommit("orders", 34);

    assertThatExceptionOfType(StaleTokenException.class)
        .isThrownBy(() -> gate.admit(open(), "orders", 33))
        .satisfies(
            refusal -> {
              assertThat(refusal.resource()).isEqualTo("orders");
              assertThat(refusal.token()).isEqualTo(33);
              assertThat(refusal.highestToken()).isEqualTo(34);
            });
    assertThat(gate.highestToken(open(), "orders")).hasValue(34);
    assertThat(gate.highestToken(open(), "customers")).isEmpty();
  }

  @Test
  void the_highest_token_survives_a_restart() throws Exception {
    admitAndCommit("orders", 34);
    for (Connection connection : connections) {
      connection.close();
    }

    Connection afterwards = open();

    assertThat(gate.highestToken(afterwards, "orders")).hasValue(34);
    assertThatExceptionOfType(StaleTokenException.class)
        .isThrownBy(() -> gate.admit(afterwards, "orders", 33));
  }

  @Test
  void a_token_is_forgotten_with_the_transaction_that_is_rolled_back() throws Exception {
    admitAndCommit("orders", 33);
    Connection connection = open();
    gate.admit(connection, "orders", 40);
    connection.rollback();

    admitAndCommit("orders", 34);

    assertThat(gate.highestToken(connection, "orders")).hasValue(34);
  }

  @Test
  void a_later_holder_waits_until_the_transaction_under_the_earlier_token_has_ended()
      throws Exception {
    admitAndCommit("orders", 1);
    Connection first = open();
    gate.admit(first, "orders", 33);
    Connection second = open();
    Future<?> later = inThread(() -> gate.admit(second, "orders", 34));
    awaitBlocked(first);
    assertThat(later.isDone()).isFalse();

    first.commit();
    later.get();
    second.commit();

    assertThat(gate.highestToken(open(), "orders")).hasValue(34);
  }

  @Test
  void an_earlier_holder_that_waited_for_a_later_one_is_refused_when_that_one_commits()
      throws Exception {
    admitAndCommit("orders", 1);
    Connection later = open();
    gate.admit(later, "orders", 34);
    Connection earlier = open();
    Future<?> late = inThread(() -> gate.admit(earlier, "orders", 33));
    awaitBlocked(later);

    later.commit();

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(late::get)
        .withCauseInstanceOf(StaleTokenException.class);
  }

  @Test
  void of_two_transactions_that_see_a_resource_for_the_first_time_the_second_waits_and_goes_on()
      throws Exception {
    Connection first = open();
    gate.admit(first, "orders", 33);
    Connection second = open();
    write(second, "CREATE TABLE before_it (id INT)");
    write(second, "INSERT INTO before_it VALUES (1)");
    Future<?> later = inThread(() -> gate.admit(second, "orders", 34));
    awaitInserting();
    assertThat(later.isDone()).isFalse();

    first.commit();
    later.get();
    second.commit();

    assertThat(gate.highestToken(open(), "orders")).hasValue(34);
    assertThat(longs("SELECT id FROM before_it")).containsExactly(1L);
  }

  @Test
  void of_two_transactions_that_see_a_resource_for_the_first_time_the_stale_one_is_refused()
      throws Exception {
    Connection first = open();
    gate.admit(first, "orders", 34);
    Connection second = open();
    Future<?> stale = inThread(() -> gate.admit(second, "orders", 33));
    awaitInserting();
    assertThat(stale.isDone()).isFalse();

    first.commit();

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(stale::get)
        .withCauseInstanceOf(StaleTokenException.class);
  }

  @Test
  void many_transactions_are_committed_in_the_order_of_their_tokens() throws Exception {
    write(open(), "CREATE TABLE written (at BIGINT AUTO_INCREMENT PRIMARY KEY, token BIGINT)");
    List<Future<Integer>> writers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      long first = i + 1L;
      Connection connection = open();
      writers.add(threads.submit(() -> writeSome(connection, first)));
    }
    int accepted = 0;
    for (Future<Integer> writer : writers) {
      accepted += writer.get();
    }

    assertThat(longs("SELECT token FROM written ORDER BY at")).hasSize(accepted).isSorted();
    assertThat(gate.highestToken(open(), "orders")).hasValue(60);
  }

  private int writeSome(Connection connection, long first) throws SQLException {
    int accepted = 0;
    for (long token = first; token <= 60; token += 6) {
      try {
        gate.admit(connection, "orders", token);
        write(connection, "INSERT INTO written (token) VALUES (" + token + ")");
        connection.commit();
        accepted++;
      } catch (StaleTokenException e) {
        connection.rollback();
        assertThat(e.highestToken()).isGreaterThan(token);
      }
    }
    return accepted;
  }

  /** The statement that the documentation recommends for a column in a table of one's own. */
  @Test
  void a_column_in_ones_own_table_does_the_same() throws Exception {
    Connection connection = open();
    write(
        connection,
        "CREATE TABLE orders (id BIGINT PRIMARY KEY, state VARCHAR(20), fence BIGINT DEFAULT 0 NOT NULL)");
    write(connection, "INSERT INTO orders (id, state) VALUES (42, 'new')");

    assertThat(setState(connection, "paid", 34)).isEqualTo(1);
    assertThat(setState(connection, "lost", 33)).isZero();
    assertThat(setState(connection, "sent", 34)).isEqualTo(1);
    connection.commit();

    assertThat(longs("SELECT fence FROM orders WHERE id = 42 AND state = 'sent'"))
        .containsExactly(34L);
  }

  private static int setState(Connection connection, String state, long token) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE orders SET state = ?, fence = ? WHERE id = ? AND fence <= ?")) {
      update.setString(1, state);
      update.setLong(2, token);
      update.setLong(3, 42);
      update.setLong(4, token);
      return update.executeUpdate();
    }
  }

  @Test
  void another_table_may_be_named() throws Exception {
    JdbcFencingGate other = JdbcFencingGate.inTable("public.Fences_2");
    Connection connection = open();
    other.createTable(connection);
    other.createTable(connection);
    other.admit(connection, "orders", 5);
    assertThat(other.highestToken(connection, "orders")).hasValue(5);
    assertThat(gate.highestToken(connection, "orders")).isEmpty();
  }

  @Test
  void a_connection_that_commits_by_itself_is_refused() throws Exception {
    Connection connection = open();
    connection.setAutoCommit(true);
    assertThatIllegalStateException()
        .isThrownBy(() -> gate.admit(connection, "orders", 1))
        .withMessageContaining("setAutoCommit(false)");
  }

  @Test
  void a_missing_table_is_the_databases_own_error() throws Exception {
    Connection connection = open();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> JdbcFencingGate.inTable("nowhere").admit(connection, "orders", 1))
        .withMessageContaining("NOWHERE");
  }

  @Test
  void bad_arguments_are_refused() throws Exception {
    Connection connection = open();
    assertThatIllegalArgumentException().isThrownBy(() -> gate.admit(connection, "orders", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> gate.admit(connection, "", 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gate.admit(connection, "x".repeat(256), 1))
        .withMessageContaining("255");
    for (String table : List.of("", "a b", "a;b", "a.b.c", "1a", "\"a\"")) {
      assertThatIllegalArgumentException().isThrownBy(() -> JdbcFencingGate.inTable(table));
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private Future<?> inThread(Work work) {
    return threads.submit(
        (Callable<Boolean>)
            () -> {
              worker.set(Thread.currentThread());
              work.run();
              return true;
            });
  }

  /**
   * Returns when the worker is about to insert a row that another transaction has inserted; there
   * H2 waits without being seen to, for it asks again and again.
   */
  private void awaitInserting() {
    Thread thread;
    do {
      requireNotTooLate();
      thread = worker.get();
    } while (thread == null
        || Stream.of(thread.getStackTrace())
            .noneMatch(frame -> frame.getMethodName().equals("insert")));
  }

  /** The time limit of a test interrupts it. */
  private static void requireNotTooLate() {
    Thread.onSpinWait();
    assertThat(Thread.currentThread().isInterrupted()).as("out of time").isFalse();
  }

  /** Returns when some session waits for this one, or fails by the test's time limit. */
  private void awaitBlocked(Connection blocker) throws SQLException {
    long id;
    try (Statement statement = blocker.createStatement();
        ResultSet row = statement.executeQuery("SELECT SESSION_ID()")) {
      row.next();
      id = row.getLong(1);
    }
    String question = "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID = " + id;
    while (longs(question).get(0) == 0) {
      requireNotTooLate();
    }
  }

  private static void write(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private List<Long> longs(String query) throws SQLException {
    List<Long> all = new ArrayList<>();
    Connection connection = connections.get(0);
    try (Statement statement = (connection.isClosed() ? open() : connection).createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        all.add(rows.getLong(1));
      }
    }
    return all;
  }
}
