// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts known secrets through whole exchanges, frees everything, and leaves the
 * search of the guest's memory to the host.
 *
 * The secrets never stand in the module or on the console in the clear: the
 * password is built from masked bytes and wiped, the session keys are printed
 * masked. A canary is freed without being wiped, so that the search proves that
 * it can find something.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "spi.h"

/* Compiled into each module of its own: the owner is part of the test. */
#include "kunit/ntlm/exchange.c"
#include "kunit/krb5/krb5_exchange.c"
#include "kunit/krb5/krb5_forge.c"
#include "kunit/krb5/krb5_forge_kdc.c"
#include "kunit/negotiate/nego_exchange.c"
#include "kunit/support/secrets.c"
#include "kunit/support/secrets_nego.c"

#define ROUNDS		8
#define KRB5_ROUNDS	4
#define GIVEN_UP	2
#define CANARIES	64
#define CANARY_ROOM	256
#define CANARY_AT	160

/* "canary in the memory", masked. */
static const u8 masked_canary[] = {
	0xc6, 0xc4, 0xcb, 0xc4, 0xd7, 0xdc, 0x85, 0xcc, 0xcb, 0x85, 0xd1,
	0xcd, 0xc0, 0x85, 0xc8, 0xc0, 0xc8, 0xca, 0xd7, 0xdc,
};

static void print_masked_key(struct exchange *x)
{
	struct sec_pkg_context_session_key key;
	u32 i;

	if (sspi_query_context_attributes(&x->init, SECPKG_ATTR_SESSION_KEY,
					  &key, sizeof(key)) == SEC_E_OK) {
		for (i = 0; i < key.len; i++)
			key.key[i] ^= SECRETS_MASK;
		pr_info("masked session key %*phN\n", (int)key.len, key.key);
	}
	memzero_explicit(&key, sizeof(key));
}

/*
 * Freed without being wiped, many times over: the allocator writes into what
 * is freed, and somebody may get the memory before the guest ends.
 */
static void drop_canaries(void)
{
	static u8 *canaries[CANARIES];
	int i;

	for (i = 0; i < CANARIES; i++) {
		canaries[i] = kmalloc(CANARY_ROOM, GFP_KERNEL);
		if (canaries[i])
			secrets_unmask(canaries[i] + CANARY_AT, masked_canary,
				       sizeof(masked_canary));
	}
	for (i = 0; i < CANARIES; i++)
		kfree(canaries[i]);
}

/* Kerberos: every key that there is. */
static void print_masked(const char *name, int round, const u8 *key, u32 len)
{
	secrets_print("krb5", name, round, key, len);
}

static void print_key(const char *name, int round, const struct krb5_key *key)
{
	print_masked(name, round, key->bytes, key->type->key_len);
}

/* Both ends of a Kerberos exchange, through the package's table. */
struct krb5_round {
	struct forge forge;
	u8 file[FORGE_ROOM];
	void *out_cred;
	void *in_cred;
	void *init;
	void *acc;
	struct sspi_debug_keys keys;
	struct sspi_blob token;
	struct sspi_blob reply;
	bool (*cancelled)(const struct sspi_step *step);
};

static sec_status_t krb5_acquire_both(struct krb5_round *r, const u8 *password,
				      size_t len)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	struct sspi_auth_identity identity = {
		.user = FORGE_USER,
		.domain = FORGE_REALM,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = password,
		.secret_len = len,
	};
	struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &identity,
	};
	struct sspi_package_acquire acq = { .args = &args, .env = &secrets_env };
	sec_status_t status = ops->acquire(&acq, &r->out_cred);
	int keytab = forge_keytab(&r->forge, r->file, sizeof(r->file));

	if (status != SEC_E_OK || keytab < 0)
		return status;
	args = (struct sspi_acquire_args){
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_INBOUND,
		.keytab = { r->file, keytab },
	};
	status = ops->acquire(&acq, &r->in_cred);
	memzero_explicit(r->file, sizeof(r->file));
	return status;
}

/* One leg of the initiator; the forge is its KDC. */
static sec_status_t krb5_leg(struct krb5_round *r, struct sspi_span token)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	struct sspi_step step = {
		.env = &secrets_env,
		.cancelled = r->cancelled,
		.target = FORGE_SERVICE,
		.req = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY |
		       ISC_REQ_INTEGRITY | ISC_REQ_DELEGATE,
		.input = token,
	};
	sec_status_t status;
	int len;

	status = ops->initialize(&r->init, r->out_cred, &step);
	while (status == SEC_I_ASYNC_CALL_PENDING) {
		len = forge_answer(&r->forge,
				   (struct sspi_span){ step.io.request.data,
						       step.io.request.len },
				   r->file, sizeof(r->file));
		sspi_free(step.io.request.data);
		if (len < 0)
			return SEC_E_INTERNAL_ERROR;
		step.resumed = true;
		step.reply = (struct sspi_span){ r->file, len };
		status = ops->initialize(&r->init, r->out_cred, &step);
	}
	sspi_free(r->token.data);
	r->token = step.output;
	return status;
}

static sec_status_t krb5_negotiate(struct krb5_round *r)
{
	struct sspi_step step = { .env = &secrets_env };
	sec_status_t status = krb5_leg(r, (struct sspi_span){ });

	if (status != SEC_I_CONTINUE_NEEDED)
		return status;
	step.input = (struct sspi_span){ r->token.data, r->token.len };
	status = krb5_package.ops->accept(&r->acc, r->in_cred, &step);
	r->reply = step.output;
	if (status != SEC_E_OK || !(step.attr & ASC_RET_DELEGATE))
		return SEC_E_INTERNAL_ERROR;
	return krb5_leg(r, (struct sspi_span){ r->reply.data, r->reply.len });
}

static void krb5_print_keys(struct krb5_round *r, int round)
{
	if (krb5_package.ops->debug_keys(r->init, &r->keys) != SEC_E_OK)
		return;
	print_key("long-term key", round, &r->forge.client);
	print_key("service key", round, &r->forge.service);
	print_key("TGT session key", round, &r->forge.tgt_session);
	print_key("ticket session key", round, &r->forge.session);
	print_key("delegated key", round, &r->forge.forwarded);
	print_masked("initiator subkey", round, r->keys.initiator.key,
		     r->keys.initiator.len);
	print_masked("acceptor subkey", round, r->keys.acceptor.key,
		     r->keys.acceptor.len);
}

/* The password has been wiped when this returns. */
static struct krb5_round *krb5_round_new(u8 *password, int round)
{
	struct krb5_round *r = kzalloc(sizeof(*r), GFP_KERNEL);
	size_t len = SECRETS_PASSWORD_LEN;
	bool good;

	if (!r)
		return NULL;
	secrets_password(password);
	good = !secrets_forge(&r->forge, password, len, round % 2 ? 18 : 20) &&
	       krb5_acquire_both(r, password, len) == SEC_E_OK;
	memzero_explicit(password, len);
	if (good)
		return r;
	kfree_sensitive(r);
	return NULL;
}

static void krb5_round_free(struct krb5_round *r)
{
	krb5_package.ops->free_ctx(r->init);
	krb5_package.ops->free_ctx(r->acc);
	krb5_package.ops->free_cred(r->out_cred);
	krb5_package.ops->free_cred(r->in_cred);
	sspi_free(r->token.data);
	sspi_free(r->reply.data);
	kfree_sensitive(r);
}

static bool krb5_round(u8 *password, int round)
{
	struct krb5_round *r = krb5_round_new(password, round);
	struct exchange x = { };
	bool good;

	if (!r)
		return false;
	good = krb5_negotiate(r) == SEC_E_OK &&
	       secrets_messages(krb5_package.ops, r->init, r->acc, true) ==
	       SEC_E_OK;
	if (good)
		krb5_print_keys(r, round);
	/* The same keys once more through the public calls. */
	good = good && exchange_acquire_krb5(&x, &r->forge) == SEC_E_OK &&
	       exchange_negotiate(&x) == SEC_E_OK &&
	       exchange_message(&x) == SEC_E_OK;
	exchange_release(&x);
	krb5_round_free(r);
	return good;
}

static bool at_once(const struct sspi_step *step)
{
	return true;
}

/*
 * The key is given up when it is asked for the first time whether it is still
 * wanted: the host knows what the password had become by then.
 */
static bool krb5_given_up(u8 *password, int round)
{
	struct krb5_round *r = krb5_round_new(password, round);
	bool good;

	if (!r)
		return false;
	r->forge.iterations = KRB5_MAX_ITERATIONS;
	r->cancelled = at_once;
	good = krb5_leg(r, (struct sspi_span){ }) == SSPI_E_CANCELLED;
	krb5_round_free(r);
	return good;
}

static int __init sspi_secrets_init(void)
{
	u8 *password = kzalloc(SECRETS_PASSWORD_LEN + 1, GFP_KERNEL);
	struct exchange x;
	int good = 0;
	int i;

	if (!password)
		return -ENOMEM;
	for (i = 0; i < ROUNDS; i++) {
		secrets_password(password);
		if (exchange_acquire(&x, password, password) == SEC_E_OK) {
			memzero_explicit(password, SECRETS_PASSWORD_LEN);
			if (exchange_negotiate(&x) == SEC_E_OK &&
			    exchange_message(&x) == SEC_E_OK) {
				print_masked_key(&x);
				good++;
			}
		}
		exchange_release(&x);
	}
	for (i = 0; i < KRB5_ROUNDS; i++)
		good += krb5_round(password, i);
	for (i = 0; i < GIVEN_UP; i++)
		good += krb5_given_up(password, i);
	good += secrets_nego(password);
	kfree_sensitive(password);
	drop_canaries();
	pr_info("%d exchanges done\n", good);
	return good == ROUNDS + KRB5_ROUNDS + GIVEN_UP + secrets_nego_count() ?
	       0 : -EIO;
}

static void __exit sspi_secrets_exit(void)
{
}

module_init(sspi_secrets_init);
module_exit(sspi_secrets_exit);
MODULE_DESCRIPTION("Known secrets through whole SSPI exchanges");
MODULE_LICENSE("GPL");
SSPI_USES_EXPORTS_FOR_PACKAGES();
