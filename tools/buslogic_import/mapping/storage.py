# SPDX-License-Identifier: GPL-2.0-or-later
"""Storage controllers with their drives."""

from buslogic_import.errors import ImportFailed
from buslogic_import.mapping import buses
from buslogic_import.mapping.buslogic import BusLogic
from buslogic_import.mapping.drives import map_drive
from buslogic_import.model import ControllerKind

# What QEMU has, by the names of ControllerKind and those for --replace
BUSES = {
    'BusLogic': BusLogic,
    'LsiLogicSas': buses.LsiLogicSas,
    'pvscsi': buses.Pvscsi,
    'VirtioSCSI': buses.VirtioScsi,
    'PIIX3': buses.Ide,
    'PIIX4': buses.Ide,
    'ICH6': buses.Ide,
    'IDE': buses.Ide,
    'AHCI': buses.Ahci,
    'NVMe': buses.Nvme,
    'I82078': buses.FloppyController,
    'USB': buses.UsbStorage,
    'lsi53c895a': buses.Lsi53c895a,
    'am53c974': buses.Am53c974,
    'megasas': buses.Megasas,
}

# What to take instead of what QEMU does not have
ALTERNATIVES = {
    ControllerKind.LSILOGIC: [
        ('BusLogic', 'guests with a driver for it, such as Linux; it boots'),
        ('LsiLogicSas', 'Linux (mptsas), and Windows that has the SAS driver'),
        ('lsi53c895a', 'Linux (sym53c8xx), and others with that driver'),
        ('IDE', 'nearly all guests, up to four drives'),
        ('AHCI', 'guests that are not older than 2006'),
    ],
}


def map_storage(context, order):
    """All controllers, in the order of the source."""
    for number, controller in enumerate(context.machine.controllers):
        bus = _bus_for(context, controller, f'storage{number}')
        _report_settings(context, controller, bus)
        for position, drive in enumerate(controller.attachments):
            map_drive(context, bus, drive, position, order)


def _bus_for(context, controller, name):
    """The bus that QEMU has, or that the user wants instead."""
    kind = controller.kind.value
    wanted = context.choices.model(kind)
    if wanted == kind and kind not in BUSES:
        _refuse(controller)
    chosen = context.choices.pick(wanted, BUSES, 'storage controller')
    return BUSES[chosen](context, controller, name, chosen != kind)


def _report_settings(context, controller, bus):
    report = context.report
    if not controller.bootable:
        report.exact(f'{bus.title}: booting', 'off', 'no bootindex')
    if not controller.host_cache:
        report.equivalent(
            f"{bus.title}: the host's cache", 'off', 'on',
            'what the guest flushes is on the disk all the same; cache=none '
            'of -drive switches it off')
    if controller.shared_bus:
        report.dropped(f'{bus.title}: sharing', controller.shared_bus,
                       'QEMU does not pass reservations between machines')
    if not isinstance(bus, BusLogic):
        for name, value in [('AdapterType', controller.adapter_type),
                            ('ISACompat', controller.isa_compat)]:
            if value:
                report.dropped(f'{bus.title}: {name}', value,
                               'a setting of BusLogic adapters')


def _refuse(controller):
    """Loud, with what can be done about it."""
    kind = controller.kind
    ways = ''.join(f'; --replace {kind.value}={name} for {whom}'
                   for name, whom in ALTERNATIVES[kind])
    raise ImportFailed(f'controller "{controller.name}"',
                       f'QEMU has no {kind.value}{ways}')
