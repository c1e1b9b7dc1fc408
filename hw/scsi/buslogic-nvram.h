/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: local RAM and the AutoSCSI structure in it
 *
 * docs/specs/buslogic.rst, section 7.  Pure functions on the 256 bytes that
 * host command 0x91 returns.
 */

#ifndef HW_SCSI_BUSLOGIC_NVRAM_H
#define HW_SCSI_BUSLOGIC_NVRAM_H

#include "hw/scsi/buslogic-regs.h"

/* Translations the boards' BIOS uses for its disks */
typedef enum BuslogicGeometry {
    BL_GEOMETRY_NONE   = 0,
    BL_GEOMETRY_64_32  = 1,         /* heads, sectors per track */
    BL_GEOMETRY_128_32 = 2,
    BL_GEOMETRY_255_63 = 3,
} BuslogicGeometry;

/* What differs between boards or is set by the user */
typedef struct BuslogicNvramConfig {
    const char *model;              /* at most 6 characters */
    uint8_t scsi_id;
    uint8_t isa_port;               /* enum BuslogicIsaPortCode */
} BuslogicNvramConfig;

/* Fill all BL_LOCAL_RAM_SIZE bytes of @ram with factory defaults */
void buslogic_nvram_defaults(uint8_t *ram, const BuslogicNvramConfig *config);

/* Sum of the AutoSCSI structure at @autoscsi without its last two bytes */
uint16_t buslogic_nvram_checksum(const uint8_t *autoscsi);

/* The translation for a disk of @sectors 512-byte sectors */
BuslogicGeometry buslogic_geometry(uint64_t sectors, bool extended);

#endif /* HW_SCSI_BUSLOGIC_NVRAM_H */
