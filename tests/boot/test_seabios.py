# SPDX-License-Identifier: GPL-2.0-or-later
"""SeaBIOS: where the adapter and its disks may be, and who boots from them."""

import unittest

from boottest import BootTest, only_buslogic
from disks import PAYLOAD_LBA, loader_disk, probe_disk
import media
from probe import SECTOR

TARGETS = [target for target in range(16) if target != 7]


class Machines(BootTest):
    """The machine and the adapter's place in it."""

    def boots(self, *args, **options):
        """A machine with these arguments boots from its disk."""
        machine = self.machine(**options)
        machine.add(*args)
        bus = {'bus': 'last'} if 'id=last' in ' '.join(args) else {}
        machine.adapter(**bus)
        machine.disk(probe_disk(self.folder / 'disk'))
        machine.boot()
        probe = machine.probe('disk')
        self.assertEqual(probe.drive, 0x80)
        self.assertEqual(probe.drives(), ['disk'])
        return probe

    def test_pc(self):
        self.boots(machine='pc')

    def test_q35(self):
        self.boots(machine='q35')

    def test_behind_a_pci_bridge(self):
        self.boots('-device', 'pci-bridge,id=last,chassis_nr=1')

    def test_behind_two_pci_bridges(self):
        self.boots('-device', 'pci-bridge,id=first,chassis_nr=1',
                   '-device', 'pci-bridge,id=last,bus=first,chassis_nr=2')

    def test_behind_a_pcie_to_pci_bridge(self):
        self.boots('-device', 'pcie-root-port,id=root,chassis=1',
                   '-device', 'pcie-pci-bridge,id=last,bus=root',
                   machine='q35')

    def test_little_memory(self):
        self.boots(memory=4)

    def test_much_memory(self):
        self.boots(memory=6144)

    def test_two_processors(self):
        self.boots('-smp', '2')

    def test_vga_and_network_cards_beside(self):
        self.boots('-device', 'VGA', '-device', 'e1000')


class Drives(BootTest):
    """Which disks there are for INT 13h, and by what numbers."""

    def test_disks_of_two_adapters(self):
        machine = self.machine()
        machine.adapter()
        machine.adapter('second')
        machine.disk(probe_disk(self.folder / 'first-3'), target=3)
        machine.disk(probe_disk(self.folder / 'second-0'), bus='second.0')
        machine.disk(probe_disk(self.folder / 'second-5'), target=5,
                     bus='second.0')
        machine.boot()
        probe = machine.probe('first-3')
        self.assertEqual(probe.drives(), ['first-3', 'second-0', 'second-5'])
        self.assertEqual(probe.hard_disk_count(), 3)

    def test_four_adapters(self):
        machine = self.machine()
        names = []
        for number in range(4):
            name = f'disk{number}'
            machine.adapter(f'hba{number}')
            machine.disk(probe_disk(self.folder / name), bus=f'hba{number}.0')
            names.append(name)
        machine.boot()
        self.assertEqual(machine.probe('disk0').drives(), names)

    def test_fifteen_targets(self):
        machine = self.machine()
        machine.adapter()
        for target in TARGETS:
            machine.disk(probe_disk(self.folder / f'id{target}'), target)
        machine.boot()
        probe = machine.probe('id0')
        self.assertEqual(probe.drives(), [f'id{n}' for n in TARGETS])
        self.assertEqual(probe.hard_disk_count(), 15)

    def test_lun_above_0(self):
        machine = self.machine()
        machine.adapter()
        machine.disk(probe_disk(self.folder / 'lun5'), 2, lun=5)
        machine.disk(probe_disk(self.folder / 'lun0'), 2, lun=0)
        machine.boot()
        self.assertEqual(machine.probe('lun0').drives(), ['lun0', 'lun5'])

    def test_lun_above_0_boots(self):
        machine = self.machine()
        machine.adapter()
        machine.disk(probe_disk(self.folder / 'lun0'), 2, lun=0)
        machine.disk(probe_disk(self.folder / 'lun7'), 2, lun=7, bootindex=0)
        machine.boot()
        self.assertEqual(machine.probe('lun7').drives()[0], 'lun7')

    def test_lun_without_lun_0(self):
        machine = self.machine()
        machine.adapter()
        machine.disk(probe_disk(self.folder / 'lun3'), 1, lun=3)
        machine.boot()
        self.assertEqual(machine.probe('lun3').drives(), ['lun3'])

    def test_ide_disk_beside(self):
        machine = self.machine()
        machine.adapter()
        machine.disk(probe_disk(self.folder / 'scsi'))
        machine.drive('ide-hd', probe_disk(self.folder / 'ide'))
        machine.boot()
        probe = machine.probe()
        self.assertEqual(sorted(probe.drives()), ['ide', 'scsi'])
        self.assertEqual(probe.hard_disk_count(), 2)

    @only_buslogic
    def test_no_disk(self):
        machine = self.machine()
        machine.adapter()
        machine.drive('ide-hd', probe_disk(self.folder / 'ide'))
        machine.boot()
        probe = machine.probe('ide')
        self.assertEqual(probe.drives(), ['ide'])
        self.assertEqual(probe.hard_disk_count(), 1)


class Loaders(BootTest):
    """Boot sectors and boot loaders of several kinds."""

    def boot_from(self, image):
        """The machine, booting."""
        machine = self.machine()
        machine.adapter()
        machine.disk(image, target=1)
        machine.boot()
        return machine

    def test_boot_sector_with_chs_addresses(self):
        machine = self.boot_from(loader_disk(self.folder / 'chs', 'load-chs'))
        self.assertEqual(machine.probe('chs').entry, (0, 0x8000))

    def test_boot_sector_with_block_addresses(self):
        machine = self.boot_from(loader_disk(self.folder / 'lba', 'load-lba'))
        probe = machine.probe('lba')
        self.assertEqual(probe.entry, (0, 0x8000))
        self.assertEqual(probe.read_sector(PAYLOAD_LBA),
                         probe.read(0x8000, SECTOR))

    def test_grub(self):
        machine = self.boot_from(media.grub_disk())
        machine.expect(rb'GRUB disk root=hd0,msdos1')
        machine.expect(media.DATA_SHA256.encode())
        self.assertEqual(machine.probe('after-grub').drive, 0x80)

    def test_grub_legacy(self):
        machine = self.boot_from(media.grub_legacy_disk())
        machine.expect(rb'GRUB  version 0\.97')
        machine.expect(rb'Filesystem type is fat, partition type 0xc')
        self.assertEqual(machine.probe('after-grub-legacy').drive, 0x80)

    def test_syslinux(self):
        machine = self.boot_from(media.syslinux_disk())
        machine.expect(rb'SYSLINUX 6\.')
        self.assertEqual(machine.probe('after-syslinux').drive, 0x80)

    def test_grub_finds_a_disk_that_is_not_the_first(self):
        machine = self.machine()
        machine.adapter()
        machine.disk(media.grub_disk(), target=3, bootindex=0)
        machine.disk(probe_disk(self.folder / 'other'), target=0)
        machine.drive('ide-hd', probe_disk(self.folder / 'ide'))
        machine.boot()
        machine.expect(rb'\(hd0\) \(hd0,msdos1\) \(hd1\) \(hd2\)')
        self.assertEqual(sorted(machine.probe('after-grub').drives()[1:]),
                         ['ide', 'other'])


if __name__ == '__main__':
    unittest.main()
