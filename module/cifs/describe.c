// SPDX-License-Identifier: GPL-2.0-only
/*
 * The description of a key of type cifs.spnego:
 *
 *	ver=0x2;host=H;ip4=A;sec=krb5;uid=0xU;creduid=0xC;[user=N;]pid=0xP
 *	[;upcall_target=app|mount]
 *
 * cifs puts it together without escapes, and the host may be what a server has
 * sent in a referral. So it is read to the letter: each field once, in this order,
 * and nothing else. A name that brings fields of its own leaves those of cifs
 * behind them, which is one too many.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "cifs/cifs.h"

/* Takes "NAME=" off the front of *@at. */
static bool skip_name(const char **at, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(*at, name, len) || (*at)[len] != '=')
		return false;
	*at += len + 1;
	return true;
}

/* Takes a value off the front of *@at, and the semicolon behind it. */
static int take_text(const char **at, const char *name, char *out, size_t room)
{
	size_t len;

	if (!skip_name(at, name))
		return -EINVAL;
	len = strcspn(*at, ";");
	if (!len || len >= room)
		return -EINVAL;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len;
	if (**at == ';')
		(*at)++;
	return 0;
}

static int take_number(const char **at, const char *name, u32 *out)
{
	char text[sizeof("0x12345678")];

	if (take_text(at, name, text, sizeof(text)) || text[0] != '0' ||
	    text[1] != 'x' || !isxdigit(text[2]) || kstrtou32(text, 16, out))
		return -EINVAL;
	return 0;
}

/* A host, and no realm, port or second component of a target. */
static bool is_host(const char *text)
{
	for (; *text; text++)
		if (!isascii(*text) || !(isalnum(*text) || strchr(".-_", *text)))
			return false;
	return true;
}

/* A principal; what is not ASCII is for ksspi to judge. */
static bool is_name(const char *text)
{
	for (; *text; text++)
		if ((u8)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static int take_server(const char **at, struct spnego_request *request)
{
	char text[64];
	u32 number;

	if (take_number(at, "ver", &number) || number != 2)
		return -EINVAL;
	if (take_text(at, "host", request->host, sizeof(request->host)) ||
	    !is_host(request->host))
		return -EINVAL;
	if (take_text(at, "ip4", text, sizeof(text)) &&
	    take_text(at, "ip6", text, sizeof(text)))
		return -EINVAL;
	if (take_text(at, "sec", text, sizeof(text)))
		return -EINVAL;
	if (strcmp(text, "krb5") && strcmp(text, "mskrb5"))
		return -EOPNOTSUPP;
	return 0;
}

static int take_client(const char **at, struct spnego_request *request)
{
	char text[8];
	u32 uid;

	request->user[0] = '\0';
	request->of_mount = false;
	if (take_number(at, "uid", &uid) ||
	    take_number(at, "creduid", &request->creduid))
		return -EINVAL;
	if (!strncmp(*at, "user=", 5) &&
	    (take_text(at, "user", request->user, sizeof(request->user)) ||
	     !is_name(request->user)))
		return -EINVAL;
	if (take_number(at, "pid", &request->pid))
		return -EINVAL;
	if (!**at)
		return 0;
	if (take_text(at, "upcall_target", text, sizeof(text)))
		return -EINVAL;
	request->of_mount = !strcmp(text, "mount");
	return request->of_mount || !strcmp(text, "app") ? 0 : -EINVAL;
}

/* -EINVAL for what cifs does not write, -EOPNOTSUPP for another mechanism. */
int spnego_describe(const char *text, struct spnego_request *request)
{
	const char *at = text;
	int err = take_server(&at, request) ?: take_client(&at, request);

	/* a semicolon at the end is no field */
	if (!err && (*at || at == text || at[-1] == ';'))
		err = -EINVAL;
	return err;
}
