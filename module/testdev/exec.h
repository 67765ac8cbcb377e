/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Executes requests of sspi-drive through the public interface. Built into the
 * test device and, unchanged, into the host tool.
 */
#ifndef _SSPI_TESTDEV_EXEC_H
#define _SSPI_TESTDEV_EXEC_H

#include <linux/kconfig.h>
#include <linux/sspi.h>
#include <linux/sspi_package.h>

#include "testdev/script_env.h"
#include "testdev/tlv.h"

#define TESTDEV_BUCKETS 256

/* One credential or context, under the number that the script knows it by. */
struct testdev_entry {
	struct testdev_entry *next;
	u64 number;
	bool is_cred;
	bool script; /* of a credential: the script answers its questions */
	bool acceptor; /* of a context */
	bool established; /* likewise */
	struct sspi_cred_handle cred;
	struct sspi_ctxt_handle ctx;
	u8 *bindings; /* the last given, for the calls to come */
	size_t bindings_len;
};

struct testdev_session {
	struct testdev_entry *bucket[TESTDEV_BUCKETS];
	u64 last_number;
	struct script_env script;
};

/* One request being executed. */
struct testdev_call {
	struct testdev_session *session;
	struct sspi_span in; /* values of the request */
	struct drive_writer out; /* values of the answer but the status */
	const char *reason;
};

void testdev_session_init(struct testdev_session *session);
void testdev_session_free(struct testdev_session *session);
/* The length of the answer, or 0 if there is no memory for one. */
size_t testdev_execute(struct testdev_session *session,
		       struct sspi_span request, u8 *answer, size_t room);
/* Room that any answer to a request of @len bytes fits in. */
size_t testdev_answer_room(size_t len);

/* Between the files of the executor. */
struct testdev_entry *testdev_find(struct testdev_call *call, u32 tag,
				   bool is_cred);
struct testdev_entry *testdev_add(struct testdev_session *session,
				  bool is_cred);
void testdev_remove(struct testdev_session *session,
		    struct testdev_entry *entry);
void testdev_forget_all(struct testdev_session *session);

sec_status_t testdev_op_acquire(struct testdev_call *call);
sec_status_t testdev_op_initialize(struct testdev_call *call);
sec_status_t testdev_op_accept(struct testdev_call *call);
sec_status_t testdev_op_io_reply(struct testdev_call *call);
sec_status_t testdev_op_import(struct testdev_call *call);
sec_status_t testdev_op_complete(struct testdev_call *call);
sec_status_t testdev_op_query(struct testdev_call *call);
sec_status_t testdev_op_export(struct testdev_call *call);
sec_status_t testdev_op_crypto(struct testdev_call *call);
#if IS_ENABLED(CONFIG_SSPI_KRB5)
/* @what: enum drive_crypto */
sec_status_t testdev_op_krb5_crypto(struct testdev_call *call, u64 what);
#else
static inline sec_status_t testdev_op_krb5_crypto(struct testdev_call *call,
						  u64 what)
{
	drive_put_u64(&call->out, DRIVE_LACKING, 1);
	return SEC_E_UNSUPPORTED_FUNCTION;
}
#endif
sec_status_t testdev_op_sign(struct testdev_call *call);
sec_status_t testdev_op_verify(struct testdev_call *call);
sec_status_t testdev_op_encrypt(struct testdev_call *call);
sec_status_t testdev_op_decrypt(struct testdev_call *call);
sec_status_t testdev_op_wrap(struct testdev_call *call);
sec_status_t testdev_op_unwrap(struct testdev_call *call);

/*
 * What differs between the two back ends: in the kernel these go through the
 * asynchronous calls and the core's hooks for tests, in the tool to host.c.
 */
sec_status_t testdev_acquire(const struct sspi_acquire_args *args,
			     struct sspi_cred_handle *cred, s64 *expiry);
sec_status_t testdev_initialize(const struct sspi_initialize_args *args);
sec_status_t testdev_accept(const struct sspi_accept_args *args);
/* The answer to the open question of a context; error is positive, or 0. */
sec_status_t testdev_io_reply(const struct sspi_ctxt_handle *ctx,
			      struct sspi_span reply, int error,
			      struct sec_buffer_desc *output, u64 *attr,
			      s64 *expiry);
/* The open question, or NULL. */
const struct sspi_io *testdev_io(const struct sspi_ctxt_handle *ctx);
sec_status_t testdev_import(const char *package,
			    const struct sspi_import *import,
			    struct sspi_ctxt_handle *ctx);
sec_status_t testdev_delete(const struct sspi_ctxt_handle *ctx);
sec_status_t testdev_free_cred(const struct sspi_cred_handle *cred);
/* Empties the caches of a package: it is what that does when it comes. */
void testdev_reset_package(const char *name);
const struct sspi_env *testdev_real_env(void);
void testdev_set_env(const struct sspi_env *env); /* NULL: the real one */
void testdev_set_challenge(struct sspi_span challenge);
/* Whose questions those of the next leg are; without a script, a server's. */
void testdev_set_script(bool script);
sec_status_t testdev_debug_keys(const struct sspi_ctxt_handle *ctx,
				struct sspi_debug_keys *keys);
/* Why the last call failed, as the package said it; NULL if unknown. */
const char *testdev_last_reason(void);
void testdev_clear_reason(void);
void *testdev_alloc(size_t len); /* large, not zeroed */
void testdev_free(const void *p, size_t len); /* wipes */

#endif /* _SSPI_TESTDEV_EXEC_H */
