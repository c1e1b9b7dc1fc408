/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: data transfer [6.4 - 6.6]
 *
 * How much moves is what the CDB asks for, cut to the buffer; which way, is
 * what the CDB says unless the CCB contradicts it.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

/* Whole blocks, both ways */

static void test_read(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_read10(DISK, 17, 8);

    ccb_buffer(a, &ccb, 8 * BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, ccb.data, 17, 8 * BLOCK_SIZE);
}

static void test_write(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_write10(DISK, 17, 8);

    ccb_buffer(a, &ccb, 8 * BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_filled(a, ccb.data, FILL, 8 * BLOCK_SIZE);
    disk_assert_unchanged(disk_of(DISK), 0, 17);
    for (int i = 0; i < 8; i++) {
        disk_assert_filled(disk_of(DISK), 17 + i, FILL);
    }
    disk_assert_unchanged(disk_of(DISK), 25, DISK_BLOCKS - 25);
}

/* More than the SCSI layer moves in one piece, at an odd address */
static void test_large_transfer(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = {
        .target = HUGE_DISK, .cdb = { READ_10, [7] = 0x08 }, .cdb_len = 10,
    };

    ccb.data_len = 2048 * BLOCK_SIZE;
    ccb.data = guest_block_unaligned(a, ccb.data_len, 3);
    qtest_memset(a->qts, ccb.data, FILL, ccb.data_len);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_filled(a, ccb.data, 0, ccb.data_len);
}

/* More than the block layer gets at once */
static void test_transfer_of_9_mib(void)
{
    Adapter *a = shared_ready(32, 4);
    const uint32_t blocks = 9 * MiB / BLOCK_SIZE;
    Ccb ccb = {
        .target = HUGE_DISK, .cdb = { READ_10 }, .cdb_len = 10,
    };

    stw_be_p(&ccb.cdb[7], blocks);
    ccb_buffer(a, &ccb, 9 * MiB);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_filled(a, ccb.data, 0, 9 * MiB);
    ccb.cdb[0] = WRITE_10;
    qtest_memset(a->qts, ccb.data, FILL, 9 * MiB);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_filled(a, ccb.data, FILL, 9 * MiB);
}

/* A short WRITE ends after its last whole block, however long it is [6.6] */
static void test_short_write_of_9_mib(void)
{
    Adapter *a = shared_ready(32, 4);
    const size_t size = 9 * MiB + 64 * KiB + 100;
    Ccb ccb = {
        .opcode = BL_CCB_INITIATOR_RES, .target = HUGE_DISK,
        .direction = BL_DIR_OUT, .cdb = { WRITE_10 }, .cdb_len = 10,
    };

    stw_be_p(&ccb.cdb[7], 20000);
    ccb_buffer(a, &ccb, size);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_DATA_RUN);
    g_assert_cmpuint(ccb.length, ==, 100);
}

static void test_cd_blocks(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(CDROM, 3, 2);

    ccb_buffer(a, &ccb, 2 * 2048);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, ccb.data, 3 * 4, 2 * 2048);
}

/* The buffer is longer than the command moves: it decides nothing [6.6] */

static void test_short_write_touches_one_block(const void *opcode)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 100, 1);

    ccb.opcode = GPOINTER_TO_UINT(opcode);
    ccb_buffer(a, &ccb, 4096);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    disk_assert_unchanged(disk_of(DISK), 0, 100);
    disk_assert_filled(disk_of(DISK), 100, FILL);
    disk_assert_unchanged(disk_of(DISK), 101, DISK_BLOCKS - 101);
    if (ccb.opcode == BL_CCB_INITIATOR_RES) {
        g_assert_cmpuint(ccb.length, ==, 4096 - BLOCK_SIZE);
    }
}

static void test_short_read_touches_512_bytes(const void *opcode)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 100, 1);

    ccb.opcode = GPOINTER_TO_UINT(opcode);
    ccb_buffer(a, &ccb, 4096);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, ccb.data, 100, BLOCK_SIZE);
    guest_assert_filled(a, ccb.data + BLOCK_SIZE, FILL, 4096 - BLOCK_SIZE);
    if (ccb.opcode == BL_CCB_INITIATOR_RES) {
        g_assert_cmpuint(ccb.length, ==, 4096 - BLOCK_SIZE);
    }
}

static void test_short_write_from_segments(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 100, 1);
    uint32_t data = guest_block(a, 4096);
    Segment seg[] = { { data, 256 }, { data + 1024, 3072 } };

    qtest_memset(a->qts, data, 0x31, 1024);
    qtest_memset(a->qts, data + 1024, 0x31, 3072);
    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    ccb_run(a, &ccb);
    assert_good(&ccb);
    disk_assert_unchanged(disk_of(DISK), 0, 100);
    disk_assert_filled(disk_of(DISK), 100, 0x31);
    disk_assert_unchanged(disk_of(DISK), 101, DISK_BLOCKS - 101);
}

/* The buffer is shorter */

/* What does not fit is an error only if a length check was asked for [6.6] */
static void assert_dropped(const Ccb *ccb)
{
    if (ccb->direction == BL_DIR_FROM_CDB) {
        assert_good(ccb);
    } else {
        assert_host_error(ccb, BTSTAT_DATA_RUN);
    }
}

static void test_long_write_writes_what_there_is(const void *direction)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 40, 8);

    ccb.direction = GPOINTER_TO_UINT(direction);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    /* Seven blocks were not written: never a success */
    assert_host_error(&ccb, BTSTAT_DATA_RUN);
    disk_assert_unchanged(disk_of(DISK), 0, 40);
    disk_assert_filled(disk_of(DISK), 40, FILL);
    disk_assert_unchanged(disk_of(DISK), 41, DISK_BLOCKS - 41);
}

static void test_long_write_residual(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 40, 8);

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb_buffer(a, &ccb, 2 * BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_DATA_RUN);
    g_assert_cmpuint(ccb.length, ==, 0);
    disk_assert_filled(disk_of(DISK), 41, FILL);
    disk_assert_unchanged(disk_of(DISK), 42, DISK_BLOCKS - 42);
}

static void test_long_read_reads_what_fits(const void *direction)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 40, 8);

    ccb.direction = GPOINTER_TO_UINT(direction);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_dropped(&ccb);
    guest_assert_blocks(a, ccb.data, 40, BLOCK_SIZE);
}

static void test_read_into_part_of_a_block(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 40, 1);

    ccb_buffer(a, &ccb, 100);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, ccb.data, 40, 100);
}

/* There is no such thing as a part of a block on the disk */
static void test_write_from_part_of_a_block(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 40, 2);

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb_buffer(a, &ccb, BLOCK_SIZE + 100);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_DATA_RUN);
    g_assert_cmpuint(ccb.length, ==, 100);
    disk_assert_unchanged(disk_of(DISK), 0, 40);
    disk_assert_unchanged(disk_of(DISK), 41, DISK_BLOCKS - 41);
}

static void test_inquiry_longer_than_its_buffer(const void *direction)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_inquiry(DISK, 255);

    ccb.direction = GPOINTER_TO_UINT(direction);
    ccb_buffer(a, &ccb, 20);
    ccb_run(a, &ccb);
    assert_dropped(&ccb);
    g_assert_cmphex(qtest_readb(a->qts, ccb.data), ==, TYPE_DISK);
}

/* Drivers take 0x0c and 0x12 for errors: never for a short answer */
static void test_inquiry_shorter_than_its_buffer(const void *direction)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_inquiry(DISK, 36);
    uint32_t data = guest_block(a, 255);
    Segment seg = { data, 255 };

    qtest_memset(a->qts, data, FILL, 255);
    ccb.direction = GPOINTER_TO_UINT(direction);
    ccb_segments(a, &ccb, &seg, 1);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_filled(a, data + 36, FILL, 255 - 36);
}

/* Direction bits [6.4] */

static void test_no_data_direction_moves_nothing(const void *opcode)
{
    Adapter *a = shared_ready(32, 4);
    Ccb read = ccb_read10(DISK, 50, 1), write = ccb_write10(DISK, 51, 1);

    read.opcode = write.opcode = GPOINTER_TO_UINT(opcode);
    read.direction = write.direction = BL_DIR_NONE;
    ccb_buffer(a, &read, BLOCK_SIZE);
    ccb_run(a, &read);
    assert_good(&read);
    guest_assert_filled(a, read.data, FILL, BLOCK_SIZE);
    ccb_buffer(a, &write, BLOCK_SIZE);
    ccb_run(a, &write);
    assert_good(&write);
    disk_assert_unchanged(disk_of(DISK), 0, DISK_BLOCKS);
    if (read.opcode == BL_CCB_INITIATOR_RES) {
        g_assert_cmpuint(read.length, ==, 0);
        g_assert_cmpuint(write.length, ==, 0);
    }
}

static void test_contradiction_moves_nothing(const void *opcode)
{
    Adapter *a = shared_ready(32, 4);
    Ccb read = ccb_read10(DISK, 50, 1), write = ccb_write10(DISK, 51, 1);

    read.opcode = write.opcode = GPOINTER_TO_UINT(opcode);
    read.direction = BL_DIR_OUT;
    write.direction = BL_DIR_IN;
    ccb_buffer(a, &read, BLOCK_SIZE);
    ccb_run(a, &read);
    assert_good(&read);
    guest_assert_filled(a, read.data, FILL, BLOCK_SIZE);
    ccb_buffer(a, &write, BLOCK_SIZE);
    ccb_run(a, &write);
    assert_good(&write);
    guest_assert_filled(a, write.data, FILL, BLOCK_SIZE);
    disk_assert_unchanged(disk_of(DISK), 0, DISK_BLOCKS);
    if (read.opcode == BL_CCB_INITIATOR_RES) {
        g_assert_cmpuint(read.length, ==, BLOCK_SIZE);
        g_assert_cmpuint(write.length, ==, BLOCK_SIZE);
    }
}

static void test_matching_direction(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb read = ccb_read10(DISK, 50, 1), write = ccb_write10(DISK, 51, 1);

    read.direction = BL_DIR_IN;
    ccb_buffer(a, &read, BLOCK_SIZE);
    ccb_run(a, &read);
    assert_good(&read);
    guest_assert_blocks(a, read.data, 50, BLOCK_SIZE);
    write.direction = BL_DIR_OUT;
    ccb_buffer(a, &write, BLOCK_SIZE);
    ccb_run(a, &write);
    assert_good(&write);
    disk_assert_filled(disk_of(DISK), 51, FILL);
}

/* Windows NT describes 2 KiB for it and expects them back untouched */
static void test_unit_ready_leaves_its_buffer_alone(const void *direction)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(DISK);

    ccb.direction = GPOINTER_TO_UINT(direction);
    ccb_buffer(a, &ccb, 2048);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_filled(a, ccb.data, FILL, 2048);
}

/* Residual [6.6] */

static void test_residual_of_a_complete_transfer(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_read10(DISK, 0, 4);

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb_buffer(a, &ccb, 4 * BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    g_assert_cmpuint(ccb.length, ==, 0);
}

static void test_residual_of_a_short_answer(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_inquiry(DISK, 36);

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb_buffer(a, &ccb, 255);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    g_assert_cmpuint(ccb.length, ==, 255 - 36);
    guest_assert_filled(a, ccb.data + 36, FILL, 255 - 36);
}

static void test_residual_of_segments(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_read10(DISK, 70, 1);
    uint32_t buf = guest_block(a, 2048);
    Segment seg[] = { { buf, 300 }, { buf + 300, 0 }, { buf + 300, 1000 } };

    qtest_memset(a->qts, buf, FILL, 2048);
    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    g_assert_cmphex(ccb.opcode, ==, BL_CCB_SG_RES);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, buf, 70, BLOCK_SIZE);
    guest_assert_filled(a, buf + BLOCK_SIZE, FILL, 2048 - BLOCK_SIZE);
    g_assert_cmpuint(ccb.length, ==, 1300 - BLOCK_SIZE);
}

/* Of bytes, not of the list */
static void test_residual_larger_than_the_list(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_inquiry(DISK, 36);
    uint32_t buf = guest_block(a, 64 * KiB);
    Segment seg = { buf, 64 * KiB };

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb_segments(a, &ccb, &seg, 1);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    g_assert_cmpuint(ccb.length, ==, 64 * KiB - 36);
}

static void test_residual_of_a_failed_command(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_read10(DISK, 0x7ffffff0, 1);

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_sense(a, &ccb, ILLEGAL_REQUEST, 0x21, 0x00);
    g_assert_cmpuint(ccb.length, ==, BLOCK_SIZE);
}

static void test_residual_of_a_command_without_data(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(DISK);

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb.direction = BL_DIR_NONE;
    ccb_buffer(a, &ccb, 255);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    g_assert_cmpuint(ccb.length, ==, 0);
}

static void test_no_residual_on_selection_timeout(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_inquiry(ABSENT, 36);

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb_buffer(a, &ccb, 36);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    g_assert_cmpuint(ccb.length, ==, 36);
}

/* Segment lists [6.5] */

static void test_scattered_read(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_read10(DISK, 30, 4);
    uint32_t buf = guest_block(a, 4096);
    uint8_t block[4 * BLOCK_SIZE];
    /* In reverse order of memory, of odd sizes */
    Segment seg[] = {
        { buf + 3000, 1000 }, { buf + 2000, 1 }, { buf + 1001, 511 },
        { buf + 7, 536 },
    };
    size_t done = 0;

    for (int i = 0; i < 4; i++) {
        disk_pattern(30 + i, block + i * BLOCK_SIZE);
    }
    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    ccb_run(a, &ccb);
    assert_good(&ccb);
    for (int i = 0; i < ARRAY_SIZE(seg); i++) {
        guest_assert_equal(a, seg[i].addr, block + done, seg[i].len);
        done += seg[i].len;
    }
}

static void test_gathered_write(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_write10(DISK, 30, 2);
    uint32_t buf = guest_block(a, 4096);
    uint8_t block[BLOCK_SIZE];
    Segment seg[] = {
        { buf + 3000, 512 }, { buf + 2000, 1 }, { buf + 1001, 511 },
    };

    qtest_memset(a->qts, buf + 3000, 0x11, 512);
    qtest_memset(a->qts, buf + 2000, 0x22, 1);
    qtest_memset(a->qts, buf + 1001, 0x33, 511);
    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    ccb_run(a, &ccb);
    assert_good(&ccb);
    disk_assert_filled(disk_of(DISK), 30, 0x11);
    disk_read(disk_of(DISK), 31, block);
    g_assert_cmphex(block[0], ==, 0x22);
    g_assert_cmphex(block[1], ==, 0x33);
    g_assert_cmphex(block[511], ==, 0x33);
    disk_assert_unchanged(disk_of(DISK), 32, DISK_BLOCKS - 32);
}

static void test_empty_segments_are_skipped(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_read10(DISK, 30, 1);
    uint32_t buf = guest_block(a, BLOCK_SIZE);
    Segment seg[] = {
        { 0, 0 }, { buf, 256 }, { GUEST_UNMAPPED & 0xffffff, 0 }, { buf, 0 },
        { buf + 256, 256 }, { 0xffffff, 0 },
    };

    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, buf, 30, BLOCK_SIZE);
}

static void test_ragged_end_of_the_list_is_ignored(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    uint32_t buf = guest_block(a, 2 * BLOCK_SIZE);
    Segment seg[] = { { buf, BLOCK_SIZE }, { buf + BLOCK_SIZE, BLOCK_SIZE } };
    size_t entry = a->width == 24 ? 6 : 8;

    for (size_t tail = 1; tail < entry; tail++) {
        Ccb ccb = ccb_read10(DISK, 30, 2);

        qtest_memset(a->qts, buf, FILL, 2 * BLOCK_SIZE);
        ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
        ccb.data_len = entry + tail;
        ccb_run(a, &ccb);
        assert_good(&ccb);
        guest_assert_blocks(a, buf, 30, BLOCK_SIZE);
        guest_assert_filled(a, buf + BLOCK_SIZE, FILL, BLOCK_SIZE);
    }
}

static void test_list_of_no_segments(const void *length)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(DISK);

    ccb.opcode = BL_CCB_INITIATOR_SG;
    ccb.data = guest_block(a, 8);
    ccb.data_len = GPOINTER_TO_UINT(length);
    ccb_run(a, &ccb);
    assert_good(&ccb);
}

/* As many entries as 0x8d advertises, one byte each, backwards */
static void test_list_of_8192_segments(void)
{
    Adapter *a = shared_ready(32, 4);
    g_autofree Segment *seg = g_new(Segment, BL_SG_LIMIT);
    g_autofree uint8_t *got = g_malloc(BL_SG_LIMIT);
    uint32_t buf = guest_block(a, BL_SG_LIMIT);
    Ccb ccb = ccb_read10(DISK, 80, BL_SG_LIMIT / BLOCK_SIZE);
    uint8_t block[BLOCK_SIZE];

    for (int i = 0; i < BL_SG_LIMIT; i++) {
        seg[i] = (Segment) { buf + BL_SG_LIMIT - 1 - i, 1 };
    }
    ccb_segments(a, &ccb, seg, BL_SG_LIMIT);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    qtest_bufread(a->qts, buf, got, BL_SG_LIMIT);
    for (int i = 0; i < BL_SG_LIMIT; i++) {
        disk_pattern(80 + i / BLOCK_SIZE, block);
        g_assert_cmphex(got[BL_SG_LIMIT - 1 - i], ==, block[i % BLOCK_SIZE]);
    }
}

static void test_list_of_8193_segments(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    g_autofree Segment *seg = g_new0(Segment, BL_SG_LIMIT + 1);
    Ccb ccb = ccb_read10(DISK, 80, 1);

    seg[0] = (Segment) { guest_block(a, BLOCK_SIZE), BLOCK_SIZE };
    qtest_memset(a->qts, seg[0].addr, FILL, BLOCK_SIZE);
    ccb_segments(a, &ccb, seg, BL_SG_LIMIT + 1);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_BAD_CCB);
    guest_assert_filled(a, seg[0].addr, FILL, BLOCK_SIZE);
}

static void test_list_of_a_million_empty_segments(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 80, 1);

    ccb.opcode = BL_CCB_INITIATOR_SG;
    ccb.data = GUEST_HEAP_END;
    ccb.data_len = (1 << 20) * sizeof(BuslogicSGE32);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_BAD_CCB);
}

static void test_list_at_unmapped_memory(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 80, 1);

    ccb.opcode = BL_CCB_INITIATOR_SG;
    ccb.data = GUEST_UNMAPPED;
    ccb.data_len = 2 * sizeof(BuslogicSGE32);
    ccb_run(a, &ccb);
    g_assert_cmphex(ccb.code, ==, BL_COMPLETION_ERROR);
    g_assert_cmphex(ccb.btstat, !=, BTSTAT_OK);
    disk_assert_unchanged(disk_of(DISK), 0, DISK_BLOCKS);
}

/* The firmware at the top of 4 GiB is what gets written to the disk */
static void test_segment_past_4_gib_is_clipped(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 90, 2);
    uint32_t buf = guest_block(a, BLOCK_SIZE);
    Segment seg[] = {
        { 0u - BLOCK_SIZE, 4 * BLOCK_SIZE }, { buf, BLOCK_SIZE },
    };
    uint8_t rom[BLOCK_SIZE], got[BLOCK_SIZE];

    qtest_memset(a->qts, buf, 0x44, BLOCK_SIZE);
    qtest_memread(a->qts, seg[0].addr, rom, sizeof(rom));
    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    ccb_run(a, &ccb);
    assert_good(&ccb);
    disk_read(disk_of(DISK), 90, got);
    g_assert_cmpmem(got, sizeof(got), rom, sizeof(rom));
    disk_assert_filled(disk_of(DISK), 91, 0x44);
    disk_assert_unchanged(disk_of(DISK), 92, DISK_BLOCKS - 92);
}

static void test_segment_past_16_mib_is_clipped(void)
{
    Adapter *a = shared_ready(24, 4);
    Ccb ccb = ccb_read10(DISK, 90, 2);
    uint32_t buf = guest_block(a, BLOCK_SIZE);
    uint32_t top = 16 * MiB - BLOCK_SIZE;
    Segment seg[] = { { top, 4 * BLOCK_SIZE }, { buf, BLOCK_SIZE } };

    qtest_memset(a->qts, top, FILL, 2 * BLOCK_SIZE);
    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, top, 90, BLOCK_SIZE);
    guest_assert_filled(a, 16 * MiB, FILL, BLOCK_SIZE);
    guest_assert_blocks(a, buf, 91, BLOCK_SIZE);
}

/* A plain buffer ends there as well, and does not go on at address 0 */
static void test_buffer_past_16_mib_is_clipped(void)
{
    Adapter *a = shared_ready(24, 4);
    Ccb ccb = ccb_write10(DISK, 90, 2);

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb.data = 16 * MiB - BLOCK_SIZE;
    ccb.data_len = 2 * BLOCK_SIZE;
    qtest_memset(a->qts, ccb.data, FILL, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_DATA_RUN);
    g_assert_cmpuint(ccb.length, ==, BLOCK_SIZE);
    disk_assert_filled(disk_of(DISK), 90, FILL);
    disk_assert_unchanged(disk_of(DISK), 91, DISK_BLOCKS - 91);
}

/* As it is no RAM, one block or none may be written, never two */
static void test_buffer_past_4_gib_is_clipped(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 90, 2);

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb.data = 0u - BLOCK_SIZE;
    ccb.data_len = 2 * BLOCK_SIZE;
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_DATA_RUN);
    g_assert_cmpuint(ccb.length, >=, BLOCK_SIZE);
    disk_assert_unchanged(disk_of(DISK), 91, DISK_BLOCKS - 91);
}

/* Memory that cannot be reached [1.4, 6.5] */

static void test_write_from_nowhere(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 10, 1), tur = ccb_tur(DISK);

    ccb.data = GUEST_UNMAPPED;
    ccb.data_len = BLOCK_SIZE;
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SOFTWARE_ERROR);
    disk_assert_unchanged(disk_of(DISK), 0, DISK_BLOCKS);
    ccb_run(a, &tur);
    assert_good(&tur);
}

static void test_read_into_nowhere(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 10, 1), tur = ccb_tur(DISK);

    ccb.data = GUEST_UNMAPPED;
    ccb.data_len = BLOCK_SIZE;
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SOFTWARE_ERROR);
    ccb_run(a, &tur);
    assert_good(&tur);
}

static void test_read_with_a_hole_in_the_middle(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 10, 3);
    uint32_t buf = guest_block(a, 2 * BLOCK_SIZE);
    Segment seg[] = {
        { buf, BLOCK_SIZE }, { GUEST_UNMAPPED, BLOCK_SIZE },
        { buf + BLOCK_SIZE, BLOCK_SIZE },
    };

    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SOFTWARE_ERROR);
}

static void test_write_with_a_hole_in_the_middle(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 10, 3);
    uint32_t buf = guest_block(a, BLOCK_SIZE);
    Segment seg[] = {
        { buf, BLOCK_SIZE }, { GUEST_UNMAPPED, BLOCK_SIZE },
        { buf, BLOCK_SIZE },
    };

    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SOFTWARE_ERROR);
    disk_assert_unchanged(disk_of(DISK), 0, 10);
    disk_assert_unchanged(disk_of(DISK), 11, DISK_BLOCKS - 11);
}

/* What could not be moved is part of the residual */
static void test_residual_after_a_hole(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_inquiry(DISK, 96);
    uint32_t buf = guest_block(a, 32);
    Segment seg[] = { { buf, 32 }, { GUEST_UNMAPPED, 64 } };

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SOFTWARE_ERROR);
    g_assert_cmpuint(ccb.length, >=, 64);
    g_assert_cmpuint(ccb.length, <=, 96);
}

/* The block would be commands, if it got as far as the COMMAND register */
static void test_data_over_the_own_registers(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb read = ccb_read10(DISK, 10, 1), inquiry = ccb_inquiry(DISK, 36);

    read.data = inquiry.data = a->mmio + A_COMMAND;
    read.data_len = inquiry.data_len = BUSLOGIC_BAR_SIZE - BUSLOGIC_NUM_PORTS;
    ccb_run(a, &read);
    assert_host_error(&read, BTSTAT_SOFTWARE_ERROR);
    ccb_run(a, &inquiry);
    assert_host_error(&inquiry, BTSTAT_SOFTWARE_ERROR);
    assert_idle(a);
    g_assert_cmphex(read_geometry(a), ==, R_GEOMETRY_EXT_TRANS_MASK);
}

static void test_enormous_buffer_for_a_short_command(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_inquiry(DISK, 36);

    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb.data = guest_block(a, 36);
    ccb.data_len = UINT32_MAX;
    ccb_run(a, &ccb);
    assert_good(&ccb);
    g_assert_cmpuint(ccb.length, ==, UINT32_MAX - 36);
}

/* All directions of one test */
static void add_directions(const char *name, void (*test)(const void *),
                           uint8_t checked)
{
    g_autofree char *unchecked_name = g_strdup_printf("%s/unchecked", name);
    g_autofree char *checked_name = g_strdup_printf("%s/checked", name);

    qtest_add_data_func(unchecked_name, GUINT_TO_POINTER(BL_DIR_FROM_CDB),
                        test);
    qtest_add_data_func(checked_name, GUINT_TO_POINTER(checked), test);
}

/* With and without residual */
static void add_direct_opcodes(const char *name, void (*test)(const void *))
{
    g_autofree char *plain = g_strdup_printf("%s/00", name);
    g_autofree char *residual = g_strdup_printf("%s/03", name);

    qtest_add_data_func(plain, GUINT_TO_POINTER(BL_CCB_INITIATOR), test);
    qtest_add_data_func(residual, GUINT_TO_POINTER(BL_CCB_INITIATOR_RES),
                        test);
}

static void add_amount_tests(void)
{
    add_widths("/buslogic/data/read", test_read);
    add_widths("/buslogic/data/write", test_write);
    qtest_add_func("/buslogic/data/large-transfer", test_large_transfer);
    qtest_add_func("/buslogic/data/transfer-of-9-mib",
                   test_transfer_of_9_mib);
    qtest_add_func("/buslogic/data/short-write-of-9-mib",
                   test_short_write_of_9_mib);
    qtest_add_func("/buslogic/data/cd-blocks", test_cd_blocks);
    add_direct_opcodes("/buslogic/data/short-write-touches-one-block",
                       test_short_write_touches_one_block);
    add_direct_opcodes("/buslogic/data/short-read-touches-512-bytes",
                       test_short_read_touches_512_bytes);
    qtest_add_func("/buslogic/data/short-write-from-segments",
                   test_short_write_from_segments);
    add_directions("/buslogic/data/long-write-writes-what-there-is",
                   test_long_write_writes_what_there_is, BL_DIR_OUT);
    qtest_add_func("/buslogic/data/long-write-residual",
                   test_long_write_residual);
    add_directions("/buslogic/data/long-read-reads-what-fits",
                   test_long_read_reads_what_fits, BL_DIR_IN);
    qtest_add_func("/buslogic/data/read-into-part-of-a-block",
                   test_read_into_part_of_a_block);
    qtest_add_func("/buslogic/data/write-from-part-of-a-block",
                   test_write_from_part_of_a_block);
    add_directions("/buslogic/data/inquiry-longer-than-its-buffer",
                   test_inquiry_longer_than_its_buffer, BL_DIR_IN);
    add_directions("/buslogic/data/inquiry-shorter-than-its-buffer",
                   test_inquiry_shorter_than_its_buffer, BL_DIR_IN);
    qtest_add_func("/buslogic/data/enormous-buffer-for-a-short-command",
                   test_enormous_buffer_for_a_short_command);
}

static void add_direction_tests(void)
{
    add_direct_opcodes("/buslogic/data/no-data-direction-moves-nothing",
                       test_no_data_direction_moves_nothing);
    add_direct_opcodes("/buslogic/data/contradiction-moves-nothing",
                       test_contradiction_moves_nothing);
    qtest_add_func("/buslogic/data/matching-direction",
                   test_matching_direction);
    for (int dir = BL_DIR_FROM_CDB; dir <= BL_DIR_NONE; dir++) {
        g_autofree char *name =
            g_strdup_printf("/buslogic/data/unit-ready-buffer-untouched/%d",
                            dir);

        qtest_add_data_func(name, GUINT_TO_POINTER(dir),
                            test_unit_ready_leaves_its_buffer_alone);
    }
}

static void add_residual_tests(void)
{
    add_widths("/buslogic/residual/complete-transfer",
               test_residual_of_a_complete_transfer);
    add_widths("/buslogic/residual/short-answer",
               test_residual_of_a_short_answer);
    add_widths("/buslogic/residual/segments", test_residual_of_segments);
    qtest_add_func("/buslogic/residual/larger-than-the-list",
                   test_residual_larger_than_the_list);
    add_widths("/buslogic/residual/failed-command",
               test_residual_of_a_failed_command);
    qtest_add_func("/buslogic/residual/command-without-data",
                   test_residual_of_a_command_without_data);
    add_widths("/buslogic/residual/untouched-on-selection-timeout",
               test_no_residual_on_selection_timeout);
}

static void add_segment_tests(void)
{
    add_widths("/buslogic/segments/scattered-read", test_scattered_read);
    add_widths("/buslogic/segments/gathered-write", test_gathered_write);
    add_widths("/buslogic/segments/empty-ones-are-skipped",
               test_empty_segments_are_skipped);
    add_widths("/buslogic/segments/ragged-end-is-ignored",
               test_ragged_end_of_the_list_is_ignored);
    qtest_add_data_func("/buslogic/segments/list-of-none/0",
                        GUINT_TO_POINTER(0), test_list_of_no_segments);
    qtest_add_data_func("/buslogic/segments/list-of-none/7",
                        GUINT_TO_POINTER(7), test_list_of_no_segments);
    qtest_add_func("/buslogic/segments/list-of-8192",
                   test_list_of_8192_segments);
    add_widths("/buslogic/segments/list-of-8193", test_list_of_8193_segments);
    qtest_add_func("/buslogic/segments/list-of-a-million-empty-ones",
                   test_list_of_a_million_empty_segments);
    qtest_add_func("/buslogic/segments/list-unmapped",
                   test_list_at_unmapped_memory);
    qtest_add_func("/buslogic/segments/past-4-gib-is-clipped",
                   test_segment_past_4_gib_is_clipped);
    qtest_add_func("/buslogic/data/buffer-past-16-mib-is-clipped",
                   test_buffer_past_16_mib_is_clipped);
    qtest_add_func("/buslogic/data/buffer-past-4-gib-is-clipped",
                   test_buffer_past_4_gib_is_clipped);
    qtest_add_func("/buslogic/segments/past-16-mib-is-clipped",
                   test_segment_past_16_mib_is_clipped);
}

static void add_bad_memory_tests(void)
{
    qtest_add_func("/buslogic/bad-memory/write-from-nowhere",
                   test_write_from_nowhere);
    qtest_add_func("/buslogic/bad-memory/read-into-nowhere",
                   test_read_into_nowhere);
    qtest_add_func("/buslogic/bad-memory/read-with-a-hole",
                   test_read_with_a_hole_in_the_middle);
    qtest_add_func("/buslogic/bad-memory/write-with-a-hole",
                   test_write_with_a_hole_in_the_middle);
    qtest_add_func("/buslogic/bad-memory/residual-after-a-hole",
                   test_residual_after_a_hole);
    qtest_add_func("/buslogic/bad-memory/over-own-registers",
                   test_data_over_the_own_registers);
}

void add_data_tests(void)
{
    add_amount_tests();
    add_direction_tests();
    add_residual_tests();
    add_segment_tests();
    add_bad_memory_tests();
}
