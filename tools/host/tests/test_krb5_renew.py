# SPDX-License-Identifier: GPL-2.0-only
"""TGTs that are followed by the next, with the package alone: tools/drive/krb5-leg."""
import os
import subprocess
import time
import unittest

import fakekdc
import krb5peer
from driver import PROGRAM
from fakekdc import Kdc

NOW = 1700000000
TARGET = "host/server.fake.test"


class Leg:
    """krb5-leg, a KDC to answer it, and what it says."""

    def __init__(self, ask, now, *first):
        self.ask = ask
        path = os.path.join(os.path.dirname(PROGRAM), os.path.basename(PROGRAM).replace(
            "sspi-drive", "krb5-leg"))
        self.proc = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, text=True)
        self.say(f"now {now}", *first)

    def say(self, *lines):
        self.proc.stdin.write("".join(line + "\n" for line in lines))
        self.proc.stdin.flush()

    def run(self, line, trips=None):
        """(status, when to refresh, reason) and the questions answered."""
        self.say(line)
        asked = 0
        while True:
            word = self.proc.stdout.readline().split(" ", 2)
            if word[0] != "ask":
                break
            asked += 1
            self.say("reply " + self.ask(word[1], word[2].strip()))
        if len(word) < 3:
            raise EOFError(self.proc.stderr.read())
        if trips is not None and asked != trips:
            raise AssertionError(f"{asked} questions instead of {trips}: {word}")
        return word[0], int(word[1]), word[2].strip()

    def close(self):
        self.proc.stdin.close()
        text = self.proc.stderr.read()
        self.proc.stdout.close()
        self.proc.stderr.close()
        return self.proc.wait(), text


class Base(unittest.TestCase):
    def setUp(self):
        self.kdc = Kdc(now=NOW)
        self.addCleanup(self.kdc.close)
        self.kdc.add("user", "Passw0rd")
        self.kdc.add(TARGET)

    def leg(self, *first, now=NOW, ask=None):
        leg = Leg(ask or (lambda realm, request: self.kdc.answer(request)), now, *first)
        self.addCleanup(lambda: self.assertEqual(leg.close(), (0, "")))
        return leg

    def at(self, leg, seconds):
        self.kdc.now = NOW + seconds
        leg.say(f"now {NOW + seconds}")


class Renewal(Base):
    def test_password(self):
        """After three quarters of its life; renewed while that can be, then anew."""
        leg = self.leg("password user FAKE.TEST Passw0rd")
        self.assertEqual(leg.run("init " + TARGET, 3)[:2], ("SEC_I_CONTINUE_NEEDED", NOW + 27000))
        self.assertTrue(self.kdc.seen[0].options & fakekdc.RENEWABLE)
        self.assertEqual(leg.run("init " + TARGET, 0)[:2], ("SEC_I_CONTINUE_NEEDED", 0))
        at, renewed, anew = 27000, 0, 0
        for _ in range(12):
            self.at(leg, at)
            self.kdc.seen = []
            status, when, _ = leg.run("refresh")
            self.assertEqual(status, "SEC_E_OK")
            self.assertGreater(when, self.kdc.now)
            if self.kdc.seen[0].kind == 12:
                self.assertEqual(len(self.kdc.seen), 1)
                self.assertTrue(self.kdc.seen[0].options & fakekdc.KDC_RENEW)
                renewed += 1
            else:
                anew += 1
            at = when - NOW
        self.assertGreater(renewed, 5)
        self.assertGreater(anew, 0)
        self.assertEqual(leg.run("init " + TARGET)[0], "SEC_I_CONTINUE_NEEDED")

    def test_not_renewable(self):
        self.kdc.renewable = False
        leg = self.leg("password user FAKE.TEST Passw0rd")
        leg.run("init " + TARGET, 3)
        self.at(leg, 27000)
        self.assertEqual(leg.run("refresh")[:2], ("SEC_E_OK", NOW + 27000 + 27000))
        self.assertEqual(self.kdc.seen[-1].kind, 10)

    def cache(self, **more):
        root = self.kdc.issued("user", "krbtgt/FAKE.TEST", **more)
        return "ccache " + fakekdc.ccache("user", "FAKE.TEST", root)

    def test_cache(self):
        """A renewable TGT of a cache, as long as it can; another not at all."""
        leg = self.leg(self.cache(flags=fakekdc.RENEWABLE, renew_till=NOW + 50000))
        self.assertEqual(leg.run("init " + TARGET, 1)[1], NOW + 27000)
        self.at(leg, 27000)
        self.assertEqual(leg.run("refresh", 1), ("SEC_E_OK", 0, ":"))
        self.at(leg, 49000)
        self.assertEqual(leg.run("init host/server.fake.test", 1)[0], "SEC_I_CONTINUE_NEEDED")
        self.assertEqual(leg.run("refresh", 0)[:2], ("SEC_E_NO_CREDENTIALS", 0))
        self.kdc.now = NOW
        leg = self.leg(self.cache())
        self.assertEqual(leg.run("init " + TARGET, 1)[1], 0)

    def test_failures(self):
        """A refused renewal asks for a new one; a wrong password is not tried again."""
        leg = self.leg("password user FAKE.TEST Passw0rd")
        leg.run("init " + TARGET, 3)
        self.at(leg, 27000)
        self.kdc.fail[12] = 13
        status, when, _ = leg.run("refresh")
        self.assertEqual((status, when), ("SEC_E_OK", NOW + 54000))
        self.at(leg, 54000)
        self.kdc.fail[10] = 60
        status, when, _ = leg.run("refresh")
        self.assertEqual((status, when), ("SEC_E_INTERNAL_ERROR", NOW + 54000 + 9000 // 4))
        self.kdc.fail[10] = None
        self.kdc.add("user", "Another1")
        self.assertEqual(leg.run("refresh")[:2], ("SEC_E_LOGON_DENIED", 0))

    def test_failure_can_be_asked_for(self):
        leg = self.leg("password user FAKE.TEST Passw0rd")
        self.assertEqual(leg.run("failure"), ("SEC_E_OK", 0, ":"))
        self.kdc.fail[10] = fakekdc.Error(18, text=b"LOCKED_OUT")
        self.assertEqual(leg.run("init " + TARGET)[0], "SEC_E_LOGON_DENIED")
        self.assertEqual(leg.run("failure"), (
            "SEC_E_LOGON_DENIED", NOW,
            "the client is locked or disabled: KRB-ERROR 18: LOCKED_OUT"))

    def test_password_is_gone(self):
        """After an answer under its key there is that key, and nothing for another salt."""
        self.kdc.renewable = False
        leg = self.leg("password user FAKE.TEST Passw0rd")
        leg.run("init " + TARGET, 3)
        self.at(leg, 27000)
        self.assertEqual(leg.run("refresh", 2)[0], "SEC_E_OK")
        self.kdc.add("user", "Passw0rd", salt="another salt")
        self.at(leg, 54000)
        status, when, reason = leg.run("refresh", 1)
        self.assertEqual((status, reason.split(":")[0]),
                         ("SEC_E_KDC_UNKNOWN_ETYPE", "no key of a type that the KDC takes"))
        # Before, a salt that somebody made up does no harm.
        leg = self.leg("password user FAKE.TEST Passw0rd", now=NOW + 54000)
        self.kdc.twist = {"methods": lambda v: v.update({fakekdc.PA_INFO2: fakekdc.der.seq(
            fakekdc.der.fields((0, fakekdc.der.integer(18)), (1, fakekdc.der.text("lie"))))})}
        self.assertEqual(leg.run("init " + TARGET)[0], "SEC_E_LOGON_DENIED")
        self.kdc.twist = {}
        self.assertEqual(leg.run("init " + TARGET, 3)[0], "SEC_I_CONTINUE_NEEDED")

    def test_ends_early(self):
        leg = self.leg("password user FAKE.TEST Passw0rd")
        leg.run("init " + TARGET, 3)
        leg.say("refresh", "end")
        self.assertTrue(leg.proc.stdout.readline().startswith("ask FAKE.TEST "))
        self.at(leg, 1000)
        self.assertEqual(leg.run("refresh", 1)[0], "SEC_E_OK")

    def test_lies(self):
        """A renewed ticket that is no newer, another's, for another."""
        def no_newer(v):
            v["endtime"] = NOW + 36000

        def others(v):
            v["sname"] = (2, ["krbtgt", "EVIL.TEST"])
        for lie in (no_newer, others):
            self.kdc.now, self.kdc.twist = NOW, {}
            leg = self.leg(self.cache(flags=fakekdc.RENEWABLE, renew_till=NOW + 90000))
            leg.run("init " + TARGET, 1)
            self.at(leg, 27000)
            self.kdc.twist = {"tgs-part": lie}
            status, when, _ = leg.run("refresh", 1)
            self.assertEqual((status, when), ("SEC_E_INVALID_TOKEN", NOW + 27000 + 9000 // 4))
            self.kdc.twist = {}
            self.assertEqual(leg.run("refresh", 1)[0], "SEC_E_OK")


class Mit(unittest.TestCase):
    def test_renewed_by_mit(self):
        """MIT's KDC renews; with a key there is a new one when it does not."""
        mit, kinds = krb5peer.get(), []

        def ask(realm, request):
            kinds.append(int(request[:2], 16) & 31)
            return mit.ask({"realm": realm, "request": request})
        now = int(time.time())
        leg = Leg(ask, now, "password alice KSSPI.TEST Secret-1!")
        self.addCleanup(lambda: self.assertEqual(leg.close(), (0, "")))
        status, when, reason = leg.run("init host/localhost", 3)
        self.assertEqual(status, "SEC_I_CONTINUE_NEEDED", reason)
        self.assertGreater(when, now)
        time.sleep(1.1)  # a second later it is newer
        status, later, reason = leg.run("refresh", 1)
        self.assertEqual(status, "SEC_E_OK", reason)
        self.assertGreater(later, when)
        self.assertEqual(kinds, [10, 10, 12, 12])


if __name__ == "__main__":
    unittest.main()
