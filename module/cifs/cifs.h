/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this module share. */
#ifndef SSPI_CIFS_INTERNAL_H
#define SSPI_CIFS_INTERNAL_H

#include <linux/cred.h>
#include <linux/key.h>
#include <linux/sspi.h>

struct net;
struct task_struct;

/* describe.c */

#define SPNEGO_MAX_HOST	255
#define SPNEGO_MAX_USER	255

/**
 * struct spnego_request - what cifs asks for, as the description says it
 * @host: name of the server
 * @creduid: whose tickets, as the initial user namespace numbers users
 * @pid: the task that asks, as the initial pid namespace numbers tasks
 * @user: the name that the mount was given, or mount.cifs has put there; "" for
 *	none
 * @of_mount: the tickets are those of the machine's own namespaces, whatever
 *	the task is in
 */
struct spnego_request {
	char host[SPNEGO_MAX_HOST + 1];
	u32 creduid;
	u32 pid;
	char user[SPNEGO_MAX_USER + 1];
	bool of_mount;
};

int spnego_describe(const char *text, struct spnego_request *request);

/* authority.c */

/**
 * struct spnego_authority - the right to complete one key
 * @authkey: the authorisation that the caller has assumed
 * @target: the key
 * @pid: the task that asks, as the kernel has noted it
 */
struct spnego_authority {
	struct key *authkey;
	struct key *target;
	pid_t pid;
};

int spnego_authority_get(struct spnego_authority *authority);
void spnego_authority_put(struct spnego_authority *authority);

/* identity.c */

/**
 * struct spnego_identity - for whom the token is
 * @cred: the credentials to act with
 * @net: the network namespace to act in
 */
struct spnego_identity {
	const struct cred *cred;
	struct net *net;
};

int spnego_identity_get(const struct spnego_request *request,
			struct spnego_identity *identity);
void spnego_identity_put(struct spnego_identity *identity);

/* token.c */

/**
 * struct spnego_answer - what cifs is given: a struct cifs_spnego_msg
 * @data: it
 * @len: bytes
 */
struct spnego_answer {
	void *data;
	size_t len;
};

sec_status_t spnego_token(const struct spnego_request *request,
			  const struct spnego_identity *identity,
			  struct spnego_answer *answer);
void spnego_answer_free(struct spnego_answer *answer);

#endif /* SSPI_CIFS_INTERNAL_H */
