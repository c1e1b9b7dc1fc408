/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: what firmware boots by
 *
 * The boot ROM in the ROM BAR and the order of the devices in fw_cfg's file
 * "bootorder" [8].  These tests start machines of their own.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "buslogic-test.h"

#define FW_CFG_SELECTOR     0x510
#define FW_CFG_DATA         0x511
#define FW_CFG_FILE_DIR     0x19
#define FW_CFG_NAME_SIZE    56

#define ROM_ADDRESS         0xfea00000
#define EXPANSION_ROM       0xaa55      /* the first two bytes */
#define PCIR_POINTER        0x18
#define PCIR_VENDOR         0x04
#define PCIR_DEVICE         0x06
#define PCIR_BLOCKS         0x10        /* of 512 bytes */
#define PCIR_CODE_TYPE      0x14
#define PCIR_INDICATOR      0x15
#define CODE_TYPE_PC        0
#define CODE_TYPE_EFI       3
#define LAST_IMAGE          0x80

/* A disk of its own behind every -device scsi-hd */
#define NULL_DRIVE(id) \
    "-drive if=none,id=" id ",driver=null-co,size=1048576,read-zeroes=on "
#define DISK_AT(id, options) \
    NULL_DRIVE(id) "-device scsi-hd,id=disk-" id ",drive=" id "," options " "

/* fw_cfg, read as firmware does */

static void fw_cfg_read(QTestState *qts, void *buf, size_t len)
{
    uint8_t *bytes = buf;

    for (size_t i = 0; i < len; i++) {
        bytes[i] = qtest_inb(qts, FW_CFG_DATA);
    }
}

static uint32_t fw_cfg_read_be(QTestState *qts, size_t len)
{
    uint8_t bytes[4] = { 0 };

    fw_cfg_read(qts, bytes, len);
    return ldl_be_p(bytes) >> (32 - 8 * len);
}

/* A text file, NULL if there is none of that name */
static char *fw_cfg_file(QTestState *qts, const char *wanted)
{
    uint32_t count;

    qtest_outw(qts, FW_CFG_SELECTOR, FW_CFG_FILE_DIR);
    count = fw_cfg_read_be(qts, 4);
    while (count--) {
        uint32_t size = fw_cfg_read_be(qts, 4);
        uint16_t selector = fw_cfg_read_be(qts, 2);
        char name[FW_CFG_NAME_SIZE];

        fw_cfg_read_be(qts, 2);
        fw_cfg_read(qts, name, sizeof(name));
        if (!strncmp(name, wanted, sizeof(name))) {
            char *text = g_malloc0(size + 1);

            qtest_outw(qts, FW_CFG_SELECTOR, selector);
            fw_cfg_read(qts, text, size);
            return text;
        }
    }
    return NULL;
}

static void assert_boot_order(QTestState *qts, const char *expected)
{
    g_autofree char *order = fw_cfg_file(qts, "bootorder");

    g_assert_cmpstr(order, ==, expected);
}

static void reset_machine(QTestState *qts)
{
    qtest_qmp_assert_success(qts, "{ 'execute': 'system_reset' }");
    qtest_qmp_eventwait(qts, "RESET");
}

static void set_boot_index(QTestState *qts, const char *disk, int index)
{
    g_autofree char *path = g_strdup_printf("/machine/peripheral/%s", disk);

    qtest_qmp_assert_success(qts,
        "{ 'execute': 'qom-set', 'arguments': {"
        "  'path': %s, 'property': 'bootindex', 'value': %d } }", path, index);
}

/* Boot order */

static void test_first_device_has_the_path_of_the_adapter(void)
{
    QTestState *qts = qtest_init(
        "-M pc -nodefaults -device buslogic,addr=4 "
        DISK_AT("a", "scsi-id=3,bootindex=0"));

    assert_boot_order(qts, "/pci@i0cf8/scsi@4/channel@0/disk@3,0");
    qtest_quit(qts);
}

static void test_devices_have_paths_by_rank(void)
{
    QTestState *qts = qtest_init(
        "-M pc -nodefaults -device buslogic,addr=4 "
        DISK_AT("a", "scsi-id=0,bootindex=7")
        DISK_AT("b", "scsi-id=15,bootindex=2")
        DISK_AT("c", "scsi-id=2")
        NULL_DRIVE("d") "-device scsi-cd,drive=d,scsi-id=5,lun=31,bootindex=4");

    assert_boot_order(qts,
        "/pci@i0cf8/scsi@4/channel@0/disk@f,0\n"
        "/pci@i0cf8/scsi@4:rom1/channel@0/disk@5,1f\n"
        "/pci@i0cf8/scsi@4:rom2/channel@0/disk@0,0");
    qtest_quit(qts);
}

static void test_other_adapters_devices_do_not_count(void)
{
    QTestState *qts = qtest_init(
        "-M pc -nodefaults -device buslogic,id=one,addr=4 "
        "-device pci-bridge,id=bridge,chassis_nr=1,addr=5 "
        "-device buslogic,id=two,bus=bridge,addr=1 "
        DISK_AT("a", "bus=two.0,scsi-id=0,bootindex=0")
        DISK_AT("b", "bus=one.0,scsi-id=0,bootindex=1")
        DISK_AT("c", "bus=two.0,scsi-id=1,bootindex=2")
        DISK_AT("d", "bus=one.0,scsi-id=1,bootindex=3"));

    assert_boot_order(qts,
        "/pci@i0cf8/pci-bridge@5/scsi@1/channel@0/disk@0,0\n"
        "/pci@i0cf8/scsi@4/channel@0/disk@0,0\n"
        "/pci@i0cf8/pci-bridge@5/scsi@1:rom1/channel@0/disk@1,0\n"
        "/pci@i0cf8/scsi@4:rom1/channel@0/disk@1,0");
    qtest_quit(qts);
}

static void test_a_new_order_holds_from_the_next_reset(void)
{
    QTestState *qts = qtest_init(
        "-M pc -nodefaults -device buslogic,addr=4 "
        DISK_AT("a", "scsi-id=0,bootindex=0")
        DISK_AT("b", "scsi-id=1,bootindex=1")
        DISK_AT("c", "scsi-id=2,bootindex=2"));

    set_boot_index(qts, "disk-a", 9);
    set_boot_index(qts, "disk-b", -1);
    reset_machine(qts);
    assert_boot_order(qts,
        "/pci@i0cf8/scsi@4/channel@0/disk@2,0\n"
        "/pci@i0cf8/scsi@4:rom1/channel@0/disk@0,0");
    set_boot_index(qts, "disk-b", 0);
    reset_machine(qts);
    assert_boot_order(qts,
        "/pci@i0cf8/scsi@4/channel@0/disk@1,0\n"
        "/pci@i0cf8/scsi@4:rom1/channel@0/disk@2,0\n"
        "/pci@i0cf8/scsi@4:rom2/channel@0/disk@0,0");
    qtest_quit(qts);
}

static void test_unplugged_device_leaves_its_boot_index(void)
{
    QTestState *qts = qtest_init(
        "-M pc -nodefaults -device buslogic,id=hba,addr=4 "
        DISK_AT("a", "scsi-id=0,bootindex=0")
        DISK_AT("b", "scsi-id=1,bootindex=1") NULL_DRIVE("c"));

    qtest_qmp_device_del(qts, "disk-b");
    qtest_qmp_device_add(qts, "scsi-hd", "disk-c",
                         "{ 'drive': 'c', 'scsi-id': 6, 'bootindex': 1 }");
    reset_machine(qts);
    assert_boot_order(qts,
        "/pci@i0cf8/scsi@4/channel@0/disk@0,0\n"
        "/pci@i0cf8/scsi@4:rom1/channel@0/disk@6,0");
    qtest_quit(qts);
}

static void test_unplugged_adapter_leaves_the_boot_order(void)
{
    QTestState *qts = qtest_init(
        "-M pc -nodefaults -device buslogic,id=hba,addr=4 "
        DISK_AT("a", "bus=hba.0,scsi-id=0,bootindex=0")
        DISK_AT("b", "bus=hba.0,scsi-id=1,bootindex=1")
        "-device buslogic,id=other,addr=5 "
        DISK_AT("c", "bus=other.0,scsi-id=1,bootindex=2"));

    qtest_qmp_device_del_send(qts, "hba");
    reset_machine(qts);
    qtest_qmp_eventwait(qts, "DEVICE_DELETED");
    reset_machine(qts);
    assert_boot_order(qts, "/pci@i0cf8/scsi@5/channel@0/disk@1,0");
    qtest_quit(qts);
}

/* Boot ROM */

/* What writing all ones to the ROM BAR leaves; switches the ROM on */
static uint32_t rom_bar_mask(Adapter *a)
{
    uint32_t mask;

    config_writel(a, PCI_ROM_ADDRESS, PCI_ROM_ADDRESS_MASK);
    mask = config_readl(a, PCI_ROM_ADDRESS);
    config_writel(a, PCI_ROM_ADDRESS, ROM_ADDRESS | PCI_ROM_ADDRESS_ENABLE);
    return mask;
}

static uint32_t bar_mask_of_size(uint32_t size)
{
    return -size;
}

static void test_built_in_rom(void)
{
    Adapter *a = adapter_start("buslogic", "%s", "");
    uint32_t at = ROM_ADDRESS;
    bool legacy = false, efi = false, last = false;

    g_assert_cmphex(rom_bar_mask(a), ==, bar_mask_of_size(BUSLOGIC_ROM_SIZE));
    while (!last) {
        uint32_t pcir = at + qtest_readw(a->qts, at + PCIR_POINTER);
        uint8_t code_type = qtest_readb(a->qts, pcir + PCIR_CODE_TYPE);

        g_assert_cmphex(qtest_readw(a->qts, at), ==, EXPANSION_ROM);
        g_assert_cmphex(qtest_readw(a->qts, pcir + PCIR_VENDOR), ==,
                        BUSLOGIC_PCI_VENDOR_ID);
        g_assert_cmphex(qtest_readw(a->qts, pcir + PCIR_DEVICE), ==,
                        BUSLOGIC_PCI_DEVICE_ID);
        legacy |= code_type == CODE_TYPE_PC;
        efi |= code_type == CODE_TYPE_EFI;
        last = qtest_readb(a->qts, pcir + PCIR_INDICATOR) & LAST_IMAGE;
        at += qtest_readw(a->qts, pcir + PCIR_BLOCKS) * 512;
        g_assert_cmphex(at, <=, ROM_ADDRESS + BUSLOGIC_ROM_SIZE);
    }
    g_assert_true(legacy);
    g_assert_true(efi);
    adapter_stop(a);
}

static void test_built_in_rom_in_a_larger_bar(void)
{
    Adapter *a = adapter_start("buslogic,romsize=131072", "%s", "");

    g_assert_cmphex(rom_bar_mask(a), ==, bar_mask_of_size(128 * KiB));
    g_assert_cmphex(qtest_readw(a->qts, ROM_ADDRESS), ==, EXPANSION_ROM);
    adapter_stop(a);
}

static void test_built_in_rom_does_not_fit_a_smaller_bar(void)
{
    g_autofree char *text = refused("-device buslogic,romsize=16384");

    g_assert_nonnull(strstr(text, "romsize"));
}

static void test_rom_of_the_user(void)
{
    static const uint8_t contents[] = { 0x55, 0xaa, 2, 0xcb, 0x5a };
    g_autofree char *path = NULL, *device = NULL;
    int fd = g_file_open_tmp("buslogic-rom-XXXXXX", &path, NULL);
    Adapter *a;

    g_assert_cmpint(write(fd, contents, sizeof(contents)), ==,
                    sizeof(contents));
    g_assert_cmpint(ftruncate(fd, 2 * KiB), ==, 0);
    close(fd);
    device = g_strdup_printf("buslogic,romfile=%s", path);
    a = adapter_start(device, "%s", "");
    unlink(path);
    g_assert_cmphex(rom_bar_mask(a), ==, bar_mask_of_size(2 * KiB));
    g_assert_cmphex(qtest_readb(a->qts, ROM_ADDRESS + 4), ==, contents[4]);
    adapter_stop(a);
}

/* Neither in the BAR nor where SeaBIOS would find it as well */
static void test_no_rom(const void *data)
{
    Adapter *a = adapter_start(data, "%s", "");
    g_autofree char *file = fw_cfg_file(a->qts, "genroms/buslogic.rom");

    g_assert_cmphex(rom_bar_mask(a), ==, 0);
    g_assert_null(file);
    adapter_stop(a);
}

void add_boot_tests(void)
{
    qtest_add_func("/buslogic/boot-order/first-device",
                   test_first_device_has_the_path_of_the_adapter);
    qtest_add_func("/buslogic/boot-order/by-rank",
                   test_devices_have_paths_by_rank);
    qtest_add_func("/buslogic/boot-order/of-two-adapters",
                   test_other_adapters_devices_do_not_count);
    qtest_add_func("/buslogic/boot-order/changed-at-run-time",
                   test_a_new_order_holds_from_the_next_reset);
    qtest_add_func("/buslogic/boot-order/unplugged-device",
                   test_unplugged_device_leaves_its_boot_index);
    qtest_add_func("/buslogic/boot-order/unplugged-adapter",
                   test_unplugged_adapter_leaves_the_boot_order);
    qtest_add_func("/buslogic/boot-rom/built-in", test_built_in_rom);
    qtest_add_func("/buslogic/boot-rom/in-a-larger-bar",
                   test_built_in_rom_in_a_larger_bar);
    qtest_add_func("/buslogic/boot-rom/larger-than-the-bar",
                   test_built_in_rom_does_not_fit_a_smaller_bar);
    qtest_add_func("/buslogic/boot-rom/of-the-user", test_rom_of_the_user);
    qtest_add_data_func("/buslogic/boot-rom/off/romfile",
                        "buslogic,romfile=", test_no_rom);
    qtest_add_data_func("/buslogic/boot-rom/off/rombar",
                        "buslogic,rombar=0", test_no_rom);
}
