/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names as text, "service/host@REALM": '/', '@' and '\' in a component are
 * escaped by '\', so are tab, newline and backspace (RFC 1964 2.1.1). A NUL is
 * refused in every form.
 */
#ifndef _SSPI_CODEC_KRB5_NAME_H
#define _SSPI_CODEC_KRB5_NAME_H

#include "codec/krb5_base.h"

#define KRB5_MAX_NAME_TEXT	1024

/*
 * @text into views of @store, which holds the characters without escapes and
 * needs no more room than @text. Without "@REALM" the realm has NULL data. The
 * type is KRB5_NT_PRINCIPAL: the caller knows better.
 * -EINVAL for no or too many components, an empty first one, a NUL, a lone '\'
 * or a second '@'; -ENOSPC for @room.
 */
int krb5_name_parse(struct sspi_span text, u8 *store, size_t room,
		    struct krb5_principal *princ);
/* A name of type KRB5_NT_ENTERPRISE: '@' is a part of its one component. */
int krb5_name_parse_enterprise(struct sspi_span text, u8 *store, size_t room,
			       struct krb5_principal *princ);
/* The length, or -ENOSPC; no NUL at the end; without realm no '@'. */
int krb5_name_format(const struct krb5_principal *princ, u8 *out, size_t room);

/* Octet by octet (RFC 4120 6.1, 6.2); the type does not count (6.2). */
bool krb5_name_equal(const struct krb5_name *a, const struct krb5_name *b);
bool krb5_realm_equal(struct sspi_span a, struct sspi_span b);
bool krb5_realm_alike(struct sspi_span a, struct sspi_span b);
bool krb5_principal_equal(const struct krb5_principal *a,
			  const struct krb5_principal *b);
/* krbtgt/REALM, whatever its type and own realm. */
bool krb5_name_is_tgs(const struct krb5_name *name);
/* krbtgt/@of, NT-SRV-INST: views into @of and a constant. */
void krb5_name_tgs(struct krb5_name *name, struct sspi_span of);
/* All octets, in every component: what a caller of format must have room for. */
bool krb5_text_has_nul(struct sspi_span text);

#endif /* _SSPI_CODEC_KRB5_NAME_H */
