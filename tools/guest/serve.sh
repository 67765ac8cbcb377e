#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: lets the host in until told to end. Each connection to port 9000
# is a session of sspi-drive with the module, each to 9001 one of the shell.
printf '#!/bin/sh\nexec sspi-drive --kernel 2>>/tmp/drive.err\n' >/tmp/drive
chmod 755 /tmp/drive
nc -ll -p 9000 -e /tmp/drive &
nc -ll -p 9001 -e /bin/sh &
until netstat -ltn | grep -q ':9000 ' && netstat -ltn | grep -q ':9001 '; do
	sleep 0.2
done
echo "serve.sh: the host may come in"
while [ ! -e /tmp/end ]; do sleep 1; done
killall nc
[ ! -s /tmp/drive.err ] || { cat /tmp/drive.err; exit 1; }
