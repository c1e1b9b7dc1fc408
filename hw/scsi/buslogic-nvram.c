/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: settings kept in NVRAM
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
#define PCI_ISA_PORT_MASK       3
#define PCI_ISA_PORT_OFF        2

/* EEPROM of an AHA-154xC */
#define EEPROM_HOST             0
#define EEPROM_HOST_ID          0x07
#define EEPROM_CHANNELS         1   /* bits 2:0 IRQ - 9, bits 6:4 DMA */
#define EEPROM_BIOS             2
#define EEPROM_BIOS_EXT_TRANS   0x80
#define EEPROM_BUS              6   /* parity, termination, bus reset */
#define EEPROM_BUS_DEFAULT      0x07
#define EEPROM_TARGETS          14  /* one byte each */
#define EEPROM_TARGET_DEFAULT   0x07 /* synchronous, disconnect, fast */

/* AutoSCSI has its own code for the ISA port: 330, 334 or off */
static const uint8_t isa_port_codes[] = {
    BL_ISA_PORT_330, BL_ISA_PORT_334, BL_ISA_PORT_DISABLED,
    BL_ISA_PORT_DISABLED,
};

static uint8_t isa_port_to_autoscsi(uint8_t code)
{
    for (uint8_t i = 0; i < ARRAY_SIZE(isa_port_codes); i++) {
        if (isa_port_codes[i] == code) {
            return i;
        }
    }
    return PCI_ISA_PORT_OFF;
}

static AutoSCSI *autoscsi(BuslogicNvram *nvram)
{
    return (AutoSCSI *)(nvram->ram + BL_AUTOSCSI_OFFSET);
}

static const AutoSCSI *autoscsi_const(const BuslogicNvram *nvram)
{
    return (const AutoSCSI *)(nvram->ram + BL_AUTOSCSI_OFFSET);
}

uint16_t buslogic_nvram_checksum(const BuslogicNvram *nvram)
{
    const uint8_t *bytes = nvram->ram + BL_AUTOSCSI_OFFSET;
    uint16_t sum = 0;

    for (size_t i = 0; i < offsetof(AutoSCSI, checksum); i++) {
        sum += bytes[i];
    }
    return sum;
}

static void update_checksum(BuslogicNvram *nvram)
{
    autoscsi(nvram)->checksum = cpu_to_le16(buslogic_nvram_checksum(nvram));
}

bool buslogic_nvram_valid(const BuslogicNvram *nvram)
{
    const AutoSCSI *a = autoscsi_const(nvram);

    return !memcmp(a->signature, "FA", sizeof(a->signature)) &&
           le16_to_cpu(a->checksum) == buslogic_nvram_checksum(nvram);
}

/* ... and for interrupts and DMA channels, as for ports; 0: none */
static uint8_t irq_to_autoscsi(uint8_t irq)
{
    static const uint8_t codes[] = {
        [9] = 1, [10] = 2, [11] = 3, [12] = 4, [14] = 5, [15] = 6,
    };

    return irq < sizeof(codes) ? codes[irq] : 0;
}

static uint8_t dma_to_autoscsi(uint8_t channel)
{
    return channel >= 5 ? channel - 4 : 0;
}

static void eeprom_defaults(BuslogicNvram *nvram,
                            const BuslogicNvramConfig *config)
{
    uint8_t *eeprom = nvram->ram;

    eeprom[EEPROM_HOST] = config->scsi_id;
    eeprom[EEPROM_CHANNELS] = config->dma_channel << 4 | (config->irq - 9);
    eeprom[EEPROM_BIOS] = EEPROM_BIOS_EXT_TRANS;
    eeprom[EEPROM_BUS] = EEPROM_BUS_DEFAULT;
    memset(eeprom + EEPROM_TARGETS, EEPROM_TARGET_DEFAULT, 8);
}

bool buslogic_eeprom_extended_translation(const BuslogicNvram *nvram)
{
    return nvram->ram[EEPROM_BIOS] & EEPROM_BIOS_EXT_TRANS;
}

/* What a board cannot do is not permitted either */
static void autoscsi_for_model(AutoSCSI *a, const BuslogicModel *model)
{
    char type[sizeof(a->type) + 1];

    g_snprintf(type, sizeof(type), " %-5s", model->text);
    memcpy(a->type, type, sizeof(a->type));
    if (model->bus == BL_BUS_PCI) {
        a->host = HOST_LEVEL_IRQ;
    }
    if (model->features & BL_FEATURE_WIDE) {
        a->bus |= BUS_TERM_HIGH;
        a->wide = cpu_to_le16(0xffff);
    }
    if (model->features & BL_FEATURE_ULTRA) {
        a->ultra = cpu_to_le16(0xffff);
    }
}

void buslogic_nvram_defaults(BuslogicNvram *nvram,
                             const BuslogicNvramConfig *config)
{
    AutoSCSI *a = autoscsi(nvram);

    memset(nvram, 0, sizeof(*nvram));
    if (buslogic_model_has(config->model, BL_CAP_AHA_C)) {
        eeprom_defaults(nvram, config);
    }
    memcpy(a->signature, "FA", sizeof(a->signature));
    a->size = sizeof(*a);
    a->dma_channel = dma_to_autoscsi(config->dma_channel);
    a->irq_channel = irq_to_autoscsi(config->irq);
    a->scsi_id = config->scsi_id;
    a->bus = BUS_TERM_LOW | BUS_PARITY | BUS_FAST_SYNC | BUS_RESET_ENABLED;
    a->bios = BIOS_EXT_TRANS;
    a->enabled = cpu_to_le16(0xffff);
    a->fast = cpu_to_le16(0xffff);
    a->sync = cpu_to_le16(0xffff);
    /* Drivers allow tagged queuing only where disconnection is permitted */
    a->disconnect = cpu_to_le16(0xffff);
    a->pci = isa_port_to_autoscsi(config->isa_port) << PCI_ISA_PORT_SHIFT;
    a->max_lun = 7;
    autoscsi_for_model(a, config->model);
    update_checksum(nvram);
}

void buslogic_nvram_save(BuslogicNvram *nvram, const uint8_t *settings,
                         const BuslogicNvramConfig *config)
{
    memcpy(nvram->ram, settings, sizeof(nvram->ram));
    if (buslogic_model_has(config->model, BL_CAP_AHA_C)) {
        nvram->ram[EEPROM_HOST] &= ~EEPROM_HOST_ID;
        nvram->ram[EEPROM_HOST] |= config->scsi_id;
    }
    autoscsi(nvram)->scsi_id = config->scsi_id;
    update_checksum(nvram);
}

uint8_t buslogic_nvram_scsi_id(const BuslogicNvram *nvram)
{
    return autoscsi_const(nvram)->scsi_id;
}

uint8_t buslogic_nvram_isa_port(const BuslogicNvram *nvram)
{
    uint8_t code = autoscsi_const(nvram)->pci >> PCI_ISA_PORT_SHIFT;

    return isa_port_codes[code & PCI_ISA_PORT_MASK];
}

uint16_t buslogic_nvram_disconnect(const BuslogicNvram *nvram)
{
    return le16_to_cpu(autoscsi_const(nvram)->disconnect);
}

uint16_t buslogic_nvram_wide(const BuslogicNvram *nvram)
{
    return le16_to_cpu(autoscsi_const(nvram)->wide);
}

bool buslogic_nvram_extended_translation(const BuslogicNvram *nvram)
{
    return autoscsi_const(nvram)->bios & BIOS_EXT_TRANS;
}

BuslogicGeometry buslogic_geometry(uint64_t sectors, bool extended)
{
    if (!extended || sectors < SECTORS_PER_GIB) {
        return BL_GEOMETRY_64_32;
    }
    return sectors < 2 * SECTORS_PER_GIB ? BL_GEOMETRY_128_32
                                         : BL_GEOMETRY_255_63;
}
