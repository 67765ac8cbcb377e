// SPDX-License-Identifier: GPL-2.0-only
/* Handles and credentials of the core in userspace. */
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include <linux/slab.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "host_internal.h"
#include "spi.h"

static const struct sspi_package *const packages[] = { &ntlm_package,
						       &krb5_package,
						       &negotiate_package };

#define PACKAGES (sizeof(packages) / sizeof(packages[0]))

/* A handle's lower half is an index here plus one; never used again. */
static void **objects;
static size_t object_count, object_room;

static const struct sspi_env *scripted_env;
struct sspi_span host_preset_challenge;
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

static const struct sspi_env real_env = {
	.now = real_now,
	.random = real_random,
};

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
	host_preset_challenge = challenge;
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
bool host_handle_reserve(void)
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

u64 host_handle_publish(void *object)
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

struct host_cred *host_cred(const struct sspi_cred_handle *handle)
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

const struct sspi_package *sspi_next_mechanism(unsigned int *pos)
{
	const struct sspi_package *package;

	while (*pos < PACKAGES) {
		package = packages[(*pos)++];
		if (package->mechs)
			return package;
	}
	return NULL;
}

void sspi_put_mechanism(const struct sspi_package *package)
{
	(void)package;
}

static void cred_put(struct host_cred *cred)
{
	if (--cred->refs)
		return;
	host_package(&cred->object)->ops->free_cred(cred->state);
	sspi_free(cred);
}

bool host_too_long(const char *text, size_t max)
{
	return text && strnlen(text, max + 1) > max;
}

static bool identity_ok(const struct sspi_auth_identity *id)
{
	if (host_too_long(id->user, SSPI_MAX_NAME) ||
	    host_too_long(id->domain, SSPI_MAX_NAME))
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
	return !o || (o->lm_compat <= 5 &&
		      !host_too_long(o->workstation, SSPI_MAX_NAME) &&
		      !host_too_long(o->nb_computer, SSPI_MAX_NAME) &&
		      !host_too_long(o->nb_domain, SSPI_MAX_NAME) &&
		      !host_too_long(o->dns_computer, SSPI_MAX_NAME) &&
		      !host_too_long(o->dns_domain, SSPI_MAX_NAME) &&
		      !host_too_long(o->dns_forest, SSPI_MAX_NAME));
}

static bool krb5_ok(const struct sspi_acquire_args *args)
{
	const struct sspi_krb5_options *o = args->krb5;

	if (args->keytab.len > SSPI_MAX_KEYTAB ||
	    args->ccache.len > SSPI_MAX_CCACHE)
		return false;
	return !o || (o->enctype_count <= SSPI_MAX_ENCTYPES &&
		      !host_too_long(o->for_user, SSPI_MAX_NAME) &&
		      o->armor.len <= SSPI_MAX_CCACHE);
}

static bool acquire_ok(const struct sspi_acquire_args *args)
{
	u32 i;

	if (!args->package || host_too_long(args->package, SSPI_MAX_NAME) ||
	    !options_ok(args->ntlm) || !krb5_ok(args))
		return false;
	if (args->cred_use == 0 || args->cred_use & ~SECPKG_CRED_BOTH ||
	    args->account_count > SSPI_MAX_ACCOUNTS ||
	    host_too_long(args->packages, SSPI_MAX_NAME) ||
	    host_too_long(args->principal, SSPI_MAX_NAME))
		return false;
	if (args->identity && !identity_ok(args->identity))
		return false;
	for (i = 0; i < args->account_count; i++) {
		if (!identity_ok(&args->accounts[i]))
			return false;
	}
	return true;
}

/* The acceptor's context whose client has delegated a credential. */
static sec_status_t delegated_state(const struct sspi_ctxt_handle *handle,
				    u64 package, void **state)
{
	struct host_ctx *ctx = host_ctx(handle);
	sec_status_t status;

	if (!ctx)
		return host_refuse(SEC_E_INVALID_HANDLE, "no such context");
	status = host_established(ctx);
	if (status == SEC_E_OK &&
	    (!ctx->acceptor || ctx->object.package != package))
		status =
			host_refuse(SEC_E_INVALID_PARAMETER,
				    "not an acceptor's context of the package");
	*state = ctx->state;
	return status;
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
	if (args->delegated) {
		status = delegated_state(args->delegated, number,
					 &acq.delegated);
		if (status != SEC_E_OK)
			return status;
	}
	if (!host_handle_reserve())
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
	handle->lower = host_handle_publish(cred);
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
	host_pending_free(ctx);
	if (ctx->state)
		host_package(&ctx->object)->ops->free_ctx(ctx->state);
	if (ctx->cred)
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

/* Empties the caches of a package, as when it comes. */
void host_reset_package(const char *name)
{
	u64 number;
	const struct sspi_package *package = package_find(name, &number);

	if (package && package->ops->init)
		package->ops->init();
}

/* An established context without a credential. */
sec_status_t host_import(const char *name, const struct sspi_import *import,
			 struct sspi_ctxt_handle *handle)
{
	const struct sspi_package *package;
	struct host_ctx *ctx;
	sec_status_t status;
	u64 number;

	package = package_find(name, &number);
	if (!package)
		return host_refuse(SEC_E_SECPKG_NOT_FOUND, "no such package");
	if (!package->ops->import)
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (!host_handle_reserve())
		return SEC_E_INSUFFICIENT_MEMORY;
	ctx = sspi_alloc(sizeof(*ctx));
	if (!ctx)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = package->ops->import(&ctx->state, import);
	if (status != SEC_E_OK) {
		sspi_free(ctx);
		return status;
	}
	ctx->object.kind = HOST_CTX;
	ctx->object.package = number;
	ctx->acceptor = !import->initiator;
	ctx->attr = import->flags;
	ctx->expiry = SSPI_EXPIRY_NEVER;
	ctx->phase = HOST_ESTABLISHED;
	handle->lower = host_handle_publish(ctx);
	handle->upper = number;
	return SEC_E_OK;
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
