// SPDX-License-Identifier: GPL-2.0-only
/* Packages that are others, and watch how they are used. */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/string.h>

#include "pkg/krb5/krb5.h"
#include "pkg/ntlm/ntlm.h"
#include "kunit/negotiate/watched.h"

#define ALIVE		0x616c6976
#define KEY_PIECE	8

struct watched watched;

/* In front of a credential. @contexts: those that were made from it. */
struct watched_cred {
	u32 alive;
	const struct sspi_package_ops *ops;
	void *inner;
	atomic_t contexts;
};

/*
 * In front of a context. @users: legs, queries and messages under way; @legs:
 * the first of these. @key: its session key, once known, with @key_len bytes.
 */
struct watched_ctx {
	u32 alive;
	struct watched_cred *cred;
	void *inner;
	size_t size;
	atomic_t users;
	atomic_t legs;
	bool failed;
	u32 key_len;
	u8 key[SSPI_MAX_SESSION_KEY];
};

static void fault(enum watched_fault what)
{
	atomic_inc(&watched.faults[what]);
}

static struct watched_ctx *enter(void *priv)
{
	struct watched_ctx *ctx = priv;

	if (ctx->alive != ALIVE)
		fault(WATCHED_FREED);
	atomic_inc(&ctx->users);
	return ctx;
}

static void leave(struct watched_ctx *ctx)
{
	atomic_dec(&ctx->users);
}

static sec_status_t acquire(struct sspi_package_acquire *acq, void **cred,
			    const struct sspi_package_ops *ops)
{
	struct watched_cred *c = sspi_alloc(sizeof(*c));
	sec_status_t status = SEC_E_INSUFFICIENT_MEMORY;

	if (c)
		status = ops->acquire(acq, &c->inner);
	if (status != SEC_E_OK) {
		sspi_free(c);
		return status;
	}
	c->alive = ALIVE;
	c->ops = ops;
	atomic_inc(&watched.credentials);
	*cred = c;
	return SEC_E_OK;
}

static sec_status_t acquire_ntlm(struct sspi_package_acquire *acq, void **cred)
{
	return acquire(acq, cred, ntlm_package.ops);
}

static sec_status_t acquire_krb5(struct sspi_package_acquire *acq, void **cred)
{
	return acquire(acq, cred, krb5_package.ops);
}

static void watched_free_cred(void *priv)
{
	struct watched_cred *c = priv;

	if (c->alive != ALIVE)
		fault(WATCHED_FREED);
	if (atomic_read(&c->contexts))
		fault(WATCHED_CRED_FIRST);
	c->ops->free_cred(c->inner);
	atomic_dec(&watched.credentials);
	sspi_free(c);
}

static struct watched_ctx *ctx_new(struct watched_cred *cred)
{
	struct watched_ctx *ctx = sspi_alloc(sizeof(*ctx));

	if (!ctx)
		return NULL;
	ctx->alive = ALIVE;
	ctx->cred = cred;
	ctx->size = cred->ops == ntlm_package.ops ? sizeof(struct ntlm_ctx) :
						    sizeof(struct krb5_ctx);
	atomic_inc(&cred->contexts);
	atomic_inc(&watched.contexts);
	atomic_inc(&watched.keyed);
	atomic_inc(&watched.made);
	return ctx;
}

/* What has to be gone when it fails. */
static void note_key(struct watched_ctx *ctx)
{
	struct sec_pkg_context_session_key key = { };

	if (ctx->cred->ops->query(ctx->inner, SECPKG_ATTR_SESSION_KEY, &key,
				  sizeof(key)) == SEC_E_OK) {
		memcpy(ctx->key, key.key, key.len);
		ctx->key_len = key.len;
	}
	memzero_explicit(&key, sizeof(key));
}

static sec_status_t leg(void **priv, void *cred, struct sspi_step *step,
			bool initiator)
{
	const struct sspi_package_ops *ops =
		((struct watched_cred *)cred)->ops;
	struct watched_ctx *ctx;
	sec_status_t status;

	if (!*priv)
		*priv = ctx_new(cred);
	if (!*priv)
		return SEC_E_INSUFFICIENT_MEMORY;
	ctx = enter(*priv);
	if (atomic_inc_return(&ctx->legs) != 1)
		fault(WATCHED_TWO_LEGS);
	if (ctx->failed)
		fault(WATCHED_DEAD_LEG);
	status = (initiator ? ops->initialize : ops->accept)
		 (&ctx->inner, ctx->cred->inner, step);
	if (status == SEC_E_OK)
		note_key(ctx);
	atomic_dec(&ctx->legs);
	leave(ctx);
	return status;
}

static sec_status_t watched_initialize(void **ctx, void *cred,
				       struct sspi_step *step)
{
	return leg(ctx, cred, step, true);
}

static sec_status_t watched_accept(void **ctx, void *cred,
				   struct sspi_step *step)
{
	return leg(ctx, cred, step, false);
}

/* Whether any piece of the key is in the context itself. */
static bool key_left(const struct watched_ctx *ctx)
{
	const u8 *bytes = ctx->inner;
	size_t at, i;

	for (at = 0; at + KEY_PIECE <= ctx->key_len; at += KEY_PIECE)
		for (i = 0; i + KEY_PIECE <= ctx->size; i++)
			if (!memcmp(bytes + i, ctx->key + at, KEY_PIECE))
				return true;
	return false;
}

static void check_wiped(struct watched_ctx *ctx)
{
	struct sec_pkg_context_session_key key = { };

	if (!ctx->key_len)
		return;
	atomic_inc(&watched.wiped);
	if (key_left(ctx) ||
	    ctx->cred->ops->query(ctx->inner, SECPKG_ATTR_SESSION_KEY, &key,
				  sizeof(key)) == SEC_E_OK)
		fault(WATCHED_KEY_LEFT);
	memzero_explicit(ctx->key, sizeof(ctx->key));
	ctx->key_len = 0;
	memzero_explicit(&key, sizeof(key));
}

static void watched_fail(void *priv)
{
	struct watched_ctx *ctx = enter(priv);

	if (atomic_read(&ctx->legs))
		fault(WATCHED_LEG_FAILED);
	if (ctx->inner) {
		ctx->cred->ops->fail(ctx->inner);
		check_wiped(ctx);
	}
	if (!ctx->failed)
		atomic_dec(&watched.keyed);
	ctx->failed = true;
	leave(ctx);
}

static void watched_free_ctx(void *priv)
{
	struct watched_ctx *ctx = priv;

	if (!ctx)
		return;
	if (ctx->alive != ALIVE)
		fault(WATCHED_FREED);
	if (atomic_read(&ctx->users))
		fault(WATCHED_IN_USE);
	if (!ctx->failed)
		atomic_dec(&watched.keyed);
	if (ctx->inner)
		ctx->cred->ops->free_ctx(ctx->inner);
	atomic_dec(&ctx->cred->contexts);
	atomic_dec(&watched.contexts);
	sspi_free(ctx);
}

static sec_status_t watched_query(void *priv, u32 attr, void *buf, size_t len)
{
	struct watched_ctx *ctx = enter(priv);
	sec_status_t status = ctx->cred->ops->query(ctx->inner, attr, buf, len);

	leave(ctx);
	return status;
}

static sec_status_t watched_query_cred(void *priv, u32 attr, void *buf,
				       size_t len)
{
	struct watched_cred *c = priv;

	if (c->alive != ALIVE)
		fault(WATCHED_FREED);
	return c->ops->query_cred(c->inner, attr, buf, len);
}

static bool watched_wants_mic(void *priv)
{
	struct watched_ctx *ctx = enter(priv);
	const struct sspi_package_ops *ops = ctx->cred->ops;
	bool wants = ops->wants_mic && ops->wants_mic(ctx->inner);

	leave(ctx);
	return wants;
}

static void watched_restart(void *priv)
{
	struct watched_ctx *ctx = enter(priv);

	if (ctx->cred->ops->restart)
		ctx->cred->ops->restart(ctx->inner);
	leave(ctx);
}

typedef sec_status_t (*message_fn)(void *ctx, struct sspi_message *msg);

static sec_status_t message(void *priv, message_fn fn, struct sspi_message *msg)
{
	struct watched_ctx *ctx = enter(priv);
	sec_status_t status = fn(ctx->inner, msg);

	leave(ctx);
	return status;
}

static const struct sspi_package_ops *ops_of(void *priv)
{
	struct watched_ctx *ctx = priv;

	return ctx->cred->ops;
}

static sec_status_t watched_sign(void *ctx, struct sspi_message *msg)
{
	return message(ctx, ops_of(ctx)->sign, msg);
}

static sec_status_t watched_verify(void *ctx, struct sspi_message *msg)
{
	return message(ctx, ops_of(ctx)->verify, msg);
}

static sec_status_t watched_seal(void *ctx, struct sspi_message *msg)
{
	return message(ctx, ops_of(ctx)->seal, msg);
}

static sec_status_t watched_unseal(void *ctx, struct sspi_message *msg)
{
	return message(ctx, ops_of(ctx)->unseal, msg);
}

static struct sspi_package_ops ntlm_ops = {
	.acquire = acquire_ntlm,
};

static struct sspi_package_ops krb5_ops = {
	.acquire = acquire_krb5,
};

static struct sspi_package packages[2];

/* As the other, but for the name and who does the work. */
static sec_status_t register_as(struct sspi_package *package, const char *name,
				const struct sspi_package *other,
				struct sspi_package_ops *ops)
{
	*ops = (struct sspi_package_ops){
		.acquire = ops->acquire,
		.free_cred = watched_free_cred,
		.initialize = watched_initialize,
		.accept = watched_accept,
		.negotiable = other->ops->negotiable,
		.wants_mic = watched_wants_mic,
		.restart = watched_restart,
		.fail = watched_fail,
		.free_ctx = watched_free_ctx,
		.query = watched_query,
		.query_cred = watched_query_cred,
		.sign = watched_sign,
		.verify = watched_verify,
		.seal = watched_seal,
		.unseal = watched_unseal,
	};
	*package = *other;
	strscpy(package->info.name, name, sizeof(package->info.name));
	package->ops = ops;
	package->owner = THIS_MODULE;
	return sspi_register_security_package(package);
}

sec_status_t watched_init(void)
{
	sec_status_t status;

	memset(&watched, 0, sizeof(watched));
	status = register_as(&packages[0], WATCHED_KRB5, &krb5_package,
			     &krb5_ops);
	if (status == SEC_E_OK)
		status = register_as(&packages[1], WATCHED_NTLM, &ntlm_package,
				     &ntlm_ops);
	return status;
}

void watched_exit(struct kunit *test)
{
	int tries, i;

	/* The last references go in a worker. */
	for (tries = 0; tries < 1000; tries++) {
		if (!atomic_read(&watched.contexts) &&
		    !atomic_read(&watched.credentials))
			break;
		fsleep(1000);
	}
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&watched.contexts));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&watched.credentials));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&watched.keyed));
	for (i = 0; i < WATCHED_FAULTS; i++)
		KUNIT_EXPECT_EQ_MSG(test, 0, atomic_read(&watched.faults[i]),
				    "fault %d", i);
	for (i = 0; i < 2; i++)
		sspi_unregister_security_package(&packages[i]);
}
