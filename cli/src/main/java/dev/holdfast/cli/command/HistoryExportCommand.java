package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.FileProblem;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies an ownership history. */
@Command(
    name = "export",
    description = {
      "Copies a node's whole ownership history, one JSON object a line, that 'history verify' can prove.",
      "",
      "The asked node is the first of --endpoints. Each line has the record for people and programs, and once more to the "
          + "byte, with its hash."
    },
    footer = {
      "",
      "Example: holdfast history export kept.jsonl && holdfast history verify kept.jsonl"
    })
final class HistoryExportCommand implements Runnable {
  private final Invocation invocation;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Where to; it must not exist (default: stdout).")
  private @Nullable Path file;

  HistoryExportCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    Path to = file;
    long records;
    if (to == null) {
      records = export(invocation.screen().out());
      invocation.screen().out().flush();
    } else {
      records = export(to);
    }
    invocation.screen().message(records + " records" + (to == null ? "" : " in " + to));
  }

  private long export(Path to) {
    try (BufferedWriter writer =
            Files.newBufferedWriter(to, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        PrintWriter out = new PrintWriter(writer)) {
      return exportWhole(to, out);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.UNREADABLE,
          to + " cannot be written: " + FileProblem.of(e),
          "name a file that does not exist, in a folder that is writable",
          e);
    }
  }

  /** A part of it proves nothing, and would be in the way of the next attempt. */
  private long exportWhole(Path to, PrintWriter out) throws IOException {
    boolean whole = false;
    try {
      long records = export(out);
      if (out.checkError()) {
        throw new IOException("not everything could be written");
      }
      whole = true;
      return records;
    } finally {
      if (!whole) {
        Files.deleteIfExists(to);
      }
    }
  }

  private long export(PrintWriter out) {
    HistoryExport export = new HistoryExport(line -> out.print(line + "\n"));
    try (Cluster cluster = invocation.connect()) {
      cluster.history().export(cluster.endpoints().get(0), export::add);
    }
    return export.end();
  }
}
