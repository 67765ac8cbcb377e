#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Secrets are compared, wiped and kept quiet as they should: secrecy.py TREE

A name says what a thing is: SECRET lists the words.  Where a name misleads,
the line says why: /* not secret: REASON */.
"""

import re
import sys

import source

SECRET = (r"(?:key|hash|nt_hash|lm_hash|mac|mic|proof|secret|password|passwd|"
          r"ntowf\w*|lmowf\w*|response|resp|checksum|signature|kxkey|"
          r"session_base|sbk|skey|hmac|rc4)")
NAMED = r"(?:\w+(?:->|\.))*(?:\w*_)?" + SECRET + r"(?:_?v?\d+)?(?:->\w+|\.\w+)*"
PRINT = r"\b(?:pr_\w+|printk\w*|dev_\w+|net_\w+_ratelimited|seq_printf|trace_printk|WARN\w*)\s*\("

RULES = [
    (re.compile(r"%[-*\d]*ph[CDN]?\b"), "raw",
     "bytes in hex in a message: nothing secret reaches a log"),
    (re.compile(r"\b(?:print_hex_dump\w*|dump_stack|hex_dump_to_buffer|bin2hex)\s*\("), "code",
     "a dump of bytes: nothing secret reaches a log"),
    (re.compile(r"\b(?:memcmp|strcmp|strncmp|bcmp)\s*\([^;]*\b" + NAMED + r"\b[^;]*\)"), "code",
     "a secret compared in a time that depends on it: sspi_equal_ct()"),
    (re.compile(r"\b(?:kfree|kvfree|vfree|kfree_const)\s*\(\s*(?:\([^)]*\)\s*)?&?" + NAMED + r"(?:\[\w+\])?\s*\)"), "code",
     "a secret freed as it is: kfree_sensitive() or sspi_free()"),
    (re.compile(r"\bmemset\s*\(\s*&?" + NAMED.replace("|response|resp|", "|") + r"\s*,\s*0\s*,"), "code",
     "a secret cleared by what a compiler may drop: memzero_explicit()"),
    (re.compile(PRINT + r"[^;]*,\s*&?" + NAMED + r"\s*[,)]"), "code",
     "a secret handed to a message"),
    (re.compile(r"\b__(?:field|array|string|dynamic_array)\s*\([^)]*\b" + SECRET + r"\b"), "code",
     "a secret in a trace event"),
]

# Local arrays and contexts that hold one, in the rooms that compute.
LOCAL = re.compile(
    r"^\t+(?:u8|__u8|unsigned char)\s+((?:\w*_)?(?:key|keys|hash|ntowf\w*|lmowf\w*|secret|"
    r"password|kxkey|session_base|session_base_key|sbk|skey)(?:_?v?\d+)?)\s*\[|"
    r"^\t+struct\s+sspi_(?:rc4|hmac_md5_key)\s+(\w+)\s*(?:;|=)", re.M)


def main():
    top = sys.argv[1]
    found = source.Findings("lines")
    paths = [p for p in source.files(top) if p.endswith((".c", ".h"))
             and p.startswith(("module/", "include/", "tools/samples/"))]
    texts = {}
    # what checks itself at load has published vectors for secrets
    exempt = {}
    for path, name, first, last in source.functions(top, paths):
        if re.search(r"self_?(check|test)", name):
            exempt.setdefault(path, set()).update(range(first, last + 1))
    for path in paths:
        whole = source.read(top, path)
        lines = whole.split("\n")
        kept = source.without_comments(whole)
        code = source.without_strings(whole)
        texts[path] = code
        found.checked += len(lines)
        for pattern, where, why in RULES:
            if path.startswith("module/codec/") and "time that depends" in why:
                continue  # form alone is compared there, such as "NTLMSSP"
            if path.startswith("tools/") and "in hex" in why:
                continue  # a sample may show what an eavesdropper sees
            text = kept if where == "raw" else code
            for m in pattern.finditer(text):
                line = source.line_of(text, m.start())
                if "not secret:" not in lines[line - 1] and line not in exempt.get(path, ()):
                    found.add(path, line, why)
    rooms = [p for p in paths if p.startswith(("module/pkg/", "module/crypto/")) and p.endswith(".c")]
    for path, name, first, last in source.functions(top, rooms):
        body = "\n".join(texts[path].split("\n")[first - 1:last])
        original = source.read(top, path).split("\n")
        for m in LOCAL.finditer(body):
            local = m.group(1) or m.group(2)
            line = first + source.line_of(body, m.start()) - 1
            wiped = re.search(
                r"\b(?:memzero_explicit|sspi_\w*wipe\w*|\w+_wipe)\s*\(\s*&?" + local + r"\b", body)
            if not wiped and "not secret:" not in original[line - 1] \
                    and line not in exempt.get(path, ()):
                found.add(path, line, f"{name}() leaves {local} on the stack: memzero_explicit()")
    found.end()


main()
