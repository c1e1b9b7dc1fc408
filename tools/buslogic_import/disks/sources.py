# SPDX-License-Identifier: GPL-2.0-or-later
"""What an image is, and what it takes to read it."""

import os

from buslogic_import.disks import qemu_img, vmdk_chains
from buslogic_import.disks.chains import layered
from buslogic_import.disks.packed import start_of, unpacked_size
from buslogic_import.disks.source import (Source, archived, check_file,
                                          node_of)
from buslogic_import.disks.vdi import Vdi, is_vdi
from buslogic_import.disks.vhd import Vhd, is_vhd
from buslogic_import.disks.vmdk import is_vmdk
from buslogic_import.errors import ImportFailed
from buslogic_import.model import DeviceKind

# How other formats begin, and QEMU's names of them
MAGICS = [(b'vhdxfile', 'vhdx'), (b'QFI\xfb\0\0\0\1', 'qcow'),
          (b'QFI\xfb', 'qcow2'), (b'QED\0', 'qed'),
          (b'WithoutFreeSpace', 'parallels'),
          (b'WithouFreSpacExt', 'parallels')]
LAYERED = {'vdi': Vdi, 'vpc': Vhd}      # whose differences QEMU does not read
# What VirtualBox and others call them
NAMES = {'VDI': 'vdi', 'VMDK': 'vmdk', 'VHD': 'vpc', 'VPC': 'vpc',
         'VHDX': 'vhdx', 'QCOW': 'qcow', 'QCOW2': 'qcow2', 'QED': 'qed',
         'PARALLELS': 'parallels', 'HDD': 'parallels', 'RAW': 'raw',
         'ISO': 'raw'}


def look_at(medium, kind):
    """The Source of a medium.  Nothing is written."""
    check_file(medium.path)
    driver = _driver(medium, kind)
    if driver == 'vmdk':
        return vmdk_chains.look_at(medium)
    packed = medium.size is not None or medium.compressed
    if driver == 'vpc' and packed:
        raise ImportFailed(medium.path, 'a VHD image in an archive is not '
                           'supported: unpack it')
    if driver in LAYERED and not packed:
        return layered(medium, LAYERED[driver], driver, _base_of_other_kind)
    return _simple(medium, driver)


def _base_of_other_kind(medium):
    """What VDI differences are on top of, if that is no VDI image."""
    source = look_at(medium, DeviceKind.DISK)
    if source.layers or source.node is None:
        raise ImportFailed(medium.path, 'is a difference itself: such a chain '
                           'of several formats is not supported')
    return source


def _end_of(medium):
    with open(medium.path, 'rb') as file:
        end = medium.offset + (medium.size or 0) if (
            medium.size is not None) else file.seek(0, os.SEEK_END)
        file.seek(max(end - 512, medium.offset))
        return file.read(512)


def _driver(medium, kind):
    """QEMU's name of the format, which the contents must bear out."""
    claimed = NAMES.get(medium.format.upper(), '')
    if medium.format and not claimed:
        raise ImportFailed(medium.path, f'format {medium.format} is not '
                           'supported')
    if claimed == 'raw' or kind is not DeviceKind.DISK:
        return 'raw'
    found = _recognised(medium)
    if claimed and found != claimed:
        raise ImportFailed(medium.path, f'is no {medium.format} image')
    return found


def _recognised(medium):
    start = start_of(medium)
    if is_vdi(start):
        return 'vdi'
    if is_vmdk(start):
        return 'vmdk'
    for magic, name in MAGICS:
        if start.startswith(magic):
            return name
    end = b'' if medium.compressed else _end_of(medium)
    return 'vpc' if is_vhd(start, end) else 'raw'


def _simple(medium, driver):
    """Any format that QEMU reads by itself."""
    node = node_of(driver, medium)
    if medium.compressed:
        if driver != 'raw':
            raise ImportFailed(medium.path, f'a packed image in format '
                               f'{driver} is not supported: unpack it')
        return Source(medium.path, driver, unpacked_size(medium), node,
                      writable=False, why_not='it is packed')
    info = qemu_img.info(medium.path, node)
    if info.get('encrypted'):
        raise ImportFailed(medium.path, 'is encrypted')
    for name in ('backing-filename', 'data-file'):
        data = info.get('format-specific', {}).get('data', {})
        if info.get(name) or data.get(name):
            raise ImportFailed(medium.path, 'needs another image: '
                               f'{info.get(name) or data.get(name)}')
    why = archived(medium)
    return Source(medium.path, driver, info['virtual-size'], node,
                  writable=not why, why_not=why)
