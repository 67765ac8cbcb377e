// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts on their way from one consumer to another.
 *
 * Export takes a context out of the handle table and gives a random token for
 * it, import takes it back once, under a new handle and for a new owner. Keys
 * never leave the service. Two holders of one key stream would break it, so
 * there is no export that keeps the old context.
 */
#include <linux/hashtable.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/internal.h"

#define TRANSFER_TOKEN_LEN	32

struct transfer {
	struct hlist_node node;
	struct sspi_context *ctx;	/* has the table's reference */
	u8 token[TRANSFER_TOKEN_LEN];
};

static DEFINE_SPINLOCK(transfer_lock);	/* protects transfers */
static DEFINE_HASHTABLE(transfers, 8);
static siphash_key_t transfer_key __read_mostly;

void sspi_transfer_init(void)
{
	get_random_bytes(&transfer_key, sizeof(transfer_key));
}

static u32 transfer_hash(const u8 token[TRANSFER_TOKEN_LEN])
{
	return (u32)siphash(token, TRANSFER_TOKEN_LEN, &transfer_key);
}

static struct transfer *transfer_make(struct sspi_context *ctx)
{
	struct transfer *transfer =
		sspi_fault() ? NULL : kzalloc(sizeof(*transfer), GFP_NOIO);

	if (!transfer)
		return NULL;
	transfer->ctx = ctx;
	get_random_bytes(transfer->token, sizeof(transfer->token));
	return transfer;
}

/* Takes the transfer with this token, which is good for this package. */
static struct transfer *transfer_take(const u8 *token, const char *package)
{
	struct transfer *transfer;

	spin_lock(&transfer_lock);
	hash_for_each_possible(transfers, transfer, node, transfer_hash(token)) {
		if (crypto_memneq(transfer->token, token, TRANSFER_TOKEN_LEN) ||
		    strcasecmp(transfer->ctx->package->info.name, package))
			continue;
		hash_del(&transfer->node);
		spin_unlock(&transfer_lock);
		return transfer;
	}
	spin_unlock(&transfer_lock);
	return NULL;
}

/* The room for the token: the caller's or new. */
static sec_status_t packed_prepare(const struct sec_buffer *packed, void **room)
{
	if (packed->sg || packed->dst)
		return sspi_invalid("packed");
	*room = packed->data;
	if (packed->data)
		return packed->len < TRANSFER_TOKEN_LEN ?
			SEC_E_BUFFER_TOO_SMALL : SEC_E_OK;
	*room = sspi_alloc(TRANSFER_TOKEN_LEN);
	return *room ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static sec_status_t export_context(struct sspi_context *ctx,
				   struct sec_buffer *packed)
{
	struct transfer *transfer;
	sec_status_t status;
	void *room;

	status = sspi_context_established(ctx);
	if (status != SEC_E_OK)
		return status;
	status = packed_prepare(packed, &room);
	if (status != SEC_E_OK)
		return status;
	status = SEC_E_INSUFFICIENT_MEMORY;
	transfer = transfer_make(ctx);
	if (!transfer)
		goto free_room;
	status = SEC_E_INVALID_HANDLE;
	if (!sspi_object_unlink(&ctx->obj))
		goto free_transfer;

	memcpy(room, transfer->token, TRANSFER_TOKEN_LEN);
	packed->data = room;
	packed->len = TRANSFER_TOKEN_LEN;
	packed->type = SECBUFFER_TOKEN;
	spin_lock(&transfer_lock);
	hash_add(transfers, &transfer->node, transfer_hash(transfer->token));
	spin_unlock(&transfer_lock);
	return SEC_E_OK;

free_transfer:
	kfree_sensitive(transfer);
free_room:
	if (!packed->data)
		sspi_free(room);
	return status;
}

/**
 * __sspi_export_security_context() - hand a context over
 * @owner: the consumer
 * @ctx: an established context; its handle is dead afterwards
 * @flags: SECPKG_CONTEXT_EXPORT_DELETE_OLD, and nothing else: two users of one
 *	key stream would break it
 * @packed: receives a token of 32 bytes: into @packed->data if that has room,
 *	else into new memory, to be freed with sspi_free_context_buffer()
 *
 * The token is good for one import on this machine, by any module: it is a
 * secret. Until then the context counts as the exporter's and goes with it.
 *
 * Context: process context, may sleep for memory.
 * Return: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER;
 * SEC_E_UNSUPPORTED_FUNCTION for other flags; SEC_E_BUFFER_TOO_SMALL;
 * SEC_E_OUT_OF_SEQUENCE before the context is established; SEC_E_NO_CONTEXT for
 * a dead one; SEC_E_INSUFFICIENT_MEMORY. All but SEC_E_OK leave it as it was.
 */
sec_status_t __sspi_export_security_context(struct module *owner,
					    const struct sspi_ctxt_handle *ctx,
					    u32 flags,
					    struct sec_buffer *packed)
{
	struct sspi_context *context;
	sec_status_t status;

	if (!ctx || !packed)
		return sspi_invalid("ctx or packed");
	if (flags != SECPKG_CONTEXT_EXPORT_DELETE_OLD)
		return SEC_E_UNSUPPORTED_FUNCTION;
	context = sspi_context_get(ctx, owner);
	if (!context)
		return SEC_E_INVALID_HANDLE;
	status = export_context(context, packed);
	sspi_context_put(context);
	return status;
}
EXPORT_SYMBOL_GPL(__sspi_export_security_context);

/* Puts a transfer back that could not be finished. */
static void transfer_return(struct transfer *transfer)
{
	spin_lock(&transfer_lock);
	hash_add(transfers, &transfer->node, transfer_hash(transfer->token));
	spin_unlock(&transfer_lock);
}

/* A new handle, and a new owner to charge. */
static sec_status_t context_adopt(struct sspi_context *ctx,
				  struct sspi_owner *owner)
{
	struct sspi_owner *old = ctx->obj.owner;
	sec_status_t status;

	if (!sspi_owner_charge(owner, SSPI_CHARGE_CONTEXT))
		return SEC_E_INSUFFICIENT_MEMORY;
	WRITE_ONCE(ctx->obj.owner, sspi_owner_hold(owner));
	clear_bit(0, &ctx->obj.gone);
	status = sspi_object_insert(&ctx->obj);
	if (status != SEC_E_OK) {
		set_bit(0, &ctx->obj.gone);
		WRITE_ONCE(ctx->obj.owner, old);
		old = owner;
	}
	sspi_owner_uncharge(old, SSPI_CHARGE_CONTEXT);
	sspi_owner_put(old);
	return status;
}

static sec_status_t import_context(struct sspi_owner *owner,
				   const char *package,
				   const struct sec_buffer *packed,
				   struct sspi_ctxt_handle *ctx)
{
	struct sspi_handle handle;
	struct transfer *transfer;
	sec_status_t status;

	transfer = transfer_take(packed->data, package);
	if (!transfer)
		return SEC_E_INVALID_TOKEN;
	status = context_adopt(transfer->ctx, owner);
	if (status != SEC_E_OK) {
		transfer_return(transfer);
		return status;
	}
	handle = sspi_object_handle(&transfer->ctx->obj);
	ctx->lower = handle.lower;
	ctx->upper = handle.upper;
	kfree_sensitive(transfer);
	return SEC_E_OK;
}

/**
 * __sspi_import_security_context() - take over a context
 * @owner: the consumer
 * @package: name of the package that the context must be of
 * @packed: the token of the export
 * @ctx: receives the handle
 *
 * Context: process context, may sleep for memory.
 * Return: SEC_E_OK; SEC_E_INVALID_TOKEN for a token that is not one, is of
 * another package or was used before; SEC_E_INVALID_PARAMETER;
 * SEC_E_SHUTDOWN_IN_PROGRESS for a module that is going;
 * SEC_E_INSUFFICIENT_MEMORY. After the last two the token is still good.
 */
sec_status_t __sspi_import_security_context(struct module *owner,
					    const char *package,
					    const struct sec_buffer *packed,
					    struct sspi_ctxt_handle *ctx)
{
	struct sspi_owner *importer;
	sec_status_t status;

	if (!package || !packed || !ctx || !packed->data)
		return sspi_invalid("package, packed or ctx");
	if (packed->len != TRANSFER_TOKEN_LEN)
		return SEC_E_INVALID_TOKEN;
	importer = sspi_owner_get(owner);
	if (!importer)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = SEC_E_SHUTDOWN_IN_PROGRESS;
	if (!sspi_owner_going(importer))
		status = import_context(importer, package, packed, ctx);
	sspi_owner_put(importer);
	return status;
}
EXPORT_SYMBOL_GPL(__sspi_import_security_context);

static struct transfer *transfer_of(const struct sspi_owner *owner)
{
	struct transfer *transfer;
	int bucket;

	spin_lock(&transfer_lock);
	hash_for_each(transfers, bucket, transfer, node) {
		if (transfer->ctx->obj.owner == owner) {
			hash_del(&transfer->node);
			spin_unlock(&transfer_lock);
			return transfer;
		}
	}
	spin_unlock(&transfer_lock);
	return NULL;
}

/* Drops what an unloaded module has exported and nobody has imported. */
unsigned int sspi_transfer_purge(const struct sspi_owner *owner)
{
	struct transfer *transfer;
	unsigned int count = 0;

	while ((transfer = transfer_of(owner))) {
		sspi_context_put(transfer->ctx);
		kfree_sensitive(transfer);
		count++;
	}
	return count;
}
