// SPDX-License-Identifier: GPL-2.0-only
/*
 * The replay cache of Kerberos acceptors, RFC 4120 3.2.3: one for all contexts,
 * credentials and services, and never longer than it may be.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kunit/krb5/krb5_pair.h"
#include "pkg/krb5/krb5.h"

/* A request of @p that nobody has seen yet. */
static void fresh(struct kunit *test, struct krb5_pair *p)
{
	krb5_pair_reset(p);
	SSPI_ASSERT_STATUS(test,
			   krb5_pair_initialize(p, (struct sspi_span){ }, &p->token[0]),
			   SEC_I_CONTINUE_NEEDED);
}

/* What a new context of @server makes of the request. */
static sec_status_t deliver(struct krb5_pair *p, struct krb5_pair *server)
{
	struct sspi_blob none;
	sec_status_t status;

	krb5_pair_drop_acc(server);
	status = krb5_pair_accept(server, krb5_pair_span(&p->token[0]), &none);
	sspi_free(none.data);
	return status;
}

static struct krb5_pair *acquired(struct kunit *test, const char *server)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);

	if (server)
		p->forge.server = server;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	return p;
}

/* The same request to the same service, another instance of it, later. */
static void krb5_replays(struct kunit *test)
{
	struct krb5_pair *p = acquired(test, NULL);
	struct krb5_pair *other = acquired(test, NULL);
	unsigned int i;

	fresh(test, p);
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	for (i = 0; i < 4; i++) {
		SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_LOGON_DENIED);
		SSPI_EXPECT_STATUS(test, deliver(p, other),
				   SEC_E_LOGON_DENIED);
		p->script.now += 70 * SSPI_TICKS_PER_SECOND;
		other->script.now = p->script.now;
	}
	/* As long as its time would be taken it is remembered. */
	p->script.now += 20 * SSPI_TICKS_PER_SECOND;
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_LOGON_DENIED);
	p->script.now += SSPI_TICKS_PER_SECOND;
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_TIME_SKEW);
	krb5_pair_release(p);
	krb5_pair_release(other);
}

/* Two names with one key: a request to one is none to the other. */
static void krb5_replay_to_another_service(struct kunit *test)
{
	static const char alias[] = "http/server.example.test@" FORGE_REALM;
	struct krb5_pair *p = acquired(test, NULL);
	struct krb5_pair *other = acquired(test, alias);

	fresh(test, p);
	SSPI_EXPECT_STATUS(test, deliver(p, other), SEC_E_NO_KERB_KEY);
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	krb5_pair_release(p);
	krb5_pair_release(other);
}

/* What was refused for another reason may come again. */
static void krb5_refused_is_not_seen(struct kunit *test)
{
	static const struct sec_channel_bindings none;
	struct krb5_pair *p = acquired(test, NULL);

	fresh(test, p);
	p->server_bindings = (struct sspi_span){ (const u8 *)&none,
						 sizeof(none) };
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_BAD_BINDINGS);
	p->server_bindings = (struct sspi_span){ };
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_LOGON_DENIED);
	krb5_pair_release(p);
}

#define FEW	64

/*
 * A cache that is full refuses, as it cannot say what it has seen; what is too
 * old makes room.
 */
static void krb5_replay_cache_is_bounded(struct kunit *test)
{
	struct krb5_pair *p = acquired(test, NULL);
	unsigned int most = krb5_replay_max, i, over = 0;
	sec_status_t status;

	krb5_replay_max = FEW;
	for (i = 0; i < FEW; i++) {
		fresh(test, p);
		SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	}
	fresh(test, p);
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_INSUFFICIENT_MEMORY);
	KUNIT_EXPECT_NOT_NULL(test, p->reason);
	/* It has not been seen: with room it is taken. */
	krb5_replay_max = FEW + 1;
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_LOGON_DENIED);
	/*
	 * Ten minutes later none of them counts. Old ones go when somebody
	 * comes to their place in the table.
	 */
	p->script.now += 601 * SSPI_TICKS_PER_SECOND;
	krb5_replay_max = most;
	for (i = 0; i < FEW; i++) {
		fresh(test, p);
		status = deliver(p, p);
		over += status != SEC_E_OK;
	}
	KUNIT_EXPECT_EQ(test, over, 0u);
	krb5_pair_release(p);
	krb5_pair_forget();
}

static struct kunit_case krb5_replay_cases[] = {
	KUNIT_CASE(krb5_replays),
	KUNIT_CASE(krb5_replay_to_another_service),
	KUNIT_CASE(krb5_refused_is_not_seen),
	KUNIT_CASE(krb5_replay_cache_is_bounded),
	{ }
};

static struct kunit_suite krb5_replay_suite = {
	.name = "sspi_krb5_replay",
	.test_cases = krb5_replay_cases,
};

kunit_test_suite(krb5_replay_suite);
