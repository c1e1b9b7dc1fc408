# SPDX-License-Identifier: GPL-2.0-or-later
"""VHD images of Virtual PC and Hyper-V, as VirtualBox makes them too."""

import os
import struct
import sys
import uuid
from array import array

from buslogic_import.disks.layers import Layer
from buslogic_import.errors import ImportFailed

COOKIE, DYNAMIC_COOKIE = b'conectix', b'cxsparse'
FOOTER = struct.Struct('>8sIIQI4sI4sQQHBBII16s')
FOOTER_SIZE, DYNAMIC_SIZE = 512, 1024
CHECKSUM = struct.Struct('>I')
FOOTER_CHECKSUM_AT, DYNAMIC_CHECKSUM_AT = 64, 36
DYNAMIC = struct.Struct('>8sQQIIII16sII512s')
FIXED_TYPE, DYNAMIC_TYPE, DIFFERENCE_TYPE = 2, 3, 4
UNUSED = 0xffffffff
SECTOR = 512
MAX_BLOCKS = 1 << 22          # 2 TiB, the largest, in blocks of 512 KiB
MAX_BLOCK = 1 << 28


def big_endian(data):
    """Numbers of 32 bits."""
    numbers = array('I', data)
    if sys.byteorder == 'little':
        numbers.byteswap()
    return numbers


def is_vhd(start, end):
    """Whether an image that begins and ends so is one."""
    return start.startswith(COOKIE) or end[-FOOTER_SIZE:].startswith(COOKIE)


class Vhd(Layer):
    """An image.  Sizes are in bytes."""

    def __init__(self, path):
        self.path = path
        with open(path, 'rb') as file:
            self.file_size = os.fstat(file.fileno()).st_size
            self._read_footer(file)
            self._bat, self.block_size = (), SECTOR
            if self.type != FIXED_TYPE:
                self._read_dynamic(file)
        self._bitmaps = {}

    def _read_footer(self, file):
        """At the end; dynamic images have a copy at the start."""
        file.seek(max(self.file_size - FOOTER_SIZE, 0))
        data = file.read(FOOTER_SIZE)
        if not data.startswith(COOKIE):
            file.seek(0)
            data = file.read(FOOTER_SIZE)
        if len(data) < FOOTER_SIZE or not data.startswith(COOKIE):
            raise ImportFailed(self.path, 'is no VHD image, or truncated')
        self._check_sum(data, FOOTER_CHECKSUM_AT, 'footer')
        (_, _, _, self.dynamic_at, _, self.creator, _, _, _, self.size,
         cylinders, heads, sectors, self.type, _,
         identity) = FOOTER.unpack_from(data)
        self.geometry = (cylinders, heads, sectors) if cylinders else None
        self.uuid = uuid.UUID(bytes=identity)
        if self.type not in (FIXED_TYPE, DYNAMIC_TYPE, DIFFERENCE_TYPE):
            raise ImportFailed(self.path, f'VHD type {self.type} is not '
                               'supported')
        if not 0 < self.size < 1 << 63 or self.size % SECTOR:
            raise ImportFailed(self.path, f'a size of {self.size} cannot be')
        if self.type == FIXED_TYPE and self.size > self.file_size:
            raise ImportFailed(self.path, 'is truncated')

    def _check_sum(self, data, position, name):
        """All bytes but those of the checksum, added up and inverted."""
        wanted, = CHECKSUM.unpack_from(data, position)
        if ~(sum(data) - sum(data[position:position + 4])) & (
                0xffffffff) != wanted:
            raise ImportFailed(self.path, f'the checksum of the {name} is '
                               'wrong')

    def _read_dynamic(self, file):
        if self.dynamic_at > self.file_size - DYNAMIC_SIZE:
            raise ImportFailed(self.path, 'the dynamic header is truncated')
        file.seek(self.dynamic_at)
        data = file.read(DYNAMIC_SIZE)
        if not data.startswith(DYNAMIC_COOKIE):
            raise ImportFailed(self.path, 'has no dynamic header')
        self._check_sum(data, DYNAMIC_CHECKSUM_AT, 'dynamic header')
        (_, _, table_at, _, blocks, self.block_size, _, parent, _, _,
         name) = DYNAMIC.unpack_from(data)
        self.parent_uuid = uuid.UUID(bytes=parent)
        self.parent_name = name.decode('utf-16-be', 'replace').rstrip('\0')
        size = self.block_size
        if not 4096 <= size <= MAX_BLOCK or size & (size - 1):
            raise ImportFailed(self.path, f'a block size of {size} cannot be')
        needed = -(-self.size // size)
        if blocks > MAX_BLOCKS or blocks < needed:
            raise ImportFailed(self.path, f'{blocks} blocks cannot be')
        self._read_table(file, table_at, needed)

    def _read_table(self, file, table_at, blocks):
        if table_at + 4 * blocks > self.file_size:
            raise ImportFailed(self.path, 'the block table is truncated')
        file.seek(table_at)
        self._bat = big_endian(file.read(4 * blocks))
        sectors = self.block_size // SECTOR
        self.bitmap_size = -(-sectors // 8 // SECTOR) * SECTOR
        used = set()
        for number, entry in enumerate(self._bat):
            if entry == UNUSED:
                continue
            length = min(self.block_size, self.size - number * self.block_size)
            if entry * SECTOR + self.bitmap_size + length > self.file_size:
                raise ImportFailed(self.path, f'block {number} is beyond the '
                                   'end of the file')
            if entry in used:
                raise ImportFailed(self.path, f'block {number} has the data '
                                   'of another one')
            used.add(entry)

    def has_uuid(self, text):
        """Whether VirtualBox calls it so; it may keep them little-endian."""
        return text in (str(self.uuid),
                        str(uuid.UUID(bytes_le=self.uuid.bytes)))

    @property
    def is_difference(self):
        """Whether it needs a parent."""
        return self.type == DIFFERENCE_TYPE

    def room(self, cluster):
        """How many bytes its data take in an image with such clusters."""
        if self.type == FIXED_TYPE:
            return self.size
        blocks = sum(entry != UNUSED for entry in self._bat)
        return min(blocks * max(self.block_size, cluster), self.size)

    def extents(self, start, end):
        """What is in it of an area; see Layer."""
        if self.type == FIXED_TYPE:
            yield start, end - start, start
            return
        while start < end:
            number, within = divmod(start, self.block_size)
            length = min(self.block_size - within, end - start)
            if self._bat[number] == UNUSED:
                if not self.is_difference:
                    yield start, length, None
            elif self.is_difference:
                yield from self._present(number, within, length)
            else:
                yield start, length, self._data_at(number) + within
            start += length

    def _data_at(self, number):
        return self._bat[number] * SECTOR + self.bitmap_size

    def _present(self, number, within, length):
        """The sectors of a block that a difference has."""
        bitmap = self._bitmap(number)
        start, position = number * self.block_size, within
        while position < within + length:
            last = position
            sector = position // SECTOR
            present = bitmap[sector >> 3] >> (7 - (sector & 7)) & 1
            while last < within + length:
                sector = last // SECTOR
                if bitmap[sector >> 3] >> (7 - (sector & 7)) & 1 != present:
                    break
                last = min((sector + 1) * SECTOR, within + length)
            if present:
                yield (start + position, last - position,
                       self._data_at(number) + position)
            position = last

    def _bitmap(self, number):
        """Which sectors of a block are there; the last few are kept."""
        if number not in self._bitmaps:
            if len(self._bitmaps) > 64:
                self._bitmaps.clear()
            with open(self.path, 'rb') as file:
                file.seek(self._bat[number] * SECTOR)
                self._bitmaps[number] = file.read(self.bitmap_size)
        return self._bitmaps[number]
