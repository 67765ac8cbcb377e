// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts known secrets through whole exchanges, frees everything, and leaves the
 * search of the guest's memory to the host.
 *
 * The secrets never stand in the module or on the console in the clear: the
 * password is built from masked bytes and wiped, the session keys are printed
 * masked. A canary is freed without being wiped, so that the search proves that
 * it can find something.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

/* Compiled into each module of its own: the owner is part of the test. */
#include "exchange.c"

#define MASK		0xa5
#define ROUNDS		8
#define CANARIES	64
#define CANARY_ROOM	256
#define CANARY_AT	160

/* A password that is no text of anybody else, masked. */
static const u8 masked_password[] = {
	0xf4, 0xdd, 0x92, 0x86, 0xd3, 0xe9, 0xc8, 0x97, 0x88, 0xff, 0xd1,
	0x9c, 0x84, 0xce, 0xf2, 0xd5, 0x91, 0xfa, 0xf7, 0xc2, 0x93,
};

/* "canary in the memory", masked. */
static const u8 masked_canary[] = {
	0xc6, 0xc4, 0xcb, 0xc4, 0xd7, 0xdc, 0x85, 0xcc, 0xcb, 0x85, 0xd1,
	0xcd, 0xc0, 0x85, 0xc8, 0xc0, 0xc8, 0xca, 0xd7, 0xdc,
};

static noinline void unmask(u8 *out, const u8 *in, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		WRITE_ONCE(out[i], READ_ONCE(in[i]) ^ MASK);
}

static void print_masked_key(struct exchange *x)
{
	struct sec_pkg_context_session_key key;
	u32 i;

	if (sspi_query_context_attributes(&x->init, SECPKG_ATTR_SESSION_KEY,
					  &key, sizeof(key)) == SEC_E_OK) {
		for (i = 0; i < key.len; i++)
			key.key[i] ^= MASK;
		pr_info("masked session key %*phN\n", (int)key.len, key.key);
	}
	memzero_explicit(&key, sizeof(key));
}

/*
 * Freed without being wiped, many times over: the allocator writes into what
 * is freed, and somebody may get the memory before the guest ends.
 */
static void drop_canaries(void)
{
	static u8 *canaries[CANARIES];
	int i;

	for (i = 0; i < CANARIES; i++) {
		canaries[i] = kmalloc(CANARY_ROOM, GFP_KERNEL);
		if (canaries[i])
			unmask(canaries[i] + CANARY_AT, masked_canary,
			       sizeof(masked_canary));
	}
	for (i = 0; i < CANARIES; i++)
		kfree(canaries[i]);
}

static int __init sspi_secrets_init(void)
{
	u8 *password = kzalloc(sizeof(masked_password) + 1, GFP_KERNEL);
	struct exchange x;
	int good = 0;
	int i;

	if (!password)
		return -ENOMEM;
	for (i = 0; i < ROUNDS; i++) {
		unmask(password, masked_password, sizeof(masked_password));
		if (exchange_acquire(&x, password, password) == SEC_E_OK) {
			memzero_explicit(password, sizeof(masked_password));
			if (exchange_negotiate(&x) == SEC_E_OK &&
			    exchange_message(&x) == SEC_E_OK) {
				print_masked_key(&x);
				good++;
			}
		}
		exchange_release(&x);
	}
	kfree_sensitive(password);
	drop_canaries();
	pr_info("%d exchanges done\n", good);
	return good == ROUNDS ? 0 : -EIO;
}

static void __exit sspi_secrets_exit(void)
{
}

module_init(sspi_secrets_init);
module_exit(sspi_secrets_exit);
MODULE_DESCRIPTION("Known secrets through whole SSPI exchanges");
MODULE_LICENSE("GPL");
