"""Plays rows S0-4 to S0-11 at every node of a cluster.

Arguments: the ports of the doors, the leader's first. Writes a line for every row that is as it
should be; ends with an error at the first one that is not.
"""

import socket
import sys
import uuid

from lock_client import LockClient

HOST = "127.0.0.1"
INVALID = {"result": False, "reason": "Invalid operation"}


def expect(row, port, found, wanted):
    if found != wanted:
        sys.exit(f"{row} at port {port}: {found!r} instead of {wanted!r}")
    print(f"{row} at port {port}", flush=True)


def play(port, other_port):
    """One client at a node, and a rival at another."""
    lock = f"python {port}"
    client = LockClient(HOST, port)
    rival = LockClient(HOST, other_port)
    expect("S0-10", port, client.check(lock), None)
    expect("S0-8", port, client.release(lock), INVALID)
    expect("S0-4", port, client.preempt(lock), True)
    expect("S0-5", port, (rival.preempt(lock), client.check(lock)), (False, client.client_id))
    expect("S0-7", port, (rival.release(lock), client.check(lock)), (INVALID, client.client_id))
    expect("S0-9", port, rival.check(lock), client.client_id)
    expect("S0-6", port, (client.release(lock), client.check(lock)), ({"result": True}, None))
    # The rival is at another node: what one node has answered, all answer from then on.
    expect("S0-11", port, (rival.preempt(lock), client.preempt(lock)), (True, False))
    expect("S0-11", port, (client.release(lock), rival.release(lock)), (INVALID, {"result": True}))
    for each in (client, rival):
        if str(uuid.UUID(each.client_id)) != each.client_id:
            sys.exit(f"{each.client_id} is no UUID")
        each.close()


def main():
    ports = [int(port) for port in sys.argv[1:]]
    # So that a door that does not answer ends this, and does not stop it for good.
    socket.setdefaulttimeout(30)
    for i, port in enumerate(ports):
        play(port, ports[(i + 1) % len(ports)])
    print("done", flush=True)


main()
