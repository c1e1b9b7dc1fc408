/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: INT 13h functions of the CD-ROM that was booted from
 */

#include "cdrom.h"
#include "adapter.h"
#include "int13.h"

#define SECTORS_PER_BLOCK   (CDROM_BLOCK / DISK_BLOCK)

#define FLOPPY_TYPE         1       /* AH of AH=15h: no change line */
#define FLOPPIES            1       /* DL of AH=08h */
#define FIRST_HARD_DISK     0x80
#define MAX_CHS_COUNT       128
#define EQUIPMENT_2_FLOPPIES 0x41

/* The vector that points to the parameters of a floppy */
#define FLOPPY_TABLE_VECTOR VECTOR(0x1e)

struct cdrom cdrom;

/* int13.S looks at these. */
uint8_t cdrom_active;               /* there is such a drive */
uint8_t cdrom_drive;                /* its number */
uint8_t cdrom_shifts;               /* it pushes others' numbers up */

static uint16_t equipment;          /* as it was before the emulation */

void cdrom_activate(uint8_t drive)
{
    uint8_t disks = bda_read8(BDA_DISK_COUNT);

    equipment = bda_read16(BDA_EQUIPMENT);
    cdrom_drive = drive;
    cdrom_shifts = cdrom.image.media != MEDIA_NONE;
    if (cdrom.image.media == MEDIA_DISK) {
        bda_write8(BDA_DISK_COUNT, disks + 1);
    } else if (cdrom_shifts) {
        bda_write16(BDA_EQUIPMENT,
                    equipment | EQUIPMENT_2_FLOPPIES);
    }
    cdrom_active = true;
    hook(0x13, &int13_cdrom_chain, int13_cdrom_entry);
    hook(0x18, &int18_chain, int18_entry);
    hook(0x19, &int19_chain, int19_entry);
}

void cdrom_deactivate(void)
{
    uint8_t disks = bda_read8(BDA_DISK_COUNT);

    if (!cdrom_active) {
        return;
    }
    cdrom_active = false;
    if (cdrom.image.media == MEDIA_DISK) {
        bda_write8(BDA_DISK_COUNT, disks - 1);
    } else if (cdrom_shifts) {
        bda_write16(BDA_EQUIPMENT, equipment);
    }
}

/* That of a wrong image may be behind the end; the device says so then. */
static uint64_t block_of(const struct cdrom_read *r)
{
    return (uint64_t)cdrom.image.lba + r->sector / SECTORS_PER_BLOCK;
}

/* The end or the beginning of a block, by way of the buffer */
static enum int13_status read_part(struct cdrom_read *r, uint16_t *sectors)
{
    uint16_t first = r->sector % SECTORS_PER_BLOCK;
    struct transfer t = {
        .device = cdrom.device,
        .lba = block_of(r),
        .count = 1,
        .data = ram_linear(buffer),
        .physical = true,
    };
    enum int13_status status = device_transfer(&t);

    *sectors = SECTORS_PER_BLOCK - first;
    if (*sectors > r->count) {
        *sectors = r->count;
    }
    if (status == INT13_OK) {
        far_write(r->data, buffer + first * DISK_BLOCK,
                  *sectors * DISK_BLOCK);
    }
    return status;
}

static enum int13_status read_blocks(struct cdrom_read *r, uint16_t *sectors)
{
    struct transfer t = {
        .device = cdrom.device,
        .lba = block_of(r),
        .count = r->count / SECTORS_PER_BLOCK,
        .data = r->data,
    };

    *sectors = t.count * SECTORS_PER_BLOCK;
    return device_transfer(&t);
}

enum int13_status cdrom_read(struct cdrom_read *r)
{
    enum int13_status status;
    uint16_t sectors;

    while (r->count) {
        if (r->sector % SECTORS_PER_BLOCK || r->count < SECTORS_PER_BLOCK) {
            status = read_part(r, &sectors);
        } else {
            status = read_blocks(r, &sectors);
        }
        if (status != INT13_OK) {
            return status;
        }
        r->sector += sectors;
        r->count -= sectors;
        r->data += sectors * DISK_BLOCK;
    }
    return INT13_OK;
}

/* The functions of an emulated disk or floppy */

static int read_emulated(struct registers *r)
{
    struct cdrom_read read = {
        .count = r->al,
        .data = ((uint32_t)r->es << 4) + r->bx,
    };
    enum int13_status status;

    if (!r->al || r->al > MAX_CHS_COUNT ||
        !geometry_to_lba(&cdrom.geometry, registers_chs(r), &read.sector)) {
        r->al = 0;
        return INT13_INVALID;
    }
    status = cdrom_read(&read);
    r->al -= read.count;
    return status;
}

static int emulated_parameters(struct registers *r)
{
    int13_parameters(r, &cdrom.geometry);
    if (cdrom.image.media != MEDIA_DISK) {
        r->bx = cdrom.image.media * 2;
        r->dl = FLOPPIES;
        r->di = far_read16(IVT_SEGMENT, FLOPPY_TABLE_VECTOR);
        r->es = far_read16(IVT_SEGMENT, FLOPPY_TABLE_VECTOR + 2);
    }
    return INT13_OK;
}

static int emulated(struct registers *r)
{
    uint32_t lba;

    switch (r->ah) {
    case INT13_READ:
        return read_emulated(r);
    case INT13_VERIFY:
        return geometry_to_lba(&cdrom.geometry, registers_chs(r), &lba)
               ? INT13_OK : INT13_INVALID;
    case INT13_WRITE:
    case INT13_FORMAT:
        return INT13_WRITE_PROTECTED;
    case INT13_PARAMETERS:
        return emulated_parameters(r);
    case INT13_TYPE:
        if (cdrom.image.media != MEDIA_DISK) {
            return INT13_SUCCESS(FLOPPY_TYPE);
        }
        /* fall through */
    default:
        return int13_common(r, &cdrom.geometry);
    }
}

static int emulation(const struct registers *r)
{
    struct chs last = { 0 };
    struct emulation_packet p = {
        .size = sizeof(p),
        .media = cdrom.image.media | EMULATION_SCSI,
        .drive = cdrom_drive,
        .lba = cdrom.image.lba,
        .device = cdrom.device->address.lun << 4 |
                  cdrom.device->address.target,
        .load_segment = cdrom.image.segment,
        .sectors = cdrom.image.sectors,
    };

    if (r->al > EMULATION_STATUS) {
        return INT13_INVALID;
    }
    if (cdrom.image.media != MEDIA_NONE) {
        last = geometry_last(&cdrom.geometry);
    }
    p.ch = last.ch;
    p.cl = last.cl;
    p.dh = last.dh;
    far_write(((uint32_t)r->ds << 4) + r->si, &p, sizeof(p));
    if (r->al == EMULATION_END && cdrom.image.media != MEDIA_NONE) {
        cdrom_deactivate();
    }
    return INT13_OK;
}

static int dispatch(struct registers *r)
{
    if (r->ah == INT13_EMULATION) {
        return emulation(r);
    }
    if (cdrom.image.media != MEDIA_NONE) {
        return emulated(r);
    }
    return r->ah == INT13_RESET || r->ah >= INT13_EXTENSIONS
           ? edd(r, cdrom.device) : INT13_INVALID;
}

bool int13_cdrom(struct registers *r)
{
    uint16_t status_offset = cdrom_drive < FIRST_HARD_DISK
                             ? BDA_FLOPPY_STATUS : BDA_DISK_STATUS;

    if (r->ah == INT13_LAST_STATUS) {
        return int13_finish(r, bda_read8(status_offset), status_offset);
    }
    return int13_finish(r, dispatch(r), status_offset);
}
