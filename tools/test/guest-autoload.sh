#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2317  # what row calls
# In the guest: who asks for a package by name has its module loaded; names that
# none has, and names that are no alias, are refused and load nothing.
bad=0 n=0

# row TEXT COMMAND...
row() {
	n=$((n + 1))
	text=$1
	shift
	if "$@"; then
		echo "    ok $n $text"
	else
		echo "    not ok $n $text"
		bad=1
	fi
}

there() { grep -q "^$1 " /proc/modules; }
gone() { ! there "$1"; }
got() { echo "$1" >/sys/module/sspi_ask/parameters/package; }
refused() { ! got "$1"; }
early() { ! insmod /modules/sspi_ask.ko package=toy; }
same() { [ "$(wc -l </proc/modules)" = "$modules" ]; }

row "not for a module that is being initialised" early
row "for which nothing was loaded" gone sspi_toy
insmod /modules/sspi_ask.ko || exit 1
modules=$(wc -l </proc/modules)
row "a package that is built in, without a credential" refused NTLM
row "a name without a module" refused toys
row "a name that is no alias" refused "toy/../x"
row "for which nothing was loaded either" same
row "a package in a module" got TOY
row "which is loaded now" there sspi_toy
row "and used again" got toy
rmmod sspi_toy
row "it goes when nobody has it" gone sspi_toy
row "and comes again" got Toy
for package in ntlm kerberos negotiate; do
	row "the alias of $package" modprobe "sspi-$package"
done
rmmod sspi_toy sspi_ask
exit $bad
