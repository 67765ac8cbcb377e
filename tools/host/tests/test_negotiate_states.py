# SPDX-License-Identifier: GPL-2.0-only
"""What each side makes of each state, mechanism, token and MIC of the other, one by one (RFC 4178 4.2.2, 5)."""
import calendar
import time
import unittest

import krb5forge
from driver import ISC, USER, Drive
from spnego import KRB5, MS_KRB5, MUTUAL, NEGOEX, NTLM, fields, init_token, resp_token

TARGET = "host/srv.test"
ACCEPT, MORE, REJECT, ASK_MIC = range(4)
BAD = "SEC_E_INVALID_TOKEN"


class Case(unittest.TestCase):
    def setUp(self):
        self.drive = Drive()
        self.forge = krb5forge.Forge(self.drive)
        self.addCleanup(lambda: self.assertEqual(self.drive.close(), (0, "")))
        self.seen = 0

    def out(self, packages=None, **more):
        what = {"packages": packages} if packages else {}
        return self.drive.ok("acquire", package="Negotiate", use="outbound", identity=USER,
                             ccache=self.forge.cache(), **what, **more)["cred"]

    def inn(self, **what):
        what = what or {"accounts": [USER], "keytab": self.forge.keytab()}
        return self.drive.ok("acquire", package="Negotiate", use="inbound", **what)["cred"]

    def initialize(self, cred, req=None, token=None, ctx=None):
        more = {} if token is None else {"input": token}
        more.update({} if ctx is None else {"ctx": ctx["ctx"]})
        return self.drive.call("initialize", cred=cred, target=TARGET,
                               req=MUTUAL if req is None else req, **more)

    def accept(self, cred, token, ctx=None):
        more = {} if ctx is None else {"ctx": ctx["ctx"]}
        return self.drive.call("accept", cred=cred, input=token, **more)

    def check(self, answer, status, sent, what):
        """The status, and which fields the answer has: (negState, others), "" for no token."""
        self.assertEqual(answer["status"], status, (what, answer))
        got = fields(answer["output"]) if answer["output"] else {}
        self.assertEqual((int(got.pop(0), 16), sorted(got)) if got else "", sent, (what, answer))
        self.seen += 1

    def ap_rep(self, first):
        _, auth = self.forge.read_request(fields(first["output"])[2])
        when = calendar.timegm(time.strptime(auth.get(5).value.decode(), "%Y%m%d%H%M%SZ"))
        return self.forge.reply(when, auth.int(4), subkey=(18, self.forge.make_key(18, 9)))


class Initiator(Case):
    def first_reply(self, state, mech, token):
        """What is due for it, where Kerberos was sent first and wants an AP-REP."""
        if state is not None and state > ASK_MIC:
            return BAD, ""
        if state == REJECT:
            return "SEC_E_LOGON_DENIED", ""
        if mech == NEGOEX:
            return BAD, ""
        if mech == NTLM or (mech == KRB5 and not token):
            # Its own first token goes out; nothing can be there to answer yet. Of Kerberos
            # the first was under the other OID: without a token nobody has looked at it.
            return (BAD, "") if token or state == ACCEPT else ("SEC_I_CONTINUE_NEEDED", (MORE, [2]))
        if not token:
            return BAD, ""
        return ("SEC_E_OK", "") if state == ACCEPT else ("SEC_I_CONTINUE_NEEDED", (MORE, [3]))

    def test_first_reply(self):
        out = self.out()
        for state in (None, ACCEPT, MORE, REJECT, ASK_MIC, 4, 255):
            for mech in ("", MS_KRB5, KRB5, NTLM, NEGOEX):
                for with_token in (False, True):
                    first = self.initialize(out)
                    token = self.ap_rep(first) if with_token else ""
                    answer = self.initialize(out, token=resp_token(state, mech, token), ctx=first)
                    self.check(answer, *self.first_reply(state, mech, with_token),
                               (state, mech, with_token))
        self.assertEqual(self.seen, 70)

    def test_kerberos_under_the_other_name(self):
        """An acceptor that knows Kerberos by the second OID alone is sent it once more, and a MIC is due."""
        out, inn = self.out(), self.drive.ok("acquire", package="Kerberos", use="inbound",
                                             keytab=self.forge.keytab())["cred"]
        for mic, status in ((True, "SEC_E_OK"), (False, "SEC_E_MESSAGE_ALTERED")):
            first = self.initialize(out)
            listed = fields(first["output"])[0]
            again = self.initialize(out, token=resp_token(MORE, KRB5), ctx=first)
            self.check(again, "SEC_I_CONTINUE_NEEDED", (MORE, [2]), "once more")
            request = fields(again["output"])[2]
            self.assertNotEqual(request, fields(first["output"])[2])
            theirs = self.drive.ok("accept", cred=inn, input=request)
            ours = self.initialize(out, token=resp_token(MORE, "", theirs["output"]), ctx=first)
            self.check(ours, "SEC_I_CONTINUE_NEEDED", (MORE, [3]), "a MIC")
            mechs = "30" + f"{len(listed) // 2:02x}" + listed
            self.drive.ok("verify", ctx=theirs["ctx"], message=mechs, token=fields(ours["output"])[3])
            sign = self.drive.ok("sign", ctx=theirs["ctx"], message=mechs)["token"] if mic else ""
            self.check(self.initialize(out, token=resp_token(ACCEPT, "", "", sign), ctx=first), status, "", mic)
        # Not a third time.
        first = self.initialize(out)
        for _ in range(2):
            again = self.initialize(out, token=resp_token(MORE, KRB5), ctx=first)
        self.check(again, BAD, "", "twice")
        self.assertEqual(self.seen, 7)

    def test_first_reply_to_one_leg(self):
        """Kerberos is done with its first token: a MIC is all that can be wanted."""
        out = self.out()
        for state, status, sent in ((None, "SEC_I_CONTINUE_NEEDED", (MORE, [3])),
                                    (ACCEPT, "SEC_E_OK", ""),
                                    (MORE, "SEC_I_CONTINUE_NEEDED", (MORE, [3])),
                                    (REJECT, "SEC_E_LOGON_DENIED", ""),
                                    (ASK_MIC, "SEC_I_CONTINUE_NEEDED", (MORE, [3]))):
            for mech in ("", MS_KRB5, KRB5):
                first = self.initialize(out, ISC)
                answer = self.initialize(out, ISC, resp_token(state, mech), first)
                self.check(answer, status, sent, (state, mech))
                # There is no token that it could still take.
                first = self.initialize(out, ISC)
                answer = self.initialize(out, ISC, resp_token(state, mech, "6000"), first)
                self.check(answer, status if state == REJECT else BAD, "", (state, mech))
        self.assertEqual(self.seen, 30)

    def test_reject_with_the_reason(self):
        """The mechanism's own last word tells why, also after its only leg; never that all is well."""
        out = self.out()
        for code, status in ((41, "SEC_E_WRONG_PRINCIPAL"), (37, "SEC_E_TIME_SKEW"), (32, "SEC_E_CONTEXT_EXPIRED"),
                             (31, "SEC_E_WRONG_PRINCIPAL"), (34, "SEC_E_LOGON_DENIED")):
            for req in (MUTUAL, ISC):
                first = self.initialize(out, req)
                answer = self.initialize(out, req, resp_token(REJECT, KRB5, self.forge.error(code)), first)
                self.check(answer, status, "", (code, req))
        for token in (None, "6000", "4e544c4d", self.forge.error(37)[:-2]):
            first = self.initialize(out)
            token = self.ap_rep(first) if token is None else token
            answer = self.initialize(out, token=resp_token(REJECT, KRB5, token), ctx=first)
            self.check(answer, "SEC_E_LOGON_DENIED", "", token)
        ntlm = self.out(["NTLM"])
        first = self.initialize(ntlm)
        second = self.accept(self.inn(), first["output"])
        self.initialize(ntlm, token=second["output"], ctx=first)
        answer = self.initialize(ntlm, token=resp_token(REJECT, "", "4e544c4d"), ctx=first)
        self.check(answer, "SEC_E_LOGON_DENIED", "", "NTLM")
        self.assertEqual(self.seen, 15)

    def peer(self, first, mutual):
        """An acceptor made of keys: its AP-REP, and a context that signs and verifies."""
        _, auth = self.forge.read_request(fields(first["output"])[2])
        enctype, key = (18, self.forge.make_key(18, 9)) if mutual else auth.key(6)
        ctx = self.drive.ok("import", package="Kerberos", role="acceptor", enctype=enctype, key=key.hex(),
                            acceptor_subkey=mutual, send_seq=7 if mutual else auth.int(7), recv_seq=auth.int(7))["ctx"]
        return self.ap_rep(first) if mutual else "", ctx

    def test_first_reply_with_a_mic(self):
        """Of one that is due or is not, good or bad; ours for it, and how it ends."""
        mechs = "".join("0609" + m for m in (MS_KRB5, KRB5)) + "060a" + NTLM
        mechs = f"30{len(mechs) // 2:02x}" + mechs
        out, ends = self.out(), ((resp_token(ACCEPT), "SEC_E_OK"), ("", "SEC_E_OK"), (resp_token(None), "SEC_E_OK"),
                                 (resp_token(MORE), BAD), (resp_token(REJECT), "SEC_E_LOGON_DENIED"))
        without = {resp_token(ACCEPT): "SEC_E_OK", "": BAD, resp_token(None): BAD}
        for req in (MUTUAL, ISC):
            for state in (None, ACCEPT, MORE, ASK_MIC):
                for mic, (last, status) in [(m, e) for m in ("good", "none", "bad") for e in ends]:
                    first = self.initialize(out, req)
                    token, peer = self.peer(first, req is MUTUAL)
                    value = self.drive.ok("sign", ctx=peer, message=mechs)["token"]
                    value = {"good": value, "none": "", "bad": value[:-2] + f"{int(value[-2:], 16) ^ 1:02x}"}[mic]
                    answer = self.initialize(out, req, resp_token(state, KRB5, token, value), first)
                    if mic == "bad":
                        self.check(answer, "SEC_E_MESSAGE_ALTERED", "", (state, mic))
                        continue
                    if state == ACCEPT:
                        self.check(answer, "SEC_E_OK", "", (state, mic))
                        continue
                    self.check(answer, "SEC_I_CONTINUE_NEEDED", (MORE, [3]), (state, mic))
                    self.drive.ok("verify", ctx=peer, message=mechs, token=fields(answer["output"])[3])
                    if mic == "none":
                        status = without.get(last, status)
                        if (state, last) == (ASK_MIC, resp_token(ACCEPT)):
                            status = "SEC_E_MESSAGE_ALTERED"
                    answer = self.initialize(out, req, last, first)
                    self.assertEqual((answer["status"], answer["output"]), (status, ""), (state, mic, last))
        self.assertEqual(self.seen, 120)

    def test_no_spnego(self):
        out = self.out()
        for token in (self.forge.error(41), init_token([NTLM]), "", "a1", "30", "6000", "00" * 64):
            first = self.initialize(out)
            self.check(self.initialize(out, token=token, ctx=first), BAD, "", token)
        first = self.initialize(out)
        self.check(self.initialize(out, token=self.ap_rep(first), ctx=first), BAD, "", "a bare AP-REP")

    def last_reply(self, state, mech, mic):
        """After NTLM's AUTHENTICATE with its MIC has gone out, and ours with it."""
        if state == REJECT:
            return "SEC_E_LOGON_DENIED"
        if state == ASK_MIC or mech == KRB5:
            return BAD
        if mic == "bad":
            return "SEC_E_MESSAGE_ALTERED"
        if state == ACCEPT:
            return "SEC_E_OK" if mic == "good" else "SEC_E_MESSAGE_ALTERED"
        # Optional in a later reply: all that was due is there.
        return "SEC_E_OK" if state is None and mic == "good" else BAD

    def test_last_reply(self):
        out, inn = self.out(["NTLM"]), self.inn()
        for state in (None, ACCEPT, MORE, REJECT, ASK_MIC):
            for mech in ("", NTLM, KRB5):
                for mic in ("good", "none", "bad"):
                    a = self.initialize(out)
                    b = self.accept(inn, a["output"])
                    c = self.initialize(out, token=b["output"], ctx=a)
                    theirs = fields(self.accept(inn, c["output"], b)["output"])[3]
                    theirs = {"good": theirs, "none": "", "bad": "02" + theirs[2:]}[mic]
                    answer = self.initialize(out, token=resp_token(state, mech, "", theirs), ctx=a)
                    self.check(answer, self.last_reply(state, mech, mic), "", (state, mech, mic))
        self.assertEqual(self.seen, 45)


class Acceptor(Case):
    def authenticate(self, out, inn):
        """Acceptor's answer so far, and the fields of the third token."""
        a = self.initialize(out)
        b = self.accept(inn, a["output"])
        return b, fields(self.initialize(out, token=b["output"], ctx=a)["output"])

    def test_last_token(self):
        """NTLM's AUTHENTICATE, with a MIC in it, so that one over the list is due."""
        out, inn = self.out(["NTLM"]), self.inn()
        for state in (None, ACCEPT, MORE, REJECT, ASK_MIC):
            for mech in ("", NTLM, KRB5):
                for mic in ("good", "none", "bad", "token"):
                    b, sent = self.authenticate(out, inn)
                    value = {"good": sent[3], "none": "", "bad": "02" + sent[3][2:], "token": sent[2]}[mic]
                    answer = self.accept(inn, resp_token(state, mech, sent[2], value), b)
                    if state == REJECT:
                        want = ("SEC_E_LOGON_DENIED", "")
                    elif state == ASK_MIC or mech == KRB5:
                        want = (BAD, "")
                    else:
                        want = {"good": ("SEC_E_OK", (ACCEPT, [3])), "bad": ("SEC_E_MESSAGE_ALTERED", (REJECT, []))}.get(
                            mic, ("SEC_I_CONTINUE_NEEDED", (MORE, [3])))
                    self.check(answer, *want, (state, mech, mic))
        self.assertEqual(self.seen, 60)

    def test_late_mic(self):
        """Who has been sent one and has sent none owes it, and nothing else."""
        out, inn = self.out(["NTLM"]), self.inn()
        for state in (None, ACCEPT, MORE, REJECT, ASK_MIC):
            for mic in ("good", "none", "bad"):
                b, sent = self.authenticate(out, inn)
                self.check(self.accept(inn, resp_token(MORE, "", sent[2]), b), "SEC_I_CONTINUE_NEEDED", (MORE, [3]), "")
                value = {"good": sent[3], "none": "", "bad": "02" + sent[3][2:]}[mic]
                answer = self.accept(inn, resp_token(state, "", "", value), b)
                if state == REJECT:
                    want = ("SEC_E_LOGON_DENIED", "")
                elif state == ASK_MIC:
                    want = (BAD, "")
                elif mic == "good":
                    # Who says accept-completed waits for no answer.
                    want = ("SEC_E_OK", "" if state == ACCEPT else (ACCEPT, []))
                else:
                    want = ("SEC_E_MESSAGE_ALTERED", (REJECT, []))
                self.check(answer, *want, (state, mic))
        b, sent = self.authenticate(out, inn)
        self.accept(inn, resp_token(MORE, "", sent[2]), b)
        self.check(self.accept(inn, resp_token(MORE, "", sent[2], sent[3]), b), BAD, (REJECT, []), "its token again")
        self.assertEqual(self.seen, 31)

    def test_first_token(self):
        """Kerberos under either OID, in either frame; and what is not of the first mechanism."""
        inn, f = self.inn(), self.forge
        for mechs in ([KRB5], [MS_KRB5], [MS_KRB5, KRB5], [KRB5, MS_KRB5, NTLM], [KRB5, KRB5]):
            for oid in (krb5forge.KRB5, krb5forge.MS_KRB5):
                answer = self.accept(inn, init_token(mechs, f.token(oid=oid)))
                self.check(answer, "SEC_E_OK", (ACCEPT, [1, 2]), (mechs, oid))
                self.assertEqual(fields(answer["output"])[1], mechs[0])
            answer = self.accept(inn, init_token(mechs))
            self.check(answer, "SEC_I_CONTINUE_NEEDED", (MORE, [1]), mechs)
            answer = self.accept(inn, init_token(mechs, "4e544c4d535350000100000000000000"))
            self.check(answer, BAD, (REJECT, []), mechs)
            answer = self.accept(inn, init_token([NEGOEX] + mechs, f.token()))
            self.check(answer, "SEC_I_CONTINUE_NEEDED", (ASK_MIC, [1]), mechs)
        for mechs in ([NEGOEX], ["2a864886f71201020203"], ["2b0601050205"]):
            answer = self.accept(inn, init_token(mechs, f.token()))
            self.check(answer, "SEC_E_UNSUPPORTED_FUNCTION", (REJECT, []), mechs)
        self.assertEqual(self.seen, 28)


class Waiting(Case):
    """A context whose leg has asked a KDC, and what it is afterwards: each operation on it."""

    ALICE = {"user": "alice", "domain": "FORGE.TEST", "password": "x"}
    LATE = ("SESSION_KEY", "SIZES", "NAMES", "NATIVE_NAMES", "LIFESPAN", "FLAGS", "KEY_INFO", "SIDS", "NEGO_STATUS")

    def begin(self, package):
        cred = self.drive.ok("acquire", package=package, use="outbound", identity=self.ALICE,
                             options={"transport": "script"})["cred"]
        answer = self.drive.call("initialize", cred=cred, target=TARGET, req=MUTUAL)
        self.assertEqual((answer["status"], answer["io"]["realm"]), ("SEC_I_ASYNC_CALL_PENDING", "FORGE.TEST"))
        return cred, answer["ctx"]

    def each(self, ctx, cred, status, leg):
        for attr in self.LATE:
            self.assertEqual(self.drive.call("query", ctx=ctx, attr=attr)["status"], status, attr)
        for what in ("session_key", "keys"):
            self.assertEqual(self.drive.call("export", ctx=ctx, what=what)["status"], status, what)
        for op, more in (("sign", {"message": ""}), ("verify", {"message": "", "token": ""}), ("wrap", {"message": ""}),
                         ("unwrap", {"token": ""}), ("encrypt", {"buffers": []})):
            self.assertEqual(self.drive.call(op, ctx=ctx, **more)["status"], status, op)
        self.assertEqual(self.drive.call("accept", cred=cred, ctx=ctx, input="00")["status"], "SEC_E_INVALID_HANDLE")
        self.assertEqual(self.drive.call("initialize", cred=cred, ctx=ctx, input="00")["status"], leg)

    def test_operations(self):
        for package in ("Kerberos", "Negotiate"):
            cred, ctx = self.begin(package)
            self.each(ctx, cred, "SEC_E_OUT_OF_SEQUENCE", "SEC_E_OUT_OF_SEQUENCE")
            info = self.drive.ok("query", ctx=ctx, attr="NEGOTIATION_INFO")
            self.assertEqual((info["package"], info["state"]), ("Kerberos", "IN_PROGRESS"))
            self.assertEqual(self.drive.ok("query", ctx=ctx, attr="PACKAGE_INFO")["name"], "Kerberos")
            answer = self.drive.call("io_reply", ctx=ctx, error="EHOSTUNREACH")
            if package == "Kerberos":
                self.assertEqual(answer["status"], "SEC_E_NO_AUTHENTICATING_AUTHORITY")
                self.each(ctx, cred, "SEC_E_NO_CONTEXT", "SEC_E_NO_CONTEXT")
                again = "SEC_E_NO_CONTEXT"
            else:
                self.assertEqual(fields(answer["output"])[0], "060a" + NTLM)
                info = self.drive.ok("query", ctx=ctx, attr="NEGOTIATION_INFO")
                self.assertEqual((info["package"], info["state"]), ("NTLM", "OPTIMISTIC"))
                again = "SEC_E_OUT_OF_SEQUENCE"
            self.assertEqual(self.drive.call("io_reply", ctx=ctx, error="EIO")["status"], again)
            self.drive.ok("delete", ctx=ctx)
            self.assertEqual(self.drive.call("io_reply", ctx=ctx, error="EIO")["status"], "SEC_E_INVALID_HANDLE")

    def test_ends(self):
        """It can be deleted, outlives its credential, and goes with all others."""
        for package in ("Kerberos", "Negotiate"):
            cred, ctx = self.begin(package)
            self.drive.ok("delete", ctx=ctx)
            self.assertEqual(self.drive.call("io_reply", ctx=ctx, reply="30")["status"], "SEC_E_INVALID_HANDLE")
            cred, ctx = self.begin(package)
            self.drive.ok("free", cred=cred)
            self.assertEqual(self.drive.call("io_reply", ctx=ctx, reply="30")["status"], BAD)
            _, ctx = self.begin(package)
            self.drive.ok("env", reset=True)
            self.assertEqual(self.drive.call("io_reply", ctx=ctx, error="EIO")["status"], "SEC_E_INVALID_HANDLE")


class FirstLegs(Case):
    def test_who_speaks_first(self):
        """An acceptor that is given no token, or an empty one, speaks first where its package can."""
        inn = self.inn()
        for more in ({}, {"input": ""}):
            answer = self.drive.ok("accept", cred=inn, **more)
            self.assertEqual(sorted(fields(answer["output"])), [0, 3])
            again = self.drive.call("accept", cred=inn, ctx=answer["ctx"])
            self.assertEqual((again["status"], again["output"]), (BAD, ""))
            token = self.initialize(self.out(), token=answer["output"])["output"]
            self.check(self.accept(inn, token, answer), "SEC_E_OK", (ACCEPT, [1, 2]), more)
        for package, what in (("NTLM", {"accounts": [USER]}), ("Kerberos", {"keytab": self.forge.keytab()})):
            cred = self.drive.ok("acquire", package=package, use="inbound", **what)["cred"]
            for more in ({}, {"input": ""}):
                answer = self.drive.call("accept", cred=cred, **more)
                self.assertEqual((answer["status"], answer["output"]), (BAD, ""))
                self.drive.ok("delete", ctx=answer["ctx"])

    def test_null_session(self):
        """Who wants to be nobody is not named to the server by another package."""
        for options, status in (({"allow_anonymous": True}, "SEC_I_CONTINUE_NEEDED"), ({}, "SEC_E_NO_CREDENTIALS")):
            answer = self.initialize(self.out(options=options), ["NULL_SESSION"])
            self.assertEqual(answer["status"], status)
            if answer["output"]:
                self.assertEqual(fields(answer["output"])[0], "060a" + NTLM)
        for cred in (self.out(["Kerberos"]), self.out(["!ntlm"]),
                     self.drive.ok("acquire", package="Negotiate", use="outbound", ccache=self.forge.cache())["cred"]):
            answer = self.initialize(cred, ["NULL_SESSION"])
            self.assertEqual((answer["status"], answer["output"]), ("SEC_E_UNSUPPORTED_FUNCTION", ""))

    def test_no_integrity(self):
        """It takes back INTEGRITY, whichever package it becomes."""
        for packages in (["NTLM"], ["Kerberos"]):
            out, inn, b = self.out(packages), self.inn(), {}
            a = self.initialize(out, ["NO_INTEGRITY", "INTEGRITY"])
            while a["output"]:
                b = self.drive.ok("accept", cred=inn, input=a["output"], **({"ctx": b["ctx"]} if b else {}))
                a = self.initialize(out, ["NO_INTEGRITY", "INTEGRITY"], b["output"], a)
            self.assertEqual((a["status"], a["attr"], b["status"], b["attr"]), ("SEC_E_OK", [], "SEC_E_OK", []))
            for ctx in (a, b):
                self.assertEqual(self.drive.call("sign", ctx=ctx["ctx"], message="")["status"],
                                 "SEC_E_UNSUPPORTED_FUNCTION")


if __name__ == "__main__":
    unittest.main()
