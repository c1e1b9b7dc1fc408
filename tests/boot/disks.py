# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks and CDs that carry the probe, or what leads to it."""

import struct

from guest.images import cd_image
from guest.paths import call, tool
from guest.stamps import stamp
from probe import SECTOR, TABLE_OFFSET, assemble, boot_sector

MIB = 1 << 20
GIB = 1 << 30
CD_SECTOR = 2048
FLOPPY_144 = 1440 * 1024

# Where the loaders of load-chs.S and load-lba.S find the next boot sector
PAYLOAD_LBA = 700000


def blank_disk(path, size=8 * MIB):
    """A sparse disk without contents."""
    with open(path, 'wb') as out:
        out.truncate(size)
    return path


def probe_disk(path, name=None, size=8 * MIB, stamped=()):
    """A disk that boots the probe, with stamps in the sectors asked for.

    The medium is named like the file.
    """
    blank_disk(path, size)
    with open(path, 'r+b') as out:
        out.write(boot_sector(name or path.stem))
        for lba in stamped:
            out.seek(lba * SECTOR)
            out.write(stamp(lba, 0, 0))
    return path


def huge_probe_disk(path, size, stamped):
    """The same as a qcow2 image: few file systems have files of that size."""
    call(tool('qemu-img', 'qemu-utils'), 'create', '-q', '-f', 'qcow2', path,
         size)
    with open(path.with_suffix('.sector'), 'w+b') as sector:
        for lba, content in [(0, boot_sector(path.stem)),
                             *((lba, stamp(lba, 0, 0)) for lba in stamped)]:
            sector.seek(0)
            sector.write(content)
            sector.flush()
            call(tool('qemu-io', 'qemu-utils'), '-f', 'qcow2', '-c',
                 f'write -q -s {sector.name} {lba * SECTOR} {SECTOR}', path)
    return path


def loader_disk(path, loader):
    """A disk whose boot sector has to load the probe from PAYLOAD_LBA."""
    blank_disk(path, 512 * MIB)
    with open(path, 'r+b') as out:
        out.write(assemble(loader, 0x7c00))
        out.seek(PAYLOAD_LBA * SECTOR)
        out.write(boot_sector(path.stem))
    return path


def _packed_chs(lba, heads, sectors):
    cylinder, rest = divmod(lba, heads * sectors)
    head, sector = divmod(rest, sectors)
    return bytes([head, cylinder >> 2 & 0xc0 | sector + 1, cylinder & 0xff])


def partition_entry(first, count, heads, sectors, kind=6):
    """The 16 bytes of an active partition in a partition table."""
    return (b'\x80' + _packed_chs(first, heads, sectors) + bytes([kind]) +
            _packed_chs(first + count - 1, heads, sectors) +
            struct.pack('<II', first, count))


def _emulated(path, size, entry=b''):
    """What a CD with emulation shows: the probe, then stamps."""
    content = bytearray(boot_sector(path.stem))
    content[TABLE_OFFSET:TABLE_OFFSET + len(entry)] = entry
    for lba in range(1, size // SECTOR):
        content += stamp(lba, 0, 0)
    return bytes(content)


def write_files(folder, files):
    """Files below a folder, {name: contents}."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def iso(path, files, *options):
    """A CD with these files, {name: contents}, and options of xorriso."""
    folder = write_files(path.with_suffix('.files'), files)
    return cd_image(path, folder, *options)


def probe_cd(path):
    """A CD that boots the probe without emulation."""
    # The probe and, up to the end of the CD's sector, stamps.
    content = boot_sector(path.stem) + b''.join(
        stamp(lba, 0, 0) for lba in range(1, 4))
    return iso(path, {'boot.bin': content}, '-b', 'boot.bin',
               '-no-emul-boot', '-boot-load-size', '4')


def floppy_cd(path, size=FLOPPY_144):
    """A CD that is a floppy with the probe to who boots it."""
    return iso(path, {'boot.img': _emulated(path, size)}, '-b', 'boot.img')


def hard_disk_cd(path, size=4 * MIB, heads=16, sectors=63):
    """A CD that is a hard disk with the probe to who boots it."""
    size -= size % (heads * sectors * SECTOR)
    entry = partition_entry(sectors, size // SECTOR - sectors, heads, sectors)
    return iso(path, {'boot.img': _emulated(path, size, entry)},
               '-b', 'boot.img', '-hard-disk-boot')


def data_cd(path):
    """A CD that does not boot."""
    return iso(path, {'readme': b'nothing to boot\n'})


def catalogue_offset(path):
    """Where in the image the boot catalogue of a CD begins."""
    with open(path, 'rb') as image:
        image.seek(17 * CD_SECTOR + 0x47)
        return struct.unpack('<I', image.read(4))[0] * CD_SECTOR


def patch(path, offset, data):
    """Change some bytes of an image."""
    with open(path, 'r+b') as image:
        image.seek(offset)
        image.write(data)
    return path


def sector_of(path, lba, size=SECTOR):
    """A sector of a raw image, as it is on the host."""
    with open(path, 'rb') as image:
        image.seek(lba * size)
        return image.read(size)
