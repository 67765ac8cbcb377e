// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: passwords become keys, RFC 3961 3 string-to-key.
 *
 * Which salt and parameters go with a password only the KDC knows, so it stays
 * until the KDC has answered under a key that was made of it. Then it is wiped,
 * and what is left is that key. Each key is made once for a credential and then
 * found: it takes milliseconds, and a hostile KDC can make it a second. Who is
 * not waited for any more gives up in between. No lock is held meanwhile, or
 * other contexts of the credential would be held too: two that need a key at
 * the same time may both make it.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "pkg/krb5/ask.h"

/* Salts and parameters that one credential remembers. */
#define MAX_DERIVED	8

struct krb5_derived {
	struct krb5_derived *next;
	struct krb5_key key;
	size_t salt_len;
	size_t params_len;
	bool has_params;
	u8 bytes[];			/* salt, parameters */
};

static bool same(const struct krb5_derived *d, s32 enctype,
		 const struct krb5_s2k *from)
{
	return d->key.type->number == enctype &&
	       d->salt_len == from->salt.len &&
	       d->has_params == !!from->params.data &&
	       d->params_len == from->params.len &&
	       (!d->salt_len ||
		!memcmp(d->bytes, from->salt.data, d->salt_len)) &&
	       (!d->params_len ||
		!memcmp(d->bytes + d->salt_len, from->params.data,
			d->params_len));
}

static bool stop(void *priv)
{
	const struct sspi_step *step = priv;

	return step->cancelled && step->cancelled(step);
}

/* A new entry with its key. */
static sec_status_t derive(s32 enctype, const struct krb5_s2k *from,
			   struct sspi_step *step, struct krb5_derived **out)
{
	struct krb5_derived *d;
	int err;

	if (from->salt.len > KRB5_MAX_SALT || from->params.len > KRB5_MAX_SALT)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC's salt is too long");
	d = sspi_alloc(sizeof(*d) + from->salt.len + from->params.len);
	if (!d)
		return SEC_E_INSUFFICIENT_MEMORY;
	err = krb5_string_to_key(&d->key, krb5_enctype_find(enctype), from);
	if (err) {
		sspi_free(d);
		return krb5_refuse(step, err == -ECANCELED ?
				   SSPI_E_CANCELLED :
				   krb5_status(err, SEC_E_INVALID_TOKEN),
				   err == -ECANCELED ? "given up" :
				   "the KDC's parameters for the password cannot be");
	}
	d->salt_len = from->salt.len;
	d->params_len = from->params.len;
	d->has_params = from->params.data;
	if (d->salt_len)
		memcpy(d->bytes, from->salt.data, d->salt_len);
	if (d->params_len)
		memcpy(d->bytes + d->salt_len, from->params.data,
		       d->params_len);
	*out = d;
	return SEC_E_OK;
}

/* The newest first; those over the bound go. */
static void remember(struct krb5_cred *cred, struct krb5_derived *d)
{
	struct krb5_derived **p = &cred->derived, *over;
	unsigned int count = 1;

	d->next = cred->derived;
	cred->derived = d;
	for (p = &d->next; *p && count < MAX_DERIVED; p = &(*p)->next)
		count++;
	over = *p;
	*p = NULL;
	sspi_free(over);
}

static struct krb5_derived *find_locked(struct krb5_cred *cred, s32 enctype,
					const struct krb5_s2k *from)
{
	struct krb5_derived *d;

	for (d = cred->derived; d; d = d->next)
		if (same(d, enctype, from))
			return d;
	return NULL;
}

/*
 * The key if it is there, SEC_E_OK; else a copy of the password, which may be
 * wiped while the key is made: SEC_I_CONTINUE_NEEDED.
 */
static sec_status_t find_or_copy(struct krb5_cred *cred, s32 enctype,
				 const struct krb5_s2k *from,
				 struct krb5_key *key, struct sspi_blob *copy)
{
	sec_status_t status = SEC_I_CONTINUE_NEEDED;
	const struct krb5_derived *d;

	mutex_lock(&cred->derive);
	d = find_locked(cred, enctype, from);
	if (d) {
		*key = d->key;
		status = SEC_E_OK;
	} else if (!cred->password.data) {
		status = SEC_E_NO_CREDENTIALS;
	} else {
		copy->data = sspi_alloc(cred->password.len + 1);
		copy->len = cred->password.len;
		if (copy->data)
			memcpy(copy->data, cred->password.data, copy->len);
		else
			status = SEC_E_INSUFFICIENT_MEMORY;
	}
	mutex_unlock(&cred->derive);
	return status;
}

/* Keeps a new key, unless somebody else did or the password has been wiped. */
static void keep(struct krb5_cred *cred, s32 enctype,
		 const struct krb5_s2k *from, struct krb5_derived *d)
{
	bool new;

	mutex_lock(&cred->derive);
	new = cred->password.data && !find_locked(cred, enctype, from);
	if (new)
		remember(cred, d);
	mutex_unlock(&cred->derive);
	if (!new)
		sspi_free(d);
}

/*
 * The key that the password is with @from's salt and parameters;
 * SEC_E_NO_CREDENTIALS if it is gone and was never that.
 */
sec_status_t krb5_password_key(struct krb5_cred *cred, s32 enctype,
			       struct krb5_s2k *from, struct sspi_step *step,
			       struct krb5_key *key)
{
	struct sspi_blob password = {};
	struct krb5_derived *d = NULL;
	sec_status_t status;

	status = find_or_copy(cred, enctype, from, key, &password);
	if (status != SEC_I_CONTINUE_NEEDED)
		return status;
	from->password = krb5_span(&password);
	from->cancelled = stop;
	from->priv = step;
	status = derive(enctype, from, step, &d);
	sspi_free(password.data);
	from->password = (struct sspi_span){};
	if (status == SEC_E_OK) {
		*key = d->key;
		keep(cred, enctype, from, d);
	}
	return status;
}

/* Whether there may be a key of the type: no more than what was made, if so. */
bool krb5_password_may(struct krb5_cred *cred, s32 enctype)
{
	struct krb5_derived *d;
	bool may;

	mutex_lock(&cred->derive);
	may = cred->password.data;
	for (d = cred->derived; d && !may; d = d->next)
		may = d->key.type->number == enctype;
	mutex_unlock(&cred->derive);
	return may;
}

static bool is_key(const struct krb5_derived *d, const struct krb5_key *key)
{
	return d->key.type == key->type &&
	       sspi_equal_ct(d->key.bytes, key->bytes, key->type->key_len);
}

/* The KDC has answered under @key: the others, and the password, are wiped. */
void krb5_password_done(struct krb5_cred *cred, const struct krb5_key *key)
{
	struct krb5_derived **p, *d;
	bool found = false;

	mutex_lock(&cred->derive);
	for (d = cred->derived; d && !found; d = d->next)
		found = is_key(d, key);
	if (found) {
		sspi_free(cred->password.data);
		cred->password = (struct sspi_blob){};
		for (p = &cred->derived; *p; ) {
			d = *p;
			if (is_key(d, key)) {
				p = &d->next;
				continue;
			}
			*p = d->next;
			sspi_free(d);
		}
	}
	mutex_unlock(&cred->derive);
}

void krb5_password_free(struct krb5_cred *cred)
{
	struct krb5_derived *d, *next;

	for (d = cred->derived; d; d = next) {
		next = d->next;
		sspi_free(d);
	}
	cred->derived = NULL;
	sspi_free(cred->password.data);
	cred->password.data = NULL;
}
