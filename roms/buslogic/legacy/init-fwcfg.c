/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: files from QEMU's fw_cfg
 * (QEMU's docs/specs/fw_cfg.rst)
 */

#include "fwcfg.h"

#define FW_CFG_SELECTOR     0x510
#define FW_CFG_DATA         0x511

#define FW_CFG_SIGNATURE    0x0000
#define FW_CFG_DIRECTORY    0x0019
#define FW_CFG_NAME_SIZE    56

static void select(uint16_t key)
{
    outw(FW_CFG_SELECTOR, key);
}

static uint32_t read_be(unsigned size)
{
    uint32_t value = 0;

    while (size--) {
        value = value << 8 | inb(FW_CFG_DATA);
    }
    return value;
}

static bool present(void)
{
    select(FW_CFG_SIGNATURE);
    return read_be(4) == ('Q' << 24 | 'E' << 16 | 'M' << 8 | 'U');
}

/* Reads a name from the directory, all of it. */
static bool name_is(const char __seg_gs *name)
{
    bool same = true;

    for (unsigned i = 0; i < FW_CFG_NAME_SIZE; i++) {
        char c = inb(FW_CFG_DATA);

        if (same && c != *name) {
            same = false;
        }
        if (*name) {
            name++;
        }
    }
    return same;
}

bool fw_cfg_open(struct fw_cfg_file *f, const char __seg_gs *name)
{
    uint32_t files;
    uint16_t key;

    if (!present()) {
        return false;
    }
    select(FW_CFG_DIRECTORY);
    files = read_be(4);
    while (files--) {
        f->size = read_be(4);
        key = read_be(2);
        read_be(2);
        if (name_is(name)) {
            select(key);
            return true;
        }
    }
    return false;
}

bool fw_cfg_line(struct fw_cfg_file *f, char *line, unsigned size)
{
    unsigned length = 0;

    if (!f->size) {
        return false;
    }
    while (f->size) {
        char c = inb(FW_CFG_DATA);

        f->size--;
        if (c == '\n' || !c) {
            break;
        }
        if (length < size) {
            line[length] = c;
        }
        length++;
    }
    line[length < size ? length : 0] = '\0';
    return true;
}
