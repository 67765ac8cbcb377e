// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests, where cifs is not loaded: the key type cifs.spnego as it was when
 * processes could ask for keys of it too, and keys that are asked for as cifs does,
 * with any description.
 *
 *	echo DESCRIPTION >/sys/module/spnego_asker/parameters/ask
 *	cat /sys/module/spnego_asker/parameters/answer
 *	echo N >/sys/module/spnego_asker/parameters/measure
 *
 * ask fails with the error that cifs would have; @PID@ in it becomes the writer's
 * number. measure asks N times for what was asked for last, and prints how long
 * that took each time, on average.
 */
#define pr_fmt(fmt) "KSSPI-BENCH " fmt

#include <keys/user-type.h>
#include <linux/cred.h>
#include <linux/key-type.h>
#include <linux/keyctl.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uidgid.h>

#define MAX_DESCRIPTION	2048

/* What cifs reads from the key. */
struct message {
	u32 version;
	u32 flags;
	u32 key_len;
	u32 token_len;
	u8 data[];
};

static const struct cred *asker_cred;
static DEFINE_MUTEX(lock);	/* protects asked, answer and name */
static char asked[MAX_DESCRIPTION];
static char answer[128];
static char name[32] = "upcall";
module_param_string(name, name, sizeof(name), 0600);
MODULE_PARM_DESC(name, "what the measurement is called");

static int instantiate(struct key *key, struct key_preparsed_payload *prep)
{
	struct message *message;

	if (prep->datalen < sizeof(*message))
		return -EINVAL;
	message = kmemdup(prep->data, prep->datalen, GFP_KERNEL);
	if (!message)
		return -ENOMEM;
	/* cifs.upcall writes more than it says */
	if (prep->datalen - sizeof(*message) <
	    (size_t)message->key_len + message->token_len) {
		kfree_sensitive(message);
		return -EINVAL;
	}
	key->payload.data[0] = message;
	return 0;
}

static void destroy(struct key *key)
{
	kfree_sensitive(key->payload.data[0]);
}

static struct key_type spnego_type = {
	.name = "cifs.spnego",
	.instantiate = instantiate,
	.destroy = destroy,
	.describe = user_describe,
};

static int ask(const char *description, bool say)
{
	const struct cred *own = override_creds(asker_cred);
	struct key *key = request_key(&spnego_type, description, "");
	const struct message *message;

	revert_creds(own);
	if (IS_ERR(key))
		return PTR_ERR(key);
	message = key->payload.data[0];
	if (say)
		snprintf(answer, sizeof(answer),
			 "version=%u flags=%u key=%u token=%u starts=%02x",
			 message->version, message->flags, message->key_len,
			 message->token_len,
			 message->token_len ? message->data[message->key_len] : 0);
	key_invalidate(key);
	key_put(key);
	return 0;
}

static void describe(const char *text)
{
	const char *mark = strstr(text, "@PID@");

	if (mark)
		snprintf(asked, sizeof(asked), "%.*s%x%s", (int)(mark - text),
			 text, current->pid, mark + strlen("@PID@"));
	else
		strscpy(asked, text, sizeof(asked));
	strim(asked);
}

static int ask_set(const char *text, const struct kernel_param *param)
{
	int err;

	mutex_lock(&lock);
	describe(text);
	answer[0] = '\0';
	err = ask(asked, true);
	mutex_unlock(&lock);
	return err;
}

static int answer_get(char *out, const struct kernel_param *param)
{
	int len;

	mutex_lock(&lock);
	len = sysfs_emit(out, "%s\n", answer);
	mutex_unlock(&lock);
	return len;
}

static int measure_set(const char *text, const struct kernel_param *param)
{
	unsigned int times, i;
	char *again;
	ktime_t start;
	int err = kstrtouint(text, 0, &times);

	if (err || !times)
		return -EINVAL;
	mutex_lock(&lock);
	/* the task is another one by now */
	again = strstr(asked, ";pid=0x");
	if (again)
		snprintf(again, asked + sizeof(asked) - again, ";pid=0x%x",
			 current->pid);
	err = ask(asked, false);
	start = ktime_get();
	for (i = 0; i < times && !err; i++)
		err = ask(asked, false);
	if (!err)
		pr_info("%s %lld\n", name,
			div_u64(ktime_to_ns(ktime_sub(ktime_get(), start)), times));
	mutex_unlock(&lock);
	return err;
}

static const struct kernel_param_ops ask_ops = { .set = ask_set };
static const struct kernel_param_ops answer_ops = { .get = answer_get };
static const struct kernel_param_ops measure_ops = { .set = measure_set };
module_param_cb(ask, &ask_ops, NULL, 0200);
module_param_cb(answer, &answer_ops, NULL, 0400);
module_param_cb(measure, &measure_ops, NULL, 0200);

/* As cifs has it: root's, with a keyring for the keys that are asked for. */
static int make_cred(void)
{
	struct cred *cred = prepare_kernel_cred(&init_task);
	struct key *ring;

	if (!cred)
		return -ENOMEM;
	ring = keyring_alloc(".cifs_spnego", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID,
			     cred, (KEY_POS_ALL & ~KEY_POS_SETATTR) |
			     KEY_USR_VIEW | KEY_USR_READ,
			     KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	if (IS_ERR(ring)) {
		put_cred(cred);
		return PTR_ERR(ring);
	}
	cred->thread_keyring = ring;
	cred->jit_keyring = KEY_REQKEY_DEFL_THREAD_KEYRING;
	asker_cred = cred;
	return 0;
}

static int __init asker_init(void)
{
	int err = make_cred();

	if (err)
		return err;
	err = register_key_type(&spnego_type);
	if (err)
		put_cred(asker_cred);
	return err;
}

static void __exit asker_exit(void)
{
	key_revoke(asker_cred->thread_keyring);
	unregister_key_type(&spnego_type);
	put_cred(asker_cred);
}

module_init(asker_init);
module_exit(asker_exit);
MODULE_DESCRIPTION("Asks for keys of type cifs.spnego, for tests");
MODULE_LICENSE("GPL");
