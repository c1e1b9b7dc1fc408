/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Restarts the machine: with %edi = 1 as Ctrl-Alt-Del does, through the reset
 * vector, with 0 through the keyboard controller.
 */

    .code16
    .globl start
start:
    testw %di, %di
    jz 1f
    movw $0x40, %ax
    movw %ax, %ds
    movw $0x1234, 0x72
    ljmp $0xffff, $0
1:  movb $0xfe, %al
    outb %al, $0x64
2:  hlt
    jmp 2b
