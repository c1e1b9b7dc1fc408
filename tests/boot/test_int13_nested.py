# SPDX-License-Identifier: GPL-2.0-or-later
"""INT 13h by PUSHF and a far call: with interrupts on, and calls in calls.

An interrupt handler may call INT 13h at any instruction where interrupts are
on.  A program steps through calls and does that everywhere; see far-call.S.
"""

import unittest

from boottest import BootTest, only_buslogic
from disks import hard_disk_cd, patch, probe_disk
from far_call import NESTED_SECTOR, far_call, step_call
from guest.stamps import stamp
from probe import BUFFER, DF, IF, SECTOR

CD, DISK, NOBODYS = 0x80, 0x81, 0x7f
READ = {'eax': 0x0201, 'ebx': BUFFER, 'ecx': 2}     # sector 2: LBA 1


def sector(drive, lba):
    """What is in it; disks.py has made the CD."""
    return stamp(lba, 0 if drive == CD else 1, 0)


class Entry(BootTest):
    """A machine booted from a CD that is drive 80h; a disk is 81h."""

    def setUp(self):
        super().setUp()
        machine = self.machine()
        machine.adapter()
        machine.cd(hard_disk_cd(self.folder / 'cd'), bootindex=0)
        machine.disk(self.disk())
        machine.boot()
        self.probe = machine.probe('cd')
        self.assertEqual(self.probe.drives(), ['cd', 'disk'])
        self.probe.write(BUFFER, bytes(SECTOR))

    def disk(self):
        """One whose sectors are not those of the CD."""
        image = probe_disk(self.folder / 'disk')
        for lba in range(1, 30):
            patch(image, lba * SECTOR, sector(DISK, lba))
        return image

    def assert_read(self, drive, after, eflags=IF):
        """The call was successful and has left the flags as they were."""
        self.assertEqual((after.carry, after.ax), (False, 1), after)
        keep = IF | DF
        self.assertEqual(after.eflags & keep, eflags & keep, after)
        self.assertEqual(self.probe.read(BUFFER, SECTOR), sector(drive, 1))

    def assert_interrupted(self, nested, steps):
        """Calls came, before and while the handler ran, and none failed."""
        self.assertGreater(steps.succeeded, 0)
        self.assertGreater(steps.refused, 0)
        self.assertEqual(steps.failed, 0)
        self.assertEqual(steps.data, sector(nested, NESTED_SECTOR - 1))


@only_buslogic
class FarCall(Entry):
    """Without an interrupt"""

    def test_flags_of_the_caller_come_back(self):
        for drive in (CD, DISK):
            for eflags in (IF, 0, IF | DF):
                with self.subTest(drive=hex(drive), eflags=hex(eflags)):
                    self.probe.write(BUFFER, bytes(SECTOR))
                    after = far_call(self.probe, 0x13, eflags, edx=drive,
                                     **READ)
                    self.assert_read(drive, after, eflags)

    def test_flags_come_back_with_an_error(self):
        for drive in (CD, DISK, NOBODYS):
            for eflags in (IF, 0):
                with self.subTest(drive=hex(drive), eflags=hex(eflags)):
                    after = far_call(self.probe, 0x13, eflags, edx=drive,
                                     eax=0xee00)
                    self.assertTrue(after.carry, after)
                    self.assertEqual(after.eflags & IF, eflags, after)


@only_buslogic
class Nested(Entry):
    """Interrupted wherever that is possible"""

    def check(self, drive, nested):
        after, steps = step_call(self.probe, 0x13, nested, edx=drive, **READ)
        self.assert_read(drive, after)
        self.assert_interrupted(nested, steps)

    def test_call_for_the_disk_in_one_for_the_cd(self):
        self.check(CD, DISK)

    def test_call_for_the_cd_in_one_for_the_disk(self):
        self.check(DISK, CD)

    def test_call_for_the_same_disk(self):
        self.check(DISK, DISK)

    def check_end_of_emulation(self, vector):
        _, steps = step_call(self.probe, vector, 0x80)
        # The last call came when the disk had its number back.
        self.assert_interrupted(DISK, steps)
        self.assertEqual(steps.flags_in_bios & IF, IF)
        self.assertEqual(self.probe.drives(), ['disk'])

    def test_int_18h(self):
        self.check_end_of_emulation(0x18)

    def test_int_19h(self):
        self.check_end_of_emulation(0x19)

    def test_interrupts_stay_off(self):
        after, steps = step_call(self.probe, 0x13, CD, 0, edx=DISK, **READ)
        self.assert_read(DISK, after, 0)
        self.assertEqual(steps.failed, 0)


@only_buslogic
class Passed(Entry):
    """Calls for other drives get to the BIOS as they came"""

    def test_interrupts_are_as_they_were(self):
        for eflags in (IF, 0):
            with self.subTest(eflags=hex(eflags)):
                _, steps = step_call(self.probe, 0x13, DISK, eflags,
                                     edx=NOBODYS, **READ)
                self.assertNotEqual(steps.flags_in_bios, 0)
                self.assertEqual(steps.flags_in_bios & IF, eflags)
                self.assertEqual(steps.failed, 0)
                self.assertEqual(steps.succeeded > 0, eflags == IF)


if __name__ == '__main__':
    unittest.main()
