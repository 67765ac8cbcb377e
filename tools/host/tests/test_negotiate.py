# SPDX-License-Identifier: GPL-2.0-only
"""Negotiate with ourselves: lists, choices, MICs, and everything changed on the way."""
import glob
import json
import os
import socket
import subprocess
import threading
import unittest

import krb5peer
import test_krb5_mit
from driver import ISC, Drive

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "../../vectors/data")
MUTUAL = ["MUTUAL_AUTH"] + ISC
NTLM_USER = {"user": "User", "domain": "Domain", "password": "Password"}
TARGET = "host/localhost"
KRB5, MS_KRB5 = "2a864886f712010202", "2a864882f712010202"
NTLM, NEGOEX = "2b06010401823702020a", "2b06010401823702021e"
DONE = ("SEC_E_OK", "SEC_I_CONTINUE_NEEDED")


def load(name):
    with open(os.path.join(DATA, name + ".json"), encoding="utf-8") as f:
        return json.load(f)


def der(tag, *contents):
    """An element in hex; contents in hex."""
    body = "".join(contents)
    size = len(body) // 2
    head = f"{size:02x}"
    if size > 127:
        width = (size.bit_length() + 7) // 8
        head = f"{0x80 | width:02x}{size:0{2 * width}x}"
    return tag + head + body


def init_token(mechs, token="", tail=""):
    """NegTokenInit of OIDs, with what comes behind mechTypes."""
    fields = der("a0", der("30", *[der("06", m) for m in mechs]))
    if token:
        fields += der("a2", der("04", token))
    return der("60", "06062b0601050502", der("a0", der("30", fields, tail)))


def resp_token(state=None, mech="", token="", mic=""):
    fields = "" if state is None else f"a0030a01{state:02x}"
    fields += der("a1", der("06", mech)) if mech else ""
    fields += der("a2", der("04", token)) if token else ""
    fields += der("a3", der("04", mic)) if mic else ""
    return der("a1", der("30", fields))


def read(token):
    """Tag and contents of the elements of a constructed value, one level."""
    found, at = [], 0
    while at < len(token):
        tag, size, at = token[at:at + 2], int(token[at + 2:at + 4], 16), at + 4
        if size > 127:
            width = 2 * (size & 127)
            size, at = int(token[at:at + width], 16), at + width
        found.append((tag, token[at:at + 2 * size]))
        at += 2 * size
    return found


def fields(token):
    """The fields of a NegTokenInit or NegTokenResp by number, without their inner tag."""
    if token.startswith("60"):
        token = "".join(der(t, v) for t, v in read(read(token)[0][1])[1:])
    body = read(read(read(token)[0][1])[0][1])
    return {int(tag, 16) & 15: read(value)[0][1] for tag, value in body}


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mit = krb5peer.get()

    def setUp(self):
        self.drive = Drive()
        self.addCleanup(self.finish)

    def finish(self):
        self.assertEqual(self.drive.close(), (0, ""))

    def acquire(self, use, status="SEC_E_OK", **more):
        answer = self.drive.call("acquire", package="Negotiate", use=use, **more)
        self.assertEqual(answer["status"], status, answer)
        return answer.get("cred")

    def out(self, packages=None, ntlm=True, krb5=True, **more):
        what = {"packages": packages} if packages else {}
        what.update({"identity": NTLM_USER} if ntlm else {})
        what.update({"ccache": self.mit.ccache} if krb5 else {})
        return self.acquire("outbound", **what, **more)

    def inn(self, packages=None, ntlm=True, krb5=True, **more):
        what = {"packages": packages} if packages else {}
        what.update({"accounts": [NTLM_USER]} if ntlm else {})
        what.update({"keytab": self.mit.keytab} if krb5 else {})
        return self.acquire("inbound", **what, **more)

    def legs(self, out, inn, req=None, tamper=None, isc=None, asc=None, target=TARGET):
        """All legs until nothing is sent or somebody fails: the answers, a and b."""
        answers, token, a, b = [], None, {}, {}
        for leg in range(12):
            more = {} if token is None else {"input": token}
            if leg % 2 == 0:
                answer = self.drive.call("initialize", cred=out, target=target,
                                         req=MUTUAL if req is None else req, **a, **more,
                                         **(isc or {}))
                a = {"ctx": answer["ctx"]} if "ctx" in answer else a
            else:
                answer = self.drive.call("accept", cred=inn, **b, **more, **(asc or {}))
                b = {"ctx": answer["ctx"]} if "ctx" in answer else b
            answers.append(answer)
            token = answer["output"]
            if tamper and token:
                token = tamper(leg, token)
            if answer["status"] not in DONE or not token:
                break
        return answers, a, b

    def query(self, ctx, attr, **want):
        answer = self.drive.ok("query", attr=attr, **ctx)
        for name, value in want.items():
            self.assertEqual(answer[name], value, attr)
        return answer

    def used(self, ctx):
        return self.query(ctx, "NEGOTIATION_INFO", state="COMPLETE")["package"]

    def key(self, ctx):
        return self.query(ctx, "SESSION_KEY")["session_key"]

    def messages(self, a, b):
        for x, y in ((a, b), (b, a), (a, b)):
            for conf in (True, False):
                token = self.drive.ok("wrap", message="6869", conf=conf, **x)["token"]
                self.assertEqual(self.drive.ok("unwrap", token=token, **y)["message"], "6869")
            token = self.drive.ok("sign", message="6869", **x)["token"]
            self.drive.ok("verify", message="6869", token=token, **y)

    def good(self, out, inn, package, legs, **more):
        """A negotiation that succeeds with this package in so many tokens."""
        answers, a, b = self.legs(out, inn, **more)
        states = [x["status"] for x in answers]
        self.assertTrue(set(states) <= set(DONE), (states, answers[-1]))
        self.assertEqual(states[-1], "SEC_E_OK")
        self.assertEqual(states[-2], "SEC_E_OK")
        self.assertEqual(sum(1 for x in answers if x["output"]), legs)
        self.assertEqual({self.used(a), self.used(b)}, {package})
        self.assertEqual(self.query(a, "PACKAGE_INFO")["name"], package)
        self.assertEqual(self.key(a), self.key(b))
        self.messages(a, b)
        return answers, a, b

    def drop(self, *contexts):
        for ctx in contexts:
            if ctx:
                self.drive.ok("delete", **ctx)


class Choices(Base):
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
                                 (["!"], "SEC_E_INVALID_PARAMETER"), ([""], "EINVAL"),
                                 (["a,b"], "EINVAL")):
            answer = self.drive.call("acquire", package="negotiate", use="outbound",
                                     identity=NTLM_USER, packages=packages)
            self.assertEqual(answer["status"], status, packages)
            self.assertTrue(answer.get("reason") or answer.get("error"))

    def test_only_what_the_credential_can(self):
        no_realm = dict(NTLM_USER, domain="")
        answer = self.drive.ok("initialize", target=TARGET,
                               cred=self.acquire("outbound", identity=no_realm))
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


class Bindings(Base):
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


class Downgrade(Base):
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


class Hostile(Base):
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
        for reply in (resp_token(0, NTLM), resp_token(1, NTLM), resp_token(None, NTLM),
                      resp_token(1), "", resp_token(0, KRB5),
                      resp_token(1, NTLM, fields(second["output"])[2], "01" * 16),
                      resp_token(0, NTLM, fields(second["output"])[2])):
            first = self.drive.ok("initialize", cred=out, target=TARGET, req=MUTUAL)
            answer = self.drive.call("initialize", cred=out, ctx=first["ctx"], input=reply)
            self.assertIn(answer["status"], ("SEC_E_INVALID_TOKEN", "SEC_E_POLICY_NLTM_ONLY",
                                             "SEC_E_MESSAGE_ALTERED"), reply)
        for message in (resp_token(1), resp_token(2), resp_token(1, KRB5), "",
                        first["output"], resp_token(1, token="", mic="01" * 16)):
            first = self.drive.ok("initialize", cred=out, target=TARGET, req=MUTUAL)
            second = self.drive.ok("accept", cred=inn, input=first["output"])
            answer = self.drive.call("accept", cred=inn, ctx=second["ctx"], input=message)
            self.assertNotIn(answer["status"], DONE, message)

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


class Mit(Base):
    """MIT's sample programs with SPNEGO, both ways, with messages each way."""

    def test_gss_server(self):
        port = self.mit.server("host@localhost")
        for packages in (None, ["Kerberos"]):
            for req in (MUTUAL, ISC, MUTUAL + ["USE_DCE_STYLE"]):
                with socket.create_connection(("127.0.0.1", port)) as s:
                    test_krb5_mit.GssServer.exchange(self, s, self.out(packages), req, TARGET)

    def test_gss_server_takes_the_second_choice(self):
        """MIT's acceptor says nothing more once it has our mechListMIC."""
        if glob.glob("/etc/gss/mech.d/*ntlm*"):
            self.skipTest("the server would take NTLM from gss-ntlmssp, and know nobody")
        port, silent = self.mit.server("host@localhost"), 0
        for req in (MUTUAL, ISC, MUTUAL + ["USE_DCE_STYLE"]):
            with socket.create_connection(("127.0.0.1", port)) as s:
                krb5peer.send_frame(s, 0x11)
                out, token, ctx = self.out(["NTLM", "Kerberos"]), None, {}
                while True:
                    more = {} if token is None else {"input": token}
                    step = self.drive.ok("initialize", cred=out, target=TARGET, req=req, **ctx,
                                         **more)
                    ctx = {"ctx": step["ctx"]}
                    if step["output"]:
                        krb5peer.send_frame(s, 2, bytes.fromhex(step["output"]))
                    if step["status"] == "SEC_E_OK":
                        break
                    s.settimeout(5 if 3 in fields(step["output"]) else 60)
                    try:
                        token = krb5peer.read_frame(s)[1].hex()
                    except TimeoutError:
                        token, silent = "", silent + 1
                s.settimeout(60)
                self.assertEqual(self.used(ctx), "Kerberos")
                token = self.drive.ok("wrap", message="6869", **ctx)["token"]
                krb5peer.send_frame(s, 0xe4, bytes.fromhex(token))
                self.drive.ok("verify", message="6869", token=krb5peer.read_frame(s)[1].hex(),
                              **ctx)
                krb5peer.send_frame(s, 1)
        self.assertEqual(silent, 1)

    def test_who_is_done_gets_no_answer(self):
        """An initiator that says accept-completed with its MIC, as MIT's does."""
        def tamper(leg, token):
            f = fields(token)
            return resp_token(0, token=f.get(2, ""), mic=f[3]) if leg == 4 else token
        out, inn = self.out(["NTLM", "Kerberos"]), self.inn(ntlm=False)
        answers, a, b = self.legs(out, inn, tamper=tamper)
        self.assertEqual((answers[-1]["status"], answers[-1]["output"]), ("SEC_E_OK", ""))
        self.drive.ok("initialize", cred=out, input="", **a)
        self.messages(a, b)

    def test_gss_client(self):
        inn = self.inn()
        for flags in ([], ["-dce"], ["-seq"], ["-nw"], ["-mcount", "3"]):
            with socket.create_server(("127.0.0.1", 0)) as listener:
                failures = []
                thread = threading.Thread(target=self.serve, args=(listener, inn, failures))
                thread.start()
                done = subprocess.run(
                    [krb5peer.SCRIPT, "client", self.mit.folder, str(listener.getsockname()[1]),
                     "hello there", "-spnego", *flags], stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, timeout=30, check=False)
                thread.join(30)
                self.assertEqual(failures, [], (flags, done.stdout))
                self.assertIn(b"Signature verified", done.stdout, flags)

    accept = test_krb5_mit.GssClient.accept
    serve = test_krb5_mit.GssClient.serve


class Memory(Base):
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
