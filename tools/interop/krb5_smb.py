#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""smbclient with Kerberos logs on to a server that is sspi-drive: krb5_smb.py FOLDER [DRIVE OPTION...]

FOLDER is of tools/peers/mit.sh, with tickets in its cc.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../drive")]
import smb2_front  # noqa: E402
from exchange import Side, Table, other_keys  # noqa: E402

NAME = "alice@KSSPI.TEST"
# smbclient has no Kerberos for localhost.
HOST = "files.ksspi.test"


class Ours(Side):
    def key(self):
        return self.do("query", attr="SESSION_KEY")["session_key"]


class Smb(Table):
    def __init__(self, folder, options):
        super().__init__(options)
        self.folder = folder
        with open(os.path.join(folder, "services.keytab"), "rb") as f:
            self.keytab = f.read()

    def logon(self, keytab=None, cache="cc", wrong_key=False):
        """(smbclient's last words, the server)"""
        cred = self.drive.ok("acquire", package="Negotiate", use="inbound", packages=["Kerberos"],
                             keytab=(keytab or self.keytab).hex(), principal=f"cifs/{HOST}@KSSPI.TEST")["cred"]
        front = smb2_front.Front(Ours(self.drive, "accept", {"cred": cred, "req": []}), wrong_key, negotiate=True)
        cache = "FILE:" + os.path.join(self.folder, cache)
        env = dict(os.environ, KRB5_CONFIG=os.path.join(self.folder, "krb5.conf"), KRB5CCNAME=cache)
        return smb2_front.smbclient(front, "-U", NAME, "--use-kerberos=required", "--use-krb5-ccache=" + cache, host=HOST,
                                    env=env), front

    def good(self):
        said, front = self.logon()
        assert not said and front.share == "data" and front.verified > 1, said
        user = front.acceptor.do("query", attr="NAMES")["user_name"]
        assert user == NAME, user
        return f"{user}, {front.verified} signatures verified"

    def bad(self, ours, theirs, **more):
        said, front = self.logon(**more)
        assert (front.acceptor.status, said.split()[-1]) == (ours, theirs), (front.acceptor.answer, said)
        return f"{ours or 'no token'}, {theirs}"

    def run(self):
        def row(case, check, credentials=None):
            self.row("accept", "SPNEGO(Kerberos)", "Samba SMB", "smbclient, " + case, check, credentials)
        row("right ticket", self.good, "right")
        row("we have another key", lambda: self.bad("SEC_E_LOGON_DENIED", "NT_STATUS_LOGON_FAILURE", keytab=other_keys(
            self.drive, self.keytab)), "wrong")
        row("no ticket", lambda: self.bad(None, "NT_STATUS_INVALID_PARAMETER", cache="none"), "wrong")
        row("we sign with another key", lambda: self.bad("SEC_E_OK", "NT_STATUS_ACCESS_DENIED", wrong_key=True))
        return self.end("56-interop-krb5.sh")


if __name__ == "__main__":
    sys.exit(Smb(sys.argv[1], sys.argv[2:]).run())
