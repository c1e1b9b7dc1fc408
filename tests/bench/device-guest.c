/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A guest that does nothing but keep the adapter busy, without an operating
 * system.  "make bench-device" counts what that costs QEMU.
 *
 * Command line: DEPTH SEGMENTS ROUNDS.  Each round puts DEPTH commands into
 * the mailboxes, rings the doorbell once and waits until all have come back.
 * The command is a READ of SEGMENTS blocks, one in each entry of its list, or
 * a TEST UNIT READY if SEGMENTS is 0.  The debug port gets a "+" before the
 * first round and a "-" after the last one, or an "!" if anything is wrong.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/scsi/buslogic-regs.h"

#define MULTIBOOT_MAGIC     0x1badb002
#define MULTIBOOT_MEMORY    2       /* a request: memory, in the flags */
#define MULTIBOOT_CMDLINE   16      /* offset in what the loader tells */
#define DEBUG_PORT          0xe9
#define EXIT_PORT           0x501   /* isa-debug-exit */
#define PCI_ADDRESS         0xcf8
#define PCI_DATA            0xcfc
#define PCI_BAR0            0x10
#define MAX_DEPTH           255
#define BLOCK               512     /* bytes */
#define READ_10             0x28

__attribute__((section(".multiboot"), used))
static const uint32_t header[] = {
    MULTIBOOT_MAGIC, MULTIBOOT_MEMORY, -(MULTIBOOT_MAGIC + MULTIBOOT_MEMORY),
};

/* The outgoing ones, then as many incoming ones */
static BuslogicMailbox32 rings[2 * MAX_DEPTH];
static BuslogicCCB32 ccbs[MAX_DEPTH];
static BuslogicSGE32 list[BL_SG_LIMIT];
static uint8_t data[BL_SG_LIMIT * BLOCK];
static uint16_t base;

static void outb(uint16_t port, uint8_t val)
{
    asm volatile("outb %0, %1" : : "a"(val), "Nd"(port) : "memory");
}

static uint8_t inb(uint16_t port)
{
    uint8_t val;

    asm volatile("inb %1, %0" : "=a"(val) : "Nd"(port) : "memory");
    return val;
}

static uint32_t pci_read(uint32_t addr)
{
    uint32_t val;

    asm volatile("outl %0, %w1" : : "a"(addr), "Nd"(PCI_ADDRESS));
    asm volatile("inl %w1, %0" : "=a"(val) : "Nd"(PCI_DATA));
    return val;
}

static void pci_write(uint32_t addr, uint32_t val)
{
    asm volatile("outl %0, %w1" : : "a"(addr), "Nd"(PCI_ADDRESS));
    asm volatile("outl %0, %w1" : : "a"(val), "Nd"(PCI_DATA));
}

static void end(char mark)
{
    outb(DEBUG_PORT, mark);
    for (;;) {
        outb(EXIT_PORT, 0);
    }
}

/* The ports, with I/O and bus mastering switched on; 0 if not there */
static uint16_t find_adapter(void)
{
    for (uint32_t slot = 0; slot < 32; slot++) {
        uint32_t addr = 1u << 31 | slot << 11;

        if (pci_read(addr) == (BUSLOGIC_PCI_DEVICE_ID << 16 |
                               BUSLOGIC_PCI_VENDOR_ID)) {
            pci_write(addr + 4, 5);
            return pci_read(addr + PCI_BAR0) & ~3;
        }
    }
    return 0;
}

static void command(uint8_t val)
{
    outb(base + A_COMMAND, val);
}

static void set_up(uint32_t depth)
{
    uint32_t addr = (uintptr_t)rings;

    outb(base + A_CONTROL, R_CONTROL_RSOFT_MASK);
    while (!(inb(base + A_STATUS) & R_STATUS_HARDY_MASK)) {
    }
    command(BL_CMD_INIT_MAILBOX_32);
    command(depth);
    for (int i = 0; i < 4; i++) {
        command(addr >> 8 * i);
    }
    outb(base + A_CONTROL, R_CONTROL_RINT_MASK);
}

static void set_ccb(BuslogicCCB32 *ccb, uint32_t segments)
{
    *ccb = (BuslogicCCB32) { .cdb_len = 6, .sense_len = 1 };
    if (segments) {
        ccb->opcode = BL_CCB_INITIATOR_SG;
        ccb->cdb_len = 10;
        ccb->cdb[0] = READ_10;
        ccb->cdb[7] = segments >> 8;
        ccb->cdb[8] = segments;
        ccb->data_len = segments * sizeof(BuslogicSGE32);
        ccb->data_ptr = (uintptr_t)list;
    }
}

static void set_structures(uint32_t depth, uint32_t segments)
{
    for (uint32_t i = 0; i < segments; i++) {
        list[i].len = BLOCK;
        list[i].addr = (uintptr_t)(data + i * BLOCK);
    }
    for (uint32_t i = 0; i < depth; i++) {
        set_ccb(&ccbs[i], segments);
        rings[i].ccb = (uintptr_t)&ccbs[i];
    }
}

static void run_round(uint32_t depth, bool check)
{
    for (uint32_t i = 0; i < depth; i++) {
        rings[i].code = BL_ACTION_START;
    }
    command(BL_CMD_START_MAILBOX);
    for (uint32_t i = 0; i < depth; i++) {
        volatile BuslogicMailbox32 *in = &rings[depth + i];

        while (in->code == BL_COMPLETION_FREE) {
            asm volatile("pause");
        }
        if (check && in->code != BL_COMPLETION_OK) {
            end('!');
        }
        in->code = BL_COMPLETION_FREE;
    }
    outb(base + A_CONTROL, R_CONTROL_RINT_MASK);
}

static uint32_t number(const char **text)
{
    uint32_t n = 0;

    while (**text == ' ') {
        (*text)++;
    }
    while (**text >= '0' && **text <= '9') {
        n = n * 10 + *(*text)++ - '0';
    }
    return n;
}

static void run(const uint8_t *info)
{
    const char *words = *(const char **)(info + MULTIBOOT_CMDLINE);
    uint32_t depth, segments, rounds;

    /* The first word is the name of this file */
    while (*words && *words != ' ') {
        words++;
    }
    depth = number(&words);
    segments = number(&words);
    rounds = number(&words);
    base = find_adapter();
    if (!base || !depth || depth > MAX_DEPTH || segments > BL_SG_LIMIT) {
        end('!');
    }
    set_up(depth);
    set_structures(depth, segments);
    /* The disk has to tell of the reset once */
    run_round(depth, false);
    outb(DEBUG_PORT, '+');
    for (uint32_t i = 0; i < rounds; i++) {
        run_round(depth, true);
    }
    end('-');
}

static uint8_t stack[16384] __attribute__((aligned(16), used));

__attribute__((naked, used)) void start(void);

void start(void)
{
    asm volatile("movl $stack + 16384, %esp\n\t"
                 "pushl %ebx\n\t"
                 "call enter");
}

__attribute__((used, noreturn)) void enter(const uint8_t *info);

void enter(const uint8_t *info)
{
    run(info);
    end('!');
    __builtin_unreachable();
}
