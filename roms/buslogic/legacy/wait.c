/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: waits that end
 */

#include "wait.h"

uint32_t polls_per_tick = MAX_POLLS_PER_TICK;

static uint16_t tick(void)
{
    return bda_read16(BDA_TICKS);
}

void deadline_set(struct deadline *d, uint16_t ticks)
{
    d->ticks_left = ticks;
    d->last_tick = tick();
    d->polls_left = polls_per_tick;
}

/* The count is compared for change only: it jumps at midnight. */
bool deadline_passed(struct deadline *d)
{
    uint16_t now = tick();

    if (now == d->last_tick && --d->polls_left) {
        return false;
    }
    d->last_tick = now;
    d->polls_left = polls_per_tick;
    if (!d->ticks_left) {
        return true;
    }
    d->ticks_left--;
    return false;
}

void wait_ticks(uint16_t ticks)
{
    struct deadline d;

    deadline_set(&d, ticks);
    while (!deadline_passed(&d)) {
        inb(IDLE_PORT);
    }
}
