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
#define ASC_BECOMING_READY      0x04
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

/* The first entry that fits is right. */
#define ANY     0xff

static const struct {
    uint8_t key, asc, status;
} statuses[] = {
    { SENSE_RECOVERED, ANY, INT13_CORRECTED },
    { SENSE_NOT_READY, ANY, INT13_NOT_READY },
    { SENSE_MEDIUM, ASC_NO_ADDRESS_MARK, INT13_ADDRESS_MARK },
    { SENSE_MEDIUM, ASC_NO_DATA_MARK, INT13_ADDRESS_MARK },
    { SENSE_MEDIUM, ASC_NO_RECORD, INT13_NOT_FOUND },
    { ANY, ASC_NO_SEEK_COMPLETE, INT13_SEEK },
    { ANY, ASC_SEEK_ERROR, INT13_SEEK },
    { SENSE_MEDIUM, ANY, INT13_DATA_ERROR },
    { SENSE_ILLEGAL, ASC_LBA_OUT_OF_RANGE, INT13_NOT_FOUND },
    { SENSE_ILLEGAL, ANY, INT13_INVALID },
    { SENSE_ATTENTION, ANY, INT13_CHANGED },
    { SENSE_PROTECT, ANY, INT13_WRITE_PROTECTED },
    { ANY, ANY, INT13_CONTROLLER },
};

static bool fits(uint8_t pattern, uint8_t value)
{
    return pattern == ANY || pattern == value;
}

enum int13_status sense_to_int13(const struct sense *sense)
{
    unsigned i = 0;

    if (sense->key == SENSE_ABORTED && sense->asc == ASC_NONE &&
        sense->ascq == ASCQ_IO_TERMINATED) {
        return INT13_DATA_ERROR;
    }
    while (!fits(statuses[i].key, sense->key) ||
           !fits(statuses[i].asc, sense->asc)) {
        i++;
    }
    return statuses[i].status;
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
