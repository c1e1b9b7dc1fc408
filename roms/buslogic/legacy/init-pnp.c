/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the headers from which the BIOS makes its boot menu
 *
 * The ROM is in RAM now, and changes itself; GS is its segment.
 */

#include "adapter.h"
#include "console.h"
#include "init.h"
#include "layout.h"

#define ROM_BLOCK       512
#define ROM_SIZE        2           /* offset of the size, in blocks */
#define ROM_CHECKSUM    6
#define PNP_POINTER     0x1a

/* Behind the ROM's headers, over code that nobody needs any more */
#define EMPTY_RECORD    0x40

#define NEAR_CALL       0xe8

/* Plug and Play BIOS Specification 1.0A, section 3.2 */
struct pnp_header {
    uint32_t signature;
    uint8_t revision;
    uint8_t size;                   /* in units of 16 bytes */
    uint16_t next;
    uint8_t reserved;
    uint8_t checksum;
    uint32_t device_id;
    uint16_t manufacturer;
    uint16_t product;
    uint8_t type[3];
    uint8_t indicators;
    uint16_t bcv;                   /* adds a disk to INT 13h */
    uint16_t dv;
    uint16_t bev;                   /* boots */
    uint16_t reserved2;
    uint16_t resources;
} PACKED;
_Static_assert(sizeof(struct pnp_header) == PNP_HEADER_SIZE, "in entry.S");

struct pnp_record {
    struct pnp_header header;
    uint8_t call;
    uint16_t call_distance;         /* to boot_entry */
    char name[PNP_NAME_SIZE];
} PACKED;
_Static_assert(sizeof(struct pnp_record) == PNP_RECORD_SIZE, "in entry.S");

/* Offsets in the ROM, see rom.lds; the model of all headers, in entry.S */
extern const uint8_t disk_end[], cdrom_end[], boot_entry[];
extern struct pnp_header pnp_model;

/* In the ROM, which is reached through GS */
typedef struct pnp_record __seg_gs *record_ptr;

static uint8_t sum(const uint8_t __seg_gs *p, unsigned size)
{
    uint8_t total = 0;

    while (size--) {
        total += *p++;
    }
    return total;
}

/* A name while it is being written */
struct name {
    record_ptr record;
    uint8_t length;
};

static void append_char(struct name *n, char c)
{
    if (n->length < PNP_NAME_SIZE - 1) {
        n->record->name[n->length++] = c;
    }
}

static void append(struct name *n, const char __seg_gs *text)
{
    while (*text) {
        append_char(n, *text++);
    }
}

static void append_number(struct name *n, uint8_t value)
{
    if (value >= 10) {
        append_char(n, '0' + value / 10);
    }
    append_char(n, '0' + value % 10);
}

/* A field of INQUIRY, without the blanks at its end, and only what prints */
static void append_field(struct name *n, const uint8_t *field, uint8_t size)
{
    while (size && (field[size - 1] == ' ' || !field[size - 1])) {
        size--;
    }
    if (size) {
        append_char(n, ' ');
    }
    while (size--) {
        append_char(n, *field >= ' ' && *field <= '~' ? *field : '?');
        field++;
    }
}

static void set_name(record_ptr r, struct address a)
{
    struct name n = { .record = r };
    uint8_t inquiry[INQUIRY_SIZE];

    append(&n, INIT_TEXT("BT-"));
    for (const char *p = adapter.model; *p; p++) {
        append_char(&n, *p);
    }
    append(&n, INIT_TEXT(" ID "));
    append_number(&n, a.target);
    if (a.lun) {
        append(&n, INIT_TEXT(" LUN "));
        append_number(&n, a.lun);
    }
    if (scsi_inquiry(a, inquiry)) {
        append_field(&n, inquiry + INQUIRY_VENDOR, INQUIRY_VENDOR_SIZE);
        append_field(&n, inquiry + INQUIRY_PRODUCT, INQUIRY_PRODUCT_SIZE);
    }
    print(r->name);
    print_char('\n');
}

static void set_header_checksum(record_ptr r)
{
    r->header.checksum = 0;
    r->header.checksum = -sum((const uint8_t __seg_gs *)&r->header,
                              sizeof(r->header));
}

static void make_record(record_ptr r, const struct device *d, bool last)
{
    uint16_t here = (uintptr_t)r;
    uint16_t vector = here + PNP_HEADER_SIZE;

    *r = (struct pnp_record) { .call = NEAR_CALL };
    r->call_distance = (uintptr_t)boot_entry - (vector + PNP_CALL_SIZE);
    r->header = *(struct pnp_header __seg_gs *)(uintptr_t)&pnp_model;
    r->header.next = last ? 0 : here + PNP_RECORD_SIZE;
    r->header.product = vector + PNP_CALL_SIZE;
    if (d->kind == DEVICE_DISK) {
        r->header.bcv = vector;
    } else {
        r->header.bev = vector;
    }
    set_name(r, d->address);
}

/* The header of a ROM that has nothing to boot from */
static void make_empty(record_ptr r)
{
    r->header = *(struct pnp_header __seg_gs *)(uintptr_t)&pnp_model;
    r->header.product = r->header.manufacturer = 0;
}

static bool have_cdrom(void)
{
    for (unsigned i = 0; i < MAX_DEVICES; i++) {
        if (devices[i].kind == DEVICE_CDROM) {
            return true;
        }
    }
    return false;
}

static void shrink(uint16_t size)
{
    uint8_t __seg_gs *rom = 0;
    uint16_t blocks = (size + ROM_BLOCK - 1) / ROM_BLOCK;

    rom[ROM_SIZE] = blocks;
    rom[ROM_CHECKSUM] = 0;
    rom[ROM_CHECKSUM] = -sum(rom, blocks * ROM_BLOCK);
}

static record_ptr first_record(unsigned count)
{
    uintptr_t offset = EMPTY_RECORD;

    if (count) {
        offset = (uintptr_t)(have_cdrom() ? cdrom_end : disk_end);
    }
    return (record_ptr)offset;
}

/*
 * A ROM that has no header would be called as a boot connection vector: in one
 * without devices there is a header without vectors.
 */
void pnp_finish(unsigned count)
{
    record_ptr first = first_record(count), r = first;

    pnp_first = (uintptr_t)first;
    *(uint16_t __seg_gs *)PNP_POINTER = pnp_first;
    for (unsigned i = 0; i < count; i++, r++) {
        make_record(r, &devices[i], i == count - 1);
        set_header_checksum(r);
    }
    if (!count) {
        make_empty(r);
        set_header_checksum(r++);
    }
    shrink((uintptr_t)r);
}
