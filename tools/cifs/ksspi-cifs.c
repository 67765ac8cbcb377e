// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksspi-cifs KEY: what /sbin/request-key starts for a key of type cifs.spnego.
 * Assumes the authority over the key and asks the kernel to complete it. It reads
 * no file, no description, no environment, and sees no ticket and no token.
 *
 * Without a library, see start.h. The exit status is 0 or an error number.
 */
#include <linux/fcntl.h>
#include <linux/keyctl.h>

#include <linux/sspi_cifs.h>
#include "start.h"

/* A serial number as request-key writes it, or 0. */
static long serial(const char *text)
{
	long n = 0;

	for (; *text >= '0' && *text <= '9' && n <= 0x7fffffff; text++)
		n = 10 * n + *text - '0';
	return *text || n > 0x7fffffff ? 0 : n;
}

static long run(long argc, char **argv)
{
	long key = argc == 2 ? serial(argv[1]) : 0;
	long ret, fd;

	if (!key)
		return -22; /* EINVAL */
	ret = call(__NR_keyctl, KEYCTL_ASSUME_AUTHORITY, key, 0, 0);
	if (ret < 0)
		return ret;
	fd = call(__NR_openat, AT_FDCWD, (long)SSPI_CIFS_DEVICE, O_RDWR | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	return call(__NR_ioctl, fd, SSPI_CIFS_ANSWER, 0, 0);
}

void start(long *stack)
{
	long ret = run(stack[0], (char **)(stack + 1));

	call(__NR_exit_group, ret < 0 ? -ret : 0, 0, 0, 0);
	__builtin_unreachable();
}
