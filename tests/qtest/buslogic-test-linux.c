/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: what Linux 6.1 does with it
 *
 * The driver's register accesses, one by one, in its order.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

#define MAILBOXES   211
#define SENSE_SIZE  96
#define FAILED      -1

/* The reference trace: R is a read and what it returns, W a write */

typedef struct Step {
    char kind;
    uint8_t reg;
    uint8_t value;
} Step;

static void play(Adapter *a, const Step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Step *s = &steps[i];

        if (s->kind == 'W') {
            qtest_outb(a->qts, a->io + s->reg, s->value);
        } else {
            g_assert_cmphex(qtest_inb(a->qts, a->io + s->reg), ==, s->value);
        }
    }
}

#define PLAY(a, ...) \
    play(a, (const Step[]) { __VA_ARGS__ }, \
         ARRAY_SIZE(((const Step[]) { __VA_ARGS__ })))

static void play_reset(Adapter *a)
{
    PLAY(a,
         { 'R', 2, 0x00 }, { 'R', 0, 0x30 }, { 'R', 3, 0x80 },
         { 'W', 0, 0x80 },
         { 'R', 0, 0xa0 }, { 'R', 0, 0x30 });
}

static void play_extended_setup(Adapter *a)
{
    static const uint8_t reply[] = {
        0x45, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x40,
        0x30, 0x37, 0x42,
    };

    PLAY(a,
         { 'W', 1, 0x8d }, { 'R', 2, 0x00 }, { 'R', 0, 0x20 },
         { 'W', 1, 0x0e }, { 'R', 2, 0x00 }, { 'R', 0, 0x24 });
    for (int i = 0; i < ARRAY_SIZE(reply); i++) {
        PLAY(a, { 'R', 1, reply[i] }, { 'R', 2, 0x00 }, { 'R', 0, 0x24 });
    }
    PLAY(a,
         { 'R', 1, 0x09 }, { 'R', 2, 0x84 }, { 'R', 0, 0x30 },
         { 'W', 0, 0x20 }, { 'R', 2, 0x00 }, { 'R', 0, 0x30 });
}

static void play_local_ram(Adapter *a)
{
    PLAY(a,
         { 'W', 1, 0x91 }, { 'R', 2, 0x00 }, { 'R', 0, 0x20 },
         { 'W', 1, 0x40 }, { 'R', 2, 0x00 }, { 'R', 0, 0x20 },
         { 'W', 1, 0x40 });
    for (int i = 0; i < 64; i++) {
        PLAY(a, { 'R', 2, 0x00 }, { 'R', 0, 0x24 });
        read_data(a);
    }
    PLAY(a, { 'R', 2, 0x00 }, { 'R', 0, 0x30 });
}

static void play_mailbox_init(Adapter *a)
{
    uint32_t base = a->outgoing;

    PLAY(a,
         { 'W', 1, 0x81 }, { 'R', 2, 0x00 }, { 'R', 0, 0x20 },
         { 'W', 1, MAILBOXES }, { 'R', 2, 0x00 }, { 'R', 0, 0x20 },
         { 'W', 1, base }, { 'R', 2, 0x00 }, { 'R', 0, 0x20 },
         { 'W', 1, base >> 8 }, { 'R', 2, 0x00 }, { 'R', 0, 0x20 },
         { 'W', 1, base >> 16 }, { 'R', 2, 0x00 }, { 'R', 0, 0x20 },
         { 'W', 1, base >> 24 }, { 'R', 2, 0x84 }, { 'R', 0, 0x10 },
         { 'W', 0, 0x20 }, { 'R', 2, 0x00 }, { 'R', 0, 0x10 });
}

static void allocate_mailboxes(Adapter *a)
{
    size_t size = 2 * MAILBOXES * sizeof(BuslogicMailbox32);

    a->width = 32;
    a->count = MAILBOXES;
    a->outgoing = guest_block(a, size);
    a->incoming = a->outgoing + size / 2;
    a->out = a->in = 0;
    qtest_memset(a->qts, a->outgoing, 0, size);
}

static void test_reference_trace(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_tur(DISK);

    machine_reset(a);
    adapter_enable(a);
    play_reset(a);
    play_extended_setup(a);
    play_local_ram(a);
    allocate_mailboxes(a);
    play_mailbox_init(a);
    ccb_post(a, &ccb);
    PLAY(a, { 'W', 1, 0x02 }, { 'R', 0, 0x10 });
    wait_until(read_flags(a));
    PLAY(a, { 'R', 2, 0x81 }, { 'R', 0, 0x10 }, { 'W', 0, 0x20 },
         { 'R', 2, 0x00 });
    ccb_wait(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, 0x29, 0x00);
}

/* The driver's own command helper: -1, or the number of reply bytes */

static bool send_parameters(Adapter *a, const uint8_t *params, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t flags = read_flags(a), status = read_status(a);

        if ((flags & R_INTERRUPT_CMDC_MASK) ||
            (status & R_STATUS_DIRRDY_MASK)) {
            return false;
        }
        write_command(a, params[i]);
    }
    return true;
}

/* Reply bytes come until CMDC, or until HARDY for 0x91 */
static int receive_reply(Adapter *a, uint8_t opcode, uint8_t *reply,
                         size_t size)
{
    size_t count = 0;

    for (int polls = 0; polls < 10000; polls++) {
        uint8_t flags = read_flags(a), status = read_status(a);

        if (flags & R_INTERRUPT_CMDC_MASK) {
            return status & R_STATUS_CMDINV_MASK ? FAILED : count;
        }
        if (status & R_STATUS_DIRRDY_MASK) {
            uint8_t byte = read_data(a);

            if (count++ < size) {
                reply[count - 1] = byte;
            }
        }
        if (opcode == BL_CMD_FETCH_LOCAL_RAM &&
            (status & R_STATUS_HARDY_MASK)) {
            return count;
        }
    }
    return FAILED;
}

static int linux_command(Adapter *a, uint8_t opcode, const uint8_t *params,
                         size_t num_params, uint8_t *reply, size_t size)
{
    int count;

    wait_until((read_status(a) & (R_STATUS_HARDY_MASK |
                                  R_STATUS_CPRBSY_MASK)) ==
               R_STATUS_HARDY_MASK);
    write_command(a, opcode);
    if (!send_parameters(a, params, num_params)) {
        return FAILED;
    }
    if (opcode == BL_CMD_MODIFY_ISA_PORT) {
        return read_status(a) & R_STATUS_CMDINV_MASK ? FAILED : 0;
    }
    count = receive_reply(a, opcode, reply, size);
    write_control(a, R_CONTROL_RINT_MASK);
    return count;
}

/* The driver gives up if the count is not exactly what it asked for */
static void inquire(Adapter *a, uint8_t opcode, uint8_t *reply, uint8_t size,
                    bool send_size)
{
    g_assert_cmpint(linux_command(a, opcode, &size, send_size, reply, size),
                    ==, size);
}

/* Bring-up, by the steps of the description */

static void linux_discover(Adapter *a)
{
    uint8_t info[4], drive_map, id[4];
    const uint8_t scan_order[] = { BL_AUTOSCSI_OFFSET + 45, 1 };
    const uint8_t disable = BL_ISA_PORT_DISABLED;

    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_0) & 1, ==, 1);
    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_1) & 1, ==, 0);
    g_assert_cmphex(config_readb(a, PCI_INTERRUPT_LINE), !=, 0);
    write_control(a, R_CONTROL_RINT_MASK);
    inquire(a, BL_CMD_INQUIRE_PCI_INFO, info, sizeof(info), false);
    g_assert_cmphex(info[0], >=, BL_ISA_PORT_DISABLED);
    g_assert_cmpint(linux_command(a, BL_CMD_MODIFY_ISA_PORT, &disable, 1,
                                  NULL, 0), ==, 0);
    g_assert_cmpint(linux_command(a, BL_CMD_FETCH_LOCAL_RAM, scan_order, 2,
                                  &drive_map, 1), ==, 1);
    inquire(a, BL_CMD_INQUIRE_BOARD_ID, id, sizeof(id), false);
}

/* Steps 7 and 8; @reset_bits are what differs in error recovery */
static void linux_reset(Adapter *a, uint8_t reset_bits)
{
    int polls = 0;

    write_control(a, reset_bits);
    while (!(read_status(a) & R_STATUS_DACT_MASK)) {
        g_assert_cmpint(polls++, <, 1000);
    }
    polls = 0;
    while (read_status(a) & R_STATUS_DACT_MASK) {
        g_assert_cmpint(polls++, <, 1000);
    }
    g_assert_cmphex(read_status(a) & (R_STATUS_DFAIL_MASK |
                                      R_STATUS_HARDY_MASK), ==,
                    R_STATUS_HARDY_MASK);
}

static void linux_probe(Adapter *a)
{
    uint8_t status = read_status(a), flags = read_flags(a), setup[14];

    g_assert_cmphex(status, !=, 0);
    g_assert_cmphex(status & (R_STATUS_DACT_MASK | R_STATUS_CPRBSY_MASK |
                              0x02 | R_STATUS_CMDINV_MASK), ==, 0);
    g_assert_cmphex(flags & 0x70, ==, 0);
    g_assert_cmphex(read_geometry(a), !=, 0xff);
    linux_reset(a, R_CONTROL_RHARD_MASK);
    inquire(a, BL_CMD_INQUIRE_EXT_SETUP, setup, sizeof(setup), true);
}

/* Steps 10 to 12 */
static void linux_read_configuration(Adapter *a)
{
    const uint8_t autoscsi[] = { BL_AUTOSCSI_OFFSET, BL_AUTOSCSI_SIZE };
    uint8_t buf[64], model[5];

    inquire(a, BL_CMD_INQUIRE_BOARD_ID, buf, 4, false);
    g_assert_cmpmem(buf, 4, "AA50", 4);
    inquire(a, BL_CMD_INQUIRE_CONFIG, buf, 3, false);
    inquire(a, BL_CMD_INQUIRE_SETUP, buf, 34, true);
    inquire(a, BL_CMD_INQUIRE_EXT_SETUP, buf, 14, true);
    inquire(a, BL_CMD_INQUIRE_FW_DIGIT3, buf, 1, false);
    g_assert_cmphex(buf[0], ==, '7');
    inquire(a, BL_CMD_INQUIRE_MODEL, model, sizeof(model), true);
    g_assert_cmpmem(model, sizeof(model), "958  ", 5);
    /* An index of a table of buses */
    g_assert_true(model[0] >= '4' && model[0] <= '9');
    inquire(a, BL_CMD_INQUIRE_FW_LETTER, buf, 1, false);
    g_assert_cmphex(buf[0], ==, 'B');
    g_assert_cmphex(read_geometry(a) & R_GEOMETRY_EXT_TRANS_MASK, !=, 0);
    inquire(a, BL_CMD_INQUIRE_PCI_INFO, buf, 4, false);
    g_assert_cmphex(buf[2] & 0x80, !=, 0);
    g_assert_cmpint(linux_command(a, BL_CMD_FETCH_LOCAL_RAM, autoscsi, 2,
                                  buf, sizeof(buf)), ==, 64);
}

/* Steps 15 to 17 */
static void linux_initialise(Adapter *a)
{
    uint8_t params[5] = { MAILBOXES };
    const uint8_t one = 1;

    stl_le_p(params + 1, a->outgoing);
    qtest_memset(a->qts, a->outgoing, 0,
                 2 * MAILBOXES * sizeof(BuslogicMailbox32));
    a->out = a->in = 0;
    g_assert_cmpint(linux_command(a, BL_CMD_INIT_MAILBOX_32, params, 5, NULL,
                                  0), ==, 0);
    g_assert_cmpint(linux_command(a, BL_CMD_ROUND_ROBIN, &one, 1, NULL, 0),
                    ==, 0);
    g_assert_cmpint(linux_command(a, BL_CMD_SET_CCB_FORMAT, &one, 1, NULL, 0),
                    ==, 0);
}

/* Steps 19 to 21 */
static void linux_inquire_targets(Adapter *a)
{
    uint8_t buf[34];

    inquire(a, BL_CMD_INQUIRE_TARGETS, buf, 2, false);
    g_assert_cmphex(lduw_le_p(buf), ==, 0x803f);
    inquire(a, BL_CMD_INQUIRE_SETUP, buf, 34, true);
    inquire(a, BL_CMD_INQUIRE_SYNC_PERIOD, buf, 16, true);
}

static Adapter *linux_attach(void)
{
    Adapter *a = shared_adapter();

    machine_reset(a);
    adapter_enable(a);
    linux_discover(a);
    linux_probe(a);
    linux_read_configuration(a);
    allocate_mailboxes(a);
    linux_initialise(a);
    linux_inquire_targets(a);
    return a;
}

static void test_attach(void)
{
    Adapter *a = linux_attach();

    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
    assert_idle(a);
}

/* Commands: with data a segment list, without data no pointer at all */

/* Interrupt handler: acknowledge, then take what there is in the ring */
static void linux_interrupt(Adapter *a, Ccb *ccb)
{
    wait_until(read_flags(a) & R_INTERRUPT_INTV_MASK);
    write_control(a, R_CONTROL_RINT_MASK);
    ccb_wait(a, ccb);
}

static void linux_run(Adapter *a, Ccb *ccb)
{
    if (ccb->data_len) {
        Segment seg[] = {
            { ccb->data, ccb->data_len / 2 },
            { ccb->data + ccb->data_len / 2, ccb->data_len / 2 },
        };

        ccb_segments(a, ccb, seg, ARRAY_SIZE(seg));
    }
    ccb->sense_code = SENSE_SIZE;
    ccb_submit(a, ccb);
    linux_interrupt(a, ccb);
}

static void linux_unit_ready(Adapter *a, uint8_t target)
{
    Ccb ccb = ccb_tur(target);

    linux_run(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, 0x29, 0x00);
    ccb = ccb_tur(target);
    linux_run(a, &ccb);
    assert_good(&ccb);
}

static void linux_read(Adapter *a, uint32_t lba)
{
    Ccb ccb = ccb_read10(DISK, lba, 4);
    uint32_t data;

    ccb_buffer(a, &ccb, 4 * BLOCK_SIZE);
    data = ccb.data;
    ccb.direction = BL_DIR_IN;
    linux_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, data, lba, 4 * BLOCK_SIZE);
}

static void linux_write(Adapter *a, uint32_t lba)
{
    Ccb ccb = ccb_write10(DISK, lba, 4);

    ccb_buffer(a, &ccb, 4 * BLOCK_SIZE);
    ccb.direction = BL_DIR_OUT;
    linux_run(a, &ccb);
    assert_good(&ccb);
    disk_assert_filled(disk_of(DISK), lba, FILL);
    disk_assert_filled(disk_of(DISK), lba + 3, FILL);
}

static void test_bus_scan(void)
{
    Adapter *a = linux_attach();

    for (int target = 0; target < 16; target++) {
        bool present = target <= HUGE_DISK || target == WIDE_DISK;
        Ccb ccb = ccb_inquiry(target, 36);

        if (target == ADAPTER_ID) {
            continue;
        }
        ccb_buffer(a, &ccb, 36);
        linux_run(a, &ccb);
        if (present) {
            assert_good(&ccb);
        } else {
            assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
        }
    }
}

static void test_io(void)
{
    Adapter *a = linux_attach();

    linux_unit_ready(a, DISK);
    for (int i = 0; i < 8; i++) {
        linux_read(a, 10 * i);
    }
    linux_write(a, 200);
    disk_assert_unchanged(disk_of(DISK), 0, 200);
    disk_assert_unchanged(disk_of(DISK), 204, DISK_BLOCKS - 204);
}

/* Tags are in byte 1 in the extended format */
static void test_tagged_io(void)
{
    static const uint8_t types[] = { 0x20, 0x60, 0xa0 };
    Adapter *a = linux_attach();

    linux_unit_ready(a, DISK);
    for (int i = 0; i < ARRAY_SIZE(types); i++) {
        Ccb ccb = ccb_read10(DISK, i, 1);
        uint32_t control;

        ccb_buffer(a, &ccb, BLOCK_SIZE);
        ccb_store(a, &ccb);
        control = ccb.addr + offsetof(BuslogicCCB32, control);
        ccb.image[1] = BL_DIR_IN << R_CCB_ADDR_DIRECTION_SHIFT | types[i];
        qtest_writeb(a->qts, control, ccb.image[1]);
        mailbox_post(a, ccb.addr, BL_ACTION_START);
        doorbell(a);
        linux_interrupt(a, &ccb);
        assert_good(&ccb);
        guest_assert_blocks(a, ccb.data, i, BLOCK_SIZE);
    }
}

/*
 * The error handler: a soft reset with the same wait for diagnostics as at
 * boot, then the CCBs are used again at once.
 */
static void test_host_reset(void)
{
    Adapter *a = linux_attach();
    g_autoptr(GBytes) snapshot = NULL;
    Ccb stuck[8];

    linux_unit_ready(a, DISK);
    hold(a, DISK);
    for (int i = 0; i < ARRAY_SIZE(stuck); i++) {
        stuck[i] = ccb_read10(DISK, i, 1);
        ccb_buffer(a, &stuck[i], BLOCK_SIZE);
        ccb_submit(a, &stuck[i]);
    }
    mailbox_assert_empty(a);
    linux_reset(a, R_CONTROL_RSOFT_MASK);
    snapshot = guest_snapshot(a);
    release(a, DISK);
    settle(a);
    guest_assert_snapshot(a, snapshot);

    linux_initialise(a);
    clear_unit_attention(a, DISK);
    linux_read(a, 20);
    linux_write(a, 100);
    mailbox_assert_empty(a);
}

/* A second bring-up, as after reloading the module: nothing is in its way */
static void test_attach_again(void)
{
    Adapter *a = linux_attach();

    linux_discover(a);
    linux_probe(a);
    linux_read_configuration(a);
    linux_initialise(a);
    linux_inquire_targets(a);
    clear_unit_attention(a, DISK);
    linux_read(a, 0);
}

/*
 * After a rejected command the driver wants a board with nothing left of it
 * and uninitialised mailboxes, or it resets the board.
 */
static void test_rejected_command(void)
{
    Adapter *a = shared_adapter();

    g_assert_cmpint(linux_command(a, 0xff, NULL, 0, NULL, 0), ==, FAILED);
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK |
                                        R_STATUS_INREQ_MASK);
}

void add_linux_tests(void)
{
    qtest_add_func("/buslogic/linux-6.1/reference-trace",
                   test_reference_trace);
    qtest_add_func("/buslogic/linux-6.1/attach", test_attach);
    qtest_add_func("/buslogic/linux-6.1/attach-again", test_attach_again);
    qtest_add_func("/buslogic/linux-6.1/bus-scan", test_bus_scan);
    qtest_add_func("/buslogic/linux-6.1/io", test_io);
    qtest_add_func("/buslogic/linux-6.1/tagged-io", test_tagged_io);
    qtest_add_func("/buslogic/linux-6.1/host-reset", test_host_reset);
    qtest_add_func("/buslogic/linux-6.1/rejected-command",
                   test_rejected_command);
}
