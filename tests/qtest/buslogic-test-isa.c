/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: boards for ISA [9.1]
 *
 * Ports, interrupts as edges, 24 address lines, properties, and machines with
 * several boards.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

#define NOTHING_THERE   0xff
#define IO              0x330
#define IRQ             10

static const uint16_t bases[] = { 0x330, 0x334, 0x230, 0x234, 0x130, 0x134 };
static const uint8_t irqs[] = { 9, 10, 11, 12, 14, 15 };

static char *disk_args(const Disk *disk, const char *bus)
{
    return g_strdup_printf(
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0,bus=%s",
        disk->path, bus);
}

/* A BT-545C, or another board with @options, with this disk behind it */
static Adapter *start_with_disk(const char *machine, const char *options,
                                const Disk *disk)
{
    g_autofree char *args = disk_args(disk, "hba.0");
    g_autofree char *device = g_strdup_printf("buslogic-isa,id=hba%s",
                                              options);

    return isa_adapter_start(machine, IO, IRQ, device, "%s", args);
}

static void read_and_write(Adapter *a, Disk *disk)
{
    Ccb read = ccb_read10(0, 3, 4), write = ccb_write10(0, 20, 2);

    clear_unit_attention(a, 0);
    ccb_buffer(a, &read, 4 * BLOCK_SIZE);
    ccb_run(a, &read);
    assert_good(&read);
    guest_assert_blocks(a, read.data, 3, 4 * BLOCK_SIZE);
    ccb_buffer(a, &write, 2 * BLOCK_SIZE);
    ccb_run(a, &write);
    assert_good(&write);
    disk_assert_filled(disk, 20, FILL);
    disk_assert_filled(disk, 21, FILL);
    disk_assert_unchanged(disk, 0, 20);
    disk_assert_unchanged(disk, 22, disk->blocks - 22);
}

/* Resources */

static void test_ports(const void *data)
{
    uint16_t base = GPOINTER_TO_UINT(data);
    g_autofree char *device = g_strdup_printf("buslogic-isa,iobase=0x%x",
                                              base);
    Adapter *a = isa_adapter_start("pc", base, IRQ, device, "%s", "");

    for (int reset = 0; reset < 2; reset++) {
        for (int i = 0; i < ARRAY_SIZE(bases); i++) {
            bool here = bases[i] == base;

            g_assert_cmphex(qtest_inb(a->qts, bases[i] + A_STATUS), ==,
                            here ? STATUS_IDLE : NOTHING_THERE);
            g_assert_cmphex(qtest_inb(a->qts, bases[i] + A_GEOMETRY), ==,
                            here ? 0xd5 : NOTHING_THERE);
        }
        /* Four ports and no more */
        g_assert_cmphex(qtest_inb(a->qts, base + 4), ==, NOTHING_THERE);
        g_assert_cmphex(qtest_inb(a->qts, base - 1), ==, NOTHING_THERE);
        machine_reset(a);
        adapter_enable(a);
    }
    adapter_stop(a);
}

/* The line is the one that 0x0b tells */
static void test_irq(const void *data)
{
    uint8_t irq = GPOINTER_TO_UINT(data);
    g_autofree char *device = g_strdup_printf("buslogic-isa,irq=%d", irq);
    Adapter *a = isa_adapter_start("pc", IO, irq, device, "%s", "");
    Reply reply = command(a, BL_CMD_INQUIRE_CONFIG, NO_BYTES);

    g_assert_cmphex(reply.data[1], ==, 1 << (irq - 9));
    for (int i = 0; i < ARRAY_SIZE(irqs); i++) {
        a->irq = irqs[i];
        isa_irq_trigger(a, true);
    }
    write_command(a, BL_CMD_TEST_CMDC);
    for (int i = 0; i < ARRAY_SIZE(irqs); i++) {
        a->irq = irqs[i];
        g_assert_true(isa_irq_requested(a) == (irqs[i] == irq));
    }
    adapter_stop(a);
}

static void test_dma_channel(void)
{
    static const struct {
        const char *options;
        uint8_t byte;
    } cases[] = {
        { "", 0x20 }, { ",dma=5", 0x20 }, { ",dma=6", 0x40 },
        { ",dma=7", 0x80 }, { ",model=aha1540b,dma=0", 0x01 },
        { ",model=aha1542cf,dma=6", 0x40 },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *device = g_strdup_printf("buslogic-isa%s",
                                                  cases[i].options);
        Adapter *a = isa_adapter_start("pc", IO, IRQ, device, "%s", "");
        Reply reply = command(a, BL_CMD_INQUIRE_CONFIG, NO_BYTES);

        g_assert_cmphex(reply.data[0], ==, cases[i].byte);
        adapter_stop(a);
    }
}

static void test_scsi_id(void)
{
    Adapter *a = isa_adapter_start("pc", IO, IRQ, "buslogic-isa,scsi-id=3",
                                   "%s", "");
    Reply reply = command(a, BL_CMD_INQUIRE_CONFIG, NO_BYTES);

    g_assert_cmphex(reply.data[2], ==, 3);
    adapter_stop(a);
}

/* Command lines that are refused, in one line that says why */

typedef struct Refusal {
    const char *name;
    const char *args;
    const char *text;
} Refusal;

static const Refusal refusals[] = {
    { "iobase", "-device buslogic-isa,iobase=0x340", "iobase must be 0x330" },
    { "no-iobase", "-device buslogic-isa,iobase=0", "iobase must be" },
    { "odd-iobase", "-device buslogic-isa,iobase=0x331", "iobase must be" },
    { "irq-13", "-device buslogic-isa,irq=13", "irq must be 9, 10, 11, 12" },
    { "irq-0", "-device buslogic-isa,irq=0", "irq must be" },
    { "irq-16", "-device buslogic-isa,irq=16", "irq must be" },
    { "irq-8", "-device buslogic-isa,irq=8", "irq must be" },
    { "dma-4", "-device buslogic-isa,dma=4", "dma must be 5, 6 or 7" },
    { "dma-8", "-device buslogic-isa,dma=8", "dma must be" },
    { "dma-big", "-device buslogic-isa,dma=4294967295", "dma must be" },
    { "dma-0-of-buslogic", "-device buslogic-isa,dma=0", "dma must be 5, 6" },
    { "dma-3-of-adaptec", "-device buslogic-isa,model=aha1540b,dma=3",
      "dma must be 0, 5, 6 or 7" },
    { "scsi-id", "-device buslogic-isa,scsi-id=8", "scsi-id must be 0 to 7" },
    { "model", "-device buslogic-isa,model=aha1742", "no model 'aha1742'" },
    { "same-ports", "-device buslogic-isa -device buslogic-isa,irq=11",
      "another BusLogic adapter has the ISA ports at 0x330" },
    { "same-ports-elsewhere",
      "-device buslogic-isa,iobase=0x134 "
      "-device buslogic-isa,irq=11,iobase=0x134", "ISA ports at 0x134" },
    { "ports-of-a-pci-board",
      "-device buslogic,isa-compat=primary -device buslogic-isa",
      "another BusLogic adapter has the ISA ports at 0x330" },
    { "ports-for-a-pci-board",
      "-device buslogic-isa,iobase=0x334 "
      "-device buslogic,isa-compat=alternate",
      "another BusLogic adapter has the ISA ports at 0x334" },
    { "ports-for-a-pci-board-by-default",
      "-device buslogic-isa -device buslogic,model=bt946c",
      "another BusLogic adapter has the ISA ports at 0x330" },
    { "same-irq", "-device buslogic-isa -device buslogic-isa,iobase=0x334",
      "another BusLogic adapter has IRQ 10" },
};

static void test_refused(const void *data)
{
    const Refusal *refusal = data;
    g_autofree char *text = refused(refusal->args);

    g_assert_nonnull(strstr(text, refusal->text));
    g_assert_true(g_str_has_suffix(text, "\n"));
    g_assert_true(strchr(text, '\n') == text + strlen(text) - 1);
}

/* Such disks are refused by hotplug too */
static void test_disk_hotplug(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    g_autofree char *drives = g_strdup_printf(
        "-drive if=none,id=d0,format=raw,file=%s "
        "-drive if=none,id=d1,driver=null-co,size=1048576", disk->path);
    Adapter *a = isa_adapter_start("pc", IO, IRQ, "buslogic-isa", "%s",
                                   drives);
    QDict *response;

    mailbox_init(a, 32, 4);
    qtest_qmp_device_add(a->qts, "scsi-hd", "new", "{ 'drive': 'd0' }");
    read_and_write(a, disk);
    response = qtest_qmp(a->qts,
        "{ 'execute': 'device_add', 'arguments': { 'driver': 'scsi-hd',"
        "  'drive': 'd1', 'scsi-id': 7 } }");
    g_assert_true(qdict_haskey(response, "error"));
    qobject_unref(response);
    qtest_qmp_device_del(a->qts, "new");
    adapter_stop(a);
    disk_free(disk);
}

static void test_properties_are_described(void)
{
    static const char *const words[] = {
        "iobase=", "0x130", "irq=", "14 or 15", "dma=", "Adaptec", "model=",
        "bt545c (default)", "aha1542cf", "scsi-id=", "nvram=",
    };
    g_autofree char *command = g_strdup_printf(
        "%s -M none -device buslogic-isa,help",
        g_getenv("QTEST_QEMU_BINARY"));
    g_autofree char *text = NULL;
    int status;

    g_assert_true(g_spawn_command_line_sync(command, &text, NULL, &status,
                                            NULL));
    g_assert_cmpint(status, ==, 0);
    for (int i = 0; i < ARRAY_SIZE(words); i++) {
        g_assert_nonnull(strstr(text, words[i]));
    }
}

/* Machines */

static void test_machine(const void *data)
{
    static const char *const options[] = {
        "", ",model=aha1540b", ",model=bt542b",
    };
    const char *machine = data;

    for (int i = 0; i < ARRAY_SIZE(options); i++) {
        Disk *disk = disk_new(DISK_BLOCKS);
        Adapter *a = start_with_disk(machine, options[i], disk);

        mailbox_init(a, 24, 8);
        read_and_write(a, disk);
        adapter_stop(a);
        disk_free(disk);
    }
}

/* Two boards of different kind, each with a disk, both at work */
static void test_beside_a_pci_board(void)
{
    Disk *disks[] = { disk_new(DISK_BLOCKS), disk_new(DISK_BLOCKS) };
    g_autofree char *first = disk_args(disks[0], "hba.0");
    Adapter *pci = adapter_start("buslogic,id=hba",
        "%s -device buslogic-isa,id=second,iobase=0x334,irq=15,model=aha1540b "
        "-drive if=none,id=drive1,format=raw,file=%s "
        "-device scsi-hd,id=disk1,drive=drive1,scsi-id=0,bus=second.0",
        first, disks[1]->path);
    Adapter *isa = isa_adapter_beside(pci, 0x334, 15);
    Ccb a = ccb_read10(0, 5, 2), b = ccb_read10(0, 9, 2);

    mailbox_init(pci, 32, 4);
    mailbox_init(isa, 24, 4);
    read_and_write(pci, disks[0]);
    disk_assert_unchanged(disks[1], 0, DISK_BLOCKS);
    disk_fill(disks[0]);
    read_and_write(isa, disks[1]);
    disk_assert_unchanged(disks[0], 0, DISK_BLOCKS);

    /* Each has its own line, and a reset of one is none of the other */
    ccb_buffer(pci, &a, 2 * BLOCK_SIZE);
    ccb_buffer(isa, &b, 2 * BLOCK_SIZE);
    ccb_submit(isa, &b);
    ccb_wait(isa, &b);
    g_assert_true(interrupt_line(isa));
    assert_idle(pci);
    ccb_submit(pci, &a);
    ccb_wait(pci, &a);
    acknowledge(isa);
    g_assert_true(interrupt_line(pci));
    assert_idle(isa);
    reset_handshake(isa, R_CONTROL_RHARD_MASK);
    g_assert_true(interrupt_line(pci));
    g_assert_cmphex(read_status(pci), ==, R_STATUS_HARDY_MASK);
    guest_assert_blocks(pci, a.data, 5, 2 * BLOCK_SIZE);
    guest_assert_blocks(isa, b.data, 9, 2 * BLOCK_SIZE);
    adapter_forget(isa);
    adapter_stop(pci);
    disk_free(disks[0]);
    disk_free(disks[1]);
}

/* A PCI board is in the machine before its first reset */
static void test_behind_a_pci_board(void)
{
    QTestState *qts = qtest_init("-M pc -nodefaults -device buslogic "
                                 "-device buslogic-isa");

    qtest_quit(qts);
}

/* One disk at ID 1 of each: to QEMU these are different devices */
static void test_same_scsi_id_behind_two_boards(void)
{
    Disk *disks[] = { disk_new(DISK_BLOCKS), disk_new(DISK_BLOCKS) };
    g_autofree char *args = g_strdup_printf(
        "-device buslogic-isa,id=second,iobase=0x334,irq=11 "
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,drive=drive0,scsi-id=0,bus=hba.0 "
        "-drive if=none,id=drive1,format=raw,file=%s "
        "-device scsi-hd,drive=drive1,scsi-id=0,bus=second.0",
        disks[0]->path, disks[1]->path);
    const char *device = "buslogic-isa,id=hba";
    Adapter *a = isa_adapter_start("pc", IO, IRQ, device, "%s", args);
    Adapter *b = isa_adapter_beside(a, 0x334, 11);

    mailbox_init(a, 32, 4);
    mailbox_init(b, 32, 4);
    read_and_write(a, disks[0]);
    disk_assert_unchanged(disks[1], 0, DISK_BLOCKS);
    read_and_write(b, disks[1]);
    adapter_forget(b);
    migrate_adapter(a, device, args);
    disk_fill(disks[0]);
    read_and_write(a, disks[0]);
    adapter_stop(a);
    disk_free(disks[0]);
    disk_free(disks[1]);
}

/* Names that users have for buses do not depend on the type of the board */
static void test_names_of_buses(void)
{
    Adapter *a = isa_adapter_start("pc", IO, IRQ, "buslogic-isa",
        "-device buslogic -device buslogic-isa,iobase=0x334,irq=11 "
        "-drive if=none,id=d0,driver=null-co,size=1048576 "
        "-drive if=none,id=d1,driver=null-co,size=1048576 "
        "-drive if=none,id=d2,driver=null-co,size=1048576 "
        "-device scsi-hd,drive=d0,scsi-id=1,bus=scsi.0 "
        "-device scsi-hd,drive=d1,scsi-id=9,bus=scsi.1 "
        "-device scsi-hd,drive=d2,scsi-id=2,bus=scsi.2");
    Reply reply = command(a, BL_CMD_INQUIRE_TARGETS, NO_BYTES);

    assert_reply(&reply, BYTES(1 << 1, 0));
    a->io = 0x334;
    a->irq = 11;
    adapter_enable(a);
    reply = command(a, BL_CMD_INQUIRE_TARGETS, NO_BYTES);
    assert_reply(&reply, BYTES(1 << 2, 0));
    adapter_stop(a);
}

static void test_six_boards(void)
{
    GString *args = g_string_new(NULL);
    Adapter *boards[ARRAY_SIZE(bases)];

    for (int i = 1; i < ARRAY_SIZE(bases); i++) {
        g_string_append_printf(args,
            "-device buslogic-isa,iobase=0x%x,irq=%d,scsi-id=%d ",
            bases[i], irqs[i], i);
    }
    boards[0] = isa_adapter_start("pc", bases[0], irqs[0],
                                  "buslogic-isa,irq=9,scsi-id=0", "%s",
                                  args->str);
    for (int i = 1; i < ARRAY_SIZE(bases); i++) {
        boards[i] = isa_adapter_beside(boards[0], bases[i], irqs[i]);
    }
    for (int i = 0; i < ARRAY_SIZE(bases); i++) {
        Reply reply = command(boards[i], BL_CMD_INQUIRE_CONFIG, NO_BYTES);

        assert_reply(&reply, BYTES(0x20, 1 << (irqs[i] - 9), i));
    }
    for (int i = ARRAY_SIZE(bases) - 1; i > 0; i--) {
        adapter_forget(boards[i]);
    }
    adapter_stop(boards[0]);
    g_string_free(args, true);
}

/* Edges [9.1] */

/* The controller remembers an edge until the processor takes it */
static Adapter *start_with_edges(void)
{
    Adapter *a = isa_adapter_start("pc", IO, IRQ, "buslogic-isa", "%s", "");

    isa_irq_trigger(a, false);
    g_assert_false(isa_irq_requested(a));
    return a;
}

static void test_one_edge_for_one_interrupt(void)
{
    Adapter *a = start_with_edges();

    write_command(a, BL_CMD_TEST_CMDC);
    g_assert_true(isa_irq_requested(a));
    isa_irq_take(a);
    g_assert_false(isa_irq_requested(a));
    read_flags(a);
    g_assert_false(isa_irq_requested(a));
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_false(isa_irq_requested(a));
    write_command(a, BL_CMD_TEST_CMDC);
    g_assert_true(isa_irq_requested(a));
    adapter_stop(a);
}

/* The line must go low and high again, or the second would go unnoticed */
static void test_deferred_cause_makes_an_edge(void)
{
    Adapter *a = start_with_edges();

    write_command(a, BL_CMD_TEST_CMDC);
    write_command(a, BL_CMD_TEST_CMDC);
    isa_irq_take(a);
    g_assert_false(isa_irq_requested(a));
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    g_assert_true(isa_irq_requested(a));
    isa_irq_take(a);
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    g_assert_false(isa_irq_requested(a));
    g_assert_cmphex(read_flags(a), ==, 0);
    adapter_stop(a);
}

static void test_deferred_mailbox_makes_an_edge(void)
{
    Adapter *a = start_with_edges();
    Ccb ccb = ccb_tur(5);

    isa_irq_trigger(a, true);
    mailbox_init(a, 32, 4);
    isa_irq_trigger(a, false);
    write_command(a, BL_CMD_TEST_CMDC);
    isa_irq_take(a);
    ccb_submit(a, &ccb);
    ccb_wait(a, &ccb);
    g_assert_false(isa_irq_requested(a));
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    g_assert_true(isa_irq_requested(a));
    g_assert_cmphex(acknowledge(a), ==, IMBL);
    adapter_stop(a);
}

/* Drivers that acknowledge last get another edge, see 3.3 */
static void test_completion_before_the_acknowledge_makes_an_edge(void)
{
    Adapter *a = start_with_edges();
    Ccb first = ccb_tur(5), second = ccb_tur(5);

    isa_irq_trigger(a, true);
    mailbox_init(a, 32, 4);
    isa_irq_trigger(a, false);
    ccb_submit(a, &first);
    ccb_wait(a, &first);
    isa_irq_take(a);
    read_flags(a);
    ccb_submit(a, &second);
    ccb_wait(a, &second);
    g_assert_false(isa_irq_requested(a));
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_true(isa_irq_requested(a));
    g_assert_cmphex(acknowledge(a), ==, IMBL);
    adapter_stop(a);
}

/* 24 address lines */

/* -m 32 has this twice: there, and where an ISA board gets to instead */
#define ABOVE           (16 * MiB)

static Adapter *start_for_addresses(bool isa, Disk *disk)
{
    g_autofree char *args = disk_args(disk, "hba.0");

    return isa ? start_with_disk("pc", "", disk)
               : adapter_start("buslogic,id=hba", "%s", args);
}

/* What the board stores at @addr + 16 MiB: is it there, or at @addr? */
static uint32_t where(bool isa, uint32_t addr)
{
    return isa ? addr : addr + ABOVE;
}

static void clear_both(Adapter *a, uint32_t addr, size_t len)
{
    qtest_memset(a->qts, addr, FILL, len);
    qtest_memset(a->qts, addr + ABOVE, FILL, len);
}

static void check_data_address(Adapter *a, bool isa, Ccb *ccb)
{
    uint32_t low = ccb->data;

    clear_both(a, low, BLOCK_SIZE);
    ccb->data += ABOVE;
    ccb_run(a, ccb);
    assert_good(ccb);
    guest_assert_blocks(a, where(isa, low), 7, BLOCK_SIZE);
    guest_assert_filled(a, where(!isa, low), FILL, BLOCK_SIZE);
}

/* Once for each way through the device: exact, and shorter than the buffer */
static void check_buffers(Adapter *a, bool isa)
{
    for (int excess = 0; excess < 16; excess += 8) {
        Ccb ccb = ccb_read10(0, 7, 1);

        ccb_buffer(a, &ccb, BLOCK_SIZE + excess);
        check_data_address(a, isa, &ccb);
    }
}

static void check_segments(Adapter *a, bool isa)
{
    uint32_t data = guest_block(a, BLOCK_SIZE), low;
    Segment seg[] = { { data + ABOVE, 100 }, { data + ABOVE + 100, 412 } };
    Ccb ccb = ccb_read10(0, 7, 1);

    clear_both(a, data, BLOCK_SIZE);
    ccb_segments(a, &ccb, seg, 2);
    /* The list too is above 16 MiB, or so the board thinks */
    low = ccb.data;
    ccb.data += ABOVE;
    if (!isa) {
        uint8_t list[2 * sizeof(BuslogicSGE32)];

        qtest_memread(a->qts, low, list, sizeof(list));
        qtest_memwrite(a->qts, low + ABOVE, list, sizeof(list));
        qtest_memset(a->qts, low, 0, sizeof(list));
    }
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, where(isa, data), 7, BLOCK_SIZE);
    guest_assert_filled(a, where(!isa, data), FILL, BLOCK_SIZE);
}

static void check_sense_address(Adapter *a, bool isa)
{
    uint32_t low = guest_block(a, 14);
    Ccb ccb = ccb_tur(0);

    clear_both(a, low, 14);
    ccb.cdb[0] = 0xff;
    ccb.sense = low + ABOVE;
    ccb_run(a, &ccb);
    assert_check_condition(&ccb);
    g_assert_cmphex(qtest_readb(a->qts, where(isa, low)), ==, 0x70);
    guest_assert_filled(a, where(!isa, low), FILL, 14);
}

static void check_exec_scsi(Adapter *a, bool isa)
{
    uint8_t params[BL_EXEC_SCSI_HEADER + BL_EXEC_SCSI_MAX_CDB];
    Ccb ccb = ccb_read10(0, 7, 1);
    uint32_t low;
    Reply reply;

    ccb_buffer(a, &ccb, BLOCK_SIZE);
    low = ccb.data;
    clear_both(a, low, BLOCK_SIZE);
    ccb.data += ABOVE;
    reply = command(a, BL_CMD_EXEC_SCSI, params,
                    exec_scsi_params(&ccb, params));
    assert_reply(&reply, BYTES(0, 0, 0, 0));
    guest_assert_blocks(a, where(isa, low), 7, BLOCK_SIZE);
    guest_assert_filled(a, where(!isa, low), FILL, BLOCK_SIZE);
}

/* Mailboxes and CCB at addresses that differ by 16 MiB from the real ones */
static void check_structures(Adapter *a, bool isa)
{
    uint32_t base = guest_block(a, 2 * 4 * sizeof(BuslogicMailbox32));
    Ccb ccb = ccb_tur(5);
    Completion done;

    clear_both(a, base, 2 * 4 * sizeof(BuslogicMailbox32));
    qtest_memset(a->qts, where(isa, base), 0, 8 * sizeof(BuslogicMailbox32));
    mailbox_init_at(a, 32, 4, base + ABOVE);
    /* The driver knows where they are */
    a->outgoing = where(isa, base);
    a->incoming = a->outgoing + 4 * sizeof(BuslogicMailbox32);
    ccb_store(a, &ccb);
    if (!isa) {
        qtest_memwrite(a->qts, ccb.addr + ABOVE, ccb.image, ccb.image_len);
    }
    mailbox_post(a, ccb.addr + ABOVE, BL_ACTION_START);
    doorbell(a);
    done = mailbox_take(a);
    /* What the driver wrote is what it gets back, all 32 bits of it */
    g_assert_cmphex(done.ccb, ==, ccb.addr + ABOVE);
    g_assert_cmphex(done.btstat, ==, BTSTAT_SELECTION_TIMEOUT);
    guest_assert_equal(a, where(isa, ccb.addr) + BL_CCB_BTSTAT,
                       (const uint8_t[]) { BTSTAT_SELECTION_TIMEOUT, 0 }, 2);
    guest_assert_filled(a, where(!isa, base), FILL, 8);
    acknowledge(a);
}

static void test_addresses_of_32_bits(const void *data)
{
    bool isa = GPOINTER_TO_UINT(data);
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_for_addresses(isa, disk);

    mailbox_init(a, 32, 4);
    clear_unit_attention(a, 0);
    check_buffers(a, isa);
    check_segments(a, isa);
    check_sense_address(a, isa);
    check_exec_scsi(a, isa);
    check_structures(a, isa);
    adapter_stop(a);
    disk_free(disk);
}

/* A buffer across the boundary goes on at 0, or above 16 MiB on PCI */
static void test_buffer_across_16_mib(const void *data)
{
    bool isa = GPOINTER_TO_UINT(data);
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_for_addresses(isa, disk);
    uint8_t blocks[2 * BLOCK_SIZE];
    const uint32_t below = 300, rest = sizeof(blocks) - below;

    mailbox_init(a, 32, 4);
    clear_unit_attention(a, 0);
    disk_pattern(7, blocks);
    disk_pattern(8, blocks + BLOCK_SIZE);
    for (int excess = 0; excess < 16; excess += 8) {
        Ccb read = ccb_read10(0, 7, 2), write = ccb_write10(0, 30, 2);

        clear_both(a, 0, sizeof(blocks));
        qtest_memset(a->qts, ABOVE - below, FILL, below);
        read.data = write.data = ABOVE - below;
        read.data_len = write.data_len = sizeof(blocks) + excess;
        ccb_run(a, &read);
        assert_good(&read);
        guest_assert_equal(a, ABOVE - below, blocks, below);
        guest_assert_equal(a, where(isa, 0), blocks + below, rest);
        guest_assert_filled(a, where(!isa, 0), FILL, rest);
        guest_assert_filled(a, where(isa, 0) + rest, FILL, 8);
        ccb_run(a, &write);
        assert_good(&write);
        for (int i = 0; i < 2; i++) {
            uint8_t block[BLOCK_SIZE];

            disk_read(disk, 30 + i, block);
            g_assert_cmpmem(block, BLOCK_SIZE, blocks + i * BLOCK_SIZE,
                            BLOCK_SIZE);
        }
        disk_fill(disk);
    }
    adapter_stop(a);
    disk_free(disk);
}

/* 24-bit CCBs: on ISA the same, on PCI the segment ends there [6.5] */
static void test_24_bit_segment_across_16_mib(const void *data)
{
    bool isa = GPOINTER_TO_UINT(data);
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_for_addresses(isa, disk);
    Segment seg[] = { { ABOVE - 256, BLOCK_SIZE } };
    uint8_t block[BLOCK_SIZE];
    Ccb ccb = ccb_read10(0, 7, 1);

    mailbox_init(a, 24, 4);
    clear_unit_attention(a, 0);
    disk_pattern(7, block);
    clear_both(a, 0, BLOCK_SIZE);
    qtest_memset(a->qts, ABOVE - 256, FILL, 256);
    ccb_segments(a, &ccb, seg, 1);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_equal(a, ABOVE - 256, block, 256);
    guest_assert_filled(a, ABOVE, FILL, BLOCK_SIZE);
    if (isa) {
        guest_assert_equal(a, 0, block + 256, 256);
    } else {
        guest_assert_filled(a, 0, FILL, 256);
    }
    guest_assert_filled(a, 256, FILL, 256);
    adapter_stop(a);
    disk_free(disk);
}

/* Settings */

/* 0x92 saves what the guest likes, but there are jumpers for the ports */
static void test_saved_settings_do_not_move_the_ports(void)
{
    Adapter *a = isa_adapter_start("pc", 0x230, IRQ,
                                   "buslogic-isa,iobase=0x230", "%s", "");
    Reply reply;

    command(a, BL_CMD_STORE_LOCAL_RAM,
            BYTES(BL_AUTOSCSI_OFFSET + 33, 1, 1 << 2));
    command(a, BL_CMD_STORE_NVRAM, BYTES(BL_NVRAM_SAVE));
    reply = command(a, BL_CMD_ECHO, BYTES(0x3c));
    assert_reply(&reply, BYTES(0x3c));
    machine_reset(a);
    adapter_enable(a);
    reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM,
                          BYTES(BL_AUTOSCSI_OFFSET + 33, 1));
    g_assert_cmphex(reply.data[0], ==, 1 << 2);
    g_assert_cmphex(qtest_inb(a->qts, 0x334 + A_STATUS), ==, NOTHING_THERE);
    adapter_stop(a);
}

static void test_settings_are_kept_in_an_image(void)
{
    Disk *image = disk_new(1);
    static const uint8_t empty[BLOCK_SIZE];
    g_autofree char *args = g_strdup_printf(
        "-drive if=none,id=nv,format=raw,file=%s", image->path);
    Reply reply;
    Adapter *a;

    g_assert_cmpint(pwrite(image->fd, empty, sizeof(empty), 0), ==,
                    sizeof(empty));
    a = isa_adapter_start("isapc", IO, IRQ, "buslogic-isa,nvram=nv", "%s",
                          args);
    command(a, BL_CMD_STORE_LOCAL_RAM, BYTES(3, 2, 0x12, 0x34));
    command(a, BL_CMD_STORE_NVRAM, BYTES(BL_NVRAM_SAVE));
    adapter_stop(a);
    a = isa_adapter_start("isapc", IO, IRQ, "buslogic-isa,nvram=nv", "%s",
                          args);
    reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(3, 2));
    assert_reply(&reply, BYTES(0x12, 0x34));
    adapter_stop(a);
    disk_free(image);
}

/* Migration */

static void test_migration(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    g_autofree char *args = disk_args(disk, "hba.0");
    const char *device = "buslogic-isa,id=hba,iobase=0x134,irq=12,dma=7";
    Adapter *a = isa_adapter_start("pc", 0x134, 12, device, "%s", args);
    Reply reply;

    mailbox_init(a, 32, 4);
    clear_unit_attention(a, 0);
    write_command(a, BL_CMD_TEST_CMDC);
    write_command(a, BL_CMD_TEST_CMDC);
    migrate_adapter(a, device, args);
    g_assert_true(interrupt_line(a));
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    g_assert_true(interrupt_line(a));
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    assert_idle(a);
    read_and_write(a, disk);
    reply = command(a, BL_CMD_INQUIRE_CONFIG, NO_BYTES);
    assert_reply(&reply, BYTES(0x80, 1 << 3, 7));
    adapter_stop(a);
    disk_free(disk);
}

static void test_migration_to_other_jumpers(void)
{
    static const char *const others[] = {
        "buslogic-isa,model=bt545s", "buslogic-isa,model=aha1540b",
        "buslogic-isa,iobase=0x334", "buslogic-isa,irq=11",
        "buslogic-isa,dma=6",
    };

    for (int i = 0; i < ARRAY_SIZE(others); i++) {
        migrate_refused(isa_adapter_start("pc", IO, IRQ, "buslogic-isa", "%s",
                                          ""), others[i], "");
    }
}

static void add_resource_tests(void)
{
    for (int i = 0; i < ARRAY_SIZE(bases); i++) {
        g_autofree char *name = g_strdup_printf("/buslogic/isa/ports/%x",
                                                bases[i]);

        qtest_add_data_func(name, GUINT_TO_POINTER(bases[i]), test_ports);
    }
    for (int i = 0; i < ARRAY_SIZE(irqs); i++) {
        g_autofree char *name = g_strdup_printf("/buslogic/isa/irq/%d",
                                                irqs[i]);

        qtest_add_data_func(name, GUINT_TO_POINTER(irqs[i]), test_irq);
    }
    qtest_add_func("/buslogic/isa/dma-channel", test_dma_channel);
    qtest_add_func("/buslogic/isa/scsi-id", test_scsi_id);
    for (int i = 0; i < ARRAY_SIZE(refusals); i++) {
        g_autofree char *name = g_strdup_printf("/buslogic/isa/refused/%s",
                                                refusals[i].name);

        qtest_add_data_func(name, &refusals[i], test_refused);
    }
    qtest_add_func("/buslogic/isa/disk-hotplug", test_disk_hotplug);
    qtest_add_func("/buslogic/isa/help", test_properties_are_described);
}

static void add_machine_kinds(void)
{
    static const char *const machines[] = { "isapc", "pc", "q35" };

    for (int i = 0; i < ARRAY_SIZE(machines); i++) {
        g_autofree char *name = g_strdup_printf("/buslogic/isa/machine/%s",
                                                machines[i]);

        if (qtest_has_machine(machines[i])) {
            qtest_add_data_func(name, machines[i], test_machine);
        }
    }
    qtest_add_func("/buslogic/isa/behind-a-pci-board",
                   test_behind_a_pci_board);
    qtest_add_func("/buslogic/isa/same-scsi-id-behind-two-boards",
                   test_same_scsi_id_behind_two_boards);
    qtest_add_func("/buslogic/isa/names-of-buses", test_names_of_buses);
    qtest_add_func("/buslogic/isa/beside-a-pci-board",
                   test_beside_a_pci_board);
    qtest_add_func("/buslogic/isa/six-boards", test_six_boards);
}

static void add_for_both_buses(const char *name, void (*test)(const void *))
{
    g_autofree char *pci = g_strdup_printf("%s/pci", name);
    g_autofree char *isa = g_strdup_printf("%s/isa", name);

    qtest_add_data_func(pci, GUINT_TO_POINTER(false), test);
    qtest_add_data_func(isa, GUINT_TO_POINTER(true), test);
}

void add_isa_board_tests(void)
{
    add_resource_tests();
    add_machine_kinds();
    qtest_add_func("/buslogic/isa/edge/one-for-one",
                   test_one_edge_for_one_interrupt);
    qtest_add_func("/buslogic/isa/edge/deferred-cause",
                   test_deferred_cause_makes_an_edge);
    qtest_add_func("/buslogic/isa/edge/deferred-mailbox",
                   test_deferred_mailbox_makes_an_edge);
    qtest_add_func("/buslogic/isa/edge/before-the-acknowledge",
                   test_completion_before_the_acknowledge_makes_an_edge);
    add_for_both_buses("/buslogic/addresses/of-32-bits",
                       test_addresses_of_32_bits);
    add_for_both_buses("/buslogic/addresses/across-16-mib",
                       test_buffer_across_16_mib);
    add_for_both_buses("/buslogic/addresses/across-16-mib-24",
                       test_24_bit_segment_across_16_mib);
    qtest_add_func("/buslogic/isa/settings/ports-stay",
                   test_saved_settings_do_not_move_the_ports);
    qtest_add_func("/buslogic/isa/settings/image",
                   test_settings_are_kept_in_an_image);
    qtest_add_func("/buslogic/isa/migration/board", test_migration);
    qtest_add_func("/buslogic/isa/migration/other-jumpers",
                   test_migration_to_other_jumpers);
}
