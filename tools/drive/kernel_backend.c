// SPDX-License-Identifier: GPL-2.0-only
/* The back end of --kernel: the executor behind the test device. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"

#define DEVICE "/dev/ksspi_test"

static int device = -1;

static bool kernel_open(void)
{
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		fprintf(stderr, "sspi-drive: " DEVICE ": %s\n",
			strerror(errno));
	return device >= 0;
}

/* One write is one request, one read its whole answer. */
static size_t kernel_call(struct sspi_span request, unsigned char **answer)
{
	size_t room = 2 * request.len + 1024 * 1024;
	ssize_t len;

	*answer = malloc(room);
	if (!*answer)
		return 0;
	if (write(device, request.data, request.len) != (ssize_t)request.len) {
		fprintf(stderr, "sspi-drive: write: %s\n", strerror(errno));
		return 0;
	}
	len = read(device, *answer, room);
	if (len < 0)
		fprintf(stderr, "sspi-drive: read: %s\n", strerror(errno));
	return len < 0 ? 0 : (size_t)len;
}

static void kernel_close(void)
{
	close(device);
}

const struct backend kernel_backend = { kernel_open, kernel_call,
					kernel_close };
