# SPDX-License-Identifier: GPL-2.0-or-later
"""VMDK images and the differences to them.

QEMU reads VMware's differences, which go by content IDs.  VirtualBox's go by
UUIDs; QEMU would refuse them or read zeros from them, so that they are read
here.
"""

from buslogic_import.disks import qemu_img
from buslogic_import.disks.chains import MAX_DEPTH, check_aligned
from buslogic_import.disks.packed import start_of
from buslogic_import.disks.source import (Source, archived, check_file,
                                          node_of)
from buslogic_import.disks.vmdk import WRITABLE, Vmdk
from buslogic_import.disks.vmdk_sparse import VmdkSparse
from buslogic_import.errors import ImportFailed


def look_at(medium):
    """The Source of a medium and its parents."""
    media, images = _chain(medium)
    links = [_check_link(child, parent)
             for child, parent in zip(images, images[1:])]
    if not media[0].compressed:
        _check_sizes(media, images)
    size = images[0].size
    if all(links):
        node, layers = _node(media), []
    else:
        node = _node(media[-1:])
        layers = [_layer(image) for image in images[:-1]]
        check_aligned(layers)
    why = _why_not(media, images)
    return Source(medium.path, 'vmdk', size, node, layers, writable=not why,
                  why_not=why, geometry=images[0].geometry)


def _chain(medium):
    """Media and descriptors from the top down."""
    media, images = [], []
    while medium:
        if len(media) >= MAX_DEPTH or any(
                other.path == medium.path for other in media):
            raise ImportFailed(medium.path, 'is in a chain without an end')
        check_file(medium.path)
        image = Vmdk(medium.path, medium.offset, medium.size,
                     start_of(medium) if medium.compressed else None)
        if medium.uuid and image.uuid and str(image.uuid) != medium.uuid:
            raise ImportFailed(medium.path, f'has the UUID {image.uuid}, not '
                               f'{medium.uuid}: it is another image')
        media.append(medium)
        images.append(image)
        medium = _parent(medium, image)
    return media, images


def _parent(medium, image):
    """The medium below, or None."""
    if not image.is_difference:
        if medium.parent:
            raise ImportFailed(medium.path, 'is said to be a difference to '
                               f'{medium.parent.path}, but is complete')
        return None
    if medium.parent:
        return medium.parent
    path = image.parent_path()
    if not path:
        raise ImportFailed(medium.path, 'is a difference to another image, '
                           'which it does not name')
    return type(medium)(path, format='VMDK')


def _check_link(child, parent):
    """Whether QEMU sees that they belong together."""
    same_contents = (child.parent_cid is not None and
                     child.parent_cid == parent.cid)
    if child.parent_uuid and parent.uuid:
        if child.parent_uuid != parent.uuid:
            raise ImportFailed(child.path, 'is a difference to an image with '
                               f'the UUID {child.parent_uuid}, but '
                               f'{parent.path} has {parent.uuid}')
        if not child.parent_modified or (
                child.parent_modified == parent.modified):
            return same_contents
    elif same_contents:
        return True
    raise ImportFailed(parent.path, 'was changed after the difference '
                       f'{child.path} to it was made')


def _node(media):
    """A chain for QEMU, with nothing that it would look for itself."""
    node = None
    for part in reversed(media):
        node = node_of('vmdk', part, backing=node)
    return node


def _check_sizes(media, images):
    """Whether QEMU reads each, as a disk of the size that we think of."""
    for part, image in zip(media, images):
        size = qemu_img.info(part.path, _node([part]))['virtual-size']
        if size != image.size:
            raise ImportFailed(part.path, f'has a size of {size}, but its '
                               f'descriptor says {image.size}')
        if image.kind == 'monolithicSparse' and part.size is None:
            VmdkSparse(part.path)


def _layer(image):
    """What one of VirtualBox's differences has."""
    if image.kind != 'monolithicSparse':
        raise ImportFailed(image.path, 'a difference of VirtualBox in format '
                           f'{image.kind} is not supported')
    return VmdkSparse(image.path)


def _why_not(media, images):
    """Why QEMU cannot write to it, if so."""
    if images[0].kind not in WRITABLE:
        return f'QEMU does not write to {images[0].kind}'
    if len(images) > 1:
        return 'it is a difference to another image'
    if 'parentfilenamehint' in images[0].settings:
        return 'it names a parent without being a difference'
    return archived(media[0])
