/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the sources expect of the newest QEMU and older ones lack
 *
 * Included before every source file, so that the sources need no version
 * conditionals.  Each difference has one entry that names the release which
 * brought the newer form; headers that have moved are in compat/include.
 */
#ifndef QEMU_COMPAT_H
#define QEMU_COMPAT_H

#include "qemu/osdep.h"

#define QEMU_OLDER_THAN(major, minor)                                     \
    (QEMU_VERSION_MAJOR < (major) ||                                      \
     (QEMU_VERSION_MAJOR == (major) && QEMU_VERSION_MINOR < (minor)))

#if QEMU_OLDER_THAN(10, 1)
/*
 * Types that became stricter, with the same calling convention on every host:
 *   8.2 -> 9.0   VMStateDescription.subsections is const throughout
 *   9.0 -> 9.1   phases hold and exit of Resettable get the ResetType; do not
 *                look at it there, older releases do not pass it
 *   10.0 -> 10.1 class_init() and .interfaces are const
 * The build against a newer QEMU checks them in full.
 */
#pragma GCC diagnostic ignored "-Wincompatible-pointer-types"
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"
#endif

#if QEMU_OLDER_THAN(10, 0)
#include "hw/qdev-properties.h"

/*
 * Since 10.0 device_class_set_props() takes the length from the array; before,
 * an entry without name ended the list, which lived as long as the class.
 */
static inline void compat_set_props(DeviceClass *dc, const Property *props,
                                    size_t count)
{
    Property *terminated = g_new0(Property, count + 1);

    memcpy(terminated, props, count * sizeof(*props));
    device_class_set_props(dc, terminated);
}
#define device_class_set_props(dc, props) \
    compat_set_props(dc, props, ARRAY_SIZE(props))
#endif

#if QEMU_OLDER_THAN(10, 2)
#include "migration/vmstate.h"
#include "qapi/error.h"

/* Since 10.2 these two say through an Error why they failed. */
static inline int compat_save_state(QEMUFile *f,
                                    const VMStateDescription *vmsd,
                                    void *opaque, JSONWriter *vmdesc,
                                    Error **errp)
{
    int ret = vmstate_save_state(f, vmsd, opaque, vmdesc);

    if (ret) {
        error_setg_errno(errp, -ret, "cannot save state of %s", vmsd->name);
    }
    return ret;
}
#define vmstate_save_state compat_save_state

static inline int compat_load_state(QEMUFile *f,
                                    const VMStateDescription *vmsd,
                                    void *opaque, int version_id,
                                    Error **errp)
{
    int ret = vmstate_load_state(f, vmsd, opaque, version_id);

    if (ret) {
        error_setg_errno(errp, -ret, "cannot load state of %s", vmsd->name);
    }
    return ret;
}
#define vmstate_load_state compat_load_state
#endif

#endif
