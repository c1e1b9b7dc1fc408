/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: data buffers of requests
 *
 * Data reach guest memory in one of two ways.  Where the guest's buffer is
 * exactly what the CDB moves, or a shorter one for a WRITE, and all of it
 * is RAM, the block layer works on it directly (use_qsg).  Everything else
 * is copied piece by piece, counting: a list longer than the CDB's transfer
 * must never reach the block layer, which would write all of it to disk.
 */

#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "qemu/units.h"
#include "hw/scsi/buslogic-request.h"
#include "scsi/constants.h"
#include "trace.h"

/* The block layer gets no longer lists: preadv() takes IOV_MAX at most */
#define ZERO_COPY_MAX_SEGMENTS  512
/* ... nor more bytes to read: a null-co would fill all of them in one go */
#define ZERO_COPY_MAX_READ      (8 * MiB)
/* What scsi-disk hands over at once when we copy */
#define COPY_CHUNK              (128 * KiB)
/* What it fills with the block of a WRITE SAME before it goes on */
#define WRITE_SAME_CHUNK        (512 * KiB)
/* Byte 1 of a CDB: Force Unit Access */
#define CDB1_FUA                0x08
/* SG lists up to this many bytes are fetched without an allocation */
#define SMALL_SG_BYTES          1024

static void free_qsg(BuslogicRequest *r)
{
    if (r->use_qsg) {
        if (r->qsg.sg != r->few_entries) {
            g_free(r->qsg.sg);
        }
        r->use_qsg = false;
    }
}

void buslogic_data_free(BuslogicRequest *r)
{
    free_qsg(r);
    if (r->copying) {
        r->s->copying -= r->copying;
        r->copying = 0;
        buslogic_mbox_room(r->s);
    }
    if (r->seg != r->few_segs) {
        g_free(r->seg);
    }
    r->seg = NULL;
    r->nseg = 0;
}

static bool is_isa(BuslogicState *s)
{
    return s->model->bus == BL_BUS_ISA;
}

static void set_buffer(BuslogicRequest *r, uint32_t addr, uint32_t len)
{
    r->seg = r->few_segs;
    *r->seg = buslogic_segment(r->ccb.format, is_isa(r->s), addr, len);
    r->nseg = len ? 1 : 0;
    r->requested = len;
    r->size = r->seg->len;
}

/* Take one snapshot of the segment list: the guest may change its own */
static MemTxResult fetch_sg(BuslogicRequest *r)
{
    size_t entry = buslogic_sge_size(r->ccb.format);
    size_t count = r->ccb.data_len / entry;
    uint8_t small[SMALL_SG_BYTES];
    g_autofree uint8_t *large = NULL;
    uint8_t *raw = small;
    MemTxResult res;

    if (count * entry > sizeof(small)) {
        raw = large = g_malloc(count * entry);
    }
    res = buslogic_dma_read(r->s, r->ccb.format, r->ccb.data_ptr, raw,
                            count * entry);
    if (res != MEMTX_OK) {
        return res;
    }
    r->seg = count <= BL_FEW_SEGMENTS ? r->few_segs
                                      : g_new(BuslogicSegment, count);
    r->nseg = buslogic_sg_decode(r->ccb.format, is_isa(r->s), raw, count,
                                 r->seg);
    for (int i = 0; i < r->nseg; i++) {
        r->size += r->seg[i].len;
    }
    r->requested = r->size;
    r->s->scan_work += count * BL_SEGMENT_WORK;
    return MEMTX_OK;
}

MemTxResult buslogic_data_fetch(BuslogicRequest *r)
{
    const BuslogicCCB *ccb = &r->ccb;

    if (ccb->direction == BL_DIR_NONE || !ccb->data_len) {
        return MEMTX_OK;
    }
    if (buslogic_ccb_has_sg(ccb)) {
        return fetch_sg(r);
    }
    set_buffer(r, ccb->data_ptr, ccb->data_len);
    return MEMTX_OK;
}

MemTxResult buslogic_data_copy(BuslogicRequest *r, uint8_t *buf, size_t len,
                               bool to_device)
{
    while (len) {
        BuslogicSegment *seg = &r->seg[r->cur_seg];
        size_t n = MIN(len, seg->len - r->cur_off);
        MemTxResult res;

        if (to_device) {
            res = buslogic_dma_read(r->s, BL_FORMAT_32,
                                    seg->addr + r->cur_off, buf, n);
        } else {
            res = buslogic_dma_write(r->s, BL_FORMAT_32,
                                     seg->addr + r->cur_off, buf, n);
        }
        if (res != MEMTX_OK) {
            return res;
        }
        buf += n;
        len -= n;
        r->moved += n;
        r->cur_off += n;
        if (r->cur_off == seg->len) {
            r->cur_seg++;
            r->cur_off = 0;
        }
    }
    return MEMTX_OK;
}

static bool segment_is_ram(BuslogicState *s, const BuslogicSegment *seg,
                           bool is_write)
{
    hwaddr addr = seg->addr;
    hwaddr left = seg->len;

    if (addr + left > buslogic_model_dma_top(s->model)) {
        return false;
    }
    RCU_READ_LOCK_GUARD();
    while (left) {
        hwaddr xlat, len = left;
        MemoryRegion *mr = address_space_translate(s->as, addr, &xlat, &len,
                                                   is_write,
                                                   MEMTXATTRS_UNSPECIFIED);

        if (!memory_region_is_ram(mr) || memory_region_is_rom(mr) ||
            memory_region_is_ram_device(mr)) {
            return false;
        }
        addr += len;
        left -= len;
    }
    return true;
}

static bool is_plain_write(uint8_t opcode)
{
    return opcode == WRITE_6 || opcode == WRITE_10 || opcode == WRITE_12 ||
           opcode == WRITE_16;
}

static bool buffer_is_ram(BuslogicRequest *r, const SCSICommand *cmd)
{
    for (int i = 0; i < r->nseg; i++) {
        if (!segment_is_ram(r->s, &r->seg[i],
                            cmd->mode == SCSI_XFER_FROM_DEV)) {
            return false;
        }
    }
    return true;
}

/*
 * scsi-disk flushes before a READ with Force Unit Access, and maps the
 * buffer only then; what is passed through is copied when the host's device
 * is done.  By that time the buffer may no longer be RAM.
 */
static bool is_mapped_late(const BuslogicRequest *r, const SCSICommand *cmd)
{
    return cmd->mode == SCSI_XFER_FROM_DEV &&
           (r->passed_through || (cmd->len > 6 && (cmd->buf[1] & CDB1_FUA)));
}

/*
 * How much of the buffer the block layer may use directly, 0 for nothing.
 * A short buffer for a WRITE is used in whole blocks: copying, the rest of
 * what the command asks for would have to be made up.
 */
static uint64_t zero_copy_size(BuslogicRequest *r, const SCSICommand *cmd)
{
    uint64_t size = r->size;
    int block = r->sreq->dev->blocksize;

    if (cmd->mode == SCSI_XFER_TO_DEV && size < cmd->xfer &&
        is_plain_write(cmd->buf[0]) && block > 0) {
        size -= size % block;
    } else if (cmd->mode == SCSI_XFER_NONE || size != cmd->xfer) {
        return 0;
    }
    if (cmd->mode == SCSI_XFER_FROM_DEV && size > ZERO_COPY_MAX_READ) {
        return 0;
    }
    if (r->nseg > ZERO_COPY_MAX_SEGMENTS || is_mapped_late(r, cmd) ||
        !buffer_is_ram(r, cmd)) {
        return 0;
    }
    return size;
}

/* By hand: qemu_sglist_init() would allocate it, and count a reference */
static void build_qsg(BuslogicRequest *r)
{
    QEMUSGList *qsg = &r->qsg;
    int n = 0;

    *qsg = (QEMUSGList) {
        .sg = r->few_entries, .nalloc = BL_FEW_SEGMENTS, .size = r->size,
        .dev = r->s->dev, .as = r->s->as,
    };
    if (r->nseg > BL_FEW_SEGMENTS) {
        qsg->sg = g_new(ScatterGatherEntry, r->nseg);
        qsg->nalloc = r->nseg;
    }
    for (uint64_t left = r->size; n < r->nseg && left; n++) {
        qsg->sg[n].base = r->seg[n].addr;
        qsg->sg[n].len = MIN(left, r->seg[n].len);
        left -= qsg->sg[n].len;
    }
    qsg->nsg = n;
}

/* Also what the guest's buffer has no room for comes in pieces */
static void plan_copy(BuslogicRequest *r)
{
    r->copying = MIN(r->sreq->cmd.xfer, COPY_CHUNK);
    r->s->copying += r->copying;
}

/* What a device may do for a request as soon as it is started, bytes */
static uint64_t first_work(const BuslogicRequest *r)
{
    uint8_t opcode = r->sreq->cmd.buf[0];

    if (opcode == WRITE_SAME_10 || opcode == WRITE_SAME_16) {
        return WRITE_SAME_CHUNK;
    }
    return r->use_qsg ? r->size : r->copying;
}

/* The CCB gives no buffer for what its CDB does */
static void check_direction(BuslogicRequest *r)
{
    const SCSICommand *cmd = &r->sreq->cmd;
    uint8_t dir = r->ccb.direction;

    if ((dir == BL_DIR_IN && cmd->mode == SCSI_XFER_TO_DEV) ||
        (dir == BL_DIR_OUT && cmd->mode == SCSI_XFER_FROM_DEV)) {
        trace_buslogic_direction_mismatch(r->ccb.addr, dir, cmd->buf[0]);
        buslogic_data_free(r);
        r->size = 0;
        r->ccb.direction = BL_DIR_NONE;
    }
}

void buslogic_data_prepare(BuslogicRequest *r)
{
    const SCSICommand *cmd = &r->sreq->cmd;
    uint64_t size;

    check_direction(r);
    size = zero_copy_size(r, cmd);
    if (size) {
        r->overrun = size < cmd->xfer;
        r->size = size;
        r->use_qsg = true;
        build_qsg(r);
    } else {
        plan_copy(r);
    }
    r->s->scan_work += first_work(r);
}

/* Is the cursor where r->moved bytes of the buffer end? */
static bool cursor_valid(const BuslogicRequest *r)
{
    uint64_t at = r->cur_off;

    if (r->cur_seg < 0 || r->cur_seg > r->nseg ||
        (r->cur_seg == r->nseg ? r->cur_off
                               : r->cur_off >= r->seg[r->cur_seg].len)) {
        return false;
    }
    for (int i = 0; i < r->cur_seg; i++) {
        at += r->seg[i].len;
    }
    return at == r->moved;
}

static bool buffer_valid(const BuslogicRequest *r)
{
    uint64_t total = 0;

    for (int i = 0; i < r->nseg; i++) {
        if (!r->seg[i].len) {
            return false;
        }
        total += r->seg[i].len;
    }
    return r->moved <= r->size && r->size <= total && cursor_valid(r);
}

void buslogic_data_copy_instead(BuslogicRequest *r)
{
    free_qsg(r);
    plan_copy(r);
}

bool buslogic_data_loaded(BuslogicRequest *r)
{
    const SCSICommand *cmd = &r->sreq->cmd;
    bool use_qsg = r->use_qsg && cmd->mode == SCSI_XFER_TO_DEV;

    r->use_qsg = false;
    if (!buffer_valid(r)) {
        return false;
    }
    if (use_qsg && r->size && buffer_is_ram(r, cmd)) {
        r->use_qsg = true;
        build_qsg(r);
    } else {
        plan_copy(r);
    }
    return true;
}
