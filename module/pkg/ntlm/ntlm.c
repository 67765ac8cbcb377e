// SPDX-License-Identifier: GPL-2.0-only
/* NTLM: the package table, the life of a context, and its attributes. */
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/string.h>

#include "codec/bindings.h"
#include "codec/utf16.h"
#include "crypto/ntlm_kdf.h"
#include "pkg/ntlm/ntlm.h"
#include "test_export.h"

/* 100 ns from 1601-01-01 to 1970-01-01 (MS-DTYP 2.3.3 FILETIME). */
#define FILETIME_OF_UNIX_EPOCH	116444736000000000LL

u64 ntlm_filetime(s64 ticks)
{
	return (u64)(ticks + FILETIME_OF_UNIX_EPOCH);
}

s64 ntlm_now(const struct sspi_step *step)
{
	return step->env->now(step->env);
}

bool ntlm_blob_dup(struct sspi_blob *out, struct sspi_span in)
{
	out->data = sspi_alloc(in.len ? in.len : 1);
	if (!out->data)
		return false;
	if (in.len)
		memcpy(out->data, in.data, in.len);
	out->len = in.len;
	return true;
}

/* Whether each text is well-formed UTF-16LE without a NUL; absent ones are. */
bool ntlm_texts_ok(const struct sspi_span *texts, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (texts[i].len && sspi_utf16le_to_utf8(texts[i], NULL, 0) < 0)
			return false;
	return true;
}

static void nego_free(struct ntlm_nego *nego)
{
	if (!nego)
		return;
	if (nego->listed)
		ntlm_reflect_del(nego->server_challenge);
	sspi_free(nego->negotiate.data);
	sspi_free(nego->challenge.data);
	sspi_free(nego->target);
	sspi_free(nego->names);
	sspi_free(nego);
}

struct ntlm_ctx *ntlm_ctx_new(bool initiator)
{
	struct ntlm_ctx *ctx = sspi_alloc(sizeof(*ctx));

	if (!ctx)
		return NULL;
	ctx->nego = sspi_alloc(sizeof(*ctx->nego));
	if (!ctx->nego) {
		sspi_free(ctx);
		return NULL;
	}
	mutex_init(&ctx->order[NTLM_SEND]);
	mutex_init(&ctx->order[NTLM_RECV]);
	ctx->initiator = initiator;
	return ctx;
}

/* Everything but the struct goes, wiped. */
void ntlm_ctx_fail(struct ntlm_ctx *ctx)
{
	unsigned int i;

	if (ctx->state == NTLM_STATE_ESTABLISHED)
		sspi_free(ctx->names);
	else
		nego_free(ctx->nego);
	ctx->names = NULL;
	for (i = 0; i < NTLM_DIRS; i++) {
		sspi_free(ctx->sbox[i]);
		ctx->sbox[i] = NULL;
		ctx->rc4_i[i] = 0;
		ctx->rc4_j[i] = 0;
	}
	memzero_explicit(ctx->sign_key, sizeof(ctx->sign_key));
	memzero_explicit(ctx->session_key, sizeof(ctx->session_key));
	ctx->flags = 0;
	ctx->state = NTLM_STATE_FAILED;
}

/*
 * The commit of a negotiation: cannot fail. Signing keys are prepared here;
 * sealing keys are worked out when a direction protects its first message.
 */
void ntlm_ctx_establish(struct ntlm_ctx *ctx, u32 flags,
			const u8 session_key[NTLM_KEY_LEN])
{
	struct ntlm_nego *nego = ctx->nego;
	char *names = nego->names;
	u8 key[NTLM_KEY_LEN];

	ctx->server_off = nego->server_off;
	nego->names = NULL;
	nego_free(nego);
	ctx->names = names;
	ctx->flags = flags;
	memcpy(ctx->session_key, session_key, sizeof(ctx->session_key));
	ctx->state = NTLM_STATE_ESTABLISHED;

	if (!(flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY) ||
	    !ntlm_protects(ctx))
		return;
	ntlm_sign_key(session_key, ctx->initiator, key);
	sspi_hmac_md5_prepare(&ctx->sign_key[NTLM_SEND], key, sizeof(key));
	ntlm_sign_key(session_key, !ctx->initiator, key);
	sspi_hmac_md5_prepare(&ctx->sign_key[NTLM_RECV], key, sizeof(key));
	memzero_explicit(key, sizeof(key));
}

/* Whether messages can be signed. There is no session security for a null
 * session (MS-NLMP 3.4), and sealing brings a signature along.
 */
bool ntlm_protects(const struct ntlm_ctx *ctx)
{
	return ctx->state == NTLM_STATE_ESTABLISHED && !ctx->anonymous &&
	       ctx->flags & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL);
}

/*
 * MsvAvChannelBindings (MS-NLMP 2.2.2.1): MD5 of the gss_channel_bindings
 * layout. Bindings may come on any leg, the last ones count.
 */
sec_status_t ntlm_take_bindings(struct ntlm_nego *nego, struct sspi_step *step)
{
	struct sspi_bindings_view view;
	struct sspi_md5_ctx md5;
	int len, done = -EBADMSG;
	u8 *flat;

	if (!step->bindings.data)
		return SEC_E_OK;
	if (sspi_bindings_parse(step->bindings, &view))
		return ntlm_refuse(step, SEC_E_INVALID_PARAMETER,
				   "channel bindings are malformed");
	len = sspi_bindings_flatten(&view, NULL, 0);
	if (len <= 0)
		return ntlm_refuse(step, SEC_E_INVALID_PARAMETER,
				   "channel bindings are too long");
	flat = sspi_alloc(len);
	if (!flat)
		return SEC_E_INSUFFICIENT_MEMORY;
	done = sspi_bindings_flatten(&view, flat, len);
	if (done == len) {
		sspi_md5_init(&md5);
		sspi_md5_update(&md5, flat, len);
		sspi_md5_final(&md5, nego->bindings);
		nego->has_bindings = true;
	}
	sspi_free(flat);
	return done == len ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

sec_status_t ntlm_set_names(struct ntlm_nego *nego, const char *client,
			    const char *server)
{
	size_t client_len = strlen(client) + 1;
	size_t server_len = strlen(server) + 1;
	char *names = sspi_alloc(client_len + server_len);

	if (!names)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(names, client, client_len);
	memcpy(names + client_len, server, server_len);
	sspi_free(nego->names);
	nego->names = names;
	nego->server_off = client_len;
	return SEC_E_OK;
}

static void ntlm_fail(void *ctx)
{
	ntlm_ctx_fail(ctx);
}

static void ntlm_free_ctx(void *ctx)
{
	if (!ctx)
		return;
	ntlm_ctx_fail(ctx);
	sspi_free(ctx);
}

static sec_status_t dup_name(const char *name, char **out)
{
	size_t len = strlen(name) + 1;

	*out = sspi_alloc(len);
	if (!*out)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(*out, name, len);
	return SEC_E_OK;
}

static sec_status_t query_native(const struct ntlm_ctx *ctx,
				 struct sec_pkg_context_native_names *names)
{
	char *client, *server;

	if (dup_name(ctx->names, &client) != SEC_E_OK)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (dup_name(ctx->names + ctx->server_off, &server) != SEC_E_OK) {
		sspi_free(client);
		return SEC_E_INSUFFICIENT_MEMORY;
	}
	names->client_name = client;
	names->server_name = server;
	return SEC_E_OK;
}

/* Into a zeroed array that is large enough. */
static void put_text(char *out, const char *text)
{
	memcpy(out, text, strlen(text));
}

static sec_status_t query_key_info(const struct ntlm_ctx *ctx,
				   struct sec_pkg_context_key_info *info)
{
	bool ess = ctx->flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;

	memset(info, 0, sizeof(*info));
	put_text(info->sign_algorithm, ess ? "HMAC-MD5" : "CRC32");
	put_text(info->encrypt_algorithm, "RC4");
	/* MS-NLMP 3.4.5.3; without ESS only LM_KEY weakens the key. */
	if (ctx->flags & NTLMSSP_NEGOTIATE_128 ||
	    (!ess && !(ctx->flags & NTLMSSP_NEGOTIATE_LM_KEY)))
		info->key_size = 128;
	else
		info->key_size = ctx->flags & NTLMSSP_NEGOTIATE_56 ? 56 : 40;
	return SEC_E_OK;
}

static sec_status_t query_target(const struct ntlm_ctx *ctx,
				 struct sec_pkg_context_client_specified_target
				 *target)
{
	if (ctx->initiator)
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (!ctx->has_target)
		return SEC_E_TARGET_UNKNOWN;
	return dup_name(ctx->names + ctx->server_off, &target->target_name);
}

static sec_status_t ntlm_query(void *priv, u32 attr, void *buf, size_t len)
{
	struct sec_pkg_context_session_key *key = buf;
	struct sec_pkg_context_sizes *sizes = buf;
	struct sec_pkg_context_names *names = buf;
	struct ntlm_ctx *ctx = priv;

	if (ctx->state != NTLM_STATE_ESTABLISHED)
		return SEC_E_INVALID_HANDLE;
	switch (attr) {
	case SECPKG_ATTR_SIZES:
		sizes->max_token = NTLM_MAX_TOKEN;
		sizes->max_signature = NTLM_MESSAGE_SIGNATURE_LEN;
		sizes->block_size = 0;
		sizes->security_trailer = NTLM_MESSAGE_SIGNATURE_LEN;
		return SEC_E_OK;
	case SECPKG_ATTR_SESSION_KEY:
		key->len = sizeof(ctx->session_key);
		memcpy(key->key, ctx->session_key, sizeof(ctx->session_key));
		return SEC_E_OK;
	case SECPKG_ATTR_NAMES:
		return dup_name(ctx->names, &names->user_name);
	case SECPKG_ATTR_NATIVE_NAMES:
		return query_native(ctx, buf);
	case SECPKG_ATTR_KEY_INFO:
		return query_key_info(ctx, buf);
	case SECPKG_ATTR_CLIENT_SPECIFIED_TARGET:
		return query_target(ctx, buf);
	default:
		return SEC_E_UNSUPPORTED_FUNCTION;
	}
}

static sec_status_t ntlm_query_cred(void *priv, u32 attr, void *buf, size_t len)
{
	struct sec_pkg_credentials_names *names = buf;
	const struct ntlm_cred *cred = priv;

	if (attr != SECPKG_CRED_ATTR_NAMES)
		return SEC_E_UNSUPPORTED_FUNCTION;
	return dup_name(cred->name, &names->user_name);
}

/*
 * MS-SPNG 3.3.5.1: whoever sends or is sent a MIC in the AUTHENTICATE protects
 * the list of mechanisms too. A null session has nothing to do it with.
 */
static bool ntlm_wants_mic(void *priv)
{
	struct ntlm_ctx *ctx = priv;

	return ctx->with_mic && ntlm_protects(ctx);
}

/* An acceptor needs somebody to let in, an initiator a name. */
static bool ntlm_negotiable(const struct sspi_acquire_args *args)
{
	bool anonymous = args->ntlm && args->ntlm->allow_anonymous;
	const struct sspi_auth_identity *id = args->identity;

	if (args->cred_use & SECPKG_CRED_INBOUND && !args->account_count &&
	    !anonymous)
		return false;
	if (!(args->cred_use & SECPKG_CRED_OUTBOUND))
		return true;
	if (id && id->user && *id->user)
		return id->secret_kind != SSPI_SECRET_KEYS;
	return anonymous && !args->ccache.data && !args->keytab.data;
}

static int ntlm_init(void)
{
	ntlm_reflect_clear();
	return 0;
}

static const struct sspi_package_ops ntlm_ops = {
	.init = ntlm_init,
	.exit = ntlm_reflect_clear,
	.acquire = ntlm_acquire,
	.free_cred = ntlm_free_cred,
	.initialize = ntlm_initialize,
	.accept = ntlm_accept,
	.negotiable = ntlm_negotiable,
	.wants_mic = ntlm_wants_mic,
	.restart = ntlm_restart,
	.fail = ntlm_fail,
	.free_ctx = ntlm_free_ctx,
	.query = ntlm_query,
	.query_cred = ntlm_query_cred,
	.sign = ntlm_sign,
	.verify = ntlm_verify,
	.seal = ntlm_seal,
	.unseal = ntlm_unseal,
	.unseal_stream = ntlm_unseal_stream,
	.debug_keys = ntlm_debug_keys,
};

/* 1.3.6.1.4.1.311.2.2.10, MS-SPNG 1.9. */
static const u8 ntlm_oid[] = { 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10 };

static const struct sspi_span ntlm_mechs[] = {
	{ ntlm_oid, sizeof(ntlm_oid) },
	{ }
};

/* MS-NLMP 2.2.1: every message begins so. */
static const u8 ntlm_signature[] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0 };

/*
 * MUTUAL_AUTH is understood and never granted, as on the platform: NTLM proves
 * the server only by the MIC and the session key. DELEGATE, STREAM and the
 * like are not in the list and so refused by the core.
 */
const struct sspi_package ntlm_package = {
	.info = {
		.capabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY |
				SECPKG_FLAG_TOKEN_ONLY |
				SECPKG_FLAG_CONNECTION |
				SECPKG_FLAG_DATAGRAM |
				SECPKG_FLAG_MULTI_REQUIRED |
				SECPKG_FLAG_NEGOTIABLE | SECPKG_FLAG_LOGON |
				SECPKG_FLAG_READONLY_WITH_CHECKSUM,
		.version = 1,
		.rpcid = 10,
		.max_token = NTLM_MAX_TOKEN,
		.name = "NTLM",
		.comment = "NTLM (MS-NLMP)",
	},
	.isc_req = ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT |
		   ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY |
		   ISC_REQ_USE_SESSION_KEY | ISC_REQ_USE_SUPPLIED_CREDS |
		   ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_USE_DCE_STYLE |
		   ISC_REQ_DATAGRAM | ISC_REQ_CONNECTION |
		   ISC_REQ_EXTENDED_ERROR | ISC_REQ_INTEGRITY |
		   ISC_REQ_IDENTIFY | ISC_REQ_NULL_SESSION |
		   ISC_REQ_NO_INTEGRITY | ISC_REQ_UNVERIFIED_TARGET_NAME,
	.asc_req = ASC_REQ_MUTUAL_AUTH | ASC_REQ_REPLAY_DETECT |
		   ASC_REQ_SEQUENCE_DETECT | ASC_REQ_CONFIDENTIALITY |
		   ASC_REQ_USE_SESSION_KEY | ASC_REQ_ALLOCATE_MEMORY |
		   ASC_REQ_USE_DCE_STYLE | ASC_REQ_DATAGRAM |
		   ASC_REQ_CONNECTION | ASC_REQ_EXTENDED_ERROR |
		   ASC_REQ_INTEGRITY | ASC_REQ_IDENTIFY |
		   ASC_REQ_ALLOW_NULL_SESSION | ASC_REQ_ALLOW_NON_USER_LOGONS |
		   ASC_REQ_PROXY_BINDINGS | ASC_REQ_ALLOW_MISSING_BINDINGS,
	.mechs = ntlm_mechs,
	.magic = { ntlm_signature, sizeof(ntlm_signature) },
	.defaults = SSPI_DEFAULT_LOGON,
	.ops = &ntlm_ops,
	.owner = THIS_MODULE,
};
SSPI_EXPORT_FOR_TEST(ntlm_package);
