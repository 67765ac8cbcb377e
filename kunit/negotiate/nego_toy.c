// SPDX-License-Identifier: GPL-2.0-only
/*
 * One token each way: "TOY1" and "TOY2". It proves the server's name, or says
 * so, and its signatures are a checksum with a number.
 */
#include <linux/module.h>
#include <linux/string.h>

#include "kunit/negotiate/nego_toy.h"

#define TOKEN_LEN	4
#define MIC_LEN		8

struct toy_ctl toy_ctl;

struct toy_ctx {
	bool initiator;
	bool sent;
	bool done;
	unsigned int asked;
	u32 seq[2];		/* sent, received */
};

static sec_status_t toy_acquire(struct sspi_package_acquire *acq, void **cred)
{
	*cred = sspi_alloc(1);
	if (!*cred)
		return SEC_E_INSUFFICIENT_MEMORY;
	atomic_inc(&toy_ctl.live);
	return SEC_E_OK;
}

static void toy_free(void *p)
{
	if (!p)
		return;
	atomic_dec(&toy_ctl.live);
	sspi_free(p);
}

static sec_status_t put_token(struct sspi_step *step, const char *text)
{
	step->output.data = sspi_alloc(TOKEN_LEN);
	if (!step->output.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(step->output.data, text, TOKEN_LEN);
	step->output.len = TOKEN_LEN;
	return SEC_E_OK;
}

static bool token_is(const struct sspi_step *step, const char *text)
{
	return step->input.len == TOKEN_LEN &&
	       !memcmp(step->input.data, text, TOKEN_LEN);
}

static sec_status_t toy_refuse(struct sspi_step *step)
{
	step->reason = "no token of a toy";
	return SEC_E_INVALID_TOKEN;
}

static struct toy_ctx *toy_ctx(void **ctx, bool initiator)
{
	struct toy_ctx *c = *ctx;

	if (c)
		return c;
	c = sspi_alloc(sizeof(*c));
	if (c) {
		atomic_inc(&toy_ctl.live);
		c->initiator = initiator;
		*ctx = c;
	}
	return c;
}

static sec_status_t toy_ask(struct toy_ctx *c, struct sspi_step *step)
{
	if (step->resumed)
		atomic_inc(&toy_ctl.asked);
	if (c->asked == toy_ctl.questions)
		return SEC_E_OK;
	step->io.request.data = sspi_alloc(1);
	if (!step->io.request.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	step->io.request.len = 1;
	step->io.realm = "TOY.TEST";
	c->asked++;
	return SEC_I_ASYNC_CALL_PENDING;
}

static sec_status_t toy_initialize(void **ctx, void *cred,
				   struct sspi_step *step)
{
	struct toy_ctx *c = toy_ctx(ctx, true);
	sec_status_t status;

	if (!c)
		return SEC_E_INSUFFICIENT_MEMORY;
	step->attr = toy_ctl.no_integrity ? 0 : ISC_RET_INTEGRITY;
	if (c->sent) {
		c->done = token_is(step, "TOY2");
		return c->done ? SEC_E_OK : toy_refuse(step);
	}
	if (sec_status_class(toy_ctl.status) == SSPI_CLASS_FATAL) {
		step->reason = TOY_REASON;
		return toy_ctl.status;
	}
	status = toy_ask(c, step);
	if (status == SEC_E_OK)
		status = put_token(step, "TOY1");
	c->sent = status == SEC_E_OK;
	return c->sent ? SEC_I_CONTINUE_NEEDED : status;
}

static sec_status_t toy_accept(void **ctx, void *cred, struct sspi_step *step)
{
	struct toy_ctx *c = toy_ctx(ctx, false);
	sec_status_t status;

	if (!c)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (c->done || !token_is(step, "TOY1"))
		return toy_refuse(step);
	step->attr = toy_ctl.no_integrity ? 0 : ASC_RET_INTEGRITY;
	status = put_token(step, "TOY2");
	c->done = status == SEC_E_OK;
	return status;
}

static void toy_fail(void *ctx)
{
}

static sec_status_t toy_query(void *ctx, u32 attr, void *buf, size_t len)
{
	struct sec_pkg_context_session_key *key = buf;

	if (attr != SECPKG_ATTR_SESSION_KEY)
		return SEC_E_UNSUPPORTED_FUNCTION;
	key->len = 4;
	memcpy(key->key, "toy!", 4);
	return SEC_E_OK;
}

static sec_status_t toy_query_cred(void *cred, u32 attr, void *buf, size_t len)
{
	return SEC_E_UNSUPPORTED_FUNCTION;
}

struct toy_sum {
	u32 sum;
};

static void add_run(void *priv, u8 *data, size_t len)
{
	struct toy_sum *s = priv;

	while (len--)
		s->sum = (s->sum ^ *data++) * 0x01000193;
}

static void make_mic(struct sspi_message *msg, u32 seq, u8 mic[MIC_LEN])
{
	struct toy_sum s = { 0x811c9dc5 + seq };
	u32 i;

	for (i = 0; i < msg->part_count; i++)
		sspi_part_walk(&msg->parts[i], add_run, &s);
	memcpy(mic, &seq, sizeof(seq));
	memcpy(mic + sizeof(seq), &s.sum, sizeof(s.sum));
}

static sec_status_t toy_sign(void *ctx, struct sspi_message *msg)
{
	struct toy_ctx *c = ctx;

	if (msg->token_len < MIC_LEN)
		return SEC_E_BUFFER_TOO_SMALL;
	make_mic(msg, c->seq[0]++, msg->token);
	msg->token_len = MIC_LEN;
	atomic_inc(&toy_ctl.signed_count);
	return SEC_E_OK;
}

static sec_status_t toy_verify(void *ctx, struct sspi_message *msg)
{
	struct toy_ctx *c = ctx;
	u8 want[MIC_LEN];

	make_mic(msg, c->seq[1], want);
	if (msg->token_len != MIC_LEN || memcmp(want, msg->token, MIC_LEN))
		return SEC_E_MESSAGE_ALTERED;
	c->seq[1]++;
	atomic_inc(&toy_ctl.verified);
	return SEC_E_OK;
}

static bool toy_wants_mic(void *ctx)
{
	return toy_ctl.wants_mic;
}

static void toy_restart(void *ctx)
{
	atomic_inc(&toy_ctl.restarts);
}

static const struct sspi_package_ops toy_ops = {
	.acquire = toy_acquire,
	.free_cred = toy_free,
	.initialize = toy_initialize,
	.accept = toy_accept,
	.wants_mic = toy_wants_mic,
	.restart = toy_restart,
	.fail = toy_fail,
	.free_ctx = toy_free,
	.query = toy_query,
	.query_cred = toy_query_cred,
	.sign = toy_sign,
	.verify = toy_verify,
	.seal = toy_sign,
	.unseal = toy_verify,
};

/* 1.3.6.1.4.1.99999.1 */
static const u8 toy_oid[] = { 0x2b, 6, 1, 4, 1, 0x86, 0x8d, 0x1f, 1 };

static const struct sspi_span toy_mechs[] = {
	{ toy_oid, sizeof(toy_oid) },
	{ }
};

const struct sspi_package toy_package = {
	.info = {
		.capabilities = SECPKG_FLAG_MUTUAL_AUTH |
				SECPKG_FLAG_INTEGRITY,
		.version = 1,
		.max_token = 64,
		.name = TOY_NAME,
		.comment = "a third party's",
	},
	.isc_req = ISC_REQ_INTEGRITY | ISC_REQ_MUTUAL_AUTH,
	.asc_req = ASC_REQ_INTEGRITY,
	.mechs = toy_mechs,
	.magic = { (const u8 *)"TOY", 3 },
	.ops = &toy_ops,
	.owner = THIS_MODULE,
};
