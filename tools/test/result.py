#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Settle what a stage counted: result.py NAME STATUS LOG JSON

A stage writes JSON itself, or prints lines "N passed, M failed[, K skipped]"
(also "N gates, M failed" and "N faults planted, M missed"), which are added up.
A stage that failed without a failed test, or that ran nothing, has one failure.
The result is written to JSON and printed as "passed failed skipped".
"""

import json
import os
import re
import sys

COUNTS = re.compile(r"(?:^|[\s:])(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")
OF_WHICH = re.compile(r"(?:^|[\s:])(\d+) (?:gates|faults planted), (\d+) (?:failed|missed)")


def counted(log):
    """The sums of what the stage printed."""
    total = [0, 0, 0]
    with open(log, encoding="utf-8", errors="replace") as file:
        for line in file:
            if match := COUNTS.search(line):
                found = [int(match[n] or 0) for n in (1, 2, 3)]
            elif match := OF_WHICH.search(line):
                found = [int(match[1]) - int(match[2]), int(match[2]), 0]
            else:
                continue
            total = [a + b for a, b in zip(total, found)]
    return total


def main():
    name, status, log, path = sys.argv[1:]
    reasons = []
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        reasons = data.get("reasons", [])
        passed, failed, skipped = (data[key] for key in ("passed", "failed", "skipped"))
    else:
        passed, failed, skipped = counted(log)
    if int(status) and not failed:
        failed = 1
        reasons.append(f"ended with {status}")
    elif passed + failed == 0:
        failed = 1
        reasons.append("ran no test")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"name": name, "passed": passed, "failed": failed,
                   "skipped": skipped, "reasons": reasons}, file, indent=1)
        file.write("\n")
    print(passed, failed, skipped)


if __name__ == "__main__":
    main()
