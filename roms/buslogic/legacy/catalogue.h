/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: structures on CD-ROMs that can be booted from
 *
 * "El Torito" Bootable CD-ROM Format Specification 1.0.  Pure functions: what
 * they read may be anything.
 */

#ifndef ROMS_BUSLOGIC_CATALOGUE_H
#define ROMS_BUSLOGIC_CATALOGUE_H

#include <stdbool.h>
#include <stdint.h>
#include "geometry.h"

/* The block with the boot record volume descriptor */
#define BOOT_RECORD_LBA     17

/* What the image pretends to be */
enum boot_media {
    MEDIA_NONE,                     /* a program */
    MEDIA_FLOPPY_1200,
    MEDIA_FLOPPY_1440,
    MEDIA_FLOPPY_2880,
    MEDIA_DISK,
    MEDIA_COUNT,
};

struct boot_image {
    uint8_t media;                  /* enum boot_media */
    uint16_t segment;               /* to load it to */
    uint16_t sectors;               /* of 512 bytes, to load */
    uint32_t lba;                   /* of the image, in blocks */
};

/* The block of the boot catalogue; false if this is no boot record */
bool boot_record_decode(const uint8_t *block, uint32_t *catalogue_lba);

/* The default entry of the catalogue; false if it is not for a PC's BIOS */
bool catalogue_decode(const uint8_t *block, struct boot_image *image);

/* The geometry that a floppy image has, or a disk image says it has */
bool boot_media_geometry(uint8_t media, const uint8_t *boot_sector,
                         struct geometry *g);

/* Does the sector end with the mark of those that can be run? */
bool boot_sector_valid(const uint8_t *sector);

#endif /* ROMS_BUSLOGIC_CATALOGUE_H */
