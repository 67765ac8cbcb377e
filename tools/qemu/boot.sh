#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Boots a guest: boot.sh --kernel IMAGE --initrd FILE --log FILE [OPTION...]
#   --timeout SECONDS (180)  --append "KERNEL PARAMETERS"  --cpus N (2)
#   --mem SIZE (2G)  --net (the host's loopback is 10.0.2.2 in the guest)
#   --icount (one processor whose clock counts instructions)
#   -- ARGUMENT...  more for qemu
# Exit status: the guest's own; 124 when time ran out, 125 when the guest ended
# without its end line.  KSSPI_KVM=1 tries hardware virtualisation first.
# An emulated kernel that has not come to its first process in BOOT_SECONDS (120),
# or has said nothing new for 45, is started again, twice at most: on a busy host
# the first timer interrupts of 7.3 now and then find no per-processor data, before
# anything of ours is there.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/lib.sh"

kernel='' initrd='' log='' timeout=180 append='' cpus=2 mem=2G net=0 icount=0
while [ $# -gt 0 ]; do
	case $1 in
	--net) net=1; shift; continue ;;
	--icount) icount=1; shift; continue ;;
	--) shift; break ;;
	esac
	[ $# -ge 2 ] || die "$1 wants a value"
	case $1 in
	--kernel) kernel=$2 ;;
	--initrd) initrd=$2 ;;
	--log) log=$2 ;;
	--timeout) timeout=$2 ;;
	--append) append=$2 ;;
	--cpus) cpus=$2 ;;
	--mem) mem=$2 ;;
	*) die "unknown option $1" ;;
	esac
	shift 2
done
if [ -z "$kernel" ] || [ -z "$initrd" ] || [ -z "$log" ]; then
	sed -n '3,13s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
need qemu-system-x86
mkdir -p "$(dirname "$log")"
: >"$log"

common=(-m "$mem" -display none -monitor none -serial "file:$log" -no-reboot
	-M q35 -nodefaults -device virtio-rng-pci -kernel "$kernel" -initrd "$initrd"
	-append "console=ttyS0 panic=-1 printk.devkmsg=on kunit.enable=1 kasan_multi_shot no_timer_check $append")
[ $net = 0 ] || common+=(-netdev "user,id=n0" -device "virtio-net-pci,netdev=n0,romfile=")

run() {
	local pid limit=$((SECONDS + ${BOOT_SECONDS:-120})) size=0 said=$SECONDS
	rm -f "$log"
	: >"$log"
	timeout -k 5 "$1" qemu-system-x86_64 "${@:2}" </dev/null >"$log.qemu" 2>&1 &
	pid=$!
	while kill -0 $pid 2>/dev/null && ! started; do
		[ "$(stat -c %s "$log")" = "$size" ] || said=$SECONDS
		size=$(stat -c %s "$log")
		if [ $SECONDS -ge $limit ] || [ $((SECONDS - said)) -ge 45 ]; then
			kill $pid
			break
		fi
		sleep 0.5
	done
	wait $pid
}

started() { grep -qa 'KSSPI-GUEST-START' "$log"; }

ended() { sed -n 's/.*KSSPI-GUEST-END rc=\([0-9]*\).*/\1/p' "$log" | tail -n 1; }

start=$SECONDS rc=1
if [ "${KSSPI_KVM:-0}" = 1 ] && [ $icount = 0 ]; then
	run "$timeout" -accel kvm -cpu host -smp "$cpus" "${common[@]}" "$@" || true
	[ -n "$(ended)" ] || say "hardware virtualisation did not work, emulating"
fi
if [ -z "$(ended)" ]; then
	if [ $icount = 1 ]; then
		accel=(-accel "tcg,thread=single" -icount "shift=0,sleep=off" -smp 1)
	else
		accel=(-accel "tcg,thread=multi" -smp "$cpus")
	fi
	for attempt in 1 2 3; do
		rc=0
		run "$timeout" "${accel[@]}" -cpu max "${common[@]}" "$@" || rc=$?
		if started || [ $attempt = 3 ]; then break; fi
		say "the kernel did not get to its first process, starting it again"
		cp "$log" "$log.boot-$attempt"
	done
fi
guest=$(ended)
if [ -n "$guest" ]; then
	say "guest ended after $((SECONDS - start)) s with $guest"
	exit "$guest"
fi
grep -v '^$' "$log.qemu" | head -n 5 >&2 || true
if [ "$rc" = 124 ] || [ "$rc" = 137 ]; then
	say "guest did not end within $timeout s"
	exit 124
fi
say "guest ended without its end line after $((SECONDS - start)) s"
exit 125
