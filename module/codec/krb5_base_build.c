// SPDX-License-Identifier: GPL-2.0-only
/* Writing of the parts that messages of Kerberos share, RFC 4120 5.2. */
#include <linux/errno.h>

#include "codec/der.h"
#include "codec/krb5_base.h"
#include "test_export.h"

void krb5_put_name(struct sspi_writer *w, unsigned int n,
		   const struct krb5_name *name)
{
	size_t field = der_open(w, DER_CONTEXT(n));
	size_t seq = der_open(w, DER_SEQUENCE);
	size_t inner, parts;
	u32 i;

	der_put_s64(w, 0, name->type);
	inner = der_open(w, DER_CONTEXT(1));
	parts = der_open(w, DER_SEQUENCE);
	for (i = 0; i < name->count && i < KRB5_MAX_COMPONENTS; i++)
		der_write(w, DER_GENERAL_STRING, name->part[i]);
	der_close(w, parts);
	der_close(w, inner);
	der_close(w, seq);
	der_close(w, field);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_put_name);

void krb5_put_opt_name(struct sspi_writer *w, unsigned int n,
		       const struct krb5_name *name)
{
	if (name->count)
		krb5_put_name(w, n, name);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_put_opt_name);

void krb5_put_realm(struct sspi_writer *w, unsigned int n,
		    struct sspi_span realm)
{
	der_put(w, n, DER_GENERAL_STRING, realm);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_put_realm);

static void write_encrypted(struct sspi_writer *w,
			    const struct krb5_encrypted *data)
{
	size_t seq = der_open(w, DER_SEQUENCE);

	der_put_s64(w, 0, data->enctype);
	if (data->has_kvno)
		der_put_s64(w, 1, data->kvno);
	der_put(w, 2, DER_OCTET_STRING, data->cipher);
	der_close(w, seq);
}

void krb5_put_encrypted(struct sspi_writer *w, unsigned int n,
			const struct krb5_encrypted *data)
{
	size_t field = der_open(w, DER_CONTEXT(n));

	write_encrypted(w, data);
	der_close(w, field);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_put_encrypted);

int krb5_build_encrypted(const struct krb5_encrypted *data, u8 *out,
			 size_t room)
{
	struct sspi_writer w;

	sspi_writer_init(&w, out, room);
	write_encrypted(&w, data);
	return der_written(&w);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_build_encrypted);

static void write_pair(struct sspi_writer *w, s32 type,
		       struct sspi_span octets)
{
	size_t seq = der_open(w, DER_SEQUENCE);

	der_put_s64(w, 0, type);
	der_put(w, 1, DER_OCTET_STRING, octets);
	der_close(w, seq);
}

static void put_pair(struct sspi_writer *w, unsigned int n, s32 type,
		     struct sspi_span octets)
{
	size_t field = der_open(w, DER_CONTEXT(n));

	write_pair(w, type, octets);
	der_close(w, field);
}

void krb5_put_key(struct sspi_writer *w, unsigned int n,
		  const struct krb5_keyview *key)
{
	put_pair(w, n, key->enctype, key->key);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_put_key);

void krb5_put_opt_key(struct sspi_writer *w, unsigned int n,
		      const struct krb5_keyview *key)
{
	if (key->key.data)
		krb5_put_key(w, n, key);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_put_opt_key);

void krb5_put_checksum(struct sspi_writer *w, unsigned int n,
		       const struct krb5_checksum *sum)
{
	put_pair(w, n, sum->type, sum->sum);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_put_checksum);

void krb5_put_opt_checksum(struct sspi_writer *w, unsigned int n,
			   const struct krb5_checksum *sum)
{
	if (sum->sum.data)
		krb5_put_checksum(w, n, sum);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_put_opt_checksum);

void krb5_put_opt_address(struct sspi_writer *w, unsigned int n,
			  const struct krb5_address *address)
{
	if (address->address.data)
		put_pair(w, n, address->type, address->address);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_put_opt_address);

void krb5_put_opt_list(struct sspi_writer *w, unsigned int n,
		       struct sspi_span list)
{
	der_put_opt(w, n, DER_SEQUENCE, list);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_put_opt_list);

int krb5_build_ad_list(const struct krb5_ad *ad, unsigned int count, u8 *out,
		       size_t room)
{
	struct sspi_writer w;
	unsigned int i;
	size_t seq;

	sspi_writer_init(&w, out, room);
	seq = der_open(&w, DER_SEQUENCE);
	for (i = 0; i < count; i++)
		write_pair(&w, ad[i].type, ad[i].data);
	der_close(&w, seq);
	return der_written(&w);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_build_ad_list);

void krb5_write_s32_list(struct sspi_writer *w, const s32 *v,
			 unsigned int count)
{
	size_t seq = der_open(w, DER_SEQUENCE);
	unsigned int i;

	for (i = 0; i < count; i++)
		der_write_s64(w, v[i]);
	der_close(w, seq);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_write_s32_list);

int krb5_build_s32_list(const s32 *v, unsigned int count, u8 *out, size_t room)
{
	struct sspi_writer w;

	sspi_writer_init(&w, out, room);
	krb5_write_s32_list(&w, v, count);
	return der_written(&w);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_build_s32_list);
