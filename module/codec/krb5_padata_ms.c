// SPDX-License-Identifier: GPL-2.0-only
/* Pre-authentication data of MS-KILE and MS-SFU. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_name.h"
#include "codec/krb5_padata.h"
#include "test_export.h"

/* MS-KILE 2.2.3. */
int krb5_build_pac_request(bool include, u8 *out, size_t room)
{
	struct sspi_writer w;
	u8 value = include ? 0xff : 0;
	struct sspi_span content = { .data = &value, .len = sizeof(value) };
	size_t seq;

	sspi_writer_init(&w, out, room);
	seq = der_open(&w, DER_SEQUENCE);
	der_put(&w, 0, DER_BOOLEAN, content);
	der_close(&w, seq);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_pac_request);

/* MS-KILE 2.2.10. */
int krb5_parse_pac_options(struct sspi_span in, u32 *flags)
{
	struct der_reader r, seq;

	der_init(&r, in);
	der_enter(&r, DER_SEQUENCE, &seq);
	*flags = der_field_flags(&seq, 0);
	der_skip_rest(&seq);
	der_leave(&r, &seq);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_pac_options);

int krb5_build_pac_options(u32 flags, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t seq;

	sspi_writer_init(&w, out, room);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_flags(&w, 0, flags);
	der_close(&w, seq);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_pac_options);

/* MS-SFU 2.2.1. */
int krb5_parse_pa_for_user(struct sspi_span in, struct krb5_pa_for_user *pa)
{
	struct der_reader r, seq;

	memset(pa, 0, sizeof(*pa));
	der_init(&r, in);
	der_enter(&r, DER_SEQUENCE, &seq);
	krb5_field_name(&seq, 0, &pa->user.name);
	pa->user.realm = krb5_field_realm(&seq, 1);
	krb5_field_checksum(&seq, 2, &pa->cksum);
	pa->package = der_field(&seq, 3, DER_GENERAL_STRING);
	der_leave(&r, &seq);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_pa_for_user);

int krb5_build_pa_for_user(const struct krb5_pa_for_user *pa, u8 *out,
			   size_t room)
{
	struct sspi_writer w;
	size_t seq;

	sspi_writer_init(&w, out, room);
	seq = der_open(&w, DER_SEQUENCE);
	krb5_put_name(&w, 0, &pa->user.name);
	krb5_put_realm(&w, 1, pa->user.realm);
	krb5_put_checksum(&w, 2, &pa->cksum);
	der_put(&w, 3, DER_GENERAL_STRING, pa->package);
	der_close(&w, seq);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_pa_for_user);

int krb5_build_pa_for_user_sum(const struct krb5_pa_for_user *pa, u8 *out,
			       size_t room)
{
	const struct krb5_name *name = &pa->user.name;
	struct sspi_writer w;
	u32 i;

	sspi_writer_init(&w, out, room);
	sspi_write_le32(&w, name->type);
	for (i = 0; i < name->count && i < KRB5_MAX_COMPONENTS; i++)
		der_write_element(&w, name->part[i]);
	der_write_element(&w, pa->user.realm);
	der_write_element(&w, pa->package);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_pa_for_user_sum);

/* MS-SFU 2.2.2: for a certificate alone the name has no components. */
int krb5_parse_s4u_user(struct sspi_span in, struct krb5_s4u_user *user)
{
	struct der_reader r, seq;

	memset(user, 0, sizeof(*user));
	der_init(&r, in);
	der_enter(&r, DER_SEQUENCE, &seq);
	user->nonce = der_field_u32_or_s32(&seq, 0);
	if (der_has_field(&seq, 1))
		krb5_field_any_name(&seq, 1, &user->user.name);
	user->user.realm = krb5_field_realm(&seq, 2);
	user->certificate = der_opt(&seq, 3, DER_OCTET_STRING);
	user->has_options = der_has_field(&seq, 4);
	if (user->has_options)
		user->options = der_field_flags(&seq, 4);
	der_skip_rest(&seq);
	der_leave(&r, &seq);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_s4u_user);

int krb5_build_s4u_user(const struct krb5_s4u_user *user, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t seq;

	sspi_writer_init(&w, out, room);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 0, user->nonce);
	krb5_put_opt_name(&w, 1, &user->user.name);
	krb5_put_realm(&w, 2, user->user.realm);
	der_put_opt(&w, 3, DER_OCTET_STRING, user->certificate);
	if (user->has_options)
		der_put_flags(&w, 4, user->options);
	der_close(&w, seq);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_s4u_user);

int krb5_parse_pa_s4u(struct sspi_span in, struct krb5_pa_s4u *pa)
{
	struct der_reader r, seq, field;
	struct krb5_s4u_user user;
	u8 tag;

	memset(pa, 0, sizeof(*pa));
	der_init(&r, in);
	der_enter(&r, DER_SEQUENCE, &seq);
	der_enter(&seq, DER_CONTEXT(0), &field);
	pa->user_id = der_read_element(&field, &tag);
	der_leave(&seq, &field);
	krb5_field_checksum(&seq, 1, &pa->cksum);
	der_skip_rest(&seq);
	der_leave(&r, &seq);
	if (der_end(&r))
		return -EBADMSG;
	return krb5_parse_s4u_user(pa->user_id, &user);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_pa_s4u);

int krb5_build_pa_s4u(const struct krb5_pa_s4u *pa, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t seq;

	sspi_writer_init(&w, out, room);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_element(&w, 0, pa->user_id);
	krb5_put_checksum(&w, 1, &pa->cksum);
	der_close(&w, seq);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_pa_s4u);
