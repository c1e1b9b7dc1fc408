/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A driver for the BusLogic adapter, for use by tests
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-lib.h"

#define PCI_CONFIG_ADDRESS  0xcf8
#define PCI_CONFIG_DATA     0xcfc
#define PCI_CONFIG_ENABLE   0x80000000

#define GUARD               0xc3
#define GUARD_SIZE          16
/* In CCBs and mailboxes, where the adapter shall put statuses */
#define STALE_STATUS        0xee

typedef struct GuestBlock {
    uint32_t addr;
    uint32_t size;
} GuestBlock;

/* Disks */

void disk_pattern(uint32_t lba, uint8_t *block)
{
    for (size_t i = 0; i < BLOCK_SIZE; i += 4) {
        stl_le_p(block + i, lba << 8 | (i / 4) | 0x80000000);
    }
}

void disk_fill(Disk *disk)
{
    uint8_t block[BLOCK_SIZE];

    for (uint32_t lba = 0; lba < disk->blocks; lba++) {
        disk_pattern(lba, block);
        g_assert_cmpint(pwrite(disk->fd, block, sizeof(block),
                               (off_t)lba * BLOCK_SIZE), ==, sizeof(block));
    }
}

Disk *disk_new(uint32_t blocks)
{
    Disk *disk = g_new0(Disk, 1);

    disk->fd = g_file_open_tmp("buslogic-test.XXXXXX", &disk->path, NULL);
    g_assert_cmpint(disk->fd, >=, 0);
    disk->blocks = blocks;
    disk_fill(disk);
    return disk;
}

void disk_free(Disk *disk)
{
    close(disk->fd);
    unlink(disk->path);
    g_free(disk->path);
    g_free(disk);
}

void disk_read(Disk *disk, uint32_t lba, uint8_t *block)
{
    g_assert_cmpint(pread(disk->fd, block, BLOCK_SIZE,
                          (off_t)lba * BLOCK_SIZE), ==, BLOCK_SIZE);
}

void disk_assert_unchanged(Disk *disk, uint32_t first, uint32_t count)
{
    uint8_t want[BLOCK_SIZE], got[BLOCK_SIZE];

    for (uint32_t lba = first; lba < first + count; lba++) {
        disk_pattern(lba, want);
        disk_read(disk, lba, got);
        g_assert_cmpmem(got, sizeof(got), want, sizeof(want));
    }
}

void disk_assert_filled(Disk *disk, uint32_t lba, uint8_t value)
{
    uint8_t want[BLOCK_SIZE], got[BLOCK_SIZE];

    memset(want, value, sizeof(want));
    disk_read(disk, lba, got);
    g_assert_cmpmem(got, sizeof(got), want, sizeof(want));
}

/* PCI configuration space */

static uint16_t config_select(Adapter *a, uint8_t offset)
{
    qtest_outl(a->qts, PCI_CONFIG_ADDRESS,
               PCI_CONFIG_ENABLE | a->devfn << 8 | (offset & ~3));
    return PCI_CONFIG_DATA + (offset & 3);
}

uint8_t config_readb(Adapter *a, uint8_t offset)
{
    return qtest_inb(a->qts, config_select(a, offset));
}

uint16_t config_readw(Adapter *a, uint8_t offset)
{
    return qtest_inw(a->qts, config_select(a, offset));
}

uint32_t config_readl(Adapter *a, uint8_t offset)
{
    return qtest_inl(a->qts, config_select(a, offset));
}

void config_writeb(Adapter *a, uint8_t offset, uint8_t value)
{
    qtest_outb(a->qts, config_select(a, offset), value);
}

void config_writew(Adapter *a, uint8_t offset, uint16_t value)
{
    qtest_outw(a->qts, config_select(a, offset), value);
}

void config_writel(Adapter *a, uint8_t offset, uint32_t value)
{
    qtest_outl(a->qts, config_select(a, offset), value);
}

static void find_function(Adapter *a)
{
    uint32_t id = BUSLOGIC_PCI_DEVICE_ID << 16 | BUSLOGIC_PCI_VENDOR_ID;

    for (unsigned devfn = 0; devfn < 256; devfn += 8) {
        a->devfn = devfn;
        if (config_readl(a, PCI_VENDOR_ID) == id) {
            return;
        }
    }
    g_assert_not_reached();
}

/* Interrupts of ISA boards are all on the second controller */

#define PIC2_COMMAND        0xa0
#define PIC2_MASK           0xa1
#define PIC2_EDGE_LEVEL     0x4d1
#define PIC_READ_IRR        0x0a
#define PIC_POLL            0x0c
#define PIC_EOI             0x20

static uint8_t isa_irq_bit(Adapter *a)
{
    g_assert_cmpuint(a->irq, >=, 8);
    return 1 << (a->irq - 8);
}

void isa_irq_trigger(Adapter *a, bool level)
{
    uint8_t elcr = qtest_inb(a->qts, PIC2_EDGE_LEVEL) & ~isa_irq_bit(a);

    qtest_outb(a->qts, PIC2_EDGE_LEVEL,
               elcr | (level ? isa_irq_bit(a) : 0));
}

bool isa_irq_requested(Adapter *a)
{
    qtest_outb(a->qts, PIC2_COMMAND, PIC_READ_IRR);
    return qtest_inb(a->qts, PIC2_COMMAND) & isa_irq_bit(a);
}

void isa_irq_take(Adapter *a)
{
    uint8_t mask = qtest_inb(a->qts, PIC2_MASK);

    qtest_outb(a->qts, PIC2_MASK, ~isa_irq_bit(a));
    qtest_outb(a->qts, PIC2_COMMAND, PIC_POLL);
    g_assert_cmphex(qtest_inb(a->qts, PIC2_COMMAND), ==,
                    0x80 | (a->irq - 8));
    qtest_outb(a->qts, PIC2_COMMAND, PIC_EOI);
    qtest_outb(a->qts, PIC2_MASK, mask);
}

void adapter_enable(Adapter *a)
{
    if (a->irq) {
        isa_irq_trigger(a, true);
        return;
    }
    find_function(a);
    a->io = ADAPTER_IO;
    a->mmio = ADAPTER_MMIO;
    config_writel(a, PCI_BASE_ADDRESS_0, a->io);
    config_writel(a, PCI_BASE_ADDRESS_1, a->mmio);
    config_writeb(a, PCI_INTERRUPT_LINE, ADAPTER_IRQ_LINE);
    config_writew(a, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
                                  PCI_COMMAND_MASTER);
}

void adapter_set_bus_master(Adapter *a, bool on)
{
    uint16_t cmd = config_readw(a, PCI_COMMAND) & ~PCI_COMMAND_MASTER;

    config_writew(a, PCI_COMMAND, cmd | (on ? PCI_COMMAND_MASTER : 0));
}

/* Machines */

static Adapter *adapter_new(QTestState *qts, uint32_t heap_base)
{
    Adapter *a = g_new0(Adapter, 1);

    a->qts = qts;
    a->heap_base = a->heap = heap_base;
    a->blocks = g_array_new(false, false, sizeof(GuestBlock));
    return a;
}

static void G_GNUC_PRINTF(3, 0) start_machine(Adapter *a, const char *device,
                                              const char *fmt, va_list ap,
                                              const char *machine)
{
    g_autofree char *args = g_strdup_vprintf(fmt, ap);

    a->qts = qtest_initf("-M %s -m 32 -nodefaults -device %s %s", machine,
                         device, args);
}

Adapter *adapter_start(const char *device, const char *fmt, ...)
{
    Adapter *a = adapter_new(NULL, GUEST_HEAP);
    va_list ap;

    va_start(ap, fmt);
    start_machine(a, device, fmt, ap, "pc");
    va_end(ap);
    adapter_enable(a);
    return a;
}

static void isa_adapter_set(Adapter *a, uint16_t io, uint8_t irq)
{
    a->io = io;
    a->irq = irq;
    adapter_enable(a);
}

Adapter *isa_adapter_start(const char *machine, uint16_t io, uint8_t irq,
                           const char *device, const char *fmt, ...)
{
    Adapter *a = adapter_new(NULL, GUEST_HEAP);
    va_list ap;

    va_start(ap, fmt);
    start_machine(a, device, fmt, ap, machine);
    va_end(ap);
    isa_adapter_set(a, io, irq);
    return a;
}

/* The upper half of what there is to allocate is its own */
Adapter *isa_adapter_beside(Adapter *a, uint16_t io, uint8_t irq)
{
    Adapter *isa = adapter_new(a->qts, (GUEST_HEAP + GUEST_HEAP_END) / 2);

    isa_adapter_set(isa, io, irq);
    return isa;
}

void adapter_forget(Adapter *a)
{
    guest_check_guards(a);
    g_array_free(a->blocks, true);
    g_free(a);
}

char *refused(const char *args)
{
    g_autofree char *command =
        g_strdup_printf("timeout 30 %s -M pc -accel qtest -nodefaults "
                        "-display none -S %s",
                        g_getenv("QTEST_QEMU_BINARY"), args);
    char *stderr_text = NULL;
    int status = 0;

    g_assert_true(g_spawn_command_line_sync(command, NULL, &stderr_text,
                                            &status, NULL));
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    return stderr_text;
}

void adapter_stop(Adapter *a)
{
    QTestState *qts = a->qts;

    adapter_forget(a);
    qtest_quit(qts);
}

void machine_reset(Adapter *a)
{
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'system_reset' }");
    qtest_qmp_eventwait(a->qts, "RESET");
}

uint64_t adapter_property(Adapter *a, const char *name)
{
    QDict *response = qtest_qmp(a->qts,
        "{ 'execute': 'qom-get', 'arguments': {"
        "  'path': '/machine/peripheral/hba', 'property': %s } }", name);
    uint64_t value;

    g_assert_true(qdict_haskey(response, "return"));
    value = qdict_get_int(response, "return");
    qobject_unref(response);
    return value;
}

static void set_throttle(Adapter *a, const char *device, int bytes_per_second)
{
    qtest_qmp_assert_success(a->qts,
        "{ 'execute': 'block_set_io_throttle', 'arguments': {"
        "  'id': %s, 'bps': %d, 'bps_rd': 0, 'bps_wr': 0,"
        "  'iops': 0, 'iops_rd': 0, 'iops_wr': 0 } }",
        device, bytes_per_second);
}

void drive_hold(Adapter *a, const char *drive, const char *device)
{
    set_throttle(a, device, 1);
    /* This one block uses up the budget for the next few minutes */
    g_free(qtest_hmp(a->qts, "qemu-io %s \"read -q 0 512\"", drive));
}

void drive_release(Adapter *a, const char *device)
{
    set_throttle(a, device, 0);
}

/* Guest memory */

static void write_guards(Adapter *a, const GuestBlock *b)
{
    qtest_memset(a->qts, b->addr - GUARD_SIZE, GUARD, GUARD_SIZE);
    qtest_memset(a->qts, b->addr + b->size, GUARD, GUARD_SIZE);
}

uint32_t guest_block_unaligned(Adapter *a, size_t size, unsigned offset)
{
    GuestBlock b = {
        .addr = ROUND_UP(a->heap + GUARD_SIZE, 16) + offset, .size = size,
    };

    g_assert_cmphex(b.addr + size + GUARD_SIZE, <=, GUEST_HEAP_END);
    a->heap = b.addr + size + GUARD_SIZE;
    write_guards(a, &b);
    g_array_append_val(a->blocks, b);
    return b.addr;
}

uint32_t guest_block(Adapter *a, size_t size)
{
    return guest_block_unaligned(a, size, 0);
}

void guest_check_guards(Adapter *a)
{
    for (guint i = 0; i < a->blocks->len; i++) {
        GuestBlock *b = &g_array_index(a->blocks, GuestBlock, i);

        guest_assert_filled(a, b->addr - GUARD_SIZE, GUARD, GUARD_SIZE);
        guest_assert_filled(a, b->addr + b->size, GUARD, GUARD_SIZE);
    }
}

void guest_free_all(Adapter *a)
{
    g_array_set_size(a->blocks, 0);
    a->heap = a->heap_base;
}

void guest_assert_equal(Adapter *a, uint32_t addr, const void *data,
                        size_t len)
{
    g_autofree uint8_t *got = g_malloc(len);

    qtest_memread(a->qts, addr, got, len);
    g_assert_cmpmem(got, len, data, len);
}

void guest_assert_filled(Adapter *a, uint32_t addr, uint8_t value, size_t len)
{
    g_autofree uint8_t *want = g_malloc(len);

    memset(want, value, len);
    guest_assert_equal(a, addr, want, len);
}

void guest_assert_blocks(Adapter *a, uint32_t addr, uint32_t lba, size_t len)
{
    uint8_t block[BLOCK_SIZE];

    for (size_t done = 0; done < len; done += BLOCK_SIZE) {
        disk_pattern(lba++, block);
        guest_assert_equal(a, addr + done, block, MIN(BLOCK_SIZE, len - done));
    }
}

#define LOW_MEMORY  (64 * KiB)

GBytes *guest_snapshot(Adapter *a)
{
    size_t heap_size = a->heap - a->heap_base;
    uint8_t *data = g_malloc(LOW_MEMORY + heap_size);

    qtest_bufread(a->qts, 0, data, LOW_MEMORY);
    qtest_bufread(a->qts, a->heap_base, data + LOW_MEMORY, heap_size);
    return g_bytes_new_take(data, LOW_MEMORY + heap_size);
}

void guest_assert_snapshot(Adapter *a, GBytes *snapshot)
{
    g_autoptr(GBytes) now = guest_snapshot(a);

    g_assert_true(g_bytes_equal(now, snapshot));
}

/* Registers */

uint8_t read_status(Adapter *a)
{
    return qtest_inb(a->qts, a->io + A_STATUS);
}

uint8_t read_data(Adapter *a)
{
    return qtest_inb(a->qts, a->io + A_DATA_IN);
}

uint8_t read_flags(Adapter *a)
{
    return qtest_inb(a->qts, a->io + A_INTERRUPT);
}

uint8_t read_geometry(Adapter *a)
{
    return qtest_inb(a->qts, a->io + A_GEOMETRY);
}

void write_control(Adapter *a, uint8_t bits)
{
    qtest_outb(a->qts, a->io + A_CONTROL, bits);
}

void write_command(Adapter *a, uint8_t byte)
{
    qtest_outb(a->qts, a->io + A_COMMAND, byte);
}

bool interrupt_line(Adapter *a)
{
    if (a->irq) {
        return isa_irq_requested(a);
    }
    return config_readw(a, PCI_STATUS) & PCI_STATUS_INTERRUPT;
}

uint8_t acknowledge(Adapter *a)
{
    uint8_t flags = read_flags(a);

    write_control(a, R_CONTROL_RINT_MASK);
    return flags;
}

void settle(Adapter *a)
{
    /* Every access is a turn of QEMU's main loop */
    for (int i = 0; i < 50; i++) {
        config_readl(a, PCI_VENDOR_ID);
    }
}

void assert_idle(Adapter *a)
{
    uint8_t status = read_status(a);

    g_assert_cmphex(status & ~R_STATUS_INREQ_MASK, ==, R_STATUS_HARDY_MASK);
    g_assert_cmphex(read_flags(a), ==, 0);
    g_assert_false(interrupt_line(a));
}

void reset_handshake(Adapter *a, uint8_t control_bits)
{
    write_control(a, control_bits);
    g_assert_cmphex(read_status(a), ==,
                    R_STATUS_DACT_MASK | R_STATUS_INREQ_MASK);
    g_assert_cmphex(read_status(a), ==,
                    R_STATUS_HARDY_MASK | R_STATUS_INREQ_MASK);
    g_assert_cmphex(read_flags(a), ==, 0);
    g_assert_false(interrupt_line(a));
}

/* Host commands */

static bool command_complete(Adapter *a)
{
    return read_flags(a) & R_INTERRUPT_CMDC_MASK;
}

void command_send(Adapter *a, uint8_t opcode, const uint8_t *params,
                  size_t num_params)
{
    bool cmdc = command_complete(a);

    g_assert_cmphex(read_status(a) & (R_STATUS_HARDY_MASK |
                                      R_STATUS_DIRRDY_MASK), ==,
                    R_STATUS_HARDY_MASK);
    write_command(a, opcode);
    for (size_t i = 0; i < num_params; i++) {
        g_assert_cmphex(read_status(a) & ~R_STATUS_INREQ_MASK, ==, 0);
        g_assert_true(command_complete(a) == cmdc);
        write_command(a, params[i]);
    }
}

Reply command_finish(Adapter *a)
{
    const uint8_t mask = R_STATUS_HARDY_MASK | R_STATUS_DIRRDY_MASK;
    Reply reply = { 0 };

    wait_until((reply.status = read_status(a)) & mask);
    while (reply.status & R_STATUS_DIRRDY_MASK) {
        /* Neither ready nor complete before the last byte is read */
        g_assert_cmphex(reply.status & ~R_STATUS_INREQ_MASK, ==,
                        R_STATUS_DIRRDY_MASK);
        g_assert_false(command_complete(a));
        g_assert_cmpuint(reply.len, <, sizeof(reply.data));
        reply.data[reply.len++] = read_data(a);
        reply.status = read_status(a);
    }
    reply.flags = read_flags(a);
    g_assert_cmphex(reply.status & mask, ==, R_STATUS_HARDY_MASK);
    return reply;
}

static void command_acknowledge(Adapter *a)
{
    g_assert_true(interrupt_line(a));
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

Reply command(Adapter *a, uint8_t opcode, const uint8_t *params,
              size_t num_params)
{
    Reply reply;

    command_send(a, opcode, params, num_params);
    reply = command_finish(a);
    g_assert_cmphex(reply.status & R_STATUS_CMDINV_MASK, ==, 0);
    g_assert_cmphex(reply.flags, ==,
                    R_INTERRUPT_INTV_MASK | R_INTERRUPT_CMDC_MASK);
    command_acknowledge(a);
    return reply;
}

void command_invalid(Adapter *a, uint8_t opcode, const uint8_t *params,
                     size_t num_params)
{
    Reply reply;

    command_send(a, opcode, params, num_params);
    reply = command_finish(a);
    g_assert_cmpuint(reply.len, ==, 0);
    g_assert_cmphex(reply.status & ~R_STATUS_INREQ_MASK, ==,
                    R_STATUS_HARDY_MASK | R_STATUS_CMDINV_MASK);
    g_assert_cmphex(reply.flags, ==,
                    R_INTERRUPT_INTV_MASK | R_INTERRUPT_CMDC_MASK);
    command_acknowledge(a);
}

Reply command_quiet(Adapter *a, uint8_t opcode, const uint8_t *params,
                    size_t num_params)
{
    Reply reply;

    command_send(a, opcode, params, num_params);
    reply = command_finish(a);
    g_assert_cmphex(reply.flags, ==, 0);
    assert_idle(a);
    return reply;
}

void assert_reply(const Reply *reply, const uint8_t *data, size_t len)
{
    g_assert_cmpmem(reply->data, reply->len, data, len);
}

size_t exec_scsi_params(const Ccb *ccb, uint8_t *params)
{
    stl_le_p(params, ccb->data_len);
    stl_le_p(params + 4, ccb->data);
    params[8] = ccb->target;
    params[9] = ccb->lun;
    params[10] = ccb->direction << R_CCB_ADDR_DIRECTION_SHIFT;
    params[11] = ccb->cdb_len;
    memcpy(params + BL_EXEC_SCSI_HEADER, ccb->cdb,
           MIN(ccb->cdb_len, sizeof(ccb->cdb)));
    return BL_EXEC_SCSI_HEADER + ccb->cdb_len;
}

/* Mailboxes */

static void store_be24(uint8_t *p, uint32_t value)
{
    p[0] = value >> 16;
    p[1] = value >> 8;
    p[2] = value;
}

static uint32_t load_be24(const uint8_t *p)
{
    return p[0] << 16 | p[1] << 8 | p[2];
}

size_t mailbox_size(Adapter *a)
{
    return a->width == 24 ? sizeof(BuslogicMailbox24)
                          : sizeof(BuslogicMailbox32);
}

void mailbox_init_at(Adapter *a, int width, unsigned count, uint32_t base)
{
    uint8_t params[5] = { count };

    a->width = width;
    a->count = count;
    a->outgoing = base;
    a->incoming = base + count * mailbox_size(a);
    a->out = a->in = 0;
    if (width == 24) {
        store_be24(params + 1, base);
        command(a, BL_CMD_INIT_MAILBOX_24, params, 4);
    } else {
        stl_le_p(params + 1, base);
        command(a, BL_CMD_INIT_MAILBOX_32, params, 5);
    }
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
}

void mailbox_init(Adapter *a, int width, unsigned count)
{
    size_t size = 2 * count * (width == 24 ? sizeof(BuslogicMailbox24)
                                           : sizeof(BuslogicMailbox32));
    uint32_t base = guest_block(a, size);

    qtest_memset(a->qts, base, 0, size);
    mailbox_init_at(a, width, count, base);
}

/* Addresses wrap where the adapter's do */
static uint32_t entry_addr(Adapter *a, uint32_t array, unsigned slot)
{
    uint32_t addr = array + slot * mailbox_size(a);

    return a->width == 24 ? addr & 0xffffff : addr;
}

static uint32_t code_addr(Adapter *a, uint32_t array, unsigned slot)
{
    return entry_addr(a, array, slot) +
           (a->width == 24 ? offsetof(BuslogicMailbox24, code)
                           : offsetof(BuslogicMailbox32, code));
}

void mailbox_fill(Adapter *a, unsigned slot, uint32_t ccb, uint8_t action)
{
    uint32_t addr = entry_addr(a, a->outgoing, slot);
    uint8_t be24[3];

    if (a->width == 24) {
        store_be24(be24, ccb);
        qtest_memwrite(a->qts, addr + offsetof(BuslogicMailbox24, ccb),
                       be24, sizeof(be24));
    } else {
        qtest_writel(a->qts, addr + offsetof(BuslogicMailbox32, ccb), ccb);
    }
    qtest_writeb(a->qts, code_addr(a, a->outgoing, slot), action);
}

uint8_t mailbox_action(Adapter *a, unsigned slot)
{
    return qtest_readb(a->qts, code_addr(a, a->outgoing, slot));
}

void mailbox_post(Adapter *a, uint32_t ccb, uint8_t action)
{
    g_assert_cmphex(mailbox_action(a, a->out), ==, BL_ACTION_FREE);
    mailbox_fill(a, a->out, ccb, action);
    a->out = (a->out + 1) % a->count;
}

void doorbell(Adapter *a)
{
    write_command(a, BL_CMD_START_MAILBOX);
}

Completion mailbox_peek(Adapter *a, unsigned slot)
{
    uint32_t addr = entry_addr(a, a->incoming, slot);

    if (a->width == 24) {
        BuslogicMailbox24 m;

        qtest_memread(a->qts, addr, &m, sizeof(m));
        return (Completion) { .ccb = load_be24(m.ccb), .code = m.code };
    } else {
        BuslogicMailbox32 m;

        qtest_memread(a->qts, addr, &m, sizeof(m));
        return (Completion) {
            .ccb = le32_to_cpu(m.ccb), .code = m.code,
            .btstat = m.btstat, .sdstat = m.sdstat,
        };
    }
}

void mailbox_free(Adapter *a, unsigned slot)
{
    qtest_writeb(a->qts, code_addr(a, a->incoming, slot), BL_COMPLETION_FREE);
}

static bool mailbox_has_next(Adapter *a)
{
    return qtest_readb(a->qts, code_addr(a, a->incoming, a->in)) !=
           BL_COMPLETION_FREE;
}

Completion mailbox_take(Adapter *a)
{
    Completion done;

    wait_until(mailbox_has_next(a));
    done = mailbox_peek(a, a->in);
    mailbox_free(a, a->in);
    a->in = (a->in + 1) % a->count;
    return done;
}

void mailbox_assert_empty(Adapter *a)
{
    settle(a);
    g_assert_false(mailbox_has_next(a));
}

/* CCBs: what they ask for */

Ccb ccb_tur(uint8_t target)
{
    return (Ccb) { .target = target, .cdb = { TEST_UNIT_READY }, .cdb_len = 6 };
}

Ccb ccb_inquiry(uint8_t target, uint8_t allocation)
{
    return (Ccb) {
        .target = target, .cdb = { INQUIRY, 0, 0, 0, allocation }, .cdb_len = 6,
    };
}

Ccb ccb_request_sense(uint8_t target, uint8_t allocation)
{
    return (Ccb) {
        .target = target, .cdb = { REQUEST_SENSE, 0, 0, 0, allocation },
        .cdb_len = 6,
    };
}

static Ccb ccb_rw10(uint8_t target, uint8_t opcode, uint32_t lba,
                    uint16_t blocks)
{
    Ccb ccb = { .target = target, .cdb = { opcode }, .cdb_len = 10 };

    stl_be_p(ccb.cdb + 2, lba);
    stw_be_p(ccb.cdb + 7, blocks);
    return ccb;
}

Ccb ccb_read10(uint8_t target, uint32_t lba, uint16_t blocks)
{
    return ccb_rw10(target, READ_10, lba, blocks);
}

Ccb ccb_write10(uint8_t target, uint32_t lba, uint16_t blocks)
{
    return ccb_rw10(target, WRITE_10, lba, blocks);
}

Ccb ccb_device_reset(uint8_t target)
{
    return (Ccb) {
        .opcode = BL_CCB_BUS_DEVICE_RESET, .target = target,
        .direction = BL_DIR_NONE,
    };
}

void ccb_buffer(Adapter *a, Ccb *ccb, size_t len)
{
    ccb->data = guest_block(a, len);
    ccb->data_len = len;
    qtest_memset(a->qts, ccb->data, FILL, len);
}

void ccb_segments(Adapter *a, Ccb *ccb, const Segment *seg, size_t count)
{
    size_t size = a->width == 24 ? sizeof(BuslogicSGE24)
                                 : sizeof(BuslogicSGE32);
    g_autofree uint8_t *list = g_malloc0(MAX(count * size, 1));

    for (size_t i = 0; i < count; i++) {
        if (a->width == 24) {
            store_be24(list + i * size, seg[i].len);
            store_be24(list + i * size + 3, seg[i].addr);
        } else {
            stl_le_p(list + i * size, seg[i].len);
            stl_le_p(list + i * size + 4, seg[i].addr);
        }
    }
    ccb->opcode = ccb->opcode == BL_CCB_INITIATOR_RES ? BL_CCB_SG_RES
                                                      : BL_CCB_INITIATOR_SG;
    ccb->data_len = count * size;
    ccb->data = guest_block(a, MAX(count * size, 1));
    qtest_bufwrite(a->qts, ccb->data, list, MAX(count * size, 1));
}

/* CCBs: in guest memory */

#define MAX_SENSE   255

static void ccb_encode24(Ccb *ccb)
{
    BuslogicCCB24 *raw = (BuslogicCCB24 *)ccb->image;
    size_t cdb_len = MIN(ccb->cdb_len, sizeof(ccb->cdb));

    g_assert_cmpuint(ccb->target, <, 8);
    g_assert_cmpuint(ccb->lun, <, 8);
    *raw = (BuslogicCCB24) {
        .opcode = ccb->opcode,
        .address = ccb->target << R_CCB_ADDR_TARGET_SHIFT |
                   ccb->direction << R_CCB_ADDR_DIRECTION_SHIFT | ccb->lun,
        .cdb_len = ccb->cdb_len,
        .sense_len = ccb->sense_code,
        .btstat = STALE_STATUS, .sdstat = STALE_STATUS,
    };
    store_be24(raw->data_len, ccb->data_len);
    store_be24(raw->data_ptr, ccb->data);
    memcpy(raw + 1, ccb->cdb, cdb_len);
    memset((uint8_t *)(raw + 1) + cdb_len, FILL, MAX_SENSE);
    ccb->sense = ccb->addr + sizeof(*raw) + cdb_len;
    ccb->image_len = sizeof(*raw) + cdb_len + MAX_SENSE;
}

static void ccb_encode32(Ccb *ccb)
{
    BuslogicCCB32 *raw = (BuslogicCCB32 *)ccb->image;

    *raw = (BuslogicCCB32) {
        .opcode = ccb->opcode,
        .control = ccb->direction << R_CCB_ADDR_DIRECTION_SHIFT,
        .cdb_len = ccb->cdb_len,
        .sense_len = ccb->sense_code,
        .data_len = cpu_to_le32(ccb->data_len),
        .data_ptr = cpu_to_le32(ccb->data),
        .btstat = STALE_STATUS, .sdstat = STALE_STATUS,
        .target = ccb->target,
        .lun = ccb->lun | ccb->tag_bits,
        .sense_ptr = cpu_to_le32(ccb->sense),
    };
    memcpy(raw->cdb, ccb->cdb, sizeof(raw->cdb));
    ccb->image_len = sizeof(*raw);
}

void ccb_store(Adapter *a, Ccb *ccb)
{
    if (!ccb->addr) {
        ccb->addr = guest_block(a, a->width == 24 ? sizeof(ccb->image)
                                                  : sizeof(BuslogicCCB32));
    }
    if (a->width == 24) {
        ccb_encode24(ccb);
    } else {
        if (!ccb->sense) {
            ccb->sense = guest_block(a, MAX_SENSE);
            qtest_memset(a->qts, ccb->sense, FILL, MAX_SENSE);
        }
        ccb_encode32(ccb);
    }
    qtest_memwrite(a->qts, ccb->addr, ccb->image, ccb->image_len);
}

void ccb_post(Adapter *a, Ccb *ccb)
{
    ccb_store(a, ccb);
    mailbox_post(a, ccb->addr, BL_ACTION_START);
}

void ccb_submit(Adapter *a, Ccb *ccb)
{
    ccb_post(a, ccb);
    doorbell(a);
}

void ccb_abort(Adapter *a, Ccb *ccb)
{
    mailbox_post(a, ccb->addr, BL_ACTION_ABORT);
    doorbell(a);
}

/* CCBs: what came back */

void ccb_assert_untouched(Adapter *a, const Ccb *ccb)
{
    guest_assert_equal(a, ccb->addr, ccb->image, ccb->image_len);
}

static bool ccb_returns_residual(const Ccb *ccb)
{
    return ccb->opcode == BL_CCB_INITIATOR_RES || ccb->opcode == BL_CCB_SG_RES;
}

static size_t ccb_sense_size(const Ccb *ccb)
{
    switch (ccb->sense_code) {
    case 0:
        return 14;
    case 1:
        return 0;
    default:
        return ccb->sense_code;
    }
}

/* Nothing but the results may differ from what ccb_store() wrote */
static void ccb_check_writeback(Adapter *a, Ccb *ccb, const uint8_t *now)
{
    g_autofree uint8_t *want = g_memdup2(ccb->image, ccb->image_len);

    memcpy(want + BL_CCB_BTSTAT, now + BL_CCB_BTSTAT, 2);
    if (ccb_returns_residual(ccb)) {
        memcpy(want + BL_CCB_DATA_LEN, now + BL_CCB_DATA_LEN,
               a->width == 24 ? 3 : 4);
    }
    if (a->width == 24 && ccb->sdstat == CHECK_CONDITION) {
        size_t sense = ccb->sense - ccb->addr;

        memcpy(want + sense, now + sense, ccb_sense_size(ccb));
    }
    g_assert_cmpmem(now, ccb->image_len, want, ccb->image_len);
}

void ccb_result(Adapter *a, Ccb *ccb, Completion done)
{
    g_autofree uint8_t *now = g_malloc(ccb->image_len);

    g_assert_cmphex(done.ccb, ==, ccb->addr);
    qtest_memread(a->qts, ccb->addr, now, ccb->image_len);
    ccb->code = done.code;
    ccb->btstat = now[BL_CCB_BTSTAT];
    ccb->sdstat = now[BL_CCB_BTSTAT + 1];
    ccb->length = a->width == 24 ? load_be24(now + BL_CCB_DATA_LEN)
                                 : ldl_le_p(now + BL_CCB_DATA_LEN);
    ccb_check_writeback(a, ccb, now);
    if (a->width == 32) {
        g_assert_cmphex(done.btstat, ==, ccb->btstat);
        g_assert_cmphex(done.sdstat, ==, ccb->sdstat);
    }
    if (done.code != BL_COMPLETION_ABORTED) {
        g_assert_cmphex(done.code, ==, ccb->btstat || ccb->sdstat
                                       ? BL_COMPLETION_ERROR
                                       : BL_COMPLETION_OK);
    }
}

void ccb_wait(Adapter *a, Ccb *ccb)
{
    ccb_result(a, ccb, mailbox_take(a));
}

void ccb_wait_all(Adapter *a, Ccb *ccbs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ccbs[i].code = BL_COMPLETION_FREE;
    }
    for (size_t n = 0; n < count; n++) {
        Completion done = mailbox_take(a);
        size_t i = 0;

        while (i < count && ccbs[i].addr != done.ccb) {
            i++;
        }
        g_assert_cmpuint(i, <, count);
        g_assert_cmphex(ccbs[i].code, ==, BL_COMPLETION_FREE);
        ccb_result(a, &ccbs[i], done);
    }
}

void ccb_run(Adapter *a, Ccb *ccb)
{
    ccb_submit(a, ccb);
    ccb_wait(a, ccb);
    acknowledge(a);
}

void assert_result(const Ccb *ccb, uint8_t code, uint8_t btstat,
                   uint8_t sdstat)
{
    g_assert_cmphex(ccb->btstat, ==, btstat);
    g_assert_cmphex(ccb->sdstat, ==, sdstat);
    g_assert_cmphex(ccb->code, ==, code);
}

void assert_good(const Ccb *ccb)
{
    assert_result(ccb, BL_COMPLETION_OK, BTSTAT_OK, GOOD);
}

void assert_check_condition(const Ccb *ccb)
{
    assert_result(ccb, BL_COMPLETION_ERROR, BTSTAT_OK, CHECK_CONDITION);
}

void assert_host_error(const Ccb *ccb, uint8_t btstat)
{
    assert_result(ccb, BL_COMPLETION_ERROR, btstat, GOOD);
}

void assert_sense(Adapter *a, const Ccb *ccb, uint8_t key, uint8_t asc,
                  uint8_t ascq)
{
    uint8_t sense[14];

    assert_check_condition(ccb);
    qtest_memread(a->qts, ccb->sense, sense, sizeof(sense));
    g_assert_cmphex(sense[0], ==, 0x70);
    g_assert_cmphex(sense[2] & 0xf, ==, key);
    g_assert_cmphex(sense[12], ==, asc);
    g_assert_cmphex(sense[13], ==, ascq);
}

void clear_unit_attention(Adapter *a, uint8_t target)
{
    Ccb ccb;
    int tries = 0;

    do {
        ccb = ccb_tur(target);
        ccb_run(a, &ccb);
        g_assert_cmpint(tries++, <, 4);
    } while (ccb.sdstat == CHECK_CONDITION);
    assert_good(&ccb);
}
