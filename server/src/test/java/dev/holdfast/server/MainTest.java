package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node as a process: what it prints, and with what it ends. */
class MainTest {
  @TempDir private Path folder;
  private final List<Process> processes = new ArrayList<>();
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
        process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
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
    String peer = peerBind();
    Run run = node("d1", clientBind(), peer).awaitReady();
    Process kill = new ProcessBuilder("kill", "-INT", "" + run.process.pid()).start();
    assertThat(kill.waitFor()).isZero();
    run.endsWith(ExitCode.STOPPED);
    node("d1", clientBind(), peer).awaitReady();
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

  @Test
  void data_in_use_and_data_of_another_node_are_refused() throws Exception {
    Run first = node("d1", clientBind(), peerBind()).awaitReady();
    node("d1", clientBind(), peerBind()).complains(ExitCode.DATA_REFUSED, "d1");
    first.process.destroy();
    first.endsWith(ExitCode.STOPPED);
    node("d1", clientBind(), peerBind(), "node.id=other").complains(ExitCode.DATA_REFUSED, "d1");
  }
}
