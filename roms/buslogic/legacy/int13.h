/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: INT 13h
 */

#ifndef ROMS_BUSLOGIC_INT13_H
#define ROMS_BUSLOGIC_INT13_H

#include "device.h"
#include "rom.h"
#include "sense.h"

/* Functions, in AH */
enum int13_function {
    INT13_RESET             = 0x00,
    INT13_LAST_STATUS       = 0x01,
    INT13_READ              = 0x02,
    INT13_WRITE             = 0x03,
    INT13_VERIFY            = 0x04,
    INT13_FORMAT            = 0x05,
    INT13_PARAMETERS        = 0x08,
    INT13_INITIALIZE        = 0x09,
    INT13_SEEK_TRACK        = 0x0c,
    INT13_ALTERNATE_RESET   = 0x0d,
    INT13_TEST_READY        = 0x10,
    INT13_RECALIBRATE       = 0x11,
    INT13_DIAGNOSTIC        = 0x14,
    INT13_TYPE              = 0x15,
    INT13_EXTENSIONS        = 0x41,
    INT13_EXTENDED_READ     = 0x42,
    INT13_EXTENDED_WRITE    = 0x43,
    INT13_EXTENDED_VERIFY   = 0x44,
    INT13_LOCK              = 0x45,
    INT13_EJECT             = 0x46,
    INT13_EXTENDED_SEEK     = 0x47,
    INT13_EXTENDED_PARAMS   = 0x48,
    INT13_EXTENDED_CHANGE   = 0x49,
    INT13_EMULATION         = 0x4b,
    INT13_HARDWARE          = 0x4e,
};

/* What AH=15h returns in AH */
#define INT13_TYPE_DISK     3

/* AL of AH=4Bh, and what it returns in DS:SI ("El Torito" 1.0, section 4) */
enum {
    EMULATION_END,
    EMULATION_STATUS,
};

struct emulation_packet {
    uint8_t size;
    uint8_t media;                  /* and flags */
    uint8_t drive;
    uint8_t controller;
    uint32_t lba;
    uint8_t device;                 /* LUN in bits 7:4, ID in 3:0 */
    uint8_t bus;
    uint16_t cache_segment;         /* 0: none */
    uint16_t load_segment;
    uint16_t sectors;
    uint8_t ch, cl, dh;             /* the last, as from AH=08h */
} PACKED;

#define EMULATION_MEDIA     0x0f
#define EMULATION_DISK      0x04
#define EMULATION_SCSI      0x80

/* The result of a function that succeeds with something else than 0 in AH */
#define INT13_SUCCESS(ah)   (0x100 | (ah))

/*
 * Handle a call for one of the disks, or for the CD-ROM that was booted from.
 * Called from int13.S, on the adapter's own stack.  Returns CF.
 */
bool int13_disk(struct registers *r);
bool int13_cdrom(struct registers *r);

/*
 * Take the next INT 13h number for a disk, and the interrupt; false if all
 * numbers are taken, as those of CD-ROMs and floppies are not for disks
 */
bool int13_add_disk(struct device *d);

/* AH=08h; all functions that only need to know the geometry */
int int13_parameters(struct registers *r, const struct geometry *g);
int int13_common(struct registers *r, const struct geometry *g);

/* Put the result of a function where callers look for it; returns CF */
bool int13_finish(struct registers *r, int result, uint16_t status_offset);

/* AH=41h and higher, in edd.c; for disks and CD-ROMs */
int edd(struct registers *r, const struct device *d);

/* The address in CX and DH */
static inline struct chs registers_chs(const struct registers *r)
{
    return (struct chs) { .ch = r->ch, .cl = r->cl, .dh = r->dh };
}

/* int13.S, cdrom-entry.S: entry points, offsets in the ROM */
extern const uint8_t int13_disk_entry[], int13_cdrom_entry[];
extern const uint8_t int18_entry[], int19_entry[];

/* There, too: far jumps, in RAM, to the handlers that were there before */
struct far_jump {
    uint8_t opcode;
    uint16_t offset, segment;
} PACKED;

extern struct far_jump int13_disk_chain, int13_cdrom_chain, int13_via;
extern struct far_jump int18_chain, int19_chain;

/* int13.S: call what int13_via has with these registers; returns CF */
bool int13_call(struct registers *r);

/* Put an entry point in front of what an interrupt calls, once */
void hook(uint8_t interrupt, struct far_jump *chain, const uint8_t *entry);

/*
 * Called by int13.S when there are more disks than before: does the BIOS
 * emulate one?
 */
void int13_look_for_emulation(void);

/* int13.S: the number of disks when it was last looked at, and the result */
extern uint8_t int13_disk_count, int13_shift;

/* int13.S: a bit for each INT 13h number that is one of our disks */
extern uint8_t int13_our_drives[256 / 8];

#endif /* ROMS_BUSLOGIC_INT13_H */
