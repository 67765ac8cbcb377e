// SPDX-License-Identifier: GPL-2.0-only
/* Handles, credentials and legs of the core in userspace. */
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include <linux/slab.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "host_internal.h"
#include "spi.h"

static const struct sspi_package *const packages[] = { &ntlm_package };

#define PACKAGES (sizeof(packages) / sizeof(packages[0]))

/* A handle's lower half is an index here plus one; never used again. */
static void **objects;
static size_t object_count, object_room;

static const struct sspi_env *scripted_env;
static struct sspi_span preset_challenge;
static const char *last_reason;

static s64 real_now(const struct sspi_env *env)
{
	struct timespec ts;

	(void)env;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (s64)ts.tv_sec * SSPI_TICKS_PER_SECOND + ts.tv_nsec / 100;
}

static sec_status_t real_random(const struct sspi_env *env, void *buf,
				size_t len)
{
	(void)env;
	return getrandom(buf, len, 0) == (ssize_t)len ? SEC_E_OK :
							SEC_E_INTERNAL_ERROR;
}

static const struct sspi_env real_env = { real_now, real_random, NULL };

const struct sspi_env *host_real_env(void)
{
	return &real_env;
}

void host_set_env(const struct sspi_env *env)
{
	scripted_env = env;
}

const struct sspi_env *host_env(void)
{
	return scripted_env ? scripted_env : &real_env;
}

void host_set_challenge(struct sspi_span challenge)
{
	preset_challenge = challenge;
}

const char *host_last_reason(void)
{
	return last_reason;
}

void host_clear_reason(void)
{
	last_reason = NULL;
}

sec_status_t host_refuse(sec_status_t status, const char *reason)
{
	last_reason = reason;
	return status;
}

int host_init(void)
{
	size_t i;
	int err = sspi_crypto_init();

	for (i = 0; i < PACKAGES && !err; i++) {
		if (packages[i]->ops->init)
			err = packages[i]->ops->init();
	}
	return err;
}

void host_exit(void)
{
	size_t i;

	for (i = 0; i < PACKAGES; i++) {
		if (packages[i]->ops->exit)
			packages[i]->ops->exit();
	}
	sspi_crypto_exit();
	free(objects);
	objects = NULL;
	object_count = 0;
	object_room = 0;
}

/* Makes room for one more handle, so that publishing it cannot fail. */
static bool handle_reserve(void)
{
	size_t room = object_room ? 2 * object_room : 64;
	void **grown;

	if (object_count < object_room)
		return true;
	grown = reallocarray(objects, room, sizeof(*objects));
	if (!grown)
		return false;
	objects = grown;
	object_room = room;
	return true;
}

static u64 handle_publish(void *object)
{
	objects[object_count++] = object;
	return object_count;
}

static void *handle_get(u64 lower, u64 upper, enum host_kind kind)
{
	struct host_object *object;

	if (lower == 0 || lower > object_count)
		return NULL;
	object = objects[lower - 1];
	if (!object || object->kind != kind || object->package != upper)
		return NULL;
	return object;
}

static struct host_cred *host_cred(const struct sspi_cred_handle *handle)
{
	return handle ? handle_get(handle->lower, handle->upper, HOST_CRED) :
			NULL;
}

struct host_ctx *host_ctx(const struct sspi_ctxt_handle *handle)
{
	return handle ? handle_get(handle->lower, handle->upper, HOST_CTX) :
			NULL;
}

const struct sspi_package *host_package(const struct host_object *object)
{
	return packages[object->package - 1];
}

static const struct sspi_package *package_find(const char *name, u64 *number)
{
	size_t i;

	for (i = 0; name && i < PACKAGES; i++) {
		if (strcasecmp(packages[i]->info.name, name) == 0) {
			*number = i + 1;
			return packages[i];
		}
	}
	return NULL;
}

static void cred_put(struct host_cred *cred)
{
	if (--cred->refs)
		return;
	host_package(&cred->object)->ops->free_cred(cred->state);
	sspi_free(cred);
}

static bool too_long(const char *text, size_t max)
{
	return text && strnlen(text, max + 1) > max;
}

static bool identity_ok(const struct sspi_auth_identity *id)
{
	if (too_long(id->user, SSPI_MAX_NAME) ||
	    too_long(id->domain, SSPI_MAX_NAME))
		return false;
	switch (id->secret_kind) {
	case SSPI_SECRET_NONE:
		return true;
	case SSPI_SECRET_PASSWORD:
		return id->secret_len <= SSPI_MAX_PASSWORD;
	case SSPI_SECRET_NT_HASH:
		return id->secret_len == SSPI_NT_HASH_LEN;
	case SSPI_SECRET_KEYS:
		return id->secret_len &&
		       id->secret_len % sizeof(struct sspi_key) == 0 &&
		       id->secret_len / sizeof(struct sspi_key) <=
			       SSPI_MAX_KEYS;
	}
	return false;
}

static bool options_ok(const struct sspi_ntlm_options *o)
{
	return !o ||
	       (o->lm_compat <= 5 && !too_long(o->workstation, SSPI_MAX_NAME) &&
		!too_long(o->nb_computer, SSPI_MAX_NAME) &&
		!too_long(o->nb_domain, SSPI_MAX_NAME) &&
		!too_long(o->dns_computer, SSPI_MAX_NAME) &&
		!too_long(o->dns_domain, SSPI_MAX_NAME) &&
		!too_long(o->dns_forest, SSPI_MAX_NAME));
}

static bool acquire_ok(const struct sspi_acquire_args *args)
{
	u32 i;

	if (!args->package || too_long(args->package, SSPI_MAX_NAME) ||
	    !options_ok(args->ntlm))
		return false;
	if (args->cred_use == 0 || args->cred_use & ~SECPKG_CRED_BOTH ||
	    args->account_count > SSPI_MAX_ACCOUNTS ||
	    too_long(args->principal, SSPI_MAX_NAME))
		return false;
	if (args->identity && !identity_ok(args->identity))
		return false;
	for (i = 0; i < args->account_count; i++) {
		if (!identity_ok(&args->accounts[i]))
			return false;
	}
	return true;
}

sec_status_t
__sspi_acquire_credentials_handle(struct module *owner,
				  const struct sspi_acquire_args *args,
				  struct sspi_cred_handle *handle, s64 *expiry)
{
	struct sspi_package_acquire acq = { .args = args, .env = host_env() };
	const struct sspi_package *package;
	struct host_cred *cred;
	sec_status_t status;
	u64 number;

	if (!acquire_ok(args))
		return host_refuse(SEC_E_INVALID_PARAMETER,
				   "an argument of acquire is out of bounds");
	package = package_find(args->package, &number);
	if (!package)
		return host_refuse(SEC_E_SECPKG_NOT_FOUND, "no such package");
	if (!handle_reserve())
		return SEC_E_INSUFFICIENT_MEMORY;
	cred = sspi_alloc(sizeof(*cred));
	if (!cred)
		return SEC_E_INSUFFICIENT_MEMORY;
	cred->object.kind = HOST_CRED;
	cred->object.package = number;
	cred->use = args->cred_use;
	cred->refs = 1;
	status = package->ops->acquire(&acq, &cred->state);
	if (status != SEC_E_OK) {
		sspi_free(cred);
		return host_refuse(status, acq.reason);
	}
	handle->lower = handle_publish(cred);
	handle->upper = number;
	if (expiry)
		*expiry = acq.expiry;
	return SEC_E_OK;
}

sec_status_t
__sspi_free_credentials_handle(struct module *owner,
			       const struct sspi_cred_handle *handle)
{
	struct host_cred *cred = host_cred(handle);

	if (!cred)
		return SEC_E_INVALID_HANDLE;
	objects[handle->lower - 1] = NULL;
	cred_put(cred);
	return SEC_E_OK;
}

static void ctx_free(struct host_ctx *ctx)
{
	if (ctx->state)
		host_package(&ctx->object)->ops->free_ctx(ctx->state);
	cred_put(ctx->cred);
	sspi_free(ctx);
}

sec_status_t
__sspi_delete_security_context(struct module *owner,
			       const struct sspi_ctxt_handle *handle)
{
	struct host_ctx *ctx = host_ctx(handle);

	if (!ctx)
		return SEC_E_INVALID_HANDLE;
	objects[handle->lower - 1] = NULL;
	ctx_free(ctx);
	return SEC_E_OK;
}

static void ctx_fail(struct host_ctx *ctx)
{
	ctx->phase = HOST_FAILED;
	if (ctx->state)
		host_package(&ctx->object)->ops->fail(ctx->state);
}

/* Checks that need no object, in the order of the kernel's core. */
static sec_status_t leg_inputs(const struct host_leg *leg,
			       struct sspi_step *step)
{
	static const u8 empty[1];
	const struct sec_buffer *b;
	struct sspi_span *span;
	u32 i;

	for (i = 0; leg->input && i < leg->input->count; i++) {
		b = &leg->input->buffers[i];
		if (b->type == SECBUFFER_TOKEN) {
			if (b->len > SSPI_MAX_TOKEN)
				return host_refuse(SEC_E_INVALID_TOKEN,
						   "the token is too long");
			span = &step->input;
		} else {
			if (b->len > SSPI_MAX_BINDINGS ||
			    b->len < sizeof(struct sec_channel_bindings))
				return host_refuse(
					SEC_E_INVALID_PARAMETER,
					"channel bindings of an impossible length");
			span = &step->bindings;
		}
		span->data = b->len ? b->data : empty;
		span->len = b->len;
	}
	if (leg->acceptor && !step->input.data)
		return host_refuse(SEC_E_INVALID_TOKEN, "no token");
	if (too_long(step->target, SSPI_MAX_NAME))
		return host_refuse(SEC_E_INVALID_PARAMETER,
				   "the target is too long");
	return SEC_E_OK;
}

/* Finds the objects of a leg. */
static sec_status_t leg_objects(struct host_leg *leg, struct host_cred **cred)
{
	u32 use = leg->acceptor ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND;

	if (leg->ctx_handle) {
		leg->ctx = host_ctx(leg->ctx_handle);
		if (!leg->ctx || leg->ctx->acceptor != leg->acceptor)
			return host_refuse(SEC_E_INVALID_HANDLE,
					   "no such context of this role");
	}
	*cred = leg->cred || !leg->ctx ? host_cred(leg->cred) : leg->ctx->cred;
	if (!*cred)
		return host_refuse(SEC_E_INVALID_HANDLE, "no such credential");
	if (leg->ctx && leg->ctx->cred != *cred)
		return host_refuse(SEC_E_WRONG_CREDENTIAL_HANDLE,
				   "not the credential of the first leg");
	if (!((*cred)->use & use))
		return host_refuse(SEC_E_UNKNOWN_CREDENTIALS,
				   "the credential is for the other direction");
	return SEC_E_OK;
}

static sec_status_t leg_new(struct host_leg *leg, struct host_cred *cred)
{
	struct host_ctx *ctx;

	if (!handle_reserve())
		return SEC_E_INSUFFICIENT_MEMORY;
	ctx = sspi_alloc(sizeof(*ctx));
	if (!ctx)
		return SEC_E_INSUFFICIENT_MEMORY;
	ctx->object.kind = HOST_CTX;
	ctx->object.package = cred->object.package;
	ctx->acceptor = leg->acceptor;
	ctx->cred = cred;
	cred->refs++;
	leg->ctx = ctx;
	leg->new_ctx->lower = handle_publish(ctx);
	leg->new_ctx->upper = ctx->object.package;
	return SEC_E_OK;
}

/* Everything that can refuse a leg before it runs. */
static sec_status_t leg_begin(struct host_leg *leg, struct sspi_step *step)
{
	const struct sspi_package *package;
	struct host_cred *cred;
	sec_status_t status;
	u64 known;

	status = leg_inputs(leg, step);
	if (status == SEC_E_OK)
		status = leg_objects(leg, &cred);
	if (status != SEC_E_OK)
		return status;
	package = host_package(&cred->object);
	known = leg->acceptor ? package->asc_req : package->isc_req;
	if (leg->req & ~(known | ISC_REQ_ALLOCATE_MEMORY))
		return host_refuse(SEC_E_UNSUPPORTED_FUNCTION,
				   "flags that the package does not know");
	return leg->ctx ? host_leg_allowed(leg->ctx) : leg_new(leg, cred);
}

/* Hands the token over; what becomes of the status. */
static sec_status_t leg_output(const struct host_leg *leg,
			       struct sspi_step *step, sec_status_t status)
{
	struct sec_buffer *out = &leg->output->buffers[0];
	bool alive = sec_status_class(status) != SSPI_CLASS_FATAL;

	if (leg->allocate) {
		out->data = step->output.data;
		out->len = (u32)step->output.len;
		step->output.data = NULL;
	} else if (step->output.len > out->len) {
		out->len = 0;
		if (alive)
			return host_refuse(SEC_E_BUFFER_TOO_SMALL,
					   "no room for the token");
	} else {
		if (step->output.len)
			memcpy(out->data, step->output.data, step->output.len);
		out->len = (u32)step->output.len;
	}
	if (alive && !leg->ctx->state)
		return host_refuse(SEC_E_INTERNAL_ERROR,
				   "the package made no context");
	return status;
}

/* A copy of exactly its length, so that reading past it is seen. */
static sec_status_t leg_copy(struct sspi_span *span)
{
	u8 *copy;

	if (!span->data)
		return SEC_E_OK;
	copy = kvmalloc(span->len ? span->len : 1, GFP_KERNEL);
	if (!copy) {
		span->data = NULL;
		return SEC_E_INSUFFICIENT_MEMORY;
	}
	memcpy(copy, span->data, span->len);
	span->data = copy;
	return SEC_E_OK;
}

static sec_status_t leg_run(struct host_leg *leg, struct sspi_step *step)
{
	const struct sspi_package *package = host_package(&leg->ctx->object);
	struct host_ctx *ctx = leg->ctx;
	struct sspi_span bindings = step->bindings;
	sec_status_t status;

	step->bindings.data = NULL;
	status = leg_copy(&step->input);
	if (status == SEC_E_OK) {
		step->bindings = bindings;
		status = leg_copy(&step->bindings);
	}
	if (status == SEC_E_OK)
		status = leg->acceptor ?
				 package->ops->accept(&ctx->state,
						      ctx->cred->state, step) :
				 package->ops->initialize(
					 &ctx->state, ctx->cred->state, step);
	kvfree_sensitive(step->input.data, step->input.len);
	kvfree_sensitive(step->bindings.data, step->bindings.len);
	return status;
}

sec_status_t host_run_leg(struct host_leg *leg)
{
	struct sspi_step step = {
		.env = host_env(),
		.target = leg->target,
		.req = leg->req & ~ISC_REQ_ALLOCATE_MEMORY,
		.expiry = SSPI_EXPIRY_NEVER,
	};
	sec_status_t status;
	struct host_ctx *ctx;

	if (leg->acceptor)
		step.preset_challenge = preset_challenge;
	status = leg_begin(leg, &step);
	if (status != SEC_E_OK)
		return status;
	ctx = leg->ctx;
	status = leg_run(leg, &step);
	last_reason = step.reason;
	status = leg_output(leg, &step, status);
	sspi_free(step.output.data);
	ctx->attr = step.attr | (leg->allocate ? ISC_RET_ALLOCATED_MEMORY : 0);
	ctx->expiry = step.expiry;
	*leg->attr = ctx->attr;
	*leg->expiry = ctx->expiry;
	switch (sec_status_class(status)) {
	case SSPI_CLASS_DONE:
		ctx->phase = HOST_ESTABLISHED;
		break;
	case SSPI_CLASS_CONTINUE:
	case SSPI_CLASS_MORE_INPUT:
		ctx->phase = HOST_NEGOTIATING;
		break;
	default:
		ctx_fail(ctx);
	}
	return status;
}

sec_status_t sspi_query_security_package_info(const char *name,
					      struct sec_pkg_info *info)
{
	const struct sspi_package *package;
	u64 number;

	package = package_find(name, &number);
	if (!package)
		return SEC_E_SECPKG_NOT_FOUND;
	*info = package->info;
	return SEC_E_OK;
}

void sspi_free_context_buffer(void *buffer)
{
	sspi_free(buffer);
}
