# SPDX-License-Identifier: GPL-2.0-or-later
"""SeaBIOS: bootindex, the boot menu, and what comes when a drive fails."""

import itertools
import unittest

from boottest import NOTHING_LEFT, BootTest, only_buslogic
from disks import blank_disk, data_cd, probe_cd, probe_disk


class OrderTest(BootTest):
    """Machines with drives behind the adapter and on IDE."""

    def setUp(self):
        super().setUp()
        self.vm = self.machine()
        self.vm.adapter()

    def scsi(self, name, target, **properties):
        """A bootable disk behind the adapter."""
        self.vm.disk(probe_disk(self.folder / name), target, **properties)

    def blank(self, target, **properties):
        """A disk behind the adapter that does not boot."""
        self.vm.disk(blank_disk(self.folder / f'blank{target}'), target,
                     **properties)

    def ide(self, name, **properties):
        """A bootable disk on IDE."""
        self.vm.drive('ide-hd', probe_disk(self.folder / name), **properties)

    def scsi_cd(self, name, target, **properties):
        """A bootable CD behind the adapter."""
        self.vm.cd(probe_cd(self.folder / name), target, **properties)

    def ide_cd(self, name, **properties):
        """A bootable CD on IDE."""
        self.vm.drive('ide-cd', probe_cd(self.folder / name), **properties)

    def boots(self, name, *args):
        """The machine boots from this medium and no other."""
        self.vm.add(*args)
        self.vm.boot()
        return self.vm.probe(name)


class Disks(OrderTest):
    """Disks behind the adapter and on IDE."""

    def check_order(self, order):
        """Disks a and b behind the adapter and one on IDE, in this order."""
        index = {name: order.index(name) for name in order}
        self.scsi('a', 0, bootindex=index['a'])
        self.scsi('b', 3, bootindex=index['b'])
        self.ide('ide', bootindex=index['ide'])
        self.assertEqual(self.boots(order[0], '-boot', 'strict=on').drives(),
                         list(order))

    def test_without_bootindex_ids_count(self):
        self.scsi('third', 9)
        self.scsi('second', 3)
        self.scsi('first', 2)
        self.assertEqual(self.boots('first').drives(),
                         ['first', 'second', 'third'])

    def test_first_of_two(self):
        self.scsi('a', 0, bootindex=1)
        self.scsi('b', 3, bootindex=2)
        self.assertEqual(self.boots('a').drives(), ['a', 'b'])

    def test_second_of_two(self):
        self.scsi('a', 0, bootindex=2)
        self.scsi('b', 3, bootindex=1)
        self.assertEqual(self.boots('b').drives(), ['b', 'a'])

    def test_one_with_bootindex_among_many(self):
        for target in range(5):
            self.scsi(f'id{target}', target,
                      **({'bootindex': 7} if target == 4 else {}))
        self.assertEqual(self.boots('id4').drives(),
                         ['id4', 'id0', 'id1', 'id2', 'id3'])

    def test_ide_first_if_it_alone_has_bootindex(self):
        self.scsi('scsi', 0)
        self.ide('ide', bootindex=0)
        self.assertEqual(self.boots('ide').drives(), ['ide', 'scsi'])

    def test_scsi_first_if_it_alone_has_bootindex(self):
        self.scsi('scsi', 0, bootindex=0)
        self.ide('ide')
        self.assertEqual(self.boots('scsi').drives(), ['scsi', 'ide'])

    def test_disks_of_two_adapters(self):
        self.vm.adapter('second')
        self.scsi('first', 0, bootindex=2)
        self.scsi('second', 1, bus='second.0', bootindex=1)
        self.assertEqual(self.boots('second').drives(), ['second', 'first'])

    def test_disks_of_two_adapters_taking_turns(self):
        self.vm.adapter('second')
        self.scsi('c', 0, bootindex=2)
        self.scsi('a', 1, bootindex=0)
        self.scsi('d', 0, bus='second.0', bootindex=3)
        self.scsi('b', 1, bus='second.0', bootindex=1)
        self.assertEqual(self.boots('a').drives(), ['a', 'b', 'c', 'd'])


def _add_orders():
    for order in itertools.permutations(['a', 'b', 'ide']):
        def test(self, order=order):
            self.check_order(order)
        setattr(Disks, f'test_scsi_and_ide_{"_".join(order)}', test)


_add_orders()


class Fallback(OrderTest):
    """What SeaBIOS boots when the first drive does not."""

    def test_cd_after_a_blank_disk(self):
        self.blank(0, bootindex=0)
        self.scsi_cd('cd', 1, bootindex=1)
        self.boots('cd')

    def test_cd_after_a_blank_disk_strictly(self):
        self.blank(0, bootindex=0)
        self.scsi_cd('cd', 1, bootindex=1)
        self.boots('cd', '-boot', 'strict=on')

    def test_ide_cd_after_a_blank_disk(self):
        self.blank(0, bootindex=0)
        self.ide_cd('cd', bootindex=1)
        self.boots('cd')

    def test_disk_after_a_cd_without_boot_record(self):
        self.vm.cd(data_cd(self.folder / 'data'), 1, bootindex=0)
        self.scsi('scsi', 0, bootindex=1)
        self.ide('ide')
        self.assertEqual(self.boots('scsi').drives(), ['scsi', 'ide'])

    def test_disk_after_an_empty_cd_drive(self):
        self.vm.cd('', 1, bootindex=0)
        self.scsi('scsi', 0, bootindex=1)
        self.ide('ide')
        self.assertEqual(self.boots('scsi').drives(), ['scsi', 'ide'])

    def test_ide_after_an_empty_cd_drive(self):
        self.vm.cd('', 1, bootindex=0)
        self.ide('ide', bootindex=1)
        self.boots('ide')

    def test_second_cd_after_one_without_boot_record(self):
        self.vm.cd(data_cd(self.folder / 'data'), 1, bootindex=0)
        self.scsi_cd('cd', 2, bootindex=1)
        self.ide('ide', bootindex=2)
        self.boots('cd', '-boot', 'strict=on')

    def test_first_adapter_has_nothing_that_boots(self):
        self.vm.adapter('second')
        self.vm.cd(data_cd(self.folder / 'data'), 1, bootindex=0)
        self.scsi_cd('cd', 2, bus='second.0', bootindex=1)
        self.boots('cd', '-boot', 'strict=on')

    def test_nothing_boots(self):
        self.blank(0, bootindex=0)
        self.blank(1, bootindex=1)
        self.vm.cd(data_cd(self.folder / 'data'), 2, bootindex=2)
        self.vm.boot()
        self.vm.expect_firmware(NOTHING_LEFT)


class Cds(OrderTest):
    """CDs among the disks."""

    def test_cd_before_a_disk(self):
        self.scsi('scsi', 0, bootindex=1)
        self.scsi_cd('cd', 5, bootindex=0)
        self.boots('cd')

    def test_cd_after_a_disk(self):
        self.scsi('scsi', 0, bootindex=0)
        self.scsi_cd('cd', 5, bootindex=1)
        self.boots('scsi')

    def test_cd_with_bootindex_before_a_disk_without(self):
        self.scsi('scsi', 0)
        self.scsi_cd('cd', 5, bootindex=0)
        self.boots('cd')

    def test_second_of_two_cds(self):
        self.scsi_cd('one', 1, bootindex=1)
        self.scsi_cd('two', 2, bootindex=0)
        self.boots('two')

    def test_ide_cd_before_ours(self):
        self.ide_cd('ide', bootindex=0)
        self.scsi_cd('scsi', 1, bootindex=1)
        self.boots('ide')

    def test_ours_before_an_ide_cd(self):
        self.ide_cd('ide', bootindex=1)
        self.scsi_cd('scsi', 1, bootindex=0)
        self.boots('scsi')

    @only_buslogic
    def test_disk_and_cd_without_bootindex(self):
        # A CD of an option ROM has the priority of the network.
        self.scsi('scsi', 0)
        self.scsi_cd('cd', 5)
        self.boots('scsi')

    @only_buslogic
    def test_order_n_is_the_cd_without_bootindex(self):
        self.scsi('scsi', 0)
        self.scsi_cd('cd', 5)
        self.boots('cd', '-boot', 'n')


class Menu(OrderTest):
    """-boot menu=on"""

    def open_menu(self, entries):
        """Ask for the menu; returns that many of its lines."""
        self.vm.add('-boot', 'menu=on,splash-time=60000')
        self.vm.boot()
        self.vm.expect_firmware('Press ESC for boot menu')
        self.vm.press('esc')
        menu = self.vm.expect_firmware(
            r'Select boot device:\s+((?:\d\. .*\n){%d})' % entries)
        return menu[1].splitlines()

    def test_second_disk_chosen(self):
        self.scsi('a', 0)
        self.scsi('b', 3)
        self.open_menu(2)
        self.vm.press('2')
        self.assertEqual(self.vm.probe('b').drives(), ['b', 'a'])

    def test_cd_chosen(self):
        self.scsi('a', 0, bootindex=0)
        self.scsi_cd('cd', 3, bootindex=1)
        self.open_menu(2)
        self.vm.press('2')
        self.vm.probe('cd')

    @only_buslogic
    def test_entries_name_adapter_id_vendor_and_product(self):
        self.scsi('a', 0, vendor='SEAGATE', product='ST41200N')
        self.scsi('b', 11)
        self.scsi_cd('cd', 3)
        lines = [line for line in self.open_menu(4)
                 if 'Legacy option rom' not in line]
        for line, words in zip(lines, [
                ('BT-958', 'ID 0', 'SEAGATE', 'ST41200N'),
                ('BT-958', 'ID 11', 'QEMU', 'QEMU HARDDISK'),
                ('BT-958', 'ID 3', 'QEMU', 'QEMU CD-ROM')]):
            for word in words:
                self.assertIn(word, line)


@only_buslogic
class DriveNumbers(BootTest):
    """There are numbers for 96 disks: from 80h, below those of CD-ROMs."""

    EMPTY = 'driver=null-co,size=1M,read-zeroes=on'
    ADAPTERS, IDS = 9, 15           # more than there are numbers at all

    def boot(self, *kind):
        """A machine of this kind with all these disks."""
        machine = self.machine(*kind)
        for adapter in range(self.ADAPTERS):
            machine.adapter(f'hba{adapter}')
            for target in range(self.IDS + 1):
                if target != 7 and (adapter, target) != (0, 0):
                    machine.disk(self.EMPTY, target, bus=f'hba{adapter}.0')
        machine.disk(probe_disk(self.folder / 'first'), 0, bus='hba0.0',
                     bootindex=0)
        machine.boot()
        return machine

    def test_more_disks_than_numbers(self):
        probe = self.boot().probe('first')
        self.assertEqual(probe.hard_disk_count(), 0x60)
        for drive, there in [(0x80, True), (0xdf, True), (0x00, False),
                             (0x06, False), (0x7f, False), (0xe0, False),
                             (0xff, False)]:
            with self.subTest(drive=hex(drive)):
                after = probe.int13(0x4100, ebx=0x55aa, dl=drive)
                self.assertEqual(not after.carry, there, after)

    def test_disks_without_a_number_are_named(self):
        # The BIOS reads the port that it writes to: no probe can be asked.
        screen, _ = self.boot('pc,graphics=off').until(rb'Booting from ')
        self.assertEqual(screen.count(b': too many disks'),
                         self.ADAPTERS * self.IDS - 0x60)


if __name__ == '__main__':
    unittest.main()
