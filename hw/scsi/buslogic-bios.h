/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: host command 0x03, execute BIOS command
 *
 * Disk services with the functions and the status codes of INT 13h, for
 * boot ROMs (docs/specs/buslogic.rst, section 4.3).  Pure functions.
 */

#ifndef HW_SCSI_BUSLOGIC_BIOS_H
#define HW_SCSI_BUSLOGIC_BIOS_H

#include "hw/scsi/buslogic-decode.h"

/* INT 13h status codes, the reply of the command */
enum BuslogicBiosStatus {
    BL_BIOS_OK              = 0x00,
    BL_BIOS_BAD_COMMAND     = 0x01,
    BL_BIOS_ADDRESS_MARK    = 0x02, /* no such sector on this disk */
    BL_BIOS_WRITE_PROTECTED = 0x03,
    BL_BIOS_NOT_FOUND       = 0x04,
    BL_BIOS_ECC             = 0x10,
    BL_BIOS_CORRECTED       = 0x11,
    BL_BIOS_CONTROLLER      = 0x20,
    BL_BIOS_SEEK            = 0x40,
    BL_BIOS_TIMEOUT         = 0x80, /* no such device */
    BL_BIOS_NOT_READY       = 0xaa,
    BL_BIOS_UNDEFINED       = 0xff,
};

/* What function code 0x01 stores: the sense data of the last command */
#define BL_BIOS_SENSE_SIZE  14

typedef enum BuslogicBiosAction {
    BL_BIOS_REPLY,                  /* nothing to do: reply with *status */
    BL_BIOS_STORE_SENSE,            /* to ccb->data_ptr, then reply 0 */
    BL_BIOS_RUN_CCB,                /* run *ccb, reply with its outcome */
} BuslogicBiosAction;

/*
 * Decode the BL_EXEC_BIOS_PARAMS bytes at @params into @ccb: target, LUN,
 * CDB and a 24-bit data address.  The disk has 16 heads of 32 sectors of
 * 512 bytes, all counted from 0.
 */
BuslogicBiosAction buslogic_bios_decode(const uint8_t *params,
                                        BuslogicCCB *ccb, uint8_t *status);

/*
 * The reply for a command that ended with these; @sense is @sense_len bytes
 * of fixed format sense data, looked at only after CHECK CONDITION.
 */
uint8_t buslogic_bios_status(uint8_t btstat, uint8_t sdstat,
                             const uint8_t *sense, size_t sense_len);

#endif /* HW_SCSI_BUSLOGIC_BIOS_H */
