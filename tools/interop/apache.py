#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""HTTP (RFC 4559): sspi-drive against Apache's mod_auth_gssapi, and curl against both

apache.py FOLDER [DRIVE OPTION...]

We are the client of Apache, and the server of curl; curl is a client of Apache
too, which shows that it is the same to a server. Tickets are of MIT's KDC.
"""
import http.client
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.path.join(HERE, "..")
sys.path[:0] = [HERE, os.path.join(TOOLS, "drive"), os.path.join(TOOLS, "host/tests")]
import krb5peer  # noqa: E402
from exchange import Side, Table, other_keys  # noqa: E402
from http_front import Front, curl, header, token_of  # noqa: E402
from krb5peer import ALICE, REALM  # noqa: E402
from peers import CONTINUE, ERROR, OK  # noqa: E402

SCRIPT = os.path.join(TOOLS, "peers/apache.sh")
KERBEROS, NTLM, SPNEGO_KERBEROS, SPNEGO_NTLM = MECHANISMS = ("Kerberos", "NTLM", "SPNEGO(Kerberos)", "SPNEGO(NTLM)")
# What apache.sh has unless told otherwise.
NTLM_ALICE = {"user": "alice", "domain": "KSSPI", "password": "Secret-1!"}
# What a server takes the client for, and what Apache calls the mechanism.
NAMES = {"Kerberos": f"alice@{REALM}", "NTLM": "KSSPI\\alice"}
MECHS = {"Kerberos": "/krb5", "NTLM": "/NTLM"}
LEGS = 6
BINDINGS = "746c732d7365727665722d656e642d706f696e743a" + "17" * 32


class Apache:
    def __init__(self, folder, kdc):
        self.folder = os.path.join(folder, "apache")
        said = self.script("start", kdc.folder)
        self.port = int(said.partition("HTTP_PORT=")[2])
        self.lines = 0

    def script(self, verb, *arguments):
        return subprocess.run([SCRIPT, verb, self.folder, *arguments], stdout=subprocess.PIPE, check=True,
                              timeout=60).stdout.decode()

    def said(self):
        """What its log has that it had not when this was called last."""
        lines = self.script("log", str(self.lines)).splitlines()
        self.lines += len(lines)
        return lines


class Connection:
    """A kept-alive connection on which a client of ours authenticates."""

    def __init__(self, port, alter=None):
        self.http = http.client.HTTPConnection("localhost", port, timeout=20)
        self.alter = alter or (lambda token, leg: token)
        self.legs = 0

    def get(self, path, token="", scheme="Negotiate"):
        """One request: (status, the server's token, the answer's headers)."""
        headers = {"Authorization": header(scheme, self.change(token))} if token else {}
        self.http.request("GET", path, headers=headers)
        answer = self.http.getresponse()
        answer.read()
        back = token_of(scheme, answer.getheader("WWW-Authenticate"))
        return answer.status, self.change(back) if back else "", answer

    def change(self, token):
        self.legs += 1
        return self.alter(token, self.legs)

    def authenticate(self, ours, path, scheme="Negotiate"):
        """Carries tokens; the last answer. What the server says last is checked by us."""
        state, token = ours.step(None)
        assert state != ERROR and token, f"{ours.status}: {ours.reason}"
        for _ in range(LEGS):
            status, back, answer = self.get(path, token, scheme)
            token = ""
            if back:
                assert state == CONTINUE, "a token after the end"
                state, token = ours.step(back)
            if status != 401 or state == ERROR or not token:
                return status, state, answer
        raise AssertionError("no end")

    def close(self):
        self.http.close()


def flip(leg, at=-1, after=b""):
    """Somebody in the middle who changes the last bit of a byte of one token; @at counts from @after."""
    def alter(token, number):
        data = bytearray.fromhex(token)
        if number == leg:
            data[(data.index(after) if after else 0) + at] ^= 1
        return data.hex()
    return alter


class Http(Table):
    def __init__(self, folder, options):
        super().__init__(options)
        self.folder, self.kdc = folder, krb5peer.get()
        self.apache = Apache(folder, self.kdc)
        with open(self.kdc.path("services.keytab"), "rb") as f:
            self.keytab = f.read()

    def credential(self, mechanism, password=None, **more):
        """Ours, outbound, which may use this mechanism and no other."""
        kerberos = mechanism in (KERBEROS, SPNEGO_KERBEROS)
        who = dict(ALICE if kerberos else NTLM_ALICE)
        if password is not None:
            who["password"] = password
        if mechanism.startswith("SPNEGO"):
            more.setdefault("packages", ["Kerberos" if kerberos else "NTLM"])
        options = {"transport": "script"} if kerberos else {}
        package = "Negotiate" if mechanism.startswith("SPNEGO") else mechanism
        return self.drive.ok("acquire", package=package, use="outbound", identity=who, options=options, **more)["cred"]

    def ours(self, mechanism, target="HTTP/localhost", req=("MUTUAL_AUTH", "INTEGRITY"), cred=None, bindings=None, **who):
        fields = {"cred": cred or self.credential(mechanism, **who), "target": target, "req": list(req)}
        if bindings is not None:
            fields["bindings"] = bindings
        return Side(self.drive, "init", fields, self.kdc)

    def welcome(self, ours, path="/any", then=None, scheme="Negotiate"):
        """Lets us in; both have to think the same of who that is."""
        self.apache.said()
        connection = Connection(self.apache.port)
        try:
            status, state, answer = connection.authenticate(ours, path, scheme)
            assert (status, state) == (200, OK), f"{status}, {ours.status}: {ours.reason}, {self.apache.said()}"
            user, mech = answer.getheader("X-User"), answer.getheader("X-Mech")
            package = ours.do("query", attr="PACKAGE_INFO")["name"]
            if package == "Negotiate":
                package = ours.do("query", attr="NEGOTIATION_INFO")["package"]
            assert (user, mech) == (NAMES[package], scheme + MECHS[package]), (user, mech)
            assert ours.do("query", attr="NAMES")["user_name"] == user
            if package == "Kerberos":
                assert "MUTUAL_AUTH" in ours.answer["attr"], ours.answer["attr"]
            more = then(answer, connection) if then else ""
            return f"{user} by {mech}{more}"
        finally:
            connection.close()

    def turned_away(self, ours, path="/any", alter=None, status=401):
        """Apache refuses us, and says why in its log."""
        self.apache.said()
        connection = Connection(self.apache.port, alter)
        try:
            code, _, answer = connection.authenticate(ours, path)
            assert code == status and not answer.getheader("X-User"), f"{code}: {answer.getheader('X-User')}"
        finally:
            connection.close()
        logged = [line for line in self.apache.said() if "auth_gssapi:error" in line]
        assert logged, "nothing is in the log of Apache"
        return f"{code}, {ours.status}; its log: {logged[-1].rpartition('failed: ')[2]}"

    def refuse(self, ours, status, path="/any", alter=None):
        """We refuse, whatever Apache thinks."""
        connection = Connection(self.apache.port, alter)
        try:
            code, state, _ = connection.authenticate(ours, path)
        finally:
            connection.close()
        assert (state, ours.status) == (ERROR, status), f"{code}, {ours.status}: {ours.reason}"
        return f"{code}, {ours.status}: {ours.reason}"

    def row_of(self, mechanism, case, check, credentials=None):
        self.row("init", mechanism, "Apache", case, check, credentials)

    def passwords(self):
        """Each mechanism, right and wrong, at each path that takes it."""
        for mech in MECHANISMS:
            for path in ("/any", "/krb5" if mech in (KERBEROS, SPNEGO_KERBEROS) else "/ntlm"):
                self.row_of(mech, f"right password, {path}", lambda m=mech, p=path: self.welcome(self.ours(m), p), "right")
            self.row_of(mech, "one more request on the connection", lambda m=mech: self.welcome(self.ours(m), then=self.again))
            self.row_of(mech, "bindings, which it does not look at", lambda m=mech: self.welcome(
                self.ours(m, bindings=BINDINGS)))
        for mech in (KERBEROS, SPNEGO_KERBEROS):
            self.row_of(mech, "wrong password, at the KDC", lambda m=mech: self.no_ticket(m), "wrong")
        for mech in (NTLM, SPNEGO_NTLM):
            for case, password in (("wrong password", "no"), ("no password", "")):
                self.row_of(mech, case, lambda m=mech, p=password: self.turned_away(self.ours(m, password=p)), "wrong")
        self.row_of(NTLM, "by the scheme NTLM", lambda: self.welcome(self.ours(NTLM), scheme="NTLM"))
        self.row_of("-", "no token at all", self.nobody)

    def again(self, _, connection):
        """GssapiConnectionBound: who is on a connection stays."""
        status, _, answer = connection.get("/any")
        assert status == 200 and answer.getheader("X-User"), status
        return ", again without a token"

    def no_ticket(self, mechanism):
        state, _ = (ours := self.ours(mechanism, password="no")).step(None)
        assert (state, ours.status) == (ERROR, "SEC_E_LOGON_DENIED"), ours.status
        return f"{ours.status}: {ours.reason}"

    def nobody(self):
        connection = Connection(self.apache.port)
        status, _, answer = connection.get("/any")
        connection.close()
        offered = answer.getheader("WWW-Authenticate")
        assert (status, offered) == (401, "Negotiate, NTLM"), (status, offered)
        return f"401, {offered}"

    def tickets(self):
        """Kerberos: keys, names, and what is changed on the way."""
        with open(os.path.join(self.apache.folder, "other.keytab"), "wb") as f:
            f.write(other_keys(self.drive, self.keytab))
        os.chmod(f.name, 0o644)
        for mech in (KERBEROS, SPNEGO_KERBEROS):
            self.row_of(mech, "it has another key", lambda m=mech: self.turned_away(self.ours(m), "/other"), "wrong")
            self.row_of(mech, "a ticket for another service", lambda m=mech: self.turned_away(
                self.ours(m, target="host/localhost")), "wrong")
            self.row_of(mech, "a path for NTLM alone", lambda m=mech: self.turned_away(self.ours(m), "/ntlm"))
            self.row_of(mech, "our token is changed", lambda m=mech: self.turned_away(self.ours(m), alter=flip(1)))
            self.row_of(mech, "its token is changed", lambda m=mech: self.refuse(
                self.ours(m), "SEC_E_MUTUAL_AUTH_FAILED", alter=flip(2)))
            self.row_of(mech, "no mutual authentication", lambda m=mech: self.one_way(m))
            self.row_of(mech, "delegation", lambda m=mech: self.welcome(
                self.ours(m, req=("MUTUAL_AUTH", "INTEGRITY", "DELEGATE")), "/deleg", self.delegated))
            self.row_of(mech, "no delegation", lambda m=mech: self.welcome(self.ours(m), "/deleg", self.not_delegated))
        cred = self.credential(KERBEROS)
        self.row_of(KERBEROS, "twenty with one ticket", lambda: [
            self.welcome(self.ours(KERBEROS, cred=cred)) for _ in range(20)][-1] + ", none is a replay to it")

    def one_way(self, mechanism):
        """Without a reply Kerberos is done with one token, and SPNEGO with its answer."""
        connection = Connection(self.apache.port)
        ours = self.ours(mechanism, req=("INTEGRITY",))
        status, state, answer = connection.authenticate(ours, "/any")
        connection.close()
        assert (status, state, answer.getheader("X-User")) == (200, OK, NAMES["Kerberos"]), (status, ours.status)
        assert "MUTUAL_AUTH" not in ours.answer["attr"], ours.answer["attr"]
        return f"{answer.getheader('X-User')}, {connection.legs} tokens"

    def delegated(self, answer, _):
        """What Apache has kept gets tickets."""
        cache = answer.getheader("X-Ccache") or ""
        assert cache.startswith("FILE:" + os.path.realpath(self.apache.folder) + "/deleg/"), cache
        env = dict(self.kdc.env, KRB5CCNAME=cache)
        subprocess.run(["kvno", "-q", "host/aes128-cts.ksspi.test"], env=env, check=True, timeout=20)
        listed = subprocess.run(["klist", "-f"], env=env, check=True, timeout=20, stdout=subprocess.PIPE,
                                text=True).stdout
        assert f"Default principal: alice@{REALM}" in listed and "host/aes128-cts.ksspi.test" in listed, listed
        flags = [line.split("Flags: ")[1] for line in listed.splitlines() if "Flags: " in line]
        assert flags and "f" in flags[0].lower(), listed
        return f", whose forwarded TGT ({flags[0]}) got it a ticket"

    @staticmethod
    def not_delegated(answer, _):
        assert not answer.getheader("X-Ccache"), answer.getheader("X-Ccache")
        return ", no cache"

    def ntlm(self):
        """NTLM: what is changed on the way, and how SPNEGO comes to it."""
        for mech in (NTLM, SPNEGO_NTLM):
            self.row_of(mech, "a path for Kerberos alone", lambda m=mech: self.turned_away(self.ours(m), "/krb5"))
            # MS-NLMP 2.2.1.3: the MIC is at 72.
            self.row_of(mech, "our MIC is changed", lambda m=mech: self.turned_away(
                self.ours(m), alter=flip(3, 72, b"NTLMSSP\0")))
        self.row_of(SPNEGO_NTLM, "its mechListMIC is changed", lambda: self.refuse(
            self.ours(SPNEGO_NTLM), "SEC_E_MESSAGE_ALTERED", alter=flip(4)))
        both = {"packages": ["Kerberos", "NTLM"], "ccache": self.kdc.ccache}
        self.row_of(SPNEGO_NTLM, "Kerberos is offered first, not taken", lambda: self.welcome(
            self.ours(SPNEGO_NTLM, **both), "/ntlm"))
        self.row_of(SPNEGO_KERBEROS, "NTLM is offered too, not taken", lambda: self.welcome(
            self.ours(SPNEGO_NTLM, **both), "/any"))

    def curls(self):
        """curl asks Apache and us: they have to take it for the same."""
        kerberos = self.kdc.env
        ntlm = dict(os.environ, NTLM_USER_FILE=os.path.join(self.apache.folder, "users"), KRB5_CONFIG=kerberos["KRB5_CONFIG"],
                    KRB5CCNAME="FILE:" + os.path.join(self.folder, "none"))
        for mech, package, env in ((SPNEGO_KERBEROS, "Kerberos", kerberos), (SPNEGO_NTLM, "NTLM", ntlm)):
            self.row("accept", mech, "curl", "the same as Apache says", lambda p=package, e=env: self.both(p, e), "right")
        none = dict(kerberos, KRB5CCNAME=ntlm["KRB5CCNAME"])
        other = other_keys(self.drive, self.keytab)
        for case, env, keytab, status in (("we have another key", kerberos, other, "SEC_E_LOGON_DENIED"),
                                          ("no ticket", none, self.keytab, None)):
            self.row("accept", SPNEGO_KERBEROS, "curl", case, lambda e=env, k=keytab, s=status: self.no_curl(e, k, s), "wrong")

    def front(self, keytab):
        cred = self.drive.ok("acquire", package="Negotiate", use="inbound", keytab=keytab.hex(), accounts=[NTLM_ALICE],
                             options={"nb_domain": "KSSPI"})["cred"]
        return Front("Negotiate", lambda: Side(self.drive, "accept", {"cred": cred, "req": []}))

    def both(self, package, env):
        url = f"http://localhost:{self.apache.port}/any"
        theirs = curl(url, "Negotiate", env, show="%header{x-user} %header{x-mech} %{http_code}")
        assert theirs == f"hello\n {NAMES[package]} Negotiate{MECHS[package]} 200", theirs
        with self.front(self.keytab) as url:
            ours = curl(url, "Negotiate", env)
        assert ours == f"hello {NAMES[package]} 200", ours
        return ours

    def no_curl(self, env, keytab, status):
        front = self.front(keytab)
        with front as url:
            seen = curl(url, "Negotiate", env)
        assert seen == " 401", seen
        assert [side.status for side in front.sides] == ([status] if status else []), [side.answer for side in front.sides]
        return f"401, {status or 'it sends no token'}"

    def run(self):
        try:
            self.passwords()
            self.tickets()
            self.ntlm()
            self.curls()
        finally:
            self.apache.script("stop")
        return self.end("54-apache.sh")


if __name__ == "__main__":
    sys.exit(Http(sys.argv[1], sys.argv[2:]).run())
