# SPDX-License-Identifier: GPL-2.0-or-later
"""VirtualBox's VDI images, also those that QEMU refuses."""

import os
import struct
import sys
import uuid
from array import array

from buslogic_import.disks.layers import Layer
from buslogic_import.errors import ImportFailed

SIGNATURE = 0xbeda107f
SIGNATURE_AT = 0x40
VERSION_MAJOR = 1
DYNAMIC, FIXED, UNDO, DIFFERENCE = 1, 2, 3, 4
# In the block map: not in this image, and nothing but zeros
ABSENT, ZERO = 0xffffffff, 0xfffffffe
QEMU_BLOCK = 1 << 20            # QEMU knows no other size
HEADER = struct.Struct('<IIII256sIIIIIIIQIIII16s16s16s16s')
HEADER_AT = 0x44
MAX_BLOCKS = 1 << 24
MAX_BLOCK = 1 << 28
MAX_SIZE = 1 << 47
NOBODY = uuid.UUID(int=0)


def is_vdi(start):
    """Whether an image that begins so is one."""
    return len(start) > HEADER_AT and struct.unpack_from(
        '<I', start, SIGNATURE_AT)[0] == SIGNATURE


class Vdi(Layer):
    """An image.  All UUIDs are uuid.UUID; sizes are in bytes."""

    def __init__(self, path):
        self.path = path
        with open(path, 'rb') as file:
            data = file.read(HEADER_AT + HEADER.size)
            self.file_size = os.fstat(file.fileno()).st_size
        if len(data) < HEADER_AT + HEADER.size or not is_vdi(data):
            raise ImportFailed(path, 'is no VDI image, or truncated')
        (version, _, self.type, _, _, self.map_at, self.data_at, cylinders,
         heads, sectors, self.sector_size, _, self.size, self.block_size,
         self.extra, self.blocks, _, *uuids) = HEADER.unpack_from(data,
                                                                  HEADER_AT)
        self.geometry = (cylinders, heads, sectors) if cylinders else None
        (self.uuid, self.modified, self.parent_uuid,
         self.parent_modified) = (uuid.UUID(bytes_le=value)
                                  for value in uuids)
        self._check(version)
        self._map = None
        self.block_map()

    @staticmethod
    def is_one(path):
        """Whether a file is a VDI image."""
        with open(path, 'rb') as file:
            return is_vdi(file.read(HEADER_AT + HEADER.size))

    def _check(self, version):
        if version >> 16 != VERSION_MAJOR:
            raise ImportFailed(self.path, f'VDI version {version >> 16}.'
                               f'{version & 0xffff} is not supported')
        if self.type not in (DYNAMIC, FIXED, DIFFERENCE):
            raise ImportFailed(self.path, f'VDI type {self.type} is not '
                               'supported')
        if self.sector_size not in (0, 512):
            raise ImportFailed(self.path, f'sectors of {self.sector_size} '
                               'bytes are not supported')
        size = self.block_size
        if not 4096 <= size <= MAX_BLOCK or size & (size - 1):
            raise ImportFailed(self.path, f'a block size of {size} cannot be')
        if not 0 < self.size <= self.blocks * size or (
                self.blocks > MAX_BLOCKS or self.size > MAX_SIZE):
            raise ImportFailed(self.path, f'a size of {self.size} in '
                               f'{self.blocks} blocks cannot be')
        if self.map_at + 4 * self.blocks > self.file_size:
            raise ImportFailed(self.path, 'the block map is truncated')

    @property
    def is_difference(self):
        """Whether it needs a parent."""
        return self.type == DIFFERENCE or self.parent_uuid != NOBODY

    @property
    def readable_by_qemu(self):
        """Whether QEMU opens it."""
        return (not self.is_difference and self.block_size == QEMU_BLOCK and
                self.extra == 0 and self.size % 512 == 0 and
                self.map_at % 512 == 0 and self.data_at % 512 == 0)

    def block_map(self):
        """Where each block is, read and checked once."""
        if self._map is None:
            with open(self.path, 'rb') as file:
                file.seek(self.map_at)
                data = file.read(4 * self.blocks)
            if len(data) != 4 * self.blocks:
                raise ImportFailed(self.path, 'the block map is truncated')
            self._map = array('I', data)
            if sys.byteorder == 'big':
                self._map.byteswap()
            self._check_map()
        return self._map

    def _check_map(self):
        stride = self.block_size + self.extra
        # The last block may be shorter than the others.
        last = max(0, self.file_size - self.data_at)
        seen = bytearray(self.blocks)
        for number, entry in enumerate(self._map):
            if entry in (ABSENT, ZERO):
                continue
            # There are no gaps, so that no image has more than its blocks.
            if entry >= self.blocks or (
                    entry * stride + self._length(number) > last):
                raise ImportFailed(self.path, f'block {number} is beyond the '
                                   'end of the file')
            if seen[entry]:
                raise ImportFailed(self.path, f'block {number} has the data '
                                   'of another one')
            seen[entry] = 1

    def _length(self, number):
        """How much of a block is part of the disk."""
        return min(self.block_size, self.size - number * self.block_size)

    def room(self, cluster):
        """How many bytes its data take in an image with such clusters."""
        blocks = sum(entry not in (ABSENT, ZERO) for entry in self.block_map())
        return min(blocks * max(self.block_size, cluster), self.size)

    def extents(self, start, end):
        """What is in it of an area; see Layer."""
        stride = self.block_size + self.extra
        entries = self.block_map()
        while start < end:
            number, within = divmod(start, self.block_size)
            length = min(self.block_size - within, end - start)
            entry = entries[number]
            if entry == ZERO or (entry == ABSENT and not self.is_difference):
                yield start, length, None
            elif entry != ABSENT:
                yield start, length, (self.data_at + self.extra +
                                      entry * stride + within)
            start += length
