// SPDX-License-Identifier: GPL-2.0-only
#include <linux/slab.h>
#include <linux/string.h>

#include "kunit/ntlm/ntlm_pair.h"
#include "spi.h"

static const struct sspi_package_ops *ops(void)
{
	return ntlm_package.ops;
}

void ntlm_pair_init(struct ntlm_pair *p)
{
	static const char password[] = "correct horse battery";

	memset(p, 0, sizeof(*p));
	script_init(&p->script, NTLM_PAIR_NOW);
	p->client.lm_compat = SSPI_LM_COMPAT_DEFAULT;
	p->server.lm_compat = SSPI_LM_COMPAT_DEFAULT;
	p->identity.user = "alice";
	p->identity.domain = "TESTDOM";
	p->identity.secret_kind = SSPI_SECRET_PASSWORD;
	p->identity.secret = password;
	p->identity.secret_len = sizeof(password) - 1;
	p->account = p->identity;
	p->target = "cifs/fs1.example.test";
	p->isc = ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY;
}

struct ntlm_pair *ntlm_pair_new(struct kunit *test)
{
	struct ntlm_pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	ntlm_pair_init(p);
	return p;
}

sec_status_t ntlm_pair_acquire(struct ntlm_pair *p)
{
	struct sspi_acquire_args out = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &p->identity,
		.ntlm = &p->client,
	};
	struct sspi_acquire_args in = {
		.package = "NTLM",
		.principal = p->principal,
		.cred_use = SECPKG_CRED_INBOUND,
		.accounts = &p->account,
		.account_count = 1,
		.ntlm = &p->server,
	};
	struct sspi_package_acquire acq = { .args = &out, .env = &p->script.env };
	sec_status_t status = ops()->acquire(&acq, &p->out_cred);

	if (status == SEC_E_OK) {
		acq.args = &in;
		status = ops()->acquire(&acq, &p->in_cred);
	}
	p->reason = acq.reason;
	return status;
}

sec_status_t ntlm_pair_initialize(struct ntlm_pair *p, struct sspi_span token,
				  struct sspi_blob *out)
{
	struct sspi_step step = {
		.env = &p->script.env,
		.target = p->target,
		.req = p->isc,
		.input = token,
		.bindings = p->client_bindings,
	};
	sec_status_t status;

	status = ops()->initialize(&p->init, p->out_cred, &step);
	*out = step.output;
	p->init_attr = step.attr;
	p->reason = step.reason;
	return status;
}

sec_status_t ntlm_pair_accept(struct ntlm_pair *p, struct sspi_span token,
			      struct sspi_blob *out)
{
	struct sspi_step step = {
		.env = &p->script.env,
		.req = p->asc,
		.input = token,
		.bindings = p->server_bindings,
		.preset_challenge = p->preset,
	};
	sec_status_t status;

	status = ops()->accept(&p->acc, p->in_cred, &step);
	*out = step.output;
	p->acc_attr = step.attr;
	p->reason = step.reason;
	return status;
}

sec_status_t ntlm_pair_negotiate(struct ntlm_pair *p)
{
	return ntlm_pair_initialize(p, (struct sspi_span){ }, &p->negotiate);
}

sec_status_t ntlm_pair_challenge(struct ntlm_pair *p)
{
	return ntlm_pair_accept(p, ntlm_pair_span(&p->negotiate),
				&p->challenge);
}

sec_status_t ntlm_pair_answer(struct ntlm_pair *p)
{
	return ntlm_pair_initialize(p, ntlm_pair_span(&p->challenge),
				    &p->authenticate);
}

sec_status_t ntlm_pair_logon(struct ntlm_pair *p)
{
	struct sspi_blob none;
	sec_status_t status;

	status = ntlm_pair_accept(p, ntlm_pair_span(&p->authenticate), &none);
	sspi_free(none.data);
	return status;
}

sec_status_t ntlm_pair_run(struct ntlm_pair *p)
{
	sec_status_t status = ntlm_pair_negotiate(p);

	if (status == SEC_I_CONTINUE_NEEDED)
		status = ntlm_pair_challenge(p);
	if (status == SEC_I_CONTINUE_NEEDED)
		status = ntlm_pair_answer(p);
	if (status == SEC_E_OK)
		status = ntlm_pair_logon(p);
	return status;
}

static void drop_blob(struct sspi_blob *blob)
{
	sspi_free(blob->data);
	blob->data = NULL;
	blob->len = 0;
}

void ntlm_pair_drop_init(struct ntlm_pair *p)
{
	ops()->free_ctx(p->init);
	p->init = NULL;
}

void ntlm_pair_drop_acc(struct ntlm_pair *p)
{
	ops()->free_ctx(p->acc);
	p->acc = NULL;
}

void ntlm_pair_reset(struct ntlm_pair *p)
{
	ntlm_pair_drop_init(p);
	ntlm_pair_drop_acc(p);
	drop_blob(&p->negotiate);
	drop_blob(&p->challenge);
	drop_blob(&p->authenticate);
}

void ntlm_pair_release(struct ntlm_pair *p)
{
	ntlm_pair_reset(p);
	ops()->free_cred(p->out_cred);
	ops()->free_cred(p->in_cred);
	p->out_cred = NULL;
	p->in_cred = NULL;
}

sec_status_t ntlm_pair_once(struct ntlm_pair *p)
{
	sec_status_t status = ntlm_pair_acquire(p);

	if (status == SEC_E_OK)
		status = ntlm_pair_run(p);
	ntlm_pair_release(p);
	return status;
}
