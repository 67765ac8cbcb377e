#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes a session of sspi-drive for the stage sspictl: session.py FILE

What the administrator is to see in it: a Kerberos credential with a ticket, a
logon whose KDC is not reached, NTLM contexts of both sides, and tokens that
are refused. It is run on the host back end first, which has to agree.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../../drive"), os.path.join(HERE, "../../host/tests")]
import driver  # noqa: E402
import krb5forge  # noqa: E402

USER = {"user": "alice", "domain": "DOMAIN", "password": "Wonderland"}


class Recorder(driver.Drive):
    """Keeps the lines that it sends."""

    lines = ()

    def raw(self, line):
        self.lines = (*self.lines, line)
        return super().raw(line)


def expect(answer, status):
    assert answer["status"] == status, (status, answer)
    return answer


def kerberos(drive):
    forge = krb5forge.Forge(drive)
    drive.ok("env", reset=True, now=forge.now, seed=1)
    cred = drive.ok("acquire", package="Kerberos", use="outbound", ccache=forge.cache())["cred"]
    drive.ok("initialize", cred=cred, target="host/srv.test", req=["MUTUAL_AUTH"])
    cred = drive.ok("acquire", package="Kerberos", use="outbound",
                    identity=dict(USER, domain="UNREACHED.TEST"))["cred"]
    asked = expect(drive.call("initialize", cred=cred, target="nfs/unreached.test", req=["MUTUAL_AUTH"]),
                   "SEC_I_ASYNC_CALL_PENDING")
    answer = drive.call("io_reply", ctx=asked["ctx"], error="EHOSTUNREACH")
    expect(answer, "SEC_E_NO_AUTHENTICATING_AUTHORITY")


def ntlm(drive):
    client = drive.ok("acquire", package="NTLM", use="outbound", identity=USER)["cred"]
    server = drive.ok("acquire", package="NTLM", use="inbound", accounts=[USER])["cred"]
    first = drive.ok("initialize", cred=client, target="cifs/files.test", req=["INTEGRITY"])
    second = drive.ok("accept", cred=server, input=first["output"])
    third = drive.ok("initialize", cred=client, ctx=first["ctx"], target="cifs/files.test", req=["INTEGRITY"],
                     input=second["output"])
    expect(drive.ok("accept", cred=server, ctx=second["ctx"], input=third["output"]), "SEC_E_OK")
    for _ in range(3):
        expect(drive.call("accept", cred=server, input="00112233"), "SEC_E_INVALID_TOKEN")


def main(path):
    with Recorder() as drive:
        kerberos(drive)
        ntlm(drive)
    with open(path, "wb") as f:
        f.write(b"\n".join(drive.lines) + b"\n")
    print(f"{len(drive.lines)} requests")


if __name__ == "__main__":
    main(sys.argv[1])
