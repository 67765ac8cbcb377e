# SPDX-License-Identifier: GPL-2.0-only
#
# For people; kbuild reads the file Kbuild instead.  "make help" is the default.

KVERSION ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVERSION)/build
FUZZ_SECONDS ?= 60
STAGES ?=

help:
	@echo 'Build and use'
	@echo '  make modules          build ksspi.ko (KDIR=kernel build folder)'
	@echo '  make install          install it for that kernel, and its headers'
	@echo '  make intree           into the kernel tree KERNEL, as net/ksspi (intree-remove)'
	@echo '  make demo             a virtual machine in which kernel code authenticates'
	@echo '  make docs             documentation as HTML'
	@echo '  make clean'
	@echo 'Test'
	@echo '  make test             everything (STAGES="kunit-7.3 ..." for some of it)'
	@echo '  make check            style, layers, secrets, warnings'
	@echo '  make fuzz             FUZZ_SECONDS=60 a target'
	@echo '  make bench            costs, and comparison with others'
	@echo 'Tools'
	@echo '  make host             the packages as a library for user space'
	@echo '  make drive            command that drives the module from a script'
	@echo '  make sspictl          the command of the administrator (install-sspictl)'
	@printf 'Stages: %s\n' "$$(tools/test/run.sh --list | tr '\n' ' ')"

all: modules

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

install: modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install
	install -d $(DESTDIR)/usr/src/ksspi
	cp -r include Module.symvers $(DESTDIR)/usr/src/ksspi/

install-sspictl: sspictl
	$(MAKE) -C tools/sspictl install

# LINK=1 links the files instead of copying them
intree intree-remove:
	tools/package/intree.sh $(if $(LINK),--link) $(if $(filter %-remove,$@),--remove) $(KERNEL)

demo:
	tools/demo/demo.sh

test:
	tools/test/run.sh $(STAGES)

check:
	tools/checks/run.sh

bench:
	tools/bench/run.sh

fuzz:
	$(MAKE) -C tools/fuzz run FUZZ_SECONDS=$(FUZZ_SECONDS)

docs:
	tools/docs.sh

drive host sspictl:
	$(MAKE) -C tools/$@

clean:
	rm -rf build
	[ ! -e Module.symvers ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	for tool in drive host sspictl fuzz; do \
		[ ! -e tools/$$tool/Makefile ] || $(MAKE) -C tools/$$tool clean; \
	done

.PHONY: help all modules install install-sspictl intree intree-remove demo test check bench fuzz docs drive host sspictl clean
