/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the devices that the boot menu lists
 */

#ifndef ROMS_BUSLOGIC_DEVICE_H
#define ROMS_BUSLOGIC_DEVICE_H

#include "geometry.h"
#include "layout.h"
#include "rom.h"
#include "scsi.h"

#define DISK_BLOCK      512
#define CDROM_BLOCK     2048

enum device_kind {
    DEVICE_NONE,                    /* nothing at this place of the order */
    DEVICE_DEAD,                    /* has its place, but does not work */
    DEVICE_DISK,
    DEVICE_CDROM,
};

struct device {
    uint8_t kind;                   /* enum device_kind */
    uint8_t drive;                  /* INT 13h number, 0 for none yet */
    struct address address;
    struct geometry geometry;       /* of disks */
    uint64_t blocks;
};

/* In the order of the boot menu: the index is that of the $PnP header */
extern struct device devices[MAX_DEVICES];

/* Where the records of the devices are in the ROM */
extern uint16_t pnp_first;

/* A transfer between a device and memory */
struct transfer {
    const struct device *device;
    uint64_t lba;
    uint32_t count;                 /* blocks that remain */
    uint32_t data;                  /* linear address; see physical */
    bool physical;                  /* data is a physical address */
    bool write;
};

/*
 * Move t->count blocks.  On return, t->count is what has not been moved.  The
 * caller has checked that the blocks exist.
 */
enum int13_status device_transfer(struct transfer *t);

/* Do these blocks exist? */
bool device_has(const struct device *d, uint64_t lba, uint32_t count);

static inline uint16_t device_block_size(const struct device *d)
{
    return d->kind == DEVICE_CDROM ? CDROM_BLOCK : DISK_BLOCK;
}

#endif /* ROMS_BUSLOGIC_DEVICE_H */
