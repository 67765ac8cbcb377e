// SPDX-License-Identifier: GPL-2.0-only
/* Message protection in the core: descriptors, scatterlists, bounds. */
#include <linux/module.h>
#include <linux/scatterlist.h>

#include "kunit/core/sspi_fixture.h"

#define MSG_LEN	1000

struct message {
	u8 token[FAKE_SIGNATURE_LEN];
	u8 data[MSG_LEN];
	struct sec_buffer buf[3];
	struct sec_buffer_desc desc;
};

static int message_init(struct kunit *test)
{
	struct sspi_fixture *f;
	int err = sspi_fixture_init(test);

	if (err)
		return err;
	f = test->priv;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	return 0;
}

static struct message *new_message(struct kunit *test)
{
	struct message *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	for (i = 0; i < MSG_LEN; i++)
		m->data[i] = i * 7;
	m->buf[0] = (struct sec_buffer){
		.len = sizeof(m->token), .type = SECBUFFER_TOKEN,
		.data = m->token,
	};
	m->buf[1] = (struct sec_buffer){
		.len = MSG_LEN, .type = SECBUFFER_DATA, .data = m->data,
	};
	m->desc.count = 2;
	m->desc.buffers = m->buf;
	return m;
}

static void sign_and_verify(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct message *m = new_message(test);
	u32 qop = 77;

	SSPI_EXPECT_STATUS(test, sspi_make_signature(&f->ctx, 0, &m->desc, 0),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_verify_signature(&f->ctx, &m->desc, 0, &qop),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 0U, qop);
	m->data[MSG_LEN - 1] ^= 1;
	SSPI_EXPECT_STATUS(test,
			   sspi_verify_signature(&f->ctx, &m->desc, 0, &qop),
			   SEC_E_MESSAGE_ALTERED);
	m->data[MSG_LEN - 1] ^= 1;
	SSPI_EXPECT_STATUS(test,
			   sspi_verify_signature(&f->ctx, &m->desc, 0, NULL),
			   SEC_E_OK);
}

static void encrypt_in_place(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct message *m = new_message(test);
	u8 before = m->data[5];

	SSPI_EXPECT_STATUS(test, sspi_encrypt_message(&f->ctx, 0, &m->desc, 0),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, before ^ 0xff, (int)m->data[5]);
	SSPI_EXPECT_STATUS(test,
			   sspi_decrypt_message(&f->ctx, &m->desc, 0, NULL),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, before, m->data[5]);
}

/* A failed decrypt leaves the message as it came. */
static void failed_decrypt_restores(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct message *m = new_message(test);
	struct message *copy = new_message(test);

	SSPI_EXPECT_STATUS(test, sspi_encrypt_message(&f->ctx, 0, &m->desc, 0),
			   SEC_E_OK);
	m->token[0] ^= 1;
	memcpy(copy->data, m->data, MSG_LEN);
	SSPI_EXPECT_STATUS(test,
			   sspi_decrypt_message(&f->ctx, &m->desc, 0, NULL),
			   SEC_E_MESSAGE_ALTERED);
	KUNIT_EXPECT_EQ(test, 0, memcmp(copy->data, m->data, MSG_LEN));
}

/* READONLY data is never written, whatever is asked. */
static void readonly_is_not_written(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct message *m = new_message(test);
	static const char head[] = "header that must stay";
	char *copy = kunit_kzalloc(test, sizeof(head), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, head, sizeof(head));
	m->buf[2] = (struct sec_buffer){
		.len = sizeof(head),
		.type = SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM,
		.data = copy,
	};
	m->desc.count = 3;
	SSPI_EXPECT_STATUS(test, sspi_encrypt_message(&f->ctx, 0, &m->desc, 0),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 0, memcmp(copy, head, sizeof(head)));
	m->buf[2].type = SECBUFFER_DATA | SECBUFFER_READONLY;
	SSPI_EXPECT_STATUS(test, sspi_encrypt_message(&f->ctx, 0, &m->desc, 0),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 0, memcmp(copy, head, sizeof(head)));
}

#define SG_PIECES 5

/* Cuts @len bytes at @data into uneven pieces. */
static void cut(struct scatterlist *sg, u8 *data, u32 len)
{
	static const u32 at[SG_PIECES] = { 0, 1, 64, 333, 990 };
	int i;

	sg_init_table(sg, SG_PIECES);
	for (i = 0; i < SG_PIECES; i++)
		sg_set_buf(&sg[i], data + at[i],
			   (i + 1 < SG_PIECES ? at[i + 1] : len) - at[i]);
}

/* Linear, scattered in place and out of place give the same bytes. */
static void scatterlists(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct message *linear = new_message(test);
	struct message *scattered = new_message(test);
	struct message *plain = new_message(test);
	struct message *out = new_message(test);
	struct scatterlist src[SG_PIECES];
	struct scatterlist dst[SG_PIECES];

	SSPI_EXPECT_STATUS(test,
			   sspi_encrypt_message(&f->ctx, 0, &linear->desc, 0),
			   SEC_E_OK);
	cut(src, scattered->data, MSG_LEN);
	scattered->buf[1].data = NULL;
	scattered->buf[1].sg = src;
	SSPI_EXPECT_STATUS(test,
			   sspi_encrypt_message(&f->ctx, 0, &scattered->desc, 0),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 0,
			memcmp(linear->data, scattered->data, MSG_LEN));
	KUNIT_EXPECT_EQ(test, 0, memcmp(linear->token, scattered->token,
					FAKE_SIGNATURE_LEN));
	memset(out->data, 0, MSG_LEN);
	cut(dst, out->data, MSG_LEN);
	scattered->buf[1].dst = dst;
	SSPI_EXPECT_STATUS(test,
			   sspi_decrypt_message(&f->ctx, &scattered->desc, 0,
						NULL),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 0, memcmp(out->data, plain->data, MSG_LEN));
	KUNIT_EXPECT_EQ(test, 0,
			memcmp(linear->data, scattered->data, MSG_LEN));
	scattered->token[1] ^= 1;
	SSPI_EXPECT_STATUS(test,
			   sspi_decrypt_message(&f->ctx, &scattered->desc, 0,
						NULL),
			   SEC_E_MESSAGE_ALTERED);
	KUNIT_EXPECT_NE(test, 0, memcmp(out->data, plain->data, MSG_LEN));
}

/* Lengths and layouts that lie. */
static void bad_messages(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct message *m = new_message(test);
	struct scatterlist sg;

	m->buf[0].len = FAKE_SIGNATURE_LEN - 1;
	SSPI_EXPECT_STATUS(test, sspi_make_signature(&f->ctx, 0, &m->desc, 0),
			   SEC_E_BUFFER_TOO_SMALL);
	m->buf[0].len = FAKE_SIGNATURE_LEN;
	m->buf[1].data = NULL;
	SSPI_EXPECT_STATUS(test, sspi_make_signature(&f->ctx, 0, &m->desc, 0),
			   SEC_E_INVALID_PARAMETER);
	m->buf[1].data = m->data;
	m->buf[0].type = SECBUFFER_DATA;
	SSPI_EXPECT_STATUS(test, sspi_make_signature(&f->ctx, 0, &m->desc, 0),
			   SEC_E_INVALID_PARAMETER);
	m->buf[0].type = SECBUFFER_TOKEN;
	m->buf[1].type = SECBUFFER_TOKEN;
	SSPI_EXPECT_STATUS(test, sspi_make_signature(&f->ctx, 0, &m->desc, 0),
			   SEC_E_INVALID_PARAMETER);
	m->buf[1].type = SECBUFFER_DATA;
	sg_init_one(&sg, m->data, MSG_LEN / 2);
	m->buf[1].data = NULL;
	m->buf[1].sg = &sg;
	SSPI_EXPECT_STATUS(test, sspi_encrypt_message(&f->ctx, 0, &m->desc, 0),
			   SEC_E_INVALID_PARAMETER);
	m->desc.count = SSPI_MAX_BUFFERS + 1;
	SSPI_EXPECT_STATUS(test, sspi_encrypt_message(&f->ctx, 0, &m->desc, 0),
			   SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test, sspi_encrypt_message(&f->ctx, 0, NULL, 0),
			   SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test, sspi_encrypt_message(NULL, 0, &m->desc, 0),
			   SEC_E_INVALID_PARAMETER);
}

/* No protection before the context is established, nor beyond what was agreed. */
static void protection_not_agreed(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct message *m = new_message(test);
	struct sspi_initialize_args args;

	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&f->ctx),
			   SEC_E_OK);
	args = sspi_fixture_first_leg(f);
	args.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_INTEGRITY;
	fake_ctl.status = SEC_I_CONTINUE_NEEDED;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_I_CONTINUE_NEEDED);
	sspi_fixture_drop_output(f);
	SSPI_EXPECT_STATUS(test, sspi_make_signature(&f->ctx, 0, &m->desc, 0),
			   SEC_E_OUT_OF_SEQUENCE);
	fake_ctl.status = SEC_E_OK;
	args.ctx = &f->ctx;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_make_signature(&f->ctx, 0, &m->desc, 0),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_encrypt_message(&f->ctx, 0, &m->desc, 0),
			   SEC_E_UNSUPPORTED_FUNCTION);
}

static struct kunit_case message_cases[] = {
	KUNIT_CASE(sign_and_verify),
	KUNIT_CASE(encrypt_in_place),
	KUNIT_CASE(failed_decrypt_restores),
	KUNIT_CASE(readonly_is_not_written),
	KUNIT_CASE(scatterlists),
	KUNIT_CASE(bad_messages),
	KUNIT_CASE(protection_not_agreed),
	{}
};

static struct kunit_suite message_suite = {
	.name = "sspi_message",
	.init = message_init,
	.exit = sspi_fixture_exit,
	.test_cases = message_cases,
};

kunit_test_suites(&message_suite);
