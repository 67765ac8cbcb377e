# SPDX-License-Identifier: GPL-2.0-only
"""The Kerberos acceptor against AP-REQs made by hand: what it must take, and refuse."""
import struct
import unittest

import krb5forge as kf
from driver import Drive
from krb5forge import AP_OPTIONS, ETYPES, Forge, authdata, relevant

IT, LD = "SEC_E_INVALID_TOKEN", "SEC_E_LOGON_DENIED"
DES3, RC4 = 16, 23


class Case(unittest.TestCase):
    def setUp(self):
        self.drive = Drive()
        self.addCleanup(self.close)
        self.forge = Forge(self.drive)
        self.drive.ok("env", now=self.forge.now)
        self.inn = self.acquire()

    def close(self):
        self.assertEqual(self.drive.close(), (0, ""))

    def acquire(self, keytab=None, **more):
        return self.drive.ok("acquire", package="Kerberos", use="inbound",
                             keytab=keytab or self.forge.keytab(), **more)["cred"]

    def accept(self, token, cred=None, **more):
        return self.drive.call("accept", cred=cred or self.inn, input=token, **more)

    def refused(self, token, status, code=None, cred=None, **more):
        """A clear status, a KRB-ERROR or none, and a context that is dead."""
        answer = self.accept(token, cred, **more)
        self.assertEqual(answer["status"], status, answer)
        error = kf.error_of(answer["output"])
        self.assertEqual(error and error[0], code, answer)
        self.assertTrue(answer["reason"])
        for dead in (self.drive.call("query", ctx=answer["ctx"], attr="SESSION_KEY"),
                     self.drive.call("export", ctx=answer["ctx"], what="keys"),
                     self.drive.call("sign", ctx=answer["ctx"], message="00"),
                     self.drive.call("accept", cred=cred or self.inn, ctx=answer["ctx"], input=token)):
            self.assertNotIn(dead["status"], ("SEC_E_OK", "SEC_I_CONTINUE_NEEDED"))
        self.drive.ok("delete", ctx=answer["ctx"])
        return answer

    def taken(self, token, cred=None, **more):
        answer = self.accept(token, cred, **more)
        self.assertEqual(answer["status"], "SEC_E_OK", answer)
        return answer

    def opened(self, answer):
        """EncAPRepPart of an answer."""
        tok_id, body = kf.unframe(bytes.fromhex(answer["output"]))
        self.assertIn(tok_id, (0x0200, None))
        enc = kf.Node(body).get(2)
        return kf.Node(self.forge.open(enc.int(0), self.forge.session_key, 12, enc.bytes(2)))


class Taken(Case):
    def test_fields(self):
        f = self.forge
        answer = self.taken(f.token(cusec=77, seq_number=1234))
        part = self.opened(answer)
        self.assertEqual((part.int(1), part.key(2)[0]), (77, 18))
        keys = self.drive.ok("export", ctx=answer["ctx"], what="keys")
        self.assertEqual(keys["recv_seq"], 1234)
        self.assertEqual(keys["send_seq"], part.int(3))
        self.assertEqual(keys["session_key"], part.key(2)[1].hex())
        subkey = self.drive.ok("export", ctx=answer["ctx"], what="subkey")
        self.assertEqual(subkey["initiator_subkey"], f.subkey.hex())
        self.assertEqual(answer["expiry"], f.now + 36000)
        self.assertEqual(answer["attr"], ["MUTUAL_AUTH", "REPLAY_DETECT", "SEQUENCE_DETECT",
                                          "CONFIDENTIALITY", "INTEGRITY"])
        names = self.drive.ok("query", ctx=answer["ctx"], attr="NATIVE_NAMES")
        self.assertEqual((names["client_name"], names["server_name"]),
                         ("alice@FORGE.TEST", "host/srv.test@FORGE.TEST"))
        target = self.drive.ok("query", ctx=answer["ctx"], attr="CLIENT_SPECIFIED_TARGET")
        self.assertEqual(target["target_name"], "host/srv.test")

    def test_every_type(self):
        for enctype in kf.KEYS:
            f = Forge(self.drive, enctype)
            cred = self.acquire(f.keytab(), options={"enctypes": [enctype]})
            answer = self.taken(f.token(), cred)
            keys = self.drive.ok("export", ctx=answer["ctx"], what="subkey")
            self.assertEqual("acceptor_subkey" in keys, enctype not in (DES3, RC4))
            strict = self.acquire(f.keytab())
            if enctype in (DES3, RC4):
                self.refused(f.token(), "SEC_E_KDC_UNKNOWN_ETYPE", 14, strict)

    def test_forms(self):
        """Both OIDs with a frame, and none; the answer has the same."""
        f = self.forge
        for oid in (kf.KRB5, kf.MS_KRB5):
            self.assertIn(oid, bytes.fromhex(self.taken(f.token(oid=oid))["output"])[:20])
        answer = self.taken(f.ap_req().hex())
        self.assertEqual(answer["output"][:2], "6f")
        answer = self.taken(f.token(options=0, cksum=kf.gss_checksum(0x3c)))
        self.assertEqual((answer["output"], "MUTUAL_AUTH" in answer["attr"]), ("", False))

    def test_options_of_a_ticket(self):
        """What a service must not mind: addresses, postdated ones that are valid, no subkey."""
        f = self.forge
        address = kf.seq(kf.seq(kf.field(0, kf.num(2)), kf.field(1, kf.octets(b"\x7f\0\0\1"))))
        for token in (f.token(f.ticket(addresses=address)), f.token(f.ticket(mask=1 << 25, start=f.now - 5)),
                      f.token(subkey=None), f.token(seq_number=None), f.token(f.ticket(kvno=None)),
                      f.token(f.ticket(auth=f.now - 9000, start=f.now - 100)),
                      f.token(f.ticket(client="service/with/instances"), client="service/with/instances"),
                      f.token(f.ticket(client="u\u00e9ser"), client="u\u00e9ser")):
            self.taken(token)

    def test_no_subkey(self):
        """Then the acceptor's is of the session key's type; without mutual the session key counts."""
        f = self.forge
        answer = self.taken(f.token(subkey=None, options=0, cksum=kf.gss_checksum(0x3c)))
        self.assertEqual(self.drive.ok("query", ctx=answer["ctx"], attr="SESSION_KEY")["session_key"],
                         f.session_key.hex())

    def test_dce(self):
        f = self.forge
        for good, status in ((True, "SEC_E_OK"), (False, LD)):
            answer = self.drive.call("accept", cred=self.inn,
                                     input=f.ap_req(cksum=kf.gss_checksum(0x103e)).hex())
            self.assertEqual(answer["status"], "SEC_I_CONTINUE_NEEDED")
            part = self.opened(answer)
            # Times of the third leg do not count, its number does.
            token = f.reply(0, 0, seq_number=part.int(3) + (not good), framed=False)
            answer = self.drive.call("accept", cred=self.inn, ctx=answer["ctx"], input=token)
            self.assertEqual(answer["status"], status)
            self.assertEqual("USED_DCE_STYLE" in answer["attr"], good)
            self.assertEqual(answer["output"], "")

    def test_dce_third_leg(self):
        f = self.forge
        for token, status in ((f.reply(0, 0, seq_number=None), LD), (f.reply(0, 0, usage=11), LD),
                              (f.reply(0, 0, plain=b"\x30\0"), IT), (f.reply(0, 0, label=17), LD),
                              (f.error(41), IT), (f.token(), IT), ("6f00", IT), ("00", IT),
                              (f.reply(0, 0, session_key=f.subkey), LD)):
            answer = self.drive.call("accept", cred=self.inn,
                                     input=f.ap_req(cksum=kf.gss_checksum(0x103e)).hex())
            answer = self.drive.call("accept", cred=self.inn, ctx=answer["ctx"], input=token)
            self.assertEqual(answer["status"], status, token)

    def test_negotiation_of_types(self):
        """RFC 4537: the first of the client's list that is permitted; not without a list."""
        f = self.forge

        def wants(*types):
            data = kf.seq(*(kf.num(t) for t in types))
            return authdata(relevant((ETYPES, data)))
        for types, chosen in (((20, 18), 20), ((23, 19, 18), 19), ((99, 17), 17), ((1, 23), 18), ((), 18)):
            part = self.opened(self.taken(f.token(data=wants(*types))))
            self.assertEqual(part.key(2)[0], chosen, types)
        # Malformed it is no list, and being relevant only, no reason to refuse.
        part = self.opened(self.taken(f.token(data=authdata(relevant((ETYPES, b"\x30\x05"))))))
        self.assertEqual(part.key(2)[0], 18)
        weak = Forge(self.drive, 23)
        cred = self.acquire(weak.keytab(), options={"enctypes": [18, 23]})
        self.forge = weak
        answer = self.taken(weak.token(data=wants(18, 23)), cred)
        self.assertEqual(self.opened(answer).key(2)[0], 18)

    def test_keytab(self):
        """Several versions, names and types; the ticket says which."""
        f = self.forge
        old, other = f.make_key(18, 9), f.make_key(18, 8)
        cred = self.acquire(f.keytab(kf.keytab_entry(f.service, 18, old, 1), kf.keytab_entry("cifs/srv.test", 18, other, 2),
                                     kf.keytab_entry("http/srv.test", 18, f.key, 2)))
        self.taken(f.token(f.ticket(key=old, kvno=1)), cred)
        self.taken(f.token(f.ticket(key=old, kvno=None)), cred)
        self.taken(f.token(f.ticket(service="cifs/srv.test", key=other)), cred)
        self.taken(f.token(f.ticket(service="http/srv.test")), cred)
        self.refused(f.token(f.ticket(key=old, kvno=2)), LD, 31, cred)
        self.refused(f.token(f.ticket(key=old, kvno=3)), "SEC_E_NO_KERB_KEY", 44, cred)
        self.refused(f.token(f.ticket(service="cifs/srv.test")), LD, 31, cred)
        # An entry of eight bits stands for all versions that end so.
        cred = self.acquire(kf.keytab(kf.keytab_entry(f.service, 18, f.key, 258, wide=False)))
        self.taken(f.token(f.ticket(kvno=258)), cred)
        self.refused(f.token(f.ticket(kvno=259)), "SEC_E_NO_KERB_KEY", 44, cred)
        cred = self.acquire(kf.keytab(kf.keytab_entry(f.service, 18, f.key, 258)))
        self.refused(f.token(f.ticket(kvno=2)), "SEC_E_NO_KERB_KEY", 44, cred)

    def test_principal(self):
        f = self.forge
        keytab = f.keytab(kf.keytab_entry("cifs/srv.test", 18, f.key, 2))
        for name in ("host/srv.test@FORGE.TEST", "host/srv.test"):
            cred = self.acquire(keytab, principal=name)
            self.taken(f.token(), cred)
            self.refused(f.token(f.ticket(service="cifs/srv.test")), "SEC_E_WRONG_PRINCIPAL", 35, cred)

    def test_client_target(self):
        f = self.forge
        for name in ("cifs/srv.test:445@FORGE.TEST", "host/\u20ac"):
            data = authdata(relevant((kf.TARGET, name.encode("utf-16-le"))))
            answer = self.taken(f.token(data=data))
            target = self.drive.ok("query", ctx=answer["ctx"], attr="CLIENT_SPECIFIED_TARGET")
            self.assertEqual(target["target_name"], name)
        for bad in (b"x", b"\0\0", b"\0\xd8", b""):
            answer = self.taken(f.token(data=authdata(relevant((kf.TARGET, bad)))))
            target = self.drive.ok("query", ctx=answer["ctx"], attr="CLIENT_SPECIFIED_TARGET")
            self.assertEqual(target["target_name"], "host/srv.test")


class Refused(Case):
    def test_form(self):
        f = self.forge
        good = f.token()
        self.taken(good)
        for token in (f.token(kind=10), f.token(vno=4), f.token(tok_id=0x0200), f.token(tok_id=0x0101),
                      f.token(oid=bytes.fromhex("06062b0601050502")), good[:-2], good + "00", "60", "6080",
                      "6084ffffffff", "", "00", "4e544c4d53535000", f.ap_req(kind=15).hex(), f.reply(0, 0), f.error(41),
                      f.token(f.ticket(vno=4)), f.token(auth=b"\x62\0"), f.token(vno=6), f.token(cusec=1000000),
                      f.token(auth=f.authenticator(vno=4)), f.token(cksum=b""), f.token(auth=b"")):
            self.refused(token, IT)

    def test_truncated_everywhere(self):
        token = bytes.fromhex(self.forge.token())
        for length in range(len(token)):
            self.assertEqual(self.accept(token[:length].hex())["status"], IT, length)

    def test_times(self):
        f = self.forge
        for ticket, status, code in (
                ({"end": f.now - 301}, "SEC_E_CONTEXT_EXPIRED", 32), ({"start": f.now + 301}, "SEC_E_TIME_SKEW", 33),
                ({"auth": f.now + 301}, "SEC_E_TIME_SKEW", 33), ({"mask": kf.INVALID}, "SEC_E_TIME_SKEW", 33)):
            self.refused(f.token(f.ticket(**ticket)), status, code)
        for ticket in ({"end": f.now - 300}, {"start": f.now + 300}, {"auth": f.now + 300}):
            self.taken(f.token(f.ticket(**ticket)))
        for off in (-301, 301):
            self.refused(f.token(ctime=f.now + off), "SEC_E_TIME_SKEW", 37)
        for off in (-300, 300):
            self.taken(f.token(ctime=f.now + off, cusec=0))
        self.refused(f.token(ctime=f.now + 300, cusec=1), "SEC_E_TIME_SKEW", 37)

    def test_no_skew(self):
        f = self.forge
        for skew, off in ((0, 0), (1, 1), (7, 7)):
            cred = self.acquire(options={"max_skew": skew})
            self.taken(f.token(ctime=f.now + off, cusec=0), cred)
            self.taken(f.token(ctime=f.now - off, cusec=0), cred)
            self.refused(f.token(ctime=f.now + off + 1, cusec=0), "SEC_E_TIME_SKEW", 37, cred)
            self.refused(f.token(ctime=f.now - off - 1, cusec=0), "SEC_E_TIME_SKEW", 37, cred)
            self.refused(f.token(f.ticket(end=f.now - off - 1), ctime=f.now, cusec=0), "SEC_E_CONTEXT_EXPIRED", 32,
                         cred)

    def test_keys(self):
        f = self.forge
        wrong = f.make_key(18, 77)
        for token, status, code in (
                (f.token(f.ticket(key=wrong)), LD, 31), (f.token(f.ticket(usage=3)), LD, 31),
                (f.token(f.ticket(kvno=3)), "SEC_E_NO_KERB_KEY", 44), (f.token(f.ticket(kvno=2 ** 32 - 1)), "SEC_E_NO_KERB_KEY", 44),
                (f.token(f.ticket(label=17)), "SEC_E_NO_KERB_KEY", 45), (f.token(f.ticket(label=3)), "SEC_E_KDC_UNKNOWN_ETYPE", 14),
                (f.token(f.ticket(service="cifs/srv.test")), "SEC_E_NO_KERB_KEY", 45),
                (f.token(f.ticket(service="host/SRV.test")), "SEC_E_NO_KERB_KEY", 45),
                (f.token(f.ticket(realm=b"OTHER.TEST")), "SEC_E_NO_KERB_KEY", 45),
                (f.token(session_key=wrong), LD, 31), (f.token(usage=7), LD, 31), (f.token(label=17), LD, 31),
                (f.token(f.ticket(session_key=b"short")), IT, None), (f.token(f.ticket(session=3, session_key=bytes(8))), "SEC_E_KDC_UNKNOWN_ETYPE", 14),
                (f.token(subkey=(18, b"12345")), IT, None), (f.token(subkey=(18, b"")), IT, None),
                (f.token(subkey=(18, bytes(33))), IT, None), (f.token(subkey=(3, bytes(8))), "SEC_E_KDC_UNKNOWN_ETYPE", 14),
                (f.token(f.ticket(plain=b"\x63\0")), IT, None), (f.token(cut=1), LD, 31), (f.token(cut=200), LD, 31),
                (f.token(options=0x40000000), "SEC_E_NO_KERB_KEY", 45)):
            self.refused(token, status, code)

    def test_names(self):
        f = self.forge
        for token, status, code in (
                (f.token(client="bob"), LD, 36), (f.token(client="alice/admin"), LD, 36),
                (f.token(realm=b"OTHER.TEST"), LD, 36), (f.token(client="Alice"), LD, 36),
                (f.token(f.ticket(client="a\0b"), client="a\0b"), IT, None),
                (f.token(f.ticket(client="/".join("x" * 2000)), client="/".join("x" * 2000)), IT, None)):
            self.refused(token, status, code)

    def test_checksum(self):
        f = self.forge
        good = kf.gss_checksum(0x3e)
        for cksum, status, code in (
                (False, IT, 50), (good[:23], IT, None), (good[:4], IT, None), (kf.gss_checksum(0x3e, length=15), IT, None),
                (kf.gss_checksum(0x3e, length=2 ** 32 - 1), IT, None), (good + b"x", IT, None),
                (good + struct.pack(">II", 1, 5) + b"1234", IT, None), (good + struct.pack(">II", 1, 2 ** 32 - 1), IT, None),
                (kf.gss_checksum(0x3f), IT, None), (kf.gss_checksum(0x3f, cred=b""), IT, None),
                (kf.gss_checksum(0x3f) + struct.pack("<HH", 1, 100) + b"x", IT, None),
                (kf.gss_checksum(0x3f) + struct.pack("<HH", 2, 1) + b"x", IT, None),
                (kf.gss_checksum(0x3f, cred=b"\x76\0"), IT, None)):
            self.refused(f.token(cksum=cksum), status, code)
        for kind in (0x8001, 16, -138, 0x8004):
            self.refused(f.token(cksum_type=kind), IT, 50)
        self.taken(f.token(cksum=good + struct.pack(">II", 9, 3) + b"abc"))

    def test_authdata(self):
        f = self.forge
        nested = (kf.PAC + 900, b"x")
        deep = nested
        for _ in range(400):
            deep = relevant(deep)
        for inside, status, code in (
                ((999, b"x"), LD, 12), (kf.relevant((999, b"x")), None, None), ((kf.KDC_ISSUED, b"x"), None, None),
                ((kf.AND_OR, b"x"), LD, 12), ((kf.CAMMAC, b"x"), None, None), (relevant((kf.AND_OR, b"x")), None, None),
                ((-7, b"x"), LD, 12), ((kf.IF_RELEVANT, b"x"), IT, None), ((kf.IF_RELEVANT, b""), IT, None),
                (deep, IT, None), ((8, b"x"), None, None), ((141, b"x"), None, None)):
            for ticket in (True, False):
                data = authdata(inside)
                token = f.token(f.ticket(data=data)) if ticket else f.token(data=data)
                if status is None:
                    self.taken(token)
                else:
                    self.refused(token, status, code)

    def test_transited(self):
        f = self.forge
        self.refused(f.token(f.ticket(transited=b"MID.TEST")), LD, 12)
        self.refused(f.token(f.ticket(transited=b"x", transited_type=7)), LD, 12)
        self.taken(f.token(f.ticket(transited=b"MID.TEST", mask=kf.TRANSITED_CHECKED)))
        self.taken(f.token(f.ticket(realm=f.service and kf.REALM, transited=b"")))

    def test_bindings(self):
        f = self.forge
        good, aware = kf.bindings_hash(b"tls"), authdata(relevant((AP_OPTIONS, struct.pack("<I", 0x4000))))
        lax = {"bindings": b"tls".hex(), "req": ["ALLOW_MISSING_BINDINGS"]}
        strict = {"bindings": b"tls".hex()}
        for bnd, data, more, status in (
                (good, None, strict, None), (good, aware, strict, None), (good, aware, {}, None), (bytes(16), None, {}, None),
                (bytes(16), None, strict, "SEC_E_BAD_BINDINGS"), (bytes(16), aware, strict, "SEC_E_BAD_BINDINGS"),
                (bytes(15) + b"\1", None, strict, "SEC_E_BAD_BINDINGS"), (bytes(16), None, lax, None),
                (bytes(16), aware, lax, "SEC_E_BAD_BINDINGS"), (good[:15] + b"\0", None, lax, "SEC_E_BAD_BINDINGS"),
                (good, aware, lax, None), (kf.bindings_hash(b"tlt"), None, {}, None)):
            token = f.token(cksum=kf.gss_checksum(0x3e, bnd), data=data)
            if status is None:
                self.taken(token, **more)
            else:
                self.refused(token, status, 47, **more)
        # Options without the bit, or cut short, say nothing.
        for options in (b"\0\0\0\0", b"\0\x40", b""):
            token = f.token(data=authdata(relevant((AP_OPTIONS, options))))
            self.taken(token, **lax)

    def test_replay(self):
        """The same authenticator: to this credential, another, another service with this key."""
        f = self.forge
        keytab = f.keytab(kf.keytab_entry("cifs/srv.test", 18, f.key, 2))
        request = f.ap_req()
        self.taken(kf.frame(0x0100, request).hex())
        self.refused(kf.frame(0x0100, request).hex(), LD, 34)
        self.refused(kf.frame(0x0100, request, kf.MS_KRB5).hex(), LD, 34)
        self.refused(request.hex(), LD, 34)
        self.refused(request.hex(), LD, 34, self.acquire())
        auth = f.seal(18, f.session_key, 11, f.authenticator())
        cred, both = None, []
        for service in ("host/srv.test", "cifs/srv.test"):
            both.append(kf.app(14, kf.field(0, kf.num(5)), kf.field(1, kf.num(14)), kf.field(2, kf.flags(0)),
                               kf.field(3, f.ticket(service=service)), kf.field(4, kf.encrypted(18, auth))).hex())
        cred = self.acquire(keytab)
        self.taken(both[0], cred)
        self.refused(both[1], LD, 34, cred)
        # A request that was refused for another reason may come again.
        token = f.token(ctime=f.now + 400)
        self.refused(token, "SEC_E_TIME_SKEW", 37)
        self.drive.ok("env", now=f.now + 200)
        self.taken(token)
        self.refused(token, LD, 34)

    def test_replay_outlives_the_skew(self):
        """What one acceptor does not take any more another, more patient one must not take twice."""
        f = self.forge
        patient = self.acquire(options={"max_skew": 3600})
        token = f.token()
        self.taken(token)
        other = f.token()
        self.drive.ok("env", now=f.now + 2000)
        self.taken(other, patient)
        self.refused(token, LD, 34, patient)
        self.drive.ok("env", now=f.now + 3700)
        self.refused(token, "SEC_E_TIME_SKEW", 37, patient)
        self.drive.ok("env", reset=True, now=f.now)
        self.inn = self.acquire()
        self.taken(token)

    def test_replay_many(self):
        """Thousands are remembered, each alone."""
        f = self.forge
        ticket, tokens = f.ticket(), []
        for _ in range(2000):
            tokens.append(f.token(ticket, options=0, cksum=kf.gss_checksum(0x3c)))
            self.drive.ok("delete", ctx=self.taken(tokens[-1])["ctx"])
        for token in tokens[::7]:
            answer = self.accept(token)
            self.assertEqual(answer["status"], LD)
            self.drive.ok("delete", ctx=answer["ctx"])

    def test_error_says_little(self):
        """The peer's error has the code, our name and the clock: no text, no data."""
        f = self.forge
        answer = self.refused(f.token(ctime=f.now - 999), "SEC_E_TIME_SKEW", 37)
        node = kf.error_of(answer["output"])[1]
        self.assertEqual(node.names(10), "host/srv.test")
        self.assertIsNone(node.get(11))
        self.assertIsNone(node.get(12))
        self.assertIn(kf.when(f.now), node.whole)

    def test_order(self):
        """A second AP-REQ on an established context, and any token on a dead one."""
        f = self.forge
        ctx = self.taken(f.token())["ctx"]
        answer = self.accept(f.token(), ctx=ctx)
        self.assertEqual(answer["status"], "SEC_E_OUT_OF_SEQUENCE")
        self.drive.ok("sign", ctx=ctx, message="00")
        self.assertEqual(self.drive.call("accept", cred=self.inn)["status"], IT)

    def test_big_ticket(self):
        f = self.forge
        data = authdata(relevant((999, bytes(65000))))
        self.taken(f.token(f.ticket(data=data)))
        data = authdata(relevant((999, bytes(120000))))
        self.taken(f.token(f.ticket(data=data)))
        data = authdata(relevant((999, bytes(140000))))
        self.assertEqual(self.accept(f.token(f.ticket(data=data)))["status"], IT)

    def test_altered(self):
        """Each byte of a request changed: refused, or a byte that protects nothing."""
        f = self.forge
        token = bytes.fromhex(f.token())
        taken = []
        for i in range(len(token)):
            answer = self.accept((token[:i] + bytes([token[i] ^ 1]) + token[i + 1:]).hex())
            if answer["status"] == "SEC_E_OK":
                taken.append(i)
                self.drive.ok("env", reset=True, now=f.now)
                self.inn = self.acquire()
            else:
                self.assertTrue(answer["status"].startswith("SEC_E_"))
        # ap-options (5 octets) and the type of the server's name.
        self.assertLessEqual(len(taken), 6, taken)
        self.taken(token.hex())


if __name__ == "__main__":
    unittest.main()
