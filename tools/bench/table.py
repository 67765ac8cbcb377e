#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes the table of a benchmark run from lines "KSSPI-BENCH name value".

table.py [--text FILE] [--markdown FILE] results.NATIVE...

What is counted (instructions, bytes) repeats, and has an exact verdict. What is timed
comes several times, as other work on the machine disturbs it: the two sides of a row in
turns, so that each is a pair of one run. Of these the median counts; the ratio is that of
the pairs, with the least and the greatest beside it, and the goal is met, or missed, only
where all pairs say so: "within noise" otherwise. Exit status 1 if a goal is missed.
"""

import argparse
import os
import statistics
import sys

SIZES = (64, 1024, 4096, 16384, 65536)
TABLE = (100, 1000, 10000, 100000)


def read(files):
    """{(run, name): [value, ...]}; run is what follows "results." in the file name."""
    found = {}
    for path in files:
        run = os.path.basename(path).split(".", 1)[1]
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                word = line.split()
                if len(word) != 3 or word[0] != "KSSPI-BENCH" or not word[2].isdigit():
                    continue
                found.setdefault((run, word[1]), []).append(int(word[2]))
    return found


# Runs whose figures are counted, not timed.
COUNTED = ("icount", "upcall", "memory", "memory-krb5")


def verdict(values, goal, at_most):
    """What all of VALUES say of the goal."""
    good = [value <= goal if at_most else value >= goal for value in values]
    if all(good):
        return "ok"
    return "within noise" if any(good) else "MISSED"


class Table:
    """Rows of text, and which goals were missed."""

    head = ("measured", "ksspi", "other", "unit", "ratio", "spread", "goal", "")

    def __init__(self, found):
        self.found = found
        self.rows = []
        self.missed = []

    def value(self, key):
        """The figure that counts of those with this key."""
        values = self.found.get(key)
        if values is None:
            return None
        return min(values) if key[0] in COUNTED else round(statistics.median(values))

    def pairs(self, ours, other, ratio):
        """What there is to judge: of each pair of runs the ratio, or each figure alone."""
        if ours[0] in COUNTED:
            mine, theirs = [self.value(ours)], [self.value(other)] if ratio else None
        else:
            mine, theirs = self.found[ours], self.found[other] if ratio else None
        return [ratio(*pair) for pair in zip(mine, theirs)] if ratio else mine

    def row(self, title, ours, other, unit, ratio, goal=None, at_most=True):
        """One row, unless a figure of it was not taken. ratio(ours, other)."""
        if ours not in self.found or (ratio and other not in self.found):
            return
        values = self.pairs(ours, other, ratio)
        word = "" if goal is None else verdict(values, goal, at_most)
        if word == "MISSED":
            self.missed.append(title)
        form = "{:.3f}" if ratio else "{:,}"
        spread = "" if len(values) < 2 else " to ".join(
            form.format(value) for value in (min(values), max(values)))
        theirs = self.value(other) if other else None
        self.rows.append((
            title, f"{self.value(ours):,}", "" if theirs is None else f"{theirs:,}", unit,
            f"{statistics.median(values):.3f}" if ratio else "", spread,
            "" if goal is None else f"{'<=' if at_most else '>='} {goal:g}", word))

    def text(self):
        rows = [self.head] + self.rows
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.head))]
        lines = []
        for row in rows:
            cells = [cell.ljust(width) if i in (0, 3, 7) else cell.rjust(width)
                     for i, (cell, width) in enumerate(zip(row, widths))]
            lines.append("  ".join(cells).rstrip())
        return "\n".join(lines) + "\n"

    def markdown(self):
        lines = ["| " + " | ".join(self.head) + " |",
                 "| --- | ---: | ---: | --- | ---: | ---: | ---: | --- |"]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join(lines) + "\n"


def part(ours, other):
    """Which part of the other's cost ours is."""
    return ours / other if other else 0.0


def speed(ours, other):
    """Which part of the other's speed ours has."""
    return other / ours if ours else 0.0


def kerberos(table):
    """Rows of the Kerberos package; AES-256 with HMAC-SHA1."""
    insns, nano = "instructions", "ns native"
    guest, native, uml = "icount", "native", "uml-1"
    table.row("Kerberos client and server context, to MIT's libraries, kernel",
              (guest, "krb5-context-pair"), (guest, "gss-krb5-context-pair"), insns, part, 0.25)
    table.row("the same, userspace build",
              (native, "host-krb5-context-pair"), (native, "gss-krb5-context-pair"), nano, part,
              0.25)
    upcall = ("upcall", "upcall-cifs.upcall")
    table.row("Kerberos client and server context, to a request_key() through cifs.upcall",
              (guest, "krb5-context-pair"), upcall, insns, part)
    # which makes a client's token, and no context
    table.row("a Kerberos client's token, to a request_key() through cifs.upcall",
              (guest, "krb5-token"), upcall, insns, part, 0.01)
    table.row("NTLM client and server context, to a request_key() through cifs.upcall",
              (guest, "context-pair"), upcall, insns, part)
    table.row("a request_key() through ksspi-cifs, to one through cifs.upcall",
              ("upcall", "upcall-ksspi-cifs"), upcall, insns, part)
    for other, name, goal in (("kernel", "crypto/krb5", None), ("sunrpc", "sunrpc", 0.5)):
        table.row(f"all keys of a Kerberos context, to {name}, kernel",
                  (guest, "krb5-keys"), (guest, f"krb5-{other}-keys"), insns, part, goal)
        table.row(f"all keys of a Kerberos context, to {name}, native kernel",
                  (uml, "krb5-keys"), (uml, f"krb5-{other}-keys"), nano, part, goal)
    for size in SIZES:
        goal = 0.95 if size == 65536 else None
        for kind in ("sign", "seal", "unseal"):
            ours, bare = f"krb5-{kind}-{size}", f"krb5-bare-{kind}-{size}"
            table.row(f"Kerberos {kind} {size} B, to bare AES-CTS and HMAC-SHA1, kernel",
                      (guest, ours), (guest, bare), insns, speed, goal, False)
            table.row(f"Kerberos {kind} {size} B, to the bare transforms, native kernel",
                      (uml, ours), (uml, bare), nano, speed, goal, False)
        for kind in ("sign", "seal"):
            ours, kernel = f"krb5-{kind}-{size}", f"krb5-kernel-{kind}-{size}"
            table.row(f"Kerberos {kind} {size} B, to crypto/krb5, kernel",
                      (guest, ours), (guest, kernel), insns, part, 1)
            table.row(f"Kerberos {kind} {size} B, to crypto/krb5, native kernel",
                      (uml, ours), (uml, kernel), nano, part, 1)
        for kind in ("sign", "verify", "seal", "unseal"):
            ours, sunrpc = f"krb5-{kind}-{size}", f"krb5-sunrpc-{kind}-{size}"
            table.row(f"Kerberos {kind} {size} B, to sunrpc, kernel",
                      (guest, ours), (guest, sunrpc), insns, part, 1)
            table.row(f"Kerberos {kind} {size} B, to sunrpc, native kernel",
                      (uml, ours), (uml, sunrpc), nano, part, 1)
            table.row(f"Kerberos {kind} {size} B, to MIT's libraries, kernel",
                      (guest, f"krb5-{kind}-{size}"), (guest, f"gss-krb5-{kind}-{size}"),
                      insns, part)
            table.row(f"Kerberos {kind} {size} B, to MIT's libraries, userspace build",
                      (native, f"host-krb5-{kind}-{size}"),
                      (native, f"gss-krb5-{kind}-{size}"), nano, part)


def fill(table):
    insns, nano = "instructions", "ns native"
    guest, native, uml, uml2 = "icount", "native", "uml-1", "uml-2"
    table.row("NTLM client and server context, to gss-ntlmssp, kernel",
              (guest, "context-pair"), (guest, "gss-context-pair"), insns, part, 0.1)
    table.row("the same, userspace build",
              (native, "host-context-pair"), (native, "gss-context-pair"), nano, part, 0.1)
    table.row("synchronous call around an empty step", (guest, "call-sync"), None, insns, None)
    table.row("asynchronous call, submit returns", (guest, "call-submit"), None, insns, None)
    table.row("asynchronous call, submit to callback", (guest, "call-to-callback"),
              None, insns, None)
    table.row("asynchronous call, submit to next submit", (guest, "call-async"),
              None, insns, None)
    table.row("synchronous call around an empty step, native", (uml, "call-sync"), None,
              nano, None)
    table.row("submit to callback around an empty step, native", (uml, "call-to-callback"),
              None, nano, None, 2000)
    for size in SIZES:
        goal = 0.9 if size == 65536 else None
        for kind, bare in (("sign", "sign"), ("seal", "seal"), ("unseal", "seal")):
            table.row(f"{kind} {size} B, to bare HMAC-MD5 and RC4, kernel",
                      (guest, f"{kind}-{size}"), (guest, f"bare-{bare}-{size}"),
                      insns, speed, goal, False)
            table.row(f"{kind} {size} B, to bare HMAC-MD5 and RC4, native kernel",
                      (uml, f"{kind}-{size}"), (uml, f"bare-{bare}-{size}"), nano, speed)
        for kind in ("seal", "unseal"):
            table.row(f"{kind} {size} B, to bare HMAC-MD5 and RC4, userspace build",
                      (native, f"host-{kind}-{size}"), (native, f"host-bare-{size}"),
                      nano, speed, goal, False)
        table.row(f"seal {size} B, to gss-ntlmssp, kernel", (guest, f"seal-{size}"),
                  (guest, f"gss-seal-{size}"), insns, part)
        table.row(f"seal {size} B, to gss-ntlmssp, userspace build",
                  (native, f"host-seal-{size}"), (native, f"gss-seal-{size}"), nano, part)
    kerberos(table)
    table.row("Negotiate with Kerberos, client and server context, to it alone, kernel",
              (guest, "nego-krb5-context-pair"), (guest, "krb5-context-pair"), insns, part, 1.15)
    # with NTLM there are always mechListMICs: a signature each way
    table.row("Negotiate with NTLM, client and server context, to it alone, kernel",
              (guest, "nego-ntlm-context-pair"), (guest, "context-pair"), insns, part)
    table.row("the same, to NTLM and a signature each way, kernel",
              (guest, "nego-ntlm-context-pair"), (guest, "signed-pair"), insns, part, 1.15)
    table.row("RC4 with byte table, 64 KiB, to libarc4", (guest, "bare-rc4-65536"),
              (guest, "libarc4-65536"), insns, speed)
    for side in ("initiator", "acceptor"):
        table.row(f"idle {side} context, NTLM", ("memory", f"idle-{side}-bytes"), None,
                  "bytes of slab", None, 1024)
        table.row(f"idle {side} context, Kerberos",
                  ("memory-krb5", f"krb5-idle-{side}-bytes"), None, "bytes of slab", None, 2048)
    table.row("idle outbound credential", ("memory", "idle-credential-bytes"), None,
              "bytes of slab", None)
    for what in ("create", "lookup", "delete"):
        for size in TABLE:
            first = (guest, f"table-{what}-{TABLE[0]}")
            last = size == TABLE[-1]
            table.row(f"{what}, {size:,} contexts" + (", to 100" if last else ""),
                      (guest, f"table-{what}-{size}"), first if last else None, insns,
                      part if last else None,
                      (1.2 if what == "lookup" else 1.5) if last else None)
    # threads that share nothing show whether the machine had two processors to give
    both = [table.value((uml2, f"smp-objects-own-{n}")) for n in (1, 2)]
    quiet = all(both) and 1.8 <= both[1] / both[0] <= 2.1
    objects = "create, look up, delete, 100,000 contexts: two processors to one"
    for name, title, goal in (("objects", objects, 1.9 if quiet else None),
                              ("objects-own-cred", "the same, a credential each", None),
                              ("objects-own-owner", "the same, a consumer each", None),
                              ("objects-own", "the same, both each", None)):
        table.row(title + ("" if quiet else " (machine busy)"),
                  (uml2, f"smp-{name}-2"), (uml2, f"smp-{name}-1"), "per second",
                  part, goal, False)
    # an exchange switches interrupts off too often to be timed there, see uml.sh
    for what, title in (("seal", "seal 4096 B"), ("lookup", "look-up in one's own context")):
        table.row(f"{title}: two processors to one" + ("" if quiet else " (machine busy)"),
                  (uml2, f"smp-{what}-2"), (uml2, f"smp-{what}-1"), "per second", part)
    # no verdict: an emulated processor shares its host with whatever else runs
    for what in ("establish", "seal", "lookup"):
        table.row(f"{what}: two processors to one (emulated)", ("smp", f"smp-{what}-2"),
                  ("smp", f"smp-{what}-1"), "per second", part)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--text")
    parser.add_argument("--markdown")
    parser.add_argument("results", nargs="+")
    args = parser.parse_args()
    table = Table(read(args.results))
    fill(table)
    if not table.rows:
        print("table.py: no results", file=sys.stderr)
        return 1
    text = table.text()
    print(text, end="")
    for path, content in ((args.text, text), (args.markdown, table.markdown())):
        if path:
            with open(path, "w", encoding="utf-8") as out:
                out.write(content)
    for title in table.missed:
        print(f"table.py: goal missed: {title}", file=sys.stderr)
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
