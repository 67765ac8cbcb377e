# SPDX-License-Identifier: GPL-2.0-only
"""Exchanges with a KDC in Python, honest and lying."""
import unittest

import fakekdc
from driver import Drive
from fakekdc import Kdc, keytab

MUTUAL = ["MUTUAL_AUTH", "REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "INTEGRITY"]
PENDING = "SEC_I_ASYNC_CALL_PENDING"
USER = {"user": "user", "domain": "FAKE.TEST", "password": "Passw0rd"}
TARGET = "host/server.fake.test"
NOW = 1700000000


class Base(unittest.TestCase):
    def setUp(self):
        self.kdcs = {}
        self.kdc = self.realm("FAKE.TEST")
        self.kdc.add("user", "Passw0rd")
        self.service = self.kdc.add(TARGET)
        self.drive = Drive()
        self.drive.ok("env", now=NOW, seed=1)
        self.addCleanup(lambda: self.assertEqual(self.drive.close(), (0, "")))

    def realm(self, name):
        kdc = self.kdcs[name] = Kdc(name, NOW)
        self.addCleanup(kdc.close)
        return kdc

    def cred(self, **options):
        more = {k: options.pop(k) for k in ("identity", "keytab", "principal", "ccache")
                if k in options}
        return self.drive.ok("acquire", package="Kerberos", use="outbound", options=options,
                             **(more or {"identity": USER}))["cred"]

    def run_exchange(self, cred, target=TARGET, bend=None):
        """Asks until there is no question; the last answer, and how many there were."""
        answer, trips = self.drive.call("initialize", cred=cred, target=target, req=MUTUAL), 0
        while answer["status"] == PENDING:
            reply = self.kdcs[answer["io"]["realm"]].answer(answer["io"]["request"])
            if bend:
                reply = bend(trips, reply)
            answer = self.drive.call("io_reply", ctx=answer["ctx"], reply=reply)
            trips += 1
            self.assertLess(trips, 40)
        return answer, trips

    def accept(self, answer, user, name=TARGET, key=None, realm="FAKE.TEST"):
        """The other side takes it, and knows the user."""
        inn = self.drive.ok("acquire", package="Kerberos", use="inbound",
                            keytab=keytab(name, realm, key or self.service))["cred"]
        taken = self.drive.ok("accept", cred=inn, input=answer["output"])
        self.assertEqual(self.drive.ok("query", ctx=taken["ctx"], attr="NAMES")["user_name"], user)

    def works(self, cred, trips=None, user="user@FAKE.TEST", **more):
        answer, asked = self.run_exchange(cred, **more)
        self.assertEqual(answer["status"], "SEC_I_CONTINUE_NEEDED", answer)
        if trips is not None:
            self.assertEqual(asked, trips)
        self.accept(answer, user)
        return answer

    def refused(self, status, cred=None, reason=None, **more):
        answer, _ = self.run_exchange(cred or self.cred(), **more)
        self.assertIn(answer["status"], (status,) if isinstance(status, str) else status, answer)
        self.assertEqual(answer["output"], "")
        if reason:
            self.assertIn(reason, answer["reason"])
        return answer


class Honest(Base):
    def test_password(self):
        cred = self.cred()
        self.works(cred, 3)
        self.works(cred, 0)

    def test_no_preauth(self):
        self.kdc.preauth = False
        self.works(self.cred(), 2)

    def test_salt_and_iterations(self):
        self.kdc.add("user", "Passw0rd", salt="a salt", params=(1000).to_bytes(4, "big"))
        self.works(self.cred(), 3)

    def test_every_type(self):
        for etype in (17, 18, 19, 20, 25, 26):
            self.kdc.etype = etype
            self.kdc.krbtgt = self.kdc.add("krbtgt/FAKE.TEST", etype=etype)
            self.kdc.add("user", "Passw0rd", etype=etype)
            self.service = self.kdc.add(TARGET, etype=etype)
            for armor in ({}, {"armor": self.kdc.armor()}):
                self.works(self.cred(**armor), 3)

    def test_what_is_asked_for(self):
        self.works(self.cred(enctypes=[17, 18]), 3)
        first, _, tgs = self.kdc.seen
        self.assertEqual(first.etypes, [17, 18])
        self.assertEqual(first.sname, (2, ["krbtgt", "FAKE.TEST"]))
        self.assertEqual(first.cname, (1, ["user"]))
        self.assertIn(fakekdc.PA_REQ_ENC, first.pa)
        self.assertEqual(tgs.sname, (2, ["host", "server.fake.test"]))
        self.assertIsNone(tgs.cname)
        self.assertTrue(tgs.armor)

    def test_draws(self):
        """AS-REQ: nonce, confounder. TGS-REQ: subkey, nonce, confounder, confounder of armour."""
        for fast, tgs in ((False, 32 + 4 + 16), (True, 32 + 4 + 16 + 16)):
            self.kdc.fast = fast
            cred = self.cred()
            self.drive.ok("env", now=NOW, random="ff" * 4 + "02" * 20 + "03" * tgs + "04" * 100)
            answer = self.drive.call("initialize", cred=cred, target=TARGET, req=MUTUAL)
            for left in (20 + tgs + 100, tgs + 100, 100):
                if left != 20 + tgs + 100:
                    answer = self.drive.call("io_reply", ctx=answer["ctx"], reply=self.kdc.answer(
                        answer["io"]["request"]))
                self.assertEqual(answer["status"], PENDING)
                self.assertEqual(self.drive.ok("env", now=NOW)["random_left"], left)
            self.assertEqual([r.nonce for r in self.kdc.seen[-2:]], [0x7fffffff, 0x02020202])
            self.kdc.answer(answer["io"]["request"])
            self.assertEqual(self.kdc.seen[-1].subkey[1], b"\3" * 32)


class Table(Base):
    def test_bounded(self):
        """The one used longest ago goes; the TGT stays, so one question brings it back."""
        cred, count = self.cred(), 262
        for i in range(count):
            self.kdc.add(f"host/{i}.test")
        self.works(cred, 3)
        for i in range(count):
            self.assertEqual(self.run_exchange(cred, target=f"host/{i}.test")[1], 1)
            self.drive.ok("delete", ctx=self.run_exchange(cred)[0]["ctx"])
        for target, trips in (("host/0.test", 1), (f"host/{count - 1}.test", 0), (TARGET, 0),
                              ("host/100.test", 0), ("host/0.test", 0)):
            self.assertEqual(self.run_exchange(cred, target=target)[1], trips, target)

    def test_expired(self):
        """A ticket is good to its end and not beyond; a new one takes its place."""
        cred = self.cred()
        self.works(cred, 3)
        for at, trips in ((NOW + 35999, 0), (NOW + 36000, 3), (NOW + 36001, 0)):
            self.drive.ok("env", now=at, seed=1)
            self.kdc.now = at
            answer, asked = self.run_exchange(cred)
            self.assertEqual((answer["status"], asked), ("SEC_I_CONTINUE_NEEDED", trips), at)

    def test_of_each_credential(self):
        """What one has got is nothing to another (CVE-2026-31392)."""
        self.works(self.cred(), 3)
        self.works(self.cred(), 3)


class Referrals(Base):
    def test_canonical_name(self):
        self.kdc.aliases["alias"] = "user"
        cred = self.cred(identity=dict(USER, user="alias"), canonicalize=True)
        self.works(cred, 3)
        self.refused("SEC_E_LOGON_DENIED", self.cred(identity=dict(USER, user="alias")))

    def test_enterprise_name(self):
        """The domain behind the '@' is where to ask first; the KDC knows where the user lives."""
        other = self.realm("OTHER.TEST")
        self.kdc.aliases["user@fake.test"] = "x@OTHER.TEST"
        other.aliases["user@fake.test"] = "user"
        other.add("user", "Passw0rd")
        identity = {"user": "user@FAKE.TEST", "password": "Passw0rd"}
        self.kdc.aliases["user@FAKE.TEST"] = "x@OTHER.TEST"
        other.aliases["user@FAKE.TEST"] = "user"
        key = other.trust("FAKE.TEST")
        self.kdc.peers["OTHER.TEST"] = key
        cred = self.cred(identity=identity)
        answer, trips = self.run_exchange(cred, target=TARGET)
        self.assertEqual(answer["status"], "SEC_I_CONTINUE_NEEDED", answer)
        self.assertEqual(trips, 5)
        self.accept(answer, "user@OTHER.TEST")
        self.assertEqual(self.kdc.seen[0].cname, (10, ["user@FAKE.TEST"]))
        self.works(cred, 0, user="user@OTHER.TEST")

    def test_realm_in_a_circle(self):
        """WRONG_REALM without end, and to itself."""
        identity = {"user": "user@FAKE.TEST", "password": "Passw0rd"}
        self.kdc.fail[10] = fakekdc.Error(68, crealm="FAKE.TEST")
        self.refused("SEC_E_INVALID_TOKEN", self.cred(identity=identity))
        other = self.realm("OTHER.TEST")
        self.kdc.fail[10] = fakekdc.Error(68, crealm="OTHER.TEST")
        other.fail[10] = fakekdc.Error(68, crealm="FAKE.TEST")
        self.refused("SEC_E_MAX_REFERRALS_EXCEEDED", self.cred(identity=identity))
        self.refused("SEC_E_LOGON_DENIED", self.cred())

    def chain(self, count):
        """FAKE.TEST -> R0.TEST -> R1.TEST ..., the service in the last."""
        last, target = self.kdc, "host/far.test"
        for i in range(count):
            name = f"R{i}.TEST"
            kdc = self.realm(name)
            key = last.trust(name)
            kdc.peers[last.realm] = key
            last.aliases[target] = name
            last = kdc
        self.far = last.add(target)
        return target, last.realm

    def test_chain(self):
        target, realm = self.chain(3)
        answer, trips = self.run_exchange(self.cred(), target=target)
        self.assertEqual((answer["status"], trips), ("SEC_I_CONTINUE_NEEDED", 6))
        self.accept(answer, "user@FAKE.TEST", target, self.far, realm)

    def test_chain_too_long(self):
        target, _ = self.chain(11)
        self.refused("SEC_E_MAX_REFERRALS_EXCEEDED", target=target)

    def test_circle(self):
        other = self.realm("OTHER.TEST")
        other.peers["FAKE.TEST"] = self.kdc.trust("OTHER.TEST")
        other.trust("FAKE.TEST")
        self.kdc.aliases["host/x.test"] = "OTHER.TEST"
        other.aliases["host/x.test"] = "FAKE.TEST"
        self.refused("SEC_E_INVALID_TOKEN", target="host/x.test", reason="where we have been")
        self.kdc.aliases["host/x.test"] = "FAKE.TEST"
        self.refused("SEC_E_INVALID_TOKEN", target="host/x.test", reason="where we have been")

    def test_no_referral_was_asked_for(self):
        """With the realm named, only the way to it is taken."""
        self.kdc.trust("OTHER.TEST")
        self.kdc.aliases["host/x.test"] = "OTHER.TEST"
        cred = self.cred(identity=dict(USER, domain="FAKE.TEST"))
        # The target's realm is a text of its own here, so not implicit.
        self.refused("SEC_E_INVALID_TOKEN", cred, target="host/x.test@FAKE.TEST",
                     reason="another service")


def put(key, value):
    """A twist that sets one thing."""
    def bend(v):
        v[key] = value(v) if callable(value) else value
    return bend


EVIL = (1, ["mallory"])
# What a KDC says in the encrypted part, what it comes to. A part is like another's or out of time.
LIES = (
    ("nonce", lambda v: v["nonce"] ^ 1, "SEC_E_INVALID_TOKEN"),
    ("srealm", "EVIL.TEST", "SEC_E_INVALID_TOKEN"),
    ("sname", (2, ["host", "evil.test"]), "SEC_E_INVALID_TOKEN"),
    ("sname", (2, ["krbtgt", "EVIL.TEST"]), "SEC_E_INVALID_TOKEN"),
    ("flags", lambda v: v["flags"] | 1 << 24, "SEC_E_INVALID_TOKEN"),
    ("starttime", NOW + 301, "SEC_E_TIME_SKEW"),
    ("endtime", NOW - 301, "SEC_E_TIME_SKEW"),
    ("endtime", NOW, "SEC_E_INVALID_TOKEN"),
    ("endtime", NOW + 366 * 86400, "SEC_E_INVALID_TOKEN"),
    ("key", (23, b"k" * 16), "SEC_E_KDC_UNKNOWN_ETYPE"),
    ("key", (18, b"k" * 31), "SEC_E_INVALID_TOKEN"),
    ("key", (99, b"k" * 32), "SEC_E_KDC_UNKNOWN_ETYPE"),
    ("addresses", fakekdc.der.seq(fakekdc.der.fields(
        (0, fakekdc.der.integer(2)), (1, fakekdc.der.octets(b"\x7f\0\0\1")))),
     "SEC_E_INVALID_TOKEN"),
)


class Lies(Base):
    def lie(self, where, key, value, status, **options):
        self.kdc.twist = {where: put(key, value)}
        self.refused(status, self.cred(**options))
        self.kdc.twist = {}

    def test_parts(self):
        count = 0
        for where in ("as-part", "tgs-part"):
            for key, value, status in LIES:
                for armor in ({}, {"armor": self.kdc.armor()}):
                    with self.subTest(where=where, key=key, status=status, armor=bool(armor)):
                        self.lie(where, key, value, status, **armor)
                        count += 1
        self.assertEqual(count, 2 * 2 * len(LIES))

    def test_client(self):
        for fast in (False, True):
            self.kdc.fast = fast
            for where in ("as-rep", "tgs-rep"):
                for key, value in (("cname", EVIL), ("crealm", "EVIL.TEST")):
                    self.kdc.twist = {where: put(key, value)}
                    if fast and where == "tgs-rep":
                        # The name in the armour counts, and it is right.
                        self.works(self.cred())
                        continue
                    self.refused("SEC_E_INVALID_TOKEN", reason="another client's" if where ==
                                 "tgs-rep" else None)

    def test_ticket_of_another_service(self):
        """Orpheus' Lyre (CVE-2017-11103): the name outside is not the KDC's word."""
        evil = self.kdc.add("host/evil.test")

        def swap(v):
            v["ticket"] = self.kdc.ticket((2, ["host", "evil.test"]), evil, {
                "flags": 0, "key": self.kdc.session(), "crealm": "FAKE.TEST", "cname": (1, ["user"]),
                "authtime": NOW, "starttime": NOW, "endtime": NOW + 10, "renew_till": 0})
        for fast in (False, True):
            self.kdc.fast = fast
            for where in ("as-rep", "tgs-rep"):
                self.kdc.twist = {where: swap}
                self.refused("SEC_E_INVALID_TOKEN", reason="armour" if fast and where == "tgs-rep"
                             else "name is not the KDC's")

    def test_type_not_asked_for(self):
        self.kdc.twist = {"as-rep": put("key", (23, b"k" * 16))}
        self.refused("SEC_E_KDC_UNKNOWN_ETYPE")
        self.kdc.twist = {"tgs-rep": put("key", (17, b"k" * 16))}
        self.refused("SEC_E_INVALID_TOKEN", reason="another type")

    def test_iterations(self):
        for params in (b"", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\x10\0\1", b"\0\0\x10"):
            def methods(v, params=params):
                v[fakekdc.PA_INFO2] = fakekdc.der.seq(fakekdc.der.fields(
                    (0, fakekdc.der.integer(18)), (2, fakekdc.der.octets(params))))
            self.kdc.twist = {"methods": methods}
            self.refused("SEC_E_INVALID_TOKEN", reason="parameters")

    def test_altered_request(self):
        """RFC 6806 11: somebody took the strong types out of our request."""
        self.kdc.preauth = False
        asked = self.drive.call("initialize", cred=self.cred(), target=TARGET, req=MUTUAL)
        request = bytes.fromhex(asked["io"]["request"])
        types = bytes.fromhex("020114020113020112020111")
        self.assertIn(types, request)
        weaker = request.replace(types, bytes.fromhex("020112020112020112020112"))
        answer = self.drive.call("io_reply", ctx=asked["ctx"], reply=self.kdc.answer(weaker.hex()))
        self.assertEqual(answer["status"], "SEC_E_DOWNGRADE_DETECTED")

    def test_no_signature_of_the_request(self):
        self.kdc.twist = {"as-part": lambda v: v["pa"].pop(fakekdc.PA_REQ_ENC)}
        self.refused("SEC_E_INVALID_TOKEN", reason="did not sign")

    def test_other_messages(self):
        """A message of another kind, of another exchange, or nothing."""
        seen = {}

        def keep(trip, reply):
            seen[trip] = reply
            return reply
        self.run_exchange(self.cred(), bend=keep)
        for trip in range(3):
            for other in range(3):
                self.refused(("SEC_E_INVALID_TOKEN", "SEC_E_LOGON_DENIED", "SEC_E_UNSUPPORTED_PREAUTH",
                              "SEC_E_DOWNGRADE_DETECTED"),
                             bend=lambda t, r, trip=trip, other=other: seen[other] if t == trip and
                             (trip, other) != (0, 0) else r) if (trip, other) != (0, 0) else None
            for junk in ("", "00", "30", "7e00", "6b00", "6d00", "ff" * 100):
                self.refused("SEC_E_INVALID_TOKEN", bend=lambda t, r, trip=trip, junk=junk:
                             junk if t == trip else r)


class Armor(Base):
    def test_armored(self):
        for preauth, trips in ((True, 3), (False, 2)):
            self.kdc.preauth = preauth
            self.kdc.seen = []
            self.works(self.cred(armor=self.kdc.armor()), trips)
            self.assertTrue(all(r.armor for r in self.kdc.seen))
            self.assertNotIn(fakekdc.PA_ENC_TS, self.kdc.seen[-2].pa)
            self.assertEqual(fakekdc.PA_CHALLENGE in self.kdc.seen[-2].pa, preauth)

    def test_fresh_armor(self):
        """Each question has its own key."""
        self.works(self.cred(armor=self.kdc.armor()), 3)
        keys = {r.armor for r in self.kdc.seen}
        self.assertEqual(len(keys), 3)

    def test_wrong_password(self):
        cred = self.cred(armor=self.kdc.armor(), identity=dict(USER, password="x"))
        self.refused("SEC_E_LOGON_DENIED", cred)

    def test_bad_armor(self):
        for armor in ("", "0504", self.kdc.armor()[:-10],
                      fakekdc.ccache("machine", "FAKE.TEST"),
                      fakekdc.ccache("machine", "FAKE.TEST", self.kdc.issued("machine", TARGET))):
            answer = self.drive.call("acquire", package="Kerberos", use="outbound", identity=USER,
                                     options={"armor": armor})
            self.assertEqual(answer["status"], "SEC_E_NO_CREDENTIALS")
        old = fakekdc.ccache("machine", "FAKE.TEST", self.kdc.issued(
            "machine", "krbtgt/FAKE.TEST", endtime=NOW))
        answer = self.drive.call("initialize", cred=self.cred(armor=old), target=TARGET)
        self.assertEqual(answer["status"], "SEC_E_NO_CREDENTIALS")

    def test_downgrade(self):
        """A KDC without FAST, or somebody who says so: nothing is told without armour."""
        cred = self.cred(armor=self.kdc.armor())
        self.kdc.fast = False
        self.refused("SEC_E_DOWNGRADE_DETECTED", cred)
        self.kdc.preauth = False
        self.refused("SEC_E_DOWNGRADE_DETECTED", cred)
        self.assertTrue(all(not r.armor and fakekdc.PA_ENC_TS not in r.pa for r in self.kdc.seen))
        self.kdc.fast = self.kdc.preauth = True
        self.kdc.twist = {"error": "outside"}
        self.refused("SEC_E_DOWNGRADE_DETECTED", cred)

    def test_tgs_downgrade(self):
        """The TGT's reply has said FAST: an answer without is refused."""
        cred = self.cred()
        self.works(cred, 3)
        self.kdc.add("host/second.test")
        self.kdc.fast = False
        self.refused("SEC_E_DOWNGRADE_DETECTED", cred, target="host/second.test")

    def test_lies(self):
        def other_key(v):
            v["armor"] = (18, b"z" * 32)

        def no_challenge(v):
            v["pa"].pop(fakekdc.PA_CHALLENGE, None)

        def replayed(v):
            v["pa"][fakekdc.PA_CHALLENGE] = self.kdc.crypto.encrypt((18, b"y" * 32), 55, b"0")
        lies = [("SEC_E_INVALID_TOKEN", lie) for lie in (
            put("nonce", lambda v: v["nonce"] ^ 1), put("finished", False), other_key,
            put("cksum", lambda v: self.kdc.crypto.checksum(v["armor"], 53, b"another ticket")),
            put("cksum", lambda v: self.kdc.crypto.checksum(v["armor"], 52, b"")),
            put("cname", EVIL), put("crealm", "EVIL.TEST"),
            put("strengthen", (18, b"s" * 31)))]
        # The KDC made the key of the answer, and says another.
        lies.append(("SEC_E_LOGON_DENIED", put("strengthen", (18, b"s" * 32))))
        lies.append(("SEC_E_INVALID_TOKEN", put("strengthen", (99, b"s" * 32))))
        lies += [("SEC_E_INVALID_TOKEN", no_challenge), ("SEC_E_INVALID_TOKEN", replayed)]
        for status, lie in lies:
            self.kdc.twist = {"fast": lie}
            self.refused((status, "SEC_E_KDC_UNKNOWN_ETYPE"), self.cred(armor=self.kdc.armor()))
        for lie in (put("nonce", lambda v: v["nonce"] ^ 1), other_key, lambda v: v["pa"].clear()):
            self.kdc.twist = {"fast-error": lie}
            self.refused("SEC_E_INVALID_TOKEN", self.cred(armor=self.kdc.armor()))


class ForUser(Base):
    """MS-SFU: the service TARGET acts for a user who has no part in it."""

    def setUp(self):
        super().setUp()
        self.other = self.kdc.add("host/other.fake.test")

    def service_cred(self, user="user@FAKE.TEST", **options):
        return self.cred(keytab=keytab(TARGET, "FAKE.TEST", self.service),
                         principal=TARGET + "@FAKE.TEST", for_user=user, **options)

    def test_to_itself(self):
        for fast in (False, True):
            self.kdc.fast = fast
            cred = self.service_cred()
            self.works(cred, 3)
            request = self.kdc.seen[-1]
            self.assertEqual(request.sname[1], TARGET.split("/"))
            self.assertEqual({fakekdc.PA_FOR_USER, fakekdc.PA_S4U} & set(request.pa),
                             {fakekdc.PA_FOR_USER, fakekdc.PA_S4U})
            self.works(cred, 0)

    def test_to_another(self):
        """Two tickets: evidence, and the one that it is for; both are kept."""
        cred = self.service_cred()
        for trips in (4, 0):
            answer, asked = self.run_exchange(cred, target="host/other.fake.test")
            self.assertEqual((answer["status"], asked), ("SEC_I_CONTINUE_NEEDED", trips))
            self.accept(answer, "user@FAKE.TEST", "host/other.fake.test", self.other)
        proxy = self.kdc.seen[-1]
        self.assertTrue(proxy.options & fakekdc.KDC_CNAME_IN_ADDL_TKT)
        self.assertEqual(len(proxy.tickets), 1)
        self.assertIn(fakekdc.PA_PAC_OPTIONS, proxy.pa)
        self.works(cred, 0)

    def test_refused_by_the_kdc(self):
        self.refused("SEC_E_LOGON_DENIED", self.service_cred("nobody@FAKE.TEST"))
        self.kdc.twist = {"ticket": lambda v: v.update(flags=0)}
        self.refused("SEC_E_DELEGATION_POLICY", self.service_cred(), target="host/other.fake.test")
        self.kdc.twist = {}
        self.refused("SEC_E_UNSUPPORTED_FUNCTION", self.service_cred(), target="host/x@OTHER.TEST")
        for name in ("user", "", "@", "a@b@C"):
            answer = self.drive.call("acquire", package="Kerberos", use="outbound", identity=USER,
                                     options={"for_user": name})
            self.assertEqual(answer["status"] == "SEC_E_OK", name == "", name)

    def with_evidence(self, use="both"):
        """A user's context with the service, and the service's credential out of it."""
        mine = {"keytab": keytab(TARGET, "FAKE.TEST", self.service),
                "principal": TARGET + "@FAKE.TEST"}
        first, _ = self.run_exchange(self.cred())
        inn = self.drive.ok("acquire", package="Kerberos", use=use, **mine)["cred"]
        taken = self.drive.ok("accept", cred=inn, input=first["output"])
        self.assertNotIn("DELEGATE", taken["attr"])
        return self.drive.call("acquire", package="Kerberos", use="outbound",
                               delegated=taken["ctx"], **mine)

    def test_with_evidence(self):
        """No S4U2Self: what the client has sent is enough, if the KDC says so."""
        cred = self.with_evidence()["cred"]
        self.kdc.seen = []
        for trips in (3, 0):
            answer, asked = self.run_exchange(cred, target="host/other.fake.test")
            self.assertEqual((answer["status"], asked), ("SEC_I_CONTINUE_NEEDED", trips), answer)
            self.accept(answer, "user@FAKE.TEST", "host/other.fake.test", self.other)
        self.assertFalse(any(fakekdc.PA_FOR_USER in r.pa for r in self.kdc.seen))
        self.assertEqual(self.with_evidence("inbound")["status"], "SEC_E_NO_CREDENTIALS")
        self.kdc.twist = {"ticket": lambda v: v.update(flags=v["flags"] & ~fakekdc.FORWARDABLE)}
        self.refused("SEC_E_DELEGATION_POLICY", self.with_evidence()["cred"],
                     target="host/other.fake.test")

    def test_request_was_altered(self):
        """Without armour the padata can be taken out on the way, and the reply be given a name."""
        self.kdc.fast = False
        plain = fakekdc.Request
        evil = self.kdc.add("mallory", "x")

        class Stripped(plain):
            def __init__(self, data):
                super().__init__(data)
                self.pa.pop(fakekdc.PA_FOR_USER, None)
                self.pa.pop(fakekdc.PA_S4U, None)
        fakekdc.Request = Stripped
        self.addCleanup(setattr, fakekdc, "Request", plain)
        self.kdc.twist = {"tgs-rep": put("cname", (1, ["user"]))}
        self.refused("SEC_E_DOWNGRADE_DETECTED", self.service_cred())
        self.assertTrue(evil)

    def test_lies(self):
        der = fakekdc.der

        def said(nonce=0, name="user", realm="FAKE.TEST"):
            def lie(v):
                f = der.numbered(v["id"])
                v["id"] = der.fields((0, der.integer(der.to_int(f[0]) ^ nonce)),
                                     (1, der.name(1, name)), (2, der.text(realm)), (4, f[4]))
            return lie
        def old(v):
            """A KDC that does not know the option answers under the request's usage."""
            f = der.numbered(v["id"])
            v["id"] = der.fields((0, f[0]), (1, f[1]), (2, f[2]), (4, der.bits(0)))
            v["usage"] = 26
        self.kdc.twist = {"s4u": old}
        self.works(self.service_cred())
        for fast in (False, True):
            self.kdc.fast = fast
            for lie in (said(1), said(name="mallory"), said(realm="EVIL.TEST"), put("usage", 26),
                        put("id", b"")):
                self.kdc.twist = {"s4u": lie}
                self.refused("SEC_E_INVALID_TOKEN", self.service_cred())
            for lie in (put("cname", EVIL), put("crealm", "EVIL.TEST")):
                self.kdc.twist = {"fast" if fast else "tgs-rep": lie}
                self.refused("SEC_E_INVALID_TOKEN", self.service_cred(), reason="another" if not
                             fast else None)
            self.kdc.twist = {"tgs-part": put("sname", (2, ["host", "other.fake.test"]))}
            self.refused("SEC_E_INVALID_TOKEN", self.service_cred())
        self.kdc.twist = {}


CODES = {
    "SEC_E_LOGON_DENIED": (1, 6, 9, 12, 18, 21, 23, 24, 28, 31, 34, 36, 41, 68, 76, 99),
    "SEC_E_TARGET_UNKNOWN": (2, 7, 8, 19, 22), "SEC_E_INVALID_TOKEN": (3, 39, 40, 50, 61),
    "SEC_E_TIME_SKEW": (11, 33), "SEC_E_DELEGATION_POLICY": (13,),
    "SEC_E_KDC_UNKNOWN_ETYPE": (14,), "SEC_E_UNSUPPORTED_PREAUTH": (16, 90, 91),
    "SEC_E_NO_AUTHENTICATING_AUTHORITY": (29, 52), "SEC_E_CONTEXT_EXPIRED": (32,),
    "SEC_E_NO_KERB_KEY": (44, 45), "SEC_E_INTERNAL_ERROR": (60,),
}


class Errors(Base):
    def test_codes(self):
        """Of both exchanges, in the open and in armour; what is said goes to the administrator."""
        count = 0
        for status, codes in CODES.items():
            for code in codes:
                for kind in (10, 12):
                    for armor in ({}, {"armor": self.kdc.armor()}):
                        self.kdc.fail = {kind: fakekdc.Error(code, text=b"said")}
                        self.refused(status, self.cred(**armor),
                                     reason=f"(KRB-ERROR {code}: said)")
                        count += 1
        self.assertGreater(count, 100)

    def test_accounts(self):
        """Active Directory says in e-data which of the reasons it is (MS-KILE 2.2.2)."""
        for ntstatus, text in ((0xc0000072, "disabled"), (0xc0000234, "locked"),
                               (0xc0000224, "must be changed"), (0xc0000193, "has expired")):
            data = fakekdc.der.fields((1, fakekdc.der.integer(3)), (2, fakekdc.der.octets(
                ntstatus.to_bytes(4, "little") + bytes(8))))
            self.kdc.fail[10] = fakekdc.Error(18, data=data)
            answer = self.refused("SEC_E_LOGON_DENIED", reason=text)
            self.assertIn(f"NTSTATUS {ntstatus:#x}", answer["reason"])

    def test_hostile_text(self):
        for text, seen in ((b"a\n<0>kernel: \x1b[31m\xff", "a?<0>kernel: ?[31m?"), (b"a\0b", "a"),
                           (b"x" * 60000, "x" * 50)):
            self.kdc.fail[10] = fakekdc.Error(60, text=text)
            answer = self.refused("SEC_E_INTERNAL_ERROR", reason=seen)
            self.assertTrue(answer["reason"].isprintable())
            self.assertLess(len(answer["reason"]), 250)
        for code in (-1, 1 - 2 ** 31, 2 ** 31 - 1):
            self.kdc.fail[10] = code
            self.refused("SEC_E_LOGON_DENIED")

    def test_nobody_answers(self):
        for kind in range(3):
            answer = self.drive.call("initialize", cred=self.cred(), target=TARGET, req=MUTUAL)
            for _ in range(kind):
                answer = self.drive.call("io_reply", ctx=answer["ctx"], reply=self.kdc.answer(
                    answer["io"]["request"]))
            answer = self.drive.call("io_reply", ctx=answer["ctx"], error="ETIMEDOUT")
            self.assertEqual(answer["status"], "SEC_E_NO_AUTHENTICATING_AUTHORITY")

    def test_clock(self):
        """Ten minutes off, once learned; a KDC that goes on complaining is refused."""
        armors = ({}, {"armor": self.kdc.armor()})
        self.kdc.now = NOW + 600
        for armor in armors:
            answer, trips = self.run_exchange(self.cred(**armor))
            self.assertEqual((answer["status"], trips), ("SEC_I_CONTINUE_NEEDED", 4))
        self.kdc.fail[10] = 37
        self.refused("SEC_E_TIME_SKEW")

    def test_tgt_is_not_taken_any_more(self):
        cred = self.cred()
        self.works(cred, 3)
        self.kdc.add("host/second.test")
        self.kdc.krbtgt = self.kdc.keys["krbtgt/FAKE.TEST"] = (18, b"new key" + bytes(25))
        answer, trips = self.run_exchange(cred, target="host/second.test")
        self.assertEqual((answer["status"], trips), ("SEC_I_CONTINUE_NEEDED", 4))


class Hostile(Base):
    def setUp(self):
        super().setUp()
        self.identity = {"user": "user", "domain": "FAKE.TEST", "keys": [
            {"enctype": 18, "key": self.kdc.keys["user"][1].hex()}]}

    def test_altered_replies(self):
        """Each byte of each answer changed, each cut: refused, or without consequence."""
        for armor in ({}, {"armor": self.kdc.armor()}):
            lengths = []
            self.run_exchange(self.cred(identity=self.identity, **armor),
                              bend=lambda t, r, lengths=lengths: lengths.append(len(r) // 2) or r)
            self.assertEqual(len(lengths), 3)
            refused = taken = 0
            for trip, length in enumerate(lengths):
                for at in range(0, length, 9):
                    for cut in (False, True):
                        def bend(t, r, trip=trip, at=at, cut=cut):
                            if t != trip:
                                return r
                            raw = bytearray.fromhex(r)
                            at = min(at, len(raw) - 1)
                            raw[at] ^= 1 << at % 8
                            return (raw[:at] if cut else raw).hex()
                        answer, _ = self.run_exchange(self.cred(identity=self.identity, **armor), bend=bend)
                        if answer["status"] == "SEC_I_CONTINUE_NEEDED":
                            self.assertFalse(cut)
                            taken += 1
                        else:
                            refused += 1
            # Of an error most is not looked at, and a ticket is sealed for another.
            self.assertGreater(refused, 4 * taken, (refused, taken))

    def test_every_failure(self):
        """Each allocation of armoured exchanges fails once: a clear status, no leak, no crash."""
        failed = 0
        armor = self.kdc.armor()
        self.kdc.add("host/other.test")
        for n in range(1, 600):
            drive = Drive("--host", env={"KSSPI_HOST_FAIL_ALLOC": str(n)})
            self.drive, kept = drive, self.drive
            seen = self.exchange(armor)
            self.drive = kept
            code, text = drive.close()
            self.assertEqual(code, 0, text)
            if "one failed" not in text:
                break
            failed += 1
            self.assertIn("SEC_E_INSUFFICIENT_MEMORY", seen, n)
        self.assertGreater(failed, 100)

    def exchange(self, armor):
        """In armour, and for another user to another service."""
        self.drive.call("env", now=NOW, seed=1)
        answer = self.drive.call(
            "acquire", package="Kerberos", use="outbound", principal=TARGET + "@FAKE.TEST",
            keytab=keytab(TARGET, "FAKE.TEST", self.service),
            options={"armor": armor, "for_user": "user@FAKE.TEST"})
        if "cred" not in answer:
            return [answer["status"]]
        return [self.run_exchange(answer["cred"], target="host/other.test")[0]["status"]]


if __name__ == "__main__":
    unittest.main()
