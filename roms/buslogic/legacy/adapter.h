/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the adapter and its host commands
 */

#ifndef ROMS_BUSLOGIC_ADAPTER_H
#define ROMS_BUSLOGIC_ADAPTER_H

#include "rom.h"
#include "hw/scsi/buslogic-regs.h"

struct adapter {
    uint16_t iobase;
    uint16_t bdf;                   /* PCI bus, device and function */
    bool extended_translation;
};

extern struct adapter adapter;

enum adapter_result {
    ADAPTER_OK,
    ADAPTER_REJECTED,               /* the adapter does not know the command */
    ADAPTER_TIMEOUT,
};

/*
 * Run a host command that ends with CMDC, polling for @ticks at most.  The
 * reply must have the length that is expected.  No state of an operating
 * system's driver is touched: neither mailboxes nor interrupts of CCBs.
 */
struct host_command {
    uint8_t opcode;
    uint8_t params_size;
    uint8_t reply_size;
    const uint8_t *params;
    uint8_t *reply;
    uint16_t ticks;
};

enum adapter_result adapter_command(const struct host_command *c);

/* Abandon the command that did not end */
void adapter_reset_bus(void);

#endif /* ROMS_BUSLOGIC_ADAPTER_H */
