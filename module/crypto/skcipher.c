// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block ciphers on crypto_skcipher, the same for every kernel.
 *
 * Transforms are pooled for the whole module and not kept by contexts: one is
 * 0.5 to 1 KiB, and a context that had four of them would be over its budget.
 * A message takes one and sets its key, which costs less than the allocation
 * of a request would. It goes back with a key of zeros, or with a key that has
 * a number, for the next message under that: a CPU has two, as who sends also
 * receives, under another key. A pool starts empty, so that a faster driver that
 * is loaded late is found, and gets its first transform when the first key is
 * prepared.
 *
 * The mask is not CRYPTO_ALG_ASYNC: before 7.0 all of AES-NI is behind
 * wrappers with that flag, which run at once in process context.
 */
#include <crypto/skcipher.h>
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/scatterlist.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "crypto/mapped.h"
#include "crypto/pool.h"
#include "test_export.h"

#define MAX_KEY		32
#define IV		16
/* Texts up to this are copied to one buffer: no list, any kind of memory. */
#define FLAT		1536
#define INLINE_SG	18
/* How many idle transforms are looked at for a key. */
#define NEAR		4

struct sspi_cipher {
	struct list_head idle;
	enum sspi_cipher_id id;
	u64 number;			/* of the key it has; 0: of zeros */
	struct crypto_skcipher *tfm;
	struct skcipher_request *req;
	struct crypto_wait wait;
	struct sspi_text text;
	struct scatterlist *sg;		/* NULL: the text is copied */
	u32 len;
	bool loaded;			/* it is in @flat */
	struct scatterlist inline_sg[INLINE_SG];
	u8 iv[IV];
	u8 flat[FLAT];
};

static struct sspi_pool pools[] = {
	[SSPI_CIPHER_AES_CTS] = SSPI_POOL_INIT(pools[SSPI_CIPHER_AES_CTS], 2),
	[SSPI_CIPHER_CAMELLIA_CTS] =
		SSPI_POOL_INIT(pools[SSPI_CIPHER_CAMELLIA_CTS], 2),
	[SSPI_CIPHER_DES3_CBC] = SSPI_POOL_INIT(pools[SSPI_CIPHER_DES3_CBC], 2),
};

/* Those that there are, idle or not. */
static atomic_t made[SSPI_CIPHER_COUNT];

static const char * const names[SSPI_CIPHER_COUNT] = {
	[SSPI_CIPHER_AES_CTS] = "cts(cbc(aes))",
	[SSPI_CIPHER_CAMELLIA_CTS] = "cts(cbc(camellia))",
	[SSPI_CIPHER_DES3_CBC] = "cbc(des3_ede)",
};

static void cipher_free(struct sspi_cipher *c)
{
	atomic_dec(&made[c->id]);
	skcipher_request_free(c->req);
	crypto_free_skcipher(c->tfm);
	kfree_sensitive(c);
}

/* The mask refuses drivers that allocate for each request: see writeback. */
static struct sspi_cipher *cipher_alloc(enum sspi_cipher_id id)
{
	struct sspi_cipher *c = kzalloc(sizeof(*c), GFP_NOIO);
	int err;

	if (!c)
		return ERR_PTR(-ENOMEM);
	c->id = id;
	c->tfm = crypto_alloc_skcipher(names[id], 0,
				       CRYPTO_ALG_ALLOCATES_MEMORY);
	if (IS_ERR(c->tfm)) {
		err = PTR_ERR(c->tfm);
		kfree(c);
		return ERR_PTR(err == -ENOENT ? -EOPNOTSUPP : err);
	}
	atomic_inc(&made[id]);
	c->req = skcipher_request_alloc(c->tfm, GFP_NOIO);
	if (!c->req) {
		cipher_free(c);
		return ERR_PTR(-ENOMEM);
	}
	crypto_init_wait(&c->wait);
	skcipher_request_set_callback(c->req, CRYPTO_TFM_REQ_MAY_BACKLOG |
				      CRYPTO_TFM_REQ_MAY_SLEEP,
				      crypto_req_done, &c->wait);
	return c;
}

/*
 * An idle one: with the key @number if there is one near, else @any, that which
 * was used longest ago of those; or NULL.
 */
static struct sspi_cipher *cipher_pop(struct sspi_pool *pool, u64 number,
				      bool any)
{
	struct sspi_cipher *c = NULL;
	unsigned int seen = 0;
	bool found = false;

	spin_lock(&pool->lock);
	list_for_each_entry(c, &pool->idle, idle) {
		found = c->number == number;
		if (found || ++seen == NEAR || list_is_last(&c->idle, &pool->idle))
			break;
	}
	if (list_empty(&pool->idle) || !(found || any))
		c = NULL;
	else
		sspi_pool_take(pool, &c->idle);
	spin_unlock(&pool->lock);
	return c;
}

/* Without memory for another one, one with another key will do. */
static struct sspi_cipher *cipher_get(enum sspi_cipher_id id, u64 number)
{
	struct sspi_pool *pool = &pools[id];
	bool full = atomic_read(&made[id]) >= sspi_pool_room(pool);
	struct sspi_cipher *c = cipher_pop(pool, number, full || !number), *other;
	unsigned int flags;

	if (c)
		return c;
	flags = memalloc_noio_save();
	c = cipher_alloc(id);
	memalloc_noio_restore(flags);
	if (!IS_ERR(c))
		return c;
	other = cipher_pop(pool, number, true);
	return other ?: c;
}

static void cipher_put(struct sspi_cipher *c)
{
	if (!sspi_pool_push(&pools[c->id], &c->idle))
		cipher_free(c);
}

/* Back without a key. 3DES may refuse one of zeros: then nothing may stay. */
static void cipher_put_clean(struct sspi_cipher *c)
{
	static const u8 zeros[MAX_KEY];

	c->number = 0;
	if (crypto_skcipher_setkey(c->tfm, zeros,
				   crypto_skcipher_max_keysize(c->tfm)))
		cipher_free(c);
	else
		cipher_put(c);
}

u64 sspi_cipher_number(void)
{
	static atomic64_t last = ATOMIC64_INIT(0);

	return atomic64_inc_return(&last);
}
SSPI_EXPORT_FOR_TEST(sspi_cipher_number);

int sspi_cipher_begin_kept(struct sspi_cipher **cipher, enum sspi_cipher_id id,
			   const u8 *key, size_t len, u64 number)
{
	struct sspi_cipher *c = cipher_get(id, number);
	int err;

	*cipher = NULL;
	if (IS_ERR(c))
		return PTR_ERR(c);
	if (!number || c->number != number) {
		c->number = number;
		err = crypto_skcipher_setkey(c->tfm, key, len);
		if (err) {
			/* Whose key is in there now is not known. */
			cipher_free(c);
			return err;
		}
	}
	*cipher = c;
	return 0;
}
SSPI_EXPORT_FOR_TEST(sspi_cipher_begin_kept);

/*
 * No text under the key is on its way any more. A transform that is in use has
 * another key by now, or is about to get one.
 */
void sspi_cipher_forget(enum sspi_cipher_id id, u64 number)
{
	struct sspi_pool *pool = &pools[id];
	struct sspi_cipher *c, *next;
	LIST_HEAD(found);

	spin_lock(&pool->lock);
	list_for_each_entry_safe(c, next, &pool->idle, idle) {
		if (c->number == number) {
			sspi_pool_take(pool, &c->idle);
			list_add(&c->idle, &found);
		}
	}
	spin_unlock(&pool->lock);
	list_for_each_entry_safe(c, next, &found, idle)
		cipher_put_clean(c);
}
SSPI_EXPORT_FOR_TEST(sspi_cipher_forget);

static void unmap(struct sspi_cipher *c)
{
	if (c->sg && c->sg != c->inline_sg)
		kfree(c->sg);
	c->sg = NULL;
	if (c->loaded)
		memzero_explicit(c->flat, c->len);
	c->loaded = false;
}

void sspi_cipher_end(struct sspi_cipher *c)
{
	if (!c)
		return;
	unmap(c);
	memset(&c->text, 0, sizeof(c->text));
	memzero_explicit(c->iv, sizeof(c->iv));
	if (c->number)
		cipher_put(c);
	else
		cipher_put_clean(c);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_cipher_end);

/* A list under way: what there is no room for is only counted. */
struct sg_fill {
	struct scatterlist *sg;
	unsigned int room;
	unsigned int count;
};

static void add_run(struct sg_fill *fill, struct page *page, size_t len,
		    size_t offset)
{
	struct scatterlist *sg;

	if (fill->count++ >= fill->room)
		return;
	sg = fill->sg + fill->count - 1;
	/* It may have been the last one of another text. */
	sg_unmark_end(sg);
	sg_set_page(sg, page, len, offset);
}

static void add_linear(struct sg_fill *fill, u8 *data, size_t len)
{
	size_t some;

	if (len && !sspi_mapped(data)) {
		add_run(fill, virt_to_page(data), len, offset_in_page(data));
		return;
	}
	for (; len; len -= some, data += some) {
		some = min_t(size_t, len, PAGE_SIZE - offset_in_page(data));
		add_run(fill, vmalloc_to_page(data), some,
			offset_in_page(data));
	}
}

static void add_list(struct sg_fill *fill, struct scatterlist *from, size_t len)
{
	size_t some;

	for (; from && len; from = sg_next(from), len -= some) {
		some = min_t(size_t, len, from->length);
		if (some)
			add_run(fill, sg_page(from), some, from->offset);
	}
}

static void add_text(struct sg_fill *fill, const struct sspi_text *text)
{
	unsigned int i;

	add_linear(fill, text->head, text->head_len);
	for (i = 0; i < text->count; i++) {
		const struct sspi_part *part = &text->parts[i];

		if (!sspi_part_sealed(part))
			continue;
		if (part->sg)
			add_list(fill, part->sg, part->len);
		else
			add_linear(fill, part->data, part->len);
	}
}

int sspi_cipher_map(struct sspi_cipher *c, const struct sspi_text *text)
{
	struct sg_fill fill = { .sg = c->inline_sg, .room = INLINE_SG };
	u64 len = sspi_text_len(text);

	unmap(c);
	if (len > INT_MAX)
		return -EINVAL;
	c->text = *text;
	c->len = len;
	if (len <= FLAT)
		return len;

	add_text(&fill, text);
	if (fill.count > INLINE_SG) {
		fill.room = fill.count;
		fill.count = 0;
		fill.sg = kcalloc(fill.room, sizeof(*fill.sg), GFP_NOIO);
		if (!fill.sg)
			return -ENOMEM;
		add_text(&fill, text);
	}
	sg_mark_end(fill.sg + fill.count - 1);
	c->sg = fill.sg;
	return len;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_cipher_map);

static int run(struct sspi_cipher *c, struct scatterlist *sg, bool encrypt)
{
	skcipher_request_set_crypt(c->req, sg, sg, c->len, c->iv);
	return crypto_wait_req(encrypt ? crypto_skcipher_encrypt(c->req) :
					 crypto_skcipher_decrypt(c->req),
			       &c->wait);
}

u8 *sspi_cipher_load(struct sspi_cipher *c)
{
	if (c->sg)
		return NULL;
	sspi_text_copy(&c->text, c->flat, true);
	c->loaded = true;
	return c->flat;
}

void sspi_cipher_store(struct sspi_cipher *c)
{
	sspi_text_copy(&c->text, c->flat, false);
	memzero_explicit(c->flat, c->len);
	c->loaded = false;
}

static int run_loaded(struct sspi_cipher *c, bool encrypt)
{
	struct scatterlist one;

	sg_init_one(&one, c->flat, c->len);
	return run(c, &one, encrypt);
}

int sspi_cipher_run(struct sspi_cipher *c, bool encrypt, const u8 *iv)
{
	int err;

	if (iv)
		memcpy(c->iv, iv, crypto_skcipher_ivsize(c->tfm));
	else
		memset(c->iv, 0, sizeof(c->iv));
	if (!c->len)
		return 0;
	if (c->sg)
		return run(c, c->sg, encrypt);
	if (c->loaded)
		return run_loaded(c, encrypt);
	sspi_cipher_load(c);
	err = run_loaded(c, encrypt);
	if (!err)
		sspi_cipher_store(c);
	else
		unmap(c);
	return err;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_cipher_run);

const char *sspi_cipher_driver(const struct sspi_cipher *c)
{
	return crypto_tfm_alg_driver_name(crypto_skcipher_tfm(c->tfm));
}
SSPI_EXPORT_FOR_TEST(sspi_cipher_driver);

void sspi_cipher_exit(void)
{
	struct list_head *link;
	unsigned int i;

	for (i = 0; i < SSPI_CIPHER_COUNT; i++)
		while ((link = sspi_pool_pop(&pools[i])))
			cipher_free(list_entry(link, struct sspi_cipher, idle));
	sspi_cmac_exit();
}
