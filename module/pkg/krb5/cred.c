// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos credentials: keytabs and caches are read once, here, whole; what
 * lies is refused before any context is made. No KDC is asked.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "codec/krb5_store.h"
#include "pkg/krb5/krb5.h"
#include "pkg/krb5/replay.h"

/*
 * An hour: what an acceptor has taken it remembers for twice as long as clocks may
 * differ, and so do all others of the machine.
 */
#define MAX_SKEW_SECONDS	3600

bool krb5_enctype_weak(s32 enctype)
{
	return enctype == KRB5_ENCTYPE_DES3_CBC_SHA1 ||
	       enctype == KRB5_ENCTYPE_RC4_HMAC;
}

static sec_status_t refuse(struct sspi_package_acquire *acq,
			   sec_status_t status, const char *why)
{
	acq->reason = why;
	return status;
}

bool krb5_permitted(const struct krb5_cred *cred, s32 enctype)
{
	u32 i;

	for (i = 0; i < cred->enctype_count; i++)
		if (cred->enctypes[i] == enctype)
			return true;
	return false;
}

/* The clock, as the KDC has it if we know. */
s64 krb5_now(struct krb5_cred *cred, const struct sspi_step *step)
{
	s64 now = step->env->now(step->env);

	mutex_lock(&cred->lock);
	now += cred->offset;
	mutex_unlock(&cred->lock);
	return now;
}

/*
 * The time of an authenticator for a service: never twice the same with one
 * ticket, or what answers one would answer the other too, and some acceptors
 * know a replay by its time. Going back by more than a second is the clock being
 * set. A KDC's answer is to a nonce: what goes there is of the plain time.
 */
s64 krb5_stamp(struct krb5_cred *cred, struct krb5_tkt *tkt,
	       const struct sspi_step *step)
{
	s64 usec = SSPI_TICKS_PER_SECOND / 1000000;
	s64 now = krb5_now(cred, step);

	mutex_lock(&cred->lock);
	if (now < tkt->stamp + usec &&
	    now > tkt->stamp - SSPI_TICKS_PER_SECOND)
		now = tkt->stamp + usec;
	tkt->stamp = now;
	mutex_unlock(&cred->lock);
	return now;
}

void krb5_set_offset(struct krb5_cred *cred, s64 offset)
{
	mutex_lock(&cred->lock);
	cred->offset = offset;
	mutex_unlock(&cred->lock);
}

static sec_status_t take_options(struct sspi_package_acquire *acq,
				 struct krb5_cred *cred)
{
	static const struct sspi_krb5_options defaults;
	const struct sspi_krb5_options *opt = acq->args->krb5;
	const struct krb5_enctype *type;
	u32 i, skew;

	if (!opt)
		opt = &defaults;
	for (i = 0; i < opt->enctype_count && i < SSPI_MAX_ENCTYPES; i++)
		if (krb5_enctype_find(opt->enctypes[i]) &&
		    !krb5_permitted(cred, opt->enctypes[i]))
			cred->enctypes[cred->enctype_count++] =
				opt->enctypes[i];
	for (i = 0; !opt->enctype_count && cred->enctype_count <
	     SSPI_MAX_ENCTYPES && (type = krb5_enctype_at(i)); i++)
		if (!krb5_enctype_weak(type->number))
			cred->enctypes[cred->enctype_count++] = type->number;
	if (!cred->enctype_count)
		return refuse(acq, SEC_E_KDC_UNKNOWN_ETYPE,
			      "no permitted encryption type is known here");
	skew = opt->max_skew ? opt->max_skew : SSPI_KRB5_MAX_SKEW;
	if (skew == SSPI_KRB5_NO_SKEW)
		skew = 0;
	else if (skew > MAX_SKEW_SECONDS)
		skew = MAX_SKEW_SECONDS;
	cred->max_skew = (s64)skew * SSPI_TICKS_PER_SECOND;
	cred->canonicalize = opt->canonicalize;
	return SEC_E_OK;
}

/* A name in text; its views point into a new blob. */
static sec_status_t take_name(struct sspi_package_acquire *acq,
			      const char *text, struct sspi_blob *store,
			      struct krb5_principal *princ)
{
	struct sspi_span in = krb5_text(text);

	store->data = sspi_alloc(in.len ? in.len : 1);
	if (!store->data)
		return SEC_E_INSUFFICIENT_MEMORY;
	store->len = in.len;
	if (krb5_name_parse(in, store->data, store->len, princ))
		return refuse(acq, SEC_E_INVALID_PARAMETER,
			      "the principal's name is malformed");
	return SEC_E_OK;
}

/*
 * user and domain, or user@domain alone: then the user part is an enterprise
 * name (RFC 6806 5) and what is behind its last '@' the realm to ask.
 */
static sec_status_t take_user(struct sspi_package_acquire *acq,
			      struct krb5_cred *cred)
{
	const struct sspi_auth_identity *id = acq->args->identity;
	struct sspi_span user = krb5_text(id->user);
	struct sspi_span realm = krb5_text(id->domain);
	struct sspi_blob *store = &cred->names[0];
	const char *at = id->user ? strrchr(id->user, '@') : NULL;
	int err;

	if (!user.len)
		return refuse(acq, SEC_E_NO_CREDENTIALS, "no user name");
	store->data = sspi_alloc(user.len + realm.len + 1);
	if (!store->data)
		return SEC_E_INSUFFICIENT_MEMORY;
	store->len = user.len;
	if (at && !realm.len) {
		err = krb5_name_parse_enterprise(user, store->data, user.len,
						 &cred->client);
		realm = krb5_text(at + 1);
	} else {
		err = krb5_name_parse(user, store->data, user.len,
				      &cred->client);
	}
	if (err || (!at && cred->client.realm.data))
		return refuse(acq, SEC_E_INVALID_PARAMETER,
			      "the user's name is malformed");
	if (!realm.len)
		return refuse(acq, SEC_E_NO_CREDENTIALS, "no realm");
	/* The realm's bytes go behind the user's, or are the user's own end. */
	if (at && !krb5_text(id->domain).len) {
		cred->client.realm.data = store->data + (user.len - realm.len);
	} else {
		memcpy(store->data + user.len, realm.data, realm.len);
		cred->client.realm.data = store->data + user.len;
	}
	cred->client.realm.len = realm.len;
	return SEC_E_OK;
}

static sec_status_t take_keys(struct sspi_package_acquire *acq,
			      struct krb5_cred *cred)
{
	const struct sspi_auth_identity *id = acq->args->identity;
	size_t count = id->secret_len / sizeof(struct sspi_key), i;
	const u8 *from = id->secret;
	struct sspi_key key;
	struct krb5_key *to;
	int err = 0;

	cred->keys = sspi_alloc((count ? count : 1) * sizeof(*cred->keys));
	if (!cred->keys)
		return SEC_E_INSUFFICIENT_MEMORY;
	for (i = 0; i < count && err != -EINVAL; i++) {
		struct sspi_span bytes = { key.key, 0 };

		/* At an address of the caller's choice. */
		memcpy(&key, from + i * sizeof(key), sizeof(key));
		bytes.len = key.len;
		to = &cred->keys[cred->key_count];
		err = key.len > sizeof(key.key) ? -EINVAL :
		      krb5_key_set(to, key.enctype, bytes);
		if (!err)
			cred->key_count++;
	}
	memzero_explicit(&key, sizeof(key));
	if (err == -EINVAL)
		return refuse(acq, SEC_E_INVALID_PARAMETER,
			      "a key has a wrong length");
	if (!cred->key_count)
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "no key of a known encryption type");
	return SEC_E_OK;
}

static sec_status_t take_identity(struct sspi_package_acquire *acq,
				  struct krb5_cred *cred)
{
	const struct sspi_auth_identity *id = acq->args->identity;
	struct sspi_span secret = { id->secret, id->secret_len };
	struct krb5_key *key;
	sec_status_t status = take_user(acq, cred);

	if (status != SEC_E_OK)
		return status;
	switch (id->secret_kind) {
	case SSPI_SECRET_PASSWORD:
		cred->has_password = true;
		if (!secret.data)
			secret.len = 0;
		return krb5_blob_dup(&cred->password, secret) ? SEC_E_OK :
		       SEC_E_INSUFFICIENT_MEMORY;
	case SSPI_SECRET_NT_HASH:
		/* The NT hash is the key of RC4 (RFC 4757 2). */
		cred->keys = sspi_alloc(sizeof(*cred->keys));
		if (!cred->keys)
			return SEC_E_INSUFFICIENT_MEMORY;
		key = cred->keys;
		if (krb5_key_set(key, KRB5_ENCTYPE_RC4_HMAC, secret))
			return refuse(acq, SEC_E_NO_CREDENTIALS,
				      "an NT hash is of no use without RC4");
		cred->key_count = 1;
		return SEC_E_OK;
	case SSPI_SECRET_KEYS:
		return take_keys(acq, cred);
	default:
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "a name without a password or key");
	}
}

/* What cannot be used is left out. */
static bool usable(const struct krb5_ccache_cred *from)
{
	struct krb5_ticket ticket;

	return !krb5_ccache_is_config(from) && !from->is_skey &&
	       !krb5_parse_ticket(from->ticket, &ticket);
}

static sec_status_t add_cached(struct sspi_package_acquire *acq,
			       struct krb5_cred *cred,
			       const struct krb5_ccache_cred *from,
			       enum krb5_kind kind)
{
	size_t room = krb5_principal_room(&from->client) +
		      krb5_principal_room(&from->server) + from->ticket.len;
	struct krb5_tkt *tkt = krb5_tkt_new(room);

	if (!tkt)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (krb5_key_set(&tkt->key, from->key.enctype, from->key.key)) {
		krb5_tkt_put(tkt);
		return SEC_E_OK;
	}
	krb5_tkt_keep_principal(tkt, &tkt->client, &from->client);
	krb5_tkt_keep_principal(tkt, &tkt->server, &from->server);
	tkt->ticket = krb5_tkt_keep(tkt, from->ticket);
	tkt->kind = kind;
	tkt->flags = from->flags;
	tkt->starttime = from->starttime;
	tkt->endtime = from->endtime;
	tkt->renew_till = from->renew_till;
	krb5_tkt_add(cred, tkt, krb5_seconds(acq->env->now(acq->env)));
	return SEC_E_OK;
}

static void put_off_expiry(struct sspi_package_acquire *acq,
			   const struct krb5_ccache_cred *from)
{
	if (from->endtime > acq->expiry)
		acq->expiry = from->endtime;
	if (from->flags & KRB5_TKT_RENEWABLE && from->renew_till > acq->expiry)
		acq->expiry = from->renew_till;
}

static bool is_text(struct sspi_span span, const char *text)
{
	return span.len == strlen(text) && !memcmp(span.data, text, span.len);
}

/*
 * What MIT remembers of a TGT's reply: that its KDC does FAST. The entry's name
 * is krb5_ccache_conf_data/fast_avail/krbtgt\/REALM\@REALM.
 */
static sec_status_t take_fast(struct krb5_cred *cred, struct sspi_span list)
{
	struct krb5_ccache_cred entry;
	const struct krb5_name *name = &entry.server.name;
	sec_status_t status;
	char *tgs;

	if (!cred->tgt)
		return SEC_E_OK;
	status = krb5_principal_text(&cred->tgt->server, &tgs);
	if (status != SEC_E_OK)
		return status;
	while (krb5_next_ccache_cred(&list, &entry) > 0)
		if (krb5_ccache_is_config(&entry) && name->count == 3 &&
		    is_text(name->part[1], "fast_avail") &&
		    is_text(name->part[2], tgs) &&
		    is_text(entry.ticket, "yes"))
			cred->tgt->fast = true;
	sspi_free(tgs);
	return SEC_E_OK;
}

static sec_status_t take_ccache(struct sspi_package_acquire *acq,
				struct krb5_cred *cred)
{
	struct krb5_ccache_cred entry;
	struct krb5_ccache cc;
	struct sspi_span list;
	sec_status_t status;
	s64 never = acq->expiry;

	if (krb5_parse_ccache(acq->args->ccache, &cc))
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "the credential cache is malformed");
	status = krb5_principal_text(&cc.principal, &cred->client_text);
	if (status == SEC_E_OK)
		status = take_name(acq, cred->client_text, &cred->names[0],
				   &cred->client);
	cred->client.name.type = cc.principal.name.type;
	acq->expiry = 0;
	list = cc.creds;
	while (status == SEC_E_OK &&
	       krb5_next_ccache_cred(&list, &entry) > 0) {
		if (!usable(&entry))
			continue;
		status = add_cached(acq, cred, &entry, KRB5_KIND_OWN);
		put_off_expiry(acq, &entry);
	}
	if (status == SEC_E_OK)
		status = take_fast(cred, cc.creds);
	if (status != SEC_E_OK)
		return status;
	if (cc.has_offset)
		cred->offset = krb5_ticks(cc.offset_sec, 0) +
			       (s64)cc.offset_usec * 10;
	if (cred->ticket_count)
		return SEC_E_OK;
	acq->expiry = never;
	return refuse(acq, SEC_E_NO_CREDENTIALS,
		      "the credential cache has no usable ticket");
}

/* name@REALM, for whom the client is to act (MS-SFU). */
static sec_status_t take_for_user(struct sspi_package_acquire *acq,
				  struct krb5_cred *cred)
{
	sec_status_t status;

	status = take_name(acq, acq->args->krb5->for_user, &cred->names[2],
			   &cred->user);
	if (status == SEC_E_OK && !cred->user.realm.data)
		return refuse(acq, SEC_E_INVALID_PARAMETER,
			      "the user to act for has no realm");
	return status;
}

/* The TGTs of another cache: armour for AS exchanges (RFC 6113 5.4.1). */
static sec_status_t take_armor(struct sspi_package_acquire *acq,
			       struct krb5_cred *cred)
{
	struct krb5_ccache_cred entry;
	sec_status_t status = SEC_E_OK;
	struct krb5_ccache cc;

	if (krb5_parse_ccache(acq->args->krb5->armor, &cc))
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "the credential cache for armour is malformed");
	while (status == SEC_E_OK &&
	       krb5_next_ccache_cred(&cc.creds, &entry) > 0) {
		if (!usable(&entry) || !krb5_name_is_tgs(&entry.server.name))
			continue;
		cred->has_armor = true;
		status = add_cached(acq, cred, &entry, KRB5_KIND_ARMOR);
	}
	if (status == SEC_E_OK && !cred->has_armor)
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "the credential cache for armour has no TGT");
	return status;
}

static sec_status_t take_delegated(struct sspi_package_acquire *acq,
				   struct krb5_cred *cred)
{
	sec_status_t status = krb5_deleg_acquire(acq, cred);

	if (status == SEC_E_OK)
		status = take_name(acq, cred->client_text, &cred->names[0],
				   &cred->client);
	return status;
}

/* Whether there is an entry for @name, or for anybody. */
static bool has_entry(const struct krb5_cred *cred,
		      const struct krb5_principal *name)
{
	struct sspi_span list = cred->entries;
	struct krb5_keytab_entry entry;

	while (krb5_next_keytab_entry(&list, &entry) > 0)
		if (krb5_enctype_find(entry.key.enctype) &&
		    (!name->name.count ||
		     (krb5_name_equal(&name->name, &entry.principal.name) &&
		      (!name->realm.data ||
		       krb5_realm_equal(name->realm, entry.principal.realm)))))
			return true;
	return false;
}

static sec_status_t take_keytab(struct sspi_package_acquire *acq,
				struct krb5_cred *cred)
{
	if (!krb5_blob_dup(&cred->keytab, acq->args->keytab))
		return SEC_E_INSUFFICIENT_MEMORY;
	if (krb5_parse_keytab(krb5_span(&cred->keytab), &cred->entries))
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "the keytab is malformed");
	if (!has_entry(cred, &(struct krb5_principal){}))
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "the keytab has no usable key");
	return SEC_E_OK;
}

/* Outbound by keytab: the principal says who. */
static sec_status_t take_client(struct sspi_package_acquire *acq,
				struct krb5_cred *cred)
{
	sec_status_t status;

	if (!acq->args->principal || !*acq->args->principal)
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "a keytab needs a principal to be a client");
	status = take_name(acq, acq->args->principal, &cred->names[0],
			   &cred->client);
	if (status != SEC_E_OK)
		return status;
	if (!cred->client.realm.data || !has_entry(cred, &cred->client))
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "the keytab has no key of the principal");
	cred->client_keytab = true;
	return SEC_E_OK;
}

static bool has_evidence(const struct sspi_package_acquire *acq)
{
	const struct krb5_ctx *ctx = acq->delegated;

	return ctx && ctx->state == KRB5_STATE_ESTABLISHED &&
	       krb5_is_evidence(ctx->delegated);
}

/*
 * Who is a client only and names an entry of the keytab means that one: what is
 * in an identity beside it is for NTLM.
 */
static bool names_entry(const struct sspi_acquire_args *args,
			const struct krb5_cred *cred)
{
	return cred->keytab.data && !(cred->use & SECPKG_CRED_INBOUND) &&
	       krb5_text(args->principal).len;
}

static sec_status_t take_outbound(struct sspi_package_acquire *acq,
				  struct krb5_cred *cred)
{
	const struct sspi_acquire_args *args = acq->args;
	sec_status_t status;

	if (acq->delegated && !has_evidence(acq))
		status = take_delegated(acq, cred);
	else if (args->ccache.data)
		status = take_ccache(acq, cred);
	else if (args->identity && krb5_text(args->identity->user).len &&
		 !names_entry(args, cred))
		status = take_identity(acq, cred);
	else if (cred->keytab.data && !(cred->use & SECPKG_CRED_INBOUND &&
					!args->principal))
		status = take_client(acq, cred);
	else if (cred->use & SECPKG_CRED_INBOUND)
		return SEC_E_OK;
	else
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "no identity, keytab or credential cache");
	if (status == SEC_E_OK && has_evidence(acq))
		status = krb5_evidence_acquire(acq, cred);
	if (status == SEC_E_OK && !cred->client_text)
		status = krb5_principal_text(&cred->client,
					     &cred->client_text);
	return status;
}

static sec_status_t take_inbound(struct sspi_package_acquire *acq,
				 struct krb5_cred *cred)
{
	const char *principal = acq->args->principal;
	sec_status_t status = SEC_E_OK;

	if (!cred->keytab.data)
		return refuse(acq, SEC_E_NO_CREDENTIALS, "no keytab");
	if (principal && *principal)
		status = take_name(acq, principal, &cred->names[1],
				   &cred->service);
	if (status == SEC_E_OK && !has_entry(cred, &cred->service))
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "the keytab has no key of the principal");
	if (status == SEC_E_OK)
		status = krb5_replay_attach(cred, acq);
	return status;
}

static sec_status_t fill(struct sspi_package_acquire *acq,
			 struct krb5_cred *cred)
{
	sec_status_t status;

	cred->use = acq->args->cred_use;
	status = take_options(acq, cred);
	if (status == SEC_E_OK && acq->args->keytab.data)
		status = take_keytab(acq, cred);
	if (status == SEC_E_OK && cred->use & SECPKG_CRED_INBOUND)
		status = take_inbound(acq, cred);
	if (status == SEC_E_OK && cred->use & SECPKG_CRED_OUTBOUND)
		status = take_outbound(acq, cred);
	if (status != SEC_E_OK || !acq->args->krb5)
		return status;
	if (acq->args->krb5->armor.data)
		status = take_armor(acq, cred);
	if (status == SEC_E_OK && acq->args->krb5->for_user &&
	    *acq->args->krb5->for_user)
		status = take_for_user(acq, cred);
	return status;
}

sec_status_t krb5_acquire(struct sspi_package_acquire *acq, void **out)
{
	struct krb5_cred *cred = sspi_alloc(sizeof(*cred));
	sec_status_t status;

	if (!cred)
		return SEC_E_INSUFFICIENT_MEMORY;
	mutex_init(&cred->lock);
	mutex_init(&cred->derive);
	spin_lock_init(&cred->flights_lock);
	acq->expiry = SSPI_EXPIRY_NEVER;
	status = fill(acq, cred);
	if (status != SEC_E_OK) {
		krb5_free_cred(cred);
		return status;
	}
	*out = cred;
	return SEC_E_OK;
}

void krb5_free_cred(void *priv)
{
	struct krb5_cred *cred = priv;

	if (!cred)
		return;
	krb5_replay_detach(cred);
	krb5_tkt_forget_all(cred);
	krb5_tkt_put(cred->evidence);
	krb5_ready_free(cred->ready);
	sspi_free(cred->keytab.data);
	krb5_password_free(cred);
	sspi_free(cred->keys);
	sspi_free(cred->client_text);
	sspi_free(cred->names[0].data);
	sspi_free(cred->names[1].data);
	sspi_free(cred->names[2].data);
	sspi_free(cred);
}
