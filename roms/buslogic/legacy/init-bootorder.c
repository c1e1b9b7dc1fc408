/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: Open Firmware paths, as QEMU writes them
 */

#include "bootorder.h"
#include "hw/scsi/buslogic-regs.h"

/* LUNs that host command 0x83 can address */
#define MAX_LUN     31

static bool skip_char(const char **p, char c)
{
    if (**p != c) {
        return false;
    }
    ++*p;
    return true;
}

static bool skip(const char **p, const char *text)
{
    while (*text) {
        if (!skip_char(p, *text++)) {
            return false;
        }
    }
    return true;
}

/* The name of a node, up to its address: firmware accepts any */
static bool skip_name(const char **p)
{
    while (**p && **p != '@' && **p != '/' && **p != ' ') {
        ++*p;
    }
    return skip_char(p, '@');
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Numbers that do not fit are none. */
static bool number(const char **p, uint32_t base, uint32_t *value)
{
    const char *start = *p;

    *value = 0;
    while (digit(**p) < (int)base) {
        if (*value > UINT16_MAX) {
            return false;
        }
        *value = *value * base + digit(*(*p)++);
    }
    return *p != start;
}

/* "device", or "device,function" unless that is 0 */
static bool skip_devfn(const char **p, uint8_t devfn)
{
    uint32_t device, function = 0;

    return number(p, 16, &device) &&
           (!skip_char(p, ',') || number(p, 16, &function)) &&
           device == devfn >> 3 && function == (devfn & 7);
}

/* Root buses have numbers in QEMU's order, but for the first: any will do. */
static bool skip_root(const char **p, bool other_root)
{
    uint32_t root;

    return skip(p, "/pci@i0cf8") &&
           skip_char(p, ',') == other_root &&
           (!other_root || number(p, 16, &root));
}

static bool skip_pci(const char **p, const struct pci_path *path)
{
    if (!skip_root(p, path->other_root)) {
        return false;
    }
    for (int i = path->depth - 1; i >= 0; i--) {
        if (!skip_char(p, '/') || !skip_name(p) ||
            !skip_devfn(p, path->devfn[i])) {
            return false;
        }
    }
    return true;
}

static bool is_number(const char **p, uint32_t value)
{
    uint32_t n;

    return number(p, 16, &n) && n == value;
}

static bool skip_isa_rom(const char **p, uint16_t ports)
{
    return skip(p, "/rom@genroms/isa-buslogic-") && is_number(p, ports) &&
           skip(p, ".rom");
}

/* The way to the bus depends on the machine. */
static bool skip_isa_device(const char **p, uint16_t ports)
{
    for (; **p; ++*p) {
        const char *node = *p;

        if (skip(&node, "/scsi@") && is_number(&node, ports) &&
            *node == '/') {
            *p = node;
            return true;
        }
    }
    return false;
}

static bool skip_isa(const char **p, uint16_t ports)
{
    const char *start = *p;

    if (skip_isa_rom(p, ports)) {
        return true;
    }
    *p = start;
    return skip_isa_device(p, ports);
}

bool boot_path_parse(const char *line, const struct pci_path *path,
                     struct boot_path *result)
{
    const char *p = line;
    uint32_t target, lun;

    if (path->isa_ports ? !skip_isa(&p, path->isa_ports)
                        : !skip_pci(&p, path)) {
        return false;
    }
    result->has_instance = skip_char(&p, ':');
    if (result->has_instance &&
        !(skip(&p, "rom") && number(&p, 16, &result->instance))) {
        return false;
    }
    if (!skip(&p, "/channel@0/") || !skip_name(&p) ||
        !number(&p, 16, &target) || !skip_char(&p, ',') ||
        !number(&p, 16, &lun) || target >= BL_NUM_TARGETS || lun > MAX_LUN ||
        (*p && *p != ' ' && *p != '/')) {
        return false;
    }
    result->target = target;
    result->lun = lun;
    result->rest = p;
    return true;
}

bool boot_geometry_parse(const char *text, uint32_t numbers[3])
{
    for (int i = 0; i < 3; i++) {
        if (!skip_char(&text, ' ') || !number(&text, 10, &numbers[i])) {
            return false;
        }
    }
    return !*text;
}
