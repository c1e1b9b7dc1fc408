/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: what Adaptec's AHA-154xC and later have
 *
 * Their ROM shares the board with the drivers of the operating system.  It
 * has mailboxes of its own, and while it is in charge, the others are locked
 * (docs/specs/buslogic.rst, section 9.4).
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "hw/scsi/buslogic-commands.h"
#include "trace.h"

/* Byte 0 of 0x28: the ROM translates with 255 heads and 63 sectors */
#define BIOS_INFO_EXT_TRANS     0x08
/* Byte 0 of 0x29: lock instead of unlock */
#define MAILBOX_LOCK            0x01
/* Parameters of 0x22 in front of the data: the last two say which bytes */
#define EEPROM_HEADER           3

void buslogic_aha_reset(BuslogicState *s)
{
    s->adap_pos = 0;
    s->bios_rings = (BuslogicRings) { 0 };
}

void buslogic_aha_power_on(BuslogicState *s)
{
    /*
     * Drivers that know nothing of the lock would get the geometry wrong.
     * Linux's aha1542 opens it once and not after the resets of its own.
     */
    s->mailbox_lock = buslogic_model_has(s->model, BL_CAP_AHA_C) &&
                      buslogic_eeprom_extended_translation(&s->nvram);
}

uint8_t buslogic_aha_read_port3(BuslogicState *s)
{
    static const char letters[] = { 'A', 'D', 'A', 'P' };

    return letters[s->adap_pos++ % sizeof(letters)];
}

/* [reserved, count, offset]: is that inside of the EEPROM? */
static bool eeprom_range_valid(BuslogicState *s)
{
    return s->params[1] + s->params[2] <= BL_EEPROM_SIZE;
}

/* 32 bytes always come, however many of them count */
static BuslogicResult cmd_program_eeprom(BuslogicState *s)
{
    BuslogicNvramConfig config = buslogic_nvram_config(s);
    BuslogicNvram changed = s->nvram;

    if (!eeprom_range_valid(s)) {
        return BL_RESULT_INVALID;
    }
    memcpy(changed.ram + s->params[2], s->params + EEPROM_HEADER,
           s->params[1]);
    buslogic_nvram_save(&s->nvram, changed.ram, &config);
    buslogic_nvram_commit(s);
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_read_eeprom(BuslogicState *s)
{
    if (!eeprom_range_valid(s)) {
        return BL_RESULT_INVALID;
    }
    buslogic_reply_padded(s, s->nvram.ram + s->params[2], s->params[1],
                          s->params[1]);
    return BL_RESULT_DONE;
}

/* Shadow RAM and memory map serve the board's own ROM, which is not here */
static BuslogicResult cmd_accept(BuslogicState *s)
{
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_return_bios_info(BuslogicState *s)
{
    buslogic_reply_byte(s, buslogic_eeprom_extended_translation(&s->nvram)
                           ? BIOS_INFO_EXT_TRANS : 0);
    buslogic_reply_byte(s, s->mailbox_lock);
    return BL_RESULT_DONE;
}

/* [0 and the code that 0x28 told: unlock; 1 and a code: lock] */
static BuslogicResult cmd_enable_mailboxes(BuslogicState *s)
{
    bool lock = s->params[0] & MAILBOX_LOCK;
    uint8_t code = s->params[1];

    if (lock ? !code : code != s->mailbox_lock) {
        return BL_RESULT_INVALID;
    }
    s->mailbox_lock = lock ? code : 0;
    trace_buslogic_mailbox_lock(s->mailbox_lock);
    return BL_RESULT_DONE;
}

/* [count, address BE]: outgoing mailboxes only, 24 bits wide */
static BuslogicResult cmd_init_bios_mailbox(BuslogicState *s)
{
    if (!s->params[0]) {
        return BL_RESULT_INVALID;
    }
    s->bios_rings = (BuslogicRings) {
        .base = ldl_be_p(s->params) & 0xffffff, .count = s->params[0],
        .format = BL_FORMAT_24, .scan_pending = s->bios_rings.scan_pending,
    };
    trace_buslogic_bios_mailbox_init(s->bios_rings.base, s->params[0]);
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_start_bios_mailbox(BuslogicState *s)
{
    buslogic_mbox_kick(s, &s->bios_rings);
    return BL_RESULT_DONE;
}

/* Only their lengths are known */
static BuslogicResult cmd_internal(BuslogicState *s)
{
    qemu_log_mask(LOG_UNIMP, "buslogic: AHA-154xCF command 0x%02x\n",
                  s->opcode);
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_internal_1(BuslogicState *s)
{
    buslogic_reply_byte(s, 0);
    return cmd_internal(s);
}

static BuslogicResult cmd_internal_2(BuslogicState *s)
{
    buslogic_reply_byte(s, 0);
    return cmd_internal_1(s);
}

const BuslogicCommand buslogic_aha_commands[256] = {
    [BL_AHA_PROGRAM_EEPROM] = {
        "program EEPROM", cmd_program_eeprom, .needs = BL_CAP_AHA_C,
        .params = EEPROM_HEADER + BL_EEPROM_SIZE,
    },
    [BL_AHA_READ_EEPROM] = {
        "read EEPROM", cmd_read_eeprom, .needs = BL_CAP_AHA_C,
        .params = EEPROM_HEADER,
    },
    [BL_AHA_SHADOW_RAM] = {
        "shadow RAM", cmd_accept, .needs = BL_CAP_AHA_C, .params = 1,
    },
    [BL_AHA_INIT_BIOS_MAILBOX] = {
        "initialise BIOS mailbox", cmd_init_bios_mailbox,
        .needs = BL_CAP_AHA_C, .params = 4,
    },
    [BL_AHA_MEMORY_MAP_1] = {
        "memory map", cmd_accept, .needs = BL_CAP_AHA_C,
    },
    [BL_AHA_MEMORY_MAP_2] = {
        "memory map", cmd_accept, .needs = BL_CAP_AHA_C,
    },
    [BL_AHA_RETURN_BIOS_INFO] = {
        "return extended BIOS information", cmd_return_bios_info,
        .needs = BL_CAP_AHA_C,
    },
    [BL_AHA_ENABLE_MAILBOXES] = {
        "set mailbox interface enable", cmd_enable_mailboxes,
        .needs = BL_CAP_AHA_C, .params = 2,
    },
    [BL_AHA_INTERNAL_2C] = {
        "internal 0x2c", cmd_internal_1, .needs = BL_CAP_AHA_CF,
    },
    [BL_AHA_INTERNAL_2D] = {
        "internal 0x2d", cmd_internal_2, .needs = BL_CAP_AHA_CF,
    },
    [BL_AHA_INTERNAL_33] = {
        "internal 0x33", cmd_internal, .needs = BL_CAP_AHA_CF,
    },
    [BL_AHA_INTERNAL_39] = {
        "internal 0x39", cmd_internal, .needs = BL_CAP_AHA_CF, .params = 3,
    },
    [BL_AHA_INTERNAL_40] = {
        "internal 0x40", cmd_internal_1, .needs = BL_CAP_AHA_CF, .params = 2,
    },
    [BL_AHA_START_BIOS_MAILBOX] = {
        "start BIOS mailbox", cmd_start_bios_mailbox, .needs = BL_CAP_AHA_C,
        .finish = BL_FINISH_QUIET,
    },
};
