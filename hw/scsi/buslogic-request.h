/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: requests
 *
 * Between the mailboxes and the SCSI bus: one CCB, or one host command that
 * runs a SCSI command, with its data buffer.
 */

#ifndef HW_SCSI_BUSLOGIC_REQUEST_H
#define HW_SCSI_BUSLOGIC_REQUEST_H

#include "hw/scsi/buslogic.h"

/* As many segments need no allocation: 64 KiB in pages */
#define BL_FEW_SEGMENTS     16

/* Who wants the result of a request */
typedef enum BuslogicOrigin {
    BL_ORIGIN_CCB,                  /* a CCB: an incoming mailbox */
    BL_ORIGIN_COMMAND,              /* host command 0x83: its reply bytes */
    BL_ORIGIN_BIOS,                 /* host command 0x03, likewise */
    BL_ORIGIN_NOTICE,               /* only a mailbox, the CCB is untouched */
    BL_ORIGIN_BIOS_CCB,             /* a CCB: nothing but the CCB itself */
} BuslogicOrigin;

/* What a cancelled request turns into */
typedef enum BuslogicCancel {
    BL_CANCEL_NONE,                 /* not asked for: the device vanished */
    BL_CANCEL_ABORT,                /* the guest aborted it */
    BL_CANCEL_DROP,                 /* a reset: nothing is ever reported */
    BL_CANCEL_RESET,                /* a reset: report the preset btstat */
    BL_CANCEL_DMA,                  /* its data could not be reached */
    BL_CANCEL_OVERRUN,              /* no data to give, device wants some */
} BuslogicCancel;

/*
 * One CCB, or one 0x83 or 0x03 command, from fetch to the report to the
 * guest.  It is owned by exactly one list: BuslogicState.inflight until the
 * SCSI layer is done with it, then BuslogicState.done until it is posted.
 */
struct BuslogicRequest {
    BuslogicState *s;
    SCSIRequest *sreq;              /* NULL once done, or never started */
    QTAILQ_ENTRY(BuslogicRequest) next;
    QEMUSGList qsg;                 /* zero copy path only; not its own */
    bool use_qsg;

    uint8_t origin;                 /* BuslogicOrigin */
    uint8_t cancel;                 /* BuslogicCancel */
    uint8_t code;                   /* enum BuslogicCompletion */
    uint8_t btstat;
    uint8_t sdstat;
    bool overrun;                   /* device moved more than the buffer */
    bool passed_through;            /* to a device of the host */
    bool write_residual;
    uint8_t attempts;               /* BL_ORIGIN_COMMAND and _BIOS */
    BuslogicCCB ccb;

    /* Data buffer */
    BuslogicSegment *seg;           /* few_segs, or allocated */
    int32_t nseg;
    int32_t cur_seg;                /* cursor of the copying path */
    uint32_t cur_off;
    uint64_t requested;             /* bytes the guest offered */
    uint64_t size;                  /* bytes of them to be used */
    uint64_t moved;
    uint32_t copying;               /* its part of BuslogicState.copying */

    uint32_t sense_len;             /* bytes of sense[] to store */
    uint8_t sense[BL_MAX_SENSE];    /* only these are meaningful */

    /* From here on, what a new request need not begin with zeros */
    BuslogicSegment few_segs[BL_FEW_SEGMENTS];
    ScatterGatherEntry few_entries[BL_FEW_SEGMENTS];
};

extern const VMStateDescription vmstate_buslogic_request;

/* Life (buslogic-request.c) */

BuslogicRequest *buslogic_request_new(BuslogicState *s, BuslogicOrigin origin);
/*
 * It is over: let go of the SCSI layer's part, and hand it to the mailboxes
 * unless a reset made it void.  @r may be gone afterwards.
 */
void buslogic_request_finish(BuslogicRequest *r);
/* The same for one that ends with this host adapter status */
void buslogic_request_fail(BuslogicRequest *r, uint8_t btstat);
/* Report @code and @btstat for a mailbox without touching its CCB */
void buslogic_notice(BuslogicState *s, uint32_t ccb_addr, uint8_t code,
                     uint8_t btstat);
/* Write sense data, residual and status, or the reply of a host command */
void buslogic_request_report(BuslogicRequest *r);
/* Does a mailbox tell the guest of it, rather than a host command's reply? */
bool buslogic_request_to_mailbox(const BuslogicRequest *r);
/* Did a mailbox of either kind start it? */
bool buslogic_request_is_ccb(const BuslogicRequest *r);
/* Did it only fetch a unit attention that the guest should not see? */
bool buslogic_request_wants_retry(const BuslogicRequest *r);
/* Release one that is on none of the lists any more */
void buslogic_request_free(BuslogicRequest *r);
/* Give back the memory of all that are not in use */
void buslogic_request_free_unused(BuslogicState *s);

/* Run it, or run it once more (buslogic-scsi.c) */
void buslogic_request_start(BuslogicRequest *r);

/* Data (buslogic-data.c) */

/* What a segment costs, as if so many bytes were copied */
#define BL_SEGMENT_WORK     512

/* Take the description of the buffer from guest memory; MEMTX_* */
MemTxResult buslogic_data_fetch(BuslogicRequest *r);
/* Decide how the data will move, once r->sreq is known */
void buslogic_data_prepare(BuslogicRequest *r);
/* The same for one from a migration stream; false if that makes no sense */
bool buslogic_data_loaded(BuslogicRequest *r);
/* Go on without zero copy; the SCSI layer must know */
void buslogic_data_copy_instead(BuslogicRequest *r);
/*
 * Copy the next @len bytes between @buf and the guest; the buffer must have
 * room for them.  Counts in r->moved what it could copy.
 */
MemTxResult buslogic_data_copy(BuslogicRequest *r, uint8_t *buf, size_t len,
                               bool to_device);
void buslogic_data_free(BuslogicRequest *r);

#endif /* HW_SCSI_BUSLOGIC_REQUEST_H */
