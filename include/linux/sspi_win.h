/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names and parameter lists of the platform, for drivers being ported.
 *
 * A thin layer over <linux/sspi.h>, with the same contract. Differences from
 * the platform: statuses are sec_status_t and are classified with
 * sec_status_class(), not by sign; members of structures that are "unsigned
 * long" there, 32 bits wide, are u32 here; times are UTC. New code uses
 * <linux/sspi.h>.
 */
#ifndef _LINUX_SSPI_WIN_H
#define _LINUX_SSPI_WIN_H

#include <linux/sspi.h>

typedef sec_status_t SECURITY_STATUS;
typedef sec_status_t NTSTATUS;
typedef bool BOOLEAN;

typedef struct sspi_async_context SspiAsyncContext;
typedef sspi_async_notify_fn SspiAsyncNotifyCallback;

typedef struct _SecHandle {
	u64 dwLower;
	u64 dwUpper;
} SecHandle, *PSecHandle, CredHandle, *PCredHandle, CtxtHandle, *PCtxtHandle;

/* UTF-16LE; lengths in bytes. */
typedef struct _UNICODE_STRING {
	u16 Length;
	u16 MaximumLength;
	u16 *Buffer;
} UNICODE_STRING, *PUNICODE_STRING, SECURITY_STRING, *PSECURITY_STRING;

/* In units of 100 ns since the year 1601, UTC. */
typedef union _LARGE_INTEGER {
	struct {
		u32 LowPart;
		s32 HighPart;
	};
	s64 QuadPart;
} LARGE_INTEGER, TimeStamp, *PTimeStamp;

typedef struct _SecBuffer {
	u32 cbBuffer;
	u32 BufferType;
	void *pvBuffer;
} SecBuffer, *PSecBuffer;

typedef struct _SecBufferDesc {
	u32 ulVersion;
	u32 cBuffers;
	PSecBuffer pBuffers;
} SecBufferDesc, *PSecBufferDesc;

#define SEC_WINNT_AUTH_IDENTITY_ANSI	0x1
#define SEC_WINNT_AUTH_IDENTITY_UNICODE	0x2

/* UTF-16LE, or UTF-8 with the ANSI flag; lengths in units of either. */
typedef struct _SEC_WINNT_AUTH_IDENTITY {
	void *User;
	u32 UserLength;
	void *Domain;
	u32 DomainLength;
	void *Password;
	u32 PasswordLength;
	u32 Flags;
} SEC_WINNT_AUTH_IDENTITY, *PSEC_WINNT_AUTH_IDENTITY;

typedef void (*SEC_GET_KEY_FN)(void *arg, void *principal, u32 key_ver,
			       void **key, SECURITY_STATUS *status);

/**
 * struct sspi_win_acquire - arguments of SspiAcquireCredentialsHandleAsync
 * @principal: UTF-16 name, or NULL
 * @principal_a: the same in UTF-8; the A form
 * @package: name of the package, UTF-16
 * @package_a: the same in UTF-8
 * @use: SECPKG_CRED_*
 * @auth: identity, or NULL
 * @cred: receives the handle
 * @expiry: receives the time until which it is good, or NULL
 */
struct sspi_win_acquire {
	PSECURITY_STRING principal;
	const char *principal_a;
	PSECURITY_STRING package;
	const char *package_a;
	unsigned long use;
	const SEC_WINNT_AUTH_IDENTITY *auth;
	PCredHandle cred;
	PTimeStamp expiry;
};

/**
 * struct sspi_win_leg - arguments of SspiInitializeSecurityContextAsync and
 *	SspiAcceptSecurityContextAsync
 * @accept: which of the two
 * @cred: credential, or NULL
 * @ctx: context, or NULL
 * @target: UTF-16 name of the peer, or NULL
 * @target_a: the same in UTF-8; the A form
 * @req: flags
 * @drep: data representation of the target
 * @input: descriptor, or NULL
 * @new_ctx: receives the context
 * @output: receives the token
 * @attr: receives flags
 * @expiry: receives the time until which the context is good, or NULL
 */
struct sspi_win_leg {
	bool accept;
	PCredHandle cred;
	PCtxtHandle ctx;
	PSECURITY_STRING target;
	const char *target_a;
	unsigned long req;
	unsigned long drep;
	PSecBufferDesc input;
	PCtxtHandle new_ctx;
	PSecBufferDesc output;
	unsigned long *attr;
	PTimeStamp expiry;
};

SECURITY_STATUS sspi_win_acquire_async(SspiAsyncContext *actx,
				       const struct sspi_win_acquire *args);
SECURITY_STATUS sspi_win_leg_async(SspiAsyncContext *actx,
				   const struct sspi_win_leg *args);

#define SspiCreateAsyncContext() sspi_create_async_context()

static inline void SspiFreeAsyncContext(SspiAsyncContext *Handle)
{
	sspi_free_async_context(Handle);
}

static inline NTSTATUS SspiReinitAsyncContext(SspiAsyncContext *Handle)
{
	return sspi_reinit_async_context(Handle);
}

static inline SECURITY_STATUS
SspiSetAsyncNotifyCallback(SspiAsyncContext *Context,
			   SspiAsyncNotifyCallback Callback, void *CallbackData)
{
	return sspi_set_async_notify_callback(Context, Callback, CallbackData);
}

static inline BOOLEAN
SspiAsyncContextRequiresNotify(SspiAsyncContext *AsyncContext)
{
	return sspi_async_context_requires_notify(AsyncContext);
}

static inline SECURITY_STATUS SspiGetAsyncCallStatus(SspiAsyncContext *Handle)
{
	return sspi_get_async_call_status(Handle);
}

/* Logon sessions and key functions do not exist here: both must be NULL. */
static inline SECURITY_STATUS
SspiAcquireCredentialsHandleAsyncW(SspiAsyncContext *AsyncContext,
				   PSECURITY_STRING pszPrincipal,
				   PSECURITY_STRING pszPackage,
				   unsigned long fCredentialUse,
				   void *pvLogonId, void *pAuthData,
				   SEC_GET_KEY_FN pGetKeyFn,
				   void *pvGetKeyArgument,
				   PCredHandle phCredential,
				   PTimeStamp ptsExpiry)
{
	const struct sspi_win_acquire args = {
		.principal = pszPrincipal,
		.package = pszPackage,
		.use = fCredentialUse,
		.auth = pAuthData,
		.cred = phCredential,
		.expiry = ptsExpiry,
	};

	if (pvLogonId || pGetKeyFn || pvGetKeyArgument)
		return SEC_E_UNSUPPORTED_FUNCTION;
	return sspi_win_acquire_async(AsyncContext, &args);
}

static inline SECURITY_STATUS
SspiAcquireCredentialsHandleAsyncA(SspiAsyncContext *AsyncContext,
				   const char *pszPrincipal,
				   const char *pszPackage,
				   unsigned long fCredentialUse,
				   void *pvLogonId, void *pAuthData,
				   SEC_GET_KEY_FN pGetKeyFn,
				   void *pvGetKeyArgument,
				   PCredHandle phCredential,
				   PTimeStamp ptsExpiry)
{
	const struct sspi_win_acquire args = {
		.principal_a = pszPrincipal,
		.package_a = pszPackage,
		.use = fCredentialUse,
		.auth = pAuthData,
		.cred = phCredential,
		.expiry = ptsExpiry,
	};

	if (pvLogonId || pGetKeyFn || pvGetKeyArgument)
		return SEC_E_UNSUPPORTED_FUNCTION;
	return sspi_win_acquire_async(AsyncContext, &args);
}

static inline SECURITY_STATUS
SspiInitializeSecurityContextAsyncW(SspiAsyncContext *AsyncContext,
				    PCredHandle phCredential,
				    PCtxtHandle phContext,
				    PSECURITY_STRING pszTargetName,
				    unsigned long fContextReq,
				    unsigned long Reserved1,
				    unsigned long TargetDataRep,
				    PSecBufferDesc pInput,
				    unsigned long Reserved2,
				    PCtxtHandle phNewContext,
				    PSecBufferDesc pOutput,
				    unsigned long *pfContextAttr,
				    PTimeStamp ptsExpiry)
{
	const struct sspi_win_leg args = {
		.cred = phCredential,
		.ctx = phContext,
		.target = pszTargetName,
		.req = fContextReq,
		.drep = TargetDataRep,
		.input = pInput,
		.new_ctx = phNewContext,
		.output = pOutput,
		.attr = pfContextAttr,
		.expiry = ptsExpiry,
	};

	if (Reserved1 || Reserved2)
		return SEC_E_INVALID_PARAMETER;
	return sspi_win_leg_async(AsyncContext, &args);
}

static inline SECURITY_STATUS
SspiInitializeSecurityContextAsyncA(SspiAsyncContext *AsyncContext,
				    PCredHandle phCredential,
				    PCtxtHandle phContext,
				    const char *pszTargetName,
				    unsigned long fContextReq,
				    unsigned long Reserved1,
				    unsigned long TargetDataRep,
				    PSecBufferDesc pInput,
				    unsigned long Reserved2,
				    PCtxtHandle phNewContext,
				    PSecBufferDesc pOutput,
				    unsigned long *pfContextAttr,
				    PTimeStamp ptsExpiry)
{
	const struct sspi_win_leg args = {
		.cred = phCredential,
		.ctx = phContext,
		.target_a = pszTargetName,
		.req = fContextReq,
		.drep = TargetDataRep,
		.input = pInput,
		.new_ctx = phNewContext,
		.output = pOutput,
		.attr = pfContextAttr,
		.expiry = ptsExpiry,
	};

	if (Reserved1 || Reserved2)
		return SEC_E_INVALID_PARAMETER;
	return sspi_win_leg_async(AsyncContext, &args);
}

static inline SECURITY_STATUS
SspiAcceptSecurityContextAsync(SspiAsyncContext *AsyncContext,
			       PCredHandle phCredential, PCtxtHandle phContext,
			       PSecBufferDesc pInput, unsigned long fContextReq,
			       unsigned long TargetDataRep,
			       PCtxtHandle phNewContext, PSecBufferDesc pOutput,
			       unsigned long *pfContextAttr,
			       PTimeStamp ptsExpiry)
{
	const struct sspi_win_leg args = {
		.accept = true,
		.cred = phCredential,
		.ctx = phContext,
		.req = fContextReq,
		.drep = TargetDataRep,
		.input = pInput,
		.new_ctx = phNewContext,
		.output = pOutput,
		.attr = pfContextAttr,
		.expiry = ptsExpiry,
	};

	return sspi_win_leg_async(AsyncContext, &args);
}

static inline SECURITY_STATUS
SspiDeleteSecurityContextAsync(SspiAsyncContext *AsyncContext,
			       PCtxtHandle phContext)
{
	struct sspi_ctxt_handle ctx;

	if (!phContext)
		return SEC_E_INVALID_PARAMETER;
	ctx.lower = phContext->dwLower;
	ctx.upper = phContext->dwUpper;
	return sspi_delete_security_context_async(AsyncContext, &ctx);
}

static inline SECURITY_STATUS
SspiFreeCredentialsHandleAsync(SspiAsyncContext *AsyncContext,
			       PCredHandle phCredential)
{
	struct sspi_cred_handle cred;

	if (!phCredential)
		return SEC_E_INVALID_PARAMETER;
	cred.lower = phCredential->dwLower;
	cred.upper = phCredential->dwUpper;
	return sspi_free_credentials_handle_async(AsyncContext, &cred);
}

#ifdef UNICODE
#define SspiAcquireCredentialsHandleAsync SspiAcquireCredentialsHandleAsyncW
#define SspiInitializeSecurityContextAsync SspiInitializeSecurityContextAsyncW
#else
#define SspiAcquireCredentialsHandleAsync SspiAcquireCredentialsHandleAsyncA
#define SspiInitializeSecurityContextAsync SspiInitializeSecurityContextAsyncA
#endif

#endif /* _LINUX_SSPI_WIN_H */
