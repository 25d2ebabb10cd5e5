package dev.holdfast.client;

import dev.holdfast.client.UnaryCalls.Kind;
import dev.holdfast.protocol.FileName;
import dev.holdfast.protocol.v1.FileView;
import dev.holdfast.protocol.v1.FilesGrpc;
import dev.holdfast.protocol.v1.ListFilesReply;
import dev.holdfast.protocol.v1.ListFilesRequest;
import dev.holdfast.protocol.v1.ReadFileReply;
import dev.holdfast.protocol.v1.ReadFileRequest;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.LongSupplier;

/** Asks nodes for the files of the cluster. */
final class RemoteFiles implements FileReader {
  private static final int PAGE_MAX = 1_000;

  private final UnaryCalls calls;
  private final LongSupplier revisionMin;

  RemoteFiles(UnaryCalls calls, LongSupplier revisionMin) {
    this.calls = calls;
    this.revisionMin = revisionMin;
  }

  @Override
  public FilePart read(String file, long offset, int limit, Consistency consistency) {
    requireName(file);
    if (offset < 0 || limit < 1 || limit > READ_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a read begins at 0 or later and has 1 to " + READ_BYTES_MAX + " bytes");
    }
    ReadFileReply reply =
        calls.anywhere(
            Kind.QUESTION,
            FilesGrpc.getReadFileMethod(),
            ReadFileRequest.newBuilder()
                .setFile(file)
                .setOffset(offset)
                .setLimit(limit)
                .setConsistency(Views.wire(consistency))
                .setRevisionMin(revisionMin.getAsLong())
                .build());
    return new FilePart(
        Views.info(reply.getLabel()),
        summary(reply.getFile()),
        offset,
        reply.getData().toByteArray());
  }

  @Override
  public byte[] readAll(String file) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long openToken = 0;
    while (true) {
      FilePart part = read(file, bytes.size(), READ_BYTES_MAX, Consistency.LINEARIZABLE);
      // What an open grant has appended may have been cut off once another one is open, or none;
      // the length alone does not show it if there were appends since then.
      boolean mayBeAnother = openToken != 0 && part.file().openToken() != openToken;
      openToken = part.file().openToken();
      if (bytes.size() > 0 && (mayBeAnother || part.file().length() < bytes.size())) {
        bytes.reset();
        continue;
      }
      bytes.writeBytes(part.data());
      if (bytes.size() >= part.file().length()) {
        return bytes.toByteArray();
      }
    }
  }

  @Override
  public FileList list(String prefix, String after, int limit, Consistency consistency) {
    if (limit < 1 || limit > PAGE_MAX) {
      throw new IllegalArgumentException("a page has 1 to " + PAGE_MAX + " files, not " + limit);
    }
    ListFilesReply reply =
        calls.anywhere(
            Kind.QUESTION,
            FilesGrpc.getListFilesMethod(),
            ListFilesRequest.newBuilder()
                .setPrefix(prefix)
                .setAfter(after)
                .setLimit(limit)
                .setConsistency(Views.wire(consistency))
                .setRevisionMin(revisionMin.getAsLong())
                .build());
    List<FileSummary> files = reply.getFilesList().stream().map(RemoteFiles::summary).toList();
    return new FileList(Views.info(reply.getLabel()), files, reply.getMore());
  }

  private static FileSummary summary(FileView view) {
    return new FileSummary(
        view.getFile(), view.getLength(), view.getToken(), view.getRevision(), view.getOpenToken());
  }

  static void requireName(String file) {
    String problem = FileName.problemWith(file);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }
}
