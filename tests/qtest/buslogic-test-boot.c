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
#include "hw/scsi/buslogic-rom.h"
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

/* A file with a 0 behind its end, NULL if there is none of that name */
static char *fw_cfg_contents(QTestState *qts, const char *wanted,
                             uint32_t *len)
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
            *len = size;
            return text;
        }
    }
    return NULL;
}

static char *fw_cfg_file(QTestState *qts, const char *wanted)
{
    uint32_t len;

    return fw_cfg_contents(qts, wanted, &len);
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
    /* The event comes within the reset; an answer, after it */
    qtest_qmp_assert_success(qts, "{ 'execute': 'query-status' }");
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

/* An index is free as soon as nobody has it, not only after a reset */
static void test_two_devices_change_places(void)
{
    QTestState *qts = qtest_init(
        "-M pc -nodefaults -device buslogic,addr=4 "
        DISK_AT("a", "scsi-id=0,bootindex=0")
        DISK_AT("b", "scsi-id=1,bootindex=1"));

    for (int i = 0; i < 2; i++) {
        set_boot_index(qts, "disk-a", 9);
        set_boot_index(qts, "disk-b", 0);
        set_boot_index(qts, "disk-a", 1);
        reset_machine(qts);
        assert_boot_order(qts,
            "/pci@i0cf8/scsi@4/channel@0/disk@1,0\n"
            "/pci@i0cf8/scsi@4:rom1/channel@0/disk@0,0");
        set_boot_index(qts, "disk-b", 9);
        set_boot_index(qts, "disk-a", 0);
        set_boot_index(qts, "disk-b", 1);
    }
    qtest_quit(qts);
}

/* While a reset waits for a request to end, much may happen */
static void test_reset_with_a_request_in_flight(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = adapter_start("buslogic,id=hba,addr=4",
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0,bootindex=1 "
        DISK_AT("a", "scsi-id=1,bootindex=0"), disk->path);
    Ccb ccb = ccb_read10(0, 0, 1);

    mailbox_init(a, 32, 4);
    clear_unit_attention(a, 0);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    drive_hold(a, "drive0", "disk0");
    ccb_submit(a, &ccb);
    wait_until(adapter_property(a, "requests") == 1);
    reset_machine(a->qts);
    assert_boot_order(a->qts,
        "/pci@i0cf8/scsi@4/channel@0/disk@1,0\n"
        "/pci@i0cf8/scsi@4:rom1/channel@0/disk@0,0");
    adapter_stop(a);
    disk_free(disk);
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

/* Boards for ISA: their ROMs are files of fw_cfg */

static void check_isa_rom(QTestState *qts, const char *name, uint16_t ports)
{
    uint32_t len;
    g_autofree char *file = fw_cfg_contents(qts, name, &len);
    const uint8_t *rom = (const uint8_t *)file;
    uint8_t sum = 0;

    g_assert_nonnull(file);
    g_assert_cmphex(lduw_le_p(rom), ==, EXPANSION_ROM);
    g_assert_cmpuint(rom[BUSLOGIC_ROM_BLOCKS] * BUSLOGIC_ROM_BLOCK_SIZE, ==,
                     len);
    g_assert_cmphex(lduw_le_p(rom + BUSLOGIC_ROM_ISA_PORTS), ==, ports);
    for (uint32_t i = 0; i < len; i++) {
        sum += rom[i];
    }
    g_assert_cmphex(sum, ==, 0);
    /* For legacy firmware: not one of the others */
    g_assert_cmphex(rom[lduw_le_p(rom + PCIR_POINTER) + PCIR_CODE_TYPE], ==,
                    CODE_TYPE_PC);
}

static void test_isa_rom_knows_its_ports(void)
{
    QTestState *qts = qtest_init(
        "-M isapc -nodefaults -device buslogic-isa,iobase=0x134 "
        "-device buslogic-isa,model=bt542b,irq=11 "
        "-device buslogic-isa,model=aha1542cf,irq=9,iobase=0x230 "
        "-device buslogic-isa,bootrom=off,irq=15,iobase=0x234");
    g_autofree char *aha = fw_cfg_file(qts, "genroms/isa-buslogic-230.rom");
    g_autofree char *off = fw_cfg_file(qts, "genroms/isa-buslogic-234.rom");

    check_isa_rom(qts, "genroms/isa-buslogic-134.rom", 0x134);
    check_isa_rom(qts, "genroms/isa-buslogic-330.rom", 0x330);
    g_assert_null(aha);
    g_assert_null(off);
    qtest_quit(qts);
}

static void test_isa_devices_have_the_path_of_the_rom(void)
{
    QTestState *qts = qtest_init(
        "-M pc -nodefaults -device buslogic-isa,id=one "
        "-device buslogic,id=two,addr=4 "
        "-device buslogic-isa,id=three,bootrom=off,iobase=0x230,irq=9 "
        DISK_AT("a", "bus=one.0,scsi-id=0,bootindex=7")
        DISK_AT("b", "bus=one.0,scsi-id=6,lun=2,bootindex=2")
        DISK_AT("c", "bus=two.0,scsi-id=2,bootindex=3")
        DISK_AT("d", "bus=three.0,scsi-id=5,bootindex=8"));
    g_autofree char *order = fw_cfg_file(qts, "bootorder");
    static const char expected[] =
        "/rom@genroms/isa-buslogic-330.rom/channel@0/disk@6,2\n"
        "/pci@i0cf8/scsi@4/channel@0/disk@2,0\n"
        "/rom@genroms/isa-buslogic-330.rom:rom1/channel@0/disk@0,0\n"
        "/pci@i0cf8/isa@1/scsi@0230/channel@0/disk@5,0";

    g_assert_cmpstr(order, ==, expected);
    /* The same lines after a reset, and none of them twice */
    reset_machine(qts);
    assert_boot_order(qts, expected);
    set_boot_index(qts, "disk-b", -1);
    reset_machine(qts);
    assert_boot_order(qts,
        "/pci@i0cf8/scsi@4/channel@0/disk@2,0\n"
        "/rom@genroms/isa-buslogic-330.rom/channel@0/disk@0,0\n"
        "/pci@i0cf8/isa@1/scsi@0230/channel@0/disk@5,0");
    qtest_qmp_device_del(qts, "disk-a");
    set_boot_index(qts, "disk-b", 7);
    reset_machine(qts);
    assert_boot_order(qts,
        "/pci@i0cf8/scsi@4/channel@0/disk@2,0\n"
        "/rom@genroms/isa-buslogic-330.rom/channel@0/disk@6,2\n"
        "/pci@i0cf8/isa@1/scsi@0230/channel@0/disk@5,0");
    qtest_quit(qts);
}

/* SeaBIOS itself, which needs a processor that runs */

#define BOOTED          0x7e00      /* where the boot sector leaves a word */
#define BOOT_SECONDS    120

/* A boot sector that says which disk it is from */
static void make_bootable(Disk *disk, uint16_t mark)
{
    uint8_t sector[BLOCK_SIZE] = {
        0x31, 0xc0,                 /* xor ax, ax */
        0x8e, 0xd8,                 /* mov ds, ax */
        0xc7, 0x06, BOOTED & 0xff, BOOTED >> 8, mark & 0xff, mark >> 8,
        0xfa, 0xf4, 0xeb, 0xfd,     /* cli; hlt; jmp $ - 1 */
        [510] = 0x55, 0xaa,
    };

    g_assert_cmpint(pwrite(disk->fd, sector, sizeof(sector), 0), ==,
                    sizeof(sector));
}

static bool is_running(QTestState *qts)
{
    QDict *response = qtest_qmp(qts, "{ 'execute': 'query-status' }");
    bool running = qdict_get_bool(qdict_get_qdict(response, "return"),
                                  "running");

    qobject_unref(response);
    return running;
}

static uint16_t wait_for_boot_sector(QTestState *qts)
{
    for (int i = 0; i < BOOT_SECONDS * 20; i++) {
        uint16_t mark = qtest_readw(qts, BOOTED);

        if (mark) {
            return mark;
        }
        g_usleep(50000);
    }
    return 0;
}

typedef struct IsaBoot {
    const char *name;
    const char *args;               /* with two drives, d1 and d2 */
    uint16_t mark;
} IsaBoot;

#define MARK_1  0xb001
#define MARK_2  0xb002

static const IsaBoot isa_boots[] = {
    { "isapc", "-M isapc -device buslogic-isa -device scsi-hd,drive=d1 "
      "-device scsi-hd,drive=d2", MARK_1 },
    { "bootindex", "-M pc -device buslogic-isa "
      "-device scsi-hd,drive=d1,bootindex=2 "
      "-device scsi-hd,drive=d2,bootindex=1", MARK_2 },
    { "oldest-board", "-M isapc -device buslogic-isa,model=bt542b,iobase=0x234"
      " -device scsi-hd,drive=d1,scsi-id=6", MARK_1 },
    { "second-board", "-M pc "
      "-device buslogic-isa,id=one -device buslogic-isa,id=two,iobase=0x334,"
      "irq=11 -device scsi-hd,drive=d1,bus=one.0,bootindex=5 "
      "-device scsi-hd,drive=d2,bus=two.0,bootindex=4", MARK_2 },
    { "before-pci", "-M pc -device buslogic,id=hba -device buslogic-isa,id=isa1"
      " -device scsi-hd,drive=d1,bus=hba.0,bootindex=1 "
      "-device scsi-hd,drive=d2,bus=isa1.0,bootindex=0", MARK_2 },
    { "before-ide", "-M isapc -device buslogic-isa "
      "-device ide-hd,drive=d1,bootindex=1 "
      "-device scsi-hd,drive=d2,bootindex=0", MARK_2 },
    { "off", "-M isapc -device buslogic-isa,bootrom=off "
      "-device scsi-hd,drive=d1,bootindex=0 -device ide-hd,drive=d2", MARK_2 },
};

static void test_isa_boot(const void *data)
{
    const IsaBoot *boot = data;
    Disk *disks[] = { disk_new(DISK_BLOCKS), disk_new(DISK_BLOCKS) };
    QTestState *qts = qtest_initf(
        "-m 16 -nodefaults "
        "-drive if=none,id=d1,format=raw,file=%s "
        "-drive if=none,id=d2,format=raw,file=%s %s",
        disks[0]->path, disks[1]->path, boot->args);

    make_bootable(disks[0], MARK_1);
    make_bootable(disks[1], MARK_2);
    if (is_running(qts)) {
        g_test_skip("the qtest accelerator has no processor");
    } else {
        qtest_qmp_assert_success(qts, "{ 'execute': 'cont' }");
        g_assert_cmphex(wait_for_boot_sector(qts), ==, boot->mark);
    }
    qtest_quit(qts);
    disk_free(disks[0]);
    disk_free(disks[1]);
}

/*
 * A boot sector that reads block 1 to 18 MiB with a 64-bit address, and says
 * what became of it: AH, and 0x80 with the carry flag.
 */
#define READ_TO         0x01200000

static void make_high_reader(Disk *disk)
{
    uint8_t sector[BLOCK_SIZE] = {
        0x31, 0xc0,                 /* xor ax, ax */
        0x8e, 0xd8,                 /* mov ds, ax */
        0xbe, 0x40, 0x7c,           /* mov si, 0x7c40 */
        0xb4, 0x42, 0xcd, 0x13,     /* mov ah, 0x42; int 0x13 */
        0x9c, 0x5b,                 /* pushf; pop bx */
        0x80, 0xe3, 0x01,           /* and bl, 1 */
        0x80, 0xcb, 0x80,           /* or bl, 0x80 */
        0x88, 0xe7,                 /* mov bh, ah */
        0x89, 0x1e, BOOTED & 0xff, BOOTED >> 8,
        0xfa, 0xf4, 0xeb, 0xfd,     /* cli; hlt; jmp $ - 1 */
        /* The packet: one block, FFFF:FFFF, LBA, address */
        [0x40] = 24, 0, 1, 0, 0xff, 0xff, 0xff, 0xff, 1,
        [510] = 0x55, 0xaa,
    };

    stl_le_p(sector + 0x40 + 16, READ_TO);
    g_assert_cmpint(pwrite(disk->fd, sector, sizeof(sector), 0), ==,
                    sizeof(sector));
}

/* Not even the BIOS can make an ISA board reach what is above 16 MiB */
static void test_int13_above_16_mib(const void *device)
{
    bool isa = !strcmp(device, "buslogic-isa");
    Disk *disk = disk_new(DISK_BLOCKS);
    uint8_t want[BLOCK_SIZE], low[BLOCK_SIZE], high[BLOCK_SIZE];
    QTestState *qts = qtest_initf(
        "-M pc -m 32 -nodefaults -device %s "
        "-drive if=none,id=d,format=raw,file=%s -device scsi-hd,drive=d",
        (const char *)device, disk->path);

    make_high_reader(disk);
    disk_pattern(1, want);
    if (is_running(qts)) {
        g_test_skip("the qtest accelerator has no processor");
    } else {
        qtest_qmp_assert_success(qts, "{ 'execute': 'cont' }");
        g_assert_cmphex(wait_for_boot_sector(qts), ==, isa ? 0x0181 : 0x0080);
        qtest_memread(qts, READ_TO, high, sizeof(high));
        qtest_memread(qts, READ_TO - 16 * MiB, low, sizeof(low));
        g_assert_cmpint(!memcmp(high, want, sizeof(want)), ==, !isa);
        g_assert_cmpint(memcmp(low, want, sizeof(want)), !=, 0);
    }
    qtest_quit(qts);
    disk_free(disk);
}

static void add_isa_boot_tests(void)
{
    qtest_add_data_func("/buslogic/boot/above-16-mib/isa", "buslogic-isa",
                        test_int13_above_16_mib);
    qtest_add_data_func("/buslogic/boot/above-16-mib/pci", "buslogic",
                        test_int13_above_16_mib);
    qtest_add_func("/buslogic/boot-order/of-isa-boards",
                   test_isa_devices_have_the_path_of_the_rom);
    qtest_add_func("/buslogic/boot-rom/isa", test_isa_rom_knows_its_ports);
    for (int i = 0; i < ARRAY_SIZE(isa_boots); i++) {
        g_autofree char *name = g_strdup_printf("/buslogic/boot/isa/%s",
                                                isa_boots[i].name);

        qtest_add_data_func(name, &isa_boots[i], test_isa_boot);
    }
}

void add_boot_tests(void)
{
    add_isa_boot_tests();
    qtest_add_func("/buslogic/boot-order/first-device",
                   test_first_device_has_the_path_of_the_adapter);
    qtest_add_func("/buslogic/boot-order/by-rank",
                   test_devices_have_paths_by_rank);
    qtest_add_func("/buslogic/boot-order/of-two-adapters",
                   test_other_adapters_devices_do_not_count);
    qtest_add_func("/buslogic/boot-order/changed-at-run-time",
                   test_a_new_order_holds_from_the_next_reset);
    qtest_add_func("/buslogic/boot-order/two-change-places",
                   test_two_devices_change_places);
    qtest_add_func("/buslogic/boot-order/request-in-flight",
                   test_reset_with_a_request_in_flight);
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
