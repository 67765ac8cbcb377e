// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: the PAC of a ticket, MS-PAC, MS-KILE 3.4.5.3. Its server signature
 * must be that of the key which opened the ticket, its client the ticket's; then
 * it says who the client is by SIDs, which names do not (CVE-2020-25717). One
 * that is not right refuses the request; a ticket without one is no worse for it.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "codec/krb5_pac_info.h"
#include "codec/utf16.h"
#include "crypto/krb5_pac_sum.h"
#include "pkg/krb5/verify.h"

#define FILETIME_TICKS	10000000ULL	/* in a second */
#define FILETIME_EPOCH	11644473600LL	/* seconds from 1601 to 1970 */

/* A SID that is kept: attributes, length, octets. */
#define PACKED_HEAD	5

/* PAC_CLIENT_INFO: the time and the name that the ticket has, 2.7. */
static sec_status_t check_client(const struct krb5_verify *v,
				 const struct krb5_pac *pac,
				 struct sspi_step *step)
{
	struct krb5_principal plain = { .name = v->ticket.client.name };
	s64 time = (s64)div_u64(pac->client_time, FILETIME_TICKS) -
		   FILETIME_EPOCH;
	int len = sspi_utf16le_to_utf8(pac->client_name, NULL, 0);
	struct sspi_blob text = { };
	sec_status_t status;
	bool same = false;
	char *name;

	if (!pac->has_client || len <= 0 || time != v->ticket.authtime)
		return krb5_refuse(step, SEC_E_LOGON_DENIED,
				   "the PAC is of another logon");
	status = krb5_principal_text(&plain, &name);
	if (status != SEC_E_OK)
		return status;
	text.data = sspi_alloc(len);
	if (text.data) {
		sspi_utf16le_to_utf8(pac->client_name, text.data, len);
		same = strlen(name) == (size_t)len &&
		       !memcmp(name, text.data, len);
	}
	sspi_free(name);
	sspi_free(text.data);
	if (!text.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (same)
		return SEC_E_OK;
	return krb5_refuse(step, SEC_E_LOGON_DENIED,
			   "the PAC is another client's");
}

/* Measures, or writes into @out; the number of SIDs, or -EBADMSG. */
static int pack(const struct krb5_pac_logon *logon, u8 *out, size_t *len)
{
	struct krb5_sid_walk walk;
	struct krb5_sid sid;
	int more, count = 0;

	*len = 0;
	krb5_sid_walk_init(&walk, logon);
	while ((more = krb5_sid_walk_next(&walk, &sid)) > 0) {
		if (++count > SSPI_MAX_SIDS)
			return -EBADMSG;
		if (out) {
			memcpy(out + *len, &sid.attributes, 4);
			out[*len + 4] = sid.len;
			memcpy(out + *len + PACKED_HEAD, sid.bytes, sid.len);
		}
		*len += PACKED_HEAD + sid.len;
	}
	return more < 0 ? more : count;
}

/* UPN_DNS_INFO may say the user's SID once more: it is the same. */
static bool same_user(const struct krb5_pac *pac, const u8 *packed)
{
	struct sspi_span sid = { packed + PACKED_HEAD, packed[4] };
	struct krb5_pac_upn upn;

	if (!pac->upn_dns_info.data)
		return true;
	if (krb5_parse_pac_upn(pac->upn_dns_info, &upn))
		return false;
	return !upn.sid.data || (upn.sid.len == sid.len &&
				 !memcmp(upn.sid.data, sid.data, sid.len));
}

static sec_status_t take_sids(struct krb5_verify *v, const struct krb5_pac *pac,
			      struct sspi_step *step)
{
	struct krb5_sids *sids;
	struct krb5_pac_logon logon;
	size_t len = 0;
	int count;

	if (!pac->logon_info.data)
		return SEC_E_OK;
	count = krb5_parse_pac_logon(pac->logon_info, &logon);
	if (!count)
		count = pack(&logon, NULL, &len);
	if (count < 0)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed logon information in the PAC");
	sids = sspi_alloc(sizeof(*sids) + len);
	if (!sids)
		return SEC_E_INSUFFICIENT_MEMORY;
	sids->count = count;
	pack(&logon, sids->packed, &len);
	v->nego->sids = sids;
	if (!same_user(pac, sids->packed))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the PAC has two users");
	return SEC_E_OK;
}

sec_status_t krb5_pac_check(struct krb5_verify *v, struct sspi_step *step)
{
	struct krb5_pac pac;
	sec_status_t status;
	int err;

	if (!v->pac.data)
		return SEC_E_OK;
	if (krb5_parse_pac(v->pac, &pac))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN, "malformed PAC");
	err = krb5_pac_verify_server(&pac, &v->service);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_LOGON_DENIED),
				   "the PAC's signature is wrong");
	status = check_client(v, &pac, step);
	if (status == SEC_E_OK)
		status = take_sids(v, &pac, step);
	return status;
}

/* SSPI_ATTR_SIDS. */
sec_status_t krb5_pac_query(const struct krb5_sids *sids,
			    struct sec_pkg_context_sids *out)
{
	const u8 *at = sids ? sids->packed : NULL;
	struct sspi_sid *list;
	u32 i;

	if (!sids)
		return SEC_E_UNSUPPORTED_FUNCTION;
	list = sspi_alloc(sids->count * sizeof(*list));
	if (!list)
		return SEC_E_INSUFFICIENT_MEMORY;
	for (i = 0; i < sids->count; i++) {
		memcpy(&list[i].attributes, at, 4);
		list[i].len = at[4];
		memcpy(list[i].sid, at + PACKED_HEAD, list[i].len);
		at += PACKED_HEAD + list[i].len;
	}
	out->count = sids->count;
	out->sids = list;
	return SEC_E_OK;
}
