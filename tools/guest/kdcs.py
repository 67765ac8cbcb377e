# SPDX-License-Identifier: GPL-2.0-only
"""Stand-ins for a KDC on the loopback: one that forwards and counts, and bad ones.

Each listens on one free port, TCP and UDP, until it is closed. What it does is a
function of (this, request, transport) that returns the reply, or None for
silence, or raises Hangup.
"""
import socket
import socketserver
import struct
import threading
import time


class Hangup(Exception):
    """The connection ends. DATA goes out before, STEP bytes at a time; with STAY
    it is left open, with nothing more to come."""

    def __init__(self, data=b"", stay=False, step=None):
        super().__init__()
        self.data, self.stay, self.step = data, stay, step or len(data) or 1

    def send(self, sock):
        for at in range(0, len(self.data), self.step):
            sock.sendall(self.data[at:at + self.step])
            if self.step < len(self.data):
                time.sleep(0.002)


def exactly(sock, length):
    data = b""
    while len(data) < length:
        more = sock.recv(length - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def ask(port, request):
    """A real KDC's answer, over TCP (RFC 4120 7.2.2)."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
        s.sendall(struct.pack(">I", len(request)) + request)
        return exactly(s, struct.unpack(">I", exactly(s, 4))[0])


class Kdc:
    """Listens; what it was asked is in `seen` as (transport, request)."""

    def __init__(self, behave):
        self.behave, self.seen = behave, []
        self.done = threading.Event()
        outer = self

        class Tcp(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    while True:
                        length = struct.unpack(">I", exactly(self.request, 4))[0]
                        outer.tcp(self.request, exactly(self.request, length))
                except (EOFError, OSError):
                    pass
                except Hangup as end:
                    end.send(self.request)
                    if end.stay:
                        outer.done.wait(120)

        class Udp(socketserver.BaseRequestHandler):
            def handle(self):
                request, sock = self.request
                outer.seen.append(("udp", request))
                try:
                    reply = outer.behave(outer, request, "udp")
                except Hangup:
                    return
                if reply is not None:
                    sock.sendto(reply, self.client_address)

        self.servers = []
        tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tcp, bind_and_activate=False)
        tcp.daemon_threads = tcp.allow_reuse_address = True
        tcp.block_on_close = False
        tcp.server_bind()
        tcp.server_activate()
        self.port = tcp.server_address[1]
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", self.port), Udp)
        udp.daemon_threads, udp.block_on_close = True, False
        for server in (tcp, udp):
            self.servers.append(server)
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()

    def tcp(self, sock, request):
        self.seen.append(("tcp", request))
        reply = self.behave(self, request, "tcp")
        if reply is None:
            raise Hangup(stay=True)
        sock.sendall(struct.pack(">I", len(reply)) + reply)

    def count(self, transport):
        return sum(1 for t, _ in self.seen if t == transport)

    def close(self):
        self.done.set()
        for server in self.servers:
            server.shutdown()
            server.server_close()


def forward(port):
    """To a real KDC and back."""
    return lambda kdc, request, transport: ask(port, request)


def silent(kdc, request, transport):
    """Takes the request and says nothing."""
    return None


def hangs_up(kdc, request, transport):
    raise Hangup()


def stalls(port):
    """Half of the reply, then nothing."""
    def behave(kdc, request, transport):
        reply = ask(port, request)
        raise Hangup(struct.pack(">I", len(reply)) + reply[:len(reply) // 2], stay=True)
    return behave


def drips(port):
    """The reply, a few bytes at a time."""
    def behave(kdc, request, transport):
        reply = ask(port, request)
        if transport == "udp":
            return reply
        raise Hangup(struct.pack(">I", len(reply)) + reply, step=7)
    return behave


def claims(length, data=b"x"):
    """A length that lies, and some bytes."""
    def behave(kdc, request, transport):
        raise Hangup(struct.pack(">I", length) + data, stay=True)
    return behave


def says(reply):
    """Always the same."""
    return lambda kdc, request, transport: reply


def too_big(port, error):
    """Over UDP the error RESPONSE_TOO_BIG; the truth over TCP."""
    return lambda kdc, request, transport: error if transport == "udp" else ask(port, request)


def later(port, seconds):
    """A real KDC that takes its time."""
    def behave(kdc, request, transport):
        time.sleep(seconds)
        return ask(port, request)
    return behave


def tlv(tag, *parts):
    body = b"".join(parts)
    assert len(body) < 65536
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    return bytes([tag, 0x82]) + struct.pack(">H", len(body)) + body


def krb_error(code, realm, when=None):
    """A KRB-ERROR (RFC 4120 5.9.1) from the TGS of a realm."""
    stamp = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(when)).encode()
    text = lambda s: tlv(0x1b, s.encode())  # noqa: E731
    number = lambda n: tlv(0x02, n.to_bytes(n.bit_length() // 8 + 1, "big"))  # noqa: E731
    sname = tlv(0x30, tlv(0xa0, number(2)), tlv(0xa1, tlv(0x30, text("krbtgt"), text(realm))))
    return tlv(0x7e, tlv(0x30, tlv(0xa0, number(5)), tlv(0xa1, number(30)), tlv(0xa4, tlv(0x18, stamp)),
                         tlv(0xa5, number(0)), tlv(0xa6, number(code)), tlv(0xa9, text(realm)),
                         tlv(0xaa, sname)))
