// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: the package table, the life of a context, and its attributes. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/string.h>

#include "codec/bindings.h"
#include "pkg/krb5/krb5.h"
#include "pkg/krb5/replay.h"
#include "test_export.h"

static void nego_free(struct krb5_nego *nego)
{
	if (!nego)
		return;
	krb5_tkt_put(nego->tkt);
	krb5_tkt_put(nego->forwarded);
	krb5_deleg_free(&nego->delegated);
	sspi_free(nego->sids);
	krb5_ask_free(nego->ask);
	sspi_free(nego->target_text);
	sspi_free(nego->target_store.data);
	sspi_free(nego->names);
	sspi_free(nego);
}

struct krb5_ctx *krb5_ctx_new(bool initiator)
{
	struct krb5_ctx *ctx = sspi_alloc(sizeof(*ctx));

	if (!ctx)
		return NULL;
	ctx->nego = sspi_alloc(sizeof(*ctx->nego));
	if (!ctx->nego) {
		sspi_free(ctx);
		return NULL;
	}
	mutex_init(&ctx->order);
	ctx->initiator = initiator;
	return ctx;
}

/* Everything but the struct goes, wiped. */
void krb5_ctx_fail(struct krb5_ctx *ctx)
{
	unsigned int i;

	if (ctx->state == KRB5_STATE_ESTABLISHED)
		sspi_free(ctx->names);
	else
		nego_free(ctx->nego);
	ctx->names = NULL;
	krb5_deleg_free(&ctx->delegated);
	sspi_free(ctx->sids);
	ctx->sids = NULL;
	for (i = 0; i < KRB5_DIRS; i++) {
		if (ctx->seal[i])
			krb5_seal_wipe(ctx->seal[i]);
		sspi_free(ctx->seal[i]);
		sspi_free(ctx->wrap[i]);
		sspi_free(ctx->mic[i]);
		ctx->seal[i] = NULL;
		ctx->wrap[i] = NULL;
		ctx->mic[i] = NULL;
	}
	krb5_key_wipe(&ctx->key);
	krb5_key_wipe(&ctx->subkey);
	ctx->state = KRB5_STATE_FAILED;
}

/* The commit of a negotiation: cannot fail. */
void krb5_ctx_establish(struct krb5_ctx *ctx)
{
	struct krb5_nego *nego = ctx->nego;
	char *names = nego->names;

	ctx->datagram = !!(nego->req & ISC_REQ_DATAGRAM);
	ctx->server_off = nego->server_off;
	ctx->delegated = nego->delegated;
	nego->delegated = NULL;
	ctx->sids = nego->sids;
	nego->sids = NULL;
	nego->names = NULL;
	nego_free(nego);
	ctx->names = names;
	/* What was before the first number does not come any more. */
	memset(ctx->window, 0xff, sizeof(ctx->window));
	ctx->state = KRB5_STATE_ESTABLISHED;
}

/*
 * Bnd, RFC 4121 4.1.1.2: MD5 of the gss_channel_bindings layout. Bindings may
 * come on any leg, the last ones before the token that carries them count.
 */
sec_status_t krb5_take_bindings(struct krb5_nego *nego, struct sspi_step *step)
{
	struct sspi_bindings_view view;
	struct sspi_md5_ctx md5;
	int len, done;
	u8 *flat;

	if (!step->bindings.data)
		return SEC_E_OK;
	if (sspi_crypto_fips())
		return krb5_refuse(step, SEC_E_UNSUPPORTED_FUNCTION,
				   "channel bindings need MD5, which is off in FIPS mode");
	if (sspi_bindings_parse(step->bindings, &view))
		return krb5_refuse(step, SEC_E_INVALID_PARAMETER,
				   "channel bindings are malformed");
	len = sspi_bindings_flatten(&view, NULL, 0);
	if (len <= 0)
		return krb5_refuse(step, SEC_E_INVALID_PARAMETER,
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

static sec_status_t join_names(struct krb5_nego *nego, const char *client,
			       const char *server, const char *target)
{
	size_t client_len = strlen(client) + 1;
	size_t server_len = strlen(server) + 1;
	size_t target_len = strlen(target) + 1;
	char *names;

	if (client_len > U16_MAX)
		return SEC_E_INVALID_TOKEN;
	names = sspi_alloc(client_len + server_len + target_len);
	if (!names)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(names, client, client_len);
	memcpy(names + client_len, server, server_len);
	memcpy(names + client_len + server_len, target, target_len);
	sspi_free(nego->names);
	nego->names = names;
	nego->server_off = client_len;
	return SEC_E_OK;
}

/* A target of NULL is the server without its realm. */
sec_status_t krb5_set_names(struct krb5_nego *nego,
			    const struct krb5_principal *client,
			    const struct krb5_principal *server,
			    const char *target)
{
	struct krb5_principal spn = { .name = server->name };
	char *text[3] = { };
	sec_status_t status;

	status = krb5_principal_text(client, &text[0]);
	if (status == SEC_E_OK)
		status = krb5_principal_text(server, &text[1]);
	if (status == SEC_E_OK && !target)
		status = krb5_principal_text(&spn, &text[2]);
	if (status == SEC_E_OK)
		status = join_names(nego, text[0], text[1],
				    target ? target : text[2]);
	sspi_free(text[0]);
	sspi_free(text[1]);
	sspi_free(text[2]);
	return status;
}

static void krb5_fail(void *ctx)
{
	krb5_ctx_fail(ctx);
}

static void krb5_free_ctx(void *ctx)
{
	if (!ctx)
		return;
	krb5_ctx_fail(ctx);
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

/* RFC 4121 4.2.6, with the key in use: it may be of another type than the
 * ticket's (RFC 4537).
 */
static sec_status_t query_sizes(const struct krb5_ctx *ctx,
				struct sec_pkg_context_sizes *sizes)
{
	const struct krb5_enctype *type = ctx->key.type;
	bool dce = ctx->gss_flags & KRB5_GSS_C_DCE_STYLE;

	memset(sizes, 0, sizeof(*sizes));
	sizes->max_token = KRB5_MAX_TOKEN;
	if (!type->rfc4121) {
		krb5_v1_sizes(ctx, sizes);
		return SEC_E_OK;
	}
	sizes->max_signature = KRB5_GSS_TOKEN_HEAD + type->checksum_len;
	sizes->block_size = 1;
	sizes->security_trailer = 2 * KRB5_GSS_TOKEN_HEAD +
				  type->confounder_len + type->mac_len +
				  (dce ? KRB5_MAX_BLOCK : 0);
	return SEC_E_OK;
}

static sec_status_t query_native(const struct krb5_ctx *ctx,
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

static void put_text(char *out, size_t room, const char *text)
{
	size_t len = strnlen(text, room - 1);

	memcpy(out, text, len);
}

static sec_status_t query_key_info(const struct krb5_ctx *ctx,
				   struct sec_pkg_context_key_info *info)
{
	memset(info, 0, sizeof(*info));
	put_text(info->sign_algorithm, sizeof(info->sign_algorithm),
		 ctx->key.type->label);
	put_text(info->encrypt_algorithm, sizeof(info->encrypt_algorithm),
		 ctx->key.type->label);
	info->key_size = ctx->key.type->key_bits;
	return SEC_E_OK;
}

static sec_status_t query_session_key(const struct krb5_ctx *ctx,
				      struct sec_pkg_context_session_key *key)
{
	memset(key, 0, sizeof(*key));	/* not secret: before it is filled */
	key->len = ctx->key.type->key_len;
	memcpy(key->key, ctx->key.bytes, key->len);
	return SEC_E_OK;
}

static sec_status_t query_target(const struct krb5_ctx *ctx,
				 struct sec_pkg_context_client_specified_target
				 *target)
{
	const char *server = ctx->names + ctx->server_off;

	if (ctx->initiator)
		return SEC_E_UNSUPPORTED_FUNCTION;
	return dup_name(server + strlen(server) + 1, &target->target_name);
}

static sec_status_t krb5_query(void *priv, u32 attr, void *buf, size_t len)
{
	struct sec_pkg_context_names *names = buf;
	struct krb5_ctx *ctx = priv;

	if (ctx->state != KRB5_STATE_ESTABLISHED)
		return SEC_E_INVALID_HANDLE;
	switch (attr) {
	case SECPKG_ATTR_SIZES:
		return query_sizes(ctx, buf);
	case SECPKG_ATTR_SESSION_KEY:
		return query_session_key(ctx, buf);
	case SECPKG_ATTR_NAMES:
		return dup_name(ctx->names, &names->user_name);
	case SECPKG_ATTR_NATIVE_NAMES:
		return query_native(ctx, buf);
	case SECPKG_ATTR_KEY_INFO:
		return query_key_info(ctx, buf);
	case SECPKG_ATTR_CLIENT_SPECIFIED_TARGET:
		return query_target(ctx, buf);
	case SSPI_ATTR_SIDS:
		return krb5_pac_query(ctx->sids, buf);
	default:
		return SEC_E_UNSUPPORTED_FUNCTION;
	}
}

static sec_status_t query_failure(struct krb5_cred *cred,
				  struct sspi_cred_failure *out)
{
	mutex_lock(&cred->lock);
	out->status = cred->failure.status;
	out->time = cred->failure.time;
	if (cred->failure.reason)
		put_text(out->reason, sizeof(out->reason),
			 cred->failure.reason);
	put_text(out->detail, sizeof(out->detail), cred->failure.detail);
	mutex_unlock(&cred->lock);
	return SEC_E_OK;
}

static sec_status_t krb5_query_cred(void *priv, u32 attr, void *buf,
				    size_t len)
{
	struct sec_pkg_credentials_names *names = buf;
	struct krb5_cred *cred = priv;

	if (attr == SSPI_CRED_ATTR_FAILURE)
		return query_failure(cred, buf);
	if (attr != SECPKG_CRED_ATTR_NAMES)
		return SEC_E_UNSUPPORTED_FUNCTION;
	return dup_name(cred->client_text ? cred->client_text : "",
			&names->user_name);
}

static void export_key(struct sspi_debug_subkey *out,
		       const struct krb5_key *key)
{
	if (!key->type)
		return;
	out->enctype = key->type->number;
	out->len = key->type->key_len;
	memcpy(out->key, key->bytes, out->len);
}

static sec_status_t krb5_debug_keys(void *priv, struct sspi_debug_keys *keys)
{
	struct krb5_ctx *ctx = priv;

	if (ctx->state != KRB5_STATE_ESTABLISHED)
		return SEC_E_INVALID_HANDLE;
	memset(keys, 0, sizeof(*keys));
	keys->session_key_len = ctx->key.type->key_len;
	memcpy(keys->session_key, ctx->key.bytes, keys->session_key_len);
	keys->enctype = ctx->key.type->number;
	export_key(&keys->initiator, &ctx->subkey);
	if (ctx->acceptor_subkey)
		export_key(&keys->acceptor, &ctx->key);
	keys->send_seq = ctx->seq[KRB5_SEND];
	keys->recv_seq = ctx->seq[KRB5_RECV];
	return SEC_E_OK;
}

static u32 import_flags(const struct sspi_import *import)
{
	u64 f = import->flags;

	return (f & ISC_RET_REPLAY_DETECT ? KRB5_GSS_C_REPLAY : 0) |
	       (f & ISC_RET_SEQUENCE_DETECT ? KRB5_GSS_C_SEQUENCE : 0) |
	       (f & ISC_RET_USED_DCE_STYLE ? KRB5_GSS_C_DCE_STYLE : 0);
}

/* An established context out of its keys: for tests of messages. */
static sec_status_t krb5_import(void **out, const struct sspi_import *import)
{
	struct krb5_ctx *ctx = krb5_ctx_new(import->initiator);
	sec_status_t status;

	if (!ctx)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = krb5_status(krb5_key_set(&ctx->key, import->enctype,
					  import->key),
			     SEC_E_INVALID_PARAMETER);
	if (status == SEC_E_OK)
		status = join_names(ctx->nego, "", "", "");
	if (status != SEC_E_OK) {
		krb5_free_ctx(ctx);
		return status;
	}
	ctx->acceptor_subkey = import->acceptor_subkey;
	if (!import->acceptor_subkey)
		ctx->subkey = ctx->key;
	ctx->seq[KRB5_SEND] = import->send_seq;
	ctx->seq[KRB5_RECV] = import->recv_seq;
	ctx->gss_flags = import_flags(import);
	if (import->flags & ISC_RET_DATAGRAM)
		ctx->nego->req = ISC_REQ_DATAGRAM;
	krb5_ctx_establish(ctx);
	*out = ctx;
	return SEC_E_OK;
}

static int krb5_init(void)
{
	krb5_replay_clear();
	return 0;
}

/* Whether a credential that is made from @args will permit the type. */
static bool would_permit(const struct sspi_acquire_args *args, s32 enctype)
{
	const struct sspi_krb5_options *opt = args->krb5;
	u32 i;

	if (!opt || !opt->enctype_count)
		return krb5_enctype_find(enctype) && !krb5_enctype_weak(enctype);
	for (i = 0; i < opt->enctype_count && i < SSPI_MAX_ENCTYPES; i++)
		if (opt->enctypes[i] == enctype)
			return krb5_enctype_find(enctype);
	return false;
}

/* Keys that are all of types that are not permitted are of no use to anybody. */
static bool krb5_negotiable(const struct sspi_acquire_args *args)
{
	const struct sspi_auth_identity *id = args->identity;
	struct sspi_key key;
	bool any = false;
	size_t i;

	if (!id || args->ccache.data || args->keytab.data)
		return true;
	if (id->secret_kind == SSPI_SECRET_NT_HASH)
		return would_permit(args, KRB5_ENCTYPE_RC4_HMAC);
	if (id->secret_kind != SSPI_SECRET_KEYS)
		return true;
	for (i = 0; i < id->secret_len / sizeof(key); i++) {
		memcpy(&key, (const u8 *)id->secret + i * sizeof(key),
		       sizeof(key));
		any |= would_permit(args, key.enctype);
	}
	memzero_explicit(&key, sizeof(key));
	return any;
}

static const struct sspi_package_ops krb5_ops = {
	.init = krb5_init,
	.exit = krb5_replay_exit,
	.acquire = krb5_acquire,
	.negotiable = krb5_negotiable,
	.free_cred = krb5_free_cred,
	.initialize = krb5_initialize,
	.accept = krb5_accept,
	.fail = krb5_fail,
	.free_ctx = krb5_free_ctx,
	.query = krb5_query,
	.query_cred = krb5_query_cred,
	.tickets = krb5_tickets,
	.refresh = krb5_refresh,
	.refresh_end = krb5_refresh_end,
	.sign = krb5_sign,
	.verify = krb5_verify,
	.seal = krb5_seal,
	.unseal = krb5_unseal,
	.unseal_stream = krb5_unseal_stream,
	.debug_keys = krb5_debug_keys,
	.import = krb5_import,
};

/* 1.2.840.48018.1.2.2, which Windows offers first, and 1.2.840.113554.1.2.2. */
static const u8 ms_oid[] = { 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 1, 2, 2 };
static const u8 krb5_oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2 };

static const struct sspi_span krb5_mechs[] = {
	{ ms_oid, sizeof(ms_oid) },
	{ krb5_oid, sizeof(krb5_oid) },
	{ }
};

/* DCE style: an AP-REQ without a frame, [APPLICATION 14]. */
static const u8 krb5_magic[] = { 0x6e };

/*
 * DELEGATE is granted when the KDC trusts the service with it (deleg.c).
 * USE_SESSION_KEY (user to user) and STREAM are not in the list and so refused
 * by the core.
 */
const struct sspi_package krb5_package = {
	.info = {
		.capabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY |
				SECPKG_FLAG_TOKEN_ONLY |
				SECPKG_FLAG_DATAGRAM |
				SECPKG_FLAG_CONNECTION |
				SECPKG_FLAG_MULTI_REQUIRED |
				SECPKG_FLAG_EXTENDED_ERROR |
				SECPKG_FLAG_NEGOTIABLE |
				SECPKG_FLAG_GSS_COMPATIBLE |
				SECPKG_FLAG_LOGON | SECPKG_FLAG_MUTUAL_AUTH |
				SECPKG_FLAG_DELEGATION |
				SECPKG_FLAG_READONLY_WITH_CHECKSUM,
		.version = 1,
		.rpcid = 16,
		.max_token = KRB5_MAX_TOKEN,
		.name = "Kerberos",
		.comment = "Kerberos 5 (RFC 4120, RFC 4121)",
	},
	.isc_req = ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH |
		   ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |
		   ISC_REQ_CONFIDENTIALITY | ISC_REQ_USE_SUPPLIED_CREDS |
		   ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_USE_DCE_STYLE |
		   ISC_REQ_DATAGRAM | ISC_REQ_CONNECTION |
		   ISC_REQ_EXTENDED_ERROR | ISC_REQ_INTEGRITY |
		   ISC_REQ_IDENTIFY | ISC_REQ_NO_INTEGRITY |
		   ISC_REQ_UNVERIFIED_TARGET_NAME,
	.asc_req = ASC_REQ_DELEGATE | ASC_REQ_MUTUAL_AUTH |
		   ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT |
		   ASC_REQ_CONFIDENTIALITY | ASC_REQ_ALLOCATE_MEMORY |
		   ASC_REQ_USE_DCE_STYLE | ASC_REQ_DATAGRAM |
		   ASC_REQ_CONNECTION | ASC_REQ_EXTENDED_ERROR |
		   ASC_REQ_INTEGRITY | ASC_REQ_IDENTIFY |
		   ASC_REQ_ALLOW_NON_USER_LOGONS | ASC_REQ_PROXY_BINDINGS |
		   ASC_REQ_ALLOW_MISSING_BINDINGS,
	.mechs = krb5_mechs,
	.magic = { krb5_magic, sizeof(krb5_magic) },
	.defaults = SSPI_DEFAULT_TICKETS,
	.ops = &krb5_ops,
	.owner = THIS_MODULE,
};
SSPI_EXPORT_FOR_TEST(krb5_package);
