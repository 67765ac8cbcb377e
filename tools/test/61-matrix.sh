#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The whole matrix of interoperation, from what the stages before this one have
# recorded when they last ran: smb2-session, apache, interop, interop-krb5, kdc, ad.
# A cell of which nothing ran, or only half, is a failure. See tools/interop/cells.py.
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

need python3
python3 "$repo_dir/tools/interop/cells.py" --self-test
python3 "$repo_dir/tools/interop/cells.py" "$build/cells"
