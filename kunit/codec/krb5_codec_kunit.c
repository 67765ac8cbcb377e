// SPDX-License-Identifier: GPL-2.0-only
/*
 * The codec of Kerberos against the encodings of others: what is decoded is
 * built again bit for bit, and whatever is done to the bytes a decoder reads
 * nothing behind them, says 0 or -EBADMSG, and gives views into them.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_kdc.h"
#include "codec/krb5_name.h"
#include "kunit/codec/krb5_pdu.h"
#include "kunit/support/testlib.h"
#include "kunit/vectors/krb5_der.h"

#define MAX_ADDED	32
#define RANDOM_ROUNDS	500

static void describe(const struct krb5_der_sample *sample, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %s", sample->kind,
		 sample->note);
}

KUNIT_ARRAY_PARAM(sample, krb5_der_samples, describe);

/* The state of one test: a copy to spoil, and where it is decoded. */
struct fuzz {
	struct kunit *test;
	const struct krb5_der_sample *sample;
	const struct krb5_pdu *pdu;
	struct testlib_guard guard;
	struct pdu_views *views;
	u8 *bytes;
	unsigned int cases;
};

static void begin(struct fuzz *fuzz, struct kunit *test)
{
	size_t room;

	memset(fuzz, 0, sizeof(*fuzz));
	fuzz->test = test;
	fuzz->sample = test->param_value;
	room = fuzz->sample->len + MAX_ADDED;
	fuzz->pdu = krb5_pdu_find(fuzz->sample->kind);
	KUNIT_ASSERT_NOT_NULL(test, fuzz->pdu);
	fuzz->guard = testlib_guard(test, room);
	fuzz->views = kunit_kzalloc(test, sizeof(*fuzz->views), GFP_KERNEL);
	fuzz->bytes = kunit_kzalloc(test, room, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fuzz->views);
	KUNIT_ASSERT_NOT_NULL(test, fuzz->bytes);
	memcpy(fuzz->bytes, fuzz->sample->data, fuzz->sample->len);
}

static bool inside(struct sspi_span in, struct sspi_span view)
{
	if (!view.data)
		return !view.len;
	return view.data >= in.data && view.data <= in.data + in.len &&
	       view.len <= in.data + in.len - view.data;
}

/* Decodes the first @len bytes and checks what must always hold. */
static int decode(struct fuzz *fuzz, size_t len)
{
	struct sspi_span bytes = { .data = fuzz->bytes, .len = len };
	struct sspi_span in = testlib_guard_put(&fuzz->guard, bytes);
	unsigned int i;
	int err;

	fuzz->cases++;
	fuzz->views->count = 0;
	err = fuzz->pdu->decode(in, fuzz->views);
	if (err)
		KUNIT_ASSERT_EQ(fuzz->test, err, -EBADMSG);
	KUNIT_ASSERT_EQ(fuzz->test, 0, memcmp(in.data, bytes.data, len));
	for (i = 0; i < fuzz->views->count; i++)
		KUNIT_ASSERT_TRUE(fuzz->test, inside(in, fuzz->views->at[i]));
	return err;
}

static void restore(struct fuzz *fuzz)
{
	memcpy(fuzz->bytes, fuzz->sample->data, fuzz->sample->len);
}

/* kvno written as a signed number, which we read and do not write. */
static bool written_signed(const struct krb5_der_sample *sample)
{
	return strstr(sample->note, "kvno");
}

static void accepts_and_rebuilds(struct kunit *test)
{
	const struct krb5_der_sample *sample = test->param_value;
	struct sspi_span in = { .data = sample->data, .len = sample->len };
	struct fuzz fuzz;
	u8 *out;
	int len;

	begin(&fuzz, test);
	KUNIT_EXPECT_EQ(test, 0, decode(&fuzz, sample->len));
	if (!fuzz.pdu->rebuild || written_signed(sample))
		return;
	out = testlib_guard_room(&fuzz.guard, sample->len, 0xa5);
	len = fuzz.pdu->rebuild(in, NULL, 0);
	KUNIT_ASSERT_EQ(test, len, (int)sample->len);
	len = fuzz.pdu->rebuild(in, out, sample->len);
	KUNIT_ASSERT_EQ(test, len, (int)sample->len);
	KUNIT_EXPECT_MEMEQ(test, out, sample->data, sample->len);
	for (len = 0; len < (int)sample->len; len++)
		KUNIT_EXPECT_EQ(test, -ENOSPC,
				fuzz.pdu->rebuild(in, out, len));
}

static void truncated(struct kunit *test)
{
	struct fuzz fuzz;
	size_t len;

	begin(&fuzz, test);
	for (len = 0; len < fuzz.sample->len; len++) {
		int err = decode(&fuzz, len);

		if (fuzz.pdu->whole)
			KUNIT_EXPECT_EQ_MSG(test, err, -EBADMSG, "at %zu", len);
	}
	testlib_counted(test, fuzz.cases);
}

static void extended(struct kunit *test)
{
	struct testlib_lcg lcg = { .state = 1 };
	struct fuzz fuzz;
	size_t more;

	begin(&fuzz, test);
	for (more = 1; more <= MAX_ADDED; more++) {
		testlib_lcg_fill(&lcg, fuzz.bytes + fuzz.sample->len, more);
		decode(&fuzz, fuzz.sample->len + more);
	}
	testlib_counted(test, fuzz.cases);
}

/* Each byte: every bit alone, and all of them. */
static void flipped(struct kunit *test)
{
	struct fuzz fuzz;
	unsigned int bit;
	size_t at;

	begin(&fuzz, test);
	for (at = 0; at < fuzz.sample->len; at++) {
		for (bit = 0; bit <= 8; bit++) {
			fuzz.bytes[at] ^= bit < 8 ? 1 << bit : 0xff;
			decode(&fuzz, fuzz.sample->len);
			fuzz.bytes[at] = fuzz.sample->data[at];
		}
	}
	testlib_counted(test, fuzz.cases);
}

/* The forms of a length that DER has not, and lengths that lie, everywhere. */
static void lying(struct kunit *test)
{
	static const struct {
		u8 bytes[9];
		u8 len;
	} lies[] = {
		{ { 0x80 }, 1 },			/* indefinite */
		{ { 0x84, 0xff, 0xff, 0xff, 0xff }, 5 },
		{ { 0x84, 0x7f, 0xff, 0xff, 0xff }, 5 },
		{ { 0x84, 0, 0, 0, 1 }, 5 },		/* not the shortest */
		{ { 0x81, 0x01 }, 2 },
		{ { 0x82, 0x00, 0x80 }, 3 },
		{ { 0x82, 0xff, 0xff }, 3 },
		{ { 0x85, 1, 0, 0, 0, 0 }, 6 },
		{ { 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 9 },
		{ { 0xff }, 1 },
		{ { 0x00, 0x00, 0x00, 0x00 }, 4 },
		{ { 0xff, 0xff, 0xff, 0xff }, 4 },
		{ { 0xff, 0xff, 0xff, 0x7f }, 4 },
	};
	struct fuzz fuzz;
	size_t at, i;

	begin(&fuzz, test);
	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		for (at = 0; at + lies[i].len <= fuzz.sample->len; at++) {
			memcpy(fuzz.bytes + at, lies[i].bytes, lies[i].len);
			decode(&fuzz, fuzz.sample->len);
			restore(&fuzz);
		}
	}
	testlib_counted(test, fuzz.cases);
}

static void random_damage(struct kunit *test)
{
	struct testlib_lcg lcg = { .state = 20260101 };
	struct fuzz fuzz;
	unsigned int round, n;

	begin(&fuzz, test);
	for (round = 0; round < RANDOM_ROUNDS; round++) {
		for (n = 1 + testlib_lcg_below(&lcg, 8); n; n--)
			fuzz.bytes[testlib_lcg_below(&lcg, fuzz.sample->len)] =
				testlib_lcg_next(&lcg) >> 24;
		decode(&fuzz, testlib_lcg_below(&lcg, fuzz.sample->len + 1));
		decode(&fuzz, fuzz.sample->len);
		restore(&fuzz);
	}
	testlib_counted(test, fuzz.cases);
}

static struct kunit_case sample_cases[] = {
	KUNIT_CASE_PARAM(accepts_and_rebuilds, sample_gen_params),
	KUNIT_CASE_PARAM(truncated, sample_gen_params),
	KUNIT_CASE_PARAM(extended, sample_gen_params),
	KUNIT_CASE_PARAM(flipped, sample_gen_params),
	KUNIT_CASE_PARAM(lying, sample_gen_params),
	KUNIT_CASE_PARAM(random_damage, sample_gen_params),
	{}
};

static struct kunit_suite sample_suite = {
	.name = "sspi_krb5_codec",
	.test_cases = sample_cases,
};

#define TEXT(string) \
	{ .data = (const u8 *)(string), .len = sizeof(string) - 1 }

/* ktest.c's ktest_make_sample_kdc_req_body(): its values. */
struct req_fixture {
	struct krb5_req_body body;
	struct krb5_name name;
	struct sspi_span tickets[2];
	struct krb5_padata pa[2];
	s32 etypes[2];
	u8 addresses[32];
};

static const struct krb5_der_sample *built(const char *kind, const char *note)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(krb5_der_built); i++) {
		if (!strcmp(krb5_der_built[i].kind, kind) &&
		    !strcmp(krb5_der_built[i].note, note))
			return &krb5_der_built[i];
	}
	return NULL;
}

static void fill_fixture(struct req_fixture *f)
{
	static const u8 address[] = {
		0x30, 0x0d, 0xa0, 0x03, 0x02, 0x01, 0x02,
		0xa1, 0x06, 0x04, 0x04, 0x12, 0xd0, 0x00, 0x23,
	};
	static const struct sspi_span realm = TEXT("ATHENA.MIT.EDU");
	static const struct sspi_span cipher = TEXT("krbASN.1 test message");
	static const struct sspi_span parts[] = {
		TEXT("hftsai"), TEXT("extra"),
	};
	static const struct sspi_span value = TEXT("pa-data");
	unsigned int i;

	memset(f, 0, sizeof(*f));
	f->name.type = KRB5_NT_PRINCIPAL;
	f->name.count = 2;
	f->etypes[1] = 1;
	for (i = 0; i < 2; i++) {
		f->name.part[i] = parts[i];
		f->tickets[i].data = sample_ticket_1;
		f->tickets[i].len = sizeof(sample_ticket_1);
		f->pa[i].type = 13;
		f->pa[i].value = value;
		memcpy(f->addresses + i * sizeof(address), address,
		       sizeof(address));
	}
	f->body.options = 0xfedcba90;
	f->body.cname = f->name;
	f->body.realm = realm;
	f->body.sname = f->name;
	f->body.from = 771228197;
	f->body.till = 771228197;
	f->body.rtime = 771228197;
	f->body.nonce = 42;
	f->body.etypes = f->etypes;
	f->body.etype_count = 2;
	f->body.addresses.data = f->addresses;
	f->body.addresses.len = 2 * sizeof(address);
	f->body.authdata.has_kvno = true;
	f->body.authdata.kvno = 5;
	f->body.authdata.cipher = cipher;
	f->body.tickets = f->tickets;
	f->body.ticket_count = 2;
}

static void drop_optional(struct req_fixture *f)
{
	static const struct sspi_span none;

	f->body.cname.count = 0;
	f->body.from = 0;
	f->body.rtime = 0;
	f->body.addresses = none;
	f->body.authdata.cipher = none;
}

/* @kind and @note name the sample; the body alone if @type is 0. */
static void builds(struct kunit *test, struct req_fixture *f, int type,
		   const char *kind, const char *note)
{
	const struct krb5_der_sample *sample = built(kind, note);
	u8 *body = kunit_kzalloc(test, 1024, GFP_KERNEL);
	u8 *out = kunit_kzalloc(test, 1024, GFP_KERNEL);
	struct krb5_kdc_req req = { .type = type, .padata = f->pa };
	int len;

	KUNIT_ASSERT_NOT_NULL(test, sample);
	KUNIT_ASSERT_NOT_NULL(test, body);
	KUNIT_ASSERT_NOT_NULL(test, out);
	len = krb5_build_req_body(&f->body, body, 1024);
	KUNIT_ASSERT_GT(test, len, 0);
	KUNIT_EXPECT_EQ(test, len, krb5_build_req_body(&f->body, NULL, 0));
	KUNIT_EXPECT_EQ(test, -ENOSPC,
			krb5_build_req_body(&f->body, out, len - 1));
	if (type) {
		req.padata_count = *note ? 0 : 2;
		req.body.data = body;
		req.body.len = len;
		len = krb5_build_kdc_req(&req, out, 1024);
		KUNIT_EXPECT_EQ(test, len, krb5_build_kdc_req(&req, NULL, 0));
		body = out;
	}
	KUNIT_ASSERT_EQ(test, len, (int)sample->len);
	KUNIT_EXPECT_MEMEQ(test, body, sample->data, sample->len);
}

static void requests_to_a_kdc(struct kunit *test)
{
	static const struct {
		const char *kind;
		int type;
	} kinds[] = {
		{ "as_req", KRB5_AS_REQ }, { "tgs_req", KRB5_TGS_REQ },
		{ "kdc_req_body", 0 },
	};
	struct req_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		fill_fixture(f);
		builds(test, f, kinds[i].type, kinds[i].kind, "");
		drop_optional(f);
		f->body.ticket_count = 0;
		builds(test, f, kinds[i].type, kinds[i].kind,
		       "optionals NULL except server");
		f->body.sname.count = 0;
		f->body.ticket_count = 2;
		f->body.options = 0xfedcba98;
		builds(test, f, kinds[i].type, kinds[i].kind,
		       "optionals NULL except second_ticket");
	}
}

/* 400 levels of AD-IF-RELEVANT: refused, and not by running out of stack. */
static void nesting(struct kunit *test)
{
	size_t room = 16 * 1024, len = 0, i;
	u8 *bytes = kunit_kzalloc(test, room, GFP_KERNEL);
	u8 *next = kunit_kzalloc(test, room, GFP_KERNEL), *swap;
	struct krb5_ad ad = { .type = 5 };
	struct krb5_ad_walk walk;
	struct sspi_span list;
	int built_len, err;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	KUNIT_ASSERT_NOT_NULL(test, next);
	ad.data.data = bytes;
	for (i = 0; i <= 400; i++) {
		ad.data.len = len;
		built_len = krb5_build_ad_list(&ad, 1, next, room);
		KUNIT_ASSERT_GT(test, built_len, 0);
		len = built_len;
		swap = bytes;
		bytes = next;
		next = swap;
		ad.data.data = bytes;
		ad.type = KRB5_AD_IF_RELEVANT;
		ad.data.len = len;
		KUNIT_ASSERT_EQ(test, 0, krb5_parse_ad_list(ad.data, &list));
		krb5_ad_walk_init(&walk, list);
		err = krb5_ad_walk_next(&walk, &ad);
		KUNIT_EXPECT_EQ(test, err,
				i < KRB5_AD_MAX_DEPTH ? 1 : -EBADMSG);
		if (err > 0)
			KUNIT_EXPECT_EQ(test, ad.if_relevant, i > 0);
		err = krb5_ad_walk_next(&walk, &ad);
		KUNIT_EXPECT_EQ(test, err,
				i < KRB5_AD_MAX_DEPTH ? 0 : -EBADMSG);
		ad.type = KRB5_AD_IF_RELEVANT;
		ad.data.data = bytes;
	}
}

/* Nested SEQUENCEs for a reader that goes down as far as it may. */
static void depth_of_reader(struct kunit *test)
{
	struct der_reader r[DER_MAX_DEPTH + 2];
	struct sspi_span in;
	u8 bytes[2 * (DER_MAX_DEPTH + 1)];
	unsigned int i;

	for (i = 0; i <= DER_MAX_DEPTH; i++) {
		bytes[2 * i] = DER_SEQUENCE;
		bytes[2 * i + 1] = sizeof(bytes) - 2 * i - 2;
	}
	in.data = bytes;
	in.len = sizeof(bytes);
	der_init(&r[0], in);
	for (i = 0; i <= DER_MAX_DEPTH; i++) {
		der_enter(&r[i], DER_SEQUENCE, &r[i + 1]);
		KUNIT_EXPECT_EQ(test, r[i + 1].in.bad, i == DER_MAX_DEPTH);
	}
}

static void times(struct kunit *test)
{
	static const struct {
		const char *text;
		s64 seconds;
	} good[] = {
		{ "19700101000000Z", 0 },
		{ "19940610060317Z", 771228197 },
		{ "20000229235959Z", 951868799 },
		{ "20370913024805Z", 2136422885 },
		{ "20380119031408Z", 2147483648LL },
		{ "19691231235959Z", -1 },
		{ "99991231235959Z", 253402300799LL },
		{ "00010101000000Z", -62135596800LL },
	};
	static const char *const bad[] = {
		"19700101000000", "19700101000000z", "19700101000000.0Z",
		"1970010100000Z", "19700001000000Z", "19701301000000Z",
		"19700100000000Z", "19700132000000Z", "19700229000000Z",
		"19000229000000Z", "19700101240000Z", "19700101006000Z",
		"19700101000060Z", "1970010100000 Z", "-1970101000000Z", "",
	};
	u8 text[DER_TIME_LEN];
	struct sspi_span in;
	unsigned int i;
	s64 seconds;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		in.data = (const u8 *)good[i].text;
		in.len = DER_TIME_LEN;
		KUNIT_EXPECT_EQ(test, 0, der_time_parse(in, &seconds));
		KUNIT_EXPECT_EQ(test, seconds, good[i].seconds);
		KUNIT_EXPECT_EQ(test, 0, der_time_format(seconds, text));
		KUNIT_EXPECT_MEMEQ(test, text, in.data, DER_TIME_LEN);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		in.data = (const u8 *)bad[i];
		in.len = strlen(bad[i]);
		KUNIT_EXPECT_EQ_MSG(test, -EBADMSG,
				    der_time_parse(in, &seconds), "%s", bad[i]);
	}
	KUNIT_EXPECT_EQ(test, -EINVAL, der_time_format(253402300800LL, text));
	/* A day at a time through four hundred years. */
	for (seconds = -3600LL * 24 * 365 * 100; seconds < 9467280000LL;
	     seconds += 86399) {
		s64 again = 0;

		in.data = text;
		in.len = sizeof(text);
		KUNIT_ASSERT_EQ(test, 0, der_time_format(seconds, text));
		KUNIT_ASSERT_EQ(test, 0, der_time_parse(in, &again));
		KUNIT_ASSERT_EQ(test, seconds, again);
	}
}

static void integers(struct kunit *test)
{
	static const s64 values[] = {
		0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768,
		S32_MAX, S32_MIN, U32_MAX, 0x100000000LL, S64_MAX, -S64_MAX - 1,
	};
	static const u8 bad[][6] = {
		{ 2, 0 }, { 2, 2, 0, 1 }, { 2, 2, 0xff, 0x80 },
		{ 2, 2, 0, 0x7f }, { 4, 1, 1 }, { 2, 0x81, 1, 1 },
	};
	struct sspi_writer w;
	struct der_reader r;
	struct sspi_span in;
	unsigned int i;
	u8 bytes[16];

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		sspi_writer_init(&w, bytes, sizeof(bytes));
		der_write_s64(&w, values[i]);
		in.data = bytes;
		in.len = der_written(&w);
		der_init(&r, in);
		KUNIT_EXPECT_EQ(test, values[i], der_read_s64(&r));
		KUNIT_EXPECT_EQ(test, 0, der_end(&r));
		der_init(&r, in);
		der_read_u32(&r);
		KUNIT_EXPECT_EQ(test, !der_end(&r),
				values[i] >= 0 && values[i] <= U32_MAX);
		der_init(&r, in);
		der_read_s32(&r);
		KUNIT_EXPECT_EQ(test, !der_end(&r), values[i] >= S32_MIN &&
				values[i] <= S32_MAX);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		in.data = bad[i];
		in.len = bad[i][1] & 0x80 ? 4 : 2 + bad[i][1];
		der_init(&r, in);
		der_read_s64(&r);
		KUNIT_EXPECT_EQ_MSG(test, -EBADMSG, der_end(&r), "%u", i);
	}
}

static void names(struct kunit *test)
{
	static const char *const good[] = {
		"user@REALM", "host/a.example@REALM", "a\\/b\\@c\\\\@R/S",
		"x", "a//b", "\\n\\t\\b@R", "1/2/3/4/5/6/7/8@R",
	};
	static const char *const bad[] = {
		"", "@R", "a@", "a@b@c", "a\\", "a\\0@R", "/a@R",
		"1/2/3/4/5/6/7/8/9@R",
	};
	struct krb5_principal princ;
	u8 store[64], text[64];
	struct sspi_span in;
	unsigned int i;
	int len;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		in.data = (const u8 *)good[i];
		in.len = strlen(good[i]);
		KUNIT_EXPECT_EQ_MSG(test, 0,
				    krb5_name_parse(in, store, sizeof(store),
						    &princ), "%s", good[i]);
		len = krb5_name_format(&princ, text, sizeof(text));
		KUNIT_ASSERT_EQ(test, len, (int)in.len);
		KUNIT_EXPECT_MEMEQ(test, text, in.data, in.len);
		KUNIT_EXPECT_EQ(test, -ENOSPC,
				krb5_name_format(&princ, text, len - 1));
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		in.data = (const u8 *)bad[i];
		in.len = strlen(bad[i]);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    krb5_name_parse(in, store, sizeof(store),
						    &princ), "%s", bad[i]);
	}
	in.data = (const u8 *)"u@example.com";
	in.len = 13;
	KUNIT_EXPECT_EQ(test, 0, krb5_name_parse_enterprise(in, store, 64,
							    &princ));
	KUNIT_EXPECT_EQ(test, princ.name.count, 1);
	KUNIT_EXPECT_EQ(test, princ.name.type, KRB5_NT_ENTERPRISE);
	KUNIT_EXPECT_NULL(test, princ.realm.data);
}

static struct kunit_case unit_cases[] = {
	KUNIT_CASE(requests_to_a_kdc),
	KUNIT_CASE(nesting),
	KUNIT_CASE(depth_of_reader),
	KUNIT_CASE(times),
	KUNIT_CASE(integers),
	KUNIT_CASE(names),
	{}
};

static struct kunit_suite unit_suite = {
	.name = "sspi_krb5_der",
	.test_cases = unit_cases,
};

kunit_test_suites(&sample_suite, &unit_suite);
