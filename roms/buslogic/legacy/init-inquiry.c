/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: what kind of a device is there, and what it is called
 */

#include "init.h"

#define INQUIRY             0x12
#define INQUIRY_QUALIFIER   0xe0    /* 0: there is a device */

bool scsi_inquiry(struct address a, uint8_t data[INQUIRY_SIZE])
{
    static const uint8_t cdb[BL_EXEC_SCSI_MAX_CDB] = {
        INQUIRY, [4] = INQUIRY_SIZE,
    };

    return scsi_read_data(a, cdb, 6, data, INQUIRY_SIZE) ==
           INT13_OK && !(data[0] & INQUIRY_QUALIFIER);
}
