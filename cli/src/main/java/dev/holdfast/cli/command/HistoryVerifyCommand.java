package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.FileProblem;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.OwnershipProof;
import dev.holdfast.client.PastOwners;
import dev.holdfast.history.chain.ChainFolder;
import dev.holdfast.history.chain.ChainLink;
import dev.holdfast.history.chain.ChainReader;
import dev.holdfast.history.chain.DamagedChainException;
import dev.holdfast.protocol.v1.OwnershipRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether ownership histories are what was written. */
@Command(
    name = "verify",
    description = {
      "Proves that an ownership history is what was written: one changed byte breaks its chain of hashes.",
      "",
      "Without an argument every node of --endpoints proves its own. With --local the files of a node are read here, "
          + "whether it runs or not; with FILE, one file of them or an export. What is damaged is named with file, offset and "
          + "record. Keep the hash that is printed somewhere else: it proves everything up to it."
    },
    footer = {
      "",
      "Example: holdfast history verify --local holdfast-data/n1",
      "Exit code: 0 whole; 65 damaged."
    })
final class HistoryVerifyCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "A file of a chain, or an export.")
  private @Nullable Path file;

  @Option(
      names = "--local",
      paramLabel = "DIR",
      description = "A node's data directory, or the folder ownership in it.")
  private @Nullable Path folder;

  HistoryVerifyCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    if (file != null && folder != null) {
      throw new Failure(
          ExitCode.USAGE, "--local and FILE are two things to prove", "give the one or the other");
    }
    Path here = file != null ? file : folder;
    List<OwnershipProof> proofs = here == null ? ofNodes() : List.of(local(here));
    invocation.show(json -> json(json, proofs), screen -> lines(screen, proofs));
    boolean whole = proofs.stream().allMatch(OwnershipProof::whole);
    return (whole ? ExitCode.OK : ExitCode.UNREADABLE).number();
  }

  private List<OwnershipProof> ofNodes() {
    List<OwnershipProof> proofs = new ArrayList<>();
    try (Cluster cluster = invocation.connect()) {
      for (String endpoint : cluster.endpoints()) {
        proofs.add(cluster.history().prove(endpoint));
      }
    }
    return proofs;
  }

  private OwnershipProof local(Path path) {
    try {
      return file != null && HistoryExport.isExport(path) ? HistoryExport.prove(path) : files(path);
    } catch (DamagedChainException e) {
      String what =
          e.isCutOff()
              ? "; a crash does that too: the node cuts it off when it starts. If it runs, ask again"
              : "";
      return new OwnershipProof(
          path.toString(), false, 0, 0, "", e.getMessage() + what, 0, 0, List.of());
    } catch (IOException e) {
      throw new Failure(
          ExitCode.UNREADABLE, path + " cannot be read: " + FileProblem.of(e), nextStep(path), e);
    }
  }

  private String nextStep(Path path) {
    if (folder != null) {
      return "name the data directory of a node, such as holdfast-data/n1";
    }
    return Files.isDirectory(path)
        ? "for a folder: holdfast history verify --local " + path
        : "name a file of an ownership history, or an export";
  }

  private OwnershipProof files(Path path) throws IOException {
    HistoryContents contents = new HistoryContents();
    long[] records = {0};
    ChainReader.Visitor visitor =
        (number, head, record, hash) -> {
          records[0]++;
          if (head == null) {
            contents.add(OwnershipRecord.parseFrom(record));
          }
        };
    ChainLink last = folder == null ? file(path, visitor) : folder(path, visitor);
    return new OwnershipProof(
        path.toString(),
        true,
        records[0],
        last.number() - records[0] + 1,
        last.hash(),
        "",
        contents.fromRevision(),
        contents.toRevision(),
        contents.gaps());
  }

  private static ChainLink folder(Path path, ChainReader.Visitor visitor) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new NotDirectoryException(path.toString());
    }
    Path inside = path.resolve("ownership");
    return ChainFolder.verify(Files.isDirectory(inside) ? inside : path, visitor).last();
  }

  private static ChainLink file(Path path, ChainReader.Visitor visitor) throws IOException {
    ChainReader reader = new ChainReader(visitor);
    try (InputStream in = Files.newInputStream(path)) {
      if (reader.read(in, path) == 0) {
        throw new IOException("the file is empty");
      }
    }
    return reader.last();
  }

  private static void json(Json json, List<OwnershipProof> proofs) {
    json.startArray();
    for (OwnershipProof proof : proofs) {
      json.startObject()
          .field("of", proof.nodeId())
          .field("whole", proof.whole())
          .field("records", proof.records())
          .field("first_record", proof.firstRecord())
          .field("last_hash", proof.lastHash())
          .field("problem", proof.problem())
          .field("known_from_revision", proof.knownFromRevision())
          .field("known_to_revision", proof.knownToRevision());
      HistoryCommand.GAPS.writeArray(json.name("gaps"), proof.gaps());
      json.endObject();
    }
    json.endArray();
  }

  private static void lines(Screen screen, List<OwnershipProof> proofs) {
    for (OwnershipProof proof : proofs) {
      String of = Text.printable(proof.nodeId());
      if (!proof.whole()) {
        screen.line(of + ": DAMAGED: " + Text.printable(proof.problem()));
        continue;
      }
      screen.line(
          "%s: whole: %d records from number %d on, revisions %d to %d"
              .formatted(
                  of,
                  proof.records(),
                  proof.firstRecord(),
                  proof.knownFromRevision(),
                  proof.knownToRevision()));
      screen.line("  hash of the last one: " + proof.lastHash());
      for (PastOwners.Gap gap : proof.gaps()) {
        screen.line(
            "  gap: revisions %d to %d (%s)"
                .formatted(gap.fromRevision(), gap.toRevision(), gap.why()));
      }
    }
  }
}
