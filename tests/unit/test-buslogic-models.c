/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests for the table of BusLogic boards
 *
 * What each of them reports is in tests/qtest; here is what drivers take for
 * granted about all of them.
 */

#include "qemu/osdep.h"
#include "hw/scsi/buslogic-models.h"
#include "hw/scsi/buslogic-regs.h"

static void for_each_model(BuslogicBusType bus,
                           void (*check)(const BuslogicModel *model))
{
    g_autofree char *names = buslogic_model_names(bus);
    g_auto(GStrv) list = g_strsplit(names, ", ", -1);

    for (char **name = list; *name; name++) {
        const BuslogicModel *model = buslogic_model_find(bus, *name);

        g_assert_nonnull(model);
        g_assert_cmpstr(model->name, ==, *name);
        g_assert_cmpint(model->bus, ==, bus);
        check(model);
    }
}

static void for_all_models(void (*check)(const BuslogicModel *model))
{
    for_each_model(BL_BUS_PCI, check);
    for_each_model(BL_BUS_ISA, check);
}

/* The first board of each name is the one that is found */
static void check_unique(const BuslogicModel *model)
{
    g_assert_true(buslogic_model_find(model->bus, model->name) == model);
    g_assert_null(buslogic_model_find(model->bus == BL_BUS_PCI ? BL_BUS_ISA
                                                               : BL_BUS_PCI,
                                      model->name));
}

static void test_names(void)
{
    for_all_models(check_unique);
    g_assert_null(buslogic_model_find(BL_BUS_PCI, ""));
    g_assert_null(buslogic_model_find(BL_BUS_ISA, "bt54"));
    g_assert_null(buslogic_model_find(BL_BUS_ISA, "bt545cx"));
}

/* Drivers compare versions as text and take digits from fixed places */
static void check_firmware(const BuslogicModel *model)
{
    const char *fw = model->firmware;

    g_assert_cmpuint(strlen(model->board_id), ==, BL_BOARD_ID_SIZE);
    if (!buslogic_model_has(model, BL_CAP_BUSLOGIC)) {
        g_assert_cmpstr(fw, ==, "");
        return;
    }
    g_assert_true(g_ascii_isdigit(fw[0]) && fw[1] == '.' &&
                  g_ascii_isdigit(fw[2]) && g_ascii_isdigit(fw[3]));
    g_assert_true(!fw[4] || (g_ascii_isupper(fw[4]) && !fw[5]));
    /* The first two digits are in the board ID too */
    g_assert_cmphex(model->board_id[2], ==, fw[0]);
    g_assert_cmphex(model->board_id[3], ==, fw[2]);
    g_assert_cmphex(model->board_id[0], ==, 'A');
    g_assert_cmphex(model->board_id[1], ==, 'A');
}

static void test_firmware(void)
{
    for_all_models(check_firmware);
}

/* Linux looks up the bus in a table that begins with '4' and ends with '9' */
static void check_text(const BuslogicModel *model)
{
    if (buslogic_model_has(model, BL_CAP_BUSLOGIC)) {
        g_assert_cmphex(model->text[0], ==,
                        model->bus == BL_BUS_PCI ? '9' : '5');
        g_assert_cmpuint(strlen(model->text), <=, 5);
    }
}

static void test_text(void)
{
    for_all_models(check_text);
}

static void check_limits(const BuslogicModel *model)
{
    bool wide = model->features & BL_FEATURE_WIDE;

    g_assert_cmpuint(model->targets, ==, wide ? 16 : 8);
    g_assert_cmpuint(model->ccbs, >=, 30);
    g_assert_cmpuint(model->sg_limit, >=, 17);
    g_assert_cmpuint(model->sg_limit, <=, BL_SG_LIMIT);
    g_assert_cmphex(buslogic_model_dma_top(model), ==,
                    model->bus == BL_BUS_ISA ? 0x1000000ull : 0x100000000ull);
    g_assert_cmpint(model->dma_channels != 0, ==, model->bus == BL_BUS_ISA);
}

static void test_limits(void)
{
    for_all_models(check_limits);
}

/* Drivers for DOS tell by this bit on which bus the board is */
static void check_geometry_bit_6(const BuslogicModel *model)
{
    if (model->port3 == BL_PORT3_REGISTER) {
        g_assert_cmpint(!!(model->geometry & 0x40), ==,
                        model->bus == BL_BUS_ISA);
        g_assert_cmphex(model->geometry & R_GEOMETRY_EXT_TRANS_MASK, ==, 0);
    }
}

static void test_geometry_bit_6(void)
{
    for_all_models(check_geometry_bit_6);
}

static void test_versions_are_compared_as_text(void)
{
    const BuslogicModel *bt542b = buslogic_model_find(BL_BUS_ISA, "bt542b");
    const BuslogicModel *bt545s = buslogic_model_find(BL_BUS_ISA, "bt545s");
    const BuslogicModel *bt545c = buslogic_model_find(BL_BUS_ISA, "bt545c");
    const BuslogicModel *aha = buslogic_model_find(BL_BUS_ISA, "aha1540b");

    g_assert_false(buslogic_model_since(bt542b, "3"));
    g_assert_true(buslogic_model_since(bt545s, "3"));
    g_assert_true(buslogic_model_since(bt545s, "3.31"));
    g_assert_false(buslogic_model_since(bt545s, "4.25"));
    g_assert_true(buslogic_model_since(bt545c, "4.25"));
    g_assert_false(buslogic_model_since(aha, "0"));
}

static void test_capabilities(void)
{
    const BuslogicModel *bt958 = buslogic_model_find(BL_BUS_PCI, "bt958");
    const BuslogicModel *bt542b = buslogic_model_find(BL_BUS_ISA, "bt542b");
    const BuslogicModel *aha = buslogic_model_find(BL_BUS_ISA, "aha1542cf");

    g_assert_true(buslogic_model_has(bt958, BL_CAP_BUSLOGIC | BL_CAP_PCI));
    g_assert_true(buslogic_model_has(bt958, 0));
    g_assert_false(buslogic_model_has(bt958, BL_CAP_PCI | BL_CAP_AHA_C));
    g_assert_true(buslogic_model_keeps_settings(bt958));
    g_assert_true(buslogic_model_keeps_settings(aha));
    g_assert_false(buslogic_model_keeps_settings(bt542b));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/buslogic/models/names", test_names);
    g_test_add_func("/buslogic/models/firmware", test_firmware);
    g_test_add_func("/buslogic/models/text", test_text);
    g_test_add_func("/buslogic/models/limits", test_limits);
    g_test_add_func("/buslogic/models/geometry-bit-6", test_geometry_bit_6);
    g_test_add_func("/buslogic/models/versions",
                    test_versions_are_compared_as_text);
    g_test_add_func("/buslogic/models/capabilities", test_capabilities);
    return g_test_run();
}
