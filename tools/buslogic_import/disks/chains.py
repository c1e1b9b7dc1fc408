# SPDX-License-Identifier: GPL-2.0-or-later
"""Differences of VDI and VHD, whose parents QEMU does not look for."""

from buslogic_import.disks import qemu_img
from buslogic_import.disks.qcow2 import CLUSTER
from buslogic_import.disks.source import Source, check_file, node_of
from buslogic_import.disks.vdi import Vdi
from buslogic_import.errors import ImportFailed
from buslogic_import.model import Medium

MAX_DEPTH = 64                  # of a chain
MAX_NEIGHBOURS = 1000           # that are looked at for a parent


def layered(medium, kind, driver, look_below):
    """The Source of an image of class `kind`, and of all below it.

    `look_below` returns the Source of a base of another format.
    """
    media, layers, below = _chain(medium, kind)
    for child, parent in zip(layers, layers[1:]):
        _check_parent(child, parent)
    if below:
        return _on_another_kind(media, layers, look_below(below), below)
    base = layers[-1]
    if base.is_difference:
        raise ImportFailed(base.path, 'is a difference to an image with the '
                           f'UUID {base.parent_uuid}, which is missing')
    options = {'force_size_calc': 'current_size'} if driver == 'vpc' else {}
    readable = getattr(base, 'readable_by_qemu', True)
    node = node_of(driver, media[-1], **options) if readable else None
    if node:
        qemu_img.info(base.path, node)
    top = layers if not node else layers[:-1]
    return Source(medium.path, driver, layers[0].size, node, top,
                  [base] if node else [], *_writable(media, layers, node),
                  layers[0].geometry or base.geometry)


def _writable(media, layers, node):
    """(whether QEMU can write to it, why not)."""
    why = ''
    if len(layers) > 1:
        why = 'it is a difference to another image'
    elif node is None:
        why = 'QEMU does not know that kind of it'
    elif node['driver'] == 'vpc':
        plain = {name: value for name, value in node.items()
                 if name != 'force_size_calc'}
        # From the geometry, which programs other than VirtualBox go by
        if qemu_img.info(media[0].path, plain)['virtual-size'] != (
                layers[0].size):
            why = 'QEMU takes it for a disk of another size'
    return not why, why


def _chain(medium, kind):
    """Media and layers from the top down; the medium of another format."""
    media, layers = [], []
    while medium:
        if len(media) >= MAX_DEPTH or any(
                other.path == medium.path for other in media):
            raise ImportFailed(medium.path, 'is in a chain without an end')
        check_file(medium.path)
        if layers and kind is Vdi and not kind.is_one(medium.path):
            return media, layers, medium
        layer = kind(medium.path)
        if medium.uuid and not layer.has_uuid(medium.uuid):
            raise ImportFailed(medium.path, f'has the UUID {layer.uuid}, not '
                               f'{medium.uuid}: it is another image')
        media.append(medium)
        layers.append(layer)
        medium = medium.parent or _neighbour(medium, layer, kind)
    return media, layers, None


def _neighbour(medium, layer, kind):
    """The parent in the folder of an image or in the one above, or None."""
    if not layer.is_difference:
        return None
    left = MAX_NEIGHBOURS
    for folder in (medium.path.parent, medium.path.parent.parent):
        for path in sorted(folder.glob(f'*{medium.path.suffix}'))[:left]:
            left -= 1
            if path == medium.path:
                continue
            try:
                check_file(path)
                if kind(path).uuid == layer.parent_uuid:
                    return Medium(path, format=medium.format)
            except ImportFailed:
                pass            # it has nothing to do with this machine
    return None


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


def _on_another_kind(media, layers, base, below):
    """VDI differences on an image that only QEMU reads."""
    last = layers[-1]
    if below.uuid and str(last.parent_uuid) != below.uuid:
        raise ImportFailed(last.path, 'is a difference to an image with the '
                           f'UUID {last.parent_uuid}, but {below.path} has '
                           f'{below.uuid}')
    check_aligned(layers)
    return Source(media[0].path, 'vdi', layers[0].size, base.node, layers, [],
                  False, 'it is a difference to another image',
                  layers[0].geometry or base.geometry)


def check_aligned(layers):
    """No cluster of the new image may need a part of a base we cannot read."""
    for layer in layers:
        if layer.block_size % CLUSTER or (
                layer.size % CLUSTER and layer.size != layers[0].size):
            raise ImportFailed(layer.path, f'with blocks of {layer.block_size}'
                               f' bytes and a size of {layer.size} it cannot '
                               'be put on a base of another format')
