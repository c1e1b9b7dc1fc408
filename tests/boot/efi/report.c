/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Test of the EFI driver: what the host is told
 */

#include "efi-test.h"

#define COM1            0x3f8
#define LINE_STATUS     5
#define TX_EMPTY        0x20

static inline void outb(UINT16 port, UINT8 value)
{
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline UINT8 inb(UINT16 port)
{
    UINT8 value;

    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

void put(const char *text)
{
    for (; *text; text++) {
        while (!(inb(COM1 + LINE_STATUS) & TX_EMPTY)) {
        }
        outb(COM1, *text);
    }
}

void put_number(UINT64 number)
{
    static const char digits[] = "0123456789abcdef";
    char text[19] = "0x";
    int shift, i = 2;

    for (shift = 60; shift > 0 && !(number >> shift); shift -= 4) {
    }
    for (; shift >= 0; shift -= 4) {
        text[i++] = digits[(number >> shift) & 0xf];
    }
    text[i] = '\0';
    put(text);
}

void begin(const char *test)
{
    put("TEST ");
    put(test);
    put("\n");
}

void check(BOOLEAN good, const char *what)
{
    put(good ? "PASS " : "FAIL ");
    put(what);
    put("\n");
}

void check_equal(UINT64 is, UINT64 should_be, const char *what)
{
    check(is == should_be, what);
    if (is != should_be) {
        put("it is ");
        put_number(is);
        put(", should be ");
        put_number(should_be);
        put("\n");
    }
}
