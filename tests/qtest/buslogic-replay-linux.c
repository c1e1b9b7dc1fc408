/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: replays of Linux's drivers but
 * that of Linux 6.1, which has its test in buslogic-test-linux.c
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-replay.h"

#define LINUX_IRQS  16

/* Linux 2.0 to 2.6, GNU Mach */

#define L2_MAILBOXES    211
#define L2_OLD_MAILBOXES 32         /* firmware before 3.31 */
#define L2_SENSE        96
#define L2_SEGMENTS     128
/* Of the list in the driver's own structure, behind the CCB */
#define L2_LIST         0x80
#define L2_DACT_POLLS   POLLS(5, 100)

/* What it reads from configuration space without any PCI library */
static void l2_find_pci(Adapter *a)
{
    uint8_t irq = config_readb(a, PCI_INTERRUPT_LINE);

    g_assert_cmphex(config_readw(a, PCI_VENDOR_ID), ==, 0x104b);
    g_assert_cmphex(config_readw(a, PCI_DEVICE_ID), ==, 0x1040);
    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_0) & 1, ==, 1);
    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_1) & 1, ==, 0);
    g_assert_cmpuint(irq, >, 0);
    g_assert_cmpuint(irq, <, LINUX_IRQS);
}

/* Steps 2 to 5; where the board says that its ISA ports are */
static uint8_t l2_query_pci(Adapter *a)
{
    uint8_t info[4], id[4], order;

    write_control(a, RINT);
    g_assert_cmpint(linux_command(a, 0x86, NO_BYTES, info, 4), ==, 4);
    g_assert_cmpuint(info[1], ==, FIRMWARE_IRQ);
    g_assert_cmpint(linux_command(a, 0x95, BYTES(6), NULL, 0), ==, 0);
    g_assert_cmphex(read_flags(a), ==, 0);
    g_assert_cmpint(linux_command(a, 0x91, BYTES(64 + 45, 1), &order, 1),
                    ==, 1);
    g_assert_cmpint(linux_command(a, 0x04, NO_BYTES, id, 4), ==, 4);
    g_assert_cmphex(id[2], ==, '5');
    return info[0];
}

/* Step 7 */
static bool l2_is_a_board(Adapter *a)
{
    uint8_t status = read_status(a);
    uint8_t flags = read_flags(a);
    uint8_t geometry = read_geometry(a);

    return status && !(status & (DACT | CPRBSY | STATUS_RESERVED | CMDINV)) &&
           !(flags & FLAGS_RESERVED) && geometry != 0xff;
}

static bool l2_is_a_board_at(Adapter *a, uint16_t port)
{
    Adapter isa = *a;

    isa.io = port;
    return l2_is_a_board(&isa);
}

/* Versions are compared as text, for what an older one would reject */
static bool l2_firmware_is(Adapter *a, const char *version)
{
    return strcmp(board_of(a)->firmware, version) >= 0;
}

static bool l2_has_extended_format(Adapter *a)
{
    return l2_firmware_is(a, "5") ||
           (l2_firmware_is(a, "4") && board_of(a)->wide);
}

static void l2_read_setup(Adapter *a)
{
    const Board *board = board_of(a);
    const char *fw = board->firmware;
    bool isa = board->bus == 'A';
    uint8_t r[34];

    g_assert_cmpint(linux_command(a, 0x04, NO_BYTES, r, 4), ==, 4);
    g_assert_cmpmem(r, 4, board->id, 4);
    g_assert_cmpint(linux_command(a, 0x0b, NO_BYTES, r, 3), ==, 3);
    g_assert_cmpuint(r[2] & 15, ==, ADAPTER_ID);
    g_assert_cmpint(linux_command(a, 0x0d, BYTES(34), r, 34), ==, 34);
    g_assert_cmpint(linux_command(a, 0x8d, BYTES(14), r, 14), ==, 14);
    assert_bytes(r, 14, board->bus, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00,
                 0x00, isa ? 0 : 0x40, fw[2], fw[3], fw[4], isa ? 0 : 0x09);
}

/* Steps 9 to 13 */
static void l2_read_configuration(Adapter *a)
{
    const Board *board = board_of(a);
    uint8_t r[64];

    g_assert_cmpint(linux_command(a, 0x8d, BYTES(14), r, 14), ==, 14);
    l2_read_setup(a);
    g_assert_cmpint(linux_command(a, 0x84, NO_BYTES, r, 1), ==, 1);
    g_assert_cmphex(r[0], ==, board->firmware[3]);
    if (l2_firmware_is(a, "3")) {
        g_assert_cmpint(linux_command(a, 0x8b, BYTES(5), r, 5), ==, 5);
        /* The first one is the index of a table with what follows a '4' */
        g_assert_cmpmem(r, 5, board->model, 5);
    }
    if (l2_firmware_is(a, "3.3")) {
        g_assert_cmpint(linux_command(a, 0x85, NO_BYTES, r, 1), ==, 1);
        g_assert_cmphex(r[0], ==, board->firmware[4]);
    }
    g_assert_cmphex(read_geometry(a) & 0x80, ==, 0x80);
    if (l2_firmware_is(a, "5")) {
        g_assert_cmpint(linux_command(a, 0x86, NO_BYTES, r, 4), ==, 4);
        g_assert_cmphex(r[2] & 0x80, ==, 0x80);
    }
    if (l2_firmware_is(a, "4")) {
        g_assert_cmpint(linux_command(a, 0x91, BYTES(64, 64), r, 64), ==, 64);
        /* Disconnection permitted, else there are no tags */
        assert_bytes(r + 27, 2, 0xff, 0xff);
    }
}

/* Steps 15 to 17, once more after each reset */
static void l2_initialise(Adapter *a)
{
    uint8_t init[5] = { a->count };

    rings_clear(a);
    store_le32(init + 1, a->outgoing);
    g_assert_cmpint(linux_command(a, 0x81, init, 5, NULL, 0), ==, 0);
    if (l2_firmware_is(a, "3.31")) {
        g_assert_cmpint(linux_command(a, 0x8f, BYTES(1), NULL, 0), ==, 0);
    }
    if (l2_has_extended_format(a)) {
        g_assert_cmpint(linux_command(a, 0x96, BYTES(1), NULL, 0), ==, 0);
    }
    g_assert_cmphex(read_status(a), ==, READY);
}

/* Steps 19 to 21 */
static void l2_inquire_targets(Adapter *a)
{
    uint16_t present = board_of(a)->wide ? TARGETS_PRESENT
                                         : TARGETS_PRESENT & 0xff;
    uint8_t r[34], period[16];

    if (l2_firmware_is(a, "4.25")) {
        g_assert_cmpint(linux_command(a, 0x24, NO_BYTES, r, 2), ==, 2);
        g_assert_cmphex(r[0] | r[1] << 8, ==, present);
    } else {
        g_assert_cmpint(linux_command(a, 0x0a, NO_BYTES, r, 8), ==, 8);
        assert_bytes(r, 8, 1, 1, 1, 1 | 1 << HIGH_LUN, 0, 0, 0, 0);
    }
    g_assert_cmpint(linux_command(a, 0x0d, BYTES(34), r, 34), ==, 34);
    if (l2_firmware_is(a, "3")) {
        g_assert_cmpint(linux_command(a, 0x8c, BYTES(16), period, 16), ==,
                        16);
    }
}

static void l2_bring_up(Adapter *a)
{
    g_assert_true(l2_is_a_board(a));
    diagnostics_handshake(a, RHARD, L2_DACT_POLLS);
    l2_read_configuration(a);
    rings_alloc(a, 32, l2_firmware_is(a, "3.31") ? L2_MAILBOXES
                                                 : L2_OLD_MAILBOXES);
    l2_initialise(a);
    l2_inquire_targets(a);
    assert_idle(a);
}

static void l2_boot(Adapter *a)
{
    l2_find_pci(a);
    l2_query_pci(a);
    l2_bring_up(a);
}

/* Interrupt and DMA channel, for the cascade mode, are from 0x0b */
static void l2_boot_isa(Adapter *a)
{
    uint8_t config[3];

    g_assert_true(l2_is_a_board(a));
    l2_bring_up(a);
    g_assert_cmpint(linux_command(a, 0x0b, NO_BYTES, config, 3), ==, 3);
    assert_bytes(config, 3, 1 << 5, 1 << (a->irq - 9), ADAPTER_ID);
}

/* With data always a list, which lives next to the CCB */
static void l2_prepare(Adapter *a, Ccb *ccb, const Buffer *b)
{
    ccb->addr = guest_block(a, L2_LIST + L2_SEGMENTS * 8);
    ccb->sense = guest_block(a, L2_SENSE);
    ccb->sense_code = L2_SENSE;
    ccb->direction = linux_direction(ccb->cdb[0]);
    if (b) {
        ccb->opcode = BL_CCB_INITIATOR_SG;
        ccb->data = ccb->addr + L2_LIST;
        ccb->data_len = buffer_list(a, b, ccb->data);
    }
    ccb_store(a, ccb);
}

static void l2_host_reset(Adapter *a)
{
    diagnostics_handshake(a, RHARD, L2_DACT_POLLS);
    l2_initialise(a);
}

/* What it does when the adapter tells of a reset on the bus */
static void l2_external_reset(Adapter *a)
{
    diagnostics_handshake(a, RSOFT, L2_DACT_POLLS);
    l2_initialise(a);
}

const Driver linux2 = {
    .name = "linux-2",
    .machine = machine_pci,
    .boot = l2_boot,
    .prepare = l2_prepare,
    .interrupt = linux_interrupt,
    .max_segments = L2_SEGMENTS,
    .max_bytes = 64 * 1024,
    .num_targets = 16,
};

/* The same for boards that are on the ISA bus, which are narrow */
static const Driver linux2_isa[] = {
    {
        .name = "linux-2-bt545c", .machine = machine_bt545c,
        .boot = l2_boot_isa, .prepare = l2_prepare,
        .interrupt = linux_interrupt, .max_segments = L2_SEGMENTS,
        .max_bytes = 64 * 1024, .num_targets = 8,
    }, {
        .name = "linux-2-bt545s", .machine = machine_bt545s,
        .boot = l2_boot_isa, .prepare = l2_prepare,
        .interrupt = linux_interrupt, .max_segments = L2_SEGMENTS,
        .max_bytes = 64 * 1024, .num_targets = 8,
    }, {
        .name = "linux-2-bt542b", .machine = machine_bt542b,
        .boot = l2_boot_isa, .prepare = l2_prepare,
        .interrupt = linux_interrupt, .max_segments = L2_SEGMENTS,
        .max_bytes = 64 * 1024, .num_targets = 8,
    },
};

static void test_l2_isa_io(const void *driver)
{
    replay_io(driver);
}

static void test_l2_isa_late_completion(const void *driver)
{
    replay_late_completion(driver);
}

static void test_l2_isa_abort(const void *driver)
{
    replay_abort(driver, ccb_abort);
}

static void test_l2_isa_device_reset(const void *driver)
{
    Ccb bdr = ccb_write10(DISK, 0, 1);

    bdr.opcode = BL_CCB_BUS_DEVICE_RESET;
    replay_device_reset_returning(driver, &bdr);
}

static void test_l2_isa_host_reset(const void *driver)
{
    replay_reset(driver, l2_host_reset);
}

/* Adaptec's boards are none of its business, the AHA-154xC included */
static void test_l2_leaves_adaptec_boards(void)
{
    Adapter *a = machine_aha1540b();
    uint8_t r[14];

    g_assert_false(l2_is_a_board(a));
    a = machine_aha1542cf();
    g_assert_true(l2_is_a_board(a));
    diagnostics_handshake(a, RHARD, L2_DACT_POLLS);
    g_assert_cmpint(linux_command(a, 0x8d, BYTES(14), r, 14), ==,
                    LINUX_REJECTED);
    assert_idle(a);
}

static void test_l2_attach(void)
{
    Adapter *a = machine_pci();

    l2_find_pci(a);
    /* No PCI board has port 330, so that is looked at first */
    g_assert_cmphex(l2_query_pci(a), ==, BL_ISA_PORT_DISABLED);
    g_assert_false(l2_is_a_board_at(a, ISA_PORT));
    l2_bring_up(a);
    for (uint16_t port = 0x130; port <= 0x330; port += 0x100) {
        g_assert_false(l2_is_a_board_at(a, port));
        g_assert_false(l2_is_a_board_at(a, port + 4));
    }
}

/* Else it would be found twice */
static void test_l2_isa_port_is_switched_off(void)
{
    Adapter *a = machine_isa();
    Adapter *p = a;

    adapter_enable(p);
    adapter_set_bus_master(p, false);
    g_assert_true(l2_is_a_board_at(a, ISA_PORT));
    g_assert_cmphex(l2_query_pci(p), ==, BL_ISA_PORT_330);
    g_assert_false(l2_is_a_board_at(a, ISA_PORT));
    l2_bring_up(p);
    /* Its resets do not bring the ports back */
    g_assert_false(l2_is_a_board_at(a, ISA_PORT));
}

/* A board that is at an ISA port only for the driver */
static void test_l2_attach_at_isa_port(void)
{
    Adapter *a = machine_isa();
    Ccb ccb = ccb_inquiry(DISK, 36);
    uint8_t config[3];
    Buffer b;

    g_assert_true(l2_is_a_board(a));
    g_assert_cmpint(linux_command(a, 0x0b, NO_BYTES, config, 3), ==, 3);
    g_assert_true(legal_config(config));
    l2_bring_up(a);
    buffer_alloc(a, &b, 36, 1);
    driver_run(&linux2, a, &ccb, &b);
    assert_good(&ccb);
}

static void test_l2_io(void)
{
    replay_io(&linux2);
}

static void test_l2_late_completion(void)
{
    replay_late_completion(&linux2);
}

/* The module is loaded again: nothing was told to the adapter in between */
static void test_l2_attach_again(void)
{
    Adapter *a = driver_attach(&linux2);
    Ccb ccbs[3];

    driver_ready(&linux2, a, DISK);
    start_held(&linux2, a, ccbs, 3);
    requests_forget();
    l2_find_pci(a);
    l2_query_pci(a);
    l2_bring_up(a);
    release(a, DISK);
    driver_ready(&linux2, a, DISK);
    replay_scan(&linux2, a);
    for (int i = 0; i < 3; i++) {
        ccb_assert_untouched(a, &ccbs[i]);
    }
    driver_settle(&linux2, a);
}

/* As many as there are mailboxes, and then the next entry must be free */
static void test_l2_full_ring(void)
{
    Adapter *a = driver_attach(&linux2);
    g_autofree Ccb *ccbs = g_new0(Ccb, L2_MAILBOXES);
    Ccb more = ccb_tur(DISK2);

    driver_ready(&linux2, a, DISK);
    driver_ready(&linux2, a, DISK2);
    start_held(&linux2, a, ccbs, L2_MAILBOXES);
    driver_run(&linux2, a, &more, NULL);
    assert_good(&more);
    release(a, DISK);
    for (int i = 0; i < L2_MAILBOXES; i++) {
        driver_wait(&linux2, a, &ccbs[i]);
        assert_good(&ccbs[i]);
    }
    driver_settle(&linux2, a);
}

/* In the extended format the tag is in byte 1, and a LUN has six bits */
static void test_l2_tags_and_luns(void)
{
    static const uint8_t tags[] = { 0, 0x20, 0x60, 0xa0 };
    static const uint8_t luns[] = { 0, HIGH_LUN };
    Adapter *a = driver_attach(&linux2);

    for (int i = 0; i < ARRAY_SIZE(tags) * ARRAY_SIZE(luns); i++) {
        Ccb ccb = ccb_tur(LUNS);

        ccb.lun = luns[i % ARRAY_SIZE(luns)];
        do {
            ccb.code = BL_COMPLETION_FREE;
            l2_prepare(a, &ccb, NULL);
            ccb_poke(a, &ccb, 1, ccb.image[1] | tags[i / ARRAY_SIZE(luns)]);
            mailbox_post(a, ccb.addr, BL_ACTION_START);
            doorbell(a);
            wait_until(interrupt_line(a));
            acknowledge(a);
            ccb_wait(a, &ccb);
        } while (ccb.sdstat == CHECK_CONDITION);
        assert_good(&ccb);
    }
    driver_settle(&linux2, a);
}

static void test_l2_abort(void)
{
    replay_abort(&linux2, ccb_abort);
}

static void test_l2_abort_of_finished(void)
{
    Adapter *a = driver_attach(&linux2);
    Ccb ccb = ccb_tur(ABSENT);

    driver_run(&linux2, a, &ccb, NULL);
    driver_settle(&linux2, a);
    ccb_abort(a, &ccb);
    wait_until(interrupt_line(a));
    g_assert_true(linux_interrupt(a));
    g_assert_cmphex(last_not_found, ==, ccb.addr);
    driver_settle(&linux2, a);
}

/* The CDB of the CCB's last use is still there */
static void test_l2_device_reset(void)
{
    Ccb bdr = ccb_write10(DISK, 0, 1);

    bdr.opcode = BL_CCB_BUS_DEVICE_RESET;
    replay_device_reset(&linux2, &bdr);
}

static void test_l2_host_reset(void)
{
    replay_reset(&linux2, l2_host_reset);
}

static void test_l2_external_reset(void)
{
    replay_reset(&linux2, l2_external_reset);
}

/* No soft reset is needed before initialisation, but one afterwards */
static void test_l2_rejected_command(void)
{
    Adapter *a = machine_pci();

    g_assert_cmpint(linux_command(a, 0x28, NO_BYTES, NULL, 0), ==,
                    LINUX_REJECTED);
    g_assert_cmphex(read_status(a), ==, READY_AFTER_RESET);
    g_assert_cmphex(read_flags(a), ==, 0);
    a = driver_attach(&linux2);
    g_assert_cmpint(linux_command(a, 0x28, NO_BYTES, NULL, 0), ==,
                    LINUX_RESET);
    g_assert_cmphex(read_status(a), ==, READY_AFTER_RESET);
    l2_initialise(a);
    driver_ready(&linux2, a, DISK);
}

static void add_linux2_isa(void)
{
    static const struct {
        const char *name;
        void (*test)(const void *);
    } tests[] = {
        { "io", test_l2_isa_io },
        { "late-completion", test_l2_isa_late_completion },
        { "abort", test_l2_isa_abort },
        { "device-reset", test_l2_isa_device_reset },
        { "host-reset", test_l2_isa_host_reset },
    };

    for (int i = 0; i < ARRAY_SIZE(linux2_isa) * ARRAY_SIZE(tests); i++) {
        const Driver *d = &linux2_isa[i / ARRAY_SIZE(tests)];
        g_autofree char *path = g_strdup_printf(
            "/buslogic/replay/%s/%s", d->name,
            tests[i % ARRAY_SIZE(tests)].name);

        qtest_add_data_func(path, d, tests[i % ARRAY_SIZE(tests)].test);
    }
    qtest_add_func("/buslogic/replay/linux-2/leaves-adaptec-boards",
                   test_l2_leaves_adaptec_boards);
}

static void add_linux2(void)
{
    qtest_add_func("/buslogic/replay/linux-2/attach", test_l2_attach);
    qtest_add_func("/buslogic/replay/linux-2/isa-port-is-switched-off",
                   test_l2_isa_port_is_switched_off);
    qtest_add_func("/buslogic/replay/linux-2/attach-at-isa-port",
                   test_l2_attach_at_isa_port);
    qtest_add_func("/buslogic/replay/linux-2/io", test_l2_io);
    qtest_add_func("/buslogic/replay/linux-2/late-completion",
                   test_l2_late_completion);
    qtest_add_func("/buslogic/replay/linux-2/attach-again",
                   test_l2_attach_again);
    qtest_add_func("/buslogic/replay/linux-2/full-ring", test_l2_full_ring);
    qtest_add_func("/buslogic/replay/linux-2/tags-and-luns",
                   test_l2_tags_and_luns);
    qtest_add_func("/buslogic/replay/linux-2/abort", test_l2_abort);
    qtest_add_func("/buslogic/replay/linux-2/abort-of-finished",
                   test_l2_abort_of_finished);
    qtest_add_func("/buslogic/replay/linux-2/device-reset",
                   test_l2_device_reset);
    qtest_add_func("/buslogic/replay/linux-2/host-reset", test_l2_host_reset);
    qtest_add_func("/buslogic/replay/linux-2/external-reset",
                   test_l2_external_reset);
    qtest_add_func("/buslogic/replay/linux-2/rejected-command",
                   test_l2_rejected_command);
}

/* What Linux 1.2 and aha1542 do alike: each mailbox has one CCB of its own */

#define FAULTS      (DACT | DFAIL | CMDINV | DIRRDY | CPRBSY)
#define SPIN        3000000

static uint32_t slots[32];          /* address of the CCB */

/* Entries whose CCB is still in use are skipped, not waited for */
static void slot_start(Adapter *a, Ccb *ccb)
{
    while (request_is_active(slots[a->out])) {
        a->out = (a->out + 1) % a->count;
    }
    slots[a->out] = ccb->addr;
    poll_until(SPIN, !(read_status(a) & CPRBSY));
    mailbox_post(a, ccb->addr, BL_ACTION_START);
    doorbell(a);
}

static unsigned slot_of(Adapter *a, const Ccb *ccb)
{
    for (unsigned i = 0; i < a->count; i++) {
        if (slots[i] == ccb->addr) {
            return i;
        }
    }
    g_assert_not_reached();
}

/* Only the action, as the address of the CCB is where it was */
static void slot_set_action(Adapter *a, unsigned slot, uint8_t action)
{
    qtest_writeb(a->qts, a->outgoing + slot * mailbox_size(a) +
                         (a->width == 24 ? 0 : 7), action);
}

/* Steps 1 to 4 of either */
static bool probe_by_soft_reset(Adapter *a)
{
    if (read_status(a) == 0xff) {
        return false;
    }
    write_control(a, RINT);
    write_control(a, RSOFT | RINT);
    g_usleep(20000);
    poll_until(SPIN, (read_status(a) & (INREQ | HARDY | FAULTS)) ==
                     (INREQ | HARDY));
    return !(read_flags(a) & 0x8f);
}

/* Linux 1.2.13 */

#define L12_MAILBOXES   32
#define L12_SENSE       16
#define L12_SEGMENTS    64
#define L12_POLLS       100         /* of a millisecond */

static void l12_send(Adapter *a, const uint8_t *bytes, size_t count)
{
    if (read_status(a) & DIRRDY) {
        read_data(a);
    }
    poll_until(L12_POLLS, read_status(a) & HARDY);
    for (size_t i = 0; i < count; i++) {
        write_command(a, bytes[i]);
    }
}

static void l12_receive(Adapter *a, uint8_t *reply, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        poll_until(L12_POLLS, read_status(a) & DIRRDY);
        reply[i] = read_data(a);
    }
    g_assert_cmphex(read_status(a) & (DIRRDY | CMDINV), ==, 0);
    poll_until(L12_POLLS, read_flags(a) & CMDC);
    write_control(a, RINT);
}

static void l12_initialise(Adapter *a)
{
    uint8_t init[6] = { 0x81, L12_MAILBOXES };

    memset(slots, 0, sizeof(slots));
    rings_clear(a);
    store_le32(init + 2, a->outgoing);
    write_control(a, RINT);
    l12_send(a, init, sizeof(init));
    l12_receive(a, NULL, 0);
}

/* Bus-on and bus-off times; they do not matter on EISA and PCI */
static void l12_set_times(Adapter *a)
{
    l12_send(a, BYTES(0x07, 7));
    l12_receive(a, NULL, 0);
    l12_send(a, BYTES(0x08, 5));
    l12_receive(a, NULL, 0);
}

static void l12_boot(Adapter *a)
{
    uint8_t geometry = read_geometry(a), dma, r[6];

    g_assert_cmphex(geometry, !=, 0xff);
    g_assert_true(probe_by_soft_reset(a));
    l12_send(a, BYTES(0x04));
    l12_receive(a, r, 4);
    l12_send(a, BYTES(0x0b));
    l12_receive(a, r, 3);
    g_assert_true(legal_config(r));
    dma = r[0];
    l12_send(a, BYTES(0x8d, 4));
    l12_receive(a, r, 4);
    g_assert_cmphex(r[0], ==, board_of(a)->bus);
    g_assert_true(r[0] == 'E' || (dma & 0xe0) == dma);
    g_assert_cmphex(geometry, !=, 0);
    l12_send(a, BYTES(0x84));
    l12_receive(a, r, 1);
    l12_send(a, BYTES(0x85));
    l12_receive(a, r, 1);
    l12_send(a, BYTES(0x8b, 6));
    l12_receive(a, r, 6);
    g_assert_cmpmem(r, 5, board_of(a)->model, 5);
    rings_alloc(a, 32, L12_MAILBOXES);
    l12_initialise(a);
    g_assert_cmphex(read_status(a), ==, READY);
    if (board_of(a)->bus == 'A') {
        l12_set_times(a);
    }
    assert_idle(a);
}

static void l12_prepare(Adapter *a, Ccb *ccb, const Buffer *b)
{
    ccb->sense_code = L12_SENSE;
    ccb->sense = guest_block(a, L12_SENSE);
    ccb->direction = linux_direction(ccb->cdb[0]);
    if (b) {
        ccb->opcode = BL_CCB_INITIATOR_SG;
        ccb->data = guest_block(a, b->nseg * 8);
        ccb->data_len = buffer_list(a, b, ccb->data);
    }
    ccb_store(a, ccb);
}

/* Entries without a command of ours stay as they are */
static void l12_scan(Adapter *a)
{
    Completion done;

    while ((done = mailbox_peek(a, a->in)).code != BL_COMPLETION_FREE) {
        if (done.code != BL_COMPLETION_NOT_FOUND) {
            mailbox_free(a, a->in);
        }
        a->in = (a->in + 1) % a->count;
        request_done(a, done);
    }
}

static bool l12_interrupt(Adapter *a)
{
    uint8_t flags = read_flags(a);

    pass_window(a);
    write_control(a, RINT);
    g_assert_cmphex(flags & RSTS, ==, 0);
    l12_scan(a);
    return flags & INTV;
}

/* In the entry that the command came from */
static void l12_abort(Adapter *a, Ccb *ccb)
{
    slot_set_action(a, slot_of(a, ccb), BL_ACTION_ABORT);
    doorbell(a);
}

const Driver linux12 = {
    .name = "linux-1.2",
    .machine = machine_isa,
    .boot = l12_boot,
    .prepare = l12_prepare,
    .start = slot_start,
    .interrupt = l12_interrupt,
    .max_segments = L12_SEGMENTS,
    .max_bytes = 32 * 1024,
    .num_targets = 8,
    .small_cdbs = true,
};

static const Driver linux12_isa = {
    .name = "linux-1.2-bt545c",
    .machine = machine_bt545c,
    .boot = l12_boot,
    .prepare = l12_prepare,
    .start = slot_start,
    .interrupt = l12_interrupt,
    .max_segments = L12_SEGMENTS,
    .max_bytes = 32 * 1024,
    .num_targets = 8,
    .small_cdbs = true,
};

static void test_l12_isa_io(void)
{
    replay_io(&linux12_isa);
}

static void test_l12_isa_abort(void)
{
    replay_abort(&linux12_isa, l12_abort);
}

static void test_l12_attach(void)
{
    Adapter *a = driver_attach(&linux12);

    /* A second port is not there */
    a->io = 0x334;
    g_assert_false(probe_by_soft_reset(a));
    a->io = ISA_PORT;
    l12_initialise(a);
}

static void test_l12_io(void)
{
    replay_io(&linux12);
}

static void test_l12_late_completion(void)
{
    replay_late_completion(&linux12);
}

static void test_l12_abort(void)
{
    replay_abort(&linux12, l12_abort);
}

/*
 * The entry with code 3 is never freed: when the ring has come round, the
 * adapter must use it again.
 */
static void test_l12_abort_of_finished(void)
{
    Adapter *a = driver_attach(&linux12);
    Ccb ccb = ccb_tur(ABSENT);
    unsigned stale;

    driver_run(&linux12, a, &ccb, NULL);
    stale = a->in;
    l12_abort(a, &ccb);
    wait_until(interrupt_line(a));
    g_assert_true(l12_interrupt(a));
    g_assert_cmphex(last_not_found, ==, ccb.addr);
    g_assert_cmphex(mailbox_peek(a, stale).code, ==, BL_COMPLETION_NOT_FOUND);
    while (a->in != stale) {
        Ccb next = ccb_tur(ABSENT);

        l12_prepare(a, &next, NULL);
        slot_start(a, &next);
        ccb_wait(a, &next);
        acknowledge(a);
    }
    l12_prepare(a, &ccb, NULL);
    slot_start(a, &ccb);
    wait_until(mailbox_peek(a, stale).code == BL_COMPLETION_ERROR);
    ccb_wait(a, &ccb);
}

/*
 * Its bus device reset writes the opcode into the CCB that is stuck, and
 * rings with nothing loaded: no reset, and the CCB keeps that opcode.
 */
static void test_l12_reset_does_nothing(void)
{
    Adapter *a = driver_attach(&linux12);
    Ccb ccbs[2];

    driver_ready(&linux12, a, DISK);
    start_held(&linux12, a, ccbs, 2);
    ccb_poke(a, &ccbs[0], 0, BL_CCB_BUS_DEVICE_RESET);
    doorbell(a);
    settle(a);
    release(a, DISK);
    for (int i = 0; i < 2; i++) {
        driver_wait(&linux12, a, &ccbs[i]);
        assert_good(&ccbs[i]);
    }
    driver_settle(&linux12, a);
}

static void add_linux12(void)
{
    qtest_add_func("/buslogic/replay/linux-1.2/attach", test_l12_attach);
    qtest_add_func("/buslogic/replay/linux-1.2/io", test_l12_io);
    qtest_add_func("/buslogic/replay/linux-1.2-bt545c/io", test_l12_isa_io);
    qtest_add_func("/buslogic/replay/linux-1.2-bt545c/abort",
                   test_l12_isa_abort);
    qtest_add_func("/buslogic/replay/linux-1.2/late-completion",
                   test_l12_late_completion);
    qtest_add_func("/buslogic/replay/linux-1.2/abort", test_l12_abort);
    qtest_add_func("/buslogic/replay/linux-1.2/abort-of-finished",
                   test_l12_abort_of_finished);
    qtest_add_func("/buslogic/replay/linux-1.2/reset-does-nothing",
                   test_l12_reset_does_nothing);
}

/* aha1542 of Linux 6.1 */

#define A6_MAILBOXES    8
#define A6_SENSE        16
#define A6_BUFFER       8192
#define A6_POLLS        100         /* of a millisecond */

static void a6_send(Adapter *a, const uint8_t *bytes, size_t count)
{
    if (read_status(a) & DIRRDY) {
        read_data(a);
    }
    for (size_t i = 0; i < count; i++) {
        poll_until(SPIN, !(read_status(a) & CPRBSY));
        write_command(a, bytes[i]);
    }
}

static bool a6_receive(Adapter *a, uint8_t *reply, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int polls = 0;

        while (!(read_status(a) & DIRRDY)) {
            if (++polls == A6_POLLS) {
                return false;
            }
        }
        reply[i] = read_data(a);
    }
    return true;
}

static void a6_complete(Adapter *a)
{
    g_assert_cmphex(read_status(a) & (DIRRDY | CMDINV), ==, 0);
    poll_until(SPIN, read_flags(a) & CMDC);
    write_control(a, RINT);
}

/* Bus-on and bus-off times and the transfer rate, from module parameters */
static void a6_set_times(Adapter *a)
{
    a6_send(a, BYTES(0x07, 11));
    a6_complete(a);
    a6_send(a, BYTES(0x08, 4));
    a6_complete(a);
    a6_send(a, BYTES(0x09, 0));
    a6_complete(a);
}

/*
 * An AHA-154xC answers, and has its mailboxes unlocked.  From others nothing
 * comes, and the driver goes on with both the completion and the rejection
 * unacknowledged.
 */
static void a6_look_for_154xc(Adapter *a)
{
    uint8_t r[2];

    a6_send(a, BYTES(0x28));
    if (!a6_receive(a, r, 2)) {
        g_assert_cmphex(board_of(a)->id[0], ==, 'A');
        g_assert_cmphex(read_flags(a), ==, INTV | CMDC);
        g_assert_cmphex(read_status(a) & CMDINV, ==, CMDINV);
        return;
    }
    g_assert_cmphex(board_of(a)->id[0], >=, 'D');
    a6_complete(a);
    if (r[0] & 0x08 || r[1]) {
        a6_send(a, BYTES(0x29, 0, r[1]));
        a6_complete(a);
    }
}

static void a6_initialise(Adapter *a)
{
    uint8_t init[5] = { 0x01, A6_MAILBOXES };

    memset(slots, 0, sizeof(slots));
    rings_clear(a);
    store_be24(init + 2, a->outgoing);
    write_control(a, RINT);
    a6_send(a, init, sizeof(init));
    poll_until(SPIN, read_flags(a) & CMDC);
    write_control(a, RINT);
    g_assert_cmphex(read_status(a), ==, READY);
}

/* Looks all round the ring for an entry, one at a time */
static bool a6_take_one(Adapter *a)
{
    for (unsigned i = 0; i < a->count; i++) {
        unsigned slot = (a->in + i) % a->count;
        Completion done = mailbox_peek(a, slot);

        if (done.code != BL_COMPLETION_FREE) {
            mailbox_free(a, slot);
            a->in = (slot + 1) % a->count;
            request_done(a, done);
            return true;
        }
    }
    return false;
}

static bool a6_interrupt(Adapter *a)
{
    uint8_t first = read_flags(a);

    write_control(a, RINT);
    while (a6_take_one(a)) {
        read_flags(a);
        write_control(a, RINT);
    }
    pass_window(a);
    return first & INTV;
}

static void a6_boot(Adapter *a)
{
    uint8_t r[4];

    g_assert_true(probe_by_soft_reset(a));
    a6_send(a, BYTES(0x04));
    g_assert_true(a6_receive(a, r, 4));
    a6_complete(a);
    a6_set_times(a);
    a6_send(a, BYTES(0x04));
    g_assert_true(a6_receive(a, r, 4));
    a6_complete(a);
    g_assert_cmphex(r[0], !=, 0x43);
    g_assert_cmpmem(r, 4, board_of(a)->id, 4);
    a6_look_for_154xc(a);
    a6_send(a, BYTES(0x0b));
    g_assert_true(a6_receive(a, r, 3));
    g_assert_cmphex(read_flags(a), ==, INTV | CMDC);
    g_assert_true(legal_config(r));
    rings_alloc(a, 24, A6_MAILBOXES);
    a6_initialise(a);
    /* What was never acknowledged is the handler's first interrupt */
    while (interrupt_line(a)) {
        g_assert_true(a6_interrupt(a));
    }
    assert_idle(a);
}

/* One buffer; the sense data are copied from behind the CDB */
static void a6_prepare(Adapter *a, Ccb *ccb, const Buffer *b)
{
    ccb->sense_code = A6_SENSE;
    ccb->direction = linux_direction(ccb->cdb[0]);
    if (b) {
        g_assert_cmpuint(b->nseg, ==, 1);
        g_assert_cmpuint(b->len, <=, A6_BUFFER);
        ccb->data = b->seg[0].addr;
        ccb->data_len = b->len;
    }
    ccb_store(a, ccb);
}

static void a6_wait_ready(Adapter *a)
{
    poll_until(SPIN, (read_status(a) & (HARDY | FAULTS)) == HARDY);
}

/* Mailboxes stay as they are, and all commands are given up */
static void a6_bus_reset(Adapter *a)
{
    write_control(a, RSBUS);
    a6_wait_ready(a);
    memset(slots, 0, sizeof(slots));
}

static void a6_host_reset(Adapter *a)
{
    write_control(a, RHARD | RSBUS);
    a6_wait_ready(a);
    a6_initialise(a);
}

#define A6_DRIVER \
    .boot = a6_boot, .prepare = a6_prepare, .start = slot_start, \
    .interrupt = a6_interrupt, .max_segments = 1, .max_bytes = A6_BUFFER, \
    .num_targets = 8

const Driver aha1542 = {
    .name = "linux-aha1542", .machine = machine_isa, A6_DRIVER,
};

/* On the boards that it is for, and on one that is compatible with them */
static const Driver aha1542_isa[] = {
    { .name = "linux-aha1542-bt545c", .machine = machine_bt545c, A6_DRIVER },
    { .name = "linux-aha1542-aha1540b", .machine = machine_aha1540b,
      A6_DRIVER },
    { .name = "linux-aha1542-aha1542cf", .machine = machine_aha1542cf,
      A6_DRIVER },
};

static void test_a6_attach(const void *driver)
{
    Adapter *a = driver_attach(driver);

    /* With port 334 as a module parameter there is no board */
    a->io = 0x334;
    g_assert_false(probe_by_soft_reset(a));
    a->io = ISA_PORT;
}

static void test_a6_io(const void *driver)
{
    replay_io(driver);
}

static void test_a6_late_completion(const void *driver)
{
    replay_late_completion(driver);
}

/* All eight mailboxes in use at once, then they come back in odd order */
static void test_a6_skips_busy_mailboxes(const void *driver)
{
    const Driver *d = driver;
    Adapter *a = driver_attach(d);
    Ccb ccbs[A6_MAILBOXES - 2];

    driver_ready(d, a, DISK);
    driver_ready(d, a, DISK2);
    start_held(d, a, ccbs, ARRAY_SIZE(ccbs));
    /* Only two mailboxes are left, at both ends of the busy ones */
    replay_parallel(d, a, 1);
    for (int i = 0; i < 2 * A6_MAILBOXES; i++) {
        driver_ready(d, a, DISK2);
    }
    release(a, DISK);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        driver_wait(d, a, &ccbs[i]);
        assert_good(&ccbs[i]);
    }
    driver_settle(d, a);
}

static void test_a6_bus_reset(const void *driver)
{
    replay_reset(driver, a6_bus_reset);
}

static void test_a6_host_reset(const void *driver)
{
    replay_reset(driver, a6_host_reset);
}

/* The driver forgets to fill in the action, and rings */
static void test_a6_device_reset_does_nothing(const void *driver)
{
    const Driver *d = driver;
    Adapter *a = driver_attach(d);
    Ccb ccbs[2], bdr = ccb_device_reset(DISK);

    driver_ready(d, a, DISK);
    start_held(d, a, ccbs, 2);
    ccb_store(a, &bdr);
    mailbox_fill(a, 5, bdr.addr, BL_ACTION_FREE);
    doorbell(a);
    settle(a);
    release(a, DISK);
    for (int i = 0; i < 2; i++) {
        driver_wait(d, a, &ccbs[i]);
        assert_good(&ccbs[i]);
    }
    driver_settle(d, a);
    ccb_assert_untouched(a, &bdr);
}

static void add_aha1542(const Driver *d)
{
    static const struct {
        const char *name;
        void (*test)(const void *);
    } tests[] = {
        { "attach", test_a6_attach },
        { "io", test_a6_io },
        { "late-completion", test_a6_late_completion },
        { "skips-busy-mailboxes", test_a6_skips_busy_mailboxes },
        { "bus-reset", test_a6_bus_reset },
        { "host-reset", test_a6_host_reset },
        { "device-reset-does-nothing", test_a6_device_reset_does_nothing },
    };

    for (int i = 0; i < ARRAY_SIZE(tests); i++) {
        g_autofree char *path = g_strdup_printf("/buslogic/replay/%s/%s",
                                                d->name, tests[i].name);

        qtest_add_data_func(path, d, tests[i].test);
    }
}

void add_linux_replays(void)
{
    add_linux2();
    add_linux2_isa();
    add_linux12();
    add_aha1542(&aha1542);
    for (int i = 0; i < ARRAY_SIZE(aha1542_isa); i++) {
        add_aha1542(&aha1542_isa[i]);
    }
}
