#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The packages in userspace: sspi-drive --host against its page, the vectors, a
# second implementation, hostile tokens and failing allocations. Everything
# runs with AddressSanitizer and UBSan, twice: variables that nothing was written to
# hold zero in one build and a pattern in the other. valgrind then looks for those
# that are read, in the exchanges and messages of a build that leaves them alone.
# Lane: peers
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tools/qemu/lib.sh
. tools/qemu/lib.sh

need build-essential libjansson-dev nettle-dev zlib1g-dev python3 valgrind
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for variant in '' SAN=1 'SAN=1 INIT=pattern' INIT=uninitialized; do
	# shellcheck disable=SC2086  # several arguments, or none at all for the plain one
	if ! make_in tools/drive $variant >"$work/make" 2>&1; then
		cat "$work/make" >&2
		die "sspi-drive does not build with '$variant'"
	fi
	if grep -q warning: "$work/make"; then
		cat "$work/make" >&2
		die "sspi-drive builds with warnings with '$variant'"
	fi
done

rc=0
tests() { SSPI_DRIVE=$1 python3 tools/host/tests/run.py "${@:2}" || rc=1; }
drive=$PWD/tools/drive/sspi-drive
tests "$drive-san" &
zero=$!
tests "$drive-san-pattern"
wait $zero || rc=1

# One that reads what was never written says so in a file of its own.
mkdir "$work/valgrind"
for program in sspi-drive krb5-leg; do
	cat >"$work/$program" <<-END
		#!/bin/sh
		exec valgrind -q --log-file=$work/valgrind/%p $PWD/tools/drive/$program-uninitialized "\$@"
	END
	chmod +x "$work/$program"
done
tests "$work/sspi-drive" test_krb5_messages.py test_krb5_delegation.py test_krb5_renew.py \
	test_krb5_initiate.py
if [ -z "$(ls "$work/valgrind")" ]; then
	say "valgrind ran nothing: 0 passed, 1 failed"
	rc=1
elif ! cat "$work"/valgrind/* | head -n 60 | (! grep .); then
	say "valgrind: 0 passed, 1 failed"
	rc=1
fi
exit $rc
