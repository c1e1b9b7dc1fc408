/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: what only the messages of the initialisation have
 */

#include "console.h"

void print_ram(const char *text)
{
    while (*text) {
        print_char(*text++);
    }
}

void print_hex(uint32_t value, unsigned digits)
{
    while (digits--) {
        uint8_t digit = value >> 4 * digits & 0xf;

        print_char(digit + (digit < 10 ? '0' : 'a' - 10));
    }
}

void print_number(uint32_t value)
{
    if (value >= 10) {
        print_number(value / 10);
    }
    print_char('0' + value % 10);
}
