// SPDX-License-Identifier: GPL-2.0-only
/* Names, errnos and classes of status codes: three tables from one list. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/sspi_status.h>

/**
 * sec_status_name() - name of a status code
 * @status: the code
 *
 * Context: any.
 * Return: the name as in the header, a constant; "unknown status" for a number
 * that is not one.
 */
const char *sec_status_name(sec_status_t status)
{
#define SSPI_NAME(name, value, err, class) \
	case (value): \
		return #name;
	switch ((__force u32)status) {
	SSPI_STATUS_LIST(SSPI_NAME)
	default:
		return "unknown status";
	}
#undef SSPI_NAME
}
EXPORT_SYMBOL_GPL(sec_status_name);

/**
 * sec_status_to_errno() - the nearest error number
 * @status: the code
 *
 * Context: any.
 * Return: 0 for the codes of class SSPI_CLASS_DONE, else a negative errno:
 * -EINPROGRESS where another leg or the completion is to come, -EIO for an
 * unknown number.
 */
int sec_status_to_errno(sec_status_t status)
{
#define SSPI_ERRNO(name, value, err, class) \
	case (value): \
		return -(err);
	switch ((__force u32)status) {
	SSPI_STATUS_LIST(SSPI_ERRNO)
	default:
		return -EIO;
	}
#undef SSPI_ERRNO
}
EXPORT_SYMBOL_GPL(sec_status_to_errno);

/**
 * sec_status_class() - what a caller does next
 * @status: the code
 *
 * Context: any.
 * Return: the class; SSPI_CLASS_FATAL for an unknown number.
 */
enum sspi_status_class sec_status_class(sec_status_t status)
{
#define SSPI_CLASS(name, value, err, class) \
	case (value): \
		return SSPI_CLASS_##class;
	switch ((__force u32)status) {
	SSPI_STATUS_LIST(SSPI_CLASS)
	default:
		return SSPI_CLASS_FATAL;
	}
#undef SSPI_CLASS
}
EXPORT_SYMBOL_GPL(sec_status_class);
