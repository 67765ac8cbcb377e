// SPDX-License-Identifier: GPL-2.0-only
/* A package whose steps do what a test tells them, and count what happened. */
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "kunit/core/fake_package.h"

struct fake_ctl fake_ctl;

struct fake_ctx {
	bool failed;
	unsigned int asked;
};

struct fake_cred {
	char user[32];
};

void fake_reset(void)
{
	fake_ctl.status = SEC_E_OK;
	fake_ctl.no_output = false;
	fake_ctl.questions = 0;
	fake_ctl.refresh = false;
	fake_ctl.refresh_again = false;
	fake_ctl.refresh_status = SEC_E_OK;
	atomic_set(&fake_ctl.refreshes, 0);
	atomic_set(&fake_ctl.refresh_live, 0);
	fake_ctl.gated = false;
	fake_ctl.heeds = false;
	fake_ctl.blind = false;
	init_completion(&fake_ctl.gate);
	init_completion(&fake_ctl.entered);
	memset(&fake_ctl.seen, 0, sizeof(fake_ctl.seen));
	atomic_set(&fake_ctl.steps, 0);
	atomic_set(&fake_ctl.fails, 0);
	atomic_set(&fake_ctl.ctx_live, 0);
	atomic_set(&fake_ctl.cred_live, 0);
	WRITE_ONCE(fake_ctl.enter, NULL);
	fake_ctl.delegated = NULL;
}

void fake_enter(enum fake_entry entry)
{
	void (*enter)(enum fake_entry entry) = READ_ONCE(fake_ctl.enter);

	if (enter)
		enter(entry);
}

static sec_status_t fake_acquire(struct sspi_package_acquire *acq, void **cred)
{
	const struct sspi_auth_identity *id = acq->args->identity;
	struct fake_cred *c;

	fake_enter(FAKE_IN_ACQUIRE);
	fake_ctl.delegated = acq->delegated;
	complete(&fake_ctl.entered);
	if (fake_ctl.gated)
		wait_for_completion(&fake_ctl.gate);
	if (sec_status_class(fake_ctl.status) == SSPI_CLASS_FATAL) {
		acq->reason = FAKE_REASON;
		return fake_ctl.status;
	}
	c = sspi_alloc(sizeof(*c));
	if (!c)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (id && id->user)
		strscpy(c->user, id->user, sizeof(c->user));
	acq->expiry = SSPI_EXPIRY_NEVER;
	atomic_inc(&fake_ctl.cred_live);
	*cred = c;
	return SEC_E_OK;
}

static void fake_free_cred(void *cred)
{
	fake_enter(FAKE_IN_FREE_CRED);
	atomic_dec(&fake_ctl.cred_live);
	sspi_free(cred);
}

static void fake_look(const struct sspi_step *step)
{
	struct fake_seen *seen = &fake_ctl.seen;

	memset(seen, 0, sizeof(*seen));
	seen->req = step->req;
	seen->input_len = step->input.data ? (long)step->input.len : -1;
	seen->bindings_len = step->bindings.data ? (long)step->bindings.len : -1;
	if (step->input.data)
		memcpy(seen->input, step->input.data,
		       min_t(size_t, step->input.len, FAKE_MAX_SEEN));
	if (step->target)
		strscpy(seen->target, step->target, sizeof(seen->target));
	seen->reply_len = step->reply.data ? (long)step->reply.len : -1;
	seen->reply_error = step->reply_error;
	seen->uid = current_fsuid();
	seen->noio = !(current_gfp_context(GFP_KERNEL) & __GFP_FS);
	seen->workqueue = current->flags & PF_WQ_WORKER;
}

static sec_status_t fake_ask(struct sspi_step *step)
{
	step->io.realm = FAKE_REALM;
	step->io.service = SSPI_IO_KDC;
	step->io.request.data = sspi_alloc(sizeof(FAKE_QUESTION) - 1);
	if (!step->io.request.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	step->io.request.len = sizeof(FAKE_QUESTION) - 1;
	memcpy(step->io.request.data, FAKE_QUESTION, step->io.request.len);
	return SEC_I_ASYNC_CALL_PENDING;
}

/* Until the gate opens; false if the step is given up before. */
static bool fake_wait(const struct sspi_step *step)
{
	if (!fake_ctl.heeds) {
		wait_for_completion(&fake_ctl.gate);
		return true;
	}
	while (!wait_for_completion_timeout(&fake_ctl.gate, 1))
		if (step->cancelled(step))
			return false;
	return true;
}

static sec_status_t fake_step(void **ctx, struct sspi_step *step)
{
	struct fake_ctx *c;

	fake_enter(FAKE_IN_STEP);
	if (!*ctx) {
		*ctx = sspi_alloc(sizeof(struct fake_ctx));
		if (!*ctx)
			return SEC_E_INSUFFICIENT_MEMORY;
		atomic_inc(&fake_ctl.ctx_live);
	}
	if (!fake_ctl.blind)
		fake_look(step);
	atomic_inc(&fake_ctl.steps);
	complete(&fake_ctl.entered);
	if (fake_ctl.gated && !fake_wait(step))
		return SSPI_E_CANCELLED;
	c = *ctx;
	if (!step->resumed)
		c->asked = 0;
	if (c->asked < fake_ctl.questions) {
		c->asked++;
		return fake_ask(step);
	}
	if (fake_ctl.refresh)
		step->refresh = ktime_get_real_seconds();
	if (!fake_ctl.no_output) {
		step->output.data = sspi_alloc(sizeof(FAKE_OUTPUT) - 1);
		if (!step->output.data)
			return SEC_E_INSUFFICIENT_MEMORY;
		step->output.len = sizeof(FAKE_OUTPUT) - 1;
		memcpy(step->output.data, FAKE_OUTPUT, step->output.len);
	}
	step->attr = step->req & (ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY);
	step->expiry = SSPI_EXPIRY_NEVER;
	if (sec_status_class(fake_ctl.status) == SSPI_CLASS_FATAL)
		step->reason = FAKE_REASON;
	return fake_ctl.status;
}

static sec_status_t fake_initialize(void **ctx, void *cred,
				    struct sspi_step *step)
{
	return fake_step(ctx, step);
}

static sec_status_t fake_accept(void **ctx, void *cred, struct sspi_step *step)
{
	return fake_step(ctx, step);
}

/* One question, and what it was answered with. */
static sec_status_t fake_refresh(void *cred, void **state,
				 struct sspi_step *step)
{
	fake_enter(FAKE_IN_REFRESH);
	if (!*state) {
		*state = sspi_alloc(1);
		if (!*state)
			return SEC_E_INSUFFICIENT_MEMORY;
		atomic_inc(&fake_ctl.refresh_live);
	}
	if (!step->resumed)
		return fake_ask(step);
	if (!fake_ctl.blind)
		fake_look(step);
	atomic_inc(&fake_ctl.refreshes);
	if (fake_ctl.refresh_again)
		step->refresh = ktime_get_real_seconds();
	return fake_ctl.refresh_status;
}

static void fake_refresh_end(void *cred, void *state)
{
	fake_enter(FAKE_IN_REFRESH_END);
	atomic_dec(&fake_ctl.refresh_live);
	sspi_free(state);
}

static void fake_fail(void *ctx)
{
	struct fake_ctx *c = ctx;

	fake_enter(FAKE_IN_FAIL);
	c->failed = true;
	atomic_inc(&fake_ctl.fails);
}

static void fake_free_ctx(void *ctx)
{
	fake_enter(FAKE_IN_FREE_CTX);
	atomic_dec(&fake_ctl.ctx_live);
	sspi_free(ctx);
}

static sec_status_t fake_query(void *ctx, u32 attr, void *buf, size_t len)
{
	struct sec_pkg_context_session_key *key = buf;
	struct sec_pkg_context_sizes *sizes = buf;
	struct sec_pkg_context_names *names = buf;

	switch (attr) {
	case SECPKG_ATTR_SIZES:
		sizes->max_token = fake_package.info.max_token;
		sizes->max_signature = FAKE_SIGNATURE_LEN;
		sizes->security_trailer = FAKE_SIGNATURE_LEN;
		return SEC_E_OK;
	case SECPKG_ATTR_SESSION_KEY:
		key->len = 16;
		memset(key->key, 0x5a, key->len);
		return SEC_E_OK;
	case SECPKG_ATTR_NAMES:
		names->user_name = sspi_alloc(sizeof(FAKE_NAME));
		if (!names->user_name)
			return SEC_E_INSUFFICIENT_MEMORY;
		strscpy(names->user_name, FAKE_NAME, sizeof(FAKE_NAME));
		return SEC_E_OK;
	default:
		return SEC_E_UNSUPPORTED_FUNCTION;
	}
}

static sec_status_t fake_query_cred(void *cred, u32 attr, void *buf, size_t len)
{
	struct sec_pkg_credentials_names *names = buf;
	struct fake_cred *c = cred;

	names->user_name = sspi_alloc(sizeof(c->user));
	if (!names->user_name)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(names->user_name, c->user, sizeof(c->user));
	return SEC_E_OK;
}

/* The "signature": the sum of the signed bytes, the "cipher": bytes inverted. */
static void fake_sum(void *priv, u8 *data, size_t len)
{
	u32 *sum = priv;

	while (len--)
		*sum = *sum * 31 + *data++;
}

static void fake_invert(void *priv, u8 *data, size_t len)
{
	while (len--)
		*data++ ^= 0xff;
}

static u32 fake_mac(struct sspi_message *msg)
{
	u32 sum = 0;
	u32 i;

	for (i = 0; i < msg->part_count; i++)
		if (msg->parts[i].kind != SSPI_PART_READONLY)
			sspi_part_walk(&msg->parts[i], fake_sum, &sum);
	return sum;
}

static void fake_cipher(struct sspi_message *msg)
{
	u32 i;

	for (i = 0; i < msg->part_count; i++)
		if (msg->parts[i].kind == SSPI_PART_DATA)
			sspi_part_walk(&msg->parts[i], fake_invert, NULL);
}

static sec_status_t fake_sign(void *ctx, struct sspi_message *msg)
{
	u32 sum = fake_mac(msg);

	if (msg->token_len < FAKE_SIGNATURE_LEN)
		return SEC_E_BUFFER_TOO_SMALL;
	memcpy(msg->token, &sum, sizeof(sum));
	msg->token_len = FAKE_SIGNATURE_LEN;
	return SEC_E_OK;
}

static sec_status_t fake_verify(void *ctx, struct sspi_message *msg)
{
	u32 sum = fake_mac(msg);

	if (msg->token_len != sizeof(sum) ||
	    memcmp(msg->token, &sum, sizeof(sum)))
		return SEC_E_MESSAGE_ALTERED;
	msg->qop = 0;
	return SEC_E_OK;
}

static sec_status_t fake_seal(void *ctx, struct sspi_message *msg)
{
	sec_status_t status = fake_sign(ctx, msg);

	if (status == SEC_E_OK)
		fake_cipher(msg);
	return status;
}

static sec_status_t fake_unseal(void *ctx, struct sspi_message *msg)
{
	sec_status_t status;

	fake_cipher(msg);
	status = fake_verify(ctx, msg);
	if (status != SEC_E_OK)
		fake_cipher(msg);
	return status;
}

static const struct sspi_package_ops fake_ops = {
	.acquire = fake_acquire,
	.free_cred = fake_free_cred,
	.initialize = fake_initialize,
	.accept = fake_accept,
	.fail = fake_fail,
	.free_ctx = fake_free_ctx,
	.query = fake_query,
	.query_cred = fake_query_cred,
	.refresh = fake_refresh,
	.refresh_end = fake_refresh_end,
	.sign = fake_sign,
	.verify = fake_verify,
	.seal = fake_seal,
	.unseal = fake_unseal,
};

const struct sspi_package fake_package = {
	.info = {
		.capabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY,
		.version = 1,
		.rpcid = SECPKG_ID_NONE,
		.max_token = 256,
		.name = FAKE_NAME,
		.comment = "Does what the tests say",
	},
	.isc_req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY |
		   ISC_REQ_INTEGRITY | ISC_REQ_MUTUAL_AUTH |
		   ISC_REQ_DEFERRED_CRED_VALIDATION,
	.asc_req = ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONFIDENTIALITY,
	.ops = &fake_ops,
	.owner = THIS_MODULE,
};
