# SPDX-License-Identifier: GPL-2.0-or-later
"""Places of devices on the root bus.

Guests derive names from them (enp0s3), and Windows tells a device it knows
from a new one by them.  VirtualBox has a fixed map, VMware writes the place of
each device down.
"""

from buslogic_import.errors import ImportFailed
from buslogic_import.model import Chipset, Source

LAST = 31

# VirtualBox's map, by kind and instance
VIRTUALBOX = {
    'vga': [0x02],
    'nic': [0x03, 0x08, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x13],
    'audio': [0x05],
    'OHCI': [0x06],
    'EHCI': [0x0b],
    'XHCI': [0x0c],
    'AHCI': [0x0d],
    'NVMe': [0x0e],
    'VirtioSCSI': [0x0f],
    'LsiLogic': [0x14],
    'BusLogic': [0x15],
    'LsiLogicSas': [0x16],
}

# Host bridge and VMMDev, the bridge to ISA with what is in it
VIRTUALBOX_OWN = {0x00, 0x04, 0x07}
CHIPSET_OWN = {Chipset.PIIX3: {0x00, 0x01}, Chipset.ICH9: {0x00, 0x1f}}


class Slots:
    """Which places are taken."""

    def __init__(self, machine, chipset):
        self._is_virtualbox = machine.source in (Source.VBOX, Source.OVF_VBOX)
        self._taken = set(CHIPSET_OWN[chipset])
        self._reserved = _reserved(machine, self._is_virtualbox)

    def take(self, kind, instance=0, wanted=None):
        """(place, whether it is where the source has it).

        None says that the source does not tell; then any will do.
        """
        home = wanted
        if home is None and self._is_virtualbox:
            places = VIRTUALBOX.get(kind, [])
            home = places[instance] if instance < len(places) else None
        if home is not None and home not in self._taken and home <= LAST:
            self._taken.add(home)
            return home, True
        return self._free(), None if home is None else False

    def _free(self):
        """The first place that nothing else wants."""
        for avoid in (self._taken | self._reserved, self._taken):
            free = [slot for slot in range(2, LAST + 1) if slot not in avoid]
            if free:
                self._taken.add(free[0])
                return free[0]
        raise ImportFailed('PCI bus', 'more devices than it has places')


def _reserved(machine, is_virtualbox):
    """Places that are known to be somebody's."""
    named = {item.pci_slot for item in [*machine.controllers, *machine.nics]}
    if not is_virtualbox:
        return named
    return named | VIRTUALBOX_OWN | {slot for places in VIRTUALBOX.values()
                                     for slot in places}
