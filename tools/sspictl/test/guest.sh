#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: every command of sspictl, who may use it, and that namespaces
# see nothing of each other.
n=0
check() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "    ok $n $2"; else echo "    not ok $n $2"; fi
}

# wants TEXT STATUS COMMAND...: ends with STATUS and says TEXT, a basic regex.
wants() {
	text=$1 status=$2
	shift 2
	"$@" >/tmp/said 2>&1
	got=$?
	[ $got = "$status" ] && { [ -z "$text" ] || grep -q -e "$text" /tmp/said; }
	good=$?
	[ $good = 0 ] || { echo "status $got, not $status"; head -n 20 /tmp/said; }
	check $good "$*: $text"
}
nobody() { su nobody -s /bin/sh -c "$*"; }
there() { nsenter -t $other -n "$@"; }
# until COMMAND...: for ten seconds
until_true() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || return 1
		usleep 100000
	done
}

# the ramdisk's root is root's alone
chmod 755 /

# realms
wants 'no servers of realms' 0 sspictl realm list
wants '' 0 sspictl realm add EXAMPLE.TEST kdc tcp:10.0.2.2:88 udp:10.0.2.3
wants '' 0 sspictl realm add EXAMPLE.TEST kpasswd 'any:[fe80::1]:4464'
wants '' 0 sspictl realm add OTHER.TEST 2001:db8::1
wants 'has this server already' 1 sspictl realm add EXAMPLE.TEST tcp:10.0.2.2:88
wants '^EXAMPLE.TEST *kdc *tcp *10.0.2.2 *88 ' 0 sspictl realm list
wants '^EXAMPLE.TEST *kdc *udp *10.0.2.3 *88 ' 0 sspictl realm list
wants '^EXAMPLE.TEST *kpasswd *any *fe80::1 *4464 ' 0 sspictl realm list EXAMPLE.TEST
wants '^OTHER.TEST *kdc *tcp *2001:db8::1 *88 ' 0 sspictl realm list
wants '"host": "2001:db8::1"' 0 sspictl -j realm list OTHER.TEST
wants '^\[\]$' 0 sspictl -j realm list NONE.TEST
wants 'no such realm or server' 1 sspictl realm del EXAMPLE.TEST kdc 10.0.2.9
wants '' 0 sspictl realm del EXAMPLE.TEST kdc 10.0.2.3
sspictl realm list | grep -q '10.0.2.3 '
check $((! $?)) "the server is gone"
sspictl realm list | grep -q '10.0.2.2 '
check $? "the other is not"
wants 'no such realm or server' 1 sspictl realm del NONE.TEST
wants 'a port is a number' 2 sspictl realm add EXAMPLE.TEST kdc tcp:10.0.2.2:0
wants 'a port is a number' 2 sspictl realm add EXAMPLE.TEST kdc tcp:10.0.2.2:99999
wants 'a host has' 2 sspictl realm add EXAMPLE.TEST kdc tcp:
wants 'realm add REALM' 2 sspictl realm add EXAMPLE.TEST
wants 'realm add REALM' 2 sspictl realm
wants usage 2 sspictl frobnicate
wants usage 2 sspictl --frobnicate
wants usage 0 sspictl --help
# shellcheck disable=SC2046
wants 'too many realms, or servers' 1 sspictl realm add MANY.TEST $(seq 1 40 | sed 's/^/192.0.2./')
[ "$(sspictl realm list MANY.TEST | grep -c 192.0.2.)" = 32 ]
check $? "the number of servers is bounded"

# what a session shows
sspictl -j monitor >/tmp/events 2>/tmp/monitor.err &
monitor=$!
until_true grep -q listening /tmp/monitor.err
mkfifo /tmp/hold
sspi-drive --kernel </tmp/hold >/tmp/answers 2>&1 &
session=$!
exec 3>/tmp/hold
cat /session.in >&3
until_true sh -c "[ \"\$(wc -l </tmp/answers)\" -ge $(wc -l </session.in) ]"
check $? "the session is over"
wants 'Kerberos' 0 sspictl status
wants '"version": "[0-9]' 0 sspictl -j status
wants '^fips *off' 0 sspictl status
wants '^realms *3 ' 0 sspictl status
wants '^failures *2 remembered' 0 sspictl status
wants '^events *0 dropped' 0 sspictl status
wants '"events_dropped": 0' 0 sspictl -j status
wants 'host/srv.test@FORGE.TEST' 0 sspictl ticket list
wants 'client *alice@FORGE.TEST (Kerberos, credential of ' 0 sspictl ticket list
wants 'aes256-cts-hmac-sha1-96' 0 sspictl ticket list
wants '"endtime": [0-9]' 0 sspictl -j ticket list
wants 'Kerberos *initiator *negotiating' 0 sspictl contexts
wants 'Kerberos *initiator *failed' 0 sspictl contexts
wants 'NTLM *initiator *established .*DOMAIN.alice' 0 sspictl contexts
wants 'NTLM *acceptor *established .*DOMAIN.alice' 0 sspictl contexts
wants '"state": "established"' 0 sspictl -j contexts
wants '^contexts_made *[1-9]' 0 sspictl stats
wants 'EXAMPLE.TEST' 0 sspictl stats
wants '"name": "refusals"' 0 sspictl -j stats
wants 'initialize: SEC_E_NO_AUTHENTICATING_AUTHORITY' 0 sspictl explain nfs/unreached.test
wants 'kdc *none answered: No route to host' 0 sspictl explain NFS/unreached.test
wants 'do .*sspictl realm list' 0 sspictl explain nfs/unreached.test
wants 'NTLM accept: SEC_E_INVALID_TOKEN (3 times)' 0 sspictl explain
wants '"target": "nfs/unreached.test"' 0 sspictl -j explain
wants 'no failure for host/srv.test' 0 sspictl explain host/srv.test
sspictl explain host/srv.test nfs/unreached.test >/dev/null 2>&1
check $(($? != 2)) "explain takes one target"
until_true grep -q '"event":"failure"' /tmp/events
for want in '"event":"failure".*nfs/unreached.test\|nfs/unreached.test.*"event":"failure"' \
	'NTLM.*accept.*SEC_E_INVALID_TOKEN' \
	'DOMAIN.*acceptor.*established.*"event":"context"' \
	'Kerberos.*failed.*"event":"context"'; do
	grep -q "$want" /tmp/events
	check $? "monitor has seen $want"
done
for command in status 'ticket list' contexts stats explain; do
	# shellcheck disable=SC2086
	sspictl -j $command >>/tmp/all
done
cat /tmp/events >>/tmp/all
for secret in Wonderland "$(sed -n 's/.*"key": "\([0-9a-f]*\)".*/\1/p' /session.in | head -n 1)"; do
	grep -q "$secret" /tmp/all
	check $((! $?)) "nothing says the secret"
done

# another network namespace
unshare -n sleep 1000 3>&- &
other=$!
until_true sh -c "[ \"\$(readlink /proc/$other/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]"
there ip link set lo up
for want in 'no servers of realms:realm list' 'no credential:ticket list' \
	'no contexts:contexts' 'no failure:explain' '^realms *0:status'; do
	# shellcheck disable=SC2086
	wants "${want%:*}" 0 there sspictl ${want#*:}
done
wants '' 0 there sspictl realm add THERE.TEST kdc 127.0.0.1
sspictl realm list | grep -q THERE
check $((! $?)) "its realm is not seen here"
there sspictl -j monitor >/tmp/there.events 2>/tmp/there.err 3>&- &
watcher=$!
until_true grep -q listening /tmp/there.err
# the device has one user at a time
exec 3>&-
kill $session
wait $session
before=$(wc -l </tmp/events)
there sspi-drive --kernel <<-END >/tmp/there.out 2>&1
	{"op":"acquire","package":"NTLM","use":"inbound","accounts":[{"user":"alice","domain":"DOMAIN","password":"Wonderland"}]}
	{"op":"accept","cred":1,"input":"ffff"}
END
until_true grep -q SEC_E_INVALID_TOKEN /tmp/there.events
check $? "an event there is seen there"
[ "$(wc -l </tmp/events)" = "$before" ]
check $? "and not here"
wants 'NTLM accept: SEC_E_INVALID_TOKEN' 0 there sspictl explain
[ "$(sspictl -j explain | grep -c '"what"')" = 2 ]
check $? "its failure is not explained here"

# privileges
for command in status 'realm list' 'realm add X.TEST 192.0.2.1' 'realm del EXAMPLE.TEST' \
	'ticket list' contexts stats explain monitor; do
	wants 'not permitted' 4 nobody sspictl "$command"
done
wants '' 0 nobody unshare -U -r -n sspictl realm add OWN.TEST kdc 192.0.2.1
wants 'no servers' 0 nobody unshare -U -r -n sspictl realm list
wants 'no contexts' 0 nobody unshare -U -r -n sspictl contexts
wants 'not permitted' 4 nobody unshare -U -r -n sspictl stats
wants 'not permitted' 4 nobody unshare -U -r sspictl realm list

# credentials as keys
adds() { # STATUS TEXT SECRET ARGUMENT...: on standard input
	status=$1 text=$2 secret=$3
	shift 3
	# shellcheck disable=SC2016
	SECRET="$secret" wants "$text" "$status" \
		sh -c 'printf "$SECRET" | sspictl cred add "$@"' - "$@"
}
wants 'no keys of type sspi' 0 sspictl cred list
adds 0 '^[0-9][0-9]*$' 'Wonderland' files.test -u alice -d CORP -f 0
adds 0 '^[0-9]' 'Wonderland\n' files.test -u alice --fd 0 -r session
wants 'session *0 *files.test' 0 sspictl cred list
[ "$(sspictl cred list | grep -c files.test)" = 1 ]
check $? "a second one of the same name has taken the place of the first"
adds 0 '' '' empty.test -u alice -f 0
adds 0 '' 0123456789abcdefABCDEF0123456789 hash.test -u bob -d CORP -n -f 0
adds 1 '32 hexadecimal' 0123456789abcdef hash2.test -u bob -n -f 0
adds 1 'control character' 'x\nuser mallory\npassword y' x.test -u alice -f 0
adds 1 'control character' x x.test -u "$(printf 'alice\npassword x\nuser mallory')" -f 0
adds 1 'longer than' "$(head -c 5000 /dev/zero | tr '\0' x)" x.test -u alice -f 0
adds 0 '' 'user a\npassword b\nuser c\ndomain D\npassword d\n' accounts.test -a -
adds 1 'does not take it' 'user a\n' x.test -a -
wants 'does not take it' 1 sspictl cred add x.test -k /etc/passwd
wants 'No such file' 1 sspictl cred add x.test -k /none
wants 'no terminal' 1 setsid sspictl cred add x.test -u alice
wants 'cred add DESCRIPTION' 2 sspictl cred add -u alice
wants 'cred add DESCRIPTION' 2 sspictl cred add x.test -u alice -k /etc/passwd
wants 'cred add DESCRIPTION' 2 sspictl cred add x.test -u alice -p Wonderland
wants 'cred add DESCRIPTION' 2 sspictl cred add x.test -u alice Wonderland
wants 'a keyring is' 2 sspictl cred add x.test -u alice -r nowhere
wants 'no such key or keyring' 1 sspictl cred add x.test -a /etc/passwd -r 12345678
adds 0 '' Wonderland user.test -u alice -f 0 -r user
wants 'user *0 *user.test' 0 sspictl cred list -r user
adds 0 '' Wonderland lasting.test -u alice -f 0 -r persistent
wants 'lasting.test' 0 sspictl cred list -r persistent
wants '"description": "lasting.test"' 0 sspictl -j cred list
wants '' 0 sspictl cred remove files.test
wants 'no such key or keyring' 1 sspictl cred remove files.test
wants '' 0 sspictl cred remove user.test -r user
wants '' 0 sspictl cred remove lasting.test
sspictl cred list | grep -q 'files.test\|user.test\|lasting.test\|x.test'
check $((! $?)) "they are gone, and what was refused was never there"
sspictl -j cred list | grep -q Wonderland
check $((! $?)) "a list has no secret"
wants '^[0-9]' 0 nobody 'printf x | sspictl cred add nobodys.test -u alice -f 0 -r user'
wants 'user *65534 *nobodys.test' 0 nobody sspictl cred list
wants 'no keys' 0 sspictl cred list -r user
wants '' 0 nobody sspictl cred remove nobodys.test -r user

# bad messages, in a namespace that goes
unshare -n nlfuzz "${FUZZ_COUNT:-1000}" | sed 's/^ *\(ok\|not ok\) [0-9]* /\1 /' >/tmp/fuzz
while read -r line; do
	case $line in
	"ok "*) check 0 "${line#ok }" ;;
	"not ok "*) check 1 "${line#not ok }" ;;
	*) echo "$line" ;;
	esac
done </tmp/fuzz

# a namespace goes with what is configured, remembered and watched
kill $watcher $other
wait $watcher $other 2>/dev/null
i=0
while [ $i -lt 5 ]; do
	i=$((i + 1))
	unshare -n sh -c 'ip link set lo up; sspictl realm add GONE.TEST kdc tcp:127.0.0.1:88
		echo "{\"op\":\"acquire\",\"package\":\"none\",\"use\":\"both\"}" | sspi-drive --kernel' >/dev/null 2>&1
done
check 0 "$i namespaces came and went"

# unloading: with a monitor, not with a session
sspi-drive --kernel </tmp/hold >/tmp/answers 2>&1 &
session=$!
exec 3>/tmp/hold
echo '{"op":"env"}' >&3
until_true grep -q SEC_E_OK /tmp/answers
ksspi out 2>/dev/null && bad=1 || bad=0
check "$bad" "ksspi stays while it has a user"
exec 3>&-
kill $session
wait $session
ksspi out
check $? "ksspi goes beside a monitor"
wants 'not loaded' 3 sspictl status
adds 3 'not loaded' x x.test -u alice -f 0
ksspi in
check $? "and comes back"
wants 'no servers of realms' 0 sspictl realm list
kill $monitor
wait $monitor 2>/dev/null
# while one is listed
i=0 busy=0
sspictl realm add A.TEST kdc 192.0.2.1
while [ $i -lt 8 ]; do
	i=$((i + 1))
	(sspictl realm list; sspictl contexts) >/dev/null 2>&1 &
	ksspi out 2>/dev/null || busy=$((busy + 1))
	wait $!
	ksspi in 2>/dev/null
done
wants Kerberos 0 sspictl status
check 0 "unloaded $((i - busy)) of $i times while it was asked"
echo "    1..$n"
