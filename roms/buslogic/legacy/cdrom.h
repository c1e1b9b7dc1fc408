/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the CD-ROM that was booted from, and the disk that it may
 * pretend to be
 */

#ifndef ROMS_BUSLOGIC_CDROM_H
#define ROMS_BUSLOGIC_CDROM_H

#include "catalogue.h"
#include "device.h"

struct cdrom {
    struct device *device;
    struct boot_image image;
    struct geometry geometry;       /* of what is emulated */
};

extern struct cdrom cdrom;

/* Read sectors of 512 bytes, counted from the beginning of the image */
struct cdrom_read {
    uint32_t sector;
    uint16_t count;                 /* on return, what has not been read */
    uint32_t data;                  /* linear address */
};

enum int13_status cdrom_read(struct cdrom_read *r);

/* Serve INT 13h from now on, as a drive with this number; or no longer */
void cdrom_activate(uint8_t drive);
void cdrom_deactivate(void);

/* A text in the ROM that says why something is not possible, or NULL */
typedef const char __seg_gs *message;

/*
 * Load what is to be booted, and put the far address where it begins into
 * @address.
 */
message cdrom_boot(struct device *d, uint32_t *address);

/* Is it ready, and does it have something to boot? */
bool cdrom_bootable(struct device *d);

#endif /* ROMS_BUSLOGIC_CDROM_H */
