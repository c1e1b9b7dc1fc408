/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: the boards [9]
 *
 * What each of them reports, which commands it has and where it behaves
 * differently from the BT-958, which is what all other tests run on.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

#define IO      0x330
#define IRQ     10

/* Sets of boards */
enum {
    BT958     = 1 << 0,
    BT958D    = 1 << 1,
    BT948     = 1 << 2,
    BT946C    = 1 << 3,
    BT956C    = 1 << 4,
    BT545C    = 1 << 5,
    BT545S    = 1 << 6,
    BT542BH   = 1 << 7,
    BT542B    = 1 << 8,
    AHA1540A  = 1 << 9,
    AHA1540B  = 1 << 10,
    AHA1542B  = 1 << 11,
    AHA1542C  = 1 << 12,
    AHA1542CF = 1 << 13,
    AHA1542CP = 1 << 14,

    ALL       = (1 << 15) - 1,
    FIRMWARE5 = BT958 | BT958D | BT948,
    PCI       = FIRMWARE5 | BT946C | BT956C,
    FIRMWARE4 = PCI | BT545C,                   /* or newer */
    FIRMWARE3 = FIRMWARE4 | BT545S | BT542BH,   /* or newer */
    BUSLOGIC  = FIRMWARE3 | BT542B,
    ADAPTEC   = ALL & ~BUSLOGIC,
    AHA_C     = AHA1542C | AHA1542CF | AHA1542CP,
    AHA_CF    = AHA1542CF | AHA1542CP,
};

/* What a board reports; texts end where the padding begins */
typedef struct Board {
    const char *name;
    unsigned set;                   /* just this one */
    const char *board_id;           /* 0x04 */
    const char *model;              /* 0x8b, 5 characters */
    const char *version;            /* 0x84 and 0x85, what there is of them */
    const char *ext_firmware;       /* 0x8d bytes 10 to 12 */
    uint8_t features;               /* 0x8d byte 13 */
    uint8_t geometry[5];            /* as read one after the other */
    bool wide;
} Board;

#define ALWAYS(byte)    { byte, byte, byte, byte, byte }
#define ADAP            { 'A', 'D', 'A', 'P', 'A' }

static const Board boards[] = {
    { "bt958", BT958, "AA50", "958  ", "7B", "07B", 0x09, ALWAYS(0x80), true },
    { "bt958d", BT958D, "AA50", "958D ", "7B", "07B", 0x0b, ALWAYS(0x80),
      true },
    { "bt948", BT948, "AA50", "948  ", "7B", "07B", 0x08, ALWAYS(0x80) },
    { "bt946c", BT946C, "AA42", "946C ", "5J", "25J", 0x00, ALWAYS(0x80) },
    { "bt956c", BT956C, "AA42", "956C ", "5J", "25J", 0x01, ALWAYS(0x80),
      true },
    { "bt545c", BT545C, "AA42", "545C ", "5J", "25J", 0x00, ALWAYS(0xd5) },
    { "bt545s", BT545S, "AA33", "545S ", "1 ", "31 ", 0x00, ALWAYS(0xd5) },
    { "bt542bh", BT542BH, "AA33", "542BH", "5 ", "35 ", 0x00, ALWAYS(0xd5) },
    { "bt542b", BT542B, "AA22", "542B ", "1", "21 ", 0x00, ALWAYS(0xd5) },
    { "aha1540a", AHA1540A, "A003", .geometry = ALWAYS(0xff) },
    { "aha1540b", AHA1540B, "A005", .geometry = ALWAYS(0xff) },
    { "aha1542b", AHA1542B, "A012", .geometry = ALWAYS(0xff) },
    { "aha1542c", AHA1542C, "D001", .geometry = ADAP },
    { "aha1542cf", AHA1542CF, "E001", .geometry = ADAP },
    { "aha1542cp", AHA1542CP, "F001", .geometry = ADAP },
};

static char *board_device(const Board *b)
{
    return b->set & PCI
        ? g_strdup_printf("buslogic,id=hba,isa-compat=disabled,model=%s",
                          b->name)
        : g_strdup_printf("buslogic-isa,id=hba,iobase=0x%x,irq=%d,model=%s",
                          IO, IRQ, b->name);
}

static Adapter *board_start_with(const Board *b, const char *args)
{
    g_autofree char *device = board_device(b);

    return b->set & PCI ? adapter_start(device, "%s", args)
                        : isa_adapter_start("pc", IO, IRQ, device, "%s", args);
}

static Adapter *board_start(const Board *b)
{
    return board_start_with(b, "");
}

static const Board *board_of(unsigned set)
{
    for (int i = 0; i < ARRAY_SIZE(boards); i++) {
        if (boards[i].set == set) {
            return &boards[i];
        }
    }
    g_assert_not_reached();
}

/* Allow for the lock of the AHA-154xC [9.4] */
static void unlock_mailboxes(Adapter *a, const Board *b)
{
    if (b->set & AHA_C) {
        Reply info = command(a, BL_AHA_RETURN_BIOS_INFO, NO_BYTES);

        command(a, BL_AHA_ENABLE_MAILBOXES, BYTES(0, info.data[1]));
    }
}

/* Every opcode */

typedef struct Shape {
    uint8_t opcode;
    uint8_t params;                 /* fixed ones; zeros are sent */
    uint8_t reply;                  /* bytes in answer to these zeros */
    unsigned boards;                /* that have it */
    enum { OK, QUIET, NO_LINE, REJECTS } end; /* ... zeros */
} Shape;

/* 0x22 to 0x27 are other commands on the boards that have both */
static const Shape shapes[] = {
    { 0x00, 0, 0, ALL }, { 0x01, 4, 0, ALL, REJECTS }, { 0x03, 10, 1, ALL },
    { 0x04, 0, 4, ALL }, { 0x05, 1, 0, ALL, QUIET }, { 0x06, 4, 0, ALL },
    { 0x07, 1, 0, ALL }, { 0x08, 1, 0, ALL }, { 0x09, 1, 0, ALL },
    { 0x0a, 0, 8, ALL }, { 0x0b, 0, 3, ALL }, { 0x0c, 2, 0, ALL },
    { 0x0d, 1, 0, BUSLOGIC }, { 0x0d, 1, 255, ADAPTEC },
    { 0x1a, 3, 0, ALL }, { 0x1b, 3, 0, ALL }, { 0x1c, 3, 0, ALL },
    { 0x1d, 3, 0, ALL }, { 0x1f, 1, 1, ALL }, { 0x20, 0, 0, ALL },
    { 0x21, 1, 0, ALL },
    { 0x22, 35, 0, AHA_C }, { 0x23, 0, 8, BUSLOGIC }, { 0x23, 3, 0, AHA_C },
    { 0x24, 0, 2, FIRMWARE4 }, { 0x24, 1, 0, AHA_C },
    { 0x25, 1, 0, BUSLOGIC, NO_LINE }, { 0x25, 4, 0, AHA_C, REJECTS },
    { 0x26, 0, 0, AHA_C }, { 0x27, 0, 0, AHA_C }, { 0x28, 0, 2, AHA_C },
    { 0x29, 2, 0, AHA_C, REJECTS }, { 0x2c, 0, 1, AHA_CF },
    { 0x2d, 0, 2, AHA_CF }, { 0x33, 0, 0, AHA_CF }, { 0x39, 3, 0, AHA_CF },
    { 0x40, 2, 1, AHA_CF },
    { 0x81, 5, 0, BUSLOGIC, REJECTS }, { 0x82, 0, 0, AHA_C, QUIET },
    { 0x83, 12, 4, BUSLOGIC }, { 0x84, 0, 1, BUSLOGIC },
    { 0x85, 0, 1, FIRMWARE3 }, { 0x86, 0, 4, PCI }, { 0x8b, 1, 0, BUSLOGIC },
    { 0x8c, 1, 0, FIRMWARE3 }, { 0x8d, 1, 0, BUSLOGIC },
    { 0x8f, 1, 0, FIRMWARE3 }, { 0x90, 2, 0, BUSLOGIC },
    { 0x91, 2, 0, BUSLOGIC }, { 0x92, 1, 0, FIRMWARE4 },
    { 0x94, 3, 0, FIRMWARE4, REJECTS }, { 0x95, 1, 0, PCI, QUIET },
    { 0x96, 1, 0, FIRMWARE5 | BT956C }, { 0x97, 10, 0, FIRMWARE4 },
    { 0x9a, 3, 0, BUSLOGIC }, { 0x9b, 3, 0, BUSLOGIC },
    { 0xa7, 10, 0, FIRMWARE4 }, { 0xa8, 4, 0, FIRMWARE4 },
    { 0xa9, 4, 0, FIRMWARE4 },
};

static const Shape *shape_of(const Board *b, unsigned opcode)
{
    for (int i = 0; i < ARRAY_SIZE(shapes); i++) {
        if (shapes[i].opcode == opcode && shapes[i].boards & b->set) {
            return &shapes[i];
        }
    }
    return NULL;
}

static void check_shape(Adapter *a, const Shape *shape)
{
    static const uint8_t zeros[64];
    Reply reply;

    command_send(a, shape->opcode, zeros, shape->params);
    reply = command_finish(a);
    if (shape->reply == 255) {
        g_assert_cmpuint(reply.len, ==, 256);
    } else {
        g_assert_cmpuint(reply.len, ==, shape->reply);
    }
    g_assert_cmphex(reply.status & R_STATUS_CMDINV_MASK, ==,
                    shape->end == REJECTS ? R_STATUS_CMDINV_MASK : 0);
    g_assert_cmphex(reply.flags, ==, shape->end == QUIET ? 0 : CMDC);
    g_assert_true(interrupt_line(a) == (shape->end == OK ||
                                        shape->end == REJECTS));
}

/*
 * Rejected means without any parameters: Adaptec's drivers for DOS and OS/2
 * send the opcodes of BusLogic's commands to see whose board it is, and do
 * not send any.
 */
static void test_commands(const void *data)
{
    const Board *b = data;
    Adapter *a = board_start(b);

    for (unsigned opcode = 0; opcode < 256; opcode++) {
        const Shape *shape = shape_of(b, opcode);
        Reply reply;

        g_test_message("opcode 0x%02x", opcode);
        reset_handshake(a, R_CONTROL_RSOFT_MASK);
        if (opcode == BL_CMD_START_MAILBOX) {
            continue;
        }
        if (shape) {
            check_shape(a, shape);
        } else {
            command_invalid(a, opcode, NO_BYTES);
        }
        /* In any case the next byte is an opcode */
        reset_handshake(a, R_CONTROL_RSOFT_MASK);
        reply = command(a, BL_CMD_ECHO, BYTES(0x3c));
        assert_reply(&reply, BYTES(0x3c));
    }
    adapter_stop(a);
}

/* Identity */

static void check_buslogic_identity(Adapter *a, const Board *b)
{
    Reply reply;

    for (int i = 0; b->version[i]; i++) {
        reply = command(a, BL_CMD_INQUIRE_FW_DIGIT3 + i, NO_BYTES);
        assert_reply(&reply, (const uint8_t *)b->version + i, 1);
    }
    reply = command(a, BL_CMD_INQUIRE_MODEL, BYTES(6));
    g_assert_cmpmem(reply.data, 5, b->model, 5);
    g_assert_cmphex(reply.data[5], ==, 0);
    reply = command(a, BL_CMD_INQUIRE_EXT_SETUP, BYTES(BL_EXT_SETUP_SIZE));
    g_assert_cmphex(reply.data[0], ==, b->set & PCI ? 'E' : 'A');
    g_assert_cmphex(lduw_le_p(reply.data + 2), ==, BL_SG_LIMIT);
    g_assert_cmphex(reply.data[9], ==, b->set & PCI ? 0x40 : 0);
    g_assert_cmpmem(reply.data + 10, 3, b->ext_firmware, 3);
    g_assert_cmphex(reply.data[13], ==, b->features);
    reply = command(a, BL_CMD_INQUIRE_SETUP, BYTES(BL_INQUIRE_SETUP_SIZE));
    g_assert_cmphex(reply.data[16], ==, 0xff);
    assert_reply(&(Reply) { .len = 3, .data = { reply.data[17],
                 reply.data[18], reply.data[19] } },
                 BYTES('B', 'D', b->set & PCI ? 'F' : 'A'));
    /* Wide transfers permitted */
    g_assert_cmphex(reply.data[20], ==, b->wide ? 0xff : 0);
    g_assert_cmphex(reply.data[32], ==, b->wide ? 0xff : 0);
}

/* The 'D' of BusLogic's reply is what keeps Adaptec's OS/2 driver away */
static void check_adaptec_identity(Adapter *a)
{
    Reply reply = command(a, BL_CMD_INQUIRE_SETUP, BYTES(255));

    g_assert_cmphex(reply.data[16], ==, 0xff);
    for (int i = 17; i < 255; i++) {
        g_assert_cmphex(reply.data[i], ==, 0);
    }
}

static void test_identity(const void *data)
{
    const Board *b = data;
    Adapter *a = board_start(b);
    Reply reply;

    reply = command(a, BL_CMD_INQUIRE_BOARD_ID, NO_BYTES);
    assert_reply(&reply, (const uint8_t *)b->board_id, 4);
    if (b->set & BUSLOGIC) {
        check_buslogic_identity(a, b);
    } else {
        check_adaptec_identity(a);
    }
    adapter_stop(a);
}

/* The geometry register, or what there is instead [9.2] */

static void check_geometry(Adapter *a, const Board *b)
{
    for (int i = 0; i < ARRAY_SIZE(b->geometry); i++) {
        g_assert_cmphex(read_geometry(a), ==, b->geometry[i]);
    }
}

static void test_geometry(const void *data)
{
    const Board *b = data;
    Adapter *a = board_start(b);
    bool stores = b->set & BUSLOGIC;

    check_geometry(a, b);
    /* A reset in the middle of the letters starts them again */
    read_geometry(a);
    reset_handshake(a, R_CONTROL_RSOFT_MASK);
    check_geometry(a, b);
    read_geometry(a);
    machine_reset(a);
    adapter_enable(a);
    check_geometry(a, b);

    reset_handshake(a, R_CONTROL_RHARD_MASK);
    qtest_outb(a->qts, a->io + A_GEOMETRY, 0x5a);
    g_assert_cmphex(read_geometry(a), ==, stores ? 0x5a : b->geometry[0]);
    qtest_outb(a->qts, a->io + A_INTERRUPT, 0x5a);
    g_assert_cmphex(read_flags(a), ==, stores ? 0x5a : 0);
    reset_handshake(a, R_CONTROL_RHARD_MASK);
    check_geometry(a, b);
    adapter_stop(a);
}

/* The width of the bus [9.3] */

static void test_bus_width(const void *data)
{
    const Board *b = data;
    g_autofree char *device = board_device(b);
    g_autofree char *disk_9 = g_strdup_printf(
        "-device %s -drive if=none,id=d,driver=null-co,size=1048576 "
        "-device scsi-hd,drive=d,scsi-id=9", device);
    g_autofree char *adapter_9 = g_strdup_printf("-device %s,scsi-id=9",
                                                 device);

    if (!b->wide) {
        g_autofree char *disk = refused(disk_9);
        g_autofree char *adapter = refused(adapter_9);

        g_assert_nonnull(strstr(disk, "scsi-id"));
        g_assert_nonnull(strstr(adapter, "scsi-id must be 0 to 7"));
    } else {
        Adapter *a = board_start_with(b,
            "-drive if=none,id=d,driver=null-co,size=1048576 "
            "-device scsi-hd,drive=d,scsi-id=9");
        Reply reply = command(a, BL_CMD_INQUIRE_DEVICES_8_15, NO_BYTES);

        assert_reply(&reply, BYTES(0, 1, 0, 0, 0, 0, 0, 0));
        adapter_stop(a);
    }
}

/* A target above 7 is no mistake on a narrow board: nobody answers [6.8] */
static void test_targets_beyond_a_narrow_bus(const void *data)
{
    const Board *b = data;
    Adapter *a = board_start(b);
    static const struct {
        uint8_t target, btstat;
    } cases[] = {
        { 7, BTSTAT_SELECTION_TIMEOUT }, { 8, BTSTAT_SELECTION_TIMEOUT },
        { 15, BTSTAT_SELECTION_TIMEOUT }, { 16, BTSTAT_BAD_CCB },
    };

    mailbox_init(a, 32, 4);
    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Ccb ccb = ccb_tur(cases[i].target);

        ccb_run(a, &ccb);
        assert_host_error(&ccb, cases[i].btstat);
    }
    adapter_stop(a);
}

/* Disks without an ID get those that the bus has */
static void test_one_disk_too_many_for_a_narrow_bus(void)
{
    g_autofree char *text = NULL;
    GString *args = g_string_new("-device buslogic-isa ");

    for (int i = 0; i < 8; i++) {
        g_string_append_printf(args,
            "-drive if=none,id=d%d,driver=null-co,size=1048576 "
            "-device scsi-hd,drive=d%d ", i, i);
    }
    text = refused(args->str);
    g_assert_nonnull(strstr(text, "no free SCSI ID"));
    g_string_free(args, true);
}

/* Limits [9.3] */

typedef struct Limit {
    unsigned board;
    unsigned value;
} Limit;

static Adapter *start_with_disk(const Board *b, Disk *disk)
{
    g_autofree char *args = g_strdup_printf(
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0", disk->path);
    Adapter *a = board_start_with(b, args);

    unlock_mailboxes(a, b);
    mailbox_init(a, b->set & BUSLOGIC ? 32 : 24, 255);
    clear_unit_attention(a, 0);
    return a;
}

static const Limit ccb_limits[] = {
    { BT958, 255 }, { BT948, 255 }, { BT946C, 100 }, { BT956C, 100 },
    { BT545C, 50 }, { BT545S, 30 }, { BT542BH, 30 }, { BT542B, 30 },
};

/* More than the board can hold stay in their mailboxes until it can */
static void test_number_of_ccbs(const void *data)
{
    const Limit *limit = data;
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_with_disk(board_of(limit->board), disk);
    unsigned count = MIN(limit->value + 2, 255), first = a->out;
    g_autofree Ccb *ccbs = g_new0(Ccb, count);

    drive_hold(a, "drive0", "disk0");
    for (unsigned i = 0; i < count; i++) {
        ccbs[i] = ccb_read10(0, i % DISK_BLOCKS, 1);
        ccb_buffer(a, &ccbs[i], BLOCK_SIZE);
        ccb_post(a, &ccbs[i]);
    }
    doorbell(a);
    wait_until(adapter_property(a, "requests") == MIN(limit->value, count));
    settle(a);
    for (unsigned i = 0; i < count; i++) {
        g_assert_cmphex(mailbox_action(a, (first + i) % a->count), ==,
                        i < limit->value ? BL_ACTION_FREE : BL_ACTION_START);
    }
    drive_release(a, "disk0");
    ccb_wait_all(a, ccbs, count);
    for (unsigned i = 0; i < count; i++) {
        assert_good(&ccbs[i]);
    }
    acknowledge(a);
    adapter_stop(a);
    disk_free(disk);
}

static void read_in_segments(Adapter *a, unsigned count, uint8_t btstat)
{
    g_autofree Segment *seg = g_new(Segment, count);
    Ccb ccb = ccb_read10(0, 0, 1);

    for (unsigned i = 0; i < count; i++) {
        seg[i].len = i ? 8 : BLOCK_SIZE - 8 * (count - 1);
        seg[i].addr = guest_block(a, seg[i].len);
    }
    ccb_segments(a, &ccb, seg, count);
    ccb_run(a, &ccb);
    if (btstat) {
        assert_host_error(&ccb, btstat);
    } else {
        assert_good(&ccb);
        guest_assert_blocks(a, seg[0].addr, 0, seg[0].len);
    }
}

static void test_segments_of_adaptec_boards(const void *data)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_with_disk(data, disk);

    read_in_segments(a, 16, BTSTAT_OK);
    read_in_segments(a, 17, BTSTAT_OK);
    read_in_segments(a, 18, BTSTAT_BAD_CCB);
    adapter_stop(a);
    disk_free(disk);
}

static void test_segments_of_buslogic_boards(const void *data)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_with_disk(data, disk);

    read_in_segments(a, 18, BTSTAT_OK);
    read_in_segments(a, 60, BTSTAT_OK);
    adapter_stop(a);
    disk_free(disk);
}

/* Bus device resets [6.3]: what becomes of the target's other CCBs */

static void hold_reads(Adapter *a, Ccb *ccbs, unsigned count)
{
    drive_hold(a, "drive0", "disk0");
    for (unsigned i = 0; i < count; i++) {
        ccbs[i] = ccb_read10(0, i, 1);
        ccb_buffer(a, &ccbs[i], BLOCK_SIZE);
        ccb_submit(a, &ccbs[i]);
    }
    wait_until(adapter_property(a, "requests") == count);
}

/* Firmware 5: only the CCB of the reset comes back */
static void test_silent_device_reset(const void *data)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_with_disk(data, disk);
    Ccb ccbs[4], reset = ccb_device_reset(0);

    hold_reads(a, ccbs, ARRAY_SIZE(ccbs));
    ccb_submit(a, &reset);
    ccb_wait(a, &reset);
    assert_good(&reset);
    drive_release(a, "disk0");
    mailbox_assert_empty(a);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccb_assert_untouched(a, &ccbs[i]);
    }
    adapter_stop(a);
    disk_free(disk);
}

/* Before: they come back first, each saying why */
static void test_device_reset_returns_the_ccbs(const void *data)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_with_disk(data, disk);
    Ccb ccbs[4], reset = ccb_device_reset(0), ua = ccb_tur(0);

    hold_reads(a, ccbs, ARRAY_SIZE(ccbs));
    ccb_submit(a, &reset);
    ccb_wait_all(a, ccbs, ARRAY_SIZE(ccbs));
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        assert_host_error(&ccbs[i], BTSTAT_DEVICE_RESET);
    }
    ccb_wait(a, &reset);
    assert_good(&reset);
    drive_release(a, "disk0");
    mailbox_assert_empty(a);
    ccb_run(a, &ua);
    assert_sense(a, &ua, UNIT_ATTENTION, 0x29, 0);
    adapter_stop(a);
    disk_free(disk);
}

/* A reset of the whole bus is silent on all boards */
static void test_bus_reset_is_silent(const void *data)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_with_disk(data, disk);
    Ccb ccbs[4];

    hold_reads(a, ccbs, ARRAY_SIZE(ccbs));
    write_control(a, R_CONTROL_RSBUS_MASK);
    drive_release(a, "disk0");
    mailbox_assert_empty(a);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccb_assert_untouched(a, &ccbs[i]);
    }
    adapter_stop(a);
    disk_free(disk);
}

/* Settings [7] */

static void test_autoscsi(const void *data)
{
    const Board *b = data;
    Adapter *a = board_start(b);
    Reply reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM,
                                BYTES(BL_AUTOSCSI_OFFSET, BL_AUTOSCSI_SIZE));

    if (!(b->set & FIRMWARE4)) {
        /* Jumpers have it */
        for (int i = 0; i < BL_AUTOSCSI_SIZE; i++) {
            g_assert_cmphex(reply.data[i], ==, 0);
        }
    } else {
        char type[7];

        g_snprintf(type, sizeof(type), " %s", b->model);
        g_assert_cmpmem(reply.data, 2, "FA", 2);
        g_assert_cmpmem(reply.data + 3, 6, type, 6);
        g_assert_cmphex(reply.data[10] & 4, ==, b->set & PCI ? 4 : 0);
        g_assert_cmphex(reply.data[11], ==, b->set & PCI ? 0 : 1);
        g_assert_cmphex(reply.data[12], ==, b->set & PCI ? 0 : IRQ - 8);
        g_assert_cmphex(lduw_le_p(reply.data + 21), ==,
                        b->wide ? 0xffff : 0);
        g_assert_cmphex(lduw_le_p(reply.data + 34), ==,
                        b->set & FIRMWARE5 ? 0xffff : 0);
    }
    adapter_stop(a);
}

static void test_nvram_where_there_is_none(const void *data)
{
    const Board *b = data;
    g_autofree char *device = board_device(b);
    g_autofree char *args = g_strdup_printf(
        "-drive if=none,id=nv,driver=null-co,size=256,read-zeroes=on "
        "-device %s,nvram=nv", device);
    g_autofree char *text = refused(args);

    g_assert_nonnull(strstr(text, "has no NVRAM"));
}

static void test_termination_is_told_by_firmware_5(void)
{
    Adapter *a = board_start(board_of(BT948));
    Reply reply = command(a, BL_CMD_INQUIRE_PCI_INFO, NO_BYTES);

    g_assert_cmphex(reply.data[2], ==, 0x93);
    adapter_stop(a);
    a = board_start(board_of(BT956C));
    reply = command(a, BL_CMD_INQUIRE_PCI_INFO, NO_BYTES);
    g_assert_cmphex(reply.data[2], ==, 0);
    adapter_stop(a);
}

/* Boards with firmware 4 leave the factory with their ISA ports on */
static void test_factory_setting_of_the_isa_ports(void)
{
    Adapter *a = adapter_start("buslogic,model=bt946c", "%s", "");
    Reply reply = command(a, BL_CMD_INQUIRE_PCI_INFO, NO_BYTES);

    g_assert_cmphex(reply.data[0], ==, BL_ISA_PORT_330);
    g_assert_cmphex(qtest_inb(a->qts, 0x330 + A_GEOMETRY), ==, 0x80);
    adapter_stop(a);
    a = adapter_start("buslogic,model=bt956c,isa-compat=alternate", "%s", "");
    g_assert_cmphex(qtest_inb(a->qts, 0x334 + A_GEOMETRY), ==, 0x80);
    g_assert_cmphex(qtest_inb(a->qts, 0x330 + A_GEOMETRY), ==, 0xff);
    adapter_stop(a);
}

/* The property */

static void test_unknown_model(void)
{
    g_autofree char *pci = refused("-device buslogic,model=bt545c");
    g_autofree char *isa = refused("-device buslogic-isa,model=bt958");

    g_assert_nonnull(strstr(pci, "no model 'bt545c'"));
    g_assert_nonnull(strstr(pci, "bt958, bt958d, bt948, bt946c, bt956c"));
    g_assert_nonnull(strstr(isa, "no model 'bt958'"));
    for (int i = 0; i < ARRAY_SIZE(boards); i++) {
        g_assert_nonnull(strstr(boards[i].set & PCI ? pci : isa,
                                boards[i].name));
    }
}

static char *get_model(Adapter *a)
{
    QDict *response = qtest_qmp(a->qts,
        "{ 'execute': 'qom-get', 'arguments': {"
        "  'path': '/machine/peripheral/hba', 'property': 'model' } }");
    char *model = g_strdup(qdict_get_str(response, "return"));

    qobject_unref(response);
    return model;
}

static void test_model_is_fixed(void)
{
    Adapter *a = adapter_start("buslogic,id=hba", "%s", "");
    QDict *response = qtest_qmp(a->qts,
        "{ 'execute': 'qom-set', 'arguments': {"
        "  'path': '/machine/peripheral/hba', 'property': 'model',"
        "  'value': 'bt948' } }");
    g_autofree char *model = get_model(a);

    g_assert_true(qdict_haskey(response, "error"));
    qobject_unref(response);
    g_assert_cmpstr(model, ==, "bt958");
    adapter_stop(a);
}

static void test_default_model_for_isa(void)
{
    Adapter *a = isa_adapter_start("pc", 0x330, 10, "buslogic-isa,id=hba",
                                   "%s", "");
    g_autofree char *model = get_model(a);

    g_assert_cmpstr(model, ==, "bt545c");
    adapter_stop(a);
}

/* Migration: the board is part of the state */

static void test_migration_of_a_board(const void *data)
{
    const Board *b = data;
    g_autofree char *device = board_device(b);
    Adapter *a = board_start(b);
    Ccb ccb = ccb_tur(5);
    Reply reply;

    unlock_mailboxes(a, b);
    mailbox_init(a, b->set & BUSLOGIC ? 32 : 24, 4);
    read_geometry(a);
    migrate_adapter(a, device, "");
    g_assert_cmphex(read_geometry(a), ==, b->geometry[1]);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    reply = command(a, BL_CMD_INQUIRE_BOARD_ID, NO_BYTES);
    assert_reply(&reply, (const uint8_t *)b->board_id, 4);
    adapter_stop(a);
}

static void test_migration_to_another_board(void)
{
    static const struct {
        const char *from, *to;
    } pairs[] = {
        { "bt958", "bt948" }, { "bt948", "bt958" }, { "bt958d", "bt958" },
        { "bt946c", "bt956c" },
    };

    for (int i = 0; i < ARRAY_SIZE(pairs); i++) {
        g_autofree char *from = g_strdup_printf(
            "buslogic,isa-compat=disabled,model=%s", pairs[i].from);
        g_autofree char *to = g_strdup_printf(
            "buslogic,isa-compat=disabled,model=%s", pairs[i].to);

        migrate_refused(adapter_start(from, "%s", ""), to, "");
    }
}

/* An image of a wide board, or a guest that thinks it has one */
static void test_wide_targets_in_the_settings_of_a_narrow_board(void)
{
    Adapter *a = adapter_start("buslogic,model=bt948", "%s",
                               "-drive if=none,id=d,driver=null-co "
                               "-device scsi-hd,drive=d,scsi-id=0");
    Reply reply;

    command(a, BL_CMD_STORE_LOCAL_RAM,
            BYTES(BL_AUTOSCSI_OFFSET + 21, 2, 0xff, 0xff));
    command(a, BL_CMD_STORE_NVRAM, BYTES(BL_NVRAM_SAVE));
    reset_handshake(a, R_CONTROL_RHARD_MASK);
    reply = command(a, BL_CMD_INQUIRE_SETUP, BYTES(BL_INQUIRE_SETUP_SIZE));
    g_assert_cmphex(reply.data[20], ==, 0);
    g_assert_cmphex(reply.data[21], ==, 0);
    g_assert_cmphex(reply.data[32], ==, 0);
    g_assert_cmphex(reply.data[33], ==, 0);
    adapter_stop(a);
}

static void add_board_tests(const char *name, void (*test)(const void *),
                            unsigned set)
{
    for (int i = 0; i < ARRAY_SIZE(boards); i++) {
        if (boards[i].set & set) {
            g_autofree char *path = g_strdup_printf("/buslogic/models/%s/%s",
                                                    name, boards[i].name);

            qtest_add_data_func(path, &boards[i], test);
        }
    }
}

void add_model_tests(void)
{
    add_board_tests("commands", test_commands, ALL);
    add_board_tests("identity", test_identity, ALL);
    add_board_tests("geometry", test_geometry, ALL);
    add_board_tests("bus-width", test_bus_width, ALL);
    add_board_tests("narrow-targets", test_targets_beyond_a_narrow_bus,
                    BT948 | BT545C | BT542B);
    qtest_add_func("/buslogic/models/narrow/one-disk-too-many",
                   test_one_disk_too_many_for_a_narrow_bus);
    for (int i = 0; i < ARRAY_SIZE(ccb_limits); i++) {
        g_autofree char *path = g_strdup_printf(
            "/buslogic/models/number-of-ccbs/%s",
            board_of(ccb_limits[i].board)->name);

        qtest_add_data_func(path, &ccb_limits[i], test_number_of_ccbs);
    }
    add_board_tests("segments", test_segments_of_adaptec_boards,
                    AHA1540B | AHA1542CF);
    add_board_tests("segments", test_segments_of_buslogic_boards,
                    BT948 | BT545C);
    add_board_tests("device-reset", test_silent_device_reset, FIRMWARE5);
    add_board_tests("device-reset", test_device_reset_returns_the_ccbs,
                    BT946C | BT956C | BT545C | BT542B | AHA1540B | AHA1542CF);
    add_board_tests("bus-reset", test_bus_reset_is_silent,
                    BT946C | BT545C | AHA1540B);
    add_board_tests("autoscsi", test_autoscsi, BUSLOGIC);
    add_board_tests("no-nvram", test_nvram_where_there_is_none,
                    BT545S | BT542BH | BT542B | AHA1540A | AHA1540B |
                    AHA1542B);
    qtest_add_func("/buslogic/models/termination",
                   test_termination_is_told_by_firmware_5);
    qtest_add_func("/buslogic/models/factory-isa-ports",
                   test_factory_setting_of_the_isa_ports);
    qtest_add_func("/buslogic/models/unknown", test_unknown_model);
    qtest_add_func("/buslogic/models/fixed", test_model_is_fixed);
    qtest_add_func("/buslogic/models/default-isa", test_default_model_for_isa);
    add_board_tests("migration", test_migration_of_a_board, ALL);
    qtest_add_func("/buslogic/models/wide-targets-of-a-narrow-board",
                   test_wide_targets_in_the_settings_of_a_narrow_board);
    qtest_add_func("/buslogic/models/migration-to-another",
                   test_migration_to_another_board);
}
