/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: SCSI commands through host command 0x83
 *
 * It needs no mailboxes, so an operating system's driver can have them.
 */

#include "scsi.h"

/* For a disk that spins up, and hosts that are busy */
#define COMMAND_TICKS   (30 * TICKS_PER_SECOND)

#define REPLY_SIZE      4
#define REPLY_BTSTAT    2           /* SDSTAT if there is no BTSTAT */
#define REPLY_SDSTAT    3

void transport_execute(const struct scsi_command *c, struct scsi_status *s)
{
    uint8_t reply[REPLY_SIZE];
    const struct host_command command = {
        .opcode = BL_CMD_EXEC_SCSI,
        .params = (const uint8_t *)c,
        .params_size = BL_EXEC_SCSI_HEADER + c->cdb_size,
        .reply = reply,
        .reply_size = REPLY_SIZE,
        .ticks = COMMAND_TICKS,
    };

    s->btstat = 0;
    s->sdstat = 0;
    s->adapter = adapter_command(&command);
    if (s->adapter == ADAPTER_TIMEOUT) {
        adapter_reset_bus();
    } else if (s->adapter == ADAPTER_OK) {
        s->sdstat = reply[REPLY_SDSTAT];
        if (reply[REPLY_BTSTAT] != s->sdstat) {
            s->btstat = reply[REPLY_BTSTAT];
        }
    }
}
