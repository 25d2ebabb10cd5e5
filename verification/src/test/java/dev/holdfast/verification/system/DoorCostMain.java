package dev.holdfast.verification.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * What a pair of preempt and release costs through door W0: clients that each have a connection and
 * a lock of their own, one request at a time. Three node processes and this one; first at the
 * leader, then at a follower. Medians of three windows after one to get warm, with the least and
 * the greatest.
 *
 * <p>Arguments: how many clients (64), how many seconds a window lasts (10).
 */
final class DoorCostMain {
  private static final int WINDOWS = 3;

  private DoorCostMain() {}

  private record Window(
      double pairsPerSecond, double p50Millis, double p99Millis, double nodesCpuMicros) {}

  public static void main(String[] args) throws Exception {
    int clients = args.length > 0 ? Integer.parseInt(args[0]) : 64;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    Path folder = Files.createTempDirectory("door-cost");
    RealCluster cluster = RealCluster.prepare(folder, 3);
    Map<String, Integer> doors = new TreeMap<>();
    for (String node : cluster.nodes()) {
      doors.put(node, Ports.next());
      cluster.start(
          node,
          List.of(
              "env",
              "HOLDFAST_DOORS_W0_ENABLED=true",
              "HOLDFAST_DOORS_W0_BIND=127.0.0.1:" + doors.get(node)));
    }
    try {
      cluster.awaitReady();
      String leader = cluster.leader();
      for (String node : List.of(leader, cluster.followers().get(0))) {
        String where = node.equals(leader) ? "leader" : "follower";
        measure(cluster, doors.getOrDefault(node, 0), where, clients, seconds);
      }
    } finally {
      cluster.close();
    }
  }

  private static void measure(RealCluster cluster, int port, String where, int clients, int seconds)
      throws Exception {
    window(cluster, port, clients, 2 * seconds);
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < WINDOWS; i++) {
      windows.add(window(cluster, port, clients, seconds));
    }
    System.out.printf(
        Locale.ROOT,
        "%d clients at the %s: %s pairs/s, preempt p50 %s ms, p99 %s ms, %s us of nodes' CPU a pair%n",
        clients,
        where,
        told(windows.stream().mapToDouble(Window::pairsPerSecond).toArray()),
        told(windows.stream().mapToDouble(Window::p50Millis).toArray()),
        told(windows.stream().mapToDouble(Window::p99Millis).toArray()),
        told(windows.stream().mapToDouble(Window::nodesCpuMicros).toArray()));
  }

  private static String told(double[] figures) {
    Arrays.sort(figures);
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f)",
        figures[figures.length / 2],
        figures[0],
        figures[figures.length - 1]);
  }

  private static Window window(RealCluster cluster, int port, int clients, int seconds)
      throws Exception {
    long endNanos = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    long cpuBefore = nodesCpuNanos(cluster);
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<Callable<long[]>> work = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        String lock = "door-" + i;
        work.add(() -> pairs(port, lock, endNanos));
      }
      List<long[]> each = new ArrayList<>();
      for (Future<long[]> done : threads.invokeAll(work)) {
        each.add(done.get());
      }
      long[] nanos = each.stream().flatMapToLong(LongStream::of).sorted().toArray();
      double cpuMicros = (nodesCpuNanos(cluster) - cpuBefore) / 1e3 / nanos.length;
      return new Window(
          (double) nanos.length / seconds,
          nanos[nanos.length / 2] / 1e6,
          nanos[nanos.length - 1 - nanos.length / 100] / 1e6,
          cpuMicros);
    }
  }

  private static long nodesCpuNanos(RealCluster cluster) {
    return cluster.nodes().stream()
        .mapToLong(
            node ->
                ProcessHandle.of(cluster.process(node).pid())
                    .flatMap(process -> process.info().totalCpuDuration())
                    .orElseThrow()
                    .toNanos())
        .sum();
  }

  /** How long each preempt took. */
  private static long[] pairs(int port, String lock, long endNanos) throws IOException {
    LongStream.Builder took = LongStream.builder();
    String client = UUID.randomUUID().toString();
    byte[] preempt = request("preempt", lock, client);
    byte[] release = request("release", lock, client);
    byte[] buffer = new byte[1_024];
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      while (System.nanoTime() < endNanos) {
        long startNanos = System.nanoTime();
        ask(socket, preempt, buffer);
        took.add(System.nanoTime() - startNanos);
        ask(socket, release, buffer);
      }
    }
    return took.build().toArray();
  }

  private static byte[] request(String action, String lock, String client) {
    return String.format(
            Locale.ROOT,
            "{\"action\": \"%s\", \"lock_name\": \"%s\", \"client_id\": \"%s\"}",
            action,
            lock,
            client)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void ask(Socket socket, byte[] request, byte[] buffer) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(request);
    InputStream in = socket.getInputStream();
    int length = 0;
    do {
      int read = in.read(buffer, length, buffer.length - length);
      if (read < 0) {
        throw new IOException("the door has closed the connection");
      }
      length += read;
    } while (buffer[length - 1] != '}');
    String answer = new String(buffer, 0, length, StandardCharsets.UTF_8);
    if (!answer.startsWith("{\"result\": true")) {
      throw new IOException("an answer nobody expects here: " + answer);
    }
  }
}
