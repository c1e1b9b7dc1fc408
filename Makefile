# SPDX-License-Identifier: GPL-2.0-or-later
#
# A thin front: tools/ brings in the headers of the installed QEMU, meson and
# ninja build and test.

# An absolute path, as meson and QEMU's configure work in other directories
B := $(CURDIR)/build
TREE := $(B)/qemu

PREFIX ?= /usr/local

# Debian's tools, whatever else the user has installed
PYTHON := /usr/bin/python3
MESON := /usr/bin/meson
NINJA := /usr/bin/ninja

export BUSLOGIC_LOG := $(B)/packages.log

help_text = \
    'make              build everything into build/' \
    'make check        all fast tests; one kind of them:' \
    '                  check-unit check-module check-qtest' \
    'make check-full   everything slow: other versions of QEMU' \
    'make install      install to PREFIX ($(PREFIX)), below DESTDIR if set' \
    'make clean        remove build/'

all: setup
	@$(NINJA) -C $(B) product

# Cheap when there is nothing to do
prepare:
	@mkdir -p $(B)
	@tools/host-packages build
	@tools/prepare-qemu $(TREE)

# The stamp changes with the installed QEMU, and meson looks at QEMU when it
# sets up: then it must do so again.
setup: prepare
	@test $(B)/build.ninja -nt $(TREE)/stamp || { \
	    echo '  MESON   setting up the build'; \
	    $(MESON) setup $$(test ! -e $(B)/build.ninja || echo --reconfigure) \
	        $(B) -Dqemu_tree=$(TREE) >$(B)/setup.log 2>&1 && \
	    touch $(B)/build.ninja; \
	} || { cat $(B)/setup.log >&2; exit 1; }

check: check-unit check-module check-qtest

check-packages: prepare
	@tools/host-packages check

# Each suite keeps its own log in build/meson-logs.
check-unit check-qtest: check-%: setup check-packages
	$(MESON) test -C $(B) --suite $* --logbase $* --print-errorlogs

check-module: setup check-packages
	@$(NINJA) -C $(B) product wrong-modules
	$(PYTHON) -m unittest discover -v -s tests/module

install: all
	@$(MESON) configure $(B) -Dprefix=$(PREFIX)
	@DESTDIR=$(DESTDIR) $(MESON) install --no-rebuild -C $(B)

clean:
	rm -rf $(B)

help:
	@printf '%s\n' $(help_text)

# ninja uses all processors; two of them in one directory do not go together.
.NOTPARALLEL:
.PHONY: all prepare setup check check-packages check-unit check-module \
    check-qtest install clean help
