// SPDX-License-Identifier: GPL-2.0-only
/*
 * The key type "sspi": passwords, NT hashes, keytabs and the accounts of an
 * acceptor, which the kernel can use and nobody can read back.
 *
 * A description is a name to look a key up by and has no other meaning: whom a
 * key is about is said by its payload, and who may use it by whose keyrings it is
 * in. Nothing is ever asked of user space for it.
 */
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "keys/internal.h"

#define MAX_PAYLOAD	(SSPI_MAX_KEYTAB + 64)

struct payload {
	size_t len;
	u8 data[];
};

static int sspi_key_vet_description(const char *desc)
{
	size_t len = strlen(desc);
	size_t i;

	if (!len || len > SSPI_MAX_NAME)
		return -EINVAL;
	for (i = 0; i < len; i++)
		if ((u8)desc[i] < ' ' || desc[i] == 0x7f)
			return -EINVAL;
	return 0;
}

static int check_payload(struct sspi_span in)
{
	struct sspi_credkey key;
	int err = sspi_parse_credkey(in, &key);

	if (!err && key.keytab.data)
		err = keys_keytab_check(key.keytab);
	return err ? -EINVAL : 0;
}

static int sspi_key_preparse(struct key_preparsed_payload *prep)
{
	struct payload *payload;
	int err;

	if (!prep->data || !prep->datalen || prep->datalen > MAX_PAYLOAD)
		return -EINVAL;
	err = check_payload((struct sspi_span){ prep->data, prep->datalen });
	if (err)
		return err;
	payload = kvmalloc(struct_size(payload, data, prep->datalen),
			   GFP_KERNEL);
	if (!payload)
		return -ENOMEM;
	payload->len = prep->datalen;
	memcpy(payload->data, prep->data, prep->datalen);
	prep->payload.data[0] = payload;
	prep->quotalen = min_t(size_t, prep->datalen, USHRT_MAX);
	return 0;
}

static void payload_free(struct payload *payload)
{
	if (payload)
		kvfree_sensitive(payload, struct_size(payload, data,
						      payload->len));
}

static void sspi_key_free_preparse(struct key_preparsed_payload *prep)
{
	payload_free(prep->payload.data[0]);
}

/* Under the key's semaphore, held for writing: nobody reads it now. */
static void sspi_key_revoke(struct key *key)
{
	key_payload_reserve(key, 0);
	payload_free(key->payload.data[0]);
	key->payload.data[0] = NULL;
}

static void sspi_key_destroy(struct key *key)
{
	payload_free(key->payload.data[0]);
	key->payload.data[0] = NULL;
}

static void sspi_key_describe(const struct key *key, struct seq_file *m)
{
	seq_puts(m, key->description);
}

/* A key that is not there is not there: no helper is started. */
static int sspi_key_request(struct key *auth_key, void *aux)
{
	complete_request_key(auth_key, -ENOKEY);
	return -ENOKEY;
}

struct key_type sspi_key_type = {
	.name = "sspi",
	.flags = KEY_TYPE_INSTANT_REAP,
	.vet_description = sspi_key_vet_description,
	.preparse = sspi_key_preparse,
	.free_preparse = sspi_key_free_preparse,
	.instantiate = generic_key_instantiate,
	.revoke = sspi_key_revoke,
	.destroy = sspi_key_destroy,
	.describe = sspi_key_describe,
	.request_key = sspi_key_request,
};
SSPI_EXPORT_FOR_TEST(sspi_key_type);

/* A copy of the payload, for use inside the kernel. */
int keys_read_sspi(key_ref_t ref, struct keys_bytes *out)
{
	struct key *key = key_ref_to_ptr(ref);
	const struct payload *payload;
	int err;

	down_read(&key->sem);
	payload = key->payload.data[0];
	err = key_validate(key);
	if (!err && (key->type != &sspi_key_type || !key_is_positive(key) ||
		     !payload))
		err = -ENOKEY;
	if (!err)
		err = keys_alloc(out, payload->len);
	if (!err)
		memcpy(out->data, payload->data, payload->len);
	up_read(&key->sem);
	return err;
}

int sspi_keys_init(void)
{
	return register_key_type(&sspi_key_type);
}

/* Payloads are wiped, and keys that are left are dead, when this returns. */
void sspi_keys_exit(void)
{
	unregister_key_type(&sspi_key_type);
}
