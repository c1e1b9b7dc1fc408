# SPDX-License-Identifier: GPL-2.0-or-later
"""What is done with each image, and how it is done."""

import enum
import os
from dataclasses import dataclass, field
from pathlib import Path

from buslogic_import.disks import qcow2, qemu_img, sources
from buslogic_import.disks.layers import Chain
from buslogic_import.disks.packed import unpacked, unpacked_size
from buslogic_import.progress import human
from buslogic_import.errors import ImportFailed
from buslogic_import.model import DeviceKind
from buslogic_import.report import Fidelity

OVERLAY_SPACE = 1 << 20         # an empty overlay, with room to spare


class Mode(enum.Enum):
    """How the machine gets at its disks."""

    OVERLAY = 'overlay'         # a new image on top of the original
    CONVERT = 'convert'         # a copy
    IN_PLACE = 'in place'       # the original is written to


@dataclass(frozen=True)
class Image:
    """What QEMU opens.  A relative path is one in the output folder."""

    path: Path
    format: str
    read_only: bool = False


@dataclass
class Plan:
    """An image that is used as it is; the subclasses make one."""

    image: Image
    source: sources.Source
    steps: list[str] = field(default_factory=list)
    bytes_needed: int = 0           # in the output folder
    work: int = 0                   # bytes that are read
    # Where the guest sees something else than before
    fidelity: Fidelity | None = None
    reason: str = ''

    @property
    def size(self):
        """Of the disk, in bytes."""
        return self.source.size

    @property
    def geometry(self):
        """(cylinders, heads, sectors) that the image claims, or None."""
        return self.source.geometry

    def carry_out(self, folder, progress):
        """Make the image in the folder."""


class Overlay(Plan):
    """An empty image on top of the original."""

    def carry_out(self, folder, progress):
        qemu_img.create_overlay(folder / self.image.path, self.source.node,
                                self.size)


class Copy(Plan):
    """A copy of all contents."""

    def carry_out(self, folder, progress):
        qemu_img.convert(folder / self.image.path, self.source.node,
                         self.work, progress.advance)


class Merge(Plan):
    """An image with what differences have that QEMU does not read."""

    on_top = True                   # of the base; else complete

    def carry_out(self, folder, progress):
        source = self.source
        backing = None
        layers = list(source.layers)
        if self.on_top and source.node:
            backing = (self.base_name(), source.node['driver'])
        else:
            layers += source.base
        with open(folder / self.image.path, 'xb') as out, (
                Chain(layers)) as top, Chain(source.layers
                                             + source.base) as whole:
            qcow2.write_chain(out, top, whole, backing, progress.advance)

    def base_name(self):
        """What the new image calls its base."""
        return qemu_img.file_name(self.source.node)


class CopyOfMerge(Merge):
    """The same, and then a copy of that and of a base that we cannot read."""

    def carry_out(self, folder, progress):
        super().carry_out(folder, progress)
        image = folder / self.image.path
        merged = image.with_suffix('.merged')
        image.rename(merged)
        node = {'driver': 'qcow2', 'backing': self.source.node,
                'file': {'driver': 'file', 'filename': str(merged)}}
        qemu_img.convert(image, node, self.size, progress.advance)
        merged.unlink()

    def base_name(self):
        """Another one is told to QEMU; the real one may not fit."""
        return 'base'


class Unpack(Plan):
    """A copy of what is packed, or in an archive."""

    medium = None

    def carry_out(self, folder, progress):
        out = folder / self.image.path
        if self.image.format == 'raw':
            self._unpack(out, progress)
            return
        packed = out.with_suffix('.unpacked')
        self._unpack(packed, progress)
        node = {'driver': self.source.driver,
                **({'backing': None} if self.source.driver == 'vmdk' else {}),
                'file': {'driver': 'file', 'filename': str(packed)}}
        qemu_img.convert(out, node, 0, lambda count: None)
        packed.unlink()

    def _unpack(self, path, progress):
        with open(path, 'xb') as out:
            for data in unpacked(self.medium):
                out.write(data)
                progress.advance(len(data))


def plan(medium, kind, mode, folder, name):
    """The Plan for a medium; nothing is written.

    `folder` is where the machine is going to be, `name` what a new image is
    called there.  Raises ImportFailed.
    """
    del folder
    source = sources.look_at(medium, kind)
    if kind is DeviceKind.CDROM or medium.compressed:
        return _as_is(medium, kind, mode, source, name)
    if mode is Mode.IN_PLACE:
        return _in_place(source)
    image = Image(Path(f'{name}.qcow2'), 'qcow2')
    if mode is Mode.OVERLAY and not _fits(source):
        mode = Mode.CONVERT
    if source.layers:
        return _merge(source, mode, image)
    if mode is Mode.OVERLAY:
        return Overlay(image, source, [f'{image.path} on top of '
                                       f'{source.path}'], OVERLAY_SPACE)
    return Copy(image, source, [f'{image.path}, a copy of {source.path}'],
                qemu_img.space_for_copy(source.path, source.node),
                source.size)


def _as_is(medium, kind, mode, source, name):
    """CD-ROMs are not written to; what is packed is unpacked."""
    if medium.size is None and not medium.compressed:
        return Plan(Image(medium.path, 'raw', True), source,
                    [f'{medium.path} as it is'])
    if mode is Mode.IN_PLACE and kind is not DeviceKind.CDROM:
        raise _not_in_place(source, 'it is packed')
    size = unpacked_size(medium)
    is_cd = kind is DeviceKind.CDROM
    image = Image(Path(f'{name}.iso'), 'raw', True) if is_cd else (
        Image(Path(f'{name}.qcow2'), 'qcow2'))
    made = Unpack(image, source, [f'{image.path}, unpacked from '
                                  f'{medium.path}'],
                  size if is_cd else size + source.size, size)
    made.medium = medium
    return made


def _in_place(source):
    """The original, if QEMU can write to it."""
    if not source.writable:
        raise _not_in_place(source, source.why_not)
    if not os.access(source.path, os.W_OK):
        raise _not_in_place(source, 'it is write-protected')
    return Plan(Image(source.path, source.driver), source,
                [f'{source.path} itself'])


def _not_in_place(source, why):
    return ImportFailed(source.path, f'--in-place: {why}')


def _fits(source):
    """Whether the name of the original fits into a qcow2 image."""
    return not source.node or len(qemu_img.file_name(
        source.node).encode()) <= qcow2.MAX_BACKING


def _merge(source, mode, image):
    """Differences: with their base as the backing image, or with all."""
    if mode is not Mode.OVERLAY and source.node and not source.base:
        return _copy_of_merge(source, image)
    on_top = mode is Mode.OVERLAY and source.node is not None
    layers = source.layers if on_top else source.layers + source.base
    room = sum(layer.room(qcow2.CLUSTER) for layer in layers)
    room += room // 1024 + OVERLAY_SPACE
    names = ', '.join(str(layer.path) for layer in layers)
    below = f' on top of {_base_of(source)}' if on_top else ''
    made = Merge(image, source, [f'{image.path}, with what is in {names}'
                                 f'{below}'], room, source.size)
    made.on_top = on_top
    return made


def _base_of(source):
    """The file below the layers."""
    node = source.node
    while 'filename' not in node:
        node = node['file']
    return node['filename']


def _copy_of_merge(source, image):
    names = ', '.join(str(layer.path) for layer in source.layers)
    room = sum(layer.room(qcow2.CLUSTER) for layer in source.layers)
    copy = qemu_img.space_for_copy(source.path, source.node)
    # What is merged is there twice for a while.
    return CopyOfMerge(image, source, [
        f'{image.path}, a copy of {_base_of(source)} with what is in {names}'],
        2 * room + room // 512 + copy + 2 * OVERLAY_SPACE, 2 * source.size)


def check_space(plans, folder):
    """Refuse what does not fit into the file system of a folder."""
    needed = sum(made.bytes_needed for made in plans)
    while not folder.exists():
        folder = folder.parent
    state = os.statvfs(folder)
    free = state.f_bavail * state.f_frsize
    if needed > free:
        raise ImportFailed(folder, f'{human(needed)} are needed there, '
                           f'{human(free)} are free')
