/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moved in QEMU 10.1. */
#include "exec/address-spaces.h"
