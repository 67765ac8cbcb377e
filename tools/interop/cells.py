#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The whole matrix of interoperation: our roles and mechanisms, and the peers

cells.py FOLDER         prints the table of what the stages have recorded there
cells.py --self-test    shows what it finds fault with

A stage records each of its rows on right or wrong credentials in the file that
KSSPI_CELLS names (tools/test/stage.sh). A line is a row: role, mechanism, peer,
"right" or "wrong", "ok" or "FAILED". Of each cell both have to have run, unless
it is listed below with the reason for which there is nothing to run.
"""
import collections
import os
import sys

ROLES = {"init": "initiator", "accept": "acceptor"}
MECHANISMS = ("NTLM", "Kerberos", "SPNEGO(NTLM)", "SPNEGO(Kerberos)")
PEERS = ("MIT krb5", "Heimdal", "gss-ntlmssp", "ntlm_auth", "Samba SMB", "Samba AD", "Apache", "curl")
# Cells without anything to run: roles, mechanisms, peers, the reason.
BARE, SPNEGO, NTLM, KERBEROS = MECHANISMS[:2], MECHANISMS[2:], MECHANISMS[::2], MECHANISMS[1::2]
NOTHING = (
    (ROLES, NTLM, ("MIT krb5",), "it has no NTLM of its own: see gss-ntlmssp"),
    (("init",), NTLM, ("Heimdal",), "its server asks a KDC of its own about NTLM"),
    (("accept",), NTLM, ("Heimdal",), "fields of its NEGOTIATE lie on each other"),
    (ROLES, KERBEROS, ("gss-ntlmssp",), "it is NTLM alone: see MIT krb5"),
    (ROLES, KERBEROS, ("ntlm_auth",), "its Kerberos wants a domain: see Samba AD"),
    (("init",), KERBEROS, ("Samba SMB",), "a server without a domain has no Kerberos: see Samba AD"),
    (("accept",), ("Kerberos",), ("Samba SMB", "curl"), "it sends Kerberos in SPNEGO alone"),
    (("accept",), NTLM, ("Samba AD",), "we ask no controller about NTLM"),
    (("accept",), MECHANISMS, ("Apache",), "it is a server"),
    (("init",), MECHANISMS, ("curl",), "it is a client"),
)


def record(role, mechanism, peer, credentials, good):
    """Adds a row, if it is one of the matrix."""
    path = os.environ.get("KSSPI_CELLS")
    if not path or not credentials:
        return
    with open(path, "a", encoding="utf-8") as f:
        f.write("\t".join((role, mechanism, peer, credentials, "ok" if good else "FAILED")) + "\n")


def reasons():
    """{cell: the number of its reason}, from 1."""
    return {(role, mechanism, peer): number for number, (roles, mechanisms, peers, _) in enumerate(NOTHING, 1)
            for role in roles for mechanism in mechanisms for peer in peers}


def count(lines):
    """({cell: how many rows ended how}, faults of the lines)"""
    found, faults = collections.defaultdict(collections.Counter), []
    for line in lines:
        words = line.rstrip("\n").split("\t")
        if len(words) != 5 or words[0] not in ROLES or words[1] not in MECHANISMS or words[2] not in PEERS or \
                words[3] not in ("right", "wrong") or words[4] not in ("ok", "FAILED"):
            faults.append(f"no row of the matrix: {' '.join(words)}")
        else:
            found[tuple(words[:3])][words[3] if words[4] == "ok" else "FAILED"] += 1
    return found, faults


def cell(rows, reason):
    """(what the table shows of a cell, its fault or None)"""
    if reason:
        return (f"({reason})", None) if not rows else (f"({reason})!", "has rows, and a reason for none")
    text = f"{rows['right']} + {rows['wrong']}"
    if rows["FAILED"]:
        return f"{rows['FAILED']} FAILED", f"{rows['FAILED']} rows failed"
    missing = [kind for kind in ("right", "wrong") if not rows[kind]]
    return (text, None) if not missing else (text + "!", f"no row on {' or '.join(missing)} credentials has run")


def table(lines, out=print):
    """Prints it; (cells that are well, faults)."""
    found, faults = count(lines)
    why, good = reasons(), 0
    out(f"{'':29}" + "".join(f"{peer:13}" for peer in PEERS))
    for role, name in ROLES.items():
        for mechanism in MECHANISMS:
            texts = []
            for peer in PEERS:
                where = (role, mechanism, peer)
                text, fault = cell(found[where], why.get(where))
                texts.append(text)
                good += not fault and where not in why
                if fault:
                    faults.append(f"{name}, {mechanism}, {peer}: {fault}")
            out(f"{name:10} {mechanism:18}" + "".join(f"{text:13}" for text in texts).rstrip())
    out("A + B: with right credentials A exchanges went through, with wrong ones B were refused.")
    for number, (_, _, _, reason) in enumerate(NOTHING, 1):
        out(f"({number}) {reason}")
    return good, faults


def read(folder):
    lines = []
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            lines += f.readlines()
    return lines


def all_rows():
    why = reasons()
    return ["\t".join((role, mechanism, peer, kind, "ok")) for role in ROLES for mechanism in MECHANISMS for peer in PEERS
            if (role, mechanism, peer) not in why for kind in ("right", "wrong")]


def self_test():
    """A matrix that is whole has no fault, and each thing that can be wrong with it one."""
    rows = all_rows()
    good, faults = table(rows, lambda _: None)
    bad = [] if good == len(rows) // 2 and not faults else [f"a whole one: {faults}"]
    planted = [(f"without {row!r}", rows[:at] + rows[at + 1:]) for at, row in enumerate(rows)]
    planted += [(f"{row!r} failed", rows + [row.replace("\tok", "\tFAILED")]) for row in rows]
    planted += [(f"{where} has rows", rows + ["\t".join((*where, "right", "ok"))]) for where in reasons()]
    planted += [("an unknown peer", rows + ["init\tNTLM\tnobody\tright\tok"]), ("half a row", rows + ["init\tNTLM"])]
    bad += [what for what, lines in planted if len(table(lines, lambda _: None)[1]) != 1]
    for what in bad:
        print(f"cells.py: not found: {what}")
    print(f"cells.py: {len(planted) + 1 - len(bad)} passed, {len(bad)} failed")
    return 1 if bad else 0


def main(argv):
    if argv[1:] == ["--self-test"]:
        return self_test()
    good, faults = table(read(argv[1]), lambda text: print("cells.py: " + text))
    for fault in faults:
        print("cells.py: FAILED " + fault)
    print(f"cells.py: {good} passed, {len(faults)} failed")
    return 1 if faults or not good else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
