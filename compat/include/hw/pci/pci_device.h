/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before QEMU 8.0, PCIDevice was declared with the rest of PCI. */
#include "hw/pci/pci.h"
