/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: host command 0x03, execute BIOS command
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/scsi/buslogic-bios.h"
#include "scsi/constants.h"

#define SECTOR_SIZE             512
#define SECTORS_PER_CYLINDER    512
#define SECTORS_PER_HEAD        32
/* What functions 0x08 and 0x15 store: the last LBA, as READ CAPACITY has it */
#define CAPACITY_SIZE           4

/* Functions, numbered like those of INT 13h */
enum {
    FN_RESET          = 0x00,
    FN_READ_STATUS    = 0x01,
    FN_READ           = 0x02,
    FN_WRITE          = 0x03,
    FN_VERIFY         = 0x04,
    FN_FORMAT_BAD     = 0x06,
    FN_FORMAT_UNIT    = 0x07,
    FN_PARAMETERS     = 0x08,
    FN_INIT           = 0x09,
    FN_SEEK           = 0x0c,
    FN_ALTERNATE_RESET = 0x0d,
    FN_READ_BUFFER    = 0x0e,
    FN_WRITE_BUFFER   = 0x0f,
    FN_TEST_READY     = 0x10,
    FN_RECALIBRATE    = 0x11,
    FN_DIAGNOSTIC     = 0x14,
    FN_DASD_TYPE      = 0x15,
};

static void set_cdb6(BuslogicCCB *ccb, uint8_t opcode)
{
    ccb->cdb_len = 6;
    ccb->cdb[0] = opcode;
}

static void set_cdb10(BuslogicCCB *ccb, uint8_t opcode, uint32_t lba,
                      uint8_t count)
{
    ccb->cdb_len = 10;
    ccb->cdb[0] = opcode;
    stl_be_p(&ccb->cdb[2], lba);
    ccb->cdb[8] = count;
}

BuslogicBiosAction buslogic_bios_decode(const uint8_t *params,
                                        BuslogicCCB *ccb, uint8_t *status)
{
    uint32_t lba = lduw_be_p(params + 2) * SECTORS_PER_CYLINDER +
                   (params[4] & 0x0f) * SECTORS_PER_HEAD + (params[5] & 0x1f);
    uint8_t count = params[6];

    *status = BL_BIOS_OK;
    *ccb = (BuslogicCCB) {
        .format = BL_FORMAT_24,
        .target = FIELD_EX8(params[1], CCB_ADDR, TARGET),
        .lun = FIELD_EX8(params[1], CCB_ADDR, LUN),
        .tag = BL_TAG_NONE,
        .data_ptr = params[7] << 16 | params[8] << 8 | params[9],
    };
    switch (params[0]) {
    case FN_RESET:
    case FN_FORMAT_BAD:
    case FN_INIT:
    case FN_ALTERNATE_RESET:
    case FN_READ_BUFFER:
    case FN_WRITE_BUFFER:
    case FN_DIAGNOSTIC:
        return BL_BIOS_REPLY;
    case FN_READ_STATUS:
        return BL_BIOS_STORE_SENSE;
    case FN_READ:
        set_cdb10(ccb, READ_10, lba, count);
        ccb->data_len = count * SECTOR_SIZE;
        return BL_BIOS_RUN_CCB;
    case FN_WRITE:
        set_cdb10(ccb, WRITE_10, lba, count);
        ccb->data_len = count * SECTOR_SIZE;
        return BL_BIOS_RUN_CCB;
    case FN_VERIFY:
        set_cdb10(ccb, VERIFY_10, lba, count);
        return BL_BIOS_RUN_CCB;
    case FN_FORMAT_UNIT:
        set_cdb6(ccb, FORMAT_UNIT);
        return BL_BIOS_RUN_CCB;
    case FN_PARAMETERS:
    case FN_DASD_TYPE:
        set_cdb10(ccb, READ_CAPACITY_10, 0, 0);
        ccb->data_len = CAPACITY_SIZE;
        return BL_BIOS_RUN_CCB;
    case FN_SEEK:
        set_cdb10(ccb, SEEK_10, lba, 0);
        return BL_BIOS_RUN_CCB;
    case FN_TEST_READY:
        set_cdb6(ccb, TEST_UNIT_READY);
        return BL_BIOS_RUN_CCB;
    case FN_RECALIBRATE:
        set_cdb10(ccb, SEEK_10, 0, 0);
        return BL_BIOS_RUN_CCB;
    default:
        *status = BL_BIOS_BAD_COMMAND;
        return BL_BIOS_REPLY;
    }
}

static uint8_t medium_error_status(uint8_t asc)
{
    switch (asc) {
    case 0x12:                      /* address mark of the ID field */
    case 0x13:                      /* address mark of the data field */
        return BL_BIOS_ADDRESS_MARK;
    case 0x14:                      /* recorded entity not found */
        return BL_BIOS_NOT_FOUND;
    case 0x15:                      /* positioning error */
        return BL_BIOS_SEEK;
    default:
        return BL_BIOS_ECC;
    }
}

static uint8_t sense_status(uint8_t key, uint8_t asc)
{
    switch (key) {
    case NO_SENSE:
        return BL_BIOS_OK;
    case RECOVERED_ERROR:
        return BL_BIOS_CORRECTED;
    case NOT_READY:
    case UNIT_ATTENTION:
        return BL_BIOS_NOT_READY;
    case MEDIUM_ERROR:
        return medium_error_status(asc);
    case HARDWARE_ERROR:
        return BL_BIOS_CONTROLLER;
    case ILLEGAL_REQUEST:
        /* 0x21: logical block address out of range */
        return asc == 0x21 ? BL_BIOS_ADDRESS_MARK : BL_BIOS_BAD_COMMAND;
    case DATA_PROTECT:
        return BL_BIOS_WRITE_PROTECTED;
    default:
        return BL_BIOS_UNDEFINED;
    }
}

uint8_t buslogic_bios_status(uint8_t btstat, uint8_t sdstat,
                             const uint8_t *sense, size_t sense_len)
{
    if (btstat == BTSTAT_SELECTION_TIMEOUT) {
        return BL_BIOS_TIMEOUT;
    }
    if (btstat != BTSTAT_OK) {
        return BL_BIOS_CONTROLLER;
    }
    switch (sdstat) {
    case GOOD:
        return BL_BIOS_OK;
    case CHECK_CONDITION:
        return sense_len < BL_BIOS_SENSE_SIZE
               ? BL_BIOS_UNDEFINED : sense_status(sense[2] & 0xf, sense[12]);
    default:
        return BL_BIOS_NOT_READY;
    }
}
