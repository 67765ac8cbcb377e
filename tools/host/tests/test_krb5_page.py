# SPDX-License-Identifier: GPL-2.0-only
"""Kerberos through sspi-drive, sentence by sentence: draws, sizes, protection, lifetimes, credentials."""
import unittest

import krb5forge as kf
from driver import Drive
from krb5forge import Forge

FLAGS = ["MUTUAL_AUTH", "REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "INTEGRITY"]
SEED = {16: 21, 17: 16, 18: 32, 19: 16, 20: 32, 23: 16, 25: 16, 26: 32}
CONF = {16: 8, 23: 8}
NOT_THERE = "SEC_E_NO_CREDENTIALS"


class Case(unittest.TestCase):
    def setUp(self):
        self.drive = Drive()
        self.addCleanup(self.close)

    def close(self):
        self.assertEqual(self.drive.close(), (0, ""))

    def forge(self, enctype=18):
        f = Forge(self.drive, enctype)
        self.drive.ok("env", now=f.now)
        return f

    def acquire(self, use, **more):
        return self.drive.call("acquire", package="Kerberos", use=use, **more)

    def pair(self, f, req=None, options=None, **more):
        """Contexts of both sides after an exchange with a forged ticket."""
        options = options or {"enctypes": [f.enctype]}
        out = self.acquire("outbound", ccache=f.cache(**more), options=options)["cred"]
        inn = self.acquire("inbound", keytab=f.keytab(), options=options)["cred"]
        req = FLAGS if req is None else req
        first = self.drive.ok("initialize", cred=out, target="host/srv.test", req=req)
        there = self.drive.ok("accept", cred=inn, input=first["output"])
        last = there
        if there["output"]:
            last = self.drive.ok("initialize", cred=out, ctx=first["ctx"], input=there["output"])
        if last["output"] and last is not there:
            there = self.drive.ok("accept", cred=inn, ctx=there["ctx"], input=last["output"])
        self.assertEqual((last["status"], there["status"]), ("SEC_E_OK", "SEC_E_OK"))
        return first["ctx"], there["ctx"]

    def drawn(self, call, *args, **fields):
        """How many random octets a call takes."""
        self.drive.ok("env", random="5a" * 400)
        answer = self.drive.ok(call, *args, **fields)
        return answer, 400 - self.drive.call("env", seed=1)["random_left"]


class Draws(Case):
    def test_exchange(self):
        """AP-REQ: seed, 4, confounder; AP-REP: seed only if sent, 4, confounder; third leg: confounder."""
        for enctype, seed in SEED.items():
            f, conf = self.forge(enctype), CONF.get(enctype, 16)
            sends = enctype not in CONF  # its own subkey
            options = {"enctypes": [enctype]}
            for req, reply, third in ((FLAGS, True, False), (FLAGS + ["USE_DCE_STYLE"], True, True), (FLAGS[1:], False, False)):
                out = self.acquire("outbound", ccache=f.cache(), options=options)["cred"]
                inn = self.acquire("inbound", keytab=f.keytab(), options=options)["cred"]
                first, took = self.drawn("initialize", cred=out, target="host/srv.test", req=req)
                self.assertEqual(took, seed + 4 + conf, enctype)
                there, took = self.drawn("accept", cred=inn, input=first["output"])
                self.assertEqual(took, (seed * sends + 4 + conf) * reply, enctype)
                if reply:
                    _, took = self.drawn("initialize", cred=out, ctx=first["ctx"], input=there["output"])
                    self.assertEqual(took, conf * third, enctype)

    def test_messages(self):
        """8 octets for enctypes 16 and 23, also unsealed; 16 for others, only sealed."""
        for enctype in SEED:
            a, b = self.pair(self.forge(enctype))
            for conf in (True, False):
                want = 8 if enctype in CONF else 16 * conf
                token, took = self.drawn("wrap", ctx=a, message="0011", conf=conf)
                self.assertEqual(took, want, enctype)
                self.assertEqual(self.drawn("unwrap", ctx=b, token=token["token"])[1], 0)
            self.assertEqual(self.drawn("sign", ctx=a, message="00")[1], 0)

    def test_no_randomness(self):
        """The step fails, and a message that was not made has taken no number."""
        f = self.forge()
        a, b = self.pair(f)
        self.drive.ok("env")
        self.drive.ok("env", now=f.now, random="00" * 15)
        self.assertEqual(self.drive.call("wrap", ctx=a, message="00")["status"], "SEC_E_INTERNAL_ERROR")
        self.drive.ok("env")
        self.drive.ok("env", now=f.now)
        token = self.drive.ok("wrap", ctx=a, message="00")["token"]
        self.assertEqual(self.drive.ok("unwrap", ctx=b, token=token)["message"], "00")


class Sizes(Case):
    def test_of_the_key_in_use(self):
        """What SIZES says is what tokens have, also when the acceptor's subkey is of another type."""
        for enctype, options, used in ([(e, [e], e) for e in SEED] + [(18, [20, 18], 20), (17, [19, 17], 19), (23, [17, 23], 17)]):
            for req in (FLAGS, FLAGS + ["USE_DCE_STYLE"]):
                f = self.forge(enctype)
                a, b = self.pair(f, req, {"enctypes": options})
                sizes = self.drive.ok("query", ctx=a, attr="SIZES")
                self.assertEqual(sizes, self.drive.ok("query", ctx=b, attr="SIZES"))
                self.assertEqual(sizes["max_token"], 48000)
                key = self.drive.ok("query", ctx=a, attr="SESSION_KEY")["session_key"]
                self.assertEqual(len(key) // 2, kf.KEYS[used])
                for message in ("", "00" * 1000):
                    token = self.drive.ok("sign", ctx=a, message=message)["token"]
                    self.assertEqual(len(token) // 2, sizes["max_signature"])
                    self.drive.ok("verify", ctx=b, message=message, token=token)
                    parts = [{"type": "DATA", "data": message}, {"type": "PADDING", "data": "00" * sizes["block_size"]}]
                    for parts in (parts[:1], parts) if used != 16 else (parts,):
                        sealed = self.drive.ok("encrypt", ctx=a, buffers=parts)["buffers"]
                        self.assertLessEqual(len(sealed[0]["data"]) // 2, sizes["security_trailer"])
                        plain = self.drive.ok("decrypt", ctx=b, buffers=sealed)["buffers"]
                        self.assertEqual(plain[1]["data"], message)

    def test_others(self):
        a, b = self.pair(self.forge())
        for ctx in (a, b):
            info = self.drive.ok("query", ctx=ctx, attr="PACKAGE_INFO")
            self.assertEqual((info["name"], info["rpcid"], info["max_token"]), ("Kerberos", 16, 48000))
            self.assertEqual(self.drive.ok("query", ctx=ctx, attr="KEY_INFO")["key_size"], 256)
            self.assertEqual(self.drive.ok("query", ctx=ctx, attr="NEGOTIATION_INFO")["state"], "COMPLETE")
            self.assertEqual(self.drive.call("query", ctx=ctx, attr="STREAM_SIZES")["status"], "SEC_E_UNSUPPORTED_FUNCTION")
        keys = [self.drive.ok("export", ctx=c, what="subkey") for c in (a, b)]
        for name in ("initiator_subkey", "initiator_enctype", "acceptor_subkey", "acceptor_enctype"):
            self.assertEqual(keys[0][name], keys[1][name])

    def test_before_the_end(self):
        f = self.forge()
        out = self.acquire("outbound", ccache=f.cache())["cred"]
        ctx = self.drive.ok("initialize", cred=out, target="host/srv.test", req=FLAGS)["ctx"]
        for attr in ("SESSION_KEY", "SIZES", "NAMES", "FLAGS", "LIFESPAN"):
            self.assertEqual(self.drive.call("query", ctx=ctx, attr=attr)["status"], "SEC_E_OUT_OF_SEQUENCE")
        self.assertEqual(self.drive.ok("query", ctx=ctx, attr="NEGOTIATION_INFO")["state"], "IN_PROGRESS")
        self.assertEqual(self.drive.call("sign", ctx=ctx, message="")["status"], "SEC_E_OUT_OF_SEQUENCE")


class Protection(Case):
    def test_not_negotiated(self):
        """Without CONFIDENTIALITY nothing is sealed, without INTEGRITY nothing signed."""
        for req, sealed, signed in ((["INTEGRITY"], False, True), (["REPLAY_DETECT"], False, True), ([], False, False),
                                    (["CONFIDENTIALITY"], True, True), (["INTEGRITY", "NO_INTEGRITY"], False, False)):
            for ctx in self.pair(self.forge(), req):
                for op, good in (({"op": "wrap", "message": "00"}, sealed), ({"op": "wrap", "message": "00", "conf": False}, signed),
                                 ({"op": "sign", "message": "00"}, signed)):
                    status = self.drive.call(op.pop("op"), ctx=ctx, **op)["status"]
                    self.assertEqual(status, "SEC_E_OK" if good else "SEC_E_UNSUPPORTED_FUNCTION", (req, op))

    def test_quality(self):
        a, b = self.pair(self.forge())
        data = [{"type": "DATA", "data": "aa"}]
        for qop in (1, 0x40000000, 2 ** 32 - 1):
            self.assertEqual(self.drive.call("encrypt", ctx=a, buffers=data, qop=qop)["status"], "SEC_E_QOP_NOT_SUPPORTED")
            self.assertEqual(self.drive.call("sign", ctx=a, message="", qop=qop)["status"], "SEC_E_QOP_NOT_SUPPORTED")
        self.assertEqual(self.drive.call("sign", ctx=a, message="", qop=2147483649)["status"], "SEC_E_QOP_NOT_SUPPORTED")
        for conf, qop in ((True, 0), (False, 2147483649)):
            token = self.drive.ok("wrap", ctx=a, message="aa", conf=conf)["token"]
            got = self.drive.ok("unwrap", ctx=b, token=token)
            self.assertEqual((got["conf"], got["qop"]), (conf, qop))
        # One who wants it sealed does not take it unsealed.
        token = self.drive.ok("wrap", ctx=a, message="aa", conf=False)["token"]
        self.assertEqual(self.drive.call("unwrap", ctx=b, token=token, conf=True)["status"], "SEC_E_QOP_NOT_SUPPORTED")

    def test_forms_are_not_mixed(self):
        """A signature is no wrapped message; a token of the other direction, key or form is none."""
        f = self.forge()
        a, b = self.pair(f)
        mic = self.drive.ok("sign", ctx=a, message="aa")["token"]
        wrapped = self.drive.ok("wrap", ctx=a, message="aa", conf=False)["token"]
        old = self.drive.ok("import", package="Kerberos", role="initiator", enctype=23, key="00" * 16)["ctx"]
        other = self.drive.ok("import", package="Kerberos", role="initiator", enctype=18, key="00" * 32)["ctx"]
        for token in (mic, self.drive.ok("sign", ctx=b, message="aa")["token"], self.drive.ok("wrap", ctx=b, message="aa")["token"],
                      self.drive.ok("wrap", ctx=old, message="aa")["token"], self.drive.ok("wrap", ctx=other, message="aa")["token"]):
            self.assertEqual(self.drive.call("unwrap", ctx=b, token=token)["status"], "SEC_E_MESSAGE_ALTERED")
        for token in (wrapped, self.drive.ok("sign", ctx=old, message="aa")["token"], self.drive.ok("sign", ctx=other, message="aa")["token"]):
            self.assertEqual(self.drive.call("verify", ctx=b, message="aa", token=token)["status"], "SEC_E_MESSAGE_ALTERED")
        # None of them has moved the window.
        self.drive.ok("verify", ctx=b, message="aa", token=mic)
        self.drive.ok("unwrap", ctx=b, token=wrapped)

    def test_datagram(self):
        f = self.forge()
        out = self.acquire("outbound", ccache=f.cache())["cred"]
        inn = self.acquire("inbound", keytab=f.keytab())["cred"]
        first = self.drive.ok("initialize", cred=out, target="host/srv.test", req=["INTEGRITY", "DATAGRAM"])
        there = self.drive.ok("accept", cred=inn, input=first["output"], req=["DATAGRAM"])
        self.assertIn("DATAGRAM", there["attr"])
        for seq in (7, 7, 3, 2 ** 32 - 1):
            token = self.drive.ok("sign", ctx=first["ctx"], message="aa", seq=seq)["token"]
            self.drive.ok("verify", ctx=there["ctx"], message="aa", token=token, seq=seq)
            bad = self.drive.call("verify", ctx=there["ctx"], message="aa", token=token, seq=seq ^ 1)
            self.assertEqual(bad["status"], "SEC_E_OUT_OF_SEQUENCE")

    def test_import(self):
        """Flags imply integrity as in a negotiation; without REPLAY and SEQUENCE numbers are not checked."""
        for role in ("initiator", "acceptor"):
            for flags in (["REPLAY_DETECT"], ["SEQUENCE_DETECT"], ["CONFIDENTIALITY"]):
                ctx = self.drive.ok("import", package="Kerberos", role=role, enctype=18, key="11" * 32, flags=flags)["ctx"]
                self.assertEqual(self.drive.ok("query", ctx=ctx, attr="FLAGS")["flags"], flags + ["INTEGRITY"])
                self.drive.ok("sign", ctx=ctx, message="")
        for bad in ({"key": "00"}, {"key": ""}, {"key": "00" * 33}):
            answer = self.drive.call("import", package="Kerberos", role="acceptor", enctype=18, **bad)
            self.assertEqual(answer["status"], "SEC_E_INVALID_PARAMETER")


class Lifetime(Case):
    def test_expiry(self):
        f = self.forge()
        a, b = self.pair(f, end=f.now + 36000)
        for ctx in (a, b):
            self.assertEqual(self.drive.ok("query", ctx=ctx, attr="LIFESPAN")["expiry"], f.now + 36000)
        token = self.drive.ok("wrap", ctx=a, message="aa")["token"]
        self.drive.ok("env", now=f.now + 36000)
        for answer in (self.drive.call("wrap", ctx=a, message="aa"), self.drive.call("unwrap", ctx=b, token=token),
                       self.drive.call("sign", ctx=b, message="aa")):
            self.assertEqual(answer["status"], "SEC_E_CONTEXT_EXPIRED")
        self.drive.ok("env", now=f.now + 35999)
        self.assertEqual(self.drive.ok("unwrap", ctx=b, token=token)["message"], "aa")

    def test_start(self):
        """That of the ticket, or, where it has none, when the client was authenticated."""
        f = self.forge()
        for more, start in (({"auth": f.now - 200, "start": f.now - 100}, f.now - 100), ({"auth": f.now - 200}, f.now - 200)):
            for req in (FLAGS, FLAGS + ["USE_DCE_STYLE"], FLAGS[1:]):
                for ctx in self.pair(f, req, ticket=f.ticket(**more), start=start):
                    self.assertEqual(self.drive.ok("query", ctx=ctx, attr="LIFESPAN"),
                                     {"status": "SEC_E_OK", "start": start, "expiry": f.now + 36000})

    def test_credential_outlived(self):
        f = self.forge()
        a, b = self.pair(f)
        for cred in range(1, 20):
            self.drive.call("free", cred=cred)
        token = self.drive.ok("wrap", ctx=a, message="aa")["token"]
        self.assertEqual(self.drive.ok("unwrap", ctx=b, token=token)["message"], "aa")


class Credentials(Case):
    def test_inbound(self):
        f = self.forge()
        good = f.keytab()
        des = kf.keytab(kf.keytab_entry(f.service, 3, bytes(8), 1))
        for more in ({}, {"keytab": ""}, {"keytab": "0502"}, {"keytab": "0501" + good[4:]}, {"keytab": good[:-2]}, {"keytab": des},
                     {"keytab": good, "principal": "cifs/srv.test"}, {"keytab": good, "principal": "host/srv.test@OTHER.TEST"},
                     {"accounts": [{"user": "a", "domain": "", "password": "b"}]}):
            self.assertEqual(self.acquire("inbound", **more)["status"], NOT_THERE, more)
        for more in ({}, {"principal": "host/srv.test"}, {"principal": "host/srv.test@FORGE.TEST"}):
            self.assertEqual(self.acquire("inbound", keytab=good, **more)["status"], "SEC_E_OK")
        mixed = f.keytab(kf.keytab_entry(f.service, 3, bytes(8), 1))
        self.assertEqual(self.acquire("inbound", keytab=mixed)["status"], "SEC_E_OK")

    def test_outbound(self):
        f = self.forge()
        good = f.cache()
        only_config = kf.cache("alice", ("krb5_ccache_conf_data/fast_avail", 0, b"", b"yes", 0, 0, 0, b"X-CACHECONF:"))
        for more in ({}, {"ccache": ""}, {"ccache": "0504"}, {"ccache": good[:-2]}, {"ccache": "0503" + good[4:]},
                     {"ccache": only_config}, {"ccache": kf.cache("alice")}):
            self.assertEqual(self.acquire("outbound", **more)["status"], NOT_THERE, more)
        out = self.acquire("outbound", ccache=good)["cred"]
        inn = self.acquire("inbound", keytab=f.keytab())["cred"]
        for call, cred in (("accept", out), ("initialize", inn)):
            more = {"input": f.token()} if call == "accept" else {"target": "host/srv.test"}
            self.assertEqual(self.drive.call(call, cred=cred, **more)["status"], "SEC_E_UNKNOWN_CREDENTIALS")
        both = self.acquire("both", ccache=good, keytab=f.keytab())["cred"]
        first = self.drive.ok("initialize", cred=both, target="host/srv.test", req=FLAGS)
        self.drive.ok("accept", cred=both, input=first["output"])
        ctx = first["ctx"]
        self.assertEqual(self.drive.call("initialize", cred=out, ctx=ctx, input="00")["status"], "SEC_E_WRONG_CREDENTIAL_HANDLE")


if __name__ == "__main__":
    unittest.main()
