/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: host commands
 *
 * What the core, which moves bytes and keeps the phases, knows of them.
 */

#ifndef HW_SCSI_BUSLOGIC_COMMANDS_H
#define HW_SCSI_BUSLOGIC_COMMANDS_H

#include "hw/scsi/buslogic.h"

/* How a host command handler left things */
typedef enum BuslogicResult {
    BL_RESULT_DONE,                 /* reply, if any, is in s->reply */
    BL_RESULT_INVALID,              /* parameter rejected */
    BL_RESULT_PENDING,              /* buslogic_command_reply() will follow */
} BuslogicResult;

/* How a successful command tells that it is complete [3] */
typedef enum BuslogicFinish {
    BL_FINISH_CMDC,                 /* flag and interrupt line */
    BL_FINISH_FLAG,                 /* flag only */
    BL_FINISH_QUIET,                /* neither */
} BuslogicFinish;

typedef struct BuslogicCommand {
    const char *name;
    BuslogicResult (*handler)(BuslogicState *s);
    /* Parameters that follow the fixed ones, which have been received */
    uint32_t (*more_params)(BuslogicState *s);
    /* Boards that have it: with all of these, enum BuslogicCapability ... */
    uint32_t needs;
    /* ... and with this firmware or newer; NULL: any */
    const char *since;
    uint8_t params;                 /* fixed parameter bytes */
    uint8_t finish;                 /* BuslogicFinish */
} BuslogicCommand;

/* Commands of the AHA-154xC, at opcodes that mean other things elsewhere */
extern const BuslogicCommand buslogic_aha_commands[256];

/* The command with this opcode; NULL if the board does not know it */
const BuslogicCommand *buslogic_find_command(BuslogicState *s,
                                             uint8_t opcode);

/* Add one byte to the reply */
void buslogic_reply_byte(BuslogicState *s, uint8_t val);
/*
 * Reply with the first @wanted bytes of @data, which has @size of them;
 * zeros follow its end.  @wanted is 256 at most.
 */
void buslogic_reply_padded(BuslogicState *s, const void *data, size_t size,
                           size_t wanted);

#endif /* HW_SCSI_BUSLOGIC_COMMANDS_H */
