# SPDX-License-Identifier: GPL-2.0-only
# Rules of the userspace build; $(top) is the way to the top of the tree.
#	SAN=1	AddressSanitizer and UndefinedBehaviorSanitizer, no recovery
#	INIT=	what variables hold that nothing was written to: zero (as the kernels of
#		distributions have it), pattern (so that one that was forgotten is no
#		null pointer or false), uninitialized (for valgrind to see)
#	BUILD=	where objects go
include $(top)/tools/host/sources.mk

INIT ?= zero
SUFFIX := $(if $(SAN),-san)$(if $(filter-out zero,$(INIT)),-$(INIT))
BUILD ?= $(top)/tools/host/build$(SUFFIX)
LIB := $(BUILD)/libksspi_host.a
HOST_CPPFLAGS := $(patsubst -I%,-I$(top)/%,$(HOST_CPPFLAGS)) \
		 -include $(top)/module/compat.h \
		 -DCONFIG_SSPI_NTLM=1 -DCONFIG_SSPI_KRB5=1 \
		 -DCONFIG_SSPI_NEGOTIATE=1 \
		 -DCONFIG_SSPI_KRB5_CAMELLIA=1 -DCONFIG_SSPI_TEST_DEVICE=1
CFLAGS ?= -O2 -g
CFLAGS += -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	  -D_GNU_SOURCE
# gcc 12 clears bytes of names with zero
CFLAGS += $(shell $(CC) -ftrivial-auto-var-init=$(INIT) -x c -c -o /dev/null /dev/null \
	    2>/dev/null && echo -ftrivial-auto-var-init=$(INIT))
ifneq ($(SAN),)
CFLAGS += -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	  -fno-sanitize-recover=all
endif

# module.c of a package is for a kernel module
HOST_PACKAGE_SRCS := $(filter-out %/module.c, \
	$(foreach package,ntlm krb5 negotiate, \
	$(wildcard $(top)/module/pkg/$(package)/*.c)))
HOST_SRCS := $(HOST_BASE_SRCS) $(HOST_KRB5_SRCS) \
	     $(patsubst $(top)/%,%,$(HOST_PACKAGE_SRCS)) \
	     module/core/status.c module/core/flight.c \
	     tools/host/alloc.c tools/host/host.c tools/host/host_leg.c \
	     tools/host/host_api.c
HOST_OBJS := $(HOST_SRCS:%.c=$(BUILD)/%.o)

$(LIB): $(HOST_OBJS)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: $(top)/%.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CPPFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

clean-lib:
	rm -rf $(top)/tools/host/build $(top)/tools/host/build-*

-include $(HOST_OBJS:.o=.d)
.PHONY: clean-lib
