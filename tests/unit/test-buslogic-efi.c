/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests for the pure functions of the boot ROM's UEFI driver
 */

#include <glib.h>
#include "roms/buslogic/efi/length.h"

#define BUFFER  260

/* The length of an answer that begins with these bytes */
static void check(const char *cdb, const char *data, uint32_t len,
                  uint32_t expected)
{
    uint8_t cdb_bytes[16] = { 0 };
    uint8_t data_bytes[8] = { 0 };

    for (int i = 0; cdb[2 * i]; i++) {
        cdb_bytes[i] = g_ascii_xdigit_value(cdb[2 * i]) << 4 |
                       g_ascii_xdigit_value(cdb[2 * i + 1]);
    }
    for (int i = 0; data[2 * i]; i++) {
        data_bytes[i] = g_ascii_xdigit_value(data[2 * i]) << 4 |
                        g_ascii_xdigit_value(data[2 * i + 1]);
    }
    g_assert_cmpuint(buslogic_answer_length(cdb_bytes, data_bytes, len), ==,
                     expected);
}

static void test_answers_tell_their_length(void)
{
    check("030000001200", "700006000000000a", BUFFER, 18);
    check("120000010400", "000005021f000010", BUFFER, 36);
    check("120183010400", "0083000c01030008", BUFFER, 16);
    check("1a003f00ff00", "1700100800000000", BUFFER, 24);
    check("43000000000000010400", "0012010100140100", BUFFER, 20);
    check("4600000000000001040000", "0000008400000000", BUFFER, 136);
    check("4a010000100000010400", "0006045e02000000", BUFFER, 8);
    check("4d004000000000010400", "0000000c00000000", BUFFER, 16);
    check("51000000000000010400", "0020001201010100", BUFFER, 34);
    check("5a003f00000000010400", "0016000000000008", BUFFER, 24);
    check("a0000000000000000104", "0000001000000000", BUFFER, 24);
    check("ad000000000000000104", "0802000000000000", 2100, 260);
}

static void test_answers_of_fixed_length(void)
{
    check("25000000000000000000", "001fffff00000200", BUFFER, 8);
    check("9e1000000000000000000000002000", "", BUFFER, 32);
}

static void test_data_that_do_not_tell(void)
{
    check("28000000000000000800", "ffffffffffffffff", 4096, 4096);
    check("9e1200000000000000000000010400", "", BUFFER, BUFFER);
    check("c0000000ff00", "0000000000000000", BUFFER, BUFFER);
}

static void test_allocation_length_limits_the_answer(void)
{
    check("120000000a00", "000005021f000010", BUFFER, 10);
    check("9e1000000000000000000000000c00", "", BUFFER, 12);
    check("120000000000", "000005021f000010", BUFFER, 0);
}

static void test_buffer_limits_the_answer(void)
{
    check("120000010400", "000005021f000010", 20, 20);
    check("25000000000000000000", "001fffff00000200", 4, 4);
}

static void test_answer_that_ends_before_its_length(void)
{
    check("120000000400", "000005021f000010", BUFFER, 4);
    check("a0000000000000000003", "0000001000000000", BUFFER, 3);
    check("030000000700", "700006000000000a", BUFFER, 7);
}

static void test_length_beyond_32_bits(void)
{
    check("a0000000000000000104", "ffffffff00000000", BUFFER, BUFFER);
    check("a0000000000000000104", "fffffff800000000", BUFFER, BUFFER);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(void);
    } tests[] = {
        { "tells-its-length", test_answers_tell_their_length },
        { "fixed-length", test_answers_of_fixed_length },
        { "does-not-tell", test_data_that_do_not_tell },
        { "allocation-length", test_allocation_length_limits_the_answer },
        { "buffer", test_buffer_limits_the_answer },
        { "ends-before-its-length", test_answer_that_ends_before_its_length },
        { "beyond-32-bits", test_length_beyond_32_bits },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/buslogic/efi/answer/",
                                            tests[i].name, NULL);

        g_test_add_func(path, tests[i].test);
    }
    return g_test_run();
}
