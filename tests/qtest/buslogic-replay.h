/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: replays of drivers
 *
 * What the drivers have in common.
 */

#ifndef BUSLOGIC_REPLAY_H
#define BUSLOGIC_REPLAY_H

#include "buslogic-lib.h"

/* Register bits by the names that drivers have for them */
enum {
    CMDINV = R_STATUS_CMDINV_MASK,
    DIRRDY = R_STATUS_DIRRDY_MASK,
    CPRBSY = R_STATUS_CPRBSY_MASK,
    HARDY  = R_STATUS_HARDY_MASK,
    INREQ  = R_STATUS_INREQ_MASK,
    DFAIL  = R_STATUS_DFAIL_MASK,
    DACT   = R_STATUS_DACT_MASK,

    IMBL   = R_INTERRUPT_IMBL_MASK,
    OMBR   = R_INTERRUPT_OMBR_MASK,
    CMDC   = R_INTERRUPT_CMDC_MASK,
    RSTS   = R_INTERRUPT_RSTS_MASK,
    INTV   = R_INTERRUPT_INTV_MASK,

    RSBUS  = R_CONTROL_RSBUS_MASK,
    RINT   = R_CONTROL_RINT_MASK,
    RSOFT  = R_CONTROL_RSOFT_MASK,
    RHARD  = R_CONTROL_RHARD_MASK,
};

/* The status that some drivers want to see exactly, and the one after init */
#define READY_AFTER_RESET   (INREQ | HARDY)
#define READY               HARDY

/* Reserved bits that make drivers think there is no BusLogic board */
#define STATUS_RESERVED     0x02
#define FLAGS_RESERVED      0x70

/* Three ways to say the same time in polls */
#define POLLS(seconds, interval_us) \
    ((unsigned)((seconds) * 1000000ull / (interval_us)))

/*
 * A driver's busy-waiting: at most @limit looks at @cond.  Some drivers are
 * patient; the adapter has no reason to make use of it.
 */
#define MOST_POLLS  500
#define poll_until(limit, cond) \
    do { \
        unsigned polls_left_ = MIN(limit, MOST_POLLS); \
        while (!(cond)) { \
            if (!--polls_left_) { \
                g_assertion_message(NULL, __FILE__, __LINE__, __func__, \
                                    "the driver gave up polling " #cond); \
            } \
        } \
    } while (0)

#define assert_bytes(got, len, ...) \
    do { \
        const uint8_t want_[] = { __VA_ARGS__ }; \
        g_assert_cmpmem(got, len, want_, sizeof(want_)); \
    } while (0)

/* What is on the SCSI bus; the adapter itself is 7, there is no 6 */
enum {
    DISK = 0,
    DISK2 = 1,
    CDROM = 2,
    LUNS = 3,                       /* LUN 0 and HIGH_LUN */
    ABSENT = 6,
    ADAPTER_ID = 7,
    WIDE_DISK = 15,
};

#define DISK_BLOCKS     256
#define CD_BLOCK        2048
#define CD_BLOCKS       16
#define HIGH_LUN        5
#define TARGETS_PRESENT 0x800f      /* one bit each; narrow: the lower 8 */
#define FIRMWARE_IRQ    ADAPTER_IRQ_LINE

/* Machines */

/*
 * The machine when its firmware is about to start an operating system: BARs
 * and interrupt line are programmed, bus mastering is off, the adapter has
 * not been touched.
 */
Adapter *machine_pci(void);
/* The same with the ISA compatible ports switched on, and a->io these */
Adapter *machine_isa(void);
#define ISA_PORT    0x330
/* Boards for ISA, at these ports */
Adapter *machine_bt545c(void);
Adapter *machine_bt545s(void);
Adapter *machine_bt542b(void);
Adapter *machine_aha1540b(void);
Adapter *machine_aha1542cf(void);

/* What the driver is going to find out about the board */
typedef struct Board {
    char bus;                       /* byte 0 of 0x8d */
    const char *id;                 /* 0x04 */
    const char *firmware;
    const char *model;              /* 0x8b, five characters */
    bool wide;
} Board;

const Board *board_of(Adapter *a);
Disk *disk_of(Adapter *a, int target);
/* Hold the media accesses of DISK or DISK2 */
void hold(Adapter *a, int target);
void release(Adapter *a, int target);
/* Let this much of the machine's time pass */
void time_pass(Adapter *a, unsigned milliseconds);

/* Data buffers: what an operating system's page lists look like */

typedef struct Buffer {
    Segment seg[128];
    size_t nseg;
    size_t len;
} Buffer;

void buffer_alloc(Adapter *a, Buffer *b, size_t len, size_t nseg);
void buffer_write(Adapter *a, const Buffer *b, const uint8_t *data);
uint8_t *buffer_read(Adapter *a, const Buffer *b);
/* The addresses of the pieces as a list of the mailboxes' width at @addr */
size_t buffer_list(Adapter *a, const Buffer *b, uint32_t addr);

/* Drivers */

typedef struct Driver {
    const char *name;
    Adapter *(*machine)(void);
    /* From finding the board to where I/O can start */
    void (*boot)(Adapter *a);
    /* What it tells the adapter when it goes; NULL: nothing */
    void (*leave)(Adapter *a);
    /* Write the CCB as the driver does; @b may be NULL */
    void (*prepare)(Adapter *a, Ccb *ccb, const Buffer *b);
    /* Give it to the adapter; NULL: next mailbox, doorbell */
    void (*start)(Adapter *a, Ccb *ccb);
    /* The handler; false: not our interrupt */
    bool (*interrupt)(Adapter *a);
    size_t max_segments;
    size_t max_bytes;
    unsigned num_targets;
    bool residual;                  /* asks for it, and looks */
    bool small_cdbs;                /* READ(6) and WRITE(6) */
} Driver;

/* Boot its machine, then the driver */
Adapter *driver_attach(const Driver *d);

/* The sequence of a reset, and then the mailboxes are ready again */
typedef void ResetFn(Adapter *a);
/* Tell the adapter to abort */
typedef void AbortFn(Adapter *a, Ccb *ccb);

/* Zeroed arrays; the driver tells the adapter about them */
uint32_t rings_alloc(Adapter *a, int width, unsigned count);
/* Where initialisation starts anew */
void rings_clear(Adapter *a);
void store_le32(uint8_t *p, uint32_t value);
void store_be24(uint8_t *p, uint32_t value);
/* The CCB's bytes in memory and in what we remember of them */
void ccb_poke(Adapter *a, Ccb *ccb, size_t offset, uint8_t value);
Ccb ccb_read6(uint8_t target, uint32_t lba, uint8_t blocks);
Ccb ccb_write6(uint8_t target, uint32_t lba, uint8_t blocks);
Ccb ccb_read_capacity(uint8_t target);
Ccb driver_read(const Driver *d, uint8_t target, uint32_t lba, uint8_t blocks);
Ccb driver_write(const Driver *d, uint8_t target, uint32_t lba,
                 uint8_t blocks);

/* What the drivers have outstanding, for their interrupt handlers */

/* One incoming entry; NULL if it says that an abort found nothing */
Ccb *request_done(Adapter *a, Completion done);
bool request_is_active(uint32_t addr);
/* The driver gives up all it has outstanding */
void requests_forget(void);
/* CCB of the last entry with code 3 */
extern uint32_t last_not_found;

/* From the own position on, until there is a free entry */
void scan_in_order(Adapter *a);
/* The same; if there is nothing at that position, look elsewhere too */
void scan_resync(Adapter *a);

/*
 * Called by handlers at the moment between reading the flags, or scanning,
 * and the acknowledge: something else may complete just then.
 */
void pass_window(Adapter *a);
/* Set by handlers that are told of a free outgoing mailbox */
extern bool mailbox_ready;

void driver_start(const Driver *d, Adapter *a, Ccb *ccb, const Buffer *b);
/* Serve interrupts until the CCB is back */
void driver_wait(const Driver *d, Adapter *a, Ccb *ccb);
void driver_run(const Driver *d, Adapter *a, Ccb *ccb, const Buffer *b);
/* Serve what there still is; then the adapter is idle */
void driver_settle(const Driver *d, Adapter *a);
/* TEST UNIT READY until the target has nothing left to say */
void driver_ready(const Driver *d, Adapter *a, uint8_t target);

/* Tests that only differ in the driver */

void replay_scan(const Driver *d, Adapter *a);
void replay_read_write(const Driver *d, Adapter *a);
void replay_sense(const Driver *d, Adapter *a);
void replay_parallel(const Driver *d, Adapter *a, unsigned count);
/* All of them */
void replay_io(const Driver *d);

/* @count reads of DISK that the adapter has taken and not answered */
void start_held(const Driver *d, Adapter *a, Ccb *ccbs, unsigned count);
void replay_abort(const Driver *d, AbortFn *abort);
void replay_late_completion(const Driver *d);
/* @sleep: what the driver does when it finds no free mailbox */
void replay_ring_full(const Driver *d, void (*sleep)(Adapter *a));
/* @bdr: what the driver sends; CDB bytes may be left over from anything */
void replay_device_reset(const Driver *d, const Ccb *bdr);
/* The same with firmware before 5, which returns the other CCBs */
void replay_device_reset_returning(const Driver *d, const Ccb *bdr);
void replay_reset(const Driver *d, ResetFn *reset);

extern const Driver linux2, linux12, aha1542;
extern const Driver freebsd, freebsd2, bsd386, netbsd97, netbsd, openbsd;
extern const Driver reactos, plan9, haiku;

/* Host commands */

/* DACT within @appear polls, then gone within 10 s, then ready within 1 s */
void diagnostics_handshake(Adapter *a, uint8_t control, unsigned appear);
/* Exactly INREQ and HARDY */
void reset_to_30(Adapter *a, uint8_t control, unsigned polls);
/* The checks of several drivers on the reply to 0x0b */
bool legal_config(const uint8_t *config);

/*
 * A rejected command must leave INREQ and HARDY and nothing else; otherwise
 * drivers since Linux 2 and FreeBSD 3 reset the board, and are told so here.
 */
bool reset_after_rejection(Adapter *a);

enum {
    LINUX_REJECTED = -1,
    LINUX_RESET = -2,               /* rejected, and that was done */
};

/*
 * The command helper of Linux' drivers since 2.0, and of those that took it
 * over: number of reply bytes that came, or one of the above.
 */
int linux_command(Adapter *a, uint8_t opcode, const uint8_t *params,
                  size_t num_params, uint8_t *reply, size_t wanted);
bool linux_interrupt(Adapter *a);
uint8_t linux_direction(uint8_t opcode);

/* Registration, by file */

void add_linux_replays(void);
void add_bsd_replays(void);
void add_nt_replays(void);
void add_misc_replays(void);
void add_checklist(void);

#endif /* BUSLOGIC_REPLAY_H */
