# SPDX-License-Identifier: GPL-2.0-or-later
"""Disk images for tests, as VirtualBox makes those that qemu-img cannot."""

import struct
import subprocess
import uuid

from buslogic_import.disks import vdi, vhd

MIB = 1 << 20
NOBODY = uuid.UUID(int=0)


def qemu_img(*words):
    """Run it; returns what it prints."""
    return subprocess.run(['qemu-img', *map(str, words)], check=True,
                          capture_output=True, text=True).stdout


def content(path, driver=None):
    """The bytes of a disk, read by QEMU."""
    raw = path.with_suffix('.content')
    options = ['-f', driver] if driver else []
    qemu_img('convert', *options, '-O', 'raw', path, raw)
    data = raw.read_bytes()
    raw.unlink()
    return data


def write_vdi(path, size, blocks, parent=None, block_size=MIB, header=()):
    """A VDI image; `blocks` has bytes by number, None for a block of zeros.

    `parent` is the Vdi that it is a difference to.  `header` has fields that
    are other than they have to be.
    """
    count = -(-size // block_size)
    kind = vdi.DIFFERENCE if parent else vdi.DYNAMIC
    map_at = 512
    data_at = -(-(map_at + 4 * count) // 512) * 512
    entries, data = [], []
    for number in range(count):
        if number not in blocks:
            entries.append(vdi.ABSENT)
        elif blocks[number] is None:
            entries.append(vdi.ZERO)
        else:
            entries.append(len(data))
            data.append(blocks[number].ljust(block_size, b'\0'))
    values = {'version': 1 << 16 | 1, 'type': kind, 'map_at': map_at,
              'data_at': data_at, 'sector': 512, 'size': size,
              'block_size': block_size, 'extra': 0, 'blocks': count,
              'uuid': uuid.uuid4(), 'modified': uuid.uuid4(),
              'parent': parent.uuid if parent else NOBODY,
              'parent_modified': parent.modified if parent else NOBODY,
              **dict(header)}
    start = vdi.HEADER.pack(
        values['version'], 400, values['type'], 0, b'', values['map_at'],
        values['data_at'], 0, 0, 0, values['sector'], 0, values['size'],
        values['block_size'], values['extra'], values['blocks'], len(data),
        *(values[name].bytes_le for name in (
            'uuid', 'modified', 'parent', 'parent_modified')))
    text = b'<<< Oracle VM VirtualBox Disk Image >>>\n'.ljust(64, b'\0')
    head = text + struct.pack('<I', vdi.SIGNATURE) + start
    path.write_bytes(
        (head.ljust(map_at, b'\0') + struct.pack(f'<{count}I', *entries))
        .ljust(data_at, b'\0') + b''.join(data))
    return path


def set_vmdk_uuids(path, uuids):
    """Give a sparse VMDK image the UUIDs that VirtualBox gives it."""
    with open(path, 'r+b') as file:
        file.seek(28)
        first, count = struct.unpack('<QQ', file.read(16))
        file.seek(first * 512)
        # What is behind its end is what QEMU has left there.
        text = file.read(count * 512).split(b'\0')[0]
        for name, value in uuids.items():
            text += f'ddb.uuid.{name}="{value}"\n'.encode()
        file.seek(first * 512)
        file.write(text.ljust(count * 512, b'\0'))


def _summed(data, position):
    """With the checksum of VHD at that place."""
    total = ~sum(data) & 0xffffffff
    return data[:position] + struct.pack('>I', total) + data[position + 4:]


def _vhd_footer(kind, size, identity):
    data = vhd.FOOTER.pack(vhd.COOKIE, 2, 0x10000, 0 if kind ==
                           vhd.FIXED_TYPE else 512, 0, b'vbox', 0, b'Wi2k',
                           size, size, 0, 0, 0, kind, 0, identity.bytes)
    # All but fixed images have their dynamic header at 512.
    if kind == vhd.FIXED_TYPE:
        data = data[:16] + b'\xff' * 8 + data[24:]
    return _summed(data.ljust(vhd.FOOTER_SIZE, b'\0'), 64)


def write_fixed_vhd(path, data):
    """A fixed VHD image."""
    path.write_bytes(data + _vhd_footer(vhd.FIXED_TYPE, len(data),
                                        uuid.uuid4()))
    return path


def write_vhd(path, size, sectors, parent=None, block_size=2 * MIB):
    """A dynamic VHD image, or a difference to the Vhd `parent`.

    `sectors` has bytes by number.
    """
    count, per_block = -(-size // block_size), block_size // 512
    kind = vhd.DIFFERENCE_TYPE if parent else vhd.DYNAMIC_TYPE
    footer = _vhd_footer(kind, size, uuid.uuid4())
    header = _summed(vhd.DYNAMIC.pack(
        vhd.DYNAMIC_COOKIE, 2 ** 64 - 1, 1536, 0x10000, count, block_size, 0,
        (parent.uuid if parent else NOBODY).bytes, 0, 0, b'').ljust(
            vhd.DYNAMIC_SIZE, b'\0'), 36)
    table, blocks = [], []
    position = 1536 + -(-4 * count // 512) * 512
    bitmap_size = -(-per_block // 8 // 512) * 512
    for block in range(count):
        own = {number: sectors[number] for number in range(
            block * per_block, (block + 1) * per_block) if number in sectors}
        if not own:
            table.append(vhd.UNUSED)
            continue
        table.append(position // 512)
        bitmap, data = bytearray(bitmap_size), bytearray(block_size)
        for number, value in own.items():
            within = number % per_block
            bitmap[within // 8] |= 0x80 >> within % 8
            data[within * 512:within * 512 + 512] = value
        blocks.append(bytes(bitmap + data))
        position += bitmap_size + block_size
    path.write_bytes(
        footer + header + struct.pack(f'>{count}I', *table).ljust(
            -(-4 * count // 512) * 512, b'\xff') + b''.join(blocks) + footer)
    return path
