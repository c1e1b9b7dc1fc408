# SPDX-License-Identifier: GPL-2.0-or-later
"""VirtualBox's registry of media: images by their UUIDs, and their chains."""

import re
from pathlib import Path

from buslogic_import.model import DeviceKind, Medium, MediumType, Other

TYPES = {kind.value: kind for kind in MediumType}
ENCRYPTION = 'CRYPT/KeyStore'
WINDOWS_PATH = re.compile(r'[A-Za-z]:[\\/]|\\\\')


def uuid_of(text):
    """A UUID without braces, in lower case."""
    return text.strip('{} \n').lower()


class Registry:
    """The <MediaRegistry> of a machine whose files are in `folder`."""

    def __init__(self, machine, folder):
        self.folder = folder
        self.media = {}                 # uuid: (Medium, its node)
        self.others = []
        registry = machine.child('MediaRegistry')
        for disk in registry.child('HardDisks').each('HardDisk'):
            self._add_disk(disk, None)
        for kind in ('DVDImages', 'FloppyImages'):
            for image in registry.child(kind).each('Image'):
                self._add(image, None)

    def _add_disk(self, node, parent):
        medium = self._add(node, parent)
        for item in node.each('Property'):
            if item.get('name') == ENCRYPTION:
                raise node.failed(f'{medium.path} is encrypted: remove the '
                                  'encryption in VirtualBox first')
            item.get('value')
        for child in node.each('HardDisk'):
            self._add_disk(child, medium)

    def _add(self, node, parent):
        uuid = uuid_of(node.get('uuid'))
        if not uuid or uuid in self.media:
            raise node.wrong('uuid', 'is missing or there twice')
        node.child('Description').body()
        kind = node.choice('type', TYPES, MediumType.NORMAL)
        medium = Medium(self.located(node), uuid, node.get('format'), kind,
                        parent)
        auto_reset = node.boolean('autoReset', False)
        # What VirtualBox throws away at each start is as if it were not there.
        if parent and auto_reset and parent.type is MediumType.IMMUTABLE:
            medium = parent
        self.media[uuid] = medium
        return medium

    def located(self, node):
        """Where the image is.

        A machine that was moved has its images beside it; those that come
        from Windows name a drive.
        """
        location = node.get('location') or node.get('src')
        if not location or '\0' in location:
            raise node.failed('has no location')
        path = self.folder / location
        if WINDOWS_PATH.match(location):
            path = self.folder / re.split(r'[\\/]', location)[-1]
        elif path.exists():
            return path
        # In the folder, or in the one of its snapshots
        parts = [part for part in re.split(r'[\\/]', location) if part]
        for tail in (parts[-1:], parts[-2:]):
            beside = self.folder.joinpath(*tail)
            if beside.exists():
                return beside
        return path

    def find(self, node, kind):
        """The medium that an <Image> names."""
        uuid = uuid_of(node.get('uuid'))
        if not uuid and node.get('src'):
            return Medium(self.located(node))
        if uuid not in self.media and kind is not DeviceKind.DISK:
            # VirtualBox of old kept those in a registry of its own.
            self.others.append(Other(
                f'medium of {kind.value}', uuid, 'it is not in the '
                '<MediaRegistry> of the machine: the drive is empty'))
            return None
        if uuid not in self.media:
            raise node.wrong('uuid', 'is not in the <MediaRegistry> of the '
                             'machine')
        return self.media[uuid]
