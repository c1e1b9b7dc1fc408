/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the vectors of the boot menu's entries
 */

#include "cdrom.h"
#include "console.h"
#include "int13.h"

/* entry.S jumps there */
uint32_t boot_address;

uint16_t pnp_first;

/* Called by entry.S, with the offset of the record that has called */
uint32_t boot(uint16_t record);

uint32_t boot(uint16_t record)
{
    struct device *d = &devices[(record - pnp_first) / PNP_RECORD_SIZE];

    switch (d->kind) {
    case DEVICE_DISK:
        if (!d->drive) {
            int13_add_disk(d);
        }
        return 0;
    case DEVICE_CDROM:
        return cdrom_boot(d);
    default:
        print(TEXT("The device does not work\n"));
        return 0;
    }
}
