package dev.holdfast.verification.style;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import dev.holdfast.verification.style.Violation.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Finds what is wrong with source files, by reading them as the compiler does. */
final class SourceStyle {
  static final int FILE_LINES_MAX = 600;
  static final int METHOD_LINES_MAX = 70;

  /** In two halves, so that this file does not mark itself as unfinished. */
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\\b");

  private static final Set<String> SWITCHES_OFF = Set.of("Disabled", "Ignore");

  private final List<Violation> violations = new ArrayList<>();

  private SourceStyle() {}

  /**
   * Returns what is wrong with some files. To read many at once costs little more than one.
   *
   * @param sources what is in each file, by how the file is named in what is returned
   */
  static List<Violation> check(Map<String, String> sources) {
    SourceStyle style = new SourceStyle();
    sources.forEach(style::checkLines);
    style.checkTrees(sources);
    return style.violations;
  }

  private void checkLines(String place, String source) {
    List<String> lines = source.lines().toList();
    if (lines.size() > FILE_LINES_MAX) {
      violations.add(new Violation(Rule.FILE_TOO_LONG, place, 1, lines.size()));
    }
    for (int i = 0; i < lines.size(); i++) {
      if (UNFINISHED.matcher(lines.get(i)).find()) {
        violations.add(new Violation(Rule.UNFINISHED, place, i + 1L, 1));
      }
    }
  }

  private void checkTrees(Map<String, String> sources) {
    List<Source> files = new ArrayList<>();
    sources.forEach((place, source) -> files.add(new Source(place, source)));
    DiagnosticCollector<JavaFileObject> mistakes = new DiagnosticCollector<>();
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, mistakes, List.of("-proc:none"), null, files);
    try {
      for (CompilationUnitTree unit : task.parse()) {
        String place = unit.getSourceFile().toUri().getPath().substring(1);
        new Reader(place, unit, Trees.instance(task).getSourcePositions()).scan(unit, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot parse", e);
    }
    if (!mistakes.getDiagnostics().isEmpty()) {
      throw new IllegalArgumentException("cannot parse " + mistakes.getDiagnostics());
    }
  }

  /** A source text in the compiler's words. */
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String place, String text) {
      super(URI.create("memory:///" + place), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Goes over all that is in a file. */
  private final class Reader extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final String place;
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final LineMap lines;

    Reader(String place, CompilationUnitTree unit, SourcePositions positions) {
      this.place = place;
      this.unit = unit;
      this.positions = positions;
      this.lines = unit.getLineMap();
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void ignored) {
      long length = lastLine(method) - firstLine(method) + 1;
      if (length > METHOD_LINES_MAX) {
        report(Rule.METHOD_TOO_LONG, "#" + method.getName(), method, length);
      }
      return super.visitMethod(method, null);
    }

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void ignored) {
      ExpressionTree target = call.getMethodSelect();
      if (target instanceof MemberSelectTree select
          && select.getIdentifier().contentEquals("sleep")
          && isSleeper(select.getExpression())) {
        report(Rule.SLEEPS, "", call, 1);
      }
      return super.visitMethodInvocation(call, null);
    }

    /** {@code Thread}, {@code java.lang.Thread}, {@code TimeUnit.SECONDS}. */
    private static boolean isSleeper(ExpressionTree expression) {
      String text = expression.toString();
      return text.equals("Thread") || text.endsWith(".Thread") || text.contains("TimeUnit.");
    }

    @Override
    public @Nullable Void visitAnnotation(AnnotationTree annotation, @Nullable Void ignored) {
      if (SWITCHES_OFF.contains(simpleName(annotation.getAnnotationType()))) {
        report(Rule.DISABLED_TEST, "", annotation, 1);
      }
      return super.visitAnnotation(annotation, null);
    }

    private static String simpleName(Tree name) {
      return switch (name) {
        case IdentifierTree identifier -> identifier.getName().toString();
        case MemberSelectTree select -> select.getIdentifier().toString();
        default -> name.toString();
      };
    }

    @Override
    public @Nullable Void visitCatch(CatchTree handler, @Nullable Void ignored) {
      if (handler.getBlock().getStatements().isEmpty()) {
        report(Rule.EMPTY_CATCH, "", handler, 1);
      }
      return super.visitCatch(handler, null);
    }

    private void report(Rule rule, String part, Tree tree, long measure) {
      violations.add(new Violation(rule, place + part, firstLine(tree), measure));
    }

    private long firstLine(Tree tree) {
      return lines.getLineNumber(positions.getStartPosition(unit, tree));
    }

    private long lastLine(Tree tree) {
      return lines.getLineNumber(positions.getEndPosition(unit, tree));
    }
  }
}
