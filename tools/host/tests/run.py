#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs every test_*.py of this folder, or those that are named; the last line counts:
N passed, M failed."""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../drive"))
from driver import Drive  # noqa: E402

requests = 0
raw = Drive.raw


def counting(self, line):
    global requests
    requests += 1
    return raw(self, line)


def main():
    Drive.raw = counting
    names = sys.argv[1:] or ["test_*.py"]
    suite = unittest.TestSuite(
        unittest.defaultTestLoader.discover(HERE, name) for name in names)
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=1).run(suite)
    bad = len({test.id().split(" ")[0] for test, _ in result.failures + result.errors})
    print(f"10-host.sh: {requests} requests were answered")
    print(f"10-host.sh: {result.testsRun - bad} passed, {bad} failed")
    return 1 if bad or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
