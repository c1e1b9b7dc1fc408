/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: buffers for the bus master
 */

#include "dma.h"

/* Virtual DMA Specification 1.0: INT 4Bh */
#define VDS_LOCK            0x8103
#define VDS_UNLOCK          0x8104
#define VDS_NO_BUFFER       0x04    /* fail rather than copy */
#define VDS_NO_REMAP        0x08    /* fail rather than move pages */

#define CARRY               0x01

struct dma_descriptor {
    uint32_t size;
    uint32_t offset;
    uint16_t segment;
    uint16_t buffer_id;
    uint32_t physical;
};

static struct dma_descriptor mapped;

static bool vds(uint16_t function, uint16_t flags)
{
    uint8_t ah;
    uint32_t ax = function;

    asm volatile("pushw %%ds; popw %%es\n\t"
                 "stc; int $0x4b\n\t"
                 "lahf; movb %%ah, %%al\n\t"
                 "pushw %%ds; popw %%es; cld"
                 : "+a"(ax)
                 : "d"((uint32_t)flags), "D"(&mapped)
                 : "cc", "memory");
    ah = ax;
    return !(ah & CARRY);
}

static bool have_vds(void)
{
    return bda_read8(BDA_VDS) & BDA_VDS_PRESENT;
}

bool dma_map(uint32_t linear, uint32_t size, uint32_t *physical)
{
    if (!protected_mode()) {
        *physical = linear;
        return true;
    }
    if (!have_vds()) {
        return false;
    }
    mapped = (struct dma_descriptor) { .size = size, .offset = linear };
    if (!vds(VDS_LOCK, VDS_NO_BUFFER | VDS_NO_REMAP)) {
        return false;
    }
    *physical = mapped.physical;
    return true;
}

void dma_unmap(void)
{
    if (protected_mode()) {
        vds(VDS_UNLOCK, 0);
    }
}
