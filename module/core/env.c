// SPDX-License-Identifier: GPL-2.0-only
/* Where steps get the time and randomness from. */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "core/internal.h"

static s64 real_now(const struct sspi_env *env)
{
	return div_u64(ktime_get_real_ns(),
		       NSEC_PER_SEC / SSPI_TICKS_PER_SECOND);
}

static s64 real_mono(const struct sspi_env *env)
{
	return div_u64(ktime_get_boottime_ns(),
		       NSEC_PER_SEC / SSPI_TICKS_PER_SECOND);
}

/* What confounders, subkeys and challenges need at most. */
#define SHORT	32

/*
 * get_random_u64() has what get_random_bytes() has, from a batch of this CPU
 * that is wiped as it is used up: for a few bytes that is a third of the cost.
 */
static sec_status_t real_random(const struct sspi_env *env, void *buf,
				size_t len)
{
	u8 *at = buf;
	size_t some;
	u64 word;

	if (len > SHORT) {
		get_random_bytes(buf, len);
		return SEC_E_OK;
	}
	for (; len; len -= some, at += some) {
		some = min(len, sizeof(word));
		word = get_random_u64();
		memcpy(at, &word, some);
	}
	memzero_explicit(&word, sizeof(word));
	return SEC_E_OK;
}

static const struct sspi_env real_env = {
	.now = real_now,
	.mono = real_mono,
	.random = real_random,
};

static const struct sspi_env *current_env = &real_env;

/* The environment of the calls that are submitted now. */
const struct sspi_env *sspi_env_current(void)
{
	return READ_ONCE(current_env);
}

/* Unix seconds: the real ones are at hand, each message asks for them. */
s64 sspi_env_seconds(const struct sspi_env *env)
{
	if (env == &real_env)
		return ktime_get_real_seconds();
	return div_s64(env->now(env), SSPI_TICKS_PER_SECOND);
}

#ifdef CONFIG_SSPI_TEST_DEVICE
/*
 * Replaces the environment of the calls submitted from now on; NULL is the
 * real one. @env stays in place until none of them is pending.
 */
void sspi_test_set_env(const struct sspi_env *env)
{
	WRITE_ONCE(current_env, env ? env : &real_env);
}

/*
 * The CHALLENGE_MESSAGE that an acceptor answers with in the legs submitted on
 * this tracker; NULL for its own. Copied at submit; stays in place until then.
 */
void sspi_test_set_challenge(struct sspi_async_context *actx,
			     const void *challenge, size_t len)
{
	actx->preset = (struct sspi_span){ .data = challenge, .len = len };
}

/* The keys of an established context. */
sec_status_t sspi_test_debug_keys(struct module *owner,
				  const struct sspi_ctxt_handle *handle,
				  struct sspi_debug_keys *keys)
{
	struct sspi_context *ctx = sspi_context_get(handle, owner);
	sec_status_t status;

	if (!ctx)
		return SEC_E_INVALID_HANDLE;
	status = sspi_context_established(ctx);
	if (status == SEC_E_OK && !ctx->package->ops->debug_keys)
		status = SEC_E_UNSUPPORTED_FUNCTION;
	if (status == SEC_E_OK)
		status = ctx->package->ops->debug_keys(ctx->state, keys);
	sspi_context_put(ctx);
	return status;
}
#endif
