/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: numbers in byte arrays, and division
 */

#ifndef ROMS_BUSLOGIC_BYTES_H
#define ROMS_BUSLOGIC_BYTES_H

#include <stdint.h>

static inline uint16_t get_le16(const uint8_t *p)
{
    return p[0] | p[1] << 8;
}

static inline uint32_t get_le32(const uint8_t *p)
{
    return get_le16(p) | (uint32_t)get_le16(p + 2) << 16;
}

static inline uint32_t get_be32(const uint8_t *p)
{
    return __builtin_bswap32(get_le32(p));
}

static inline void put_le32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        p[i] = value >> 8 * i;
    }
}

static inline void put_be32(uint8_t *p, uint32_t value)
{
    put_le32(p, __builtin_bswap32(value));
}

/*
 * @dividend / @divisor, or all ones if that does not fit.  The compiler would
 * call a function of libgcc, which is not there.
 */
static inline uint32_t divide(uint64_t dividend, uint32_t divisor)
{
    uint32_t low = dividend, high = dividend >> 32;

    if (high >= divisor) {
        return UINT32_MAX;
    }
    asm("divl %2" : "+a"(low), "+d"(high) : "r"(divisor) : "cc");
    return low;
}

#endif /* ROMS_BUSLOGIC_BYTES_H */
