/* SPDX-License-Identifier: GPL-2.0-only */
/* Credentials that are kept good: a leg of the package's, now and then. */
#ifndef _SSPI_CORE_REFRESH_H
#define _SSPI_CORE_REFRESH_H

#include "core/object.h"

extern unsigned int sspi_refresh_min_seconds;

/* Prepares it; true also if there is no need. */
bool sspi_refresh_make(struct sspi_cred *cred);
/* A leg has said when: unix seconds; 0 for nothing. */
void sspi_refresh_at(struct sspi_cred *cred, s64 when);
/* The handle is dead: no more of it. Context: process. */
void sspi_refresh_stop(struct sspi_cred *cred);
/* The credential goes. Context: may sleep. */
void sspi_refresh_free(struct sspi_cred *cred);

#endif /* _SSPI_CORE_REFRESH_H */
