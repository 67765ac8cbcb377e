# SPDX-License-Identifier: GPL-2.0-only
"""The rules of the lines: what every request and every answer looks like."""
import errno
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../drive"))
from driver import ISC, PROGRAM, USER, Drive, Pair  # noqa: E402


class Case(unittest.TestCase):
    def setUp(self):
        self.d = Drive()

    def tearDown(self):
        self.assertEqual(self.d.close(), (0, ""))

    def status(self, answer, *names):
        self.assertIn(answer["status"], names, answer)
        return answer


class Requests(Case):
    def refused(self, line):
        answer = self.status(self.d.raw(line), "EINVAL")
        self.assertTrue(answer["error"])
        self.assertEqual(set(answer) - {"id"}, {"status", "error"})
        return answer

    def test_not_a_request(self):
        for line in (b"", b"{", b"[]", b"1", b"null", b"{}", b'{"op":1}', b'{"op":"nope"}',
                     b'{"op":"env"} x', b'{"op":"env","op":"env"}', b'{"op":"en\\u0000v"}',
                     b'{"op":"\xff"}', b'{"op":"env","now":99999999999999999999}',
                     b'{"op":"env","random":"0"}', b'{"op":"env","random":"0g"}',
                     b'{"op":"env","random":"AB"}', b'{"op":"env","random":1}',
                     b'{"op":"env","now":"x"}', b'{"op":"env","reset":1}',
                     b'{"op":"env","seed":-1}', b'{"op":"env","other":1}',
                     b'{"op":"delete"}', b'{"op":"delete","ctx":-1}', b'{"op":"delete","ctx":"1"}',
                     b'{"op":"acquire","package":"NTLM"}', b'{"op":"acquire","use":"both"}',
                     b'{"op":"acquire","package":"NTLM","use":"x"}',
                     b'{"op":"initialize","cred":1,"req":["NOPE"]}',
                     b'{"op":"initialize","cred":1,"req":"INTEGRITY"}',
                     b'{"op":"initialize","ctx":1}', b'{"op":"accept","cred":1,"target":"x"}',
                     b'{"op":"initialize","cred":1,"bindings":"00","bindings_struct":"00"}',
                     b'{"op":"query","ctx":1,"attr":"NOPE"}', b'{"op":"export","ctx":1,"what":"x"}',
                     b'{"op":"crypto","name":"nope","params":{}}', b'{"op":"crypto","name":"md4"}',
                     b'{"op":"crypto","name":"md4","params":{"data":"00","x":1}}',
                     b'{"op":"sign","ctx":1,"message":"00","qop":4294967296}',
                     b'{"op":"encrypt","ctx":1,"buffers":[{"type":"STREAM","data":""}]}',
                     b'{"op":"encrypt","ctx":1,"buffers":[{"type":"NOPE","data":""}]}',
                     b'{"op":"encrypt","ctx":1,"buffers":[{"type":"DATA"}]}',
                     b'{"op":"encrypt","ctx":1,"buffers":{}}', b'{"op":"verify","ctx":1,"message":""}'):
            with self.subTest(line=line):
                self.refused(line)

    def test_acquire_fields(self):
        for more in ({"identity": []}, {"identity": {"user": 1}}, {"identity": {"name": "x"}},
                     {"identity": {"user": "a\0b", "password": "x"}},
                     {"identity": {"user": "x", "password": "x", "nt_hash": "00" * 16}},
                     {"accounts": {}}, {"accounts": [1]}, {"keytab": "0"}, {"ccache": 1},
                     {"options": {"nope": 1}}, {"options": {"lm_compat": "3"}},
                     {"options": {"require_mic": 1}}, {"options": {"max_skew": True}},
                     {"options": {"enctypes": ["x"]}}, {"packages": "NTLM"}):
            with self.subTest(more=more):
                self.status(self.d.call("acquire", package="NTLM", use="both", **more), "EINVAL")

    def test_named_but_lacking(self):
        for line in ({"op": "import", "package": "Kerberos", "role": "initiator", "enctype": 1,
                      "key": ""},
                     {"op": "acquire", "package": "WDigest", "use": "outbound"},
                     {"op": "acquire", "package": "Schannel", "use": "inbound"},
                     {"op": "crypto", "name": "prf", "params": {"enctype": 24, "key": "", "data": ""}}):
            answer = self.status(self.d.raw(json.dumps(line).encode()), "ENOSYS")
            self.assertTrue(answer["error"])
        self.status(self.d.call("acquire", package="nobody", use="both"), "SEC_E_SECPKG_NOT_FOUND")

    def test_options_of_others_are_no_error(self):
        self.d.ok("acquire", package="NTLM", use="outbound", identity=USER, options={
            "enctypes": [18], "max_skew": 5, "transport": "script", "canonicalize": False,
            "armor": "", "for_user": "a@B"})

    def test_id(self):
        for ident in (1, "x", None, [1, {"a": 2}], 1.5, 2 ** 62):
            self.assertEqual(self.d.call("env", id=ident)["id"], ident)
            self.assertEqual(self.d.call("nope", id=ident)["id"], ident)
        self.assertNotIn("id", self.d.call("env"))

    def test_long_lines(self):
        room = 4 * 1024 * 1024
        line = b'{"op":"env","random":"' + b"0" * (room - 24) + b'"}'
        self.assertEqual(len(line), room)
        self.assertEqual(self.d.raw(line)["random_left"], (room - 24) // 2)
        self.refused(line + b" ")
        self.refused(b"x" * (3 * room))
        self.status(self.d.call("env"), "SEC_E_OK")

    def test_end_of_input(self):
        run = subprocess.run([PROGRAM, "--host"], input=b"", capture_output=True, check=True)
        self.assertEqual((run.stdout, run.stderr), (b"", b""))
        run = subprocess.run([PROGRAM, "--host"], input=b'{"op":"env"}', capture_output=True, check=True)
        self.assertEqual(run.stdout, b'{"status":"SEC_E_OK","random_left":0}\n')

    def test_trace(self):
        with tempfile.TemporaryDirectory() as tmp:
            path = os.path.join(tmp, "trace")
            with Drive("--host", "--trace", path) as d:
                d.call("env", id=7)
            with open(path, encoding="utf-8") as f:
                sent, got = f.read().splitlines()
        self.assertEqual(json.loads(sent[2:])["id"], 7)
        self.assertEqual((sent[:2], got[:2]), ("> ", "< "))


class Env(Case):
    def test_clock_and_randomness(self):
        call = self.d.call
        self.assertEqual(call("env", random="00" * 24)["random_left"], 24)
        self.assertEqual(call("env", now=1700000000.123456)["random_left"], 24)
        pair = Pair(self.d)
        answers = pair.run()
        self.assertEqual(answers[1]["output"][48:64], "00" * 8)
        # The client has 16 left for 24: nothing goes out, and nothing is drawn for the key.
        self.status(answers[2], "SEC_E_INTERNAL_ERROR")
        self.assertEqual(answers[2]["output"], "")
        self.assertIn("ctx", answers[2])
        time = int.from_bytes(bytes.fromhex(answers[1]["output"])[-12:-4], "little")
        self.assertEqual(time, 116444736000000000 + 17000000001234560)

    def test_seed_goes_on(self):
        def tokens():
            self.d.ok("env", reset=True)
            self.d.ok("env", now=1700000000, random="0102030405060708", seed=5)
            return [a["output"] for a in Pair(self.d).run()]
        first = tokens()
        self.assertEqual(first, tokens())
        self.assertIn("0102030405060708", first[1])
        self.d.ok("env", seed="05")
        self.d.ok("env", now=0)
        self.assertEqual(self.d.ok("env")["random_left"], 0)
        self.assertNotEqual(Pair(self.d).run()[1]["output"], first[1])

    def test_reset(self):
        pair = Pair(self.d)
        pair.run()
        answer = self.d.ok("env", reset=True, random="00")
        self.assertEqual(answer["random_left"], 1)
        for op, field, number in (("delete", "ctx", pair.a), ("free", "cred", pair.out)):
            self.status(self.d.call(op, **{field: number}), "SEC_E_INVALID_HANDLE")
        new = Pair(self.d)
        self.assertGreater(new.out, pair.b)


class Answers(Case):
    def test_errnos(self):
        """Every name of an errno, with which a KDC may have been missed."""
        names = [name for name in dir(errno) if name.startswith("E")]
        self.assertGreater(len(names), 100)
        for name in names:
            self.status(self.d.call("io_reply", ctx=1, error=name), "SEC_E_INVALID_HANDLE")
        for name in ("", "0", "ENOPE", "etimedout", "110"):
            self.status(self.d.call("io_reply", ctx=1, error=name), "EINVAL")

    def test_what_fails_tells_nothing(self):
        pair = Pair(self.d)
        ctx = self.d.ok("initialize", cred=pair.out)["ctx"]
        for attr in ("SESSION_KEY", "SIZES", "NAMES", "FLAGS", "SIDS", "NEGO_STATUS", "STREAM_SIZES"):
            for handle in (ctx, 99):
                answer = self.d.call("query", ctx=handle, attr=attr)
                self.assertEqual(set(answer), {"status", "reason"}, answer)


class Handles(Case):
    def test_dead_handles(self):
        pair = Pair(self.d)
        pair.run()
        self.d.ok("delete", ctx=pair.a)
        for op, fields in (("delete", {}), ("query", {"attr": "SIZES"}), ("sign", {"message": ""}),
                           ("export", {"what": "keys"}), ("complete", {"token": ""}),
                           ("unwrap", {"token": ""}), ("encrypt", {"buffers": []}),
                           ("initialize", {"cred": pair.out})):
            answer = self.status(self.d.call(op, ctx=pair.a, **fields), "SEC_E_INVALID_HANDLE")
            self.assertTrue(answer["reason"])
            if op in ("initialize", "complete"):
                self.assertEqual(answer["output"], "")
        for cred in (0, 99, pair.b, 2 ** 62):
            self.status(self.d.call("initialize", cred=cred), "SEC_E_INVALID_HANDLE")
        # A context outlives its credential.
        self.d.ok("free", cred=pair.inn)
        self.d.ok("query", ctx=pair.b, attr="SESSION_KEY")
        self.status(self.d.call("free", cred=pair.inn), "SEC_E_INVALID_HANDLE")

    def test_roles(self):
        pair = Pair(self.d)
        self.status(self.d.call("accept", cred=pair.out, input="00"), "SEC_E_UNKNOWN_CREDENTIALS")
        self.status(self.d.call("initialize", cred=pair.inn), "SEC_E_UNKNOWN_CREDENTIALS")
        first = self.d.ok("initialize", cred=pair.out)
        self.status(self.d.call("accept", cred=pair.inn, ctx=first["ctx"], input="00"),
                    "SEC_E_INVALID_HANDLE")
        other = Pair(self.d)
        answer = self.d.call("initialize", cred=other.out, ctx=first["ctx"], input="00")
        self.status(answer, "SEC_E_WRONG_CREDENTIAL_HANDLE")
        self.assertEqual(answer["ctx"], first["ctx"])

    def test_failed_context(self):
        pair = Pair(self.d)
        first = self.d.ok("initialize", cred=pair.out)
        answer = self.d.call("initialize", cred=pair.out, ctx=first["ctx"], input="00")
        self.status(answer, "SEC_E_INVALID_TOKEN")
        self.assertEqual((answer["ctx"], answer["output"]), (first["ctx"], ""))
        self.assertTrue(answer["reason"])
        for op, fields in (("query", {"attr": "SESSION_KEY"}), ("query", {"attr": "PACKAGE_INFO"}),
                           ("export", {"what": "session_key"}), ("export", {"what": "keys"}),
                           ("sign", {"message": ""}), ("wrap", {"message": ""}),
                           ("verify", {"message": "", "token": ""}), ("unwrap", {"token": ""}),
                           ("initialize", {"cred": pair.out, "input": "00"})):
            answer = self.status(self.d.call(op, ctx=first["ctx"], **fields), "SEC_E_NO_CONTEXT")
            self.assertTrue(answer["reason"])
        self.d.ok("delete", ctx=first["ctx"])

    def test_a_first_leg_that_fails_has_a_context(self):
        pair = Pair(self.d)
        answer = self.status(self.d.call("accept", cred=pair.inn, input=""), "SEC_E_INVALID_TOKEN")
        self.d.ok("delete", ctx=answer["ctx"])
        answer = self.status(self.d.call("accept", cred=pair.inn), "SEC_E_INVALID_TOKEN")
        self.d.ok("delete", ctx=answer["ctx"])
        self.assertEqual(answer["output"], "")
        answer = self.status(self.d.call("initialize", cred=pair.out, target="x" * 5000), "SEC_E_INVALID_PARAMETER")
        self.assertEqual((answer["output"], answer["attr"]), ("", []))
        self.assertNotIn("ctx", answer)

    def test_before_and_after(self):
        pair = Pair(self.d)
        ctx = self.d.ok("initialize", cred=pair.out)["ctx"]
        for attr in ("SESSION_KEY", "SIZES", "NAMES", "FLAGS", "LIFESPAN", "KEY_INFO"):
            self.status(self.d.call("query", ctx=ctx, attr=attr), "SEC_E_OUT_OF_SEQUENCE")
        self.assertEqual(self.d.ok("query", ctx=ctx, attr="NEGOTIATION_INFO")["state"], "IN_PROGRESS")
        self.assertEqual(self.d.ok("query", ctx=ctx, attr="PACKAGE_INFO")["name"], "NTLM")
        self.status(self.d.call("sign", ctx=ctx, message=""), "SEC_E_OUT_OF_SEQUENCE")
        answers = pair.run()
        again = self.d.call("initialize", cred=pair.out, ctx=pair.a, input=answers[1]["output"])
        self.status(again, "SEC_E_OUT_OF_SEQUENCE")
        self.d.ok("query", ctx=pair.a, attr="SESSION_KEY")
        self.status(self.d.call("complete", ctx=pair.a, token=""), "SEC_E_UNSUPPORTED_FUNCTION",
                    "SEC_E_OUT_OF_SEQUENCE")
        self.status(self.d.call("query", ctx=pair.a, attr="STREAM_SIZES"), "SEC_E_UNSUPPORTED_FUNCTION")
        self.status(self.d.call("export", ctx=pair.a, what="subkey"), "SEC_E_UNSUPPORTED_FUNCTION")

    def test_limits(self):
        pair = Pair(self.d)
        ctx = self.d.ok("initialize", cred=pair.out)["ctx"]
        big = self.d.call("initialize", cred=pair.out, ctx=ctx, input="00" * (128 * 1024 + 1))
        self.status(big, "SEC_E_INVALID_TOKEN")
        self.status(self.d.call("initialize", cred=pair.out, target="x" * 4097), "SEC_E_INVALID_PARAMETER")
        self.status(self.d.call("acquire", package="NTLM", use="inbound",
                                accounts=[USER] * 1025), "SEC_E_INVALID_PARAMETER")
        self.status(self.d.call("acquire", package="NTLM", use="outbound",
                                identity={"user": "u", "nt_hash": "00"}), "SEC_E_INVALID_PARAMETER")
        self.status(self.d.call("acquire", package="NTLM", use="outbound", identity=USER,
                                options={"lm_compat": 6}), "SEC_E_INVALID_PARAMETER")
        self.status(self.d.call("initialize", cred=pair.out, req=["STREAM"]), "SEC_E_UNSUPPORTED_FUNCTION")
        answer = self.d.ok("initialize", cred=pair.out, req=ISC + ["ALLOCATE_MEMORY"])
        self.assertIn("ALLOCATED_MEMORY", answer["attr"])


class Crypto(Case):
    def test_names(self):
        for name, params, want in (
                ("md4", {"data": ""}, "31d6cfe0d16ae931b73c59d7e0c089c0"),
                ("md4", {"data": "616263"}, "a448017aaf21d8525fc10ae87aa6729d"),
                ("ntowfv1", {"password": "Password"}, "a4f49c406510bdcab6824ee7c30fd852"),
                ("ntowfv2", {"user": "User", "domain": "Domain", "password": "Password"},
                 "0c868a403bfd7a93a3001ef22ef02e3f")):
            self.assertEqual(self.d.ok("crypto", name=name, params=params)["result"], want)


if __name__ == "__main__":
    unittest.main()
