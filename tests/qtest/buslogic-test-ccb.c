/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: CCBs [6]
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

/* Operation codes [6.3] */

static void test_opcode(const void *opcode)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 9, 2);

    ccb.opcode = GPOINTER_TO_UINT(opcode);
    if (ccb.opcode == BL_CCB_INITIATOR_SG || ccb.opcode == BL_CCB_SG_RES) {
        uint32_t data = guest_block(a, 2 * BLOCK_SIZE);
        Segment seg = { data, 2 * BLOCK_SIZE };

        if (ccb.opcode == BL_CCB_SG_RES) {
            ccb.opcode = BL_CCB_INITIATOR_RES;
        }
        ccb_segments(a, &ccb, &seg, 1);
        ccb_run(a, &ccb);
        guest_assert_blocks(a, data, 9, 2 * BLOCK_SIZE);
    } else {
        ccb_buffer(a, &ccb, 2 * BLOCK_SIZE);
        ccb_run(a, &ccb);
        guest_assert_blocks(a, ccb.data, 9, 2 * BLOCK_SIZE);
    }
    assert_good(&ccb);
    g_assert_cmphex(ccb.opcode, ==, GPOINTER_TO_UINT(opcode));
    if (ccb.opcode == BL_CCB_INITIATOR_RES || ccb.opcode == BL_CCB_SG_RES) {
        g_assert_cmpuint(ccb.length, ==, 0);
    }
}

static void test_unknown_opcodes(const void *data)
{
    static const uint8_t opcodes[] = { 0x05, 0x06, 0x10, 0x7f, 0x80, 0x82,
                                       0xff };
    Adapter *a = shared_ready(WIDTH(data), 4);

    for (int i = 0; i < ARRAY_SIZE(opcodes); i++) {
        Ccb ccb = ccb_tur(DISK);

        ccb.opcode = opcodes[i];
        ccb_run(a, &ccb);
        assert_host_error(&ccb, BTSTAT_BAD_OPCODE);
    }
}

/* Nobody has enabled target mode */
static void test_target_ccb_is_an_unknown_opcode(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(DISK);

    ccb.opcode = BL_CCB_TARGET;
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_BAD_OPCODE);
}

/* Who is addressed [6.8, 6.10] */

static void test_absent_targets_time_out(const void *data)
{
    static const uint8_t targets[] = { ABSENT, ADAPTER_ID };
    Adapter *a = shared_ready(WIDTH(data), 4);

    for (int i = 0; i < ARRAY_SIZE(targets); i++) {
        Ccb ccb = ccb_inquiry(targets[i], 36);

        ccb_buffer(a, &ccb, 36);
        ccb_run(a, &ccb);
        assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
        guest_assert_filled(a, ccb.data, FILL, 36);
    }
}

static void test_absent_wide_targets_time_out(void)
{
    Adapter *a = shared_ready(32, 4);

    for (int target = 8; target < 15; target++) {
        Ccb ccb = ccb_tur(target);

        ccb_run(a, &ccb);
        assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    }
}

static void test_target_15_answers(void)
{
    Adapter *a = shared_ready(32, 4);

    clear_unit_attention(a, WIDE_DISK);
}

static void test_targets_beyond_the_bus_are_errors(void)
{
    static const uint8_t targets[] = { 16, 17, 0x20, 0x7f, 0x80, 0xff };
    Adapter *a = shared_ready(32, 4);

    for (int i = 0; i < ARRAY_SIZE(targets); i++) {
        Ccb ccb = ccb_tur(targets[i]);

        ccb_run(a, &ccb);
        assert_host_error(&ccb, BTSTAT_BAD_CCB);
    }
}

/* The target is there, so it is the target that answers */
static void test_absent_lun_is_answered_by_the_target(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb inquiry = ccb_inquiry(DISK, 36), tur = ccb_tur(DISK);
    uint8_t type;

    inquiry.lun = 5;
    ccb_buffer(a, &inquiry, 36);
    ccb_run(a, &inquiry);
    assert_good(&inquiry);
    qtest_memread(a->qts, inquiry.data, &type, 1);
    g_assert_cmphex(type, ==, 0x7f);

    tur.lun = 5;
    ccb_run(a, &tur);
    assert_sense(a, &tur, ILLEGAL_REQUEST, 0x25, 0x00);
}

static uint32_t capacity_of_lun(Adapter *a, uint8_t lun)
{
    Ccb ccb = {
        .target = LUNS, .lun = lun, .cdb = { READ_CAPACITY_10 }, .cdb_len = 10,
    };
    Ccb tur = ccb_tur(LUNS);
    uint8_t data[8];

    tur.lun = lun;
    ccb_run(a, &tur);
    ccb_buffer(a, &ccb, sizeof(data));
    ccb_run(a, &ccb);
    assert_good(&ccb);
    qtest_memread(a->qts, ccb.data, data, sizeof(data));
    return ldl_be_p(data) + 1;
}

static void test_luns_are_told_apart(void)
{
    Adapter *a = shared_ready(32, 4);

    g_assert_cmpuint(capacity_of_lun(a, 0), ==, 1 * MiB / BLOCK_SIZE);
    g_assert_cmpuint(capacity_of_lun(a, HIGH_LUN), ==, 2 * MiB / BLOCK_SIZE);
    /* The format says where the tag is, and changes nothing here */
    command(a, BL_CMD_SET_CCB_FORMAT, BYTES(1));
    g_assert_cmpuint(capacity_of_lun(a, HIGH_LUN), ==, 2 * MiB / BLOCK_SIZE);
}

/* Plan 9 tags in the legacy position in either format [6.2] */
static void test_tag_bits_are_no_lun(const void *data)
{
    static const uint8_t tags[] = { 0x20, 0x60, 0xa0 };
    Adapter *a = shared_ready(32, 4);

    command(a, BL_CMD_SET_CCB_FORMAT, BYTES(GPOINTER_TO_UINT(data)));
    for (int i = 0; i < ARRAY_SIZE(tags); i++) {
        Ccb ccb = ccb_read10(DISK, 5, 1);

        ccb.tag_bits = tags[i];
        ccb_buffer(a, &ccb, BLOCK_SIZE);
        ccb_run(a, &ccb);
        assert_good(&ccb);
        guest_assert_blocks(a, ccb.data, 5, BLOCK_SIZE);
    }
}

/* CDB length [6.8] */

static void test_bad_cdb_lengths(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    static const uint8_t lengths[] = { 0, 17, 18, 255 };

    for (int i = 0; i < ARRAY_SIZE(lengths); i++) {
        Ccb ccb = ccb_tur(DISK);

        ccb.cdb_len = lengths[i];
        ccb_run(a, &ccb);
        assert_host_error(&ccb, BTSTAT_BAD_CCB);
    }
}

static void test_cdb_longer_than_the_ccb(void)
{
    Adapter *a = shared_ready(32, 4);

    for (int len = 13; len <= 16; len++) {
        Ccb ccb = ccb_tur(DISK);

        ccb.cdb_len = len;
        ccb_run(a, &ccb);
        assert_host_error(&ccb, BTSTAT_BAD_CCB);
    }
}

static void test_cdb_of_16_bytes(void)
{
    Adapter *a = shared_ready(24, 4);
    Ccb ccb = { .target = DISK, .cdb = { READ_16 }, .cdb_len = 16 };

    stq_be_p(ccb.cdb + 2, 11);
    stl_be_p(ccb.cdb + 10, 1);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, ccb.data, 11, BLOCK_SIZE);
}

/* A READ(10) of which only six bytes came: never read beyond them */
static void test_cdb_shorter_than_its_opcode(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 0, 1), tur = ccb_tur(DISK);

    ccb.cdb_len = 6;
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    g_assert_cmphex(ccb.code, ==, BL_COMPLETION_ERROR);
    guest_assert_filled(a, ccb.data, FILL, BLOCK_SIZE);
    ccb_run(a, &tur);
    assert_good(&tur);
}

/* SCSI status and sense data [6.7, 6.8] */

/* A command that fails with ILLEGAL REQUEST, LBA OUT OF RANGE */
static Ccb ccb_failing(uint8_t target)
{
    return ccb_read10(target, 0x7ffffff0, 1);
}

static void test_check_condition_comes_with_sense(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_failing(DISK);

    ccb.sense_code = 18;
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_sense(a, &ccb, ILLEGAL_REQUEST, 0x21, 0x00);
    guest_assert_filled(a, ccb.data, FILL, BLOCK_SIZE);
}

/*
 * Autosense is a report like any other.  (Only of unit attentions: other
 * sense data stay in QEMU's SCSI devices until the next command.)
 */
static void test_autosense_clears_a_unit_attention(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_tur(DISK), sense = ccb_request_sense(DISK, 18);
    uint8_t got[18];

    mailbox_init(a, 32, 4);
    ccb_run(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, 0x29, 0x00);
    ccb_buffer(a, &sense, 18);
    ccb_run(a, &sense);
    assert_good(&sense);
    qtest_memread(a->qts, sense.data, got, sizeof(got));
    g_assert_cmphex(got[2] & 0xf, ==, NO_SENSE);
}

static void test_sense_length(const void *data)
{
    static const uint8_t codes[] = { 0, 2, 7, 8, 14, 18, 96, 255 };
    Adapter *a = shared_ready(WIDTH(data), 4);

    for (int i = 0; i < ARRAY_SIZE(codes); i++) {
        Ccb ccb = ccb_failing(DISK);
        size_t len = codes[i] ? codes[i] : 14;

        ccb.sense_code = codes[i];
        ccb_buffer(a, &ccb, BLOCK_SIZE);
        ccb_run(a, &ccb);
        assert_check_condition(&ccb);
        g_assert_cmphex(qtest_readb(a->qts, ccb.sense), ==, 0x70);
        guest_assert_filled(a, ccb.sense + len, FILL, 255 - len);
        if (len > 18) {
            guest_assert_filled(a, ccb.sense + 18, 0, len - 18);
        }
    }
}

static void test_no_autosense_leaves_it_to_the_guest(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_failing(DISK), sense = ccb_request_sense(DISK, 18);
    uint8_t got[18];

    ccb.sense_code = 1;
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_check_condition(&ccb);
    guest_assert_filled(a, ccb.sense, FILL, 255);

    ccb_buffer(a, &sense, 18);
    ccb_run(a, &sense);
    assert_good(&sense);
    qtest_memread(a->qts, sense.data, got, sizeof(got));
    g_assert_cmphex(got[2] & 0xf, ==, ILLEGAL_REQUEST);
    g_assert_cmphex(got[12], ==, 0x21);
}

/* A unit attention too is reported once, to whoever fetches the sense data */
static void test_no_autosense_keeps_a_unit_attention(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_tur(DISK), sense = ccb_request_sense(DISK, 18);
    uint8_t got[18];

    mailbox_init(a, 32, 4);
    ccb.sense_code = 1;
    ccb_run(a, &ccb);
    assert_check_condition(&ccb);
    ccb_buffer(a, &sense, 18);
    ccb_run(a, &sense);
    assert_good(&sense);
    qtest_memread(a->qts, sense.data, got, sizeof(got));
    g_assert_cmphex(got[2] & 0xf, ==, UNIT_ATTENTION);
    g_assert_cmphex(got[12], ==, 0x29);
}

static void test_good_status_stores_no_sense(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_tur(DISK);

    ccb.sense_code = 255;
    ccb_run(a, &ccb);
    assert_good(&ccb);
    guest_assert_filled(a, ccb.sense, FILL, 255);
}

/* Right behind the CDB that there is, not at a fixed place */
static void test_sense_follows_the_cdb_in_24_bit_ccbs(void)
{
    Adapter *a = shared_ready(24, 4);

    for (int len = 10; len <= 16; len += 2) {
        Ccb ccb = ccb_failing(DISK);

        ccb.cdb_len = len;
        ccb.sense_code = 14;
        ccb_buffer(a, &ccb, BLOCK_SIZE);
        ccb_run(a, &ccb);
        g_assert_cmphex(ccb.sense, ==, ccb.addr + 18 + len);
        assert_sense(a, &ccb, ILLEGAL_REQUEST, 0x21, 0x00);
    }
}

static void test_no_sense_pointer(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_failing(DISK);
    BuslogicCCB32 *raw = (BuslogicCCB32 *)ccb.image;
    uint8_t zero[64];

    qtest_memread(a->qts, 0, zero, sizeof(zero));
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_store(a, &ccb);
    raw->sense_ptr = 0;
    qtest_memwrite(a->qts, ccb.addr, ccb.image, ccb.image_len);
    mailbox_post(a, ccb.addr, BL_ACTION_START);
    doorbell(a);
    ccb_wait(a, &ccb);
    assert_check_condition(&ccb);
    guest_assert_equal(a, 0, zero, sizeof(zero));
}

static void test_sense_pointer_into_nowhere(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_failing(DISK), tur = ccb_tur(DISK);

    ccb.sense = GUEST_UNMAPPED;
    ccb.sense_code = 255;
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_check_condition(&ccb);
    ccb_run(a, &tur);
    assert_good(&tur);
}

static void test_every_status_is_passed_on(void)
{
    Adapter *a = shared_ready(32, 4);
    static const struct {
        uint32_t lba;
        uint8_t status;
    } cases[] = {
        { FAULT_TASK_SET_FULL, TASK_SET_FULL },
        { FAULT_RESERVATION, RESERVATION_CONFLICT },
        { FAULT_MEDIUM, CHECK_CONDITION },
        { 0, GOOD },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Ccb ccb = ccb_read10(FAULTY, cases[i].lba, 1);

        ccb_buffer(a, &ccb, BLOCK_SIZE);
        ccb_run(a, &ccb);
        assert_result(&ccb, cases[i].status ? BL_COMPLETION_ERROR
                                            : BL_COMPLETION_OK,
                      BTSTAT_OK, cases[i].status);
    }
}

static void test_unit_attention_after_reset_comes_once(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_tur(DISK);

    mailbox_init(a, 32, 4);
    ccb_run(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, 0x29, 0x00);
    ccb_run(a, &ccb);
    assert_good(&ccb);
}

/* Bus device reset [6.3] */

static void test_device_reset(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_device_reset(DISK), tur = ccb_tur(DISK);

    ccb_run(a, &ccb);
    assert_good(&ccb);
    ccb_run(a, &tur);
    assert_sense(a, &tur, UNIT_ATTENTION, 0x29, 0x00);
}

static void test_device_reset_of_nobody(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_device_reset(ABSENT);

    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    ccb = ccb_device_reset(ADAPTER_ID);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    ccb = ccb_device_reset(16);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_BAD_CCB);
}

/* Linux 1.2 turns the stuck CCB itself into the reset */
static void test_device_reset_ignores_the_rest_of_the_ccb(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_write10(DISK, 20, 1);

    ccb.opcode = BL_CCB_BUS_DEVICE_RESET;
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    disk_assert_unchanged(disk_of(DISK), 20, 1);
}

#define PENDING 5

static void test_device_reset_drops_pending_ccbs(void)
{
    Adapter *a = shared_ready(32, 16);
    Ccb pending[PENDING], reset = ccb_device_reset(DISK);
    Ccb read = ccb_read10(DISK, 1, 1);

    hold(a, DISK);
    for (int i = 0; i < PENDING; i++) {
        pending[i] = i % 2 ? ccb_write10(DISK, i, 1) : ccb_read10(DISK, i, 1);
        ccb_buffer(a, &pending[i], BLOCK_SIZE);
        ccb_submit(a, &pending[i]);
    }
    mailbox_assert_empty(a);
    ccb_submit(a, &reset);
    ccb_wait(a, &reset);
    assert_good(&reset);
    release(a, DISK);
    clear_unit_attention(a, DISK);
    ccb_buffer(a, &read, BLOCK_SIZE);
    ccb_run(a, &read);
    assert_good(&read);
    mailbox_assert_empty(a);
    for (int i = 0; i < PENDING; i++) {
        ccb_assert_untouched(a, &pending[i]);
    }
}

static void test_device_reset_spares_other_targets(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb other = ccb_read10(DISK2, 4, 1), reset = ccb_device_reset(DISK);
    Ccb tur = ccb_tur(DISK2);

    hold(a, DISK2);
    ccb_buffer(a, &other, BLOCK_SIZE);
    ccb_submit(a, &other);
    mailbox_assert_empty(a);
    ccb_submit(a, &reset);
    ccb_wait(a, &reset);
    assert_good(&reset);
    release(a, DISK2);
    ccb_wait(a, &other);
    assert_good(&other);
    guest_assert_blocks(a, other.data, 4, BLOCK_SIZE);
    ccb_run(a, &tur);
    assert_good(&tur);
}

static void test_device_reset_covers_all_luns(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb reset = ccb_device_reset(LUNS), tur = ccb_tur(LUNS);

    tur.lun = HIGH_LUN;
    ccb_run(a, &tur);
    ccb_run(a, &tur);
    assert_good(&tur);
    ccb_run(a, &reset);
    assert_good(&reset);
    ccb_run(a, &tur);
    assert_sense(a, &tur, UNIT_ATTENTION, 0x29, 0x00);
}

/* Private copies [6.10] */

static void test_ccb_may_be_changed_once_it_is_fetched(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 6, 1);
    uint8_t junk[sizeof(BuslogicCCB32)];

    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_submit(a, &ccb);
    mailbox_assert_empty(a);
    memset(junk, 0x5f, sizeof(junk));
    memcpy(ccb.image, junk, sizeof(junk));
    qtest_memwrite(a->qts, ccb.addr, junk, sizeof(junk));
    release(a, DISK);
    ccb_wait(a, &ccb);
    assert_good(&ccb);
    guest_assert_blocks(a, ccb.data, 6, BLOCK_SIZE);
}

static void test_one_ccb_started_twice(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 6, 1);

    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_submit(a, &ccb);
    mailbox_assert_empty(a);
    mailbox_post(a, ccb.addr, BL_ACTION_START);
    doorbell(a);
    mailbox_assert_empty(a);
    release(a, DISK);
    /* Each start has its own completion */
    ccb_wait(a, &ccb);
    assert_good(&ccb);
    ccb_wait(a, &ccb);
    assert_good(&ccb);
    mailbox_assert_empty(a);
}

static void add_opcode_tests(void)
{
    for (int opcode = BL_CCB_INITIATOR; opcode <= BL_CCB_SG_RES; opcode++) {
        g_autofree char *name = g_strdup_printf("/buslogic/ccb/opcode/%02x",
                                                opcode);

        if (opcode != BL_CCB_TARGET) {
            qtest_add_data_func(name, GUINT_TO_POINTER(opcode), test_opcode);
        }
    }
    add_widths("/buslogic/ccb/unknown-opcodes", test_unknown_opcodes);
    qtest_add_func("/buslogic/ccb/target-ccb-is-an-unknown-opcode",
                   test_target_ccb_is_an_unknown_opcode);
}

static void add_addressing_tests(void)
{
    add_widths("/buslogic/ccb/absent-targets-time-out",
               test_absent_targets_time_out);
    qtest_add_func("/buslogic/ccb/absent-wide-targets-time-out",
                   test_absent_wide_targets_time_out);
    qtest_add_func("/buslogic/ccb/target-15-answers", test_target_15_answers);
    qtest_add_func("/buslogic/ccb/targets-beyond-the-bus",
                   test_targets_beyond_the_bus_are_errors);
    qtest_add_func("/buslogic/ccb/absent-lun-is-answered-by-the-target",
                   test_absent_lun_is_answered_by_the_target);
    qtest_add_func("/buslogic/ccb/luns-are-told-apart",
                   test_luns_are_told_apart);
    qtest_add_data_func("/buslogic/ccb/tag-bits-are-no-lun/legacy",
                        GUINT_TO_POINTER(0), test_tag_bits_are_no_lun);
    qtest_add_data_func("/buslogic/ccb/tag-bits-are-no-lun/extended",
                        GUINT_TO_POINTER(1), test_tag_bits_are_no_lun);
    add_widths("/buslogic/ccb/bad-cdb-lengths", test_bad_cdb_lengths);
    qtest_add_func("/buslogic/ccb/cdb-longer-than-the-ccb",
                   test_cdb_longer_than_the_ccb);
    qtest_add_func("/buslogic/ccb/cdb-of-16-bytes", test_cdb_of_16_bytes);
    qtest_add_func("/buslogic/ccb/cdb-shorter-than-its-opcode",
                   test_cdb_shorter_than_its_opcode);
}

static void add_sense_tests(void)
{
    add_widths("/buslogic/sense/comes-with-check-condition",
               test_check_condition_comes_with_sense);
    add_widths("/buslogic/sense/length", test_sense_length);
    add_widths("/buslogic/sense/no-autosense",
               test_no_autosense_leaves_it_to_the_guest);
    qtest_add_func("/buslogic/sense/no-autosense-keeps-a-unit-attention",
                   test_no_autosense_keeps_a_unit_attention);
    add_widths("/buslogic/sense/none-with-good-status",
               test_good_status_stores_no_sense);
    qtest_add_func("/buslogic/sense/follows-the-cdb-in-24-bit-ccbs",
                   test_sense_follows_the_cdb_in_24_bit_ccbs);
    qtest_add_func("/buslogic/sense/no-pointer", test_no_sense_pointer);
    qtest_add_func("/buslogic/sense/pointer-into-nowhere",
                   test_sense_pointer_into_nowhere);
    qtest_add_func("/buslogic/sense/autosense-clears-a-unit-attention",
                   test_autosense_clears_a_unit_attention);
    qtest_add_func("/buslogic/sense/unit-attention-comes-once",
                   test_unit_attention_after_reset_comes_once);
    qtest_add_func("/buslogic/ccb/every-status-is-passed-on",
                   test_every_status_is_passed_on);
}

void add_ccb_tests(void)
{
    add_opcode_tests();
    add_addressing_tests();
    add_sense_tests();
    add_widths("/buslogic/device-reset/leaves-unit-attention",
               test_device_reset);
    qtest_add_func("/buslogic/device-reset/of-nobody",
                   test_device_reset_of_nobody);
    qtest_add_func("/buslogic/device-reset/ignores-the-rest-of-the-ccb",
                   test_device_reset_ignores_the_rest_of_the_ccb);
    qtest_add_func("/buslogic/device-reset/drops-pending-ccbs",
                   test_device_reset_drops_pending_ccbs);
    qtest_add_func("/buslogic/device-reset/spares-other-targets",
                   test_device_reset_spares_other_targets);
    qtest_add_func("/buslogic/device-reset/covers-all-luns",
                   test_device_reset_covers_all_luns);
    qtest_add_func("/buslogic/ccb/may-be-changed-once-fetched",
                   test_ccb_may_be_changed_once_it_is_fetched);
    qtest_add_func("/buslogic/ccb/started-twice", test_one_ccb_started_twice);
}
