/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: where INT 13h arrives for the CD-ROM
 *
 * This hook is put in front of all others when a CD-ROM is booted from: an
 * emulated drive pushes the numbers of the others up.
 */

#include "layout.h"
#include "stack.inc"

#define FIRST_HARD_DISK     0x80
#define FIRST_CDROM         0xe0
#define FUNCTION_EMULATION  0x4b
#define ANY_EMULATION       0x7f    /* drive number */
#define FUNCTION_PARAMETERS 0x08
#define FUNCTION_TYPE       0x15

    .code16
    .text

/* Interrupts can be on, see int13_disk_entry. */
    .global int13_cdrom_entry
int13_cdrom_entry:
    pushfw
    cli
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
    jne     int13_refuse
    movw    $int13_cdrom, int13_handler
    jmp     int13_handle

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
    popfw
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
    /* The caller's number goes back to it, unless DX is a result. */
3:  orb     $CARRY_FLAG, 10(%bp)
    jmp     5f
4:  cmpb    $FUNCTION_PARAMETERS, 3(%bp)
    je      6f
    cmpb    $FUNCTION_TYPE, 3(%bp)
    jne     5f
    testb   $FIRST_HARD_DISK, 4(%bp)
    jnz     6f
5:  movw    4(%bp), %dx
6:  popw    %bp
    addw    $4, %sp
    iretw

pass_cdrom:
    popw    %ds
    popfw
cdrom_jump:
    ljmpw   $0, $int13_cdrom_chain

/* What was booted gives up: drives have their numbers back for the next. */
    .global int18_entry
int18_entry:
    call    end_emulation
int18_jump:
    ljmpw   $0, $int18_chain

    .global int19_entry
int19_entry:
    call    end_emulation
int19_jump:
    ljmpw   $0, $int19_chain

end_emulation:
    pushfw
    pushal
    pushw   %ds
    pushw   %es
    pushw   %fs
    pushw   %gs
    movw    %cs:ram_segment_word, %ds
    movb    $1, int13_busy
    on_own_stack cdrom_deactivate
    movb    $0, int13_busy          /* a call that this has cut off, too */
    popw    %gs
    popw    %fs
    popw    %es
    popw    %ds
    popal
    popfw
    ret

    .section .ramrefs, "a"
    ram_reference cdrom_jump + 3
    ram_reference cdrom_call + 3
    ram_reference int18_jump + 3
    ram_reference int19_jump + 3

    .data
    far_jump int13_cdrom_chain
    far_jump int18_chain
    far_jump int19_chain

    .section .note.GNU-stack, "", @progbits
