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

/* Images for legacy x86 firmware and for UEFI, one after the other */
extern const uint8_t buslogic_rom[BUSLOGIC_ROM_SIZE];

#endif /* HW_SCSI_BUSLOGIC_ROM_H */
