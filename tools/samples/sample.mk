# SPDX-License-Identifier: GPL-2.0-only
# What builds a sample out of tree, against an installed or a freshly built ksspi:
#   make KVERSION=$(uname -r) KSSPI=/usr/src/ksspi
KVERSION ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVERSION)/build
KSSPI ?= $(abspath ../../..)
SYMVERS = $(firstword $(wildcard $(KSSPI)/$(KVERSION)/Module.symvers) $(KSSPI)/Module.symvers)

all modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) KSSPI=$(KSSPI) \
		KBUILD_EXTRA_SYMBOLS=$(SYMVERS) modules

clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean

.PHONY: all modules clean
