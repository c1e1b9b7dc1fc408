/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: how fast the machine polls
 */

#include "wait.h"

/* For a host that had no time for us when this was measured */
#define MARGIN      8

/* Polls until the next tick; MAX_POLLS_PER_TICK if there is none */
static uint32_t polls_to_tick(void)
{
    uint16_t start = bda_read16(BDA_TICKS);
    uint32_t polls = 0;

    while (polls < MAX_POLLS_PER_TICK && bda_read16(BDA_TICKS) == start) {
        inb(IDLE_PORT);
        polls++;
    }
    return polls;
}

void wait_calibrate(void)
{
    uint32_t polls;

    polls_to_tick();                /* the rest of the current one */
    polls = polls_to_tick();
    if (polls < MAX_POLLS_PER_TICK) {
        polls_per_tick = (polls + 1) * MARGIN;
    }
}
