/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the adapter and its host commands
 */

#ifndef ROMS_BUSLOGIC_ADAPTER_H
#define ROMS_BUSLOGIC_ADAPTER_H

#include "rom.h"
#include "hw/scsi/buslogic-regs.h"

/* No PCI device has this address in a machine with this adapter. */
#define NO_BDF      0xffff

/* The board's name without "BT-", and a 0 */
#define MODEL_SIZE  6

struct adapter {
    uint16_t iobase;
    uint16_t bdf;                   /* PCI bus, device, function; or NO_BDF */
    bool extended_translation;
    char model[MODEL_SIZE];
};

extern struct adapter adapter;

static inline bool adapter_is_isa(void)
{
    return adapter.bdf == NO_BDF;
}

/* 24 address lines */
#define ISA_DMA_TOP (1ul << 24)

/* Does the bus master reach @size bytes there?  At most 32 bits of them. */
static inline bool adapter_reaches(uint32_t physical, uint32_t size)
{
    return !adapter_is_isa() ||
           (physical <= ISA_DMA_TOP && size <= ISA_DMA_TOP - physical);
}

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
