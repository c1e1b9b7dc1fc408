#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Other Linux kernels of Debian, with their BusLogic drivers.

    /usr/bin/python3 tests/avocado/buslogic_kernels.py -v [Class.test...]
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guest import kernel  # noqa: E402
from guest.testcase import DRIVER_READY_AGAIN, GuestTest  # noqa: E402


class KernelTests:
    """What every kernel has to do; see buslogic_boot.py for much more."""

    machine = 'pc'

    def test_driver_shows_adapter_and_disks_are_written(self):
        disks = [self.add_disk(scsi_id=3), self.add_disk(scsi_id=15, mib=4)]
        guest = self.boot(self.machine)
        self.assertIn('BusLogic BT-958 Initialized Successfully',
                      guest.dmesg())
        self.rewrite(disks[0], '0:0:3:0')
        self.rewrite(disks[1], '0:0:15:0')
        self.assertEqual(self.finish(),
                         [{1: disk.sectors} for disk in disks])

    def test_hanging_commands_are_recovered_by_host_reset(self):
        disk = self.add_disk(scsi_id=3)
        guest = self.boot(self.machine)
        self.rewrite_with_hanging_commands(disk, '0:0:3:0', DRIVER_READY_AGAIN)
        self.assertGreater(guest.resets()[0], 0)
        self.assertEqual(self.finish(resets=1), [{1: disk.sectors}])


class Linux61On686(KernelTests, GuestTest):
    """32-bit Linux 6.1 of Debian 12, without PAE."""

    kernel_package = kernel.I386


class Linux61On686Pae(KernelTests, GuestTest):
    """32-bit Linux 6.1 of Debian 12, with PAE."""

    kernel_package = kernel.I386_PAE
    machine = 'q35'


class Linux612(KernelTests, GuestTest):
    """Linux 6.12 of Debian 13."""

    kernel_package = kernel.TRIXIE


class LinuxNewest(KernelTests, GuestTest):
    """The newest kernel that Debian offers for its stable release."""

    kernel_package = kernel.NEWEST
    machine = 'q35'


if __name__ == '__main__':
    unittest.main()
