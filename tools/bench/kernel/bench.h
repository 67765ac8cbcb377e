/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SSPI_BENCH_H
#define _SSPI_BENCH_H

#include <linux/types.h>

struct pair;
struct party;

extern unsigned int contexts, rounds, runs;

/* One line for the table; @size 0 for none. */
void result(const char *prefix, const char *name, unsigned int size, u64 value);

int pair_init(struct pair *p, struct party *party);
void pair_exit(struct pair *p);

/* The parts that there are. */
int bench_pairs(struct party *party);
int bench_signed_pairs(struct party *party);
int bench_message(struct party *party);
int bench_krb5(struct party *party);
int bench_lengths(struct party *party, u8 *data);
int bench_memory(struct party *party);
int bench_smp(struct party *party);
int bench_call(void);
int bench_table(void);
int bench_objects(void);

int acquire_null(void);
void release_null(void);

/* A package whose steps do nothing: what is left is the core. */
int null_register(void);
void null_unregister(void);

/* The transforms alone, no context around them. */
struct bare;
struct bare *bare_new(void);
void bare_free(struct bare *bare);
void bare_sign(struct bare *bare, const u8 *data, size_t len);
void bare_seal(struct bare *bare, u8 *data, size_t len);
void bare_rc4(struct bare *bare, u8 *data, size_t len);
void bare_libarc4(struct bare *bare, u8 *data, size_t len);

/*
 * The same for Kerberos, AES-256 and HMAC-SHA1, and the kernel's own
 * cryptography of it. Text and keys are their own.
 */
#define BENCH_MAX	65536
struct krb5_bare;
struct krb5_bare *krb5_bare_new(void);
void krb5_bare_free(struct krb5_bare *bare);
int krb5_bare_sign(struct krb5_bare *bare, size_t len);
int krb5_bare_seal(struct krb5_bare *bare, size_t len);
int krb5_bare_unseal(struct krb5_bare *bare, size_t len);
int krb5_kernel_sign(struct krb5_bare *bare, size_t len);
int krb5_kernel_seal(struct krb5_bare *bare, size_t len);
int krb5_kernel_both(struct krb5_bare *bare, size_t len);
int krb5_kernel_keys(void);

/* Kerberos messages of sunrpc; what is made is then opened. */
struct sunrpc_peer;
struct sunrpc_peer *sunrpc_new(void);
void sunrpc_free(struct sunrpc_peer *s);
int sunrpc_sign(struct sunrpc_peer *s, size_t len);
int sunrpc_verify(struct sunrpc_peer *s, size_t len);
int sunrpc_seal(struct sunrpc_peer *s, size_t len);
int sunrpc_unseal(struct sunrpc_peer *s, size_t len);
int sunrpc_keys(struct sunrpc_peer *s);

/* Contexts and their handles alone, in sets, one for each thread. */
#define OBJECT_SETS	2
struct objects;
int objects_init(void);
void objects_exit(void);
struct objects *objects_new(unsigned int count, unsigned int owner,
			    unsigned int cred);
void objects_free(struct objects *o);
int objects_turns(struct objects *o, unsigned int turns);

#endif /* _SSPI_BENCH_H */
