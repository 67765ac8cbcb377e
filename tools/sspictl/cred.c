// SPDX-License-Identifier: GPL-2.0-only
/* sspictl cred: credentials as keys of type "sspi". Needs no netlink. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keyring.h"
#include "secret.h"
#include "sspictl.h"

/* What the kernel has room for, in bytes. */
#define MAX_TEXT (4 * 1024)
#define MAX_KEYTAB (1024 * 1024)

static const char usage_add[] =
	"cred add DESCRIPTION [-r KEYRING] -u USER [-d DOMAIN] [-n] [-f FD]\n"
	"         cred add DESCRIPTION [-r KEYRING] -k KEYTAB | -a ACCOUNTS";

struct options {
	const char *user;
	const char *domain;
	const char *keytab;
	const char *accounts;
	const char *ring;
	int fd;
	bool hash;
};

static int number_of(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*end || end == text || value < 0 || value > 1 << 20)
		die(EXIT_USAGE, "%s: a descriptor is a number", text);
	return (int)value;
}

static void parse(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "user", required_argument, NULL, 'u' },
		{ "domain", required_argument, NULL, 'd' },
		{ "fd", required_argument, NULL, 'f' },
		{ "nt-hash", no_argument, NULL, 'n' },
		{ "keytab", required_argument, NULL, 'k' },
		{ "accounts", required_argument, NULL, 'a' },
		{ "keyring", required_argument, NULL, 'r' },
		{},
	};
	int c;

	*o = (struct options){ .fd = -1 };
	optind = 0;
	while ((c = getopt_long(argc, argv, "u:d:f:nk:a:r:", names, NULL)) !=
	       -1) {
		switch (c) {
		case 'u':
			o->user = optarg;
			break;
		case 'd':
			o->domain = optarg;
			break;
		case 'f':
			o->fd = number_of(optarg);
			break;
		case 'n':
			o->hash = true;
			break;
		case 'k':
			o->keytab = optarg;
			break;
		case 'a':
			o->accounts = optarg;
			break;
		case 'r':
			o->ring = optarg;
			break;
		default:
			die(EXIT_USAGE, "%s", usage_add);
		}
	}
	if (optind != argc)
		die(EXIT_USAGE, "%s", usage_add);
}

/* A line feed in a value would begin an account of its own. */
static void check_value(const char *text, size_t len, size_t most,
			const char *what)
{
	size_t i;

	if (len > most)
		die(EXIT_FAILED, "%s is longer than %zu bytes", what, most);
	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			die(EXIT_FAILED, "%s has a control character in it",
			    what);
}

static void check_hash(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isxdigit((unsigned char)text[i]))
			break;
	if (len != 32 || i != len)
		die(EXIT_FAILED, "an NT hash is 32 hexadecimal digits");
}

static void add_secret(struct secret *s, const struct options *o)
{
	size_t start = s->len;

	if (o->fd >= 0)
		secret_read(s, o->fd, MAX_TEXT + 1, "the password");
	else
		secret_prompt(
			s, o->hash ? "NT hash: " : "Password: ", MAX_TEXT + 1);
	if (s->len > start && s->data[s->len - 1] == '\n')
		s->len--;
	check_value(s->data + start, s->len - start, MAX_TEXT, "the password");
	if (o->hash)
		check_hash(s->data + start, s->len - start);
}

/* What the key type takes: Documentation/credentials.rst. */
static void make_account(struct secret *s, const struct options *o)
{
	check_value(o->user, strlen(o->user), MAX_TEXT, "the user");
	secret_text(s, "user ");
	secret_text(s, o->user);
	if (o->domain) {
		check_value(o->domain, strlen(o->domain), MAX_TEXT,
			    "the domain");
		secret_text(s, "\ndomain ");
		secret_text(s, o->domain);
	}
	secret_text(s, o->hash ? "\nnt-hash " : "\npassword ");
	add_secret(s, o);
	secret_text(s, "\n");
}

static void make_payload(struct secret *s, const struct options *o)
{
	secret_alloc(s, MAX_KEYTAB + 4096);
	if (o->user) {
		make_account(s, o);
	} else if (o->keytab) {
		secret_text(s, "keytab\n");
		secret_read_file(s, o->keytab, MAX_KEYTAB);
	} else if (strcmp(o->accounts, "-")) {
		secret_read_file(s, o->accounts, MAX_KEYTAB);
	} else {
		secret_read(s, STDIN_FILENO, MAX_KEYTAB, "standard input");
	}
}

static void failed(int error, const char *what) __attribute__((noreturn));

static void failed(int error, const char *what)
{
	switch (error) {
	case ENODEV:
		die(EXIT_NOT_LOADED, "ksspi is not loaded: modprobe ksspi");
	case EPERM:
	case EACCES:
		die(EXIT_DENIED, "not permitted to %s", what);
	case ENOKEY:
		die(EXIT_FAILED, "no such key or keyring");
	case EDQUOT:
		die(EXIT_FAILED, "the quota of keys is used up: %s",
		    "/proc/sys/kernel/keys/maxbytes");
	case EINVAL:
		die(EXIT_FAILED, "the kernel does not take it: %s",
		    "see credentials.rst for what a key may hold");
	default:
		die(EXIT_FAILED, "cannot %s: %s", what, strerror(error));
	}
}

static int cred_add(int argc, char **argv)
{
	const char *description = argc > 1 ? argv[1] : "";
	static struct secret payload; /* wiped at exit */
	struct options o;
	int32_t ring;
	long key;

	if (!*description || *description == '-')
		die(EXIT_USAGE, "%s", usage_add);
	parse(argc - 1, argv + 1, &o);
	if (!!o.user + !!o.keytab + !!o.accounts != 1 ||
	    (!o.user && (o.domain || o.hash || o.fd >= 0)))
		die(EXIT_USAGE, "%s", usage_add);
	ring = keyring_id(o.ring ? o.ring : "session");
	make_payload(&payload, &o);
	key = syscall(SYS_add_key, "sspi", description, payload.data,
		      payload.len, ring);
	if (key < 0)
		failed(errno, "add to this keyring");
	if (want_json)
		printf("{\"key\": %ld}\n", key);
	else
		printf("%ld\n", key);
	return EXIT_OK;
}

static void list_one(const struct found *key, void *priv)
{
	char name[KEYRING_NAME];
	json_t *rows = priv, *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (get_number(row, "key") == key->id)
			return;
	row = json_object();
	json_object_set_new(row, "key", json_integer(key->id));
	json_object_set_new(row, "keyring",
			    json_string(keyring_name(key->ring, name)));
	json_object_set_new(row, "owner", json_integer(key->uid));
	json_object_set_new(row, "description", json_string(key->description));
	json_array_append_new(rows, row);
}

/* The keyrings that ksspi would look in for this user, or one. */
static int cred_list(int argc, char **argv)
{
	static const char *const columns[] = { "key", "keyring", "owner",
					       "description", NULL };
	json_t *rows = json_array();
	struct options o;

	parse(argc, argv, &o);
	if (o.user || o.domain || o.keytab || o.accounts || o.hash || o.fd >= 0)
		die(EXIT_USAGE, "cred list [-r KEYRING]");
	if (o.ring) {
		keyring_walk(keyring_id(o.ring), list_one, rows);
	} else {
		keyring_walk(keyring_id("session"), list_one, rows);
		keyring_walk(KEY_SPEC_USER_KEYRING, list_one, rows);
	}
	if (want_json)
		print_json(rows);
	else if (!json_array_size(rows))
		puts("no keys of type sspi");
	else
		print_table(rows, columns);
	json_decref(rows);
	return EXIT_OK;
}

struct removal {
	const char *description;
	unsigned int count;
};

/*
 * Revoking wipes at once, whoever else has a link to it; a key that is only in a
 * keyring outside of the session goes with its last link.
 */
static void remove_one(const struct found *key, void *priv)
{
	struct removal *removal = priv;
	long revoked;

	if (strcmp(key->description, removal->description))
		return;
	revoked = keyctl_call(KEYCTL_REVOKE, key->id, 0, 0, 0);
	if (keyctl_call(KEYCTL_UNLINK, key->id, key->ring, 0, 0) && revoked)
		failed(errno, "remove this key");
	removal->count++;
}

static int cred_remove(int argc, char **argv)
{
	struct removal removal = { .description = argc > 1 ? argv[1] : "" };
	struct options o;

	if (!*removal.description || *removal.description == '-')
		die(EXIT_USAGE, "cred remove DESCRIPTION [-r KEYRING]");
	parse(argc - 1, argv + 1, &o);
	if (o.user || o.domain || o.keytab || o.accounts || o.hash || o.fd >= 0)
		die(EXIT_USAGE, "cred remove DESCRIPTION [-r KEYRING]");
	keyring_walk(keyring_id(o.ring ? o.ring : "session"), remove_one,
		     &removal);
	if (!removal.count)
		failed(ENOKEY, "");
	return EXIT_OK;
}

int cred_main(int argc, char **argv)
{
	if (argc && !strcmp(argv[0], "add"))
		return cred_add(argc, argv);
	if (argc && !strcmp(argv[0], "list"))
		return cred_list(argc, argv);
	if (argc && !strcmp(argv[0], "remove"))
		return cred_remove(argc, argv);
	die(EXIT_USAGE,
	    "cred add DESCRIPTION ... | cred list | cred remove DESCRIPTION");
}
