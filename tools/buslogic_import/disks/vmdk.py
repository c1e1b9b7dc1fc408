# SPDX-License-Identifier: GPL-2.0-or-later
"""VMware's VMDK images: what their descriptors say.  QEMU reads them."""

import os
import re
import struct
import uuid
from pathlib import Path

from buslogic_import.errors import ImportFailed

HOSTED, VMFS_SPARSE = b'KDMV', b'COWD'
SE_SPARSE = struct.pack('<Q', 0xcafebabe)
DESCRIPTOR = b'# Disk DescriptorFile'
SECTOR = 512
MAX_DESCRIPTOR = 1 << 20
# magic, version, flags, capacity, grain size, descriptor's place and size
SPARSE = struct.Struct('<4sIIQQQQ')
NO_PARENT = 0xffffffff
MAX_SECTORS = 1 << 45
READABLE = ('monolithicSparse', 'monolithicFlat', 'twoGbMaxExtentSparse',
            'twoGbMaxExtentFlat', 'streamOptimized', 'vmfs', 'vmfsSparse',
            'vmfsThin', 'vmfsEagerZeroedThick', 'vmfsPreallocated', 'seSparse',
            'custom')
WRITABLE = ('monolithicSparse', 'monolithicFlat', 'twoGbMaxExtentSparse',
            'twoGbMaxExtentFlat', 'vmfs', 'vmfsThin', 'vmfsEagerZeroedThick',
            'vmfsPreallocated')
SETTING = re.compile(r'\s*([\w.]+)\s*=\s*"?([^"]*?)"?\s*')
EXTENT = re.compile(r'\s*(RW|RDONLY|NOACCESS)\s+(\d{1,18})\s+(\w+)'
                    r'(?:\s+"([^"]*)"(?:\s+(\d+))?)?.*')


def is_vmdk(start):
    """Whether an image that begins so is one."""
    return start.startswith((HOSTED, VMFS_SPARSE, DESCRIPTOR)) or (
        start.lstrip().startswith(DESCRIPTOR))


class Vmdk:
    """The descriptor of an image.

    `offset` and `size` are those of the image in an archive, which has no
    other extents.
    """

    def __init__(self, path, offset=0, size=None, start=None):
        """`start` is how it begins, if it is compressed."""
        self.path = path
        self.in_archive = size is not None
        text = self._descriptor(offset, start)
        self.settings, self.extents = {}, []
        for line in text.splitlines():
            extent = EXTENT.fullmatch(line)
            setting = SETTING.fullmatch(line)
            if extent:
                self._add_extent(extent)
            elif setting:
                self.settings[setting[1].lower()] = setting[2]
        self._check()

    def _descriptor(self, offset, start):
        if start is None:
            with open(self.path, 'rb') as file:
                file.seek(offset)
                start = file.read(MAX_DESCRIPTOR)
        if start.startswith(VMFS_SPARSE):
            raise ImportFailed(self.path, 'is a part of a disk: import the '
                               'descriptor, which is a small text file beside '
                               'it')
        if start.startswith(HOSTED):
            if len(start) < SECTOR:
                raise ImportFailed(self.path, 'is truncated')
            _, _, _, _, _, first, count = SPARSE.unpack_from(start)
            if not first or count * SECTOR > MAX_DESCRIPTOR or (
                    first * SECTOR > MAX_DESCRIPTOR):
                raise ImportFailed(self.path, 'has no descriptor: it is a '
                                   'part of a disk, or damaged')
            start = start[first * SECTOR:(first + count) * SECTOR]
            if not start:
                raise ImportFailed(self.path, 'is truncated')
        elif len(start) >= MAX_DESCRIPTOR:
            raise ImportFailed(self.path, 'has a descriptor that is too long')
        return start.split(b'\0')[0].decode('utf-8', 'surrogateescape')

    def _add_extent(self, match):
        """An extent must be a file beside the descriptor."""
        _, sectors, kind, name, start = match.groups()
        if kind == 'ZERO':
            self.extents.append((int(sectors), None, 0))
            return
        if not name or name.startswith(('/', '\\')) or re.match(
                r'\w:[\\/]', name) or '..' in re.split(r'[\\/]', name) or (
                    ':' in name):       # QEMU would take it for a protocol
            raise ImportFailed(self.path, f'its extent {name or ""!r} is not '
                               'a file beside it')
        if kind not in ('FLAT', 'SPARSE', 'VMFS', 'VMFSSPARSE', 'SESPARSE'):
            raise ImportFailed(self.path, f'an extent of type {kind} is not '
                               'supported: it is a disk of the host')
        # How much of the file there has to be
        end = int(start or 0) + int(sectors) if kind in ('FLAT', 'VMFS') else 0
        self.extents.append((int(sectors), name, end * SECTOR))

    def _check(self):
        if 'createtype' not in self.settings:
            raise ImportFailed(self.path, 'has no createType')
        if self.kind not in READABLE:
            raise ImportFailed(self.path, f'createType {self.kind} is not '
                               'supported; known are ' + ', '.join(READABLE))
        if any(name.endswith('keysafe') for name in self.settings):
            raise ImportFailed(self.path, 'is encrypted: remove the '
                               'encryption in VMware first')
        if not self.extents or not 0 < sum(
                sectors for sectors, *_ in self.extents) < MAX_SECTORS:
            raise ImportFailed(self.path, 'has no size')
        if not self.in_archive and not self.is_one_file:
            self._check_files()

    def _check_files(self):
        """Nothing beside it leads elsewhere."""
        folder = os.path.realpath(self.path.parent)
        for _, name, length in self.extents:
            if name is None:
                continue
            path = self.path.parent / name
            if not path.is_file():
                raise ImportFailed(self.path, f'its extent {name} is missing')
            if os.path.commonpath([folder, os.path.realpath(path)]) != folder:
                raise ImportFailed(self.path, f'its extent {name} is outside '
                                   'of its folder')
            if path.stat().st_size < length:
                raise ImportFailed(path, 'is truncated')

    @property
    def kind(self):
        """createType, such as 'monolithicSparse'."""
        return self.settings['createtype']

    @property
    def is_one_file(self):
        """Whether the descriptor is in the only extent."""
        return self.kind in ('monolithicSparse', 'streamOptimized')

    @property
    def size(self):
        """Of the disk, in bytes."""
        return sum(sectors for sectors, *_ in self.extents) * SECTOR

    @property
    def geometry(self):
        """What the BIOS saw, or None."""
        try:
            values = tuple(int(self.settings[f'ddb.geometry.{name}'])
                           for name in ('cylinders', 'heads', 'sectors'))
        except (KeyError, ValueError):
            return None
        return values if all(values) else None

    @property
    def cid(self):
        """Which contents it has."""
        return self._number('cid')

    @property
    def parent_cid(self):
        """Which contents it is a difference to; None for none."""
        number = self._number('parentcid')
        return None if number in (None, NO_PARENT) else number

    @property
    def is_difference(self):
        """Whether it needs a parent."""
        return self.parent_cid is not None or bool(self.parent_uuid)

    @property
    def uuid(self):
        """VirtualBox's identity of it, or None."""
        return self._uuid('image')

    @property
    def modified(self):
        """Its state, as VirtualBox calls it, or None."""
        return self._uuid('modification')

    @property
    def parent_uuid(self):
        """Of what VirtualBox made a difference to, or None."""
        return self._uuid('parent')

    @property
    def parent_modified(self):
        """The state in which that has to be, or None."""
        return self._uuid('parentmodification')

    def _uuid(self, name):
        try:
            value = uuid.UUID(self.settings[f'ddb.uuid.{name}'])
        except (KeyError, ValueError):
            return None
        return value if value.int else None

    def _number(self, name):
        try:
            return int(self.settings[name], 16)
        except (KeyError, ValueError):
            return None

    def parent_path(self):
        """Where its own hint says that the parent is, or None."""
        hint = self.settings.get('parentfilenamehint')
        if not hint:
            return None
        path = self.path.parent / hint
        name = re.split(r'[\\/]', hint)[-1]
        return path if path.is_file() else self.path.parent / Path(name)
