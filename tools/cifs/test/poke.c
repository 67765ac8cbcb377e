// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks sspi_cifs what its helper never would; the exit status is the error number.
 *
 *	poke direct	without an authority
 *	poke other	for another command
 *	poke late KEY	after somebody with the same authority has completed KEY
 *
 * and mounts, as mount.cifs does: poke mount SHARE FOLDER OPTIONS
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/sspi_cifs.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>


static int result(long ret)
{
	return ret < 0 ? -errno : 0;
}

static int ask(unsigned long command)
{
	int fd = open(SSPI_CIFS_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? result(fd) : result(ioctl(fd, command, 0));
}

static int assume(long key)
{
	return result(syscall(SYS_keyctl, KEYCTL_ASSUME_AUTHORITY, key));
}

/* A message without key and token. */
static int complete(long key)
{
	static const uint32_t message[4] = { 2 };

	return result(syscall(SYS_keyctl, KEYCTL_INSTANTIATE, key, message, sizeof(message), 0));
}

static int late(long key)
{
	int err = assume(key), status = 0;
	pid_t child;

	if (err)
		return err;
	child = fork();
	if (!child)
		_exit(complete(key) ? 1 : 0);
	if (child < 0 || waitpid(child, &status, 0) < 0 || status)
		return -EIO;
	return ask(SSPI_CIFS_ANSWER);
}

static int run(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "direct"))
		return ask(SSPI_CIFS_ANSWER);
	if (!strcmp(what, "other"))
		return ask(SSPI_CIFS_ANSWER + 1);
	if (!strcmp(what, "late") && argc == 3)
		return late(strtol(argv[2], NULL, 10));
	if (!strcmp(what, "mount") && argc == 5)
		return result(mount(argv[2], argv[3], "cifs", 0, argv[4]));
	return -EINVAL;
}

int main(int argc, char **argv)
{
	return -run(argc, argv);
}
