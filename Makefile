# SPDX-License-Identifier: GPL-2.0-or-later
#
# A thin front: tools/ brings in the headers of the installed QEMU, meson and
# ninja build and test.  "make help" lists the goals.

# An absolute path, as meson and QEMU's configure are run in other directories
B := $(CURDIR)/build
TREE := $(B)/qemu

PREFIX ?= /usr/local
DESTDIR ?=

MESON := /usr/bin/meson
NINJA := /usr/bin/ninja -C $(B)

export BUSLOGIC_LOG := $(B)/apt.log
# Whatever python and compiler wrappers the user has
export PATH := /usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin:$(PATH)

all: prepare
	@$(MAKE) --no-print-directory $(B)/build.ninja
	@$(NINJA)

prepare:
	@mkdir -p $(B)
	@tools/host-packages build
	@tools/prepare-qemu $(TREE)

# The stamp changes with the installed QEMU, and meson looks at QEMU when it
# sets up: then it must do so again.
$(B)/build.ninja: $(TREE)/stamp
	@$(MESON) setup $(if $(wildcard $@),--reconfigure) $(B) -Dqemu_tree=$(TREE) \
	    --prefix=$(PREFIX)
	@touch $@

.PHONY: all prepare
