/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: SCSI commands
 */

#ifndef ROMS_BUSLOGIC_SCSI_H
#define ROMS_BUSLOGIC_SCSI_H

#include "adapter.h"
#include "rom.h"
#include "sense.h"

/* Peripheral device types */
#define TYPE_DISK           0x00
#define TYPE_CDROM          0x05
#define INQUIRY_TYPE_MASK   0x1f
#define INQUIRY_VENDOR      8
#define INQUIRY_VENDOR_SIZE 8
#define INQUIRY_PRODUCT     16
#define INQUIRY_PRODUCT_SIZE 16
#define INQUIRY_SIZE        36

/* What a command is for: a logical unit of a target */
struct address {
    uint8_t target, lun;
};

/* A command with its data buffer, in the form of host command 0x83 */
struct scsi_command {
    uint32_t data_size;             /* bytes */
    uint32_t data;                  /* physical address */
    uint8_t target;
    uint8_t lun;
    uint8_t control;                /* enum BuslogicDirection << 3 */
    uint8_t cdb_size;
    uint8_t cdb[BL_EXEC_SCSI_MAX_CDB];
} PACKED;
_Static_assert(sizeof(struct scsi_command) ==
               BL_EXEC_SCSI_HEADER + BL_EXEC_SCSI_MAX_CDB,
               "what 0x83 takes");

/* How a command ended; the status bytes are valid if the adapter did it */
struct scsi_status {
    enum adapter_result adapter;
    uint8_t btstat;                 /* adapter, or 0 */
    uint8_t sdstat;                 /* SCSI status */
};

/*
 * The transport.  There is one, host command 0x83; its interface is all that
 * this layer knows of the adapter.
 */
void transport_execute(const struct scsi_command *c, struct scsi_status *s);

/* How long a command may take: a host can be very busy */
#define TRANSPORT_TICKS     (30 * TICKS_PER_SECOND)
extern uint16_t transport_ticks;

/* What the adapter has done with the last command */
extern enum adapter_result scsi_adapter;

/*
 * Run a command, again if it ends with a unit attention or a condition that
 * passes.  Returns its status for INT 13h.  @scsi_sense is what the device
 * said about the last command that failed.
 */
enum int13_status scsi_execute(const struct scsi_command *c);
extern struct sense scsi_sense;

/*
 * A command whose data go to @data in the RAM block.  @cdb has room for the
 * longest, BL_EXEC_SCSI_MAX_CDB bytes.
 */
enum int13_status scsi_read_data(struct address a, const uint8_t *cdb,
                                 uint8_t cdb_size, void *data, uint16_t size);

/* Wait for a device that is becoming ready */
enum int13_status scsi_wait_ready(struct address a);

/* READ CAPACITY(10) */
struct capacity {
    uint32_t last;                  /* block; UINT32_MAX if there are more */
    uint32_t block_size;            /* bytes */
};

enum int13_status scsi_read_capacity(struct address a, struct capacity *c);

/* READ or WRITE, of the length that is necessary */
struct scsi_transfer {
    struct address address;
    uint16_t count;                 /* blocks */
    uint16_t block_size;            /* bytes */
    bool write;
    uint64_t lba;
    uint32_t data;                  /* physical address */
};

enum int13_status scsi_transfer(const struct scsi_transfer *t);

/* START STOP UNIT that ejects the medium */
enum int13_status scsi_eject(struct address a);

#endif /* ROMS_BUSLOGIC_SCSI_H */
