# SPDX-License-Identifier: GPL-2.0-or-later
"""OVMF: what the boot ROM's driver gives to programs under UEFI.

The program is in efi/.  It calls all that the driver offers, with good and bad
arguments, and says over the serial port what has been as it should be.
"""

import re
import unittest

from boottest import BootTest, only_buslogic
from disks import MIB, blank_disk
from guest.firmware import IA32, X64
from guest.paths import BUILD, Missing
from media import fat_disk
from uefi import UefiMachine

# Where OVMF looks for a program, and the one to be put there
PROGRAMS = {X64: ('EFI/BOOT/BOOTX64.EFI', 'efi-test-x64.efi'),
            IA32: ('EFI/BOOT/BOOTIA32.EFI', 'efi-test-ia32.efi')}

TESTS = ['mode', 'targets', 'units', 'device paths', 'addresses', 'packets',
         'lengths', 'sense', 'events', 'data', 'resets', 'timeouts',
         'dead adapter', 'names', 'connecting', 'exit']


def program(ovmf):
    """The path of the program in its file system, and its contents."""
    name, built = PROGRAMS[ovmf]
    path = BUILD / 'tests/boot/efi' / built
    if not path.exists():
        raise Missing(f'{path} is missing: run "make check-boot"')
    return name, path.read_bytes()


def numbers(line):
    """Of a line like "units 0x0,0x0 0x2,0x1f"."""
    return [tuple(int(number, 16) for number in word.split(','))
            for word in line.split()[1:]]


@only_buslogic
class EfiProtocol(BootTest):
    """Machines that boot into the program."""

    def efi_machine(self, ovmf=X64):
        """A machine, and a disk with the program for it."""
        disk = fat_disk(self.folder / 'program', dict([program(ovmf)]),
                        kind='ef')
        return self.machine(kind=UefiMachine, ovmf=ovmf), disk

    def blank(self, name, size=8 * MIB):
        """A disk without contents."""
        return blank_disk(self.folder / name, size)

    def outcome(self, vm):
        """What the program has printed, by test, when it is through."""
        vm.boot()
        text = vm.until(rb'\nDONE\n', vm.TIMEOUT)[0].decode(errors='replace')
        _, *parts = re.split(r'^TEST (.*)\n', text, flags=re.M)
        return list(zip(parts[::2], parts[1::2]))

    def assert_passed(self, outcome):
        """Each test has made checks, and none has failed."""
        for name, text in outcome:
            with self.subTest(name):
                self.assertNotRegex(text, '(?m)^FAIL')
                self.assertRegex(text, '(?m)^PASS')

    def check_everything(self, ovmf):
        """The devices are those that efi-test.h speaks of."""
        vm, disk = self.efi_machine(ovmf)
        vm.add('-m', '6G')              # some of it is above 4 GiB
        vm.adapter()
        vm.disk(disk, 0, bootindex=0)
        for lun in (0, 3, 31):
            vm.disk(self.blank(f'unit{lun}'), 2, lun=lun)
        vm.cd('', 5)
        vm.disk(self.blank('not-unit-0'), 9, lun=5)
        vm.disk(self.blank('scratch', 64 * MIB), 12)
        slow = self.blank('slow')
        vm.disk(f'format=raw,file={slow},throttling.bps-total={MIB // 8}', 15)
        outcome = self.outcome(vm)
        self.assertEqual([name for name, _ in outcome], TESTS)
        self.assert_passed(outcome)
        self.assertEqual(
            numbers(dict(outcome)['targets'].splitlines()[0]),
            [(0,), (2,), (5,), (9,), (12,), (15,)])
        self.assertEqual(
            numbers(dict(outcome)['units'].splitlines()[0]),
            [(0, 0), (2, 0), (2, 3), (2, 31), (5, 0), (9, 5), (12, 0),
             (15, 0)])

    def test_driver_for_x64(self):
        self.check_everything(X64)

    def test_driver_for_ia32(self):
        self.check_everything(IA32)

    def test_adapters_have_devices_of_their_own_also_behind_a_bridge(self):
        vm, disk = self.efi_machine()
        vm.adapter(addr=4)
        vm.add('-device', 'pci-bridge,id=bridge,chassis_nr=1,addr=8')
        vm.adapter('second', bus='bridge', addr=3)
        vm.disk(self.blank('first'), 2)
        vm.disk(disk, 1, bus='second.0', bootindex=0)
        vm.disk(self.blank('other'), 6, bus='second.0', lun=1)
        outcome = self.outcome(vm)
        self.assertEqual([name for name, _ in outcome],
                         ['units', 'units', 'unload'])
        self.assert_passed(outcome)
        self.assertEqual([numbers(text.splitlines()[0])
                          for _, text in outcome[:2]],
                         [[(2, 0)], [(1, 0), (6, 1)]])

    def test_adapter_without_devices(self):
        vm, disk = self.efi_machine()
        vm.adapter(addr=4)
        vm.adapter('second', addr=5)
        vm.disk(disk, 15, bus='second.0', lun=7, bootindex=0)
        outcome = self.outcome(vm)
        self.assertEqual([numbers(text.splitlines()[0])
                          for _, text in outcome[:2]],
                         [[], [(15, 7)]])


if __name__ == '__main__':
    unittest.main()
