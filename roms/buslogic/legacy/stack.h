/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: what the entry points in assembler share
 */

#ifndef ROMS_BUSLOGIC_STACK_H
#define ROMS_BUSLOGIC_STACK_H

#define CARRY_FLAG          0x01

/* A word in the ROM that the initialisation sets to the RAM block's segment */
.macro ram_reference where
    .word   \where
.endm

/* A jump, in RAM, to the handler that was there before ours */
.macro far_jump name
    .global \name
\name:
    .byte   0xea                    /* JMP FAR */
    .word   0, 0
.endm

/*
 * Call a C function on the adapter's own stack, as callers may have hardly
 * any, and none that 32-bit code can use.  DS is the RAM block.  Preserves
 * what C functions preserve; interrupts are off afterwards.
 */
.macro on_own_stack function
    cli
    movw    %ss, caller_stack + 4
    movl    %esp, caller_stack
    pushw   %ds
    popw    %ss
    movl    $RAM_SIZE, %esp
    pushw   %ds
    popw    %es
    pushw   %cs
    popw    %gs
    cld
    sti
    calll   \function
    cli
    lssl    caller_stack, %esp
.endm

#endif /* ROMS_BUSLOGIC_STACK_H */
