// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: long-term keys and what they prove, RFC 4120 5.2.7. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/krb5_store.h"
#include "pkg/krb5/ask.h"

bool krb5_has_long_term(const struct krb5_cred *cred)
{
	return cred->has_password || cred->key_count || cred->client_keytab;
}

/* The key of the highest version in the keytab. */
static bool keytab_key(struct krb5_cred *cred, s32 enctype,
		       struct krb5_key *key)
{
	struct sspi_span list = cred->entries;
	struct krb5_keytab_entry entry;
	bool found = false;
	u32 kvno = 0;

	while (krb5_next_keytab_entry(&list, &entry) > 0) {
		if (entry.key.enctype != enctype ||
		    !krb5_principal_equal(&entry.principal, &cred->client) ||
		    (found && entry.kvno < kvno))
			continue;
		if (krb5_key_set(key, enctype, entry.key.key))
			continue;
		kvno = entry.kvno;
		found = true;
	}
	return found;
}

static bool has_key(struct krb5_cred *cred, s32 enctype, struct krb5_key *key)
{
	u32 i;

	for (i = 0; i < cred->key_count; i++) {
		if (cred->keys[i].type->number == enctype) {
			*key = cred->keys[i];
			return true;
		}
	}
	return cred->client_keytab && keytab_key(cred, enctype, key);
}

/* The entry of ETYPE-INFO2, else ETYPE-INFO, for @enctype. */
static bool find_info(struct sspi_span padata, s32 enctype,
		      struct krb5_etype_info *info, bool *any)
{
	struct sspi_span value, list;

	*any = false;
	if (krb5_find_padata(padata, KRB5_PA_ETYPE_INFO2, &value) &&
	    !krb5_parse_etype_info2(value, &list)) {
		*any = true;
		while (krb5_next_etype_info2(&list, info) > 0)
			if (info->enctype == enctype)
				return true;
		return false;
	}
	if (krb5_find_padata(padata, KRB5_PA_ETYPE_INFO, &value) &&
	    !krb5_parse_etype_info(value, &list)) {
		*any = true;
		while (krb5_next_etype_info(&list, info) > 0)
			if (info->enctype == enctype)
				return true;
	}
	return false;
}

/* RFC 4120 4: the realm and the components in a row. */
static sec_status_t default_salt(const struct krb5_principal *client,
				 struct sspi_blob *out)
{
	size_t at = client->realm.len;
	u32 i;

	out->len = krb5_principal_room(client);
	out->data = sspi_alloc(out->len ? out->len : 1);
	if (!out->data)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(out->data, client->realm.data, client->realm.len);
	for (i = 0; i < client->name.count; i++) {
		memcpy(out->data + at, client->name.part[i].data,
		       client->name.part[i].len);
		at += client->name.part[i].len;
	}
	return SEC_E_OK;
}

static sec_status_t from_password(struct krb5_ask *ask,
				  struct krb5_cred *cred, s32 enctype,
				  const struct krb5_etype_info *info,
				  struct sspi_step *step)
{
	struct krb5_s2k s2k = { .salt = info->salt, .params = info->params };
	struct sspi_blob salt = { };
	sec_status_t status = SEC_E_OK;

	if (!s2k.salt.data) {
		status = default_salt(&ask->client, &salt);
		s2k.salt = krb5_span(&salt);
	}
	if (status == SEC_E_OK)
		status = krb5_password_key(cred, enctype, &s2k, step,
					   &ask->key);
	sspi_free(salt.data);
	return status;
}

/* Whether there is a key of the type, or could be: the KDC knows the salt. */
bool krb5_may_have_key(struct krb5_cred *cred, s32 enctype)
{
	struct krb5_key key = { };
	bool has = has_key(cred, enctype, &key);

	krb5_key_wipe(&key);
	return has || (cred->has_password && krb5_password_may(cred, enctype));
}

/*
 * The key for @enctype, or for @enctype 0 of the type that we like best of
 * those that the KDC offers: nobody has signed the offer.
 */
sec_status_t krb5_long_term_key(struct krb5_ask *ask, struct krb5_cred *cred,
				struct sspi_span padata, s32 enctype,
				struct sspi_step *step)
{
	struct krb5_etype_info info;
	bool listed, any;
	sec_status_t status;
	u32 i;

	if (ask->key.type && (!enctype || ask->key.type->number == enctype))
		return SEC_E_OK;
	for (i = 0; i < cred->enctype_count; i++) {
		s32 candidate = cred->enctypes[i];

		if (enctype && candidate != enctype)
			continue;
		memset(&info, 0, sizeof(info));
		listed = find_info(padata, candidate, &info, &any);
		if (any && !listed && !enctype)
			continue;
		if (!listed)
			memset(&info, 0, sizeof(info));
		if (has_key(cred, candidate, &ask->key))
			return SEC_E_OK;
		if (!cred->has_password)
			continue;
		status = from_password(ask, cred, candidate, &info, step);
		if (status != SEC_E_NO_CREDENTIALS)
			return status;
	}
	return krb5_refuse(step, SEC_E_KDC_UNKNOWN_ETYPE,
			   "no key of a type that the KDC takes");
}

static sec_status_t seal_time(const struct krb5_key *key, u32 usage,
			      struct krb5_cred *cred, struct sspi_step *step,
			      struct sspi_blob *out)
{
	s64 now = krb5_now(cred, step);
	struct krb5_pa_enc_ts ts = {
		.time = krb5_seconds(now),
		.has_usec = true,
		.usec = krb5_usec(now),
	};
	struct krb5_encrypted enc = { .enctype = key->type->number };
	struct sspi_blob cipher;
	sec_status_t status;
	u8 *plain;
	int len = krb5_build_pa_enc_ts(&ts, NULL, 0);

	status = krb5_seal_begin(key, len, &cipher, &plain);
	if (status != SEC_E_OK)
		return status;
	krb5_build_pa_enc_ts(&ts, plain, len);
	status = krb5_seal_end(step, key, usage, &cipher, len);
	enc.cipher = krb5_span(&cipher);
	if (status == SEC_E_OK)
		status = krb5_grow(out, krb5_build_encrypted(&enc, NULL, 0));
	if (status == SEC_E_OK)
		krb5_build_encrypted(&enc, out->data, out->len);
	sspi_free(cipher.data);
	return status;
}

/*
 * PA-ENC-TIMESTAMP, 5.2.7.2; in armour the same under a key that nobody can
 * guess, RFC 6113 5.4.6.
 */
sec_status_t krb5_prove_key(struct krb5_ask *ask, struct krb5_cred *cred,
			    struct sspi_step *step, struct sspi_blob *out)
{
	struct krb5_key key;
	sec_status_t status;

	if (!ask->armor.type)
		return seal_time(&ask->key, KRB5_USAGE_PA_ENC_TS, cred, step,
				 out);
	status = krb5_combine(&key, &ask->armor, "clientchallengearmor",
			      &ask->key, "challengelongterm");
	if (status == SEC_E_OK)
		status = seal_time(&key, KRB5_USAGE_CHALLENGE_CLIENT, cred,
				   step, out);
	krb5_key_wipe(&key);
	return status;
}

/* The KDC's own challenge: only who has our key could make it. */
sec_status_t krb5_check_challenge(const struct krb5_ask *ask,
				  struct sspi_span padata,
				  struct sspi_step *step)
{
	struct krb5_encrypted enc;
	struct krb5_pa_enc_ts ts;
	struct sspi_span value, plain;
	struct sspi_blob copy;
	struct krb5_key key;
	sec_status_t status;
	int err;

	if (!krb5_find_padata(padata, KRB5_PA_ENCRYPTED_CHALLENGE, &value) ||
	    krb5_parse_encrypted(value, &enc))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC does not answer our challenge");
	status = krb5_combine(&key, &ask->armor, "kdcchallengearmor",
			      &ask->key, "challengelongterm");
	if (status != SEC_E_OK)
		return status;
	err = enc.enctype == key.type->number ?
	      krb5_open(&key, KRB5_USAGE_CHALLENGE_KDC, enc.cipher, &copy,
			&plain) : -EBADMSG;
	krb5_key_wipe(&key);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_INVALID_TOKEN),
				   "the KDC does not know the client's key");
	if (krb5_parse_pa_enc_ts(plain, &ts))
		status = krb5_refuse(step, SEC_E_INVALID_TOKEN,
				     "malformed challenge of the KDC");
	sspi_free(copy.data);
	return status;
}
