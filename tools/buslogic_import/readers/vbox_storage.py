# SPDX-License-Identifier: GPL-2.0-or-later
"""VirtualBox's storage controllers and what is attached to them."""

from buslogic_import.model import (Attachment, Controller, ControllerKind,
                                   DeviceKind)

CONTROLLERS = {kind.value: kind for kind in ControllerKind
               if kind is not ControllerKind.PVSCSI}
DEVICES = {'HardDisk': DeviceKind.DISK, 'DVD': DeviceKind.CDROM,
           'Floppy': DeviceKind.FLOPPY}
# How many controllers and drives a machine can have, with room to spare
MAX_PORTS = 256
CONFIG = 'VBoxInternal/Devices/buslogic/{}/Config/{}'


def fill(machine, node, hardware, registry, extra):
    """<StorageControllers>, in <Hardware> or, before 1.16, beside it."""
    for place in (hardware, node):
        for child in place.child('StorageControllers').each(
                'StorageController'):
            machine.controllers.append(_controller(child, registry))
    for controller in machine.controllers:
        if controller.kind is ControllerKind.BUSLOGIC:
            name = CONFIG.format(controller.instance, '{}')
            controller.isa_compat = _config(extra, name.format('ISACompat'))
            controller.adapter_type = _config(extra,
                                              name.format('AdapterType'))


def _config(extra, name):
    return extra.get(name, '').removeprefix('string:')


def _controller(node, registry):
    controller = Controller(
        node.choice('type', CONTROLLERS), node.get('name'),
        node.number('Instance', 0, 0, 31), node.number('PortCount', None, 0,
                                                       MAX_PORTS),
        node.boolean('Bootable', True), node.boolean('useHostIOCache', True))
    if not controller.kind:
        raise node.failed('has no type')
    for device in node.each('AttachedDevice'):
        controller.attachments.append(_attachment(device, registry))
    return controller


def _attachment(node, registry):
    kind = node.choice('type', DEVICES)
    if not kind:
        raise node.failed('has no type')
    image, drive = node.child('Image'), node.child('HostDrive')
    return Attachment(
        kind, node.number('port', 0, 0, MAX_PORTS),
        node.number('device', 0, 0, 31),
        registry.find(image, kind) if image.attributes else None,
        drive.get('src'), node.boolean('passthrough', False),
        node.boolean('nonrotational', False), node.boolean('discard', False),
        node.boolean('hotpluggable', False), node.boolean('tempeject', False))
