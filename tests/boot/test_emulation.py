# SPDX-License-Identifier: GPL-2.0-or-later
"""Drive numbers while a CD-ROM is drive 80h, and afterwards."""

import unittest

from boottest import BootTest
from disks import hard_disk_cd, probe_disk
from probe import RESULT

EMULATION_END = 0x4b00


class EmulatedHardDisk(BootTest):
    """A CD-ROM that is a hard disk to who boots it."""

    def boot(self, add_cd):
        """The probe from the CD of a machine that has disks as well."""
        self.vm = self.machine()
        self.vm.adapter()
        add_cd(hard_disk_cd(self.folder / 'cd'))
        self.vm.disk(probe_disk(self.folder / 'scsi0'), 0, bootindex=1)
        self.vm.drive('ide-hd', probe_disk(self.folder / 'ide'), bootindex=2)
        self.vm.disk(probe_disk(self.folder / 'scsi3'), 3, bootindex=3)
        self.vm.boot()
        probe = self.vm.probe('cd')
        self.assertEqual(probe.drive, 0x80)
        return probe

    def check(self, probe):
        """The disks move up for the CD, and back when it is done."""
        disks = ['scsi0', 'ide', 'scsi3']
        self.assertEqual(probe.drives(), ['cd', *disks])
        self.assertEqual(probe.hard_disk_count(), 4)
        after = probe.int13(EMULATION_END, esi=RESULT)
        self.assertFalse(after.carry, after)
        self.assertEqual(probe.drives(), disks)

    def test_cd_of_the_adapter(self):
        probe = self.boot(lambda image: self.vm.cd(image, 5, bootindex=0))
        for drive in range(0x80, 0x84):
            self.assertEqual(probe.int13(0x0800, dl=drive).dx & 0xff, 4)
        self.check(probe)
        self.assertEqual(probe.hard_disk_count(), 3)

    def test_cd_of_another_adapter(self):
        def add_cd(image):
            self.vm.adapter('second')
            self.vm.cd(image, 5, bus='second.0', bootindex=0)
        self.check(self.boot(add_cd))

    def test_cd_of_the_bios(self):
        self.check(self.boot(
            lambda image: self.vm.drive('ide-cd', image, bootindex=0)))


if __name__ == '__main__':
    unittest.main()
