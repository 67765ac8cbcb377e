# SPDX-License-Identifier: GPL-2.0-only
"""Kerberos with MIT's KDC, gss-server and gss-client, and with ourselves."""
import os
import socket
import subprocess
import threading
import unittest

import krb5peer
from driver import Drive
from krb5peer import ALICE, ETYPES, MUTUAL, Pair, read_frame, send_frame

SIZES = (1, 15, 16, 17, 4096, 65536)  # gss-server dies of an empty message


def pattern(length):
    return bytes(i & 255 for i in range(length)).hex()


class Ourselves(krb5peer.Case):
    def test_every_type(self):
        pair = Pair(self.drive, self.mit)
        for host in ["localhost"] + [e + ".ksspi.test" for e in ETYPES]:
            for req in (MUTUAL, MUTUAL[1:], MUTUAL + ["USE_DCE_STYLE"]):
                answers = pair.run(req, target="host/" + host)
                self.assertEqual(answers[-1]["status"], "SEC_E_OK", answers[-1])
                keys = [self.drive.ok("export", ctx=c, what="keys") for c in (pair.a, pair.b)]
                self.assertEqual(keys[0]["session_key"], keys[1]["session_key"])
                self.assertEqual(keys[0]["send_seq"], keys[1]["recv_seq"])
                self.assertEqual(keys[0]["recv_seq"], keys[1]["send_seq"])
                again = self.drive.call("accept", cred=pair.inn, input=answers[0]["output"])
                self.assertEqual(again["status"], "SEC_E_LOGON_DENIED")
                self.assertNotEqual(again["output"], "")

    def test_bindings(self):
        pair = Pair(self.drive, self.mit)
        mine, other = {"bindings": "746c73"}, {"bindings": "746c74"}
        lax = {"req": ["ALLOW_MISSING_BINDINGS"]}
        for isc, asc, status in (
                (mine, mine, "SEC_E_OK"), (mine, {}, "SEC_E_OK"),
                ({}, mine, "SEC_E_BAD_BINDINGS"), (other, mine, "SEC_E_BAD_BINDINGS"),
                ({}, dict(mine, **lax), "SEC_E_OK"),
                (other, dict(mine, **lax), "SEC_E_BAD_BINDINGS")):
            answers = pair.run(isc=isc, asc=asc)
            self.assertEqual(answers[1]["status"], status, (isc, asc))
            if status != "SEC_E_OK":
                last = self.drive.call("initialize", cred=pair.out, ctx=pair.a,
                                       input=answers[1]["output"])
                self.assertEqual(last["status"], status)

    def test_principal(self):
        for name, status in (("host/localhost@KSSPI.TEST", "SEC_E_OK"),
                             ("host/aes256-cts.ksspi.test@KSSPI.TEST", "SEC_E_WRONG_PRINCIPAL")):
            answers = Pair(self.drive, self.mit, principal=name).run()
            self.assertEqual(answers[1]["status"], status)
        bad = self.drive.call("acquire", package="Kerberos", use="inbound",
                              keytab=self.mit.keytab, principal="host/nobody@KSSPI.TEST")
        self.assertEqual(bad["status"], "SEC_E_NO_CREDENTIALS")

    def test_clock(self):
        import time
        pair = Pair(self.drive, self.mit)
        now = time.time()
        for off, status in ((0, "SEC_E_OK"), (299, "SEC_E_OK"), (301, "SEC_E_TIME_SKEW"),
                            (-299, "SEC_E_OK"), (-301, "SEC_E_TIME_SKEW"),
                            (200000, "SEC_E_CONTEXT_EXPIRED")):
            self.drive.ok("env", now=now)
            first = self.drive.ok("initialize", cred=pair.out, target="host/localhost",
                                  req=MUTUAL)
            self.drive.ok("env", now=now + off)
            answer = self.drive.call("accept", cred=pair.inn, input=first["output"])
            self.assertEqual(answer["status"], status, off)

    def test_altered_requests(self):
        """Each byte of each leg changed, each length cut: refused, or listed here."""
        pair = Pair(self.drive, self.mit)
        for req in (MUTUAL, MUTUAL + ["USE_DCE_STYLE"]):
            legs = 3 if "USE_DCE_STYLE" in req else 2
            for leg in range(legs):
                length = len(pair.run(req)[leg]["output"]) // 2
                pair.delete()
                taken = []
                for i in range(length):
                    def tamper(n, token, i=i):
                        if n != leg:
                            return token
                        t = bytearray.fromhex(token)
                        t[min(i, len(t) - 1)] ^= 1  # numbers differ in length
                        return t.hex()
                    answers = pair.run(req, tamper=tamper)
                    if answers[-1]["status"] == "SEC_E_OK":
                        taken.append((i, answers[leg]["output"][2 * i - 16:2 * i + 8]))
                    pair.delete()
                # The AP-REQ's options and the ticket's name type are not protected.
                self.assertLessEqual(len(taken), 6 if leg == 0 else 0, (req, leg, taken))
                for cut in range(0, length, 7):
                    def cut_off(n, token, cut=cut):
                        return token[:max(0, len(token) - 2 - 2 * cut)] if n == leg else token
                    answers = pair.run(req, tamper=cut_off)
                    self.assertNotEqual(answers[-1]["status"], "SEC_E_OK")
                    pair.delete()


class GssServer(krb5peer.Case):
    def test_our_initiator(self):
        self.serve(MUTUAL, MUTUAL + ["USE_DCE_STYLE"], MUTUAL[1:])

    def test_rc4(self):
        self.serve(MUTUAL[1:], host="rc4-hmac.ksspi.test", options={"enctypes": [18, 23]})

    def test_delegation(self):
        """gss-server says which flags its context has."""
        log = self.mit.path("gss.log")
        for req, more in ((MUTUAL + ["DELEGATE"], True), (MUTUAL, False)):
            seen = os.path.getsize(log) if os.path.exists(log) else 0
            self.serve(req)
            with open(log, "rb") as f:
                f.seek(seen)
                text = f.read()
            self.assertIn(b"GSS_C_MUTUAL_FLAG", text)
            self.assertEqual(b"GSS_C_DELEG_FLAG" in text, more, text)

    def serve(self, *reqs, host="localhost", options=None):
        port = self.mit.server("host@" + host)
        out = self.drive.ok("acquire", package="Kerberos", use="outbound",
                            ccache=self.mit.ccache, options=options or {})["cred"]
        for req in reqs:
            with socket.create_connection(("127.0.0.1", port)) as s:
                self.exchange(s, out, req, "host/" + host)

    def exchange(self, s, out, req, target):
        send_frame(s, 0x11)
        step, trips = self.mit.relay(self.drive, self.drive.call("initialize", cred=out,
                                                                 target=target, req=req))
        ctx = step["ctx"]
        self.assertEqual(trips, "DELEGATE" in req)
        self.assertEqual("DELEGATE" in req, "DELEGATE" in step["attr"])
        send_frame(s, 2, bytes.fromhex(step["output"]))
        while step["status"] == "SEC_I_CONTINUE_NEEDED":
            step = self.drive.ok("initialize", cred=out, ctx=ctx, input=read_frame(s)[1].hex())
            if step["output"]:
                send_frame(s, 2, bytes.fromhex(step["output"]))
        for size in SIZES:
            for conf, flags in ((True, 0xe4), (False, 0xa4)):
                m = pattern(size)
                token = self.drive.ok("wrap", ctx=ctx, message=m, conf=conf)["token"]
                send_frame(s, flags, bytes.fromhex(token))
                self.drive.ok("verify", ctx=ctx, message=m, token=read_frame(s)[1].hex())
        send_frame(s, 1)


class GssClient(krb5peer.Case):
    def serve(self, listener, inn, failures, use=None):
        try:
            s = listener.accept()[0]
            with s:
                self.accept(s, inn, use)
        except Exception as e:  # told by the test's own thread
            failures.append(repr(e))

    def accept(self, s, inn, use=None):
        ctx, status = {}, "SEC_I_CONTINUE_NEEDED"
        read_frame(s)
        while status == "SEC_I_CONTINUE_NEEDED":
            answer = self.drive.ok("accept", cred=inn, input=read_frame(s)[1].hex(), **ctx)
            ctx, status = {"ctx": answer["ctx"]}, answer["status"]
            if answer["output"]:
                send_frame(s, 2, bytes.fromhex(answer["output"]))
        if use:
            use(answer)
        while True:
            flags, data = read_frame(s)
            if flags & 1:
                return
            message = data.hex()
            if flags & 0x20:
                plain = self.drive.ok("unwrap", token=message, **ctx)
                self.assertEqual(plain["conf"], bool(flags & 0x40))
                message = plain["message"]
            mic = self.drive.ok("sign", message=message, **ctx)["token"] if flags & 0x80 else ""
            send_frame(s, 8 if mic else 1, bytes.fromhex(mic))

    def delegated(self, answer):
        """The client's TGT gets a ticket for another service, and that service takes it."""
        self.assertIn("DELEGATE", answer["attr"])
        cred = self.drive.ok("acquire", package="Kerberos", use="outbound",
                             delegated=answer["ctx"])["cred"]
        step, trips = self.mit.relay(self.drive, self.drive.call(
            "initialize", cred=cred, target="host/aes128-cts.ksspi.test", req=MUTUAL))
        self.assertEqual(trips, 1)
        inn = self.drive.ok("acquire", package="Kerberos", use="inbound",
                            keytab=self.mit.keytab)["cred"]
        there = self.drive.ok("accept", cred=inn, input=step["output"])
        name = self.drive.ok("query", ctx=there["ctx"], attr="NAMES")["user_name"]
        self.assertEqual(name, "alice@KSSPI.TEST")

    def test_our_acceptor(self):
        inn = self.drive.ok("acquire", package="Kerberos", use="inbound",
                            keytab=self.mit.keytab)["cred"]
        for flags in ([], ["-dce"], ["-seq"], ["-nw"], ["-nx"], ["-mcount", "3"], ["-d"]):
            use = self.delegated if "-d" in flags else None
            with socket.create_server(("127.0.0.1", 0)) as listener:
                failures = []
                thread = threading.Thread(target=self.serve, args=(listener, inn, failures,
                                                                use))
                thread.start()
                done = subprocess.run(
                    [krb5peer.SCRIPT, "client", self.mit.folder,
                     str(listener.getsockname()[1]), "hello there", *flags],
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
                thread.join(30)
                self.assertEqual(failures, [], (flags, done.stdout))
                self.assertIn(b"Signature verified", done.stdout, flags)


class Kdc(krb5peer.Case):
    def tickets(self, target, **acquire):
        cred = self.drive.ok("acquire", package="Kerberos", use="outbound", **acquire)["cred"]
        return cred, *self.more(cred, target)

    def more(self, cred, target):
        return self.mit.relay(self.drive, self.drive.call(
            "initialize", cred=cred, target=target, req=MUTUAL))

    def finish(self, cred, answer, keytab, user):
        inn = self.drive.ok("acquire", package="Kerberos", use="inbound", keytab=keytab)["cred"]
        reply = self.drive.ok("accept", cred=inn, input=answer["output"])
        self.drive.ok("initialize", cred=cred, ctx=answer["ctx"], input=reply["output"])
        name = self.drive.ok("query", ctx=reply["ctx"], attr="NAMES")["user_name"]
        self.assertEqual(name, user)

    def test_password(self):
        cred, answer, trips = self.tickets("host/localhost", identity=ALICE)
        self.assertEqual(trips, 3)
        self.finish(cred, answer, self.mit.keytab, "alice@KSSPI.TEST")
        self.assertEqual(self.more(cred, "host/localhost")[1], 0)

    def test_each_type(self):
        for e in ETYPES:
            cred, answer, _ = self.tickets(
                f"host/{e}.ksspi.test", identity={"user": "user-" + e, "domain": "KSSPI.TEST",
                                                  "password": "pw-" + e})
            self.finish(cred, answer, self.mit.keytab, f"user-{e}@KSSPI.TEST")

    def test_keytab(self):
        cred, answer, _ = self.tickets("host/localhost", keytab=self.mit.hex("alice.keytab"),
                                       principal="alice@KSSPI.TEST")
        self.finish(cred, answer, self.mit.keytab, "alice@KSSPI.TEST")

    def test_other_realm(self):
        for target, trips in (("host/srv.other.test@OTHER.TEST", 4), ("host/srv.other.test", 4)):
            cred, answer, asked = self.tickets(target, identity=ALICE)
            self.assertEqual(asked, trips)
            self.finish(cred, answer, self.mit.hex("keytab2"), "alice@KSSPI.TEST")
            self.assertEqual(self.more(cred, target)[1], 0)

    def test_refusals(self):
        for identity, target, status in (
                (dict(ALICE, password="x"), "host/localhost", "SEC_E_LOGON_DENIED"),
                (dict(ALICE, user="nobody"), "host/localhost", "SEC_E_LOGON_DENIED"),
                (dict(ALICE, user="plain", password="x"), "host/localhost",
                 "SEC_E_LOGON_DENIED"),
                (ALICE, "host/nowhere.ksspi.test", "SEC_E_TARGET_UNKNOWN")):
            self.assertEqual(self.tickets(target, identity=identity)[1]["status"], status)

    def test_clock_is_learned(self):
        self.drive.ok("env", now=2000000000.25)
        _, answer, _ = self.tickets("host/localhost", identity=ALICE)
        self.assertEqual(answer["status"], "SEC_I_CONTINUE_NEEDED")

    def test_no_kdc(self):
        cred = self.drive.ok("acquire", package="Kerberos", use="outbound",
                             identity=ALICE)["cred"]
        ctx = self.drive.call("initialize", cred=cred, target="host/localhost")["ctx"]
        answer = self.drive.call("io_reply", ctx=ctx, error="ETIMEDOUT")
        self.assertEqual(answer["status"], "SEC_E_NO_AUTHENTICATING_AUTHORITY")

    def test_altered_replies(self):
        """A reply with any byte changed gives no context, or the same ticket."""
        cred = self.drive.ok("acquire", package="Kerberos", use="outbound",
                             identity=dict(ALICE, user="plain"),
                             options={"enctypes": [17]})["cred"]
        first = self.drive.call("initialize", cred=cred, target="host/localhost")
        self.drive.ok("delete", ctx=first["ctx"])
        self.drive.ok("env", random="11" * 4096)
        ask = {"cred": cred, "target": "host/localhost"}
        first = self.drive.call("initialize", **ask)
        reply = bytes.fromhex(self.mit.ask(first["io"]))
        self.drive.ok("delete", ctx=first["ctx"])
        for i in range(0, len(reply), 3):
            self.drive.ok("env", random="11" * 512)
            first = self.drive.call("initialize", **ask)
            bad = reply[:i] + bytes([reply[i] ^ 1]) + reply[i + 1:]
            answer = self.drive.call("io_reply", ctx=first["ctx"], reply=bad.hex())
            self.assertNotEqual(answer["status"], "SEC_E_OK")
            self.drive.ok("delete", ctx=first["ctx"])
            if answer["status"] == "SEC_I_ASYNC_CALL_PENDING":
                # Inside the ticket only, which the client cannot check.
                cred = self.drive.ok("acquire", package="Kerberos", use="outbound",
                                     identity=dict(ALICE, user="plain"),
                                     options={"enctypes": [17]})["cred"]
                ask["cred"] = cred


class Memory(krb5peer.Case):
    def test_every_failure(self):
        """Each allocation of an exchange fails once: no leak, no crash, a clear status."""
        failed = 0
        for n in range(1, 400):
            drive = Drive("--host", env={"KSSPI_HOST_FAIL_ALLOC": str(n)})
            answers = self.exchange(drive)
            code, text = drive.close()
            self.assertEqual(code, 0, text)
            if "one failed" not in text:
                break
            failed += 1
            self.assertIn("SEC_E_INSUFFICIENT_MEMORY", answers, n)
        self.assertGreater(failed, 30)

    def exchange(self, drive):
        seen = []

        def call(op, **fields):
            answer = drive.call(op, **fields)
            seen.append(answer["status"])
            return answer
        out = call("acquire", package="Kerberos", use="outbound", ccache=self.mit.ccache)
        inn = call("acquire", package="Kerberos", use="inbound", keytab=self.mit.keytab)
        if "cred" not in out or "cred" not in inn:
            return seen
        a = call("initialize", cred=out["cred"], target="host/localhost", req=MUTUAL)
        if not a.get("output"):
            return seen
        b = call("accept", cred=inn["cred"], input=a["output"])
        if not b.get("output") or b["status"] != "SEC_E_OK":
            return seen
        call("initialize", cred=out["cred"], ctx=a["ctx"], input=b["output"])
        token = call("wrap", ctx=a["ctx"], message="00")
        if "token" in token:
            call("unwrap", ctx=b["ctx"], token=token["token"])
        call("query", ctx=b["ctx"], attr="NATIVE_NAMES")
        return seen


if __name__ == "__main__":
    unittest.main()
