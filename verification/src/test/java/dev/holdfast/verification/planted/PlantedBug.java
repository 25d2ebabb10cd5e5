package dev.holdfast.verification.planted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A change of the sources that makes them wrong.
 *
 * @param name of the file that describes it
 * @param what is wrong, in a sentence
 * @param seed one that finds it, as of when somebody looked last; a universe that changes has
 *     others
 * @param rule the one that it breaks
 * @param changes one or more
 */
record PlantedBug(String name, String what, long seed, String rule, List<Change> changes) {
  private static final Pattern HEAD =
      Pattern.compile("(.*)\nseed: (\\d+)\nrule: (\\w+)\n", Pattern.DOTALL);
  private static final Path FOLDER = Path.of("src/test/resources/planted");

  /**
   * A place in a source file and what to put there.
   *
   * @param file from the root of the repository
   */
  record Change(String file, String find, String replace) {}

  static List<PlantedBug> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".bug"))
          .sorted()
          .map(PlantedBug::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PlantedBug read(Path path) {
    String name = path.getFileName().toString().replace(".bug", "");
    try {
      return parse(name, Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A sentence; lines "seed: N" and "rule: NAME"; then, for each change, a line "@ file", lines to
   * find, "=>", lines instead.
   */
  static PlantedBug parse(String name, String text) {
    String[] parts = text.split("(?m)^@ ", -1);
    List<Change> changes = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      int end = parts[i].indexOf('\n');
      String[] sides = parts[i].substring(end + 1).split("(?m)^=>\n", -1);
      if (sides.length != 2) {
        throw new IllegalArgumentException(name + ": a change has one line \"=>\" in its middle");
      }
      changes.add(new Change(parts[i].substring(0, end).strip(), sides[0], sides[1]));
    }
    if (changes.isEmpty()) {
      throw new IllegalArgumentException(name + ": there is no line \"@ file\"");
    }
    Matcher head = HEAD.matcher(parts[0]);
    if (!head.matches()) {
      throw new IllegalArgumentException(
          name + ": before the first change come a sentence, \"seed: N\" and \"rule: NAME\"");
    }
    String what = head.group(1).strip().replace('\n', ' ');
    return new PlantedBug(name, what, Long.parseLong(head.group(2)), head.group(3), changes);
  }

  /** The changed sources, by file. */
  Map<String, String> sources(Path repository) {
    Map<String, String> sources = new LinkedHashMap<>();
    for (Change change : changes) {
      String source =
          sources.computeIfAbsent(
              change.file(),
              file -> {
                try {
                  return Files.readString(repository.resolve(file));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      int first = source.indexOf(change.find());
      if (first < 0 || source.indexOf(change.find(), first + 1) >= 0) {
        throw new IllegalStateException(
            name
                + ": the lines to be changed are not, or not once, in "
                + change.file()
                + "; the source has changed, so change the planted bug as well");
      }
      sources.put(change.file(), source.replace(change.find(), change.replace()));
    }
    return sources;
  }
}
