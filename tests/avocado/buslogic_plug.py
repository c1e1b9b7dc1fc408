#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices and adapters come and go under Linux.

    /usr/bin/python3 tests/avocado/buslogic_plug.py -v [Class.test...]

BUSLOGIC_THOROUGH=1 in the environment makes it more often.
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guest.effort import often  # noqa: E402
from guest.testcase import GuestTest  # noqa: E402

ROUNDS = often(2, 10)


class HotPlug(GuestTest):
    """What is plugged in later works as what was there from the start."""

    def plug(self, device, name, disk, target):
        """A device for an image on the first adapter."""
        self.guest.qmp('blockdev-add', {
            'driver': 'raw', 'node-name': f'node-{name}',
            'file': {'driver': 'file', 'filename': str(disk.path)}})
        self.guest.qmp('device_add', {
            'driver': device, 'id': name, 'bus': 'hba.0',
            'drive': f'node-{name}', 'scsi-id': target})

    def unplug(self, *names):
        """Remove devices, and wait until QEMU has let go of the images."""
        for name in names:
            self.guest.qmp('device_del', {'id': name})
            self.wait_deleted(name)
            self.guest.qmp('blockdev-del', {'node-name': f'node-{name}'})

    def wait_deleted(self, name):
        """Until QEMU says that the device is gone."""
        self.assertTrue(self.guest.vm.event_wait(
            'DEVICE_DELETED', timeout=self.guest.TIMEOUT,
            match={'data': {'device': name}}), name)

    def test_disks_and_cds_come_and_go(self):
        stays = self.add_disk(mib=4, scsi_id=0)
        guest = self.boot('pc')
        comes, cd = self.make_disk(mib=4), self.make_disk(mib=4)
        # Two neighbours, neither of them the adapter
        targets = [target for target in range(2, 15)
                   if 7 not in (target, target + 1)]
        for target in targets[:ROUNDS]:
            self.plug('scsi-hd', 'disk', comes, target)
            self.plug('scsi-cd', 'cd', cd, target + 1)
            guest.run('echo "- - -" >/sys/class/scsi_host/host0/scan')
            guest.run('wait_disks 2')
            guest.run(f'rewrite $(disk_at 0:0:{target}:0) 4')
            self.check_contents(comes, f'0:0:{target}:0', generation=1)
            self.assertEqual(guest.run('checksum /dev/sr0 4'),
                             cd.checksum(0))
            for gone in target, target + 1:
                guest.run(
                    f'echo 1 >/sys/bus/scsi/devices/0:0:{gone}:0/delete')
            self.unplug('disk', 'cd')
        self.rewrite(stays, '0:0:0:0')
        self.assertEqual(self.finish(), [
            {1: stays.sectors}, {1: comes.sectors}, {0: cd.sectors}])

    def test_adapter_comes_and_goes(self):
        # The driver of Linux only looks for adapters when it is loaded.
        guest = self.boot('pc')
        disk = self.make_disk(mib=4)
        for number in range(ROUNDS):
            guest.run('rmmod BusLogic')
            guest.qmp('device_del', {'id': 'hba'})
            self.wait_deleted('hba')
            if number:
                guest.qmp('blockdev-del', {'node-name': 'node-disk'})
            guest.qmp('device_add', {'driver': 'buslogic', 'id': 'hba'})
            self.plug('scsi-hd', 'disk', disk, 5)
            guest.run('wait_for 60 "grep -q 0x1040'
                      ' /sys/bus/pci/devices/*/device"')
            guest.run('modprobe BusLogic; wait_disks 1')
            device = 'basename $(ls -d /sys/bus/scsi/devices/*:0:5:0)'
            address = guest.run(device)
            guest.run(f'rewrite $(disk_at {address}) 4')
            self.check_contents(disk, address, generation=1)
        self.assertEqual(self.finish(), [{1: disk.sectors}])


if __name__ == '__main__':
    unittest.main()
