/* SPDX-License-Identifier: GPL-2.0-only */
/* A realm whose only KDC takes datagrams and says nothing. */
#ifndef _SSPI_KUNIT_SILENT_KDC_H
#define _SSPI_KUNIT_SILENT_KDC_H

#include <linux/sspi.h>

#define SILENT_REALM	"SILENT.TEST"
#define SILENT_TARGET	"host/server.silent.test"

/* 0 or a negative errno; silent_kdc_stop() in any case. */
int silent_kdc_start(void);
void silent_kdc_stop(void);
/* Questions that wait for it. */
unsigned int silent_kdc_pending(void);
/* A credential of a user of the realm, with a password. */
sec_status_t silent_kdc_acquire(struct sspi_cred_handle *cred);

#endif /* _SSPI_KUNIT_SILENT_KDC_H */
