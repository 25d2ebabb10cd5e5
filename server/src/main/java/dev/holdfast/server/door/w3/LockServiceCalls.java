package dev.holdfast.server.door.w3;

import dev.holdfast.protocol.w3.v1.ClientInitArgs;
import dev.holdfast.protocol.w3.v1.FileArgs;
import dev.holdfast.protocol.w3.v1.LockArgs;
import dev.holdfast.protocol.w3.v1.LockServiceGrpc;
import dev.holdfast.protocol.w3.v1.Response;
import dev.holdfast.server.door.DoorLoop;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Hands calls over to the door's thread. */
final class LockServiceCalls extends LockServiceGrpc.LockServiceImplBase {
  private final LockManager manager;
  private final DoorLoop loop;

  LockServiceCalls(LockManager manager, DoorLoop loop) {
    this.manager = manager;
    this.loop = loop;
  }

  @Override
  public void clientInit(ClientInitArgs request, StreamObserver<Response> caller) {
    answer(caller, Responses.OK);
  }

  @Override
  public void lockAcquire(LockArgs request, StreamObserver<Response> caller) {
    Call call = new Call(caller);
    onLoop(
        caller,
        () -> {
          call.cancel = manager.acquire(request, call);
          if (call.isCancelled) {
            call.cancel.run();
          }
        });
  }

  @Override
  public void lockRelease(LockArgs request, StreamObserver<Response> caller) {
    Call call = new Call(caller);
    onLoop(caller, () -> manager.release(request, call));
  }

  @Override
  public void fileAppend(FileArgs request, StreamObserver<Response> caller) {
    Call call = new Call(caller);
    onLoop(caller, () -> manager.append(request, call));
  }

  @Override
  public void renewLease(LockArgs request, StreamObserver<Response> caller) {
    Call call = new Call(caller);
    onLoop(caller, () -> manager.renew(request, call));
  }

  private void onLoop(StreamObserver<Response> caller, Runnable call) {
    try {
      loop.execute(call);
    } catch (RejectedExecutionException closed) {
      caller.onError(
          Status.UNAVAILABLE
              .withDescription("the node is stopping")
              .withCause(closed)
              .asRuntimeException());
    }
  }

  private static void answer(StreamObserver<Response> caller, Response response) {
    caller.onNext(response);
    caller.onCompleted();
  }

  /** A call that its caller may give up; all of it but the constructor runs on the loop. */
  private final class Call implements Consumer<Response> {
    private final ServerCallStreamObserver<Response> caller;
    private Runnable cancel = () -> {};
    private boolean isCancelled;

    Call(StreamObserver<Response> caller) {
      this.caller = (ServerCallStreamObserver<Response>) caller;
      this.caller.setOnCancelHandler(
          () ->
              loop.execute(
                  () -> {
                    isCancelled = true;
                    cancel.run();
                  }));
    }

    @Override
    public void accept(Response response) {
      answer(caller, response);
    }
  }
}
