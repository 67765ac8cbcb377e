#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Judge the console log of a test guest.

  console.py LOG [--name N] [--json FILE] [--expect REGEX]... [--allow REGEX]...
             [--races-in REGEX] [--races-not-within PATH]... [--suite GLOB]... [--no-guest]
  console.py --self-test

Counts the tests in it (KTAP of KUnit suites and of the guest's scripts, and
each --expect that occurs), and counts as failed: every kernel report, a suite
or a guest that ran nothing, a missing end line, a non-zero guest.
"""

import argparse
import fnmatch
import json
import re
import sys

import reports

STAMP = re.compile(r"^(?:<\d+>)?\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? ?")
RESULT = re.compile(r"^( *)(ok|not ok) (\d+)(?: -)? ?([^#]*?)(?: *# *(.*))?$")
PLAN = re.compile(r"^( *)1\.\.(\d+)\s*$")
SUBTEST = re.compile(r"^( *)# Subtest: (.*)$")
END = re.compile(r"KSSPI-GUEST-END rc=(\d+)")


class Verdict:
    """Counts, and the reasons for each failure."""

    def __init__(self):
        self.passed, self.failed, self.skipped = 0, 0, 0
        self.reasons, self.suites = [], []

    def fail(self, reason):
        self.failed += 1
        self.reasons.append(reason)


class Level:
    """One indentation of KTAP: the results of one suite so far."""

    def __init__(self, indent, name=None):
        self.indent, self.name = indent, name
        self.plan, self.results, self.failed = None, 0, 0


class Ktap:
    """Nested KTAP in the middle of other kernel messages."""

    def __init__(self, verdict):
        self.verdict, self.levels = verdict, [Level(0)]

    def level(self, indent):
        """The level of INDENT; closes what was open below it."""
        while len(self.levels) > 1 and self.levels[-1].indent > indent:
            self.close(self.levels.pop())
        if self.levels[-1].indent < indent:
            self.levels.append(Level(indent))
        return self.levels[-1]

    def close(self, level):
        name = level.name or "a suite"
        if level.results == 0 and (level.name or level.plan):
            self.verdict.fail(f"{name}: ran nothing")
            level.failed += 1
        elif level.plan is not None and level.plan != level.results and level.indent:
            self.verdict.fail(f"{name}: {level.results} results, {level.plan} planned")
            level.failed += 1
        if len(self.levels) and self.levels[-1].indent < level.indent:
            self.levels[-1].failed += level.failed

    def line(self, text):
        if match := SUBTEST.match(text):
            level = self.level(len(match[1]))
            if level.name and level.indent:
                self.close(self.levels.pop())
                level = self.level(len(match[1]))
            level.name = match[2].strip()
        elif match := PLAN.match(text):
            if match[1]:
                self.level(len(match[1])).plan = int(match[2])
        elif match := RESULT.match(text):
            self.result(len(match[1]), match[2] == "ok", match[4].strip(), match[5] or "")

    def result(self, indent, good, name, note):
        below = self.levels[-1] if self.levels[-1].indent > indent else None
        level = self.level(indent)
        level.results += 1
        if below:
            # a suite: its cases were counted, its own line is their sum
            self.verdict.suites.append(name)
            if not good and not level.failed and not below.failed:
                self.verdict.fail(f"{name}: failed outside of its cases")
            level.failed = 0 if level.indent == 0 else level.failed
            return
        if note.upper().startswith("SKIP"):
            self.verdict.skipped += 1
        elif good:
            self.verdict.passed += 1
        else:
            level.failed += 1
            self.verdict.fail(f"{level.name or 'guest'}: {name}: not ok")

    def finish(self):
        while len(self.levels) > 1:
            level = self.levels.pop()
            self.verdict.fail(f"{level.name or 'a suite'}: not finished")


def judge(text, expect=(), allow=(), races_in=None, suites=(), guest=True, not_within=()):
    """Return the Verdict on the console log TEXT."""
    verdict = Verdict()
    lines = [STAMP.sub("", line) for line in text.replace("\r", "").split("\n")]
    ktap = Ktap(verdict)
    for line in lines:
        ktap.line(line)
    ktap.finish()
    for pattern in expect:
        if any(re.search(pattern, line) for line in lines):
            verdict.passed += 1
        else:
            verdict.fail(f"never printed: {pattern}")
    for pattern in suites:
        if not fnmatch.filter(verdict.suites, pattern):
            verdict.fail(f"no suite {pattern} ran")
    if verdict.passed + verdict.failed == 0:
        verdict.fail("no test ran" if not verdict.skipped else "every test was skipped")
    for kind, line in reports.find(lines, allow, races_in, not_within):
        verdict.fail(f"kernel report ({kind}): {line.strip()}")
    if guest:
        codes = [match[1] for match in map(END.search, lines) if match]
        if not codes:
            verdict.fail("the guest did not get to its end")
        elif codes[-1] != "0" and not verdict.failed:
            verdict.fail(f"the guest ended with {codes[-1]}")
    return verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("log", nargs="?")
    parser.add_argument("--name", default="console")
    parser.add_argument("--json")
    parser.add_argument("--expect", action="append", default=[])
    parser.add_argument("--allow", action="append", default=[])
    parser.add_argument("--suite", action="append", default=[])
    parser.add_argument("--races-in")
    parser.add_argument("--races-not-within", metavar="PATH", action="append", default=[],
                        help="sources of the kernel: races between two of their functions are its own")
    parser.add_argument("--no-guest", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    if args.self_test:
        import console_test  # pylint: disable=import-outside-toplevel
        return console_test.run(judge, reports)
    if not args.log:
        parser.error("which log?")
    names = reports.functions_of(args.races_not_within)
    if args.races_not_within and not names:
        parser.error(f"no function in {' '.join(args.races_not_within)}")
    with open(args.log, encoding="utf-8", errors="replace") as file:
        verdict = judge(file.read(), args.expect, args.allow, args.races_in,
                        args.suite, not args.no_guest, names)
    for reason in verdict.reasons:
        print(f"{args.name}: FAILED {reason}")
    print(f"{args.name}: {verdict.passed} passed, {verdict.failed} failed, "
          f"{verdict.skipped} skipped, {len(verdict.suites)} suites")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"name": args.name, "passed": verdict.passed, "failed": verdict.failed,
                       "skipped": verdict.skipped, "reasons": verdict.reasons}, file, indent=1)
            file.write("\n")
    return 1 if verdict.failed else 0


if __name__ == "__main__":
    sys.exit(main())
