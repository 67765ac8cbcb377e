# SPDX-License-Identifier: GPL-2.0-only
#
# For people; kbuild reads the file Kbuild instead.  "make help" is the default.

KVERSION ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVERSION)/build
DESTDIR ?=
# where modules that use ksspi find its headers, and Module.symvers of a kernel
CONSUMERS := $(DESTDIR)/usr/src/ksspi
TOP := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
FUZZ_SECONDS ?= 60
STAGES ?=

help:
	@echo 'Build and use'
	@echo '  make modules          build the modules (KDIR=kernel build folder)'
	@echo '  make install          install them for that kernel, with headers and programs'
	@echo '  make uninstall        take that out again'
	@echo '  make deb              Debian packages, of the modules (DKMS) and the programs'
	@echo '  make intree           into the kernel tree KERNEL, as net/ksspi (intree-remove)'
	@echo '  make demo             a virtual machine in which kernel code authenticates'
	@echo '  make docs             documentation as HTML'
	@echo '  make clean'
	@echo 'Test'
	@echo '  make test             everything (STAGES="kunit-uml ..." for some of it)'
	@echo '  make check            style, layers, secrets, warnings'
	@echo '  make fuzz             FUZZ_SECONDS=60 a target'
	@echo '  make bench            costs, and comparison with others'
	@echo 'Tools'
	@echo '  make host             the packages as a library for user space'
	@echo '  make drive            command that drives the module from a script'
	@echo '  make sspictl          the command of the administrator'
	@echo '  make cifs             the program that request-key starts for cifs'
	@printf 'Stages: %s\n' "$$(tools/test/run.sh --list | tr '\n' ' ')"

all: modules

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

install: install-module install-sspictl install-cifs

# Which kernel that is, as it says itself; kernel.release differs on Debian.
release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)

install-module: modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) KERNELRELEASE=$(release) \
		INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates modules_install
	[ -n "$(DESTDIR)" ] || depmod $(release)
	install -D -m 644 Module.symvers $(CONSUMERS)/$(release)/Module.symvers
	for file in $$(cd $(TOP) && find include -name '*.h'); do \
		install -D -m 644 $(TOP)/$$file $(CONSUMERS)/$$file || exit 1; \
	done

install-sspictl install-cifs:
	$(MAKE) -C $(TOP)/tools/$(@:install-%=%) install

# The headers go with the last kernel.
uninstall:
	[ -n "$(release)" ]
	$(MAKE) -C $(TOP)/tools/sspictl uninstall
	$(MAKE) -C $(TOP)/tools/cifs uninstall
	for module in ksspi sspi_ntlm sspi_krb5 sspi_negotiate sspi_cifs; do \
		rm -f $(DESTDIR)/lib/modules/$(release)/updates/$$module.ko* || exit 1; \
	done
	[ -n "$(DESTDIR)" ] || depmod $(release)
	rm -rf $(CONSUMERS)/$(release)
	[ -n "$$(find $(CONSUMERS) -name Module.symvers 2>/dev/null)" ] || rm -rf $(CONSUMERS)

# dpkg -i of the first has the modules built for each kernel of a machine
deb:
	tools/package/deb.sh build/deb

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

drive host sspictl cifs:
	$(MAKE) -C $(TOP)/tools/$@

clean:
	rm -rf build
	[ ! -e Module.symvers ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	for tool in drive host sspictl cifs fuzz; do \
		[ ! -e tools/$$tool/Makefile ] || $(MAKE) -C tools/$$tool clean; \
	done

.PHONY: help all modules install install-module install-sspictl install-cifs uninstall deb intree \
	intree-remove demo test check bench fuzz docs drive host sspictl cifs clean
