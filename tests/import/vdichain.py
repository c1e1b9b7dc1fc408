# SPDX-License-Identifier: GPL-2.0-or-later
"""VDI images that are differences to others, as VirtualBox makes them."""

import struct
import uuid

from guest.images import convert

# Offsets in the header of version 1.1
TYPE, MAP, DATA, BLOCK_SIZE, BLOCKS, ALLOCATED = (
    0x4c, 0x154, 0x158, 0x178, 0x180, 0x184)
IMAGE, MODIFIED, PARENT, PARENT_MODIFIED = 0x188, 0x198, 0x1a8, 0x1b8
DIFFERENCE = 4
ABSENT, ZERO = 0xffffffff, 0xfffffffe


def _number(header, offset):
    return struct.unpack_from('<I', header, offset)[0]


def _uuid(header, offset, value):
    header[offset:offset + 16] = value


def difference(parent, before, after, image):
    """An image of what `after` has and `before` has not; both are raw."""
    header = bytearray(parent.read_bytes()[:512])
    size, count = _number(header, BLOCK_SIZE), _number(header, BLOCKS)
    old, new, entries, data = before.read_bytes(), after.read_bytes(), [], []
    for start in range(0, count * size, size):
        block = new[start:start + size]
        if block == old[start:start + size]:
            entries.append(ABSENT)
        elif not any(block):
            entries.append(ZERO)
        else:
            entries.append(len(data))
            data.append(block.ljust(size, b'\0'))
    struct.pack_into('<I', header, TYPE, DIFFERENCE)
    struct.pack_into('<I', header, ALLOCATED, len(data))
    _uuid(header, PARENT, header[IMAGE:IMAGE + 16])
    _uuid(header, PARENT_MODIFIED, header[MODIFIED:MODIFIED + 16])
    _uuid(header, IMAGE, uuid.uuid4().bytes_le)
    _uuid(header, MODIFIED, uuid.uuid4().bytes_le)
    with open(image, 'wb') as out:
        out.write(header)
        out.seek(_number(header, MAP))
        out.write(struct.pack(f'<{count}I', *entries))
        out.seek(_number(header, DATA))
        out.write(b''.join(data))
    return image


def chain(raw, folder, name):
    """[image, difference to it] that together are what `raw` has.

    What the first has alone is something else: every third block of it is
    zeros, every third of the others is scrambled.
    """
    before = folder / f'{name}.before'
    content = bytearray(raw.read_bytes())
    for number, start in enumerate(range(0, len(content), 1 << 20)):
        block = content[start:start + (1 << 20)]
        if number % 3 == 1:
            content[start:start + len(block)] = bytes(len(block))
        if number % 3 == 2:
            content[start:start + len(block)] = bytes(
                value ^ 0x55 for value in block)
    before.write_bytes(content)
    first = convert(before, folder / f'{name}.vdi', 'vdi')
    second = difference(first, before, raw, folder / f'{name}-child.vdi')
    before.unlink()
    return [first, second]
