/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: cylinders, heads and sectors
 */

#include "bytes.h"
#include "geometry.h"

/* In sectors */
#define ONE_GIB         0x200000
#define TWO_GIB         0x400000

/* CL has the sector and the high bits of the cylinder. */
#define CL_SECTOR       0x3f
#define CL_CYLINDER     0xc0

struct geometry geometry_of_disk(uint64_t blocks, bool extended_translation)
{
    struct geometry g = { .heads = 64, .sectors = 32 };
    uint32_t cylinders;

    if (extended_translation && blocks >= TWO_GIB) {
        g.heads = 255;
        g.sectors = 63;
    } else if (extended_translation && blocks >= ONE_GIB) {
        g.heads = 128;
    }
    cylinders = geometry_cylinders(&g, blocks);
    if (cylinders > MAX_CYLINDERS) {
        cylinders = MAX_CYLINDERS;
    }
    g.cylinders = cylinders ? cylinders : 1;    /* not all of it exists */
    return g;
}

uint32_t geometry_cylinders(const struct geometry *g, uint64_t blocks)
{
    return divide(blocks, (uint32_t)g->heads * g->sectors);
}

uint32_t geometry_sectors(const struct geometry *g)
{
    return (uint32_t)g->cylinders * g->heads * g->sectors;
}

bool geometry_valid(const struct geometry *g)
{
    return g->cylinders && g->cylinders <= MAX_CYLINDERS && g->heads &&
           g->sectors && g->sectors <= MAX_SECTORS;
}

bool geometry_to_lba(const struct geometry *g, struct chs chs, uint32_t *lba)
{
    uint16_t cylinder = chs.ch | (chs.cl & CL_CYLINDER) << 2;
    uint8_t sector = chs.cl & CL_SECTOR;

    if (cylinder >= g->cylinders || chs.dh >= g->heads || !sector ||
        sector > g->sectors) {
        return false;
    }
    *lba = ((uint32_t)cylinder * g->heads + chs.dh) * g->sectors + sector - 1;
    return true;
}

struct chs geometry_last(const struct geometry *g)
{
    uint16_t cylinder = g->cylinders - 1;

    return (struct chs) {
        .ch = cylinder,
        .cl = (cylinder >> 2 & CL_CYLINDER) | g->sectors,
        .dh = g->heads - 1,
    };
}
