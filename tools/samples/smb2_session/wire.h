/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SMB 3.1.1 on the wire: as much of MS-SMB2 section 2.2 as a client needs to
 * read one file. Everything is little endian; offsets count from the header.
 */
#ifndef SMB2_SESSION_WIRE_H
#define SMB2_SESSION_WIRE_H

#include <linux/build_bug.h>
#include <linux/types.h>

#define SMB2_PROTOCOL_ID	0x424d53fe	/* 0xfe 'S' 'M' 'B' */
#define SMB2_DIALECT_3_1_1	0x0311

enum smb2_command {
	SMB2_NEGOTIATE		= 0,
	SMB2_SESSION_SETUP	= 1,
	SMB2_LOGOFF		= 2,
	SMB2_TREE_CONNECT	= 3,
	SMB2_CREATE		= 5,
	SMB2_CLOSE		= 6,
	SMB2_READ		= 8,
};

/* NT status codes (MS-ERREF 2.3.1). */
#define NT_STATUS_SUCCESS			0x00000000
#define NT_STATUS_PENDING			0x00000103
#define NT_STATUS_MORE_PROCESSING_REQUIRED	0xc0000016
#define NT_STATUS_ACCESS_DENIED			0xc0000022
#define NT_STATUS_OBJECT_NAME_NOT_FOUND		0xc0000034
#define NT_STATUS_LOGON_FAILURE			0xc000006d
#define NT_STATUS_ACCOUNT_RESTRICTION		0xc000006e
#define NT_STATUS_ACCOUNT_DISABLED		0xc0000072
#define NT_STATUS_INVALID_PARAMETER		0xc000000d
#define NT_STATUS_NOT_SUPPORTED			0xc00000bb
#define NT_STATUS_BAD_NETWORK_NAME		0xc00000cc
#define NT_STATUS_NO_SUCH_USER			0xc0000064
#define NT_STATUS_WRONG_PASSWORD		0xc000006a

#define SMB2_FLAG_RESPONSE	0x00000001
#define SMB2_FLAG_ASYNC		0x00000002
#define SMB2_FLAG_SIGNED	0x00000008
#define SMB2_SIGNATURE_LEN	16

struct smb2_header {
	__le32 protocol_id;
	__le16 structure_size;		/* 64 */
	__le16 credit_charge;
	__le32 status;
	__le16 command;
	__le16 credits;
	__le32 flags;
	__le32 next_command;
	__le64 message_id;
	__le32 reserved;
	__le32 tree_id;
	__le64 session_id;
	u8 signature[SMB2_SIGNATURE_LEN];
} __packed;
static_assert(sizeof(struct smb2_header) == 64);

#define SMB2_SIGNING_ENABLED	0x01
#define SMB2_SIGNING_REQUIRED	0x02

struct smb2_negotiate_request {
	__le16 structure_size;		/* 36 */
	__le16 dialect_count;
	__le16 security_mode;
	__le16 reserved;
	__le32 capabilities;
	u8 client_guid[16];
	__le32 context_offset;
	__le16 context_count;
	__le16 reserved2;
	__le16 dialect;
	u8 pad[2];			/* to the contexts, 8 byte aligned */
} __packed;
static_assert((sizeof(struct smb2_header) +
	       sizeof(struct smb2_negotiate_request)) % 8 == 0);

struct smb2_negotiate_response {
	__le16 structure_size;		/* 65 */
	__le16 security_mode;
	__le16 dialect;
	__le16 context_count;
	u8 server_guid[16];
	__le32 capabilities;
	__le32 max_transact;
	__le32 max_read;
	__le32 max_write;
	__le64 system_time;
	__le64 start_time;
	__le16 buffer_offset;
	__le16 buffer_len;
	__le32 context_offset;
} __packed;
static_assert(sizeof(struct smb2_negotiate_response) == 64);

#define SMB2_CONTEXT_PREAUTH	1
#define SMB2_CONTEXT_ENCRYPTION	2
#define SMB2_CONTEXT_SIGNING	8

struct smb2_context {
	__le16 type;
	__le16 len;
	__le32 reserved;
} __packed;
static_assert(sizeof(struct smb2_context) == 8);

#define SMB2_HASH_SHA512	1
#define SMB2_SALT_LEN		32

struct smb2_preauth {
	__le16 hash_count;
	__le16 salt_len;
	__le16 hash;
	u8 salt[SMB2_SALT_LEN];
} __packed;
static_assert(sizeof(struct smb2_preauth) == 38);

#define SMB2_SIGN_AES_CMAC	1

struct smb2_signing {
	__le16 count;
	__le16 algorithm;
} __packed;
static_assert(sizeof(struct smb2_signing) == 4);

/* The contexts of our request, in a row. */
struct smb2_negotiate_contexts {
	struct smb2_context preauth_head;
	struct smb2_preauth preauth;
	u8 pad[2];
	struct smb2_context signing_head;
	struct smb2_signing signing;
} __packed;
static_assert(offsetof(struct smb2_negotiate_contexts, signing_head) % 8 == 0);

struct smb2_session_setup_request {
	__le16 structure_size;		/* 25 */
	u8 flags;
	u8 security_mode;
	__le32 capabilities;
	__le32 channel;
	__le16 buffer_offset;
	__le16 buffer_len;
	__le64 previous_session;
} __packed;
static_assert(sizeof(struct smb2_session_setup_request) == 24);

#define SMB2_SESSION_GUEST	0x0001
#define SMB2_SESSION_NULL	0x0002
#define SMB2_SESSION_ENCRYPT	0x0004

struct smb2_session_setup_response {
	__le16 structure_size;		/* 9 */
	__le16 session_flags;
	__le16 buffer_offset;
	__le16 buffer_len;
} __packed;
static_assert(sizeof(struct smb2_session_setup_response) == 8);

struct smb2_tree_connect_request {
	__le16 structure_size;		/* 9 */
	__le16 flags;
	__le16 path_offset;
	__le16 path_len;
} __packed;
static_assert(sizeof(struct smb2_tree_connect_request) == 8);

struct smb2_tree_connect_response {
	__le16 structure_size;		/* 16 */
	u8 share_type;
	u8 reserved;
	__le32 share_flags;
	__le32 capabilities;
	__le32 maximal_access;
} __packed;
static_assert(sizeof(struct smb2_tree_connect_response) == 16);

#define SMB2_IMPERSONATION	2
#define SMB2_READ_DATA		0x00000001
#define SMB2_SHARE_READ		0x00000001
#define SMB2_DISPOSITION_OPEN	1
#define SMB2_NON_DIRECTORY	0x00000040

struct smb2_create_request {
	__le16 structure_size;		/* 57 */
	u8 security_flags;
	u8 oplock_level;
	__le32 impersonation_level;
	__le64 create_flags;
	__le64 reserved;
	__le32 desired_access;
	__le32 attributes;
	__le32 share_access;
	__le32 disposition;
	__le32 options;
	__le16 name_offset;
	__le16 name_len;
	__le32 contexts_offset;
	__le32 contexts_len;
} __packed;
static_assert(sizeof(struct smb2_create_request) == 56);

#define SMB2_FILE_ID_LEN	16

struct smb2_create_response {
	__le16 structure_size;		/* 89 */
	u8 oplock_level;
	u8 flags;
	__le32 action;
	__le64 times[4];
	__le64 allocation_size;
	__le64 end_of_file;
	__le32 attributes;
	__le32 reserved;
	u8 file_id[SMB2_FILE_ID_LEN];
	__le32 contexts_offset;
	__le32 contexts_len;
} __packed;
static_assert(sizeof(struct smb2_create_response) == 88);

struct smb2_read_request {
	__le16 structure_size;		/* 49 */
	u8 padding;
	u8 flags;
	__le32 len;
	__le64 offset;
	u8 file_id[SMB2_FILE_ID_LEN];
	__le32 minimum;
	__le32 channel;
	__le32 remaining;
	__le16 channel_offset;
	__le16 channel_len;
	u8 buffer;			/* one byte at least */
} __packed;
static_assert(sizeof(struct smb2_read_request) == 49);

struct smb2_read_response {
	__le16 structure_size;		/* 17 */
	u8 data_offset;
	u8 reserved;
	__le32 data_len;
	__le32 remaining;
	__le32 reserved2;
} __packed;
static_assert(sizeof(struct smb2_read_response) == 16);

struct smb2_close_request {
	__le16 structure_size;		/* 24 */
	__le16 flags;
	__le32 reserved;
	u8 file_id[SMB2_FILE_ID_LEN];
} __packed;
static_assert(sizeof(struct smb2_close_request) == 24);

struct smb2_close_response {
	__le16 structure_size;		/* 60 */
	u8 rest[58];
} __packed;
static_assert(sizeof(struct smb2_close_response) == 60);

/* LOGOFF is the same both ways. */
struct smb2_logoff {
	__le16 structure_size;		/* 4 */
	__le16 reserved;
} __packed;
static_assert(sizeof(struct smb2_logoff) == 4);

#endif /* SMB2_SESSION_WIRE_H */
