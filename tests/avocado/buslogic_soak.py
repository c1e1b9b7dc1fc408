#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux guest under a mixed load, all of it verified, for a while.

    /usr/bin/python3 tests/avocado/buslogic_soak.py -v

SOAK in the environment says for how many seconds.
"""

import hashlib
import os
import random
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guest.effort import often  # noqa: E402
from guest.journal import Journal  # noqa: E402
from guest.paths import call, tool  # noqa: E402
from guest.testcase import GuestTest  # noqa: E402

SECONDS = int(os.environ.get('SOAK', often(20, 1800)))
MIB = 4

# What the adapter traces for a CCB that it has got, and for its answer
FETCHED, ANSWERED = 'buslogic_ccb', 'buslogic_mailbox_in'


def sha256(path):
    """The checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Soak(GuestTest):
    """Writers, a disk that is rewritten, a CD, resets and snapshots at once.

    The four writers of the journal read back every block before they write it
    again, so they never pause: all else happens under their load.
    """

    def setUp(self):
        super().setUp()
        self.journal = Journal()
        self.image = self.folder / 'journal.qcow2'
        call(tool('qemu-img', 'qemu-utils'), 'create', '-q', '-f', 'qcow2',
             self.image, self.journal.size)
        self.add_drive('journal', 'scsi-hd', f'format=qcow2,file={self.image},'
                       'node-name=journal', scsi_id=0)
        self.disk = self.folder / 'disk.img'
        self.disk.write_bytes(bytes(MIB << 20))
        self.add_drive('disk', 'scsi-hd', f'format=raw,file={self.disk}',
                       scsi_id=4)
        self.written = ''
        self.cd = self.folder / 'cd.iso'
        self.cd.write_bytes(random.Random(958).randbytes(MIB << 20))
        self.add_drive('cd', 'scsi-cd', f'format=raw,file={self.cd}',
                       scsi_id=6)
        self.rewrites = self.snapshots = self.resets = 0
        self.args += ['-trace', FETCHED, '-trace', ANSWERED]

    def rewrite_disk(self):
        """Something new, many commands at a time."""
        self.written = self.guest.run(
            f'head -c {MIB << 20} /dev/urandom >/tmp/new && '
            'dd if=/tmp/new of=$(disk_at 0:0:4:0) bs=1M conv=fsync '
            '2>/dev/null && sha256sum </tmp/new | cut -d " " -f 1')
        self.assertEqual(
            self.guest.run(f'checksum $(disk_at 0:0:4:0) {MIB}'), self.written)
        self.rewrites += 1

    def read_cd(self):
        """All of it, past the guest's cache."""
        self.assertEqual(self.guest.run(f'checksum /dev/sr0 {MIB}'),
                         sha256(self.cd))

    def reset_adapter(self):
        """As the driver's error handler does; commands are done again."""
        self.guest.run('sg_reset -N -H /dev/sg0')
        self.resets += 1

    def check_resets(self):
        """No more than those asked for, and what Linux makes of each.

        Its driver forgets commands that are under way when sg_reset comes. Time
        runs out for them, and its error handler resets the adapter once more.
        Returns how many there have been.
        """
        resets = len(self.guest.resets())
        self.assertIn(resets, range(self.resets, 2 * self.resets + 1))
        return resets

    def check_answers(self):
        """Nothing that the adapter has got was lost, except by a reset."""
        fetched = len(self.guest.traced(FETCHED))
        self.assertGreater(fetched, 0)
        self.assertEqual(
            len(self.guest.traced(ANSWERED)) + sum(self.guest.resets()),
            fetched)

    def job(self, command, arguments):
        """A background job of QEMU; it has to succeed."""
        self.guest.qmp(command, {'job-id': 'job', **arguments})
        deadline = time.monotonic() + self.guest.TIMEOUT
        while (job := self.guest.qmp('query-jobs')[0])['status'] != 'concluded':
            self.assertLess(time.monotonic(), deadline, command)
            time.sleep(0.05)
        self.guest.qmp('job-dismiss', {'id': 'job'})
        self.assertNotIn('error', job)

    def take_snapshot(self):
        """Of memory and the journal; the machine goes on by itself."""
        place = {'tag': 'now', 'devices': ['journal']}
        self.job('snapshot-save', {'vmstate': 'journal', **place})
        self.job('snapshot-delete', place)
        self.snapshots += 1

    def raw_journal(self):
        """The journal's disk as a raw image."""
        raw = self.folder / 'journal.raw'
        call(tool('qemu-img', 'qemu-utils'), 'check', '-q', self.image)
        call(tool('qemu-img', 'qemu-utils'), 'convert', '-O', 'raw',
             self.image, raw)
        return raw

    def test_everything_that_is_read_is_what_was_written(self):
        self.boot('pc', others=2)
        self.journal.start(self.guest, '$(disk_at 0:0:0:0)')
        deeds = [self.rewrite_disk, self.read_cd, self.reset_adapter,
                 self.rewrite_disk, self.read_cd, self.take_snapshot]
        end = time.monotonic() + SECONDS
        rounds = 0
        while rounds == 0 or time.monotonic() < end:
            for deed in deeds:
                deed()
            self.journal.wait_for_acknowledgements(self.guests, 4)
            rounds += 1
        self.journal.stop(self.guests)
        acknowledged = self.journal.acknowledgements(self.guests)
        self.finish(resets=self.check_resets())
        self.check_answers()
        self.assertEqual(sha256(self.disk), self.written)
        self.journal.check(self.raw_journal(), acknowledged)
        if os.environ.get('BUSLOGIC_THOROUGH'):
            print(f'{len(acknowledged)} blocks acknowledged, {self.rewrites}'
                  f' rewrites, {self.resets} resets, {self.snapshots} '
                  'snapshots', file=sys.stderr)


if __name__ == '__main__':
    unittest.main()
