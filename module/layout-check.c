/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Refuses a QEMU whose structures are not those of the module's headers
 *
 * The build-id says that the source is the same; this says that it was also
 * configured the same in what matters here.
 */

#include "qemu/osdep.h"
#include <dlfcn.h>
#include "hw/qdev-properties.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "layout.h"

static G_NORETURN void refuse(const char *type, const char *what,
                              ptrdiff_t running, ptrdiff_t built)
{
    fprintf(stderr, "buslogic: %s of %s is %td in this QEMU, and %td in the "
            "headers that the module was built with: "
            "run \"make clean\" and \"make\" where the module was built\n",
            what, type, running, built);
    exit(EXIT_FAILURE);
}

static void check_sizes(void)
{
    /* Gone since QEMU 10.0; what is left there are the properties. */
    size_t (*instance_size)(const char *) =
        dlsym(RTLD_DEFAULT, "object_type_get_instance_size");

    if (!instance_size) {
        return;
    }
    for (const LayoutSize *s = layout_sizes; s->type; s++) {
        size_t size = instance_size(s->type);

        if (size != s->size) {
            refuse(s->type, "the size", size, s->size);
        }
    }
}

static void check_properties(void)
{
    for (const LayoutProperty *p = layout_properties; p->type; p++) {
        ObjectClass *class = object_class_by_name(p->type);
        ObjectProperty *op = object_class_property_find(class, p->property);
        const Property *property = op->opaque;

        if (property->offset != p->offset) {
            refuse(p->type, p->property, property->offset, p->offset);
        }
    }
}

static void check_layout(void)
{
    check_sizes();
    check_properties();
}

/* The first step of QEMU's start after every type is registered */
migration_init(check_layout);
