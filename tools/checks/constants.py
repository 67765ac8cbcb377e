#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Constants have the platform's values: constants.py TREE

The compiler compares the public headers with the tables in data/, which were
made without them.  A constant of a listed family that no table knows is a
finding too.
"""

import os
import re
import subprocess
import sys
import tempfile

import source

HERE = os.path.dirname(os.path.abspath(__file__))
FAMILIES = re.compile(
    r"^#define\s+((?:ISC_(?:REQ|RET)|ASC_(?:REQ|RET)|SECBUFFER|SECPKG_(?:CRED|ATTR|FLAG|CONTEXT)|"
    r"SECURITY|SECQOP|NTLMSSP_(?:NEGOTIATE|TARGET|REQUEST))_\w+)\s", re.M)
STATUS = re.compile(r"^\s*X\((\w+),\s*(0x[0-9a-fA-F]+),\s*(\w+),\s*(\w+)\)", re.M)
# The headers ask the kernel for no more than these.
SHIM = """#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef uint8_t u8; typedef uint16_t u16; typedef uint32_t u32; typedef uint64_t u64;
typedef int64_t s64; typedef int32_t s32;
#define __bitwise
#define __force
#define __must_check
#define THIS_MODULE 0
"""


def table(name):
    with open(os.path.join(HERE, "data", name), encoding="utf-8") as f:
        rows = [line.split() for line in f if line.strip() and line[0] != "#"]
    return {name: int(value, 0) for name, value in rows}


def compare(top, values, header, found):
    """One assertion for each value, all of them in one compilation."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "linux"))
        for shim in ("types", "export"):
            with open(os.path.join(folder, "linux", shim + ".h"), "w", encoding="utf-8") as f:
                f.write("#pragma once\n" + SHIM)
        program = f"#include <linux/types.h>\n#include <{header}>\n"
        for name, value in values.items():
            program += f'_Static_assert((uint64_t)({name}) == {value}ULL, "{name}");\n'
        run = subprocess.run(
            ["gcc", "-fsyntax-only", "-std=gnu11", "-fmax-errors=0", "-I", folder,
             "-I", os.path.join(top, "include"), "-I", os.path.join(top, "module"),
             "-x", "c", "-"],
            input=program, capture_output=True, text=True, check=False)
    found.checked += len(values)
    for line in run.stderr.splitlines():
        m = re.match(r"<stdin>:\d+.*error: (?:static assertion failed: )?(.*)", line)
        if m:
            found.add(header, 0, f"differs from the table: {m.group(1)}")
        elif "error:" in line:
            found.add(header, 0, line)


def complete(top, path, values, found):
    text = source.without_comments(source.read(top, path))
    for m in FAMILIES.finditer(text):
        if m.group(1) not in values:
            found.add(path, source.line_of(text, m.start()), f"{m.group(1)} is in no table")


def statuses(top, values, found):
    """The list is complete both ways; each row has its errno and its class."""
    path = "include/linux/sspi_status.h"
    text = source.read(top, path).replace("\\\n", " \n")
    rows = {m.group(1): m for m in STATUS.finditer(text)}
    errnos = dict(line.split() for line in open(os.path.join(HERE, "data", "errno.txt"), encoding="utf-8")
                  if line.strip() and line[0] != "#")
    for name in values:
        if name.startswith(("SEC_E_", "SEC_I_", "SSPI_E_")) and name not in rows:
            found.add(path, 0, f"{name} is not in the list")
    for name, m in rows.items():
        found.checked += 1
        line = source.line_of(text, m.start(1))
        if name not in values:
            found.add(path, line, f"{name} is in no table")
        errno, kind = m.group(3), m.group(4)
        if errnos.get(name, errno) != errno:
            found.add(path, line, f"{name} maps to {errno}, not {errnos[name]}")
        error = int(m.group(2), 16) >> 31
        if error != (kind in ("FATAL", "MORE_INPUT")):
            found.add(path, line, f"{name}: class {kind} against the error bit")
        if (errno == "0") != (kind == "DONE"):
            found.add(path, line, f"{name}: errno {errno} with class {kind}")


def main():
    top = sys.argv[1]
    found = source.Findings("constants")
    values, ntlm = table("constants.txt"), table("ntlm.txt")
    plain = {n: v for n, v in values.items() if not n.startswith(("SEC_E_", "SEC_I_", "SSPI_E_"))}
    status = {n: v for n, v in values.items() if n not in plain}
    compare(top, plain, "linux/sspi_const.h", found)
    compare(top, status, "linux/sspi_status.h", found)
    compare(top, ntlm, "codec/ntlmssp.h", found)
    complete(top, "include/linux/sspi_const.h", values, found)
    complete(top, "module/codec/ntlmssp.h", ntlm, found)
    statuses(top, values, found)
    found.end()


main()
