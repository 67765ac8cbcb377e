/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of the core in userspace. */
#ifndef _TOOLS_HOST_HOST_INTERNAL_H
#define _TOOLS_HOST_HOST_INTERNAL_H

#include "host.h"

enum host_kind {
	HOST_CRED,
	HOST_CTX,
};

enum host_phase {
	HOST_NEW,
	HOST_NEGOTIATING,
	HOST_ASKING, /* a question is open */
	HOST_ESTABLISHED,
	HOST_FAILED,
};

/* What a handle names. */
struct host_object {
	enum host_kind kind;
	u64 package; /* its number, from 1 */
};

struct host_cred {
	struct host_object object;
	void *state;
	u32 use;
	unsigned int refs; /* one of the handle, one of each context */
};

/* The step that waits for an answer, with its own copies. */
struct host_pending {
	struct sspi_step step;
	bool allocate;
	char *target;
};

struct host_ctx {
	struct host_object object;
	struct host_cred *cred;
	void *state;
	enum host_phase phase;
	bool acceptor;
	u64 attr;
	s64 start;
	s64 expiry;
	struct host_pending *pending;
};

/* One leg as asked for. */
struct host_leg {
	bool acceptor;
	bool allocate;
	const struct sspi_cred_handle *cred;
	const struct sspi_ctxt_handle *ctx_handle;
	struct host_ctx *ctx;
	const char *target;
	u64 req;
	const struct sec_buffer_desc *input;
	struct sspi_ctxt_handle *new_ctx;
	struct sec_buffer_desc *output;
	u64 *attr;
	s64 *expiry;
};

extern struct sspi_span host_preset_challenge;

/* Room for one more handle, so that publishing it cannot fail. */
bool host_handle_reserve(void);
u64 host_handle_publish(void *object);
bool host_too_long(const char *text, size_t max);
struct host_cred *host_cred(const struct sspi_cred_handle *handle);
void host_pending_free(struct host_ctx *ctx);
const struct sspi_env *host_env(void);
struct host_ctx *host_ctx(const struct sspi_ctxt_handle *handle);
const struct sspi_package *host_package(const struct host_object *object);
sec_status_t host_refuse(sec_status_t status, const char *reason);
sec_status_t host_run_leg(struct host_leg *leg);
/* Whether one more leg may run: SEC_E_OK or why not. */
sec_status_t host_leg_allowed(const struct host_ctx *ctx);
/* Whether messages may be protected: SEC_E_OK or why not. */
sec_status_t host_established(const struct host_ctx *ctx);

#endif /* _TOOLS_HOST_HOST_INTERNAL_H */
