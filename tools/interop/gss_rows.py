# SPDX-License-Identifier: GPL-2.0-only
"""The gss_peer sample against MIT's gss-server and gss-client.

Kernel code on one side, the libraries of MIT krb5 and gss-ntlmssp on the other;
the rows are those of kdc.py, in whose guest the sample is loaded.
"""
import base64
import concurrent.futures
import os
import shutil
import subprocess
import tempfile

from guest import HOST
from krb5peer import REALM

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
DOOR = 4444
ALICE = f"user=alice domain={REALM} password=Secret-1!"
KERBEROS = f"package=Kerberos target=host/localhost {ALICE}"
# What gss_ntlmssp.sh has unless told otherwise.
NTLM_ALICE = "user=alice domain=KSSPI password=Secret-1!"


class Ntlmssp:
    """MIT's programs with gss-ntlmssp's mechanism."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="gss-ntlmssp-")
        self.port = int(self.run("start").partition("=")[2])

    def run(self, verb, *arguments):
        done = subprocess.run([os.path.join(TOOLS, "peers/gss_ntlmssp.sh"), verb, self.folder, *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, timeout=60)
        return done.stdout.decode()


    def stop(self):
        self.run("stop")
        shutil.rmtree(self.folder)


class Samples:
    def __init__(self, rows):
        self.rows, self.guest, self.mit = rows, rows.guest, rows.mit
        self.ntlm = Ntlmssp()
        self.count = 0

    def log(self, command):
        """Runs a command of the guest; what the sample printed meanwhile."""
        self.count += 1
        mark = f"gss-rows {self.count}"
        self.guest.sh(f"echo '{mark}' >/dev/kmsg; {command}")
        text = self.guest.sh("dmesg").rpartition(mark)[2]
        return [line.partition("gss_peer: ")[2] for line in text.splitlines() if "gss_peer: " in line]

    def client(self, port, parameters, result="SEC_E_OK"):
        """A session of the kernel as the client; the last but one line is the text."""
        lines = self.log(f"insmod /root/gss_peer.ko address={HOST} port={port} {parameters} && rmmod gss_peer")
        assert lines and lines[-1] == f"RESULT {result}", lines
        return lines[-2] if len(lines) > 1 else result

    def clients(self):
        port = self.mit.server()

        def row(what, parameters, *result, who=KERBEROS, port=port, mech="Kerberos", peer="MIT krb5", right="right"):
            self.rows.row(f"kernel -> gss-server: {what}", lambda: self.client(port, f"{who} {parameters}", *result),
                          ("init", mech, peer, right))
        row("three messages, sealed", "messages=3")
        row("signed only", "confidential=0")
        for size in (1, 15, 16, 17, 4096, 65536):
            row(f"{size} bytes", f"size={size} messages=2")
        row("delegation", "delegate=1")
        row("DCE style", "dce=1")
        row("wrong password", "password=no", "SEC_E_LOGON_DENIED", right="wrong")
        row("unknown service", "target=host/none.ksspi.test", "SEC_E_TARGET_UNKNOWN", right=None)
        row("a service that is not this server's", "target=host/aes128-cts.ksspi.test", "SEC_E_WRONG_PRINCIPAL",
            right="wrong")
        row("SPNEGO, Kerberos", "messages=3", who=f"package=Negotiate target=host/localhost {ALICE}",
            mech="SPNEGO(Kerberos)")
        for package, what, mech in (("NTLM", "NTLM", "NTLM"), ("Negotiate", "SPNEGO, NTLM", "SPNEGO(NTLM)")):
            row(what, "messages=3", who=f"package={package} target=host/localhost {NTLM_ALICE}",
                port=self.ntlm.port, mech=mech, peer="gss-ntlmssp")

    def gss_client(self, text, *options):
        """MIT's client against the kernel; what it printed.

        QEMU's user network now and then swallows the first byte of a connection
        (its capture shows the segment without it): such a one is tried again.
        """
        said = self.gss_client_once(text, *options)
        if "continue needed...reading token flags: 0 bytes read" in said:
            said = self.gss_client_once(text, *options)
        assert "Signature verified" in said, said
        return said

    def ntlm_client(self, *options):
        """gss-ntlmssp's against the kernel, which says no more than its exit status."""
        for last in (False, True):
            try:
                return self.ntlm.run("client", "hello", str(self.guest.ports[DOOR]), *options)
            except subprocess.CalledProcessError:
                if last:
                    raise
        return None

    def gss_client_once(self, text, *options):
        port = self.guest.ports[DOOR]
        done = subprocess.run([os.path.join(TOOLS, "peers/mit.sh"), "client", self.mit.folder, str(port), text,
                               *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=60)
        return done.stdout.decode()

    def serving(self, parameters, function):
        """The kernel as a server, while a function runs; what it printed."""
        self.log(f"insmod /root/gss_peer.ko port={DOOR} {parameters}")
        try:
            mark = f"gss-rows serving {self.count}"
            self.guest.sh(f"echo '{mark}' >/dev/kmsg")
            function()
        finally:
            self.guest.sh("rmmod gss_peer")
        text = self.guest.sh("dmesg").rpartition(mark)[2]
        return [line.partition("gss_peer: ")[2] for line in text.splitlines() if "gss_peer: " in line]

    def refused(self, options, result):
        def client():
            try:
                self.ntlm_client(*options)
            except subprocess.CalledProcessError:
                return
            raise AssertionError("it was served")
        lines = self.serving(f"package=NTLM {NTLM_ALICE}", client)
        assert f"SERVED {result}" in lines and "SERVED SEC_E_OK" not in lines, lines
        return result

    def servers(self):
        keytab = base64.b64encode(bytes.fromhex(self.mit.keytab)).decode()
        self.guest.sh("mkdir -p /root; rm -f /root/keytab.b64")
        for at in range(0, len(keytab), 3000):
            self.guest.sh(f"echo -n '{keytab[at:at + 3000]}' >>/root/keytab.b64")
        self.guest.sh("base64 -d </root/keytab.b64 >/root/keytab; "
                      "keyctl padd user gss_peer:keytab @u </root/keytab")

        def row(what, function, served=1, who="package=Kerberos keytab_key=gss_peer:keytab",
                name=f"alice@{REALM}", mech="Kerberos", peer="MIT krb5"):
            def go():
                lines = self.serving(who, function)
                good = lines.count("SERVED SEC_E_OK")
                assert good == served, lines
                names = {line.split(",")[0] for line in lines if line.startswith("accepted ")}
                assert names == {f"accepted {name}"}, names
                return f"{good} served, {names.pop()}"
            self.rows.row(f"gss-client -> kernel: {what}", go, ("accept", mech, peer, "right"))
        row("a message", lambda: self.gss_client("hello"))
        row("ten messages", lambda: self.gss_client("hello", "-mcount", "10"))
        row("delegation", lambda: self.gss_client("hello", "-d"))
        row("DCE style", lambda: self.gss_client("hello", "-dce"))
        row("a message in the clear", lambda: self.gss_client("hello", "-nw"))

        def many():
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda n: self.gss_client(f"hello {n}"), range(16)))
        row("sixteen, eight at a time", many, 16)
        both = f"package=Negotiate keytab_key=gss_peer:keytab {NTLM_ALICE}"
        row("SPNEGO, Kerberos", lambda: self.gss_client("hello", "-spnego"), who=both, mech="SPNEGO(Kerberos)")
        # It asks for no sealing, and gss-ntlmssp seals all the same: signed only.
        mech = ("-nw", "-mech", "{ 1 3 6 1 4 1 311 2 2 10 }")
        row("NTLM, without a MIC", lambda: self.ntlm_client(*mech),
            who=f"package=NTLM mic_optional=1 {NTLM_ALICE}", name="KSSPI\\alice", mech="NTLM", peer="gss-ntlmssp")
        self.rows.row("gss-client -> kernel: that is refused by default",
                      lambda: self.refused(mech, "SEC_E_MESSAGE_ALTERED"))
        row("SPNEGO, NTLM", lambda: self.ntlm_client("-nw", "-spnego"), who=both, name="KSSPI\\alice",
            mech="SPNEGO(NTLM)", peer="gss-ntlmssp")


def run(rows):
    samples = Samples(rows)
    try:
        rows.real()
        samples.clients()
        samples.servers()
    finally:
        samples.ntlm.stop()
