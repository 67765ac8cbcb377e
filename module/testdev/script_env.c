// SPDX-License-Identifier: GPL-2.0-only
#include <linux/string.h>

#include "testdev/script_env.h"

static s64 script_now(const struct sspi_env *env)
{
	const struct script_env *script = env->priv;

	return script->has_now ? script->now : script->real->now(script->real);
}

/* splitmix64: the next word of the fixed generator, handed out low byte first. */
static u64 script_word(struct script_env *script)
{
	u64 z;

	script->seed += 0x9e3779b97f4a7c15ULL;
	z = script->seed;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static void script_generate(struct script_env *script, u8 *buf, size_t len)
{
	size_t i;
	u64 word = 0;

	for (i = 0; i < len; i++) {
		if (i % 8 == 0)
			word = script_word(script);
		buf[i] = (u8)(word >> (8 * (i % 8)));
	}
}

static sec_status_t script_random(const struct sspi_env *env, void *buf,
				  size_t len)
{
	struct script_env *script = env->priv;
	size_t left = script_env_random_left(script);
	size_t given = len < left ? len : left;

	if (!script->has_random && !script->has_seed)
		return script->real->random(script->real, buf, len);
	if (given < len && !script->has_seed)
		return SEC_E_INTERNAL_ERROR;
	if (given)
		memcpy(buf, script->random + script->random_pos, given);
	script->random_pos += given;
	if (given < len)
		script_generate(script, (u8 *)buf + given, len - given);
	return SEC_E_OK;
}

void script_env_init(struct script_env *script, const struct sspi_env *real)
{
	memset(script, 0, sizeof(*script));
	script->real = real;
	script->env.now = script_now;
	script->env.random = script_random;
	script->env.priv = script;
}

/* Back to the real clock and randomness. */
void script_env_clear(struct script_env *script)
{
	sspi_free(script->random);
	script_env_init(script, script->real);
}

bool script_env_set_random(struct script_env *script, struct sspi_span bytes)
{
	u8 *copy = NULL;

	if (bytes.len) {
		copy = sspi_alloc(bytes.len);
		if (!copy)
			return false;
		memcpy(copy, bytes.data, bytes.len);
	}
	sspi_free(script->random);
	script->random = copy;
	script->random_len = bytes.len;
	script->random_pos = 0;
	script->has_random = true;
	return true;
}

size_t script_env_random_left(const struct script_env *script)
{
	return script->random_len - script->random_pos;
}

bool script_env_active(const struct script_env *script)
{
	return script->has_now || script->has_random || script->has_seed;
}
