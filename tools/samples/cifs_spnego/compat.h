/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels this builds for: 6.1 and newer. */
#ifndef SSPI_CIFS_COMPAT_H
#define SSPI_CIFS_COMPAT_H

#include <linux/pid.h>

/* Who has asked is a number or, in newer kernels, an object. */
#define spnego_pid_nr(who) \
	__builtin_choose_expr(__same_type(who, struct pid *), \
			      pid_nr((struct pid *)(unsigned long)(who)), \
			      (pid_t)(unsigned long)(who))

#endif /* SSPI_CIFS_COMPAT_H */
