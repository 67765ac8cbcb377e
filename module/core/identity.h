/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose a credential is, and running as that. */
#ifndef _SSPI_CORE_IDENTITY_H
#define _SSPI_CORE_IDENTITY_H

#include <linux/refcount.h>

struct cred;
struct mem_cgroup;
struct sspi_netns;

/**
 * struct sspi_identity - whose a credential is, from its acquire on
 * @refs: one of each acquire call and credential
 * @cred: credentials, and with them keyrings, of who submitted the acquire
 * @ns: network namespace of the same, or the one named by
 *	sspi_set_async_net(); NULL: it had none. Does not keep it alive
 * @memcg: memory cgroup of the same: it pays for what steps allocate
 *
 * Whoever submits a leg, and whatever runs it, the leg is its credential's: its
 * questions go to the servers of @ns, keys are looked for as @cred.
 */
struct sspi_identity {
	refcount_t refs;
	const struct cred *cred;
	struct sspi_netns *ns;
	struct mem_cgroup *memcg;
};

/**
 * struct sspi_scope - what a step has replaced while it runs
 * @cred: credentials before
 * @memcg: who paid before
 */
struct sspi_scope {
	const struct cred *cred;
	struct mem_cgroup *memcg;
};

struct sspi_identity *sspi_identity_capture(struct sspi_netns *ns);
struct sspi_identity *sspi_identity_hold(struct sspi_identity *who);
void sspi_identity_put(struct sspi_identity *who);
void sspi_identity_enter(const struct sspi_identity *who,
			 struct sspi_scope *scope);
void sspi_identity_leave(const struct sspi_scope *scope);

#endif /* _SSPI_CORE_IDENTITY_H */
