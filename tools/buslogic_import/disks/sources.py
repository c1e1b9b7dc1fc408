# SPDX-License-Identifier: GPL-2.0-or-later
"""What an image is, and what it takes to read it."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from buslogic_import.disks import qemu_img
from buslogic_import.disks.layers import Layer
from buslogic_import.disks.packed import start_of, unpacked_size
from buslogic_import.disks.vdi import Vdi, is_vdi
from buslogic_import.disks.vhd import Vhd, is_vhd
from buslogic_import.disks.vmdk import WRITABLE, Vmdk, is_vmdk
from buslogic_import.errors import ImportFailed
from buslogic_import.model import DeviceKind

MAX_DEPTH = 64                  # of a chain
# How other formats begin, and QEMU's names of them
MAGICS = [(b'vhdxfile', 'vhdx'), (b'QFI\xfb\0\0\0\1', 'qcow'),
          (b'QFI\xfb', 'qcow2'), (b'QED\0', 'qed'),
          (b'WithoutFreeSpace', 'parallels'),
          (b'WithouFreSpacExt', 'parallels')]
# What VirtualBox and others call them
NAMES = {'VDI': 'vdi', 'VMDK': 'vmdk', 'VHD': 'vpc', 'VPC': 'vpc',
         'VHDX': 'vhdx', 'QCOW': 'qcow', 'QCOW2': 'qcow2', 'QED': 'qed',
         'PARALLELS': 'parallels', 'HDD': 'parallels', 'RAW': 'raw',
         'ISO': 'raw'}


@dataclass
class Source:
    """An image that is going to be used.

    QEMU reads `node`.  What it cannot read is in `layers`, which are on top
    of `node` or, if that is None, complete.
    """

    path: Path
    driver: str
    size: int                       # of the disk, bytes
    node: dict | None
    layers: list[Layer] = field(default_factory=list)
    base: list[Layer] = field(default_factory=list)     # `node` for us
    writable: bool = True
    why_not: str = ''               # if it is not
    geometry: tuple | None = None


def look_at(medium, kind):
    """The Source of a medium.  Nothing is written."""
    check_file(medium.path)
    driver = _driver(medium, kind)
    if driver == 'vdi':
        return _layered(medium, Vdi, driver)
    if driver == 'vpc':
        return _layered(medium, Vhd, driver)
    if driver == 'vmdk':
        return _vmdk(medium)
    return _simple(medium, driver)


def check_file(path):
    """It must be an ordinary file that can be read."""
    try:
        with open(path, 'rb') as file:
            mode = os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise ImportFailed(path, error.strerror) from None
    if not stat.S_ISREG(mode):
        raise ImportFailed(path, 'is no ordinary file')


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


def file_node(medium):
    """The file, or its place in an archive."""
    node = {'driver': 'file', 'filename': str(medium.path)}
    if medium.size is None:
        return node
    return {'driver': 'raw', 'offset': medium.offset, 'size': medium.size,
            'file': node}


def _node(driver, medium, **more):
    return {'driver': driver, **more, 'file': file_node(medium)}


def _archived(medium):
    """Why it cannot be written to, if it is in an archive."""
    return 'it is in an archive' if medium.size is not None else ''


def _simple(medium, driver):
    """Any format that QEMU reads by itself."""
    node = _node(driver, medium)
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
    why = _archived(medium)
    return Source(medium.path, driver, info['virtual-size'], node,
                  writable=not why, why_not=why)


def _chain(medium):
    """The medium and its parents, down to the base."""
    media = []
    while medium:
        if len(media) >= MAX_DEPTH or any(
                other.path == medium.path for other in media):
            raise ImportFailed(medium.path, 'is in a chain without an end')
        check_file(medium.path)
        media.append(medium)
        medium = medium.parent
    return media


def _layered(medium, kind, driver):
    """VDI and VHD, whose differences QEMU does not read."""
    if medium.size is not None or medium.compressed:
        # Archives have VMDK images; QEMU reads others as far as it can.
        return _simple(medium, driver)
    media = _chain(medium)
    layers = [kind(part.path) for part in media]
    for part, layer in zip(media, layers):
        if part.uuid and str(layer.uuid) != part.uuid:
            raise ImportFailed(part.path, f'has the UUID {layer.uuid}, not '
                               f'{part.uuid}: it is another image')
    for child, parent in zip(layers, layers[1:]):
        _check_parent(child, parent)
    base = layers[-1]
    if base.is_difference:
        raise ImportFailed(base.path, 'is a difference to an image with the '
                           f'UUID {base.parent_uuid}, which is missing')
    options = {'force_size_calc': 'current_size'} if driver == 'vpc' else {}
    readable = getattr(base, 'readable_by_qemu', True)
    node = _node(driver, media[-1], **options) if readable else None
    if node:
        qemu_img.info(base.path, node)
    top = layers if not node else layers[:-1]
    why = 'it is a difference to another image' if len(layers) > 1 else (
        '' if node else 'QEMU does not know that kind of it')
    return Source(medium.path, driver, layers[0].size, node, top,
                  [base] if node else [], not why, why,
                  layers[0].geometry or base.geometry)


def _check_parent(child, parent):
    """It must be the one the child was made from, and unchanged."""
    if child.parent_uuid != parent.uuid:
        raise ImportFailed(child.path, 'is a difference to an image with the '
                           f'UUID {child.parent_uuid}, but {parent.path} has '
                           f'{parent.uuid}')
    if isinstance(child, Vdi) and child.parent_modified.int and (
            child.parent_modified != parent.modified):
        raise ImportFailed(parent.path, 'was changed after the difference '
                           f'{child.path} to it was made')


def _vmdk(medium):
    """VMDK; QEMU reads differences if it is told what they belong to."""
    images, media, why = [], [], _archived(medium)
    current = medium
    while current:
        if len(images) >= MAX_DEPTH or any(other.path == current.path
                                           for other in media):
            raise ImportFailed(current.path, 'is in a chain without an end')
        check_file(current.path)
        images.append(Vmdk(current.path, current.offset, current.size,
                           start_of(current) if current.compressed else None))
        media.append(current)
        current = _vmdk_parent(current, images[-1])
    for child, parent in zip(images, images[1:]):
        if child.parent_cid != parent.cid:
            raise ImportFailed(parent.path, 'was changed after the difference '
                               f'{child.path} to it was made')
    node = None
    for part in reversed(media):
        if not part.compressed:
            qemu_img.info(part.path, _node('vmdk', part))
        node = _node('vmdk', part, **({'backing': node} if node else {}))
    if images[0].kind not in WRITABLE:
        why = f'QEMU does not write to {images[0].kind}'
    elif len(images) > 1:
        why = 'it is a difference to another image'
    return Source(medium.path, 'vmdk', images[0].size, node,
                  writable=not why, why_not=why, geometry=images[0].geometry)


def _vmdk_parent(medium, image):
    """The medium below, or None."""
    if image.parent_cid is None:
        return None
    if medium.parent:
        return medium.parent
    path = image.parent_path()
    if not path:
        raise ImportFailed(medium.path, 'is a difference to another image, '
                           'which it does not name')
    return type(medium)(path, format='VMDK')
