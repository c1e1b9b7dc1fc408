# SPDX-License-Identifier: GPL-2.0-or-later
"""INT 13h below a memory manager: virtual-8086 mode with paging (v86.S)."""

import struct
import unittest

from boottest import BootTest, only_buslogic
from disks import probe_disk, stamp
from probe import BUFFER, CODE, PACKET, SECTOR, Registers, far

# Constants of v86.S
COPY, WINDOW, WINDOW_SIZE = 0x10000, 0x50000, 0x8000
IN_ORDER, SCATTERED = 0, 1
COUNTERS, VDS_ENTRY = CODE + 4, CODE + 16
NO_FAULT = 0xffffffff

VDS_VECTOR, VDS_FLAG, VDS_PRESENT = 0x4b * 4, 0x47b, 0x20

FILLING = b'\xa5'
SECTORS = 50


@only_buslogic
class MemoryManager(BootTest):
    """Linear addresses are not physical ones."""

    def setUp(self):
        super().setUp()
        self.vm = self.machine()
        self.vm.adapter()
        self.image = probe_disk(self.folder / 'disk', stamped=range(1, 300))
        self.vm.disk(self.image)
        self.vm.boot()
        self.probe = self.vm.probe('disk')

    def call(self, mapping, vds, address, count, function=0x4200):
        """Registers after the function for sectors from 100 on; locks."""
        offset, segment = far(address)
        self.probe.write(PACKET, struct.pack(
            '<BBHHHQ', 16, 0, count, offset, segment, 100))
        self.probe.write(WINDOW, FILLING * 512)
        self.probe.write(VDS_FLAG, bytes([VDS_PRESENT if vds else 0]))
        self.probe.write(VDS_VECTOR, struct.pack('<HH', VDS_ENTRY, 0))
        after = self.probe.program('v86', eax=function, edx=self.probe.drive,
                                   esi=PACKET, ebp=mapping)
        locks, unlocks, fault = struct.unpack(
            '<3I', self.probe.read(COUNTERS, 12))
        self.assertEqual(fault, NO_FAULT, hex(fault))
        self.assertEqual(locks, unlocks)
        self.assertFalse(after.carry, after)
        # Where the linear address is taken for a physical one
        self.assertEqual(self.probe.read(WINDOW, 512), FILLING * 512)
        return locks

    def check_read(self, mapping, vds, offset=0x123):
        """Nothing but the sectors is in the window; returns the locks."""
        size = SECTORS * SECTOR
        for start in range(0, WINDOW_SIZE, 0x1000):
            self.probe.write(COPY + start, FILLING * 0x1000)
        locks = self.call(mapping, vds, WINDOW + offset, SECTORS)
        want = (FILLING * offset +
                b''.join(stamp(lba, 0, 0) for lba in range(100, 100 + SECTORS))
                ).ljust(WINDOW_SIZE, FILLING)
        got = b''.join(self.probe.read(COPY + start, 0x1000)
                       for start in range(0, WINDOW_SIZE, 0x1000))
        self.assertEqual(got[:offset + size], want[:offset + size])
        self.assertEqual(got, want)
        return locks

    def test_read_with_vds(self):
        self.assertEqual(self.check_read(IN_ORDER, True), 1)

    def test_read_of_scattered_pages_with_vds(self):
        self.check_read(SCATTERED, True)

    def test_read_without_vds(self):
        self.assertEqual(self.check_read(SCATTERED, False), 0)

    def test_write(self):
        data = [bytes([n]) * SECTOR for n in range(SECTORS)]
        for mapping in (IN_ORDER, SCATTERED):
            for vds in (True, False):
                with self.subTest(mapping=mapping, vds=vds):
                    data.reverse()
                    for n, sector in enumerate(data):
                        self.probe.write(COPY + n * SECTOR, sector)
                    self.call(mapping, vds, WINDOW, SECTORS, 0x4300)
                    for n in (0, 7, 8, SECTORS - 1):
                        self.assertEqual(self.probe.read_sector(100 + n),
                                         data[n])
                    self.assertEqual(self.probe.read_sector(100 + SECTORS),
                                     stamp(100 + SECTORS, 0, 0))


if __name__ == '__main__':
    unittest.main()
