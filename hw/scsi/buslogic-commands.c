/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: host commands
 *
 * What the commands do, and the table of them
 * (docs/specs/buslogic.rst, section 4).
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "hw/scsi/buslogic-commands.h"
#include "trace.h"

/* IRQ reported by 0x0b when the real one has no bit there: IRQ 11 [4] */
#define CONFIG_IRQ_FALLBACK     0x04
/* Byte 2 of 0x86: both halves of the bus terminated, JP1 closed, valid */
#define PCI_INFO_TERMINATION    0x93
/* Byte 0 of 0x0d: synchronous negotiation and parity enabled */
#define SETUP_SYNC_PARITY       0x03
/* Parameters of 0xa9 in front of the data */
#define SCAM_HEADER             4
/* Byte 9 of 0x8d: level sensitive interrupt */
#define EXT_SETUP_LEVEL_IRQ     0x40
/* Reply to 0x0d of Adaptec's boards: offsets, and how much is "0 bytes" */
#define AHA_SETUP_COMMON        17
#define AHA_SETUP_BIOS_MAILBOX  41
#define AHA_SETUP_SIZE          44
#define AHA_SETUP_ALL           256

void buslogic_reply_byte(BuslogicState *s, uint8_t val)
{
    s->reply[s->reply_len++] = val;
}

void buslogic_reply_padded(BuslogicState *s, const void *data, size_t size,
                           size_t wanted)
{
    memset(s->reply, 0, sizeof(s->reply));
    memcpy(s->reply, data, MIN(size, wanted));
    s->reply_len = wanted;
}

static BuslogicResult cmd_nop(BuslogicState *s)
{
    return BL_RESULT_DONE;
}

static BuslogicResult buslogic_init_mailbox(BuslogicState *s,
                                            BuslogicFormat format,
                                            uint32_t base)
{
    if (!s->params[0] || s->mailbox_lock) {
        return BL_RESULT_INVALID;
    }
    s->rings = (BuslogicRings) {
        .base = base, .count = s->params[0], .format = format,
        .scan_pending = s->rings.scan_pending,
    };
    buslogic_enable_dma(s);
    trace_buslogic_mailbox_init(format == BL_FORMAT_24 ? 24 : 32, base,
                                s->rings.count);
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_init_mailbox_24(BuslogicState *s)
{
    return buslogic_init_mailbox(s, BL_FORMAT_24, ldl_be_p(s->params) &
                                                  0xffffff);
}

static BuslogicResult cmd_init_mailbox_32(BuslogicState *s)
{
    return buslogic_init_mailbox(s, BL_FORMAT_32, ldl_le_p(s->params + 1));
}

static BuslogicResult cmd_exec_bios(BuslogicState *s)
{
    BuslogicCCB ccb;
    uint8_t status;

    buslogic_enable_dma(s);
    switch (buslogic_bios_decode(s->params, &ccb, &status)) {
    case BL_BIOS_RUN_CCB:
        buslogic_exec_bios(s, &ccb);
        return BL_RESULT_PENDING;
    case BL_BIOS_STORE_SENSE:
        buslogic_dma_write(s, ccb.format, ccb.data_ptr, s->bios_sense,
                           sizeof(s->bios_sense));
        break;
    case BL_BIOS_REPLY:
        break;
    }
    buslogic_reply_byte(s, status);
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_inquire_board_id(BuslogicState *s)
{
    buslogic_reply_padded(s, s->model->board_id, BL_BOARD_ID_SIZE,
                          BL_BOARD_ID_SIZE);
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_enable_ombr(BuslogicState *s)
{
    if (s->params[0] > 1) {
        return BL_RESULT_INVALID;
    }
    s->ombr_enabled = s->params[0];
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_set_bus_on_time(BuslogicState *s)
{
    s->bus_on_time = s->params[0];
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_set_bus_off_time(BuslogicState *s)
{
    s->bus_off_time = s->params[0];
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_set_transfer_rate(BuslogicState *s)
{
    s->transfer_rate = s->params[0];
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_inquire_devices_0_7(BuslogicState *s)
{
    for (int target = 0; target < 8; target++) {
        buslogic_reply_byte(s, buslogic_lun_mask(s, target));
    }
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_inquire_devices_8_15(BuslogicState *s)
{
    for (int target = 8; target < 16; target++) {
        buslogic_reply_byte(s, buslogic_lun_mask(s, target));
    }
    return BL_RESULT_DONE;
}

/*
 * Byte 1 has bits for IRQ 9 to 12, 14 and 15 only.  Several drivers insist
 * on exactly one of them even on PCI boards, where they do not use it.
 */
static uint8_t buslogic_config_irq(BuslogicState *s)
{
    uint8_t irq = s->ops->irq_line(s);

    switch (irq) {
    case 9 ... 12:
    case 14 ... 15:
        return 1 << (irq - 9);
    default:
        return CONFIG_IRQ_FALLBACK;
    }
}

static BuslogicResult cmd_inquire_config(BuslogicState *s)
{
    buslogic_reply_byte(s, 1 << s->dma_channel);
    buslogic_reply_byte(s, buslogic_config_irq(s));
    buslogic_reply_byte(s, s->scsi_id);
    return BL_RESULT_DONE;
}

/* Targets on the bus, one bit each; the adapter itself is none */
static uint16_t buslogic_target_mask(BuslogicState *s)
{
    uint16_t mask = 0;

    for (int target = 0; target < BL_NUM_TARGETS; target++) {
        if (buslogic_lun_mask(s, target)) {
            mask |= 1 << target;
        }
    }
    return mask;
}

/* Adaptec's boards have other things behind the beginning [9] */
static void buslogic_reply_setup(BuslogicState *s, const uint8_t *setup)
{
    size_t wanted = s->params[0];
    uint8_t aha[AHA_SETUP_SIZE] = {
        [AHA_SETUP_BIOS_MAILBOX] = s->bios_rings.base >> 16,
        [AHA_SETUP_BIOS_MAILBOX + 1] = s->bios_rings.base >> 8,
        [AHA_SETUP_BIOS_MAILBOX + 2] = s->bios_rings.base,
    };

    if (buslogic_model_has(s->model, BL_CAP_BUSLOGIC)) {
        buslogic_reply_padded(s, setup, BL_INQUIRE_SETUP_SIZE, wanted);
        return;
    }
    memcpy(aha, setup, AHA_SETUP_COMMON);
    buslogic_reply_padded(s, aha, sizeof(aha),
                          wanted ? wanted : AHA_SETUP_ALL);
}

static BuslogicResult cmd_inquire_setup(BuslogicState *s)
{
    uint16_t disconnect = buslogic_nvram_disconnect(&s->nvram);
    /* Settings of another board may be in the NVRAM */
    uint16_t wide = s->model->features & BL_FEATURE_WIDE
                        ? buslogic_nvram_wide(&s->nvram) : 0;
    uint16_t wide_active = wide & buslogic_target_mask(s);
    /*
     * No synchronous agreements are reported (bytes 8 to 15 and 22 to 29):
     * an agreement without a period in 0x8c makes FreeBSD 2 divide by zero.
     */
    uint8_t setup[BL_INQUIRE_SETUP_SIZE] = {
        [0] = SETUP_SYNC_PARITY,
        [1] = s->transfer_rate,
        [2] = s->bus_on_time,
        [3] = s->bus_off_time,
        [4] = s->rings.count,
        [5] = s->rings.base >> 16,
        [6] = s->rings.base >> 8,
        [7] = s->rings.base,
        [16] = disconnect,
        [17] = 'B',
        [18] = 'D',
        [19] = s->model->bus_0d,
        [20] = wide,
        [21] = wide_active,
        [30] = disconnect >> 8,
        [32] = wide >> 8,
        [33] = wide_active >> 8,
    };

    buslogic_reply_setup(s, setup);
    return BL_RESULT_DONE;
}

static uint32_t buslogic_param_addr24(BuslogicState *s)
{
    return s->params[0] << 16 | s->params[1] << 8 | s->params[2];
}

/* Fill one of the 64-byte buffers from guest memory */
static BuslogicResult buslogic_buffer_write(BuslogicState *s, uint8_t *buffer)
{
    uint8_t data[BL_SCRATCH_SIZE];

    if (buslogic_dma_read(s, BL_FORMAT_24, buslogic_param_addr24(s), data,
                          sizeof(data)) == MEMTX_OK) {
        memcpy(buffer, data, sizeof(data));
    }
    return BL_RESULT_DONE;
}

static BuslogicResult buslogic_buffer_read(BuslogicState *s,
                                           const uint8_t *buffer)
{
    buslogic_dma_write(s, BL_FORMAT_24, buslogic_param_addr24(s), buffer,
                       BL_SCRATCH_SIZE);
    return BL_RESULT_DONE;
}

/* Channel-2 buffer and bus-master FIFO are the same 64 bytes here */
static BuslogicResult cmd_write_buffer(BuslogicState *s)
{
    return buslogic_buffer_write(s, s->scratch);
}

static BuslogicResult cmd_read_buffer(BuslogicState *s)
{
    return buslogic_buffer_read(s, s->scratch);
}

static BuslogicResult cmd_echo(BuslogicState *s)
{
    buslogic_reply_byte(s, s->params[0]);
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_inquire_targets(BuslogicState *s)
{
    stw_le_p(s->reply, buslogic_target_mask(s));
    s->reply_len = sizeof(uint16_t);
    return BL_RESULT_DONE;
}

/* [count], then that many bytes nobody here has a use for */
static uint32_t set_options_more_params(BuslogicState *s)
{
    return s->params[0];
}

static BuslogicResult cmd_enable_interrupt(BuslogicState *s)
{
    buslogic_gate_interrupts(s, s->params[0]);
    return BL_RESULT_DONE;
}

/* Target mode is not modelled: no initiator here would select us */
static BuslogicResult cmd_enable_target_mode(BuslogicState *s)
{
    qemu_log_mask(LOG_UNIMP, "buslogic: target mode\n");
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_write_inquiry_buffer(BuslogicState *s)
{
    return buslogic_buffer_write(s, s->inquiry);
}

static BuslogicResult cmd_read_inquiry_buffer(BuslogicState *s)
{
    return buslogic_buffer_read(s, s->inquiry);
}

static uint32_t exec_scsi_more_params(BuslogicState *s)
{
    return s->params[BL_EXEC_SCSI_HEADER - 1];
}

static BuslogicResult cmd_exec_scsi(BuslogicState *s)
{
    buslogic_enable_dma(s);
    buslogic_exec_scsi(s);
    return BL_RESULT_PENDING;
}

static BuslogicResult cmd_inquire_fw_digit3(BuslogicState *s)
{
    buslogic_reply_byte(s, s->model->firmware[3]);
    return BL_RESULT_DONE;
}

/* Older versions end with the digit */
static uint8_t buslogic_fw_letter(BuslogicState *s)
{
    char letter = s->model->firmware[4];

    return letter ? letter : ' ';
}

static BuslogicResult cmd_inquire_fw_letter(BuslogicState *s)
{
    buslogic_reply_byte(s, buslogic_fw_letter(s));
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_inquire_pci_info(BuslogicState *s)
{
    buslogic_reply_byte(s, s->isa_port);
    buslogic_reply_byte(s, s->ops->irq_line(s));
    buslogic_reply_byte(s, buslogic_model_has(s->model, BL_CAP_TERMINATION)
                           ? PCI_INFO_TERMINATION : 0);
    buslogic_reply_byte(s, 0);
    return BL_RESULT_DONE;
}

/* Four characters of model, one blank; the rest, a revision, stays zero */
static BuslogicResult cmd_inquire_model(BuslogicState *s)
{
    char model[6];

    g_snprintf(model, sizeof(model), "%-5s", s->model->text);
    buslogic_reply_padded(s, model, sizeof(model) - 1, s->params[0]);
    return BL_RESULT_DONE;
}

/* All targets asynchronous, as 0x0d says */
static BuslogicResult cmd_inquire_sync_period(BuslogicState *s)
{
    static const uint8_t periods[BL_NUM_TARGETS];

    buslogic_reply_padded(s, periods, sizeof(periods), s->params[0]);
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_inquire_ext_setup(BuslogicState *s)
{
    uint8_t setup[BL_EXT_SETUP_SIZE] = {
        [0] = s->model->bus_8d,
        [2] = s->model->sg_limit,
        [3] = s->model->sg_limit >> 8,
        [4] = s->rings.count,
        [9] = s->model->bus == BL_BUS_PCI ? EXT_SETUP_LEVEL_IRQ : 0,
        [10] = s->model->firmware[2],
        [11] = s->model->firmware[3],
        [12] = buslogic_fw_letter(s),
        [13] = s->model->features,
    };

    stl_le_p(&setup[5], s->rings.base);
    buslogic_reply_padded(s, setup, sizeof(setup), s->params[0]);
    return BL_RESULT_DONE;
}

/* BIOS area byte 17: target and translation of the BIOS's first disk */
static void buslogic_update_bios_area(BuslogicState *s)
{
    uint64_t sectors;
    int target;
    uint8_t map = 0;

    if (buslogic_first_disk(s, &target, &sectors)) {
        bool extended = FIELD_EX8(s->geometry_reg, GEOMETRY, EXT_TRANS);

        map = (target & 7) << 5 | buslogic_geometry(sectors, extended) << 3 |
              target >> 3;
    }
    s->local_ram[BL_LOCAL_RAM_BIOS_MAP] = map;
}

/* [offset, count]; the offset wraps inside the local RAM */
static BuslogicResult cmd_fetch_local_ram(BuslogicState *s)
{
    uint8_t offset = s->params[0];

    buslogic_update_bios_area(s);
    for (int i = 0; i < s->params[1]; i++) {
        buslogic_reply_byte(s, s->local_ram[offset++]);
    }
    return BL_RESULT_DONE;
}

/* [offset, count], then that many bytes, all of which fit params[] */
static uint32_t store_local_ram_more_params(BuslogicState *s)
{
    return s->params[1];
}

static BuslogicResult cmd_store_local_ram(BuslogicState *s)
{
    uint8_t offset = s->params[0];

    for (int i = 0; i < s->params[1]; i++) {
        s->local_ram[offset++] = s->params[2 + i];
    }
    return BL_RESULT_DONE;
}

/* 1 saves, the others load one of the sets of defaults: they are the same */
static BuslogicResult cmd_store_nvram(BuslogicState *s)
{
    BuslogicNvramConfig config = buslogic_nvram_config(s);
    BuslogicNvram defaults;

    switch (s->params[0]) {
    case BL_NVRAM_SAVE:
        buslogic_nvram_save(&s->nvram, s->local_ram, &config);
        buslogic_nvram_commit(s);
        buslogic_set_isa_port(s, buslogic_home_isa_port(s));
        return BL_RESULT_DONE;
    case BL_NVRAM_DEFAULTS:
    case BL_NVRAM_LOAD_DEFAULTS:
    case BL_NVRAM_SAFE_DEFAULTS:
        buslogic_nvram_defaults(&defaults, &config);
        memcpy(s->local_ram, defaults.ram, sizeof(s->local_ram));
        return BL_RESULT_DONE;
    default:
        return BL_RESULT_INVALID;
    }
}

/* The set-up utility in the board's own ROM, which this model has not */
static BuslogicResult cmd_upload_autoscsi(BuslogicState *s)
{
    qemu_log_mask(LOG_UNIMP, "buslogic: AutoSCSI code\n");
    return BL_RESULT_INVALID;
}

static BuslogicResult cmd_set_ccb_format(BuslogicState *s)
{
    s->extended_lun = s->params[0];
    return BL_RESULT_DONE;
}

/* Bytes 6 to 8 are the length, BE, of the data that follow */
static uint32_t flash_more_params(BuslogicState *s)
{
    return s->params[6] << 16 | s->params[7] << 8 | s->params[8];
}

static BuslogicResult cmd_flash(BuslogicState *s)
{
    qemu_log_mask(LOG_UNIMP, "buslogic: flash ROM is not written\n");
    return BL_RESULT_DONE;
}

/* [offset, length], both 16 bits LE; beyond the end there are zeros */
static BuslogicResult cmd_read_scam(BuslogicState *s)
{
    unsigned offset = lduw_le_p(s->params);
    unsigned size = offset < sizeof(s->scam) ? sizeof(s->scam) - offset : 0;
    unsigned wanted = lduw_le_p(s->params + 2);

    memset(s->reply, 0, sizeof(s->reply));
    memcpy(s->reply, s->scam + sizeof(s->scam) - size, MIN(size, wanted));
    s->reply_len = wanted;
    return BL_RESULT_DONE;
}

static uint32_t write_scam_more_params(BuslogicState *s)
{
    return lduw_le_p(s->params + 2);
}

static BuslogicResult cmd_write_scam(BuslogicState *s)
{
    unsigned offset = lduw_le_p(s->params);
    unsigned count = MIN(lduw_le_p(s->params + 2),
                         sizeof(s->params) - SCAM_HEADER);

    for (unsigned i = 0; i < count && offset + i < sizeof(s->scam); i++) {
        s->scam[offset + i] = s->params[SCAM_HEADER + i];
    }
    return BL_RESULT_DONE;
}

static BuslogicResult cmd_modify_isa_port(BuslogicState *s)
{
    if (s->params[0] >= BL_ISA_PORT_CODES) {
        return BL_RESULT_INVALID;
    }
    buslogic_set_isa_port(s, MIN(s->params[0], BL_ISA_PORT_DISABLED));
    return BL_RESULT_DONE;
}

static const BuslogicCommand buslogic_commands[256] = {
    [BL_CMD_TEST_CMDC] = { "test command complete", cmd_nop },
    [BL_CMD_INIT_MAILBOX_24] = {
        "initialise mailbox", cmd_init_mailbox_24, .params = 4,
    },
    /* BL_CMD_START_MAILBOX never gets this far: it has no phases at all */
    [BL_CMD_EXEC_BIOS] = {
        "execute BIOS command", cmd_exec_bios, .params = BL_EXEC_BIOS_PARAMS,
    },
    [BL_CMD_INQUIRE_BOARD_ID] = {
        "inquire board id", cmd_inquire_board_id,
    },
    [BL_CMD_ENABLE_OMBR] = {
        "enable OMBR interrupt", cmd_enable_ombr,
        .params = 1, .finish = BL_FINISH_QUIET,
    },
    [BL_CMD_SET_SELECTION_TIMEOUT] = {
        "set selection timeout", cmd_nop, .params = 4,
    },
    [BL_CMD_SET_BUS_ON_TIME] = {
        "set bus-on time", cmd_set_bus_on_time, .params = 1,
    },
    [BL_CMD_SET_BUS_OFF_TIME] = {
        "set bus-off time", cmd_set_bus_off_time, .params = 1,
    },
    [BL_CMD_SET_TRANSFER_RATE] = {
        "set transfer rate", cmd_set_transfer_rate, .params = 1,
    },
    [BL_CMD_INQUIRE_DEVICES_0_7] = {
        "inquire devices 0-7", cmd_inquire_devices_0_7,
    },
    [BL_CMD_INQUIRE_CONFIG] = {
        "inquire configuration", cmd_inquire_config,
    },
    [BL_CMD_ENABLE_TARGET_MODE] = {
        "enable target mode", cmd_enable_target_mode, .params = 2,
    },
    [BL_CMD_INQUIRE_SETUP] = {
        "inquire setup information", cmd_inquire_setup, .params = 1,
    },
    [BL_CMD_WRITE_BUFFER] = {
        "write adapter buffer", cmd_write_buffer, .params = 3,
    },
    [BL_CMD_READ_BUFFER] = {
        "read adapter buffer", cmd_read_buffer, .params = 3,
    },
    [BL_CMD_WRITE_FIFO] = {
        "write bus-master FIFO", cmd_write_buffer, .params = 3,
    },
    [BL_CMD_READ_FIFO] = {
        "read bus-master FIFO", cmd_read_buffer, .params = 3,
    },
    [BL_CMD_ECHO] = { "echo", cmd_echo, .params = 1 },
    [BL_CMD_DIAGNOSTIC] = { "diagnostic", cmd_nop },
    [BL_CMD_SET_OPTIONS] = {
        "set adapter options", cmd_nop, set_options_more_params, .params = 1,
    },
    [BL_CMD_INQUIRE_DEVICES_8_15] = {
        "inquire devices 8-15", cmd_inquire_devices_8_15,
        .needs = BL_CAP_BUSLOGIC,
    },
    [BL_CMD_INQUIRE_TARGETS] = {
        "inquire target devices", cmd_inquire_targets,
        .needs = BL_CAP_BUSLOGIC, .since = "4.25",
    },
    [BL_CMD_ENABLE_INTERRUPT] = {
        "enable interrupt", cmd_enable_interrupt,
        .params = 1, .finish = BL_FINISH_FLAG,
        .needs = BL_CAP_BUSLOGIC,
    },
    [BL_CMD_INIT_MAILBOX_32] = {
        "initialise extended mailbox", cmd_init_mailbox_32, .params = 5,
        .needs = BL_CAP_BUSLOGIC,
    },
    [BL_CMD_EXEC_SCSI] = {
        "execute SCSI command", cmd_exec_scsi, exec_scsi_more_params,
        .params = BL_EXEC_SCSI_HEADER,
        .needs = BL_CAP_BUSLOGIC,
    },
    [BL_CMD_INQUIRE_FW_DIGIT3] = {
        "inquire firmware digit", cmd_inquire_fw_digit3,
        .needs = BL_CAP_BUSLOGIC,
    },
    [BL_CMD_INQUIRE_FW_LETTER] = {
        "inquire firmware letter", cmd_inquire_fw_letter,
        .needs = BL_CAP_BUSLOGIC, .since = "3.3",
    },
    [BL_CMD_INQUIRE_PCI_INFO] = {
        "inquire PCI information", cmd_inquire_pci_info,
        .needs = BL_CAP_PCI,
    },
    [BL_CMD_INQUIRE_MODEL] = {
        "inquire model", cmd_inquire_model, .params = 1,
        .needs = BL_CAP_BUSLOGIC,
    },
    [BL_CMD_INQUIRE_SYNC_PERIOD] = {
        "inquire synchronous period", cmd_inquire_sync_period, .params = 1,
        .needs = BL_CAP_BUSLOGIC, .since = "3",
    },
    [BL_CMD_INQUIRE_EXT_SETUP] = {
        "inquire extended setup", cmd_inquire_ext_setup, .params = 1,
        .needs = BL_CAP_BUSLOGIC,
    },
    /* Drivers disagree whether 1 or 0 is strict: one scan suits both [5] */
    [BL_CMD_ROUND_ROBIN] = {
        "round robin mode", cmd_nop, .params = 1,
        .needs = BL_CAP_BUSLOGIC, .since = "3.31",
    },
    [BL_CMD_STORE_LOCAL_RAM] = {
        "store local RAM", cmd_store_local_ram, store_local_ram_more_params,
        .params = 2,
        .needs = BL_CAP_BUSLOGIC,
    },
    [BL_CMD_FETCH_LOCAL_RAM] = {
        "fetch local RAM", cmd_fetch_local_ram,
        .params = 2, .finish = BL_FINISH_QUIET,
        .needs = BL_CAP_BUSLOGIC,
    },
    [BL_CMD_STORE_NVRAM] = {
        "store NVRAM", cmd_store_nvram, .params = 1,
        .needs = BL_CAP_AUTOSCSI,
    },
    [BL_CMD_UPLOAD_AUTOSCSI] = {
        "upload AutoSCSI code", cmd_upload_autoscsi, .params = 3,
        .needs = BL_CAP_AUTOSCSI,
    },
    [BL_CMD_MODIFY_ISA_PORT] = {
        "modify ISA port", cmd_modify_isa_port,
        .params = 1, .finish = BL_FINISH_QUIET,
        .needs = BL_CAP_PCI,
    },
    [BL_CMD_SET_CCB_FORMAT] = {
        "set CCB format", cmd_set_ccb_format, .params = 1,
        .needs = BL_CAP_EXTENDED_LUN,
    },
    [BL_CMD_FLASH_UPLOAD] = {
        "flash upload", cmd_flash, flash_more_params, .params = 10,
        .needs = BL_CAP_AUTOSCSI,
    },
    [BL_CMD_WRITE_INQUIRY_BUFFER] = {
        "write inquiry buffer", cmd_write_inquiry_buffer, .params = 3,
        .needs = BL_CAP_BUSLOGIC,
    },
    [BL_CMD_READ_INQUIRY_BUFFER] = {
        "read inquiry buffer", cmd_read_inquiry_buffer, .params = 3,
        .needs = BL_CAP_BUSLOGIC,
    },
    [BL_CMD_FLASH_ROM] = {
        "flash ROM", cmd_flash, flash_more_params, .params = 10,
        .needs = BL_CAP_AUTOSCSI,
    },
    [BL_CMD_READ_SCAM_DATA] = {
        "read SCAM data", cmd_read_scam, .params = 4,
        .needs = BL_CAP_AUTOSCSI,
    },
    [BL_CMD_WRITE_SCAM_DATA] = {
        "write SCAM data", cmd_write_scam, write_scam_more_params,
        .params = SCAM_HEADER,
        .needs = BL_CAP_AUTOSCSI,
    },
};

static bool buslogic_has_command(BuslogicState *s, const BuslogicCommand *cmd)
{
    return cmd->handler && buslogic_model_has(s->model, cmd->needs) &&
           (!cmd->since || buslogic_model_since(s->model, cmd->since));
}

const BuslogicCommand *buslogic_find_command(BuslogicState *s,
                                             uint8_t opcode)
{
    const BuslogicCommand *const cmds[] = {
        &buslogic_aha_commands[opcode], &buslogic_commands[opcode],
    };

    for (size_t i = 0; i < ARRAY_SIZE(cmds); i++) {
        if (buslogic_has_command(s, cmds[i])) {
            return cmds[i];
        }
    }
    return NULL;
}
