// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer whose callback goes on while its module goes: it submits again and
 * again, through its own tracker and through new ones, with outputs in memory
 * of the module. From the beginning of the purge on it must be refused, and
 * after that nothing may be written here any more.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sspi.h>

#define TRIES	200

static struct sspi_async_context *first;
static struct sspi_cred_handle creds[TRIES + 1];
static s64 expiries[TRIES + 1];
static struct completion running;
static struct completion leaving;

static sec_status_t acquire(struct sspi_async_context *actx, unsigned int i)
{
	static const char secret[] = "Secret-1!";
	struct sspi_auth_identity id = {
		.user = "user",
		.domain = "REBORN",
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = secret,
		.secret_len = sizeof(secret) - 1,
	};
	struct sspi_acquire_args args = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &id,
	};

	return sspi_acquire_credentials_handle_async(actx, &args, &creds[i],
						     &expiries[i]);
}

static void again(struct sspi_async_context *actx, void *data)
{
	if (sspi_reinit_async_context(actx) == SEC_E_OK &&
	    acquire(actx, TRIES) != SEC_E_OK)
		pr_info("the chain has ended\n");
}

/* Until there are no trackers for the module any more. */
static void hold_on(struct sspi_async_context *actx, void *data)
{
	struct sspi_async_context *t;
	sec_status_t status;
	unsigned int i;

	complete(&running);
	wait_for_completion(&leaving);
	for (i = 0; i < TRIES; i++) {
		t = sspi_create_async_context();
		if (!t)
			break;
		sspi_set_async_notify_callback(t, again, NULL);
		status = acquire(t, i);
		if (status != SEC_E_OK && status != SEC_E_SHUTDOWN_IN_PROGRESS)
			pr_err("another status: %s\n", sec_status_name(status));
		msleep(20);
	}
	pr_info("%s\n", i < TRIES ? "no tracker any more" :
				    "trackers without end");
	status = sspi_reinit_async_context(actx);
	if (status == SEC_E_OK)
		status = acquire(actx, TRIES);
	pr_info("submitted in the end: %s\n", sec_status_name(status));
}

static int __init sspi_reborn_init(void)
{
	sec_status_t status;

	init_completion(&running);
	init_completion(&leaving);
	first = sspi_create_async_context();
	if (!first)
		return -ENOMEM;
	sspi_set_async_notify_callback(first, hold_on, NULL);
	status = acquire(first, 0);
	if (status != SEC_E_OK) {
		sspi_free_async_context(first);
		return sec_status_to_errno(status);
	}
	wait_for_completion(&running);
	return 0;
}

static void __exit sspi_reborn_exit(void)
{
	complete(&leaving);
}

module_init(sspi_reborn_init);
module_exit(sspi_reborn_exit);
MODULE_DESCRIPTION("A consumer of SSPI that submits while it goes");
MODULE_LICENSE("GPL");
