// SPDX-License-Identifier: GPL-2.0-only
/* What a consumer sees of an established Kerberos context, on both sides. */
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "core/fault.h"
#include "kunit/ntlm/exchange.h"
#include "kunit/support/fault.h"
#include "kunit/krb5/krb5_forge.h"

static struct forge *forge_new(struct kunit *test)
{
	struct forge *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_EQ(test, 0,
			forge_init(f, 18, ktime_get_real_seconds()));
	return f;
}

static struct exchange *established(struct kunit *test, struct forge *f)
{
	struct exchange *x = kunit_kzalloc(test, sizeof(*x), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, x);
	SSPI_EXPECT_STATUS(test, exchange_acquire_krb5(x, f), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, exchange_negotiate(x), SEC_E_OK);
	return x;
}

static void expect_query(struct kunit *test, struct sspi_ctxt_handle *ctx,
			 u32 attr, void *buf, size_t len)
{
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(ctx, attr, buf, len),
			   SEC_E_OK);
}

static void krb5_both_sides_agree(struct kunit *test)
{
	struct exchange *x = established(test, forge_new(test));
	struct sec_pkg_context_session_key a = {}, b = {};
	struct sec_pkg_context_native_names native = {};
	struct sec_pkg_context_names names = {};
	struct sec_pkg_context_flags flags = {};
	struct sec_pkg_context_sizes sizes = {};

	expect_query(test, &x->init, SECPKG_ATTR_SESSION_KEY, &a, sizeof(a));
	expect_query(test, &x->acc, SECPKG_ATTR_SESSION_KEY, &b, sizeof(b));
	KUNIT_EXPECT_EQ(test, a.len, 32U);
	KUNIT_EXPECT_MEMEQ(test, &a, &b, sizeof(a));
	expect_query(test, &x->acc, SECPKG_ATTR_NAMES, &names, sizeof(names));
	KUNIT_EXPECT_STREQ(test, names.user_name, FORGE_CLIENT);
	sspi_free_context_buffer(names.user_name);
	expect_query(test, &x->init, SECPKG_ATTR_NATIVE_NAMES, &native,
		     sizeof(native));
	KUNIT_EXPECT_STREQ(test, native.server_name, FORGE_SERVER);
	sspi_free_context_buffer(native.client_name);
	sspi_free_context_buffer(native.server_name);
	expect_query(test, &x->init, SECPKG_ATTR_FLAGS, &flags, sizeof(flags));
	KUNIT_EXPECT_TRUE(test, flags.flags & ISC_RET_MUTUAL_AUTH);
	/* RFC 4537: the acceptor's subkey is of the best type, 20. */
	expect_query(test, &x->acc, SECPKG_ATTR_SIZES, &sizes, sizeof(sizes));
	KUNIT_EXPECT_EQ(test, sizes.max_signature, 40U);
	KUNIT_EXPECT_EQ(test, sizes.security_trailer, 72U);
	SSPI_EXPECT_STATUS(test, exchange_message(x), SEC_E_OK);
	exchange_release(x);
}

#define LISTED	3000

/* Data in pages that have nothing to do with each other. */
static void listed(struct kunit *test, struct exchange *x, struct page **pages,
		   const u8 *text, u8 *flat)
{
	struct scatterlist sg[3];
	u8 token[128];
	struct sec_buffer buf[2] = {
		{ .len = sizeof(token), .type = SECBUFFER_TOKEN,
		  .data = token },
		{ .len = LISTED, .type = SECBUFFER_DATA, .sg = sg },
	};
	struct sec_buffer_desc desc = { .count = 2, .buffers = buf };

	sg_init_table(sg, 3);
	sg_set_page(&sg[0], pages[0], 1001, 7);
	sg_set_page(&sg[1], pages[1], 1, 4095);
	sg_set_page(&sg[2], pages[2], LISTED - 1002, 64);
	sg_copy_from_buffer(sg, 3, text, LISTED);
	SSPI_EXPECT_STATUS(test,
			   sspi_encrypt_message(&x->init, 0, &desc, 0),
			   SEC_E_OK);
	/* The other side has it in one piece, and the other way round. */
	sg_copy_to_buffer(sg, 3, flat, LISTED);
	KUNIT_EXPECT_TRUE(test, memcmp(flat, text, LISTED) != 0);
	buf[1].sg = NULL;
	buf[1].data = flat;
	SSPI_EXPECT_STATUS(test,
			   sspi_decrypt_message(&x->acc, &desc, 0, NULL),
			   SEC_E_OK);
	KUNIT_EXPECT_MEMEQ(test, flat, text, LISTED);
	buf[0].len = sizeof(token);
	SSPI_EXPECT_STATUS(test,
			   sspi_encrypt_message(&x->acc, 0, &desc, 0),
			   SEC_E_OK);
	sg_copy_from_buffer(sg, 3, flat, LISTED);
	buf[1].data = NULL;
	buf[1].sg = sg;
	SSPI_EXPECT_STATUS(test,
			   sspi_decrypt_message(&x->init, &desc, 0, NULL),
			   SEC_E_OK);
	sg_copy_to_buffer(sg, 3, flat, LISTED);
	KUNIT_EXPECT_MEMEQ(test, flat, text, LISTED);
}

static void krb5_scatterlists(struct kunit *test)
{
	struct exchange *x = established(test, forge_new(test));
	u8 *text = kunit_kzalloc(test, LISTED, GFP_KERNEL);
	u8 *flat = kunit_kzalloc(test, LISTED, GFP_KERNEL);
	struct testlib_lcg lcg = { .state = 5 };
	struct page *pages[3] = {};
	bool all = true;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_NOT_NULL(test, flat);
	testlib_lcg_fill(&lcg, text, LISTED);
	for (i = 0; i < 3; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		all = all && pages[i];
	}
	KUNIT_EXPECT_TRUE(test, all);
	if (all)
		listed(test, x, pages, text, flat);
	for (i = 0; i < 3; i++)
		if (pages[i])
			__free_page(pages[i]);
	exchange_release(x);
}

/* Both ends move to other handles, and what was sent before still opens. */
static void krb5_moved_context_goes_on(struct kunit *test)
{
	struct exchange *x = established(test, forge_new(test));
	struct sspi_ctxt_handle fresh = {};
	struct sec_buffer packed = {};

	SSPI_EXPECT_STATUS(test, exchange_message(x), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_export_security_context(&x->init,
							SECPKG_CONTEXT_EXPORT_DELETE_OLD,
							&packed),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_import_security_context("Kerberos", &packed,
							&fresh),
			   SEC_E_OK);
	sspi_free_context_buffer(packed.data);
	SSPI_EXPECT_STATUS(test, exchange_message(x), SEC_E_INVALID_HANDLE);
	x->init = fresh;
	SSPI_EXPECT_STATUS(test, exchange_message(x), SEC_E_OK);
	exchange_release(x);
}

/* Through the public calls, so that what the core allocates fails too. */
static sec_status_t op_exchange(struct kunit *test)
{
	struct exchange x;
	sec_status_t status = exchange_acquire_krb5(&x, test->priv);

	if (status == SEC_E_OK)
		status = exchange_negotiate(&x);
	if (status == SEC_E_OK)
		status = exchange_message(&x);
	exchange_release(&x);
	return status;
}

static void krb5_fault_public(struct kunit *test)
{
	test->priv = forge_new(test);
	fault_each_allocation(test, op_exchange);
}

static struct kunit_case krb5_public_cases[] = {
	KUNIT_CASE(krb5_both_sides_agree),
	KUNIT_CASE(krb5_scatterlists),
	KUNIT_CASE(krb5_moved_context_goes_on),
	KUNIT_CASE(krb5_fault_public),
	{}
};

static struct kunit_suite krb5_public_suite = {
	.name = "sspi_krb5_public",
	.test_cases = krb5_public_cases,
};

kunit_test_suites(&krb5_public_suite);
