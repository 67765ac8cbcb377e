/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every decoder of the Kerberos codec in one form, for tests: decode and hand
 * out what it found, and, where there is a builder, build it again. Also
 * compiled in userspace by the fuzz targets.
 */
#ifndef _SSPI_KUNIT_KRB5_PDU_H
#define _SSPI_KUNIT_KRB5_PDU_H

#include <linux/sspi_span.h>
#include <linux/types.h>

#include "codec/krb5_base.h"

#define PDU_MAX_VIEWS	32

struct pdu_views {
	struct sspi_span at[PDU_MAX_VIEWS];
	unsigned int count;
};

struct krb5_pdu {
	const char *kind;	/* NULL behind the last */
	int (*decode)(struct sspi_span in, struct pdu_views *views);
	/* Decodes @in, which is well formed, and builds it into @out. */
	int (*rebuild)(struct sspi_span in, u8 *out, size_t room);
	/* No shorter piece of it is well formed. */
	bool whole;
};

/* Messages; GSS tokens, files and PACs. */
extern const struct krb5_pdu krb5_pdu_messages[];
extern const struct krb5_pdu krb5_pdu_stored[];

const struct krb5_pdu *krb5_pdu_find(const char *kind);

/* For the decoders in the tables. */
void pdu_add(struct pdu_views *views, struct sspi_span view);
void pdu_add_principal(struct pdu_views *views,
		       const struct krb5_principal *princ);
int pdu_walked(int err);

#endif /* _SSPI_KUNIT_KRB5_PDU_H */
