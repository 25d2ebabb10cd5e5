package dev.holdfast.server.door.grpc;

import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.SessionsGrpc;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.io.IOException;
import java.io.InputStream;

/**
 * Decodes the frames of clients, and turns what cannot be decoded into a frame that stands for it,
 * so that the session's stream can say what was wrong. gRPC itself would only say UNKNOWN.
 */
final class FrameMarshaller implements MethodDescriptor.Marshaller<ClientFrame> {
  /** Stands for a frame that was not decoded because of its size; compared by identity. */
  static final ClientFrame TOO_LARGE = ClientFrame.newBuilder().setClose(true).build();

  /** Stands for bytes that are no frame; compared by identity. */
  static final ClientFrame UNREADABLE = ClientFrame.newBuilder().setClose(true).build();

  private final MethodDescriptor.Marshaller<ClientFrame> wire =
      ProtoUtils.marshaller(ClientFrame.getDefaultInstance());
  private final int frameBytesMax;

  private FrameMarshaller(int frameBytesMax) {
    this.frameBytesMax = frameBytesMax;
  }

  /** The service of sessions, with its frames decoded by this class. */
  static ServerServiceDefinition service(SessionsService service, int frameBytesMax) {
    MethodDescriptor<ClientFrame, NodeFrame> attach =
        SessionsGrpc.getAttachMethod().toBuilder()
            .setRequestMarshaller(new FrameMarshaller(frameBytesMax))
            .build();
    // There is one method in this service, and it is of these types.
    @SuppressWarnings("unchecked")
    ServerMethodDefinition<ClientFrame, NodeFrame> generated =
        (ServerMethodDefinition<ClientFrame, NodeFrame>)
            service.bindService().getMethod(attach.getFullMethodName());
    return ServerServiceDefinition.builder(SessionsGrpc.SERVICE_NAME)
        .addMethod(attach, generated.getServerCallHandler())
        .build();
  }

  @Override
  public InputStream stream(ClientFrame frame) {
    return wire.stream(frame);
  }

  @Override
  public ClientFrame parse(InputStream bytes) {
    try {
      if (bytes instanceof KnownLength && bytes.available() > frameBytesMax) {
        return TOO_LARGE;
      }
      return ClientFrame.parseFrom(bytes, ExtensionRegistryLite.getEmptyRegistry());
    } catch (InvalidProtocolBufferException e) {
      return UNREADABLE;
    } catch (IOException e) {
      throw Status.INTERNAL
          .withDescription("a frame that had arrived could not be read")
          .withCause(e)
          .asRuntimeException();
    }
  }
}
