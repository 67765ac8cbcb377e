# SPDX-License-Identifier: GPL-2.0-only
"""MIT's KDC and sample programs for the tests of Kerberos; started once, stopped at exit."""
import atexit
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import unittest

from driver import Drive

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, "../../peers/mit.sh")
ETYPES = ["aes256-cts", "aes128-cts", "aes256-sha2", "aes128-sha2", "camellia256-cts",
          "camellia128-cts"]
MUTUAL = ["MUTUAL_AUTH", "REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "INTEGRITY"]
REALM, OTHER = "KSSPI.TEST", "OTHER.TEST"
ALICE = {"user": "alice", "domain": REALM, "password": "Secret-1!"}


def exactly(sock, length):
    data = b""
    while len(data) < length:
        more = sock.recv(length - len(data))
        if not more:
            raise EOFError("the peer has gone")
        data += more
    return data


class Mit:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="ksspi-mit.")
        atexit.register(self.stop)
        self.script("install")
        self.script("start", self.folder)
        with open(self.path("peer.env")) as f:
            ports = dict(line.strip().split("=") for line in f)
        self.ports = {REALM: int(ports["KDC_PORT"]), OTHER: int(ports["KDC2_PORT"])}
        self.env = dict(os.environ, KRB5_CONFIG=self.path("krb5.conf"),
                        KRB5CCNAME="FILE:" + self.path("cc"))
        subprocess.run(["kinit", "alice"], input=b"Secret-1!\n", env=self.env, check=True,
                       stdout=subprocess.DEVNULL)
        names = ["host/localhost"] + [f"host/{e}.ksspi.test" for e in ETYPES + ["rc4-hmac"]]
        subprocess.run(["kvno", "-q", *names], env=self.env, check=True)
        self.ccache, self.keytab = self.hex("cc"), self.hex("keytab")

    def path(self, name):
        return os.path.join(self.folder, name)

    def hex(self, name):
        with open(self.path(name), "rb") as f:
            return f.read().hex()

    def script(self, *args):
        done = subprocess.run([SCRIPT, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode()

    def server(self, name="host@localhost"):
        """A gss-server's port."""
        return int(self.script("server", self.folder, name).split("GSS_PORT=")[1])

    def stop(self):
        if os.path.isdir(self.folder):
            self.script("stop", self.folder)
            shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, io):
        """What the KDC says to an `io` of an answer."""
        request = bytes.fromhex(io["request"])
        with socket.create_connection(("127.0.0.1", self.ports[io["realm"]])) as s:
            s.sendall(struct.pack(">I", len(request)) + request)
            return exactly(s, struct.unpack(">I", exactly(s, 4))[0]).hex()

    def relay(self, drive, answer):
        """Answers questions until there are none; the answer, and how many there were."""
        trips = 0
        while answer["status"] == "SEC_I_ASYNC_CALL_PENDING":
            answer = drive.call("io_reply", ctx=answer["ctx"], reply=self.ask(answer["io"]))
            trips += 1
        return answer, trips


mit = None


def get():
    global mit
    mit = mit or Mit()
    return mit


class Case(unittest.TestCase):
    """Has MIT's realm and a driver, which has to end with nothing to say."""

    @classmethod
    def setUpClass(cls):
        cls.mit = get()

    def setUp(self):
        self.drive = Drive()
        self.addCleanup(lambda: self.assertEqual(self.drive.close(), (0, "")))


def send_frame(sock, flags, data=b""):
    sock.sendall(struct.pack(">BI", flags, len(data)) + data)


def read_frame(sock):
    flags, length = struct.unpack(">BI", exactly(sock, 5))
    return flags, exactly(sock, length)


class Pair:
    """An initiator with a FILE ccache and an acceptor with a keytab, in one process."""

    def __init__(self, drive, peer, client=None, server=None, **more):
        self.drive = drive
        self.out = drive.ok("acquire", package="Kerberos", use="outbound", ccache=peer.ccache,
                            options=client or {})["cred"]
        self.inn = drive.ok("acquire", package="Kerberos", use="inbound", keytab=peer.keytab,
                            options=server or {}, **more)["cred"]

    def run(self, req=None, target="host/localhost", isc=None, asc=None, tamper=None):
        """All legs up to the first failure: the answers."""
        answers, token = [], None
        self.a = self.b = None
        for leg in range(4):
            more = {} if token is None else {"input": token}
            if leg % 2 == 0:
                handle = {} if self.a is None else {"ctx": self.a}
                answer = self.drive.call("initialize", cred=self.out, target=target,
                                         req=MUTUAL if req is None else req, **handle, **more,
                                         **(isc or {}))
                self.a = answer.get("ctx", self.a)
            else:
                handle = {} if self.b is None else {"ctx": self.b}
                answer = self.drive.call("accept", cred=self.inn, **handle, **more, **(asc or {}))
                self.b = answer.get("ctx", self.b)
            answers.append(answer)
            if answer["status"] not in ("SEC_E_OK", "SEC_I_CONTINUE_NEEDED"):
                break
            token = answer.get("output")
            if not token:
                break
            if tamper:
                token = tamper(leg, token)
        return answers

    def delete(self):
        for ctx in (self.a, self.b):
            if ctx is not None:
                self.drive.ok("delete", ctx=ctx)
        self.a = self.b = None
