// SPDX-License-Identifier: GPL-2.0-only
/* What goes through sspi_secrets, and how the host learns of it: masked. */
#include <linux/compiler.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "kunit/support/secrets.h"

/* A password that is no text of anybody else, masked. */
static const u8 masked_password[SECRETS_PASSWORD_LEN] = {
	0xf4, 0xdd, 0x92, 0x86, 0xd3, 0xe9, 0xc8, 0x97, 0x88, 0xff, 0xd1,
	0x9c, 0x84, 0xce, 0xf2, 0xd5, 0x91, 0xfa, 0xf7, 0xc2, 0x93,
};

noinline void secrets_unmask(u8 *out, const u8 *in, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		WRITE_ONCE(out[i], READ_ONCE(in[i]) ^ SECRETS_MASK);
}

void secrets_password(u8 *out)
{
	secrets_unmask(out, masked_password, sizeof(masked_password));
}

void secrets_print(const char *kind, const char *name, int number,
		   const u8 *key, u32 len)
{
	u8 masked[KRB5_MAX_KEY];

	secrets_unmask(masked, key, len);
	pr_info("masked %s %s %d %*phN\n", kind, name, number, (int)len, masked);
}

static int random_key(struct krb5_key *key, s32 enctype)
{
	const struct krb5_enctype *type = krb5_enctype_find(enctype);
	u8 seed[KRB5_MAX_SEED];
	int err;

	get_random_bytes(seed, type->seed_len);
	err = krb5_key_from_seed(key, type,
				 (struct sspi_span){ seed, type->seed_len });
	memzero_explicit(seed, sizeof(seed));
	return err;
}

static s64 real_now(const struct sspi_env *env)
{
	return ktime_get_real_seconds() * SSPI_TICKS_PER_SECOND;
}

static sec_status_t real_random(const struct sspi_env *env, void *buf,
				size_t len)
{
	get_random_bytes(buf, len);
	return SEC_E_OK;
}

const struct sspi_env secrets_env = {
	.now = real_now,
	.random = real_random,
};

int secrets_forge(struct forge *f, const u8 *password, size_t len, s32 enctype)
{
	int err = forge_init(f, enctype, ktime_get_real_seconds());

	f->flags = KRB5_TKT_OK_AS_DELEGATE | KRB5_TKT_FORWARDABLE;
	f->hint = true;
	if (!err)
		err = forge_password(f, enctype,
				     (struct sspi_span){ password, len });
	if (!err)
		err = random_key(&f->service, enctype);
	if (!err)
		err = random_key(&f->tgt_session, enctype);
	if (!err)
		err = random_key(&f->session, enctype);
	return err ? err : random_key(&f->forwarded, enctype);
}

sec_status_t secrets_messages(const struct sspi_package_ops *ops, void *init,
			      void *acc, bool wraps)
{
	u8 text[24] = "a message of this round", token[128];
	struct sspi_part part = { .kind = SSPI_PART_DATA,
				  .len = sizeof(text), .data = text };
	struct sspi_message msg = { .env = &secrets_env, .parts = &part,
				    .part_count = 1, .token = token };
	void *from, *to;
	sec_status_t status = SEC_E_OK;
	int i;

	for (i = 0; i < 6 && status == SEC_E_OK; i++) {
		if (i / 2 == 1 && !wraps)
			continue;
		from = i % 2 ? acc : init;
		to = i % 2 ? init : acc;
		msg.token_len = sizeof(token);
		msg.qop = i / 2 == 1 ? SECQOP_WRAP_NO_ENCRYPT : 0;
		status = i / 2 < 2 ? ops->seal(from, &msg) :
				     ops->sign(from, &msg);
		if (status == SEC_E_OK)
			status = i / 2 < 2 ? ops->unseal(to, &msg) :
					     ops->verify(to, &msg);
	}
	return status;
}
