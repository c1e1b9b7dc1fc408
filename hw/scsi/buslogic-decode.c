/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: decoding of guest structures
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/scsi/buslogic-decode.h"

#define BL_DEFAULT_SENSE_LEN    14

static uint32_t be24_to_cpu(const uint8_t *p)
{
    return p[0] << 16 | p[1] << 8 | p[2];
}

static void cpu_to_be24(uint8_t *p, uint32_t v)
{
    p[0] = v >> 16;
    p[1] = v >> 8;
    p[2] = v;
}

size_t buslogic_mailbox_size(BuslogicFormat format)
{
    return format == BL_FORMAT_24 ? sizeof(BuslogicMailbox24)
                                  : sizeof(BuslogicMailbox32);
}

size_t buslogic_ccb_size(BuslogicFormat format)
{
    return format == BL_FORMAT_24 ? sizeof(BuslogicCCB24)
                                  : sizeof(BuslogicCCB32);
}

size_t buslogic_sge_size(BuslogicFormat format)
{
    return format == BL_FORMAT_24 ? sizeof(BuslogicSGE24)
                                  : sizeof(BuslogicSGE32);
}

uint64_t buslogic_format_top(BuslogicFormat format)
{
    return format == BL_FORMAT_24 ? 1ull << 24 : 1ull << 32;
}

uint32_t buslogic_addr(BuslogicFormat format, uint32_t addr, uint64_t offset)
{
    return (addr + offset) & (buslogic_format_top(format) - 1);
}

BuslogicSegment buslogic_segment(BuslogicFormat format, bool isa_dma,
                                 uint32_t addr, uint32_t len)
{
    if (isa_dma) {
        return (BuslogicSegment) {
            .addr = buslogic_addr(BL_FORMAT_24, addr, 0), .len = len,
        };
    }
    return (BuslogicSegment) {
        .addr = addr, .len = MIN(len, buslogic_format_top(format) - addr),
    };
}

size_t buslogic_mailbox_code_offset(BuslogicFormat format)
{
    return format == BL_FORMAT_24 ? offsetof(BuslogicMailbox24, code)
                                  : offsetof(BuslogicMailbox32, code);
}

void buslogic_mailbox_decode(BuslogicFormat format, const void *raw,
                             BuslogicMailbox *mbox)
{
    if (format == BL_FORMAT_24) {
        const BuslogicMailbox24 *m = raw;

        *mbox = (BuslogicMailbox) {
            .ccb = be24_to_cpu(m->ccb), .code = m->code,
        };
    } else {
        const BuslogicMailbox32 *m = raw;

        *mbox = (BuslogicMailbox) {
            .ccb = le32_to_cpu(m->ccb), .code = m->code,
            .btstat = m->btstat, .sdstat = m->sdstat,
        };
    }
}

void buslogic_mailbox_encode(BuslogicFormat format,
                             const BuslogicMailbox *mbox, void *raw)
{
    if (format == BL_FORMAT_24) {
        BuslogicMailbox24 *m = raw;

        m->code = mbox->code;
        cpu_to_be24(m->ccb, mbox->ccb);
    } else {
        BuslogicMailbox32 *m = raw;

        *m = (BuslogicMailbox32) {
            .ccb = cpu_to_le32(mbox->ccb), .code = mbox->code,
            .btstat = mbox->btstat, .sdstat = mbox->sdstat,
        };
    }
}

uint8_t buslogic_sense_length(uint8_t code)
{
    switch (code) {
    case 0:
        return BL_DEFAULT_SENSE_LEN;
    case 1:
        return 0;
    default:
        return code;
    }
}

static void ccb24_decode(const BuslogicCCB24 *raw, BuslogicCCB *ccb)
{
    ccb->opcode = raw->opcode;
    ccb->target = FIELD_EX8(raw->address, CCB_ADDR, TARGET);
    ccb->lun = FIELD_EX8(raw->address, CCB_ADDR, LUN);
    ccb->direction = FIELD_EX8(raw->address, CCB_ADDR, DIRECTION);
    ccb->tag = BL_TAG_NONE;
    ccb->cdb_len = raw->cdb_len;
    ccb->sense_len = buslogic_sense_length(raw->sense_len);
    ccb->data_len = be24_to_cpu(raw->data_len);
    ccb->data_ptr = be24_to_cpu(raw->data_ptr);
    /* The sense data has no pointer: it follows the CDB */
    ccb->sense_ptr = buslogic_addr(BL_FORMAT_24, buslogic_ccb24_cdb(ccb),
                                   MIN(raw->cdb_len, BL_CCB24_MAX_CDB));
}

static void ccb32_decode(const BuslogicCCB32 *raw, bool extended_lun,
                         BuslogicCCB *ccb)
{
    uint8_t tag = extended_lun ? raw->control : raw->lun;

    ccb->opcode = raw->opcode;
    ccb->target = raw->target;
    /*
     * Five bits in both LUN formats: Plan 9 selects the extended one, yet
     * leaves its tag bits where the legacy one has them.
     */
    ccb->lun = FIELD_EX8(raw->lun, CCB_LUN, LUN);
    ccb->direction = FIELD_EX8(raw->control, CCB_ADDR, DIRECTION);
    ccb->tag = FIELD_EX8(tag, CCB_LUN, TAG_ENABLE)
               ? FIELD_EX8(tag, CCB_LUN, TAG_TYPE) : BL_TAG_NONE;
    ccb->cdb_len = raw->cdb_len;
    ccb->sense_len = buslogic_sense_length(raw->sense_len);
    ccb->data_len = le32_to_cpu(raw->data_len);
    ccb->data_ptr = le32_to_cpu(raw->data_ptr);
    ccb->sense_ptr = le32_to_cpu(raw->sense_ptr);
    memcpy(ccb->cdb, raw->cdb, sizeof(raw->cdb));
}

void buslogic_ccb_decode(BuslogicFormat format, bool extended_lun,
                         uint32_t addr, const void *raw, BuslogicCCB *ccb)
{
    *ccb = (BuslogicCCB) { .addr = addr, .format = format };
    if (format == BL_FORMAT_24) {
        ccb24_decode(raw, ccb);
    } else {
        ccb32_decode(raw, extended_lun, ccb);
    }
}

uint32_t buslogic_ccb24_cdb(const BuslogicCCB *ccb)
{
    return buslogic_addr(BL_FORMAT_24, ccb->addr, sizeof(BuslogicCCB24));
}

static bool ccb_opcode_known(uint8_t opcode)
{
    return opcode <= BL_CCB_SG_RES || opcode == BL_CCB_BUS_DEVICE_RESET;
}

uint8_t buslogic_ccb_check(const BuslogicCCB *ccb, size_t sg_limit)
{
    uint8_t max_cdb = ccb->format == BL_FORMAT_24 ? BL_CCB24_MAX_CDB
                                                  : BL_CCB32_MAX_CDB;

    if (!ccb_opcode_known(ccb->opcode)) {
        return BTSTAT_BAD_OPCODE;
    }
    if (ccb->target >= BL_NUM_TARGETS) {
        return BTSTAT_BAD_CCB;
    }
    /* Drivers leave anything in the CDB of a bus device reset */
    if (ccb->opcode != BL_CCB_BUS_DEVICE_RESET &&
        ccb->opcode != BL_CCB_TARGET &&
        (!ccb->cdb_len || ccb->cdb_len > max_cdb)) {
        return BTSTAT_BAD_CCB;
    }
    if (buslogic_ccb_has_sg(ccb) && ccb->direction != BL_DIR_NONE &&
        ccb->data_len / buslogic_sge_size(ccb->format) > sg_limit) {
        return BTSTAT_BAD_CCB;
    }
    return BTSTAT_OK;
}

bool buslogic_ccb_has_sg(const BuslogicCCB *ccb)
{
    return ccb->opcode == BL_CCB_INITIATOR_SG || ccb->opcode == BL_CCB_SG_RES;
}

bool buslogic_ccb_returns_residual(const BuslogicCCB *ccb)
{
    return ccb->opcode == BL_CCB_INITIATOR_RES ||
           ccb->opcode == BL_CCB_SG_RES;
}

size_t buslogic_sg_decode(BuslogicFormat format, bool isa_dma,
                          const void *raw, size_t count,
                          BuslogicSegment *seg)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t addr, len;

        if (format == BL_FORMAT_24) {
            const BuslogicSGE24 *e = (const BuslogicSGE24 *)raw + i;

            addr = be24_to_cpu(e->addr);
            len = be24_to_cpu(e->len);
        } else {
            const BuslogicSGE32 *e = (const BuslogicSGE32 *)raw + i;

            addr = le32_to_cpu(e->addr);
            len = le32_to_cpu(e->len);
        }
        if (len) {
            seg[used++] = buslogic_segment(format, isa_dma, addr, len);
        }
    }
    return used;
}
