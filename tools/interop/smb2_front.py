# SPDX-License-Identifier: GPL-2.0-only
"""Just enough of an SMB 2.1 server (MS-SMB2) for a client to log on.

Front.serve() takes one connection: NEGOTIATE, the legs of SESSION_SETUP, which
an acceptor with step(), key(), do() answers, TREE_CONNECT, and the way out. From
the log-on on every message is signed, both ways. The tokens come in SPNEGO (RFC
4178). An acceptor of NTLM has that opened and closed here, and the mechListMICs
are its own; one of Negotiate does all of it. smbclient() is a client.
"""
import hashlib
import hmac
import os
import socket
import struct
import subprocess
import threading
import time

NEGOTIATE, SESSION_SETUP, LOGOFF, TREE_CONNECT, TREE_DISCONNECT, IOCTL, ECHO = 0, 1, 2, 3, 4, 11, 13
SUCCESS, MORE_PROCESSING = 0, 0xc0000016
ACCESS_DENIED, LOGON_FAILURE, NOT_SUPPORTED = 0xc0000022, 0xc000006d, 0xc00000bb
# What the wire says for what the acceptor says.
STATUSES = {"SEC_E_LOGON_DENIED": LOGON_FAILURE}
HEADER = struct.Struct("<4sHHIHHIIQIIQ16s")
RESPONSE, SIGNED = 1, 8
DIALECT = 0x0210
SESSION, TREE = 0x6b73737069, 7
NTLM_OID = bytes.fromhex("060a2b06010401823702020a")
SPNEGO_OID = bytes.fromhex("06062b0601050502")


def tlv(tag, body):
    """A value of DER."""
    size = len(body)
    if size < 0x80:
        head = bytes([tag, size])
    else:
        octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
        head = bytes([tag, 0x80 | len(octets)]) + octets
    return head + body


def items(data):
    """The values that lie side by side in some DER: (tag, body, all of it)."""
    pos = 0
    while pos < len(data):
        start, tag, size = pos, data[pos], data[pos + 1]
        pos += 2
        if size & 0x80:
            octets = size & 0x7f
            size = int.from_bytes(data[pos:pos + octets], "big")
            pos += octets
        if pos + size > len(data):
            raise ValueError("DER: short")
        yield tag, data[pos:pos + size], data[start:pos + size]
        pos += size


def inner(data, tag):
    """What is in the one value of @data, which has this tag."""
    found = list(items(data))
    if [t for t, _, _ in found] != [tag]:
        raise ValueError(f"DER: not one {tag:02x}")
    return found[0][1]


class Spnego:
    """The acceptor's side of SPNEGO for a peer whose first choice is NTLM."""

    def __init__(self):
        self.mechs = None
        self.mic = None

    def open(self, token):
        """The mechanism's token."""
        if self.mechs is None:
            body = inner(token, 0x60)
            if not body.startswith(SPNEGO_OID):
                raise ValueError("SPNEGO: not a NegTokenInit")
            body = inner(inner(body[len(SPNEGO_OID):], 0xa0), 0x30)
        else:
            body = inner(inner(token, 0xa1), 0x30)
        fields = {tag: value for tag, value, _ in items(body)}
        if self.mechs is None:
            self.mechs = fields[0xa0]
            offered = [whole for _, _, whole in items(inner(self.mechs, 0x30))]
            if not offered or offered[0] != NTLM_OID:
                raise ValueError("SPNEGO: the first mechanism is not NTLM")
        self.mic = inner(fields[0xa3], 0x04) if 0xa3 in fields else None
        return inner(fields[0xa2], 0x04)

    @staticmethod
    def close(token, state, first=False, mic=None):
        body = tlv(0xa0, tlv(0x0a, bytes([state])))
        if first:
            body += tlv(0xa1, NTLM_OID)
        if token:
            body += tlv(0xa2, tlv(0x04, token))
        if mic:
            body += tlv(0xa3, tlv(0x04, mic))
        return tlv(0xa1, tlv(0x30, body))


class Request:
    def __init__(self, data):
        self.data = data
        (magic, _, _, _, self.command, self.credits, self.flags, self.next, self.id, self.pid, self.tree,
         self.session, self.signature) = HEADER.unpack_from(data)
        if magic != b"\xfeSMB" or self.next:
            raise ValueError(f"SMB2: not one message: {magic!r}, next {self.next}")
        self.body = data[HEADER.size:]

    def buffer(self, field):
        """The bytes that the offset and length at @field of the body name."""
        offset, size = struct.unpack_from("<HH", self.body, field)
        if offset < HEADER.size or offset + size > len(self.data):
            raise ValueError("SMB2: a buffer is outside its message")
        return self.data[offset:offset + size]


class Front:
    """
    One server, one connection. @wrong_key signs with another key than the acceptor's,
    which speaks SPNEGO if it is one of @negotiate.
    """

    def __init__(self, acceptor, wrong_key=False, negotiate=False):
        self.acceptor, self.wrong_key = acceptor, wrong_key
        self.spnego = None if negotiate else Spnego()
        self.key = None             # of the signatures, once somebody has logged on
        self.share = None
        self.commands = []          # that were answered
        self.verified = 0           # signatures of the client
        self.mics = 0               # mechListMICs of the client
        self.refused = None         # status on the wire
        self.error = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def serve(self, timeout=30):
        """Answers until the client goes; what goes wrong is left in self.error."""
        self.listener.settimeout(timeout)
        try:
            with self.listener, self.listener.accept()[0] as sock:
                sock.settimeout(timeout)
                with sock.makefile("rb") as stream:
                    while self.one(sock, stream):
                        pass
        except (OSError, ValueError, KeyError, AssertionError, struct.error, IndexError) as error:
            self.error = f"{type(error).__name__}: {error}"

    def one(self, sock, stream):
        head = stream.read(4)
        if len(head) < 4:
            return False
        request = Request(stream.read(int.from_bytes(head, "big")))
        self.check(request)
        status, body = self.answer(request)
        self.commands.append(request.command)
        data = self.sign(request, status, body)
        sock.sendall(len(data).to_bytes(4, "big") + data)
        return True

    def mac(self, data, wrong=False):
        """HMAC-SHA256 over the message with no signature in it (3.1.4.1)."""
        key = bytes(16) if wrong else self.key
        return hmac.new(key, data[:48] + bytes(16) + data[64:], hashlib.sha256).digest()[:16]

    def check(self, request):
        """3.3.5.2.4: after the log-on nothing comes without a signature."""
        if self.key is None:
            return
        if not request.flags & SIGNED or not hmac.compare_digest(self.mac(request.data), request.signature):
            raise ValueError(f"SMB2: command {request.command} is not signed, or not well")
        self.verified += 1

    def sign(self, request, status, body):
        signed = self.key is not None
        session = 0 if request.command == NEGOTIATE else SESSION
        tree = TREE if request.command == TREE_CONNECT and status == SUCCESS else request.tree
        data = HEADER.pack(b"\xfeSMB", 64, 1 if request.id else 0, status, request.command,
                           max(request.credits, 1), RESPONSE | (SIGNED if signed else 0), 0, request.id,
                           request.pid, tree, session, bytes(16)) + body
        return data[:48] + self.mac(data, self.wrong_key) + data[64:] if signed else data

    def answer(self, request):
        """(status, body)"""
        if request.command == NEGOTIATE:
            return self.negotiate(request)
        if request.command == SESSION_SETUP and self.key is None:
            return self.session_setup(request)
        if self.key is None:
            raise ValueError(f"SMB2: command {request.command} before the log-on")
        if request.command == TREE_CONNECT:
            self.share = request.buffer(4).decode("utf-16-le").rpartition("\\")[2]
            kind = 2 if self.share.upper() == "IPC$" else 1
            return SUCCESS, struct.pack("<HBBIII", 16, kind, 0, 0, 0, 0x001200a9)
        if request.command in (LOGOFF, TREE_DISCONNECT, ECHO):
            return SUCCESS, struct.pack("<HH", 4, 0)
        return NOT_SUPPORTED, struct.pack("<HBBIB", 9, 0, 0, 0, 0)

    @staticmethod
    def negotiate(request):
        """2.2.4, signing required, no token of the server."""
        count = struct.unpack_from("<H", request.body, 2)[0]
        if DIALECT not in struct.unpack_from(f"<{count}H", request.body, 36):
            raise ValueError("SMB2: the client does not offer 2.1")
        now = int((time.time() + 11644473600) * 10000000)
        return SUCCESS, struct.pack("<HHHH16sIIIIQQHHI", 65, 3, DIALECT, 0, os.urandom(16), 0, 65536, 65536,
                                    65536, now, 0, 128, 0, 0)

    def session_setup(self, request):
        token = request.buffer(12)
        first = self.spnego and self.spnego.mechs is None
        state, out = self.acceptor.step((self.spnego.open(token) if self.spnego else token).hex())
        out = bytes.fromhex(out)
        if state == "error":
            self.refused = STATUSES.get(self.acceptor.status, ACCESS_DENIED)
            return self.refused, struct.pack("<HBBIB", 9, 0, 0, 0, 0)
        if state == "continue":
            return MORE_PROCESSING, self.setup_body(self.spnego.close(out, 1, first) if self.spnego else out)
        # 3.3.5.5.3: 16 bytes of it
        self.key = bytes.fromhex(self.acceptor.key())[:16]
        return SUCCESS, self.setup_body(self.last() if self.spnego else out)

    def last(self):
        """The last token of SPNEGO, with a MIC if there was one."""
        mechs = self.spnego.mechs.hex()
        mic = None
        if self.spnego.mic:
            self.acceptor.do("verify", message=mechs, token=self.spnego.mic.hex())
            self.mics += 1
            mic = bytes.fromhex(self.acceptor.do("sign", message=mechs)["token"])
        return self.spnego.close(b"", 0, mic=mic)

    @staticmethod
    def setup_body(token):
        return struct.pack("<HHHH", 9, 0, 72, len(token)) + token


def smbclient(front, *options, host="localhost", env=None):
    """smbclient logs on to a server, by a name, and goes: its last words; or none, if all was well."""
    server = threading.Thread(target=front.serve, daemon=True)
    server.start()
    run = subprocess.run(
        ["smbclient", f"//{host}/data", "-I", "127.0.0.1", "--configfile=/dev/null", "-p", str(front.port),
         "--option=client max protocol=SMB2_10", "--client-protection=sign", "-c", "exit", *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False,
        env=env)
    server.join(60)
    assert front.error is None, front.error
    said = run.stdout.strip().rpartition("\n")[2]
    assert bool(run.returncode) == bool(said), f"rc {run.returncode}: {said}"
    return said
