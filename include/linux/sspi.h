/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Security support provider interface for kernel code.
 *
 * Authentication as an asynchronous service: acquire a credential, drive a
 * negotiation token by token, then sign, seal and ask for the session key.
 * The shape is that of the Sspi*Async family; Documentation/async.rst tells
 * the whole contract. <linux/sspi_win.h> has the literal names of the platform.
 */
#ifndef _LINUX_SSPI_H
#define _LINUX_SSPI_H

#include <linux/export.h>
#include <linux/sspi_types.h>

struct module;
struct net;

/**
 * DOC: The asynchronous contract
 *
 * 1. A submit call returns SEC_E_OK if the step is queued: then exactly one
 *    completion follows, unless cancel wins. Anything else: nothing was queued,
 *    the callback will never run, the tracker is still idle.
 * 2. The callback runs in process context from a workqueue, never inside
 *    submit, with no lock of the service held. It may reinit, resubmit or free
 *    the tracker, and delete the context. It may run before submit returns.
 * 3. Inputs (descriptors, tokens, target, bindings, identity) are copied at
 *    submit, with caps. Outputs are written just before completion is
 *    published, and only if the call was not cancelled. With *_ALLOCATE_MEMORY
 *    the service allocates and sspi_free_context_buffer() frees.
 * 4. A tracker is idle, queued, running or complete.
 *    sspi_get_async_call_status() takes no lock and may be called from any
 *    context; until completion it is SEC_I_ASYNC_CALL_PENDING. Reinit works
 *    from complete only, also inside the callback, and keeps the callback.
 *    Free while pending is legal only without a callback; with one it cancels
 *    first and warns once. Outside the callback, free waits until a running
 *    callback has returned: it will not run afterwards. Never a use after free.
 * 5. A call can be cancelled, waited for and given a deadline.
 * 6. One step is in flight per context; a second submit is refused with
 *    SEC_E_OUT_OF_SEQUENCE. Different contexts run in parallel.
 * 7. A failed context is dead but stays the caller's until it is deleted; its
 *    keys are wiped at the failure. Deleting needs no allocation.
 * 8. The identity belongs to the credential: credentials with their keyrings,
 *    network namespace and memory cgroup of whoever submits its acquire. Each
 *    leg, question and refresh uses it, whoever submits.
 *    sspi_set_async_net() alone names another namespace, for calls to come.
 * 9. Calls work on the way to writing back dirty pages: the workqueues have
 *    rescuers, no allocation starts I/O, also in callbacks, no wait is
 *    unbounded. A task that waits may be frozen meanwhile.
 * 10. A slow callback delays no call, no deadline and no callback of another
 *    tracker. The deadline is a timer: who ends later has lost.
 * 11. From the moment on at which a module begins to be unloaded nothing is
 *    taken from it: SEC_E_SHUTDOWN_IN_PROGRESS. When it is gone nothing here
 *    refers to its memory.
 */

/*
 * Tracks one asynchronous call at a time. Opaque; made by
 * sspi_create_async_context().
 */
struct sspi_async_context;

/**
 * typedef sspi_async_notify_fn - called when an asynchronous call is complete
 * @actx: the tracker; its status is final
 * @data: as given to sspi_set_async_notify_callback()
 *
 * Context: process context, on a workqueue; may sleep; no lock held.
 */
typedef void (*sspi_async_notify_fn)(struct sspi_async_context *actx,
				     void *data);

/* The longest a call may take unless its tracker says otherwise. */
#define SSPI_DEFAULT_TIMEOUT_MS	30000

struct sspi_async_context *__sspi_create_async_context(struct module *owner)
	__must_check;
/**
 * sspi_create_async_context() - make an idle tracker
 *
 * What is acquired and established through the tracker belongs to the calling
 * module.
 *
 * Context: process context, may sleep for memory.
 * Return: the tracker, or NULL if there is no memory.
 */
#define sspi_create_async_context() __sspi_create_async_context(THIS_MODULE)

void sspi_free_async_context(struct sspi_async_context *actx);
sec_status_t __must_check
sspi_reinit_async_context(struct sspi_async_context *actx);
sec_status_t sspi_set_async_notify_callback(struct sspi_async_context *actx,
					    sspi_async_notify_fn notify,
					    void *data);
bool sspi_async_context_requires_notify(const struct sspi_async_context *actx);
sec_status_t sspi_get_async_call_status(const struct sspi_async_context *actx);
sec_status_t sspi_set_async_timeout(struct sspi_async_context *actx,
				    unsigned int timeout_ms);
sec_status_t sspi_set_async_net(struct sspi_async_context *actx,
				struct net *net);
bool sspi_cancel_async_call(struct sspi_async_context *actx);
bool sspi_cancel_async_call_sync(struct sspi_async_context *actx);
sec_status_t sspi_wait_async_call(struct sspi_async_context *actx,
				  unsigned int timeout_ms);

/**
 * struct sspi_initialize_args - SspiInitializeSecurityContextAsync
 * @cred: outbound credential; may be NULL on the second and later legs
 * @ctx: the context; NULL for the first leg
 * @target: name of the peer, UTF-8: service/host[:port][@REALM]; or NULL
 * @req: ISC_REQ_* flags
 * @reserved1: zero
 * @target_data_rep: SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * @input: SECBUFFER_TOKEN with the peer's token, SECBUFFER_CHANNEL_BINDINGS,
 *	SECBUFFER_FLAGS, SECBUFFER_EMPTY; NULL for none
 * @reserved2: zero
 * @new_ctx: receives the context; required on the first leg
 * @output: one SECBUFFER_TOKEN that receives the token for the peer: room for
 *	max_token bytes, or ISC_REQ_ALLOCATE_MEMORY
 * @attr: receives ISC_RET_* flags; or NULL
 * @expiry: receives unix seconds until which the context is good; or NULL
 *
 * What the pointers of the outputs (@new_ctx, @output, @attr, @expiry) point
 * to stays in place until the call is complete or was cancelled.
 */
struct sspi_initialize_args {
	const struct sspi_cred_handle *cred;
	const struct sspi_ctxt_handle *ctx;
	const char *target;
	u64 req;
	u32 reserved1;
	u32 target_data_rep;
	const struct sec_buffer_desc *input;
	u32 reserved2;
	struct sspi_ctxt_handle *new_ctx;
	struct sec_buffer_desc *output;
	u64 *attr;
	s64 *expiry;
};

/**
 * struct sspi_accept_args - SspiAcceptSecurityContextAsync
 * @cred: inbound credential; may be NULL on the second and later legs
 * @ctx: the context; NULL for the first leg
 * @input: as for initialize; a SECBUFFER_TOKEN is required from the second leg on
 * @req: ASC_REQ_* flags
 * @target_data_rep: SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * @new_ctx: receives the context; required on the first leg
 * @output: as for initialize, or ASC_REQ_ALLOCATE_MEMORY
 * @attr: receives ASC_RET_* flags; or NULL
 * @expiry: receives unix seconds until which the context is good; or NULL
 */
struct sspi_accept_args {
	const struct sspi_cred_handle *cred;
	const struct sspi_ctxt_handle *ctx;
	const struct sec_buffer_desc *input;
	u64 req;
	u32 target_data_rep;
	struct sspi_ctxt_handle *new_ctx;
	struct sec_buffer_desc *output;
	u64 *attr;
	s64 *expiry;
};

/* The asynchronous calls. */
sec_status_t __must_check
sspi_acquire_credentials_handle_async(struct sspi_async_context *actx,
				      const struct sspi_acquire_args *args,
				      struct sspi_cred_handle *cred,
				      s64 *expiry);
sec_status_t __must_check
sspi_initialize_security_context_async(struct sspi_async_context *actx,
				       const struct sspi_initialize_args *args);
sec_status_t __must_check
sspi_accept_security_context_async(struct sspi_async_context *actx,
				   const struct sspi_accept_args *args);
sec_status_t
sspi_delete_security_context_async(struct sspi_async_context *actx,
				   const struct sspi_ctxt_handle *ctx);
sec_status_t
sspi_free_credentials_handle_async(struct sspi_async_context *actx,
				   const struct sspi_cred_handle *cred);

/*
 * The calls without a tracker act for the module that is compiled: a handle of
 * another module is SEC_E_INVALID_HANDLE.
 */
sec_status_t __must_check
__sspi_acquire_credentials_handle(struct module *owner,
				  const struct sspi_acquire_args *args,
				  struct sspi_cred_handle *cred, s64 *expiry);
sec_status_t __must_check
__sspi_initialize_security_context(struct module *owner,
				   const struct sspi_initialize_args *args);
sec_status_t __must_check
__sspi_accept_security_context(struct module *owner,
			       const struct sspi_accept_args *args);
sec_status_t __sspi_delete_security_context(struct module *owner,
					    const struct sspi_ctxt_handle *ctx);
sec_status_t
__sspi_free_credentials_handle(struct module *owner,
			       const struct sspi_cred_handle *cred);
sec_status_t __must_check
__sspi_complete_auth_token(struct module *owner,
			   const struct sspi_ctxt_handle *ctx,
			   struct sec_buffer_desc *token);
sec_status_t __must_check
__sspi_query_context_attributes(struct module *owner,
				const struct sspi_ctxt_handle *ctx, u32 attr,
				void *buf, size_t len);
sec_status_t __must_check
__sspi_query_credentials_attributes(struct module *owner,
				    const struct sspi_cred_handle *cred,
				    u32 attr, void *buf, size_t len);
sec_status_t __must_check
__sspi_make_signature(struct module *owner, const struct sspi_ctxt_handle *ctx,
		      u32 qop, struct sec_buffer_desc *msg, u32 seq);
sec_status_t __must_check
__sspi_verify_signature(struct module *owner,
			const struct sspi_ctxt_handle *ctx,
			struct sec_buffer_desc *msg, u32 seq, u32 *qop);
sec_status_t __must_check
__sspi_encrypt_message(struct module *owner, const struct sspi_ctxt_handle *ctx,
		       u32 qop, struct sec_buffer_desc *msg, u32 seq);
sec_status_t __must_check
__sspi_decrypt_message(struct module *owner, const struct sspi_ctxt_handle *ctx,
		       struct sec_buffer_desc *msg, u32 seq, u32 *qop);
sec_status_t __must_check
__sspi_export_security_context(struct module *owner,
			       const struct sspi_ctxt_handle *ctx, u32 flags,
			       struct sec_buffer *packed);
sec_status_t __must_check
__sspi_import_security_context(struct module *owner, const char *package,
			       const struct sec_buffer *packed,
			       struct sspi_ctxt_handle *ctx);

#define sspi_acquire_credentials_handle(args, cred, expiry) \
	__sspi_acquire_credentials_handle(THIS_MODULE, args, cred, expiry)
#define sspi_initialize_security_context(args) \
	__sspi_initialize_security_context(THIS_MODULE, args)
#define sspi_accept_security_context(args) \
	__sspi_accept_security_context(THIS_MODULE, args)
#define sspi_delete_security_context(ctx) \
	__sspi_delete_security_context(THIS_MODULE, ctx)
#define sspi_free_credentials_handle(cred) \
	__sspi_free_credentials_handle(THIS_MODULE, cred)
#define sspi_complete_auth_token(ctx, token) \
	__sspi_complete_auth_token(THIS_MODULE, ctx, token)
#define sspi_query_context_attributes(ctx, attr, buf, len) \
	__sspi_query_context_attributes(THIS_MODULE, ctx, attr, buf, len)
#define sspi_query_credentials_attributes(cred, attr, buf, len) \
	__sspi_query_credentials_attributes(THIS_MODULE, cred, attr, buf, len)
#define sspi_make_signature(ctx, qop, msg, seq) \
	__sspi_make_signature(THIS_MODULE, ctx, qop, msg, seq)
#define sspi_verify_signature(ctx, msg, seq, qop) \
	__sspi_verify_signature(THIS_MODULE, ctx, msg, seq, qop)
#define sspi_encrypt_message(ctx, qop, msg, seq) \
	__sspi_encrypt_message(THIS_MODULE, ctx, qop, msg, seq)
#define sspi_decrypt_message(ctx, msg, seq, qop) \
	__sspi_decrypt_message(THIS_MODULE, ctx, msg, seq, qop)
#define sspi_export_security_context(ctx, flags, packed) \
	__sspi_export_security_context(THIS_MODULE, ctx, flags, packed)
#define sspi_import_security_context(package, packed, ctx) \
	__sspi_import_security_context(THIS_MODULE, package, packed, ctx)

sec_status_t __must_check
sspi_enumerate_security_packages(u32 *count, struct sec_pkg_info **packages);
sec_status_t __must_check
sspi_query_security_package_info(const char *name, struct sec_pkg_info *info);
void sspi_free_context_buffer(void *buffer);

#endif /* _LINUX_SSPI_H */
