package dev.holdfast.verification.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.FileAppend;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastFiles.Orphan;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockLostException;
import dev.holdfast.client.LockRefusedException;
import dev.holdfast.client.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Guarded files on nodes that are processes of their own, with their copies on disk. */
@Timeout(240)
final class FilesTest {
  private static final int WRITERS = 4;
  private static final int APPENDS = 25;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  private static LockGrant lock(Holdfast client, String file) {
    return client.async().acquire(AcquireRequest.of("files/" + file, Mode.X)).join();
  }

  private static byte[] line(int writer, int number) {
    return "writer %d line %d %s%n".formatted(writer, number, "x".repeat(number)).getBytes(UTF_8);
  }

  @Test
  void appends_survive_the_death_of_all_nodes_and_are_equal_on_every_disk() throws Exception {
    RealCluster cluster = clusters.start(3);
    awaitDefaultFiles(cluster);
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        String node = cluster.nodes().get(writer % 3);
        Holdfast client = cluster.client(Holdfast.builder().endpoints(cluster.endpoint(node)));
        writers.add(threads.submit(() -> appendLines(client, number)));
      }
      for (Future<?> writer : writers) {
        writer.get(120, TimeUnit.SECONDS);
      }
    }
    byte[] content = cluster.admin().files().readAll("shared");
    requireWholeLines(new String(content, UTF_8));
    byte[] large = appendALargePiece(cluster);
    awaitCopies(cluster, Map.of("shared", content, "file_1", large));

    cluster.killAll();
    for (String node : cluster.nodes()) {
      damage(cluster.data(node).resolve("files"));
    }
    cluster.nodes().forEach(cluster::start);
    cluster.awaitReady();
    assertThat(cluster.admin().files().readAll("shared")).isEqualTo(content);
    awaitCopies(cluster, Map.of("shared", content, "file_1", large));

    String wiped = cluster.followers().get(0);
    cluster.kill(wiped);
    cluster.wipe(wiped);
    cluster.admin().snapshot(cluster.endpoint(cluster.leader()));
    cluster.start(wiped);
    await().atMost(RealCluster.PATIENCE).until(() -> cluster.status(wiped).isPresent());
    cluster.admin().replaceMember(wiped);
    cluster.awaitReady();
    cluster.awaitEqualMaps();
    awaitCopies(cluster, Map.of("shared", content, "file_1", large));
  }

  private static Void appendLines(Holdfast client, int writer) {
    for (int i = 0; i < APPENDS; i++) {
      try (LockGrant grant = lock(client, "shared")) {
        // In two parts: nobody else's may come between them.
        byte[] line = line(writer, i);
        FileAppend first = client.files().append(grant, "shared", Arrays.copyOf(line, 5));
        FileAppend second =
            client.files().append(grant, "shared", Arrays.copyOfRange(line, 5, line.length));
        assertThat(second.offset()).isEqualTo(first.length());
      }
    }
    return null;
  }

  private static void requireWholeLines(String content) {
    Map<Integer, Integer> next = new TreeMap<>();
    List<String> lines = content.lines().toList();
    assertThat(lines).hasSize(WRITERS * APPENDS);
    for (String each : lines) {
      int writer = Integer.parseInt(each.split(" ", -1)[1]);
      int number = next.merge(writer, 1, Integer::sum) - 1;
      assertThat(each + "\n").isEqualTo(new String(line(writer, number), UTF_8));
    }
  }

  private static byte[] appendALargePiece(RealCluster cluster) {
    byte[] large = new byte[1_048_576];
    new Random(7).nextBytes(large);
    // At a follower, so that it travels between nodes too.
    String follower = cluster.followers().get(0);
    Holdfast client = cluster.client(Holdfast.builder().endpoints(cluster.endpoint(follower)));
    try (LockGrant grant = lock(client, "file_1")) {
      FileAppend appended = client.files().append(grant, "file_1", large);
      assertThat(appended).isEqualTo(new FileAppend(0, large.length));
    }
    assertThat(client.files().reader().readAll("file_1")).isEqualTo(large);
    return large;
  }

  /** What a crash, or a person, may have left of the copies. */
  private static void damage(Path folder) throws IOException {
    Files.writeString(folder.resolve("shared"), "torn");
    Files.write(folder.resolve("file_1"), new byte[2_000_000]);
    Files.delete(folder.resolve("file_2"));
  }

  private static void awaitDefaultFiles(RealCluster cluster) {
    for (String node : cluster.nodes()) {
      await("100 files at " + node)
          .atMost(RealCluster.PATIENCE)
          .until(
              () -> {
                try (var files = Files.list(cluster.data(node).resolve("files"))) {
                  return files.count() == 100;
                }
              });
    }
  }

  private static void awaitCopies(RealCluster cluster, Map<String, byte[]> wanted) {
    for (String node : cluster.running()) {
      wanted.forEach(
          (file, bytes) ->
              await(file + " at " + node)
                  .atMost(RealCluster.PATIENCE)
                  .untilAsserted(
                      () ->
                          assertThat(
                                  Arrays.equals(
                                      Files.readAllBytes(
                                          cluster.data(node).resolve("files").resolve(file)),
                                      bytes))
                              .isTrue()));
      assertThat(cluster.data(node).resolve("files").resolve("file_2")).isEmptyFile();
    }
  }

  @Test
  void what_an_expired_holder_appended_is_rolled_back_before_the_next_one_writes()
      throws Exception {
    RealCluster cluster = clusters.start(3);
    Holdfast one = cluster.client();
    Holdfast two = cluster.client();
    LockGrant stuck =
        one.preempt(AcquireRequest.of("files/file_0", Mode.X).lease(Duration.ofSeconds(2)))
            .grant()
            .orElseThrow();
    one.files().append(stuck, "file_0", new byte[] {'A'}, Orphan.ROLL_BACK);
    assertThat(cluster.admin().files().readAll("file_0")).asString().isEqualTo("A");

    // The next holder comes when the lease is over, and finds nothing of it.
    try (LockGrant next = lock(two, "file_0")) {
      two.files().append(next, "file_0", new byte[] {'B'}, Orphan.ROLL_BACK);
      two.files().append(next, "file_0", new byte[] {'B'}, Orphan.ROLL_BACK);
      assertThatThrownBy(
              () -> one.files().append(stuck.token(), "file_0", new byte[] {'A'}, Orphan.KEEP))
          .isInstanceOf(LockLostException.class);
    }
    try (LockGrant again = lock(one, "file_0")) {
      one.files().append(again, "file_0", new byte[] {'A'}, Orphan.ROLL_BACK);
      one.files().append(again, "file_0", new byte[] {'A'}, Orphan.ROLL_BACK);
    }
    assertThat(cluster.admin().files().readAll("file_0")).asString().isEqualTo("BBAA");
    awaitCopies(cluster, Map.of("file_0", "BBAA".getBytes(UTF_8)));
    otherLocksDoNotCount(two);
  }

  private static void otherLocksDoNotCount(Holdfast client) throws Exception {
    try (LockGrant other = lock(client, "file_5")) {
      assertThatThrownBy(() -> client.files().append(other, "file_6", new byte[] {'x'}))
          .isInstanceOf(LockRefusedException.class)
          .hasMessageContaining("NOT_HOLDER");
      CompletableFuture<FileAppend> appended =
          client.files().appendAsync(other, "file_5", new byte[] {'x'}, Orphan.KEEP);
      assertThat(appended.get(30, TimeUnit.SECONDS)).isEqualTo(new FileAppend(0, 1));
      client.files().delete(other, "file_5");
    }
    assertThat(client.files().reader().readAll("file_5")).isEmpty();
    assertThatThrownBy(() -> client.files().reader().readAll("nothing"))
        .isInstanceOf(LockRefusedException.class);
  }

  @Test
  void commands_append_read_and_list() throws Exception {
    RealCluster cluster = clusters.start(1);
    assertThat(run(cluster, "file", "append")).isZero();
    assertThat(run(cluster, "file", "append", "journal", "a line")).isZero();
    assertThat(run(cluster, "file", "append", "journal", "another", "-o", "json")).isZero();
    assertThat(cluster.admin().files().readAll("file_0")).asString().isEqualTo("Hello, World!\n");
    assertThat(cluster.admin().files().readAll("journal"))
        .asString()
        .isEqualTo("a line\nanother\n");
    Path copy = clusters.folder().resolve("copy");
    assertThat(run(cluster, "file", "read", "journal", "--to", copy.toString())).isZero();
    assertThat(copy).hasContent("a line\nanother\n");
    assertThat(run(cluster, "file", "list")).isZero();
    assertThat(run(cluster, "file", "append", "a/b")).isNotZero();
    assertThat(run(cluster, "file", "rm", "journal")).isZero();
    assertThat(run(cluster, "file", "read", "journal")).isNotZero();
  }

  private int run(RealCluster cluster, String... words) {
    List<String> arguments = new ArrayList<>(List.of("--endpoints", cluster.endpoints()));
    arguments.addAll(List.of(words));
    return JavaProcess.start(
            clusters.folder().resolve("command.log"), "dev.holdfast.cli.Main", arguments)
        .awaitExit();
  }
}
