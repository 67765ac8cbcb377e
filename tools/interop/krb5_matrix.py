#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""sspi-drive against MIT's libgssapi: krb5_matrix.py GSS_PEER FOLDER [DRIVE OPTION...]

FOLDER is of tools/peers/mit.sh. A row of the table is one exchange: our role,
the type of the ticket's session key, what is asked for, and what was checked
after it. The last line counts.
"""
import os
import socket
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../drive")]
from exchange import Side, Table, against  # noqa: E402
from peers import OK, GssApi  # noqa: E402

SIZES = (0, 1, 15, 16, 17, 4096, 65536)
ETYPES = {"aes256-cts": 18, "aes128-cts": 17, "aes256-sha2": 20, "aes128-sha2": 19, "camellia256-cts": 26,
          "camellia128-cts": 25, "rc4-hmac": 23, "des3-cbc-sha1": 16}
# Those that every consumer asks for; and what they are to GSS-API.
BASE = ("REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "INTEGRITY")
BITS = {"DELEGATE": 1, "MUTUAL_AUTH": 2, "REPLAY_DETECT": 4, "SEQUENCE_DETECT": 8, "CONFIDENTIALITY": 16,
        "INTEGRITY": 32, "USE_DCE_STYLE": 0x1000}
BINDINGS = "746c732d7365727665722d656e642d706f696e743a" + "17" * 32
REALM = "KSSPI.TEST"


def pattern(size):
    return bytes(i & 255 for i in range(size)).hex()


class Mit(GssApi):
    """MIT's krb5."""

    def __init__(self, program, role, folder, req, host, bindings=None):
        mask = sum(BITS[name] for name in req)
        env = dict(os.environ, KRB5_CONFIG=os.path.join(folder, "krb5.conf"), KRB5RCACHENAME="none:",
                   KRB5CCNAME="FILE:" + os.path.join(folder, "cc"), KRB5_KTNAME="FILE:" + os.path.join(folder, "keytab"))
        super().__init__([program, role, bindings or "-", "krb5", f"{mask:x}", "host@" + host], env)


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


def messages(ours, mit):
    """Sealed, signed, and MICs both ways; then an altered one, which changes nothing."""
    for size in SIZES:
        text = pattern(size)
        for conf in (True, False):
            token = ours.do("wrap", message=text, conf=conf)["token"]
            assert mit.command("unwrap", token) == [text, str(int(conf))], f"wrap {conf} {size}"
            got = ours.do("unwrap", token=mit.command("wrap", str(int(conf)), text)[0])
            assert (got["message"], got["conf"]) == (text, conf), f"unwrap {conf} {size}"
        mit.command("verify", text, ours.do("sign", message=text)["token"])
        ours.do("verify", message=text, token=mit.command("mic", text)[0])
    ours.refuses_altered(mit)
    return f"{len(SIZES)} sizes sealed, signed, MIC"


def buffers(ours, mit):
    """Parts of a message, one of them signed only: gss_wrap_iov() in DCE style."""
    for size in SIZES:
        text, signed = pattern(size), pattern(size % 100 + 1)[::-1]
        parts = [{"type": "DATA", "data": signed, "sign_only": True}, {"type": "DATA", "data": text}]
        sealed = ours.do("encrypt", buffers=parts)["buffers"]
        got = mit.command("unwrapiov", sealed[0]["data"], signed, sealed[2]["data"])
        assert got == [text, "1"], f"encrypt {size}"
        header, body = mit.command("wrapiov", "1", signed, text)
        parts = [{"type": "TOKEN", "data": header}, dict(parts[0]), {"type": "DATA", "data": body}]
        plain = ours.do("decrypt", buffers=parts)
        assert (plain["buffers"][2]["data"], plain["qop"]) == (text, 0), f"decrypt {size}"
    return ", buffers"


class Matrix(Table):
    def __init__(self, program, folder, options):
        super().__init__(options)
        self.program, self.folder = program, folder
        self.kdc = Kdc(folder)
        permitted = {"enctypes": [18, 17, 20, 19, 26, 25, 23, 16]}
        self.out = self.acquire("outbound", "ccache", "cc", permitted)
        self.inn = self.acquire("inbound", "keytab", "keytab", permitted)
        self.strict = self.acquire("inbound", "keytab", "keytab", {})

    def acquire(self, use, field, name, options):
        with open(os.path.join(self.folder, name), "rb") as f:
            data = f.read().hex()
        return self.drive.ok("acquire", package="Kerberos", use=use, options=dict(options, transport="script"),
                             **{field: data})["cred"]

    def exchange(self, role, req, host, want=OK, mine=None, yours=None, check=messages, **more):
        theirs = "accept" if role == "init" else "init"
        mit = Mit(self.program, theirs, self.folder, req, host, yours)
        try:
            cred = more.pop("cred", self.out if role == "init" else self.inn)
            ours = our_side(self.drive, self.kdc, role, cred, req, host, mine, **more)
            seen = against(ours, mit, want)
            return check(ours, mit) if want == OK else f"{seen}: {ours.status}"
        finally:
            mit.close()

    def types(self):
        for etype, number in ETYPES.items():
            host = etype + ".ksspi.test"
            for name, more in (("mutual", ("MUTUAL_AUTH",)), ("one way", ()), ("DCE style", ("MUTUAL_AUTH", "USE_DCE_STYLE"))):
                for role in ("init", "accept"):
                    def check(ours, mit, dce=name[0] == "D", number=number):
                        keys = ours.do("export", what="subkey")
                        assert keys["initiator_enctype"] == number, keys
                        text = messages(ours, mit)
                        # RFC 1964 and 4757 have no part that is signed only.
                        used = keys.get("acceptor_enctype", number)
                        return f"{text}{buffers(ours, mit) if dce and used not in (16, 23) else ''}, subkey of {used}"
                    self.row(role, etype, name, lambda r=role, m=more, h=host, c=check: self.exchange(r, BASE + m, h, check=c))
        for weak in ("rc4-hmac", "des3-cbc-sha1"):
            self.row("accept", weak, "not permitted", lambda w=weak: self.exchange(
                "accept", BASE + ("MUTUAL_AUTH",), w + ".ksspi.test", "server refused", cred=self.strict))

    def bindings(self):
        # With a reply both sides know; one way the client is done before the server refuses.
        req = BASE + ("MUTUAL_AUTH",)
        for role in ("init", "accept"):
            for case, mine, yours, want in (
                    ("bindings", BINDINGS, BINDINGS, OK), ("other bindings", BINDINGS, BINDINGS + "00", "server refused"),
                    ("bindings at the client", *((BINDINGS, None) if role == "init" else (None, BINDINGS)), OK)):
                self.row(role, "aes256-cts", case, lambda r=role, m=mine, y=yours, w=want: self.exchange(
                    r, req, "localhost", w, m, y))
        self.row("accept", "aes256-cts", "bindings at the server", lambda: self.exchange(
            "accept", req, "localhost", "server refused", BINDINGS, None))
        self.row("accept", "aes256-cts", "missing bindings are allowed", lambda: self.exchange(
            "accept", req, "localhost", OK, BINDINGS, None, lax=True))

    def delegated(self, ours, mit):
        """MIT's client's TGT gets us a ticket that MIT's server takes."""
        assert "DELEGATE" in ours.answer["attr"], ours.answer["attr"]
        cred = self.drive.ok("acquire", package="Kerberos", use="outbound", delegated=ours.ctx,
                             options={"transport": "script"})["cred"]
        text = self.exchange("init", BASE + ("MUTUAL_AUTH",), "aes128-cts.ksspi.test", cred=cred)
        name = ours.do("query", attr="NAMES")["user_name"]
        assert name == "alice@" + REALM, name
        return f"as {name} to a third: {text}"

    def delegation(self):
        req = BASE + ("MUTUAL_AUTH", "DELEGATE")

        def given(ours, mit):
            assert "DELEGATE" in ours.answer["attr"], ours.answer["attr"]
            mit.command("deleg")
            return "MIT has a credential, " + messages(ours, mit)

        def sent(ours, mit):
            # MIT's mechglue loses what comes before the last leg.
            assert "DELEGATE" in ours.answer["attr"], ours.answer["attr"]
            return messages(ours, mit)

        def not_given(ours, mit):
            assert "DELEGATE" not in ours.answer["attr"]
            assert mit.ask("deleg") == "error"
            return "no credential, " + messages(ours, mit)
        self.row("init", "any", "delegation", lambda: self.exchange("init", req, "localhost", check=given))
        self.row("init", "any", "delegation, DCE style", lambda: self.exchange(
            "init", req + ("USE_DCE_STYLE",), "localhost", check=sent))
        self.row("init", "aes128-cts", "delegation, service not trusted", lambda: self.exchange(
            "init", req, "aes128-cts.ksspi.test", check=not_given))
        self.row("accept", "any", "delegation", lambda: self.exchange("accept", req, "localhost", check=self.delegated))

    def run(self):
        self.types()
        self.bindings()
        self.delegation()
        return self.end("56-interop-krb5.sh")


if __name__ == "__main__":
    sys.exit(Matrix(sys.argv[1], sys.argv[2], sys.argv[3:]).run())
