/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: replays of drivers
 *
 * Every access to the adapter that a driver makes, in its order and with its
 * patience, which is expressed as a number of polls.  Each test starts with
 * the machine as its firmware leaves it.
 *
 * Here is the machine, and what several drivers do alike.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "scsi/constants.h"
#include "buslogic-replay.h"

/* Machines */

#define BT958       { 'E', "AA50", "5.07B", "958  ", true }
#define ISA_IRQ     11
#define ISA_DEVICE  "buslogic-isa,irq=11,model="

typedef struct Machine {
    const char *device;
    uint8_t irq;                    /* of an ISA board, else 0 */
    uint16_t io;                    /* 0: the BAR */
    Board board;
    Adapter *a;
    Disk *disks[2];
    Disk *cd;
} Machine;

enum { PCI, PCI_AT_ISA_PORT, BT545C, BT545S, BT542B, AHA1540B, AHA1542CF };

static Machine machines[] = {
    [PCI] = { "buslogic", 0, 0, BT958 },
    [PCI_AT_ISA_PORT] = { "buslogic,isa-compat=primary", 0, ISA_PORT, BT958 },
    [BT545C] = { ISA_DEVICE "bt545c", ISA_IRQ, ISA_PORT,
                 { 'A', "AA42", "4.25J", "545C " } },
    [BT545S] = { ISA_DEVICE "bt545s", ISA_IRQ, ISA_PORT,
                 { 'A', "AA33", "3.31 ", "545S " } },
    [BT542B] = { ISA_DEVICE "bt542b", ISA_IRQ, ISA_PORT,
                 { 'A', "AA22", "2.21 ", "542B " } },
    [AHA1540B] = { ISA_DEVICE "aha1540b", ISA_IRQ, ISA_PORT,
                   { .id = "A005" } },
    [AHA1542CF] = { ISA_DEVICE "aha1542cf", ISA_IRQ, ISA_PORT,
                    { .id = "E001" } },
};

static char *firmware_path;

static const char *const drive_names[] = { "drive0", "drive1" };
static const char *const device_names[] = { "disk0", "disk1" };

/* A firmware that disables interrupts and halts, so that time can pass */
static void make_firmware(void)
{
    static const uint8_t cli_hlt[] = { 0xfa, 0xf4, 0xeb, 0xfd };
    g_autofree uint8_t *image = g_malloc0(64 * KiB);
    int fd = g_file_open_tmp("buslogic-replay.XXXXXX", &firmware_path, NULL);

    memcpy(image + 0xfff0, cli_hlt, sizeof(cli_hlt));
    g_assert_cmpint(write(fd, image, 64 * KiB), ==, 64 * KiB);
    close(fd);
}

static char *disk_arguments(Machine *m)
{
    return g_strdup_printf(
        "-bios %s "
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,scsi-id=0,id=disk0,drive=drive0 "
        "-drive if=none,id=drive1,format=raw,file=%s "
        "-device scsi-hd,scsi-id=1,id=disk1,drive=drive1 "
        "-drive if=none,id=cd,media=cdrom,format=raw,readonly=on,file=%s "
        "-device scsi-cd,scsi-id=2,drive=cd "
        "-drive if=none,id=lun0,driver=null-co,size=1048576,read-zeroes=on "
        "-device scsi-hd,scsi-id=3,lun=0,drive=lun0 "
        "-drive if=none,id=lun5,driver=null-co,size=2097152,read-zeroes=on "
        "-device scsi-hd,scsi-id=3,lun=%d,drive=lun5 "
        "%s",
        firmware_path, m->disks[0]->path, m->disks[1]->path, m->cd->path,
        HIGH_LUN,
        !m->board.wide ? "" :
        "-drive if=none,id=wide,driver=null-co,size=1048576,read-zeroes=on "
        "-device scsi-hd,scsi-id=15,drive=wide");
}

static void machine_start(Machine *m)
{
    g_autofree char *args = NULL;

    if (!firmware_path) {
        make_firmware();
    }
    m->disks[0] = disk_new(DISK_BLOCKS);
    m->disks[1] = disk_new(DISK_BLOCKS);
    m->cd = disk_new(CD_BLOCKS * CD_BLOCK / BLOCK_SIZE);
    args = disk_arguments(m);
    m->a = m->irq ? isa_adapter_start("pc", m->io, m->irq, m->device, "%s",
                                      args)
                  : adapter_start(m->device, "%s", args);
}

static void machine_stop(Machine *m)
{
    if (m->a) {
        adapter_stop(m->a);
        disk_free(m->disks[0]);
        disk_free(m->disks[1]);
        disk_free(m->cd);
    }
}

static bool clock_runs(Adapter *a)
{
    QDict *response = qtest_qmp(a->qts, "{ 'execute': 'query-status' }");
    bool running = qdict_get_bool(qdict_get_qdict(response, "return"),
                                  "running");

    qobject_unref(response);
    return running;
}

/* With the qtest accelerator a machine runs without any clock running */
static bool has_qtest_clock;

void time_pass(Adapter *a, unsigned milliseconds)
{
    if (has_qtest_clock) {
        qtest_clock_step(a->qts, milliseconds * 1000000ll);
        return;
    }
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    g_usleep(milliseconds * 1000);
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'stop' }");
}

static Adapter *machine_boot(Machine *m)
{
    Adapter *a;

    if (!m->a) {
        machine_start(m);
        has_qtest_clock = clock_runs(m->a);
    }
    a = m->a;
    guest_check_guards(a);
    guest_free_all(a);
    requests_forget();
    for (int i = 0; i < ARRAY_SIZE(m->disks); i++) {
        drive_release(a, device_names[i]);
        disk_fill(m->disks[i]);
    }
    machine_reset(a);
    adapter_enable(a);
    if (!m->irq) {
        adapter_set_bus_master(a, false);
    }
    if (m->io) {
        a->io = m->io;
    }
    return a;
}

Adapter *machine_pci(void)
{
    return machine_boot(&machines[PCI]);
}

Adapter *machine_isa(void)
{
    return machine_boot(&machines[PCI_AT_ISA_PORT]);
}

Adapter *machine_bt545c(void)
{
    return machine_boot(&machines[BT545C]);
}

Adapter *machine_bt545s(void)
{
    return machine_boot(&machines[BT545S]);
}

Adapter *machine_bt542b(void)
{
    return machine_boot(&machines[BT542B]);
}

Adapter *machine_aha1540b(void)
{
    return machine_boot(&machines[AHA1540B]);
}

Adapter *machine_aha1542cf(void)
{
    return machine_boot(&machines[AHA1542CF]);
}

/* @a may be a copy with other ports */
static Machine *machine_of(Adapter *a)
{
    for (int i = 0; i < ARRAY_SIZE(machines); i++) {
        if (machines[i].a && machines[i].a->qts == a->qts) {
            return &machines[i];
        }
    }
    g_assert_not_reached();
}

const Board *board_of(Adapter *a)
{
    return &machine_of(a)->board;
}

Disk *disk_of(Adapter *a, int target)
{
    Machine *m = machine_of(a);

    return target == CDROM ? m->cd : m->disks[target];
}

void hold(Adapter *a, int target)
{
    drive_hold(a, drive_names[target], device_names[target]);
}

void release(Adapter *a, int target)
{
    drive_release(a, device_names[target]);
}

/* Data buffers */

/* Pieces of unequal size that are not adjacent */
void buffer_alloc(Adapter *a, Buffer *b, size_t len, size_t nseg)
{
    size_t left = len, usual = nseg ? len / nseg : 0;

    g_assert_cmpuint(nseg, <=, ARRAY_SIZE(b->seg));
    b->nseg = nseg;
    b->len = len;
    for (size_t i = 0; i < nseg; i++) {
        size_t piece = i == nseg - 1 ? left : usual + (i % 2 ? 4 : -4);

        b->seg[i].len = piece;
        b->seg[i].addr = guest_block_unaligned(a, piece, i % 4 * 4);
        qtest_memset(a->qts, b->seg[i].addr, FILL, piece);
        left -= piece;
    }
}

void buffer_write(Adapter *a, const Buffer *b, const uint8_t *data)
{
    for (size_t i = 0; i < b->nseg; i++) {
        qtest_bufwrite(a->qts, b->seg[i].addr, data, b->seg[i].len);
        data += b->seg[i].len;
    }
}

uint8_t *buffer_read(Adapter *a, const Buffer *b)
{
    uint8_t *data = g_malloc(b->len), *p = data;

    for (size_t i = 0; i < b->nseg; i++) {
        qtest_bufread(a->qts, b->seg[i].addr, p, b->seg[i].len);
        p += b->seg[i].len;
    }
    return data;
}

void store_le32(uint8_t *p, uint32_t value)
{
    stl_le_p(p, value);
}

void store_be24(uint8_t *p, uint32_t value)
{
    p[0] = value >> 16;
    p[1] = value >> 8;
    p[2] = value;
}

size_t buffer_list(Adapter *a, const Buffer *b, uint32_t addr)
{
    size_t size = a->width == 24 ? sizeof(BuslogicSGE24)
                                 : sizeof(BuslogicSGE32);

    for (size_t i = 0; i < b->nseg; i++) {
        uint8_t raw[sizeof(BuslogicSGE32)];

        if (a->width == 24) {
            store_be24(raw, b->seg[i].len);
            store_be24(raw + 3, b->seg[i].addr);
        } else {
            store_le32(raw, b->seg[i].len);
            store_le32(raw + 4, b->seg[i].addr);
        }
        qtest_memwrite(a->qts, addr + i * size, raw, size);
    }
    return b->nseg * size;
}

/* Rings and CCBs */

uint32_t rings_alloc(Adapter *a, int width, unsigned count)
{
    a->width = width;
    a->count = count;
    a->outgoing = guest_block(a, 2 * count * mailbox_size(a));
    a->incoming = a->outgoing + count * mailbox_size(a);
    rings_clear(a);
    return a->outgoing;
}

void rings_clear(Adapter *a)
{
    qtest_memset(a->qts, a->outgoing, 0, 2 * a->count * mailbox_size(a));
    a->out = a->in = 0;
}

void ccb_poke(Adapter *a, Ccb *ccb, size_t offset, uint8_t value)
{
    ccb->image[offset] = value;
    qtest_writeb(a->qts, ccb->addr + offset, value);
}

static Ccb ccb_rw6(uint8_t opcode, uint8_t target, uint32_t lba,
                   uint8_t blocks)
{
    return (Ccb) {
        .target = target, .cdb_len = 6,
        .cdb = { opcode, lba >> 16, lba >> 8, lba, blocks },
    };
}

Ccb ccb_read6(uint8_t target, uint32_t lba, uint8_t blocks)
{
    return ccb_rw6(READ_6, target, lba, blocks);
}

Ccb ccb_write6(uint8_t target, uint32_t lba, uint8_t blocks)
{
    return ccb_rw6(WRITE_6, target, lba, blocks);
}

Ccb ccb_read_capacity(uint8_t target)
{
    return (Ccb) {
        .target = target, .cdb = { READ_CAPACITY_10 }, .cdb_len = 10,
    };
}

Ccb driver_read(const Driver *d, uint8_t target, uint32_t lba, uint8_t blocks)
{
    return d->small_cdbs ? ccb_read6(target, lba, blocks)
                         : ccb_read10(target, lba, blocks);
}

Ccb driver_write(const Driver *d, uint8_t target, uint32_t lba,
                 uint8_t blocks)
{
    return d->small_cdbs ? ccb_write6(target, lba, blocks)
                         : ccb_write10(target, lba, blocks);
}

/* What is outstanding */

static GPtrArray *active;
static Ccb *late;
uint32_t last_not_found;
bool mailbox_ready;

void requests_forget(void)
{
    if (!active) {
        active = g_ptr_array_new();
    }
    g_ptr_array_set_size(active, 0);
    last_not_found = 0;
    late = NULL;
}

static Ccb *request_find(uint32_t addr)
{
    for (guint i = 0; i < active->len; i++) {
        Ccb *ccb = g_ptr_array_index(active, i);

        if (ccb->addr == addr) {
            return ccb;
        }
    }
    return NULL;
}

bool request_is_active(uint32_t addr)
{
    return request_find(addr);
}

Ccb *request_done(Adapter *a, Completion done)
{
    Ccb *ccb = request_find(done.ccb);

    if (done.code == BL_COMPLETION_NOT_FOUND) {
        last_not_found = done.ccb;
        return NULL;
    }
    /* Else it came twice, or after the driver forgot about it */
    g_assert_nonnull(ccb);
    g_ptr_array_remove(active, ccb);
    ccb_result(a, ccb, done);
    return ccb;
}

static void take_entry(Adapter *a)
{
    Completion done = mailbox_peek(a, a->in);

    mailbox_free(a, a->in);
    a->in = (a->in + 1) % a->count;
    request_done(a, done);
}

void scan_in_order(Adapter *a)
{
    while (mailbox_peek(a, a->in).code != BL_COMPLETION_FREE) {
        take_entry(a);
    }
}

void scan_resync(Adapter *a)
{
    if (mailbox_peek(a, a->in).code == BL_COMPLETION_FREE) {
        for (unsigned i = 0; i < a->count; i++) {
            /* The adapter never leaves a gap */
            g_assert_cmphex(mailbox_peek(a, i).code, ==, BL_COMPLETION_FREE);
        }
    }
    scan_in_order(a);
}

void pass_window(Adapter *a)
{
    Ccb *ccb = late;
    unsigned in = a->in;

    if (!ccb) {
        return;
    }
    late = NULL;
    mailbox_post(a, ccb->addr, BL_ACTION_START);
    doorbell(a);
    while (mailbox_peek(a, in).code != BL_COMPLETION_FREE &&
           mailbox_peek(a, in).ccb != ccb->addr) {
        in = (in + 1) % a->count;
    }
    wait_until(mailbox_peek(a, in).ccb == ccb->addr &&
               mailbox_peek(a, in).code != BL_COMPLETION_FREE);
}

Adapter *driver_attach(const Driver *d)
{
    Adapter *a = d->machine();

    d->boot(a);
    return a;
}

void driver_start(const Driver *d, Adapter *a, Ccb *ccb, const Buffer *b)
{
    d->prepare(a, ccb, b);
    ccb->code = BL_COMPLETION_FREE;
    g_ptr_array_add(active, ccb);
    if (d->start) {
        d->start(a, ccb);
    } else {
        mailbox_post(a, ccb->addr, BL_ACTION_START);
        doorbell(a);
    }
}

static void serve_interrupt(const Driver *d, Adapter *a)
{
    wait_until(interrupt_line(a));
    g_assert_true(d->interrupt(a));
}

void driver_wait(const Driver *d, Adapter *a, Ccb *ccb)
{
    while (ccb->code == BL_COMPLETION_FREE) {
        serve_interrupt(d, a);
    }
}

void driver_run(const Driver *d, Adapter *a, Ccb *ccb, const Buffer *b)
{
    driver_start(d, a, ccb, b);
    driver_wait(d, a, ccb);
}

void driver_settle(const Driver *d, Adapter *a)
{
    settle(a);
    for (int i = 0; interrupt_line(a); i++) {
        g_assert_cmpint(i, <, 4);
        g_assert_true(d->interrupt(a));
    }
    assert_idle(a);
}

void driver_ready(const Driver *d, Adapter *a, uint8_t target)
{
    for (int tries = 0; tries < 4; tries++) {
        Ccb ccb = ccb_tur(target);

        driver_run(d, a, &ccb, NULL);
        if (ccb.sdstat == GOOD) {
            assert_good(&ccb);
            return;
        }
        assert_check_condition(&ccb);
    }
    g_assert_not_reached();
}

/* Tests that only differ in the driver */

static void check_inquiry(const Driver *d, Adapter *a, uint8_t target)
{
    Ccb ccb = ccb_inquiry(target, 36);
    g_autofree uint8_t *data = NULL;
    Buffer b;

    buffer_alloc(a, &b, 36, 1);
    driver_run(d, a, &ccb, &b);
    data = buffer_read(a, &b);
    if (TARGETS_PRESENT & 1 << target) {
        assert_good(&ccb);
        g_assert_cmphex(data[0], ==, target == CDROM ? TYPE_ROM : TYPE_DISK);
        g_assert_cmpmem(data + 8, 4, "QEMU", 4);
    } else {
        assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
        g_assert_cmphex(data[0], ==, FILL);
    }
}

void replay_scan(const Driver *d, Adapter *a)
{
    for (unsigned target = 0; target < d->num_targets; target++) {
        check_inquiry(d, a, target);
    }
}

static void check_capacity(const Driver *d, Adapter *a)
{
    Ccb ccb = ccb_read_capacity(DISK);
    g_autofree uint8_t *data = NULL;
    Buffer b;

    buffer_alloc(a, &b, 8, 1);
    driver_run(d, a, &ccb, &b);
    assert_good(&ccb);
    data = buffer_read(a, &b);
    g_assert_cmpuint(ldl_be_p(data), ==, DISK_BLOCKS - 1);
    g_assert_cmpuint(ldl_be_p(data + 4), ==, BLOCK_SIZE);
}

static void assert_disk_data(const uint8_t *data, uint32_t lba, size_t blocks)
{
    uint8_t want[BLOCK_SIZE];

    for (size_t i = 0; i < blocks; i++) {
        disk_pattern(lba + i, want);
        g_assert_cmpmem(data + i * BLOCK_SIZE, BLOCK_SIZE,
                        want, sizeof(want));
    }
}

static void check_all_moved(const Driver *d, const Ccb *ccb)
{
    assert_good(ccb);
    if (d->residual) {
        g_assert_cmpuint(ccb->length, ==, 0);
    }
}

static void check_read(const Driver *d, Adapter *a, uint8_t blocks,
                       size_t pieces)
{
    uint32_t lba = 100;
    Ccb ccb = driver_read(d, DISK, lba, blocks);
    g_autofree uint8_t *data = NULL;
    Buffer b;

    buffer_alloc(a, &b, blocks * BLOCK_SIZE, pieces);
    driver_run(d, a, &ccb, &b);
    check_all_moved(d, &ccb);
    data = buffer_read(a, &b);
    assert_disk_data(data, lba, blocks);
}

/* The new contents of block 10 + i are those pattern 1000 + i has */
static void check_write(const Driver *d, Adapter *a, uint8_t blocks,
                        size_t pieces)
{
    uint32_t lba = 10;
    Ccb ccb = driver_write(d, DISK2, lba, blocks);
    g_autofree uint8_t *data = g_malloc(blocks * BLOCK_SIZE);
    Disk *disk = disk_of(a, DISK2);
    uint8_t block[BLOCK_SIZE];
    Buffer b;

    for (int i = 0; i < blocks; i++) {
        disk_pattern(1000 + i, data + i * BLOCK_SIZE);
    }
    buffer_alloc(a, &b, blocks * BLOCK_SIZE, pieces);
    buffer_write(a, &b, data);
    driver_run(d, a, &ccb, &b);
    check_all_moved(d, &ccb);
    for (int i = 0; i < blocks; i++) {
        disk_read(disk, lba + i, block);
        assert_disk_data(block, 1000 + i, 1);
    }
    disk_assert_unchanged(disk, 0, lba);
    disk_assert_unchanged(disk, lba + blocks, DISK_BLOCKS - lba - blocks);
    disk_fill(disk);
}

void replay_read_write(const Driver *d, Adapter *a)
{
    size_t pieces[] = { 1, MIN(3, d->max_segments), d->max_segments };
    unsigned most = MIN(d->max_bytes / BLOCK_SIZE, 128);

    check_capacity(d, a);
    for (int i = 0; i < ARRAY_SIZE(pieces); i++) {
        unsigned blocks = MIN(most, MAX(4, pieces[i]));

        check_read(d, a, blocks, pieces[i]);
        check_write(d, a, blocks, pieces[i]);
    }
    check_read(d, a, most, 1);
    check_write(d, a, most, 1);
}

/* Behind the end of the disk: ILLEGAL REQUEST, LBA out of range */
void replay_sense(const Driver *d, Adapter *a)
{
    Ccb ccb = driver_read(d, DISK, DISK_BLOCKS, 1);
    g_autofree uint8_t *data = NULL;
    Buffer b;

    buffer_alloc(a, &b, BLOCK_SIZE, 1);
    driver_run(d, a, &ccb, &b);
    assert_sense(a, &ccb, ILLEGAL_REQUEST, 0x21, 0x00);
    if (d->residual) {
        g_assert_cmpuint(ccb.length, ==, BLOCK_SIZE);
    }
    data = buffer_read(a, &b);
    for (size_t i = 0; i < b.len; i++) {
        g_assert_cmphex(data[i], ==, FILL);
    }
}

void replay_parallel(const Driver *d, Adapter *a, unsigned count)
{
    g_autofree Ccb *ccbs = g_new0(Ccb, count);
    g_autofree Buffer *b = g_new0(Buffer, count);

    for (unsigned i = 0; i < count; i++) {
        ccbs[i] = driver_read(d, i % 2 ? DISK : DISK2, i, 1);
        buffer_alloc(a, &b[i], BLOCK_SIZE, 1);
        driver_start(d, a, &ccbs[i], &b[i]);
    }
    for (unsigned i = 0; i < count; i++) {
        g_autofree uint8_t *data = NULL;

        driver_wait(d, a, &ccbs[i]);
        assert_good(&ccbs[i]);
        data = buffer_read(a, &b[i]);
        assert_disk_data(data, i, 1);
    }
}

void replay_io(const Driver *d)
{
    Adapter *a = driver_attach(d);

    replay_scan(d, a);
    driver_ready(d, a, DISK);
    driver_ready(d, a, DISK2);
    replay_read_write(d, a);
    replay_sense(d, a);
    replay_parallel(d, a, MIN(a->count, 16));
    driver_settle(d, a);
}

void start_held(const Driver *d, Adapter *a, Ccb *ccbs, unsigned count)
{
    hold(a, DISK);
    for (unsigned i = 0; i < count; i++) {
        Buffer b;

        ccbs[i] = driver_read(d, DISK, 20 + i, 1);
        buffer_alloc(a, &b, BLOCK_SIZE, 1);
        driver_start(d, a, &ccbs[i], &b);
    }
    settle(a);
    for (unsigned i = 0; i < a->count; i++) {
        g_assert_cmphex(mailbox_action(a, i), ==, BL_ACTION_FREE);
        g_assert_cmphex(mailbox_peek(a, i).code, ==, BL_COMPLETION_FREE);
    }
}

#define NUM_HELD    5

/* The second of those pending; all others end well */
void replay_abort(const Driver *d, AbortFn *abort)
{
    Adapter *a = driver_attach(d);
    Ccb ccbs[NUM_HELD];

    driver_ready(d, a, DISK);
    driver_ready(d, a, DISK2);
    driver_settle(d, a);
    start_held(d, a, ccbs, NUM_HELD);
    abort(a, &ccbs[1]);
    settle(a);
    release(a, DISK);
    for (int i = 0; i < NUM_HELD; i++) {
        driver_wait(d, a, &ccbs[i]);
        if (i == 1) {
            assert_result(&ccbs[i], BL_COMPLETION_ABORTED, BTSTAT_ABORTED,
                          GOOD);
        } else {
            assert_good(&ccbs[i]);
        }
    }
    replay_parallel(d, a, 2);
    g_assert_cmphex(last_not_found, ==, 0);
    driver_settle(d, a);
}

static void assert_never_reported(Adapter *a, const Ccb *ccbs, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        ccb_assert_untouched(a, &ccbs[i]);
    }
}

/* The second completion comes just when the handler has the first one */
void replay_late_completion(const Driver *d)
{
    Adapter *a = driver_attach(d);
    Ccb first = ccb_tur(ABSENT), second = ccb_tur(ABSENT);

    d->prepare(a, &second, NULL);
    g_ptr_array_add(active, &second);
    driver_start(d, a, &first, NULL);
    wait_until(interrupt_line(a));
    late = &second;
    g_assert_true(d->interrupt(a));
    assert_host_error(&first, BTSTAT_SELECTION_TIMEOUT);
    driver_wait(d, a, &second);
    assert_host_error(&second, BTSTAT_SELECTION_TIMEOUT);
    driver_settle(d, a);
}

/* Commands the adapter takes before it leaves mailboxes as they are */
#define TAKEN   255

static void fill_ring(const Driver *d, Adapter *a, Ccb *ccbs)
{
    hold(a, DISK);
    for (unsigned i = 0; i < TAKEN + a->count; i++) {
        Buffer b;

        ccbs[i] = driver_read(d, DISK, i % DISK_BLOCKS, 1);
        buffer_alloc(a, &b, BLOCK_SIZE, 1);
        if (i < TAKEN) {
            wait_until(mailbox_action(a, a->out) == BL_ACTION_FREE);
        }
        driver_start(d, a, &ccbs[i], &b);
    }
    settle(a);
    g_assert_cmphex(mailbox_action(a, a->out), ==, BL_ACTION_START);
}

/*
 * While there are more completions than incoming mailboxes, the adapter has
 * to look from time to time whether the driver has freed some.
 */
static void serve_interrupt_later(const Driver *d, Adapter *a)
{
    settle(a);
    if (!interrupt_line(a)) {
        time_pass(a, 20);
    }
    serve_interrupt(d, a);
}

void replay_ring_full(const Driver *d, void (*sleep)(Adapter *a))
{
    Adapter *a = driver_attach(d);
    g_autofree Ccb *ccbs = g_new0(Ccb, TAKEN + a->count);
    Ccb last = ccb_tur(DISK);

    driver_ready(d, a, DISK);
    driver_settle(d, a);
    fill_ring(d, a, ccbs);
    sleep(a);
    settle(a);
    g_assert_cmphex(read_flags(a), ==, 0);
    mailbox_ready = false;
    release(a, DISK);
    while (!mailbox_ready) {
        serve_interrupt_later(d, a);
    }
    driver_start(d, a, &last, NULL);
    while (active->len) {
        serve_interrupt_later(d, a);
    }
    assert_good(&last);
    for (unsigned i = 0; i < TAKEN + a->count; i++) {
        assert_good(&ccbs[i]);
    }
    driver_settle(d, a);
}

/* As firmware 5 does it: only the CCB of the reset comes back */
void replay_device_reset(const Driver *d, const Ccb *bdr)
{
    Adapter *a = driver_attach(d);
    Ccb ccbs[NUM_HELD], reset = *bdr, ua = ccb_tur(DISK);

    driver_ready(d, a, DISK);
    driver_ready(d, a, DISK2);
    driver_settle(d, a);
    start_held(d, a, ccbs, NUM_HELD);
    driver_run(d, a, &reset, NULL);
    assert_good(&reset);
    /* The driver finishes these on its own */
    requests_forget();
    release(a, DISK);
    driver_settle(d, a);
    assert_never_reported(a, ccbs, NUM_HELD);

    driver_run(d, a, &ua, NULL);
    assert_sense(a, &ua, UNIT_ATTENTION, 0x29, 0x00);
    driver_ready(d, a, DISK2);
    replay_read_write(d, a);
    driver_settle(d, a);
    assert_never_reported(a, ccbs, NUM_HELD);
    disk_assert_unchanged(disk_of(a, DISK), 0, DISK_BLOCKS);
}

void replay_device_reset_returning(const Driver *d, const Ccb *bdr)
{
    Adapter *a = driver_attach(d);
    Ccb ccbs[NUM_HELD], reset = *bdr, ua = ccb_tur(DISK);

    driver_ready(d, a, DISK);
    driver_ready(d, a, DISK2);
    driver_settle(d, a);
    start_held(d, a, ccbs, NUM_HELD);
    driver_run(d, a, &reset, NULL);
    assert_good(&reset);
    /* They came before it, each on its own account */
    for (int i = 0; i < NUM_HELD; i++) {
        assert_host_error(&ccbs[i], BTSTAT_DEVICE_RESET);
    }
    release(a, DISK);
    driver_settle(d, a);
    driver_run(d, a, &ua, NULL);
    assert_sense(a, &ua, UNIT_ATTENTION, 0x29, 0x00);
    driver_ready(d, a, DISK2);
    replay_read_write(d, a);
    driver_settle(d, a);
    disk_assert_unchanged(disk_of(a, DISK), 0, DISK_BLOCKS);
}

void replay_reset(const Driver *d, ResetFn *reset)
{
    Adapter *a = driver_attach(d);
    g_autoptr(GBytes) snapshot = NULL;
    Ccb ccbs[NUM_HELD];

    driver_ready(d, a, DISK);
    driver_settle(d, a);
    start_held(d, a, ccbs, NUM_HELD);
    reset(a);
    requests_forget();
    assert_never_reported(a, ccbs, NUM_HELD);
    snapshot = guest_snapshot(a);
    release(a, DISK);
    settle(a);
    guest_assert_snapshot(a, snapshot);

    driver_ready(d, a, DISK);
    driver_ready(d, a, DISK2);
    replay_read_write(d, a);
    driver_settle(d, a);
    assert_never_reported(a, ccbs, NUM_HELD);
}

static const Driver *const drivers[] = {
    &linux2, &linux12, &aha1542, &freebsd, &freebsd2, &bsd386, &netbsd97,
    &netbsd, &openbsd, &reactos, &plan9, &haiku,
};

/* Nobody has reset the adapter in between, and nobody will be told */
static void succeed(const Driver *first, const Driver *second, Adapter *a)
{
    Ccb ccbs[2];

    guest_free_all(a);
    first->boot(a);
    driver_ready(first, a, DISK);
    driver_settle(first, a);
    start_held(first, a, ccbs, ARRAY_SIZE(ccbs));
    if (first->leave) {
        first->leave(a);
    }
    requests_forget();
    second->boot(a);
    release(a, DISK);
    driver_ready(second, a, DISK);
    driver_ready(second, a, DISK2);
    replay_parallel(second, a, 2);
    driver_settle(second, a);
    assert_never_reported(a, ccbs, ARRAY_SIZE(ccbs));
    guest_check_guards(a);
}

/* All at the PCI ports, for the first one may switch off the others */
static void replay_succession(const Driver *d)
{
    Adapter *a = machine_pci();

    for (int i = 0; i < ARRAY_SIZE(drivers); i++) {
        g_test_message("%s after %s", drivers[i]->name, d->name);
        succeed(d, drivers[i], a);
    }
}

/* Host commands */

void diagnostics_handshake(Adapter *a, uint8_t control, unsigned appear)
{
    write_control(a, control);
    poll_until(appear, read_status(a) & DACT);
    poll_until(POLLS(10, 100), !(read_status(a) & DACT));
    poll_until(POLLS(1, 100), read_status(a) & (DFAIL | HARDY | DIRRDY));
    g_assert_cmphex(read_status(a) & (DFAIL | HARDY), ==, HARDY);
}

void reset_to_30(Adapter *a, uint8_t control, unsigned polls)
{
    write_control(a, control);
    poll_until(polls, read_status(a) == READY_AFTER_RESET);
}

static bool one_of(uint8_t value, const uint8_t *legal, size_t count)
{
    return memchr(legal, value, count);
}

bool legal_config(const uint8_t *config)
{
    return one_of(config[0], BYTES(0x00, 0x01, 0x20, 0x40, 0x80)) &&
           one_of(config[1], BYTES(0x01, 0x02, 0x04, 0x08, 0x20, 0x40));
}

bool reset_after_rejection(Adapter *a)
{
    const uint8_t mask = DACT | DFAIL | INREQ | HARDY | DIRRDY | CMDINV;

    if ((read_status(a) & mask) == (INREQ | HARDY)) {
        return false;
    }
    diagnostics_handshake(a, RSOFT, POLLS(5, 100));
    return true;
}

static size_t linux_send(Adapter *a, uint8_t opcode, const uint8_t *params,
                         size_t num_params)
{
    size_t sent = 0;

    poll_until(POLLS(1, 100), (read_status(a) & (HARDY | CPRBSY)) == HARDY);
    write_command(a, opcode);
    for (int i = 0; sent < num_params && i < MOST_POLLS; i++) {
        uint8_t flags = read_flags(a);
        uint8_t status = read_status(a);

        if (flags & CMDC || status & DIRRDY) {
            break;
        }
        if (!(status & CPRBSY)) {
            write_command(a, params[sent++]);
        }
    }
    return sent;
}

int linux_command(Adapter *a, uint8_t opcode, const uint8_t *params,
                  size_t num_params, uint8_t *reply, size_t wanted)
{
    size_t sent = linux_send(a, opcode, params, num_params);
    int got = 0, polls = 0;
    uint8_t status, flags;

    if (opcode == BL_CMD_MODIFY_ISA_PORT) {
        /* Nothing tells when it is done, and nothing is acknowledged */
        return read_status(a) & CMDINV ? LINUX_REJECTED : 0;
    }
    for (;;) {
        g_assert_cmpint(++polls, <, MOST_POLLS);
        flags = read_flags(a);
        status = read_status(a);
        if (flags & CMDC) {
            break;
        }
        if (status & DIRRDY) {
            uint8_t byte = read_data(a);

            if (got++ < wanted) {
                reply[got - 1] = byte;
            }
        } else if (opcode == BL_CMD_FETCH_LOCAL_RAM && status & HARDY) {
            break;
        }
    }
    write_control(a, RINT);
    if (status & CMDINV) {
        return reset_after_rejection(a) ? LINUX_RESET : LINUX_REJECTED;
    }
    return sent < num_params ? LINUX_REJECTED : got;
}

bool linux_interrupt(Adapter *a)
{
    uint8_t flags = read_flags(a);

    if (!(flags & INTV)) {
        return false;
    }
    pass_window(a);
    write_control(a, RINT);
    g_assert_cmphex(flags & (RSTS | FLAGS_RESERVED), ==, 0);
    if (flags & IMBL) {
        scan_in_order(a);
    }
    return true;
}

uint8_t linux_direction(uint8_t opcode)
{
    switch (opcode) {
    case READ_6:
    case READ_10:
        return BL_DIR_IN;
    case WRITE_6:
    case WRITE_10:
        return BL_DIR_OUT;
    default:
        return BL_DIR_FROM_CDB;
    }
}

static void test_succession(const void *driver)
{
    replay_succession(driver);
}

static void add_successions(void)
{
    for (int i = 0; i < ARRAY_SIZE(drivers); i++) {
        g_autofree char *path = g_strdup_printf(
            "/buslogic/replay/%s/succession", drivers[i]->name);

        qtest_add_data_func(path, drivers[i], test_succession);
    }
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    add_linux_replays();
    add_bsd_replays();
    add_nt_replays();
    add_misc_replays();
    add_successions();
    add_checklist();
    ret = g_test_run();
    for (int i = 0; i < ARRAY_SIZE(machines); i++) {
        machine_stop(&machines[i]);
    }
    if (firmware_path) {
        unlink(firmware_path);
        g_free(firmware_path);
    }
    return ret;
}
