/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: running CCBs on the SCSI bus
 *
 * Starts requests, cancels them, and is what the SCSI layer calls back.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qemu/units.h"
#include "hw/scsi/buslogic-request.h"
#include "migration/vmstate.h"
#include "scsi/constants.h"
#include "scsi/utils.h"
#include "system/block-backend.h"
#include "trace.h"

/* Sense data of host commands, for us to look at: the fixed format */
#define COMMAND_SENSE_LEN       18
/* scsi-generic allocates as much as a command may move, bytes */
#define MAX_PASSTHROUGH         (16 * MiB)

/* SCSI layer callbacks */

/* A reset or an abort may be waiting for it to end: then that counts */
static void cancel_request(BuslogicRequest *r, BuslogicCancel cancel)
{
    if (r->cancel == BL_CANCEL_NONE) {
        r->cancel = cancel;
    }
    scsi_req_cancel(r->sreq);
}

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
            cancel_request(r, BL_CANCEL_OVERRUN);
            return;
        }
    }
    if (buslogic_data_copy(r, scsi_req_get_buf(sreq), n,
                           to_device) != MEMTX_OK) {
        cancel_request(r, BL_CANCEL_DMA);
        return;
    }
    scsi_req_continue(sreq);
}

static QEMUSGList *buslogic_get_sg_list(SCSIRequest *sreq)
{
    BuslogicRequest *r = sreq->hba_private;

    return r && r->use_qsg ? &r->qsg : NULL;
}

/*
 * Too much data from a device matter only to guests that asked for a length
 * check; data the guest did not supply were not written, which it must know
 * unless it has said itself that there are none.
 */
static uint8_t data_status(const BuslogicRequest *r, bool to_device)
{
    if (!r->overrun || r->ccb.direction == BL_DIR_NONE ||
        (r->ccb.direction == BL_DIR_FROM_CDB && !to_device)) {
        return BTSTAT_OK;
    }
    return BTSTAT_DATA_RUN;
}

static void save_sense(BuslogicRequest *r, SCSIRequest *sreq)
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

/*
 * scsi-disk subtracts the list from the residual at every attempt and so
 * wraps it when a READ or WRITE was retried; what it emulates has a true one.
 */
static uint64_t zero_copy_moved(const BuslogicRequest *r, size_t residual)
{
    return r->overrun || residual > r->size ? r->size : r->size - residual;
}

/* It has ended by itself, which an abort under way must be told */
static void finish_uncancelled(BuslogicRequest *r)
{
    BuslogicState *s = r->s;
    uint32_t addr = r->ccb.addr;
    bool aborted = r->cancel == BL_CANCEL_ABORT;

    buslogic_request_finish(r);
    if (aborted) {
        buslogic_notice(s, addr, BL_COMPLETION_NOT_FOUND, BTSTAT_OK);
    }
}

static void buslogic_complete(SCSIRequest *sreq, size_t residual)
{
    BuslogicRequest *r = sreq->hba_private;

    if (!r) {
        return;
    }
    if (r->cancel == BL_CANCEL_RESET) {
        /* Done before the reset got to it, which is a reset all the same */
        buslogic_request_finish(r);
        return;
    }
    r->sdstat = sreq->status;
    if (r->use_qsg && r->sdstat == GOOD) {
        r->moved = zero_copy_moved(r, residual);
    }
    if (r->sdstat == GOOD) {
        r->btstat = data_status(r, sreq->cmd.mode == SCSI_XFER_TO_DEV);
    }
    save_sense(r, sreq);
    finish_uncancelled(r);
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
        r->btstat = data_status(r, true);
        break;
    case BL_CANCEL_DROP:
    case BL_CANCEL_RESET:
        /* Whoever reset it has said what becomes of it */
        break;
    }
    buslogic_request_finish(r);
}

/* The host side of a passed-through command failed, before any status */
static void buslogic_fail(SCSIRequest *sreq)
{
    BuslogicRequest *r = sreq->hba_private;

    if (!r) {
        return;
    }
    if (r->cancel == BL_CANCEL_RESET) {
        buslogic_request_finish(r);
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
    finish_uncancelled(r);
}

/*
 * Passed-through commands: the CCB, not our idea of the CDB, says how much
 * data there is; and which way they go, if it says so or nobody knows the
 * CDB.  While a snapshot is loaded there is no CCB yet.
 */
static int buslogic_parse_cdb(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                              size_t buf_len, void *hba_private)
{
    BuslogicRequest *r = hba_private;
    bool known = cmd->len != 0;

    if (!known) {
        cmd->len = MIN(buf_len, SCSI_CMD_BUF_SIZE);
        cmd->mode = SCSI_XFER_NONE;
        cmd->xfer = 0;
    }
    /* QEMU may have given up after it found the length */
    memcpy(cmd->buf, buf, MIN(cmd->len, buf_len));
    if (!r) {
        return 0;
    }
    r->passed_through = true;
    if (r->ccb.direction == BL_DIR_OUT) {
        cmd->mode = SCSI_XFER_TO_DEV;
    } else if (r->ccb.direction == BL_DIR_IN || !known) {
        cmd->mode = SCSI_XFER_FROM_DEV;
    }
    /* The two must agree: the SCSI layer relies on it */
    if (!r->size || cmd->mode == SCSI_XFER_NONE) {
        cmd->mode = SCSI_XFER_NONE;
        cmd->xfer = 0;
    } else {
        cmd->xfer = MIN(r->size, MAX_PASSTHROUGH);
    }
    return 0;
}

/* Starting */

/* Also runs a host command's request again, from where it started */
void buslogic_request_start(BuslogicRequest *r)
{
    BuslogicState *s = r->s;
    BuslogicCCB *ccb = &r->ccb;
    SCSIDevice *dev = NULL;
    SCSIRequest *sreq;
    int32_t n;

    buslogic_data_free(r);
    r->attempts++;
    r->code = r->btstat = r->sdstat = 0;
    r->requested = r->size = r->moved = 0;
    r->cur_seg = r->cur_off = 0;
    r->overrun = false;
    r->sense_len = 0;
    memset(r->sense, 0, sizeof(r->sense));
    if (ccb->target != s->scsi_id) {
        dev = scsi_device_find(&s->bus, 0, ccb->target, ccb->lun);
    }
    if (!dev) {
        buslogic_request_fail(r, BTSTAT_SELECTION_TIMEOUT);
        return;
    }
    if (buslogic_data_fetch(r) != MEMTX_OK) {
        buslogic_request_fail(r, BTSTAT_BAD_CCB);
        return;
    }
    r->write_residual = buslogic_ccb_returns_residual(ccb);
    sreq = scsi_req_new(dev, ccb->addr, ccb->lun, ccb->cdb, ccb->cdb_len, r);
    r->sreq = sreq;
    buslogic_data_prepare(r);
    QTAILQ_INSERT_TAIL(&s->inflight, r, next);

    /* It may be complete, and r be gone, when any of these return */
    scsi_req_ref(sreq);
    n = scsi_req_enqueue(sreq);
    if (n) {
        scsi_req_continue(sreq);
    }
    scsi_req_unref(sreq);
}

static MemTxResult ccb_fetch(BuslogicRequest *r, BuslogicFormat format,
                             uint32_t addr)
{
    BuslogicState *s = r->s;
    uint8_t raw[sizeof(BuslogicCCB32)];
    MemTxResult res = buslogic_dma_read(s, format, addr, raw,
                                        buslogic_ccb_size(format));

    if (res != MEMTX_OK) {
        return res;
    }
    buslogic_ccb_decode(format, s->extended_lun, addr, raw, &r->ccb);
    if (format == BL_FORMAT_24 &&
        r->ccb.opcode != BL_CCB_BUS_DEVICE_RESET) {
        res = buslogic_dma_read(s, format, buslogic_ccb24_cdb(&r->ccb),
                                r->ccb.cdb,
                                MIN(r->ccb.cdb_len, sizeof(r->ccb.cdb)));
    }
    return res;
}

/*
 * A reset voids the requests of @target, or all if it is negative: they end
 * with @btstat, or without a word if they are CCBs and this is @silent.  A
 * host command waiting for its SCSI command must end in any case.
 */
static void void_requests(BuslogicState *s, int target, uint8_t btstat,
                          bool silent)
{
    BuslogicRequest *r;

    QTAILQ_FOREACH(r, &s->inflight, next) {
        if (target >= 0 && r->ccb.target != target) {
            continue;
        }
        if (buslogic_request_is_ccb(r) && silent) {
            r->cancel = BL_CANCEL_DROP;
        } else {
            r->cancel = BL_CANCEL_RESET;
            r->btstat = btstat;
        }
    }
}

static void device_reset_target(BuslogicState *s, int target)
{
    void_requests(s, target, BTSTAT_DEVICE_RESET,
                  buslogic_model_has(s->model, BL_CAP_SILENT_RESET));
    for (int lun = 0; lun <= BL_MAX_LUN; lun++) {
        SCSIDevice *dev = scsi_device_find(&s->bus, 0, target, lun);

        if (dev && dev->lun == lun) {
            device_cold_reset(&dev->qdev);
        }
    }
}

/* What becomes of the target's other CCBs depends on the firmware [6] */
static void bus_device_reset(BuslogicRequest *r)
{
    BuslogicState *s = r->s;
    uint8_t target = r->ccb.target;

    /* Drivers leave anything in the CDB; it is not fit to be saved */
    r->ccb.cdb_len = 0;
    if (!buslogic_lun_mask(s, target)) {
        buslogic_request_fail(r, BTSTAT_SELECTION_TIMEOUT);
        return;
    }
    trace_buslogic_bus_device_reset(r->ccb.addr, target);
    device_reset_target(s, target);
    buslogic_request_finish(r);
}

/*
 * Keep only what the report needs: the rest makes no sense, and may be saved
 * with the machine while the incoming ring is full.  A request that fails
 * the validation there ends QEMU.
 */
static void refuse_ccb(BuslogicRequest *r, uint8_t btstat)
{
    r->ccb = (BuslogicCCB) { .addr = r->ccb.addr, .format = r->ccb.format };
    buslogic_request_fail(r, btstat);
}

void buslogic_ccb_start(BuslogicState *s, const BuslogicRings *rings,
                        uint32_t addr)
{
    bool bios = rings == &s->bios_rings;
    BuslogicRequest *r = buslogic_request_new(s, bios ? BL_ORIGIN_BIOS_CCB
                                                      : BL_ORIGIN_CCB);
    uint8_t btstat;

    s->stats.ccbs++;
    if (ccb_fetch(r, rings->format, addr) != MEMTX_OK) {
        /* To a BIOS there is no other way to tell */
        if (!bios) {
            r->origin = BL_ORIGIN_NOTICE;
        }
        r->ccb.format = rings->format;
        r->ccb.addr = addr;
        refuse_ccb(r, BTSTAT_BAD_CCB);
        return;
    }
    trace_buslogic_ccb(addr, r->ccb.opcode, r->ccb.target, r->ccb.lun,
                       r->ccb.tag, r->ccb.cdb[0], r->ccb.data_len);
    btstat = buslogic_ccb_check(&r->ccb, s->model->sg_limit);
    if (btstat == BTSTAT_OK && r->ccb.opcode == BL_CCB_TARGET) {
        /* Target mode cannot be enabled, so nobody will select us */
        btstat = BTSTAT_BAD_OPCODE;
    }
    if (btstat != BTSTAT_OK) {
        qemu_log_mask(LOG_GUEST_ERROR, "buslogic: CCB at 0x%08x refused with "
                      "status 0x%02x\n", addr, btstat);
        refuse_ccb(r, btstat);
    } else if (r->ccb.opcode == BL_CCB_BUS_DEVICE_RESET) {
        bus_device_reset(r);
    } else {
        buslogic_request_start(r);
    }
}

/* The oldest one that is not being aborted, else one that is */
static BuslogicRequest *find_running(BuslogicState *s, uint32_t addr)
{
    BuslogicRequest *r, *found = NULL;

    QTAILQ_FOREACH(r, &s->inflight, next) {
        if (r->origin == BL_ORIGIN_CCB && r->ccb.addr == addr) {
            found = r;
            if (r->cancel == BL_CANCEL_NONE) {
                break;
            }
        }
    }
    return found;
}

void buslogic_ccb_abort(BuslogicState *s, uint32_t addr)
{
    BuslogicRequest *r = find_running(s, addr);

    trace_buslogic_ccb_abort(addr, r ? "running" : "not found");
    if (r) {
        /*
         * Asked again, the first abort's answer does for both: "not found"
         * would let the guest reuse a CCB that is still to be written.
         */
        if (r->cancel == BL_CANCEL_NONE) {
            r->cancel = BL_CANCEL_ABORT;
            scsi_req_cancel_async(r->sreq, NULL);
        }
    } else {
        buslogic_notice(s, addr, BL_COMPLETION_NOT_FOUND, BTSTAT_OK);
    }
}

void buslogic_exec_scsi(BuslogicState *s)
{
    BuslogicRequest *r = buslogic_request_new(s, BL_ORIGIN_COMMAND);
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
        .sense_len = COMMAND_SENSE_LEN,
        .cdb_len = p[11],
    };
    trace_buslogic_exec_scsi(ccb->target, ccb->lun, ccb->data_len, p[12]);
    if (!ccb->cdb_len || ccb->cdb_len > BL_EXEC_SCSI_MAX_CDB ||
        ccb->target >= BL_NUM_TARGETS || ccb->lun > BL_MAX_LUN) {
        refuse_ccb(r, BTSTAT_BAD_CCB);
        return;
    }
    memcpy(ccb->cdb, p + BL_EXEC_SCSI_HEADER, ccb->cdb_len);
    buslogic_request_start(r);
}

void buslogic_exec_bios(BuslogicState *s, const BuslogicCCB *ccb)
{
    BuslogicRequest *r = buslogic_request_new(s, BL_ORIGIN_BIOS);

    r->ccb = *ccb;
    r->ccb.sense_len = COMMAND_SENSE_LEN;
    buslogic_request_start(r);
}

/* Stopping */

void buslogic_drop_all(BuslogicState *s)
{
    BuslogicRequest *r;

    QTAILQ_FOREACH(r, &s->inflight, next) {
        r->cancel = BL_CANCEL_DROP;
    }
}

/*
 * What waits for the machine to go on is started again, and maps its buffer
 * anew.  The guest may have put anything there since, and may do so now.
 */
void buslogic_copy_parked_reads(BuslogicState *s)
{
    BuslogicRequest *r;

    QTAILQ_FOREACH(r, &s->inflight, next) {
        if (r->use_qsg && r->sreq->retry &&
            r->sreq->cmd.mode == SCSI_XFER_FROM_DEV) {
            r->sreq->sg = NULL;
            buslogic_data_copy_instead(r);
        }
    }
}

/*
 * Waits for the devices: the block layer may be reading into guest memory,
 * which the guest is free to use for something else once we return.
 */
void buslogic_cancel_all(BuslogicState *s)
{
    BuslogicRequest *r;

    buslogic_drop_all(s);
    while ((r = QTAILQ_FIRST(&s->inflight))) {
        /* No unit attention: this is not a reset of the device */
        scsi_device_purge_requests(r->sreq->dev, SENSE_CODE(NO_SENSE));
        if (QTAILQ_FIRST(&s->inflight) == r) {
            /* scsi-block of QEMU 7.2 can lose one: do not wait for it */
            buslogic_request_finish(r);
        }
    }
}

void buslogic_bus_reset(BuslogicState *s)
{
    void_requests(s, -1, BTSTAT_RST_ASSERTED, true);
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

        if (dev && dev->lun == 0 && dev->type == TYPE_DISK &&
            dev->conf.blk) {
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
    for (int id = 0; dev->id == -1 && id < s->model->targets; id++) {
        if (scsi_id_is_free(s, id, lun)) {
            dev->id = id;
        }
    }
    if (dev->id == -1) {
        error_setg(errp, "no free SCSI ID");
    }
}

/* Migration of what is in flight, as part of the device it is for */

static void buslogic_save_request(QEMUFile *f, SCSIRequest *sreq)
{
    BuslogicRequest *r = sreq->hba_private;

    vmstate_save_state(f, &vmstate_buslogic_request, r, NULL, &error_fatal);
}

/* The callback cannot fail, so a bad stream ends the incoming machine */
static void *buslogic_load_request(QEMUFile *f, SCSIRequest *sreq)
{
    BuslogicState *s = container_of(sreq->bus, BuslogicState, bus);
    BuslogicRequest *r = buslogic_request_new(s, BL_ORIGIN_CCB);

    vmstate_load_state(f, &vmstate_buslogic_request, r, 1, &error_fatal);
    r->s = s;
    r->sreq = scsi_req_ref(sreq);
    if (!buslogic_data_loaded(r)) {
        error_setg(&error_fatal, "buslogic: request in the stream is invalid");
    }
    QTAILQ_INSERT_TAIL(&s->inflight, r, next);
    return r;
}

#define BUSLOGIC_SCSI_INFO(targets) {               \
    .tcq = true,                                    \
    .max_target = (targets) - 1,                    \
    .max_lun = BL_MAX_LUN,                          \
                                                    \
    .parse_cdb = buslogic_parse_cdb,                \
    .transfer_data = buslogic_transfer_data,        \
    .get_sg_list = buslogic_get_sg_list,            \
    .complete = buslogic_complete,                  \
    .fail = buslogic_fail,                          \
    .cancel = buslogic_cancelled,                   \
    .save_request = buslogic_save_request,          \
    .load_request = buslogic_load_request,          \
}

static const SCSIBusInfo buslogic_narrow_info = BUSLOGIC_SCSI_INFO(8);
static const SCSIBusInfo buslogic_wide_info = BUSLOGIC_SCSI_INFO(16);

/*
 * As scsi_bus_init() does, but for a number that -drive if=scsi has.  Buses
 * have the same names as those of other adapters.
 */
static void init_bus_of_type(BuslogicState *s, const char *type)
{
    BusClass *scsi = BUS_CLASS(object_class_by_name(TYPE_SCSI_BUS));
    g_autofree char *name = NULL;

    if (!s->dev->id) {
        name = g_strdup_printf("scsi.%d", scsi->automatic_ids++);
    }
    qbus_init(&s->bus, sizeof(s->bus), type, s->dev, name);
}

void buslogic_scsi_init(BuslogicState *s)
{
    const SCSIBusInfo *info = s->model->targets == 8 ? &buslogic_narrow_info
                                                     : &buslogic_wide_info;

    QTAILQ_INIT(&s->inflight);
    if (s->ops->scsi_bus_type) {
        init_bus_of_type(s, s->ops->scsi_bus_type);
        s->bus.info = info;
    } else {
        scsi_bus_init(&s->bus, sizeof(s->bus), s->dev, info);
    }
    qbus_set_hotplug_handler(BUS(&s->bus), OBJECT(s->dev));
}
