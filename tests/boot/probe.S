/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A boot sector that obeys the host (see probe.py): it says what it is and how
 * it was entered, then reads and writes memory and calls interrupts as the
 * host tells it over the first serial port.  What a call returns is judged on
 * the host, so this has no expectations of its own.
 *
 * It works wherever it is loaded, from every kind of medium, and needs no
 * sector but its own: it moves to HOME and uses nothing below STACK.
 */

    .set HOME, 0x600
    .set STACK, 0x1000
    .set PORT, 0x3f8

/* The registers of the next call, in the order of probe.py's Registers */
    .set REGS, 0x520
    .set R_EAX, REGS
    .set R_EBX, REGS + 4
    .set R_ECX, REGS + 8
    .set R_EDX, REGS + 12
    .set R_ESI, REGS + 16
    .set R_EDI, REGS + 20
    .set R_EBP, REGS + 24
    .set R_ESP, REGS + 28
    .set R_EFLAGS, REGS + 32
    .set R_DS, REGS + 36
    .set R_ES, REGS + 38
    .set R_FS, REGS + 40
    .set R_GS, REGS + 42
    .set R_SS, REGS + 44
    .set R_VECTOR, REGS + 46

/* Of the command that is being carried out */
    .set OFFSET, REGS + 48
    .set SEGMENT, REGS + 50
    .set LENGTH, REGS + 52
    .set OWN_SP, REGS + 54

    .code16
    .globl start
start:
    cli
    cld
    xorw %ax, %ax
    movw %ax, %ss
    movw $STACK, %sp
    sti
    call 1f
1:  popw %si
    subw $1b - start, %si
    movw %cs, %bp
    movw %bp, %ds
    movw %ax, %es
    movw %si, %bx               /* entered at %bp:%bx with %dl */
    movw $HOME, %di
    movw $256, %cx
    rep movsw
    ljmp $0, $home
home:
    movw %cs, %ax
    movw %ax, %ds
    pushw %dx
    movw $PORT + 2, %dx         /* a FIFO makes it faster */
    movb $1, %al
    outb %al, %dx
    movw $greeting, %si
    call puts
    movw $name, %si
    call puts
    movw $says_drive, %si
    call puts
    popw %ax
    call put_byte
    movw $says_address, %si
    call puts
    movw %bp, %ax
    call put_word
    movw %bx, %ax
    call put_word
    movw $end_of_line, %si
    call puts

obey:
    call getc
    cmpb $'c', %al
    je call_interrupt
    movb %al, %bl
    movw $6, %cx
    xorw %ax, %ax
    movw %ax, %es
    movw $OFFSET, %di
    call receive
    movw LENGTH, %cx
    cmpb $'w', %bl
    je write
    cmpb $'r', %bl
    jne obey
    ldsw %cs:OFFSET, %si
2:  lodsb
    call putc
    loop 2b
    jmp done
write:
    lesw OFFSET, %di
    call receive
done:
    xorw %ax, %ax
    movw %ax, %ds
    movb $'.', %al
    call putc
    jmp obey

call_interrupt:
    movb R_VECTOR, %al
    movb %al, vector
    movw %sp, OWN_SP
    pushl R_EFLAGS
    movl R_EAX, %eax
    movl R_EBX, %ebx
    movl R_ECX, %ecx
    movl R_EDX, %edx
    movl R_ESI, %esi
    movl R_EDI, %edi
    movl R_EBP, %ebp
    movw R_ES, %es
    movw R_FS, %fs
    movw R_GS, %gs
    popfl
    movw R_SS, %ss
    movl R_ESP, %esp
    movw R_DS, %ds
    .byte 0xcd                  /* int */
vector:
    .byte 0
    movl %eax, %cs:R_EAX
    movw %ds, %cs:R_DS
    movw %ss, %cs:R_SS
    movl %esp, %cs:R_ESP
    movw %cs, %ax
    movw %ax, %ds
    movw %ax, %ss
    movzwl OWN_SP, %esp
    pushfl
    popl R_EFLAGS
    cld
    sti
    movl %ebx, R_EBX
    movl %ecx, R_ECX
    movl %edx, R_EDX
    movl %esi, R_ESI
    movl %edi, R_EDI
    movl %ebp, R_EBP
    movw %es, R_ES
    movw %fs, R_FS
    movw %gs, R_GS
    jmp done

/* %cx bytes to %es:%di */
receive:
    call getc
    stosb
    loop receive
    ret

getc:
    movw $PORT + 5, %dx
1:  inb %dx, %al
    testb $1, %al
    jz 1b
    movw $PORT, %dx
    inb %dx, %al
    ret

putc:
    pushw %dx
    pushw %ax
    movw $PORT + 5, %dx
1:  inb %dx, %al
    testb $0x20, %al
    jz 1b
    movw $PORT, %dx
    popw %ax
    outb %al, %dx
    popw %dx
    ret

/* The string at %si */
1:  call putc
puts:
    lodsb
    testb %al, %al
    jnz 1b
    ret

/* %ax, %al, the low half of %al in hexadecimal */
put_word:
    pushw %ax
    movb %ah, %al
    call put_byte
    popw %ax
put_byte:
    pushw %ax
    shrb $4, %al
    call put_digit
    popw %ax
put_digit:
    andb $15, %al
    cmpb $10, %al
    sbbb $0x69, %al
    das
    jmp putc

greeting:
    .asciz "\r\nprobe "
says_drive:
    .asciz " DL="
says_address:
    .asciz " at "
end_of_line:
    .asciz "\n"

/* Where probe.py writes the name of the medium */
    .org 0x1a0
name:

/* Then, on a disk, its partition table */
    .org 0x1fe
    .word 0xaa55
