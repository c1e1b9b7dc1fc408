/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the module takes for granted about QEMU's structures
 */
#ifndef BUSLOGIC_LAYOUT_H
#define BUSLOGIC_LAYOUT_H

/* A QOM type and the size of its instances */
typedef struct LayoutSize {
    const char *type;
    size_t size;
} LayoutSize;

/* A property of a QOM type and where in the instance it is */
typedef struct LayoutProperty {
    const char *type;
    const char *property;
    ptrdiff_t offset;
} LayoutProperty;

/* Both end with an entry without type. */
extern const LayoutSize layout_sizes[];
extern const LayoutProperty layout_properties[];

#endif
