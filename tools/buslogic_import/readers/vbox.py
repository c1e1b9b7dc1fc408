# SPDX-License-Identifier: GPL-2.0-or-later
"""VirtualBox's machines: .vbox files."""

import re

from buslogic_import.model import Machine, Other, Source
from buslogic_import.readers import (tree, vbox_board, vbox_network,
                                     vbox_peripherals, vbox_storage)
from buslogic_import.readers.package import Member
from buslogic_import.readers.vbox_media import Registry, uuid_of

# Elements and attributes that say nothing about the guest's hardware, by their
# path below <Machine>: how VirtualBox shows, stores or shares things
HARMLESS = [
    ('@lastStateChange|@aborted|@currentStateModified|@snapshotFolder|'
     '@currentSnapshot|@nameSync|@directoryIncludesUUID|@icon|@groups',
     "VirtualBox's own bookkeeping"),
    ('Snapshot', 'the current state is imported, not earlier ones'),
    ('Groups|Hardware/@version|Hardware/GuestProperties|.*/DisabledModes',
     "VirtualBox's own bookkeeping"),
    (r'Hardware/(Clipboard|DragAndDrop|VideoCapture|Recording|'
     r'SharedFolders(/.*)?|Guest|EmulatedUSB)(/.*)?|VideoCapture|Recording',
     'a service of VirtualBox; it is not part of the hardware'),
    (r'.*/(HardwareVirtEx|HardwareVirtExNestedPaging|HardwareVirtExVPID|'
     r'HardwareVirtExUX|HardwareVirtExLargePages|HardwareVirtForce|'
     r'HardwareVirtExUseNativeApi|HardwareVirtExVirtVmsaveVmload|'
     r'HardwareVirtExExclusive)(/.*)?',
     'how the host runs the guest'),
    (r'ExtraData/GUI/.*|ExtraData/ExtraDataItem GUI/.*',
     "of VirtualBox's windows"),
    ('Hardware/Memory/@PageFusion|Hardware/IO(/.*)?|Hardware/@ioCache',
     'how the host runs the guest'),
]
# Extra data of VirtualBox's devices that a reader has taken
TAKEN = re.compile(r'VBoxInternal/Devices/(buslogic/\d+/Config/'
                   r'(ISACompat|AdapterType)|(pcbios|efi)/0/Config/Dmi('
                   + '|'.join(vbox_board.SMBIOS) + '))$')
# What settings before 1.6 or so have instead of <StorageControllers>
TOO_OLD = ('HardDiskAttachments', 'DVDDrive', 'FloppyDrive')


def read(path):
    """The machine in a .vbox file."""
    root = tree.parse(path, Member(path).content())
    if root.name != 'VirtualBox':
        raise root.failed('is not the settings of a VirtualBox machine')
    root.get('version')
    machine = root.child('Machine')
    if root.child('MachineEncrypted').attributes:
        raise root.failed('the machine is encrypted: decrypt it in VirtualBox '
                          'first')
    if not machine.attributes:
        raise root.failed('has no <Machine>')
    settings = version_of(root)
    registry = Registry(machine, path.parent)
    result = read_machine(machine, path, Source.VBOX, settings, registry)
    result.others += registry.others + leftovers(root)
    return result


def version_of(root):
    """The version of the settings, as (1, 19)."""
    found = re.match(r'(\d+)\.(\d+)', root.get('version'))
    if not found:
        raise root.wrong('version', 'is no version of settings')
    return int(found[1]), int(found[2])


def read_machine(node, path, source, settings, registry):
    """What is in a <Machine>, of a .vbox or of an OVF."""
    if node.get('stateFile'):
        raise node.failed('the machine has a saved state: start it in '
                          'VirtualBox and shut it down, or discard the state')
    name = node.get('name')
    if not name:
        raise node.failed('has no name')
    hardware = node.child('Hardware')
    for child in node.children + hardware.children:
        if child.name in TOO_OLD:
            raise child.failed('settings of such an old VirtualBox cannot be '
                               'read: open the machine in a newer one once')
    extra = extra_data(node)
    machine = Machine(
        source, path, name, node.get('OSType'),
        uuid_of(hardware.get('uuid') or node.get('uuid')),
        node.child('Description').body())
    board = vbox_board.Board(hardware, settings, extra)
    board.fill(machine)
    vbox_storage.fill(machine, node, hardware, registry, extra)
    vbox_network.fill(machine, hardware, settings)
    vbox_peripherals.fill(machine, hardware)
    return machine


def extra_data(node):
    """The texts of ExtraData by name."""
    items = {}
    for item in node.child('ExtraData').each('ExtraDataItem'):
        items[item.get('name')] = item.get('value')
    return items


def leftovers(root):
    """What nobody has read, as Others."""
    others = []
    for path, value in root.unread():
        path = path.removeprefix('VirtualBox/').removeprefix('Machine/')
        others.append(judged(f'{path}', value))
    return others + extra_leftovers(root.child('Machine'))


def extra_leftovers(node):
    """The ExtraData of a <Machine> that no part has taken, as Others."""
    return [judged(f'ExtraData/{name}', value)
            for name, value in extra_data(node).items()
            if not TAKEN.match(name)]


def judged(path, value):
    """An Other that says whether it matters."""
    for pattern, reason in HARMLESS:
        if re.fullmatch(pattern, path):
            return Other(path, value, reason, harmless=True)
    return Other(path, value)
