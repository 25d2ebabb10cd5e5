package dev.holdfast.verification.style;

import dev.holdfast.verification.style.Violation.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Java sources of a repository.
 *
 * @param root its first folder
 */
public record Repository(Path root) {
  private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git");
  private static final Pattern NULL_MARKED = Pattern.compile("(?m)^@NullMarked$");

  /** The repository in which the tests run. */
  public static Repository ofThisBuild() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve(".mvn"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("run the tests from a folder inside the repository");
    }
    return new Repository(folder);
  }

  /** Returns what is wrong with all files. */
  List<Violation> violations() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    Set<Path> packages = new TreeSet<>();
    for (Path file : sources(root)) {
      texts.put(nameOf(file), Files.readString(file));
      if (isMain(file)) {
        packages.add(file.resolveSibling("package-info.java"));
      }
    }
    List<Violation> violations = new ArrayList<>(SourceStyle.check(texts));
    for (Path page : packages) {
      if (!Files.exists(page) || !NULL_MARKED.matcher(Files.readString(page)).find()) {
        violations.add(new Violation(Rule.PACKAGE_NOT_NULL_MARKED, nameOf(page), 1, 1));
      }
    }
    return violations;
  }

  /** All Java files, in order of their names. */
  List<Path> sources() throws IOException {
    return sources(root);
  }

  private static List<Path> sources(Path folder) throws IOException {
    List<Path> entries;
    try (Stream<Path> list = Files.list(folder)) {
      entries = list.sorted().toList();
    }
    List<Path> sources = new ArrayList<>();
    for (Path entry : entries) {
      String name = String.valueOf(entry.getFileName());
      if (Files.isDirectory(entry) && !NOT_OURS.contains(name)) {
        sources.addAll(sources(entry));
      } else if (name.endsWith(".java")) {
        sources.add(entry);
      }
    }
    return sources;
  }

  private boolean isMain(Path file) {
    return nameOf(file).contains("/src/main/java/");
  }

  private String nameOf(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }
}
