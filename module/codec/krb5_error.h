/* SPDX-License-Identifier: GPL-2.0-only */
/* KRB-ERROR, RFC 4120 5.9.1. Nothing in it is authentic. */
#ifndef _SSPI_CODEC_KRB5_ERROR_H
#define _SSPI_CODEC_KRB5_ERROR_H

#include "codec/krb5_base.h"

struct krb5_error {
	s64 ctime;			/* optional */
	u32 cusec;			/* optional */
	s64 stime;
	u32 susec;
	s32 code;
	struct krb5_principal client;	/* optional, each half */
	struct krb5_principal server;	/* the name may have no components */
	struct sspi_span text;		/* optional; any octets */
	struct sspi_span data;		/* optional: see krb5_parse_method_data() */
};

int krb5_parse_error(struct sspi_span in, struct krb5_error *error);
int krb5_build_error(const struct krb5_error *error, u8 *out, size_t room);

/* TYPED-DATA, 5.9.1: the e-data of some errors. */
struct krb5_typed_data {
	s32 type;
	struct sspi_span value;		/* optional */
};

int krb5_parse_typed_data(struct sspi_span in, struct sspi_span *list);
int krb5_next_typed_data(struct sspi_span *list, struct krb5_typed_data *data);

/* KERB-ERROR-DATA, MS-KILE 2.2.2: an NTSTATUS in the e-data. */
int krb5_parse_error_ntstatus(struct sspi_span in, u32 *ntstatus);

#endif /* _SSPI_CODEC_KRB5_ERROR_H */
