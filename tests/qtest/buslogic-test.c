/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter
 *
 * Numbers in square brackets refer to docs/specs/buslogic.rst.  Most tests
 * share one machine, whose adapter is reset before each of them.
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "buslogic-test.h"

static Adapter *shared;
static Disk *disks[2];
static Disk *cd_image;
static const char *const drive_names[] = { "drive0", "drive1" };
static const char *const device_names[] = { "disk0", "disk1" };

/* Every rule makes one block fail with the errno behind a SCSI status */
static char *faulty_drive(void)
{
    static const struct {
        int lba, error;
    } faults[] = {
        { FAULT_TASK_SET_FULL, EDOM },
        { FAULT_RESERVATION, EBADE },
        { FAULT_MEDIUM, EIO },
    };
    GString *args = g_string_new(
        "-drive if=none,id=faulty,driver=raw,file.driver=blkdebug,"
        "file.image.driver=null-co,file.image.size=1048576");

    for (int i = 0; i < ARRAY_SIZE(faults); i++) {
        g_string_append_printf(args,
            ",file.inject-error.%d.event=none"
            ",file.inject-error.%d.iotype=read"
            ",file.inject-error.%d.sector=%d,file.inject-error.%d.errno=%d",
            i, i, i, faults[i].lba, i, faults[i].error);
    }
    return g_string_free(args, false);
}

static void start_shared(void)
{
    g_autofree char *faulty = faulty_drive();

    disks[0] = disk_new(DISK_BLOCKS);
    disks[1] = disk_new(DISK_BLOCKS);
    cd_image = disk_new(CD_BLOCKS * 4);
    shared = adapter_start("buslogic,id=hba",
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,scsi-id=0,id=disk0,drive=drive0 "
        "-drive if=none,id=drive1,format=raw,file=%s "
        "-device scsi-hd,scsi-id=1,id=disk1,drive=drive1 "
        "-drive if=none,id=cd,media=cdrom,format=raw,readonly=on,file=%s "
        "-device scsi-cd,scsi-id=2,drive=cd "
        "-drive if=none,id=lun0,driver=null-co,size=1048576,read-zeroes=on "
        "-device scsi-hd,scsi-id=3,lun=0,drive=lun0 "
        "-drive if=none,id=lun9,driver=null-co,size=2097152,read-zeroes=on "
        "-device scsi-hd,scsi-id=3,lun=%d,drive=lun9 "
        "%s -device scsi-hd,scsi-id=4,drive=faulty "
        "-drive if=none,id=huge,driver=null-co,size=%" PRIu64
        ",read-zeroes=on -device scsi-hd,scsi-id=5,drive=huge "
        "-drive if=none,id=wide,driver=null-co,size=1048576,read-zeroes=on "
        "-device scsi-hd,scsi-id=15,drive=wide",
        disks[0]->path, disks[1]->path, cd_image->path, HIGH_LUN, faulty,
        (uint64_t)HUGE_DISK_BYTES);
}

static void stop_shared(void)
{
    if (shared) {
        adapter_stop(shared);
        disk_free(disks[0]);
        disk_free(disks[1]);
        disk_free(cd_image);
    }
}

Disk *disk_of(int target)
{
    return target == CDROM ? cd_image : disks[target];
}

void hold(Adapter *a, int target)
{
    drive_hold(a, drive_names[target], device_names[target]);
}

void release(Adapter *a, int target)
{
    drive_release(a, device_names[target]);
}

Adapter *shared_adapter(void)
{
    if (!shared) {
        start_shared();
    }
    guest_check_guards(shared);
    guest_free_all(shared);
    for (int i = 0; i < ARRAY_SIZE(disks); i++) {
        drive_release(shared, device_names[i]);
        disk_fill(disks[i]);
    }
    adapter_enable(shared);
    reset_handshake(shared, R_CONTROL_RHARD_MASK);
    return shared;
}

Adapter *shared_ready(int width, unsigned mailboxes)
{
    static const uint8_t targets[] = {
        DISK, DISK2, CDROM, LUNS, FAULTY, HUGE_DISK,
    };
    Adapter *a = shared_adapter();

    mailbox_init(a, width, mailboxes);
    for (int i = 0; i < ARRAY_SIZE(targets); i++) {
        clear_unit_attention(a, targets[i]);
    }
    /* Positions start at 0 for the test */
    mailbox_init_at(a, width, mailboxes, a->outgoing);
    return a;
}

Adapter *private_disk_adapter(Disk *disk)
{
    Adapter *a = adapter_start("buslogic,id=hba",
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0", disk->path);

    mailbox_init(a, 32, 16);
    clear_unit_attention(a, 0);
    return a;
}

void hold_private(Adapter *a, Ccb *ccbs, int count)
{
    drive_hold(a, "drive0", "disk0");
    for (int i = 0; i < count; i++) {
        ccbs[i] = i % 2 ? ccb_write10(0, i, 1) : ccb_read10(0, i, 1);
        ccb_buffer(a, &ccbs[i], BLOCK_SIZE);
        ccb_submit(a, &ccbs[i]);
    }
    mailbox_assert_empty(a);
}

void add_widths(const char *name, void (*test)(const void *))
{
    g_autofree char *narrow = g_strdup_printf("%s/24", name);
    g_autofree char *wide = g_strdup_printf("%s/32", name);

    qtest_add_data_func(narrow, GUINT_TO_POINTER(24), test);
    qtest_add_data_func(wide, GUINT_TO_POINTER(32), test);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    add_register_tests();
    add_reset_tests();
    add_command_tests();
    add_interrupt_tests();
    add_mailbox_tests();
    add_ccb_tests();
    add_data_tests();
    add_exec_tests();
    add_machine_tests();
    add_boot_tests();
    add_migration_tests();
    add_fault_tests();
    add_model_tests();
    add_isa_board_tests();
    add_aha_tests();
    add_linux_tests();
    ret = g_test_run();
    stop_shared();
    return ret;
}
