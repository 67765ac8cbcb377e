// SPDX-License-Identifier: GPL-2.0-only
/* The numbers of messages: what is sent next, and what may come (RFC 4121 4.2). */
#include <linux/string.h>

#include "pkg/krb5/krb5.h"

u64 krb5_seq_take(struct krb5_ctx *ctx, const struct sspi_message *msg)
{
	u64 seq;

	if (ctx->datagram)
		return msg->seq;
	mutex_lock(&ctx->order);
	seq = ctx->seq[KRB5_SEND]++;
	mutex_unlock(&ctx->order);
	return seq;
}

/* The message was not made. If others were meanwhile the number is lost. */
void krb5_seq_give_back(struct krb5_ctx *ctx, u64 seq)
{
	if (ctx->datagram)
		return;
	mutex_lock(&ctx->order);
	if (ctx->seq[KRB5_SEND] == seq + 1)
		ctx->seq[KRB5_SEND] = seq;
	mutex_unlock(&ctx->order);
}

/* Bit n of the window stands for the number n + 1 before the next one. */
static void shift(u64 window[KRB5_WINDOW_WORDS], u64 by)
{
	if (by >= KRB5_WINDOW) {
		window[0] = 0;
		window[1] = 0;
	} else if (by >= 64) {
		window[1] = by == 64 ? window[0] : window[0] << (by - 64);
		window[0] = 0;
	} else if (by) {
		window[1] = window[1] << by | window[0] >> (64 - by);
		window[0] <<= by;
	}
}

/* The numbers before the first one never come: establish sets all their bits. */
static bool late(struct krb5_ctx *ctx, u64 behind)
{
	u64 bit = behind - 1, *word, mask;

	if (bit >= KRB5_WINDOW)
		return false;
	word = &ctx->window[bit / 64];
	mask = 1ULL << (bit % 64);
	if (*word & mask)
		return false;
	*word |= mask;
	return true;
}

static bool take(struct krb5_ctx *ctx, u64 seq)
{
	u64 ahead = seq - ctx->seq[KRB5_RECV];
	bool strict = ctx->gss_flags & KRB5_GSS_C_SEQUENCE;

	if (!(ctx->gss_flags & (KRB5_GSS_C_SEQUENCE | KRB5_GSS_C_REPLAY)))
		return true;
	if (strict && ahead)
		return false;
	/* Numbers go round: half of them are ahead. */
	if (ahead >> 63)
		return late(ctx, -ahead);
	shift(ctx->window, ahead);
	shift(ctx->window, 1);
	ctx->window[0] |= 1;
	ctx->seq[KRB5_RECV] = seq + 1;
	return true;
}

/* The commit of a message that verified: whether its turn has come. */
sec_status_t krb5_seq_check(struct krb5_ctx *ctx, u64 seq, u32 callers)
{
	bool ok;

	if (ctx->datagram)
		return seq == callers ? SEC_E_OK : SEC_E_OUT_OF_SEQUENCE;
	mutex_lock(&ctx->order);
	ok = take(ctx, seq);
	mutex_unlock(&ctx->order);
	return ok ? SEC_E_OK : SEC_E_OUT_OF_SEQUENCE;
}
