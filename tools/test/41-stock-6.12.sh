#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Debian's stock 6.12 kernel, unchanged: build, load, authenticate, unload.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

stock_stage 6.12
