/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys of type "sspi", and the keyrings they are in. */
#ifndef SSPICTL_KEYRING_H
#define SSPICTL_KEYRING_H

#include <stdbool.h>
#include <stdint.h>

struct found {
	int32_t id;
	int32_t ring; /* that it is directly in */
	long uid;
	char type[32];
	char description[4096];
};

typedef void (*found_fn)(const struct found *key, void *priv);

long keyctl_call(int command, long a, long b, long c, long d);
int32_t keyring_id(const char *name);
/* The other way round: a name, or the number in @text. */
#define KEYRING_NAME 16
const char *keyring_name(int32_t id, char text[KEYRING_NAME]);
/* Each key of the type in a keyring and in those that are in it. */
void keyring_walk(int32_t ring, found_fn fn, void *priv);

#endif /* SSPICTL_KEYRING_H */
