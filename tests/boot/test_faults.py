# SPDX-License-Identifier: GPL-2.0-or-later
"""SeaBIOS: media that cannot be read or lie. None may stop the boot."""

import struct
import unittest

from boottest import NOTHING_LEFT, BootTest, only_buslogic
from disks import (CD_SECTOR, MIB, blank_disk, catalogue_offset, floppy_cd,
                   hard_disk_cd, patch, probe_cd, probe_disk)
from guest.stamps import stamp
import media
from probe import BUFFER, SECTOR


def failing(path, sector, event='read_aio', error=5):
    """A disk with an I/O error at a sector, made by QEMU's blkdebug."""
    return ('driver=raw,file.driver=blkdebug,file.image.driver=file,'
            f'file.image.filename={path},'
            f'file.inject-error.0.event={event},'
            f'file.inject-error.0.iotype={event.split("_")[0]},'
            f'file.inject-error.0.errno={error},'
            f'file.inject-error.0.sector={sector}')


class FaultTest(BootTest):
    """A drive that has something wrong with it, and an IDE disk after it."""

    def setUp(self):
        super().setUp()
        self.vm = self.machine()
        self.vm.adapter()

    def goes_on(self):
        """The machine boots from the IDE disk in the end."""
        self.vm.drive('ide-hd', probe_disk(self.folder / 'next'), bootindex=9)
        self.vm.boot()
        return self.vm.probe('next')

    def goes_on_with_cd(self):
        """The machine boots from the CD behind the adapter in the end.

        After a disk, because SeaBIOS tries but one disk.
        """
        self.vm.cd(probe_cd(self.folder / 'next'), 5, bootindex=9)
        self.vm.boot()
        return self.vm.probe('next')


class Disks(FaultTest):
    """Disks that fail"""

    def test_blank_disk(self):
        self.vm.disk(blank_disk(self.folder / 'blank'), bootindex=0)
        self.goes_on_with_cd()
        self.vm.expect_firmware('Boot failed: not a bootable disk')

    def test_boot_sector_cannot_be_read(self):
        image = probe_disk(self.folder / 'bad')
        self.vm.disk(failing(image, 0), bootindex=0)
        self.goes_on_with_cd()
        self.vm.expect_firmware('Boot failed: could not read the boot disk')

    def test_boot_sector_cannot_be_read_and_nothing_is_left(self):
        image = probe_disk(self.folder / 'bad')
        self.vm.disk(failing(image, 0))
        self.vm.boot()
        self.vm.expect_firmware(NOTHING_LEFT)

    def test_unreadable_sector_is_an_error_and_others_are_not(self):
        image = probe_disk(self.folder / 'disk', stamped=range(1, 200))
        self.vm.disk(failing(image, 100))
        self.vm.boot()
        probe = self.vm.probe('disk')
        for _ in range(2):
            after = probe.extended(0x4200, 100)
            self.assertTrue(after.carry, after)
            self.assertGreater(after.ah, 1)
            self.assertEqual(probe.packet_count(), 0)
            self.assertEqual(probe.int13(0x0100).ah, after.ah)
        for lba in (99, 101):
            self.assertEqual(probe.read_sector(lba), stamp(lba, 0, 0))

    def test_unreadable_sector_within_a_transfer(self):
        image = probe_disk(self.folder / 'disk', stamped=range(1, 200))
        self.vm.disk(failing(image, 100))
        self.vm.boot()
        probe = self.vm.probe('disk')
        after = probe.extended(0x4200, 80, 64)
        self.assertTrue(after.carry, after)
        done = probe.packet_count()
        self.assertLessEqual(done, 20)
        if done:
            self.assertEqual(probe.read(BUFFER, done * SECTOR), b''.join(
                stamp(lba, 0, 0) for lba in range(80, 80 + done)))
        self.assertEqual(probe.read_sector(150), stamp(150, 0, 0))

    @only_buslogic
    def test_unreadable_sector_within_a_transfer_by_chs(self):
        image = probe_disk(self.folder / 'disk', stamped=range(1, 200))
        self.vm.disk(failing(image, 100))
        self.vm.boot()
        probe = self.vm.probe('disk')
        after = probe.read_chs(0, 2, 17, 64)
        self.assertTrue(after.carry, after)
        self.assertGreater(after.ah, 1)
        self.assertLessEqual(after.al, 20)

    def test_write_error(self):
        image = probe_disk(self.folder / 'disk', stamped=range(1, 200))
        self.vm.disk(failing(image, 100, 'write_aio', 28) + ',werror=report')
        self.vm.boot()
        probe = self.vm.probe('disk')
        after = probe.extended(0x4300, 100)
        self.assertTrue(after.carry, after)
        self.assertGreater(after.ah, 1)
        self.assertFalse(probe.extended(0x4300, 101).carry)
        self.assertEqual(probe.read_sector(100), stamp(100, 0, 0))

    def test_disk_that_is_not_ready(self):
        image = probe_disk(self.folder / 'gone')
        name = self.vm.disk(image, removable='on', bootindex=0)
        self.vm.cd(probe_cd(self.folder / 'next'), 5, bootindex=9)
        self.vm.boot(before=lambda: self.vm.qmp(
            'eject', {'id': f'device-{name}', 'force': True}))
        self.vm.probe('next')

    def test_disk_with_large_blocks(self):
        image = probe_disk(self.folder / 'large')
        self.vm.disk(image, logical_block_size=4096,
                     physical_block_size=4096, bootindex=0)
        self.vm.disk(probe_disk(self.folder / 'good'), 1)
        self.goes_on_with_cd()

    @only_buslogic
    def test_disk_with_large_blocks_is_no_drive(self):
        self.vm.disk(probe_disk(self.folder / 'large'),
                     logical_block_size=4096, physical_block_size=4096)
        self.vm.disk(probe_disk(self.folder / 'good'), 1)
        self.vm.boot()
        self.assertEqual(self.vm.probe('good').drives(), ['good'])

    def test_image_shorter_than_its_boot_loader(self):
        image = self.folder / 'short'
        # With more of it, GRUB would stop the machine rather than give up.
        image.write_bytes(media.grub_disk().read_bytes()[:SECTOR])
        self.vm.disk(image, bootindex=0)
        self.vm.cd(probe_cd(self.folder / 'next'), 5, bootindex=9)
        self.vm.boot()
        self.vm.probe('next')

    @only_buslogic
    def test_image_of_one_sector(self):
        self.vm.disk(probe_disk(self.folder / 'tiny', size=SECTOR))
        self.vm.boot()
        probe = self.vm.probe('tiny')
        self.assertTrue(probe.extended(0x4200, 1).carry)


class Cds(FaultTest):
    """CDs that fail"""

    def test_empty_drive(self):
        self.vm.cd('', bootindex=0)
        self.goes_on()

    def test_cd_without_boot_record(self):
        self.vm.cd(blank_disk(self.folder / 'blank', MIB), bootindex=0)
        self.goes_on()

    def test_cd_with_one_block(self):
        self.vm.cd(blank_disk(self.folder / 'tiny', CD_SECTOR), bootindex=0)
        self.goes_on()

    def test_blank_cd_of_audio_length(self):
        self.vm.cd(blank_disk(self.folder / 'blank', 700 * MIB), bootindex=0)
        self.goes_on()

    def unreadable(self, lba):
        """A CD on which one block cannot be read."""
        image = probe_cd(self.folder / 'bad')
        self.vm.cd(failing(image, lba * 4), bootindex=0)
        self.goes_on()

    def test_boot_record_cannot_be_read(self):
        self.unreadable(17)

    def test_catalogue_cannot_be_read(self):
        image = probe_cd(self.folder / 'bad')
        self.unreadable(catalogue_offset(image) // CD_SECTOR)

    def test_boot_image_cannot_be_read(self):
        image = probe_cd(self.folder / 'bad')
        entry = catalogue_offset(image) + 0x28
        lba, = struct.unpack('<I', image.read_bytes()[entry:entry + 4])
        self.unreadable(lba)


class Catalogue(FaultTest):
    """Boot catalogues that lie"""

    make = staticmethod(probe_cd)

    def lies(self, offset, data):
        """Bytes in the catalogue are changed."""
        image = self.make(self.folder / 'bad')
        patch(image, catalogue_offset(image) + offset, data)
        self.vm.cd(image, bootindex=0)
        self.goes_on()

    def test_catalogue_beyond_the_end(self):
        image = self.make(self.folder / 'bad')
        patch(image, 17 * CD_SECTOR + 0x47, b'\xff\xff\xff\xff')
        self.vm.cd(image, bootindex=0)
        self.goes_on()

    def test_catalogue_full_of_zeroes(self):
        self.lies(0, bytes(CD_SECTOR))

    def test_catalogue_full_of_ones(self):
        self.lies(0, b'\xff' * CD_SECTOR)

    def test_wrong_header_id(self):
        self.lies(0, b'\x77')

    def test_wrong_key(self):
        self.lies(0x1e, b'\0\0')

    def test_not_bootable(self):
        self.lies(0x20, b'\0')

    def test_image_beyond_the_end(self):
        self.lies(0x28, struct.pack('<I', 0x00ffffff))

    def test_image_at_the_last_address(self):
        self.lies(0x28, b'\xff\xff\xff\xff')

    def test_cut_off_before_the_image(self):
        image = self.make(self.folder / 'bad')
        end = catalogue_offset(image) + CD_SECTOR
        image.write_bytes(image.read_bytes()[:end])
        patch(image, catalogue_offset(image) + 0x28,
              struct.pack('<I', end // CD_SECTOR + 10))
        self.vm.cd(image, bootindex=0)
        self.goes_on()


class FloppyCatalogue(Catalogue):
    """The same for a CD that is a floppy"""

    make = staticmethod(floppy_cd)


class HardDiskCatalogue(Catalogue):
    """The same for a CD that is a hard disk"""

    make = staticmethod(hard_disk_cd)

    def test_partition_table_without_a_geometry(self):
        image = self.make(self.folder / 'hard')
        entry = catalogue_offset(image) + 0x28
        lba, = struct.unpack('<I', image.read_bytes()[entry:entry + 4])
        patch(image, lba * CD_SECTOR + 0x1be, bytes(16))
        self.vm.cd(image, bootindex=0)
        self.vm.drive('ide-hd', probe_disk(self.folder / 'next'), bootindex=9)
        self.vm.boot()
        self.assertIn(self.vm.probe().name, ('hard', 'next'))


@only_buslogic
class Strange(FaultTest):
    """Catalogues that ask for something strange, but not impossible"""

    def survives(self, offset, data):
        """Either the CD boots or what comes next."""
        image = probe_cd(self.folder / 'bad')
        patch(image, catalogue_offset(image) + offset, data)
        self.vm.cd(image, bootindex=0)
        self.vm.drive('ide-hd', probe_disk(self.folder / 'next'), bootindex=9)
        self.vm.boot()
        return self.vm.probe().name

    def test_unknown_kind_of_medium(self):
        self.assertEqual(self.survives(0x21, b'\x0f'), 'next')

    def test_no_sectors(self):
        self.assertEqual(self.survives(0x26, b'\0\0'), 'next')

    def test_more_sectors_than_memory(self):
        self.assertEqual(self.survives(0x26, b'\xff\xff'), 'next')

    def test_segment_in_the_rom(self):
        self.assertEqual(self.survives(0x22, b'\x00\xf0'), 'next')

    def test_segment_of_the_bios_data_area(self):
        self.assertEqual(self.survives(0x22, b'\x40\x00'), 'next')


if __name__ == '__main__':
    unittest.main()
