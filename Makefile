# SPDX-License-Identifier: GPL-2.0-or-later
#
# A thin front: tools/ brings in the headers of the installed QEMU, meson and
# ninja build and test.

ifneq ($(words $(CURDIR)),1)
$(error The path of this directory must not have spaces: neither make nor \
    the dynamic linker copes with them)
endif

# An absolute path, as meson and QEMU's configure work in other directories
B := $(CURDIR)/build
TREE := $(B)/qemu

PREFIX ?= /usr/local

# Debian's tools, whatever else the user has installed
PYTHON := /usr/bin/python3
MESON := /usr/bin/meson
NINJA := /usr/bin/ninja

export BUSLOGIC_LOG := $(B)/packages.log

# The kinds of tests, each with a target of its own, quick ones first
CHECKS := check-tools check-unit check-roms check-module check-qtest \
    check-boot check-guest check-import
FULL_CHECKS := check-libvirt check-hosts check-deb check-releases \
    check-series check-sanitizers check-moves check-soak

# The Debian releases that are supported
RELEASES := bookworm trixie

all: setup
	@$(NINJA) -C $(B) product

# Cheap when there is nothing to do
prepare:
	@mkdir -p $(B)
	@tools/host-packages tools/packages/build
	@tools/prepare-qemu $(TREE)

# The stamp changes with the installed QEMU.  Then meson must look at QEMU
# again, and nothing compiled is good any more: the headers of the new source
# package may be older than it.
setup: prepare
	@test $(B)/build.ninja -nt $(TREE)/stamp || { \
	    echo '  MESON   setting up the build'; \
	    { $(MESON) setup $$(test ! -e $(B)/build.ninja || echo --reconfigure) \
	          $(B) -Dqemu_tree=$(TREE) && \
	      $(NINJA) -C $(B) -t clean; } >$(B)/setup.log 2>&1 && \
	    touch $(B)/build.ninja; \
	} || { cat $(B)/setup.log >&2; exit 1; }

guest-packages: prepare
	@tools/host-packages tests/guest/packages

boot-packages: guest-packages
	@tools/host-packages tests/boot/packages

import-packages: guest-packages
	@tools/host-packages tests/import/packages

bench-packages: guest-packages
	@tools/host-packages tests/bench/packages

run: all guest-packages
	@tests/guest/run

check: $(CHECKS)

check-packages: prepare
	@tools/host-packages tools/packages/check

# Each suite keeps a log of its own in build/meson-logs.
check-unit check-qtest: check-%: setup check-packages
	@$(NINJA) -C $(B) product $*-programs
	$(MESON) test -C $(B) --no-rebuild --suite $* --logbase $* \
	    --print-errorlogs

check-tools: check-packages
	$(PYTHON) -m unittest discover -v -s tests/tools

check-roms: all check-packages
	$(PYTHON) -m unittest discover -v -s tests/roms

check-module: setup check-packages
	@$(NINJA) -C $(B) product wrong-modules
	$(PYTHON) -m unittest discover -v -s tests/module

check-boot: all boot-packages
	@$(NINJA) -C $(B) boot-programs
	$(PYTHON) tests/guest/check boot

check-guest: all bench-packages
	$(PYTHON) tests/guest/check avocado

check-import: all import-packages
	$(PYTHON) tests/guest/check import

check-full: $(FULL_CHECKS)

# The device compiled for 32-bit and for big-endian hosts, and its unit tests
check-hosts: setup check-packages
	@tools/host-packages tests/hosts/packages
	@$(NINJA) -C $(B) product unit-programs
	@$(PYTHON) tests/hosts/run

# A machine as the user's page tells libvirt of it
check-libvirt: all
	@tools/host-packages tests/libvirt/packages
	$(PYTHON) -m unittest discover -v -s tests/libvirt

# The package is installed into a Debian that has nothing else.
check-deb: deb guest-packages
	@tools/host-packages tools/packages/check-full
	tests/guest/run -n
	tests/deb/run $(B)/qemu-buslogic_*.deb $(B)/guest/virtualbox \
	    $(B)/debian-deb

# The quick tests, and a boot, with the QEMU of every supported Debian but this
check-releases:
	@tools/host-packages tools/packages/check-full
	@set -e; for suite in $(RELEASES); do \
	    grep -q "^VERSION_CODENAME=$$suite$$" /etc/os-release || \
	    tools/in-debian $$suite $(B)/debian-$$suite \
	        sh -c 'make -k check-tools check-unit check-roms check-module \
	            check-qtest && tests/boot/smoke build/qemu-buslogic'; \
	done

# The patch series on QEMU 10.2, in a Debian that can build that
check-series: all check-packages
	@tools/host-packages tools/packages/check-full
	tests/series/run $(B)/buslogic.rom $(B)/series

# QEMU with the device in its source tree, with sanitizers and fuzzers
sanitized: setup
	@tools/host-packages tools/packages/sanitizers
	@$(NINJA) -C $(B) product
	@tools/build-sanitized $(TREE) $(B)/buslogic.rom $(B)/sanitized

# The status with which QEMU ends is not that of an error which it reports.
# Where it ends in the middle of loading a stream, it frees nothing.
SANITIZERS = ASAN_OPTIONS=log_path=$(B)/sanitized/report:exitcode=99 \
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:exitcode=99

# The qtests on that QEMU, which is slower and ends at the first misdeed.  What
# it says of it is not on stderr, where tests look for QEMU's own messages.
check-sanitizers: sanitized check-packages
	@$(NINJA) -C $(B) product qtest-programs
	$(MESON) test -C $(B) --no-rebuild --suite qtest --logbase sanitizers \
	    --print-errorlogs --timeout-multiplier 5 --wrapper "env \
	    QTEST_QEMU_BINARY=$(B)/sanitized/obj/qemu-system-x86_64 \
	    $(SANITIZERS)"
	$(SANITIZERS:99=99:detect_leaks=0) \
	    QEMU_BUSLOGIC=$(B)/sanitized/obj/qemu-system-x86_64 \
	    BUSLOGIC_THOROUGH=1 $(PYTHON) tests/avocado/buslogic_stream.py -v

# What check-guest does a few times only
check-moves: all guest-packages
	BUSLOGIC_THOROUGH=1 $(PYTHON) tests/avocado/buslogic_migration.py -v
	BUSLOGIC_THOROUGH=1 $(PYTHON) tests/avocado/buslogic_faults.py -v
	BUSLOGIC_THOROUGH=1 $(PYTHON) tests/avocado/buslogic_plug.py -v
	BUSLOGIC_THOROUGH=1 $(PYTHON) tests/avocado/buslogic_stream.py -v

# How many seconds a guest is kept busy
SOAK ?= 1800

check-soak: all guest-packages
	BUSLOGIC_THOROUGH=1 SOAK=$(SOAK) \
	    $(PYTHON) tests/avocado/buslogic_soak.py -v

# How long the worst of guests keeps QEMU's main loop busy
bench-doorbell: all
	$(PYTHON) tests/fuzz/doorbell

# How many seconds "make fuzz" takes, once everything is built
TIME ?= 600

fuzz: sanitized check-packages
	@$(NINJA) -C $(B) product qtest-programs
	@tests/fuzz/run $(B)/sanitized $(B)/tests/qtest/buslogic-replay-test \
	    $(B)/tests/qtest/qemu-system-x86_64 $(B)/fuzz "$(TIME)"

# Which lines of the device all of these tests reach
coverage: setup check-packages guest-packages
	@tools/host-packages tools/packages/coverage
	@tools/coverage $(TREE) $(B)/coverage

# Options of tests/bench/run, which knows --help
BENCH ?=

# All SCSI adapters of this QEMU side by side; some half an hour
bench: all bench-packages
	@tests/bench/run $(BENCH)

# What a command costs the device, in instructions
bench-device: all bench-packages
	@tests/bench/device $(BENCH)

# Root may only be there to install: what it has built is the user's, whose
# next make has to write there.
GIVE_BACK := trap 'test -O $(B) || \
    find $(B) -uid 0 -exec chown -h --reference=$(B) {} +' EXIT

# meson would put a relative DESTDIR below the build directory.
install: setup
	@$(GIVE_BACK); \
	$(MESON) configure $(B) -Dprefix="$(PREFIX)" && \
	$(NINJA) -C $(B) product && \
	DESTDIR="$${DESTDIR:+$$(realpath -m "$$DESTDIR")}" \
	    $(MESON) install -C $(B) --no-rebuild

deb: setup
	@$(GIVE_BACK); \
	tools/host-packages tools/packages/deb && \
	rm -rf $(B)/deb $(B)/*.deb && \
	echo '  DEB     for the installed QEMU' && \
	$(MAKE) -s install PREFIX=/usr DESTDIR=$(B)/deb/root >/dev/null && \
	tools/mkdeb $(B)/deb/root $(B)/deb/work $(B)

clean:
	rm -rf $(B)

define HELP
make              build everything into $(B)
make run          import a machine of VirtualBox and boot its Linux from a disk
                  behind the adapter, by BIOS; with FIRMWARE=uefi, by UEFI
make check        all fast tests; or one kind of them:
                  $(CHECKS)
make check-full   the slow tests; or one kind of them:
                  $(FULL_CHECKS)
make bench-doorbell
                  how long a hostile guest keeps QEMU from all else
make fuzz         look for what breaks the device, for TIME ($(TIME)) seconds
make bench        compare with the other SCSI adapters of this QEMU
make bench-device what a command costs QEMU without a guest system
make coverage     which lines of the device the fast tests reach
make install      install to PREFIX ($(PREFIX)), below DESTDIR if set
make deb          a Debian package of it, for the QEMU package it is built for
make clean        remove $(B)
endef
export HELP

help:
	@echo "$$HELP"

# ninja uses all processors; two of them in one directory do not go together.
.NOTPARALLEL:
.PHONY: all prepare setup guest-packages bench-packages boot-packages \
    import-packages run check \
    check-packages $(CHECKS) check-full $(FULL_CHECKS) \
    sanitized fuzz coverage bench bench-doorbell bench-device install deb \
    clean help
