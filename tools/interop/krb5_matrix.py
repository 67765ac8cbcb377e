#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""sspi-drive against a libgssapi: krb5_matrix.py PEER GSS_PEER FOLDER [DRIVE OPTION...]

PEER is "MIT krb5" or "Heimdal", whose GSS_PEER is. FOLDER is of tools/peers/mit.sh.
A row of the table is one exchange: our role, the mechanism, the type of the
ticket's session key, what is asked for, and what was checked after it. The last
line counts.
"""
import os
import socket
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../drive")]
from exchange import Side, Table, against, other_keys  # noqa: E402
from peers import OK, GssApi  # noqa: E402

SIZES = {"MIT krb5": (0, 1, 15, 16, 17, 4096, 65536), "Heimdal": (0, 17, 4096)}
ETYPES = {"aes256-cts": 18, "aes128-cts": 17, "aes256-sha2": 20, "aes128-sha2": 19, "camellia256-cts": 26,
          "camellia128-cts": 25, "rc4-hmac": 23, "des3-cbc-sha1": 16}
# Those that every consumer asks for; and what they are to GSS-API.
BASE = ("REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "INTEGRITY")
BITS = {"DELEGATE": 1, "MUTUAL_AUTH": 2, "REPLAY_DETECT": 4, "SEQUENCE_DETECT": 8, "CONFIDENTIALITY": 16,
        "INTEGRITY": 32, "USE_DCE_STYLE": 0x1000}
BINDINGS = "746c732d7365727665722d656e642d706f696e743a" + "17" * 32
REALM = "KSSPI.TEST"
KERBEROS, SPNEGO = "Kerberos", "SPNEGO(Kerberos)"
# Of these each peer has its own: Heimdal has no Camellia; its MICs of triple DES have
# two bytes too many; and an empty message that was sealed with RC4 it calls signed.
PEERS = {"MIT krb5": tuple(ETYPES), "Heimdal": ("aes256-cts", "aes256-sha2")}


def pattern(size):
    return bytes(i & 255 for i in range(size)).hex()


class Peer(GssApi):
    """A library's side; its tickets and keys are in the files of these names."""

    def __init__(self, program, role, folder, req, host, bindings=None, spnego=False, cc="cc", keytab="keytab"):
        mask = sum(BITS[name] for name in req)
        env = dict(os.environ, KRB5_CONFIG=os.path.join(folder, "krb5.conf"), KRB5RCACHENAME="none:",
                   KRB5CCNAME="FILE:" + os.path.join(folder, cc), KRB5_KTNAME="FILE:" + os.path.join(folder, keytab))
        super().__init__([program, *(["spnego"] if spnego else []), role, bindings or "-", "krb5", f"{mask:x}",
                          "host@" + host], env)


class Kdc:
    """Asks the KDC what an answer's `io` wants asked."""

    def __init__(self, folder):
        with open(os.path.join(folder, "peer.env"), encoding="utf-8") as f:
            self.port = int(dict(line.strip().split("=") for line in f)["KDC_PORT"])

    def ask(self, io):
        request = bytes.fromhex(io["request"])
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as s:
            s.sendall(struct.pack(">I", len(request)) + request)
            with s.makefile("rb") as f:
                return f.read(struct.unpack(">I", f.read(4))[0]).hex()


def our_side(drive, kdc, role, cred, req, host, bindings=None, lax=False):
    fields = {"cred": cred}
    if role == "init":
        fields.update(req=list(req), target="host/" + host)
    elif lax:
        fields["req"] = ["ALLOW_MISSING_BINDINGS"]
    if bindings is not None:
        fields["bindings"] = bindings
    return Side(drive, role, fields, kdc)


def messages(ours, peer):
    """Sealed, signed, and MICs both ways; then an altered one, which changes nothing."""
    for size in peer.sizes:
        text = pattern(size)
        for conf in (True, False):
            token = ours.do("wrap", message=text, conf=conf)["token"]
            assert peer.command("unwrap", token) == [text, str(int(conf))], f"wrap {conf} {size}"
            got = ours.do("unwrap", token=peer.command("wrap", str(int(conf)), text)[0])
            assert (got["message"], got["conf"]) == (text, conf), f"unwrap {conf} {size}"
        peer.command("verify", text, ours.do("sign", message=text)["token"])
        ours.do("verify", message=text, token=peer.command("mic", text)[0])
    ours.refuses_altered(peer)
    return f"{len(peer.sizes)} sizes sealed, signed, MIC"


def buffers(ours, peer):
    """Parts of a message, one of them signed only: gss_wrap_iov() in DCE style."""
    for size in peer.sizes:
        text, signed = pattern(size), pattern(size % 100 + 1)[::-1]
        parts = [{"type": "DATA", "data": signed, "sign_only": True}, {"type": "DATA", "data": text}]
        sealed = ours.do("encrypt", buffers=parts)["buffers"]
        got = peer.command("unwrapiov", sealed[0]["data"], signed, sealed[2]["data"])
        assert got == [text, "1"], f"encrypt {size}"
        header, body = peer.command("wrapiov", "1", signed, text)
        parts = [{"type": "TOKEN", "data": header}, dict(parts[0]), {"type": "DATA", "data": body}]
        plain = ours.do("decrypt", buffers=parts)
        assert (plain["buffers"][2]["data"], plain["qop"]) == (text, 0), f"decrypt {size}"
    return ", buffers"


class Matrix(Table):
    def __init__(self, peer, program, folder, options):
        super().__init__(options)
        self.peer, self.program, self.folder = peer, program, folder
        self.kdc = Kdc(folder)
        self.permitted = {"enctypes": [18, 17, 20, 19, 26, 25, 23, 16]}
        self.out = {mech: self.acquire("outbound", mech, ccache=self.file("cc")) for mech in (KERBEROS, SPNEGO)}
        self.inn = {mech: self.acquire("inbound", mech, keytab=self.file("keytab")) for mech in (KERBEROS, SPNEGO)}

    def file(self, name):
        with open(os.path.join(self.folder, name), "rb") as f:
            return f.read().hex()

    def acquire(self, use, mechanism=KERBEROS, options=None, **fields):
        package = {"package": "Kerberos"} if mechanism == KERBEROS else {"package": "Negotiate", "packages": ["Kerberos"]}
        options = dict(self.permitted if options is None else options, transport="script")
        return self.drive.ok("acquire", use=use, options=options, **package, **fields)["cred"]

    def exchange(self, role, req, host, want=OK, mine=None, yours=None, check=None, mechanism=KERBEROS, cred=None,
                 at=None, theirs=None, **more):
        """
        Ours against the library's. @cred is ours if not the usual one, @at the service that
        the client goes to if not @host's, @theirs the files that the library has.
        """
        there = at or host
        ends = (there, host) if role == "init" else (host, there)
        peer = Peer(self.program, "accept" if role == "init" else "init", self.folder, req, ends[1], yours,
                    mechanism == SPNEGO, **(theirs or {}))
        peer.sizes = SIZES[self.peer]
        try:
            cred = cred or (self.out if role == "init" else self.inn)[mechanism]
            ours = our_side(self.drive, self.kdc, role, cred, req, ends[0], mine, **more)
            seen = against(ours, peer, want)
            return (check or messages)(ours, peer) if want == OK else f"{seen}: {ours.status}"
        finally:
            peer.close()

    def types(self):
        for etype in PEERS[self.peer]:
            number, host = ETYPES[etype], etype + ".ksspi.test"
            for name, more in (("mutual", ("MUTUAL_AUTH",)), ("one way", ()), ("DCE style", ("MUTUAL_AUTH", "USE_DCE_STYLE"))):
                for role in ("init", "accept"):
                    def check(ours, peer, dce=name[0] == "D", number=number):
                        keys = ours.do("export", what="subkey")
                        assert keys["initiator_enctype"] == number, keys
                        text = messages(ours, peer)
                        # RFC 1964 and 4757 have no part that is signed only.
                        used = keys.get("acceptor_enctype", number)
                        return f"{text}{buffers(ours, peer) if dce and used not in (16, 23) else ''}, subkey of {used}"
                    self.row(role, "Kerberos", self.peer, f"{etype}, {name}", lambda r=role, m=more, h=host, c=check:
                             self.exchange(r, BASE + m, h, check=c), "right")
        strict = self.acquire("inbound", options={}, keytab=self.file("keytab"))
        for weak in ("rc4-hmac", "des3-cbc-sha1"):
            self.row("accept", "Kerberos", self.peer, f"{weak}, not permitted", lambda w=weak: self.exchange(
                "accept", BASE + ("MUTUAL_AUTH",), w + ".ksspi.test", "server refused", cred=strict))

    def bindings(self):
        # With a reply both sides know; one way the client is done before the server refuses.
        req = BASE + ("MUTUAL_AUTH",)
        for role in ("init", "accept"):
            for case, mine, yours, want in (
                    ("bindings", BINDINGS, BINDINGS, OK), ("other bindings", BINDINGS, BINDINGS + "00", "server refused"),
                    ("bindings at the client", *((BINDINGS, None) if role == "init" else (None, BINDINGS)), OK)):
                self.row(role, "Kerberos", self.peer, case, lambda r=role, m=mine, y=yours, w=want: self.exchange(
                    r, req, "localhost", w, m, y))
        self.row("accept", "Kerberos", self.peer, "bindings at the server", lambda: self.exchange(
            "accept", req, "localhost", "server refused", BINDINGS, None))
        self.row("accept", "Kerberos", self.peer, "missing bindings are allowed", lambda: self.exchange(
            "accept", req, "localhost", OK, BINDINGS, None, lax=True))

    def negotiated(self):
        """SPNEGO: mechListMIC and all, then the messages of the mechanism."""
        for name, more in (("mutual", ("MUTUAL_AUTH",)), ("one way", ()), ("DCE style", ("MUTUAL_AUTH", "USE_DCE_STYLE"))):
            for role in ("init", "accept"):
                self.row(role, SPNEGO, self.peer, name, lambda r=role, m=more: self.exchange(
                    r, BASE + m, "localhost", mechanism=SPNEGO), "right")

    def wrong(self):
        """Wrong credentials of each side."""
        with open(os.path.join(self.folder, "other.keytab"), "wb") as f:
            f.write(other_keys(self.drive, bytes.fromhex(self.file("keytab"))))
        req, other = BASE + ("MUTUAL_AUTH",), "aes128-sha2.ksspi.test"
        for mech in (KERBEROS, SPNEGO):
            def refused(role, case, who, mech=mech, host="localhost", **more):
                self.row(role, mech, self.peer, case, lambda: self.exchange(
                    role, req, host, who + " refused", mechanism=mech, **more), "wrong")
            refused("init", "wrong password, at the KDC", "client", cred=self.acquire(
                "outbound", mech, identity={"user": "alice", "domain": REALM, "password": "no"}))
            refused("init", "it has another key", "server", theirs={"keytab": "other.keytab"})
            refused("init", "a ticket for another service", "server", at=other)
            refused("accept", "we have another key", "server", cred=self.acquire(
                "inbound", mech, keytab=self.file("other.keytab")))
            refused("accept", "a ticket for another service", "server", at=other, cred=self.acquire(
                "inbound", mech, keytab=self.file("keytab"), principal="host/localhost@" + REALM))

    def delegated(self, ours, peer):
        """The TGT of the library's client gets us a ticket that its server takes."""
        assert "DELEGATE" in ours.answer["attr"], ours.answer["attr"]
        cred = self.acquire("outbound", delegated=ours.ctx, options={})
        text = self.exchange("init", BASE + ("MUTUAL_AUTH",), "aes128-cts.ksspi.test", cred=cred)
        name = ours.do("query", attr="NAMES")["user_name"]
        assert name == "alice@" + REALM, name
        return f"as {name} to a third: {text}"

    def delegation(self):
        req = BASE + ("MUTUAL_AUTH", "DELEGATE")

        def given(ours, peer):
            assert "DELEGATE" in ours.answer["attr"], ours.answer["attr"]
            peer.command("deleg")
            return "it has a credential, " + messages(ours, peer)

        def sent(ours, peer):
            # MIT's mechglue loses what comes before the last leg.
            assert "DELEGATE" in ours.answer["attr"], ours.answer["attr"]
            return messages(ours, peer)

        def not_given(ours, peer):
            assert "DELEGATE" not in ours.answer["attr"]
            assert peer.ask("deleg") == "error"
            return "no credential, " + messages(ours, peer)
        self.row("init", "Kerberos", self.peer, "delegation", lambda: self.exchange("init", req, "localhost", check=given))
        self.row("init", "Kerberos", self.peer, "delegation, DCE style", lambda: self.exchange(
            "init", req + ("USE_DCE_STYLE",), "localhost", check=sent))
        self.row("init", "Kerberos", self.peer, "delegation, service not trusted", lambda: self.exchange(
            "init", req, "aes128-cts.ksspi.test", check=not_given))
        self.row("accept", "Kerberos", self.peer, "delegation", lambda: self.exchange(
            "accept", req, "localhost", check=self.delegated))

    def run(self):
        self.types()
        self.bindings()
        self.delegation()
        self.negotiated()
        self.wrong()
        return self.end("56-interop-krb5.sh")


if __name__ == "__main__":
    sys.exit(Matrix(*sys.argv[1:4], sys.argv[4:]).run())
