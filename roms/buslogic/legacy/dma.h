/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: buffers for the bus master
 *
 * In real mode, a linear address is a physical one.  Below a memory manager
 * it need not be; there the Virtual DMA Specification's services tell, or the
 * data go through the RAM block.
 */

#ifndef ROMS_BUSLOGIC_DMA_H
#define ROMS_BUSLOGIC_DMA_H

#include "rom.h"

/*
 * Find where @size bytes at @linear are, and keep them there.  False if they
 * are not in one piece.  dma_unmap() undoes a dma_map() that succeeded.
 */
bool dma_map(uint32_t linear, uint32_t size, uint32_t *physical);
void dma_unmap(void);

#endif /* ROMS_BUSLOGIC_DMA_H */
