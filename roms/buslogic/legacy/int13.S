/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: where INT 13h arrives for the disks
 *
 * The hook is put in front of the BIOS's handler when the first disk gets its
 * number.  Other adapters' may follow.
 */

#include "layout.h"
#include "stack.inc"

#define STATUS_NOT_READY    0xaa
#define FUNCTION_EMULATION  0x4b
#define REGISTERS_SIZE      40      /* struct registers */

    .code16

    .text

/*
 * IP, CS and FLAGS of the caller are on the stack.  After PUSHF and a far call,
 * interrupts can be on.  They wait until int13_busy tells a nested call of this
 * one, or until the call is somebody else's.
 *
 * The BIOS may have CD-ROMs, too.  When one of them emulates drive 80h, all
 * hard disks have moved up by one, ours as well.  The first sign is that there
 * are more disks than before.
 */
    .global int13_disk_entry
int13_disk_entry:
    pushfw
    cli
    pushw   %ds
    pushw   %bx
    movw    $BDA_SEGMENT, %bx
    movw    %bx, %ds
    movb    BDA_DISK_COUNT, %bl
    movw    %cs:ram_segment_word, %ds
    cmpb    $0, int13_busy
    jne     1f
    cmpb    int13_disk_count, %bl
    je      1f
    movb    %bl, int13_disk_count
    call    look_for_emulation
1:  movzbw  %dl, %bx
    subb    int13_shift, %bl
    btw     %bx, int13_our_drives
    popw    %bx
    jnc     pass_disk
    cmpb    $0, int13_busy
    jne     int13_refuse
    movw    $int13_disk, int13_handler
    jmp     int13_handle

    /* The BIOS ends its emulation without a change to the number of disks. */
pass_disk:
    cmpb    $FUNCTION_EMULATION, %ah
    jne     2f
    movb    $0, int13_disk_count
2:  popw    %ds
    popfw
disk_jump:
    ljmpw   $0, $int13_disk_chain

look_for_emulation:
    pushal
    pushw   %es
    pushw   %fs
    pushw   %gs
    movb    $1, int13_busy
    on_own_stack int13_look_for_emulation
    movb    $0, int13_busy
    popw    %gs
    popw    %fs
    popw    %es
    popal
    ret

/*
 * Run a handler in C.  On the stack, above what an INT leaves there, are the
 * flags that the entry point has got, and DS.  Interrupts are off.  There are
 * struct registers on our stack, and CF goes into the caller's flags.
 */
    .global int13_handle
int13_handle:
    movb    $1, int13_busy
    popw    caller_ds
    addw    $2, %sp
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
    movzwl  int13_handler, %edx
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
    .global int13_refuse
int13_refuse:
    popw    %ds
    addw    $2, %sp
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
    ram_reference via_call + 3

    .data
    far_jump int13_disk_chain
    far_jump int13_via

    .bss
    .global int13_busy, int13_handler, caller_stack
    .global int13_our_drives, int13_disk_count, int13_shift
    .balign 4
caller_stack:
    .skip   6                       /* ESP, SS */
caller_ds:
    .skip   2
call_stack:
    .skip   4
call_registers:
    .skip   4
int13_handler:
    .skip   2
carry:
    .skip   1
int13_busy:
    .skip   1
int13_disk_count:
    .skip   1                       /* what was found in the BIOS data area */
int13_shift:
    .skip   1                       /* how far our numbers have moved */
int13_our_drives:
    .skip   32                      /* 256 bits */

    .section .note.GNU-stack, "", @progbits
