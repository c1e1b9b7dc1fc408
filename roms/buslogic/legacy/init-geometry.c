/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the geometry that a disk gets
 */

#include "geometry.h"

/* In sectors */
#define ONE_GIB         0x200000
#define TWO_GIB         0x400000

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
