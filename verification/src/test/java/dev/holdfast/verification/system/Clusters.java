package dev.holdfast.verification.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes clusters for a test, or for all tests of a class when it is registered in a static field,
 * and ends them afterwards. The folders of a test that failed are kept, and where they are is said.
 */
final class Clusters implements AfterEachCallback, AfterAllCallback {
  private static final int LINES_SHOWN = 25;

  private final boolean shared;
  private final Path folder;
  private final List<RealCluster> clusters = new ArrayList<>();
  private boolean failed;

  private Clusters(boolean shared) {
    this.shared = shared;
    try {
      Path parent = Files.createDirectories(Path.of("target", "system").toAbsolutePath());
      this.folder = Files.createTempDirectory(parent, "run-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Clusters forEachTest() {
    return new Clusters(false);
  }

  static Clusters forAllTests() {
    return new Clusters(true);
  }

  /** A cluster that is up. */
  RealCluster start(int size) {
    return prepare(size).startAll();
  }

  /** A cluster of which no node runs yet. */
  RealCluster prepare(int size) {
    return add(RealCluster.prepare(nextFolder(), size));
  }

  /** A cluster that is up, with more in its configuration. */
  RealCluster start(int size, String moreConfiguration) {
    return add(RealCluster.prepare(nextFolder(), size, moreConfiguration)).startAll();
  }

  /** A cluster that is up, whose nodes speak to each other through relays. */
  RealCluster startRelayed(int size, String moreConfiguration) {
    return add(RealCluster.prepareRelayed(nextFolder(), size, moreConfiguration)).startAll();
  }

  private Path nextFolder() {
    return folder.resolve("cluster-" + (clusters.size() + 1));
  }

  private RealCluster add(RealCluster cluster) {
    clusters.add(cluster);
    return cluster;
  }

  /** A place for files of the test. */
  Path folder() {
    return folder;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    failed |= context.getExecutionException().isPresent();
    if (!shared) {
      end(context);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (shared) {
      failed |= context.getExecutionException().isPresent();
      end(context);
    }
  }

  private void end(ExtensionContext context) {
    clusters.forEach(RealCluster::close);
    if (failed) {
      System.out.println(context.getDisplayName() + " failed; logs and data are in " + folder);
      logs().forEach(Clusters::printEnd);
    } else {
      Folders.delete(folder);
    }
  }

  private List<Path> logs() {
    // Not deeper: the files of a node's own log end with .log too.
    try (Stream<Path> paths = Files.walk(folder, 2)) {
      return paths.filter(path -> path.toString().endsWith(".log")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void printEnd(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      System.out.println("--- the end of " + log);
      lines.stream().skip(Math.max(0, lines.size() - LINES_SHOWN)).forEach(System.out::println);
    } catch (IOException e) {
      System.out.println("--- " + log + " cannot be read: " + e);
    }
  }
}
