/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: replays of the drivers of Plan 9
 * and Haiku and of VirtualBox's BIOS, and what would make any driver give up
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-replay.h"

/* Plan 9, Inferno: sdmylex */

#define P9_MAILBOXES    64
#define P9_SENSE        255
#define P9_RESET_POLLS  100         /* of 100 ms */

/* Each byte may end the command */
static void p9_send(Adapter *a, const uint8_t *bytes, size_t count)
{
    if (bytes[0] != BL_CMD_START_MAILBOX && bytes[0] != BL_CMD_ENABLE_OMBR) {
        poll_until(MOST_POLLS, read_status(a) & HARDY);
    }
    for (size_t i = 0; i < count; i++) {
        poll_until(MOST_POLLS, !(read_status(a) & CPRBSY));
        write_command(a, bytes[i]);
        if (read_flags(a) & CMDC) {
            return;
        }
    }
}

/* Reads until the command is complete; how many bytes there were */
static size_t p9_receive(Adapter *a, uint8_t *reply, size_t size)
{
    size_t len = 0;

    for (int polls = 0; !(read_flags(a) & CMDC); polls++) {
        g_assert_cmpint(polls, <, MOST_POLLS);
        if (read_status(a) & DIRRDY) {
            g_assert_cmpuint(len, <, size);
            reply[len++] = read_data(a);
        }
    }
    return len;
}

static bool p9_accepted(Adapter *a)
{
    uint8_t status = read_status(a);

    write_control(a, RINT);
    return !(status & CMDINV);
}

static bool p9_command(Adapter *a, const uint8_t *bytes, size_t count,
                       uint8_t *reply, size_t wanted)
{
    size_t len;

    p9_send(a, bytes, count);
    len = p9_receive(a, reply, wanted);
    if (!p9_accepted(a)) {
        return false;
    }
    g_assert_cmpuint(len, ==, wanted);
    return true;
}

static void p9_probe(Adapter *a)
{
    uint8_t r[256], id[4];

    /* A device of the vendor, whatever its own id */
    g_assert_cmphex(config_readw(a, PCI_VENDOR_ID), ==, 0x104b);
    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_0) & ~1u, ==, a->io);
    reset_to_30(a, RHARD | RSBUS, P9_RESET_POLLS);
    p9_send(a, BYTES(0x8d, 4));
    g_assert_cmpuint(p9_receive(a, r, sizeof(r)), ==, 4);
    g_assert_true(p9_accepted(a));
    /* Else 24-bit mailboxes */
    g_assert_cmphex(r[0], ==, 'E');
    g_assert_true(p9_command(a, BYTES(0x04), id, 4));
    /* So that 0x28 and 0x29 are never sent */
    g_assert_cmphex(id[0], <, 0x43);
    g_assert_true(p9_command(a, BYTES(0x0b), r, 3));
    g_assert_cmpuint(r[2] & 7, ==, ADAPTER_ID);
}

/* Whether it is wide, the driver takes from a byte that it did not read */
static bool p9_wide;

static void p9_enable(Adapter *a)
{
    uint8_t init[6] = { 0x81, P9_MAILBOXES };

    adapter_set_bus_master(a, true);
    if (p9_wide) {
        g_assert_true(p9_command(a, BYTES(0x96, 1), NULL, 0));
    }
    rings_alloc(a, 32, P9_MAILBOXES);
    store_le32(init + 2, a->outgoing);
    g_assert_true(p9_command(a, init, sizeof(init), NULL, 0));
    assert_idle(a);
}

static void p9_boot(Adapter *a)
{
    p9_probe(a);
    p9_enable(a);
}

/* A simple tag where the legacy format has it, in the other format too */
static void p9_prepare(Adapter *a, Ccb *ccb, const Buffer *b)
{
    bool write = ccb->cdb[0] == WRITE_6 || ccb->cdb[0] == WRITE_10;

    ccb->opcode = BL_CCB_INITIATOR_RES;
    ccb->sense_code = P9_SENSE;
    ccb->sense = guest_block(a, P9_SENSE);
    ccb->lun = ccb->cdb[1] >> 5;
    ccb->tag_bits = 0x20;
    ccb->direction = BL_DIR_NONE;
    if (b) {
        ccb->direction = write ? BL_DIR_OUT : BL_DIR_IN;
        ccb->data = b->seg[0].addr;
        ccb->data_len = b->len;
    }
    ccb_store(a, ccb);
}

static bool p9_interrupt(Adapter *a)
{
    uint8_t flags = read_flags(a);

    read_status(a);
    pass_window(a);
    write_control(a, RINT);
    scan_in_order(a);
    return flags & INTV;
}

const Driver plan9 = {
    .name = "plan9",
    .machine = machine_pci,
    .boot = p9_boot,
    .prepare = p9_prepare,
    .interrupt = p9_interrupt,
    .max_segments = 1,
    .max_bytes = 64 * 1024,
    .num_targets = 8,
    .residual = true,
};

/*
 * On ISA, where only the configuration file says that there is a board: what
 * is no 'E', or rejects 0x8d, gets mailboxes of 24 bits.
 */
static void p9_probe_isa(Adapter *a)
{
    uint8_t r[256], id[4];

    reset_to_30(a, RHARD | RSBUS, P9_RESET_POLLS);
    p9_send(a, BYTES(0x8d, 4));
    p9_receive(a, r, sizeof(r));
    if (p9_accepted(a)) {
        g_assert_cmphex(r[0], ==, board_of(a)->bus);
    } else {
        reset_to_30(a, RHARD, P9_RESET_POLLS);
    }
    g_assert_true(p9_command(a, BYTES(0x04), id, 4));
    if (id[0] >= 0x43) {
        g_assert_true(p9_command(a, BYTES(0x28), r, 2));
        if (r[1]) {
            g_assert_true(p9_command(a, BYTES(0x29, 0, r[1]), NULL, 0));
        }
    }
    /* A channel to be set to cascade mode, and one interrupt */
    g_assert_true(p9_command(a, BYTES(0x0b), r, 3));
    g_assert_true(legal_config(r) && r[0]);
}

static void p9_boot_isa(Adapter *a)
{
    uint8_t init[5] = { 0x01, P9_MAILBOXES };

    p9_probe_isa(a);
    rings_alloc(a, 24, P9_MAILBOXES);
    store_be24(init + 2, a->outgoing);
    g_assert_true(p9_command(a, init, sizeof(init), NULL, 0));
    assert_idle(a);
}

#define P9_ISA_DRIVER \
    .boot = p9_boot_isa, .prepare = p9_prepare, .interrupt = p9_interrupt, \
    .max_segments = 1, .max_bytes = 64 * 1024, .num_targets = 8, \
    .residual = true

static const Driver plan9_isa[] = {
    { .name = "plan9-bt545c", .machine = machine_bt545c, P9_ISA_DRIVER },
    { .name = "plan9-aha1540b", .machine = machine_aha1540b, P9_ISA_DRIVER },
    { .name = "plan9-aha1542cf", .machine = machine_aha1542cf,
      P9_ISA_DRIVER },
};

static void test_p9_isa_io(const void *driver)
{
    replay_io(driver);
}

static void test_p9_attach(const void *wide)
{
    p9_wide = GPOINTER_TO_UINT(wide);
    driver_attach(&plan9);
}

static void test_p9_io(const void *wide)
{
    p9_wide = GPOINTER_TO_UINT(wide);
    replay_io(&plan9);
}

/* The number of bytes moved is what was asked for less the residual */
static void test_p9_short_transfer(const void *wide)
{
    Ccb ccb = ccb_inquiry(DISK, 36);
    Adapter *a;
    Buffer b;

    p9_wide = GPOINTER_TO_UINT(wide);
    a = driver_attach(&plan9);
    buffer_alloc(a, &b, 255, 1);
    driver_run(&plan9, a, &ccb, &b);
    assert_good(&ccb);
    g_assert_cmpuint(255 - ccb.length, ==, 36);
    driver_settle(&plan9, a);
}

/* The LUN, which the driver also has in the CDB */
static void test_p9_lun(const void *wide)
{
    static const uint8_t luns[] = { 0, 1, HIGH_LUN };
    Adapter *a;

    p9_wide = GPOINTER_TO_UINT(wide);
    a = driver_attach(&plan9);
    for (int i = 0; i < ARRAY_SIZE(luns); i++) {
        Ccb ccb = ccb_inquiry(LUNS, 36);
        Buffer b;

        ccb.cdb[1] = luns[i] << 5;
        buffer_alloc(a, &b, 36, 1);
        driver_run(&plan9, a, &ccb, &b);
        assert_good(&ccb);
        g_assert_cmphex(qtest_readb(a->qts, b.seg[0].addr), ==,
                        luns[i] == 1 ? 0x7f : TYPE_DISK);
    }
    driver_settle(&plan9, a);
}

static void test_p9_late_completion(const void *wide)
{
    p9_wide = GPOINTER_TO_UINT(wide);
    replay_late_completion(&plan9);
}

/* A rejection would mean 24-bit mailboxes, or no wide bus */
static void test_p9_rejected_command(const void *wide)
{
    Adapter *a = machine_pci();

    g_assert_false(p9_command(a, BYTES(0x28), NULL, 0));
    g_assert_cmphex(read_flags(a), ==, 0);
    /* The driver resets the board after that */
    reset_to_30(a, RHARD, P9_RESET_POLLS);
    p9_enable(a);
}

static void add_plan9(void)
{
    static const struct {
        const char *name;
        void (*test)(const void *);
    } tests[] = {
        { "attach", test_p9_attach },
        { "io", test_p9_io },
        { "short-transfer", test_p9_short_transfer },
        { "lun", test_p9_lun },
        { "late-completion", test_p9_late_completion },
        { "rejected-command", test_p9_rejected_command },
    };

    for (int i = 0; i < 2 * ARRAY_SIZE(tests); i++) {
        g_autofree char *path = g_strdup_printf(
            "/buslogic/replay/plan9/%s/%s", tests[i / 2].name,
            i % 2 ? "wide" : "narrow");

        qtest_add_data_func(path, GUINT_TO_POINTER(i % 2), tests[i / 2].test);
    }
    for (int i = 0; i < ARRAY_SIZE(plan9_isa); i++) {
        g_autofree char *path = g_strdup_printf("/buslogic/replay/%s/io",
                                                plan9_isa[i].name);

        qtest_add_data_func(path, &plan9_isa[i], test_p9_isa_io);
    }
}

/* Haiku, BeOS */

#define HK_MAILBOXES    32
#define HK_SENSE        18
#define HK_POLLS        1000

static int hk_command_interrupts;

/* Scans first, acknowledges last */
static bool hk_interrupt(Adapter *a)
{
    uint8_t flags = read_flags(a);

    if (!(flags & INTV)) {
        return false;
    }
    hk_command_interrupts += !!(flags & CMDC);
    scan_in_order(a);
    pass_window(a);
    write_control(a, RINT);
    return true;
}

static void hk_serve(Adapter *a)
{
    while (interrupt_line(a)) {
        g_assert_true(hk_interrupt(a));
    }
}

/* Ready at once, and nothing is acknowledged */
static void hk_command(Adapter *a, const uint8_t *bytes, size_t count,
                       uint8_t *reply, size_t wanted)
{
    for (size_t i = 0; i < count; i++) {
        g_assert_cmphex(read_status(a) & HARDY, ==, i ? 0 : HARDY);
        poll_until(HK_POLLS, !(read_status(a) & CPRBSY));
        write_command(a, bytes[i]);
        g_assert_cmphex(read_status(a) & CMDINV, ==, 0);
    }
    for (size_t i = 0; i < wanted; i++) {
        poll_until(HK_POLLS, read_status(a) & DIRRDY);
        reply[i] = read_data(a);
    }
    poll_until(HK_POLLS, read_status(a) & HARDY);
}

static void hk_reset(Adapter *a)
{
    write_control(a, RHARD);
    g_usleep(10000);
    poll_until(HK_POLLS, !(read_status(a) & (DACT | DFAIL)));
    g_assert_cmphex(read_status(a) & (INREQ | HARDY), !=, 0);
}

/*
 * Three commands before there is a handler, which then sees a completion
 * twice: one was presented, of the others one was latched.
 */
static void hk_identify(Adapter *a)
{
    uint8_t r[14];

    hk_command_interrupts = 0;
    hk_command(a, BYTES(0x04), r, 4);
    g_assert_cmphex(read_flags(a), ==, INTV | CMDC);
    hk_command(a, BYTES(0x8d, 14), r, 14);
    g_assert_cmphex(r[0], ==, 'E');
    hk_command(a, BYTES(0x0b), r, 3);
    g_assert_cmpuint(r[2], ==, ADAPTER_ID);
    hk_serve(a);
    g_assert_cmpint(hk_command_interrupts, ==, 2);
    g_assert_cmphex(read_flags(a), ==, 0);
}

/* The driver gives up if no interrupt comes of this */
static void hk_test_interrupt(Adapter *a)
{
    hk_command_interrupts = 0;
    write_command(a, 0x00);
    poll_until(HK_POLLS, interrupt_line(a));
    hk_serve(a);
    g_assert_cmpint(hk_command_interrupts, ==, 1);
}

static void hk_initialise(Adapter *a)
{
    uint8_t init[6] = { 0x81, HK_MAILBOXES };

    store_le32(init + 2, a->outgoing);
    hk_command(a, BYTES(0x8f, 0), NULL, 0);
    hk_serve(a);
    hk_command(a, init, sizeof(init), NULL, 0);
    hk_serve(a);
    g_assert_cmphex(read_status(a), ==, READY);
    assert_idle(a);
}

static void hk_boot(Adapter *a)
{
    hk_reset(a);
    rings_alloc(a, 32, HK_MAILBOXES);
    hk_identify(a);
    hk_test_interrupt(a);
    hk_initialise(a);
}

/* Residual and sense data are looked at whatever came of it */
static void hk_prepare(Adapter *a, Ccb *ccb, const Buffer *b)
{
    ccb->opcode = BL_CCB_INITIATOR_RES;
    ccb->sense_code = HK_SENSE;
    ccb->sense = guest_block(a, HK_SENSE);
    g_assert_true(ccb->cdb_len == 6 || ccb->cdb_len == 10);
    if (b && b->nseg == 1) {
        ccb->data = b->seg[0].addr;
        ccb->data_len = b->len;
    } else if (b) {
        ccb->opcode = BL_CCB_SG_RES;
        ccb->data = guest_block(a, b->nseg * 8);
        ccb->data_len = buffer_list(a, b, ccb->data);
    }
    ccb_store(a, ccb);
}

const Driver haiku = {
    .name = "haiku",
    .machine = machine_pci,
    .boot = hk_boot,
    .prepare = hk_prepare,
    .interrupt = hk_interrupt,
    .max_segments = 16,
    .max_bytes = 64 * 1024,
    .num_targets = 16,
    .residual = true,
};

static void test_hk_attach(void)
{
    driver_attach(&haiku);
}

static void test_hk_io(void)
{
    replay_io(&haiku);
}

static void test_hk_late_completion(void)
{
    replay_late_completion(&haiku);
}

static void test_hk_short_transfer(void)
{
    Adapter *a = driver_attach(&haiku);
    Ccb ccb = ccb_inquiry(DISK, 36), tur = ccb_tur(DISK);
    Buffer b;

    buffer_alloc(a, &b, 255, 4);
    driver_run(&haiku, a, &ccb, &b);
    assert_good(&ccb);
    g_assert_cmpuint(ccb.length, ==, 255 - 36);
    driver_run(&haiku, a, &tur, NULL);
    g_assert_cmpuint(tur.length, ==, 0);
    driver_settle(&haiku, a);
}

static void add_haiku(void)
{
    qtest_add_func("/buslogic/replay/haiku/attach", test_hk_attach);
    qtest_add_func("/buslogic/replay/haiku/io", test_hk_io);
    qtest_add_func("/buslogic/replay/haiku/late-completion",
                   test_hk_late_completion);
    qtest_add_func("/buslogic/replay/haiku/short-transfer",
                   test_hk_short_transfer);
}

/* VirtualBox's BIOS: no mailboxes, and no pauses between bytes */

#define VBIOS_BUFFER    (4 * BLOCK_SIZE)

static Adapter *vbios_attach(void)
{
    Adapter *a = machine_pci();
    uint32_t bar = config_readl(a, PCI_BASE_ADDRESS_0);

    g_assert_cmphex(bar & 1, ==, 1);
    g_assert_cmphex(bar & 0xfff0, ==, a->io);
    config_writew(a, PCI_COMMAND, 0x0007);
    write_control(a, RHARD);
    /* It waits forever */
    poll_until(MOST_POLLS, read_status(a) & HARDY);
    return a;
}

/* Byte 2 of the reply: zero is success */
static uint8_t vbios_exec(Adapter *a, Ccb *ccb, uint32_t buffer, uint32_t len)
{
    uint8_t params[BL_EXEC_SCSI_HEADER + BL_EXEC_SCSI_MAX_CDB], r[4];
    size_t count;

    ccb->data = buffer;
    ccb->data_len = len;
    count = exec_scsi_params(ccb, params);
    write_command(a, 0x83);
    for (size_t i = 0; i < count; i++) {
        write_command(a, params[i]);
    }
    wait_until(read_status(a) & DIRRDY);
    for (int i = 0; i < 4; i++) {
        r[i] = read_data(a);
    }
    poll_until(MOST_POLLS, read_status(a) & HARDY);
    write_control(a, RINT);
    return r[2];
}

static Ccb vbios_cdb16(uint8_t target, uint8_t opcode, uint32_t lba,
                       uint32_t count)
{
    Ccb ccb = { .target = target, .cdb = { opcode }, .cdb_len = 16 };

    stq_be_p(ccb.cdb + 2, lba);
    stl_be_p(ccb.cdb + 10, count);
    return ccb;
}

/* A failure here is the end for that BIOS */
static void vbios_read_capacity(Adapter *a, uint8_t target, uint32_t buffer,
                                uint32_t blocks)
{
    Ccb ccb = vbios_cdb16(target, SERVICE_ACTION_IN_16, 0, 32);
    uint8_t data[32];

    ccb.cdb[1] = SAI_READ_CAPACITY_16;
    g_assert_cmphex(vbios_exec(a, &ccb, buffer, 32), ==, 0);
    qtest_memread(a->qts, buffer, data, sizeof(data));
    g_assert_cmpuint(ldl_be_p(data + 8), ==, BLOCK_SIZE);
    if (blocks) {
        g_assert_cmpuint(ldq_be_p(data), ==, blocks - 1);
    }
}

static void test_vbios_detects_devices(void)
{
    Adapter *a = vbios_attach();
    uint32_t buffer = guest_block(a, VBIOS_BUFFER);

    for (uint8_t target = 0; target < 16; target++) {
        Ccb ccb = ccb_inquiry(target, 5);
        bool present = !vbios_exec(a, &ccb, buffer, 5);

        g_assert_cmpint(present, ==, !!(TARGETS_PRESENT & 1 << target));
        if (present && target != CDROM) {
            vbios_read_capacity(a, target, buffer,
                                target <= DISK2 ? DISK_BLOCKS : 0);
        }
    }
    assert_idle(a);
}

/* Once it knows the devices */
static Adapter *vbios_ready(uint32_t *buffer)
{
    Adapter *a = vbios_attach();

    *buffer = guest_block(a, VBIOS_BUFFER);
    for (uint8_t target = DISK; target <= CDROM; target++) {
        Ccb tur = ccb_tur(target);

        for (int i = 0; vbios_exec(a, &tur, *buffer, 0); i++) {
            g_assert_cmpint(i, <, 4);
        }
    }
    return a;
}

static void test_vbios_read_write(void)
{
    uint32_t buffer;
    Adapter *a = vbios_ready(&buffer);
    Ccb ccb = vbios_cdb16(DISK, READ_16, 33, 4);

    g_assert_cmphex(vbios_exec(a, &ccb, buffer, 4 * BLOCK_SIZE), ==, 0);
    guest_assert_blocks(a, buffer, 33, 4 * BLOCK_SIZE);
    ccb = vbios_cdb16(DISK2, WRITE_16, 100, 4);
    g_assert_cmphex(vbios_exec(a, &ccb, buffer, 4 * BLOCK_SIZE), ==, 0);
    disk_assert_unchanged(disk_of(a, DISK2), 0, 100);
    disk_assert_unchanged(disk_of(a, DISK2), 104, DISK_BLOCKS - 104);
    ccb = vbios_cdb16(DISK2, READ_16, 100, 4);
    qtest_memset(a->qts, buffer, FILL, 4 * BLOCK_SIZE);
    g_assert_cmphex(vbios_exec(a, &ccb, buffer, 4 * BLOCK_SIZE), ==, 0);
    guest_assert_blocks(a, buffer, 33, 4 * BLOCK_SIZE);
    assert_idle(a);
}

static void test_vbios_reads_cd(void)
{
    uint32_t buffer;
    Adapter *a = vbios_ready(&buffer);
    Ccb ccb = ccb_read10(CDROM, 2, 1);

    ccb.direction = BL_DIR_IN;
    g_assert_cmphex(vbios_exec(a, &ccb, buffer, CD_BLOCK), ==, 0);
    guest_assert_blocks(a, buffer, 2 * CD_BLOCK / BLOCK_SIZE, CD_BLOCK);
    assert_idle(a);
}

static void test_vbios_failing_read(void)
{
    uint32_t buffer;
    Adapter *a = vbios_ready(&buffer);
    Ccb ccb = vbios_cdb16(DISK, READ_16, DISK_BLOCKS, 1);

    g_assert_cmphex(vbios_exec(a, &ccb, buffer, BLOCK_SIZE), !=, 0);
    ccb = vbios_cdb16(ABSENT, READ_16, 0, 1);
    g_assert_cmphex(vbios_exec(a, &ccb, buffer, BLOCK_SIZE), !=, 0);
    ccb = vbios_cdb16(DISK, READ_16, 0, 1);
    g_assert_cmphex(vbios_exec(a, &ccb, buffer, BLOCK_SIZE), ==, 0);
    guest_assert_blocks(a, buffer, 0, BLOCK_SIZE);
}

/* At an ISA port it looks for bit 6 of the geometry, for ISA boards only */
static bool vbios_is_at_isa_port(Adapter *a)
{
    uint8_t status = read_status(a);

    g_assert_true(status == READY_AFTER_RESET || status == READY);
    return read_geometry(a) & 0x40;
}

static void test_vbios_takes_no_isa_port(void)
{
    g_assert_false(vbios_is_at_isa_port(machine_isa()));
}

static void test_vbios_takes_isa_boards(void)
{
    Adapter *a = machine_bt545c();
    uint32_t buffer = guest_block(a, VBIOS_BUFFER);
    Ccb ccb = vbios_cdb16(DISK, READ_16, 33, 4);

    g_assert_true(vbios_is_at_isa_port(a));
    write_control(a, RHARD);
    poll_until(MOST_POLLS, read_status(a) & HARDY);
    for (uint8_t target = 0; target < 16; target++) {
        Ccb inquiry = ccb_inquiry(target, 5);

        g_assert_cmpint(!vbios_exec(a, &inquiry, buffer, 5), ==,
                        !!(TARGETS_PRESENT & 0xff & 1 << target));
    }
    g_assert_cmphex(vbios_exec(a, &ccb, buffer, 4 * BLOCK_SIZE), ==, 0);
    guest_assert_blocks(a, buffer, 33, 4 * BLOCK_SIZE);
    assert_idle(a);
}

static void add_vbios(void)
{
    qtest_add_func("/buslogic/replay/virtualbox-bios/detects-devices",
                   test_vbios_detects_devices);
    qtest_add_func("/buslogic/replay/virtualbox-bios/read-write",
                   test_vbios_read_write);
    qtest_add_func("/buslogic/replay/virtualbox-bios/reads-cd",
                   test_vbios_reads_cd);
    qtest_add_func("/buslogic/replay/virtualbox-bios/failing-read",
                   test_vbios_failing_read);
    qtest_add_func("/buslogic/replay/virtualbox-bios/takes-no-isa-port",
                   test_vbios_takes_no_isa_port);
    qtest_add_func("/buslogic/replay/virtualbox-bios/takes-isa-boards",
                   test_vbios_takes_isa_boards);
}

/* Why drivers give up: one test for each check that any of them makes */

/* NetBSD, OpenBSD, Linux 1.2 and aha1542; Linux 2, FreeBSD and Windows */
static void test_status_at_probe(void)
{
    static const uint8_t bad = DACT | CPRBSY | STATUS_RESERVED | CMDINV;
    Adapter *a = machine_pci();

    g_assert_cmphex(read_status(a), !=, 0xff);
    g_assert_cmphex(read_status(a), !=, 0x00);
    g_assert_cmphex(read_status(a) & bad, ==, 0);
    /* Another driver's board, too */
    mailbox_init(a, 32, 4);
    g_assert_cmphex(read_status(a), !=, 0x00);
    g_assert_cmphex(read_status(a) & bad, ==, 0);
}

/* All native drivers but those of Plan 9, Haiku and 386BSD */
static void test_geometry_at_probe(void)
{
    Adapter *a = machine_pci();

    g_assert_cmphex(read_geometry(a), !=, 0xff);
    reset_to_30(a, RHARD, 2);
    g_assert_cmphex(read_geometry(a), !=, 0xff);
}

/* Linux 2, FreeBSD and its aha, Windows; Linux 1.2 and aha1542 */
static void test_flags_at_probe(void)
{
    Adapter *a = machine_pci();

    g_assert_cmphex(read_flags(a) & FLAGS_RESERVED, ==, 0);
    write_command(a, 0x00);
    g_assert_cmphex(read_flags(a) & FLAGS_RESERVED, ==, 0);
    reset_to_30(a, RSOFT, 2);
    g_assert_cmphex(read_flags(a) & 0x8f, ==, 0);
    write_command(a, 0x00);
    reset_to_30(a, RHARD, 2);
    g_assert_cmphex(read_flags(a) & 0x8f, ==, 0);
}

/* Linux, FreeBSD, Windows; and those that want exactly 30 soon after */
static void test_diagnostics_after_reset(const void *bits)
{
    uint8_t control = GPOINTER_TO_UINT(bits);
    Adapter *a = machine_pci();

    diagnostics_handshake(a, control, 1);
    g_assert_cmphex(read_status(a), ==, READY_AFTER_RESET);
    reset_to_30(a, control, 2);
    /* And for who looks later */
    write_control(a, control);
    time_pass(a, 10);
    poll_until(2, read_status(a) == READY_AFTER_RESET);
}

/* Everybody but Plan 9 and 386BSD */
static void test_extended_setup_is_known(void)
{
    static const uint8_t lengths[] = { 4, 14, 16 };
    Adapter *a = machine_pci();

    for (int i = 0; i < ARRAY_SIZE(lengths); i++) {
        Reply r = command(a, BL_CMD_INQUIRE_EXT_SETUP, BYTES(lengths[i]));

        g_assert_cmpuint(r.len, ==, lengths[i]);
        /* NetBSD, OpenBSD, FreeBSD 2 */
        g_assert_true(r.data[0] == 'A' || r.data[0] == 'E');
    }
}

/* NetBSD, OpenBSD, FreeBSD 1 and 2, Linux 1.2, aha1542; others on ISA */
static void test_configuration_is_legal(void)
{
    Adapter *a = machine_pci();

    for (int irq = 0; irq < 256; irq++) {
        Reply r;

        config_writeb(a, PCI_INTERRUPT_LINE, irq);
        r = command(a, BL_CMD_INQUIRE_CONFIG, NO_BYTES);
        g_assert_cmpuint(r.len, ==, 3);
        g_assert_true(legal_config(r.data));
        g_assert_cmphex(r.data[0], !=, 0);
    }
}

/* Linux 2 and VirtualBox's BIOS */
static void test_bars_and_interrupt(void)
{
    Adapter *a = machine_pci();
    Reply r;

    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_0) & 1, ==, 1);
    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_1) & 1, ==, 0);
    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_1) & 0x6, ==, 0);
    g_assert_cmpuint(config_readb(a, PCI_INTERRUPT_LINE), !=, 0);
    r = command(a, BL_CMD_INQUIRE_PCI_INFO, NO_BYTES);
    g_assert_cmpuint(r.data[1], ==, config_readb(a, PCI_INTERRUPT_LINE));
}

/* Haiku */
static void test_interrupt_of_command_00(void)
{
    Adapter *a = machine_pci();

    g_assert_false(interrupt_line(a));
    write_command(a, 0x00);
    g_assert_true(interrupt_line(a));
    g_assert_cmphex(acknowledge(a), ==, INTV | CMDC);
    g_assert_false(interrupt_line(a));
}

/* Linux 2, FreeBSD, Windows: not one byte more or less */
static void test_reply_lengths(void)
{
    static const struct {
        uint8_t opcode, wanted;
        bool fixed;
    } queries[] = {
        { 0x04, 4, true }, { 0x0b, 3, true }, { 0x0a, 8, true },
        { 0x23, 8, true }, { 0x24, 2, true }, { 0x84, 1, true },
        { 0x85, 1, true }, { 0x86, 4, true },
        { 0x0d, 17 }, { 0x0d, 33 }, { 0x0d, 34 }, { 0x8b, 5 }, { 0x8b, 6 },
        { 0x8c, 8 }, { 0x8c, 16 }, { 0x8d, 4 }, { 0x8d, 14 }, { 0x8d, 16 },
    };
    Adapter *a = machine_pci();

    for (int i = 0; i < ARRAY_SIZE(queries); i++) {
        Reply r = command(a, queries[i].opcode, &queries[i].wanted,
                          queries[i].fixed ? 0 : 1);

        g_assert_cmpuint(r.len, ==, queries[i].wanted);
    }
}

/* Linux 2 and Windows: an index that would be out of range */
static void test_model_starts_with_a_digit(void)
{
    Adapter *a = machine_pci();
    Reply r = command(a, BL_CMD_INQUIRE_MODEL, BYTES(5));

    g_assert_cmpint(r.data[0], >=, '4');
    g_assert_cmpint(r.data[0], <=, '9');
}

/* Those that reuse their CCBs at once after a reset */
static void test_nothing_comes_after_a_reset(const void *bits)
{
    Adapter *a = machine_pci();
    g_autoptr(GBytes) snapshot = NULL;
    Ccb ccbs[20];

    mailbox_init(a, 32, 32);
    clear_unit_attention(a, DISK);
    hold(a, DISK);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccbs[i] = ccb_read10(DISK, i, 1);
        ccb_buffer(a, &ccbs[i], BLOCK_SIZE);
        ccb_submit(a, &ccbs[i]);
    }
    settle(a);
    diagnostics_handshake(a, GPOINTER_TO_UINT(bits), 1);
    /* The driver reuses the memory: neither data nor results may follow */
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        qtest_memset(a->qts, ccbs[i].data, 0x11, BLOCK_SIZE);
        qtest_memset(a->qts, ccbs[i].addr, 0x22, sizeof(BuslogicCCB32));
    }
    mailbox_init_at(a, 32, 32, a->outgoing);
    snapshot = guest_snapshot(a);
    release(a, DISK);
    settle(a);
    guest_assert_snapshot(a, snapshot);
    assert_idle(a);
}

static void add_bail_out_matrix(void)
{
    qtest_add_func("/buslogic/bail-out/status-at-probe",
                   test_status_at_probe);
    qtest_add_func("/buslogic/bail-out/geometry-at-probe",
                   test_geometry_at_probe);
    qtest_add_func("/buslogic/bail-out/flags-at-probe", test_flags_at_probe);
    qtest_add_data_func("/buslogic/bail-out/diagnostics-after-reset/hard",
                        GUINT_TO_POINTER(RHARD),
                        test_diagnostics_after_reset);
    qtest_add_data_func("/buslogic/bail-out/diagnostics-after-reset/soft",
                        GUINT_TO_POINTER(RSOFT),
                        test_diagnostics_after_reset);
    qtest_add_func("/buslogic/bail-out/extended-setup-is-known",
                   test_extended_setup_is_known);
    qtest_add_func("/buslogic/bail-out/configuration-is-legal",
                   test_configuration_is_legal);
    qtest_add_func("/buslogic/bail-out/bars-and-interrupt",
                   test_bars_and_interrupt);
    qtest_add_func("/buslogic/bail-out/interrupt-of-command-00",
                   test_interrupt_of_command_00);
    qtest_add_func("/buslogic/bail-out/reply-lengths", test_reply_lengths);
    qtest_add_func("/buslogic/bail-out/model-starts-with-a-digit",
                   test_model_starts_with_a_digit);
    qtest_add_data_func("/buslogic/bail-out/nothing-comes-after-reset/hard",
                        GUINT_TO_POINTER(RHARD),
                        test_nothing_comes_after_a_reset);
    qtest_add_data_func("/buslogic/bail-out/nothing-comes-after-reset/soft",
                        GUINT_TO_POINTER(RSOFT),
                        test_nothing_comes_after_a_reset);
}

void add_misc_replays(void)
{
    add_plan9();
    add_haiku();
    add_vbios();
    add_bail_out_matrix();
}
