/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: cylinders, heads and sectors
 *
 * Pure functions.
 */

#ifndef ROMS_BUSLOGIC_GEOMETRY_H
#define ROMS_BUSLOGIC_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

struct geometry {
    uint16_t cylinders;             /* at most MAX_CYLINDERS */
    uint8_t heads;                  /* at most MAX_HEADS */
    uint8_t sectors;                /* per track, at most MAX_SECTORS */
};

#define MAX_CYLINDERS   1024
#define MAX_HEADS       255
#define MAX_SECTORS     63

/* An address as in CX and DH of INT 13h */
struct chs {
    uint8_t ch, cl, dh;
};

/*
 * The translation of a disk with @blocks sectors of 512 bytes
 * (docs/specs/buslogic.rst, section 7.4).
 */
struct geometry geometry_of_disk(uint64_t blocks, bool extended_translation);

/* All cylinders of the disk, of which INT 13h reaches but MAX_CYLINDERS */
uint32_t geometry_cylinders(const struct geometry *g, uint64_t blocks);

/* Sectors that have an address */
uint32_t geometry_sectors(const struct geometry *g);

/* Is it one that INT 13h can work with? */
bool geometry_valid(const struct geometry *g);

/* Logical block, or false if there is no such sector */
bool geometry_to_lba(const struct geometry *g, struct chs chs, uint32_t *lba);

/* The last sector */
struct chs geometry_last(const struct geometry *g);

#endif /* ROMS_BUSLOGIC_GEOMETRY_H */
