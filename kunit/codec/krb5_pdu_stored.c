// SPDX-License-Identifier: GPL-2.0-only
/* The table of what is not a message in DER: GSS tokens, files, PACs. */
#include <linux/errno.h>

#include "codec/krb5_gss.h"
#include "codec/krb5_pac.h"
#include "codec/krb5_pac_info.h"
#include "codec/krb5_store.h"
#include "kunit/codec/krb5_pdu.h"

static int decode_keytab(struct sspi_span in, struct pdu_views *views)
{
	struct sspi_span list;
	struct krb5_keytab_entry msg;
	int err = krb5_parse_keytab(in, &list);

	if (err)
		return err;
	pdu_add(views, list);
	do {
		err = krb5_next_keytab_entry(&list, &msg);
		pdu_add_principal(views, &msg.principal);
		pdu_add(views, msg.key.key);
	} while (err > 0);
	return pdu_walked(err);
}

static int decode_gss_token(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_gss_token msg;
	int err = krb5_parse_gss_token(in, &msg);

	pdu_add(views, msg.body);
	return err;
}

static int rebuild_gss_token(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_gss_token msg;

	if (krb5_parse_gss_token(in, &msg))
		return -EBADMSG;
	return krb5_build_gss_token(&msg, out, room);
}

static int decode_gss_cksum(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_gss_cksum msg;
	int err = krb5_parse_gss_cksum(in, &msg);

	pdu_add(views, msg.delegation);
	pdu_add(views, msg.extensions);
	return err;
}

static int rebuild_gss_cksum(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_gss_cksum msg;

	if (krb5_parse_gss_cksum(in, &msg))
		return -EBADMSG;
	return krb5_build_gss_cksum(&msg, out, room);
}

static int decode_gss_mic(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_gss_mic msg;
	int err = krb5_parse_gss_mic(in, &msg);

	pdu_add(views, msg.head);
	pdu_add(views, msg.sum);
	return err;
}

static int decode_gss_wrap(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_gss_wrap msg;
	int err = krb5_parse_gss_wrap(in, &msg);

	pdu_add(views, msg.head);
	pdu_add(views, msg.body);
	return err;
}

static void add_ccache_cred(struct pdu_views *views,
			    const struct krb5_ccache_cred *cred)
{
	pdu_add_principal(views, &cred->client);
	pdu_add_principal(views, &cred->server);
	pdu_add(views, cred->key.key);
	pdu_add(views, cred->addresses);
	pdu_add(views, cred->authdata);
	pdu_add(views, cred->ticket);
	pdu_add(views, cred->second_ticket);
}

static int decode_ccache_cred(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_ccache_cred msg;
	int err = krb5_parse_ccache_cred(in, &msg);

	add_ccache_cred(views, &msg);
	return err;
}

static int decode_ccache_princ(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_principal msg;
	int err = krb5_parse_ccache_princ(in, &msg);

	pdu_add_principal(views, &msg);
	return err;
}

static int decode_ccache(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_ccache_cred cred;
	struct krb5_ccache cc;
	int err = krb5_parse_ccache(in, &cc);

	if (err)
		return err;
	pdu_add_principal(views, &cc.principal);
	pdu_add(views, cc.creds);
	do {
		err = krb5_next_ccache_cred(&cc.creds, &cred);
		add_ccache_cred(views, &cred);
	} while (err > 0);
	return pdu_walked(err);
}

static int decode_pac(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_pac_buffer buffer;
	struct krb5_pac pac;
	int err = krb5_parse_pac(in, &pac);
	u32 i;

	if (err)
		return err;
	pdu_add(views, pac.logon_info);
	pdu_add(views, pac.client_name);
	pdu_add(views, pac.server.sum);
	pdu_add(views, pac.kdc.sum);
	pdu_add(views, pac.ticket.sum);
	pdu_add(views, pac.full.sum);
	for (i = 0; krb5_pac_buffer(&pac, i, &buffer); i++)
		pdu_add(views, buffer.data);
	return i == pac.count ? 0 : -ENOTRECOVERABLE;
}

static int decode_pac_logon(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_pac_logon logon;
	struct krb5_sid_walk walk;
	struct krb5_sid sid;
	int err = krb5_parse_pac_logon(in, &logon);

	if (err)
		return err;
	pdu_add(views, logon.user_name);
	pdu_add(views, logon.domain_name);
	pdu_add(views, logon.domain);
	pdu_add(views, logon.groups.entries);
	pdu_add(views, logon.extra.entries);
	pdu_add(views, logon.extra_sids);
	pdu_add(views, logon.resource_domain);
	pdu_add(views, logon.resources.entries);
	krb5_sid_walk_init(&walk, &logon);
	do {
		struct sspi_span bytes;

		err = krb5_sid_walk_next(&walk, &sid);
		bytes = (struct sspi_span){ sid.bytes, sid.len };
		if (err > 0 && !krb5_sid_valid(bytes))
			return -ENOTRECOVERABLE;
	} while (err > 0);
	return err;
}

static int decode_pac_upn(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_pac_upn upn;
	int err = krb5_parse_pac_upn(in, &upn);

	pdu_add(views, upn.upn);
	pdu_add(views, upn.dns_domain);
	pdu_add(views, upn.sam_name);
	pdu_add(views, upn.sid);
	return err;
}

const struct krb5_pdu krb5_pdu_stored[] = {
	{ "gss_token", decode_gss_token, rebuild_gss_token, true },
	{ "gss_cksum", decode_gss_cksum, rebuild_gss_cksum, true },
	{ "gss_mic", decode_gss_mic, NULL, false },
	{ "gss_wrap", decode_gss_wrap, NULL, false },
	{ "keytab", decode_keytab, NULL, false },
	{ "ccache", decode_ccache, NULL, false },
	{ "ccache_cred", decode_ccache_cred, NULL, true },
	{ "ccache_princ", decode_ccache_princ, NULL, true },
	{ "pac", decode_pac, NULL, false },
	{ "pac_logon", decode_pac_logon, NULL, true },
	{ "pac_upn", decode_pac_upn, NULL, false },
	{ }
};
