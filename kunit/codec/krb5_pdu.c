// SPDX-License-Identifier: GPL-2.0-only
/* The table of the messages, and what both tables share. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/krb5_ap.h"
#include "codec/krb5_cred.h"
#include "codec/krb5_error.h"
#include "codec/krb5_fast.h"
#include "codec/krb5_kdc.h"
#include "kunit/codec/krb5_pdu.h"

#define MAX_LIST	8

void pdu_add(struct pdu_views *views, struct sspi_span view)
{
	if (views->count < PDU_MAX_VIEWS)
		views->at[views->count++] = view;
}

static void add_name(struct pdu_views *views, const struct krb5_name *name)
{
	u32 i;

	for (i = 0; i < name->count; i++)
		pdu_add(views, name->part[i]);
}

void pdu_add_principal(struct pdu_views *views,
		       const struct krb5_principal *princ)
{
	pdu_add(views, princ->realm);
	add_name(views, &princ->name);
}

static void add_ticket(struct pdu_views *views,
		       const struct krb5_ticket *ticket)
{
	pdu_add(views, ticket->whole);
	pdu_add(views, ticket->realm);
	add_name(views, &ticket->sname);
	pdu_add(views, ticket->enc.cipher);
}

/* A parser has walked its list: behind it the walk cannot fail. */
int pdu_walked(int err)
{
	return err ? -ENOTRECOVERABLE : 0;
}

static int decode_ticket(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_ticket msg;
	int err = krb5_parse_ticket(in, &msg);

	add_ticket(views, &msg);
	return err;
}

static int rebuild_ticket(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_ticket msg;

	if (krb5_parse_ticket(in, &msg))
		return -EBADMSG;
	return krb5_build_ticket(&msg, out, room);
}

static int decode_enc_ticket(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_enc_ticket msg;
	int err = krb5_parse_enc_ticket(in, &msg);

	pdu_add(views, msg.key.key);
	pdu_add_principal(views, &msg.client);
	pdu_add(views, msg.transited);
	pdu_add(views, msg.addresses);
	pdu_add(views, msg.authdata);
	return err;
}

static int rebuild_enc_ticket(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_enc_ticket msg;

	if (krb5_parse_enc_ticket(in, &msg))
		return -EBADMSG;
	return krb5_build_enc_ticket(&msg, out, room);
}

static int decode_ap_req(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_ap_req msg;
	int err = krb5_parse_ap_req(in, &msg);

	add_ticket(views, &msg.ticket);
	pdu_add(views, msg.authenticator.cipher);
	return err;
}

static int rebuild_ap_req(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_ap_req msg;

	if (krb5_parse_ap_req(in, &msg))
		return -EBADMSG;
	return krb5_build_ap_req(&msg, out, room);
}

static int decode_authenticator(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_authenticator msg;
	int err = krb5_parse_authenticator(in, &msg);

	pdu_add_principal(views, &msg.client);
	pdu_add(views, msg.cksum.sum);
	pdu_add(views, msg.subkey.key);
	pdu_add(views, msg.authdata);
	return err;
}

static int rebuild_authenticator(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_authenticator msg;

	if (krb5_parse_authenticator(in, &msg))
		return -EBADMSG;
	return krb5_build_authenticator(&msg, out, room);
}

static int decode_ap_rep(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_encrypted msg;
	int err = krb5_parse_ap_rep(in, &msg);

	pdu_add(views, msg.cipher);
	return err;
}

static int rebuild_ap_rep(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_encrypted msg;

	if (krb5_parse_ap_rep(in, &msg))
		return -EBADMSG;
	return krb5_build_ap_rep(&msg, out, room);
}

static int decode_enc_ap_rep(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_enc_ap_rep msg;
	int err = krb5_parse_enc_ap_rep(in, &msg);

	pdu_add(views, msg.subkey.key);
	return err;
}

static int rebuild_enc_ap_rep(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_enc_ap_rep msg;

	if (krb5_parse_enc_ap_rep(in, &msg))
		return -EBADMSG;
	return krb5_build_enc_ap_rep(&msg, out, room);
}

static int decode_encrypted(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_encrypted msg;
	int err = krb5_parse_encrypted(in, &msg);

	pdu_add(views, msg.cipher);
	return err;
}

static int rebuild_encrypted(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_encrypted msg;

	if (krb5_parse_encrypted(in, &msg))
		return -EBADMSG;
	return krb5_build_encrypted(&msg, out, room);
}

static int decode_key(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_keyview msg;
	int err = krb5_parse_keyview(in, &msg);

	pdu_add(views, msg.key);
	return err;
}

static int decode_kdc_rep(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_kdc_rep msg;
	int err = krb5_parse_kdc_rep(in, &msg);

	pdu_add(views, msg.padata);
	pdu_add_principal(views, &msg.client);
	add_ticket(views, &msg.ticket);
	pdu_add(views, msg.enc.cipher);
	return err;
}

static int decode_enc_kdc_rep(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_enc_kdc_rep msg;
	int err = krb5_parse_enc_kdc_rep(in, &msg);

	pdu_add(views, msg.key.key);
	pdu_add(views, msg.last_req);
	pdu_add_principal(views, &msg.server);
	pdu_add(views, msg.addresses);
	pdu_add(views, msg.enc_padata);
	return err;
}

static int decode_cred(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_cred_msg msg;
	int err = krb5_parse_cred(in, &msg);

	pdu_add(views, msg.tickets);
	pdu_add(views, msg.enc.cipher);
	return err;
}

static int rebuild_cred(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_cred_msg msg;

	if (krb5_parse_cred(in, &msg))
		return -EBADMSG;
	return krb5_build_cred(&msg, out, room);
}

static int decode_enc_cred(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_enc_cred msg;
	int err = krb5_parse_enc_cred(in, &msg);

	pdu_add(views, msg.infos);
	pdu_add(views, msg.s_address.address);
	pdu_add(views, msg.r_address.address);
	return err;
}

static int rebuild_enc_cred(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_enc_cred msg;

	if (krb5_parse_enc_cred(in, &msg))
		return -EBADMSG;
	return krb5_build_enc_cred(&msg, out, room);
}

/* A list of one. */
static int decode_cred_info(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_cred_info msg;
	int err = krb5_next_cred_info(&in, &msg);

	if (err <= 0 || in.len)
		return -EBADMSG;
	pdu_add(views, msg.key.key);
	pdu_add_principal(views, &msg.client);
	pdu_add_principal(views, &msg.server);
	pdu_add(views, msg.addresses);
	return 0;
}

static int rebuild_cred_info(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_cred_info msg;

	if (krb5_next_cred_info(&in, &msg) <= 0)
		return -EBADMSG;
	return krb5_build_cred_info(&msg, out, room);
}

static int decode_error(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_error msg;
	int err = krb5_parse_error(in, &msg);

	pdu_add_principal(views, &msg.client);
	pdu_add_principal(views, &msg.server);
	pdu_add(views, msg.text);
	pdu_add(views, msg.data);
	return err;
}

static int rebuild_error(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_error msg;

	if (krb5_parse_error(in, &msg))
		return -EBADMSG;
	return krb5_build_error(&msg, out, room);
}

static int decode_for_user(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_pa_for_user msg;
	int err = krb5_parse_pa_for_user(in, &msg);

	pdu_add_principal(views, &msg.user);
	pdu_add(views, msg.cksum.sum);
	pdu_add(views, msg.package);
	return err;
}

static int rebuild_for_user(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_pa_for_user msg;

	if (krb5_parse_pa_for_user(in, &msg))
		return -EBADMSG;
	return krb5_build_pa_for_user(&msg, out, room);
}

static int decode_s4u(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_pa_s4u msg;
	int err = krb5_parse_pa_s4u(in, &msg);

	pdu_add(views, msg.user_id);
	pdu_add(views, msg.cksum.sum);
	return err;
}

static int rebuild_s4u(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_pa_s4u msg;

	if (krb5_parse_pa_s4u(in, &msg))
		return -EBADMSG;
	return krb5_build_pa_s4u(&msg, out, room);
}

static int decode_s4u_user(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_s4u_user msg;
	int err = krb5_parse_s4u_user(in, &msg);

	pdu_add_principal(views, &msg.user);
	pdu_add(views, msg.certificate);
	return err;
}

static int rebuild_s4u_user(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_s4u_user msg;

	if (krb5_parse_s4u_user(in, &msg))
		return -EBADMSG;
	return krb5_build_s4u_user(&msg, out, room);
}

static int decode_enc_ts(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_pa_enc_ts msg;

	return krb5_parse_pa_enc_ts(in, &msg);
}

static int rebuild_enc_ts(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_pa_enc_ts msg;

	if (krb5_parse_pa_enc_ts(in, &msg))
		return -EBADMSG;
	return krb5_build_pa_enc_ts(&msg, out, room);
}

static int decode_fast_request(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_fast_armored_req msg;
	int err = krb5_parse_fast_request(in, &msg);

	pdu_add(views, msg.armor.value);
	pdu_add(views, msg.cksum.sum);
	pdu_add(views, msg.enc.cipher);
	return err;
}

static int rebuild_fast_request(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_fast_armored_req msg;

	if (krb5_parse_fast_request(in, &msg))
		return -EBADMSG;
	return krb5_build_fast_request(&msg, out, room);
}

static int decode_fast_reply(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_encrypted msg;
	int err = krb5_parse_fast_reply(in, &msg);

	pdu_add(views, msg.cipher);
	return err;
}

static int decode_fast_response(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_fast_response msg;
	int err = krb5_parse_fast_response(in, &msg);

	pdu_add(views, msg.padata);
	pdu_add(views, msg.strengthen_key.key);
	pdu_add_principal(views, &msg.finished.client);
	pdu_add(views, msg.finished.ticket_cksum.sum);
	return err;
}

static int decode_padata(struct sspi_span in, struct pdu_views *views)
{
	struct sspi_span list;
	struct krb5_padata msg;
	int err = krb5_parse_method_data(in, &list);

	if (err)
		return err;
	pdu_add(views, list);
	do {
		err = krb5_next_padata(&list, &msg);
		pdu_add(views, msg.value);
	} while (err > 0);
	return pdu_walked(err);
}

static int decode_typed_data(struct sspi_span in, struct pdu_views *views)
{
	struct sspi_span list;
	struct krb5_typed_data msg;
	int err = krb5_parse_typed_data(in, &list);

	if (err)
		return err;
	pdu_add(views, list);
	do {
		err = krb5_next_typed_data(&list, &msg);
		pdu_add(views, msg.value);
	} while (err > 0);
	return pdu_walked(err);
}

static int decode_info(struct sspi_span in, struct pdu_views *views)
{
	struct sspi_span list;
	struct krb5_etype_info msg;
	int err = krb5_parse_etype_info(in, &list);

	if (err)
		return err;
	pdu_add(views, list);
	do {
		err = krb5_next_etype_info(&list, &msg);
		pdu_add(views, msg.salt);
	} while (err > 0);
	return pdu_walked(err);
}

static int decode_info2(struct sspi_span in, struct pdu_views *views)
{
	struct sspi_span list;
	struct krb5_etype_info msg;
	int err = krb5_parse_etype_info2(in, &list);

	if (err)
		return err;
	pdu_add(views, list);
	do {
		err = krb5_next_etype_info2(&list, &msg);
		pdu_add(views, msg.salt);
		pdu_add(views, msg.params);
	} while (err > 0);
	return pdu_walked(err);
}

static int rebuild_padata(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_padata pa[MAX_LIST];
	unsigned int count = 0;
	struct sspi_span list;

	if (krb5_parse_method_data(in, &list))
		return -EBADMSG;
	while (count < MAX_LIST && krb5_next_padata(&list, &pa[count]) > 0)
		count++;
	return krb5_build_method_data(pa, count, out, room);
}

static int decode_ad(struct sspi_span in, struct pdu_views *views)
{
	struct sspi_span list;
	struct krb5_ad msg;
	int err = krb5_parse_ad_list(in, &list);

	if (err)
		return err;
	pdu_add(views, list);
	do {
		err = krb5_next_ad(&list, &msg);
		pdu_add(views, msg.data);
	} while (err > 0);
	return pdu_walked(err);
}

/* Through AD-IF-RELEVANT. */
static int decode_ad_walk(struct sspi_span in, struct pdu_views *views)
{
	struct krb5_ad_walk walk;
	struct sspi_span list;
	struct krb5_ad ad;
	int err = krb5_parse_ad_list(in, &list);

	if (err)
		return err;
	pdu_add(views, list);
	krb5_ad_walk_init(&walk, list);
	do {
		err = krb5_ad_walk_next(&walk, &ad);
		pdu_add(views, ad.data);
	} while (err > 0);
	return err;
}

static int rebuild_ad(struct sspi_span in, u8 *out, size_t room)
{
	struct krb5_ad ad[MAX_LIST];
	unsigned int count = 0;
	struct sspi_span list;

	if (krb5_parse_ad_list(in, &list))
		return -EBADMSG;
	while (count < MAX_LIST && krb5_next_ad(&list, &ad[count]) > 0)
		count++;
	return krb5_build_ad_list(ad, count, out, room);
}

const struct krb5_pdu krb5_pdu_messages[] = {
	{ "ticket", decode_ticket, rebuild_ticket, true },
	{ "enc_tkt_part", decode_enc_ticket, rebuild_enc_ticket, true },
	{ "ap_req", decode_ap_req, rebuild_ap_req, true },
	{ "authenticator", decode_authenticator, rebuild_authenticator, true },
	{ "ap_rep", decode_ap_rep, rebuild_ap_rep, true },
	{ "ap_rep_enc_part", decode_enc_ap_rep, rebuild_enc_ap_rep, true },
	{ "enc_data", decode_encrypted, rebuild_encrypted, true },
	{ "keyblock", decode_key, NULL, true },
	{ "as_rep", decode_kdc_rep, NULL, true },
	{ "tgs_rep", decode_kdc_rep, NULL, true },
	{ "enc_kdc_rep_part", decode_enc_kdc_rep, NULL, true },
	{ "cred", decode_cred, rebuild_cred, true },
	{ "cred_info", decode_cred_info, rebuild_cred_info, true },
	{ "s4u_user", decode_s4u_user, rebuild_s4u_user, true },
	{ "enc_cred_part", decode_enc_cred, rebuild_enc_cred, true },
	{ "error", decode_error, rebuild_error, true },
	{ "authorization_data", decode_ad, rebuild_ad, true },
	{ "ad_walk", decode_ad_walk, NULL, true },
	{ "padata_sequence", decode_padata, rebuild_padata, true },
	{ "typed_data", decode_typed_data, NULL, true },
	{ "etype_info", decode_info, NULL, true },
	{ "etype_info2", decode_info2, NULL, true },
	{ "pa_enc_ts", decode_enc_ts, rebuild_enc_ts, true },
	{ "pa_for_user", decode_for_user, rebuild_for_user, true },
	{ "pa_s4u_x509_user", decode_s4u, rebuild_s4u, true },
	{ "pa_fx_fast_request", decode_fast_request, rebuild_fast_request,
	  true },
	{ "pa_fx_fast_reply", decode_fast_reply, NULL, true },
	{ "fast_response", decode_fast_response, NULL, true },
	{ }
};

const struct krb5_pdu *krb5_pdu_find(const char *kind)
{
	static const struct krb5_pdu *const tables[] = {
		krb5_pdu_messages, krb5_pdu_stored,
	};
	const struct krb5_pdu *pdu;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		for (pdu = tables[i]; pdu->kind; pdu++) {
			if (!strcmp(pdu->kind, kind))
				return pdu;
		}
	}
	return NULL;
}
