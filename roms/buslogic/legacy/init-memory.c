/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: where the RAM block comes from
 *
 * This runs on the BIOS's stack and before there are any variables.
 */

#include "console.h"
#include "layout.h"

/* POST Memory Manager Specification 1.01, section 2.1 */
#define PMM_SIGNATURE       0x4d4d5024  /* "$PMM" */
#define PMM_LENGTH          5
#define PMM_ENTRY           7
#define PMM_FIRST_SEGMENT   0xe000
#define PMM_LAST_SEGMENT    0xffff

#define PARAGRAPH           16
#define ONE_MIB             0x100000
#define KIB_SEGMENTS        (1024 / PARAGRAPH)
#define RAM_KIB             (RAM_SIZE / 1024)

/* With less than that, do not take any: nothing could be booted anyway */
#define MIN_BASE_MEMORY     64          /* KiB */

uint16_t memory_allocate(void);

/* entry.S */
uint32_t pmm_allocate(uint32_t entry, uint32_t paragraphs);

static bool is_pmm(uint16_t segment)
{
    uint8_t sum = 0;

    set_fs(segment);
    if (FAR(uint32_t, 0) != PMM_SIGNATURE) {
        return false;
    }
    for (unsigned i = 0; i < FAR(uint8_t, PMM_LENGTH); i++) {
        sum += FAR(uint8_t, i);
    }
    return !sum;
}

static uint16_t allocate_by_pmm(void)
{
    uint32_t address;

    for (uint32_t s = PMM_FIRST_SEGMENT; s <= PMM_LAST_SEGMENT; s++) {
        if (!is_pmm(s)) {
            continue;
        }
        address = pmm_allocate(FAR(uint32_t, PMM_ENTRY), RAM_SIZE / PARAGRAPH);
        if (address && address % PARAGRAPH == 0 && address < ONE_MIB) {
            return address / PARAGRAPH;
        }
    }
    return 0;
}

/* As before there was a memory manager: conventional memory gets smaller. */
static uint16_t allocate_base_memory(void)
{
    uint16_t size = far_read16(BDA_SEGMENT, BDA_BASE_MEMORY);

    if (size < MIN_BASE_MEMORY) {
        return 0;
    }
    size -= RAM_KIB;
    far_write16(BDA_SEGMENT, BDA_BASE_MEMORY, size);
    return size * KIB_SEGMENTS;
}

/* Returns the segment of the RAM block, or 0 if there is no room for it. */
uint16_t memory_allocate(void)
{
    uint16_t segment = allocate_by_pmm();

    if (!segment) {
        segment = allocate_base_memory();
    }
    if (!segment) {
        print(INIT_TEXT("BusLogic: no memory for the boot ROM\n"));
    }
    return segment;
}
