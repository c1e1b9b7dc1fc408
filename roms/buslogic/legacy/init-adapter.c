/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the adapter's reset, and what is attached to it
 */

#include "adapter.h"
#include "bytes.h"
#include "init.h"
#include "wait.h"

#define RESET_TICKS     (5 * TICKS_PER_SECOND)

/* The adapter may ask every device. */
#define INQUIRE_TICKS   (10 * TICKS_PER_SECOND)

#define CONFIG_SIZE     3
#define CONFIG_ID       2           /* the adapter's own, in the low nibble */
#define TARGETS_SIZE    2
#define MODEL_LENGTH    (MODEL_SIZE - 1)

static bool ready(void)
{
    return (inb(adapter.iobase + A_STATUS) &
            (R_STATUS_DACT_MASK | R_STATUS_DFAIL_MASK | R_STATUS_HARDY_MASK))
           == R_STATUS_HARDY_MASK;
}

bool adapter_hard_reset(void)
{
    struct deadline d;
    uint8_t geometry;

    outb(adapter.iobase + A_CONTROL, R_CONTROL_RHARD_MASK);
    deadline_set(&d, RESET_TICKS);
    while (!ready()) {
        if (deadline_passed(&d)) {
            return false;
        }
    }
    geometry = inb(adapter.iobase + A_GEOMETRY);
    adapter.extended_translation = geometry & R_GEOMETRY_EXT_TRANS_MASK;
    return true;
}

static bool inquire(uint8_t opcode, uint8_t *reply, uint8_t size)
{
    const struct host_command c = {
        .opcode = opcode,
        /* Commands with replies of any length are told which one */
        .params = &size,
        .params_size = opcode == BL_CMD_INQUIRE_MODEL,
        .reply = reply,
        .reply_size = size,
        .ticks = INQUIRE_TICKS,
    };

    return adapter_command(&c) == ADAPTER_OK;
}

void adapter_inquire_model(void)
{
    uint8_t length = MODEL_LENGTH;

    if (!inquire(BL_CMD_INQUIRE_MODEL, (uint8_t *)adapter.model, length)) {
        adapter.model[0] = '\0';
    }
    while (length && (uint8_t)adapter.model[length - 1] <= ' ') {
        adapter.model[--length] = '\0';
    }
}

/* If the adapter cannot tell, all IDs are asked. */
uint16_t adapter_targets(void)
{
    uint8_t config[CONFIG_SIZE] = { 0 };
    uint8_t targets[TARGETS_SIZE] = { 0xff, 0xff };
    uint16_t own = 0;

    if (inquire(BL_CMD_INQUIRE_CONFIG, config, sizeof(config))) {
        own = 1 << (config[CONFIG_ID] & 0xf);
    }
    if (!inquire(BL_CMD_INQUIRE_TARGETS, targets, sizeof(targets))) {
        targets[0] = targets[1] = 0xff;
    }
    return get_le16(targets) & ~own;
}
