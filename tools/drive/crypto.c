// SPDX-License-Identifier: GPL-2.0-only
/* crypto: which fields each name has, and what travels under which tag. */
#include <string.h>

#include "drive.h"

enum kind {
	HEX,
	HEX_OPT,
	NUMBER,
	NUMBER_OPT,
	SIGNED,
	TEXT,
	SECRET,
};

struct param {
	const char *name;
	enum kind kind;
	unsigned int tag;
};

#define MAX_PARAMS 8

static const struct crypto_spec {
	const char *name;
	unsigned int what;
	struct param params[MAX_PARAMS];
} specs[] = {
	{ "md4", DRIVE_CRYPTO_MD4, { { "data", HEX, DRIVE_DATA } } },
	{ "ntowfv1",
	  DRIVE_CRYPTO_NTOWFV1,
	  { { "password", SECRET, DRIVE_PASSWORD } } },
	{ "ntowfv2",
	  DRIVE_CRYPTO_NTOWFV2,
	  { { "password", SECRET, DRIVE_PASSWORD },
	    { "user", TEXT, DRIVE_USER },
	    { "domain", TEXT, DRIVE_DOMAIN } } },
	{ "nfold",
	  DRIVE_CRYPTO_NFOLD,
	  { { "data", HEX, DRIVE_DATA }, { "bits", NUMBER, DRIVE_LENGTH } } },
	{ "string_to_key",
	  DRIVE_CRYPTO_STRING_TO_KEY,
	  { { "enctype", NUMBER, DRIVE_ENCTYPE },
	    { "password", HEX, DRIVE_PASSWORD },
	    { "salt", HEX, DRIVE_SALT },
	    { "params", HEX_OPT, DRIVE_S2K_PARAMS } } },
	{ "random_to_key",
	  DRIVE_CRYPTO_RANDOM_TO_KEY,
	  { { "enctype", NUMBER, DRIVE_ENCTYPE },
	    { "data", HEX, DRIVE_DATA } } },
	{ "derive",
	  DRIVE_CRYPTO_DERIVE,
	  { { "enctype", NUMBER, DRIVE_ENCTYPE },
	    { "key", HEX, DRIVE_KEY },
	    { "constant", HEX, DRIVE_DATA },
	    { "length", NUMBER_OPT, DRIVE_LENGTH } } },
	{ "encrypt",
	  DRIVE_CRYPTO_ENCRYPT,
	  { { "enctype", NUMBER, DRIVE_ENCTYPE },
	    { "key", HEX, DRIVE_KEY },
	    { "usage", NUMBER, DRIVE_USAGE },
	    { "plain", HEX, DRIVE_DATA },
	    { "confounder", HEX_OPT, DRIVE_CONFOUNDER } } },
	{ "decrypt",
	  DRIVE_CRYPTO_DECRYPT,
	  { { "enctype", NUMBER, DRIVE_ENCTYPE },
	    { "key", HEX, DRIVE_KEY },
	    { "usage", NUMBER, DRIVE_USAGE },
	    { "cipher", HEX, DRIVE_DATA } } },
	{ "checksum",
	  DRIVE_CRYPTO_CHECKSUM,
	  { { "cksumtype", SIGNED, DRIVE_CKSUMTYPE },
	    { "key", HEX, DRIVE_KEY },
	    { "usage", NUMBER, DRIVE_USAGE },
	    { "data", HEX, DRIVE_DATA },
	    { "enctype", NUMBER_OPT, DRIVE_ENCTYPE },
	    { "checksum", HEX_OPT, DRIVE_CHECKSUM } } },
	{ "verify_checksum",
	  DRIVE_CRYPTO_VERIFY_CHECKSUM,
	  { { "cksumtype", SIGNED, DRIVE_CKSUMTYPE },
	    { "key", HEX, DRIVE_KEY },
	    { "usage", NUMBER, DRIVE_USAGE },
	    { "data", HEX, DRIVE_DATA },
	    { "enctype", NUMBER_OPT, DRIVE_ENCTYPE },
	    { "checksum", HEX, DRIVE_CHECKSUM } } },
	{ "prf",
	  DRIVE_CRYPTO_PRF,
	  { { "enctype", NUMBER, DRIVE_ENCTYPE },
	    { "key", HEX, DRIVE_KEY },
	    { "data", HEX, DRIVE_DATA },
	    { "length", NUMBER_OPT, DRIVE_LENGTH } } },
	{ "prf_plus",
	  DRIVE_CRYPTO_PRF_PLUS,
	  { { "enctype", NUMBER, DRIVE_ENCTYPE },
	    { "key", HEX, DRIVE_KEY },
	    { "data", HEX, DRIVE_DATA },
	    { "length", NUMBER_OPT, DRIVE_LENGTH } } },
	{ "cf2",
	  DRIVE_CRYPTO_CF2,
	  { { "enctype", NUMBER, DRIVE_ENCTYPE },
	    { "key1", HEX, DRIVE_KEY },
	    { "key2", HEX, DRIVE_KEY2 },
	    { "pepper1", HEX, DRIVE_PEPPER },
	    { "pepper2", HEX, DRIVE_PEPPER2 },
	    { "enctype2", NUMBER_OPT, DRIVE_ENCTYPE2 } } },
	{ "cts",
	  DRIVE_CRYPTO_CTS,
	  { { "key", HEX, DRIVE_KEY },
	    { "plain", HEX, DRIVE_DATA },
	    { "iv", HEX_OPT, DRIVE_IV } } },
};

/* A number that may be negative, as checksum types are. */
static void put_signed(struct line *line, json_t *params,
		       const struct param *param)
{
	json_t *value = need(line, params, param->name);

	if (!value)
		return;
	if (!json_is_integer(value) || json_integer_value(value) < INT32_MIN ||
	    json_integer_value(value) > INT32_MAX) {
		refuse(line, "EINVAL", "%s is not a number within its bounds",
		       param->name);
		return;
	}
	drive_put_u64(&line->w, param->tag, (u64)json_integer_value(value));
}

static void put_param(struct line *line, json_t *params,
		      const struct param *param)
{
	bool required = param->kind == HEX || param->kind == NUMBER;

	switch (param->kind) {
	case HEX:
	case HEX_OPT:
		put_hex(line, params, param->name, param->tag, required);
		break;
	case NUMBER:
	case NUMBER_OPT:
		put_number(line, params, param->name, param->tag, required,
			   UINT32_MAX);
		break;
	case SIGNED:
		put_signed(line, params, param);
		break;
	case TEXT:
		put_text(line, params, param->name, param->tag, true);
		break;
	case SECRET:
		if (need(line, params, param->name))
			put_secret(line, params, param->name, param->tag);
		break;
	}
}

static const struct crypto_spec *find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
		if (strcmp(specs[i].name, name) == 0)
			return &specs[i];
	return NULL;
}

void encode_crypto(struct line *line)
{
	const char *name = get_text(line, line->in, "name", true);
	json_t *params = need(line, line->in, "params");
	const char *fields[MAX_PARAMS + 1];
	const struct crypto_spec *spec;
	size_t i;

	if (!name || !params)
		return;
	spec = find(name);
	if (!spec) {
		refuse(line, "EINVAL", "unknown name");
		return;
	}
	for (i = 0; i < MAX_PARAMS; i++)
		fields[i] = spec->params[i].name;
	fields[i] = NULL;
	if (!check_fields(line, params, fields, "params"))
		return;
	drive_put_u64(&line->w, DRIVE_WHAT, spec->what);
	for (i = 0; i < MAX_PARAMS && spec->params[i].name; i++)
		put_param(line, params, &spec->params[i]);
}

void decode_crypto(struct line *line, struct sspi_span answer)
{
	u64 lacking = 0;

	drive_find_u64(answer, DRIVE_LACKING, &lacking);
	if (lacking) {
		json_object_del(line->out, "reason");
		refuse(line, "ENOSYS", "not in this build");
		return;
	}
	set_hex(line, "result", answer, DRIVE_RESULT);
}
