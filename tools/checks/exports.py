#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Each exported symbol is documented: exports.py TREE

Its kernel-doc stands over the function or in a public header, and says
Context: and, unless the function is void, Return:.
"""

import re
import sys

import source

EXPORT = re.compile(r"^EXPORT_SYMBOL(?:_GPL|_NS|_NS_GPL|_IF_KUNIT)?\s*\(\s*(\w+)", re.M)
BLOCK = re.compile(r"/\*\*\n(.*?)\*/", re.S)
TITLE = re.compile(r"^\s*\*\s*(\w+)\(\)\s*-\s*(.*)", re.M)


def main():
    top = sys.argv[1]
    found = source.Findings("exported symbols")
    docs = {}
    exports = []
    for path in source.files(top):
        if not (path.startswith(("module/", "include/")) and path.endswith((".c", ".h"))):
            continue
        text = source.read(top, path)
        for block in BLOCK.finditer(text):
            title = TITLE.match(block.group(1))
            if title:
                docs.setdefault(title.group(1), []).append(block.group(1))
        exports += [(path, source.line_of(text, m.start()), m.group(1), text)
                    for m in EXPORT.finditer(text)
                    if "IF_KUNIT" not in m.group(0)]
    for path, line, name, text in exports:
        found.checked += 1
        blocks = docs.get(name, []) + docs.get(name.lstrip("_"), [])
        if not blocks:
            found.add(path, line, f"{name}() is exported without kernel-doc")
            continue
        void = re.search(r"^(?:\w+\s+)*void\s+" + name + r"\(", text, re.M)
        best = max(blocks, key=lambda b: ("Context:" in b) + ("Return:" in b))
        if "Context:" not in best:
            found.add(path, line, f"the kernel-doc of {name}() has no Context:")
        if not void and not re.search(r"\bReturns?:", best):
            found.add(path, line, f"the kernel-doc of {name}() has no Return:")
    found.end()


main()
