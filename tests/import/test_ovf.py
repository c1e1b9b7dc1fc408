# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading .ovf and .ova files."""

import contextlib
import gzip
import hashlib
import io
import tarfile
import tempfile
import unittest
from pathlib import Path

import machines                                         # noqa: F401
from buslogic_import import readers
from buslogic_import.errors import ImportFailed
from buslogic_import.model import (Chipset, ControllerKind, DeviceKind,
                                   FirmwareKind, Source)

UUID = '11111111-9b86-4dc8-b6fc-1ba9de2a6ab2'
NAMESPACES = (
    'xmlns="http://schemas.dmtf.org/ovf/envelope/{0}" '
    'xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/{0}" '
    'xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/'
    'CIM_ResourceAllocationSettingData" '
    'xmlns:sasd="urn:storage" xmlns:epasd="urn:port" '
    'xmlns:vssd="urn:system" xmlns:vmw="http://www.vmware.com/schema/ovf" '
    'xmlns:vbox="http://www.virtualbox.org/ovf/machine"')


def item(kind, number, tag='Item', prefix='rasd', attributes='', **words):
    """An item of the hardware."""
    inner = ''.join(f'<{prefix}:{name}>{value}</{prefix}:{name}>'
                    for name, value in {'InstanceID': number,
                                        'ResourceType': kind,
                                        **words}.items())
    return f'<{tag} {attributes}>{inner}</{tag}>'


SCSI = item(6, 3, ResourceSubType='buslogic', Address=0,
            ElementName='scsiController0')
DISK = item(17, 4, Parent=3, AddressOnParent=2,
            HostResource='ovf:/disk/vmdisk1')
USUAL = item(3, 1, VirtualQuantity=2) + item(
    4, 2, VirtualQuantity=512, AllocationUnits='byte * 2^20') + SCSI + DISK
EMBEDDED = f'''<vbox:Machine ovf:required="false" version="1.12-linux"
  uuid="{{4bc0ddde-9b86-4dc8-b6fc-1ba9de2a6ab2}}" name="Embedded"
  OSType="WindowsNT4"><ovf:Info>x</ovf:Info>
 <Hardware><Chipset type="ICH9"/><Memory RAMSize="64"/>
  <Network><Adapter slot="0" enabled="true" MACAddress="080027000001"
   type="82540EM"><NAT/></Adapter></Network></Hardware>
 <StorageControllers><StorageController name="SCSI" type="BusLogic"
  PortCount="16"><AttachedDevice type="HardDisk" port="5" device="0">
   <Image uuid="{{{UUID}}}"/></AttachedDevice>
  <AttachedDevice type="DVD" port="6" device="0">
   <Image uuid="{{22222222-9b86-4dc8-b6fc-1ba9de2a6ab2}}"/></AttachedDevice>
 </StorageController></StorageControllers></vbox:Machine>'''


def envelope(items=USUAL, system='', file='href="disk1.vmdk"', more='',
             version=1, disk='ovf:fileRef="file1"'):
    """An OVF."""
    return f'''<?xml version="1.0"?>
<Envelope {NAMESPACES.format(version)}>
 <References><File ovf:id="file1" ovf:{file}/></References>
 <DiskSection><Info>x</Info><Disk ovf:diskId="vmdisk1" ovf:capacity="8"
  {disk} vbox:uuid="{UUID}"/></DiskSection>
 <VirtualSystem ovf:id="Old"><Info>x</Info>
  <OperatingSystemSection ovf:id="1" vmw:osType="winNTGuest"/>
  <VirtualHardwareSection><Info>x</Info>
   <System><vssd:VirtualSystemType>vmx-07</vssd:VirtualSystemType></System>
   {items}</VirtualHardwareSection>{system}
 </VirtualSystem>{more}
</Envelope>'''


class OvfTest(unittest.TestCase):
    """A folder with files."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        self.disk = b'disk' * 1000
        self.files = {'disk1.vmdk': self.disk}

    def read(self, *args, configuration='', **parts):
        """The Machine in an .ovf with these parts."""
        self.files['old.ovf'] = envelope(*args, **parts).encode()
        for name, data in self.files.items():
            (self.folder / name).write_bytes(data)
        return readers.read(self.folder / 'old.ovf',
                            configuration=configuration)

    def refuses(self, pattern, *args, **parts):
        """It fails with one line that names the file."""
        with self.assertRaisesRegex(ImportFailed, pattern) as caught:
            self.read(*args, **parts)
        self.assertIn('old.ovf', str(caught.exception))
        self.assertNotIn('\n', str(caught.exception))

    def unknown(self, machine):
        """The settings that nobody knows."""
        return [other.setting for other in machine.others
                if not other.harmless]


class Hardware(OvfTest):
    """The items"""

    def test_disk_behind_a_buslogic_adapter(self):
        machine = self.read()
        self.assertEqual((machine.source, machine.name, machine.os_type,
                          machine.memory, machine.cpu.count),
                         (Source.OVF, 'Old', 'winNTGuest', 512, 2))
        hba, = machine.controllers
        self.assertEqual((hba.kind, hba.name), (ControllerKind.BUSLOGIC,
                                                'scsiController0'))
        drive, = hba.attachments
        self.assertEqual((drive.kind, drive.port, drive.unit),
                         (DeviceKind.DISK, 2, 0))
        self.assertEqual((drive.medium.path, drive.medium.format),
                         (self.folder / 'disk1.vmdk', 'VMDK'))
        self.assertFalse(machine.clock.told)
        self.assertEqual(self.unknown(machine), [])

    def test_items_of_ovf_2(self):
        machine = self.read(
            SCSI + item(17, 4, 'StorageItem', 'sasd', Parent=3,
                        AddressOnParent=1, HostResource='ovf:/disk/vmdisk1')
            + item(10, 5, 'EthernetPortItem', 'epasd', Connection='nat',
                   ResourceSubType='E1000', Address='00:0c:29:00:00:01'),
            version=2)
        self.assertEqual(machine.controllers[0].attachments[0].port, 1)
        nic, = machine.nics
        self.assertEqual((nic.model, nic.attachment, nic.mac),
                         ('E1000', 'NAT', '00:0c:29:00:00:01'))

    def test_every_scsi_controller(self):
        for name, kind in (('BusLogic', ControllerKind.BUSLOGIC),
                           ('lsilogic', ControllerKind.LSILOGIC),
                           ('lsilogicsas', ControllerKind.LSILOGIC_SAS),
                           ('VirtualSCSI', ControllerKind.PVSCSI)):
            machine = self.read(item(6, 3, ResourceSubType=name))
            self.assertEqual(machine.controllers[0].kind, kind)
            self.assertEqual(self.unknown(machine), [])

    def test_of_several_adapters_that_will_do_one_is_taken(self):
        machine = self.read(
            item(6, 3, ResourceSubType='lsilogic buslogic')
            + item(10, 5, ResourceSubType='VMXNET3 E1000', Connection='NAT'))
        self.assertEqual(machine.controllers[0].kind, ControllerKind.BUSLOGIC)
        self.assertEqual(machine.nics[0].model, 'VMXNET3')
        told = {other.setting: other.value for other in machine.others}
        self.assertEqual((told['item 3: ResourceSubType'],
                          told['item 5: ResourceSubType']),
                         ('lsilogic buslogic', 'VMXNET3 E1000'))

    def test_unknown_scsi_controller_counts_as_lsilogic_and_is_reported(self):
        machine = self.read(item(6, 3, ResourceSubType='aic7xxx'))
        self.assertEqual(machine.controllers[0].kind, ControllerKind.LSILOGIC)
        self.assertEqual(self.unknown(machine), ['item 3: ResourceSubType'])

    def test_every_other_storage_controller(self):
        for name, kind in (('AHCI', ControllerKind.AHCI),
                           ('vmware.sata.ahci', ControllerKind.AHCI),
                           ('VirtioSCSI', ControllerKind.VIRTIO_SCSI),
                           ('vmware.nvme.controller', ControllerKind.NVME)):
            machine = self.read(item(20, 3, ResourceSubType=name))
            self.assertEqual(machine.controllers[0].kind, kind)
        self.refuses('is not known', item(20, 3, ResourceSubType='floptical'))

    def test_two_items_are_the_two_channels_of_one_ide_controller(self):
        machine = self.read(
            item(5, 3, Address=0, ResourceSubType='PIIX4')
            + item(5, 4, Address=1, ResourceSubType='PIIX4')
            + item(17, 5, Parent=3, AddressOnParent=1,
                   HostResource='/disk/vmdisk1')
            + item(15, 6, Parent=4, AddressOnParent=0))
        ide, = machine.controllers
        self.assertEqual([(drive.kind, drive.port, drive.unit)
                          for drive in ide.attachments],
                         [(DeviceKind.DISK, 0, 1), (DeviceKind.CDROM, 1, 0)])

    def test_units_of_memory(self):
        for units, quantity in (('MegaBytes', 2048), ('MB', 2048),
                                ('byte * 2^20', 2048), ('GigaBytes', 2),
                                ('byte * 2^30', 2), ('KB', 2 << 20),
                                ('byte', 2 << 30)):
            machine = self.read(item(4, 2, VirtualQuantity=quantity,
                                     AllocationUnits=units))
            self.assertEqual(machine.memory, 2048, units)
        self.refuses('furlongs', item(4, 2, VirtualQuantity=1,
                                      AllocationUnits='furlongs'))
        self.refuses('cannot be', item(4, 2, VirtualQuantity=2 ** 62,
                                       AllocationUnits='byte * 2^99'))

    def test_sound_usb_floppy_and_what_is_unknown(self):
        machine = self.read(
            item(35, 3, ResourceSubType='ensoniq1371')
            + item(23, 4, ResourceSubType='vmware.usb.ehci')
            + item(14, 5, AddressOnParent=1) + item(24, 6) + item(99, 7))
        self.assertEqual(machine.audio.controller, 'es1371')
        self.assertEqual(machine.usb, ['OHCI', 'EHCI'])
        floppy, = machine.controllers[0].attachments
        self.assertEqual((floppy.kind, floppy.unit), (DeviceKind.FLOPPY, 1))
        self.assertEqual(self.unknown(machine), ['item 7: item 7'])

    def test_firmware_of_vmware(self):
        config = ('<vmw:Config ovf:required="false" vmw:key="firmware" '
                  'vmw:value="efi"/>')
        machine = self.read(USUAL + config)
        self.assertEqual(machine.firmware.kind, FirmwareKind.EFI64)
        self.assertEqual(self.unknown(machine), [])

    def test_firmware_that_is_unknown(self):
        self.refuses('firmware openboot', USUAL + '<vmw:Config '
                     'vmw:key="firmware" vmw:value="openboot"/>')

    def test_unknown_settings_are_reported(self):
        machine = self.read(USUAL + '<vmw:ExtraConfig vmw:key="a" '
                            'vmw:value="b"/>', more='<Teapot/>')
        self.assertEqual(self.unknown(machine), [
            'VirtualSystem/VirtualHardwareSection/ExtraConfig', 'Teapot'])

    def test_items_that_cannot_be(self):
        for items, problem in (
                (item(17, 4, Parent=9, HostResource='/disk/vmdisk1'),
                 'no controller 9'),
                (SCSI + item(17, 4, Parent=3), 'has no disk'),
                (SCSI + item(17, 4, Parent=3, HostResource='/disk/other'),
                 'neither a disk nor a file'),
                (SCSI + item(17, 4, Parent=3, AddressOnParent='x',
                             HostResource='/disk/vmdisk1'), 'not a number'),
                (item('many', 1), 'not a number'),
                (item(10, 1, Address='zz'), 'no MAC address'),
                (item(6, 1) * 2000, 'too many items'),
                (SCSI + SCSI, 'two controllers 3')):
            self.refuses(problem, items)

    def test_machine_without_hardware(self):
        self.refuses('has no items', items='')

    def test_number_that_is_none_is_shown(self):
        for value, problem in (('many', 'is not a number'),
                               ('-1', 'is not within')):
            self.refuses(f'VirtualQuantity="{value}" {problem}',
                         items=USUAL + item(3, 9, VirtualQuantity=value))

    def test_bounds_do_not_count_but_the_normal_value_does(self):
        machine = self.read(items=SCSI + ''.join(
            item(4, 2, attributes=f'ovf:bound="{bound}"', VirtualQuantity=size)
            for bound, size in (('min', 64), ('normal', 256), ('max', 1024))))
        self.assertEqual(machine.memory, 256)
        self.assertEqual(self.unknown(machine), [])

    def test_video_card_is_reported(self):
        machine = self.read(items=USUAL + item(24, 9, ElementName='video'))
        self.assertIn(('video', 'video card', True), [
            (other.setting, other.value, other.harmless)
            for other in machine.others])


class Configurations(OvfTest):
    """Items for one of several configurations"""

    ITEMS = USUAL + ''.join(
        item(4, 2, attributes=f'ovf:configuration="{names}"',
             VirtualQuantity=size)
        for names, size in (('small', 64), ('large huge', 2048)))
    SECTION = ('<DeploymentOptionSection><Info>x</Info>'
               '<Configuration ovf:id="small"/>'
               '<Configuration ovf:id="large"{}/></DeploymentOptionSection>')

    def memory(self, section, wanted=''):
        """What the machine has with these configurations."""
        machine = self.read(items=self.ITEMS, more=section,
                            configuration=wanted)
        self.assertEqual(self.unknown(machine), [])
        self.said = [(other.value, other.reason) for other in machine.others
                     if other.setting == 'configuration']
        return machine.memory

    def test_default_counts(self):
        self.assertEqual(self.memory(self.SECTION.format(
            ' ovf:default="true"')), 2048)
        self.assertEqual(self.said, [
            ('large', 'the default; there are small, large')])

    def test_first_counts_if_none_is_the_default(self):
        self.assertEqual(self.memory(self.SECTION.format('')), 64)
        self.assertEqual(self.said, [
            ('small', 'the first, as none is the default; there are small, '
             'large')])

    def test_the_only_one_is_reported_too(self):
        self.assertEqual(self.memory(
            '<DeploymentOptionSection><Configuration ovf:id="large"/>'
            '</DeploymentOptionSection>'), 2048)
        self.assertEqual(self.said, [('large', 'the only one')])

    def test_wanted_one_counts_more_than_the_default(self):
        self.assertEqual(self.memory(self.SECTION.format(
            ' ovf:default="true"'), 'small'), 64)
        self.assertEqual(self.said, [
            ('small', 'as you say; there are small, large')])

    def test_unknown_one_is_refused_with_those_there_are(self):
        self.refuses('has no configuration tiny; there are small, large',
                     configuration='tiny', more=self.SECTION.format(''))
        self.refuses('has no configuration tiny; there is none',
                     configuration='tiny')

    def test_none_can_be_wanted_of_virtualbox_settings(self):
        self.refuses('VirtualBox, which know no configurations',
                     configuration='small', system=EMBEDDED,
                     more=self.SECTION.format(''))
        settings = self.folder / 'old.vmx'
        settings.write_text('')
        with self.assertRaisesRegex(ImportFailed, 'has no configurations'):
            readers.read(settings, configuration='small')

    def test_virtualbox_settings_do_not_depend_on_it(self):
        machine = self.read(system=EMBEDDED, more=self.SECTION.format(''))
        self.assertNotIn('configuration', [other.setting for other
                                           in machine.others])

    def test_item_for_all_counts_where_there_is_no_other(self):
        self.assertEqual(self.memory(
            self.SECTION.format('').replace('small', 'tiny')), 512)


class VirtualBox(OvfTest):
    """OVFs with VirtualBox's own description"""

    def test_it_comes_first(self):
        machine = self.read(system=EMBEDDED)
        self.assertEqual((machine.source, machine.name, machine.memory),
                         (Source.OVF_VBOX, 'Embedded', 64))
        self.assertEqual(machine.chipset, Chipset.ICH9)
        self.assertEqual(machine.nics[0].mac, '08:00:27:00:00:01')
        disk, cd = machine.controllers[0].attachments
        self.assertEqual((disk.port, disk.medium.path, disk.medium.uuid),
                         (5, self.folder / 'disk1.vmdk', UUID))
        self.assertIsNone(cd.medium)
        self.assertEqual(self.unknown(machine), ['CD-ROM drive: medium'])

    def test_its_version_and_its_extra_data_count(self):
        machine = self.read(system=EMBEDDED.replace('1.12-linux', '1.16').
                            replace('type="82540EM"', '').replace(
                                '<Hardware>', '<ExtraData><ExtraDataItem '
                                'name="a" value="b"/></ExtraData><Hardware>'))
        self.assertEqual(machine.nics[0].model, 'Am79C973')
        self.assertIn('ExtraData/a', self.unknown(machine))

    def test_disk_that_is_not_in_the_package(self):
        self.refuses('is no disk of this package', system=EMBEDDED.replace(
            UUID, '33333333-9b86-4dc8-b6fc-1ba9de2a6ab2'))


class Files(OvfTest):
    """References and the manifest"""

    def manifest(self, algorithm='SHA256', data=None):
        """The text of a manifest for the disk."""
        digest = hashlib.new(algorithm.lower(), self.disk if data is None
                             else data).hexdigest()
        return f'{algorithm}(disk1.vmdk)= {digest}\n'.encode()

    def test_every_checksum(self):
        for algorithm in ('SHA1', 'SHA256', 'SHA512'):
            self.files['old.mf'] = self.manifest(algorithm)
            self.assertEqual(self.unknown(self.read()), [])

    def test_file_that_was_changed(self):
        for algorithm in ('SHA1', 'SHA256', 'SHA512'):
            self.files['old.mf'] = self.manifest(algorithm, b'other')
            self.refuses('disk1.vmdk has another checksum')

    def test_manifest_with_nonsense_or_with_a_file_that_is_missing(self):
        for text in (b'nonsense\n', b'MD5(disk1.vmdk)= 00\n',
                     b'SHA1(none.vmdk)= 00\n', b'SHA1(a\0b)= 00\n'):
            self.files['old.mf'] = text
            self.refuses('manifest')

    def about_manifest(self):
        """What the report says of it."""
        return [(other.value, other.reason) for other in self.read().others
                if other.setting == 'manifest']

    def test_files_that_the_manifest_does_not_have(self):
        self.assertEqual(self.about_manifest(), [])
        self.files['old.mf'] = self.manifest()
        self.assertEqual(self.about_manifest(), [
            ('checksums of disk1.vmdk', 'they are right'),
            ('no checksum of old.ovf', 'nothing tells whether it was damaged '
             'or changed')])
        self.files['old.mf'] = b'\n'
        self.assertEqual([value for value, _ in self.about_manifest()],
                         ['no checksum of old.ovf, disk1.vmdk'])

    def test_progress_while_checksums_are_made(self):
        self.files['old.mf'] = self.manifest()
        self.read()
        for quiet in (False, True):
            terminal = io.StringIO()
            terminal.isatty = lambda: True
            with contextlib.redirect_stderr(terminal):
                readers.read(self.folder / 'old.ovf', quiet)
            self.assertEqual('of 3.9 KiB' in terminal.getvalue(), not quiet)

    def test_compressed_disk(self):
        self.files['disk1.vmdk.gz'] = gzip.compress(self.disk)
        machine = self.read(file='href="disk1.vmdk.gz" ovf:compression="gzip"')
        medium = machine.controllers[0].attachments[0].medium
        self.assertTrue(medium.compressed)
        self.assertEqual(medium.format, 'VMDK')

    def test_names_that_lead_elsewhere(self):
        for name in ('../disk1.vmdk', '/etc/passwd', 'a/../../b', 'http://x/y',
                     r'..\disk1.vmdk', 'file:///etc/passwd', ''):
            self.refuses('does not name a file of this package',
                         file=f'href="{name}"')

    def test_link_that_leads_elsewhere(self):
        (self.folder / 'disk2.vmdk').symlink_to('/etc/passwd')
        self.refuses('outside of its folder', file='href="disk2.vmdk"')

    def test_files_that_are_not_there_or_in_pieces(self):
        self.refuses('is not in', file='href="none.vmdk"')
        self.refuses('split', file='href="disk1.vmdk" ovf:chunkSize="99"')
        self.refuses('compression', file='href="disk1.vmdk" '
                     'ovf:compression="lzma"')
        self.refuses('without a file', disk='')

    def test_no_machine_or_more_than_one(self):
        self.refuses('has 2 machines', more='<VirtualSystem ovf:id="b"/>')
        for text in ('<Envelope/>', '<html/>', 'x'):
            (self.folder / 'old.ovf').write_text(text)
            with self.assertRaises(ImportFailed):
                readers.read(self.folder / 'old.ovf')

    def test_ovf_0_9_is_told_by_its_name(self):
        (self.folder / 'old.ovf').write_text(
            '<Envelope><References/><Content id="old"/></Envelope>')
        with self.assertRaisesRegex(ImportFailed, 'is OVF 0.9'):
            readers.read(self.folder / 'old.ovf')


class Archives(OvfTest):
    """OVA"""

    def pack(self, *members):
        """An archive of (name, data) and whole TarInfos."""
        path = self.folder / 'old.ova'
        with tarfile.open(path, 'w', format=tarfile.USTAR_FORMAT) as archive:
            for name, data in members:
                info = name
                if isinstance(name, str):
                    info = tarfile.TarInfo(name)
                    info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return path

    def refuses_archive(self, pattern, *members):
        """It fails with one line that names the archive."""
        with self.assertRaisesRegex(ImportFailed, pattern) as caught:
            readers.read(self.pack(*members))
        self.assertIn('old.ova', str(caught.exception))

    def usual(self):
        """The members of a good one."""
        digest = hashlib.sha256(self.disk).hexdigest()
        return [('old.ovf', envelope().encode()),
                ('old.mf', f'SHA256(disk1.vmdk)= {digest}\n'.encode()),
                ('disk1.vmdk', self.disk)]

    def test_disk_is_found_where_it_is_in_the_archive(self):
        path = self.pack(*self.usual())
        machine = readers.read(path)
        medium = machine.controllers[0].attachments[0].medium
        self.assertEqual((medium.path, medium.size), (path, len(self.disk)))
        with open(path, 'rb') as archive:
            archive.seek(medium.offset)
            self.assertEqual(archive.read(medium.size), self.disk)

    def test_members_that_nothing_refers_to_are_reported(self):
        def strangers(*members):
            return [other.setting for other in
                    readers.read(self.pack(*members)).others
                    if 'nothing refers' in other.reason]

        self.assertEqual(strangers(*self.usual(), ('old.cert', b'x')), [])
        self.assertEqual(strangers(*self.usual(), ('disk2.vmdk', b'x'),
                                   ('other.mf', b'x')),
                         ['file disk2.vmdk', 'file other.mf'])

    def test_checksum_in_the_archive(self):
        ovf, manifest, _ = self.usual()
        self.refuses_archive('another checksum', ovf, manifest,
                             ('disk1.vmdk', b'changed'))

    def test_truncated_archive(self):
        path = self.pack(*self.usual())
        data = path.read_bytes()
        for length in (0, 100, 600, data.index(self.disk) + 100):
            path.write_bytes(data[:length])
            with self.assertRaises(ImportFailed):
                readers.read(path)

    def test_members_that_are_no_plain_files(self):
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE,
                     tarfile.FIFOTYPE):
            info = tarfile.TarInfo('disk1.vmdk')
            info.type, info.linkname = kind, '/etc/passwd'
            self.refuses_archive('no ordinary file', self.usual()[0],
                                 (info, b''))

    def test_members_with_paths(self):
        for name in ('../disk1.vmdk', '/disk1.vmdk', 'a/disk1.vmdk'):
            self.refuses_archive('no plain name', self.usual()[0],
                                 (name, self.disk))

    def test_members_with_the_same_name(self):
        self.refuses_archive('there twice', *self.usual(), self.usual()[2])

    def test_no_description_or_two(self):
        self.refuses_archive('has 0 .ovf files', ('disk1.vmdk', b''))
        self.refuses_archive('has 2 .ovf files', *self.usual(),
                             ('b.ovf', b''))

    def test_headers_about_headers_without_end(self):
        path = self.pack(*self.usual())
        info = tarfile.TarInfo('x')
        info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1
        path.write_bytes((info.tobuf() + b'x'.ljust(512, b'\0')) * 3000)
        with self.assertRaisesRegex(ImportFailed, 'no tar file'):
            readers.read(path)

    def test_file_that_is_no_archive(self):
        path = self.folder / 'old.ova'
        path.write_bytes(b'nonsense' * 1000)
        with self.assertRaisesRegex(ImportFailed, 'no tar file'):
            readers.read(path)


if __name__ == '__main__':
    unittest.main()
