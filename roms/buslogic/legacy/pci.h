/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: PCI configuration space; initialisation only
 */

#ifndef ROMS_BUSLOGIC_PCI_H
#define ROMS_BUSLOGIC_PCI_H

#include "bootorder.h"
#include "rom.h"

/* Bus in bits 15:8, device in 7:3, function in 2:0 */
#define BDF(bus, devfn)     ((bus) << 8 | (devfn))

/*
 * The board that the BIOS gave as @bdf, or the first one if there is another
 * device or none.  NO_BDF if there is no board.
 */
uint16_t pci_find_board(uint16_t bdf);

/* Let it decode its ports and be a bus master.  Returns the ports, or 0. */
uint16_t pci_enable(uint16_t bdf);

/* The way to a device through all bridges; false if it is too long */
bool pci_path(uint16_t bdf, struct pci_path *path);

#endif /* ROMS_BUSLOGIC_PCI_H */
