package dev.holdfast.verification.planted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.verification.simulation.Rule;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each planted bug is found by the simulation; one that is not means that a check is missing. In
 * the build the seed that is known to find it is tried first, and if that does not find it any
 * more, all from 1 on. {@code -Dholdfast.planted=NAME} tries one alone, {@code
 * -Dholdfast.planted.scan=true} always begins at 1 and prints the table of docs/proof.md.
 */
class PlantedBugsTest {
  private static final Path REPOSITORY = Path.of("..");

  /** More than any of them has needed. */
  private static final long SEEDS_MAX = 10_000;

  private static final boolean SCAN = Boolean.getBoolean("holdfast.planted.scan");

  static List<PlantedBug> bugs() {
    String only = System.getProperty("holdfast.planted", "");
    return PlantedBug.all().stream()
        .filter(bug -> only.isEmpty() || bug.name().equals(only))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("bugs")
  @Execution(ExecutionMode.CONCURRENT)
  void every_planted_bug_is_found(PlantedBug bug) throws ReflectiveOperationException {
    LongFunction<String> product = MutatedProduct.with(bug, REPOSITORY);
    if (!SCAN && find(product, bug, bug.seed(), bug.seed()) != null) {
      return;
    }
    long startNanos = System.nanoTime();
    Found found = find(product, bug, 1, SEEDS_MAX);
    if (found == null) {
      throw new AssertionError(bug.name() + " in " + SEEDS_MAX + " seeds: a check is missing");
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %d | %,d | %.0f |%n",
        bug.name(),
        bug.what(),
        found.rule(),
        found.seed(),
        found.events(),
        (System.nanoTime() - startNanos) / 1e9);
  }

  private record Found(long seed, long events, String rule) {}

  /** Goes on until the bug breaks the rule that it is there to break. */
  private static @Nullable Found find(
      LongFunction<String> product, PlantedBug bug, long from, long to) {
    long events = 0;
    for (long seed = from; seed <= to; seed++) {
      String[] told = product.apply(seed).split(" ", 2);
      events += Long.parseLong(told[0]);
      if (told.length == 2 && ruleOf(told[1]).equals(bug.rule())) {
        return new Found(seed, events, bug.rule());
      }
    }
    return null;
  }

  private static String ruleOf(String failure) {
    String rule = failure.split("[:\\n]", 2)[0];
    return Arrays.stream(Rule.values()).anyMatch(each -> each.name().equals(rule))
        ? rule
        : Rule.NO_EXCEPTION.name();
  }

  @Test
  void every_rule_has_been_seen_to_be_broken() {
    assertThat(PlantedBug.all())
        .extracting(PlantedBug::rule)
        .contains(Arrays.stream(Rule.values()).map(Rule::name).toArray(String[]::new));
  }

  @Test
  void there_are_as_many_as_were_promised() {
    assertThat(PlantedBug.all()).hasSizeGreaterThanOrEqualTo(25);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void a_product_without_a_bug_passes_when_it_is_loaded_in_the_same_way()
      throws ReflectiveOperationException {
    PlantedBug none =
        PlantedBug.parse(
            "none",
            """
            Nothing is wrong.
            seed: 1
            rule: SERVED
            @ server/src/main/java/dev/holdfast/server/node/LeaderClock.java
              void advance() {
            =>
              void advance() {
            """);
    LongFunction<String> seeds = MutatedProduct.with(none, REPOSITORY);
    for (long seed = 1; seed <= 40; seed++) {
      assertThat(seeds.apply(seed)).doesNotContain(" ");
    }
  }
}
