# SPDX-License-Identifier: GPL-2.0-only
"""Negotiate with tokens that are malformed, altered, or come at the wrong time."""
import unittest

import spnego
from spnego import DONE, KRB5, MUTUAL, NTLM, TARGET, der, fields, init_token, load, resp_token


class Hostile(spnego.Base):
    def test_vectors_for_an_acceptor(self):
        inn, seen = self.inn(), 0
        for case in load("negative_spnego")["acceptor"]:
            answer = self.drive.call("accept", cred=inn, input=case["token"])
            self.assertEqual(answer["status"], case["expect"], case["id"])
            seen += 1
        self.assertEqual(seen, 18)

    def test_vectors_for_an_initiator(self):
        out, seen = self.out(), 0
        for case in load("negative_spnego")["initiator"]:
            first = self.drive.ok("initialize", cred=out, target=TARGET, req=MUTUAL)
            answer = self.drive.call("initialize", cred=out, ctx=first["ctx"],
                                     input=case["token"])
            self.assertEqual(answer["status"], case["expect"], case["id"])
            dead = self.drive.call("initialize", cred=out, ctx=first["ctx"], input="")
            self.assertEqual(dead["status"], "SEC_E_NO_CONTEXT")
            seen += 1
        self.assertEqual(seen, 5)

    def test_real_tokens(self):
        """Captures of Windows and MIT: what they are is understood, whatever it is."""
        go, py = (load("spnego_krb_samples")[x] for x in ("gokrb5", "pyspnego"))
        refused = ("SEC_E_LOGON_DENIED", "SEC_E_WRONG_PRINCIPAL", "SEC_E_NO_KERB_KEY",
                   "SEC_E_NO_CREDENTIALS", "SEC_E_UNKNOWN_CREDENTIALS")
        # The key of their services is not ours: the mechanism's own error, wrapped as they came.
        for token, wrapped in ((go["testGSSAPIInit"], True), (go["KRB5TokenHex"], False),
                               (py["initial_context_token_neg_token_init"], True),
                               (py["initial_context_token_krb_ap_req"], False)):
            answer = self.drive.call("accept", cred=self.inn(), input=token)
            self.assertIn(answer["status"], refused, answer)
            error = fields(answer["output"])[2] if wrapped else answer["output"]
            self.assertTrue(error.startswith("60"), answer)
        for token in (go["testNegTokenInit"], go["mhex"], py["krb_error"], py["krb_tgs_rep"],
                      py["initial_context_token_neg_token_init2"][:-2], py["ntlm_challenge"],
                      py["ntlm_authenticate"], py["krb_as_rep"], py["neg_token_resp"],
                      py["initial_context_token_krb_ap_rep"]):
            answer = self.drive.call("accept", cred=self.inn(), input=token)
            self.assertEqual(answer["status"], "SEC_E_INVALID_TOKEN", token[:40])
        answer = self.drive.ok("accept", cred=self.inn(), input=py["ntlm_negotiate"])
        self.assertTrue(answer["output"].startswith("4e544c4d53535000020000"))
        for token, status in ((py["neg_token_resp"], "SEC_E_MUTUAL_AUTH_FAILED"),
                              (go["testNegTokenResp"], "SEC_E_INVALID_TOKEN"),
                              (go["testGSSAPIInit"], "SEC_E_INVALID_TOKEN"),
                              (py["ntlm_challenge"], "SEC_E_INVALID_TOKEN"),
                              (py["initial_context_token_krb_ap_rep"], "SEC_E_INVALID_TOKEN")):
            out = self.out()
            first = self.drive.ok("initialize", cred=out, target=TARGET, req=MUTUAL)
            answer = self.drive.call("initialize", cred=out, ctx=first["ctx"], input=token)
            self.assertEqual(answer["status"], status, token[:40])

    def test_shapes(self):
        """Lists too long or with a bad OID, fields twice, hints, later versions."""
        ok, bad = "SEC_I_CONTINUE_NEEDED", "SEC_E_INVALID_TOKEN"
        for token, status in (
                (init_token([NTLM] * 32), ok), (init_token([NTLM] * 33), bad),
                (init_token([NTLM] * 5000), bad), (init_token(["", NTLM]), bad),
                (init_token(["2a80", NTLM]), bad), (init_token(["2a8001", NTLM]), bad),
                (init_token([NTLM, "2a" * 64]), ok), (init_token([NTLM, "2a" * 65]), bad),
                (init_token([NTLM], tail="a3063004a0021b00"), ok),
                (init_token([NTLM], tail="a3063004a0021b00a4050403616263"), ok),
                (init_token([NTLM], tail="a4050403616263"), ok),
                (init_token([NTLM], tail="a50304016100"), bad),
                (init_token([NTLM], tail="a503040161a603040161"), ok),
                (init_token([NTLM], tail=der("a0", der("30", der("06", NTLM)))), bad),
                (init_token([NTLM], tail="0500"), bad),
                (init_token([NTLM], tail="a1040302017f"), ok),
                (init_token([NTLM], tail="a2020400"), ok)):
            answer = self.drive.call("accept", cred=self.inn(), input=token)
            self.assertEqual(answer["status"], status, token[:120])

    def test_order(self):
        """Messages that come at the wrong time."""
        out, inn = self.out(["NTLM"]), self.inn()
        first = self.drive.ok("initialize", cred=out, target=TARGET, req=MUTUAL)
        second = self.drive.ok("accept", cred=inn, input=first["output"])
        again = self.drive.call("accept", cred=inn, ctx=second["ctx"], input=first["output"])
        self.assertEqual(again["status"], "SEC_E_INVALID_TOKEN")
        third = self.drive.ok("initialize", cred=out, ctx=first["ctx"], input=second["output"])
        late = self.drive.call("initialize", cred=out, ctx=first["ctx"], input=resp_token(3))
        self.assertEqual(late["status"], "SEC_E_INVALID_TOKEN")
        self.assertTrue(third["output"])
        bad = "SEC_E_INVALID_TOKEN"
        for reply, status in ((resp_token(0, NTLM), bad), (resp_token(1, NTLM), bad),
                              (resp_token(None, NTLM), bad), (resp_token(1), bad), ("", bad),
                              (resp_token(0, KRB5), "SEC_E_POLICY_NLTM_ONLY"),
                              (resp_token(1, NTLM, fields(second["output"])[2], "01" * 16),
                               "SEC_E_MESSAGE_ALTERED"),
                              (resp_token(0, NTLM, fields(second["output"])[2]), bad)):
            first = self.drive.ok("initialize", cred=out, target=TARGET, req=MUTUAL)
            answer = self.drive.call("initialize", cred=out, ctx=first["ctx"], input=reply)
            self.assertEqual(answer["status"], status, reply)
        for message, status in ((resp_token(1), bad), (resp_token(2), "SEC_E_LOGON_DENIED"),
                                (resp_token(1, KRB5), bad), ("", bad), (first["output"], bad),
                                (resp_token(1, token="", mic="01" * 16), bad)):
            first = self.drive.ok("initialize", cred=out, target=TARGET, req=MUTUAL)
            second = self.drive.ok("accept", cred=inn, input=first["output"])
            answer = self.drive.call("accept", cred=inn, ctx=second["ctx"], input=message)
            self.assertEqual(answer["status"], status, message)

    def test_token_in_place_of_the_mic(self):
        """Windows 2000 repeats its token there: it is no MIC, good or bad."""
        def tamper(leg, token):
            f = fields(token)
            return resp_token(int(f[0], 16), f[1], f[2], f[2]) if leg == 1 else token
        for packages, package in ((["NTLM"], "NTLM"), (["Kerberos"], "Kerberos")):
            answers, a, _ = self.legs(self.out(packages), self.inn(), tamper=tamper)
            self.assertEqual(answers[-1]["status"], "SEC_E_OK", answers[-1])
            self.assertEqual(self.used(a), package)

    def test_who_does_not_send_a_mic(self):
        """With a MIC in the AUTHENTICATE the acceptor waits for one over the list."""
        def tamper(leg, token):
            return resp_token(1, token=fields(token)[2]) if leg == 2 else token
        out, inn = self.out(["NTLM"]), self.inn()
        answers, _, b = self.legs(out, inn, tamper=tamper)
        self.assertEqual(answers[3]["status"], "SEC_I_CONTINUE_NEEDED")
        self.assertEqual(sorted(fields(answers[3]["output"])), [0, 3])
        self.assertEqual(fields(answers[3]["output"])[0], "01")
        answer = self.drive.call("accept", cred=inn, input=resp_token(1), **b)
        self.assertEqual(answer["status"], "SEC_E_MESSAGE_ALTERED")

    def test_every_bit(self):
        """
        Any bit of any token turned: somebody notices, or nothing came of it: the same
        package, the same key, and messages that pass.
        """
        noticed = harmless = 0
        for mine, ntlm, krb5 in ((["NTLM"], True, True), (["Kerberos"], True, True),
                                 (None, True, False), (["NTLM", "Kerberos"], False, True)):
            out, inn = self.out(mine), self.inn(ntlm=ntlm, krb5=krb5)
            plain, a, _ = self.legs(out, inn)
            package = self.used(a)
            for leg, answer in enumerate(plain):
                whole = answer["output"]
                # The mechanism's own tokens are its own tests' business: a bit a byte.
                inner = fields(whole).get(2, "") if whole else ""
                start = whole.find(inner) // 2 if inner else 0
                for at in range(len(whole) // 2):
                    inside = inner and start <= at < start + len(inner) // 2
                    if inside and at % 29:
                        continue
                    for bit in ((at % 8,) if inside else range(8)):
                        n, h = self.flip(out, inn, leg, at, bit, package)
                        noticed, harmless = noticed + n, harmless + h
        self.assertGreater(noticed, 3000)
        self.assertLess(harmless, noticed / 10)

    def flip(self, out, inn, leg, at, bit, package):
        def tamper(n, token):
            if n != leg:
                return token
            t = bytearray.fromhex(token)
            t[min(at, len(t) - 1)] ^= 1 << bit
            return t.hex()
        answers, a, b = self.legs(out, inn, tamper=tamper)
        good = answers[-1]["status"] == answers[-2]["status"] == "SEC_E_OK"
        if good:
            self.assertEqual((self.used(a), self.used(b)), (package, package), (leg, at, bit))
            self.assertEqual(self.key(a), self.key(b))
            self.messages(a, b)
        self.drop(a, b)
        return not good, good

    def test_cut_everywhere(self):
        out, inn = self.out(), self.inn()
        for leg, answer in enumerate(self.legs(out, inn)[0]):
            for keep in range(0, len(answer["output"]) // 2, 3):
                answers, a, b = self.legs(out, inn, tamper=lambda n, t: t[:2 * keep]
                                          if n == leg and keep else t if n != leg else "a1")
                self.assertNotIn(answers[-1]["status"], DONE, (leg, keep))
                self.drop(a, b)

if __name__ == "__main__":
    unittest.main()
