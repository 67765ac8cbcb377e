# SPDX-License-Identifier: GPL-2.0-only
"""What tables of exchanges are made of: our side, both sides against each other, rows."""
import os
import subprocess

import cells
from driver import Drive
from peers import CONTINUE, ERROR, OK


class Side:
    """Our side of one exchange, with the interface of a peer; FIELDS are of each of its legs."""

    def __init__(self, drive, role, fields, kdc=None):
        self.drive, self.fields, self.kdc = drive, fields, kdc
        self.op = "initialize" if role == "init" else "accept"
        self.ctx, self.answer = None, {}

    def step(self, token):
        more = {"input": token} if token else {}
        if self.ctx is not None:
            more["ctx"] = self.ctx
        answer = self.drive.call(self.op, **self.fields, **more)
        self.ctx = answer.get("ctx", self.ctx)
        while answer["status"] == "SEC_I_ASYNC_CALL_PENDING":
            answer = self.drive.call("io_reply", ctx=self.ctx, reply=self.kdc.ask(answer["io"]))
        self.answer = answer
        state = {"SEC_E_OK": OK, "SEC_I_CONTINUE_NEEDED": CONTINUE}.get(answer["status"], ERROR)
        return state, answer["output"]

    @property
    def status(self):
        return self.answer.get("status")

    @property
    def reason(self):
        return self.answer.get("reason")

    def do(self, op, **fields):
        return self.drive.ok(op, ctx=self.ctx, **fields)

    def refuses_altered(self, peer):
        """A sealed message with another last bit is refused, and changes nothing."""
        altered = bytearray.fromhex(peer.command("wrap", "1", "616263")[0])
        altered[-1] ^= 1
        bad = self.drive.call("unwrap", ctx=self.ctx, token=altered.hex())
        assert bad["status"] == "SEC_E_MESSAGE_ALTERED", bad
        altered[-1] ^= 1
        assert self.do("unwrap", token=altered.hex())["message"] == "616263"


def negotiate(client, server):
    """Carries tokens until both are done; "ok", or who refused."""
    token, states = None, ["", ""]
    for leg in range(8):
        side = leg % 2
        states[side], token = (client, server)[side].step(token)
        if states[side] == ERROR:
            return ("client", "server")[side] + " refused"
        if states == [OK, OK]:
            return OK
        if not token:
            return "no token"
    return "no end"


def against(ours, peer, want):
    """The same, whichever side is ours; it has to end as wanted."""
    seen = negotiate(*((ours, peer) if ours.op == "initialize" else (peer, ours)))
    assert seen == want, f"{seen} ({ours.status}: {ours.reason}), not {want}"
    return seen


def other_keys(drive, keytab):
    """A keytab of the same names, with keys that the KDC does not know."""
    data = keytab
    for entry in drive.ok("parse", kind="keytab", data=keytab.hex())["entries"]:
        data = data.replace(bytes.fromhex(entry["key"]), os.urandom(len(entry["key"]) // 2))
    assert data != keytab
    return data


class Table:
    """Rows, with the sspi-drive that they use."""

    def __init__(self, options):
        self.drive = Drive(*options)
        self.passed = self.failed = 0

    def row(self, role, mechanism, peer, case, check, credentials=None):
        """
        Runs check(); its text says what was seen. A row on "right" or "wrong" credentials
        is one of the whole matrix.
        """
        try:
            seen, good = check(), True
        except (AssertionError, EOFError, OSError, KeyError, IndexError, subprocess.SubprocessError) as error:
            seen, good = f"{type(error).__name__}: {error}", False
        self.passed += good
        self.failed += not good
        cells.record(role, mechanism, peer, credentials, good)
        print(f"{role:7} {mechanism:16} {peer:11} {case:38} {'ok' if good else 'FAILED':6} {seen}", flush=True)

    def end(self, stage):
        """The last line; the exit status."""
        status, text = self.drive.close()
        if status or text:
            print(text)
            self.failed += 1
        print(f"{stage}: {self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0
