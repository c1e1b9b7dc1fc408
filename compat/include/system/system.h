/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moved in QEMU 10.0. */
#include "sysemu/sysemu.h"
