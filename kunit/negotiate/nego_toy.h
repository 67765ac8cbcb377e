/* SPDX-License-Identifier: GPL-2.0-only */
/* A package of a third party, with an OID of its own, for Negotiate to find. */
#ifndef _SSPI_KUNIT_NEGO_TOY_H
#define _SSPI_KUNIT_NEGO_TOY_H

#include <linux/atomic.h>
#include <linux/sspi_package.h>

#define TOY_NAME	"Toy"
#define TOY_REASON	"the toy was told to fail"

/**
 * struct toy_ctl - the strings the test pulls, and what was seen
 * @status: what the first leg of an initiator returns, if it is a failure
 * @questions: questions that leg asks first
 * @no_integrity: it signs nothing
 * @wants_mic: it wants a mechListMIC even as the first choice
 * @asked: questions that came back answered
 * @signed_count: mechListMICs made
 * @verified: those found good
 * @restarts: key streams that began anew
 * @live: credentials and contexts that exist
 */
struct toy_ctl {
	sec_status_t status;
	unsigned int questions;
	bool no_integrity;
	bool wants_mic;
	atomic_t asked;
	atomic_t signed_count;
	atomic_t verified;
	atomic_t restarts;
	atomic_t live;
};

extern struct toy_ctl toy_ctl;
extern const struct sspi_package toy_package;

#endif /* _SSPI_KUNIT_NEGO_TOY_H */
