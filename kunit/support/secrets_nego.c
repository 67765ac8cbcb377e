// SPDX-License-Identifier: GPL-2.0-only
/*
 * Negotiations for sspi_secrets: to their end, with a mechanism that is given up
 * for another, broken off after any leg, and with a mechListMIC that was bent.
 * Whatever key is inside at any leg is printed masked.
 *
 * A context that has failed is never freed: its keys have to be gone without.
 */
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kunit/ntlm/exchange.h"
#include "kunit/krb5/krb5_forge.h"
#include "pkg/krb5/krb5.h"
#include "pkg/negotiate/negotiate.h"
#include "pkg/ntlm/ntlm.h"
#include "kunit/support/secrets.h"

#define MOST_LEGS	8
#define ALL		0

/**
 * struct nego_plan - one negotiation
 * @mine: the initiator's list
 * @theirs: the acceptor's
 * @tgt: it has no ticket for the server, and no KDC answers
 * @legs: broken off after so many; ALL: not
 * @bent: number of the leg whose token ends with a bent mechListMIC; ALL: none
 * @package: what is agreed on; NULL if it does not come to that
 */
struct nego_plan {
	const char *mine;
	const char *theirs;
	bool tgt;
	unsigned int legs;
	unsigned int bent;
	const struct sspi_package *package;
};

#define BOTH	"kerberos,ntlm"

static const struct nego_plan plans[] = {
	{ BOTH, BOTH, false, ALL, ALL, &krb5_package },
	{ "ntlm", BOTH, false, ALL, ALL, &ntlm_package },
	/* given up for another by the acceptor, and by the initiator */
	{ BOTH, "ntlm", false, ALL, ALL, &ntlm_package },
	{ "ntlm,kerberos", "kerberos", false, ALL, ALL, &krb5_package },
	{ BOTH, BOTH, true, ALL, ALL, &ntlm_package },
	/* broken off */
	{ BOTH, BOTH, false, 1 },
	{ BOTH, BOTH, false, 2 },
	{ BOTH, "ntlm", false, 2 },
	{ "ntlm", BOTH, false, 3 },
	{ BOTH, "ntlm", false, 5 },
	{ "ntlm,kerberos", "kerberos", false, 4 },
	/* each side's mechListMIC bent */
	{ "ntlm", BOTH, false, ALL, 3 },
	{ "ntlm", BOTH, false, ALL, 4 },
	{ BOTH, "ntlm", false, ALL, 5 },
	{ "ntlm,kerberos", "kerberos", false, ALL, 4 },
};

/* Its two ends, through the package's table. */
struct nego_round {
	const struct nego_plan *plan;
	struct forge forge;
	u8 file[FORGE_ROOM];
	void *cred[2];
	void *ctx[2];		/* initiator, acceptor */
	sec_status_t status[2];
	struct sspi_blob token;
};

static void nego_print(const char *name, const u8 *key, u32 len)
{
	static int number;

	if (len)
		secrets_print("nego", name, number++, key, len);
}

static void nego_print_key(const char *name, const struct krb5_key *key)
{
	if (key->type)
		nego_print(name, key->bytes, key->type->key_len);
}

/* What the mechanism in use has by now. */
static void nego_print_inner(const struct nego_ctx *ctx)
{
	const struct krb5_ctx *krb5;
	const struct ntlm_ctx *ntlm;

	if (!ctx || !ctx->inner)
		return;
	if (nego_mech(ctx)->package == &ntlm_package) {
		ntlm = ctx->inner;
		if (ntlm->state == NTLM_STATE_ESTABLISHED)
			nego_print("NTLM session key", ntlm->session_key,
				   sizeof(ntlm->session_key));
		return;
	}
	krb5 = ctx->inner;
	nego_print_key("initiator subkey", &krb5->subkey);
	if (krb5->acceptor_subkey)
		nego_print_key("acceptor subkey", &krb5->key);
}

static sec_status_t nego_acquire_both(struct nego_round *r,
				      const u8 *password)
{
	struct sspi_auth_identity who = {
		.user = EXCHANGE_USER,
		.domain = EXCHANGE_DOMAIN,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = password,
		.secret_len = SECRETS_PASSWORD_LEN,
	};
	struct sspi_acquire_args args = {
		.package = "Negotiate",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &who,
		.packages = r->plan->mine,
	};
	struct sspi_package_acquire acq = { .args = &args, .env = &secrets_env };
	sec_status_t status;
	int len;

	len = forge_ccache(&r->forge, r->plan->tgt, r->file, sizeof(r->file));
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	args.ccache = (struct sspi_span){ r->file, len };
	status = negotiate_package.ops->acquire(&acq, &r->cred[0]);
	len = forge_keytab(&r->forge, r->file, sizeof(r->file));
	if (status != SEC_E_OK || len < 0)
		return status;
	args = (struct sspi_acquire_args){
		.package = "Negotiate",
		.cred_use = SECPKG_CRED_INBOUND,
		.accounts = &who,
		.account_count = 1,
		.keytab = { r->file, len },
		.packages = r->plan->theirs,
	};
	status = negotiate_package.ops->acquire(&acq, &r->cred[1]);
	memzero_explicit(r->file, sizeof(r->file));
	return status;
}

static bool nego_is_fatal(sec_status_t status)
{
	return sec_status_class(status) == SSPI_CLASS_FATAL;
}

/* One leg; nobody answers its questions. */
static sec_status_t nego_round_leg(struct nego_round *r, bool acceptor)
{
	const struct sspi_package_ops *ops = negotiate_package.ops;
	struct sspi_step step = {
		.env = &secrets_env,
		.target = acceptor ? NULL : FORGE_SERVICE,
		.req = acceptor ? ASC_REQ_CONFIDENTIALITY :
		       ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY,
		.input = { r->token.data, r->token.len },
	};
	sec_status_t status;

	for (;;) {
		status = (acceptor ? ops->accept : ops->initialize)
			 (&r->ctx[acceptor], r->cred[acceptor], &step);
		if (status != SEC_I_ASYNC_CALL_PENDING)
			break;
		sspi_free(step.io.request.data);
		sspi_free(step.output.data);
		step.io = (struct sspi_io){ };
		step.output = (struct sspi_blob){ };
		step.resumed = true;
		step.reply_error = -ENETUNREACH;
	}
	sspi_free(r->token.data);
	r->token = step.output;
	if (!nego_is_fatal(status))
		nego_print_inner(r->ctx[acceptor]);
	return status;
}

/* True if all went as planned. */
static bool nego_round_run(struct nego_round *r)
{
	const struct nego_plan *plan = r->plan;
	unsigned int leg;

	r->status[1] = SEC_I_CONTINUE_NEEDED;
	for (leg = 1; leg <= MOST_LEGS; leg++) {
		bool acceptor = !(leg % 2);

		r->status[acceptor] = nego_round_leg(r, acceptor);
		if (leg == plan->legs)
			return !nego_is_fatal(r->status[acceptor]);
		if (leg == plan->bent && r->token.len)
			r->token.data[r->token.len - 1] ^= 1;
		if (!r->token.len || (r->status[0] == SEC_E_OK &&
				      r->status[1] == SEC_E_OK))
			break;
	}
	if (plan->bent)
		return nego_is_fatal(r->status[0]) &&
		       (plan->bent % 2 ? r->status[1] == SEC_E_MESSAGE_ALTERED :
			r->status[0] == SEC_E_MESSAGE_ALTERED);
	return r->status[0] == SEC_E_OK && r->status[1] == SEC_E_OK &&
	       nego_mech(r->ctx[0])->package == plan->package &&
	       secrets_messages(negotiate_package.ops, r->ctx[0], r->ctx[1],
				plan->package == &krb5_package) == SEC_E_OK;
}

static void nego_round_free(struct nego_round *r)
{
	int i;

	for (i = 0; i < 2; i++)
		/* One that has failed stays as it is, for the host to look at. */
		if (r->ctx[i] && !nego_is_fatal(r->status[i]))
			negotiate_package.ops->free_ctx(r->ctx[i]);
	for (i = 0; i < 2; i++)
		negotiate_package.ops->free_cred(r->cred[i]);
	sspi_free(r->token.data);
	kfree_sensitive(r);
}

static bool nego_round_table(u8 *password, const struct nego_plan *plan)
{
	struct nego_round *r = kzalloc(sizeof(*r), GFP_KERNEL);
	bool good;

	if (!r)
		return false;
	r->plan = plan;
	secrets_password(password);
	good = !secrets_forge(&r->forge, password, SECRETS_PASSWORD_LEN, 18) &&
	       nego_acquire_both(r, password) == SEC_E_OK;
	memzero_explicit(password, SECRETS_PASSWORD_LEN);
	if (good) {
		nego_print_key("service key", &r->forge.service);
		nego_print_key("ticket session key", &r->forge.session);
		good = nego_round_run(r);
	}
	nego_round_free(r);
	return good;
}

static void nego_print_session(const struct exchange *x,
			       const struct nego_plan *plan)
{
	struct sec_pkg_context_session_key key;

	if (sspi_query_context_attributes(&x->init, SECPKG_ATTR_SESSION_KEY,
					  &key, sizeof(key)) == SEC_E_OK)
		nego_print(plan->package == &ntlm_package ?
			   "NTLM session key" : "acceptor subkey",
			   key.key, key.len);
	memzero_explicit(&key, sizeof(key));
}

/* The same through the public calls; of what is broken off one more way. */
static bool nego_round_public(u8 *password, const struct nego_plan *plan,
			      struct forge *f, u8 *file)
{
	struct exchange_nego nego = {
		.password = password,
		.mine = plan->mine,
		.theirs = plan->theirs,
	};
	struct exchange x = { };
	sec_status_t status;
	int ccache, keytab;
	bool good = false;

	secrets_password(password);
	if (secrets_forge(f, password, SECRETS_PASSWORD_LEN, 18))
		goto wipe;
	ccache = forge_ccache(f, plan->tgt, file, FORGE_ROOM);
	keytab = forge_keytab(f, file + FORGE_ROOM, FORGE_ROOM);
	if (ccache < 0 || keytab < 0)
		goto wipe;
	nego.ccache = (struct sspi_span){ file, ccache };
	nego.keytab = (struct sspi_span){ file + FORGE_ROOM, keytab };
	status = exchange_acquire_nego(&x, &nego);
	nego_print_key("service key", &f->service);
	nego_print_key("ticket session key", &f->session);
	x.legs = plan->legs;
	if (status == SEC_E_OK)
		status = exchange_negotiate(&x);
	good = plan->legs ? status == SEC_I_CONTINUE_NEEDED :
	       status == SEC_E_OK && exchange_message(&x) == SEC_E_OK;
	nego_print_session(&x, plan);
wipe:
	memzero_explicit(password, SECRETS_PASSWORD_LEN);
	exchange_release(&x);
	return good;
}

int secrets_nego(u8 *password)
{
	struct forge *f = kzalloc(sizeof(*f), GFP_KERNEL);
	u8 *file = kzalloc(2 * FORGE_ROOM, GFP_KERNEL);
	int good = 0;
	size_t i;

	for (i = 0; f && file && i < ARRAY_SIZE(plans); i++) {
		good += nego_round_table(password, &plans[i]);
		if (!plans[i].bent)
			good += nego_round_public(password, &plans[i], f, file);
		pr_info("negotiation %zu: %d right so far\n", i, good);
	}
	kfree_sensitive(f);
	kfree_sensitive(file);
	return good;
}

int secrets_nego_count(void)
{
	int count = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plans); i++)
		count += plans[i].bent ? 1 : 2;
	return count;
}
