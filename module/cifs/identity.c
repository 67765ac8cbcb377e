// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who the token is for. cifs says it by number, the user whose session it is
 * (creduid), and which task has asked, which waits until it has the answer.
 *
 * If that task is this user in every respect, the identity is the task's: its
 * keyrings, its namespaces. If it is not (root who mounts for a user, a program
 * that has changed to another user for a while, whoever was the first to find that
 * the session has to be made again) its keyrings are somebody else's, and the
 * identity is the bare user: the keyrings that the kernel keeps for that number,
 * no capabilities, no groups. So the session of a task is never used for another
 * user than the one it runs as.
 *
 * Nor are its realms: which KDC sees the tickets of a user is up to the user's own
 * network namespace, or to that of an administrator of the machine who mounts for
 * him, or else to the machine's.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "cifs/cifs.h"

static struct task_struct *task_of(u32 pid)
{
	struct task_struct *task = NULL;
	struct pid *p;

	rcu_read_lock();
	p = find_pid_ns(pid, &init_pid_ns);
	if (p)
		task = get_pid_task(p, PIDTYPE_PID);
	rcu_read_unlock();
	return task;
}

/* NULL for a task that is on its way out. */
static struct net *net_of(struct task_struct *task)
{
	struct net *net = NULL;

	task_lock(task);
	if (task->nsproxy)
		net = get_net(task->nsproxy->net_ns);
	task_unlock(task);
	return net;
}

static bool is_wholly(const struct cred *cred, kuid_t uid)
{
	return uid_eq(cred->uid, uid) && uid_eq(cred->euid, uid) &&
	       uid_eq(cred->suid, uid) && uid_eq(cred->fsuid, uid);
}

static bool is_administrator(const struct cred *cred)
{
	return cred->user_ns == &init_user_ns &&
	       cap_raised(cred->cap_effective, CAP_SYS_ADMIN);
}

/* A user without anything but the number. */
static const struct cred *bare_user(kuid_t uid)
{
	struct cred *cred = prepare_kernel_cred(&init_task);
	kgid_t nobody = make_kgid(&init_user_ns, 65534);

	if (!cred)
		return NULL;
	cred->uid = uid;
	cred->euid = uid;
	cred->suid = uid;
	cred->fsuid = uid;
	cred->gid = nobody;
	cred->egid = nobody;
	cred->sgid = nobody;
	cred->fsgid = nobody;
	cap_clear(cred->cap_inheritable);
	cap_clear(cred->cap_permitted);
	cap_clear(cred->cap_effective);
	cap_clear(cred->cap_ambient);
	return cred;
}

static int identity_of(struct task_struct *task, kuid_t uid,
		       struct spnego_identity *identity)
{
	const struct cred *cred = get_task_cred(task);
	bool own = is_wholly(cred, uid);

	identity->net = own || is_administrator(cred) ? net_of(task) :
							get_net(&init_net);
	if (own) {
		identity->cred = cred;
	} else {
		identity->cred = bare_user(uid);
		put_cred(cred);
	}
	return identity->net ? 0 : -ESRCH;
}

/* -ESRCH: nobody waits for the answer any more. */
int spnego_identity_get(const struct spnego_request *request,
			struct spnego_identity *identity)
{
	kuid_t uid = make_kuid(&init_user_ns, request->creduid);
	struct task_struct *task;
	int err = 0;

	if (!uid_valid(uid))
		return -EINVAL;
	task = task_of(request->pid);
	if (!task)
		return -ESRCH;
	if (request->of_mount) {
		identity->cred = bare_user(uid);
		identity->net = get_net(&init_net);
	} else {
		err = identity_of(task, uid, identity);
	}
	put_task_struct(task);
	if (!err && !identity->cred)
		err = -ENOMEM;
	if (err)
		spnego_identity_put(identity);
	return err;
}

void spnego_identity_put(struct spnego_identity *identity)
{
	if (identity->cred)
		put_cred(identity->cred);
	if (identity->net)
		put_net(identity->net);
}
