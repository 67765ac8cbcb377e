# SPDX-License-Identifier: GPL-2.0-only
"""What MIT's KDC says to whom, and FAST, renewal and S4U2Self with it."""
import subprocess
import time
import unittest

import krb5peer
from krb5peer import ALICE, ETYPES, MUTUAL

HOST = "host/localhost"


class Base(krb5peer.Case):
    def tickets(self, target=HOST, options=None, **acquire):
        """What initialize comes to, how many questions it took, and whose each was (10, 12)."""
        cred = self.drive.ok("acquire", package="Kerberos", use="outbound", options=options or {},
                             **(acquire or {"identity": ALICE}))["cred"]
        answer = self.drive.call("initialize", cred=cred, target=target, req=MUTUAL)
        requests = []
        while answer["status"] == "SEC_I_ASYNC_CALL_PENDING":
            requests.append(bytes.fromhex(answer["io"]["request"]))
            answer = self.drive.call("io_reply", ctx=answer["ctx"], reply=self.mit.ask(answer["io"]))
        return cred, answer, requests

    def works(self, user="alice@KSSPI.TEST", trips=3, keytab=None, **more):
        cred, answer, requests = self.tickets(**more)
        self.assertEqual((answer["status"], len(requests)), ("SEC_I_CONTINUE_NEEDED", trips), answer)
        inn = self.drive.ok("acquire", package="Kerberos", use="inbound",
                            keytab=keytab or self.mit.keytab)["cred"]
        reply = self.drive.ok("accept", cred=inn, input=answer["output"])
        self.drive.ok("initialize", cred=cred, ctx=answer["ctx"], input=reply["output"])
        self.assertEqual(self.drive.ok("query", ctx=reply["ctx"], attr="NAMES")["user_name"], user)
        return requests

    def armor(self, name=HOST):
        """A ccache of the machine's: kinit with its keytab."""
        path = self.mit.path("armor")
        subprocess.run(["kinit", "-k", "-t", self.mit.path("keytab"), "-c", "FILE:" + path, name],
                       env=self.mit.env, check=True)
        return self.mit.hex("armor")


class Accounts(Base):
    def refused(self, user, status, text, password="Secret-1!", options=None):
        _, answer, _ = self.tickets(identity=dict(ALICE, user=user, password=password),
                                    options=options)
        self.assertEqual(answer["status"], status, (user, answer))
        self.assertIn(text, answer["reason"], user)

    def test_accounts(self):
        """In the open and in armour; the KDC's own words are in the reason."""
        for options in ({}, {"armor": self.armor()}):
            for user, code in (("nobody", 6), ("disabled", 18), ("expired", 1), ("pwexpired", 23),
                               ("needchange", 23)):
                self.refused(user, "SEC_E_LOGON_DENIED", f"(KRB-ERROR {code}: ", options=options)
            self.refused("alice", "SEC_E_LOGON_DENIED", "KRB-ERROR 24", "wrong", options)

    def test_locked(self):
        for _ in range(2):
            self.refused("locked", "SEC_E_LOGON_DENIED", "KRB-ERROR 24", "wrong")
        self.refused("locked", "SEC_E_LOGON_DENIED", "KRB-ERROR 18")

    def test_unknown_service(self):
        _, answer, _ = self.tickets("host/nowhere.ksspi.test")
        self.assertEqual(answer["status"], "SEC_E_TARGET_UNKNOWN")

    def test_not_renewable(self):
        self.works(user="norenew@KSSPI.TEST", identity=dict(ALICE, user="norenew"), trips=2)

    def test_one_key_of_many(self):
        """The account has keys of all types, we of one: the KDC has to be asked for that."""
        entries = self.drive.ok("parse", kind="keytab",
                                data=self.mit.hex("alice.keytab"))["entries"]
        count = 0
        for entry in entries:
            if entry["enctype"] == 23:
                continue
            key = {"enctype": entry["enctype"], "key": entry["key"]}
            self.works(identity={"user": "alice", "domain": "KSSPI.TEST", "keys": [key]})
            count += 1
        self.assertEqual(count, len(ETYPES))

    def test_clock_ten_minutes_off(self):
        for off in (-600, 600):
            for options in ({}, {"armor": self.armor()} if off > 0 else {}):
                self.drive.ok("env", now=time.time() + off)
                _, answer, _ = self.tickets(options=options)
                self.assertEqual(answer["status"], "SEC_I_CONTINUE_NEEDED", answer)
                self.drive.ok("env")


class Fast(Base):
    def test_armor(self):
        """No request without armour: the encrypted timestamp's number is not in it."""
        for e in ETYPES:
            requests = self.works(
                target=f"host/{e}.ksspi.test", user=f"user-{e}@KSSPI.TEST",
                identity={"user": "user-" + e, "domain": "KSSPI.TEST", "password": "pw-" + e},
                options={"armor": self.armor()})
            for r in requests:
                self.assertNotIn(bytes.fromhex("a103020102"), r)   # PA-ENC-TIMESTAMP
                self.assertIn(bytes.fromhex("a10402020088"), r)    # PA-FX-FAST

    def test_armor_of_each_type(self):
        for e in ETYPES:
            self.works(options={"armor": self.armor(f"host/{e}.ksspi.test")})

    def test_keytab_in_armor(self):
        """acquire's keytab is the client's; the acceptor's is another."""
        cred, answer, requests = self.tickets(
            keytab=self.mit.hex("alice.keytab"), principal="alice@KSSPI.TEST",
            options={"armor": self.armor()})
        self.assertEqual((answer["status"], len(requests)), ("SEC_I_CONTINUE_NEEDED", 3), answer)

    def test_tgs_is_armored(self):
        """The TGT's answer says that there is FAST: MIT's does."""
        requests = self.works()
        self.assertEqual([r[0] & 31 for r in requests], [10, 10, 12])
        self.assertIn(bytes.fromhex("a10402020088"), requests[2])


    def test_cache_says_fast(self):
        """kinit keeps in the cache that the KDC does FAST; a cache without the note does not."""
        requests = self.works(ccache=self.armor(), user="host/localhost@KSSPI.TEST", trips=1)
        self.assertIn(bytes.fromhex("a10402020088"), requests[0])


class Names(Base):
    def test_canonicalize(self):
        self.works(options={"canonicalize": True})


class ForUser(Base):
    def test_to_itself(self):
        for options in ({}, {"armor": self.armor()}):
            self.self_ticket(options)

    def self_ticket(self, options):
        cred, answer, requests = self.tickets(
            keytab=self.mit.keytab, principal="host/localhost@KSSPI.TEST",
            options=dict(options, for_user="alice@KSSPI.TEST"))
        self.assertEqual(answer["status"], "SEC_I_CONTINUE_NEEDED", answer)
        inn = self.drive.ok("acquire", package="Kerberos", use="inbound",
                            keytab=self.mit.keytab)["cred"]
        reply = self.drive.ok("accept", cred=inn, input=answer["output"])
        self.assertEqual(self.drive.ok("query", ctx=reply["ctx"], attr="NAMES")["user_name"],
                         "alice@KSSPI.TEST")

    def test_refused(self):
        for user, target, status in (
                ("nobody@KSSPI.TEST", HOST, "SEC_E_LOGON_DENIED"),
                ("alice@KSSPI.TEST", "host/aes256-cts.ksspi.test", "SEC_E_DELEGATION_POLICY")):
            _, answer, _ = self.tickets(target, keytab=self.mit.keytab,
                                        principal="host/localhost@KSSPI.TEST",
                                        options={"for_user": user})
            self.assertEqual(answer["status"], status, answer)


if __name__ == "__main__":
    unittest.main()
