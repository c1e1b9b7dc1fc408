/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: mailboxes [5]
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

static void test_init_clears_inreq(const void *data)
{
    Adapter *a = shared_adapter();

    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK |
                                        R_STATUS_INREQ_MASK);
    mailbox_init(a, WIDTH(data), 1);
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
}

static void test_one_command(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_inquiry(DISK, 36);
    uint8_t type[2];

    ccb_buffer(a, &ccb, 36);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    qtest_memread(a->qts, ccb.data, type, sizeof(type));
    g_assert_cmphex(type[0], ==, TYPE_DISK);
}

/* The address of what follows the action code stays as it was */
static void test_entry_is_freed_by_its_code_only(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    uint8_t before[sizeof(BuslogicMailbox32)];
    size_t code = a->width == 24 ? 0 : 7;
    Ccb ccb = ccb_tur(DISK);

    ccb_post(a, &ccb);
    qtest_memread(a->qts, a->outgoing, before, mailbox_size(a));
    doorbell(a);
    ccb_wait(a, &ccb);
    before[code] = BL_ACTION_FREE;
    guest_assert_equal(a, a->outgoing, before, mailbox_size(a));
}

static void test_incoming_entry_is_complete(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_tur(ABSENT);
    uint8_t entry[sizeof(BuslogicMailbox32)];

    qtest_memset(a->qts, a->incoming + (a->width == 32 ? 0 : 1), 0x77,
                 mailbox_size(a) - 1);
    ccb_submit(a, &ccb);
    wait_until(mailbox_peek(a, 0).code);
    qtest_memread(a->qts, a->incoming, entry, mailbox_size(a));
    if (a->width == 32) {
        uint8_t want[] = {
            ccb.addr, ccb.addr >> 8, ccb.addr >> 16, ccb.addr >> 24,
            BTSTAT_SELECTION_TIMEOUT, GOOD, 0, BL_COMPLETION_ERROR,
        };

        g_assert_cmpmem(entry, mailbox_size(a), want, sizeof(want));
    } else {
        uint8_t want[] = {
            BL_COMPLETION_ERROR, ccb.addr >> 16, ccb.addr >> 8, ccb.addr,
        };

        g_assert_cmpmem(entry, mailbox_size(a), want, sizeof(want));
    }
}

/* Finding outgoing entries [5.3] */

static void test_start_is_found_anywhere(const void *data)
{
    static const unsigned slots[] = { 5, 6, 2, 7, 0, 1, 1, 3 };
    Adapter *a = shared_ready(WIDTH(data), 8);

    for (int i = 0; i < ARRAY_SIZE(slots); i++) {
        Ccb ccb = ccb_tur(DISK);

        ccb_store(a, &ccb);
        mailbox_fill(a, slots[i], ccb.addr, BL_ACTION_START);
        doorbell(a);
        ccb_wait(a, &ccb);
        assert_good(&ccb);
        g_assert_cmphex(mailbox_action(a, slots[i]), ==, BL_ACTION_FREE);
    }
}

static void test_one_doorbell_serves_many(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 16);
    Ccb ccbs[16];

    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccbs[i] = ccb_tur(i % 2 ? DISK : ABSENT);
        ccb_post(a, &ccbs[i]);
    }
    doorbell(a);
    ccb_wait_all(a, ccbs, ARRAY_SIZE(ccbs));
    mailbox_assert_empty(a);
}

static void test_extra_doorbells_are_harmless(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_tur(DISK);

    for (int i = 0; i < 20; i++) {
        doorbell(a);
    }
    ccb_post(a, &ccb);
    for (int i = 0; i < 20; i++) {
        doorbell(a);
    }
    ccb_wait(a, &ccb);
    assert_good(&ccb);
    mailbox_assert_empty(a);
}

static void test_doorbell_without_action_starts_nothing(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_tur(DISK);

    ccb_store(a, &ccb);
    mailbox_fill(a, 0, ccb.addr, BL_ACTION_FREE);
    doorbell(a);
    mailbox_assert_empty(a);
    ccb_assert_untouched(a, &ccb);
}

/* Entries of one pass are started in ring order, from the current one */
static void test_entries_are_served_in_ring_order(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccbs[4];

    for (int i = 0; i < 2; i++) {
        Ccb ccb = ccb_tur(ABSENT);

        ccb_run(a, &ccb);
    }
    for (int i = 0; i < 4; i++) {
        ccbs[i] = ccb_tur(ABSENT);
        ccb_post(a, &ccbs[i]);
    }
    doorbell(a);
    for (int i = 0; i < 4; i++) {
        ccb_wait(a, &ccbs[i]);
    }
}

/* A search passes all of the ring once, from the current entry on */
static void test_search_begins_at_the_current_entry(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 8);
    Ccb ccb = ccb_tur(ABSENT), before, behind;

    ccb_store(a, &ccb);
    mailbox_fill(a, 4, ccb.addr, BL_ACTION_START);
    doorbell(a);
    ccb_wait(a, &ccb);
    before = behind = ccb_tur(ABSENT);
    ccb_store(a, &before);
    ccb_store(a, &behind);
    mailbox_fill(a, 2, before.addr, BL_ACTION_START);
    mailbox_fill(a, 7, behind.addr, BL_ACTION_START);
    doorbell(a);
    ccb_wait(a, &behind);
    ccb_wait(a, &before);
}

static void test_entry_is_freed_before_the_command_ends(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccbs[4], extra = ccb_tur(ABSENT);

    hold(a, DISK);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccbs[i] = ccb_read10(DISK, i, 1);
        ccb_buffer(a, &ccbs[i], BLOCK_SIZE);
        ccb_submit(a, &ccbs[i]);
        wait_until(mailbox_action(a, i) == BL_ACTION_FREE);
    }
    mailbox_assert_empty(a);
    /* So more commands can run than there are mailboxes */
    ccb_run(a, &extra);
    assert_host_error(&extra, BTSTAT_SELECTION_TIMEOUT);
    release(a, DISK);
    ccb_wait_all(a, ccbs, ARRAY_SIZE(ccbs));
}

/* Full rings */

static void fill_ring(unsigned count, bool doorbell_each)
{
    Adapter *a = shared_ready(32, count);
    g_autofree Ccb *ccbs = g_new(Ccb, count);

    for (unsigned i = 0; i < count; i++) {
        ccbs[i] = i % 3 ? ccb_read10(DISK, i % DISK_BLOCKS, 1)
                        : ccb_tur(ABSENT);
        if (i % 3) {
            ccb_buffer(a, &ccbs[i], BLOCK_SIZE);
        }
        ccb_post(a, &ccbs[i]);
        if (doorbell_each) {
            doorbell(a);
        }
    }
    doorbell(a);
    ccb_wait_all(a, ccbs, count);
    for (unsigned i = 0; i < count; i++) {
        if (i % 3) {
            assert_good(&ccbs[i]);
            guest_assert_blocks(a, ccbs[i].data, i % DISK_BLOCKS, BLOCK_SIZE);
        } else {
            assert_host_error(&ccbs[i], BTSTAT_SELECTION_TIMEOUT);
        }
    }
    mailbox_assert_empty(a);
}

static void test_ring_of_211_with_one_doorbell(void)
{
    fill_ring(211, false);
}

static void test_ring_of_211_with_211_doorbells(void)
{
    fill_ring(211, true);
}

static void test_ring_of_255(void)
{
    fill_ring(255, false);
}

/* All of them running at the same time */
static void test_ring_of_255_held(void)
{
    Adapter *a = shared_ready(32, 255);
    g_autofree Ccb *ccbs = g_new(Ccb, 255);

    hold(a, DISK);
    for (int i = 0; i < 255; i++) {
        ccbs[i] = ccb_read10(DISK, i, 1);
        ccb_buffer(a, &ccbs[i], BLOCK_SIZE);
        ccb_post(a, &ccbs[i]);
    }
    doorbell(a);
    wait_until(mailbox_action(a, 254) == BL_ACTION_FREE);
    mailbox_assert_empty(a);
    release(a, DISK);
    ccb_wait_all(a, ccbs, 255);
    for (int i = 0; i < 255; i++) {
        assert_good(&ccbs[i]);
    }
}

/*
 * What the adapter copies comes in pieces of 128 KiB, all of them in one turn
 * of QEMU's main loop if the disk is fast: 8 MiB at once are enough.
 */
static void test_ring_of_copied_reads_takes_turns(void)
{
    Adapter *a = shared_ready(32, 100);
    Ccb ccbs[100];

    hold(a, DISK);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        /* Without a buffer there is nothing to use directly */
        ccbs[i] = ccb_read10(DISK, 0, 256);
        ccb_post(a, &ccbs[i]);
    }
    doorbell(a);
    wait_until(mailbox_action(a, 63) == BL_ACTION_FREE);
    settle(a);
    for (int i = 64; i < ARRAY_SIZE(ccbs); i++) {
        g_assert_cmphex(mailbox_action(a, i), ==, BL_ACTION_START);
    }
    release(a, DISK);
    ccb_wait_all(a, ccbs, ARRAY_SIZE(ccbs));
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        assert_good(&ccbs[i]);
    }
    mailbox_assert_empty(a);
}

static void test_rings_wrap_around(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 3);

    for (int i = 0; i < 10; i++) {
        Ccb ccb = ccb_tur(DISK);

        g_assert_cmpuint(a->out, ==, i % 3);
        g_assert_cmpuint(a->in, ==, i % 3);
        ccb_run(a, &ccb);
        assert_good(&ccb);
    }
}

static void test_ring_of_one(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 1);

    for (int i = 0; i < 5; i++) {
        Ccb ccb = ccb_tur(DISK);

        ccb_run(a, &ccb);
        assert_good(&ccb);
    }
}

static void test_init_restarts_the_rings(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_tur(DISK);

    ccb_run(a, &ccb);
    mailbox_init_at(a, WIDTH(data), 4, a->outgoing);
    ccb_run(a, &ccb);
    assert_good(&ccb);
    g_assert_cmpuint(a->in, ==, 1);
}

/* The last init command decides about the width of everything */
static void test_width_follows_the_last_init(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb wide = ccb_tur(DISK), narrow = ccb_tur(DISK);

    ccb_run(a, &wide);
    assert_good(&wide);
    mailbox_init(a, 24, 4);
    ccb_run(a, &narrow);
    assert_good(&narrow);
    mailbox_init(a, 32, 4);
    ccb_run(a, &wide);
    assert_good(&wide);
}

/* NetBSD, OpenBSD and Haiku set the mode first [4.2] */
static void test_round_robin_modes_serve_alike(const void *data)
{
    Adapter *a = shared_ready(32, 4);

    for (int first = 0; first < 2; first++) {
        Ccb ccb = ccb_tur(DISK);

        if (first) {
            command(a, BL_CMD_ROUND_ROBIN, BYTES(GPOINTER_TO_UINT(data)));
        }
        mailbox_init_at(a, 32, 4, a->outgoing);
        if (!first) {
            command(a, BL_CMD_ROUND_ROBIN, BYTES(GPOINTER_TO_UINT(data)));
        }
        ccb_run(a, &ccb);
        assert_good(&ccb);
        a->out = 3;
        ccb_run(a, &ccb);
        assert_good(&ccb);
    }
}

/* Bad actions [5.2] */

static void test_unknown_action(const void *action)
{
    Adapter *a = shared_ready(32, 4);
    uint8_t code = GPOINTER_TO_UINT(action);
    Ccb ccb = ccb_tur(DISK);
    Completion done;

    ccb_store(a, &ccb);
    mailbox_post(a, ccb.addr, code);
    doorbell(a);
    done = mailbox_take(a);
    g_assert_cmphex(done.ccb, ==, ccb.addr);
    g_assert_cmphex(done.code, ==, BL_COMPLETION_ERROR);
    g_assert_cmphex(done.btstat, ==, BTSTAT_BAD_ACTION);
    g_assert_cmphex(mailbox_action(a, 0), ==, BL_ACTION_FREE);
    ccb_assert_untouched(a, &ccb);
    g_assert_cmphex(acknowledge(a), ==, IMBL);
}

static void test_unknown_action_24(void)
{
    Adapter *a = shared_ready(24, 4);
    Ccb ccb = ccb_tur(DISK);

    ccb_store(a, &ccb);
    mailbox_post(a, ccb.addr, 0x7f);
    doorbell(a);
    g_assert_cmphex(mailbox_take(a).code, ==, BL_COMPLETION_ERROR);
    ccb_assert_untouched(a, &ccb);
}

/* Incoming ring full [5.4] */

/* Two entries in use and a completion that waits; returns it */
static Ccb overfill(Adapter *a, Ccb *first, Ccb *second)
{
    Ccb third = ccb_tur(ABSENT);

    *first = ccb_tur(ABSENT);
    *second = ccb_tur(ABSENT);
    ccb_submit(a, first);
    ccb_submit(a, second);
    wait_until(mailbox_peek(a, 1).code);
    acknowledge(a);
    ccb_submit(a, &third);
    wait_until(mailbox_action(a, 0) == BL_ACTION_FREE);
    settle(a);
    ccb_assert_untouched(a, &third);
    g_assert_cmphex(mailbox_peek(a, 0).ccb, ==, first->addr);
    g_assert_cmphex(mailbox_peek(a, 1).ccb, ==, second->addr);
    g_assert_cmphex(read_flags(a), ==, 0);
    return third;
}

static void check_full_ring(int width, void (*nudge)(Adapter *a))
{
    Adapter *a = shared_ready(width, 2);
    Ccb first, second, third = overfill(a, &first, &second);

    ccb_wait(a, &first);
    ccb_wait(a, &second);
    nudge(a);
    ccb_wait(a, &third);
    assert_host_error(&third, BTSTAT_SELECTION_TIMEOUT);
    g_assert_cmphex(acknowledge(a), ==, IMBL);
    mailbox_assert_empty(a);
}

static void nudge_by_acknowledge(Adapter *a)
{
    write_control(a, R_CONTROL_RINT_MASK);
}

static void test_full_ring_goes_on_at_an_acknowledge(const void *data)
{
    check_full_ring(WIDTH(data), nudge_by_acknowledge);
}

static void test_full_ring_goes_on_at_a_doorbell(const void *data)
{
    check_full_ring(WIDTH(data), doorbell);
}

static void test_many_completions_wait_in_order(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccbs[20];

    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccbs[i] = ccb_tur(ABSENT);
        ccb_submit(a, &ccbs[i]);
        wait_until(mailbox_action(a, i % 4) == BL_ACTION_FREE);
    }
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        write_control(a, R_CONTROL_RINT_MASK);
        ccb_wait(a, &ccbs[i]);
    }
    mailbox_assert_empty(a);
}

/* Linux 1.2 never frees such an entry */
static void test_not_found_entry_may_be_overwritten(void)
{
    Adapter *a = shared_ready(32, 1);
    Ccb ccb = ccb_tur(ABSENT);

    mailbox_post(a, GUEST_UNMAPPED, BL_ACTION_ABORT);
    doorbell(a);
    wait_until(mailbox_peek(a, 0).code == BL_COMPLETION_NOT_FOUND);
    ccb_submit(a, &ccb);
    wait_until(mailbox_peek(a, 0).code == BL_COMPLETION_ERROR);
    ccb_wait(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
}

/* Outgoing mailbox ready [2.6, 5.3] */

static void test_ombr_when_an_entry_becomes_free(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 0, 1);

    command_quiet(a, BL_CMD_ENABLE_OMBR, BYTES(1));
    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_submit(a, &ccb);
    wait_until(read_flags(a));
    g_assert_cmphex(read_flags(a), ==, OMBR);
    g_assert_true(interrupt_line(a));
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
    release(a, DISK);
    ccb_wait(a, &ccb);
    g_assert_cmphex(acknowledge(a), ==, IMBL);
}

static void test_no_ombr_unless_enabled(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(ABSENT);

    ccb_submit(a, &ccb);
    ccb_wait(a, &ccb);
    g_assert_cmphex(acknowledge(a), ==, IMBL);
    command_quiet(a, BL_CMD_ENABLE_OMBR, BYTES(1));
    ccb_submit(a, &ccb);
    ccb_wait(a, &ccb);
    g_assert_cmphex(acknowledge(a), ==, IMBL | OMBR);
    command_quiet(a, BL_CMD_ENABLE_OMBR, BYTES(0));
    ccb_submit(a, &ccb);
    ccb_wait(a, &ccb);
    g_assert_cmphex(acknowledge(a), ==, IMBL);
}

static void test_no_ombr_without_a_mailbox(void)
{
    Adapter *a = shared_ready(32, 4);

    command_quiet(a, BL_CMD_ENABLE_OMBR, BYTES(1));
    doorbell(a);
    settle(a);
    assert_idle(a);
}

/* Abort [5.5] */

/* Reads that are done after everything before them on that disk */
static void flush_disk(Adapter *a, int target)
{
    Ccb ccb = ccb_read10(target, 0, 1);

    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_run(a, &ccb);
    assert_good(&ccb);
}

static void assert_aborted(Adapter *a, Ccb *ccb)
{
    ccb_wait(a, ccb);
    assert_result(ccb, BL_COMPLETION_ABORTED, BTSTAT_ABORTED, GOOD);
}

static void test_abort_of_a_running_read(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_read10(DISK, 3, 1);

    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_submit(a, &ccb);
    mailbox_assert_empty(a);
    ccb_abort(a, &ccb);
    wait_until(mailbox_action(a, 1) == BL_ACTION_FREE);
    release(a, DISK);
    assert_aborted(a, &ccb);
    acknowledge(a);
    flush_disk(a, DISK);
    mailbox_assert_empty(a);
}

static void test_abort_names_one_of_many(void)
{
    Adapter *a = shared_ready(32, 16);
    Ccb ccbs[6];

    hold(a, DISK);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccbs[i] = ccb_read10(DISK, i, 1);
        ccb_buffer(a, &ccbs[i], BLOCK_SIZE);
        ccb_submit(a, &ccbs[i]);
    }
    mailbox_assert_empty(a);
    ccb_abort(a, &ccbs[2]);
    wait_until(mailbox_action(a, 6) == BL_ACTION_FREE);
    release(a, DISK);
    ccb_wait_all(a, ccbs, ARRAY_SIZE(ccbs));
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        g_assert_cmphex(ccbs[i].code, ==, i == 2 ? BL_COMPLETION_ABORTED
                                                 : BL_COMPLETION_OK);
    }
    mailbox_assert_empty(a);
}

static void test_aborted_write_is_not_reported_twice(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb ccb = ccb_write10(DISK, 3, 1);

    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_submit(a, &ccb);
    mailbox_assert_empty(a);
    ccb_abort(a, &ccb);
    ccb_abort(a, &ccb);
    wait_until(mailbox_action(a, 2) == BL_ACTION_FREE);
    release(a, DISK);
    assert_aborted(a, &ccb);
    flush_disk(a, DISK);
    /* The second abort can only have found nothing, if it says anything */
    settle(a);
    if (mailbox_peek(a, a->in).code) {
        g_assert_cmphex(mailbox_take(a).code, ==, BL_COMPLETION_NOT_FOUND);
    }
    mailbox_assert_empty(a);
}

static void test_abort_of_an_unknown_ccb(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_tur(DISK);
    Completion done;

    ccb_store(a, &ccb);
    ccb_abort(a, &ccb);
    done = mailbox_take(a);
    g_assert_cmphex(done.code, ==, BL_COMPLETION_NOT_FOUND);
    g_assert_cmphex(done.ccb, ==, ccb.addr);
    ccb_assert_untouched(a, &ccb);
    g_assert_cmphex(acknowledge(a), ==, IMBL);
}

static void test_abort_of_a_finished_ccb(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);
    Ccb ccb = ccb_tur(DISK);
    Completion done;

    ccb_run(a, &ccb);
    assert_good(&ccb);
    /* The driver has reused the memory */
    ccb_store(a, &ccb);
    ccb_abort(a, &ccb);
    done = mailbox_take(a);
    g_assert_cmphex(done.code, ==, BL_COMPLETION_NOT_FOUND);
    g_assert_cmphex(done.ccb, ==, ccb.addr);
    ccb_assert_untouched(a, &ccb);
}

/* The abort comes with the command it is for */
static void test_start_and_abort_under_one_doorbell(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb ccb = ccb_read10(DISK, 3, 1);

    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_post(a, &ccb);
    mailbox_post(a, ccb.addr, BL_ACTION_ABORT);
    doorbell(a);
    wait_until(mailbox_action(a, 1) == BL_ACTION_FREE);
    release(a, DISK);
    assert_aborted(a, &ccb);
    mailbox_assert_empty(a);
}

/* Linux 1.2 turns the original entry, long served, into an abort */
static void test_abort_in_the_entry_of_the_command(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 3, 1);

    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_submit(a, &ccb);
    wait_until(mailbox_action(a, 0) == BL_ACTION_FREE);
    mailbox_fill(a, 0, ccb.addr, BL_ACTION_ABORT);
    doorbell(a);
    wait_until(mailbox_action(a, 0) == BL_ACTION_FREE);
    release(a, DISK);
    assert_aborted(a, &ccb);
}

/* Where mailboxes and CCBs may be [5.1] */

static void test_unaligned_addresses(const void *data)
{
    Adapter *a = shared_ready(WIDTH(data), 4);

    for (unsigned offset = 1; offset < 8; offset++) {
        size_t size = 2 * 4 * mailbox_size(a);
        uint32_t base = guest_block_unaligned(a, size, offset);
        Ccb ccb = ccb_inquiry(DISK, 36);

        qtest_memset(a->qts, base, 0, size);
        mailbox_init_at(a, WIDTH(data), 4, base);
        ccb.addr = guest_block_unaligned(a, sizeof(ccb.image), offset);
        ccb.data = guest_block_unaligned(a, 36, offset);
        ccb.data_len = 36;
        ccb_run(a, &ccb);
        assert_good(&ccb);
    }
}

/* Bounded, and nothing left behind: the adapter works after a reset */
static void assert_alive(Adapter *a)
{
    Ccb ccb = ccb_tur(DISK);

    settle(a);
    reset_handshake(a, R_CONTROL_RHARD_MASK);
    mailbox_init(a, 32, 4);
    clear_unit_attention(a, DISK);
    ccb_run(a, &ccb);
    assert_good(&ccb);
}

static void test_mailboxes_at_unmapped_memory(void)
{
    Adapter *a = shared_adapter();

    mailbox_init_at(a, 32, 255, GUEST_UNMAPPED);
    for (int i = 0; i < 10; i++) {
        doorbell(a);
    }
    settle(a);
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
    assert_alive(a);
}

/* The first two entries are the last in RAM, and served all the same */
static void test_mailboxes_partly_in_memory(void)
{
    Adapter *a = shared_adapter();
    uint64_t before = adapter_property(a, "stat-ccbs");
    Ccb ccbs[] = { ccb_tur(DISK), ccb_tur(ABSENT) };

    mailbox_init_at(a, 32, 16, 32 * MiB - 2 * sizeof(BuslogicMailbox32));
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccb_store(a, &ccbs[i]);
        mailbox_fill(a, i, ccbs[i].addr, BL_ACTION_START);
    }
    doorbell(a);
    settle(a);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        g_assert_cmphex(mailbox_action(a, i), ==, BL_ACTION_FREE);
    }
    g_assert_cmpuint(adapter_property(a, "stat-ccbs"), ==, before + 2);
    assert_alive(a);
}

static void test_mailboxes_wrap_past_the_end_of_memory(void)
{
    Adapter *a = shared_adapter();

    mailbox_init_at(a, 32, 255, 0xfffffff8);
    doorbell(a);
    assert_alive(a);
    mailbox_init_at(a, 24, 255, 0xfffffc);
    doorbell(a);
    assert_alive(a);
}

/* Entry 0 is the last one below 16 MiB, all others are at address 0 on */
static void test_mailboxes_go_on_at_address_0(void)
{
    Adapter *a = shared_ready(24, 4);

    qtest_memset(a->qts, 0, 0, 64);
    qtest_memset(a->qts, 0xfffffc, 0, 8);
    mailbox_init_at(a, 24, 4, 0xfffffc);
    for (int i = 0; i < 9; i++) {
        Ccb ccb = ccb_tur(DISK);

        ccb_run(a, &ccb);
        assert_good(&ccb);
    }
    guest_assert_filled(a, 16 * MiB, 0, 4);
}

/* A CCB whose CDB and sense data are behind address 0 */
static void test_ccb_goes_on_at_address_0(void)
{
    Adapter *a = shared_ready(24, 4);
    Ccb ccb = ccb_read10(DISK, 0x7ffffff0, 1);
    size_t head = 16;

    ccb.addr = 16 * MiB - head;
    ccb.sense_code = 14;
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_store(a, &ccb);
    qtest_memwrite(a->qts, 0, ccb.image + head, ccb.image_len - head);
    qtest_memset(a->qts, 16 * MiB, FILL, 64);
    mailbox_post(a, ccb.addr, BL_ACTION_START);
    doorbell(a);
    g_assert_cmphex(mailbox_take(a).code, ==, BL_COMPLETION_ERROR);
    g_assert_cmphex(qtest_readb(a->qts, ccb.addr + BL_CCB_BTSTAT + 1), ==,
                    CHECK_CONDITION);
    ccb.sense -= 16 * MiB;
    g_assert_cmphex(qtest_readb(a->qts, ccb.sense), ==, 0x70);
    g_assert_cmphex(qtest_readb(a->qts, ccb.sense + 12), ==, 0x21);
    guest_assert_filled(a, 16 * MiB, FILL, 64);
}

/* A mailbox of the adapter's registers must not ring its own bells */
static void test_mailboxes_over_the_own_registers(void)
{
    Adapter *a = shared_adapter();

    mailbox_init_at(a, 32, 2, a->mmio);
    doorbell(a);
    settle(a);
    assert_idle(a);
    mailbox_init_at(a, 32, 8, a->mmio - 32);
    doorbell(a);
    settle(a);
    assert_idle(a);
    g_assert_cmphex(read_geometry(a), ==, R_GEOMETRY_EXT_TRANS_MASK);
    assert_alive(a);
}

static void test_incoming_ring_over_the_own_registers(void)
{
    Adapter *a = shared_ready(32, 4);
    uint32_t base = a->mmio - 4 * sizeof(BuslogicMailbox32);

    /* Outgoing mailboxes before the BAR cannot be filled: it is no RAM */
    mailbox_init_at(a, 32, 4, base);
    doorbell(a);
    settle(a);
    assert_idle(a);
    assert_alive(a);
}

/* Read-only memory: an entry that cannot be freed is not served */
static void test_mailboxes_in_rom(void)
{
    Adapter *a = shared_adapter();

    mailbox_init_at(a, 32, 255, 0xffff0000);
    doorbell(a);
    settle(a);
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
    g_assert_cmpuint(adapter_property(a, "requests"), ==, 0);
    assert_alive(a);
}

static void check_ccb_address(uint32_t addr)
{
    Adapter *a = shared_ready(32, 4);

    mailbox_post(a, addr, BL_ACTION_START);
    doorbell(a);
    wait_until(mailbox_action(a, 0) == BL_ACTION_FREE);
    settle(a);
    if (mailbox_peek(a, 0).code) {
        g_assert_cmphex(mailbox_take(a).code, ==, BL_COMPLETION_ERROR);
        acknowledge(a);
    }
    assert_idle(a);
    g_assert_cmphex(read_geometry(a), ==, R_GEOMETRY_EXT_TRANS_MASK);
    assert_alive(a);
}

static void test_ccb_at_unmapped_memory(void)
{
    check_ccb_address(GUEST_UNMAPPED);
}

static void test_ccb_over_the_own_registers(void)
{
    check_ccb_address(ADAPTER_MMIO);
}

static void test_ccb_at_the_end_of_memory(void)
{
    check_ccb_address(0xffffffff);
}

/* A CCB whose mailbox, or whose own bytes, are its data buffer */
static void test_ccb_overlapping_its_mailbox(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_inquiry(DISK, 96);

    ccb_store(a, &ccb);
    ccb.data = a->outgoing;
    ccb.data_len = 2 * 4 * sizeof(BuslogicMailbox32);
    ccb_submit(a, &ccb);
    assert_alive(a);
}

/* Linux never sets the bit: on real boards their BIOS has */
static void test_init_switches_bus_mastering_on(const void *data)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_tur(ABSENT);

    adapter_set_bus_master(a, false);
    mailbox_init(a, WIDTH(data), 4);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
}

static void test_bus_master_off_stops_everything(void)
{
    Adapter *a = shared_ready(32, 4);
    g_autoptr(GBytes) snapshot = NULL;
    Ccb ccb = ccb_tur(DISK);

    ccb_post(a, &ccb);
    snapshot = guest_snapshot(a);
    adapter_set_bus_master(a, false);
    doorbell(a);
    settle(a);
    guest_assert_snapshot(a, snapshot);
    assert_idle(a);
    adapter_set_bus_master(a, true);
    doorbell(a);
    ccb_wait(a, &ccb);
    assert_good(&ccb);
}

/* Data on its way may still arrive, but no result */
static void test_bus_master_off_while_a_request_runs(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 0, 1);

    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_submit(a, &ccb);
    mailbox_assert_empty(a);
    adapter_set_bus_master(a, false);
    release(a, DISK);
    mailbox_assert_empty(a);
    ccb_assert_untouched(a, &ccb);
    adapter_set_bus_master(a, true);
    assert_alive(a);
}

static void add_outgoing_tests(void)
{
    add_widths("/buslogic/mailbox/init-clears-inreq", test_init_clears_inreq);
    add_widths("/buslogic/mailbox/one-command", test_one_command);
    add_widths("/buslogic/mailbox/entry-is-freed-by-its-code-only",
               test_entry_is_freed_by_its_code_only);
    add_widths("/buslogic/mailbox/start-is-found-anywhere",
               test_start_is_found_anywhere);
    add_widths("/buslogic/mailbox/one-doorbell-serves-many",
               test_one_doorbell_serves_many);
    add_widths("/buslogic/mailbox/extra-doorbells-are-harmless",
               test_extra_doorbells_are_harmless);
    add_widths("/buslogic/mailbox/doorbell-without-action",
               test_doorbell_without_action_starts_nothing);
    add_widths("/buslogic/mailbox/served-in-ring-order",
               test_entries_are_served_in_ring_order);
    add_widths("/buslogic/mailbox/search-begins-at-the-current-entry",
               test_search_begins_at_the_current_entry);
    qtest_add_func("/buslogic/mailbox/freed-before-the-command-ends",
                   test_entry_is_freed_before_the_command_ends);
    add_widths("/buslogic/mailbox/rings-wrap-around", test_rings_wrap_around);
    add_widths("/buslogic/mailbox/ring-of-one", test_ring_of_one);
    add_widths("/buslogic/mailbox/init-restarts-the-rings",
               test_init_restarts_the_rings);
    qtest_add_func("/buslogic/mailbox/width-follows-the-last-init",
                   test_width_follows_the_last_init);
    for (int mode = 0; mode < 2; mode++) {
        g_autofree char *name =
            g_strdup_printf("/buslogic/mailbox/round-robin-mode/%d", mode);

        qtest_add_data_func(name, GUINT_TO_POINTER(mode),
                            test_round_robin_modes_serve_alike);
    }
    qtest_add_data_func("/buslogic/mailbox/unknown-action/03",
                        GUINT_TO_POINTER(0x03), test_unknown_action);
    qtest_add_data_func("/buslogic/mailbox/unknown-action/ff",
                        GUINT_TO_POINTER(0xff), test_unknown_action);
    qtest_add_func("/buslogic/mailbox/unknown-action/24",
                   test_unknown_action_24);
}

static void add_ring_tests(void)
{
    add_widths("/buslogic/mailbox/incoming-entry-is-complete",
               test_incoming_entry_is_complete);
    qtest_add_func("/buslogic/mailbox/ring-of-copied-reads-takes-turns",
                   test_ring_of_copied_reads_takes_turns);
    qtest_add_func("/buslogic/mailbox/ring-of-211-one-doorbell",
                   test_ring_of_211_with_one_doorbell);
    qtest_add_func("/buslogic/mailbox/ring-of-211-doorbell-each",
                   test_ring_of_211_with_211_doorbells);
    qtest_add_func("/buslogic/mailbox/ring-of-255", test_ring_of_255);
    qtest_add_func("/buslogic/mailbox/ring-of-255-all-running",
                   test_ring_of_255_held);
    add_widths("/buslogic/mailbox/full-ring-goes-on-at-acknowledge",
               test_full_ring_goes_on_at_an_acknowledge);
    add_widths("/buslogic/mailbox/full-ring-goes-on-at-doorbell",
               test_full_ring_goes_on_at_a_doorbell);
    qtest_add_func("/buslogic/mailbox/many-completions-wait-in-order",
                   test_many_completions_wait_in_order);
    qtest_add_func("/buslogic/mailbox/not-found-entry-may-be-overwritten",
                   test_not_found_entry_may_be_overwritten);
    qtest_add_func("/buslogic/mailbox/ombr/when-an-entry-becomes-free",
                   test_ombr_when_an_entry_becomes_free);
    qtest_add_func("/buslogic/mailbox/ombr/not-unless-enabled",
                   test_no_ombr_unless_enabled);
    qtest_add_func("/buslogic/mailbox/ombr/not-without-a-mailbox",
                   test_no_ombr_without_a_mailbox);
}

static void add_abort_tests(void)
{
    add_widths("/buslogic/abort/running-read", test_abort_of_a_running_read);
    qtest_add_func("/buslogic/abort/names-one-of-many",
                   test_abort_names_one_of_many);
    qtest_add_func("/buslogic/abort/write-is-not-reported-twice",
                   test_aborted_write_is_not_reported_twice);
    add_widths("/buslogic/abort/unknown-ccb", test_abort_of_an_unknown_ccb);
    add_widths("/buslogic/abort/finished-ccb", test_abort_of_a_finished_ccb);
    qtest_add_func("/buslogic/abort/under-one-doorbell-with-start",
                   test_start_and_abort_under_one_doorbell);
    qtest_add_func("/buslogic/abort/in-the-entry-of-the-command",
                   test_abort_in_the_entry_of_the_command);
}

static void add_address_tests(void)
{
    add_widths("/buslogic/address/unaligned", test_unaligned_addresses);
    qtest_add_func("/buslogic/address/mailboxes-unmapped",
                   test_mailboxes_at_unmapped_memory);
    qtest_add_func("/buslogic/address/mailboxes-partly-in-memory",
                   test_mailboxes_partly_in_memory);
    qtest_add_func("/buslogic/address/mailboxes-wrap",
                   test_mailboxes_wrap_past_the_end_of_memory);
    qtest_add_func("/buslogic/address/mailboxes-go-on-at-0",
                   test_mailboxes_go_on_at_address_0);
    qtest_add_func("/buslogic/address/ccb-goes-on-at-0",
                   test_ccb_goes_on_at_address_0);
    qtest_add_func("/buslogic/address/mailboxes-over-own-registers",
                   test_mailboxes_over_the_own_registers);
    qtest_add_func("/buslogic/address/incoming-over-own-registers",
                   test_incoming_ring_over_the_own_registers);
    qtest_add_func("/buslogic/address/mailboxes-in-rom",
                   test_mailboxes_in_rom);
    qtest_add_func("/buslogic/address/ccb-unmapped",
                   test_ccb_at_unmapped_memory);
    qtest_add_func("/buslogic/address/ccb-over-own-registers",
                   test_ccb_over_the_own_registers);
    qtest_add_func("/buslogic/address/ccb-at-end-of-memory",
                   test_ccb_at_the_end_of_memory);
    qtest_add_func("/buslogic/address/ccb-overlapping-its-mailbox",
                   test_ccb_overlapping_its_mailbox);
    add_widths("/buslogic/address/init-switches-bus-mastering-on",
               test_init_switches_bus_mastering_on);
    qtest_add_func("/buslogic/address/bus-master-off",
                   test_bus_master_off_stops_everything);
    qtest_add_func("/buslogic/address/bus-master-off-while-running",
                   test_bus_master_off_while_a_request_runs);
}

void add_mailbox_tests(void)
{
    add_outgoing_tests();
    add_ring_tests();
    add_abort_tests();
    add_address_tests();
}
