#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""sspictl cred add asks at a terminal: prompt.py SSPICTL

Nothing is shown, and the terminal is as it was afterwards, also after ^C. The
machine it runs on need not have the module: then the key is what fails.
"""
import os
import pty
import signal
import subprocess
import sys
import termios
import time

SECRET = b"Wonderland-7"


def echoes(fd):
    return bool(termios.tcgetattr(fd)[3] & termios.ECHO)


def wait_for(condition):
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


def ask(program, answer):
    """What the terminal showed, whether it echoes afterwards, the exit status."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen([program, "cred", "add", "prompt.test", "-u", "alice"],
                             stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             start_new_session=True, preexec_fn=lambda: os.close(
                                 os.open(os.ttyname(theirs), os.O_RDWR)))
    silent = wait_for(lambda: not echoes(theirs))
    time.sleep(0.1)
    os.write(ours, answer)
    said, _ = child.communicate(timeout=20)
    shown = os.read(ours, 4096)
    back = echoes(theirs)
    os.close(ours)
    os.close(theirs)
    return silent, shown, back, child.returncode, said


def main(argv):
    results = []

    def check(what, good):
        results.append(good)
        print(f"prompt: {'ok  ' if good else 'FAIL'} {what}")

    silent, shown, back, status, said = ask(argv[1], SECRET + b"\n")
    check("it asks", b"Password: " in shown)
    check("the terminal is silent meanwhile", silent and SECRET not in shown)
    check("and speaks again afterwards", back)
    check("the secret is nowhere in what it says", SECRET not in said)
    check("it got to the kernel", status in (0, 3))
    silent, shown, back, status, said = ask(argv[1], SECRET + b"\x03")
    check("interrupted, it ends by the signal", status == -signal.SIGINT)
    check("with a terminal that speaks", silent and back)
    silent, shown, back, status, said = ask(argv[1], b"x" * 4094 + b"\n")
    check("a long line does not hang it", status in (0, 1, 3) and back)
    print(f"prompt: {results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
