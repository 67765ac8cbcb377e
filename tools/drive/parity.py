#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Records sessions of the host back end, for the other back end to repeat.

parity.py FOLDER: runs the tests of tools/host/tests with a scripted clock and
randomness; FOLDER/N.in are the requests of a session and N.out the answers.
A session that --host itself does not repeat word for word is an error.
"""
import json
import os
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../host/tests")]
import driver  # noqa: E402
import test_hostile  # noqa: E402
import test_krb5_accept  # noqa: E402
import test_krb5_delegation  # noqa: E402
import test_krb5_initiate  # noqa: E402
import test_krb5_kdc  # noqa: E402
import test_krb5_messages  # noqa: E402
import test_krb5_pac  # noqa: E402
import test_krb5_page  # noqa: E402
import test_krb5_parse  # noqa: E402
import test_lines  # noqa: E402
import test_negotiate  # noqa: E402
import test_negotiate_downgrade  # noqa: E402
import test_negotiate_hostile  # noqa: E402
import test_negotiate_states  # noqa: E402
import test_ntlm  # noqa: E402

# Env and Draws go back to the real clock, Requests is about lines and Memory about the host's allocator.
CASES = (test_lines.Handles, test_lines.Crypto, test_ntlm.Exchange, test_ntlm.Levels, test_ntlm.Bindings,
         test_ntlm.Messages, test_ntlm.Vectors, test_hostile.Negative, test_hostile.Mutations, test_hostile.Attacks,
         test_krb5_accept.Taken, test_krb5_accept.Refused, test_krb5_initiate.Request, test_krb5_initiate.Reply,
         test_krb5_delegation.Initiator, test_krb5_delegation.Acceptor, test_krb5_messages.Messages,
         test_krb5_pac.Sids, test_krb5_pac.Signatures, test_krb5_kdc.Honest, test_krb5_kdc.Referrals,
         test_krb5_kdc.Lies, test_krb5_kdc.Armor, test_krb5_kdc.ForUser, test_krb5_kdc.Errors,
         test_krb5_page.Sizes, test_krb5_page.Protection, test_krb5_page.Lifetime,
         test_krb5_page.Credentials, test_krb5_parse.Requests, test_krb5_parse.Ccache, test_krb5_parse.Keytab,
         test_krb5_parse.Pac, test_negotiate.Choices, test_negotiate.Bindings, test_negotiate_downgrade.Downgrade,
         test_negotiate_hostile.Hostile, test_negotiate_states.Initiator, test_negotiate_states.Acceptor,
         test_negotiate_states.FirstLegs, test_negotiate_states.Waiting)
LIMIT = 100
# Now, for there are tickets of a real KDC; it stands still from then on.
START = b'{"op":"env","reset":true,"now":%d,"seed":1}' % time.time()

sessions = []
raw, init = driver.Drive.raw, driver.Drive.__init__


def recording_init(self, *args, **more):
    init(self, *args, **more)
    self.lines = []
    sessions.append(self.lines)
    self.raw(START)


def scripted(line):
    """The script answers for the KDCs: what --host does anyway."""
    if b'"acquire"' not in line or not (b'"Kerberos"' in line or b'"Negotiate"' in line):
        return line
    fields = json.loads(line)
    fields.setdefault("options", {})["transport"] = "script"
    return json.dumps(fields, ensure_ascii=False).encode()


def recording_raw(self, line):
    line = scripted(line)
    self.lines.append(line)
    return raw(self, line)


def host(requests):
    run = subprocess.run([driver.PROGRAM, "--host"], input=requests, stdout=subprocess.PIPE, check=True)
    return run.stdout


def main(folder):
    driver.Drive.__init__, driver.Drive.raw = recording_init, recording_raw
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    suite = unittest.TestSuite(test for case in CASES for test in load(case))
    if not unittest.TextTestRunner(stream=sys.stderr).run(suite).wasSuccessful():
        return 1
    os.makedirs(folder, exist_ok=True)
    for number, lines in enumerate(sessions):
        # An emulated guest is slow: the beginning of a long session is enough.
        del lines[LIMIT:]
        requests = b"\n".join(lines) + b"\n"
        answers = host(requests)
        if host(requests) != answers:
            print(f"session {number} is not repeatable", file=sys.stderr)
            return 1
        for end, data in (("in", requests), ("out", answers)):
            with open(os.path.join(folder, f"{number:03}.{end}"), "wb") as f:
                f.write(data)
    print(f"{len(sessions)} sessions, {sum(map(len, sessions))} requests")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
