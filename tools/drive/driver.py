# SPDX-License-Identifier: GPL-2.0-only
"""sspi-drive from Python: one process, one request a line, one answer a line."""
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("SSPI_DRIVE", os.path.join(HERE, "sspi-drive"))


class Drive:
    """A running sspi-drive. `call` returns the answer as a dict."""

    def __init__(self, *options, env=None):
        self.proc = subprocess.Popen(
            [PROGRAM, *(options or ("--host",))], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=dict(os.environ, **(env or {})))

    def raw(self, line):
        """Sends bytes as one line; the answer."""
        self.proc.stdin.write(line + b"\n")
        self.proc.stdin.flush()
        answer = self.proc.stdout.readline()
        if not answer:
            raise EOFError("sspi-drive is gone: " + self.proc.stderr.read().decode())
        return self.answer(answer)

    @staticmethod
    def answer(line):
        """A line of the program as a dict."""
        return json.loads(line)

    def call(self, op, **fields):
        return self.raw(json.dumps(dict(fields, op=op), ensure_ascii=False).encode())

    def ok(self, op, **fields):
        """As call, but anything else than success or "go on" is an error."""
        answer = self.call(op, **fields)
        if answer["status"] not in ("SEC_E_OK", "SEC_I_CONTINUE_NEEDED"):
            raise AssertionError(f"{op}: {answer}")
        return answer

    def close(self):
        """Ends the input; (exit status, what was written to stderr)."""
        if self.proc.stdin.closed:
            return self.proc.returncode, ""
        self.proc.stdin.close()
        self.proc.stdout.read()
        text = self.proc.stderr.read().decode()
        self.proc.stdout.close()
        self.proc.stderr.close()
        return self.proc.wait(), text

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# Everything a connection for messages wants.
ISC = ["REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "INTEGRITY"]
USER = {"user": "User", "domain": "Domain", "password": "Password"}


class Pair:
    """An NTLM initiator and an acceptor in one process."""

    def __init__(self, drive, identity=None, accounts=None, client=None, server=None,
                 principal=None):
        self.drive = drive
        self.out = drive.ok("acquire", package="NTLM", use="outbound",
                            identity=identity or USER, options=client or {})["cred"]
        more = {"principal": principal} if principal else {}
        self.inn = drive.ok("acquire", package="NTLM", use="inbound",
                            accounts=[USER] if accounts is None else accounts,
                            options=server or {}, **more)["cred"]
        self.a = self.b = None

    def run(self, req=None, asc=None, isc_more=None, asc_more=None, tamper=None):
        """A whole exchange; the answers of the four legs, up to the first failure."""
        drive, answers = self.drive, []
        isc = dict({"req": ISC if req is None else req}, **(isc_more or {}))
        acc = dict({"req": ISC if asc is None else asc}, **(asc_more or {}))
        self.a = self.b = None
        token = None
        for leg in range(4):
            more = {} if token is None else {"input": token}
            if leg % 2 == 0:
                handle = {} if self.a is None else {"ctx": self.a}
                answer = drive.call("initialize", cred=self.out, **handle, **more, **isc)
                self.a = answer.get("ctx", self.a)
            else:
                handle = {} if self.b is None else {"ctx": self.b}
                answer = drive.call("accept", cred=self.inn, **handle, **more, **acc)
                self.b = answer.get("ctx", self.b)
            answers.append(answer)
            if answer["status"] not in ("SEC_E_OK", "SEC_I_CONTINUE_NEEDED"):
                break
            token = answer.get("output")
            if tamper:
                token = tamper(leg, token)
        return answers

    def delete(self):
        for ctx in (self.a, self.b):
            if ctx is not None:
                self.drive.ok("delete", ctx=ctx)
        self.a = self.b = None
