/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: migration, requests parked by
 * rerror=stop and werror=stop, and the passing of time
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

/* Machines */

/* A firmware that halts: a processor that runs must not touch the adapter */
char *halting_firmware(void)
{
    static const uint8_t cli_hlt_jmp[] = { 0xfa, 0xf4, 0xeb, 0xfc };
    g_autofree uint8_t *image = g_malloc0(64 * KiB);
    char *path;
    int fd = g_file_open_tmp("buslogic-firmware.XXXXXX", &path, NULL);

    memcpy(image + 0xfff0, cli_hlt_jmp, sizeof(cli_hlt_jmp));
    g_assert_cmpint(write(fd, image, 64 * KiB), ==, 64 * KiB);
    close(fd);
    return path;
}

static char *migration_file(void)
{
    char *path;
    int fd = g_file_open_tmp("buslogic-migration.XXXXXX", &path, NULL);

    close(fd);
    return path;
}

static bool migration_is(Adapter *a, const char *wanted)
{
    QDict *response = qtest_qmp(a->qts, "{ 'execute': 'query-migrate' }");
    const char *status = qdict_get_try_str(qdict_get_qdict(response, "return"),
                                           "status");
    bool done = status && !strcmp(status, wanted);

    g_assert_true(!status || strcmp(status, "failed"));
    qobject_unref(response);
    return done;
}

static void start_saving(Adapter *a, const char *path)
{
    g_autofree char *uri = g_strdup_printf("exec:cat > %s", path);

    qtest_qmp_assert_success(a->qts,
        "{ 'execute': 'migrate', 'arguments': { 'uri': %s } }", uri);
}

static void finish_saving(Adapter *a)
{
    wait_until(migration_is(a, "completed"));
    qtest_quit(a->qts);
}

static void save_machine(Adapter *a, const char *path)
{
    start_saving(a, path);
    finish_saving(a);
}

/* Start another machine that waits for what has been saved */
static void load_machine(Adapter *a, const char *path, const char *device,
                         const char *args)
{
    g_autofree char *uri = g_strdup_printf("exec:cat %s", path);
    Adapter *target = a->irq
        ? isa_adapter_start("pc", a->io, a->irq, device,
                            "%s -incoming defer", args)
        : adapter_start(device, "%s -incoming defer", args);

    a->qts = target->qts;
    g_array_free(target->blocks, true);
    g_free(target);
    qtest_qmp_assert_success(a->qts,
        "{ 'execute': 'migrate-incoming', 'arguments': { 'uri': %s } }", uri);
}

/*
 * Since QEMU 10.0 the images of a machine that does not run stay inactive
 * after migration.  Older ones do not know the command, and need it not.
 */
static void activate_images(Adapter *a)
{
    qobject_unref(qtest_qmp(a->qts, "{ 'execute': 'blockdev-set-active',"
                            " 'arguments': { 'active': true } }"));
}

void migrate_adapter(Adapter *a, const char *device, const char *args)
{
    g_autofree char *path = migration_file();

    save_machine(a, path);
    load_machine(a, path, device, args);
    wait_until(migration_is(a, "completed"));
    activate_images(a);
    unlink(path);
}

/* QEMU says that it cannot go on, and ends */
static void load_refused(Adapter *a, const char *path, const char *device,
                         const char *args)
{
    load_machine(a, path, device, args);
    qtest_set_expected_status(a->qts, 1);
    wait_until(!qtest_probe_child(a->qts));
    qtest_quit(a->qts);
    g_array_free(a->blocks, true);
    g_free(a);
}

void migrate_refused(Adapter *a, const char *device, const char *args)
{
    g_autofree char *path = migration_file();

    save_machine(a, path);
    load_refused(a, path, device, args);
    unlink(path);
}

typedef struct Phase {
    const char *name;
    void (*before)(Adapter *a);
    void (*after)(Adapter *a);
} Phase;

static void send_half_a_command(Adapter *a)
{
    write_command(a, BL_CMD_INIT_MAILBOX_32);
    write_command(a, 16);
    write_command(a, 0x78);
}

static void send_the_other_half(Adapter *a)
{
    Reply reply;

    g_assert_cmphex(read_status(a), ==, STATUS_BUSY);
    write_command(a, 0x56);
    write_command(a, 0x34);
    g_assert_cmphex(read_status(a), ==, STATUS_BUSY);
    write_command(a, 0x12);
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    reply = command(a, BL_CMD_INQUIRE_EXT_SETUP, BYTES(9));
    g_assert_cmpmem(reply.data + 4, 5, "\x10\x78\x56\x34\x12", 5);
}

static void read_half_a_reply(Adapter *a)
{
    write_command(a, BL_CMD_INQUIRE_BOARD_ID);
    read_data(a);
    read_data(a);
}

static void read_the_other_half(Adapter *a)
{
    g_assert_cmphex(read_flags(a), ==, 0);
    g_assert_cmphex(read_data(a), ==, '5');
    g_assert_cmphex(read_flags(a), ==, 0);
    g_assert_cmphex(read_data(a), ==, '0');
    g_assert_cmphex(read_flags(a), ==, CMDC);
    g_assert_true(interrupt_line(a));
    acknowledge(a);
    assert_idle(a);
}

static void reset_unseen(Adapter *a)
{
    write_control(a, R_CONTROL_RHARD_MASK);
}

static void see_the_diagnostics(Adapter *a)
{
    g_assert_cmphex(read_status(a), ==,
                    R_STATUS_DACT_MASK | R_STATUS_INREQ_MASK);
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
}

static void reject_a_command(Adapter *a)
{
    write_command(a, 0xff);
}

static void see_the_rejection(Adapter *a)
{
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE | R_STATUS_CMDINV_MASK);
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    assert_idle(a);
}

static void defer_interrupts(Adapter *a)
{
    Ccb ccb = ccb_tur(9);

    mailbox_init(a, 32, 4);
    write_command(a, BL_CMD_TEST_CMDC);
    write_command(a, BL_CMD_TEST_CMDC);
    ccb_submit(a, &ccb);
    ccb_wait(a, &ccb);
    g_assert_cmphex(read_flags(a), ==, CMDC);
}

static void see_deferred_interrupts(Adapter *a)
{
    uint8_t seen = 0;

    g_assert_true(interrupt_line(a));
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    g_assert_true(interrupt_line(a));
    seen |= acknowledge(a);
    seen |= acknowledge(a);
    g_assert_cmphex(seen, ==, CMDC | IMBL);
    assert_idle(a);
}

static void leave_an_interrupt(Adapter *a)
{
    write_command(a, BL_CMD_TEST_CMDC);
}

/* The level is one that the gate can take away and bring back */
static void gate_the_interrupt(Adapter *a)
{
    g_assert_true(interrupt_line(a));
    command_send(a, BL_CMD_ENABLE_INTERRUPT, BYTES(0));
    g_assert_false(interrupt_line(a));
    command_send(a, BL_CMD_ENABLE_INTERRUPT, BYTES(1));
    g_assert_true(interrupt_line(a));
}

static void complete_unseen(Adapter *a)
{
    Ccb ccb = ccb_tur(9);

    mailbox_init(a, 32, 4);
    ccb_submit(a, &ccb);
    ccb_wait(a, &ccb);
}

static void acknowledge_blindly(Adapter *a)
{
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_cmphex(read_flags(a), ==, IMBL);
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

static void change_settings(Adapter *a)
{
    command_quiet(a, BL_CMD_ENABLE_OMBR, BYTES(1));
    command_quiet(a, BL_CMD_MODIFY_ISA_PORT, BYTES(3));
    command(a, BL_CMD_SET_BUS_ON_TIME, BYTES(11));
    command(a, BL_CMD_STORE_LOCAL_RAM, BYTES(200, 2, 0xab, 0xcd));
    qtest_outb(a->qts, a->io + A_GEOMETRY, 0x5a);
    command_send(a, BL_CMD_ENABLE_INTERRUPT, BYTES(0));
    acknowledge(a);
}

static void see_the_settings(Adapter *a)
{
    Reply reply;

    g_assert_cmphex(read_geometry(a), ==, 0x5a);
    g_assert_cmphex(qtest_inb(a->qts, 0x234 + A_GEOMETRY), ==, 0x5a);
    write_command(a, BL_CMD_TEST_CMDC);
    g_assert_false(interrupt_line(a));
    command_send(a, BL_CMD_ENABLE_INTERRUPT, BYTES(1));
    g_assert_true(interrupt_line(a));
    acknowledge(a);
    acknowledge(a);
    reply = command(a, BL_CMD_INQUIRE_SETUP, BYTES(3));
    g_assert_cmpuint(reply.data[2], ==, 11);
    reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(200, 2));
    assert_reply(&reply, BYTES(0xab, 0xcd));
    mailbox_init(a, 32, 4);
    doorbell(a);
    mailbox_post(a, GUEST_UNMAPPED, BL_ACTION_ABORT);
    doorbell(a);
    mailbox_take(a);
    g_assert_cmphex(acknowledge(a) & R_INTERRUPT_OMBR_MASK, !=, 0);
}

static void use_mailboxes(Adapter *a)
{
    mailbox_init(a, 24, 3);
    for (int i = 0; i < 4; i++) {
        Ccb ccb = ccb_tur(6);

        ccb_run(a, &ccb);
        assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    }
}

/* The ring goes on with entry 1, so of entries 0 and 2 it has 2 first */
static void use_mailboxes_further(Adapter *a)
{
    Ccb first = ccb_tur(6), second = ccb_tur(6);

    ccb_store(a, &first);
    ccb_store(a, &second);
    mailbox_fill(a, 0, second.addr, BL_ACTION_START);
    mailbox_fill(a, 2, first.addr, BL_ACTION_START);
    doorbell(a);
    ccb_wait(a, &first);
    ccb_wait(a, &second);
    assert_host_error(&second, BTSTAT_SELECTION_TIMEOUT);
    mailbox_assert_empty(a);
}

/* CCBs that the two halves of a test share */
static Ccb kept[3];

static void overfill_the_ring(Adapter *a)
{
    mailbox_init(a, 32, 1);
    for (int i = 0; i < ARRAY_SIZE(kept); i++) {
        kept[i] = ccb_tur(9);
        ccb_submit(a, &kept[i]);
        wait_until(!mailbox_action(a, 0));
    }
    settle(a);
    ccb_assert_untouched(a, &kept[1]);
}

static void empty_the_ring(Adapter *a)
{
    for (int i = 0; i < ARRAY_SIZE(kept); i++) {
        ccb_wait(a, &kept[i]);
        assert_host_error(&kept[i], BTSTAT_SELECTION_TIMEOUT);
        write_control(a, R_CONTROL_RINT_MASK);
    }
    mailbox_assert_empty(a);
}

/* Nonsense is refused at once, but there is no room to say so */
static Ccb nonsense[3];

static void refuse_with_a_full_ring(Adapter *a)
{
    Ccb first = ccb_tur(9);

    nonsense[0] = ccb_tur(200);
    nonsense[1] = ccb_tur(9);
    nonsense[1].opcode = 0x42;
    nonsense[1].cdb_len = 77;
    nonsense[2] = ccb_device_reset(9);
    nonsense[2].cdb_len = 99;
    mailbox_init(a, 32, 1);
    ccb_submit(a, &first);
    for (int i = 0; i < ARRAY_SIZE(nonsense); i++) {
        wait_until(!mailbox_action(a, 0));
        ccb_submit(a, &nonsense[i]);
    }
    wait_until(!mailbox_action(a, 0));
    settle(a);
    mailbox_free(a, 0);
}

static void see_them_refused(Adapter *a)
{
    static const uint8_t btstat[] = {
        BTSTAT_BAD_CCB, BTSTAT_BAD_OPCODE, BTSTAT_SELECTION_TIMEOUT,
    };

    for (int i = 0; i < ARRAY_SIZE(nonsense); i++) {
        write_control(a, R_CONTROL_RINT_MASK);
        ccb_wait(a, &nonsense[i]);
        assert_host_error(&nonsense[i], btstat[i]);
    }
    mailbox_assert_empty(a);
}

static const Phase phases[] = {
    { "half-a-command", send_half_a_command, send_the_other_half },
    { "half-a-reply", read_half_a_reply, read_the_other_half },
    { "diagnostics-unseen", reset_unseen, see_the_diagnostics },
    { "rejected-command", reject_a_command, see_the_rejection },
    { "deferred-interrupts", defer_interrupts, see_deferred_interrupts },
    { "pending-interrupt", leave_an_interrupt, gate_the_interrupt },
    { "unread-completion", complete_unseen, acknowledge_blindly },
    { "settings", change_settings, see_the_settings },
    { "mailbox-positions", use_mailboxes, use_mailboxes_further },
    { "full-incoming-ring", overfill_the_ring, empty_the_ring },
    { "refused-ccbs", refuse_with_a_full_ring, see_them_refused },
};

static void test_migration_phase(const void *data)
{
    const Phase *phase = data;
    Adapter *a = adapter_start("buslogic", "%s", "");

    phase->before(a);
    migrate_adapter(a, "buslogic", "");
    phase->after(a);
    adapter_stop(a);
}

/*
 * What other boards have in addition is not in the stream of a BT-958: it goes
 * on to run where only that is known.
 */
static void test_stream_of_the_default_board(void)
{
    static const struct {
        const char *device;
        bool named;
    } cases[] = {
        { "buslogic", false }, { "buslogic,model=bt948", true },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *path = migration_file();
        g_autofree char *data = NULL;
        Adapter *a = adapter_start(cases[i].device, "%s", "");
        size_t len;

        save_machine(a, path);
        g_array_free(a->blocks, true);
        g_free(a);
        g_assert_true(g_file_get_contents(path, &data, &len, NULL));
        g_assert_cmpint(!!memmem(data, len, "buslogic-core/board", 19), ==,
                        cases[i].named);
        unlink(path);
    }
}

/* Its header is in the last bytes of RAM, and its CDB is behind them */
static void test_half_unreadable_ccb_migrates(void)
{
    const char *args = "-m 8";
    uint32_t addr = 8 * MiB - sizeof(BuslogicCCB24);
    Adapter *a = adapter_start("buslogic", "%s", args);
    Ccb first = ccb_tur(6);
    Completion done;

    mailbox_init(a, 24, 1);
    ccb_submit(a, &first);
    wait_until(!mailbox_action(a, 0));
    qtest_writeb(a->qts, addr, BL_CCB_INITIATOR_SG);
    qtest_writeb(a->qts, addr + 2, 6);
    mailbox_post(a, addr, BL_ACTION_START);
    doorbell(a);
    wait_until(!mailbox_action(a, 0));
    settle(a);
    migrate_adapter(a, "buslogic", args);
    ccb_wait(a, &first);
    write_control(a, R_CONTROL_RINT_MASK);
    done = mailbox_take(a);
    g_assert_cmphex(done.ccb, ==, addr);
    g_assert_cmphex(done.code, ==, BL_COMPLETION_ERROR);
    mailbox_assert_empty(a);
    adapter_stop(a);
}

/*
 * The processors stand still already when the last of the state is yet to be
 * saved: from there on, nothing is posted until they run again.
 */
static void test_refused_exec_scsi_migrates(void)
{
    uint8_t params[BL_EXEC_SCSI_HEADER + BL_EXEC_SCSI_MAX_CDB];
    g_autofree char *firmware = halting_firmware();
    g_autofree char *args = g_strdup_printf("-bios %s", firmware);
    g_autofree char *path = migration_file();
    Adapter *a = adapter_start("buslogic", "%s", args);
    Ccb ccb = ccb_tur(200);
    Reply reply;

    qtest_qmp_assert_success(a->qts,
        "{ 'execute': 'migrate-set-capabilities', 'arguments': {"
        "  'capabilities': [ { 'capability': 'pause-before-switchover',"
        "                      'state': true } ] } }");
    start_saving(a, path);
    wait_until(migration_is(a, "pre-switchover"));
    command_send(a, BL_CMD_EXEC_SCSI, params, exec_scsi_params(&ccb, params));
    settle(a);
    g_assert_cmphex(read_status(a), ==, STATUS_BUSY);
    qtest_qmp_assert_success(a->qts,
        "{ 'execute': 'migrate-continue', 'arguments': {"
        "  'state': 'pre-switchover' } }");
    finish_saving(a);
    load_machine(a, path, "buslogic", args);
    wait_until(migration_is(a, "completed"));
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    reply = command_finish(a);
    assert_reply(&reply, BYTES(0, 0, BTSTAT_BAD_CCB, 0));
    adapter_stop(a);
    unlink(path);
    unlink(firmware);
}

/* Streams that no machine has saved */

typedef struct Forgery {
    const char *name;
    void (*before)(Adapter *a);
    uint8_t pattern[12];            /* once in the stream */
    uint8_t pattern_len;
    uint8_t offset;                 /* of the byte to change */
    uint8_t value;
} Forgery;

/* Eight mailboxes at an address that is nowhere else in the stream */
static void init_mailboxes_somewhere(Adapter *a)
{
    mailbox_init_at(a, 32, 8, 0x5a6b7c8d);
}

#define MAILBOXES       { 0x5a, 0x6b, 0x7c, 0x8d, 8, 1, 0, 0 }, 8
/* Phase, opcode, parameters received, parameters left, the first of them */
#define HALF_A_COMMAND  { 1, 0x81, 0, 0, 0, 2, 0, 0, 0, 3, 16, 0x78 }, 12
/* Bytes read, bytes there are, the first of them */
#define HALF_A_REPLY    { 0, 0, 0, 2, 0, 0, 0, 4, 'A', 'A', '5', '0' }, 12

static const Forgery forgeries[] = {
    { "mailbox-count", init_mailboxes_somewhere, MAILBOXES, 7, 8 },
    { "outgoing-position", init_mailboxes_somewhere, MAILBOXES, 6, 8 },
    { "mailbox-width", init_mailboxes_somewhere, MAILBOXES, 5, 2 },
    { "phase", send_half_a_command, HALF_A_COMMAND, 0, 9 },
    { "opcode", send_half_a_command, HALF_A_COMMAND, 1, 0xff },
    { "parameters-received", send_half_a_command, HALF_A_COMMAND, 2, 0x7f },
    { "parameters-left", send_half_a_command, HALF_A_COMMAND, 9, 0 },
    { "reply-position", read_half_a_reply, HALF_A_REPLY, 3, 4 },
    { "reply-length", read_half_a_reply, HALF_A_REPLY, 4, 0x7f },
};

static void forge(const char *path, const Forgery *f)
{
    g_autofree char *data = NULL;
    char *at = NULL;
    size_t len;

    g_assert_true(g_file_get_contents(path, &data, &len, NULL));
    for (size_t i = 0; i + f->pattern_len <= len; i++) {
        if (!memcmp(data + i, f->pattern, f->pattern_len)) {
            g_assert_null(at);
            at = data + i;
        }
    }
    g_assert_nonnull(at);
    at[f->offset] = f->value;
    g_assert_true(g_file_set_contents(path, data, len, NULL));
}

static void test_forged_stream_is_refused(const void *data)
{
    g_autofree char *path = migration_file();
    Adapter *a = adapter_start("buslogic", "%s", "");
    const Forgery *f = data;

    f->before(a);
    save_machine(a, path);
    forge(path, f);
    load_refused(a, path, "buslogic", "");
    unlink(path);
}

/* A command that is executed, on a board that does not have it */
static void test_forged_command_of_another_board_is_refused(void)
{
    static const char device[] = "buslogic-isa,model=aha1540b";
    const Forgery opcode = {
        .pattern = { 1, BL_CMD_INIT_MAILBOX_24, 0, 0, 0, 2, 0, 0, 0, 2 },
        .pattern_len = 10, .offset = 1, .value = BL_CMD_EXEC_SCSI,
    };
    const Forgery phase = {
        .pattern = { 1, BL_CMD_EXEC_SCSI, 0, 0, 0, 2, 0, 0, 0, 2 },
        .pattern_len = 10, .offset = 0, .value = 2,
    };
    g_autofree char *path = migration_file();
    Adapter *a = isa_adapter_start("pc", 0x330, 10, device, "%s", "");

    write_command(a, BL_CMD_INIT_MAILBOX_24);
    write_command(a, 4);
    write_command(a, 0x20);
    save_machine(a, path);
    forge(path, &opcode);
    forge(path, &phase);
    load_refused(a, path, device, "");
    unlink(path);
}

static void test_another_scsi_id_is_refused(void)
{
    migrate_refused(adapter_start("buslogic,scsi-id=6", "%s", ""), "buslogic",
                    "");
}

/* Requests end, one way or the other, before the machine is saved */
static void test_migration_with_requests(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    g_autofree char *args = g_strdup_printf(
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0", disk->path);
    Adapter *a = private_disk_adapter(disk);
    Ccb ccbs[6], ccb = ccb_read10(0, 9, 1);

    hold_private(a, ccbs, ARRAY_SIZE(ccbs));
    migrate_adapter(a, "buslogic,id=hba", args);
    /* Nothing is posted before the machine runs, or the guest asks */
    doorbell(a);
    ccb_wait_all(a, ccbs, ARRAY_SIZE(ccbs));
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        assert_good(&ccbs[i]);
        if (i % 2) {
            disk_assert_filled(disk, i, FILL);
        } else {
            guest_assert_blocks(a, ccbs[i].data, i, BLOCK_SIZE);
        }
    }
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    mailbox_assert_empty(a);
    adapter_stop(a);
    disk_free(disk);
}

/* Arguments for a disk whose first access of block 4 fails and stops it */
static char *stopping_disk(const char *firmware, const char *iotype)
{
    return g_strdup_printf(
        "-bios %s -drive if=none,id=drive0,driver=raw,file.driver=blkdebug,"
        "file.image.driver=null-co,file.image.size=1048576,"
        "file.image.read-zeroes=on,"
        "file.inject-error.0.event=none,file.inject-error.0.iotype=%s,"
        "file.inject-error.0.sector=4,file.inject-error.0.once=on,"
        "rerror=stop,werror=stop "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0", firmware, iotype);
}

typedef struct ParkedCase {
    const char *name;
    int width;
    bool is_write;
    size_t excess;                  /* of the buffer, in bytes */
} ParkedCase;

/* With and without an excess, data take different ways through the device */
static const ParkedCase parked_cases[] = {
    { "read", 32, false, 0 },
    { "write", 32, true, 0 },
    { "short-read", 32, false, 100 },
    { "short-write", 32, true, 100 },
    { "read-24", 24, false, 0 },
    { "short-write-24", 24, true, 100 },
};

static Ccb start_parked(Adapter *a, const ParkedCase *c)
{
    Ccb ccb = c->is_write ? ccb_write10(0, 4, 2) : ccb_read10(0, 4, 2);

    mailbox_init(a, c->width, 4);
    clear_unit_attention(a, 0);
    ccb.opcode = BL_CCB_INITIATOR_RES;
    ccb_buffer(a, &ccb, 2 * BLOCK_SIZE + c->excess);
    ccb_submit(a, &ccb);
    qtest_qmp_eventwait(a->qts, "BLOCK_IO_ERROR");
    mailbox_assert_empty(a);
    return ccb;
}

static void cont_and_finish(Adapter *a, const ParkedCase *c, Ccb *ccb)
{
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    ccb_wait(a, ccb);
    assert_good(ccb);
    g_assert_cmpuint(ccb->length, ==, c->excess);
    guest_assert_filled(a, ccb->data, c->is_write ? FILL : 0, 2 * BLOCK_SIZE);
    guest_assert_filled(a, ccb->data + 2 * BLOCK_SIZE, FILL, c->excess);
    mailbox_assert_empty(a);
}

static void test_parked_request_is_retried(const void *data)
{
    const ParkedCase *c = data;
    g_autofree char *firmware = halting_firmware();
    g_autofree char *args = stopping_disk(firmware,
                                          c->is_write ? "write" : "read");
    Adapter *a = adapter_start("buslogic", "%s", args);
    Ccb ccb = start_parked(a, c);

    cont_and_finish(a, c, &ccb);
    adapter_stop(a);
    unlink(firmware);
}

static void test_parked_request_migrates(const void *data)
{
    const ParkedCase *c = data;
    g_autofree char *firmware = halting_firmware();
    g_autofree char *bad = stopping_disk(firmware,
                                         c->is_write ? "write" : "read");
    g_autofree char *good = g_strdup_printf(
        "-bios %s -drive if=none,id=drive0,driver=null-co,size=1048576,"
        "read-zeroes=on "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0", firmware);
    Adapter *a = adapter_start("buslogic,id=hba", "%s", bad);
    Ccb ccb = start_parked(a, c);

    migrate_adapter(a, "buslogic,id=hba", good);
    mailbox_assert_empty(a);
    g_assert_cmpuint(adapter_property(a, "requests"), ==, 1);
    cont_and_finish(a, c, &ccb);
    g_assert_cmpuint(adapter_property(a, "requests"), ==, 0);
    adapter_stop(a);
    unlink(firmware);
}

/* The host command that runs it is on its way as well */
static void test_parked_exec_scsi_migrates(void)
{
    uint8_t params[BL_EXEC_SCSI_HEADER + BL_EXEC_SCSI_MAX_CDB];
    g_autofree char *firmware = halting_firmware();
    g_autofree char *args = stopping_disk(firmware, "read");
    Adapter *a = adapter_start("buslogic", "%s", args);
    Ccb tur = ccb_tur(0), ccb = ccb_read10(0, 4, 2);
    Reply reply;

    command(a, BL_CMD_EXEC_SCSI, params, exec_scsi_params(&tur, params));
    ccb_buffer(a, &ccb, 2 * BLOCK_SIZE);
    command_send(a, BL_CMD_EXEC_SCSI, params, exec_scsi_params(&ccb, params));
    qtest_qmp_eventwait(a->qts, "BLOCK_IO_ERROR");
    /* There it fails once more, in here at the same place, and is retried */
    migrate_adapter(a, "buslogic", args);
    settle(a);
    g_assert_cmphex(read_status(a), ==, STATUS_BUSY);
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    qtest_qmp_eventwait(a->qts, "BLOCK_IO_ERROR");
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    reply = command_finish(a);
    assert_reply(&reply, BYTES(0, 0, 0, 0));
    guest_assert_filled(a, ccb.data, 0, 2 * BLOCK_SIZE);
    adapter_stop(a);
    unlink(firmware);
}

/* A request that waits for the user can be taken back like any other */
static void test_parked_request_is_aborted(void)
{
    g_autofree char *firmware = halting_firmware();
    g_autofree char *args = stopping_disk(firmware, "read");
    Adapter *a = adapter_start("buslogic", "%s", args);
    Ccb ccb = start_parked(a, &parked_cases[0]);

    ccb_abort(a, &ccb);
    ccb_wait(a, &ccb);
    assert_result(&ccb, BL_COMPLETION_ABORTED, BTSTAT_ABORTED, GOOD);
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    mailbox_assert_empty(a);
    adapter_stop(a);
    unlink(firmware);
}

static void test_parked_request_goes_with_a_reset(void)
{
    g_autofree char *firmware = halting_firmware();
    g_autofree char *args = stopping_disk(firmware, "read");
    Adapter *a = adapter_start("buslogic", "%s", args);
    Ccb ccb = start_parked(a, &parked_cases[0]);

    reset_handshake(a, R_CONTROL_RHARD_MASK);
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    settle(a);
    ccb_assert_untouched(a, &ccb);
    mailbox_assert_empty(a);
    adapter_stop(a);
    unlink(firmware);
}

/* Virtual time, which stands still in all other tests */

static bool is_tcg(Adapter *a)
{
    g_autofree char *text = qtest_hmp(a->qts, "info jit");

    return strstr(text, "Translation buffer");
}

/* The time starts to run, or is set if QEMU has the accelerator for that */
static void pass_time(Adapter *a, int64_t milliseconds)
{
    int64_t end = g_get_monotonic_time() + milliseconds * 1000;

    if (!is_tcg(a)) {
        qtest_clock_step(a->qts, milliseconds * 1000000);
        return;
    }
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    while (g_get_monotonic_time() < end) {
        g_usleep(1000);
    }
}

static void test_diagnostics_are_over_after_a_while(void)
{
    g_autofree char *firmware = halting_firmware();
    Adapter *a = adapter_start("buslogic", "-bios %s", firmware);

    /* Nobody looks, for longer than any driver would wait */
    write_control(a, R_CONTROL_RHARD_MASK);
    pass_time(a, 1200);
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    /* Not so long ago, however slow the host is */
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'stop' }");
    write_control(a, R_CONTROL_RSOFT_MASK);
    g_assert_cmphex(read_status(a), ==,
                    R_STATUS_DACT_MASK | R_STATUS_INREQ_MASK);
    adapter_stop(a);
    unlink(firmware);
}

/* Without an acknowledge or a doorbell, the adapter looks again by itself */
static void test_full_ring_goes_on_in_time(void)
{
    g_autofree char *firmware = halting_firmware();
    Adapter *a = adapter_start("buslogic", "-bios %s", firmware);
    Ccb first = ccb_tur(9), second = ccb_tur(9);

    mailbox_init(a, 32, 1);
    ccb_submit(a, &first);
    wait_until(mailbox_peek(a, 0).code);
    ccb_submit(a, &second);
    wait_until(!mailbox_action(a, 0));
    settle(a);
    ccb_wait(a, &first);
    pass_time(a, 100);
    ccb_wait(a, &second);
    assert_host_error(&second, BTSTAT_SELECTION_TIMEOUT);
    adapter_stop(a);
    unlink(firmware);
}

static void add_stream_tests(void)
{
    for (int i = 0; i < ARRAY_SIZE(phases); i++) {
        g_autofree char *name = g_strdup_printf("/buslogic/migration/%s",
                                                phases[i].name);

        qtest_add_data_func(name, &phases[i], test_migration_phase);
    }
    for (int i = 0; i < ARRAY_SIZE(forgeries); i++) {
        g_autofree char *name = g_strdup_printf("/buslogic/migration/forged/%s",
                                                forgeries[i].name);

        qtest_add_data_func(name, &forgeries[i],
                            test_forged_stream_is_refused);
    }
    qtest_add_func("/buslogic/migration/forged/command-of-another-board",
                   test_forged_command_of_another_board_is_refused);
    qtest_add_func("/buslogic/migration/stream-of-the-default-board",
                   test_stream_of_the_default_board);
    qtest_add_func("/buslogic/migration/half-unreadable-ccb",
                   test_half_unreadable_ccb_migrates);
    qtest_add_func("/buslogic/migration/another-scsi-id",
                   test_another_scsi_id_is_refused);
    qtest_add_func("/buslogic/migration/refused-exec-scsi",
                   test_refused_exec_scsi_migrates);
    qtest_add_func("/buslogic/migration/requests",
                   test_migration_with_requests);
}

static void add_parked_tests(void)
{
    for (int i = 0; i < ARRAY_SIZE(parked_cases); i++) {
        g_autofree char *retried =
            g_strdup_printf("/buslogic/parked/retried/%s",
                            parked_cases[i].name);
        g_autofree char *migrates =
            g_strdup_printf("/buslogic/parked/migrates/%s",
                            parked_cases[i].name);

        qtest_add_data_func(retried, &parked_cases[i],
                            test_parked_request_is_retried);
        qtest_add_data_func(migrates, &parked_cases[i],
                            test_parked_request_migrates);
    }
    qtest_add_func("/buslogic/parked/exec-scsi-migrates",
                   test_parked_exec_scsi_migrates);
    qtest_add_func("/buslogic/parked/aborted", test_parked_request_is_aborted);
    qtest_add_func("/buslogic/parked/goes-with-a-reset",
                   test_parked_request_goes_with_a_reset);
}

void add_migration_tests(void)
{
    add_stream_tests();
    add_parked_tests();
    qtest_add_func("/buslogic/time/diagnostics-are-over-after-a-while",
                   test_diagnostics_are_over_after_a_while);
    qtest_add_func("/buslogic/time/full-ring-goes-on",
                   test_full_ring_goes_on_in_time);
}
