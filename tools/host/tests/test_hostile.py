# SPDX-License-Identifier: GPL-2.0-only
"""Tokens from an enemy, and allocations that fail."""
import json
import os
import struct
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../../drive")]
import ntlmref  # noqa: E402
from driver import ISC, USER, Drive, Pair  # noqa: E402

with open(os.path.join(HERE, "../../vectors/data/negative_ntlm_challenge.json"), encoding="utf-8") as f:
    NEGATIVE = json.load(f)["cases"]

GOOD = ("SEC_E_OK", "SEC_I_CONTINUE_NEEDED")


class Case(unittest.TestCase):
    def setUp(self):
        self.d = Drive()

    def tearDown(self):
        self.assertEqual(self.d.close(), (0, ""))

    def refused(self, answer, what):
        """A clear status, no token, a dead context."""
        self.assertNotIn(answer["status"], GOOD, what)
        self.assertIn(answer["status"], ("SEC_E_INVALID_TOKEN", "SEC_E_LOGON_DENIED", "SEC_E_MESSAGE_ALTERED",
                                         "SEC_E_UNSUPPORTED_FUNCTION", "SEC_E_SECURITY_QOS_FAILED",
                                         "SEC_E_BAD_BINDINGS", "SEC_E_TARGET_UNKNOWN", "SEC_E_ALGORITHM_MISMATCH",
                                         "SEC_E_WRONG_PRINCIPAL", "SEC_E_CONTEXT_EXPIRED"), what)
        self.assertTrue(answer["reason"], what)
        self.assertEqual(answer["output"], "", what)
        dead = self.d.call("query", ctx=answer["ctx"], attr="SESSION_KEY")
        self.assertEqual(dead["status"], "SEC_E_NO_CONTEXT", what)
        self.d.ok("delete", ctx=answer["ctx"])


class Negative(Case):
    def test_challenges(self):
        cred = self.d.ok("acquire", package="NTLM", use="outbound",
                         identity={"user": "svc_backup", "domain": "D", "password": "x"})["cred"]
        # As the file's note says; its good CHALLENGE grants SIGN and no SEAL.
        req = ISC
        count = 0
        for case in NEGATIVE:
            if case["give_to"] != "ntlm_initiator_challenge":
                continue
            count += 1
            with self.subTest(case=case["id"]):
                ctx = self.d.ok("initialize", cred=cred, req=req)["ctx"]
                answer = self.d.call("initialize", cred=cred, ctx=ctx, req=req, input=case["token"])
                wanted = [case["expect"], *case["also_ok"]]
                if any(good in case["expect"] for good in GOOD):
                    self.assertTrue(any(answer["status"] in w for w in wanted), (answer, case["why"]))
                    self.assertNotIn("CONFIDENTIALITY", answer["attr"])
                    answer = self.d.call("wrap", ctx=ctx, message="00")
                    self.assertEqual(answer["status"], "SEC_E_UNSUPPORTED_FUNCTION")
                elif answer["status"] in GOOD:
                    lax = any("accept" in w or "ignore" in w or "CONTINUE" in w for w in case["also_ok"])
                    self.assertTrue(lax, f"taken: {case['why']}; wanted {wanted}")
                else:
                    self.refused(answer, case["id"])
        self.assertEqual(count, 24)


class Mutations(Case):
    """Each byte flipped and each cut of each token of an exchange."""

    def legs(self, pair):
        first = self.d.ok("initialize", cred=pair.out, req=ISC, target="cifs/server")
        second = self.d.ok("accept", cred=pair.inn, req=ISC, input=first["output"])
        return first, second

    def finish(self, pair, second, token):
        return self.d.call("accept", cred=pair.inn, ctx=second["ctx"], req=ISC, input=token)

    def test_negotiate(self):
        """What the acceptor takes of a changed NEGOTIATE, the MIC refuses at the end."""
        pair = Pair(self.d)
        token = bytes.fromhex(self.d.ok("initialize", cred=pair.out, req=ISC)["output"])
        taken = 0
        for at in range(len(token)):
            for bit in (0x01, 0x80, 0xff):
                taken += self.negotiate(pair, token[:at] + bytes([token[at] ^ bit]) + token[at + 1:])
        # Shorter forms exist: 16, 32 and 40 bytes are complete messages.
        for cut in range(len(token)):
            taken += self.negotiate(pair, token[:cut])
        self.assertGreater(taken, 0)

    def negotiate(self, pair, changed):
        first = self.d.ok("initialize", cred=pair.out, req=ISC)
        answer = self.d.call("accept", cred=pair.inn, req=ISC, input=changed.hex())
        if answer["status"] not in GOOD:
            self.refused(answer, changed.hex())
            self.d.ok("delete", ctx=first["ctx"])
            return 0
        third = self.d.call("initialize", cred=pair.out, ctx=first["ctx"], req=ISC, input=answer["output"])
        if third["status"] not in GOOD:
            self.refused(third, changed.hex())
            self.d.ok("delete", ctx=answer["ctx"])
            return 1
        self.refused(self.finish(pair, answer, third["output"]), changed.hex())
        self.d.ok("delete", ctx=first["ctx"])
        return 1

    def test_challenge(self):
        """The initiator refuses, or the MIC over what it saw is refused."""
        pair = Pair(self.d)
        _, second = self.legs(pair)
        length = len(second["output"]) // 2
        refused = [0, 0]
        for at in range(length):
            for bit in (0x01, 0x80):
                refused[self.challenge(pair, at, bit)] += 1
        for cut in range(length):
            refused[self.challenge(pair, cut, None)] += 1
        self.assertGreater(min(refused), 0)

    def challenge(self, pair, at, bit):
        first, second = self.legs(pair)
        token = bytes.fromhex(second["output"])
        token = token[:at] if bit is None else token[:at] + bytes([token[at] ^ bit]) + token[at + 1:]
        third = self.d.call("initialize", cred=pair.out, ctx=first["ctx"], req=ISC, target="cifs/server",
                            input=token.hex())
        if third["status"] not in GOOD:
            self.refused(third, (at, bit))
            self.d.ok("delete", ctx=second["ctx"])
            return 0
        self.refused(self.finish(pair, second, third["output"]), (at, bit))
        self.d.ok("delete", ctx=first["ctx"])
        return 1

    def test_authenticate(self):
        """Every byte is under the MIC, so every change is refused."""
        pair = Pair(self.d, client={"workstation": "WS"})
        self.d.ok("env", now=1700000000, seed=1)
        first, second = self.legs(pair)
        third = self.d.ok("initialize", cred=pair.out, ctx=first["ctx"], req=ISC, target="cifs/server",
                          input=second["output"])
        token = bytes.fromhex(third["output"])
        control = self.again(pair, second, token)
        self.assertEqual(control["status"], "SEC_E_OK")
        for at in range(len(token)):
            for bit in (0x01, 0x10, 0x80):
                changed = token[:at] + bytes([token[at] ^ bit]) + token[at + 1:]
                self.refused(self.again(pair, second, changed), (at, bit))
        for cut in range(len(token)):
            self.refused(self.again(pair, second, token[:cut]), cut)
        for more in (b"\0", b"\xff" * 100, bytes(200000)):
            answer = self.again(pair, second, token + more)
            self.assertNotIn(answer["status"], GOOD, len(more))

    def again(self, pair, second, token):
        """A new acceptor context that has sent the same CHALLENGE."""
        negotiate = self.d.ok("initialize", cred=pair.out, req=ISC, target="cifs/server")
        answer = self.d.ok("accept", cred=pair.inn, req=ISC, input=negotiate["output"],
                           ntlm_challenge=second["output"])
        self.d.ok("delete", ctx=negotiate["ctx"])
        return self.d.call("accept", cred=pair.inn, ctx=answer["ctx"], req=ISC, input=token.hex())


class Attacks(Case):
    def test_drop_the_mic(self):
        """CVE-2019-1040: a MIC taken out of the message, with what says so outside of NTProofStr."""
        pair = Pair(self.d)

        def drop(leg, token):
            if leg != 2:
                return token
            raw = bytearray.fromhex(token)
            return (raw[:72] + bytes(16) + raw[88:]).hex()
        self.refused(pair.run(tamper=drop)[-1], "zeroed")

        def remove(leg, token):
            if leg != 2:
                return token
            raw = bytearray.fromhex(token)
            for field in range(12, 60, 8):
                offset = struct.unpack_from("<I", raw, field + 4)[0]
                struct.pack_into("<I", raw, field + 4, offset - 16)
            return (raw[:72] + raw[88:]).hex()
        self.refused(pair.run(tamper=remove)[-1], "removed")

    def test_replayed_authenticate(self):
        pair = Pair(self.d)
        answers = pair.run()
        first = self.d.ok("initialize", cred=pair.out, req=ISC)
        second = self.d.ok("accept", cred=pair.inn, req=ISC, input=first["output"])
        answer = self.d.call("accept", cred=pair.inn, ctx=second["ctx"], req=ISC, input=answers[2]["output"])
        self.refused(answer, "replay")

    def test_reflection(self):
        """Our own challenge, given back by another who has it from us."""
        pair = Pair(self.d)
        req = ["INTEGRITY"]
        first = self.d.ok("initialize", cred=pair.out, req=req)
        other = self.d.ok("initialize", cred=pair.out, req=ISC)
        second = self.d.ok("accept", cred=pair.inn, req=ISC, input=other["output"])
        answer = self.d.call("initialize", cred=pair.out, ctx=first["ctx"], req=req, input=second["output"])
        self.assertIn(answer["status"], ("SEC_E_LOGON_DENIED",), answer)

    def test_flags_of_the_authenticate(self):
        """Signed anew by who has the key, so that only the flags are judged."""
        for change, status in ((0, "SEC_E_OK"), (0x4000, "SEC_E_INVALID_TOKEN"), (0x80, "SEC_E_INVALID_TOKEN"),
                               (0x40, "SEC_E_INVALID_TOKEN"), (0x20000000, "SEC_E_SECURITY_QOS_FAILED"),
                               (0x80000, "SEC_E_SECURITY_QOS_FAILED"), (1, "SEC_E_INVALID_TOKEN")):
            pair, tokens = Pair(self.d), []

            def sign(leg, token, pair=pair, change=change, seen=tokens):
                if leg != 2:
                    seen.append(bytes.fromhex(token))
                    return token
                raw = bytearray.fromhex(token)
                raw[60:64] = struct.pack("<I", struct.unpack_from("<I", raw, 60)[0] ^ change)
                raw[72:88] = bytes(16)
                key = bytes.fromhex(self.d.ok("query", ctx=pair.a, attr="SESSION_KEY")["session_key"])
                raw[72:88] = ntlmref.hmac_md5(key, seen[0] + seen[1] + bytes(raw))
                return raw.hex()
            self.assertEqual(pair.run(tamper=sign)[-1]["status"], status, hex(change))

    def test_stale_challenge(self):
        self.d.ok("env", now=1700000000)
        pair = Pair(self.d)
        first = self.d.ok("initialize", cred=pair.out, req=ISC)
        second = self.d.ok("accept", cred=pair.inn, req=ISC, input=first["output"])
        third = self.d.ok("initialize", cred=pair.out, ctx=first["ctx"], req=ISC, input=second["output"])
        self.d.ok("env", now=1700000000 + 3600)
        answer = self.d.call("accept", cred=pair.inn, ctx=second["ctx"], req=ISC, input=third["output"])
        self.refused(answer, "stale")

    def test_tokens_out_of_place(self):
        pair = Pair(self.d)
        tokens = [a["output"] for a in pair.run()[:3]] + ["", "00" * 16, ntlmref.md4(b"x").hex() * 8]
        for i, token in enumerate(tokens):
            if i != 0:
                self.refused(self.d.call("accept", cred=pair.inn, req=ISC, input=token), ("accept", i))
            ctx = self.d.ok("initialize", cred=pair.out, req=ISC)["ctx"]
            if i != 1:
                self.refused(self.d.call("initialize", cred=pair.out, ctx=ctx, req=ISC, input=token), ("init", i))
            if i == 0:
                continue
            ctx = self.d.ok("accept", cred=pair.inn, req=ISC, input=tokens[0])["ctx"]
            self.refused(self.d.call("accept", cred=pair.inn, ctx=ctx, req=ISC, input=token), ("accept 2", i))


class Memory(unittest.TestCase):
    """The n-th allocation fails, for every n of a whole session."""

    def script(self, drive):
        """Every answer is a success, or says that there is no memory."""
        answers = []

        def call(op, **fields):
            answer = drive.call(op, **fields)
            answers.append(answer)
            return answer
        options = {"nb_computer": "S", "dns_domain": "d.example", "workstation": "W"}
        out = call("acquire", package="NTLM", use="outbound", identity=USER, options=options).get("cred", 0)
        inn = call("acquire", package="NTLM", use="inbound", accounts=[USER], options=options).get("cred", 0)
        a = call("initialize", cred=out, req=ISC, target="cifs/x", bindings="0011")
        b = call("accept", cred=inn, req=ISC, input=a["output"], bindings="0011")
        c = call("initialize", cred=out, ctx=a.get("ctx", 0), req=ISC, input=b["output"])
        call("accept", cred=inn, ctx=b.get("ctx", 0), req=ISC, input=c["output"])
        ctx = (a.get("ctx", 0), b.get("ctx", 0))
        for attr in ("NAMES", "NATIVE_NAMES", "CLIENT_SPECIFIED_TARGET", "SESSION_KEY"):
            call("query", ctx=ctx[1], attr=attr)
        token = call("wrap", ctx=ctx[0], message="0011").get("token", "")
        call("unwrap", ctx=ctx[1], token=token)
        token = call("sign", ctx=ctx[1], message="0011").get("token", "")
        call("verify", ctx=ctx[0], message="0011", token=token)
        call("export", ctx=ctx[0], what="keys")
        return answers

    def test_every_one(self):
        failures, n = 0, 1
        while True:
            with Drive(env={"KSSPI_HOST_FAIL_ALLOC": str(n)}) as drive:
                answers = self.script(drive)
                status, text = drive.close()
            self.assertEqual(status, 0, text)
            self.assertRegex(text, r"^sspi-drive: \d+ allocations(, one failed)?\n$")
            bad = [a for a in answers if a["status"] not in GOOD]
            if "failed" not in text:
                self.assertEqual(bad, [])
                break
            failures += 1
            if bad:
                self.assertEqual(bad[0]["status"], "SEC_E_INSUFFICIENT_MEMORY", (n, bad[0]))
            n += 1
        self.assertGreater(failures, 50)


if __name__ == "__main__":
    unittest.main()
