// SPDX-License-Identifier: GPL-2.0-only
/*
 * Races of refreshes: the answer comes while the credential is freed. Each
 * refresh that has begun ends once, whoever of the two was first.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>

#include "core/internal.h"
#include "core/refresh.h"
#include "kunit/core/sspi_fixture.h"
#include "kunit/support/race.h"
#include "kunit/transport/kdc_asked.h"

static unsigned int min_before;
static atomic_t begun, ended;

/* Whoever ends a refresh is not quick about it: a second one would come in. */
static void count(enum fake_entry entry)
{
	if (entry == FAKE_IN_REFRESH)
		atomic_inc(&begun);
	if (entry == FAKE_IN_REFRESH_END) {
		atomic_inc(&ended);
		fsleep(100);
	}
}

static int refresh_race_init(struct kunit *test)
{
	int err = sspi_fixture_init(test);

	if (err)
		return err;
	min_before = sspi_refresh_min_seconds;
	sspi_refresh_min_seconds = 0;
	atomic_set(&begun, 0);
	atomic_set(&ended, 0);
	fake_ctl.refresh = true;
	WRITE_ONCE(fake_ctl.enter, count);
	return kdc_test_init(test);
}

static void refresh_race_exit(struct kunit *test)
{
	sspi_fixture_exit(test);
	kdc_test_exit(test);
	sspi_refresh_min_seconds = min_before;
}

/* What a credential lives at most: long enough for some to be refreshed. */
static unsigned int longest_us;

/* One credential: a leg that has it refreshed, and its end at any moment. */
static bool one_credential(const struct race *race)
{
	struct sspi_acquire_args acq = {
		.package = FAKE_NAME,
		.cred_use = SECPKG_CRED_BOTH,
	};
	struct sspi_initialize_args args = sspi_fixture_inputs(race->f);
	struct sspi_ctxt_handle ctx = {};
	struct sspi_cred_handle cred = {};
	struct sec_buffer out = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc desc = { .count = 1, .buffers = &out };

	if (sspi_acquire_credentials_handle(&acq, &cred, NULL) != SEC_E_OK)
		return false;
	args.cred = &cred;
	args.new_ctx = &ctx;
	args.output = &desc;
	if (sspi_initialize_security_context(&args) == SEC_E_OK)
		sspi_delete_security_context(&ctx);
	sspi_free_context_buffer(out.data);
	/* From before the question until after the answer. */
	usleep_range(get_random_u32() % longest_us, longest_us + 100);
	return sspi_free_credentials_handle(&cred) == SEC_E_OK;
}

static int credential_loop(void *data)
{
	struct race *race = data;

	while (racing(race))
		if (one_credential(race))
			atomic_inc(&race->rounds);
	return race_end(race);
}

static void answer_against_free(struct kunit *test)
{
	static const race_fn fns[] = {
		credential_loop, credential_loop, credential_loop,
		credential_loop,
	};
	struct race race = { .f = test->priv };
	int tries;

	kdc_add_server(test, KDC_GOOD, false);
	for (longest_us = 500; longest_us < 2000000; longest_us *= 4) {
		race_run(test, &race, fns, ARRAY_SIZE(fns));
		if (atomic_read(&fake_ctl.refreshes))
			break;
	}
	for (tries = 0; tries < 10000; tries++) {
		if (!atomic_read(&fake_ctl.refresh_live))
			break;
		fsleep(1000);
	}
	/* A refresh is entered once more for its answer, and ends once. */
	KUNIT_EXPECT_GT(test, atomic_read(&fake_ctl.refreshes), 0);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.refresh_live));
	KUNIT_EXPECT_EQ(test,
			atomic_read(&begun) - atomic_read(&fake_ctl.refreshes),
			atomic_read(&ended));
}

static struct kunit_case refresh_race_cases[] = {
	KUNIT_CASE(answer_against_free),
	{}
};

static struct kunit_suite refresh_race_suite = {
	.name = "sspi_refresh_race",
	.init = refresh_race_init,
	.exit = refresh_race_exit,
	.test_cases = refresh_race_cases,
};

kunit_test_suites(&refresh_race_suite);
