#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Search a guest's memory for the secrets that went through it.

usage: search.py RAM CONSOLE

RAM is the guest's memory as a file, CONSOLE its log with the masked session
keys. The secrets are those of kunit/support/sspi_secrets.c and kunit/support/secrets_nego.c. The canary, which that module
freed without wiping it, has to be found: otherwise the search proves nothing.
Each secret is searched for in pieces of eight bytes, as an allocator writes into
what is freed; yara looks for all of them in one pass.
"""

import hashlib
import hmac
import re
import subprocess
import sys
import tempfile

MASK = 0xA5
USER, DOMAIN = "alice", "TESTDOM"
PASSWORD = "Qx7#vLm2-Zt9!kWp4_Rg6"
NT_HASH = bytes.fromhex("99ceaea398f6dbcfd61095f331a6626a")
CANARY = b"canary in the memory"
WHOLE_KEYS = 8
KRB5_KEYS = ("long-term key", "service key", "TGT session key", "ticket session key",
             "delegated key", "initiator subkey", "acceptor subkey")
KRB5_ROUNDS = 4
KRB5_SALT = b"EXAMPLE.TESTalice"
NEGO_KEYS = {"service key": 26, "ticket session key": 26, "NTLM session key": 18, "initiator subkey": 19,
             "acceptor subkey": 11}
POLL_ITERATIONS = 256  # KRB5_POLL_ITERATIONS


def rfc8009(key, usage, kind, bits):
    """A key of enctype 20 for one usage: RFC 8009 3 and 5."""
    label = usage.to_bytes(4, "big") + bytes([kind])
    text = b"\0\0\0\1" + label + b"\0" + bits.to_bytes(4, "big")
    return hmac.new(key, text, hashlib.sha384).digest()[:bits // 8]


def krb5_secrets(console):
    """The same for Kerberos: every key, and what messages derive of the last."""
    rows = re.findall(r"masked krb5 ([A-Za-z -]+) (\d) ([0-9a-f]+)", console)
    if len(rows) != len(KRB5_KEYS) * KRB5_ROUNDS or {row[0] for row in rows} != set(KRB5_KEYS):
        raise SystemExit(f"not ok: {len(rows)} keys of Kerberos on the console")
    for name, number, text in rows:
        key = bytes(b ^ MASK for b in bytes.fromhex(text))
        yield f"Kerberos {name} {number}", key
        # Even rounds have enctype 20.
        if name != "acceptor subkey" or int(number) % 2:
            continue
        for usage in range(22, 26):
            yield f"Ke {number}, usage {usage}", rfc8009(key, usage, 0xaa, 256)
            yield f"Ki {number}, usage {usage}", rfc8009(key, usage, 0x55, 192)
            yield f"Kc {number}, usage {usage}", rfc8009(key, usage, 0x99, 192)


def given_up():
    """What a password had become when its key was given up: PBKDF2, RFC 8018 5.2, first block."""
    for enctype, hash_name, prefix in ((20, "sha384", b"aes256-cts-hmac-sha384-192\0"), (18, "sha1", b"")):
        salt = prefix + KRB5_SALT
        yield (f"half a key of type {enctype}",
               hashlib.pbkdf2_hmac(hash_name, PASSWORD.encode(), salt, POLL_ITERATIONS))
        last = salt + b"\0\0\0\1"
        for _ in range(POLL_ITERATIONS):
            last = hmac.new(PASSWORD.encode(), last, hash_name).digest()
        yield f"its last iteration, type {enctype}", last


def rc4_state(key):
    """The permutation that RC4 begins with; of a short message most of it stays."""
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    return bytes(state)


def ntlm_keys(number, key):
    """What messages derive of a session key: MS-NLMP 3.4.5.2 and 3.4.5.3."""
    for name, magic in (
            ("client signing key", "client-to-server signing"),
            ("server signing key", "server-to-client signing"),
            ("client sealing key", "client-to-server sealing"),
            ("server sealing key", "server-to-client sealing")):
        text = f"session key to {magic} key magic constant\0"
        derived = hashlib.md5(key + text.encode()).digest()
        yield f"{name} {number}", derived
        if "sealing" in name:
            yield f"RC4 of {name} {number}", rc4_state(derived)


def nego_secrets(console):
    """Those of Negotiate: what was inside at any leg, each once."""
    rows = re.findall(r"masked nego ([A-Za-z ]+) (\d+) ([0-9a-f]+)", console)
    counts = {name: 0 for name in NEGO_KEYS}
    seen = set()
    for name, number, text in rows:
        counts[name] = counts.get(name, 0) + 1
        key = bytes(b ^ MASK for b in bytes.fromhex(text))
        if key in seen:
            continue
        seen.add(key)
        yield f"Negotiate's {name} {number}", key
        if name == "NTLM session key":
            yield from ntlm_keys(f"of Negotiate {number}", key)
    if counts != NEGO_KEYS:
        raise SystemExit(f"not ok: keys of Negotiate on the console: {counts}")


def secrets(console):
    """Name and bytes of each secret."""
    ident = (USER.upper() + DOMAIN).encode("utf-16-le")
    yield "password, UTF-8", PASSWORD.encode()
    yield "password, UTF-16", PASSWORD.encode("utf-16-le")
    yield "NT hash", NT_HASH
    yield "NTOWFv2", hmac.new(NT_HASH, ident, hashlib.md5).digest()
    keys = re.findall(r"masked session key ([0-9a-f]{32})", console)
    if len(keys) != WHOLE_KEYS:
        raise SystemExit(f"not ok: {len(keys)} session keys on the console, "
                         f"not {WHOLE_KEYS}")
    for number, text in enumerate(keys):
        key = bytes(b ^ MASK for b in bytes.fromhex(text))
        yield f"session key {number}", key
        yield from ntlm_keys(number, key)
    yield from krb5_secrets(console)
    yield from nego_secrets(console)
    yield from given_up()


def pieces(secret, size=8):
    """Every whole piece of SECRET, and its end."""
    for at in range(0, len(secret) - size + 1, size):
        yield secret[at:at + size]
    yield secret[-size:]


def search(ram, wanted):
    """{name: offsets in the file RAM} of WANTED, {name: its pieces}."""
    names = list(wanted)
    lines = [f"$s{number}_{index} = {{ {piece.hex(' ')} }}"
             for number, name in enumerate(names) for index, piece in enumerate(wanted[name])]
    rule = "rule secrets {\nstrings:\n" + "\n".join(lines) + "\ncondition: any of them\n}\n"
    with tempfile.NamedTemporaryFile("w", suffix=".yar") as file:
        file.write(rule)
        file.flush()
        out = subprocess.run(["yara", "--print-strings", "--no-warnings", "--threads=1",
                              file.name, ram], check=True, capture_output=True, text=True).stdout
    found = {name: [] for name in names}
    for place, number in re.findall(r"^0x([0-9a-f]+):\$s(\d+)_\d+:", out, re.M):
        found[names[int(number)]].append(int(place, 16))
    return found


def main(ram, log):
    with open(log, encoding="utf-8", errors="replace") as file:
        wanted = {name: list(pieces(value)) for name, value in secrets(file.read())}
    found = search(ram, wanted | {"canary": [CANARY]})
    canary = found.pop("canary")
    print("ok 1 the canary, freed unwiped, was found" if canary else
          "not ok 1 the canary was not found: the search finds nothing")
    for count, (name, places) in enumerate(found.items(), 2):
        where = ", ".join(hex(place) for place in sorted(set(places))[:8])
        print(f"not ok {count} {name}: {len(set(places))} copies at {where}" if places else
              f"ok {count} {name}: no copy")
    failed = sum(map(bool, found.values())) + (not canary)
    print(f"{1 + len(found) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
