/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the initialisation
 */

#include "adapter.h"
#include "console.h"
#include "init.h"
#include "int13.h"
#include "pci.h"
#include "wait.h"

/* Called by entry.S; false if there is nothing to boot from */
bool init(uint16_t bdf, bool pnp);

#define DEVICE(bdf)     ((bdf) >> 3 & 0x1f)
#define FUNCTION(bdf)   ((bdf) & 7)

/* The first port of an ISA board; QEMU has put it into the header */
extern const uint16_t isa_ports[];

static uint16_t ports_of_isa_board(void)
{
    return *(const uint16_t __seg_gs *)(uintptr_t)isa_ports;
}

static void print_pci_address(void)
{
    print(INIT_TEXT("PCI "));
    print_hex(adapter.bdf >> 8, 2);
    print_char(':');
    print_hex(DEVICE(adapter.bdf), 2);
    print_char('.');
    print_hex(FUNCTION(adapter.bdf), 1);
}

static void print_adapter(void)
{
    print(INIT_TEXT("BT-"));
    print_ram(adapter.model);
    print(INIT_TEXT(" boot ROM, "));
    if (adapter_is_isa()) {
        print(INIT_TEXT("ISA "));
        print_hex(adapter.iobase, 3);
    } else {
        print_pci_address();
    }
    print_char('\n');
}

static bool find_adapter(uint16_t bdf)
{
    adapter.bdf = NO_BDF;
    adapter.iobase = ports_of_isa_board();
    if (!adapter.iobase) {
        adapter.bdf = pci_find_board(bdf);
        if (adapter.bdf == NO_BDF) {
            print(INIT_TEXT("BusLogic: no adapter\n"));
            return false;
        }
        adapter.iobase = pci_enable(adapter.bdf);
    }
    if (!adapter.iobase || !adapter_hard_reset()) {
        print(INIT_TEXT("BusLogic: the adapter does not work\n"));
        return false;
    }
    adapter_inquire_model();
    print_adapter();
    return true;
}

/* Where the boot order has it; nothing matches a way that is not known */
static void adapter_path(struct pci_path *path)
{
    path->isa_ports = adapter_is_isa() ? adapter.iobase : 0;
    if (path->isa_ports || !pci_path(adapter.bdf, path)) {
        path->depth = 0;
    }
}

/* A BIOS that does not know of the headers has to find the disks there. */
static void add_disks(void)
{
    for (struct device *d = devices; d < devices + MAX_DEVICES; d++) {
        if (d->kind == DEVICE_DISK) {
            int13_add_disk(d);
        }
    }
}

bool init(uint16_t bdf, bool pnp)
{
    struct pci_path path;
    unsigned count = 0;

    wait_calibrate();
    if (find_adapter(bdf)) {
        adapter_path(&path);
        count = scan_devices(&path);
    }
    pnp_finish(count);
    if (!pnp) {
        add_disks();
    }
    return count;
}
