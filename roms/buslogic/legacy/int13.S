/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: where INT 13h arrives
 *
 * There are two hooks.  That for the disks is put in front of the BIOS's
 * handler when the first disk gets its number; other adapters' may follow.
 * That for the CD-ROM which was booted from comes last, hence first: its
 * emulated drives push the others' numbers up.
 */

#include "layout.h"
#include "stack.h"

#define CARRY_FLAG          0x01
#define STATUS_NOT_READY    0xaa
#define FIRST_HARD_DISK     0x80
#define FIRST_CDROM         0xe0
#define FUNCTION_EMULATION  0x4b
#define ANY_EMULATION       0x7f    /* drive number */
#define FUNCTION_PARAMETERS 0x08
#define FUNCTION_TYPE       0x15
#define REGISTERS_SIZE      40      /* struct registers */

    .code16

    .section .text.int13, "ax"

/* IP, CS and FLAGS of the caller are on the stack in both. */
    .global int13_disk_entry
int13_disk_entry:
    pushw   %ds
    pushw   %bx
    movw    %cs:ram_segment_word, %ds
    movzbw  %dl, %bx
    btw     %bx, int13_our_drives
    popw    %bx
    jnc     pass_disk
    cmpb    $0, int13_busy
    jne     refuse
    movw    $int13_disk, handler
    jmp     handle

pass_disk:
    popw    %ds
disk_jump:
    ljmpw   $0, $int13_disk_chain

    .global int13_cdrom_entry
int13_cdrom_entry:
    pushw   %ds
    movw    %cs:ram_segment_word, %ds
    cmpb    $0, cdrom_active
    je      pass_cdrom
    cmpb    cdrom_drive, %dl
    je      1f
    cmpb    $ANY_EMULATION, %dl
    jne     2f
    cmpb    $FUNCTION_EMULATION, %ah
    jne     2f
1:  cmpb    $0, int13_busy
    jne     refuse
    movw    $int13_cdrom, handler
    jmp     handle

    /* Drives of the same kind with higher numbers have been pushed up. */
2:  cmpb    $0, cdrom_shifts
    je      pass_cdrom
    cmpb    $FIRST_CDROM, %dl
    jae     pass_cdrom
    cmpb    cdrom_drive, %dl
    jb      pass_cdrom
    pushw   %dx
    xorb    cdrom_drive, %dl
    testb   $FIRST_HARD_DISK, %dl
    popw    %dx
    jnz     pass_cdrom
    popw    %ds
    pushw   %dx
    pushw   %ax
    decb    %dl
    pushfw
cdrom_call:
    lcallw  $0, $int13_cdrom_chain
    pushw   %bp
    movw    %sp, %bp                /* BP, AX, DX, IP, CS, FLAGS */
    jc      3f
    andb    $~CARRY_FLAG, 10(%bp)
    jmp     4f
3:  orb     $CARRY_FLAG, 10(%bp)
4:  cmpb    $FUNCTION_PARAMETERS, 3(%bp)
    je      5f
    cmpb    $FUNCTION_TYPE, 3(%bp)
    je      5f
    movw    4(%bp), %dx
5:  popw    %bp
    addw    $4, %sp
    iretw

pass_cdrom:
    popw    %ds
cdrom_jump:
    ljmpw   $0, $int13_cdrom_chain

/*
 * Run a handler in C.  On the stack, above what an INT leaves there, is DS.
 * There are struct registers on our stack, and CF goes into the caller's
 * flags.
 */
handle:
    movb    $1, int13_busy
    popw    caller_ds
    movw    %ss, caller_stack + 4
    movl    %esp, caller_stack
    pushw   %ds
    popw    %ss
    movl    $RAM_SIZE, %esp
    pushal
    pushw   caller_ds
    pushw   %es
    pushw   %fs
    pushw   %gs
    pushw   %ds
    popw    %es
    pushw   %cs
    popw    %gs
    cld
    sti
    movl    %esp, %eax
    movzwl  handler, %edx
    calll   *%edx
    cli
    movb    %al, carry
    popw    %gs
    popw    %fs
    popw    %es
    addw    $2, %sp
    popal
    lssl    caller_stack, %esp
    movb    $0, int13_busy
    pushw   %bp
    movw    %sp, %bp                /* BP, IP, CS, FLAGS */
    pushw   %ax
    movb    carry, %al
    andb    $~CARRY_FLAG, 6(%bp)
    orb     %al, 6(%bp)
    popw    %ax
    popw    %bp
    movw    caller_ds, %ds
    iretw

/* Somebody's interrupt handler wants a disk while we wait for one. */
refuse:
    popw    %ds
    movb    $STATUS_NOT_READY, %ah
    pushw   %bp
    movw    %sp, %bp
    orb     $CARRY_FLAG, 6(%bp)
    popw    %bp
    iretw

/*
 * bool int13_call(struct registers *r): INT 13h by way of int13_via, from C
 * code and with those registers; returns CF
 */
    .global int13_call
int13_call:
    pushl   %ebx
    pushl   %esi
    pushl   %edi
    pushl   %ebp
    movl    %eax, call_registers
    cli
    movl    %esp, call_stack
    movl    %eax, %esp
    popw    %gs
    popw    %fs
    popw    %es
    popw    %ds
    popal
    movl    %ss:call_stack, %esp
    pushfw
via_call:
    lcallw  $0, $int13_via
    cli
    setc    %ss:carry
    movl    %ss:call_registers, %esp
    addl    $REGISTERS_SIZE, %esp
    pushal
    pushw   %ds
    pushw   %es
    pushw   %fs
    pushw   %gs
    movl    %ss:call_stack, %esp
    pushw   %ss
    popw    %ds
    pushw   %ss
    popw    %es
    pushw   %cs
    popw    %gs
    cld
    sti
    movzbl  carry, %eax
    popl    %ebp
    popl    %edi
    popl    %esi
    popl    %ebx
    retl

    .section .ramrefs, "a"
    ram_reference disk_jump + 3
    ram_reference cdrom_jump + 3
    ram_reference cdrom_call + 3
    ram_reference via_call + 3

    .data
.macro far_jump name
    .global \name
\name:
    .byte   0xea                    /* JMP FAR */
    .word   0, 0
.endm

    far_jump int13_disk_chain
    far_jump int13_cdrom_chain
    far_jump int13_via

    .bss
    .global int13_busy, int13_our_drives, caller_stack
    .balign 4
caller_stack:
    .skip   6                       /* ESP, SS */
caller_ds:
    .skip   2
call_stack:
    .skip   4
call_registers:
    .skip   4
handler:
    .skip   2
carry:
    .skip   1
int13_busy:
    .skip   1
int13_our_drives:
    .skip   32                      /* 256 bits */

    .section .note.GNU-stack, "", @progbits
