#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: who may have a token for cifs, and who not; then cifs itself, with
# ksspi-cifs and with cifs.upcall. Exit statuses of the helper are error numbers.
# shellcheck source=/dev/null
. /guest/env
export KRB5_CONFIG=/etc/krb5.conf PATH=/bin:/sbin:/usr/bin:/usr/sbin
parameters=/sys/module/spnego_asker/parameters
events=/sys/kernel/tracing/events/sched/sched_process_exec
n=0 EPERM=1 EACCES=13 EINVAL=22 ENOTTY=25 EOPNOTSUPP=95 ENOKEY=126 EKEYREVOKED=128

check() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "    ok $n $2"; else echo "    not ok $n $2"; fi
}

# as UID COMMAND...: as a user, without root's groups and session.
as() {
	uid=$1
	shift
	keyctl session - setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@" 2>/tmp/stderr
}

# run_as UID COMMAND...: as a user, in the session that we have. The shell has a
# setpriv of its own, which does less.
run_as() {
	uid=$1
	shift
	/bin/setpriv --clear-groups --regid 2000 --reuid "$uid" "$@"
}

# helper COMMAND: what completes keys from now on; it leaves its exit status.
helper() {
	cat >/etc/helper <<-END
		#!/bin/sh
		$1 "\$1"
		echo \$? >/tmp/helper
	END
	chmod 755 /etc/helper
}

by_helper() {
	cat >/etc/request-key.d/test.conf <<-END
		create	cifs.spnego	*		*	/etc/helper %k
		create	user		ksspi-test:*	*	/etc/helper %k
	END
}

# helper_said ERROR: once, and that.
helper_said() {
	got=$(cat /tmp/helper 2>/dev/null)
	rm -f /tmp/helper
	[ "$got" = "$1" ] || { echo "the helper said '$got', not $1"; return 1; }
}

login() {
	uid=$1 user=$2
	echo "$user-Pw.1" | as "$uid" env KRB5CCNAME="KEYRING:persistent:$uid" kinit "$user" \
		>/dev/null || cat /tmp/stderr
}

logout() { as "$1" env KRB5CCNAME="KEYRING:persistent:$1" kdestroy -q; }

# describe CREDUID [HOST [SEC [REST]]]
describe() {
	echo "ver=0x2;host=${2:-dc1.ad.test};ip4=10.53.57.1;sec=${3:-krb5};uid=0x0;creduid=0x$(
		printf %x "$1");${4:-pid=0x@PID@}"
}

# asks DESCRIPTION [COMMAND...]: as cifs does, from the kernel, in a task that COMMAND
# starts.
asks() {
	text=$1
	shift
	# shellcheck disable=SC2016
	"$@" sh -c 'echo "$1"' - "$text" >$parameters/ask 2>/tmp/asked
}

# gets DESCRIPTION [COMMAND...]: a token.
gets() {
	asks "$@" || cat /tmp/asked
	helper_said 0 &&
		grep -q 'version=2 flags=0 key=32 token=[0-9]* starts=60' $parameters/answer
}

# lacks DESCRIPTION [COMMAND...]: it is a good question, and there is no token.
lacks() {
	asks "$@" && return 1
	helper_said 0 || { cat /tmp/asked; return 1; }
}

forged_by_processes() {
	for who in 0 1002; do
		as $who keyctl request2 cifs.spnego "$(describe 1001 '' '' "pid=0x$$")" x @s >/dev/null
		helper_said $EACCES
		check $? "a description that user $who has made up, of another user and task"
	done
	as 1002 keyctl request2 cifs.spnego "$(describe 1002 evil.test '' "pid=0x$$")" x @s >/dev/null
	helper_said $EACCES
	check $? "one of the user's own number, for a host of his choice"
	as 1002 unshare -U -r keyctl request2 cifs.spnego "$(describe 0 '' '' pid=0x1)" x @s >/dev/null
	helper_said $EACCES
	check $? "one made up by root of a user namespace"
	keyctl request2 user "ksspi-test:$(describe 1001)" x @s >/dev/null 2>&1
	helper_said $EOPNOTSUPP
	check $? "a key of another type"
}

without_authority() {
	poke direct
	[ $? = $EPERM ]
	check $? "root, who has no authority over a key"
	as 1002 sh -c 'poke direct; echo $? >/tmp/direct'
	[ "$(cat /tmp/direct)" = $EACCES ]
	check $? "a user"
	ksspi-cifs 4711
	[ $? = $ENOKEY ]
	check $? "a helper that nobody has asked to come"
	keyctl padd user somebodys @u </etc/krb5.conf >/tmp/id
	ksspi-cifs "$(cat /tmp/id)"
	[ $? = $ENOKEY ]
	check $? "a helper with the number of a complete key"
	poke other
	[ $? = $ENOTTY ]
	check $? "another command"
	helper "poke late"
	asks "$(describe 1001)"
	helper_said $EKEYREVOKED
	check $? "for a key that was completed in the meantime"
	helper ksspi-cifs
}

# Descriptions of cifs, with names in them that bring their own fields.
forged_inside() {
	while read -r text; do
		asks "$text"
		helper_said $EINVAL
		check $? "refused: $text"
	done <<-END
	$(describe 1001 'x;ip4=1.2.3.4;sec=krb5;uid=0x0;creduid=0x0;pid=0x1')
	$(describe 1001 'x;creduid=0x0')
	$(describe 1001 'cifs@EVIL.TEST')
	$(describe 1001 'x/dc1.ad.test')
	$(describe 1001 'dc1.ad.test:88')
	$(describe 1001 '' '' 'user=x;pid=0x1;pid=0x@PID@')
	$(describe 1001 '' '' 'user=x;creduid=0x0;pid=0x@PID@')
	$(describe 1001 '' '' 'user=x;pid=0x1;upcall_target=mount;pid=0x@PID@;upcall_target=app')
	$(describe 1001 '' '' 'user=;pid=0x@PID@')
	$(describe 1001 '' '' 'pid=0x@PID@;upcall_target=elsewhere')
	$(describe 1001 '' '' 'pid=0x@PID@;')
	$(describe 1001 '' '' 'pid=0x1')
	$(describe 1001 '' '' 'pid=@PID@')
	$(describe 1001 '' '' 'pid=0x+@PID@')
	ver=0x3;host=dc1.ad.test;ip4=10.53.57.1;sec=krb5;uid=0x0;creduid=0x3e9;pid=0x@PID@
	host=dc1.ad.test;ver=0x2;ip4=10.53.57.1;sec=krb5;uid=0x0;creduid=0x3e9;pid=0x@PID@
	ver=0x2;host=dc1.ad.test;ip4=10.53.57.1;sec=krb5;uid=0x0;creduid=0x1000003e9;pid=0x@PID@
	ver=0x2;host=dc1.ad.test;sec=krb5;uid=0x0;creduid=0x3e9;pid=0x@PID@
	$(describe 4294967295)
	END
	asks "$(describe 1001 '' iakerb)"
	helper_said $EOPNOTSUPP
	check $? "a mechanism that is not Kerberos"
}

# Whose tickets: alice has some, bob and root have none.
identities() {
	mount='pid=0x@PID@;upcall_target=mount'
	lacks "$(describe 1001)"
	check $? "nobody has a token without tickets"
	login 1001 alice
	gets "$(describe 1001)"
	check $? "root for a user who has tickets, as for a mount"
	gets "$(describe 1001 '' '' 'user=alice;pid=0x@PID@')"
	check $? "with the name of the principal"
	gets "$(describe 1001 '' '' 'user=bob;pid=0x@PID@')"
	check $? "with another name, which is that of nobody's tickets"
	gets "$(describe 1001 '' mskrb5 "$mount")"
	check $? "of the machine's namespaces"
	lacks "$(describe 1002)"
	check $? "root for a user who has no tickets"
	lacks "$(describe 0)"
	check $? "root for root"
	lacks "$(describe 1001 none.ad.test)"
	check $? "a server that is not there"
	lacks "$(describe 0)" /bin/setpriv --ruid 1001
	check $? "a program of alice's that runs as root does not get hers for root"
	lacks "$(describe 1001)" unshare -n
	check $? "an administrator, in a network namespace that has no realms"
	gets "$(describe 1001 '' '' "$mount")" unshare -n
	check $? "the same, of the machine's namespaces"
	gets "$(describe 1001)" run_as 1001
	check $? "alice herself"
	gets "$(describe 1001)" run_as 1002
	check $? "another user's task that makes the session again"
	gets "$(describe 1001)" run_as 1002 unshare -U -r -n
	check $? "one that does so in a namespace of its own does not choose the KDC"
	lacks "$(describe 1001)" run_as 1001 unshare -U -r -n
	check $? "alice does"
	lacks "$(describe 1001)" run_as 1001 unshare -U -r
	check $? "and has the keyrings of her own user namespace, in one"
	logout 1001
}

# Tickets in a session are there for the user who has made them in it.
session_of_root() {
	export KRB5CCNAME=KEYRING:session:work
	echo alice-Pw.1 | kinit alice >/dev/null
	gets "$(describe 0)"
	check $? "root's session"
	lacks "$(describe 1001)"
	check $? "root's session is not there for alice"
	lacks "$(describe 1001)" run_as 1001
	check $? "nor is it when it was handed on to her"
	unset KRB5CCNAME
}

# What a request costs, with the ticket at hand: time, programs started.
compared() {
	export KRB5CCNAME=KEYRING:persistent:0
	echo alice-Pw.1 | kinit alice >/dev/null && kvno -q cifs/dc1.ad.test
	for with in ksspi-cifs cifs.upcall; do
		echo "create cifs.spnego * * $(command -v $with) %k" >/etc/request-key.d/test.conf
		asks "$(describe 0)"
		check $? "$with: a token for root"
		printf %s $with >$parameters/name
		echo 20 >$parameters/measure
		echo 1 >$events/enable
		echo >/sys/kernel/tracing/trace
		asks "$(describe 0)"
		echo 0 >$events/enable
		echo "COMPARED $with $(grep -cE 'filename=.*(request-key|ksspi-cifs|cifs.upcall)' \
			/sys/kernel/tracing/trace)"
	done
	kdestroy -q
	unset KRB5CCNAME
}

questions() {
	insmod /modules/spnego_asker.ko
	helper ksspi-cifs
	forged_by_processes
	without_authority
	forged_inside
	identities
	session_of_root
	compared
	rmmod spnego_asker
}

mounts() {
	poke mount //dc1.ad.test/data /mnt \
		"sec=krb5,ip=10.53.57.1,vers=3.1.1,multiuser,username=root,$1"
}

reads() { [ "$(as "$1" cat /mnt/hello.txt)" = 'read as a user of the domain' ]; }

mounted() {
	mounts cruid=1001
	[ $? = $ENOKEY ]
	check $? "$1: without tickets no mount, for want of a key"
	login 1001 alice
	login 1002 bob
	mounts cruid=1001
	check $? "$1: a mount with alice's tickets"
	reads 1001
	check $? "$1: alice reads"
	reads 1002
	check $? "$1: bob reads, in a session of his own"
	as 1003 cat /mnt/hello.txt
	grep -E 'Required key not available|Permission denied' /tmp/stderr
	check $? "$1: a user without tickets does not"
	umount /mnt
	logout 1001
	logout 1002
}

# Who answers is the administrator's choice, and the file of cifs-utils stays.
switched() {
	ln -s /bin/cifs.upcall /usr/sbin/cifs.upcall
	cp /guest/cifs.spnego.conf /etc/request-key.d/
	rm /etc/request-key.d/test.conf
	rmmod sspi_cifs
	ksspi-cifs-setup status
	[ $? = 1 ]
	check $? "as installed, cifs.upcall answers"
	ksspi-cifs-setup on && ksspi-cifs-setup status
	check $? "ksspi does when it is switched on"
	mounted ksspi-cifs
	ksspi-cifs-setup off
	ksspi-cifs-setup status
	[ $? = 1 ] && [ ! -e /dev/sspi_cifs ]
	check $? "cifs.upcall does when it is switched off"
	mounted cifs.upcall
	[ "$(cat /etc/request-key.d/*)" = "$(cat /guest/cifs.spnego.conf)" ]
	check $? "nothing else has changed"
}

for uid in 0 1001 1002 1003; do
	echo "user$uid:x:$uid:$uid::/:/bin/sh"
done >/etc/passwd
chmod 755 / # the users of this test are not its owner
mkdir -p /mnt /etc/request-key.d
sspictl realm add AD.TEST kdc tcp:10.53.57.1:88
modprobe sspi_cifs
by_helper
questions
by_helper
modprobe cifs
rm -f /tmp/helper
as 1002 keyctl request2 cifs.spnego "$(describe 1001 '' '' "pid=0x$$")" x @s
[ ! -e /tmp/helper ]
check $? "the kernel itself lets no process ask for keys of cifs"
switched
echo "    1..$n"
