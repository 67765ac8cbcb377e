# SPDX-License-Identifier: GPL-2.0-only
"""SPNEGO tokens made and read by hand, and two ends of Negotiate in one process."""
import json
import os

import krb5peer
from driver import ISC

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


class Base(krb5peer.Case):
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
