# SPDX-License-Identifier: GPL-2.0-or-later
"""INT 13h when a disk takes longer than the boot ROM waits."""

import unittest

from boottest import BootTest, only_buslogic
from disks import probe_disk, stamp

TIMEOUT = 0x80                  # INT 13h status

# Bytes per second. The ROM waits for half a minute.
HARDLY_ANY = 1


@only_buslogic
class SlowDisk(BootTest):
    """A command of the ROM that does not end in time."""

    def limit(self, rate):
        """The host reads that many bytes per second; 0 for all it can."""
        self.vm.qmp('block_set_io_throttle', {
            'id': f'device-{self.name}', 'bps': 0, 'bps_rd': rate,
            'bps_wr': 0, 'iops': 0, 'iops_rd': 0, 'iops_wr': 0})

    def test_disk_that_takes_too_long(self):
        self.vm = self.machine()
        self.vm.adapter()
        self.name = self.vm.disk(
            probe_disk(self.folder / 'slow', stamped=range(1, 10)))
        self.vm.disk(probe_disk(self.folder / 'other'), target=1)
        self.vm.boot()
        probe = self.vm.probe('slow')
        self.limit(HARDLY_ANY)
        # What is in hand when the limit begins may pass.
        for _ in range(3):
            after = probe.extended(0x4200, 1)
            if after.carry:
                break
        self.assertEqual((after.carry, after.ah), (True, TIMEOUT), after)
        self.assertEqual(probe.packet_count(), 0)
        self.assertEqual(probe.drives(0x81), ['other'])
        self.limit(0)
        self.assertEqual(probe.read_sector(2), stamp(2, 0, 0))


if __name__ == '__main__':
    unittest.main()
