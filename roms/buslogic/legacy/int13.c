/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: INT 13h functions of the disks
 */

#include "int13.h"

#define FIRST_DISK          0x80
#define MAX_DISKS           0x60    /* CD-ROMs have numbers from E0h */
#define MAX_CHS_COUNT       128     /* 64 KiB */

void hook(uint8_t interrupt, struct far_jump *chain, const uint8_t *entry)
{
    uint16_t vector = VECTOR(interrupt);

    if (chain->segment) {
        return;
    }
    interrupts_off();
    chain->offset = far_read16(IVT_SEGMENT, vector);
    chain->segment = far_read16(IVT_SEGMENT, vector + 2);
    far_write16(IVT_SEGMENT, vector, (uintptr_t)entry);
    far_write16(IVT_SEGMENT, vector + 2, rom_segment());
    interrupts_on();
}

bool int13_add_disk(struct device *d)
{
    uint8_t disks = bda_read8(BDA_DISK_COUNT);

    if (disks >= MAX_DISKS) {
        return false;
    }
    d->drive = FIRST_DISK + disks;
    int13_our_drives[d->drive / 8] |= 1 << d->drive % 8;
    bda_write8(BDA_DISK_COUNT, disks + 1);
    int13_disk_count = disks + 1;
    hook(0x13, &int13_disk_chain, int13_disk_entry);
    return true;
}

void int13_look_for_emulation(void)
{
    struct emulation_packet p;
    struct registers r = {
        .ah = INT13_EMULATION, .al = EMULATION_STATUS, .dl = FIRST_DISK,
        .ds = ram_segment(), .si = (uintptr_t)&p,
    };

    int13_via = int13_disk_chain;
    p.drive = 0;
    int13_shift = !int13_call(&r) && p.drive == FIRST_DISK &&
                  (p.media & EMULATION_MEDIA) == EMULATION_DISK;
}

static const struct device *find(uint8_t drive)
{
    const struct device *d = devices;

    while (d->drive != drive) {
        d++;
    }
    return d;
}

/* The range of a CHS function; false if it is not all there */
static bool chs_range(const struct registers *r, const struct device *d,
                      uint32_t *lba)
{
    return r->al && r->al <= MAX_CHS_COUNT &&
           geometry_to_lba(&d->geometry, registers_chs(r), lba) &&
           device_has(d, *lba, r->al);
}

static int verify(const struct registers *r, const struct device *d)
{
    uint32_t lba;

    return chs_range(r, d, &lba) ? INT13_OK : INT13_INVALID;
}

static int read_write(struct registers *r, const struct device *d)
{
    struct transfer t = {
        .device = d,
        .count = r->al,
        .data = ((uint32_t)r->es << 4) + r->bx,
        .write = r->ah == INT13_WRITE,
    };
    enum int13_status status;
    uint32_t lba;

    if (!chs_range(r, d, &lba)) {
        r->al = 0;
        return INT13_INVALID;
    }
    t.lba = lba;
    status = device_transfer(&t);
    r->al -= t.count;
    return status;
}

int int13_parameters(struct registers *r, const struct geometry *g)
{
    struct chs last = geometry_last(g);

    r->ch = last.ch;
    r->cl = last.cl;
    r->dh = last.dh;
    r->dl = bda_read8(BDA_DISK_COUNT);
    r->al = 0;
    return INT13_OK;
}

static int type(struct registers *r, const struct geometry *g)
{
    uint32_t sectors = geometry_sectors(g);

    r->cx = sectors >> 16;
    r->dx = sectors;
    return INT13_SUCCESS(INT13_TYPE_DISK);
}

int int13_common(struct registers *r, const struct geometry *g)
{
    switch (r->ah) {
    case INT13_RESET:               /* the adapter may be a driver's by now */
    case INT13_INITIALIZE:
    case INT13_SEEK_TRACK:
    case INT13_ALTERNATE_RESET:
    case INT13_TEST_READY:
    case INT13_RECALIBRATE:
    case INT13_DIAGNOSTIC:
        return INT13_OK;
    case INT13_PARAMETERS:
        return int13_parameters(r, g);
    case INT13_TYPE:
        return type(r, g);
    default:
        return INT13_INVALID;
    }
}

static int dispatch(struct registers *r, const struct device *d)
{
    switch (r->ah) {
    case INT13_LAST_STATUS:
        return bda_read8(BDA_DISK_STATUS);
    case INT13_READ:
    case INT13_WRITE:
        return read_write(r, d);
    case INT13_VERIFY:
        return verify(r, d);
    case INT13_FORMAT:
        return INT13_OK;
    default:
        return r->ah < INT13_EXTENSIONS ? int13_common(r, &d->geometry)
                                        : edd(r, d);
    }
}

bool int13_finish(struct registers *r, int result, uint16_t status_offset)
{
    uint8_t status = result & INT13_SUCCESS(0) ? INT13_OK : result;

    r->ah = result;
    bda_write8(status_offset, status);
    return status != INT13_OK;
}

bool int13_disk(struct registers *r)
{
    const struct device *d = find(r->dl - int13_shift);

    return int13_finish(r, dispatch(r, d), BDA_DISK_STATUS);
}
