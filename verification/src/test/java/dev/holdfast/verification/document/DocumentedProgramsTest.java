package dev.holdfast.verification.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.verification.style.Repository;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every Java program in the documents compiles with the client library that is built beside them.
 */
final class DocumentedProgramsTest {
  private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  record Program(Path page, int line, String text) {
    @Override
    public String toString() {
      return page + ":" + line;
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Reader.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  static List<Program> programs() throws IOException {
    Path root = Repository.ofThisBuild().root();
    List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
    try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    List<Program> programs = new ArrayList<>();
    for (Path page : pages) {
      String text = Files.readString(page);
      Matcher matcher = PROGRAM.matcher(text);
      while (matcher.find()) {
        int line = 1 + (int) text.substring(0, matcher.start(1)).lines().count();
        programs.add(new Program(root.relativize(page), line, matcher.group(1)));
      }
    }
    return programs;
  }

  @ParameterizedTest
  @MethodSource("programs")
  void it_compiles(Program program, @TempDir Path classes) {
    assertThat(errors(program.text(), classes)).as(program.text()).isEmpty();
  }

  @Test
  void what_does_not_exist_is_noticed(@TempDir Path classes) {
    assertThat(errors("holdfast.lock(\"a\").lockForEver();", classes)).contains("lockForEver");
  }

  /** A program, and around it what readers of the documents have in mind. */
  private static String inContext(String program) {
    return """
      import dev.holdfast.client.*;
      import com.sun.net.httpserver.*;
      import dev.holdfast.fencing.*;
      import dev.holdfast.fencing.http.*;
      import dev.holdfast.fencing.jdbc.*;
      import dev.holdfast.protocol.*;
      import java.nio.charset.StandardCharsets;
      import java.nio.file.Path;
      import java.time.Duration;
      import java.util.*;
      abstract class Reader {
        interface Ledger { void append(Object entry, FencingToken token); }
        Holdfast holdfast;
        Ledger ledger;
        Object entry;
        FencingToken holderToken;
          byte[] half;
          java.sql.Connection connection;
          long token;
          HttpServer server;
          HttpHandler handler;
          FencingGate gate;
        long successorSession;
        abstract void train(FencingToken token);
        abstract void transfer(int from, int to, FencingToken token);
        abstract void rebuild(FencingToken token);
        abstract void update(int row, FencingToken token);
        abstract void write(FencingToken token);
        abstract void pauseAndRelease(LockGrant grant);
        void program() throws Exception {
      %s
        }
      }
      """
        .formatted(program);
  }

  private static String errors(String program, Path classes) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    compiler
        .getTask(
            new StringWriter(),
            null,
            found,
            List.of(
                "-d",
                classes.toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                "-proc:none"),
            null,
            List.of(new Source(inContext(program))))
        .call();
    StringBuilder errors = new StringBuilder();
    found.getDiagnostics().stream()
        .filter(each -> each.getKind() == javax.tools.Diagnostic.Kind.ERROR)
        .forEach(each -> errors.append(each.getMessage(null)).append('\n'));
    return errors.toString();
  }
}
