# SPDX-License-Identifier: GPL-2.0-or-later
"""INT 13h for a hard disk, function by function.

The probe makes the calls; see probe.py.
"""

import struct
import unittest

from boottest import ADAPTER, BootTest, only_buslogic
from disks import MIB, probe_disk, sector_of
from guest.stamps import stamp
from probe import (BUFFER, CF, DF, IF, PACKET, RESULT, SECTOR, STACK_TOP,
                   Registers, far)

# Status codes of INT 13h
BAD_COMMAND = 0x01
SECTOR_NOT_FOUND = 0x04
OUT_OF_RANGE = (BAD_COMMAND, SECTOR_NOT_FOUND)

# A disk below 1 GiB has this geometry behind a BusLogic adapter.
SIZE = 378 * MIB
SECTORS = SIZE // SECTOR
HEADS, PER_TRACK = 64, 32

if ADAPTER != 'buslogic':       # SeaBIOS' own drivers
    HEADS, PER_TRACK = 16, 63
    OUT_OF_RANGE += (0x0c,)

CYLINDERS = SECTORS // HEADS // PER_TRACK

STAMPED = [*range(1, 400), *range(SECTORS - 300, SECTORS)]


def stamps(first, count=1):
    """What is in these sectors."""
    return b''.join(stamp(lba, 0, 0) for lba in range(first, first + count))


def address(lba):
    """Cylinder, head and sector of a block of the disk."""
    cylinder, rest = divmod(lba, HEADS * PER_TRACK)
    return cylinder, rest // PER_TRACK, rest % PER_TRACK + 1


class DiskTest(BootTest):
    """A machine that has booted the probe from a stamped disk."""

    def setUp(self):
        super().setUp()
        self.image = self.folder / 'disk'
        probe_disk(self.image, size=SIZE, stamped=STAMPED)
        self.vm = self.machine()
        self.vm.adapter()
        self.vm.disk(self.image, target=3, bootindex=0)
        self.add_more()
        self.vm.boot()
        self.probe = self.vm.probe('disk')

    def add_more(self):
        """For tests that need more than a disk."""

    def assert_done(self, after):
        """The call has succeeded."""
        self.assertEqual((after.carry, after.ah), (False, 0), after)

    def assert_refused(self, after, *codes):
        """The call has failed with one of the codes."""
        self.assertTrue(after.carry, after)
        self.assertIn(after.ah, codes, after)


class Reset(DiskTest):
    """AH=00h"""

    def test_reset_succeeds(self):
        self.assert_done(self.probe.int13(0x0000))

    def test_reset_clears_an_error(self):
        self.probe.read_chs(CYLINDERS, 0, 1)
        self.assert_done(self.probe.int13(0x0000))
        self.assert_done(self.probe.int13(0x0100))


class Status(DiskTest):
    """AH=01h"""

    def test_status_after_success(self):
        self.assert_done(self.probe.read_chs(0, 0, 1))
        self.assertEqual(self.probe.int13(0x0100).ah, 0)
        self.assertEqual(self.probe.read(0x474, 1), b'\0')

    def test_status_after_an_error(self):
        failed = self.probe.read_chs(0, 0, 0)
        self.assertTrue(failed.carry)
        after = self.probe.int13(0x0100)
        self.assertEqual(after.ah, failed.ah)
        self.assertTrue(after.carry)

    def test_status_is_in_the_bios_data_area(self):
        failed = self.probe.read_chs(0, 0, 0)
        self.assertEqual(self.probe.read(0x474, 1), bytes([failed.ah]))


class Read(DiskTest):
    """AH=02h"""

    def check_read(self, lba, count, where=BUFFER):
        """Read by CHS; the stamps must be there, and nothing around them."""
        length = count * SECTOR
        for guard in (where - 16, where + length):
            self.probe.write(guard, b'\xa5' * 16)
        after = self.probe.read_chs(*address(lba), count, where)
        self.assert_done(after)
        self.assertEqual(after.al, count)
        self.assertEqual(self.probe.read(where - 16, 16), b'\xa5' * 16)
        data = b''.join(self.probe.read(where + done, min(32768, length - done))
                        for done in range(0, length, 32768))
        self.assertTrue(data == stamps(lba, count), 'data read')
        self.assertEqual(self.probe.read(where + length, 16), b'\xa5' * 16)

    def test_one_sector(self):
        self.check_read(17, 1)

    def test_last_sector_of_a_track_and_first_of_the_next(self):
        self.check_read(PER_TRACK - 1, 2)

    def test_many_sectors(self):
        self.check_read(3, 64)

    def test_127_sectors(self):
        self.check_read(1, 127)

    def test_128_sectors(self):
        self.check_read(1, 128, 0x10000)

    def test_last_sector_of_the_disk(self):
        self.check_read(SECTORS - 1, 1)

    def test_buffer_crosses_64_kib(self):
        self.check_read(5, 20, 0x20000 - 3 * SECTOR - 100)

    def test_buffer_at_an_odd_address(self):
        self.check_read(5, 20, 0x23457)

    def test_buffer_at_the_end_of_a_segment(self):
        for guard in (0x1fe00, 0x1ffff):
            self.probe.write(guard, b'\xa5')
        after = self.probe.int13(0x0201, es=0x1000, ebx=0xfe00, ecx=2)
        self.assert_done(after)
        self.assertEqual(self.probe.read(0x1fe00, SECTOR), stamps(1))

    def test_buffer_below_the_end_of_conventional_memory(self):
        top = self.probe.interrupt(0x12).ax * 1024
        after = self.probe.read_chs(0, 0, 2, 8, top - 8 * SECTOR)
        self.assert_done(after)
        self.assertEqual(self.probe.read(top - 8 * SECTOR, 8 * SECTOR),
                         stamps(1, 8))

    def test_many_reads(self):
        for lba in range(1, 300, 7):
            self.assertEqual(self.probe.read_sector(lba), stamps(lba))

    def test_0_sectors(self):
        self.assert_refused(self.probe.read_chs(0, 0, 2, 0), BAD_COMMAND)

    def test_more_than_128_sectors(self):
        for count in (129, 255):
            self.assert_refused(
                self.probe.read_chs(0, 0, 2, count, 0x10000), BAD_COMMAND)

    def test_sector_0(self):
        self.assert_refused(self.probe.read_chs(0, 0, 0), BAD_COMMAND)

    def check_out_of_range(self, cylinder, head, sector, count=1):
        self.probe.write(BUFFER, b'\xa5' * SECTOR)
        after = self.probe.read_chs(cylinder, head, sector, count)
        self.assert_refused(after, *OUT_OF_RANGE)
        self.assertEqual(self.probe.read(BUFFER, SECTOR), b'\xa5' * SECTOR)

    def test_sector_beyond_the_track(self):
        self.check_out_of_range(0, 0, PER_TRACK + 1)

    def test_head_out_of_range(self):
        self.check_out_of_range(0, HEADS, 1)

    def test_cylinder_out_of_range(self):
        self.check_out_of_range(CYLINDERS, 0, 1)

    def test_end_of_the_disk_within_the_count(self):
        self.check_out_of_range(CYLINDERS - 1, HEADS - 1, PER_TRACK, 2)


class Write(DiskTest):
    """AH=03h"""

    def test_written_sectors_are_on_the_disk(self):
        data = bytes(range(256)) * 6
        self.probe.write(BUFFER, data)
        after = self.probe.read_chs(*address(50), 3, function=0x0300)
        self.assert_done(after)
        self.assertEqual(after.al, 3)
        self.assertEqual(sector_of(self.image, 49), stamps(49))
        for number in range(3):
            self.assertEqual(sector_of(self.image, 50 + number),
                             data[number * SECTOR:][:SECTOR])
        self.assertEqual(sector_of(self.image, 53), stamps(53))

    def test_written_sectors_are_read_back(self):
        data = b'written' * 200
        self.probe.write(BUFFER, data[:2 * SECTOR])
        self.assert_done(self.probe.read_chs(*address(SECTORS - 2), 2,
                                             function=0x0300))
        self.probe.write(BUFFER, bytes(2 * SECTOR))
        self.assert_done(self.probe.read_chs(*address(SECTORS - 2), 2))
        self.assertEqual(self.probe.read(BUFFER, 2 * SECTOR),
                         data[:2 * SECTOR])

    def test_write_from_a_buffer_that_crosses_64_kib(self):
        where = 0x20000 - 700
        data = bytes(range(250)) * 9
        self.probe.write(where, data)
        self.assert_done(self.probe.read_chs(*address(60), 4, where,
                                             function=0x0300))
        for number in range(4):
            self.assertEqual(sector_of(self.image, 60 + number),
                             data[number * SECTOR:][:SECTOR])

    def test_out_of_range(self):
        after = self.probe.read_chs(CYLINDERS, 0, 1, function=0x0300)
        self.assert_refused(after, *OUT_OF_RANGE)
        self.assertEqual(self.image.stat().st_size, SIZE)

    def test_0_sectors(self):
        self.assert_refused(self.probe.read_chs(0, 0, 2, 0, function=0x0300),
                            BAD_COMMAND)


class WriteProtected(DiskTest):
    """A disk that must not be written"""

    def add_more(self):
        probe_disk(self.folder / 'locked', stamped=range(1, 40))
        self.vm.disk('format=raw,readonly=on,'
                     f'file={self.folder / "locked"}', target=4)

    @only_buslogic
    def test_writes_fail_and_reads_do_not(self):
        after = self.probe.read_chs(0, 0, 5, dl=0x81, function=0x0300)
        self.assert_refused(after, 0x03)
        after = self.probe.extended(0x4300, 4, dl=0x81)
        self.assert_refused(after, 0x03)
        self.assert_done(self.probe.read_chs(0, 0, 5, dl=0x81))
        self.assertEqual(self.probe.read(BUFFER, SECTOR), stamps(4))


class Verify(DiskTest):
    """AH=04h, AH=0Ch, AH=44h and AH=47h: no data"""

    def test_sectors_of_the_disk(self):
        self.assert_done(self.probe.read_chs(3, 2, 1, 16, function=0x0400))
        self.assert_done(self.probe.read_chs(3, 2, 1, 16, function=0x0c00))

    def test_out_of_range(self):
        self.assert_refused(self.probe.read_chs(CYLINDERS, 0, 1,
                                                function=0x0400),
                            *OUT_OF_RANGE)

    def test_blocks_of_the_disk(self):
        for function in (0x4400, 0x4700):
            self.probe.write(BUFFER, b'\xa5' * SECTOR)
            self.assert_done(self.probe.extended(function, 7, 3))
            self.assertEqual(self.probe.read(BUFFER, SECTOR), b'\xa5' * SECTOR)

    def test_blocks_out_of_range(self):
        for function in (0x4400, 0x4700):
            self.assert_refused(self.probe.extended(function, SECTORS),
                                *OUT_OF_RANGE)

    def test_nothing_is_made_of_the_buffer(self):
        for address, size in [((0xffff, 0xffff), 16), ((0xfff0, 0xffff), 16),
                              ((0xffff, 0xffff), 24)]:
            for function in (0x4400, 0x4700):
                with self.subTest(function=hex(function), size=size):
                    self.probe.write(PACKET, struct.pack(
                        '<BBHHHQQ', size, 0, 3, *address, 7, (1 << 64) - 1))
                    self.assert_done(self.probe.int13(function, esi=PACKET))


class Parameters(DiskTest):
    """AH=08h and AH=15h"""

    def add_more(self):
        self.vm.disk(probe_disk(self.folder / 'other'), target=5)
        self.vm.drive('ide-hd', probe_disk(self.folder / 'ide'))

    def setUp(self):
        super().setUp()
        self.drives = self.probe.drives()
        self.drive = 0x80 + self.drives.index('disk')

    @only_buslogic
    def test_geometry(self):
        after = self.probe.int13(0x0800, dl=self.drive)
        self.assert_done(after)
        last = CYLINDERS - 1
        self.assertEqual(after.cx,
                         (last & 0xff) << 8 | last >> 2 & 0xc0 | PER_TRACK)
        self.assertEqual(after.dx >> 8, HEADS - 1)

    def test_number_of_drives(self):
        self.assertEqual(len(self.drives), 3)
        for number in range(3):
            after = self.probe.int13(0x0800, dl=0x80 + number)
            self.assert_done(after)
            self.assertEqual(after.dx & 0xff, 3)

    @only_buslogic
    def test_drive_type(self):
        after = self.probe.int13(0x1500, dl=self.drive)
        self.assertEqual((after.carry, after.ah), (False, 3), after)
        self.assertEqual(after.cx << 16 | after.dx, SECTORS)

    @only_buslogic
    def test_drive_that_is_not_there(self):
        self.assertTrue(self.probe.int13(0x0800, dl=0x83).carry)
        self.assertTrue(self.probe.read_chs(0, 0, 1, dl=0x83).carry)
        self.assertTrue(self.probe.read_chs(0, 0, 1, dl=0xff).carry)


class OtherFunctions(DiskTest):
    """What old programs call and what nobody knows"""

    def test_functions_without_effect_succeed(self):
        for function in (0x09, 0x0c, 0x0d, 0x10, 0x11, 0x14):
            with self.subTest(function=hex(function)):
                self.assert_done(self.probe.int13(function << 8, ecx=1))

    def test_format_harms_nothing(self):
        after = self.probe.read_chs(0, 0, 1, PER_TRACK, function=0x0500)
        self.assertIn((after.carry, after.ah), [(False, 0), (True, 1)])
        self.assertEqual(sector_of(self.image, 1), stamps(1))
        self.assertEqual(sector_of(self.image, 31), stamps(31))

    def test_unknown_functions_are_refused(self):
        for function in (0x06, 0x07, 0x0a, 0x0b, 0x0e, 0x0f, 0x12, 0x13,
                         0x17, 0x18, 0x19, 0x22, 0x40, 0x4a, 0x4c, 0x4d,
                         0x50, 0x7f, 0x80, 0xaa, 0xff):
            with self.subTest(function=hex(function)):
                self.assert_refused(self.probe.int13(function << 8, ecx=1),
                                    BAD_COMMAND)

    def test_disk_change_is_for_floppies(self):
        self.assert_refused(self.probe.int13(0x1600), BAD_COMMAND, 0x06)

    def test_set_hardware_configuration(self):
        for mode in (1, 3, 4, 6):
            self.assert_done(self.probe.int13(0x4e00 | mode))

    def test_eject_of_a_fixed_disk(self):
        self.assert_refused(self.probe.int13(0x4600), 0x01, 0xb2)

    @only_buslogic
    def test_emulation_status_of_a_disk(self):
        self.assert_refused(self.probe.int13(0x4b01, esi=RESULT),
                            BAD_COMMAND)


class Extensions(DiskTest):
    """AH=41h to AH=44h"""

    def test_presence(self):
        after = self.probe.int13(0x4100, ebx=0x55aa)
        self.assertFalse(after.carry, after)
        self.assertEqual((after.bx, after.ah), (0xaa55, 0x30))
        self.assertEqual(after.cx & 5, 5)

    @only_buslogic
    def test_presence_without_its_key(self):
        self.assertTrue(self.probe.int13(0x4100, ebx=0x1234).carry)

    def check_read(self, lba, count, where=BUFFER):
        self.assert_done(self.probe.extended(0x4200, lba, count, where))
        self.assertEqual(self.probe.packet_count(), count)
        length = count * SECTOR
        data = b''.join(self.probe.read(where + done, min(32768, length - done))
                        for done in range(0, length, 32768))
        self.assertTrue(data == stamps(lba, count), 'data read')

    def test_read_one_block(self):
        self.check_read(123, 1)

    def test_read_127_blocks(self):
        self.check_read(100, 127, 0x10000)

    def test_read_across_64_kib(self):
        self.check_read(100, 127, 0x1fe20)

    def test_read_last_blocks(self):
        self.check_read(SECTORS - 4, 4)

    def test_read_nothing(self):
        self.probe.write(BUFFER, b'\xa5' * SECTOR)
        self.assert_done(self.probe.extended(0x4200, 1, 0))
        self.assertEqual(self.probe.read(BUFFER, SECTOR), b'\xa5' * SECTOR)

    def test_write(self):
        self.probe.write(BUFFER, b'extended' * 128)
        self.assert_done(self.probe.extended(0x4300, 70, 2))
        self.assertEqual(self.probe.packet_count(), 2)
        self.assertEqual(sector_of(self.image, 69), stamps(69))
        self.assertEqual(sector_of(self.image, 70), b'extended' * 64)
        self.assertEqual(sector_of(self.image, 71), b'extended' * 64)
        self.assertEqual(sector_of(self.image, 72), stamps(72))

    def test_write_with_verify(self):
        self.probe.write(BUFFER, b'verified' * 64)
        after = self.probe.extended(0x4302, 80)
        self.assertIn((after.carry, after.ah), [(False, 0), (True, 1)])
        expected = stamps(80) if after.carry else b'verified' * 64
        self.assertEqual(sector_of(self.image, 80), expected)

    def check_out_of_range(self, lba, count=1):
        for function in (0x4200, 0x4300):
            self.probe.write(BUFFER, b'\xa5' * SECTOR)
            after = self.probe.extended(function, lba, count)
            self.assert_refused(after, *OUT_OF_RANGE)
            self.assertEqual(self.probe.read(BUFFER, SECTOR), b'\xa5' * SECTOR)
        self.assertEqual(sector_of(self.image, SECTORS - 1),
                         stamps(SECTORS - 1))

    def test_first_block_beyond_the_disk(self):
        self.check_out_of_range(SECTORS)

    def test_last_block_beyond_the_disk(self):
        self.check_out_of_range(SECTORS - 1, 2)

    def test_block_numbers_that_wrap(self):
        self.check_out_of_range(1 << 32)
        self.check_out_of_range((1 << 32) + 1)
        self.check_out_of_range(0xffffffff)
        self.check_out_of_range((1 << 64) - 1)
        self.check_out_of_range((1 << 64) - 1, 2)

    @only_buslogic
    def test_packet_that_is_too_short(self):
        self.assert_refused(self.probe.extended(0x4200, 1, size=15),
                            BAD_COMMAND)

    def test_long_packet_with_a_short_address(self):
        self.assert_done(self.probe.extended(0x4200, 9, size=24))
        self.assertEqual(self.probe.read(BUFFER, SECTOR), stamps(9))

    @only_buslogic
    def test_flat_64_bit_address(self):
        self.probe.write(PACKET, struct.pack('<BBHIQQ', 24, 0, 2, 0xffffffff,
                                             30, 0x31240))
        after = self.probe.int13(0x4200, esi=PACKET)
        self.assert_done(after)
        self.assertEqual(self.probe.read(0x31240, 2 * SECTOR), stamps(30, 2))


class DriveParameters(DiskTest):
    """AH=48h"""

    def parameters(self, size, dl=None):
        """The reply to a caller with room for that many bytes."""
        self.probe.write(RESULT, struct.pack('<H', size) + b'\xa5' * 94)
        self.assert_done(self.probe.int13(0x4800, esi=RESULT, dl=dl))
        reply = self.probe.read(RESULT, 96)
        given = struct.unpack_from('<H', reply)[0]
        self.assertLessEqual(given, size)
        self.assertEqual(set(reply[given:]), {0xa5})
        return reply[:given]

    def test_version_1(self):
        reply = self.parameters(0x1a)
        self.assertEqual(len(reply), 0x1a)
        self.assertEqual(struct.unpack_from('<QH', reply, 16),
                         (SECTORS, SECTOR))

    @only_buslogic
    def test_geometry_is_that_of_the_adapter(self):
        self.assertEqual(struct.unpack_from('<III', self.parameters(0x1a), 4),
                         (CYLINDERS, HEADS, PER_TRACK))

    def test_version_2_has_no_table_of_an_ata_disk(self):
        reply = self.parameters(0x1e)
        self.assertEqual(len(reply), 0x1e)
        self.assertEqual(reply[0x1a:], b'\xff' * 4)

    @only_buslogic
    def test_version_3_with_the_path_of_the_device(self):
        reply = self.parameters(74)
        self.assertEqual(len(reply), 74)
        key, length, _, _, bus, interface = struct.unpack_from(
            '<HBBH4s8s', reply, 30)
        self.assertEqual((key, length), (0xbedd, 44))
        self.assertEqual((bus, interface), (b'PCI ', b'SCSI    '))
        # This machine has its devices on bus 0; the adapter is the first.
        self.assertEqual(reply[48:51], bytes([0, 2, 0]))
        target, lun = struct.unpack_from('<HQ', reply, 56)
        self.assertEqual((target, lun), (3, 0))
        self.assertEqual(sum(reply[30:]) & 0xff, 0)

    @only_buslogic
    def test_sizes_in_between_get_what_fits(self):
        for size in (0x1b, 0x1d, 0x1f, 0x41, 0x43, 73, 90):
            with self.subTest(size=size):
                self.assertGreaterEqual(len(self.parameters(size)), 0x1a)

    def test_too_little_room(self):
        self.probe.write(RESULT, struct.pack('<H', 0x19) + b'\xa5' * 30)
        self.assert_refused(self.probe.int13(0x4800, esi=RESULT), BAD_COMMAND)
        self.assertEqual(self.probe.read(RESULT + 2, 30), b'\xa5' * 30)


class DevicePath(DriveParameters):
    """AH=48h of a disk behind a bridge, with a LUN"""

    def add_more(self):
        self.vm.add('-device', 'pci-bridge,id=bridge,chassis_nr=1')
        self.vm.adapter('far', bus='bridge', addr='5')
        self.vm.disk(probe_disk(self.folder / 'far'), target=9, lun=6,
                     bus='far.0')

    @only_buslogic
    def test_version_3_with_the_path_of_the_device(self):
        drive = 0x80 + self.probe.drives().index('far')
        reply = self.parameters(74, dl=drive)
        self.assertEqual(reply[48:51], bytes([1, 5, 0]))
        self.assertEqual(struct.unpack_from('<HQ', reply, 56), (9, 6))
        self.assertEqual(sum(reply[30:]) & 0xff, 0)


class Caller(DiskTest):
    """What a call leaves of the caller's registers and stack"""

    BEFORE = {'esi': 0x12341000, 'edi': 0x56785678, 'ebp': 0x9abc9abc,
              'fs': 0x2222, 'gs': 0x3333, 'ss': 0x0700, 'esp': 0x0c00}

    def add_more(self):
        self.vm.drive('ide-hd', probe_disk(self.folder / 'ide'))

    def call(self, function, low=0, drive='disk', **registers):
        """Make the call; returns the registers before and after."""
        number = 0x80 + self.drives.index(drive)
        offset, segment = far(BUFFER)
        before = Registers(**{
            **self.BEFORE, 'eax': 0xdead0000 | function << 8 | low,
            'ebx': 0xbeef0000 | offset, 'ecx': 0xcafe0002,
            'edx': 0xf00d0000 | number, 'ds': 0, 'es': segment, **registers})
        after = self.probe.interrupt(0x13, **vars(before))
        return before, after

    def setUp(self):
        super().setUp()
        self.drives = self.probe.drives()
        self.probe.write(PACKET, struct.pack('<BBHIQ', 16, 0, 1, BUFFER, 1))

    def assert_kept(self, before, after, *changed):
        """Nothing but AH, AL, CF and the named registers has changed."""
        for name in vars(before):
            if name == 'eax':
                same = before.eax >> 16 == after.eax >> 16
            elif name == 'eflags':
                keep = IF | DF
                same = before.eflags & keep == after.eflags & keep
            elif name in changed:
                same = (getattr(before, name) >> 16 ==
                        getattr(after, name) >> 16)
            else:
                same = getattr(before, name) == getattr(after, name)
            self.assertTrue(same, f'{name}: {before}\n{after}')

    def test_functions_without_results(self):
        for function, low in [(0x00, 0), (0x01, 0), (0x02, 1), (0x03, 1),
                              (0x04, 1), (0x0c, 0), (0x0d, 0), (0x10, 0),
                              (0x11, 0), (0x14, 0), (0x42, 0), (0x43, 0),
                              (0x44, 0), (0x47, 0), (0x4e, 1), (0x55, 0)]:
            with self.subTest(function=hex(function)):
                self.assert_kept(*self.call(function, low))

    def test_functions_with_results(self):
        self.assert_kept(*self.call(0x08), 'ecx', 'edx', 'ebx', 'edi', 'es')
        self.assert_kept(*self.call(0x15), 'ecx', 'edx')
        self.assert_kept(*self.call(0x41, ebx=0x1111_55aa), 'ebx', 'ecx')
        self.probe.write(RESULT, struct.pack('<H', 74))
        self.assert_kept(*self.call(0x48, esi=0x77770000 | RESULT))

    def test_errors(self):
        self.assert_kept(*self.call(0x02, 0))
        self.assert_kept(*self.call(0x02, 1, ecx=0xcafeffff))
        self.assert_kept(*self.call(0xee))

    def test_direction_flag_of_the_caller(self):
        before, after = self.call(0x02, 1, eflags=IF | DF)
        self.assert_done(after)
        self.assert_kept(before, after)
        self.assertEqual(self.probe.read(BUFFER, SECTOR), stamps(1))

    def test_interrupts_off_stay_off(self):
        for function, low in [(0x02, 1), (0x42, 0), (0x00, 0), (0xee, 0)]:
            before, after = self.call(function, low, eflags=0)
            self.assert_kept(before, after)

    def test_carry_of_the_caller_is_no_error(self):
        _, after = self.call(0x02, 1, eflags=IF | CF)
        self.assert_done(after)

    def test_other_drives_get_the_call_unchanged(self):
        before, after = self.call(0x02, 1, drive='ide', eflags=IF | DF)
        self.assert_done(after)
        self.assert_kept(before, after)
        self.probe.write(BUFFER, bytes(SECTOR))
        before, after = self.call(0x42, drive='ide')
        self.assert_done(after)
        self.assert_kept(before, after)

    def check_stack(self, room, function, low=0, **registers):
        """The call takes no more of the caller's stack than `room`."""
        below, pattern = 1024, b'\x5a'
        self.probe.write(STACK_TOP - room - below, pattern * below)
        _, after = self.call(function, low, ss=0, esp=STACK_TOP, **registers)
        self.assert_done(after)
        self.assertEqual(self.probe.read(STACK_TOP - room - below, below),
                         pattern * below)

    def test_little_stack(self):
        self.check_stack(96, 0x02, 1)
        self.check_stack(96, 0x03, 1)
        self.check_stack(96, 0x42, esi=PACKET)
        self.check_stack(96, 0x08)

    def test_many_calls_leave_the_stack_as_it_was(self):
        for _ in range(20):
            _, after = self.call(0x02, 1)
            self.assertEqual((after.ss, after.esp), (0x0700, 0x0c00))


class TwoAdapters(DiskTest):
    """The calls for two adapters do not get mixed up"""

    def add_more(self):
        self.vm.adapter('second')
        probe_disk(self.folder / 'other', stamped=range(1, 40))
        self.vm.disk(self.folder / 'other', bus='second.0')

    def test_each_disk_is_written_by_its_own_adapter(self):
        for drive, text in [(0x80, b'to the first'), (0x81, b'to the other')]:
            self.probe.write(BUFFER, text.ljust(SECTOR, b'.'))
            self.assert_done(self.probe.extended(0x4300, 20, dl=drive))
        self.assertEqual(sector_of(self.image, 20)[:12], b'to the first')
        self.assertEqual(sector_of(self.folder / 'other', 20)[:12],
                         b'to the other')

    def test_errors_of_one_are_not_those_of_the_other(self):
        self.assert_refused(self.probe.extended(0x4200, 1 << 30, dl=0x81),
                            *OUT_OF_RANGE)
        self.assert_done(self.probe.extended(0x4200, 1, dl=0x80))
        self.assertEqual(self.probe.read(BUFFER, SECTOR), stamps(1))


@only_buslogic
class Adapter(BootTest):
    """What the calls do to the adapter"""

    def test_reset_of_the_disk_is_no_reset_of_the_adapter(self):
        log = self.folder / 'trace'
        machine = self.machine()
        machine.adapter()
        machine.add('-trace', 'buslogic_adapter_reset', '-D', log)
        machine.disk(probe_disk(self.folder / 'disk', stamped=[1]))
        machine.boot()
        probe = machine.probe('disk')
        before = log.read_text()
        self.assertIn('buslogic_adapter_reset', before)
        for function in (0x0000, 0x0d00, 0x1100):
            self.assertFalse(probe.int13(function).carry)
        self.assertTrue(probe.int13(0x0299, ecx=0xffff).carry)
        self.assertEqual(probe.read_sector(1), stamps(1))
        self.assertEqual(log.read_text(), before)


if __name__ == '__main__':
    unittest.main()
