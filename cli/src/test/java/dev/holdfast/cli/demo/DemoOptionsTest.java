package dev.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Options that cannot be are refused before anything is started. */
class DemoOptionsTest {
  static Path jarOfH2() throws URISyntaxException {
    return Path.of(org.h2.Driver.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static void require(String name, String... options) {
    Demo demo = Demos.named(name);
    new CommandLine(CommandSpec.forAnnotatedObjectLenient(demo)).parseArgs(options);
    demo.requireOptions();
  }

  private static Failure refused(String name, String... options) {
    Failure failure = catchThrowableOfType(Failure.class, () -> require(name, options));
    assertThat(failure).as(name + " " + String.join(" ", options)).isNotNull();
    return failure;
  }

  @Test
  void a_cluster_has_three_nodes_or_five() {
    Failure failure = refused("replicated", "--nodes", "4");
    assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(failure).hasMessage("--nodes must be 3 or 5, not 4");
    assertThatCode(() -> require("replicated", "--nodes", "5")).doesNotThrowAnyException();
  }

  @Test
  void nothing_is_started_for_options_that_cannot_be() {
    assertThat(PlayedDemo.alone("replicated", "--nodes", "4").out()).isEmpty();
  }

  @Test
  void ticks_last_longer_than_two_holders_that_are_killed() {
    assertThat(refused("cron", "--ticks", "0")).hasMessageContaining("--ticks must be");
    assertThat(refused("cron", "--every-ms", "0")).hasMessageContaining("--every-ms must be");
    assertThat(refused("cron", "--ticks", "10"))
        .hasMessageContaining("after 500ms")
        .extracting(Failure::nextStep)
        .asString()
        .contains("--ticks 100");
    assertThatCode(() -> require("cron")).doesNotThrowAnyException();
  }

  @Test
  void a_jar_is_for_the_gate_in_a_database_and_has_to_have_a_driver(@TempDir Path folder)
      throws Exception {
    String jar = jarOfH2().toString();
    assertThatCode(() -> require("fencing", "--gate", "jdbc", "--driver", jar))
        .doesNotThrowAnyException();
    assertThat(refused("fencing", "--driver", jar)).hasMessageContaining("this is --gate http");
    String missing = folder.resolve("h2.jar").toString();
    assertThat(refused("fencing", "--gate", "jdbc", "--driver", missing))
        .hasMessage("cannot read " + missing);
    String other = Files.createDirectory(folder.resolve("other")).toString();
    assertThat(refused("fencing", "--gate", "jdbc", "--driver", other))
        .hasMessage("there is no driver for H2 in " + other);
  }
}
