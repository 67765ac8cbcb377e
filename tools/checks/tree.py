#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What holds for every file of a tree: tree.py spdx|places TREE

spdx    the licence of each source file is said in one of its first lines
places  no path of one machine and no host of a package registry
"""

import os
import re
import subprocess
import sys

import source

SOURCES = re.compile(
    r"(\.(c|h|S|py|sh|mk|awk|rst|config|yaml|cocci|css)|"
    r"(^|/)(Makefile|Kbuild|Kconfig|dkms\.conf|\.kunitconfig|\.clang-format|\.gitignore))$")
TAG = re.compile(r"SPDX-License-Identifier: ([^*\n]+?) *(?:\*/)?$", re.M)
# A netlink interface, and what the kernel's generator makes of it: any program
# may use it.
OPEN = "((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)"
INTERFACE = re.compile(r"(Documentation/netlink/specs/\w+\.yaml|include/uapi/linux/\w+\.h|"
                       r"module/netlink/gen\.[ch])$")

# Written so that this file does not match itself.
HOSTS = [
    r"(deb|security|snapshot|ftp|archive|backports)([.]\w+)?[.]debian[.]org", r"archive[.]ubuntu[.]com",
    r"(files[.])?pythonhosted[.]org", r"\bpypi[.](org|python[.]org)", r"registry[.]npmjs[.]org",
    r"(static[.]|index[.])?crates[.]io", r"proxy[.]golang[.]org", r"registry-1[.]docker[.]io",
    r"\bghcr[.]io", r"\bquay[.]io", r"rubygems[.]org", r"repo1?[.]maven", r"conda[.]anaconda[.]org",
]
# A guest has a /root/ of its own; what is hidden in one is somebody's.
PATHS = r"(?<![\w./$}*-])/(?:work/|root/\.|home/\w+/|Users/\w+/|mnt/\w+/)"


def spdx(top):
    found = source.Findings("files")
    for path in source.files(top):
        text = source.read(top, path)
        if text is None or not (SOURCES.search(path) or text.startswith("#!")):
            continue
        found.checked += 1
        head = "\n".join(text.split("\n")[:4])
        m = TAG.search(head)
        if not m:
            found.add(path, 1, "no SPDX-License-Identifier")
            continue
        wanted = OPEN if INTERFACE.match(path) else "GPL-2.0-only"
        if m.group(1) != wanted:
            found.add(path, 1, f"licence {m.group(1)} instead of {wanted}")
    return found


def apt_hosts():
    """The archives that this machine fetches packages from."""
    try:
        out = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE)"],
                             capture_output=True, text=True, check=False).stdout
    except OSError:
        return []
    sites = {re.sub(r"^[a-z+]*://", "", s).split("/")[0] for s in out.split()}
    return [re.escape(s) for s in sites if s]


def places(top):
    found = source.Findings("files")
    pattern = PATHS
    own = os.environ.get("CHECK_CHECKOUT")
    # a folder of the root, such as that for temporary files, is everybody's
    if own and own.count("/") > 2:
        pattern += "|" + re.escape(os.path.dirname(own) + "/")
    paths = re.compile(pattern)
    hosts = re.compile("|".join(HOSTS + apt_hosts()))
    for path in source.files(top):
        text = source.read(top, path)
        if text is None:
            continue
        found.checked += 1
        for number, line in enumerate(text.split("\n"), 1):
            m = paths.search(line)
            if m:
                found.add(path, number, f"a path of one machine: {m.group(0)}")
            m = hosts.search(line)
            if m:
                found.add(path, number, f"the host of a registry: {m.group(0)}")
    return found


{"spdx": spdx, "places": places}[sys.argv[1]](sys.argv[2]).end()
