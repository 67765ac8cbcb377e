// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the same messages cost with the Kerberos of sunrpc, which NFS uses. Its
 * contexts are made from keys that a daemon has negotiated; the payload is in
 * pages, head and trailer are in buffers of their own.
 *
 * What makes a context is not exported: the list of mechanisms is reached
 * through a mechanism of ours, whose neighbour on it is Kerberos.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sunrpc/gss_api.h>

#include "bench.h"

#define ENCTYPE		18	/* aes256-cts-hmac-sha1-96 */
#define INITIATOR	1	/* flag of a context */
#define ENDS		0x7fffffff
#define ROOM		256
#define PAYLOAD_ORDER	get_order(BENCH_MAX)

/* What the daemon hands to the kernel, unaligned. */
struct import {
	u32 flags;
	u32 end_time;
	u64 seq;
	u32 enctype;
	u8 key[32];
} __packed;

struct sunrpc_peer {
	const struct gss_api_ops *ops;
	struct gss_ctx client;
	struct gss_ctx server;
	struct page *payload;
	struct page *pages[BENCH_MAX / PAGE_SIZE];
	struct xdr_buf buf;
	struct xdr_netobj mic;
	u8 head[ROOM];
	u8 tail[ROOM];
	u8 token[ROOM];
};

/*
 * The functions that are exported are looked up by name, so that this module
 * also loads where there is no sunrpc.
 */
static const struct gss_api_ops *kerberos(void)
{
	static struct gss_api_mech ours = { .gm_name = "ksspi-bench" };
	const struct gss_api_ops *ops = NULL;
	struct gss_api_mech *next;
	int (*add)(struct gss_api_mech *mech);
	void (*del)(struct gss_api_mech *mech);

	add = symbol_get(gss_mech_register);
	del = symbol_get(gss_mech_unregister);
	if (add && del && !add(&ours)) {
		next = list_next_entry(&ours, gm_list);
		if (!list_is_singular(&ours.gm_list) && next->gm_name &&
		    !strcmp(next->gm_name, "krb5"))
			ops = next->gm_ops;
		del(&ours);
	}
	if (add)
		symbol_put(gss_mech_register);
	if (del)
		symbol_put(gss_mech_unregister);
	return ops;
}

static int import(const struct gss_api_ops *ops, struct gss_ctx *ctx, u32 flags)
{
	struct import keys = {
		.flags = flags,
		.end_time = ENDS,
		.enctype = ENCTYPE,
		.key = "a key for the benchmark of seals",
	};

	return ops->gss_import_sec_context(&keys, sizeof(keys), ctx, NULL,
					   GFP_KERNEL);
}

void sunrpc_free(struct sunrpc_peer *s)
{
	if (IS_ERR_OR_NULL(s))
		return;
	if (s->client.internal_ctx_id)
		s->ops->gss_delete_sec_context(s->client.internal_ctx_id);
	if (s->server.internal_ctx_id)
		s->ops->gss_delete_sec_context(s->server.internal_ctx_id);
	if (s->payload)
		__free_pages(s->payload, PAYLOAD_ORDER);
	kfree(s);
}

/* NULL where this kernel has none. */
struct sunrpc_peer *sunrpc_new(void)
{
	const struct gss_api_ops *ops = kerberos();
	struct sunrpc_peer *s;
	unsigned int i;
	int err;

	if (!ops)
		return NULL;
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return ERR_PTR(-ENOMEM);
	s->ops = ops;
	s->payload = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP,
				 PAYLOAD_ORDER);
	err = s->payload ? import(ops, &s->client, INITIATOR) : -ENOMEM;
	err = err ?: import(ops, &s->server, 0);
	if (err) {
		sunrpc_free(s);
		return ERR_PTR(err);
	}
	for (i = 0; i < ARRAY_SIZE(s->pages); i++)
		s->pages[i] = s->payload + i;
	return s;
}

static void describe(struct sunrpc_peer *s, size_t len)
{
	s->buf = (struct xdr_buf){
		.head = { { .iov_base = s->head, .iov_len = 0 } },
		.tail = { { .iov_base = s->tail, .iov_len = 0 } },
		.pages = s->pages,
		.page_len = len,
		.buflen = 2 * ROOM + len,
		.len = len,
	};
}

int sunrpc_sign(struct sunrpc_peer *s, size_t len)
{
	describe(s, len);
	s->mic.data = s->token;
	return s->ops->gss_get_mic(&s->client, &s->buf, &s->mic);
}

/* What sunrpc_sign() has made. */
int sunrpc_verify(struct sunrpc_peer *s, size_t len)
{
	describe(s, len);
	return s->ops->gss_verify_mic(&s->server, &s->buf, &s->mic);
}

int sunrpc_seal(struct sunrpc_peer *s, size_t len)
{
	describe(s, len);
	return s->ops->gss_wrap(&s->client, 0, &s->buf, s->pages);
}

/* What sunrpc_seal() has made. */
int sunrpc_unseal(struct sunrpc_peer *s, size_t len)
{
	return s->ops->gss_unwrap(&s->server, 0, s->buf.len, &s->buf);
}

/* A context with all its keys, and its end. */
int sunrpc_keys(struct sunrpc_peer *s)
{
	struct gss_ctx ctx = {};
	int err = import(s->ops, &ctx, INITIATOR);

	if (!err)
		s->ops->gss_delete_sec_context(ctx.internal_ctx_id);
	return err;
}
