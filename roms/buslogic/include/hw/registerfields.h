/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What hw/scsi/buslogic-regs.h takes from QEMU, for code in the guest
 *
 * The boot ROM is freestanding: QEMU's header of this name needs glib, and
 * the macros about structures come from qemu/compiler.h.
 */

#ifndef ROMS_BUSLOGIC_HW_REGISTERFIELDS_H
#define ROMS_BUSLOGIC_HW_REGISTERFIELDS_H

#include <stddef.h>
#include <stdint.h>

#define QEMU_PACKED __attribute__((packed))
#define QEMU_BUILD_BUG_ON(x) _Static_assert(!(x), "not expecting: " #x)

/* A_reg is the offset of a register, in bytes */
#define REG8(reg, addr)                                                       \
    enum { A_ ## reg = (addr) };

#define FIELD(reg, field, shift, length)                                      \
    enum { R_ ## reg ## _ ## field ## _SHIFT = (shift) };                     \
    enum { R_ ## reg ## _ ## field ## _LENGTH = (length) };                   \
    enum { R_ ## reg ## _ ## field ## _MASK = ((1 << (length)) - 1)           \
                                              << (shift) };

#endif /* ROMS_BUSLOGIC_HW_REGISTERFIELDS_H */
