/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests for the BusLogic adapter's BIOS command, 0x03
 */

#include "qemu/osdep.h"
#include "hw/scsi/buslogic-bios.h"
#include "scsi/constants.h"

/* Parameters for target 5, LUN 2, CHS 300/9/20, 3 sectors at 123456 */
#define LBA     (300 * 512 + 9 * 32 + 20)

static BuslogicBiosAction decode(uint8_t function, BuslogicCCB *ccb,
                                 uint8_t *status)
{
    const uint8_t params[BL_EXEC_BIOS_PARAMS] = {
        function, 5 << 5 | 2, 300 >> 8, 300 & 0xff, 0xf0 | 9, 0xe0 | 20, 3,
        0x12, 0x34, 0x56,
    };

    memset(ccb, 0xff, sizeof(*ccb));
    *status = 0xee;
    return buslogic_bios_decode(params, ccb, status);
}

static void assert_cdb10(const BuslogicCCB *ccb, uint8_t opcode, uint32_t lba,
                         uint8_t count)
{
    const uint8_t want[] = {
        opcode, 0, lba >> 24, lba >> 16, lba >> 8, lba, 0, 0, count, 0,
    };

    g_assert_cmpmem(ccb->cdb, ccb->cdb_len, want, sizeof(want));
}

static void assert_address(const BuslogicCCB *ccb)
{
    g_assert_cmpint(ccb->format, ==, BL_FORMAT_24);
    g_assert_cmpuint(ccb->target, ==, 5);
    g_assert_cmpuint(ccb->lun, ==, 2);
    g_assert_cmphex(ccb->data_ptr, ==, 0x123456);
    g_assert_cmpuint(ccb->opcode, ==, BL_CCB_INITIATOR);
    g_assert_cmpuint(ccb->tag, ==, BL_TAG_NONE);
}

static void test_read_and_write(void)
{
    BuslogicCCB ccb;
    uint8_t status;

    g_assert_cmpint(decode(0x02, &ccb, &status), ==, BL_BIOS_RUN_CCB);
    assert_address(&ccb);
    assert_cdb10(&ccb, READ_10, LBA, 3);
    g_assert_cmpuint(ccb.data_len, ==, 3 * 512);
    g_assert_cmpint(decode(0x03, &ccb, &status), ==, BL_BIOS_RUN_CCB);
    assert_address(&ccb);
    assert_cdb10(&ccb, WRITE_10, LBA, 3);
    g_assert_cmpuint(ccb.data_len, ==, 3 * 512);
}

static void test_commands_without_data(void)
{
    BuslogicCCB ccb;
    uint8_t status;

    g_assert_cmpint(decode(0x04, &ccb, &status), ==, BL_BIOS_RUN_CCB);
    assert_cdb10(&ccb, VERIFY_10, LBA, 3);
    g_assert_cmpuint(ccb.data_len, ==, 0);
    g_assert_cmpint(decode(0x0c, &ccb, &status), ==, BL_BIOS_RUN_CCB);
    assert_cdb10(&ccb, SEEK_10, LBA, 0);
    g_assert_cmpint(decode(0x11, &ccb, &status), ==, BL_BIOS_RUN_CCB);
    assert_cdb10(&ccb, SEEK_10, 0, 0);
    g_assert_cmpint(decode(0x10, &ccb, &status), ==, BL_BIOS_RUN_CCB);
    g_assert_cmpuint(ccb.cdb_len, ==, 6);
    g_assert_cmphex(ccb.cdb[0], ==, TEST_UNIT_READY);
    g_assert_cmpint(decode(0x07, &ccb, &status), ==, BL_BIOS_RUN_CCB);
    g_assert_cmphex(ccb.cdb[0], ==, FORMAT_UNIT);
}

/* Only the last LBA of READ CAPACITY is wanted */
static void test_drive_parameters(void)
{
    static const uint8_t functions[] = { 0x08, 0x15 };

    for (int i = 0; i < ARRAY_SIZE(functions); i++) {
        BuslogicCCB ccb;
        uint8_t status;

        g_assert_cmpint(decode(functions[i], &ccb, &status), ==,
                        BL_BIOS_RUN_CCB);
        assert_cdb10(&ccb, READ_CAPACITY_10, 0, 0);
        g_assert_cmpuint(ccb.data_len, ==, 4);
        g_assert_cmphex(ccb.data_ptr, ==, 0x123456);
    }
}

static void test_read_status(void)
{
    BuslogicCCB ccb;
    uint8_t status;

    g_assert_cmpint(decode(0x01, &ccb, &status), ==, BL_BIOS_STORE_SENSE);
    g_assert_cmphex(ccb.data_ptr, ==, 0x123456);
}

static void test_every_other_function(void)
{
    static const uint8_t does_nothing[] = {
        0x00, 0x06, 0x09, 0x0d, 0x0e, 0x0f, 0x14,
    };
    static const uint8_t unknown[] = { 0x05, 0x0a, 0x0b, 0x12, 0x13, 0x16,
                                       0x41, 0xff };
    BuslogicCCB ccb;
    uint8_t status;

    for (int i = 0; i < ARRAY_SIZE(does_nothing); i++) {
        g_assert_cmpint(decode(does_nothing[i], &ccb, &status), ==,
                        BL_BIOS_REPLY);
        g_assert_cmphex(status, ==, BL_BIOS_OK);
    }
    for (int i = 0; i < ARRAY_SIZE(unknown); i++) {
        g_assert_cmpint(decode(unknown[i], &ccb, &status), ==, BL_BIOS_REPLY);
        g_assert_cmphex(status, ==, BL_BIOS_BAD_COMMAND);
    }
}

static void test_highest_address(void)
{
    const uint8_t params[BL_EXEC_BIOS_PARAMS] = {
        0x02, 0, 0xff, 0xff, 0x0f, 0x1f, 0xff, 0xff, 0xff, 0xff,
    };
    BuslogicCCB ccb;
    uint8_t status;

    g_assert_cmpint(buslogic_bios_decode(params, &ccb, &status), ==,
                    BL_BIOS_RUN_CCB);
    assert_cdb10(&ccb, READ_10, 0xffff * 512 + 511, 255);
    g_assert_cmpuint(ccb.data_len, ==, 255 * 512);
}

/* Status codes */

static uint8_t status_of_sense(uint8_t key, uint8_t asc)
{
    const uint8_t sense[BL_BIOS_SENSE_SIZE] = {
        [0] = 0x70, [2] = key, [12] = asc,
    };

    return buslogic_bios_status(BTSTAT_OK, CHECK_CONDITION, sense,
                                sizeof(sense));
}

static void test_status_of_the_adapter(void)
{
    g_assert_cmphex(buslogic_bios_status(BTSTAT_OK, GOOD, NULL, 0), ==, 0x00);
    g_assert_cmphex(buslogic_bios_status(BTSTAT_SELECTION_TIMEOUT, GOOD, NULL,
                                         0), ==, 0x80);
    g_assert_cmphex(buslogic_bios_status(BTSTAT_SOFTWARE_ERROR, GOOD, NULL,
                                         0), ==, 0x20);
    g_assert_cmphex(buslogic_bios_status(BTSTAT_OK, BUSY, NULL, 0), ==, 0xaa);
}

static void test_status_of_sense_keys(void)
{
    g_assert_cmphex(status_of_sense(RECOVERED_ERROR, 0), ==, 0x11);
    g_assert_cmphex(status_of_sense(NOT_READY, 0x04), ==, 0xaa);
    g_assert_cmphex(status_of_sense(MEDIUM_ERROR, 0x11), ==, 0x10);
    g_assert_cmphex(status_of_sense(MEDIUM_ERROR, 0x13), ==, 0x02);
    g_assert_cmphex(status_of_sense(MEDIUM_ERROR, 0x14), ==, 0x04);
    g_assert_cmphex(status_of_sense(MEDIUM_ERROR, 0x15), ==, 0x40);
    g_assert_cmphex(status_of_sense(HARDWARE_ERROR, 0), ==, 0x20);
    g_assert_cmphex(status_of_sense(ILLEGAL_REQUEST, 0x21), ==, 0x02);
    g_assert_cmphex(status_of_sense(ILLEGAL_REQUEST, 0x20), ==, 0x01);
    g_assert_cmphex(status_of_sense(DATA_PROTECT, 0x27), ==, 0x03);
    g_assert_cmphex(status_of_sense(0x0f, 0), ==, 0xff);
}

static void test_status_without_enough_sense(void)
{
    const uint8_t sense[] = { 0x70, 0, ILLEGAL_REQUEST };

    g_assert_cmphex(buslogic_bios_status(BTSTAT_OK, CHECK_CONDITION, sense,
                                         sizeof(sense)), ==, 0xff);
    g_assert_cmphex(buslogic_bios_status(BTSTAT_OK, CHECK_CONDITION, NULL, 0),
                    ==, 0xff);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/buslogic/bios/read-and-write", test_read_and_write);
    g_test_add_func("/buslogic/bios/commands-without-data",
                    test_commands_without_data);
    g_test_add_func("/buslogic/bios/drive-parameters", test_drive_parameters);
    g_test_add_func("/buslogic/bios/read-status", test_read_status);
    g_test_add_func("/buslogic/bios/every-other-function",
                    test_every_other_function);
    g_test_add_func("/buslogic/bios/highest-address", test_highest_address);
    g_test_add_func("/buslogic/bios/status/adapter",
                    test_status_of_the_adapter);
    g_test_add_func("/buslogic/bios/status/sense-keys",
                    test_status_of_sense_keys);
    g_test_add_func("/buslogic/bios/status/without-enough-sense",
                    test_status_without_enough_sense);
    return g_test_run();
}
