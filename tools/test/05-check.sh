#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every gate of tools/checks, and the faults that prove each of them.
# Lane: peers
set -euo pipefail
checks=$(cd "$(dirname "$0")/../checks" && pwd)
rc=0
"$checks/run.sh" || rc=1
"$checks/run.sh" --self-test || rc=1
exit $rc
