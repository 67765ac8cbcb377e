// SPDX-License-Identifier: GPL-2.0-only
/* The forms of <linux/sspi_win.h>: other layouts, UTF-16, other times. */
#include <linux/slab.h>
#include <linux/sspi_win.h>

#include "codec/utf16.h"
#include "core/internal.h"

/* A UTF-16 or UTF-8 text of @len bytes as a string of our own. */
static sec_status_t text_dup(const void *text, size_t len, bool wide,
			     char **out)
{
	struct sspi_span in = { .data = text, .len = len };
	int need = len;

	*out = NULL;
	if (!text)
		return len ? SEC_E_INVALID_PARAMETER : SEC_E_OK;
	if (len > 2 * SSPI_MAX_NAME)
		return SEC_E_INVALID_PARAMETER;
	if (wide && len)
		need = sspi_utf16le_to_utf8(in, NULL, 0);
	if (need < 0)
		return SEC_E_INVALID_PARAMETER;
	*out = sspi_alloc(need + 1);
	if (!*out)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (wide && len)
		sspi_utf16le_to_utf8(in, *out, need);
	else
		memcpy(*out, text, len);
	return SEC_E_OK;
}

static sec_status_t string_dup(PSECURITY_STRING text, char **out)
{
	*out = NULL;
	if (!text)
		return SEC_E_OK;
	return text_dup(text->Buffer, text->Length, true, out);
}

/* The native form of an acquire call: strings of our own, freed together. */
struct win_acquire {
	struct sspi_acquire_args args;
	struct sspi_auth_identity identity;
	char *principal;
	char *package;
	char *user;
	char *domain;
	char *password;
};

static void win_acquire_free(struct win_acquire *w)
{
	sspi_free(w->principal);
	sspi_free(w->package);
	sspi_free(w->user);
	sspi_free(w->domain);
	sspi_free(w->password);
}

static sec_status_t win_identity(struct win_acquire *w,
				 const SEC_WINNT_AUTH_IDENTITY *auth)
{
	bool wide = auth->Flags & SEC_WINNT_AUTH_IDENTITY_UNICODE;
	size_t unit = wide ? sizeof(u16) : 1;
	sec_status_t status;

	if (wide == !!(auth->Flags & SEC_WINNT_AUTH_IDENTITY_ANSI))
		return SEC_E_INVALID_PARAMETER;
	status = text_dup(auth->User, auth->UserLength * unit, wide, &w->user);
	if (status == SEC_E_OK)
		status = text_dup(auth->Domain, auth->DomainLength * unit, wide,
				  &w->domain);
	if (status == SEC_E_OK)
		status = text_dup(auth->Password, auth->PasswordLength * unit,
				  wide, &w->password);
	if (status != SEC_E_OK)
		return status;
	w->identity = (struct sspi_auth_identity){
		.user = w->user,
		.domain = w->domain,
		.secret_kind = w->password ? SSPI_SECRET_PASSWORD :
					     SSPI_SECRET_NONE,
		.secret = w->password,
		.secret_len = w->password ? strlen(w->password) : 0,
	};
	w->args.identity = &w->identity;
	return SEC_E_OK;
}

static sec_status_t win_acquire_args(struct win_acquire *w,
				     const struct sspi_win_acquire *args)
{
	sec_status_t status;

	status = string_dup(args->principal, &w->principal);
	if (status == SEC_E_OK)
		status = string_dup(args->package, &w->package);
	if (status == SEC_E_OK && args->auth)
		status = win_identity(w, args->auth);
	w->args.principal = args->principal_a ? args->principal_a : w->principal;
	w->args.package = args->package_a ? args->package_a : w->package;
	w->args.cred_use = args->use;
	return status;
}

/**
 * sspi_win_acquire_async() - SspiAcquireCredentialsHandleAsync
 * @actx: an idle tracker
 * @args: the arguments
 *
 * Context: process context, may sleep for memory.
 * Return: as sspi_acquire_credentials_handle_async().
 */
SECURITY_STATUS sspi_win_acquire_async(SspiAsyncContext *actx,
				       const struct sspi_win_acquire *args)
{
	struct sspi_outputs out = {};
	struct win_acquire w = {};
	sec_status_t status;

	if (args->use > U32_MAX)
		return sspi_invalid("fCredentialUse");
	if (args->cred) {
		out.lower = &args->cred->dwLower;
		out.upper = &args->cred->dwUpper;
	}
	if (args->expiry)
		out.filetime = (u64 *)&args->expiry->QuadPart;
	status = win_acquire_args(&w, args);
	if (status == SEC_E_OK)
		status = sspi_acquire_submit(actx, &w.args, &out);
	win_acquire_free(&w);
	return status;
}
EXPORT_SYMBOL_GPL(sspi_win_acquire_async);

static sec_status_t win_desc(const SecBufferDesc *from,
			     struct sec_buffer_desc *to,
			     struct sec_buffer buffers[SSPI_MAX_BUFFERS])
{
	u32 i;

	if (from->cBuffers > SSPI_MAX_BUFFERS ||
	    (from->cBuffers && !from->pBuffers))
		return sspi_invalid("pInput");
	for (i = 0; i < from->cBuffers; i++)
		buffers[i] = (struct sec_buffer){
			.len = from->pBuffers[i].cbBuffer,
			.type = from->pBuffers[i].BufferType,
			.data = from->pBuffers[i].pvBuffer,
		};
	*to = (struct sec_buffer_desc){
		.version = from->ulVersion,
		.count = from->cBuffers,
		.buffers = buffers,
	};
	return SEC_E_OK;
}

/* The token goes to the caller's own descriptor, not to our copy of it. */
static sec_status_t win_output(const SecBufferDesc *desc,
			       struct sspi_outputs *out)
{
	u32 i;

	if (desc->ulVersion != SECBUFFER_VERSION ||
	    desc->cBuffers > SSPI_MAX_BUFFERS ||
	    (desc->cBuffers && !desc->pBuffers))
		return sspi_invalid("pOutput");
	for (i = 0; i < desc->cBuffers; i++) {
		PSecBuffer buf = &desc->pBuffers[i];

		if (buf->BufferType == SECBUFFER_EMPTY)
			continue;
		if (buf->BufferType != SECBUFFER_TOKEN || out->token_len)
			return sspi_invalid("pOutput: more than one TOKEN");
		out->token_len = &buf->cbBuffer;
		out->token_data = &buf->pvBuffer;
		out->token_copy = buf->pvBuffer;
		out->token_room = buf->cbBuffer;
	}
	return SEC_E_OK;
}

static sec_status_t win_outputs(const struct sspi_win_leg *args,
				struct sspi_outputs *out)
{
	out->attr_long = args->attr;
	if (args->expiry)
		out->filetime = (u64 *)&args->expiry->QuadPart;
	if (args->new_ctx) {
		out->lower = &args->new_ctx->dwLower;
		out->upper = &args->new_ctx->dwUpper;
	}
	return args->output ? win_output(args->output, out) : SEC_E_OK;
}

/**
 * sspi_win_leg_async() - SspiInitializeSecurityContextAsync and Accept
 * @actx: an idle tracker
 * @args: the arguments
 *
 * Context: process context, may sleep for memory.
 * Return: as sspi_initialize_security_context_async().
 */
SECURITY_STATUS sspi_win_leg_async(SspiAsyncContext *actx,
				   const struct sspi_win_leg *args)
{
	struct sspi_leg leg = {
		.role = args->accept ? SSPI_ROLE_ACCEPTOR : SSPI_ROLE_INITIATOR,
		.req = args->req,
		.drep = args->drep,
	};
	struct sec_buffer buffers[SSPI_MAX_BUFFERS];
	struct sspi_cred_handle cred;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer_desc input;
	char *target;
	sec_status_t status;

	if (args->drep > U32_MAX || !args->attr)
		return sspi_invalid("TargetDataRep or pfContextAttr");
	if (args->cred) {
		cred.lower = args->cred->dwLower;
		cred.upper = args->cred->dwUpper;
		leg.cred = &cred;
	}
	if (args->ctx) {
		ctx.lower = args->ctx->dwLower;
		ctx.upper = args->ctx->dwUpper;
		leg.ctx = &ctx;
	}
	status = win_outputs(args, &leg.out);
	if (status == SEC_E_OK && args->input) {
		status = win_desc(args->input, &input, buffers);
		leg.input = &input;
	}
	if (status != SEC_E_OK)
		return status;
	status = string_dup(args->target, &target);
	leg.target = args->target_a ? args->target_a : target;
	if (status == SEC_E_OK)
		status = sspi_leg_submit(actx, &leg);
	sspi_free(target);
	return status;
}
EXPORT_SYMBOL_GPL(sspi_win_leg_async);
