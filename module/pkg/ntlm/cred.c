// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTLM credentials: passwords become hashes at once and are wiped, texts become
 * UTF-16LE, and what no negotiation changes is worked out here, once.
 */
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/utf16.h"
#include "crypto/ntlm_kdf.h"
#include "pkg/ntlm/ntlm.h"

#define DEFAULT_NB_COMPUTER	"SERVER"
#define DEFAULT_NB_DOMAIN	"WORKGROUP"
#define LM_PASSWORD_MAX		14	/* bytes that LMOWFv1 takes */

static sec_status_t refuse(struct sspi_package_acquire *acq,
			   sec_status_t status, const char *why)
{
	acq->reason = why;
	return status;
}

static struct sspi_span text(const char *s)
{
	return (struct sspi_span){ (const u8 *)s, s ? strlen(s) : 0 };
}

/* UTF-8 to a new UTF-16LE text. */
static sec_status_t to_utf16(struct sspi_package_acquire *acq,
			     struct sspi_span in, struct sspi_blob *out)
{
	int len = in.len ? sspi_utf8_to_utf16le(in, NULL, 0) : 0;

	if (len < 0)
		return refuse(acq, SEC_E_INVALID_PARAMETER,
			      "a name or password is not well-formed UTF-8");
	out->data = sspi_alloc(len ? len : 1);
	if (!out->data)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (len)
		sspi_utf8_to_utf16le(in, out->data, len);
	out->len = len;
	return SEC_E_OK;
}

/*
 * LMOWFv1 needs the password in the OEM code page of the peer: only ASCII means
 * the same in all. Whoever has none sends no LM response.
 */
static bool lm_hash(struct sspi_span password, u8 out[NTLM_HASH_LEN])
{
	u8 upper[LM_PASSWORD_MAX];
	size_t i;

	if (password.len > sizeof(upper))
		return false;
	for (i = 0; i < password.len; i++)
		if (password.data[i] >= 0x80)
			return false;
	for (i = 0; i < password.len; i++) {
		u8 c = password.data[i];

		upper[i] = c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
	}
	ntlm_lmowf_v1((struct sspi_span){ upper, password.len }, out);
	memzero_explicit(upper, sizeof(upper));
	return true;
}

/* What somebody's secret comes to. */
struct hashes {
	u8 nt[NTLM_HASH_LEN];
	u8 lm[NTLM_HASH_LEN];
	bool has_lm;
};

static sec_status_t hash_secret(struct sspi_package_acquire *acq,
				const struct sspi_auth_identity *id,
				u8 lm_compat, struct hashes *out)
{
	struct sspi_span secret = { id->secret, id->secret_len };
	struct sspi_blob password = { };
	sec_status_t status;

	memset(out, 0, sizeof(*out));
	switch (id->secret_kind) {
	case SSPI_SECRET_PASSWORD:
		if (!secret.data)
			secret.len = 0;
		status = to_utf16(acq, secret, &password);
		if (status == SEC_E_OK) {
			ntlm_ntowf_v1(ntlm_span(&password), out->nt);
			out->has_lm = lm_compat < NTLM_LEVEL_V2 &&
				      lm_hash(secret, out->lm);
		}
		sspi_free(password.data);
		return status;
	case SSPI_SECRET_NT_HASH:
		if (!secret.data || secret.len != NTLM_HASH_LEN)
			return refuse(acq, SEC_E_INVALID_PARAMETER,
				      "an NT hash has 16 bytes");
		memcpy(out->nt, secret.data, NTLM_HASH_LEN);
		return SEC_E_OK;
	default:
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "a name without a password or NT hash");
	}
}

/* "DOMAIN\user", or the user alone without a domain. */
static sec_status_t join_name(struct ntlm_cred *cred,
			      const struct sspi_auth_identity *id)
{
	struct sspi_span user = text(id ? id->user : NULL);
	struct sspi_span domain = text(id ? id->domain : NULL);
	char *p = sspi_alloc(user.len + domain.len + 2);

	if (!p)
		return SEC_E_INSUFFICIENT_MEMORY;
	cred->name = p;
	if (user.len && domain.len) {
		memcpy(p, domain.data, domain.len);
		p += domain.len;
		*p++ = '\\';
	}
	if (user.len)
		memcpy(p, user.data, user.len);
	return SEC_E_OK;
}

/* The response key of NTLMv2 (MS-NLMP 3.3.2) is the same for each challenge. */
static sec_status_t response_key(struct ntlm_cred *cred, const u8 *nt_hash)
{
	struct sspi_blob upper;

	if (!ntlm_blob_dup(&upper, ntlm_span(&cred->user)))
		return SEC_E_INSUFFICIENT_MEMORY;
	sspi_utf16le_upcase(upper.data, upper.len);
	ntlm_ntowf_v2(nt_hash, ntlm_span(&upper), ntlm_span(&cred->domain),
		      cred->ntowf_v2);
	sspi_free(upper.data);
	return SEC_E_OK;
}

static sec_status_t take_identity(struct sspi_package_acquire *acq,
				  struct ntlm_cred *cred)
{
	const struct sspi_auth_identity *id = acq->args->identity;
	struct hashes hashes;
	sec_status_t status;

	status = join_name(cred, id);
	if (status != SEC_E_OK)
		return status;
	if (!id || !text(id->user).len) {
		if (cred->allow_anonymous || cred->use & SECPKG_CRED_INBOUND)
			return SEC_E_OK;
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "no user name, and anonymous use is not allowed");
	}
	status = to_utf16(acq, text(id->user), &cred->user);
	if (status == SEC_E_OK)
		status = to_utf16(acq, text(id->domain), &cred->domain);
	if (status == SEC_E_OK)
		status = hash_secret(acq, id, cred->lm_compat, &hashes);
	if (status != SEC_E_OK)
		return status;

	status = response_key(cred, hashes.nt);
	if (cred->lm_compat < NTLM_LEVEL_V2) {
		memcpy(cred->nt_hash, hashes.nt, sizeof(cred->nt_hash));
		memcpy(cred->lm_hash, hashes.lm, sizeof(cred->lm_hash));
		cred->has_lm = hashes.has_lm;
	}
	memzero_explicit(&hashes, sizeof(hashes));
	cred->has_identity = status == SEC_E_OK;
	return status;
}

/* Names upper-cased, so that they compare ignoring case by memcmp(). */
static sec_status_t account_names(struct sspi_package_acquire *acq,
				  const struct sspi_auth_identity *id,
				  struct ntlm_account *account)
{
	struct sspi_blob user = { }, domain = { };
	sec_status_t status;
	u8 *bytes;

	status = to_utf16(acq, text(id->user), &user);
	if (status == SEC_E_OK)
		status = to_utf16(acq, text(id->domain), &domain);
	if (status != SEC_E_OK)
		goto out;
	bytes = sspi_alloc(user.len + domain.len);
	if (!bytes) {
		status = SEC_E_INSUFFICIENT_MEMORY;
		goto out;
	}
	memcpy(bytes, user.data, user.len);
	memcpy(bytes + user.len, domain.data, domain.len);
	sspi_utf16le_upcase(bytes, user.len + domain.len);
	account->names.data = bytes;
	account->names.len = user.len + domain.len;
	account->user = (struct sspi_span){ bytes, user.len };
	account->domain = (struct sspi_span){ bytes + user.len, domain.len };
out:
	sspi_free(user.data);
	sspi_free(domain.data);
	return status;
}

static sec_status_t take_account(struct sspi_package_acquire *acq,
				 struct ntlm_cred *cred,
				 const struct sspi_auth_identity *id,
				 struct ntlm_account *account)
{
	struct hashes hashes;
	sec_status_t status;

	if (!text(id->user).len)
		return refuse(acq, SEC_E_INVALID_PARAMETER,
			      "an account without a user name");
	status = hash_secret(acq, id, cred->lm_compat, &hashes);
	if (status != SEC_E_OK)
		return status;
	memcpy(account->nt_hash, hashes.nt, sizeof(account->nt_hash));
	memcpy(account->lm_hash, hashes.lm, sizeof(account->lm_hash));
	account->has_lm = hashes.has_lm;
	memzero_explicit(&hashes, sizeof(hashes));
	return account_names(acq, id, account);
}

static sec_status_t take_accounts(struct sspi_package_acquire *acq,
				  struct ntlm_cred *cred)
{
	const struct sspi_acquire_args *args = acq->args;
	sec_status_t status = SEC_E_OK;
	u32 i;

	if (!args->account_count)
		return SEC_E_OK;
	if (!args->accounts || args->account_count > SSPI_MAX_ACCOUNTS)
		return refuse(acq, SEC_E_INVALID_PARAMETER,
			      "too many accounts");
	cred->accounts = sspi_alloc(args->account_count *
				    sizeof(*cred->accounts));
	if (!cred->accounts)
		return SEC_E_INSUFFICIENT_MEMORY;
	cred->account_count = args->account_count;
	for (i = 0; i < args->account_count && status == SEC_E_OK; i++)
		status = take_account(acq, cred, &args->accounts[i],
				      &cred->accounts[i]);
	return status;
}

static sec_status_t append_av(struct sspi_package_acquire *acq,
			      struct sspi_writer *w, enum ntlm_av_id id,
			      const char *value)
{
	struct sspi_blob utf16 = { };
	sec_status_t status;

	if (!value || !*value)
		return SEC_E_OK;
	status = to_utf16(acq, text(value), &utf16);
	if (status == SEC_E_OK)
		ntlm_write_av(w, id, ntlm_span(&utf16));
	sspi_free(utf16.data);
	return status;
}

/* MsvAv* of a CHALLENGE (MS-NLMP 2.2.2.1) but the timestamp, in the order of
 * the platform.
 */
static sec_status_t write_target_info(struct sspi_package_acquire *acq,
				      const struct sspi_ntlm_options *opt,
				      struct sspi_writer *w)
{
	const struct {
		enum ntlm_av_id id;
		const char *value;
	} pairs[] = {
		{ NTLM_AV_NB_DOMAIN_NAME,
		  opt->nb_domain ? opt->nb_domain : DEFAULT_NB_DOMAIN },
		{ NTLM_AV_NB_COMPUTER_NAME,
		  opt->nb_computer ? opt->nb_computer : DEFAULT_NB_COMPUTER },
		{ NTLM_AV_DNS_DOMAIN_NAME, opt->dns_domain },
		{ NTLM_AV_DNS_COMPUTER_NAME, opt->dns_computer },
		{ NTLM_AV_DNS_TREE_NAME, opt->dns_forest },
	};
	sec_status_t status = SEC_E_OK;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pairs) && status == SEC_E_OK; i++)
		status = append_av(acq, w, pairs[i].id, pairs[i].value);
	return status;
}

static sec_status_t take_server_names(struct sspi_package_acquire *acq,
				      struct ntlm_cred *cred,
				      const struct sspi_ntlm_options *opt)
{
	const char *name = opt->nb_computer ? opt->nb_computer :
			   DEFAULT_NB_COMPUTER;
	struct sspi_writer w;
	sec_status_t status;

	cred->server_name = sspi_alloc(strlen(name) + 1);
	if (!cred->server_name)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(cred->server_name, name, strlen(name));
	status = to_utf16(acq, text(name), &cred->nb_computer);
	if (status != SEC_E_OK)
		return status;

	sspi_writer_init(&w, NULL, 0);
	status = write_target_info(acq, opt, &w);
	if (status != SEC_E_OK)
		return status;
	if (w.bad || w.pos > NTLM_MAX_TARGET_INFO)
		return refuse(acq, SEC_E_INVALID_PARAMETER,
			      "the names of the server are too long");
	cred->target_info.data = sspi_alloc(w.pos ? w.pos : 1);
	if (!cred->target_info.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	cred->target_info.len = w.pos;
	sspi_writer_init(&w, cred->target_info.data, cred->target_info.len);
	return write_target_info(acq, opt, &w);
}

static sec_status_t fill(struct sspi_package_acquire *acq,
			 struct ntlm_cred *cred)
{
	static const struct sspi_ntlm_options defaults =
		SSPI_NTLM_OPTIONS_DEFAULT;
	const struct sspi_ntlm_options *opt = acq->args->ntlm;
	sec_status_t status;

	if (!opt)
		opt = &defaults;
	if (opt->lm_compat > NTLM_LEVEL_MAX)
		return refuse(acq, SEC_E_INVALID_PARAMETER,
			      "lm_compat is 0 to 5");
	cred->use = acq->args->cred_use;
	cred->lm_compat = opt->lm_compat;
	cred->allow_anonymous = opt->allow_anonymous;
	cred->mic_optional = opt->mic_optional;

	status = take_identity(acq, cred);
	if (status == SEC_E_OK)
		status = to_utf16(acq, text(opt->workstation),
				  &cred->workstation);
	if (status != SEC_E_OK || !(cred->use & SECPKG_CRED_INBOUND))
		return status;
	status = to_utf16(acq, text(acq->args->principal), &cred->principal);
	if (status == SEC_E_OK)
		status = take_accounts(acq, cred);
	if (status == SEC_E_OK)
		status = take_server_names(acq, cred, opt);
	return status;
}

sec_status_t ntlm_acquire(struct sspi_package_acquire *acq, void **out)
{
	struct ntlm_cred *cred;
	sec_status_t status;

	/* MD4, MD5 and RC4 are all of NTLM. */
	if (sspi_crypto_fips())
		return refuse(acq, SEC_E_UNSUPPORTED_FUNCTION,
			      "NTLM is off in FIPS mode");
	cred = sspi_alloc(sizeof(*cred));
	if (!cred)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = fill(acq, cred);
	if (status != SEC_E_OK) {
		ntlm_free_cred(cred);
		return status;
	}
	acq->expiry = SSPI_EXPIRY_NEVER;
	*out = cred;
	return SEC_E_OK;
}

void ntlm_free_cred(void *priv)
{
	struct ntlm_cred *cred = priv;
	u32 i;

	if (!cred)
		return;
	for (i = 0; i < cred->account_count; i++)
		sspi_free(cred->accounts[i].names.data);
	sspi_free(cred->accounts);
	sspi_free(cred->user.data);
	sspi_free(cred->domain.data);
	sspi_free(cred->workstation.data);
	sspi_free(cred->nb_computer.data);
	sspi_free(cred->principal.data);
	sspi_free(cred->target_info.data);
	sspi_free(cred->name);
	sspi_free(cred->server_name);
	sspi_free(cred);
}
