/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests for the pure functions of the legacy boot ROM
 */

#include <glib.h>
#include <string.h>
#include "roms/buslogic/legacy/bootorder.h"
#include "roms/buslogic/legacy/bytes.h"
#include "roms/buslogic/legacy/catalogue.h"
#include "roms/buslogic/legacy/geometry.h"
#include "roms/buslogic/legacy/packet.h"
#include "roms/buslogic/legacy/sense.h"

#define MIB     2048ull         /* in sectors */
#define GIB     (1024 * MIB)
#define BLOCK   2048

/* Geometry */

static void check_geometry(uint64_t blocks, bool extended, unsigned cylinders,
                           unsigned heads, unsigned sectors)
{
    struct geometry g = geometry_of_disk(blocks, extended);

    g_assert_cmpuint(g.cylinders, ==, cylinders);
    g_assert_cmpuint(g.heads, ==, heads);
    g_assert_cmpuint(g.sectors, ==, sectors);
}

static void test_geometry_by_capacity(void)
{
    check_geometry(64 * MIB, true, 64, 64, 32);
    check_geometry(GIB - 1, true, 1023, 64, 32);
    check_geometry(GIB, true, 512, 128, 32);
    check_geometry(2 * GIB - 1, true, 1023, 128, 32);
    check_geometry(2 * GIB, true, 261, 255, 63);
    check_geometry(3 * GIB, true, 391, 255, 63);
}

static void test_geometry_without_extended_translation(void)
{
    check_geometry(64 * MIB, false, 64, 64, 32);
    check_geometry(3 * GIB, false, 1024, 64, 32);
}

static void test_geometry_ends_at_1024_cylinders(void)
{
    check_geometry(8 * GIB, true, 1024, 255, 63);
    check_geometry(3000 * GIB, true, 1024, 255, 63);
    check_geometry(1ull << 60, true, 1024, 255, 63);
}

static void test_geometry_counts_all_cylinders(void)
{
    struct geometry g = geometry_of_disk(20 * GIB, true);

    g_assert_cmpuint(geometry_cylinders(&g, 20 * GIB), ==, 2610);
    g_assert_cmpuint(geometry_cylinders(&g, 1ull << 60), ==, UINT32_MAX);
}

static void test_geometry_of_tiny_disk(void)
{
    check_geometry(1, true, 1, 64, 32);
    check_geometry(2047, false, 1, 64, 32);
}

static void test_geometry_that_is_invalid(void)
{
    static const struct geometry cases[] = {
        { 0, 16, 63 }, { 1025, 16, 63 }, { 1, 0, 63 }, { 1, 16, 0 },
        { 1, 16, 64 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_false(geometry_valid(&cases[i]));
    }
}

static void test_geometry_last_sector(void)
{
    struct geometry g = geometry_of_disk(3 * GIB, true);
    struct chs last = geometry_last(&g);
    uint32_t lba;

    g_assert_cmphex(last.ch << 8 | last.cl, ==, 0x867f);
    g_assert_cmphex(last.dh, ==, 254);
    g_assert_true(geometry_to_lba(&g, last, &lba));
    g_assert_cmpuint(lba, ==, geometry_sectors(&g) - 1);
}

static void test_geometry_bounds(void)
{
    static const struct {
        struct chs chs;
        bool valid;
        uint32_t lba;
    } cases[] = {
        { { 0, 1, 0 }, true, 0 },
        { { 0, 32, 63 }, true, 2047 },
        { { 1, 1, 0 }, true, 2048 },
        { { 0, 0x41, 0 }, false, 0 },       /* cylinder 256 of 64 */
        { { 63, 32, 63 }, true, 64 * 2048 - 1 },
        { { 64, 1, 0 }, false, 0 },
        { { 0, 33, 0 }, false, 0 },
        { { 0, 0, 0 }, false, 0 },
        { { 0, 1, 64 }, false, 0 },
    };
    struct geometry g = geometry_of_disk(64 * MIB, true);
    uint32_t lba;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(geometry_to_lba(&g, cases[i].chs, &lba), ==,
                        cases[i].valid);
        if (cases[i].valid) {
            g_assert_cmpuint(lba, ==, cases[i].lba);
        }
    }
}

static void test_divide_saturates(void)
{
    g_assert_cmpuint(divide(0x100000000ull, 2), ==, 0x80000000);
    g_assert_cmpuint(divide(0x1ffffffffull, 2), ==, 0xffffffff);
    g_assert_cmpuint(divide(0x200000000ull, 2), ==, UINT32_MAX);
    g_assert_cmpuint(divide(UINT64_MAX, 16065), ==, UINT32_MAX);
}

/* Paths of the boot order */

static const struct pci_path slot_4 = { 1, false, { 4 << 3 }, 0 };

static bool parse(const char *line, const struct pci_path *path,
                  struct boot_path *result)
{
    memset(result, 0, sizeof(*result));
    return boot_path_parse(line, path, result);
}

static void test_path_of_a_disk(void)
{
    struct boot_path r;

    g_assert_true(parse("/pci@i0cf8/scsi@4/channel@0/disk@f,1f", &slot_4, &r));
    g_assert_cmpuint(r.target, ==, 15);
    g_assert_cmpuint(r.lun, ==, 31);
    g_assert_false(r.has_instance);
    g_assert_cmpstr(r.rest, ==, "");
}

static void test_path_with_instance(void)
{
    struct boot_path r;

    g_assert_true(parse("/pci@i0cf8/scsi@4:roma/channel@0/disk@2,0", &slot_4,
                        &r));
    g_assert_true(r.has_instance);
    g_assert_cmpuint(r.instance, ==, 10);
    g_assert_cmpuint(r.target, ==, 2);
}

static void test_path_with_function_and_bridges(void)
{
    const struct pci_path path = {
        3, false, { 0x1f << 3 | 7, 1 << 3, 0x1c << 3 | 2 }, 0,
    };
    struct boot_path r;

    g_assert_true(parse("/pci@i0cf8/pci-bridge@1c,2/pci-bridge@1/scsi@1f,7"
                        "/channel@0/disk@3,0", &path, &r));
    g_assert_false(parse("/pci@i0cf8/pci-bridge@1c/pci-bridge@1/scsi@1f,7"
                         "/channel@0/disk@3,0", &path, &r));
    g_assert_false(parse("/pci@i0cf8/pci-bridge@1c,2/scsi@1f,7"
                         "/channel@0/disk@3,0", &path, &r));
    g_assert_false(parse("/pci@i0cf8/scsi@1f,7/channel@0/disk@3,0", &path,
                         &r));
}

static void test_path_below_another_root(void)
{
    const struct pci_path path = { 1, true, { 4 << 3 }, 0 };
    struct boot_path r;

    g_assert_true(parse("/pci@i0cf8,1/scsi@4/channel@0/disk@3,0", &path, &r));
    g_assert_false(parse("/pci@i0cf8/scsi@4/channel@0/disk@3,0", &path, &r));
    g_assert_false(parse("/pci@i0cf8,1/scsi@4/channel@0/disk@3,0", &slot_4,
                         &r));
}

static void test_path_of_something_else(void)
{
    static const char *const lines[] = {
        "", "HALT", "/", "/pci@i0cf8", "/pci@i0cf8/", "/pci@i0cf8/scsi",
        "/pci@i0cf8/scsi@4", "/pci@i0cf8/scsi@4/", "/pci@i0cf8/scsi@",
        "/pci@i0cf8/scsi@5/channel@0/disk@3,0",
        "/pci@i0cf8/scsi@4,1/channel@0/disk@3,0",
        "/pci@i0cf8/scsi@4/channel@1/disk@3,0",
        "/pci@i0cf8/scsi@4/channel@0/disk@10,0",
        "/pci@i0cf8/scsi@4/channel@0/disk@3,20",
        "/pci@i0cf8/scsi@4/channel@0/disk@3",
        "/pci@i0cf8/scsi@4/channel@0/disk@3,",
        "/pci@i0cf8/scsi@4/channel@0/disk@100000003,0",
        "/pci@i0cf8/scsi@4/channel@0/disk@3,0x",
        "/pci@i0cf8/scsi@4:rom/channel@0/disk@3,0",
        "/pci@i0cf8/scsi@4:bus1/channel@0/disk@3,0",
        "/pci@i0cf8/ide@1,1/drive@0/disk@0",
        "/rom@genroms/kvmvapic.bin",
    };
    struct boot_path r;

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_assert_false(parse(lines[i], &slot_4, &r));
    }
}

/* The ROM's name is what firmware goes by; geometries have the device's path */
static void test_path_of_an_isa_board(void)
{
    static const struct {
        const char *line;
        bool is_ours;
    } lines[] = {
        { "/rom@genroms/isa-buslogic-330.rom/channel@0/disk@3,1", true },
        { "/pci@i0cf8/isa@1/scsi@0330/channel@0/disk@3,1", true },
        { "/isa@3f000000/scsi@0330/channel@0/disk@3,1", true },
        { "/rom@genroms/isa-buslogic-334.rom/channel@0/disk@3,1", false },
        { "/rom@genroms/isa-buslogic-3301.rom/channel@0/disk@3,1", false },
        { "/rom@genroms/isa-buslogic-330/channel@0/disk@3,1", false },
        { "/rom@genroms/isa-buslogic-.rom/channel@0/disk@3,1", false },
        { "/rom@genroms/isa-buslogic-330.rom", false },
        { "/pci@i0cf8/isa@1/scsi@0334/channel@0/disk@3,1", false },
        { "/pci@i0cf8/scsi@4/channel@0/disk@3,1", false },
        { "/pci@i0cf8/isa@1/fdc@03f0/floppy@0", false },
        { "", false },
    };
    const struct pci_path path = { .isa_ports = 0x330 };
    struct boot_path r;

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_assert_cmpint(parse(lines[i].line, &path, &r), ==,
                        lines[i].is_ours);
        if (lines[i].is_ours) {
            g_assert_cmpuint(r.target, ==, 3);
            g_assert_cmpuint(r.lun, ==, 1);
            g_assert_false(r.has_instance);
        }
    }
    g_assert_true(parse("/rom@genroms/isa-buslogic-330.rom:rom1f/channel@0/"
                        "disk@6,0", &path, &r));
    g_assert_true(r.has_instance);
    g_assert_cmpuint(r.instance, ==, 0x1f);
    g_assert_cmpuint(r.target, ==, 6);
    /* And a PCI board is none of these */
    g_assert_false(parse(lines[0].line, &slot_4, &r));
}

static void test_path_that_is_not_known(void)
{
    const struct pci_path none = { 0 };
    struct boot_path r;

    g_assert_false(parse("/pci@i0cf8/scsi@4/channel@0/disk@3,0", &none, &r));
}

static void test_geometry_of_a_path(void)
{
    struct boot_path r;
    uint32_t n[3];

    g_assert_true(parse("/pci@i0cf8/scsi@4/channel@0/disk@3,0 1023 16 63",
                        &slot_4, &r));
    g_assert_true(boot_geometry_parse(r.rest, n));
    g_assert_cmpuint(n[0], ==, 1023);
    g_assert_cmpuint(n[1], ==, 16);
    g_assert_cmpuint(n[2], ==, 63);
    g_assert_false(boot_geometry_parse(" 1 2", n));
    g_assert_false(boot_geometry_parse(" 1 2 a", n));
    g_assert_false(boot_geometry_parse(" 1 2 3 4", n));
    g_assert_false(boot_geometry_parse(" 1 2 4294967297", n));
}

/* Disk address packets and drive parameters */

static const uint8_t packet_16[PACKET_MAX_SIZE] = {
    16, 0, 127, 0, 0x34, 0x12, 0x00, 0x20, 1, 2, 3, 4, 5, 0, 0, 0,
};

static void test_packet_fields(void)
{
    struct packet p;

    g_assert_true(packet_decode(packet_16, &p));
    g_assert_cmpuint(p.count, ==, 127);
    g_assert_cmphex(p.data, ==, 0x21234);
    g_assert_cmphex(p.lba, ==, 0x0504030201ull);
    g_assert_false(p.physical);
}

static void test_packet_too_short(void)
{
    uint8_t raw[PACKET_MAX_SIZE];
    struct packet p;

    memcpy(raw, packet_16, sizeof(raw));
    raw[0] = 15;
    g_assert_false(packet_decode(raw, &p));
}

/* Do the blocks of this packet fit where its buffer is? */
static bool has_buffer(const uint8_t *raw, uint16_t block_size)
{
    struct packet p;

    g_assert_true(packet_decode(raw, &p));
    return packet_buffer_valid(&p, block_size);
}

static void test_packet_buffer_must_be_reachable(void)
{
    uint8_t raw[PACKET_MAX_SIZE] = { 16, 0, 128, 0, 0xf0, 0xff, 0xff, 0xef };

    /* EFFF:FFF0 is 0xfffe0; 64 KiB from there end at 0x10ffe0. */
    g_assert_true(has_buffer(raw, 512));
    raw[2] = 129;
    g_assert_false(has_buffer(raw, 512));
    raw[2] = raw[3] = 0xff;
    g_assert_false(has_buffer(raw, 2048));
}

static void test_packet_with_64_bit_address(void)
{
    uint8_t raw[PACKET_MAX_SIZE] = {
        24, 0, 1, 0, 0xff, 0xff, 0xff, 0xff, [16] = 0, 0, 0, 0x80,
    };
    struct packet p;

    g_assert_true(packet_decode(raw, &p));
    g_assert_true(p.physical);
    g_assert_cmphex(p.data, ==, 0x80000000);
    g_assert_true(has_buffer(raw, 512));
    raw[20] = 1;
    g_assert_false(has_buffer(raw, 512));
    raw[20] = 0;
    memset(raw + 16, 0xff, 4);
    g_assert_false(has_buffer(raw, 512));
    /* Without room for that address, the pointer is one. */
    raw[0] = 16;
    g_assert_false(has_buffer(raw, 512));
}

static void test_drive_parameters_size(void)
{
    static const struct {
        uint16_t size, used;
    } cases[] = {
        { 0, 0 }, { 25, 0 }, { 26, 26 }, { 29, 26 }, { 30, 30 }, { 73, 30 },
        { 74, 74 }, { 0xffff, 74 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct drive_parameters d = { 0 };

        g_assert_cmpuint(drive_parameters_finish(&d, cases[i].size), ==,
                         cases[i].used);
        g_assert_cmpuint(d.size, ==, cases[i].used);
    }
}

static void test_drive_parameters_of_an_isa_board(void)
{
    struct drive_parameters d = { .target = 12 };
    const uint8_t *raw = (const uint8_t *)&d;

    drive_parameters_on_isa(&d, 0x334);
    drive_parameters_finish(&d, sizeof(d));
    g_assert_cmpmem(raw + 36, 12, "ISA SCSI    ", 12);
    g_assert_cmpmem(raw + 48, 4, "\x34\3\0\0", 4);
    g_assert_cmpuint(get_le16(raw + 56), ==, 12);
}

static void test_drive_parameters_fields(void)
{
    struct drive_parameters d = {
        .info = DRIVE_GEOMETRY, .cylinders = 391, .heads = 255, .sectors = 63,
        .blocks = 3 * GIB, .block_size = 512, .target = 12, .lun = 2,
    };
    const uint8_t *raw = (const uint8_t *)&d;
    uint8_t sum = 0;

    drive_parameters_on_pci(&d, 3 << 8 | 5 << 3 | 1);
    drive_parameters_finish(&d, sizeof(d));
    g_assert_cmphex(get_le16(raw + 2), ==, 0x0002);
    g_assert_cmpuint(get_le32(raw + 4), ==, 391);
    g_assert_cmpuint(get_le32(raw + 8), ==, 255);
    g_assert_cmpuint(get_le32(raw + 12), ==, 63);
    g_assert_cmpuint(get_le32(raw + 16), ==, 3 * GIB);
    g_assert_cmpuint(get_le16(raw + 24), ==, 512);
    g_assert_cmphex(get_le32(raw + 26), ==, 0xffffffff);
    g_assert_cmphex(get_le16(raw + 30), ==, 0xbedd);
    g_assert_cmpuint(raw[32], ==, 44);
    g_assert_cmpmem(raw + 36, 12, "PCI SCSI    ", 12);
    g_assert_cmpmem(raw + 48, 4, "\3\5\1\0", 4);
    g_assert_cmpuint(get_le16(raw + 56), ==, 12);
    g_assert_cmpuint(get_le32(raw + 58), ==, 2);
    for (size_t i = 30; i < sizeof(d); i++) {
        sum += raw[i];
    }
    g_assert_cmphex(sum, ==, 0);
}

/* CD-ROMs */

static void make_boot_record(uint8_t *block)
{
    memset(block, 0, BLOCK);
    memcpy(block, "\0CD001\1EL TORITO SPECIFICATION", 30);
    put_le32(block + 0x47, 0x12345);
}

static void test_boot_record(void)
{
    uint8_t block[BLOCK];
    uint32_t lba = 0;

    make_boot_record(block);
    g_assert_true(boot_record_decode(block, &lba));
    g_assert_cmphex(lba, ==, 0x12345);
    for (int i = 0; i < 39; i++) {
        make_boot_record(block);
        block[i] ^= 0x20;
        g_assert_false(boot_record_decode(block, &lba));
    }
}

static void set_checksum(uint8_t *block)
{
    uint16_t sum = 0;

    block[28] = block[29] = 0;
    for (int i = 0; i < 32; i += 2) {
        sum += get_le16(block + i);
    }
    block[28] = -sum;
    block[29] = -sum >> 8;
}

static void make_catalogue(uint8_t *block)
{
    static const uint8_t entry[] = {
        0x88, 0x02, 0, 0, 0, 0, 4, 0, 0x21, 0x43, 0x65, 0x87,
    };

    memset(block, 0, BLOCK);
    block[0] = 1;
    memcpy(block + 4, "maker", 5);
    block[30] = 0x55;
    block[31] = 0xaa;
    set_checksum(block);
    memcpy(block + 32, entry, sizeof(entry));
}

static void test_catalogue(void)
{
    uint8_t block[BLOCK];
    struct boot_image image;

    make_catalogue(block);
    g_assert_true(catalogue_decode(block, &image));
    g_assert_cmpint(image.media, ==, MEDIA_FLOPPY_1440);
    g_assert_cmphex(image.segment, ==, 0x7c0);
    g_assert_cmpuint(image.sectors, ==, 4);
    g_assert_cmphex(image.lba, ==, 0x87654321);
    block[34] = 0x34;
    block[35] = 0x12;
    g_assert_true(catalogue_decode(block, &image));
    g_assert_cmphex(image.segment, ==, 0x1234);
}

static void test_catalogue_that_is_wrong(void)
{
    static const struct {
        uint8_t offset, value;
        bool checksum;              /* is right all the same */
    } changes[] = {
        { 0, 2, true },             /* no validation entry */
        { 1, 0xef, true },          /* for UEFI */
        { 4, 'M', false },
        { 30, 0, true },
        { 31, 0, true },
        { 32, 0x00, true },         /* not bootable */
        { 33, 5, true },            /* unknown medium */
        { 38, 0, true },            /* nothing to load */
    };
    uint8_t block[BLOCK];
    struct boot_image image;

    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        make_catalogue(block);
        block[changes[i].offset] = changes[i].value;
        if (changes[i].checksum) {
            set_checksum(block);
        }
        g_assert_false(catalogue_decode(block, &image));
    }
}

static void test_emulated_floppies(void)
{
    static const uint8_t sectors[] = { 0, 15, 18, 36 };
    struct geometry g;

    for (int media = MEDIA_FLOPPY_1200; media <= MEDIA_FLOPPY_2880; media++) {
        g_assert_true(boot_media_geometry(media, NULL, &g));
        g_assert_cmpuint(g.cylinders, ==, 80);
        g_assert_cmpuint(g.heads, ==, 2);
        g_assert_cmpuint(g.sectors, ==, sectors[media]);
    }
}

static void test_emulated_disk(void)
{
    uint8_t sector[512] = { [0x1c3] = 15, 0xc0 | 63, 0xff };
    struct geometry g;

    g_assert_true(boot_media_geometry(MEDIA_DISK, sector, &g));
    g_assert_cmpuint(g.cylinders, ==, 1024);
    g_assert_cmpuint(g.heads, ==, 16);
    g_assert_cmpuint(g.sectors, ==, 63);
    sector[0x1c3] = 255;
    g_assert_true(boot_media_geometry(MEDIA_DISK, sector, &g));
    g_assert_cmpuint(g.heads, ==, 255);
    sector[0x1c4] = 0;              /* no sectors per track */
    g_assert_false(boot_media_geometry(MEDIA_DISK, sector, &g));
}

static void test_boot_sector_mark(void)
{
    uint8_t sector[512] = { [510] = 0x55, 0xaa };

    g_assert_true(boot_sector_valid(sector));
    sector[511] = 0;
    g_assert_false(boot_sector_valid(sector));
}

/* Errors */

static void test_sense_to_status(void)
{
    static const struct {
        struct sense sense;
        uint8_t status;
    } cases[] = {
        { { 0x1, 0x17, 0 }, 0x11 }, { { 0x2, 0x3a, 0 }, 0xaa },
        { { 0x3, 0x11, 0 }, 0x10 }, { { 0x3, 0x12, 0 }, 0x02 },
        { { 0x3, 0x13, 0 }, 0x02 }, { { 0x3, 0x14, 0 }, 0x04 },
        { { 0x3, 0x15, 0 }, 0x40 }, { { 0x3, 0x02, 0 }, 0x40 },
        { { 0x4, 0x44, 0 }, 0x20 }, { { 0x4, 0x15, 0 }, 0x40 },
        { { 0x5, 0x21, 0 }, 0x04 }, { { 0x5, 0x20, 0 }, 0x01 },
        { { 0x6, 0x28, 0 }, 0x06 }, { { 0x7, 0x27, 0 }, 0x03 },
        { { 0xb, 0x00, 6 }, 0x10 }, { { 0xb, 0x47, 0 }, 0x20 },
        { { 0x0, 0x00, 0 }, 0x20 }, { { 0xd, 0x00, 0 }, 0x20 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmphex(sense_to_int13(&cases[i].sense), ==,
                        cases[i].status);
    }
}

static void test_adapter_status_to_status(void)
{
    g_assert_cmphex(btstat_to_int13(0x11), ==, 0x80);
    g_assert_cmphex(btstat_to_int13(0x13), ==, 0x80);
    g_assert_cmphex(btstat_to_int13(0x1a), ==, 0x01);
    g_assert_cmphex(btstat_to_int13(0x12), ==, 0x20);
    g_assert_cmphex(btstat_to_int13(0x22), ==, 0x20);
    g_assert_cmphex(btstat_to_int13(0x27), ==, 0x20);
}

static void test_sense_data(void)
{
    const uint8_t data[SENSE_SIZE] = { 0x70, 0, 0xe3, [12] = 0x11, 0x0c };
    struct sense sense = sense_decode(data, sizeof(data));

    g_assert_cmphex(sense.key, ==, 3);
    g_assert_cmphex(sense.asc, ==, 0x11);
    g_assert_cmphex(sense.ascq, ==, 0x0c);
    sense = sense_decode(data, 3);
    g_assert_cmphex(sense.key, ==, 3);
    g_assert_cmphex(sense.asc, ==, 0);
    sense = sense_decode(data, 0);
    g_assert_cmphex(sense.key, ==, 0);
}

static void test_what_is_tried_again(void)
{
    const struct sense attention = { SENSE_ATTENTION, 0x29, 0 };
    const struct sense aborted = { SENSE_ABORTED, 0x47, 0 };
    const struct sense host_error = { SENSE_ABORTED, 0x00, 0x06 };
    const struct sense becoming_ready = { SENSE_NOT_READY, 0x04, 0x01 };
    const struct sense no_medium = { SENSE_NOT_READY, 0x3a, 0x00 };
    const struct sense stopped = { SENSE_NOT_READY, 0x04, 0x02 };

    g_assert_true(sense_retry(&attention));
    g_assert_true(sense_retry(&aborted));
    g_assert_false(sense_retry(&host_error));
    g_assert_false(sense_retry(&becoming_ready));
    g_assert_true(sense_wait(&becoming_ready));
    g_assert_false(sense_wait(&no_medium));
    g_assert_false(sense_wait(&stopped));
    g_assert_false(sense_wait(&attention));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(void);
    } tests[] = {
        { "geometry/by-capacity", test_geometry_by_capacity },
        { "geometry/without-extended-translation",
          test_geometry_without_extended_translation },
        { "geometry/ends-at-1024-cylinders",
          test_geometry_ends_at_1024_cylinders },
        { "geometry/counts-all-cylinders",
          test_geometry_counts_all_cylinders },
        { "geometry/of-tiny-disk", test_geometry_of_tiny_disk },
        { "geometry/that-is-invalid", test_geometry_that_is_invalid },
        { "geometry/last-sector", test_geometry_last_sector },
        { "geometry/bounds", test_geometry_bounds },
        { "divide/saturates", test_divide_saturates },
        { "path/of-a-disk", test_path_of_a_disk },
        { "path/with-instance", test_path_with_instance },
        { "path/with-function-and-bridges",
          test_path_with_function_and_bridges },
        { "path/below-another-root", test_path_below_another_root },
        { "path/of-something-else", test_path_of_something_else },
        { "path/of-an-isa-board", test_path_of_an_isa_board },
        { "path/that-is-not-known", test_path_that_is_not_known },
        { "path/with-geometry", test_geometry_of_a_path },
        { "packet/fields", test_packet_fields },
        { "packet/too-short", test_packet_too_short },
        { "packet/buffer-must-be-reachable",
          test_packet_buffer_must_be_reachable },
        { "packet/with-64-bit-address", test_packet_with_64_bit_address },
        { "drive-parameters/size", test_drive_parameters_size },
        { "drive-parameters/fields", test_drive_parameters_fields },
        { "drive-parameters/of-an-isa-board",
          test_drive_parameters_of_an_isa_board },
        { "cd/boot-record", test_boot_record },
        { "cd/catalogue", test_catalogue },
        { "cd/catalogue-that-is-wrong", test_catalogue_that_is_wrong },
        { "cd/emulated-floppies", test_emulated_floppies },
        { "cd/emulated-disk", test_emulated_disk },
        { "cd/boot-sector-mark", test_boot_sector_mark },
        { "error/sense-to-status", test_sense_to_status },
        { "error/adapter-status-to-status", test_adapter_status_to_status },
        { "error/sense-data", test_sense_data },
        { "error/what-is-tried-again", test_what_is_tried_again },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/buslogic/rom/", tests[i].name,
                                            NULL);

        g_test_add_func(path, tests[i].test);
    }
    return g_test_run();
}
