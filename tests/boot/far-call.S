/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A call of an interrupt's handler by PUSHF and a far call, with interrupts on
 * or off as in the caller's flags.  See far_call.py.
 *
 * It can be made instruction by instruction.  Wherever an interrupt is possible
 * while the handler is in an option ROM, the trap calls INT 13h as an interrupt
 * handler might.  It gives up as soon as the call gets to the BIOS.
 */

    .set ENTRY, 0x1200          /* far_call.py knows these */
    .set STEPPING, 0x1204       /* TF or 0 */
    .set NESTED, 0x1206         /* AX, BX, CX, DX of the trap's calls; ES is 0 */
    .set SUCCEEDED, 0x120e      /* how many of them have, ... */
    .set REFUSED, 0x1212
    .set FAILED, 0x1216
    .set FLAGS_IN_BIOS, 0x121a  /* 0: it did not get there */

    .set IF, 0x200
    .set TF, 0x100
    .set BIOS_SEGMENT, 0xf000
    .set NOT_READY, 0xaa

    .code16
    .globl start
start:                          /* IP, CS, FLAGS */
    jmp begin
    .org 4
    jmp trap

begin:
    movl %esp, %cs:caller_stack
    movw %ss, %cs:caller_stack + 4
    pushw %bp
    pushw %ax
    movw %sp, %bp
    movw 8(%bp), %ax
    orw %cs:STEPPING, %ax
    movw %ax, %cs:flags
    popw %ax
    popw %bp
    pushw %cs:flags
    pushw %cs:flags
    popfw
    lcallw *%cs:ENTRY
    pushfw
    popw %cs:flags
    pushw $0
    popfw
    andw $~TF, %cs:flags
    pushw %bp
    movw %sp, %bp
    pushw %cs:flags
    popw 6(%bp)
    popw %bp
    iretw

trap:                           /* IP, CS, FLAGS */
    pushw %bp
    movw %sp, %bp
    cmpw $0, 4(%bp)
    je 3f                       /* before or after the call */
    cmpw $BIOS_SEGMENT, 4(%bp)
    jae give_up
    testw $IF, 6(%bp)
    jz 3f
    pushal
    pushw %ds
    pushw %es
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw NESTED, %ax
    movw NESTED + 2, %bx
    movw NESTED + 4, %cx
    movw NESTED + 6, %dx
    int $0x13
    movw $SUCCEEDED, %bx
    jnc 2f
    movw $REFUSED, %bx
    cmpb $NOT_READY, %ah
    je 2f
    movw $FAILED, %bx
2:  incl (%bx)
    popw %es
    popw %ds
    popal
3:  popw %bp
    iretw

give_up:
    movw 6(%bp), %ax
    movw %ax, %cs:FLAGS_IN_BIOS
    lssl %cs:caller_stack, %esp
    iretw

caller_stack:
    .skip 6
flags:
    .skip 2
