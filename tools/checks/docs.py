#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the documentation names is there: docs.py TREE

Paths, calls, types, constants, make targets, and the KUnit cases that the
role :kunit: points at.
"""

import os
import re
import sys

import source

PATH = re.compile(r"``?((?:tools|module|include|kunit|Documentation)/[\w./-]*\w/?)``?(?![\w*<])")
CALL = re.compile(r"\b((?:__)?sspi_\w+)\(\)")
TYPE = re.compile(r"\b(?:struct|enum) ((?:sspi|sec)_\w+)")
CONSTANT = re.compile(r"\b((?:SEC_[EI]|ISC_REQ|ISC_RET|ASC_REQ|ASC_RET|SECBUFFER|SECPKG|SECQOP|SSPI|"
                      r"NTLMSSP|CONFIG_SSPI)_[A-Z0-9_]*[A-Z0-9])\b(?!\*|_\*|_<)")
TARGET = re.compile(r"``?make ([a-z][\w-]*)\b[^`\n]*``?")
TARGET_IN_BLOCK = re.compile(r"^\s+(?:\$ )?make ([a-z][\w-]*)\s*(?:#.*)?$", re.M)
CASE = re.compile(r":kunit:`([^`]+)`")
# Names of the platform that the porting table quotes on purpose.
FOREIGN = re.compile(r"^.. foreign: (.*)$", re.M)
KERNEL = re.compile(r"CONFIG_")


def targets(top):
    path = os.path.join(top, "Makefile")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as f:
        text = f.read()
    names = set()
    for m in re.finditer(r"^([\w. %-]+?)\s*:(?!=)", text, re.M):
        names.update(m.group(1).split())
    return names


def check(found, top, path, text, known, cases, made):
    foreign = set(" ".join(FOREIGN.findall(text)).split())

    def look(pattern, absent, message):
        for m in pattern.finditer(text):
            found.checked += 1
            name = m.group(1)
            if name not in foreign and absent(name):
                found.add(path, source.line_of(text, m.start()), message.format(name))

    look(PATH, lambda n: not os.path.exists(os.path.join(top, n)), "no such file: {}")
    look(CALL, lambda n: n not in known, "nothing is called {}")
    look(TYPE, lambda n: n not in known, "nothing is called {}")
    look(CONSTANT, lambda n: n not in known and KERNEL.sub("", n) not in known,
         "nothing is called {}")
    look(TARGET, lambda n: n not in made, "the Makefile has no {}")
    look(TARGET_IN_BLOCK, lambda n: n not in made, "the Makefile has no {}")
    look(CASE, lambda n: n not in cases, "no test is called {}")


def main():
    top = sys.argv[1]
    found = source.Findings("names")
    known, cases, pages = set(), set(), []
    for path in source.files(top):
        if path == "README.md" or re.match(r"Documentation/.*\.rst$", path):
            pages.append(path)
        if path.endswith((".c", ".h")) or os.path.basename(path) == "Kconfig":
            text = source.read(top, path)
            known.update(re.findall(r"\w+", source.without_comments(text)
                                    if path.endswith((".c", ".h")) else text))
            cases.update(re.findall(r"KUNIT_CASE(?:_PARAM|_SLOW|_ATTR|_PARAM_ATTR)?\(\s*(\w+)", text))
            cases.update(re.findall(r"\.name\s*=\s*\"([\w-]+)\"", text))
    made = targets(top)
    for path in pages:
        check(found, top, path, source.read(top, path), known, cases, made)
    found.end()


main()
