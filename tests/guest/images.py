# SPDX-License-Identifier: GPL-2.0-or-later
"""CD images and disk images with a file system, made without root."""

from guest.paths import call, tool

SECTOR = 512
FIRST_SECTOR = 2048             # where partitioning tools start these days


def cd_image(image, folder):
    """An ISO 9660 image of a folder, with POSIX file names."""
    call(tool('xorriso', 'xorriso'), '-as', 'mkisofs', '-quiet', '-R',
         '-o', image, folder)
    return image


def _make_file_system(partition, folder, mib):
    call(tool('mkfs.ext4', 'e2fsprogs'), '-q', '-F', '-d', folder,
         '-E', 'root_owner=0:0', partition, f'{mib}M')


def _write_table(disk, mib):
    """One partition, from FIRST_SECTOR on."""
    with open(disk, 'wb') as out:
        out.truncate(FIRST_SECTOR * SECTOR + (mib << 20))
    call(tool('sfdisk', 'fdisk'), '--quiet', disk,
         input=f'label: dos\nstart={FIRST_SECTOR}, type=83\n')


def _copy_into(disk, partition):
    with open(disk, 'r+b') as out, open(partition, 'rb') as source:
        out.seek(FIRST_SECTOR * SECTOR)
        out.write(source.read())


def disk_image(image, folder, mib, image_format):
    """A disk whose only partition is an ext4 file system with the folder."""
    partition, raw = image.with_suffix('.ext4'), image.with_suffix('.raw')
    partition.unlink(missing_ok=True)
    _make_file_system(partition, folder, mib)
    _write_table(raw, mib)
    _copy_into(raw, partition)
    call(tool('qemu-img', 'qemu-utils'), 'convert', '-f', 'raw',
         '-O', image_format, raw, image)
    partition.unlink()
    raw.unlink()
    return image
