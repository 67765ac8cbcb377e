// SPDX-License-Identifier: GPL-2.0-only
/*
 * Credentials of Negotiate: which packages there are, which of them the list
 * allows, and a credential of each that the caller gave something for.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "codec/pkglist.h"
#include "pkg/negotiate/negotiate.h"

/* Names that a list may exclude although the package is not in this build. */
static const char *const known[] = {
	"NTLM", "Kerberos", "PKU2U", "WDigest", "Schannel",
};

static sec_status_t refuse(struct sspi_package_acquire *acq,
			   sec_status_t status, const char *why)
{
	acq->reason = why;
	return status;
}

int nego_find(const struct nego_cred *cred, struct sspi_span oid)
{
	const struct sspi_span *own;
	u32 i;

	for (i = 0; i < cred->count; i++)
		for (own = cred->mechs[i].package->mechs; own->len; own++)
			if (nego_span_equal(*own, oid))
				return i;
	return NEGO_NO_MECH;
}

sec_status_t nego_usable(const struct nego_mech *mech, u32 use,
			 const struct sspi_step *step, const char **reason)
{
	*reason = mech->reason;
	if (!mech->cred)
		return mech->status;
	if (!(mech->use & use)) {
		*reason = "its credential is for the other direction";
		return SEC_E_NO_CREDENTIALS;
	}
	if (mech->expiry != SSPI_EXPIRY_NEVER &&
	    mech->expiry <= div_s64(step->env->now(step->env),
				    SSPI_TICKS_PER_SECOND)) {
		*reason = "its credential has expired";
		return SEC_E_CONTEXT_EXPIRED;
	}
	return SEC_E_OK;
}

static int find_name(const struct nego_cred *cred,
		     const struct sspi_pkglist_item *item)
{
	u32 i;

	for (i = 0; i < cred->count; i++)
		if (sspi_pkglist_is(item, cred->mechs[i].package->info.name))
			return i;
	return NEGO_NO_MECH;
}

/*
 * A name that nobody has may be a slip of the pen: where it was to exclude, the
 * slip would open what was to be shut.
 */
static sec_status_t check_item(struct sspi_package_acquire *acq,
			       const struct nego_cred *cred,
			       const struct sspi_pkglist_item *item)
{
	size_t i;

	if (!item->len)
		return refuse(acq, SEC_E_INVALID_PARAMETER,
			      "the package list has an empty name");
	if (!item->excluded || find_name(cred, item) != NEGO_NO_MECH)
		return SEC_E_OK;
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (sspi_pkglist_is(item, known[i]))
			return SEC_E_OK;
	return refuse(acq, SEC_E_SECPKG_NOT_FOUND,
		      "the package list excludes a package that there is not");
}

/* Puts the package at @from before that at @to. */
static void move_up(struct nego_cred *cred, u32 from, u32 to)
{
	struct nego_mech moved = cred->mechs[from];

	memmove(&cred->mechs[to + 1], &cred->mechs[to],
		(from - to) * sizeof(moved));
	cred->mechs[to] = moved;
}

/*
 * Names without '!' come first, in their order, and everything else is out; '!'
 * counts wherever it stands.
 */
static sec_status_t apply_list(struct sspi_package_acquire *acq,
			       struct nego_cred *cred)
{
	const char *list = acq->args->packages;
	sec_status_t status;
	struct sspi_pkglist_item item;
	u32 named = 0, i;
	bool any = false;
	int at;

	while (list && sspi_pkglist_next(&list, &item)) {
		status = check_item(acq, cred, &item);
		if (status != SEC_E_OK)
			return status;
		at = find_name(cred, &item);
		any |= !item.excluded;
		if (at != NEGO_NO_MECH && item.excluded)
			cred->mechs[at].excluded = true;
		else if (at != NEGO_NO_MECH && (u32)at >= named)
			move_up(cred, at, named++);
	}
	for (i = named; any && i < cred->count; i++)
		cred->mechs[i].excluded = true;
	return SEC_E_OK;
}

/* What proves the server's name goes first, then as they were registered. */
static sec_status_t collect(struct sspi_package_acquire *acq,
			    struct nego_cred *cred)
{
	const struct sspi_package *package;
	unsigned int pos = 0;
	u32 at;

	while ((package = sspi_next_mechanism(&pos))) {
		if (cred->count == NEGO_MAX_PACKAGES) {
			sspi_put_mechanism(package);
			return refuse(acq, SEC_E_INTERNAL_ERROR,
				      "too many packages");
		}
		at = cred->count++;
		cred->mechs[at].package = package;
		if (!nego_proves_name(&cred->mechs[at]))
			continue;
		while (at && !nego_proves_name(&cred->mechs[at - 1]))
			at--;
		move_up(cred, cred->count - 1, at);
	}
	return SEC_E_OK;
}

/* What a client delegates it gives to the package that it was accepted by. */
static bool delegated_by(const struct nego_ctx *ctx,
			 const struct nego_mech *mech,
			 struct sspi_package_acquire *inner)
{
	if (ctx->state != NEGO_STATE_ESTABLISHED ||
	    nego_mech(ctx)->package != mech->package)
		return false;
	inner->delegated = ctx->inner;
	return true;
}

static sec_status_t acquire_as(struct sspi_package_acquire *acq,
			       struct nego_mech *mech, u32 use)
{
	struct sspi_acquire_args args = *acq->args;
	struct sspi_package_acquire inner = {
		.args = &args,
		.env = acq->env,
		.expiry = SSPI_EXPIRY_NEVER,
	};
	const struct sspi_package_ops *ops = mech->package->ops;

	if (acq->delegated && !delegated_by(acq->delegated, mech, &inner)) {
		mech->status = SEC_E_NO_CREDENTIALS;
		mech->reason = "the client delegated nothing through it";
		return mech->status;
	}
	args.package = mech->package->info.name;
	args.packages = NULL;
	args.negotiate = NULL;
	args.cred_use = use;
	if (ops->negotiable && !ops->negotiable(&args)) {
		mech->status = SEC_E_NO_CREDENTIALS;
		mech->reason = "the credential has nothing for it";
		return mech->status;
	}
	mech->status = ops->acquire(&inner, &mech->cred);
	mech->reason = inner.reason;
	if (mech->status == SEC_E_OK && !mech->cred)
		mech->status = SEC_E_INTERNAL_ERROR;
	if (mech->status == SEC_E_OK) {
		mech->use = use;
		mech->expiry = inner.expiry;
		mech->reason = NULL;
	}
	return mech->status;
}

/* For both directions if it can be, else for the one that it can. */
static sec_status_t acquire_mech(struct sspi_package_acquire *acq,
				 struct nego_mech *mech)
{
	u32 use = acq->args->cred_use;
	sec_status_t status = acquire_as(acq, mech, use);

	if (status == SEC_E_NO_CREDENTIALS && use == SECPKG_CRED_BOTH)
		status = acquire_as(acq, mech, SECPKG_CRED_INBOUND);
	if (status == SEC_E_NO_CREDENTIALS && use == SECPKG_CRED_BOTH)
		status = acquire_as(acq, mech, SECPKG_CRED_OUTBOUND);
	return status;
}

/*
 * A package that has nothing to work with is left out. One that was given a
 * keytab or tickets and cannot use them is an error, not a reason for NTLM.
 */
static bool may_leave_out(const struct sspi_acquire_args *args,
			  const struct nego_mech *mech)
{
	if (mech->status == SEC_E_INSUFFICIENT_MEMORY)
		return false;
	return !nego_proves_name(mech) ||
	       (!args->keytab.data && !args->ccache.data);
}

/* Not a credential at all: the best that can be said about why. */
static sec_status_t nothing(struct sspi_package_acquire *acq,
			    const struct nego_cred *cred)
{
	const struct nego_mech *best = NULL;
	u32 i;

	for (i = 0; i < cred->count; i++) {
		const struct nego_mech *mech = &cred->mechs[i];

		if (mech->excluded)
			continue;
		if (!best || (best->status == SEC_E_NO_CREDENTIALS &&
			      mech->status != SEC_E_NO_CREDENTIALS))
			best = mech;
	}
	if (!best)
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "the package list leaves no package");
	return refuse(acq, best->status, best->reason);
}

static bool has_name(const struct sspi_acquire_args *args)
{
	return args->ccache.data || args->keytab.data || args->delegated ||
	       (args->identity && args->identity->user &&
		*args->identity->user);
}

static sec_status_t fill(struct sspi_package_acquire *acq,
			 struct nego_cred *cred)
{
	const struct sspi_negotiate_options *opt = acq->args->negotiate;
	sec_status_t status;
	bool any = false;
	u32 i;

	cred->by_address = opt && opt->kerberos_by_address;
	cred->anonymous = !has_name(acq->args);
	status = collect(acq, cred);
	if (status == SEC_E_OK)
		status = apply_list(acq, cred);
	acq->expiry = 0;
	for (i = 0; i < cred->count && status == SEC_E_OK; i++) {
		struct nego_mech *mech = &cred->mechs[i];

		if (mech->excluded) {
			mech->status = SEC_E_SECPKG_NOT_FOUND;
			mech->reason = "the package list excludes it";
			continue;
		}
		if (acquire_mech(acq, mech) == SEC_E_OK) {
			any = true;
			if (mech->expiry > acq->expiry)
				acq->expiry = mech->expiry;
		} else if (!may_leave_out(acq->args, mech)) {
			status = refuse(acq, mech->status, mech->reason);
		}
	}
	if (status == SEC_E_OK && !any)
		status = nothing(acq, cred);
	return status;
}

sec_status_t nego_acquire(struct sspi_package_acquire *acq, void **out)
{
	struct nego_cred *cred = sspi_alloc(sizeof(*cred));
	sec_status_t status;

	if (!cred)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = fill(acq, cred);
	if (status != SEC_E_OK) {
		nego_free_cred(cred);
		return status;
	}
	*out = cred;
	return SEC_E_OK;
}

void nego_free_cred(void *priv)
{
	struct nego_cred *cred = priv;
	u32 i;

	if (!cred)
		return;
	for (i = 0; i < cred->count; i++) {
		struct nego_mech *mech = &cred->mechs[i];

		if (mech->cred)
			mech->package->ops->free_cred(mech->cred);
		sspi_put_mechanism(mech->package);
	}
	sspi_free(cred);
}
