#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Real kinit and keyctl in a guest, MIT's KDC outside of it: after kinit into a
# keyring a kernel consumer authenticates as that user, with nothing configured
# but where the KDC is, if the ticket for the service is still to be asked for.
#   47-kinit.sh [stock-6.1|stock-6.12|6.12|7.3]
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

kernel=${1:-stock-6.1}
out=$build/kinit log=$build/logs/kinit.console peer=$repo_dir/tools/peers/mit.sh
need keyutils krb5-user util-linux build-essential libmnl-dev
make_in "$repo_dir/tools/sspictl"
"$peer" install
work=$(mktemp -d)
trap '"$peer" stop "$work"; rm -rf "$work"' EXIT
"$peer" start "$work" >/dev/null
mkdir "$work/guest"
sed 's/127\.0\.0\.1/10.0.2.2/' "$work/krb5.conf" >"$work/guest/krb5.conf"
cp "$work/keytab" "$work/keytab2" "$work/guest"
# shellcheck source=/dev/null
. "$work/peer.env"
printf '%s kdc tcp:10.0.2.2:%s\n' "$REALM" "$KDC_PORT" "$REALM2" "$KDC2_PORT" \
	>"$work/guest/realms"

files=(--env NET=1 --test "$test_dir/guest-kinit.sh" --file "$work/guest:/kinit")
for program in kinit klist kvno kdestroy kswitch keyctl setpriv "$repo_dir/tools/sspictl/sspictl"; do
	files+=(--program "$program")
done
files+=(--program "$repo_dir/tools/sspictl/sspictl")
case $kernel in
stock-*)
	"$qemu_dir/stock.sh" "${kernel#stock-}"
	image=$cache/stock/${kernel#stock-}/image
	files+=(--stock "${kernel#stock-}" --with virtio_pci --with virtio_net) ;;
*)
	"$qemu_dir/kernels.sh" "$kernel"
	image=$("$qemu_dir/kernels.sh" --path "$kernel")/bzImage ;;
esac
"$qemu_dir/build-module.sh" "$kernel" "$out" --sample tickets
"$qemu_dir/initramfs.sh" "$out/initrd" "${files[@]}" \
	--module "$out/modules/ksspi.ko" \
	--file "$out/modules/ksspi.ko:/modules/ksspi.ko" \
	--file "$out/modules/sspi_tickets.ko:/modules/sspi_tickets.ko"
rc=0
"$qemu_dir/boot.sh" --kernel "$image" --initrd "$out/initrd" --log "$log" --net \
	--mem 1G --timeout 600 || rc=$?
"$qemu_dir/console.py" "$log" --name kinit --json "$result" \
	--expect 'the tickets are of alice@KSSPI.TEST, the server sees alice@KSSPI.TEST' || {
	console_tail "$log"
	exit 1
}
# Nobody but the kernel asks for this one.
grep -q 'TGS_REQ.* ISSUE: .* alice@KSSPI.TEST for host/aes128-cts.ksspi.test@KSSPI.TEST' \
	"$work/kdc1.log" || die "the KDC was not asked by the kernel"
exit $rc
