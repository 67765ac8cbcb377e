// SPDX-License-Identifier: GPL-2.0-only
/* CMAC of Camellia on crypto_shash; transforms are pooled as in skcipher.c. */
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "crypto/pool.h"

#define MAX_KEY	32

struct sspi_cmac {
	struct list_head idle;
	struct crypto_shash *tfm;
	int err;
	struct shash_desc *desc;
};

static struct sspi_pool pool = SSPI_POOL_INIT(pool, 1);

static void cmac_free(struct sspi_cmac *cmac)
{
	crypto_free_shash(cmac->tfm);
	kfree_sensitive(cmac->desc);
	kfree(cmac);
}

static struct sspi_cmac *cmac_alloc(void)
{
	struct sspi_cmac *cmac = kzalloc(sizeof(*cmac), GFP_NOIO);
	int err;

	if (!cmac)
		return ERR_PTR(-ENOMEM);
	cmac->tfm = crypto_alloc_shash("cmac(camellia)", 0, 0);
	if (IS_ERR(cmac->tfm)) {
		err = PTR_ERR(cmac->tfm);
		kfree(cmac);
		return ERR_PTR(err == -ENOENT ? -EOPNOTSUPP : err);
	}
	cmac->desc = kzalloc(sizeof(*cmac->desc) +
			     crypto_shash_descsize(cmac->tfm), GFP_NOIO);
	if (!cmac->desc) {
		cmac_free(cmac);
		return ERR_PTR(-ENOMEM);
	}
	cmac->desc->tfm = cmac->tfm;
	return cmac;
}

static struct sspi_cmac *cmac_get(void)
{
	struct list_head *link = sspi_pool_pop(&pool);
	struct sspi_cmac *cmac;
	unsigned int flags;

	if (link)
		return list_entry(link, struct sspi_cmac, idle);
	flags = memalloc_noio_save();
	cmac = cmac_alloc();
	memalloc_noio_restore(flags);
	return cmac;
}

int sspi_cmac_begin(struct sspi_cmac **out, const u8 *key, size_t len)
{
	struct sspi_cmac *cmac = cmac_get();

	*out = NULL;
	if (IS_ERR(cmac))
		return PTR_ERR(cmac);
	cmac->err = crypto_shash_setkey(cmac->tfm, key, len) ?:
		    crypto_shash_init(cmac->desc);
	*out = cmac;
	return 0;
}

void sspi_cmac_update(struct sspi_cmac *cmac, const void *data, size_t len)
{
	if (!cmac->err)
		cmac->err = crypto_shash_update(cmac->desc, data, len);
}

/* The digest was taken, so the descriptor is clean; the key is not yet. */
int sspi_cmac_end(struct sspi_cmac *cmac, u8 out[SSPI_CMAC_LEN])
{
	static const u8 zeros[MAX_KEY];
	int err = cmac->err ?: crypto_shash_final(cmac->desc, out);

	if (err || crypto_shash_setkey(cmac->tfm, zeros, sizeof(zeros)) ||
	    !sspi_pool_push(&pool, &cmac->idle))
		cmac_free(cmac);
	return err;
}

void sspi_cmac_exit(void)
{
	struct list_head *link;

	while ((link = sspi_pool_pop(&pool)))
		cmac_free(list_entry(link, struct sspi_cmac, idle));
}
