#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every KUnit suite on 6.12 as a program, with KASAN, UBSAN, lockdep and kmemleak.
# Lane: guests
set -euo pipefail
exec bash "$(dirname "$0")/22-kunit-uml.sh" kunit-6.12 debug-6.12
