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

/* Called by entry.S; false if there is nothing to boot from */
bool init(uint16_t bdf, bool pnp);

#define DEVICE(bdf)     ((bdf) >> 3 & 0x1f)
#define FUNCTION(bdf)   ((bdf) & 7)

static void print_adapter(void)
{
    print(INIT_TEXT("BT-958 boot ROM, PCI "));
    print_hex(adapter.bdf >> 8, 2);
    print_char(':');
    print_hex(DEVICE(adapter.bdf), 2);
    print_char('.');
    print_hex(FUNCTION(adapter.bdf), 1);
    print_char('\n');
}

static bool find_adapter(uint16_t bdf)
{
    adapter.bdf = pci_find_board(bdf);
    if (adapter.bdf == NO_BDF) {
        print(INIT_TEXT("BT-958: no adapter\n"));
        return false;
    }
    print_adapter();
    adapter.iobase = pci_enable(adapter.bdf);
    if (!adapter.iobase || !adapter_hard_reset()) {
        print(INIT_TEXT("BT-958: the adapter does not work\n"));
        return false;
    }
    return true;
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

    if (find_adapter(bdf)) {
        if (!pci_path(adapter.bdf, &path)) {
            path.depth = 0;         /* which no path matches */
        }
        count = scan_devices(&path);
    }
    pnp_finish(count);
    if (!pnp) {
        add_disks();
    }
    return count;
}
