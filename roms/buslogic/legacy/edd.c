/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: INT 13h functions of the Enhanced Disk Drive services
 */

#include "adapter.h"
#include "int13.h"
#include "packet.h"

#define CHECK_REQUEST       0x55aa  /* in BX of AH=41h */
#define CHECK_REPLY         0xaa55
#define EDD_3_0             0x30
#define SUBSETS             0x0007  /* packets, locking, drive parameters */

/* AL of AH=45h */
enum { LOCK, UNLOCK, LOCK_STATE };

/* AL of AH=4Eh: settings that have no effect here */
enum {
    HARDWARE_NO_PREFETCH  = 0x01,
    HARDWARE_PIO_0        = 0x03,
    HARDWARE_DEFAULT_PIO  = 0x04,
    HARDWARE_NO_DMA       = 0x06,
};

/* How often the CD-ROM that was booted from is locked */
static uint8_t locks;

static uint32_t packet_address(const struct registers *r)
{
    return ((uint32_t)r->ds << 4) + r->si;
}

static int check_extensions(struct registers *r)
{
    if (r->bx != CHECK_REQUEST) {
        return INT13_INVALID;
    }
    r->bx = CHECK_REPLY;
    r->cx = SUBSETS;
    return INT13_SUCCESS(EDD_3_0);
}

/* The request in DS:SI, if there are such blocks */
static bool get_packet(const struct registers *r, const struct device *d,
                       struct packet *p)
{
    uint8_t raw[PACKET_MAX_SIZE];

    far_read(raw, packet_address(r), sizeof(raw));
    return packet_decode(raw, p) && device_has(d, p->lba, p->count);
}

static bool buffer_valid(const struct device *d, const struct packet *p)
{
    uint16_t block_size = device_block_size(d);

    return packet_buffer_valid(p, block_size) &&
           adapter_reaches(p->data, (uint32_t)p->count * block_size);
}

static int read_write(const struct registers *r, const struct device *d)
{
    struct packet p;
    struct transfer t = {
        .device = d,
        .write = r->ah == INT13_EXTENDED_WRITE,
    };
    enum int13_status status = INT13_INVALID;
    uint16_t moved = 0;

    if (t.write && d->kind == DEVICE_CDROM) {
        status = INT13_WRITE_PROTECTED;
    } else if (get_packet(r, d, &p) && buffer_valid(d, &p)) {
        t.lba = p.lba;
        t.count = p.count;
        t.data = p.data;
        t.physical = p.physical;
        status = device_transfer(&t);
        moved = p.count - t.count;
    }
    far_write(packet_address(r) + PACKET_COUNT, &moved, sizeof(moved));
    return status;
}

/* There is no use for the buffer: it may be anywhere. */
static int verify(const struct registers *r, const struct device *d)
{
    struct packet p;

    return get_packet(r, d, &p) ? INT13_OK : INT13_INVALID;
}

static int parameters(const struct registers *r, const struct device *d)
{
    struct drive_parameters p = {
        .info = DRIVE_REMOVABLE,
        .blocks = d->blocks,
        .block_size = device_block_size(d),
        .target = d->address.target,
        .lun = d->address.lun,
    };
    uint16_t size;

    if (d->kind == DEVICE_DISK) {
        p.info = DRIVE_GEOMETRY;
        p.cylinders = geometry_cylinders(&d->geometry, d->blocks);
        p.heads = d->geometry.heads;
        p.sectors = d->geometry.sectors;
    }
    if (adapter_is_isa()) {
        drive_parameters_on_isa(&p, adapter.iobase);
    } else {
        drive_parameters_on_pci(&p, adapter.bdf);
    }
    size = drive_parameters_finish(&p, far_read16(r->ds, r->si));
    far_write(packet_address(r), &p, size);
    return size ? INT13_OK : INT13_INVALID;
}

static int lock(struct registers *r, const struct device *d)
{
    if (d->kind != DEVICE_CDROM) {
        r->al = 0;
        return INT13_OK;
    }
    switch (r->al) {
    case LOCK:
        if (locks == UINT8_MAX) {
            return INT13_LOCK_COUNT;
        }
        locks++;
        break;
    case UNLOCK:
        if (!locks) {
            return INT13_NOT_LOCKED;
        }
        locks--;
        break;
    case LOCK_STATE:
        break;
    default:
        return INT13_INVALID;
    }
    r->al = locks != 0;
    return INT13_OK;
}

static int eject(const struct device *d)
{
    if (d->kind != DEVICE_CDROM) {
        return INT13_NOT_REMOVABLE;
    }
    return locks ? INT13_LOCKED : scsi_eject(d->address);
}

static int hardware(const struct registers *r)
{
    switch (r->al) {
    case HARDWARE_NO_PREFETCH:
    case HARDWARE_PIO_0:
    case HARDWARE_DEFAULT_PIO:
    case HARDWARE_NO_DMA:
        return INT13_OK;
    default:
        return INT13_INVALID;
    }
}

int edd(struct registers *r, const struct device *d)
{
    switch (r->ah) {
    case INT13_RESET:
        return INT13_OK;
    case INT13_EXTENSIONS:
        return check_extensions(r);
    case INT13_EXTENDED_READ:
    case INT13_EXTENDED_WRITE:
        return read_write(r, d);
    case INT13_EXTENDED_VERIFY:
    case INT13_EXTENDED_SEEK:
        return verify(r, d);
    case INT13_LOCK:
        return lock(r, d);
    case INT13_EJECT:
        return eject(d);
    case INT13_EXTENDED_PARAMS:
        return parameters(r, d);
    case INT13_EXTENDED_CHANGE:
        return INT13_OK;
    case INT13_HARDWARE:
        return hardware(r);
    default:
        return INT13_INVALID;
    }
}
