#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A man in the middle of SMB: changes one bit of what the server sends.

  tamper.py TARGET-PORT COMMAND WHERE [STATUS]

Listens on a free port of the loopback, prints it, and forwards frames until it
is killed. In the first response to COMMAND (a number; with STATUS: of that NT
status, in hex) it flips a bit of the byte WHERE of the message; from its end, if
WHERE is negative. Prints "changed" then.
"""

import socket
import struct
import sys
import threading


def exactly(sock, count):
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def frame(sock):
    head = exactly(sock, 4)
    return bytearray(exactly(sock, struct.unpack(">I", head)[0]))


class Tamper:
    """What to change, once."""

    def __init__(self, command, where, status):
        self.command, self.where, self.status = command, where, status
        self.done = False

    def __call__(self, message):
        status, command = struct.unpack_from("<IH", message, 8)
        if self.done or command != self.command:
            return
        if self.status is not None and status != self.status:
            return
        message[self.where] ^= 1
        self.done = True
        print("changed", flush=True)


def forward(source, target, change):
    try:
        while True:
            message = frame(source)
            if change:
                change(message)
            target.sendall(struct.pack(">I", len(message)) + message)
    except (EOFError, OSError):
        pass
    for sock in (source, target):
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    port = int(sys.argv[1])
    status = int(sys.argv[4], 16) if len(sys.argv) == 5 else None
    change = Tamper(int(sys.argv[2]), int(sys.argv[3]), status)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client = listener.accept()[0]
            server = socket.create_connection(("127.0.0.1", port))
            for pair in ((client, server, None), (server, client, change)):
                threading.Thread(target=forward, args=pair, daemon=True).start()


if __name__ == "__main__":
    main()
