/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: local RAM and the AutoSCSI structure in it
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "hw/scsi/buslogic-nvram.h"

/* One GiB in sectors of 512 bytes, the unit of the translation rule */
#define SECTORS_PER_GIB (GiB / 512)

typedef struct QEMU_PACKED AutoSCSI {
    char signature[2];
    uint8_t size;
    char type[6];
    uint8_t reserved0;
    uint8_t host;
    uint8_t dma_channel;
    uint8_t irq_channel;
    uint8_t transfer_rate;
    uint8_t scsi_id;
    uint8_t bus;
    uint8_t bus_on;
    uint8_t bus_off;
    uint8_t bios;
    uint16_t enabled;               /* LE masks, bit n for target n */
    uint16_t wide;
    uint16_t fast;
    uint16_t sync;
    uint16_t disconnect;
    uint16_t start_unit;
    uint16_t ignore_in_scan;
    uint8_t pci;
    uint16_t ultra;
    uint8_t reserved1[5];
    uint8_t max_lun;
    uint8_t scam;
    uint8_t multi_boot;
    uint8_t boot_device;
    uint8_t scan_order;
    uint16_t untagged_alternate_lun;
    uint16_t renegotiate;
    uint8_t reserved2[10];
    uint16_t diagnostic;
    uint16_t checksum;              /* LE */
} AutoSCSI;
QEMU_BUILD_BUG_ON(sizeof(AutoSCSI) != BL_AUTOSCSI_SIZE);

/* AutoSCSI.host */
#define HOST_LEVEL_IRQ          0x04
/* AutoSCSI.bus */
#define BUS_TERM_LOW            0x01
#define BUS_PARITY              0x02
#define BUS_TERM_HIGH           0x04
#define BUS_FAST_SYNC           0x10
#define BUS_RESET_ENABLED       0x20
/* AutoSCSI.bios */
#define BIOS_EXT_TRANS          0x04
/* AutoSCSI.pci; its low two bits, 0, are interrupt pin A */
#define PCI_ISA_PORT_SHIFT      2

/* AutoSCSI has its own code for the ISA port: 330, 334 or off */
static uint8_t autoscsi_isa_port(uint8_t code)
{
    switch (code) {
    case BL_ISA_PORT_330:
        return 0;
    case BL_ISA_PORT_334:
        return 1;
    default:
        return 2;
    }
}

uint16_t buslogic_nvram_checksum(const uint8_t *autoscsi)
{
    uint16_t sum = 0;

    for (size_t i = 0; i < offsetof(AutoSCSI, checksum); i++) {
        sum += autoscsi[i];
    }
    return sum;
}

void buslogic_nvram_defaults(uint8_t *ram, const BuslogicNvramConfig *config)
{
    AutoSCSI *a = (AutoSCSI *)(ram + BL_AUTOSCSI_OFFSET);
    char type[sizeof(a->type) + 1];

    memset(ram, 0, BL_LOCAL_RAM_SIZE);
    memcpy(a->signature, "FA", sizeof(a->signature));
    a->size = sizeof(*a);
    g_snprintf(type, sizeof(type), " %-5s", config->model);
    memcpy(a->type, type, sizeof(a->type));
    a->host = HOST_LEVEL_IRQ;
    a->scsi_id = config->scsi_id;
    a->bus = BUS_TERM_LOW | BUS_PARITY | BUS_TERM_HIGH | BUS_FAST_SYNC |
             BUS_RESET_ENABLED;
    a->bios = BIOS_EXT_TRANS;
    a->enabled = cpu_to_le16(0xffff);
    a->wide = cpu_to_le16(0xffff);
    a->fast = cpu_to_le16(0xffff);
    a->sync = cpu_to_le16(0xffff);
    /* Drivers allow tagged queuing only where disconnection is permitted */
    a->disconnect = cpu_to_le16(0xffff);
    a->ultra = cpu_to_le16(0xffff);
    a->pci = autoscsi_isa_port(config->isa_port) << PCI_ISA_PORT_SHIFT;
    a->max_lun = 7;
    a->checksum = cpu_to_le16(buslogic_nvram_checksum((uint8_t *)a));
}

BuslogicGeometry buslogic_geometry(uint64_t sectors, bool extended)
{
    if (!extended || sectors < SECTORS_PER_GIB) {
        return BL_GEOMETRY_64_32;
    }
    return sectors < 2 * SECTORS_PER_GIB ? BL_GEOMETRY_128_32
                                         : BL_GEOMETRY_255_63;
}
