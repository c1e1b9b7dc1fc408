/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic MultiMaster SCSI host adapter: boot order
 *
 * Firmware learns from fw_cfg's "bootorder" in which order to boot the
 * devices that have a bootindex.  For SeaBIOS, an adapter with a boot ROM is
 * one PCI device whose ROM offers several boot entries: it finds the second
 * entry by the suffix ":rom1" of the adapter, the third by ":rom2", and does
 * not look at what follows.  OVMF skips these suffixes.  So the devices of a
 * bus get paths by rank, in which the boot ROM also finds them
 * (docs/specs/buslogic.rst, section 8):
 *
 *     /pci@i0cf8/scsi@4/channel@0/disk@2,0
 *     /pci@i0cf8/scsi@4:rom1/channel@0/disk@5,0
 *
 * The ROM of an ISA board is a file in fw_cfg, and only its name counts:
 *
 *     /rom@genroms/isa-buslogic-330.rom/channel@0/disk@2,0
 *     /rom@genroms/isa-buslogic-330.rom:rom1/channel@0/disk@5,0
 *
 * These paths are there only while a reset of the machine tells firmware.  At
 * all other times the SCSI layer's own are: with the others it could not find
 * what a device has, and take it back when the user changes a boot index.
 */

#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "hw/scsi/buslogic.h"
#include "system/system.h"

static gint buslogic_boot_compare(gconstpointer a, gconstpointer b)
{
    const SCSIDevice *first = *(SCSIDevice *const *)a;
    const SCSIDevice *second = *(SCSIDevice *const *)b;

    return first->conf.bootindex < second->conf.bootindex ? -1 : 1;
}

/* The devices with a bootindex, in that order; no two have the same */
static GPtrArray *buslogic_boot_devices(BuslogicState *s)
{
    GPtrArray *devices = g_ptr_array_new();
    BusChild *kid;

    QTAILQ_FOREACH(kid, &s->bus.qbus.children, sibling) {
        SCSIDevice *d = SCSI_DEVICE(kid->child);

        if (d->conf.bootindex >= 0) {
            g_ptr_array_add(devices, d);
        }
    }
    g_ptr_array_sort(devices, buslogic_boot_compare);
    return devices;
}

static void buslogic_boot_restore(BuslogicState *s)
{
    g_autoptr(GPtrArray) devices = buslogic_boot_devices(s);

    while (s->boot_paths) {
        del_boot_device_path(s->boot_dev, s->boot_paths->data);
        g_free(s->boot_paths->data);
        s->boot_paths = g_slist_delete_link(s->boot_paths, s->boot_paths);
    }
    for (guint i = 0; i < devices->len; i++) {
        SCSIDevice *d = g_ptr_array_index(devices, i);

        add_boot_device_path(d->conf.bootindex, DEVICE(d), NULL);
    }
}

/* What follows the path of s->boot_dev, which is empty for a ROM in fw_cfg */
static char *buslogic_boot_suffix(BuslogicState *s, guint rank, SCSIDevice *d)
{
    g_autofree char *name =
        BUS_GET_CLASS(&s->bus)->get_fw_dev_path(DEVICE(d));
    g_autofree char *rom =
        s->boot_rom ? g_strdup_printf("/rom@%s", s->boot_rom) : g_strdup("");

    return rank ? g_strdup_printf("%s:rom%x/%s", rom, rank, name)
                : g_strdup_printf("%s/%s", rom, name);
}

void buslogic_boot_publish(BuslogicState *s)
{
    g_autoptr(GPtrArray) devices = NULL;

    buslogic_boot_restore(s);
    devices = buslogic_boot_devices(s);
    for (guint i = s->boot_rom ? 0 : 1; i < devices->len; i++) {
        SCSIDevice *d = g_ptr_array_index(devices, i);
        char *suffix = buslogic_boot_suffix(s, i, d);

        del_boot_device_path(DEVICE(d), NULL);
        add_boot_device_path(d->conf.bootindex, s->boot_dev, suffix);
        s->boot_paths = g_slist_prepend(s->boot_paths, suffix);
    }
}

static void boot_bh(void *opaque)
{
    buslogic_boot_restore(opaque);
}

/*
 * In older QEMUs, this phase comes before firmware is told.  In the phases
 * before, bottom halves may run while devices wait for their requests to end.
 */
void buslogic_boot_published(BuslogicState *s)
{
    qemu_bh_schedule(s->boot_bh);
}

void buslogic_boot_init(BuslogicState *s)
{
    s->boot_bh = qemu_bh_new(boot_bh, s);
}

void buslogic_boot_cleanup(BuslogicState *s)
{
    buslogic_boot_restore(s);
    qemu_bh_delete(s->boot_bh);
}
