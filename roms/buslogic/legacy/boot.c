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
    const char __seg_gs *error = TEXT("not ready");
    uint32_t address = 0;

    if (d->kind == DEVICE_DISK) {
        error = d->drive || int13_add_disk(d) ? NULL : TEXT("too many disks");
    } else if (d->kind == DEVICE_CDROM) {
        error = cdrom_boot(d, &address);
    }
    if (error) {
        print((const char __seg_gs *)(record + PNP_HEADER_SIZE +
                                      PNP_CALL_SIZE));
        print(TEXT(": "));
        print(error);
        print_char('\n');
    }
    return address;
}
