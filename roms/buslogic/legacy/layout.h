/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: sizes that C, assembler and linker agree about
 */

#ifndef ROMS_BUSLOGIC_LAYOUT_H
#define ROMS_BUSLOGIC_LAYOUT_H

#define VENDOR_ID           0x104b
#define DEVICE_ID           0x1040

/* The RAM block: variables, a buffer, the stack */
#define RAM_SIZE            4096

/* For our own functions, and for handlers of interrupts */
#define MIN_STACK_SIZE      1024

/* Each has a record in the ROM and a struct device in RAM. */
#define MAX_DEVICES         24

/* A device in the boot menu: $PnP header, a near call, the name */
#define PNP_HEADER_SIZE     32
#define PNP_CALL_SIZE       3
#define PNP_NAME_SIZE       45
#define PNP_RECORD_SIZE     80

#define PNP_SIGNATURE       0x506e5024  /* "$PnP" */

/* The ROM can be shrunk, shadowed and cached; it has a device to boot from */
#define PNP_INDICATORS      0xe4

/* POST Memory Manager Specification 1.01: below 1 MiB, for good */
#define PMM_ALLOCATE        0
#define PMM_FREE            2
#define PMM_FLAGS           0x0009

#endif /* ROMS_BUSLOGIC_LAYOUT_H */
