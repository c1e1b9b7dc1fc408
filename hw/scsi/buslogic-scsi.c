/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: running CCBs on the SCSI bus
 *
 * A request is created when a CCB (or host command 0x83) is taken from the
 * guest, lives on the in-flight list while the SCSI layer works on it, and
 * moves to the done list in request_finish(), whatever its fate.  From
 * there the mailbox bottom half reports it and frees it: no callback of
 * the SCSI layer writes a guest structure or touches the interrupt line.
 *
 * Data reach guest memory in one of two ways.  Where the guest's buffer is
 * exactly what the CDB moves, or a shorter one for a WRITE, and all of it
 * is RAM, the block layer works on it directly (use_qsg).  Everything else
 * is copied piece by piece, counting: a list longer than the CDB's transfer
 * must never reach the block layer, which would write all of it to disk.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "hw/scsi/buslogic.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "scsi/constants.h"
#include "scsi/utils.h"
#include "system/block-backend.h"
#include "trace.h"

/* The block layer gets no longer lists: preadv() takes IOV_MAX at most */
#define ZERO_COPY_MAX_SEGMENTS  512
/* SG lists up to this many bytes are fetched without an allocation */
#define SMALL_SG_BYTES          1024
/* Sense data fetched for the BIOS command: the fixed format */
#define BL_BIOS_SENSE_LEN       18

/* Requests */

static BuslogicRequest *request_new(BuslogicState *s, BuslogicOrigin origin)
{
    BuslogicRequest *r = g_new0(BuslogicRequest, 1);

    r->s = s;
    r->origin = origin;
    s->num_requests++;
    return r;
}

static void request_free_data(BuslogicRequest *r)
{
    if (r->use_qsg) {
        qemu_sglist_destroy(&r->qsg);
        r->use_qsg = false;
    }
    if (r->seg != &r->one_seg) {
        g_free(r->seg);
    }
    r->seg = NULL;
    r->nseg = 0;
}

void buslogic_request_free(BuslogicRequest *r)
{
    BuslogicState *s = r->s;

    request_free_data(r);
    g_free(r);
    s->num_requests--;
    buslogic_mbox_room(s);
}

/*
 * The request is over: let go of the SCSI layer's part of it, and hand it
 * to the mailboxes unless a reset made it void.
 */
static void request_finish(BuslogicRequest *r)
{
    BuslogicState *s = r->s;
    SCSIRequest *sreq = r->sreq;

    if (sreq) {
        QTAILQ_REMOVE(&s->inflight, r, next);
        sreq->hba_private = NULL;
        r->sreq = NULL;
        scsi_req_unref(sreq);
    }
    request_free_data(r);
    trace_buslogic_request_finish(r->ccb.addr, r->btstat, r->sdstat,
                                  r->moved);
    if (s->resetting || r->cancel == BL_CANCEL_DROP) {
        buslogic_request_free(r);
        return;
    }
    if (!r->code) {
        r->code = r->btstat || r->sdstat ? BL_COMPLETION_ERROR
                                         : BL_COMPLETION_OK;
    }
    if (r->origin == BL_ORIGIN_COMMAND || r->origin == BL_ORIGIN_BIOS) {
        /* It does not need an incoming mailbox, so it need not wait */
        QTAILQ_INSERT_HEAD(&s->done, r, next);
    } else {
        QTAILQ_INSERT_TAIL(&s->done, r, next);
    }
    buslogic_mbox_post(s);
}

static void request_fail(BuslogicRequest *r, uint8_t btstat)
{
    r->btstat = btstat;
    request_finish(r);
}

void buslogic_notice(BuslogicState *s, uint32_t ccb_addr, uint8_t code,
                     uint8_t btstat)
{
    BuslogicRequest *r = request_new(s, BL_ORIGIN_NOTICE);

    r->ccb.addr = ccb_addr;
    r->code = code;
    request_fail(r, btstat);
}

/* Reports, from the mailbox bottom half */

static void report_ccb(BuslogicRequest *r)
{
    BuslogicFormat format = r->ccb.format;
    uint8_t status[] = { r->btstat, r->sdstat };
    size_t residual_size = format == BL_FORMAT_24 ? 3 : 4;
    uint8_t residual[4];

    if (r->sense_len && r->ccb.sense_ptr) {
        buslogic_dma_write(r->s, format, r->ccb.sense_ptr, r->sense,
                           r->sense_len);
    }
    if (r->write_residual) {
        uint32_t left = r->requested - r->moved;

        if (format == BL_FORMAT_24) {
            stl_be_p(residual, left << 8);
        } else {
            stl_le_p(residual, left);
        }
        buslogic_dma_write(r->s, format,
                           buslogic_addr(format, r->ccb.addr,
                                         BL_CCB_DATA_LEN),
                           residual, residual_size);
    }
    buslogic_dma_write(r->s, format,
                       buslogic_addr(format, r->ccb.addr, BL_CCB_BTSTAT),
                       status, sizeof(status));
}

/* Byte 2 has whatever went wrong, byte 3 the target's own word */
static void report_command(BuslogicRequest *r)
{
    uint8_t reply[] = { 0, 0, r->btstat ? r->btstat : r->sdstat, r->sdstat };

    buslogic_command_reply(r->s, reply, sizeof(reply));
}

static void report_bios(BuslogicRequest *r)
{
    uint8_t reply = buslogic_bios_status(r->btstat, r->sdstat, r->sense,
                                         r->sense_len);

    memcpy(r->s->bios_sense, r->sense, sizeof(r->s->bios_sense));
    buslogic_command_reply(r->s, &reply, sizeof(reply));
}

void buslogic_request_report(BuslogicRequest *r)
{
    switch (r->origin) {
    case BL_ORIGIN_CCB:
        report_ccb(r);
        break;
    case BL_ORIGIN_COMMAND:
        report_command(r);
        break;
    case BL_ORIGIN_BIOS:
        report_bios(r);
        break;
    }
}

/* Data buffers */

static void request_set_buffer(BuslogicRequest *r, uint32_t addr,
                               uint32_t len)
{
    r->seg = &r->one_seg;
    r->one_seg.addr = addr;
    r->one_seg.len = buslogic_clip_length(r->ccb.format, addr, len);
    r->nseg = len ? 1 : 0;
    r->requested = len;
    r->size = r->one_seg.len;
}

/* Take one snapshot of the segment list: the guest may change its own */
static MemTxResult request_fetch_sg(BuslogicRequest *r)
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
    r->seg = g_new(BuslogicSegment, count);
    r->nseg = buslogic_sg_decode(r->ccb.format, raw, count, r->seg);
    for (int i = 0; i < r->nseg; i++) {
        r->size += r->seg[i].len;
    }
    r->requested = r->size;
    return MEMTX_OK;
}

static MemTxResult request_fetch_buffer(BuslogicRequest *r)
{
    const BuslogicCCB *ccb = &r->ccb;

    if (ccb->direction == BL_DIR_NONE || !ccb->data_len) {
        return MEMTX_OK;
    }
    if (buslogic_ccb_has_sg(ccb)) {
        return request_fetch_sg(r);
    }
    request_set_buffer(r, ccb->data_ptr, ccb->data_len);
    return MEMTX_OK;
}

/* Move @len bytes, which there is room for, and advance the cursor */
static MemTxResult request_copy(BuslogicRequest *r, uint8_t *buf, size_t len,
                                bool to_device)
{
    MemTxResult res = MEMTX_OK;

    while (len && res == MEMTX_OK) {
        BuslogicSegment *seg = &r->seg[r->cur_seg];
        size_t n = MIN(len, seg->len - r->cur_off);

        if (to_device) {
            res = buslogic_dma_read(r->s, BL_FORMAT_32,
                                    seg->addr + r->cur_off, buf, n);
        } else {
            res = buslogic_dma_write(r->s, BL_FORMAT_32,
                                     seg->addr + r->cur_off, buf, n);
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
    return res;
}

static bool segment_is_ram(BuslogicState *s, const BuslogicSegment *seg,
                           bool is_write)
{
    hwaddr addr = seg->addr;
    hwaddr left = seg->len;

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
    if (r->nseg > ZERO_COPY_MAX_SEGMENTS) {
        return 0;
    }
    for (int i = 0; i < r->nseg; i++) {
        if (!segment_is_ram(r->s, &r->seg[i],
                            cmd->mode == SCSI_XFER_FROM_DEV)) {
            return 0;
        }
    }
    return size;
}

static void request_build_qsg(BuslogicRequest *r)
{
    uint64_t left = r->size;

    qemu_sglist_init(&r->qsg, r->s->dev, r->nseg, r->s->as);
    for (int i = 0; i < r->nseg && left; i++) {
        uint64_t len = MIN(left, r->seg[i].len);

        qemu_sglist_add(&r->qsg, r->seg[i].addr, len);
        left -= len;
    }
}

/* Decide how the data will move, now that the command is known */
static void request_prepare_data(BuslogicRequest *r)
{
    const SCSICommand *cmd = &r->sreq->cmd;
    uint8_t dir = r->ccb.direction;
    uint64_t size;

    if ((dir == BL_DIR_IN && cmd->mode == SCSI_XFER_TO_DEV) ||
        (dir == BL_DIR_OUT && cmd->mode == SCSI_XFER_FROM_DEV)) {
        trace_buslogic_direction_mismatch(r->ccb.addr, dir, cmd->buf[0]);
        request_free_data(r);
        r->size = 0;
        r->ccb.direction = BL_DIR_NONE;
        return;
    }
    size = zero_copy_size(r, cmd);
    if (size) {
        r->overrun = size < cmd->xfer;
        r->size = size;
        r->use_qsg = true;
        request_build_qsg(r);
    }
}

/* SCSI layer callbacks */

static void buslogic_transfer_data(SCSIRequest *sreq, uint32_t len)
{
    BuslogicRequest *r = sreq->hba_private;
    bool to_device = sreq->cmd.mode == SCSI_XFER_TO_DEV;
    uint64_t n;

    if (!r) {
        return;
    }
    n = MIN(len, r->size - r->moved);
    if (n < len) {
        r->overrun = true;
        if (to_device) {
            /* What the guest did not supply is not written */
            r->cancel = BL_CANCEL_OVERRUN;
            scsi_req_cancel(sreq);
            return;
        }
    }
    if (request_copy(r, scsi_req_get_buf(sreq), n, to_device) != MEMTX_OK) {
        r->cancel = BL_CANCEL_DMA;
        scsi_req_cancel(sreq);
        return;
    }
    scsi_req_continue(sreq);
}

static QEMUSGList *buslogic_get_sg_list(SCSIRequest *sreq)
{
    BuslogicRequest *r = sreq->hba_private;

    return r && r->use_qsg ? &r->qsg : NULL;
}

/* 0x12 is only for guests that asked for a length check */
static uint8_t request_data_status(const BuslogicRequest *r)
{
    bool checked = r->ccb.direction == BL_DIR_IN ||
                   r->ccb.direction == BL_DIR_OUT;

    return r->overrun && checked ? BTSTAT_DATA_RUN : BTSTAT_OK;
}

static void request_save_sense(BuslogicRequest *r, SCSIRequest *sreq)
{
    uint8_t sense[SCSI_SENSE_BUF_SIZE];
    int len;

    /* Fetching it is what clears it in the target: only if asked to */
    if (r->sdstat != CHECK_CONDITION || !r->ccb.sense_len) {
        return;
    }
    len = scsi_req_get_sense(sreq, sense, sizeof(sense));
    r->sense_len = r->ccb.sense_len;
    memcpy(r->sense, sense, MIN(len, r->sense_len));
}

static void buslogic_complete(SCSIRequest *sreq, size_t residual)
{
    BuslogicRequest *r = sreq->hba_private;
    BuslogicState *s;
    uint32_t addr;
    bool aborted;

    if (!r) {
        return;
    }
    s = r->s;
    addr = r->ccb.addr;
    aborted = r->cancel == BL_CANCEL_ABORT && !s->resetting;
    r->sdstat = sreq->status;
    if (r->use_qsg && r->sdstat == GOOD) {
        r->moved = r->overrun ? r->size : r->size - MIN(residual, r->size);
    }
    if (r->sdstat == GOOD) {
        r->btstat = request_data_status(r);
    }
    request_save_sense(r, sreq);
    request_finish(r);
    if (aborted) {
        /* Too late: it was done before it could be cancelled */
        buslogic_notice(s, addr, BL_COMPLETION_NOT_FOUND, BTSTAT_OK);
    }
}

static void buslogic_cancelled(SCSIRequest *sreq)
{
    BuslogicRequest *r = sreq->hba_private;

    if (!r) {
        return;
    }
    switch (r->cancel) {
    case BL_CANCEL_NONE:
        r->btstat = BTSTAT_BUS_FREE;
        break;
    case BL_CANCEL_ABORT:
        r->code = BL_COMPLETION_ABORTED;
        r->btstat = BTSTAT_ABORTED;
        break;
    case BL_CANCEL_DMA:
        r->btstat = BTSTAT_SOFTWARE_ERROR;
        break;
    case BL_CANCEL_OVERRUN:
        r->btstat = request_data_status(r);
        break;
    }
    request_finish(r);
}

/* The host side of a passed-through command failed, before any status */
static void buslogic_fail(SCSIRequest *sreq)
{
    BuslogicRequest *r = sreq->hba_private;

    if (!r) {
        return;
    }
    switch (sreq->host_status) {
    case SCSI_HOST_NO_LUN:
        r->btstat = BTSTAT_SELECTION_TIMEOUT;
        break;
    case SCSI_HOST_BUSY:
        r->sdstat = BUSY;
        break;
    case SCSI_HOST_RESERVATION_ERROR:
        r->sdstat = RESERVATION_CONFLICT;
        break;
    case SCSI_HOST_TIME_OUT:
    case SCSI_HOST_TRANSPORT_DISRUPTED:
        r->btstat = BTSTAT_BUS_FREE;
        break;
    case SCSI_HOST_RESET:
        r->btstat = BTSTAT_BUS_RESET;
        break;
    default:
        r->btstat = BTSTAT_SOFTWARE_ERROR;
        break;
    }
    request_finish(r);
}

/*
 * Passed-through commands: the CCB, not our idea of the CDB, says how much
 * data there is.  While a snapshot is loaded there is no CCB yet.
 */
static int buslogic_parse_cdb(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                              size_t buf_len, void *hba_private)
{
    BuslogicRequest *r = hba_private;

    if (cmd->len == 0) {
        cmd->len = MIN(buf_len, SCSI_CMD_BUF_SIZE);
        memcpy(cmd->buf, buf, cmd->len);
    }
    if (!r) {
        return 0;
    }
    if (r->ccb.direction == BL_DIR_IN) {
        cmd->mode = SCSI_XFER_FROM_DEV;
    } else if (r->ccb.direction == BL_DIR_OUT) {
        cmd->mode = SCSI_XFER_TO_DEV;
    }
    if (!r->size) {
        cmd->mode = SCSI_XFER_NONE;
    }
    cmd->xfer = r->size;
    return 0;
}

/* Starting */

static void request_start(BuslogicRequest *r)
{
    BuslogicState *s = r->s;
    BuslogicCCB *ccb = &r->ccb;
    SCSIDevice *dev = NULL;
    SCSIRequest *sreq;
    int32_t n;

    if (ccb->target != s->scsi_id) {
        dev = scsi_device_find(&s->bus, 0, ccb->target, ccb->lun);
    }
    if (!dev) {
        request_fail(r, BTSTAT_SELECTION_TIMEOUT);
        return;
    }
    if (request_fetch_buffer(r) != MEMTX_OK) {
        request_fail(r, BTSTAT_BAD_CCB);
        return;
    }
    r->write_residual = buslogic_ccb_returns_residual(ccb);
    sreq = scsi_req_new(dev, ccb->addr, ccb->lun, ccb->cdb, ccb->cdb_len, r);
    r->sreq = sreq;
    request_prepare_data(r);
    QTAILQ_INSERT_TAIL(&s->inflight, r, next);

    /* It may be complete, and r be gone, when any of these return */
    scsi_req_ref(sreq);
    n = scsi_req_enqueue(sreq);
    if (n) {
        scsi_req_continue(sreq);
    }
    scsi_req_unref(sreq);
}

static MemTxResult ccb_fetch(BuslogicRequest *r, uint32_t addr)
{
    BuslogicState *s = r->s;
    BuslogicFormat format = s->rings.format;
    uint8_t raw[sizeof(BuslogicCCB32)];
    MemTxResult res = buslogic_dma_read(s, format, addr, raw,
                                        buslogic_ccb_size(format));

    if (res != MEMTX_OK) {
        return res;
    }
    buslogic_ccb_decode(format, s->extended_lun, addr, raw, &r->ccb);
    if (format == BL_FORMAT_24) {
        res = buslogic_dma_read(s, format, buslogic_ccb24_cdb(&r->ccb),
                                r->ccb.cdb,
                                MIN(r->ccb.cdb_len, sizeof(r->ccb.cdb)));
    }
    return res;
}

static void device_reset_target(BuslogicState *s, int target)
{
    BuslogicRequest *r;

    QTAILQ_FOREACH(r, &s->inflight, next) {
        if (r->ccb.target == target) {
            r->cancel = BL_CANCEL_DROP;
        }
    }
    for (int lun = 0; lun <= BL_MAX_LUN; lun++) {
        SCSIDevice *dev = scsi_device_find(&s->bus, 0, target, lun);

        if (dev && dev->lun == lun) {
            device_cold_reset(&dev->qdev);
        }
    }
}

/* As firmware 5 has it, the target's other CCBs are never heard of again */
static void bus_device_reset(BuslogicRequest *r)
{
    BuslogicState *s = r->s;
    uint8_t target = r->ccb.target;

    if (!buslogic_lun_mask(s, target)) {
        request_fail(r, BTSTAT_SELECTION_TIMEOUT);
        return;
    }
    trace_buslogic_bus_device_reset(r->ccb.addr, target);
    device_reset_target(s, target);
    request_finish(r);
}

void buslogic_ccb_start(BuslogicState *s, uint32_t addr)
{
    BuslogicRequest *r = request_new(s, BL_ORIGIN_CCB);
    uint8_t btstat;

    s->stats.ccbs++;
    if (ccb_fetch(r, addr) != MEMTX_OK) {
        r->origin = BL_ORIGIN_NOTICE;
        r->ccb.addr = addr;
        request_fail(r, BTSTAT_BAD_CCB);
        return;
    }
    trace_buslogic_ccb(addr, r->ccb.opcode, r->ccb.target, r->ccb.lun,
                       r->ccb.tag, r->ccb.cdb[0], r->ccb.data_len);
    btstat = buslogic_ccb_check(&r->ccb);
    if (btstat == BTSTAT_OK && r->ccb.opcode == BL_CCB_TARGET) {
        /* Target mode cannot be enabled, so nobody will select us */
        btstat = BTSTAT_BAD_OPCODE;
    }
    if (btstat != BTSTAT_OK) {
        qemu_log_mask(LOG_GUEST_ERROR, "buslogic: CCB at 0x%08x refused with "
                      "status 0x%02x\n", addr, btstat);
        request_fail(r, btstat);
    } else if (r->ccb.opcode == BL_CCB_BUS_DEVICE_RESET) {
        bus_device_reset(r);
    } else {
        request_start(r);
    }
}

void buslogic_ccb_abort(BuslogicState *s, uint32_t addr)
{
    BuslogicRequest *r;

    QTAILQ_FOREACH(r, &s->inflight, next) {
        if (r->origin == BL_ORIGIN_CCB && r->ccb.addr == addr &&
            r->cancel == BL_CANCEL_NONE) {
            break;
        }
    }
    trace_buslogic_ccb_abort(addr, r ? "running" : "not found");
    if (r) {
        r->cancel = BL_CANCEL_ABORT;
        scsi_req_cancel_async(r->sreq, NULL);
    } else {
        buslogic_notice(s, addr, BL_COMPLETION_NOT_FOUND, BTSTAT_OK);
    }
}

void buslogic_exec_scsi(BuslogicState *s)
{
    BuslogicRequest *r = request_new(s, BL_ORIGIN_COMMAND);
    const uint8_t *p = s->params;
    BuslogicCCB *ccb = &r->ccb;

    *ccb = (BuslogicCCB) {
        .format = BL_FORMAT_32,
        .data_len = ldl_le_p(p),
        .data_ptr = ldl_le_p(p + 4),
        .target = p[8],
        .lun = p[9],
        .direction = FIELD_EX8(p[10], CCB_ADDR, DIRECTION),
        .tag = BL_TAG_NONE,
        .cdb_len = p[11],
    };
    trace_buslogic_exec_scsi(ccb->target, ccb->lun, ccb->data_len, p[12]);
    if (!ccb->cdb_len || ccb->cdb_len > BL_EXEC_SCSI_MAX_CDB ||
        ccb->target >= BL_NUM_TARGETS || ccb->lun > BL_MAX_LUN) {
        request_fail(r, BTSTAT_BAD_CCB);
        return;
    }
    memcpy(ccb->cdb, p + BL_EXEC_SCSI_HEADER, ccb->cdb_len);
    request_start(r);
}

void buslogic_exec_bios(BuslogicState *s, const BuslogicCCB *ccb)
{
    BuslogicRequest *r = request_new(s, BL_ORIGIN_BIOS);

    r->ccb = *ccb;
    r->ccb.sense_len = BL_BIOS_SENSE_LEN;
    request_start(r);
}

/* Stopping */

static void drop_all(BuslogicState *s)
{
    BuslogicRequest *r;

    QTAILQ_FOREACH(r, &s->inflight, next) {
        r->cancel = BL_CANCEL_DROP;
    }
}

/*
 * Waits for the devices: the block layer may be reading into guest memory,
 * which the guest is free to use for something else once we return.
 */
void buslogic_cancel_all(BuslogicState *s)
{
    BuslogicRequest *r;

    drop_all(s);
    while ((r = QTAILQ_FIRST(&s->inflight))) {
        /* No unit attention: this is not a reset of the device */
        scsi_device_purge_requests(r->sreq->dev, SENSE_CODE(NO_SENSE));
    }
}

void buslogic_bus_reset(BuslogicState *s)
{
    drop_all(s);
    bus_cold_reset(BUS(&s->bus));
}

/* The devices on the bus */

uint32_t buslogic_lun_mask(BuslogicState *s, int target)
{
    uint32_t mask = 0;

    if (target == s->scsi_id) {
        return 0;
    }
    for (int lun = 0; lun <= BL_MAX_LUN; lun++) {
        SCSIDevice *dev = scsi_device_find(&s->bus, 0, target, lun);

        if (dev && dev->lun == lun) {
            mask |= 1u << lun;
        }
    }
    return mask;
}

bool buslogic_first_disk(BuslogicState *s, int *target, uint64_t *sectors)
{
    for (int id = 0; id < BL_NUM_TARGETS; id++) {
        SCSIDevice *dev = scsi_device_find(&s->bus, 0, id, 0);

        if (dev && dev->type == TYPE_DISK && dev->conf.blk) {
            int64_t size = blk_getlength(dev->conf.blk);

            *target = id;
            *sectors = size < 0 ? 0 : size / 512;
            return true;
        }
    }
    return false;
}

static bool scsi_id_is_free(BuslogicState *s, int id, int lun)
{
    SCSIDevice *dev = scsi_device_find(&s->bus, 0, id, lun);

    return id != s->scsi_id && !(dev && dev->lun == lun);
}

void buslogic_pre_plug(BuslogicState *s, DeviceState *child, Error **errp)
{
    SCSIDevice *dev = SCSI_DEVICE(child);
    int lun = dev->lun == -1 ? 0 : dev->lun;

    if (dev->id == s->scsi_id) {
        error_setg(errp, "SCSI ID %d is the adapter's own", s->scsi_id);
        return;
    }
    /* Left to itself, the SCSI layer would hand out the adapter's ID */
    for (int id = 0; dev->id == -1 && id < BL_NUM_TARGETS; id++) {
        if (scsi_id_is_free(s, id, lun)) {
            dev->id = id;
        }
    }
    if (dev->id == -1) {
        error_setg(errp, "no free SCSI ID");
    }
}

/* Migration */

static bool request_valid(void *opaque, int version_id)
{
    BuslogicRequest *r = opaque;

    return r->nseg >= 0 && r->nseg <= BL_SG_LIMIT &&
           r->origin <= BL_ORIGIN_NOTICE && r->cancel <= BL_CANCEL_OVERRUN &&
           r->code <= BL_COMPLETION_ERROR && r->sense_len <= BL_MAX_SENSE &&
           r->ccb.format <= BL_FORMAT_32 && r->ccb.target < BL_NUM_TARGETS &&
           r->ccb.cdb_len <= sizeof(r->ccb.cdb) && r->moved <= r->size;
}

static int request_pre_load(void *opaque)
{
    memset(opaque, 0, sizeof(BuslogicRequest));
    return 0;
}

static int request_post_load(void *opaque, int version_id)
{
    BuslogicRequest *r = opaque;
    uint64_t total = 0;
    uint64_t at = 0;

    for (int i = 0; i < r->nseg; i++) {
        at = i == r->cur_seg ? total + r->cur_off : at;
        if (!r->seg[i].len || (i == r->cur_seg &&
                               r->cur_off >= r->seg[i].len)) {
            return -EINVAL;
        }
        total += r->seg[i].len;
    }
    if (r->cur_seg == r->nseg) {
        at = total + r->cur_off;
    }
    /* use_qsg is set again once the list has been built */
    return r->size > total || (!r->use_qsg && at != r->moved) ? -EINVAL : 0;
}

static const VMStateDescription vmstate_buslogic_segment = {
    .name = "buslogic-segment",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(addr, BuslogicSegment),
        VMSTATE_UINT32(len, BuslogicSegment),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_buslogic_request = {
    .name = "buslogic-request",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_load = request_pre_load,
    .post_load = request_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(origin, BuslogicRequest),
        VMSTATE_UINT8(cancel, BuslogicRequest),
        VMSTATE_UINT8(code, BuslogicRequest),
        VMSTATE_UINT8(btstat, BuslogicRequest),
        VMSTATE_UINT8(sdstat, BuslogicRequest),
        VMSTATE_BOOL(overrun, BuslogicRequest),
        VMSTATE_BOOL(write_residual, BuslogicRequest),
        VMSTATE_BOOL(use_qsg, BuslogicRequest),
        VMSTATE_UINT32(ccb.addr, BuslogicRequest),
        VMSTATE_UINT32(ccb.data_len, BuslogicRequest),
        VMSTATE_UINT32(ccb.data_ptr, BuslogicRequest),
        VMSTATE_UINT32(ccb.sense_ptr, BuslogicRequest),
        VMSTATE_UINT8(ccb.format, BuslogicRequest),
        VMSTATE_UINT8(ccb.opcode, BuslogicRequest),
        VMSTATE_UINT8(ccb.target, BuslogicRequest),
        VMSTATE_UINT8(ccb.lun, BuslogicRequest),
        VMSTATE_UINT8(ccb.direction, BuslogicRequest),
        VMSTATE_UINT8(ccb.tag, BuslogicRequest),
        VMSTATE_UINT8(ccb.sense_len, BuslogicRequest),
        VMSTATE_UINT8(ccb.cdb_len, BuslogicRequest),
        VMSTATE_UINT8_ARRAY(ccb.cdb, BuslogicRequest, BL_CCB24_MAX_CDB),
        VMSTATE_INT32(nseg, BuslogicRequest),
        VMSTATE_INT32(cur_seg, BuslogicRequest),
        VMSTATE_UINT32(cur_off, BuslogicRequest),
        VMSTATE_UINT64(requested, BuslogicRequest),
        VMSTATE_UINT64(size, BuslogicRequest),
        VMSTATE_UINT64(moved, BuslogicRequest),
        VMSTATE_UINT32(sense_len, BuslogicRequest),
        VMSTATE_UINT8_ARRAY(sense, BuslogicRequest, BL_MAX_SENSE),
        VMSTATE_VALIDATE("request fields", request_valid),
        VMSTATE_STRUCT_VARRAY_ALLOC(seg, BuslogicRequest, nseg, 1,
                                    vmstate_buslogic_segment,
                                    BuslogicSegment),
        VMSTATE_END_OF_LIST()
    }
};

static void buslogic_save_request(QEMUFile *f, SCSIRequest *sreq)
{
    BuslogicRequest *r = sreq->hba_private;

    vmstate_save_state(f, &vmstate_buslogic_request, r, NULL, &error_fatal);
}

/* The callback cannot fail, so a bad stream ends the incoming machine */
static void *buslogic_load_request(QEMUFile *f, SCSIRequest *sreq)
{
    BuslogicState *s = container_of(sreq->bus, BuslogicState, bus);
    BuslogicRequest *r = request_new(s, BL_ORIGIN_CCB);

    vmstate_load_state(f, &vmstate_buslogic_request, r, 1, &error_fatal);
    r->s = s;
    r->sreq = scsi_req_ref(sreq);
    if (r->use_qsg) {
        request_build_qsg(r);
    }
    QTAILQ_INSERT_TAIL(&s->inflight, r, next);
    return r;
}

static const SCSIBusInfo buslogic_scsi_info = {
    .tcq = true,
    .max_target = BL_NUM_TARGETS - 1,
    .max_lun = BL_MAX_LUN,

    .parse_cdb = buslogic_parse_cdb,
    .transfer_data = buslogic_transfer_data,
    .get_sg_list = buslogic_get_sg_list,
    .complete = buslogic_complete,
    .fail = buslogic_fail,
    .cancel = buslogic_cancelled,
    .save_request = buslogic_save_request,
    .load_request = buslogic_load_request,
};

void buslogic_scsi_init(BuslogicState *s)
{
    QTAILQ_INIT(&s->inflight);
    scsi_bus_init(&s->bus, sizeof(s->bus), s->dev, &buslogic_scsi_info);
    qbus_set_hotplug_handler(BUS(&s->bus), OBJECT(s->dev));
}
