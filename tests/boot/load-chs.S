/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A boot sector as DOS has it: asks for the geometry, converts the address of
 * the sector to load, and reads it with AH=02h.  INT 18h when that fails.
 */

    .set PAYLOAD_LBA, 700000     /* see disks.py */
    .set TARGET, 0x8000

    .code16
    .globl start
start:
    ljmp $0, $1f
1:  xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %ss
    movw $0x7c00, %sp
    movb %dl, %bl
    movw %ax, %es
    movw %ax, %di
    pushw %bx
    movb $8, %ah
    int $0x13
    popw %bx
    jc failed
    andl $0x3f, %ecx            /* sectors per track */
    movzbl %dh, %esi
    incl %esi                   /* heads */
    xorl %edx, %edx
    movl $PAYLOAD_LBA, %eax
    divl %ecx
    movw %dx, %cx
    incw %cx
    xorl %edx, %edx
    divl %esi
    movb %dl, %dh               /* head */
    movb %bl, %dl
    movb %al, %ch               /* cylinder */
    shlb $6, %ah
    orb %ah, %cl
    xorw %ax, %ax
    movw %ax, %es
    movw $TARGET, %bx
    movw $0x0201, %ax
    int $0x13
    jc failed
    ljmp $0, $TARGET
failed:
    int $0x18

    .org 0x1fe
    .word 0xaa55
