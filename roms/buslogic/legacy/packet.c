/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: structures of the Enhanced Disk Drive services
 */

#include "bytes.h"
#include "packet.h"

/* Disk address packet */
#define PACKET_MIN_SIZE     16
#define PACKET_OFFSET       4
#define PACKET_SEGMENT      6
#define PACKET_LBA          8
#define PACKET_ADDRESS      16      /* 64 bits, if the pointer is all ones */

#define REAL_MODE_END       0x10fff0 /* behind FFFF:FFFF */

/* The device path in the result of AH=48h */
#define PATH_OFFSET         30
#define PATH_KEY            0xbedd
#define PATH_SIZE           (DRIVE_PARAMETERS_SIZE - PATH_OFFSET)

/* One of more than 32 bits is as good as their end: nothing fits there. */
static uint32_t physical_address(const uint8_t *raw)
{
    return get_le32(raw + PACKET_ADDRESS + 4) ? UINT32_MAX
                                              : get_le32(raw + PACKET_ADDRESS);
}

bool packet_decode(const uint8_t *raw, struct packet *p)
{
    if (raw[0] < PACKET_MIN_SIZE) {
        return false;
    }
    p->count = get_le16(raw + PACKET_COUNT);
    p->lba = get_le32(raw + PACKET_LBA) |
             (uint64_t)get_le32(raw + PACKET_LBA + 4) << 32;
    p->physical = get_le32(raw + PACKET_OFFSET) == UINT32_MAX &&
                  raw[0] >= PACKET_MAX_SIZE;
    p->data = p->physical ? physical_address(raw)
                          : ((uint32_t)get_le16(raw + PACKET_SEGMENT) << 4) +
                            get_le16(raw + PACKET_OFFSET);
    return true;
}

bool packet_buffer_valid(const struct packet *p, uint16_t block_size)
{
    uint32_t end = p->physical ? UINT32_MAX : REAL_MODE_END;

    return p->data <= end && (uint32_t)p->count * block_size <= end - p->data;
}

void drive_parameters_on_pci(struct drive_parameters *d, uint16_t bdf)
{
    __builtin_memcpy(d->host_bus, "PCI ", 4);
    d->bus = bdf >> 8;
    d->slot = bdf >> 3 & 0x1f;
    d->function = bdf & 7;
}

void drive_parameters_on_isa(struct drive_parameters *d, uint16_t ports)
{
    __builtin_memcpy(d->host_bus, "ISA ", 4);
    d->bus = ports;
    d->slot = ports >> 8;
}

static void finish_path(struct drive_parameters *d)
{
    const uint8_t *p = (const uint8_t *)d;
    uint8_t sum = 0;

    d->key = PATH_KEY;
    d->path_size = PATH_SIZE;
    __builtin_memcpy(d->interface, "SCSI    ", 8);
    for (unsigned i = PATH_OFFSET; i < DRIVE_PARAMETERS_SIZE; i++) {
        sum += p[i];
    }
    d->checksum = -sum;
}

uint16_t drive_parameters_finish(struct drive_parameters *d, uint16_t size)
{
    if (size < DRIVE_PARAMETERS_MIN_SIZE) {
        return 0;
    }
    d->size = DRIVE_PARAMETERS_MIN_SIZE;
    if (size >= DRIVE_PARAMETERS_SIZE) {
        d->size = DRIVE_PARAMETERS_SIZE;
    } else if (size >= DRIVE_PARAMETERS_2_SIZE) {
        d->size = DRIVE_PARAMETERS_2_SIZE;
    }
    d->dpte = UINT32_MAX;
    finish_path(d);
    return d->size;
}
