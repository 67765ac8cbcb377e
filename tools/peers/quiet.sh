# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced, after tools/qemu/lib.sh: installing a peer without starting it.

# The units that a package brings and that nobody is to find running.
units_of() {
	case $1 in
	samba) echo smbd nmbd samba-ad-dc ;;
	samba-ad-dc) echo samba-ad-dc ;;
	winbind) echo winbind ;;
	krb5-kdc) echo krb5-kdc ;;
	krb5-admin-server) echo krb5-admin-server ;;
	esac
}

# Debian starts a service that it installs, now and at each boot; not for a test.
# One that was there before is left as it is.
need_quietly() {
	local policy=/usr/sbin/policy-rc.d made=0 p unit missing=()
	for p in "$@"; do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' ||
			missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ ! -e $policy ]; then
		made=1
		printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
		as_root chmod 755 $policy
		trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
	fi
	need "${missing[@]}"
	[ $made = 0 ] || as_root rm -f $policy
	trap - EXIT
	for p in "${missing[@]}"; do
		for unit in $(units_of "$p"); do
			as_root systemctl -q disable "$unit" 2>/dev/null || true
		done
	done
}
