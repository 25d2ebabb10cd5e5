package dev.holdfast.verification.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.holdfast.verification.architecture.fixture.core.BadCore;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule fires on the classes below {@code fixture}, and only where it should. */
final class ArchitectureRulesTest {
  private static final String ROOT = "dev.holdfast.verification.architecture.fixture";
  private static final ArchitectureRules RULES = new ArchitectureRules(ROOT);
  private static final JavaClasses CLASSES = new ClassFileImporter().importPackages(ROOT);

  static Stream<String> banned_things_in_core() {
    return Arrays.stream(BadCore.class.getDeclaredMethods())
        .filter(method -> Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
        .map(Method::getName)
        .filter(name -> !name.equals("usesServer"));
  }

  @ParameterizedTest
  @MethodSource
  void banned_things_in_core(String method) {
    assertThat(violations(RULES.coreIsDeterministic()))
        .anyMatch(violation -> violation.contains("BadCore." + method + "("));
  }

  @ParameterizedTest
  @CsvSource({
    "protocol, Word.usesCore",
    "core, BadCore.usesServer",
    "replication, Log.usesCore",
    "client, Session.usesServer",
    "fencing, Gate.usesClient",
    "history, Line.usesCore",
    "cli, Command.usesServer",
  })
  void arrow_in_the_wrong_direction(String module, String culprit) {
    assertThat(violations(List.of(RULES.arrowsOf(module))))
        .isNotEmpty()
        .allMatch(violation -> violation.contains(culprit + "("));
  }

  @Test
  void library_in_fencing() {
    assertThat(violations(List.of(RULES.fencingNeedsOnlyTheJdk())))
        .anyMatch(violation -> violation.contains("Gate.usesLibrary("));
  }

  @Test
  void engine_outside_its_package() {
    assertThat(violations(List.of(RULES.onlyItsPackageSeesTheEngine())))
        .anyMatch(violation -> violation.contains("Log.engineInSignature("))
        .noneMatch(violation -> violation.contains("jraft.Engine"));
  }

  @Test
  void cycle_between_packages() {
    assertThat(violations(List.of(RULES.noPackageCyclesIn("server"))))
        .singleElement()
        .asString()
        .contains("server.internal");
    assertThat(violations(List.of(RULES.noPackageCyclesIn("replication")))).isEmpty();
  }

  @Test
  void internal_package_seen_from_elsewhere() {
    assertThat(violations(List.of(RULES.internalStaysInternalIn("server"))))
        .anyMatch(violation -> violation.contains("Session.usesServer("))
        .noneMatch(violation -> violation.contains("server.Main"));
  }

  @Test
  void package_named_for_nothing() {
    assertThat(violations(List.of(RULES.packagesAreNamedForWhatIsInside())))
        .singleElement()
        .asString()
        .contains("helpers");
  }

  @Test
  void every_rule_is_seen_to_fire() {
    List<String> silent =
        RULES.all().stream()
            .filter(rule -> !rule.evaluate(CLASSES).hasViolation())
            .map(ArchRule::getDescription)
            .toList();
    // One bad module is enough for a rule that is made once per module.
    assertThat(silent)
        .allMatch(
            rule ->
                rule.startsWith("packages of")
                    || rule.startsWith("nobody else uses an internal package of")
                    || rule.startsWith("server uses no module but"));
  }

  private static List<String> violations(List<ArchRule> rules) {
    return rules.stream()
        .flatMap(rule -> rule.evaluate(CLASSES).getFailureReport().getDetails().stream())
        .toList();
  }
}
