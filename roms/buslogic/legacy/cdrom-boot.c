/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: booting from a CD-ROM
 *
 * Whatever is wrong ends in a message, and the BIOS tries the next device.
 */

#include "catalogue.h"
#include "cdrom.h"
#include "console.h"
#include "int13.h"

#define FIRST_MEMORY        0x500   /* behind the BIOS data area */
#define EXTENSIONS_REQUEST  0x55aa
#define EXTENSIONS_REPLY    0xaa55
#define FLOPPY_DRIVE        0x00
#define HARD_DISK_DRIVE     0x80
#define FIRST_CDROM_DRIVE   0xe0
#define LAST_CDROM_DRIVE    0xef
#define BOOT_LINEAR         0x7c00
#define NO_DRIVE            0xff

/* The device itself knows best which blocks there are. */
static bool read_block(const struct device *d, uint32_t lba)
{
    struct transfer t = {
        .device = d,
        .lba = lba,
        .count = 1,
        .data = ram_linear(buffer),
        .physical = true,
    };

    return device_transfer(&t) == INT13_OK;
}

/* The capacity is that of the medium, which may have been changed. */
static bool medium_ready(struct device *d)
{
    struct capacity c;

    if (scsi_wait_ready(d->address) != INT13_OK ||
        scsi_read_capacity(d->address, &c) != INT13_OK ||
        c.block_size != CDROM_BLOCK) {
        return false;
    }
    d->blocks = (uint64_t)c.last + 1;
    return true;
}

static message find_image(struct device *d, struct boot_image *image)
{
    uint32_t catalogue_lba;

    if (!medium_ready(d)) {
        return TEXT("no medium");
    }
    if (!read_block(d, BOOT_RECORD_LBA)) {
        return TEXT("read error");
    }
    if (!boot_record_decode(buffer, &catalogue_lba)) {
        return TEXT("not bootable");
    }
    if (!read_block(d, catalogue_lba)) {
        return TEXT("read error");
    }
    if (!catalogue_decode(buffer, image)) {
        return TEXT("invalid boot catalogue");
    }
    return NULL;
}

bool cdrom_bootable(struct device *d)
{
    struct boot_image image;

    return !find_image(d, &image);
}

/* Emulated drives are loaded by sectors, programs by blocks. */
static message load(void)
{
    struct cdrom_read r = {
        .data = (uint32_t)cdrom.image.segment << 4,
        .count = cdrom.image.sectors,
    };
    uint32_t end = bda_read16(BDA_BASE_MEMORY) * 1024;

    if (r.data < FIRST_MEMORY || r.data >= end ||
        r.count > (end - r.data) / DISK_BLOCK) {
        return TEXT("boot image does not fit");
    }
    return cdrom_read(&r) == INT13_OK ? NULL : TEXT("read error");
}

static message set_geometry(void)
{
    if (cdrom.image.media == MEDIA_NONE) {
        return NULL;
    }
    if (!read_block(cdrom.device, cdrom.image.lba)) {
        return TEXT("read error");
    }
    if (!boot_sector_valid(buffer) ||
        !boot_media_geometry(cdrom.image.media, buffer, &cdrom.geometry)) {
        return TEXT("invalid boot image");
    }
    return NULL;
}

/* Has somebody else a drive with that number?  The BIOS may have CD-ROMs. */
static bool drive_exists(uint8_t drive)
{
    struct registers r = {
        .ah = INT13_EXTENSIONS, .bx = EXTENSIONS_REQUEST, .dl = drive,
    };

    int13_via.offset = far_read16(IVT_SEGMENT, VECTOR(0x13));
    int13_via.segment = far_read16(IVT_SEGMENT, VECTOR(0x13) + 2);
    return !int13_call(&r) && r.bx == EXTENSIONS_REPLY;
}

static uint8_t choose_drive(void)
{
    switch (cdrom.image.media) {
    case MEDIA_NONE:
        for (uint8_t n = FIRST_CDROM_DRIVE; n <= LAST_CDROM_DRIVE; n++) {
            if (!drive_exists(n)) {
                return n;
            }
        }
        return NO_DRIVE;
    case MEDIA_DISK:
        return HARD_DISK_DRIVE;
    default:
        return FLOPPY_DRIVE;
    }
}

static message prepare(struct device *d)
{
    message error;
    uint8_t drive;

    cdrom_deactivate();
    cdrom.device = d;
    error = find_image(d, &cdrom.image);
    if (!error) {
        error = set_geometry();
    }
    if (!error) {
        error = load();
    }
    if (error) {
        return error;
    }
    drive = choose_drive();
    if (drive == NO_DRIVE) {
        return TEXT("too many drives");
    }
    cdrom_activate(drive);
    return NULL;
}

message cdrom_boot(struct device *d, uint32_t *address)
{
    message error = prepare(d);
    uint16_t segment = cdrom.image.segment;

    if (!error) {
        *address = segment << 4 == BOOT_LINEAR ? BOOT_LINEAR
                                               : (uint32_t)segment << 16;
    }
    return error;
}
