/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: settings kept in NVRAM
 *
 * Local RAM is what host commands 0x90 and 0x91 see; it starts as a copy of
 * the NVRAM on every reset, and 0x92 saves it there.  In the middle of it is
 * the AutoSCSI structure (docs/specs/buslogic.rst, section 7).  The EEPROM of
 * an AHA-154xC is at its beginning (9.4).  Pure functions.
 */

#ifndef HW_SCSI_BUSLOGIC_NVRAM_H
#define HW_SCSI_BUSLOGIC_NVRAM_H

#include "hw/scsi/buslogic-models.h"
#include "hw/scsi/buslogic-regs.h"

/* Translations the boards' BIOS uses for its disks */
typedef enum BuslogicGeometry {
    BL_GEOMETRY_64_32  = 1,         /* heads, sectors per track */
    BL_GEOMETRY_128_32 = 2,
    BL_GEOMETRY_255_63 = 3,
} BuslogicGeometry;

typedef struct BuslogicNvram {
    uint8_t ram[BL_LOCAL_RAM_SIZE];
} BuslogicNvram;

/* What differs between boards or is set by the user */
typedef struct BuslogicNvramConfig {
    const BuslogicModel *model;
    uint8_t scsi_id;
    uint8_t isa_port;               /* enum BuslogicIsaPortCode */
    uint8_t irq;                    /* ISA boards only */
    uint8_t dma_channel;            /* ISA boards only */
} BuslogicNvramConfig;

/* Factory settings */
void buslogic_nvram_defaults(BuslogicNvram *nvram,
                             const BuslogicNvramConfig *config);

/*
 * Take over @settings: the local RAM or EEPROM that the guest has filled, or
 * what an image has of them.  The SCSI ID stays that of @config, and the
 * checksum is made to match.
 */
void buslogic_nvram_save(BuslogicNvram *nvram, const uint8_t *settings,
                         const BuslogicNvramConfig *config);

/* Is there a signature and a matching checksum? */
bool buslogic_nvram_valid(const BuslogicNvram *nvram);

/* Sum of the AutoSCSI structure without its last two bytes */
uint16_t buslogic_nvram_checksum(const BuslogicNvram *nvram);

/* The settings themselves; masks have bit n set for target n */
uint8_t buslogic_nvram_scsi_id(const BuslogicNvram *nvram);
uint8_t buslogic_nvram_isa_port(const BuslogicNvram *nvram);
uint16_t buslogic_nvram_disconnect(const BuslogicNvram *nvram);
uint16_t buslogic_nvram_wide(const BuslogicNvram *nvram);
bool buslogic_nvram_extended_translation(const BuslogicNvram *nvram);

/* The settings of an AHA-154xC; no checksum is known */
bool buslogic_eeprom_extended_translation(const BuslogicNvram *nvram);

/* The translation for a disk of @sectors 512-byte sectors */
BuslogicGeometry buslogic_geometry(uint64_t sectors, bool extended);

#endif /* HW_SCSI_BUSLOGIC_NVRAM_H */
