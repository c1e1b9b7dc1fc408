# SPDX-License-Identifier: GPL-2.0-or-later
"""OVMF: the adapter's UEFI driver finds the drives, and they boot."""

import re
import unittest

from boottest import BootTest, only_buslogic
from disks import blank_disk
from guest.firmware import IA32, X64_SECURE
import media
from uefi import UefiMachine

# What ends a boot that finds nothing: a message, or the shell behind its list
# of drives
NOTHING_LEFT = rb'No bootable option or device was found|seconds to skip'


class UefiTest(BootTest):
    """A machine with OVMF and an adapter."""

    def uefi_machine(self, machine='q35', **options):
        """The machine, with an adapter that has nothing behind it yet."""
        vm = self.machine(machine, kind=UefiMachine, **options)
        vm.adapter()
        return vm

    def boots(self, vm, name, target, lun=0):
        """GRUB comes from that medium, and reads it well."""
        if not vm.vm.is_running():
            vm.boot()
        started = vm.expect(rb'BdsDxe: starting Boot\d+ "[^"]*" from (\S+)\r\n')
        self.assertRegex(started[1].decode(),
                         rf'Scsi\(0x{target:X},0x{lun:X}\)$')
        vm.expect(rb'GRUB %s from' % name.encode())
        vm.expect(media.DATA_SHA256.encode())
        vm.expect(rb'GRUB is through')


class Disks(UefiTest):
    """Disks behind the adapter"""

    def test_q35(self):
        vm = self.uefi_machine('q35')
        vm.disk(media.efi_disk('alpha'), target=2, bootindex=0)
        self.boots(vm, 'alpha', 2)

    def test_pc(self):
        vm = self.uefi_machine('pc')
        vm.disk(media.efi_disk('alpha'), bootindex=0)
        self.boots(vm, 'alpha', 0)

    def test_without_bootindex(self):
        # The OVMF of Debian 12 gives up at the first target that is silent.
        vm = self.uefi_machine()
        vm.disk(media.efi_disk('alpha'), target=3)
        self.boots(vm, 'alpha', 3)

    def test_last_target(self):
        vm = self.uefi_machine()
        vm.disk(media.efi_disk('alpha'), target=15)
        self.boots(vm, 'alpha', 15)

    def test_first_of_two(self):
        vm = self.uefi_machine()
        vm.disk(media.efi_disk('alpha'), target=1, bootindex=0)
        vm.disk(media.efi_disk('beta'), target=4, bootindex=1)
        self.boots(vm, 'alpha', 1)

    def test_second_of_two(self):
        vm = self.uefi_machine()
        vm.disk(media.efi_disk('alpha'), target=1, bootindex=1)
        vm.disk(media.efi_disk('beta'), target=4, bootindex=0)
        self.boots(vm, 'beta', 4)

    def test_second_after_a_blank_one(self):
        vm = self.uefi_machine()
        vm.disk(blank_disk(self.folder / 'blank'), target=1, bootindex=0)
        vm.disk(media.efi_disk('beta'), target=4, bootindex=1)
        self.boots(vm, 'beta', 4)

    def test_lun_above_0(self):
        vm = self.uefi_machine()
        vm.disk(blank_disk(self.folder / 'blank'), target=2, lun=0)
        vm.disk(media.efi_disk('beta'), target=2, lun=5, bootindex=0)
        self.boots(vm, 'beta', 2, 5)

    def test_behind_a_pci_bridge(self):
        vm = self.machine('pc', kind=UefiMachine)
        vm.add('-device', 'pci-bridge,id=bridge,chassis_nr=1')
        vm.adapter(bus='bridge')
        vm.disk(media.efi_disk('alpha'), bootindex=0)
        self.boots(vm, 'alpha', 0)

    def test_second_adapter(self):
        vm = self.uefi_machine()
        vm.adapter('second')
        vm.disk(media.efi_disk('alpha'), bootindex=1)
        vm.disk(media.efi_disk('beta'), target=9, bus='second.0', bootindex=0)
        self.boots(vm, 'beta', 9)

    def test_much_memory(self):
        vm = self.uefi_machine()
        vm.add('-m', 6144)
        vm.disk(media.efi_disk('alpha'), bootindex=0)
        self.boots(vm, 'alpha', 0)

    def test_ide_disk_after_a_blank_one(self):
        vm = self.uefi_machine('pc')
        vm.disk(blank_disk(self.folder / 'blank'), bootindex=0)
        vm.drive('ide-hd', media.efi_disk('alpha'), bootindex=1)
        vm.boot()
        vm.expect(rb'GRUB alpha from')

    def test_reset(self):
        vm = self.uefi_machine()
        vm.disk(media.efi_disk('alpha'), bootindex=0)
        self.boots(vm, 'alpha', 0)
        vm.qmp('system_reset')
        self.boots(vm, 'alpha', 0)


class Cds(UefiTest):
    """CDs behind the adapter"""

    def test_cd(self):
        vm = self.uefi_machine()
        vm.cd(media.efi_cd('gamma'), target=6, bootindex=0)
        self.boots(vm, 'gamma', 6)

    def test_cd_before_a_disk(self):
        vm = self.uefi_machine()
        vm.disk(media.efi_disk('alpha'), bootindex=1)
        vm.cd(media.efi_cd('gamma'), target=6, bootindex=0)
        self.boots(vm, 'gamma', 6)

    def test_disk_after_an_empty_drive(self):
        vm = self.uefi_machine()
        vm.cd('', target=6, bootindex=0)
        vm.disk(media.efi_disk('alpha'), bootindex=1)
        self.boots(vm, 'alpha', 0)


class SecureBoot(UefiTest):
    """OVMF with Microsoft's keys"""

    def test_signed_loader_boots(self):
        vm = self.uefi_machine(ovmf=X64_SECURE)
        vm.disk(media.secure_disk(), target=2, bootindex=0)
        vm.boot()
        vm.expect(rb'signed GRUB from')

    def test_unsigned_loader_is_refused(self):
        vm = self.uefi_machine(ovmf=X64_SECURE)
        vm.disk(media.efi_disk('alpha'), target=2, bootindex=0)
        vm.boot()
        said, _ = vm.until(NOTHING_LEFT)
        self.assertRegex(said, rb'(?s)Scsi\(0x2,0x0\): (Access Denied|'
                         rb'Security Violation)')
        self.assertNotIn(b'GRUB', said)


class Ia32(UefiTest):
    """OVMF for processors of 32 bits"""

    def test_disk(self):
        vm = self.uefi_machine(ovmf=IA32)
        vm.disk(media.efi_disk('alpha', 'i386-efi'), target=2, bootindex=0)
        self.boots(vm, 'alpha', 2)


class Faults(UefiTest):
    """Drives that cannot be read must not stop the boot"""

    def test_nothing_to_boot(self):
        vm = self.uefi_machine()
        vm.disk(blank_disk(self.folder / 'blank'))
        vm.boot()
        vm.expect(NOTHING_LEFT)

    def test_no_drives(self):
        vm = self.uefi_machine()
        vm.boot()
        vm.expect(NOTHING_LEFT)

    def test_unreadable_disk(self):
        image = blank_disk(self.folder / 'bad')
        vm = self.uefi_machine()
        vm.disk('driver=raw,file.driver=blkdebug,file.image.driver=file,'
                f'file.image.filename={image},'
                'file.inject-error.0.event=read_aio', target=1, bootindex=0)
        vm.disk(media.efi_disk('beta'), target=4, bootindex=1)
        self.boots(vm, 'beta', 4)

    @only_buslogic
    def test_without_rom_the_disk_is_not_seen(self):
        for off in ({'romfile': ''}, {'rombar': 0}):
            vm = self.machine(kind=UefiMachine)
            vm.adapter(**off)
            vm.disk(media.efi_disk('alpha'), bootindex=0)
            vm.boot()
            said, _ = vm.until(NOTHING_LEFT)
            self.assertIsNone(re.search(rb'Scsi\(', said))


if __name__ == '__main__':
    unittest.main()
