/* SPDX-License-Identifier: GPL-2.0-only */
/* Types that a consumer and a package of the security support provider share. */
#ifndef _LINUX_SSPI_TYPES_H
#define _LINUX_SSPI_TYPES_H

#include <linux/sspi_const.h>
#include <linux/sspi_span.h>
#include <linux/sspi_status.h>
#include <linux/types.h>

struct scatterlist;

#define SSPI_MAX_BUFFERS	16	/* in one descriptor */
#define SSPI_MAX_TOKEN		(128 * 1024)	/* bytes of one input token */
#define SSPI_MAX_NAME		4096	/* bytes of UTF-8 in any one name */
#define SSPI_MAX_PASSWORD	4096	/* bytes of UTF-8 */
#define SSPI_MAX_ACCOUNTS	1024	/* of one acceptor credential */
#define SSPI_MAX_BINDINGS	(64 * 1024)	/* bytes of channel bindings */
#define SSPI_NT_HASH_LEN	16
#define SSPI_MAX_KEYTAB		(1024 * 1024)	/* bytes of a keytab */
#define SSPI_MAX_CCACHE		(1024 * 1024)	/* bytes of a credential cache */
#define SSPI_MAX_PEER		255	/* bytes of the name of a peer */
#define SSPI_MAX_KEYS		16	/* long-term keys of one identity */
#define SSPI_MAX_ENCTYPES	16	/* in a list of permitted ones */
#define SSPI_MAX_SESSION_KEY	64

/* An expiry that never comes, in the unit of every expiry: unix seconds. */
#define SSPI_EXPIRY_NEVER	((s64)0x7fffffffffffffffLL)

/**
 * struct sspi_cred_handle - names a credential
 * @lower: slot and generation; never reused within one life of the module
 * @upper: number of the package
 *
 * A value, not a pointer: a stale, forged or foreign one is answered with
 * SEC_E_INVALID_HANDLE. All zero is the handle of nothing.
 */
struct sspi_cred_handle {
	u64 lower;
	u64 upper;
};

/**
 * struct sspi_ctxt_handle - names a security context
 * @lower: slot and generation; never reused within one life of the module
 * @upper: number of the package
 */
struct sspi_ctxt_handle {
	u64 lower;
	u64 upper;
};

/**
 * struct sec_buffer - one buffer of a call (SecBuffer)
 * @len: bytes at @data; on output the bytes used
 * @type: SECBUFFER_* type and attribute bits
 * @data: the bytes, linear kernel memory; NULL if @len is 0 or if @sg is used
 * @sg: the bytes as a scatterlist instead, for message protection only:
 *	SECBUFFER_DATA buffers of encrypt and decrypt; NULL otherwise
 * @dst: where the result goes if not in place: a scatterlist of at least @len
 *	bytes, used with @sg only; NULL for in place
 */
struct sec_buffer {
	u32 len;
	u32 type;
	void *data;
	struct scatterlist *sg;
	struct scatterlist *dst;
};

/**
 * struct sec_buffer_desc - the buffers of a call (SecBufferDesc)
 * @version: SECBUFFER_VERSION
 * @count: number of @buffers, at most SSPI_MAX_BUFFERS
 * @buffers: the buffers
 */
struct sec_buffer_desc {
	u32 version;
	u32 count;
	struct sec_buffer *buffers;
};

/**
 * struct sec_channel_bindings - head of a SECBUFFER_CHANNEL_BINDINGS buffer
 * @initiator_addr_type: kind of the initiator's address
 * @initiator_len: bytes of it
 * @initiator_offset: where it starts, from the start of this structure
 * @acceptor_addr_type: kind of the acceptor's address
 * @acceptor_len: bytes of it
 * @acceptor_offset: where it starts
 * @application_data_len: bytes of application data ("tls-unique:...")
 * @application_data_offset: where they start
 *
 * SEC_CHANNEL_BINDINGS: eight native 32-bit numbers, then the bytes.
 */
struct sec_channel_bindings {
	u32 initiator_addr_type;
	u32 initiator_len;
	u32 initiator_offset;
	u32 acceptor_addr_type;
	u32 acceptor_len;
	u32 acceptor_offset;
	u32 application_data_len;
	u32 application_data_offset;
};

/**
 * enum sspi_secret_kind - what the secret of an identity is
 * @SSPI_SECRET_NONE: no secret (an anonymous identity)
 * @SSPI_SECRET_PASSWORD: a password in UTF-8; empty is a valid one
 * @SSPI_SECRET_NT_HASH: the 16 bytes of NTOWFv1 (MS-NLMP 3.3.1)
 * @SSPI_SECRET_KEYS: an array of struct sspi_key, for Kerberos
 *
 * Said explicitly: nothing is guessed from a length.
 */
enum sspi_secret_kind {
	SSPI_SECRET_NONE,
	SSPI_SECRET_PASSWORD,
	SSPI_SECRET_NT_HASH,
	SSPI_SECRET_KEYS,
};

#define SSPI_MAX_KEY	32

/**
 * struct sspi_key - a long-term key of Kerberos
 * @enctype: RFC 3961 number of the encryption type
 * @len: bytes of @key used
 * @key: the key
 */
struct sspi_key {
	s32 enctype;
	u32 len;
	u8 key[SSPI_MAX_KEY];
};

/**
 * struct sspi_auth_identity - who somebody is and how they prove it
 * @user: name in UTF-8; NULL or "" for nobody
 * @domain: domain or realm in UTF-8; NULL or "" for none (for an account of
 *	an acceptor: any)
 * @secret_kind: what @secret is
 * @secret: the secret; copied at submit, turned into keys and wiped; the
 *	caller wipes its own copy
 * @secret_len: bytes at @secret, without a terminating NUL
 */
struct sspi_auth_identity {
	const char *user;
	const char *domain;
	enum sspi_secret_kind secret_kind;
	const void *secret;
	size_t secret_len;
};

/**
 * struct sspi_ntlm_options - policy of an NTLM credential
 * @lm_compat: LmCompatibilityLevel 0 to 5 (MS-NLMP 3.1.1.1); 3 is the default:
 *	NTLMv2 only, on both sides
 * @allow_anonymous: an initiator without a name may make, and an acceptor may
 *	take, a null session
 * @mic_optional: an acceptor lets a client that was sent a timestamp leave out
 *	the message integrity code; the default is to refuse it
 * @workstation: name put in the initiator's messages, or NULL
 * @nb_computer: NetBIOS computer name of a CHALLENGE; NULL for "SERVER"
 * @nb_domain: NetBIOS domain name of a CHALLENGE; NULL for "WORKGROUP"
 * @dns_computer: DNS computer name of a CHALLENGE, or NULL
 * @dns_domain: DNS domain name of a CHALLENGE, or NULL
 * @dns_forest: DNS tree name of a CHALLENGE, or NULL
 */
struct sspi_ntlm_options {
	u8 lm_compat;
	bool allow_anonymous;
	bool mic_optional;
	const char *workstation;
	const char *nb_computer;
	const char *nb_domain;
	const char *dns_computer;
	const char *dns_domain;
	const char *dns_forest;
};

/**
 * struct sspi_krb5_options - policy of a Kerberos credential
 * @enctypes: permitted encryption types in the order requests name them; none
 *	for the defaults: all but 16 and 23
 * @enctype_count: number of them
 * @max_skew: seconds that clocks may differ; 0 for SSPI_KRB5_MAX_SKEW, and
 *	SSPI_KRB5_NO_SKEW if they must not differ at all; more than an hour is an
 *	hour
 * @canonicalize: let the KDC change names (RFC 6806)
 * @for_user: user@REALM on whose behalf tickets are asked for (S4U2Self), or
 *	NULL
 * @armor: credential cache whose ticket armours requests (RFC 6113); NULL data
 *	for none
 */
struct sspi_krb5_options {
	s32 enctypes[SSPI_MAX_ENCTYPES];
	u32 enctype_count;
	u32 max_skew;
	bool canonicalize;
	const char *for_user;
	struct sspi_span armor;
};

#define SSPI_KRB5_MAX_SKEW	300
#define SSPI_KRB5_NO_SKEW	0xffffffffu

#define SSPI_LM_COMPAT_DEFAULT	3
/* What a credential without options gets. */
#define SSPI_NTLM_OPTIONS_DEFAULT { .lm_compat = SSPI_LM_COMPAT_DEFAULT }

/**
 * struct sspi_negotiate_options - policy of a Negotiate credential
 * @kerberos_by_address: ask for tickets also for a target whose host is an IP
 *	address; else such a target is left to packages without a third party
 */
struct sspi_negotiate_options {
	bool kerberos_by_address;
};

/**
 * struct sspi_acquire_args - what a credential is made from
 * @package: name of the package, in any case ("NTLM")
 * @principal: name the credential stands for; an acceptor takes only requests
 *	for this target; NULL for any
 * @cred_use: SECPKG_CRED_INBOUND, SECPKG_CRED_OUTBOUND or SECPKG_CRED_BOTH
 * @identity: the client, for outbound use; NULL for nobody
 * @accounts: the clients that an inbound credential knows, or NULL
 * @account_count: number of @accounts, at most SSPI_MAX_ACCOUNTS
 * @ntlm: policy for NTLM; NULL for the defaults
 * @keytab: bytes of a keytab, for Kerberos; NULL data for none
 * @ccache: bytes of a credential cache (FILE, version 4), for Kerberos; NULL
 *	data for none
 * @krb5: policy for Kerberos; NULL for the defaults
 * @delegated: an established context of an acceptor with ASC_RET_DELEGATE, of
 *	the same package: the credential is what its client has delegated, for
 *	outbound use, and outlives the context; NULL for none. Kerberos: without
 *	ASC_RET_DELEGATE, of an acceptor whose credential was for both uses, the
 *	credential is that of the service (say which), and acts for the client
 * @packages: for Negotiate: the packages it may use, in order of preference,
 *	separated by commas, in any case ("kerberos,ntlm"); '!' in front of a
 *	name excludes it ("!ntlm"), and a list of such alone takes all others.
 *	NULL: every package that the credential fits
 * @negotiate: policy for Negotiate; NULL for the defaults
 * @ccache_name: name of a credential cache in the submitter's keyrings, for
 *	Kerberos: KEYRING:session:NAME, KEYRING:user:NAME, KEYRING:process:NAME,
 *	KEYRING:persistent:UID, each with or without :CACHE, or KEYRING:NAME;
 *	NULL for none
 * @keytab_key: description of a key that holds a keytab, of type sspi, user or
 *	big_key; NULL for none
 * @identity_key: description of a key of type sspi with one account, which
 *	becomes @identity; NULL for none
 * @accounts_key: description of a key of type sspi whose accounts become
 *	@accounts; NULL for none
 * @peer: host, address or domain that the credential is for: without an
 *	identity, what the submitter's keyrings have for it is taken; NULL for
 *	none
 *
 * Everything reached from here is copied at submit. Keys are looked for in the
 * keyrings of the submitter's credentials; one that is named has to be there.
 * An outbound credential that is given nothing to be made from is made from what
 * is found there in the order of Documentation/credentials.rst. Something given
 * both as bytes and as the name of a key is refused.
 */
struct sspi_acquire_args {
	const char *package;
	const char *principal;
	u32 cred_use;
	const struct sspi_auth_identity *identity;
	const struct sspi_auth_identity *accounts;
	u32 account_count;
	const struct sspi_ntlm_options *ntlm;
	struct sspi_span keytab;
	struct sspi_span ccache;
	const struct sspi_krb5_options *krb5;
	const struct sspi_ctxt_handle *delegated;
	const char *packages;
	const struct sspi_negotiate_options *negotiate;
	const char *ccache_name;
	const char *keytab_key;
	const char *identity_key;
	const char *accounts_key;
	const char *peer;
};

/* Attributes of a context: what sspi_query_context_attributes() fills in. */

/**
 * struct sec_pkg_context_sizes - SECPKG_ATTR_SIZES
 * @max_token: largest token of the negotiation, bytes
 * @max_signature: bytes that make_signature needs
 * @block_size: bytes that DATA is padded to; 0 or 1 for none
 * @security_trailer: bytes that encrypt_message needs for its TOKEN
 */
struct sec_pkg_context_sizes {
	u32 max_token;
	u32 max_signature;
	u32 block_size;
	u32 security_trailer;
};

/**
 * struct sec_pkg_context_session_key - SECPKG_ATTR_SESSION_KEY
 * @len: bytes used of @key
 * @key: the key; the caller wipes it with memzero_explicit()
 */
struct sec_pkg_context_session_key {
	u32 len;
	u8 key[SSPI_MAX_SESSION_KEY];
};

/**
 * struct sec_pkg_context_flags - SECPKG_ATTR_FLAGS
 * @flags: the ISC_RET_* or ASC_RET_* flags of the context
 */
struct sec_pkg_context_flags {
	u64 flags;
};

/**
 * struct sec_pkg_context_lifespan - SECPKG_ATTR_LIFESPAN
 * @start: unix seconds from which the context is good; 0 for always
 * @expiry: unix seconds until which it is, or SSPI_EXPIRY_NEVER
 */
struct sec_pkg_context_lifespan {
	s64 start;
	s64 expiry;
};

/**
 * struct sec_pkg_context_names - SECPKG_ATTR_NAMES
 * @user_name: the client, on both sides, in UTF-8: DOMAIN\user or user@REALM;
 *	freed with sspi_free_context_buffer()
 */
struct sec_pkg_context_names {
	char *user_name;
};

/**
 * struct sec_pkg_context_native_names - SECPKG_ATTR_NATIVE_NAMES
 * @client_name: the client; freed with sspi_free_context_buffer()
 * @server_name: the server, "" if unknown; freed likewise
 */
struct sec_pkg_context_native_names {
	char *client_name;
	char *server_name;
};

/**
 * struct sec_pkg_info - a package (SecPkgInfo)
 * @capabilities: SECPKG_FLAG_*
 * @version: version of the package
 * @rpcid: RPC identifier, or SECPKG_ID_NONE
 * @max_token: largest token of the package, bytes
 * @name: name of the package
 * @comment: one line about it
 */
struct sec_pkg_info {
	u32 capabilities;
	u16 version;
	u16 rpcid;
	u32 max_token;
	char name[32];
	char comment[64];
};

/**
 * struct sec_pkg_context_package_info - SECPKG_ATTR_PACKAGE_INFO
 * @info: the package in use
 */
struct sec_pkg_context_package_info {
	struct sec_pkg_info info;
};

/**
 * struct sec_pkg_context_negotiation_info - SECPKG_ATTR_NEGOTIATION_INFO
 * @info: the package that does, or will do, the work
 * @state: SECPKG_NEGOTIATION_*
 */
struct sec_pkg_context_negotiation_info {
	struct sec_pkg_info info;
	u32 state;
};

/**
 * struct sspi_nego_mech_status - what became of one package of Negotiate
 * @name: the package
 * @status: the last error, SEC_E_OK if it had none
 * @reason: why, in words; empty if there are none
 */
struct sspi_nego_mech_status {
	char name[32];
	sec_status_t status;
	char reason[128];
};

/**
 * struct sec_pkg_context_nego_status - SECPKG_ATTR_NEGO_STATUS
 * @last_status: the last error of any package that was not used, SEC_E_OK if
 *	there was none
 * @count: number of @mechs
 * @mechs: each package that there is, in order of preference; freed with
 *	sspi_free_context_buffer()
 *
 * Why Kerberos was not used.
 */
struct sec_pkg_context_nego_status {
	sec_status_t last_status;
	u32 count;
	struct sspi_nego_mech_status *mechs;
};

/**
 * struct sec_pkg_context_key_info - SECPKG_ATTR_KEY_INFO
 * @sign_algorithm: name of the signature algorithm
 * @encrypt_algorithm: name of the cipher
 * @key_size: bits of the session key in use
 */
struct sec_pkg_context_key_info {
	char sign_algorithm[32];
	char encrypt_algorithm[32];
	u32 key_size;
};

/**
 * struct sec_pkg_context_client_specified_target - what the client asked for
 * @target_name: the target the client named, proven unaltered; freed with
 *	sspi_free_context_buffer()
 *
 * SECPKG_ATTR_CLIENT_SPECIFIED_TARGET.
 */
struct sec_pkg_context_client_specified_target {
	char *target_name;
};

#define SSPI_MAX_SID	68	/* bytes: MS-DTYP 2.4.2.2 */
#define SSPI_MAX_SIDS	1024	/* of one client */

/**
 * struct sspi_sid - a security identifier
 * @attributes: SE_GROUP_* (MS-PAC 2.2.1); 0 for the user. One that is for
 *	denying only (0x10) must not be granted anything
 * @len: bytes of @sid used
 * @sid: binary, as in MS-DTYP 2.4.2.2
 */
struct sspi_sid {
	u32 attributes;
	u32 len;
	u8 sid[SSPI_MAX_SID];
};

/**
 * struct sec_pkg_context_sids - SSPI_ATTR_SIDS
 * @count: number of @sids
 * @sids: the user, its primary group, its groups; freed with
 *	sspi_free_context_buffer()
 *
 * Who the client is to its domain: a name can be given to another account, a
 * SID is never. From the PAC of a Kerberos ticket, whose signature was verified;
 * SEC_E_UNSUPPORTED_FUNCTION if the ticket had none, or only one without logon
 * information.
 */
struct sec_pkg_context_sids {
	u32 count;
	struct sspi_sid *sids;
};

/**
 * struct sec_pkg_credentials_names - SECPKG_CRED_ATTR_NAMES
 * @user_name: whom the credential stands for; freed with
 *	sspi_free_context_buffer()
 */
struct sec_pkg_credentials_names {
	char *user_name;
};

/* Bytes of what a server said, with the NUL. */
#define SSPI_MAX_DETAIL		120

/**
 * struct sspi_cred_failure - SSPI_CRED_ATTR_FAILURE
 * @status: what the credential's last unsuccessful exchange with a server came
 *	to; SEC_E_OK if there was none
 * @time: when, unix seconds
 * @reason: why, as in the trace event
 * @detail: what the server said, made printable; may be empty. From the network,
 *	for the administrator only
 */
struct sspi_cred_failure {
	sec_status_t status;
	s64 time;
	char reason[SSPI_MAX_DETAIL];
	char detail[SSPI_MAX_DETAIL];
};

#endif /* _LINUX_SSPI_TYPES_H */
