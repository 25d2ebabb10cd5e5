package dev.holdfast.verification.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.verification.style.Violation.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule fires on a source that breaks it, and not on its neighbour. */
final class SourceStyleRulesTest {
  private static List<Violation> check(String... lines) {
    return checkText(String.join("\n", lines) + "\n");
  }

  private static List<Violation> checkText(String source) {
    return SourceStyle.check(Map.of("A.java", source));
  }

  private static String methodOf(int lines) {
    return "  void long_one() {\n" + "    run();\n".repeat(lines - 2) + "  }";
  }

  @Test
  void file_of_601_lines() {
    String filled = "class A {\n" + "// more\n".repeat(598) + "}\n";
    assertThat(checkText(filled)).isEmpty();
    assertThat(checkText(filled + "\n"))
        .containsExactly(new Violation(Rule.FILE_TOO_LONG, "A.java", 1, 601));
  }

  @Test
  void method_of_71_lines() {
    assertThat(check("class A {", methodOf(70), "}")).isEmpty();
    assertThat(check("class A {", methodOf(71), "}"))
        .containsExactly(new Violation(Rule.METHOD_TOO_LONG, "A.java#long_one", 2, 71));
  }

  @Test
  void method_of_a_record_in_a_lambda_of_a_constructor() {
    assertThat(check("class A {", "A() {", "go(() -> { record B() {", methodOf(71), "} }); } }"))
        .extracting(Violation::place)
        .containsExactly("A.java#<init>", "A.java#long_one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Thread.sleep(5)", "java.lang.Thread.sleep(5)", "TimeUnit.DAYS.sleep(1)"})
  void sleep(String call) {
    assertThat(check("class A {", "void a() {", call + ";", "} }"))
        .containsExactly(new Violation(Rule.SLEEPS, "A.java", 3, 1));
  }

  @Test
  void sleep_of_something_else_or_in_words() {
    assertThat(check("class A {", "void a() {", "cat.sleep(5); // Thread.sleep(5)", "} }"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"@Disabled", "@org.junit.jupiter.api.Disabled(\"later\")", "@Ignore"})
  void disabled_test(String annotation) {
    assertThat(check("class A {", annotation + " void a() {} }"))
        .containsExactly(new Violation(Rule.DISABLED_TEST, "A.java", 2, 1));
  }

  @Test
  void unfinished() {
    assertThat(check("// TO" + "DO: more", "class A { /* FIX" + "ME */ }"))
        .extracting(Violation::rule, Violation::line)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Rule.UNFINISHED, 1L),
            org.assertj.core.groups.Tuple.tuple(Rule.UNFINISHED, 2L));
    assertThat(check("class A { int mastodons; }")).isEmpty();
  }

  @Test
  void empty_catch() {
    assertThat(
            check(
                "class A {",
                "void a() { try { b(); } catch (Exception e) {",
                "// so what",
                "} } }"))
        .containsExactly(new Violation(Rule.EMPTY_CATCH, "A.java", 2, 1));
    assertThat(check("class A {", "void a() { try { b(); } catch (Exception e) { c(); } } }"))
        .isEmpty();
  }

  @Test
  void source_of_today_is_read() {
    assertThat(
            check(
                "sealed interface A permits B {}",
                "record B(int i, A a) implements A { B { if (i < 0) { throw null; } } }",
                "class C { int i(A a) { return switch (a) { case B(var i, _) -> i; }; } }"))
        .isEmpty();
  }

  @Test
  void source_that_cannot_be_read_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> check("class A {"))
        .withMessageContaining("A.java");
  }

  @Test
  void package_without_null_marks(@TempDir Path root) throws IOException {
    Path folder = Files.createDirectories(root.resolve("m/src/main/java/a"));
    Files.writeString(folder.resolve("A.java"), "package a; class A {}");
    Files.createDirectories(root.resolve("m/target/src/main/java/b"));
    Files.writeString(root.resolve("m/target/src/main/java/b/B.java"), "package b; class B {}");
    Violation missing =
        new Violation(Rule.PACKAGE_NOT_NULL_MARKED, "m/src/main/java/a/package-info.java", 1, 1);
    assertThat(new Repository(root).violations()).containsExactly(missing);

    Path page = folder.resolve("package-info.java");
    Files.writeString(page, "/** No @NullMarked here. */\npackage a;\n");
    assertThat(new Repository(root).violations()).containsExactly(missing);

    Files.writeString(page, "/** Marked. */\n@NullMarked\npackage a;\n");
    assertThat(new Repository(root).violations()).isEmpty();
  }

  @Test
  void every_rule_has_a_test_here() {
    assertThat(Arrays.stream(Rule.values()).map(Rule::name))
        .containsExactlyInAnyOrder(
            "FILE_TOO_LONG",
            "METHOD_TOO_LONG",
            "SLEEPS",
            "DISABLED_TEST",
            "UNFINISHED",
            "EMPTY_CATCH",
            "PACKAGE_NOT_NULL_MARKED");
  }

  @Test
  void exception_covers_what_it_names_and_no_more() {
    StyleExceptions exceptions =
        StyleExceptions.parse(List.of("# why", "", "FILE_TOO_LONG A.java 700", "SLEEPS A.java 1"));
    Violation sleep = new Violation(Rule.SLEEPS, "A.java", 3, 1);

    assertThat(
            exceptions.complaintsAbout(
                List.of(new Violation(Rule.FILE_TOO_LONG, "A.java", 1, 700), sleep)))
        .isEmpty();
    assertThat(
            exceptions.complaintsAbout(
                List.of(new Violation(Rule.FILE_TOO_LONG, "A.java", 1, 701), sleep, sleep)))
        .hasSize(2);
  }

  @Test
  void exception_must_shrink_with_what_it_covers() {
    StyleExceptions exceptions =
        StyleExceptions.parse(List.of("FILE_TOO_LONG A.java 700", "SLEEPS B.java 1"));

    assertThat(
            exceptions.complaintsAbout(
                List.of(new Violation(Rule.FILE_TOO_LONG, "A.java", 1, 650))))
        .containsExactly(
            "the exception 'FILE_TOO_LONG A.java 700' can be lowered to 650, or removed if that is 0",
            "the exception 'SLEEPS B.java 1' can be lowered to 0, or removed if that is 0");
  }

  @Test
  void exception_that_cannot_be_read_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StyleExceptions.parse(List.of("FILE_TOO_LONG A.java")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StyleExceptions.parse(List.of("FILE_TO_LONG A.java 700")));
  }
}
