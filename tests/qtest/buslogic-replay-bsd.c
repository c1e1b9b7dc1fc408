/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: replays of the BSDs' drivers
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "scsi/constants.h"
#include "buslogic-replay.h"

/* FreeBSD 3.1 to 12: bt, for CAM */

#define FB_MAILBOXES    192         /* by how many CCBs the board has */
#define FB_MAILBOXES_545C 50
#define FB_SENSE        32
#define FB_SEGMENTS     17
#define FB_DACT_POLLS   POLLS(5, 100)

enum {
    FB_OK,
    FB_EINVAL,                      /* rejected */
    FB_EINVAL_RESET,                /* and the board needed a reset then */
    FB_E2BIG,                       /* before all parameters were sent */
    FB_EMSGSIZE,                    /* reply of another length */
};

/* What the handler leaves for the command helper */
static bool fb_complete;
static uint8_t fb_latched_status;

static bool fb_interrupt(Adapter *a)
{
    bool ours = false;
    uint8_t flags;

    while ((flags = read_flags(a)) & INTV) {
        ours = true;
        g_assert_cmphex(flags & (RSTS | FLAGS_RESERVED), ==, 0);
        if (flags & CMDC) {
            fb_latched_status = read_status(a);
            fb_complete = true;
        }
        pass_window(a);
        write_control(a, RINT);
        if (flags & IMBL) {
            scan_in_order(a);
        }
    }
    return ours;
}

static size_t fb_send(Adapter *a, uint8_t opcode, const uint8_t *params,
                      size_t num_params)
{
    size_t sent = 0;
    uint8_t status;

    for (int polls = 0; ; polls++) {
        g_assert_cmpint(polls, <, MOST_POLLS);
        status = read_status(a);
        if ((status & (HARDY | CPRBSY)) == HARDY) {
            break;
        }
        if (status & DIRRDY) {
            read_data(a);
        }
    }
    fb_complete = false;
    write_command(a, opcode);
    while (sent < num_params) {
        uint8_t flags;

        status = read_status(a);
        flags = read_flags(a);
        if ((flags & (INTV | CMDC)) == (INTV | CMDC) || status & DIRRDY) {
            break;
        }
        if (!(status & CPRBSY)) {
            write_command(a, params[sent++]);
        }
    }
    return sent;
}

/* Status when the command was over */
static uint8_t fb_receive(Adapter *a, uint8_t opcode, uint8_t *reply,
                          size_t wanted, size_t *got)
{
    for (int polls = 0; ; polls++) {
        uint8_t status = read_status(a), flags = read_flags(a);

        g_assert_cmpint(polls, <, MOST_POLLS);
        if ((flags & (INTV | IMBL)) == (INTV | IMBL)) {
            fb_interrupt(a);
        } else if ((flags & (INTV | CMDC)) == (INTV | CMDC) ||
                   (opcode == BL_CMD_MODIFY_ISA_PORT && !(status & CPRBSY))) {
            return status;
        }
        if (fb_complete) {
            return fb_latched_status;
        }
        if (status & DIRRDY) {
            uint8_t byte = read_data(a);

            if ((*got)++ < wanted) {
                reply[*got - 1] = byte;
            }
        } else if (opcode == BL_CMD_FETCH_LOCAL_RAM && status & HARDY) {
            return status;
        }
    }
}

static int fb_command(Adapter *a, uint8_t opcode, const uint8_t *params,
                      size_t num_params, uint8_t *reply, size_t wanted)
{
    size_t sent = fb_send(a, opcode, params, num_params), got = 0;
    uint8_t status = fb_receive(a, opcode, reply, wanted, &got);

    fb_interrupt(a);
    if (status & CMDINV) {
        return reset_after_rejection(a) ? FB_EINVAL_RESET : FB_EINVAL;
    }
    if (sent < num_params) {
        return FB_E2BIG;
    }
    return got == wanted ? FB_OK : FB_EMSGSIZE;
}

static void fb_expect(Adapter *a, uint8_t opcode, const uint8_t *params,
                      size_t num_params, uint8_t *reply, size_t wanted)
{
    g_assert_cmpint(fb_command(a, opcode, params, num_params, reply, wanted),
                    ==, FB_OK);
}

static bool fb_is_a_board(Adapter *a)
{
    uint8_t status = read_status(a);

    return status && !(status & (DACT | CPRBSY | STATUS_RESERVED | CMDINV)) &&
           !(read_flags(a) & FLAGS_RESERVED) && read_geometry(a) != 0xff;
}

static void fb_probe(Adapter *a)
{
    uint8_t r[14];

    g_assert_true(fb_is_a_board(a));
    diagnostics_handshake(a, RHARD, FB_DACT_POLLS);
    fb_expect(a, 0x8d, BYTES(14), r, 14);
}

static void fb_fetch_adapter_info(Adapter *a)
{
    const Board *board = board_of(a);
    uint8_t r[64];

    fb_expect(a, 0x04, NO_BYTES, r, 4);
    g_assert_cmpmem(r, 4, board->id, 4);
    fb_expect(a, 0x84, NO_BYTES, r, 1);
    fb_expect(a, 0x85, NO_BYTES, r, 1);
    fb_expect(a, 0x8d, BYTES(14), r, 14);
    g_assert_cmphex(r[0], ==, board->bus);
    fb_expect(a, 0x8b, BYTES(5), r, 5);
    g_assert_cmpmem(r, 5, board->model, 5);
    g_assert_cmphex(read_geometry(a) & 0x80, ==, 0x80);
    fb_expect(a, 0x91, BYTES(64, 64), r, 64);
    fb_expect(a, 0x0b, NO_BYTES, r, 3);
    g_assert_cmpuint(r[2], ==, ADAPTER_ID);
}

/* Neither 0x96 nor 0x25 nor 0x24 */
static void fb_initialise(Adapter *a)
{
    uint8_t init[5] = { a->count };

    rings_clear(a);
    store_le32(init + 1, a->outgoing);
    fb_expect(a, 0x81, init, 5, NULL, 0);
    fb_expect(a, 0x8f, BYTES(0), NULL, 0);
}

static void fb_bring_up(Adapter *a)
{
    fb_probe(a);
    fb_fetch_adapter_info(a);
    rings_alloc(a, 32, board_of(a)->bus == 'A' ? FB_MAILBOXES_545C
                                               : FB_MAILBOXES);
    fb_initialise(a);
    g_assert_cmphex(read_status(a), ==, READY);
    assert_idle(a);
}

/* Where the board says its ISA ports are; they are switched off */
static uint8_t fb_query_pci(Adapter *a)
{
    uint8_t info[4];

    fb_expect(a, 0x86, NO_BYTES, info, 4);
    if (info[0] < 6) {
        fb_expect(a, 0x95, BYTES(6), NULL, 0);
    }
    return info[0];
}

static void fb_boot(Adapter *a)
{
    fb_query_pci(a);
    fb_bring_up(a);
}

/* An ISA board must have a channel in its model's range, too */
static void fb_boot_isa(Adapter *a)
{
    uint8_t config[3];

    fb_probe(a);
    fb_expect(a, 0x0b, NO_BYTES, config, 3);
    g_assert_true(legal_config(config));
    g_assert_cmphex(board_of(a)->model[0], ==, '5');
    g_assert_cmphex(config[0], >=, 0x20);
    fb_bring_up(a);
}

static void fb_prepare(Adapter *a, Ccb *ccb, const Buffer *b)
{
    bool reset = ccb->opcode == BL_CCB_BUS_DEVICE_RESET;
    bool write = ccb->cdb[0] == WRITE_10 || ccb->cdb[0] == WRITE_6;

    ccb->sense_code = reset ? 0 : FB_SENSE;
    ccb->sense = guest_block(a, FB_SENSE);
    if (!b) {
        ccb->direction = BL_DIR_NONE;
    } else if (b->nseg == 1) {
        ccb->opcode = BL_CCB_INITIATOR_RES;
        ccb->direction = write ? BL_DIR_OUT : BL_DIR_IN;
        ccb->data = b->seg[0].addr;
        ccb->data_len = b->len;
    } else {
        ccb->opcode = BL_CCB_SG_RES;
        ccb->direction = write ? BL_DIR_OUT : BL_DIR_IN;
        ccb->data = guest_block(a, b->nseg * 8);
        ccb->data_len = buffer_list(a, b, ccb->data);
    }
    ccb_store(a, ccb);
}

static void fb_reset(Adapter *a)
{
    diagnostics_handshake(a, RHARD, FB_DACT_POLLS);
    fb_initialise(a);
}

/* On a reset by somebody else, which it does not initialise after */
static void fb_soft_reset(Adapter *a)
{
    diagnostics_handshake(a, RSOFT, FB_DACT_POLLS);
    fb_initialise(a);
}

const Driver freebsd = {
    .name = "freebsd",
    .machine = machine_pci,
    .boot = fb_boot,
    .prepare = fb_prepare,
    .interrupt = fb_interrupt,
    .max_segments = FB_SEGMENTS,
    .max_bytes = 64 * 1024,
    .num_targets = 16,
    .residual = true,
};

static const Driver freebsd_isa = {
    .name = "freebsd-bt545c",
    .machine = machine_bt545c,
    .boot = fb_boot_isa,
    .prepare = fb_prepare,
    .interrupt = fb_interrupt,
    .max_segments = FB_SEGMENTS,
    .max_bytes = 64 * 1024,
    .num_targets = 8,
    .residual = true,
};

static void test_fb_isa_io(void)
{
    replay_io(&freebsd_isa);
}

/* It finishes the target's CCBs when this comes back, if they have not yet */
static void test_fb_isa_device_reset(void)
{
    Ccb bdr = ccb_device_reset(DISK);

    replay_device_reset_returning(&freebsd_isa, &bdr);
}

static void test_fb_isa_hard_reset(void)
{
    replay_reset(&freebsd_isa, fb_reset);
}

static void test_fb_attach(void)
{
    Adapter *a = machine_pci();

    g_assert_cmphex(fb_query_pci(a), ==, BL_ISA_PORT_DISABLED);
    fb_bring_up(a);
}

/* The ports are marked as probed; the later ISA probe finds nothing there */
static void test_fb_isa_port_is_switched_off(void)
{
    Adapter *a = machine_isa(), port = *a;

    adapter_enable(a);
    g_assert_true(fb_is_a_board(&port));
    g_assert_cmphex(fb_query_pci(a), ==, BL_ISA_PORT_330);
    g_assert_cmphex(read_flags(a), ==, 0);
    g_assert_false(fb_is_a_board(&port));
    fb_bring_up(a);
}

static void test_fb_attach_at_isa_port(void)
{
    Adapter *a = machine_isa();
    uint8_t config[3];

    fb_probe(a);
    fb_expect(a, 0x0b, NO_BYTES, config, 3);
    g_assert_true(legal_config(config));
    fb_bring_up(a);
    driver_ready(&freebsd, a, DISK);
    driver_settle(&freebsd, a);
}

static void test_fb_io(void)
{
    replay_io(&freebsd);
}

static void test_fb_late_completion(void)
{
    replay_late_completion(&freebsd);
}

/* The legacy format: tag bits beside the LUN */
static void test_fb_tags(void)
{
    static const uint8_t tags[] = { 0x20, 0x60, 0xa0 };
    Adapter *a = driver_attach(&freebsd);

    driver_ready(&freebsd, a, LUNS);
    for (int i = 0; i < ARRAY_SIZE(tags); i++) {
        Ccb ccb = ccb_tur(LUNS);

        ccb.tag_bits = tags[i];
        driver_run(&freebsd, a, &ccb, NULL);
        assert_good(&ccb);
    }
    driver_settle(&freebsd, a);
}

/* Short INQUIRY data: success, so that the residual is not even read */
static void test_fb_short_transfer(void)
{
    Adapter *a = driver_attach(&freebsd);
    Ccb ccb = ccb_inquiry(DISK, 36);
    Buffer b;

    buffer_alloc(a, &b, 255, 1);
    driver_run(&freebsd, a, &ccb, &b);
    assert_good(&ccb);
    g_assert_cmpuint(ccb.length, ==, 255 - 36);
    driver_settle(&freebsd, a);
}

/* What CAM asks when it negotiates, at any time */
static void fb_query_negotiation(Adapter *a)
{
    uint8_t r[33];

    fb_expect(a, 0x0d, BYTES(33), r, 33);
    g_assert_cmpuint(r[4], ==, FB_MAILBOXES);
    fb_expect(a, 0x8c, BYTES(16), r, 16);
}

static void test_fb_query_while_commands_run(void)
{
    Adapter *a = driver_attach(&freebsd);
    Ccb ccbs[3];

    driver_ready(&freebsd, a, DISK);
    driver_settle(&freebsd, a);
    start_held(&freebsd, a, ccbs, ARRAY_SIZE(ccbs));
    g_assert_cmphex(read_status(a), ==, READY);
    fb_query_negotiation(a);
    release(a, DISK);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        driver_wait(&freebsd, a, &ccbs[i]);
        assert_good(&ccbs[i]);
    }
    driver_settle(&freebsd, a);
}

/* Its helper runs the handler itself if there is a completion */
static void test_fb_query_serves_completions(void)
{
    Adapter *a = driver_attach(&freebsd);
    Ccb ccbs[8];

    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccbs[i] = ccb_tur(ABSENT);
        driver_start(&freebsd, a, &ccbs[i], NULL);
    }
    wait_until(mailbox_peek(a, ARRAY_SIZE(ccbs) - 1).code);
    fb_query_negotiation(a);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        assert_host_error(&ccbs[i], BTSTAT_SELECTION_TIMEOUT);
    }
    assert_idle(a);
}

/* All else in the CCB is from its last use */
static void test_fb_device_reset(void)
{
    Ccb bdr = ccb_device_reset(DISK);

    bdr.cdb[0] = WRITE_10;
    bdr.cdb[8] = 1;
    replay_device_reset(&freebsd, &bdr);
}

static void test_fb_device_reset_of_absent(void)
{
    Adapter *a = driver_attach(&freebsd);
    Ccb bdr = ccb_device_reset(ABSENT);

    driver_run(&freebsd, a, &bdr, NULL);
    assert_host_error(&bdr, BTSTAT_SELECTION_TIMEOUT);
    driver_settle(&freebsd, a);
}

static void test_fb_hard_reset(void)
{
    replay_reset(&freebsd, fb_reset);
}

static void test_fb_soft_reset(void)
{
    replay_reset(&freebsd, fb_soft_reset);
}

static void test_fb_errors(void)
{
    Adapter *a = machine_pci();
    uint8_t r[4];

    g_assert_cmpint(fb_command(a, 0x29, NO_BYTES, NULL, 0), ==, FB_EINVAL);
    g_assert_cmphex(read_status(a), ==, READY_AFTER_RESET);
    g_assert_cmpint(fb_command(a, 0x04, BYTES(1), r, 4), ==, FB_E2BIG);
    g_assert_cmpint(fb_command(a, 0x04, NO_BYTES, r, 3), ==, FB_EMSGSIZE);
    /* A reply that somebody left half read is not in its way */
    write_command(a, 0x04);
    read_data(a);
    fb_bring_up(a);
    /* Rejected afterwards, it costs the mailboxes */
    g_assert_cmpint(fb_command(a, 0x29, NO_BYTES, NULL, 0), ==,
                    FB_EINVAL_RESET);
    fb_initialise(a);
    driver_ready(&freebsd, a, DISK);
}

static void add_freebsd(void)
{
    qtest_add_func("/buslogic/replay/freebsd/attach", test_fb_attach);
    qtest_add_func("/buslogic/replay/freebsd/isa-port-is-switched-off",
                   test_fb_isa_port_is_switched_off);
    qtest_add_func("/buslogic/replay/freebsd/attach-at-isa-port",
                   test_fb_attach_at_isa_port);
    qtest_add_func("/buslogic/replay/freebsd/io", test_fb_io);
    qtest_add_func("/buslogic/replay/freebsd/late-completion",
                   test_fb_late_completion);
    qtest_add_func("/buslogic/replay/freebsd/tags", test_fb_tags);
    qtest_add_func("/buslogic/replay/freebsd/short-transfer",
                   test_fb_short_transfer);
    qtest_add_func("/buslogic/replay/freebsd/query-while-commands-run",
                   test_fb_query_while_commands_run);
    qtest_add_func("/buslogic/replay/freebsd/query-serves-completions",
                   test_fb_query_serves_completions);
    qtest_add_func("/buslogic/replay/freebsd/device-reset",
                   test_fb_device_reset);
    qtest_add_func("/buslogic/replay/freebsd/device-reset-of-absent",
                   test_fb_device_reset_of_absent);
    qtest_add_func("/buslogic/replay/freebsd/hard-reset", test_fb_hard_reset);
    qtest_add_func("/buslogic/replay/freebsd/soft-reset", test_fb_soft_reset);
    qtest_add_func("/buslogic/replay/freebsd/errors", test_fb_errors);
    qtest_add_func("/buslogic/replay/freebsd-bt545c/io", test_fb_isa_io);
    qtest_add_func("/buslogic/replay/freebsd-bt545c/device-reset",
                   test_fb_isa_device_reset);
    qtest_add_func("/buslogic/replay/freebsd-bt545c/hard-reset",
                   test_fb_isa_hard_reset);
}

/* FreeBSD's aha, for Adaptec's boards: keeps its hands off BusLogic's */

#define FA_MAILBOXES    16
#define FA_SETUP        17

static bool fa_probe(Adapter *a)
{
    uint8_t status = read_status(a), r[4];

    if (!status || status & (DACT | CPRBSY | STATUS_RESERVED) ||
        read_flags(a) & FLAGS_RESERVED) {
        return false;
    }
    diagnostics_handshake(a, RHARD, FB_DACT_POLLS);
    fb_expect(a, 0x04, NO_BYTES, r, 4);
    if (r[0] <= 0x42) {
        uint8_t geometry = read_geometry(a);

        return geometry == 0xff || geometry == 0x00 || geometry == 0x7f;
    }
    return true;
}

/* Both must succeed on newer boards; it sends back what it has got */
static void fa_unlock(Adapter *a)
{
    uint8_t info[2];

    fb_expect(a, 0x28, NO_BYTES, info, 2);
    fb_expect(a, 0x29, info, 2, NULL, 0);
}

static void fa_initialise(Adapter *a)
{
    uint8_t init[4] = { FA_MAILBOXES };

    rings_clear(a);
    store_be24(init + 1, a->outgoing);
    fb_expect(a, 0x01, init, 4, NULL, 0);
    g_assert_cmphex(read_status(a), ==, READY);
}

static void fa_boot(Adapter *a)
{
    uint8_t r[FA_SETUP];

    g_assert_true(fa_probe(a));
    if (board_of(a)->id[0] > 0x42) {
        fa_unlock(a);
    }
    fb_expect(a, 0x0d, BYTES(FA_SETUP), r, FA_SETUP);
    fb_expect(a, 0x0b, NO_BYTES, r, 3);
    g_assert_true(legal_config(r));
    rings_alloc(a, 24, FA_MAILBOXES);
    fa_initialise(a);
    assert_idle(a);
}

static void fa_reset(Adapter *a)
{
    diagnostics_handshake(a, RHARD, FB_DACT_POLLS);
    fa_initialise(a);
}

#define FA_DRIVER \
    .boot = fa_boot, .prepare = fb_prepare, .interrupt = fb_interrupt, \
    .max_segments = FB_SEGMENTS, .max_bytes = 64 * 1024, \
    .num_targets = 8, .residual = true

static const Driver freebsd_aha[] = {
    { .name = "freebsd-aha-aha1540b", .machine = machine_aha1540b,
      FA_DRIVER },
    { .name = "freebsd-aha-aha1542cf", .machine = machine_aha1542cf,
      FA_DRIVER },
};

static void test_fa_io(const void *driver)
{
    replay_io(driver);
}

static void test_fa_late_completion(const void *driver)
{
    replay_late_completion(driver);
}

static void test_fa_device_reset(const void *driver)
{
    Ccb bdr = ccb_device_reset(DISK);

    replay_device_reset_returning(driver, &bdr);
}

static void test_fa_reset(const void *driver)
{
    replay_reset(driver, fa_reset);
}

/* Neither the PCI board at its ISA ports nor the one for ISA is Adaptec's */
static void test_fa_gives_up(void)
{
    Adapter *a = machine_isa();

    g_assert_false(fa_probe(a));
    assert_idle(a);
    /* And bt, which comes next, finds it in order */
    fb_bring_up(a);
    driver_ready(&freebsd, a, DISK);
    driver_settle(&freebsd, a);

    a = machine_bt545c();
    g_assert_false(fa_probe(a));
    assert_idle(a);
    fb_boot_isa(a);
    driver_ready(&freebsd_isa, a, DISK);
    driver_settle(&freebsd_isa, a);
}

/* And the other way round: bt wants a geometry register, and 0x8d */
static void test_fb_leaves_adaptec_boards(void)
{
    uint8_t r[14];
    Adapter *a = machine_aha1540b();

    g_assert_false(fb_is_a_board(a));
    a = machine_aha1542cf();
    g_assert_true(fb_is_a_board(a));
    diagnostics_handshake(a, RHARD, FB_DACT_POLLS);
    g_assert_cmpint(fb_command(a, 0x8d, BYTES(14), r, 14), ==, FB_EINVAL);
    assert_idle(a);
}

static void add_freebsd_aha(const Driver *d)
{
    static const struct {
        const char *name;
        void (*test)(const void *);
    } tests[] = {
        { "io", test_fa_io },
        { "late-completion", test_fa_late_completion },
        { "device-reset", test_fa_device_reset },
        { "reset", test_fa_reset },
    };

    for (int i = 0; i < ARRAY_SIZE(tests); i++) {
        g_autofree char *path = g_strdup_printf("/buslogic/replay/%s/%s",
                                                d->name, tests[i].name);

        qtest_add_data_func(path, d, tests[i].test);
    }
}

/* What the early BSDs have in common, 386BSD to FreeBSD 2 and NetBSD */

#define BSD_SEGMENTS    33
#define BSD_SENSE       32
#define BSD_POLLS       POLLS(1, 100)

static void bsd_prepare(Adapter *a, Ccb *ccb, const Buffer *b)
{
    ccb->sense_code = BSD_SENSE;
    ccb->sense = guest_block(a, BSD_SENSE);
    ccb->direction = BL_DIR_FROM_CDB;
    if (b) {
        ccb->opcode = BL_CCB_INITIATOR_SG;
        ccb->data = guest_block(a, b->nseg * 8);
        ccb->data_len = buffer_list(a, b, ccb->data);
    }
    ccb_store(a, ccb);
}

static bool bsd_expects_ready(uint8_t opcode)
{
    return opcode != BL_CMD_INIT_MAILBOX_24 && opcode != BL_CMD_START_MAILBOX;
}

static void bsd_drain(Adapter *a)
{
    while (read_status(a) & DIRRDY) {
        read_data(a);
    }
}

static void bsd_reply(Adapter *a, uint8_t *reply, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        poll_until(BSD_POLLS, read_status(a) & DIRRDY);
        reply[i] = read_data(a);
    }
    poll_until(BSD_POLLS, read_flags(a) & CMDC);
    g_assert_cmphex(read_status(a) & CMDINV, ==, 0);
    write_control(a, RINT);
}

static void bsd_command(Adapter *a, const uint8_t *bytes, size_t count,
                        uint8_t *reply, size_t wanted)
{
    bsd_drain(a);
    if (bsd_expects_ready(bytes[0])) {
        poll_until(BSD_POLLS, read_status(a) & HARDY);
    }
    for (size_t i = 0; i < count; i++) {
        poll_until(BSD_POLLS, !(read_status(a) & CPRBSY));
        write_command(a, bytes[i]);
    }
    bsd_reply(a, reply, wanted);
}

static void bsd_check_config(Adapter *a)
{
    uint8_t config[3];

    bsd_command(a, BYTES(0x0b), config, 3);
    g_assert_true(legal_config(config));
    g_assert_cmpuint(config[2] & 15, ==, ADAPTER_ID);
}

static void bsd_initialise(Adapter *a)
{
    uint8_t init[6] = { 0x81, a->count };

    rings_clear(a);
    store_le32(init + 2, a->outgoing);
    bsd_command(a, init, sizeof(init), NULL, 0);
    g_assert_cmphex(read_status(a), ==, READY);
}

/* Scan first, acknowledge last; the OMBR command goes out as it is */
static bool bsd_interrupt(Adapter *a)
{
    uint8_t flags = read_flags(a);

    g_assert_cmphex(flags & (RSTS | CMDC), ==, 0);
    if (flags & OMBR) {
        write_command(a, 0x05);
        write_command(a, 0x00);
        mailbox_ready = true;
        write_control(a, RINT);
    }
    if (flags & IMBL) {
        scan_resync(a);
        pass_window(a);
    }
    write_control(a, RINT);
    return flags & INTV;
}

/* No mailbox is free: ask to be told */
static void bsd_sleep(Adapter *a)
{
    write_command(a, 0x05);
    write_command(a, 0x01);
    g_assert_cmphex(read_flags(a), ==, 0);
    g_assert_cmphex(read_status(a), ==, READY);
}

/* FreeBSD 2: bt */

#define FB2_MAILBOXES   32

/* It divides by the period of a synchronous target */
static void fb2_check_periods(Adapter *a, const uint8_t *setup)
{
    uint8_t period[8];

    bsd_command(a, BYTES(0x8c, 8), period, 8);
    for (int i = 0; i < 8; i++) {
        g_assert_true(!setup[8 + i] || period[i]);
    }
}

static void fb2_boot(Adapter *a)
{
    uint8_t r[17], setup[16];

    write_control(a, RHARD | RSOFT);
    g_usleep(10000);
    poll_until(1000, read_status(a) == READY_AFTER_RESET);
    g_usleep(10000);
    bsd_command(a, BYTES(0x8b, 6), r, 6);
    g_assert_cmphex(r[0], ==, '9');
    bsd_command(a, BYTES(0x8d, 16), setup, 16);
    g_assert_cmphex(setup[0], ==, 'E');
    bsd_check_config(a);
    rings_alloc(a, 32, FB2_MAILBOXES);
    bsd_initialise(a);
    bsd_command(a, BYTES(0x0a), r, 8);
    assert_bytes(r, 8, 1, 1, 1, 1 | 1 << HIGH_LUN, 0, 0, 0, 0);
    bsd_command(a, BYTES(0x04), r, 4);
    bsd_command(a, BYTES(0x84), r, 1);
    bsd_command(a, BYTES(0x85), r, 1);
    bsd_command(a, BYTES(0x0d, 17), r, 17);
    g_assert_cmpuint(r[4], ==, FB2_MAILBOXES);
    /* Its structure is not packed: this is the firmware's letter, 'B' */
    g_assert_cmphex(setup[12] & 0x02, ==, 0x02);
    fb2_check_periods(a, r);
    bsd_command(a, BYTES(0x8f, 0), NULL, 0);
    assert_idle(a);
}

const Driver freebsd2 = {
    .name = "freebsd-2",
    .machine = machine_pci,
    .boot = fb2_boot,
    .prepare = bsd_prepare,
    .interrupt = bsd_interrupt,
    .max_segments = BSD_SEGMENTS,
    .max_bytes = 64 * 1024,
    .num_targets = 8,
    .small_cdbs = true,
};

/* 386BSD, FreeBSD 1: bt742a */

#define FB1_MAILBOXES   16

static void fb1_boot(Adapter *a)
{
    uint8_t r[17];

    reset_to_30(a, RHARD | RSOFT, 1000);
    bsd_check_config(a);
    rings_alloc(a, 32, FB1_MAILBOXES);
    bsd_initialise(a);
    bsd_command(a, BYTES(0x04), r, 4);
    g_assert_cmphex(r[0], ==, 'A');
    bsd_command(a, BYTES(0x0d, 17), r, 17);
    bsd_command(a, BYTES(0x8f, 1), NULL, 0);
    assert_idle(a);
}

const Driver bsd386 = {
    .name = "386bsd",
    .machine = machine_pci,
    .boot = fb1_boot,
    .prepare = bsd_prepare,
    .interrupt = bsd_interrupt,
    .max_segments = BSD_SEGMENTS,
    .max_bytes = 64 * 1024,
    .num_targets = 8,
    .small_cdbs = true,
};

/* Both of them, with the driver as data */

static void test_bsd_attach(const void *driver)
{
    const Driver *d = driver;

    driver_attach(d);
}

static void test_bsd_io(const void *driver)
{
    replay_io(driver);
}

static void test_bsd_late_completion(const void *driver)
{
    replay_late_completion(driver);
}

static void test_bsd_ring_full(const void *driver)
{
    replay_ring_full(driver, bsd_sleep);
}

static void test_bsd_abort(const void *driver)
{
    replay_abort(driver, ccb_abort);
}

static void test_bsd_device_reset(const void *driver)
{
    Ccb bdr = ccb_device_reset(DISK);

    replay_device_reset(driver, &bdr);
}

/* After a limit has run out in its command helper */
static void test_bsd_soft_reset(const void *driver)
{
    const Driver *d = driver;
    Adapter *a = driver_attach(d);
    Ccb ccbs[3];

    driver_ready(d, a, DISK);
    driver_settle(d, a);
    start_held(d, a, ccbs, ARRAY_SIZE(ccbs));
    write_command(a, 0x0d);
    write_control(a, RSOFT);
    requests_forget();
    bsd_initialise(a);
    release(a, DISK);
    driver_ready(d, a, DISK);
    driver_settle(d, a);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccb_assert_untouched(a, &ccbs[i]);
    }
}

static void add_bt(const Driver *d)
{
    static const struct {
        const char *name;
        void (*test)(const void *);
    } tests[] = {
        { "attach", test_bsd_attach },
        { "io", test_bsd_io },
        { "late-completion", test_bsd_late_completion },
        { "ring-full", test_bsd_ring_full },
        { "abort", test_bsd_abort },
        { "device-reset", test_bsd_device_reset },
        { "soft-reset", test_bsd_soft_reset },
    };

    for (int i = 0; i < ARRAY_SIZE(tests); i++) {
        g_autofree char *path = g_strdup_printf("/buslogic/replay/%s/%s",
                                                d->name, tests[i].name);

        qtest_add_data_func(path, d, tests[i].test);
    }
}

/* NetBSD and OpenBSD: bha */

#define NB97_MAILBOXES  32
#define NB_MAILBOXES    192
#define NB_RESET_POLLS  2000

static bool nb_has_cmdc(uint8_t opcode)
{
    return opcode != BL_CMD_ENABLE_OMBR && opcode != BL_CMD_MODIFY_ISA_PORT;
}

/* Gives up, and resets the board, if the reply is too short */
static bool nb_receive(Adapter *a, uint8_t *reply, size_t wanted)
{
    for (size_t i = 0; i < wanted; i++) {
        int polls = 0;

        while (!(read_status(a) & DIRRDY)) {
            if (++polls == MOST_POLLS) {
                return false;
            }
        }
        reply[i] = read_data(a);
    }
    return true;
}

static bool nb_try(Adapter *a, const uint8_t *bytes, size_t count,
                   uint8_t *reply, size_t wanted)
{
    if (bytes[0] != BL_CMD_ENABLE_OMBR) {
        poll_until(BSD_POLLS, read_status(a) & HARDY);
    }
    if (wanted) {
        bsd_drain(a);
    }
    for (size_t i = 0; i < count; i++) {
        poll_until(BSD_POLLS, !(read_status(a) & CPRBSY));
        write_command(a, bytes[i]);
    }
    if (!nb_receive(a, reply, wanted)) {
        write_control(a, RSOFT);
        return false;
    }
    if (nb_has_cmdc(bytes[0])) {
        poll_until(BSD_POLLS, read_flags(a) & CMDC);
    }
    /* Whatever else may be up */
    write_control(a, RINT);
    return true;
}

static void nb_command(Adapter *a, const uint8_t *bytes, size_t count,
                       uint8_t *reply, size_t wanted)
{
    g_assert_true(nb_try(a, bytes, count, reply, wanted));
}

/* The queue is started again once there is a mailbox */
static bool nb_interrupt(Adapter *a)
{
    uint8_t flags = read_flags(a);

    if (!(flags & INTV)) {
        return false;
    }
    pass_window(a);
    write_control(a, RINT);
    if (flags & OMBR) {
        nb_command(a, BYTES(0x05, 0), NULL, 0);
        mailbox_ready = true;
    }
    if (flags & IMBL) {
        scan_resync(a);
    }
    return true;
}

static void nb_sleep(Adapter *a)
{
    nb_command(a, BYTES(0x05, 1), NULL, 0);
}

/* 90 s are allowed for the devices to answer */
static void nb_inquire_devices(Adapter *a)
{
    uint8_t r[8];

    nb_command(a, BYTES(0x0a), r, 8);
    assert_bytes(r, 8, 1, 1, 1, 1 | 1 << HIGH_LUN, 0, 0, 0, 0);
    if (board_of(a)->wide) {
        nb_command(a, BYTES(0x23), r, 8);
        assert_bytes(r, 8, 0, 0, 0, 0, 0, 0, 0, 1);
    }
}

/* What the adapter has agreed upon with the targets there can be */
static void nb_inquire_setup(Adapter *a)
{
    uint8_t r[34], len = board_of(a)->wide ? 34 : 17;

    nb_command(a, BYTES(0x0d, len), r, len);
}

static void nb_check_config(Adapter *a)
{
    uint8_t config[3];

    nb_command(a, BYTES(0x0b), config, 3);
    g_assert_true(legal_config(config));
}

static void nb_inquire_firmware(Adapter *a)
{
    uint8_t r[6];

    nb_command(a, BYTES(0x04), r, 4);
    g_assert_cmpmem(r, 4, board_of(a)->id, 4);
    nb_command(a, BYTES(0x84), r, 1);
    nb_command(a, BYTES(0x85), r, 1);
    nb_command(a, BYTES(0x8b, 6), r, 6);
    g_assert_cmpmem(r, 5, board_of(a)->model, 5);
}

static void nb_initialise(Adapter *a)
{
    uint8_t init[6] = { 0x81, a->count };

    rings_clear(a);
    store_le32(init + 2, a->outgoing);
    nb_command(a, init, sizeof(init), NULL, 0);
}

static void nb_find(Adapter *a)
{
    uint8_t setup[14];

    g_assert_cmphex(read_status(a), !=, 0xff);
    reset_to_30(a, RHARD | RSOFT, NB_RESET_POLLS);
    g_assert_cmphex(read_geometry(a), !=, 0xff);
    nb_command(a, BYTES(0x8d, 14), setup, 14);
    g_assert_cmphex(setup[0], ==, board_of(a)->bus);
    g_assert_cmphex(setup[13] & 1, ==, board_of(a)->wide);
}

/* The board is attached; its other ports are in the way of ISA drivers */
static void nb_finish(Adapter *a)
{
    if (board_of(a)->bus != 'A') {
        nb_command(a, BYTES(0x95, 6), NULL, 0);
    }
    g_assert_cmphex(read_status(a), ==, READY);
    assert_idle(a);
}

static void nb97_boot(Adapter *a)
{
    uint8_t r[16], targets = board_of(a)->wide ? 16 : 8;

    nb_find(a);
    nb_check_config(a);
    nb_inquire_firmware(a);
    nb_command(a, BYTES(0x8f, 1), NULL, 0);
    nb_inquire_devices(a);
    nb_inquire_setup(a);
    nb_command(a, BYTES(0x8c, targets), r, targets);
    rings_alloc(a, 32, NB97_MAILBOXES);
    nb_initialise(a);
    nb_finish(a);
}

/* NetBSD since 1999, and MINIX 3 */
static void nb_boot(Adapter *a)
{
    uint8_t r[3];

    nb_find(a);
    nb_command(a, BYTES(0x0b), r, 3);
    g_assert_true(board_of(a)->bus != 'A' || legal_config(r));
    nb_inquire_firmware(a);
    nb_inquire_setup(a);
    nb_inquire_devices(a);
    nb_command(a, BYTES(0x8f, 1), NULL, 0);
    rings_alloc(a, 32, NB_MAILBOXES);
    nb_initialise(a);
    nb_finish(a);
}

/*
 * OpenBSD asks for 8 bytes and reads 16 on a wide board: that ends in a soft
 * reset, and the mailboxes are initialised right after it.
 */
static void ob_inquire_periods(Adapter *a)
{
    uint8_t period[16];

    g_assert_false(nb_try(a, BYTES(0x8c, 8), period, 16));
}

static void ob_boot(Adapter *a)
{
    nb_find(a);
    nb_check_config(a);
    nb_inquire_firmware(a);
    nb_command(a, BYTES(0x8f, 1), NULL, 0);
    nb_inquire_devices(a);
    nb_inquire_setup(a);
    ob_inquire_periods(a);
    rings_alloc(a, 32, NB97_MAILBOXES);
    nb_initialise(a);
    nb_finish(a);
}

const Driver netbsd97 = {
    .name = "netbsd-97",
    .machine = machine_pci,
    .boot = nb97_boot,
    .prepare = bsd_prepare,
    .interrupt = nb_interrupt,
    .max_segments = BSD_SEGMENTS,
    .max_bytes = 64 * 1024,
    .num_targets = 16,
    .small_cdbs = true,
};

const Driver netbsd = {
    .name = "netbsd",
    .machine = machine_pci,
    .boot = nb_boot,
    .prepare = bsd_prepare,
    .interrupt = nb_interrupt,
    .max_segments = BSD_SEGMENTS,
    .max_bytes = 64 * 1024,
    .num_targets = 16,
    .small_cdbs = true,
};

/* Both on a narrow board for ISA */
static const Driver netbsd_isa[] = {
    {
        .name = "netbsd-97-bt545c", .machine = machine_bt545c,
        .boot = nb97_boot, .prepare = bsd_prepare,
        .interrupt = nb_interrupt, .max_segments = BSD_SEGMENTS,
        .max_bytes = 64 * 1024, .num_targets = 8, .small_cdbs = true,
    }, {
        .name = "netbsd-bt545c", .machine = machine_bt545c,
        .boot = nb_boot, .prepare = bsd_prepare,
        .interrupt = nb_interrupt, .max_segments = BSD_SEGMENTS,
        .max_bytes = 64 * 1024, .num_targets = 8, .small_cdbs = true,
    },
};

const Driver openbsd = {
    .name = "openbsd",
    .machine = machine_pci,
    .boot = ob_boot,
    .prepare = bsd_prepare,
    .interrupt = nb_interrupt,
    .max_segments = BSD_SEGMENTS,
    .max_bytes = 64 * 1024,
    .num_targets = 16,
    .small_cdbs = true,
};

static void test_nb_attach(const void *driver)
{
    const Driver *d = driver;

    driver_attach(d);
}

static void test_nb_io(const void *driver)
{
    replay_io(driver);
}

static void test_nb_late_completion(const void *driver)
{
    replay_late_completion(driver);
}

static void test_nb_isa_device_reset(const void *driver)
{
    Ccb bdr = ccb_device_reset(DISK);

    replay_device_reset_returning(driver, &bdr);
}

static void test_nb_ring_full(const void *driver)
{
    replay_ring_full(driver, nb_sleep);
}

static void test_nb_abort(const void *driver)
{
    replay_abort(driver, ccb_abort);
}

/*
 * Its time was up just when it ended.  The driver ignores code 1, for an
 * abort is pending, and uses the CCB for something else after code 3.
 */
static void test_nb_abort_comes_late(const void *driver)
{
    const Driver *d = driver;
    Adapter *a = driver_attach(d);
    Ccb ccb = ccb_tur(DISK);

    driver_ready(d, a, DISK);
    driver_settle(d, a);
    driver_start(d, a, &ccb, NULL);
    wait_until(mailbox_peek(a, a->in).code);
    ccb_abort(a, &ccb);
    while (last_not_found != ccb.addr) {
        wait_until(interrupt_line(a));
        g_assert_true(d->interrupt(a));
    }
    assert_good(&ccb);
    ccb_store(a, &ccb);
    driver_settle(d, a);
    ccb_assert_untouched(a, &ccb);
}

static void test_nb_device_reset(const void *driver)
{
    Ccb bdr = ccb_device_reset(DISK);

    replay_device_reset(driver, &bdr);
}

/* While it boots, the driver looks at the flags every millisecond */
static void test_nb_polled(const void *driver)
{
    const Driver *d = driver;
    Adapter *a = driver_attach(d);

    for (unsigned target = 0; target < 16; target++) {
        Ccb ccb = ccb_inquiry(target, 36);
        Buffer b;

        buffer_alloc(a, &b, 36, 1);
        driver_start(d, a, &ccb, &b);
        wait_until(read_flags(a) & INTV);
        g_assert_true(d->interrupt(a));
        g_assert_cmphex(ccb.code, !=, BL_COMPLETION_FREE);
    }
    driver_settle(d, a);
}

/*
 * Its command helper acknowledges without looking; completions that came
 * meanwhile must not be lost.
 */
static void test_nb_blind_acknowledge(const void *driver)
{
    const Driver *d = driver;
    Adapter *a = driver_attach(d);
    Ccb ccb = ccb_tur(ABSENT);

    driver_start(d, a, &ccb, NULL);
    wait_until(mailbox_peek(a, a->in).code);
    nb_sleep(a);
    driver_wait(d, a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    nb_command(a, BYTES(0x05, 0), NULL, 0);
    driver_settle(d, a);
}

/* After an error in that helper, which nobody initialises after */
static void test_nb_soft_reset(const void *driver)
{
    const Driver *d = driver;
    Adapter *a = driver_attach(d);
    Ccb ccbs[3];
    uint8_t r[8];

    driver_ready(d, a, DISK);
    driver_settle(d, a);
    start_held(d, a, ccbs, ARRAY_SIZE(ccbs));
    g_assert_false(nb_try(a, BYTES(0x04), r, 8));
    requests_forget();
    poll_until(BSD_POLLS, read_status(a) == READY_AFTER_RESET);
    release(a, DISK);
    settle(a);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccb_assert_untouched(a, &ccbs[i]);
    }
    nb_initialise(a);
    driver_ready(d, a, DISK);
    driver_settle(d, a);
}

static void add_bha(const Driver *d)
{
    static const struct {
        const char *name;
        void (*test)(const void *);
    } tests[] = {
        { "attach", test_nb_attach },
        { "io", test_nb_io },
        { "late-completion", test_nb_late_completion },
        { "ring-full", test_nb_ring_full },
        { "abort", test_nb_abort },
        { "abort-comes-late", test_nb_abort_comes_late },
        { "device-reset", test_nb_device_reset },
        { "polled", test_nb_polled },
        { "blind-acknowledge", test_nb_blind_acknowledge },
        { "soft-reset", test_nb_soft_reset },
    };

    for (int i = 0; i < ARRAY_SIZE(tests); i++) {
        g_autofree char *path = g_strdup_printf("/buslogic/replay/%s/%s",
                                                d->name, tests[i].name);

        qtest_add_data_func(path, d, tests[i].test);
    }
}

static void add_bha_isa(const Driver *d)
{
    g_autofree char *io = g_strdup_printf("/buslogic/replay/%s/io", d->name);
    g_autofree char *abort = g_strdup_printf("/buslogic/replay/%s/abort",
                                             d->name);
    g_autofree char *reset = g_strdup_printf("/buslogic/replay/%s/"
                                             "device-reset", d->name);

    qtest_add_data_func(io, d, test_nb_io);
    qtest_add_data_func(abort, d, test_nb_abort);
    qtest_add_data_func(reset, d, test_nb_isa_device_reset);
}

void add_bsd_replays(void)
{
    add_freebsd();
    qtest_add_func("/buslogic/replay/freebsd-aha/gives-up", test_fa_gives_up);
    qtest_add_func("/buslogic/replay/freebsd/leaves-adaptec-boards",
                   test_fb_leaves_adaptec_boards);
    for (int i = 0; i < ARRAY_SIZE(freebsd_aha); i++) {
        add_freebsd_aha(&freebsd_aha[i]);
    }
    add_bt(&freebsd2);
    add_bt(&bsd386);
    add_bha(&netbsd97);
    add_bha(&netbsd);
    add_bha(&openbsd);
    for (int i = 0; i < ARRAY_SIZE(netbsd_isa); i++) {
        add_bha_isa(&netbsd_isa[i]);
    }
}
