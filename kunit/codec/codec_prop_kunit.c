// SPDX-License-Identifier: GPL-2.0-only
/*
 * Properties that every decoder has, whatever the bytes are: it reads nothing
 * behind its input, changes nothing, says 0 or -EBADMSG, says the same again,
 * and what it hands out lies inside its input.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/bindings.h"
#include "codec/credkey.h"
#include "codec/ntlmssp.h"
#include "codec/utf16.h"
#include "kunit/support/testlib.h"
#include "kunit/vectors/ntlm_msnlmp.h"

#define MAX_VIEWS	10
#define MAX_ADDED	32
#define RANDOM_ROUNDS	2000

struct views {
	struct sspi_span at[MAX_VIEWS];
	unsigned int count;
};

/* One decoder and an input that it takes. */
struct sample {
	const char *desc;
	int (*decode)(struct sspi_span in, struct views *views);
	const u8 *data;
	size_t len;
	bool whole;	/* no shorter piece of it is well formed */
};

static void add(struct views *views, struct sspi_span view)
{
	views->at[views->count++] = view;
}

static int decode_negotiate(struct sspi_span in, struct views *views)
{
	struct ntlm_negotiate msg;
	int err = ntlm_parse_negotiate(in, &msg);

	if (err)
		return err;
	add(views, msg.domain);
	add(views, msg.workstation);
	add(views, msg.version);
	return 0;
}

static int decode_challenge(struct sspi_span in, struct views *views)
{
	struct ntlm_challenge msg;
	int err = ntlm_parse_challenge(in, &msg);

	if (err)
		return err;
	add(views, msg.target_name);
	add(views, msg.target_info);
	add(views, msg.version);
	return 0;
}

static int decode_authenticate(struct sspi_span in, struct views *views)
{
	struct ntlm_authenticate msg;
	int err = ntlm_parse_authenticate(in, &msg);

	if (err)
		return err;
	add(views, msg.lm_response);
	add(views, msg.nt_response);
	add(views, msg.domain);
	add(views, msg.user);
	add(views, msg.workstation);
	add(views, msg.session_key);
	add(views, msg.version);
	add(views, msg.mic);
	return 0;
}

static int decode_av_pairs(struct sspi_span in, struct views *views)
{
	struct ntlm_av_view view;
	int err = ntlm_parse_av_pairs(in, &view);

	if (err)
		return err;
	add(views, view.nb_computer);
	add(views, view.nb_domain);
	add(views, view.dns_computer);
	add(views, view.dns_domain);
	add(views, view.dns_tree);
	add(views, view.target_name);
	add(views, view.single_host);
	add(views, view.channel_bindings);
	return 0;
}

static int decode_v2_response(struct sspi_span in, struct views *views)
{
	struct ntlm_v2_response resp;
	int err = ntlm_parse_v2_response(in, &resp);

	if (err)
		return err;
	add(views, resp.proof);
	add(views, resp.temp);
	add(views, resp.av_pairs);
	return 0;
}

static int decode_bindings(struct sspi_span in, struct views *views)
{
	struct sspi_bindings_view view;
	int err = sspi_bindings_parse(in, &view);

	if (err)
		return err;
	add(views, view.initiator);
	add(views, view.acceptor);
	add(views, view.application_data);
	return 0;
}

static void add_account(struct views *views,
			const struct sspi_credkey_account *account)
{
	add(views, account->user);
	add(views, account->domain);
	add(views, account->password);
	add(views, account->nt_hash);
}

/* The views of the first account, and that the others can be walked. */
static int decode_credkey(struct sspi_span in, struct views *views)
{
	struct sspi_credkey_account account;
	struct sspi_credkey key;
	int err = sspi_parse_credkey(in, &key);
	u32 i;

	if (err)
		return err;
	add(views, key.keytab);
	for (i = 0; sspi_next_credkey_account(&key.accounts, &account) > 0; i++)
		if (!i)
			add_account(views, &account);
	return i == key.count ? 0 : -ENOTRECOVERABLE;
}

static int decode_logon(struct sspi_span in, struct views *views)
{
	struct sspi_credkey_account account;
	int err = sspi_parse_logon(in, &account);

	if (!err)
		add_account(views, &account);
	return err;
}

static int decode_utf8(struct sspi_span in, struct views *views)
{
	int len = sspi_utf8_to_utf16le(in, NULL, 0);

	return len < 0 ? len : 0;
}

static int decode_utf16(struct sspi_span in, struct views *views)
{
	int len = sspi_utf16le_to_utf8(in, NULL, 0);

	return len < 0 ? len : 0;
}

/* With a domain and a workstation, OEM, and a version: 49 bytes. */
static const u8 negotiate[] = {
	'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 1, 0, 0, 0,
	0x07, 0xb2, 0x08, 0xa2,
	5, 0, 5, 0, 44, 0, 0, 0, 4, 0, 4, 0, 40, 0, 0, 0,
	5, 1, 0x28, 0x0a, 0, 0, 0, 15,
	'H', 'O', 'S', 'T', 'D', 'O', 'M', 'A', 'I',
};

/* Every known pair, and one that nobody knows. */
static const u8 av_pairs[] = {
	1, 0, 2, 0, 'A', 0,
	2, 0, 2, 0, 'B', 0,
	3, 0, 2, 0, 'c', 0,
	4, 0, 2, 0, 'd', 0,
	5, 0, 2, 0, 'e', 0,
	6, 0, 4, 0, 2, 0, 0, 0,
	7, 0, 8, 0, 0x00, 0x80, 0x3e, 0xd5, 0xde, 0xb1, 0x9d, 0x01,
	0x77, 0, 3, 0, '?', '?', '?',
	9, 0, 2, 0, 'f', 0,
	10, 0, 16, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	8, 0, 48, 0, 48, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8,
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
	0, 0, 0, 0,
};

static const struct {
	struct {
		u32 word[8];
	} head;
	u8 text[14];
} bindings = {
	{ { 2, 4, 32, 2, 4, 36, 6, 40 } }, "abcdefghijklm",
};

static const u8 utf8[] = { 'a', 0xc3, 0xa4, 0xe2, 0x82, 0xac,
			   0xf0, 0x9f, 0x98, 0x80 };
static const u8 utf16[] = { 'a', 0, 0xe4, 0, 0xac, 0x20,
			    0x3d, 0xd8, 0x00, 0xde };

static const char credkey[] =
	"user alice\ndomain CORP\npassword Secret-1!\n"
	"user bob\nnt-hash 0123456789abcdef0123456789abcdef\n";
static const char logon[] = "alice:Secret-1!";

#define SAMPLE(name, fn, array, size, is_whole) {	\
	.desc = name, .decode = fn,			\
	.data = (const u8 *)(array), .len = (size),	\
	.whole = is_whole }

static const struct sample samples[] = {
	SAMPLE("accounts of a key", decode_credkey, credkey,
	       sizeof(credkey) - 1, false),
	SAMPLE("logon key", decode_logon, logon, sizeof(logon), false),
	SAMPLE("NEGOTIATE", decode_negotiate, negotiate,
	       sizeof(negotiate), false),
	SAMPLE("CHALLENGE NTLMv1", decode_challenge, v1_challenge_message,
	       sizeof(v1_challenge_message), true),
	SAMPLE("CHALLENGE NTLMv2", decode_challenge, v2_challenge_message,
	       sizeof(v2_challenge_message), true),
	SAMPLE("AUTHENTICATE NTLMv1", decode_authenticate,
	       v1_authenticate_message, sizeof(v1_authenticate_message), true),
	SAMPLE("AUTHENTICATE NTLMv2", decode_authenticate,
	       v2_authenticate_message, sizeof(v2_authenticate_message), true),
	SAMPLE("AV pairs of the example", decode_av_pairs, v2_target_info,
	       sizeof(v2_target_info), true),
	SAMPLE("AV pairs of all kinds", decode_av_pairs, av_pairs,
	       sizeof(av_pairs), true),
	SAMPLE("NTLMv2 response", decode_v2_response, v2_nt_challenge_response,
	       sizeof(v2_nt_challenge_response), false),
	SAMPLE("channel bindings", decode_bindings, &bindings, 46, true),
	SAMPLE("UTF-8", decode_utf8, utf8, sizeof(utf8), false),
	SAMPLE("UTF-16", decode_utf16, utf16, sizeof(utf16), false),
};

static void describe(const struct sample *sample, char *desc)
{
	strscpy(desc, sample->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sample, samples, describe);

/* The state of one test: a copy to spoil, and where it is decoded. */
struct fuzz {
	struct kunit *test;
	const struct sample *sample;
	struct testlib_guard guard;
	u8 *bytes;
	unsigned int cases;
};

static void begin(struct fuzz *fuzz, struct kunit *test)
{
	fuzz->test = test;
	fuzz->sample = test->param_value;
	fuzz->guard = testlib_guard(test, fuzz->sample->len + MAX_ADDED);
	fuzz->bytes = kunit_kzalloc(test, fuzz->sample->len + MAX_ADDED,
				    GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fuzz->bytes);
	memcpy(fuzz->bytes, fuzz->sample->data, fuzz->sample->len);
	fuzz->cases = 0;
}

static void restore(struct fuzz *fuzz)
{
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
	struct views views = { }, again = { };
	int err = fuzz->sample->decode(in, &views);
	unsigned int i;

	fuzz->cases++;
	if (err)
		KUNIT_ASSERT_EQ(fuzz->test, err, -EBADMSG);
	KUNIT_ASSERT_EQ(fuzz->test, err, fuzz->sample->decode(in, &again));
	KUNIT_ASSERT_EQ(fuzz->test, 0, memcmp(&views, &again, sizeof(views)));
	KUNIT_ASSERT_EQ(fuzz->test, 0, memcmp(in.data, bytes.data, len));
	for (i = 0; i < views.count; i++)
		KUNIT_ASSERT_TRUE(fuzz->test, inside(in, views.at[i]));
	return err;
}

static void accepts_sample(struct kunit *test)
{
	struct fuzz fuzz;

	begin(&fuzz, test);
	KUNIT_EXPECT_EQ(test, 0, decode(&fuzz, fuzz.sample->len));
}

static void truncated(struct kunit *test)
{
	struct fuzz fuzz;
	size_t len;

	begin(&fuzz, test);
	for (len = 0; len < fuzz.sample->len; len++) {
		int err = decode(&fuzz, len);

		if (fuzz.sample->whole)
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
		decode(&fuzz, fuzz.sample->len + more);
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
			restore(&fuzz);
		}
	}
	testlib_counted(test, fuzz.cases);
}

/* A lie of two or four bytes at every place, so at every length and offset. */
static void lying(struct kunit *test)
{
	static const u32 lies[] = {
		0, 1, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0,
		0xffffffff,
	};
	struct fuzz fuzz;
	size_t at, width, i;

	begin(&fuzz, test);
	for (width = 2; width <= 4; width += 2) {
		for (at = 0; at + width <= fuzz.sample->len; at++) {
			for (i = 0; i < ARRAY_SIZE(lies); i++) {
				__le32 lie = cpu_to_le32(lies[i]);

				memcpy(fuzz.bytes + at, &lie, width);
				decode(&fuzz, fuzz.sample->len);
				restore(&fuzz);
			}
		}
	}
	testlib_counted(test, fuzz.cases);
}

/* Several bytes at once, and another length. */
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

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(accepts_sample, sample_gen_params),
	KUNIT_CASE_PARAM(truncated, sample_gen_params),
	KUNIT_CASE_PARAM(extended, sample_gen_params),
	KUNIT_CASE_PARAM(flipped, sample_gen_params),
	KUNIT_CASE_PARAM(lying, sample_gen_params),
	KUNIT_CASE_PARAM(random_damage, sample_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "sspi_codec_properties",
	.test_cases = cases,
};

kunit_test_suite(suite);
