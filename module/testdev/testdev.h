/* SPDX-License-Identifier: GPL-2.0-only */
/* The test device, /dev/ksspi_test: nothing at all unless it is configured. */
#ifndef _SSPI_TESTDEV_TESTDEV_H
#define _SSPI_TESTDEV_TESTDEV_H

#ifdef CONFIG_SSPI_TEST_DEVICE
int sspi_testdev_init(void);
void sspi_testdev_exit(void);
#else
static inline int sspi_testdev_init(void)
{
	return 0;
}

static inline void sspi_testdev_exit(void)
{
}
#endif

#endif /* _SSPI_TESTDEV_TESTDEV_H */
