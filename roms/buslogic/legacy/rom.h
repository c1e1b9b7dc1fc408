/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the machine as the C code sees it
 *
 * The code runs in real or virtual-8086 mode, compiled with -m16.  CS is the
 * ROM.  DS, ES and SS are the RAM block, so that near pointers reach its
 * variables and the stack.  GS is the ROM, for what is constant and large.
 * FS is free for access to any other segment.
 */

#ifndef ROMS_BUSLOGIC_ROM_H
#define ROMS_BUSLOGIC_ROM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PACKED __attribute__((packed))

/* Constant, stays in the ROM, and is read through GS */
#define IN_ROM __seg_gs __attribute__((section(".romdata")))

/* The same, for data of the initialisation, which are given back after it */
#define IN_INIT __seg_gs __attribute__((section(".initdata")))

/* The BIOS data area */
#define BDA_SEGMENT         0x40
#define BDA_EBDA_SEGMENT    0x0e
#define BDA_EQUIPMENT       0x10
#define BDA_BASE_MEMORY     0x13    /* KiB */
#define BDA_FLOPPY_STATUS   0x41
#define BDA_TICKS           0x6c    /* 18.2 per second */
#define BDA_DISK_STATUS     0x74
#define BDA_DISK_COUNT      0x75
#define BDA_VDS             0x7b
#define BDA_VDS_PRESENT     0x20

/* Interrupt vectors are offset and segment. */
#define IVT_SEGMENT         0
#define VECTOR(interrupt)   ((interrupt) * 4)

#define TICKS_PER_SECOND    18

/* Registers of a caller, or for a call of the BIOS */
struct registers {
    uint16_t gs, fs, es, ds;
    union { uint32_t edi; uint16_t di; };
    union { uint32_t esi; uint16_t si; };
    union { uint32_t ebp; uint16_t bp; };
    uint32_t unused;                /* what PUSHA stores for ESP */
    union { uint32_t ebx; uint16_t bx; struct { uint8_t bl, bh; }; };
    union { uint32_t edx; uint16_t dx; struct { uint8_t dl, dh; }; };
    union { uint32_t ecx; uint16_t cx; struct { uint8_t cl, ch; }; };
    union { uint32_t eax; uint16_t ax; struct { uint8_t al, ah; }; };
};

/* Segment of the ROM; that of the RAM block */
static inline uint16_t rom_segment(void)
{
    uint16_t segment;

    asm("movw %%cs, %0" : "=r"(segment));
    return segment;
}

static inline uint16_t ram_segment(void)
{
    uint16_t segment;

    asm("movw %%ds, %0" : "=r"(segment));
    return segment;
}

static inline void set_fs(uint16_t segment)
{
    asm volatile("movw %0, %%fs" : : "r"(segment));
}

/* Access to what FS points to */
#define FAR(type, offset) (*(volatile type __seg_fs *)(uintptr_t)(offset))

static inline uint8_t inb(uint16_t port)
{
    uint8_t value;

    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void outb(uint16_t port, uint8_t value)
{
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outw(uint16_t port, uint16_t value)
{
    asm volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint32_t inl(uint16_t port)
{
    uint32_t value;

    asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void outl(uint16_t port, uint32_t value)
{
    asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline void interrupts_off(void)
{
    asm volatile("cli" : : : "memory");
}

static inline void interrupts_on(void)
{
    asm volatile("sti" : : : "memory");
}

/* CR0.PE: virtual-8086 mode, as this code never runs in another */
static inline bool protected_mode(void)
{
    uint32_t msw;

    asm volatile("smsw %0" : "=r"(msw));
    return msw & 1;
}

/* memory.c */
uint16_t far_read16(uint16_t segment, uint16_t offset);
void far_write16(uint16_t segment, uint16_t offset, uint16_t value);
uint8_t bda_read8(uint16_t offset);
uint16_t bda_read16(uint16_t offset);
void bda_write8(uint16_t offset, uint8_t value);
void bda_write16(uint16_t offset, uint16_t value);

/* Copy @size bytes between the RAM block and anything below 1 MiB + 64 KiB */
void far_read(void *to, uint32_t from_linear, uint16_t size);
void far_write(uint32_t to_linear, const void *from, uint16_t size);

/* Linear address of something in the RAM block */
uint32_t ram_linear(const void *p);

/* Room for one block of a CD-ROM; whoever needs it has it for a moment only */
#define BUFFER_SIZE 2048
extern uint8_t buffer[BUFFER_SIZE];

#endif /* ROMS_BUSLOGIC_ROM_H */
