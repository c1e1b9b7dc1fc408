/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic BT-545C, Adaptec AHA-154x and other boards for ISA: bus glue
 *
 * Four ports, one interrupt and a bus master with 24 address lines.  What
 * jumpers and switches set on the boards are properties here
 * (docs/specs/buslogic.rst, section 9).
 *
 * The boot ROM is not where a ROM of an ISA board would be: SeaBIOS fills that
 * memory itself.  It takes ROMs of devices that are not on the PCI bus from
 * fw_cfg, and so each board has one there, which is told its ports.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "hw/hotplug.h"
#include "hw/isa/isa.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/resettable.h"
#include "hw/scsi/buslogic.h"
#include "hw/scsi/buslogic-rom.h"
#include "migration/vmstate.h"
#include "system/address-spaces.h"

#define TYPE_BUSLOGIC_ISA "buslogic-isa"
OBJECT_DECLARE_SIMPLE_TYPE(BuslogicISAState, BUSLOGIC_ISA)

#define TYPE_BUSLOGIC_ISA_ROM "buslogic-isa-rom"

struct BuslogicISAState {
    ISADevice parent_obj;

    uint32_t iobase;
    uint32_t irq;
    uint32_t dma;
    bool bootrom;
    DeviceState rom;                /* in the boot order */
    MemoryRegion io;
    BuslogicState core;
};

#define TYPE_BUSLOGIC_ISA_SCSI_BUS "buslogic-isa-scsi-bus"

#define DEFAULT_MODEL   "bt545c"
#define DEFAULT_IOBASE  0x330
/* IRQ 11 is what most PCI devices of the pc machine have by default */
#define DEFAULT_IRQ     10
#define DEFAULT_DMA     5

static uint8_t buslogic_isa_irq_line(BuslogicState *s)
{
    return BUSLOGIC_ISA(s->dev)->irq;
}

static const BuslogicBusOps buslogic_isa_ops = {
    .irq_line = buslogic_isa_irq_line,
    .scsi_bus_type = TYPE_BUSLOGIC_ISA_SCSI_BUS,
};

/*
 * The ISA bus gives its devices no paths, by which the devices of two boards
 * would have the same in a migration stream.
 */
static char *buslogic_isa_get_dev_path(DeviceState *dev)
{
    SCSIDevice *d = SCSI_DEVICE(dev);

    return g_strdup_printf("isa@%04x/%d:%d:%d",
                           BUSLOGIC_ISA(dev->parent_bus->parent)->iobase,
                           d->channel, d->id, d->lun);
}

static void buslogic_isa_scsi_bus_class_init(ObjectClass *klass,
                                             const void *data)
{
    BUS_CLASS(klass)->get_dev_path = buslogic_isa_get_dev_path;
}

static BuslogicState *buslogic_isa_core(Object *obj)
{
    return &BUSLOGIC_ISA(obj)->core;
}

/* The SCSI bus's hotplug handler */

static void buslogic_isa_pre_plug(HotplugHandler *handler, DeviceState *child,
                                  Error **errp)
{
    buslogic_pre_plug(&BUSLOGIC_ISA(handler)->core, child, errp);
}

/* Jumpers */

static bool buslogic_isa_set_iobase(BuslogicISAState *d, Error **errp)
{
    for (uint8_t code = 0; code < BL_ISA_PORT_DISABLED; code++) {
        if (buslogic_isa_port_base(code) == d->iobase) {
            d->core.default_isa_port = code;
            return true;
        }
    }
    error_setg(errp, "iobase must be 0x330, 0x334, 0x230, 0x234, 0x130 or "
               "0x134");
    return false;
}

static int buslogic_isa_has_irq_of(Object *obj, void *opaque)
{
    BuslogicISAState *d = opaque;
    BuslogicISAState *other =
        (BuslogicISAState *)object_dynamic_cast(obj, TYPE_BUSLOGIC_ISA);

    return other && other != d && DEVICE(other)->realized &&
           other->irq == d->irq;
}

/* Interrupts of the ISA bus cannot be shared */
static bool buslogic_isa_check_irq(BuslogicISAState *d, Error **errp)
{
    switch (d->irq) {
    case 9 ... 12:
    case 14 ... 15:
        break;
    default:
        error_setg(errp, "irq must be 9, 10, 11, 12, 14 or 15");
        return false;
    }
    if (object_child_foreach_recursive(object_get_root(),
                                       buslogic_isa_has_irq_of, d)) {
        error_setg(errp, "another BusLogic adapter has IRQ %u", d->irq);
        return false;
    }
    return true;
}

static bool buslogic_isa_check_dma(BuslogicISAState *d, Error **errp)
{
    uint8_t channels = d->core.model->dma_channels;

    if (d->dma > 7 || !(channels & 1 << d->dma)) {
        error_setg(errp, "dma must be %s5, 6 or 7",
                   channels & 1 ? "0, " : "");
        return false;
    }
    d->core.dma_channel = d->dma;
    return true;
}

/* Firmware will have it until the machine ends */
static uint8_t *buslogic_isa_rom_image(uint16_t iobase, size_t size)
{
    uint8_t *image = g_memdup2(buslogic_rom, size);

    stw_le_p(image + BUSLOGIC_ROM_ISA_PORTS, iobase);
    image[BUSLOGIC_ROM_CHECKSUM] -= (uint8_t)iobase + (iobase >> 8);
    return image;
}

/* It needs host command 0x83, which Adaptec's boards do not have */
static void buslogic_isa_add_rom(BuslogicISAState *d)
{
    size_t size = buslogic_rom[BUSLOGIC_ROM_BLOCKS] * BUSLOGIC_ROM_BLOCK_SIZE;
    BuslogicState *s = &d->core;
    FWCfgState *fw_cfg = fw_cfg_find();

    if (!d->bootrom || !fw_cfg ||
        !buslogic_model_has(s->model, BL_CAP_BUSLOGIC)) {
        return;
    }
    s->boot_dev = &d->rom;
    s->boot_rom = g_strdup_printf("genroms/isa-buslogic-%x.rom", d->iobase);
    fw_cfg_add_file(fw_cfg, s->boot_rom,
                    buslogic_isa_rom_image(d->iobase, size), size);
}

static void buslogic_isa_realize(DeviceState *dev, Error **errp)
{
    BuslogicISAState *d = BUSLOGIC_ISA(dev);
    BuslogicState *s = &d->core;

    s->ops = &buslogic_isa_ops;
    s->as = &address_space_memory;
    if (!buslogic_isa_set_iobase(d, errp) ||
        !buslogic_isa_check_irq(d, errp) ||
        !buslogic_isa_check_dma(d, errp) ||
        !buslogic_check_isa_port(s, errp) ||
        !buslogic_realize(s, dev, errp) ||
        !qdev_realize(&d->rom, NULL, errp)) {
        return;
    }
    s->irq = isa_get_irq(ISA_DEVICE(dev), d->irq);
    memory_region_init_io(&d->io, OBJECT(d), &buslogic_port_ops, s,
                          "buslogic-isa", BUSLOGIC_NUM_PORTS);
    isa_register_ioport(ISA_DEVICE(dev), &d->io, d->iobase);
    buslogic_isa_add_rom(d);
}

static void buslogic_isa_reset_enter(Object *obj, ResetType type)
{
    buslogic_reset_enter(buslogic_isa_core(obj));
}

static void buslogic_isa_reset_hold(Object *obj, ResetType type)
{
    buslogic_reset_hold(buslogic_isa_core(obj));
}

static void buslogic_isa_reset_exit(Object *obj, ResetType type)
{
    buslogic_reset_exit(buslogic_isa_core(obj));
}

static const VMStateDescription vmstate_buslogic_isa = {
    .name = "buslogic-isa",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(irq, BuslogicISAState, "irq= must be the same"),
        VMSTATE_UINT32_EQUAL(dma, BuslogicISAState, "dma= must be the same"),
        VMSTATE_BUSLOGIC(core, BuslogicISAState),
        VMSTATE_END_OF_LIST()
    }
};

static void buslogic_isa_init(Object *obj)
{
    buslogic_isa_core(obj)->model = buslogic_model_find(BL_BUS_ISA,
                                                        DEFAULT_MODEL);
    object_initialize_child(obj, "rom", &BUSLOGIC_ISA(obj)->rom,
                            TYPE_BUSLOGIC_ISA_ROM);
}

static const Property buslogic_isa_properties[] = {
    DEFINE_PROP_UINT32("iobase", BuslogicISAState, iobase, DEFAULT_IOBASE),
    DEFINE_PROP_UINT32("irq", BuslogicISAState, irq, DEFAULT_IRQ),
    DEFINE_PROP_UINT32("dma", BuslogicISAState, dma, DEFAULT_DMA),
    DEFINE_PROP_UINT8("scsi-id", BuslogicISAState, core.scsi_id, 7),
    DEFINE_PROP_DRIVE("nvram", BuslogicISAState, core.nvram_blk),
    DEFINE_PROP_BOOL("bootrom", BuslogicISAState, bootrom, true),
};

static void buslogic_isa_describe(ObjectClass *klass)
{
    object_class_property_set_description(klass, "model",
        "bt545c (default), bt545s, bt542bh, bt542b, aha1540a, aha1540b, "
        "aha1542b, aha1542c, aha1542cf or aha1542cp");
    object_class_property_set_description(klass, "iobase",
        "first of the four ports: 0x330 (default), 0x334, 0x230, 0x234, "
        "0x130 or 0x134");
    object_class_property_set_description(klass, "irq",
        "interrupt: 9, 10 (default), 11, 12, 14 or 15");
    object_class_property_set_description(klass, "dma",
        "DMA channel that the board reports: 5 (default), 6 or 7; "
        "0 on Adaptec boards");
    object_class_property_set_description(klass, "scsi-id",
        "SCSI ID of the adapter itself");
    object_class_property_set_description(klass, "nvram",
        "drive that keeps the board's settings, at least 256 bytes");
    object_class_property_set_description(klass, "bootrom",
        "boot from the board's disks, under SeaBIOS; not on Adaptec boards");
}

static void buslogic_isa_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    BUSLOGIC_BOARD_CLASS(klass)->core = buslogic_isa_core;

    rc->phases.enter = buslogic_isa_reset_enter;
    rc->phases.hold = buslogic_isa_reset_hold;
    rc->phases.exit = buslogic_isa_reset_exit;

    hc->pre_plug = buslogic_isa_pre_plug;
    hc->unplug = qdev_simple_device_unplug_cb;

    dc->realize = buslogic_isa_realize;
    dc->desc = "BusLogic BT-545C, Adaptec AHA-154x SCSI host adapters for ISA";
    dc->fw_name = "scsi";
    dc->vmsd = &vmstate_buslogic_isa;
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
    device_class_set_props(dc, buslogic_isa_properties);
    buslogic_class_add_model(klass);
    buslogic_isa_describe(klass);
}

/*
 * In the boot order, the paths of the board's devices do not begin with that
 * of the board but with the name of the ROM: they are those of this device,
 * which is on no bus and does nothing.
 */
static void buslogic_isa_rom_class_init(ObjectClass *klass, const void *data)
{
    DEVICE_CLASS(klass)->user_creatable = false;
}

static const TypeInfo buslogic_isa_types[] = {
    {
        .name = TYPE_BUSLOGIC_ISA_ROM,
        .parent = TYPE_DEVICE,
        .class_init = buslogic_isa_rom_class_init,
    },
    {
        .name = TYPE_BUSLOGIC_ISA_SCSI_BUS,
        .parent = TYPE_SCSI_BUS,
        .class_init = buslogic_isa_scsi_bus_class_init,
    },
    {
        .name = TYPE_BUSLOGIC_ISA,
        .parent = TYPE_ISA_DEVICE,
        .instance_size = sizeof(BuslogicISAState),
        .instance_init = buslogic_isa_init,
        .class_init = buslogic_isa_class_init,
        .interfaces = (const InterfaceInfo[]) {
            { TYPE_HOTPLUG_HANDLER },
            { TYPE_BUSLOGIC_BOARD },
            { }
        },
    },
};

DEFINE_TYPES(buslogic_isa_types)
