# SPDX-License-Identifier: GPL-2.0-only
"""Negotiate with MIT's sample programs."""
import glob
import socket
import subprocess
import threading
import unittest

import krb5peer
import spnego
import test_krb5_mit
from driver import ISC
from spnego import MUTUAL, TARGET, fields, resp_token


class Mit(spnego.Base):
    """MIT's sample programs with SPNEGO, both ways, with messages each way."""

    def test_gss_server(self):
        port = self.mit.server("host@localhost")
        for packages in (None, ["Kerberos"]):
            for req in (MUTUAL, ISC, MUTUAL + ["USE_DCE_STYLE"]):
                with socket.create_connection(("127.0.0.1", port)) as s:
                    test_krb5_mit.GssServer.exchange(self, s, self.out(packages), req, TARGET)

    def test_gss_server_takes_the_second_choice(self):
        """MIT's acceptor says nothing more once it has our mechListMIC."""
        if glob.glob("/etc/gss/mech.d/*ntlm*"):
            self.skipTest("the server would take NTLM from gss-ntlmssp, and know nobody")
        port, silent = self.mit.server("host@localhost"), 0
        for req in (MUTUAL, ISC, MUTUAL + ["USE_DCE_STYLE"]):
            with socket.create_connection(("127.0.0.1", port)) as s:
                krb5peer.send_frame(s, 0x11)
                out, token, ctx = self.out(["NTLM", "Kerberos"]), None, {}
                while True:
                    more = {} if token is None else {"input": token}
                    step = self.drive.ok("initialize", cred=out, target=TARGET, req=req, **ctx,
                                         **more)
                    ctx = {"ctx": step["ctx"]}
                    if step["output"]:
                        krb5peer.send_frame(s, 2, bytes.fromhex(step["output"]))
                    if step["status"] == "SEC_E_OK":
                        break
                    s.settimeout(5 if 3 in fields(step["output"]) else 60)
                    try:
                        token = krb5peer.read_frame(s)[1].hex()
                    except TimeoutError:
                        token, silent = "", silent + 1
                s.settimeout(60)
                self.assertEqual(self.used(ctx), "Kerberos")
                token = self.drive.ok("wrap", message="6869", **ctx)["token"]
                krb5peer.send_frame(s, 0xe4, bytes.fromhex(token))
                self.drive.ok("verify", message="6869", token=krb5peer.read_frame(s)[1].hex(),
                              **ctx)
                krb5peer.send_frame(s, 1)
        self.assertEqual(silent, 1)

    def test_who_is_done_gets_no_answer(self):
        """An initiator that says accept-completed with its MIC, as MIT's does."""
        def tamper(leg, token):
            f = fields(token)
            return resp_token(0, token=f.get(2, ""), mic=f[3]) if leg == 4 else token
        out, inn = self.out(["NTLM", "Kerberos"]), self.inn(ntlm=False)
        answers, a, b = self.legs(out, inn, tamper=tamper)
        self.assertEqual((answers[-1]["status"], answers[-1]["output"]), ("SEC_E_OK", ""))
        self.drive.ok("initialize", cred=out, input="", **a)
        self.messages(a, b)

    def test_gss_client(self):
        inn = self.inn()
        for flags in ([], ["-dce"], ["-seq"], ["-nw"], ["-mcount", "3"]):
            with socket.create_server(("127.0.0.1", 0)) as listener:
                failures = []
                thread = threading.Thread(target=self.serve, args=(listener, inn, failures))
                thread.start()
                done = subprocess.run(
                    [krb5peer.SCRIPT, "client", self.mit.folder, str(listener.getsockname()[1]),
                     "hello there", "-spnego", *flags], stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, timeout=30, check=False)
                thread.join(30)
                self.assertEqual(failures, [], (flags, done.stdout))
                self.assertIn(b"Signature verified", done.stdout, flags)

    accept = test_krb5_mit.GssClient.accept
    serve = test_krb5_mit.GssClient.serve

if __name__ == "__main__":
    unittest.main()
