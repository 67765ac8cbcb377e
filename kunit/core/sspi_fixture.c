// SPDX-License-Identifier: GPL-2.0-only
/* A credential of the fake package, a tracker, and the calls around them. */
#include <linux/delay.h>
#include <linux/module.h>

#include "kunit/core/sspi_fixture.h"

void sspi_fixture_notify(struct sspi_async_context *actx, void *data)
{
	struct sspi_fixture *f = data;

	f->notify_status = sspi_get_async_call_status(actx);
	atomic_inc(&f->notifications);
	complete(&f->notified);
}

struct sspi_initialize_args sspi_fixture_inputs(struct sspi_fixture *f)
{
	return (struct sspi_initialize_args){
		.cred = &f->cred,
		.target = "cifs/server.example.test",
		.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY |
		       ISC_REQ_INTEGRITY,
		.target_data_rep = SECURITY_NATIVE_DREP,
	};
}

struct sspi_initialize_args sspi_fixture_first_leg(struct sspi_fixture *f)
{
	struct sspi_initialize_args args = sspi_fixture_inputs(f);

	f->out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	f->out_desc = (struct sec_buffer_desc){
		.version = SECBUFFER_VERSION,
		.count = 1,
		.buffers = &f->out,
	};
	args.new_ctx = &f->ctx;
	args.output = &f->out_desc;
	args.attr = &f->attr;
	args.expiry = &f->expiry;
	return args;
}

void sspi_fixture_submit(struct kunit *test, struct sspi_fixture *f)
{
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);

	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_OK);
}

sec_status_t sspi_fixture_run(struct kunit *test, struct sspi_fixture *f)
{
	sec_status_t status;

	sspi_fixture_submit(test, f);
	status = sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS);
	sspi_fixture_drop_output(f);
	return status;
}

void sspi_fixture_drop_output(struct sspi_fixture *f)
{
	sspi_free_context_buffer(f->out.data);
	f->out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
}

void sspi_fixture_entered(struct kunit *test)
{
	KUNIT_ASSERT_NE(test, 0UL,
			wait_for_completion_timeout(&fake_ctl.entered,
						    10 * HZ));
}

void sspi_fixture_notified(struct kunit *test, struct sspi_fixture *f)
{
	KUNIT_ASSERT_NE(test, 0UL,
			wait_for_completion_timeout(&f->notified, 10 * HZ));
}

int sspi_fixture_init(struct kunit *test)
{
	struct sspi_acquire_args acq = {
		.package = FAKE_NAME,
		.cred_use = SECPKG_CRED_BOTH,
	};
	struct sspi_fixture *f;

	f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	init_completion(&f->notified);
	fake_reset();
	SSPI_EXPECT_STATUS(test, sspi_register_security_package(&fake_package),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle(&acq, &f->cred,
							   NULL),
			   SEC_E_OK);
	f->actx = sspi_create_async_context();
	KUNIT_ASSERT_NOT_NULL(test, f->actx);
	reinit_completion(&fake_ctl.entered);
	return 0;
}

void sspi_fixture_exit(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	int tries;

	fake_ctl.gated = false;
	complete_all(&fake_ctl.gate);
	sspi_free_async_context(f->actx);
	sspi_fixture_drop_output(f);
	if (f->ctx.lower)
		sspi_delete_security_context(&f->ctx);
	if (f->cred.lower)
		sspi_free_credentials_handle(&f->cred);
	/* The last references may be held by steps that are just ending. */
	for (tries = 0; tries < 1000; tries++) {
		if (!atomic_read(&fake_ctl.ctx_live) &&
		    !atomic_read(&fake_ctl.cred_live))
			break;
		fsleep(1000);
	}
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.ctx_live));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.cred_live));
	sspi_unregister_security_package(&fake_package);
}
