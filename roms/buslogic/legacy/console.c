/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: messages on the screen, through INT 10h
 */

#include "console.h"

#define TELETYPE    0x0e00
#define WHITE       0x0007          /* on page 0 */

static void teletype(uint8_t c)
{
    uint32_t ax = TELETYPE | c, bx = WHITE;

    /* There are BIOSes that lose BP and more here. */
    asm volatile("pushal; int $0x10; popal" : : "a"(ax), "b"(bx) : "memory");
}

void print_char(char c)
{
    if (c == '\n') {
        teletype('\r');
    }
    teletype(c);
}

void print(const char __seg_gs *text)
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
