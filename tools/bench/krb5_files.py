#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A ticket without a KDC, for both sides of a benchmark.

krb5_files.py FOLDER

Writes FOLDER/krb5.keytab of the service host/srv.test, FOLDER/krb5.cc with alice's
ticket for it, good from 2020 to 2037, and FOLDER/krb5.conf for MIT's libraries, which
keeps to the ticket's encryption type, as the benchmark's credentials do. For a cache
in a keyring, a file for each key: FOLDER/princ, and FOLDER/cifs and FOLDER/tgt with
tickets for cifs/srv.test and for a TGS that nobody will ask.
Needs a built sspi-drive, whose cryptography it uses.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../drive"), os.path.join(HERE, "../host/tests")]

from driver import Drive  # noqa: E402
from krb5forge import REALM, Forge, cache, cache_principal  # noqa: E402

START, END = 1577836800, 2114380800
CONFIG = f"""[libdefaults]
 default_ccache_name = KEYRING:persistent:%{{uid}}
 default_realm = {REALM.decode()}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 qualify_shortname = ""
 permitted_enctypes = aes256-cts-hmac-sha1-96
[realms]
 {REALM.decode()} = {{
 }}
[domain_realm]
 .test = {REALM.decode()}
"""


def keyring(drive):
    """What the keys of a cache hold."""
    forge, head = Forge(drive, service="cifs/srv.test"), len(cache("alice")) // 2
    ticket = forge.ticket(auth=START, start=START, end=END)
    entries = {"cifs": (forge.service, ticket), "tgt": (f"krbtgt/{REALM.decode()}", ticket)}
    keys = {"princ": cache_principal("alice")}
    for name, (service, bytes_of) in entries.items():
        entry = (service, forge.session, forge.session_key, bytes_of, START, END, 0)
        keys[name] = bytes.fromhex(cache("alice", entry))[head:]
    return keys


def main():
    folder = sys.argv[1]
    with Drive() as drive:
        forge = Forge(drive)
        ticket = forge.ticket(auth=START, start=START, end=END)
        files = {
            "krb5.keytab": bytes.fromhex(forge.keytab()),
            "krb5.cc": bytes.fromhex(forge.cache(ticket=ticket, start=START, end=END)),
            "krb5.conf": CONFIG.encode(),
            **keyring(drive),
        }
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as out:
            out.write(content)


if __name__ == "__main__":
    main()
