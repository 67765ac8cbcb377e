// SPDX-License-Identifier: GPL-2.0-only
#include <linux/minmax.h>
#include <linux/string.h>

#include "kunit/support/script.h"

static s64 script_now(const struct sspi_env *env)
{
	const struct script *s = env->priv;

	return s->now;
}

static sec_status_t script_random(const struct sspi_env *env, void *buf,
				  size_t len)
{
	struct script *s = env->priv;
	size_t given = min(len, s->random.len);

	if (s->broken)
		return SEC_E_INTERNAL_ERROR;
	if (given) {
		memcpy(buf, s->random.data, given);
		s->random.data += given;
		s->random.len -= given;
	}
	testlib_lcg_fill(&s->lcg, (u8 *)buf + given, len - given);
	s->drawn += len;
	return SEC_E_OK;
}

void script_init(struct script *s, s64 now)
{
	s->env.now = script_now;
	s->env.random = script_random;
	s->env.priv = s;
	s->now = now;
}
