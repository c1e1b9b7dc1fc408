/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: replays of Windows drivers, and
 * of OS/2 and DOS drivers as far as this board is their business
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-replay.h"

/* BusLogic958 of ReactOS, vmscsi of VMware: Windows 2000 to 2003 */

#define RO_MAILBOXES    211
#define RO_SEGMENTS     17
#define RO_SENSE        18
/* Without any delay between them */
#define RO_DACT_POLLS   100

static bool ro_is_a_board(Adapter *a)
{
    uint8_t flags = read_flags(a);
    uint8_t geometry = read_geometry(a);
    uint8_t status = read_status(a);

    return status && !(status & (DACT | CPRBSY | STATUS_RESERVED | CMDINV)) &&
           !(flags & FLAGS_RESERVED) && geometry != 0xff;
}

static void ro_expect(Adapter *a, uint8_t opcode, const uint8_t *params,
                      size_t num_params, uint8_t *reply, size_t wanted)
{
    g_assert_cmpint(linux_command(a, opcode, params, num_params, reply,
                                  wanted), ==, wanted);
}

/* The interrupt of each of these commands is gated */
static void ro_read_configuration(Adapter *a)
{
    uint8_t r[64];

    ro_expect(a, 0x8d, BYTES(14), r, 14);
    ro_expect(a, 0x04, NO_BYTES, r, 4);
    ro_expect(a, 0x0b, NO_BYTES, r, 3);
    ro_expect(a, 0x0d, BYTES(34), r, 34);
    ro_expect(a, 0x8d, BYTES(14), r, 14);
    ro_expect(a, 0x84, NO_BYTES, r, 1);
    ro_expect(a, 0x8b, BYTES(5), r, 5);
    /* Index of a table with what follows a '4' */
    g_assert_cmpint(r[0], >=, '4');
    g_assert_cmpint(r[0], <=, '9');
    ro_expect(a, 0x85, NO_BYTES, r, 1);
    ro_expect(a, 0x86, NO_BYTES, r, 4);
    ro_expect(a, 0x91, BYTES(64, 64), r, 64);
    assert_bytes(r + 27, 2, 0xff, 0xff);
}

static void ro_initialise(Adapter *a)
{
    uint8_t init[5] = { RO_MAILBOXES };

    rings_clear(a);
    store_le32(init + 1, a->outgoing);
    ro_expect(a, 0x81, init, 5, NULL, 0);
    ro_expect(a, 0x8f, BYTES(1), NULL, 0);
    ro_expect(a, 0x96, BYTES(1), NULL, 0);
}

static void ro_inquire_targets(Adapter *a)
{
    uint8_t r[34];

    ro_expect(a, 0x24, NO_BYTES, r, 2);
    g_assert_cmphex(r[0] | r[1] << 8, ==, TARGETS_PRESENT);
    ro_expect(a, 0x0d, BYTES(34), r, 34);
    ro_expect(a, 0x8c, BYTES(16), r, 16);
}

/* HwFindAdapter: all of it with the interrupt gated */
static void ro_find_adapter(Adapter *a)
{
    g_assert_cmphex(config_readw(a, PCI_VENDOR_ID), ==, 0x104b);
    g_assert_cmphex(config_readw(a, PCI_DEVICE_ID), ==, 0x1040);
    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_0) & 1, ==, 1);
    g_assert_true(ro_is_a_board(a));
    diagnostics_handshake(a, RHARD, RO_DACT_POLLS);
    ro_expect(a, 0x25, BYTES(0), NULL, 0);
    ro_read_configuration(a);
    rings_alloc(a, 32, RO_MAILBOXES);
    ro_initialise(a);
    ro_inquire_targets(a);
    assert_idle(a);
}

/* HwInitialize */
static void ro_boot(Adapter *a)
{
    ro_find_adapter(a);
    ro_expect(a, 0x25, BYTES(1), NULL, 0);
    assert_idle(a);
}

/* One piece needs no list: that avoids trouble with data underruns */
static void ro_prepare(Adapter *a, Ccb *ccb, const Buffer *b)
{
    ccb->sense_code = ccb->sense_code ? ccb->sense_code : RO_SENSE;
    ccb->sense = guest_block(a, RO_SENSE);
    qtest_memset(a->qts, ccb->sense, FILL, RO_SENSE);
    if (!b) {
        ccb->direction = BL_DIR_NONE;
    } else {
        ccb->direction = linux_direction(ccb->cdb[0]) == BL_DIR_OUT
                         ? BL_DIR_OUT : BL_DIR_IN;
        if (b->nseg == 1) {
            ccb->data = b->seg[0].addr;
            ccb->data_len = b->len;
        } else {
            ccb->opcode = BL_CCB_INITIATOR_SG;
            ccb->data = guest_block(a, b->nseg * 8);
            ccb->data_len = buffer_list(a, b, ccb->data);
        }
    }
    ccb_store(a, ccb);
}

static void ro_stop(Adapter *a)
{
    ro_expect(a, 0x25, BYTES(0), NULL, 0);
}

/* HwResetBus does not enable the interrupt: the reset has done that */
static void ro_reset_bus(Adapter *a)
{
    diagnostics_handshake(a, RHARD, RO_DACT_POLLS);
    ro_initialise(a);
}

const Driver reactos = {
    .name = "reactos",
    .machine = machine_pci,
    .boot = ro_boot,
    .leave = ro_stop,
    .prepare = ro_prepare,
    .interrupt = linux_interrupt,
    .max_segments = RO_SEGMENTS,
    .max_bytes = 64 * 1024,
    .num_targets = 16,
};

static void test_ro_attach(void)
{
    driver_attach(&reactos);
}

/* Until HwInitialize the flags tell of completions, the line does not */
static void test_ro_is_gated_until_initialize(void)
{
    Adapter *a = machine_pci();

    ro_find_adapter(a);
    write_command(a, 0x00);
    g_assert_cmphex(read_flags(a), ==, INTV | CMDC);
    g_assert_false(interrupt_line(a));
    write_control(a, RINT);
    ro_expect(a, 0x25, BYTES(1), NULL, 0);
    write_command(a, 0x00);
    g_assert_true(interrupt_line(a));
    g_assert_true(linux_interrupt(a));
    assert_idle(a);
}

/* It does not know of the ISA ports, which stay */
static void test_ro_leaves_isa_port(void)
{
    Adapter *a = machine_isa(), port = *a;

    adapter_enable(a);
    ro_find_adapter(a);
    g_assert_cmphex(read_status(&port), ==, READY);
    ro_expect(a, 0x25, BYTES(1), NULL, 0);
    driver_ready(&reactos, a, DISK);
    driver_settle(&reactos, a);
}

static void test_ro_io(void)
{
    replay_io(&reactos);
}

static void test_ro_late_completion(void)
{
    replay_late_completion(&reactos);
}

/* The operating system asks for the sense data itself */
static void test_ro_without_autosense(void)
{
    Adapter *a = driver_attach(&reactos);
    Ccb ccb = ccb_read10(DISK, DISK_BLOCKS, 1);
    Ccb sense = ccb_request_sense(DISK, RO_SENSE);
    g_autofree uint8_t *data = NULL;
    Buffer b, s;

    driver_ready(&reactos, a, DISK);
    ccb.sense_code = 1;
    buffer_alloc(a, &b, BLOCK_SIZE, 1);
    driver_run(&reactos, a, &ccb, &b);
    assert_check_condition(&ccb);
    guest_assert_filled(a, ccb.sense, FILL, RO_SENSE);

    buffer_alloc(a, &s, RO_SENSE, 1);
    driver_run(&reactos, a, &sense, &s);
    assert_good(&sense);
    data = buffer_read(a, &s);
    g_assert_cmphex(data[2] & 15, ==, ILLEGAL_REQUEST);
    g_assert_cmphex(data[12], ==, 0x21);
    driver_settle(&reactos, a);
}

/* Tags in the extended format, and as many LUNs as it can name */
static void test_ro_tags_and_luns(void)
{
    Adapter *a = driver_attach(&reactos);

    driver_ready(&reactos, a, LUNS);
    for (int lun = 0; lun < 32; lun++) {
        Ccb ccb = ccb_inquiry(LUNS, 36);
        Buffer b;

        ccb.lun = lun;
        buffer_alloc(a, &b, 36, 1);
        ro_prepare(a, &ccb, &b);
        ccb_poke(a, &ccb, 1, ccb.image[1] | 0x20 | lun % 3 << 6);
        mailbox_post(a, ccb.addr, BL_ACTION_START);
        doorbell(a);
        wait_until(interrupt_line(a));
        acknowledge(a);
        ccb_wait(a, &ccb);
        assert_good(&ccb);
        /* The qualifier tells whether the unit exists */
        g_assert_cmphex(qtest_readb(a->qts, b.seg[0].addr), ==,
                        lun == 0 || lun == HIGH_LUN ? TYPE_DISK : 0x7f);
    }
    driver_settle(&reactos, a);
}

static void test_ro_abort(void)
{
    replay_abort(&reactos, ccb_abort);
}

/* Code 3 is passed over in the scan, and the ring goes on */
static void test_ro_abort_of_finished(void)
{
    Adapter *a = driver_attach(&reactos);
    Ccb ccb = ccb_tur(ABSENT);

    driver_run(&reactos, a, &ccb, NULL);
    ccb_abort(a, &ccb);
    wait_until(interrupt_line(a));
    g_assert_true(linux_interrupt(a));
    g_assert_cmphex(last_not_found, ==, ccb.addr);
    driver_ready(&reactos, a, DISK);
    driver_settle(&reactos, a);
}

static void test_ro_device_reset(void)
{
    Ccb bdr = ccb_device_reset(DISK);

    replay_device_reset(&reactos, &bdr);
}

static void test_ro_reset_bus(void)
{
    replay_reset(&reactos, ro_reset_bus);
}

/* Stopping gates the interrupt; what still runs completes silently */
static void test_ro_stop(void)
{
    Adapter *a = driver_attach(&reactos);
    Ccb ccbs[2];

    driver_ready(&reactos, a, DISK);
    driver_settle(&reactos, a);
    start_held(&reactos, a, ccbs, ARRAY_SIZE(ccbs));
    ro_stop(a);
    release(a, DISK);
    wait_until(mailbox_peek(a, (a->in + 1) % a->count).code);
    g_assert_cmphex(read_flags(a), ==, INTV | IMBL);
    g_assert_false(interrupt_line(a));
    requests_forget();

    /* And is started again */
    ro_boot(a);
    driver_ready(&reactos, a, DISK);
    driver_settle(&reactos, a);
}

static void test_ro_rejected_command(void)
{
    Adapter *a = machine_pci();

    g_assert_cmpint(linux_command(a, 0x29, NO_BYTES, NULL, 0), ==,
                    LINUX_REJECTED);
    g_assert_cmphex(read_status(a), ==, READY_AFTER_RESET);
    g_assert_cmphex(read_flags(a), ==, 0);
}

/* BusLogic's miniport for Windows NT describes a buffer it does not mean */
static void test_nt_test_unit_ready_with_buffer(const void *opcode)
{
    Adapter *a = driver_attach(&reactos);
    Ccb ccb = ccb_tur(DISK);
    uint32_t buffer = guest_block(a, 2048);

    driver_ready(&reactos, a, DISK);
    qtest_memset(a->qts, buffer, FILL, 2048);
    ccb.opcode = GPOINTER_TO_UINT(opcode);
    ccb.direction = BL_DIR_IN;
    ccb.sense_code = RO_SENSE;
    if (ccb.opcode == BL_CCB_INITIATOR_SG || ccb.opcode == BL_CCB_SG_RES) {
        const Segment seg = { buffer, 2048 };

        ccb_segments(a, &ccb, &seg, 1);
        ccb.opcode = GPOINTER_TO_UINT(opcode);
    } else {
        ccb.data = buffer;
        ccb.data_len = 2048;
    }
    ccb_submit(a, &ccb);
    ccb_wait(a, &ccb);
    assert_good(&ccb);
    guest_assert_filled(a, buffer, FILL, 2048);
    acknowledge(a);
}

/*
 * Adaptec's miniport for Windows NT takes a board whose second identifying
 * byte is '0' or 'B', and BusLogic's then does not get it.
 */
static bool nt_adaptec_takes(Adapter *a)
{
    Reply id = command(a, BL_CMD_INQUIRE_BOARD_ID, NO_BYTES);

    return id.data[1] == '0' || id.data[1] == 'B';
}

static void test_nt_adaptec_keeps_off(void)
{
    g_assert_false(nt_adaptec_takes(machine_isa()));
    g_assert_false(nt_adaptec_takes(machine_bt545c()));
    g_assert_false(nt_adaptec_takes(machine_bt542b()));
}

static void test_nt_adaptec_takes_its_boards(void)
{
    g_assert_true(nt_adaptec_takes(machine_aha1540b()));
    g_assert_true(nt_adaptec_takes(machine_aha1542cf()));
}

/* Does the board reject this opcode, which is all that the driver sends? */
static bool rejects(Adapter *a, uint8_t opcode)
{
    bool rejected;

    write_command(a, opcode);
    rejected = (read_status(a) & (CMDINV | HARDY)) == (CMDINV | HARDY) &&
               read_flags(a) == (INTV | CMDC);
    reset_to_30(a, RSOFT, 2);
    return rejected;
}

/*
 * Adaptec's drivers for OS/2 go by either of these: there must be no extended
 * setup, and no 'D' at this place of the other one.
 */
static void test_os2_adaptec_keeps_off(void)
{
    Adapter *(*const machines[])(void) = { machine_isa, machine_bt545c };

    for (int i = 0; i < ARRAY_SIZE(machines); i++) {
        Adapter *a = machines[i]();
        Reply setup = command(a, BL_CMD_INQUIRE_SETUP, BYTES(34));

        assert_bytes(setup.data + 17, 2, 'B', 'D');
        g_assert_false(rejects(a, BL_CMD_INQUIRE_EXT_SETUP));
    }
}

static void test_os2_adaptec_takes_its_boards(void)
{
    Adapter *(*const machines[])(void) = {
        machine_aha1540b, machine_aha1542cf,
    };

    for (int i = 0; i < ARRAY_SIZE(machines); i++) {
        Adapter *a = machines[i]();
        Reply setup = command(a, BL_CMD_INQUIRE_SETUP, BYTES(34));

        g_assert_cmpuint(setup.len, ==, 34);
        g_assert_cmphex(setup.data[18], !=, 'D');
        g_assert_true(rejects(a, BL_CMD_INQUIRE_EXT_SETUP));
    }
}

/* ASPI4DOS wants these rejected; 3.36 also the letters at +3 */

static const uint8_t aspi4dos_opcodes[] = { 0x81, 0x84, 0x8b, 0x8d, 0x95 };

static bool aspi4dos_reads_adap(Adapter *a)
{
    uint8_t letters[4];

    for (int i = 0; i < ARRAY_SIZE(letters); i++) {
        letters[i] = read_geometry(a);
    }
    return !memcmp(letters, "ADAP", sizeof(letters));
}

static void test_dos_adaptec_keeps_off(void)
{
    Adapter *(*const machines[])(void) = {
        machine_isa, machine_bt545c, machine_bt545s, machine_bt542b,
    };

    for (int i = 0; i < ARRAY_SIZE(machines); i++) {
        Adapter *a = machines[i]();

        for (int n = 0; n < 4; n++) {
            g_assert_false(rejects(a, aspi4dos_opcodes[n]));
        }
        g_assert_false(rejects(a, BL_CMD_ENABLE_INTERRUPT));
        g_assert_false(aspi4dos_reads_adap(a));
    }
}

static void test_dos_adaptec_takes_its_boards(void)
{
    Adapter *a = machine_aha1540b();

    for (int n = 0; n < ARRAY_SIZE(aspi4dos_opcodes); n++) {
        g_assert_true(rejects(a, aspi4dos_opcodes[n]));
    }
    /* There it is another command on the C series */
    g_assert_true(rejects(a, BL_CMD_ENABLE_INTERRUPT));
    a = machine_aha1542cf();
    for (int n = 0; n < ARRAY_SIZE(aspi4dos_opcodes); n++) {
        g_assert_true(rejects(a, aspi4dos_opcodes[n]));
    }
    g_assert_true(aspi4dos_reads_adap(a));
    g_assert_true(aspi4dos_reads_adap(a));
}

/*
 * BTDOSM.SYS, and VirtualBox's BIOS, take what answers at an ISA port for an
 * ISA board if bit 6 is set.  They know others from PCI already.
 */
static void test_dos_isa_port_of_a_pci_board(void)
{
    Adapter *a = machine_isa();

    g_assert_cmphex(read_status(a), ==, READY_AFTER_RESET);
    g_assert_cmphex(read_geometry(a) & 0x40, ==, 0);
}

static void test_dos_isa_board(void)
{
    Adapter *(*const machines[])(void) = {
        machine_bt545c, machine_bt545s, machine_bt542b,
    };

    for (int i = 0; i < ARRAY_SIZE(machines); i++) {
        Adapter *a = machines[i]();

        g_assert_cmphex(read_status(a), ==, READY_AFTER_RESET);
        g_assert_cmphex(read_geometry(a) & 0x40, ==, 0x40);
    }
}

static void add_miniport_rules(void)
{
    static const struct {
        const char *name;
        uint8_t opcode;
    } opcodes[] = {
        { "initiator", BL_CCB_INITIATOR },
        { "list", BL_CCB_INITIATOR_SG },
        { "residual", BL_CCB_INITIATOR_RES },
        { "list-residual", BL_CCB_SG_RES },
    };

    for (int i = 0; i < ARRAY_SIZE(opcodes); i++) {
        g_autofree char *path = g_strdup_printf(
            "/buslogic/replay/windows-nt/test-unit-ready-with-buffer/%s",
            opcodes[i].name);

        qtest_add_data_func(path, GUINT_TO_POINTER(opcodes[i].opcode),
                            test_nt_test_unit_ready_with_buffer);
    }
    qtest_add_func("/buslogic/replay/windows-nt/adaptec-keeps-off",
                   test_nt_adaptec_keeps_off);
    qtest_add_func("/buslogic/replay/windows-nt/adaptec-takes-its-boards",
                   test_nt_adaptec_takes_its_boards);
    qtest_add_func("/buslogic/replay/os2/adaptec-keeps-off",
                   test_os2_adaptec_keeps_off);
    qtest_add_func("/buslogic/replay/os2/adaptec-takes-its-boards",
                   test_os2_adaptec_takes_its_boards);
    qtest_add_func("/buslogic/replay/dos/adaptec-keeps-off",
                   test_dos_adaptec_keeps_off);
    qtest_add_func("/buslogic/replay/dos/adaptec-takes-its-boards",
                   test_dos_adaptec_takes_its_boards);
    qtest_add_func("/buslogic/replay/dos/isa-board", test_dos_isa_board);
    qtest_add_func("/buslogic/replay/dos/isa-port-of-a-pci-board",
                   test_dos_isa_port_of_a_pci_board);
}

void add_nt_replays(void)
{
    qtest_add_func("/buslogic/replay/reactos/attach", test_ro_attach);
    qtest_add_func("/buslogic/replay/reactos/is-gated-until-initialize",
                   test_ro_is_gated_until_initialize);
    qtest_add_func("/buslogic/replay/reactos/leaves-isa-port",
                   test_ro_leaves_isa_port);
    qtest_add_func("/buslogic/replay/reactos/io", test_ro_io);
    qtest_add_func("/buslogic/replay/reactos/late-completion",
                   test_ro_late_completion);
    qtest_add_func("/buslogic/replay/reactos/without-autosense",
                   test_ro_without_autosense);
    qtest_add_func("/buslogic/replay/reactos/tags-and-luns",
                   test_ro_tags_and_luns);
    qtest_add_func("/buslogic/replay/reactos/abort", test_ro_abort);
    qtest_add_func("/buslogic/replay/reactos/abort-of-finished",
                   test_ro_abort_of_finished);
    qtest_add_func("/buslogic/replay/reactos/device-reset",
                   test_ro_device_reset);
    qtest_add_func("/buslogic/replay/reactos/reset-bus", test_ro_reset_bus);
    qtest_add_func("/buslogic/replay/reactos/stop", test_ro_stop);
    qtest_add_func("/buslogic/replay/reactos/rejected-command",
                   test_ro_rejected_command);
    add_miniport_rules();
}
