#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a kernel that is a program does not show, in an emulated guest of two
# processors, preemptible, with KASAN, UBSAN, lockdep and kmemleak, on 6.12: the races,
# the suites that have several threads, timers, sockets or keys, and those of ciphers,
# which take the processor's own instructions there.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

# the first of them by the command line of the kernel
KUNIT_MORE="sspi_ref* sspi_kdc sspi_kdc_many sspi_park sspi_call sspi_autoload sspi_handle"
KUNIT_MORE+=" sspi_realm sspi_key* sspi_krb5_derive sspi_krb5_replay sspi_*public"
KUNIT_MORE+=" sspi_*crypto sspi_hmac_sha sspi_*_msg"
export KUNIT_MORE APPEND="slab_debug=F kunit.filter_glob=*race*"
kunit_stage kunit-smp 6.12 --suite '*race*'
