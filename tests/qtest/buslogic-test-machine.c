/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: what it is to QEMU's user
 *
 * Command line and properties, ISA compatible ports [1.2], local RAM and NVRAM
 * [7], plugging and unplugging.  These tests start machines of their own.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

#define NOTHING_THERE   0xff

#define NULL_DRIVE(id) \
    "-drive if=none,id=" id ",driver=null-co,size=1048576,read-zeroes=on "

/* Command line */

static void test_disk_at_the_id_of_the_adapter(void)
{
    g_autofree char *text = refused(
        "-device buslogic " NULL_DRIVE("d")
        "-device scsi-hd,drive=d,scsi-id=7");

    g_assert_nonnull(strstr(text, "7"));
    g_assert_nonnull(strstr(text, "adapter"));
}

static void test_disk_beyond_the_bus(void)
{
    g_autofree char *text = refused(
        "-device buslogic " NULL_DRIVE("d")
        "-device scsi-hd,drive=d,scsi-id=16");

    g_assert_nonnull(strstr(text, "scsi-id"));
}

static void test_adapter_id_beyond_the_bus(void)
{
    g_autofree char *text = refused("-device buslogic,scsi-id=16");

    g_assert_nonnull(strstr(text, "scsi-id"));
}

static void test_unknown_isa_port(void)
{
    g_autofree char *text = refused("-device buslogic,isa-compat=0x330");

    g_assert_nonnull(strstr(text, "isa-compat"));
}

static void test_disk_on_the_adapter_id_by_hotplug(void)
{
    Adapter *a = adapter_start("buslogic", NULL_DRIVE("d"));
    QDict *response = qtest_qmp(a->qts,
        "{ 'execute': 'device_add', 'arguments': {"
        "  'driver': 'scsi-hd', 'drive': 'd', 'scsi-id': 7 } }");

    g_assert_true(qdict_haskey(response, "error"));
    qobject_unref(response);
    adapter_stop(a);
}

static char *many_disks(int count)
{
    GString *args = g_string_new("");

    for (int i = 0; i < count; i++) {
        g_string_append_printf(args,
            "-drive if=none,id=d%d,driver=null-co,size=1048576 "
            "-device scsi-hd,drive=d%d ", i, i);
    }
    return g_string_free(args, false);
}

static void test_disks_without_ids(void)
{
    g_autofree char *disks = many_disks(15);
    Adapter *a = adapter_start("buslogic", "%s", disks);
    Reply reply = command(a, BL_CMD_INQUIRE_TARGETS, NO_BYTES);

    assert_reply(&reply, BYTES(0x7f, 0xff));
    adapter_stop(a);
}

static void test_one_disk_too_many(void)
{
    g_autofree char *disks = many_disks(16);
    g_autofree char *args = g_strdup_printf("-device buslogic %s", disks);
    g_autofree char *text = refused(args);

    g_assert_cmpuint(strlen(text), >, 0);
}

static void test_another_adapter_id(void)
{
    Adapter *a = adapter_start("buslogic,scsi-id=5",
        NULL_DRIVE("d") "-device scsi-hd,drive=d,scsi-id=7");
    Ccb ccb = ccb_tur(5);
    Reply reply;

    reply = command(a, BL_CMD_INQUIRE_CONFIG, NO_BYTES);
    g_assert_cmpuint(reply.data[2], ==, 5);
    reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM,
                          BYTES(BL_AUTOSCSI_OFFSET + 14, 1));
    assert_reply(&reply, BYTES(5));
    reply = command(a, BL_CMD_INQUIRE_TARGETS, NO_BYTES);
    assert_reply(&reply, BYTES(0x80, 0x00));
    mailbox_init(a, 32, 4);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    clear_unit_attention(a, 7);
    adapter_stop(a);
}

static void test_two_adapters(void)
{
    Adapter *a = adapter_start("buslogic,id=first",
        NULL_DRIVE("d1") NULL_DRIVE("d2")
        "-device scsi-hd,bus=first.0,drive=d1,scsi-id=3 "
        "-device buslogic,id=second "
        "-device scsi-hd,bus=second.0,drive=d2,scsi-id=4");
    Adapter second = *a;
    Reply reply;

    second.devfn += 8;
    second.io = a->io + 0x100;
    config_writel(&second, PCI_BASE_ADDRESS_0, second.io);
    config_writew(&second, PCI_COMMAND, PCI_COMMAND_IO);
    reply = command(a, BL_CMD_INQUIRE_TARGETS, NO_BYTES);
    assert_reply(&reply, BYTES(0x08, 0x00));
    reply = command(&second, BL_CMD_INQUIRE_TARGETS, NO_BYTES);
    assert_reply(&reply, BYTES(0x10, 0x00));
    adapter_stop(a);
}

static char *qom_get_string(Adapter *a, const char *property)
{
    QDict *response = qtest_qmp(a->qts,
        "{ 'execute': 'qom-get', 'arguments': {"
        "  'path': '/machine/peripheral/hba', 'property': %s } }", property);
    char *value = g_strdup(qdict_get_str(response, "return"));

    qobject_unref(response);
    return value;
}

static void assert_string_property(Adapter *a, const char *property,
                                   const char *want)
{
    g_autofree char *value = qom_get_string(a, property);

    g_assert_cmpstr(value, ==, want);
}

static void test_phase_can_be_watched(void)
{
    Adapter *a = shared_adapter();

    assert_string_property(a, "phase", "idle");
    write_command(a, BL_CMD_INQUIRE_MODEL);
    assert_string_property(a, "phase", "param");
    write_command(a, 5);
    assert_string_property(a, "phase", "reply");
    assert_string_property(a, "isa-compat", "disabled");
}

static void test_isa_compat_is_fixed(void)
{
    Adapter *a = shared_adapter();
    QDict *response = qtest_qmp(a->qts,
        "{ 'execute': 'qom-set', 'arguments': {"
        "  'path': '/machine/peripheral/hba', 'property': 'isa-compat',"
        "  'value': 'primary' } }");

    g_assert_true(qdict_haskey(response, "error"));
    qobject_unref(response);
    assert_string_property(a, "isa-compat", "disabled");
}

static void test_two_adapters_on_the_same_isa_ports(void)
{
    g_autofree char *text = refused(
        "-device buslogic,isa-compat=primary "
        "-device buslogic,isa-compat=primary");

    g_assert_nonnull(strstr(text, "0x330"));
}

static void test_two_adapters_on_different_isa_ports(void)
{
    Adapter *a = adapter_start("buslogic,isa-compat=primary",
                               "-device buslogic,isa-compat=alternate");

    g_assert_cmphex(qtest_inb(a->qts, 0x330 + A_STATUS), ==, STATUS_IDLE);
    g_assert_cmphex(qtest_inb(a->qts, 0x334 + A_STATUS), ==, STATUS_IDLE);
    adapter_stop(a);
}

static void test_state_can_be_watched(void)
{
    Adapter *a = shared_ready(32, 4);
    uint64_t ccbs = adapter_property(a, "stat-ccbs");
    Ccb ccb = ccb_read10(DISK, 0, 1);

    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_submit(a, &ccb);
    mailbox_assert_empty(a);
    g_assert_cmpuint(adapter_property(a, "requests"), ==, 1);
    g_assert_cmpuint(adapter_property(a, "stat-ccbs"), ==, ccbs + 1);
    release(a, DISK);
    ccb_wait(a, &ccb);
    g_assert_cmpuint(adapter_property(a, "requests"), ==, 0);
}

/* ISA compatible ports */

static const uint16_t isa_bases[] = {
    0x330, 0x334, 0x230, 0x234, 0x130, 0x134,
};

/* Only the ports at @base, of all that there can be, answer */
static void assert_isa_base(Adapter *a, uint16_t base)
{
    for (int i = 0; i < ARRAY_SIZE(isa_bases); i++) {
        g_assert_cmphex(qtest_inb(a->qts, isa_bases[i] + A_STATUS), ==,
                        isa_bases[i] == base ? STATUS_IDLE : NOTHING_THERE);
        g_assert_cmphex(qtest_inb(a->qts, isa_bases[i] + A_GEOMETRY), ==,
                        isa_bases[i] == base ? R_GEOMETRY_EXT_TRANS_MASK
                                             : NOTHING_THERE);
    }
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
}

static void assert_isa_code(Adapter *a, uint8_t code)
{
    Reply reply = command(a, BL_CMD_INQUIRE_PCI_INFO, NO_BYTES);

    g_assert_cmphex(reply.data[0], ==, code);
}

static void test_isa_ports_are_off_by_default(void)
{
    Adapter *a = shared_adapter();

    assert_isa_base(a, 0);
    assert_isa_code(a, BL_ISA_PORT_DISABLED);
}

typedef struct IsaCompat {
    const char *name;
    uint16_t base;
    uint8_t code;
    uint8_t autoscsi;               /* its coding of the same */
} IsaCompat;

static const IsaCompat isa_compats[] = {
    { "disabled", 0, BL_ISA_PORT_DISABLED, 2 },
    { "primary", 0x330, BL_ISA_PORT_330, 0 },
    { "alternate", 0x334, BL_ISA_PORT_334, 1 },
};

static void test_isa_compat_property(const void *data)
{
    const IsaCompat *compat = data;
    g_autofree char *device = g_strdup_printf("buslogic,isa-compat=%s",
                                              compat->name);
    Adapter *a = adapter_start(device, "%s", "");
    Reply reply;

    assert_isa_base(a, compat->base);
    assert_isa_code(a, compat->code);
    reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM,
                          BYTES(BL_AUTOSCSI_OFFSET + 33, 1));
    g_assert_cmphex(reply.data[0] >> 2 & 3, ==, compat->autoscsi);
    adapter_stop(a);
}

static void test_isa_ports_are_the_same_registers(void)
{
    Adapter *a = adapter_start("buslogic,isa-compat=primary", "%s", "");
    Adapter isa = *a;
    Reply reply;

    isa.io = 0x330;
    write_command(&isa, BL_CMD_INQUIRE_BOARD_ID);
    g_assert_cmphex(read_data(a), ==, 'A');
    g_assert_cmphex(read_data(&isa), ==, 'A');
    g_assert_cmphex(read_data(a), ==, '5');
    g_assert_cmphex(read_data(&isa), ==, '0');
    g_assert_cmphex(read_flags(&isa), ==, CMDC);
    write_control(&isa, R_CONTROL_RINT_MASK);
    assert_idle(a);
    /* Unlike its neighbours, the fifth port is not ours */
    g_assert_cmphex(qtest_inb(a->qts, 0x334), ==, NOTHING_THERE);
    reply = command(&isa, BL_CMD_ECHO, BYTES(0x12));
    assert_reply(&reply, BYTES(0x12));
    adapter_stop(a);
}

static void test_modify_isa_port(void)
{
    Adapter *a = adapter_start("buslogic,isa-compat=alternate", "%s", "");

    for (int code = 0; code < ARRAY_SIZE(isa_bases); code++) {
        command_quiet(a, BL_CMD_MODIFY_ISA_PORT, BYTES(code));
        assert_isa_base(a, isa_bases[code]);
        assert_isa_code(a, code);
    }
    for (int code = 6; code < BL_ISA_PORT_CODES; code++) {
        command_quiet(a, BL_CMD_MODIFY_ISA_PORT, BYTES(0));
        command_quiet(a, BL_CMD_MODIFY_ISA_PORT, BYTES(code));
        assert_isa_base(a, 0);
        assert_isa_code(a, BL_ISA_PORT_DISABLED);
    }
    adapter_stop(a);
}

static void test_modify_isa_port_rejected(void)
{
    Adapter *a = adapter_start("buslogic,isa-compat=primary", "%s", "");

    command_invalid(a, BL_CMD_MODIFY_ISA_PORT, BYTES(8));
    assert_isa_base(a, 0x330);
    adapter_stop(a);
}

static void test_isa_port_after_resets(void)
{
    Adapter *a = adapter_start("buslogic,isa-compat=alternate", "%s", "");

    command_quiet(a, BL_CMD_MODIFY_ISA_PORT, BYTES(BL_ISA_PORT_330));
    reset_handshake(a, R_CONTROL_RSOFT_MASK);
    assert_isa_base(a, 0x330);
    reset_handshake(a, R_CONTROL_RHARD_MASK);
    assert_isa_base(a, 0x330);
    machine_reset(a);
    adapter_enable(a);
    assert_isa_base(a, 0x334);
    adapter_stop(a);
}

/* NVRAM */

/* Put one byte into the AutoSCSI structure */
static void set_autoscsi(Adapter *a, uint8_t offset, uint8_t value)
{
    command(a, BL_CMD_STORE_LOCAL_RAM,
            BYTES(BL_AUTOSCSI_OFFSET + offset, 1, value));
}

static uint8_t get_autoscsi(Adapter *a, uint8_t offset)
{
    Reply reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM,
                                BYTES(BL_AUTOSCSI_OFFSET + offset, 1));

    g_assert_cmpuint(reply.len, ==, 1);
    return reply.data[0];
}

static void save_nvram(Adapter *a)
{
    command(a, BL_CMD_STORE_NVRAM, BYTES(BL_NVRAM_SAVE));
}

static void test_unsaved_settings_go_with_a_reset(void)
{
    Adapter *a = adapter_start("buslogic", "%s", "");
    uint8_t before = get_autoscsi(a, 44);

    set_autoscsi(a, 44, 0x12);
    g_assert_cmphex(get_autoscsi(a, 44), ==, 0x12);
    reset_handshake(a, R_CONTROL_RHARD_MASK);
    g_assert_cmphex(get_autoscsi(a, 44), ==, before);
    adapter_stop(a);
}

static void test_saved_settings_survive_resets(void)
{
    Adapter *a = adapter_start("buslogic", "%s", "");

    set_autoscsi(a, 44, 0x12);
    save_nvram(a);
    reset_handshake(a, R_CONTROL_RHARD_MASK);
    g_assert_cmphex(get_autoscsi(a, 44), ==, 0x12);
    machine_reset(a);
    adapter_enable(a);
    g_assert_cmphex(get_autoscsi(a, 44), ==, 0x12);
    command(a, BL_CMD_STORE_NVRAM, BYTES(BL_NVRAM_DEFAULTS));
    g_assert_cmphex(get_autoscsi(a, 44), ==, 0);
    adapter_stop(a);
}

/* Disks have been put around it on the command line */
static void test_scsi_id_is_not_a_setting(void)
{
    Adapter *a = adapter_start("buslogic", "%s", "");
    Reply reply;

    set_autoscsi(a, 14, 2);
    save_nvram(a);
    reset_handshake(a, R_CONTROL_RHARD_MASK);
    g_assert_cmphex(get_autoscsi(a, 14), ==, 7);
    reply = command(a, BL_CMD_INQUIRE_CONFIG, NO_BYTES);
    g_assert_cmphex(reply.data[2], ==, 7);
    adapter_stop(a);
}

static void test_saving_decides_about_the_isa_port(void)
{
    Adapter *a = adapter_start("buslogic", "%s", "");

    set_autoscsi(a, 33, 1 << 2);
    assert_isa_base(a, 0);
    save_nvram(a);
    assert_isa_base(a, 0x334);
    machine_reset(a);
    adapter_enable(a);
    assert_isa_base(a, 0x334);
    adapter_stop(a);
}

static void test_translation_setting_shows_in_the_geometry(void)
{
    Adapter *a = adapter_start("buslogic", "%s", "");

    set_autoscsi(a, 18, get_autoscsi(a, 18) & ~0x04);
    save_nvram(a);
    reset_handshake(a, R_CONTROL_RHARD_MASK);
    g_assert_cmphex(read_geometry(a), ==, 0);
    adapter_stop(a);
}

/* Byte 17 of the BIOS area: the drive that the BIOS calls 0x80 */
static void check_bios_drive(const char *args, uint8_t map)
{
    Adapter *a = adapter_start("buslogic", "%s", args);
    Reply reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(17, 1));

    assert_reply(&reply, BYTES(map));
    adapter_stop(a);
}

static void test_bios_drive_map(void)
{
    check_bios_drive("", 0x00);
    /* Target 10, translation 3; target 3, 2; target 0, 1 */
    check_bios_drive("-drive if=none,id=d,driver=null-co,size=2147483648 "
                     "-device scsi-hd,drive=d,scsi-id=10", 0x59);
    check_bios_drive("-drive if=none,id=d,driver=null-co,size=1073741824 "
                     "-device scsi-hd,drive=d,scsi-id=3", 0x70);
    check_bios_drive(NULL_DRIVE("d") "-device scsi-hd,drive=d", 0x08);
    /* A CD is no drive of its */
    check_bios_drive("-device scsi-cd,scsi-id=0 " NULL_DRIVE("d")
                     "-device scsi-hd,drive=d,scsi-id=1", 0x28);
}

static void test_settings_are_kept_in_an_image(void)
{
    g_autofree char *path = NULL, *args = NULL;
    int fd = g_file_open_tmp("buslogic-nvram.XXXXXX", &path, NULL);
    Adapter *a;

    g_assert_cmpint(ftruncate(fd, 512), ==, 0);
    args = g_strdup_printf("-drive if=none,id=nv,format=raw,file=%s", path);
    a = adapter_start("buslogic,nvram=nv", "%s", args);
    g_assert_cmphex(get_autoscsi(a, 14), ==, 7);
    set_autoscsi(a, 33, 0);
    set_autoscsi(a, 44, 0x12);
    save_nvram(a);
    adapter_stop(a);

    a = adapter_start("buslogic,nvram=nv", "%s", args);
    assert_isa_base(a, 0x330);
    g_assert_cmphex(get_autoscsi(a, 44), ==, 0x12);
    g_assert_cmphex(get_autoscsi(a, 14), ==, 7);
    adapter_stop(a);
    close(fd);
    unlink(path);
}

static void test_empty_nvram_image(void)
{
    g_autofree char *text = refused(
        "-drive if=none,id=nv,driver=null-co,size=0 "
        "-device buslogic,nvram=nv");

    g_assert_nonnull(strstr(text, "NVRAM"));
}

/* Plugging and unplugging */

static void test_disk_hotplug(void)
{
    Adapter *a = adapter_start("buslogic", NULL_DRIVE("d"));
    Ccb ccb = ccb_inquiry(3, 36);

    mailbox_init(a, 32, 4);
    ccb_buffer(a, &ccb, 36);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    qtest_qmp_device_add(a->qts, "scsi-hd", "disk",
                         "{ 'drive': 'd', 'scsi-id': 3 }");
    ccb_run(a, &ccb);
    assert_good(&ccb);
    qtest_qmp_device_del(a->qts, "disk");
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    adapter_stop(a);
}

/*
 * Every CCB gets an answer, and only one.  QEMU 10 lets the disk finish what
 * it was doing, 7.2 does not.
 */
static void test_disk_unplug_with_requests(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = private_disk_adapter(disk);
    Ccb ccbs[6], ccb = ccb_tur(0);

    hold_private(a, ccbs, ARRAY_SIZE(ccbs));
    qtest_qmp_device_del(a->qts, "disk0");
    ccb_wait_all(a, ccbs, ARRAY_SIZE(ccbs));
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        if (ccbs[i].code != BL_COMPLETION_OK) {
            assert_host_error(&ccbs[i], BTSTAT_BUS_FREE);
        }
    }
    mailbox_assert_empty(a);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    adapter_stop(a);
    disk_free(disk);
}

/* The same for a host command: it ends, and says what became of it */
static void test_disk_unplug_during_exec_scsi(void)
{
    uint8_t params[BL_EXEC_SCSI_HEADER + BL_EXEC_SCSI_MAX_CDB];
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = private_disk_adapter(disk);
    Ccb ccb = ccb_read10(0, 0, 1);
    Reply reply;

    drive_hold(a, "drive0", "disk0");
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    command_send(a, BL_CMD_EXEC_SCSI, params, exec_scsi_params(&ccb, params));
    settle(a);
    qtest_qmp_device_del(a->qts, "disk0");
    reply = command_finish(a);
    g_assert_cmpuint(reply.len, ==, 4);
    if (reply.data[2]) {
        g_assert_cmphex(reply.data[2], ==, BTSTAT_BUS_FREE);
    } else {
        guest_assert_blocks(a, ccb.data, 0, BLOCK_SIZE);
    }
    adapter_stop(a);
    disk_free(disk);
}

/* The guest lets go of the adapter when the machine is reset */
static void unplug_adapter(Adapter *a)
{
    qtest_qmp_device_del_send(a->qts, "hba");
    machine_reset(a);
    qtest_qmp_eventwait(a->qts, "DEVICE_DELETED");
    g_assert_cmphex(config_readl(a, PCI_VENDOR_ID), ==, 0xffffffff);
}

static void test_adapter_unplug_with_requests(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = private_disk_adapter(disk);
    Ccb ccbs[6];

    hold_private(a, ccbs, ARRAY_SIZE(ccbs));
    unplug_adapter(a);
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        ccb_assert_untouched(a, &ccbs[i]);
    }
    adapter_stop(a);
    disk_free(disk);
}

static void test_adapter_unplug_frees_the_isa_ports(void)
{
    Adapter *a = adapter_start("buslogic,id=hba,isa-compat=primary",
                               "%s", "");

    assert_isa_base(a, 0x330);
    unplug_adapter(a);
    g_assert_cmphex(qtest_inb(a->qts, 0x330), ==, NOTHING_THERE);
    adapter_stop(a);
}

static void test_adapter_hotplug(void)
{
    Adapter *a = adapter_start("buslogic,id=hba", NULL_DRIVE("d"));
    Reply reply;

    unplug_adapter(a);
    qtest_qmp_device_add(a->qts, "buslogic", "new", "{ 'addr': '6' }");
    qtest_qmp_device_add(a->qts, "scsi-hd", "disk",
                         "{ 'drive': 'd', 'bus': 'new.0', 'scsi-id': 2 }");
    adapter_enable(a);
    reply = command(a, BL_CMD_INQUIRE_TARGETS, NO_BYTES);
    assert_reply(&reply, BYTES(0x04, 0x00));
    adapter_stop(a);
}

static void add_command_line_tests(void)
{
    qtest_add_func("/buslogic/machine/disk-at-the-adapter-id",
                   test_disk_at_the_id_of_the_adapter);
    qtest_add_func("/buslogic/machine/disk-beyond-the-bus",
                   test_disk_beyond_the_bus);
    qtest_add_func("/buslogic/machine/adapter-id-beyond-the-bus",
                   test_adapter_id_beyond_the_bus);
    qtest_add_func("/buslogic/machine/unknown-isa-port",
                   test_unknown_isa_port);
    qtest_add_func("/buslogic/machine/disk-at-the-adapter-id-by-hotplug",
                   test_disk_on_the_adapter_id_by_hotplug);
    qtest_add_func("/buslogic/machine/disks-without-ids",
                   test_disks_without_ids);
    qtest_add_func("/buslogic/machine/one-disk-too-many",
                   test_one_disk_too_many);
    qtest_add_func("/buslogic/machine/another-adapter-id",
                   test_another_adapter_id);
    qtest_add_func("/buslogic/machine/two-adapters", test_two_adapters);
    qtest_add_func("/buslogic/machine/state-can-be-watched",
                   test_state_can_be_watched);
    qtest_add_func("/buslogic/machine/phase-can-be-watched",
                   test_phase_can_be_watched);
    qtest_add_func("/buslogic/isa-port/property-is-fixed",
                   test_isa_compat_is_fixed);
    qtest_add_func("/buslogic/isa-port/same-of-two-adapters",
                   test_two_adapters_on_the_same_isa_ports);
    qtest_add_func("/buslogic/isa-port/different-of-two-adapters",
                   test_two_adapters_on_different_isa_ports);
}

static void add_isa_tests(void)
{
    qtest_add_func("/buslogic/isa-port/off-by-default",
                   test_isa_ports_are_off_by_default);
    for (int i = 0; i < ARRAY_SIZE(isa_compats); i++) {
        g_autofree char *name = g_strdup_printf("/buslogic/isa-port/%s",
                                                isa_compats[i].name);

        qtest_add_data_func(name, &isa_compats[i], test_isa_compat_property);
    }
    qtest_add_func("/buslogic/isa-port/same-registers",
                   test_isa_ports_are_the_same_registers);
    qtest_add_func("/buslogic/isa-port/modify", test_modify_isa_port);
    qtest_add_func("/buslogic/isa-port/modify-rejected",
                   test_modify_isa_port_rejected);
    qtest_add_func("/buslogic/isa-port/after-resets",
                   test_isa_port_after_resets);
}

static void add_nvram_tests(void)
{
    qtest_add_func("/buslogic/nvram/unsaved-settings-go-with-a-reset",
                   test_unsaved_settings_go_with_a_reset);
    qtest_add_func("/buslogic/nvram/saved-settings-survive-resets",
                   test_saved_settings_survive_resets);
    qtest_add_func("/buslogic/nvram/scsi-id-is-not-a-setting",
                   test_scsi_id_is_not_a_setting);
    qtest_add_func("/buslogic/nvram/saving-decides-about-the-isa-port",
                   test_saving_decides_about_the_isa_port);
    qtest_add_func("/buslogic/nvram/translation-shows-in-the-geometry",
                   test_translation_setting_shows_in_the_geometry);
    qtest_add_func("/buslogic/local-ram/bios-drive-map", test_bios_drive_map);
    qtest_add_func("/buslogic/nvram/kept-in-an-image",
                   test_settings_are_kept_in_an_image);
    qtest_add_func("/buslogic/nvram/empty-image", test_empty_nvram_image);
}

static void add_plug_tests(void)
{
    qtest_add_func("/buslogic/plug/disk", test_disk_hotplug);
    qtest_add_func("/buslogic/plug/disk-unplug-with-requests",
                   test_disk_unplug_with_requests);
    qtest_add_func("/buslogic/plug/disk-unplug-during-exec-scsi",
                   test_disk_unplug_during_exec_scsi);
    qtest_add_func("/buslogic/plug/adapter-unplug-with-requests",
                   test_adapter_unplug_with_requests);
    qtest_add_func("/buslogic/plug/adapter-unplug-frees-the-isa-ports",
                   test_adapter_unplug_frees_the_isa_ports);
    qtest_add_func("/buslogic/plug/adapter", test_adapter_hotplug);
}

void add_machine_tests(void)
{
    add_command_line_tests();
    add_isa_tests();
    add_nvram_tests();
    add_plug_tests();
}
