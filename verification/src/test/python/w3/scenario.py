"""Two clients of the wire W3, with the stub that protoc makes from its description.

Arguments: the ports of two nodes' doors. Writes a line for every step that is as it should be; ends
with an error at the first one that is not.
"""

import sys

import grpc
import lock_service_pb2 as wire
import lock_service_pb2_grpc

HOST = "127.0.0.1"
FILE = "file_7"
PATIENCE_SECONDS = 30


def expect(step, found, wanted):
    if found != wanted:
        sys.exit(f"{step}: {found!r} instead of {wanted!r}")
    print(step, flush=True)


class Client:
    """One client with requests of its own, numbered as the system's clients do it."""

    def __init__(self, client_id, port):
        self.client_id = client_id
        self.channel = grpc.insecure_channel(f"{HOST}:{port}")
        self.stub = lock_service_pb2_grpc.LockServiceStub(self.channel)
        self.requests = 0

    def request_id(self):
        self.requests += 1
        return f"{self.client_id}-0badcafe-{self.requests}"

    def hello(self):
        args = wire.ClientInitArgs(client_id=self.client_id)
        return self.stub.ClientInit(args, timeout=PATIENCE_SECONDS)

    def lock_args(self, token="", request_id=None):
        return wire.LockArgs(
            client_id=self.client_id, token=token, request_id=request_id or self.request_id()
        )

    def begin_acquire(self):
        return self.stub.LockAcquire.future(self.lock_args(), timeout=2 * PATIENCE_SECONDS)

    def renew(self, token):
        return self.stub.RenewLease(self.lock_args(token), timeout=PATIENCE_SECONDS).status

    def release(self, token, request_id):
        args = self.lock_args(token, request_id)
        return self.stub.LockRelease(args, timeout=PATIENCE_SECONDS)

    def append(self, token, content):
        args = wire.FileArgs(
            filename=FILE,
            content=content,
            client_id=self.client_id,
            token=token,
            request_id=self.request_id(),
        )
        return self.stub.FileAppend(args, timeout=PATIENCE_SECONDS).status


def is_answered_within_a_second(call):
    try:
        call.result(timeout=1)
        return True
    except grpc.FutureTimeoutError:
        return False


def main():
    first = Client(1, int(sys.argv[1]))
    second = Client(2, int(sys.argv[2]))
    expect("ClientInit", (first.hello().status, second.hello().status), (wire.OK, wire.OK))

    granted = first.begin_acquire().result(timeout=PATIENCE_SECONDS)
    expect("LockAcquire", (granted.status, granted.token.isdigit()), (wire.OK, True))
    waiting = second.begin_acquire()
    expect("LockAcquire waits", is_answered_within_a_second(waiting), False)

    expect("RenewLease", first.renew(granted.token), wire.OK)
    expect("FileAppend", first.append(granted.token, b"one\n"), wire.OK)
    expect("FileAppend of a wrong token", first.append("1000000", b"x"), wire.INVALID_TOKEN)

    release = first.request_id()
    released = first.release(granted.token, release)
    expect("LockRelease", released.status, wire.OK)
    next_grant = waiting.result(timeout=PATIENCE_SECONDS)
    expect("LockAcquire has waited", next_grant.status, wire.OK)
    expect("tokens grow", int(next_grant.token) > int(granted.token), True)

    again = first.release(granted.token, release)
    expect(
        "LockRelease again, same request", again.SerializeToString(), released.SerializeToString()
    )
    anew = first.release(granted.token, first.request_id())
    expect("LockRelease again, new request", anew.status, wire.LOCK_NOT_HELD)
    expect("RenewLease too late", first.renew(granted.token), wire.INVALID_TOKEN)
    expect("FileAppend too late", first.append(granted.token, b"x"), wire.INVALID_TOKEN)

    expect("FileAppend of the next one", second.append(next_grant.token, b"two\n"), wire.OK)
    last = second.release(next_grant.token, second.request_id())
    expect("LockRelease of the next one", last.status, wire.OK)
    print("done", flush=True)


main()
