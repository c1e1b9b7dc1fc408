# SPDX-License-Identifier: GPL-2.0-or-later
"""What the boot ROM for SeaBIOS keeps of the first MiB."""

import re
import unittest

from boottest import BootTest, only_buslogic
from disks import probe_cd, probe_disk
from guest.paths import ROOT

README = ROOT / 'roms/buslogic/legacy/README.md'

# Where the ROM of the only adapter is; the unit of its size
ROM_AREA, BLOCK = 0xc0000, 512

# At most, even if a compiler makes more of the sources than README says
ROM_GOAL, RAM_GOAL = 10240, 4096

TARGETS = [target for target in range(16) if target != 7]


def documented():
    """{devices: (ROM, RAM)} as README has it."""
    rows = re.findall(r'^\| ([^|]+) \| (\d+) \| (\d+) \|$',
                      README.read_text(), re.MULTILINE)
    return {name: (int(rom), int(ram)) for name, rom, ram in rows}


@only_buslogic
class Footprint(BootTest):
    """ROM and RAM that the adapter takes away from other option ROMs."""

    def shared_area(self, disks=0, cds=0, adapter=True):
        """The probe; the end of the area that SeaBIOS leaves to others."""
        machine = self.machine()
        if adapter:
            machine.adapter()
        if not disks:
            name = f'ide{len(self.machines)}'
            machine.drive('ide-hd', probe_disk(self.folder / name))
        for target in TARGETS[:disks]:
            machine.disk(probe_disk(self.folder / f'disk{target}'), target)
        for target in TARGETS[disks:disks + cds]:
            machine.cd(probe_cd(self.folder / f'cd{target}'), target)
        machine.boot()
        probe = machine.probe()
        found = machine.expect_firmware(
            r'Space available for UMB: [0-9a-f]+-([0-9a-f]+)')
        return probe, int(found[1], 16)

    def check(self, name, disks=0, cds=0):
        """The adapter keeps what is documented for these devices."""
        _, end_without = self.shared_area(adapter=False)
        probe, end = self.shared_area(disks, cds)
        signature, size = probe.read(ROM_AREA, 2), probe.read(ROM_AREA + 2, 1)
        self.assertEqual(signature, b'\x55\xaa')
        kept = size[0] * BLOCK, end_without - end
        self.assertEqual(kept, documented()[name])
        self.assertLessEqual(kept[0], ROM_GOAL)
        self.assertLessEqual(kept[1], RAM_GOAL)
        self.assertEqual(sum(probe.read(ROM_AREA, kept[0])) & 0xff, 0)

    def test_no_device(self):
        self.check('none')

    def test_one_disk(self):
        self.check('1 disk', disks=1)

    def test_fifteen_disks(self):
        self.check('15 disks', disks=15)

    def test_disk_and_cd(self):
        self.check('1 disk and 1 CD-ROM', disks=1, cds=1)

    def test_conventional_memory_is_as_large_as_without_it(self):
        without, _ = self.shared_area(adapter=False)
        probe, _ = self.shared_area(1, 1)
        self.assertEqual(probe.interrupt(0x12).ax, without.interrupt(0x12).ax)


if __name__ == '__main__':
    unittest.main()
