/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tokens of SPNEGO: RFC 4178 4.2, MS-SPNG 2.2.1. Form only; what a token
 * means, and in which order they may come, is the package's.
 *
 * What is taken that RFC 4178 does not have, and whose it is:
 *
 *	negHints in [3] and mechListMIC in [4]	a server that speaks first
 *						(MS-SPNG 2.2.1)
 *	an empty token, taken as none		Samba, Windows Server
 *	no negState, no supportedMech		RFC 2478 made them optional
 *	reqFlags of any value			RFC 2478 gave them a meaning
 *	fields behind the known ones		the extension marks of 4.2
 *
 * Nothing else: no indefinite or padded length, no byte behind the end.
 */
#ifndef _SSPI_CODEC_SPNEGO_H
#define _SSPI_CODEC_SPNEGO_H

#include <linux/sspi_span.h>
#include <linux/types.h>

#define SPNEGO_MAX_MECHS	32	/* in one list */
#define SPNEGO_MAX_OID		64	/* bytes of its contents */

/* What a builder puts around its fields at most: tags, lengths, OID, hints. */
#define SPNEGO_AROUND		160

/* negState, 4.2.2. */
enum spnego_state {
	SPNEGO_ACCEPT_COMPLETED,
	SPNEGO_ACCEPT_INCOMPLETE,
	SPNEGO_REJECT,
	SPNEGO_REQUEST_MIC,
	SPNEGO_NO_STATE,		/* the field is not there */
};

/**
 * struct spnego_init - NegTokenInit (4.2.1) or NegTokenInit2 (MS-SPNG 2.2.1)
 * @mech_list: MechTypeList with its head, the bytes that a mechListMIC is over
 * @token: mechToken; no data if there is none
 * @mic: mechListMIC, likewise
 * @hints: there are negHints: it is an NegTokenInit2
 */
struct spnego_init {
	struct sspi_span mech_list;
	struct sspi_span token;
	struct sspi_span mic;
	bool hints;
};

/**
 * struct spnego_resp - NegTokenResp (4.2.2)
 * @state: negState
 * @mech: supportedMech, the contents of the OID; no data if there is none
 * @token: responseToken, likewise
 * @mic: mechListMIC, likewise
 */
struct spnego_resp {
	enum spnego_state state;
	struct sspi_span mech;
	struct sspi_span token;
	struct sspi_span mic;
};

/* 1.3.6.1.5.5.2, the contents. */
extern const struct sspi_span spnego_oid;

/* 0 or -EBADMSG; a list has 1 to SPNEGO_MAX_MECHS well-formed OIDs. */
int spnego_parse_init(struct sspi_span in, struct spnego_init *init);
int spnego_parse_resp(struct sspi_span in, struct spnego_resp *resp);
/* The length, or -ENOSPC. */
int spnego_build_init(const struct spnego_init *init, u8 *out, size_t room);
int spnego_build_resp(const struct spnego_resp *resp, u8 *out, size_t room);

/* The OID in the frame of a first token (RFC 2743 3.1); false if it has none. */
bool spnego_frame_oid(struct sspi_span in, struct sspi_span *oid);

/* MechTypeList of these contents, with its head. */
int spnego_build_mech_list(const struct sspi_span *oids, unsigned int count,
			   u8 *out, size_t room);
/* @list walks a MechTypeList that was parsed: begin, then until false. */
struct sspi_span spnego_mech_list_begin(struct sspi_span mech_list);
bool spnego_mech_list_next(struct sspi_span *list, struct sspi_span *oid);

#endif /* _SSPI_CODEC_SPNEGO_H */
