# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux, from power on to its own driver for the adapter."""

import unittest

from boottest import BootTest, Machine, only_buslogic
from guest.shell import GuestShell
from guest.stamps import StampedDisk
import media
from uefi import UefiMachine

# SCSI IDs of the disk that it boots from, and of another
SYSTEM, DATA = 2, 5


class KernelLog(GuestShell):
    """What the kernel says on the second port, for who reads of a failure."""

    def __init__(self, folder, **options):
        super().__init__(folder, **options)
        self.kernel_log_path = folder / 'kernel.log'
        self.add('-chardev', f'file,id=kernel,path={self.kernel_log_path}',
                 '-serial', 'chardev:kernel')

    def log_tail(self):
        kernel = self.kernel_log_path.read_text(errors='replace')
        return '\n'.join([super().log_tail(), 'the end of the kernel\'s log:',
                          *kernel.splitlines()[-25:]])


class LinuxMachine(KernelLog, Machine):
    """With SeaBIOS."""


class LinuxUefiMachine(KernelLog, UefiMachine):
    """With OVMF."""


@only_buslogic
class Linux(BootTest):
    """The firmware's part ends well: the driver finds a usable adapter."""

    def goes_on(self, adapter='buslogic', driver='BusLogic', loader='linux',
                kind=LinuxMachine, memory=256, **options):
        """Linux boots by the ROM; its driver reads and writes."""
        vm = self.machine(kind=kind, memory=memory, **options)
        vm.add('-device', f'{adapter},id=hba')
        vm.disk(media.linux_disk(driver, loader), target=SYSTEM, bootindex=0)
        stamped = StampedDisk(self.folder / 'stamped', 1, 4)
        vm.disk(stamped.path, target=DATA)
        vm.boot()
        vm.wait_ready()
        self.assertIn('BOOT_IMAGE=', vm.run('cat /proc/cmdline'), 'no GRUB')
        vm.run('wait_disks 2')
        # From the partition that GRUB has read the kernel from
        self.assertEqual(vm.run(f'data_checksum 0:0:{SYSTEM}:0'),
                         media.DATA_SHA256)
        disk = vm.run(f'disk_at 0:0:{DATA}:0')
        self.assertEqual(vm.run(f'checksum {disk} 4'), stamped.checksum(0))
        vm.run(f'rewrite {disk} 4')
        vm.shutdown()
        self.assertEqual(stamped.generations(), {1: stamped.sectors})

    def test_by_seabios(self):
        self.goes_on()

    def test_by_seabios_on_q35(self):
        self.goes_on(machine='q35')

    def test_by_seabios_into_the_kernels_real_mode_code(self):
        # That asks the BIOS about its drives.
        self.goes_on(loader='linux16')

    def test_by_seabios_from_a_board_for_isa(self):
        self.goes_on('buslogic-isa', 'aha1542')

    def test_by_ovmf(self):
        self.goes_on(kind=LinuxUefiMachine, memory=512)


if __name__ == '__main__':
    unittest.main()
