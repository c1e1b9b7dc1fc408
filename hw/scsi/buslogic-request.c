/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: the life of a request
 *
 * A request is created when a CCB (or host command 0x83 or 0x03) is taken
 * from the guest, lives on the in-flight list while the SCSI layer works on
 * it, and moves to the done list in buslogic_request_finish(), whatever its
 * fate.  From there the mailbox bottom half reports it and frees it: no
 * callback of the SCSI layer writes a guest structure or touches the
 * interrupt line.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/scsi/buslogic-request.h"
#include "migration/vmstate.h"
#include "scsi/constants.h"
#include "trace.h"

/* Reset, medium change and changed parameters may all wait to be told */
#define MAX_ATTEMPTS    4

/* Memory that is used again would hide from a sanitizer who still uses it */
#ifdef QEMU_SANITIZE_ADDRESS
#define REUSE_REQUESTS  false
#else
#define REUSE_REQUESTS  true
#endif

BuslogicRequest *buslogic_request_new(BuslogicState *s, BuslogicOrigin origin)
{
    BuslogicRequest *r = QTAILQ_FIRST(&s->unused);

    if (r) {
        QTAILQ_REMOVE(&s->unused, r, next);
        memset(r, 0, offsetof(BuslogicRequest, few_segs));
    } else {
        r = g_new0(BuslogicRequest, 1);
    }
    r->s = s;
    r->origin = origin;
    s->num_requests++;
    return r;
}

void buslogic_request_free(BuslogicRequest *r)
{
    BuslogicState *s = r->s;

    buslogic_data_free(r);
    if (REUSE_REQUESTS) {
        /* There are never more of them than has_room() lets in */
        QTAILQ_INSERT_HEAD(&s->unused, r, next);
    } else {
        g_free(r);
    }
    s->num_requests--;
    buslogic_mbox_room(s);
}

void buslogic_request_free_unused(BuslogicState *s)
{
    BuslogicRequest *r;

    while ((r = QTAILQ_FIRST(&s->unused))) {
        QTAILQ_REMOVE(&s->unused, r, next);
        g_free(r);
    }
}

bool buslogic_request_to_mailbox(const BuslogicRequest *r)
{
    return r->origin == BL_ORIGIN_CCB || r->origin == BL_ORIGIN_NOTICE;
}

bool buslogic_request_is_ccb(const BuslogicRequest *r)
{
    return r->origin == BL_ORIGIN_CCB || r->origin == BL_ORIGIN_BIOS_CCB;
}

/*
 * Host commands have no sense data, so nobody could make out what a unit
 * attention is.  VirtualBox's BIOS panics at the one that its own reset of
 * the adapter has left.
 */
bool buslogic_request_wants_retry(const BuslogicRequest *r)
{
    bool command = r->origin == BL_ORIGIN_COMMAND ||
                   r->origin == BL_ORIGIN_BIOS;

    return command && r->attempts < MAX_ATTEMPTS &&
           r->btstat == BTSTAT_OK && r->sdstat == CHECK_CONDITION &&
           r->sense_len && (r->sense[2] & 0xf) == UNIT_ATTENTION;
}

void buslogic_request_finish(BuslogicRequest *r)
{
    BuslogicState *s = r->s;
    SCSIRequest *sreq = r->sreq;

    if (sreq) {
        QTAILQ_REMOVE(&s->inflight, r, next);
        sreq->hba_private = NULL;
        r->sreq = NULL;
        scsi_req_unref(sreq);
    }
    buslogic_data_free(r);
    trace_buslogic_request_finish(r->ccb.addr, r->btstat, r->sdstat,
                                  r->moved);
    if (r->cancel == BL_CANCEL_DROP) {
        buslogic_request_free(r);
        return;
    }
    if (!r->code) {
        r->code = r->btstat || r->sdstat ? BL_COMPLETION_ERROR
                                         : BL_COMPLETION_OK;
    }
    if (buslogic_request_to_mailbox(r)) {
        QTAILQ_INSERT_TAIL(&s->done, r, next);
    } else {
        /* It needs no incoming mailbox, so it does not wait for one */
        QTAILQ_INSERT_HEAD(&s->done, r, next);
    }
    buslogic_mbox_post(s);
}

void buslogic_request_fail(BuslogicRequest *r, uint8_t btstat)
{
    r->btstat = btstat;
    buslogic_request_finish(r);
}

void buslogic_notice(BuslogicState *s, uint32_t ccb_addr, uint8_t code,
                     uint8_t btstat)
{
    BuslogicRequest *r = buslogic_request_new(s, BL_ORIGIN_NOTICE);

    r->ccb.addr = ccb_addr;
    r->code = code;
    buslogic_request_fail(r, btstat);
}

/* Reports, from the mailbox bottom half */

static void report_ccb(BuslogicRequest *r)
{
    BuslogicFormat format = r->ccb.format;
    uint8_t status[] = { r->btstat, r->sdstat };
    size_t residual_size = format == BL_FORMAT_24 ? 3 : 4;
    uint64_t max_residual = format == BL_FORMAT_24 ? 0xffffff : UINT32_MAX;
    uint8_t residual[4];

    if (r->sense_len && (r->ccb.sense_ptr || format == BL_FORMAT_24)) {
        buslogic_dma_write(r->s, format, r->ccb.sense_ptr, r->sense,
                           r->sense_len);
    }
    if (r->write_residual) {
        uint32_t left = MIN(r->requested - r->moved, max_residual);

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

/* The BIOS looks for the code where a driver would have a link ID */
static void report_bios_ccb(BuslogicRequest *r)
{
    report_ccb(r);
    buslogic_dma_write(r->s, r->ccb.format,
                       buslogic_addr(r->ccb.format, r->ccb.addr,
                                     BL_CCB24_BIOS_CODE),
                       &r->code, sizeof(r->code));
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
    case BL_ORIGIN_BIOS_CCB:
        report_bios_ccb(r);
        break;
    }
}

/* Migration */

static bool request_valid(void *opaque, int version_id)
{
    BuslogicRequest *r = opaque;

    return r->nseg >= 0 && r->nseg <= BL_SG_LIMIT &&
           r->origin <= BL_ORIGIN_BIOS_CCB && r->cancel <= BL_CANCEL_OVERRUN &&
           r->code <= BL_COMPLETION_ERROR && r->sense_len <= BL_MAX_SENSE &&
           r->ccb.format <= BL_FORMAT_32 && r->ccb.target < BL_NUM_TARGETS &&
           r->ccb.cdb_len <= sizeof(r->ccb.cdb) && r->moved <= r->requested &&
           (buslogic_request_is_ccb(r) || !buslogic_ccb_has_sg(&r->ccb));
}

static int request_pre_load(void *opaque)
{
    memset(opaque, 0, sizeof(BuslogicRequest));
    return 0;
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
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(origin, BuslogicRequest),
        VMSTATE_UINT8(cancel, BuslogicRequest),
        VMSTATE_UINT8(code, BuslogicRequest),
        VMSTATE_UINT8(btstat, BuslogicRequest),
        VMSTATE_UINT8(sdstat, BuslogicRequest),
        VMSTATE_BOOL(overrun, BuslogicRequest),
        VMSTATE_BOOL(write_residual, BuslogicRequest),
        VMSTATE_BOOL(use_qsg, BuslogicRequest),
        VMSTATE_UINT8(attempts, BuslogicRequest),
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
