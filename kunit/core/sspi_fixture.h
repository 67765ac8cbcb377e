/* SPDX-License-Identifier: GPL-2.0-only */
/* A credential of the fake package, a tracker, and the calls around them. */
#ifndef _SSPI_KUNIT_FIXTURE_H
#define _SSPI_KUNIT_FIXTURE_H

#include <kunit/test.h>
#include <linux/sspi.h>

#include "kunit/core/fake_package.h"
#include "kunit/support/testlib.h"

#define FIXTURE_TIMEOUT_MS	10000

/**
 * struct sspi_fixture - what a test of the calls starts from
 * @actx: an idle tracker
 * @cred: an outbound and inbound credential of the fake package
 * @ctx: a context, once there is one
 * @out: the output buffer: allocated by the service
 * @out_desc: its descriptor
 * @attr: receives flags; @expiry: receives the expiry
 * @notified: completed by each run of the callback
 * @notifications: how often it ran
 * @notify_status: the status that it saw
 */
struct sspi_fixture {
	struct sspi_async_context *actx;
	struct sspi_cred_handle cred;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer out;
	struct sec_buffer_desc out_desc;
	u64 attr;
	s64 expiry;
	struct completion notified;
	atomic_t notifications;
	sec_status_t notify_status;
};

/* kunit_suite init and exit: register the package, make and check the rest. */
int sspi_fixture_init(struct kunit *test);
void sspi_fixture_exit(struct kunit *test);

/* Callback that counts and completes; its data is the fixture. */
void sspi_fixture_notify(struct sspi_async_context *actx, void *data);

/* Arguments of a first leg, but for where its results go. */
struct sspi_initialize_args sspi_fixture_inputs(struct sspi_fixture *f);

/* Arguments of a first leg that has the service allocate its output. */
struct sspi_initialize_args sspi_fixture_first_leg(struct sspi_fixture *f);

/* Submits the first leg; checks that it was queued. */
void sspi_fixture_submit(struct kunit *test, struct sspi_fixture *f);

/* Submits, waits and releases the output. */
sec_status_t sspi_fixture_run(struct kunit *test, struct sspi_fixture *f);

/* Frees the output token if there is one. */
void sspi_fixture_drop_output(struct sspi_fixture *f);

/* Waits until a step of the fake package has been entered. */
void sspi_fixture_entered(struct kunit *test);

/* Waits for the callback. */
void sspi_fixture_notified(struct kunit *test, struct sspi_fixture *f);

#endif /* _SSPI_KUNIT_FIXTURE_H */
