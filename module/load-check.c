/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What happens when the dynamic linker has loaded the module, before any type
 * is registered: end the preload there, and refuse the wrong QEMU
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "identity.h"

/* Before the constructors behind type_init(), which have no priority */
#define LOAD_CHECK_PRIORITY 101

/* QEMU's own; the layout of these has not changed since they exist. */
typedef struct VersionTriple {
    int64_t major, minor, micro;
} VersionTriple;

typedef struct VersionInfo {
    VersionTriple *qemu;
    char *package;
} VersionInfo;

VersionInfo *qmp_query_version(void **errp) __attribute__((weak));

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/*
 * Removes this module from LD_PRELOAD: the programs that QEMU starts would
 * fail for lack of QEMU's symbols.  What else the user preloads stays.
 */
static void end_preload(const char *module)
{
    const char *old = getenv("LD_PRELOAD");
    char *list, *rest, *new, *entry, *state;

    if (!old) {
        return;
    }
    list = rest = strdup(old);
    new = calloc(1, strlen(old) + 1);
    if (!list || !new) {
        abort();
    }
    while ((entry = strtok_r(rest, ": ", &state))) {
        rest = NULL;
        if (strcmp(base_name(entry), base_name(module))) {
            strcat(strcat(new, *new ? ":" : ""), entry);
        }
    }
    if (*new) {
        setenv("LD_PRELOAD", new, 1);
    } else {
        unsetenv("LD_PRELOAD");
    }
    free(list);
    free(new);
}

/* The program itself is the first object; there is no need for the others. */
static int find_build_id(struct dl_phdr_info *info, size_t size, void *id)
{
    (void)size;

    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *ph = &info->dlpi_phdr[i];

        if (ph->p_type == PT_NOTE &&
            identity_from_notes((void *)(info->dlpi_addr + ph->p_vaddr),
                                ph->p_memsz, id)) {
            break;
        }
    }
    return 1;
}

static const char *running_version(void)
{
    static char version[256];
    VersionInfo *info;

    if (!qmp_query_version) {
        return "no QEMU";
    }
    info = qmp_query_version(NULL);
    snprintf(version, sizeof(version), "QEMU %d.%d.%d (%s)",
             (int)info->qemu->major, (int)info->qemu->minor,
             (int)info->qemu->micro, info->package);
    return version;
}

static void __attribute__((constructor(LOAD_CHECK_PRIORITY))) load_check(void)
{
    char id[BUILD_ID_MAX] = "unknown";
    Dl_info self;

    if (dladdr((void *)load_check, &self)) {
        end_preload(self.dli_fname);
    }
    dl_iterate_phdr(find_build_id, id);
    if (!identity_matches(id)) {
        identity_report_mismatch(program_invocation_name, running_version(),
                                 id);
        _exit(EXIT_FAILURE);
    }
}
