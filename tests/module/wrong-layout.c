/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Stands in for module/layout.c: one size or one offset is not QEMU's
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_device.h"
#include "module/layout.h"

const LayoutSize layout_sizes[] = {
    { TYPE_PCI_DEVICE, sizeof(PCIDevice) + WRONG_SIZE },
    {}
};

const LayoutProperty layout_properties[] = {
    { TYPE_PCI_DEVICE, "romfile", offsetof(PCIDevice, romfile) + WRONG_OFFSET },
    {}
};
