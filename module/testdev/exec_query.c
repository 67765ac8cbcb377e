// SPDX-License-Identifier: GPL-2.0-only
/* query, export and crypto. */
#include <linux/string.h>

#include "codec/utf16.h"
#include "crypto/crypto.h"
#include "crypto/ntlm_kdf.h"
#include "testdev/exec.h"

/* Every structure that an attribute may fill in. */
union testdev_attr {
	struct sec_pkg_context_sizes sizes;
	struct sec_pkg_context_session_key key;
	struct sec_pkg_context_flags flags;
	struct sec_pkg_context_lifespan lifespan;
	struct sec_pkg_context_names names;
	struct sec_pkg_context_native_names native;
	struct sec_pkg_context_package_info package;
	struct sec_pkg_context_negotiation_info negotiation;
	struct sec_pkg_context_key_info key_info;
	struct sec_pkg_context_client_specified_target target;
	struct sec_pkg_context_sids sids;
	struct sec_pkg_context_nego_status nego;
};

static size_t testdev_attr_len(u32 attr)
{
	switch (attr) {
	case SECPKG_ATTR_SIZES:
		return sizeof(struct sec_pkg_context_sizes);
	case SECPKG_ATTR_SESSION_KEY:
		return sizeof(struct sec_pkg_context_session_key);
	case SECPKG_ATTR_FLAGS:
		return sizeof(struct sec_pkg_context_flags);
	case SECPKG_ATTR_LIFESPAN:
		return sizeof(struct sec_pkg_context_lifespan);
	case SECPKG_ATTR_NAMES:
		return sizeof(struct sec_pkg_context_names);
	case SECPKG_ATTR_NATIVE_NAMES:
		return sizeof(struct sec_pkg_context_native_names);
	case SECPKG_ATTR_PACKAGE_INFO:
		return sizeof(struct sec_pkg_context_package_info);
	case SECPKG_ATTR_NEGOTIATION_INFO:
		return sizeof(struct sec_pkg_context_negotiation_info);
	case SECPKG_ATTR_KEY_INFO:
		return sizeof(struct sec_pkg_context_key_info);
	case SECPKG_ATTR_CLIENT_SPECIFIED_TARGET:
		return sizeof(struct sec_pkg_context_client_specified_target);
	case SSPI_ATTR_SIDS:
		return sizeof(struct sec_pkg_context_sids);
	case SECPKG_ATTR_NEGO_STATUS:
		return sizeof(struct sec_pkg_context_nego_status);
	default:
		return 0;
	}
}

static void testdev_write_info(struct drive_writer *out,
			       const struct sec_pkg_info *info)
{
	drive_put_text(out, DRIVE_NAME, info->name);
	drive_put_text(out, DRIVE_COMMENT, info->comment);
	drive_put_u64(out, DRIVE_CAPABILITIES, info->capabilities);
	drive_put_u64(out, DRIVE_VERSION, info->version);
	drive_put_u64(out, DRIVE_RPCID, info->rpcid);
	drive_put_u64(out, DRIVE_MAX_TOKEN, info->max_token);
}

static void testdev_write_name(struct drive_writer *out, u32 tag, char *name)
{
	drive_put_text(out, tag, name);
	sspi_free_context_buffer(name);
}

static void testdev_write_sids(struct drive_writer *out,
			       const struct sec_pkg_context_sids *sids)
{
	size_t begin;
	u32 i;

	for (i = 0; i < sids->count; i++) {
		begin = drive_begin(out, DRIVE_SID);
		drive_put(out, DRIVE_DATA, sids->sids[i].sid,
			  sids->sids[i].len);
		drive_put_u64(out, DRIVE_ATTR_FLAGS, sids->sids[i].attributes);
		drive_end(out, begin);
	}
	sspi_free_context_buffer(sids->sids);
}

static void testdev_write_mechs(struct drive_writer *out,
				const struct sec_pkg_context_nego_status *nego)
{
	size_t begin;
	u32 i;

	for (i = 0; i < nego->count; i++) {
		begin = drive_begin(out, DRIVE_MECH);
		drive_put_text(out, DRIVE_NAME, nego->mechs[i].name);
		drive_put_u64(out, DRIVE_STATE,
			      (__force u32)nego->mechs[i].status);
		drive_put_text(out, DRIVE_COMMENT, nego->mechs[i].reason);
		drive_end(out, begin);
	}
	sspi_free_context_buffer(nego->mechs);
}

static void testdev_write_attr(struct drive_writer *out, u32 attr,
			       const union testdev_attr *a)
{
	switch (attr) {
	case SECPKG_ATTR_SIZES:
		drive_put_u64(out, DRIVE_MAX_TOKEN, a->sizes.max_token);
		drive_put_u64(out, DRIVE_MAX_SIGNATURE, a->sizes.max_signature);
		drive_put_u64(out, DRIVE_BLOCK_SIZE, a->sizes.block_size);
		drive_put_u64(out, DRIVE_TRAILER, a->sizes.security_trailer);
		break;
	case SECPKG_ATTR_SESSION_KEY:
		drive_put(out, DRIVE_SESSION_KEY, a->key.key, a->key.len);
		break;
	case SECPKG_ATTR_FLAGS:
		drive_put_u64(out, DRIVE_ATTR_FLAGS, a->flags.flags);
		break;
	case SECPKG_ATTR_LIFESPAN:
		drive_put_u64(out, DRIVE_START, (u64)a->lifespan.start);
		drive_put_u64(out, DRIVE_EXPIRY, (u64)a->lifespan.expiry);
		break;
	case SECPKG_ATTR_NAMES:
		testdev_write_name(out, DRIVE_NAME, a->names.user_name);
		break;
	case SECPKG_ATTR_NATIVE_NAMES:
		testdev_write_name(out, DRIVE_NAME, a->native.client_name);
		testdev_write_name(out, DRIVE_NAME2, a->native.server_name);
		break;
	case SECPKG_ATTR_PACKAGE_INFO:
		testdev_write_info(out, &a->package.info);
		break;
	case SECPKG_ATTR_NEGOTIATION_INFO:
		testdev_write_info(out, &a->negotiation.info);
		drive_put_u64(out, DRIVE_STATE, a->negotiation.state);
		break;
	case SECPKG_ATTR_KEY_INFO:
		drive_put_text(out, DRIVE_NAME, a->key_info.sign_algorithm);
		drive_put_text(out, DRIVE_NAME2, a->key_info.encrypt_algorithm);
		drive_put_u64(out, DRIVE_KEY_SIZE, a->key_info.key_size);
		break;
	case SECPKG_ATTR_CLIENT_SPECIFIED_TARGET:
		testdev_write_name(out, DRIVE_TARGET, a->target.target_name);
		break;
	case SSPI_ATTR_SIDS:
		testdev_write_sids(out, &a->sids);
		break;
	case SECPKG_ATTR_NEGO_STATUS:
		testdev_write_mechs(out, &a->nego);
		break;
	}
}

sec_status_t testdev_op_query(struct testdev_call *call)
{
	struct testdev_entry *ctx = testdev_find(call, DRIVE_CTX, false);
	union testdev_attr *a;
	sec_status_t status;
	u64 attr = 0;

	if (!ctx)
		return SEC_E_INVALID_HANDLE;
	a = sspi_alloc(sizeof(*a));
	if (!a)
		return SEC_E_INSUFFICIENT_MEMORY;
	drive_find_u64(call->in, DRIVE_ATTR, &attr);
	status = sspi_query_context_attributes(&ctx->ctx, (u32)attr, a,
					       testdev_attr_len((u32)attr));
	if (status == SEC_E_OK)
		testdev_write_attr(&call->out, (u32)attr, a);
	if (attr == SECPKG_ATTR_FLAGS)
		drive_put_u64(&call->out, DRIVE_WHAT, ctx->acceptor);
	sspi_free(a);
	return status;
}

static void testdev_write_keys(struct drive_writer *out,
			       const struct sspi_debug_keys *keys)
{
	drive_put(out, DRIVE_SESSION_KEY, keys->session_key,
		  keys->session_key_len);
	drive_put(out, DRIVE_SEND_SIGN, keys->send_sign, keys->key_len);
	drive_put(out, DRIVE_SEND_SEAL, keys->send_seal, keys->key_len);
	drive_put(out, DRIVE_RECV_SIGN, keys->recv_sign, keys->key_len);
	drive_put(out, DRIVE_RECV_SEAL, keys->recv_seal, keys->key_len);
	drive_put_u64(out, DRIVE_NEG_FLAGS, keys->flags);
}

static void testdev_write_subkeys(struct drive_writer *out,
				  const struct sspi_debug_keys *keys)
{
	if (keys->initiator.len) {
		drive_put(out, DRIVE_SUBKEY, keys->initiator.key,
			  keys->initiator.len);
		drive_put_u64(out, DRIVE_ENCTYPE, keys->initiator.enctype);
	}
	if (keys->acceptor.len) {
		drive_put(out, DRIVE_SUBKEY2, keys->acceptor.key,
			  keys->acceptor.len);
		drive_put_u64(out, DRIVE_ENCTYPE2, keys->acceptor.enctype);
	}
}

/* What Kerberos has: none of NTLM's four keys. */
static void testdev_write_krb5(struct drive_writer *out, u64 what,
			       const struct sspi_debug_keys *keys)
{
	if (what != DRIVE_EXPORT_SUBKEY) {
		drive_put(out, DRIVE_SESSION_KEY, keys->session_key,
			  keys->session_key_len);
		drive_put_u64(out, DRIVE_TYPE, keys->enctype);
	}
	if (what != DRIVE_EXPORT_SESSION_KEY)
		testdev_write_subkeys(out, keys);
	if (what == DRIVE_EXPORT_KEYS) {
		drive_put_u64(out, DRIVE_SEND_SEQ, keys->send_seq);
		drive_put_u64(out, DRIVE_RECV_SEQ, keys->recv_seq);
	}
}

sec_status_t testdev_op_export(struct testdev_call *call)
{
	struct testdev_entry *ctx = testdev_find(call, DRIVE_CTX, false);
	struct sspi_debug_keys *keys;
	sec_status_t status;
	u64 what = 0;

	if (!ctx)
		return SEC_E_INVALID_HANDLE;
	drive_find_u64(call->in, DRIVE_WHAT, &what);
	keys = sspi_alloc(sizeof(*keys));
	if (!keys)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = testdev_debug_keys(&ctx->ctx, keys);
	if (status == SEC_E_OK && keys->enctype) {
		testdev_write_krb5(&call->out, what, keys);
	} else if (status == SEC_E_OK && what == DRIVE_EXPORT_SUBKEY) {
		call->reason = "the package has no subkeys";
		status = SEC_E_UNSUPPORTED_FUNCTION;
	} else if (status == SEC_E_OK && what == DRIVE_EXPORT_KEYS) {
		testdev_write_keys(&call->out, keys);
	} else if (status == SEC_E_OK) {
		drive_put(&call->out, DRIVE_SESSION_KEY, keys->session_key,
			  keys->session_key_len);
	}
	sspi_free(keys);
	return status;
}

/* A text of the request as UTF-16LE, from sspi_alloc(). */
static sec_status_t testdev_utf16(struct sspi_span text, struct sspi_blob *out)
{
	int len = sspi_utf8_to_utf16le(text, NULL, 0);

	out->data = NULL;
	out->len = 0;
	if (len < 0)
		return SEC_E_INVALID_PARAMETER;
	out->data = sspi_alloc(len ? (size_t)len : 1);
	if (!out->data)
		return SEC_E_INSUFFICIENT_MEMORY;
	out->len = (size_t)len;
	if (sspi_utf8_to_utf16le(text, out->data, out->len) != len)
		return SEC_E_INTERNAL_ERROR;
	return SEC_E_OK;
}

static struct sspi_span testdev_view(const struct sspi_blob *blob)
{
	return (struct sspi_span){ blob->data, blob->len };
}

/* NTOWFv1 and, of user and domain too, NTOWFv2. */
static sec_status_t testdev_ntowf(struct testdev_call *call, bool v2,
				  u8 out[16])
{
	static const u32 tags[3] = { DRIVE_PASSWORD, DRIVE_USER, DRIVE_DOMAIN };
	struct sspi_blob text[3] = {};
	struct sspi_span value;
	sec_status_t status = SEC_E_OK;
	unsigned int i;

	for (i = 0; i < (v2 ? 3 : 1) && status == SEC_E_OK; i++) {
		drive_find(call->in, tags[i], &value);
		if (i && value.len)
			value.len--; /* its NUL */
		status = testdev_utf16(value, &text[i]);
	}
	if (status == SEC_E_OK)
		ntlm_ntowf_v1(testdev_view(&text[0]), out);
	if (status == SEC_E_OK && v2) {
		sspi_utf16le_upcase(text[1].data, text[1].len);
		ntlm_ntowf_v2(out, testdev_view(&text[1]),
			      testdev_view(&text[2]), out);
	}
	for (i = 0; i < 3; i++)
		sspi_free(text[i].data);
	return status;
}

sec_status_t testdev_op_crypto(struct testdev_call *call)
{
	sec_status_t status = SEC_E_OK;
	struct sspi_span value;
	u64 what = 0;
	u8 out[16];

	drive_find_u64(call->in, DRIVE_WHAT, &what);
	switch (what) {
	case DRIVE_CRYPTO_MD4:
		drive_find(call->in, DRIVE_DATA, &value);
		sspi_md4(value.data, value.len, out);
		break;
	case DRIVE_CRYPTO_NTOWFV1:
	case DRIVE_CRYPTO_NTOWFV2:
		status = testdev_ntowf(call, what == DRIVE_CRYPTO_NTOWFV2, out);
		break;
	default:
		return testdev_op_krb5_crypto(call, what);
	}
	if (status == SEC_E_OK)
		drive_put(&call->out, DRIVE_RESULT, out, sizeof(out));
	return status;
}
