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

/* What adapter.model is */
void adapter_inquire_model(void);

/* IDs that have devices, a bit each; the adapter's own is not among them */
uint16_t adapter_targets(void);

/*
 * Fill in devices[]: first those that QEMU's boot order lists, in its order,
 * then all others that can be booted from, as they are found.  Returns their
 * number.
 */
unsigned scan_devices(const struct pci_path *path);

/* The INQUIRY data of a device; false if there is none */
bool scsi_inquiry(struct address a, uint8_t data[INQUIRY_SIZE]);

/*
 * Name @count devices, make their headers, and shrink the ROM to what they
 * need.  The headers overwrite code: that of the initialisation's first part,
 * or that for CD-ROMs if there are none, or all if there is no device.
 */
void pnp_finish(unsigned count);

#endif /* ROMS_BUSLOGIC_INIT_H */
