# SPDX-License-Identifier: GPL-2.0-or-later
"""The ROM under SeaBIOS: switched off, replaced, its messages and memory."""

import unittest

from boottest import NOTHING_LEFT, BootTest, only_buslogic
from disks import probe_cd, probe_disk
from guest.paths import BUILD
from guest.vm import GuestError

# What one adapter may take, in bytes
SHADOW_LIMIT = 12 << 10
LOW_MEMORY_LIMIT = 6 << 10


@only_buslogic
class Switch(BootTest):
    """romfile and rombar of the adapter"""

    def finds_nothing(self, **properties):
        """SeaBIOS says that there is nothing to boot from."""
        machine = self.machine()
        machine.adapter(**properties)
        machine.disk(probe_disk(self.folder / 'disk'), bootindex=0)
        machine.cd(probe_cd(self.folder / 'cd'), bootindex=1)
        machine.boot()
        machine.expect_firmware(NOTHING_LEFT)
        self.assertIn('could not read the boot disk', machine.firmware_log())

    def test_romfile_without_a_name(self):
        self.finds_nothing(romfile='')

    def test_rombar_off(self):
        self.finds_nothing(rombar=0)

    def test_other_disks_boot_without_it(self):
        machine = self.machine()
        machine.adapter(romfile='')
        machine.disk(probe_disk(self.folder / 'disk'), bootindex=0)
        machine.drive('ide-hd', probe_disk(self.folder / 'ide'), bootindex=1)
        machine.boot()
        self.assertEqual(machine.probe('ide').drives(), ['ide'])

    def test_romfile_of_the_build(self):
        machine = self.machine()
        machine.adapter(romfile=BUILD / 'buslogic.rom')
        machine.disk(probe_disk(self.folder / 'disk'))
        machine.boot()
        machine.probe('disk')

    def test_romfile_that_is_missing_is_an_error(self):
        machine = self.machine()
        machine.adapter(romfile=self.folder / 'missing')
        with self.assertRaisesRegex(GuestError, 'failed to find romfile'):
            machine.boot()

    def test_option_rom_beside_an_adapter_without(self):
        machine = self.machine()
        machine.adapter(romfile='')
        machine.add('-option-rom', BUILD / 'buslogic.rom')
        machine.disk(probe_disk(self.folder / 'disk'))
        machine.boot()
        machine.probe('disk')


@only_buslogic
class Messages(BootTest):
    """What a person sees who looks at the screen"""

    def screen(self, *args):
        """The lines before the boot, with a serial port for the screen."""
        machine = self.machine('pc,graphics=off')
        machine.adapter(addr='6')
        self.add_drives(machine)
        machine.add(*args)
        machine.boot()
        said, _ = machine.until(rb'Booting from ')
        return said.decode('ascii', 'replace')

    def add_drives(self, machine):
        """A disk and a CD."""
        machine.disk(probe_disk(self.folder / 'disk'), 3, vendor='SEAGATE',
                     product='ST41200N')
        machine.cd(probe_cd(self.folder / 'cd'), 4)

    def test_adapter_and_drives_are_named(self):
        screen = self.screen()
        for words in ('BT-958', '00:06.0', 'ID 3 SEAGATE ST41200N',
                      'ID 4 QEMU QEMU CD-ROM'):
            self.assertIn(words, screen)


@only_buslogic
class Memory(BootTest):
    """What the ROM keeps of the first MiB while programs run"""

    def used(self, adapters):
        """(KiB of conventional memory, start and end of what is free)"""
        machine = self.machine()
        for number in range(adapters):
            machine.adapter(f'hba{number}')
            machine.disk(probe_disk(self.folder / f'd{number}'),
                         bus=f'hba{number}.0')
        machine.boot()
        probe = machine.probe('d0')
        space = machine.expect_firmware(
            r'Space available for UMB: (\w+)-(\w+), ')
        low, high = (int(digits, 16) for digits in space.groups())
        kilobytes = probe.interrupt(0x12).ax
        machine.kill()
        return kilobytes, low, high

    def test_conventional_memory_stays_whole(self):
        self.assertEqual(self.used(1)[0], 639)

    def test_second_adapter_takes_no_more_than_it_may(self):
        _, low, high = self.used(1)
        _, next_low, next_high = self.used(2)
        self.assertLessEqual(next_low - low, SHADOW_LIMIT)
        self.assertLessEqual(high - next_high, LOW_MEMORY_LIMIT)


if __name__ == '__main__':
    unittest.main()
