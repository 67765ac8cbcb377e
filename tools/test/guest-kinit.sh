#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: kinit in a session, then a kernel consumer that is told nothing
# but the name of the server. /kinit has krb5.conf, the servers' keytabs, and where
# the KDCs are, as sspictl wants to hear it.
export KRB5_CONFIG=/kinit/krb5.conf
n=0

check() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "    ok $n $2"; else echo "    not ok $n $2"; fi
}

# tgt CCACHE PRINCIPAL: kinit, and nothing else.
tgt() {
	export KRB5CCNAME="$1"
	echo "Secret-1!" | kinit "$2" >/tmp/out.$$ 2>&1 || cat /tmp/out.$$
}

# login CCACHE PRINCIPAL: that, and a ticket for the server.
login() {
	tgt "$@"
	kvno -q host/localhost >/tmp/out.$$ 2>&1 || cat /tmp/out.$$
}

# sees NAME [PARAMETER...]: the consumer is NAME to the server; - for nobody.
sees() {
	want=$1
	shift
	before=$(dmesg | grep -c 'sspi_tickets: the tickets are of')
	# shellcheck disable=SC2086
	if ${within:-} insmod /modules/sspi_tickets.ko keytab="${keytab:-krb5:host}" "$@" \
		2>/tmp/err; then
		rmmod sspi_tickets
	fi
	line=$(dmesg | grep 'sspi_tickets: the tickets are of' | tail -n +$((before + 1)))
	line=${line##*sspi_tickets: }
	[ "$want" = - ] && { [ -z "$line" ]; return; }
	[ "$line" = "the tickets are of $want, the server sees $want" ]
}

# says STATUS: what the consumer ended with.
says() { dmesg | grep 'sspi_tickets: \(OK\|FAILED\) ' | tail -n 1 | grep -q " $1\$"; }

# The script runs itself in a new session for each case.
case ${1:-} in
defaults)
	sees -
	check $? "no tickets, no context"
	login KEYRING:persistent:0 alice
	sees alice@KSSPI.TEST
	check $? "kinit into the persistent keyring is enough"
	login KEYRING:session:work plain
	klist
	sees plain@KSSPI.TEST
	check $? "the session's tickets come first"
	sees alice@KSSPI.TEST ccache=KEYRING:persistent:0
	check $? "a cache by name"
	sees alice@KSSPI.TEST principal=alice
	check $? "a principal by name"
	sees - principal=carol
	check $? "a principal without tickets"
	sees - ccache=KEYRING:persistent:1000
	check $? "the tickets of another user, by name"
	sees - ccache=KEYRING:session:none
	check $? "a cache that is not there"
	KRB5CCNAME=KEYRING:session:work kdestroy -q
	sees alice@KSSPI.TEST
	check $? "without the session's, the persistent ones"
	KRB5CCNAME=KEYRING:persistent:0 kdestroy -q
	sees -
	check $? "after kdestroy, none" ;;
collection)
	login KEYRING:session:c alice
	login KEYRING:session:c:second plain
	sees alice@KSSPI.TEST
	check $? "the primary cache of a collection"
	KRB5CCNAME=KEYRING:session:c kswitch -p plain
	sees plain@KSSPI.TEST
	check $? "the primary cache after kswitch"
	sees alice@KSSPI.TEST principal=alice@KSSPI.TEST
	check $? "another one of the collection, by principal" ;;
user)
	login KEYRING:user:u alice
	sees alice@KSSPI.TEST
	check $? "the user's keyring"
	KRB5CCNAME=KEYRING:user:u kdestroy -q
	login KEYRING:old plain
	sees plain@KSSPI.TEST ccache=KEYRING:old
	check $? "the first form of name" ;;
tgt)
	# the service's ticket is still to be asked for, which is the kernel's to do
	service=host/aes128-cts.ksspi.test
	tgt KEYRING:session:tgt alice
	klist
	sees - target=$service && says SEC_E_NO_AUTHENTICATING_AUTHORITY
	check $? "a TGT alone, and no KDC that is known"
	while read -r realm; do
		# shellcheck disable=SC2086
		sspictl realm add $realm || check 1 "realm add $realm"
	done </kinit/realms
	sees alice@KSSPI.TEST target=$service
	check $? "a TGT alone is enough where the KDC is known"
	sees alice@KSSPI.TEST target=$service ccache=KEYRING:session:tgt principal=alice
	check $? "the same, by name"
	keytab=krb5:other sees alice@KSSPI.TEST target=host/srv.other.test@OTHER.TEST
	check $? "a service of another realm"
	sees - target=host/none.ksspi.test && says SEC_E_TARGET_UNKNOWN
	check $? "a service that is not there"
	[ "$(klist | grep -c '^[0-9].*@')" = 1 ]
	check $? "the user's cache is as it was"
	within="unshare -n" sees - target=$service && says SEC_E_NO_AUTHENTICATING_AUTHORITY
	check $? "another network namespace knows no KDC"
	while read -r realm _; do sspictl realm del "$realm"; done </kinit/realms
	sees - target=$service && says SEC_E_NO_AUTHENTICATING_AUTHORITY
	check $? "nor does this one when it is taken away" ;;
expiry)
	login KEYRING:session:short alice
	sees alice@KSSPI.TEST
	check $? "tickets, while they last"
	keyctl timeout "$(keyctl search @s keyring _krb_short)" 1
	sleep 2
	sees -
	check $? "tickets that have expired" ;;
handed-on)
	# another user's tickets in the session that root has, as after su
	setpriv --reuid 1000 --clear-groups sh "$0" as-user
	keyctl show @s
	sees -
	check $? "tickets of the user whose session it was"
	sees - ccache=KEYRING:session:theirs
	check $? "the same, by name" ;;
as-user)
	login KEYRING:session:theirs alice
	exit ;;
keys)
	login KEYRING:session:k alice
	(printf 'keytab\n'; cat /kinit/keytab) | keyctl padd sspi host-key @u >/tmp/id
	check $? "a keytab into a key of type sspi"
	keyctl read "$(cat /tmp/id)" >/dev/null 2>&1 && bad=1 || bad=0
	check "$bad" "which cannot be read"
	keytab=host-key sees alice@KSSPI.TEST
	check $? "but used"
	sspictl cred add written -k /kinit/keytab -r user >/dev/null
	keytab=written sees alice@KSSPI.TEST
	check $? "one that sspictl has written"
	sspictl cred remove written -r user
	keytab=written sees -
	check $? "and has removed"
	printf 'user alice\npassword x' | keyctl padd sspi account @u >/dev/null
	check $? "an account"
	echo garbage | keyctl padd sspi account2 @u >/dev/null 2>&1 && bad=1 || bad=0
	check "$bad" "garbage is refused"
	keytab=account sees -
	check $? "an account is no keytab" ;;
*)
	keyctl padd user krb5:host @u </kinit/keytab >/dev/null
	keyctl padd user krb5:other @u </kinit/keytab2 >/dev/null
	for case in defaults collection user tgt expiry handed-on keys; do
		keyctl session - sh "$0" $case >/tmp/case 2>&1
		# one count for all of them
		while IFS= read -r line; do
			case $line in
			*ok\ [0-9]*)
				n=$((n + 1))
				echo "$line" | sed "s/ok [0-9]*/ok $n/" ;;
			*) echo "$line" ;;
			esac
		done </tmp/case
	done
	ksspi out && ksspi in
	check $? "ksspi goes while keys of its type are there"
	sees -
	check $? "and comes back without them"
	echo "    1..$n" ;;
esac
