// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer that lends a credential: acquired by root with a password, used for
 * a leg by whoever writes to its device. Where that leg asks must be root's to
 * say.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sspi.h>

static struct sspi_cred_handle lent;

static ssize_t lender_write(struct file *file, const char __user *buf,
			    size_t len, loff_t *pos)
{
	struct sspi_ctxt_handle ctx = {};
	struct sec_buffer out = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc desc = { .count = 1, .buffers = &out };
	struct sspi_initialize_args args = {
		.cred = &lent,
		.target = "host/server.lent.test",
		.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_MUTUAL_AUTH,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &ctx,
		.output = &desc,
	};
	sec_status_t status = sspi_initialize_security_context(&args);

	pr_info("leg: %s\n", sec_status_name(status));
	sspi_free_context_buffer(out.data);
	if (ctx.lower)
		sspi_delete_security_context(&ctx);
	return len;
}

static const struct file_operations lender_fops = {
	.owner = THIS_MODULE,
	.write = lender_write,
};

static struct miscdevice lender = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sspi_lender",
	.fops = &lender_fops,
	.mode = 0666,
};

static sec_status_t acquire(void)
{
	static const char secret[] = "Secret-1!";
	struct sspi_auth_identity id = {
		.user = "user",
		.domain = "LENT.TEST",
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = secret,
		.secret_len = sizeof(secret) - 1,
	};
	struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &id,
	};

	return sspi_acquire_credentials_handle(&args, &lent, NULL);
}

static int __init sspi_lender_init(void)
{
	sec_status_t status = acquire();
	int err;

	if (status != SEC_E_OK)
		return sec_status_to_errno(status);
	err = misc_register(&lender);
	if (err)
		sspi_free_credentials_handle(&lent);
	return err;
}

static void __exit sspi_lender_exit(void)
{
	misc_deregister(&lender);
	sspi_free_credentials_handle(&lent);
}

module_init(sspi_lender_init);
module_exit(sspi_lender_exit);
MODULE_DESCRIPTION("A consumer of SSPI that lends a credential");
MODULE_LICENSE("GPL");
