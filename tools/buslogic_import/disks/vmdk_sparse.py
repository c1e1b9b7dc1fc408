# SPDX-License-Identifier: GPL-2.0-or-later
"""VMDK images of one file that grows: which grains are in it."""

import os
import struct
import sys
from array import array

from buslogic_import.disks.layers import Layer
from buslogic_import.errors import ImportFailed

SECTOR = 512
# magic, version, flags, capacity, grain size, descriptor's place and size,
# entries of a table, places of the spare and of the grain directory, overhead,
# unclean shutdown, line ends, compression
HEADER = struct.Struct('<4sIIQQQQIQQQB4sH')
ZERO_GRAINS = 1 << 2            # a flag: entries of 1 are zeros
ZERO = 1                        # an entry
MAX_SIZE = 1 << 44              # bytes; VMware's limit is 2 TiB
MAX_GRAIN = 1 << 16             # sectors


class VmdkSparse(Layer):
    """An uncompressed image; sizes are in bytes.

    All grains are checked to be within the file.
    """

    def __init__(self, path):
        self.path = path
        with open(path, 'rb') as file:
            self.file_size = os.fstat(file.fileno()).st_size
            data = file.read(SECTOR)
            if len(data) < SECTOR:
                raise ImportFailed(path, 'is truncated')
            (_, _, flags, capacity, grain, _, _, self.entries, _, directory,
             _, _, _, _) = HEADER.unpack_from(data)
            self.has_zeros = bool(flags & ZERO_GRAINS)
            self.size, self.block_size = capacity * SECTOR, grain * SECTOR
            self._check(grain)
            self._read_tables(file, directory)

    def _check(self, grain):
        if not 0 < self.size <= MAX_SIZE or not 0 < grain <= MAX_GRAIN or (
                grain & (grain - 1)) or not 0 < self.entries <= 4096:
            raise ImportFailed(self.path, f'a size of {self.size} in grains '
                               f'of {grain} sectors cannot be')

    def _read_tables(self, file, directory):
        """The grain tables by number; those without any grain are left out."""
        covered = self.block_size * self.entries
        self._tables, seen = {}, set()
        for number, at in enumerate(self._numbers(
                file, directory, -(-self.size // covered), 'directory')):
            if not at:
                continue
            if at in seen:
                raise ImportFailed(self.path, f'grain table {number} is that '
                                   'of another part')
            seen.add(at)
            table = self._numbers(file, at, self.entries, 'table')
            self._check_grains(number, table)
            if any(table):
                self._tables[number] = table

    def _numbers(self, file, sector, count, name):
        """Numbers of 32 bits from a place in the file."""
        if sector * SECTOR + 4 * count > self.file_size:
            raise ImportFailed(self.path, f'a grain {name} is beyond the end '
                               'of the file')
        file.seek(sector * SECTOR)
        numbers = array('I', file.read(4 * count))
        if sys.byteorder == 'big':
            numbers.byteswap()
        return numbers

    def _check_grains(self, number, table):
        if max(table) * SECTOR + self.block_size <= self.file_size:
            return
        for index, entry in enumerate(table):
            start = (number * self.entries + index) * self.block_size
            length = min(self.block_size, self.size - start)
            if length > 0 and entry * SECTOR + length > self.file_size:
                raise ImportFailed(self.path, f'the grain of {start} is '
                                   'beyond the end of the file')

    def room(self, cluster):
        """How many bytes its data take in an image with such clusters."""
        grains = sum(len(table) - table.count(0)
                     for table in self._tables.values())
        return min(grains * max(self.block_size, cluster), self.size)

    def extents(self, start, end):
        """What is in it of an area; see Layer."""
        covered = self.block_size * self.entries
        while start < end:
            table = self._tables.get(start // covered)
            if table is None:
                start = (start // covered + 1) * covered
                continue
            index, within = divmod(start % covered, self.block_size)
            length = min(self.block_size - within, end - start)
            entry = table[index]
            if entry == ZERO and self.has_zeros:
                yield start, length, None
            elif entry:
                yield start, length, entry * SECTOR + within
            start += length
