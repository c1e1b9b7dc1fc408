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

/* Decode a packet; false if it is too short to be one */
bool packet_decode(const uint8_t *raw, struct packet *p);

/*
 * Do its blocks, of @block_size bytes, fit where its buffer is: what a real
 * mode address can reach, or 32 bits of memory?
 */
bool packet_buffer_valid(const struct packet *p, uint16_t block_size);

/* Result of AH=48h, LE */
#define DRIVE_PARAMETERS_MIN_SIZE   26
#define DRIVE_PARAMETERS_2_SIZE     30  /* with the address of a DPTE */
#define DRIVE_PARAMETERS_SIZE       74  /* with the device path */

#define DRIVE_REMOVABLE             0x0034 /* can change and be locked, too */
#define DRIVE_GEOMETRY              0x0002 /* there is one */

struct drive_parameters {
    uint16_t size;
    uint16_t info;
    uint32_t cylinders, heads, sectors;
    uint64_t blocks;
    uint16_t block_size;
    uint32_t dpte;                  /* all ones: none */

    /* Device path */
    uint16_t key;
    uint8_t path_size;
    uint8_t reserved[3];
    char host_bus[4];
    char interface[8];
    uint8_t bus, slot, function, channel;   /* on ISA: ports, LE */
    uint8_t reserved2[4];
    uint16_t target;
    uint64_t lun;
    uint8_t reserved3[7];
    uint8_t checksum;
} __attribute__((packed));
_Static_assert(sizeof(struct drive_parameters) == DRIVE_PARAMETERS_SIZE,
               "what the specification says");

/* Where the adapter is: a PCI function, or ports on the ISA bus */
void drive_parameters_on_pci(struct drive_parameters *d, uint16_t bdf);
void drive_parameters_on_isa(struct drive_parameters *d, uint16_t ports);

/*
 * Complete the structure, which describes the drive and its place already.
 * Returns how much of it to store in the caller's buffer of @size bytes, 0 if
 * that is too small.
 */
uint16_t drive_parameters_finish(struct drive_parameters *d, uint16_t size);

#endif /* ROMS_BUSLOGIC_PACKET_H */
