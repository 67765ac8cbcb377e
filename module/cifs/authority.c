// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the caller may complete a key, and which.
 *
 * The kernel makes an authorisation key for each request and puts it into the
 * session of the one process that it starts for it; who has not got it cannot
 * assume its authority (keyctl_assume_authority(3)), and none is left when the
 * key is complete. With it the kernel keeps who has asked: the credentials at the
 * time. Those of cifs are its own, with a thread keyring that no process can
 * have, as names with a dot in front are the kernel's. So a key that a process
 * has asked for with request_key(2), whatever its description says, is told from
 * one of cifs by what nobody but cifs can bring, also where the kernel lets
 * processes ask for this type of key.
 */
#include <keys/request_key_auth-type.h>
#include <linux/key-type.h>
#include <linux/errno.h>
#include <linux/pid.h>
#include <linux/string.h>

#include "cifs/cifs.h"

static bool of_cifs(const struct cred *cred)
{
	const struct key *ring = cred->thread_keyring;

	return ring && ring->type == &key_type_keyring &&
	       !strcmp(ring->description, ".cifs_spnego") &&
	       uid_eq(ring->uid, GLOBAL_ROOT_UID);
}

/* Under the semaphore of the authorisation key. */
static int check(const struct key *authkey, struct spnego_authority *authority)
{
	const struct request_key_auth *rka = authkey->payload.data[0];
	struct key *target;

	if (!rka || test_bit(KEY_FLAG_REVOKED, &authkey->flags) ||
	    test_bit(KEY_FLAG_INVALIDATED, &authkey->flags))
		return -EKEYREVOKED;
	target = rka->target_key;
	if (strcmp(target->type->name, "cifs.spnego"))
		return -EOPNOTSUPP;
	if (!rka->cred || !of_cifs(rka->cred))
		return -EACCES;
	if (strcmp(rka->op, "create") ||
	    key_read_state(target) != KEY_IS_UNINSTANTIATED)
		return -EBUSY;
	authority->target = key_get(target);
	authority->pid = sspi_pid_nr(rka->pid);
	return 0;
}

/*
 * -EPERM: none assumed; -EKEYREVOKED: it is over; -EOPNOTSUPP: over a key of
 * another type; -EACCES: cifs has not asked; -EBUSY: the key is complete.
 */
int spnego_authority_get(struct spnego_authority *authority)
{
	struct key *authkey = current_cred()->request_key_auth;
	int err;

	if (!authkey)
		return -EPERM;
	down_read(&authkey->sem);
	err = check(authkey, authority);
	up_read(&authkey->sem);
	if (!err)
		authority->authkey = key_get(authkey);
	return err;
}

void spnego_authority_put(struct spnego_authority *authority)
{
	key_put(authority->target);
	key_put(authority->authkey);
}
