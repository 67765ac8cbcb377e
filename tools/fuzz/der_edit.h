/* SPDX-License-Identifier: GPL-2.0-only */
/* Edits of DER that know where elements begin and end. */
#ifndef _SSPI_FUZZ_DER_EDIT_H
#define _SSPI_FUZZ_DER_EDIT_H

#include "fuzz.h"

/*
 * Plays up to 8 edits of the script on @len bytes of @der; the new length, at
 * most @room. Lengths of what is around a changed element follow, so that a
 * decoder gets to what was changed; some edits spoil just them.
 */
size_t der_edit(uint8_t *der, size_t len, size_t room, struct script *s);

#endif /* _SSPI_FUZZ_DER_EDIT_H */
