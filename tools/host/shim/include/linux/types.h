/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: the fixed-width types; on top of the C library's header. */
#ifndef _SHIM_LINUX_TYPES_H
#define _SHIM_LINUX_TYPES_H

#include_next <linux/types.h>
#include <linux/compiler.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef __u64 u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef __s64 s64;

typedef unsigned int gfp_t;

#ifndef __bitwise
#define __bitwise
#endif

#endif /* _SHIM_LINUX_TYPES_H */
