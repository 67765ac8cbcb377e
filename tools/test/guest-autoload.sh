#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2317  # what row calls
# In the guest: who asks for a package by name, or names it in a list, has its module
# loaded; names that none has, names that are no alias, and what a list excludes load
# nothing.
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
ask=/sys/module/sspi_ask/parameters
got() { echo "$1" >"$ask/package"; }
refused() { ! got "$1"; }
early() { ! insmod /modules/sspi_ask.ko package=toy; }
same() { [ "$(wc -l </proc/modules)" = "$modules" ]; }

# listed LIST: asks Negotiate, which has nothing to make a credential from.
listed() {
	printf %s "$1" >"$ask/packages"
	refused Negotiate
}

row "not for a module that is being initialised" early
row "for which nothing was loaded" gone sspi_toy
insmod /modules/sspi_ask.ko || exit 1
modules=$(wc -l </proc/modules)
row "a package that is there, without a credential" refused NTLM
row "a name without a module" refused toys
row "a name that is no alias" refused "toy/../x"
row "for which nothing was loaded either" same
row "a package in a module" got TOY
row "which is loaded now" there sspi_toy
row "and used again" got toy
rmmod sspi_toy
row "it goes when nobody has it" gone sspi_toy
row "and comes again" got Toy
rmmod sspi_toy
echo Y >"$ask/async"
row "asynchronously, a name without a module" refused toys
row "loads nothing" same
row "a package in a module" got toy
row "which is loaded" there sspi_toy
rmmod sspi_toy
echo N >"$ask/async"
for list in '!toy' 'toy,!toy' 'ntlm,!TOY,toy' 'toy,,ntlm' '../toy,to y'; do
	row "the list $list" listed "$list"
	row "loads nothing" same
done
row "the list toy,!ntlm" listed 'toy,!ntlm'
row "loads what it names" there sspi_toy
rmmod sspi_toy
echo Y >"$ask/async"
row "asynchronously, the list ntlm, none, Toy" listed 'ntlm, none, Toy'
row "does so too" there sspi_toy
for package in ntlm kerberos negotiate; do
	row "the alias of $package" modprobe "sspi-package-$package"
done
rmmod sspi_toy sspi_ask
exit $bad
