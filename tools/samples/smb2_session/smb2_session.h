/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file-system client in miniature: what its files share.
 *
 *   main.c		parameters, load and unload
 *   session.c		the log-on, through the asynchronous calls of ksspi
 *   file.c		share, file, log-off: signed
 *   smb2.c		requests and responses, NEGOTIATE and SESSION_SETUP
 *   sign.c		keys and signatures of SMB 3.1.1
 *   transport.c	frames on a TCP connection
 */
#ifndef SMB2_SESSION_H
#define SMB2_SESSION_H

#include "compat.h"
#include "wire.h"

struct crypto_shash;
struct socket;

#define SMB2_BUFFER		(16 * 1024)	/* largest message either way */
#define SMB2_FRAME_HEAD		4
#define SMB2_PREAUTH_LEN	64
#define SMB2_KEY_LEN		16

/**
 * struct smb2_config - where to go, as whom, and what to read there
 * @server: IPv4 address, dotted
 * @port: TCP port
 * @share: name of the share
 * @file: name of a file in it
 * @user: name of the user
 * @domain: domain or realm of the user
 * @package: package of ksspi
 * @packages: what Negotiate may use; "" for what it can
 * @target: name of the service; "" for cifs/SERVER
 * @password: the password; wiped when the credential has it
 * @password_size: bytes of the buffer at @password
 */
struct smb2_config {
	const char *server;
	u16 port;
	const char *share;
	const char *file;
	const char *user;
	const char *domain;
	const char *package;
	const char *packages;
	const char *target;
	char *password;
	size_t password_size;
};

/**
 * struct smb2_conn - one connection, one session, one request at a time
 * @sock: the TCP connection
 * @tx: frame being built: SMB2_FRAME_HEAD bytes, then the message
 * @rx: the last response
 * @rx_len: bytes of it
 * @message_id: of the next request
 * @session_id: as the server gave it
 * @tree_id: as the server gave it
 * @status: NT status of the last response
 * @signing: requests are signed, responses have to be
 * @preauth: hash over the messages that led to the session
 * @sha512: for @preauth
 * @hmac: for the derivation of the key
 * @cmac: for the signatures; holds the signing key
 */
struct smb2_conn {
	struct socket *sock;
	u8 *tx;
	u8 *rx;
	u32 rx_len;
	u64 message_id;
	u64 session_id;
	u32 tree_id;
	u32 status;
	bool signing;
	u8 preauth[SMB2_PREAUTH_LEN];
	struct crypto_shash *sha512;
	struct crypto_shash *hmac;
	struct crypto_shash *cmac;
};

/* session.c */
int smb2_session_run(const struct smb2_config *config);

/* file.c */
int smb2_read_file(struct smb2_conn *conn, const struct smb2_config *config);
int smb2_logoff(struct smb2_conn *conn);

/* smb2.c: 0, a negative errno, or -EREMOTEIO with the reason in conn->status */
void *smb2_request(struct smb2_conn *conn, u16 command, size_t size);
int smb2_exchange(struct smb2_conn *conn, size_t size);
int smb2_check_status(const struct smb2_conn *conn);
const void *smb2_body(const struct smb2_conn *conn, size_t size, u16 id);
const u8 *smb2_bytes(const struct smb2_conn *conn, u32 offset, u32 len);
int smb2_negotiate(struct smb2_conn *conn);
int smb2_session_setup(struct smb2_conn *conn, const void *token, u32 len);
int smb2_session_token(const struct smb2_conn *conn, const u8 **token,
		       u32 *len);
int smb2_session_established(const struct smb2_conn *conn);

/* sign.c */
int smb2_crypto_init(struct smb2_conn *conn);
void smb2_crypto_exit(struct smb2_conn *conn);
int smb2_preauth_update(struct smb2_conn *conn, const void *msg, size_t len);
int smb2_derive_signing_key(struct smb2_conn *conn, const u8 *key, size_t len);
int smb2_sign(struct smb2_conn *conn, void *msg, size_t len);
int smb2_verify(struct smb2_conn *conn);

/* transport.c */
int smb2_connect(struct smb2_conn *conn, const char *server, u16 port);
void smb2_disconnect(struct smb2_conn *conn);
int smb2_send(struct smb2_conn *conn, size_t len);
int smb2_receive(struct smb2_conn *conn);

#endif /* SMB2_SESSION_H */
