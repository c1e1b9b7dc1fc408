/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: the host's storage fails, changes
 * or goes away, and so do devices and the adapter itself
 *
 * Whatever happens, each CCB ends once, with the sense data that tells what
 * happened, or the machine stops first and the CCB is done again.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

#define NULL_IMAGE  "driver=null-co,size=1048576,read-zeroes=on"

/* Errors of the host */

#define BAD_BLOCK   4

typedef enum Outcome {
    GETS_SENSE,
    GOES_ON,                        /* as if nothing was wrong */
    STOPS,                          /* until the user continues */
} Outcome;

typedef struct Fault {
    const char *name;
    const char *iotype;             /* of blkdebug */
    const char *policy;
    int error;
    Outcome outcome;
    uint8_t key, asc, ascq;
} Fault;

#define IO_ERROR    ABORTED_COMMAND, 0x00, 0x06
#define FULL        DATA_PROTECT, 0x27, 0x07

static const Fault faults[] = {
    { "read-report", "read", "rerror=report", EIO, GETS_SENSE, IO_ERROR },
    { "read-ignore", "read", "rerror=ignore", EIO, GOES_ON },
    { "read-stop", "read", "rerror=stop", EIO, STOPS },
    { "write-report", "write", "werror=report", EIO, GETS_SENSE, IO_ERROR },
    { "write-ignore", "write", "werror=ignore", EIO, GOES_ON },
    { "write-stop", "write", "werror=stop", EIO, STOPS },
    { "flush-report", "flush", "werror=report", EIO, GETS_SENSE, IO_ERROR },
    { "flush-ignore", "flush", "werror=ignore", EIO, GOES_ON },
    { "flush-stop", "flush", "werror=stop", EIO, STOPS },
    { "full-report", "write", "werror=report", ENOSPC, GETS_SENSE, FULL },
    { "full-enospc", "write", "werror=enospc", ENOSPC, STOPS },
    { "write-enospc", "write", "werror=enospc", EIO, GETS_SENSE, IO_ERROR },
};

static Adapter *faulty_machine(const Fault *f, const char *firmware)
{
    Adapter *a = adapter_start("buslogic,id=hba",
        "-bios %s -drive if=none,id=drive0,driver=raw,file.driver=blkdebug,"
        "file.image.driver=null-co,file.image.size=1048576,"
        "file.image.read-zeroes=on,file.inject-error.0.event=none,"
        "file.inject-error.0.iotype=%s,file.inject-error.0.errno=%d,"
        "file.inject-error.0.once=on%s,%s "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0",
        firmware, f->iotype, f->error,
        strcmp(f->iotype, "flush") ? ",file.inject-error.0.sector=4" : "",
        f->policy);

    mailbox_init(a, 32, 16);
    clear_unit_attention(a, 0);
    return a;
}

static Ccb ccb_synchronize_cache(uint8_t target)
{
    Ccb ccb = ccb_tur(target);

    ccb.cdb[0] = SYNCHRONIZE_CACHE;
    ccb.cdb_len = 10;
    return ccb;
}

static void submit_faulty(Adapter *a, const Fault *f, Ccb *ccb)
{
    if (!strcmp(f->iotype, "flush")) {
        /* A disk that nobody has written to is not flushed */
        *ccb = ccb_write10(0, 9, 1);
        ccb_buffer(a, ccb, BLOCK_SIZE);
        ccb_run(a, ccb);
        assert_good(ccb);
        *ccb = ccb_synchronize_cache(0);
    } else {
        *ccb = strcmp(f->iotype, "read") ? ccb_write10(0, BAD_BLOCK, 1)
                                         : ccb_read10(0, BAD_BLOCK, 1);
        ccb_buffer(a, ccb, BLOCK_SIZE);
    }
    ccb_submit(a, ccb);
}

/* Waits for the event, without the answer of the adapter */
static void assert_stopped(Adapter *a, const Fault *f)
{
    QDict *event = qtest_qmp_eventwait_ref(a->qts, "BLOCK_IO_ERROR");
    QDict *data = qdict_get_qdict(event, "data");

    g_assert_cmpstr(qdict_get_str(data, "action"), ==, "stop");
    g_assert_cmpint(qdict_get_bool(data, "nospace"), ==, f->error == ENOSPC);
    qobject_unref(event);
    mailbox_assert_empty(a);
    g_assert_cmpuint(adapter_property(a, "requests"), ==, 1);
}

static void test_host_error(const void *data)
{
    const Fault *f = data;
    g_autofree char *firmware = halting_firmware();
    Adapter *a = faulty_machine(f, firmware);
    Ccb ccb, other = ccb_read10(0, 9, 1);

    submit_faulty(a, f, &ccb);
    if (f->outcome == STOPS) {
        assert_stopped(a, f);
        qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    }
    ccb_wait(a, &ccb);
    if (f->outcome == GETS_SENSE) {
        assert_sense(a, &ccb, f->key, f->asc, f->ascq);
    } else {
        assert_good(&ccb);
    }
    acknowledge(a);
    mailbox_assert_empty(a);
    /* The disk goes on, and the same command succeeds now */
    ccb_buffer(a, &other, BLOCK_SIZE);
    ccb_run(a, &other);
    assert_good(&other);
    submit_faulty(a, f, &ccb);
    ccb_wait(a, &ccb);
    assert_good(&ccb);
    g_assert_cmpuint(adapter_property(a, "requests"), ==, 0);
    adapter_stop(a);
    unlink(firmware);
}

/* Memory that the i440FX shows as RAM, or leaves to what is on the PCI bus */
#define SHADOW      0xd0000
#define I440FX_PAM3 0x5c

static void shadow_ram(Adapter *a, bool on)
{
    uint8_t devfn = a->devfn;

    a->devfn = 0;
    config_writeb(a, I440FX_PAM3, on ? 0x33 : 0);
    a->devfn = devfn;
}

/*
 * A read is started again when the machine goes on, into what the guest has
 * put in the place of its buffer by then: nothing but RAM may be written to.
 */
static void test_parked_read_does_not_reach_registers(void)
{
    const Fault stop = { "", "read", "rerror=stop", EIO, STOPS };
    g_autofree char *firmware = halting_firmware();
    Adapter *a = faulty_machine(&stop, firmware);
    Ccb ccb = ccb_read10(0, BAD_BLOCK, 1);
    uint64_t commands;

    shadow_ram(a, true);
    ccb.data = SHADOW;
    ccb.data_len = BLOCK_SIZE;
    ccb_submit(a, &ccb);
    assert_stopped(a, &stop);
    shadow_ram(a, false);
    config_writel(a, 0x14, SHADOW);
    commands = adapter_property(a, "stat-commands");
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    ccb_wait(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SOFTWARE_ERROR);
    g_assert_cmpuint(adapter_property(a, "stat-commands"), ==, commands);
    adapter_stop(a);
    unlink(firmware);
}

/* One that waits for nothing but the disk goes on as it is */
static void test_read_is_running_when_the_machine_goes_on(void)
{
    g_autofree char *firmware = halting_firmware();
    Disk *disk = disk_new(256);
    Adapter *a = adapter_start("buslogic,id=hba",
        "-bios %s -drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0",
        firmware, disk->path);
    Ccb ccb = ccb_read10(0, 3, 32);
    Segment seg[32];
    uint32_t buf = guest_block(a, ARRAY_SIZE(seg) * BLOCK_SIZE);

    disk_fill(disk);
    mailbox_init(a, 32, 4);
    clear_unit_attention(a, 0);
    for (int i = 0; i < ARRAY_SIZE(seg); i++) {
        seg[i] = (Segment) { buf + i * BLOCK_SIZE, BLOCK_SIZE };
    }
    ccb_segments(a, &ccb, seg, ARRAY_SIZE(seg));
    ccb.opcode = BL_CCB_SG_RES;
    drive_hold(a, "drive0", "disk0");
    ccb_submit(a, &ccb);
    settle(a);
    qtest_qmp_assert_success(a->qts, "{ 'execute': 'cont' }");
    drive_release(a, "disk0");
    ccb_wait(a, &ccb);
    assert_good(&ccb);
    g_assert_cmpuint(ccb.length, ==, 0);
    guest_assert_blocks(a, buf, 3, ARRAY_SIZE(seg) * BLOCK_SIZE);
    adapter_stop(a);
    disk_free(disk);
    unlink(firmware);
}

/* Changes of media */

static void assert_not_ready(Adapter *a, uint8_t target)
{
    Ccb ccb = ccb_tur(target);

    ccb_run(a, &ccb);
    assert_sense(a, &ccb, NOT_READY, 0x3a, 0x00);
}

/* It went away since the driver asked last, which it is told once */
static void assert_removed(Adapter *a, uint8_t target)
{
    Ccb ccb = ccb_tur(target);

    ccb_run(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, 0x3a, 0x00);
    assert_not_ready(a, target);
}

/* What the driver has not been told of yet, once */
static void assert_attention(Adapter *a, uint8_t target, uint8_t asc,
                             uint8_t ascq)
{
    Ccb ccb = ccb_tur(target);

    ccb_run(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, asc, ascq);
    ccb_run(a, &ccb);
    assert_good(&ccb);
}

/* Another medium: that the first is gone is told before */
static void assert_changed(Adapter *a, uint8_t target)
{
    Ccb ccb = ccb_tur(target);

    ccb_run(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, 0x3a, 0x00);
    assert_attention(a, target, 0x28, 0x00);
}

static void eject(Adapter *a, const char *id)
{
    qtest_qmp_assert_success(a->qts,
        "{ 'execute': 'eject', 'arguments': { 'id': %s, 'force': true } }",
        id);
}

static void insert(Adapter *a, const char *id, Disk *disk)
{
    qtest_qmp_assert_success(a->qts,
        "{ 'execute': 'blockdev-change-medium', 'arguments': {"
        "  'id': %s, 'filename': %s, 'format': 'raw' } }", id, disk->path);
}

static uint32_t last_block(Adapter *a, uint8_t target)
{
    Ccb ccb = ccb_tur(target);
    uint8_t answer[8];

    ccb.cdb[0] = READ_CAPACITY_10;
    ccb.cdb_len = 10;
    ccb_buffer(a, &ccb, sizeof(answer));
    ccb_run(a, &ccb);
    assert_good(&ccb);
    qtest_memread(a->qts, ccb.data, answer, sizeof(answer));
    return ldl_be_p(answer);
}

static Adapter *cd_machine(Disk *cd)
{
    Adapter *a = adapter_start("buslogic,id=hba",
        "-drive if=none,id=drive0,media=cdrom,format=raw,readonly=on,file=%s "
        "-device scsi-cd,id=disk0,drive=drive0,scsi-id=0", cd->path);

    mailbox_init(a, 32, 16);
    clear_unit_attention(a, 0);
    return a;
}

static void test_cd_is_changed(void)
{
    Disk *small = disk_new(64), *large = disk_new(128);
    Adapter *a = cd_machine(small);

    for (int round = 0; round < 3; round++) {
        Ccb ccb = ccb_read10(0, 20, 1);

        eject(a, "disk0");
        assert_removed(a, 0);
        insert(a, "disk0", large);
        assert_changed(a, 0);
        g_assert_cmpuint(last_block(a, 0), ==, 31);
        ccb_buffer(a, &ccb, 2 * KiB);
        ccb_run(a, &ccb);
        assert_good(&ccb);
        guest_assert_blocks(a, ccb.data, 80, 2 * KiB);
        insert(a, "disk0", small);
        assert_changed(a, 0);
        g_assert_cmpuint(last_block(a, 0), ==, 15);
        /* What was there on the large one is not on this one */
        ccb_run(a, &ccb);
        assert_sense(a, &ccb, ILLEGAL_REQUEST, 0x21, 0x00);
    }
    adapter_stop(a);
    disk_free(small);
    disk_free(large);
}

/* The requests end, with data or without, before the medium is gone */
static void test_cd_is_removed_with_requests(void)
{
    Disk *cd = disk_new(64);
    Adapter *a = cd_machine(cd);
    Ccb ccbs[4], tur;

    drive_hold(a, "drive0", "disk0");
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccbs[i] = ccb_read10(0, i, 1);
        ccb_buffer(a, &ccbs[i], 2 * KiB);
        ccb_submit(a, &ccbs[i]);
    }
    mailbox_assert_empty(a);
    eject(a, "disk0");
    ccb_wait_all(a, ccbs, ARRAY_SIZE(ccbs));
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        if (ccbs[i].code == BL_COMPLETION_OK) {
            guest_assert_blocks(a, ccbs[i].data, 4 * i, 2 * KiB);
        } else {
            assert_sense(a, &ccbs[i], NOT_READY, 0x3a, 0x00);
        }
    }
    acknowledge(a);
    mailbox_assert_empty(a);
    /* In older QEMUs what ended then has told of the removal already */
    tur = ccb_tur(0);
    ccb_run(a, &tur);
    assert_check_condition(&tur);
    assert_not_ready(a, 0);
    adapter_stop(a);
    disk_free(cd);
}

static void test_disk_is_resized(void)
{
    static const uint32_t sizes[] = { 512, 128, 1024 };
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = private_disk_adapter(disk);

    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        Ccb last = ccb_write10(0, sizes[i] - 1, 1);
        Ccb behind = ccb_write10(0, sizes[i], 1);

        qtest_qmp_assert_success(a->qts,
            "{ 'execute': 'block_resize', 'arguments': {"
            "  'device': 'drive0', 'size': %d } }", sizes[i] * BLOCK_SIZE);
        assert_attention(a, 0, 0x2a, 0x09);
        g_assert_cmpuint(last_block(a, 0), ==, sizes[i] - 1);
        ccb_buffer(a, &last, BLOCK_SIZE);
        ccb_run(a, &last);
        assert_good(&last);
        disk_assert_filled(disk, sizes[i] - 1, FILL);
        ccb_buffer(a, &behind, BLOCK_SIZE);
        ccb_run(a, &behind);
        assert_sense(a, &behind, ILLEGAL_REQUEST, 0x21, 0x00);
    }
    adapter_stop(a);
    disk_free(disk);
}

/* Hot-plug through ACPI, as firmware has the operating system do it */

#define ACPI_PCI_EJECT      0xae08
#define ACPI_PCI_SELECT     0xae10

/* A drive for CDs that has just been plugged in */
static void assert_new_and_empty(Adapter *a, uint8_t target)
{
    Ccb ccb = ccb_tur(target);

    ccb_run(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, 0x29, 0x00);
    assert_not_ready(a, target);
}

static void plug_adapter(Adapter *a, int slot)
{
    g_autofree char *addr = g_strdup_printf("%x", slot);

    qtest_qmp_device_add(a->qts, "buslogic", "hba", "{ 'addr': %s }", addr);
    qtest_qmp_device_add(a->qts, "scsi-hd", "disk0",
                         "{ 'drive': 'drive0', 'bus': 'hba.0',"
                         "  'scsi-id': 0 }");
    qtest_qmp_device_add(a->qts, "scsi-cd", "cd0",
                         "{ 'bus': 'hba.0', 'scsi-id': 5 }");
    adapter_enable(a);
    g_assert_cmpuint(a->devfn, ==, slot << 3);
}

static bool deleted(Adapter *a, const char *id)
{
    QDict *event = qtest_qmp_eventwait_ref(a->qts, "DEVICE_DELETED");
    QDict *data = qdict_get_qdict(event, "data");
    bool found = !g_strcmp0(qdict_get_try_str(data, "device"), id);

    qobject_unref(event);
    return found;
}

/* Memory that is still in use is freed a little later */
static bool drive_is_gone(Adapter *a)
{
    g_autofree char *drives = qtest_hmp(a->qts, "info block");

    return !strstr(drives, "drive0");
}

/* The adapter goes when the guest says so, and takes its devices with it */
static void eject_adapter(Adapter *a, int slot)
{
    qtest_qmp_device_del_send(a->qts, "hba");
    settle(a);
    g_assert_cmpuint(read_geometry(a), !=, 0xff);
    qtest_outl(a->qts, ACPI_PCI_SELECT, 0);
    qtest_outl(a->qts, ACPI_PCI_EJECT, 1u << slot);
    while (!deleted(a, "hba")) {
        /* First its devices */
    }
    g_assert_cmphex(config_readl(a, PCI_VENDOR_ID), ==, 0xffffffff);
    wait_until(drive_is_gone(a));
}

static void test_adapter_comes_and_goes_with_requests(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = adapter_start("buslogic,id=hba,addr=3", "%s", "");

    eject_adapter(a, 3);
    for (int slot = 8; slot < 12; slot++) {
        Ccb ccbs[6];
        GBytes *memory;

        /* A drive that goes with its disk */
        g_free(qtest_hmp(a->qts, "drive_add 0 if=none,id=drive0,format=raw,"
                                 "file=%s", disk->path));
        plug_adapter(a, slot);
        mailbox_init(a, 32, 16);
        clear_unit_attention(a, 0);
        assert_new_and_empty(a, 5);
        hold_private(a, ccbs, ARRAY_SIZE(ccbs));
        eject_adapter(a, slot);
        /* Its disks go first, so it may report some, but not from now on */
        memory = guest_snapshot(a);
        settle(a);
        guest_assert_snapshot(a, memory);
        g_bytes_unref(memory);
        guest_free_all(a);
    }
    adapter_stop(a);
    disk_free(disk);
}

/* The bus does not tell the driver: it finds out when it asks */
static void test_disks_come_and_go(void)
{
    Adapter *a = adapter_start("buslogic,id=hba",
        "-drive if=none,id=drive0," NULL_IMAGE);

    mailbox_init(a, 32, 16);
    for (int round = 0; round < 5; round++) {
        int target = round + 8;
        Ccb ccb = ccb_read10(target, 0, 1);
        Ccb cd = ccb_tur(target - 8);

        qtest_qmp_assert_success(a->qts,
            "{ 'execute': 'blockdev-add', 'arguments': {"
            "  'driver': 'null-co', 'node-name': 'new', 'size': 65536 } }");
        qtest_qmp_device_add(a->qts, "scsi-hd", "disk1",
                             "{ 'drive': 'new', 'scsi-id': %d }", target);
        qtest_qmp_device_add(a->qts, "scsi-cd", "cd1",
                             "{ 'scsi-id': %d }", target - 8);
        clear_unit_attention(a, target);
        ccb_buffer(a, &ccb, BLOCK_SIZE);
        ccb_run(a, &ccb);
        assert_good(&ccb);
        assert_new_and_empty(a, target - 8);
        qtest_qmp_device_del(a->qts, "disk1");
        qtest_qmp_device_del(a->qts, "cd1");
        ccb_run(a, &ccb);
        assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
        ccb_run(a, &cd);
        assert_host_error(&cd, BTSTAT_SELECTION_TIMEOUT);
        qtest_qmp_assert_success(a->qts,
            "{ 'execute': 'blockdev-del', 'arguments': {"
            "  'node-name': 'new' } }");
    }
    adapter_stop(a);
}

void add_fault_tests(void)
{
    qtest_add_func("/buslogic/fault/parked-read-does-not-reach-registers",
                   test_parked_read_does_not_reach_registers);
    qtest_add_func("/buslogic/fault/read-is-running-when-the-machine-goes-on",
                   test_read_is_running_when_the_machine_goes_on);
    for (int i = 0; i < ARRAY_SIZE(faults); i++) {
        g_autofree char *name = g_strdup_printf("/buslogic/fault/%s",
                                                faults[i].name);

        qtest_add_data_func(name, &faults[i], test_host_error);
    }
    qtest_add_func("/buslogic/fault/cd-is-changed", test_cd_is_changed);
    qtest_add_func("/buslogic/fault/cd-is-removed-with-requests",
                   test_cd_is_removed_with_requests);
    qtest_add_func("/buslogic/fault/disk-is-resized", test_disk_is_resized);
    qtest_add_func("/buslogic/plug/adapter-comes-and-goes-with-requests",
                   test_adapter_comes_and_goes_with_requests);
    qtest_add_func("/buslogic/plug/disks-come-and-go",
                   test_disks_come_and_go);
}
