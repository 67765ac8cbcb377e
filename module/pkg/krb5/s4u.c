// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: a service acts for a user (MS-SFU). S4U2Self gets a ticket of the
 * user's to the service itself, without any proof of the user's; S4U2Proxy
 * takes that as evidence and gets one to another service. The KDC decides on
 * both. In the service's own realm.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "pkg/krb5/s4u.h"

/* MS-SFU 2.2.1: the name of the package is covered by the checksum. */
static const char package_name[] = "Kerberos";

sec_status_t krb5_s4u_next(struct krb5_ask *ask, struct krb5_cred *cred,
			   struct sspi_step *step)
{
	const struct krb5_principal *self = &ask->tgt->client;
	s64 now = krb5_seconds(krb5_now(cred, step));

	if (!krb5_realm_equal(krb5_tgt_realm(ask->tgt), self->realm) ||
	    !krb5_realm_equal(ask->realm, self->realm))
		return krb5_refuse(step, SEC_E_UNSUPPORTED_FUNCTION,
				   "a user is acted for in the service's own realm only");
	if (!ask->evidence)
		ask->evidence = krb5_tkt_get(cred->evidence);
	if (!ask->evidence)
		ask->evidence = krb5_tkt_find(cred, self, KRB5_KIND_FOR_USER,
					      now);
	ask->stage = ask->evidence ? KRB5_STAGE_PROXY : KRB5_STAGE_SELF;
	ask->sname = ask->evidence ? ask->goal.server.name : self->name;
	return SEC_E_OK;
}

static sec_status_t checksum(const struct krb5_key *key, s32 type, u32 usage,
			     struct sspi_span data, u8 *sum)
{
	struct krb5_sum_key prepared;
	int err;

	err = krb5_sum_prepare(&prepared, key, type, usage);
	if (!err)
		err = krb5_checksum(&prepared, &data, 1, sum);
	krb5_sum_wipe(&prepared);
	return krb5_status(err, SEC_E_INTERNAL_ERROR);
}

/*
 * PA-FOR-USER, 2.2.1; its checksum is MD5's whatever the key is. The name is
 * assigned: where the stack is initialised (CONFIG_INIT_STACK_ALL_ZERO), gcc 12
 * clears bytes of an initialised name, for those of the padding behind it.
 */
static sec_status_t build_for_user(const struct krb5_ask *ask,
				   const struct krb5_cred *cred,
				   struct sspi_blob *out)
{
	u8 sum[KRB5_MAX_CHECKSUM];
	struct krb5_pa_for_user pa = { };
	struct sspi_blob covered = { };
	sec_status_t status;

	pa.user = cred->user;
	pa.cksum = (struct krb5_checksum){ KRB5_CKSUMTYPE_HMAC_MD5, { sum, 16 } };
	pa.package = krb5_text(package_name);
	status = krb5_grow(&covered, krb5_build_pa_for_user_sum(&pa, NULL, 0));
	if (status == SEC_E_OK) {
		krb5_build_pa_for_user_sum(&pa, covered.data, covered.len);
		status = checksum(&ask->tgt->key, KRB5_CKSUMTYPE_HMAC_MD5,
				  KRB5_USAGE_FOR_USER, krb5_span(&covered),
				  sum);
	}
	sspi_free(covered.data);
	if (status == SEC_E_OK)
		status = krb5_grow(out, krb5_build_pa_for_user(&pa, NULL, 0));
	if (status == SEC_E_OK)
		krb5_build_pa_for_user(&pa, out->data, out->len);
	return status;
}

/* PA-S4U-X509-USER, 2.2.2, without a certificate. */
static sec_status_t build_x509(const struct krb5_ask *ask,
			       const struct krb5_cred *cred,
			       struct sspi_blob *out)
{
	const struct krb5_enctype *type = ask->subkey.type;
	struct krb5_s4u_user user = { };
	u8 sum[KRB5_MAX_CHECKSUM];
	struct krb5_pa_s4u pa = {
		.cksum = { type->checksum, { sum, type->checksum_len } },
	};
	struct sspi_blob id = { };
	sec_status_t status;

	user.nonce = ask->nonce;
	user.user = cred->user;
	user.has_options = true;
	user.options = KRB5_S4U_USE_REPLY_KEY_USAGE;
	status = krb5_grow(&id, krb5_build_s4u_user(&user, NULL, 0));
	if (status == SEC_E_OK) {
		krb5_build_s4u_user(&user, id.data, id.len);
		pa.user_id = krb5_span(&id);
		status = checksum(&ask->subkey, 0, KRB5_USAGE_S4U_REQUEST,
				  pa.user_id, sum);
	}
	if (status == SEC_E_OK)
		status = krb5_grow(out, krb5_build_pa_s4u(&pa, NULL, 0));
	if (status == SEC_E_OK)
		krb5_build_pa_s4u(&pa, out->data, out->len);
	sspi_free(id.data);
	return status;
}

/* Resource-based constrained delegation too, MS-KILE 2.2.10. */
static sec_status_t build_proxy(struct krb5_s4u *out)
{
	sec_status_t status;

	status = krb5_grow(&out->user,
			   krb5_build_pac_options(KRB5_PAC_OPT_RBCD, NULL, 0));
	if (status != SEC_E_OK)
		return status;
	krb5_build_pac_options(KRB5_PAC_OPT_RBCD, out->user.data,
			       out->user.len);
	out->pa[out->count++] = (struct krb5_padata){
		KRB5_PA_PAC_OPTIONS, krb5_span(&out->user) };
	return SEC_E_OK;
}

sec_status_t krb5_s4u_build(const struct krb5_ask *ask,
			    const struct krb5_cred *cred,
			    struct krb5_s4u *out)
{
	sec_status_t status;

	if (ask->stage == KRB5_STAGE_PROXY)
		return build_proxy(out);
	if (ask->stage != KRB5_STAGE_SELF)
		return SEC_E_OK;
	status = build_x509(ask, cred, &out->x509);
	if (status != SEC_E_OK)
		return status;
	out->pa[out->count++] = (struct krb5_padata){
		KRB5_PA_S4U_X509_USER, krb5_span(&out->x509) };
	if (sspi_crypto_fips())
		return SEC_E_OK;
	status = build_for_user(ask, cred, &out->user);
	if (status == SEC_E_OK)
		out->pa[out->count++] = (struct krb5_padata){
			KRB5_PA_FOR_USER, krb5_span(&out->user) };
	return status;
}

void krb5_s4u_free(struct krb5_s4u *s4u)
{
	sspi_free(s4u->user.data);
	sspi_free(s4u->x509.data);
}

/*
 * What we asked for was outside of every checksum, unless there was armour: who
 * took it out got a ticket of the service's own, and may write the user's name
 * on it. So the KDC has to say the name again, under the subkey.
 */
sec_status_t krb5_s4u_check(const struct krb5_ask *ask,
			    const struct krb5_cred *cred,
			    struct sspi_span padata, struct sspi_step *step)
{
	struct krb5_s4u_user user;
	struct krb5_sum_key sum;
	struct sspi_span value;
	struct krb5_pa_s4u pa;
	int err;

	if (ask->stage != KRB5_STAGE_SELF)
		return SEC_E_OK;
	if (!padata.data ||
	    !krb5_find_padata(padata, KRB5_PA_S4U_X509_USER, &value))
		return ask->armor.type ? SEC_E_OK :
		       krb5_refuse(step, SEC_E_DOWNGRADE_DETECTED,
				   "the KDC does not say for which user it answers");
	if (krb5_parse_pa_s4u(value, &pa) ||
	    krb5_parse_s4u_user(pa.user_id, &user))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed PA-S4U-X509-USER");
	/* Our own, sent back, has the option and the request's usage. */
	err = krb5_sum_prepare(&sum, &ask->subkey, pa.cksum.type,
			       user.options & KRB5_S4U_USE_REPLY_KEY_USAGE ?
			       KRB5_USAGE_S4U_REPLY : KRB5_USAGE_S4U_REQUEST);
	if (!err)
		err = krb5_checksum_verify(&sum, &pa.user_id, 1, pa.cksum.sum);
	krb5_sum_wipe(&sum);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_INVALID_TOKEN),
				   "what the KDC says of the user was altered");
	if (user.nonce != ask->nonce ||
	    !krb5_principal_equal(&user.user, &cred->user))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC answers for another user");
	return SEC_E_OK;
}

static sec_status_t take_self(struct krb5_ask *ask, struct krb5_cred *cred,
			      const struct krb5_answer *answer,
			      struct sspi_step *step)
{
	const struct krb5_principal *self = &ask->tgt->client;
	sec_status_t status;

	if (!krb5_principal_equal(&answer->rep.client, &cred->user))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket is another user's");
	if (!krb5_principal_equal(&answer->part.server, self))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket for the user is for another service");
	status = krb5_ask_keep(ask, cred, answer, self, KRB5_KIND_FOR_USER,
			       step, &ask->evidence);
	if (status == SEC_E_OK &&
	    krb5_principal_equal(self, &ask->goal.server))
		ask->tkt = krb5_tkt_get(ask->evidence);
	return status;
}

sec_status_t krb5_s4u_take(struct krb5_ask *ask, struct krb5_cred *cred,
			   const struct krb5_answer *answer,
			   struct sspi_step *step)
{
	if (ask->stage == KRB5_STAGE_SELF)
		return take_self(ask, cred, answer, step);
	if (!krb5_principal_equal(&answer->rep.client, &ask->evidence->client))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket is another user's");
	if (!krb5_principal_equal(&answer->part.server, &ask->goal.server))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket is for another service");
	return krb5_ask_keep(ask, cred, answer, &ask->goal.server,
			     KRB5_KIND_FOR_USER, step, &ask->tkt);
}
