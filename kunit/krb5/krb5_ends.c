// SPDX-License-Identifier: GPL-2.0-only
#include <linux/string.h>

#include "kunit/krb5/krb5_ends.h"
#include "kunit/krb5/krb5_forge.h"
#include "spi.h"

static s64 ends_now(const struct sspi_env *env)
{
	return 1700000000 * SSPI_TICKS_PER_SECOND;
}

static sec_status_t ends_random(const struct sspi_env *env, void *buf,
				size_t len)
{
	testlib_lcg_fill(env->priv, buf, len);
	return SEC_E_OK;
}

const struct sspi_env *krb5_ends_env(void)
{
	static struct testlib_lcg lcg;
	static const struct sspi_env env = {
		.now = ends_now, .random = ends_random, .priv = &lcg,
	};

	return &env;
}

static u64 attributes(unsigned int flags)
{
	u64 attr = ISC_RET_INTEGRITY | ISC_RET_CONFIDENTIALITY;

	if (!(flags & (KRB5_ENDS_SEQUENCE | KRB5_ENDS_NUMBERS_OFF)))
		attr |= ISC_RET_REPLAY_DETECT;
	if (!(flags & (KRB5_ENDS_REPLAY | KRB5_ENDS_NUMBERS_OFF)))
		attr |= ISC_RET_SEQUENCE_DETECT;
	if (flags & KRB5_ENDS_DCE)
		attr |= ISC_RET_USED_DCE_STYLE;
	if (flags & KRB5_ENDS_DATAGRAM)
		attr |= ISC_RET_DATAGRAM;
	return attr;
}

bool krb5_ends_at(struct kunit *test, struct krb5_ends *e, s32 enctype,
		  unsigned int flags, u64 seq)
{
	struct sspi_import import = {
		.initiator = true,
		.enctype = enctype,
		.acceptor_subkey = flags & KRB5_ENDS_ACCEPTORS,
		.send_seq = seq,
		.recv_seq = seq,
		.flags = attributes(flags),
	};
	struct krb5_key key;

	memset(e, 0, sizeof(*e));
	e->enctype = enctype;
	e->flags = flags;
	if (!krb5_enctype_find(enctype))
		return false;
	KUNIT_EXPECT_EQ(test, 0, forge_key(&key, enctype, 6));
	import.key = krb5_key_span(&key);
	SSPI_EXPECT_STATUS(test, krb5_package.ops->import(&e->init, &import),
			   SEC_E_OK);
	import.initiator = false;
	SSPI_EXPECT_STATUS(test, krb5_package.ops->import(&e->acc, &import),
			   SEC_E_OK);
	return e->init && e->acc;
}

bool krb5_ends_init(struct kunit *test, struct krb5_ends *e, s32 enctype,
		    unsigned int flags)
{
	return krb5_ends_at(test, e, enctype, flags, 1);
}

void krb5_ends_release(struct krb5_ends *e)
{
	krb5_package.ops->free_ctx(e->init);
	krb5_package.ops->free_ctx(e->acc);
	e->init = NULL;
	e->acc = NULL;
}
