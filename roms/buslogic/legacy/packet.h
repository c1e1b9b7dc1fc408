/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: structures of the Enhanced Disk Drive services
 *
 * BIOS Enhanced Disk Drive Services 3.0 (T13/1386D).  Pure functions.
 */

#ifndef ROMS_BUSLOGIC_PACKET_H
#define ROMS_BUSLOGIC_PACKET_H

#include <stdbool.h>
#include <stdint.h>

/* Disk address packet */
#define PACKET_MAX_SIZE     24      /* with a 64-bit address */
#define PACKET_COUNT        2       /* blocks, LE16; also returned here */

struct packet {
    uint64_t lba;
    uint32_t data;                  /* linear, or physical */
    uint16_t count;                 /* blocks */
    bool physical;
};

/*
 * Decode a packet and check that blocks of @block_size bytes fit where its
 * buffer is: what a real mode address can reach, or 32 bits of memory.
 */
bool packet_decode(const uint8_t *raw, uint16_t block_size, struct packet *p);

/* Result of AH=48h */
#define DRIVE_PARAMETERS_MIN_SIZE   26
#define DRIVE_PARAMETERS_2_SIZE     30  /* with the address of a DPTE */
#define DRIVE_PARAMETERS_SIZE       74  /* with the device path */

struct drive_parameters {
    uint32_t cylinders, heads, sectors; /* 0 for a CD-ROM */
    uint64_t blocks;
    uint16_t block_size;
    bool removable;
    uint16_t bdf;                   /* PCI bus, device, function */
    uint8_t target, lun;
};

/*
 * Fill in DRIVE_PARAMETERS_SIZE bytes at @raw.  Returns how many of them to
 * store in the caller's buffer of @size bytes, 0 if that is too small.
 */
uint16_t drive_parameters_encode(const struct drive_parameters *d,
                                 uint16_t size, uint8_t *raw);

#endif /* ROMS_BUSLOGIC_PACKET_H */
