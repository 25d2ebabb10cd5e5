package dev.holdfast.cli.command;

import dev.holdfast.cli.child.HeldLock;
import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.FileProblem;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.FileAppend;
import dev.holdfast.client.FileList;
import dev.holdfast.client.FilePart;
import dev.holdfast.client.FileReader;
import dev.holdfast.client.FileSummary;
import dev.holdfast.client.HoldfastFiles;
import dev.holdfast.client.LockRefusedException;
import dev.holdfast.client.Mode;
import dev.holdfast.client.RefusalReason;
import dev.holdfast.protocol.FileName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The files of the cluster. */
@Command(
    name = "file",
    description = {
      "Appends to, reads, lists and removes the files of the cluster.",
      "",
      "Who appends holds the file's lock, files/NAME, for that moment; the cluster checks its fencing token in the very step "
          + "in which it adds the bytes. file_0 to file_99 are there from the beginning, others come with the first append."
    },
    footer = {
      "",
      "Example: holdfast file append file_0 \"a line\"",
      "         holdfast file read file_0"
    })
final class FileCommand implements Callable<Integer> {
  private static final String DEFAULT_TEXT = "Hello, World!";

  private static final Columns<FileSummary> COLUMNS =
      new Columns<FileSummary>()
          .text("file", "FILE", FileSummary::name)
          .number("length", "BYTES", FileSummary::length)
          .number("token", "TOKEN", FileSummary::token)
          .number("revision", "REVISION", FileSummary::revision)
          .number("open_token", "OPEN", FileSummary::openToken);

  private final Invocation invocation;

  FileCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    throw new Failure(
        ExitCode.USAGE,
        "say what to do with the files",
        "holdfast file append NAME TEXT, holdfast file read NAME, holdfast file list, holdfast"
            + " file rm NAME");
  }

  @Command(
      name = "append",
      description = "Appends a line, or what comes from stdin, to a file, under its lock.",
      footer = {"", "Example: holdfast file append file_0 \"a line\" --wait 30s"})
  void append(
      @Parameters(
              index = "0",
              arity = "0..1",
              paramLabel = "NAME",
              defaultValue = "file_0",
              description = "The file (default: file_0).")
          String name,
      @Parameters(
              index = "1",
              arity = "0..1",
              paramLabel = "TEXT",
              description = "Appended with a line feed (default: Hello, World!).")
          @Nullable String text,
      @Option(names = "--stdin", description = "Append what stdin holds instead, as it is.")
          boolean stdin,
      @Option(
              names = "--roll-back",
              description = "Cut it off again should the lock be lost before it is released.")
          boolean rollBack,
      @Option(
              names = "--wait",
              paramLabel = "DURATION",
              description = "Wait for the lock so long at most (default: 10s).")
          @Nullable Duration wait) {
    if (stdin && text != null) {
      throw new Failure(
          ExitCode.USAGE, "TEXT and --stdin contradict each other", "leave one of them out");
    }
    List<byte[]> parts =
        stdin
            ? partsOfStdin()
            : List.of(
                ((text == null ? DEFAULT_TEXT : text) + "\n").getBytes(StandardCharsets.UTF_8));
    HoldfastFiles.Orphan orphan =
        rollBack ? HoldfastFiles.Orphan.ROLL_BACK : HoldfastFiles.Orphan.KEEP;
    List<FileAppend> done = new ArrayList<>();
    long token =
        underLock(
            name, wait, held -> parts.forEach(part -> done.add(held.append(name, part, orphan))));
    long offset = done.getFirst().offset();
    long length = done.getLast().length();
    invocation.show(
        json ->
            json.startObject()
                .field("file", name)
                .field("offset", offset)
                .field("length", length)
                .field("token", token)
                .endObject(),
        screen ->
            screen.message(
                "appended "
                    + (length - offset)
                    + " bytes to '"
                    + Text.printable(name)
                    + "' at "
                    + offset
                    + " under token "
                    + token));
  }

  private static List<byte[]> partsOfStdin() {
    List<byte[]> parts = new ArrayList<>();
    try {
      byte[] part = System.in.readNBytes(HoldfastFiles.APPEND_BYTES_MAX);
      do {
        parts.add(part);
        part = System.in.readNBytes(HoldfastFiles.APPEND_BYTES_MAX);
      } while (part.length > 0);
    } catch (IOException e) {
      throw new Failure(ExitCode.FAILED, "stdin cannot be read: " + e, "try again", e);
    }
    return parts;
  }

  @Command(
      name = "read",
      description = "Writes a file's text to stdout, or its bytes into a local file.",
      footer = {"", "Example: holdfast file read file_0 --to copy"})
  void read(
      @Parameters(index = "0", paramLabel = "NAME", description = "The file.") String name,
      @Option(names = "--to", paramLabel = "PATH", description = "Write the bytes there.")
          @Nullable Path to,
      @Mixin ReadOptions read) {
    FilePart last;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Cluster cluster = invocation.connect()) {
      do {
        last =
            cluster.files().read(name, bytes.size(), FileReader.READ_BYTES_MAX, read.consistency());
        bytes.writeBytes(last.data());
      } while (last.data().length > 0 && bytes.size() < last.file().length());
    } catch (IllegalArgumentException e) {
      throw badName(e);
    } catch (LockRefusedException e) {
      throw e.reason() == RefusalReason.OTHER ? noFile(name, e) : e;
    }
    if (to != null) {
      write(to, bytes.toByteArray());
    }
    FilePart part = last;
    byte[] content = bytes.toByteArray();
    invocation.show(
        json -> {
          json.startObject().field("file", name).field("length", (long) content.length);
          if (to == null) {
            json.field("base64", Base64.getEncoder().encodeToString(content));
          }
          json.field("token", part.file().token()).field("revision", part.file().revision());
          Views.writeRead(json, part.info());
          json.endObject();
        },
        screen -> {
          if (to == null) {
            screen.out().print(new String(content, StandardCharsets.UTF_8));
            screen.out().flush();
          } else {
            screen.message("wrote " + content.length + " bytes to " + to);
          }
        });
  }

  private static Failure noFile(String name, LockRefusedException e) {
    return new Failure(
        ExitCode.REFUSED,
        "there is no file '" + Text.printable(name) + "'",
        "see which there are: holdfast file list",
        e);
  }

  private static void write(Path to, byte[] bytes) {
    try {
      Files.write(to, bytes);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.FAILED, to + " cannot be written: " + FileProblem.of(e), "name another file", e);
    }
  }

  @Command(
      name = "list",
      description = "Lists the files in the order of their names.",
      footer = {"", "Example: holdfast file list journal"})
  void list(
      @Parameters(
              index = "0",
              arity = "0..1",
              paramLabel = "PREFIX",
              defaultValue = "",
              description = "Only names that begin so.")
          String prefix,
      @Mixin ReadOptions read) {
    List<FileSummary> files = new ArrayList<>();
    FileList page;
    try (Cluster cluster = invocation.connect()) {
      do {
        String after = files.isEmpty() ? "" : files.getLast().name();
        page = cluster.files().list(prefix, after, Limits.PAGE_MAX, read.consistency());
        files.addAll(page.files());
      } while (page.more());
    }
    FileList last = page;
    invocation.show(
        json -> {
          COLUMNS.writeArray(json.startObject().name("files"), files);
          Views.writeRead(json, last.info());
          json.endObject();
        },
        screen -> COLUMNS.table(files, screen).forEach(screen::line));
  }

  @Command(
      name = "rm",
      description = "Removes a file with all that is in it, under its lock.",
      footer = {"", "Example: holdfast file rm journal"})
  void rm(
      @Parameters(index = "0", paramLabel = "NAME", description = "The file.") String name,
      @Option(
              names = "--wait",
              paramLabel = "DURATION",
              description = "Wait for the lock so long at most (default: 10s).")
          @Nullable Duration wait) {
    long token = underLock(name, wait, held -> held.delete(name));
    invocation.show(
        json -> json.startObject().field("file", name).field("token", token).endObject(),
        screen -> screen.message("removed '" + Text.printable(name) + "' under token " + token));
  }

  /** Something that takes the file's lock. */
  private interface Writing {
    void writeBy(ClientLocker.Held held);
  }

  private long underLock(String name, @Nullable Duration wait, Writing writing) {
    String problem = FileName.problemWith(name);
    if (problem != null) {
      throw badName(new IllegalArgumentException(problem));
    }
    AcquireRequest request =
        AcquireRequest.of(FileName.lockOf(name), Mode.X)
            .waitAtMost(wait == null ? Duration.ofSeconds(10) : wait);
    ClientLocker.Settings settings =
        new ClientLocker.Settings(
            invocation.endpoints(),
            request,
            Duration.ofSeconds(10),
            invocation.globals().timeout(),
            CommandLabel.of(List.of("holdfast", "file")),
            invocation.tls(),
            null);
    try {
      ClientLocker.Held held =
          new ClientLocker(settings, new WaitLine(invocation.screen())).acquire();
      try {
        writing.writeBy(held);
        return held.token();
      } finally {
        HeldLock.Releasing _ = held.release();
      }
    } catch (InterruptedException e) {
      throw new Failure(ExitCode.UNAVAILABLE, "interrupted", "see: holdfast file read NAME", e);
    }
  }

  private static Failure badName(IllegalArgumentException e) {
    return new Failure(
        ExitCode.USAGE,
        String.valueOf(e.getMessage()),
        "a file's name is 1 to 255 bytes long, without '/'",
        e);
  }
}
