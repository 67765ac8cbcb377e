// SPDX-License-Identifier: GPL-2.0-only
/* The session in use: a share, a file in it, and good-bye. All of it signed. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/nls.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "smb2_session.h"

#define SMB2_MAX_NAME	512	/* UTF-16 units of a path */
#define SMB2_READ_SIZE	4096

/* Writes @name in UTF-16 to @to: the bytes that took, or an errno. */
static int put_name(void *to, const char *name)
{
	int units = utf8s_to_utf16s(name, strlen(name), UTF16_LITTLE_ENDIAN,
				    to, SMB2_MAX_NAME);

	if (units < 0)
		return units;
	return units < SMB2_MAX_NAME ? units * 2 : -ENAMETOOLONG;
}

static int tree_connect(struct smb2_conn *conn, const char *server,
			const char *share)
{
	const struct smb2_header *head = (const void *)conn->rx;
	struct smb2_tree_connect_request *req;
	char *path;
	int len, err;

	path = kasprintf(GFP_KERNEL, "\\\\%s\\%s", server, share);
	if (!path)
		return -ENOMEM;
	req = smb2_request(conn, SMB2_TREE_CONNECT, sizeof(*req));
	len = put_name(req + 1, path);
	kfree(path);
	if (len < 0)
		return len;
	req->structure_size = cpu_to_le16(9);
	req->path_offset = cpu_to_le16(sizeof(struct smb2_header) +
				       sizeof(*req));
	req->path_len = cpu_to_le16(len);

	err = smb2_exchange(conn, sizeof(*req) + len) ?:
	      smb2_check_status(conn);
	if (err)
		return err;
	if (!smb2_body(conn, sizeof(struct smb2_tree_connect_response), 16))
		return -EBADMSG;
	conn->tree_id = le32_to_cpu(head->tree_id);
	pr_info("tree connect: share %s\n", share);
	return 0;
}

static int open_file(struct smb2_conn *conn, const char *file,
		     u8 id[SMB2_FILE_ID_LEN])
{
	const struct smb2_create_response *rsp;
	struct smb2_create_request *req;
	int len, err;

	req = smb2_request(conn, SMB2_CREATE, sizeof(*req));
	len = put_name(req + 1, file);
	if (len < 0)
		return len;
	req->structure_size = cpu_to_le16(57);
	req->impersonation_level = cpu_to_le32(SMB2_IMPERSONATION);
	req->desired_access = cpu_to_le32(SMB2_READ_DATA);
	req->share_access = cpu_to_le32(SMB2_SHARE_READ);
	req->disposition = cpu_to_le32(SMB2_DISPOSITION_OPEN);
	req->options = cpu_to_le32(SMB2_NON_DIRECTORY);
	req->name_offset = cpu_to_le16(sizeof(struct smb2_header) +
				       sizeof(*req));
	req->name_len = cpu_to_le16(len);

	err = smb2_exchange(conn, sizeof(*req) + len) ?:
	      smb2_check_status(conn);
	if (err)
		return err;
	rsp = smb2_body(conn, sizeof(*rsp), 89);
	if (!rsp)
		return -EBADMSG;
	memcpy(id, rsp->file_id, SMB2_FILE_ID_LEN);
	pr_info("create: %s, %llu bytes\n", file,
		le64_to_cpu(rsp->end_of_file));
	return 0;
}

static int read_data(struct smb2_conn *conn, const u8 id[SMB2_FILE_ID_LEN])
{
	const struct smb2_read_response *rsp;
	struct smb2_read_request *req;
	const u8 *data;
	u32 len;
	int err;

	req = smb2_request(conn, SMB2_READ, sizeof(*req));
	req->structure_size = cpu_to_le16(49);
	req->len = cpu_to_le32(SMB2_READ_SIZE);
	memcpy(req->file_id, id, SMB2_FILE_ID_LEN);

	err = smb2_exchange(conn, sizeof(*req)) ?: smb2_check_status(conn);
	if (err)
		return err;
	rsp = smb2_body(conn, sizeof(*rsp), 17);
	if (!rsp)
		return -EBADMSG;
	len = le32_to_cpu(rsp->data_len);
	data = smb2_bytes(conn, rsp->data_offset, len);
	if (!data || len > SMB2_READ_SIZE)
		return -EBADMSG;
	/* a server's bytes: nothing but plain text goes into the log */
	pr_info("read %u bytes: %*pE\n", len, (int)min(len, 64U), data);
	return 0;
}

static int close_file(struct smb2_conn *conn, const u8 id[SMB2_FILE_ID_LEN])
{
	struct smb2_close_request *req;
	int err;

	req = smb2_request(conn, SMB2_CLOSE, sizeof(*req));
	req->structure_size = cpu_to_le16(24);
	memcpy(req->file_id, id, SMB2_FILE_ID_LEN);
	err = smb2_exchange(conn, sizeof(*req)) ?: smb2_check_status(conn);
	if (err)
		return err;
	return smb2_body(conn, sizeof(struct smb2_close_response), 60) ?
	       0 : -EBADMSG;
}

int smb2_read_file(struct smb2_conn *conn, const struct smb2_config *config)
{
	u8 id[SMB2_FILE_ID_LEN];

	return tree_connect(conn, config->server, config->share) ?:
	       open_file(conn, config->file, id) ?:
	       read_data(conn, id) ?:
	       close_file(conn, id);
}

int smb2_logoff(struct smb2_conn *conn)
{
	struct smb2_logoff *req;
	int err;

	req = smb2_request(conn, SMB2_LOGOFF, sizeof(*req));
	req->structure_size = cpu_to_le16(4);
	err = smb2_exchange(conn, sizeof(*req)) ?: smb2_check_status(conn);
	if (err)
		return err;
	return smb2_body(conn, sizeof(*req), 4) ? 0 : -EBADMSG;
}
