#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Migration streams that no machine has saved.

    /usr/bin/python3 tests/avocado/buslogic_stream.py -v [Class.test...]

Every field of the adapter and of its requests gets values that it never has.
QEMU refuses the stream or runs on with it; it does not crash.
BUSLOGIC_THOROUGH=1 in the environment makes it more values of more adapters.
QEMU_BUSLOGIC may name a QEMU with sanitizers.
"""

import random
import struct
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guest import barehba  # noqa: E402
from guest.barehba import BareMachine  # noqa: E402
from guest.effort import often  # noqa: E402
from guest.paths import call, tool  # noqa: E402
from guest.vmdesc import Field, Stream  # noqa: E402

# In front of a request in the state of a SCSI device: whether it is to be
# retried, its CDB, tag and LUN, which are the SCSI layer's
REQUEST_HEAD = 1 + 16 + 4 + 4
SEGMENT_SIZE = 8
READ_10, WRITE_10, TEST_UNIT_READY = b'\x28', b'\x2a', bytes(6)
ABSENT_TARGET = 5

# What QEMU does for every PCI device.  Its bus does not stand a state in which
# two devices disagree on an interrupt.
NOT_OURS = 'parent_obj.'

# The first access of block 4 fails, which stops the machine.
STOPPING_DRIVE = (
    'if=none,id=drive0,driver=raw,file.driver=blkdebug,'
    'file.image.driver=null-co,file.image.size=1048576,'
    'file.image.read-zeroes=on,file.inject-error.0.event=none,'
    'file.inject-error.0.iotype={},file.inject-error.0.sector=4,'
    'file.inject-error.0.once=on,rerror=stop,werror=stop')


def requests_of(stream):
    """The fields of the request that waits with the disk.

    The stream describes such a request only where the adapter has one itself.
    """
    adapter, start = stream.section('buslogic')
    layout = [field for field in stream.fields(adapter, start)
              if '.done.' in field.name and 'more' not in field.name]
    disk, start = stream.section('scsi-disk')
    at, = [field.start for field in stream.fields(disk, start)
           if field.name == 'qdev.requests']
    shift = at + REQUEST_HEAD - layout[0].start
    moved = [Field(field.name.replace('core.done', 'request'),
                   field.start + shift, field.size) for field in layout]
    count, = [field.start for field in moved if field.name.endswith('.nseg')]
    segments, = struct.unpack('>i', stream.data[count:count + 4])
    end = moved[-1].start + moved[-1].size
    moved += [Field(f'request.segment {number}', end + 4 * number, 4)
              for number in range(2 * segments)]
    return moved


class HostileStream(unittest.TestCase):
    """One adapter that was saved with all that it can have going on."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.image = self.folder / 'state.qcow2'
        # The whole state is in one cluster, in one piece
        call(tool('qemu-img', 'qemu-utils'), 'create', '-q', '-f', 'qcow2',
             '-o', 'cluster_size=2M', self.image, '1M')
        self.vm = None
        self.chance = random.Random(958)

    def start(self, machine, adapter, iotype, io=None):
        """A machine with this adapter and a disk at target 0."""
        self.machine = machine, adapter, iotype, io
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        self.vm = BareMachine(folder, machine, [
            '-device', f'{adapter},id=hba',
            '-drive', STOPPING_DRIVE.format(iotype),
            '-device', 'scsi-hd,bus=hba.0,drive=drive0,scsi-id=0',
            '-blockdev', 'driver=qcow2,node-name=state,file.driver=file,'
            f'file.locking=off,file.filename={self.image}'], io)
        self.addCleanup(self.vm.kill)
        self.vm.launch()

    def job(self, command, tag='now'):
        """Save or load the state; returns what went wrong, or None."""
        self.vm.qmp(f'snapshot-{command}', {
            'job-id': 'job', 'tag': tag, 'vmstate': 'state',
            'devices': ['state']})
        while (job := self.vm.qmp('query-jobs')[0])['status'] != 'concluded':
            time.sleep(0.002)
        self.vm.qmp('job-dismiss', {'id': 'job'})
        return job.get('error')

    def park(self, opcode, width):
        """A request waits for the user, another for room in the ring."""
        vm = self.vm
        vm.enable()
        vm.init_mailbox(width)
        # The unit attention of the disk goes first
        vm.start(vm.ccb(0, TEST_UNIT_READY))
        self.take_completion()
        vm.start(vm.ccb(0, opcode + bytes([0, 0, 0, 0, 4, 0, 0, 2, 0]),
                        segments=[512, 100, 612]))
        self.assertTrue(vm.vm.event_wait('BLOCK_IO_ERROR',
                                         timeout=vm.TIMEOUT))
        vm.start(vm.ccb(ABSENT_TARGET, TEST_UNIT_READY))
        vm.start(vm.ccb(ABSENT_TARGET, TEST_UNIT_READY))

    def unlock_mailboxes(self):
        """What drivers of an AHA-154xC do first."""
        self.vm.command(barehba.EXT_BIOS_INFO)
        _, code = self.vm.inb(barehba.DATA_IN), self.vm.inb(barehba.DATA_IN)
        self.vm.outb(barehba.CONTROL, barehba.ACKNOWLEDGE)
        self.vm.command(barehba.SET_MAILBOX_LOCK, 0, code)
        self.vm.outb(barehba.CONTROL, barehba.ACKNOWLEDGE)

    def take_completion(self):
        """Wait until there is one, and make room."""
        vm = self.vm
        while not vm.inb(barehba.INTERRUPT) & 1:
            time.sleep(0.002)
        size = 8 if vm.width == 32 else 4
        vm.write(barehba.MAILBOXES + size, bytes(size))
        vm.outb(barehba.CONTROL, barehba.ACKNOWLEDGE)

    def quieten(self):
        """No interrupt: QEMU's PCI bus would not survive a failed load."""
        while self.vm.inb(barehba.INTERRUPT):
            self.vm.outb(barehba.CONTROL, barehba.ACKNOWLEDGE)

    def poke(self):
        """What a guest may do next; nothing in particular has to happen."""
        vm = self.vm
        vm.qmp('cont')
        for offset in range(4):
            vm.inb(offset)
        vm.command(barehba.START_MAILBOX)
        vm.command(*[1] * 20)
        for _ in range(20):
            vm.inb(barehba.DATA_IN)
        vm.write(barehba.MAILBOXES, bytes(16))
        for _ in range(3):
            vm.outb(barehba.CONTROL, barehba.ACKNOWLEDGE)
        vm.outb(barehba.CONTROL, barehba.HARD_RESET)
        vm.inb(barehba.STATUS)
        vm.qmp('stop')

    def values(self, field, old):
        """What to put there."""
        number = int.from_bytes(old, 'big') + 1
        values = [bytes(b'\xff' * field.size),
                  (number % (1 << 8 * field.size)).to_bytes(field.size, 'big'),
                  bytes(field.size)]
        values += [self.chance.randbytes(field.size)
                   for _ in range(often(0, 4))]
        return {value for value in values if value != old}

    def ended_well(self):
        """QEMU may end at a bad request, with an error: no signal."""
        self.vm.vm.wait(timeout=self.vm.TIMEOUT)
        return self.vm.vm.exitcode() == 1

    def load(self, field, value):
        """Load the stream in the image as it is now: was it refused?"""
        try:
            refused = bool(self.job('load'))
            # Refused or not, the user may let it run
            self.poke()
            return refused
        except Exception:  # which ones depends on where QEMU was
            what = f'{field.name} = {value.hex()}'
            self.assertTrue(self.ended_well(), f'{what}: QEMU exited with '
                            f'{self.vm.vm.exitcode()}: '
                            f'{self.vm.vm.get_log()}')
            self.start(*self.machine)
            return True

    def check_all(self):
        """Save, then load with every field changed in every way."""
        self.quieten()
        self.assertIsNone(self.job('save'))
        self.vm.kill()
        data = self.image.read_bytes()
        stream = Stream(data)
        adapter, start = stream.section('buslogic')
        fields = [field for field in stream.fields(adapter, start)
                  if not field.name.startswith(NOT_OURS)]
        fields += requests_of(stream)
        self.start(*self.machine)
        outcomes = {True: 0, False: 0}
        with open(self.image, 'r+b', buffering=0) as image:
            for field in fields:
                old = data[field.start:field.start + field.size]
                for value in sorted(self.values(field, old)):
                    image.seek(field.start)
                    image.write(value)
                    outcomes[self.load(field, value)] += 1
                image.seek(field.start)
                image.write(old)
            self.assertIsNone(self.job('load'), 'the true stream')
            self.poke()
        # It was possible to tell good from bad
        self.assertGreater(outcomes[True], len(fields) // 10)
        self.assertGreater(outcomes[False], len(fields) // 2)
        print(f'{len(fields)} fields, {outcomes[True]} streams refused, '
              f'{outcomes[False]} accepted', file=sys.stderr)

    def refuse(self, saved, other, io=None):
        """A state that another adapter refuses, and which is gone then."""
        self.start('pc', saved, 'read', io)
        self.assertIsNone(self.job('save'))
        self.vm.kill()
        self.start('pc', other, 'read', io)
        self.assertIsNotNone(self.job('load'))
        self.poke()
        self.assertIsNone(self.job('save', 'then'))
        self.assertIsNone(self.job('load', 'then'))

    def test_settings_of_a_refused_stream_are_forgotten(self):
        self.refuse('buslogic,scsi-id=7', 'buslogic,scsi-id=6')

    def test_lock_of_a_refused_stream_is_forgotten(self):
        self.refuse('buslogic-isa,model=aha1542cf',
                    'buslogic-isa,model=bt545s', 0x330)

    def test_half_a_command_and_requests_in_both_lists(self):
        self.start('pc', 'buslogic,model=bt948', 'read')
        self.park(READ_10, 32)
        self.vm.command(barehba.INIT_MAILBOX_32, 16, 0x78)
        self.check_all()

    @unittest.skipUnless(often(False, True), 'part of make check-full')
    def test_half_a_reply_of_a_board_for_isa(self):
        self.start('pc', 'buslogic-isa,model=aha1542cf', 'write', io=0x330)
        self.unlock_mailboxes()
        self.park(WRITE_10, 24)
        self.vm.command(barehba.INQUIRE_BOARD_ID)
        self.vm.inb(barehba.DATA_IN)
        self.check_all()


if __name__ == '__main__':
    unittest.main()
