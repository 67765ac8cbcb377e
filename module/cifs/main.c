// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tokens for an unmodified cifs.ko. When it mounts with sec=krb5 it asks for a
 * key of type cifs.spnego, and the kernel starts /sbin/request-key for it. That
 * starts the helper, tools/cifs/ksspi-cifs.c, where the administrator wants it to:
 * it does no more than assume the authority over the key and ask here for the
 * answer. The token, and its key, go from ksspi to cifs and never through a
 * process. A module of its own, and a consumer of ksspi like any other.
 *
 * Documentation/cifs.rst says why nobody can have a token of somebody else.
 */
#include <linux/fs.h>
#include <linux/key-type.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <uapi/linux/sspi_cifs.h>

#include "cifs/cifs.h"

#define FAILURE_SECONDS	1	/* for which cifs is not asked to wait again */

/* What a mount fails with: what is no error of a key is none here. */
static unsigned int error_of(sec_status_t status)
{
	int err = -sec_status_to_errno(status);

	return err > 0 ? err : EIO;
}

static int answer(const struct spnego_request *request,
		  struct spnego_answer *out, sec_status_t *status)
{
	struct spnego_identity identity = {};
	int err = spnego_identity_get(request, &identity);

	if (err)
		return err;
	*status = spnego_token(request, &identity, out);
	spnego_identity_put(&identity);
	return 0;
}

static int complete_key(const struct spnego_authority *authority,
			const struct spnego_answer *out, sec_status_t status)
{
	if (status == SEC_E_OK)
		return key_instantiate_and_link(authority->target, out->data,
						out->len, NULL,
						authority->authkey);
	return key_reject_and_link(authority->target, FAILURE_SECONDS,
				   error_of(status), NULL, authority->authkey);
}

/* Why a key that the caller may complete gets no token. */
static void report(const struct spnego_request *request, sec_status_t status)
{
	if (status != SEC_E_OK)
		pr_info_ratelimited("uid %u has no token for cifs/%s: %s\n",
				    request->creduid, request->host,
				    sec_status_name(status));
}

static long answer_for(const struct spnego_authority *authority)
{
	struct spnego_request request;
	struct spnego_answer out = {};
	sec_status_t status = SEC_E_INTERNAL_ERROR;
	int err = spnego_describe(authority->target->description, &request);

	if (!err && request.pid != authority->pid)
		err = -EINVAL;
	if (!err)
		err = answer(&request, &out, &status);
	if (err)
		return err;	/* the kernel rejects the key, with ENOKEY */
	report(&request, status);
	err = complete_key(authority, &out, status);
	spnego_answer_free(&out);
	return err;
}

static long cifs_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct spnego_authority authority = {};
	long err;

	if (cmd != SSPI_CIFS_ANSWER || arg)
		return -ENOTTY;
	err = spnego_authority_get(&authority);
	if (err)
		return err;
	err = answer_for(&authority);
	spnego_authority_put(&authority);
	return err;
}

static const struct file_operations cifs_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = cifs_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice cifs_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sspi_cifs",
	.fops = &cifs_fops,
	.mode = 0600,
};

module_misc_device(cifs_device);
MODULE_DESCRIPTION("Kerberos tokens for cifs, made by ksspi");
MODULE_SOFTDEP("pre: sspi_krb5");
MODULE_LICENSE("GPL");
