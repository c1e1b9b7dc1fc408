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


def stamp(lba, disk, generation):
    return _STAMP.pack(lba, disk, generation) * (SECTOR // _STAMP.size)


def _area(mib, disk, generation):
    return b''.join(stamp(lba, disk, generation)
                    for lba in range(mib * MIB // SECTOR))


class StampedDisk:
    """A raw image: an area of generation 0, then one for it of generation 1.

    `rewrite` in lib.sh copies the second area over the first, so a guest
    produces sectors of generation 1 without knowing what is in a stamp.
    """

    def __init__(self, path, number, mib=16):
        self.path, self.number, self.mib = path, number, mib
        self.sectors = mib * MIB // SECTOR
        path.write_bytes(_area(mib, number, 0) + _area(mib, number, 1))

    def checksum(self, generation):
        """What `checksum` in lib.sh prints for the first area."""
        area = _area(self.mib, self.number, generation)
        return hashlib.sha256(area).hexdigest()

    def generations(self):
        """How many sectors of each generation; fails on a wrong sector."""
        counts = {}
        with open(self.path, 'rb') as image:
            for lba in range(self.sectors):
                generation = self._check(lba, image.read(SECTOR))
                counts[generation] = counts.get(generation, 0) + 1
        return counts

    def _check(self, lba, sector):
        generation = _STAMP.unpack_from(sector)[2]
        if sector != stamp(lba, self.number, generation):
            raise AssertionError(
                f'disk {self.number} has a wrong sector {lba}: '
                f'(lba, disk, generation) = {_STAMP.unpack_from(sector)}')
        return generation
