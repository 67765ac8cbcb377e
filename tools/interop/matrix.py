#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""sspi-drive against real peers of NTLM, bare and in SPNEGO: matrix.py GSS_PEER FOLDER [DRIVE OPTION...]

A row of the table is one exchange: our role, the peer, what is right or wrong,
and what was checked after it. The last line counts.
"""
import os
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../drive")]
from driver import ISC  # noqa: E402
from exchange import Side, Table, against  # noqa: E402
from http_front import Front, curl  # noqa: E402
from peers import (CONTINUE, DOMAIN, ERROR, OK, PASSWORD, USER, WRONG, Frames, Gss, NtlmAuth,  # noqa: E402
                   SpnegoAuth, free_port, gss_env)
import smb2_front  # noqa: E402

# gss-ntlmssp takes no empty message.
MESSAGES = ("00", "68656c6c6f", "a5" * 5000)
# smbclient asks for no sealing by NTLM: SMB 2.1 has none.
SIGN = [flag for flag in ISC if flag != "CONFIDENTIALITY"]
# Neither Samba's and MIT's bare NTLM clients nor curl's send a MIC; smbclient and
# gss-ntlmssp in SPNEGO do.
NO_MIC = {"require_mic": False}
BINDINGS = "746c732d7365727665722d656e642d706f696e743a" + "17" * 32


class Ours(Side):
    """With a credential of its own."""

    def __init__(self, drive, role, password=PASSWORD, bindings=None, req=None, server=None, package="NTLM"):
        who = {"user": USER, "domain": DOMAIN, "password": password}
        more = {"packages": ["NTLM"]} if package == "Negotiate" else {}
        if role == "init":
            cred = drive.ok("acquire", package=package, use="outbound", identity=who, **more)
        else:
            cred = drive.ok("acquire", package=package, use="inbound", accounts=[who],
                            options=dict(server or {}, nb_domain=DOMAIN), **more)
        fields = {"cred": cred["cred"], "req": ISC if req is None else req}
        if role == "init":
            fields["target"] = "host/localhost"
        if bindings is not None:
            fields["bindings"] = bindings
        super().__init__(drive, role, fields)

    def hints(self):
        """An acceptor that speaks first."""
        answer = self.drive.ok("accept", input="", **self.fields)
        self.ctx = answer["ctx"]
        return answer["output"]

    def key(self):
        return self.do("query", attr="SESSION_KEY")["session_key"]


def messages(ours, gss):
    """Sign and seal both ways with GSS-API."""
    for text in MESSAGES:
        assert gss.command("unwrap", ours.do("wrap", message=text)["token"])[0] == text
        gss.command("verify", text, ours.do("sign", message=text)["token"])
        got = ours.do("unwrap", token=gss.command("wrap", "1", text)[0])
        assert (got["message"], got["conf"]) == (text, True)
        ours.do("verify", message=text, token=gss.command("mic", text)[0])
    ours.refuses_altered(gss)
    return "sign, seal"


class Matrix(Table):
    def __init__(self, gss_peer, folder, options):
        super().__init__(options)
        self.gss_peer, self.folder = gss_peer, folder

    def exchange(self, ours, peer, want):
        """Negotiates; the session keys are equal if it is to succeed."""
        try:
            if getattr(peer, "client", False) and isinstance(peer, SpnegoAuth):
                peer.hints = ours.hints()
            seen = against(ours, peer, want)
            if want != OK:
                if ours.status not in ("SEC_E_OK", "SEC_I_CONTINUE_NEEDED"):
                    seen += f": {ours.status}"
                return seen
            key = ours.key()
            assert key == peer.key(), "session keys differ"
            text = "equal keys"
            if isinstance(peer, Gss):
                text += ", " + messages(ours, peer)
            return text
        finally:
            peer.close()

    def tokens(self, role, peer, make, req=None, package="NTLM", mic=False):
        """The same rows for each peer that takes tokens."""
        theirs = "accept" if role == "init" else "init"
        mechanism = "NTLM" if package == "NTLM" else "SPNEGO(NTLM)"
        for case, mine, yours, want in (
                ("right password", PASSWORD, PASSWORD, OK),
                ("wrong password (ours)", WRONG, PASSWORD, "server refused"),
                ("wrong password (theirs)", PASSWORD, WRONG, "server refused"),
                ("no password", "", PASSWORD, "server refused")):
            self.row(role, mechanism, peer, case, lambda m=mine, y=yours, w=want: self.exchange(
                Ours(self.drive, role, m, req=req, server=NO_MIC, package=package), make(theirs, y), w),
                     "right" if want == OK else "wrong")
        if role == "accept" and not mic:
            self.row(role, mechanism, peer, "no MIC, which we require",
                     lambda: self.exchange(Ours(self.drive, role, req=req, package=package),
                                           make(theirs, PASSWORD), "server refused"))

    def spnego(self, role, password):
        return Gss(self.gss_peer, role, self.folder, password, spnego=True)

    def gss(self, role, password, bindings=None):
        return Gss(self.gss_peer, role, self.folder, password, bindings)

    def bindings(self):
        for role, theirs in (("init", "accept"), ("accept", "init")):
            for case, mine, yours, want in (("bindings", BINDINGS, BINDINGS, OK),
                                            ("other bindings", BINDINGS, BINDINGS + "00", "server refused"),
                                            ("bindings at the client", *((BINDINGS, None) if role == "init"
                                                                         else (None, BINDINGS)), OK)):
                self.row(role, "NTLM", "gss-ntlmssp", case, lambda r=role, t=theirs, m=mine, y=yours, w=want: self.exchange(
                    Ours(self.drive, r, bindings=m, server=NO_MIC), self.gss(t, PASSWORD, y), w))

    def gss_server(self):
        """MIT's sample server: it unwraps what we seal and signs what it got."""
        port = free_port()
        server = subprocess.Popen(["gss-server", "-once", "-port", str(port), "host@localhost"],
                                  env=gss_env(self.folder, PASSWORD), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            frames = Frames(connect(port))
            ours = Ours(self.drive, "init")
            frames.send(0x11)
            state, token = ours.step(None)
            while True:
                frames.send(0x02, bytes.fromhex(token))
                if state == OK:
                    break
                state, token = ours.step(frames.recv()[1].hex())
                assert state != ERROR, ours.reason
            text = b"hello from the kernel"
            for flags, data in ((0xe4, bytes.fromhex(ours.do("wrap", message=text.hex())["token"])), (0x84, text)):
                frames.send(flags, data)
                answer, mic = frames.recv()
                assert answer == 0x08, f"flags {answer:02x}"
                ours.do("verify", message=text.hex(), token=mic.hex())
            frames.send(0x01)
            frames.close()
            return "sealed, MIC verified"
        finally:
            server.terminate()
            server.wait()

    def gss_client(self, password):
        """MIT's sample client: we sign. It asks for no sealing, and gss-ntlmssp seals all the same: -nw."""
        listener = socket.create_server(("127.0.0.1", 0))
        client = subprocess.Popen(
            ["gss-client", "-q", "-nw", "-port", str(listener.getsockname()[1]), "-mech", "{ 1 3 6 1 4 1 311 2 2 10 }",
             "-user", f"{DOMAIN}\\{USER}", "-pass", password, "localhost", "host@localhost", "hello"],
            env=gss_env(self.folder, password), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            listener.settimeout(20)
            frames = Frames(listener.accept()[0])
            ours = Ours(self.drive, "accept", req=[], server=NO_MIC)
            assert frames.recv()[0] & 0x10
            state = CONTINUE
            while state == CONTINUE:
                state, token = ours.step(frames.recv()[1].hex())
                if token:
                    frames.send(0x02, bytes.fromhex(token))
            if state == ERROR:
                frames.close()
                return ours.status
            flags, data = frames.recv()
            assert flags & 0xa0 == 0x80 and data.startswith(b"hello"), f"flags {flags:02x}"
            frames.send(0x08, bytes.fromhex(ours.do("sign", message=data.hex())["token"]))
            said = client.communicate(timeout=20)[0]
            frames.close()
            assert client.returncode == 0 and "rror" not in said, said
            return "signature verified"
        finally:
            client.kill()
            client.wait()
            client.stdout.close()
            listener.close()

    def curl(self, password, scheme):
        """
        curl against an HTTP server of ours: --ntlm, whose NEGOTIATE has 32 bytes, or
        --negotiate with gss-ntlmssp.
        """
        package = "NTLM" if scheme == "NTLM" else "Negotiate"
        user = f"{DOMAIN}\\{USER}:{password}" if scheme == "NTLM" else ":"
        # curl asks for no message protection.
        with Front(scheme, lambda: Ours(self.drive, "accept", req=[], server=NO_MIC, package=package)) as url:
            return curl(url, scheme, gss_env(self.folder, password), user)

    def http(self):
        def good(scheme):
            said = self.curl(PASSWORD, scheme)
            assert said == f"hello {DOMAIN}\\{USER} 200", said
            return said

        def bad(scheme):
            said = self.curl(WRONG, scheme)
            assert said.endswith(" 401"), said
            return said
        for scheme, mechanism in (("NTLM", "NTLM"), ("Negotiate", "SPNEGO(NTLM)")):
            self.row("accept", mechanism, "curl", "right password", lambda s=scheme: good(s), "right")
            self.row("accept", mechanism, "curl", "wrong password", lambda s=scheme: bad(s), "wrong")

    def smbclient(self, password, package, wrong_key=False):
        """smbclient logs on to an SMB 2.1 server that is us; (its last words, the server)."""
        front = smb2_front.Front(Ours(self.drive, "accept", req=SIGN, package=package), wrong_key,
                                 package == "Negotiate")
        said = smb2_front.smbclient(front, "-U", f"{DOMAIN}\\{USER}%{password}", "--use-kerberos=off")
        return said, front

    def smb(self, mechanism, package):
        def good():
            said, front = self.smbclient(PASSWORD, package)
            assert not said and front.share == "data" and front.verified > 1, said
            assert front.mics == 1 or package == "Negotiate", front.mics
            return f"rc 0, {front.verified} signatures verified, MIC in AUTHENTICATE and in SPNEGO"

        def bad(password):
            said, front = self.smbclient(password, package)
            assert front.acceptor.status == "SEC_E_LOGON_DENIED", front.acceptor.status
            assert front.refused == smb2_front.LOGON_FAILURE and said.endswith("NT_STATUS_LOGON_FAILURE"), said
            return f"{front.acceptor.status}, {said.split()[-1]}"

        def key():
            said, front = self.smbclient(PASSWORD, package, wrong_key=True)
            assert front.acceptor.status == "SEC_E_OK" and said.endswith("NT_STATUS_ACCESS_DENIED"), said
            return f"{front.acceptor.status}, {said.split()[-1]}"
        ours = ("accept", mechanism, "Samba SMB")
        self.row(*ours, "smbclient, right password", good, "right")
        self.row(*ours, "smbclient, wrong password", lambda: bad(WRONG), "wrong")
        self.row(*ours, "smbclient, no password", lambda: bad(""), "wrong")
        self.row(*ours, "smbclient, we sign with another key", key)

    def samples(self):
        self.row("init", "NTLM", "gss-ntlmssp", "gss-server, right password", self.gss_server, "right")

        def good():
            said = self.gss_client(PASSWORD)
            assert said.endswith("verified"), said
            return said
        self.row("accept", "NTLM", "gss-ntlmssp", "gss-client, right password", good, "right")

        def bad():
            said = self.gss_client(WRONG)
            assert said == "SEC_E_LOGON_DENIED", said
            return said
        self.row("accept", "NTLM", "gss-ntlmssp", "gss-client, wrong password", bad, "wrong")

    def run(self):
        for role in ("init", "accept"):
            # Its client asks for no message protection.
            self.tokens(role, "ntlm_auth", lambda r, p: NtlmAuth(r, os.path.join(self.folder, "smb"), p),
                        ISC if role == "init" else [])
            self.tokens(role, "gss-ntlmssp", self.gss)
            self.tokens(role, "ntlm_auth", lambda r, p: SpnegoAuth(r, os.path.join(self.folder, "smb"), p),
                        ISC if role == "init" else [], package="Negotiate")
            self.tokens(role, "gss-ntlmssp", self.spnego, package="Negotiate", mic=True)
        self.bindings()
        self.samples()
        self.http()
        self.smb("NTLM", "NTLM")
        self.smb("SPNEGO(NTLM)", "Negotiate")
        return self.end("55-interop.sh")


def connect(port):
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise OSError("gss-server does not listen")


if __name__ == "__main__":
    sys.exit(Matrix(sys.argv[1], sys.argv[2], sys.argv[3:]).run())
