/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a memory manager such as EMM386 does to a BIOS: a call of INT 13h from
 * virtual-8086 mode, with paging.  The registers are those of the call, but for
 * %ebp, which says how the pages of the window are mapped (see test_v86.py).
 *
 * The window is filled from COPY before the call and copied there after it.
 * INT 4Bh offers the Virtual DMA Specification's services for it; the BIOS data
 * area says whether anybody is to know.
 */

    .set PAGE, 0x1000
    .set COPY, 0x10000
    .set WINDOW, 0x50000        /* linear address */
    .set MEMORY, 0x300000       /* physical address */
    .set PAGES, 8
    .set SCATTERED, 1           /* in %ebp: the pages are in reverse order */

    .set DIRECTORY, 0x60000
    .set TABLE, 0x61000
    .set TSS, 0x62000
    .set IOMAP, 0x68
    .set TSS_SIZE, IOMAP + 0x2000 + 1
    .set IDT, 0x65000
    .set STACK, 0x67000

    .set CODE32, 0x08
    .set DATA32, 0x10
    .set TASK, 0x18
    .set CODE16, 0x20
    .set DATA16, 0x28

    .set RETURN, 0xfe           /* interrupt */
    .set IOPL_3, 0x3000
    .set IF, 0x200
    .set TF, 0x100
    .set VM, 0x20000

    .set LOCK, 0x8103
    .set UNLOCK, 0x8104

/* On the monitor's stack, from its lower end */
    .struct 0
    .skip 32                    /* PUSHA */
    F_VECTOR: .skip 4
    F_EIP: .skip 4
    F_CS: .skip 4
    F_EFLAGS: .skip 4
    F_ESP: .skip 4
    F_SS: .skip 4
    .skip 16                    /* ES, DS, FS, GS */
    F_SIZE:

    .text
    .code16
    .globl start
start:
    jmp begin
    .org 4
locks: .long 0                  /* test_v86.py knows where these are */
unlocks: .long 0
fault: .long -1
    jmp vds

begin:
    cli
    movw %ss, %cs:real_stack + 4
    movl %esp, %cs:real_stack
    pushal
    pushw %ds
    pushw %es
    xorw %ax, %ax
    movw %ax, %ds
    movl %ebp, mode
    lidtw idt_register
    lgdtw gdt_register
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmp $CODE32, $enter

    .code32
enter:
    movw $DATA32, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movzwl real_stack, %ebp     /* on top of it, what has been pushed */
    movzwl real_stack + 4, %eax
    shll $4, %eax
    addl %eax, %ebp
    movl $STACK, %esp
    call make_tables
    call make_window
    movl $COPY, %esi
    movl $WINDOW, %edi
    movl $PAGES * PAGE / 4, %ecx
    rep movsl
    movw $TASK, %ax
    ltr %ax

    /* To virtual-8086 mode with the registers of the caller */
    movl $STACK, %esp
    pushl $0                    /* GS, FS, DS, ES */
    pushl $0
    movzwl -34(%ebp), %eax
    pushl %eax
    movzwl -36(%ebp), %eax
    pushl %eax
    movzwl real_stack + 4, %eax
    pushl %eax
    movzwl real_stack, %eax
    subl $64, %eax
    pushl %eax
    pushl $VM | IOPL_3 | IF | 2
    pushl $0
    pushl $v86
    movl -32(%ebp), %edi
    movl -28(%ebp), %esi
    movl -16(%ebp), %ebx
    movl -12(%ebp), %edx
    movl -8(%ebp), %ecx
    movl -4(%ebp), %eax
    iretl

/* The page tables: 4 MiB as they are, but for the window */
make_tables:
    cld
    movl $DIRECTORY, %edi
    movl $(IDT - DIRECTORY) / 4, %ecx
    xorl %eax, %eax
    rep stosl
    movl $TABLE | 7, DIRECTORY
    movl $TABLE, %edi
    movl $7, %eax
1:  stosl
    addl $PAGE, %eax
    cmpl $0x400007, %eax
    jne 1b
    movl $TABLE + WINDOW / PAGE * 4, %edi
    xorl %ecx, %ecx
2:  movl %ecx, %eax
    testb $SCATTERED, mode
    jz 3f
    movl $PAGES - 1, %eax
    subl %ecx, %eax
3:  shll $12, %eax
    addl $MEMORY | 7, %eax
    stosl
    incl %ecx
    cmpl $PAGES, %ecx
    jne 2b

    /* Every interrupt goes to the monitor, and is one for everybody. */
    movl $IDT, %edi
    movl $stubs, %eax
4:  movw %ax, (%edi)
    movw $CODE32, 2(%edi)
    movw $0xee00, 4(%edi)
    addl $8, %edi
    addl $STUB_SIZE, %eax
    cmpl $stubs_end, %eax
    jne 4b
    movl $STACK, TSS + 4
    movl $DATA32, TSS + 8
    movw $IOMAP, TSS + 0x66
    movb $0xff, TSS + TSS_SIZE - 1
    movb $0x89, gdt + TASK + 5  /* not busy */
    ret

make_window:
    movl $DIRECTORY, %eax
    movl %eax, %cr3
    movl %cr0, %eax
    orl $0x80000000, %eax
    movl %eax, %cr0
    ret

/* Every stub has the same size. */
    .balign 16
stubs:
    .set vector, 0
    .rept 256
    pushl $vector
    .byte 0xe9
    .long interrupted - . - 4
    .balign 16
    .set vector, vector + 1
    .endr
stubs_end:
    .set STUB_SIZE, (stubs_end - stubs) / 256

interrupted:
    pushal
    movw $DATA32, %ax
    movw %ax, %ds
    movw %ax, %es
    cld
    leal F_SIZE(%esp), %eax
    cmpl $STACK, %eax
    jne fatal                   /* an exception with an error code */
    movl F_VECTOR(%esp), %ebx
    cmpl $RETURN, %ebx
    je leave

    /* As in real mode: FLAGS, CS, IP on the stack */
    movzwl F_SS(%esp), %edi
    shll $4, %edi
    movzwl F_ESP(%esp), %eax
    subw $6, %ax
    movw %ax, F_ESP(%esp)
    addl %eax, %edi
    movl F_EIP(%esp), %eax
    movw %ax, (%edi)
    movl F_CS(%esp), %eax
    movw %ax, 2(%edi)
    movl F_EFLAGS(%esp), %eax
    movw %ax, 4(%edi)
    andl $~(IF | TF), F_EFLAGS(%esp)
    movzwl (, %ebx, 4), %eax
    movl %eax, F_EIP(%esp)
    movzwl 2(, %ebx, 4), %eax
    movl %eax, F_CS(%esp)
    popal
    addl $4, %esp
    iretl

fatal:
    movl 32(%esp), %eax
    movl %eax, fault
leave:
    movl %esp, %ebp
    movl $WINDOW, %esi
    movl $COPY, %edi
    movl $PAGES * PAGE / 4, %ecx
    rep movsl
    ljmp $CODE16, $1f
    .code16
1:  movw $DATA16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl %cr0, %eax
    andl $0x7ffffffe, %eax
    movl %eax, %cr0
    ljmp $0, $real
real:
    xorw %ax, %ax
    movw %ax, %ds
    lidtw real_idt_register

    /* Back with the registers, and CF in the caller's FLAGS */
    movl %ebp, %esi
    shrl $4, %esi
    movw %si, %ds
    andw $15, %bp
    movl %ds:F_EFLAGS(%bp), %eax
    movl %ds:28(%bp), %ebx
    movl %ebx, %cs:result_eax
    movl %ds:24(%bp), %ecx
    movl %ds:20(%bp), %edx
    movl %ds:16(%bp), %ebx
    movl %ds:4(%bp), %esi
    lssl %cs:real_stack, %esp
    movw %sp, %bp
    andb $~1, 4(%bp)
    andb $1, %al
    orb %al, 4(%bp)
    movl %cs:result_eax, %eax
    iretw

/* In virtual-8086 mode */
v86:
    int $0x13
    int $RETURN

/* INT 4Bh: ES:DI points to size, offset, segment, buffer, address. */
vds:
    pushal
    movw %sp, %bp
    cmpw $UNLOCK, %ax
    je 2f
    cmpw $LOCK, %ax
    jne 9f
    movzwl %es:8(%di), %eax
    shll $4, %eax
    addl %es:4(%di), %eax
    movl %eax, %ebx             /* first and last byte */
    addl %es:(%di), %ebx
    decl %ebx
    cmpl $WINDOW, %ebx
    jb 1f
    cmpl $WINDOW + PAGES * PAGE, %eax
    jae 1f
    cmpl $WINDOW, %eax
    jb 9f
    cmpl $WINDOW + PAGES * PAGE, %ebx
    jae 9f
    testb $SCATTERED, %cs:mode
    jz 3f
    movl %eax, %ecx
    xorl %ebx, %ecx
    testl $~(PAGE - 1), %ecx
    jnz 9f
    movl %eax, %ecx             /* to the other end of the window */
    andl $PAGE - 1, %ecx
    andl $~(PAGE - 1), %eax
    subl $WINDOW + (PAGES - 1) * PAGE, %eax
    negl %eax
    addl %ecx, %eax
    addl $MEMORY, %eax
    jmp 1f
3:  addl $MEMORY - WINDOW, %eax
1:  movl %eax, %es:12(%di)
    movw $0, %es:10(%di)
    incl %cs:locks
    jmp 4f
2:  incl %cs:unlocks
4:  andb $~1, 36(%bp)
    jmp 5f
9:  orb $1, 36(%bp)
    movb $3, 28(%bp)
5:  popal
    iretw

    .balign 8
gdt:
    .quad 0
    .quad 0x00cf9a000000ffff
    .quad 0x00cf92000000ffff
    .word TSS_SIZE - 1, TSS & 0xffff
    .byte TSS >> 16, 0x89, 0, 0
    .quad 0x00009a000000ffff
    .quad 0x000092000000ffff
gdt_register:
    .word . - gdt - 1
    .long gdt
idt_register:
    .word 256 * 8 - 1
    .long IDT
real_idt_register:
    .word 0x3ff
    .long 0
real_stack:
    .long 0
    .word 0
    .balign 4
mode:
    .long 0
result_eax:
    .long 0
