# SPDX-License-Identifier: GPL-2.0-or-later
"""What no machine can have, and QEMU would refuse only when it starts."""

from collections import Counter

from buslogic_import.errors import ImportFailed
from buslogic_import.model import ControllerKind, DeviceKind

# Ports that a PC can have of a kind
SERIALS, PARALLELS = 4, 3
# Controllers that are there once
ONCE = (ControllerKind.FLOPPY,)


def check(machine):
    """Refuse two things in one place."""
    for controller in machine.controllers:
        _once(f'controller "{controller.name}"', 'drives at port {}, unit {}',
              [(drive.port, drive.unit) for drive in controller.attachments])
    _once('storage', '{} controllers', [
        (item.kind.value,) for item in machine.controllers
        if item.kind in ONCE])
    _once('network', 'cards in slot {}', [(nic.slot,) for nic in machine.nics])
    _once('USB', '{} controllers', [(kind,) for kind in machine.usb])
    _ports('serial port', machine.serials, SERIALS)
    _ports('parallel port', machine.parallels, PARALLELS)
    _media(machine)


def _once(where, what, places):
    for place, count in Counter(places).items():
        if count > 1:
            raise ImportFailed(where, f'there are {count} '
                               + what.format(*place))


def _ports(name, ports, last):
    _once(f'{name}s', f'{name}s {{}}', [(port.slot + 1,) for port in ports])
    for port in ports:
        if not 0 <= port.slot < last:
            raise ImportFailed(f'{name} {port.slot + 1}',
                               f'a PC has {last} at most')


def _media(machine):
    """Two drives that write to one image destroy it."""
    drives = [drive for controller in machine.controllers
              for drive in controller.attachments if drive.medium]
    count = Counter(id(drive.medium) for drive in drives)
    for drive in drives:
        if count[id(drive.medium)] > 1 and drive.kind is not DeviceKind.CDROM:
            raise ImportFailed(drive.medium.path,
                               'it is in more than one drive')
