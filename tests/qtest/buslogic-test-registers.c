/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: registers [1, 2] and resets [3]
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

#define DIAGNOSTICS     (R_STATUS_DACT_MASK | R_STATUS_INREQ_MASK)

/* The identity in PCI configuration space [1.1] */

static void test_pci_identity(void)
{
    Adapter *a = shared_adapter();

    g_assert_cmphex(config_readw(a, PCI_VENDOR_ID), ==, 0x104b);
    g_assert_cmphex(config_readw(a, PCI_DEVICE_ID), ==, 0x1040);
    g_assert_cmphex(config_readb(a, PCI_REVISION_ID), ==, 0x01);
    g_assert_cmphex(config_readl(a, PCI_CLASS_REVISION) >> 8, ==, 0x010000);
    g_assert_cmphex(config_readb(a, PCI_HEADER_TYPE), ==, 0x00);
    g_assert_cmphex(config_readw(a, PCI_SUBSYSTEM_VENDOR_ID), ==, 0x104b);
    g_assert_cmphex(config_readw(a, PCI_SUBSYSTEM_ID), ==, 0x1040);
}

static void test_pci_bars(void)
{
    Adapter *a = shared_adapter();

    config_writew(a, PCI_COMMAND, 0);
    config_writel(a, PCI_BASE_ADDRESS_0, 0xffffffff);
    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_0), ==,
                    0xffffffe0 | PCI_BASE_ADDRESS_SPACE_IO);
    config_writel(a, PCI_BASE_ADDRESS_1, 0xffffffff);
    g_assert_cmphex(config_readl(a, PCI_BASE_ADDRESS_1), ==,
                    0xffffffe0 | PCI_BASE_ADDRESS_SPACE_MEMORY |
                    PCI_BASE_ADDRESS_MEM_TYPE_32);
}

static void test_pci_interrupt_pin_and_line(void)
{
    Adapter *a = shared_adapter();

    g_assert_cmphex(config_readb(a, PCI_INTERRUPT_PIN), ==, 1);
    config_writeb(a, PCI_INTERRUPT_LINE, 0xa5);
    g_assert_cmphex(config_readb(a, PCI_INTERRUPT_LINE), ==, 0xa5);
}

static void test_pci_bus_master_bit_is_writable(void)
{
    Adapter *a = shared_adapter();

    adapter_set_bus_master(a, false);
    g_assert_cmphex(config_readw(a, PCI_COMMAND) & PCI_COMMAND_MASTER, ==, 0);
    adapter_set_bus_master(a, true);
    g_assert_cmphex(config_readw(a, PCI_COMMAND) & PCI_COMMAND_MASTER, !=, 0);
}

/* Values and decoding of the four registers [2] */

static void test_values_at_power_up(void)
{
    Adapter *a = adapter_start("buslogic", "%s", "");

    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    g_assert_cmphex(read_flags(a), ==, 0);
    g_assert_cmphex(read_geometry(a), ==, R_GEOMETRY_EXT_TRANS_MASK);
    g_assert_false(interrupt_line(a));
    adapter_stop(a);
}

static void test_ports_repeat_over_the_io_bar(void)
{
    Adapter *a = shared_adapter();

    for (uint16_t base = a->io; base < a->io + BUSLOGIC_BAR_SIZE;
         base += BUSLOGIC_NUM_PORTS) {
        g_assert_cmphex(qtest_inb(a->qts, base + A_STATUS), ==, STATUS_IDLE);
        qtest_outb(a->qts, base + A_COMMAND, BL_CMD_INQUIRE_FW_LETTER);
        g_assert_cmphex(qtest_inb(a->qts, base + A_STATUS), ==, STATUS_REPLY);
        g_assert_cmphex(qtest_inb(a->qts, base + A_DATA_IN), ==, 'B');
        g_assert_cmphex(qtest_inb(a->qts, base + A_INTERRUPT), ==, CMDC);
        qtest_outb(a->qts, base + A_CONTROL, R_CONTROL_RINT_MASK);
        g_assert_cmphex(qtest_inb(a->qts, base + A_GEOMETRY), ==,
                        R_GEOMETRY_EXT_TRANS_MASK);
    }
}

static void test_ports_repeat_over_the_memory_bar(void)
{
    Adapter *a = shared_adapter();

    for (uint32_t base = a->mmio; base < a->mmio + BUSLOGIC_BAR_SIZE;
         base += BUSLOGIC_NUM_PORTS) {
        g_assert_cmphex(qtest_readb(a->qts, base + A_STATUS), ==,
                        STATUS_IDLE);
        qtest_writeb(a->qts, base + A_COMMAND, BL_CMD_INQUIRE_FW_LETTER);
        g_assert_cmphex(qtest_readb(a->qts, base + A_STATUS), ==, STATUS_REPLY);
        g_assert_cmphex(qtest_readb(a->qts, base + A_DATA_IN), ==, 'B');
        g_assert_cmphex(qtest_readb(a->qts, base + A_INTERRUPT), ==, CMDC);
        qtest_writeb(a->qts, base + A_CONTROL, R_CONTROL_RINT_MASK);
    }
}

static void test_wide_reads_are_one_register(void)
{
    Adapter *a = shared_adapter();

    g_assert_cmphex(qtest_inw(a->qts, a->io + A_STATUS), ==, STATUS_IDLE);
    g_assert_cmphex(qtest_inl(a->qts, a->io + A_STATUS), ==, STATUS_IDLE);
    g_assert_cmphex(qtest_readl(a->qts, a->mmio + A_STATUS), ==,
                    STATUS_IDLE);
    g_assert_cmphex(qtest_inw(a->qts, a->io + A_INTERRUPT), ==, 0);
}

/* Were DATA_IN read along with STATUS, a reply byte would be lost */
static void test_wide_status_read_leaves_the_reply_alone(void)
{
    Adapter *a = shared_adapter();

    write_command(a, BL_CMD_INQUIRE_BOARD_ID);
    g_assert_cmphex(qtest_inl(a->qts, a->io + A_STATUS), ==, STATUS_REPLY);
    g_assert_cmphex(qtest_inw(a->qts, a->io + A_STATUS), ==, STATUS_REPLY);
    g_assert_cmphex(read_data(a), ==, 'A');
    g_assert_cmphex(read_data(a), ==, 'A');
    g_assert_cmphex(read_data(a), ==, '5');
    g_assert_cmphex(read_data(a), ==, '0');
}

static void test_wide_data_read_takes_one_byte(void)
{
    Adapter *a = shared_adapter();

    write_command(a, BL_CMD_INQUIRE_BOARD_ID);
    g_assert_cmphex(qtest_inw(a->qts, a->io + A_DATA_IN), ==, 'A');
    g_assert_cmphex(qtest_inl(a->qts, a->io + A_DATA_IN), ==, 'A');
    g_assert_cmphex(read_data(a), ==, '5');
    g_assert_cmphex(read_status(a), ==, STATUS_REPLY);
    g_assert_cmphex(read_data(a), ==, '0');
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
}

static void test_wide_control_write_is_no_command(void)
{
    Adapter *a = shared_adapter();

    qtest_outl(a->qts, a->io + A_CONTROL, R_CONTROL_RINT_MASK);
    qtest_outw(a->qts, a->io + A_CONTROL, R_CONTROL_RINT_MASK);
    qtest_writel(a->qts, a->mmio + A_CONTROL, R_CONTROL_RINT_MASK);
    assert_idle(a);
    g_assert_cmphex(read_geometry(a), ==, R_GEOMETRY_EXT_TRANS_MASK);
}

static void test_wide_command_write_is_one_byte(void)
{
    Adapter *a = shared_adapter();

    qtest_outl(a->qts, a->io + A_COMMAND, 0x2a2a2a00 | BL_CMD_ECHO);
    g_assert_cmphex(read_status(a), ==, STATUS_BUSY);
    write_command(a, 0x77);
    g_assert_cmphex(read_data(a), ==, 0x77);
    g_assert_cmphex(read_flags(a), ==, CMDC);
}

static void test_wide_interrupt_write_leaves_geometry_alone(void)
{
    Adapter *a = shared_adapter();

    qtest_outw(a->qts, a->io + A_INTERRUPT, 0x0605);
    g_assert_cmphex(read_flags(a), ==, 0x05);
    g_assert_cmphex(read_geometry(a), ==, R_GEOMETRY_EXT_TRANS_MASK);
    write_control(a, R_CONTROL_RINT_MASK);
}

/* Writing +2 and +3 [2.6, 2.7] */

static void test_interrupt_register_stores_writes(void)
{
    Adapter *a = shared_adapter();

    for (unsigned val = 0; val <= 0x8f; val += 0x11) {
        qtest_outb(a->qts, a->io + A_INTERRUPT, val & 0x8f);
        g_assert_cmphex(read_flags(a), ==, val & 0x8f);
        g_assert_false(interrupt_line(a));
    }
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_cmphex(read_flags(a), ==, 0);
}

static void test_written_flags_do_not_hide_real_ones(void)
{
    Adapter *a = shared_adapter();

    qtest_outb(a->qts, a->io + A_INTERRUPT, CMDC);
    write_command(a, BL_CMD_TEST_CMDC);
    g_assert_true(interrupt_line(a));
    g_assert_cmphex(read_flags(a), ==, CMDC);
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

static void test_clearing_flags_by_hand_keeps_the_line_up(void)
{
    Adapter *a = shared_adapter();

    write_command(a, BL_CMD_TEST_CMDC);
    qtest_outb(a->qts, a->io + A_INTERRUPT, 0);
    g_assert_true(interrupt_line(a));
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

static void test_geometry_register_stores_writes(void)
{
    Adapter *a = shared_adapter();

    qtest_outb(a->qts, a->io + A_GEOMETRY, 0x5a);
    g_assert_cmphex(read_geometry(a), ==, 0x5a);
    g_assert_false(interrupt_line(a));
    g_assert_cmphex(read_flags(a), ==, 0);
}

static void test_reserved_control_bits_do_nothing(void)
{
    Adapter *a = shared_adapter();

    write_control(a, 0x0f);
    assert_idle(a);
    write_command(a, BL_CMD_TEST_CMDC);
    write_control(a, 0x0f);
    g_assert_cmphex(read_flags(a), ==, CMDC);
}

/* The two reserved status bits no driver tolerates */
static void test_status_bits_1_and_3_are_never_set(void)
{
    const uint8_t reserved = 0x02 | R_STATUS_CPRBSY_MASK;
    Adapter *a = shared_adapter();

    for (int opcode = 0; opcode < 256; opcode++) {
        write_command(a, opcode);
        g_assert_cmphex(read_status(a) & reserved, ==, 0);
        g_assert_cmphex(read_flags(a) & 0x70, ==, 0);
        write_control(a, R_CONTROL_RSOFT_MASK);
        g_assert_cmphex(read_status(a) & reserved, ==, 0);
    }
}

void add_register_tests(void)
{
    qtest_add_func("/buslogic/pci/identity", test_pci_identity);
    qtest_add_func("/buslogic/pci/bars", test_pci_bars);
    qtest_add_func("/buslogic/pci/interrupt-pin-and-line",
                   test_pci_interrupt_pin_and_line);
    qtest_add_func("/buslogic/pci/bus-master-bit-is-writable",
                   test_pci_bus_master_bit_is_writable);
    qtest_add_func("/buslogic/registers/values-at-power-up",
                   test_values_at_power_up);
    qtest_add_func("/buslogic/registers/ports-repeat-over-the-io-bar",
                   test_ports_repeat_over_the_io_bar);
    qtest_add_func("/buslogic/registers/ports-repeat-over-the-memory-bar",
                   test_ports_repeat_over_the_memory_bar);
    qtest_add_func("/buslogic/registers/wide-reads-are-one-register",
                   test_wide_reads_are_one_register);
    qtest_add_func("/buslogic/registers/wide-status-read-leaves-the-reply",
                   test_wide_status_read_leaves_the_reply_alone);
    qtest_add_func("/buslogic/registers/wide-data-read-takes-one-byte",
                   test_wide_data_read_takes_one_byte);
    qtest_add_func("/buslogic/registers/wide-control-write-is-no-command",
                   test_wide_control_write_is_no_command);
    qtest_add_func("/buslogic/registers/wide-command-write-is-one-byte",
                   test_wide_command_write_is_one_byte);
    qtest_add_func("/buslogic/registers/wide-interrupt-write",
                   test_wide_interrupt_write_leaves_geometry_alone);
    qtest_add_func("/buslogic/registers/interrupt-stores-writes",
                   test_interrupt_register_stores_writes);
    qtest_add_func("/buslogic/registers/written-flags-do-not-hide-real-ones",
                   test_written_flags_do_not_hide_real_ones);
    qtest_add_func("/buslogic/registers/cleared-flags-keep-the-line-up",
                   test_clearing_flags_by_hand_keeps_the_line_up);
    qtest_add_func("/buslogic/registers/geometry-stores-writes",
                   test_geometry_register_stores_writes);
    qtest_add_func("/buslogic/registers/reserved-control-bits-do-nothing",
                   test_reserved_control_bits_do_nothing);
    qtest_add_func("/buslogic/registers/reserved-status-bits-never-set",
                   test_status_bits_1_and_3_are_never_set);
}

/* Resets through the control register [3.1] */

static void test_diagnostics_show_once(const void *control_bits)
{
    Adapter *a = shared_adapter();

    write_control(a, GPOINTER_TO_UINT(control_bits));
    g_assert_cmphex(read_status(a), ==, DIAGNOSTICS);
    for (int i = 0; i < 3; i++) {
        g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    }
    g_assert_cmphex(read_flags(a), ==, 0);
}

/* Only the status shows them, and does not wait for it to be read */
static void test_diagnostics_end_with_an_opcode(void)
{
    Adapter *a = shared_adapter();

    write_control(a, R_CONTROL_RHARD_MASK);
    write_command(a, BL_CMD_INQUIRE_FW_DIGIT3);
    g_assert_cmphex(read_status(a), ==, STATUS_REPLY);
    g_assert_cmphex(read_data(a), ==, '7');
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
}

static void test_machine_reset_shows_no_diagnostics(void)
{
    Adapter *a = shared_adapter();

    machine_reset(a);
    adapter_enable(a);
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    g_assert_cmphex(read_flags(a), ==, 0);
    g_assert_cmphex(read_geometry(a), ==, R_GEOMETRY_EXT_TRANS_MASK);
}

/* How far a command has got when the reset comes */

static void leave_idle(Adapter *a)
{
}

static void leave_parameter_expected(Adapter *a)
{
    write_command(a, BL_CMD_INIT_MAILBOX_32);
    write_command(a, 32);
}

static void leave_reply_unread(Adapter *a)
{
    write_command(a, BL_CMD_INQUIRE_BOARD_ID);
    read_data(a);
}

static void leave_completion_unacknowledged(Adapter *a)
{
    write_command(a, BL_CMD_TEST_CMDC);
    write_command(a, BL_CMD_TEST_CMDC);
    g_assert_true(interrupt_line(a));
}

static void leave_command_rejected(Adapter *a)
{
    write_command(a, 0xff);
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE | R_STATUS_CMDINV_MASK);
}

static void leave_scsi_command_running(Adapter *a)
{
    Ccb ccb = ccb_read10(DISK, 0, 1);
    uint8_t params[BL_EXEC_SCSI_HEADER + BL_EXEC_SCSI_MAX_CDB];

    mailbox_init(a, 32, 4);
    clear_unit_attention(a, DISK);
    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    command_send(a, BL_CMD_EXEC_SCSI, params, exec_scsi_params(&ccb, params));
    g_assert_cmphex(read_status(a), ==, 0);
}

typedef struct ResetPhase {
    const char *name;
    void (*enter)(Adapter *a);
} ResetPhase;

static const ResetPhase reset_phases[] = {
    { "idle", leave_idle },
    { "parameter-expected", leave_parameter_expected },
    { "reply-unread", leave_reply_unread },
    { "completion-unacknowledged", leave_completion_unacknowledged },
    { "command-rejected", leave_command_rejected },
    { "scsi-command-running", leave_scsi_command_running },
};

static void test_reset_in_phase(const void *data)
{
    static const uint8_t bits[] = {
        R_CONTROL_RHARD_MASK, R_CONTROL_RSOFT_MASK,
    };
    const ResetPhase *phase = data;

    for (int i = 0; i < ARRAY_SIZE(bits); i++) {
        Adapter *a = shared_adapter();
        Reply reply;

        phase->enter(a);
        reset_handshake(a, bits[i]);
        reply = command(a, BL_CMD_INQUIRE_BOARD_ID, NO_BYTES);
        assert_reply(&reply, BYTES('A', 'A', '5', '0'));
        assert_idle(a);
    }
}

static void test_reset_restores_geometry(void)
{
    Adapter *a = shared_adapter();

    qtest_outb(a->qts, a->io + A_GEOMETRY, 0x11);
    reset_handshake(a, R_CONTROL_RSOFT_MASK);
    g_assert_cmphex(read_geometry(a), ==, R_GEOMETRY_EXT_TRANS_MASK);
    qtest_outb(a->qts, a->io + A_GEOMETRY, 0x11);
    reset_handshake(a, R_CONTROL_RHARD_MASK);
    g_assert_cmphex(read_geometry(a), ==, R_GEOMETRY_EXT_TRANS_MASK);
}

static void test_reset_enables_the_interrupt(const void *control_bits)
{
    Adapter *a = shared_adapter();

    command_send(a, BL_CMD_ENABLE_INTERRUPT, BYTES(0));
    acknowledge(a);
    reset_handshake(a, GPOINTER_TO_UINT(control_bits));
    write_command(a, BL_CMD_TEST_CMDC);
    g_assert_true(interrupt_line(a));
}

static void test_reset_forgets_the_mailboxes(const void *control_bits)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(DISK);
    Reply reply;

    ccb_post(a, &ccb);
    reset_handshake(a, GPOINTER_TO_UINT(control_bits));
    doorbell(a);
    mailbox_assert_empty(a);
    g_assert_cmphex(mailbox_action(a, 0), ==, BL_ACTION_START);
    reply = command(a, BL_CMD_INQUIRE_EXT_SETUP, BYTES(9));
    g_assert_cmpmem(reply.data + 4, 5, "\0\0\0\0\0", 5);
}

/* Positions too: the next completion goes to entry 0 */
static void test_reset_restarts_the_rings(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(DISK);

    ccb_run(a, &ccb);
    ccb_run(a, &ccb);
    reset_handshake(a, R_CONTROL_RSOFT_MASK);
    mailbox_init_at(a, 32, 4, a->outgoing);
    ccb_run(a, &ccb);
    g_assert_cmpuint(a->in, ==, 1);
}

static void test_reset_disables_ombr(const void *control_bits)
{
    Adapter *a = shared_adapter();
    Ccb ccb;

    command_quiet(a, BL_CMD_ENABLE_OMBR, BYTES(1));
    reset_handshake(a, GPOINTER_TO_UINT(control_bits));
    mailbox_init(a, 32, 4);
    ccb = ccb_tur(ABSENT);
    ccb_submit(a, &ccb);
    ccb_wait(a, &ccb);
    g_assert_cmphex(acknowledge(a), ==, IMBL);
}

static void test_reset_restores_bus_times(void)
{
    Adapter *a = shared_adapter();
    Reply before = command(a, BL_CMD_INQUIRE_SETUP, BYTES(4)), after;

    command(a, BL_CMD_SET_BUS_ON_TIME, BYTES(11));
    command(a, BL_CMD_SET_BUS_OFF_TIME, BYTES(3));
    command(a, BL_CMD_SET_TRANSFER_RATE, BYTES(2));
    reset_handshake(a, R_CONTROL_RHARD_MASK);
    after = command(a, BL_CMD_INQUIRE_SETUP, BYTES(4));
    assert_reply(&after, before.data, before.len);
}

static void test_hard_reset_resets_the_devices(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(DISK);

    reset_handshake(a, R_CONTROL_RHARD_MASK);
    mailbox_init_at(a, 32, 4, a->outgoing);
    ccb_run(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, 0x29, 0x00);
}

/* The acknowledge is implied, and the reset wins over it */
static void test_reset_with_acknowledge_bit(void)
{
    Adapter *a = shared_adapter();

    write_command(a, BL_CMD_TEST_CMDC);
    reset_handshake(a, R_CONTROL_RSOFT_MASK | R_CONTROL_RINT_MASK);
    assert_idle(a);
}

/* SCSI bus reset, bit 4 alone */

static void test_bus_reset_keeps_registers(void)
{
    Adapter *a = shared_ready(32, 4);

    qtest_outb(a->qts, a->io + A_GEOMETRY, 0x11);
    write_command(a, BL_CMD_TEST_CMDC);
    write_control(a, R_CONTROL_RSBUS_MASK);
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
    g_assert_cmphex(read_flags(a), ==, CMDC);
    g_assert_true(interrupt_line(a));
    g_assert_cmphex(read_geometry(a), ==, 0x11);
}

static void test_bus_reset_keeps_a_half_sent_command(void)
{
    Adapter *a = shared_adapter();

    write_command(a, BL_CMD_ECHO);
    write_control(a, R_CONTROL_RSBUS_MASK);
    g_assert_cmphex(read_status(a), ==, STATUS_BUSY);
    write_command(a, 0x42);
    g_assert_cmphex(read_data(a), ==, 0x42);
}

static void test_bus_reset_keeps_mailboxes_and_resets_devices(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(DISK);

    ccb_run(a, &ccb);
    assert_good(&ccb);
    write_control(a, R_CONTROL_RSBUS_MASK);
    ccb_run(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, 0x29, 0x00);
    ccb_run(a, &ccb);
    assert_good(&ccb);
}

static void test_bus_reset_does_not_report_itself(void)
{
    Adapter *a = shared_ready(32, 4);

    write_control(a, R_CONTROL_RSBUS_MASK);
    settle(a);
    assert_idle(a);
}

static void test_bus_reset_may_acknowledge_too(void)
{
    Adapter *a = shared_ready(32, 4);

    write_command(a, BL_CMD_TEST_CMDC);
    write_control(a, R_CONTROL_RSBUS_MASK | R_CONTROL_RINT_MASK);
    assert_idle(a);
}

/* Resets while requests are being worked on */

#define IN_FLIGHT   50

/* Reads and writes that the held disk has not answered */
static void start_io(Adapter *a, Ccb *ccbs)
{
    hold(a, DISK);
    for (int i = 0; i < IN_FLIGHT; i++) {
        ccbs[i] = i % 2 ? ccb_write10(DISK, 100 + i, 1)
                        : ccb_read10(DISK, i, 1);
        ccb_buffer(a, &ccbs[i], BLOCK_SIZE);
        ccb_post(a, &ccbs[i]);
    }
    doorbell(a);
    wait_until(mailbox_action(a, IN_FLIGHT - 1) == BL_ACTION_FREE);
    mailbox_assert_empty(a);
}

/*
 * From @snapshot on, taken when the reset was over, nothing is written.  Data
 * may have arrived until then, but nothing was reported.
 */
static void assert_silence(Adapter *a, const Ccb *ccbs, GBytes *snapshot)
{
    release(a, DISK);
    settle(a);
    guest_assert_snapshot(a, snapshot);
    for (int i = 0; i < IN_FLIGHT; i++) {
        ccb_assert_untouched(a, &ccbs[i]);
        g_assert_cmphex(mailbox_peek(a, i).code, ==, BL_COMPLETION_FREE);
    }
    assert_idle(a);
}

static void test_reset_drops_running_requests(const void *control_bits)
{
    Adapter *a = shared_ready(32, 64);
    g_autoptr(GBytes) snapshot = NULL;
    Ccb ccbs[IN_FLIGHT], ccb = ccb_tur(DISK);

    start_io(a, ccbs);
    write_control(a, GPOINTER_TO_UINT(control_bits));
    snapshot = guest_snapshot(a);
    g_assert_cmphex(read_status(a), ==, DIAGNOSTICS);
    assert_silence(a, ccbs, snapshot);

    /* Nor do they turn up in the ring that the driver sets up next */
    mailbox_init(a, 32, 8);
    clear_unit_attention(a, DISK);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    mailbox_assert_empty(a);
}

static void test_machine_reset_drops_running_requests(void)
{
    Adapter *a = shared_ready(32, 64);
    g_autoptr(GBytes) snapshot = NULL;
    Ccb ccbs[IN_FLIGHT];

    start_io(a, ccbs);
    machine_reset(a);
    snapshot = guest_snapshot(a);
    adapter_enable(a);
    assert_silence(a, ccbs, snapshot);
}

static void test_bus_reset_drops_running_requests(void)
{
    Adapter *a = shared_ready(32, 64);
    Ccb ccbs[IN_FLIGHT], ccb = ccb_read10(DISK, 7, 1);

    start_io(a, ccbs);
    write_control(a, R_CONTROL_RSBUS_MASK);
    release(a, DISK);
    mailbox_assert_empty(a);
    clear_unit_attention(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, ccb.data, 7, BLOCK_SIZE);
    mailbox_assert_empty(a);
}

/*
 * What the adapter had no room for is not forgotten with the rest.  A read of
 * the other disk that is not the guest's has the reset wait for it, after the
 * CCBs have gone or before.
 */
static void test_bus_reset_leaves_waiting_mailboxes(const void *data)
{
    int busy = GPOINTER_TO_INT(data), other = busy == DISK ? DISK2 : DISK;
    Adapter *a = shared_ready(32, 255);
    Ccb filler = ccb_read10(busy, 0, 1), waiting = ccb_inquiry(LUNS, 36);

    hold(a, busy);
    hold(a, other);
    g_free(qtest_hmp(a->qts, "qemu-io drive%d \"aio_read -q 0 512\"", other));
    ccb_buffer(a, &filler, BLOCK_SIZE);
    for (int i = 0; i < 255; i++) {
        ccb_post(a, &filler);
    }
    doorbell(a);
    wait_until(!mailbox_action(a, 254));
    ccb_buffer(a, &waiting, 36);
    ccb_submit(a, &waiting);
    settle(a);
    write_control(a, R_CONTROL_RSBUS_MASK);
    release(a, busy);
    release(a, other);
    ccb_wait(a, &waiting);
    assert_good(&waiting);
    mailbox_assert_empty(a);
}

static void test_reset_drops_completions_that_wait_for_a_mailbox(void)
{
    Adapter *a = shared_ready(32, 1);
    g_autoptr(GBytes) snapshot = NULL;
    Ccb first = ccb_tur(ABSENT), second = ccb_tur(ABSENT);

    ccb_submit(a, &first);
    wait_until(mailbox_peek(a, 0).code);
    ccb_submit(a, &second);
    wait_until(!mailbox_action(a, 0));
    settle(a);
    snapshot = guest_snapshot(a);
    reset_handshake(a, R_CONTROL_RSOFT_MASK);
    settle(a);
    guest_assert_snapshot(a, snapshot);
    mailbox_init_at(a, 32, 1, a->outgoing);
    mailbox_free(a, 0);
    mailbox_assert_empty(a);
}

static void add_reset_variants(const char *name, void (*test)(const void *))
{
    g_autofree char *hard = g_strdup_printf("%s/hard", name);
    g_autofree char *soft = g_strdup_printf("%s/soft", name);

    qtest_add_data_func(hard, GUINT_TO_POINTER(R_CONTROL_RHARD_MASK), test);
    qtest_add_data_func(soft, GUINT_TO_POINTER(R_CONTROL_RSOFT_MASK), test);
}

static void add_reset_phase_tests(void)
{
    for (int i = 0; i < ARRAY_SIZE(reset_phases); i++) {
        g_autofree char *name =
            g_strdup_printf("/buslogic/reset/in-phase/%s",
                            reset_phases[i].name);

        qtest_add_data_func(name, &reset_phases[i], test_reset_in_phase);
    }
}

static void add_diagnostics_tests(void)
{
    /* The combinations drivers write */
    static const uint8_t bits[] = { 0x80, 0x40, 0xc0, 0x90, 0x60, 0xe0, 0xff };

    for (int i = 0; i < ARRAY_SIZE(bits); i++) {
        g_autofree char *name =
            g_strdup_printf("/buslogic/reset/diagnostics-show-once/%02x",
                            bits[i]);

        qtest_add_data_func(name, GUINT_TO_POINTER(bits[i]),
                            test_diagnostics_show_once);
    }
    qtest_add_func("/buslogic/reset/diagnostics-end-with-an-opcode",
                   test_diagnostics_end_with_an_opcode);
    qtest_add_func("/buslogic/reset/machine-reset-shows-no-diagnostics",
                   test_machine_reset_shows_no_diagnostics);
}

static void add_bus_reset_tests(void)
{
    qtest_add_func("/buslogic/bus-reset/keeps-registers",
                   test_bus_reset_keeps_registers);
    qtest_add_func("/buslogic/bus-reset/keeps-a-half-sent-command",
                   test_bus_reset_keeps_a_half_sent_command);
    qtest_add_func("/buslogic/bus-reset/keeps-mailboxes-resets-devices",
                   test_bus_reset_keeps_mailboxes_and_resets_devices);
    qtest_add_func("/buslogic/bus-reset/does-not-report-itself",
                   test_bus_reset_does_not_report_itself);
    qtest_add_func("/buslogic/bus-reset/may-acknowledge-too",
                   test_bus_reset_may_acknowledge_too);
    qtest_add_func("/buslogic/bus-reset/drops-running-requests",
                   test_bus_reset_drops_running_requests);
    qtest_add_data_func("/buslogic/bus-reset/leaves-waiting-mailboxes/0",
                        GINT_TO_POINTER(DISK),
                        test_bus_reset_leaves_waiting_mailboxes);
    qtest_add_data_func("/buslogic/bus-reset/leaves-waiting-mailboxes/1",
                        GINT_TO_POINTER(DISK2),
                        test_bus_reset_leaves_waiting_mailboxes);
}

void add_reset_tests(void)
{
    add_diagnostics_tests();
    add_reset_phase_tests();
    qtest_add_func("/buslogic/reset/restores-geometry",
                   test_reset_restores_geometry);
    add_reset_variants("/buslogic/reset/enables-the-interrupt",
                       test_reset_enables_the_interrupt);
    add_reset_variants("/buslogic/reset/forgets-the-mailboxes",
                       test_reset_forgets_the_mailboxes);
    qtest_add_func("/buslogic/reset/restarts-the-rings",
                   test_reset_restarts_the_rings);
    add_reset_variants("/buslogic/reset/disables-ombr",
                       test_reset_disables_ombr);
    qtest_add_func("/buslogic/reset/restores-bus-times",
                   test_reset_restores_bus_times);
    qtest_add_func("/buslogic/reset/hard-resets-the-devices",
                   test_hard_reset_resets_the_devices);
    qtest_add_func("/buslogic/reset/with-acknowledge-bit",
                   test_reset_with_acknowledge_bit);
    add_bus_reset_tests();
    add_reset_variants("/buslogic/reset/drops-running-requests",
                       test_reset_drops_running_requests);
    qtest_add_func("/buslogic/reset/drops-running-requests/machine",
                   test_machine_reset_drops_running_requests);
    qtest_add_func("/buslogic/reset/drops-waiting-completions",
                   test_reset_drops_completions_that_wait_for_a_mailbox);
}
