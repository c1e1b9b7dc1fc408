# SPDX-License-Identifier: GPL-2.0-or-later
"""SeaBIOS: El Torito CDs, and INT 13h for them."""

import struct
import unittest

from boottest import BootTest, only_buslogic
from disks import (CD_SECTOR, MIB, catalogue_offset, floppy_cd,
                   hard_disk_cd, patch, probe_cd, probe_disk)
from guest.stamps import stamp
import media
from probe import BUFFER, RESULT, SECTOR

# In the default entry of a boot catalogue, which follows the first
SEGMENT_OFFSET = 0x22

# The packet of AH=4Bh
_STATUS = struct.Struct('<BBBBIHHHBBB')


class CdTest(BootTest):
    """A machine that boots from a CD behind the adapter."""

    def boot_cd(self, image, *more):
        """The machine; `more` are disks beside it."""
        machine = self.machine()
        machine.adapter()
        machine.cd(image, bootindex=0)
        for target, disk in enumerate(more):
            machine.disk(disk, target)
        machine.boot()
        return machine

    def status(self, probe, function=0x4b01):
        """Fields of the packet that AH=4Bh fills in."""
        probe.write(RESULT, bytes([_STATUS.size]) + b'\xa5' * 40)
        after = probe.int13(function, esi=RESULT)
        self.assertFalse(after.carry, after)
        return _STATUS.unpack(probe.read(RESULT, _STATUS.size))

    def check_stamps(self, probe, first, count, data):
        """The data are those of these 512-byte sectors."""
        self.assertEqual(data, b''.join(
            stamp(lba, 0, 0) for lba in range(first, first + count)))


class NoEmulation(CdTest):
    """CDs that are CDs to what they boot"""

    def boot_image(self):
        """Block number of the boot image, and the CD that has it."""
        image = probe_cd(self.folder / 'cd')
        with open(image, 'rb') as iso:
            iso.seek(catalogue_offset(image) + 0x28)
            return struct.unpack('<I', iso.read(4))[0], image

    def test_boots_at_the_usual_address(self):
        machine = self.boot_cd(probe_cd(self.folder / 'cd'))
        probe = machine.probe('cd')
        segment, offset = probe.entry
        self.assertEqual(segment * 16 + offset, 0x7c00)
        self.assertGreaterEqual(probe.drive, 0xe0)

    def test_loads_as_many_sectors_as_the_catalogue_says(self):
        probe = self.boot_cd(probe_cd(self.folder / 'cd')).probe('cd')
        self.check_stamps(probe, 1, 3, probe.read(0x7e00, 3 * SECTOR))

    def test_boots_at_the_address_in_the_catalogue(self):
        image = probe_cd(self.folder / 'cd')
        patch(image, catalogue_offset(image) + SEGMENT_OFFSET,
              struct.pack('<H', 0x1234))
        segment, offset = self.boot_cd(image).probe('cd').entry
        self.assertEqual(segment * 16 + offset, 0x12340)

    def test_blocks_have_2048_bytes(self):
        lba, image = self.boot_image()
        probe = self.boot_cd(image).probe('cd')
        after = probe.extended(0x4200, lba, 1)
        self.assertFalse(after.carry, after)
        self.check_stamps(probe, 1, 3, probe.read(BUFFER, CD_SECTOR)[SECTOR:])
        self.assertEqual(probe.packet_count(), 1)

    def test_many_blocks(self):
        _, image = self.boot_image()
        content = image.read_bytes()
        probe = self.boot_cd(image).probe('cd')
        after = probe.extended(0x4200, 16, 30, 0x20000)
        self.assertFalse(after.carry, after)
        self.assertEqual(probe.read(0x20000, 30 * CD_SECTOR),
                         content[16 * CD_SECTOR:46 * CD_SECTOR])

    @only_buslogic
    def test_block_beyond_the_end(self):
        _, image = self.boot_image()
        blocks = image.stat().st_size // CD_SECTOR
        probe = self.boot_cd(image).probe('cd')
        self.assertFalse(probe.extended(0x4200, blocks - 1).carry)
        self.assertTrue(probe.extended(0x4200, blocks).carry)
        self.assertTrue(probe.extended(0x4200, 1 << 32).carry)

    def test_extensions_and_parameters(self):
        _, image = self.boot_image()
        probe = self.boot_cd(image).probe('cd')
        after = probe.int13(0x4100, ebx=0x55aa)
        self.assertFalse(after.carry, after)
        self.assertEqual((after.bx, after.cx & 1), (0xaa55, 1))
        probe.write(RESULT, struct.pack('<H', 0x1a) + bytes(24))
        self.assertFalse(probe.int13(0x4800, esi=RESULT).carry)
        size, = struct.unpack('<H', probe.read(RESULT + 24, 2))
        self.assertEqual(size, CD_SECTOR)

    def test_writes_are_refused(self):
        probe = self.boot_cd(probe_cd(self.folder / 'cd')).probe('cd')
        self.assertTrue(probe.extended(0x4300, 20).carry)

    def test_emulation_status(self):
        lba, image = self.boot_image()
        probe = self.boot_cd(image).probe('cd')
        size, media_type, drive, _, start, *_ = self.status(probe)
        self.assertEqual(size, 0x13)
        self.assertEqual((media_type & 15, drive), (0, probe.drive))
        self.assertEqual(start, lba)

    @only_buslogic
    def test_emulation_status_of_any_drive(self):
        _, image = self.boot_image()
        probe = self.boot_cd(image).probe('cd')
        drive, probe.drive = probe.drive, 0x7f
        self.assertEqual(self.status(probe)[2], drive)

    def test_without_emulation_there_is_none_to_end(self):
        lba, image = self.boot_image()
        probe = self.boot_cd(image).probe('cd')
        self.status(probe, 0x4b00)
        after = probe.extended(0x4200, lba)
        self.assertFalse(after.carry, after)
        self.check_stamps(probe, 1, 3, probe.read(BUFFER, CD_SECTOR)[SECTOR:])
        self.assertEqual(self.status(probe)[2], probe.drive)

    def test_lock_and_unlock(self):
        probe = self.boot_cd(probe_cd(self.folder / 'cd')).probe('cd')
        for mode in (0, 1):
            after = probe.int13(0x4500 | mode)
            self.assertIn(after.ah, (0, 1, 0xb4), after)

    def call(self, probe, function):
        """AH, AL and the carry flag after a function without parameters."""
        after = probe.int13(function)
        return after.ah, after.al, after.carry

    @only_buslogic
    def test_locks_are_counted(self):
        probe = self.boot_cd(probe_cd(self.folder / 'cd')).probe('cd')
        lock, unlock, state = 0x4500, 0x4501, 0x4502
        for function, expected in [
                (unlock, (0xb0, 1, True)), (state, (0, 0, False)),
                (lock, (0, 1, False)), (lock, (0, 1, False)),
                (unlock, (0, 1, False)), (state, (0, 1, False)),
                (unlock, (0, 0, False)), (state, (0, 0, False)),
                (0x4503, (1, 3, True))]:
            with self.subTest(function=hex(function)):
                self.assertEqual(self.call(probe, function), expected)

    @only_buslogic
    def test_255_locks(self):
        probe = self.boot_cd(probe_cd(self.folder / 'cd')).probe('cd')
        for _ in range(255):
            self.assertEqual(self.call(probe, 0x4500), (0, 1, False))
        self.assertEqual(self.call(probe, 0x4500), (0xb4, 0, True))
        self.assertEqual(self.call(probe, 0x4502), (0, 1, False))

    @only_buslogic
    def test_locked_cd_is_not_ejected(self):
        machine = self.boot_cd(probe_cd(self.folder / 'cd'))
        probe = machine.probe('cd')

        def is_open():
            return machine.qmp('query-block')[0]['tray_open']

        self.call(probe, 0x4500)
        self.assertEqual(self.call(probe, 0x4600), (0xb1, 0, True))
        self.assertFalse(is_open())
        self.call(probe, 0x4501)
        self.assertEqual(self.call(probe, 0x4600), (0, 0, False))
        self.assertTrue(is_open())
        self.assertTrue(probe.extended(0x4200, 16).carry)

    def test_disks_keep_their_numbers(self):
        disks = [probe_disk(self.folder / name) for name in ('one', 'two')]
        machine = self.boot_cd(probe_cd(self.folder / 'cd'), *disks)
        probe = machine.probe('cd')
        self.assertEqual(probe.drives(), ['one', 'two'])
        self.assertEqual(probe.hard_disk_count(), 2)

    def test_beside_an_ide_cd(self):
        machine = self.machine()
        machine.adapter()
        machine.cd(probe_cd(self.folder / 'scsi'), bootindex=0)
        machine.drive('ide-cd', probe_cd(self.folder / 'ide'))
        machine.boot()
        probe = machine.probe('scsi')
        own, found = probe.drive, []
        for drive in (0xe0, 0xe1):
            probe.drive = drive
            self.assertFalse(probe.extended(0x4200, 17).carry)
            self.assertEqual(probe.read(BUFFER + 1, 5), b'CD001')
            found.append(drive)
        self.assertIn(own, found)

    def test_isolinux(self):
        machine = self.boot_cd(media.isolinux_cd())
        machine.expect(rb'ISOLINUX 6\.')
        machine.probe('after-isolinux')

    def test_grub(self):
        machine = self.boot_cd(media.grub_cd())
        machine.expect(rb'GRUB CD root=')
        machine.expect(media.DATA_SHA256.encode())
        machine.probe('after-grub')

    def test_grub_reads_disks_beside_its_cd(self):
        machine = self.boot_cd(media.grub_cd(),
                               probe_disk(self.folder / 'disk'))
        machine.expect(rb'\(hd0\)')
        self.assertEqual(machine.probe('after-grub').drives(), ['disk'])


class Floppy(CdTest):
    """CDs that are floppies to what they boot"""

    def probe(self, *more, **options):
        """The probe on such a CD."""
        image = floppy_cd(self.folder / 'floppy', **options)
        probe = self.boot_cd(image, *more).probe('floppy')
        self.assertEqual((probe.drive, probe.entry), (0, (0, 0x7c00)))
        return probe

    def test_sectors_by_chs(self):
        probe = self.probe()
        for cylinder, head, sector in [(0, 0, 2), (0, 1, 1), (1, 0, 1),
                                       (40, 1, 9), (79, 1, 18)]:
            after = probe.read_chs(cylinder, head, sector)
            self.assertFalse(after.carry, after)
            lba = (cylinder * 2 + head) * 18 + sector - 1
            self.check_stamps(probe, lba, 1, probe.read(BUFFER, SECTOR))

    def test_a_track_at_an_odd_offset(self):
        # Sectors that do not begin or end with one of the CD
        probe = self.probe()
        for sector, count in [(2, 1), (3, 5), (2, 16), (4, 11), (1, 18)]:
            probe.write(BUFFER + count * SECTOR, b'\xa5' * 16)
            after = probe.read_chs(3, 1, sector, count)
            self.assertEqual((after.carry, after.al), (False, count), after)
            self.check_stamps(probe, (3 * 2 + 1) * 18 + sector - 1, count,
                              probe.read(BUFFER, count * SECTOR))
            self.assertEqual(probe.read(BUFFER + count * SECTOR, 16),
                             b'\xa5' * 16)

    def test_parameters(self):
        after = self.probe().int13(0x0800)
        self.assertFalse(after.carry, after)
        self.assertEqual((after.cx, after.dx), (79 << 8 | 18, 1 << 8 | 1))
        self.assertEqual(after.ebx & 0xff, 4)

    def test_parameters_of_other_sizes(self):
        for size, per_track, kind in [(1200 * 1024, 15, 2),
                                      (2880 * 1024, 36, 6)]:
            with self.subTest(size=size):
                after = self.probe(size=size).int13(0x0800)
                self.assertEqual(after.cx, 79 << 8 | per_track)
                self.assertEqual((after.ebx & 0xff) // 2 * 2, kind // 2 * 2)

    def test_drive_type(self):
        after = self.probe().int13(0x1500)
        self.assertFalse(after.carry, after)
        self.assertIn(after.ah, (1, 2))

    def test_sectors_beyond_the_floppy(self):
        probe = self.probe()
        for cylinder, head, sector in [(80, 0, 1), (0, 2, 1), (0, 0, 19),
                                       (0, 0, 0)]:
            self.assertTrue(probe.read_chs(cylinder, head, sector).carry)

    def test_writes_are_refused(self):
        after = self.probe().read_chs(0, 0, 2, function=0x0300)
        self.assertEqual((after.carry, after.ah), (True, 3), after)

    def test_equipment_word_has_a_floppy(self):
        self.assertEqual(self.probe().interrupt(0x11).ax & 1, 1)

    def test_disks_keep_their_numbers(self):
        probe = self.probe(probe_disk(self.folder / 'disk'))
        self.assertEqual(probe.drives(), ['disk'])

    @only_buslogic
    def test_pushed_up_floppy_keeps_its_number_in_dl(self):
        floppy = self.folder / 'drive-a'
        floppy.write_bytes(bytes(1440 * 1024))
        machine = self.machine()
        machine.adapter()
        machine.cd(floppy_cd(self.folder / 'cd'), bootindex=0)
        machine.add('-drive', f'if=floppy,format=raw,file={floppy}')
        machine.boot()
        probe = machine.probe()
        self.assertEqual(probe.drive, 0)
        for function in (0x0000, 0x0100, 0x1500, 0x1600):
            with self.subTest(function=hex(function)):
                after = probe.int13(function, dl=1, dh=0x5a)
                self.assertEqual(after.dx, 0x5a01, after)
        after = probe.int13(0x1500, dl=1)
        self.assertIn(after.ah, (1, 2), after)

    def test_emulation_status(self):
        size, kind, drive, *_ = self.status(self.probe())
        self.assertEqual((size, kind & 15, drive), (0x13, 2, 0))

    def test_end_of_emulation(self):
        probe = self.probe()
        self.status(probe, 0x4b00)
        self.assertTrue(probe.read_chs(0, 0, 2).carry)


class HardDisk(CdTest):
    """CDs that are hard disks to what they boot"""

    HEADS, PER_TRACK = 16, 63
    SECTORS = 4 * MIB // SECTOR // (16 * 63) * 16 * 63

    def probe(self, *more):
        """The probe on such a CD."""
        image = hard_disk_cd(self.folder / 'hard', 4 * MIB, self.HEADS,
                             self.PER_TRACK)
        probe = self.boot_cd(image, *more).probe('hard')
        self.assertEqual((probe.drive, probe.entry), (0x80, (0, 0x7c00)))
        return probe

    def test_sectors_by_chs(self):
        probe = self.probe()
        for lba in (1, 62, 63, 1007, 1008, self.SECTORS - 1):
            cylinder, rest = divmod(lba, self.HEADS * self.PER_TRACK)
            after = probe.read_chs(cylinder, rest // self.PER_TRACK,
                                   rest % self.PER_TRACK + 1)
            self.assertFalse(after.carry, after)
            self.check_stamps(probe, lba, 1, probe.read(BUFFER, SECTOR))

    @only_buslogic
    def test_parameters(self):
        after = self.probe().int13(0x0800)
        self.assertFalse(after.carry, after)
        self.assertEqual(after.cx & 0x3f, self.PER_TRACK)
        self.assertEqual(after.dx, (self.HEADS - 1) << 8 | 1)

    def test_other_disks_move_up(self):
        probe = self.probe(probe_disk(self.folder / 'one'),
                           probe_disk(self.folder / 'two'))
        self.assertEqual(probe.drives(), ['hard', 'one', 'two'])
        self.assertEqual(probe.hard_disk_count(), 3)

    def test_ide_disks_move_up(self):
        machine = self.machine()
        machine.adapter()
        machine.cd(hard_disk_cd(self.folder / 'hard'), bootindex=0)
        machine.disk(probe_disk(self.folder / 'scsi'), bootindex=1)
        machine.drive('ide-hd', probe_disk(self.folder / 'ide'), bootindex=2)
        machine.boot()
        self.assertEqual(machine.probe('hard').drives(),
                         ['hard', 'scsi', 'ide'])

    @only_buslogic
    def test_missing_disk_keeps_its_number_in_dl(self):
        probe = self.probe(probe_disk(self.folder / 'one'))
        for function in (0x0200, 0x0800, 0x1500, 0x4100):
            with self.subTest(function=hex(function)):
                after = probe.int13(function, dl=0x88, dh=0x5a)
                self.assertEqual((after.carry, after.dx), (True, 0x5a88),
                                 after)

    @only_buslogic
    def test_pushed_up_disk_returns_its_parameters_in_dx(self):
        probe = self.probe(probe_disk(self.folder / 'one'))
        after = probe.int13(0x0800, dl=0x81)
        self.assertEqual((after.carry, after.dx & 0xff), (False, 2), after)
        after = probe.int13(0x1500, dl=0x81)
        self.assertEqual((after.carry, after.ah), (False, 3), after)
        self.assertGreater(after.cx << 16 | after.dx, 0)
        self.assertEqual((after.cx << 16 | after.dx) % (64 * 32), 0, after)

    def test_writes_are_refused(self):
        after = self.probe().read_chs(0, 0, 2, function=0x0300)
        self.assertEqual((after.carry, after.ah), (True, 3), after)

    def test_sectors_beyond_the_disk(self):
        self.assertTrue(self.probe().read_chs(500, 0, 1).carry)

    @only_buslogic
    def test_end_of_emulation_gives_the_number_back(self):
        probe = self.probe(probe_disk(self.folder / 'one'))
        self.status(probe, 0x4b00)
        self.assertEqual(probe.drives(), ['one'])
        self.assertEqual(probe.hard_disk_count(), 1)


class Change(CdTest):
    """The CD is changed while the machine runs"""

    def test_new_cd_is_read(self):
        machine = self.machine()
        machine.adapter()
        machine.cd(probe_cd(self.folder / 'old'), bootindex=0)
        machine.boot()
        probe = machine.probe('old')
        machine.qmp('blockdev-change-medium', {
            'id': 'device-drive0', 'format': 'raw', 'force': True,
            'filename': str(probe_cd(self.folder / 'new'))})
        # It may take some calls to hear of everything that has happened.
        for _ in range(3):
            after = probe.extended(0x4200, 16)
        self.assertFalse(after.carry, after)
        with open(self.folder / 'new', 'rb') as image:
            image.seek(16 * CD_SECTOR)
            self.assertEqual(probe.read(BUFFER, CD_SECTOR),
                             image.read(CD_SECTOR))

    def test_no_cd_is_an_error(self):
        machine = self.machine()
        machine.adapter()
        machine.cd(probe_cd(self.folder / 'cd'), bootindex=0)
        machine.boot()
        probe = machine.probe('cd')
        machine.qmp('eject', {'id': 'device-drive0', 'force': True})
        for _ in range(2):
            after = probe.extended(0x4200, 16)
            self.assertTrue(after.carry, after)
        self.assertGreater(after.ah, 0)


if __name__ == '__main__':
    unittest.main()
