package dev.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** S1-11, S1-12, on nodes of their own, for these record what they apply. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CourseDemoSystemTest {
  @TempDir Path out;

  /** S1-11: random operations end "All done!", the history is checked. S1-12: logs, parameters. */
  @Test
  void random_operations_with_readers_and_writers_and_strong_checks() throws Exception {
    PlayedDemo.alone(
            "course",
            "--ops",
            "100",
            "--followers",
            "3",
            "--keys",
            "5",
            "--lock",
            "rwlock",
            "--consensus",
            "strong",
            "--seed",
            "7",
            "--out",
            out.toString())
        .succeeded()
        .told(
            "100 random operations by 4 clients on 5 keys, seed 7",
            "told the truth of that moment",
            "and no rule is broken",
            "All done!");

    assertThat(Files.readString(out.resolve("parameters.json")).replaceAll("\\s+", ""))
        .isEqualTo(
            "{\"ops\":100,\"followers\":3,\"keys\":5,\"lock\":\"rwlock\",\"consensus\":\"strong\",\"seed\":7}");
    assertThat(Files.readString(out.resolve("info.log")))
        .contains("begin: ", "no rule is broken", "All done!")
        .doesNotContain("try_lock");
    assertThat(Files.readString(out.resolve("detail.log")))
        .contains("try_lock(read)", "try_lock(write)", "try_unlock", "own_the_lock", "All done!");
  }

  /** S1-9, S1-10: the other kind of lock, and checks from the client's own node. */
  @Test
  void random_operations_with_mutexes_and_weak_checks() {
    PlayedDemo played =
        PlayedDemo.alone("sim", "--followers", "2", "--lock", "mutex", "--consensus", "weak")
            .succeeded()
            .told("its node knew", "and no rule is broken", "All done!");
    assertThat(played.out()).contains("Start 3 nodes");
  }

  @Test
  void numbers_out_of_range_are_a_usage_error() {
    assertThat(PlayedDemo.alone("course", "--followers", "9").exitCode()).isNotZero();
  }
}
