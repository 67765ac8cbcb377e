// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: errors, times, randomness, and messages under one key. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "pkg/krb5/krb5.h"

#define TICKS_PER_USEC	(SSPI_TICKS_PER_SECOND / 1000000)

bool krb5_blob_dup(struct sspi_blob *out, struct sspi_span in)
{
	out->data = sspi_alloc(in.len ? in.len : 1);
	if (!out->data)
		return false;
	if (in.len)
		memcpy(out->data, in.data, in.len);
	out->len = in.len;
	return true;
}

/* Room for what a builder has measured. */
sec_status_t krb5_grow(struct sspi_blob *out, int len)
{
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	out->data = sspi_alloc(len ? len : 1);
	out->len = len;
	return out->data ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* What an error of codec or crypto comes to; @bad for data that is wrong. */
sec_status_t krb5_status(int err, sec_status_t bad)
{
	switch (err) {
	case 0:
		return SEC_E_OK;
	case -ENOMEM:
		return SEC_E_INSUFFICIENT_MEMORY;
	case -EBADMSG:
	case -EINVAL:
		return bad;
	case -EOPNOTSUPP:
		return SEC_E_KDC_UNKNOWN_ETYPE;
	default:
		return SEC_E_INTERNAL_ERROR;
	}
}

/* Rounded down, before 1970 too. */
s64 krb5_seconds(s64 ticks)
{
	s64 seconds = div64_s64(ticks, SSPI_TICKS_PER_SECOND);

	return seconds * SSPI_TICKS_PER_SECOND > ticks ? seconds - 1 : seconds;
}

u32 krb5_usec(s64 ticks)
{
	s64 rest = ticks - krb5_seconds(ticks) * SSPI_TICKS_PER_SECOND;

	return (u32)rest / (u32)TICKS_PER_USEC;
}

/* Times of the protocol have four digits of a year: no overflow. */
s64 krb5_ticks(s64 seconds, u32 usec)
{
	return seconds * SSPI_TICKS_PER_SECOND + usec * TICKS_PER_USEC;
}

sec_status_t krb5_random(struct sspi_step *step, void *buf, size_t len)
{
	sec_status_t status = step->env->random(step->env, buf, len);

	if (status != SEC_E_OK)
		step->reason = "no randomness";
	return status;
}

/* A fresh subkey, RFC 3961 3 random-to-key. */
sec_status_t krb5_draw_key(struct sspi_step *step,
			   const struct krb5_enctype *type,
			   struct krb5_key *key)
{
	u8 seed[KRB5_MAX_SEED];
	sec_status_t status = krb5_random(step, seed, type->seed_len);
	struct sspi_span view = { seed, type->seed_len };

	if (status == SEC_E_OK)
		status = krb5_status(krb5_key_from_seed(key, type, view),
				     SEC_E_INTERNAL_ERROR);
	memzero_explicit(seed, sizeof(seed));
	return status;
}

/* A sequence number: four bytes, big endian. */
sec_status_t krb5_draw_seq(struct sspi_step *step, u64 *seq)
{
	u8 b[4];
	sec_status_t status = krb5_random(step, b, sizeof(b));

	if (status == SEC_E_OK)
		*seq = (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 |
		       b[3];
	return status;
}

/* Most names: written once, and copied into what is as long as they are. */
#define SHORT_NAME	128

/* "name/instance@REALM", from sspi_alloc(). */
sec_status_t krb5_principal_text(const struct krb5_principal *princ,
				 char **out)
{
	u8 text[SHORT_NAME];
	int len = krb5_name_format(princ, text, sizeof(text));
	bool fits = len >= 0;

	if (!fits)
		len = krb5_name_format(princ, NULL, 0);
	if (len < 0)
		return SEC_E_INVALID_TOKEN;
	*out = sspi_alloc(len + 1);
	if (!*out)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (fits)
		memcpy(*out, text, len);
	else
		krb5_name_format(princ, (u8 *)*out, len);
	return SEC_E_OK;
}

/*
 * Room for a message of @plain_len bytes; *@plain is where the caller writes
 * it. A negative @plain_len is what a builder says about its own limits.
 */
sec_status_t krb5_seal_begin(const struct krb5_key *key, int plain_len,
			     struct sspi_blob *out, u8 **plain)
{
	size_t len = plain_len < 0 ? 0 : krb5_cipher_len(key->type, plain_len);

	if (!len)
		return SEC_E_INTERNAL_ERROR;
	out->data = sspi_alloc(len);
	if (!out->data)
		return SEC_E_INSUFFICIENT_MEMORY;
	out->len = len;
	*plain = out->data + krb5_plain_offset(key->type);
	return SEC_E_OK;
}

/* Draws the confounder and encrypts in place. */
sec_status_t krb5_seal_with(struct sspi_step *step,
			    const struct krb5_seal_key *seal,
			    const struct sspi_blob *cipher, int plain_len)
{
	u8 confounder[KRB5_MAX_CONFOUNDER];
	sec_status_t status;
	int err;

	status = krb5_random(step, confounder, seal->type->confounder_len);
	if (status != SEC_E_OK)
		return status;
	err = krb5_encrypt_buffer(seal, confounder, cipher->data, plain_len);
	memzero_explicit(confounder, sizeof(confounder));
	return krb5_status(err, SEC_E_INTERNAL_ERROR);
}

sec_status_t krb5_seal_end(struct sspi_step *step, const struct krb5_key *key,
			   u32 usage, const struct sspi_blob *cipher,
			   int plain_len)
{
	struct krb5_seal_key seal;
	sec_status_t status;

	status = krb5_status(krb5_seal_prepare(&seal, key, usage),
			     SEC_E_INTERNAL_ERROR);
	if (status == SEC_E_OK)
		status = krb5_seal_with(step, &seal, cipher, plain_len);
	krb5_seal_wipe(&seal);
	return status;
}

/* AP-REP (RFC 4120 5.5.2) with @part; draws its confounder. */
sec_status_t krb5_make_ap_rep(struct sspi_step *step,
			      const struct krb5_key *session,
			      const struct krb5_enc_ap_rep *part,
			      struct sspi_blob *body)
{
	struct krb5_encrypted enc = { .enctype = session->type->number };
	struct sspi_blob cipher = { };
	u8 text[KRB5_ENC_AP_REP_MAX], *plain;
	sec_status_t status;
	int len;

	len = krb5_build_enc_ap_rep(part, text, sizeof(text));
	status = krb5_seal_begin(session, len, &cipher, &plain);
	if (status == SEC_E_OK) {
		memcpy(plain, text, len);
		status = krb5_seal_end(step, session, KRB5_USAGE_AP_REP,
				       &cipher, len);
	}
	memzero_explicit(text, sizeof(text));
	if (status == SEC_E_OK)
		status = krb5_grow(body, cipher.len + KRB5_AP_REP_AROUND);
	if (status == SEC_E_OK) {
		enc.cipher = krb5_span(&cipher);
		len = krb5_build_ap_rep(&enc, body->data, body->len);
		body->len = len < 0 ? 0 : len;
		status = len < 0 ? SEC_E_INTERNAL_ERROR : SEC_E_OK;
	}
	sspi_free(cipher.data);
	return status;
}

/* Decrypts a copy; on success *@plain points into *@copy, else it is freed. */
int krb5_open_with(const struct krb5_seal_key *seal, struct sspi_span cipher,
		   struct sspi_blob *copy, struct sspi_span *plain)
{
	int err;

	if (!krb5_blob_dup(copy, cipher))
		return -ENOMEM;
	err = krb5_decrypt_buffer(seal, copy->data, copy->len, plain);
	if (err) {
		sspi_free(copy->data);
		copy->data = NULL;
	}
	return err == -EINVAL ? -EBADMSG : err;
}

int krb5_open(const struct krb5_key *key, u32 usage, struct sspi_span cipher,
	      struct sspi_blob *copy, struct sspi_span *plain)
{
	struct krb5_seal_key seal;
	int err;

	copy->data = NULL;
	err = krb5_seal_prepare(&seal, key, usage);
	if (!err)
		err = krb5_open_with(&seal, cipher, copy, plain);
	krb5_seal_wipe(&seal);
	return err == -EINVAL ? -EBADMSG : err;
}

/* Makes @body the step's token, framed unless @mech is KRB5_MECH_NONE. */
sec_status_t krb5_output(struct sspi_step *step, enum krb5_gss_mech mech,
			 enum krb5_gss_tok_id id, struct sspi_span body)
{
	struct krb5_gss_token token = { .mech = mech, .id = id, .body = body };
	size_t room = body.len + KRB5_GSS_FRAME_MAX;
	int len;

	step->output.data = sspi_alloc(room);
	if (!step->output.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	len = krb5_build_gss_token(&token, step->output.data, room);
	step->output.len = len < 0 ? 0 : len;
	return len < 0 ? SEC_E_INTERNAL_ERROR : SEC_E_OK;
}
