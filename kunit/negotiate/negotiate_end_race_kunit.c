// SPDX-License-Identifier: GPL-2.0-only
/*
 * Races of negotiations that are given up: legs, some of which wait for a KDC,
 * against cancel, deadline, delete, the end of the tracker and that of the
 * credential, and asked about all the while. Each call ends once; of what was
 * given up nothing is left but what is wiped.
 */
#include <linux/delay.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "core/internal.h"
#include "kunit/core/fake_transport.h"
#include "kunit/negotiate/nego_race.h"
#include "kunit/core/sspi_fixture.h"

#define MOST_LEGS	8
#define ENOUGH_DEAD	4
#define MOST_MS		50

/**
 * struct call - one call, in memory that is freed as soon as it may be: whoever
 * writes later is caught
 * @acceptor: whose
 * @quiet: without a callback
 * @ctx: the context, as before the call; where its handle goes
 * @out: where the token goes
 * @desc: its descriptor
 * @told: callbacks
 * @status: of the call
 */
struct call {
	bool acceptor;
	bool quiet;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer out;
	struct sec_buffer_desc desc;
	atomic_t told;
	sec_status_t status;
};

static void tell(struct sspi_async_context *actx, void *data)
{
	struct call *call = data;

	atomic_inc(&call->told);
}

static sec_status_t submit(struct sspi_async_context *actx, struct call *call,
			   const struct exchange *x, struct sec_buffer *in)
{
	const struct sspi_ctxt_handle *ctx = call->acceptor ? &x->acc : &x->init;
	struct sec_buffer_desc in_desc = { .count = 1, .buffers = in };
	struct sspi_initialize_args isc = {
		.cred = ctx->lower ? NULL : &x->out_cred,
		.ctx = ctx->lower ? ctx : NULL,
		.target = EXCHANGE_TARGET,
		.req = x->isc | ISC_REQ_ALLOCATE_MEMORY |
		       ISC_REQ_CONFIDENTIALITY,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.input = in->data ? &in_desc : NULL,
		.new_ctx = &call->ctx,
		.output = &call->desc,
	};
	struct sspi_accept_args asc = {
		.cred = ctx->lower ? NULL : &x->in_cred,
		.ctx = isc.ctx,
		.input = &in_desc,
		.req = ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONFIDENTIALITY,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &call->ctx,
		.output = &call->desc,
	};

	call->out.type = SECBUFFER_TOKEN;
	call->desc.count = 1;
	call->desc.buffers = &call->out;
	call->ctx = *ctx;
	actx->transport = &fake_transport;
	sspi_set_async_timeout(actx, get_random_u32() % 8 ? 5000 :
			       1 + get_random_u32() % MOST_MS);
	if (!call->quiet)
		sspi_set_async_notify_callback(actx, tell, call);
	return call->acceptor ?
	       sspi_accept_security_context_async(actx, &asc) :
	       sspi_initialize_security_context_async(actx, &isc);
}

static void free_creds(struct exchange *x)
{
	sspi_free_credentials_handle(&x->out_cred);
	sspi_free_credentials_handle(&x->in_cred);
	memset(&x->out_cred, 0, sizeof(x->out_cred));
	memset(&x->in_cred, 0, sizeof(x->in_cred));
}

/* Whether somebody waits for a KDC before the call is over. */
static bool wait_parked(const struct sspi_async_context *actx)
{
	while (sspi_get_async_call_status(actx) == SEC_I_ASYNC_CALL_PENDING) {
		if (atomic_read(&fake_transport_ctl.open))
			return true;
		usleep_range(200, 500);
	}
	return false;
}

/*
 * One of the ways to end a call, while another may just be ending it; the
 * tracker goes in any case. True if cancel won.
 */
static bool end_somehow(struct sspi_async_context *actx, struct call *call,
			struct exchange *x)
{
	const struct sspi_ctxt_handle *ctx = call->acceptor ? &x->acc : &x->init;
	u32 how = get_random_u32() % 24;
	bool cancelled = false;

	if (get_random_u32() % 2 && wait_parked(actx))
		how %= 9;
	else if (how < 9)
		udelay(get_random_u32() % 1000);
	if (how < 3) {
		cancelled = sspi_cancel_async_call(actx);
	} else if (how < 5 && ctx->lower) {
		sspi_delete_security_context(ctx);
	} else if (how < 7 && x->init.lower && x->acc.lower) {
		free_creds(x);
	} else if (how < 9 && call->quiet) {
		sspi_free_async_context(actx);
		call->status = SSPI_E_CANCELLED;
		return false;
	}
	call->status = sspi_wait_async_call(actx, FIXTURE_TIMEOUT_MS);
	sspi_free_async_context(actx);
	return cancelled;
}

/* The call ended once: cancelled, or told of. Its results become the next's. */
static void account(struct nego_race *n, struct call *call, bool cancelled)
{
	int want = call->quiet || cancelled ? 0 : 1;

	if (cancelled)
		atomic_inc(&n->cancelled);
	else
		atomic_inc(call->quiet ? &n->silent : &n->called_back);
	if (atomic_read(&call->told) != want)
		atomic_inc(&n->twice);
}

/* False if that was the last of it. @token: what goes in, what has come out. */
static bool one_call(struct nego_race *n, struct exchange *x, bool acceptor,
		     struct sec_buffer *token)
{
	struct call *call = kzalloc(sizeof(*call), GFP_KERNEL);
	struct sspi_async_context *actx = sspi_create_async_context();
	struct sec_buffer in = *token;
	bool cancelled, good = false;

	*token = (struct sec_buffer){ };
	if (!call || !actx) {
		sspi_free_async_context(actx);
	} else {
		call->acceptor = acceptor;
		call->quiet = !(get_random_u32() % 3);
		if (submit(actx, call, x, &in) == SEC_E_OK) {
			cancelled = end_somehow(actx, call, x);
			account(n, call, cancelled);
			*token = call->out;
			*(acceptor ? &x->acc : &x->init) = call->ctx;
			good = sec_status_class(call->status) !=
			       SSPI_CLASS_FATAL && token->len;
		} else {
			sspi_free_async_context(actx);
		}
	}
	sspi_free_context_buffer(in.data);
	kfree(call);
	return good;
}

/* Deleted, but for some of those that are dead already. */
static void bury(struct nego_race *n, const struct sspi_ctxt_handle *ctx)
{
	struct sec_pkg_context_package_info info;
	bool kept = false;

	if (!ctx->lower)
		return;
	if (sspi_query_context_attributes(ctx, SECPKG_ATTR_PACKAGE_INFO, &info,
					  sizeof(info)) == SEC_E_NO_CONTEXT) {
		spin_lock(&n->lock);
		kept = n->dead_count < NEGO_DEAD;
		if (kept) {
			n->dead[n->dead_count] = *ctx;
			WRITE_ONCE(n->dead_count, n->dead_count + 1);
		}
		spin_unlock(&n->lock);
	}
	if (!kept)
		sspi_delete_security_context(ctx);
}

/* A question of a context whose handle there is already: its second leg's. */
static const struct nego_way late_way = {
	.mine = WATCHED_NTLM "," WATCHED_KRB5,
	.theirs = WATCHED_KRB5,
	.tgt = true,
};

static const struct nego_way *any_way(struct nego_race *n)
{
	u32 i = (u32)atomic_inc_return(&n->turn) % (NEGO_WAYS + 2);

	if (i < NEGO_WAYS)
		return &nego_ways[i];
	return i == NEGO_WAYS ? &nego_toy_way : &late_way;
}

static int end_loop(void *data)
{
	struct race *race = data;
	struct nego_race *n = race->priv;
	struct sec_buffer token = { };
	struct exchange x;
	unsigned int leg;
	bool good;

	while (racing(race)) {
		good = nego_race_acquire(n, any_way(n), &x) == SEC_E_OK;
		if (!good)
			atomic_inc(&race->callbacks);
		for (leg = 0; leg < MOST_LEGS && good; leg++) {
			if (!one_call(n, &x, leg % 2, &token))
				break;
			nego_race_show(n, &x);
		}
		sspi_free_context_buffer(token.data);
		token = (struct sec_buffer){ };
		bury(n, &x.init);
		bury(n, &x.acc);
		memset(&x.init, 0, sizeof(x.init));
		memset(&x.acc, 0, sizeof(x.acc));
		exchange_release(&x);
		atomic_inc(&race->rounds);
	}
	return race_end(race);
}

/* What was given up is there still, dead, and nothing of it has a key. */
static void expect_wiped(struct kunit *test, struct nego_race *n)
{
	struct sec_pkg_context_package_info info;
	unsigned int i, dead = 0;
	int tries;

	sspi_call_flush();
	for (i = 0; i < n->dead_count; i++)
		dead += sspi_query_context_attributes(&n->dead[i],
						      SECPKG_ATTR_PACKAGE_INFO,
						      &info, sizeof(info)) ==
			SEC_E_NO_CONTEXT;
	KUNIT_EXPECT_GT(test, dead, 0u);
	for (tries = 0; tries < 1000 && atomic_read(&watched.keyed); tries++)
		fsleep(1000);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&watched.keyed));
	KUNIT_EXPECT_GT(test, atomic_read(&watched.contexts), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&watched.wiped), 0);
	kunit_info(test, "%u dead contexts, %d inside, %d with a key\n", dead,
		   atomic_read(&watched.contexts), atomic_read(&watched.keyed));
	for (i = 0; i < n->dead_count; i++)
		sspi_delete_security_context(&n->dead[i]);
}

static bool ended_more(struct race *race)
{
	struct nego_race *n = race->priv;

	return READ_ONCE(n->dead_count) < ENOUGH_DEAD || !atomic_read(&n->cancelled) ||
	       !atomic_read(&n->silent) || !atomic_read(&n->called_back) ||
	       !atomic_read(&n->answers) ||
	       !atomic_read(&fake_transport_ctl.answered) ||
	       !atomic_read(&fake_transport_ctl.cancelled);
}

static void negotiate_ended_somehow(struct kunit *test)
{
	static const race_fn fns[] = {
		end_loop, end_loop, end_loop, nego_race_ask,
		nego_race_come_and_go,
	};
	struct nego_race *n = test->priv;
	struct race race = { .part = NEGO_PART, .priv = n, .more = ended_more };

	toy_ctl.questions = 1;
	fake_transport_reset(FAKE_MIXED);
	fake_transport_ctl.delay = HZ / 100;
	race_run(test, &race, fns, ARRAY_SIZE(fns));
	KUNIT_EXPECT_FALSE(test, ended_more(&race));
	expect_wiped(test, n);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&n->twice));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_transport_ctl.open));
	kunit_info(test, "%d calls cancelled, %d silent, %d told, %d answers of KDCs\n",
		   atomic_read(&n->cancelled), atomic_read(&n->silent),
		   atomic_read(&n->called_back),
		   atomic_read(&fake_transport_ctl.answered));
}

static struct kunit_case negotiate_end_race_cases[] = {
	KUNIT_CASE(negotiate_ended_somehow),
	{ }
};

static struct kunit_suite negotiate_end_race_suite = {
	.name = "sspi_negotiate_end_race",
	.init = nego_race_init,
	.exit = nego_race_exit,
	.test_cases = negotiate_end_race_cases,
};

kunit_test_suite(negotiate_end_race_suite);
