package dev.holdfast.cli.bench;

import dev.holdfast.client.EndpointStatus;
import dev.holdfast.client.HoldfastAdmin;
import dev.holdfast.client.NodeStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * CPU time as the operating system counts it (in steps of 10 ms on Linux), and commits as the nodes
 * count them.
 */
final class ProcessMeter implements Meter {
  private final List<Long> serverPids;
  private final HoldfastAdmin admin;

  ProcessMeter(List<Long> serverPids, HoldfastAdmin admin) {
    this.serverPids = serverPids;
    this.admin = admin;
  }

  @Override
  public long serverCpuNanos() {
    long sum = 0;
    for (long pid : serverPids) {
      Optional<Duration> cpu =
          ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration());
      if (cpu.isEmpty()) {
        return -1;
      }
      sum += cpu.get().toNanos();
    }
    return serverPids.isEmpty() ? -1 : sum;
  }

  @Override
  public long clientCpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(-1L);
  }

  @Override
  public long entriesProposed() {
    List<Optional<NodeStatus>> answers =
        admin.statuses().stream().map(EndpointStatus::status).toList();
    return answers.stream().allMatch(Optional::isPresent)
        ? answers.stream().flatMap(Optional::stream).mapToLong(NodeStatus::entriesProposed).sum()
        : -1;
  }
}
