// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos with its first, second, ... allocation failing: credentials, each
 * leg, the answers of a KDC, messages. What fails says so, and what is left can
 * be freed. Leaks are for kmemleak to find.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/fault.h"
#include "kunit/support/fault.h"
#include "kunit/krb5/krb5_ends.h"
#include "kunit/krb5/krb5_pair.h"
#include "spi.h"

static sec_status_t op_acquire(struct kunit *test)
{
	struct krb5_pair *p = test->priv;
	sec_status_t status = krb5_pair_acquire(p);

	krb5_pair_release(p);
	return status;
}

/* Credentials, all legs, and the questions in between. */
static sec_status_t op_exchange(struct kunit *test)
{
	return krb5_pair_once(test->priv);
}

static sec_status_t op_messages(struct kunit *test)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	u8 data[40] = { }, token[128], padding[16];
	struct sspi_part parts[] = {
		{ .kind = SSPI_PART_DATA, .len = sizeof(data), .data = data },
		{ .kind = SSPI_PART_PADDING, .len = sizeof(padding),
		  .data = padding },
	};
	struct sspi_message msg = {
		.env = krb5_ends_env(), .parts = parts, .part_count = 2,
		.token = token, .token_len = sizeof(token),
	};
	struct krb5_ends *e = test->priv;
	sec_status_t status;

	status = ops->seal(e->init, &msg);
	if (status == SEC_E_OK)
		status = ops->unseal(e->acc, &msg);
	msg.token_len = sizeof(token);
	if (status == SEC_E_OK)
		status = ops->sign(e->acc, &msg);
	if (status == SEC_E_OK)
		status = ops->verify(e->init, &msg);
	return status;
}

static void each_source(struct kunit *test, s32 enctype, u64 isc)
{
	unsigned int source;

	for (source = KRB5_PAIR_TICKET; source <= KRB5_PAIR_KEY; source++) {
		struct krb5_pair *p = krb5_pair_new(test, enctype);

		p->source = source;
		p->isc = isc;
		test->priv = p;
		if (source == KRB5_PAIR_KEY)
			p->forge.preauth = false;
		fault_each_allocation(test, op_exchange);
		kunit_kfree(test, p);
	}
}

static void krb5_fault_acquire(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);
	unsigned int source;

	test->priv = p;
	for (source = KRB5_PAIR_TICKET; source <= KRB5_PAIR_KEY; source++) {
		p->source = source;
		fault_each_allocation(test, op_acquire);
	}
}

static void krb5_fault_exchange(struct kunit *test)
{
	each_source(test, 18, KRB5_PAIR_FLAGS);
}

static void krb5_fault_dce_style(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 20);

	p->isc |= ISC_REQ_USE_DCE_STYLE;
	test->priv = p;
	fault_each_allocation(test, op_exchange);
}

/*
 * What the acceptor refuses it refuses with a token, if there is memory; it
 * refuses it anyhow.
 */
static sec_status_t op_refusal(struct kunit *test)
{
	struct krb5_pair *p = test->priv;
	sec_status_t status = krb5_pair_once(p);

	if (status != SEC_E_WRONG_PRINCIPAL)
		return status;
	return sspi_fault_hit() ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_OK;
}

static void krb5_fault_refusal(struct kunit *test)
{
	static const char other[] = "cifs/other.example.test@" FORGE_REALM;
	struct krb5_pair *p = krb5_pair_new(test, 18);
	u8 *file = kunit_kzalloc(test, 512, GFP_KERNEL);
	int len = 2;

	KUNIT_ASSERT_NOT_NULL(test, file);
	file[0] = 5;
	file[1] = 2;
	len += forge_keytab_entry(file + len, 512 - len, other, 3,
				  &p->forge.service);
	len += forge_keytab_entry(file + len, 512 - len, FORGE_SERVER, 3,
				  &p->forge.service);
	p->keytab = (struct sspi_span){ file, len };
	p->principal = other;
	test->priv = p;
	SSPI_EXPECT_STATUS(test, krb5_pair_once(p), SEC_E_WRONG_PRINCIPAL);
	fault_each_allocation(test, op_refusal);
}

static void krb5_fault_messages(struct kunit *test)
{
	static const s32 enctypes[] = { 17, 20, 23 };
	struct krb5_ends e;
	unsigned int i;

	/* The first message of a kind makes its key. */
	for (i = 0; i < ARRAY_SIZE(enctypes); i++) {
		if (!krb5_ends_init(test, &e, enctypes[i],
				    KRB5_ENDS_REPLAY))
			continue;
		test->priv = &e;
		if (enctypes[i] != 23)
			fault_each_allocation(test, op_messages);
		else
			SSPI_EXPECT_STATUS(test, op_messages(test), SEC_E_OK);
		krb5_ends_release(&e);
	}
	testlib_counted(test, i);
}

static struct kunit_case krb5_fault_cases[] = {
	KUNIT_CASE(krb5_fault_acquire),
	KUNIT_CASE(krb5_fault_exchange),
	KUNIT_CASE(krb5_fault_dce_style),
	KUNIT_CASE(krb5_fault_refusal),
	KUNIT_CASE(krb5_fault_messages),
	{ }
};

static struct kunit_suite krb5_fault_suite = {
	.name = "sspi_krb5_fault",
	.test_cases = krb5_fault_cases,
};

kunit_test_suite(krb5_fault_suite);
