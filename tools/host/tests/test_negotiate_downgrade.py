# SPDX-License-Identifier: GPL-2.0-only
"""Negotiate when Kerberos cannot be used, or when somebody says so."""
import unittest

import krb5peer
import spnego
from spnego import DONE, KRB5, MS_KRB5, MUTUAL, NEGOEX, NTLM, NTLM_USER, TARGET, fields, init_token, read, resp_token


class Downgrade(spnego.Base):
    def ask(self, cred, error=None, reply=None, target=TARGET):
        answer = self.drive.call("initialize", cred=cred, target=target, req=MUTUAL)
        asked = 0
        while answer["status"] == "SEC_I_ASYNC_CALL_PENDING":
            asked += 1
            how = {"error": error} if error else {"reply": reply}
            answer = self.drive.call("io_reply", ctx=answer["ctx"], **how)
        return answer, asked

    def test_no_kdc(self):
        alice = krb5peer.ALICE
        for packages, status, mechs in (
                (None, "SEC_I_CONTINUE_NEEDED", [NTLM]),
                (["Kerberos", "NTLM"], "SEC_I_CONTINUE_NEEDED", [NTLM]),
                (["Kerberos"], "SEC_E_DOWNGRADE_DETECTED", None),
                (["Kerberos", "!NTLM"], "SEC_E_DOWNGRADE_DETECTED", None),
                (["!NTLM"], "SEC_E_DOWNGRADE_DETECTED", None)):
            more = {"packages": packages} if packages else {}
            cred = self.acquire("outbound", identity=alice, **more)
            answer, asked = self.ask(cred, error="ETIMEDOUT")
            self.assertEqual((answer["status"], asked), (status, 1), packages)
            if mechs:
                self.assertEqual([v for _, v in read(fields(answer["output"])[0])], mechs)
            else:
                self.assertIn("reason", answer)

    def test_host_is_an_address(self):
        """Such a target is not asked for in a realm, unless the policy says so."""
        for options, status, mechs in (
                ({}, "SEC_I_CONTINUE_NEEDED", [NTLM]),
                ({"kerberos_by_address": False}, "SEC_I_CONTINUE_NEEDED", [NTLM]),
                ({"kerberos_by_address": True}, "SEC_I_ASYNC_CALL_PENDING", None)):
            cred = self.acquire("outbound", identity=krb5peer.ALICE, options=options)
            for host in ("192.0.2.1", "2001:db8::1"):
                answer = self.drive.call("initialize", cred=cred, target=f"host/{host}", req=MUTUAL)
                self.assertEqual(answer["status"], status, (options, host))
                if mechs:
                    self.assertEqual([v for _, v in read(fields(answer["output"])[0])], mechs)

    def test_why_is_told(self):
        """NTLM instead of Kerberos, and what the administrator learns of it."""
        cred = self.acquire("outbound", identity=dict(NTLM_USER, domain="KSSPI.TEST"))
        inn = self.acquire("inbound", accounts=[dict(NTLM_USER, domain="KSSPI.TEST")])
        answer, _ = self.ask(cred, error="ECONNREFUSED")
        a, b, token = {"ctx": answer["ctx"]}, {}, answer["output"]
        while token:
            answer = self.drive.ok("accept", cred=inn, input=token, **b)
            b, token = {"ctx": answer["ctx"]}, answer["output"]
            token = token and self.drive.ok("initialize", cred=cred, input=token,
                                            **a)["output"]
        mechs = {m["package"]: m for m in self.query(a, "NEGO_STATUS")["mechs"]}
        self.assertEqual(mechs["Kerberos"]["error"], "SEC_E_NO_AUTHENTICATING_AUTHORITY")
        self.assertIn("KDC", mechs["Kerberos"]["why"])
        self.assertEqual(mechs["NTLM"]["error"], "SEC_E_OK")

    def test_kdc_says_no(self):
        """An unknown server lets NTLM in; a wrong password does not try it elsewhere."""
        for user, target, status in (
                (krb5peer.ALICE, "host/nowhere.ksspi.test", "SEC_I_CONTINUE_NEEDED"),
                (dict(krb5peer.ALICE, password="x"), TARGET, "SEC_E_LOGON_DENIED")):
            cred = self.acquire("outbound", identity=user)
            answer = self.drive.call("initialize", cred=cred, target=target, req=MUTUAL)
            answer, trips = self.mit.relay(self.drive, answer)
            self.assertGreater(trips, 0)
            self.assertEqual(answer["status"], status, answer)
            if status in DONE:
                self.assertTrue(fields(answer["output"])[2].startswith("4e544c4d"))
        cred = self.acquire("outbound", identity=krb5peer.ALICE)
        self.assertEqual(self.ask(cred, reply="30")[0]["status"], "SEC_E_INVALID_TOKEN")

    def test_password_to_the_end(self):
        cred = self.acquire("outbound", identity=krb5peer.ALICE)
        answer = self.drive.call("initialize", cred=cred, target=TARGET, req=MUTUAL)
        self.assertEqual(self.query({"ctx": answer["ctx"]}, "NEGOTIATION_INFO")["state"],
                         "IN_PROGRESS")
        answer, trips = self.mit.relay(self.drive, answer)
        self.assertEqual((answer["status"], trips), ("SEC_I_CONTINUE_NEEDED", 3))
        self.assertEqual(self.query({"ctx": answer["ctx"]}, "NEGOTIATION_INFO")["state"],
                         "OPTIMISTIC")
        reply = self.drive.ok("accept", cred=self.inn(), input=answer["output"])
        last = self.drive.ok("initialize", cred=cred, ctx=answer["ctx"], input=reply["output"])
        self.assertEqual((last["status"], last["output"]), ("SEC_E_OK", ""))
        self.query({"ctx": reply["ctx"]}, "NAMES", user_name="alice@KSSPI.TEST")

    def test_a_question_after_the_first_leg(self):
        """The acceptor chooses Kerberos, for which the ticket is still to be got."""
        cred = self.acquire("outbound", identity=krb5peer.ALICE, packages=["NTLM", "Kerberos"])
        inn = self.inn(ntlm=False)
        a = self.drive.ok("initialize", cred=cred, target=TARGET, req=MUTUAL)
        b = self.drive.ok("accept", cred=inn, input=a["output"])
        self.assertEqual(fields(b["output"])[0], "03")
        a = self.drive.call("initialize", cred=cred, ctx=a["ctx"], input=b["output"])
        a, trips = self.mit.relay(self.drive, a)
        self.assertEqual((trips, a["status"]), (3, "SEC_I_CONTINUE_NEEDED"))
        for _ in range(2):
            b = self.drive.ok("accept", cred=inn, ctx=b["ctx"], input=a["output"])
            a = self.drive.ok("initialize", cred=cred, ctx=a["ctx"], input=b["output"])
        self.assertEqual((a["status"], b["status"]), ("SEC_E_OK", "SEC_E_OK"))
        self.messages(a := {"ctx": a["ctx"]}, {"ctx": b["ctx"]})
        self.assertEqual(self.used(a), "Kerberos")

    def test_no_traffic_when_kerberos_is_out(self):
        for packages in (["NTLM"], ["!Kerberos"]):
            cred = self.acquire("outbound", identity=krb5peer.ALICE, packages=packages)
            self.assertEqual(self.ask(cred)[1], 0)
        cred = self.acquire("outbound", identity=krb5peer.ALICE)
        for host in ("192.0.2.1", "192.0.2.1:445", "[2001:db8::1]", "2001:db8::1", "[::1]:80",
                     "192.0.2.1@KSSPI.TEST"):
            answer, asked = self.ask(cred, target="cifs/" + host)
            self.assertEqual((answer["status"], asked), ("SEC_I_CONTINUE_NEEDED", 0), host)
            self.assertEqual([v for _, v in read(fields(answer["output"])[0])], [NTLM])
        for host in ("srv.example", "1.2.3.example", "srv:445", "10.example:80"):
            self.assertEqual(self.ask(cred, "ETIMEDOUT", target="cifs/" + host)[1], 1, host)
        cred = self.acquire("outbound", identity=krb5peer.ALICE, packages=["Kerberos"])
        answer, asked = self.ask(cred, target="cifs/192.0.2.1")
        self.assertEqual((answer["status"], asked), ("SEC_E_DOWNGRADE_DETECTED", 0))
        cred = self.out(ntlm=False)
        answer, asked = self.ask(cred, target="cifs/192.0.2.1")
        self.assertEqual((answer["status"], asked), ("SEC_E_TARGET_UNKNOWN", 0))

    def test_ticket_expired(self):
        self.drive.ok("env", now=4000000000)
        answer = self.drive.ok("initialize", cred=self.out(), target=TARGET, req=MUTUAL)
        self.assertEqual([v for _, v in read(fields(answer["output"])[0])], [NTLM])

    def attack(self, out, inn, tamper, want, req=None):
        answers, a, b = self.legs(out, inn, tamper=tamper, req=req)
        bad = [x["status"] for x in answers if x["status"] not in DONE]
        self.assertEqual(len(bad), 1, [x["status"] for x in answers])
        self.assertIn(bad[0], want)

    def test_attacks_on_the_list(self):
        """Kerberos taken out of the list, or put behind NTLM: the MIC tells."""
        for fake in (init_token([NTLM]), init_token([NTLM, MS_KRB5, KRB5]),
                     init_token([NEGOEX, NTLM])):
            for strip in (False, True):
                def tamper(leg, token, fake=fake, strip=strip):
                    if leg == 0:
                        return fake
                    if strip and leg > 1 and 3 in fields(token):
                        f = fields(token)
                        return resp_token(int(f[0], 16) if 0 in f else None, token=f.get(2, ""))
                    return token
                # Without any MIC the two wait for each other.
                want = ("SEC_E_MESSAGE_ALTERED",) + strip * ("SEC_E_INVALID_TOKEN",)
                self.attack(self.out(), self.inn(), tamper, want)

    def test_choice_not_offered(self):
        for packages, mech, status in (
                (["Kerberos"], NTLM, "SEC_E_POLICY_NLTM_ONLY"),
                (["NTLM"], KRB5, "SEC_E_POLICY_NLTM_ONLY"),
                (None, "2a0304", "SEC_E_INVALID_TOKEN"),
                (None, NEGOEX, "SEC_E_INVALID_TOKEN")):
            cred = self.out(packages)
            first = self.drive.ok("initialize", cred=cred, target=TARGET, req=MUTUAL)
            answer = self.drive.call("initialize", cred=cred, ctx=first["ctx"],
                                     input=resp_token(1, mech))
            self.assertEqual(answer["status"], status)
            self.assertEqual(answer["output"], "")

    def test_policy_of_an_acceptor(self):
        out = self.out(["NTLM"])
        for packages, status in ((["Kerberos"], "SEC_E_POLICY_NLTM_ONLY"),
                                 (["!ntlm"], "SEC_E_POLICY_NLTM_ONLY")):
            answers, _, _ = self.legs(out, self.inn(packages))
            self.assertEqual(answers[-1]["status"], status)
            self.assertEqual(answers[-1]["output"], "a1073005a0030a0102")
        answers, _, _ = self.legs(out, self.inn(ntlm=False))
        self.assertEqual(answers[-1]["status"], "SEC_E_UNSUPPORTED_FUNCTION")

if __name__ == "__main__":
    unittest.main()
