package dev.holdfast.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.history.file.HistoryReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Histories written by hand, a file each: those under {@code bad} are named {@code
 * RULE.what-is-wrong.jsonl} and break that rule and no other, those under {@code good} break none.
 */
final class HandMadeHistoriesTest {
  static List<Path> bad_history_breaks_exactly_its_rule() {
    return files("bad");
  }

  @ParameterizedTest
  @MethodSource
  void bad_history_breaks_exactly_its_rule(Path file) throws IOException {
    List<Violation> found = check(file).finish();
    assertThat(found).extracting(Violation::rule).containsOnly(ruleOf(file));
    assertThat(found)
        .allSatisfy(
            violation -> {
              assertThat(violation.lines()).isNotEmpty();
              assertThat(violation.lines())
                  .allMatch(line -> line.source().equals(file.toString()) && line.number() > 0);
            });
  }

  static List<Path> good_history_breaks_no_rule() {
    return files("good");
  }

  @ParameterizedTest
  @MethodSource
  void good_history_breaks_no_rule(Path file) throws IOException {
    assertThat(check(file).finish()).isEmpty();
  }

  @Test
  void every_rule_is_broken_by_some_history() {
    Set<Rule> broken =
        files("bad").stream()
            .map(HandMadeHistoriesTest::ruleOf)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Rule.class)));
    assertThat(EnumSet.complementOf(EnumSet.copyOf(broken))).isEmpty();
  }

  @Test
  void overlapping_holders_are_named_with_their_lines() throws IOException {
    List<Violation> found = check(resource("bad/HOLDINGS_OVERLAP.two-clients.jsonl")).finish();
    assertThat(found).hasSize(1);
    assertThat(found.get(0).sentence())
        .contains("'t' of session 1 (token 4")
        .contains("'t' of session 2 (token 9")
        .contains("held a at one time");
    assertThat(found.get(0).lines()).extracting(LocatedLine::number).containsExactly(2L, 4L);
  }

  @Test
  void unknown_outcomes_are_resolved_by_a_node() throws IOException {
    HistoryChecker checker = check(resource("good/unknown-outcomes.jsonl"));
    checker.finish();
    assertThat(checker.summary().unknowns()).isEqualTo(3);
    assertThat(checker.summary().unknownsResolved()).isEqualTo(3);
  }

  @Test
  void without_a_node_unknown_outcomes_stay_unknown_and_that_is_said() throws IOException {
    HistoryChecker checker = check(resource("good/unknown-outcomes-and-no-node.jsonl"));
    checker.finish();
    assertThat(checker.summary().unknowns()).isEqualTo(2);
    assertThat(checker.summary().unknownsResolved()).isZero();
    assertThat(checker.summary().unchecked())
        .anyMatch(sentence -> sentence.contains("2 requests have an unknown outcome"))
        .anyMatch(sentence -> sentence.contains("no node was recorded"));
  }

  private static HistoryChecker check(Path file) throws IOException {
    HistoryChecker checker = new HistoryChecker();
    HistoryReader.read(file, checker::add, bytes -> {});
    return checker;
  }

  private static Rule ruleOf(Path file) {
    String name = Objects.requireNonNull(file.getFileName()).toString();
    return Rule.valueOf(name.substring(0, name.indexOf('.')));
  }

  private static List<Path> files(String folder) {
    try (Stream<Path> files = Files.list(resource(folder))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(HandMadeHistoriesTest.class.getResource("/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
