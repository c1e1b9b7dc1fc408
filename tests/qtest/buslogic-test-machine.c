/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: what it is to QEMU's user
 *
 * Command line and properties, ISA compatible ports [1.2], NVRAM [7], plugging
 * and unplugging, migration.  These tests start machines of their own.
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

/* What a command line that must be refused says on stderr */
static char *refused(const char *args)
{
    g_autofree char *command =
        g_strdup_printf("timeout 30 %s -M pc -nodefaults -display none -S %s",
                        g_getenv("QTEST_QEMU_BINARY"), args);
    char *stderr_text = NULL;
    int status = 0;

    g_assert_true(g_spawn_command_line_sync(command, NULL, &stderr_text,
                                            &status, NULL));
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    return stderr_text;
}

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

static Adapter *start_with_disk(Disk *disk)
{
    Adapter *a = adapter_start("buslogic,id=hba",
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0", disk->path);

    mailbox_init(a, 32, 16);
    clear_unit_attention(a, 0);
    return a;
}

static void hold_some(Adapter *a, Ccb *ccbs, int count)
{
    drive_hold(a, "drive0", "disk0");
    for (int i = 0; i < count; i++) {
        ccbs[i] = i % 2 ? ccb_write10(0, i, 1) : ccb_read10(0, i, 1);
        ccb_buffer(a, &ccbs[i], BLOCK_SIZE);
        ccb_submit(a, &ccbs[i]);
    }
    mailbox_assert_empty(a);
}

/* Every CCB gets an answer, and only one */
static void test_disk_unplug_with_requests(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_with_disk(disk);
    Ccb ccbs[6], ccb = ccb_tur(0);

    hold_some(a, ccbs, ARRAY_SIZE(ccbs));
    qtest_qmp_device_del(a->qts, "disk0");
    ccb_wait_all(a, ccbs, ARRAY_SIZE(ccbs));
    for (int i = 0; i < ARRAY_SIZE(ccbs); i++) {
        g_assert_cmphex(ccbs[i].code, ==, BL_COMPLETION_ERROR);
        g_assert_true(ccbs[i].btstat == BTSTAT_SELECTION_TIMEOUT ||
                      ccbs[i].btstat == BTSTAT_BUS_FREE);
    }
    mailbox_assert_empty(a);
    ccb_run(a, &ccb);
    assert_host_error(&ccb, BTSTAT_SELECTION_TIMEOUT);
    adapter_stop(a);
    disk_free(disk);
}

static void test_disk_unplug_during_exec_scsi(void)
{
    uint8_t params[BL_EXEC_SCSI_HEADER + BL_EXEC_SCSI_MAX_CDB];
    Disk *disk = disk_new(DISK_BLOCKS);
    Adapter *a = start_with_disk(disk);
    Ccb ccb = ccb_read10(0, 0, 1);
    Reply reply;

    drive_hold(a, "drive0", "disk0");
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    command_send(a, BL_CMD_EXEC_SCSI, params, exec_scsi_params(&ccb, params));
    settle(a);
    qtest_qmp_device_del(a->qts, "disk0");
    reply = command_finish(a);
    g_assert_cmpuint(reply.len, ==, 4);
    g_assert_cmphex(reply.data[2], !=, 0);
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
    Adapter *a = start_with_disk(disk);
    Ccb ccbs[6];

    hold_some(a, ccbs, ARRAY_SIZE(ccbs));
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

/* Migration */

static char *migration_file(void)
{
    char *path;
    int fd = g_file_open_tmp("buslogic-migration.XXXXXX", &path, NULL);

    close(fd);
    return path;
}

static bool migration_completed(Adapter *a)
{
    QDict *response = qtest_qmp(a->qts, "{ 'execute': 'query-migrate' }");
    const char *status = qdict_get_try_str(qdict_get_qdict(response, "return"),
                                           "status");
    bool done = status && !strcmp(status, "completed");

    g_assert_true(!status || strcmp(status, "failed"));
    qobject_unref(response);
    return done;
}

/*
 * Save the machine, end it, and go on in another one started with the same
 * arguments.  The driver does not notice.
 */
static void migrate(Adapter *a, const char *device, const char *args)
{
    g_autofree char *path = migration_file();
    g_autofree char *out = g_strdup_printf("exec:cat > %s", path);
    g_autofree char *in = g_strdup_printf("exec:cat %s", path);
    Adapter *target;

    qtest_qmp_assert_success(a->qts,
        "{ 'execute': 'migrate', 'arguments': { 'uri': %s } }", out);
    wait_until(migration_completed(a));
    qtest_quit(a->qts);

    target = adapter_start(device, "%s -incoming defer", args);
    a->qts = target->qts;
    g_array_free(target->blocks, true);
    g_free(target);
    qtest_qmp_assert_success(a->qts,
        "{ 'execute': 'migrate-incoming', 'arguments': { 'uri': %s } }", in);
    wait_until(migration_completed(a));
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
};

static void test_migration_phase(const void *data)
{
    const Phase *phase = data;
    Adapter *a = adapter_start("buslogic", "%s", "");

    phase->before(a);
    migrate(a, "buslogic", "");
    phase->after(a);
    adapter_stop(a);
}

/* Requests end, one way or the other, before the machine is saved */
static void test_migration_with_requests(void)
{
    Disk *disk = disk_new(DISK_BLOCKS);
    g_autofree char *args = g_strdup_printf(
        "-drive if=none,id=drive0,format=raw,file=%s "
        "-device scsi-hd,id=disk0,drive=drive0,scsi-id=0", disk->path);
    Adapter *a = start_with_disk(disk);
    Ccb ccbs[6], ccb = ccb_read10(0, 9, 1);

    hold_some(a, ccbs, ARRAY_SIZE(ccbs));
    migrate(a, "buslogic,id=hba", args);
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

/* A firmware that halts: a processor that runs must not touch the adapter */
static char *halting_firmware(void)
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

    migrate(a, "buslogic,id=hba", good);
    mailbox_assert_empty(a);
    g_assert_cmpuint(adapter_property(a, "requests"), ==, 1);
    cont_and_finish(a, c, &ccb);
    g_assert_cmpuint(adapter_property(a, "requests"), ==, 0);
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

    return !strstr(text, "accel=tcg");
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
    /* Not so long ago */
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

static void add_migration_tests(void)
{
    for (int i = 0; i < ARRAY_SIZE(phases); i++) {
        g_autofree char *name = g_strdup_printf("/buslogic/migration/%s",
                                                phases[i].name);

        qtest_add_data_func(name, &phases[i], test_migration_phase);
    }
    qtest_add_func("/buslogic/migration/requests",
                   test_migration_with_requests);
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
    qtest_add_func("/buslogic/time/diagnostics-are-over-after-a-while",
                   test_diagnostics_are_over_after_a_while);
    qtest_add_func("/buslogic/time/full-ring-goes-on",
                   test_full_ring_goes_on_in_time);
    qtest_add_func("/buslogic/parked/aborted", test_parked_request_is_aborted);
    qtest_add_func("/buslogic/parked/goes-with-a-reset",
                   test_parked_request_goes_with_a_reset);
}

void add_machine_tests(void)
{
    add_command_line_tests();
    add_isa_tests();
    add_nvram_tests();
    add_plug_tests();
    add_migration_tests();
}
