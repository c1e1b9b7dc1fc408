/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A boot sector that reads by block address, with AH=42h, after it has asked
 * with AH=41h whether it may.  INT 18h when that fails.
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
    movb $0x41, %ah
    movw $0x55aa, %bx
    int $0x13
    jc failed
    cmpw $0xaa55, %bx
    jne failed
    testb $1, %cl
    jz failed
    movw $packet, %si
    movb $0x42, %ah
    int $0x13
    jc failed
    ljmp $0, $TARGET
failed:
    int $0x18

    .balign 4
packet:
    .byte 16, 0
    .word 1, TARGET, 0
    .quad PAYLOAD_LBA

    .org 0x1fe
    .word 0xaa55
