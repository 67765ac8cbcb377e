// SPDX-License-Identifier: GPL-2.0-only
/* Keys of type "sspi", and the keyrings they are in. */
#include <errno.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keyring.h"
#include "sspictl.h"

#define MAX_DEPTH 6 /* of keyrings in keyrings, as the kernel has it */

long keyctl_call(int command, long a, long b, long c, long d)
{
	return syscall(SYS_keyctl, command, a, b, c, d);
}

static const struct {
	const char *name;
	int32_t id;
} rings[] = {
	{ "session", KEY_SPEC_SESSION_KEYRING },
	{ "user", KEY_SPEC_USER_KEYRING },
	{ "user-session", KEY_SPEC_USER_SESSION_KEYRING },
};

/*
 * Who has no session keyring has that of the user, as ksspi sees it; told to add
 * to "the session" the kernel would make one that ends with this process.
 */
static int32_t session(void)
{
	long id = keyctl_call(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING,
			      0, 0, 0);

	if (id < 0)
		die(EXIT_FAILED, "no session keyring: %s", strerror(errno));
	return (int32_t)id;
}

/* The persistent one is found through the session, which it is put into. */
static int32_t persistent(void)
{
	long id = keyctl_call(KEYCTL_GET_PERSISTENT, -1, session(), 0, 0);

	if (id < 0)
		die(errno == EACCES || errno == EPERM ? EXIT_DENIED :
							EXIT_FAILED,
		    "no persistent keyring: %s", strerror(errno));
	return (int32_t)id;
}

int32_t keyring_id(const char *name)
{
	char *end;
	size_t i;
	long id;

	if (!strcmp(name, "session"))
		return session();
	for (i = 0; i < sizeof(rings) / sizeof(*rings); i++)
		if (!strcmp(name, rings[i].name))
			return rings[i].id;
	if (!strcmp(name, "persistent"))
		return persistent();
	id = strtol(name, &end, 0);
	if (id > 0 && id <= INT_MAX && !*end)
		return (int32_t)id;
	die(EXIT_USAGE,
	    "%s: a keyring is session, user, user-session, persistent or a number",
	    name);
}

const char *keyring_name(int32_t id, char text[KEYRING_NAME])
{
	size_t i;

	for (i = 0; i < sizeof(rings) / sizeof(*rings); i++)
		if (rings[i].id == id ||
		    keyctl_call(KEYCTL_GET_KEYRING_ID, rings[i].id, 0, 0, 0) ==
			    id)
			return rings[i].name;
	snprintf(text, KEYRING_NAME, "%d", id);
	return text;
}

/* Fills in what the kernel says of a key; false if it says nothing. */
static bool describe(struct found *key)
{
	char text[4200], *at, *name;
	long len = keyctl_call(KEYCTL_DESCRIBE, key->id, (long)text,
			       sizeof(text) - 1, 0);
	int i;

	if (len < 0 || len >= (long)sizeof(text))
		return false;
	text[len] = '\0';
	/* TYPE;UID;GID;PERMISSIONS;DESCRIPTION */
	snprintf(key->type, sizeof(key->type), "%.*s", (int)strcspn(text, ";"),
		 text);
	at = strchr(text, ';');
	key->uid = at ? strtol(at + 1, NULL, 10) : -1;
	for (i = 0, name = text; i < 4 && name; i++)
		name = strchr(name, ';') ? strchr(name, ';') + 1 : NULL;
	snprintf(key->description, sizeof(key->description), "%s",
		 name ? name : "");
	return name != NULL;
}

static void walk(int32_t ring, unsigned int depth, found_fn fn, void *priv)
{
	int32_t ids[512];
	long len = keyctl_call(KEYCTL_READ, ring, (long)ids, sizeof(ids), 0);
	size_t i, count;

	if (len < 0 || depth == MAX_DEPTH)
		return;
	count = ((size_t)len < sizeof(ids) ? (size_t)len : sizeof(ids)) /
		sizeof(*ids);
	for (i = 0; i < count; i++) {
		struct found key = { .id = ids[i], .ring = ring };

		if (!describe(&key))
			continue;
		if (!strcmp(key.type, "keyring"))
			walk(ids[i], depth + 1, fn, priv);
		else if (!strcmp(key.type, "sspi"))
			fn(&key, priv);
	}
}

void keyring_walk(int32_t ring, found_fn fn, void *priv)
{
	walk(ring, 0, fn, priv);
}
