/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: Open Firmware paths, as QEMU writes them
 *
 * They are in fw_cfg's files "bootorder" and "bios-geometry".  Pure functions.
 */

#ifndef ROMS_BUSLOGIC_BOOTORDER_H
#define ROMS_BUSLOGIC_BOOTORDER_H

#include <stdbool.h>
#include <stdint.h>

/* Where the adapter is: itself, then the bridges on the way to the root */
#define PCI_PATH_MAX    16

struct pci_path {
    uint8_t depth;
    bool other_root;                /* on another root bus than bus 0 */
    uint8_t devfn[PCI_PATH_MAX];
    uint16_t isa_ports;             /* not 0: it is an ISA board, with these */
};

/* What a path says about a device of the adapter */
struct boot_path {
    uint8_t target, lun;
    bool has_instance;              /* ":rom<instance>" was there */
    uint32_t instance;
    const char *rest;               /* of the line, behind the path */
};

/*
 * Parse a line such as "/pci@i0cf8/pci-bridge@5/scsi@4,1:rom2/channel@0/
 * disk@3,0".  False if it is not about a device of the adapter at @path.
 *
 * Behind an ISA board it is "/rom@genroms/isa-buslogic-330.rom:rom2/channel@0/
 * disk@3,0" in the boot order, by the name of the ROM, and something that ends
 * with "/scsi@0330/channel@0/disk@3,0" in the geometries.
 */
bool boot_path_parse(const char *line, const struct pci_path *path,
                     struct boot_path *result);

/* Parse three decimal numbers, as they follow the path in "bios-geometry" */
bool boot_geometry_parse(const char *text, uint32_t numbers[3]);

#endif /* ROMS_BUSLOGIC_BOOTORDER_H */
