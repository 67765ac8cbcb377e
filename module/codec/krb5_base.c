// SPDX-License-Identifier: GPL-2.0-only
/* The parts that messages of Kerberos share, RFC 4120 5.2. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_base.h"
#include "codec/krb5_name.h"
#include "test_export.h"

/* 5.2.1: KerberosString; a NUL in a name would cut it short for somebody. */
static struct sspi_span read_text(struct der_reader *r)
{
	struct sspi_span text = der_read(r, DER_GENERAL_STRING);

	if (krb5_text_has_nul(text))
		der_fail(r);
	return text;
}

struct sspi_span krb5_read_realm(struct der_reader *r)
{
	return read_text(r);
}
SSPI_EXPORT_FOR_TEST(krb5_read_realm);

/* 5.2.2. */
void krb5_read_name(struct der_reader *r, struct krb5_name *name)
{
	struct der_reader seq, field, parts;

	memset(name, 0, sizeof(*name));
	der_enter(r, DER_SEQUENCE, &seq);
	name->type = der_field_s32(&seq, 0);
	der_enter(&seq, DER_CONTEXT(1), &field);
	der_enter(&field, DER_SEQUENCE, &parts);
	while (der_more(&parts)) {
		if (name->count == KRB5_MAX_COMPONENTS) {
			der_fail(&parts);
			break;
		}
		name->part[name->count++] = read_text(&parts);
	}
	der_leave(&field, &parts);
	der_leave(&seq, &field);
	der_leave(r, &seq);
	if (r->in.bad)
		memset(name, 0, sizeof(*name));
}
SSPI_EXPORT_FOR_TEST(krb5_read_name);

void krb5_field_any_name(struct der_reader *r, unsigned int n,
			 struct krb5_name *name)
{
	struct der_reader field;

	der_enter(r, DER_CONTEXT(n), &field);
	krb5_read_name(&field, name);
	der_leave(r, &field);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_field_any_name);

void krb5_field_name(struct der_reader *r, unsigned int n,
		     struct krb5_name *name)
{
	krb5_field_any_name(r, n, name);
	if (!name->count)
		der_fail(r);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_field_name);

void krb5_opt_name(struct der_reader *r, unsigned int n,
		   struct krb5_name *name)
{
	memset(name, 0, sizeof(*name));
	if (der_has_field(r, n))
		krb5_field_name(r, n, name);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_opt_name);

struct sspi_span krb5_field_realm(struct der_reader *r, unsigned int n)
{
	struct der_reader field;
	struct sspi_span realm;

	der_enter(r, DER_CONTEXT(n), &field);
	realm = krb5_read_realm(&field);
	der_leave(r, &field);
	return realm;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_field_realm);

struct sspi_span krb5_opt_realm(struct der_reader *r, unsigned int n)
{
	struct sspi_span none = { };

	return der_has_field(r, n) ? krb5_field_realm(r, n) : none;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_opt_realm);

/* 5.2.9. */
static void read_encrypted(struct der_reader *r, struct krb5_encrypted *data)
{
	struct der_reader seq;

	memset(data, 0, sizeof(*data));
	der_enter(r, DER_SEQUENCE, &seq);
	data->enctype = der_field_s32(&seq, 0);
	data->has_kvno = der_has_field(&seq, 1);
	if (data->has_kvno)
		data->kvno = der_field_u32_or_s32(&seq, 1);
	data->cipher = der_field(&seq, 2, DER_OCTET_STRING);
	der_leave(r, &seq);
}

void krb5_field_encrypted(struct der_reader *r, unsigned int n,
			  struct krb5_encrypted *data)
{
	struct der_reader field;

	der_enter(r, DER_CONTEXT(n), &field);
	read_encrypted(&field, data);
	der_leave(r, &field);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_field_encrypted);

int krb5_parse_encrypted(struct sspi_span in, struct krb5_encrypted *data)
{
	struct der_reader r;

	der_init(&r, in);
	read_encrypted(&r, data);
	return der_end(&r);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_parse_encrypted);

/* A pair of a number [n] and octets [n + 1]: keys, checksums, addresses. */
static void read_pair(struct der_reader *r, unsigned int n, s32 *type,
		      struct sspi_span *octets)
{
	struct der_reader seq;

	der_enter(r, DER_SEQUENCE, &seq);
	*type = der_field_s32(&seq, n);
	*octets = der_field(&seq, n + 1, DER_OCTET_STRING);
	der_leave(r, &seq);
}

static void field_pair(struct der_reader *r, unsigned int n, s32 *type,
		       struct sspi_span *octets)
{
	struct der_reader field;

	der_enter(r, DER_CONTEXT(n), &field);
	read_pair(&field, 0, type, octets);
	der_leave(r, &field);
}

void krb5_field_key(struct der_reader *r, unsigned int n,
		    struct krb5_keyview *key)
{
	field_pair(r, n, &key->enctype, &key->key);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_field_key);

void krb5_opt_key(struct der_reader *r, unsigned int n,
		  struct krb5_keyview *key)
{
	memset(key, 0, sizeof(*key));	/* not secret: a view */
	if (der_has_field(r, n))
		krb5_field_key(r, n, key);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_opt_key);

int krb5_parse_keyview(struct sspi_span in, struct krb5_keyview *key)
{
	struct der_reader r;

	der_init(&r, in);
	read_pair(&r, 0, &key->enctype, &key->key);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_keyview);

void krb5_field_checksum(struct der_reader *r, unsigned int n,
			 struct krb5_checksum *sum)
{
	field_pair(r, n, &sum->type, &sum->sum);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_field_checksum);

void krb5_opt_checksum(struct der_reader *r, unsigned int n,
		       struct krb5_checksum *sum)
{
	memset(sum, 0, sizeof(*sum));
	if (der_has_field(r, n))
		krb5_field_checksum(r, n, sum);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_opt_checksum);

void krb5_opt_address(struct der_reader *r, unsigned int n,
		      struct krb5_address *address)
{
	memset(address, 0, sizeof(*address));
	if (der_has_field(r, n))
		field_pair(r, n, &address->type, &address->address);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_opt_address);

static int next_pair(struct sspi_span *list, s32 *type,
		     struct sspi_span *octets)
{
	struct der_reader r;

	*type = 0;
	memset(octets, 0, sizeof(*octets));
	if (!list->len)
		return 0;
	der_init(&r, *list);
	read_pair(&r, 0, type, octets);
	return der_list_advance(&r, list);
}

int krb5_next_ad(struct sspi_span *list, struct krb5_ad *ad)
{
	ad->if_relevant = false;
	return next_pair(list, &ad->type, &ad->data);
}
SSPI_EXPORT_FOR_TEST(krb5_next_ad);

int krb5_next_address(struct sspi_span *list, struct krb5_address *address)
{
	return next_pair(list, &address->type, &address->address);
}
SSPI_EXPORT_FOR_TEST(krb5_next_address);

/* Both lists hold pairs of the same form. */
static void check_pairs(struct der_reader *r, struct sspi_span list)
{
	struct sspi_span octets;
	s32 type;
	int err;

	do {
		err = next_pair(&list, &type, &octets);
	} while (err > 0);
	if (err)
		der_fail(r);
}

static struct sspi_span opt_pairs(struct der_reader *r, unsigned int n)
{
	struct sspi_span list = der_opt(r, n, DER_SEQUENCE);

	check_pairs(r, list);
	return list;
}

struct sspi_span krb5_opt_ad_list(struct der_reader *r, unsigned int n)
{
	return opt_pairs(r, n);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_opt_ad_list);

struct sspi_span krb5_opt_addresses(struct der_reader *r, unsigned int n)
{
	return opt_pairs(r, n);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_opt_addresses);

int krb5_parse_ad_list(struct sspi_span in, struct sspi_span *list)
{
	struct der_reader r;

	der_init(&r, in);
	*list = der_read(&r, DER_SEQUENCE);
	check_pairs(&r, *list);
	/* Deciphered authorization data is a whole message too. */
	return der_end_padded(&r);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_parse_ad_list);

void krb5_ad_walk_init(struct krb5_ad_walk *walk, struct sspi_span list)
{
	memset(walk, 0, sizeof(*walk));
	walk->rest[0] = list;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_ad_walk_init);

int krb5_ad_walk_next(struct krb5_ad_walk *walk, struct krb5_ad *ad)
{
	int err = walk->bad ? -EBADMSG : 1;

	while (err > 0) {
		err = krb5_next_ad(&walk->rest[walk->depth], ad);
		if (!err && walk->depth) {
			walk->depth--;
			err = 1;
			continue;
		}
		if (err <= 0)
			break;
		ad->if_relevant = walk->depth;
		if (ad->type != KRB5_AD_IF_RELEVANT)
			return 1;
		if (walk->depth + 1 == KRB5_AD_MAX_DEPTH ||
		    krb5_parse_ad_list(ad->data,
				       &walk->rest[walk->depth + 1]))
			err = -EBADMSG;
		else
			walk->depth++;
	}
	memset(ad, 0, sizeof(*ad));
	walk->bad |= err < 0;
	return err;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_ad_walk_next);

int krb5_next_s32(struct sspi_span *list, s32 *v)
{
	struct der_reader r;

	*v = 0;
	if (!list->len)
		return 0;
	der_init(&r, *list);
	*v = der_read_s32(&r);
	return der_list_advance(&r, list);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_next_s32);

int krb5_parse_s32_list(struct sspi_span in, struct sspi_span *list)
{
	struct sspi_span rest;
	struct der_reader r;
	int err;
	s32 v;

	der_init(&r, in);
	*list = der_read(&r, DER_SEQUENCE);
	rest = *list;
	do {
		err = krb5_next_s32(&rest, &v);
	} while (err > 0);
	return err ? err : der_end(&r);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_parse_s32_list);

void krb5_field_is(struct der_reader *r, unsigned int n, s32 value)
{
	if (der_field_s32(r, n) != value)
		der_fail(r);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_field_is);
