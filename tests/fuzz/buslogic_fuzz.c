/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: a fuzzing target that speaks its language
 *
 * An input is a list of records of RECORD bytes.  Each is one thing that a
 * driver, a hostile guest or the user of the machine may do: a host command, a
 * CCB with its segment list, a doorbell, a reset, bytes anywhere in memory, a
 * migration with a damaged stream.  Everything runs in this process and in
 * one machine, whose adapter is reset before each input.
 *
 * What counts as a finding, beyond what the sanitizers see: state that
 * contradicts itself, memory that changes after a reset, a request that is
 * never reported.
 *
 * There is a target for the BT-958, and one for the AHA-1542CF, which has the
 * commands of other boards as well, and another way to memory.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "qemu/units.h"
#include "block/aio.h"
#include "block/block.h"
#include "hw/pci/pci_device.h"
#include "hw/scsi/buslogic-request.h"
#include "io/channel-buffer.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"
#include "qapi/qapi-commands-misc.h"
#include "system/address-spaces.h"
#include "system/runstate.h"
#include "fuzz.h"

#define RECORD              32
#define MAX_RECORDS         128

/* As tests/qtest/buslogic-lib.h has it, so that what it does can be a seed */
#define ADAPTER_SLOT        4
#define ADAPTER_IO          0xc000
#define ADAPTER_MMIO        0xfeb00000u
#define ADAPTER_ISA         0x330
#define GUEST_RAM           (32 * MiB)

/* Guest memory that inputs use by preference, empty in the beginning */
#define ARENA               0x00200000
#define ARENA_SIZE          0x00040000
#define ARENA_CCBS          ARENA
#define ARENA_CCB_SIZE      512
#define ARENA_LISTS         (ARENA + 0x4000)
#define ARENA_LIST_SIZE     1024
#define ARENA_MAILBOXES     (ARENA + 0x8000)
#define ARENA_DATA          (ARENA + 0x10000)
#define NUM_CCBS            16

/* Enough for one access of the slow disk, and a look at the full ring */
#define DRAIN_STEP_NS       (1100 * SCALE_MS)
#define DRAIN_ROUNDS        600

typedef struct BuslogicFuzz {
    QTestState *qts;
    DeviceState *dev;
    BuslogicState *core;
    uint16_t io;                    /* its first port */
    uint8_t *arena;                 /* in this process */
    unsigned out;                   /* next outgoing mailbox to fill */
    bool forged;                    /* state from a damaged stream */
} BuslogicFuzz;

static BuslogicFuzz fuzz;

/* The adapter, as a guest reaches it */

static void port_write_wide(uint16_t port, uint32_t value, size_t size)
{
    uint8_t raw[4];

    stl_le_p(raw, value);
    address_space_write(&address_space_io, port, MEMTXATTRS_UNSPECIFIED, raw,
                        size);
}

static uint32_t port_read_wide(uint16_t port, size_t size)
{
    uint8_t raw[4] = {};

    address_space_read(&address_space_io, port, MEMTXATTRS_UNSPECIFIED, raw,
                       size);
    return ldl_le_p(raw);
}

static void config_write(uint8_t reg, uint32_t value)
{
    port_write_wide(0xcf8, 0x80000000 | ADAPTER_SLOT << 11 | reg, 4);
    port_write_wide(0xcfc, value, 4);
}

static void pci_command(uint16_t bits)
{
    config_write(PCI_COMMAND, bits);
}

static bool is_pci(void)
{
    return fuzz.io == ADAPTER_IO;
}

/* To map what is mapped already would take most of the time of an input */
static void pci_enable(void)
{
    uint16_t command = PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
                       PCI_COMMAND_MASTER;
    const uint8_t *config;

    if (!is_pci()) {
        return;
    }
    config = PCI_DEVICE(fuzz.dev)->config;
    if (pci_get_long(config + PCI_BASE_ADDRESS_0) == (ADAPTER_IO | 1) &&
        pci_get_long(config + PCI_BASE_ADDRESS_1) == ADAPTER_MMIO &&
        pci_get_word(config + PCI_COMMAND) == command) {
        return;
    }
    config_write(PCI_BASE_ADDRESS_0, ADAPTER_IO);
    config_write(PCI_BASE_ADDRESS_1, ADAPTER_MMIO);
    pci_command(command);
}

static uint8_t port_read(uint8_t port)
{
    return port_read_wide(fuzz.io + port, 1);
}

static void port_write(uint8_t port, uint8_t value)
{
    port_write_wide(fuzz.io + port, value, 1);
}

static void memory_write(uint32_t addr, const void *data, size_t len)
{
    address_space_write(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                        data, len);
}

static void memory_read(uint32_t addr, void *data, size_t len)
{
    memset(data, 0, len);
    address_space_read(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                       data, len);
}

/* Somewhere; mostly where it makes sense */
static uint32_t pick_address(uint8_t choice, uint32_t offset)
{
    static const uint32_t odd[] = {
        0, 0xa0000, 0xf0000, 0xfffffc, GUEST_RAM - 8, 0xe0000000,
        ADAPTER_MMIO, 0xfffffff0,
    };

    switch (choice & 7) {
    default:
        return ARENA_DATA + offset % (ARENA_SIZE - 0x10000);
    case 5:
        return GUEST_RAM - 64 + offset % 128;
    case 6:
        return odd[(choice >> 3) % ARRAY_SIZE(odd)] + offset % 64;
    case 7:
        return ARENA + offset % ARENA_SIZE;
    }
}

/* Time and events */

/* The block layer asks for this where a user wants to be asked */
static void handle_stop(void)
{
    RunState state;

    if (qemu_vmstop_requested(&state)) {
        vm_stop(state);
    }
}

static void run_events(void)
{
    int limit = 64;

    while (aio_poll(qemu_get_aio_context(), false) && limit--) {
        continue;
    }
    handle_stop();
}

static void pass_time(int64_t ns)
{
    qtest_clock_step(fuzz.qts, ns);
    run_events();
}

/* Findings */

static bool in_arena(uint32_t addr, size_t len)
{
    return addr >= ARENA && addr + len <= ARENA + ARENA_SIZE;
}

static uint32_t count_requests(const BuslogicRequestList *list)
{
    BuslogicRequest *r;
    uint32_t count = 0;

    QTAILQ_FOREACH(r, list, next) {
        count++;
    }
    return count;
}

static void check_state(void)
{
    BuslogicState *s = fuzz.core;

    g_assert_cmpuint(s->num_requests, ==, count_requests(&s->inflight) +
                                          count_requests(&s->done));
    g_assert_cmpuint(s->resetting, ==, 0);
    g_assert_cmpuint(s->phase, <, BL_PHASE_COUNT);
    if (fuzz.forged) {
        return;
    }
    g_assert_cmpuint(s->num_requests, <=, 2 * s->model->ccbs + 1);
    g_assert_cmpuint(s->reply_pos, <=, s->reply_len);
    g_assert_cmphex(s->line_causes & ~s->causes, ==, 0);
    g_assert_true(s->irq_level == (s->irq_enabled && s->line_causes));
    if (s->rings.count) {
        g_assert_cmpuint(s->rings.out_pos, <, s->rings.count);
        g_assert_cmpuint(s->rings.in_pos, <, s->rings.count);
    }
}

/* Once a reset is over, nothing from before it reaches memory */
static void check_silence(void)
{
    g_autofree uint8_t *before = g_memdup2(fuzz.arena, ARENA_SIZE);

    g_assert_cmpuint(fuzz.core->num_requests, ==, 0);
    run_events();
    pass_time(DRAIN_STEP_NS);
    g_assert_true(!memcmp(before, fuzz.arena, ARENA_SIZE));
}

/* The driver's side */

static uint32_t incoming_base(void)
{
    const BuslogicRings *r = &fuzz.core->rings;

    return r->base + r->count * buslogic_mailbox_size(r->format);
}

/* Take what has come in, and acknowledge it */
static void take_completions(unsigned limit)
{
    const BuslogicRings *r = &fuzz.core->rings;
    size_t size = buslogic_mailbox_size(r->format);
    static const uint8_t zero;

    for (unsigned i = 0; i < MIN(limit, r->count); i++) {
        memory_write(incoming_base() + i * size +
                     buslogic_mailbox_code_offset(r->format), &zero, 1);
    }
    port_read(A_INTERRUPT);
    port_write(A_CONTROL, R_CONTROL_RINT_MASK);
}

static void fill_mailbox(uint32_t ccb, uint8_t action)
{
    const BuslogicRings *r = &fuzz.core->rings;
    size_t size = buslogic_mailbox_size(r->format);
    BuslogicMailbox mbox = { .ccb = ccb, .code = action };
    uint8_t raw[sizeof(BuslogicMailbox32)] = {};

    if (!r->count) {
        return;
    }
    buslogic_mailbox_encode(r->format, &mbox, raw);
    memory_write(r->base + fuzz.out++ % r->count * size, raw, size);
}

static void doorbell(void)
{
    port_write(A_COMMAND, BL_CMD_START_MAILBOX);
}

static uint32_t ccb_address(uint8_t slot)
{
    return ARENA_CCBS + slot % NUM_CCBS * ARENA_CCB_SIZE;
}

/* A command as a driver sends it; @cut sends that many parameters only */
static void host_command(uint8_t opcode, const uint8_t *params,
                         unsigned available, unsigned cut, bool read_reply)
{
    port_write(A_COMMAND, opcode);
    for (unsigned i = 0; i < cut && fuzz.core->phase == BL_PHASE_PARAM; i++) {
        port_write(A_COMMAND, i < available ? params[i] : i);
    }
    for (unsigned i = 0; read_reply && i < 300 &&
         port_read(A_STATUS) & R_STATUS_DIRRDY_MASK; i++) {
        port_read(A_DATA_IN);
    }
}

static void init_mailboxes(bool wide, uint8_t count, uint32_t base)
{
    uint8_t params[5] = { count };

    if (wide) {
        stl_le_p(params + 1, base);
    } else {
        params[1] = base >> 16;
        params[2] = base >> 8;
        params[3] = base;
    }
    host_command(wide ? BL_CMD_INIT_MAILBOX_32 : BL_CMD_INIT_MAILBOX_24,
                 params, sizeof(params), sizeof(params), false);
    fuzz.out = 0;
}

/* Records; p[0] is the kind, the rest means what the function says */

static void op_host_command(const uint8_t *p)
{
    static const uint8_t known[] = {
        0x00, 0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
        0x0c, 0x0d, 0x1a, 0x1b, 0x1c, 0x1d, 0x1f, 0x20, 0x21, 0x22, 0x23,
        0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x81, 0x82, 0x83, 0x84, 0x85,
        0x86, 0x8b, 0x8c, 0x8d, 0x8f, 0x90,
        0x91, 0x92, 0x94, 0x95, 0x96, 0x97, 0x9a, 0x9b, 0xa7, 0xa8, 0xa9,
    };
    bool any = p[2] & 1;
    uint8_t opcode = any ? p[1] : known[p[1] % ARRAY_SIZE(known)];
    unsigned cut = p[2] & 2 ? p[3] & 31 : 600;

    host_command(opcode, p + 4, RECORD - 4, cut, !(p[2] & 4));
    if (!(p[2] & 8)) {
        port_write(A_CONTROL, R_CONTROL_RINT_MASK);
    }
}

/* A command in which every byte counts: 0x83 and 0x03 */
static void op_scsi_command(const uint8_t *p)
{
    uint8_t params[BL_EXEC_SCSI_HEADER + BL_EXEC_SCSI_MAX_CDB];

    memcpy(params, p + 3, sizeof(params));
    stl_le_p(params + 4, pick_address(p[2], lduw_le_p(p + 7)));
    params[2] = params[3] = 0;
    host_command(BL_CMD_EXEC_SCSI, params, sizeof(params), sizeof(params),
                 p[1] & 1);
}

static void op_bios_command(const uint8_t *p)
{
    host_command(BL_CMD_EXEC_BIOS, p + 3, BL_EXEC_BIOS_PARAMS,
                 BL_EXEC_BIOS_PARAMS, p[1] & 1);
}

static void op_port(const uint8_t *p)
{
    static const uint16_t bases[] = { ADAPTER_IO, ADAPTER_ISA };
    uint32_t port = bases[p[2] >> 3 & 1] + p[1] % BUSLOGIC_BAR_SIZE;
    uint32_t mmio = ADAPTER_MMIO + p[1] % BUSLOGIC_BAR_SIZE;
    unsigned size = 1 << (p[2] >> 1 & 1) << (p[2] >> 2 & 1);
    uint32_t value = ldl_le_p(p + 3);

    if (p[2] & 16) {
        p[2] & 1 ? memory_write(mmio, p + 3, size)
                 : memory_read(mmio, &value, size);
    } else if (p[2] & 1) {
        port_write_wide(port, value, size);
    } else {
        port_read_wide(port, size);
    }
}

static void op_init_mailboxes(const uint8_t *p)
{
    uint32_t base = p[3] & 0x80 ? pick_address(p[3], ldl_le_p(p + 4))
                                : ARENA_MAILBOXES + p[4];

    /* Small rings have more that can go wrong */
    init_mailboxes(p[1] & 1, p[2] & 0x80 ? p[2] : p[2] & 7, base);
}

static void op_memory(const uint8_t *p)
{
    uint32_t addr = p[1] & 1 ? ldl_le_p(p + 3)
                             : ARENA + ldl_le_p(p + 3) % ARENA_SIZE;

    /* Somewhere else in RAM is of no use but for what was recorded there */
    if (addr <= GUEST_RAM - RECORD) {
        memory_write(addr, p + 7, MIN(p[2], RECORD - 7));
    }
}

static size_t build_cdb(const uint8_t *p, uint8_t *cdb)
{
    static const uint8_t opcodes[] = {
        0x00, 0x03, 0x08, 0x0a, 0x12, 0x15, 0x1a, 0x1b, 0x1e, 0x25, 0x28,
        0x2a, 0x2e, 0x2f, 0x35, 0x41, 0x42, 0x43, 0x46, 0x4a, 0x51, 0x52,
        0x55, 0x5a, 0x88, 0x8a, 0x91, 0x93, 0x9e, 0xa0, 0xa8, 0xaa, 0xbd,
    };
    static const uint8_t lengths[] = { 6, 10, 10, 10, 16, 12, 12, 12 };
    uint8_t opcode = opcodes[p[0] % ARRAY_SIZE(opcodes)];

    memset(cdb, 0, 16);
    cdb[0] = opcode;
    cdb[1] = p[1];
    if (opcode >> 5 == 0) {
        cdb[2] = p[5];
        cdb[3] = p[2];
        cdb[4] = p[3];
    } else {
        cdb[2] = p[5];
        cdb[opcode >> 5 == 4 ? 9 : 5] = p[2];
        cdb[opcode >> 5 == 4 ? 13 : opcode >> 5 == 5 ? 9 : 8] = p[3];
        cdb[opcode >> 5 == 4 ? 12 : opcode >> 5 == 5 ? 8 : 7] = p[4] & 1;
    }
    return lengths[opcode >> 5];
}

/* Returns its length in bytes */
static uint32_t build_list(uint32_t list, bool wide, const uint8_t *p)
{
    uint32_t addr = pick_address(p[0], lduw_le_p(p + 1));
    unsigned count = p[3] & 0x80 ? (p[3] & 0x7f) : p[3] & 7;
    size_t entry = buslogic_sge_size(wide ? BL_FORMAT_32 : BL_FORMAT_24);

    for (unsigned i = 0; i < count; i++) {
        uint32_t len = p[4 + i % 3] << (p[7] & 7);
        uint8_t raw[8];

        if (wide) {
            stl_le_p(raw, len);
            stl_le_p(raw + 4, addr);
        } else {
            stl_be_p(raw, len << 8);
            stl_be_p(raw + 3, addr << 8);
        }
        memory_write(list + i * entry, raw, entry);
        addr += p[7] & 8 ? 0 : len;
    }
    /* A list too long for the adapter, and one that is cut off */
    return p[7] & 0x10 ? entry * (BL_SG_LIMIT + 1) :
           p[7] & 0x20 ? entry * count + 3 : entry * count;
}

static void write_ccb24(uint32_t addr, const BuslogicCCB *ccb)
{
    uint8_t raw[sizeof(BuslogicCCB24) + 16] = {
        ccb->opcode, ccb->target << 5 | ccb->direction << 3 | (ccb->lun & 7),
        ccb->cdb_len, ccb->sense_len,
        ccb->data_len >> 16, ccb->data_len >> 8, ccb->data_len,
        ccb->data_ptr >> 16, ccb->data_ptr >> 8, ccb->data_ptr,
    };

    memcpy(raw + sizeof(BuslogicCCB24), ccb->cdb, 16);
    memory_write(addr, raw, sizeof(raw));
}

static void write_ccb32(uint32_t addr, const BuslogicCCB *ccb)
{
    BuslogicCCB32 raw = {
        .opcode = ccb->opcode, .control = ccb->direction << 3,
        .cdb_len = ccb->cdb_len, .sense_len = ccb->sense_len,
        .data_len = cpu_to_le32(ccb->data_len),
        .data_ptr = cpu_to_le32(ccb->data_ptr),
        .target = ccb->target, .lun = ccb->lun,
        .sense_ptr = cpu_to_le32(ccb->sense_ptr),
    };

    memcpy(raw.cdb, ccb->cdb, sizeof(raw.cdb));
    memory_write(addr, &raw, sizeof(raw));
}

static void op_ccb(const uint8_t *p)
{
    static const uint8_t opcodes[] = {
        BL_CCB_INITIATOR, BL_CCB_INITIATOR_SG, BL_CCB_INITIATOR_RES,
        BL_CCB_SG_RES, BL_CCB_BUS_DEVICE_RESET, BL_CCB_TARGET,
    };
    bool wide = fuzz.core->rings.format == BL_FORMAT_32;
    uint32_t addr = ccb_address(p[1]);
    BuslogicCCB ccb = {
        .opcode = opcodes[p[2] % ARRAY_SIZE(opcodes)],
        .target = p[3] & 15, .lun = p[3] >> 4 | (p[4] & 0xe0),
        .direction = p[4] & 3, .sense_len = p[5],
        .sense_ptr = addr + 128,
    };

    ccb.cdb_len = p[4] & 4 ? p[6] : build_cdb(p + 8, ccb.cdb);
    if (ccb.opcode == BL_CCB_INITIATOR_SG || ccb.opcode == BL_CCB_SG_RES) {
        ccb.data_ptr = ARENA_LISTS + p[1] % NUM_CCBS * ARENA_LIST_SIZE;
        ccb.data_len = build_list(ccb.data_ptr, wide, p + 16);
    } else {
        ccb.data_ptr = pick_address(p[16], lduw_le_p(p + 17));
        ccb.data_len = p[4] & 8 ? ldl_le_p(p + 19) : p[11] * 512;
    }
    wide ? write_ccb32(addr, &ccb) : write_ccb24(addr, &ccb);
    fill_mailbox(addr, BL_ACTION_START);
    if (!(p[7] & 1)) {
        doorbell();
    }
    if (!(p[7] & 2)) {
        run_events();
    }
}

/* The same CCB once more, an abort, or an action that does not exist */
static void op_mailbox(const uint8_t *p)
{
    uint32_t addr = p[3] & 1 ? ldl_le_p(p + 4) : ccb_address(p[1]);

    fill_mailbox(addr, p[2] & 0x80 ? p[2] : 1 + p[2] % 2);
    if (!(p[3] & 2)) {
        doorbell();
    }
}

static void op_run(const uint8_t *p)
{
    run_events();
    if (p[1] & 1) {
        pass_time((int64_t)p[2] << (p[3] & 31));
    }
    if (p[1] & 2) {
        take_completions(p[4]);
    }
    if (p[1] & 4) {
        vm_start();
    }
    if (p[1] & 8) {
        main_loop_wait(true);
    }
}

static void op_reset(const uint8_t *p)
{
    uint64_t resets = fuzz.core->stats.resets;

    switch (p[1] & 7) {
    case 0 ... 2:
        port_write(A_CONTROL, R_CONTROL_RHARD_MASK >> (p[1] & 3));
        break;
    case 3:
        port_write(A_CONTROL, R_CONTROL_RSBUS_MASK);
        break;
    case 4:
        port_write(A_CONTROL, p[2]);
        break;
    case 5:
        device_cold_reset(fuzz.dev);
        resets--;
        break;
    case 6:
        pci_command(p[2] & 7);
        break;
    case 7:
        pci_enable();
        break;
    }
    if (fuzz.core->stats.resets != resets) {
        check_silence();
    }
}

/* It may fail: what is plugged in cannot be plugged in again */
static void user_command(const char *command)
{
    Error *err = NULL;

    g_free(qmp_human_monitor_command(command, false, 0, &err));
    error_free(err);
}

static void op_user(const uint8_t *p)
{
    static const char *const commands[] = {
        "device_del disk5",
        "device_add scsi-hd,id=disk5,drive=hot,scsi-id=5",
        "eject -f cd",
        "block_resize fast 2M",
        "block_resize fast 1M",
    };

    user_command(commands[p[1] % ARRAY_SIZE(commands)]);
    main_loop_wait(true);
}

/* Migration */

static void each_disk(void (*visit)(DeviceState *, QEMUFile *), QEMUFile *f)
{
    BusChild *child;

    QTAILQ_FOREACH(child, &BUS(&fuzz.core->bus)->children, sibling) {
        visit(child->child, f);
    }
}

static void save_disk(DeviceState *disk, QEMUFile *f)
{
    vmstate_save_state(f, qdev_get_vmsd(disk), disk, NULL, &error_abort);
}

static void load_disk(DeviceState *disk, QEMUFile *f)
{
    vmstate_load_state(f, qdev_get_vmsd(disk), disk,
                       qdev_get_vmsd(disk)->version_id, &error_abort);
}

/* The stream, and where in it the adapter's part ends; the disks follow */
static GByteArray *save_machine(size_t *end)
{
    QIOChannelBuffer *buffer = qio_channel_buffer_new(4096);
    QEMUFile *f = qemu_file_new_output(QIO_CHANNEL(buffer));
    GByteArray *stream = g_byte_array_new();

    vmstate_save_state(f, qdev_get_vmsd(fuzz.dev), fuzz.dev, NULL,
                       &error_abort);
    qemu_fflush(f);
    *end = buffer->usage;
    each_disk(save_disk, f);
    qemu_fflush(f);
    g_byte_array_append(stream, buffer->data, buffer->usage);
    qemu_fclose(f);
    object_unref(OBJECT(buffer));
    return stream;
}

static QEMUFile *open_stream(const uint8_t *data, size_t len)
{
    QIOChannelBuffer *buffer = qio_channel_buffer_new(len);
    QEMUFile *f = qemu_file_new_input(QIO_CHANNEL(buffer));

    memcpy(buffer->data, data, len);
    buffer->usage = len;
    object_unref(OBJECT(buffer));
    return f;
}

/*
 * The user resets a machine that has not come back.  The disks have a stream
 * of their own: in QEMU's, sections have marks, which a damaged adapter cannot
 * pass over.
 */
static void load_machine(const GByteArray *stream, size_t end)
{
    const VMStateDescription *vmsd = qdev_get_vmsd(fuzz.dev);
    QEMUFile *f = open_stream(stream->data, end);
    Error *err = NULL;
    bool loaded = !vmstate_load_state(f, vmsd, fuzz.dev, vmsd->version_id,
                                      &err);

    error_free(err);
    qemu_fclose(f);
    if (!loaded) {
        device_cold_reset(fuzz.dev);
        return;
    }
    f = open_stream(stream->data + end, stream->len - end);
    each_disk(load_disk, f);
    qemu_fclose(f);
}

/* What a damaged stream says of requests in flight ends QEMU, as it should */
static void op_migrate(const uint8_t *p)
{
    g_autoptr(GByteArray) stream = NULL;
    size_t end;

    vm_stop(RUN_STATE_SAVE_VM);
    bdrv_drain_all();
    run_events();
    stream = save_machine(&end);
    for (unsigned i = 0; i < (p[1] & 7); i++) {
        stream->data[lduw_le_p(p + 2 + 3 * i) % end] = p[4 + 3 * i];
        fuzz.forged = true;
    }
    device_cold_reset(fuzz.dev);
    load_machine(stream, end);
    pci_enable();
    vm_start();
    run_events();
}

typedef void FuzzOp(const uint8_t *p);

static FuzzOp *const fuzz_ops[] = {
    op_ccb, op_ccb, op_ccb, op_mailbox, op_run, op_run, op_host_command,
    op_host_command, op_scsi_command, op_bios_command, op_port,
    op_init_mailboxes, op_memory, op_reset, op_user, op_migrate,
};

/* One input */

/* What a driver does that wants to have mailboxes */
static void unlock_mailboxes(void)
{
    uint8_t params[] = { 0, fuzz.core->mailbox_lock };

    host_command(BL_AHA_ENABLE_MAILBOXES, params, sizeof(params),
                 sizeof(params), false);
}

static void begin_input(void)
{
    BuslogicNvramConfig config = buslogic_nvram_config(fuzz.core);

    fuzz.forged = false;
    pci_enable();
    vm_start();
    device_cold_reset(fuzz.dev);
    buslogic_nvram_defaults(&fuzz.core->nvram, &config);
    device_cold_reset(fuzz.dev);
    memset(fuzz.arena, 0, ARENA_SIZE);
    if (!is_pci()) {
        unlock_mailboxes();
    }
    init_mailboxes(is_pci(), 4, ARENA_MAILBOXES);
    port_write(A_CONTROL, R_CONTROL_RINT_MASK);
}

static bool is_drainable(void)
{
    const BuslogicRings *r = &fuzz.core->rings;

    return r->count && in_arena(r->base, r->count * 16);
}

/* Give all that is under way what it waits for: it must end */
static void end_input(void)
{
    BuslogicState *s = fuzz.core;

    pci_enable();
    for (int i = 0; i < DRAIN_ROUNDS && s->num_requests; i++) {
        if (!is_drainable() || fuzz.forged || !runstate_is_running()) {
            break;
        }
        pass_time(DRAIN_STEP_NS);
        take_completions(UINT8_MAX);
        run_events();
    }
    if (is_drainable() && !fuzz.forged && runstate_is_running()) {
        g_assert_cmpuint(s->num_requests, ==, 0);
    }
    port_write(A_CONTROL, R_CONTROL_RHARD_MASK);
    check_silence();
}

static void buslogic_fuzz(QTestState *qts, const unsigned char *data,
                          size_t size)
{
    uint8_t record[RECORD];

    fuzz.qts = qts;
    begin_input();
    for (size_t at = 0; at < size && at < MAX_RECORDS * RECORD; at += RECORD) {
        memset(record, 0, sizeof(record));
        memcpy(record, data + at, MIN(size - at, sizeof(record)));
        fuzz_ops[record[0] % ARRAY_SIZE(fuzz_ops)](record);
        check_state();
    }
    end_input();
}

/* Changes that keep records whole */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned int seed);

static size_t insert_record(uint8_t *data, size_t count, size_t max_count,
                            GRand *rand, bool copy)
{
    size_t at = g_rand_int_range(rand, 0, count + 1);
    uint8_t record[RECORD];

    if (count >= max_count) {
        return count;
    }
    for (int i = 0; i < RECORD; i++) {
        record[i] = g_rand_int_range(rand, 0, 3) ? 0 : g_rand_int(rand);
    }
    record[0] = g_rand_int(rand);
    if (copy && count) {
        memcpy(record, data + g_rand_int_range(rand, 0, count) * RECORD,
               RECORD);
    }
    memmove(data + (at + 1) * RECORD, data + at * RECORD,
            (count - at) * RECORD);
    memcpy(data + at * RECORD, record, RECORD);
    return count + 1;
}

static size_t remove_record(uint8_t *data, size_t count, GRand *rand)
{
    size_t at = g_rand_int_range(rand, 0, count);

    memmove(data + at * RECORD, data + (at + 1) * RECORD,
            (count - at - 1) * RECORD);
    return count - 1;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned int seed)
{
    g_autoptr(GRand) rand = NULL;
    size_t count = size / RECORD;
    size_t max_count = MIN(max_size / RECORD, MAX_RECORDS);
    size_t at;

    /* Other targets of this program have inputs of other kinds */
    if (!fuzz.dev) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    rand = g_rand_new_with_seed(seed);
    switch (g_rand_int_range(rand, 0, 8)) {
    case 0:
        return insert_record(data, count, max_count, rand, false) * RECORD;
    case 1:
        return insert_record(data, count, max_count, rand, true) * RECORD;
    case 2:
        if (count > 1) {
            return remove_record(data, count, rand) * RECORD;
        }
        break;
    }
    if (!count) {
        return insert_record(data, 0, max_count, rand, false) * RECORD;
    }
    at = g_rand_int_range(rand, 0, count) * RECORD;
    LLVMFuzzerMutate(data + at, RECORD, RECORD);
    return count * RECORD;
}

/* The beginning of the one, the end of the other */
static size_t buslogic_crossover(const uint8_t *data1, size_t size1,
                                 const uint8_t *data2, size_t size2,
                                 uint8_t *out, size_t max_out_size,
                                 unsigned int seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    size_t head = g_rand_int_range(rand, 0, size1 / RECORD + 1) * RECORD;
    size_t from = g_rand_int_range(rand, 0, size2 / RECORD + 1) * RECORD;
    size_t tail = size2 / RECORD * RECORD - from;

    head = MIN(head, max_out_size);
    tail = MIN(tail, max_out_size - head);
    memcpy(out, data1, head);
    memcpy(out + head, data2 + from, tail);
    return head + tail;
}

/* The machine */

static GString *machine_with(const char *adapter)
{
    GString *line = g_string_new(TARGET_NAME
        " -display none -machine pc,accel=qtest -m 32 -nodefaults"
        " -d guest_errors,unimp -D /dev/null -device ");

    g_string_append(line, adapter);
    return g_string_append(line,
        /* Fast */
        " -drive if=none,id=fast,driver=null-co,size=1M,read-zeroes=on"
        " -device scsi-hd,drive=fast,scsi-id=0"
        /* Accesses will have to wait for time to pass */
        " -drive if=none,id=slow,driver=null-co,size=1M,read-zeroes=on"
        " -device scsi-hd,drive=slow,scsi-id=1"
        " -drive if=none,id=cd,media=cdrom,driver=null-co,size=1M,"
        "read-zeroes=on -device scsi-cd,drive=cd,scsi-id=2"
        /* Accesses of some blocks fail */
        " -drive if=none,id=bad,driver=raw,file.driver=blkdebug,"
        "file.image.driver=null-co,file.image.size=1M,"
        "file.image.read-zeroes=on,file.inject-error.0.event=none,"
        "file.inject-error.0.sector=4,file.inject-error.0.errno=5,"
        "file.inject-error.1.event=none,file.inject-error.1.sector=8,"
        "file.inject-error.1.errno=28"
        " -device scsi-hd,drive=bad,scsi-id=3,lun=0"
        /* The same, and the user wants to be asked */
        " -drive if=none,id=ask,driver=raw,file.driver=blkdebug,"
        "file.image.driver=null-co,file.image.size=1M,"
        "file.image.read-zeroes=on,file.inject-error.0.event=none,"
        "file.inject-error.0.sector=4,rerror=stop,werror=stop"
        " -device scsi-hd,drive=ask,scsi-id=3,lun=1"
        " -device scsi-cd,scsi-id=4"
        " -blockdev driver=null-co,node-name=hot,size=1048576,read-zeroes=on"
        " -device scsi-hd,id=disk5,drive=hot,scsi-id=5");
}

static GString *buslogic_cmdline(FuzzTarget *t)
{
    fuzz.io = ADAPTER_IO;
    return machine_with("buslogic,id=hba,addr=4");
}

static GString *buslogic_isa_cmdline(FuzzTarget *t)
{
    fuzz.io = ADAPTER_ISA;
    return machine_with("buslogic-isa,id=hba,model=aha1542cf");
}

static void buslogic_pre_fuzz(QTestState *qts)
{
    hwaddr xlat, len = ARENA_SIZE;
    MemoryRegion *ram = address_space_translate(&address_space_memory, ARENA,
                                                &xlat, &len, true,
                                                MEMTXATTRS_UNSPECIFIED);
    BusState *bus;

    fuzz.qts = qts;
    fuzz.dev = DEVICE(object_resolve_path("/machine/peripheral/hba", NULL));
    bus = QLIST_FIRST(&fuzz.dev->child_bus);
    fuzz.core = container_of(SCSI_BUS(bus), BuslogicState, bus);
    fuzz.arena = (uint8_t *)memory_region_get_ram_ptr(ram) + xlat;
    pci_enable();
    /* Only now will the throttle use the clock that the target controls */
    user_command("block_set_io_throttle slow 0 0 0 1 0 0");
}

static void add_target(const char *name, const char *description,
                       GString *(*cmdline)(FuzzTarget *t))
{
    fuzz_add_target(&(FuzzTarget) {
        .name = name,
        .description = description,
        .get_init_cmdline = cmdline,
        .pre_fuzz = buslogic_pre_fuzz,
        .fuzz = buslogic_fuzz,
        .crossover = buslogic_crossover,
    });
}

static void register_buslogic_fuzz_targets(void)
{
    add_target("buslogic", "drive a BusLogic adapter with commands and CCBs",
               buslogic_cmdline);
    add_target("buslogic-isa", "the same with a board that Adaptec made",
               buslogic_isa_cmdline);
}

fuzz_target_init(register_buslogic_fuzz_targets);
