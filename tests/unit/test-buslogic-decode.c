/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests for the decoding of BusLogic guest structures
 *
 * The raw structures are written out byte by byte, as a guest driver would
 * lay them out in memory, so that a wrong member in buslogic-regs.h shows.
 */

#include "qemu/osdep.h"
#include "hw/scsi/buslogic-decode.h"

static void assert_bytes(const uint8_t *got, const uint8_t *want, size_t len)
{
    g_assert_cmpmem(got, len, want, len);
}

/* Structure sizes and address arithmetic */

static void test_structure_sizes(void)
{
    g_assert_cmpuint(buslogic_mailbox_size(BL_FORMAT_24), ==, 4);
    g_assert_cmpuint(buslogic_mailbox_size(BL_FORMAT_32), ==, 8);
    g_assert_cmpuint(buslogic_ccb_size(BL_FORMAT_24), ==, 18);
    g_assert_cmpuint(buslogic_ccb_size(BL_FORMAT_32), ==, 40);
    g_assert_cmpuint(buslogic_sge_size(BL_FORMAT_24), ==, 6);
    g_assert_cmpuint(buslogic_sge_size(BL_FORMAT_32), ==, 8);
}

static void test_mailbox_code_offset(void)
{
    g_assert_cmpuint(buslogic_mailbox_code_offset(BL_FORMAT_24), ==, 0);
    g_assert_cmpuint(buslogic_mailbox_code_offset(BL_FORMAT_32), ==, 7);
}

static void test_writeback_offsets(void)
{
    g_assert_cmpuint(BL_CCB_DATA_LEN, ==, offsetof(BuslogicCCB32, data_len));
    g_assert_cmpuint(BL_CCB_DATA_LEN, ==, offsetof(BuslogicCCB24, data_len));
    g_assert_cmpuint(BL_CCB_BTSTAT, ==, offsetof(BuslogicCCB32, btstat));
    g_assert_cmpuint(BL_CCB_BTSTAT, ==, offsetof(BuslogicCCB24, btstat));
    g_assert_cmpuint(BL_CCB_BTSTAT + 1, ==, offsetof(BuslogicCCB32, sdstat));
    g_assert_cmpuint(BL_CCB_BTSTAT + 1, ==, offsetof(BuslogicCCB24, sdstat));
}

static void test_address_inside_the_space_is_a_sum(void)
{
    g_assert_cmphex(buslogic_addr(BL_FORMAT_24, 0x123456, 0x10), ==, 0x123466);
    g_assert_cmphex(buslogic_addr(BL_FORMAT_32, 0x12345678, 0x10), ==,
                    0x12345688);
    g_assert_cmphex(buslogic_addr(BL_FORMAT_32, 0xfffffff0, 0xf), ==,
                    0xffffffff);
}

static void test_address_wraps_at_16_mib(void)
{
    g_assert_cmphex(buslogic_addr(BL_FORMAT_24, 0xfffffc, 4), ==, 0);
    g_assert_cmphex(buslogic_addr(BL_FORMAT_24, 0xfffffc, 8), ==, 4);
    g_assert_cmphex(buslogic_addr(BL_FORMAT_24, 0xffffff, 0x1000000), ==,
                    0xffffff);
}

static void test_address_wraps_at_4_gib(void)
{
    g_assert_cmphex(buslogic_addr(BL_FORMAT_32, 0xfffffffc, 4), ==, 0);
    g_assert_cmphex(buslogic_addr(BL_FORMAT_32, 0xfffffffc, 8), ==, 4);
    g_assert_cmphex(buslogic_addr(BL_FORMAT_32, 4, 1ull << 32), ==, 4);
    /* 16 MiB is nothing special with 32-bit structures */
    g_assert_cmphex(buslogic_addr(BL_FORMAT_32, 0xfffffc, 8), ==, 0x1000004);
}

/* Mailboxes */

static void test_mailbox24_decode_is_big_endian(void)
{
    const uint8_t raw[] = { 0x01, 0x12, 0x34, 0x56 };
    BuslogicMailbox mbox;

    memset(&mbox, 0xff, sizeof(mbox));
    buslogic_mailbox_decode(BL_FORMAT_24, raw, &mbox);
    g_assert_cmphex(mbox.code, ==, BL_ACTION_START);
    g_assert_cmphex(mbox.ccb, ==, 0x123456);
    g_assert_cmphex(mbox.btstat, ==, 0);
    g_assert_cmphex(mbox.sdstat, ==, 0);
}

static void test_mailbox32_decode_is_little_endian(void)
{
    const uint8_t raw[] = { 0x78, 0x56, 0x34, 0x12, 0x11, 0x02, 0xff, 0x04 };
    BuslogicMailbox mbox;

    buslogic_mailbox_decode(BL_FORMAT_32, raw, &mbox);
    g_assert_cmphex(mbox.ccb, ==, 0x12345678);
    g_assert_cmphex(mbox.btstat, ==, BTSTAT_SELECTION_TIMEOUT);
    g_assert_cmphex(mbox.sdstat, ==, 0x02);
    g_assert_cmphex(mbox.code, ==, BL_COMPLETION_ERROR);
}

static void test_mailbox24_encode_drops_the_statuses(void)
{
    const BuslogicMailbox mbox = {
        .ccb = 0xfedcba, .code = BL_COMPLETION_ERROR, .btstat = 0x11,
        .sdstat = 0x02,
    };
    const uint8_t want[] = { 0x04, 0xfe, 0xdc, 0xba, 0xaa };
    uint8_t raw[] = { 0xaa, 0xaa, 0xaa, 0xaa, 0xaa };

    buslogic_mailbox_encode(BL_FORMAT_24, &mbox, raw);
    assert_bytes(raw, want, sizeof(want));
}

static void test_mailbox32_encode_zeroes_the_reserved_byte(void)
{
    const BuslogicMailbox mbox = {
        .ccb = 0xfedcba98, .code = BL_COMPLETION_ERROR, .btstat = 0x26,
        .sdstat = 0x08,
    };
    const uint8_t want[] = {
        0x98, 0xba, 0xdc, 0xfe, 0x26, 0x08, 0x00, 0x04, 0xaa,
    };
    uint8_t raw[] = { 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa };

    buslogic_mailbox_encode(BL_FORMAT_32, &mbox, raw);
    assert_bytes(raw, want, sizeof(want));
}

static void test_mailbox_round_trip(void)
{
    const BuslogicMailbox in = { .ccb = 0x00abcdef, .code = 2 };
    uint8_t raw[sizeof(BuslogicMailbox32)];
    BuslogicMailbox out;

    for (BuslogicFormat f = BL_FORMAT_24; f <= BL_FORMAT_32; f++) {
        buslogic_mailbox_encode(f, &in, raw);
        g_assert_cmphex(raw[buslogic_mailbox_code_offset(f)], ==, in.code);
        buslogic_mailbox_decode(f, raw, &out);
        g_assert_cmphex(out.ccb, ==, in.ccb);
        g_assert_cmphex(out.code, ==, in.code);
    }
}

/* CCBs */

static void test_ccb24_decode(void)
{
    const uint8_t raw[] = {
        0x03,                       /* initiator, residual returned */
        0x6d,                       /* target 3, data in, LUN 5 */
        0x0a,                       /* CDB length */
        0x10,                       /* sense length */
        0x01, 0x02, 0x03,           /* data length */
        0xfe, 0xdc, 0xba,           /* data pointer */
        0xaa, 0xaa, 0xaa, 0xaa,     /* link pointer and id */
        0xaa, 0xaa,                 /* statuses */
        0x00, 0x00,
    };
    BuslogicCCB ccb;

    memset(&ccb, 0xff, sizeof(ccb));
    buslogic_ccb_decode(BL_FORMAT_24, false, 0x200000, raw, &ccb);
    g_assert_cmphex(ccb.addr, ==, 0x200000);
    g_assert_cmpint(ccb.format, ==, BL_FORMAT_24);
    g_assert_cmphex(ccb.opcode, ==, BL_CCB_INITIATOR_RES);
    g_assert_cmpuint(ccb.target, ==, 3);
    g_assert_cmpuint(ccb.lun, ==, 5);
    g_assert_cmpuint(ccb.direction, ==, BL_DIR_IN);
    g_assert_cmpuint(ccb.tag, ==, BL_TAG_NONE);
    g_assert_cmpuint(ccb.cdb_len, ==, 10);
    g_assert_cmpuint(ccb.sense_len, ==, 16);
    g_assert_cmphex(ccb.data_len, ==, 0x010203);
    g_assert_cmphex(ccb.data_ptr, ==, 0xfedcba);
}

static void ccb24_decode_at(uint32_t addr, uint8_t cdb_len, BuslogicCCB *ccb)
{
    const uint8_t raw[sizeof(BuslogicCCB24)] = { [2] = cdb_len };

    buslogic_ccb_decode(BL_FORMAT_24, false, addr, raw, ccb);
}

static void test_ccb24_cdb_and_sense_follow_the_fixed_part(void)
{
    BuslogicCCB ccb;

    ccb24_decode_at(0x1000, 6, &ccb);
    g_assert_cmphex(buslogic_ccb24_cdb(&ccb), ==, 0x1000 + 18);
    g_assert_cmphex(ccb.sense_ptr, ==, 0x1000 + 18 + 6);

    ccb24_decode_at(0x1000, 12, &ccb);
    g_assert_cmphex(ccb.sense_ptr, ==, 0x1000 + 18 + 12);
}

static void test_ccb24_cdb_and_sense_wrap_at_16_mib(void)
{
    BuslogicCCB ccb;

    ccb24_decode_at(0xfffff0, 6, &ccb);
    g_assert_cmphex(buslogic_ccb24_cdb(&ccb), ==, 0x000002);
    g_assert_cmphex(ccb.sense_ptr, ==, 0x000008);
}

/* The sense position is computed from the CDB length: it must be bounded */
static void test_ccb24_sense_position_is_clamped(void)
{
    BuslogicCCB ccb;

    ccb24_decode_at(0x1000, 255, &ccb);
    g_assert_cmphex(ccb.sense_ptr, <=, 0x1000 + 18 + BL_CCB24_MAX_CDB);
}

static void test_ccb32_decode(void)
{
    const uint8_t raw[] = {
        0x04,                       /* segment list, residual returned */
        0x10,                       /* data out */
        0x0c,                       /* CDB length */
        0xff,                       /* sense length */
        0x04, 0x03, 0x02, 0x01,     /* data length */
        0x78, 0x56, 0x34, 0x12,     /* data pointer */
        0x00, 0x00,
        0xaa, 0xaa,                 /* statuses */
        0x0f, 0x02,                 /* target, LUN */
        0xa8, 0x01, 0x02, 0x03, 0x04, 0x05,
        0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
        0xaa, 0xaa,                 /* CCB control, link id */
        0xaa, 0xaa, 0xaa, 0xaa,     /* link pointer */
        0x98, 0xba, 0xdc, 0xfe,     /* sense pointer */
    };
    BuslogicCCB ccb;

    memset(&ccb, 0xff, sizeof(ccb));
    buslogic_ccb_decode(BL_FORMAT_32, false, 0xabcdef01, raw, &ccb);
    g_assert_cmphex(ccb.addr, ==, 0xabcdef01);
    g_assert_cmpint(ccb.format, ==, BL_FORMAT_32);
    g_assert_cmphex(ccb.opcode, ==, BL_CCB_SG_RES);
    g_assert_cmpuint(ccb.direction, ==, BL_DIR_OUT);
    g_assert_cmpuint(ccb.cdb_len, ==, 12);
    g_assert_cmpuint(ccb.sense_len, ==, 255);
    g_assert_cmphex(ccb.data_len, ==, 0x01020304);
    g_assert_cmphex(ccb.data_ptr, ==, 0x12345678);
    g_assert_cmpuint(ccb.target, ==, 15);
    g_assert_cmpuint(ccb.lun, ==, 2);
    g_assert_cmpuint(ccb.tag, ==, BL_TAG_NONE);
    g_assert_cmphex(ccb.sense_ptr, ==, 0xfedcba98);
    assert_bytes(ccb.cdb, raw + 18, 12);
}

typedef struct LunCase {
    uint8_t control;                /* CCB byte 1 */
    uint8_t lun_byte;               /* CCB byte 17 */
    bool extended_lun;
    uint8_t lun;
    BuslogicTag tag;
} LunCase;

static void check_lun_case(const LunCase *c)
{
    const uint8_t raw[sizeof(BuslogicCCB32)] = {
        [1] = c->control, [17] = c->lun_byte,
    };
    BuslogicCCB ccb;

    buslogic_ccb_decode(BL_FORMAT_32, c->extended_lun, 0, raw, &ccb);
    g_assert_cmpuint(ccb.lun, ==, c->lun);
    g_assert_cmpuint(ccb.tag, ==, c->tag);
}

static void test_ccb32_legacy_lun_and_tag(void)
{
    static const LunCase cases[] = {
        { 0x00, 0x00, false, 0, BL_TAG_NONE },
        { 0x00, 0x07, false, 7, BL_TAG_NONE },
        { 0x00, 0x1f, false, 31, BL_TAG_NONE },
        { 0x00, 0x20, false, 0, BL_TAG_SIMPLE },
        { 0x00, 0x63, false, 3, BL_TAG_HEAD },
        { 0x00, 0xa3, false, 3, BL_TAG_ORDERED },
        { 0x00, 0xe0, false, 0, BL_TAG_RESERVED },
        /* the type means nothing without the enable bit */
        { 0x00, 0xc1, false, 1, BL_TAG_NONE },
        /* byte 1 carries no tag in this format */
        { 0xe0, 0x01, false, 1, BL_TAG_NONE },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        check_lun_case(&cases[i]);
    }
}

static void test_ccb32_extended_lun_and_tag(void)
{
    static const LunCase cases[] = {
        { 0x00, 0x1f, true, 31, BL_TAG_NONE },
        { 0x20, 0x02, true, 2, BL_TAG_SIMPLE },
        { 0x60, 0x02, true, 2, BL_TAG_HEAD },
        { 0xa8, 0x02, true, 2, BL_TAG_ORDERED },
        { 0xc8, 0x02, true, 2, BL_TAG_NONE },
        /* Plan 9 leaves legacy tag bits in byte 17: no LUN bits */
        { 0x08, 0x23, true, 3, BL_TAG_NONE },
        { 0x08, 0xe3, true, 3, BL_TAG_NONE },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        check_lun_case(&cases[i]);
    }
}

static void test_ccb32_direction_ignores_the_tag_bits(void)
{
    for (int dir = BL_DIR_FROM_CDB; dir <= BL_DIR_NONE; dir++) {
        const uint8_t raw[sizeof(BuslogicCCB32)] = { [1] = 0xe7 | dir << 3 };
        BuslogicCCB ccb;

        buslogic_ccb_decode(BL_FORMAT_32, true, 0, raw, &ccb);
        g_assert_cmpuint(ccb.direction, ==, dir);
    }
}

static void test_sense_length_codes(void)
{
    g_assert_cmpuint(buslogic_sense_length(0), ==, 14);
    g_assert_cmpuint(buslogic_sense_length(1), ==, 0);
    for (int code = 2; code <= 255; code++) {
        g_assert_cmpuint(buslogic_sense_length(code), ==, code);
    }
}

/* The check made before a CCB is started */

static BuslogicCCB plausible_ccb(BuslogicFormat format)
{
    return (BuslogicCCB) {
        .format = format, .opcode = BL_CCB_INITIATOR, .target = 1,
        .cdb_len = 6,
    };
}

static uint8_t check_opcode(uint8_t opcode)
{
    BuslogicCCB ccb = plausible_ccb(BL_FORMAT_32);

    ccb.opcode = opcode;
    return buslogic_ccb_check(&ccb, BL_SG_LIMIT);
}

static void test_check_opcodes(void)
{
    for (int opcode = 0; opcode <= 0xff; opcode++) {
        bool known = opcode <= BL_CCB_SG_RES ||
                     opcode == BL_CCB_BUS_DEVICE_RESET;

        g_assert_cmphex(check_opcode(opcode), ==,
                        known ? BTSTAT_OK : BTSTAT_BAD_OPCODE);
    }
}

static void test_check_target(void)
{
    BuslogicCCB ccb = plausible_ccb(BL_FORMAT_32);

    for (int target = 0; target <= 0xff; target++) {
        ccb.target = target;
        g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==,
                        target < 16 ? BTSTAT_OK : BTSTAT_BAD_CCB);
    }
}

static void check_cdb_lengths(BuslogicFormat format, int max)
{
    BuslogicCCB ccb = plausible_ccb(format);

    for (int len = 0; len <= 0xff; len++) {
        ccb.cdb_len = len;
        g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==,
                        len && len <= max ? BTSTAT_OK : BTSTAT_BAD_CCB);
    }
}

static void test_check_cdb_length_24(void)
{
    check_cdb_lengths(BL_FORMAT_24, 16);
}

static void test_check_cdb_length_32(void)
{
    check_cdb_lengths(BL_FORMAT_32, 12);
}

/* FreeBSD and NetBSD reset devices with a CDB length of 0, others with junk */
static void test_check_bus_device_reset_takes_any_cdb(void)
{
    BuslogicCCB ccb = plausible_ccb(BL_FORMAT_32);

    ccb.opcode = BL_CCB_BUS_DEVICE_RESET;
    ccb.cdb_len = 0;
    g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==, BTSTAT_OK);
    ccb.cdb_len = 200;
    g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==, BTSTAT_OK);
    ccb.target = 16;
    g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==, BTSTAT_BAD_CCB);
}

static void check_sg_limit(BuslogicFormat format, uint8_t opcode)
{
    BuslogicCCB ccb = plausible_ccb(format);
    uint32_t size = buslogic_sge_size(format);

    ccb.opcode = opcode;
    ccb.data_len = BL_SG_LIMIT * size;
    g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==, BTSTAT_OK);
    /* a ragged tail is no entry */
    ccb.data_len = BL_SG_LIMIT * size + size - 1;
    g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==, BTSTAT_OK);
    ccb.data_len = (BL_SG_LIMIT + 1) * size;
    g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==, BTSTAT_BAD_CCB);
    /* nobody looks at a list that is not used */
    ccb.direction = BL_DIR_NONE;
    g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==, BTSTAT_OK);
    ccb.direction = BL_DIR_IN;
    ccb.data_len = 0;
    g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==, BTSTAT_OK);
}

/* Adaptec's boards take 17 entries */
static void test_check_limit_of_the_board(void)
{
    BuslogicCCB ccb = plausible_ccb(BL_FORMAT_24);

    ccb.opcode = BL_CCB_SG_RES;
    ccb.data_len = 17 * 6;
    g_assert_cmphex(buslogic_ccb_check(&ccb, 17), ==, BTSTAT_OK);
    ccb.data_len = 18 * 6;
    g_assert_cmphex(buslogic_ccb_check(&ccb, 17), ==, BTSTAT_BAD_CCB);
}

static void test_check_segment_list_limit(void)
{
    for (BuslogicFormat f = BL_FORMAT_24; f <= BL_FORMAT_32; f++) {
        check_sg_limit(f, BL_CCB_INITIATOR_SG);
        check_sg_limit(f, BL_CCB_SG_RES);
    }
}

static void test_check_direct_length_is_unlimited(void)
{
    BuslogicCCB ccb = plausible_ccb(BL_FORMAT_32);

    ccb.data_len = UINT32_MAX;
    g_assert_cmphex(buslogic_ccb_check(&ccb, BL_SG_LIMIT), ==, BTSTAT_OK);
}

static void test_opcode_properties(void)
{
    static const struct {
        uint8_t opcode;
        bool sg, residual;
    } cases[] = {
        { BL_CCB_INITIATOR, false, false },
        { BL_CCB_TARGET, false, false },
        { BL_CCB_INITIATOR_SG, true, false },
        { BL_CCB_INITIATOR_RES, false, true },
        { BL_CCB_SG_RES, true, true },
        { BL_CCB_BUS_DEVICE_RESET, false, false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const BuslogicCCB ccb = { .opcode = cases[i].opcode };

        g_assert_true(buslogic_ccb_has_sg(&ccb) == cases[i].sg);
        g_assert_true(buslogic_ccb_returns_residual(&ccb) ==
                      cases[i].residual);
    }
}

/* Segment lists */

static void assert_segment(const BuslogicSegment *seg, uint32_t addr,
                           uint32_t len)
{
    g_assert_cmphex(seg->addr, ==, addr);
    g_assert_cmphex(seg->len, ==, len);
}

/* As a board with 32 address lines does */
static size_t decode_list(BuslogicFormat format, const void *raw,
                          size_t count, BuslogicSegment *seg)
{
    return buslogic_sg_decode(format, false, raw, count, seg);
}

static void test_sg24_decode(void)
{
    const uint8_t raw[] = {
        0x00, 0x02, 0x00, 0x12, 0x34, 0x56,
        0x01, 0x00, 0x00, 0xab, 0xcd, 0xef,
    };
    BuslogicSegment seg[2];

    g_assert_cmpuint(decode_list(BL_FORMAT_24, raw, 2, seg), ==, 2);
    assert_segment(&seg[0], 0x123456, 0x200);
    assert_segment(&seg[1], 0xabcdef, 0x10000);
}

static void test_sg32_decode(void)
{
    const uint8_t raw[] = {
        0x00, 0x02, 0x00, 0x00, 0x78, 0x56, 0x34, 0x12,
        0x04, 0x03, 0x02, 0x01, 0x98, 0xba, 0xdc, 0xde,
    };
    BuslogicSegment seg[2];

    g_assert_cmpuint(decode_list(BL_FORMAT_32, raw, 2, seg), ==, 2);
    assert_segment(&seg[0], 0x12345678, 0x200);
    assert_segment(&seg[1], 0xdedcba98, 0x01020304);
}

static void test_sg_unaligned_list(void)
{
    const uint8_t raw[] = {
        0xff, 0x00, 0x02, 0x00, 0x00, 0x78, 0x56, 0x34, 0x12,
    };
    BuslogicSegment seg[1];

    g_assert_cmpuint(decode_list(BL_FORMAT_32, raw + 1, 1, seg), ==, 1);
    assert_segment(&seg[0], 0x12345678, 0x200);
}

static void test_sg_empty_list(void)
{
    BuslogicSegment seg = { 0xdead, 0xbeef };
    uint8_t raw[8] = { 0xff };

    g_assert_cmpuint(decode_list(BL_FORMAT_24, raw, 0, &seg), ==, 0);
    g_assert_cmpuint(decode_list(BL_FORMAT_32, raw, 0, &seg), ==, 0);
    assert_segment(&seg, 0xdead, 0xbeef);
}

static void test_sg_skips_empty_segments(void)
{
    const uint8_t raw[] = {
        0, 0, 0, 0, 0x11, 0, 0, 0,
        1, 0, 0, 0, 0x22, 0, 0, 0,
        0, 0, 0, 0, 0x33, 0, 0, 0,
        0, 0, 0, 0, 0x44, 0, 0, 0,
        2, 0, 0, 0, 0x55, 0, 0, 0,
        0, 0, 0, 0, 0x66, 0, 0, 0,
    };
    BuslogicSegment seg[6];

    g_assert_cmpuint(decode_list(BL_FORMAT_32, raw, 6, seg), ==, 2);
    assert_segment(&seg[0], 0x22, 1);
    assert_segment(&seg[1], 0x55, 2);
}

static void test_sg_only_empty_segments(void)
{
    const uint8_t raw[6 * 3] = { 0 };
    BuslogicSegment seg[3];

    g_assert_cmpuint(decode_list(BL_FORMAT_24, raw, 3, seg), ==, 0);
}

static void test_sg24_clips_at_16_mib(void)
{
    const uint8_t raw[] = {
        0x00, 0x02, 0x00, 0xff, 0xff, 0x00,
        0x00, 0x01, 0x00, 0xff, 0xff, 0x00,
        0xff, 0xff, 0xff, 0x00, 0x00, 0x00,
    };
    BuslogicSegment seg[3];

    g_assert_cmpuint(decode_list(BL_FORMAT_24, raw, 3, seg), ==, 3);
    assert_segment(&seg[0], 0xffff00, 0x100);
    assert_segment(&seg[1], 0xffff00, 0x100);
    assert_segment(&seg[2], 0x000000, 0xffffff);
}

static void test_sg32_clips_at_4_gib(void)
{
    const uint8_t raw[] = {
        0x00, 0x02, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    };
    BuslogicSegment seg[3];

    g_assert_cmpuint(decode_list(BL_FORMAT_32, raw, 3, seg), ==, 3);
    assert_segment(&seg[0], 0xffffff00, 0x100);
    assert_segment(&seg[1], 0x00000000, 0xffffffff);
    assert_segment(&seg[2], 0xffffffff, 1);
}

static void check_segment(BuslogicFormat format, bool isa_dma, uint32_t addr,
                          uint32_t len, uint32_t want_addr, uint32_t want_len)
{
    BuslogicSegment seg = buslogic_segment(format, isa_dma, addr, len);

    assert_segment(&seg, want_addr, want_len);
}

static void test_segment_ends_at_the_top(void)
{
    check_segment(BL_FORMAT_24, false, 0x1000, 0x200, 0x1000, 0x200);
    check_segment(BL_FORMAT_24, false, 0xfffe00, 0x200, 0xfffe00, 0x200);
    check_segment(BL_FORMAT_24, false, 0xfffe00, 0x201, 0xfffe00, 0x200);
    check_segment(BL_FORMAT_24, false, 0xffffff, 0xffffff, 0xffffff, 1);
    check_segment(BL_FORMAT_32, false, 0xfffffe00, 0x201, 0xfffffe00, 0x200);
    check_segment(BL_FORMAT_32, false, 0, UINT32_MAX, 0, UINT32_MAX);
    check_segment(BL_FORMAT_32, false, 0xffff00, 0x200, 0xffff00, 0x200);
    check_segment(BL_FORMAT_32, false, 0xffffffff, 0, 0xffffffff, 0);
}

/* 24 address lines: the bits above are not there, and nothing ends */
static void test_isa_segment_wraps(void)
{
    for (BuslogicFormat f = BL_FORMAT_24; f <= BL_FORMAT_32; f++) {
        check_segment(f, true, 0x1000, 0x200, 0x1000, 0x200);
        check_segment(f, true, 0xffff00, 0x200, 0xffff00, 0x200);
        check_segment(f, true, 0xffff00, 0xffffff, 0xffff00, 0xffffff);
    }
    check_segment(BL_FORMAT_32, true, 0x01000000, 1, 0, 1);
    check_segment(BL_FORMAT_32, true, 0xff123456, 0x200, 0x123456, 0x200);
    check_segment(BL_FORMAT_32, true, 0xffffffff, UINT32_MAX, 0xffffff,
                  UINT32_MAX);
}

static void test_isa_list_wraps(void)
{
    const uint8_t raw[] = {
        0x00, 0x02, 0x00, 0x00, 0x78, 0x56, 0x34, 0x12,
        0x00, 0x02, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
    };
    BuslogicSegment seg[2];

    g_assert_cmpuint(buslogic_sg_decode(BL_FORMAT_32, true, raw, 2, seg), ==,
                     2);
    assert_segment(&seg[0], 0x345678, 0x200);
    assert_segment(&seg[1], 0xffff00, 0x200);
}

static void add_address_tests(void)
{
    g_test_add_func("/buslogic/decode/sizes", test_structure_sizes);
    g_test_add_func("/buslogic/decode/mailbox-code-offset",
                    test_mailbox_code_offset);
    g_test_add_func("/buslogic/decode/writeback-offsets",
                    test_writeback_offsets);
    g_test_add_func("/buslogic/address/sum",
                    test_address_inside_the_space_is_a_sum);
    g_test_add_func("/buslogic/address/wraps-at-16-mib",
                    test_address_wraps_at_16_mib);
    g_test_add_func("/buslogic/address/wraps-at-4-gib",
                    test_address_wraps_at_4_gib);
}

static void add_mailbox_tests(void)
{
    g_test_add_func("/buslogic/mailbox/24/decode-big-endian",
                    test_mailbox24_decode_is_big_endian);
    g_test_add_func("/buslogic/mailbox/32/decode-little-endian",
                    test_mailbox32_decode_is_little_endian);
    g_test_add_func("/buslogic/mailbox/24/encode-drops-statuses",
                    test_mailbox24_encode_drops_the_statuses);
    g_test_add_func("/buslogic/mailbox/32/encode-zeroes-reserved",
                    test_mailbox32_encode_zeroes_the_reserved_byte);
    g_test_add_func("/buslogic/mailbox/round-trip", test_mailbox_round_trip);
}

static void add_ccb_tests(void)
{
    g_test_add_func("/buslogic/ccb/24/decode", test_ccb24_decode);
    g_test_add_func("/buslogic/ccb/24/cdb-and-sense-position",
                    test_ccb24_cdb_and_sense_follow_the_fixed_part);
    g_test_add_func("/buslogic/ccb/24/cdb-and-sense-wrap",
                    test_ccb24_cdb_and_sense_wrap_at_16_mib);
    g_test_add_func("/buslogic/ccb/24/sense-position-clamped",
                    test_ccb24_sense_position_is_clamped);
    g_test_add_func("/buslogic/ccb/32/decode", test_ccb32_decode);
    g_test_add_func("/buslogic/ccb/32/legacy-lun-and-tag",
                    test_ccb32_legacy_lun_and_tag);
    g_test_add_func("/buslogic/ccb/32/extended-lun-and-tag",
                    test_ccb32_extended_lun_and_tag);
    g_test_add_func("/buslogic/ccb/32/direction-ignores-tag-bits",
                    test_ccb32_direction_ignores_the_tag_bits);
    g_test_add_func("/buslogic/ccb/sense-length-codes",
                    test_sense_length_codes);
    g_test_add_func("/buslogic/ccb/opcode-properties",
                    test_opcode_properties);
}

static void add_check_tests(void)
{
    g_test_add_func("/buslogic/check/opcodes", test_check_opcodes);
    g_test_add_func("/buslogic/check/target", test_check_target);
    g_test_add_func("/buslogic/check/24/cdb-length", test_check_cdb_length_24);
    g_test_add_func("/buslogic/check/32/cdb-length", test_check_cdb_length_32);
    g_test_add_func("/buslogic/check/reset-takes-any-cdb",
                    test_check_bus_device_reset_takes_any_cdb);
    g_test_add_func("/buslogic/check/segment-list-limit",
                    test_check_segment_list_limit);
    g_test_add_func("/buslogic/ccb/check/limit-of-the-board",
                    test_check_limit_of_the_board);
    g_test_add_func("/buslogic/check/direct-length-unlimited",
                    test_check_direct_length_is_unlimited);
}

static void add_sg_tests(void)
{
    g_test_add_func("/buslogic/sg/24/decode", test_sg24_decode);
    g_test_add_func("/buslogic/sg/32/decode", test_sg32_decode);
    g_test_add_func("/buslogic/sg/unaligned-list", test_sg_unaligned_list);
    g_test_add_func("/buslogic/sg/empty-list", test_sg_empty_list);
    g_test_add_func("/buslogic/sg/skips-empty-segments",
                    test_sg_skips_empty_segments);
    g_test_add_func("/buslogic/sg/only-empty-segments",
                    test_sg_only_empty_segments);
    g_test_add_func("/buslogic/sg/24/clips-at-16-mib",
                    test_sg24_clips_at_16_mib);
    g_test_add_func("/buslogic/sg/32/clips-at-4-gib",
                    test_sg32_clips_at_4_gib);
    g_test_add_func("/buslogic/sg/ends-at-the-top",
                    test_segment_ends_at_the_top);
    g_test_add_func("/buslogic/sg/isa-segment-wraps", test_isa_segment_wraps);
    g_test_add_func("/buslogic/sg/isa-list-wraps", test_isa_list_wraps);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_address_tests();
    add_mailbox_tests();
    add_ccb_tests();
    add_check_tests();
    add_sg_tests();
    return g_test_run();
}
