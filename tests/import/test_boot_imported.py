# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines with Linux are imported, boot by the boot ROM, and do their work."""

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

from machines import TOOLS
sys.path += [str(TOOLS.parent / 'tests'), str(TOOLS.parent / 'tests/boot')]
# pylint: disable=wrong-import-position
import media  # noqa: E402
from guest.paths import call, tool  # noqa: E402
from guest.shell import GuestShell  # noqa: E402
from guest.stamps import StampedDisk  # noqa: E402
from guest.virtualbox import MachineFolder  # noqa: E402
from guest.vm import VirtualMachine  # noqa: E402
import vdichain  # noqa: E402

# What can be opened is not always of use.
os.environ['ACCEL'] = 'tcg'

MIB = 4                         # of the disk that is written to
TARGET = 5                      # the SCSI ID of that disk


class ImportedMachine(GuestShell, VirtualMachine):
    """What the script that came out starts."""

    def __init__(self, folder, run):
        # Nothing but what has to do with the test: the rest is imported.
        super().__init__(folder, None, [], binary=run)
        self.add_console()

    def add_console(self):
        """Where the kernel talks; the guest's shell has the other port."""
        self.vm.add_args('-serial', 'null')


class BootImported(unittest.TestCase):
    """A machine with two disks behind the adapter"""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-import-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        self.source = self.folder / 'source'
        self.source.mkdir()
        self.system = media.linux_disk('BusLogic', 'linux')
        self.stamped = StampedDisk(self.folder / 'stamped', 1, MIB)

    def sums(self):
        """Of all files that the source has."""
        return {path: hashlib.sha256(path.read_bytes()).digest()
                for path in self.source.rglob('*') if path.is_file()}

    def imports_and_boots(self, path, *words):
        """Its system boots; it reads and writes; the source stays as it is."""
        before, result = self.sums(), self.folder / 'result'
        done = subprocess.run(
            [TOOLS / 'buslogic-import', *words, '-o', result, path],
            capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        (self.folder / 'vm').mkdir()
        vm = ImportedMachine(self.folder / 'vm', result / 'run')
        self.addCleanup(vm.kill)
        vm.launch()
        self.works(vm)
        self.assertEqual(self.sums(), before)
        self.was_written(result)

    def works(self, vm):
        """The system is all there, and its driver writes."""
        vm.wait_ready()
        self.assertIn('BOOT_IMAGE=', vm.run('cat /proc/cmdline'), 'no GRUB')
        vm.run('wait_disks 2')
        self.assertEqual(vm.run('data_checksum 0:0:0:0'), media.DATA_SHA256)
        disk = vm.run(f'disk_at 0:0:{TARGET}:0')
        self.assertEqual(vm.run(f'checksum {disk} {MIB}'),
                         self.stamped.checksum(0))
        vm.run(f'rewrite {disk} {MIB}')
        vm.shutdown()

    def was_written(self, result):
        """The guest's writes are in the second disk of the result."""
        self.stamped.path.unlink()
        call(tool('qemu-img', 'qemu-utils'), 'convert', '-O', 'raw',
             result / 'disk1.qcow2', self.stamped.path)
        self.assertEqual(self.stamped.generations(),
                         {1: self.stamped.sectors})

    def vmdk(self, raw, name, kind):
        """The same disk in a format of VMware."""
        path = self.source / name
        call(tool('qemu-img', 'qemu-utils'), 'convert', '-f', 'raw', '-O',
             'vmdk', '-o', f'subformat={kind},adapter_type=buslogic', raw,
             path)
        return path

    def test_virtualbox_with_differencing_images(self):
        machine = MachineFolder(self.source, 'Old Server', disks={
            0: vdichain.chain(self.system, self.source, 'system'),
            TARGET: vdichain.chain(self.stamped.path, self.source, 'data')})
        self.imports_and_boots(machine.write())

    def test_vmware_by_uefi(self):
        self.vmdk(self.system, 'system.vmdk', 'monolithicSparse')
        self.vmdk(self.stamped.path, 'data.vmdk', 'twoGbMaxExtentSparse')
        path = self.source / 'Old.vmx'
        path.write_text(VMX, encoding='utf-8')
        self.imports_and_boots(path)

    def test_an_appliance(self):
        disks = [self.vmdk(self.system, 'system.vmdk', 'streamOptimized'),
                 self.vmdk(self.stamped.path, 'data.vmdk', 'streamOptimized')]
        self.imports_and_boots(appliance(self.source / 'Old.ova', disks))


VMX = f'''.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "10"
displayName = "Old"
guestOS = "debian6-64"
firmware = "efi"
memSize = "512"
uuid.bios = "56 4d 12 34 56 78 9a bc-de f0 12 34 56 78 9a bc"
scsi0.present = "TRUE"
scsi0.virtualDev = "buslogic"
scsi0.pciSlotNumber = "16"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "system.vmdk"
scsi0:{TARGET}.present = "TRUE"
scsi0:{TARGET}.fileName = "data.vmdk"
ethernet0.present = "TRUE"
ethernet0.virtualDev = "vlance"
ethernet0.connectionType = "nat"
'''

ITEM = '''<Item><rasd:InstanceID>{number}</rasd:InstanceID>{words}
<rasd:ResourceType>{kind}</rasd:ResourceType></Item>'''
OVF = '''<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/\
CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/\
CIM_VirtualSystemSettingData">
<References>{files}</References>
<DiskSection><Info>Disks</Info>{disks}</DiskSection>
<VirtualSystem ovf:id="Old"><Info>A machine</Info><Name>Old</Name>
<OperatingSystemSection ovf:id="96"><Info>Debian</Info>
</OperatingSystemSection>
<VirtualHardwareSection><Info>Hardware</Info>{items}
</VirtualHardwareSection></VirtualSystem></Envelope>
'''


def _item(number, kind, **words):
    text = ''.join(f'<rasd:{name}>{value}</rasd:{name}>'
                   for name, value in words.items())
    return ITEM.format(number=number, kind=kind, words=text)


def _ovf(disks):
    items = [_item(1, 3, VirtualQuantity=1),
             _item(2, 4, VirtualQuantity=512,
                   AllocationUnits='byte * 2^20'),
             _item(3, 6, Address=0, ResourceSubType='buslogic')]
    items += [_item(4 + number, 17, AddressOnParent=target, Parent=3,
                    HostResource=f'ovf:/disk/disk{number}')
              for number, target in enumerate([0, TARGET])]
    return OVF.format(
        files=''.join(
            f'<File ovf:id="file{number}" ovf:href="{path.name}" '
            f'ovf:size="{path.stat().st_size}"/>'
            for number, path in enumerate(disks)),
        disks=''.join(
            f'<Disk ovf:diskId="disk{number}" ovf:fileRef="file{number}" '
            'ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^30" '
            'ovf:format="http://www.vmware.com/interfaces/specifications/'
            'vmdk.html#streamOptimized"/>' for number in range(len(disks))),
        items=''.join(items))


def appliance(path, disks):
    """An OVA: description, checksums, and the disks, which are moved in."""
    ovf, manifest = path.with_suffix('.ovf'), path.with_suffix('.mf')
    ovf.write_text(_ovf(disks), encoding='utf-8')
    members = [ovf, *disks]
    manifest.write_text(''.join(
        f'SHA256({member.name})= '
        f'{hashlib.sha256(member.read_bytes()).hexdigest()}\n'
        for member in members), encoding='ascii')
    with tarfile.open(path, 'w', format=tarfile.USTAR_FORMAT) as archive:
        for member in [ovf, manifest, *disks]:
            archive.add(member, member.name)
            member.unlink()
    return path


if __name__ == '__main__':
    unittest.main()
