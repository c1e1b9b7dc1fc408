# SPDX-License-Identifier: GPL-2.0-or-later
"""What all parts of the mapping work on."""

from dataclasses import dataclass, field
from pathlib import Path

from buslogic_import.mapping.choices import Choices
from buslogic_import.mapping.options import Options
from buslogic_import.mapping.slots import Slots
from buslogic_import.model import Chipset, Machine, Source
from buslogic_import.report import Report


def is_host_device(path):
    """Whether the machine we run on has that drive or port."""
    return Path(path).is_block_device() or Path(path).is_char_device()


@dataclass
class Context:
    """The machine, what is known of its disks, and what came of it so far."""

    machine: Machine
    images: dict                    # id(medium): disks.Image
    # id(medium): (size in bytes, (cylinders, heads, sectors))
    geometries: dict = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)
    options: Options = field(default_factory=Options)
    report: Report = field(default_factory=Report)
    is_host_device: object = is_host_device
    chipset: Chipset = Chipset.PIIX3
    slots: Slots | None = None
    # Of -machine; more than one part has a say in them.
    machine_type: dict = field(default_factory=dict)
    boot: dict = field(default_factory=dict)        # of -boot
    isa_ports: list = field(default_factory=list)   # of BusLogic adapters
    has_ide: bool = False                           # the source has it
    ide: tuple | None = None                        # id= and what it is
    ide_places: set = field(default_factory=set)    # of drives moved there
    usb_buses: dict = field(default_factory=dict)   # names, by kind
    _counts: dict = field(default_factory=dict)

    @property
    def is_virtualbox(self):
        """Whether VirtualBox ran the machine, rather than VMware."""
        return self.machine.source in (Source.VBOX, Source.OVF_VBOX)

    @property
    def is_vmware(self):
        """Whether VMware certainly ran it."""
        return self.machine.source is Source.VMX

    def numbered(self, word):
        """'disk0', 'disk1', ..."""
        return f'{word}{self.instance(word)}'

    def instance(self, kind):
        """How many of a kind there were before."""
        number = self._counts.get(kind, 0)
        self._counts[kind] = number + 1
        return number

    def report_slot(self, title, same, wanted, slot):
        """Where a device is on the PCI bus."""
        setting, result = f'{title}: PCI device number', f'addr={slot:#x}'
        if same:
            self.report.exact(setting, slot, result)
        elif same is False:
            source = 'its own' if wanted is None else wanted
            self.report.approximated(setting, source, result,
                                     'another device is there')

    def usb_bus(self, slow=False):
        """The bus of the best controller; for a slow device, its own kind.

        USB 1 devices do not work on a controller for USB 2 alone.
        """
        kinds = ('OHCI', 'XHCI') if slow else ('XHCI', 'EHCI', 'OHCI')
        for kind in kinds:
            if kind in self.usb_buses:
                return f'{self.usb_buses[kind]}.0'
        return None
