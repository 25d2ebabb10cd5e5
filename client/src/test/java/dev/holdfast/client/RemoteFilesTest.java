package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.client.fake.LoopbackNode;
import dev.holdfast.protocol.v1.FileView;
import dev.holdfast.protocol.v1.FilesGrpc;
import dev.holdfast.protocol.v1.ReadFileReply;
import dev.holdfast.protocol.v1.ReadFileRequest;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Files that change while they are read. */
class RemoteFilesTest {
  /** A file that is rolled back after the first read, and then appended to by another grant. */
  private static final class Files extends FilesGrpc.FilesImplBase {
    private final byte[] before = filled(FileReader.READ_BYTES_MAX + 10, 'a');
    private final byte[] after = filled(FileReader.READ_BYTES_MAX + 20, 'b');
    private int reads;

    @Override
    public void readFile(ReadFileRequest question, StreamObserver<ReadFileReply> caller) {
      boolean first = reads++ == 0;
      byte[] now = first ? before : after;
      int offset = (int) question.getOffset();
      int length = Math.min(question.getLimit(), now.length - offset);
      caller.onNext(
          ReadFileReply.newBuilder()
              .setFile(
                  FileView.newBuilder()
                      .setFile(question.getFile())
                      .setLength(now.length)
                      .setOpenToken(first ? 7 : 9))
              .setData(ByteString.copyFrom(now, offset, length))
              .build());
      caller.onCompleted();
    }
  }

  private static byte[] filled(int length, char with) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) with);
    return bytes;
  }

  @Test
  void file_that_was_rolled_back_and_is_longer_again_is_read_anew() {
    Files files = new Files();
    try (LoopbackNode node = new LoopbackNode(files);
        HoldfastAdmin admin = HoldfastAdmin.connect(node.endpoint())) {
      assertThat(admin.files().readAll("journal")).isEqualTo(files.after);
    }
  }
}
