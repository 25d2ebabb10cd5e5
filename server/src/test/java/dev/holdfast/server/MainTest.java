package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node as a process: what it prints, and with what it ends. */
class MainTest {
  @TempDir private Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();
  private int started;

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  private final class Run {
    private final Process process;
    private final Path output;

    Run(String... args) {
      output = folder.resolve("output" + ++started);
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "dev.holdfast.server.Main"));
      command.addAll(Arrays.asList(args));
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        process = builder.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      processes.add(process);
    }

    String output() {
      try {
        return Files.readString(output, StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Run awaitReady() {
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> !process.isAlive() || output().contains("ready: "));
      assertThat(output()).contains("ready: node ");
      return this;
    }

    void endsWith(ExitCode code) throws InterruptedException {
      assertThat(process.waitFor(40, TimeUnit.SECONDS)).as(output()).isTrue();
      assertThat(process.exitValue()).as(output()).isEqualTo(code.number());
    }

    /** It ends with a line for a person, and without a stack trace. */
    void complains(ExitCode code, String... words) throws InterruptedException {
      endsWith(code);
      String last =
          output().lines().filter(l -> l.startsWith("holdfast server: ")).findFirst().orElse("");
      assertThat(last).contains(words);
      assertThat(output()).doesNotContain("\tat ", "Exception in thread");
    }
  }

  private static String clientBind() {
    return "client.bind=127.0.0.1:" + Ports.next();
  }

  private static String peerBind() {
    return "peer.bind=127.0.0.1:" + Ports.next();
  }

  private Run node(String data, String... settings) {
    List<String> args = new ArrayList<>(List.of("--set", "data=" + folder.resolve(data)));
    for (String setting : settings) {
      args.add("--set");
      args.add(setting);
    }
    return new Run(args.toArray(String[]::new));
  }

  @Test
  void a_node_says_who_it_is_and_ends_with_0_when_asked_to() throws Exception {
    Run run = node("d1", clientBind(), peerBind(), "log.format=json").awaitReady();
    assertThat(run.output())
        .contains(
            "node n1 of cluster holdfast, clients at 127.0.0.1:", folder.resolve("d1").toString());
    long began = System.nanoTime();
    run.process.destroy();
    run.endsWith(ExitCode.STOPPED);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(run.output()).contains("node_stopped");
  }

  @Test
  void an_interrupt_ends_it_too_and_the_data_is_used_again() throws Exception {
    assumeThat(interruptsAreIgnored())
        .as("a shell started these tests in the background with SIGINT ignored; so is it by nodes")
        .isFalse();
    String peer = peerBind();
    Run run = node("d1", clientBind(), peer).awaitReady();
    Process kill = new ProcessBuilder("kill", "-INT", "" + run.process.pid()).start();
    assertThat(kill.waitFor()).isZero();
    run.endsWith(ExitCode.STOPPED);
    node("d1", clientBind(), peer).awaitReady();
  }

  /** Whether processes that are started here inherit that they do not hear of ^C. */
  private static boolean interruptsAreIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
  }

  @Test
  void an_option_that_is_none_is_refused() throws Exception {
    new Run("--port", "5470").complains(ExitCode.USAGE, "'--port' is not an option");
    new Run("--config").complains(ExitCode.USAGE, "--config takes one file");
  }

  @Test
  void a_wrong_key_is_refused_with_where_it_stands() throws Exception {
    Path yaml = Files.writeString(folder.resolve("node.yaml"), "limits: {sesions-max: 1}\n");
    new Run("--config", yaml.toString())
        .complains(
            ExitCode.CONFIGURATION, yaml.toString(), "limits.sesions-max", "limits.sessions-max?");
  }

  @Test
  void a_port_in_use_is_named_with_its_key() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      node("d1", "client.bind=" + address, peerBind())
          .complains(ExitCode.PORT_IN_USE, "client.bind " + address, "in use", "another address");
      node("d1", clientBind(), "peer.bind=" + address)
          .complains(ExitCode.PORT_IN_USE, "peer.bind " + address, "in use");
    }
    assertThat(folder.resolve("d1")).as("the disk was not touched").doesNotExist();
  }

  @Test
  void what_cannot_be_used_is_named_with_its_key() throws Exception {
    String file = Files.writeString(folder.resolve("junk"), "junk").toString();
    node("junk", clientBind(), peerBind())
        .complains(ExitCode.CONFIGURATION, "data: " + file + " is a file");
    node("d1", clientBind(), peerBind(), "client.tls.certificate=" + file, "client.tls.key=" + file)
        .complains(ExitCode.CONFIGURATION, "client.tls.certificate: " + file);
    node("d1", "client.bind=192.0.2.1:" + Ports.next(), peerBind(), "insecure=true")
        .complains(ExitCode.CONFIGURATION, "client.bind 192.0.2.1", "address of this machine");
    assertThat(folder.resolve("d1")).as("the disk was not touched").doesNotExist();
  }

  /** As where the folder for temporary files is mounted with noexec; alone or not. */
  @Test
  void a_native_library_that_cannot_be_loaded_ends_the_node_with_what_to_do() throws Exception {
    environment.put("ROCKSDB_SHAREDLIB_DIR", folder.resolve("nowhere").toString());
    node("d1", clientBind(), peerBind())
        .complains(ExitCode.DISK_FAILED, "native library cannot be loaded", "java.io.tmpdir");
    node(
            "d2",
            ("nodes=[{id: n1, peer: 127.0.0.1:%d, client: 127.0.0.1:%d},"
                    + "{id: n2, peer: 127.0.0.1:%d, client: 127.0.0.1:%d}]")
                .formatted(Ports.next(), Ports.next(), Ports.next(), Ports.next()))
        .complains(ExitCode.DISK_FAILED, "native library cannot be loaded", "java.io.tmpdir");
  }

  @Test
  void data_in_use_and_data_of_another_node_are_refused() throws Exception {
    Run first = node("d1", clientBind(), peerBind()).awaitReady();
    node("d1", clientBind(), peerBind()).complains(ExitCode.DATA_REFUSED, "d1");
    first.process.destroy();
    first.endsWith(ExitCode.STOPPED);
    node("d1", clientBind(), peerBind(), "node.id=other").complains(ExitCode.DATA_REFUSED, "d1");
  }

  /** What the first one writes at this moment looks to another process like a torn end. */
  @Test
  void a_second_process_touches_nothing_in_a_data_directory_in_use() throws Exception {
    Path data = folder.resolve("d1");
    String history = "history=" + data.resolve("history");
    Run first = node("d1", clientBind(), peerBind(), history).awaitReady();
    Files.write(data.resolve("ownership/0000000000000001.chain"), new byte[] {0, 0, 0});
    List<String> before = content(data);
    node("d1", clientBind(), peerBind(), history)
        .complains(ExitCode.DATA_REFUSED, "used by another process");
    assertThat(content(data)).isEqualTo(before);
    assertThat(first.process.isAlive()).isTrue();
  }

  /** Who follows the advice for damaged data throws away what is good. */
  @Test
  void data_that_may_not_be_read_is_told_apart_from_damage() throws Exception {
    assumeThat(System.getProperty("user.name")).as("who may do everything").isNotEqualTo("root");
    String peer = peerBind();
    Run first = node("d1", clientBind(), peer).awaitReady();
    first.process.destroy();
    first.endsWith(ExitCode.STOPPED);
    for (String name : List.of("LOCK", "log/entries/CURRENT", "log/votes/vote")) {
      Path file = folder.resolve("d1").resolve(name);
      Set<PosixFilePermission> before = Files.getPosixFilePermissions(file);
      Files.setPosixFilePermissions(file, Set.of());
      node("d1", clientBind(), peer)
          .complains(ExitCode.DISK_FAILED, "this user may not read or write " + file);
      Files.setPosixFilePermissions(file, before);
    }
    node("d1", clientBind(), peer).awaitReady();
  }

  @Test
  void a_file_in_the_place_of_a_folder_is_named() throws Exception {
    Path data = Files.createDirectories(folder.resolve("d1"));
    Path file = Files.writeString(data.resolve("files"), "");
    node("d1", clientBind(), peerBind())
        .complains(ExitCode.DISK_FAILED, file + " is in the way, it is no folder");
  }

  private static List<String> content(Path data) throws IOException {
    List<String> files = new ArrayList<>();
    for (String name : List.of("ownership/anchor", "ownership/0000000000000001.chain")) {
      files.add(name + HexFormat.of().formatHex(Files.readAllBytes(data.resolve(name))));
    }
    Files.readString(data.resolve("history"))
        .lines()
        .filter(line -> line.contains("header"))
        .forEach(files::add);
    return files;
  }
}
