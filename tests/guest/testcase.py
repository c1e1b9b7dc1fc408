# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests with a Linux guest have in common."""

import re
import tempfile
import unittest
from pathlib import Path

from guest import kernel, prepare
from guest.machine import Guest
from guest.stamps import StampedDisk

# Messages that a healthy adapter never causes in a healthy kernel. The first
# line is the kernel's, the others are the BusLogic driver's.
COMPLAINTS = re.compile(
    r'BUG:|WARNING:|Oops|Call Trace|panic|I/O error|blocked for more than|'
    r'Could not find CCB|Illegal CCB|Impossible State|Protocol Error|'
    r'Unknown Host Adapter Status|Unable to write Outgoing Mailbox|'
    r'Host Adapter Dead|Timeout waiting|DETACHING|Resetting .* Failed|'
    r'Host Adapter Internal Error|External SCSI Bus Reset|Command Invalid')


# In the guest: whether the BusLogic driver has reset the adapter and set it up
# again.
DRIVER_READY_AGAIN = (
    "[ \\$(messages 'Initialized Successfully') -eq 2 ]")


class GuestTest(unittest.TestCase):
    """One boot of a guest, and the checks that hold after every test."""

    # Which kernel, the drivers to load, and more for its command line
    kernel_package = kernel.OWN
    drivers = ['BusLogic']
    append = ''
    # The first adapter, and what else the machine has
    adapter = 'buslogic'
    machine_args = ()
    # A pattern of what QEMU may log of the guest's misbehaviour
    tolerated = r'$'

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.args = [*self.machine_args, '-device', f'{self.adapter},id=hba']
        self.disks = []
        self.guest = None
        self.guests = []

    def add_drive(self, name, device, drive, cache='unsafe', **address):
        """A drive and its SCSI device, as in `scsi-hd,scsi-id=3,lun=0`.

        How long the host's disk takes to sync must not decide about a test,
        unless it is about that.
        """
        place = {'bus': 'hba.0', 'id': name, **address}
        words = [f'{key.replace("_", "-")}={value}'
                 for key, value in place.items()]
        backend = f'if=none,id=drive-{name},cache={cache},{drive}'
        frontend = ','.join([device, f'drive=drive-{name}', *words])
        self.args += ['-drive', backend, '-device', frontend]

    def make_disk(self, mib=16):
        """A stamped image that is not attached yet."""
        number = len(self.disks)
        disk = StampedDisk(self.folder / f'disk{number}.img', number, mib)
        self.disks.append(disk)
        return disk

    def add_disk(self, mib=16, options='', **address):
        """A stamped disk at this address; returns the image."""
        disk = self.make_disk(mib)
        self.add_drive(disk.path.stem, 'scsi-hd',
                       f'format=raw,file={disk.path}{options}', **address)
        return disk

    def make_guest(self, machine, args):
        """A guest that is not started yet; it ends with the test."""
        folder = self.folder / f'guest{len(self.guests)}'
        folder.mkdir()
        append = [f'hba={driver}' for driver in self.drivers]
        guest = Guest(prepare.guest_files(self.kernel_package), folder,
                      machine, args, ' '.join(append + [self.append]))
        self.addCleanup(guest.kill)
        self.guests.append(guest)
        return guest

    def boot(self, machine='pc', others=0):
        """Boot the guest with all that was added.

        So many disks must be there beside the stamped ones.
        """
        self.guest = self.make_guest(machine, self.args)
        self.guest.launch()
        self.guest.wait_ready()
        self.guest.run(f'wait_disks {len(self.disks) + others}')
        return self.guest

    def check_contents(self, disk, address, generation):
        """The guest reads from the disk exactly what has to be there."""
        command = f'checksum $(disk_at {address}) {disk.mib}'
        self.assertEqual(self.guest.run(command), disk.checksum(generation),
                         f'contents of the disk at {address}')

    def rewrite(self, disk, address):
        """Let the guest write the whole area of the disk, and check it."""
        self.check_contents(disk, address, generation=0)
        self.guest.run(f'rewrite $(disk_at {address}) {disk.mib}')
        self.check_contents(disk, address, generation=1)

    def throttle(self, name, bytes_per_second):
        """Limit the writes of a disk; 0 lets all waiting ones go."""
        self.guest.qmp('block_set_io_throttle', {
            'id': name, 'bps': 0, 'bps_rd': 0, 'bps_wr': bytes_per_second,
            'iops': 0, 'iops_rd': 0, 'iops_wr': 0})

    def rewrite_with_hanging_commands(self, disk, address, recovered):
        """Rewrite a disk that holds commands back until the driver acts.

        `recovered` is a shell command that succeeds when it has.
        """
        device = f'/sys/bus/scsi/devices/{address}'
        self.guest.run(f'echo 4 >{device}/timeout'
                       f' && echo 4 >{device}/eh_timeout')
        self.throttle(disk.path.stem, 1)
        self.guest.run(f'rewrite $(disk_at {address}) {disk.mib} & writer=$!')
        self.guest.run(f'wait_for 60 "{recovered}"')
        self.throttle(disk.path.stem, 0)
        self.guest.run('wait $writer')
        self.check_contents(disk, address, generation=1)

    def finish(self, expected=None, resets=0):
        """End the guests in order; returns the generations on every disk.

        Nobody may have complained, except in words that are expected, and no
        command may have been so late that the driver reset the adapter.
        """
        for guest in self.guests:
            guest.shutdown()
            lines = guest.kernel_log().splitlines()
            complaints = [line for line in lines if COMPLAINTS.search(line)
                          and not (expected and expected in line)]
            self.assertEqual(complaints, [], "the guest's kernel complained")
            complaints = [line for line in guest.complaints()
                          if not re.match(self.tolerated, line)]
            self.assertEqual(complaints, [], 'QEMU complained')
            self.assertEqual(len(guest.resets()), resets)
        return [disk.generations() for disk in self.disks]
