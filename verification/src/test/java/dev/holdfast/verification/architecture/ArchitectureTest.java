package dev.holdfast.verification.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holdfast's own classes obey the {@link ArchitectureRules}. */
final class ArchitectureTest {
  private static final ArchitectureRules RULES = new ArchitectureRules("dev.holdfast");

  /** Made from .proto files: large, and not ours to lay out. */
  private static final Pattern GENERATED =
      Pattern.compile(".*/dev/holdfast/protocol/(.*/)?v[0-9]+/.*");

  @SuppressWarnings("NullAway.Init")
  private static JavaClasses classes;

  @BeforeAll
  static void read_classes() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/dev/holdfast/verification/"))
            .withImportOption(location -> !location.matches(GENERATED))
            .importPackages("dev.holdfast");
  }

  @TestFactory
  Stream<DynamicTest> every_rule_holds() {
    return RULES.all().stream().map(ArchitectureTest::test);
  }

  private static DynamicTest test(ArchRule rule) {
    return DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(classes));
  }

  @Test
  void classes_of_every_module_were_read() {
    for (String module : ArchitectureRules.modules()) {
      assertThat(classes.stream().map(JavaClass::getPackageName))
          .as("packages read")
          .anyMatch(name -> name.startsWith("dev.holdfast." + module));
    }
  }
}
