/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: memory outside the RAM block
 */

#include "rom.h"

uint8_t buffer[BUFFER_SIZE] __attribute__((section(".buffer")));

uint16_t far_read16(uint16_t segment, uint16_t offset)
{
    set_fs(segment);
    return FAR(uint16_t, offset);
}

void far_write16(uint16_t segment, uint16_t offset, uint16_t value)
{
    set_fs(segment);
    FAR(uint16_t, offset) = value;
}

uint8_t bda_read8(uint16_t offset)
{
    return bda_read16(offset);
}

uint16_t bda_read16(uint16_t offset)
{
    return far_read16(BDA_SEGMENT, offset);
}

void bda_write8(uint16_t offset, uint8_t value)
{
    set_fs(BDA_SEGMENT);
    FAR(uint8_t, offset) = value;
}

void bda_write16(uint16_t offset, uint16_t value)
{
    far_write16(BDA_SEGMENT, offset, value);
}

/*
 * A segment begins every 16 bytes.  The last one is at 0xffff0, and @size is
 * so small that the offset stays below 64 KiB.
 */
static uint16_t point_fs(uint32_t linear)
{
    uint32_t segment = linear >> 4;

    if (segment > 0xffff) {
        segment = 0xffff;
    }
    set_fs(segment);
    return linear - (segment << 4);
}

void far_read(void *to, uint32_t from_linear, uint16_t size)
{
    uint16_t offset = point_fs(from_linear);
    uint8_t *p = to;

    while (size--) {
        *p++ = FAR(uint8_t, offset++);
    }
}

void far_write(uint32_t to_linear, const void *from, uint16_t size)
{
    uint16_t offset = point_fs(to_linear);
    const uint8_t *p = from;

    while (size--) {
        FAR(uint8_t, offset++) = *p++;
    }
}

uint32_t ram_linear(const void *p)
{
    return ((uint32_t)ram_segment() << 4) + (uint32_t)p;
}
