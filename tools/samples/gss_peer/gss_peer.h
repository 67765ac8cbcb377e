/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client and a server, in the kernel, of the protocol that the sample programs
 * of MIT Kerberos speak (gss-client, gss-server): what their files share.
 *
 *   main.c	parameters, load and unload
 *   client.c	a connection, a context, messages, their receipts
 *   server.c	listens; a thread for each connection
 *   context.c	credential and context, through the calls of ksspi
 *   message.c	wrapped messages and their MICs
 *   frame.c	frames on a TCP connection
 *
 * A frame is a byte of flags, a length of 32 bits, big endian, and data.
 */
#ifndef GSS_PEER_H
#define GSS_PEER_H

#include <linux/sspi.h>
#include <linux/types.h>

#include "compat.h"

struct socket;

/* What a frame is, and what is to be done with it. */
#define FRAME_NOOP		0x01
#define FRAME_CONTEXT		0x02	/* a token of the negotiation */
#define FRAME_DATA		0x04	/* a message */
#define FRAME_MIC		0x08	/* its receipt */
#define FRAME_CONTEXT_NEXT	0x10	/* a negotiation is to come */
#define FRAME_WRAPPED		0x20
#define FRAME_ENCRYPTED		0x40
#define FRAME_SEND_MIC		0x80	/* a receipt is wanted */

#define FRAME_HEAD		5
#define FRAME_MAX		(256 * 1024)

/**
 * struct peer_config - what to do, as the module's parameters say
 * @address: IPv4 address of the server to go to; "" to be a server
 * @port: TCP port of either
 * @package: package of ksspi
 * @target: of a client: name of the service
 * @user: who comes, or who may come
 * @domain: domain or realm of @user
 * @password: password of @user; "" for none
 * @keytab_key: description of the key that has a server's keytab
 * @message: what a client says
 * @size: bytes of the message, which is repeated until it is that long; 0 for
 *	as it is
 * @messages: how often it says so
 * @delegate: ask for a delegated credential
 * @dce: three legs, as DCE has them
 * @confidential: messages are sealed, not only signed
 * @mic_optional: of a server: take NTLM clients that send no integrity code
 */
struct peer_config {
	char *address;
	u16 port;
	char *package;
	char *target;
	char *user;
	char *domain;
	char *password;
	char *keytab_key;
	char *message;
	unsigned int size;
	unsigned int messages;
	bool delegate;
	bool dce;
	bool confidential;
	bool mic_optional;
};

/**
 * struct peer - one connection with its context
 * @config: what to do
 * @sock: the connection
 * @cred: the credential; a server's is shared and not the connection's
 * @ctx: the context
 * @established: both sides are sure
 * @attr: flags of the context
 * @sizes: what messages need
 * @status: why it failed, as far as ksspi is concerned
 * @flags: of the frame last received
 * @data: its data, or NULL
 * @len: bytes of it
 */
struct peer {
	const struct peer_config *config;
	struct socket *sock;
	const struct sspi_cred_handle *cred;
	struct sspi_ctxt_handle ctx;
	bool established;
	u64 attr;
	struct sec_pkg_context_sizes sizes;
	sec_status_t status;
	u8 flags;
	u8 *data;
	u32 len;
};

/* frame.c: each waits at most ten seconds for the network */
int peer_connect(struct peer *peer);
void peer_disconnect(struct peer *peer);
int peer_send(struct peer *peer, u8 flags, const void *data, u32 len);
int peer_receive(struct peer *peer);

/* context.c: 0, a negative errno, or -EPROTO with peer->status */
sec_status_t peer_acquire(const struct peer_config *config, bool server,
			  struct sspi_cred_handle *cred);
int peer_initiate(struct peer *peer);
int peer_accept(struct peer *peer);
void peer_delete(struct peer *peer);
int peer_failed(struct peer *peer, sec_status_t status);

/* message.c: what is returned in @out is freed with kvfree() */
int peer_wrap(struct peer *peer, const void *text, u32 len, u8 **out,
	      u32 *out_len);
int peer_unwrap(struct peer *peer, u8 **text, u32 *len);
int peer_mic(struct peer *peer, const u8 *text, u32 len, u8 **out,
	     u32 *out_len);
int peer_check_mic(struct peer *peer, const u8 *text, u32 len);

/* client.c, server.c */
int client_run(const struct peer_config *config);
int server_start(const struct peer_config *config);
void server_stop(void);

#endif /* GSS_PEER_H */
