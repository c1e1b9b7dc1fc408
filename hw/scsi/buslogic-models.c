/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: the boards
 */

#include "qemu/osdep.h"
#include "hw/scsi/buslogic-models.h"
#include "hw/scsi/buslogic-regs.h"

/* What boards have in common, by family and generation of the firmware */

#define BUSLOGIC_PCI \
    .bus = BL_BUS_PCI, .bus_8d = 'E', .bus_0d = 'F', \
    .port3 = BL_PORT3_REGISTER, .sg_limit = BL_SG_LIMIT

/* They have 192 CCBs.  Linux's driver has 211 mailboxes and wants them free */
#define FIRMWARE_5 \
    .board_id = "AA50", .firmware = "5.07B", .ccbs = 255, \
    .isa_port = BL_ISA_PORT_DISABLED, \
    .caps = BL_CAP_BUSLOGIC | BL_CAP_PCI | BL_CAP_AUTOSCSI | \
            BL_CAP_EXTENDED_LUN | BL_CAP_SILENT_RESET | BL_CAP_TERMINATION

/* These leave the factory with their ISA compatible ports switched on */
#define FIRMWARE_4_PCI \
    .board_id = "AA42", .firmware = "4.25J", .ccbs = 100, \
    .isa_port = BL_ISA_PORT_330

/*
 * Bit 6 of the geometry register is what tells drivers for DOS an ISA board
 * from the ISA compatible ports of a PCI board.
 */
#define BUSLOGIC_ISA \
    .bus = BL_BUS_ISA, .bus_8d = 'A', .bus_0d = 'A', .targets = 8, \
    .port3 = BL_PORT3_REGISTER, .geometry = 0x55, .sg_limit = BL_SG_LIMIT, \
    .dma_channels = 1 << 5 | 1 << 6 | 1 << 7

#define FIRMWARE_3 \
    .board_id = "AA33", .ccbs = 30, .caps = BL_CAP_BUSLOGIC

#define ADAPTEC \
    .bus = BL_BUS_ISA, .firmware = "", .text = "", .targets = 8, \
    .sg_limit = BL_AHA_SG_LIMIT, .ccbs = 255, \
    .dma_channels = 1 << 0 | 1 << 5 | 1 << 6 | 1 << 7

static const BuslogicModel models[] = {
    /* PCI */
    {
        BUSLOGIC_PCI, FIRMWARE_5,
        .name = "bt958", .desc = "BusLogic BT-958",
        .text = "958", .targets = 16,
        .features = BL_FEATURE_WIDE | BL_FEATURE_ULTRA,
    },
    {
        BUSLOGIC_PCI, FIRMWARE_5,
        .name = "bt958d", .desc = "BusLogic BT-958D",
        .text = "958D", .targets = 16,
        .features = BL_FEATURE_WIDE | BL_FEATURE_DIFFERENTIAL |
                    BL_FEATURE_ULTRA,
    },
    {
        BUSLOGIC_PCI, FIRMWARE_5,
        .name = "bt948", .desc = "BusLogic BT-948",
        .text = "948", .targets = 8, .features = BL_FEATURE_ULTRA,
    },
    {
        BUSLOGIC_PCI, FIRMWARE_4_PCI,
        .name = "bt946c", .desc = "BusLogic BT-946C",
        .text = "946C", .targets = 8,
        .caps = BL_CAP_BUSLOGIC | BL_CAP_PCI | BL_CAP_AUTOSCSI,
    },
    {
        BUSLOGIC_PCI, FIRMWARE_4_PCI,
        .name = "bt956c", .desc = "BusLogic BT-956C",
        .text = "956C", .targets = 16, .features = BL_FEATURE_WIDE,
        .caps = BL_CAP_BUSLOGIC | BL_CAP_PCI | BL_CAP_AUTOSCSI |
                BL_CAP_EXTENDED_LUN,
    },
    /* ISA, BusLogic */
    {
        BUSLOGIC_ISA,
        .name = "bt545c", .desc = "BusLogic BT-545C", .text = "545C",
        .board_id = "AA42", .firmware = "4.25J", .ccbs = 50,
        .caps = BL_CAP_BUSLOGIC | BL_CAP_AUTOSCSI,
    },
    {
        BUSLOGIC_ISA, FIRMWARE_3,
        .name = "bt545s", .desc = "BusLogic BT-545S", .text = "545S",
        .firmware = "3.31",
    },
    {
        BUSLOGIC_ISA, FIRMWARE_3,
        .name = "bt542bh", .desc = "BusLogic BT-542B, revision H",
        .text = "542BH", .firmware = "3.35",
    },
    {
        BUSLOGIC_ISA,
        .name = "bt542b", .desc = "BusLogic BT-542B", .text = "542B",
        .board_id = "AA22", .firmware = "2.21", .ccbs = 30,
        .caps = BL_CAP_BUSLOGIC,
    },
    /* ISA, Adaptec */
    {
        ADAPTEC,
        .name = "aha1540a", .desc = "Adaptec AHA-1540A",
        .board_id = "A003", .port3 = BL_PORT3_FLOATING,
    },
    {
        ADAPTEC,
        .name = "aha1540b", .desc = "Adaptec AHA-1540B",
        .board_id = "A005", .port3 = BL_PORT3_FLOATING,
    },
    {
        ADAPTEC,
        .name = "aha1542b", .desc = "Adaptec AHA-1542B",
        .board_id = "A012", .port3 = BL_PORT3_FLOATING,
    },
    {
        ADAPTEC,
        .name = "aha1542c", .desc = "Adaptec AHA-1542C",
        .board_id = "D001", .port3 = BL_PORT3_ADAP,
        .caps = BL_CAP_AHA_C,
    },
    {
        ADAPTEC,
        .name = "aha1542cf", .desc = "Adaptec AHA-1542CF",
        .board_id = "E001", .port3 = BL_PORT3_ADAP,
        .caps = BL_CAP_AHA_C | BL_CAP_AHA_CF,
    },
    {
        ADAPTEC,
        .name = "aha1542cp", .desc = "Adaptec AHA-1542CP",
        .board_id = "F001", .port3 = BL_PORT3_ADAP,
        .caps = BL_CAP_AHA_C | BL_CAP_AHA_CF,
    },
};

const BuslogicModel *buslogic_model_find(BuslogicBusType bus,
                                         const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
        if (models[i].bus == bus && !strcmp(models[i].name, name)) {
            return &models[i];
        }
    }
    return NULL;
}

char *buslogic_model_names(BuslogicBusType bus)
{
    GString *names = g_string_new(NULL);

    for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
        if (models[i].bus == bus) {
            g_string_append_printf(names, "%s%s", names->len ? ", " : "",
                                   models[i].name);
        }
    }
    return g_string_free(names, false);
}
