/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A driver for the BusLogic adapter, for use by tests
 *
 * Speaks the language of drivers - commands, mailboxes, CCBs - and checks on
 * the way what every driver relies on: no completion is signalled before the
 * last reply byte has been read, nothing but the documented bytes of a CCB is
 * written, nothing behind a buffer is touched.
 */

#ifndef BUSLOGIC_LIB_H
#define BUSLOGIC_LIB_H

#include "libqtest.h"
#include "hw/scsi/buslogic-regs.h"

#define BLOCK_SIZE          512
#define WAIT_US             (90 * G_USEC_PER_SEC)

/* Where bring-up puts the BARs */
#define ADAPTER_IO          0xc000
#define ADAPTER_MMIO        0xfeb00000
#define ADAPTER_IRQ_LINE    11

/* Guest memory the tests allocate from: below 16 MiB for 24-bit addresses */
#define GUEST_HEAP          0x00200000
#define GUEST_HEAP_END      0x00e00000
#define GUEST_RAM           (32 * MiB)
/* Nothing answers here */
#define GUEST_UNMAPPED      0xe0000000

/* What buffers are filled with before the adapter gets them */
#define FILL                0xa5

/* A parameter list */
#define BYTES(...) \
    (const uint8_t[]) { __VA_ARGS__ }, sizeof((const uint8_t[]) { __VA_ARGS__ })
#define NO_BYTES            NULL, 0

/* Poll for something that the adapter does in its own time */
#define wait_until(cond) \
    do { \
        int64_t end_ = g_get_monotonic_time() + WAIT_US; \
        while (!(cond)) { \
            if (g_get_monotonic_time() > end_) { \
                g_assertion_message(NULL, __FILE__, __LINE__, __func__, \
                                    "timed out waiting for " #cond); \
            } \
            g_usleep(50); \
        } \
    } while (0)

/* A disk image whose contents can be seen from outside the guest */
typedef struct Disk {
    char *path;
    int fd;
    uint32_t blocks;
} Disk;

/* A machine with one adapter, and what a driver remembers about it */
typedef struct Adapter {
    QTestState *qts;
    uint8_t devfn;
    uint8_t irq;                    /* of an ISA board; 0: it is for PCI */
    uint16_t io;
    uint32_t mmio;

    int width;                      /* of mailboxes and CCBs: 24 or 32 */
    unsigned count;                 /* of mailboxes */
    uint32_t outgoing;              /* the two arrays */
    uint32_t incoming;
    unsigned out;                   /* the next entry of each */
    unsigned in;

    uint32_t heap_base;
    uint32_t heap;
    GArray *blocks;                 /* of guest memory */
} Adapter;

/* What a host command came to */
typedef struct Reply {
    size_t len;
    uint8_t data[512];
    uint8_t status;                 /* registers at the end */
    uint8_t flags;
} Reply;

/* An incoming mailbox */
typedef struct Completion {
    uint32_t ccb;
    uint8_t code;
    uint8_t btstat;                 /* 32-bit only */
    uint8_t sdstat;                 /* 32-bit only */
} Completion;

/* A CCB: what the driver asks for, and what came back */
typedef struct Ccb {
    uint8_t opcode;                 /* enum BuslogicCcbOpcode */
    uint8_t target;
    uint8_t lun;
    uint8_t direction;              /* enum BuslogicDirection */
    uint8_t tag_bits;               /* of CCB_LUN, in the legacy position */
    uint8_t cdb_len;
    uint8_t cdb[16];
    uint8_t sense_code;             /* encoded length */
    uint32_t data;
    uint32_t data_len;

    uint32_t addr;                  /* in guest memory; 0: choose one */
    uint32_t sense;
    uint8_t image[18 + 16 + 255];   /* as written there */
    size_t image_len;

    uint8_t code;                   /* the result */
    uint8_t btstat;
    uint8_t sdstat;
    uint32_t length;                /* data length field afterwards */
} Ccb;

/* Disks */

Disk *disk_new(uint32_t blocks);
void disk_free(Disk *disk);
/* Give every block the contents disk_pattern() says */
void disk_fill(Disk *disk);
void disk_pattern(uint32_t lba, uint8_t *block);
void disk_read(Disk *disk, uint32_t lba, uint8_t *block);
/* Blocks first to first + count - 1 are as disk_fill() left them */
void disk_assert_unchanged(Disk *disk, uint32_t first, uint32_t count);
void disk_assert_filled(Disk *disk, uint32_t lba, uint8_t value);

/* Machines */

/* Start one; @device is what follows -device, the rest more arguments */
Adapter *adapter_start(const char *device, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
void adapter_stop(Adapter *a);
/* What QEMU says on stderr of arguments that it must refuse */
char *refused(const char *args);
/* The same for a board for ISA with these resources, on any machine */
Adapter *isa_adapter_start(const char *machine, uint16_t io, uint8_t irq,
                           const char *device, const char *fmt, ...)
    G_GNUC_PRINTF(5, 6);
/* A board for ISA that is in the machine of @a as well */
Adapter *isa_adapter_beside(Adapter *a, uint16_t io, uint8_t irq);
/* Check the guards, and leave the machine alone */
void adapter_forget(Adapter *a);
/*
 * On PCI find the function, program the BARs and the command register; on
 * ISA make the interrupt controller show the level of the line
 */
void adapter_enable(Adapter *a);
/* Whether its line makes edges or has a level, as the controller sees it */
void isa_irq_trigger(Adapter *a, bool level);
/* The interrupt controller's request bit of it */
bool isa_irq_requested(Adapter *a);
/* What a processor does to take the interrupt: the request is gone */
void isa_irq_take(Adapter *a);
void adapter_set_bus_master(Adapter *a, bool on);
/* Reset the machine, as its reset button does */
void machine_reset(Adapter *a);

/*
 * Hold all requests for the drive with this -drive id from now on; only
 * those of media access, the device answers others itself.  The first of
 * each hold gets through, which the helper sees to.
 */
void drive_hold(Adapter *a, const char *drive, const char *device);
void drive_release(Adapter *a, const char *device);

/* A property of the device with the ID "hba", as QMP's qom-get tells it */
uint64_t adapter_property(Adapter *a, const char *name);

uint8_t config_readb(Adapter *a, uint8_t offset);
uint16_t config_readw(Adapter *a, uint8_t offset);
uint32_t config_readl(Adapter *a, uint8_t offset);
void config_writeb(Adapter *a, uint8_t offset, uint8_t value);
void config_writew(Adapter *a, uint8_t offset, uint16_t value);
void config_writel(Adapter *a, uint8_t offset, uint32_t value);

/* Guest memory; every block has guards that are checked in the end */

uint32_t guest_block(Adapter *a, size_t size);
uint32_t guest_block_unaligned(Adapter *a, size_t size, unsigned offset);
void guest_check_guards(Adapter *a);
void guest_free_all(Adapter *a);
void guest_assert_filled(Adapter *a, uint32_t addr, uint8_t value, size_t len);
void guest_assert_equal(Adapter *a, uint32_t addr, const void *data,
                        size_t len);
/* The memory at @addr holds @len bytes of the disk from block @lba on */
void guest_assert_blocks(Adapter *a, uint32_t addr, uint32_t lba, size_t len);
/* All that the tests allocated, and the first 64 KiB */
GBytes *guest_snapshot(Adapter *a);
void guest_assert_snapshot(Adapter *a, GBytes *snapshot);

/* Registers */

uint8_t read_status(Adapter *a);
uint8_t read_data(Adapter *a);
uint8_t read_flags(Adapter *a);
uint8_t read_geometry(Adapter *a);
void write_control(Adapter *a, uint8_t bits);
void write_command(Adapter *a, uint8_t byte);
/* The level of the adapter's interrupt pin */
bool interrupt_line(Adapter *a);
/* Read the flags, acknowledge, return the flags */
uint8_t acknowledge(Adapter *a);
/* Give the adapter every opportunity to do what it must not do */
void settle(Adapter *a);

void assert_idle(Adapter *a);

/* Reset as Linux does, with the wait for the diagnostics to come and go */
void reset_handshake(Adapter *a, uint8_t control_bits);

/* Host commands */

/* Opcode and parameters, minding the status between them */
void command_send(Adapter *a, uint8_t opcode, const uint8_t *params,
                  size_t num_params);
/* Collect the reply; no acknowledge */
Reply command_finish(Adapter *a);
/* Both, for a command that must succeed; then acknowledge */
Reply command(Adapter *a, uint8_t opcode, const uint8_t *params,
              size_t num_params);
/* One that must be rejected; then acknowledge */
void command_invalid(Adapter *a, uint8_t opcode, const uint8_t *params,
                     size_t num_params);
/* One that does not tell when it is done */
Reply command_quiet(Adapter *a, uint8_t opcode, const uint8_t *params,
                    size_t num_params);
void assert_reply(const Reply *reply, const uint8_t *data, size_t len);
/* Parameters 0 to 11 of BL_CMD_EXEC_SCSI for this CCB, and its CDB */
size_t exec_scsi_params(const Ccb *ccb, uint8_t *params);

/* Mailboxes */

/* Allocate the two arrays and tell the adapter */
void mailbox_init(Adapter *a, int width, unsigned count);
/* The same with the arrays at an address of the caller's choice */
void mailbox_init_at(Adapter *a, int width, unsigned count, uint32_t base);
size_t mailbox_size(Adapter *a);
/* Fill one outgoing entry: the address first, the action last */
void mailbox_fill(Adapter *a, unsigned slot, uint32_t ccb, uint8_t action);
uint8_t mailbox_action(Adapter *a, unsigned slot);
/* Fill the next outgoing entry, which must be free */
void mailbox_post(Adapter *a, uint32_t ccb, uint8_t action);
void doorbell(Adapter *a);
Completion mailbox_peek(Adapter *a, unsigned slot);
void mailbox_free(Adapter *a, unsigned slot);
/* Wait for the next incoming entry, take it and free it */
Completion mailbox_take(Adapter *a);
/* Nothing has come in, and nothing is about to */
void mailbox_assert_empty(Adapter *a);

/* CCBs */

Ccb ccb_tur(uint8_t target);
Ccb ccb_inquiry(uint8_t target, uint8_t allocation);
Ccb ccb_request_sense(uint8_t target, uint8_t allocation);
Ccb ccb_read10(uint8_t target, uint32_t lba, uint16_t blocks);
Ccb ccb_write10(uint8_t target, uint32_t lba, uint16_t blocks);
Ccb ccb_device_reset(uint8_t target);

/* Give the CCB a buffer of its own, filled with FILL */
void ccb_buffer(Adapter *a, Ccb *ccb, size_t len);

typedef struct Segment {
    uint32_t addr;
    uint32_t len;
} Segment;

/* Give it a segment list, which makes its opcode one with a list */
void ccb_segments(Adapter *a, Ccb *ccb, const Segment *seg, size_t count);

/* Write the CCB to guest memory */
void ccb_store(Adapter *a, Ccb *ccb);
/* Start it, storing it first; or only fill the mailbox */
void ccb_submit(Adapter *a, Ccb *ccb);
void ccb_post(Adapter *a, Ccb *ccb);
void ccb_abort(Adapter *a, Ccb *ccb);
/* Check a completion against the CCB it is for and read the result */
void ccb_result(Adapter *a, Ccb *ccb, Completion done);
/* Wait for the next completion, which must be for this CCB */
void ccb_wait(Adapter *a, Ccb *ccb);
/* Wait for this many completions, in any order */
void ccb_wait_all(Adapter *a, Ccb *ccbs, size_t count);
/* Submit, wait, acknowledge */
void ccb_run(Adapter *a, Ccb *ccb);
/* The bytes are in guest memory exactly as ccb_store() put them there */
void ccb_assert_untouched(Adapter *a, const Ccb *ccb);

void assert_result(const Ccb *ccb, uint8_t code, uint8_t btstat,
                   uint8_t sdstat);
void assert_good(const Ccb *ccb);
void assert_check_condition(const Ccb *ccb);
void assert_host_error(const Ccb *ccb, uint8_t btstat);
/* It failed with this sense data, stored by the adapter */
void assert_sense(Adapter *a, const Ccb *ccb, uint8_t key, uint8_t asc,
                  uint8_t ascq);

/* Get what a reset left for the first command out of the way */
void clear_unit_attention(Adapter *a, uint8_t target);

#endif /* BUSLOGIC_LIB_H */
