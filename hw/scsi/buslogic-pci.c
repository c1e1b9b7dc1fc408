/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic BT-958 and other boards for PCI: bus glue
 *
 * BAR0 (I/O) and BAR1 (memory) decode the four ports of the core, and so do
 * the ISA compatible ports if they are switched on
 * (docs/specs/buslogic.rst, section 1).
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/hotplug.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/resettable.h"
#include "hw/scsi/buslogic.h"
#include "hw/scsi/buslogic-rom.h"
#include "migration/vmstate.h"

#define TYPE_BUSLOGIC_PCI "buslogic"
OBJECT_DECLARE_SIMPLE_TYPE(BuslogicPCIState, BUSLOGIC_PCI)

struct BuslogicPCIState {
    PCIDevice parent_obj;

    MemoryRegion io;
    MemoryRegion mmio;
    MemoryRegion isa_io;
    bool isa_io_mapped;
    BuslogicState core;
};

#define DEFAULT_MODEL       "bt958"
/* PCI has no such channels; drivers insist on one all the same [4] */
#define REPORTED_DMA_CHANNEL    6
/* Not an enum BuslogicIsaPortCode: the factory setting of the board */
#define ISA_PORT_OF_MODEL   0xff

static uint8_t buslogic_pci_irq_line(BuslogicState *s)
{
    return PCI_DEVICE(s->dev)->config[PCI_INTERRUPT_LINE];
}

/*
 * Linux's driver never sets the bus master bit, and drivers that find the
 * board through its ISA ports do not even know of it: the boards' BIOS has
 * done so.  Firmware here may not have, therefore do it for them whenever
 * they tell the board to use memory.  A guest that clears the bit later on
 * stops DMA, as it should.
 */
static void buslogic_pci_enable_dma(BuslogicState *s)
{
    PCIDevice *dev = PCI_DEVICE(s->dev);
    uint8_t command = dev->config[PCI_COMMAND];

    if (!(command & PCI_COMMAND_MASTER)) {
        pci_default_write_config(dev, PCI_COMMAND,
                                 command | PCI_COMMAND_MASTER, 1);
    }
}

static void buslogic_pci_set_isa_port(BuslogicState *s, uint8_t code)
{
    BuslogicPCIState *d = BUSLOGIC_PCI(s->dev);
    MemoryRegion *io = pci_address_space_io(PCI_DEVICE(d));
    uint16_t base = buslogic_isa_port_base(code);

    if (d->isa_io_mapped) {
        memory_region_del_subregion(io, &d->isa_io);
        d->isa_io_mapped = false;
    }
    if (base) {
        memory_region_add_subregion(io, base, &d->isa_io);
        d->isa_io_mapped = true;
    }
}

static const BuslogicBusOps buslogic_pci_ops = {
    .irq_line = buslogic_pci_irq_line,
    .enable_dma = buslogic_pci_enable_dma,
    .set_isa_port = buslogic_pci_set_isa_port,
};

/* The SCSI bus's hotplug handler */

static void buslogic_pci_pre_plug(HotplugHandler *handler, DeviceState *child,
                                  Error **errp)
{
    buslogic_pre_plug(&BUSLOGIC_PCI(handler)->core, child, errp);
}

static BuslogicState *buslogic_pci_core(Object *obj)
{
    return &BUSLOGIC_PCI(obj)->core;
}

/*
 * The ROM that is built in, unless the user has chosen another or none.  A
 * romfile that QEMU adds by itself would still be run with rombar=0, through
 * fw_cfg.
 */
static bool buslogic_pci_add_rom(PCIDevice *dev, Error **errp)
{
    ERRP_GUARD();
    uint32_t size = dev->romsize == -1 ? BUSLOGIC_ROM_SIZE : dev->romsize;

    if (dev->romfile || !dev->rom_bar) {
        return true;
    }
    if (size < BUSLOGIC_ROM_SIZE) {
        error_setg(errp, "romsize must be at least %d", BUSLOGIC_ROM_SIZE);
        return false;
    }
    /* The name that pci_add_option_rom() would use, so that one can migrate */
    memory_region_init_rom(&dev->rom, OBJECT(dev), "buslogic.rom", size, errp);
    if (*errp) {
        return false;
    }
    memcpy(memory_region_get_ram_ptr(&dev->rom), buslogic_rom,
           BUSLOGIC_ROM_SIZE);
    dev->romsize = size;
    dev->has_rom = true;
    pci_register_bar(dev, PCI_ROM_SLOT, 0, &dev->rom);
    return true;
}

static void buslogic_pci_realize(PCIDevice *dev, Error **errp)
{
    BuslogicPCIState *d = BUSLOGIC_PCI(dev);
    BuslogicState *s = &d->core;

    s->ops = &buslogic_pci_ops;
    s->as = pci_get_address_space(dev);
    s->dma_channel = REPORTED_DMA_CHANNEL;
    if (s->default_isa_port == ISA_PORT_OF_MODEL) {
        s->default_isa_port = s->model->isa_port;
    }
    if (!buslogic_realize(s, DEVICE(dev), errp)) {
        return;
    }
    if (!buslogic_check_isa_port(s, errp) ||
        !buslogic_pci_add_rom(dev, errp)) {
        buslogic_unrealize(s);
        return;
    }
    pci_config_set_interrupt_pin(dev->config, 1);
    s->irq = pci_allocate_irq(dev);

    memory_region_init_io(&d->io, OBJECT(d), &buslogic_port_ops, s,
                          "buslogic-io", BUSLOGIC_BAR_SIZE);
    memory_region_init_io(&d->mmio, OBJECT(d), &buslogic_port_ops, s,
                          "buslogic-mmio", BUSLOGIC_BAR_SIZE);
    memory_region_init_io(&d->isa_io, OBJECT(d), &buslogic_port_ops, s,
                          "buslogic-isa-io", BUSLOGIC_NUM_PORTS);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_IO, &d->io);
    pci_register_bar(dev, 1, PCI_BASE_ADDRESS_SPACE_MEMORY, &d->mmio);
}

static void buslogic_pci_exit(PCIDevice *dev)
{
    BuslogicPCIState *d = BUSLOGIC_PCI(dev);

    buslogic_pci_set_isa_port(&d->core, BL_ISA_PORT_DISABLED);
    buslogic_unrealize(&d->core);
    qemu_free_irq(d->core.irq);
}

static void buslogic_pci_reset_enter(Object *obj, ResetType type)
{
    buslogic_reset_enter(&BUSLOGIC_PCI(obj)->core);
}

static void buslogic_pci_reset_hold(Object *obj, ResetType type)
{
    buslogic_reset_hold(&BUSLOGIC_PCI(obj)->core);
}

static void buslogic_pci_reset_exit(Object *obj, ResetType type)
{
    buslogic_reset_exit(&BUSLOGIC_PCI(obj)->core);
}

static const VMStateDescription vmstate_buslogic_pci = {
    .name = "buslogic",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, BuslogicPCIState),
        VMSTATE_BUSLOGIC(core, BuslogicPCIState),
        VMSTATE_END_OF_LIST()
    }
};

/* isa-compat: which ports the board's set-up utility left it with */

static const char *const isa_compat_names[] = {
    "auto", "disabled", "primary", "alternate",
};

static const QEnumLookup isa_compat_lookup = {
    .array = isa_compat_names,
    .size = ARRAY_SIZE(isa_compat_names),
};

static const uint8_t isa_compat_codes[] = {
    ISA_PORT_OF_MODEL, BL_ISA_PORT_DISABLED, BL_ISA_PORT_330, BL_ISA_PORT_334,
};

static int buslogic_pci_get_isa_compat(Object *obj, Error **errp)
{
    uint8_t code = BUSLOGIC_PCI(obj)->core.default_isa_port;

    for (int i = 0; i < ARRAY_SIZE(isa_compat_codes); i++) {
        if (isa_compat_codes[i] == code) {
            return i;
        }
    }
    return 0;
}

static void buslogic_pci_set_isa_compat(Object *obj, int value, Error **errp)
{
    if (DEVICE(obj)->realized) {
        error_setg(errp, "isa-compat cannot be changed at run time");
        return;
    }
    BUSLOGIC_PCI(obj)->core.default_isa_port = isa_compat_codes[value];
}

static void buslogic_pci_init(Object *obj)
{
    BuslogicState *s = &BUSLOGIC_PCI(obj)->core;

    s->model = buslogic_model_find(BL_BUS_PCI, DEFAULT_MODEL);
    s->default_isa_port = ISA_PORT_OF_MODEL;
}

static const Property buslogic_pci_properties[] = {
    DEFINE_PROP_UINT8("scsi-id", BuslogicPCIState, core.scsi_id, 7),
    DEFINE_PROP_DRIVE("nvram", BuslogicPCIState, core.nvram_blk),
};

static void buslogic_pci_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    BUSLOGIC_BOARD_CLASS(klass)->core = buslogic_pci_core;

    k->realize = buslogic_pci_realize;
    k->exit = buslogic_pci_exit;
    k->vendor_id = BUSLOGIC_PCI_VENDOR_ID;
    k->device_id = BUSLOGIC_PCI_DEVICE_ID;
    k->subsystem_vendor_id = BUSLOGIC_PCI_VENDOR_ID;
    k->subsystem_id = BUSLOGIC_PCI_DEVICE_ID;
    k->revision = BUSLOGIC_PCI_REVISION;
    k->class_id = PCI_CLASS_STORAGE_SCSI;

    rc->phases.enter = buslogic_pci_reset_enter;
    rc->phases.hold = buslogic_pci_reset_hold;
    rc->phases.exit = buslogic_pci_reset_exit;

    hc->pre_plug = buslogic_pci_pre_plug;
    hc->unplug = qdev_simple_device_unplug_cb;

    dc->desc = "BusLogic BT-958 SCSI host adapter and others for PCI";
    dc->vmsd = &vmstate_buslogic_pci;
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
    device_class_set_props(dc, buslogic_pci_properties);
    buslogic_class_add_model(klass);
    object_class_property_set_description(klass, "model",
        "bt958 (default), bt958d, bt948, bt946c or bt956c");
    object_class_property_set_description(klass, "scsi-id",
        "SCSI ID of the adapter itself");
    object_class_property_set_description(klass, "nvram",
        "drive that keeps the board's settings, at least 256 bytes");
    object_class_property_add_enum(klass, "isa-compat", "BuslogicIsaCompat",
                                   &isa_compat_lookup,
                                   buslogic_pci_get_isa_compat,
                                   buslogic_pci_set_isa_compat);
    object_class_property_set_description(klass, "isa-compat",
        "ISA compatible ports after reset: disabled, primary (0x330), "
        "alternate (0x334) or auto (default), what the model has");
}

static const TypeInfo buslogic_types[] = {
    {
        .name = TYPE_BUSLOGIC_PCI,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(BuslogicPCIState),
        .instance_init = buslogic_pci_init,
        .class_init = buslogic_pci_class_init,
        .interfaces = (const InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { TYPE_HOTPLUG_HANDLER },
            { TYPE_BUSLOGIC_BOARD },
            { }
        },
    },
};

DEFINE_TYPES(buslogic_types)
