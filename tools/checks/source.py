# SPDX-License-Identifier: GPL-2.0-only
"""What the checkers of this folder share: the files of a tree, and findings."""

import os
import re
import subprocess
import sys

LEFT_OUT = re.compile(
    r"(^|/)(\.git|build|__pycache__|_build)(/|$)|\.(o|ko|mod|mod\.c|cmd|symvers|order|a|so|pyc|d)$")


def files(top):
    """The sources below TOP, as paths relative to it."""
    if os.path.exists(os.path.join(top, ".git")):
        out = subprocess.run(
            ["git", "-C", top, "ls-files", "-co", "--exclude-standard", "-z"],
            check=True, capture_output=True, text=True).stdout
        found = set(out.split("\0"))
    else:
        found = set()
        for folder, _, names in os.walk(top):
            found.update(os.path.relpath(os.path.join(folder, n), top) for n in names)
    return sorted(f for f in found if f and not LEFT_OUT.search(f)
                  and os.path.isfile(os.path.join(top, f)))


def read(top, path):
    """The text of a file, or None for one that is not text."""
    with open(os.path.join(top, path), "rb") as f:
        data = f.read()
    if b"\0" in data:
        return None
    return data.decode("utf-8", "replace")


def is_generated(text):
    """Whether the head of a file names the program that wrote it."""
    return bool(re.search(r"(?i)\bgenerated (?:by|from)\b", text[:600]))


def is_script(text, shells=("sh", "bash", "dash")):
    """Whether a file begins with the #! line of one of SHELLS."""
    m = re.match(r"#!\s*\S*/(?:env\s+)?(\w+)", text)
    return bool(m and m.group(1) in shells)


_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def without_comments(text):
    """C text with its comments blanked; strings and line numbers stay."""
    def blank(m):
        s = m.group(0)
        return re.sub(r"[^\n]", " ", s) if s[0] == "/" else s
    return _TOKEN.sub(blank, text)


def without_strings(text):
    """C text with comments blanked and strings emptied."""
    def blank(m):
        s = m.group(0)
        if s[0] == "/":
            return re.sub(r"[^\n]", " ", s)
        return s[0] + re.sub(r"[^\n]", " ", s[1:-1]) + s[-1]
    return _TOKEN.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def functions(top, paths):
    """(path, name, first line, last line) of each C function, from ctags."""
    if not paths:
        return []
    out = subprocess.run(
        ["ctags", "-o", "-", "--sort=no", "--fields=+ne", "--kinds-C=f",
         "--language-force=C", "-L", "-"],
        input="\n".join(paths) + "\n", cwd=top, check=True,
        capture_output=True, text=True).stdout
    found = []
    for row in out.splitlines():
        if row.startswith("!_TAG"):
            continue
        fields = row.split("\t")
        span = {}
        for field in fields[3:]:
            key, _, value = field.partition(":")
            span[key] = value
        if "line" in span and "end" in span:
            found.append((fields[1], fields[0], int(span["line"]), int(span["end"])))
    return found


class Findings:
    """Collects findings and ends a checker: a line each, then the count."""

    def __init__(self, unit):
        self.unit = unit
        self.checked = 0
        self.found = 0

    def add(self, path, line, text):
        self.found += 1
        print(f"{path}:{line}: {text}")

    def end(self):
        print(f"# checked {self.checked} {self.unit}")
        sys.exit(1 if self.found or not self.checked else 0)
