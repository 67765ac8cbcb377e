// SPDX-License-Identifier: GPL-2.0-only
/* Names of Kerberos as text, RFC 1964 2.1.1, and their comparison. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/krb5_name.h"
#include "test_export.h"

bool krb5_text_has_nul(struct sspi_span text)
{
	return text.len && memchr(text.data, 0, text.len);
}
SSPI_EXPORT_FOR_TEST(krb5_text_has_nul);

/* A text being taken apart: @out is where unescaped characters go. */
struct parse {
	struct krb5_principal *princ;
	u8 *store;
	size_t out;
	size_t start;		/* of the component or realm in @store */
	bool in_realm;
};

static struct sspi_span finish_text(struct parse *p)
{
	struct sspi_span text = { .data = p->store + p->start,
				  .len = p->out - p->start };

	p->start = p->out;
	return text;
}

static int finish_component(struct parse *p)
{
	struct krb5_name *name = &p->princ->name;

	if (name->count == KRB5_MAX_COMPONENTS)
		return -EINVAL;
	name->part[name->count++] = finish_text(p);
	return 0;
}

/* What stands behind a '\'. */
static u8 unescape(u8 c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'b':
		return '\b';
	default:
		return c;
	}
}

static int parse_text(struct parse *p, struct sspi_span text, bool enterprise)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		u8 c = text.data[i];
		int err = 0;

		if (c == '\\') {
			/* '\0' is a NUL to MIT: refused like a bare one. */
			if (++i == text.len || text.data[i] == '0')
				return -EINVAL;
			p->store[p->out++] = unescape(text.data[i]);
		} else if (c == '@' && !enterprise) {
			if (p->in_realm)
				return -EINVAL;
			err = finish_component(p);
			p->in_realm = true;
		} else if (c == '/' && !enterprise && !p->in_realm) {
			err = finish_component(p);
		} else {
			p->store[p->out++] = c;
		}
		if (err)
			return err;
	}
	return 0;
}

static int parse_name(struct sspi_span text, u8 *store, size_t room,
		      struct krb5_principal *princ, bool enterprise)
{
	struct parse p = { .princ = princ, .store = store };
	int err;

	memset(princ, 0, sizeof(*princ));
	princ->name.type = enterprise ? KRB5_NT_ENTERPRISE : KRB5_NT_PRINCIPAL;
	if (!text.len || text.len > KRB5_MAX_NAME_TEXT ||
	    krb5_text_has_nul(text))
		return -EINVAL;
	if (text.len > room)
		return -ENOSPC;
	err = parse_text(&p, text, enterprise);
	if (!err && p.in_realm)
		princ->realm = finish_text(&p);
	else if (!err)
		err = finish_component(&p);
	if (err || !princ->name.part[0].len ||
	    (p.in_realm && !princ->realm.len))
		return -EINVAL;
	return 0;
}

int krb5_name_parse(struct sspi_span text, u8 *store, size_t room,
		    struct krb5_principal *princ)
{
	return parse_name(text, store, room, princ, false);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_name_parse);

int krb5_name_parse_enterprise(struct sspi_span text, u8 *store, size_t room,
			       struct krb5_principal *princ)
{
	return parse_name(text, store, room, princ, true);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_name_parse_enterprise);

/*
 * What is written for @c after a backslash; 0: @c itself. A realm may have a '/'
 * (RFC 4120 6.1): it ends nothing there.
 */
static u8 escape_of(u8 c, bool realm)
{
	switch (c) {
	case '/':
		return realm ? 0 : c;
	case '\\':
	case '@':
		return c;
	case '\n':
		return 'n';
	case '\t':
		return 't';
	case '\b':
		return 'b';
	default:
		return 0;
	}
}

static void write_escaped(struct sspi_writer *w, struct sspi_span text,
			  bool realm)
{
	size_t i, plain = 0;
	u8 as;

	for (i = 0; i < text.len; i++) {
		as = escape_of(text.data[i], realm);
		if (!as)
			continue;
		sspi_write_bytes(w, text.data + plain, i - plain);
		sspi_write_u8(w, '\\');
		sspi_write_u8(w, as);
		plain = i + 1;
	}
	sspi_write_bytes(w, text.data + plain, text.len - plain);
}

int krb5_name_format(const struct krb5_principal *princ, u8 *out, size_t room)
{
	struct sspi_writer w;
	u32 i;

	sspi_writer_init(&w, out, room);
	for (i = 0; i < princ->name.count && i < KRB5_MAX_COMPONENTS; i++) {
		if (i)
			sspi_write_u8(&w, '/');
		write_escaped(&w, princ->name.part[i], false);
	}
	if (princ->realm.data) {
		sspi_write_u8(&w, '@');
		write_escaped(&w, princ->realm, true);
	}
	return w.bad || w.pos > INT_MAX ? -ENOSPC : w.pos;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_name_format);

static bool same(struct sspi_span a, struct sspi_span b)
{
	return a.len == b.len && (!a.len || !memcmp(a.data, b.data, a.len));
}

bool krb5_name_equal(const struct krb5_name *a, const struct krb5_name *b)
{
	u32 i;

	if (a->count != b->count || a->count > KRB5_MAX_COMPONENTS)
		return false;
	for (i = 0; i < a->count; i++) {
		if (!same(a->part[i], b->part[i]))
			return false;
	}
	return true;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_name_equal);

bool krb5_realm_equal(struct sspi_span a, struct sspi_span b)
{
	return same(a, b);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_realm_equal);

/* In any case of ASCII's letters: only ever to take a KDC's word for its name. */
bool krb5_realm_alike(struct sspi_span a, struct sspi_span b)
{
	return a.len == b.len && !strncasecmp((const char *)a.data,
					      (const char *)b.data, a.len);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_realm_alike);

bool krb5_principal_equal(const struct krb5_principal *a,
			  const struct krb5_principal *b)
{
	return same(a->realm, b->realm) && krb5_name_equal(&a->name, &b->name);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_principal_equal);

static const u8 krbtgt[] = { 'k', 'r', 'b', 't', 'g', 't' };

/* RFC 4120 7.3. */
bool krb5_name_is_tgs(const struct krb5_name *name)
{
	struct sspi_span tgs = { .data = krbtgt, .len = sizeof(krbtgt) };

	return name->count == 2 && same(name->part[0], tgs);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_name_is_tgs);

void krb5_name_tgs(struct krb5_name *name, struct sspi_span of)
{
	memset(name, 0, sizeof(*name));
	name->type = KRB5_NT_SRV_INST;
	name->count = 2;
	name->part[0].data = krbtgt;
	name->part[0].len = sizeof(krbtgt);
	name->part[1] = of;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_name_tgs);
