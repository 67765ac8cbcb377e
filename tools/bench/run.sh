#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Measures ksspi and its peer, and prints a table (make bench):
#   run.sh [--no-kernel | --no-host] [--no-smp] [--no-uml | --only-uml | --only-upcall]
# In the guest a nanosecond is an instruction (qemu -icount shift=0): those
# figures repeat. Ratios come from one run. build/bench.txt has the table,
# build/bench.md the same for the documentation, build/bench/ the logs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/qemu/lib.sh
. "$here/../qemu/lib.sh"

kernel=1 host=1 smp=1 uml=1 only=0
for arg; do
	case $arg in
	--no-kernel) kernel=0 ;;
	--no-host) host=0 ;;
	--no-smp) smp=0 ;;
	--no-uml) uml=0 ;;
	--only-uml) kernel=0 host=0 ;;
	--only-upcall) host=0 smp=0 uml=0 only=1 ;;
	*) sed -n '3,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	esac
done
need build-essential gss-ntlmssp libkrb5-dev nettle-dev zlib1g-dev python3 cifs-utils keyutils
work=$repo_dir/build/bench
mkdir -p "$work"
cd "$work"
rm -f results.*

# The peer: its plug-in, its libraries, one user.
plugin=/usr/lib/$(gcc -print-multiarch)/gssntlmssp/gssntlmssp.so
printf 'TESTDOM:testuser:Some Password 1!\n' >ntlm.users
cat >peer.env <<-'ENV'
	export NTLM_USER_FILE=/etc/ntlm.users LM_COMPAT_LEVEL=5
	export NETBIOS_COMPUTER_NAME=SERVER NETBIOS_DOMAIN_NAME=WORKGROUP
	export KRB5_CONFIG=/etc/krb5.conf KRB5CCNAME=FILE:/etc/krb5.cc
	export KRB5_KTNAME=FILE:/etc/krb5.keytab
ENV
gcc -O2 -Wall -Wextra -Werror -o gss_bench "$here/gss_bench.c" -lgssapi_krb5 -lkrb5
# A ticket for both, without a KDC.
make -s -C "$here/../drive"
"$here/krb5_files.py" "$work"

if [ $host = 1 ]; then
	make -s -C "$here" BUILD="$work/host"
	say "native: userspace build and peer, in turns"
	(
		# shellcheck source=/dev/null
		. ./peer.env
		export NTLM_USER_FILE=$work/ntlm.users KRB5_CONFIG=$work/krb5.conf
		export KRB5CCNAME=FILE:$work/krb5.cc KRB5_KTNAME=FILE:$work/krb5.keytab
		for _ in 1 2 3 4 5; do
			host/host_bench "$work"
			./gss_bench ntlm
			./gss_bench krb5 1000
		done
	) >results.native
fi

if [ $kernel = 1 ]; then
	"$qemu_dir/kernels.sh" bench
	image=$("$qemu_dir/kernels.sh" --path bench)/bzImage
	"$qemu_dir/build-module.sh" bench "$work/module" --sample bench/kernel \
		--sample cifs/test
	files=()
	libs=/usr/lib/$(gcc -print-multiarch)
	# MD4 and RC4 are in OpenSSL's legacy provider, UTF-16 in glibc's gconv
	for lib in "$plugin" $(ldd "$plugin" | grep -o '/[^ ]*') \
		"$libs/ossl-modules/legacy.so" /usr/lib/ssl/openssl.cnf \
		"$libs"/gconv/{gconv-modules.cache,UTF-16.so}; do
		files+=(--file "$(readlink -f "$lib"):$lib")
	done
	cat >peer.sh <<-'GUEST'
		. /etc/peer.env
		gss_bench ntlm
		gss_bench krb5
	GUEST
	# guest NAME PARAMETERS BOOT-OPTION...: one boot, its results in results.NAME;
	# PARAMETERS are of the benchmark's module, "-" leaves it out
	guest() {
		local name=$1 bench=()
		[ "$2" = - ] || bench=(--module "$work/module/modules/sspi-bench.ko:$2")
		shift 2
		"$qemu_dir/initramfs.sh" "$work/$name.cpio.gz" \
			--module "$work/module/modules/ksspi.ko" "${bench[@]}" \
			--env LEAKS=0 "${krb5[@]}" "${peer[@]}"
		"$qemu_dir/boot.sh" --kernel "$image" --initrd "$work/$name.cpio.gz" \
			--log "$work/$name.log" --timeout 600 "$@" || {
			tail -n 30 "$work/$name.log" >&2
			die "the guest '$name' failed, see $work/$name.log"
		}
		grep -ao 'KSSPI-BENCH .*' "$work/$name.log" | tr -d '\r' >"results.$name"
		grep -q '^KSSPI-BENCH done' "results.$name" ||
			die "the guest '$name' did not finish, see $work/$name.log"
	}
	upcall() {
		local helper=$here/../cifs key
		make -s -C "$helper"
		peer=(--module "$work/module/modules/sspi_cifs.ko" --program keyctl
			--program /usr/sbin/cifs.upcall --file "$helper/ksspi-cifs:/bin/ksspi-cifs"
			--file /sbin/request-key:/sbin/request-key --test "$here/upcall.sh"
			--file "$work/module/modules/spnego_asker.ko:/modules/spnego_asker.ko")
		for key in princ cifs tgt; do
			peer+=(--file "$work/$key:/keys/$key")
		done
		guest upcall - --icount
		peer=()
	}
	krb5=(--file krb5.keytab:/etc/krb5.keytab --file krb5.cc:/etc/krb5.cc
		--file krb5.conf:/etc/krb5.conf)
	peer=(--test peer.sh --program "$work/gss_bench" "${files[@]}"
		--file /etc/gss/mech.d/mech.ntlmssp.conf:/etc/gss/mech.d/mech.ntlmssp.conf
		--file ntlm.users:/etc/ntlm.users --file peer.env:/etc/peer.env)
	if [ $only = 1 ]; then
		peer=()
		guest icount what=ntlm,krb5 --icount
		upcall
	else
		guest icount "what=table,ntlm,call,message,krb5,negotiate" --icount
		upcall
		guest memory what=memory --icount
		guest memory-krb5 what=krb5-slab --icount
	fi
	if [ $smp = 1 ]; then
		guest smp what=smp --cpus 2
	fi
fi

if [ $uml = 1 ] && [ "$(uname -m)" = x86_64 ]; then
	# in_program CPUS PARAMETERS: one boot of the kernel as a program
	in_program() {
		local cpus=$1
		"$qemu_dir/uml.sh" build "$cpus"
		ARCH=um "$qemu_dir/build-module.sh" "$("$qemu_dir/uml.sh" path "$cpus")" \
			"$work/module-uml-$cpus" --sample bench/kernel
		"$qemu_dir/initramfs.sh" "$work/uml-$cpus.cpio.gz" --env LEAKS=0 \
			--file krb5.keytab:/etc/krb5.keytab --file krb5.cc:/etc/krb5.cc \
			--module "$work/module-uml-$cpus/modules/ksspi.ko" \
			--module "$work/module-uml-$cpus/modules/sspi-bench.ko:$2"
		"$qemu_dir/uml.sh" run "$cpus" "$work/uml-$cpus.cpio.gz" "$work/uml-$cpus.log"
		grep -ao 'KSSPI-BENCH .*' "$work/uml-$cpus.log" | tr -d '\r' >>"results.uml-$cpus"
		tail -n 1 "results.uml-$cpus" | grep -q '^KSSPI-BENCH done' ||
			die "the kernel did not finish, see $work/uml-$cpus.log"
	}
	for _ in 1 2 3 4 5; do
		in_program 1 "what=call,message,krb5,negotiate rounds=20000"
	done
	if [ "$(nproc)" -ge 2 ]; then
		in_program 2 "what=objects,smp runs=5"
	fi
fi

"$here/table.py" --text "$repo_dir/build/bench.txt" \
	--markdown "$repo_dir/build/bench.md" results.*
