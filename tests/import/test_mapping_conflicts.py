# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that cannot be are refused, before anything is written."""

import unittest

from machines import cdrom, controller, disk, machine, mapped
from buslogic_import.errors import ImportFailed
from buslogic_import.model import ControllerKind, Nic, Parallel, Serial


class Conflicts(unittest.TestCase):
    """Two things in one place"""

    def refuses(self, pattern, **settings):
        """A machine with these settings."""
        with self.assertRaisesRegex(ImportFailed, pattern):
            mapped(machine(**settings))

    def test_drives(self):
        self.refuses('"the BusLogic": there are 2 drives at port 3, unit 0',
                     controllers=[controller(ControllerKind.BUSLOGIC, disk(3),
                                             cdrom(3))])
        mapped(machine(controllers=[controller(
            ControllerKind.BUSLOGIC, disk(3), disk(3, 1), disk(4))]))

    def test_an_image_in_two_drives(self):
        first = disk(0)
        self.refuses('disk0.vdi: it is in more than one drive', controllers=[
            controller(ControllerKind.BUSLOGIC, first),
            controller(ControllerKind.AHCI, disk(1, medium=first.medium))])

    def test_a_cd_can_be_in_two_drives(self):
        medium = disk(0).medium
        mapped(machine(controllers=[controller(
            ControllerKind.BUSLOGIC, cdrom(0, medium=medium),
            cdrom(1, medium=medium))]))

    def test_floppy_controllers(self):
        self.refuses('there are 2 I82078 controllers', controllers=[
            controller(ControllerKind.FLOPPY) for _ in range(2)])

    def test_network_cards(self):
        self.refuses('there are 2 cards in slot 1',
                     nics=[Nic(1, 'e1000'), Nic(1, 'virtio')])

    def test_usb_controllers(self):
        self.refuses('there are 2 OHCI', usb=['OHCI', 'OHCI'])

    def test_serial_and_parallel_ports(self):
        for kind, settings in [
                (Serial, {'mode': 'Disconnected'}), (Parallel, {})]:
            name = f'{kind.__name__.lower()}s'
            twice = [kind(0, 0x3f8, 4, **settings) for _ in range(2)]
            self.refuses(f'there are 2 {name[:-1]} ports 1', **{name: twice})
            self.refuses('port 9: a PC has . at most',
                         **{name: [kind(8, 0x3f8, 4, **settings)]})


if __name__ == '__main__':
    unittest.main()
