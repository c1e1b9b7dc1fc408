/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: what only the AHA-154xC has [9.4]
 */

#include "qemu/osdep.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

#define IO      0x330
#define IRQ     10
#define DEVICE  "buslogic-isa,id=hba,model=aha1542cf"

static Adapter *start_154xc(void)
{
    return isa_adapter_start("pc", IO, IRQ, DEVICE, "%s", "");
}

/* One with this disk as target 0 */
static Adapter *start_154xc_with(Disk *disk)
{
    return isa_adapter_start("pc", IO, IRQ, DEVICE,
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0", disk->path);
}

static void test_mailboxes_are_locked(void)
{
    Adapter *a = start_154xc();
    Reply info = command(a, BL_AHA_RETURN_BIOS_INFO, NO_BYTES);

    /* Extended translation, and a code that is not 0 */
    g_assert_cmphex(info.data[0], ==, 0x08);
    g_assert_cmphex(info.data[1], !=, 0);
    command_invalid(a, BL_CMD_INIT_MAILBOX_24, BYTES(4, 0x20, 0, 0));
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    /* With the wrong code they stay locked */
    command_invalid(a, BL_AHA_ENABLE_MAILBOXES, BYTES(0, info.data[1] + 1));
    command_invalid(a, BL_CMD_INIT_MAILBOX_24, BYTES(4, 0x20, 0, 0));
    command(a, BL_AHA_ENABLE_MAILBOXES, BYTES(0, info.data[1]));
    info = command(a, BL_AHA_RETURN_BIOS_INFO, NO_BYTES);
    assert_reply(&info, BYTES(0x08, 0));
    command(a, BL_CMD_INIT_MAILBOX_24, BYTES(4, 0x20, 0, 0));
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
    /* FreeBSD's driver sends back both bytes, whatever they are */
    command(a, BL_AHA_ENABLE_MAILBOXES, BYTES(0x08, 0));
    adapter_stop(a);
}

static void test_mailboxes_can_be_locked(void)
{
    Adapter *a = start_154xc();
    Reply info;

    command_invalid(a, BL_AHA_ENABLE_MAILBOXES, BYTES(1, 0));
    command(a, BL_AHA_ENABLE_MAILBOXES, BYTES(1, 0x5a));
    info = command(a, BL_AHA_RETURN_BIOS_INFO, NO_BYTES);
    assert_reply(&info, BYTES(0x08, 0x5a));
    command(a, BL_AHA_ENABLE_MAILBOXES, BYTES(0, 0x5a));
    adapter_stop(a);
}

/* Linux's aha1542 resets the board and initialises it, without a second key */
static void test_lock_and_resets(void)
{
    static const uint8_t resets[] = {
        R_CONTROL_RSOFT_MASK, R_CONTROL_RHARD_MASK,
    };
    Adapter *a = start_154xc();

    for (int i = 0; i < ARRAY_SIZE(resets); i++) {
        reset_handshake(a, resets[i]);
        command_invalid(a, BL_CMD_INIT_MAILBOX_24, BYTES(4, 0x20, 0, 0));
    }
    command(a, BL_AHA_ENABLE_MAILBOXES, BYTES(0, 1));
    for (int i = 0; i < ARRAY_SIZE(resets); i++) {
        reset_handshake(a, resets[i]);
        command(a, BL_CMD_INIT_MAILBOX_24, BYTES(4, 0x20, 0, 0));
    }
    machine_reset(a);
    adapter_enable(a);
    command_invalid(a, BL_CMD_INIT_MAILBOX_24, BYTES(4, 0x20, 0, 0));
    adapter_stop(a);
}

static void write_eeprom(Adapter *a, uint8_t offset, uint8_t count,
                         const uint8_t *data)
{
    uint8_t params[3 + BL_EEPROM_SIZE] = { 0, count, offset };

    memcpy(params + 3, data, count);
    command(a, BL_AHA_PROGRAM_EEPROM, params, sizeof(params));
}

static void test_eeprom(void)
{
    Adapter *a = start_154xc();
    Reply all = command(a, BL_AHA_READ_EEPROM, BYTES(0, BL_EEPROM_SIZE, 0));
    Reply some;

    g_assert_cmpuint(all.len, ==, BL_EEPROM_SIZE);
    g_assert_cmphex(all.data[0], ==, 7);
    g_assert_cmphex(all.data[1], ==, 5 << 4 | (IRQ - 9));
    write_eeprom(a, 20, 3, (const uint8_t[]) { 0xaa, 0xbb, 0xcc });
    some = command(a, BL_AHA_READ_EEPROM, BYTES(0, 5, 19));
    assert_reply(&some, BYTES(all.data[19], 0xaa, 0xbb, 0xcc, all.data[23]));
    /* Neither beyond the end nor around it */
    command_invalid(a, BL_AHA_READ_EEPROM, BYTES(0, 2, BL_EEPROM_SIZE - 1));
    command_invalid(a, BL_AHA_READ_EEPROM, BYTES(0, 255, 255));
    machine_reset(a);
    adapter_enable(a);
    some = command(a, BL_AHA_READ_EEPROM, BYTES(0, 3, 20));
    assert_reply(&some, BYTES(0xaa, 0xbb, 0xcc));
    adapter_stop(a);
}

static void test_eeprom_out_of_range_is_not_written(void)
{
    uint8_t params[3 + BL_EEPROM_SIZE] = { 0, 2, BL_EEPROM_SIZE - 1, 0x99 };
    Adapter *a = start_154xc();
    Reply before = command(a, BL_AHA_READ_EEPROM, BYTES(0, 32, 0)), after;

    command_invalid(a, BL_AHA_PROGRAM_EEPROM, params, sizeof(params));
    params[1] = 255;
    params[2] = 255;
    command_invalid(a, BL_AHA_PROGRAM_EEPROM, params, sizeof(params));
    after = command(a, BL_AHA_READ_EEPROM, BYTES(0, 32, 0));
    assert_reply(&after, before.data, before.len);
    adapter_stop(a);
}

/* Without extended translation there is no reason for a lock */
static void test_eeprom_decides_about_the_lock(void)
{
    Adapter *a = start_154xc();
    Reply reply = command(a, BL_AHA_READ_EEPROM, BYTES(0, 3, 0));

    /* The ID stays: disks have been placed around it */
    write_eeprom(a, 0, 3, (const uint8_t[]) { 3, reply.data[1], 0 });
    machine_reset(a);
    adapter_enable(a);
    reply = command(a, BL_AHA_RETURN_BIOS_INFO, NO_BYTES);
    assert_reply(&reply, BYTES(0, 0));
    command(a, BL_CMD_INIT_MAILBOX_24, BYTES(4, 0x20, 0, 0));
    reply = command(a, BL_AHA_READ_EEPROM, BYTES(0, 1, 0));
    assert_reply(&reply, BYTES(7));
    adapter_stop(a);
}

/*
 * Two bytes go to the EEPROM of a board that has an image for it: what another
 * board with that image, and with these options, says to 0x23
 */
static Reply eeprom_from_image(const char *options, const uint8_t *params,
                               size_t num_params)
{
    static const uint8_t empty[BLOCK_SIZE];
    Disk *image = disk_new(1);
    g_autofree char *args = g_strdup_printf(
        "-drive if=none,id=nv,format=raw,file=%s", image->path);
    g_autofree char *device = g_strdup_printf(DEVICE ",nvram=nv%s", options);
    Adapter *a;
    Reply reply;

    g_assert_cmpint(pwrite(image->fd, empty, sizeof(empty), 0), ==,
                    sizeof(empty));
    a = isa_adapter_start("pc", IO, IRQ, DEVICE ",nvram=nv", "%s", args);
    write_eeprom(a, 25, 2, (const uint8_t[]) { 0x12, 0x34 });
    adapter_stop(a);
    a = isa_adapter_start("pc", IO, IRQ, device, "%s", args);
    reply = command(a, BL_AHA_READ_EEPROM, params, num_params);
    adapter_stop(a);
    disk_free(image);
    return reply;
}

static void test_eeprom_is_kept_in_an_image(void)
{
    Reply reply = eeprom_from_image("", BYTES(0, 2, 25));

    assert_reply(&reply, BYTES(0x12, 0x34));
}

static void test_id_is_not_taken_from_an_image(void)
{
    Reply reply = eeprom_from_image(",scsi-id=3", BYTES(0, 1, 0));

    assert_reply(&reply, BYTES(3));
}

/* BIOS mailboxes: no incoming ones, the CCB has all of the result */

typedef struct BiosMailbox {
    Adapter *a;
    uint32_t base;
    unsigned next, count;
} BiosMailbox;

static BiosMailbox bios_init(Adapter *a, unsigned count)
{
    BiosMailbox m = { a, guest_block(a, 4 * count), 0, count };

    a->width = 24;
    qtest_memset(a->qts, m.base, 0, 4 * count);
    command(a, BL_AHA_INIT_BIOS_MAILBOX,
            BYTES(count, m.base >> 16, m.base >> 8, m.base));
    return m;
}

static void bios_start(BiosMailbox *m, uint32_t ccb, uint8_t action)
{
    const uint8_t entry[] = { action, ccb >> 16, ccb >> 8, ccb };

    qtest_memwrite(m->a->qts, m->base + 4 * m->next, entry, sizeof(entry));
    m->next = (m->next + 1) % m->count;
    command_quiet(m->a, BL_AHA_START_BIOS_MAILBOX, NO_BYTES);
}

static uint8_t bios_code(BiosMailbox *m, const Ccb *ccb)
{
    return qtest_readb(m->a->qts, ccb->addr + BL_CCB24_BIOS_CODE);
}

/* Run a CCB and compare what comes back: BTSTAT and SDSTAT */
static void bios_run(BiosMailbox *m, Ccb *ccb, uint8_t code, uint8_t btstat,
                     uint8_t sdstat)
{
    ccb_store(m->a, ccb);
    bios_start(m, ccb->addr, BL_ACTION_START);
    wait_until(bios_code(m, ccb));
    g_assert_cmphex(bios_code(m, ccb), ==, code);
    guest_assert_equal(m->a, ccb->addr + BL_CCB_BTSTAT,
                       (const uint8_t[]) { btstat, sdstat }, 2);
    assert_idle(m->a);
}

static void test_bios_mailboxes(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_154xc_with(disk);
    BiosMailbox m = bios_init(a, 3);
    Ccb ua = ccb_tur(0), absent = ccb_tur(5), bad = ccb_tur(0);
    Reply setup;

    /* They need no lock to be opened, and INREQ is about the others */
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    setup = command(a, BL_CMD_INQUIRE_SETUP, BYTES(44));
    g_assert_cmpmem(setup.data + 41, 3,
                    ((const uint8_t[]) { m.base >> 16, m.base >> 8,
                                         m.base }), 3);
    bios_run(&m, &ua, BL_COMPLETION_ERROR, BTSTAT_OK, CHECK_CONDITION);
    bios_run(&m, &absent, BL_COMPLETION_ERROR, BTSTAT_SELECTION_TIMEOUT, 0);
    bad.opcode = 0x77;
    bios_run(&m, &bad, BL_COMPLETION_ERROR, BTSTAT_BAD_OPCODE, 0);
    for (int i = 0; i < 4; i++) {
        Ccb ccb = ccb_read10(0, i, 1);

        ccb_buffer(a, &ccb, BLOCK_SIZE);
        bios_run(&m, &ccb, BL_COMPLETION_OK, BTSTAT_OK, GOOD);
        guest_assert_blocks(a, ccb.data, i, BLOCK_SIZE);
    }
    guest_assert_filled(a, m.base, 0, 1);
    adapter_stop(a);
    disk_free(disk);
}

/* Both kinds at once, and neither sees what is the other's */
static void test_bios_mailboxes_beside_the_others(void)
{
    Adapter *a = start_154xc();
    BiosMailbox m = bios_init(a, 2);
    Ccb of_bios = ccb_tur(5), of_driver = ccb_tur(4);

    command(a, BL_AHA_ENABLE_MAILBOXES, BYTES(0, 1));
    mailbox_init(a, 24, 4);
    ccb_submit(a, &of_driver);
    ccb_wait(a, &of_driver);
    acknowledge(a);
    bios_run(&m, &of_bios, BL_COMPLETION_ERROR, BTSTAT_SELECTION_TIMEOUT, 0);
    mailbox_assert_empty(a);
    /* An abort there would have nobody to tell, and is dropped */
    bios_start(&m, of_bios.addr, BL_ACTION_ABORT);
    settle(a);
    mailbox_assert_empty(a);
    guest_assert_filled(a, m.base + 4, 0, 1);
    /* A reset forgets them */
    reset_handshake(a, R_CONTROL_RSOFT_MASK);
    ccb_store(a, &of_bios);
    qtest_writeb(a->qts, m.base, BL_ACTION_START);
    command_quiet(a, BL_AHA_START_BIOS_MAILBOX, NO_BYTES);
    settle(a);
    ccb_assert_untouched(a, &of_bios);
    adapter_stop(a);
}

/*
 * The BIOS waits until there is room to copy more, but for nothing that only
 * the driver can do: to free an incoming mailbox
 */
static void test_bios_mailbox_does_not_wait_for_the_driver(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_154xc_with(disk);
    BiosMailbox m = bios_init(a, 2);
    Ccb of_bios = ccb_tur(5), ccbs[64];

    command(a, BL_AHA_ENABLE_MAILBOXES, BYTES(0, 1));
    mailbox_init(a, 24, ARRAY_SIZE(ccbs));
    clear_unit_attention(a, 0);
    drive_hold(a, "drive0", "disk0");
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccbs[i] = ccb_read10(0, 0, 256);
        ccb_post(a, &ccbs[i]);
    }
    qtest_memset(a->qts, a->incoming, BL_COMPLETION_OK, 4 * a->count);
    doorbell(a);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        wait_until(mailbox_action(a, i) == BL_ACTION_FREE);
    }
    ccb_store(a, &of_bios);
    bios_start(&m, of_bios.addr, BL_ACTION_START);
    settle(a);
    g_assert_cmphex(bios_code(&m, &of_bios), ==, 0);
    drive_release(a, "disk0");
    wait_until(bios_code(&m, &of_bios));
    qtest_memset(a->qts, a->incoming, 0, 4 * a->count);
    doorbell(a);
    ccb_wait_all(a, ccbs, ARRAY_SIZE(ccbs));
    adapter_stop(a);
    disk_free(disk);
}

static void test_migration_of_the_154xc(void)
{
    Adapter *a = start_154xc();
    BiosMailbox m = bios_init(a, 3);
    Ccb first = ccb_tur(5), second = ccb_tur(5);
    Reply reply;

    write_eeprom(a, 28, 1, (const uint8_t[]) { 0x77 });
    command(a, BL_AHA_ENABLE_MAILBOXES, BYTES(1, 0x42));
    bios_run(&m, &first, BL_COMPLETION_ERROR, BTSTAT_SELECTION_TIMEOUT, 0);
    migrate_adapter(a, DEVICE, "");
    reply = command(a, BL_AHA_RETURN_BIOS_INFO, NO_BYTES);
    assert_reply(&reply, BYTES(8, 0x42));
    reply = command(a, BL_AHA_READ_EEPROM, BYTES(0, 1, 28));
    assert_reply(&reply, BYTES(0x77));
    bios_run(&m, &second, BL_COMPLETION_ERROR, BTSTAT_SELECTION_TIMEOUT, 0);
    adapter_stop(a);
}

void add_aha_tests(void)
{
    qtest_add_func("/buslogic/aha-154xc/locked", test_mailboxes_are_locked);
    qtest_add_func("/buslogic/aha-154xc/can-be-locked",
                   test_mailboxes_can_be_locked);
    qtest_add_func("/buslogic/aha-154xc/lock-and-resets",
                   test_lock_and_resets);
    qtest_add_func("/buslogic/aha-154xc/eeprom", test_eeprom);
    qtest_add_func("/buslogic/aha-154xc/eeprom-out-of-range",
                   test_eeprom_out_of_range_is_not_written);
    qtest_add_func("/buslogic/aha-154xc/eeprom-decides-about-the-lock",
                   test_eeprom_decides_about_the_lock);
    qtest_add_func("/buslogic/aha-154xc/eeprom-image",
                   test_eeprom_is_kept_in_an_image);
    qtest_add_func("/buslogic/aha-154xc/id-is-not-in-the-image",
                   test_id_is_not_taken_from_an_image);
    qtest_add_func("/buslogic/aha-154xc/bios-mailboxes", test_bios_mailboxes);
    qtest_add_func("/buslogic/aha-154xc/bios-mailboxes-beside-the-others",
                   test_bios_mailboxes_beside_the_others);
    qtest_add_func("/buslogic/aha-154xc/"
                   "bios-mailbox-does-not-wait-for-the-driver",
                   test_bios_mailbox_does_not_wait_for_the_driver);
    qtest_add_func("/buslogic/aha-154xc/migration",
                   test_migration_of_the_154xc);
}
