package dev.holdfast.cli.demo.fencing;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.fencing.StaleTokenException;
import dev.holdfast.fencing.jdbc.JdbcFencingGate;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** A balance in a row of a database, and a gate in the transaction that writes it. */
final class DatabaseAccount implements Account {
  /** In memory, and gone with the connection. */
  private static final String DATABASE = "jdbc:h2:mem:";

  private static final String RESOURCE = "account";

  private final Connection connection;
  private final @Nullable JdbcFencingGate gate;

  private DatabaseAccount(Connection connection, @Nullable JdbcFencingGate gate) {
    this.connection = connection;
    this.gate = gate;
  }

  /**
   * Makes a database with the account in it.
   *
   * @param jar with the driver; null for the one on the class path
   */
  static DatabaseAccount open(@Nullable Path jar, boolean gated) throws IOException {
    try {
      Connection connection = requireDriver(jar).connect(DATABASE, new Properties());
      JdbcFencingGate gate = gated ? JdbcFencingGate.create() : null;
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE account (balance BIGINT NOT NULL)");
        statement.execute("INSERT INTO account VALUES (" + FencingDemo.BEGIN + ")");
      }
      if (gate != null) {
        gate.createTable(connection);
      }
      connection.setAutoCommit(false);
      return new DatabaseAccount(connection, gate);
    } catch (SQLException e) {
      throw new IOException("cannot make the account's database: " + e.getMessage(), e);
    }
  }

  /**
   * The driver of the database.
   *
   * @param jar with the driver; null for the one on the class path
   * @throws Failure there is none
   */
  static Driver requireDriver(@Nullable Path jar) {
    if (jar == null) {
      return driverOf(DatabaseAccount.class.getClassLoader())
          .orElseThrow(
              () ->
                  new Failure(
                      ExitCode.USAGE,
                      "--gate jdbc needs H2, a database in a jar, which holdfast does not bring with it",
                      "download the jar of com.h2database:h2, and say --driver FILE"));
    }
    if (!Files.isReadable(jar)) {
      throw new Failure(
          ExitCode.UNREADABLE, "cannot read " + jar, "give --driver the jar of com.h2database:h2");
    }
    return driverOf(
            new URLClassLoader(new URL[] {urlOf(jar)}, ClassLoader.getPlatformClassLoader()))
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.UNREADABLE,
                    "there is no driver for H2 in " + jar,
                    "give --driver the jar of com.h2database:h2"));
  }

  /** The driver for the database that a class loader knows of. */
  static Optional<Driver> driverOf(ClassLoader loader) {
    return ServiceLoader.load(Driver.class, loader).stream()
        .map(ServiceLoader.Provider::get)
        .filter(DatabaseAccount::knowsDatabase)
        .findFirst();
  }

  private static boolean knowsDatabase(Driver driver) {
    try {
      return driver.acceptsURL(DATABASE);
    } catch (SQLException e) {
      throw new IllegalStateException("a driver cannot tell whether it knows " + DATABASE, e);
    }
  }

  private static URL urlOf(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("not a file: " + jar, e);
    }
  }

  @Override
  public long balance() throws IOException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT balance FROM account")) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IOException("cannot read the account: " + e.getMessage(), e);
    }
  }

  @Override
  public void write(long balance, long token) throws IOException, StaleTokenException {
    try {
      if (gate != null) {
        gate.admit(connection, RESOURCE, token);
      }
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("UPDATE account SET balance = " + balance);
      }
      connection.commit();
    } catch (StaleTokenException e) {
      rollBack();
      throw e;
    } catch (SQLException e) {
      rollBack();
      throw new IOException("cannot write the account: " + e.getMessage(), e);
    }
  }

  private void rollBack() throws IOException {
    try {
      connection.rollback();
    } catch (SQLException e) {
      throw new IOException("cannot roll back: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException("cannot close the account's database: " + e.getMessage(), e);
    }
  }
}
