# SPDX-License-Identifier: GPL-2.0-or-later
"""From what kind of device comes first to the place of each in the order."""

from buslogic_import.model import BootDevice, DeviceKind

# What both programs do when nobody has said anything
USUAL = [BootDevice.FLOPPY, BootDevice.CDROM, BootDevice.DISK]
KINDS = {DeviceKind.DISK: BootDevice.DISK, DeviceKind.CDROM: BootDevice.CDROM,
         DeviceKind.FLOPPY: BootDevice.FLOPPY}


class Order:
    """bootindex of each drive and network card, lowest first."""

    def __init__(self, machine):
        self._indexes = {}
        order = machine.boot_order
        for kind in USUAL if order is None else order:
            for item in _candidates(machine, kind):
                self._indexes.setdefault(id(item), len(self._indexes))

    def index(self, item):
        """Of an Attachment or a Nic; None: it is not booted."""
        return self._indexes.get(id(item))


def _candidates(machine, kind):
    """What there is of a kind, in the order in which the BIOS finds it."""
    if kind is BootDevice.NETWORK:
        return sorted(machine.nics, key=lambda nic: (
            nic.boot_priority == 0, -nic.boot_priority, nic.slot))
    drives = [(controller, drive) for controller in machine.controllers
              for drive in controller.attachments
              if controller.bootable and KINDS[drive.kind] is kind]
    drives.sort(key=lambda pair: (
        pair[1].boot_rank is None, pair[1].boot_rank or 0))
    return [drive for _, drive in drives]


def map_order(context):
    """-boot, and what the report says of the order."""
    order = context.machine.boot_order
    if order is None:
        context.report.equivalent(
            'boot order', 'not said', 'bootindex: '
            + ', '.join(kind.value for kind in USUAL), 'the usual one')
        return
    # Nothing but what is named
    context.boot['strict'] = True
    names = ', '.join(kind.value for kind in order) or 'nothing'
    context.report.exact('boot order', names, 'bootindex of each device')


def boot_options(context):
    """-boot, once all parts have had their say."""
    if context.boot:
        context.options.remark('Booting')
        context.options.add('boot', '', context.boot)
