// SPDX-License-Identifier: GPL-2.0-only
/* Contexts of one Kerberos credential side by side, and their KDC. */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/internal.h"
#include "kunit/krb5/krb5_legs.h"

struct forge *krb5_legs_kdc;

static DEFINE_MUTEX(kdc_lock);		/* of the forge's scratch memory */

static const struct {
	const char *target;
	const char *server;
} services[KRB5_LEGS_TARGETS] = {
	{ FORGE_SERVICE, FORGE_SERVER },
	{ "cifs/one.example.test", "cifs/one.example.test@" FORGE_REALM },
	{ "cifs/two.example.test", "cifs/two.example.test@" FORGE_REALM },
	{ "cifs/six.example.test", "cifs/six.example.test@" FORGE_REALM },
};

/* The host is a component of the name that is asked for. */
static bool asks_for(struct sspi_span request, const char *target)
{
	const char *host = strchr(target, '/') + 1;
	size_t len = strlen(host), i;

	for (i = 0; i + len <= request.len; i++)
		if (!memcmp(request.data + i, host, len))
			return true;
	return false;
}

static int kdc_reply(const struct sspi_io *io, struct sspi_blob *reply)
{
	struct sspi_span request = { io->request.data, io->request.len };
	int i, len;

	reply->data = sspi_alloc(FORGE_ROOM);
	if (!reply->data)
		return -ENOMEM;
	mutex_lock(&kdc_lock);
	for (i = 0; i < KRB5_LEGS_TARGETS; i++)
		if (asks_for(request, services[i].target))
			krb5_legs_kdc->server = services[i].server;
	len = forge_answer(krb5_legs_kdc, request, reply->data, FORGE_ROOM);
	mutex_unlock(&kdc_lock);
	reply->len = len < 0 ? 0 : len;
	if (len >= 0)
		return 0;
	sspi_free(reply->data);
	*reply = (struct sspi_blob){};
	return len;
}

int krb5_legs_kdc_init(enum fake_answers answers)
{
	krb5_legs_kdc = kzalloc(sizeof(*krb5_legs_kdc), GFP_KERNEL);
	if (!krb5_legs_kdc ||
	    forge_init(krb5_legs_kdc, 18, ktime_get_real_seconds()))
		return -ENOMEM;
	krb5_legs_kdc->preauth = false;
	fake_transport_reset(answers);
	fake_transport_ctl.reply = kdc_reply;
	return 0;
}

void krb5_legs_kdc_exit(void)
{
	fake_transport_ctl.reply = NULL;
	if (krb5_legs_kdc)
		forge_wipe(krb5_legs_kdc);
	kfree(krb5_legs_kdc);
	krb5_legs_kdc = NULL;
}

sec_status_t krb5_legs_acquire(struct krb5_legs *l)
{
	const struct krb5_key *client = &krb5_legs_kdc->client;
	struct sspi_key key = {
		.enctype = client->type->number,
		.len = client->type->key_len,
	};
	struct sspi_auth_identity id = {
		.user = FORGE_USER,
		.domain = FORGE_REALM,
		.secret_kind = SSPI_SECRET_KEYS,
		.secret = &key,
		.secret_len = sizeof(key),
	};
	const struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &id,
	};
	sec_status_t status;

	*l = (struct krb5_legs){};
	memcpy(key.key, client->bytes, key.len);
	status = sspi_acquire_credentials_handle(&args, &l->cred, NULL);
	memzero_explicit(&key, sizeof(key));
	return status;
}

sec_status_t krb5_leg_submit(struct krb5_legs *l, unsigned int i,
			     unsigned int target, unsigned int timeout_ms)
{
	struct krb5_leg *leg = &l->leg[i];
	const struct sspi_initialize_args args = {
		.cred = &l->cred,
		.target = services[target].target,
		.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_MUTUAL_AUTH,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &leg->ctx,
		.output = &leg->desc,
	};

	leg->actx = sspi_create_async_context();
	if (!leg->actx)
		return SEC_E_INSUFFICIENT_MEMORY;
	leg->actx->transport = &fake_flight_transport;
	sspi_set_async_timeout(leg->actx, timeout_ms);
	leg->out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	leg->desc = (struct sec_buffer_desc){
		.version = SECBUFFER_VERSION,
		.count = 1,
		.buffers = &leg->out,
	};
	return sspi_initialize_security_context_async(leg->actx, &args);
}

sec_status_t krb5_leg_wait(struct krb5_legs *l, unsigned int i)
{
	return sspi_wait_async_call(l->leg[i].actx, KRB5_LEGS_MS);
}

void krb5_leg_drop(struct krb5_legs *l, unsigned int i)
{
	struct krb5_leg *leg = &l->leg[i];

	if (leg->actx)
		sspi_free_async_context(leg->actx);
	sspi_free_context_buffer(leg->out.data);
	sspi_delete_security_context(&leg->ctx);
	*leg = (struct krb5_leg){};
}

void krb5_legs_release(struct krb5_legs *l)
{
	unsigned int i;

	for (i = 0; i < KRB5_LEGS; i++)
		krb5_leg_drop(l, i);
	sspi_free_credentials_handle(&l->cred);
}
