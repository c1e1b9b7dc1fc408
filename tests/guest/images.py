# SPDX-License-Identifier: GPL-2.0-or-later
"""CD images and disk images with file systems, made without root."""

from typing import NamedTuple
from pathlib import Path

from guest.paths import call, tool

SECTOR = 512
FIRST_SECTOR = 2048             # where partitioning tools start these days

# Types in a partition table
LINUX, FAT16, FAT32, EFI_SYSTEM = '83', '6', 'c', 'ef'


class Partition(NamedTuple):
    """A file with a file system of whole MiB, and its type."""

    path: Path
    kind: str


def cd_image(image, folder, *options):
    """An ISO 9660 image of a folder, with POSIX file names."""
    call(tool('xorriso', 'xorriso'), '-as', 'mkisofs', '-quiet', '-R', '-J',
         '-o', image, *options, folder)
    return image


# Of the file systems made here; there is one in a machine
LABEL = 'system'


def ext4_image(path, folder, mib):
    """An ext4 file system with the contents of a folder, owned by root."""
    path.unlink(missing_ok=True)
    call(tool('mkfs.ext4', 'e2fsprogs'), '-q', '-F', '-L', LABEL, '-d', folder,
         '-E', 'root_owner=0:0', path, f'{mib}M')
    return path


def fat_image(path, folder, mib):
    """A FAT file system with the contents of a folder.

    It knows that it will be the first partition of a disk.
    """
    path.unlink(missing_ok=True)
    call(tool('mformat', 'mtools'), '-C', '-i', path, '-T',
         (mib << 20) // SECTOR, '-h', 64, '-s', 32, '-H', FIRST_SECTOR, '::')
    call(tool('mcopy', 'mtools'), '-s', '-i', path, *folder.iterdir(), '::')
    return path


def _table(partitions):
    """What sfdisk wants to know; the first partition is the active one."""
    lines, start = ['label: dos'], FIRST_SECTOR
    for path, kind in partitions:
        size = path.stat().st_size // SECTOR
        active = ', bootable' if start == FIRST_SECTOR else ''
        lines.append(f'start={start}, size={size}, type={kind}{active}')
        start += size
    return '\n'.join(lines) + '\n'


def partitioned_disk(disk, partitions):
    """A raw image of a disk with these partitions."""
    total = sum(part.path.stat().st_size for part in partitions)
    with open(disk, 'wb') as out:
        out.truncate(FIRST_SECTOR * SECTOR + total)
    call(tool('sfdisk', 'fdisk'), '--quiet', disk, input=_table(partitions))
    with open(disk, 'r+b') as out:
        out.seek(FIRST_SECTOR * SECTOR)
        for part in partitions:
            out.write(part.path.read_bytes())
    return disk


def convert(raw, image, image_format):
    """The same disk in another format."""
    call(tool('qemu-img', 'qemu-utils'), 'convert', '-f', 'raw',
         '-O', image_format, raw, image)
    return image
