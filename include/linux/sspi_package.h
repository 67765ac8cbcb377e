/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a security package is to the core: a table of pure steps.
 *
 * A package does no I/O, takes no lock of the core, and asks nobody for the
 * time or for randomness but the environment that is handed to it. The same
 * sources are therefore built as a userspace library, for fuzzing and replay.
 */
#ifndef _LINUX_SSPI_PACKAGE_H
#define _LINUX_SSPI_PACKAGE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/sspi_part.h>
#include <linux/sspi_types.h>

struct module;

/* What a clock of struct sspi_env counts in a second. */
#define SSPI_TICKS_PER_SECOND	10000000LL

/**
 * struct sspi_env - where a step gets its clock and its randomness from
 * @now: unix time in ticks of 100 ns, so that the years from 1601 on, where the
 *	platform begins to count, have a number
 * @random: fills @buf with @len random bytes; SEC_E_INTERNAL_ERROR if it
 *	cannot (only a scripted environment can fail)
 * @priv: for the functions
 * @mono: ticks of a clock that nobody sets, which also goes on while the machine
 *	sleeps; NULL in a scripted environment, which has none
 */
struct sspi_env {
	s64 (*now)(const struct sspi_env *env);
	sec_status_t (*random)(const struct sspi_env *env, void *buf,
			       size_t len);
	void *priv;
	s64 (*mono)(const struct sspi_env *env);
};

/**
 * struct sspi_blob - bytes that a package has allocated
 * @data: the bytes, from sspi_alloc(); the core frees them wiped
 * @len: number of bytes
 */
struct sspi_blob {
	u8 *data;
	size_t len;
};

/* Whom a step has a question for. */
enum sspi_io_service {
	SSPI_IO_KDC,
	SSPI_IO_KPASSWD,
};

/**
 * struct sspi_flight - something that one step fetches and others wait for
 * @lock: protects the rest
 * @waiting: steps that wait, in the order in which they came
 * @over: sspi_flight_end() was called
 * @owed: sspi_flight_pass() was called, and nobody was waiting yet
 *
 * A package keeps one with what is being fetched, and gives it to the core in
 * @wait of struct sspi_io. All in it is the core's.
 */
struct sspi_flight {
	spinlock_t lock;		/* see above */
	struct list_head waiting;
	bool over;
	bool owed;
};

/**
 * sspi_flight_init() - begin a flight
 * @flight: memory of the package's
 *
 * Context: any.
 */
void sspi_flight_init(struct sspi_flight *flight);

/**
 * sspi_flight_pass() - whoever fetches has given up: another is to go on
 * @flight: the flight
 *
 * The step that has waited for longest is resumed; if none waits, the next one
 * that would wait is resumed at once.
 *
 * Context: any. The package keeps @flight until this returns.
 */
void sspi_flight_pass(struct sspi_flight *flight);

/**
 * sspi_flight_end() - all that wait are resumed
 * @flight: the flight; nobody waits for it any more, then or later
 *
 * Context: any. The package keeps @flight until each step that was told to wait
 * has run again, or its context or state was told to fail or was freed.
 */
void sspi_flight_end(struct sspi_flight *flight);

/**
 * struct sspi_io - a question that a package cannot ask by itself
 * @realm: whose servers to ask; memory of the package's context, stays until
 *	the answer is in
 * @service: which of them
 * @request: the message, without the length that TCP puts before it; from
 *	sspi_alloc(), handed over to the core
 * @wait: instead of all that: the flight to wait for, if the step may wait. It
 *	stays until the step goes on
 */
struct sspi_io {
	const char *realm;
	enum sspi_io_service service;
	struct sspi_blob request;
	struct sspi_flight *wait;
};

/**
 * struct sspi_ticket_info - a ticket, for the administrator; never its key
 * @client: whom it is for, in UTF-8
 * @server: what it opens, in UTF-8
 * @enctype: type of its session key (RFC 3961)
 * @flags: TicketFlags (RFC 4120 5.3), bit 0 of the RFC the highest
 * @starttime: unix seconds from which it is good; 0 for always
 * @endtime: unix seconds until which it is
 * @renew_till: unix seconds until which it can be renewed; 0 if it cannot be
 */
struct sspi_ticket_info {
	const char *client;
	const char *server;
	s32 enctype;
	u32 flags;
	s64 starttime;
	s64 endtime;
	s64 renew_till;
};

/* What has happened to a ticket. */
enum sspi_ticket_change {
	SSPI_TICKET_OBTAINED,
	SSPI_TICKET_RENEWED,
	SSPI_TICKET_EXPIRING,
};

/* Non-zero ends the walk; must not call the package. */
typedef int (*sspi_ticket_fn)(const struct sspi_ticket_info *info, void *priv);

/**
 * struct sspi_step - one leg of a negotiation: input on top, results below
 * @env: clock and randomness
 * @cancelled: whether nobody waits for this step any more; NULL: somebody always
 *	does. A step that computes for long asks, and gives up with any failure
 * @target: for initialize: name of the peer in UTF-8, or NULL
 * @req: ISC_REQ_* or ASC_REQ_* flags, already checked against the package's
 * @input: the peer's token; @input.data NULL if there is none
 * @bindings: a SEC_CHANNEL_BINDINGS, not yet parsed; NULL data if none given
 * @preset_challenge: scripted environments only: the CHALLENGE_MESSAGE that an
 *	NTLM acceptor answers with; NULL data otherwise
 * @may_wait: the step may wait for what another step of the credential fetches.
 *	Never in scripted environments, where one step runs at a time
 * @resumed: the step goes on after a question: @reply or @reply_error is set,
 *	or after a wait: then neither is. The rest of the input is as before
 * @reply: the answer, without its TCP length
 * @reply_error: 0, or a negative errno if there was none from any server
 * @io: with SEC_I_ASYNC_CALL_PENDING: the question; the same step is called
 *	again, resumed
 * @output: token for the peer, from sspi_alloc(); handed over to the core
 *	whatever the status is; @output.data NULL for none
 * @attr: ISC_RET_* or ASC_RET_* flags
 * @start: unix seconds from which the context is good; 0 for always
 * @expiry: unix seconds until which it is
 * @refresh: unix seconds at which the credential wants its refresh; 0: no change
 * @reason: why the step failed, a constant text for the administrator; never
 *	for the peer, never a secret
 * @ticket: to be told of each ticket that the step gets, with @ticket_priv; NULL
 *	if nobody wants to know
 * @ticket_priv: for @ticket
 * @detail: what a server said about it, made printable by the package; empty if
 *	nothing. It comes from the network: for the administrator only
 * @notice: what the administrator should know although the step went on, a
 *	constant text as @reason is; NULL for nothing
 * @notice_status: the status that goes with it
 */
struct sspi_step {
	const struct sspi_env *env;
	bool (*cancelled)(const struct sspi_step *step);
	void (*ticket)(enum sspi_ticket_change change,
		       const struct sspi_ticket_info *info, void *priv);
	void *ticket_priv;
	const char *target;
	u64 req;
	struct sspi_span input;
	struct sspi_span bindings;
	struct sspi_span preset_challenge;
	bool may_wait;
	bool resumed;
	struct sspi_span reply;
	int reply_error;

	struct sspi_io io;
	struct sspi_blob output;
	u64 attr;
	s64 start;
	s64 expiry;
	s64 refresh;
	const char *reason;
	char detail[SSPI_MAX_DETAIL];
	const char *notice;
	sec_status_t notice_status;
};

/**
 * struct sspi_message - one message to protect or to check, in place
 * @parts: its parts, in order
 * @part_count: number of @parts
 * @token: signature or header and trailer: written when protecting
 *	(@token_len is its room on entry, its length on return), read when
 *	checking
 * @token_len: bytes at @token
 * @seq: sequence number of the caller, for a DATAGRAM context only
 * @qop: quality of protection: asked for when protecting, found when checking
 * @env: randomness; set when protecting
 */
struct sspi_message {
	const struct sspi_env *env;
	struct sspi_part *parts;
	u32 part_count;
	u8 *token;
	u32 token_len;
	u32 seq;
	u32 qop;
};

/**
 * struct sspi_package_acquire - what a package makes a credential from
 * @args: the caller's arguments, a copy owned and later wiped by the core
 * @delegated: the package's context that args->delegated names, established;
 *	NULL without
 * @env: clock and randomness
 * @owner: whose it will be, opaque: an address that is only compared, for quotas;
 *	NULL if nobody's
 * @netns: cookie of the network namespace that it belongs to, likewise; 0 if not
 *	known
 * @expiry: unix seconds until which the credential is good (result)
 * @reason: why it failed, as in struct sspi_step (result)
 */
struct sspi_package_acquire {
	const struct sspi_acquire_args *args;
	void *delegated;
	const struct sspi_env *env;
	const void *owner;
	u64 netns;
	s64 expiry;
	const char *reason;
};

/**
 * struct sspi_debug_subkey - a subkey of a context
 * @enctype: its encryption type (RFC 3961)
 * @len: bytes of @key used; 0: there is none
 * @key: the key
 */
struct sspi_debug_subkey {
	s32 enctype;
	u32 len;
	u8 key[SSPI_MAX_KEY];
};

/**
 * struct sspi_debug_keys - keys of a context, for scripted environments only
 * @session_key: the exported session key
 * @session_key_len: bytes of it
 * @send_sign: signing key of what this side sends; likewise the next three
 * @send_seal: sealing key of what this side sends
 * @recv_sign: signing key of what the peer sends
 * @recv_seal: sealing key of what the peer sends
 * @key_len: bytes of each of the four
 * @flags: negotiated flags of the protocol
 * @enctype: Kerberos: type of the session key; 0 for others
 * @initiator: Kerberos: the initiator's subkey
 * @acceptor: Kerberos: the acceptor's subkey
 * @send_seq: Kerberos: number of the next message sent
 * @recv_seq: Kerberos: number of the next message expected
 */
struct sspi_debug_keys {
	u8 session_key[SSPI_MAX_SESSION_KEY];
	u32 session_key_len;
	u8 send_sign[16];
	u8 send_seal[16];
	u8 recv_sign[16];
	u8 recv_seal[16];
	u32 key_len;
	u32 flags;
	s32 enctype;
	struct sspi_debug_subkey initiator;
	struct sspi_debug_subkey acceptor;
	u64 send_seq;
	u64 recv_seq;
};

/**
 * struct sspi_import - an established context as a test wants it
 * @initiator: role
 * @enctype: encryption type of @key
 * @key: the key in use
 * @acceptor_subkey: @key is the acceptor's subkey
 * @send_seq: number of the next message sent
 * @recv_seq: number of the next message expected
 * @flags: ISC_RET_* or ASC_RET_*; the core keeps them as the context's
 */
struct sspi_import {
	bool initiator;
	s32 enctype;
	struct sspi_span key;
	bool acceptor_subkey;
	u64 send_seq;
	u64 recv_seq;
	u64 flags;
};

/**
 * struct sspi_package_ops - the steps of a package
 * @init: once at registration, may be NULL; 0 or a negative errno
 * @exit: once at unregistration, may be NULL
 * @acquire: makes a credential: sets *@cred
 * @free_cred: wipes and frees a credential
 * @initialize: one leg of an initiator. *@ctx is NULL at the first leg; the
 *	package sets it as soon as it has state, also when it then fails. The
 *	core runs one leg of a context at a time, never two
 * @accept: one leg of an acceptor, likewise
 * @complete: CompleteAuthToken; NULL if the package never asks for it
 * @negotiable: whether a credential made from @args could do anything in a
 *	negotiation; NULL if @acquire refuses those that could not
 * @negotiation: which package does the work of a context, and how far it is:
 *	fills in @info; NULL if it is always this one. May run beside a leg
 * @wants_mic: whether this mechanism asks for a mechListMIC even as the first
 *	choice of both sides; NULL if it never does
 * @restart: a mechListMIC was signed or verified: key streams start anew,
 *	sequence numbers go on (MS-SPNG 3.3.5.1); NULL if there are no streams
 * @fail: the context is dead: wipe its keys, keep the memory
 * @free_ctx: wipes and frees a context
 * @query: fills in @buf, exactly @len bytes, for a SECPKG_ATTR_* of an
 *	established context whose length the core has checked; strings come
 *	from sspi_alloc(). SIZES, SESSION_KEY, NAMES, NATIVE_NAMES, KEY_INFO and
 *	CLIENT_SPECIFIED_TARGET and SSPI_ATTR_SIDS come here, the rest is the core's
 * @query_cred: the same for SECPKG_CRED_ATTR_*
 * @tickets: calls @fn for each ticket of a credential, in any order that stays
 *	the same while none comes or goes; returns what @fn returned, or 0. NULL
 *	if credentials have none
 * @refresh: a leg of a credential, without a context: gets from a server what
 *	keeps it good, and says in @step->refresh when it wants the next. *@state
 *	is NULL at first; the package sets it as soon as there is state, also when
 *	it then fails. The core runs one at a time for a credential, beside legs
 *	of its contexts. A failure harms nothing: the core asks again later. NULL
 *	if credentials need none
 * @refresh_end: wipes and frees the state of @refresh; with it, or NULL
 * @sign: makes a signature over the parts
 * @verify: checks one; a failure changes no state
 * @seal: protects the parts in place
 * @unseal: opens them; a failure changes no state and restores the bytes
 * @unseal_stream: opens a token as wrapped by a peer: header, body and trailer
 *	in one linear buffer; *@plain points into it; NULL if not supported
 * @debug_keys: for scripted environments; NULL if not supported
 * @import: makes an established context, for scripted environments; NULL if
 *	not supported
 *
 * @sign to @unseal_stream may run on several CPUs at once for one context: the
 * package orders them. All may sleep for memory only, and allocate with
 * SSPI_GFP.
 */
struct sspi_package_ops {
	int (*init)(void);
	void (*exit)(void);
	sec_status_t (*acquire)(struct sspi_package_acquire *acq, void **cred);
	void (*free_cred)(void *cred);
	sec_status_t (*initialize)(void **ctx, void *cred,
				   struct sspi_step *step);
	sec_status_t (*accept)(void **ctx, void *cred, struct sspi_step *step);
	sec_status_t (*complete)(void *ctx, struct sspi_step *step);
	bool (*negotiable)(const struct sspi_acquire_args *args);
	void (*negotiation)(void *ctx,
			    struct sec_pkg_context_negotiation_info *info);
	bool (*wants_mic)(void *ctx);
	void (*restart)(void *ctx);
	void (*fail)(void *ctx);
	void (*free_ctx)(void *ctx);
	sec_status_t (*query)(void *ctx, u32 attr, void *buf, size_t len);
	sec_status_t (*query_cred)(void *cred, u32 attr, void *buf,
				   size_t len);
	int (*tickets)(void *cred, sspi_ticket_fn fn, void *priv);
	sec_status_t (*refresh)(void *cred, void **state,
				struct sspi_step *step);
	void (*refresh_end)(void *cred, void *state);
	sec_status_t (*sign)(void *ctx, struct sspi_message *msg);
	sec_status_t (*verify)(void *ctx, struct sspi_message *msg);
	sec_status_t (*seal)(void *ctx, struct sspi_message *msg);
	sec_status_t (*unseal)(void *ctx, struct sspi_message *msg);
	sec_status_t (*unseal_stream)(void *ctx, u8 *stream, size_t len,
				      struct sspi_span *plain, u32 *qop);
	sec_status_t (*debug_keys)(void *ctx, struct sspi_debug_keys *keys);
	sec_status_t (*import)(void **ctx, const struct sspi_import *import);
};

/*
 * What the core looks for in the submitter's keyrings when an outbound
 * credential is given nothing to be made from.
 */
#define SSPI_DEFAULT_TICKETS	0x1	/* a credential cache: args->ccache */
#define SSPI_DEFAULT_LOGON	0x2	/* a name and password: args->identity */

/**
 * struct sspi_package - a security package
 * @info: name and facts, as shown to consumers
 * @isc_req: the ISC_REQ_* flags it understands; others are refused by the core
 *	with SEC_E_UNSUPPORTED_FUNCTION
 * @asc_req: the ASC_REQ_* flags it understands
 * @mechs: the OIDs under which Negotiate offers it, the preferred one first:
 *	contents without tag and length; an empty one ends them. NULL if it is
 *	no mechanism of GSS-API
 * @magic: how its own first token begins where that has not the frame of
 *	RFC 2743 3.1; no data if it always has
 * @defaults: SSPI_DEFAULT_*, what its credentials can be made from
 * @packages: of a package that chooses among others: those that are loaded where
 *	the caller lists none, separated by commas; what there is of them it finds
 *	with sspi_next_mechanism(). NULL for none
 * @ops: its steps
 * @owner: module that the steps live in
 */
struct sspi_package {
	struct sec_pkg_info info;
	u64 isc_req;
	u64 asc_req;
	const struct sspi_span *mechs;
	struct sspi_span magic;
	u32 defaults;
	const char *packages;
	const struct sspi_package_ops *ops;
	struct module *owner;
};

/**
 * sspi_register_security_package() - add a package to the table
 * @package: the package; static memory of the caller
 *
 * Context: process context, may sleep.
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER for a table that is not complete;
 * SEC_E_CANNOT_INSTALL if the name is taken, the table is full or the
 * package's own init failed.
 */
sec_status_t __must_check
sspi_register_security_package(const struct sspi_package *package);

/**
 * sspi_unregister_security_package() - take a package out of the table
 * @package: what was registered
 *
 * A package cannot go while a credential or context of it is alive: each holds
 * a reference to @package's module.
 *
 * Context: process context, may sleep.
 */
void sspi_unregister_security_package(const struct sspi_package *package);

/*
 * What the alias of a module begins with that has a package; the name follows in
 * lower case. No module is called so itself: else an administrator's "blacklist",
 * which is for aliases, would not keep the kernel from loading it.
 */
#define SSPI_PACKAGE_ALIAS	"sspi-package-"

/**
 * MODULE_ALIAS_SSPI_PACKAGE() - have a module loaded when its package is named
 * @name: name of the package, a string in lower case
 */
#define MODULE_ALIAS_SSPI_PACKAGE(name) MODULE_ALIAS(SSPI_PACKAGE_ALIAS name)

/**
 * module_sspi_package() - a module that has a package and nothing else
 * @package: a struct sspi_package, which is registered when the module comes and
 *	unregistered when it goes; built in, before the file systems
 *
 * For a file that includes <linux/module.h>.
 */
#define module_sspi_package(package) \
static const struct sspi_package *const sspi_module_package = &(package); \
static int __init sspi_module_start(void) \
{ \
	return sec_status_to_errno( \
		sspi_register_security_package(sspi_module_package)); \
} \
fs_initcall(sspi_module_start); \
static void __exit sspi_module_end(void) \
{ \
	sspi_unregister_security_package(sspi_module_package); \
} \
module_exit(sspi_module_end)

/**
 * sspi_next_mechanism() - walk the packages that have an OID
 * @pos: 0 to begin with; moves on
 *
 * How a package finds others. They are walked in the order in which they were
 * registered.
 *
 * Context: any but NMI.
 * Return: a package whose module is held until sspi_put_mechanism(); NULL when
 * there are no more.
 */
const struct sspi_package *sspi_next_mechanism(unsigned int *pos) __must_check;

/**
 * sspi_put_mechanism() - let go of a package
 * @package: from sspi_next_mechanism()
 *
 * Context: any.
 */
void sspi_put_mechanism(const struct sspi_package *package);

/**
 * sspi_alloc() - allocate zeroed memory for a package's results
 * @len: bytes, at least 1
 *
 * Large memory is not contiguous if it cannot be. It is charged to the memory
 * cgroup of whoever a step runs for.
 *
 * Context: may sleep for memory, starts no I/O for it.
 * Return: the memory, or NULL. The core frees results; a package frees what it
 * keeps with sspi_free().
 */
void *sspi_alloc(size_t len) __must_check;

/**
 * sspi_free() - wipe and free memory of sspi_alloc()
 * @p: the memory, or NULL
 *
 * Context: any but NMI.
 */
void sspi_free(const void *p);

/* Allocations of packages: usable on the way to writing back dirty pages. */
#define SSPI_GFP	GFP_NOIO

#endif /* _LINUX_SSPI_PACKAGE_H */
