// SPDX-License-Identifier: GPL-2.0-only
/* import: an established context out of its keys. */
#include "testdev/exec.h"

#define DEFAULT_FLAGS	(ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | \
			 ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY)
#define DEFAULT_ASC	(ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT | \
			 ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY)

/* What each of the others implies, as in a context that was negotiated. */
static u64 implied(const struct sspi_import *import)
{
	if (!(import->flags & (ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT |
			       ISC_RET_CONFIDENTIALITY)))
		return 0;
	return import->initiator ? ISC_RET_INTEGRITY : ASC_RET_INTEGRITY;
}

sec_status_t testdev_op_import(struct testdev_call *call)
{
	struct sspi_import import = { };
	struct testdev_entry *entry;
	sec_status_t status;
	u64 value = 0;

	drive_find_u64(call->in, DRIVE_INITIATOR, &value);
	import.initiator = value;
	import.flags = import.initiator ? DEFAULT_FLAGS : DEFAULT_ASC;
	drive_find_u64(call->in, DRIVE_ATTR_FLAGS, &import.flags);
	import.flags |= implied(&import);
	drive_find_u64(call->in, DRIVE_ENCTYPE, &value);
	import.enctype = (s32)value;
	drive_find(call->in, DRIVE_KEY, &import.key);
	value = 0;
	drive_find_u64(call->in, DRIVE_IS_ACCEPTORS, &value);
	import.acceptor_subkey = value;
	drive_find_u64(call->in, DRIVE_SEND_SEQ, &import.send_seq);
	drive_find_u64(call->in, DRIVE_RECV_SEQ, &import.recv_seq);

	entry = testdev_add(call->session, false);
	if (!entry)
		return SEC_E_INSUFFICIENT_MEMORY;
	entry->acceptor = !import.initiator;
	status = testdev_import(drive_find_text(call->in, DRIVE_PACKAGE),
				&import, &entry->ctx);
	if (status == SEC_E_OK) {
		entry->established = true;
		drive_put_u64(&call->out, DRIVE_CTX, entry->number);
	} else {
		testdev_remove(call->session, entry);
		if (status == SEC_E_KDC_UNKNOWN_ETYPE)
			drive_put_u64(&call->out, DRIVE_LACKING, 1);
	}
	return status;
}
