# SPDX-License-Identifier: GPL-2.0-or-later
"""Files for libvirt, and reports."""

import unittest
import xml.etree.ElementTree as ET

from gallery import MACHINES
from machines import controller, disk, machine, mapped
from buslogic_import.errors import ImportFailed
from buslogic_import.model import (Chipset, Clock, ControllerKind, Firmware,
                                   FirmwareKind, Other)
from buslogic_import.output.libvirt import QEMU_SCHEMA, machine_xml
from buslogic_import.output.report import report_text

ARGUMENT = f'{{{QEMU_SCHEMA}}}arg'


class Libvirt(unittest.TestCase):
    """machine.xml"""

    def domain(self, source, **more):
        """The parsed file, for the folder /vm/old."""
        return ET.fromstring(machine_xml(mapped(source), '/bin/qemu-buslogic',
                                         '/vm/old', **more))

    def words(self, source):
        """The command line in it."""
        return [arg.get('value') for arg in self.domain(source).iter(ARGUMENT)]

    def test_files_have_full_paths(self):
        words = self.words(machine(controllers=[
            controller(ControllerKind.BUSLOGIC, disk(0))]))
        self.assertIn('if=none,id=disk0,format=qcow2,file=/vm/old/disk0.qcow2',
                      words)

    def test_nothing_is_said_twice(self):
        for make in MACHINES.values():
            words = self.words(make())
            for option in ('-name', '-uuid', '-m', '-rtc'):
                self.assertNotIn(option, words)
            self.assertFalse([word for word in words if 'pflash,' in word])
            self.assertFalse([word for word in words
                              if word.startswith(('VGA', 'vmware-svga'))])

    def test_basics(self):
        domain = self.domain(machine(memory=77, description='<notes>'))
        self.assertEqual(domain.findtext('memory'), '77')
        self.assertEqual(domain.findtext('description'), '<notes>')
        self.assertEqual(domain.findtext('devices/emulator'),
                         '/bin/qemu-buslogic')
        self.assertEqual(domain.get('type'), 'qemu')
        self.assertEqual(self.domain(machine(), kvm=True).get('type'), 'kvm')

    def test_the_clock(self):
        clock = self.domain(machine(clock=Clock(False, 5000))).find('clock')
        self.assertEqual(clock.attrib, {'offset': 'variable', 'adjustment':
                                        '5', 'basis': 'localtime'})

    def test_uefi(self):
        domain = self.domain(machine(chipset=Chipset.ICH9, firmware=Firmware(
            FirmwareKind.EFI64, secure_boot=True)))
        self.assertEqual(domain.find('os/loader').get('secure'), 'yes')
        self.assertEqual(domain.find('features/smm').get('state'), 'on')
        self.assertEqual(domain.findtext('os/nvram'),
                         '/vm/old/uefi-variables.fd')

    def test_names_that_libvirt_does_not_take(self):
        source = machine()
        source.name = 'a/b\nc'
        self.assertEqual(self.domain(source).findtext('name'), 'a_b_c')

    def test_what_xml_cannot_have(self):
        source = machine(description='\x01')
        with self.assertRaisesRegex(ImportFailed, 'character that XML'):
            self.domain(source)


class Reports(unittest.TestCase):
    """report.txt"""

    def test_losses_come_first(self):
        source = machine(others=[Other('<Odd>', 'x\x1b[2J\n')])
        text = report_text(source, mapped(source).report)
        places = [text.index(f'\n{word} ') for word in
                  ('dropped', 'approximated', 'equivalent', 'exact')]
        self.assertEqual(places, sorted(places))

    def test_control_characters_are_spelled(self):
        source = machine(others=[Other('<Odd>', 'x\x1b[2J\n')])
        text = report_text(source, mapped(source).report)
        self.assertIn(r'dropped       <Odd>: x\x1b[2J\n', text)


if __name__ == '__main__':
    unittest.main()
