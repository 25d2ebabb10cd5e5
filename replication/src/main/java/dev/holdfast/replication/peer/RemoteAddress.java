package dev.holdfast.replication.peer;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Tells a stream that begins from where its connection comes, which gRPC says to calls only. */
final class RemoteAddress implements ServerInterceptor {
  private static final Context.Key<String> ADDRESS = Context.keyWithDefault("remote", "unknown");

  /** The other end of the connection, while a stream on it begins. */
  static String current() {
    return ADDRESS.get();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String address = String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    Context context =
        Context.current()
            .withValue(ADDRESS, address.startsWith("/") ? address.substring(1) : address);
    return Contexts.interceptCall(context, call, headers, next);
  }
}
