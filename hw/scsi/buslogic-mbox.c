/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: mailboxes
 *
 * The guest fills outgoing mailboxes and rings the doorbell; results come
 * back through incoming ones (docs/specs/buslogic.rst, section 5).  Both
 * directions run in guarded bottom halves, never inside a register access
 * or a block layer callback: wherever the guest puts its arrays, the
 * adapter cannot re-enter itself.
 *
 * Every DMA access is preceded by a full barrier (dma_barrier()), which
 * gives the order the interface promises: an entry is fetched after its
 * action code was seen, and a completion code is written last.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "hw/qdev-core.h"
#include "hw/scsi/buslogic-request.h"
#include "system/runstate.h"
#include "trace.h"

/*
 * Work of a turn, before all else in the main loop has one: as many bytes
 * moved, or what takes as long; a few milliseconds.
 */
#define SCAN_WORK           (8 * MiB)
#define MAILBOX_WORK        (SCAN_WORK / 64)
/* The same for the data of all requests that are copied, chunk by chunk */
#define MAX_COPYING         (8 * MiB)
/* How soon to look again at an incoming ring that was full */
#define POST_RETRY_NS       (10 * SCALE_MS)

static uint32_t outgoing_addr(const BuslogicRings *rings, unsigned index)
{
    return buslogic_addr(rings->format, rings->base,
                         index * buslogic_mailbox_size(rings->format));
}

static uint32_t incoming_addr(const BuslogicRings *rings, unsigned index)
{
    return outgoing_addr(rings, rings->count + index);
}

static uint32_t code_addr(const BuslogicRings *rings, uint32_t entry)
{
    return buslogic_addr(rings->format, entry,
                         buslogic_mailbox_code_offset(rings->format));
}

static MemTxResult read_code(BuslogicState *s, const BuslogicRings *rings,
                             uint32_t entry, uint8_t *code)
{
    return buslogic_dma_read(s, rings->format, code_addr(rings, entry), code,
                             sizeof(*code));
}

static MemTxResult write_code(BuslogicState *s, const BuslogicRings *rings,
                              uint32_t entry, uint8_t code)
{
    return buslogic_dma_write(s, rings->format, code_addr(rings, entry),
                              &code, sizeof(code));
}

/* Outgoing */

/*
 * What a scan finds to do.  The codes of all entries are read at once; an
 * entry itself is read when it is served, and then its code counts.
 */
typedef struct Scan {
    uint8_t ring[UINT8_MAX * sizeof(BuslogicMailbox32)];
    size_t entry_size;
    size_t code_offset;
    BuslogicRings rings;            /* as they were */
    bool complete;                  /* else only the current entry is known */
} Scan;

static void scan_init(Scan *scan, BuslogicState *s, const BuslogicRings *rings)
{
    size_t size = buslogic_mailbox_size(rings->format);
    size_t offset = buslogic_mailbox_code_offset(rings->format);

    scan->entry_size = size;
    scan->code_offset = offset;
    scan->rings = *rings;
    scan->complete = buslogic_dma_read(s, rings->format, rings->base,
                                       scan->ring,
                                       rings->count * size) == MEMTX_OK;
    if (!scan->complete) {
        uint8_t code = BL_ACTION_FREE;

        if (read_code(s, rings, outgoing_addr(rings, rings->out_pos),
                      &code) != MEMTX_OK) {
            code = BL_ACTION_FREE;
        }
        memset(scan->ring, BL_ACTION_FREE, rings->count * size);
        scan->ring[rings->out_pos * size + offset] = code;
    }
}

static bool scan_is_free(const Scan *scan, unsigned index)
{
    return scan->ring[index * scan->entry_size + scan->code_offset] ==
           BL_ACTION_FREE;
}

/* Has the guest set up its mailboxes anew? */
static bool scan_is_stale(const Scan *scan, const BuslogicRings *rings)
{
    return rings->base != scan->rings.base ||
           rings->count != scan->rings.count ||
           rings->format != scan->rings.format;
}

/* A BIOS only starts CCBs, and has no incoming mailbox for anything else */
static void serve_mailbox(BuslogicState *s, const BuslogicRings *rings,
                          const BuslogicMailbox *mbox)
{
    bool bios = rings == &s->bios_rings;

    if (mbox->code == BL_ACTION_START) {
        buslogic_ccb_start(s, rings, mbox->ccb);
    } else if (mbox->code == BL_ACTION_ABORT && !bios) {
        buslogic_ccb_abort(s, mbox->ccb);
    } else {
        trace_buslogic_err_mailbox_action(mbox->ccb, mbox->code);
        qemu_log_mask(LOG_GUEST_ERROR, "buslogic: outgoing mailbox with "
                      "action 0x%02x\n", mbox->code);
        if (!bios) {
            buslogic_notice(s, mbox->ccb, BL_COMPLETION_ERROR,
                            BTSTAT_BAD_ACTION);
        }
    }
}

/*
 * A busy adapter leaves mailboxes where they are, in order.  Abort actions
 * need less room, so that a guest can get out of that, if it has not tried
 * to start anything before.
 */
static bool has_room(BuslogicState *s, uint8_t action)
{
    unsigned ccbs = s->model->ccbs;

    if (action != BL_ACTION_START) {
        return s->num_requests < 2 * ccbs;
    }
    return s->num_requests < ccbs && s->copying < MAX_COPYING;
}

typedef enum ScanResult {
    SCAN_SERVED,
    SCAN_EMPTY,
    SCAN_BUSY,
} ScanResult;

/* Free a mailbox and only then act on it */
static ScanResult serve_entry(BuslogicState *s, BuslogicRings *rings,
                              unsigned index)
{
    uint8_t raw[sizeof(BuslogicMailbox32)];
    BuslogicMailbox mbox;
    uint32_t entry = outgoing_addr(rings, index);

    if (buslogic_dma_read(s, rings->format, entry, raw,
                          buslogic_mailbox_size(rings->format))) {
        return SCAN_EMPTY;
    }
    buslogic_mailbox_decode(rings->format, raw, &mbox);
    if (mbox.code == BL_ACTION_FREE) {
        /* Another processor has just taken it back */
        return SCAN_SERVED;
    }
    if (!has_room(s, mbox.code)) {
        return SCAN_BUSY;
    }
    /* An array that cannot be written would be served over and over */
    if (write_code(s, rings, entry, BL_ACTION_FREE) != MEMTX_OK) {
        return SCAN_EMPTY;
    }
    trace_buslogic_mailbox_out(index, mbox.code, mbox.ccb,
                               rings == &s->bios_rings);
    rings->out_pos = (index + 1) % rings->count;
    serve_mailbox(s, rings, &mbox);
    return SCAN_SERVED;
}

/*
 * While a machine migrates its disks are not ours to use: what is pending
 * goes along, and is taken up where the machine runs next.
 */
static bool may_run(BuslogicState *s)
{
    return !s->resetting && !s->loading &&
           !runstate_check(RUN_STATE_INMIGRATE) &&
           !runstate_check(RUN_STATE_FINISH_MIGRATE) &&
           !runstate_check(RUN_STATE_POSTMIGRATE) &&
           !runstate_check(RUN_STATE_RESTORE_VM) &&
           !runstate_check(RUN_STATE_SAVE_VM);
}

/*
 * One revolution from the current entry, as far as it fits one turn.  Drivers
 * that skip entries whose CCB is still in use would starve if only the next
 * one were looked at.  SCAN_SERVED: there may be more.
 */
static ScanResult scan_outgoing(BuslogicState *s, BuslogicRings *rings,
                                bool *served)
{
    unsigned index = rings->out_pos;
    Scan scan;

    scan_init(&scan, s, rings);
    for (unsigned i = 0; i < scan.rings.count; i++) {
        if (!scan_is_free(&scan, index)) {
            ScanResult result;

            if (s->scan_work >= SCAN_WORK) {
                return SCAN_SERVED;
            }
            s->scan_work += MAILBOX_WORK;
            result = serve_entry(s, rings, index);
            /* Serving a bus device reset runs the main loop: look each time */
            if (s->resetting || !rings->count) {
                return SCAN_EMPTY;
            }
            if (result != SCAN_SERVED) {
                return result;
            }
            *served = true;
            if (scan_is_stale(&scan, rings)) {
                return SCAN_SERVED;
            }
        }
        index = index + 1 < scan.rings.count ? index + 1 : 0;
    }
    return *served && !scan.complete ? SCAN_SERVED : SCAN_EMPTY;
}

static void scan_rings(BuslogicState *s, BuslogicRings *rings)
{
    bool served = false;
    ScanResult result;

    if (!may_run(s) || !rings->count || !rings->scan_pending) {
        return;
    }
    rings->scan_pending = false;
    result = scan_outgoing(s, rings, &served);
    if (served && s->ombr_enabled && rings == &s->rings) {
        buslogic_raise(s, R_INTERRUPT_OMBR_MASK);
    }
    if (result == SCAN_SERVED) {
        buslogic_mbox_kick(s, rings);
    } else if (result == SCAN_BUSY) {
        /* buslogic_mbox_room() goes on from here */
        rings->scan_pending = true;
    }
}

static void scan_bh(void *opaque)
{
    BuslogicState *s = opaque;

    s->scan_work = 0;
    scan_rings(s, &s->rings);
    scan_rings(s, &s->bios_rings);
}

void buslogic_mbox_kick(BuslogicState *s, BuslogicRings *rings)
{
    /* Uninitialised, a doorbell is ignored: no driver expects more */
    if (rings->count) {
        rings->scan_pending = true;
        qemu_bh_schedule(s->scan_bh);
        buslogic_mbox_post(s);
    }
}

void buslogic_mbox_resume(BuslogicState *s)
{
    buslogic_mbox_room(s);
    buslogic_mbox_post(s);
}

void buslogic_mbox_room(BuslogicState *s)
{
    if (s->rings.scan_pending || s->bios_rings.scan_pending) {
        qemu_bh_schedule(s->scan_bh);
    }
}

/* Incoming */

/*
 * Linux 1.2 never frees an entry saying that an abort found nothing, so
 * such an entry may be used again.
 */
static bool incoming_is_free(BuslogicState *s)
{
    uint8_t code;

    if (read_code(s, &s->rings, incoming_addr(&s->rings, s->rings.in_pos),
                  &code) != MEMTX_OK) {
        /* There is no ring to wait for */
        return true;
    }
    return code == BL_COMPLETION_FREE || code == BL_COMPLETION_NOT_FOUND;
}

static void write_incoming(BuslogicState *s, const BuslogicMailbox *mbox)
{
    uint8_t raw[sizeof(BuslogicMailbox32)];
    size_t size = buslogic_mailbox_size(s->rings.format);
    size_t code = buslogic_mailbox_code_offset(s->rings.format);
    /* The code is the first or the last byte of an entry */
    size_t rest = code ? 0 : 1;
    uint32_t entry = incoming_addr(&s->rings, s->rings.in_pos);

    buslogic_mailbox_encode(s->rings.format, mbox, raw);
    if (buslogic_dma_write(s, s->rings.format,
                           buslogic_addr(s->rings.format, entry, rest),
                           raw + rest, size - 1) == MEMTX_OK) {
        write_code(s, &s->rings, entry, mbox->code);
    }
    s->rings.in_pos = (s->rings.in_pos + 1) % s->rings.count;
}

static void post_mailbox(BuslogicState *s, const BuslogicRequest *r)
{
    BuslogicMailbox mbox = {
        .ccb = r->ccb.addr, .code = r->code,
        .btstat = r->btstat, .sdstat = r->sdstat,
    };

    trace_buslogic_mailbox_in(s->rings.in_pos, mbox.code, mbox.ccb,
                              mbox.btstat, mbox.sdstat);
    s->stats.completions++;
    s->stats.errors += mbox.btstat != BTSTAT_OK;
    write_incoming(s, &mbox);
}

/*
 * Report one request and free it; false if the ring has no room for it.
 * Sets @posted if an incoming mailbox was written.
 */
static bool post_request(BuslogicState *s, BuslogicRequest *r, bool *posted)
{
    /* Only a forged migration stream has requests without mailboxes */
    bool to_mailbox = buslogic_request_to_mailbox(r) && s->rings.count;

    if (to_mailbox && !incoming_is_free(s)) {
        trace_buslogic_incoming_full(s->rings.in_pos, s->num_requests);
        return false;
    }
    QTAILQ_REMOVE(&s->done, r, next);
    if (buslogic_request_wants_retry(r)) {
        buslogic_request_start(r);
        return true;
    }
    buslogic_request_report(r);
    if (to_mailbox) {
        post_mailbox(s, r);
        *posted = true;
    }
    buslogic_request_free(r);
    return true;
}

static void post_bh(void *opaque)
{
    BuslogicState *s = opaque;
    BuslogicRequest *r;
    bool posted = false;

    while (may_run(s) && (r = QTAILQ_FIRST(&s->done))) {
        if (!post_request(s, r, &posted)) {
            timer_mod(s->post_timer, POST_RETRY_NS +
                      qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
            break;
        }
    }
    /* One interrupt for all of them */
    if (posted) {
        buslogic_raise(s, R_INTERRUPT_IMBL_MASK);
    }
}

static void vm_state_changed(void *opaque, bool running, RunState state)
{
    BuslogicState *s = opaque;

    if (!running) {
        return;
    }
    if (s->loading) {
        buslogic_load_failed(s);
    }
    buslogic_copy_parked_reads(s);
    buslogic_mbox_resume(s);
}

static void post_retry(void *opaque)
{
    buslogic_mbox_post(opaque);
}

void buslogic_mbox_post(BuslogicState *s)
{
    if (!QTAILQ_EMPTY(&s->done)) {
        qemu_bh_schedule(s->post_bh);
    }
}

/* Life cycle */

void buslogic_mbox_reset(BuslogicState *s)
{
    BuslogicRequest *r;

    s->rings.scan_pending = s->bios_rings.scan_pending = false;
    qemu_bh_cancel(s->scan_bh);
    qemu_bh_cancel(s->post_bh);
    timer_del(s->post_timer);
    while ((r = QTAILQ_FIRST(&s->done))) {
        QTAILQ_REMOVE(&s->done, r, next);
        /* A load that failed has left it without */
        r->s = s;
        buslogic_request_free(r);
    }
    s->num_requests = 0;
    QTAILQ_FOREACH(r, &s->inflight, next) {
        s->num_requests++;
    }
}

void buslogic_mbox_init(BuslogicState *s)
{
    MemReentrancyGuard *guard = &s->dev->mem_reentrancy_guard;

    QTAILQ_INIT(&s->done);
    QTAILQ_INIT(&s->unused);
    s->scan_bh = qemu_bh_new_guarded(scan_bh, s, guard);
    s->post_bh = qemu_bh_new_guarded(post_bh, s, guard);
    s->post_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, post_retry, s);
    s->vm_state = qemu_add_vm_change_state_handler(vm_state_changed, s);
}

void buslogic_mbox_cleanup(BuslogicState *s)
{
    buslogic_mbox_reset(s);
    buslogic_request_free_unused(s);
    qemu_del_vm_change_state_handler(s->vm_state);
    qemu_bh_delete(s->scan_bh);
    qemu_bh_delete(s->post_bh);
    timer_free(s->post_timer);
}
