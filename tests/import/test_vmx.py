# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading .vmx files."""

import sys
import tempfile
import unittest
from pathlib import Path

import machines                                         # noqa: F401
from buslogic_import import readers
from buslogic_import.errors import ImportFailed
from buslogic_import.model import (BootDevice, Clock, ControllerKind,
                                   DeviceKind, FirmwareKind, MediumType,
                                   Source)

USUAL = '''.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "7"
displayName = "Old Server"
guestOS = "winnt"
memsize = "256"
scsi0.present = "TRUE"
scsi0.virtualDev = "buslogic"
scsi0.pciSlotNumber = "16"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "old.vmdk"
'''


def steps(action):
    """How many lines of vmx_keys.py run, passes of loops counted singly."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if not frame.f_code.co_filename.endswith('vmx_keys.py'):
            return None
        count += event == 'line'
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


class VmxTest(unittest.TestCase):
    """A file made of lines."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()

    def read(self, more='', usual=USUAL):
        """The Machine in a file with these lines."""
        text = usual + more if isinstance(more, str) else more
        path = self.folder / 'old.vmx'
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return readers.read(path)

    def refuses(self, pattern, more, usual=USUAL):
        """It fails with one line that names the file."""
        with self.assertRaisesRegex(ImportFailed, pattern) as caught:
            self.read(more, usual)
        self.assertIn('old.vmx', str(caught.exception))
        self.assertNotIn('\n', str(caught.exception))

    def unknown(self, machine):
        """The settings that nobody knows."""
        return [other.setting for other in machine.others
                if not other.harmless]


class Syntax(VmxTest):
    """Keys and values"""

    def test_case_of_keys_does_not_matter_and_the_last_one_wins(self):
        self.assertEqual(self.read('MEMSIZE = "64"\n').memory, 64)

    def test_comments_blank_lines_and_values_without_quotes(self):
        machine = self.read('# comment\n\n  numvcpus = 2   # two\n')
        self.assertEqual(machine.cpu.count, 2)

    def test_controllers_of_absurd_numbers_are_refused(self):
        self.refuses('scsi40.present = "TRUE" is one controller too many',
                     'scsi40.present = "TRUE"\n')
        self.assertEqual(len(self.read('scsi40.present = "FALSE"\n')
                             .controllers), 1)

    def test_twice_as_many_devices_take_twice_the_work(self):
        for line in ('ethernet{}.present = "FALSE"\n',
                     'ethernet{}.address = "x"\n',
                     'scsi{}:1.present = "FALSE"\n',
                     'scsi0:{}.present = "FALSE"\n'):
            few, many = (steps(lambda n=count: self.read(''.join(
                line.format(number) for number in range(n))))
                for count in (400, 800))
            self.assertLess(many / few, 2.5, line)

    def test_escaped_characters(self):
        machine = self.read('displayName = "a |22quoted|22 |7C name"\n')
        self.assertEqual(machine.name, 'a "quoted" | name')

    def test_encodings(self):
        for encoding, named in (('utf-8', ''), ('utf-8-sig', ''),
                                ('utf-16', ''), ('windows-1252', ''),
                                ('shift_jis', '.encoding = "Shift_JIS"\n'),
                                ('windows-1252',
                                 '.encoding = "windows-1252"\n')):
            name = 'サーバ' if encoding == 'shift_jis' else 'Büro'
            text = f'{named}displayName = "{name}"\n'.encode(encoding)
            self.assertEqual(self.read(text).name, name)

    def test_encodings_have_what_windows_adds_to_them(self):
        for named, encoding, name in (
                ('Shift_JIS', 'cp932', '髙島 ①'), ('Big5', 'cp950', '€'),
                ('EUC-KR', 'cp949', '똠'), ('windows-949', 'cp949', '서버'),
                ('windows-874', 'cp874', 'เครื่อง'),
                ('windows-936', 'gbk', '服务器')):
            text = f'.encoding = "{named}"\ndisplayName = "{name}"\n'
            self.assertEqual(self.read(text.encode(encoding)).name, name)

    def test_encoding_that_is_unknown_or_wrong(self):
        self.refuses('is not in nonsense', b'.encoding = "nonsense"\n')
        self.refuses('is not in base64', b'.encoding = "base64"\na = "b"\n')
        self.refuses('is not in utf-8', b'.encoding = "utf-8"\na = "\xff"\n')

    def test_file_that_is_something_else(self):
        for data in (b'', b'\0\1\2', b'<xml/>\n', b'a b c\n', b'= "x"\n'):
            with self.assertRaises(ImportFailed):
                self.read(data)

    def test_numbers_and_words_that_cannot_be(self):
        for line in ('memSize = "much"', 'memSize = "0"', 'numvcpus = "9999"',
                     'firmware = "openboot"', 'hpet0.present = "maybe"',
                     'memSize = "99999999999999999999"',
                     'scsi0.virtualDev = "aic7xxx"', 'uuid.bios = "56 4d"',
                     'bios.bootOrder = "tape"', 'rtc.diffFromUTC = "noon"',
                     'scsi0:0.mode = "dreaming"',
                     'scsi0:0.deviceType = "scsi-passthru"'):
            self.refuses(line.split(' ')[0], line + '\n')

    def test_numbers_of_devices_without_end(self):
        machine = self.read(f'ethernet{"9" * 5000}.present = "TRUE"\n')
        self.assertEqual(machine.nics, [])

    def test_characters_that_no_file_name_has(self):
        self.refuses('has a NUL', 'scsi0:0.fileName = "a|00b"\n')
        self.refuses('is not in', b'.encoding = "raw_unicode_escape"\n'
                     b'displayName = "\\ud800"\n')

    def test_blanks_without_end_take_no_time(self):
        self.refuses('is no setting', 'a =' + ' ' * 300_000 + 'x"\n')

    def test_encrypted_machine(self):
        self.refuses('is encrypted', 'encryption.keySafe = "vmware:key"\n')

    def test_unknown_keys_are_reported(self):
        machine = self.read('teapot.present = "TRUE"\ntools.syncTime = "1"\n')
        self.assertEqual(self.unknown(machine), ['teapot.present'])
        self.assertIn('tools.syncTime', [other.setting for other in
                                         machine.others])


class Board(VmxTest):
    """Mainboard, processor, firmware, clock"""

    def test_usual_machine(self):
        machine = self.read()
        self.assertEqual((machine.source, machine.name, machine.os_type,
                          machine.memory), (Source.VMX, 'Old Server', 'winnt',
                                            256))
        self.assertEqual(machine.firmware.kind, FirmwareKind.BIOS)
        self.assertFalse(machine.clock.told)
        self.assertEqual(self.unknown(machine), [])

    def test_name_and_memory_by_default(self):
        machine = self.read(usual='guestOS = "dos"\n')
        self.assertEqual((machine.name, machine.memory), ('old', 32))

    def test_processor_firmware_and_clock(self):
        machine = self.read(
            'numvcpus = "4"\ncpuid.coresPerSocket = "2"\nfirmware = "efi"\n'
            'vhv.enable = "TRUE"\nuefi.secureBoot.enabled = "TRUE"\n'
            'rtc.diffFromUTC = "3600"\nhpet0.present = "TRUE"\n'
            'vtpm.present = "TRUE"\n')
        cpu = machine.cpu
        self.assertEqual((cpu.count, cpu.cores_per_socket, cpu.nested),
                         (4, 2, True))
        self.assertEqual(machine.firmware.kind, FirmwareKind.EFI64)
        self.assertTrue(machine.firmware.secure_boot)
        self.assertEqual(machine.clock, Clock(True, 3600_000, True))
        self.assertTrue(machine.hpet)
        self.assertEqual(machine.tpm, 'v2_0')

    def test_uuid(self):
        machine = self.read('uuid.bios = "56 4d ab cd 01 02 03 04-05 06 07 08 '
                            '09 0a 0b 0c"\n')
        self.assertEqual(machine.uuid, '564dabcd-0102-0304-0506-0708090a0b0c')

    def test_boot_order(self):
        machine = self.read('bios.bootOrder = "cdrom,hdd,ethernet0"\n')
        self.assertEqual(machine.boot_order, [
            BootDevice.CDROM, BootDevice.DISK, BootDevice.NETWORK])

    def test_suspended_machine(self):
        self.refuses('suspended', 'checkpoint.vmState = "x.vmss"\n')


class Storage(VmxTest):
    """Controllers, drives and images"""

    def test_disk_behind_a_buslogic_adapter(self):
        hba, = self.read().controllers
        self.assertEqual((hba.kind, hba.name, hba.pci_slot),
                         (ControllerKind.BUSLOGIC, 'scsi0', 16))
        drive, = hba.attachments
        self.assertEqual((drive.kind, drive.port), (DeviceKind.DISK, 0))
        self.assertEqual(drive.medium.path, self.folder / 'old.vmdk')
        self.assertEqual(drive.medium.format, 'VMDK')

    def test_every_scsi_controller(self):
        for name, kind in (('lsilogic', ControllerKind.LSILOGIC),
                           ('LSIsas1068', ControllerKind.LSILOGIC_SAS),
                           ('pvscsi', ControllerKind.PVSCSI),
                           ('BusLogic', ControllerKind.BUSLOGIC)):
            machine = self.read(f'scsi0.virtualDev = "{name}"\n')
            self.assertEqual(machine.controllers[0].kind, kind)

    def test_adapter_that_is_not_named_is_reported(self):
        machine = self.read('scsi1.present = "TRUE"\n')
        self.assertEqual(machine.controllers[1].kind, ControllerKind.BUSLOGIC)
        self.assertEqual(self.unknown(machine), ['scsi1.virtualDev'])

    def test_ide_sata_and_nvme(self):
        machine = self.read(
            'ide1:0.present = "TRUE"\nide1:0.deviceType = "cdrom-image"\n'
            'ide1:0.fileName = "x.iso"\nsata0.present = "TRUE"\n'
            'sata0:3.present = "TRUE"\nsata0:3.fileName = "s.vmdk"\n'
            'nvme0.present = "TRUE"\nnvme0:0.present = "TRUE"\n'
            'nvme0:0.fileName = "n.vmdk"\n')
        ide, _, sata, nvme = machine.controllers
        self.assertEqual((ide.kind, sata.kind, nvme.kind), (
            ControllerKind.PIIX4, ControllerKind.AHCI, ControllerKind.NVME))
        cd, = ide.attachments
        self.assertEqual((cd.kind, cd.port, cd.unit, cd.medium.format),
                         (DeviceKind.CDROM, 1, 0, 'RAW'))
        self.assertEqual(sata.attachments[0].port, 3)

    def test_both_ide_channels_are_of_one_controller(self):
        machine = self.read(
            'ide0:1.present = "TRUE"\nide0:1.fileName = "a.vmdk"\n'
            'ide1:0.present = "TRUE"\nide1:0.deviceType = "atapi-cdrom"\n'
            'ide1:0.fileName = "auto detect"\n'
            'ide2.present = "FALSE"\nide2:0.fileName = "no.vmdk"\n'
            'bios.hddOrder = "scsi0:0,ide0:1"\n')
        ide, _ = machine.controllers
        self.assertEqual([(drive.kind, drive.port, drive.unit, drive.boot_rank)
                          for drive in ide.attachments],
                         [(DeviceKind.DISK, 0, 1, 1),
                          (DeviceKind.CDROM, 1, 0, None)])
        self.assertIn('ide2', [other.setting for other in machine.others])
        machines.mapped(machine)        # the mainboard has one

    def test_drives_of_the_host_and_empty_ones(self):
        machine = self.read(
            'scsi0:5.present = "TRUE"\nscsi0:5.deviceType = "cdrom-raw"\n'
            'scsi0:5.fileName = "/dev/cdrom"\nscsi0:6.present = "TRUE"\n'
            'scsi0:6.deviceType = "cdrom-raw"\n'
            'scsi0:6.fileName = "auto detect"\n')
        _, host, empty = machine.controllers[0].attachments
        self.assertEqual((host.host_drive, host.passthrough),
                         ('/dev/cdrom', True))
        self.assertEqual((empty.host_drive, empty.medium), ('', None))

    def test_what_is_not_connected_at_the_start_is_not_in_the_drive(self):
        (self.folder / 'x.iso').touch()
        machine = self.read(
            'ide1:0.present = "TRUE"\nide1:0.deviceType = "cdrom-image"\n'
            'ide1:0.fileName = "x.iso"\nide1:0.startConnected = "FALSE"\n'
            'ide1:1.present = "TRUE"\nide1:1.deviceType = "cdrom-raw"\n'
            'ide1:1.fileName = "/dev/sr0"\nide1:1.startConnected = "FALSE"\n'
            'floppy0.fileName = "boot.flp"\nfloppy0.fileType = "file"\n'
            'floppy0.startConnected = "FALSE"\n'
            'scsi0:0.startConnected = "FALSE"\n')
        ide, hba, floppy = machine.controllers
        for drive in ide.attachments + floppy.attachments:
            self.assertEqual((drive.medium, drive.host_drive,
                              drive.passthrough), (None, '', False))
        self.assertTrue(hba.attachments[0].medium)      # not for disks
        told = {other.setting: other.reason for other in machine.others}
        for name, file in (('ide1:0', 'x.iso'), ('ide1:1', '/dev/sr0'),
                           ('floppy0', 'boot.flp')):
            self.assertIn(file, told[f'{name}.startConnected'])

    def test_what_is_not_present_is_not_there(self):
        machine = self.read(
            'scsi0:1.present = "FALSE"\nscsi0:1.fileName = "no.vmdk"\n'
            'scsi1.present = "FALSE"\nscsi1:0.present = "TRUE"\n'
            'ide0:0.present = "FALSE"\nethernet0.present = "FALSE"\n'
            'ethernet0.virtualDev = "e1000"\nsound.present = "FALSE"\n')
        self.assertEqual(len(machine.controllers), 1)
        self.assertEqual(len(machine.controllers[0].attachments), 1)
        self.assertEqual((machine.nics, machine.audio), ([], None))
        self.assertEqual(self.unknown(machine), [])
        # ... but reported, unless there is nothing to tell
        self.assertEqual([(other.setting, other.value)
                          for other in machine.others
                          if 'switched off' in other.reason],
                         [('scsi0:1', 'scsi0:1.fileName="no.vmdk"'),
                          ('scsi1', 'scsi1:0.present="TRUE"'),
                          ('ethernet0', 'ethernet0.virtualDev="e1000"')])

    def test_modes_of_disks(self):
        for mode, kind in (('persistent', MediumType.NORMAL),
                           ('independent-persistent', MediumType.WRITETHROUGH),
                           ('independent-nonpersistent',
                            MediumType.IMMUTABLE)):
            hba, = self.read(f'scsi0:0.mode = "{mode}"\n').controllers
            self.assertEqual(hba.attachments[0].medium.type, kind)

    def test_floppy_drives(self):
        machine = self.read(
            'floppy0.fileType = "file"\nfloppy0.fileName = "boot.flp"\n'
            'floppy1.present = "FALSE"\n')
        drive, = machine.controllers[-1].attachments
        self.assertEqual(drive.kind, DeviceKind.FLOPPY)
        self.assertEqual(drive.medium.path, self.folder / 'boot.flp')

    def test_order_of_disks(self):
        machine = self.read(
            'scsi0:1.present = "TRUE"\nscsi0:1.fileName = "b.vmdk"\n'
            'bios.hddOrder = "scsi0:1,scsi0:0"\n')
        first, second = machine.controllers[0].attachments
        self.assertEqual((first.boot_rank, second.boot_rank), (1, 0))

    def test_image_of_another_host_is_found_beside_the_machine(self):
        (self.folder / 'old.vmdk').touch()
        for name in (r'C:\\VMs\\old.vmdk'.replace(r'\\', '\\'),
                     '/vmfs/volumes/ds/vm/old.vmdk'):
            hba, = self.read(f'scsi0:0.fileName = "{name}"\n').controllers
            self.assertEqual(hba.attachments[0].medium.path,
                             self.folder / 'old.vmdk')

    def test_relative_paths_of_windows(self):
        (self.folder / 'sub').mkdir()
        (self.folder / 'sub/b.vmdk').touch()
        hba, = self.read('scsi0:0.fileName = "sub\\b.vmdk"\n').controllers
        self.assertEqual(hba.attachments[0].medium.path,
                         self.folder / 'sub/b.vmdk')
        (self.folder / 'a\\b.vmdk').touch()     # a name that Linux can have
        hba, = self.read('scsi0:0.fileName = "a\\b.vmdk"\n').controllers
        self.assertEqual(hba.attachments[0].medium.path,
                         self.folder / 'a\\b.vmdk')

    def test_disk_of_the_host_is_what_its_image_says(self):
        hba, = self.read('scsi0:0.deviceType = "rawDisk"\n').controllers
        drive, = hba.attachments
        self.assertEqual((drive.host_drive, drive.medium.path),
                         ('', self.folder / 'old.vmdk'))

    def test_changes_that_are_not_decided_end_the_import(self):
        redo = 'scsi0:0.mode = "undoable"\nscsi0:0.redo = "./old.REDO_a1"\n'
        machine = self.read(redo)               # it is not there
        told = [other.setting for other in machine.others]
        self.assertIn('scsi0:0.mode', told)
        self.assertIn('scsi0:0.redo', told)
        (self.folder / 'old.REDO_a1').touch()
        self.refuses('commit or discard', redo)
        self.read(f'{redo}scsi0:0.mode = "independent-nonpersistent"\n')

    def test_place_behind_a_bridge_is_reported(self):
        machine = self.read(
            'scsi0.pciSlotNumber = "160"\nethernet0.present = "TRUE"\n'
            'ethernet0.pciSlotNumber = "32"\nethernet1.present = "TRUE"\n'
            'ethernet1.pciSlotNumber = "-1"\n')
        self.assertEqual([machine.controllers[0].pci_slot,
                          machine.nics[0].pci_slot], [None, None])
        self.assertEqual(sorted(self.unknown(machine)), [
            'ethernet0.pciSlotNumber', 'scsi0.pciSlotNumber'])

    def test_disk_without_an_image(self):
        self.refuses('names no disk', 'scsi0:1.present = "TRUE"\n')


class Devices(VmxTest):
    """Network, ports, sound, graphics"""

    def test_network_adapter(self):
        machine = self.read(
            'ethernet0.present = "TRUE"\nethernet0.virtualDev = "e1000"\n'
            'ethernet0.connectionType = "nat"\n'
            'ethernet0.addressType = "generated"\n'
            'ethernet0.generatedAddress = "00:0C:29:01:02:03"\n'
            'ethernet0.pciSlotNumber = "32"\n'
            'ethernet0.startConnected = "FALSE"\n')
        nic, = machine.nics
        self.assertEqual((nic.model, nic.attachment, nic.mac, nic.cable,
                          nic.pci_slot), ('e1000', 'NAT', '00:0c:29:01:02:03',
                                          False, None))

    def test_parallel_port_that_prints_to_a_file(self):
        port, = self.read('parallel0.present = "TRUE"\nparallel0.fileType = '
                          '"file"\nparallel0.fileName = "x.prn"\n').parallels
        self.assertEqual((port.path, port.is_file), ('x.prn', True))

    def test_ports_that_are_not_connected_at_the_start(self):
        machine = self.read(
            'serial0.present = "TRUE"\nserial0.fileType = "file"\n'
            'serial0.fileName = "log"\nserial0.startConnected = "FALSE"\n'
            'parallel0.present = "TRUE"\nparallel0.fileName = "/dev/lp0"\n'
            'parallel0.startConnected = "FALSE"\n')
        self.assertEqual((machine.serials[0].mode, machine.serials[0].path,
                          machine.parallels[0].path), ('Disconnected', '', ''))
        told = {other.setting: other.reason for other in machine.others}
        self.assertIn('RawFile log', told['serial0.startConnected'])
        self.assertIn('/dev/lp0', told['parallel0.startConnected'])

    def test_static_address_and_usual_adapter(self):
        nic, = self.read(
            'ethernet0.present = "TRUE"\nethernet0.addressType = "static"\n'
            'ethernet0.address = "00:50:56:01:02:03"\n'
            'ethernet0.generatedAddress = "00:0C:29:01:02:03"\n'
            'ethernet0.networkName = "VM Network"\n').nics
        self.assertEqual((nic.model, nic.mac, nic.attachment, nic.network), (
            'vlance', '00:50:56:01:02:03', 'BridgedInterface', 'VM Network'))

    def test_address_that_is_none(self):
        self.refuses('ethernet0.generatedAddress',
                     'ethernet0.present = "TRUE"\n'
                     'ethernet0.generatedAddress = "x"\n')

    def test_serial_port_on_a_concentrator_has_no_address_here(self):
        port, = self.read(
            'serial0.present = "TRUE"\nserial0.fileType = "network"\n'
            'serial0.fileName = "console-7"\n'
            'serial0.vspc = "telnet://concentrator:13370"\n'
            'serial0.network.endPoint = "client"\n').serials
        self.assertEqual((port.mode, port.path, port.server), (
            'concentrator', 'telnet://concentrator:13370 console-7', False))

    def test_ports_sound_graphics_and_usb(self):
        machine = self.read(
            'serial0.present = "TRUE"\nserial0.fileType = "pipe"\n'
            'serial0.fileName = "/tmp/pipe"\nserial0.pipe.endPoint = "client"'
            '\nserial1.present = "TRUE"\nserial1.fileType = "file"\n'
            'serial1.fileName = "log"\nparallel0.present = "TRUE"\n'
            'parallel0.fileName = "/dev/lp0"\nsound.present = "TRUE"\n'
            'sound.virtualDev = "sb16"\nsvga.vramSize = "16777216"\n'
            'usb.present = "TRUE"\nehci.present = "TRUE"\n')
        first, second = machine.serials
        self.assertEqual((first.mode, first.path, first.server, first.iobase),
                         ('HostPipe', '/tmp/pipe', False, 0x3f8))
        self.assertEqual((second.mode, second.server), ('RawFile', False))
        self.assertEqual((machine.parallels[0].path,
                          machine.parallels[0].is_file), ('/dev/lp0', False))
        self.assertEqual(machine.audio.controller, 'SB16')
        self.assertEqual(machine.display.vram, 16)
        self.assertEqual(machine.usb, ['OHCI', 'EHCI'])


if __name__ == '__main__':
    unittest.main()
