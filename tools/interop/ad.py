#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Kerberos with a domain controller of Active Directory: ad.py FOLDER GSS_PEER

FOLDER is that of tools/peers/samba_ad.sh, in whose namespaces this runs. The
initiator has a password and asks the controller; the acceptor has a keytab that
the controller wrote. Then clients with tickets of the controller's come to us:
MIT's library (GSS_PEER, of gss_peer.c) and smbclient.
"""
import os
import socket
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../drive")]
import cells  # noqa: E402
import smb2_front  # noqa: E402
from driver import Drive  # noqa: E402
from exchange import Side, against, other_keys  # noqa: E402
from krb5_matrix import Peer  # noqa: E402

REALM, ADDRESS = "AD.TEST", "10.53.57.1"
REQ = ["MUTUAL_AUTH", "REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "INTEGRITY"]
AES = {"enctypes": [18, 17]}
MAX_TRIPS = 12


def exactly(sock, length):
    data = b""
    while len(data) < length:
        more = sock.recv(length - len(data))
        if not more:
            raise EOFError("the controller has gone")
        data += more
    return data


def ask(request):
    """The controller's answer to a message (RFC 4120 7.2.2)."""
    with socket.create_connection((ADDRESS, 88), timeout=20) as s:
        s.sendall(struct.pack(">I", len(request)) + request)
        return exactly(s, struct.unpack(">I", exactly(s, 4))[0])


class Controller:
    def __init__(self, folder, program):
        self.drive, self.folder, self.program = Drive(), folder, program
        with open(os.path.join(folder, "keytab"), "rb") as f:
            self.keytab = f.read().hex()
        self.passed = self.failed = 0

    def row(self, what, status, function, place=None):
        """Counts and prints a case; the function's answer has to have the status."""
        try:
            answer, text = function()
            good = answer["status"] == status
            if not good:
                text = f"{answer['status']} instead of {status}: {answer.get('reason')}"
        except (AssertionError, EOFError, OSError, KeyError, subprocess.SubprocessError) as error:
            good, text = False, repr(error)
        if place:
            cells.record(*place, good)
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        print(f"ad: {'ok  ' if good else 'FAIL'} {what:40} {status:24} {text}")

    def initialize(self, cred, **fields):
        """A leg and what it asks of the controller; the answer and how often it asked."""
        answer, trips = self.drive.call("initialize", cred=cred, req=REQ, **fields), 0
        while answer["status"] == "SEC_I_ASYNC_CALL_PENDING":
            trips += 1
            assert trips < MAX_TRIPS, "it asks without end"
            assert answer["io"]["realm"].upper() == REALM, answer["io"]["realm"]
            reply = ask(bytes.fromhex(answer["io"]["request"]))
            answer = self.drive.call("io_reply", ctx=answer["ctx"], reply=reply.hex())
        return answer, trips

    def user(self, user, password, domain=REALM, **options):
        return self.drive.ok("acquire", package="Kerberos", use="outbound", options=options or AES,
                             identity={"user": user, "domain": domain, "password": password})["cred"]

    def exchange(self, cred, target, name):
        """Initiator and acceptor, until both are sure; a message each way."""
        first, trips = self.initialize(cred, target=target)
        if first["status"] != "SEC_I_CONTINUE_NEEDED":
            return first, ""
        inn = self.drive.ok("acquire", package="Kerberos", use="inbound", keytab=self.keytab)["cred"]
        second = self.drive.call("accept", cred=inn, req=[], input=first["output"])
        if second["status"] != "SEC_E_OK":
            return second, ""
        third, _ = self.initialize(cred, ctx=first["ctx"], input=second["output"])
        ours, theirs = first["ctx"], second["ctx"]
        keys = [self.drive.ok("export", ctx=c, what="keys")["session_key"] for c in (ours, theirs)]
        assert keys[0] == keys[1], "the keys differ"
        for sender, receiver in ((ours, theirs), (theirs, ours)):
            token = self.drive.ok("wrap", ctx=sender, message="6d657373616765")["token"]
            assert self.drive.ok("unwrap", ctx=receiver, token=token)["message"] == "6d657373616765"
        user = self.drive.ok("query", ctx=theirs, attr="NAMES")["user_name"]
        assert user == name, user
        return third, f"{user}, {trips} questions"

    def logon(self, user, password, target="host/svc.ad.test", **more):
        """The answer to a log-on that is refused, or an exchange."""
        return lambda: self.exchange(self.user(user, password, **more), target, f"alice@{REALM}")

    def twice(self):
        """The second time the ticket is there."""
        cred = self.user("alice", "alice-Pw.1")
        self.exchange(cred, "host/svc.ad.test", f"alice@{REALM}")
        answer, text = self.exchange(cred, "host/svc.ad.test", f"alice@{REALM}")
        assert text.endswith(" 0 questions"), text
        return answer, text

    def gss(self, mechanism, keytab, want="ok"):
        """MIT's library comes to us, and messages go both ways."""
        peer = Peer(self.program, "init", self.folder, REQ, "svc.ad.test", spnego=mechanism != "Kerberos")
        ours = Server(self.drive, mechanism, keytab)
        try:
            against(ours, peer, want)
            if want != "ok":
                return ours.answer, ours.reason
            assert peer.command("unwrap", ours.do("wrap", message="6869")["token"]) == ["6869", "1"]
            assert ours.do("unwrap", token=peer.command("wrap", "1", "6869")[0])["message"] == "6869"
            return ours.answer, "MIT's library as " + ours.who()
        finally:
            peer.close()

    def smbclient(self, keytab, password, want=""):
        """smbclient asks the controller for its ticket by itself."""
        front = smb2_front.Front(Server(self.drive, "SPNEGO(Kerberos)", keytab), negotiate=True)
        said = smb2_front.smbclient(front, "-U", f"alice@{REALM}%{password}", "--use-kerberos=required", host="svc.ad.test")
        assert said.endswith(want) and bool(said) == bool(want), said
        return front.acceptor.answer, said.rpartition(" ")[2] if want else "smbclient as " + front.acceptor.who()

    def foreign(self, password):
        """Others are the clients."""
        cache = "FILE:" + os.path.join(self.folder, "cc")
        subprocess.run(["kinit", "-c", cache, "alice"], input=password.encode() + b"\n", check=True, timeout=20,
                       stdout=subprocess.DEVNULL)
        other = other_keys(self.drive, bytes.fromhex(self.keytab)).hex()
        for mech in ("Kerberos", "SPNEGO(Kerberos)"):
            place = ("accept", mech, "Samba AD")
            self.row(f"{mech}: a client", "SEC_E_OK", lambda m=mech: self.gss(m, self.keytab), (*place, "right"))
            self.row(f"{mech}: we have another key", "SEC_E_LOGON_DENIED", lambda m=mech: self.gss(
                m, other, "server refused"), (*place, "wrong"))
        self.row("smbclient", "SEC_E_OK", lambda: self.smbclient(self.keytab, password), (*place, "right"))
        self.row("smbclient, we have another key", "SEC_E_LOGON_DENIED", lambda: self.smbclient(
            other, password, "NT_STATUS_LOGON_FAILURE"), (*place, "wrong"))

    def run(self):
        right = "alice-Pw.1"
        self.row("right password", "SEC_E_OK", self.logon("alice", right))
        self.row("another name of the service", "SEC_E_OK", self.logon("alice", right, "cifs/svc.ad.test"))
        self.row("a ticket that is there", "SEC_E_OK", self.twice)
        self.row("name in other case, canonicalized", "SEC_E_OK",
                 self.logon("ALICE", right, canonicalize=True, enctypes=[18]))
        self.row("enterprise name", "SEC_E_OK", self.logon("alice@ad.test", right, domain="",
                                                         canonicalize=True, enctypes=[18]))
        self.row("AES of 128 bits alone", "SEC_E_OK", self.logon("alice", right, enctypes=[17]))
        self.row("wrong password", "SEC_E_LOGON_DENIED", self.logon("alice", "wrong"))
        self.row("unknown user", "SEC_E_LOGON_DENIED", self.logon("mallory", right))
        self.row("disabled account", "SEC_E_LOGON_DENIED", self.logon("disabled", "disabled-Pw.1"))
        self.row("expired account", "SEC_E_LOGON_DENIED", self.logon("expired", "expired-Pw.1"))
        self.row("unknown service", "SEC_E_TARGET_UNKNOWN", self.logon("alice", right, "host/none.ad.test"))
        self.foreign(right)
        status, text = self.drive.close()
        if status or text:
            print(text)
            self.failed += 1
        return self.passed, self.failed


class Server(Side):
    """Ours, to which somebody comes with a ticket of the controller's."""

    def __init__(self, drive, mechanism, keytab):
        package = {"package": "Kerberos"} if mechanism == "Kerberos" else {"package": "Negotiate", "packages": ["Kerberos"]}
        cred = drive.ok("acquire", use="inbound", keytab=keytab, **package)["cred"]
        super().__init__(drive, "accept", {"cred": cred, "req": []})

    def key(self):
        return self.do("query", attr="SESSION_KEY")["session_key"]

    def who(self):
        return self.do("query", attr="NAMES")["user_name"]


def main(argv):
    passed, failed = Controller(*argv[1:3]).run()
    print(f"ad: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
