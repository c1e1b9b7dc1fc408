/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: waits that end
 */

#include "wait.h"

/* More than the slowest port is read in 55 ms; less than ends in boredom */
#define POLLS_PER_TICK  (1 << 18)

/* An unused port that every PC lets one read: the POST code */
#define IDLE_PORT       0x80

static uint16_t tick(void)
{
    return bda_read16(BDA_TICKS);
}

void deadline_set(struct deadline *d, uint16_t ticks)
{
    d->ticks_left = ticks;
    d->last_tick = tick();
    d->polls_left = POLLS_PER_TICK;
}

/* The count is compared for change only: it jumps at midnight. */
bool deadline_passed(struct deadline *d)
{
    uint16_t now = tick();

    if (now == d->last_tick && --d->polls_left) {
        return false;
    }
    d->last_tick = now;
    d->polls_left = POLLS_PER_TICK;
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
