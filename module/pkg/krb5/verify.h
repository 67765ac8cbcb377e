/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos: what an acceptor reads out of an AP-REQ, and believes. */
#ifndef _SSPI_PKG_KRB5_VERIFY_H
#define _SSPI_PKG_KRB5_VERIFY_H

#include "pkg/krb5/krb5.h"

/**
 * struct krb5_verify - a request on its way through the checks
 * @cred: with the keytab
 * @nego: of the context
 * @now: ticks, of the whole of the checks
 * @token: the framing
 * @req: views into the input
 * @ticket: the decrypted part, views into @ticket_copy
 * @auth: the authenticator, views into @auth_copy
 * @sum: its checksum
 * @service: the key that has opened the ticket
 * @pac: of the ticket; NULL data without
 * @session: key of the ticket
 * @subkey: of the initiator; type NULL if it sent none
 * @reply_type: type of the subkey to answer with; NULL for none
 * @ticket_copy: the bytes that @ticket points into
 * @auth_copy: the bytes that @auth points into
 * @options: KRB5_AP_OPTIONS_* of the client
 * @target: in UTF-16LE, as the client named it; NULL data if it did not
 * @code: for a KRB-ERROR; 0: none is sent
 */
struct krb5_verify {
	struct krb5_cred *cred;
	struct krb5_nego *nego;
	s64 now;
	struct krb5_gss_token token;
	struct krb5_ap_req req;
	struct krb5_enc_ticket ticket;
	struct krb5_authenticator auth;
	struct krb5_gss_cksum sum;
	struct krb5_key service;
	struct sspi_span pac;
	struct krb5_key session;
	struct krb5_key subkey;
	const struct krb5_enctype *reply_type;
	struct sspi_blob ticket_copy;
	struct sspi_blob auth_copy;
	u32 options;
	struct sspi_span target;
	s32 code;
};

/* Everything that RFC 4120 3.2.3 asks for, the replay check last. */
/* pac.c: the PAC of the ticket, into nego->sids */
sec_status_t krb5_pac_check(struct krb5_verify *v, struct sspi_step *step);

/* deleg.c: the KRB-CRED of the checksum, into nego->delegated */
sec_status_t krb5_deleg_read(struct krb5_verify *v, struct sspi_step *step);

sec_status_t krb5_verify_request(struct krb5_verify *v,
				 struct sspi_step *step);
void krb5_verify_free(struct krb5_verify *v);

#endif /* _SSPI_PKG_KRB5_VERIFY_H */
