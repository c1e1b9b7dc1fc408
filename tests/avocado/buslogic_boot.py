#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's Linux with its BusLogic driver on the emulated adapter.

Written like QEMU's avocado tests, but needs only QEMU's own python modules:
    /usr/bin/python3 tests/avocado/buslogic_boot.py -v [Class.test...]
"""

import hashlib
import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guest import iscsi  # noqa: E402
from guest.images import cd_image  # noqa: E402
from guest.testcase import DRIVER_READY_AGAIN, GuestTest  # noqa: E402


TARGETS = [target for target in range(16) if target != 7]


class Disks(GuestTest):
    """Where disks can be, and that their contents stay theirs."""

    def test_driver_shows_adapter_and_disk_is_written(self):
        disk = self.add_disk(scsi_id=3)
        guest = self.boot('pc')
        self.assertIn('BusLogic BT-958 Initialized Successfully',
                      guest.dmesg())
        self.rewrite(disk, '0:0:3:0')
        self.assertEqual(self.finish(), [{1: disk.sectors}])

    def test_fifteen_targets_written_at_once(self):
        disks = [self.add_disk(scsi_id=target, mib=4) for target in TARGETS]
        guest = self.boot('q35')
        guest.run('for disk in /dev/sd?; do rewrite $disk 4 & done; wait')
        for target, disk in zip(TARGETS, disks):
            self.check_contents(disk, f'0:0:{target}:0', generation=1)
        self.assertEqual(self.finish(), [{1: disks[0].sectors}] * 15)

    def test_luns_of_one_target(self):
        luns = [0, 1, 7, 31]
        disks = [self.add_disk(scsi_id=5, lun=lun, mib=4) for lun in luns]
        self.boot('pc')
        for lun, disk in zip(luns, disks):
            self.rewrite(disk, f'0:0:5:{lun}')
        self.assertEqual(self.finish(), [{1: disks[0].sectors}] * 4)

    def test_two_adapters_with_two_processors(self):
        self.args += ['-device', 'buslogic,id=second', '-smp', '2']
        disks = [self.add_disk(scsi_id=3),
                 self.add_disk(scsi_id=3, bus='second.0')]
        guest = self.boot('pc')
        guest.run('for disk in /dev/sd?; do rewrite $disk 16 & done; wait')
        for host, disk in enumerate(disks):
            self.check_contents(disk, f'{host}:0:3:0', generation=1)
        self.assertEqual(self.finish(), [{1: disks[0].sectors}] * 2)

    def test_driver_unloaded_and_loaded_again(self):
        disk = self.add_disk(scsi_id=3)
        guest = self.boot('pc')
        self.check_contents(disk, '0:0:3:0', generation=0)
        guest.run('rmmod BusLogic')
        guest.run('! ls /sys/block | grep sd')
        guest.run('modprobe BusLogic; wait_disks 1')
        self.rewrite(disk, '0:0:3:0')
        self.assertEqual(self.finish(), [{1: disk.sectors}])


class Models(GuestTest):
    """The other boards for PCI."""

    # One for each width and each generation of firmware
    MODELS = ['bt948', 'bt958d', 'bt946c', 'bt956c']

    def test_models_are_reset_and_their_disks_written(self):
        self.args, disks = [], []
        for model in self.MODELS:
            self.args += ['-device', f'buslogic,model={model},id={model}'
                          ',isa-compat=disabled']
            disks.append(self.add_disk(mib=4, scsi_id=3, bus=f'{model}.0'))
        guest = self.boot('pc')
        said = guest.dmesg()
        for host, model in enumerate(self.MODELS):
            name = model.upper().replace('BT', 'BT-')
            self.assertIn(f'scsi{host}: *** BusLogic {name} Initialized '
                          'Successfully ***', said)
        guest.run('for sg in /dev/sg?; do sg_reset -N -H $sg & done; wait')
        guest.run('for disk in /dev/sd?; do rewrite $disk 4 & done; wait')
        for host, disk in enumerate(disks):
            self.check_contents(disk, f'{host}:0:3:0', generation=1)
        self.assertEqual(self.finish(resets=len(disks)),
                         [{1: disks[0].sectors}] * len(disks))


class Cdrom(GuestTest):
    """Removable media."""

    def make_cd(self, name):
        """An image with one file; returns its path and the checksum."""
        content = os.urandom(4 << 20)
        folder = self.folder / name
        folder.mkdir()
        (folder / 'data').write_bytes(content)
        image = cd_image(self.folder / f'{name}.iso', folder)
        return image, hashlib.sha256(content).hexdigest()

    def read_cd(self):
        """The checksum of the file on the CD, as the guest reads it."""
        return self.guest.run(
            'wait_for 10 "mount -t iso9660 -o ro /dev/sr0 /mnt 2>/dev/null"'
            ' && sha256sum </mnt/data | cut -d " " -f 1; umount /mnt')

    def test_cd_read_and_changed(self):
        first, second = self.make_cd('first'), self.make_cd('second')
        self.add_drive('cd', 'scsi-cd', f'format=raw,file={first[0]}',
                       scsi_id=6)
        guest = self.boot('q35')
        self.assertEqual(self.read_cd(), first[1])
        guest.qmp('blockdev-change-medium', {
            'id': 'cd', 'format': 'raw', 'filename': str(second[0])})
        self.assertEqual(self.read_cd(), second[1])
        self.finish()


class ErrorRecovery(GuestTest):
    """What Linux does when a command does not come back."""

    def test_hanging_commands_are_recovered_by_host_reset(self):
        disk = self.add_disk(scsi_id=3)
        guest = self.boot('pc')
        self.rewrite_with_hanging_commands(disk, '0:0:3:0', DRIVER_READY_AGAIN)
        self.assertGreater(guest.resets()[0], 0)
        self.assertEqual(self.finish(resets=1), [{1: disk.sectors}])

    def test_sg_reset_of_host_leaves_a_working_adapter(self):
        disk = self.add_disk(scsi_id=3)
        guest = self.boot('q35')
        # The driver offers nothing smaller than a reset of the adapter.
        for smaller in ('-d', '-b'):
            self.assertNotEqual(
                guest.try_run(f'sg_reset -N {smaller} /dev/sg0')[0], 0)
        self.assertEqual(guest.resets(), [])
        guest.run('sg_reset -N -H /dev/sg0')
        self.rewrite(disk, '0:0:3:0')
        self.assertEqual(self.finish(resets=1), [{1: disk.sectors}])


class WriteErrors(GuestTest):
    """An image that cannot be written at one sector."""

    # A sector in the middle of the area that the guest rewrites.
    SECTOR = 4096

    def add_failing_disk(self, options):
        """A disk with write errors, made by QEMU's blkdebug."""
        disk = self.make_disk()
        self.add_drive('disk0', 'scsi-hd', (
            'driver=raw,file.driver=blkdebug,file.image.driver=file,'
            f'file.image.filename={disk.path},{options},'
            'file.inject-error.0.event=write_aio,'
            f'file.inject-error.0.sector={self.SECTOR}'), scsi_id=3)
        return disk

    def test_error_reaches_the_program_with_its_sense(self):
        disk = self.add_failing_disk('werror=report')
        guest = self.boot('pc')
        self.assertNotEqual(guest.try_run('rewrite /dev/sda 16')[0], 0)
        self.assertIn('Sense Key : Aborted Command', guest.dmesg())
        written = self.finish(expected='I/O error')[0]
        self.assertIn(written[0], range(1, 129), 'sectors of one command')
        self.assertEqual(written[0] + written[1], disk.sectors)

    def test_stopped_guest_is_migrated_and_goes_on(self):
        disk = self.add_failing_disk('werror=stop')
        source = self.boot('pc')
        source.run(f'rewrite /dev/sda {disk.mib} & writer=$!')
        source.wait_stopped()
        self.assertGreater(source.requests(), 0)

        uri = f'unix:{self.folder}/migration'
        self.args = ['-device', 'buslogic,id=hba', '-incoming', uri]
        self.add_drive('disk0', 'scsi-hd', f'format=raw,file={disk.path}',
                       scsi_id=3)
        self.guest = self.make_guest('pc', self.args)
        self.guest.launch()
        source.migrate(uri)
        self.guest.qmp('cont')
        self.guest.run('wait $writer')
        self.check_contents(disk, '0:0:3:0', generation=1)
        self.assertEqual(self.finish(), [{1: disk.sectors}])


class Reset(GuestTest):
    """The machine is reset under a running guest."""

    def test_system_reset_during_writes_corrupts_nothing(self):
        disk = self.add_disk(scsi_id=3, mib=32)
        guest = self.boot('pc')
        # One write still passes, so that the reset is in the middle of it.
        self.throttle('disk0', 1)
        guest.run(f'rewrite /dev/sda {disk.mib} &')
        guest.run('wait_for 60 "[ \\$(writes_in_flight sda) -gt 8 ]"')
        self.assertGreater(guest.requests(), 8)
        guest.qmp('system_reset')
        guest.wait_ready()
        self.throttle('disk0', 0)
        self.assertEqual(sorted(disk.generations()), [0, 1])
        guest.run(f'wait_disks 1; rewrite /dev/sda {disk.mib}')
        self.check_contents(disk, '0:0:3:0', generation=1)
        self.assertEqual(self.finish(), [{1: disk.sectors}])


class Network(GuestTest):
    """Disks that are LUNs of another machine."""

    def pass_through(self, cdb, size):
        """Status of a command for the passed-through disk, which wants data.

        The driver leaves the direction to the command, as for all but reads
        and writes.
        """
        return self.guest.try_run(
            f'sg_raw -r {size} $(ls -d /sys/bus/scsi/devices/0:0:4:0/'
            f'scsi_generic/* | sed "s,.*/,/dev/,") {cdb}')

    def test_iscsi_luns_emulated_and_passed_through(self):
        disks = [self.make_disk(), self.make_disk()]
        target = iscsi.Target(self.folder, [disk.path for disk in disks])
        self.addCleanup(target.stop)
        self.add_drive('disk0', 'scsi-hd', f'format=raw,file={target.url(1)}',
                       scsi_id=3)
        self.add_drive('disk1', 'scsi-generic',
                       f'format=raw,file={target.url(2)}', scsi_id=4)
        self.boot('pc')
        self.rewrite(disks[0], '0:0:3:0')
        self.rewrite(disks[1], '0:0:4:0')
        # A buffer for a command without data, and a command nobody knows
        self.assertEqual(self.pass_through('00 00 00 00 00 00', 2048)[0], 0)
        self.assertIn('Illegal Request', self.pass_through(
            'c0 00 00 00 00 00 00 00 00 00', 512)[1])
        self.assertIn('SCSI Status: Good', self.pass_through(
            '12 00 00 00 24 00', 36)[1])
        self.assertEqual(self.finish(), [{1: disks[0].sectors}] * 2)


if __name__ == '__main__':
    unittest.main()
