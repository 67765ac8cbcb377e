// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/ksspi_test: a write is one request of tlv.h, the read after it the whole
 * answer. Each open has its own handles, freed at its release. The clock, the
 * randomness and the preset challenge are the core's only ones: one open at a
 * time.
 */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "testdev/exec.h"
#include "testdev/testdev.h"

/**
 * struct testdev_file - one open of the device
 * @lock: one request at a time
 * @session: handles and environment
 * @answer: of the last request, not yet read; or NULL
 * @answer_room: bytes at @answer
 * @answer_len: bytes of them used
 */
struct testdev_file {
	struct mutex lock; /* one request at a time */
	struct testdev_session session;
	u8 *answer;
	size_t answer_room;
	size_t answer_len;
};

static atomic_t testdev_busy = ATOMIC_INIT(0);

static int testdev_open(struct inode *inode, struct file *file)
{
	struct testdev_file *f;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (atomic_cmpxchg(&testdev_busy, 0, 1))
		return -EBUSY;
	f = kvzalloc(sizeof(*f), GFP_KERNEL);
	if (!f) {
		atomic_set(&testdev_busy, 0);
		return -ENOMEM;
	}
	mutex_init(&f->lock);
	testdev_session_init(&f->session);
	file->private_data = f;
	return nonseekable_open(inode, file);
}

static void testdev_drop_answer(struct testdev_file *f)
{
	testdev_free(f->answer, f->answer_room);
	f->answer = NULL;
	f->answer_len = 0;
}

static int testdev_release(struct inode *inode, struct file *file)
{
	struct testdev_file *f = file->private_data;

	testdev_session_free(&f->session);
	testdev_drop_answer(f);
	mutex_destroy(&f->lock);
	kvfree_sensitive(f, sizeof(*f));
	atomic_set(&testdev_busy, 0);
	return 0;
}

static int testdev_run(struct testdev_file *f, struct sspi_span request)
{
	testdev_drop_answer(f);
	f->answer_room = testdev_answer_room(request.len);
	f->answer = testdev_alloc(f->answer_room);
	if (!f->answer)
		return -ENOMEM;
	f->answer_len = testdev_execute(&f->session, request, f->answer,
					f->answer_room);
	return f->answer_len ? 0 : -ENOMEM;
}

static ssize_t testdev_write(struct file *file, const char __user *buf,
			     size_t len, loff_t *pos)
{
	struct testdev_file *f = file->private_data;
	struct sspi_span request;
	u8 *copy;
	int err;

	if (len == 0 || len > DRIVE_MAX_REQUEST)
		return -EINVAL;
	copy = testdev_alloc(len);
	if (!copy)
		return -ENOMEM;
	err = copy_from_user(copy, buf, len) ? -EFAULT : 0;
	if (!err)
		err = mutex_lock_interruptible(&f->lock);
	if (!err) {
		request.data = copy;
		request.len = len;
		err = testdev_run(f, request);
		mutex_unlock(&f->lock);
	}
	testdev_free(copy, len);
	return err ? err : len;
}

static ssize_t testdev_read(struct file *file, char __user *buf, size_t len,
			    loff_t *pos)
{
	struct testdev_file *f = file->private_data;
	ssize_t ret;

	if (mutex_lock_interruptible(&f->lock))
		return -ERESTARTSYS;
	ret = f->answer_len;
	if (len < f->answer_len)
		ret = -EMSGSIZE;
	else if (f->answer_len && copy_to_user(buf, f->answer, f->answer_len))
		ret = -EFAULT;
	if (ret >= 0)
		testdev_drop_answer(f);
	mutex_unlock(&f->lock);
	return ret;
}

static const struct file_operations testdev_fops = {
	.owner = THIS_MODULE,
	.open = testdev_open,
	.release = testdev_release,
	.read = testdev_read,
	.write = testdev_write,
};

static struct miscdevice testdev_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ksspi_test",
	.fops = &testdev_fops,
	.mode = 0600,
};

int sspi_testdev_init(void)
{
	return misc_register(&testdev_misc);
}

void sspi_testdev_exit(void)
{
	misc_deregister(&testdev_misc);
}
