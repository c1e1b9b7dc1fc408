# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls of an interrupt's handler by PUSHF and a far call (far-call.S)."""

import struct
from dataclasses import dataclass

from probe import CODE, IF, SECTOR, chs

# Constants of far-call.S
PARAMETERS = 0x1200
TRAP, TF = CODE + 4, 1 << 8

NESTED_BUFFER = 0x3000
NESTED_SECTOR = 4               # of the first track, from 1


@dataclass
class Steps:
    """What the trap has seen of a call that was made step by step."""

    succeeded: int              # calls of INT 13h at the trap, which read
    refused: int                # ... because the handler was busy
    failed: int                 # ... otherwise
    flags_in_bios: int          # 0: the call did not get there
    data: bytes                 # from the last of them that succeeded


def far_call(probe, vector, eflags=IF, **registers):
    """The registers after the call; those not given are 0."""
    entry = probe.read(vector * 4, 4)
    probe.write(PARAMETERS, entry + bytes(24))
    return probe.program('far-call', eflags=eflags, **registers)


def step_call(probe, vector, nested=0x80, eflags=IF, **registers):
    """The registers after the call and its Steps.

    The trap reads NESTED_SECTOR of the drive `nested`.
    """
    entry = probe.read(vector * 4, 4)
    probe.write(PARAMETERS, entry + struct.pack(
        '<5H14x', TF, 0x0201, NESTED_BUFFER,
        chs(0, 0, NESTED_SECTOR)['ecx'], nested))
    probe.write(1 * 4, struct.pack('<HH', TRAP, 0))
    probe.write(NESTED_BUFFER, bytes(SECTOR))
    after = probe.program('far-call', eflags=eflags, **registers)
    counts = struct.unpack('<3IH', probe.read(PARAMETERS + 14, 14))
    return after, Steps(*counts, probe.read(NESTED_BUFFER, SECTOR))
