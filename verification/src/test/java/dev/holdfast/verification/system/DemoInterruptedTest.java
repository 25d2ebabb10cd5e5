package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ^C in the middle of a demonstration. */
@Timeout(180)
final class DemoInterruptedTest {
  private static final Pattern FOLDER = Pattern.compile("Everything happens in (.+)");
  private static final Pattern PAUSED = Pattern.compile("pid (\\d+) is stopped");

  @TempDir private Path folder;

  @Test
  void everything_that_a_demonstration_started_ends_with_it_and_its_folder_goes()
      throws IOException {
    Path log = Files.createFile(folder.resolve("demo.log"));
    // A shell that runs a build in the background has it ignore the signal.
    JavaProcess demo =
        JavaProcess.start(
            log,
            List.of("env", "--default-signal=INT"),
            "dev.holdfast.cli.Main",
            List.of("demo", "fencing"));
    List<ProcessHandle> children;
    Path everything;
    try {
      String paused =
          await("a part is paused")
              .atMost(RealCluster.PATIENCE)
              .until(() -> said(demo, PAUSED), said -> !said.isEmpty());
      children = ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
      everything = Path.of(said(demo, FOLDER));
      assertThat(children)
          .as("three nodes and a part")
          .hasSizeGreaterThanOrEqualTo(4)
          .extracting(ProcessHandle::pid)
          .contains(Long.valueOf(paused));
      assertThat(everything).isDirectory();
      demo.interrupt();
      assertThat(demo.awaitExit()).as(demo.output()).isEqualTo(130);
    } finally {
      demo.kill();
    }
    await("its processes are gone")
        .atMost(RealCluster.PATIENCE)
        .until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(everything).as(demo.output()).doesNotExist();
  }

  private static String said(JavaProcess demo, Pattern pattern) {
    Matcher matcher = pattern.matcher(demo.output());
    return matcher.find() ? matcher.group(1) : "";
  }
}
