/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the initialisation, whose code is given back after it
 */

#ifndef ROMS_BUSLOGIC_INIT_H
#define ROMS_BUSLOGIC_INIT_H

#include "bootorder.h"
#include "device.h"
#include "rom.h"

/*
 * Reset the adapter, and wait until it is ready.  Not done later, when it may
 * be an operating system's.
 */
bool adapter_hard_reset(void);

/* IDs that have devices, a bit each; the adapter's own is not among them */
uint16_t adapter_targets(void);

/*
 * Fill in devices[]: first those that QEMU's boot order lists, in its order,
 * then all others that can be booted from, as they are found.
 */
void scan_devices(const struct pci_path *path);


/* Name the device in the boot menu, from its INQUIRY data or NULL */
void pnp_set_name(unsigned index, struct address a, const uint8_t *inquiry);

/* Make the headers of @count devices, and shrink the ROM */
void pnp_finish(unsigned count);



#endif /* ROMS_BUSLOGIC_INIT_H */
