"""A client of the wire W0, made from its description, as a program of that system does it: one
connection, one JSON object a request, and whatever one recv() brings is the answer.
"""

import json
import socket
import uuid

ANSWER_BYTES_MAX = 1024


class LockClient:
    """Somebody who locks at one server. Knows nothing but its address."""

    def __init__(self, server_ip, server_port):
        self.client_id = str(uuid.uuid4())
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.connect((server_ip, server_port))

    def send_request(self, request):
        """Sends one request and returns what the answer says."""
        self.socket.send(json.dumps(request).encode())
        return json.loads(self.socket.recv(ANSWER_BYTES_MAX).decode())

    def preempt(self, lock_name):
        """Whether this client got the lock."""
        return self.send_request(
            {"action": "preempt", "lock_name": lock_name, "client_id": self.client_id}
        )["result"]

    def release(self, lock_name):
        """The answer: whether the lock was given back, and why not."""
        return self.send_request(
            {"action": "release", "lock_name": lock_name, "client_id": self.client_id}
        )

    def check(self, lock_name):
        """The client id of the owner, or None. Says nothing about who asks."""
        return self.send_request({"action": "check", "lock_name": lock_name})["owner"]

    def close(self):
        self.socket.close()
