/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the headers from which the BIOS makes its boot menu
 *
 * The ROM is in RAM now, and changes itself; GS is its segment.
 */

#include "console.h"
#include "init.h"
#include "layout.h"

#define ROM_BLOCK       512
#define ROM_SIZE        2           /* offset of the size, in blocks */
#define ROM_CHECKSUM    6

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

/* In the ROM; pointers to it are through GS */
extern struct pnp_record pnp_records[];

/* Where initialisation code begins, behind the records */
typedef struct pnp_record __seg_gs *record_ptr;

static record_ptr record(unsigned index)
{
    return (record_ptr)(uintptr_t)&pnp_records[index];
}

static uint8_t sum(const uint8_t __seg_gs *p, unsigned size)
{
    uint8_t total = 0;

    while (size--) {
        total += *p++;
    }
    return total;
}

/* A name while it is being written; the record has been zeroed. */
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

void pnp_set_name(unsigned index, struct address a, const uint8_t *inquiry)
{
    struct name n = { .record = record(index) };

    for (unsigned i = 0; i < PNP_NAME_SIZE; i++) {
        n.record->name[i] = '\0';
    }
    append(&n, INIT_TEXT("BT-958 ID "));
    append_number(&n, a.target);
    if (a.lun) {
        append(&n, INIT_TEXT(" LUN "));
        append_number(&n, a.lun);
    }
    if (inquiry) {
        append_field(&n, inquiry + INQUIRY_VENDOR, INQUIRY_VENDOR_SIZE);
        append_field(&n, inquiry + INQUIRY_PRODUCT, INQUIRY_PRODUCT_SIZE);
    }
}

/* The first header, the only one that is complete, is the model of all. */
static void make_header(unsigned index, bool last)
{
    record_ptr model = record(0), r = record(index);
    uint16_t here = (uintptr_t)r;
    uint16_t vector = here + PNP_HEADER_SIZE;

    if (index) {
        r->header = model->header;
        r->call = model->call;
        r->call_distance = model->call_distance -
                           (here - (uintptr_t)model);
    }
    r->header.next = last ? 0 : here + PNP_RECORD_SIZE;
    r->header.product = vector + PNP_CALL_SIZE;
    if (devices[index].kind == DEVICE_DISK) {
        r->header.bcv = vector;
        r->header.bev = 0;
    } else {
        r->header.bcv = 0;
        r->header.bev = vector;
    }
    r->header.checksum = 0;
    r->header.checksum = -sum((const uint8_t __seg_gs *)&r->header,
                              sizeof(r->header));
}

static void shrink(uint16_t size)
{
    uint8_t __seg_gs *rom = 0;
    uint16_t blocks = (size + ROM_BLOCK - 1) / ROM_BLOCK;

    rom[ROM_SIZE] = blocks;
    rom[ROM_CHECKSUM] = 0;
    rom[ROM_CHECKSUM] = -sum(rom, blocks * ROM_BLOCK);
}

/* Backwards, as the first one changes, too. */
void pnp_finish(unsigned count)
{
    for (unsigned i = count; i--; ) {
        make_header(i, i == count - 1);
    }
    shrink((uintptr_t)record(count));
}
