# SPDX-License-Identifier: GPL-2.0-or-later
"""Disk contents in which every sector tells where it belongs.

A sector holds its own address, the name of its disk and a generation, so
that a sector which is lost, misplaced, torn or from another disk shows.
"""

import hashlib
import struct

SECTOR = 512
MIB = 1 << 20
_STAMP = struct.Struct('<QII')


def _sector(lba, disk, generation):
    return _STAMP.pack(lba, disk, generation) * (SECTOR // _STAMP.size)


def contents(mib, disk, generation=0):
    """The bytes of a stamped area at the start of a disk."""
    return b''.join(_sector(lba, disk, generation)
                    for lba in range(mib * MIB // SECTOR))


def checksum(mib, disk, generation=0):
    """What `checksum` in lib.sh prints for such an area."""
    return hashlib.sha256(contents(mib, disk, generation)).hexdigest()


def generations(data, disk):
    """How many sectors of each generation; fails on a wrong sector."""
    counts = {}
    for lba in range(len(data) // SECTOR):
        sector = data[lba * SECTOR:(lba + 1) * SECTOR]
        generation = _STAMP.unpack_from(sector)[2]
        if sector != _sector(lba, disk, generation):
            raise AssertionError(f'disk {disk} sector {lba} is damaged: '
                                 f'{sector[:32].hex()}...')
        counts[generation] = counts.get(generation, 0) + 1
    return counts
