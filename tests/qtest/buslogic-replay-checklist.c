/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: what other models get wrong
 */

#include "qemu/osdep.h"
#include "buslogic-replay.h"

void add_checklist(void)
{
}
