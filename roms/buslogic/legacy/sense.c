/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: INT 13h status codes for what SCSI devices say
 */

#include "sense.h"
#include "hw/scsi/buslogic-regs.h"

/* Additional sense codes */
#define ASC_NONE                0x00
#define ASC_NO_SEEK_COMPLETE    0x02
#define ASC_NO_ADDRESS_MARK     0x12
#define ASC_NO_DATA_MARK        0x13
#define ASC_NO_RECORD           0x14
#define ASC_SEEK_ERROR          0x15
#define ASC_LBA_OUT_OF_RANGE    0x21

#define ASCQ_BECOMING_READY     0x01
#define ASCQ_IO_TERMINATED      0x06    /* QEMU: the host's I/O failed */

#define SENSE_KEY_OFFSET        2
#define SENSE_ASC_OFFSET        12
#define SENSE_ASCQ_OFFSET       13

struct sense sense_decode(const uint8_t *data, uint8_t size)
{
    struct sense sense = { SENSE_NONE, 0, 0 };

    if (size > SENSE_KEY_OFFSET) {
        sense.key = data[SENSE_KEY_OFFSET] & 0xf;
    }
    if (size > SENSE_ASCQ_OFFSET) {
        sense.asc = data[SENSE_ASC_OFFSET];
        sense.ascq = data[SENSE_ASCQ_OFFSET];
    }
    return sense;
}

static enum int13_status medium_error(uint8_t asc)
{
    switch (asc) {
    case ASC_NO_ADDRESS_MARK:
    case ASC_NO_DATA_MARK:
        return INT13_ADDRESS_MARK;
    case ASC_NO_RECORD:
        return INT13_NOT_FOUND;
    case ASC_NO_SEEK_COMPLETE:
    case ASC_SEEK_ERROR:
        return INT13_SEEK;
    default:
        return INT13_DATA_ERROR;
    }
}

static enum int13_status hardware_error(uint8_t asc)
{
    switch (asc) {
    case ASC_NO_SEEK_COMPLETE:
    case ASC_SEEK_ERROR:
        return INT13_SEEK;
    default:
        return INT13_CONTROLLER;
    }
}

enum int13_status sense_to_int13(const struct sense *sense)
{
    switch (sense->key) {
    case SENSE_RECOVERED:
        return INT13_CORRECTED;
    case SENSE_NOT_READY:
        return INT13_NOT_READY;
    case SENSE_MEDIUM:
        return medium_error(sense->asc);
    case SENSE_HARDWARE:
        return hardware_error(sense->asc);
    case SENSE_ILLEGAL:
        return sense->asc == ASC_LBA_OUT_OF_RANGE ? INT13_NOT_FOUND
                                                  : INT13_INVALID;
    case SENSE_ATTENTION:
        return INT13_CHANGED;
    case SENSE_PROTECT:
        return INT13_WRITE_PROTECTED;
    case SENSE_ABORTED:
        return sense->asc == ASC_NONE && sense->ascq == ASCQ_IO_TERMINATED
               ? INT13_DATA_ERROR : INT13_CONTROLLER;
    default:
        return INT13_CONTROLLER;
    }
}

enum int13_status btstat_to_int13(uint8_t btstat)
{
    switch (btstat) {
    case BTSTAT_SELECTION_TIMEOUT:
    case BTSTAT_BUS_FREE:
        return INT13_TIMEOUT;
    case BTSTAT_BAD_CCB:
        return INT13_INVALID;
    default:
        return INT13_CONTROLLER;
    }
}

/* The error of the host's I/O stays, and may have taken long. */
bool sense_retry(const struct sense *sense)
{
    return sense->key == SENSE_ATTENTION ||
           (sense->key == SENSE_ABORTED &&
            sense_to_int13(sense) == INT13_CONTROLLER);
}

bool sense_wait(const struct sense *sense)
{
    return sense->key == SENSE_NOT_READY &&
           sense->asc == ASC_BECOMING_READY &&
           sense->ascq == ASCQ_BECOMING_READY;
}
