// SPDX-License-Identifier: GPL-2.0-only
/* The executor's frame: sessions, handle numbers, dispatch, env. */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "testdev/exec.h"

static struct testdev_entry **testdev_slot(struct testdev_session *session,
					   u64 number)
{
	struct testdev_entry **p = &session->bucket[number % TESTDEV_BUCKETS];

	while (*p && (*p)->number != number)
		p = &(*p)->next;
	return p;
}

/* The entry that the request names under @tag, or NULL with a reason. */
struct testdev_entry *testdev_find(struct testdev_call *call, u32 tag,
				   bool is_cred)
{
	struct testdev_entry *entry = NULL;
	u64 number;

	if (drive_find_u64(call->in, tag, &number))
		entry = *testdev_slot(call->session, number);
	if (entry && entry->is_cred == is_cred)
		return entry;
	call->reason = is_cred ? "no such credential" : "no such context";
	return NULL;
}

struct testdev_entry *testdev_add(struct testdev_session *session, bool is_cred)
{
	struct testdev_entry *entry = sspi_alloc(sizeof(*entry));

	if (!entry)
		return NULL;
	entry->number = ++session->last_number;
	entry->is_cred = is_cred;
	*testdev_slot(session, entry->number) = entry;
	return entry;
}

void testdev_remove(struct testdev_session *session,
		    struct testdev_entry *entry)
{
	*testdev_slot(session, entry->number) = entry->next;
	sspi_free(entry->bindings);
	sspi_free(entry);
}

/* Contexts first: they use credentials. */
void testdev_forget_all(struct testdev_session *session)
{
	struct testdev_entry *entry, *next;
	unsigned int round, i;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < TESTDEV_BUCKETS; i++) {
			for (entry = session->bucket[i]; entry; entry = next) {
				next = entry->next;
				if (entry->is_cred != !!round)
					continue;
				if (entry->is_cred)
					testdev_free_cred(&entry->cred);
				else
					testdev_delete(&entry->ctx);
				testdev_remove(session, entry);
			}
		}
	}
}

void testdev_session_init(struct testdev_session *session)
{
	memset(session, 0, sizeof(*session));
	script_env_init(&session->script, testdev_real_env());
}

void testdev_session_free(struct testdev_session *session)
{
	testdev_forget_all(session);
	testdev_set_env(NULL);
	script_env_clear(&session->script);
}

/* As at the start, but for the environment and the numbers. */
static void testdev_reset(struct testdev_session *session)
{
	testdev_forget_all(session);
	testdev_reset_package("NTLM");
	testdev_reset_package("Kerberos");
}

static sec_status_t testdev_op_env(struct testdev_call *call)
{
	struct script_env *script = &call->session->script;
	struct sspi_span random;
	u64 value;

	if (drive_find_u64(call->in, DRIVE_RESET, &value) && value)
		testdev_reset(call->session);
	if (drive_find_u64(call->in, DRIVE_REAL, &value)) {
		testdev_set_env(NULL);
		script_env_clear(script);
	}
	if (drive_find(call->in, DRIVE_RANDOM, &random) &&
	    !script_env_set_random(script, random))
		return SEC_E_INSUFFICIENT_MEMORY;
	if (drive_find_u64(call->in, DRIVE_NOW, &value)) {
		script->now = (s64)value;
		script->has_now = true;
	}
	if (drive_find_u64(call->in, DRIVE_SEED, &value)) {
		script->seed = value;
		script->has_seed = true;
	}
	testdev_set_env(script_env_active(script) ? &script->env : NULL);
	drive_put_u64(&call->out, DRIVE_RANDOM_LEFT,
		      script_env_random_left(script));
	return SEC_E_OK;
}

static sec_status_t testdev_op_delete(struct testdev_call *call)
{
	struct testdev_entry *entry = testdev_find(call, DRIVE_CTX, false);
	sec_status_t status;

	if (!entry)
		return SEC_E_INVALID_HANDLE;
	status = testdev_delete(&entry->ctx);
	testdev_remove(call->session, entry);
	return status;
}

static sec_status_t testdev_op_free(struct testdev_call *call)
{
	struct testdev_entry *entry = testdev_find(call, DRIVE_CRED, true);
	sec_status_t status;

	if (!entry)
		return SEC_E_INVALID_HANDLE;
	status = testdev_free_cred(&entry->cred);
	testdev_remove(call->session, entry);
	return status;
}

static sec_status_t testdev_dispatch(struct testdev_call *call, u32 op)
{
	switch (op) {
	case DRIVE_OP_ENV:
		return testdev_op_env(call);
	case DRIVE_OP_ACQUIRE:
		return testdev_op_acquire(call);
	case DRIVE_OP_INITIALIZE:
		return testdev_op_initialize(call);
	case DRIVE_OP_ACCEPT:
		return testdev_op_accept(call);
	case DRIVE_OP_COMPLETE:
		return testdev_op_complete(call);
	case DRIVE_OP_QUERY:
		return testdev_op_query(call);
	case DRIVE_OP_SIGN:
		return testdev_op_sign(call);
	case DRIVE_OP_VERIFY:
		return testdev_op_verify(call);
	case DRIVE_OP_ENCRYPT:
		return testdev_op_encrypt(call);
	case DRIVE_OP_DECRYPT:
		return testdev_op_decrypt(call);
	case DRIVE_OP_WRAP:
		return testdev_op_wrap(call);
	case DRIVE_OP_UNWRAP:
		return testdev_op_unwrap(call);
	case DRIVE_OP_EXPORT:
		return testdev_op_export(call);
	case DRIVE_OP_CRYPTO:
		return testdev_op_crypto(call);
	case DRIVE_OP_IO_REPLY:
		return testdev_op_io_reply(call);
	case DRIVE_OP_IMPORT:
		return testdev_op_import(call);
	case DRIVE_OP_DELETE:
		return testdev_op_delete(call);
	case DRIVE_OP_FREE:
		return testdev_op_free(call);
	default:
		return SEC_E_UNSUPPORTED_FUNCTION;
	}
}

#define TESTDEV_LEGS                                         \
	(BIT(DRIVE_OP_INITIALIZE) | BIT(DRIVE_OP_ACCEPT) | \
	 BIT(DRIVE_OP_IO_REPLY))
#define TESTDEV_MESSAGES                                                     \
	(BIT(DRIVE_OP_SIGN) | BIT(DRIVE_OP_VERIFY) | BIT(DRIVE_OP_ENCRYPT) | \
	 BIT(DRIVE_OP_DECRYPT) | BIT(DRIVE_OP_WRAP) | BIT(DRIVE_OP_UNWRAP))
#define TESTDEV_ALL (~0UL)

/*
 * What a status of these operations says when neither package nor core has
 * said more: mostly, what is refused before a package is asked.
 */
static const struct {
	unsigned long ops;
	enum sspi_status_value status;
	const char *text;
} testdev_texts[] = {
	{ BIT(DRIVE_OP_ACQUIRE), SSPI_STATUS_VALUE_SEC_E_INVALID_PARAMETER,
	  "an argument of acquire is out of bounds" },
	{ TESTDEV_LEGS, SSPI_STATUS_VALUE_SEC_E_INVALID_HANDLE,
	  "no such context of this role" },
	{ TESTDEV_LEGS, SSPI_STATUS_VALUE_SEC_E_OUT_OF_SEQUENCE,
	  "the context is established" },
	{ TESTDEV_LEGS, SSPI_STATUS_VALUE_SEC_E_BUFFER_TOO_SMALL,
	  "no room for the token" },
	{ BIT(DRIVE_OP_COMPLETE), SSPI_STATUS_VALUE_SEC_E_UNSUPPORTED_FUNCTION,
	  "the package never needs completion" },
	{ BIT(DRIVE_OP_QUERY), SSPI_STATUS_VALUE_SEC_E_UNSUPPORTED_FUNCTION,
	  "no package of this build has the attribute" },
	{ TESTDEV_MESSAGES, SSPI_STATUS_VALUE_SEC_E_UNSUPPORTED_FUNCTION,
	  "the context was not negotiated for it" },
	{ TESTDEV_MESSAGES, SSPI_STATUS_VALUE_SEC_E_CONTEXT_EXPIRED,
	  "the context has expired" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_INSUFFICIENT_MEMORY,
	  "no memory" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_INVALID_HANDLE,
	  "no such handle" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_UNSUPPORTED_FUNCTION,
	  "not supported, or not negotiated" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_SECPKG_NOT_FOUND,
	  "no such package" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_UNKNOWN_CREDENTIALS,
	  "the credential is for the other direction" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_WRONG_CREDENTIAL_HANDLE,
	  "not the credential of the first leg" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_INVALID_TOKEN,
	  "the token is malformed" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_MESSAGE_ALTERED,
	  "the message does not verify" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_OUT_OF_SEQUENCE,
	  "not its turn" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_NO_CONTEXT,
	  "the context has failed" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_INVALID_PARAMETER,
	  "an argument is wrong" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_BUFFER_TOO_SMALL,
	  "a buffer is too small" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_QOP_NOT_SUPPORTED,
	  "no such protection" },
	{ TESTDEV_ALL, SSPI_STATUS_VALUE_SEC_E_TARGET_UNKNOWN,
	  "no target is known" },
};

/* The same where it takes a look at the request; NULL for nothing found. */
static const char *testdev_look(const struct testdev_call *call, u32 op,
				sec_status_t status)
{
	bool leg = op == DRIVE_OP_INITIALIZE || op == DRIVE_OP_ACCEPT;
	struct testdev_entry *ctx = NULL;
	struct sspi_span value;
	u64 number;

	if (drive_find_u64(call->in, DRIVE_CTX, &number))
		ctx = *testdev_slot(call->session, number);
	if (!leg && status == SEC_E_OUT_OF_SEQUENCE && ctx && !ctx->established)
		return "the context is not established";
	if (op == DRIVE_OP_DECRYPT && status == SEC_E_INVALID_PARAMETER &&
	    !drive_find(call->in, DRIVE_BUFFER, &value))
		return "no token";
	if (leg && status == SEC_E_INVALID_TOKEN) {
		if (!drive_find(call->in, DRIVE_INPUT, &value))
			return "no token";
		if (value.len > SSPI_MAX_TOKEN)
			return "the token is too long";
	}
	if (leg && status == SEC_E_INVALID_PARAMETER) {
		drive_find(call->in, DRIVE_TARGET, &value);
		if (value.len > SSPI_MAX_NAME + 1) /* its NUL */
			return "the target is too long";
		return "channel bindings of an impossible length";
	}
	return NULL;
}

/* Why a call failed. */
static const char *testdev_reason(const struct testdev_call *call, u32 op,
				  sec_status_t status)
{
	unsigned long bit = op <= DRIVE_OP_IMPORT ? BIT(op) : BIT(0);
	const char *reason = call->reason;
	size_t i;

	if (!reason)
		reason = testdev_last_reason();
	if (!reason)
		reason = testdev_look(call, op, status);
	for (i = 0; !reason && i < ARRAY_SIZE(testdev_texts); i++) {
		if (testdev_texts[i].status == (__force u32)status &&
		    testdev_texts[i].ops & bit)
			reason = testdev_texts[i].text;
	}
	return reason ? reason : sec_status_name(status);
}

size_t testdev_answer_room(size_t len)
{
	return 2 * len + SSPI_MAX_TOKEN + 64 * 1024;
}

static bool testdev_status_fails(sec_status_t status)
{
	enum sspi_status_class class = sec_status_class(status);

	return class == SSPI_CLASS_FATAL || class == SSPI_CLASS_MORE_INPUT;
}

size_t testdev_execute(struct testdev_session *session,
		       struct sspi_span request, u8 *answer, size_t room)
{
	struct testdev_call call = { .session = session };
	size_t status_at;
	sec_status_t status;
	u64 number = 0;
	u32 op = 0;

	drive_writer_init(&call.out, answer, room);
	drive_put_u64(&call.out, DRIVE_STATUS, 0);
	status_at = call.out.pos - sizeof(number);
	testdev_clear_reason();
	if (request.len < sizeof(op)) {
		status = SEC_E_INVALID_PARAMETER;
	} else {
		memcpy(&op, request.data, sizeof(op));
		call.in.data = request.data + sizeof(op);
		call.in.len = request.len - sizeof(op);
		status = testdev_dispatch(&call, op);
	}
	if (testdev_status_fails(status))
		drive_put_text(&call.out, DRIVE_REASON,
			       testdev_reason(&call, op, status));
	if (call.out.bad)
		return 0;
	number = (__force u32)status;
	memcpy(answer + status_at, &number, sizeof(number));
	return call.out.pos;
}
