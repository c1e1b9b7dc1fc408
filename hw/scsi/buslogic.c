/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic MultiMaster SCSI host adapter: the core
 *
 * Ports, phases of host commands, interrupts, reset and migration.
 * "[n]" refers to that section of docs/specs/buslogic.rst.
 *
 * A host command is an opcode and its parameters written one by one to the
 * COMMAND port, then reply bytes read from DATA_IN: BuslogicPhase says
 * where the current one stands, and every change of it goes through
 * buslogic_set_phase().
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "hw/scsi/buslogic-commands.h"
#include "hw/scsi/buslogic-request.h"
#include "migration/vmstate.h"
#include "system/block-backend.h"
#include "trace.h"

/*
 * How long diagnostics may seem to run after a reset nobody looks at.  Long
 * enough that a driver whose vCPU was descheduled still sees them [3].
 */
#define DIAG_LIMIT_NS   (1 * NANOSECONDS_PER_SECOND)

/* DMA */

static const MemTxAttrs buslogic_attrs = { .memory = true };

/* Addresses wrap at the top of what the board and @format can express */
static MemTxResult buslogic_dma(BuslogicState *s, BuslogicFormat format,
                                uint32_t addr, void *buf, size_t len,
                                DMADirection dir)
{
    uint64_t top = MIN(buslogic_format_top(format),
                       buslogic_model_dma_top(s->model));
    dma_addr_t at = addr & (top - 1);
    size_t head = MIN(len, top - at);
    MemTxResult res = dma_memory_rw(s->as, at, buf, head, dir,
                                    buslogic_attrs);

    if (res == MEMTX_OK && head < len) {
        res = dma_memory_rw(s->as, 0, (uint8_t *)buf + head, len - head, dir,
                            buslogic_attrs);
    }
    if (res != MEMTX_OK) {
        trace_buslogic_err_dma(addr, len, dir == DMA_DIRECTION_TO_DEVICE
                                          ? "read" : "write");
    }
    return res;
}

MemTxResult buslogic_dma_read(BuslogicState *s, BuslogicFormat format,
                              uint32_t addr, void *buf, size_t len)
{
    return buslogic_dma(s, format, addr, buf, len, DMA_DIRECTION_TO_DEVICE);
}

MemTxResult buslogic_dma_write(BuslogicState *s, BuslogicFormat format,
                               uint32_t addr, const void *buf, size_t len)
{
    return buslogic_dma(s, format, addr, (void *)buf, len,
                        DMA_DIRECTION_FROM_DEVICE);
}

/* Interrupts [3] */

static void buslogic_update_irq(BuslogicState *s)
{
    bool level = s->irq_enabled && s->line_causes;

    if (level == s->irq_level) {
        return;
    }
    s->irq_level = level;
    s->stats.interrupts += level;
    trace_buslogic_irq(level, s->causes, s->deferred);
    qemu_set_irq(s->irq, level);
}

static void buslogic_set_causes(BuslogicState *s, uint8_t causes)
{
    s->causes = causes;
    s->line_causes &= causes;
    s->intr_reg = causes ? causes | R_INTERRUPT_INTV_MASK : 0;
}

/*
 * Present @causes, of which those in @line drive the line too.  A command
 * completion hides mailbox causes until it has been acknowledged, and a
 * second one waits for the first.
 */
static void buslogic_present(BuslogicState *s, uint8_t causes, uint8_t line)
{
    if (s->causes & R_INTERRUPT_CMDC_MASK) {
        s->deferred |= causes;
        s->deferred_line |= line;
        return;
    }
    buslogic_set_causes(s, s->causes | causes);
    s->line_causes |= line;
    buslogic_update_irq(s);
}

void buslogic_raise(BuslogicState *s, uint8_t causes)
{
    if (causes & R_INTERRUPT_IMBL_MASK) {
        s->imbl_unread = true;
    }
    buslogic_present(s, causes, causes);
}

static void buslogic_acknowledge(BuslogicState *s)
{
    uint8_t deferred = s->deferred;
    uint8_t line = s->deferred_line;

    /*
     * Drivers that scan the mailboxes first and acknowledge last, or
     * acknowledge blindly after a polled command, would lose a completion
     * posted in between: present it again.
     */
    if (s->imbl_unread) {
        deferred |= R_INTERRUPT_IMBL_MASK;
        line |= R_INTERRUPT_IMBL_MASK;
    }
    s->cmd_invalid = false;
    s->deferred = s->deferred_line = 0;
    buslogic_set_causes(s, 0);
    buslogic_update_irq(s);

    if (deferred & R_INTERRUPT_CMDC_MASK) {
        buslogic_present(s, R_INTERRUPT_CMDC_MASK,
                         line & R_INTERRUPT_CMDC_MASK);
    }
    deferred &= ~R_INTERRUPT_CMDC_MASK;
    if (deferred) {
        buslogic_present(s, deferred, line & deferred);
    }
    buslogic_mbox_post(s);
}

void buslogic_gate_interrupts(BuslogicState *s, bool enable)
{
    s->irq_enabled = enable;
    /* Causes that came up while the line was gated drive it now */
    buslogic_update_irq(s);
}

static void buslogic_clear_interrupts(BuslogicState *s)
{
    s->deferred = s->deferred_line = 0;
    s->imbl_unread = false;
    s->irq_enabled = true;
    buslogic_set_causes(s, 0);
}

/* Command phases [3] */

static const char *const buslogic_phase_names[] = {
    [BL_PHASE_IDLE] = "idle",
    [BL_PHASE_PARAM] = "param",
    [BL_PHASE_EXEC] = "exec",
    [BL_PHASE_REPLY] = "reply",
};

/* A load that failed may have left anything */
static const char *buslogic_phase_name(BuslogicState *s)
{
    return s->phase < BL_PHASE_COUNT ? buslogic_phase_names[s->phase] : "?";
}

static void buslogic_set_phase(BuslogicState *s, BuslogicPhase phase)
{
    if (s->phase != phase) {
        trace_buslogic_phase(s->opcode, buslogic_phase_name(s),
                             buslogic_phase_names[phase]);
        s->phase = phase;
    }
}

static void buslogic_command_end(BuslogicState *s, BuslogicFinish finish)
{
    trace_buslogic_command_end(s->opcode, s->cmd_invalid, s->reply_len);
    buslogic_set_phase(s, BL_PHASE_IDLE);
    switch (finish) {
    case BL_FINISH_CMDC:
        buslogic_present(s, R_INTERRUPT_CMDC_MASK, R_INTERRUPT_CMDC_MASK);
        break;
    case BL_FINISH_FLAG:
        buslogic_present(s, R_INTERRUPT_CMDC_MASK, 0);
        break;
    case BL_FINISH_QUIET:
        break;
    }
}

static void buslogic_command_invalid(BuslogicState *s)
{
    qemu_log_mask(LOG_GUEST_ERROR,
                  "buslogic: host command 0x%02x rejected\n", s->opcode);
    s->cmd_invalid = true;
    s->reply_len = 0;
    buslogic_command_end(s, BL_FINISH_CMDC);
}

/* The handler succeeded: offer the reply, or be done */
static void buslogic_command_done(BuslogicState *s)
{
    if (s->reply_len) {
        buslogic_set_phase(s, BL_PHASE_REPLY);
    } else if (s->opcode == BL_CMD_FETCH_LOCAL_RAM) {
        /* Asked for no bytes at all, it has no other way to say so */
        buslogic_command_end(s, BL_FINISH_CMDC);
    } else {
        buslogic_command_end(s, buslogic_find_command(s, s->opcode)->finish);
    }
}

void buslogic_command_reply(BuslogicState *s, const void *reply, size_t len)
{
    /* Only a forged migration stream has a request without its command */
    if (s->phase != BL_PHASE_EXEC) {
        return;
    }
    memcpy(s->reply, reply, len);
    s->reply_len = len;
    buslogic_command_done(s);
}

static void buslogic_command_execute(BuslogicState *s)
{
    const BuslogicCommand *cmd = buslogic_find_command(s, s->opcode);

    trace_buslogic_command(s->opcode, cmd->name, s->param_count);
    s->stats.commands++;
    buslogic_set_phase(s, BL_PHASE_EXEC);
    switch (cmd->handler(s)) {
    case BL_RESULT_DONE:
        buslogic_command_done(s);
        break;
    case BL_RESULT_INVALID:
        buslogic_command_invalid(s);
        break;
    case BL_RESULT_PENDING:
        break;
    }
}

static void buslogic_write_opcode(BuslogicState *s, uint8_t opcode)
{
    const BuslogicCommand *cmd = buslogic_find_command(s, opcode);

    /* A driver that does not wait for diagnostics ends their display */
    s->diag_active = false;
    if (opcode == BL_CMD_START_MAILBOX) {
        buslogic_mbox_kick(s, &s->rings);
        return;
    }
    s->opcode = opcode;
    s->cmd_invalid = false;
    s->param_count = 0;
    s->param_left = cmd ? cmd->params : 0;
    s->reply_pos = 0;
    s->reply_len = 0;
    if (!cmd) {
        trace_buslogic_err_unknown_command(opcode);
        buslogic_command_invalid(s);
    } else if (cmd->params) {
        buslogic_set_phase(s, BL_PHASE_PARAM);
    } else {
        buslogic_command_execute(s);
    }
}

static void buslogic_write_param(BuslogicState *s, uint8_t val)
{
    const BuslogicCommand *cmd = buslogic_find_command(s, s->opcode);

    if (s->param_count < sizeof(s->params)) {
        s->params[s->param_count] = val;
    }
    s->param_count++;
    s->param_left--;
    if (s->param_count == cmd->params && cmd->more_params) {
        s->param_left = cmd->more_params(s);
    }
    if (!s->param_left) {
        buslogic_command_execute(s);
    }
}

/* Settings [7] */

BuslogicNvramConfig buslogic_nvram_config(BuslogicState *s)
{
    bool isa = s->model->bus == BL_BUS_ISA;

    return (BuslogicNvramConfig) {
        .model = s->model,
        .scsi_id = s->scsi_id,
        .isa_port = s->default_isa_port,
        .irq = isa ? s->ops->irq_line(s) : 0,
        .dma_channel = isa ? s->dma_channel : 0,
    };
}

void buslogic_nvram_commit(BuslogicState *s)
{
    if (s->nvram_blk && blk_pwrite(s->nvram_blk, 0, sizeof(s->nvram.ram),
                                   s->nvram.ram, 0) < 0) {
        warn_report_once("buslogic: cannot write the NVRAM image");
    }
}

/* On an ISA board, jumpers or switches say it, not the settings */
uint8_t buslogic_home_isa_port(BuslogicState *s)
{
    return s->ops->set_isa_port ? buslogic_nvram_isa_port(&s->nvram)
                                : s->default_isa_port;
}

void buslogic_set_isa_port(BuslogicState *s, uint8_t code)
{
    trace_buslogic_isa_port(s->isa_port, code);
    s->isa_port = code;
    if (s->ops->set_isa_port) {
        s->ops->set_isa_port(s, code);
    }
}

void buslogic_enable_dma(BuslogicState *s)
{
    if (s->ops->enable_dma) {
        s->ops->enable_dma(s);
    }
}

/* Resets [3] */

static void buslogic_reset_registers(BuslogicState *s)
{
    buslogic_clear_interrupts(s);
    buslogic_set_phase(s, BL_PHASE_IDLE);
    s->cmd_invalid = false;
    s->param_count = s->param_left = 0;
    s->reply_pos = s->reply_len = 0;
    s->rings = (BuslogicRings) { 0 };
    s->ombr_enabled = false;
    s->extended_lun = false;
    s->geometry_reg = s->model->geometry;
    if (buslogic_nvram_extended_translation(&s->nvram)) {
        s->geometry_reg |= R_GEOMETRY_EXT_TRANS_MASK;
    }
    s->bus_on_time = s->bus_off_time = s->transfer_rate = 0;
    memset(s->local_ram, 0, sizeof(s->local_ram));
    if (buslogic_model_has(s->model, BL_CAP_AUTOSCSI)) {
        memcpy(s->local_ram, s->nvram.ram, sizeof(s->local_ram));
    }
    buslogic_aha_reset(s);
}

/*
 * A reset through the control port.  The ISA compatible ports stay where
 * they are, and diagnostics seem to run until the guest has seen them:
 * Linux, FreeBSD and Windows drivers fail without, after a soft reset too.
 */
static void buslogic_adapter_reset(BuslogicState *s, bool hard)
{
    trace_buslogic_adapter_reset(hard ? "hard" : "soft", s->num_requests);
    s->stats.resets++;
    s->resetting++;
    buslogic_reset_registers(s);
    buslogic_mbox_reset(s);
    buslogic_cancel_all(s);
    if (hard) {
        buslogic_bus_reset(s);
    }
    s->resetting--;
    buslogic_update_irq(s);
    s->diag_active = true;
    s->reset_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

/* What a stream has left that was refused is not for the guest to find */
static void buslogic_forget_stream(BuslogicState *s)
{
    if (s->loading) {
        s->nvram = s->nvram_before;
        s->loading = false;
    }
}

static void buslogic_reset_memory(BuslogicState *s)
{
    memset(s->scratch, 0, sizeof(s->scratch));
    memset(s->inquiry, 0, sizeof(s->inquiry));
    memset(s->scam, 0, sizeof(s->scam));
    memset(s->bios_sense, 0, sizeof(s->bios_sense));
    buslogic_aha_power_on(s);
}

void buslogic_reset_enter(BuslogicState *s)
{
    buslogic_boot_publish(s);
    buslogic_forget_stream(s);
    s->resetting++;
    buslogic_reset_registers(s);
    buslogic_mbox_reset(s);
    buslogic_drop_all(s);
    buslogic_reset_memory(s);
    s->diag_active = false;
}

void buslogic_reset_hold(BuslogicState *s)
{
    /* The children have been held first and dropped their requests */
    buslogic_update_irq(s);
    buslogic_set_isa_port(s, buslogic_home_isa_port(s));
}

void buslogic_reset_exit(BuslogicState *s)
{
    s->resetting--;
    buslogic_boot_published(s);
}

/* Ports [2] */

static uint8_t buslogic_read_status(BuslogicState *s)
{
    uint8_t val = s->rings.count ? 0 : R_STATUS_INREQ_MASK;

    if (s->diag_active) {
        int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

        s->diag_active = false;
        if (now - s->reset_time < DIAG_LIMIT_NS) {
            return val | R_STATUS_DACT_MASK;
        }
    }
    if (s->phase == BL_PHASE_IDLE) {
        val |= R_STATUS_HARDY_MASK;
    }
    if (s->phase == BL_PHASE_REPLY) {
        val |= R_STATUS_DIRRDY_MASK;
    }
    if (s->cmd_invalid) {
        val |= R_STATUS_CMDINV_MASK;
    }
    return val;
}

static uint8_t buslogic_reply_at(BuslogicState *s, uint32_t pos)
{
    return pos < sizeof(s->reply) ? s->reply[pos] : 0;
}

/* With nothing pending the port holds the last byte read */
static uint8_t buslogic_read_data(BuslogicState *s)
{
    uint8_t val;

    if (s->phase != BL_PHASE_REPLY) {
        return buslogic_reply_at(s, s->reply_pos - 1);
    }
    val = buslogic_reply_at(s, s->reply_pos++);
    if (s->reply_pos == s->reply_len) {
        buslogic_command_end(s, buslogic_find_command(s, s->opcode)->finish);
    }
    return val;
}

static uint8_t buslogic_read_interrupt(BuslogicState *s)
{
    if (s->causes & R_INTERRUPT_IMBL_MASK) {
        s->imbl_unread = false;
    }
    return s->intr_reg;
}

static uint8_t buslogic_read_geometry(BuslogicState *s)
{
    switch (s->model->port3) {
    case BL_PORT3_ADAP:
        return buslogic_aha_read_port3(s);
    case BL_PORT3_FLOATING:
        return 0xff;
    default:
        return s->geometry_reg;
    }
}

static uint64_t buslogic_port_read(void *opaque, hwaddr addr, unsigned size)
{
    BuslogicState *s = opaque;
    uint8_t val = 0;

    addr %= BUSLOGIC_NUM_PORTS;
    switch (addr) {
    case A_STATUS:
        val = buslogic_read_status(s);
        break;
    case A_DATA_IN:
        val = buslogic_read_data(s);
        break;
    case A_INTERRUPT:
        val = buslogic_read_interrupt(s);
        break;
    case A_GEOMETRY:
        val = buslogic_read_geometry(s);
        break;
    }
    trace_buslogic_reg_read(addr, val);
    return val;
}

static void buslogic_write_control(BuslogicState *s, uint8_t val)
{
    if (val & (R_CONTROL_RHARD_MASK | R_CONTROL_RSOFT_MASK)) {
        buslogic_adapter_reset(s, val & R_CONTROL_RHARD_MASK);
        return;
    }
    if (val & R_CONTROL_RSBUS_MASK) {
        trace_buslogic_bus_reset(s->num_requests);
        s->resetting++;
        buslogic_bus_reset(s);
        s->resetting--;
        buslogic_mbox_resume(s);
    }
    if (val & R_CONTROL_RINT_MASK) {
        buslogic_acknowledge(s);
    }
}

static void buslogic_write_command(BuslogicState *s, uint8_t val)
{
    switch (s->phase) {
    case BL_PHASE_IDLE:
        buslogic_write_opcode(s, val);
        break;
    case BL_PHASE_PARAM:
        buslogic_write_param(s, val);
        break;
    default:
        trace_buslogic_err_command_busy(s->opcode, val);
        qemu_log_mask(LOG_GUEST_ERROR, "buslogic: byte 0x%02x written while "
                      "command 0x%02x is not finished\n", val, s->opcode);
        break;
    }
}

/* Storage only: what is pending, and the line, do not change */
static void buslogic_write_storage(BuslogicState *s, hwaddr addr, uint8_t val)
{
    if (!buslogic_model_has(s->model, BL_CAP_BUSLOGIC)) {
        return;
    }
    if (addr == A_INTERRUPT) {
        s->intr_reg = val;
    } else {
        s->geometry_reg = val;
    }
}

static void buslogic_port_write(void *opaque, hwaddr addr, uint64_t val,
                                unsigned size)
{
    BuslogicState *s = opaque;

    addr %= BUSLOGIC_NUM_PORTS;
    trace_buslogic_reg_write(addr, (uint8_t)val);
    switch (addr) {
    case A_CONTROL:
        buslogic_write_control(s, val);
        break;
    case A_COMMAND:
        buslogic_write_command(s, val);
        break;
    case A_INTERRUPT:
    case A_GEOMETRY:
        buslogic_write_storage(s, addr, val);
        break;
    }
}

/* Wide accesses reach the addressed register only, with one byte */
const MemoryRegionOps buslogic_port_ops = {
    .read = buslogic_port_read,
    .write = buslogic_port_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 4,
        .unaligned = true,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 4,
        .unaligned = true,
    },
};

/* Migration */

static bool buslogic_rings_valid(const BuslogicRings *r)
{
    if (!r->count) {
        return !r->out_pos && !r->in_pos;
    }
    return r->format <= BL_FORMAT_32 &&
           r->out_pos < r->count && r->in_pos < r->count;
}

static bool buslogic_command_valid(BuslogicState *s)
{
    const BuslogicCommand *cmd = buslogic_find_command(s, s->opcode);

    if (s->phase >= BL_PHASE_COUNT || s->reply_len > UINT16_MAX ||
        s->reply_pos > s->reply_len) {
        return false;
    }
    switch (s->phase) {
    case BL_PHASE_PARAM:
        return cmd && s->param_left &&
               (cmd->more_params || s->param_count + s->param_left ==
                                    cmd->params);
    case BL_PHASE_EXEC:
        return cmd && (s->opcode == BL_CMD_EXEC_SCSI ||
                       s->opcode == BL_CMD_EXEC_BIOS);
    case BL_PHASE_REPLY:
        return cmd && s->reply_pos < s->reply_len;
    default:
        return true;
    }
}

/* A stream that does not say so was written by one of these */
#define UNNAMED_MODEL   "bt958"

static void buslogic_name_model(BuslogicState *s, const char *name)
{
    strpadcpy((char *)s->model_name, sizeof(s->model_name), name, 0);
}

static bool buslogic_board_valid(const BuslogicState *s)
{
    const char *name = (const char *)s->model_name;

    if (strncmp(name, s->model->name, sizeof(s->model_name))) {
        /* Whoever made the stream must not write to the user's terminal */
        g_autofree char *known = g_strcanon(
            g_strndup(name, sizeof(s->model_name)),
            "abcdefghijklmnopqrstuvwxyz0123456789", '?');

        error_report("buslogic: the incoming adapter is a '%s', "
                     "this one is a '%s'", known, s->model->name);
        return false;
    }
    if (buslogic_nvram_scsi_id(&s->nvram) != s->scsi_id) {
        error_report("buslogic: the incoming adapter has SCSI ID %u, "
                     "this one has %u", buslogic_nvram_scsi_id(&s->nvram),
                     s->scsi_id);
        return false;
    }
    if ((s->mailbox_lock || s->bios_rings.count) &&
        !buslogic_model_has(s->model, BL_CAP_AHA_C)) {
        return false;
    }
    return s->isa_port <= BL_ISA_PORT_DISABLED &&
           (s->ops->set_isa_port || s->isa_port == s->default_isa_port);
}

static int buslogic_post_load(void *opaque, int version_id)
{
    BuslogicState *s = opaque;
    BuslogicRequest *r;

    s->num_requests = 0;
    QTAILQ_FOREACH(r, &s->inflight, next) {
        s->num_requests++;
    }
    QTAILQ_FOREACH(r, &s->done, next) {
        r->s = s;
        s->num_requests++;
    }
    if (!buslogic_board_valid(s) || !buslogic_rings_valid(&s->rings) ||
        !buslogic_rings_valid(&s->bios_rings) || !buslogic_command_valid(s)) {
        return -EINVAL;
    }
    buslogic_set_isa_port(s, s->isa_port);
    /* What is pending has to wait for the disks, which may be loaded later */
    s->loading = false;
    return 0;
}

void buslogic_load_failed(BuslogicState *s)
{
    buslogic_forget_stream(s);
    buslogic_reset_memory(s);
    buslogic_set_isa_port(s, buslogic_home_isa_port(s));
    buslogic_adapter_reset(s, true);
}

static int buslogic_pre_load(void *opaque)
{
    BuslogicState *s = opaque;

    if (!s->loading) {
        s->nvram_before = s->nvram;
        s->loading = true;
    }
    /* What waits here belongs to a machine that is being replaced */
    buslogic_mbox_reset(s);
    buslogic_name_model(s, UNNAMED_MODEL);
    s->adap_pos = 0;
    s->mailbox_lock = 0;
    s->bios_rings = (BuslogicRings) { 0 };
    return 0;
}

static bool buslogic_board_needed(void *opaque)
{
    BuslogicState *s = opaque;

    return strcmp(s->model->name, UNNAMED_MODEL);
}

static int buslogic_board_pre_save(void *opaque)
{
    BuslogicState *s = opaque;

    buslogic_name_model(s, s->model->name);
    return 0;
}

static const VMStateDescription vmstate_buslogic_board = {
    .name = "buslogic-core/board",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = buslogic_board_needed,
    .pre_save = buslogic_board_pre_save,
    .fields = (const VMStateField[]) {
        VMSTATE_BUFFER(model_name, BuslogicState),
        VMSTATE_UINT8(adap_pos, BuslogicState),
        VMSTATE_UINT8(mailbox_lock, BuslogicState),
        VMSTATE_UINT32(bios_rings.base, BuslogicState),
        VMSTATE_UINT8(bios_rings.count, BuslogicState),
        VMSTATE_UINT8(bios_rings.out_pos, BuslogicState),
        VMSTATE_BOOL(bios_rings.scan_pending, BuslogicState),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_buslogic = {
    .name = "buslogic-core",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_load = buslogic_pre_load,
    .post_load = buslogic_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(diag_active, BuslogicState),
        VMSTATE_INT64(reset_time, BuslogicState),
        VMSTATE_BOOL(cmd_invalid, BuslogicState),
        VMSTATE_UINT8(intr_reg, BuslogicState),
        VMSTATE_UINT8(geometry_reg, BuslogicState),
        VMSTATE_UINT8(causes, BuslogicState),
        VMSTATE_UINT8(deferred, BuslogicState),
        VMSTATE_UINT8(line_causes, BuslogicState),
        VMSTATE_UINT8(deferred_line, BuslogicState),
        VMSTATE_BOOL(irq_enabled, BuslogicState),
        VMSTATE_BOOL(irq_level, BuslogicState),
        VMSTATE_BOOL(imbl_unread, BuslogicState),
        VMSTATE_UINT8(phase, BuslogicState),
        VMSTATE_UINT8(opcode, BuslogicState),
        VMSTATE_UINT32(param_count, BuslogicState),
        VMSTATE_UINT32(param_left, BuslogicState),
        VMSTATE_UINT8_ARRAY(params, BuslogicState, BL_MAX_PARAMS),
        VMSTATE_UINT32(reply_pos, BuslogicState),
        VMSTATE_UINT32(reply_len, BuslogicState),
        VMSTATE_UINT8_ARRAY(reply, BuslogicState, BL_MAX_REPLY),
        VMSTATE_UINT32(rings.base, BuslogicState),
        VMSTATE_UINT8(rings.count, BuslogicState),
        VMSTATE_UINT8(rings.format, BuslogicState),
        VMSTATE_UINT8(rings.out_pos, BuslogicState),
        VMSTATE_UINT8(rings.in_pos, BuslogicState),
        VMSTATE_BOOL(rings.scan_pending, BuslogicState),
        VMSTATE_BOOL(ombr_enabled, BuslogicState),
        VMSTATE_BOOL(extended_lun, BuslogicState),
        VMSTATE_UINT8(isa_port, BuslogicState),
        VMSTATE_UINT8(bus_on_time, BuslogicState),
        VMSTATE_UINT8(bus_off_time, BuslogicState),
        VMSTATE_UINT8(transfer_rate, BuslogicState),
        VMSTATE_UINT8_ARRAY(scratch, BuslogicState, BL_SCRATCH_SIZE),
        VMSTATE_UINT8_ARRAY(inquiry, BuslogicState, BL_SCRATCH_SIZE),
        VMSTATE_UINT8_ARRAY(scam, BuslogicState, BL_SCAM_SIZE),
        VMSTATE_UINT8_ARRAY(bios_sense, BuslogicState, BL_BIOS_SENSE_SIZE),
        VMSTATE_UINT8_ARRAY(local_ram, BuslogicState, BL_LOCAL_RAM_SIZE),
        VMSTATE_UINT8_ARRAY(nvram.ram, BuslogicState, BL_LOCAL_RAM_SIZE),
        VMSTATE_QTAILQ_V(done, BuslogicState, 1, vmstate_buslogic_request,
                         BuslogicRequest, next),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_buslogic_board,
        NULL
    }
};

/* Set-up */

static void buslogic_get_phase(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    BuslogicState *s = opaque;
    char *phase = (char *)buslogic_phase_name(s);

    visit_type_str(v, name, &phase, errp);
}

static void buslogic_add_stats(BuslogicState *s)
{
    const struct {
        const char *name;
        const uint64_t *counter;
    } stats[] = {
        { "stat-commands", &s->stats.commands },
        { "stat-ccbs", &s->stats.ccbs },
        { "stat-completions", &s->stats.completions },
        { "stat-interrupts", &s->stats.interrupts },
        { "stat-errors", &s->stats.errors },
        { "stat-resets", &s->stats.resets },
    };

    object_property_add(OBJECT(s->dev), "phase", "string",
                        buslogic_get_phase, NULL, NULL, s);
    object_property_add_uint32_ptr(OBJECT(s->dev), "requests",
                                   &s->num_requests, OBJ_PROP_FLAG_READ);
    for (size_t i = 0; i < ARRAY_SIZE(stats); i++) {
        object_property_add_uint64_ptr(OBJECT(s->dev), stats[i].name,
                                       stats[i].counter, OBJ_PROP_FLAG_READ);
    }
}

/* A new image is empty, a used one has what 0x92 saved */
static bool buslogic_load_nvram(BuslogicState *s, Error **errp)
{
    BuslogicNvramConfig config = buslogic_nvram_config(s);
    BuslogicNvram saved;

    buslogic_nvram_defaults(&s->nvram, &config);
    if (!s->nvram_blk) {
        return true;
    }
    if (blk_set_perm(s->nvram_blk, BLK_PERM_CONSISTENT_READ | BLK_PERM_WRITE,
                     BLK_PERM_ALL, errp) < 0) {
        return false;
    }
    if (blk_getlength(s->nvram_blk) < sizeof(saved.ram)) {
        error_setg(errp, "the NVRAM image must have at least %zu bytes",
                   sizeof(saved.ram));
        return false;
    }
    if (blk_pread(s->nvram_blk, 0, sizeof(saved.ram), saved.ram, 0) < 0) {
        error_setg(errp, "cannot read the NVRAM image");
        return false;
    }
    if (buslogic_nvram_valid(&saved)) {
        buslogic_nvram_save(&s->nvram, saved.ram, &config);
    } else if (!buffer_is_zero(saved.ram, sizeof(saved.ram))) {
        warn_report("buslogic: no settings in the NVRAM image, "
                    "starting with defaults");
    }
    return true;
}

/* The board as a property */

static BuslogicState *buslogic_from_object(Object *obj)
{
    return BUSLOGIC_BOARD_GET_CLASS(obj)->core(obj);
}

static char *buslogic_get_model(Object *obj, Error **errp)
{
    return g_strdup(buslogic_from_object(obj)->model->name);
}

static void buslogic_set_model(Object *obj, const char *name, Error **errp)
{
    BuslogicState *s = buslogic_from_object(obj);
    const BuslogicModel *model = buslogic_model_find(s->model->bus, name);

    if (DEVICE(obj)->realized) {
        error_setg(errp, "model cannot be changed at run time");
    } else if (!model) {
        g_autofree char *names = buslogic_model_names(s->model->bus);

        error_setg(errp, "there is no model '%s', only %s", name, names);
    } else {
        s->model = model;
    }
}

void buslogic_class_add_model(ObjectClass *klass)
{
    object_class_property_add_str(klass, "model", buslogic_get_model,
                                  buslogic_set_model);
}

/* ISA ports of all boards */

uint16_t buslogic_isa_port_base(uint8_t code)
{
    /* Order of enum BuslogicIsaPortCode */
    static const uint16_t bases[] = {
        0x330, 0x334, 0x230, 0x234, 0x130, 0x134,
    };

    return code < ARRAY_SIZE(bases) ? bases[code] : 0;
}

/* A guest may have moved those of a PCI board; a reset moves them back */
static int buslogic_has_isa_ports_of(Object *obj, void *opaque)
{
    BuslogicState *s = opaque;
    BuslogicState *other;
    uint8_t code = buslogic_home_isa_port(s);

    if (!object_dynamic_cast(obj, TYPE_BUSLOGIC_BOARD) ||
        !DEVICE(obj)->realized) {
        return 0;
    }
    other = buslogic_from_object(obj);
    return other != s && (other->isa_port == code ||
                          buslogic_home_isa_port(other) == code);
}

bool buslogic_check_isa_port(BuslogicState *s, Error **errp)
{
    uint16_t base = buslogic_isa_port_base(buslogic_home_isa_port(s));

    if (base &&
        object_child_foreach_recursive(object_get_root(),
                                       buslogic_has_isa_ports_of, s)) {
        error_setg(errp, "another BusLogic adapter has the ISA ports at 0x%x",
                   base);
        return false;
    }
    return true;
}

bool buslogic_realize(BuslogicState *s, DeviceState *dev, Error **errp)
{
    s->dev = dev;
    s->boot_dev = dev;
    if (s->scsi_id >= s->model->targets) {
        error_setg(errp, "scsi-id must be 0 to %d", s->model->targets - 1);
        return false;
    }
    if (s->nvram_blk && !buslogic_model_keeps_settings(s->model)) {
        error_setg(errp, "the %s has no NVRAM", s->model->desc);
        return false;
    }
    if (!buslogic_load_nvram(s, errp)) {
        return false;
    }
    s->isa_port = buslogic_home_isa_port(s);
    buslogic_scsi_init(s);
    buslogic_mbox_init(s);
    buslogic_boot_init(s);
    buslogic_add_stats(s);
    return true;
}

void buslogic_unrealize(BuslogicState *s)
{
    s->resetting++;
    /* The devices went first, with all but what a purge has lost */
    buslogic_cancel_all(s);
    buslogic_mbox_cleanup(s);
    buslogic_boot_cleanup(s);
}

static const TypeInfo buslogic_core_types[] = {
    {
        .name = TYPE_BUSLOGIC_BOARD,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(BuslogicBoardClass),
    },
};

DEFINE_TYPES(buslogic_core_types)
