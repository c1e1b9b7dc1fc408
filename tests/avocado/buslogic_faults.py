#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux guest while the host fails it.

    /usr/bin/python3 tests/avocado/buslogic_faults.py -v [Class.test...]

BUSLOGIC_THOROUGH=1 in the environment makes it more failures.
"""

import random
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guest import iscsi  # noqa: E402
from guest.effort import often  # noqa: E402
from guest.journal import Journal  # noqa: E402
from guest.paths import call, tool  # noqa: E402
from guest.testcase import GuestTest  # noqa: E402

# Rounds of the journal that no QEMU lives to see
MANY_ROUNDS = 1000000


class FaultTest(GuestTest):
    """A journal on an image."""

    def setUp(self):
        super().setUp()
        self.journal = Journal()

    def make_image(self, image_format):
        """An empty image with room for the journal."""
        image = self.folder / f'journal.{image_format}'
        call(tool('qemu-img', 'qemu-utils'), 'create', '-q', '-f',
             image_format, image, self.journal.size)
        return image


class KilledQemu(FaultTest):
    """QEMU ends by SIGKILL in the middle of writes."""

    def start_again(self, state):
        """The guest as it was before it began to write."""
        self.guest = self.make_guest(
            'pc', [*self.args, '-incoming', f'exec:cat {state}'])
        self.guest.launch()
        self.guest.wait_running()
        return self.guest

    def raw_copy(self, image):
        """What is in the image, which must be in order."""
        raw = image.with_suffix('.raw')
        call(tool('qemu-img', 'qemu-utils'), 'check', '-q', '-r', 'leaks',
             image)
        call(tool('qemu-img', 'qemu-utils'), 'convert', '-O', 'raw', image,
             raw)
        return raw

    def test_acknowledged_blocks_are_in_the_image(self):
        image = self.make_image('qcow2')
        state = self.folder / 'state'
        self.add_drive('disk', 'scsi-hd', f'format=qcow2,file={image}',
                       cache='writeback', scsi_id=3)
        guest = self.boot('pc', others=1)
        guest.migrate(f'exec:cat > {state}')
        guest.kill()
        for number in range(often(3, 100)):
            guest = self.start_again(state)
            self.journal.start(guest, first=number * MANY_ROUNDS + 1)
            self.journal.wait_for_acknowledgements([guest], 8)
            time.sleep(random.uniform(0, 0.5))
            guest.kill()
            acknowledged = self.journal.acknowledgements([guest])
            self.journal.check(self.raw_copy(image), acknowledged,
                               stopped=False)


class LostTarget(FaultTest):
    """The iSCSI target is killed and started again."""

    def test_guest_writes_on_when_the_target_is_back(self):
        image = self.make_image('raw')
        target = iscsi.Target(self.folder, [image])
        self.addCleanup(target.stop)
        self.add_drive('disk', 'scsi-hd',
                       f'format=raw,file={target.url(1)}', cache='none',
                       scsi_id=3)
        guest = self.boot('pc', others=1)
        self.journal.start(guest)
        for _ in range(often(1, 5)):
            self.journal.wait_for_acknowledgements(self.guests, 8)
            target.stop()
            time.sleep(2)
            target.start()
        self.journal.wait_for_acknowledgements(self.guests, 16)
        self.journal.stop(self.guests)
        acknowledged = self.journal.acknowledgements(self.guests)
        guest.kill()
        target.stop()
        self.journal.check(image, acknowledged)


class FullHost(FaultTest):
    """The host's disk is full."""

    def test_guest_waits_until_there_is_room(self):
        image = self.make_image('raw')
        self.add_drive('disk', 'scsi-hd', (
            'driver=raw,file.driver=blkdebug,file.image.driver=file,'
            f'file.image.filename={image},'
            'file.inject-error.0.event=write_aio,'
            'file.inject-error.0.errno=28,file.inject-error.0.once=on,'
            'file.inject-error.0.sector=4000'), scsi_id=3)
        guest = self.boot('pc', others=1)
        self.journal.start(guest)
        guest.wait_stopped()
        event = guest.vm.event_wait('BLOCK_IO_ERROR', timeout=guest.TIMEOUT)
        self.assertTrue(event['data']['nospace'])
        guest.qmp('cont')
        self.journal.wait_for_acknowledgements(self.guests, 32)
        self.journal.stop(self.guests)
        acknowledged = self.journal.acknowledgements(self.guests)
        self.finish()
        self.journal.check(image, acknowledged)


if __name__ == '__main__':
    unittest.main()
