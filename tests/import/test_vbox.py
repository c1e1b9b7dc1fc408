# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading .vbox files."""

import tempfile
import unittest
from pathlib import Path

import machines                                         # noqa: F401
from buslogic_import import readers
from buslogic_import.errors import ImportFailed
from buslogic_import.model import (BootDevice, Chipset, ControllerKind,
                                   DeviceKind, FirmwareKind, Forwarding,
                                   MediumType, Source)

UUID = '{4bc0ddde-9b86-4dc8-b6fc-1ba9de2a6ab2}'
DISK = '{11111111-9b86-4dc8-b6fc-1ba9de2a6ab2}'
CHILD = '{22222222-9b86-4dc8-b6fc-1ba9de2a6ab2}'
BUSLOGIC = 'VBoxInternal/Devices/buslogic/{}/Config/{}'


def disk(uuid=DISK, location='old.vdi', inner='', **attributes):
    """A <HardDisk> of the registry."""
    words = ''.join(f' {name}="{value}"' for name, value in
                    {'format': 'VDI', 'type': 'Normal', **attributes}.items())
    return (f'<HardDisk uuid="{uuid}" location="{location}"{words}>{inner}'
            '</HardDisk>')


def attached(uuid=DISK, kind='HardDisk', **attributes):
    """An <AttachedDevice> with an image."""
    words = ''.join(f' {name}="{value}"' for name, value in
                    {'port': 0, 'device': 0, **attributes}.items())
    image = f'<Image uuid="{uuid}"/>' if uuid else ''
    return f'<AttachedDevice type="{kind}"{words}>{image}</AttachedDevice>'


def one_controller(*devices, kind='BusLogic', more=''):
    """A <StorageController>."""
    return (f'<StorageController name="SCSI" type="{kind}" PortCount="16" '
            f'{more}>{"".join(devices)}</StorageController>')


def controllers(*elements):
    """<StorageControllers>."""
    return f'<StorageControllers>{"".join(elements)}</StorageControllers>'


def controller(*devices, **more):
    """<StorageControllers> with one controller."""
    return controllers(one_controller(*devices, **more))


def extra(**items):
    """<ExtraData> for the BusLogic adapter."""
    return ''.join(f'<ExtraDataItem name="{name}" value="{value}"/>'
                   for name, value in items.items())


class VboxTest(unittest.TestCase):
    """A file made of parts."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()

    def read(self, hardware='', disks='', machine='', attributes='',
             version='1.19-linux'):
        """The Machine in a file with these parts."""
        return self.read_text(f'''<?xml version="1.0"?>
<VirtualBox xmlns="http://www.virtualbox.org/" version="{version}">
 <Machine uuid="{UUID}" name="Old" OSType="WindowsNT4" {attributes}>
  <MediaRegistry><HardDisks>{disks}</HardDisks></MediaRegistry>
  {machine}<Hardware>{hardware}</Hardware>
 </Machine>
</VirtualBox>''')

    def read_text(self, text):
        """The Machine in a file with this text."""
        path = self.folder / 'Old.vbox'
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return readers.read(path)

    def refuses(self, pattern, *args, **parts):
        """It fails with one line that names the file."""
        with self.assertRaisesRegex(ImportFailed, pattern) as caught:
            self.read(*args, **parts)
        self.assertIn('Old.vbox', str(caught.exception))
        self.assertNotIn('\n', str(caught.exception))

    def unknown(self, machine):
        """The settings that nobody knows."""
        return [other.setting for other in machine.others
                if not other.harmless]


class Board(VboxTest):
    """Mainboard, processor, firmware, clock"""

    def test_defaults(self):
        machine = self.read()
        self.assertEqual((machine.source, machine.name, machine.os_type),
                         (Source.VBOX, 'Old', 'WindowsNT4'))
        self.assertEqual(machine.uuid, UUID.strip('{}'))
        self.assertEqual((machine.memory, machine.cpu.count), (128, 1))
        self.assertEqual(machine.chipset, Chipset.PIIX3)
        self.assertEqual(machine.firmware.kind, FirmwareKind.BIOS)
        self.assertFalse(machine.clock.utc)
        self.assertIsNone(machine.boot_order)
        self.assertEqual(self.unknown(machine), [])

    def test_uuid_of_the_hardware_comes_first(self):
        text = DISK.strip('{}').upper()
        machine = self.read_text(
            '<VirtualBox version="1.9"><Machine name="x" uuid="{a}">'
            f'<Hardware uuid="{{{text}}}"/></Machine></VirtualBox>')
        self.assertEqual(machine.uuid, text.lower())

    def test_processor_before_and_since_the_platform_element(self):
        flags = ('<PAE enabled="true"/><LongMode enabled="false"/>'
                 '<APIC enabled="true"/><X2APIC enabled="false"/>'
                 '<NestedHWVirt enabled="true"/>')
        old = f'<CPU count="4" executionCap="50">{flags}</CPU>'
        new = (f'<CPU count="4" executionCap="50"/>'
               f'<Platform architecture="x86"><CPU>{flags}</CPU></Platform>')
        for hardware, version in ((old, '1.19'), (new, '1.20')):
            cpu = self.read(hardware, version=version).cpu
            self.assertEqual((cpu.count, cpu.execution_cap), (4, 50))
            self.assertEqual(
                (cpu.pae, cpu.long_mode, cpu.apic, cpu.x2apic, cpu.nested),
                (True, False, True, False, True))

    def test_chipset_hpet_and_rtc_before_and_since_the_platform_element(self):
        inner = ('<Chipset type="ICH9"/><HPET enabled="true"/>'
                 '<RTC localOrUTC="UTC"/>')
        for hardware in (inner, f'<Platform architecture="x86">{inner}'
                         '</Platform>',
                         f'<Platform architecture="x86"><x86>{inner}</x86>'
                         '</Platform>'):
            machine = self.read(hardware)
            self.assertEqual(machine.chipset, Chipset.ICH9)
            self.assertTrue(machine.hpet)
            self.assertTrue(machine.clock.utc)
            self.assertEqual(self.unknown(machine), [])

    def test_platform_of_another_architecture(self):
        self.refuses('not one of PCs', '<Platform architecture="ARM"/>')

    def test_every_firmware(self):
        for name, kind in (('BIOS', FirmwareKind.BIOS),
                           ('EFI', FirmwareKind.EFI64),
                           ('EFI32', FirmwareKind.EFI32),
                           ('EFI64', FirmwareKind.EFI64),
                           ('EFIDUAL', FirmwareKind.EFI64)):
            machine = self.read(f'<Firmware type="{name}"/>')
            self.assertEqual(machine.firmware.kind, kind)

    def test_settings_of_the_bios_before_and_since_the_firmware_element(self):
        inner = ('<ACPI enabled="false"/><IOAPIC enabled="true"/>'
                 '<BootMenu mode="MenuOnly"/><TimeOffset value="-5000"/>')
        for hardware in (f'<BIOS>{inner}</BIOS>',
                         f'<Firmware type="BIOS">{inner}</Firmware>'):
            machine = self.read(hardware)
            self.assertFalse(machine.firmware.acpi)
            self.assertTrue(machine.firmware.ioapic)
            self.assertEqual(machine.firmware.boot_menu, 'MenuOnly')
            self.assertEqual(machine.clock.offset_ms, -5000)

    def test_serial_numbers_made_by_the_firmware_are_reported(self):
        machine = self.read('<BIOS><AutoSerialNumGen enabled="true"/></BIOS>')
        self.assertEqual(self.unknown(machine),
                         ['Hardware/BIOS/AutoSerialNumGen'])

    def test_boot_order(self):
        machine = self.read('<Boot><Order position="2" device="DVD"/>'
                            '<Order position="1" device="Floppy"/>'
                            '<Order position="4" device="None"/>'
                            '<Order position="3" device="HardDisk"/></Boot>')
        self.assertEqual(machine.boot_order, [
            BootDevice.FLOPPY, BootDevice.CDROM, BootDevice.DISK])

    def test_smbios_texts_of_extra_data(self):
        name = 'VBoxInternal/Devices/pcbios/0/Config/Dmi'
        machine = self.read(machine='<ExtraData>' + extra(**{
            f'{name}SystemVendor': 'Company', f'{name}BIOSVersion':
            'string:1'}) + '</ExtraData>')
        self.assertEqual(machine.firmware.smbios, {
            (1, 'manufacturer'): 'Company', (0, 'version'): '1'})
        self.assertEqual(self.unknown(machine), [])

    def test_numbers_that_cannot_be(self):
        for hardware in ('<Memory RAMSize="99999999999"/>',
                         '<Memory RAMSize="many"/>', '<CPU count="0"/>',
                         '<CPU count="-1"/>', '<Chipset type="VT82"/>',
                         '<Firmware type="coreboot"/>',
                         '<HPET enabled="perhaps"/>'):
            self.refuses(r'line \d+: <(Memory|CPU|Chipset|Firmware|HPET)>: ',
                         hardware)


class Storage(VboxTest):
    """Controllers, drives and media"""

    def test_disk_behind_a_buslogic_adapter(self):
        machine = self.read(controller(
            attached(port=3, nonrotational='true', discard='true'),
            more='Bootable="false" useHostIOCache="false"'), disk())
        hba, = machine.controllers
        self.assertEqual((hba.kind, hba.name, hba.ports, hba.bootable,
                          hba.host_cache), (ControllerKind.BUSLOGIC, 'SCSI',
                                            16, False, False))
        drive, = hba.attachments
        self.assertEqual((drive.kind, drive.port, drive.nonrotational,
                          drive.discard), (DeviceKind.DISK, 3, True, True))
        self.assertEqual(drive.medium.path, self.folder / 'old.vdi')
        self.assertEqual(drive.medium.uuid, DISK.strip('{}'))
        self.assertEqual(drive.medium.format, 'VDI')
        self.assertEqual(self.unknown(machine), [])

    def test_every_controller(self):
        for name in ('AHCI', 'LsiLogic', 'BusLogic', 'PIIX3', 'PIIX4', 'ICH6',
                     'LsiLogicSas', 'I82078', 'USB', 'NVMe', 'VirtioSCSI'):
            hba, = self.read(controller(kind=name)).controllers
            self.assertEqual(hba.kind.value, name)
        self.refuses('is not known', controller(kind='SuperSCSI'))

    def test_controllers_beside_the_hardware_as_of_old(self):
        machine = self.read(machine=controller(attached()), disks=disk(),
                            version='1.12-linux')
        self.assertEqual(len(machine.controllers[0].attachments), 1)

    def test_extra_data_of_each_buslogic_adapter(self):
        machine = self.read(
            controllers(one_controller(), one_controller(more='Instance="1"')),
            machine='<ExtraData>' + extra(**{
                BUSLOGIC.format(0, 'ISACompat'): 'Disabled',
                BUSLOGIC.format(1, 'AdapterType'): 'BT-545C'})
            + '</ExtraData>')
        first, second = machine.controllers
        self.assertEqual((first.isa_compat, first.adapter_type),
                         ('Disabled', ''))
        self.assertEqual((second.isa_compat, second.adapter_type),
                         ('', 'BT-545C'))
        self.assertEqual(self.unknown(machine), [])

    def test_differencing_images_form_a_chain(self):
        machine = self.read(controller(attached(CHILD)), disk(
            inner=disk(CHILD, 'Snapshots/child.vdi')))
        medium = machine.controllers[0].attachments[0].medium
        self.assertEqual(medium.path, self.folder / 'Snapshots/child.vdi')
        self.assertEqual(medium.parent.path, self.folder / 'old.vdi')

    def test_image_that_is_reset_at_each_start_counts_as_its_parent(self):
        machine = self.read(controller(attached(CHILD)), disk(
            type='Immutable', inner=disk(CHILD, 'child.vdi',
                                         autoReset='true')))
        medium = machine.controllers[0].attachments[0].medium
        self.assertEqual(medium.path, self.folder / 'old.vdi')
        self.assertEqual(medium.type, MediumType.IMMUTABLE)

    def test_every_type_of_medium(self):
        for kind in MediumType:
            machine = self.read(controller(attached()), disk(type=kind.value))
            medium = machine.controllers[0].attachments[0].medium
            self.assertEqual(medium.type, kind)

    def test_image_of_a_machine_that_was_moved_is_found_beside_it(self):
        (self.folder / 'old.vdi').touch()
        for location in ('/home/user/VMs/Old/old.vdi',
                         r'C:\Users\user\VMs\Old\old.vdi'):
            machine = self.read(controller(attached()), disk(
                location=location))
            medium = machine.controllers[0].attachments[0].medium
            self.assertEqual(medium.path, self.folder / 'old.vdi')

    def test_difference_of_a_machine_from_windows_is_found(self):
        path = self.folder / 'Snapshots/a.vdi'
        path.parent.mkdir()
        path.touch()
        for location in (r'Snapshots\a.vdi', 'D:/VMs/Old/Snapshots/a.vdi',
                         r'C:\VMs\Old\Snapshots\a.vdi'):
            machine = self.read(controller(attached()), disk(
                location=location))
            medium = machine.controllers[0].attachments[0].medium
            self.assertEqual(medium.path, path)

    def test_image_that_is_in_no_registry(self):
        self.refuses('is not in the <MediaRegistry>', controller(attached()))

    def test_cd_that_is_in_no_registry_leaves_an_empty_drive(self):
        machine = self.read(controller(attached(kind='DVD')))
        drive, = machine.controllers[0].attachments
        self.assertEqual((drive.kind, drive.medium), (DeviceKind.CDROM, None))
        other, = (other for other in machine.others
                  if other.setting == 'medium of CD-ROM drive')
        self.assertFalse(other.harmless)

    def test_two_images_with_the_same_uuid(self):
        self.refuses('missing or there twice', disks=disk() + disk())

    def test_encrypted_image(self):
        self.refuses('is encrypted', disks=disk(
            inner='<Property name="CRYPT/KeyStore" value="x"/>'))

    def test_empty_drive_and_drive_of_the_host(self):
        machine = self.read(controller(
            attached('', 'DVD', passthrough='true'),
            '<AttachedDevice type="Floppy" port="1" device="0">'
            '<HostDrive src="/dev/fd0"/></AttachedDevice>'))
        cd, floppy = machine.controllers[0].attachments
        self.assertEqual((cd.kind, cd.medium, cd.passthrough),
                         (DeviceKind.CDROM, None, True))
        self.assertEqual((floppy.kind, floppy.host_drive),
                         (DeviceKind.FLOPPY, '/dev/fd0'))


class Devices(VboxTest):
    """Network, ports, sound, graphics, input"""

    def test_network_adapter_behind_nat(self):
        machine = self.read(
            '<Network><Adapter slot="2" enabled="true" cable="false" '
            'MACAddress="080027AABBCC" type="82540EM" speed="1000" '
            'bootPriority="3" promiscuousModePolicy="AllowAll">'
            '<DisabledModes><HostOnlyInterface name="x"/></DisabledModes>'
            '<NAT network="10.1.0.0/16"><Forwarding name="ssh" proto="1" '
            'hostport="2222" guestport="22"/><Forwarding name="dns" '
            'proto="0" hostip="127.0.0.1" hostport="53" guestip="10.1.0.9" '
            'guestport="53"/></NAT></Adapter>'
            '<Adapter slot="3" enabled="false" type="virtio"/></Network>')
        nic, = machine.nics
        self.assertEqual((nic.slot, nic.model, nic.mac, nic.cable, nic.speed),
                         (2, '82540EM', '08:00:27:aa:bb:cc', False, 1000))
        self.assertEqual((nic.attachment, nic.nat_network), ('NAT',
                                                             '10.1.0.0/16'))
        self.assertEqual((nic.boot_priority, nic.promiscuous), (3, 'AllowAll'))
        self.assertEqual(nic.forwardings, [
            Forwarding('ssh', 'tcp', '', 2222, '', 22),
            Forwarding('dns', 'udp', '127.0.0.1', 53, '10.1.0.9', 53)])
        self.assertEqual(self.unknown(machine), [])

    def test_every_other_attachment(self):
        for kind, attribute in (('NATNetwork', 'name'),
                                ('BridgedInterface', 'name'),
                                ('HostInterface', 'name'),
                                ('InternalNetwork', 'name'),
                                ('HostOnlyInterface', 'name'),
                                ('HostOnlyNetwork', 'name'),
                                ('CloudNetwork', 'name'),
                                ('GenericInterface', 'driver')):
            nic, = self.read(
                '<Network><Adapter slot="0" enabled="true"><'
                f'{kind} {attribute}="net"/></Adapter></Network>').nics
            self.assertEqual((nic.attachment, nic.network), (kind, 'net'))

    def test_default_network_adapter_of_old_and_new_settings(self):
        hardware = '<Network><Adapter slot="0" enabled="true"/></Network>'
        self.assertEqual(self.read(hardware, version='1.15').nics[0].model,
                         'Am79C970A')
        self.assertEqual(self.read(hardware, version='1.16').nics[0].model,
                         'Am79C973')

    def test_mac_address_that_is_none(self):
        self.refuses('not twelve hexadecimal digits',
                     '<Network><Adapter slot="0" enabled="true" '
                     'MACAddress="08:00:27"/></Network>')

    def test_serial_and_parallel_ports(self):
        machine = self.read(
            '<UART><Port slot="0" enabled="true" IOBase="0x2f8" IRQ="3" '
            'hostMode="TCP" server="true" path="4444"/>'
            '<Port slot="1" enabled="false"/></UART>'
            '<LPT><Port slot="0" enabled="true" IOBase="0x378" IRQ="7" '
            'path="/dev/lp0"/></LPT>')
        serial, = machine.serials
        self.assertEqual((serial.iobase, serial.irq, serial.mode,
                          serial.server, serial.path),
                         (0x2f8, 3, 'TCP', True, '4444'))
        self.assertEqual(machine.parallels[0].path, '/dev/lp0')

    def test_sound_graphics_usb_and_input(self):
        machine = self.read(
            '<AudioAdapter controller="HDA" codec="STAC9221" driver="Pulse" '
            'enabled="true" enabledIn="true"/>'
            '<Display controller="VMSVGA" VRAMSize="16" monitorCount="2" '
            'accelerate3D="true"/>'
            '<RemoteDisplay enabled="true"><VRDEProperties><Property '
            'name="TCP/Ports" value="5000"/></VRDEProperties></RemoteDisplay>'
            '<USB><Controllers><Controller name="OHCI" type="OHCI"/>'
            '<Controller name="EHCI" type="EHCI"/></Controllers></USB>'
            '<HID Pointing="USBTablet" Keyboard="USBKeyboard"/>')
        self.assertEqual((machine.audio.controller, machine.audio.codec,
                          machine.audio.input), ('HDA', 'STAC9221', True))
        self.assertEqual((machine.display.controller, machine.display.vram,
                          machine.display.monitors, machine.display.remote,
                          machine.display.accelerate_3d),
                         ('VMSVGA', 16, 2, '5000', True))
        self.assertEqual(machine.usb, ['OHCI', 'EHCI'])
        self.assertEqual((machine.pointing, machine.keyboard),
                         ('USBTablet', 'USBKeyboard'))

    def test_usb_controllers_of_old_settings(self):
        machine = self.read('<USBController enabled="true" '
                            'enabledEhci="true"/>')
        self.assertEqual(machine.usb, ['OHCI', 'EHCI'])

    def test_sound_that_is_switched_off(self):
        self.assertIsNone(self.read('<AudioAdapter enabled="false" '
                                    'controller="AC97"/>').audio)

    def test_what_is_switched_off_is_reported_with_its_settings(self):
        machine = self.read(
            '<Network><Adapter slot="3" enabled="false" type="virtio">'
            '<NAT><Forwarding hostport="2222"/></NAT></Adapter></Network>'
            '<UART><Port slot="1" enabled="false" IRQ="3"/></UART>'
            '<LPT><Port slot="0" enabled="false" IRQ="7"/></LPT>'
            '<AudioAdapter enabled="false" controller="HDA"/>'
            '<RemoteDisplay enabled="false" authType="Null"/>')
        self.assertEqual((machine.nics, machine.serials, machine.parallels,
                          machine.audio, machine.display.remote),
                         ([], [], [], None, ''))
        told = {other.setting: other for other in machine.others}
        for setting, detail in (
                ('network adapter 3', 'NAT(Forwarding(hostport="2222"))'),
                ('serial port 1', 'IRQ="3"'), ('parallel port 0', 'IRQ="7"'),
                ('sound card', 'controller="HDA"'),
                ('remote display', 'authType="Null"')):
            self.assertIn(detail, told[setting].value)
            self.assertIn('switched off', told[setting].reason)
            self.assertTrue(told[setting].harmless)


class Whole(VboxTest):
    """The file as a whole"""

    def test_unknown_elements_and_attributes_are_reported_everywhere(self):
        machine = self.read('<Teapot kind="brown"/><CPU count="1" odd="x"/>',
                            machine='<Strange/>', attributes='colour="red"')
        self.assertCountEqual(self.unknown(machine), [
            '@colour', 'Strange', 'Hardware/CPU/@odd', 'Hardware/Teapot'])

    def test_unknown_extra_data_is_reported(self):
        machine = self.read(machine='<ExtraData>' + extra(**{
            'VBoxInternal/Devices/e1000/0/Config/X': '1', 'GUI/Size': '2'})
            + '</ExtraData>')
        self.assertEqual(self.unknown(machine), [
            'ExtraData/VBoxInternal/Devices/e1000/0/Config/X'])

    def test_smbios_texts_that_qemu_cannot_have_are_reported(self):
        name = 'VBoxInternal/Devices/pcbios/0/Config/DmiSystemUuid'
        machine = self.read(machine='<ExtraData>' + extra(**{name: 'x'})
                            + '</ExtraData>')
        self.assertEqual(self.unknown(machine), [f'ExtraData/{name}'])

    def test_settings_that_are_too_old(self):
        self.refuses('such an old VirtualBox', '<DVDDrive/>')
        self.refuses('such an old VirtualBox',
                     machine='<HardDiskAttachments/>')

    def test_saved_state(self):
        self.refuses('saved state', attributes='stateFile="x.sav"')

    def test_encrypted_machine(self):
        with self.assertRaisesRegex(ImportFailed, 'is encrypted'):
            self.read_text('<VirtualBox version="1.19"><MachineEncrypted '
                           'keyId="x"/></VirtualBox>')

    def test_file_that_is_something_else(self):
        for text in ('', 'not XML', '<html/>', '<VirtualBox>', b'\xff\xfe\0',
                     '<VirtualBox version="1.19"/>', b'<?xml version="1.0" '
                     b'encoding="nonsense"?><VirtualBox/>',
                     '<VirtualBox version="x"><Machine name="a"/>'
                     '</VirtualBox>'):
            with self.assertRaises(ImportFailed):
                self.read_text(text)

    def test_entities_are_not_expanded(self):
        with self.assertRaisesRegex(ImportFailed, 'document type'):
            self.read_text('<!DOCTYPE a [<!ENTITY b "bb">]><VirtualBox/>')

    def test_nesting_without_end(self):
        with self.assertRaisesRegex(ImportFailed, 'too many elements'):
            self.read_text('<a>' * 100000)

    def test_file_that_is_missing(self):
        with self.assertRaisesRegex(ImportFailed, 'No such file'):
            readers.read(self.folder / 'none.vbox')


if __name__ == '__main__':
    unittest.main()
