#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The kernel asks KDCs: kdc.py KERNEL INITRD LOG

A guest (tools/guest) with ksspi and its test device; MIT's KDC and stand-ins for
bad ones on this machine. What is asked, the module asks over its own sockets;
the realms are configured with sspictl.
"""
import os
import sys
import time

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
for folder in ("drive", "guest", "host/tests"):
    sys.path.insert(0, os.path.join(TOOLS, folder))
import cells  # noqa: E402
import gss_rows  # noqa: E402
import kdcs  # noqa: E402
import krb5peer  # noqa: E402
from guest import HOST, Guest  # noqa: E402
from krb5peer import ALICE, ETYPES, MUTUAL, OTHER, REALM  # noqa: E402

SLOW = 45   # seconds in which an emulated guest has given up on every bad KDC
LIFE = 30   # seconds of a TGT of the user "brief" (tools/peers/mit.sh)


class Rows:
    def __init__(self, guest, mit):
        self.guest, self.mit = guest, mit
        self.drive = guest.drive()
        self.passed = self.failed = 0
        self.open = []

    def row(self, what, function, cell=None):
        """Counts and prints a case: a text, or an exception. @cell is its place in the whole matrix."""
        start = time.monotonic()
        try:
            good, text = True, function() or ""
        except Exception as error:  # pylint: disable=broad-except
            good, text = False, repr(error)
        for kdc in self.open:
            kdc.close()
        self.open = []
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        took = time.monotonic() - start
        if cell:
            cells.record(*cell, good)
        print(f"kdc: {'ok  ' if good else 'FAIL'} {what:44} {took:5.1f} s  {text}", flush=True)

    def stand_in(self, behave):
        kdc = kdcs.Kdc(behave)
        self.open.append(kdc)
        return kdc

    def realm(self, *servers, realm=REALM):
        """Has these servers and no others: "tcp:PORT", "udp:PORT"."""
        self.guest.sh(f"sspictl realm del {realm}", check=False)
        for server in servers:
            transport, port = server.split(":")
            self.guest.sh(f"sspictl realm add {realm} kdc {transport}:{HOST}:{port}")

    def real(self, transport="tcp"):
        self.realm(f"{transport}:{self.mit.ports[REALM]}")

    def acquire(self, **fields):
        return self.drive.ok("acquire", package="Kerberos", use="outbound", **fields)["cred"]

    def user(self, user="alice", password="Secret-1!", **options):
        identity = {"user": user, "domain": REALM, "password": password}
        return self.acquire(identity=identity, **({"options": options} if options else {}))

    def first(self, cred, target="host/localhost", status=None):
        """The first leg, in which the kernel asks; its status has to be this one."""
        answer = self.drive.call("initialize", cred=cred, target=target, req=MUTUAL)
        status = status or "SEC_I_CONTINUE_NEEDED"
        assert answer["status"] == status, f"{answer['status']}: {answer.get('reason')}"
        return answer

    def exchange(self, cred, target="host/localhost", name=f"alice@{REALM}", keytab=None, options=None):
        """Up to both sides being sure, and a message."""
        drive, first = self.drive, self.first(cred, target)
        inn = drive.ok("acquire", package="Kerberos", use="inbound",
                       keytab=keytab or self.mit.keytab, options=options or {})["cred"]
        second = drive.ok("accept", cred=inn, input=first["output"])
        third = drive.ok("initialize", cred=cred, ctx=first["ctx"], input=second["output"])
        assert third["status"] == second["status"] == "SEC_E_OK", third
        token = drive.ok("wrap", ctx=first["ctx"], message="6869")["token"]
        assert drive.ok("unwrap", ctx=second["ctx"], token=token)["message"] == "6869"
        user = drive.ok("query", ctx=second["ctx"], attr="NAMES")["user_name"]
        assert user == name, user
        for ctx in (first["ctx"], second["ctx"]):
            drive.ok("delete", ctx=ctx)
        drive.ok("free", cred=inn)
        return user

    def refused(self, status, target="host/localhost", **who):
        """A log-on that ends with a status; the reason is the text."""
        return self.first(self.user(**who), target, status).get("reason")


def credentials(rows):
    """Whoever somebody is and however they prove it."""
    rows.real()
    rows.row("password", lambda: rows.exchange(rows.user()))
    rows.row("keytab", lambda: rows.exchange(rows.acquire(
        keytab=rows.mit.hex("alice.keytab"), principal=f"alice@{REALM}")))
    rows.row("credential cache, a TGT alone is asked with", lambda: rows.exchange(rows.acquire(
        ccache=rows.mit.ccache), "host/aes128-cts.ksspi.test"))
    for etype in ETYPES:
        rows.row(f"{etype}: user, service", lambda etype=etype: rows.exchange(
            rows.user(f"user-{etype}", f"pw-{etype}"), f"host/{etype}.ksspi.test",
            f"user-{etype}@{REALM}"))
    rows.row("rc4-hmac, by policy", lambda: rows.exchange(
        rows.user("user-rc4-hmac", "pw-rc4-hmac", enctypes=[18, 23]), "host/rc4-hmac.ksspi.test",
        f"user-rc4-hmac@{REALM}", options={"enctypes": [23]}))
    rows.row("wrong password", lambda: rows.refused("SEC_E_LOGON_DENIED", password="no"))
    rows.row("unknown user", lambda: rows.refused("SEC_E_LOGON_DENIED", user="mallory"))
    rows.row("expired", lambda: rows.refused("SEC_E_LOGON_DENIED", user="expired"))
    rows.row("password expired", lambda: rows.refused("SEC_E_LOGON_DENIED", user="pwexpired"))
    rows.row("disabled", lambda: rows.refused("SEC_E_LOGON_DENIED", user="disabled"))
    rows.row("unknown service", lambda: rows.refused("SEC_E_TARGET_UNKNOWN", "host/none.ksspi.test"))
    rows.row("a realm that the KDC does not know", lambda: rows.refused(
        "SEC_E_TARGET_UNKNOWN", "host/x@NOWHERE.TEST"))
    rows.row("a realm that is not configured", lambda: rows.first(rows.acquire(identity=dict(
        ALICE, domain="NOWHERE.TEST")), status="SEC_E_NO_AUTHENTICATING_AUTHORITY").get("reason"))

    def locked():
        for _ in range(4):
            rows.refused("SEC_E_LOGON_DENIED", user="locked", password="no")
        return rows.refused("SEC_E_LOGON_DENIED", user="locked")
    rows.row("locked after wrong passwords", locked)

    def skewed():
        """The guest's clock goes wrong by ten minutes, not the test's."""
        rows.drive.ok("env", now=time.time() + 600)
        cred = rows.user()
        answer = rows.first(cred)
        rows.drive.ok("env")
        inn = rows.drive.ok("acquire", package="Kerberos", use="inbound", keytab=rows.mit.keytab)["cred"]
        rows.drive.ok("accept", cred=inn, input=answer["output"])
    rows.row("a clock ten minutes off, set right by the KDC", skewed)

    def abroad():
        rows.realm(f"tcp:{rows.mit.ports[OTHER]}", realm=OTHER)
        return rows.exchange(rows.user(), f"host/srv.other.test@{OTHER}", keytab=rows.mit.hex("keytab2"))
    rows.row("a service of another realm", abroad)


def renewal(rows):
    """The core follows a TGT by the next before it ends, with nobody asking."""
    rows.real()
    log = rows.mit.path("kdc1.log")

    def count():
        with open(log, encoding="utf-8", errors="replace") as f:
            return sum("TGS_REQ" in line and "krbtgt/" in line.rpartition(" for ")[2] and "ISSUE" in line
                       for line in f)

    def renewed():
        cred = rows.user("brief")
        rows.exchange(cred, name=f"brief@{REALM}")
        before, start = count(), time.monotonic()
        while count() == before and time.monotonic() < start + 60:
            time.sleep(0.5)
        assert count() > before, "no renewal came"
        # when the first ticket is past its end, a new service needs a TGT
        time.sleep(max(0, start + LIFE + 1 - time.monotonic()))
        return rows.exchange(cred, "host/aes128-cts.ksspi.test", name=f"brief@{REALM}")
    rows.row(f"a TGT of {LIFE} seconds is renewed in time", renewed)


def transports(rows, port):
    """How a question gets there."""
    def over(transport, behave, want):
        def go():
            kdc = rows.stand_in(behave)
            rows.realm(f"{transport}:{kdc.port}")
            name = rows.exchange(rows.user())
            got = {t: kdc.count(t) for t in ("tcp", "udp")}
            assert (got["tcp"] > 0, got["udp"] > 0) == want, got
            return f"{name}, {got['udp']} over UDP, {got['tcp']} over TCP"
        return go
    forward = kdcs.forward(port)
    rows.row("TCP", over("tcp", forward, (True, False)))
    rows.row("UDP", over("udp", forward, (False, True)))
    rows.row("UDP, each answer too big for it",
             over("udp", kdcs.too_big(port, kdcs.krb_error(52, REALM)), (True, True)))
    rows.row("a reply in drips", over("tcp", kdcs.drips(port), (True, False)))


def failovers(rows, port):
    """The first of two KDCs is bad."""
    def failover(behave):
        def go():
            bad, good = rows.stand_in(behave), rows.stand_in(kdcs.forward(port))
            rows.realm(f"tcp:{bad.port}", f"tcp:{good.port}")
            name = rows.exchange(rows.user())
            assert good.count("tcp") >= 2, good.seen
            asked = bad.count("tcp")
            rows.exchange(rows.user(), "host/aes256-cts.ksspi.test")
            assert bad.count("tcp") <= asked + 1, "it goes on asking the bad one first"
            return f"{name}, the bad one was asked {asked} times"
        return go
    unavailable = kdcs.says(kdcs.krb_error(29, REALM))
    for what, behave in (("hangs up", kdcs.hangs_up), ("stalls in mid-reply", kdcs.stalls(port)),
                         ("says nothing", kdcs.silent), ("claims 4 GiB", kdcs.claims(0xffffffff)),
                         ("claims a byte more", kdcs.claims(2, b"x")), ("is not available", unavailable)):
        rows.row(f"the first KDC {what}", failover(behave))


def all_bad(rows, port):
    """There is no good one."""
    def bounded(*behaves, status="SEC_E_NO_AUTHENTICATING_AUTHORITY"):
        def go():
            bad = [rows.stand_in(b) for b in behaves]
            rows.realm(*(f"tcp:{k.port}" for k in bad))
            start = time.monotonic()
            reason = rows.refused(status)
            took = time.monotonic() - start
            assert took < SLOW, f"{took:.0f} s"
            return reason
        return go
    rows.row("nothing but KDCs that say nothing", bounded(kdcs.silent, kdcs.silent))
    rows.row("nothing but KDCs that hang up", bounded(kdcs.hangs_up, kdcs.hangs_up))
    rows.row("a KDC that answers with garbage", bounded(kdcs.says(b"garbage" * 20)))
    rows.row("a KDC that answers with nothing", bounded(kdcs.says(b"")))

    def closed():
        kdc = kdcs.Kdc(kdcs.silent)
        kdc.close()
        rows.realm(f"tcp:{kdc.port}")
        return rows.refused("SEC_E_NO_AUTHENTICATING_AUTHORITY")
    rows.row("nobody listens", closed)

    def liar():
        """The answer to somebody else's question."""
        kept = []

        def behave(kdc, request, transport):
            kept.append(kdcs.ask(port, request))
            return kept[0]
        rows.realm(f"tcp:{rows.stand_in(behave).port}")
        cred = rows.user("plain")
        answer = rows.drive.call("initialize", cred=cred, target="host/localhost", req=MUTUAL)
        assert answer["status"] not in ("SEC_E_OK", "SEC_I_CONTINUE_NEEDED"), answer["status"]
        return f"{answer['status']}: {answer.get('reason')}"
    rows.row("a KDC that repeats an earlier answer", liar)


def network(rows):
    """What may happen to a question on its way."""
    port = rows.mit.ports[REALM]
    transports(rows, port)
    failovers(rows, port)
    all_bad(rows, port)
    rows.real()
    rows.row("and all is well again", lambda: rows.exchange(rows.user()))


def main(argv):
    mit = krb5peer.get()
    guest = Guest(*argv[1:4], doors=(gss_rows.DOOR,))
    rows = Rows(guest, mit)
    credentials(rows)
    renewal(rows)
    network(rows)
    gss_rows.run(rows)
    rows.drive.close()
    status = guest.end()
    if status:
        print(f"kdc: the guest ended with {status}")
    print(f"kdc: {rows.passed} passed, {rows.failed} failed")
    return 1 if status or rows.failed or not rows.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
