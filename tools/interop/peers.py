# SPDX-License-Identifier: GPL-2.0-only
"""Real NTLM peers, token by token: each has step(token or None) -> (state, token)."""
import base64
import os
import socket
import struct
import subprocess

USER, DOMAIN, PASSWORD = "testuser", "TESTDOM", "Testpw1!"
WRONG = "not the password"
TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
OK, CONTINUE, ERROR = "ok", "continue", "error"


def gss_env(folder, password):
    """Surroundings of gss-ntlmssp; the users are in a file."""
    users = os.path.join(folder, "users-" + base64.urlsafe_b64encode(password.encode()).decode())
    with open(users, "w", encoding="utf-8") as f:
        f.write(f"{DOMAIN}:{USER}:{password}\n")
    none = "FILE:" + os.path.join(folder, "none")
    return dict(os.environ, NTLM_USER_FILE=users, LM_COMPAT_LEVEL="5", KRB5_CONFIG="/dev/null",
                KRB5CCNAME=none, KRB5_KTNAME=none)


class Lines:
    """A program that answers a line with a line."""

    def __init__(self, command, env=None):
        self.proc = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, env=env, text=True)

    def ask(self, line):
        self.proc.stdin.write(line + "\n")
        self.proc.stdin.flush()
        return self.proc.stdout.readline().strip()

    def close(self):
        self.proc.stdin.close()
        self.proc.wait(10)
        self.proc.stdout.close()


class GssApi(Lines):
    """A library through GSS-API, by gss_peer.c."""

    def step(self, token):
        answer = self.ask("step " + (token or "-")).split()
        if len(answer) != 2:
            return ERROR, ""
        return answer[0], "" if answer[1] == "-" else answer[1]

    def command(self, *words):
        """The answer's values; an error is an exception."""
        answer = self.ask(" ".join(w or "-" for w in words)).split()
        if not answer or answer[0] != "ok":
            raise AssertionError(f"{type(self).__name__} refuses {words[0]}")
        return ["" if w == "-" else w for w in answer[1:]]


class Gss(GssApi):
    """gss-ntlmssp."""

    def __init__(self, program, role, folder, password, bindings=None, spnego=False):
        super().__init__([program, *(["spnego"] if spnego else []), role, *([bindings] if bindings is not None else [])],
                         gss_env(folder, password))

    def key(self):
        return self.command("key")[0]


class NtlmAuth(Lines):
    """Samba's ntlm_auth; the client speaks ntlmssp-client-1, the server squid-2.5-ntlmssp."""

    def __init__(self, role, folder, password):
        self.client = role == "init"
        protocol = "ntlmssp-client-1" if self.client else "squid-2.5-ntlmssp"
        env = dict(os.environ, SMB_USER=USER, SMB_PASSWORD=password, SMB_DOMAIN=DOMAIN)
        script = os.path.join(TOOLS, "peers/ntlm_auth.sh")
        subprocess.run([script, "start", folder], env=env, check=True)
        super().__init__([script, "run", folder, protocol], env)
        self.legs = 0

    def step(self, token):
        word = ("YR" if self.legs == 0 else "TT") if self.client else ("YR" if self.legs == 0 else "KK")
        self.legs += 1
        text = base64.b64encode(bytes.fromhex(token)).decode() if token else ""
        answer = self.ask((word + " " + text).strip()).split()
        if not answer or answer[0] not in ("YR", "TT", "KK", "AF"):
            return ERROR, ""
        done = answer[0] == "AF"
        out = "" if done and not self.client else base64.b64decode(answer[1]).hex()
        return OK if done else CONTINUE, out

    def key(self):
        return base64.b64decode(self.ask("GK").split()[1]).hex()


class SpnegoAuth(Lines):
    """Samba's ntlm_auth with SPNEGO: gss-spnego-client, which waits for hints, and gss-spnego."""

    def __init__(self, role, folder, password):
        self.client = role == "init"
        self.hints = None  # of the server, for the client
        env = dict(os.environ, SMB_USER=USER, SMB_PASSWORD=password, SMB_DOMAIN=DOMAIN)
        script = os.path.join(TOOLS, "peers/ntlm_auth.sh")
        subprocess.run([script, "start", folder], env=env, check=True)
        super().__init__([script, "run", folder, "gss-spnego" + ("-client" if self.client else "")], env)
        self.legs = 0

    def step(self, token):
        word = "TT" if self.client else "KK" if self.legs else "YR"
        token = token or self.hints
        self.legs += 1
        answer = self.ask(f"{word} {base64.b64encode(bytes.fromhex(token)).decode()}").split()
        if not answer or answer[0] not in ("TT", "KK", "AF"):
            return ERROR, ""
        out = answer[1] if len(answer) > 1 and answer[1] != "*" else ""
        return OK if answer[0] == "AF" else CONTINUE, base64.b64decode(out).hex()

    def key(self):
        return base64.b64decode(self.ask("GK").split()[1]).hex()


class Frames:
    """The framing of krb5-gss-samples over a socket."""

    def __init__(self, sock):
        self.sock = sock
        self.file = sock.makefile("rb")

    def send(self, flags, data=b""):
        self.sock.sendall(struct.pack(">BI", flags, len(data)) + data)

    def recv(self):
        head = self.file.read(5)
        if len(head) < 5:
            raise EOFError
        flags, length = struct.unpack(">BI", head)
        return flags, self.file.read(length)

    def close(self):
        self.file.close()
        self.sock.close()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
