/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests for the settings of the BusLogic adapter
 *
 * Offsets are those of the AutoSCSI structure in the specification, on
 * purpose not those of the C structure behind it.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "hw/scsi/buslogic-nvram.h"

#define CHECKSUM        62
#define SECTORS(bytes)  ((uint64_t)(bytes) / 512)

static const BuslogicModel wide_pci = {
    .bus = BL_BUS_PCI, .text = "958", .targets = 16,
    .features = BL_FEATURE_WIDE | BL_FEATURE_ULTRA,
};
static const BuslogicModel narrow_isa = {
    .bus = BL_BUS_ISA, .text = "545C", .targets = 8,
};
static const BuslogicModel long_name = { .text = "542BH" };
static const BuslogicModel aha_c = {
    .bus = BL_BUS_ISA, .text = "", .targets = 8, .caps = BL_CAP_AHA_C,
};

static const BuslogicNvramConfig config = {
    .model = &wide_pci, .scsi_id = 7, .isa_port = BL_ISA_PORT_DISABLED,
};

static uint8_t *autoscsi(BuslogicNvram *nvram)
{
    return nvram->ram + BL_AUTOSCSI_OFFSET;
}

static BuslogicNvram factory_settings(void)
{
    BuslogicNvram nvram;

    memset(&nvram, 0x5a, sizeof(nvram));
    buslogic_nvram_defaults(&nvram, &config);
    return nvram;
}

/* Whatever computes it, the structure must agree with itself */
static uint16_t sum_of_bytes(const BuslogicNvram *nvram)
{
    uint16_t sum = 0;

    for (int i = 0; i < CHECKSUM; i++) {
        sum += nvram->ram[BL_AUTOSCSI_OFFSET + i];
    }
    return sum;
}

/* Factory settings */

static void test_defaults_fill_all_of_it(void)
{
    BuslogicNvram nvram = factory_settings();

    for (int i = 0; i < BL_LOCAL_RAM_SIZE; i++) {
        if (i < BL_AUTOSCSI_OFFSET ||
            i >= BL_AUTOSCSI_OFFSET + BL_AUTOSCSI_SIZE) {
            g_assert_cmphex(nvram.ram[i], ==, 0);
        }
    }
}

static void test_default_identity(void)
{
    BuslogicNvram nvram = factory_settings();
    uint8_t *a = autoscsi(&nvram);

    g_assert_cmpmem(a, 2, "FA", 2);
    g_assert_cmpuint(a[2], ==, 64);
    g_assert_cmpmem(a + 3, 6, " 958  ", 6);
    g_assert_cmpuint(a[14], ==, 7);
}

static void test_default_permissions(void)
{
    static const uint8_t masks[] = { 19, 21, 23, 25, 27, 34 };
    BuslogicNvram nvram = factory_settings();

    for (int i = 0; i < ARRAY_SIZE(masks); i++) {
        g_assert_cmphex(lduw_le_p(autoscsi(&nvram) + masks[i]), ==, 0xffff);
    }
    g_assert_cmphex(buslogic_nvram_disconnect(&nvram), ==, 0xffff);
    g_assert_cmphex(buslogic_nvram_wide(&nvram), ==, 0xffff);
}

static void test_default_bus_settings(void)
{
    BuslogicNvram nvram = factory_settings();
    uint8_t *a = autoscsi(&nvram);

    g_assert_cmphex(a[15] & 0x02, !=, 0);           /* parity */
    g_assert_cmphex(a[15] & 0x20, !=, 0);           /* bus reset */
    g_assert_cmphex(a[10] & 0x04, !=, 0);           /* level interrupt */
    g_assert_cmphex(a[18] & 0x04, !=, 0);           /* translation */
    g_assert_cmphex(a[33] & 0x03, ==, 0);           /* interrupt pin A */
    g_assert_cmphex(a[33] & 0x10, ==, 0);           /* round robin */
    g_assert_true(buslogic_nvram_extended_translation(&nvram));
}

static void test_config_shows_in_the_defaults(void)
{
    static const BuslogicNvramConfig other = {
        .model = &narrow_isa, .scsi_id = 3, .isa_port = BL_ISA_PORT_334,
        .irq = 15, .dma_channel = 6,
    };
    BuslogicNvram nvram;

    buslogic_nvram_defaults(&nvram, &other);
    g_assert_cmpmem(autoscsi(&nvram) + 3, 6, " 545C ", 6);
    g_assert_cmpuint(autoscsi(&nvram)[14], ==, 3);
    g_assert_cmpuint(buslogic_nvram_isa_port(&nvram), ==, BL_ISA_PORT_334);
    g_assert_cmpuint(autoscsi(&nvram)[11], ==, 2);
    g_assert_cmpuint(autoscsi(&nvram)[12], ==, 6);
    g_assert_true(buslogic_nvram_valid(&nvram));
}

/* A narrow board for ISA with edges for interrupts */
static void test_what_the_board_lacks_is_not_permitted(void)
{
    static const BuslogicNvramConfig other = {
        .model = &narrow_isa, .scsi_id = 7, .irq = 9, .dma_channel = 5,
    };
    BuslogicNvram nvram;
    uint8_t *a = autoscsi(&nvram);

    buslogic_nvram_defaults(&nvram, &other);
    g_assert_cmphex(buslogic_nvram_wide(&nvram), ==, 0);
    g_assert_cmphex(lduw_le_p(a + 34), ==, 0);      /* Ultra */
    g_assert_cmphex(a[10] & 0x04, ==, 0);           /* level interrupt */
    g_assert_cmphex(a[15] & 0x04, ==, 0);           /* upper half terminated */
    g_assert_cmphex(a[15] & 0x01, !=, 0);
    g_assert_cmphex(buslogic_nvram_disconnect(&nvram), ==, 0xffff);
}

static void test_channel_codes(void)
{
    static const struct {
        uint8_t irq, dma, irq_code, dma_code;
    } cases[] = {
        { 9, 5, 1, 1 }, { 10, 6, 2, 2 }, { 11, 7, 3, 3 }, { 12, 5, 4, 1 },
        { 14, 5, 5, 1 }, { 15, 5, 6, 1 }, { 0, 0, 0, 0 },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        BuslogicNvramConfig c = {
            .model = &narrow_isa, .irq = cases[i].irq,
            .dma_channel = cases[i].dma,
        };
        BuslogicNvram nvram;

        buslogic_nvram_defaults(&nvram, &c);
        g_assert_cmpuint(autoscsi(&nvram)[11], ==, cases[i].dma_code);
        g_assert_cmpuint(autoscsi(&nvram)[12], ==, cases[i].irq_code);
    }
}

/* The EEPROM of an AHA-154xC */

static const BuslogicNvramConfig aha_c_config = {
    .model = &aha_c, .scsi_id = 6, .irq = 11, .dma_channel = 5,
};

static BuslogicNvram eeprom_defaults(void)
{
    BuslogicNvram nvram;

    buslogic_nvram_defaults(&nvram, &aha_c_config);
    return nvram;
}

static void test_eeprom_defaults(void)
{
    BuslogicNvram nvram = eeprom_defaults();

    g_assert_cmphex(nvram.ram[0] & 7, ==, 6);
    g_assert_cmphex(nvram.ram[1], ==, 0x52);
    g_assert_cmphex(nvram.ram[6], ==, 0x07);
    g_assert_true(buslogic_eeprom_extended_translation(&nvram));
    nvram.ram[2] &= 0x7f;
    g_assert_false(buslogic_eeprom_extended_translation(&nvram));
    g_assert_true(buslogic_nvram_valid(&nvram));
}

static void test_eeprom_keeps_the_scsi_id(void)
{
    BuslogicNvram nvram, guest = eeprom_defaults();

    guest.ram[0] = 0xfb;
    buslogic_nvram_save(&nvram, guest.ram, &aha_c_config);
    g_assert_cmphex(nvram.ram[0], ==, 0xfe);
    g_assert_true(buslogic_nvram_valid(&nvram));
}

static void test_longest_model_fits(void)
{
    static const BuslogicNvramConfig other = {
        .model = &long_name, .scsi_id = 7, .isa_port = BL_ISA_PORT_330,
    };
    BuslogicNvram nvram;

    buslogic_nvram_defaults(&nvram, &other);
    g_assert_cmpmem(autoscsi(&nvram) + 3, 6, " 542BH", 6);
    g_assert_cmpuint(autoscsi(&nvram)[9], ==, 0);
}

/* The ISA port in AutoSCSI's own coding */

static void test_isa_port_codes(void)
{
    static const struct {
        uint8_t isa_port, autoscsi, back;
    } cases[] = {
        { BL_ISA_PORT_330, 0, BL_ISA_PORT_330 },
        { BL_ISA_PORT_334, 1, BL_ISA_PORT_334 },
        { BL_ISA_PORT_DISABLED, 2, BL_ISA_PORT_DISABLED },
        /* 230 and below have no code there: off */
        { 2, 2, BL_ISA_PORT_DISABLED },
        { 5, 2, BL_ISA_PORT_DISABLED },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        BuslogicNvramConfig c = config;
        BuslogicNvram nvram;

        c.isa_port = cases[i].isa_port;
        buslogic_nvram_defaults(&nvram, &c);
        g_assert_cmphex(autoscsi(&nvram)[33] >> 2 & 3, ==, cases[i].autoscsi);
        g_assert_cmphex(buslogic_nvram_isa_port(&nvram), ==, cases[i].back);
    }
}

static void test_reserved_isa_port_code_is_off(void)
{
    BuslogicNvram nvram = factory_settings();

    autoscsi(&nvram)[33] = 3 << 2;
    g_assert_cmphex(buslogic_nvram_isa_port(&nvram), ==,
                    BL_ISA_PORT_DISABLED);
    /* Its neighbours are no part of the code */
    autoscsi(&nvram)[33] = 0xf3;
    g_assert_cmphex(buslogic_nvram_isa_port(&nvram), ==, BL_ISA_PORT_330);
}

/* Checksum and signature */

static void test_checksum_is_the_sum_of_the_rest(void)
{
    BuslogicNvram nvram = factory_settings();

    g_assert_cmphex(buslogic_nvram_checksum(&nvram), ==,
                    sum_of_bytes(&nvram));
    g_assert_cmphex(lduw_le_p(autoscsi(&nvram) + CHECKSUM), ==,
                    sum_of_bytes(&nvram));
}

static void test_checksum_covers_every_byte(void)
{
    for (int i = 0; i < BL_AUTOSCSI_SIZE; i++) {
        BuslogicNvram nvram = factory_settings();

        g_assert_true(buslogic_nvram_valid(&nvram));
        autoscsi(&nvram)[i] ^= 0x40;
        g_assert_false(buslogic_nvram_valid(&nvram));
    }
}

static void test_bytes_outside_do_not_matter(void)
{
    BuslogicNvram nvram = factory_settings();

    nvram.ram[0] = 0xff;
    nvram.ram[BL_AUTOSCSI_OFFSET - 1] = 0xff;
    nvram.ram[BL_AUTOSCSI_OFFSET + BL_AUTOSCSI_SIZE] = 0xff;
    nvram.ram[BL_LOCAL_RAM_SIZE - 1] = 0xff;
    g_assert_true(buslogic_nvram_valid(&nvram));
}

static void test_checksum_wraps_at_16_bits(void)
{
    BuslogicNvram nvram;

    memset(&nvram, 0xff, sizeof(nvram));
    g_assert_cmphex(buslogic_nvram_checksum(&nvram), ==, 62 * 0xff);
}

static void test_an_empty_image_is_not_valid(void)
{
    BuslogicNvram nvram = { { 0 } };

    g_assert_false(buslogic_nvram_valid(&nvram));
}

/* Saving what the guest has made of the local RAM */

static void test_save_takes_the_settings(void)
{
    BuslogicNvram nvram = factory_settings(), guest = factory_settings();

    guest.ram[0] = 0x11;
    autoscsi(&guest)[44] = 0x22;
    stw_le_p(autoscsi(&guest) + 21, 0x00ff);
    stw_le_p(autoscsi(&guest) + 27, 0x0f0f);
    autoscsi(&guest)[18] &= ~0x04;
    autoscsi(&guest)[33] = 1 << 2;
    buslogic_nvram_save(&nvram, guest.ram, &config);

    g_assert_cmphex(nvram.ram[0], ==, 0x11);
    g_assert_cmphex(autoscsi(&nvram)[44], ==, 0x22);
    g_assert_cmphex(buslogic_nvram_wide(&nvram), ==, 0x00ff);
    g_assert_cmphex(buslogic_nvram_disconnect(&nvram), ==, 0x0f0f);
    g_assert_false(buslogic_nvram_extended_translation(&nvram));
    g_assert_cmphex(buslogic_nvram_isa_port(&nvram), ==, BL_ISA_PORT_334);
}

static void test_save_makes_the_checksum_match(void)
{
    BuslogicNvram nvram = factory_settings(), guest = factory_settings();

    autoscsi(&guest)[44] = 0x22;
    stw_le_p(autoscsi(&guest) + CHECKSUM, 0xdead);
    buslogic_nvram_save(&nvram, guest.ram, &config);
    g_assert_true(buslogic_nvram_valid(&nvram));
}

/* The ID is a property of the device: disks have been placed around it */
static void test_save_keeps_the_scsi_id(void)
{
    BuslogicNvram nvram = factory_settings(), guest = factory_settings();

    autoscsi(&guest)[14] = 2;
    buslogic_nvram_save(&nvram, guest.ram, &config);
    g_assert_cmpuint(autoscsi(&nvram)[14], ==, 7);
    g_assert_true(buslogic_nvram_valid(&nvram));
}

/* The translation of the boards' BIOS */

static void test_geometry_without_extended_translation(void)
{
    static const uint64_t sizes[] = {
        1, SECTORS(1 * GiB), SECTORS(2 * GiB), SECTORS(8 * GiB), UINT64_MAX,
    };

    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        g_assert_cmpint(buslogic_geometry(sizes[i], false), ==,
                        BL_GEOMETRY_64_32);
    }
}

static void test_geometry_with_extended_translation(void)
{
    g_assert_cmpint(buslogic_geometry(SECTORS(1 * GiB) - 1, true), ==,
                    BL_GEOMETRY_64_32);
    g_assert_cmpint(buslogic_geometry(SECTORS(1 * GiB), true), ==,
                    BL_GEOMETRY_128_32);
    g_assert_cmpint(buslogic_geometry(SECTORS(2 * GiB) - 1, true), ==,
                    BL_GEOMETRY_128_32);
    g_assert_cmpint(buslogic_geometry(SECTORS(2 * GiB), true), ==,
                    BL_GEOMETRY_255_63);
    g_assert_cmpint(buslogic_geometry(UINT64_MAX, true), ==,
                    BL_GEOMETRY_255_63);
}

static void add_default_tests(void)
{
    g_test_add_func("/buslogic/nvram/defaults/fill-all-of-it",
                    test_defaults_fill_all_of_it);
    g_test_add_func("/buslogic/nvram/defaults/identity",
                    test_default_identity);
    g_test_add_func("/buslogic/nvram/defaults/permissions",
                    test_default_permissions);
    g_test_add_func("/buslogic/nvram/defaults/bus-settings",
                    test_default_bus_settings);
    g_test_add_func("/buslogic/nvram/defaults/config",
                    test_config_shows_in_the_defaults);
    g_test_add_func("/buslogic/nvram/defaults/longest-model",
                    test_longest_model_fits);
    g_test_add_func("/buslogic/nvram/defaults/what-the-board-lacks",
                    test_what_the_board_lacks_is_not_permitted);
    g_test_add_func("/buslogic/nvram/defaults/channels", test_channel_codes);
    g_test_add_func("/buslogic/nvram/eeprom/defaults", test_eeprom_defaults);
    g_test_add_func("/buslogic/nvram/eeprom/keeps-the-scsi-id",
                    test_eeprom_keeps_the_scsi_id);
    g_test_add_func("/buslogic/nvram/isa-port/codes", test_isa_port_codes);
    g_test_add_func("/buslogic/nvram/isa-port/reserved-code",
                    test_reserved_isa_port_code_is_off);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_default_tests();
    g_test_add_func("/buslogic/nvram/checksum/sum-of-the-rest",
                    test_checksum_is_the_sum_of_the_rest);
    g_test_add_func("/buslogic/nvram/checksum/covers-every-byte",
                    test_checksum_covers_every_byte);
    g_test_add_func("/buslogic/nvram/checksum/bytes-outside",
                    test_bytes_outside_do_not_matter);
    g_test_add_func("/buslogic/nvram/checksum/wraps",
                    test_checksum_wraps_at_16_bits);
    g_test_add_func("/buslogic/nvram/checksum/empty-image",
                    test_an_empty_image_is_not_valid);
    g_test_add_func("/buslogic/nvram/save/takes-the-settings",
                    test_save_takes_the_settings);
    g_test_add_func("/buslogic/nvram/save/makes-the-checksum-match",
                    test_save_makes_the_checksum_match);
    g_test_add_func("/buslogic/nvram/save/keeps-the-scsi-id",
                    test_save_keeps_the_scsi_id);
    g_test_add_func("/buslogic/geometry/without-extended-translation",
                    test_geometry_without_extended_translation);
    g_test_add_func("/buslogic/geometry/with-extended-translation",
                    test_geometry_with_extended_translation);
    return g_test_run();
}
