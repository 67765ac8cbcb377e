// SPDX-License-Identifier: GPL-2.0-only
#include <linux/slab.h>
#include <linux/string.h>

#include "kunit/krb5/krb5_pair.h"
#include "spi.h"

static const struct sspi_package_ops *ops(void)
{
	return krb5_package.ops;
}

struct krb5_pair *krb5_pair_new(struct kunit *test, s32 enctype)
{
	struct krb5_pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	/* Each pair starts at the same time with the same numbers. */
	krb5_pair_forget();
	script_init(&p->script, KRB5_PAIR_NOW);
	p->target = FORGE_SERVICE;
	p->isc = KRB5_PAIR_FLAGS;
	KUNIT_ASSERT_EQ(test, 0,
			forge_init(&p->forge, enctype,
				   KRB5_PAIR_NOW / SSPI_TICKS_PER_SECOND));
	/* Of old types too, for who asks for them. */
	p->client.enctypes[0] = enctype;
	p->client.enctype_count = 1;
	p->server = p->client;
	return p;
}

sec_status_t krb5_pair_acquire_out(struct krb5_pair *p)
{
	struct sspi_auth_identity identity = {
		.user = FORGE_USER,
		.domain = FORGE_REALM,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = FORGE_PASSWORD,
		.secret_len = strlen(FORGE_PASSWORD),
	};
	struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.krb5 = &p->client,
	};
	struct sspi_package_acquire acq = { .args = &args, .env = &p->script.env };
	struct sspi_key key = { };
	sec_status_t status;
	int len;

	if (p->source == KRB5_PAIR_KEY) {
		key.enctype = p->forge.client.type->number;
		key.len = p->forge.client.type->key_len;
		memcpy(key.key, p->forge.client.bytes, key.len);
		identity.secret_kind = SSPI_SECRET_KEYS;
		identity.secret = &key;
		identity.secret_len = sizeof(key);
	}
	if (p->source == KRB5_PAIR_PASSWORD || p->source == KRB5_PAIR_KEY) {
		args.identity = &identity;
	} else {
		len = forge_ccache(&p->forge, p->source == KRB5_PAIR_TGT,
				   p->reply, sizeof(p->reply));
		if (len < 0)
			return SEC_E_INTERNAL_ERROR;
		args.ccache = (struct sspi_span){ p->reply, len };
	}
	status = ops()->acquire(&acq, &p->out_cred);
	memzero_explicit(&key, sizeof(key));
	p->reason = acq.reason;
	return status;
}

static sec_status_t acquire_in(struct krb5_pair *p)
{
	struct sspi_acquire_args args = {
		.package = "Kerberos",
		.principal = p->principal,
		.cred_use = SECPKG_CRED_INBOUND,
		.keytab = p->keytab,
		.krb5 = &p->server,
	};
	struct sspi_package_acquire acq = {
		.args = &args,
		.env = &p->script.env,
		.owner = p->owner,
		.netns = p->netns,
	};
	sec_status_t status;
	int len;

	if (!args.keytab.data) {
		len = forge_keytab(&p->forge, p->reply, sizeof(p->reply));
		if (len < 0)
			return SEC_E_INTERNAL_ERROR;
		args.keytab = (struct sspi_span){ p->reply, len };
	}
	status = ops()->acquire(&acq, &p->in_cred);
	p->reason = acq.reason;
	return status;
}

sec_status_t krb5_pair_acquire(struct krb5_pair *p)
{
	sec_status_t status = krb5_pair_acquire_out(p);

	return status == SEC_E_OK ? acquire_in(p) : status;
}

/* @bytes as they arrive; *@len is what is left of them. */
static void on_the_way(const struct krb5_pair *p, enum krb5_pair_where where,
		       unsigned int nth, u8 *bytes, size_t *len)
{
	if (p->where != where || p->nth != nth || p->at >= *len)
		return;
	if (p->bits)
		bytes[p->at] ^= p->bits;
	else
		*len = p->at;
}

/* The KDC's answer to the question of @step; what is in it before is gone. */
static bool ask(struct krb5_pair *p, struct sspi_step *step)
{
	struct sspi_blob request = step->io.request;
	int len;

	step->resumed = true;
	if (p->kdc_error) {
		sspi_free(request.data);
		step->reply_error = p->kdc_error;
		return true;
	}
	len = forge_answer(&p->forge, krb5_pair_span(&request), p->reply,
			   sizeof(p->reply));
	sspi_free(request.data);
	step->io.request = (struct sspi_blob){ };
	if (len < 0)
		return false;
	p->reply_len = len;
	if (p->replies == p->nth) {
		memcpy(p->made, p->reply, len);
		p->made_len = len;
	}
	on_the_way(p, KRB5_PAIR_REPLIES, p->replies++, p->reply,
		   &p->reply_len);
	step->reply = (struct sspi_span){ p->reply, p->reply_len };
	return true;
}

sec_status_t krb5_pair_initialize(struct krb5_pair *p, struct sspi_span token,
				  struct sspi_blob *out)
{
	struct sspi_step step = {
		.env = &p->script.env,
		.target = p->target,
		.req = p->isc,
		.input = token,
		.bindings = p->client_bindings,
	};
	sec_status_t status;

	status = ops()->initialize(&p->init, p->out_cred, &step);
	while (status == SEC_I_ASYNC_CALL_PENDING) {
		if (!ask(p, &step)) {
			status = SEC_E_INTERNAL_ERROR;
			break;
		}
		status = ops()->initialize(&p->init, p->out_cred, &step);
	}
	*out = step.output;
	p->init_attr = step.attr;
	p->init_expiry = step.expiry;
	p->reason = step.reason;
	return status;
}

sec_status_t krb5_pair_accept(struct krb5_pair *p, struct sspi_span token,
			      struct sspi_blob *out)
{
	struct sspi_step step = {
		.env = &p->script.env,
		.req = p->asc,
		.input = token,
		.bindings = p->server_bindings,
	};
	sec_status_t status;

	status = ops()->accept(&p->acc, p->in_cred, &step);
	*out = step.output;
	p->acc_attr = step.attr;
	p->acc_expiry = step.expiry;
	p->reason = step.reason;
	return status;
}

static bool fatal(sec_status_t status)
{
	return sec_status_class(status) == SSPI_CLASS_FATAL;
}

sec_status_t krb5_pair_run(struct krb5_pair *p)
{
	struct sspi_span in = { };
	sec_status_t status;
	unsigned int leg;

	p->init_status = SEC_I_CONTINUE_NEEDED;
	p->acc_status = SEC_I_CONTINUE_NEEDED;
	for (leg = 0; leg < KRB5_PAIR_LEGS; leg++) {
		struct sspi_blob *out = &p->token[leg];

		if (leg % 2)
			status = krb5_pair_accept(p, in, out);
		else
			status = krb5_pair_initialize(p, in, out);
		*(leg % 2 ? &p->acc_status : &p->init_status) = status;
		if (fatal(status))
			return status;
		if (!out->len)
			break;
		on_the_way(p, KRB5_PAIR_TOKENS, leg, out->data, &out->len);
		in = krb5_pair_span(out);
	}
	/* A third leg ends with the acceptor. */
	if (leg == KRB5_PAIR_LEGS) {
		struct sspi_blob none;

		p->acc_status = krb5_pair_accept(p, in, &none);
		sspi_free(none.data);
	}
	return p->init_status == SEC_E_OK ? p->acc_status : p->init_status;
}

void krb5_pair_drop_init(struct krb5_pair *p)
{
	ops()->free_ctx(p->init);
	p->init = NULL;
}

void krb5_pair_drop_acc(struct krb5_pair *p)
{
	ops()->free_ctx(p->acc);
	p->acc = NULL;
}

void krb5_pair_drop_creds(struct krb5_pair *p)
{
	ops()->free_cred(p->out_cred);
	ops()->free_cred(p->in_cred);
	p->out_cred = NULL;
	p->in_cred = NULL;
}

/* The credential is made anew: no two requests of one have the same time. */
void krb5_pair_again(struct krb5_pair *p)
{
	krb5_pair_drop_init(p);
	ops()->free_cred(p->out_cred);
	p->out_cred = NULL;
	p->script.lcg.state = 0;
	p->forge.seed = 1;
	p->forge.asked = 0;
	p->replies = 0;
	(void)!krb5_pair_acquire_out(p);
}

void krb5_pair_reset(struct krb5_pair *p)
{
	unsigned int i;

	krb5_pair_drop_init(p);
	krb5_pair_drop_acc(p);
	for (i = 0; i < KRB5_PAIR_LEGS; i++) {
		sspi_free(p->token[i].data);
		p->token[i] = (struct sspi_blob){ };
	}
	p->script.lcg.state = 0;
	p->forge.seed = 1;
	p->forge.asked = 0;
	p->replies = 0;
	p->script.drawn = 0;
	p->script.now += 10;
}

void krb5_pair_release(struct krb5_pair *p)
{
	krb5_pair_reset(p);
	krb5_pair_drop_creds(p);
}

/* Once at registration, and whenever everything is to be as it was then. */
void krb5_pair_forget(void)
{
	if (ops()->init)
		(void)!ops()->init();
}

sec_status_t krb5_pair_once(struct krb5_pair *p)
{
	sec_status_t status = krb5_pair_acquire(p);

	if (status == SEC_E_OK)
		status = krb5_pair_run(p);
	krb5_pair_release(p);
	return status;
}
