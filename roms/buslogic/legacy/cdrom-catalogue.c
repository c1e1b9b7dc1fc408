/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: structures on CD-ROMs that can be booted from
 */

#include "bytes.h"
#include "catalogue.h"

/* Boot record volume descriptor */
#define RECORD_SYSTEM_SIZE      39
#define RECORD_CATALOGUE        0x47

/* Validation entry, then the default entry */
#define ENTRY_SIZE              32
#define VALIDATION_ID           1
#define VALIDATION_PLATFORM     1   /* 0: x86 */
#define VALIDATION_KEY          30  /* 55 AA */
#define DEFAULT_BOOTABLE        0x88
#define DEFAULT_MEDIA           1
#define DEFAULT_MEDIA_MASK      0x0f
#define DEFAULT_SEGMENT         2
#define DEFAULT_SECTORS         6
#define DEFAULT_LBA             8
#define TRADITIONAL_SEGMENT     0x7c0

/* Sector with a partition table */
#define SECTOR_SIGNATURE        510
#define PARTITION_END_HEAD      0x1c3
#define PARTITION_END_SECTOR    0x1c4
#define PARTITION_END_CYLINDER  0x1c5

#define FLOPPY_CYLINDERS        80
#define FLOPPY_HEADS            2

bool boot_record_decode(const uint8_t *block, uint32_t *catalogue_lba)
{
    /* Type, standard identifier, version, boot system identifier */
    static const char start[RECORD_SYSTEM_SIZE] =
        "\0CD001\1EL TORITO SPECIFICATION";

    for (unsigned i = 0; i < RECORD_SYSTEM_SIZE; i++) {
        if (block[i] != (uint8_t)start[i]) {
            return false;
        }
    }
    *catalogue_lba = get_le32(block + RECORD_CATALOGUE);
    return true;
}

static bool validation_valid(const uint8_t *entry)
{
    uint16_t sum = 0;

    for (unsigned i = 0; i < ENTRY_SIZE; i += 2) {
        sum += get_le16(entry + i);
    }
    return !sum && entry[0] == VALIDATION_ID && !entry[VALIDATION_PLATFORM] &&
           entry[VALIDATION_KEY] == 0x55 && entry[VALIDATION_KEY + 1] == 0xaa;
}

bool catalogue_decode(const uint8_t *block, struct boot_image *image)
{
    const uint8_t *entry = block + ENTRY_SIZE;

    image->media = entry[DEFAULT_MEDIA] & DEFAULT_MEDIA_MASK;
    image->segment = get_le16(entry + DEFAULT_SEGMENT);
    image->sectors = get_le16(entry + DEFAULT_SECTORS);
    image->lba = get_le32(entry + DEFAULT_LBA);
    if (!image->segment) {
        image->segment = TRADITIONAL_SEGMENT;
    }
    return validation_valid(block) && entry[0] == DEFAULT_BOOTABLE &&
           image->media < MEDIA_COUNT && image->sectors;
}

/* The end of the first partition is the end of the disk. */
static void partition_end(const uint8_t *sector, struct geometry *g)
{
    uint8_t cl = sector[PARTITION_END_SECTOR];

    g->cylinders = (sector[PARTITION_END_CYLINDER] | (cl & 0xc0) << 2) + 1;
    g->heads = sector[PARTITION_END_HEAD] == MAX_HEADS
               ? MAX_HEADS : sector[PARTITION_END_HEAD] + 1;
    g->sectors = cl & 0x3f;
}

bool boot_media_geometry(uint8_t media, const uint8_t *boot_sector,
                         struct geometry *g)
{
    g->cylinders = FLOPPY_CYLINDERS;
    g->heads = FLOPPY_HEADS;
    g->sectors = 0;
    switch (media) {
    case MEDIA_FLOPPY_1200:
        g->sectors = 15;
        break;
    case MEDIA_FLOPPY_1440:
        g->sectors = 18;
        break;
    case MEDIA_FLOPPY_2880:
        g->sectors = 36;
        break;
    case MEDIA_DISK:
        partition_end(boot_sector, g);
        break;
    }
    return geometry_valid(g);
}

bool boot_sector_valid(const uint8_t *sector)
{
    return sector[SECTOR_SIGNATURE] == 0x55 &&
           sector[SECTOR_SIGNATURE + 1] == 0xaa;
}
