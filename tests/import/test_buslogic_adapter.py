# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of BusLogic adapters."""

import unittest

from machines import (cdrom, controller, decision, device, disk, machine,
                      mapped, options)
from buslogic_import.errors import ImportFailed
from buslogic_import.model import ControllerKind, Source
from buslogic_import.report import Fidelity

BUSLOGIC = ControllerKind.BUSLOGIC
TITLE = 'controller "the BusLogic"'


def with_adapter(*drives, source=Source.VBOX, **settings):
    """What is mapped of a machine with one adapter."""
    return mapped(machine(source, controllers=[
        controller(BUSLOGIC, *drives, **settings)]))


class Boards(unittest.TestCase):
    """Which board it is"""

    def test_virtualbox_has_the_differential_one(self):
        context = with_adapter(ports=16)
        self.assertEqual(device(context, 'buslogic'), {
            'id': 'storage0', 'addr': '0x15', 'model': 'bt958d',
            'isa-compat': 'alternate'})
        made = decision(context, TITLE)
        self.assertEqual(made.source, 'BusLogic, 16 ports')

    def test_vmware_has_the_bt958(self):
        context = with_adapter(source=Source.VMX, pci_slot=16)
        self.assertEqual(device(context, 'buslogic'), {
            'id': 'storage0', 'addr': '0x10', 'model': 'bt958',
            'isa-compat': 'auto'})

    def test_isa_ports_are_set(self):
        for name, wanted in [('Disabled', 'disabled'), ('primary', 'primary'),
                             ('ALTERNATE', 'alternate')]:
            with self.subTest(name):
                context = with_adapter(isa_compat=name)
                self.assertEqual(device(context, 'buslogic')['isa-compat'],
                                 wanted)
                made = decision(context, f'{TITLE}: ISACompat')
                self.assertEqual(made.source, name)

    def test_unknown_settings_are_refused(self):
        for setting in ('isa_compat', 'adapter_type'):
            with self.subTest(setting), self.assertRaisesRegex(
                    ImportFailed, 'BT-999 is not known; known are'):
                with_adapter(**{setting: 'BT-999'})

    def test_boards_for_isa(self):
        for name, model in [('BT-545C', 'bt545c'), ('AHA-1540B', 'aha1540b')]:
            with self.subTest(name):
                context = with_adapter(disk(0), adapter_type=name)
                self.assertEqual(device(context, 'buslogic-isa'), {
                    'id': 'storage0', 'model': model, 'iobase': '0x334',
                    'irq': '10', 'dma': '5'})
                made = decision(context, f'{TITLE}: AdapterType')
                self.assertEqual(made.source, name)

    def test_an_adaptec_board_does_not_boot(self):
        context = with_adapter(adapter_type='AHA-1540B')
        self.assertIs(decision(context, f'{TITLE}: booting').fidelity,
                      Fidelity.APPROXIMATED)

    def test_narrow_boards_have_eight_ids(self):
        with self.assertRaisesRegex(ImportFailed, 'port 8.*ports are 0 to 7'):
            with_adapter(disk(8), adapter_type='BT-545C')

    def test_several_isa_boards_do_not_share_ports(self):
        boards = [controller(BUSLOGIC, adapter_type='BT-545C', instance=n)
                  for n in range(2)]
        context = mapped(machine(controllers=boards))
        self.assertEqual(
            [value.partition('iobase=')[2] for value
             in options(context, 'device') if 'buslogic-isa' in value],
            ['0x334,irq=10,dma=5', '0x330,irq=11,dma=6'])


    def test_isa_ports_belong_to_one_adapter(self):
        context = mapped(machine(controllers=[
            controller(BUSLOGIC, name='first'),
            controller(BUSLOGIC, name='second', instance=1,
                       isa_compat='Alternate'),
            controller(BUSLOGIC, name='third', instance=2,
                       adapter_type='BT-545C', isa_compat='Alternate')]))
        devices = [value for value in options(context, 'device')
                   if value.startswith('buslogic')]
        self.assertIn('isa-compat=alternate', devices[0])
        self.assertIn('isa-compat=disabled', devices[1])
        self.assertIn('iobase=0x330,irq=10', devices[2])
        for name in ('second', 'third'):
            made = decision(context, f'controller "{name}": ISA ports')
            self.assertIs(made.fidelity, Fidelity.APPROXIMATED)

    def test_a_replaced_adapter_does_not_take_isa_ports_twice(self):
        context = mapped(machine(controllers=[
            controller(BUSLOGIC, disk(0)),
            controller(ControllerKind.LSILOGIC, disk(1))]),
            [('LsiLogic', 'BusLogic')])
        self.assertEqual([value.rpartition('isa-compat=')[2] for value
                          in options(context, 'device')
                          if value.startswith('buslogic')],
                         ['alternate', 'disabled'])


class Ids(unittest.TestCase):
    """SCSI IDs"""

    def test_a_port_is_an_id(self):
        context = with_adapter(disk(3), cdrom(15))
        self.assertEqual(device(context, 'scsi-hd')['scsi-id'], '3')
        self.assertEqual(device(context, 'scsi-cd')['scsi-id'], '15')
        self.assertEqual(device(context, 'scsi-hd')['bus'], 'storage0.0')

    def test_a_unit_is_a_lun(self):
        context = with_adapter(disk(3, 5))
        self.assertEqual(device(context, 'scsi-hd')['lun'], '5')

    def test_a_drive_with_the_adapters_id_moves_the_adapter(self):
        context = with_adapter(disk(0), cdrom(7), cdrom(15))
        self.assertEqual(device(context, 'buslogic')['scsi-id'], '14')
        made = decision(context, f"{TITLE}: the adapter's SCSI ID")
        self.assertIs(made.fidelity, Fidelity.APPROXIMATED)
        self.assertEqual((made.source, made.result), ('7', 'scsi-id=14'))

    def test_no_id_for_the_adapter_is_left(self):
        with self.assertRaisesRegex(ImportFailed, 'no SCSI ID is left'):
            with_adapter(*[disk(port) for port in range(16)])

    def test_an_id_too_great_is_refused(self):
        for port, unit in [(16, 0), (-1, 0), (0, 8)]:
            with self.subTest(port=port), self.assertRaisesRegex(
                    ImportFailed, f'the BusLogic.*port {port}, unit {unit}'):
                with_adapter(disk(port, unit))


class Instances(unittest.TestCase):
    """More than one adapter"""

    def setUp(self):
        self.context = mapped(machine(controllers=[
            controller(BUSLOGIC, disk(0)),
            controller(BUSLOGIC, cdrom(0), instance=1)]))

    def test_each_has_its_drives(self):
        self.assertEqual(device(self.context, 'scsi-hd')['bus'], 'storage0.0')
        self.assertEqual(device(self.context, 'scsi-cd')['bus'], 'storage1.0')

    def test_only_the_first_has_isa_ports(self):
        self.assertEqual(
            [value.rpartition('=')[2] for value
             in options(self.context, 'device')
             if value.startswith('buslogic')], ['alternate', 'disabled'])


if __name__ == '__main__':
    unittest.main()
