package dev.holdfast.verification.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.verification.style.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that names a test for every row of the older systems misses none, and they exist. */
final class RequirementsTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (S\\d-\\d+) \\|(.*)\\|$");
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)#(\\w+)`");

  /** How many rows each system has. */
  private static final List<Integer> ROWS = List.of(28, 14, 15, 39, 34);

  private static String page() throws IOException {
    return Files.readString(Repository.ofThisBuild().root().resolve("docs/requirements.md"));
  }

  @Test
  void no_row_is_missing_and_each_says_what_shows_it() throws IOException {
    List<String> wanted = new ArrayList<>();
    for (int system = 0; system < ROWS.size(); system++) {
      String name = "S" + system + "-";
      IntStream.rangeClosed(1, ROWS.get(system)).forEach(row -> wanted.add(name + row));
    }
    Map<String, String> found = new TreeMap<>();
    Matcher rows = ROW.matcher(page());
    while (rows.find()) {
      found.put(rows.group(1), rows.group(2));
    }
    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(wanted);
    assertThat(found.entrySet())
        .filteredOn(row -> !NAMED.matcher(row.getValue()).find())
        .extracting(Map.Entry::getKey)
        .as("rows that no test shows: one is measured, one has a table of its own")
        .containsExactly("S1-14", "S3-32");
  }

  @Test
  void every_test_that_is_named_exists() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    Path root = Repository.ofThisBuild().root();
    List<Path> modules;
    try (Stream<Path> folders = Files.list(root)) {
      modules =
          folders.map(each -> each.resolve("src/test/java")).filter(Files::isDirectory).toList();
    }
    for (Path module : modules) {
      try (Stream<Path> files = Files.walk(module)) {
        for (Path file : files.filter(each -> each.toString().endsWith("Test.java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.merge(name, Files.readString(file), String::concat);
        }
      }
    }
    List<String> missing = new ArrayList<>();
    Matcher named = NAMED.matcher(page());
    while (named.find()) {
      String source = sources.getOrDefault(named.group(1), "");
      if (!Pattern.compile("void " + named.group(2) + "\\(").matcher(source).find()) {
        missing.add(named.group());
      }
    }
    assertThat(missing).isEmpty();
  }
}
