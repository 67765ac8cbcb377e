#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Includes go down only, and rooms stay small: layers.py TREE

A room is a folder, or one header on its own.  ALLOWED says what each may
include of ours, SYSTEM what the pure rooms may include of the kernel's.
"""

import os
import re
import sys

import source

ALLOWED = {
    "public": {"public", "types"},
    "types": {"types"},
    "export": set(),
    "compat": {"export"},
    "codec": {"codec", "types", "export"},
    "crypto": {"crypto", "codec", "types", "export"},
    "spi": {"public", "types"},
    "pkg": {"pkg", "spi", "codec", "crypto", "public", "types", "export"},
    "event": {"event", "public", "types", "export"},
    # scopes in which memory is taken for a consumer
    "noio": {"noio", "export"},
    # what the user's keyrings hold; core asks, packages are handed the result
    "keys": {"keys", "codec", "public", "types", "export"},
    "core": {"core", "transport", "keys", "event", "noio", "spi", "public", "types",
             "export"},
    "transport": {"transport", "event", "noio", "spi", "codec", "public", "types",
                  "export"},
    "netlink": {"netlink", "core", "transport", "event", "noio", "spi", "public",
                "types", "export"},
    # a module of its own, which consumes what the others offer
    "cifs": {"cifs", "public", "types"},
    "testdev": {"testdev", "core", "transport", "spi", "codec", "crypto", "public",
                "types"},
    "main": {"core", "spi", "keys", "crypto", "testdev", "transport", "netlink",
             "public", "types"},
    "kunit": {"kunit", "core", "spi", "keys", "pkg", "codec", "crypto", "testdev",
              "transport", "netlink", "event", "noio", "public", "types", "export"},
    "sample": {"sample", "public", "types"},
}

# Single includes that the table would refuse, and why.
EXCEPTIONS = {
    # the strings of the platform are UTF-16
    ("module/core/win.c", "module/codec/utf16.h"),
    # which modules a list of packages wants
    ("module/core/autoload.c", "module/codec/pkglist.h"),
    # allocations that fail on purpose are counted in one place
    ("module/keys/ring.c", "module/core/fault.h"),
}

# A codec also compiles in userspace: nothing that allocates, locks, sleeps,
# logs, or knows the time.
PURE = {"linux/types.h", "linux/string.h", "linux/errno.h", "linux/limits.h",
        "linux/minmax.h", "linux/build_bug.h", "linux/bits.h", "linux/stddef.h",
        "linux/overflow.h", "linux/kernel.h"}
# What a package has from its environment, or from the crypto facade.
NOT_FOR_PACKAGES = re.compile(
    r"^(crypto/|net/|linux/(random|ktime|timekeeping|jiffies|timer|net|socket|"
    r"workqueue|kthread|key|keyctl|cred|file|fs|completion|delay|crypto)\.h)")
# Primitives are named in the facade alone.
CRYPTO_HEADERS = re.compile(r"^(crypto/|linux/(crypto|crc32)\.h)")

MAX_FILE = 600
MAX_FUNCTION = 60
MAX_TEST_FUNCTION = 100

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.M)


def room(path):
    """The room of a path of the tree, or None for what is not ruled here."""
    if re.match(r"include/linux/sspi_(span|part|types|const|status)\.h$", path):
        return "types"
    if path.startswith("include/"):
        return "public"
    if path in ("module/compat.h", "module/spi.h", "module/main.c"):
        return os.path.basename(path).split(".")[0]
    if path in ("module/event.h", "module/event.c"):
        return "event"
    if path in ("module/noio.h", "module/noio.c"):
        return "noio"
    if path in ("module/test_export.h", "module/package_export.h"):
        return "export"
    m = re.match(r"module/(codec|crypto|core|keys|pkg|transport|netlink|testdev|cifs)/", path)
    if m:
        return m.group(1)
    if path.startswith("kunit/"):
        return "kunit"
    if re.match(r"tools/(samples|demo)/", path):
        return "sample"
    return None


def package(path):
    m = re.match(r"module/pkg/([^/]+)/", path)
    return m.group(1) if m else None


def resolve(path, name, quoted, present):
    """The file of the tree that an include means, or None."""
    folders = [os.path.dirname(path)] if quoted else []
    for folder in folders + ["include", "module", ""]:
        target = os.path.normpath(os.path.join(folder, name))
        if target in present:
            return target
    return None


def check_include(found, path, line, name, target):
    here = room(path)
    if target is None:
        if here == "codec" and name not in PURE:
            found.add(path, line, f"a codec may not include <{name}>")
        if here == "pkg" and NOT_FOR_PACKAGES.match(name):
            found.add(path, line, f"a package may not include <{name}>")
        if CRYPTO_HEADERS.match(name) and here not in ("crypto", "compat", "kunit", "sample"):
            found.add(path, line, f"<{name}> is for module/crypto alone")
        if re.search(r"(^|/)(core|keys|pkg|codec|crypto|testdev|transport|netlink|cifs)/\w+\.h$", name) \
                and not name.startswith("crypto/"):
            found.add(path, line, f"no such file of ours: {name}")
        return
    there = room(target)
    if there is None:
        found.add(path, line, f"{target} is in no room that {path} may include")
    elif there == "compat":
        found.add(path, line, "compat.h is included by Kbuild, never by name")
    elif (path, target) in EXCEPTIONS:
        return
    elif there not in ALLOWED[here]:
        found.add(path, line, f"{here} may not include {there} ({target})")
    elif here == there == "pkg" and package(path) != package(target):
        found.add(path, line, f"a package may not include another ({target})")


def check_versions(found, path, text):
    for m in re.finditer(r"\b(LINUX_VERSION_CODE|KERNEL_VERSION)\b|linux/version\.h", text):
        found.add(path, source.line_of(text, m.start()),
                  "kernel version test outside module/compat.h")


# Whole functions that only a test build has may stand in a .c file.
TEST_BUILD = re.compile(r"CONFIG_SSPI_(KUNIT_TEST|TEST_DEVICE)\b")


def check_conditions(found, path, text, bodies):
    pattern = r"^[ \t]*#[ \t]*(?:if|elif|ifdef|ifndef)\b[^\n]*(?:CONFIG_|IS_ENABLED|IS_REACHABLE|IS_BUILTIN)[^\n]*"
    for m in re.finditer(pattern, text, re.M):
        line = source.line_of(text, m.start())
        inside = any(first <= line <= last for first, last in bodies)
        if not inside and TEST_BUILD.search(m.group(0)):
            continue
        found.add(path, line,
                  "conditional code in a .c file: use an empty inline in the header")


def main():
    top = sys.argv[1]
    found = source.Findings("includes and functions")
    present = set(source.files(top))
    ruled = [p for p in sorted(present) if p.endswith((".c", ".h")) and room(p)]
    code = [p for p in sorted(present) if p.endswith((".c", ".h"))]
    functions = source.functions(top, code)
    bodies = {}
    for path, _, first, last in functions:
        bodies.setdefault(path, []).append((first, last))
    for path in ruled:
        whole = source.read(top, path)
        text = source.without_comments(whole)
        for m in INCLUDE.finditer(text):
            found.checked += 1
            check_include(found, path, source.line_of(text, m.start()), m.group(2),
                          resolve(path, m.group(2), m.group(1) == '"', present))
        if os.path.basename(path) != "compat.h":
            check_versions(found, path, text)
        if path.startswith("module/") and path.endswith(".c"):
            check_conditions(found, path, text, bodies.get(path, ()))
        lines = whole.count("\n")
        if lines > MAX_FILE and not source.is_generated(whole):
            found.add(path, lines, f"{lines} lines, more than {MAX_FILE}")
    for path, name, first, last in functions:
        found.checked += 1
        limit = MAX_TEST_FUNCTION if path.startswith(("kunit/", "tools/fuzz/")) else MAX_FUNCTION
        if last - first + 1 > limit:
            found.add(path, first, f"{name}() has {last - first + 1} lines, more than {limit}")
    found.end()


main()
