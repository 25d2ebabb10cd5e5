package dev.holdfast.verification.planted;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The product and its simulation loaded a second time, with the classes that a planted bug changes
 * compiled from the changed sources.
 */
final class MutatedProduct extends ClassLoader {
  private static final String RUNNER = "dev.holdfast.verification.simulation.SeedRunner";

  /** What is loaded anew; what it is made of (the messages, the log's interfaces) is shared. */
  private static final List<String> OWN =
      List.of(
          "dev.holdfast.core.",
          "dev.holdfast.server.",
          "dev.holdfast.client.",
          "dev.holdfast.verification.");

  private final Map<String, byte[]> changed;

  private MutatedProduct(Map<String, byte[]> changed) {
    super(MutatedProduct.class.getClassLoader());
    this.changed = changed;
  }

  /** Runs seeds of the product with this bug in it. */
  @SuppressWarnings("unchecked") // SeedRunner is what it says.
  static LongFunction<String> with(PlantedBug bug, Path repository)
      throws ReflectiveOperationException {
    MutatedProduct product = new MutatedProduct(compile(bug, repository));
    return (LongFunction<String>) product.loadClass(RUNNER).getDeclaredConstructor().newInstance();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (OWN.stream().noneMatch(name::startsWith)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        byte[] bytes = changed.containsKey(name) ? changed.get(name) : original(name);
        loaded = defineClass(name, bytes, 0, bytes.length);
      }
      return loaded;
    }
  }

  private byte[] original(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private static Map<String, byte[]> compile(PlantedBug bug, Path repository) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    StandardJavaFileManager standard = compiler.getStandardFileManager(problems, null, null);
    Classes classes = new Classes(standard);
    List<Source> sources = new ArrayList<>();
    bug.sources(repository).forEach((file, text) -> sources.add(new Source(file, text)));
    List<String> options =
        List.of("-proc:none", "-nowarn", "-classpath", System.getProperty("java.class.path"));
    boolean compiled = compiler.getTask(null, classes, problems, options, null, sources).call();
    if (!compiled) {
      throw new IllegalStateException(
          bug.name()
              + " does not compile: "
              + problems.getDiagnostics().stream()
                  .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                  .toList());
    }
    Map<String, byte[]> bytes = new HashMap<>();
    classes.written.forEach((name, out) -> bytes.put(name, out.toByteArray()));
    return bytes;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String file, String text) {
      super(URI.create("string:///" + file.replaceFirst(".*src/main/java/", "")), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
    final Map<String, ByteArrayOutputStream> written = new HashMap<>();

    Classes(JavaFileManager standard) {
      super(standard);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(
          URI.create("memory:///" + className.replace('.', '/') + kind.extension), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          written.put(className, out);
          return out;
        }
      };
    }
  }
}
