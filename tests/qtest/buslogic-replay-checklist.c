/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: what other models are known to
 * get wrong, as far as no other test is about it
 *
 * Most of it has a test elsewhere:
 *
 * registers and resets (buslogic-test-registers.c): diagnostics after hard
 *   and soft resets, stored writes to the flags do not fake causes, memory
 *   BAR, bus reset bit, nothing outlives a reset
 * commands (buslogic-test-commands.c): parameters and reply length of each,
 *   which of them complete silently, CMDINV until the acknowledge, empty
 *   mailbox arrays, bytes while a reply is pending, target 15, deferred and
 *   re-armed interrupts, the gate, bounds of the board's memories
 * mailboxes (buslogic-test-mailbox.c): rings of 211 and 255, entries freed
 *   early and found anywhere, unknown actions, full incoming rings, OMBR,
 *   both modes, aborts, mailboxes in bad places
 * CCBs (buslogic-test-ccb.c): every SCSI status, unknown opcodes, LUNs and
 *   tags, sense lengths, bus device resets, selection timeouts
 * data (buslogic-test-data.c): shortfall and excess without 0x0c or 0x12,
 *   residuals, buffers that must stay untouched, lists too long or empty
 * 0x83 and 0x03 (buslogic-test-exec.c), migration in every phase, unplugging
 *   and the adapter's own ID (buslogic-test-machine.c)
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "scsi/constants.h"
#include "buslogic-replay.h"

/* Resets when time passes */

/*
 * A virtual processor that was not scheduled for a moment has not seen the
 * diagnostics yet, and its driver insists on them.
 */
static void test_diagnostics_wait_for_the_guest(const void *bits)
{
    Adapter *a = machine_pci();

    write_control(a, GPOINTER_TO_UINT(bits));
    time_pass(a, 100);
    g_assert_cmphex(read_status(a), ==, DACT | INREQ);
    g_assert_cmphex(read_status(a), ==, READY_AFTER_RESET);
}

/* Those who look much later do not expect them any more */
static void test_diagnostics_end_by_themselves(const void *bits)
{
    Adapter *a = machine_pci();

    write_control(a, GPOINTER_TO_UINT(bits));
    time_pass(a, 500);
    poll_until(2, read_status(a) == READY_AFTER_RESET);
    write_control(a, GPOINTER_TO_UINT(bits));
    time_pass(a, 1500);
    g_assert_cmphex(read_status(a), ==, READY_AFTER_RESET);
}

/* OpenBSD has 200 ms for this */
static void test_exact_status_in_time(void)
{
    Adapter *a = machine_pci();

    write_control(a, RHARD | RSOFT);
    time_pass(a, 1);
    poll_until(2, read_status(a) == READY_AFTER_RESET);
}

/* State that outlived resets elsewhere */

static void test_reset_ends_a_reply_from_local_ram(const void *bits)
{
    Adapter *a = machine_pci();
    Reply reply;

    command_send(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(64, 64));
    for (int i = 0; i < 10; i++) {
        read_data(a);
    }
    diagnostics_handshake(a, GPOINTER_TO_UINT(bits), 1);
    g_assert_cmphex(read_status(a), ==, READY_AFTER_RESET);
    reply = command(a, BL_CMD_INQUIRE_BOARD_ID, NO_BYTES);
    assert_reply(&reply, BYTES('A', 'A', '5', '0'));
    reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(64, 3));
    g_assert_cmpuint(reply.len, ==, 3);
}

/* Half of what goes to the local RAM goes nowhere */
static void test_reset_ends_a_store_to_local_ram(const void *bits)
{
    Adapter *a = machine_pci();
    Reply before = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(0, 255));
    Reply after;

    command_send(a, BL_CMD_STORE_LOCAL_RAM, BYTES(0, 8, 1, 2, 3));
    diagnostics_handshake(a, GPOINTER_TO_UINT(bits), 1);
    after = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(0, 255));
    assert_reply(&after, before.data, before.len);
}

static void test_reset_forgets_the_mailbox_width(const void *bits)
{
    Adapter *a = machine_pci();
    Ccb narrow = ccb_tur(ABSENT), wide = ccb_tur(ABSENT);

    mailbox_init(a, 24, 4);
    ccb_run(a, &narrow);
    assert_host_error(&narrow, BTSTAT_SELECTION_TIMEOUT);
    diagnostics_handshake(a, GPOINTER_TO_UINT(bits), 1);
    mailbox_init(a, 32, 4);
    ccb_run(a, &wide);
    assert_host_error(&wide, BTSTAT_SELECTION_TIMEOUT);
}

static void test_reset_opens_the_gate(const void *bits)
{
    Adapter *a = machine_pci();

    command_send(a, BL_CMD_ENABLE_INTERRUPT, BYTES(0));
    acknowledge(a);
    command_quiet(a, BL_CMD_ENABLE_OMBR, BYTES(1));
    diagnostics_handshake(a, GPOINTER_TO_UINT(bits), 1);
    mailbox_init(a, 32, 4);
    mailbox_post(a, GUEST_UNMAPPED, BL_ACTION_ABORT);
    doorbell(a);
    wait_until(interrupt_line(a));
    g_assert_cmphex(acknowledge(a), ==, INTV | IMBL);
}

/* 24-bit structures where addresses end */

#define TOP_24  (16 * MiB)

/* The incoming array is at the other end of memory */
static void test_rings_wrap_at_16_mib(void)
{
    Adapter *a = machine_pci();

    qtest_memset(a->qts, TOP_24 - 8, 0, 8);
    qtest_memset(a->qts, TOP_24, FILL, 32);
    qtest_memset(a->qts, 0, 0, 8);
    qtest_memset(a->qts, 8, FILL, 24);
    mailbox_init_at(a, 24, 2, TOP_24 - 8);
    g_assert_cmphex(a->incoming, ==, TOP_24);
    a->incoming = 0;
    for (int i = 0; i < 5; i++) {
        Ccb ccb = ccb_tur(ABSENT);

        ccb_run(a, &ccb);
        assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    }
    guest_assert_filled(a, TOP_24, FILL, 32);
    guest_assert_filled(a, 8, FILL, 24);
}

/* Sense data behind the CDB go round, too */
static void test_ccb_at_16_mib(void)
{
    Adapter *a = machine_pci();
    Ccb ccb = ccb_tur(DISK);
    uint8_t sense[14];

    mailbox_init(a, 24, 2);
    qtest_memset(a->qts, 0, FILL, 32);
    ccb.addr = TOP_24 - 18 - 6 - 8;
    ccb_submit(a, &ccb);
    ccb_wait(a, &ccb);
    assert_check_condition(&ccb);
    qtest_memread(a->qts, TOP_24 - 8, sense, 8);
    qtest_memread(a->qts, 0, sense + 8, 6);
    g_assert_cmphex(sense[0], ==, 0x70);
    g_assert_cmphex(sense[2], ==, UNIT_ATTENTION);
    g_assert_cmphex(sense[12], ==, 0x29);
    guest_assert_filled(a, 6, FILL, 26);
    guest_assert_filled(a, TOP_24, FILL, 64);
}

/*
 * A 24-bit CCB is as long as its CDB makes it: this one ends where RAM does,
 * so that fetching the 40 bytes of the other format would fail.
 */
static void test_ccb_at_the_end_of_ram(void)
{
    const uint32_t addr = 0xa0000 - 18 - 6;
    Adapter *a = machine_pci();
    uint8_t ccb[24] = { BL_CCB_INITIATOR, DISK << 5, 6, 1, [18] = INQUIRY,
                        [22] = 36 };
    uint32_t data = guest_block(a, 36);

    mailbox_init(a, 24, 2);
    store_be24(ccb + 4, 36);
    store_be24(ccb + 7, data);
    qtest_memwrite(a->qts, addr, ccb, sizeof(ccb));
    mailbox_post(a, addr, BL_ACTION_START);
    doorbell(a);
    g_assert_cmphex(mailbox_take(a).code, ==, BL_COMPLETION_OK);
    g_assert_cmphex(qtest_readb(a->qts, data), ==, TYPE_DISK);
    guest_assert_equal(a, addr, ccb, sizeof(ccb));
}

/* 0x83 */

/* Into a buffer that lies anywhere and is longer than the command's data */
static void test_exec_scsi_of_many_blocks(const void *excess)
{
    const unsigned blocks = 250;
    uint8_t params[BL_EXEC_SCSI_HEADER + BL_EXEC_SCSI_MAX_CDB];
    Adapter *a = machine_pci();
    Ccb ccb = ccb_read10(DISK, 3, blocks), tur = ccb_tur(DISK);

    command_send(a, BL_CMD_EXEC_SCSI, params, exec_scsi_params(&tur, params));
    command_finish(a);
    acknowledge(a);
    ccb.data_len = blocks * BLOCK_SIZE + GPOINTER_TO_UINT(excess);
    ccb.data = guest_block_unaligned(a, ccb.data_len, 3);
    qtest_memset(a->qts, ccb.data, FILL, ccb.data_len);
    command_send(a, BL_CMD_EXEC_SCSI, params, exec_scsi_params(&ccb, params));
    command_finish(a);
    acknowledge(a);
    guest_assert_blocks(a, ccb.data, 3, blocks * BLOCK_SIZE);
    guest_assert_filled(a, ccb.data + blocks * BLOCK_SIZE, FILL,
                        GPOINTER_TO_UINT(excess));
}

/* Local RAM */

static void test_autoscsi_signature(void)
{
    Adapter *a = machine_pci();
    Reply r = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(64, 64));

    assert_bytes(r.data, 9, 'F', 'A', 64, ' ', '9', '5', '8', ' ', ' ');
    /* Neither the strict round robin mode nor a port is asked for */
    g_assert_cmphex(r.data[33] & 0x1c, ==, 0x08);
}

/* Registration */

static void add_reset_variants(const char *name, void (*test)(const void *))
{
    g_autofree char *hard = g_strdup_printf("/buslogic/checklist/%s/hard",
                                            name);
    g_autofree char *soft = g_strdup_printf("/buslogic/checklist/%s/soft",
                                            name);

    qtest_add_data_func(hard, GUINT_TO_POINTER(RHARD), test);
    qtest_add_data_func(soft, GUINT_TO_POINTER(RSOFT), test);
}

void add_checklist(void)
{
    add_reset_variants("diagnostics-wait-for-the-guest",
                       test_diagnostics_wait_for_the_guest);
    add_reset_variants("diagnostics-end-by-themselves",
                       test_diagnostics_end_by_themselves);
    qtest_add_func("/buslogic/checklist/exact-status-in-time",
                   test_exact_status_in_time);
    add_reset_variants("reset-ends-a-reply-from-local-ram",
                       test_reset_ends_a_reply_from_local_ram);
    add_reset_variants("reset-ends-a-store-to-local-ram",
                       test_reset_ends_a_store_to_local_ram);
    add_reset_variants("reset-forgets-the-mailbox-width",
                       test_reset_forgets_the_mailbox_width);
    add_reset_variants("reset-opens-the-gate", test_reset_opens_the_gate);
    qtest_add_func("/buslogic/checklist/rings-wrap-at-16-mib",
                   test_rings_wrap_at_16_mib);
    qtest_add_func("/buslogic/checklist/ccb-at-16-mib", test_ccb_at_16_mib);
    qtest_add_func("/buslogic/checklist/ccb-at-the-end-of-ram",
                   test_ccb_at_the_end_of_ram);
    qtest_add_data_func("/buslogic/checklist/exec-scsi-of-many-blocks/exact",
                        GUINT_TO_POINTER(0), test_exec_scsi_of_many_blocks);
    qtest_add_data_func("/buslogic/checklist/exec-scsi-of-many-blocks/more",
                        GUINT_TO_POINTER(100), test_exec_scsi_of_many_blocks);
    qtest_add_func("/buslogic/checklist/autoscsi-signature",
                   test_autoscsi_signature);
}
