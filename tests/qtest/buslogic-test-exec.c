/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: the host commands that run SCSI
 * commands without mailboxes, 0x83 and 0x03 [4.2]
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

/* INT 13h status codes */
enum {
    BIOS_OK = 0x00,
    BIOS_BAD_COMMAND = 0x01,
    BIOS_NO_SUCH_SECTOR = 0x02,
    BIOS_NO_DEVICE = 0x80,
};

static void exec_send(Adapter *a, const Ccb *ccb)
{
    uint8_t params[BL_EXEC_SCSI_HEADER + 255] = { 0 };

    command_send(a, BL_CMD_EXEC_SCSI, params, exec_scsi_params(ccb, params));
}

/* Reply bytes 2 and 3; the first two are zero */
static uint16_t exec_finish(Adapter *a)
{
    Reply reply = command_finish(a);

    g_assert_cmpuint(reply.len, ==, 4);
    g_assert_cmphex(reply.data[0], ==, 0);
    g_assert_cmphex(reply.data[1], ==, 0);
    g_assert_cmphex(reply.flags, ==, CMDC);
    g_assert_cmphex(reply.status & R_STATUS_CMDINV_MASK, ==, 0);
    g_assert_true(interrupt_line(a));
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
    return reply.data[2] << 8 | reply.data[3];
}

static uint16_t exec_scsi(Adapter *a, const Ccb *ccb)
{
    exec_send(a, ccb);
    return exec_finish(a);
}

/* The reset left one, and there is no way to say what it is */
static void test_exec_shows_no_unit_attention(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_tur(DISK);

    g_assert_cmphex(exec_scsi(a, &ccb), ==, 0);
}

static void test_exec_inquiry_without_mailboxes(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_inquiry(DISK, 36);

    ccb_buffer(a, &ccb, 36);
    g_assert_cmphex(exec_scsi(a, &ccb), ==, 0);
    g_assert_cmphex(qtest_readb(a->qts, ccb.data), ==, TYPE_DISK);
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
}

static void test_exec_inquiry_of_every_id(void)
{
    Adapter *a = shared_adapter();

    for (int target = 0; target < 16; target++) {
        bool present = target <= HUGE_DISK || target == WIDE_DISK;
        Ccb ccb = ccb_inquiry(target, 5);

        ccb_buffer(a, &ccb, 5);
        g_assert_cmphex(exec_scsi(a, &ccb), ==,
                        present ? 0 : BTSTAT_SELECTION_TIMEOUT << 8);
    }
}

static void test_exec_read_capacity_16(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = {
        .target = HUGE_DISK,
        .cdb = { SERVICE_ACTION_IN_16, SAI_READ_CAPACITY_16, [13] = 32 },
        .cdb_len = 16,
    };
    uint8_t data[32];

    ccb_buffer(a, &ccb, sizeof(data));
    g_assert_cmphex(exec_scsi(a, &ccb), ==, 0);
    qtest_memread(a->qts, ccb.data, data, sizeof(data));
    g_assert_cmpuint(ldq_be_p(data), ==, HUGE_DISK_BYTES / BLOCK_SIZE - 1);
    g_assert_cmpuint(ldl_be_p(data + 8), ==, BLOCK_SIZE);
}

static Ccb ccb_rw16(uint8_t opcode, uint32_t lba, uint32_t blocks)
{
    Ccb ccb = { .target = DISK, .cdb = { opcode }, .cdb_len = 16 };

    stq_be_p(ccb.cdb + 2, lba);
    stl_be_p(ccb.cdb + 10, blocks);
    return ccb;
}

static void test_exec_read_16(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_rw16(READ_16, 60, 4);

    ccb_buffer(a, &ccb, 4 * BLOCK_SIZE);
    g_assert_cmphex(exec_scsi(a, &ccb), ==, 0);
    guest_assert_blocks(a, ccb.data, 60, 4 * BLOCK_SIZE);
}

static void test_exec_write_16(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_rw16(WRITE_16, 60, 1);

    /* More than the command moves, as anywhere */
    ccb_buffer(a, &ccb, 4 * BLOCK_SIZE);
    ccb.direction = BL_DIR_OUT;
    g_assert_cmphex(exec_scsi(a, &ccb), ==, 0);
    disk_assert_unchanged(disk_of(DISK), 0, 60);
    disk_assert_filled(disk_of(DISK), 60, FILL);
    disk_assert_unchanged(disk_of(DISK), 61, DISK_BLOCKS - 61);
}

static void test_exec_reads_a_cd(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_read10(CDROM, 3, 1);

    ccb_buffer(a, &ccb, 2048);
    g_assert_cmphex(exec_scsi(a, &ccb), ==, 0);
    guest_assert_blocks(a, ccb.data, 12, 2048);
}

static void test_exec_absent_lun(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_tur(DISK);

    ccb.lun = 5;
    g_assert_cmphex(exec_scsi(a, &ccb), ==,
                    CHECK_CONDITION << 8 | CHECK_CONDITION);
}

static void test_exec_bad_target(void)
{
    static const uint8_t targets[] = { 16, 0x80, 0xff };
    Adapter *a = shared_adapter();

    for (int i = 0; i < ARRAY_SIZE(targets); i++) {
        Ccb ccb = ccb_tur(targets[i]);

        g_assert_cmphex(exec_scsi(a, &ccb), ==, BTSTAT_BAD_CCB << 8);
    }
}

static void test_exec_failing_command(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_read10(DISK, 0x7ffffff0, 1);

    ccb_buffer(a, &ccb, BLOCK_SIZE);
    g_assert_cmphex(exec_scsi(a, &ccb), ==,
                    CHECK_CONDITION << 8 | CHECK_CONDITION);
    guest_assert_filled(a, ccb.data, FILL, BLOCK_SIZE);
}

static void test_exec_other_statuses(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_read10(FAULTY, FAULT_TASK_SET_FULL, 1);

    ccb_buffer(a, &ccb, BLOCK_SIZE);
    g_assert_cmphex(exec_scsi(a, &ccb), ==, TASK_SET_FULL << 8 |
                                            TASK_SET_FULL);
}

/* All of an oversized CDB is taken, none of it is executed */
static void test_exec_bad_cdb_length(const void *length)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_inquiry(DISK, 36);

    ccb.cdb_len = GPOINTER_TO_UINT(length);
    ccb_buffer(a, &ccb, 36);
    g_assert_cmphex(exec_scsi(a, &ccb) >> 8, !=, 0);
    guest_assert_filled(a, ccb.data, FILL, 36);
}

static void test_exec_of_unreachable_data(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_rw16(WRITE_16, 60, 1);

    ccb.data = GUEST_UNMAPPED;
    ccb.data_len = BLOCK_SIZE;
    g_assert_cmphex(exec_scsi(a, &ccb), ==, BTSTAT_SOFTWARE_ERROR << 8);
    disk_assert_unchanged(disk_of(DISK), 0, DISK_BLOCKS);
}

/* A read of the held disk is under way */
static Ccb start_held(Adapter *a)
{
    Ccb ccb = ccb_read10(DISK, 33, 1);

    ccb_buffer(a, &ccb, BLOCK_SIZE);
    hold(a, DISK);
    exec_send(a, &ccb);
    settle(a);
    g_assert_cmphex(read_status(a) & ~R_STATUS_INREQ_MASK, ==, 0);
    g_assert_cmphex(read_flags(a), ==, 0);
    return ccb;
}

static void test_exec_is_busy_until_the_command_ends(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb;

    ccb = start_held(a);
    /* Nothing is accepted meanwhile, not even another one of the kind */
    write_command(a, BL_CMD_TEST_CMDC);
    write_command(a, BL_CMD_EXEC_SCSI);
    read_data(a);
    g_assert_cmphex(read_status(a), ==, STATUS_BUSY);
    release(a, DISK);
    g_assert_cmphex(exec_finish(a), ==, 0);
    guest_assert_blocks(a, ccb.data, 33, BLOCK_SIZE);
}

static void test_exec_runs_beside_ccbs(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK2, 1, 1), exec = ccb_inquiry(LUNS, 36);

    hold(a, DISK2);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_submit(a, &ccb);
    wait_until(!mailbox_action(a, 0));
    ccb_buffer(a, &exec, 36);
    g_assert_cmphex(exec_scsi(a, &exec), ==, 0);
    mailbox_assert_empty(a);
    release(a, DISK2);
    ccb_wait(a, &ccb);
    assert_good(&ccb);
}

/* It has no mailbox to wait for */
static void test_exec_passes_a_full_incoming_ring(void)
{
    Adapter *a = shared_ready(32, 1);
    Ccb first = ccb_tur(ABSENT), second = ccb_tur(ABSENT);
    Ccb exec = ccb_tur(DISK);

    ccb_submit(a, &first);
    wait_until(mailbox_peek(a, 0).code);
    acknowledge(a);
    ccb_submit(a, &second);
    wait_until(!mailbox_action(a, 0));
    g_assert_cmphex(exec_scsi(a, &exec), ==, 0);
    ccb_wait(a, &first);
    doorbell(a);
    ccb_wait(a, &second);
}

/* Whatever takes the command away, the driver must not wait for ever */
static void test_bus_reset_ends_a_running_exec(void)
{
    Adapter *a = shared_adapter();

    start_held(a);
    write_control(a, R_CONTROL_RSBUS_MASK);
    release(a, DISK);
    g_assert_cmphex(exec_finish(a) >> 8, !=, 0);
}

/*
 * So many CCBs run on another disk that the reset has to wait, which is how
 * it can come after the command
 */
static void test_device_reset_ends_a_running_exec(void)
{
    Adapter *a = shared_ready(32, 255);
    Ccb reset = ccb_device_reset(DISK), filler = ccb_read10(DISK2, 0, 1);
    Reply reply;

    hold(a, DISK2);
    ccb_buffer(a, &filler, BLOCK_SIZE);
    for (int i = 0; i < 255; i++) {
        ccb_post(a, &filler);
    }
    doorbell(a);
    wait_until(!mailbox_action(a, 254));
    ccb_submit(a, &reset);
    start_held(a);
    release(a, DISK2);
    for (int i = 0; i < 255; i++) {
        g_assert_cmphex(mailbox_take(a).code, ==, BL_COMPLETION_OK);
    }
    release(a, DISK);
    reply = command_finish(a);
    g_assert_cmpuint(reply.len, ==, 4);
    /* The incoming ring was full of fillers */
    acknowledge(a);
    ccb_wait(a, &reset);
    assert_good(&reset);
}

/* 0x03, disk services for boot ROMs: 16 heads, 32 sectors, all from 0 */

static uint8_t exec_bios(Adapter *a, uint8_t function, uint8_t target,
                         uint32_t lba, uint8_t sectors, uint32_t addr)
{
    Reply reply = command(a, BL_CMD_EXEC_BIOS,
        BYTES(function, target << R_CCB_ADDR_TARGET_SHIFT,
              lba / 512 >> 8, lba / 512, lba / 32 % 16, lba % 32, sectors,
              addr >> 16, addr >> 8, addr));

    g_assert_cmpuint(reply.len, ==, 1);
    return reply.data[0];
}

static Adapter *bios_adapter(void)
{
    Adapter *a = shared_adapter();

    /* No attention here either */
    g_assert_cmphex(exec_bios(a, 0x10, DISK, 0, 0, 0), ==, BIOS_OK);
    return a;
}

static void test_bios_read_and_write(void)
{
    Adapter *a = bios_adapter();
    uint32_t buf = guest_block(a, 2 * BLOCK_SIZE);

    g_assert_cmphex(exec_bios(a, 0x02, DISK, 200, 2, buf), ==, BIOS_OK);
    guest_assert_blocks(a, buf, 200, 2 * BLOCK_SIZE);
    qtest_memset(a->qts, buf, 0x66, 2 * BLOCK_SIZE);
    g_assert_cmphex(exec_bios(a, 0x03, DISK, 100, 1, buf), ==, BIOS_OK);
    disk_assert_unchanged(disk_of(DISK), 0, 100);
    disk_assert_filled(disk_of(DISK), 100, 0x66);
    disk_assert_unchanged(disk_of(DISK), 101, DISK_BLOCKS - 101);
}

static void test_bios_last_block(void)
{
    Adapter *a = bios_adapter();
    uint32_t buf = guest_block(a, 4);

    g_assert_cmphex(exec_bios(a, 0x08, DISK, 0, 0, buf), ==, BIOS_OK);
    guest_assert_equal(a, buf, "\0\0\0\xff", 4);
    qtest_memset(a->qts, buf, 0, 4);
    g_assert_cmphex(exec_bios(a, 0x15, DISK, 0, 0, buf), ==, BIOS_OK);
    guest_assert_equal(a, buf, "\0\0\0\xff", 4);
}

static void test_bios_functions_without_data(void)
{
    static const uint8_t functions[] = {
        0x00, 0x04, 0x06, 0x09, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x14,
    };
    Adapter *a = bios_adapter();
    uint32_t buf = guest_block(a, BLOCK_SIZE);

    qtest_memset(a->qts, buf, FILL, BLOCK_SIZE);
    for (int i = 0; i < ARRAY_SIZE(functions); i++) {
        g_assert_cmphex(exec_bios(a, functions[i], DISK, 1, 1, buf), ==,
                        BIOS_OK);
    }
    guest_assert_filled(a, buf, FILL, BLOCK_SIZE);
    disk_assert_unchanged(disk_of(DISK), 0, DISK_BLOCKS);
}

static void test_bios_unknown_functions(void)
{
    static const uint8_t functions[] = { 0x05, 0x0a, 0x12, 0x16, 0x41, 0xff };
    Adapter *a = bios_adapter();

    for (int i = 0; i < ARRAY_SIZE(functions); i++) {
        g_assert_cmphex(exec_bios(a, functions[i], DISK, 0, 1, 0), ==,
                        BIOS_BAD_COMMAND);
    }
}

static void test_bios_errors(void)
{
    Adapter *a = bios_adapter();
    uint32_t buf = guest_block(a, BLOCK_SIZE), sense = guest_block(a, 14);

    g_assert_cmphex(exec_bios(a, 0x02, ABSENT, 0, 1, buf), ==,
                    BIOS_NO_DEVICE);
    g_assert_cmphex(exec_bios(a, 0x02, DISK, 100000, 1, buf), ==,
                    BIOS_NO_SUCH_SECTOR);
    /* Function 01: what the last command failed with */
    g_assert_cmphex(exec_bios(a, 0x01, DISK, 0, 0, sense), ==, BIOS_OK);
    g_assert_cmphex(qtest_readb(a->qts, sense) & 0x7f, ==, 0x70);
    g_assert_cmphex(qtest_readb(a->qts, sense + 2), ==, ILLEGAL_REQUEST);
    g_assert_cmphex(qtest_readb(a->qts, sense + 12), ==, 0x21);
}

static void test_bios_command_ends_with_a_bus_reset(void)
{
    Adapter *a = bios_adapter();
    uint32_t buf = guest_block(a, BLOCK_SIZE);
    Reply reply;

    hold(a, DISK);
    command_send(a, BL_CMD_EXEC_BIOS,
                 BYTES(0x02, DISK, 0, 0, 0, 5, 1, buf >> 16, buf >> 8, buf));
    settle(a);
    write_control(a, R_CONTROL_RSBUS_MASK);
    release(a, DISK);
    reply = command_finish(a);
    g_assert_cmpuint(reply.len, ==, 1);
    g_assert_cmphex(reply.data[0], !=, BIOS_OK);
}

static void add_cdb_length_tests(void)
{
    static const uint8_t lengths[] = { 0, 17, 64, 255 };

    for (int i = 0; i < ARRAY_SIZE(lengths); i++) {
        g_autofree char *name =
            g_strdup_printf("/buslogic/exec-scsi/cdb-length/%d", lengths[i]);

        qtest_add_data_func(name, GUINT_TO_POINTER(lengths[i]),
                            test_exec_bad_cdb_length);
    }
}

static void add_bios_tests(void)
{
    qtest_add_func("/buslogic/exec-bios/read-and-write",
                   test_bios_read_and_write);
    qtest_add_func("/buslogic/exec-bios/last-block", test_bios_last_block);
    qtest_add_func("/buslogic/exec-bios/functions-without-data",
                   test_bios_functions_without_data);
    qtest_add_func("/buslogic/exec-bios/unknown-functions",
                   test_bios_unknown_functions);
    qtest_add_func("/buslogic/exec-bios/errors", test_bios_errors);
    qtest_add_func("/buslogic/exec-bios/ends-with-a-bus-reset",
                   test_bios_command_ends_with_a_bus_reset);
}

void add_exec_tests(void)
{
    qtest_add_func("/buslogic/exec-scsi/shows-no-unit-attention",
                   test_exec_shows_no_unit_attention);
    qtest_add_func("/buslogic/exec-scsi/inquiry-without-mailboxes",
                   test_exec_inquiry_without_mailboxes);
    qtest_add_func("/buslogic/exec-scsi/inquiry-of-every-id",
                   test_exec_inquiry_of_every_id);
    qtest_add_func("/buslogic/exec-scsi/read-capacity-16",
                   test_exec_read_capacity_16);
    qtest_add_func("/buslogic/exec-scsi/read-16", test_exec_read_16);
    qtest_add_func("/buslogic/exec-scsi/write-16", test_exec_write_16);
    qtest_add_func("/buslogic/exec-scsi/reads-a-cd", test_exec_reads_a_cd);
    qtest_add_func("/buslogic/exec-scsi/absent-lun", test_exec_absent_lun);
    qtest_add_func("/buslogic/exec-scsi/bad-target", test_exec_bad_target);
    qtest_add_func("/buslogic/exec-scsi/failing-command",
                   test_exec_failing_command);
    qtest_add_func("/buslogic/exec-scsi/other-statuses",
                   test_exec_other_statuses);
    add_cdb_length_tests();
    qtest_add_func("/buslogic/exec-scsi/unreachable-data",
                   test_exec_of_unreachable_data);
    qtest_add_func("/buslogic/exec-scsi/busy-until-the-command-ends",
                   test_exec_is_busy_until_the_command_ends);
    qtest_add_func("/buslogic/exec-scsi/runs-beside-ccbs",
                   test_exec_runs_beside_ccbs);
    qtest_add_func("/buslogic/exec-scsi/passes-a-full-incoming-ring",
                   test_exec_passes_a_full_incoming_ring);
    qtest_add_func("/buslogic/exec-scsi/ends-with-a-bus-reset",
                   test_bus_reset_ends_a_running_exec);
    qtest_add_func("/buslogic/exec-scsi/ends-with-a-device-reset",
                   test_device_reset_ends_a_running_exec);
    add_bios_tests();
}
