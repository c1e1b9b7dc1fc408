/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic MultiMaster SCSI host adapter: the boot ROM
 *
 * Built from roms/buslogic, and a part of the device: whoever has the one has
 * the other.
 */

#ifndef HW_SCSI_BUSLOGIC_ROM_H
#define HW_SCSI_BUSLOGIC_ROM_H

#include "hw/scsi/buslogic-regs.h"

/*
 * Images for legacy x86 firmware and for UEFI, one after the other; that for
 * legacy firmware is the first.
 */
extern const uint8_t buslogic_rom[BUSLOGIC_ROM_SIZE];

/* In the legacy image: its size in units, what makes its bytes sum up to 0 */
#define BUSLOGIC_ROM_BLOCKS         0x02
#define BUSLOGIC_ROM_BLOCK_SIZE     512
#define BUSLOGIC_ROM_CHECKSUM       0x06
/* ... and the first port of the board that it is for, LE; 0 on PCI */
#define BUSLOGIC_ROM_ISA_PORTS      0x08

#endif /* HW_SCSI_BUSLOGIC_ROM_H */
