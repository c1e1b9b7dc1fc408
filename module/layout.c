/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * QEMU's structures as the headers have them that the module was built with:
 * those that the device embeds, derives from or looks into
 */

#include "qemu/osdep.h"
#include "hw/isa/isa.h"
#include "hw/pci/pci_device.h"
#include "hw/scsi/scsi.h"
#include "system/memory.h"
#include "layout.h"

const LayoutSize layout_sizes[] = {
    { TYPE_DEVICE, sizeof(DeviceState) },
    { TYPE_BUS, sizeof(BusState) },
    { TYPE_ISA_DEVICE, sizeof(ISADevice) },
    { TYPE_MEMORY_REGION, sizeof(MemoryRegion) },
    { TYPE_PCI_DEVICE, sizeof(PCIDevice) },
    { TYPE_SCSI_BUS, sizeof(SCSIBus) },
    { TYPE_SCSI_DEVICE, sizeof(SCSIDevice) },
    {}
};

const LayoutProperty layout_properties[] = {
    { TYPE_PCI_DEVICE, "addr", offsetof(PCIDevice, devfn) },
    { TYPE_PCI_DEVICE, "romfile", offsetof(PCIDevice, romfile) },
    { TYPE_PCI_DEVICE, "romsize", offsetof(PCIDevice, romsize) },
    { TYPE_PCI_DEVICE, "rombar", offsetof(PCIDevice, rom_bar) },
    { TYPE_PCI_DEVICE, "acpi-index", offsetof(PCIDevice, acpi_index) },
    { TYPE_SCSI_DEVICE, "channel", offsetof(SCSIDevice, channel) },
    { TYPE_SCSI_DEVICE, "lun", offsetof(SCSIDevice, lun) },
    {}
};
