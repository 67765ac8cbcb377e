# SPDX-License-Identifier: GPL-2.0-only
"""Negotiate with ourselves: lists, choices, flags, bindings, other forms of tokens."""
import unittest

import spnego
from driver import ISC, Drive
from spnego import DONE, KRB5, MS_KRB5, MUTUAL, NEGOEX, NTLM, NTLM_USER, TARGET, fields, init_token, load, read, resp_token


class Choices(spnego.Base):
    def test_every_combination(self):
        """What both have, in the initiator's order, however each side came by it."""
        lists = (None, ["Kerberos"], ["NTLM"], ["kerberos", "ntlm"], ["NTLM", "Kerberos"],
                 ["!NTLM"], ["Kerberos", "NTLM", "!kerberos"])
        offers = {None: "KN", "Kerberos": "K", "NTLM": "N", "kerberos,ntlm": "KN",
                  "NTLM,Kerberos": "NK", "!NTLM": "K", "Kerberos,NTLM,!kerberos": "N"}
        seen = 0
        for mine in lists:
            for ntlm, krb5 in ((True, True), (True, False), (False, True)):
                offer = offers[",".join(mine) if mine else None]
                if not [p for p in offer if (ntlm if p == "N" else krb5)]:
                    continue
                for req in (MUTUAL, ISC):
                    out, inn = self.out(mine), self.inn(mine and [p.strip("!") for p in mine if
                                                        p[0] != "!"] or None, ntlm, krb5)
                    taken = [p for p in offer if (ntlm if p == "N" else krb5)]
                    first = taken[0] == offer[0]
                    package = {"K": "Kerberos", "N": "NTLM"}[taken[0]]
                    if package == "NTLM":
                        legs = 4 if first else 6
                    else:
                        legs = 2 if first else (6 if req is MUTUAL else 4)
                    _, a, b = self.good(out, inn, package, legs, req=req)
                    self.drop(a, b)
                    seen += 1
        self.assertGreater(seen, 20)

    def test_what_is_offered(self):
        for packages, mechs in ((None, [MS_KRB5, KRB5, NTLM]), (["NTLM"], [NTLM]),
                                (["Kerberos"], [MS_KRB5, KRB5]),
                                (["NTLM", "Kerberos"], [NTLM, MS_KRB5, KRB5])):
            answer = self.drive.ok("initialize", cred=self.out(packages), target=TARGET)
            seen = [v for _, v in read(fields(answer["output"])[0])]
            self.assertEqual(seen, mechs)
            first = fields(answer["output"])[2]
            self.assertTrue(first.startswith("4e544c4d" if mechs[0] == NTLM else "60"))

    def test_lists(self):
        for packages, status in ((["!ntlm", "!kerberos"], "SEC_E_NO_CREDENTIALS"),
                                 (["!ntml"], "SEC_E_SECPKG_NOT_FOUND"),
                                 (["nobody"], "SEC_E_NO_CREDENTIALS"),
                                 (["NTLM", "!pku2u", "!WDigest", "!schannel"], "SEC_E_OK"),
                                 (["!"], "SEC_E_INVALID_PARAMETER"), ([""], "EINVAL"),
                                 (["a,b"], "EINVAL")):
            answer = self.drive.call("acquire", package="negotiate", use="outbound",
                                     identity=NTLM_USER, packages=packages)
            self.assertEqual(answer["status"], status, packages)
            self.assertTrue(answer.get("reason") or answer.get("error") or answer.get("cred"))

    def test_only_what_the_credential_can(self):
        no_realm = dict(NTLM_USER, domain="")
        answer = self.drive.ok("initialize", target=TARGET,
                               cred=self.acquire("outbound", identity=no_realm))
        self.assertEqual([v for _, v in read(fields(answer["output"])[0])], [NTLM])
        # A key of a type that is not permitted: no KDC is asked in vain.
        hashed = {"user": "User", "domain": "KSSPI.TEST", "nt_hash": "11" * 16}
        answer = self.drive.ok("initialize", target=TARGET,
                               cred=self.acquire("outbound", identity=hashed))
        self.assertEqual([v for _, v in read(fields(answer["output"])[0])], [NTLM])
        keys = {"user": "User", "domain": "KSSPI.TEST", "keys": [{"enctype": 17, "key": "11" * 16}]}
        self.acquire("outbound", "SEC_E_NO_CREDENTIALS", identity=keys, options={"enctypes": [18]})
        for identity, enctypes in ((hashed, [18, 23]), (keys, [18, 17])):
            cred = self.acquire("outbound", identity=identity, options={"enctypes": enctypes})
            self.assertEqual(self.drive.call("initialize", target=TARGET, cred=cred)["status"],
                             "SEC_I_ASYNC_CALL_PENDING")
        # The keytab is Kerberos', the identity beside it NTLM's.
        cred = self.acquire("outbound", identity=NTLM_USER, keytab=self.mit.keytab,
                            principal="host/localhost@KSSPI.TEST")
        answer = self.drive.call("initialize", target=TARGET, cred=cred)
        self.assertEqual(answer["io"]["realm"], "KSSPI.TEST")
        answer = self.drive.ok("io_reply", ctx=answer["ctx"], error="ETIMEDOUT")
        self.assertEqual([v for _, v in read(fields(answer["output"])[0])], [NTLM])
        self.acquire("inbound", "SEC_E_NO_CREDENTIALS")
        self.acquire("outbound", "SEC_E_NO_CREDENTIALS")
        self.acquire("inbound", "SEC_E_NO_CREDENTIALS", keytab="0502", accounts=[NTLM_USER])
        self.acquire("outbound", "SEC_E_NO_CREDENTIALS", ccache="0504", identity=NTLM_USER)
        both = self.acquire("both", identity=NTLM_USER, keytab=self.mit.keytab,
                            packages=["NTLM", "Kerberos"])
        self.good(both, self.inn(krb5=False), "NTLM", 4)
        self.good(self.out(["Kerberos"]), both, "Kerberos", 2)

    def test_dce_style(self):
        req = MUTUAL + ["USE_DCE_STYLE"]
        answers, a, _ = self.legs(self.out(["Kerberos"]), self.inn(), req=req)
        self.assertEqual([x["status"] for x in answers][-2:], ["SEC_E_OK", "SEC_E_OK"])
        self.assertEqual(len([x for x in answers if x["output"]]), 4)
        self.assertEqual(answers[3]["output"], "a1073005a0030a0100")
        self.assertEqual(self.used(a), "Kerberos")

    def test_server_speaks_first(self):
        """Hints save a token, and take nothing out of the offer."""
        for ntlm, krb5, package, legs in ((True, True, "Kerberos", 2), (True, False, "NTLM", 6),
                                          (False, True, "Kerberos", 2)):
            out, inn = self.out(), self.inn(ntlm=ntlm, krb5=krb5)
            hello = self.drive.ok("accept", cred=inn, input="")
            self.assertEqual(bytes.fromhex(fields(hello["output"])[3])[-36:],
                             b"not_defined_in_RFC4178@please_ignore")
            first = self.drive.ok("initialize", cred=out, target=TARGET, req=MUTUAL,
                                  input=hello["output"])
            self.assertEqual([v for _, v in read(fields(first["output"])[0])],
                             [MS_KRB5, KRB5, NTLM])
            self.assertEqual(2 in fields(first["output"]), krb5)
            a, b, token, n = {"ctx": first["ctx"]}, {"ctx": hello["ctx"]}, first["output"], 1
            while token:
                op, who = (("accept", b), ("initialize", a))[(n - 1) % 2]
                answer = self.drive.ok(op, cred=(inn, out)[(n - 1) % 2], input=token, **who)
                token, n = answer["output"], n + bool(answer["output"])
            self.assertEqual((self.used(a), self.used(b), n), (package, package, legs))
        again = self.drive.ok("accept", cred=inn, input="")
        self.assertEqual(self.drive.call("accept", cred=inn, ctx=again["ctx"],
                                         input="")["status"], "SEC_E_INVALID_TOKEN")

    def test_hints_of_others(self):
        real = load("spnego_krb_samples")["pyspnego"]["initial_context_token_neg_token_init2"]
        answer = self.drive.ok("initialize", cred=self.out(), target=TARGET, input=real)
        self.assertIn(2, fields(answer["output"]))
        for packages, hint, status in (
                (["Kerberos"], [NTLM], "SEC_E_POLICY_NLTM_ONLY"),
                (["NTLM"], [NEGOEX], "SEC_E_UNSUPPORTED_FUNCTION"),
                (None, [NEGOEX, NTLM], "SEC_I_CONTINUE_NEEDED")):
            answer = self.drive.call("initialize", cred=self.out(packages), target=TARGET,
                                     input=init_token(hint))
            self.assertEqual(answer["status"], status, packages)

    def test_raw(self):
        """A bare token is answered with bare ones, to the end."""
        for package, out in (("NTLM", {"identity": NTLM_USER}),
                             ("Kerberos", {"ccache": self.mit.ccache})):
            cred = self.drive.ok("acquire", package=package, use="outbound", **out)["cred"]
            for req in (MUTUAL, MUTUAL + ["USE_DCE_STYLE"]):
                answers, a, b = self.legs(cred, self.inn(), req=req)
                self.assertEqual(answers[-1]["status"], "SEC_E_OK", answers[-1])
                for answer in answers:
                    self.assertFalse(answer["output"].startswith("a1"))
                self.assertEqual(self.used(b), package)
                self.assertEqual(self.key(a), self.key(b))
            only = self.inn({"NTLM": ["Kerberos"], "Kerberos": ["NTLM"]}[package])
            answers, _, _ = self.legs(cred, only)
            self.assertEqual(answers[-1]["status"], "SEC_E_POLICY_NLTM_ONLY")

    def test_unknown_mechanisms(self):
        """NegoEx and others are passed over; with a MIC, as they were the first choice."""
        first = self.drive.ok("initialize", cred=self.out(["NTLM"]), target=TARGET)
        token = fields(first["output"])[2]
        other = init_token([NEGOEX, "2a0304", NTLM, KRB5], "4e45474f45585453")
        inn = self.inn()
        answer = self.drive.ok("accept", cred=inn, input=other)
        self.assertEqual(answer["output"], resp_token(3, NTLM))
        answer = self.drive.ok("accept", cred=inn, ctx=answer["ctx"],
                               input=resp_token(1, token=token))
        self.assertNotIn(1, fields(answer["output"]))
        answer = self.drive.ok("accept", cred=self.inn(), input=init_token([KRB5, NEGOEX]))
        self.assertEqual(answer["output"], resp_token(1, KRB5))


class Bindings(spnego.Base):
    def test_of_a_mechanism_that_is_chosen_later(self):
        mine, other = {"bindings": "746c73"}, {"bindings": "746c74"}
        for ntlm, krb5, package in ((True, False, "NTLM"), (False, True, "Kerberos")):
            for order in (["Kerberos", "NTLM"], ["NTLM", "Kerberos"]):
                out, inn = self.out(order), self.inn(ntlm=ntlm, krb5=krb5)
                _, a, _ = self.legs(out, inn, isc=mine, asc=mine)
                self.assertEqual(self.used(a), package)
                answers, _, _ = self.legs(out, inn, isc=other, asc=mine)
                bad = [x["status"] for x in answers if x["status"] not in DONE]
                self.assertEqual(bad, ["SEC_E_BAD_BINDINGS"])


class Memory(spnego.Base):
    def test_every_failure(self):
        """Each allocation of a negotiation fails once: no leak, no crash, no success."""
        for packages, ntlm, krb5 in ((None, True, False), (["NTLM", "Kerberos"], False, True)):
            failed = 0
            for n in range(1, 600):
                self.drive = Drive("--host", env={"KSSPI_HOST_FAIL_ALLOC": str(n)})
                seen = self.exchange(packages, ntlm, krb5)
                code, text = self.drive.close()
                self.assertEqual(code, 0, text)
                if "one failed" not in text:
                    self.assertEqual(seen[-1], "SEC_E_OK")
                    break
                failed += 1
                self.assertIn("SEC_E_INSUFFICIENT_MEMORY", seen, (n, text))
            self.assertGreater(failed, 60)

    def exchange(self, packages, ntlm, krb5):
        call, seen = self.drive.call, []

        def noting(op, **fields):
            answer = call(op, **fields)
            seen.append(answer["status"])
            return answer
        self.drive.call = noting
        try:
            more = {"packages": packages} if packages else {}
            out = noting("acquire", package="Negotiate", use="outbound", identity=NTLM_USER,
                         ccache=self.mit.ccache, **more)
            more = {"accounts": [NTLM_USER]} if ntlm else {}
            more.update({"keytab": self.mit.keytab} if krb5 else {})
            inn = noting("acquire", package="Negotiate", use="inbound", **more)
            if "cred" in out and "cred" in inn:
                _, a, b = self.legs(out["cred"], inn["cred"])
                if seen[-1] == seen[-2] == "SEC_E_OK":
                    noting("query", attr="NEGO_STATUS", **a)
        finally:
            self.drive.call = call
        return seen

if __name__ == "__main__":
    unittest.main()
