package dev.holdfast.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.FixedLimit;
import dev.holdfast.server.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page and the example tell what the records say, no more and no less. */
class ConfigurationPageTest {
  private static final Pattern KEY = Pattern.compile("\\| `([^`]+)` \\| (?:`([^`]*)`)? ?\\|.*");
  private static final Pattern LIMIT =
      Pattern.compile("\\| `([a-z-]+)` \\| (\\d+)(?: (bytes|ms))? \\|.*");
  private static final Pattern EXIT = Pattern.compile("\\| (\\d+) \\| `([A-Z_]+)` \\|.*");

  private static Path docs() {
    Path here = Path.of("").toAbsolutePath();
    return Files.isDirectory(here.resolve("docs"))
        ? here.resolve("docs")
        : here.resolveSibling("docs");
  }

  private static List<String> page() throws IOException {
    return Files.readAllLines(docs().resolve("configuration.md"));
  }

  @Test
  void every_key_is_on_the_page_with_its_default() throws IOException {
    Map<String, String> documented = new LinkedHashMap<>();
    for (String line : page()) {
      Matcher matcher = KEY.matcher(line);
      if (matcher.matches()) {
        documented.put(matcher.group(1), matcher.group(2) == null ? "" : matcher.group(2));
      }
    }
    Map<String, String> known = new LinkedHashMap<>();
    for (ConfigKeys.Documented key : ConfigKeys.all()) {
      known.put(key.path(), key.defaultText() == null ? "" : key.defaultText());
    }
    assertThat(documented).containsExactlyEntriesOf(known);
  }

  @Test
  void every_limit_that_nobody_can_set_is_on_the_page() throws IOException {
    List<FixedLimit> documented = new ArrayList<>();
    for (String line : page()) {
      Matcher matcher = LIMIT.matcher(line);
      if (matcher.matches()) {
        FixedLimit.Unit unit =
            matcher.group(3) == null
                ? FixedLimit.Unit.COUNT
                : matcher.group(3).equals("ms") ? FixedLimit.Unit.MILLIS : FixedLimit.Unit.BYTES;
        documented.add(new FixedLimit(matcher.group(1), Long.parseLong(matcher.group(2)), unit));
      }
    }
    assertThat(documented).isEqualTo(FixedLimit.all());
  }

  @Test
  void every_exit_code_is_on_the_page() throws IOException {
    Map<String, Integer> documented = new LinkedHashMap<>();
    for (String line : page()) {
      Matcher matcher = EXIT.matcher(line);
      if (matcher.matches()) {
        documented.put(matcher.group(2), Integer.parseInt(matcher.group(1)));
      }
    }
    Map<String, Integer> known = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      known.put(code.name(), code.number());
    }
    assertThat(documented).containsExactlyEntriesOf(known);
  }

  @Test
  void the_example_sets_nothing_but_defaults() throws Exception {
    ConfigLoader loader = new ConfigLoader(Map.of());
    ResolvedConfig example = loader.load(docs().resolve("holdfast-server.yaml"), List.of());
    assertThat(example.config()).isEqualTo(NodeConfig.DEFAULT);
    assertThat(loader.load(null, List.of()).config()).isEqualTo(NodeConfig.DEFAULT);
  }
}
