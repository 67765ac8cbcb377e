/* SPDX-License-Identifier: GPL-2.0-only */
/* A client, a service and their realm, for whole exchanges of Kerberos. */
#ifndef _SSPI_FUZZ_KRB5_PARTY_H
#define _SSPI_FUZZ_KRB5_PARTY_H

#include "party.h"

#include "kunit/krb5/krb5_forge.h"

#define OPT_TYPE 0x07
#define OPT_ONE_WAY 0x08 /* no mutual authentication */
#define OPT_DCE 0x10
#define OPT_BINDINGS 0x20
#define OPT_DELEGATE 0x40
#define OPT_DATAGRAM 0x80

enum krb5_from {
	FROM_TICKET,
	FROM_TGT,
	FROM_KEY,
	FROM_PASSWORD,
};

struct krb5_setup {
	struct party client;
	struct party server;
	struct forge forge;
	uint8_t reply[FORGE_ROOM];
	uint8_t options;
	unsigned int asked;
};

/* All types, by OPT_TYPE. */
int32_t krb5_setup_type(uint8_t options);
/* Both credentials; false if a failure was asked for and has happened. */
bool krb5_setup_acquire(struct krb5_setup *s, enum krb5_from from);
/* Sends the KDC's answers through @answer. */
void krb5_setup_finish(struct krb5_setup *s);
/* Both are done: the same key, not that of the ticket, the same client. */
void krb5_setup_agrees(struct krb5_setup *s);

#endif /* _SSPI_FUZZ_KRB5_PARTY_H */
