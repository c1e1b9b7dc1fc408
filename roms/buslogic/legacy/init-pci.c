/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: PCI configuration space, through configuration mechanism 1
 */

#include "adapter.h"
#include "layout.h"
#include "pci.h"

#define CONFIG_ADDRESS      0xcf8
#define CONFIG_DATA         0xcfc
#define CONFIG_ENABLE       (1u << 31)

/* Registers, and what is in them */
#define PCI_ID              0x00
#define PCI_COMMAND         0x04
#define PCI_COMMAND_IO      0x0001
#define PCI_COMMAND_MASTER  0x0004
#define PCI_COMMAND_MASK    0xffff  /* in the upper half, writes clear bits */
#define PCI_HEADER_TYPE     0x0c    /* in bits 23:16 */
#define PCI_MULTIFUNCTION   (0x80 << 16)
#define PCI_TYPE_MASK       (0x7f << 16)
#define PCI_TYPE_BRIDGE     (0x01 << 16)
#define PCI_BAR0            0x10
#define PCI_BAR_IO          0x01
#define PCI_BAR_FLAGS       0x03
#define PCI_BRIDGE_BUSES    0x18    /* primary, secondary, subordinate */

#define DEVFN_COUNT         256
#define BUS_COUNT           256
#define FUNCTION_MASK       7

#define BOARD_ID            (VENDOR_ID | (uint32_t)DEVICE_ID << 16)
#define NO_ID               UINT32_MAX

static void config_select(uint16_t bdf, uint8_t offset)
{
    outl(CONFIG_ADDRESS, CONFIG_ENABLE | (uint32_t)bdf << 8 | offset);
}

static uint32_t config_read(uint16_t bdf, uint8_t offset)
{
    config_select(bdf, offset);
    return inl(CONFIG_DATA);
}

static void config_write(uint16_t bdf, uint8_t offset, uint32_t value)
{
    config_select(bdf, offset);
    outl(CONFIG_DATA, value);
}

/* Look at a function of a bus, and say whether it is the one. */
typedef bool (*pci_match)(uint16_t bdf, uint32_t id, uint8_t bus);

static uint16_t find_on_bus(uint16_t bus, pci_match match, uint8_t wanted)
{
    bool multifunction = false;

    for (unsigned devfn = 0; devfn < DEVFN_COUNT; devfn++) {
        uint16_t bdf = BDF(bus, devfn);
        uint32_t id;

        if (devfn & FUNCTION_MASK && !multifunction) {
            continue;
        }
        id = config_read(bdf, PCI_ID);
        if (!(devfn & FUNCTION_MASK)) {
            multifunction = id != NO_ID && config_read(bdf, PCI_HEADER_TYPE) &
                                           PCI_MULTIFUNCTION;
        }
        if (id != NO_ID && match(bdf, id, wanted)) {
            return bdf;
        }
    }
    return NO_BDF;
}

static uint16_t find(unsigned buses, pci_match match, uint8_t wanted)
{
    for (unsigned bus = 0; bus < buses; bus++) {
        uint16_t bdf = find_on_bus(bus, match, wanted);

        if (bdf != NO_BDF) {
            return bdf;
        }
    }
    return NO_BDF;
}

static bool is_board(uint16_t bdf, uint32_t id, uint8_t unused)
{
    return id == BOARD_ID;
}

static bool is_bridge_to(uint16_t bdf, uint32_t id, uint8_t bus)
{
    return (config_read(bdf, PCI_HEADER_TYPE) & PCI_TYPE_MASK) ==
           PCI_TYPE_BRIDGE &&
           (config_read(bdf, PCI_BRIDGE_BUSES) >> 8 & 0xff) == bus;
}

uint16_t pci_find_board(uint16_t bdf)
{
    if (config_read(bdf, PCI_ID) == BOARD_ID) {
        return bdf;
    }
    return find(BUS_COUNT, is_board, 0);
}

uint16_t pci_enable(uint16_t bdf)
{
    uint32_t bar = config_read(bdf, PCI_BAR0);
    uint32_t command = config_read(bdf, PCI_COMMAND) & PCI_COMMAND_MASK;

    if (!(bar & PCI_BAR_IO)) {
        return 0;
    }
    config_write(bdf, PCI_COMMAND,
                 command | PCI_COMMAND_IO | PCI_COMMAND_MASTER);
    return bar & ~PCI_BAR_FLAGS;
}

/* A bus has a higher number than the one that its bridge is on. */
bool pci_path(uint16_t bdf, struct pci_path *path)
{
    uint16_t bridge = bdf;

    path->depth = 0;
    do {
        bdf = bridge;
        if (path->depth == PCI_PATH_MAX) {
            return false;
        }
        path->devfn[path->depth++] = bdf;
        bridge = find(bdf >> 8, is_bridge_to, bdf >> 8);
    } while (bridge != NO_BDF);
    path->other_root = bdf >> 8;
    return true;
}
