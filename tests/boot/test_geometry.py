# SPDX-License-Identifier: GPL-2.0-or-later
"""INT 13h for disks of all sizes: geometry, and blocks near each limit."""

import struct
import unittest

from boottest import BootTest, only_buslogic
from disks import GIB, MIB, huge_probe_disk, probe_disk
from guest.stamps import stamp
from probe import RESULT, SECTOR

GIB_SECTORS = GIB // SECTOR
TIB_SECTORS = GIB_SECTORS << 10


def geometry(sectors):
    """(cylinders, heads, sectors per track) that BusLogic adapters give."""
    if sectors < GIB_SECTORS:
        heads, per_track = 64, 32
    elif sectors < 2 * GIB_SECTORS:
        heads, per_track = 128, 32
    else:
        heads, per_track = 255, 63
    return min(sectors // (heads * per_track), 1024), heads, per_track


class SizeTest(BootTest):
    """A machine that has booted the probe from a disk of some size."""

    def boot(self, sectors, stamped, **properties):
        """The probe on a disk that has these sectors stamped."""
        path, size = self.folder / 'disk', sectors * SECTOR
        if size > 16 * GIB:
            image = huge_probe_disk(path.with_suffix('.qcow2'), size, stamped)
        else:
            image = probe_disk(path, size=size, stamped=stamped)
        machine = self.machine()
        machine.adapter()
        machine.disk(image, **properties)
        machine.boot()
        return machine.probe('disk')

    def parameters(self, probe):
        """(cylinders, heads, sectors per track) by AH=08h."""
        after = probe.int13(0x0800)
        self.assertFalse(after.carry, after)
        last = after.cx >> 8 | after.cx << 2 & 0x300
        return last + 1, (after.dx >> 8) + 1, after.cx & 0x3f

    def check_chs(self, probe, lba, heads, per_track):
        """The block can be read by its cylinder, head and sector."""
        cylinder, rest = divmod(lba, heads * per_track)
        after = probe.read_chs(cylinder, rest // per_track,
                               rest % per_track + 1)
        self.assertFalse(after.carry, f'block {lba}: {after}')
        self.assertEqual(probe.read(0x8000, SECTOR), stamp(lba, 0, 0))

    def check_blocks(self, probe, blocks):
        """They can be read by their numbers."""
        for lba in blocks:
            self.assertEqual(probe.read_sector(lba), stamp(lba, 0, 0),
                             f'block {lba}')


@only_buslogic
class Limits(SizeTest):
    """Disks whose size is at a limit of the geometry"""

    def check_size(self, sectors):
        """Geometry, total size, and the blocks at both ends."""
        cylinders, heads, per_track = geometry(sectors)
        last_by_chs = cylinders * heads * per_track - 1
        blocks = sorted({1, last_by_chs, sectors - 1})
        probe = self.boot(sectors, blocks)
        self.assertEqual(self.parameters(probe),
                         (cylinders, heads, per_track))
        self.check_chs(probe, 1, heads, per_track)
        self.check_chs(probe, last_by_chs, heads, per_track)
        self.check_blocks(probe, blocks)
        self.assertTrue(probe.extended(0x4200, sectors).carry)
        self.check_total(probe, sectors)

    def check_total(self, probe, sectors):
        """AH=48h knows all of the disk, AH=15h no more than that."""
        probe.write(RESULT, struct.pack('<H', 0x1a) + bytes(24))
        self.assertFalse(probe.int13(0x4800, esi=RESULT).carry)
        total, size = struct.unpack('<QH', probe.read(RESULT + 16, 10))
        self.assertEqual((total, size), (sectors, SECTOR))
        after = probe.int13(0x1500)
        self.assertEqual((after.carry, after.ah), (False, 3), after)
        by_type = after.cx << 16 | after.dx
        cylinders, heads, per_track = geometry(sectors)
        self.assertGreaterEqual(by_type, cylinders * heads * per_track)
        self.assertLessEqual(by_type, sectors)

    def test_10_mib(self):
        self.check_size(10 * MIB // SECTOR)

    def test_just_below_1_gib(self):
        self.check_size(GIB_SECTORS - 1)

    def test_1_gib(self):
        self.check_size(GIB_SECTORS)

    def test_just_below_2_gib(self):
        self.check_size(2 * GIB_SECTORS - 1)

    def test_2_gib(self):
        self.check_size(2 * GIB_SECTORS)

    def test_last_with_fewer_than_1024_cylinders(self):
        self.check_size(1024 * 255 * 63 - 1)

    def test_first_with_1024_cylinders(self):
        self.check_size(1024 * 255 * 63)

    def test_just_below_8_gib(self):
        self.check_size(8 * GIB_SECTORS - 1)

    def test_9_gib(self):
        self.check_size(9 * GIB_SECTORS)

    def test_just_below_2_tib(self):
        self.check_size(2 * TIB_SECTORS - 1)

    def test_3_tib(self):
        self.check_size(3 * TIB_SECTORS)

    def test_no_whole_cylinder(self):
        probe = self.boot(1000, [1, 999])
        self.assertGreaterEqual(self.parameters(probe)[0], 1)
        self.check_blocks(probe, [1, 999])


class Boundaries(SizeTest):
    """Blocks on both sides of the limits of block numbers"""

    def check_around(self, limit, sectors):
        """Reads one by one, and one that crosses the limit."""
        near = range(limit - 3, limit + 3)
        probe = self.boot(sectors, near)
        self.check_blocks(probe, near)
        after = probe.extended(0x4200, near[0], len(near))
        self.assertFalse(after.carry, after)
        self.assertEqual(probe.read(0x8000, len(near) * SECTOR),
                         b''.join(stamp(lba, 0, 0) for lba in near))

    def test_read_6_has_21_bits(self):
        self.check_around(1 << 21, 3 * GIB_SECTORS)

    def test_1_gib(self):
        self.check_around(GIB_SECTORS, 3 * GIB_SECTORS)

    def test_2_gib(self):
        self.check_around(2 * GIB_SECTORS, 3 * GIB_SECTORS)

    def test_end_of_what_chs_reaches(self):
        self.check_around(1024 * 255 * 63, 9 * GIB_SECTORS)

    def test_8_gib(self):
        self.check_around(8 * GIB_SECTORS, 9 * GIB_SECTORS)

    def test_1_tib_has_a_sign(self):
        self.check_around(1 << 31, 3 * TIB_SECTORS)

    @only_buslogic
    def test_2_tib_needs_more_than_32_bits(self):
        self.check_around(1 << 32, 3 * TIB_SECTORS)

    @only_buslogic
    def test_write_beyond_2_tib(self):
        probe = self.boot(3 * TIB_SECTORS, [5])
        high = (1 << 32) + 5
        probe.write(0x8000, b'beyond..' * 64)
        self.assertFalse(probe.extended(0x4300, high).carry)
        self.assertEqual(probe.read_sector(high), b'beyond..' * 64)
        self.check_blocks(probe, [5])


@only_buslogic
class Override(SizeTest):
    """The host's geometry (lcyls, lheads and lsecs of scsi-hd)"""

    def test_geometry_of_the_host(self):
        probe = self.boot(GIB_SECTORS, [16 * 63], lcyls=1000, lheads=16,
                          lsecs=63)
        self.assertEqual(self.parameters(probe), (1000, 16, 63))
        self.check_chs(probe, 16 * 63, 16, 63)
        after = probe.read_chs(0, 16, 1)
        self.assertTrue(after.carry, after)

    def test_int13_reaches_1024_cylinders_of_more(self):
        probe = self.boot(GIB_SECTORS, [16 * 63], lcyls=2080, lheads=16,
                          lsecs=63)
        self.assertEqual(self.parameters(probe), (1024, 16, 63))
        self.check_chs(probe, 16 * 63, 16, 63)

    def test_other_disks_keep_theirs(self):
        machine = self.machine()
        machine.adapter()
        for target, properties in [(1, {'lcyls': 100, 'lheads': 10,
                                        'lsecs': 20}), (2, {})]:
            machine.disk(probe_disk(self.folder / f'disk{target}',
                                    size=64 * MIB), target, **properties)
        machine.boot()
        probe = machine.probe('disk1')
        self.assertEqual(self.parameters(probe), (100, 10, 20))
        probe.drive = 0x81
        self.assertEqual(self.parameters(probe), geometry(64 * MIB // SECTOR))


if __name__ == '__main__':
    unittest.main()
