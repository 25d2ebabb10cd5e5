package dev.holdfast.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.client.OwnershipHistory.ExportedRecord;
import dev.holdfast.client.OwnershipProof;
import dev.holdfast.protocol.v1.OwnershipRecord;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An ownership history as lines of text: one that says where it begins, one for each record, one
 * that says where it ends. Each line follows from the record's bytes alone, so a line that was
 * changed is not the one that would be written.
 */
final class HistoryExport {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LINE_BYTES_MAX = 1 << 22;

  private final Consumer<String> lines;
  private final MessageDigest sha256;
  private byte[] hash = new byte[0];
  private long records;
  private long number;

  HistoryExport(Consumer<String> lines) {
    this.lines = lines;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The next record, in order. */
  void add(ExportedRecord record) {
    if (records == 0) {
      begin(record.number(), record.previousHash());
    }
    next(record.record(), record.head());
  }

  private void begin(long firstNumber, String previousHash) {
    number = firstNumber - 1;
    hash = HexFormat.of().parseHex(previousHash);
    lines.accept(
        "{\"ownership_history\":1,\"first_record\":%d,\"previous_hash\":\"%s\"}"
            .formatted(firstNumber, HexFormat.of().formatHex(hash)));
  }

  /** Writes a record, hashed anew. */
  private void next(String base64, boolean head) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    sha256.update(hash);
    hash = sha256.digest(bytes);
    number++;
    records++;
    String hex = HexFormat.of().formatHex(hash);
    lines.accept(
        head
            ? "{\"number\":%d,\"what\":\"file\",\"record\":\"%s\",\"hash\":\"%s\"}"
                .formatted(number, base64, hex)
            : HistoryLines.of(number, parse(bytes), base64, hex));
  }

  private static OwnershipRecord parse(byte[] bytes) {
    try {
      return OwnershipRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("the record cannot be read", e);
    }
  }

  /** All records were written; returns how many. */
  long end() {
    lines.accept(
        "{\"records\":%d,\"last_record\":%d,\"last_hash\":\"%s\"}"
            .formatted(records, number, HexFormat.of().formatHex(hash)));
    return records;
  }

  // Reading.

  /** Whether a file looks like one, so that it is worth to be proved as one. */
  static boolean isExport(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == '{';
    }
  }

  /** Proves an export: what each line should be follows from what came before. */
  static OwnershipProof prove(Path file) throws IOException {
    Proving proving = new Proving();
    long offset = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (byte[] line = line(in); line.length > 0; line = line(in)) {
        try {
          proving.line(line);
        } catch (IllegalArgumentException | JacksonException e) {
          return damaged(file, offset, proving.what(e));
        }
        offset += line.length;
      }
    }
    return proving.ended
        ? proving.proof(file)
        : damaged(
            file, offset, "the end is missing: the last line says how many records there are");
  }

  private static OwnershipProof damaged(Path file, long offset, String what) {
    String problem = file + ", offset " + offset + ": " + what;
    return new OwnershipProof(file.toString(), false, 0, 0, "", problem, 0, 0, List.of());
  }

  /** With its line feed; empty at the end. */
  private static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      line.write(next);
      if (next == '\n' || line.size() > LINE_BYTES_MAX) {
        break;
      }
    }
    return line.toByteArray();
  }

  /** Writes what is read once more, and compares. */
  private static final class Proving {
    private final List<String> expected = new ArrayList<>();
    private final HistoryExport again = new HistoryExport(expected::add);
    private final HistoryContents contents = new HistoryContents();
    private long firstNumber;
    private boolean begun;
    private boolean ended;

    void line(byte[] bytes) {
      if (ended) {
        throw new IllegalArgumentException("there is something behind the end");
      }
      JsonNode read = JSON.readTree(bytes);
      if (!begun) {
        begun = true;
        firstNumber = read.path("first_record").asLong(0);
        again.begin(firstNumber, read.path("previous_hash").asString(""));
      } else if (read.has("last_hash")) {
        again.end();
        ended = true;
      } else {
        note(read.path("record").asString(""), read.path("what").asString("").equals("file"));
      }
      String wanted = expected.get(expected.size() - 1) + "\n";
      if (!new String(bytes, UTF_8).equals(wanted)
          || bytes.length != wanted.getBytes(UTF_8).length) {
        throw new IllegalArgumentException("it is not what was written");
      }
      expected.clear();
    }

    private void note(String base64, boolean head) {
      again.next(base64, head);
      if (!head) {
        contents.add(parse(Base64.getDecoder().decode(base64)));
      }
    }

    String what(Exception problem) {
      String where =
          begun ? "record " + (ended ? again.number : again.number + 1) : "the first line";
      return where + ", or what comes before it: " + problem.getMessage();
    }

    OwnershipProof proof(Path file) {
      return new OwnershipProof(
          file.toString(),
          true,
          again.records,
          firstNumber,
          HexFormat.of().formatHex(again.hash),
          "",
          contents.fromRevision(),
          contents.toRevision(),
          contents.gaps());
    }
  }
}
