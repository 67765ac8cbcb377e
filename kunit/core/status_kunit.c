// SPDX-License-Identifier: GPL-2.0-only
/* The status list: names, values, errno map and classes hang together. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/sspi.h>
#include <linux/string.h>

struct row {
	const char *name;
	u32 value;
	int err;
	enum sspi_status_class class;
};

#define ROW(name, value, err, class) \
	{ #name, value, err, SSPI_CLASS_##class },
static const struct row rows[] = { SSPI_STATUS_LIST(ROW) };

static sec_status_t status_of(const struct row *row)
{
	return (__force sec_status_t)row->value;
}

static void every_row(struct kunit *test)
{
	u32 i;

	KUNIT_ASSERT_GT(test, (u32)ARRAY_SIZE(rows), 90U);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_EXPECT_STREQ(test, sec_status_name(status_of(&rows[i])),
				   rows[i].name);
		KUNIT_EXPECT_EQ(test, sec_status_to_errno(status_of(&rows[i])),
				-rows[i].err);
		KUNIT_EXPECT_EQ(test, sec_status_class(status_of(&rows[i])),
				rows[i].class);
	}
}

/* A fatal status is an error to errno callers, and no other is but a retry. */
static void fatal_is_an_error(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		bool error = rows[i].value & 0x80000000;
		bool fatal = rows[i].class == SSPI_CLASS_FATAL ||
			     rows[i].class == SSPI_CLASS_MORE_INPUT;

		KUNIT_EXPECT_EQ_MSG(test, error, fatal, "%s", rows[i].name);
		if (error)
			KUNIT_EXPECT_NE_MSG(test, rows[i].err, 0, "%s",
					    rows[i].name);
	}
}

static void no_value_twice(struct kunit *test)
{
	u32 i;
	u32 j;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		for (j = i + 1; j < ARRAY_SIZE(rows); j++)
			KUNIT_EXPECT_NE_MSG(test, rows[i].value, rows[j].value,
					    "%s %s", rows[i].name,
					    rows[j].name);
}

/* A status that nobody has defined is fatal and has some name. */
static void unknown_status(struct kunit *test)
{
	sec_status_t status = (__force sec_status_t)0x80091234;

	KUNIT_EXPECT_NOT_NULL(test, sec_status_name(status));
	KUNIT_EXPECT_NE(test, sec_status_to_errno(status), 0);
	KUNIT_EXPECT_EQ(test, sec_status_class(status), SSPI_CLASS_FATAL);
}

static void published_values(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, (__force u32)SEC_E_INVALID_HANDLE, 0x80090301U);
	KUNIT_EXPECT_EQ(test, (__force u32)SEC_E_LOGON_DENIED, 0x8009030cU);
	KUNIT_EXPECT_EQ(test, (__force u32)SEC_I_CONTINUE_NEEDED, 0x00090312U);
	KUNIT_EXPECT_EQ(test, (__force u32)SEC_I_ASYNC_CALL_PENDING,
			0x00090368U);
	KUNIT_EXPECT_EQ(test, (__force u32)SEC_E_INCOMPLETE_MESSAGE,
			0x80090318U);
}

static struct kunit_case status_cases[] = {
	KUNIT_CASE(every_row),
	KUNIT_CASE(fatal_is_an_error),
	KUNIT_CASE(no_value_twice),
	KUNIT_CASE(unknown_status),
	KUNIT_CASE(published_values),
	{}
};

static struct kunit_suite status_suite = {
	.name = "sspi_status",
	.test_cases = status_cases,
};

kunit_test_suites(&status_suite);
