# SPDX-License-Identifier: GPL-2.0-only
"""An HTTP server that authenticates with us (RFC 4559), and curl, which asks one."""
import base64
import http.server
import subprocess
import threading

from peers import CONTINUE, ERROR


def header(scheme, token):
    """The value of a header that carries a token given in hex."""
    return scheme + " " + base64.b64encode(bytes.fromhex(token)).decode()


def token_of(scheme, value):
    """The token in a header's value, in hex; "" if there is none."""
    name, _, text = (value or "").partition(" ")
    return base64.b64decode(text).hex() if name == scheme else ""


class Front:
    """A server; one connection is one context, which make() begins. `sides` has them all."""

    def __init__(self, scheme, make):
        self.sides = []
        handler = type("Handler", (Handler,), {"scheme": scheme, "make": staticmethod(make), "sides": self.sides})
        self.server = http.server.HTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://localhost:{self.server.server_address[1]}/"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ours = scheme = make = sides = None

    def do_GET(self):  # pylint: disable=invalid-name
        token = token_of(self.scheme, self.headers.get("Authorization"))
        if not token:
            return self.answer(401, self.scheme)
        if self.ours is None:
            self.ours = self.make()
            self.sides.append(self.ours)
        state, out = self.ours.step(token)
        if state == CONTINUE:
            return self.answer(401, header(self.scheme, out))
        if state == ERROR:
            return self.answer(401, None)
        # RFC 4559: the acceptor's last token comes with the answer.
        return self.answer(200, header(self.scheme, out) if out else None,
                           "hello " + self.ours.do("query", attr="NAMES")["user_name"])

    def answer(self, code, challenge, text=""):
        self.send_response(code)
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def curl(url, scheme, env, user=":", show="%{http_code}"):
    """What curl gets, a blank, and the code or what else is to be shown of the answer."""
    done = subprocess.run(["curl", "-sS", "--noproxy", "*", "--" + scheme.lower(), "-u", user, "-o", "-", "-w", " " + show,
                           url], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30, check=True, env=env)
    return done.stdout
