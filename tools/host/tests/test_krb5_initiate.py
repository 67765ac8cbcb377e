# SPDX-License-Identifier: GPL-2.0-only
"""The Kerberos initiator with a ticket at hand: its AP-REQ, and AP-REPs made by hand."""
import struct
import unittest

import krb5forge as kf
from driver import Drive
from krb5forge import Forge, Node

IT, MUTUAL_FAILED = "SEC_E_INVALID_TOKEN", "SEC_E_MUTUAL_AUTH_FAILED"
MUTUAL = ["MUTUAL_AUTH", "REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "INTEGRITY"]


class Case(unittest.TestCase):
    def setUp(self):
        self.drive = Drive()
        self.addCleanup(self.close)
        self.forge = Forge(self.drive)
        self.drive.ok("env", now=self.forge.now)
        self.out = self.acquire()

    def close(self):
        self.assertEqual(self.drive.close(), (0, ""))

    def acquire(self, ccache=None, **more):
        return self.drive.ok("acquire", package="Kerberos", use="outbound",
                             ccache=ccache or self.forge.cache(), **more)["cred"]

    def begin(self, req=None, cred=None, target="host/srv.test", **more):
        """An AP-REQ: (the answer, the request, its authenticator)."""
        answer = self.drive.ok("initialize", cred=cred or self.out, target=target,
                               req=MUTUAL if req is None else req, **more)
        return (answer, *self.forge.read_request(answer["output"]))

    def stamp(self, auth):
        """What the AP-REP repeats of the request, whose clock goes on."""
        return auth.time(5), auth.int(4)

    def finish(self, answer, token, cred=None):
        return self.drive.call("initialize", cred=cred or self.out, ctx=answer["ctx"], input=token)


class Request(Case):
    def test_draws(self):
        """Subkey, number, confounder of the authenticator; and nothing else."""
        self.drive.ok("env", now=self.forge.now + 0.25, random=bytes(range(52)).hex())
        answer, request, auth = self.begin()
        self.assertEqual(self.drive.ok("env", now=self.forge.now)["random_left"], 0)
        self.assertEqual(auth.key(6), (18, bytes(range(32))))
        self.assertEqual(auth.int(7), 0x20212223)
        self.assertEqual((auth.int(4), auth.bytes(5)), (250000, Node(kf.when(self.forge.now)).value))
        again = self.forge.crypto("encrypt", enctype=18, key=self.forge.session_key, usage=11, plain=auth.whole,
                                  confounder=bytes(range(36, 52)))
        self.assertEqual(request.get(4).bytes(2).hex(), again)
        self.assertEqual(answer["status"], "SEC_I_CONTINUE_NEEDED")
        self.assertEqual(request.bytes(2), b"\0\x20\0\0\0")

    def test_out_of_randomness(self):
        self.drive.ok("env")  # no seed to go on with
        for left in (0, 31, 35, 51):
            self.drive.ok("env", now=self.forge.now, random="11" * left)
            answer = self.drive.call("initialize", cred=self.out, target="host/srv.test")
            self.assertEqual(answer["status"], "SEC_E_INTERNAL_ERROR")
            self.assertEqual(answer["output"], "")

    def test_flags(self):
        for req, mask, attr in (
                ([], 0, []), (["MUTUAL_AUTH"], 2, ["MUTUAL_AUTH"]),
                (["REPLAY_DETECT"], 0x24, ["REPLAY_DETECT", "INTEGRITY"]),
                (["SEQUENCE_DETECT"], 0x28, ["SEQUENCE_DETECT", "INTEGRITY"]),
                (["CONFIDENTIALITY"], 0x30, ["CONFIDENTIALITY", "INTEGRITY"]), (["INTEGRITY"], 0x20, ["INTEGRITY"]),
                (["INTEGRITY", "NO_INTEGRITY"], 0, []), (["IDENTIFY"], 0x2000, ["IDENTIFY"]),
                (["EXTENDED_ERROR"], 0x4000, ["EXTENDED_ERROR"]), (["CONNECTION"], 0, ["CONNECTION"]),
                (["USE_DCE_STYLE"], 0x1002, ["MUTUAL_AUTH", "USED_DCE_STYLE"]), (["DELEGATE"], 0, []),
                (["DELEGATE", "MUTUAL_AUTH"], 2, ["MUTUAL_AUTH"])):
            answer, request, auth = self.begin(req)
            sum_ = auth.get(3)
            self.assertEqual(sum_.int(0), 0x8003)
            self.assertEqual(sum_.bytes(1), struct.pack("<I16sI", 16, b"", mask), req)
            self.assertEqual(answer["attr"], attr)
            mutual = bool(mask & 2)
            self.assertEqual(request.bytes(2)[1] == 0x20, mutual)
            self.assertEqual(answer["status"] == "SEC_I_CONTINUE_NEEDED", mutual)
            # Unframed with DCE style.
            self.assertEqual(answer["output"][:2], "6e" if "USE_DCE_STYLE" in req else "60")
        answer = self.drive.call("initialize", cred=self.out, target="host/srv.test", req=["USE_SESSION_KEY"])
        self.assertEqual((answer["status"], answer["output"]), ("SEC_E_UNSUPPORTED_FUNCTION", ""))

    def test_bindings(self):
        """Their MD5, and the word that we send some: MS-KILE 3.2.5.8."""
        for data in (None, b"", b"tls-server-end-point:x"):
            more = {} if data is None else {"bindings": data.hex()}
            _, _, auth = self.begin(**more)
            bnd = auth.get(3).bytes(1)[4:20]
            self.assertEqual(bnd, bytes(16) if data is None else kf.bindings_hash(data))
            options = dict(kf.ad_of(auth.get(8))).get(kf.AP_OPTIONS)
            self.assertEqual(options, None if data is None else b"\0\x40\0\0")
        _, _, auth = self.begin(["UNVERIFIED_TARGET_NAME"])
        self.assertEqual(dict(kf.ad_of(auth.get(8)))[kf.AP_OPTIONS], b"\0\x80\0\0")

    def test_types(self):
        """RFC 4537: those before the ticket's, and it."""
        for enctypes, wanted in (([20, 19, 18, 17], (20, 19, 18)), ([18, 20], None), ([18], None)):
            cred = self.acquire(options={"enctypes": enctypes})
            _, _, auth = self.begin(cred=cred)
            found = dict(kf.ad_of(auth.get(8))).get(kf.ETYPES)
            self.assertEqual(found, None if wanted is None else kf.seq(*(kf.num(t) for t in wanted)))
            # All of it may be ignored.
            self.assertEqual({item.int(0) for item in auth.get(8).items()}, {kf.IF_RELEVANT})

    def test_target(self):
        for target in ("host/srv.test", "host/srv.test@FORGE.TEST"):
            answer, _, auth = self.begin([], target=target)
            self.assertEqual(dict(kf.ad_of(auth.get(8)))[kf.TARGET].decode("utf-16-le"), target)
            names = self.drive.ok("query", ctx=answer["ctx"], attr="NATIVE_NAMES")
            self.assertEqual((names["client_name"], names["server_name"]),
                             ("alice@FORGE.TEST", "host/srv.test@FORGE.TEST"))
            self.assertEqual(self.drive.ok("query", ctx=answer["ctx"], attr="NAMES")["user_name"], "alice@FORGE.TEST")
        for target, status in (("", "SEC_E_TARGET_UNKNOWN"), ("host", "SEC_E_TARGET_UNKNOWN"),
                               ("host@FORGE.TEST", "SEC_E_TARGET_UNKNOWN"), ("host/srv@A@B", "SEC_E_TARGET_UNKNOWN"),
                               ("host/1UWhRCAAAAAAAAAA", "SEC_E_INVALID_PARAMETER"),
                               ("host/other.test", "SEC_E_CONTEXT_EXPIRED")):
            answer = self.drive.call("initialize", cred=self.out, target=target)
            self.assertEqual((answer["status"], answer["output"]), (status, ""), target)

    def test_stamps_differ(self):
        """Two requests of one moment are told apart: the first's AP-REP is no answer to the second."""
        first, second = self.begin(), self.begin()
        self.assertNotEqual(first[2].int(4), second[2].int(4))
        token = self.forge.reply(*self.stamp(first[2]))
        self.assertEqual(self.finish(second[0], token)["status"], MUTUAL_FAILED)
        self.assertEqual(self.finish(first[0], token)["status"], "SEC_E_OK")

    def test_tickets(self):
        """One that has expired or has not begun is not sent."""
        f = self.forge
        for more, good in (({"end": f.now + 1}, True), ({"end": f.now}, False), ({"start": f.now + 300}, True),
                           ({"start": f.now + 301}, False), ({"mask": kf.INVALID}, False)):
            cred = self.acquire(f.cache(**more))
            answer = self.drive.call("initialize", cred=cred, target="host/srv.test")
            self.assertEqual(answer["status"], "SEC_E_OK" if good else "SEC_E_CONTEXT_EXPIRED", more)

    def test_every_type(self):
        for enctype in kf.KEYS:
            self.forge = f = Forge(self.drive, enctype)
            cred = self.acquire(f.cache(), options={"enctypes": [enctype]})
            answer, _, auth = self.begin(cred=cred)
            key = auth.key(6)
            self.assertEqual((key[0], len(key[1])), (enctype, kf.KEYS[enctype]))
            reply = f.reply(*self.stamp(auth), subkey=None, seq_number=5)
            self.assertEqual(self.finish(answer, reply, cred)["status"], "SEC_E_OK")
            self.assertEqual(self.drive.ok("query", ctx=answer["ctx"], attr="SESSION_KEY")["session_key"], key[1].hex())
        cred = self.acquire(Forge(self.drive, 23).cache())
        self.assertEqual(self.drive.call("initialize", cred=cred, target="host/srv.test")["status"],
                         "SEC_E_CONTEXT_EXPIRED")


class Reply(Case):
    def test_taken(self):
        f = self.forge
        for subkey, number in ((None, 5), ((18, bytes(range(32))), 0), ((17, bytes(16)), 2 ** 32 - 1), ((20, bytes(32)), None)):
            answer, _, auth = self.begin()
            last = self.finish(answer, f.reply(*self.stamp(auth), subkey, number))
            self.assertEqual((last["status"], last["output"]), ("SEC_E_OK", ""), last)
            self.assertEqual(last["expiry"], f.now + 36000)
            keys = self.drive.ok("export", ctx=answer["ctx"], what="keys")
            self.assertEqual(keys["session_key"], (subkey or auth.key(6))[1].hex())
            self.assertEqual((keys["send_seq"], keys["recv_seq"]), (auth.int(7), number or 0))

    def test_refused(self):
        f = self.forge
        other = f.make_key(18, 99)
        for make, status in (
                (lambda t, u: f.reply(t + 1, u), MUTUAL_FAILED), (lambda t, u: f.reply(t, u + 1), MUTUAL_FAILED),
                (lambda t, u: f.reply(0, 0), MUTUAL_FAILED), (lambda t, u: f.reply(t, u, usage=11), MUTUAL_FAILED),
                (lambda t, u: f.reply(t, u, session_key=other), MUTUAL_FAILED), (lambda t, u: f.reply(t, u, label=17), MUTUAL_FAILED),
                (lambda t, u: f.reply(t, u, session_key=f.subkey), MUTUAL_FAILED),
                (lambda t, u: f.reply(t, u, subkey=(18, b"12345")), IT), (lambda t, u: f.reply(t, u, subkey=(18, bytes(64))), IT),
                (lambda t, u: f.reply(t, u, subkey=(23, bytes(16))), "SEC_E_KDC_UNKNOWN_ETYPE"),
                (lambda t, u: f.reply(t, u, subkey=(3, bytes(8))), "SEC_E_KDC_UNKNOWN_ETYPE"),
                (lambda t, u: f.reply(t, u, plain=b"\x7b\0"), IT), (lambda t, u: f.reply(t, u, framed=False), IT),
                (lambda t, u: f.reply(t, u, tok_id=0x0100), IT), (lambda t, u: f.token(), IT), (lambda t, u: "", IT),
                (lambda t, u: "00", IT), (lambda t, u: f.reply(t, u)[:-2], IT), (lambda t, u: f.reply(t, u) + "00", IT)):
            answer, _, auth = self.begin()
            bad = self.finish(answer, make(*self.stamp(auth)))
            self.assertEqual((bad["status"], bad["output"]), (status, ""), bad)
            for op in ({"op": "query", "attr": "SESSION_KEY"}, {"op": "export", "what": "keys"}, {"op": "sign", "message": ""}):
                dead = self.drive.call(op.pop("op"), ctx=answer["ctx"], **op)
                self.assertNotEqual(dead["status"], "SEC_E_OK")
            again = self.finish(answer, f.reply(*self.stamp(auth)))
            self.assertNotEqual(again["status"], "SEC_E_OK")

    def test_errors(self):
        """KRB-ERROR: nobody has signed it, but there is no context without an AP-REP."""
        for code, status in ((32, "SEC_E_CONTEXT_EXPIRED"), (33, "SEC_E_TIME_SKEW"), (34, "SEC_E_LOGON_DENIED"),
                             (35, "SEC_E_WRONG_PRINCIPAL"), (36, "SEC_E_LOGON_DENIED"), (37, "SEC_E_TIME_SKEW"),
                             (39, IT), (40, IT), (41, "SEC_E_WRONG_PRINCIPAL"), (44, "SEC_E_NO_KERB_KEY"),
                             (45, "SEC_E_NO_KERB_KEY"), (46, MUTUAL_FAILED), (47, "SEC_E_BAD_BINDINGS"),
                             (60, "SEC_E_INTERNAL_ERROR"), (9999, "SEC_E_LOGON_DENIED")):
            for framed in (True, False):
                answer, _, _ = self.begin()
                bad = self.finish(answer, self.forge.error(code, framed))
                self.assertEqual((bad["status"], bad["output"]), (status, ""), code)
                self.assertTrue(bad["reason"])
        # It says nothing about the ticket: the next try is as good as the first.
        answer, _, auth = self.begin()
        self.assertEqual(self.finish(answer, self.forge.reply(*self.stamp(auth)))["status"], "SEC_E_OK")

    def test_dce(self):
        f = self.forge
        answer, _, auth = self.begin(["USE_DCE_STYLE"])
        self.drive.ok("env", now=f.now + 7)
        last = self.finish(answer, f.reply(*self.stamp(auth), None, 0x81828384, framed=False))
        self.assertEqual(last["status"], "SEC_E_OK")
        enc = Node(bytes.fromhex(last["output"])).get(2)
        part = Node(f.open(18, f.session_key, 12, enc.bytes(2)))
        # The initiator's own time, the acceptor's number, no subkey.
        self.assertEqual(part.bytes(0), Node(kf.when(f.now + 7)).value)
        self.assertEqual((part.int(3) & 0xffffffff, part.get(2)), (0x81828384, None))
        answer, _, auth = self.begin(["USE_DCE_STYLE"])
        bad = self.finish(answer, f.reply(*self.stamp(auth)))
        self.assertEqual(bad["status"], IT)

    def test_over(self):
        answer, _, auth = self.begin()
        token = self.forge.reply(*self.stamp(auth))
        self.assertEqual(self.finish(answer, token)["status"], "SEC_E_OK")
        self.assertEqual(self.finish(answer, token)["status"], "SEC_E_OUT_OF_SEQUENCE")
        self.drive.ok("sign", ctx=answer["ctx"], message="00")

    def test_altered(self):
        f = self.forge
        for i in range(len(f.reply(f.now, 1)) // 2):
            answer, _, auth = self.begin()
            token = bytearray.fromhex(f.reply(*self.stamp(auth)))
            token[min(i, len(token) - 1)] ^= 1
            self.assertNotEqual(self.finish(answer, token.hex())["status"], "SEC_E_OK", i)
            self.drive.ok("delete", ctx=answer["ctx"])


if __name__ == "__main__":
    unittest.main()
