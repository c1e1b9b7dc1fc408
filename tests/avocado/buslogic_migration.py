#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux guest that keeps writing while its machine moves.

    /usr/bin/python3 tests/avocado/buslogic_migration.py -v [Class.test...]

BUSLOGIC_THOROUGH=1 in the environment makes it more moves.
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guest import iscsi  # noqa: E402
from guest.effort import often  # noqa: E402
from guest.journal import Journal  # noqa: E402
from guest.paths import call, tool  # noqa: E402
from guest.testcase import GuestTest  # noqa: E402


class Migration(GuestTest):
    """Nothing that the guest wrote is lost, and nothing else appears."""

    # Blocks that the guest has to write between two moves
    PROGRESS = 8

    def setUp(self):
        super().setUp()
        self.journal = Journal()

    def make_image(self, image_format='raw'):
        """An empty image with room for the journal."""
        image = self.folder / f'journal.{image_format}'
        call(tool('qemu-img', 'qemu-utils'), 'create', '-q', '-f',
             image_format, image, self.journal.size)
        return image

    def boot_and_write(self):
        """Boot with what was added, and let the guest write to sda."""
        self.boot('pc', others=1)
        self.journal.start(self.guest)
        self.journal.wait_for_acknowledgements(self.guests, self.PROGRESS)

    def go_on_in(self, uri):
        """A machine that waits for this one at `uri` becomes the guest."""
        self.guest = self.make_guest('pc', [*self.args, '-incoming', uri])
        self.guest.launch()

    def move(self):
        """Migrate to another QEMU; returns the one that was left."""
        source = self.guest
        uri = f'unix:{self.folder}/migration{len(self.guests)}'
        self.go_on_in(uri)
        source.migrate(uri)
        return source

    def check_journal(self, image):
        """Stop writing; the raw image is what the guest says it is."""
        self.journal.stop(self.guests)
        acknowledged = self.journal.acknowledgements(self.guests)
        self.finish()
        self.journal.check(image, acknowledged)

    def test_guest_writes_through_migrations_in_a_row(self):
        image = self.make_image()
        self.add_drive('disk', 'scsi-hd', f'format=raw,file={image}',
                       scsi_id=3)
        self.boot_and_write()
        for _ in range(often(3, 20)):
            self.move().shutdown()
            self.journal.wait_for_acknowledgements(self.guests, self.PROGRESS)
        self.check_journal(image)

    def test_guest_writes_on_from_a_file(self):
        image = self.make_image()
        self.add_drive('disk', 'scsi-hd', f'format=raw,file={image}',
                       scsi_id=3)
        self.boot_and_write()
        for number in range(often(1, 5)):
            file = self.folder / f'machine{number}'
            self.guest.migrate(f'exec:cat > {file}')
            self.guest.shutdown()
            self.go_on_in(f'exec:cat {file}')
            self.journal.wait_for_acknowledgements(self.guests, self.PROGRESS)
        self.check_journal(image)

    def snapshot(self, command):
        """savevm or loadvm, which say nothing unless they fail."""
        said = self.guest.qmp('human-monitor-command',
                              {'command-line': f'{command} now'})
        self.assertEqual(said, '', command)

    def test_snapshots_are_loaded_under_a_writing_guest(self):
        image = self.make_image('qcow2')
        self.add_drive('disk', 'scsi-hd', f'format=qcow2,file={image}',
                       scsi_id=3)
        self.boot_and_write()
        for _ in range(often(2, 10)):
            self.snapshot('savevm')
            self.journal.wait_for_acknowledgements(self.guests, self.PROGRESS)
            # The guest finds the disk as it remembers it from then
            self.snapshot('loadvm')
            self.journal.wait_for_acknowledgements(self.guests,
                                                   4 * self.PROGRESS)
        self.journal.stop(self.guests)
        self.finish()

    def test_source_is_killed_after_migration_on_shared_storage(self):
        image = self.make_image()
        target = iscsi.Target(self.folder, [image])
        self.addCleanup(target.stop)
        self.add_drive('disk', 'scsi-hd',
                       f'format=raw,file={target.url(1)}', cache='none',
                       scsi_id=3)
        self.boot_and_write()
        gone = []
        for _ in range(often(1, 5)):
            source = self.move()
            source.kill()
            gone.append(source)
            self.journal.wait_for_acknowledgements(self.guests, self.PROGRESS)
        self.journal.stop(self.guests)
        acknowledged = self.journal.acknowledgements(self.guests)
        self.guests = [guest for guest in self.guests if guest not in gone]
        self.finish()
        target.stop()
        self.journal.check(image, acknowledged)


if __name__ == '__main__':
    unittest.main()
