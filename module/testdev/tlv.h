/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a request of sspi-drive and its answer travel: a row of {tag, length,
 * bytes}, native byte order, no padding, nested where a value is a record.
 * Pure, and the same file in the kernel and in the tool.
 */
#ifndef _SSPI_TESTDEV_TLV_H
#define _SSPI_TESTDEV_TLV_H

#include <linux/sspi_span.h>
#include <linux/string.h>
#include <linux/types.h>

/* A request is a u32 operation, then values; an answer is values only. */
enum drive_op {
	DRIVE_OP_ENV = 1,
	DRIVE_OP_ACQUIRE,
	DRIVE_OP_INITIALIZE,
	DRIVE_OP_ACCEPT,
	DRIVE_OP_COMPLETE,
	DRIVE_OP_QUERY,
	DRIVE_OP_SIGN,
	DRIVE_OP_VERIFY,
	DRIVE_OP_ENCRYPT,
	DRIVE_OP_DECRYPT,
	DRIVE_OP_WRAP,
	DRIVE_OP_UNWRAP,
	DRIVE_OP_EXPORT,
	DRIVE_OP_CRYPTO,
	DRIVE_OP_DELETE,
	DRIVE_OP_FREE,
	DRIVE_OP_IO_REPLY,
	DRIVE_OP_IMPORT,
};

enum drive_tag {
	/* numbers: u64 */
	DRIVE_STATUS = 1,
	DRIVE_CRED,
	DRIVE_CTX,
	DRIVE_REQ,
	DRIVE_ATTR_FLAGS,
	DRIVE_ATTR,
	DRIVE_EXPIRY,
	DRIVE_START,
	DRIVE_QOP,
	DRIVE_SEQ,
	DRIVE_CONF,
	DRIVE_USE,
	DRIVE_TYPE,
	DRIVE_NOW,
	DRIVE_SEED,
	DRIVE_RESET,
	DRIVE_REAL,
	DRIVE_RANDOM_LEFT,
	DRIVE_WHAT,
	DRIVE_LM_COMPAT,
	DRIVE_ALLOW_ANONYMOUS,
	DRIVE_REQUIRE_MIC,
	DRIVE_MAX_TOKEN,
	DRIVE_MAX_SIGNATURE,
	DRIVE_BLOCK_SIZE,
	DRIVE_TRAILER,
	DRIVE_CAPABILITIES,
	DRIVE_VERSION,
	DRIVE_RPCID,
	DRIVE_STATE,
	DRIVE_KEY_SIZE,
	DRIVE_NEG_FLAGS,
	DRIVE_ENCTYPE,
	DRIVE_ENCTYPE2,
	DRIVE_USAGE,
	DRIVE_LENGTH,
	DRIVE_CKSUMTYPE, /* signed */
	DRIVE_MAX_SKEW,
	DRIVE_CANONICALIZE,
	DRIVE_PERMITTED, /* once for each; signed */
	DRIVE_SERVICE, /* enum sspi_io_service */
	DRIVE_ERROR, /* errno, positive */
	DRIVE_INITIATOR,
	DRIVE_IS_ACCEPTORS,
	DRIVE_SEND_SEQ,
	DRIVE_RECV_SEQ,
	DRIVE_DELEGATED, /* a context */
	DRIVE_BY_ADDRESS,
	DRIVE_SCRIPT, /* the script answers the credential's questions */
	DRIVE_LACKING, /* this build has not what was asked for */
	/* bytes */
	DRIVE_REASON = 64,
	DRIVE_OUTPUT,
	DRIVE_INPUT,
	DRIVE_TOKEN,
	DRIVE_MESSAGE,
	DRIVE_BINDINGS,
	DRIVE_CHALLENGE,
	DRIVE_DATA,
	DRIVE_RESULT,
	DRIVE_RANDOM,
	DRIVE_SESSION_KEY,
	DRIVE_SEND_SIGN,
	DRIVE_SEND_SEAL,
	DRIVE_RECV_SIGN,
	DRIVE_RECV_SEAL,
	DRIVE_PASSWORD,
	DRIVE_NT_HASH,
	DRIVE_KEY,
	DRIVE_KEY2,
	DRIVE_SALT,
	DRIVE_S2K_PARAMS,
	DRIVE_PEPPER,
	DRIVE_PEPPER2,
	DRIVE_CONFOUNDER,
	DRIVE_CHECKSUM,
	DRIVE_IV,
	DRIVE_KEYTAB,
	DRIVE_CCACHE,
	DRIVE_ARMOR,
	DRIVE_REQUEST,
	DRIVE_REPLY,
	DRIVE_SUBKEY,
	DRIVE_SUBKEY2,
	/* texts: UTF-8 with a terminating NUL */
	DRIVE_PACKAGE = 128,
	DRIVE_PRINCIPAL,
	DRIVE_USER,
	DRIVE_DOMAIN,
	DRIVE_TARGET,
	DRIVE_NAME,
	DRIVE_NAME2,
	DRIVE_COMMENT,
	DRIVE_WORKSTATION,
	DRIVE_NB_COMPUTER,
	DRIVE_NB_DOMAIN,
	DRIVE_DNS_COMPUTER,
	DRIVE_DNS_DOMAIN,
	DRIVE_DNS_FOREST,
	DRIVE_FOR_USER,
	DRIVE_REALM,
	DRIVE_PACKAGES,
	/* records */
	DRIVE_IDENTITY = 192,
	DRIVE_ACCOUNT,
	DRIVE_BUFFER,
	DRIVE_LONG_KEY, /* of an identity */
	DRIVE_SID,
	DRIVE_MECH, /* of Negotiate: name, state, reason */
};

/* DRIVE_WHAT of an export. */
enum drive_export {
	DRIVE_EXPORT_SESSION_KEY,
	DRIVE_EXPORT_KEYS,
	DRIVE_EXPORT_SUBKEY,
};

/* DRIVE_WHAT of a crypto request. */
enum drive_crypto {
	DRIVE_CRYPTO_MD4,
	DRIVE_CRYPTO_NTOWFV1,
	DRIVE_CRYPTO_NTOWFV2,
	DRIVE_CRYPTO_NFOLD,
	DRIVE_CRYPTO_STRING_TO_KEY,
	DRIVE_CRYPTO_RANDOM_TO_KEY,
	DRIVE_CRYPTO_DERIVE,
	DRIVE_CRYPTO_ENCRYPT,
	DRIVE_CRYPTO_DECRYPT,
	DRIVE_CRYPTO_CHECKSUM,
	DRIVE_CRYPTO_VERIFY_CHECKSUM,
	DRIVE_CRYPTO_PRF,
	DRIVE_CRYPTO_PRF_PLUS,
	DRIVE_CRYPTO_CF2,
	DRIVE_CRYPTO_CTS,
};

#define DRIVE_MAX_REQUEST (16 * 1024 * 1024)
#define DRIVE_HEAD 8

struct drive_reader {
	const u8 *data;
	size_t left;
	bool bad;
};

static inline void drive_reader_init(struct drive_reader *r,
				     struct sspi_span in)
{
	r->data = in.data;
	r->left = in.len;
	r->bad = false;
}

/* The next value; false at the end or at a value that is not all there. */
static inline bool drive_next(struct drive_reader *r, u32 *tag,
			      struct sspi_span *value)
{
	u32 head[2];

	if (r->left == 0)
		return false;
	if (r->left < DRIVE_HEAD) {
		r->bad = true;
		return false;
	}
	memcpy(head, r->data, DRIVE_HEAD);
	if (head[1] > r->left - DRIVE_HEAD) {
		r->bad = true;
		return false;
	}
	*tag = head[0];
	value->data = r->data + DRIVE_HEAD;
	value->len = head[1];
	r->data += DRIVE_HEAD + head[1];
	r->left -= DRIVE_HEAD + head[1];
	return true;
}

/* The first value of @tag in @in; false if there is none. */
static inline bool drive_find(struct sspi_span in, u32 tag,
			      struct sspi_span *value)
{
	struct drive_reader r;
	u32 found;

	drive_reader_init(&r, in);
	while (drive_next(&r, &found, value)) {
		if (found == tag)
			return true;
	}
	value->data = NULL;
	value->len = 0;
	return false;
}

static inline bool drive_find_u64(struct sspi_span in, u32 tag, u64 *value)
{
	struct sspi_span v;

	if (!drive_find(in, tag, &v) || v.len != sizeof(*value))
		return false;
	memcpy(value, v.data, sizeof(*value));
	return true;
}

/* A text of a request where it lies; NULL if absent or not well formed. */
static inline const char *drive_find_text(struct sspi_span in, u32 tag)
{
	struct sspi_span v;

	if (!drive_find(in, tag, &v) || v.len == 0 || v.data[v.len - 1])
		return NULL;
	return (const char *)v.data;
}

struct drive_writer {
	u8 *data;
	size_t room;
	size_t pos;
	bool bad;
};

static inline void drive_writer_init(struct drive_writer *w, void *data,
				     size_t room)
{
	w->data = data;
	w->room = room;
	w->pos = 0;
	w->bad = false;
}

static inline void drive_put(struct drive_writer *w, u32 tag, const void *data,
			     size_t len)
{
	u32 len32 = (u32)len;

	if (w->bad || w->room - w->pos < DRIVE_HEAD ||
	    len > w->room - w->pos - DRIVE_HEAD) {
		w->bad = true;
		return;
	}
	memcpy(w->data + w->pos, &tag, sizeof(tag));
	memcpy(w->data + w->pos + sizeof(tag), &len32, sizeof(len32));
	if (len)
		memcpy(w->data + w->pos + DRIVE_HEAD, data, len);
	w->pos += DRIVE_HEAD + len;
}

static inline void drive_put_u64(struct drive_writer *w, u32 tag, u64 value)
{
	drive_put(w, tag, &value, sizeof(value));
}

static inline void drive_put_text(struct drive_writer *w, u32 tag,
				  const char *text)
{
	drive_put(w, tag, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* A record: what is put between begin and end is its value. */
static inline size_t drive_begin(struct drive_writer *w, u32 tag)
{
	drive_put(w, tag, NULL, 0);
	return w->pos;
}

static inline void drive_end(struct drive_writer *w, size_t begin)
{
	u32 len = (u32)(w->pos - begin);

	if (!w->bad)
		memcpy(w->data + begin - sizeof(len), &len, sizeof(len));
}

#endif /* _SSPI_TESTDEV_TLV_H */
