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

/* Called by entry.S, with a segment */
uint16_t memory_allocate(void);
void memory_release(uint16_t segment);

/* entry.S */
uint32_t pmm_call(uint32_t entry, uint32_t argument, uint16_t function);

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

/* The entry point of the memory manager, or 0 */
static uint32_t find_pmm(void)
{
    for (uint32_t s = PMM_FIRST_SEGMENT; s <= PMM_LAST_SEGMENT; s++) {
        if (is_pmm(s)) {
            return FAR(uint32_t, PMM_ENTRY);
        }
    }
    return 0;
}

static uint16_t allocate_by_pmm(void)
{
    uint32_t pmm = find_pmm(), address = 0;

    if (pmm) {
        address = pmm_call(pmm, RAM_SIZE / PARAGRAPH, PMM_ALLOCATE);
    }
    return address % PARAGRAPH || address >= ONE_MIB
           ? 0 : address / PARAGRAPH;
}

/* As before there was a memory manager: conventional memory gets smaller. */
static uint16_t allocate_base_memory(void)
{
    uint16_t size = bda_read16(BDA_BASE_MEMORY);

    if (size < MIN_BASE_MEMORY) {
        return 0;
    }
    size -= RAM_KIB;
    bda_write16(BDA_BASE_MEMORY, size);
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

void memory_release(uint16_t segment)
{
    uint16_t size = bda_read16(BDA_BASE_MEMORY);
    uint32_t pmm = find_pmm();

    if (segment == size * KIB_SEGMENTS) {
        bda_write16(BDA_BASE_MEMORY, size + RAM_KIB);
    } else if (pmm) {
        pmm_call(pmm, (uint32_t)segment * PARAGRAPH, PMM_FREE);
    }
}
