/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: headers, and the entry points that the BIOS calls
 *
 * PCI Firmware Specification 3.0, chapter 5; Plug and Play BIOS Specification
 * 1.0A, section 3.2; BIOS Boot Specification 1.01.
 */

#include "layout.h"
#include "stack.inc"

    .code16

/* Headers.  mkrom fills in lengths, checksum and the mark of the last image. */

    .section .header, "a"
rom_header:
    .byte   0x55, 0xaa
    .byte   0                       /* size in blocks of 512 */
    .byte   0xe9                    /* JMP */
    .word   init_entry - (. + 2)
    .byte   0                       /* checksum of the image */
    .org    rom_header + 0x08
    .global isa_ports
isa_ports:
    .word   0                       /* see BUSLOGIC_ROM_ISA_PORTS */
    .org    rom_header + 0x18
    .word   pcir
    .word   pnp_model

    .balign 4
pcir:
    .ascii  "PCIR"
    .word   VENDOR_ID
    .word   DEVICE_ID
    .word   0                       /* vital product data */
    .word   pcir_end - pcir
    .byte   0                       /* revision of this structure */
    .byte   0, 0, 1                 /* class: SCSI controller */
    .word   0                       /* size in blocks of 512 */
    .word   0                       /* revision of the image */
    .byte   0                       /* code for x86 */
    .byte   0                       /* last image? */
    .word   0
pcir_end:

    .global ram_segment_word
ram_segment_word:
    .word   0

/*
 * There is to be one $PnP header per device, followed by a call that its
 * vector points to and by its name.  This is the model of all.
 */
    .section .initdata, "a"
    .balign 16
    .global pnp_model
pnp_model:
    .ascii  "$PnP"
    .byte   1                       /* revision */
    .byte   PNP_HEADER_SIZE / 16
    .word   0                       /* next header */
    .byte   0
    .byte   0                       /* checksum */
    .long   0                       /* device identifier */
    .word   manufacturer
    .word   0                       /* product */
    .byte   1, 0, 0                 /* type: SCSI controller */
    .byte   PNP_INDICATORS
    .word   0                       /* boot connection vector */
    .word   0                       /* disconnect vector */
    .word   0                       /* bootstrap entry vector */
    .word   0
    .word   0                       /* static resources */

    .section .romdata, "a"
manufacturer:
    .asciz  "BusLogic"

    .text

/*
 * BCV or BEV of the device whose record has called: a near return address on
 * top of the BIOS's far one.  boot() returns 0 when the BIOS is to go on, or
 * the far address of what has been loaded.
 */
    .global boot_entry
boot_entry:
    pushal
    pushw   %ds
    pushw   %es
    pushw   %fs
    pushw   %gs
    movw    %sp, %bp
    movzwl  (8 + 32)(%bp), %eax     /* return address in the record */
    subl    $(PNP_HEADER_SIZE + PNP_CALL_SIZE), %eax
    movw    %cs:ram_segment_word, %ds
    movb    $1, int13_busy
    on_own_stack boot
    movb    $0, int13_busy
    movl    %eax, boot_address
    testl   %eax, %eax
    jnz     boot_loaded
    popw    %gs
    popw    %fs
    popw    %es
    popw    %ds
    popal
    addw    $2, %sp
    lretw

/* If what was loaded returns, it returns to the BIOS. */
boot_loaded:
    movzbl  cdrom_drive, %edx
    addw    $(8 + 32 + 2), %sp
    pushl   boot_address
    xorl    %eax, %eax
    xorl    %ebx, %ebx
    xorl    %ecx, %ecx
    xorl    %esi, %esi
    xorl    %edi, %edi
    xorl    %ebp, %ebp
    movw    %ax, %ds
    movw    %ax, %es
    movw    %ax, %fs
    movw    %ax, %gs
    sti
    lretw

/* Everything from here on is given back. */

    .section .init.text, "ax"

/*
 * From the BIOS: AX is the PCI address, ES:DI points to "$PnP" if the BIOS
 * will look at the headers.  The ROM is in RAM and can be written.
 */
    .global init_entry
init_entry:
    pushfw
    pushal
    pushw   %ds
    pushw   %es
    pushw   %fs
    pushw   %gs
    cld
    cmpl    $PNP_SIGNATURE, %es:(%di)
    sete    %dl                     /* is there PnP? */
    movzbl  %dl, %edx
    movzwl  %ax, %esi

    /* On the BIOS's stack, as C code wants it, look for RAM. */
    movw    %ss, %cx
    movw    %cx, %ds
    movw    %cx, %es
    movw    %cs, %cx
    movw    %cx, %gs
    movl    %esp, %ebp
    movzwl  %sp, %esp
    pushl   %edx
    calll   memory_allocate
    popl    %edx
    testw   %ax, %ax
    jz      2f

    /* Tell the ROM where it is; nobody else can write there later. */
    movw    %ax, %es
    movw    $ram_references, %bx
1:  movw    %cs:(%bx), %di
    movw    %ax, %cs:(%di)
    addw    $2, %bx
    cmpw    $ram_references_end, %bx
    jb      1b
    cmpw    %ax, %cs:ram_segment_word
    jne     2f

    /* Load its variables. */
    movw    %cs, %cx
    movw    %cx, %ds
    movl    %esi, %ebx
    movw    $data_load, %si
    xorw    %di, %di
    movw    $data_size, %cx
    rep     movsb
    movw    $RAM_SIZE, %cx
    subw    %di, %cx
    xorb    %al, %al
    rep     stosb
    movw    %es, %cx
    movw    %cx, %ds

    movl    %ebx, %eax
    on_own_stack init
    testb   %al, %al
    jnz     2f

    /* There is nothing to boot from: keep nothing. */
    movw    %ss, %cx
    movw    %cx, %ds
    movw    %cx, %es
    movzwl  %cs:ram_segment_word, %eax
    calll   memory_release
2:  movl    %ebp, %esp
    popw    %gs
    popw    %fs
    popw    %es
    popw    %ds
    popal
    popfw
    lretw

/*
 * uint32_t pmm_call(uint32_t entry, uint32_t argument, uint16_t function):
 * call the POST Memory Manager at that far address, return what it says.
 * A handle and flags, which only an allocation needs, follow the argument.
 */
    .global pmm_call
pmm_call:
    pushal
    pushl   %eax
    movw    %sp, %bp
    pushw   $PMM_FLAGS
    pushl   $-1                     /* no handle */
    pushl   %edx
    pushw   %cx
    lcallw  *(%bp)
    movw    %bp, %sp
    addw    $4, %sp
    movw    %sp, %bp
    movw    %ax, 28(%bp)            /* EAX of POPA */
    movw    %dx, 30(%bp)
    popal
    retl

    .section .ramrefs, "a"
    ram_reference ram_segment_word

    .section .note.GNU-stack, "", @progbits
