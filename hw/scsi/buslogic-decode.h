/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: decoding of guest structures
 *
 * Pure functions from bytes the guest wrote to validated host structures.
 * They touch neither guest memory nor device state, so tests/unit runs them
 * on the host.
 */

#ifndef HW_SCSI_BUSLOGIC_DECODE_H
#define HW_SCSI_BUSLOGIC_DECODE_H

#include "hw/scsi/buslogic-regs.h"

/* Width of mailboxes, CCBs and segment lists: chosen by 0x01 or 0x81 */
typedef enum BuslogicFormat {
    BL_FORMAT_24,
    BL_FORMAT_32,
} BuslogicFormat;

/* An outgoing or incoming mailbox */
typedef struct BuslogicMailbox {
    uint32_t ccb;                   /* guest address */
    uint8_t code;                   /* enum BuslogicAction/Completion */
    uint8_t btstat;                 /* incoming, 32-bit only */
    uint8_t sdstat;                 /* incoming, 32-bit only */
} BuslogicMailbox;

/* Queue tag messages, as coded in a 32-bit CCB */
typedef enum BuslogicTag {
    BL_TAG_SIMPLE   = 0,
    BL_TAG_HEAD     = 1,
    BL_TAG_ORDERED  = 2,
    BL_TAG_RESERVED = 3,
    BL_TAG_NONE     = 4,            /* untagged; not a code of the board's */
} BuslogicTag;

/* A CCB of either format */
typedef struct BuslogicCCB {
    uint32_t addr;                  /* guest address */
    uint32_t data_len;              /* bytes: of the data or of the SG list */
    uint32_t data_ptr;
    uint32_t sense_ptr;             /* 0: nowhere to put it */
    uint8_t format;                 /* BuslogicFormat */
    uint8_t opcode;
    uint8_t target;
    uint8_t lun;
    uint8_t direction;              /* enum BuslogicDirection */
    uint8_t tag;                    /* BuslogicTag */
    uint8_t sense_len;              /* bytes to store, 0: no autosense */
    uint8_t cdb_len;
    uint8_t cdb[BL_CCB24_MAX_CDB];
} BuslogicCCB;

/* One data segment; never empty */
typedef struct BuslogicSegment {
    uint32_t addr;
    uint32_t len;                   /* bytes */
} BuslogicSegment;

/* Size in bytes of one structure of @format in guest memory */
size_t buslogic_mailbox_size(BuslogicFormat format);
size_t buslogic_ccb_size(BuslogicFormat format);
size_t buslogic_sge_size(BuslogicFormat format);

/* The first address beyond those that a format can express */
uint64_t buslogic_format_top(BuslogicFormat format);
/* The address @addr + @offset, wrapping where the format's addresses do */
uint32_t buslogic_addr(BuslogicFormat format, uint32_t addr, uint64_t offset);

void buslogic_mailbox_decode(BuslogicFormat format, const void *raw,
                             BuslogicMailbox *mbox);
void buslogic_mailbox_encode(BuslogicFormat format,
                             const BuslogicMailbox *mbox, void *raw);

/* Offset of the action or completion code inside a mailbox */
size_t buslogic_mailbox_code_offset(BuslogicFormat format);

/*
 * Decode the fixed part of a CCB, buslogic_ccb_size() bytes at @raw, which
 * were read from guest address @addr.  @extended_lun is the format chosen
 * by host command 0x96.  A 24-bit CCB's CDB is not part of
 * it: fetch ccb->cdb_len bytes from buslogic_ccb24_cdb() once
 * buslogic_ccb_check() has accepted the length.
 */
void buslogic_ccb_decode(BuslogicFormat format, bool extended_lun,
                         uint32_t addr, const void *raw, BuslogicCCB *ccb);
uint32_t buslogic_ccb24_cdb(const BuslogicCCB *ccb);

/*
 * BTSTAT for a CCB that an adapter with at most @sg_limit entries in a
 * segment list would not start, BTSTAT_OK otherwise
 */
uint8_t buslogic_ccb_check(const BuslogicCCB *ccb, size_t sg_limit);

/* Does this opcode carry a segment list, does it return the residual? */
bool buslogic_ccb_has_sg(const BuslogicCCB *ccb);
bool buslogic_ccb_returns_residual(const BuslogicCCB *ccb);

/* Bytes of sense data asked for by CCB byte 3: 0 is 14, 1 is none */
uint8_t buslogic_sense_length(uint8_t code);

/*
 * A segment of @len bytes at @addr.  On boards with 24 address lines,
 * @isa_dma, the address wraps at 16 MiB, and so it does inside of the
 * segment.  On others, a segment that would run past the top of what the
 * format can express ends there.
 */
BuslogicSegment buslogic_segment(BuslogicFormat format, bool isa_dma,
                                 uint32_t addr, uint32_t len);

/*
 * Decode @count segment list entries at @raw into @seg and return how many
 * there are once empty ones are left out.
 */
size_t buslogic_sg_decode(BuslogicFormat format, bool isa_dma,
                          const void *raw, size_t count,
                          BuslogicSegment *seg);

#endif /* HW_SCSI_BUSLOGIC_DECODE_H */
