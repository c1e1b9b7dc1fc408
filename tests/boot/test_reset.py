# SPDX-License-Identifier: GPL-2.0-or-later
"""SeaBIOS: resets at any moment, and programs that start the boot again."""

import unittest

from boottest import BootTest, only_buslogic
from disks import probe_cd, probe_disk
from guest.stamps import stamp
import media
from probe import BUFFER, SECTOR


class ResetTest(BootTest):
    """A machine that boots more than once."""

    def setUp(self):
        super().setUp()
        self.vm = self.machine()
        self.vm.adapter()

    def add_disk(self, **properties):
        """A disk with stamps."""
        return self.vm.disk(probe_disk(self.folder / 'disk',
                                       stamped=range(1, 400)), **properties)

    def works(self, probe):
        """The drive is the first, and can be read and written."""
        self.assertEqual((probe.drive, probe.hard_disk_count()), (0x80, 1))
        self.assertEqual(probe.read_sector(7), stamp(7, 0, 0))
        probe.write(BUFFER, b'after the reset.' * 32)
        self.assertFalse(probe.extended(0x4300, 390).carry)
        self.assertEqual(probe.read_sector(390), b'after the reset.' * 32)


class System(ResetTest):
    """Resets of the machine from outside"""

    def test_reset_of_an_idle_machine(self):
        self.add_disk()
        self.vm.boot()
        for _ in range(3):
            self.works(self.vm.probe('disk'))
            self.vm.qmp('system_reset')
        self.works(self.vm.probe('disk'))

    def throttle(self, name, bytes_per_second):
        """Limit a disk; 0 for not at all."""
        self.vm.qmp('block_set_io_throttle', {
            'device': name, 'bps': bytes_per_second, 'bps_rd': 0, 'bps_wr': 0,
            'iops': 0, 'iops_rd': 0, 'iops_wr': 0})

    def reset_during(self, function):
        """A call that does not come to its end."""
        name = self.add_disk()
        self.vm.boot()
        probe = self.vm.probe('disk')
        self.throttle(name, 512)
        # The first is let through, and makes the next wait for a minute.
        self.assertFalse(probe.extended(function, 20, 60).carry)
        probe.begin(0x13, eax=function, edx=0x80, esi=0x1000)
        self.vm.qmp('system_reset')
        self.throttle(name, 0)
        self.works(self.vm.probe('disk'))

    def test_reset_during_a_read(self):
        self.reset_during(0x4200)

    def test_reset_during_a_write(self):
        self.reset_during(0x4300)

    def test_reset_while_the_firmware_starts(self):
        self.add_disk()
        self.vm.add('-device', 'VGA')
        marks = ['PCI bus & bridge init', 'Scan for option roms',
                 'Running option rom', 'Booting from']
        self.vm.boot()
        for mark in marks:
            self.vm.expect_firmware(mark)
            self.vm.qmp('system_reset')
        for _ in range(20):
            self.vm.qmp('system_reset')
        self.vm.reset()
        self.works(self.vm.probe('disk'))

    def test_reset_while_grub_loads(self):
        self.vm.disk(media.grub_disk())
        self.vm.boot()
        self.vm.expect(rb'GRUB disk root=')
        self.vm.qmp('system_reset')
        self.vm.expect(rb'GRUB disk root=')
        self.vm.expect(media.DATA_SHA256.encode())
        self.vm.probe('after-grub')

    def test_bootindex_is_changed_before_a_reset(self):
        for name, index in [('one', 0), ('two', 1)]:
            self.vm.disk(probe_disk(self.folder / name), index,
                         bootindex=index)
        self.vm.boot()
        self.vm.probe('one')
        for drive, index in [(1, 7), (0, 8)]:
            self.vm.qmp('qom-set', {
                'path': f'/machine/peripheral/device-drive{drive}',
                'property': 'bootindex', 'value': index})
        self.vm.qmp('system_reset')
        self.assertEqual(self.vm.probe('two').drives(), ['two', 'one'])


class Guest(ResetTest):
    """Programs that reset the machine or boot it again"""

    def test_warm_start(self):
        self.add_disk()
        self.vm.boot()
        self.vm.probe('disk').begin_program('restart', edi=1)
        self.works(self.vm.probe('disk'))

    def test_reset_by_the_keyboard_controller(self):
        self.add_disk()
        self.vm.boot()
        self.vm.probe('disk').begin_program('restart', edi=0)
        self.works(self.vm.probe('disk'))

    def test_int_19_boots_again(self):
        self.add_disk()
        self.vm.boot()
        self.vm.probe('disk').begin(0x19)
        self.works(self.vm.probe('disk'))

    def test_int_18_goes_on_to_the_next(self):
        self.add_disk(bootindex=0)
        self.vm.cd(probe_cd(self.folder / 'cd'), bootindex=1)
        self.vm.boot()
        self.vm.probe('disk').begin(0x18)
        probe = self.vm.probe('cd')
        self.assertEqual(probe.drives(), ['disk'])

    def test_int_18_of_a_cd_goes_on_to_the_next(self):
        self.add_disk(bootindex=1)
        self.vm.cd(probe_cd(self.folder / 'cd'), bootindex=0)
        self.vm.boot()
        self.vm.probe('cd').begin(0x18)
        self.works(self.vm.probe('disk'))


if __name__ == '__main__':
    unittest.main()
