/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: waits that end
 *
 * Time is what the BIOS counts at 40:6C.  It stands still while interrupts do
 * not arrive, so polls count as well: many of them make a tick.
 */

#ifndef ROMS_BUSLOGIC_WAIT_H
#define ROMS_BUSLOGIC_WAIT_H

#include "rom.h"

struct deadline {
    uint16_t ticks_left;
    uint16_t last_tick;
    uint32_t polls_left;            /* to the next tick at the latest */
};

void deadline_set(struct deadline *d, uint16_t ticks);

/* To be called at least once per tick, with a port being read in between */
bool deadline_passed(struct deadline *d);

/* Wait for at least this long */
void wait_ticks(uint16_t ticks);

#endif /* ROMS_BUSLOGIC_WAIT_H */
