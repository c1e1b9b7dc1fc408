/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: host commands [3, 4]
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "scsi/constants.h"
#include "buslogic-test.h"

/* Parameter count, reply length and completion of every command [4.1] */

typedef enum Finish {
    WITH_CMDC,
    QUIETLY,
} Finish;

typedef struct CommandSpec {
    const char *name;
    uint8_t opcode;
    uint8_t num_params;
    uint8_t params[16];
    uint16_t reply_len;
    Finish finish;
} CommandSpec;

/*
 * Without 0x25, whose flag comes without an interrupt, and 0x83: they have
 * tests of their own.  Addresses are of memory nobody uses.
 */
static const CommandSpec command_specs[] = {
    { "test-cmdc", BL_CMD_TEST_CMDC },
    { "init-mailbox-24", BL_CMD_INIT_MAILBOX_24, 4, { 8, 0x10, 0x20, 0x30 } },
    { "inquire-board-id", BL_CMD_INQUIRE_BOARD_ID, 0, { }, 4 },
    { "enable-ombr", BL_CMD_ENABLE_OMBR, 1, { 1 }, 0, QUIETLY },
    { "disable-ombr", BL_CMD_ENABLE_OMBR, 1, { 0 }, 0, QUIETLY },
    { "set-selection-timeout", BL_CMD_SET_SELECTION_TIMEOUT, 4,
      { 1, 0, 0, 250 } },
    { "set-bus-on-time", BL_CMD_SET_BUS_ON_TIME, 1, { 7 } },
    { "set-bus-off-time", BL_CMD_SET_BUS_OFF_TIME, 1, { 4 } },
    { "set-transfer-rate", BL_CMD_SET_TRANSFER_RATE, 1, { 0 } },
    { "inquire-devices-0-7", BL_CMD_INQUIRE_DEVICES_0_7, 0, { }, 8 },
    { "inquire-config", BL_CMD_INQUIRE_CONFIG, 0, { }, 3 },
    { "inquire-setup", BL_CMD_INQUIRE_SETUP, 1, { 34 }, 34 },
    { "write-buffer", BL_CMD_WRITE_BUFFER, 3, { 0x10, 0, 0 } },
    { "read-buffer", BL_CMD_READ_BUFFER, 3, { 0x10, 0, 0 } },
    { "write-fifo", BL_CMD_WRITE_FIFO, 3, { 0x10, 0, 0 } },
    { "read-fifo", BL_CMD_READ_FIFO, 3, { 0x10, 0, 0 } },
    { "echo", BL_CMD_ECHO, 1, { 0x5a }, 1 },
    { "set-options-empty", BL_CMD_SET_OPTIONS, 1, { 0 } },
    { "set-options", BL_CMD_SET_OPTIONS, 5, { 4, 0xff, 0xff, 0xff, 0xff } },
    { "inquire-devices-8-15", BL_CMD_INQUIRE_DEVICES_8_15, 0, { }, 8 },
    { "inquire-targets", BL_CMD_INQUIRE_TARGETS, 0, { }, 2 },
    { "init-mailbox-32", BL_CMD_INIT_MAILBOX_32, 5, { 8, 0, 0, 0x10, 0 } },
    { "inquire-fw-digit3", BL_CMD_INQUIRE_FW_DIGIT3, 0, { }, 1 },
    { "inquire-fw-letter", BL_CMD_INQUIRE_FW_LETTER, 0, { }, 1 },
    { "inquire-pci-info", BL_CMD_INQUIRE_PCI_INFO, 0, { }, 4 },
    { "inquire-model", BL_CMD_INQUIRE_MODEL, 1, { 6 }, 6 },
    { "inquire-sync-period", BL_CMD_INQUIRE_SYNC_PERIOD, 1, { 16 }, 16 },
    { "inquire-ext-setup", BL_CMD_INQUIRE_EXT_SETUP, 1, { 14 }, 14 },
    { "round-robin-0", BL_CMD_ROUND_ROBIN, 1, { 0 } },
    { "round-robin-1", BL_CMD_ROUND_ROBIN, 1, { 1 } },
    { "round-robin-any", BL_CMD_ROUND_ROBIN, 1, { 0xff } },
    { "fetch-local-ram", BL_CMD_FETCH_LOCAL_RAM, 2, { 64, 64 }, 64, QUIETLY },
    { "exec-bios", BL_CMD_EXEC_BIOS, 10, { 0 }, 1 },
    { "enable-target-mode", BL_CMD_ENABLE_TARGET_MODE, 2, { 0, 0 } },
    { "store-no-local-ram", BL_CMD_STORE_LOCAL_RAM, 2, { 0, 0 } },
    { "store-local-ram", BL_CMD_STORE_LOCAL_RAM, 5, { 250, 3, 1, 2, 3 } },
    { "load-nvram-defaults", BL_CMD_STORE_NVRAM, 1, { BL_NVRAM_DEFAULTS } },
    { "flash-upload", BL_CMD_FLASH_UPLOAD, 13, { [8] = 3 } },
    { "write-inquiry-buffer", BL_CMD_WRITE_INQUIRY_BUFFER, 3, { 0x10, 0, 0 } },
    { "read-inquiry-buffer", BL_CMD_READ_INQUIRY_BUFFER, 3, { 0x10, 0, 0 } },
    { "flash-rom", BL_CMD_FLASH_ROM, 12, { [8] = 2 } },
    { "read-scam-data", BL_CMD_READ_SCAM_DATA, 4, { 0, 0, 0x2c, 0x01 }, 300 },
    { "write-scam-data", BL_CMD_WRITE_SCAM_DATA, 7, { 0, 0, 3, 0, 1, 2, 3 } },
    { "modify-isa-port", BL_CMD_MODIFY_ISA_PORT, 1, { 6 }, 0, QUIETLY },
    { "set-ccb-format-0", BL_CMD_SET_CCB_FORMAT, 1, { 0 } },
    { "set-ccb-format-1", BL_CMD_SET_CCB_FORMAT, 1, { 1 } },
};

static void test_command_shape(const void *data)
{
    const CommandSpec *spec = data;
    Adapter *a = shared_adapter();
    Reply (*issue)(Adapter *, uint8_t, const uint8_t *, size_t) =
        spec->finish == QUIETLY ? command_quiet : command;
    Reply reply;

    reply = issue(a, spec->opcode, spec->params, spec->num_params);
    g_assert_cmpuint(reply.len, ==, spec->reply_len);

    /* The next byte is an opcode again */
    reply = command(a, BL_CMD_ECHO, BYTES(0x3c));
    assert_reply(&reply, BYTES(0x3c));
}

static void test_reset_after_each_parameter(const void *data)
{
    const CommandSpec *spec = data;
    Adapter *a = shared_adapter();

    for (int sent = 0; sent < spec->num_params; sent++) {
        Reply reply;

        command_send(a, spec->opcode, spec->params, sent);
        reset_handshake(a, R_CONTROL_RSOFT_MASK);
        reply = command(a, BL_CMD_ECHO, BYTES(0xc3));
        assert_reply(&reply, BYTES(0xc3));
    }
}

/* VirtualBox's BIOS does not pace the parameters by the status */
static void test_bytes_are_accepted_back_to_back(void)
{
    Adapter *a = shared_adapter();

    for (int i = 0; i < ARRAY_SIZE(command_specs); i++) {
        const CommandSpec *spec = &command_specs[i];
        Reply reply;

        write_command(a, spec->opcode);
        for (int p = 0; p < spec->num_params; p++) {
            write_command(a, spec->params[p]);
        }
        reply = command_finish(a);
        g_assert_cmpuint(reply.len, ==, spec->reply_len);
        acknowledge(a);
    }
}

/* Replies of the length that the driver asks for */

static void test_reply_length(const void *opcode)
{
    Adapter *a = shared_adapter();

    for (int len = 0; len < 256; len++) {
        Reply reply = command(a, GPOINTER_TO_UINT(opcode), BYTES(len));

        g_assert_cmpuint(reply.len, ==, len);
    }
}

/* What is behind the defined structure is zero, not a previous reply */
static void test_reply_padding(const void *opcode)
{
    static const struct {
        uint8_t opcode;
        size_t defined;
    } sizes[] = {
        { BL_CMD_INQUIRE_SETUP, BL_INQUIRE_SETUP_SIZE },
        { BL_CMD_INQUIRE_MODEL, 6 },
        { BL_CMD_INQUIRE_SYNC_PERIOD, 0 },
        { BL_CMD_INQUIRE_EXT_SETUP, BL_EXT_SETUP_SIZE },
    };
    Adapter *a = shared_adapter();
    Reply reply;

    command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(64, 255));
    reply = command(a, GPOINTER_TO_UINT(opcode), BYTES(255));
    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        if (sizes[i].opcode == GPOINTER_TO_UINT(opcode)) {
            for (size_t n = sizes[i].defined; n < 255; n++) {
                g_assert_cmphex(reply.data[n], ==, 0);
            }
        }
    }
}

/* Completion rules [3.2, 3.4] */

/* command() and command_quiet() look at every step; this is the long form */
static void test_cmdc_comes_with_the_last_reply_byte(void)
{
    Adapter *a = shared_adapter();

    write_command(a, BL_CMD_INQUIRE_BOARD_ID);
    for (int left = 4; left > 0; left--) {
        g_assert_cmphex(read_status(a), ==, STATUS_REPLY);
        g_assert_cmphex(read_flags(a), ==, 0);
        g_assert_false(interrupt_line(a));
        read_data(a);
    }
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    g_assert_cmphex(read_flags(a), ==, CMDC);
    g_assert_true(interrupt_line(a));
}

static void test_doorbell_completes_silently(void)
{
    Adapter *a = shared_ready(32, 4);

    doorbell(a);
    doorbell(a);
    settle(a);
    assert_idle(a);
}

static void test_doorbell_before_init_is_ignored(void)
{
    Adapter *a = shared_adapter();

    doorbell(a);
    settle(a);
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    assert_idle(a);
}

static void test_doorbell_code_as_parameter(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(ABSENT);
    Reply reply;

    ccb_post(a, &ccb);
    reply = command(a, BL_CMD_ECHO, BYTES(BL_CMD_START_MAILBOX));
    assert_reply(&reply, BYTES(BL_CMD_START_MAILBOX));
    mailbox_assert_empty(a);
}

static void test_enable_interrupt_sets_the_flag_only(const void *param)
{
    Adapter *a = shared_adapter();
    Reply reply;

    command_send(a, BL_CMD_ENABLE_INTERRUPT, BYTES(GPOINTER_TO_UINT(param)));
    reply = command_finish(a);
    g_assert_cmpuint(reply.len, ==, 0);
    g_assert_cmphex(reply.status, ==, STATUS_IDLE);
    g_assert_cmphex(reply.flags, ==, CMDC);
    g_assert_false(interrupt_line(a));
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

static void test_fetch_of_no_local_ram_ends(void)
{
    Adapter *a = shared_adapter();

    command_send(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(64, 0));
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    acknowledge(a);
    assert_idle(a);
}

static void test_diagnostic_completes(void)
{
    Adapter *a = shared_adapter();
    Reply reply;

    write_command(a, BL_CMD_DIAGNOSTIC);
    wait_until(read_status(a) & R_STATUS_HARDY_MASK);
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    g_assert_cmphex(read_flags(a), ==, CMDC);
    acknowledge(a);
    reply = command(a, BL_CMD_ECHO, BYTES(1));
    assert_reply(&reply, BYTES(1));
}

/* Rejected commands [3.2, 4.4] */

/* Opcodes that no BT-958 has; reserved ones with parameters are left out */
static const uint8_t unknown_opcodes[] = {
    0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19,
    0x1e, 0x22, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f,
    0x30, 0x3f, 0x40, 0x4f, 0x50, 0x5f, 0x60, 0x6f, 0x70, 0x7f, 0x80, 0x82,
    0x87, 0x88, 0x89, 0x8a, 0x8e, 0x99, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xaf,
    0xb0, 0xbf, 0xc0, 0xcf, 0xd0, 0xdf, 0xe0, 0xef, 0xf0, 0xfe, 0xff,
};

static void test_unknown_opcodes_are_rejected(void)
{
    Adapter *a = shared_adapter();

    for (int i = 0; i < ARRAY_SIZE(unknown_opcodes); i++) {
        command_invalid(a, unknown_opcodes[i], NO_BYTES);
    }
}

static void test_parameter_of_unknown_opcode_is_an_opcode(void)
{
    Adapter *a = shared_adapter();

    write_command(a, 0xff);
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE | R_STATUS_CMDINV_MASK);
    write_command(a, BL_CMD_INQUIRE_FW_LETTER);
    g_assert_cmphex(read_status(a), ==, STATUS_REPLY);
    g_assert_cmphex(read_data(a), ==, 'B');
}

static void test_rejection_is_visible_until_acknowledged(void)
{
    Adapter *a = shared_adapter();

    write_command(a, 0xff);
    for (int i = 0; i < 3; i++) {
        g_assert_cmphex(read_status(a), ==,
                        STATUS_IDLE | R_STATUS_CMDINV_MASK);
        g_assert_cmphex(read_flags(a), ==, CMDC);
    }
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    g_assert_cmphex(read_flags(a), ==, 0);
}

static void test_next_opcode_clears_the_rejection(void)
{
    Adapter *a = shared_adapter();

    write_command(a, 0xff);
    write_command(a, BL_CMD_ECHO);
    g_assert_cmphex(read_status(a), ==, STATUS_BUSY);
}

static void test_empty_mailbox_array_is_rejected(void)
{
    Adapter *a = shared_adapter();

    command_invalid(a, BL_CMD_INIT_MAILBOX_24, BYTES(0, 1, 2, 3));
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    command_invalid(a, BL_CMD_INIT_MAILBOX_32, BYTES(0, 1, 2, 3, 4));
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
}

/* A rejected initialisation changes nothing */
static void test_rejected_init_keeps_the_mailboxes(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_tur(DISK);

    command_invalid(a, BL_CMD_INIT_MAILBOX_32, BYTES(0, 0, 0, 0, 0));
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
    ccb_run(a, &ccb);
    assert_good(&ccb);
}

static void test_bad_ombr_parameter_is_rejected(void)
{
    Adapter *a = shared_adapter();

    command_invalid(a, BL_CMD_ENABLE_OMBR, BYTES(2));
    command_invalid(a, BL_CMD_ENABLE_OMBR, BYTES(0xff));
}

static void test_bad_isa_port_is_rejected(void)
{
    Adapter *a = shared_adapter();

    for (int code = BL_ISA_PORT_CODES; code < 256; code++) {
        command_invalid(a, BL_CMD_MODIFY_ISA_PORT, BYTES(code));
    }
}

/* There is no such code on this board, but its length is a parameter */
static void test_upload_of_autoscsi_code_is_rejected(void)
{
    Adapter *a = shared_adapter();

    command_invalid(a, BL_CMD_UPLOAD_AUTOSCSI, BYTES(0, 16, 0));
}

static void test_bad_nvram_action_is_rejected(void)
{
    Adapter *a = shared_adapter();

    command_invalid(a, BL_CMD_STORE_NVRAM, BYTES(4));
    command_invalid(a, BL_CMD_STORE_NVRAM, BYTES(0xff));
}

/* Linux and FreeBSD soft reset the board if one of these is rejected [4.4] */
static void test_no_rejection_after_mailbox_init(void)
{
    Adapter *a = shared_ready(32, 4);

    command(a, BL_CMD_ROUND_ROBIN, BYTES(1));
    command(a, BL_CMD_SET_CCB_FORMAT, BYTES(1));
    command(a, BL_CMD_INQUIRE_TARGETS, NO_BYTES);
    command(a, BL_CMD_INQUIRE_SETUP, BYTES(34));
    command(a, BL_CMD_INQUIRE_SYNC_PERIOD, BYTES(16));
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
}

/* The data register out of turn [2.4, 2.5] */

static void test_byte_written_while_reply_pends_is_ignored(void)
{
    Adapter *a = shared_adapter();

    write_command(a, BL_CMD_INQUIRE_BOARD_ID);
    g_assert_cmphex(read_data(a), ==, 'A');
    write_command(a, BL_CMD_INQUIRE_FW_LETTER);
    write_command(a, 0xff);
    g_assert_cmphex(read_status(a), ==, STATUS_REPLY);
    g_assert_cmphex(read_data(a), ==, 'A');
    g_assert_cmphex(read_data(a), ==, '5');
    g_assert_cmphex(read_data(a), ==, '0');
    g_assert_cmphex(read_status(a), ==, STATUS_IDLE);
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    assert_idle(a);
}

static void test_data_read_with_nothing_pending_is_harmless(void)
{
    Adapter *a = shared_adapter();
    Reply reply;

    for (int i = 0; i < 300; i++) {
        read_data(a);
    }
    assert_idle(a);
    reply = command(a, BL_CMD_ECHO, BYTES(0x99));
    assert_reply(&reply, BYTES(0x99));
    for (int i = 0; i < 300; i++) {
        read_data(a);
    }
    assert_idle(a);
}

static void test_data_read_while_parameters_are_expected(void)
{
    Adapter *a = shared_adapter();

    write_command(a, BL_CMD_ECHO);
    read_data(a);
    g_assert_cmphex(read_status(a), ==, STATUS_BUSY);
    write_command(a, 0x21);
    g_assert_cmphex(read_data(a), ==, 0x21);
}

/* Identity [4.2] */

static void test_board_identity(void)
{
    Adapter *a = shared_adapter();
    Reply reply;

    reply = command(a, BL_CMD_INQUIRE_BOARD_ID, NO_BYTES);
    assert_reply(&reply, BYTES('A', 'A', '5', '0'));
    reply = command(a, BL_CMD_INQUIRE_FW_DIGIT3, NO_BYTES);
    assert_reply(&reply, BYTES('7'));
    reply = command(a, BL_CMD_INQUIRE_FW_LETTER, NO_BYTES);
    assert_reply(&reply, BYTES('B'));
    reply = command(a, BL_CMD_INQUIRE_MODEL, BYTES(5));
    assert_reply(&reply, BYTES('9', '5', '8', ' ', ' '));
}

static void test_configuration(void)
{
    Adapter *a = shared_adapter();
    Reply reply = command(a, BL_CMD_INQUIRE_CONFIG, NO_BYTES);

    /* DMA channel 6, IRQ 11, SCSI ID 7 */
    assert_reply(&reply, BYTES(0x40, 0x04, 0x07));
}

/* Exactly one legal bit, whatever the line is [4.2] */
static void test_configuration_irq_bit(void)
{
    static const uint8_t bits[] = {
        [9] = 0x01, [10] = 0x02, [11] = 0x04, [12] = 0x08,
        [14] = 0x20, [15] = 0x40,
    };
    Adapter *a = shared_adapter();

    for (int line = 0; line < 256; line++) {
        uint8_t bit = line < ARRAY_SIZE(bits) ? bits[line] : 0;
        Reply reply;

        config_writeb(a, PCI_INTERRUPT_LINE, line);
        reply = command(a, BL_CMD_INQUIRE_CONFIG, NO_BYTES);
        assert_reply(&reply, BYTES(0x40, bit ? bit : 0x04, 0x07));
    }
}

static void test_pci_information(void)
{
    Adapter *a = shared_adapter();

    for (int line = 0; line < 256; line++) {
        Reply reply;

        config_writeb(a, PCI_INTERRUPT_LINE, line);
        reply = command(a, BL_CMD_INQUIRE_PCI_INFO, NO_BYTES);
        assert_reply(&reply, BYTES(BL_ISA_PORT_DISABLED, line, 0x93, 0x00));
    }
}

static void test_setup_information(void)
{
    Adapter *a = shared_adapter();
    Reply reply;

    command(a, BL_CMD_SET_TRANSFER_RATE, BYTES(0x04));
    command(a, BL_CMD_SET_BUS_ON_TIME, BYTES(11));
    command(a, BL_CMD_SET_BUS_OFF_TIME, BYTES(5));
    reply = command(a, BL_CMD_INQUIRE_SETUP, BYTES(34));
    /* Disconnection and wide transfers permitted, wide ones active */
    assert_reply(&reply, BYTES(0x03, 0x04, 11, 5, 0, 0, 0, 0,
                               0, 0, 0, 0, 0, 0, 0, 0,
                               0xff, 'B', 'D', 'F', 0xff, 0x3f, 0, 0,
                               0, 0, 0, 0, 0, 0, 0xff, 0, 0xff, 0x80));
}

/* The low 24 bits of the base, however wide the mailboxes are */
static void test_setup_information_has_the_mailboxes(void)
{
    Adapter *a = shared_adapter();
    Reply reply;

    command(a, BL_CMD_INIT_MAILBOX_24, BYTES(16, 0x12, 0x34, 0x56));
    reply = command(a, BL_CMD_INQUIRE_SETUP, BYTES(8));
    g_assert_cmpmem(reply.data + 4, 4, "\x10\x12\x34\x56", 4);
    command(a, BL_CMD_INIT_MAILBOX_32, BYTES(211, 0x78, 0x56, 0x34, 0x12));
    reply = command(a, BL_CMD_INQUIRE_SETUP, BYTES(8));
    g_assert_cmpmem(reply.data + 4, 4, "\xd3\x34\x56\x78", 4);
}

static void test_extended_setup(void)
{
    Adapter *a = shared_adapter();
    Reply reply = command(a, BL_CMD_INQUIRE_EXT_SETUP, BYTES(14));

    assert_reply(&reply, BYTES('E', 0, 0x00, 0x20, 0, 0, 0, 0, 0,
                               0x40, '0', '7', 'B', 0x09));
    command(a, BL_CMD_INIT_MAILBOX_32, BYTES(211, 0x78, 0x56, 0x34, 0x12));
    reply = command(a, BL_CMD_INQUIRE_EXT_SETUP, BYTES(16));
    assert_reply(&reply, BYTES('E', 0, 0x00, 0x20,
                               211, 0x78, 0x56, 0x34, 0x12,
                               0x40, '0', '7', 'B', 0x09, 0, 0));
}

/* A period must not be claimed without an agreement, nor the reverse */
static void test_no_synchronous_agreements(void)
{
    Adapter *a = shared_adapter();
    Reply setup = command(a, BL_CMD_INQUIRE_SETUP, BYTES(34));
    Reply period = command(a, BL_CMD_INQUIRE_SYNC_PERIOD, BYTES(16));

    for (int id = 0; id < 16; id++) {
        uint8_t sync = setup.data[id < 8 ? 8 + id : 22 + id - 8];

        g_assert_true(!(sync & 0x80) || period.data[id]);
    }
}

static void test_installed_devices(void)
{
    Adapter *a = shared_adapter();
    Reply reply;

    reply = command(a, BL_CMD_INQUIRE_DEVICES_0_7, NO_BYTES);
    assert_reply(&reply, BYTES(1, 1, 1, 1, 1, 1, 0, 0));
    reply = command(a, BL_CMD_INQUIRE_DEVICES_8_15, NO_BYTES);
    assert_reply(&reply, BYTES(0, 0, 0, 0, 0, 0, 0, 1));
    reply = command(a, BL_CMD_INQUIRE_TARGETS, NO_BYTES);
    assert_reply(&reply, BYTES(0x3f, 0x80));
}

/* Looking for devices must not use up what they have to tell */
static void test_installed_devices_keeps_unit_attentions(void)
{
    Adapter *a = shared_adapter();
    Ccb ccb = ccb_tur(DISK);

    command(a, BL_CMD_INQUIRE_DEVICES_0_7, NO_BYTES);
    command(a, BL_CMD_INQUIRE_TARGETS, NO_BYTES);
    mailbox_init(a, 32, 4);
    ccb_run(a, &ccb);
    assert_sense(a, &ccb, UNIT_ATTENTION, 0x29, 0x00);
}

static void test_queries_work_while_requests_run(void)
{
    Adapter *a = shared_ready(32, 4);
    Ccb ccb = ccb_read10(DISK, 0, 1);
    Reply reply;

    hold(a, DISK);
    ccb_buffer(a, &ccb, BLOCK_SIZE);
    ccb_submit(a, &ccb);
    wait_until(!mailbox_action(a, 0));
    settle(a);
    g_assert_cmphex(read_status(a), ==, R_STATUS_HARDY_MASK);
    reply = command(a, BL_CMD_INQUIRE_SETUP, BYTES(33));
    g_assert_cmpuint(reply.len, ==, 33);
    reply = command(a, BL_CMD_INQUIRE_SYNC_PERIOD, BYTES(16));
    g_assert_cmpuint(reply.len, ==, 16);
    release(a, DISK);
    ccb_wait(a, &ccb);
    assert_good(&ccb);
}

/* Memory on the board [4.2, 7] */

static uint32_t patterned(Adapter *a, uint8_t seed)
{
    uint32_t addr = guest_block(a, BL_SCRATCH_SIZE);

    for (int i = 0; i < BL_SCRATCH_SIZE; i++) {
        qtest_writeb(a->qts, addr + i, seed + i);
    }
    return addr;
}

static void buffer_command(Adapter *a, uint8_t opcode, uint32_t addr)
{
    command(a, opcode, BYTES(addr >> 16, addr >> 8, addr));
}

static void check_buffer_pair(uint8_t write, uint8_t read)
{
    Adapter *a = shared_adapter();
    uint32_t from = patterned(a, 0x40), to = guest_block(a, BL_SCRATCH_SIZE);
    uint8_t data[BL_SCRATCH_SIZE];

    qtest_memset(a->qts, to, 0, BL_SCRATCH_SIZE);
    buffer_command(a, write, from);
    qtest_memread(a->qts, from, data, sizeof(data));
    qtest_memset(a->qts, from, 0, BL_SCRATCH_SIZE);
    buffer_command(a, read, to);
    guest_assert_equal(a, to, data, sizeof(data));
}

static void test_adapter_buffer_moves_64_bytes(void)
{
    check_buffer_pair(BL_CMD_WRITE_BUFFER, BL_CMD_READ_BUFFER);
}

static void test_inquiry_buffer_moves_64_bytes(void)
{
    check_buffer_pair(BL_CMD_WRITE_INQUIRY_BUFFER, BL_CMD_READ_INQUIRY_BUFFER);
}

static void test_bus_master_fifo_moves_64_bytes(void)
{
    check_buffer_pair(BL_CMD_WRITE_FIFO, BL_CMD_READ_FIFO);
}

static void test_buffer_at_the_top_of_24_bits(void)
{
    Adapter *a = shared_adapter();

    buffer_command(a, BL_CMD_WRITE_FIFO, 0xfffff0);
    buffer_command(a, BL_CMD_READ_FIFO, 0xfffff0);
    assert_idle(a);
}

static void test_buffer_leaves_local_ram_alone(void)
{
    Adapter *a = shared_adapter();
    Reply before = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(64, 64));
    Reply after;

    buffer_command(a, BL_CMD_WRITE_FIFO, patterned(a, 0x11));
    buffer_command(a, BL_CMD_WRITE_BUFFER, patterned(a, 0x22));
    after = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(64, 64));
    assert_reply(&after, before.data, before.len);
}

static void test_local_ram_length_and_wrap(void)
{
    Adapter *a = shared_adapter();

    for (int offset = 0; offset < 256; offset += 51) {
        for (int len = 1; len < 256; len += 127) {
            Reply reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM,
                                        BYTES(offset, len));

            g_assert_cmpuint(reply.len, ==, len);
        }
    }
}

static void test_local_ram_stores_what_is_sent(void)
{
    uint8_t params[2 + 255] = { 0x10, 255 };
    Adapter *a = shared_adapter();
    Reply reply;

    for (int i = 0; i < 255; i++) {
        params[2 + i] = i ^ 0x5a;
    }
    command(a, BL_CMD_STORE_LOCAL_RAM, params, sizeof(params));
    /* Around the end, as it is read */
    reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM, BYTES(0x30, 200));
    g_assert_cmpmem(reply.data, 200, params + 2 + 0x20, 200);
    /* A reset has it as it was */
    reset_handshake(a, R_CONTROL_RSOFT_MASK);
    reply = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM,
                          BYTES(BL_AUTOSCSI_OFFSET + 14, 1));
    assert_reply(&reply, BYTES(7));
}

static void test_scam_data_are_kept(void)
{
    uint8_t params[4 + BL_SCAM_SIZE] = { 0, 0, 0, 1 };
    Adapter *a = shared_adapter();
    Reply reply;

    for (int i = 0; i < BL_SCAM_SIZE; i++) {
        params[4 + i] = i ^ 0x33;
    }
    command(a, BL_CMD_WRITE_SCAM_DATA, params, sizeof(params));
    reply = command(a, BL_CMD_READ_SCAM_DATA, BYTES(0, 0, 0, 1));
    assert_reply(&reply, params + 4, BL_SCAM_SIZE);
    reply = command(a, BL_CMD_READ_SCAM_DATA, BYTES(0xff, 0xff, 8, 0));
    assert_reply(&reply, BYTES(0, 0, 0, 0, 0, 0, 0, 0));
}

static void test_flash_data_are_consumed(void)
{
    g_autofree uint8_t *params = g_malloc0(10 + 70000);
    Adapter *a = shared_adapter();

    params[6] = 70000 >> 16;
    params[7] = 70000 >> 8 & 0xff;
    params[8] = 70000 & 0xff;
    write_command(a, BL_CMD_FLASH_ROM);
    for (int i = 0; i < 10 + 70000; i++) {
        write_command(a, params[i]);
    }
    g_assert_cmphex(read_flags(a), ==, CMDC);
    acknowledge(a);
    assert_idle(a);
}

/* What drivers take from the AutoSCSI structure [7] */
static void test_autoscsi_permissions(void)
{
    Adapter *a = shared_adapter();
    Reply r = command_quiet(a, BL_CMD_FETCH_LOCAL_RAM,
                            BYTES(BL_AUTOSCSI_OFFSET, BL_AUTOSCSI_SIZE));

    g_assert_cmpuint(r.data[14], ==, 7);
    g_assert_cmphex(r.data[15] & 0x02, !=, 0);
    g_assert_cmphex(lduw_le_p(r.data + 19), ==, 0xffff);
    g_assert_cmphex(lduw_le_p(r.data + 21), ==, 0xffff);
    g_assert_cmphex(lduw_le_p(r.data + 23), ==, 0xffff);
    g_assert_cmphex(lduw_le_p(r.data + 25), ==, 0xffff);
    g_assert_cmphex(lduw_le_p(r.data + 27), ==, 0xffff);
    g_assert_cmphex(lduw_le_p(r.data + 34), ==, 0xffff);
    /* Extended translation here and in the geometry register agree */
    g_assert_cmphex(!(r.data[18] & 0x04), ==,
                    !(read_geometry(a) & R_GEOMETRY_EXT_TRANS_MASK));
}

static void test_options_are_consumed_to_the_last_byte(void)
{
    uint8_t params[256] = { 255 };
    Adapter *a = shared_adapter();

    command(a, BL_CMD_SET_OPTIONS, params, sizeof(params));
}

static void add_shape_tests(void)
{
    for (int i = 0; i < ARRAY_SIZE(command_specs); i++) {
        const CommandSpec *spec = &command_specs[i];
        g_autofree char *shape =
            g_strdup_printf("/buslogic/command/shape/%s", spec->name);
        g_autofree char *reset =
            g_strdup_printf("/buslogic/command/reset-half-way/%s", spec->name);

        qtest_add_data_func(shape, spec, test_command_shape);
        if (spec->num_params) {
            qtest_add_data_func(reset, spec, test_reset_after_each_parameter);
        }
    }
    qtest_add_func("/buslogic/command/bytes-are-accepted-back-to-back",
                   test_bytes_are_accepted_back_to_back);
}

static void add_reply_tests(void)
{
    static const uint8_t opcodes[] = {
        BL_CMD_INQUIRE_SETUP, BL_CMD_INQUIRE_MODEL,
        BL_CMD_INQUIRE_SYNC_PERIOD, BL_CMD_INQUIRE_EXT_SETUP,
    };

    for (int i = 0; i < ARRAY_SIZE(opcodes); i++) {
        g_autofree char *length =
            g_strdup_printf("/buslogic/command/reply-length/%02x", opcodes[i]);
        g_autofree char *padding =
            g_strdup_printf("/buslogic/command/reply-padding/%02x",
                            opcodes[i]);

        qtest_add_data_func(length, GUINT_TO_POINTER(opcodes[i]),
                            test_reply_length);
        qtest_add_data_func(padding, GUINT_TO_POINTER(opcodes[i]),
                            test_reply_padding);
    }
}

static void add_completion_tests(void)
{
    qtest_add_func("/buslogic/command/cmdc-comes-with-the-last-reply-byte",
                   test_cmdc_comes_with_the_last_reply_byte);
    qtest_add_func("/buslogic/command/doorbell-completes-silently",
                   test_doorbell_completes_silently);
    qtest_add_func("/buslogic/command/doorbell-before-init-is-ignored",
                   test_doorbell_before_init_is_ignored);
    qtest_add_func("/buslogic/command/doorbell-code-as-parameter",
                   test_doorbell_code_as_parameter);
    qtest_add_data_func("/buslogic/command/disable-interrupt-flag-only",
                        GUINT_TO_POINTER(0),
                        test_enable_interrupt_sets_the_flag_only);
    qtest_add_data_func("/buslogic/command/enable-interrupt-flag-only",
                        GUINT_TO_POINTER(1),
                        test_enable_interrupt_sets_the_flag_only);
    qtest_add_func("/buslogic/command/fetch-of-no-local-ram-ends",
                   test_fetch_of_no_local_ram_ends);
    qtest_add_func("/buslogic/command/diagnostic-completes",
                   test_diagnostic_completes);
}

static void add_rejection_tests(void)
{
    qtest_add_func("/buslogic/command/rejected/unknown-opcodes",
                   test_unknown_opcodes_are_rejected);
    qtest_add_func("/buslogic/command/rejected/parameter-becomes-opcode",
                   test_parameter_of_unknown_opcode_is_an_opcode);
    qtest_add_func("/buslogic/command/rejected/visible-until-acknowledged",
                   test_rejection_is_visible_until_acknowledged);
    qtest_add_func("/buslogic/command/rejected/next-opcode-clears-it",
                   test_next_opcode_clears_the_rejection);
    qtest_add_func("/buslogic/command/rejected/empty-mailbox-array",
                   test_empty_mailbox_array_is_rejected);
    qtest_add_func("/buslogic/command/rejected/init-keeps-the-mailboxes",
                   test_rejected_init_keeps_the_mailboxes);
    qtest_add_func("/buslogic/command/rejected/bad-ombr-parameter",
                   test_bad_ombr_parameter_is_rejected);
    qtest_add_func("/buslogic/command/rejected/bad-isa-port",
                   test_bad_isa_port_is_rejected);
    qtest_add_func("/buslogic/command/rejected/upload-of-autoscsi-code",
                   test_upload_of_autoscsi_code_is_rejected);
    qtest_add_func("/buslogic/command/rejected/bad-nvram-action",
                   test_bad_nvram_action_is_rejected);
    qtest_add_func("/buslogic/command/no-rejection-after-mailbox-init",
                   test_no_rejection_after_mailbox_init);
    qtest_add_func("/buslogic/command/byte-while-reply-pends-is-ignored",
                   test_byte_written_while_reply_pends_is_ignored);
    qtest_add_func("/buslogic/command/data-read-with-nothing-pending",
                   test_data_read_with_nothing_pending_is_harmless);
    qtest_add_func("/buslogic/command/data-read-among-parameters",
                   test_data_read_while_parameters_are_expected);
}

static void add_identity_tests(void)
{
    qtest_add_func("/buslogic/identity/board", test_board_identity);
    qtest_add_func("/buslogic/identity/configuration", test_configuration);
    qtest_add_func("/buslogic/identity/configuration-irq-bit",
                   test_configuration_irq_bit);
    qtest_add_func("/buslogic/identity/pci-information",
                   test_pci_information);
    qtest_add_func("/buslogic/identity/setup", test_setup_information);
    qtest_add_func("/buslogic/identity/setup-has-the-mailboxes",
                   test_setup_information_has_the_mailboxes);
    qtest_add_func("/buslogic/identity/extended-setup", test_extended_setup);
    qtest_add_func("/buslogic/identity/no-synchronous-agreements",
                   test_no_synchronous_agreements);
    qtest_add_func("/buslogic/identity/installed-devices",
                   test_installed_devices);
    qtest_add_func("/buslogic/identity/installed-devices-keeps-attentions",
                   test_installed_devices_keeps_unit_attentions);
    qtest_add_func("/buslogic/identity/queries-work-while-requests-run",
                   test_queries_work_while_requests_run);
}

static void add_board_memory_tests(void)
{
    qtest_add_func("/buslogic/board-memory/adapter-buffer",
                   test_adapter_buffer_moves_64_bytes);
    qtest_add_func("/buslogic/board-memory/bus-master-fifo",
                   test_bus_master_fifo_moves_64_bytes);
    qtest_add_func("/buslogic/board-memory/buffer-at-top-of-24-bits",
                   test_buffer_at_the_top_of_24_bits);
    qtest_add_func("/buslogic/board-memory/buffer-leaves-local-ram-alone",
                   test_buffer_leaves_local_ram_alone);
    qtest_add_func("/buslogic/board-memory/local-ram-length-and-wrap",
                   test_local_ram_length_and_wrap);
    qtest_add_func("/buslogic/board-memory/inquiry-buffer",
                   test_inquiry_buffer_moves_64_bytes);
    qtest_add_func("/buslogic/board-memory/local-ram-stores-what-is-sent",
                   test_local_ram_stores_what_is_sent);
    qtest_add_func("/buslogic/board-memory/scam-data-are-kept",
                   test_scam_data_are_kept);
    qtest_add_func("/buslogic/board-memory/flash-data-are-consumed",
                   test_flash_data_are_consumed);
    qtest_add_func("/buslogic/board-memory/autoscsi-permissions",
                   test_autoscsi_permissions);
    qtest_add_func("/buslogic/command/options-are-consumed",
                   test_options_are_consumed_to_the_last_byte);
}

void add_command_tests(void)
{
    add_shape_tests();
    add_reply_tests();
    add_completion_tests();
    add_rejection_tests();
    add_identity_tests();
    add_board_memory_tests();
}

/* Interrupt posting [3.3] */

static void start_absent(Adapter *a, Ccb *ccb)
{
    *ccb = ccb_tur(ABSENT);
    ccb_submit(a, ccb);
    ccb_wait(a, ccb);
}

static void test_completion_raises_imbl(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb ccb;

    start_absent(a, &ccb);
    g_assert_cmphex(read_flags(a), ==, IMBL);
    g_assert_true(interrupt_line(a));
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

static void test_cmdc_joins_imbl(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb ccb;

    start_absent(a, &ccb);
    write_command(a, BL_CMD_TEST_CMDC);
    g_assert_cmphex(read_flags(a), ==, CMDC | IMBL);
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

static void test_imbl_waits_for_cmdc(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb ccb;

    write_command(a, BL_CMD_TEST_CMDC);
    start_absent(a, &ccb);
    g_assert_cmphex(read_flags(a), ==, CMDC);
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_cmphex(read_flags(a), ==, IMBL);
    g_assert_true(interrupt_line(a));
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

static void test_ombr_waits_for_cmdc(void)
{
    Adapter *a = shared_ready(32, 8);

    command_quiet(a, BL_CMD_ENABLE_OMBR, BYTES(1));
    write_command(a, BL_CMD_TEST_CMDC);
    mailbox_post(a, GUEST_UNMAPPED, BL_ACTION_ABORT);
    doorbell(a);
    mailbox_take(a);
    g_assert_cmphex(read_flags(a), ==, CMDC);
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_cmphex(read_flags(a), ==, IMBL | R_INTERRUPT_OMBR_MASK);
}

static void test_second_cmdc_is_latched(void)
{
    Adapter *a = shared_adapter();

    write_command(a, BL_CMD_TEST_CMDC);
    write_command(a, BL_CMD_TEST_CMDC);
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    g_assert_true(interrupt_line(a));
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    assert_idle(a);
}

/* One deferred completion, not a queue */
static void test_more_cmdcs_are_not_counted(void)
{
    Adapter *a = shared_adapter();

    for (int i = 0; i < 10; i++) {
        write_command(a, BL_CMD_TEST_CMDC);
    }
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    assert_idle(a);
}

static void test_deferred_cmdc_and_imbl_both_arrive(void)
{
    Adapter *a = shared_ready(32, 8);
    uint8_t seen = 0;
    Ccb ccb;

    write_command(a, BL_CMD_TEST_CMDC);
    write_command(a, BL_CMD_TEST_CMDC);
    start_absent(a, &ccb);
    g_assert_cmphex(acknowledge(a), ==, CMDC);
    for (int i = 0; i < 2; i++) {
        g_assert_true(interrupt_line(a));
        seen |= read_flags(a);
        if (seen == (CMDC | IMBL)) {
            break;
        }
        write_control(a, R_CONTROL_RINT_MASK);
    }
    g_assert_cmphex(seen, ==, CMDC | IMBL);
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

/* Haiku and early FreeBSD scan first and acknowledge last */
static void test_completion_before_the_acknowledge_is_not_lost(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb first, second;

    start_absent(a, &first);
    g_assert_cmphex(read_flags(a), ==, IMBL);
    start_absent(a, &second);
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_cmphex(read_flags(a), ==, IMBL);
    g_assert_true(interrupt_line(a));
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

/* NetBSD acknowledges without looking after each polled command */
static void test_blind_acknowledge_keeps_a_completion(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb ccb;

    g_assert_cmphex(read_flags(a), ==, 0);
    start_absent(a, &ccb);
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_cmphex(read_flags(a), ==, IMBL);
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

static void test_completion_seen_is_not_raised_again(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb ccb;

    start_absent(a, &ccb);
    for (int i = 0; i < 2; i++) {
        g_assert_cmphex(read_flags(a), ==, IMBL);
    }
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
    write_control(a, R_CONTROL_RINT_MASK);
    assert_idle(a);
}

static void gate_interrupts(Adapter *a, bool enabled)
{
    Reply reply;

    command_send(a, BL_CMD_ENABLE_INTERRUPT, BYTES(enabled));
    reply = command_finish(a);
    g_assert_cmphex(reply.flags & CMDC, ==, CMDC);
}

static void test_gate_blocks_the_line_only(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb ccb;

    gate_interrupts(a, false);
    write_control(a, R_CONTROL_RINT_MASK);
    start_absent(a, &ccb);
    g_assert_cmphex(read_flags(a), ==, IMBL);
    g_assert_false(interrupt_line(a));
    write_command(a, BL_CMD_TEST_CMDC);
    g_assert_cmphex(read_flags(a), ==, IMBL | CMDC);
    g_assert_false(interrupt_line(a));
}

static void test_gate_lowers_the_line(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb ccb;

    start_absent(a, &ccb);
    g_assert_true(interrupt_line(a));
    gate_interrupts(a, false);
    g_assert_false(interrupt_line(a));
}

/* What came up meanwhile asserts the level as soon as it may */
static void test_opening_the_gate_raises_the_line(void)
{
    Adapter *a = shared_ready(32, 8);
    Ccb ccb;

    gate_interrupts(a, false);
    write_control(a, R_CONTROL_RINT_MASK);
    start_absent(a, &ccb);
    g_assert_false(interrupt_line(a));
    gate_interrupts(a, true);
    g_assert_true(interrupt_line(a));
    g_assert_cmphex(acknowledge(a), ==, IMBL | CMDC);
    assert_idle(a);
}

static void test_gate_commands_never_interrupt(void)
{
    Adapter *a = shared_ready(32, 8);

    gate_interrupts(a, false);
    gate_interrupts(a, true);
    g_assert_false(interrupt_line(a));
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_false(interrupt_line(a));
}

static void test_intx_disable_bit_gates_the_pin(void)
{
    Adapter *a = shared_adapter();
    uint16_t cmd = config_readw(a, PCI_COMMAND);

    write_command(a, BL_CMD_TEST_CMDC);
    /* The status bit shows what the device wants, disabled or not */
    config_writew(a, PCI_COMMAND, cmd | PCI_COMMAND_INTX_DISABLE);
    g_assert_true(interrupt_line(a));
    g_assert_cmphex(read_flags(a), ==, CMDC);
    config_writew(a, PCI_COMMAND, cmd);
    g_assert_true(interrupt_line(a));
}

/* Through the PIIX to the interrupt controller, as a level */
static void test_level_at_the_interrupt_controller(void)
{
    Adapter *a = adapter_start("buslogic", "%s", "");
    uint8_t devfn = a->devfn;

    /* All four PIRQ lines of the PIIX3 to IRQ 11 */
    a->devfn = 1 << 3;
    config_writel(a, 0x60, 0x0b0b0b0b);
    a->devfn = devfn;
    qtest_irq_intercept_in(a->qts, "ioapic");
    g_assert_false(qtest_get_irq(a->qts, 11));
    write_command(a, BL_CMD_TEST_CMDC);
    write_command(a, BL_CMD_TEST_CMDC);
    g_assert_true(qtest_get_irq(a->qts, 11));
    read_flags(a);
    g_assert_true(qtest_get_irq(a->qts, 11));
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_true(qtest_get_irq(a->qts, 11));
    write_control(a, R_CONTROL_RINT_MASK);
    g_assert_false(qtest_get_irq(a->qts, 11));
    adapter_stop(a);
}

void add_interrupt_tests(void)
{
    qtest_add_func("/buslogic/interrupt/completion-raises-imbl",
                   test_completion_raises_imbl);
    qtest_add_func("/buslogic/interrupt/cmdc-joins-imbl",
                   test_cmdc_joins_imbl);
    qtest_add_func("/buslogic/interrupt/imbl-waits-for-cmdc",
                   test_imbl_waits_for_cmdc);
    qtest_add_func("/buslogic/interrupt/ombr-waits-for-cmdc",
                   test_ombr_waits_for_cmdc);
    qtest_add_func("/buslogic/interrupt/second-cmdc-is-latched",
                   test_second_cmdc_is_latched);
    qtest_add_func("/buslogic/interrupt/more-cmdcs-are-not-counted",
                   test_more_cmdcs_are_not_counted);
    qtest_add_func("/buslogic/interrupt/deferred-cmdc-and-imbl-both-arrive",
                   test_deferred_cmdc_and_imbl_both_arrive);
    qtest_add_func("/buslogic/interrupt/completion-before-acknowledge",
                   test_completion_before_the_acknowledge_is_not_lost);
    qtest_add_func("/buslogic/interrupt/blind-acknowledge",
                   test_blind_acknowledge_keeps_a_completion);
    qtest_add_func("/buslogic/interrupt/completion-seen-is-not-raised-again",
                   test_completion_seen_is_not_raised_again);
    qtest_add_func("/buslogic/interrupt/gate-blocks-the-line-only",
                   test_gate_blocks_the_line_only);
    qtest_add_func("/buslogic/interrupt/gate-lowers-the-line",
                   test_gate_lowers_the_line);
    qtest_add_func("/buslogic/interrupt/opening-the-gate-raises-the-line",
                   test_opening_the_gate_raises_the_line);
    qtest_add_func("/buslogic/interrupt/gate-commands-never-interrupt",
                   test_gate_commands_never_interrupt);
    qtest_add_func("/buslogic/interrupt/intx-disable-bit",
                   test_intx_disable_bit_gates_the_pin);
    qtest_add_func("/buslogic/interrupt/level-at-the-interrupt-controller",
                   test_level_at_the_interrupt_controller);
}
