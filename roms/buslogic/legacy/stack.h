/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: what the entry points in assembler share
 */

#ifndef ROMS_BUSLOGIC_STACK_H
#define ROMS_BUSLOGIC_STACK_H

/* A word in the ROM that the initialisation sets to the RAM block's segment */
.macro ram_reference where
    .word   \where
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
