# SPDX-License-Identifier: GPL-2.0-only
"""A TGT forwarded to an acceptor (RFC 4121 4.1.1), and what the acceptor does with it."""
import struct
import unittest

import krb5forge as kf
from driver import Drive
from krb5forge import Forge, Node, Tgs

REQ = ["DELEGATE", "MUTUAL_AUTH", "INTEGRITY", "CONFIDENTIALITY"]
IT = "SEC_E_INVALID_TOKEN"


class Case(unittest.TestCase):
    def setUp(self):
        self.drive = Drive()
        self.addCleanup(self.close)
        self.forge = Forge(self.drive)
        self.tgs = Tgs(self.forge)
        self.drive.ok("env", now=self.forge.now)

    def close(self):
        self.assertEqual(self.drive.close(), (0, ""))

    def outbound(self, mask=kf.OK_AS_DELEGATE, tgt=kf.FORWARDABLE):
        tickets = [] if tgt is None else [self.tgs.tgt(tgt)]
        return self.drive.ok("acquire", package="Kerberos", use="outbound",
                             ccache=self.forge.cache(mask=mask, tickets=tickets),
                             options={"transport": "script"})["cred"]

    def inbound(self):
        return self.drive.ok("acquire", package="Kerberos", use="inbound", keytab=self.forge.keytab())["cred"]

    def begin(self, cred, req=None, **more):
        return self.drive.call("initialize", cred=cred, target="host/srv.test", req=req or REQ, **more)

    def checksum(self, answer):
        auth = self.forge.read_request(answer["output"])[1]
        return auth.get(3).bytes(1), auth


class Initiator(Case):
    def test_forwarded(self):
        """One question, and the answer in the authenticator's checksum, under the session key."""
        f, cred = self.forge, self.outbound()
        answer = self.begin(cred)
        self.assertEqual((answer["status"], answer["io"]["realm"], answer["output"]),
                         ("SEC_I_ASYNC_CALL_PENDING", "FORGE.TEST", ""))
        body, _ = self.tgs.read(answer["io"])
        options = struct.unpack(">I", body.bytes(0)[1:])[0]
        self.assertEqual(options & (kf.FORWARDABLE | kf.FORWARDED), kf.FORWARDABLE | kf.FORWARDED)
        self.assertEqual(body.names(3), "krbtgt/FORGE.TEST")
        self.assertIsNone(body.get(9))  # addresses
        reply, ticket = self.tgs.reply(answer["io"])
        self.drive.ok("env", now=f.now, random=bytes(range(68)).hex())
        answer = self.drive.ok("io_reply", ctx=answer["ctx"], reply=reply)
        self.assertEqual(self.drive.ok("env", now=f.now)["random_left"], 0)
        self.assertIn("DELEGATE", answer["attr"])
        cksum, auth = self.checksum(answer)
        self.assertEqual(struct.unpack("<I", cksum[20:24])[0], 0x33)
        option, length = struct.unpack("<HH", cksum[24:28])
        self.assertEqual((option, length), (1, len(cksum) - 28))
        message = Node(cksum[28:])
        self.assertEqual([n.whole for n in message.get(2).items()], [ticket])
        enc = message.get(3)
        part = Node(f.open(18, f.session_key, 14, enc.bytes(2)))
        # Drawn between the number and the authenticator's confounder.
        self.assertEqual(f.crypto("encrypt", enctype=18, key=f.session_key, usage=14, plain=part.whole,
                                  confounder=bytes(range(36, 52))), enc.bytes(2).hex())
        self.assertEqual(auth.key(6)[1], bytes(range(32)))
        info = part.get(0).items()[0]
        self.assertEqual(info.key(0), (18, f.make_key(18, 43)))
        self.assertEqual((info.names(2), info.names(9)), ("alice", "krbtgt/FORGE.TEST"))
        self.drive.ok("env", now=f.now, random=bytes(300).hex())
        # Kept for the next context of this credential.
        self.assertEqual(self.begin(cred)["status"], "SEC_I_CONTINUE_NEEDED")

    def test_times_are_the_clock(self):
        """While it stands still, every authenticator of the way to a context is of that moment."""
        f = self.forge
        for fraction in (0, 999999):
            self.drive.ok("env", now=f.now + fraction / 1e6)
            for _ in range(2):
                when = (kf.when(f.now), fraction)
                tgts = [self.tgs.tgt(kf.FORWARDABLE)]
                cred = self.drive.ok("acquire", package="Kerberos", use="outbound",
                                     ccache=kf.cache("alice", *tgts))["cred"]
                answer, asked = self.begin(cred), 0
                while answer["status"] == "SEC_I_ASYNC_CALL_PENDING":
                    auth = self.tgs.read(answer["io"])[1]
                    self.assertEqual((auth.get(5).whole, auth.int(4)), when)
                    first = not asked
                    reply, ticket = self.tgs.reply(answer["io"], mask=kf.OK_AS_DELEGATE if first else kf.FORWARDED)
                    answer = self.drive.call("io_reply", ctx=answer["ctx"], reply=reply)
                    asked += 1
                self.assertEqual((answer["status"], asked), ("SEC_I_CONTINUE_NEEDED", 2))
                request = Node(kf.unframe(bytes.fromhex(answer["output"]))[1])
                enc = request.get(4)
                auth = Node(f.open(18, f.make_key(18, 43), 11, enc.bytes(2)))
                self.assertEqual((auth.get(5).whole, auth.int(4)), when)

    def test_not_forwarded(self):
        """Not asked, not mutual, not trusted, not forwardable: no question, and the flags say so."""
        for cred, req in ((self.outbound(), REQ[1:]), (self.outbound(), ["DELEGATE", "INTEGRITY"]),
                          (self.outbound(mask=0), REQ), (self.outbound(tgt=kf.RENEWABLE), REQ),
                          (self.outbound(tgt=None), REQ)):
            answer = self.begin(cred, req)
            self.assertIn(answer["status"], ("SEC_E_OK", "SEC_I_CONTINUE_NEEDED"))
            self.assertNotIn("DELEGATE", answer["attr"])
            self.assertEqual(len(self.checksum(answer)[0]), 24)

    def test_kdc_does_not(self):
        """No answer, an error, a lie: the context goes on without."""
        f = self.forge
        for tell in (lambda io: {"error": "ETIMEDOUT"}, lambda io: {"reply": self.tgs.error(13)},
                     lambda io: {"reply": self.tgs.error(12)}, lambda io: {"reply": ""}, lambda io: {"reply": "00"},
                     lambda io: {"reply": self.tgs.reply(io, mask=kf.FORWARDABLE)[0]},
                     lambda io: {"reply": self.tgs.reply(io, client="bob")[0]},
                     lambda io: {"reply": self.tgs.reply(io, service="host/srv.test")[0]},
                     lambda io: {"reply": self.tgs.reply(io, end=f.now - 1000)[0]}):
            answer = self.begin(self.outbound())
            answer = self.drive.ok("io_reply", ctx=answer["ctx"], **tell(answer["io"]))
            self.assertEqual(answer["status"], "SEC_I_CONTINUE_NEEDED")
            self.assertNotIn("DELEGATE", answer["attr"])
            self.assertEqual(len(self.checksum(answer)[0]), 24)

    def test_for_a_user(self):
        """Whose ticket is another's does not give away its own TGT with it."""
        f = self.forge
        ticket = f.ticket(client="bob")
        entry = (f.service, 18, f.session_key, ticket, f.now, f.now + 36000, kf.OK_AS_DELEGATE, kf.REALM, "bob")
        cred = self.drive.ok("acquire", package="Kerberos", use="outbound", ccache=kf.cache("alice", entry, self.tgs.tgt()),
                             options={"transport": "script"})["cred"]
        answer = self.begin(cred)
        if answer["status"] == "SEC_I_ASYNC_CALL_PENDING":
            answer = self.drive.ok("io_reply", ctx=answer["ctx"], reply=self.tgs.reply(answer["io"])[0])
        self.assertEqual(answer["status"], "SEC_I_CONTINUE_NEEDED")
        self.assertNotIn("DELEGATE", answer["attr"])
        self.assertEqual(len(self.checksum(answer)[0]), 24)

    def test_deleted_while_asking(self):
        cred = self.outbound()
        answer = self.begin(cred)
        self.drive.ok("delete", ctx=answer["ctx"])
        answer = self.begin(cred)
        again = self.drive.call("initialize", cred=cred, ctx=answer["ctx"])
        self.assertEqual(again["status"], "SEC_E_OUT_OF_SEQUENCE")


class Acceptor(Case):
    def message(self, infos=None, tickets=None, key=None, usage=14, part=None, enctype=18):
        f = self.forge
        infos = [kf.cred_info((18, self.tgs.session_key))] if infos is None else infos
        tickets = [self.tgs.tgt()[3]] if tickets is None else tickets
        part = kf.cred_part(*infos) if part is None else part
        return kf.cred_msg(tickets, enctype, f.seal(18, key or f.session_key, usage, part))

    def clear(self, infos=None, tickets=None, part=None):
        """RFC 6448: within the authenticator nothing needs to be sealed once more."""
        infos = [kf.cred_info((18, self.tgs.session_key))] if infos is None else infos
        part = kf.cred_part(*infos) if part is None else part
        return kf.cred_msg([self.tgs.tgt()[3]] if tickets is None else tickets, 0, part)

    def accept(self, message, mask=0x3f, **more):
        f = self.forge
        return self.drive.call("accept", cred=self.inbound(),
                               input=f.token(cksum=kf.gss_checksum(mask, cred=message, **more)))

    def use(self, ctx):
        return self.drive.call("acquire", package="Kerberos", use="outbound", delegated=ctx,
                               options={"transport": "script"})

    def test_taken(self):
        """The session key, the subkey, none; optional fields left out; an extension behind it."""
        f = self.forge
        for message, more in (
                (self.message(), {}), (self.message(key=f.subkey), {}), (self.clear(), {}),
                (self.message([kf.cred_info((18, self.tgs.session_key), client=None, realm=None)]), {}),
                (self.message(), {"more": struct.pack(">II", 7, 1) + b"x"})):
            answer = self.accept(message, **more)
            self.assertEqual(answer["status"], "SEC_E_OK", answer)
            self.assertIn("DELEGATE", answer["attr"])
            self.assertEqual(self.use(answer["ctx"])["status"], "SEC_E_OK")

    def test_used(self):
        """The credential asks the KDC with the client's TGT, and outlives the context."""
        for message in (self.message(), self.clear()):
            self.uses(self.accept(message)["ctx"])

    def uses(self, ctx):
        cred = self.use(ctx)["cred"]
        self.drive.ok("delete", ctx=ctx)
        answer = self.drive.call("initialize", cred=cred, target="cifs/back.test", req=["MUTUAL_AUTH"])
        self.assertEqual((answer["status"], answer["io"]["realm"]), ("SEC_I_ASYNC_CALL_PENDING", "FORGE.TEST"))
        body, auth = self.tgs.read(answer["io"])
        self.assertEqual((body.names(3), auth.names(2)), ("cifs/back.test", "alice"))
        reply, _ = self.tgs.reply(answer["io"], mask=0)
        answer = self.drive.ok("io_reply", ctx=answer["ctx"], reply=reply)
        self.assertEqual(answer["status"], "SEC_I_CONTINUE_NEEDED")
        answer = self.drive.ok("initialize", cred=cred, target="cifs/back.test")
        names = self.drive.ok("query", ctx=answer["ctx"], attr="NATIVE_NAMES")
        self.assertEqual((names["client_name"], names["server_name"]),
                         ("alice@FORGE.TEST", "cifs/back.test@FORGE.TEST"))

    def test_nothing_delegated(self):
        f = self.forge
        answer = self.drive.ok("accept", cred=self.inbound(), input=f.token())
        self.assertNotIn("DELEGATE", answer["attr"])
        self.assertEqual(self.use(answer["ctx"])["status"], "SEC_E_NO_CREDENTIALS")
        self.assertEqual(self.use(answer["ctx"] + 100)["status"], "SEC_E_INVALID_HANDLE")
        first = self.drive.ok("initialize", cred=self.outbound(), target="host/srv.test", req=["INTEGRITY"])
        self.assertEqual(self.use(first["ctx"])["status"], "SEC_E_INVALID_PARAMETER")
        bad = self.accept(b"\x76\0")
        self.assertEqual(self.use(bad["ctx"])["status"], "SEC_E_NO_CONTEXT")

    def test_refused(self):
        f, tgt = self.forge, self.tgs.tgt()[3]
        info = kf.cred_info((18, self.tgs.session_key))
        for message, status in (
                (self.message(infos=[]), IT), (self.message(infos=[], tickets=[]), IT), (self.message(tickets=[]), IT),
                (self.message(tickets=[tgt, tgt]), IT), (self.message(infos=[info, info]), IT),
                (self.message(infos=[info] * 9, tickets=[tgt] * 9), IT), (self.message(usage=11), IT),
                (self.message(key=f.key), IT), (self.message(enctype=17), IT), (self.message(enctype=0), IT),
                (self.message(part=b"\x7d\0"), IT), (self.message(part=b""), IT), (self.message()[:-1], IT),
                (self.clear(infos=[]), IT), (self.clear(tickets=[]), IT), (self.clear(tickets=[tgt, tgt]), IT),
                (self.clear(part=b""), IT), (self.clear(part=b"\x7d\0"), IT), (self.clear()[:-1], IT),
                (self.clear([kf.cred_info((18, self.tgs.session_key), client="bob")]), "SEC_E_LOGON_DENIED"),
                (self.message(tickets=[b"\x61\0"]), IT), (self.message([kf.cred_info((18, b"short"))]), IT),
                (self.message([kf.cred_info((18, self.tgs.session_key), client="bob")]), "SEC_E_LOGON_DENIED"),
                (self.message([kf.cred_info((18, self.tgs.session_key), realm=b"X")]), "SEC_E_LOGON_DENIED")):
            answer = self.accept(message)
            self.assertEqual(answer["status"], status, message.hex())
            self.assertTrue(answer["reason"])

    def test_unusable(self):
        """A key of a type that is not there is no credential, and no reason to refuse."""
        answer = self.accept(self.message([kf.cred_info((3, bytes(8)))]))
        self.assertEqual(answer["status"], "SEC_E_OK")
        self.assertNotIn("DELEGATE", answer["attr"])

    def test_without_the_flag(self):
        """Without the flag it is not looked for: what is behind the flags must be extensions."""
        f = self.forge
        answer = self.drive.call("accept", cred=self.inbound(),
                                 input=f.token(cksum=kf.gss_checksum(0x3e, cred=self.message())))
        self.assertEqual(answer["status"], IT)

    def test_altered(self):
        for message in (self.message(), self.clear()):
            for i in range(0, len(message), 5):
                answer = self.accept(message[:i] + bytes([message[i] ^ 1]) + message[i + 1:])
                self.assertIn(answer["status"], ("SEC_E_OK", IT, "SEC_E_LOGON_DENIED"))
                self.drive.ok("delete", ctx=answer["ctx"])
            for length in range(0, len(message), 5):
                self.assertEqual(self.accept(message[:length])["status"], IT)

    def test_ourselves(self):
        """Both sides are us."""
        cred = self.outbound()
        answer = self.begin(cred)
        answer = self.drive.ok("io_reply", ctx=answer["ctx"], reply=self.tgs.reply(answer["io"])[0])
        there = self.drive.ok("accept", cred=self.inbound(), input=answer["output"])
        self.drive.ok("initialize", cred=cred, ctx=answer["ctx"], input=there["output"])
        for ctx in (answer["ctx"], there["ctx"]):
            self.assertIn("DELEGATE", self.drive.ok("query", ctx=ctx, attr="FLAGS")["flags"])
        self.assertEqual(self.use(there["ctx"])["status"], "SEC_E_OK")


if __name__ == "__main__":
    unittest.main()
