// SPDX-License-Identifier: GPL-2.0-only
/* What gss-client does: connect, authenticate, say something, get a receipt. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "gss_peer.h"

/* The message, repeated up to the size wanted. */
static u8 *make_text(const struct peer_config *config, u32 *len)
{
	u32 once = strlen(config->message), i;
	u8 *text;

	*len = config->size ?: once;
	if (*len > FRAME_MAX / 2 || !once)
		return NULL;
	text = kvmalloc(*len, GFP_KERNEL);
	for (i = 0; text && i < *len; i++)
		text[i] = config->message[i % once];
	return text;
}

/* One message, wrapped, and the server's MIC of it. */
static int say(struct peer *peer, const u8 *text, u32 len)
{
	u8 flags = FRAME_DATA | FRAME_WRAPPED | FRAME_SEND_MIC;
	u8 *wrapped;
	u32 size;
	int err;

	if (peer->config->confidential)
		flags |= FRAME_ENCRYPTED;
	err = peer_wrap(peer, text, len, &wrapped, &size);
	if (err)
		return err;
	err = peer_send(peer, flags, wrapped, size);
	kvfree(wrapped);
	if (!err)
		err = peer_receive(peer);
	if (err)
		return err;
	return peer->flags == FRAME_MIC ? peer_check_mic(peer, text, len) :
					  -EBADMSG;
}

static int converse(struct peer *peer)
{
	unsigned int n;
	u32 len;
	u8 *text;
	int err;

	err = peer_connect(peer) ?: peer_initiate(peer);
	if (err)
		return err;
	pr_info("context established, flags %#llx\n", peer->attr);
	text = make_text(peer->config, &len);
	if (!text)
		return -EINVAL;
	for (n = 0; !err && n < peer->config->messages; n++)
		err = say(peer, text, len);
	kvfree(text);
	if (!err)
		err = peer_send(peer, FRAME_NOOP, NULL, 0);
	if (!err)
		pr_info("%u messages of %u bytes, each receipt verified\n", n,
			len);
	return err;
}

/* The last line is for a script: "RESULT", a name, or an error's number. */
int client_run(const struct peer_config *config)
{
	struct sspi_cred_handle cred = {};
	struct peer peer = { .config = config, .cred = &cred };
	int err;

	peer.status = peer_acquire(config, false, &cred);
	err = peer.status == SEC_E_OK ? converse(&peer) : -EPROTO;
	if (err == -EPROTO)
		pr_info("RESULT %s\n", sec_status_name(peer.status));
	else if (err)
		pr_info("RESULT %pe\n", ERR_PTR(err));
	else
		pr_info("RESULT SEC_E_OK\n");
	peer_delete(&peer);
	peer_disconnect(&peer);
	sspi_free_credentials_handle(&cred);
	return 0;
}
