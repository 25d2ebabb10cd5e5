package dev.holdfast.server.door.grpc;

import dev.holdfast.core.FileInfo;
import dev.holdfast.protocol.FileName;
import dev.holdfast.protocol.v1.FileView;
import dev.holdfast.protocol.v1.FilesGrpc;
import dev.holdfast.protocol.v1.ListFilesReply;
import dev.holdfast.protocol.v1.ListFilesRequest;
import dev.holdfast.protocol.v1.ReadFileReply;
import dev.holdfast.protocol.v1.ReadFileRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** The files of the cluster, read off the map. */
final class FilesService extends FilesGrpc.FilesImplBase {
  /** Most bytes of one reply. */
  static final int READ_BYTES_MAX = 1_048_576;

  private final Reads reads;

  FilesService(Reads reads) {
    this.reads = reads;
  }

  @Override
  public void listFiles(ListFilesRequest request, StreamObserver<ListFilesReply> caller) {
    int limit = limitOf(request.getLimit(), LocksService.PAGE_MAX);
    reads.answer(
        request.getConsistency(),
        request.getRevisionMin(),
        caller,
        (machine, label) -> {
          List<FileInfo> files =
              machine.files().list(request.getPrefix(), request.getAfter(), limit + 1);
          ListFilesReply.Builder reply =
              ListFilesReply.newBuilder().setLabel(label).setMore(files.size() > limit);
          files.stream().limit(limit).forEach(file -> reply.addFiles(view(file)));
          return reply.build();
        });
  }

  @Override
  public void readFile(ReadFileRequest request, StreamObserver<ReadFileReply> caller) {
    String problem = FileName.problemWith(request.getFile());
    if (problem != null || request.getOffset() < 0) {
      caller.onError(
          Refusals.invalid(
              problem == null
                  ? "read_file.offset is negative; count from 0"
                  : "INVALID_FILE_NAME: " + problem));
      return;
    }
    int limit = limitOf(request.getLimit(), READ_BYTES_MAX);
    reads.whenAllowed(
        request.getConsistency(),
        request.getRevisionMin(),
        caller,
        () -> {
          ReadFileReply reply =
              reads.look(
                  request.getConsistency(),
                  (machine, label) -> {
                    FileInfo file = machine.files().file(request.getFile());
                    return ReadFileReply.newBuilder()
                        .setLabel(label)
                        .setFile(file == null ? FileView.getDefaultInstance() : view(file))
                        .setData(
                            machine.files().read(request.getFile(), request.getOffset(), limit))
                        .build();
                  });
          if (reply.getFile().getFile().isEmpty()) {
            caller.onError(
                Status.NOT_FOUND
                    .withDescription("there is no file " + request.getFile())
                    .asRuntimeException());
          } else {
            caller.onNext(reply);
            caller.onCompleted();
          }
        });
  }

  private static int limitOf(int asked, int max) {
    return asked <= 0 ? max : Math.min(asked, max);
  }

  private static FileView view(FileInfo file) {
    return FileView.newBuilder()
        .setFile(file.name())
        .setLength(file.length())
        .setToken(file.token())
        .setRevision(file.revision())
        .setOpenToken(file.openToken())
        .build();
  }
}
