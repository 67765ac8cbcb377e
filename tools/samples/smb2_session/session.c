// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log-on, driven by the asynchronous calls of ksspi.
 *
 * Two things take time: ksspi computing a token, and the network carrying it.
 * Neither waits for the other. When a step of ksspi is complete it calls
 * notified(), which does no more than queue the session's work; the work talks
 * to the server and submits the next step; so on until both sides are content:
 *
 *	begin --credential--> send_first_token --> next_leg
 *							|  ^
 *						   token|  |answer
 *							v  |
 *	use_session <----------success----------- send_token
 *
 * The tokens are those of the package, straight in the security buffer of
 * SESSION_SETUP: with NTLM a raw NTLMSSP message and with Kerberos a raw AP-REQ,
 * which Windows and Samba take as well as one in SPNEGO. With package=Negotiate
 * they are SPNEGO.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/sspi.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "smb2_session.h"

struct session;
typedef int session_step_fn(struct session *session);

/* What a step returns when the session has nothing left to do. */
#define SESSION_DONE	1

/**
 * struct session - one log-on and what it is for
 * @config: where to go, as whom
 * @conn: the connection
 * @actx: tracks the step that is with ksspi
 * @cred: the user's credential
 * @ctx: the security context
 * @token: what ksspi made for the server
 * @output: the descriptor of @token
 * @target: name of the server's service
 * @leg: number of the leg, from 1
 * @context_done: ksspi needs no more tokens
 * @server_done: the server needs no more tokens
 * @step: what to do when ksspi is done
 * @wq: where the work of the session runs
 * @work: runs @step
 * @status: outcome as far as ksspi is concerned
 * @err: outcome otherwise
 * @done: both are final
 */
struct session {
	const struct smb2_config *config;
	struct smb2_conn conn;
	struct sspi_async_context *actx;
	struct sspi_cred_handle cred;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer token;
	struct sec_buffer_desc output;
	char target[256];
	unsigned int leg;
	bool context_done;
	bool server_done;
	session_step_fn *step;
	struct workqueue_struct *wq;
	struct work_struct work;
	sec_status_t status;
	int err;
	struct completion done;
};

static session_step_fn send_first_token, send_token;

static void session_work(struct work_struct *work)
{
	struct session *session = container_of(work, struct session, work);
	int ret = session->step(session);

	if (!ret)
		return;		/* ksspi has the next step, and may be done */
	session->err = ret == SESSION_DONE ? 0 : ret;
	complete(&session->done);
}

/* Runs on ksspi's workqueue: anything slow belongs elsewhere. */
static void notified(struct sspi_async_context *actx, void *data)
{
	struct session *session = data;

	queue_work(session->wq, &session->work);
}

/* A status that ends the session, or that of a submit. */
static int failed(struct session *session, sec_status_t status)
{
	session->status = status;
	return sec_status_to_errno(status) ?: -EIO;
}

static bool is_fatal(sec_status_t status)
{
	return sec_status_class(status) == SSPI_CLASS_FATAL;
}

static int acquire(struct session *session)
{
	const struct smb2_config *config = session->config;
	const struct sspi_auth_identity identity = {
		.user = config->user,
		.domain = config->domain,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = config->password,
		.secret_len = strlen(config->password),
	};
	const struct sspi_acquire_args args = {
		.package = config->package,
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &identity,
		.packages = *config->packages ? config->packages : NULL,
	};
	sec_status_t status;

	session->step = send_first_token;
	status = sspi_acquire_credentials_handle_async(session->actx, &args,
						       &session->cred, NULL);
	/* ksspi has its own copy, or wants none */
	memzero_explicit(config->password, config->password_size);
	return status == SEC_E_OK ? 0 : failed(session, status);
}

static int begin(struct session *session)
{
	const struct smb2_config *config = session->config;
	int err;

	err = smb2_crypto_init(&session->conn) ?:
	      smb2_connect(&session->conn, config->server, config->port);
	if (err)
		return err;
	pr_info("connected to %s:%u\n", config->server, config->port);
	err = smb2_negotiate(&session->conn);
	return err ?: acquire(session);
}

/* Asks ksspi for the answer to @token, or for the first word. */
static int next_leg(struct session *session, const u8 *token, u32 len)
{
	struct sec_buffer buffer = {
		.type = SECBUFFER_TOKEN,
		.data = (void *)token,
		.len = len,
	};
	struct sec_buffer_desc input = { .count = 1, .buffers = &buffer };
	const struct sspi_initialize_args args = {
		.cred = &session->cred,
		.ctx = session->leg ? &session->ctx : NULL,
		.target = session->target,
		.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_INTEGRITY |
		       ISC_REQ_MUTUAL_AUTH,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.input = session->leg ? &input : NULL,
		.new_ctx = &session->ctx,
		.output = &session->output,
	};
	sec_status_t status = sspi_reinit_async_context(session->actx);

	if (status != SEC_E_OK)
		return failed(session, status);
	session->leg++;
	session->token = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	session->output = (struct sec_buffer_desc){
		.count = 1,
		.buffers = &session->token,
	};
	session->step = send_token;
	/* the input is copied: conn->rx is free for the next response */
	status = sspi_initialize_security_context_async(session->actx, &args);
	return status == SEC_E_OK ? 0 : failed(session, status);
}

static int send_first_token(struct session *session)
{
	sec_status_t status = sspi_get_async_call_status(session->actx);

	pr_info("acquire credential: %s\n", sec_status_name(status));
	if (is_fatal(status))
		return failed(session, status);
	return next_leg(session, NULL, 0);
}

/* The token of the server: NTLM without SPNEGO has to stay that. */
static int answer_of_server(struct session *session, const u8 **token, u32 *len)
{
	int err = smb2_session_token(&session->conn, token, len);

	if (err || !*len || strcasecmp(session->config->package, "NTLM"))
		return err;
	if (*len >= 8 && !memcmp(*token, "NTLMSSP", 8))
		return 0;
	pr_err("the server answered in SPNEGO: use a package that speaks it\n");
	return -EPROTONOSUPPORT;
}

/* Which package did the work, if it was Negotiate that was asked. */
static void print_package(struct session *session)
{
	struct sec_pkg_context_negotiation_info nego;
	sec_status_t status;

	status = sspi_query_context_attributes(&session->ctx,
					       SECPKG_ATTR_NEGOTIATION_INFO,
					       &nego, sizeof(nego));
	if (status == SEC_E_OK)
		pr_info("authenticated by %s\n", nego.info.name);
}

/* Both sides agree: the key, the proof that the server has it, and the work. */
static int use_session(struct session *session)
{
	struct sec_pkg_context_session_key key;
	struct smb2_conn *conn = &session->conn;
	sec_status_t status;
	int err;

	status = sspi_query_context_attributes(&session->ctx,
					       SECPKG_ATTR_SESSION_KEY, &key,
					       sizeof(key));
	if (status != SEC_E_OK)
		return failed(session, status);
	err = smb2_derive_signing_key(conn, key.key, key.len);
	memzero_explicit(&key, sizeof(key));
	if (!err)
		err = smb2_session_established(conn) ?: smb2_verify(conn);
	if (err)
		return err;
	print_package(session);
	pr_info("session %llx is established, the server's signature is good\n",
		conn->session_id);
	conn->signing = true;
	err = smb2_read_file(conn, session->config) ?: smb2_logoff(conn);
	if (err)
		return err;
	pr_info("logged off\n");
	return SESSION_DONE;
}

/* A leg is complete: takes its token to the server. */
static int send_token(struct session *session)
{
	sec_status_t status = sspi_get_async_call_status(session->actx);
	const u8 *token;
	u32 len;
	int err;

	pr_info("session setup leg %u: %s, token %u bytes\n", session->leg,
		sec_status_name(status), session->token.len);
	if (is_fatal(status))
		return failed(session, status);
	session->context_done = status == SEC_E_OK;

	if (session->server_done)
		return session->context_done ? use_session(session) : -EPROTO;
	err = smb2_session_setup(&session->conn, session->token.data,
				 session->token.len);
	sspi_free_context_buffer(session->token.data);
	session->token.data = NULL;
	err = err ?: answer_of_server(session, &token, &len);
	if (err)
		return err;
	session->server_done = session->conn.status == NT_STATUS_SUCCESS;
	if (!session->context_done)
		return len ? next_leg(session, token, len) : -EPROTO;
	return session->server_done ? use_session(session) : -EPROTO;
}

static const struct {
	u32 status;
	const char *name;
} status_names[] = {
	{ NT_STATUS_LOGON_FAILURE, "SEC_E_LOGON_DENIED" },
	{ NT_STATUS_NO_SUCH_USER, "SEC_E_LOGON_DENIED" },
	{ NT_STATUS_WRONG_PASSWORD, "SEC_E_LOGON_DENIED" },
	{ NT_STATUS_ACCOUNT_RESTRICTION, "SEC_E_LOGON_DENIED" },
	{ NT_STATUS_ACCOUNT_DISABLED, "SEC_E_LOGON_DENIED" },
	{ NT_STATUS_ACCESS_DENIED, "STATUS_ACCESS_DENIED" },
	{ NT_STATUS_INVALID_PARAMETER, "STATUS_INVALID_PARAMETER" },
	{ NT_STATUS_NOT_SUPPORTED, "STATUS_NOT_SUPPORTED" },
	{ NT_STATUS_BAD_NETWORK_NAME, "STATUS_BAD_NETWORK_NAME" },
	{ NT_STATUS_OBJECT_NAME_NOT_FOUND, "STATUS_OBJECT_NAME_NOT_FOUND" },
};

static const char *status_name(u32 status)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(status_names); i++)
		if (status_names[i].status == status)
			return status_names[i].name;
	return "STATUS_OTHER";
}

/* The last line is for a script: "RESULT", a name, details. */
static void report(const struct session *session)
{
	const char *name = sec_status_name(session->status);

	if (!session->err) {
		pr_info("PASS\n");
		pr_info("RESULT SEC_E_OK leg %u\n", session->leg);
	} else if (session->status != SEC_E_OK) {
		pr_err("FAIL: %s from ksspi\n", name);
		pr_info("RESULT %s leg %u\n", name, session->leg);
	} else if (session->err == -EREMOTEIO) {
		name = status_name(session->conn.status);
		pr_err("FAIL: %s, the server said %#010x\n", name,
		       session->conn.status);
		pr_info("RESULT %s leg %u ntstatus %#010x\n", name,
			session->leg, session->conn.status);
	} else {
		pr_err("FAIL: error %pe\n", ERR_PTR(session->err));
		pr_info("RESULT %d leg %u\n", session->err, session->leg);
	}
}

static void session_free(struct session *session)
{
	if (session->wq)
		destroy_workqueue(session->wq);
	sspi_free_async_context(session->actx);
	sspi_free_context_buffer(session->token.data);
	if (session->ctx.lower || session->ctx.upper)
		sspi_delete_security_context(&session->ctx);
	if (session->cred.lower || session->cred.upper)
		sspi_free_credentials_handle(&session->cred);
	smb2_disconnect(&session->conn);
	smb2_crypto_exit(&session->conn);
	kfree_sensitive(session);
}

static struct session *session_alloc(const struct smb2_config *config)
{
	struct session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	if (!session)
		return NULL;
	session->config = config;
	if (*config->target)
		strscpy(session->target, config->target,
			sizeof(session->target));
	else
		snprintf(session->target, sizeof(session->target), "cifs/%s",
			 config->server);
	INIT_WORK(&session->work, session_work);
	init_completion(&session->done);
	session->wq = alloc_workqueue("smb2_session",
				      WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	session->actx = sspi_create_async_context();
	if (!session->wq || !session->actx) {
		session_free(session);
		return NULL;
	}
	sspi_set_async_notify_callback(session->actx, notified, session);
	return session;
}

/**
 * smb2_session_run() - log on, read the file, log off
 * @config: where to go, as whom
 *
 * A file system would return to its caller after queue_work() and go on from
 * session_work(); this sample waits, so that insmod has the outcome.
 *
 * Return: 0 if the session took place, whatever came of it; -ENOMEM.
 */
int smb2_session_run(const struct smb2_config *config)
{
	struct session *session = session_alloc(config);

	if (!session)
		return -ENOMEM;
	session->step = begin;
	queue_work(session->wq, &session->work);
	wait_for_completion(&session->done);
	report(session);
	session_free(session);
	return 0;
}
