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
rmmod sspi_toy

# The kernel starts kmod's modprobe here, as on a machine that is installed: it heeds
# what an administrator has forbidden.
rmmod sspi_ask
insmod /modules/sspi_ask.ko || exit 1
echo /bin/modprobe >/proc/sys/kernel/modprobe
mkdir -p /etc/modprobe.d
echo 'blacklist sspi_ntlm' >/etc/modprobe.d/forbidden.conf
ours() { grep -cE '^sspi_(ntlm|krb5|negotiate) ' /proc/modules; }
not_offered() { dmesg | grep -q "ksspi: no module for $1: not installed, or forbidden"; }
rmmod sspi_negotiate sspi_krb5 sspi_ntlm
row "ksspi alone" [ "$(ours)" = 0 ]
row "a package that is forbidden" refused NTLM
row "is not loaded" gone sspi_ntlm
row "Negotiate, without a list" refused Negotiate
row "is loaded" there sspi_negotiate
row "with Kerberos" there sspi_krb5
row "without the one that is forbidden" gone sspi_ntlm
row "and says so" not_offered ntlm
rm /etc/modprobe.d/forbidden.conf
row "the package that is forbidden no more" refused NTLM
row "is loaded" there sspi_ntlm
rmmod sspi_negotiate sspi_krb5 sspi_ntlm
echo Y >"$ask/async"
row "asynchronously, Kerberos" refused Kerberos
row "is loaded, and no other" [ "$(ours)" = 1 ]
rmmod sspi_krb5 sspi_ask
exit $bad
