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

/* Result of AH=48h */
#define INFO_REMOVABLE      0x0004
#define INFO_GEOMETRY       0x0002  /* it has one */
#define INFO_LOCKABLE       0x0020
#define INFO_CHANGE_LINE    0x0010
#define PATH_OFFSET         30
#define PATH_KEY            0xbedd
#define PATH_SIZE           (DRIVE_PARAMETERS_SIZE - PATH_OFFSET)

struct drive_parameters_raw {
    uint16_t size;
    uint16_t info;
    uint32_t cylinders, heads, sectors;
    uint64_t blocks;
    uint16_t block_size;
    uint32_t dpte;                  /* all ones: none */
    uint16_t key;
    uint8_t path_size;
    uint8_t reserved[3];
    char host_bus[4];
    char interface[8];
    uint8_t bus, slot, function, channel;
    uint8_t reserved2[4];
    uint16_t target;
    uint64_t lun;
    uint8_t reserved3[7];
    uint8_t checksum;
} __attribute__((packed));
_Static_assert(sizeof(struct drive_parameters_raw) == DRIVE_PARAMETERS_SIZE,
               "what the specification says");

bool packet_decode(const uint8_t *raw, uint16_t block_size, struct packet *p)
{
    uint32_t end = REAL_MODE_END;
    uint32_t size;

    if (raw[0] < PACKET_MIN_SIZE) {
        return false;
    }
    p->count = get_le16(raw + PACKET_COUNT);
    p->lba = get_le32(raw + PACKET_LBA) |
             (uint64_t)get_le32(raw + PACKET_LBA + 4) << 32;
    p->data = ((uint32_t)get_le16(raw + PACKET_SEGMENT) << 4) +
              get_le16(raw + PACKET_OFFSET);
    p->physical = get_le32(raw + PACKET_OFFSET) == UINT32_MAX &&
                  raw[0] >= PACKET_MAX_SIZE;
    if (p->physical) {
        p->data = get_le32(raw + PACKET_ADDRESS);
        end = UINT32_MAX;
        if (get_le32(raw + PACKET_ADDRESS + 4)) {
            return false;
        }
    }
    size = (uint32_t)p->count * block_size;
    return p->data <= end && size <= end - p->data;
}

static void set_path(struct drive_parameters_raw *raw,
                     const struct drive_parameters *d)
{
    const uint8_t *p = (const uint8_t *)raw;
    uint8_t sum = 0;

    raw->key = PATH_KEY;
    raw->path_size = PATH_SIZE;
    __builtin_memcpy(raw->host_bus, "PCI ", 4);
    __builtin_memcpy(raw->interface, "SCSI    ", 8);
    raw->bus = d->bdf >> 8;
    raw->slot = d->bdf >> 3 & 0x1f;
    raw->function = d->bdf & 7;
    raw->target = d->target;
    raw->lun = d->lun;
    for (unsigned i = PATH_OFFSET; i < DRIVE_PARAMETERS_SIZE; i++) {
        sum += p[i];
    }
    raw->checksum = -sum;
}

uint16_t drive_parameters_encode(const struct drive_parameters *d,
                                 uint16_t size, uint8_t *buf)
{
    struct drive_parameters_raw *raw = (struct drive_parameters_raw *)buf;

    if (size < DRIVE_PARAMETERS_MIN_SIZE) {
        return 0;
    }
    size = size >= DRIVE_PARAMETERS_SIZE ? DRIVE_PARAMETERS_SIZE
           : size >= DRIVE_PARAMETERS_2_SIZE ? DRIVE_PARAMETERS_2_SIZE
           : DRIVE_PARAMETERS_MIN_SIZE;
    __builtin_memset(raw, 0, sizeof(*raw));
    raw->size = size;
    raw->info = d->removable ? INFO_REMOVABLE | INFO_LOCKABLE |
                               INFO_CHANGE_LINE : INFO_GEOMETRY;
    raw->cylinders = d->cylinders;
    raw->heads = d->heads;
    raw->sectors = d->sectors;
    raw->blocks = d->blocks;
    raw->block_size = d->block_size;
    raw->dpte = UINT32_MAX;
    set_path(raw, d);
    return size;
}
