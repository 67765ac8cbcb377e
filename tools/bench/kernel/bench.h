/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SSPI_BENCH_H
#define _SSPI_BENCH_H

#include <linux/types.h>

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
