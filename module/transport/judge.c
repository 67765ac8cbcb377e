// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a reply is. Nothing in it is authentic: all that a forged one can do here
 * is to have another server asked, or the same one over TCP.
 */
#include "codec/krb5_error.h"
#include "transport/internal.h"

/* RFC 4120 7.5.9 */
#define KRB_ERR_SVC_UNAVAILABLE		29
#define KRB_ERR_RESPONSE_TOO_BIG	52
#define KRB_ERR_GENERIC			60

/* Application tags, RFC 4120 5.10. */
#define TAG_AS_REP	0x6b
#define TAG_TGS_REP	0x6d
#define TAG_ERROR	0x7e

static enum sspi_reply_kind judge_error(struct sspi_span reply)
{
	struct krb5_error error;

	if (krb5_parse_error(reply, &error))
		return SSPI_REPLY_JUNK;
	switch (error.code) {
	case KRB_ERR_RESPONSE_TOO_BIG:
		return SSPI_REPLY_TOO_BIG;
	case KRB_ERR_SVC_UNAVAILABLE:
	case KRB_ERR_GENERIC:
		return SSPI_REPLY_BUSY;
	default:
		return SSPI_REPLY_GOOD;
	}
}

/* RFC 3244 2: a length over all, and a version. */
static enum sspi_reply_kind judge_kpasswd(struct sspi_span reply)
{
	if (reply.len < 6 || get_unaligned_be16(reply.data) != reply.len)
		return SSPI_REPLY_JUNK;
	return SSPI_REPLY_GOOD;
}

enum sspi_reply_kind sspi_reply_judge(enum sspi_io_service service,
				      struct sspi_span reply)
{
	if (!reply.len)
		return SSPI_REPLY_JUNK;
	if (reply.data[0] == TAG_ERROR)
		return judge_error(reply);
	if (service == SSPI_IO_KPASSWD)
		return judge_kpasswd(reply);
	if (reply.data[0] != TAG_AS_REP && reply.data[0] != TAG_TGS_REP)
		return SSPI_REPLY_JUNK;
	return SSPI_REPLY_GOOD;
}
