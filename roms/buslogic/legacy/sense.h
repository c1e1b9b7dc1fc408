/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: INT 13h status codes for what SCSI devices say
 *
 * Pure functions.
 */

#ifndef ROMS_BUSLOGIC_SENSE_H
#define ROMS_BUSLOGIC_SENSE_H

#include <stdbool.h>
#include <stdint.h>

/* INT 13h status, in AH */
enum int13_status {
    INT13_OK              = 0x00,
    INT13_INVALID         = 0x01,   /* function or parameter */
    INT13_ADDRESS_MARK    = 0x02,
    INT13_WRITE_PROTECTED = 0x03,
    INT13_NOT_FOUND       = 0x04,   /* no such sector */
    INT13_CHANGED         = 0x06,
    INT13_DATA_ERROR      = 0x10,
    INT13_CORRECTED       = 0x11,
    INT13_CONTROLLER      = 0x20,
    INT13_SEEK            = 0x40,
    INT13_TIMEOUT         = 0x80,   /* also: no such device */
    INT13_NOT_READY       = 0xaa,
    INT13_NOT_LOCKED      = 0xb0,
    INT13_LOCKED          = 0xb1,
    INT13_NOT_REMOVABLE   = 0xb2,
    INT13_LOCK_COUNT      = 0xb4,   /* too high */
};

/* SCSI sense data, what matters of them */
struct sense {
    uint8_t key;
    uint8_t asc, ascq;              /* additional sense code, its qualifier */
};

#define SENSE_NONE          0x0
#define SENSE_RECOVERED     0x1
#define SENSE_NOT_READY     0x2
#define SENSE_MEDIUM        0x3
#define SENSE_ILLEGAL       0x5
#define SENSE_ATTENTION     0x6
#define SENSE_PROTECT       0x7
#define SENSE_ABORTED       0xb

/* Fixed format sense data */
#define SENSE_SIZE          18

/* Take apart @size bytes of fixed format sense data; a short one has no ASC */
struct sense sense_decode(const uint8_t *data, uint8_t size);

enum int13_status sense_to_int13(const struct sense *sense);

/* BTSTAT when it is not 0: the command did not reach the device, or back */
enum int13_status btstat_to_int13(uint8_t btstat);

/* The command may be given again at once; after a while */
bool sense_retry(const struct sense *sense);
bool sense_wait(const struct sense *sense);

#endif /* ROMS_BUSLOGIC_SENSE_H */
